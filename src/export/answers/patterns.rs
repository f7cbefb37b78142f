//! What bad requests have in common, as sentences, JSON and Markdown.
use std::fmt::Write;

use serde_json::{Value, json};

use super::{Answer, cell, evidence, id_of, ids, name_of, set_subject, subject_text, window};
use crate::analysis::incident::Incident;
use crate::analysis::patterns::{
    Association, Condition, Difference, FrequentError, Group, Missing, Pair, Patterns, Rhythm, Segment,
    Source, StepDifference,
};
use crate::analysis::{BlameKey, Severity};
use crate::export::map::{length_text, percent_text};
use crate::graph::{ServiceGraph, Snapshot};
use crate::model::Nanos;
use crate::texts::{fill, texts};

/// The answer in both forms.
pub fn patterns(snapshot: &Snapshot, graph: &ServiceGraph, answer: &Patterns) -> Answer {
    let page = Page { snapshot, graph };
    Answer { json: page.json(answer), markdown: page.markdown(answer) }
}

/// How strong an association is, from how much of the bad it covers and how bad it is where it holds.
pub fn association_severity(group: &Group, a: &Association) -> Severity {
    if a.only_says_when {
        return Severity::Low;
    }
    // What half of an entry's requests suffer from is as grave as an outage of half of them.
    Severity::of_share(a.recall * group.share().max(a.bad_ratio_with * 0.5))
}

/// One association as a sentence: `inventory.items > 100: 61 % bad against 0.6 %`.
pub fn association_text(snapshot: &Snapshot, a: &Association) -> String {
    let mut out = fill(
        texts().patterns.bad_against,
        &[
            ("rule", &rule_text(snapshot, &a.source, &a.condition)),
            ("with", &percent_text(Some(a.bad_ratio_with))),
            ("without", &percent_text(Some(a.bad_ratio_without))),
        ],
    );
    if let Some((source, condition, share)) = &a.and {
        let more = rule_text(snapshot, source, condition);
        out +=
            &fill(texts().patterns.with_as_well, &[("more", &more), ("share", &percent_text(Some(*share)))]);
    }
    out
}

/// Where most of the extra time of bad requests goes, and in which step.
pub fn blame_text(snapshot: &Snapshot, graph: &ServiceGraph, group: &Group) -> Option<String> {
    let (key, share) = group.bottlenecks.first()?;
    let mut out = fill(
        texts().patterns.extra_time_goes_to,
        &[("share", &percent_text(Some(*share))), ("name", &subject_text(graph, (*key).into()))],
    );
    let detail = group.blamed.as_ref();
    if let Some((operation, _)) = detail.and_then(|d| d.operation.as_ref()) {
        out += &fill(texts().patterns.in_operation, &[("operation", &cell(operation))]);
    }
    let step = group.pair.iter().flat_map(|p| &p.differences).find(|d| {
        let name = d.path.last().map(|p| snapshot.spans.text(p.1));
        d.difference == Difference::Time && name == detail.and_then(|d| d.operation.as_ref()).map(|o| &*o.0)
    });
    if let Some(d) = step {
        out += &fill(
            texts().patterns.instead_of,
            &[("now", &ms(d.problem.own_ms)), ("before", &ms(d.normal.own_ms))],
        );
    }
    if let Some((statement, _)) = detail.and_then(|d| d.statement.as_ref()) {
        let _ = write!(out, ": `{}`", cell(statement));
    }
    Some(out)
}

/// Whose requests the bad ones are.
pub fn segment_text(snapshot: &Snapshot, segment: &Segment) -> String {
    fill(
        texts().patterns.of_them_have,
        &[
            ("recall", &percent_text(Some(segment.recall))),
            ("rule", &rule_text(snapshot, &segment.source, &segment.condition)),
            ("share", &percent_text(Some(segment.bad_ratio))),
        ],
    )
}

/// The beat at which bad requests come.
pub fn rhythm_text(rhythm: &Rhythm) -> String {
    let minutes = rhythm.period.0 / Nanos::from_secs(60).0;
    let (count, one, many) = if minutes % 60 == 0 {
        (minutes / 60, texts().patterns.every_hour, texts().patterns.every_hours)
    } else {
        (minutes, texts().patterns.every_minute, texts().patterns.every_minutes)
    };
    let every = if count == 1 { one.to_owned() } else { fill(many, &[("count", &count)]) };
    fill(
        texts().patterns.they_come_every,
        &[
            ("every", &every),
            ("first", &crate::export::traces::moment_text(rhythm.first)),
            ("share", &percent_text(Some(rhythm.share))),
            ("beats", &rhythm.beats),
        ],
    )
}

/// That a trouble comes and goes, where no single stretch of time stands out and a property above low does.
pub fn intermittent_text(snapshot: &Snapshot, graph: &ServiceGraph, answer: &Patterns) -> Option<String> {
    shared_text(snapshot, graph, answer, texts().patterns.no_single_incident, |_, a| is_telling(a))
}

/// Share of bad requests from which on an operation was hit as a whole.
const PARTIAL: f64 = 0.9;

/// Which requests are bad of an operation that an incident hit in part, where a property above low tells them. When
/// they came is known then, and that more are under way while they take longer is no property of theirs.
pub fn which_text(
    snapshot: &Snapshot,
    graph: &ServiceGraph,
    answer: &Patterns,
    incident: &Incident,
) -> Option<String> {
    let is_partial =
        |g: &Group| incident.entries.iter().any(|e| (e.node, e.operation) == g.entry && e.share() < PARTIAL);
    let is_own = |a: &Association| {
        a.condition != Condition::Missing && !matches!(a.source, Source::Hour | Source::Concurrency)
    };
    shared_text(snapshot, graph, answer, texts().patterns.bad_ones_share, |g, a| is_partial(g) && is_own(a))
}

/// Whether an incident let a part of the requests through that it hit, so that it matters which ones.
pub fn is_partial(incident: &Incident) -> bool {
    incident.entries.first().is_some_and(|e| e.share() < PARTIAL)
}

/// A sentence about the property that bad requests share most tellingly.
fn shared_text(
    snapshot: &Snapshot,
    graph: &ServiceGraph,
    answer: &Patterns,
    sentence: &str,
    is_meant: impl Fn(&Group, &Association) -> bool,
) -> Option<String> {
    let worst = answer.groups.iter().filter_map(|g| {
        let a = g.associations.iter().find(|a| is_meant(g, a))?;
        Some((association_severity(g, a), g, a)).filter(|w| w.0 > Severity::Low)
    });
    let (_, group, a) = worst.reduce(|best, other| if other.0 > best.0 { other } else { best })?;
    Some(fill(
        sentence,
        &[
            ("bad", &group.bad),
            ("all", &group.all),
            ("service", &name_of(graph, group.entry.0)),
            ("operation", &cell(snapshot.spans.text(group.entry.1))),
            ("what", &association_text(snapshot, a)),
        ],
    ))
}

/// Whether an association says more than when it was, or what was not reached.
///
/// What is missing mostly is so because of the failure: it follows, it does not go before.
pub fn is_telling(a: &Association) -> bool {
    a.condition != Condition::Missing && !a.only_says_when
}

/// A property by the name that people know it by.
fn attribute(snapshot: &Snapshot, source: &Source) -> String {
    let text = |s| cell(snapshot.spans.text(s));
    match source {
        Source::Entry(key) | Source::Span(_, key) => text(*key),
        Source::Version(service) => fill(texts().patterns.version_of, &[("service", &text(*service))]),
        Source::Instance(service) => fill(texts().patterns.instance_of, &[("service", &text(*service))]),
        Source::Count(service, name) => {
            fill(texts().patterns.calls_of, &[("operation", &text(*name)), ("service", &text(*service))])
        }
        Source::Concurrency => texts().patterns.requests_under_way.to_owned(),
        Source::Hour => texts().patterns.hour_of_the_day.to_owned(),
    }
}

fn service(snapshot: &Snapshot, source: &Source) -> Option<String> {
    match source {
        Source::Span(service, _)
        | Source::Version(service)
        | Source::Instance(service)
        | Source::Count(service, _) => Some(snapshot.spans.text(*service).to_owned()),
        _ => None,
    }
}

fn condition(condition: &Condition) -> String {
    match condition {
        Condition::Is(value) => format!("= {}", cell(value)),
        Condition::Above(n) => format!("> {n}"),
        Condition::AtMost(n) => format!("<= {n}"),
        Condition::Missing => texts().patterns.is_missing.to_owned(),
    }
}

/// A property and what is asked of it: `inventory.items > 100`.
pub fn rule_text(snapshot: &Snapshot, source: &Source, c: &Condition) -> String {
    // Hours are whole: one after 13.5 is one from 14 on.
    let whole = match (source, c) {
        (Source::Hour, Condition::Above(n)) => Some(format!(">= {:.0}", n.floor() + 1.0)),
        (Source::Hour, Condition::AtMost(n)) => Some(format!("<= {:.0}", n.floor())),
        _ => None,
    };
    if let Some(whole) = whole {
        return format!("{} {whole}", attribute(snapshot, source));
    }
    format!("{} {}", attribute(snapshot, source), condition(c))
}

fn difference_name(d: Difference) -> &'static str {
    match d {
        Difference::NotExecuted => "not_executed",
        Difference::Added => "added",
        Difference::Count => "count",
        Difference::Status => "status",
        Difference::Time => "time",
    }
}

fn ms(value: f64) -> String {
    length_text(Some(Nanos((value * 1e6) as i64)))
}

/// A step of the pair in words.
pub fn difference_text(d: &StepDifference) -> String {
    match d.difference {
        Difference::NotExecuted => fill(texts().patterns.not_executed, &[("length", &ms(d.normal.own_ms))]),
        Difference::Added => fill(
            texts().patterns.only_here,
            &[("count", &d.problem.count), ("length", &ms(d.problem.own_ms))],
        ),
        Difference::Count => {
            fill(texts().patterns.times_instead_of, &[("now", &d.problem.count), ("before", &d.normal.count)])
        }
        Difference::Status if d.problem.failed > 0 => fill(
            texts().patterns.failed_after,
            &[("now", &ms(d.problem.own_ms)), ("before", &ms(d.normal.own_ms))],
        ),
        Difference::Status => texts().patterns.did_not_fail.to_owned(),
        Difference::Time => fill(
            texts().patterns.itself_instead_of,
            &[("now", &ms(d.problem.own_ms)), ("before", &ms(d.normal.own_ms))],
        ),
    }
}

struct Page<'a> {
    snapshot: &'a Snapshot,
    graph: &'a ServiceGraph,
}

impl Page<'_> {
    fn entry(&self, group: &Group) -> String {
        format!("{} {}", name_of(self.graph, group.entry.0), cell(self.snapshot.spans.text(group.entry.1)))
    }

    fn step(&self, d: &StepDifference) -> String {
        d.path.last().map_or(String::new(), |(service, name)| {
            format!("{} {}", cell(self.snapshot.spans.text(*service)), cell(self.snapshot.spans.text(*name)))
        })
    }

    fn finding(&self, group: &Group, a: &Association) -> Value {
        json!({
            "kind": "association",
            "node": id_of(self.graph, group.entry.0),
            "severity": association_severity(group, a).name(),
            "score": a.score,
            "reasons": [
                association_text(self.snapshot, a),
                fill(
                    texts().patterns.it_holds_for,
                    &[("share", &percent_text(Some(a.recall))), ("entry", &self.entry(group))],
                ),
            ],
            "evidence": evidence(&group.evidence),
        })
    }

    fn association(&self, group: &Group, a: &Association) -> Value {
        let rule = |(s, c): &(Source, Condition)| rule_text(self.snapshot, s, c);
        json!({
            "attribute": attribute(self.snapshot, &a.source),
            "service": service(self.snapshot, &a.source),
            "condition": condition(&a.condition),
            "bad_ratio_with": a.bad_ratio_with,
            "bad_ratio_without": a.bad_ratio_without,
            "p_value": a.p_value,
            "recall": a.recall,
            "bad": a.bad,
            "only_says_when": a.only_says_when,
            "entry": self.entry(group),
            "also": a.also.iter().map(rule).collect::<Vec<_>>(),
            "and": a.and.as_ref().map(|(s, c, share)| json!({
                "condition": rule_text(self.snapshot, s, c), "bad_ratio": share,
            })),
        })
    }

    fn pair(&self, pair: &Pair) -> Value {
        let step = |d: &StepDifference| {
            json!({
                "step": self.step(d), "difference": difference_name(d.difference), "text": difference_text(d),
                "normal": { "count": d.normal.count, "own_ms": d.normal.own_ms },
                "problem": { "count": d.problem.count, "own_ms": d.problem.own_ms },
            })
        };
        json!({
            "normal": pair.normal.to_string(), "problem": pair.problem.to_string(),
            "normal_ms": pair.ms.0, "problem_ms": pair.ms.1,
            "differences": pair.differences.iter().map(step).collect::<Vec<_>>(),
        })
    }

    fn error(&self, e: &FrequentError) -> Value {
        json!({
            "node": e.node.map(|n| id_of(self.graph, n)), "operation": self.snapshot.spans.text(e.operation),
            "class": e.outcome.name(), "type": e.kind, "message": e.message, "count": e.count,
            "evidence": evidence(&e.evidence),
        })
    }

    fn group(&self, g: &Group) -> Value {
        let bottleneck = |(key, share): &(BlameKey, f64)| {
            let mut v = json!({ "share": share });
            set_subject(&mut v, self.graph, (*key).into());
            v
        };
        json!({
            "entry": self.entry(g), "node": id_of(self.graph, g.entry.0), "bad": g.bad, "all": g.all,
            "failed": g.failed, "bad_ratio": g.share(),
            "blamed": g.blamed.as_ref().map(|d| json!({
                "operation": d.operation.as_ref().map(|o| &o.0), "statement": d.statement.as_ref().map(|s| &s.0),
            })),
            "segment": g.segment.as_ref().map(|s| json!({
                "condition": rule_text(self.snapshot, &s.source, &s.condition),
                "recall": s.recall, "bad_ratio": s.bad_ratio,
            })),
            "rhythm": g.rhythm.as_ref().map(|r| json!({
                "period_ms": r.period.as_millis_f64(), "first_unix_nano": r.first.0.to_string(),
                "share": r.share, "beats": r.beats, "p_value": r.p_value,
            })),
            "bottlenecks": g.bottlenecks.iter().map(bottleneck).collect::<Vec<_>>(),
            "errors": g.errors.iter().map(|e| self.error(e)).collect::<Vec<_>>(),
            "pair": g.pair.as_ref().map(|p| self.pair(p)),
            "together": g.together.iter().map(|t| json!({
                "nodes": [id_of(self.graph, t.nodes.0), id_of(self.graph, t.nodes.1)],
                "phi": t.phi, "count": t.count,
            })).collect::<Vec<_>>(),
        })
    }

    fn json(&self, answer: &Patterns) -> Value {
        let all = || answer.groups.iter().flat_map(|g| g.associations.iter().map(move |a| (g, a)));
        json!({
            "question": "patterns",
            "window": window(self.graph),
            "findings": all().map(|(g, a)| self.finding(g, a)).collect::<Vec<_>>(),
            "associations": all().map(|(g, a)| self.association(g, a)).collect::<Vec<_>>(),
            "pair": answer.groups.first().and_then(|g| g.pair.as_ref()).map(|p| self.pair(p)),
            "groups": answer.groups.iter().map(|g| self.group(g)).collect::<Vec<_>>(),
            "notes": answer.missing.iter().map(missing_text).collect::<Vec<_>>(),
        })
    }

    fn markdown(&self, answer: &Patterns) -> String {
        let mut out = format!("{}\n", texts().pages.patterns);
        for g in &answer.groups {
            self.group_markdown(g, &mut out);
        }
        for missing in &answer.missing {
            let _ = writeln!(out, "\n{}", missing_text(missing));
        }
        out
    }

    fn time_markdown(&self, g: &Group, out: &mut String) {
        if !g.bottlenecks.is_empty() {
            *out += texts().pages.where_their_time_goes;
        }
        if let Some(line) = blame_text(self.snapshot, self.graph, g) {
            let _ = writeln!(out, "{line}{}\n", texts().pages.stop);
        }
        for (key, share) in &g.bottlenecks {
            let _ = writeln!(
                out,
                "- {}: {}",
                subject_text(self.graph, (*key).into()),
                percent_text(Some(*share))
            );
        }
    }

    fn group_markdown(&self, g: &Group, out: &mut String) {
        let words = &texts().pages;
        let share = percent_text(Some(g.share()));
        let bad: [(&str, &dyn std::fmt::Display); 4] =
            [("bad", &g.bad), ("all", &g.all), ("share", &share), ("failed", &g.failed)];
        let _ = writeln!(out, "\n## {}\n\n{}\n", self.entry(g), fill(words.requests_are_bad, &bad));
        if g.associations.is_empty() {
            let _ = writeln!(out, "{}", words.nothing_goes_with_them);
        }
        for (i, a) in g.associations.iter().enumerate() {
            let p =
                if a.p_value < 0.0001 { "p < 0.0001".to_owned() } else { format!("p = {:.4}", a.p_value) };
            let share = percent_text(Some(a.recall));
            let of_bad = fill(words.of_the_bad_ones, &[("share", &share), ("p", &p)]);
            let _ = writeln!(out, "{}. **{}** {of_bad}", i + 1, association_text(self.snapshot, a));
            if a.only_says_when {
                let _ = writeln!(out, "   - {}", texts().patterns.only_says_when);
            }
            for (source, c) in &a.also {
                let rule = rule_text(self.snapshot, source, c);
                let _ = writeln!(out, "   - {}", fill(words.the_same_requests, &[("rule", &rule)]));
            }
        }
        let who = g.segment.as_ref().map(|s| segment_text(self.snapshot, s));
        for (i, line) in who.into_iter().chain(g.rhythm.as_ref().map(rhythm_text)).enumerate() {
            let gap = if i == 0 { "\n" } else { "" };
            let _ = writeln!(out, "{gap}- {line}{}", words.stop);
        }
        self.time_markdown(g, out);
        if !g.errors.is_empty() {
            *out += words.frequent_errors;
        }
        for e in &g.errors {
            let what = if e.kind.is_empty() { e.outcome.name() } else { &e.kind };
            let who = e.node.map_or(String::new(), |n| name_of(self.graph, n));
            let _ = writeln!(
                out,
                "- {} × {who} “{}”: {} {} ({})",
                e.count,
                cell(self.snapshot.spans.text(e.operation)),
                cell(what),
                cell(&e.message),
                ids(&e.evidence.traces.iter().take(1).copied().collect::<Vec<_>>())
            );
        }
        for t in &g.together {
            let (a, b) = (name_of(self.graph, t.nodes.0), name_of(self.graph, t.nodes.1));
            let phi = format!("{:.2}", t.phi);
            let values: [(&str, &dyn std::fmt::Display); 4] =
                [("a", &a), ("b", &b), ("count", &t.count), ("phi", &phi)];
            let _ = writeln!(out, "- {}", fill(words.go_wrong_together, &values));
        }
        if let Some(pair) = &g.pair {
            let values: [(&str, &dyn std::fmt::Display); 4] = [
                ("normal", &pair.normal),
                ("normal_ms", &ms(pair.ms.0)),
                ("problem", &pair.problem),
                ("problem_ms", &ms(pair.ms.1)),
            ];
            let _ = writeln!(out, "{}", fill(words.pair, &values));
            for d in &pair.differences {
                let _ = writeln!(out, "| {} | {} |", self.step(d), difference_text(d));
            }
        }
    }
}

/// What is missing for a better answer, as a sentence.
pub fn missing_text(missing: &Missing) -> String {
    match missing {
        Missing::Traces => texts().answers.there_is_no_trace_with.to_owned(),
        Missing::Bad(0) => texts().patterns.nothing_to_compare.to_owned(),
        Missing::Bad(n) => fill(texts().patterns.at_most_bad_requests, &[("n", &n)]),
        Missing::Good(0) => texts().patterns.no_request_is_good.to_owned(),
        Missing::Good(n) => fill(texts().patterns.only_good_requests, &[("n", &n)]),
        Missing::Sampled(read, all) => {
            fill(texts().patterns.good_requests_were_read, &[("read", &read), ("all", &all)])
        }
        Missing::Entries(n) => fill(texts().patterns.entries_were_left_aside, &[("n", &n)]),
    }
}
