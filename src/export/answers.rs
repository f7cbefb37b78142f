//! Answers to questions, as JSON (the contract of the command line) and Markdown.
use std::fmt::Write;

use serde_json::{Value, json};

use super::line;
use super::map::{length_text, percent_text};
use super::traces::moment_text;
use crate::analysis::health::{HealthAnswer, HealthFinding, Subject, Symptom};
use crate::analysis::impact::{Affected, Impact};
use crate::graph::{Health, ServiceGraph, Snapshot};
use crate::model::{NodeId, TraceId};

fn id_of(graph: &ServiceGraph, node: NodeId) -> &str {
    graph.node(node).map_or("", |n| &n.id)
}

fn name_of(graph: &ServiceGraph, node: NodeId) -> String {
    graph.node(node).map_or(String::new(), |n| cell(&n.name))
}

/// Text that stays within one cell of a Markdown table.
fn cell(text: &str) -> String {
    line::plain(text, 120).replace('|', "/")
}

fn window(graph: &ServiceGraph) -> Value {
    json!({
        "start_unix_nano": graph.window.map(|w| w.start.0.to_string()),
        "end_unix_nano": graph.window.map(|w| w.end.0.to_string()),
    })
}

fn evidence(traces: &[TraceId]) -> Value {
    json!({ "trace_ids": traces.iter().map(ToString::to_string).collect::<Vec<_>>(), "span_ids": [] })
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

/// Severity of an outage for something of which this share passes through the failing node.
fn severity(share: f64) -> &'static str {
    match share {
        s if s >= 0.5 => "critical",
        s if s >= 0.3 => "high",
        s if s >= 0.1 => "medium",
        _ => "low",
    }
}

/// The impact of an outage: what is measured of the traffic that passes through the node.
pub fn impact_json(snapshot: &Snapshot, graph: &ServiceGraph, answer: &Impact) -> String {
    let affected = |a: &Affected| {
        json!({
            "node": id_of(graph, a.node),
            "distance": a.distance,
            "direct": a.distance == 1,
            "share": a.share,
            "predicted_error_ratio": null,
            "severity": a.share.map(severity),
            "operations": [],
            "fallback": null,
        })
    };
    let entries: Vec<Value> = answer
        .entry_points
        .iter()
        .map(|e| {
            json!({
                "node": id_of(graph, e.node),
                "operation": snapshot.spans.text(e.operation),
                "requests": e.requests,
                "through": e.through,
                "share": e.share(),
                "failed": e.failed,
            })
        })
        .collect();
    let top = answer.entry_points.first();
    let finding = json!({
        "kind": "reach",
        "node": id_of(graph, answer.node),
        "severity": severity(top.map_or(0.0, crate::analysis::impact::EntryPoint::share)),
        "score": top.map_or(0.0, crate::analysis::impact::EntryPoint::share),
        "reasons": impact_reasons(snapshot, graph, answer),
        "evidence": evidence(&answer.examples),
    });
    pretty(&json!({
        "question": "impact",
        "window": window(graph),
        "node": id_of(graph, answer.node),
        "findings": [finding],
        "affected": answer.dependents.iter().map(affected).collect::<Vec<_>>(),
        "dependencies": answer.dependencies.iter().map(affected).collect::<Vec<_>>(),
        "entry_points": entries,
        "business": null,
        "mitigations": [],
        "notes": [IMPACT_NOTE],
    }))
}

const IMPACT_NOTE: &str = "Shares are of requests whose trace passes through the node: how many could be hit, \
                           not how many would fail. Business figures are not configured.";

fn impact_reasons(snapshot: &Snapshot, graph: &ServiceGraph, answer: &Impact) -> Vec<String> {
    let direct = answer.dependents.iter().filter(|d| d.distance == 1).count();
    let mut reasons =
        vec![format!("{} direct and {} indirect dependents", direct, answer.dependents.len() - direct)];
    reasons.extend(answer.entry_points.iter().take(3).map(|e| {
        format!(
            "{} of {} {} requests pass through it",
            percent_text(Some(e.share())),
            name_of(graph, e.node),
            snapshot.spans.text(e.operation)
        )
    }));
    reasons
}

/// The same for people.
pub fn impact_markdown(snapshot: &Snapshot, graph: &ServiceGraph, answer: &Impact) -> String {
    let mut out = format!("# Impact of an outage of {}\n\n", name_of(graph, answer.node));
    for reason in impact_reasons(snapshot, graph, answer) {
        let _ = writeln!(out, "- {reason}.");
    }
    out += "\n## Dependents\n\n| node | hops | its requests that pass through |\n|---|---:|---:|\n";
    for a in &answer.dependents {
        let _ = writeln!(out, "| {} | {} | {} |", name_of(graph, a.node), a.distance, percent_text(a.share));
    }
    out += "\n## Entry points\n\n| service | operation | requests | through | share | failed |\n|---|---|---:|---:|---:|---:|\n";
    for e in &answer.entry_points {
        let _ = writeln!(
            out,
            "| {} | {} | {:.0} | {:.0} | {} | {:.0} |",
            name_of(graph, e.node),
            cell(snapshot.spans.text(e.operation)),
            e.requests,
            e.through,
            percent_text(Some(e.share())),
            e.failed
        );
    }
    out += "\n## Dependencies\n\n| node | hops |\n|---|---:|\n";
    for a in &answer.dependencies {
        let _ = writeln!(out, "| {} | {} |", name_of(graph, a.node), a.distance);
    }
    let _ = writeln!(out, "\nTraces: {}\n\n{IMPACT_NOTE}", ids(&answer.examples));
    out
}

fn ids(traces: &[TraceId]) -> String {
    let all: Vec<String> = traces.iter().map(|t| format!("`{t}`")).collect();
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}

fn symptom_text(s: &Symptom) -> String {
    match s {
        Symptom::Errors(ratio) => format!("{} of its calls fail", percent_text(Some(*ratio))),
        Symptom::Timeouts(n, ratio) => {
            format!("{n:.0} calls ran out of time ({})", percent_text(Some(*ratio)))
        }
        Symptom::Slow(now, calm) => {
            format!("95th percentile {}, in calm times {}", length_text(Some(*now)), length_text(Some(*calm)))
        }
        Symptom::Apdex(score) => format!("Apdex {score:.2} (T = 0.5 s)"),
    }
}

fn subject_text(graph: &ServiceGraph, subject: Subject) -> String {
    match subject {
        Subject::Node(n) => name_of(graph, n),
        Subject::Edge(e) => {
            let ends = graph.ends(e);
            ends.map_or(String::new(), |(a, b)| format!("{} → {}", name_of(graph, a), name_of(graph, b)))
        }
    }
}

fn finding_json(graph: &ServiceGraph, f: &HealthFinding) -> Value {
    let mut v = json!({
        "kind": "health",
        "severity": if f.health == Health::Critical { "critical" } else { "medium" },
        "score": if f.health == Health::Critical { 1.0 } else { 0.5 },
        "reasons": f.symptoms.iter().map(symptom_text).collect::<Vec<_>>(),
        "evidence": evidence(&f.examples),
        "period": f.period.map(|p| json!({
            "start_unix_nano": p.start.0.to_string(), "end_unix_nano": p.end.0.to_string()
        })),
    });
    match f.subject {
        Subject::Node(n) => v["node"] = json!(id_of(graph, n)),
        Subject::Edge(e) => {
            let ends = graph.ends(e).map(|(a, b)| json!({"from": id_of(graph, a), "to": id_of(graph, b)}));
            v["edge"] = json!(ends);
        }
    }
    v
}

fn health_notes(answer: &HealthAnswer) -> Vec<String> {
    let mut notes = Vec::new();
    if answer.unknown > 0 {
        notes.push(format!("{} nodes and edges have fewer than 20 calls and are not judged", answer.unknown));
    }
    notes
}

/// Everything that is not well.
pub fn health_json(_: &Snapshot, graph: &ServiceGraph, answer: &HealthAnswer) -> String {
    let findings: Vec<Value> = answer.findings.iter().map(|f| finding_json(graph, f)).collect();
    let alerts: Vec<Value> = answer
        .findings
        .iter()
        .filter_map(|f| {
            let period = f.period?;
            Some(json!({
                "subject": subject_text(graph, f.subject),
                "onset_unix_nano": period.start.0.to_string(),
                "duration_ms": period.length().as_millis_f64(),
            }))
        })
        .collect();
    pretty(&json!({
        "question": "health",
        "window": window(graph),
        "findings": findings,
        "alerts": alerts,
        "notes": health_notes(answer),
    }))
}

/// The same for people.
pub fn health_markdown(_: &Snapshot, graph: &ServiceGraph, answer: &HealthAnswer) -> String {
    let mut out = String::from("# Health\n\n");
    if answer.findings.is_empty() {
        out += "Nothing is above its thresholds.\n";
    }
    for f in &answer.findings {
        let mark = if f.health == Health::Critical { "✖ critical" } else { "▲ warning" };
        let symptoms: Vec<String> = f.symptoms.iter().map(symptom_text).collect();
        let _ = writeln!(out, "- **{}** {mark}: {}.", subject_text(graph, f.subject), symptoms.join("; "));
        if let Some(p) = f.period {
            let _ = writeln!(out, "  From {} to {}.", moment_text(p.start), moment_text(p.end));
        }
        let _ = writeln!(out, "  Traces: {}", ids(&f.examples));
    }
    for note in health_notes(answer) {
        let _ = writeln!(out, "\n{note}.");
    }
    out
}

/// Markdown as plain text: without its marks.
pub fn plain(markdown: &str) -> String {
    markdown
        .lines()
        .filter(|l| !l.starts_with("|---"))
        .map(|l| l.trim_start_matches('#').trim_start().replace("**", "").replace('`', ""))
        .map(|l| if l.starts_with('|') { l.trim_matches('|').replace('|', " ").trim().to_owned() } else { l })
        .collect::<Vec<_>>()
        .join("\n")
        + "\n"
}
