//! The truth against a second count, taken from the spans alone by the plainest rules that fit these stories.
use std::collections::BTreeMap;

use super::*;
use crate::model::{SpanId, SpanKind, StatusCode, TraceId, Value};

type Edges = BTreeMap<(String, String), Counts>;

/// The first of the attributes that the span has, as text.
fn text(record: &SpanRecord, keys: &[&str]) -> Option<String> {
    let find = |key: &&str| record.attributes.iter().find(|(k, _)| k == key).map(|(_, v)| v.to_string());
    keys.iter().find_map(find)
}

fn service(record: &SpanRecord) -> String {
    let name = record.resource.attributes.iter().find(|(k, _)| k == "service.name");
    format!("service:{}", name.and_then(|(_, v)| v.as_str()).unwrap())
}

fn queue(record: &SpanRecord) -> String {
    format!("queue:{}", text(record, &["messaging.destination.name"]).unwrap())
}

/// Whom a CLIENT span without a SERVER child calls.
fn peer(record: &SpanRecord, is_service: impl Fn(&str) -> bool) -> String {
    let host = text(record, &["server.address", "net.peer.name"]).unwrap();
    let namespace = text(record, &["db.namespace", "db.name"]);
    match text(record, &["db.system.name", "db.system"]) {
        Some(system) if system == "redis" => format!("cache:redis@{host}"),
        Some(system) => format!("database:{}@{host}", namespace.unwrap_or(system)),
        None if is_service(&host) => format!("service:{host}"),
        None => format!("external:{host}"),
    }
}

fn is_timeout(record: &SpanRecord) -> bool {
    let code = text(record, &["rpc.response.status_code", "rpc.grpc.status_code"]);
    code.is_some_and(|c| c == "DEADLINE_EXCEEDED" || c == "4")
        || text(record, &["error.type"]).is_some_and(|e| e == "timeout")
}

fn recount(records: &[SpanRecord]) -> Edges {
    let mut callees: BTreeMap<(TraceId, SpanId), String> = BTreeMap::new();
    for record in records.iter().filter(|r| r.kind == SpanKind::Server) {
        callees.insert((record.trace_id, record.parent_id), service(record));
    }
    let services: std::collections::BTreeSet<String> = records.iter().map(service).collect();
    let mut edges = Edges::new();
    let weight = match records.first().map(|r| r.trace_state.as_str()) {
        Some("ot=th:e") => 8,
        Some("ot=th:f") => 16,
        _ => 1,
    };
    for record in records {
        let own = service(record);
        let ends = match record.kind {
            SpanKind::Client => {
                let callee = callees.get(&(record.trace_id, record.span_id)).cloned();
                (own, callee.unwrap_or_else(|| peer(record, |h| services.contains(&format!("service:{h}")))))
            }
            SpanKind::Producer => (own, queue(record)),
            SpanKind::Consumer => (queue(record), own),
            SpanKind::Server if record.parent_id.is_zero() => ("user:user".to_owned(), own),
            _ => continue,
        };
        let counts = edges.entry(ends).or_default();
        counts.calls += weight;
        counts.errors += weight * u64::from(record.status == StatusCode::Error);
        counts.timeouts += weight * u64::from(record.kind == SpanKind::Client && is_timeout(record));
    }
    edges
}

#[test]
fn the_spans_say_what_the_truth_says() {
    let null = format!("checkout-incident{NULL}");
    let more = [(null.as_str(), 1), ("checkout-incident", 2), ("services", 2)];
    for (name, seed) in names().iter().map(|(name, _)| (*name, 1)).chain(more) {
        let story = generate(name, seed, Options { services: 80 }).unwrap();
        let truth = story.truth.edges.into_iter().map(|e| ((e.from, e.to), e.counts)).collect::<Edges>();
        assert_eq!(recount(&story.records), truth, "{name} {seed}");
    }
}

#[test]
fn what_is_no_error_does_not_look_like_one() {
    let story = generate("checkout-incident", 1, Options::default()).unwrap();
    let key = |r: &SpanRecord, key: &str| r.attributes.iter().any(|(k, _)| k == key);
    for record in &story.records {
        let code = text(record, &["http.response.status_code", "http.status_code"]);
        let code: i64 = code.and_then(|c| c.parse().ok()).unwrap_or(200);
        let worst = if record.kind == SpanKind::Client { 399 } else { 499 };
        if record.status != StatusCode::Error {
            assert!(code <= worst && !key(record, "error.type"), "{record:?}");
        }
        let flagged =
            record.attributes.iter().any(|(k, v)| k.ends_with("timeout") && *v == Value::Bool(true));
        assert!(!(flagged && record.kind == SpanKind::Client), "{record:?}");
    }
}
