//! Findings of all questions in one form: what the window lists, and what a report begins with.
use super::answers::{cause_reasons, subject_text};
use crate::analysis::incident::Incident;
use crate::analysis::{Confidence, Evidence, Severity, Subject};
use crate::graph::{ServiceGraph, Snapshot};
use crate::model::TimeRange;

/// Which question a finding answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Question {
    /// What broke first, why, and who was hit?
    Incident,
    /// Who is hit when a node fails?
    Impact,
    /// What did a deployment change?
    Deploy,
    /// What do bad requests have in common?
    Patterns,
    /// What would make it faster?
    Advice,
    /// What is not well?
    Health,
    /// What saturates first?
    Capacity,
}

/// One finding, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// Of which question.
    pub question: Question,
    /// How bad.
    pub severity: Severity,
    /// How sure, where a cause is claimed.
    pub confidence: Option<Confidence>,
    /// What was found, in one line, without the subject's name: `root cause of the incident`.
    pub title: String,
    /// About whom; none for what is about the whole system.
    pub subject: Option<Subject>,
    /// The subject's name: `orders → orders-postgresql`.
    pub name: String,
    /// Why, a sentence each.
    pub reasons: Vec<String>,
    /// When, where it has a time.
    pub period: Option<TimeRange>,
    /// Spans that prove it.
    pub evidence: Evidence,
}

/// Puts cards in the order in which they are read: the worst first, of those what claims a cause.
pub fn sort(cards: &mut [Card]) {
    cards.sort_by(|a, b| {
        b.severity
            .cmp(&a.severity)
            .then(b.confidence.cmp(&a.confidence))
            .then(a.question.cmp(&b.question))
            .then(a.name.cmp(&b.name))
            .then(a.title.cmp(&b.title))
    });
}

/// Causes of an incident.
pub fn incident(snapshot: &Snapshot, graph: &ServiceGraph, answer: &Incident) -> Vec<Card> {
    let card = |(place, cause): (usize, &crate::analysis::incident::Cause)| Card {
        question: Question::Incident,
        severity: if place == 0 { cause.severity } else { cause.severity.min(Severity::Medium) },
        confidence: Some(cause.confidence),
        title: if place == 0 { "root cause" } else { "contributes" }.to_owned(),
        subject: Some(cause.subject),
        name: subject_text(graph, cause.subject),
        reasons: cause_reasons(snapshot, graph, cause),
        period: answer.incident,
        evidence: cause.evidence.clone(),
    };
    answer.causes.iter().enumerate().map(card).collect()
}
