//! What is hidden is gone, and the map keeps its shape and figures.
use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::engine::{Engine, EngineOptions};
use crate::export::case::CaseSpans;
use crate::export::otlp;
use crate::graph::{Red, Snapshot, matching_traces};
use crate::model::{
    Arrival, Delivery, EventRecord, SourceId, SpanId, SpanKind, StatusCode, Timestamp, TraceId,
    batch_from_records,
};
use crate::scenario;
use crate::store::Lens;

fn snapshot(records: &[SpanRecord]) -> Arc<Snapshot> {
    let engine = Engine::start(EngineOptions::default()).unwrap();
    let arrivals = engine.arrivals().unwrap();
    for some in records.chunks(4096) {
        let delivery = Delivery { batch: batch_from_records(some), ..Delivery::default() };
        arrivals.send(Arrival::Spans(SourceId(1), delivery)).unwrap();
    }
    drop(arrivals);
    engine.finish()
}

fn everything() -> Redaction {
    let salt = "a".to_owned();
    Redaction { names: true, attributes: true, statements: true, salt, ..Redaction::default() }
}

/// Spans after hiding, their bytes, and the one who hid.
fn redacted(snapshot: &Snapshot, rules: &Redaction) -> (Vec<SpanRecord>, Redactor) {
    let traces = matching_traces(&snapshot.spans, &Lens::default());
    let spans = CaseSpans { spans: &snapshot.spans, traces: &traces, rules };
    let mut redactor = Redactor::new(rules, spans.all());
    let mut out = Vec::new();
    spans
        .batches(&mut redactor, &mut |batch| {
            out.extend_from_slice(batch);
            Ok(())
        })
        .unwrap();
    (out, redactor)
}

fn figures(red: &Red) -> String {
    let q = |q| red.quantile(q).map(|n| n.0);
    let by_outcome: Vec<f64> = crate::graph::Outcome::FAILURES.iter().map(|o| red.count(*o)).collect();
    format!(
        "{} {by_outcome:?} {} {:?} {:?} {:?}",
        red.calls(),
        red.timeouts(),
        q(0.5),
        q(0.95),
        red.average()
    )
}

/// Nodes and edges with their figures; ids as they are after hiding.
fn shape(snapshot: &Snapshot, id: impl Fn(&str) -> String) -> BTreeMap<String, String> {
    let index = snapshot.graph(&Lens::default());
    let graph = &index.graph;
    let of = |n| id(graph.node(n).map_or("", |n| &n.id));
    let nodes = graph
        .nodes()
        .map(|(i, n)| (of(i), format!("{:?} {} {}", n.kind, n.is_instrumented, figures(&n.red))));
    let edges =
        graph.edges().map(|(_, a, b, e)| (format!("{} -> {} {:?}", of(a), of(b), e.kind), figures(&e.red)));
    nodes.chain(edges).collect()
}

fn check_shape(records: &[SpanRecord], rules: &Redaction) -> (Arc<Snapshot>, Vec<SpanRecord>) {
    let before = snapshot(records);
    let (hidden, redactor) = redacted(&before, rules);
    let after = snapshot(&hidden);
    let wanted = shape(&before, |id| redactor.node_id(id));
    assert_eq!(shape(&after, str::to_owned), wanted);
    (before, hidden)
}

#[test]
fn stories_keep_their_shape_and_figures_and_lose_their_names() {
    for story in ["checkout-incident", "stripe-outage"] {
        let mut records = scenario::generate(story, 1, scenario::Options::default()).unwrap().records;
        // Some hundred traces are enough, and the failures are in the middle.
        let middle = records.len() / 2;
        records = records[middle..middle + 3000].to_vec();
        let (before, hidden) = check_shape(&records, &everything());
        let bytes = otlp::protobuf(&hidden);
        let index = before.graph(&Lens::default());
        let names = index.graph.nodes().map(|(_, n)| n.name.clone()).filter(|n| n.len() > 4);
        let operations = records.iter().map(|r| r.name.clone()).filter(|n| n.len() > 6);
        let all: std::collections::BTreeSet<String> = names.chain(operations).collect();
        let left: Vec<&String> =
            all.iter().filter(|n| memchr::memmem::find(&bytes, n.as_bytes()).is_some()).collect();
        assert_eq!(left, Vec::<&String>::new(), "{story}");
        let one = Redaction { names: true, salt: "b".to_owned(), ..Redaction::default() };
        check_shape(&records, &one);
    }
}

fn text(value: &str) -> Value {
    Value::Str(value.into())
}

/// `cart` as its callers may know it: by name, in its cluster, by URL, with a message that tells a timeout.
fn tricky() -> Vec<SpanRecord> {
    let resource = |name: &str| {
        let all =
            [("service.name", name), ("service.namespace", "acme"), ("host.name", "node-7.acme.example")];
        let attributes = all.map(|(k, v)| (k.to_owned(), text(v))).to_vec();
        Arc::new(ResourceRecord { attributes, ..ResourceRecord::default() })
    };
    let span = |id: u8, parent: u8, service: &str, kind, attributes: &[(&str, &str)]| SpanRecord {
        resource: resource(service),
        trace_id: TraceId([7; 16]),
        span_id: SpanId([id; 8]),
        parent_id: SpanId([parent; 8]),
        start: Timestamp(1_767_348_000_000_000_000 + i64::from(id) * 1_000_000),
        end: Timestamp(1_767_348_000_000_000_000 + i64::from(id) * 3_000_000),
        name: "GET /secret/{id}".to_owned(),
        kind,
        attributes: attributes.iter().map(|(k, v)| ((*k).to_owned(), text(v))).collect(),
        ..SpanRecord::default()
    };
    use SpanKind::{Client, Producer, Server};
    let mut late =
        span(3, 1, "shop", Client, &[("url.full", "https://bob:pw@api.partner.com:8443/v1/secret?k=1")]);
    (late.status, late.status_message) = (StatusCode::Error, "secret request timed out after 2 s".to_owned());
    let mut refused = span(4, 1, "shop", Client, &[("server.address", "10.1.2.3"), ("server.port", "80")]);
    refused.status = StatusCode::Error;
    refused.events = vec![EventRecord {
        name: "exception".to_owned(),
        attributes: vec![("exception.message".to_owned(), text("secret: connection refused"))],
        ..EventRecord::default()
    }];
    vec![
        span(1, 0, "shop", Server, &[("http.route", "/secret/{id}"), ("user.name", "alice")]),
        span(
            2,
            1,
            "shop",
            Client,
            &[("server.address", "cart.acme.svc.cluster.local"), ("http.request.method", "GET")],
        ),
        late,
        refused,
        span(5, 1, "shop", Client, &[("peer.service", "cart")]),
        span(
            6,
            1,
            "shop",
            Client,
            &[
                ("db.system", "postgresql"),
                ("db.name", "secretdb"),
                ("server.address", "pg.acme.example"),
                ("db.statement", "SELECT secret FROM cart"),
            ],
        ),
        span(
            7,
            1,
            "shop",
            Producer,
            &[("messaging.system", "kafka"), ("messaging.destination.name", "secret-topic")],
        ),
        span(8, 0, "cart", Server, &[("message", "cart of alice")]),
    ]
}

#[test]
fn hosts_urls_and_messages_keep_what_the_map_needs_of_them() {
    let (_, hidden) = check_shape(&tricky(), &everything());
    let told = format!("{hidden:?}");
    for secret in
        ["secret", "cart", "shop", "acme", "partner", "alice", "bob", "10.1.2.3", "SELECT", "node-7"]
    {
        assert!(!told.contains(secret), "{secret} is gone: {told}");
    }
    assert!(
        told.contains("timed out") && told.contains("connection refused"),
        "what classes a failure stays"
    );
    for rules in [
        Redaction { attributes: true, ..Redaction::default() },
        Redaction { statements: true, ..Redaction::default() },
        Redaction { drop: vec!["*".to_owned()], ..Redaction::default() },
        Redaction { names: true, ..Redaction::default() },
    ] {
        check_shape(&tricky(), &rules);
    }
}

#[test]
fn attributes_go_by_pattern_and_stay_by_pattern() {
    let rules = Redaction {
        drop: vec!["user.*".to_owned(), "http.*".to_owned()],
        keep: vec!["http.route".to_owned()],
        ..Redaction::default()
    };
    let (hidden, redactor) = redacted(&snapshot(&tricky()), &rules);
    let first = hidden.iter().find(|s| s.span_id == SpanId([1; 8])).unwrap();
    let keys: Vec<&str> = first.attributes.iter().map(|(k, _)| k.as_str()).collect();
    assert_eq!((keys, first.dropped_attributes), (vec!["http.route"], 1));
    assert_eq!(redactor.counts().attributes, 1, "http.request.method is what the map is made of");
    for (pattern, key, fits) in [
        ("a*c", "abc", true),
        ("*", "", true),
        ("a", "ab", false),
        ("*.id", "user.id.x", false),
        ("*id*", "user.id.x", true),
    ] {
        assert_eq!(matches_pattern(pattern.as_bytes(), key.as_bytes()), fits, "{pattern} {key}");
    }
}

#[test]
fn aliases_are_stable_under_a_salt_and_other_under_another() {
    let of = |salt: &str| {
        let rules = Redaction { names: true, salt: salt.to_owned(), ..Redaction::default() };
        redacted(&snapshot(&tricky()), &rules).1.node_id("service:cart")
    };
    assert_eq!(of("a"), of("a"));
    assert_ne!(of("a"), of("b"));
    let alias = of("a");
    assert!(alias.starts_with("service:service-") && alias.len() == "service:service-".len() + 4, "{alias}");
}

#[test]
fn the_preview_tells_what_becomes_of_spans() {
    let snapshot = snapshot(&tricky());
    let traces = matching_traces(&snapshot.spans, &Lens::default());
    let found = preview(&snapshot.spans, &traces, None, &[], &everything());
    assert_eq!((found.spans, found.traces, found.counts.spans), (8, 1, 8));
    assert!(found.counts.names > 5 && found.counts.attributes > 1 && found.counts.statements > 2);
    let lines: Vec<&Line> = found.examples.iter().flat_map(|e| &e.lines).collect();
    let gone = lines.iter().find(|l| l.what == "db.statement").unwrap();
    assert_eq!((gone.before.as_str(), &gone.after), ("SELECT secret FROM cart", &None));
    assert!(lines[0].after.as_ref().unwrap().starts_with("service-"));
}
