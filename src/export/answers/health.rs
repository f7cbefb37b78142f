//! What is not well, as JSON and Markdown.
use std::fmt::Write;

use serde_json::{Value, json};

use super::alerts::{alert_text, rule_text, write_alerts};
use super::{
    Answer, cell, id_of, ids, name_of, pretty, range_json, set_subject, subject_text, trace_evidence, window,
};
use crate::analysis::alerts::{Alert, BurnState, Event, Name, ObjectiveState, Signal};
use crate::analysis::health::{HealthAnswer, HealthFinding, Symptom};
use crate::analysis::health_report::{Database, External, HealthReport, Issue, SLOW_QUERY, Trend};
use crate::analysis::saturation::{Level, Saturation};
use crate::export::map::{length_text, percent_text};
use crate::export::traces::moment_text;
use crate::graph::{GraphIndex, Health, ServiceGraph, Snapshot};
use crate::model::{Nanos, NodeId, TimeRange};
use crate::texts::{fill, texts};

fn symptom_text(s: &Symptom) -> String {
    match s {
        Symptom::Errors(ratio) => {
            fill(texts().trouble.of_its_calls_fail, &[("share", &percent_text(Some(*ratio)))])
        }
        Symptom::Timeouts(n, ratio) => fill(
            texts().trouble.calls_ran_out_of_time,
            &[("n", &format_args!("{n:.0}")), ("share", &percent_text(Some(*ratio)))],
        ),
        Symptom::Slow(now, calm) => fill(
            texts().trouble.p95_in_calm_times,
            &[("now", &length_text(Some(*now))), ("calm", &length_text(Some(*calm)))],
        ),
        Symptom::Apdex(score) => fill(texts().trouble.apdex, &[("score", &format_args!("{score:.2}"))]),
    }
}

fn finding_json(graph: &ServiceGraph, f: &HealthFinding) -> Value {
    let mut v = json!({
        "kind": "health",
        "severity": if f.health == Health::Critical { "critical" } else { "medium" },
        "score": if f.health == Health::Critical { 1.0 } else { 0.5 },
        "reasons": f.symptoms.iter().map(symptom_text).collect::<Vec<_>>(),
        "evidence": trace_evidence(&f.examples),
        "period": f.period.map(|p| range_json(Some(p))),
    });
    set_subject(&mut v, graph, f.subject);
    v
}

fn health_notes(answer: &HealthAnswer) -> Vec<String> {
    let mut notes = Vec::new();
    if answer.unknown > 0 {
        notes.push(fill(texts().trouble.fewer_than_20_calls, &[("count", &answer.unknown)]));
    }
    notes
}

/// Everything that is not well, over the whole window.
pub fn health_json(_: &Snapshot, graph: &ServiceGraph, answer: &HealthAnswer) -> String {
    pretty(&base(graph, answer))
}

fn base(graph: &ServiceGraph, answer: &HealthAnswer) -> Value {
    let findings: Vec<Value> = answer.findings.iter().map(|f| finding_json(graph, f)).collect();
    json!({
        "question": "health",
        "window": window(graph),
        "findings": findings,
        "alerts": [],
        "notes": health_notes(answer),
    })
}

/// The same for people.
pub fn health_markdown(_: &Snapshot, graph: &ServiceGraph, answer: &HealthAnswer) -> String {
    let mut out = findings_markdown(graph, answer);
    for note in health_notes(answer) {
        let _ = writeln!(out, "\n{note}{}", texts().pages.stop);
    }
    out
}

fn findings_markdown(graph: &ServiceGraph, answer: &HealthAnswer) -> String {
    let words = &texts().pages;
    let mut out = format!("{}\n\n", words.health);
    let all = graph.nodes().count() + graph.edges().count();
    if answer.findings.is_empty() {
        out += match all {
            0 => words.no_calls,
            _ if answer.unknown == all => words.too_few_calls,
            _ => words.nothing_above,
        };
        out += "\n";
    }
    for f in &answer.findings {
        let mark = if f.health == Health::Critical { words.mark_critical } else { words.mark_warning };
        let symptoms: Vec<String> = f.symptoms.iter().map(symptom_text).collect();
        let (who, stop) = (subject_text(graph, f.subject), words.stop);
        let _ = writeln!(out, "- **{who}** {mark}: {}{stop}", symptoms.join("; "));
        if let Some(p) = f.period {
            let (from, to) = (moment_text(p.start), moment_text(p.end));
            let _ = writeln!(out, "  {}{stop}", fill(words.from_to, &[("from", &from), ("to", &to)]));
        }
        if !f.examples.is_empty() {
            let _ = writeln!(out, "  {}", fill(words.traces, &[("traces", &ids(&f.examples))]));
        }
    }
    out
}

/// Everything about health.
pub fn health_report(index: &GraphIndex, report: &HealthReport) -> Answer {
    let graph = &index.graph;
    let mut json = base(graph, &report.answer);
    let notes = report_notes(report);
    json["alerts"] = report.alerts.iter().map(|a| alert_json(index, a)).collect();
    json["objectives"] = report.objectives.iter().map(objective_json).collect();
    json["trends"] = report.trends.iter().map(|t| trend_json(graph, t)).collect();
    json["externals"] = report.externals.iter().map(|e| external_json(graph, e)).collect();
    json["databases"] = report.databases.iter().map(|d| database_json(graph, d)).collect();
    json["saturation"] = report.busy.iter().map(|(n, s)| saturation_json(graph, *n, s)).collect();
    json["notes"] = json!(notes);
    let mut markdown = findings_markdown(graph, &report.answer);
    write_alerts(&mut markdown, index, &report.alerts);
    write_objectives(&mut markdown, index, &report.objectives);
    write_states(&mut markdown, graph, report);
    for note in notes {
        let _ = writeln!(markdown, "\n{note}{}", texts().pages.stop);
    }
    Answer { json, markdown }
}

fn report_notes(report: &HealthReport) -> Vec<String> {
    let mut notes = health_notes(&report.answer);
    if report.is_too_short_for_trends {
        notes.push(texts().trouble.trends_need_an_hour.to_owned());
    }
    if report.busy.is_empty() {
        notes.push(texts().trouble.no_metrics_were_sent.to_owned());
    }
    notes
}

/// One line for each new alert and its end, for `--watch` and webhooks.
pub fn event_json(event: &Event) -> Value {
    let mut v = alert_figures(&event.alert);
    v["event"] = json!(if event.is_over { "resolved" } else { "raised" });
    set_name(&mut v, &event.alert.name);
    v["text"] = json!(alert_text(&event.alert, &id_text(&event.alert.name)));
    v
}

fn set_name(v: &mut Value, name: &Name) {
    match name {
        Name::Node(id) => v["node"] = json!(id),
        Name::Edge(from, to) => v["edge"] = json!({"from": from, "to": to}),
    }
}

fn id_text(name: &Name) -> String {
    match name {
        Name::Node(id) => cell(id),
        Name::Edge(from, to) => format!("{} → {}", cell(from), cell(to)),
    }
}

/// As it is shown on the map; by its ids where it is not there any more.
pub(super) fn shown(index: &GraphIndex, name: &Name) -> String {
    name.subject(index).map_or_else(|| id_text(name), |s| subject_text(&index.graph, s))
}

fn alert_json(index: &GraphIndex, a: &Alert) -> Value {
    let mut v = alert_figures(a);
    let name = shown(index, &a.name);
    set_name(&mut v, &a.name);
    v["subject"] = json!(name);
    v["text"] = json!(alert_text(a, &name));
    v
}

fn alert_figures(a: &Alert) -> Value {
    json!({
        "rule": a.rule,
        "severity": a.severity.name(),
        "signal": a.signal.map_or("burn_rate", Signal::name),
        "limit": a.limit,
        "peak": a.peak,
        "last": a.last,
        "area": a.area,
        "onset_unix_nano": a.onset.0.to_string(),
        "raised_unix_nano": a.raised.0.to_string(),
        "resolved_unix_nano": a.resolved.map(|t| t.0.to_string()),
        "duration_ms": a.duration().as_millis_f64(),
        "active": a.resolved.is_none(),
    })
}

fn hours(length: Nanos) -> String {
    format!("{} h", length.0 / 3_600_000_000_000)
}

fn objective_json(o: &ObjectiveState) -> Value {
    let burns: Vec<Value> = o
        .burns
        .iter()
        .map(|(w, state)| {
            let mut v = json!({
                "long_ms": w.long.as_millis_f64(), "short_ms": w.short.as_millis_f64(),
                "factor": w.factor, "severity": w.severity.name(),
                "long_burn": null, "short_burn": null,
            });
            v["state"] = match state {
                BurnState::Needs(length) => json!(format!("needs {}", hours(*length))),
                BurnState::Burns { long, short, is_firing } => {
                    (v["long_burn"], v["short_burn"]) = (json!(long), json!(short));
                    json!(if *is_firing { "firing" } else { "fine" })
                }
            };
            v
        })
        .collect();
    let mut v = json!({
        "objective": o.objective.name,
        "target": o.objective.target,
        "latency_ms": o.objective.latency.map(Nanos::as_millis_f64),
        "calls": o.calls,
        "bad": o.bad,
        "good_ratio": o.good_ratio(),
        "burn_rates": burns,
    });
    set_name(&mut v, &o.name);
    v
}

fn write_objectives(out: &mut String, index: &GraphIndex, objectives: &[ObjectiveState]) {
    if objectives.is_empty() {
        return;
    }
    let words = &texts().pages;
    *out += words.objectives;
    for o in objectives {
        let burn = |(w, state): &(crate::analysis::alerts::BurnWindow, BurnState)| match state {
            BurnState::Needs(length) => {
                fill(words.burn_needs, &[("window", &hours(w.long)), ("length", &hours(*length))])
            }
            BurnState::Burns { long, short, is_firing } => {
                let (long, short) = (format!("{long:.1}"), format!("{short:.1}"));
                let rates: [(&str, &dyn std::fmt::Display); 3] =
                    [("window", &hours(w.long)), ("long", &long), ("short", &short)];
                fill(words.burn_rates, &rates) + if *is_firing { " ✖" } else { "" }
            }
        };
        let burns: Vec<String> = o.burns.iter().map(burn).collect();
        let good = o.good_ratio().map_or("-".to_owned(), |g| format!("{:.2} %", g * 100.0));
        let _ = writeln!(
            out,
            "| {} | {} | {good} | {} |",
            shown(index, &o.name),
            rule_text(&o.objective.name),
            burns.join(", ")
        );
    }
}

fn trend_json(graph: &ServiceGraph, t: &Trend) -> Value {
    json!({
        "node": id_of(graph, t.node), "signal": "p50", "change_per_hour": t.per_hour,
        "p_value": t.p_value, "blocks": t.blocks,
    })
}

fn external_json(graph: &ServiceGraph, e: &External) -> Value {
    let issue = |(issue, range): &(Issue, TimeRange)| {
        let mut v = range_json(Some(*range));
        v["issue"] = json!(issue.name());
        v
    };
    let red = graph.node(e.node).map(|n| &n.red);
    json!({
        "node": id_of(graph, e.node),
        "availability": e.availability,
        "throttled_ratio": e.throttled,
        "avg_ms": red.and_then(|r| r.average()).map(Nanos::as_millis_f64),
        "issues": e.issues.iter().map(issue).collect::<Vec<_>>(),
    })
}

fn database_json(graph: &ServiceGraph, d: &Database) -> Value {
    let red = graph.node(d.node).map(|n| &n.red);
    let caller = |(node, calls): &(NodeId, f64)| json!({"node": id_of(graph, *node), "calls": calls});
    json!({
        "node": id_of(graph, d.node),
        "avg_ms": red.and_then(|r| r.average()).map(Nanos::as_millis_f64),
        "p95_ms": red.and_then(|r| r.quantile(0.95)).map(Nanos::as_millis_f64),
        "rate_per_min": red.and_then(|r| r.rate_per_min(graph.length())),
        "error_ratio": red.and_then(|r| r.error_ratio()),
        "slow_queries": d.slow,
        "slow_from_ms": SLOW_QUERY.as_millis_f64(),
        "pool_ratio": d.pool,
        "callers": d.callers.iter().map(caller).collect::<Vec<_>>(),
    })
}

fn level_json(level: Option<Level>) -> Value {
    level.map_or(Value::Null, |l| json!({"ratio": l.ratio, "metric": l.metric.name(), "host": l.is_host}))
}

fn saturation_json(graph: &ServiceGraph, node: NodeId, s: &Saturation) -> Value {
    let pools: Vec<Value> =
        s.pools.iter().map(|p| json!({"name": p.name, "ratio": p.ratio, "pending": p.pending})).collect();
    let extras: serde_json::Map<String, Value> =
        s.extras.iter().map(|(m, v)| (m.name().to_owned(), json!(v))).collect();
    json!({
        "node": id_of(graph, node),
        "cpu": level_json(s.cpu),
        "memory": level_json(s.memory),
        "pools": pools,
        "other": extras,
        "served_by_own_count": s.served,
    })
}

fn issue_word(issue: Issue) -> &'static str {
    let words = &texts().pages;
    match issue {
        Issue::HighLatency => words.high_latency,
        Issue::ElevatedErrors => words.elevated_errors,
        Issue::Throttling => words.throttling,
        Issue::Intermittent => words.intermittent,
        Issue::Timeouts => words.timeouts,
    }
}

fn write_states(out: &mut String, graph: &ServiceGraph, report: &HealthReport) {
    let words = &texts().pages;
    if !report.trends.is_empty() {
        let _ = writeln!(out, "\n{}\n", words.trends);
    }
    for t in &report.trends {
        let template = if t.per_hour > 0.0 { words.trend_rising } else { words.trend_falling };
        let (share, p) = (format!("{:.0}", t.per_hour.abs() * 100.0), format!("{:.3}", t.p_value));
        let values: [(&str, &dyn std::fmt::Display); 4] =
            [("name", &name_of(graph, t.node)), ("share", &share), ("p", &p), ("blocks", &t.blocks)];
        let _ = writeln!(out, "- {}{}", fill(template, &values), words.stop);
    }
    if !report.externals.is_empty() {
        *out += words.externals;
    }
    for e in &report.externals {
        let issues: Vec<&str> = e.issues.iter().map(|(i, _)| issue_word(*i)).collect();
        let issues = if issues.is_empty() { words.none.to_owned() } else { issues.join(", ") };
        let (available, throttled) = (percent_text(Some(e.availability)), percent_text(Some(e.throttled)));
        let _ = writeln!(out, "| {} | {available} | {throttled} | {issues} |", name_of(graph, e.node));
    }
    if !report.databases.is_empty() {
        *out += words.databases;
    }
    for d in &report.databases {
        let red = graph.node(d.node).map(|n| &n.red);
        let (avg, p95) = (red.and_then(|r| r.average()), red.and_then(|r| r.quantile(0.95)));
        let (avg, p95, pool) = (length_text(avg), length_text(p95), percent_text(d.pool));
        let _ = writeln!(out, "| {} | {avg} | {p95} | {:.0} | {pool} |", name_of(graph, d.node), d.slow);
    }
    if !report.busy.is_empty() {
        *out += words.in_use;
    }
    for (node, s) in &report.busy {
        let text = |l: Option<Level>| {
            let host = if l.is_some_and(|l| l.is_host) { words.host } else { "" };
            format!("{}{host}", percent_text(l.map(|l| l.ratio)))
        };
        let (cpu, memory, pool) = (text(s.cpu), text(s.memory), text(s.pool()));
        let _ = writeln!(out, "| {} | {cpu} | {memory} | {pool} |", name_of(graph, *node));
    }
}
