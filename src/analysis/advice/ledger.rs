//! What was seen, by topic: counts, durations, example spans and a fair sample of traces; ledgers of parts add up.
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use super::view::Sight;
use crate::analysis::{Reading, Subject};
use crate::graph::Histogram;
use crate::model::{Nanos, NodeId, SpanRow, Symbol, TraceId, TraceIndex};

/// Where requests of one kind enter: node and operation.
pub type Entry = (NodeId, Symbol);

/// What is tallied; some become one kind of advice, some several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// A service's own work.
    OwnWork,
    /// Errors that begin in a service.
    Origin,
    /// A statement of a database.
    Statement,
    /// Calls to something outside.
    External,
    /// Calls on an edge: timeouts are flagged, attempts after a failure are retries.
    Calls,
    /// Attempts inside attempts, of the innermost edge.
    Layers,
    /// Work after the caller gave up, of an edge.
    Overhang,
    /// Failed calls to something outside; flagged where the caller's request failed too.
    OutsideFailure,
    /// N+1 queries.
    Queries,
    /// N+1 calls.
    Fetches,
    /// Loops that ask several things each time.
    Loop,
    /// Equal requests in one trace.
    Repeated,
    /// Equal requests over all traces.
    Cacheable,
    /// Calls one after the other; flagged where they ran beside each other.
    Sequence,
    /// Many small calls.
    Chatty,
    /// Large bodies.
    Payload,
    /// Calls whose name says that nobody needs the answer.
    SideEffect,
    /// Time in a queue; flagged in the second half of the window.
    Backlog,
    /// Requests that an instance served.
    Instance,
    /// Waiting for a connection.
    Pool,
    /// Spans that tell nothing.
    Blind,
}

/// A topic, what it is about, and a number that tells statements and operations apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Topic.
    pub topic: Topic,
    /// Node or edge.
    pub subject: Subject,
    /// Statement, operation, instance; 0 where there is nothing to tell apart.
    pub what: u64,
}

/// The members with the smallest hashes: a fair sample of everything added, whatever the order.
#[derive(Clone, Debug, Default)]
pub struct Sample<const N: usize> {
    /// By hash once it is trimmed; up to twice as many as are kept, so that trimming is rare.
    kept: Vec<(u64, u64)>,
    /// Hashes from here on are not kept any more; 0 while there is room.
    limit: u64,
}

impl<const N: usize> Sample<N> {
    pub fn add(&mut self, member: u64) {
        self.insert((FixedState::with_seed(7).hash_one(member), member));
    }
    fn insert(&mut self, entry: (u64, u64)) {
        if self.limit > 0 && entry.0 >= self.limit {
            return;
        }
        self.kept.push(entry);
        if self.kept.len() >= 2 * N {
            self.trim();
        }
    }
    fn trim(&mut self) {
        self.kept.sort_unstable();
        self.kept.dedup();
        if self.kept.len() > N {
            self.limit = self.kept.get(N).map_or(0, |e| e.0);
            self.kept.truncate(N);
        }
    }
    pub fn merge(&mut self, other: &Self) {
        other.kept.iter().for_each(|e| self.insert(*e));
    }
    fn trimmed(&self) -> Vec<(u64, u64)> {
        let mut all = self.clone();
        all.trim();
        all.kept
    }
    pub fn members(&self) -> Vec<u64> {
        self.trimmed().iter().map(|e| e.1).collect()
    }
    /// How many different members were added: exact up to N, then estimated from how dense the hashes are.
    pub fn distinct(&self) -> f64 {
        let kept = self.trimmed();
        match kept.last() {
            Some((hash, _)) if kept.len() >= N => (N - 1) as f64 / (*hash as f64 / u64::MAX as f64),
            _ => kept.len() as f64,
        }
    }
}

/// Traces replayed for one advice.
pub const REPLAYED: usize = 128;

/// A span worth showing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Example {
    /// Its length: longer ones are kept.
    pub length: Nanos,
    /// Its trace.
    pub trace: TraceId,
    /// Where it is stored.
    pub row: SpanRow,
}

/// Examples kept of each topic.
const EXAMPLES: usize = 8;

/// Lengths of a tally that wait for its histograms.
const WAITING: usize = 64;

/// What was seen of one key. Weights are requests that traces stand for.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub traces: u64,
    pub requests: f64,
    pub calls: f64,
    pub failed: f64,
    pub flagged: f64,
    pub retries: f64,
    pub extra: f64,
    /// Requests that failed together with a sight that failed.
    pub lost: f64,
    pub total: f64,
    /// Time on critical paths.
    pub on_path: f64,
    pub usual: Histogram,
    pub unusual: Histogram,
    pub sample: Sample<REPLAYED>,
    pub different: Sample<256>,
    pub examples: Vec<Example>,
    /// Requests by where they entered. Hashed: a tree of a thousand entries for each key is more than caches hold.
    entries: HashMap<Entry, f64, FixedState>,
    pub callers: BTreeSet<NodeId>,
    last: Option<(TraceIndex, bool)>,
    /// Lengths that are not in the histograms yet, and whether they are unusual: many are added at once, while
    /// their histogram is in the cache.
    waiting: Vec<(Nanos, f32, bool)>,
}

impl Tally {
    fn add(&mut self, reading: &Reading, sight: &Sight) {
        let weight = reading.weight();
        let is_new = self.last.is_none_or(|l| l.0 != reading.trace);
        if is_new {
            self.last = Some((reading.trace, false));
            self.traces += 1;
            if let Some(entry) = reading.entry() {
                self.requests += weight;
                *self.entries.entry(entry).or_default() += weight;
            }
            self.sample.add(u64::from(reading.trace.0));
        }
        let is_failed = sight.has(Sight::FAILED);
        if is_failed
            && let Some((_, is_lost @ false)) = &mut self.last
            && reading.is_failed()
        {
            *is_lost = true;
            self.lost += weight;
        }
        let count = |flag| if sight.has(flag) { weight } else { 0.0 };
        self.calls += weight;
        self.failed += count(Sight::FAILED);
        self.flagged += count(Sight::FLAGGED);
        self.retries += count(Sight::RETRY);
        self.extra += count(Sight::EXTRA);
        self.total += weight * sight.length.0 as f64;
        self.on_path += weight * sight.on_path.0 as f64;
        self.waiting.push((sight.length, weight as f32, sight.has(Sight::FLAGGED)));
        if self.waiting.len() >= WAITING {
            self.settle();
        }
        if sight.exact != 0 {
            self.different.add(sight.exact);
        }
        if let Some(caller) = sight.caller.filter(|c| !self.callers.contains(c)) {
            self.callers.insert(caller);
        }
        if sight.is_shown {
            self.keep_example(reading, sight);
        }
    }

    fn settle(&mut self) {
        for (length, weight, is_unusual) in self.waiting.drain(..) {
            let lengths = if is_unusual { &mut self.unusual } else { &mut self.usual };
            lengths.add(length, weight);
        }
    }

    fn keep_example(&mut self, reading: &Reading, sight: &Sight) {
        if self.examples.len() >= EXAMPLES && self.examples.last().is_some_and(|e| e.length >= sight.length) {
            return;
        }
        let example = Example { length: sight.length, trace: reading.id, row: sight.span_row };
        self.examples.push(example);
        self.trim_examples();
    }

    fn trim_examples(&mut self) {
        self.examples.sort_unstable_by(|a, b| b.length.cmp(&a.length).then(a.row.cmp(&b.row)));
        self.examples.truncate(EXAMPLES);
    }

    fn merge(&mut self, other: Self) {
        self.traces += other.traces;
        self.requests += other.requests;
        self.calls += other.calls;
        self.failed += other.failed;
        self.flagged += other.flagged;
        self.retries += other.retries;
        self.extra += other.extra;
        self.lost += other.lost;
        self.total += other.total;
        self.on_path += other.on_path;
        self.usual.merge(&other.usual);
        self.unusual.merge(&other.unusual);
        self.sample.merge(&other.sample);
        self.different.merge(&other.different);
        self.examples.extend(other.examples);
        self.trim_examples();
        for (entry, n) in other.entries {
            *self.entries.entry(entry).or_default() += n;
        }
        self.callers.extend(other.callers);
    }

    /// Requests by where they entered, sorted.
    pub fn entries(&self) -> Vec<(Entry, f64)> {
        let mut out: Vec<(Entry, f64)> = self.entries.iter().map(|(entry, n)| (*entry, *n)).collect();
        out.sort_unstable_by_key(|(entry, _)| *entry);
        out
    }
    /// Requests that entered at one place.
    pub fn entered_at(&self, entry: &Entry) -> f64 {
        self.entries.get(entry).copied().unwrap_or(0.0)
    }

    /// Mean length of everything seen.
    pub fn average(&self) -> Nanos {
        if self.calls > 0.0 { Nanos((self.total / self.calls) as i64) } else { Nanos::ZERO }
    }
}

/// Requests that entered at one place.
#[derive(Clone, Copy, Debug, Default)]
pub struct Traffic {
    /// Requests.
    pub requests: f64,
    /// Of them failed.
    pub failed: f64,
    /// Their durations together, in ns.
    pub total: f64,
}

/// All tallies, and the traffic.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Boxed: a tally is large, and the table moves when it grows.
    tallies: HashMap<Key, Box<Tally>, FixedState>,
    /// By entry.
    pub traffic: BTreeMap<Entry, Traffic>,
    /// Traces read.
    pub traces: usize,
}

impl Ledger {
    /// Adds what was seen in one trace.
    pub fn add(&mut self, reading: &Reading, sights: &[Sight]) {
        self.traces += 1;
        if let Some(entry) = reading.entry() {
            let weight = reading.weight();
            let traffic = self.traffic.entry(entry).or_default();
            traffic.requests += weight;
            traffic.failed += if reading.is_failed() { weight } else { 0.0 };
            traffic.total += weight * reading.duration().0 as f64;
        }
        for sight in sights {
            self.tallies.entry(sight.key).or_default().add(reading, sight);
        }
    }

    /// Completes the histograms, once everything was added.
    pub fn settle(&mut self) {
        for tally in self.tallies.values_mut() {
            tally.settle();
            tally.waiting = Vec::new();
        }
    }

    /// Adds what was seen in other traces; both are settled.
    pub fn merge(&mut self, other: Self) {
        self.traces += other.traces;
        for (entry, t) in other.traffic {
            let traffic = self.traffic.entry(entry).or_default();
            traffic.requests += t.requests;
            traffic.failed += t.failed;
            traffic.total += t.total;
        }
        for (key, tally) in other.tallies {
            self.tallies.entry(key).or_default().merge(*tally);
        }
    }

    /// All tallies of a topic, by key.
    pub fn of(&self, topic: Topic) -> Vec<(Key, &Tally)> {
        let mut out: Vec<_> =
            self.tallies.iter().filter(|(k, _)| k.topic == topic).map(|(k, t)| (*k, &**t)).collect();
        out.sort_unstable_by_key(|(k, _)| *k);
        out
    }
    /// One tally.
    pub fn get(&self, key: &Key) -> Option<&Tally> {
        self.tallies.get(key).map(|t| &**t)
    }
    /// Requests that started at a service.
    pub fn requests(&self) -> f64 {
        // The sum of nothing would be -0.
        self.traffic.values().fold(0.0, |sum, t| sum + t.requests)
    }
}
