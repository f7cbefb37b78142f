//! The incident review: the answers that are there, joined into one page that can be pasted, or one JSON object.
use std::fmt::Write;

use serde_json::{Value, json};

use super::answers::{self, Answer, OutageReport, level_word};
use super::cards::{self, Card, Question};
use crate::analysis::Confidence;
use crate::analysis::incident::Incident;
use crate::analysis::patterns::Patterns;
use crate::graph::{ServiceGraph, Snapshot};
use crate::model::TraceId;
use crate::texts::{fill, texts};

/// The answer to one question.
#[derive(Clone, Debug)]
pub struct Part {
    /// Which question.
    pub question: Question,
    /// What it found.
    pub cards: Vec<Card>,
    /// The whole answer.
    pub answer: Answer,
    /// What happened, in a sentence, where it can say so.
    pub summary: Option<String>,
}

impl Part {
    /// What broke first.
    pub fn incident(
        snapshot: &Snapshot,
        graph: &ServiceGraph,
        answer: &Incident,
        beside: &answers::Beside,
    ) -> Self {
        Self {
            question: Question::Incident,
            cards: cards::incident(snapshot, graph, answer),
            answer: answers::incident(snapshot, graph, answer, beside),
            summary: Some(answers::summary_beside(graph, answer, beside)),
        }
    }
    /// Who was hit.
    pub fn impact(snapshot: &Snapshot, graph: &ServiceGraph, report: OutageReport<'_>) -> Self {
        let answer = answers::impact(snapshot, graph, report);
        Self { question: Question::Impact, cards: Vec::new(), answer, summary: None }
    }
    /// What bad requests have in common.
    pub fn patterns(snapshot: &Snapshot, graph: &ServiceGraph, answer: &Patterns) -> Self {
        Self {
            question: Question::Patterns,
            cards: cards::patterns(snapshot, graph, answer),
            answer: answers::patterns(snapshot, graph, answer),
            summary: None,
        }
    }
}

fn all_cards(parts: &[Part]) -> Vec<&Card> {
    let mut out: Vec<&Card> = parts.iter().flat_map(|p| &p.cards).collect();
    out.sort_by(|a, b| cards::order(a, b));
    out
}

/// The review as Markdown; `picture` is where a picture of the map lies.
pub fn markdown(parts: &[Part], picture: Option<&str>) -> String {
    let words = &texts().pages;
    let mut out = format!("{}\n", words.review);
    for summary in parts.iter().filter_map(|p| p.summary.as_ref()) {
        let _ = writeln!(out, "\n{summary}");
    }
    if let Some(path) = picture {
        let _ = writeln!(out, "\n![Service map](<{path}>)");
    }
    let _ = writeln!(out, "\n{}\n", words.review_findings);
    let cards = all_cards(parts);
    if cards.is_empty() {
        let _ = writeln!(out, "{}", words.nothing_stands_out);
    }
    for card in cards {
        let sure = |c: Confidence| fill(words.review_confidence, &[("level", &level_word(c.name()))]);
        let sure = card.confidence.map_or_else(String::new, sure);
        let why = card.reasons.first().map_or_else(String::new, |r| format!(": {r}"));
        let proof = |t: &TraceId| fill(words.review_trace, &[("trace", t)]);
        let proof = card.evidence.traces.first().map_or_else(String::new, proof);
        let (severity, name, title) = (level_word(card.severity.name()), &card.name, &card.title);
        let _ = writeln!(out, "- **{severity}** {name}, {title}{sure}{why}{proof}{}", words.stop);
    }
    for part in parts {
        out += "\n";
        for line in part.answer.markdown.trim_end().lines() {
            // One level deeper: the review has the first heading.
            out += if line.starts_with('#') { "#" } else { "" };
            out += line;
            out += "\n";
        }
    }
    out
}

/// The findings of all questions, as severe as they are beside each other.
fn findings(parts: &[Part]) -> Vec<Value> {
    let of = |part: &Part| {
        let mut found = part.answer.json["findings"].as_array().cloned().unwrap_or_default();
        for f in &mut found {
            f["severity"] = json!(cards::severity_of_json(f).min(cards::most(part.question)).name());
        }
        found
    };
    parts.iter().flat_map(of).collect()
}

/// The review as JSON: all findings, and each answer under the name of its question.
pub fn json(parts: &[Part]) -> Value {
    let all = |key: &str| -> Vec<&Value> {
        parts.iter().filter_map(|p| p.answer.json.get(key)?.as_array()).flatten().collect()
    };
    let answers: serde_json::Map<String, Value> =
        parts.iter().map(|p| (p.question.name().to_owned(), p.answer.json.clone())).collect();
    let window = parts.first().and_then(|p| p.answer.json.get("window")).cloned();
    json!({
        "question": "all",
        "window": window.unwrap_or(Value::Null),
        "findings": findings(parts),
        "answers": answers,
        "notes": all("notes"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_review_without_findings_says_so_and_keeps_what_is_missing() {
        let snapshot = Snapshot::default();
        let index = snapshot.graph(&crate::store::Lens::default());
        let incident =
            Incident { missing: vec![crate::analysis::incident::Missing::Traces], ..Incident::default() };
        let parts = [
            Part::incident(&snapshot, &index.graph, &incident, &answers::Beside::default()),
            Part::patterns(&snapshot, &index.graph, &Patterns::default()),
        ];
        let text = markdown(&parts, Some("map of it.png"));
        expect_test::expect![[r#"
            # Incident review

            No incident was found.

            ![Service map](<map of it.png>)

            ## Findings

            Nothing stands out.

            ## Incident

            No incident was found.

            There is no trace with a root in the window.

            ## Patterns of bad requests
        "#]]
        .assert_eq(&text);
        let value = json(&parts);
        assert_eq!(value["answers"]["patterns"]["question"], "patterns");
        assert_eq!(value["notes"].as_array().map(Vec::len), Some(1));
    }
}
