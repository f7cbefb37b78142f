//! The engine's thread and its two hand-offs: a bounded channel in, a slot with the newest snapshot out.
use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use crate::graph::{CallWriter, Snapshot};
use crate::model::{Arrival, Delivery, SourceId, SourceKind, SourceNote, TraceIndex};
use crate::store::{Counters, SourceCounters, SourceState, Store};

/// Arrivals that may wait; a sender then waits too.
const QUEUE: usize = 64;
/// Shortest time between two publications.
const PUBLISH_EVERY: Duration = Duration::from_millis(100);
/// Notes kept of one source.
const NOTES: usize = 100;
/// A trace with more spans than this is assembled anew only when it has grown by a tenth, or things are calm.
const LARGE_TRACE: u32 = 20_000;

/// How the engine works.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// Bytes that spans and calls may take.
    pub budget: u64,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self { budget: default_budget() }
    }
}

/// The smaller of a quarter of the machine's memory and 4 GiB, at least 256 MiB.
pub fn default_budget() -> u64 {
    let memory = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find(|l| l.starts_with("MemTotal:"))?;
        line.split_whitespace().nth(1)?.parse::<u64>().ok()
    });
    let quarter = memory.map_or(1 << 30, |kib| kib * 1024 / 4);
    quarter.clamp(256 << 20, 4 << 30)
}

type Waker = Box<dyn Fn() + Send + Sync>;

/// A running engine. It ends when every sender of arrivals is gone.
pub struct Engine {
    arrivals: Option<Sender<Arrival>>,
    slot: Arc<ArcSwap<Snapshot>>,
    waker: Arc<ArcSwap<Waker>>,
    thread: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("revision", &self.snapshot().revision).finish_non_exhaustive()
    }
}

impl Engine {
    /// Starts the thread. Fails only where the system gives no thread.
    pub fn start(options: EngineOptions) -> std::io::Result<Self> {
        let (arrivals, receiver) = bounded(QUEUE);
        let slot = Arc::new(ArcSwap::from_pointee(Snapshot::default()));
        let silent: Waker = Box::new(|| {});
        let waker = Arc::new(ArcSwap::from_pointee(silent));
        let mut writer = Writer::new(options, slot.clone(), waker.clone());
        let thread =
            std::thread::Builder::new().name("engine".to_owned()).spawn(move || writer.run(&receiver))?;
        Ok(Self { arrivals: Some(arrivals), slot, waker, thread: Some(thread) })
    }
    /// Where receivers and readers send to. `None` after [`Engine::finish`].
    pub fn arrivals(&self) -> Option<Sender<Arrival>> {
        self.arrivals.clone()
    }
    /// The newest snapshot.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.slot.load_full()
    }
    /// Calls this after every publication, on the engine's thread.
    pub fn set_waker(&self, waker: impl Fn() + Send + Sync + 'static) {
        self.waker.store(Arc::new(Box::new(waker)));
    }
    /// Waits until everything sent is in, once all other senders are gone, and returns the last snapshot.
    pub fn finish(mut self) -> Arc<Snapshot> {
        self.arrivals = None;
        if let Some(thread) = self.thread.take() {
            // A panic in the engine is a defect; what was published before it is still the best answer.
            let _ = thread.join();
        }
        self.slot.load_full()
    }
}

struct Writer {
    options: EngineOptions,
    store: Store,
    calls: CallWriter,
    counters: Counters,
    revision: u64,
    waiting: Vec<TraceIndex>,
    /// Rows of large traces when they were last assembled.
    large: BTreeMap<TraceIndex, u32>,
    changed: bool,
    slot: Arc<ArcSwap<Snapshot>>,
    waker: Arc<ArcSwap<Waker>>,
}

impl Writer {
    fn new(options: EngineOptions, slot: Arc<ArcSwap<Snapshot>>, waker: Arc<ArcSwap<Waker>>) -> Self {
        let counters = Counters { budget: options.budget, ..Counters::default() };
        Self {
            store: Store::with_budget(options.budget),
            options,
            calls: CallWriter::default(),
            counters,
            revision: 0,
            waiting: Vec::new(),
            large: BTreeMap::new(),
            changed: false,
            slot,
            waker,
        }
    }

    fn run(&mut self, arrivals: &Receiver<Arrival>) {
        let mut last = Instant::now();
        loop {
            let wait = if self.changed { Duration::ZERO } else { Duration::from_secs(3600) };
            match arrivals.recv_timeout(wait) {
                Ok(arrival) => {
                    self.take(arrival);
                    self.changed = true;
                    if last.elapsed() >= PUBLISH_EVERY {
                        self.publish(false);
                        last = Instant::now();
                    }
                }
                Err(RecvTimeoutError::Timeout) if self.changed => {
                    // Nothing is waiting: show what there is, but not more often than anyone can see.
                    let rest = PUBLISH_EVERY.saturating_sub(last.elapsed());
                    if let Ok(arrival) = arrivals.recv_timeout(rest) {
                        self.take(arrival);
                        continue;
                    }
                    self.publish(true);
                    last = Instant::now();
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.publish(true);
    }

    fn take(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::Opened(id, kind, name) => {
                self.source(id).kind = kind;
                self.source(id).name = name;
            }
            Arrival::Spans(id, delivery) => self.deliver(id, delivery),
            Arrival::Note(id, note) => self.note(id, note),
            Arrival::Progress(id, done, all) => self.source(id).progress = (done, all),
            Arrival::Closed(id, result) => self.source(id).closed = Some(result),
            Arrival::Clear => self.clear(),
        }
    }

    fn source(&mut self, id: SourceId) -> &mut SourceState {
        self.counters.sources.entry(id).or_insert_with(|| SourceState {
            id,
            kind: SourceKind::File,
            name: String::new(),
            counters: SourceCounters::default(),
            notes: Vec::new(),
            progress: (0, None),
            closed: None,
        })
    }

    fn note(&mut self, id: SourceId, note: SourceNote) {
        let notes = &mut self.source(id).notes;
        if notes.len() < NOTES {
            notes.push(note);
        }
    }

    fn deliver(&mut self, id: SourceId, delivery: Delivery) {
        let arrived = delivery.batch.spans.len() as u64 + delivery.rejects.total_spans();
        let appended = self.store.append(delivery.batch);
        let c = &mut self.source(id).counters;
        c.received += arrived;
        c.stored += appended.stored;
        c.duplicates += appended.duplicates;
        c.bytes += delivery.bytes;
        c.rejects.merge(&delivery.rejects);
        self.counters.in_store += appended.stored;
        self.keep_budget();
    }

    fn held(&self) -> usize {
        self.store.bytes() + self.calls.held()
    }

    /// Removes the oldest traces where too much is held. Some room is made at once, so that it is rarely needed.
    fn keep_budget(&mut self) {
        if self.held() as u64 <= self.options.budget / 100 * 95 {
            return;
        }
        let target = self.options.budget / 100 * 85;
        let gone = self.store.evict(target as usize, self.calls.held());
        gone.traces.iter().for_each(|t| self.calls.remove(*t));
        let first = self.store.first_trace();
        self.large.retain(|t, _| *t >= first);
        self.waiting.retain(|t| *t >= first);
        self.calls.sweep(first);
        self.store.sweep(self.calls.symbols());
        self.counters.in_store -= gone.spans;
        self.counters.evicted += gone.spans;
    }

    fn clear(&mut self) {
        self.counters.cleared += self.counters.in_store;
        self.counters.in_store = 0;
        self.store = Store::with_budget(self.options.budget);
        self.calls = CallWriter::default();
        self.waiting.clear();
        self.large.clear();
    }

    /// Assembles what changed. Huge traces that still grow wait for calm, or for a tenth more spans.
    fn assemble(&mut self, is_calm: bool) {
        let spans = self.store.publish();
        let mut dirty = std::mem::take(&mut self.waiting);
        dirty.extend(self.store.take_dirty());
        dirty.sort_unstable();
        dirty.dedup();
        let rows_of = |t: &TraceIndex| spans.trace(*t).map_or(0, |s| s.rows);
        let (now, later): (Vec<_>, Vec<_>) = dirty.into_iter().partition(|t| {
            let rows = rows_of(t);
            let before = self.large.get(t).copied().unwrap_or(0);
            is_calm || rows < LARGE_TRACE || rows - before.min(rows) > before / 10
        });
        let large = now.iter().filter(|t| rows_of(t) >= LARGE_TRACE);
        self.large.extend(large.map(|t| (*t, rows_of(t))));
        self.calls.update(&spans, &now, self.store.interner());
        self.waiting = later;
    }

    fn publish(&mut self, is_calm: bool) {
        self.assemble(is_calm);
        self.keep_budget();
        if self.store.is_dirty() {
            // With others gone, two ids may be told to be one trace.
            self.assemble(is_calm);
        }
        // Assembly names peers: take the names again.
        let spans = self.store.publish();
        let calls = self.calls.publish();
        self.revision += 1;
        self.counters.bytes = self.held() as u64;
        let extent = calls.extent(&spans);
        let counters = self.counters.clone();
        self.slot.store(Arc::new(Snapshot { revision: self.revision, spans, calls, counters, extent }));
        self.changed = !self.waiting.is_empty();
        (self.waker.load())();
    }
}
