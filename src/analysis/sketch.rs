//! Traces drawn as indented text, for tests.
//!
//! One line a span: `service KIND start..end words`, times in milliseconds, indented below its parent.
//! Words: `error`, `ok`, and `name=`, `id=`, `parent=`, `host=`, `message=`; any other `key=value` is an
//! attribute. `-` instead of the times makes a span without any.
use std::sync::Arc;

use crate::graph::{CallWriter, Snapshot};
use crate::model::{
    Nanos, ResourceRecord, ScopeRecord, SpanId, SpanKind, SpanRecord, StatusCode, Timestamp, TraceId,
    TraceIndex, Value, batch_from_records,
};
use crate::store::{Counters, Spans, Store};

/// When a sketch's time 0 is: 2026-01-01 00:00 UTC.
pub(crate) const ORIGIN: Timestamp = Timestamp(1_767_225_600_000_000_000);

/// The spans of a sketch, all of trace 1, numbered from 1 by line.
pub(crate) fn records(sketch: &str) -> Vec<SpanRecord> {
    let mut out: Vec<SpanRecord> = Vec::new();
    let mut path: Vec<(usize, SpanId)> = Vec::new();
    for line in sketch.lines().filter(|l| !l.trim().is_empty()) {
        let indent = line.len() - line.trim_start().len();
        while path.last().is_some_and(|(i, _)| *i >= indent) {
            path.pop();
        }
        let mut span = record(line.trim(), out.len() as u64 + 1);
        if let Some((_, parent)) = path.last()
            && span.parent_id.is_zero()
        {
            span.parent_id = *parent;
        }
        path.push((indent, span.span_id));
        out.push(span);
    }
    out
}

/// A sketch in a store of its own.
pub(crate) fn store(sketch: &str) -> (Spans, TraceIndex) {
    store_records(&records(sketch))
}

/// Records in a store of their own; the first trace is returned.
pub(crate) fn store_records(records: &[SpanRecord]) -> (Spans, TraceIndex) {
    let mut store = Store::new();
    store.append(batch_from_records(records));
    (store.publish(), TraceIndex(0))
}

/// A snapshot of several sketches, each a trace of its own, numbered from 1.
pub(crate) fn snapshot(sketches: &[&str]) -> Snapshot {
    let traces = (1u8..).zip(sketches).flat_map(|(number, sketch)| {
        records(sketch).into_iter().map(move |mut span| {
            span.trace_id.0[15] = number;
            span
        })
    });
    snapshot_of(&traces.collect::<Vec<_>>())
}

/// A sketch again and again: `count` traces, the first starting `from` seconds after [`ORIGIN`], one every
/// `every` seconds. Trace ids go on from `first`.
pub(crate) fn again(sketch: &str, first: u32, count: u32, from: f64, every: f64) -> Vec<SpanRecord> {
    let one = records(sketch);
    (0..count)
        .flat_map(|i| {
            let shift = Nanos(((from + every * f64::from(i)) * 1e9) as i64);
            let mut trace_id = TraceId::default();
            trace_id.0[12..].copy_from_slice(&(first + i).to_be_bytes());
            one.iter().cloned().map(move |mut span| {
                span.trace_id = trace_id;
                (span.start, span.end) = (span.start + shift, span.end + shift);
                span
            })
        })
        .collect()
}

/// A snapshot of records.
pub(crate) fn snapshot_of(records: &[SpanRecord]) -> Snapshot {
    let mut store = Store::new();
    let mut calls = CallWriter::default();
    store.append(batch_from_records(records));
    let spans = store.publish();
    calls.update(&spans, &store.take_dirty(), store.interner());
    let (spans, calls) = (store.publish(), calls.publish());
    let extent = calls.extent(&spans);
    Snapshot { revision: 1, spans, calls, counters: Counters::default(), extent }
}

fn id(number: u64) -> SpanId {
    SpanId(number.to_be_bytes())
}

fn record(line: &str, number: u64) -> SpanRecord {
    let mut words = line.split_whitespace();
    let service = words.next().unwrap();
    let kind = SpanKind::from_name(words.next().unwrap());
    let (start, end) = times(words.next().unwrap());
    let mut trace_id = TraceId::default();
    trace_id.0[15] = 1;
    let mut resource = vec![("service.name".to_owned(), Value::str(service))];
    let mut span = SpanRecord {
        trace_id,
        span_id: id(number),
        start,
        end,
        kind,
        name: "work".into(),
        scope: Arc::new(ScopeRecord::default()),
        ..SpanRecord::default()
    };
    for word in words {
        match word.split_once('=') {
            None if word == "error" => span.status = StatusCode::Error,
            None if word == "ok" => span.status = StatusCode::Ok,
            Some(("name", v)) => span.name = v.replace('_', " "),
            Some(("message", v)) => span.status_message = v.replace('_', " "),
            Some(("id", v)) => span.span_id = id(v.parse().unwrap()),
            Some(("parent", v)) => span.parent_id = id(v.parse().unwrap()),
            Some(("host", v)) => resource.push(("host.name".to_owned(), Value::str(v))),
            Some((k, v)) => span.attributes.push((k.to_owned(), Value::str(v))),
            None => panic!("unknown word {word}"),
        }
    }
    span.resource = Arc::new(ResourceRecord { attributes: resource, ..ResourceRecord::default() });
    span
}

fn times(text: &str) -> (Timestamp, Timestamp) {
    if text == "-" {
        return (Timestamp(0), Timestamp(0));
    }
    let (from, to) = text.split_once("..").unwrap();
    let at = |ms: &str| ORIGIN + Nanos((ms.parse::<f64>().unwrap() * 1e6) as i64);
    (at(from), at(to))
}
