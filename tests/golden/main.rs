//! The golden cases of span semantics: a few spans in, the service graph out, with current and former names.
#![allow(clippy::unwrap_used, clippy::panic)] // The automatic leave covers only functions marked as tests.
mod identity;
mod messaging;
mod outcome;
mod pairing;
#[path = "../sketch/mod.rs"]
mod sketch;

use std::sync::Arc;

use expect_test::Expect;
use spanscape::engine::{Engine, EngineOptions};
use spanscape::graph::Snapshot;
use spanscape::model::{Arrival, Delivery, SourceId, SourceKind, SpanRecord, Value, batch_from_records};
use spanscape::store::Lens;

/// Delivers each part, waiting for publication between them, and returns the last snapshot.
fn deliver(parts: &[&[SpanRecord]]) -> Arc<Snapshot> {
    let engine = Engine::start(EngineOptions::default()).unwrap();
    let (published, publications) = crossbeam_channel::unbounded();
    engine.set_waker(move || {
        let _ = published.send(());
    });
    let arrivals = engine.arrivals().unwrap();
    arrivals.send(Arrival::Opened(SourceId(0), SourceKind::File, "golden".to_owned())).unwrap();
    let mut sent = 0;
    for (i, part) in parts.iter().enumerate() {
        sent += part.len() as u64;
        let delivery = Delivery { batch: batch_from_records(part), ..Delivery::default() };
        arrivals.send(Arrival::Spans(SourceId(0), delivery)).unwrap();
        while i + 1 < parts.len() && engine.snapshot().counters.total().received < sent {
            publications.recv().unwrap();
        }
    }
    drop(arrivals);
    let snapshot = engine.finish();
    assert!(snapshot.counters.is_conserved());
    snapshot
}

fn graph_of(parts: &[&[SpanRecord]], lens: &Lens) -> String {
    sketch::print(&deliver(parts).graph(lens).graph)
}

/// The graph of a sketch; former attribute names must give the same.
fn check(text: &str, expected: Expect) {
    let records = sketch::records(text);
    let graph = graph_of(&[&records], &Lens::default());
    expected.assert_eq(&graph);
    let former: Vec<SpanRecord> = records.iter().map(with_former_names).collect();
    assert_eq!(graph_of(&[&former], &Lens::default()), graph, "with former names");
}

const FORMER: &[(&str, &str)] = &[
    ("service.peer.name", "peer.service"),
    ("server.address", "net.peer.name"),
    ("server.port", "net.peer.port"),
    ("url.full", "http.url"),
    ("http.request.method", "http.method"),
    ("http.response.status_code", "http.status_code"),
    ("http.request.resend_count", "http.resend_count"),
    ("db.system.name", "db.system"),
    ("db.namespace", "db.name"),
    ("db.response.status_code", "db.cosmosdb.status_code"),
    ("rpc.system.name", "rpc.system"),
    ("rpc.response.status_code", "rpc.grpc.status_code"),
    ("messaging.destination.name", "messaging.destination"),
    ("messaging.operation.type", "messaging.operation"),
    ("deployment.environment.name", "deployment.environment"),
];

fn with_former_names(span: &SpanRecord) -> SpanRecord {
    let former = |(key, value): &(String, Value)| {
        let key = FORMER.iter().find(|f| f.0 == key).map_or(key.as_str(), |f| f.1);
        let value = match value.as_str() {
            Some("microsoft.sql_server") => Value::str("mssql"),
            Some("send") => Value::str("publish"),
            Some("process") => Value::str("deliver"),
            Some("NOT_FOUND") => Value::Int(5),
            _ => value.clone(),
        };
        (key.to_owned(), value)
    };
    let mut span = span.clone();
    span.attributes = span.attributes.iter().map(former).collect();
    let resource = Arc::make_mut(&mut span.resource);
    resource.attributes = resource.attributes.iter().map(former).collect();
    span
}
