//! The map of each generated scenario against its truth: exact counts on every node and edge.
#![allow(clippy::unwrap_used)]
use spanscape::engine::{Engine, EngineOptions};
use spanscape::graph::Snapshot;
use spanscape::model::{Arrival, Delivery, SourceId, SourceKind, SpanRecord, batch_from_records};
use spanscape::scenario::{NULL, Options, Truth, generate, has_null, names};
use spanscape::store::Lens;
use std::collections::BTreeMap;
use std::sync::Arc;

fn load(records: &[SpanRecord], batch: usize) -> Arc<Snapshot> {
    let engine = Engine::start(EngineOptions::default()).unwrap();
    let arrivals = engine.arrivals().unwrap();
    arrivals.send(Arrival::Opened(SourceId(0), SourceKind::File, "story".to_owned())).unwrap();
    for part in records.chunks(batch) {
        let delivery = Delivery { batch: batch_from_records(part), ..Delivery::default() };
        arrivals.send(Arrival::Spans(SourceId(0), delivery)).unwrap();
    }
    drop(arrivals);
    engine.finish()
}

type Counts = BTreeMap<String, [f64; 3]>;

fn ours(snapshot: &Snapshot) -> (Counts, Counts) {
    let index = snapshot.graph(&Lens::default());
    let graph = &index.graph;
    let of = |red: &spanscape::graph::Red| [red.calls(), red.errors(), red.timeouts()];
    let nodes = graph.nodes().map(|(_, n)| (n.id.clone(), of(&n.red))).collect();
    let edges = graph.edges().map(|(_, a, b, e)| {
        let id = |n| graph.node(n).map(|n| n.id.clone()).unwrap_or_default();
        (format!("{} -> {} ({})", id(a), id(b), e.kind.name()), of(&e.red))
    });
    (nodes, edges.collect())
}

fn expected(truth: &Truth) -> (Counts, Counts) {
    let json: serde_json::Value = serde_json::from_str(&spanscape::export::truth::truth_json(truth)).unwrap();
    let of = |v: &serde_json::Value| ["calls", "errors", "timeouts"].map(|k| v[k].as_f64().unwrap());
    let text = |v: &serde_json::Value, k: &str| v[k].as_str().unwrap().to_owned();
    let nodes = json["nodes"].as_array().unwrap().iter().map(|n| (text(n, "id"), of(n))).collect();
    let edge = |e: &serde_json::Value| {
        (format!("{} -> {} ({})", text(e, "from"), text(e, "to"), text(e, "kind")), of(e))
    };
    (nodes, json["edges"].as_array().unwrap().iter().map(edge).collect())
}

fn difference(what: &str, ours: &Counts, truth: &Counts) -> Vec<String> {
    let keys: std::collections::BTreeSet<&String> = ours.keys().chain(truth.keys()).collect();
    keys.into_iter()
        .filter(|k| ours.get(*k) != truth.get(*k))
        .map(|k| format!("{what} {k}: map {:?}, truth {:?}", ours.get(k), truth.get(k)))
        .collect()
}

fn check(name: &str, seed: u64, services: usize) {
    let story = generate(name, seed, Options { services }).unwrap();
    let snapshot = load(&story.records, 700);
    assert!(snapshot.counters.is_conserved());
    assert_eq!(snapshot.counters.in_store, story.records.len() as u64);
    let ((nodes, edges), (true_nodes, true_edges)) = (ours(&snapshot), expected(&story.truth));
    let mut wrong = difference("node", &nodes, &true_nodes);
    wrong.extend(difference("edge", &edges, &true_edges));
    assert!(wrong.is_empty(), "{name} seed {seed}:\n{}", wrong.join("\n"));
}

/// Each story with some seed, as the machine has little time; the seeds differ from story to story.
fn stories() -> impl Iterator<Item = (&'static str, u64)> {
    names().iter().map(|(name, _)| *name).filter(|name| has_null(name)).zip(1..)
}

#[test]
fn stories_have_their_true_counts() {
    stories().for_each(|(name, seed)| check(name, seed, 300));
    check("checkout-incident", 2, 300);
}

#[test]
fn stories_in_which_nothing_goes_wrong_have_their_true_counts() {
    stories().for_each(|(name, seed)| check(&format!("{name}{NULL}"), seed + 1, 300));
}

#[test]
fn generated_systems_have_their_true_counts() {
    check("services", 1, 60);
    check("services", 2, 300);
}
