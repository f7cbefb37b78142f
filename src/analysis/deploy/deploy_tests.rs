//! Deployments in a small system: web calls rec, rec asks a database; every request is made by hand.
use std::sync::Arc;

use rayon::prelude::*;

use super::compare::{Sides, weigh_alone};
use super::placebo::Past;
use super::samples::Sample;
use super::*;
use crate::analysis::sketch::{ORIGIN, snapshot_of};
use crate::analysis::statistics::Generator;
use crate::graph::Snapshot;
use crate::model::{
    Progress, ResourceRecord, SpanId, SpanKind, SpanRecord, SpanRow, StatusCode, TraceId, TraceIndex, Value,
};

/// One request to web, before it is made into spans.
struct Request {
    /// Seconds since the deployment.
    at: f64,
    version: &'static str,
    web_ms: f64,
    rec_ms: f64,
    db_ms: f64,
    db_calls: usize,
    fails: bool,
    calls_rec: bool,
    operation: &'static str,
}

/// Requests at random moments of so many minutes before and after; `edit` makes each what it should be.
fn requests(
    minutes: (i64, i64),
    per_minute: usize,
    edit: impl Fn(&mut Request, &mut Generator),
) -> Vec<Request> {
    let mut chance = Generator::new(7);
    let count = (minutes.0 + minutes.1) as usize * per_minute;
    let mut out: Vec<Request> = (0..count)
        .map(|_| {
            let at = chance.unit() * (minutes.0 + minutes.1) as f64 * 60.0 - minutes.0 as f64 * 60.0;
            let lognormal = |median: f64, c: &mut Generator| median * (0.3 * c.normal()).exp();
            let mut request = Request {
                at,
                version: if at < 0.0 { "1.0" } else { "2.0" },
                web_ms: lognormal(20.0, &mut chance),
                rec_ms: lognormal(100.0, &mut chance),
                db_ms: lognormal(10.0, &mut chance),
                db_calls: 1,
                fails: false,
                calls_rec: true,
                operation: "GET /rec",
            };
            edit(&mut request, &mut chance);
            request
        })
        .collect();
    out.sort_by(|a, b| a.at.total_cmp(&b.at));
    out
}

fn deployed() -> Timestamp {
    ORIGIN + Nanos::from_secs(100_000)
}

fn resource(service: &str, version: &str) -> Arc<ResourceRecord> {
    let text = |k: &str, v: &str| (k.to_owned(), Value::str(v));
    let mut attributes = vec![text("service.name", service)];
    if !version.is_empty() {
        attributes.push(text("service.version", version));
    }
    Arc::new(ResourceRecord { attributes, ..ResourceRecord::default() })
}

/// The spans of one request, one after the other.
fn spans(number: u64, r: &Request, out: &mut Vec<SpanRecord>) {
    let mut trace_id = TraceId::default();
    trace_id.0[8..].copy_from_slice(&(number + 1).to_be_bytes());
    let start = deployed() + Nanos((r.at * 1e9) as i64);
    let ms = |v: f64| Nanos((v * 1e6) as i64);
    let mut span = |parent: u64, kind, service: &str, version: &str, name: &str, from: f64, length: f64| {
        let id = out.len() as u64 + 1;
        out.push(SpanRecord {
            trace_id,
            span_id: SpanId(id.to_be_bytes()),
            parent_id: SpanId(parent.to_be_bytes()),
            resource: resource(service, version),
            start: start + ms(from),
            end: start + ms(from + length),
            name: name.to_owned(),
            kind,
            ..SpanRecord::default()
        });
        id
    };
    let below = r.rec_ms + r.db_ms * r.db_calls as f64;
    let rec_ms = if r.calls_rec { below + 2.0 } else { 0.0 };
    let root = span(0, SpanKind::Server, "web", "1.0", r.operation, 0.0, r.web_ms + rec_ms);
    let mut failed = vec![root];
    if r.calls_rec {
        let client = span(root, SpanKind::Client, "web", "1.0", "call", 5.0, rec_ms);
        let rec = span(client, SpanKind::Server, "rec", r.version, "recommend", 6.0, below);
        failed.extend([client, rec]);
        for i in 0..r.db_calls {
            let from = 7.0 + r.db_ms * i as f64;
            span(rec, SpanKind::Client, "rec", r.version, "SELECT", from, r.db_ms);
        }
    }
    let own = out.len() - failed.len() - if r.calls_rec { r.db_calls } else { 0 };
    for s in &mut out[own..] {
        if s.name == "SELECT" {
            s.attributes = vec![
                ("db.system.name".into(), Value::str("postgresql")),
                ("db.namespace".into(), Value::str("items")),
            ];
        } else if r.fails {
            s.status = StatusCode::Error;
        }
    }
}

fn snapshot(requests: &[Request]) -> Snapshot {
    let mut out = Vec::new();
    requests.iter().enumerate().for_each(|(i, r)| spans(i as u64, r, &mut out));
    snapshot_of(&out)
}

struct Asked {
    snapshot: Snapshot,
    answer: DeployAnswer,
    index: crate::graph::GraphIndex,
}

fn ask(requests: &[Request], options: &DeployOptions) -> Asked {
    let snapshot = snapshot(requests);
    let index = snapshot.graph(&Lens::default());
    let progress = Progress::default();
    let study = Study { snapshot: &snapshot, index: &index, progress: &progress };
    let answer = deploy(&study, &Lens::default(), options);
    Asked { snapshot, answer, index }
}

impl Asked {
    fn node(&self, name: &str) -> NodeId {
        self.index.graph.find(name).unwrap()
    }
    /// The row of a node as a whole, in the first comparison.
    fn row(&self, name: &str, metric: Metric) -> &Compared {
        let node = self.node(name);
        let rows = &self.answer.comparisons[0].rows;
        rows.iter().find(|r| r.node == node && r.operation.is_none() && r.metric == metric).unwrap()
    }
    fn verdict(&self, name: &str, metric: Metric) -> (Verdict, Option<Shape>) {
        let row = self.row(name, metric);
        (row.verdict, row.shape)
    }
    fn cause(&self, name: &str, metric: Metric) -> (String, Mechanism) {
        let cause = self.row(name, metric).cause.unwrap();
        (self.index.graph.node(cause.from).unwrap().name.clone(), cause.mechanism)
    }
    fn kinds(&self) -> Vec<(DeploymentKind, &str, &str)> {
        let text = |s| self.snapshot.spans.text(s);
        self.answer.deployments.iter().map(|d| (d.kind, text(d.from), text(d.version))).collect()
    }
}

const REGRESSION: (Verdict, Option<Shape>) = (Verdict::Regression, Some(Shape::Whole));
const UNCHANGED: (Verdict, Option<Shape>) = (Verdict::Unchanged, None);

#[test]
fn a_slow_release_is_its_own_doing_and_its_caller_is_a_victim() {
    let asked = ask(
        &requests((40, 30), 20, |r, _| {
            if r.at >= 0.0 {
                r.rec_ms *= 2.5
            }
        }),
        &DeployOptions::default(),
    );
    assert_eq!(asked.kinds(), [(DeploymentKind::Release, "1.0", "2.0")]);
    assert_eq!(asked.verdict("rec", Metric::Latency), REGRESSION);
    assert_eq!(asked.cause("rec", Metric::Latency), ("rec".into(), Mechanism::OwnWork));
    assert_eq!(asked.verdict("web", Metric::Latency), REGRESSION);
    assert_eq!(asked.cause("web", Metric::Latency), ("rec".into(), Mechanism::SlowCalls));
    assert_eq!(asked.verdict("items", Metric::Latency), UNCHANGED);
    assert_eq!(asked.verdict("rec", Metric::Throughput), UNCHANGED);
    assert_eq!(asked.verdict("rec", Metric::Errors), UNCHANGED);
    let row = asked.row("rec", Metric::Latency);
    assert_eq!(row.severity, Some(Severity::High));
    assert!(!row.evidence.spans.is_empty());
    let Effect::Latency(e) = &row.effect else { panic!("no figures") };
    assert!(e.p99.is_some(), "800 and 580 requests");
    assert!((e.median.1 / e.median.0 - 2.35).abs() < 0.15, "{:?}", e.median);
    assert!(e.cliffs_delta > 0.9);
}

#[test]
fn golden_37_only_the_tail_grows() {
    let asked = ask(
        &requests((60, 60), 25, |r, chance| {
            // One request in ten takes 3.5 times as long: the mean is 25 % up, the median nearly stays.
            if r.at >= 0.0 && chance.unit() < 0.10 {
                r.rec_ms *= 3.5;
            }
        }),
        &DeployOptions::default(),
    );
    assert_eq!(asked.verdict("rec", Metric::Latency), (Verdict::Regression, Some(Shape::Tail)));
    assert_eq!(asked.cause("web", Metric::Latency), ("rec".into(), Mechanism::SlowCalls));
    let Effect::Latency(e) = &asked.row("rec", Metric::Latency).effect else { panic!("no figures") };
    assert!((e.mean.1 / e.mean.0 - 1.25).abs() < 0.05, "{:?}", e.mean);
    assert!(e.p99.is_some_and(|p| p.1 > 2.0 * p.0 && p.1 > e.p95.1), "{:?}", e.p99);
    assert!(e.median.1 / e.median.0 < 1.1, "{:?}", e.median);
}

#[test]
fn golden_38_errors_where_there_were_none() {
    let asked = ask(
        // One request in 77.
        &requests((40, 40), 40, |r, _| r.fails = r.at >= 0.0 && r.at as i64 % 77 == 0),
        &DeployOptions::default(),
    );
    assert_eq!(asked.verdict("rec", Metric::Errors), (Verdict::Regression, Some(Shape::New)));
    let row = asked.row("rec", Metric::Errors);
    assert_eq!((row.before, row.change_ratio()), (Some(0.0), None), "a relative change of nothing");
    assert_eq!(row.severity, Some(Severity::High), "under two percentage points");
    assert_eq!(asked.cause("web", Metric::Errors), ("rec".into(), Mechanism::FailingCalls));
    let Effect::Errors(e) = &row.effect else { panic!("no figures") };
    assert_eq!(e.errors.0, 0);
    assert!(e.risk_ratio.is_some_and(f64::is_finite));
    assert_eq!(e.new_kinds.len(), 1);
}

#[test]
fn nothing_changes_with_a_harmless_release() {
    let asked = ask(&requests((40, 40), 20, |_, _| {}), &DeployOptions::default());
    assert_eq!(asked.kinds().len(), 1);
    let rows = &asked.answer.comparisons[0].rows;
    assert!(rows.iter().all(|r| r.verdict == Verdict::Unchanged), "{rows:#?}");
}

#[test]
fn a_canary_is_compared_with_the_old_version_at_the_same_time() {
    let asked = ask(
        &requests((30, 40), 30, |r, chance| {
            let is_new = r.at >= 0.0 && chance.unit() < 0.2;
            r.version = if is_new { "2.0" } else { "1.0" };
            // Everything slows down later on: before and after would blame the canary for it.
            r.web_ms *= if r.at >= 0.0 { 1.5 } else { 1.0 };
            r.rec_ms *= if is_new { 1.8 } else { 1.0 };
        }),
        &DeployOptions::default(),
    );
    assert_eq!(asked.kinds(), [(DeploymentKind::Canary, "1.0", "2.0")]);
    assert!((asked.answer.deployments[0].share - 0.2).abs() < 0.04);
    assert!(matches!(asked.answer.comparisons[0].basis, Basis::Version { .. }));
    assert_eq!(asked.verdict("rec", Metric::Latency), REGRESSION);
    assert_eq!(asked.verdict("items", Metric::Latency), UNCHANGED);
    let rows = &asked.answer.comparisons[0].rows;
    assert!(rows.iter().all(|r| r.metric != Metric::Throughput), "a canary has fewer requests by design");
}

#[test]
fn versions_that_come_back_are_rollbacks() {
    let rolled_back = ask(
        &requests((20, 40), 20, |r, _| r.version = if (0.0..1200.0).contains(&r.at) { "2.0" } else { "1.0" }),
        &DeployOptions::default(),
    );
    assert_eq!(
        rolled_back.kinds(),
        [(DeploymentKind::Release, "1.0", "2.0"), (DeploymentKind::Rollback, "2.0", "1.0")]
    );
    assert_eq!(rolled_back.answer.comparisons.len(), 2);
    let withdrawn = ask(
        &requests((20, 40), 20, |r, chance| {
            r.version = if (0.0..1500.0).contains(&r.at) && chance.unit() < 0.3 { "2.0" } else { "1.0" };
        }),
        &DeployOptions::default(),
    );
    assert_eq!(
        withdrawn.kinds(),
        [(DeploymentKind::Canary, "1.0", "2.0"), (DeploymentKind::Rollback, "2.0", "1.0")]
    );
    // Two versions from the first request on: nobody knows when either came.
    let mixed = ask(
        &requests((20, 20), 20, |r, chance| r.version = if chance.unit() < 0.5 { "2.0" } else { "1.0" }),
        &DeployOptions::default(),
    );
    assert_eq!(mixed.kinds(), []);
}

#[test]
fn too_little_data_is_called_so() {
    let few = ask(
        &requests((40, 40), 1, |r, _| {
            if r.at >= 0.0 {
                r.rec_ms *= 3.0
            }
        }),
        &DeployOptions::default(),
    );
    assert_eq!(few.kinds().len(), 1);
    let rare = ask(
        &requests((20, 20), 1, |r, _| {
            if r.at >= 0.0 {
                r.rec_ms *= 3.0
            }
        }),
        &DeployOptions { at: Some(deployed()), ..DeployOptions::default() },
    );
    assert_eq!(rare.verdict("rec", Metric::Latency), (Verdict::Insufficient, None), "20 requests a side");
    let soon = ask(
        &requests((60, 8), 30, |r, _| {
            if r.at >= 0.0 {
                r.rec_ms *= 3.0
            }
        }),
        &DeployOptions::default(),
    );
    assert!(soon.answer.comparisons[0].collected < 0.25);
    assert_eq!(soon.verdict("rec", Metric::Latency).0, Verdict::Insufficient, "8 of 60 minutes");
}

#[test]
fn without_a_past_a_change_is_no_more_than_a_hint() {
    let slower = |minutes| {
        let edit = |r: &mut Request, _: &mut Generator| r.rec_ms *= if r.at >= 0.0 { 3.0 } else { 1.0 };
        let asked = ask(&requests((minutes, 30), 30, edit), &DeployOptions::default());
        let row = asked.row("rec", Metric::Latency);
        (row.severity, row.cause.map(|c| c.confidence), asked.answer.comparisons[0].is_past_short)
    };
    assert_eq!(slower(5), (Some(Severity::Low), Some(Confidence::Low), true));
    assert_eq!(slower(20), (Some(Severity::High), Some(Confidence::High), false));
}

#[test]
fn calls_that_multiply_are_the_callers_doing() {
    let asked = ask(
        &requests((30, 30), 20, |r, _| {
            if r.at >= 0.0 {
                r.db_calls = 6
            }
        }),
        &DeployOptions::default(),
    );
    assert_eq!(asked.verdict("rec", Metric::Latency), REGRESSION);
    assert_eq!(asked.cause("rec", Metric::Latency), ("rec".into(), Mechanism::OwnWork));
    assert_eq!(asked.cause("web", Metric::Latency), ("rec".into(), Mechanism::SlowCalls));
    let map = asked.answer.comparisons[0].map.as_ref().unwrap();
    let multiplied: Vec<&str> = map.edges.iter().filter(|e| e.is_multiplied).map(|e| e.to.as_str()).collect();
    assert_eq!(multiplied.len(), 1, "{multiplied:?}");
    assert_eq!(
        asked.verdict("items", Metric::Throughput),
        UNCHANGED,
        "more calls to a database are no success"
    );
}

#[test]
fn a_caller_that_calls_less_is_the_cause_of_a_fall() {
    let asked = ask(
        &requests((40, 40), 30, |r, chance| r.calls_rec = r.at < 0.0 || chance.unit() < 0.5),
        &DeployOptions { at: Some(deployed()), ..DeployOptions::default() },
    );
    assert_eq!(asked.verdict("rec", Metric::Throughput), REGRESSION);
    assert_eq!(asked.cause("rec", Metric::Throughput), ("web".into(), Mechanism::FewerCallsPerRequest));
    assert_eq!(asked.verdict("web", Metric::Throughput), UNCHANGED);
}

#[test]
fn users_who_leave_follow_from_what_became_slow() {
    let asked = ask(
        &requests((40, 40), 30, |r, chance| {
            if r.at >= 0.0 {
                r.rec_ms *= 4.0;
                // A third of the requests is not made: moved to before the time that is compared.
                r.at = if chance.unit() < 0.33 { -2400.0 - r.at } else { r.at };
                r.version = if r.at < 0.0 { "1.0" } else { "2.0" };
            }
        }),
        &DeployOptions { horizon: Nanos::from_secs(2400), ..DeployOptions::default() },
    );
    assert_eq!(asked.cause("web", Metric::Throughput), ("rec".into(), Mechanism::UsersLeft));
    assert_eq!(asked.row("rec", Metric::Throughput).cause.unwrap().mechanism, Mechanism::UsersLeft);
}

#[test]
fn without_versions_a_moment_can_be_given() {
    let requests = requests((30, 30), 20, |r, _| {
        r.version = "";
        r.rec_ms *= if r.at >= 0.0 { 2.0 } else { 1.0 };
        r.operation = if r.at >= 0.0 && r.rec_ms > 200.0 { "GET /new" } else { "GET /rec" };
    });
    let none = ask(&requests, &DeployOptions::default());
    assert!(none.answer.deployments.is_empty() && none.answer.comparisons.is_empty());
    assert_eq!(none.answer.versioned, (1, 2));
    let node = none.node("rec");
    let given = ask(
        &requests,
        &DeployOptions { service: Some(node), at: Some(deployed()), ..DeployOptions::default() },
    );
    assert_eq!(given.kinds(), [(DeploymentKind::Given, "", "")]);
    assert_eq!(given.verdict("rec", Metric::Latency), REGRESSION);
    let new: Vec<bool> = given.answer.comparisons[0].operations.iter().map(|o| o.is_new).collect();
    assert_eq!(new, [true], "GET /new");
}

/// Requests of one service over two hours with ordinary drift: blocks of five minutes share a level, which
/// follows the one before.
fn drifting(seed: u64, sigma: f64, factor: f64) -> Vec<Sample> {
    let mut chance = Generator::new(seed);
    let (mut level, mut block) = (0.0, i64::MIN);
    // The past, an hour before and an hour after: 30 requests a minute.
    (0..480 * 30_i64)
        .map(|i| {
            let at = Timestamp(i * 2_000_000_000) + Nanos::from_secs(1_000_000);
            let minute = i / 30;
            if minute / 5 != block {
                block = minute / 5;
                level = 0.8 * level + sigma * 0.6 * chance.normal();
            }
            let slower = if minute >= 420 { factor } else { 1.0 };
            let ms = 100.0 * slower * (level + 0.6 * chance.normal()).exp();
            Sample {
                at,
                row: SpanRow(i as u64),
                trace: TraceIndex(i as u32),
                node: NodeId(0),
                operation: Symbol::default(),
                version: Symbol::default(),
                millis: Some(ms as f32),
                weight: 1.0,
                outcome: Outcome::Success,
            }
        })
        .collect()
}

/// The verdict on the latency of drifting requests, with or without a past for placebos.
fn judge_drifting(samples: &[Sample], has_past: bool) -> Verdict {
    let minute = |m: i64| Timestamp(m * 60_000_000_000) + Nanos::from_secs(1_000_000);
    let part = |from, to| samples::within(samples, TimeRange::new(minute(from), minute(to))).iter().collect();
    let (before, after) =
        (TimeRange::new(minute(360), minute(420)), TimeRange::new(minute(420), minute(480)));
    let past = TimeRange::new(minute(if has_past { 0 } else { 360 }), minute(420));
    let sides = Sides {
        node: NodeId(0),
        operation: None,
        before: part(360, 420),
        after: part(420, 480),
        past: part(if has_past { 0 } else { 360 }, 420),
        times: Some((past, before, after)),
        windows: (before, after),
    };
    let mut draft = latency::measure(&sides, Past::of(&sides).as_ref());
    weigh_alone(&mut draft);
    latency::judge(&mut draft, 1.0);
    draft.row.verdict
}

fn share_of_regressions(sigma: f64, factor: f64, has_past: bool) -> f64 {
    let runs = 24_u64;
    let found = (0..runs)
        .into_par_iter()
        .filter(|seed| judge_drifting(&drifting(*seed, sigma, factor), has_past) == Verdict::Regression)
        .count();
    found as f64 / runs as f64
}

#[test]
fn drift_alone_is_no_regression() {
    assert!(share_of_regressions(0.0, 1.0, true) <= 0.0, "no drift");
    assert!(share_of_regressions(0.10, 1.0, true) <= 0.05, "drift");
    assert!(share_of_regressions(0.10, 1.0, false) <= 0.1, "drift, without a past");
    assert!(share_of_regressions(0.25, 1.0, true) <= 0.10, "much drift");
}

#[test]
fn a_real_change_is_found_in_spite_of_drift() {
    assert!(share_of_regressions(0.0, 1.5, true) >= 0.95);
    assert!(share_of_regressions(0.10, 1.5, true) >= 0.8);
    assert!(share_of_regressions(0.10, 1.5, false) >= 0.9);
}
