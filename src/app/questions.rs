//! Questions whose answer is shown as it is on the command line: each takes a line here to be in the window and
//! in the report.
use std::sync::Arc;

use crate::analysis::alerts::Rules;
use crate::analysis::capacity::{Faster, capacity};
use crate::analysis::deploy::{DeployOptions, deploy};
use crate::analysis::health_report::health_report;
use crate::analysis::{Study, advice};
use crate::export::answers::RulesTold;
use crate::export::cards::{self, Card, Question};
use crate::export::report::Part;
use crate::export::{answers, rules::default_rules};
use crate::store::Lens;
use crate::view::panels::findings::{GivenDeployment, Plain, Scenario};

/// The questions, in the order in which they are asked and reported.
pub const PLAIN: [Question; 4] = [Question::Deploy, Question::Advice, Question::Health, Question::Capacity];

/// What is asked for, where a question takes arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Asking {
    /// By which alerts are raised.
    pub rules: Arc<Rules>,
    /// What capacity supposes.
    pub scenario: Scenario,
}

impl Asking {
    /// The usual rules, and twice the traffic.
    pub fn usual() -> Self {
        Self { rules: Arc::new(default_rules()), scenario: Scenario::default() }
    }
    /// What of it a question depends on: another one is not asked again for it.
    pub fn of(&self, question: Question) -> (Option<Arc<Rules>>, Option<Scenario>) {
        (
            (question == Question::Health).then(|| Arc::clone(&self.rules)),
            (question == Question::Capacity).then(|| self.scenario.clone()),
        )
    }
}

/// Whether a question looks at all time, whatever is brushed: it finds its own times to compare.
pub fn is_of_all_time(question: Question) -> bool {
    matches!(question, Question::Incident | Question::Deploy)
}

/// What a deployment changed that somebody named; `None` where its service is gone.
pub fn deployment(study: &Study<'_>, lens: &Lens, given: &GivenDeployment) -> Option<(Plain, Vec<Card>)> {
    let (snapshot, graph) = (study.snapshot, &study.index.graph);
    let find = |id: &String| graph.nodes().find(|(_, n)| n.id == *id).map(|n| n.0);
    let service = match &given.service {
        Some(id) => Some(find(id)?),
        None => None,
    };
    let options = DeployOptions { service, at: Some(given.at), ..DeployOptions::default() };
    let found = deploy(study, lens, &options);
    let cards = answers::deploy_cards(snapshot, graph, &found);
    let answer = answers::deploy(snapshot, graph, &found);
    Some((Plain { answer, alerts: Vec::new(), rules: RulesTold::default(), capacity: None }, cards))
}

/// Answers one of [`PLAIN`], with its cards; `None` for another question.
pub fn ask(
    question: Question,
    study: &Study<'_>,
    lens: &Lens,
    asking: &Asking,
) -> Option<(Plain, Vec<Card>)> {
    let (mut plain, cards) = answer(question, study, lens, asking)?;
    plain.answer = plain.answer.unless_empty(answers::why_empty(study.snapshot, lens, &study.index.graph));
    Some((plain, cards))
}

fn answer(question: Question, study: &Study<'_>, lens: &Lens, asking: &Asking) -> Option<(Plain, Vec<Card>)> {
    let (snapshot, graph) = (study.snapshot, &study.index.graph);
    let of_json =
        |answer: &answers::Answer| cards::of_json(question, graph, &answer.json, cards::most(question));
    let part = |cards: Vec<Card>, answer| {
        Some((Plain { answer, alerts: Vec::new(), rules: RulesTold::default(), capacity: None }, cards))
    };
    match question {
        Question::Deploy => {
            let found = deploy(study, lens, &DeployOptions::default());
            part(answers::deploy_cards(snapshot, graph, &found), answers::deploy(snapshot, graph, &found))
        }
        Question::Advice => {
            let answer = answers::advice(snapshot, graph, &advice::advice(study, lens));
            part(of_json(&answer), answer)
        }
        Question::Health => {
            let report = health_report(snapshot, lens, study.index, &asking.rules);
            let answer = answers::health_report(study.index, &report);
            let cards = cards::health(study.index, of_json(&answer));
            let alerts = answers::alert_lines(study.index, &report.alerts);
            let rules = answers::rules_told(study.index, &report);
            Some((Plain { answer, alerts, rules, capacity: None }, cards))
        }
        Question::Capacity => {
            let scenario = &asking.scenario;
            let changes = scenario.faster.iter().filter_map(|(id, percent)| {
                Some(Faster { node: graph.find(id)?, factor: 1.0 - percent / 100.0 })
            });
            let changes: Vec<Faster> = changes.collect();
            let found = capacity(study, lens, &[scenario.growth()], &changes);
            let answer = answers::capacity_answer(snapshot, graph, &scenario.argument(), &found);
            let cards = of_json(&answer);
            Some((
                Plain { answer, alerts: Vec::new(), rules: RulesTold::default(), capacity: Some(found) },
                cards,
            ))
        }
        _ => None,
    }
}

/// The same as a part of the review.
pub fn part(question: Question, study: &Study<'_>, lens: &Lens, asking: &Asking) -> Option<Part> {
    let (plain, cards) = ask(question, study, lens, asking)?;
    Some(Part { question, cards, answer: plain.answer, summary: None })
}
