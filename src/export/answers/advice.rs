//! What to improve, as JSON and Markdown: a roadmap in phases, each advice with its saving and its evidence.
mod words;

use std::fmt::Write;

use serde_json::{Value, json};

use super::{Answer, cell, evidence, id_of, ids, level_word, set_subject, subject_text, window};
use crate::analysis::Subject;
use crate::analysis::advice::{Advice, AdviceAnswer, Phase};
use crate::analysis::statement::QueryHint;
use crate::export::map::{length_text, percent_text};
use crate::graph::{ServiceGraph, Snapshot};
use crate::texts::{fill, texts};

pub use words::{reasons as advice_reasons, title as advice_title};

/// Requests below which most shares say nothing.
const ENOUGH: f64 = 20.0;

/// Everything to improve.
pub fn advice(snapshot: &Snapshot, graph: &ServiceGraph, answer: &AdviceAnswer) -> Answer {
    let findings: Vec<Value> = answer.findings.iter().map(|a| finding(snapshot, graph, a)).collect();
    let json = json!({
        "question": "advice",
        "window": window(graph),
        "requests": answer.requests,
        "findings": findings,
        "notes": notes(answer),
    });
    Answer { json, markdown: markdown(snapshot, graph, answer) }
}

fn finding(snapshot: &Snapshot, graph: &ServiceGraph, a: &Advice) -> Value {
    let statement = a.query.as_ref().map(|q| {
        json!({
            "fingerprint": q.fingerprint,
            "summary": q.summary,
            "hints": q.hints.iter().map(hint_name).collect::<Vec<_>>(),
        })
    });
    let mut v = json!({
        "kind": a.kind.name(),
        "severity": a.severity.name(),
        "score": a.priority / 100.0,
        "confidence": a.confidence.name(),
        "title": words::title(snapshot, graph, a),
        "reasons": words::reasons(snapshot, graph, a),
        "saving_ms_per_request": a.saving.map(|s| s.as_millis_f64()),
        "saving_ratio": a.saving.map(|_| a.saving_share),
        "saving_hours_per_hour": a.saving.map(|_| a.saved_per_hour.as_secs_f64() / 3600.0),
        "requests": a.requests,
        "request_ratio": a.reach,
        "effort": a.effort.name(),
        "phase": a.phase.number(),
        "priority": a.priority,
        "operation": snapshot.spans.text(a.operation),
        "statement": statement,
        "pool": a.pool.as_ref().map(|p| json!({
            "name": p.name, "used_ratio": p.used, "pending": p.pending, "full_ratio": p.full,
        })),
        "others": a.others.iter().map(|n| id_of(graph, *n)).collect::<Vec<_>>(),
        "evidence": evidence(&a.evidence),
    });
    set_subject(&mut v, graph, a.subject);
    v
}

fn hint_name(hint: &QueryHint) -> &'static str {
    match hint {
        QueryHint::SelectStar => "select_star",
        QueryHint::MissingLimit => "missing_limit",
        QueryHint::ManyJoins(_) => "many_joins",
        QueryHint::LeadingWildcard => "leading_wildcard",
        QueryHint::OrAcrossColumns => "or_across_columns",
        QueryHint::FunctionOnColumn(_) => "function_on_column",
        QueryHint::NotInSubquery => "not_in_subquery",
        QueryHint::OrderByRandom => "order_by_random",
        QueryHint::DistinctWithJoin => "distinct_with_join",
        QueryHint::LongInList(_) => "long_in_list",
        QueryHint::NoWhere => "no_where",
        QueryHint::LargeOffset(_) => "large_offset",
        QueryHint::IndexCandidate { .. } => "index_candidate",
    }
}

/// A number and what it counts.
fn counted(n: usize, one: &str, many: &str) -> String {
    if n == 1 { one.to_owned() } else { fill(many, &[("n", &n)]) }
}

/// What was missing or uncertain.
fn notes(answer: &AdviceAnswer) -> Vec<String> {
    let mut out = Vec::new();
    if answer.traces == 0 {
        out.push(texts().advice.no_traces_under_this_lens.to_owned());
    } else if answer.requests == 0.0 {
        out.push(texts().advice.no_root_span.to_owned());
    } else if answer.requests < ENOUGH {
        let (count, needed) = (format!("{:.0}", answer.requests), format!("{ENOUGH:.0}"));
        out.push(fill(texts().advice.too_few_requests, &[("count", &count), ("needed", &needed)]));
    }
    if answer.findings.iter().any(|a| a.saving.is_some()) {
        out.push(texts().advice.savings_one_at_a_time.to_owned());
    }
    if answer.is_sampled {
        out.push(fill(texts().advice.savings_from_a_sample, &[("count", &answer.replayed)]));
    }
    if answer.is_cut {
        out.push(texts().advice.only_120_candidates.to_owned());
    }
    if answer.is_stopped {
        out.push(fill(texts().advice.stopped_early, &[("count", &answer.traces)]));
    }
    out
}

fn phases() -> [(Phase, &'static str); 4] {
    let words = &texts().pages;
    [
        (Phase::QuickWins, words.phase_1),
        (Phase::Next, words.phase_2),
        (Phase::Later, words.phase_3),
        (Phase::Backlog, words.backlog),
    ]
}

fn markdown(snapshot: &Snapshot, graph: &ServiceGraph, answer: &AdviceAnswer) -> String {
    let words = &texts().pages;
    let mut out = format!("{}\n\n", words.advice);
    if answer.traces > 0 {
        let counts: [(&str, &dyn std::fmt::Display); 4] = [
            ("findings", &counted(answer.findings.len(), words.one_finding, words.findings)),
            ("traces", &counted(answer.traces, words.one_trace, words.traces_counted)),
            (
                "requests",
                &counted(answer.requests.round() as usize, words.one_request, words.requests_counted),
            ),
            ("failed", &format!("{:.0}", answer.failed.abs())),
        ];
        let _ = writeln!(out, "{}", fill(words.findings_in_traces, &counts));
    }
    if answer.findings.is_empty() && answer.requests >= ENOUGH {
        let _ = writeln!(out, "\n{}", words.nothing_worth_improving);
    }
    for (phase, name) in phases() {
        let here: Vec<&Advice> = answer.findings.iter().filter(|a| a.phase == phase).collect();
        if here.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n## {name}\n");
        out += words.advice_table;
        for a in &here {
            row(&mut out, graph, a);
        }
        for a in &here {
            let _ = writeln!(out, "\n### {}\n", words::title(snapshot, graph, a));
            for reason in words::reasons(snapshot, graph, a) {
                let _ = writeln!(out, "- {reason}{}", words.stop);
            }
            let spans: Vec<String> = a.evidence.spans.iter().map(|s| format!("`{}`", s.1)).collect();
            let (traces, spans) = (ids(&a.evidence.traces), spans.join(", "));
            let line = fill(words.traces_and_spans, &[("traces", &traces), ("spans", &spans)]);
            let _ = writeln!(out, "- {line}{}", words.stop);
        }
    }
    for note in notes(answer) {
        let _ = writeln!(out, "\n{note}{}", words.stop);
    }
    out
}

fn row(out: &mut String, graph: &ServiceGraph, a: &Advice) {
    let _ = writeln!(
        out,
        "| {} | {} | {} | {} | {} | {} | {:.1} |",
        words::short(a.kind),
        cell(&subject_text(graph, a.subject)),
        length_text(a.saving),
        percent_text(Some(a.reach)),
        level_word(a.effort.name()),
        level_word(a.severity.name()),
        a.priority
    );
}

/// The node that a finding is about, where it is about one.
fn is_node(a: &Advice) -> bool {
    matches!(a.subject, Subject::Node(_))
}

#[cfg(test)]
#[path = "advice/advice_tests.rs"]
mod tests;
