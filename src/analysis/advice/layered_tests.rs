//! Loops inside loops, retries inside retries, large bodies, and pools by their measurements.
use std::fmt::Write;

use super::tests::{asked, found, service, traces};
use super::*;
use crate::analysis::sketch::{self, ORIGIN};
use crate::model::{MeasurementBatch, Metric, Point, Value};

fn kinds(count: u64, draw: impl Fn(u64) -> String) -> Vec<&'static str> {
    found(count, draw).into_iter().map(|f| f.0).collect()
}

fn query(table: &str, id: u32) -> String {
    format!(
        "db.system=postgresql server.address=db db.query.text=select/**/a/**/from/**/{table}/**/where/**/id={id}"
    )
}

/// So many orders, each with so many items; each query takes 6 ms.
fn orders(count: u32, items: u32) -> String {
    let mut calls = Vec::new();
    let mut at = 1;
    let mut ask = |table, id| {
        calls.push((at, at + 6, query(table, id)));
        at += 7;
    };
    for order in 0..count {
        ask("orders", order);
        (0..items).for_each(|item| ask("item", 100 * order + item));
    }
    service(at + 5, &calls)
}

#[test]
fn a_loop_inside_a_loop_is_one_finding() {
    let answer = asked(&traces(5, |_| orders(4, 6)));
    let [a] = &answer.findings[..] else { panic!("{:?}", answer.findings) };
    assert_eq!(a.kind, AdviceKind::QueriesInLoop);
    assert_eq!((a.figures.per_request, a.figures.distinct), (28.0, 2.0));
    // All but one query for the orders and one for the items.
    assert_eq!(a.saving, Some(Nanos::from_millis(26 * 6)));
    assert!(a.query.as_ref().unwrap().fingerprint.contains("item"), "most of the time is the items'");
    assert_eq!(kinds(5, |_| orders(5, 1)), ["queries_in_loop"], "two queries for each order");
}

#[test]
fn queries_that_do_not_take_turns_are_no_loop() {
    let draw = |_| {
        let one = |from: u32, table: &'static str| {
            (0..10).map(move |i| (from + 7 * i, from + 7 * i + 6, query(table, i)))
        };
        service(160, &one(1, "orders").chain(one(80, "item")).collect::<Vec<_>>())
    };
    assert_eq!(kinds(5, draw), ["n_plus_one_queries", "n_plus_one_queries"]);
    assert_eq!(kinds(5, |_| orders(2, 3)), Vec::<&str>::new(), "eight queries are few");
}

/// Web tries shop `outer` times, and shop tries the bank `inner` times within each.
fn tries(outer: u32, inner: u32) -> impl Fn(u64) -> String {
    move |_| {
        let mut out = "web SERVER 0..400 error\n".to_owned();
        for o in 0..outer {
            let at = 10 + 60 * o;
            let _ = writeln!(out, "  web CLIENT {at}..{} name=pay error", at + 50);
            let _ = writeln!(out, "    shop SERVER {}..{} name=pay error", at + 1, at + 49);
            for i in 0..inner {
                let from = at + 2 + 10 * i;
                let bank = "http.request.method=POST url.full=https://bank.example.com/pay http.response.status_code=503";
                let _ = writeln!(out, "      shop CLIENT {from}..{} {bank}", from + 8);
            }
        }
        out
    }
}

#[test]
fn attempts_multiply_over_the_layers() {
    let answer = asked(&traces(20, tries(3, 4)));
    let layers: Vec<&Advice> = answer.findings.iter().filter(|a| a.kind == AdviceKind::RetryLayers).collect();
    let [a] = layers[..] else { panic!("{:?}", answer.findings) };
    assert_eq!((a.figures.attempts, a.figures.failed_share), (12.0, 1.0));
    assert!(matches!(a.subject, Subject::Edge(_)) && !a.evidence.spans.is_empty());
    for (outer, inner) in [(3, 1), (1, 4)] {
        assert!(!kinds(20, tries(outer, inner)).contains(&"retry_layers"), "only one layer tries again");
    }
}

#[test]
fn large_bodies_that_take_long() {
    let draw = |bytes: u64, end: u32| {
        move |_| {
            let words = format!(
                "http.request.method=POST url.full=http://files.example.com/put http.request.body.size={bytes}"
            );
            service(400, &[(10, end, words)])
        }
    };
    assert_eq!(kinds(10, draw(3_000_000, 300)), ["large_payload"]);
    assert_eq!(kinds(10, draw(300_000, 300)), Vec::<&str>::new(), "not large");
    assert_eq!(kinds(10, draw(3_000_000, 60)), Vec::<&str>::new(), "not slow");
}

/// A shop whose pool of ten connections has so many in use in each ten seconds.
fn pool(used: impl Fn(i64) -> f64) -> Vec<Advice> {
    let senders = vec![vec![("service.name".into(), Value::str("shop"))]];
    let mut batch = MeasurementBatch { senders, points: Vec::new() };
    for i in 0..60 {
        for (name, state, value) in
            [("db.client.connection.count", "used", used(i)), ("db.client.connection.max", "", 10.0)]
        {
            let (metric, scale) = Metric::of_name(name).unwrap();
            batch.points.push(Point {
                sender: 0,
                metric,
                state: state.into(),
                detail: "orders".into(),
                stream: 0,
                start: Timestamp(0),
                time: ORIGIN + Nanos::from_secs(10 * i),
                is_delta: false,
                value: value * scale,
                count: 0.0,
            });
        }
    }
    let story =
        "shop SERVER 0..20\n  shop CLIENT 10..12 db.system=mysql server.address=db db.query.text=select/**/1";
    let snapshot = sketch::measured(&sketch::again(story, 1, 60, 0.0, 10.0), &batch);
    asked(&snapshot).findings
}

#[test]
fn a_pool_that_was_full_for_a_while() {
    let full = pool(|i| if (20..40).contains(&i) { 10.0 } else { 3.0 });
    let [a] = &full[..] else { panic!("{full:?}") };
    assert_eq!((a.kind, a.severity), (AdviceKind::PoolFull, Severity::Medium));
    let pool_use = a.pool.as_ref().unwrap();
    assert_eq!((pool_use.name.as_str(), pool_use.used, pool_use.pending), ("orders", Some(1.0), None));
    assert!((pool_use.full - 1.0 / 3.0).abs() < 0.06, "{pool_use:?}");
    assert_eq!(pool(|_| 7.0).len(), 0);
    assert_eq!(pool(|i| if i == 20 { 10.0 } else { 3.0 }).len(), 0, "one moment");
}
