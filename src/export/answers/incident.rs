//! What broke first, why, and who was hit: as sentences, JSON and Markdown.
use std::fmt::Write;

use serde_json::{Value, json};

use super::patterns::is_partial;
use super::{Answer, cell, evidence, id_of, ids, level_word, name_of, range_json, set_subject, subject_text};
use crate::analysis::Subject;
use crate::analysis::impact::Business;
use crate::analysis::incident::{
    BUCKET, Cause, Incident, Mechanism, Missing, Reached, Resource, Symptom, Terms, Wave,
};
use crate::export::map::{length_text, percent_text};
use crate::export::traces::moment_text;
use crate::graph::{ServiceGraph, Snapshot};
use crate::model::{Nanos, Timestamp};
use crate::texts::{fill, texts};

mod reasons;

pub use reasons::cause_reasons;

/// What other questions add to it.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// What is told where no stretch of time stands out: a failure that comes and goes.
    pub intermittent: Option<String>,
    /// What is told of an incident that most requests get through: which ones do not.
    pub which: Option<String>,
    /// What it cost, by attributes that the user named; `None` where nobody named any.
    pub cost: Option<Business>,
}

/// The answer in both forms.
pub fn incident(snapshot: &Snapshot, graph: &ServiceGraph, answer: &Incident, beside: &Beside) -> Answer {
    Answer {
        json: json(snapshot, graph, answer, beside),
        markdown: markdown(snapshot, graph, answer, beside),
    }
}

fn symptom(symptom: Symptom) -> &'static str {
    match symptom {
        Symptom::Errors => "errors",
        Symptom::Timeouts => "timeouts",
        Symptom::Slow => "slow",
        Symptom::TrafficDrop => "traffic_drop",
    }
}

/// What is missing for a better answer, as a sentence.
pub fn missing_text(missing: &Missing) -> String {
    match missing {
        Missing::Traces => texts().answers.there_is_no_trace_with.to_owned(),
        Missing::Incident { all, failed } => {
            fill(texts().answers.no_stretch_of_time_stands, &[("all", all), ("failed", failed)])
        }
        Missing::Requests { all, needed } => {
            fill(texts().answers.too_few_requests_to_tell, &[("all", all), ("needed", needed)])
        }
        Missing::Baseline => texts().answers.there_is_no_calm_time.to_owned(),
        Missing::CalmRequests(n) => fill(texts().answers.only_requests_in_calm_times, &[("count", &n)]),
        Missing::Fragments(n) => fill(texts().answers.traces_without_a_root_were, &[("count", &n)]),
        Missing::OtherStretches(n) => fill(texts().answers.other_bad_stretches_were_left, &[("count", &n)]),
        Missing::BadRequests => texts().answers.no_request_that_somebody_waits.to_owned(),
        Missing::Outcomes => texts().answers.the_spans_carry_neither_kind.to_owned(),
    }
}

/// The same, with what to do about it on the command line.
fn note(missing: &Missing) -> String {
    let text = missing_text(missing);
    match missing {
        Missing::Incident { .. } | Missing::Requests { .. } => text + texts().answers.ask_about_one,
        Missing::Baseline => text + texts().answers.give_a_baseline,
        Missing::OtherStretches(_) => text + texts().answers.ask_about_them,
        _ => text,
    }
}

fn cause_json(snapshot: &Snapshot, graph: &ServiceGraph, cause: &Cause) -> Value {
    let t = &cause.terms;
    let mut v = json!({
        "kind": "root_cause",
        "severity": cause.severity.name(),
        "score": cause.deviation.as_ref().map_or(t.share, |d| d.score),
        "confidence": cause.confidence.name(),
        "confidence_score": t.score(),
        "confidence_terms": {
            "amount": t.amount, "share": t.share, "lead": t.lead,
            "first": t.first, "agreement": t.agreement, "change": t.change,
        },
        "explained_requests": cause.explained,
        "waited_at": cause.waited_at.iter().map(|(node, count)| json!({
            "node": id_of(graph, *node), "requests": count,
        })).collect::<Vec<_>>(),
        "onset_unix_nano": cause.onset.map(|o| o.0.to_string()),
        "operation": cause.detail.operation.as_ref().map(|d| &d.0),
        "statement": cause.detail.statement.as_ref().map(|d| &d.0),
        "error": cause.detail.error.as_ref().map(|d| &d.0),
        "instance": cause.detail.instance.as_ref().map(|d| &d.0),
        "version": cause.new_version.map(|n| snapshot.spans.text(n.0)),
        "shortage": cause.shortage.map(|s| json!({
            "resource": match s.resource {
                Resource::Pool => "pool",
                Resource::Cpu => "cpu",
                Resource::Memory => "memory",
            },
            "now": s.now, "before": s.before,
        })),
        "reasons": cause_reasons(snapshot, graph, cause),
        "evidence": evidence(&cause.evidence),
    });
    set_subject(&mut v, graph, cause.subject);
    v
}

fn wave_json(graph: &ServiceGraph, wave: &Wave) -> Value {
    let nodes: Vec<Value> = wave
        .nodes
        .iter()
        .map(|n| {
            json!({
                "node": id_of(graph, n.node), "delay_ms": n.delay.as_millis_f64(),
                "severity": n.severity.name(), "mechanism": n.mechanism.name(), "share": n.share,
                "from": n.from.map(|f| id_of(graph, f)),
            })
        })
        .collect();
    json!({ "wave": wave.wave, "mechanism": main_mechanism(wave).name(), "nodes": nodes })
}

/// How most of a wave came about; the first in order among equals.
fn main_mechanism(wave: &Wave) -> Mechanism {
    let count = |m: Mechanism| wave.nodes.iter().filter(|n| n.mechanism == m).count();
    let all = wave.nodes.iter().map(|n| n.mechanism);
    all.max_by_key(|m| (count(*m), std::cmp::Reverse(*m))).unwrap_or(Mechanism::Origin)
}

/// What it cost; `"not configured"` where nobody named an attribute.
fn cost_json(cost: Option<&Business>) -> Value {
    cost.map_or_else(
        || json!("not configured"),
        |c| {
            json!({
                "requests": c.requests, "users": c.users, "amount_per_hour": c.amount_per_hour,
                "conversion_drop": c.conversion_drop,
            })
        },
    )
}

fn json(snapshot: &Snapshot, graph: &ServiceGraph, answer: &Incident, beside: &Beside) -> Value {
    let intermittent = beside.intermittent.iter().filter(|_| answer.incident.is_none()).cloned();
    let which = beside.which.iter().filter(|_| is_partial(answer)).cloned();
    let causes: Vec<Value> = answer.causes.iter().map(|c| cause_json(snapshot, graph, c)).collect();
    let timeline: Vec<Value> = answer
        .timeline
        .iter()
        .map(|(node, e)| {
            json!({
                "node": id_of(graph, *node), "onset_unix_nano": e.onset.0.to_string(),
                "end_unix_nano": e.end.0.to_string(), "symptom": symptom(e.symptom), "count": e.count,
                "evidence": evidence(&e.evidence),
            })
        })
        .collect();
    let deviating: Vec<Value> = answer
        .deviating
        .iter()
        .map(|(key, z)| {
            let mut v = json!({ "deviation": z });
            set_subject(&mut v, graph, (*key).into());
            v
        })
        .collect();
    let t = &answer.totals;
    json!({
        "question": "incident",
        "window": range_json(answer.incident),
        "baseline": range_json(answer.baseline),
        "requests": { "all": t.requests, "bad": t.bad, "calm": t.calm_requests, "calm_bad": t.calm_bad },
        "entry_points": answer.entries.iter().map(|e| json!({
            "node": id_of(graph, e.node), "operation": snapshot.spans.text(e.operation),
            "requests": e.requests, "bad": e.bad, "calm_ratio": e.calm_share,
        })).collect::<Vec<_>>(),
        "findings": causes,
        "root_causes": causes,
        "second_opinion": deviating,
        "waves": answer.waves.iter().map(|w| wave_json(graph, w)).collect::<Vec<_>>(),
        "timeline": timeline,
        "recovery_ms": answer.recovery.map(Nanos::as_millis_f64),
        "business": cost_json(beside.cost.as_ref()),
        "notes": intermittent.chain(which).chain(answer.missing.iter().map(note)).collect::<Vec<_>>(),
    })
}

/// How a node was reached, in words.
pub fn mechanism_words(mechanism: Mechanism) -> &'static str {
    match mechanism {
        Mechanism::Origin => texts().answers.where_it_began,
        Mechanism::ErrorPropagation => texts().answers.its_calls_failed,
        Mechanism::Timeout => texts().answers.its_calls_ran_out_of,
        Mechanism::LatencyPropagation => texts().answers.its_calls_took_longer,
        Mechanism::OwnTime => texts().answers.it_took_longer_itself,
        Mechanism::RetryAmplification => texts().answers.it_called_again_and_again,
        Mechanism::SharedDependency => texts().answers.it_uses_the_same_store,
        Mechanism::DeadlineExhausted => texts().answers.its_callers_had_no_time,
        Mechanism::PoolExhaustion => texts().answers.its_connections_ran_out,
        Mechanism::Backlog => texts().answers.messages_for_it_pile_up,
        Mechanism::TrafficLoss => texts().answers.its_callers_called_it_less,
    }
}

/// How long after the onset a node was reached.
pub fn delay_text(reached: &Reached) -> String {
    if reached.delay < BUCKET {
        fill(texts().answers.within, &[("length", &length_text(Some(BUCKET)))])
    } else {
        format!("+{}", length_text(Some(reached.delay)))
    }
}

/// What a node showed, in words.
pub fn symptom_words(s: Symptom) -> &'static str {
    match s {
        Symptom::Errors => texts().pages.failed_requests,
        Symptom::Timeouts => texts().pages.calls_out_of_time,
        Symptom::Slow => texts().pages.slow_requests,
        Symptom::TrafficDrop => texts().pages.requests_that_did_not_come,
    }
}

/// What happened, in one or two sentences.
pub fn summary(graph: &ServiceGraph, answer: &Incident) -> String {
    summary_in(graph, answer, moment_text)
}

/// The same, with moments as the reader wants them.
pub fn summary_in(graph: &ServiceGraph, answer: &Incident, moment: impl Fn(Timestamp) -> String) -> String {
    let (Some(range), t) = (answer.incident, &answer.totals) else {
        return texts().pages.no_incident.to_owned();
    };
    let words = &texts().pages;
    let (from, to, length) = (moment(range.start), moment(range.end), length_text(Some(range.length())));
    let (bad, all) = (format!("{:.0}", t.bad), format!("{:.0}", t.requests));
    let share = percent_text((t.requests > 0.0).then(|| t.bad / t.requests));
    let has_calm = t.calm_requests > 0.0;
    let calm = percent_text(has_calm.then(|| t.calm_bad / t.calm_requests));
    let values: [(&str, &dyn std::fmt::Display); 7] = [
        ("from", &from),
        ("to", &to),
        ("length", &length),
        ("bad", &bad),
        ("all", &all),
        ("share", &share),
        ("calm", &calm),
    ];
    let mut out =
        fill(if has_calm { words.requests_were_bad_calm } else { words.requests_were_bad }, &values);
    if let Some(cause) = answer.causes.first() {
        let (who, level) = (subject_text(graph, cause.subject), level_word(cause.confidence.name()));
        let is_way = matches!(cause.subject, Subject::Edge(_));
        let template = if is_way { words.most_likely_way } else { words.most_likely };
        out += &fill(template, &[("who", &who), ("level", &level)]);
    }
    out
}

/// What happened, or that it comes and goes.
pub fn summary_beside(graph: &ServiceGraph, answer: &Incident, beside: &Beside) -> String {
    let intermittent = beside.intermittent.clone().filter(|_| answer.incident.is_none());
    intermittent.unwrap_or_else(|| summary(graph, answer))
}

fn markdown(snapshot: &Snapshot, graph: &ServiceGraph, answer: &Incident, beside: &Beside) -> String {
    let words = &texts().pages;
    let mut out = format!("{}\n\n{}\n", words.incident, summary_beside(graph, answer, beside));
    if let Some(b) = answer.baseline {
        let (from, to) = (moment_text(b.start), moment_text(b.end));
        let _ = writeln!(out, "{}", fill(words.held_against, &[("from", &from), ("to", &to)]));
    }
    out += &first_sign(graph, answer);
    if let Some(which) = beside.which.as_ref().filter(|_| is_partial(answer)) {
        let _ = writeln!(out, "\n{which}");
    }
    if !answer.entries.is_empty() {
        out += words.who_was_hit;
    }
    for e in &answer.entries {
        let _ = writeln!(
            out,
            "| {} | {} | {:.0} | {} | {} |",
            name_of(graph, e.node),
            cell(snapshot.spans.text(e.operation)),
            e.requests,
            percent_text(Some(e.share())),
            percent_text(e.calm_share)
        );
    }
    if !answer.causes.is_empty() {
        out += words.root_cause;
    }
    for (i, cause) in answer.causes.iter().enumerate() {
        let who = subject_text(graph, cause.subject);
        let (confidence, severity) = (level_word(cause.confidence.name()), level_word(cause.severity.name()));
        let sure =
            fill(words.confidence_and_severity, &[("confidence", &confidence), ("severity", &severity)]);
        let _ = writeln!(out, "\n{}. **{who}**: {sure}", i + 1);
        for reason in cause_reasons(snapshot, graph, cause) {
            let _ = writeln!(out, "   - {reason}");
        }
        let traces = ids(&cause.evidence.traces);
        let traces = format!("   - {}", fill(words.cause_traces, &[("traces", &traces)]));
        if cause.deviation.is_some() {
            let _ = writeln!(out, "{traces}");
            continue;
        }
        let _ = writeln!(out, "   - {}", terms_text(&cause.terms));
        let _ = writeln!(out, "{traces}");
    }
    markdown_waves(graph, answer, &mut out);
    markdown_timeline(graph, answer, &mut out);
    if answer.incident.is_some() {
        markdown_cost(beside.cost.as_ref(), &mut out);
    }
    for missing in &answer.missing {
        let _ = writeln!(out, "\n{}", note(missing));
    }
    out
}

/// That something showed before any request was hit, where it did: others may have coped with it for a while.
fn first_sign(graph: &ServiceGraph, answer: &Incident) -> String {
    let mut shown = answer.timeline.iter().filter(|(_, e)| e.symptom != Symptom::TrafficDrop);
    let (Some(range), Some(first)) = (answer.incident, shown.next()) else { return String::new() };
    // Closer onsets have no order: of those, what the cause shows.
    let is_cause = |n| answer.causes.first().is_some_and(|c| c.subject == Subject::Node(n));
    let tied = shown.take_while(|(_, e)| e.onset < first.1.onset + BUCKET);
    let (node, e) = tied.into_iter().find(|(n, _)| is_cause(*n)).unwrap_or(first);
    if e.onset + BUCKET >= range.start {
        return String::new();
    }
    let (name, what, time) = (name_of(graph, *node), symptom_words(e.symptom), moment_text(e.onset));
    fill(texts().pages.first_sign, &[("what", &what), ("name", &name), ("time", &time)])
}

fn markdown_timeline(graph: &ServiceGraph, answer: &Incident, out: &mut String) {
    if !answer.timeline.is_empty() {
        *out += texts().pages.timeline;
    }
    for (node, e) in &answer.timeline {
        let (from, to) = (moment_text(e.onset), moment_text(e.end));
        let _ = writeln!(
            out,
            "| {from} | {} | {} | {} | {to} |",
            name_of(graph, *node),
            symptom_words(e.symptom),
            e.count
        );
    }
}

/// How sure it is, term by term.
fn terms_text(t: &Terms) -> String {
    let figures = [t.score(), t.amount, t.share, t.lead].map(|v| format!("{v:.2}"));
    let [score, amount, share, lead] = figures;
    let (first, agreement) = (format!("{:.1}", t.first), format!("{:.1}", t.agreement));
    let change = format!("{:.0}", t.change);
    let values: [(&str, &dyn std::fmt::Display); 7] = [
        ("score", &score),
        ("amount", &amount),
        ("share", &share),
        ("lead", &lead),
        ("first", &first),
        ("agreement", &agreement),
        ("change", &change),
    ];
    fill(texts().pages.confidence_terms, &values)
}

fn markdown_cost(cost: Option<&Business>, out: &mut String) {
    let Some(cost) = cost else {
        *out += texts().pages.cost_not_configured;
        return;
    };
    let words = &texts().pages;
    *out += &fill(words.what_it_cost, &[("requests", &format_args!("{:.0}", cost.requests))]);
    if let Some(users) = cost.users {
        let _ = writeln!(*out, "- {}{}", fill(words.cost_users, &[("users", &users)]), words.stop);
    }
    if let Some(amount) = cost.amount_per_hour {
        let amount = fill(words.cost_amount, &[("amount", &format_args!("{amount:.0}"))]);
        let _ = writeln!(*out, "- {amount}{}", words.stop);
    }
}

fn markdown_waves(graph: &ServiceGraph, answer: &Incident, out: &mut String) {
    if answer.waves.is_empty() {
        return;
    }
    let words = &texts().pages;
    *out += words.propagation;
    for wave in &answer.waves {
        for n in &wave.nodes {
            let after = if n.mechanism == Mechanism::Origin { words.start.to_owned() } else { delay_text(n) };
            let _ = writeln!(
                out,
                "| {} | {} | {after} | {} | {} | {} |",
                wave.wave,
                name_of(graph, n.node),
                mechanism_words(n.mechanism),
                percent_text(Some(n.share)),
                level_word(n.severity.name())
            );
        }
    }
    let recovery = answer.recovery.map_or(words.still_going_on.to_owned(), |r| {
        fill(words.calm_again, &[("length", &length_text(Some(r)))])
    });
    let _ = writeln!(out, "\n{recovery}");
}
