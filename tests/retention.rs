//! Live traffic without end: what only evicted traces mention is given back, and the rest stays as it was.
#![allow(clippy::unwrap_used, clippy::panic)] // The automatic leave covers only functions marked as tests.
mod sketch;

use std::collections::BTreeMap;

use spanscape::engine::{Engine, EngineOptions};
use spanscape::graph::{CallWriter, Calls, Snapshot};
use spanscape::model::{
    Arrival, Delivery, Nanos, SourceId, SpanKind, SpanRecord, TimeRange, TraceId, TraceIndex, Value,
    batch_from_records,
};
use spanscape::store::{Lens, SpanRef, Spans, Store};

fn text(key: &str, value: String) -> (String, Value) {
    (key.to_owned(), Value::str(value))
}

/// A trace in which nearly every name is met only once: operation, peer, service instance, attribute key.
fn unique_trace(number: u64) -> [SpanRecord; 3] {
    let start = sketch::ORIGIN + Nanos::from_secs(number as i64);
    let web = sketch::resource(&[("service.name", "web"), ("service.instance.id", &format!("pod-{number}"))]);
    let other = sketch::resource(&[("service.name", &format!("job-{number}"))]);
    let span = |id: u64, parent: u64, kind| SpanRecord {
        resource: if id == 3 { other.clone() } else { web.clone() },
        trace_id: sketch::trace_id(number),
        span_id: sketch::span_id(id),
        parent_id: sketch::span_id(parent),
        start,
        end: start + Nanos::from_millis(5),
        name: format!("GET /orders/{number}/{id}"),
        kind,
        attributes: vec![
            text("server.address", format!("tenant-{}.example.com", number * 2 + id % 2)),
            text(&format!("key.{number}"), "x".repeat(40)),
        ],
        ..SpanRecord::default()
    };
    [span(1, 0, SpanKind::Server), span(2, 1, SpanKind::Client), span(3, 1, SpanKind::Server)]
}

/// Store and calls without the engine's thread, with its budget.
struct Live {
    store: Store,
    calls: CallWriter,
    budget: usize,
}

impl Live {
    fn new(budget: usize) -> Self {
        Self { store: Store::with_budget(budget as u64), calls: CallWriter::default(), budget }
    }
    fn held(&self) -> usize {
        self.store.bytes() + self.calls.held()
    }
    fn publish(&mut self) -> (Spans, Calls) {
        let spans = self.store.publish();
        self.calls.update(&spans, &self.store.take_dirty(), self.store.interner());
        (self.store.publish(), self.calls.publish())
    }
    fn deliver(&mut self, records: &[SpanRecord]) {
        self.store.append(batch_from_records(records));
        self.publish();
        if self.held() > self.budget {
            let gone = self.store.evict(self.budget / 10 * 8, self.calls.held());
            gone.traces.iter().for_each(|t| self.calls.remove(*t));
            self.calls.sweep(self.store.first_trace());
            self.store.sweep(self.calls.symbols());
        }
    }
}

fn print(spans: &Spans, calls: &Calls) -> String {
    let traces: Vec<TraceIndex> = spans.traces().map(|(i, _)| i).collect();
    let rows = |t: &TraceIndex| {
        let mut rows: Vec<String> = spans
            .rows_of(*t)
            .map(|s| format!("{} {} {:?}", s.service_text(), s.name_text(), s.resource().attributes.len()))
            .collect();
        rows.sort_unstable();
        rows.join(", ")
    };
    let lines: Vec<String> = traces.iter().map(rows).collect();
    lines.join("\n") + &sketch::print_all(&calls.graph(spans, &Lens::default()).graph)
}

/// Lengths of all tables: names, senders, traces, parties, edges.
fn lengths(spans: &Spans, calls: &Calls) -> [usize; 5] {
    let traces = spans.trace_slots();
    [spans.symbols().len(), spans.resources().count(), traces, calls.parties().len(), calls.edges().len()]
}

#[test]
fn names_that_are_met_once_do_not_pile_up() {
    let mut live = Live::new(1_000_000);
    let mut after_a_while = None;
    let mut most_held = 0;
    for round in 0..120u64 {
        let records: Vec<SpanRecord> = (round * 100..round * 100 + 100).flat_map(unique_trace).collect();
        live.deliver(&records);
        most_held = most_held.max(live.held());
        if round == 40 {
            let (spans, calls) = live.publish();
            after_a_while = Some(lengths(&spans, &calls));
        }
    }
    let (spans, calls) = live.publish();
    let (before, after) = (after_a_while.unwrap(), lengths(&spans, &calls));
    assert!(spans.traces().count() > 100, "{} traces are left", spans.traces().count());
    assert!(most_held <= 1_000_000, "{most_held} bytes held");
    for (before, after) in before.into_iter().zip(after) {
        assert!(before > 100 && after <= before + before / 4, "{before} grew to {after}");
    }
}

#[test]
fn what_is_left_is_what_the_same_traces_alone_would_give() {
    let mut live = Live::new(1_000_000);
    let all: Vec<SpanRecord> = (0..4_000).flat_map(unique_trace).collect();
    let mut kept_from_before = None;
    for (round, part) in all.chunks(90).enumerate() {
        live.deliver(part);
        if round == 70 {
            let (spans, calls) = live.publish();
            let text = print(&spans, &calls);
            kept_from_before = Some((spans, calls, text));
        }
    }
    let (spans, calls) = live.publish();
    let by_id = |id: TraceId| all.iter().filter(move |r| r.trace_id == id).cloned();
    let survivors: Vec<SpanRecord> = spans.traces().flat_map(|(_, t)| by_id(t.id)).collect();
    assert!(survivors.len() > 300 && survivors.len() < 3_000, "{} are left", survivors.len());
    let mut alone = Live::new(usize::MAX);
    alone.deliver(&survivors);
    let (again, again_calls) = alone.publish();
    assert_eq!(print(&spans, &calls), print(&again, &again_calls));
    assert_eq!(calls.extent(&spans), again_calls.extent(&again));
    let all_of = |c: &Calls| c.extent(&spans).map(|e| TimeRange::new(e.start + Nanos(7), e.end));
    let lens = Lens { window: all_of(&calls), filter: None };
    let ragged = |spans, calls: &Calls| sketch::print_all(&calls.graph(spans, &lens).graph);
    assert_eq!(ragged(&spans, &calls), ragged(&again, &again_calls));
    let (old_spans, old_calls, text) = kept_from_before.unwrap();
    assert_eq!(print(&old_spans, &old_calls), text, "what was published never changes");
}

/// Every third trace comes in two halves under two ids; of some low halves there are two long ids.
fn halves(number: u64) -> Vec<SpanRecord> {
    let long = |mut span: SpanRecord, high: u8| {
        span.trace_id.0[0] = high;
        span
    };
    let [a, b, c] = unique_trace(number);
    let other = {
        let mut span = long(b.clone(), 2);
        span.span_id = sketch::span_id(9);
        span
    };
    match number % 6 {
        0 => vec![long(a, 1), b, c],
        3 => vec![a, long(b, 1), long(c, 1), other],
        _ => vec![a, b, c],
    }
}

#[test]
fn halves_of_a_trace_go_together_and_what_was_ambiguous_is_told_again() {
    let mut live = Live::new(1_000_000);
    let mut all: Vec<SpanRecord> = (1..2_000).flat_map(halves).collect();
    // The halves come some time apart, so that evictions fall between them.
    all.sort_by_key(|r| {
        let number = r.start.0 / 1_000_000_000;
        (number + i64::from(r.span_id == sketch::span_id(9)) * 40 + i64::from(r.trace_id.is_short()) * 15) / 8
    });
    let mut joined = 0;
    for (round, part) in all.chunks(60).enumerate() {
        live.deliver(part);
        if round % 10 == 9 {
            let (spans, calls) = live.publish();
            joined += spans.traces().filter(|(_, t)| t.is_joined()).count();
            let rest: Vec<SpanRecord> = spans.iter().map(|s| record_of(&all, &s)).collect();
            let mut alone = Live::new(usize::MAX);
            alone.deliver(&rest);
            let (again, again_calls) = alone.publish();
            let graph = |spans, calls: &Calls| sketch::print_all(&calls.graph(spans, &Lens::default()).graph);
            assert_eq!(graph(&spans, &calls), graph(&again, &again_calls), "round {round}");
        }
    }
    assert!(joined > 20, "{joined} joined");
}

fn record_of(all: &[SpanRecord], span: &SpanRef<'_>) -> SpanRecord {
    let is_it = |r: &&SpanRecord| {
        r.span_id == span.span_id() && r.name == span.name_text() && r.start == span.start()
    };
    all.iter().find(is_it).unwrap().clone()
}

fn flood(engine: &Engine, traces: std::ops::Range<u64>) {
    let arrivals = engine.arrivals().unwrap();
    for first in traces.step_by(50) {
        let records: Vec<SpanRecord> = (first..first + 50).flat_map(unique_trace).collect();
        let delivery = Delivery { batch: batch_from_records(&records), ..Delivery::default() };
        arrivals.send(Arrival::Spans(SourceId(0), delivery)).unwrap();
    }
}

#[test]
fn the_engine_counts_all_that_it_holds_and_keeps_within_its_budget() {
    let budget = 2_000_000;
    let engine = Engine::start(EngineOptions { budget }).unwrap();
    flood(&engine, 0..8_000);
    let snapshot: std::sync::Arc<Snapshot> = engine.finish();
    let counters = &snapshot.counters;
    assert!(counters.is_conserved());
    assert_eq!(counters.total().stored, 24_000);
    assert!(counters.evicted > 0 && counters.bytes <= budget, "{} held", counters.bytes);
    let names: BTreeMap<&str, usize> =
        snapshot.spans.resources().map(|r| (snapshot.spans.text(r.service), 1)).collect();
    assert!(names.len() < 8_000, "{} services", names.len());
}
