//! Traces drawn as indented text, and service graphs printed as text.
//!
//! One line a span: `service KIND start..end words`, times in milliseconds, indented below its parent; `-`
//! instead of the times makes a span without any, and a line `--` begins another trace.
//! Words: `error`, `ok`, `exception`, `escaped`, and `name=`, `id=`, `parent=`, `message=`, `flags=`, `state=`,
//! `link=` (a number of a span in this sketch); `res.key=value` is an attribute of the resource, any other
//! `key=value` one of the span. A service `?` sends no name. Numbers and truth values are sent as such, unless
//! they are in quotes.
#![allow(dead_code, reason = "each test takes what it needs")]
use std::sync::Arc;

use spanscape::graph::{Outcome, Red, ServiceGraph};
use spanscape::model::{
    EventRecord, LinkRecord, Nanos, ResourceRecord, SpanId, SpanKind, SpanRecord, StatusCode, Timestamp,
    TraceId, Value,
};

/// When a sketch's time 0 is: 2026-01-01 00:00 UTC.
pub const ORIGIN: Timestamp = Timestamp(1_767_225_600_000_000_000);

/// The spans of a sketch, numbered from 1 by line, traces too.
pub fn records(sketch: &str) -> Vec<SpanRecord> {
    let mut out: Vec<SpanRecord> = Vec::new();
    let mut path: Vec<(usize, SpanId)> = Vec::new();
    let mut trace = 1;
    for line in sketch.lines().filter(|l| !l.trim().is_empty()) {
        if line.trim() == "--" {
            trace += 1;
            path.clear();
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        while path.last().is_some_and(|(i, _)| *i >= indent) {
            path.pop();
        }
        let mut span = record(line.trim(), out.len() as u64 + 1);
        span.trace_id = trace_id(trace);
        if let Some((_, parent)) = path.last()
            && span.parent_id.is_zero()
        {
            span.parent_id = *parent;
        }
        path.push((indent, span.span_id));
        out.push(span);
    }
    resolve_links(&mut out);
    out
}

/// The id of the trace with this number.
pub fn trace_id(number: u64) -> TraceId {
    let mut id = TraceId::default();
    id.0[8..].copy_from_slice(&number.to_be_bytes());
    id
}

/// The id of the span with this number.
pub fn span_id(number: u64) -> SpanId {
    SpanId(number.to_be_bytes())
}

/// A resource with these attributes.
pub fn resource(attributes: &[(&str, &str)]) -> Arc<ResourceRecord> {
    let attributes = attributes.iter().map(|(k, v)| ((*k).to_owned(), Value::str(*v))).collect();
    Arc::new(ResourceRecord { attributes, ..ResourceRecord::default() })
}

fn resolve_links(spans: &mut [SpanRecord]) {
    let traces: Vec<(SpanId, TraceId)> = spans.iter().map(|s| (s.span_id, s.trace_id)).collect();
    for link in spans.iter_mut().flat_map(|s| &mut s.links) {
        link.trace_id = traces.iter().find(|t| t.0 == link.span_id).map(|t| t.1).unwrap();
    }
}

fn record(line: &str, number: u64) -> SpanRecord {
    let mut words = line.split_whitespace();
    let service = words.next().unwrap();
    let kind = SpanKind::from_name(words.next().unwrap());
    let (start, end) = times(words.next().unwrap());
    let mut resource = Vec::new();
    if service != "?" {
        resource.push(("service.name".to_owned(), Value::str(service)));
    }
    let mut span = SpanRecord {
        span_id: span_id(number),
        start,
        end,
        kind,
        name: "work".into(),
        ..SpanRecord::default()
    };
    for word in words {
        match word.split_once('=') {
            None => flag(&mut span, word),
            Some((key, value)) => match key.strip_prefix("res.") {
                Some(key) => resource.push((key.to_owned(), value_of(value))),
                None => setting(&mut span, key, value),
            },
        }
    }
    span.resource = Arc::new(ResourceRecord { attributes: resource, ..ResourceRecord::default() });
    span
}

fn flag(span: &mut SpanRecord, word: &str) {
    match word {
        "error" => span.status = StatusCode::Error,
        "ok" => span.status = StatusCode::Ok,
        "exception" | "escaped" => {
            let mut attributes = vec![("exception.type".to_owned(), Value::str("Oops"))];
            if word == "escaped" {
                attributes.push(("exception.escaped".to_owned(), Value::Bool(true)));
            }
            let time = span.start;
            span.events.push(EventRecord {
                time,
                name: "exception".into(),
                attributes,
                dropped_attributes: 0,
            });
        }
        other => panic!("unknown word {other}"),
    }
}

fn setting(span: &mut SpanRecord, key: &str, value: &str) {
    match key {
        "name" => span.name = value.replace('_', " "),
        "message" => span.status_message = value.replace('_', " "),
        "id" => span.span_id = span_id(value.parse().unwrap()),
        "parent" => span.parent_id = span_id(value.parse().unwrap()),
        "flags" => span.flags = u32::from_str_radix(value.trim_start_matches("0x"), 16).unwrap(),
        "state" => span.trace_state = value.to_owned(),
        "link" => {
            span.links.push(LinkRecord { span_id: span_id(value.parse().unwrap()), ..LinkRecord::default() })
        }
        _ => span.attributes.push((key.to_owned(), value_of(value))),
    }
}

fn value_of(text: &str) -> Value {
    if let Some(quoted) = text.strip_prefix('\'').and_then(|t| t.strip_suffix('\'')) {
        return Value::str(quoted);
    }
    match (text.parse(), text.parse()) {
        (Ok(number), _) => Value::Int(number),
        (_, Ok(truth)) => Value::Bool(truth),
        _ => Value::str(text),
    }
}

fn times(text: &str) -> (Timestamp, Timestamp) {
    if text == "-" {
        return (Timestamp(0), Timestamp(0));
    }
    let (from, to) = text.split_once("..").unwrap();
    let at = |ms: &str| ORIGIN + Nanos((ms.parse::<f64>().unwrap() * 1e6) as i64);
    (at(from), at(to))
}

/// Nodes and edges, a line each, with their counts.
pub fn print(graph: &ServiceGraph) -> String {
    lines(graph, &|red| {
        let plural = |n: f64, what: &str| format!("{n} {what}{}", if n == 1.0 { "" } else { "s" });
        let [calls, errors, timeouts] = [red.calls(), red.errors(), red.timeouts()];
        let counts = [plural(calls, "call"), plural(errors, "error"), plural(timeouts, "timeout")];
        counts.join(" ")
    })
}

/// Nodes and edges, a line each, with every figure that their RED gives.
pub fn print_all(graph: &ServiceGraph) -> String {
    lines(graph, &|red| {
        let outcomes: Vec<f64> = Outcome::FAILURES.iter().map(|o| red.count(*o)).collect();
        let quantiles = [0.1, 0.5, 0.95, 0.99, 1.0].map(|q| red.quantile(q).map(|n| n.0));
        format!(
            "{} of {} timeouts {} {outcomes:?} {quantiles:?} mean {:?} apdex {:?}",
            red.calls(),
            red.observed,
            red.timeouts(),
            red.average().map(|n| n.0),
            red.apdex()
        )
    })
}

fn lines(graph: &ServiceGraph, figures: &dyn Fn(&Red) -> String) -> String {
    let mut out = String::new();
    for (_, node) in graph.nodes() {
        out += &format!("{} {}", node.id, figures(&node.red));
        if !node.self_calls.is_empty() {
            out += &format!(", to itself {}", figures(&node.self_calls));
        }
        if !node.is_instrumented {
            out += ", sent no spans";
        }
        out += "\n";
    }
    for (_, from, to, edge) in graph.edges() {
        let id = |n| graph.node(n).map_or("?", |n| n.id.as_str());
        out += &format!("{} -> {} ({}) {}\n", id(from), id(to), edge.kind.name(), figures(&edge.red));
    }
    out
}
