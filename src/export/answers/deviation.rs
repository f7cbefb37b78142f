//! What deviates from calm times, in sentences.
use super::cell;
use crate::analysis::deviation::{Change, Deviation, ServiceName, Step, StepChange, StepRole, TimeChange};
use crate::export::map::{length_text, percent_text};

/// What is held against a service, a sentence each, the strongest first.
pub fn deviation_reasons(deviation: &Deviation) -> Vec<String> {
    let mut out = vec![if deviation.is_unusual() {
        format!("it deviates {:.1} times as much as anything does in calm times", deviation.score)
    } else {
        format!("it deviates no more than things do in calm times ({:.1} times)", deviation.score)
    }];
    // One change of each signal tells what it is; more of the same would not.
    out.extend(deviation.signals.iter().filter_map(|s| s.changes.first()).map(change_text));
    out
}

fn change_text(change: &Change) -> String {
    match change {
        Change::Time(t) => time_text(t),
        Change::Step(s) => step_text(s),
    }
}

fn operation(service: &ServiceName, operation: &str) -> String {
    format!("“{}” of {}", cell(operation), cell(&service.name))
}

fn time_text(t: &TimeChange) -> String {
    let (before, after) = (length_text(Some(t.before)), length_text(Some(t.after)));
    let own = operation(&t.service, &t.operation);
    let mut out = match &t.callee {
        Some((callee, name)) => {
            format!(
                "between the span {own} and its answer {} lie {after} instead of {before}",
                operation(callee, name)
            )
        }
        None => format!("{own} takes {after} itself instead of {before}"),
    };
    if let Some(instance) = &t.instance {
        out += &format!(", nearly all of it at instance {}", cell(instance));
    }
    out
}

fn step(step: Option<&Step>, none: &str) -> String {
    step.map_or(none.to_owned(), |s| match &s.callee {
        Some((service, name)) => operation(service, name),
        None => format!("“{}”", cell(&s.operation)),
    })
}

fn step_text(s: &StepChange) -> String {
    let own = operation(&s.service, &s.operation);
    let place =
        s.after.as_ref().map_or("at its beginning".to_owned(), |a| format!("after {}", step(Some(a), "")));
    let next = step(s.next.as_ref(), "its end");
    let shares =
        format!("{} instead of {}", percent_text(Some(s.share_after)), percent_text(Some(s.share_before)));
    let role = match s.role {
        StepRole::Own => "",
        StepRole::AnsweredBefore(_) => "; it had answered just before",
        StepRole::DependencyOfLast => "; whoever answered last depends on it",
    };
    format!("in {own}, {place}, comes {next} in {shares} of the times{role}")
}
