//! Figures and sentences of one compared metric.
use serde_json::{Value, json};

use super::super::{cell, level_word};
use crate::analysis::deploy::{Compared, DeploymentKind, Effect, Mechanism, Metric, Shape, Verdict};
use crate::export::map::{length_text, percent_text};
use crate::model::Nanos;
use crate::texts::{fill, texts};

pub(super) fn severity_text(r: &Compared) -> &'static str {
    level_word(r.severity.unwrap_or_default().name())
}

/// What kind of deployment it was.
pub(super) fn kind_text(kind: DeploymentKind) -> &'static str {
    let words = &texts().pages;
    match kind {
        DeploymentKind::Release => words.release,
        DeploymentKind::Canary => words.canary,
        DeploymentKind::Rollback => words.rollback,
        DeploymentKind::Given => words.given,
    }
}

/// Whether a change began where it shows, rather than following from another one.
pub(super) fn is_root(r: &Compared) -> bool {
    !r.is_cascading() && r.cause.is_none_or(|c| c.mechanism != Mechanism::UsersLeft)
}

pub(super) fn text_or_null(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

pub(super) fn rounded_f64(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

pub(super) fn rounded(value: f64) -> Value {
    json!(rounded_f64(value))
}

/// Small probabilities keep two digits.
pub(super) fn precise(p: f64) -> Value {
    if p >= 1e-3 { rounded(p) } else { json!(format!("{p:.1e}").parse::<f64>().unwrap_or(0.0)) }
}

pub(super) fn unit(metric: Metric) -> &'static str {
    match metric {
        Metric::Latency => "ms",
        Metric::Errors => "ratio",
        Metric::Throughput => "per_min",
    }
}

pub(super) fn statistic(r: &Compared) -> &'static str {
    match (r.metric, r.shape) {
        (Metric::Latency, Some(Shape::Tail)) => "p95",
        (Metric::Latency, Some(Shape::Part)) => "mean",
        (Metric::Latency, _) => "median",
        (Metric::Errors, _) => "error_ratio",
        (Metric::Throughput, _) => "rate_per_min",
    }
}

pub(super) fn effect_json(effect: &Effect) -> Value {
    let pair = |p: (f64, f64)| json!([rounded_f64(p.0), rounded_f64(p.1)]);
    let interval = |i: Option<crate::analysis::statistics::Interval>| i.map(|i| pair((i.low, i.high)));
    match effect {
        Effect::Latency(e) => json!({
            "median_ms": pair(e.median),
            "p95_ms": pair(e.p95),
            "p99_ms": e.p99.map(pair),
            "mean_ms": pair(e.mean),
            "p95_ratio_interval": interval(e.p95_ratio),
            "shift_ms": e.shift_ms.map(rounded),
            "cliffs_delta": rounded(e.cliffs_delta),
            "detectable_ratio": e.detectable.map(rounded),
        }),
        Effect::Errors(e) => json!({
            "errors": [e.errors.0, e.errors.1],
            "difference_interval": interval(e.difference),
            "risk_ratio": e.risk_ratio.map(rounded),
            "new_kinds": e.new_kinds.iter().map(|(o, text, n)| json!({
                "outcome": o.name(), "type": text_or_null(text), "count": n
            })).collect::<Vec<_>>(),
        }),
        Effect::Throughput(i) => json!({ "ratio_interval": interval(*i) }),
        Effect::None => Value::Null,
    }
}

pub(super) fn milliseconds(ms: f64) -> String {
    length_text(Some(Nanos((ms * 1e6) as i64)))
}

pub(super) fn value_text(metric: Metric, value: Option<f64>) -> String {
    match (metric, value) {
        (_, None) => "-".to_owned(),
        (Metric::Latency, Some(ms)) => milliseconds(ms),
        (Metric::Errors, share) => percent_text(share),
        (Metric::Throughput, Some(rate)) => format!("{rate:.1}/min"),
    }
}

pub(super) fn signed(change: f64) -> String {
    let sign = if change < 0.0 { '−' } else { '+' };
    format!("{sign}{:.0} %", change.abs() * 100.0)
}

pub(super) fn change_text(r: &Compared) -> String {
    match (r.change_ratio(), r.after) {
        (Some(c), _) => signed(c),
        (None, Some(after)) if after > 0.0 => texts().pages.new.to_owned(),
        _ => "-".to_owned(),
    }
}

pub(super) fn chance(p: f64) -> String {
    if p < 0.001 { "p < 0.001".to_owned() } else { format!("p {p:.3}") }
}

pub(super) fn metric_text(r: &Compared) -> String {
    match statistic(r) {
        "error_ratio" => texts().pages.errors.to_owned(),
        "rate_per_min" => texts().pages.throughput.to_owned(),
        statistic => fill(texts().pages.latency_of, &[("statistic", &statistic)]),
    }
}

pub(super) fn verdict_text(r: &Compared) -> String {
    let mark = match r.verdict {
        Verdict::Regression => "✖ ",
        Verdict::Improvement => "✔ ",
        _ => "",
    };
    let words = &texts().pages;
    let verdict = match r.verdict {
        Verdict::Regression => words.regression,
        Verdict::Improvement => words.improvement,
        Verdict::Insufficient => words.insufficient,
        Verdict::Unchanged => words.unchanged,
    };
    match r.shape {
        Some(Shape::Tail) => fill(words.tail_of, &[("mark", &mark), ("verdict", &verdict)]),
        Some(Shape::Possible) => words.possible.to_owned(),
        _ => format!("{mark}{verdict}"),
    }
}

/// In a few words.
pub(super) fn headline(r: &Compared) -> &'static str {
    match (r.metric, r.shape) {
        (Metric::Latency, Some(Shape::Tail)) => texts().deploy.tail_is_slower,
        (Metric::Latency, Some(Shape::Part)) => texts().deploy.some_are_slower,
        (Metric::Latency, _) => texts().deploy.slower,
        (Metric::Errors, Some(Shape::New)) => texts().deploy.fails_where_it_never_did,
        (Metric::Errors, _) => texts().deploy.fails_more,
        (Metric::Throughput, _) => texts().deploy.fewer_requests,
    }
}

/// "Errors 0 % -> 1.3 % (new)"; never a relative change of nothing.
pub(super) fn change_sentence(r: &Compared) -> String {
    let (before, after) = (value_text(r.metric, r.before), value_text(r.metric, r.after));
    let what = match statistic(r) {
        "median" => texts().deploy.median_latency,
        "p95" => texts().deploy.p95_latency,
        "mean" => texts().deploy.mean_latency,
        "error_ratio" => texts().deploy.failed_requests,
        _ => texts().deploy.throughput,
    };
    format!("{what} {before} → {after} ({})", change_text(r))
}

/// The effect in figures; of requests before and after, or through the old and the new version.
pub(super) fn effect_sentences(r: &Compared, by_version: bool) -> Vec<String> {
    let t = &texts().deploy;
    let mut out = Vec::new();
    match &r.effect {
        Effect::Latency(e) => {
            if r.shape == Some(Shape::Tail) {
                out.push(fill(
                    texts().deploy.only_the_slowest,
                    &[("before", &milliseconds(e.median.0)), ("after", &milliseconds(e.median.1))],
                ));
            }
            if r.shape == Some(Shape::Part) {
                out.push(fill(
                    texts().deploy.one_kind,
                    &[("before", &milliseconds(e.median.0)), ("after", &milliseconds(e.median.1))],
                ));
            }
            if let Some(i) = e.p95_ratio {
                out.push(fill(
                    texts().deploy.p95_times_as_long,
                    &[
                        ("before", &milliseconds(e.p95.0)),
                        ("after", &milliseconds(e.p95.1)),
                        ("low", &format_args!("{:.2}", i.low)),
                        ("high", &format_args!("{:.2}", i.high)),
                    ],
                ));
            }
            if let Some((before, after)) = e.p99 {
                out.push(fill(
                    texts().deploy.p99,
                    &[("before", &milliseconds(before)), ("after", &milliseconds(after))],
                ));
            }
            out.push(fill(
                if by_version { t.pairs_of_versions } else { t.pairs },
                &[
                    ("pairs", &format_args!("{:.0}", (e.cliffs_delta + 1.0) * 50.0)),
                    ("delta", &format_args!("{:.2}", e.cliffs_delta)),
                    ("before", &r.requests.0),
                    ("after", &r.requests.1),
                ],
            ));
        }
        Effect::Errors(e) => {
            let mut text = fill(
                if by_version { t.failed_by_version } else { t.failed_before_and_after },
                &[
                    ("failed_before", &e.errors.0),
                    ("before", &r.requests.0),
                    ("failed_after", &e.errors.1),
                    ("after", &r.requests.1),
                ],
            );
            if let Some(i) = e.difference {
                text += &fill(
                    texts().deploy.percentage_points,
                    &[
                        ("low", &format_args!("{:+.1}", i.low * 100.0)),
                        ("high", &format_args!("{:+.1}", i.high * 100.0)),
                    ],
                );
            }
            out.push(text);
            out.extend(e.new_kinds.iter().map(|(o, kind, n)| match kind.as_str() {
                "" => fill(texts().deploy.new_ended_as, &[("n", &n), ("outcome", &o.name())]),
                kind => fill(texts().deploy.new_failed_with, &[("n", &n), ("kind", &cell(kind))]),
            }));
        }
        Effect::Throughput(Some(i)) => out.push(fill(
            texts().deploy.rate_times,
            &[("low", &format_args!("{:.2}", i.low)), ("high", &format_args!("{:.2}", i.high))],
        )),
        Effect::Throughput(None) | Effect::None => {}
    }
    out
}
