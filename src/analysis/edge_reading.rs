//! What the calls of one edge are made of: caller's and callee's time and the gap between them, time in a queue,
//! operations, retries, and examples.
use std::collections::{BTreeMap, HashMap};

use crate::graph::{Call, GraphIndex, Observation, RawEdgeId, Red, Route, Snapshot, matching_traces};
use crate::model::{
    EdgeId, Nanos, NodeId, SpanId, SpanKind, SpanRow, Symbol, Timestamp, TraceId, TraceIndex,
};
use crate::store::{Lens, SpanRef};

/// Operations that are listed.
const OPERATIONS: usize = 12;
/// Bars per factor of ten of the histogram, before neighbours are joined.
const PER_DECADE: usize = 8;
/// From 1 µs to 10 000 s.
const BINS: usize = PER_DECADE * 10;
/// Bars at most.
const BARS: usize = 28;
/// Messages whose producer is looked for in other traces.
const LINKED: usize = 50_000;

/// A bar of the histogram of latency.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bar {
    /// The shortest call in it.
    pub from: Nanos,
    /// The first length beyond it.
    pub to: Nanos,
    /// Calls that went well, weighted.
    pub fine: f64,
    /// Calls that failed.
    pub failed: f64,
}

/// An operation of the callee.
#[derive(Clone, Debug)]
pub struct OperationReading {
    /// Its name; empty where nobody named it.
    pub name: String,
    /// Its calls.
    pub red: Red,
}

/// Why a call is an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExampleOf {
    /// As long as half of them.
    Typical,
    /// The longest that went well.
    Slow,
    /// The longest that failed.
    Failed,
}

/// A call to look at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExampleCall {
    /// Why.
    pub of: ExampleOf,
    /// Its trace.
    pub trace: TraceId,
    /// The caller's span, else the callee's.
    pub span: SpanId,
    /// How long it took.
    pub duration: Nanos,
}

/// What the calls of an edge are made of.
#[derive(Clone, Debug, Default)]
pub struct EdgeReading {
    /// Calls of which both sides sent a span with a duration.
    pub paired: u64,
    /// Of these: as the caller saw them.
    pub caller: Red,
    /// Of these: as the callee saw them.
    pub callee: Red,
    /// Of these: what the caller waited longer than the callee worked: network, queueing, connection pools.
    pub gap: Red,
    /// Of these: how many callees worked longer than their caller waited.
    pub outlasted: u64,
    /// From the end of sending a message (or its start, where sending went on) to the start of handling it.
    pub in_queue: Red,
    /// Whether messages travel along the edge to whoever handles them.
    pub is_from_queue: bool,
    /// Calls that repeat one that failed, weighted.
    pub retries: f64,
    /// Durations.
    pub histogram: Vec<Bar>,
    /// The most called operations, the most called first.
    pub operations: Vec<OperationReading>,
    /// How many more there are.
    pub more_operations: usize,
    /// Calls to look at.
    pub examples: Vec<ExampleCall>,
}

/// Reads all calls of an edge under a lens.
pub fn read_edge(snapshot: &Snapshot, lens: &Lens, index: &GraphIndex, edge: EdgeId) -> EdgeReading {
    read_edges(snapshot, lens, index, &[edge])
}

/// Reads all calls of a queue's consumers together: how long messages wait in it, whoever handles them.
pub fn read_queue(snapshot: &Snapshot, lens: &Lens, index: &GraphIndex, queue: NodeId) -> EdgeReading {
    let consumers: Vec<EdgeId> = index.graph.dependencies(queue).into_iter().map(|d| d.0).collect();
    read_edges(snapshot, lens, index, &consumers)
}

/// How long messages waited in their queues, by the edge along which they came to whoever handled them.
pub fn times_in_queue(snapshot: &Snapshot, lens: &Lens, index: &GraphIndex) -> BTreeMap<EdgeId, Red> {
    let mut readers: BTreeMap<EdgeId, Reader<'_>> = BTreeMap::new();
    for trace in matching_traces(&snapshot.spans, lens) {
        let Some(calls) = snapshot.calls.of_trace(trace) else { continue };
        let is_inside = |c: &&Call| lens.window.is_none_or(|w| w.contains(c.start));
        let handled = |c: &&Call| is_handled(route_of(snapshot, c.edge));
        for call in calls.calls.iter().filter(is_inside).filter(handled) {
            let (Some(edge), Some(server)) =
                (index.edge_of(call.edge), call.server.and_then(|row| snapshot.spans.get(row)))
            else {
                continue;
            };
            readers.entry(edge).or_insert_with(|| Reader::new(snapshot)).queued(trace, call, server);
        }
    }
    readers.values_mut().for_each(Reader::look_up_links);
    let known = readers.into_iter().filter(|(_, reader)| !reader.out.in_queue.is_empty());
    known.map(|(edge, reader)| (edge, reader.out.in_queue)).collect()
}

fn read_edges(snapshot: &Snapshot, lens: &Lens, index: &GraphIndex, edges: &[EdgeId]) -> EdgeReading {
    let raw: Vec<RawEdgeId> = edges.iter().flat_map(|e| index.raw_edges_of(*e)).collect();
    let red = edges.first().and_then(|e| index.graph.edge(*e)).map(|e| &e.red);
    let median = red.and_then(|r| r.quantile(0.5)).unwrap_or_default();
    let mut reader = Reader { median, bins: vec![(0.0, 0.0); BINS], ..Reader::new(snapshot) };
    let is_inside = |c: &&Call| raw.contains(&c.edge) && lens.window.is_none_or(|w| w.contains(c.start));
    for trace in matching_traces(&snapshot.spans, lens) {
        let Some(calls) = snapshot.calls.of_trace(trace) else { continue };
        let own: Vec<&Call> = calls.calls.iter().filter(is_inside).collect();
        if !own.is_empty() {
            reader.trace(trace, &own);
        }
    }
    reader.finish()
}

/// Message that came from another trace: where from, and when it was handled.
type Linked = (TraceId, SpanId, Timestamp, f32);

struct Reader<'a> {
    snapshot: &'a Snapshot,
    out: EdgeReading,
    median: Nanos,
    bins: Vec<(f64, f64)>,
    operations: HashMap<Symbol, Red>,
    linked: Vec<Linked>,
    best: BTreeMap<ExampleOf, (i64, ExampleCall)>,
}

impl<'a> Reader<'a> {
    fn new(snapshot: &'a Snapshot) -> Self {
        Self {
            snapshot,
            out: EdgeReading::default(),
            median: Nanos::ZERO,
            bins: Vec::new(),
            operations: HashMap::new(),
            linked: Vec::new(),
            best: BTreeMap::new(),
        }
    }

    fn span(&self, row: Option<SpanRow>) -> Option<SpanRef<'a>> {
        row.and_then(|r| self.snapshot.spans.get(r))
    }

    fn trace(&mut self, trace: TraceIndex, calls: &[&Call]) {
        // Ends of failed calls by parent and operation, to know a retry when it comes.
        let mut failed: HashMap<(SpanId, Symbol), Timestamp> = HashMap::new();
        for call in calls {
            let (client, server) = (self.span(call.client), self.span(call.server));
            self.operations.entry(call.operation).or_default().add(&call.observation());
            self.pair(call, client, server);
            self.bin(call);
            self.example(call, client.or(server));
            if let Some(server) = server {
                self.queued(trace, call, server);
            }
            let Some(parent) = client.map(SpanRef::parent_id).filter(|p| !p.is_zero()) else { continue };
            let key = (parent, call.operation);
            if failed.get(&key).is_some_and(|end| *end <= call.start) {
                self.out.retries += f64::from(call.weight);
            }
            if call.outcome.is_failure() {
                failed.insert(key, call.start + call.duration);
            }
        }
    }

    fn pair(&mut self, call: &Call, client: Option<SpanRef<'a>>, server: Option<SpanRef<'a>>) {
        let (Some(client), Some(server)) = (client, server) else { return };
        if !client.is_timed() || !server.is_timed() || is_handled(route_of(self.snapshot, call.edge)) {
            return;
        }
        let (waited, worked) = (client.duration(), server.duration());
        let seen = |duration| Observation { duration, is_timed: true, ..call.observation() };
        self.out.paired += 1;
        self.out.caller.add(&seen(waited));
        self.out.callee.add(&seen(worked));
        self.out.outlasted += u64::from(worked > waited);
        self.out.gap.add(&seen((waited - worked).max(Nanos::ZERO)));
    }

    fn bin(&mut self, call: &Call) {
        if !call.is_timed {
            return;
        }
        let decades = (call.duration.0.max(1_000) as f64 / 1e3).log10();
        let at = ((decades * PER_DECADE as f64) as usize).min(BINS - 1);
        let bin = &mut self.bins[at];
        let side = if call.outcome.is_failure() { &mut bin.1 } else { &mut bin.0 };
        *side += f64::from(call.weight);
    }

    fn example(&mut self, call: &Call, span: Option<SpanRef<'a>>) {
        let Some(span) = span.filter(|_| call.is_timed) else { return };
        let (is_failed, length) = (call.outcome.is_failure(), call.duration.0);
        let of = if is_failed { ExampleOf::Failed } else { ExampleOf::Slow };
        let mut offer = |of, score| {
            let call =
                ExampleCall { of, trace: span.trace_id(), span: span.span_id(), duration: call.duration };
            // Of two that are as good the one with the lower id, whatever arrived first.
            let is_better =
                self.best.get(&of).is_none_or(|(best, known)| (score, known.trace.0) > (*best, call.trace.0));
            if is_better {
                self.best.insert(of, (score, call));
            }
        };
        offer(of, length);
        if !is_failed {
            offer(ExampleOf::Typical, -(length - self.median.0).abs());
        }
    }

    /// How long a message waited: its producer is the parent, or somebody whom a link names.
    fn queued(&mut self, trace: TraceIndex, call: &Call, consumer: SpanRef<'a>) {
        if !is_handled(route_of(self.snapshot, call.edge)) {
            return;
        }
        self.out.is_from_queue = true;
        let spans = &self.snapshot.spans;
        let parent = consumer.parent_id();
        let by_id = |id: SpanId| spans.rows_of(trace).find(|s| s.span_id() == id);
        let producer = (!parent.is_zero()).then(|| by_id(parent)).flatten();
        if let Some(producer) = producer.filter(|p| p.kind() == SpanKind::Producer) {
            return self.waited(producer, consumer.start(), call.weight);
        }
        for link in consumer.links() {
            if link.trace_id == consumer.trace_id() {
                if let Some(producer) = by_id(link.span_id) {
                    self.waited(producer, consumer.start(), call.weight);
                }
            } else if self.linked.len() < LINKED {
                self.linked.push((link.trace_id, link.span_id, consumer.start(), call.weight));
            }
        }
    }

    fn waited(&mut self, producer: SpanRef<'a>, handled: Timestamp, weight: f32) {
        let since = if producer.end() <= handled { producer.end() } else { producer.start() };
        if !producer.is_timed() || since > handled {
            // The clocks disagree: that tells nothing of the queue.
            return;
        }
        let duration = handled - since;
        let outcome = crate::graph::Outcome::Success;
        self.out.in_queue.add(&Observation { duration, is_timed: true, outcome, is_timeout: false, weight });
    }

    /// Looks up the producers in other traces, in one pass over all.
    fn look_up_links(&mut self) {
        let mut wanted: HashMap<TraceId, Vec<Linked>> = HashMap::new();
        for linked in std::mem::take(&mut self.linked) {
            wanted.entry(linked.0).or_default().push(linked);
        }
        if wanted.is_empty() {
            return;
        }
        let snapshot = self.snapshot;
        for (trace, slot) in snapshot.spans.traces() {
            let Some(all) = wanted.remove(&slot.id) else { continue };
            for (_, span, handled, weight) in all {
                if let Some(producer) = snapshot.spans.rows_of(trace).find(|s| s.span_id() == span) {
                    self.waited(producer, handled, weight);
                }
            }
        }
    }

    fn finish(mut self) -> EdgeReading {
        self.look_up_links();
        let symbols = self.snapshot.spans.symbols();
        let named = |(name, red)| OperationReading { name: symbols.text(name).to_owned(), red };
        let mut operations: Vec<OperationReading> =
            std::mem::take(&mut self.operations).into_iter().map(named).collect();
        operations.sort_by(|a, b| b.red.calls().total_cmp(&a.red.calls()).then_with(|| a.name.cmp(&b.name)));
        self.out.more_operations = operations.len().saturating_sub(OPERATIONS);
        operations.truncate(OPERATIONS);
        self.out.operations = operations;
        self.out.histogram = bars(&self.bins);
        self.out.examples = self.best.into_values().map(|b| b.1).collect();
        self.out
    }
}

fn route_of(snapshot: &Snapshot, edge: RawEdgeId) -> Route {
    snapshot.calls.edges().get(edge).map_or(Route::Other, |e| e.route)
}

/// Whether the callee's span is that of whoever handled the message.
fn is_handled(route: Route) -> bool {
    matches!(route, Route::Consume | Route::Handover | Route::Receive)
}

/// The bins from the first to the last that has calls; neighbours are joined where there are too many.
fn bars(bins: &[(f64, f64)]) -> Vec<Bar> {
    let is_used = |b: &(f64, f64)| b.0 + b.1 > 0.0;
    let (Some(first), Some(last)) = (bins.iter().position(is_used), bins.iter().rposition(is_used)) else {
        return Vec::new();
    };
    let used = &bins[first..=last];
    let step = used.len().div_ceil(BARS);
    let edge = |bin: usize| Nanos((1e3 * 10f64.powf(bin as f64 / PER_DECADE as f64)).round() as i64);
    let bar = |(i, some): (usize, &[(f64, f64)])| Bar {
        from: edge(first + i * step),
        to: edge(first + i * step + some.len()),
        fine: some.iter().map(|b| b.0).sum(),
        failed: some.iter().map(|b| b.1).sum(),
    };
    used.chunks(step).enumerate().map(bar).collect()
}

#[cfg(test)]
#[path = "edge_reading_tests.rs"]
mod tests;
