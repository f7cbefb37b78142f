//! Two maps of sketches.
use super::*;
use crate::analysis::sketch;
use crate::store::Lens;

/// A map of so many equal traces.
fn map(count: usize, trace: impl Fn(usize) -> String) -> ServiceGraph {
    let mut records = Vec::new();
    for i in 0..count {
        for mut span in sketch::records(&trace(i)) {
            span.trace_id.0[..8].copy_from_slice(&(i as u64 + 1).to_be_bytes());
            records.push(span);
        }
    }
    sketch::snapshot_of(&records).graph(&Lens::default()).graph
}

fn shop(count: usize, ms: impl Fn(usize) -> usize, failing: usize) -> ServiceGraph {
    map(count, |i| {
        let (end, word) = (ms(i), if i < failing { "error" } else { "" });
        format!("web SERVER 0..{} \n  web CLIENT 1..{end}\n    cart SERVER 2..{} {word}", end + 2, end - 1)
    })
}

#[test]
fn a_map_does_not_differ_from_itself() {
    let graph = shop(60, |i| 40 + i % 20, 1);
    let same = difference(&graph, &graph);
    assert!(same.is_empty());
    assert!(same.nodes.iter().all(|n| n.change.presence == Presence::Both));
    assert_eq!(same.node("service:cart").unwrap().change.verdict(), Verdict::Unchanged);
}

#[test]
fn what_came_and_went_is_told() {
    let old = shop(40, |_| 40, 0);
    let new = map(40, |_| "web SERVER 0..40\n  web CLIENT 1..30\n    stock SERVER 2..20\n".into());
    let changed = difference(&old, &new);
    let of = |id: &str| changed.node(id).unwrap().change.presence;
    assert_eq!(of("service:cart"), Presence::Gone);
    assert_eq!(of("service:stock"), Presence::New);
    let edges: Vec<_> = changed.edges.iter().map(|e| (e.to.as_str(), e.change.presence)).collect();
    assert!(
        edges.contains(&("service:cart", Presence::Gone))
            && edges.contains(&("service:stock", Presence::New))
    );
}

#[test]
fn what_is_rare_may_just_not_have_come() {
    let rarely = map(40, |i| {
        let rest = if i == 0 { "  web CLIENT 1..30\n    stock SERVER 2..20\n" } else { "" };
        format!("web SERVER 0..40\n{rest}")
    });
    let never = map(40, |_| "web SERVER 0..40\n".into());
    let changed = difference(&never, &rarely);
    assert!(changed.node("service:stock").is_some(), "a difference as such");
    let likely = changed.without_rare();
    assert!(likely.node("service:stock").is_none() && likely.node("service:web").is_some());
}

#[test]
fn slower_failing_and_better_are_told_apart() {
    let calm = shop(200, |i| 40 + i % 20, 0);
    let slow = difference(&calm, &shop(200, |i| 90 + i % 20, 0));
    let cart = slow.node("service:cart").unwrap().change;
    assert_eq!((cart.latency, cart.is_tail, cart.errors), (Verdict::Regression, false, Verdict::Unchanged));
    let back = difference(&shop(200, |i| 90 + i % 20, 0), &calm);
    assert_eq!(back.node("service:cart").unwrap().change.latency, Verdict::Improvement);
    let tail = difference(&calm, &shop(200, |i| if i % 8 == 0 { 400 } else { 40 + i % 20 }, 0));
    let cart = tail.node("service:cart").unwrap().change;
    assert_eq!((cart.latency, cart.is_tail), (Verdict::Regression, true));
    let failing = difference(&calm, &shop(200, |i| 40 + i % 20, 20));
    assert_eq!(failing.node("service:cart").unwrap().change.errors, Verdict::Regression);
    assert!(!failing.is_empty());
}

#[test]
fn few_calls_say_nothing() {
    let few = difference(&shop(10, |_| 40, 0), &shop(10, |_| 400, 10));
    assert_eq!(few.node("service:cart").unwrap().change.verdict(), Verdict::Insufficient);
}

#[test]
fn calls_per_request_that_multiply_are_seen() {
    let calls = |n: usize| {
        map(40, |_| {
            let mut text = String::from("web SERVER 0..400\n");
            for i in 0..n {
                text += &format!(
                    "  web CLIENT {}..{} \n    cart SERVER {}..{}\n",
                    i * 20,
                    i * 20 + 10,
                    i * 20 + 1,
                    i * 20 + 9
                );
            }
            text
        })
    };
    let more = difference(&calls(2), &calls(8));
    let edge = more.edges.iter().find(|e| e.to == "service:cart").unwrap();
    assert_eq!((edge.per_request, edge.is_multiplied), ((Some(2.0), Some(8.0)), true));
    assert!(more.edges.iter().all(|e| e.to == "service:cart" || !e.is_multiplied));
}

#[test]
fn a_sampled_call_proves_no_more_than_one() {
    // One trace of eight was kept: 20 recorded calls stand for 160.
    let sampled = |failing: usize| {
        let mut records = Vec::new();
        for i in 0..20_u64 {
            let word = if (i as usize) < failing { "error" } else { "" };
            for mut span in sketch::records(&format!("web SERVER 0..40 {word}\n")) {
                span.trace_id.0[..8].copy_from_slice(&(i + 1).to_be_bytes());
                span.trace_state = "ot=th:e".to_owned();
                records.push(span);
            }
        }
        sketch::snapshot_of(&records).graph(&Lens::default()).graph
    };
    let changed = difference(&sampled(0), &sampled(7));
    let web = &changed.node("service:web").unwrap().change;
    let after = web.after.unwrap();
    assert_eq!((after.calls, after.observed), (160.0, 20));
    assert!(after.is_few() && web.verdict() == Verdict::Insufficient);
}
