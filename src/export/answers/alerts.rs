//! Alerts in words: one line for each trouble, with what else tells of it.
use std::fmt::Write;

use super::health::shown;
use super::{cell, level_word};
use crate::analysis::Severity;
use crate::analysis::alerts::{Alert, Name, Signal, troubles};
use crate::export::map::{length_text, percent_text};
use crate::export::traces::moment_text;
use crate::graph::GraphIndex;
use crate::model::{Nanos, Timestamp};
use crate::texts::{fill, texts};

/// One trouble that rules tell of, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct AlertLine {
    /// How bad: now, or at its worst where it is over.
    pub severity: Severity,
    /// The rule or objective.
    pub rule: String,
    /// About whom: `payment-service`, or `api-gateway → payment-service`.
    pub name: String,
    /// The same by ids.
    pub about: Name,
    /// The newest value against the limit: `error ratio 22.3 %, limit 5.0 %`.
    pub figures: String,
    /// The worst value.
    pub worst: String,
    /// Since when, of all that tell of it.
    pub onset: Timestamp,
    /// Until when; `None` while it goes on.
    pub end: Option<Timestamp>,
    /// What else tells of it, a line each.
    pub others: Vec<String>,
}

impl AlertLine {
    /// Whether it goes on.
    pub fn is_active(&self) -> bool {
        self.end.is_none()
    }
}

/// The troubles of all alerts: those that go on first, the gravest and longest first.
pub fn alert_lines(index: &GraphIndex, alerts: &[Alert]) -> Vec<AlertLine> {
    let line = |trouble: crate::analysis::alerts::Trouble| {
        let (onset, end) = trouble.period();
        let a = &trouble.alert;
        AlertLine {
            severity: trouble.severity,
            rule: rule_text(&a.rule),
            name: shown(index, &a.name),
            about: a.name.clone(),
            figures: figures(a),
            worst: value_text(a.signal, a.peak),
            onset,
            end,
            others: trouble.others.iter().map(|o| other(index, o)).collect(),
        }
    };
    troubles(alerts).into_iter().map(line).collect()
}

/// What a rule is called: the usual ones have names in every language, others the name that somebody gave them.
pub(super) fn rule_text(name: &str) -> String {
    let words = &texts().trouble;
    let known = match name {
        "errors" => words.rule_errors,
        "slow" => words.rule_slow,
        "very slow" => words.rule_very_slow,
        "unsatisfied" => words.rule_unsatisfied,
        "timeouts of calls" => words.rule_timeouts_of_calls,
        "errors of calls" => words.rule_errors_of_calls,
        "throttled" => words.rule_throttled,
        "cpu" => words.rule_cpu,
        "memory" => words.rule_memory,
        "connection pool" => words.rule_connection_pool,
        "waiting for a connection" => words.rule_waiting_for_a_connection,
        "99.5 % of requests succeed" => words.rule_requests_succeed,
        own => return cell(own),
    };
    known.to_owned()
}

fn other(index: &GraphIndex, a: &Alert) -> String {
    format!("{}: {}, {}", shown(index, &a.name), rule_text(&a.rule), figures(a))
}

/// The newest value against the limit that it is still beyond.
fn figures(a: &Alert) -> String {
    let limit = a.now.map_or(a.limit, |n| n.1);
    fill(
        texts().trouble.limit,
        &[("value", &value_text(a.signal, a.last)), ("limit", &limit_text(a.signal, limit))],
    )
}

pub(super) fn value_text(signal: Option<Signal>, value: f64) -> String {
    match signal {
        None => fill(texts().trouble.burn_rate, &[("value", &format_args!("{value:.1}"))]),
        Some(Signal::P95Ms) => length_text(Some(Nanos((value * 1e6) as i64))),
        Some(Signal::P95OfCalm) => {
            fill(texts().trouble.times_the_calm_p95, &[("value", &format_args!("{value:.1}"))])
        }
        Some(Signal::Apdex) => format!("Apdex {value:.2}"),
        Some(Signal::RatePerMin) => fill(texts().trouble.a_minute, &[("value", &format_args!("{value:.1}"))]),
        Some(Signal::PoolPending) => fill(texts().trouble.waiting, &[("value", &format_args!("{value:.1}"))]),
        Some(_) => percent_text(Some(value)),
    }
}

/// A limit beside a value: without the words that both share.
fn limit_text(signal: Option<Signal>, value: f64) -> String {
    match signal {
        None | Some(Signal::P95OfCalm | Signal::PoolPending) => format!("{value:.1}"),
        Some(Signal::Apdex) => format!("{value:.2}"),
        other => value_text(other, value),
    }
}

pub(super) fn alert_text(a: &Alert, name: &str) -> String {
    let limit = limit_text(a.signal, a.limit);
    let peak = value_text(a.signal, a.peak);
    let state = match a.resolved {
        None => texts().trouble.still_active.to_owned(),
        Some(t) => fill(texts().trouble.over_at, &[("time", &moment_text(t))]),
    };
    let length = length_text(Some(a.duration()));
    fill(
        texts().trouble.alert,
        &[
            ("name", &name),
            ("rule", &rule_text(&a.rule)),
            ("peak", &peak),
            ("limit", &limit),
            ("onset", &moment_text(a.onset)),
            ("length", &length),
            ("state", &state),
        ],
    )
}

pub(super) fn write_alerts(out: &mut String, index: &GraphIndex, alerts: &[Alert]) {
    let words = &texts().pages;
    let _ = writeln!(out, "\n{}\n", words.alerts);
    if alerts.is_empty() {
        let _ = writeln!(out, "{}", words.no_rule_was_broken);
    }
    for t in troubles(alerts) {
        let name = shown(index, &t.alert.name);
        let severity = level_word(t.alert.severity.name());
        let _ = writeln!(out, "- {severity} {}{}", alert_text(&t.alert, &name), words.stop);
        for o in &t.others {
            let _ = writeln!(out, "  - {}{}", alert_text(o, &shown(index, &o.name)), words.stop);
        }
    }
}
