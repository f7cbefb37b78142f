//! Why a cause is one, in sentences.
use crate::analysis::Subject;
use crate::analysis::incident::{BUCKET, Cause, Resource};
use crate::export::answers::{cell, name_of};
use crate::export::map::{length_text, percent_text};
use crate::export::traces::moment_text;
use crate::graph::{ServiceGraph, Snapshot};
use crate::model::Nanos;
use crate::texts::{fill, texts};

fn ms(value: f64) -> String {
    length_text(Some(Nanos((value * 1e6) as i64)))
}

fn times(ratio: f64) -> String {
    if ratio >= 10.0 {
        fill(texts().answers.times, &[("ratio", &format_args!("{:.0}", ratio))])
    } else {
        fill(texts().answers.times, &[("ratio", &format_args!("{:.1}", ratio))])
    }
}

/// Why a cause is one: a sentence each, made of measured facts alone.
pub fn cause_reasons(snapshot: &Snapshot, graph: &ServiceGraph, cause: &Cause) -> Vec<String> {
    if let Some(deviation) = &cause.deviation {
        return crate::export::answers::deviation_reasons(deviation);
    }
    let mut out = vec![fill(
        texts().answers.explains_of_extra_bad_requests,
        &[
            ("explained", &format_args!("{:.0}", cause.explained)),
            ("extra", &format_args!("{:.0}", cause.extra)),
            ("share", &percent_text(Some(cause.terms.share))),
        ],
    )];
    out.extend(cause.waited_at.iter().map(|(node, count)| {
        let count = format!("{count:.0}");
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("count", &count), ("node", &name_of(graph, *node))];
        fill(texts().answers.of_them_waited_for_a_place, &values)
    }));
    if cause.is_short_of_places {
        out.push(texts().answers.its_requests_waited_for_a_place.to_owned());
    }
    out.extend(change_reasons(cause));
    out.extend(detail_reasons(cause));
    if let Some(after) = cause.dependents_after {
        let later = if after < BUCKET {
            fill(texts().answers.within, &[("length", &length_text(Some(BUCKET)))])
        } else {
            fill(texts().answers.later, &[("length", &length_text(Some(after)))])
        };
        out.push(fill(texts().answers.the_first_of_its_callers, &[("later", &later)]));
    }
    if let Some((version, at)) = cause.new_version {
        let version = cell(snapshot.spans.text(version));
        out.push(fill(
            texts().answers.its_version_went_live_at,
            &[("version", &version), ("time", &moment_text(at))],
        ));
    }
    if let Some(s) = cause.shortage {
        let what = match s.resource {
            Resource::Pool => texts().answers.its_pool_of_connections_ran,
            Resource::Cpu => texts().answers.its_processors_were_busy,
            Resource::Memory => texts().answers.its_memory_was_full,
        };
        let before = s.before.map_or(String::new(), |b| {
            fill(texts().answers.in_calm_times, &[("share", &percent_text(Some(b)))])
        });
        out.push(fill(
            texts().answers.used,
            &[("what", &what), ("share", &percent_text(Some(s.now))), ("before", &before)],
        ));
    }
    for node in &cause.because_of {
        out.push(fill(texts().answers.its_dependency_is_to_blame, &[("name", &name_of(graph, *node))]));
    }
    if cause.terms.agreement >= 1.0 {
        out.push(texts().answers.its_own_work_deviates_most.to_owned());
    }
    out
}

fn change_reasons(cause: &Cause) -> Vec<String> {
    let Some(change) = cause.change else { return Vec::new() };
    let mut out = Vec::new();
    if let Some(before) = change.own_before.filter(|b| *b > 0.0 && change.own_now > 1.2 * *b) {
        out.push(fill(
            texts().answers.its_own_time_rose_from,
            &[
                ("times", &times(change.own_now / before)),
                ("before", &ms(before)),
                ("now", &ms(change.own_now)),
            ],
        ));
    }
    let now = percent_text(Some(change.errors_now));
    match change.errors_before {
        Some(before) if change.errors_now > before + 0.01 => out.push(fill(
            texts().answers.failures_that_begin_there_rose,
            &[("before", &percent_text(Some(before))), ("now", &now)],
        )),
        None if change.errors_now > 0.01 => {
            out.push(fill(texts().answers.failures_begin_there_in, &[("now", &now)]));
        }
        _ => {}
    }
    out
}

/// What most of the spans to blame have in common.
fn detail_reasons(cause: &Cause) -> Vec<String> {
    let mut out = Vec::new();
    let detail = &cause.detail;
    let mostly =
        |share: f64| if share < 0.995 { format!(" ({})", percent_text(Some(share))) } else { String::new() };
    if let Some((operation, share)) = &detail.operation {
        out.push(fill(
            texts().answers.the_spans_to_blame_are,
            &[("operation", &cell(operation)), ("mostly", &mostly(*share))],
        ));
    }
    if let Some((statement, share)) = &detail.statement {
        out.push(fill(
            texts().answers.statement,
            &[("statement", &cell(statement)), ("mostly", &mostly(*share))],
        ));
    }
    if let Some((error, share)) = &detail.error {
        out.push(fill(texts().answers.error, &[("error", &cell(error)), ("mostly", &mostly(*share))]));
    }
    if let Some((instance, share)) = &detail.instance {
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("share", &percent_text(Some(*share))), ("instance", &cell(instance))];
        out.push(fill(texts().answers.comes_from_one_instance, &values));
    }
    if detail.is_silent && matches!(cause.subject, Subject::Node(_)) {
        out.push(texts().answers.it_sends_no_spans_itself.to_owned());
    }
    out
}
