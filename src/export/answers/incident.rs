//! What broke first, why, and who was hit: as sentences, JSON and Markdown.
use std::fmt::Write;

use serde_json::{Value, json};

use super::patterns::is_partial;
use super::{Answer, cell, evidence, id_of, ids, name_of, range_json, set_subject, subject_text};
use crate::analysis::Subject;
use crate::analysis::impact::Business;
use crate::analysis::incident::{
    BUCKET, Cause, Incident, Mechanism, Missing, Reached, Resource, Symptom, Wave,
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
        Missing::Incident { .. } | Missing::Requests { .. } => {
            text + " Give --incident T..T to ask about one."
        }
        Missing::Baseline => text + " Give --baseline or --baseline-files.",
        Missing::OtherStretches(_) => text + " Give --incident T..T to ask about them.",
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
        Symptom::Errors => "failed requests",
        Symptom::Timeouts => "calls out of time",
        Symptom::Slow => "slow requests",
        Symptom::TrafficDrop => "requests that did not come",
    }
}

/// What happened, in one or two sentences.
pub fn summary(graph: &ServiceGraph, answer: &Incident) -> String {
    summary_in(graph, answer, moment_text)
}

/// The same, with moments as the reader wants them.
pub fn summary_in(graph: &ServiceGraph, answer: &Incident, moment: impl Fn(Timestamp) -> String) -> String {
    let (Some(range), t) = (answer.incident, &answer.totals) else {
        return "No incident was found.".to_owned();
    };
    let mut out = format!(
        "From {} to {} ({}), {:.0} of {:.0} requests were bad ({}",
        moment(range.start),
        moment(range.end),
        length_text(Some(range.length())),
        t.bad,
        t.requests,
        percent_text((t.requests > 0.0).then(|| t.bad / t.requests)),
    );
    out += &match t.calm_requests {
        0.0 => ").".to_owned(),
        calm => format!("; {} in calm times).", percent_text(Some(t.calm_bad / calm))),
    };
    if let Some(cause) = answer.causes.first() {
        let who = subject_text(graph, cause.subject);
        let what = if matches!(cause.subject, Subject::Edge(_)) { "the way between " } else { "" };
        let _ =
            write!(out, " The cause is most likely {what}{who} ({} confidence).", cause.confidence.name());
    }
    out
}

/// What happened, or that it comes and goes.
pub fn summary_beside(graph: &ServiceGraph, answer: &Incident, beside: &Beside) -> String {
    let intermittent = beside.intermittent.clone().filter(|_| answer.incident.is_none());
    intermittent.unwrap_or_else(|| summary(graph, answer))
}

fn markdown(snapshot: &Snapshot, graph: &ServiceGraph, answer: &Incident, beside: &Beside) -> String {
    let mut out = format!("# Incident\n\n{}\n", summary_beside(graph, answer, beside));
    if let Some(b) = answer.baseline {
        let _ = writeln!(
            out,
            "Held against the calm time from {} to {}.",
            moment_text(b.start),
            moment_text(b.end)
        );
    }
    out += &first_sign(graph, answer);
    if let Some(which) = beside.which.as_ref().filter(|_| is_partial(answer)) {
        let _ = writeln!(out, "\n{which}");
    }
    if !answer.entries.is_empty() {
        out += "\n## Who was hit\n\n| entry | operation | requests | bad | in calm times |\n|---|---|---:|---:|---:|\n";
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
        out += "\n## Root cause\n";
    }
    for (i, cause) in answer.causes.iter().enumerate() {
        let (who, t) = (subject_text(graph, cause.subject), &cause.terms);
        let _ = writeln!(
            out,
            "\n{}. **{who}**: {} confidence, {}",
            i + 1,
            cause.confidence.name(),
            cause.severity.name()
        );
        for reason in cause_reasons(snapshot, graph, cause) {
            let _ = writeln!(out, "   - {reason}");
        }
        let traces = format!("   - traces: {}", ids(&cause.evidence.traces));
        if cause.deviation.is_some() {
            let _ = writeln!(out, "{traces}");
            continue;
        }
        let _ = writeln!(
            out,
            "   - confidence {:.2}: amount {:.2} × (0.45 × share {:.2} + 0.15 × lead {:.2} + 0.15 × first {:.1} + \
             0.15 × second opinion {:.1} + 0.10 × change {:.0})",
            t.score(),
            t.amount,
            t.share,
            t.lead,
            t.first,
            t.agreement,
            t.change
        );
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
    format!(
        "\nThe first sign came before more requests than usual were bad: {what} of {name}, from {time}.\n"
    )
}

fn markdown_timeline(graph: &ServiceGraph, answer: &Incident, out: &mut String) {
    if !answer.timeline.is_empty() {
        *out += "\n## Timeline\n\n| onset | node | what | spans | until |\n|---|---|---|---:|---|\n";
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

fn markdown_cost(cost: Option<&Business>, out: &mut String) {
    let Some(cost) = cost else {
        *out += "\nUsers and money: not configured (name attributes with --user-key and --amount-key).\n";
        return;
    };
    let _ =
        writeln!(*out, "\n## What it cost\n\n- {:.0} requests that go well in calm times.", cost.requests);
    if let Some(users) = cost.users {
        let _ = writeln!(*out, "- At least {users} users.");
    }
    if let Some(amount) = cost.amount_per_hour {
        let _ = writeln!(*out, "- {amount:.0} an hour, in the unit of the attribute.");
    }
}

fn markdown_waves(graph: &ServiceGraph, answer: &Incident, out: &mut String) {
    if answer.waves.is_empty() {
        return;
    }
    *out += "\n## Propagation\n\n| wave | node | after | how | share of its requests | severity |\n|---:|---|---|---|---:|---|\n";
    for wave in &answer.waves {
        for n in &wave.nodes {
            let after = if n.mechanism == Mechanism::Origin { "start".to_owned() } else { delay_text(n) };
            let _ = writeln!(
                out,
                "| {} | {} | {after} | {} | {} | {} |",
                wave.wave,
                name_of(graph, n.node),
                mechanism_words(n.mechanism),
                percent_text(Some(n.share)),
                n.severity.name()
            );
        }
    }
    let recovery = answer.recovery.map_or("It was still going on at the end of the data.".to_owned(), |r| {
        format!("Everything that it reached was calm again {} after the onset.", length_text(Some(r)))
    });
    let _ = writeln!(out, "\n{recovery}");
}
