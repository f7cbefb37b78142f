//! Little memory and bad input: whole traces go, counters conserve, time stays linear, the extent stays sane.
#![allow(clippy::unwrap_used, clippy::panic)] // The automatic leave covers only functions marked as tests.
mod sketch;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use spanscape::engine::{Engine, EngineOptions};
use spanscape::graph::{CallWriter, Calls, Snapshot};
use spanscape::model::{
    Arrival, Delivery, Nanos, SourceId, SourceKind, SpanId, SpanKind, SpanRecord, TimeRange, Timestamp,
    TraceId, batch_from_records,
};
use spanscape::store::{Lens, Spans, Store};

/// Far more than linear work takes on a slow machine without optimisation, far less than quadratic work.
const LINEAR: Duration = Duration::from_secs(40);

fn deliver(records: &[SpanRecord], batch: usize, budget: u64) -> Arc<Snapshot> {
    let engine = Engine::start(EngineOptions { budget }).unwrap();
    let arrivals = engine.arrivals().unwrap();
    arrivals.send(Arrival::Opened(SourceId(0), SourceKind::File, "flood".to_owned())).unwrap();
    for part in records.chunks(batch) {
        let delivery = Delivery { batch: batch_from_records(part), ..Delivery::default() };
        arrivals.send(Arrival::Spans(SourceId(0), delivery)).unwrap();
    }
    drop(arrivals);
    engine.finish()
}

fn assembled(records: &[SpanRecord]) -> (Spans, Calls) {
    let (mut store, mut calls) = (Store::new(), CallWriter::default());
    store.append(batch_from_records(records));
    let spans = store.publish();
    calls.update(&spans, &store.take_dirty(), store.interner());
    (store.publish(), calls.publish())
}

fn span(trace: u64, id: u64, parent: u64, service: &str, kind: SpanKind) -> SpanRecord {
    let start = sketch::ORIGIN + Nanos((trace * 1_000 + id) as i64 * 1_000);
    SpanRecord {
        resource: sketch::resource(&[("service.name", service)]),
        trace_id: sketch::trace_id(trace),
        span_id: sketch::span_id(id),
        parent_id: sketch::span_id(parent),
        start,
        end: start + Nanos::from_millis(3),
        name: format!("op {}", id % 7),
        kind,
        ..SpanRecord::default()
    }
}

/// A trace of four spans; every trace has a text of its own, so that memory is used.
fn trace(number: u64) -> [SpanRecord; 4] {
    let names = ["web", "cart", "pay", "mail"];
    let callee = names[1 + number as usize % 3];
    let mut spans = [
        span(number, 1, 0, "web", SpanKind::Server),
        span(number, 2, 1, "web", SpanKind::Client),
        span(number, 3, 2, callee, SpanKind::Server),
        span(number, 4, 3, callee, SpanKind::Internal),
    ];
    for s in &mut spans {
        let text = format!("{number} {}", "x".repeat(200));
        s.attributes.push(("note".to_owned(), spanscape::model::Value::str(text)));
    }
    spans
}

fn graph_of(records: &[SpanRecord]) -> String {
    let (spans, calls) = assembled(records);
    sketch::print_all(&calls.graph(&spans, &Lens::default()).graph)
}

fn by_trace(records: &[SpanRecord]) -> BTreeMap<TraceId, Vec<SpanRecord>> {
    let mut out: BTreeMap<TraceId, Vec<SpanRecord>> = BTreeMap::new();
    records.iter().for_each(|r| out.entry(r.trace_id).or_default().push(r.clone()));
    out
}

#[test]
fn a_small_budget_evicts_whole_traces_and_leaves_the_graph_of_the_others() {
    let records: Vec<SpanRecord> = (1..=4_000).flat_map(trace).collect();
    let budget = 1_500_000;
    let snapshot = deliver(&records, 64, budget);
    let counters = &snapshot.counters;
    assert!(counters.is_conserved());
    assert_eq!(counters.total().stored, 16_000);
    assert!(counters.evicted > 8_000, "{} evicted", counters.evicted);
    assert!(counters.bytes <= budget, "{} held", counters.bytes);
    assert_eq!(counters.in_store, snapshot.spans.iter().count() as u64);
    let all = by_trace(&records);
    let mut survivors = Vec::new();
    for (index, slot) in snapshot.spans.traces() {
        assert_eq!(snapshot.spans.rows_of(index).count(), all[&slot.id].len(), "a trace goes as a whole");
        survivors.extend(all[&slot.id].iter().cloned());
    }
    assert!(survivors.len() > 500, "{} spans are left", survivors.len());
    let left = sketch::print_all(&snapshot.graph(&Lens::default()).graph);
    assert_eq!(left, graph_of(&survivors));
}

#[test]
fn late_spans_of_evicted_traces_are_kept_as_fragments() {
    let mut records: Vec<SpanRecord> = (1..=3_000).flat_map(trace).collect();
    // The first halves of all traces, then their second halves.
    records.sort_by_key(|r| (r.span_id > sketch::span_id(2), r.trace_id));
    let snapshot = deliver(&records, 50, 1_000_000);
    let counters = &snapshot.counters;
    assert!(counters.is_conserved());
    assert_eq!((counters.total().received, counters.total().duplicates), (12_000, 0));
    assert_eq!(counters.in_store, snapshot.spans.iter().count() as u64);
    let read: usize = snapshot.spans.traces().map(|(i, _)| snapshot.spans.rows_of(i).count()).sum();
    assert_eq!(counters.in_store, read as u64);
    let kept: Vec<SpanRecord> = {
        let all: BTreeMap<(TraceId, SpanId), &SpanRecord> =
            records.iter().map(|r| ((r.trace_id, r.span_id), r)).collect();
        snapshot.spans.iter().map(|s| all[&(s.trace_id(), s.span_id())].clone()).collect()
    };
    assert_eq!(sketch::print_all(&snapshot.graph(&Lens::default()).graph), graph_of(&kept));
}

#[test]
fn clearing_is_counted() {
    let engine = Engine::start(EngineOptions::default()).unwrap();
    let arrivals = engine.arrivals().unwrap();
    let send = |records: &[SpanRecord]| {
        let delivery = Delivery { batch: batch_from_records(records), ..Delivery::default() };
        arrivals.send(Arrival::Spans(SourceId(0), delivery)).unwrap();
    };
    send(&trace(1));
    arrivals.send(Arrival::Clear).unwrap();
    send(&trace(1));
    drop(arrivals);
    let snapshot = engine.finish();
    let counters = &snapshot.counters;
    assert!(counters.is_conserved());
    assert_eq!((counters.in_store, counters.cleared, counters.evicted), (4, 4, 0));
    assert_eq!(sketch::print_all(&snapshot.graph(&Lens::default()).graph), graph_of(&trace(1)));
}

#[test]
fn a_hundred_thousand_services_take_linear_time() {
    let from = Instant::now();
    let records: Vec<SpanRecord> =
        (1..=100_000).map(|i| span(i / 10, i, 0, &format!("service {i}"), SpanKind::Server)).collect();
    let (spans, calls) = assembled(&records);
    assert_eq!(calls.graph(&spans, &Lens::default()).graph.nodes().len(), 100_001);
    assert!(from.elapsed() < LINEAR, "{:?}", from.elapsed());
}

#[test]
fn one_client_of_many_services_and_hosts_takes_linear_time() {
    let from = Instant::now();
    let mut records = vec![span(1, 1, 0, "web", SpanKind::Client)];
    records.extend((2..=20_000).map(|i| span(1, i, 1, &format!("service {i}"), SpanKind::Server)));
    records.extend((20_001..=40_000).map(|i| {
        let mut s = span(2, i, 0, "web", SpanKind::Client);
        s.attributes
            .push(("server.address".to_owned(), spanscape::model::Value::str(format!("h{i}.example.com"))));
        s
    }));
    let (spans, calls) = assembled(&records);
    assert_eq!(calls.graph(&spans, &Lens::default()).graph.edges().len(), 19_999 + 200 + 1);
    assert!(from.elapsed() < LINEAR, "{:?}", from.elapsed());
}

#[test]
fn a_service_name_of_a_megabyte_is_a_service() {
    let name = "x".repeat(1 << 20);
    let (spans, calls) = assembled(&[span(1, 1, 0, &name, SpanKind::Server)]);
    let graph = calls.graph(&spans, &Lens::default()).graph;
    assert!(graph.find(&name).is_some());
}

#[test]
fn a_chain_of_two_hundred_thousand_spans_takes_linear_time() {
    let chains = [(SpanKind::Client, 200_000), (SpanKind::Server, 20_000), (SpanKind::Internal, 20_000)];
    for (kind, length) in chains {
        let from = Instant::now();
        let records: Vec<SpanRecord> = (1..=length).map(|i| span(1, i, i - 1, "deep", kind)).collect();
        let (spans, calls) = assembled(&records);
        let graph = calls.graph(&spans, &Lens::default()).graph;
        let calls: f64 = graph.edges().map(|(_, _, _, e)| e.red.calls()).sum();
        assert_eq!(calls, if kind == SpanKind::Internal { 0.0 } else { 1.0 }, "{kind:?}");
        assert!(from.elapsed() < LINEAR, "{kind:?}: {:?}", from.elapsed());
    }
    let zigzag = |i: u64| {
        let service = if i.is_multiple_of(4) || i % 4 == 3 { "a" } else { "b" };
        let kind = if i.is_multiple_of(2) { SpanKind::Client } else { SpanKind::Server };
        span(1, i, i - 1, service, kind)
    };
    let records: Vec<SpanRecord> = (1..=50_000).map(zigzag).collect();
    let (spans, calls) = assembled(&records);
    let graph = calls.graph(&spans, &Lens::default()).graph;
    let calls: f64 = graph.edges().map(|(_, _, _, e)| e.red.calls()).sum();
    assert!(calls > 24_999.0, "{calls}");
}

#[test]
fn a_huge_trace_that_grows_bit_by_bit_ends_as_if_it_came_at_once() {
    let hop = |i: u64| {
        let kind = if i.is_multiple_of(2) { SpanKind::Client } else { SpanKind::Server };
        span(1, i, i / 3, ["web", "cart", "pay"][(i % 3) as usize], kind)
    };
    let records: Vec<SpanRecord> = (1..=30_000).map(hop).collect();
    let snapshot = deliver(&records, 200, 1 << 30);
    assert!(snapshot.counters.is_conserved());
    assert_eq!(sketch::print_all(&snapshot.graph(&Lens::default()).graph), graph_of(&records));
}

#[test]
fn a_cycle_of_a_hundred_thousand_spans_is_cut_once() {
    let from = Instant::now();
    let records: Vec<SpanRecord> = (1..=100_000)
        .map(|i| span(1, i, if i == 1 { 100_000 } else { i - 1 }, "ring", SpanKind::Server))
        .collect();
    let (_, calls) = assembled(&records);
    assert_eq!(calls.quality().cycles, 1);
    assert!(from.elapsed() < LINEAR, "{:?}", from.elapsed());
}

fn at(trace: u64, start: Timestamp, end: Timestamp) -> SpanRecord {
    SpanRecord { start, end, ..span(trace, 1, 0, "clock", SpanKind::Server) }
}

#[test]
fn odd_times_do_not_stretch_the_extent() {
    let (start, second) = (sketch::ORIGIN, Nanos::from_secs(1));
    let day = TimeRange::new(start, start + Nanos::from_secs(24 * 3600));
    let mut records: Vec<SpanRecord> = (1..=20).map(|i| at(i, start, start + second)).collect();
    records.push(at(30, Timestamp(0), Timestamp(0)));
    records.push(at(31, Timestamp(0), start));
    records.push(at(32, start, Timestamp(0)));
    records.push(at(33, start, Timestamp::from_unix_nanos(u64::MAX)));
    records.push(at(34, Timestamp::from_unix_nanos(u64::MAX), Timestamp::from_unix_nanos(u64::MAX)));
    records.push(at(35, start + Nanos::from_secs(3600 * 24 * 3650), Timestamp::MAX));
    records.push(at(36, start + second, start));
    records.push(at(37, Timestamp(1), Timestamp(2)));
    let (spans, calls) = assembled(&records);
    let extent = calls.extent(&spans).unwrap();
    assert!(extent.start >= day.start && extent.end <= day.end, "{extent:?}");
    let quality = calls.quality();
    assert_eq!((quality.undated, quality.negative), (2, 2));
    let graph = calls.graph(&spans, &Lens::default()).graph;
    let node = &graph.node(graph.find("clock").unwrap()).unwrap();
    assert_eq!(node.red.calls(), 28.0, "all are counted");
    let timed = node.red.histogram().weight();
    assert_eq!(timed, 24.0, "those without a duration are in no percentile");
}

#[test]
fn odd_times_alone_give_answers_too() {
    for time in [Timestamp(0), Timestamp(1), Timestamp::MAX] {
        let (spans, calls) = assembled(&[at(1, time, time)]);
        let window = Some(TimeRange::new(Timestamp(i64::MIN), Timestamp::MAX));
        calls.graph(&spans, &Lens { window, filter: None });
        for count in [0, 1, 100, usize::MAX] {
            let timeline = calls.timeline(TimeRange::new(Timestamp(0), Timestamp::MAX), count);
            assert!(timeline.buckets.len() <= 1);
        }
        assert_eq!(calls.graph(&spans, &Lens::default()).graph.edges().len(), 1);
    }
}

#[test]
fn of_very_many_hosts_the_most_called_stay_and_the_rest_is_one_node() {
    let call = |id: u64, host: u64, caller: &str| {
        let mut s = span(id, 1, 0, caller, SpanKind::Client);
        let name = format!("h{host:03}.example.com");
        s.attributes.push(("server.address".to_owned(), spanscape::model::Value::str(name)));
        s
    };
    // 250 hosts, of which the last fifty are called twice; another caller has one of the others.
    let mut records: Vec<SpanRecord> = (0..250).map(|h| call(h + 1, h, "web")).collect();
    records.extend((200..250).map(|h| call(h + 1_001, h, "web")));
    records.push(call(5_000, 170, "mail"));
    let print = |records: &[SpanRecord]| {
        let (spans, calls) = assembled(records);
        let graph = calls.graph(&spans, &Lens::default()).graph;
        let is_there = |h: u64| graph.find(&format!("external:h{h:03}.example.com")).is_some();
        assert!((200..250).all(is_there) && (0..150).all(is_there) && is_there(170), "the first 200 and one");
        assert_eq!((150..200).filter(|h| is_there(*h)).count(), 1);
        let other = graph.node(graph.find("external:(other)").unwrap()).unwrap();
        assert_eq!((other.name.as_str(), other.red.calls()), ("other", 49.0));
        sketch::print_all(&graph)
    };
    let forwards = print(&records);
    records.reverse();
    assert_eq!(print(&records), forwards);
}
