//! What deviates from calm times, in sentences.
use super::cell;
use crate::analysis::deviation::{Change, Deviation, ServiceName, Step, StepChange, StepRole, TimeChange};
use crate::export::map::{length_text, percent_text};
use crate::texts::{fill, texts};

/// What is held against a service, a sentence each, the strongest first.
pub fn deviation_reasons(deviation: &Deviation) -> Vec<String> {
    let mut out = vec![if deviation.is_unusual() {
        fill(texts().answers.it_deviates_more, &[("ratio", &format_args!("{:.1}", deviation.score))])
    } else {
        fill(texts().answers.it_deviates_no_more, &[("ratio", &format_args!("{:.1}", deviation.score))])
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
    fill(texts().answers.operation_of, &[("operation", &cell(operation)), ("service", &cell(&service.name))])
}

fn time_text(t: &TimeChange) -> String {
    let (before, after) = (length_text(Some(t.before)), length_text(Some(t.after)));
    let own = operation(&t.service, &t.operation);
    let mut out = match &t.callee {
        Some((callee, name)) => fill(
            texts().answers.between_the_span_and_its_answer,
            &[("own", &own), ("callee", &operation(callee, name)), ("after", &after), ("before", &before)],
        ),
        None => fill(
            texts().answers.takes_itself_instead_of,
            &[("own", &own), ("after", &after), ("before", &before)],
        ),
    };
    if let Some(instance) = &t.instance {
        out += &fill(texts().answers.nearly_all_at_instance, &[("instance", &cell(instance))]);
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
    let place = s.after.as_ref().map_or(texts().answers.at_its_beginning.to_owned(), |a| {
        fill(texts().answers.after_step, &[("step", &step(Some(a), ""))])
    });
    let next = step(s.next.as_ref(), texts().answers.its_end);
    let shares = fill(
        texts().answers.share_instead_of,
        &[("after", &percent_text(Some(s.share_after))), ("before", &percent_text(Some(s.share_before)))],
    );
    let role = match s.role {
        StepRole::Own => "",
        StepRole::AnsweredBefore(_) => texts().answers.it_had_answered_just_before,
        StepRole::DependencyOfLast => texts().answers.who_answered_last_depends,
    };
    fill(
        texts().answers.in_place_comes_next,
        &[("own", &own), ("place", &place), ("next", &next), ("shares", &shares), ("role", &role)],
    )
}
