//! What is not well, as JSON and Markdown.
use std::fmt::Write;

use serde_json::{Value, json};

use super::{ids, pretty, set_subject, subject_text, trace_evidence, window};
use crate::analysis::health::{HealthAnswer, HealthFinding, Symptom};
use crate::export::map::{length_text, percent_text};
use crate::export::traces::moment_text;
use crate::graph::{Health, ServiceGraph, Snapshot};

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

fn finding_json(graph: &ServiceGraph, f: &HealthFinding) -> Value {
    let mut v = json!({
        "kind": "health",
        "severity": if f.health == Health::Critical { "critical" } else { "medium" },
        "score": if f.health == Health::Critical { 1.0 } else { 0.5 },
        "reasons": f.symptoms.iter().map(symptom_text).collect::<Vec<_>>(),
        "evidence": trace_evidence(&f.examples),
        "period": f.period.map(|p| json!({
            "start_unix_nano": p.start.0.to_string(), "end_unix_nano": p.end.0.to_string()
        })),
    });
    set_subject(&mut v, graph, f.subject);
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
