//! What more traffic would do, as JSON and Markdown; every number of the scenario is called a model's.
use std::fmt::Write;

use serde_json::{Value, json};

use super::{Answer, cell, evidence, id_of, name_of, window};
use crate::analysis::Severity;
use crate::analysis::capacity::{Capacity, EntryLoad, LoadModel, NodeCapacity, Resource, Use, WhatIf};
use crate::export::map::{length_text, percent_text};
use crate::graph::{ServiceGraph, Snapshot};
use crate::model::{Nanos, NodeId};
use crate::texts::{fill, texts};

/// What more traffic would do.
pub fn capacity_answer(
    snapshot: &Snapshot,
    graph: &ServiceGraph,
    scenario: &str,
    answer: &Capacity,
) -> Answer {
    let saturated: Vec<&NodeCapacity> = answer.services.iter().filter(|s| is_saturated(s)).collect();
    let first = answer.services.iter().find(|s| s.tightest().is_some());
    let json = json!({
        "question": "capacity",
        "window": window(graph),
        "scenario": scenario,
        "model": true,
        "findings": saturated.iter().map(|s| finding(graph, s)).collect::<Vec<_>>(),
        "entries": answer.entries.iter().map(|e| entry_json(snapshot, graph, e)).collect::<Vec<_>>(),
        "services": answer.services.iter().map(|s| service_json(graph, s)).collect::<Vec<_>>(),
        "first_to_saturate": first.map(|s| id_of(graph, s.node)),
        "what_if": answer.what_if.iter().map(|w| what_if_json(snapshot, graph, w)).collect::<Vec<_>>(),
        "notes": notes(graph, answer),
    });
    Answer { json, markdown: markdown(snapshot, graph, scenario, answer) }
}

/// Who runs out first.
#[derive(Clone, Debug, PartialEq)]
pub struct First {
    /// The node.
    pub node: NodeId,
    /// Whether it goes beyond its target in the scenario.
    pub is_saturated: bool,
    /// Of what, from where to where.
    pub why: String,
}

/// Who runs out first; `None` where nothing tells how busy a node is.
pub fn capacity_first(answer: &Capacity) -> Option<First> {
    let s = answer.services.iter().find(|s| s.tightest().is_some())?;
    Some(First { node: s.node, is_saturated: is_saturated(s), why: s.tightest().map(use_text)? })
}

fn is_saturated(s: &NodeCapacity) -> bool {
    s.tightest().is_some_and(|u| u.margin() < 1.0)
}

fn resource_text(resource: Resource) -> &'static str {
    match resource {
        Resource::Cpu => "CPU",
        Resource::Pool => texts().capacity.connection_pool,
        Resource::Fit => texts().capacity.capacity_by_fit,
    }
}

fn use_text(u: &Use) -> String {
    let (now, then, target) =
        (percent_text(Some(u.now)), percent_text(Some(u.then)), percent_text(Some(u.target)));
    fill(
        texts().capacity.would_go_from,
        &[("resource", &resource_text(u.resource)), ("now", &now), ("then", &then), ("target", &target)],
    )
}

fn finding(graph: &ServiceGraph, s: &NodeCapacity) -> Value {
    let mut reasons: Vec<String> = s.uses.iter().filter(|u| u.margin() < 1.0).map(use_text).collect();
    if let Some(replicas) = s.replicas.filter(|n| *n > s.instances) {
        reasons.push(fill(
            texts().capacity.instances_would_keep,
            &[("replicas", &replicas), ("instances", &s.instances)],
        ));
    }
    let then = s.tightest().map_or(0.0, |u| u.then);
    // Over everything that there is, requests will fail; over the target, they wait.
    let severity = if then >= 1.0 { Severity::High } else { Severity::Medium };
    json!({
        "kind": "saturation",
        "node": id_of(graph, s.node),
        "severity": severity.name(),
        "score": then.min(1.0),
        "reasons": reasons,
        "evidence": evidence(&s.evidence),
    })
}

fn entry_json(snapshot: &Snapshot, graph: &ServiceGraph, e: &EntryLoad) -> Value {
    json!({
        "node": id_of(graph, e.node),
        "operation": snapshot.spans.text(e.operation),
        "rate_per_min": e.per_min,
        "factor": e.factor,
        "scenario_rate_per_min": e.per_min * e.factor,
    })
}

fn ms(length: Nanos) -> f64 {
    length.as_millis_f64()
}

fn service_json(graph: &ServiceGraph, s: &NodeCapacity) -> Value {
    let uses: Vec<Value> = s
        .uses
        .iter()
        .map(|u| {
            json!({
                "resource": u.resource.name(), "now": u.now, "scenario": u.then, "target": u.target,
                "headroom": u.headroom(), "saturates": u.margin() < 1.0,
            })
        })
        .collect();
    let tightest = s.tightest();
    json!({
        "node": id_of(graph, s.node),
        "rate_per_min": s.per_min,
        "scenario_rate_per_min": s.per_min * s.growth,
        "growth": s.growth,
        "in_flight": s.in_flight,
        "scenario_in_flight": s.in_flight_then(),
        "response_ms": ms(s.response),
        "own_ms": ms(s.own),
        "scenario_response_ms": s.response_then.map(ms),
        "utilisation": tightest.map(|u| u.now),
        "scenario_utilisation": tightest.map(|u| u.then),
        "headroom": tightest.and_then(Use::headroom),
        "uses": uses,
        "load_fit": fit_json(&s.fit),
        "instances": s.instances,
        "suggested_replicas": s.replicas,
    })
}

fn fit_json(fit: &LoadModel) -> Value {
    match fit {
        LoadModel::Fits(f) => json!({
            "state": "fits", "most_per_min": f.most * 60.0, "unloaded_ms": f.unloaded * 1e3,
            "r_squared": f.r_squared, "minutes": f.minutes,
        }),
        LoadModel::NoDependence => json!({"state": "no load dependence seen in data"}),
        LoadModel::Insufficient { minutes, range } => {
            json!({"state": "insufficient", "minutes": minutes, "busiest_over_calmest": range})
        }
    }
}

fn what_if_json(snapshot: &Snapshot, graph: &ServiceGraph, w: &WhatIf) -> Value {
    let three = |p: &[Nanos; 3]| json!({"p50": ms(p[0]), "p95": ms(p[1]), "p99": ms(p[2])});
    json!({
        "node": id_of(graph, w.node),
        "operation": snapshot.spans.text(w.operation),
        "requests": w.requests,
        "before_ms": three(&w.before),
        "after_ms": three(&w.after),
    })
}

fn notes(graph: &ServiceGraph, answer: &Capacity) -> Vec<String> {
    if answer.services.is_empty() {
        return vec![texts().capacity.no_requests_in_the_window.to_owned()];
    }
    let mut notes = vec![texts().capacity.rates_are_measured.to_owned()];
    let length = graph.window.map_or(Nanos(0), |w| w.length());
    if length < Nanos::from_secs(60) {
        notes.push(fill(texts().capacity.all_requests_lie_within, &[("length", &length_text(Some(length)))]));
    }
    if !answer.is_measured {
        notes.push(texts().capacity.no_metrics_were_sent_of.to_owned());
    }
    let count = |is: fn(&LoadModel) -> bool| answer.services.iter().filter(|s| is(&s.fit)).count();
    let without = count(|f| matches!(f, LoadModel::NoDependence));
    if without > 0 {
        notes.push(fill(texts().capacity.no_load_dependence, &[("without", &without)]));
    }
    let few = count(|f| matches!(f, LoadModel::Insufficient { .. }));
    if few > 0 {
        notes.push(fill(texts().capacity.insufficient_for_a_fit, &[("few", &few)]));
    }
    if answer.fragments > 0 {
        notes.push(fill(texts().capacity.traces_have_no_root, &[("count", &answer.fragments)]));
    }
    notes
}

fn markdown(snapshot: &Snapshot, graph: &ServiceGraph, scenario: &str, answer: &Capacity) -> String {
    let words = &texts().pages;
    let mut out = fill(words.capacity, &[("scenario", &cell(scenario))]) + "\n\n";
    match capacity_first(answer) {
        None => _ = writeln!(out, "{}", words.first_is_not_known),
        Some(first) => {
            let template = if first.is_saturated { words.saturates_first } else { words.is_nearest };
            let line = fill(template, &[("name", &name_of(graph, first.node)), ("why", &first.why)]);
            let _ = writeln!(out, "- {line}{}", words.stop);
        }
    }
    if answer.services.is_empty() {
        for note in notes(graph, answer) {
            let _ = writeln!(out, "\n{note}{}", words.stop);
        }
        return out;
    }
    out += words.capacity_requests;
    for e in &answer.entries {
        let _ = writeln!(
            out,
            "| {} | {} | {:.1} | {:.2} | {:.1} |",
            name_of(graph, e.node),
            cell(snapshot.spans.text(e.operation)),
            e.per_min,
            e.factor,
            e.per_min * e.factor
        );
    }
    write_nodes(&mut out, graph, &answer.services);
    if !answer.what_if.is_empty() {
        out += words.capacity_faster;
    }
    for w in &answer.what_if {
        let change = |i: usize| {
            let of = |p: &[Nanos; 3]| length_text(p.get(i).copied());
            format!("{} → {}", of(&w.before), of(&w.after))
        };
        let operation = cell(snapshot.spans.text(w.operation));
        let _ = writeln!(
            out,
            "| {} | {operation} | {} | {} | {} | {} |",
            name_of(graph, w.node),
            w.requests,
            change(0),
            change(1),
            change(2)
        );
    }
    for note in notes(graph, answer) {
        let _ = writeln!(out, "\n{note}{}", words.stop);
    }
    out
}

/// The table of nodes; what is known of none of them has no column.
fn write_nodes(out: &mut String, graph: &ServiceGraph, services: &[NodeCapacity]) {
    type Cell = fn(&NodeCapacity) -> Option<String>;
    let words = &texts().pages;
    let columns: [(&str, Cell); 9] = [
        (words.capacity_visits, |s| Some(format!("{:.1}", s.per_min))),
        (words.capacity_in_flight, |s| Some(format!("{:.2}", s.in_flight))),
        (words.capacity_response, |s| Some(length_text(Some(s.response)))),
        (words.capacity_used, |s| s.tightest().map(|u| percent_text(Some(u.now)))),
        (words.capacity_times, |s| Some(format!("{:.2}", s.growth))),
        (words.capacity_response_then, |s| {
            let is_beyond = s.response_then.is_none() && s.tightest().is_some_and(|u| u.margin() < 1.0);
            let then = || s.response_then.map(|r| length_text(Some(r)));
            if is_beyond { Some(texts().pages.saturates.to_owned()) } else { then() }
        }),
        (words.capacity_used_then, |s| {
            let of = |u: &Use| {
                let (share, resource) = (percent_text(Some(u.then)), resource_text(u.resource));
                fill(texts().pages.share_of_resource, &[("share", &share), ("resource", &resource)])
            };
            s.tightest().map(of)
        }),
        (words.capacity_headroom, |s| s.tightest().and_then(Use::headroom).map(|h| percent_text(Some(h)))),
        (words.capacity_instances, |s| s.replicas.map(|n| format!("{} → {n}", s.instances))),
    ];
    let told: Vec<_> =
        columns.iter().filter(|(_, cell)| services.iter().any(|s| cell(s).is_some())).collect();
    let titles: Vec<&str> = told.iter().map(|c| c.0).collect();
    let titles = titles.join(" | ");
    *out += words.capacity_nodes;
    let line = "---:|".repeat(told.len());
    let _ = writeln!(out, "| {} | {titles} |\n|---|{line}", words.capacity_node);
    for s in services {
        let cells: Vec<String> =
            told.iter().map(|(_, cell)| cell(s).unwrap_or_else(|| "-".to_owned())).collect();
        let _ = writeln!(out, "| {} | {} |", name_of(graph, s.node), cells.join(" | "));
    }
}
