//! The impact of an outage, as JSON and Markdown.
use std::fmt::Write;

use serde_json::{Value, json};

use super::mitigations::{mitigations, patience_notes, slower_text};
use super::{Answer, cell, id_of, ids, level_word, name_of, range_json, trace_evidence, window};
use crate::analysis::Severity;
use crate::analysis::impact::{Affected, Business, EntryHit, EntryPoint, Hit, Impact, Mode, Outage, Slower};
use crate::export::map::{length_text, percent_text};
use crate::graph::{ServiceGraph, Snapshot};
use crate::model::{Nanos, NodeId, TimeRange};
use crate::texts::{fill, texts};

/// What is known of an outage: who could be hit, who would be or was, and what that costs.
#[derive(Clone, Copy, Debug)]
pub struct OutageReport<'a> {
    /// Reach: dependents, dependencies, entry points.
    pub reach: &'a Impact,
    /// Predicted, or measured during the incident.
    pub outage: &'a Outage,
    /// What it costs.
    pub business: &'a Business,
    /// When it was measured.
    pub incident: Option<TimeRange>,
}

/// The answer in both forms.
pub fn impact(snapshot: &Snapshot, graph: &ServiceGraph, report: OutageReport<'_>) -> Answer {
    let page = Page { snapshot, graph, report };
    Answer { json: page.json(), markdown: page.markdown() }
}

/// How it fails, in words.
pub fn mode_words(mode: Option<Mode>) -> String {
    match mode {
        None => texts().impact.as_measured.to_owned(),
        Some(Mode::Down) => texts().impact.if_every_call_failed.to_owned(),
        Some(Mode::Hang) => texts().impact.if_it_never_answered.to_owned(),
        Some(Mode::Slow(factor)) => fill(texts().impact.if_it_took_longer, &[("factor", &factor)]),
        Some(Mode::Partial(share)) => {
            fill(texts().impact.if_some_calls_failed, &[("share", &percent_text(Some(share)))])
        }
    }
}

/// Lengths in milliseconds; null where so many requests have no end that is known.
fn slower_json(s: &Slower) -> Value {
    let ms = |n: Option<Nanos>| n.map(Nanos::as_millis_f64);
    json!({
        "before_ms": {"p50": s.before[0].as_millis_f64(), "p95": s.before[1].as_millis_f64()},
        "predicted_ms": {"p50": ms(s.after[0]), "p95": ms(s.after[1])},
        "endless_ratio": s.endless,
    })
}

/// What becomes of the requests of an entry; shares in the caller's form.
pub fn entry_text(
    mode: Option<Mode>,
    e: &EntryHit,
    (service, operation): (&str, &str),
    percent: impl Fn(f64) -> String,
) -> String {
    let t = &texts().outage;
    let text = if mode.is_some() { t.of_requests_would_fail } else { t.of_requests_failed };
    fill(
        text,
        &[
            ("share", &percent(e.error_ratio)),
            ("service", &service),
            ("operation", &operation),
            ("usual", &percent(e.recorded_ratio)),
        ],
    )
}

/// Share of failed calls from which on a node is out already.
const OUT: f64 = 0.5;

/// The failed calls to a node and all of them, as its callers saw them; its own requests where none called it.
fn failed_calls(graph: &ServiceGraph, node: NodeId) -> Option<(f64, f64)> {
    let edges = graph.dependents(node).into_iter().filter_map(|(e, _)| graph.edge(e));
    let (failed, calls) = edges.fold((0.0, 0.0), |s, e| (s.0 + e.red.errors(), s.1 + e.red.calls()));
    let own = || graph.node(node).map(|n| (n.red.errors(), n.red.calls()));
    (if calls > 0.0 { Some((failed, calls)) } else { own() }).filter(|c| c.0 > 0.0)
}

/// That calls to a node fail already, where an outage is predicted: an outage adds nothing to those.
pub fn fails_already(graph: &ServiceGraph, node: NodeId, mode: Option<Mode>) -> Option<String> {
    let (failed, calls) = failed_calls(graph, node).filter(|_| mode.is_some())?;
    let t = &texts().outage;
    let text = if failed / calls >= OUT { t.it_fails_already } else { t.calls_fail_already };
    Some(fill(
        text,
        &[
            ("failed", &format_args!("{failed:.0}")),
            ("calls", &format_args!("{calls:.0}")),
            ("share", &percent_text(Some(failed / calls))),
        ],
    ))
}

struct Page<'a> {
    snapshot: &'a Snapshot,
    graph: &'a ServiceGraph,
    report: OutageReport<'a>,
}

impl Page<'_> {
    fn hit(&self, node: NodeId) -> Option<&Hit> {
        self.report.outage.hits.iter().find(|h| h.node == node)
    }
    /// The share of a dependent's requests that fails then; of one that is not hit, the share that fails anyway.
    fn failing(&self, a: &Affected) -> Option<f64> {
        let anyway = || self.graph.node(a.node).and_then(|n| n.red.error_ratio());
        let is_predicted = self.report.outage.mode.is_some();
        let unhit = || a.share.and_then(|_| if is_predicted { anyway() } else { Some(0.0) });
        self.hit(a.node).map(|h| h.error_ratio).or_else(unhit)
    }
    fn severity(&self) -> Severity {
        Severity::of_share(self.report.outage.entries.first().map_or(0.0, |e| e.error_ratio))
    }
    fn operation(&self, operation: crate::model::Symbol) -> String {
        cell(self.snapshot.spans.text(operation))
    }

    fn reasons(&self) -> Vec<String> {
        let OutageReport { reach, outage, .. } = self.report;
        let direct = reach.dependents.iter().filter(|d| d.distance == 1).count();
        let mut out = vec![fill(
            texts().impact.direct_and_indirect_dependents,
            &[("direct", &direct), ("indirect", &(reach.dependents.len() - direct))],
        )];
        out.extend(fails_already(self.graph, reach.node, outage.mode));
        out.extend(outage.entries.iter().take(3).map(|e| {
            let service = name_of(self.graph, e.node);
            entry_text(outage.mode, e, (&service, &self.operation(e.operation)), |s| percent_text(Some(s)))
        }));
        if matches!(outage.mode, Some(Mode::Slow(_))) && outage.entries.is_empty() {
            out.push(texts().impact.nothing_fails.to_owned());
        }
        out.extend(outage.slower.iter().take(3).map(|s| slower_text(self.snapshot, self.graph, s)));
        out.extend(reach.entry_points.iter().take(3).map(|e| {
            fill(
                texts().impact.of_requests_pass_through,
                &[
                    ("share", &percent_text(Some(e.share()))),
                    ("service", &name_of(self.graph, e.node)),
                    ("operation", &self.operation(e.operation)),
                ],
            )
        }));
        out
    }

    fn notes(&self) -> Vec<String> {
        let mut out = Vec::new();
        match self.report.outage.mode {
            None => out.push(texts().impact.measured_note.to_owned()),
            Some(Mode::Slow(_)) => out.push(texts().impact.predicted_slow_note.to_owned()),
            Some(Mode::Hang) => out.push(texts().impact.predicted_hang_note.to_owned()),
            Some(_) => out.push(texts().impact.predicted_note.to_owned()),
        }
        out.extend(patience_notes(self.graph, self.report.outage));
        let assumed: Vec<String> = self
            .report
            .outage
            .hits
            .iter()
            .filter(|h| {
                h.is_assumed && self.graph.dependencies(h.node).iter().any(|d| d.1 == self.report.reach.node)
            })
            .map(|h| name_of(self.graph, h.node))
            .collect();
        if self.report.outage.mode.is_some() && !assumed.is_empty() {
            out.push(fill(texts().impact.fewer_than_five_failed_calls_of, &[("names", &assumed.join(", "))]));
        }
        if self.report.business.users.is_none() && self.report.business.amount_per_hour.is_none() {
            out.push(texts().impact.users_and_money.to_owned());
        }
        out
    }

    fn slower(&self, e: &EntryPoint) -> Option<&Slower> {
        self.report.outage.slower.iter().find(|s| (s.node, s.operation) == (e.node, e.operation))
    }

    fn affected(&self, a: &Affected) -> Value {
        let hit = self.hit(a.node);
        let operations =
            hit.map(|h| h.operations.iter().map(|o| self.snapshot.spans.text(o.0)).collect::<Vec<_>>());
        json!({
            "node": id_of(self.graph, a.node),
            "distance": a.distance,
            "direct": a.distance == 1,
            "share": a.share,
            "predicted_error_ratio": self.failing(a),
            "recorded_error_ratio": hit.map(|h| h.recorded_ratio),
            "lost_ratio": hit.map(|h| h.lost_ratio),
            "slow_ratio": hit.and_then(|h| h.slow_ratio),
            "severity": hit.map_or(Severity::Low, |h| h.severity).name(),
            "operations": operations.unwrap_or_default(),
            "fallback": hit.and_then(|h| h.fallback).map(|f| id_of(self.graph, f.node)),
            "assumed": hit.is_some_and(|h| h.is_assumed),
        })
    }

    fn json(&self) -> Value {
        let OutageReport { reach, outage, business, incident } = self.report;
        let graph = self.graph;
        let entry = |e: &EntryPoint| {
            let predicted = outage.entries.iter().find(|p| (p.node, p.operation) == (e.node, e.operation));
            json!({
                "node": id_of(graph, e.node),
                "operation": self.snapshot.spans.text(e.operation),
                "requests": e.requests,
                "through": e.through,
                "share": e.share(),
                "failed": e.failed,
                "predicted_error_ratio": predicted.map(|p| p.error_ratio),
                "latency": self.slower(e).map(slower_json),
            })
        };
        let finding = json!({
            "kind": if outage.mode.is_some() { "predicted_outage" } else { "measured_outage" },
            "node": id_of(graph, reach.node),
            "severity": self.severity().name(),
            "score": outage.entries.first().map_or(0.0, |e| e.error_ratio),
            "reasons": self.reasons(),
            "evidence": trace_evidence(if outage.examples.is_empty() { &reach.examples } else { &outage.examples }),
        });
        json!({
            "question": "impact",
            "window": incident.map_or_else(|| window(graph), |i| range_json(Some(i))),
            "node": id_of(graph, reach.node),
            "findings": [finding],
            "affected": reach.dependents.iter().map(|a| self.affected(a)).collect::<Vec<_>>(),
            "dependencies": reach.dependencies.iter().map(|a| json!({
                "node": id_of(graph, a.node), "distance": a.distance, "direct": a.distance == 1,
            })).collect::<Vec<_>>(),
            "entry_points": reach.entry_points.iter().map(entry).collect::<Vec<_>>(),
            "business": {
                "requests": business.requests, "users": business.users,
                "amount_per_hour": business.amount_per_hour, "conversion_drop": business.conversion_drop,
            },
            "patience": outage.patience.iter().map(|p| json!({
                "node": id_of(graph, p.caller), "limit_ms": p.limit.map(Nanos::as_millis_f64), "calls": p.calls,
            })).collect::<Vec<_>>(),
            "mitigations": mitigations(self.snapshot, graph, outage, reach.node),
            "notes": self.notes(),
        })
    }

    fn markdown(&self) -> String {
        let OutageReport { reach, outage, business, .. } = self.report;
        let graph = self.graph;
        let words = &texts().pages;
        let mut out = fill(words.outage_of, &[("name", &name_of(graph, reach.node))]) + "\n\n";
        let (mode, severity) = (mode_words(outage.mode), level_word(self.severity().name()));
        let is_out = failed_calls(graph, reach.node).is_some_and(|(f, calls)| f / calls >= OUT);
        let happens =
            if is_out && outage.mode.is_some() { words.what_happens_on_top } else { words.what_happens };
        let _ = writeln!(out, "{}\n", fill(happens, &[("mode", &mode), ("severity", &severity)]));
        for reason in self.reasons() {
            let _ = writeln!(out, "- {reason}{}", words.stop);
        }
        // A prediction tells of lengths by entry.
        let slow = |cell: &str| if outage.mode.is_none() { format!("{cell} |") } else { String::new() };
        out += if outage.mode.is_none() { words.dependents_measured } else { words.dependents };
        for a in &reach.dependents {
            let hit = self.hit(a.node);
            let names: Vec<String> = hit.map_or_else(Vec::new, |h| {
                h.operations
                    .iter()
                    .take(3)
                    .map(|(o, f)| format!("{} {}", self.operation(*o), percent_text(Some(*f))))
                    .collect()
            });
            let _ = writeln!(
                out,
                "| {} | {} | {} |{} {} | {} | {} |",
                name_of(graph, a.node),
                a.distance,
                percent_text(self.failing(a)),
                slow(&format!(
                    " {}",
                    percent_text(hit.map(|h| h.slow_ratio.unwrap_or(0.0)).or(a.share.map(|_| 0.0)))
                )),
                percent_text(hit.map(|h| h.lost_ratio).or(a.share.map(|_| 0.0))),
                hit.map(|h| h.severity)
                    .or(a.share.map(|_| Severity::Low))
                    .map_or("-", |s| level_word(s.name())),
                names.join(", ")
            );
        }
        self.markdown_entries(&mut out);
        self.markdown_latency(&mut out);
        self.markdown_cost(&mut out, business);
        let todo = mitigations(self.snapshot, graph, outage, reach.node);
        if !todo.is_empty() {
            out += words.what_can_be_done;
        }
        for line in todo {
            let _ = writeln!(out, "- {line}{}", words.stop);
        }
        if !reach.dependencies.is_empty() {
            out += words.dependencies;
        }
        for a in &reach.dependencies {
            let _ = writeln!(out, "| {} | {} |", name_of(graph, a.node), a.distance);
        }
        let traces = ids(if outage.examples.is_empty() { &reach.examples } else { &outage.examples });
        let _ = writeln!(out, "\n{}\n", fill(words.traces, &[("traces", &traces)]));
        for note in self.notes() {
            let _ = writeln!(out, "{note}");
        }
        out
    }

    fn markdown_entries(&self, out: &mut String) {
        let OutageReport { reach, outage, .. } = self.report;
        let is_predicted = outage.mode.is_some();
        let words = &texts().pages;
        *out += if is_predicted { words.entry_points_predicted } else { words.entry_points_measured };
        for e in &reach.entry_points {
            let hit = outage.entries.iter().find(|p| (p.node, p.operation) == (e.node, e.operation));
            // Of requests that are not hit, as many fail as without the outage.
            let anyway = (is_predicted && e.requests > 0.0).then(|| e.failed / e.requests);
            let _ = writeln!(
                out,
                "| {} | {} | {:.0} | {:.0} | {} | {} | {} |",
                name_of(self.graph, e.node),
                self.operation(e.operation),
                e.requests,
                e.through,
                percent_text(Some(e.share())),
                percent_text(hit.map(|p| p.recorded_ratio).or(anyway)),
                percent_text(hit.map(|p| p.error_ratio).or(anyway))
            );
        }
    }

    fn markdown_latency(&self, out: &mut String) {
        let slower = &self.report.outage.slower;
        if slower.is_empty() {
            return;
        }
        let words = &texts().pages;
        *out += words.how_long_requests_take;
        let then =
            |n: Option<Nanos>| n.map_or_else(|| words.no_known_end.to_owned(), |n| length_text(Some(n)));
        for s in slower {
            let _ = writeln!(
                *out,
                "| {} | {} | {:.0} | {} | {} | {} | {} |",
                name_of(self.graph, s.node),
                self.operation(s.operation),
                s.requests,
                length_text(Some(s.before[0])),
                then(s.after[0]),
                length_text(Some(s.before[1])),
                then(s.after[1]),
            );
        }
    }

    fn markdown_cost(&self, out: &mut String, business: &Business) {
        let words = &texts().pages;
        *out += words.what_it_costs;
        let requests = format!("{:.0}", business.requests);
        let mut line = |text: String| _ = writeln!(*out, "- {text}{}", words.stop);
        line(fill(words.go_well_otherwise, &[("requests", &requests)]));
        if let Some(users) = business.users {
            line(fill(words.cost_users, &[("users", &users)]));
        }
        if let Some(amount) = business.amount_per_hour {
            line(fill(words.cost_amount, &[("amount", &format_args!("{amount:.0}"))]));
        }
        if let Some(drop) = business.conversion_drop {
            let at = match business.conversion_entry {
                Some((node, operation)) => {
                    format!("{} {}", name_of(self.graph, node), cell(self.snapshot.spans.text(operation)))
                }
                None => words.entry_hit_most.to_owned(),
            };
            line(fill(words.fewer_succeed, &[("share", &percent_text(Some(drop))), ("at", &at)]));
        }
    }
}
