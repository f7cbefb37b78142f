//! The impact of an outage, as JSON and Markdown.
use std::fmt::Write;

use serde_json::{Value, json};

use super::{cell, id_of, ids, name_of, pretty, trace_evidence, window};
use crate::analysis::Severity;
use crate::analysis::impact::{Affected, Impact};
use crate::export::map::percent_text;
use crate::graph::{ServiceGraph, Snapshot};

/// The impact of an outage: what is measured of the traffic that passes through the node.
pub fn impact_json(snapshot: &Snapshot, graph: &ServiceGraph, answer: &Impact) -> String {
    let affected = |a: &Affected| {
        json!({
            "node": id_of(graph, a.node),
            "distance": a.distance,
            "direct": a.distance == 1,
            "share": a.share,
            "predicted_error_ratio": null,
            "severity": a.share.map(|s| Severity::of_share(s).name()),
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
        "severity": Severity::of_share(top.map_or(0.0, crate::analysis::impact::EntryPoint::share)).name(),
        "score": top.map_or(0.0, crate::analysis::impact::EntryPoint::share),
        "reasons": impact_reasons(snapshot, graph, answer),
        "evidence": trace_evidence(&answer.examples),
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
