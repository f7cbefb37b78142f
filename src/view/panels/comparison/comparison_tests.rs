//! What is compared with what, and how a change reads.
use expect_test::{Expect, expect};

use super::*;
use crate::analysis::difference::{Change, Figures, Presence};
use crate::analysis::sketch::{ORIGIN, records, snapshot_of};
use crate::model::{Nanos, ResourceRecord, SpanRecord, Timestamp, Value};

fn minutes(from: i64, to: i64) -> TimeRange {
    let at = |m: i64| Timestamp(0) + Nanos::from_secs(60 * m);
    TimeRange::new(at(from), at(to))
}

fn times(c: Option<Comparing>) -> Option<(TimeRange, TimeRange)> {
    c.map(|c| (c.before, c.after))
}

#[test]
fn the_earlier_stretch_is_before_whichever_was_marked_last() {
    let (early, late, all) = (minutes(0, 10), minutes(20, 30), minutes(0, 60));
    assert_eq!(times(Comparing::beside(early, Some(late), all)), Some((early, late)));
    assert_eq!(times(Comparing::beside(late, Some(early), all)), Some((early, late)));
    assert_eq!(Comparing::beside(late, Some(late), all), None, "nothing differs from itself");
}

#[test]
fn without_a_window_the_rest_of_the_time_is_compared() {
    let all = minutes(0, 60);
    let beside = |marked| times(Comparing::beside(marked, None, all));
    assert_eq!(beside(minutes(0, 30)), Some((minutes(0, 30), minutes(30, 60))));
    assert_eq!(beside(minutes(50, 60)), Some((minutes(0, 50), minutes(50, 60))));
    assert_eq!(beside(all), None, "there is no rest");
    assert_eq!(times(Comparing::with_before(minutes(20, 30), all)), Some((minutes(10, 20), minutes(20, 30))));
    assert_eq!(times(Comparing::with_before(minutes(5, 30), all)), Some((minutes(0, 5), minutes(5, 30))));
    assert_eq!(Comparing::with_before(minutes(0, 30), all), None, "nothing is before the first span");
}

fn figures(calls: f64, p50_ms: i64, p95_ms: i64, error_ratio: f64) -> Figures {
    Figures {
        calls,
        observed: calls as u64,
        rate_per_min: Some(calls / 10.0),
        error_ratio: Some(error_ratio),
        p50: Some(Nanos::from_millis(p50_ms)),
        p95: Some(Nanos::from_millis(p95_ms)),
    }
}

#[test]
fn a_change_is_told_by_the_figure_that_moved() {
    let calm = figures(1000.0, 80, 120, 0.004);
    let both = |after, latency, errors| Change {
        presence: Presence::Both,
        before: Some(calm),
        after: Some(after),
        latency,
        is_tail: false,
        errors,
    };
    let is = |v| (v, Verdict::Unchanged);
    let (slow, fast) = (figures(900.0, 90, 300, 0.004), figures(900.0, 40, 100, 0.004));
    let failing = figures(900.0, 80, 300, 0.12);
    let mut lines = Vec::new();
    let mut tell = |name: &str, change: &Change, multiplied| {
        let c = change_of(change, multiplied);
        let plain = |t: &str| t.replace(egui_phosphor::regular::ARROW_RIGHT, "→");
        let more = c.more.as_deref().map(plain);
        lines.push(format!("{name}: {:?} | {} | {more:?} | {}", c.verdict, plain(&c.label), c.spoken));
    };
    let (dead, well) = (figures(900.0, 4, 9, 0.98), figures(900.0, 80, 120, 0.0));
    tell("fails at once", &both(dead, Verdict::Improvement, Verdict::Regression), None);
    let back = Change { before: Some(dead), ..both(well, Verdict::Regression, Verdict::Improvement) };
    tell("works again", &back, None);
    let hidden = both(calm, Verdict::Regression, Verdict::Regression);
    tell("known from elsewhere", &hidden, None);
    let one = is(Verdict::Regression);
    tell("slower", &both(slow, one.0, one.1), None);
    tell("both", &both(failing, Verdict::Regression, Verdict::Regression), None);
    tell("errors only", &both(failing, Verdict::Unchanged, Verdict::Regression), None);
    tell("faster", &both(fast, Verdict::Improvement, Verdict::Unchanged), None);
    tell("same", &both(calm, Verdict::Unchanged, Verdict::Unchanged), None);
    tell("more calls", &both(calm, Verdict::Unchanged, Verdict::Unchanged), Some((1.0, 12.04)));
    let few = both(figures(4.0, 80, 120, 0.0), Verdict::Insufficient, Verdict::Insufficient);
    tell("few", &few, None);
    tell("chance", &both(slow, Verdict::Insufficient, Verdict::Insufficient), None);
    let new = Change {
        presence: Presence::New,
        before: None,
        ..both(calm, Verdict::Insufficient, Verdict::Insufficient)
    };
    tell("new", &new, None);
    let gone = Change {
        presence: Presence::Gone,
        after: None,
        ..both(calm, Verdict::Insufficient, Verdict::Insufficient)
    };
    tell("gone", &gone, None);
    check(
        &lines,
        &expect![[r#"
            fails at once: Worse | 0.4 → 98% | None | 0.4 to 98% errors
            works again: Better | 98 → 0% | None | 98 to 0% errors
            known from elsewhere: Worse | slower in part | Some("new failures") | slower in part, new failures
            slower: Worse | +180 ms p95 | None | +180 ms p95
            both: Worse | +180 ms p95 | Some("0.4 → 12%") | +180 ms p95, 0.4 to 12% errors
            errors only: Worse | 0.4 → 12% | None | 0.4 to 12% errors
            faster: Better | −40 ms p50 | None | −40 ms p50
            same: Unchanged | unchanged | None | 
            more calls: Worse | 1.0 → 12.0 calls per request | None | 1.0 to 12.0 calls per request
            few: Unsure | too few calls | None | too few calls
            chance: Unsure | may be chance | None | may be chance
            new: New | new · 100/min | None | 100/min
            gone: Gone | gone · 100/min before | None | 100/min before"#]],
    );
}

fn check(lines: &[String], expected: &Expect) {
    expected.assert_eq(&lines.join("\n"));
}

/// Request `n` of a shop of which every fourth goes through a canary, which is slower and asks a cache as well.
fn canary_request(n: u8) -> Vec<SpanRecord> {
    let is_new = n.is_multiple_of(4);
    let cache = if is_new { "\n    rec CLIENT 30..35 db.system=redis" } else { "" };
    // The second half of the time is slower for everyone.
    let late = if n >= 120 { 40 } else { 0 };
    let rec = late + if is_new { 120 } else { 60 } + i64::from(n % 7);
    let sketch = format!(
        "web SERVER 0..{}\n  web CLIENT 5..{}\n   rec SERVER 6..{}{cache}",
        rec + 40,
        rec + 10,
        rec + 8
    );
    let mut spans = records(&sketch);
    for span in &mut spans {
        span.trace_id.0[15] = n + 1;
        let moved = Nanos::from_secs(i64::from(n));
        (span.start, span.end) = (span.start + moved, span.end + moved);
        let mut resource = ResourceRecord::clone(&span.resource);
        let is_rec = resource.attributes.iter().any(|a| a.1 == Value::str("rec"));
        let version = if is_rec && is_new { "2.0" } else { "1.0" };
        resource.attributes.push(("service.version".to_owned(), Value::str(version)));
        span.resource = resource.into();
    }
    spans
}

#[test]
fn versions_at_the_same_time_are_compared_by_the_requests_that_passed_them() {
    let spans: Vec<SpanRecord> = (0..240).flat_map(canary_request).collect();
    let snapshot = snapshot_of(&spans);
    let versions = Versions {
        node: "service:rec".to_owned(),
        service: "rec".to_owned(),
        old: "1.0".to_owned(),
        new: "2.0".to_owned(),
    };
    let all = TimeRange::new(ORIGIN, ORIGIN + Nanos::from_secs(240));
    let compared = Compared::new(&snapshot, &Lens::default(), Comparing::of_versions(all, versions));
    let calls = |id: &str| {
        let change = &compared.difference.node(id).unwrap().change;
        (change.before.map(|f| f.calls), change.after.map(|f| f.calls))
    };
    assert_eq!(calls("service:rec"), (Some(180.0), Some(60.0)));
    let lines: Vec<String> =
        compared.listed.iter().map(|l| format!("{}: {}", l.name, l.change.spoken)).collect();
    check(
        &lines,
        &expect![[r#"
        rec: +61 ms p50
        web: +60 ms p50
        redis: 15.1/min"#]],
    );
    // Over another time it is still the versions that are compared.
    let early = compared.comparing.with_after(TimeRange::new(ORIGIN, ORIGIN + Nanos::from_secs(120)));
    let compared = Compared::new(&snapshot, &Lens::default(), early);
    let rec = &compared.difference.node("service:rec").unwrap().change;
    assert_eq!((rec.before.map(|f| f.calls), rec.after.map(|f| f.calls)), (Some(90.0), Some(30.0)));
}
