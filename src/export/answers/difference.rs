//! What differs between two maps, as JSON and Markdown.
use std::fmt::{Display, Write};

use serde_json::{Value, json};

use super::{Answer, cell, kind_word, range_json};
use crate::analysis::deploy::Verdict;
use crate::analysis::difference::{Change, Difference, EdgeDifference, Figures, NodeDifference, Presence};
use crate::export::map::{length_text, percent_text};
use crate::export::names::name_of_kind;
use crate::model::Nanos;
use crate::texts::{fill, texts};

/// Lines of a list that is for reading; the JSON has all.
const SHOWN: usize = 60;

/// A node or an edge of a difference.
#[derive(Clone, Copy, Debug)]
pub(super) enum Changed<'a> {
    Node(&'a NodeDifference),
    Edge(&'a Difference, &'a EdgeDifference),
}

/// Nodes and edges that came, went, or take more calls per request.
pub(super) fn map_changes(map: &Difference) -> impl Iterator<Item = (Changed<'_>, &Change)> {
    let nodes = map.nodes.iter().filter(|n| n.change.presence != Presence::Both);
    let edges = map.edges.iter().filter(|e| e.change.presence != Presence::Both || e.is_multiplied);
    nodes.map(|n| (Changed::Node(n), &n.change)).chain(edges.map(move |e| (Changed::Edge(map, e), &e.change)))
}

impl Changed<'_> {
    /// Sets which it is.
    pub fn set(self, value: &mut Value) {
        match self {
            Self::Node(n) => value["node"] = json!(n.id),
            Self::Edge(_, e) => {
                value["edge"] = json!({"from": e.from, "to": e.to});
                value["calls_per_request"] =
                    json!([e.per_request.0.map(rounded), e.per_request.1.map(rounded)]);
                value["multiplied"] = json!(e.is_multiplied);
            }
        }
    }

    /// Its name.
    pub fn name(self) -> String {
        match self {
            Self::Node(n) => cell(&name_of_kind(n.kind, &n.name)),
            Self::Edge(map, e) => {
                let name = |id: &str| {
                    map.node(id).map_or_else(|| cell(id), |n| cell(&name_of_kind(n.kind, &n.name)))
                };
                format!("{} → {}", name(&e.from), name(&e.to))
            }
        }
    }

    /// What came or went, as one line.
    pub fn structure(self, change: &Change) -> Option<String> {
        let words = &texts().pages;
        let what = match self {
            Self::Node(n) => kind_word(n.kind),
            Self::Edge(..) => words.edge,
        };
        let told = |template: &str, f: Option<Figures>| {
            let calls = f.map_or(0.0, |f| f.calls);
            fill(template, &[("what", &what), ("name", &self.name()), ("calls", &format_args!("{calls:.0}"))])
        };
        match (change.presence, self) {
            (Presence::New, _) => Some(told(words.new_part, change.after)),
            (Presence::Gone, _) => Some(told(words.part_gone, change.before)),
            (Presence::Both, Self::Edge(_, e)) if e.is_multiplied => {
                let (before, after) = (e.per_request.0?, e.per_request.1?);
                let (before, after) = (format!("{before:.1}"), format!("{after:.1}"));
                let values: [(&str, &dyn Display); 3] =
                    [("name", &self.name()), ("before", &before), ("after", &after)];
                Some(fill(words.more_per_request, &values))
            }
            _ => None,
        }
    }
}

/// A change, without its subject.
pub(super) fn change_json(change: &Change) -> Value {
    json!({
        "presence": change.presence.name(),
        "before": change.before.map(figures_json),
        "after": change.after.map(figures_json),
        "latency": change.latency.name(),
        "tail": change.is_tail,
        "errors": change.errors.name(),
        "verdict": change.verdict().name(),
    })
}

fn figures_json(f: Figures) -> Value {
    json!({
        "calls": rounded(f.calls),
        "rate_per_min": f.rate_per_min.map(rounded),
        "error_ratio": f.error_ratio.map(rounded),
        "p50_ms": f.p50.map(|n| rounded(n.as_millis_f64())),
        "p95_ms": f.p95.map(|n| rounded(n.as_millis_f64())),
    })
}

fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

/// A rule of a difference that somebody wants to hear of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DifferenceRule {
    /// An edge that was not there before.
    NewEdge,
    /// More failures.
    Errors,
    /// Slower, as a whole or in the tail.
    Latency,
}

/// What a rule finds, one line each.
pub fn difference_hits(map: &Difference, rule: DifferenceRule) -> Vec<String> {
    let is_worse = |c: &Change| match rule {
        DifferenceRule::NewEdge => false,
        DifferenceRule::Errors => c.errors == Verdict::Regression,
        DifferenceRule::Latency => c.latency == Verdict::Regression,
    };
    let nodes = map.nodes.iter().map(|n| (Changed::Node(n), &n.change));
    let edges = map.edges.iter().map(|e| (Changed::Edge(map, e), &e.change));
    if rule == DifferenceRule::NewEdge {
        let new = edges.filter(|(_, c)| c.presence == Presence::New);
        return new.map(|(what, _)| fill(texts().pages.new_edge, &[("name", &what.name())])).collect();
    }
    // What a node shows need not be said again of the edges to it.
    let bad: Vec<_> = nodes.filter(|(_, c)| is_worse(c)).collect();
    let is_told = |e: &EdgeDifference| bad.iter().any(|(n, _)| matches!(n, Changed::Node(n) if n.id == e.to));
    let rest = edges.filter(|(what, c)| is_worse(c) && matches!(what, Changed::Edge(_, e) if !is_told(e)));
    bad.iter()
        .copied()
        .chain(rest)
        .map(|(what, c)| format!("{} {}", what.name(), worse_text(c, rule)))
        .collect()
}

fn worse_text(change: &Change, rule: DifferenceRule) -> String {
    let (Some(b), Some(a)) = (change.before, change.after) else { return String::new() };
    let told = |template: &str, before: String, after: String| {
        fill(template, &[("before", &before), ("after", &after)])
    };
    let words = &texts().pages;
    match rule {
        DifferenceRule::Errors => {
            told(words.errors_changed, percent_text(b.error_ratio), percent_text(a.error_ratio))
        }
        _ if change.is_tail => told(words.p95_changed, length_text(b.p95), length_text(a.p95)),
        _ => told(words.median_changed, length_text(b.p50), length_text(a.p50)),
    }
}

/// The whole difference.
pub fn difference(map: &Difference) -> Answer {
    let nodes: Vec<Value> = map.nodes.iter().map(|n| entry(Changed::Node(n), &n.change)).collect();
    let edges: Vec<Value> = map.edges.iter().map(|e| entry(Changed::Edge(map, e), &e.change)).collect();
    let json = json!({
        "before": range_json(map.windows.0),
        "after": range_json(map.windows.1),
        "nodes": nodes,
        "edges": edges,
    });
    Answer { json, markdown: markdown(map) }
}

fn entry(what: Changed<'_>, change: &Change) -> Value {
    let mut v = change_json(change);
    what.set(&mut v);
    v
}

fn markdown(map: &Difference) -> String {
    let words = &texts().pages;
    let mut out = format!("{}\n\n", words.difference);
    let length = |w: Option<crate::model::TimeRange>| {
        w.map_or(words.nothing.to_owned(), |w| length_text(Some(w.length())))
    };
    let lengths = (length(map.windows.0), length(map.windows.1));
    let sentence = fill(words.before_and_after, &[("before", &lengths.0), ("after", &lengths.1)]);
    let _ = writeln!(out, "{sentence}\n");
    if map.is_empty() {
        let _ = writeln!(out, "{}", words.nothing_differs);
    }
    let lines: Vec<String> = map_changes(map).filter_map(|(what, c)| what.structure(c)).collect();
    if !lines.is_empty() {
        let _ = writeln!(out, "{}\n", words.what_is_called);
        lines.iter().take(SHOWN).for_each(|l| {
            let _ = writeln!(out, "- {l}");
        });
        if lines.len() > SHOWN {
            let _ = writeln!(out, "- {}", fill(words.and_more, &[("count", &(lines.len() - SHOWN))]));
        }
        out.push('\n');
    }
    table(map, Verdict::Regression, words.worse, &mut out);
    table(map, Verdict::Improvement, words.better, &mut out);
    let unsure = map
        .nodes
        .iter()
        .filter(|n| n.change.presence == Presence::Both && n.change.verdict_is_open())
        .count();
    if unsure > 0 {
        let _ = writeln!(out, "{}", fill(words.unsure, &[("count", &unsure)]));
    }
    out
}

fn table(map: &Difference, verdict: Verdict, heading: &str, out: &mut String) {
    let all = map
        .nodes
        .iter()
        .map(|n| (Changed::Node(n), &n.change))
        .chain(map.edges.iter().map(|e| (Changed::Edge(map, e), &e.change)));
    let rows: Vec<_> = all.filter(|(_, c)| c.latency == verdict || c.errors == verdict).collect();
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(out, "{heading}\n{}", texts().pages.difference_table);
    for (what, change) in rows.iter().take(SHOWN) {
        let (Some(b), Some(a)) = (change.before, change.after) else { continue };
        let pair = |text: fn(Option<Nanos>) -> String, b, a| format!("{} → {}", text(b), text(a));
        let _ = writeln!(
            out,
            "| {} | {:.0} → {:.0} | {} | {} | {} → {} |",
            what.name(),
            b.calls,
            a.calls,
            pair(length_text, b.p50, a.p50),
            pair(length_text, b.p95, a.p95),
            percent_text(b.error_ratio),
            percent_text(a.error_ratio),
        );
    }
    if rows.len() > SHOWN {
        let _ = writeln!(out, "\n{}", fill(texts().pages.and_more, &[("count", &(rows.len() - SHOWN))]));
    }
    out.push('\n');
}
