//! Findings of all questions in one form: what the window lists, and what a report begins with.
use serde_json::Value;

use super::answers::{
    self, association_severity, association_text, blame_text, cause_reasons, rhythm_text, rule_text,
    segment_text, subject_text,
};
use super::map::percent_text;
use crate::analysis::incident::Incident;
use crate::analysis::patterns::{Association, Condition, Group, Patterns};
use crate::analysis::{Confidence, Evidence, Severity, Subject};
use crate::graph::{GraphIndex, NodeKind, ServiceGraph, Snapshot};
use crate::model::{SpanId, TimeRange, Timestamp, TraceId};
use crate::texts::{fill, texts};

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

impl Question {
    /// Its name, as in `analyze incident`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Incident => "incident",
            Self::Impact => "impact",
            Self::Deploy => "deploy",
            Self::Patterns => "patterns",
            Self::Advice => "advice",
            Self::Health => "health",
            Self::Capacity => "capacity",
        }
    }
    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Incident => texts().answers.incident,
            Self::Impact => texts().answers.impact,
            Self::Deploy => texts().answers.deployments,
            Self::Patterns => texts().answers.patterns_of_bad_requests,
            Self::Advice => texts().answers.advice,
            Self::Health => texts().answers.health,
            Self::Capacity => texts().answers.capacity,
        }
    }
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

/// The order in which cards are read: the worst first, of those what claims a cause; of one question as it answers.
pub fn order(a: &Card, b: &Card) -> std::cmp::Ordering {
    b.severity.cmp(&a.severity).then(b.confidence.cmp(&a.confidence)).then(a.question.cmp(&b.question))
}

/// Puts cards in the order in which they are read.
pub fn sort(cards: &mut [Card]) {
    cards.sort_by(order);
}

/// What is not well: calls to a node that is not well itself are a line of its card, and whoever only sees it is
/// left out.
pub fn health(index: &GraphIndex, mut all: Vec<Card>) -> Vec<Card> {
    let graph = &index.graph;
    let ends = |c: &Card| match c.subject? {
        Subject::Edge(e) => graph.ends(e),
        Subject::Node(_) => None,
    };
    let is_user = |n| graph.node(n).is_some_and(|n| n.kind == NodeKind::User);
    all.retain(|c| !matches!(c.subject, Some(Subject::Node(n)) if is_user(n)));
    let (edges, mut nodes): (Vec<Card>, Vec<Card>) = all.into_iter().partition(|c| ends(c).is_some());
    for edge in edges {
        let callee = ends(&edge).map(|e| Subject::Node(e.1));
        match nodes.iter_mut().find(|n| n.subject == callee) {
            Some(node) => node.reasons.push(format!("{}: {}", edge.name, edge.reasons.join("; "))),
            None => nodes.push(edge),
        }
    }
    nodes
}

/// Causes of an incident.
pub fn incident(snapshot: &Snapshot, graph: &ServiceGraph, answer: &Incident) -> Vec<Card> {
    let card = |(place, cause): (usize, &crate::analysis::incident::Cause)| Card {
        question: Question::Incident,
        severity: if place == 0 { cause.severity } else { cause.severity.min(Severity::Medium) },
        confidence: Some(cause.confidence),
        title: if place == 0 { texts().answers.root_cause } else { texts().answers.contributes }.to_owned(),
        subject: Some(cause.subject),
        name: subject_text(graph, cause.subject),
        reasons: cause_reasons(snapshot, graph, cause),
        period: answer.incident,
        evidence: cause.evidence.clone(),
    };
    answer.causes.iter().enumerate().map(card).collect()
}

/// What goes with bad requests: the strongest property of each entry operation.
pub fn patterns(snapshot: &Snapshot, graph: &ServiceGraph, answer: &Patterns) -> Vec<Card> {
    let is_there = |a: &&Association| answers::is_telling(a);
    let is_told = |a: &&Association| !a.only_says_when;
    let first = |g: &'_ Group| {
        let all = &g.associations;
        all.iter().position(|a| is_there(&a)).or_else(|| all.iter().position(|a| is_told(&a)))
    };
    let groups = answer.groups.iter().filter_map(|g| Some((g, g.associations.get(first(g)?)?)));
    groups
        .map(|(group, first)| {
            let operation = snapshot.spans.text(group.entry.1);
            let mut reasons = vec![association_text(snapshot, first)];
            reasons.push(fill(
                texts().answers.it_holds_for_of_the,
                &[("share", &percent_text(Some(first.recall))), ("bad", &group.bad)],
            ));
            let same = first.also.iter().filter(|a| a.1 != Condition::Missing).take(2);
            reasons.extend(same.map(|(s, c)| {
                fill(texts().answers.the_same_requests, &[("rule", &rule_text(snapshot, s, c))])
            }));
            reasons.extend(group.segment.as_ref().map(|s| segment_text(snapshot, s)));
            reasons.extend(group.rhythm.as_ref().map(rhythm_text));
            reasons.extend(blame_text(snapshot, graph, group));
            let is_segment = |a: &&Association| group.segment.as_ref().is_some_and(|s| s.source == a.source);
            let others = group.associations.iter().filter(is_there).filter(|a| *a != first && !is_segment(a));
            reasons.extend(others.take(1).map(|a| association_text(snapshot, a)));
            Card {
                question: Question::Patterns,
                // It goes with bad requests; it does not say that it makes them so.
                severity: association_severity(group, first).min(Severity::High),
                confidence: None,
                title: fill(texts().answers.pattern_in_bad, &[("operation", &operation)]),
                subject: Some(Subject::Node(group.entry.0)),
                name: subject_text(graph, Subject::Node(group.entry.0)),
                reasons,
                period: None,
                evidence: group.evidence.clone(),
            }
        })
        .collect()
}

/// The findings of any answer in the form of the command line, at most this grave.
///
/// What would make things faster, or saturate some day, is not broken now: such questions give a bound.
pub fn of_json(question: Question, graph: &ServiceGraph, answer: &Value, most: Severity) -> Vec<Card> {
    let findings = answer["findings"].as_array().map_or(&[][..], Vec::as_slice);
    findings.iter().map(|f| card_of_json(question, graph, f, most)).collect()
}

/// How severe a finding of a question may be beside those of the others.
///
/// What is not well is a symptom, which an incident explains or which is usual; more traffic is a supposition; what
/// could be better is not broken. None comes before a cause.
pub fn most(question: Question) -> Severity {
    match question {
        Question::Health | Question::Capacity => Severity::Low,
        Question::Advice => Severity::Medium,
        _ => Severity::Critical,
    }
}

/// How severe a finding says that it is.
pub fn severity_of_json(finding: &Value) -> Severity {
    let severities = [Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
    severities.into_iter().find(|s| finding["severity"] == s.name()).unwrap_or_default()
}

fn card_of_json(question: Question, graph: &ServiceGraph, f: &Value, most: Severity) -> Card {
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let node = |v: &Value| v.as_str().and_then(|id| graph.nodes().find(|(_, n)| n.id == id)).map(|n| n.0);
    let subject = node(&f["node"]).map(Subject::Node).or_else(|| {
        let ends = (node(&f["edge"]["from"])?, node(&f["edge"]["to"])?);
        graph.edges().find(|e| (e.1, e.2) == ends).map(|e| Subject::Edge(e.0))
    });
    let severity = severity_of_json(f);
    let name = subject.map_or_else(String::new, |s| subject_text(graph, s));
    let title = f["title"].as_str().map_or_else(|| kind_words(&text(&f["kind"])), str::to_owned);
    let title = title.strip_prefix(&format!("{name}: ")).map_or(title.clone(), str::to_owned);
    let moment = |v: &Value| v.as_str().and_then(|t| t.parse().ok()).map(Timestamp);
    let period = &f["period"];
    let (start, end) = (moment(&period["start_unix_nano"]), moment(&period["end_unix_nano"]));
    Card {
        question,
        severity: severity.min(most),
        confidence: None,
        title,
        subject,
        name,
        reasons: f["reasons"].as_array().into_iter().flatten().map(text).collect(),
        period: start.zip(end).map(|(a, b)| TimeRange::new(a, b)),
        evidence: evidence_of_json(&f["evidence"]),
    }
}

/// What a kind of finding that has no title is called.
fn kind_words(kind: &str) -> String {
    match kind {
        "health" => texts().answers.kind_health.to_owned(),
        "saturation" => texts().answers.kind_saturation.to_owned(),
        "predicted_outage" => texts().answers.kind_predicted_outage.to_owned(),
        "measured_outage" => texts().answers.kind_measured_outage.to_owned(),
        other => other.replace('_', " "),
    }
}

fn evidence_of_json(v: &Value) -> Evidence {
    let ids =
        |key: &str| v[key].as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>();
    let traces: Vec<TraceId> = ids("trace_ids").into_iter().filter_map(TraceId::from_hex).collect();
    let spans: Vec<SpanId> = ids("span_ids").into_iter().filter_map(SpanId::from_hex).collect();
    // Only where there is a span of each trace is it known whose it is.
    let pairs = if traces.len() == spans.len() { spans } else { Vec::new() };
    Evidence { spans: traces.iter().copied().zip(pairs).collect(), traces }
}
