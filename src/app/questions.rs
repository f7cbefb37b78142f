//! Questions whose answer is shown as it is on the command line: each takes a line here to be in the window and
//! in the report.
use crate::analysis::alerts::Rules;
use crate::analysis::capacity::{Growth, capacity};
use crate::analysis::deploy::{DeployOptions, deploy};
use crate::analysis::health_report::health_report;
use crate::analysis::{Severity, Study, advice};
use crate::export::cards::{self, Card, Question};
use crate::export::report::Part;
use crate::export::{answers, rules::default_rules};
use crate::store::Lens;
use crate::view::panels::findings::GivenDeployment;

/// The questions, in the order in which they are asked and reported.
pub const PLAIN: [Question; 4] = [Question::Deploy, Question::Advice, Question::Health, Question::Capacity];

/// The traffic that capacity is asked for, where nobody says.
const SCENARIO: &str = "all x2";

/// Whether a question looks at all time, whatever is brushed: it finds its own times to compare.
pub fn is_of_all_time(question: Question) -> bool {
    matches!(question, Question::Incident | Question::Deploy)
}

/// What a deployment changed that somebody named; `None` where its service is gone.
pub fn deployment(study: &Study<'_>, lens: &Lens, given: &GivenDeployment) -> Option<Part> {
    let (snapshot, graph) = (study.snapshot, &study.index.graph);
    let find = |id: &String| graph.nodes().find(|(_, n)| n.id == *id).map(|n| n.0);
    let service = match &given.service {
        Some(id) => Some(find(id)?),
        None => None,
    };
    let options = DeployOptions { service, at: Some(given.at), ..DeployOptions::default() };
    let found = deploy(study, lens, &options);
    let cards = answers::deploy_cards(snapshot, graph, &found);
    Some(Part {
        question: Question::Deploy,
        cards,
        answer: answers::deploy(snapshot, graph, &found),
        summary: None,
    })
}

/// Answers one of [`PLAIN`]; `None` for another question.
pub fn ask(question: Question, study: &Study<'_>, lens: &Lens) -> Option<Part> {
    let (snapshot, graph) = (study.snapshot, &study.index.graph);
    // What is not well is a symptom, which an incident explains or which is usual; what could be better is not
    // broken. Neither comes before a cause.
    let most = if question == Question::Health { Severity::Low } else { Severity::Medium };
    let of_json = |answer: &answers::Answer| cards::of_json(question, graph, &answer.json, most);
    let part = |cards: Vec<Card>, answer| Some(Part { question, cards, answer, summary: None });
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
            let rules: Rules = default_rules();
            let answer =
                answers::health_report(study.index, &health_report(snapshot, lens, study.index, &rules));
            part(of_json(&answer), answer)
        }
        Question::Capacity => {
            let growths: Vec<Growth> = Growth::parse(SCENARIO).into_iter().collect();
            let found = capacity(study, lens, &growths, &[]);
            let answer = answers::capacity_answer(snapshot, graph, SCENARIO, &found);
            part(of_json(&answer), answer)
        }
        _ => None,
    }
}
