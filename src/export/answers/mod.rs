//! Answers to questions, as JSON (the contract of the command line), Markdown and text; one file per question.
use serde_json::{Value, json};

use super::line;
use crate::analysis::{Evidence, Subject};
use crate::export::names::shown_name;
use crate::graph::{NodeKind, ServiceGraph};
use crate::model::{NodeId, TimeRange, TraceId};
use crate::texts::texts;

mod advice;
mod alerts;
mod capacity;
mod deploy;
mod deviation;
mod difference;
mod empty;
mod health;
mod impact;
mod incident;
mod mitigations;
mod patterns;

pub use advice::{advice, advice_reasons, advice_title};
pub use alerts::{AlertLine, RulesTold, alert_lines, rules_told};
pub use capacity::{First, capacity_answer, capacity_first};
pub use deploy::{deploy, deploy_cards};
pub use deviation::deviation_reasons;
pub use difference::{DifferenceRule, difference, difference_hits};
pub use empty::why_empty;
pub use health::{event_json, health_json, health_markdown, health_report};
pub use impact::{OutageReport, entry_text, fails_already, impact, mode_words};
pub use incident::{
    Beside, cause_reasons, delay_text, incident, mechanism_words, missing_text as incident_missing,
    summary as incident_summary, summary_beside, summary_in as incident_summary_in, symptom_words,
};
pub use mitigations::{mitigations, patience_notes, slower_text};
pub use patterns::{
    association_severity, association_text, blame_text, difference_text, intermittent_text, is_partial,
    is_telling, missing_text as patterns_missing, patterns, rhythm_text, rule_text, segment_text, which_text,
};

/// An answer in both forms.
#[derive(Clone, Debug)]
pub struct Answer {
    /// By the contract of the command line.
    pub json: Value,
    /// For people.
    pub markdown: String,
}

impl Answer {
    /// The JSON, indented.
    pub fn json_text(&self) -> String {
        pretty(&self.json)
    }
    /// The Markdown without its marks.
    pub fn text(&self) -> String {
        plain(&self.markdown)
    }
}

fn id_of(graph: &ServiceGraph, node: NodeId) -> &str {
    graph.node(node).map_or("", |n| &n.id)
}

fn name_of(graph: &ServiceGraph, node: NodeId) -> String {
    graph.node(node).map_or(String::new(), |n| cell(&shown_name(n)))
}

/// Text that stays within one cell of a Markdown table.
fn cell(text: &str) -> String {
    line::plain(text, 120).replace('|', "/")
}

fn window(graph: &ServiceGraph) -> Value {
    range_json(graph.window)
}

fn range_json(range: Option<TimeRange>) -> Value {
    json!({
        "start_unix_nano": range.map(|w| w.start.0.to_string()),
        "end_unix_nano": range.map(|w| w.end.0.to_string()),
    })
}

fn trace_evidence(traces: &[TraceId]) -> Value {
    evidence(&Evidence { traces: traces.to_vec(), spans: Vec::new() })
}

fn evidence(evidence: &Evidence) -> Value {
    json!({
        "trace_ids": evidence.traces.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "span_ids": evidence.spans.iter().map(|s| s.1.to_string()).collect::<Vec<_>>(),
    })
}

/// Sets `node` or `edge` of a finding.
fn set_subject(finding: &mut Value, graph: &ServiceGraph, subject: Subject) {
    match subject {
        Subject::Node(n) => finding["node"] = json!(id_of(graph, n)),
        Subject::Edge(e) => {
            let ends = graph.ends(e).map(|(a, b)| json!({"from": id_of(graph, a), "to": id_of(graph, b)}));
            finding["edge"] = json!(ends);
        }
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

fn ids(traces: &[TraceId]) -> String {
    let all: Vec<String> = traces.iter().map(|t| format!("`{t}`")).collect();
    if all.is_empty() { texts().pages.none.to_owned() } else { all.join(", ") }
}

/// A node by its name, an edge by both.
pub fn subject_text(graph: &ServiceGraph, subject: Subject) -> String {
    match subject {
        Subject::Node(n) => name_of(graph, n),
        Subject::Edge(e) => {
            let ends = graph.ends(e);
            ends.map_or(String::new(), |(a, b)| format!("{} → {}", name_of(graph, a), name_of(graph, b)))
        }
    }
}

/// The word for a severity, a confidence or an effort, by its name in JSON.
pub fn level_word(name: &'static str) -> &'static str {
    let words = &texts().words;
    match name {
        "critical" => words.critical,
        "high" => words.high,
        "medium" => words.medium,
        "low" => words.low,
        other => other,
    }
}

/// What a kind of node is called.
pub fn kind_word(kind: NodeKind) -> &'static str {
    let words = &texts().words;
    match kind {
        NodeKind::Service => words.service,
        NodeKind::Database => words.database,
        NodeKind::Cache => words.cache,
        NodeKind::Queue => words.queue,
        NodeKind::External => words.external,
        NodeKind::User => words.user,
        NodeKind::Unknown => words.unknown,
        NodeKind::Group => words.group,
    }
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
