//! Externals, databases and trends on made-up histories.
use super::*;
use crate::analysis::sketch::{history, snapshot_of};
use crate::model::SpanRecord;

fn report(records: &[SpanRecord]) -> (HealthReport, GraphIndex) {
    let snapshot = snapshot_of(records);
    let index = snapshot.graph(&Lens::default());
    (health_report(&snapshot, &Lens::default(), &index, &Rules::default()), index)
}

fn calls_api(words: impl Fn(u32, u32) -> String) -> Vec<SpanRecord> {
    history(60, 20, move |minute, n| {
        format!("pay SERVER 0..5000\n  pay CLIENT {} url.full=https://api.bank.example/x", words(minute, n))
    })
}

fn issues(words: impl Fn(u32, u32) -> String) -> (Vec<&'static str>, f64, f64) {
    let (report, _) = report(&calls_api(words));
    let external = &report.externals[0];
    (external.issues.iter().map(|i| i.0.name()).collect(), external.availability, external.throttled)
}

#[test]
fn an_external_that_is_well_has_no_issues() {
    assert_eq!(issues(|_, n| format!("1..{}", 100 + n % 20)), (vec![], 1.0, 0.0));
}

#[test]
fn slow_for_ten_minutes_is_high_latency() {
    let (found, ..) = issues(|minute, _| format!("1..{}", if minute >= 45 { 2_500 } else { 200 }));
    assert_eq!(found, ["high_latency_detected"]);
}

#[test]
fn refusals_for_load_count_as_available() {
    let status = |minute, n: u32| if minute >= 30 && n.is_multiple_of(4) { 429 } else { 200 };
    let (found, available, throttled) =
        issues(|minute, n| format!("1..100 http.response.status_code={}", status(minute, n)));
    assert!(found.contains(&"throttling"), "{found:?}");
    assert_eq!(available, 1.0);
    assert!((throttled - 0.125).abs() < 0.01, "{throttled}");
}

#[test]
fn server_errors_now_and_then_are_intermittent_and_elevated() {
    let is_bad = |minute: u32, n: u32| minute % 20 < 4 && n.is_multiple_of(3);
    let (found, available, _) = issues(|minute, n| {
        format!("1..100 http.response.status_code={}", if is_bad(minute, n) { 503 } else { 200 })
    });
    assert_eq!(found, ["elevated_errors", "intermittent"]);
    assert!(available < 0.97, "{available}");
}

#[test]
fn rising_response_times_are_a_trend_and_steady_ones_are_none() {
    let (rising, index) =
        report(&history(180, 10, |minute, n| format!("cart SERVER 0..{}", 200 + minute + n % 7)));
    let cart = index.graph.find("cart").unwrap();
    let trend = rising.trends.iter().find(|t| t.node == cart).unwrap();
    assert!(trend.per_hour > 0.15 && trend.per_hour < 0.3 && trend.p_value < 0.01, "{trend:?}");
    let (steady, _) = report(&history(180, 10, |_, n| format!("cart SERVER 0..{}", 200 + n * 7 % 11)));
    assert_eq!((steady.trends, steady.is_too_short_for_trends), (vec![], false));
    assert!(report(&history(20, 10, |_, _| "cart SERVER 0..9".to_owned())).0.is_too_short_for_trends);
}

#[test]
fn a_database_has_its_slow_queries_and_callers() {
    let query = |n: u32| if n.is_multiple_of(100) { 600 } else { 50 };
    let (report, index) = report(&history(10, 60, |_, n| {
        format!("cart SERVER 0..700\n  cart CLIENT 1..{} db.system=mysql db.namespace=orders", query(n))
    }));
    let database = &report.databases[0];
    assert_eq!((database.slow, database.pool), (6.0, None));
    assert_eq!(database.callers, [(index.graph.find("cart").unwrap(), 600.0)]);
}
