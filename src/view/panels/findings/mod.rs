//! Findings of all questions: the list on the overview, and a page for each answer with what proves it.
mod capacity;
mod card;
mod chip;
mod deploy;
mod health;
mod heat;
mod incident;
mod list;
mod markdown;
mod page;
mod patterns;
mod plain;
mod proof;
mod spread;

use std::borrow::Cow;
use std::sync::Arc;

use super::command::Item;
use super::rules::RulesInUse;
use crate::analysis::Subject;
use crate::analysis::alerts::Name;
use crate::analysis::incident::Incident;
use crate::analysis::patterns::Patterns;
use crate::export::answers::AlertLine;
use crate::export::cards::{Card, Question};
use crate::export::names::shown_name;
use crate::graph::{GraphIndex, Snapshot};
use crate::model::{NodeId, TimeRange};

pub use card::{paint_severity, severity_colour, severity_word};
pub use chip::show as chip;
pub use deploy::{Given, GivenDeployment, of_node as deployments_of};
pub use heat::{Choice, Chosen, Heat};
pub use list::{progress, show as list};
pub use page::{bullet, fold, show as page};
pub use plain::{Plain, Scenario};
pub use proof::Proof;

/// An answer with the data that its handles belong to.
pub struct Told<T> {
    /// The spans.
    pub snapshot: Arc<Snapshot>,
    /// Nodes and edges.
    pub index: Arc<GraphIndex>,
    /// The answer.
    pub answer: T,
    /// Its findings.
    pub lines: Vec<Line>,
}

impl<T> Told<T> {
    /// An answer with its findings, each with what can be clicked on.
    pub fn new(snapshot: Arc<Snapshot>, index: Arc<GraphIndex>, answer: T, cards: Vec<Card>) -> Self {
        let lines = cards.into_iter().map(|card| Line::new(card, &snapshot, &index)).collect();
        Self { snapshot, index, answer, lines }
    }
    /// A node as an item of any picture.
    pub fn node(&self, id: NodeId) -> Option<Item> {
        item_of(&self.index, Subject::Node(id))
    }
    /// The name of a node.
    pub fn name(&self, id: NodeId) -> Cow<'_, str> {
        self.index.graph.node(id).map(shown_name).unwrap_or_default()
    }
}

/// What a finding is about, as an item of any picture.
pub fn item_of(index: &GraphIndex, subject: Subject) -> Option<Item> {
    let id = |n| index.graph.node(n).map(|n| n.id.clone());
    match subject {
        Subject::Node(n) => id(n).map(Item::Node),
        Subject::Edge(e) => {
            let (from, to) = index.graph.ends(e)?;
            Some(Item::Edge(id(from)?, id(to)?))
        }
    }
}

/// What an item of any picture is in this graph.
pub fn place_of(index: &GraphIndex, item: &Item) -> Option<Subject> {
    let name = match item {
        Item::Node(id) => Name::Node(id.clone()),
        Item::Edge(from, to) => Name::Edge(from.clone(), to.clone()),
    };
    name.subject(index)
}

/// An item by the names of its ends.
fn name_of(item: &Item) -> String {
    let name = |id: &str| crate::view::text::name(id.split_once(':').map_or(id, |p| p.1), 40);
    match item {
        Item::Node(id) => name(id),
        Item::Edge(a, b) => super::widgets::with_arrows(&format!("{} → {}", name(a), name(b))),
    }
}

/// One finding.
pub struct Line {
    /// What was found.
    pub card: Card,
    /// About what.
    pub item: Option<Item>,
    /// Traces that prove it.
    pub proofs: Vec<Proof>,
}

impl Line {
    fn new(card: Card, snapshot: &Snapshot, index: &GraphIndex) -> Self {
        let item = card.subject.and_then(|s| item_of(index, s));
        let proofs = proof::proofs(snapshot, &card.evidence);
        Self { card, item, proofs }
    }
}

/// How far an answer is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Standing {
    /// Share done, where one is under way and it is known.
    pub running: Option<Option<f64>>,
    /// Whether somebody stopped it.
    pub is_stopped: bool,
    /// Whether what is shown answers an older question.
    pub is_outdated: bool,
    /// Whether it waits for files that are still being read.
    pub waits: bool,
}

/// A question on the screen: its answer, if there is one, and how far the next is.
pub struct Asked<'a, T> {
    /// The newest answer.
    pub told: Option<&'a Told<T>>,
    /// How far the next one is.
    pub standing: Standing,
}

/// All that is known of the questions.
pub struct Findings<'a> {
    /// What broke first?
    pub incident: Asked<'a, Incident>,
    /// What do bad requests have in common?
    pub patterns: Asked<'a, Patterns>,
    /// All other questions, in the order in which they are asked.
    pub others: Vec<(Question, Asked<'a, Plain>)>,
    /// What rules tell, active alerts first; in a replay that moves, what goes on at the playhead.
    pub alerts: Cow<'a, [AlertLine]>,
    /// Whether they are of another window than the one that is shown.
    pub has_old_alerts: bool,
    /// A deployment that somebody named.
    pub given: Option<Given<'a>>,
    /// Requests by time and latency.
    pub heat: Option<&'a Heat>,
    /// Requests chosen there.
    pub choice: Option<Choice>,
    /// The window of time that is looked at.
    pub brushed: Option<TimeRange>,
    /// Whether incident or calm time were set by hand.
    pub is_by_hand: bool,
    /// What became of the last report, to be told.
    pub report: Option<&'a str>,
    /// The rules by which alerts are raised.
    pub rules: &'a RulesInUse,
    /// Traces that pass the filter, whatever the window: those that questions about all time look at.
    pub passing: usize,
    /// What capacity supposes.
    pub scenario: &'a Scenario,
}

impl Findings<'_> {
    /// All findings of all questions, worst first.
    pub fn lines(&self) -> Vec<&Line> {
        let mut out: Vec<&Line> = Vec::new();
        out.extend(self.lines_of(Question::Incident));
        out.extend(self.lines_of(Question::Patterns));
        for question in [Question::Deploy, Question::Advice, Question::Health, Question::Capacity] {
            out.extend(self.lines_of(question));
        }
        out.sort_by(|a, b| crate::export::cards::order(&a.card, &b.card));
        out
    }
    /// The findings of one question, in its own order.
    pub fn lines_of(&self, question: Question) -> &[Line] {
        match question {
            Question::Incident => self.incident.told.map_or(&[], |t| &t.lines),
            Question::Patterns => self.patterns.told.map_or(&[], |t| &t.lines),
            _ => self.other(question).and_then(|a| a.told).map_or(&[], |t| &t.lines),
        }
    }
    /// One of the other questions.
    pub fn other(&self, question: Question) -> Option<&Asked<'_, Plain>> {
        self.others.iter().find(|o| o.0 == question).map(|o| &o.1)
    }
    /// How far each question is.
    pub fn standings(&self) -> Vec<(Question, Standing)> {
        let mut out =
            vec![(Question::Incident, self.incident.standing), (Question::Patterns, self.patterns.standing)];
        out.extend(self.others.iter().map(|(q, a)| (*q, a.standing)));
        out
    }
}

/// A text as it is shown: without marks of Markdown, and figures as everywhere in the window.
fn shown(text: &str) -> String {
    super::widgets::with_arrows(&text.replace('`', "").replace(" %", "%"))
}

/// A sentence as it is shown: without marks of Markdown, and with a capital unless it begins with a name, which
/// is written as it was sent (`net.peer.port`, `order-service`).
pub fn sentence(text: &str) -> String {
    let plain = shown(text);
    let word = plain.split(' ').next().unwrap_or("").trim_end_matches([':', '.', ',']);
    if word.contains(|c: char| !c.is_alphabetic() && c != '\'') {
        return plain;
    }
    let mut chars = plain.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn a_sentence_has_a_capital_but_a_name_stays_as_it_was_sent() {
        assert_eq!(sentence("calls of `cart` are slow"), "Calls of cart are slow");
        assert_eq!(sentence("there's no baseline: 5 %"), "There's no baseline: 5%");
        assert_eq!(sentence("net.peer.port is missing"), "net.peer.port is missing");
        assert_eq!(sentence("`order-service`: slow"), "order-service: slow");
        assert_eq!(sentence(""), "");
    }
}
