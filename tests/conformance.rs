//! Real files through the file reader and the engine: counts, edges, and sentences for what is refused.
#![allow(clippy::unwrap_used, clippy::panic)] // The automatic leave covers only functions marked as tests.
mod sketch;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use expect_test::expect;
use spanscape::engine::{Engine, EngineOptions};
use spanscape::graph::{EdgeKind, Node, Red, Snapshot};
use spanscape::ingest::file::{Input, read};
use spanscape::model::{SourceId, StatusCode};
use spanscape::store::Lens;

/// Files that other readers take and this one refuses, each with words of the sentence that says why.
const REFUSED: &[(&str, &str)] = &[
    ("jaeger-json/jaeger-anonymizer-trace_success.jsonl", "jaeger-anonymizer"),
    ("jaeger-json/jaeger-es-span-es_01.json", "Elasticsearch"),
    ("tempo-json/kiali-responseTrace.json", "Tempo's JSON"),
    ("tempo-json/tempopb-trace.json", "Tempo's JSON"),
    ("jaeger-json/jaeger-anonymizer-invalid_json.json", "\"duration\" is text"),
    ("jaeger-json/jaeger-anonymizer-wrong_format.json", "top-level keys are traceID, spanID, duration"),
    ("zipkin-json/zipkin-malformed.json", "a quoted key"),
];

fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/conformance");
    if !folder.exists() {
        eprintln!("skipped: the conformance files are not here");
        return None;
    }
    Some(folder)
}

fn load(paths: &[PathBuf]) -> Arc<Snapshot> {
    let engine = Engine::start(EngineOptions::default()).unwrap();
    let arrivals = engine.arrivals().unwrap();
    for (i, path) in paths.iter().enumerate() {
        let source = SourceId(i as u32);
        let mut send = |arrival| arrivals.send(arrival).is_ok();
        read(&Input::Path(path.clone()), source, &AtomicBool::new(false), &mut send);
    }
    drop(arrivals);
    let snapshot = engine.finish();
    assert!(snapshot.counters.is_conserved());
    snapshot
}

/// The four bodies of one exporter, one of each service.
fn check_exporter(name: &str, end: &str) {
    let Some(folder) = folder() else { return };
    let bodies: Vec<PathBuf> = (1..=4).map(|i| folder.join(format!("{name}-0{i}.{end}"))).collect();
    let snapshot = load(&bodies);
    assert_eq!(snapshot.counters.in_store, 30);
    assert_eq!(snapshot.trace_count(), 6);
    let edges = sketch::print(&snapshot.graph(&Lens::default()).graph);
    let edges: String = edges.lines().filter(|l| l.contains("->")).flat_map(|l| [l, "\n"]).collect();
    expect![[r#"
        queue:orders -> service:worker (messaging) 3 calls 0 errors 0 timeouts
        service:gateway -> service:orders (other) 3 calls 1 error 0 timeouts
        service:orders -> cache:redis@redis-1 (database) 3 calls 0 errors 0 timeouts
        service:orders -> database:items@pg-1 (database) 3 calls 0 errors 0 timeouts
        service:orders -> queue:orders (messaging) 3 calls 0 errors 0 timeouts
        service:orders -> service:billing (rpc) 3 calls 1 error 0 timeouts
        user:user -> service:gateway (entry) 3 calls 1 error 0 timeouts
    "#]]
    .assert_eq(&edges);
    let mut backwards = bodies;
    backwards.reverse();
    let again = sketch::print(&load(&backwards).graph(&Lens::default()).graph);
    assert_eq!(sketch::print(&snapshot.graph(&Lens::default()).graph), again);
}

#[test]
fn node_otlp_json() {
    check_exporter("otlp-json/sdk/node-otlp-json", "json");
}

#[test]
fn python_otlp_json() {
    check_exporter("otlp-json/sdk/python-otlp-json", "json");
}

#[test]
fn node_otlp_protobuf() {
    check_exporter("otlp-proto/node-otlp", "pb");
}

#[test]
fn python_otlp_protobuf() {
    check_exporter("otlp-proto/python-otlp", "pb");
}

#[test]
fn python_otlp_protobuf_gzip() {
    check_exporter("otlp-proto/python-otlp-gzip", "pb.gz");
}

#[test]
fn node_zipkin() {
    check_exporter("zipkin-json/sdk/node-zipkin", "json");
}

#[test]
fn python_zipkin() {
    check_exporter("zipkin-json/sdk/python-zipkin", "json");
}

/// What a file is expected to hold and what the engine has of it, where they differ.
fn differences(name: &str, snapshot: &Snapshot, expected: &serde_json::Value) -> Vec<String> {
    let total = snapshot.counters.total();
    let spans = &snapshot.spans;
    let services: BTreeSet<&str> = spans.iter().map(|s| s.service_text()).collect();
    let named = services.iter().filter(|s| !s.starts_with("unknown_service")).count();
    let errors = spans.iter().filter(|s| s.status() == StatusCode::Error).count();
    let found = [
        ("spans", total.received),
        ("traces", snapshot.trace_count() as u64),
        ("services", named as u64),
        ("orphans", snapshot.calls.quality().orphans),
        ("error_spans", errors as u64),
    ];
    let wanted = |what: &str| match &expected[what] {
        serde_json::Value::Array(list) => Some(list.iter().filter(|s| *s != "None").count() as u64),
        other => other.as_u64(),
    };
    found
        .iter()
        // Of a span that is in a file twice the list counts both rows.
        .filter(|(what, _)| *what != "orphans" || expected["duplicate_rows"] == 0)
        .filter(|(what, found)| wanted(what).is_some_and(|w| w != *found))
        .map(|(what, found)| format!("{name}: {what} {found}, not {:?}", wanted(what)))
        .collect()
}

/// Caller, callee, calls and errors by the names of our nodes, without whoever starts traces.
fn links(snapshot: &Snapshot) -> BTreeSet<String> {
    let graph = snapshot.graph(&Lens::default()).graph;
    let name = |n| graph.node(n).map_or("?", |n: &Node| n.name.as_str());
    let link = |from: &str, to: &str, red: &Red| format!("{from} -> {to} {} {}", red.calls(), red.errors());
    let edges = graph.edges().filter(|(_, _, _, e)| e.kind != EdgeKind::Entry);
    let mut out: BTreeSet<String> = edges.map(|(_, a, b, e)| link(name(a), name(b), &e.red)).collect();
    let own = graph.nodes().filter(|(_, n)| !n.self_calls.is_empty());
    out.extend(own.map(|(_, n)| link(&n.name, &n.name, &n.self_calls)));
    out
}

/// What differs is meant to: a client that names nobody calls an unknown, a server below a server of the same
/// service is one request and not two, and a server span that was sent in several versions is one call.
#[test]
fn zipkin_traces_give_the_links_that_zipkin_finds() {
    let Some(folder) = folder() else { return };
    let expected = std::fs::read(folder.join("expected.json")).unwrap();
    let expected: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&expected).unwrap();
    let mut wrong = Vec::new();
    for (name, oracle) in &expected {
        let Some(oracle) = oracle["zipkin_DependencyLinker"]["links"].as_array() else { continue };
        let text = |v: &serde_json::Value| v.as_str().unwrap().to_owned();
        let theirs: BTreeSet<String> =
            oracle.iter().map(|l| format!("{} -> {} {} {}", text(&l[0]), text(&l[1]), l[2], l[3])).collect();
        let ours = links(&load(&[folder.join(name)]));
        wrong.extend(ours.difference(&theirs).map(|l| format!("{name}: ours {l}")));
        wrong.extend(theirs.difference(&ours).map(|l| format!("{name}: Zipkin's {l}")));
    }
    expect![[r#"
        zipkin-json/zipkin-ascend.json: ours content-service -> unknown (content-service) 1 0
        zipkin-json/zipkin-smartthings-oauth-authorization.json: ours auth -> unknown (auth) 1 0
        zipkin-json/zipkin-smartthings-oauth-authorization.json: ours bouncer -> pusher 1 0
        zipkin-json/zipkin-smartthings-oauth-authorization.json: ours datamgmt -> datamgmt 8 0
        zipkin-json/zipkin-smartthings-oauth-authorization.json: ours datamgmt -> unknown (datamgmt) 1 0
        zipkin-json/zipkin-smartthings-oauth-authorization.json: ours pusher -> archiver.st.internal 1 0
        zipkin-json/zipkin-smartthings-oauth-authorization.json: ours stlogin -> unknown (stlogin) 1 0
        zipkin-json/zipkin-smartthings-oauth-authorization.json: Zipkin's bouncer -> pusher 2 0
        zipkin-json/zipkin-smartthings-oauth-authorization.json: Zipkin's datamgmt -> datamgmt 25 0
        zipkin-json/zipkin-smartthings-oauth-authorization.json: Zipkin's stlogin -> stlogin 12 0"#]]
    .assert_eq(&wrong.join("\n"));
}

#[test]
fn every_file_is_loaded_or_refused_with_a_reason() {
    let Some(folder) = folder() else { return };
    let expected = std::fs::read(folder.join("expected.json")).unwrap();
    let expected: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&expected).unwrap();
    let mut wrong = Vec::new();
    for (name, expected) in &expected {
        let snapshot = load(&[folder.join(name)]);
        let closed = snapshot.counters.sources[&SourceId(0)].closed.clone().unwrap();
        match (REFUSED.iter().find(|(n, _)| n == name), closed) {
            (None, Ok(())) => wrong.extend(differences(name, &snapshot, expected)),
            (Some((_, words)), Err(sentence)) if sentence.to_string().contains(words) => {}
            (_, other) => wrong.push(format!("{name}: {other:?}")),
        }
    }
    assert!(expected.len() > 80, "only {} files", expected.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
