//! Edges with a known gap, retries and time in a queue.
use std::sync::Arc;

use super::*;
use crate::engine::{Engine, EngineOptions};
use crate::model::{
    Arrival, Delivery, LinkRecord, ResourceRecord, SourceId, SpanRecord, StatusCode, Value,
    batch_from_records,
};

const MS: i64 = 1_000_000;

/// A span of `service`: name, kind, id, parent, start and end in milliseconds.
fn span(service: &str, name: &str, kind: SpanKind, ids: (u8, u8), times: (i64, i64)) -> SpanRecord {
    let attributes = vec![("service.name".to_owned(), Value::Str(service.into()))];
    let base = 1_767_348_000_000 * MS;
    SpanRecord {
        resource: Arc::new(ResourceRecord { attributes, ..ResourceRecord::default() }),
        trace_id: TraceId([1; 16]),
        span_id: SpanId([ids.0; 8]),
        parent_id: SpanId([ids.1; 8]),
        start: Timestamp(base + times.0 * MS),
        end: Timestamp(base + times.1 * MS),
        name: name.to_owned(),
        kind,
        ..SpanRecord::default()
    }
}

fn read(records: &[SpanRecord], from: &str, to: &str) -> EdgeReading {
    let engine = Engine::start(EngineOptions::default()).unwrap();
    let arrivals = engine.arrivals().unwrap();
    let delivery = Delivery { batch: batch_from_records(records), ..Delivery::default() };
    arrivals.send(Arrival::Spans(SourceId(1), delivery)).unwrap();
    drop(arrivals);
    let snapshot = engine.finish();
    let lens = Lens::default();
    let index = snapshot.graph(&lens);
    let ends = (index.graph.find(from), index.graph.find(to));
    let edge = index.graph.edges().find(|e| (Some(e.1), Some(e.2)) == ends).unwrap().0;
    let reading = read_edge(&snapshot, &lens, &index, edge);
    let in_queue = times_in_queue(&snapshot, &lens, &index).remove(&edge);
    assert_eq!(in_queue.unwrap_or_default(), reading.in_queue, "the same of all edges at once");
    reading
}

fn ms(red: &Red, q: f64) -> Option<f64> {
    red.quantile(q).map(|n| n.as_millis_f64().round())
}

#[test]
fn the_gap_is_what_the_caller_waited_longer_and_a_repeated_failure_is_a_retry() {
    use SpanKind::{Client, Server};
    let mut failed = span("shop", "pay", Client, (3, 1), (10, 30));
    failed.status = StatusCode::Error;
    let records = [
        span("shop", "GET /", Server, (1, 0), (0, 200)),
        failed,
        span("bank", "pay", Server, (4, 3), (15, 25)),
        span("shop", "pay", Client, (5, 1), (40, 140)),
        span("bank", "pay", Server, (6, 5), (70, 130)),
        // Nobody answered: it counts, without a gap.
        span("shop", "refund", Client, (7, 1), (150, 151)),
        span("bank", "refund", Server, (8, 7), (150, 153)),
    ];
    let r = read(&records, "shop", "bank");
    assert_eq!((r.paired, r.outlasted, r.retries), (3, 1, 1.0));
    assert_eq!((ms(&r.gap, 1.0), ms(&r.gap, 0.0)), (Some(40.0), Some(0.0)));
    let names: Vec<(&str, f64)> = r.operations.iter().map(|o| (o.name.as_str(), o.red.calls())).collect();
    assert_eq!(names, [("pay", 2.0), ("refund", 1.0)]);
    assert_eq!(r.histogram.iter().map(|b| b.fine + b.failed).sum::<f64>(), 3.0);
    assert_eq!(r.histogram.iter().map(|b| b.failed).sum::<f64>(), 1.0);
    let why: Vec<(ExampleOf, [u8; 8])> = r.examples.iter().map(|e| (e.of, e.span.0)).collect();
    assert!(
        why.contains(&(ExampleOf::Slow, [5; 8])) && why.contains(&(ExampleOf::Failed, [3; 8])),
        "{why:?}"
    );
    assert!(!r.is_from_queue);
}

#[test]
fn time_in_a_queue_is_from_the_producer_to_the_consumer_by_parent_or_by_link() {
    use SpanKind::{Consumer, Producer};
    let queued = |mut s: SpanRecord| {
        for (key, value) in [("messaging.system", "kafka"), ("messaging.destination.name", "orders")] {
            s.attributes.push((key.to_owned(), Value::Str(value.into())));
        }
        s
    };
    let mut elsewhere = queued(span("billing", "process orders", Consumer, (3, 0), (110, 120)));
    elsewhere.trace_id = TraceId([2; 16]);
    let (trace_id, span_id) = (TraceId([1; 16]), SpanId([1; 8]));
    elsewhere.links = vec![LinkRecord { trace_id, span_id, ..LinkRecord::default() }];
    let records = [
        queued(span("shop", "send orders", Producer, (1, 0), (0, 10))),
        queued(span("billing", "process orders", Consumer, (2, 1), (60, 80))),
        elsewhere,
    ];
    let r = read(&records, "orders", "billing");
    assert!(r.is_from_queue);
    assert_eq!((ms(&r.in_queue, 0.0), ms(&r.in_queue, 1.0)), (Some(50.0), Some(100.0)));
    assert_eq!(r.paired, 0, "a consumer is no answer to its producer");
}
