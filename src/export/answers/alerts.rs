//! Alerts in words: one line for each trouble, with what else tells of it.
use std::fmt::Write;

use super::health::shown;
use super::{cell, level_word};
use crate::analysis::Severity;
use crate::analysis::alerts::{Alert, Counted, Doubt, Missing, Name, Signal, Unjudged, troubles};
use crate::analysis::health_report::HealthReport;
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

    /// The same as it goes on at a moment; `None` before and after it. What it measured just then is not told.
    pub fn at(&self, moment: Timestamp) -> Option<Self> {
        let goes_on = self.onset <= moment && self.end.is_none_or(|end| moment < end);
        goes_on.then(|| Self {
            end: None,
            figures: texts().trouble.judged_over_all_time.to_owned(),
            worst: String::new(),
            others: Vec::new(),
            ..self.clone()
        })
    }
}

/// The troubles of all alerts but of what stands: those that go on first, the gravest and longest first.
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
    troubles(alerts).into_iter().filter(|t| !t.alert.is_standing()).map(line).collect()
}

/// What rules tell besides alerts, a sentence each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RulesTold {
    /// That no rule was broken, or none could be judged; `None` where there are alerts.
    pub verdict: Option<String>,
    /// What is beyond a limit all the time.
    pub standing: Vec<String>,
    /// What was beyond a limit and may be chance.
    pub doubts: Vec<String>,
    /// Rules that could not be judged, and what is missing.
    pub unjudged: Vec<String>,
}

/// What rules tell besides alerts.
pub fn rules_told(index: &GraphIndex, report: &HealthReport) -> RulesTold {
    let (standing, news): (Vec<&Alert>, Vec<&Alert>) = report.alerts.iter().partition(|a| a.is_standing());
    RulesTold {
        verdict: if news.is_empty() { Some(verdict(index, report)) } else { None },
        standing: standing.iter().map(|a| alert_text(a, &shown(index, &a.name))).collect(),
        doubts: report.doubts.iter().map(|d| doubt_text(d, &shown(index, &d.name))).collect(),
        unjudged: unjudged_texts(&report.unjudged),
    }
}

fn verdict(index: &GraphIndex, report: &HealthReport) -> String {
    let t = &texts().trouble;
    let none_judged = report.unjudged.len() == report.rules && report.unjudged.iter().all(|u| u.judged == 0);
    if report.rules == 0 {
        t.no_rules
    } else if index.graph.edges().next().is_none() && index.graph.nodes().next().is_none() {
        t.no_calls_to_judge
    } else if none_judged {
        t.none_judged
    } else if report.unjudged.is_empty() {
        t.none_broken
    } else {
        t.none_broken_where_judged
    }
    .to_owned()
}

/// One line for all rules that lack the same for as many.
fn unjudged_texts(all: &[Unjudged]) -> Vec<String> {
    let t = &texts().trouble;
    let mut lines: Vec<(&Unjudged, Vec<String>)> = Vec::new();
    for u in all {
        let is_same = |(o, _): &&mut (&Unjudged, Vec<String>)| {
            (o.missing, o.meant, o.judged) == (u.missing, u.meant, u.judged)
        };
        match lines.iter_mut().find(is_same) {
            Some((_, names)) => names.push(rule_text(&u.rule)),
            None => lines.push((u, vec![rule_text(&u.rule)])),
        }
    }
    let line = |(u, names): &(&Unjudged, Vec<String>)| {
        let why = match u.missing {
            Missing::Anybody => t.meant_for_nobody.to_owned(),
            Missing::Measurements => t.no_measurements.to_owned(),
            Missing::Calm => t.no_calm.to_owned(),
            Missing::Calls(calls, window) => {
                let window = round_text(window);
                fill(t.too_few_calls, &[("calls", &calls), ("window", &window)])
            }
            Missing::Moments(every) => fill(t.no_moment, &[("every", &round_text(every))]),
            Missing::Time(length) => fill(t.too_little_time, &[("length", &round_text(length))]),
        };
        let (rules, left) = (names.join(", "), u.meant - u.judged.min(u.meant));
        if u.judged == 0 {
            fill(t.unjudged, &[("rules", &rules), ("why", &why)])
        } else {
            let values: [(&str, &dyn std::fmt::Display); 4] =
                [("rules", &rules), ("left", &left), ("meant", &u.meant), ("why", &why)];
            fill(t.unjudged_of, &values)
        }
    };
    lines.iter().map(line).collect()
}

/// A length as rules are written: `1 h`, `5 m`, `30 s`.
fn round_text(length: Nanos) -> String {
    match length.0 / 1_000_000_000 {
        s if s >= 3_600 && s % 3_600 == 0 => format!("{} h", s / 3_600),
        s if s >= 60 && s % 60 == 0 => format!("{} m", s / 60),
        s => format!("{s} s"),
    }
}

fn doubt_text(d: &Doubt, name: &str) -> String {
    let t = &texts().trouble;
    let signal = Some(d.signal);
    let calls = format!("{:.0}", d.counted.calls);
    let needed = match d.needed {
        Some(n) => fill(t.needed, &[("n", &format_args!("{n:.0}")), ("calls", &calls)]),
        None => fill(t.not_enough, &[("calls", &calls)]),
    };
    let peak = counted_text(signal, d.peak, Some(d.counted));
    let limit = limit_text(signal, d.limit);
    let values: [(&str, &dyn std::fmt::Display); 6] = [
        ("name", &name),
        ("rule", &rule_text(&d.rule)),
        ("peak", &peak),
        ("time", &moment_text(d.at)),
        ("limit", &limit),
        ("needed", &needed),
    ];
    fill(t.doubt, &values)
}

/// A value with the calls that it was found in, where they were counted.
fn counted_text(signal: Option<Signal>, value: f64, counted: Option<Counted>) -> String {
    let (t, value) = (&texts().trouble, value_text(signal, value));
    let Some(counted) = counted else { return value };
    let calls = format!("{:.0}", counted.calls);
    let is_share = !matches!(signal, Some(Signal::P95Ms | Signal::P95OfCalm | Signal::Apdex));
    fill(if is_share { t.of_calls } else { t.over_calls }, &[("value", &value), ("calls", &calls)])
}

/// What is beyond a limit all the time, against that limit.
fn usual_text(a: &Alert, usual: Counted) -> String {
    let t = &texts().trouble;
    let (share, calls) = (usual.share(), format!("{:.0}", usual.calls));
    let told = match a.signal {
        Some(Signal::P95Ms) => fill(t.longer, &[("share", &percent_text(Some(share))), ("calls", &calls)]),
        Some(Signal::Apdex) => counted_text(a.signal, 1.0 - share, Some(usual)),
        signal => counted_text(signal, share, Some(usual)),
    };
    fill(t.all_the_time, &[("usual", &told), ("limit", &limit_text(a.signal, a.limit))])
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
    if let Some(usual) = a.usual {
        return usual_text(a, usual);
    }
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
    if let Some(usual) = a.usual {
        let t = &texts().trouble;
        let text = if a.is_standing() { t.standing } else { t.standing_alarm };
        let figures = usual_text(a, usual);
        return fill(text, &[("name", &name), ("rule", &rule_text(&a.rule)), ("figures", &figures)]);
    }
    let limit = limit_text(a.signal, a.limit);
    let peak = counted_text(a.signal, a.peak, a.counted);
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

/// Doubts that are written out.
const DOUBTS: usize = 5;

pub(super) fn write_alerts(out: &mut String, index: &GraphIndex, report: &HealthReport) {
    let words = &texts().pages;
    let _ = writeln!(out, "\n{}\n", words.alerts);
    let told = rules_told(index, report);
    if let Some(verdict) = &told.verdict {
        let _ = writeln!(out, "{verdict}{}", words.stop);
    }
    for t in troubles(&report.alerts).iter().filter(|t| !t.alert.is_standing()) {
        let name = shown(index, &t.alert.name);
        let severity = level_word(t.alert.severity.name());
        let _ = writeln!(out, "- {severity} {}{}", alert_text(&t.alert, &name), words.stop);
        for o in &t.others {
            let _ = writeln!(out, "  - {}{}", alert_text(o, &shown(index, &o.name)), words.stop);
        }
    }
    let mut list = |heading: &str, lines: &[String], most: usize| {
        if lines.is_empty() {
            return;
        }
        let _ = writeln!(out, "\n{heading}:\n");
        lines.iter().take(most).for_each(|l| {
            let _ = writeln!(out, "- {l}{}", words.stop);
        });
        if lines.len() > most {
            let _ = writeln!(out, "- {}", fill(words.and_more, &[("count", &(lines.len() - most))]));
        }
    };
    let t = &texts().trouble;
    list(t.heading_standing, &told.standing, usize::MAX);
    list(t.heading_doubts, &told.doubts, DOUBTS);
    list(t.heading_unjudged, &told.unjudged, usize::MAX);
}
