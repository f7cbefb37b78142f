//! The stories hold what they promise.
use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::model::{SpanId, SpanKind, StatusCode, TraceId, Value};

fn checkout(seed: u64) -> Story {
    generate("checkout-incident", seed, Options::default()).unwrap()
}

fn attribute<'a>(record: &'a SpanRecord, key: &str) -> Option<&'a Value> {
    record.attributes.iter().find(|(k, _)| k == key).map(|(_, v)| v)
}

fn service(record: &SpanRecord) -> &str {
    let attributes = &record.resource.attributes;
    attributes.iter().find(|(k, _)| k == "service.name").and_then(|(_, v)| v.as_str()).unwrap()
}

fn millis(record: &SpanRecord) -> f64 {
    (record.end - record.start).as_millis_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Spans of that name, split into those that start before the incident and those that start in it.
fn before_and_during<'a>(story: &'a Story, name: &str) -> (Vec<&'a SpanRecord>, Vec<&'a SpanRecord>) {
    let incident = story.truth.incident.unwrap();
    let spans = story.records.iter().filter(|r| r.name == name);
    spans.partition(|r| r.start < incident.start)
}

fn edge(story: &Story, from: &str, to: &str) -> Counts {
    story.truth.edges.iter().find(|e| e.from == from && e.to == to).unwrap().counts
}

#[test]
fn the_same_seed_tells_the_same_story_and_another_does_not() {
    let (a, b, c) = (checkout(1), checkout(1), checkout(2));
    assert_eq!(a.records, b.records);
    assert_eq!(a.truth, b.truth);
    assert_ne!(a.records, c.records);
}

#[test]
fn unknown_names_are_refused_and_known_ones_are_not() {
    let error = generate("nope", 1, Options::default()).unwrap_err();
    assert!(error.to_string().starts_with("no scenario is called \"nope\"; there are checkout-incident, "));
    assert!(names().iter().all(|(name, _)| error.to_string().contains(name)));
    assert!(generate("services-null", 1, Options::default()).is_err());
}

#[test]
fn checkout_goes_from_a_third_of_a_second_to_three_and_fails() {
    let story = checkout(1);
    let (calm, bad) = before_and_during(&story, "POST /checkout");
    let calm_ms = median(calm.iter().map(|r| millis(r)).collect());
    let bad_ms = median(bad.iter().map(|r| millis(r)).collect());
    assert!((300.0..450.0).contains(&calm_ms), "calm {calm_ms} ms");
    assert!((3_000.0..3_300.0).contains(&bad_ms), "bad {bad_ms} ms");
    let failed =
        |spans: &[&SpanRecord]| spans.iter().filter(|r| r.status == StatusCode::Error).count() as f64;
    let share = failed(&bad) / bad.len() as f64;
    assert_eq!(failed(&calm), 0.0);
    assert!((0.75..0.95).contains(&share), "failed {share}");
    let codes = bad.iter().filter(|r| r.status == StatusCode::Error);
    assert!(codes.map(|r| attribute(r, "http.response.status_code")).all(|v| v == Some(&Value::Int(503))));
}

#[test]
fn the_culprit_is_slow_and_says_that_all_is_well() {
    let story = checkout(1);
    let (calm, bad) = before_and_during(&story, "SELECT inventory");
    let middle = |spans: &[&SpanRecord]| median(spans.iter().map(|r| millis(r)).collect());
    assert!((85.0..95.0).contains(&middle(&calm)), "{}", middle(&calm));
    assert!((2_400.0..2_600.0).contains(&middle(&bad)), "{}", middle(&bad));
    assert!(bad.iter().all(|r| attribute(r, "db.query.slow") == Some(&Value::Bool(true))));
    let inventory = story.records.iter().filter(|r| service(r) == "inventory-service");
    assert!(inventory.clone().all(|r| r.status == StatusCode::Ok));
    let warned = inventory.filter(|r| r.events.iter().any(|e| e.name == "Warehouse API response time > 2s"));
    assert_eq!(warned.count(), bad.len());
}

#[test]
fn payment_runs_out_of_time_and_no_order_follows() {
    let story = checkout(1);
    let payment = edge(&story, "service:api-gateway", "service:payment-service");
    let entry = edge(&story, "user:user", "service:api-gateway");
    assert!(payment.timeouts > 100 && payment.timeouts == entry.errors, "{payment:?} {entry:?}");
    let gave_up: BTreeSet<TraceId> = story
        .records
        .iter()
        .filter(|r| attribute(r, "rpc.response.status_code") == Some(&Value::str("DEADLINE_EXCEEDED")))
        .map(|r| r.trace_id)
        .collect();
    assert_eq!(gave_up.len() as u64, payment.timeouts);
    let ordered = |r: &&SpanRecord| service(r) == "order-service" && gave_up.contains(&r.trace_id);
    assert_eq!(story.records.iter().filter(ordered).count(), 0);
    let orders = edge(&story, "service:api-gateway", "service:order-service");
    assert_eq!(orders.calls, payment.calls - payment.errors);
}

#[test]
fn recommendations_fail_now_and_then_and_are_handled() {
    let story = checkout(1);
    let calls = edge(&story, "service:api-gateway", "service:recommendation-service");
    let share = calls.errors as f64 / calls.calls as f64;
    assert!((0.07..0.11).contains(&share), "{share}");
    let pages = story.records.iter().filter(|r| r.name == "GET /products/{id}" && r.parent_id.is_zero());
    assert!(pages.clone().all(|r| r.status == StatusCode::Unset));
    assert!(pages.filter(|r| r.events.iter().any(|e| e.name == "exception")).count() > 20);
}

#[test]
fn one_host_has_a_fast_clock_and_one_service_old_names() {
    let story = checkout(1);
    let starts: BTreeMap<SpanId, _> = story.records.iter().map(|r| (r.span_id, r.start)).collect();
    let early = |r: &&SpanRecord| {
        r.kind == SpanKind::Server
            && starts.get(&r.parent_id).is_some_and(|start| (r.start - *start).0 > 30_000_000)
    };
    let skewed: BTreeSet<&str> = story.records.iter().filter(early).map(service).collect();
    assert_eq!(skewed.into_iter().collect::<Vec<_>>(), ["product-service", "user-service"]);
    for record in story.records.iter().filter(|r| r.kind == SpanKind::Server && !r.name.contains("payment")) {
        let old = service(record) == "user-service";
        assert_eq!(attribute(record, "http.method").is_some(), old, "{record:?}");
        assert_eq!(attribute(record, "http.request.method").is_some(), !old, "{record:?}");
    }
}

#[test]
fn the_truth_adds_up() {
    for (name, _) in names() {
        let story = generate(name, 3, Options { services: 40 }).unwrap();
        assert_eq!(story.truth.scenario, *name);
        assert_truth_adds_up(&story);
    }
}

fn assert_truth_adds_up(story: &Story) {
    let Truth { nodes, edges, weight, .. } = &story.truth;
    let kind_count = |kind: SpanKind| weight * story.records.iter().filter(|r| r.kind == kind).count() as u64;
    let calls = |wanted: &dyn Fn(&EdgeTruth) -> bool| -> u64 {
        edges.iter().filter(|e| wanted(e)).map(|e| e.counts.calls).sum()
    };
    let out_of_queue = |e: &EdgeTruth| e.from.starts_with("queue:");
    assert_eq!(calls(&|e| e.kind == EdgeKind::Entry), weight * story.truth.traces);
    assert_eq!(calls(&out_of_queue), kind_count(SpanKind::Consumer));
    assert_eq!(calls(&|e| e.kind == EdgeKind::Messaging && !out_of_queue(e)), kind_count(SpanKind::Producer));
    assert_eq!(
        calls(&|e| !matches!(e.kind, EdgeKind::Entry | EdgeKind::Messaging)),
        kind_count(SpanKind::Client)
    );
    let served: u64 = nodes.iter().filter(|n| n.kind == NodeKind::Service).map(|n| n.counts.calls).sum();
    assert_eq!(served, kind_count(SpanKind::Server) + kind_count(SpanKind::Consumer));
    let ids: BTreeSet<&str> = nodes.iter().map(|n| n.id.as_str()).collect();
    assert!(edges.iter().all(|e| ids.contains(e.from.as_str()) && ids.contains(e.to.as_str())));
    assert!(edges.iter().all(|e| e.counts.errors <= e.counts.calls && e.counts.timeouts <= e.counts.errors));
    for node in nodes.iter().filter(|n| !matches!(n.kind, NodeKind::Service | NodeKind::User)) {
        let into = edges.iter().filter(|e| e.to == node.id);
        assert_eq!(node.counts.calls, into.clone().map(|e| e.counts.calls).sum::<u64>(), "{}", node.id);
        assert_eq!(node.counts.errors, into.map(|e| e.counts.errors).sum::<u64>(), "{}", node.id);
    }
    assert_eq!(story.truth.spans, story.records.len() as u64);
    let known = |key: &String| ids.contains(key.as_str());
    assert!(story.truth.path.iter().chain(&story.truth.noise).chain(&story.truth.root_cause).all(known));
}

#[test]
fn every_parent_is_there_and_ids_are_unique() {
    let story = checkout(5);
    let ids: BTreeSet<(TraceId, SpanId)> = story.records.iter().map(|r| (r.trace_id, r.span_id)).collect();
    assert_eq!(ids.len(), story.records.len());
    let orphan = |r: &&SpanRecord| !r.parent_id.is_zero() && !ids.contains(&(r.trace_id, r.parent_id));
    assert_eq!(story.records.iter().filter(orphan).count(), 0);
    assert!(story.records.iter().all(|r| r.start <= r.end));
}

#[test]
fn all_generated_services_are_called_by_somebody() {
    for services in [2, 12, 60, 300] {
        let story = generate("services", 1, Options { services }).unwrap();
        let of_kind = |kind| story.truth.nodes.iter().filter(|n| n.kind == kind).count();
        assert_eq!(of_kind(NodeKind::Service), services);
        let called = story.truth.nodes.iter().filter(|n| n.counts.calls > 0).count();
        assert_eq!(called, story.truth.nodes.len());
    }
}
