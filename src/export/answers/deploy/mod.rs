//! What deployments changed, as JSON and Markdown.
use std::fmt::Write;

use serde_json::{Value, json};

mod machines;
mod table;
mod words;

use super::difference::{change_json, map_changes};
use super::{Answer, cell, evidence, id_of, ids, name_of, range_json, window};
use crate::analysis::deploy::{
    Basis, Cause, Compared, Comparison, DeployAnswer, Deployment, DeploymentKind, Mechanism, Metric, Shape,
    Verdict,
};
use crate::analysis::{Severity, Subject};
use crate::export::cards::{Card, Question};
use crate::export::map::{length_text, percent_text};
use crate::export::traces::moment_text;
use crate::graph::{ServiceGraph, Snapshot};
use crate::model::{Nanos, Symbol};
use crate::texts::{fill, texts};
use machines::{machine_json, machine_line, machine_sentence, past_sentence, restart_json, restart_sentence};
use words::{
    chance, change_sentence, effect_json, effect_sentences, headline, is_root, kind_text, precise, rounded,
    rounded_f64, severity_text, signed, statistic, text_or_null, unit,
};

/// Rows of a table that is for reading; the JSON has all.
const SHOWN: usize = 40;

/// Everything that the deployments changed.
pub fn deploy(snapshot: &Snapshot, graph: &ServiceGraph, answer: &DeployAnswer) -> Answer {
    let words = Words { snapshot, graph, answer };
    Answer { json: words.json(), markdown: words.markdown() }
}

/// The same as findings for the window and for reports.
pub fn deploy_cards(snapshot: &Snapshot, graph: &ServiceGraph, answer: &DeployAnswer) -> Vec<Card> {
    let words = Words { snapshot, graph, answer };
    let card = |(c, r): (&Comparison, &Compared)| Card {
        question: Question::Deploy,
        // What follows from another change is no worse than a thing to know.
        severity: if is_root(r) { r.severity.unwrap_or_default() } else { Severity::Low },
        confidence: r.cause.map(|c| c.confidence),
        title: match r.cause.filter(|_| !is_root(r)) {
            Some(cause) => fill(
                texts().deploy.because_of,
                &[("what", &headline(r)), ("name", &name_of(graph, cause.from))],
            ),
            None => {
                let is_by_version = matches!(c.basis, Basis::Version { .. });
                let t = &texts().deploy;
                let title = if is_by_version { t.with_the_new_version } else { t.since_a_deployment };
                fill(title, &[("what", &headline(r))])
            }
        },
        subject: Some(Subject::Node(r.node)),
        name: words.subject(r),
        reasons: words.reasons(c, r),
        period: Some(match c.basis {
            Basis::Time { after, .. } => after,
            Basis::Version { window } => window,
        }),
        evidence: r.evidence.clone(),
    };
    words.all_findings().map(card).collect()
}

struct Words<'a> {
    snapshot: &'a Snapshot,
    graph: &'a ServiceGraph,
    answer: &'a DeployAnswer,
}

impl Words<'_> {
    fn text(&self, symbol: Symbol) -> &str {
        self.snapshot.spans.text(symbol)
    }

    fn json(&self) -> Value {
        let findings: Vec<Value> = self.all_findings().map(|(c, row)| self.finding(c, row)).collect();
        let comparison: Vec<Value> =
            self.answer.comparisons.iter().flat_map(|c| c.rows.iter().map(|r| self.row(c, r))).collect();
        let restarts = self.answer.restarts.iter();
        json!({
            "question": "deploy",
            "window": window(self.graph),
            "findings": findings,
            "deployments": self.answer.deployments.iter().map(|d| self.deployment(d)).collect::<Vec<_>>(),
            "restarts": restarts.map(|r| restart_json(self.snapshot, self.graph, r)).collect::<Vec<_>>(),
            "comparisons": self.answer.comparisons.iter().map(|c| self.comparison(c)).collect::<Vec<_>>(),
            "comparison": comparison,
            "notes": self.notes(),
        })
    }

    /// Regressions that somebody should read: those of a service, and of an operation where the service's own
    /// figures do not show it.
    fn all_findings(&self) -> impl Iterator<Item = (&Comparison, &Compared)> + '_ {
        let of = |c: &Comparison, r: &Compared| {
            let says_service = c.rows.iter().any(|s| {
                s.operation.is_none()
                    && (s.node, s.metric, s.verdict) == (r.node, r.metric, Verdict::Regression)
            });
            r.verdict == Verdict::Regression && (r.operation.is_none() || !says_service)
        };
        self.answer
            .comparisons
            .iter()
            .flat_map(move |c| c.rows.iter().filter(move |r| of(c, r)).map(move |r| (c, r)))
    }

    fn deployment(&self, d: &Deployment) -> Value {
        json!({
            "node": d.node.map(|n| id_of(self.graph, n)),
            "version": text_or_null(self.text(d.version)),
            "from_version": text_or_null(self.text(d.from)),
            "kind": d.kind.name(),
            "start_unix_nano": d.start.0.to_string(),
            "rollout_end_unix_nano": d.rollout_end.map(|t| t.0.to_string()),
            "end_unix_nano": d.end.map(|t| t.0.to_string()),
            "requests": d.requests,
            "share": rounded(d.share),
        })
    }

    fn comparison(&self, c: &Comparison) -> Value {
        let (before, after, by_version) = match c.basis {
            Basis::Time { before, after } => (before, after, false),
            Basis::Version { window } => (window, window, true),
        };
        let map = c.map.as_ref().map(|m| {
            map_changes(m)
                .map(|(what, change)| {
                    let mut v = change_json(change);
                    what.set(&mut v);
                    v
                })
                .collect::<Vec<_>>()
        });
        let operations: Vec<Value> = c
            .operations
            .iter()
            .map(|o| {
                json!({
                    "node": id_of(self.graph, o.node),
                    "operation": self.text(o.operation),
                    "presence": if o.is_new { "new" } else { "gone" },
                    "requests": o.requests,
                })
            })
            .collect();
        json!({
            "deployments": c.deployments,
            "basis": if by_version { "version" } else { "time" },
            "before": range_json(Some(before)),
            "after": range_json(Some(after)),
            "collected": rounded(c.collected),
            "is_past_short": c.is_past_short,
            "control_ratio": c.control.map(rounded),
            "machines": c.machines.iter().map(|m| machine_json(self.graph, m)).collect::<Vec<_>>(),
            "map": map,
            "operations": operations,
        })
    }

    fn row(&self, c: &Comparison, r: &Compared) -> Value {
        let mut v = json!({
            "node": id_of(self.graph, r.node),
            "operation": r.operation.map(|o| self.text(o)),
            "metric": r.metric.name(),
            "unit": unit(r.metric),
            "statistic": statistic(r),
            "requests": [r.requests.0, r.requests.1],
            "before": r.before.map(rounded),
            "after": r.after.map(rounded),
            "change_ratio": r.change_ratio().map(rounded),
            "p_value": r.p_value.map(precise),
            "q_value": r.q_value.map(precise),
            "placebo": r.placebo.map(|p| json!({"p_value": rounded(p.p_value), "moments": p.moments})),
            "verdict": r.verdict.name(),
            "shape": r.shape.map(Shape::name),
            "severity": r.severity.map(crate::analysis::Severity::name),
            "cause": r.cause.map(|_| if r.is_cascading() { "cascading" } else { "own" }),
            "deployments": c.deployments,
        });
        if let Some(cause) = r.cause {
            v["cause_node"] = json!(id_of(self.graph, cause.from));
            v["mechanism"] = json!(cause.mechanism.name());
            v["confidence"] = json!(cause.confidence.name());
        }
        v["effect"] = effect_json(&r.effect);
        v
    }

    fn finding(&self, c: &Comparison, r: &Compared) -> Value {
        let mut v = json!({
            "kind": format!("{}_regression", r.metric.name()),
            "node": id_of(self.graph, r.node),
            "severity": r.severity.unwrap_or_default().name(),
            "score": r.cause.map_or(0.0, |c| rounded_f64(c.share)),
            "reasons": self.reasons(c, r),
            "evidence": evidence(&r.evidence),
        });
        if let Some(operation) = r.operation {
            v["operation"] = json!(self.text(operation));
        }
        if let Some(cause) = r.cause {
            v["confidence"] = json!(cause.confidence.name());
            v["cause"] = json!(if r.is_cascading() { "cascading" } else { "own" });
            v["cause_node"] = json!(id_of(self.graph, cause.from));
        }
        if let Some(advice) = self.recommendation(c, r) {
            v["recommendation"] = json!(advice);
        }
        v
    }

    /// Plain sentences, the change first.
    fn reasons(&self, c: &Comparison, r: &Compared) -> Vec<String> {
        let mut out = vec![change_sentence(r)];
        let by_time = matches!(c.basis, Basis::Time { .. });
        out.extend(effect_sentences(r, !by_time));
        out.extend(self.cause_sentence(c, r));
        out.extend(machine_sentence(c, r.node));
        out.extend(match r.placebo {
            Some(p) => Some(fill(
                texts().deploy.earlier_moments,
                &[
                    ("moments", &p.moments),
                    ("count", &format_args!("{:.0}", (p.p_value * (p.moments + 1) as f64 - 1.0).max(0.0))),
                    ("p", &format_args!("{:.3}", p.p_value)),
                ],
            )),
            None if c.is_past_short => past_sentence(c),
            None if r.metric == Metric::Errors || r.p_value.is_none() || !by_time => None,
            None => Some(texts().deploy.time_before_is_too_short.to_owned()),
        });
        out.extend(r.q_value.map(|q| fill(texts().deploy.chance, &[("chance", &chance(q))])));
        out
    }

    fn cause_sentence(&self, c: &Comparison, r: &Compared) -> Option<String> {
        let Cause { from, mechanism, share, is_deployed, .. } = r.cause?;
        let from = name_of(self.graph, from);
        let part = percent_text(Some(share));
        let version = c
            .deployments
            .iter()
            .map(|d| &self.answer.deployments[*d])
            .find(|d| d.node.is_some() && d.node == r.cause.map(|c| c.from));
        let with = match version {
            Some(d) if is_deployed && !d.version.is_empty() => fill(
                texts().deploy.of_which_version_came,
                &[("version", &self.text(d.version)), ("time", &moment_text(d.start))],
            ),
            Some(d) if is_deployed => {
                fill(texts().deploy.which_was_deployed, &[("time", &moment_text(d.start))])
            }
            _ => String::new(),
        };
        Some(match (mechanism, r.is_cascading()) {
            (Mechanism::OwnWork, _) if r.metric == Metric::Errors => {
                fill(texts().deploy.fail_in_itself, &[("part", &part), ("from", &from), ("with", &with)])
            }
            (Mechanism::OwnWork, _) => {
                fill(texts().deploy.own_work, &[("part", &part), ("from", &from), ("with", &with)])
            }
            (Mechanism::SlowCalls, false) => {
                fill(texts().deploy.calls_without_spans, &[("part", &part), ("from", &from), ("with", &with)])
            }
            (Mechanism::SlowCalls, true) => {
                fill(texts().deploy.waiting_from, &[("part", &part), ("from", &from), ("with", &with)])
            }
            (Mechanism::FailingCalls, _) => {
                fill(texts().deploy.a_call_failed, &[("part", &part), ("from", &from), ("with", &with)])
            }
            (Mechanism::FewerRequests, _) => fill(texts().deploy.caller_has_fewer, &[("from", &from)]),
            (Mechanism::FewerCallsPerRequest, _) => fill(texts().deploy.calls_less_often, &[("from", &from)]),
            (Mechanism::UsersLeft, _) => {
                fill(texts().deploy.users_send_less, &[("from", &from), ("with", &with)])
            }
        })
    }

    fn recommendation(&self, c: &Comparison, r: &Compared) -> Option<String> {
        let cause = r.cause.filter(|cause| is_root(r) && cause.is_deployed && cause.from == r.node)?;
        let d = c
            .deployments
            .iter()
            .map(|d| &self.answer.deployments[*d])
            .find(|d| d.node == Some(cause.from))?;
        let name = name_of(self.graph, cause.from);
        let old = self.text(d.from);
        Some(match d.kind {
            DeploymentKind::Canary => fill(
                texts().deploy.stop_the_canary,
                &[("name", &name), ("version", &cell(self.text(d.version)))],
            ),
            _ if old.is_empty() => fill(texts().deploy.take_back, &[("name", &name)]),
            _ => fill(texts().deploy.take_back_to, &[("name", &name), ("version", &cell(old))]),
        })
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let (with, all) = self.answer.versioned;
        if self.answer.deployments.is_empty() {
            notes.push(match with {
                _ if all == 0 => texts().deploy.no_services.to_owned(),
                0 => fill(texts().deploy.none_sends_a_version, &[("all", &all)]),
                _ => fill(texts().deploy.no_version_changed, &[("with", &with), ("all", &all)]),
            });
        } else if with < all {
            notes.push(fill(texts().deploy.send_no_version, &[("count", &(all - with)), ("all", &all)]));
        }
        if self.answer.left_out > 0 {
            notes.push(fill(texts().deploy.not_compared, &[("count", &self.answer.left_out)]));
        }
        for c in &self.answer.comparisons {
            notes.extend(past_sentence(c));
            if let Basis::Time { before, after } = c.basis {
                let (b, a) = (length_text(Some(before.length())), length_text(Some(after.length())));
                if c.collected < 0.25 {
                    notes.push(fill(texts().deploy.too_little_after, &[("a", &a), ("b", &b)]));
                } else if c.collected < 0.9 {
                    notes.push(fill(texts().deploy.partial_after, &[("a", &a), ("b", &b)]));
                }
            }
        }
        notes
    }

    fn markdown(&self) -> String {
        let words = &texts().pages;
        let mut out = format!("{}\n", words.deployments);
        if !(self.answer.deployments.is_empty() && self.answer.restarts.is_empty()) {
            out.push('\n');
        }
        for d in &self.answer.deployments {
            let _ = writeln!(out, "- {}{}", self.deployment_sentence(d), words.stop);
        }
        for r in self.answer.restarts.iter().take(SHOWN) {
            let _ = writeln!(out, "- {}{}", restart_sentence(self.snapshot, self.graph, r), words.stop);
        }
        for c in &self.answer.comparisons {
            self.write_comparison(c, &mut out);
        }
        for note in self.notes() {
            let _ = writeln!(out, "\n{note}{}", words.stop);
        }
        out
    }

    fn deployed(&self, d: &Deployment) -> String {
        d.node.map_or_else(|| texts().deploy.the_given_moment.to_owned(), |n| name_of(self.graph, n))
    }

    fn deployment_sentence(&self, d: &Deployment) -> String {
        let words = &texts().pages;
        let name = self.deployed(d);
        let version = |s: Symbol| if s.is_empty() { "?".to_owned() } else { cell(self.text(s)) };
        let versions = format!("{} → {}", version(d.from), version(d.version));
        let until = match (d.rollout_end, d.end) {
            (Some(full), _) if full - d.start > Nanos::from_secs(1) => {
                fill(words.complete_after, &[("length", &length_text(Some(full - d.start)))])
            }
            (Some(_), _) => String::new(),
            (None, Some(end)) => {
                let share = percent_text(Some(d.share));
                fill(words.share_until, &[("share", &share), ("time", &moment_text(end))])
            }
            (None, None) => fill(words.share_of_requests, &[("share", &percent_text(Some(d.share)))]),
        };
        match d.kind {
            DeploymentKind::Given if d.version.is_empty() => {
                fill(words.deployed_at, &[("name", &name), ("time", &moment_text(d.start))])
            }
            kind => {
                let kind = kind_text(kind);
                let values: [(&str, &dyn std::fmt::Display); 5] = [
                    ("name", &name),
                    ("versions", &versions),
                    ("kind", &kind),
                    ("time", &moment_text(d.start)),
                    ("until", &until),
                ];
                fill(words.deployed, &values)
            }
        }
    }

    fn write_comparison(&self, c: &Comparison, out: &mut String) {
        let names: Vec<String> =
            c.deployments.iter().map(|d| self.deployed(&self.answer.deployments[*d])).collect();
        let words = &texts().pages;
        let (names, by_version) = (names.join(", "), matches!(c.basis, Basis::Version { .. }));
        let heading = if by_version { words.beside_the_old } else { words.after };
        let _ = writeln!(out, "\n{}\n", fill(heading, &[("names", &names)]));
        let basis = match c.basis {
            Basis::Time { before, after } => {
                let (b, a) = (length_text(Some(before.length())), length_text(Some(after.length())));
                fill(words.times_are_compared, &[("before", &b), ("after", &a)])
            }
            Basis::Version { window } => {
                fill(words.versions_are_compared, &[("length", &length_text(Some(window.length())))])
            }
        };
        let _ = writeln!(out, "{basis}");
        if let Some(control) = c.control.filter(|c| *c != 1.0) {
            let _ = writeln!(out, "{}", fill(words.control_changed, &[("change", &signed(control - 1.0))]));
        }
        let found: Vec<&Compared> =
            self.all_findings().filter(|(of, _)| std::ptr::eq(*of, c)).map(|(_, r)| r).collect();
        for r in found.iter().filter(|r| is_root(r)) {
            self.write_finding(c, r, out);
        }
        if found.iter().any(|r| !is_root(r)) {
            out.push_str(words.hit_by_it);
        }
        for r in found.iter().filter(|r| !is_root(r)) {
            let sentences = [Some(change_sentence(r)), self.cause_sentence(c, r)];
            let text: Vec<String> = sentences.into_iter().flatten().collect();
            let _ = writeln!(
                out,
                "- **{}** ({}): {}{}",
                self.subject(r),
                severity_text(r),
                text.join(". "),
                words.stop
            );
        }
        if found.is_empty() {
            let is_open = c.rows.iter().all(|r| r.verdict == Verdict::Insufficient);
            out.push_str(match is_open {
                true => words.too_little_to_tell,
                false => words.nothing_became_worse,
            });
        }
        if !c.machines.is_empty() {
            out.push_str(words.machines);
        }
        for m in &c.machines {
            let _ = writeln!(out, "- {}{}", machine_line(self.graph, m), words.stop);
        }
        self.write_map(c, out);
        self.write_table(c, out);
    }

    fn write_finding(&self, c: &Comparison, r: &Compared, out: &mut String) {
        let _ = writeln!(out, "\n### ✖ {}: {} ({})\n", self.subject(r), headline(r), severity_text(r));
        for reason in self.reasons(c, r) {
            let _ = writeln!(out, "- {reason}{}", texts().pages.stop);
        }
        if let Some(advice) = self.recommendation(c, r) {
            let _ = writeln!(out, "- **{advice}{}**", texts().pages.stop);
        }
        if !r.evidence.traces.is_empty() {
            let _ =
                writeln!(out, "- {}", fill(texts().pages.traces, &[("traces", &ids(&r.evidence.traces))]));
        }
    }

    fn write_map(&self, c: &Comparison, out: &mut String) {
        let words = &texts().pages;
        let mut lines: Vec<String> =
            c.map.iter().flat_map(map_changes).filter_map(|(what, change)| what.structure(change)).collect();
        lines.extend(c.operations.iter().map(|o| {
            let template = if o.is_new { words.new_operation } else { words.operation_gone };
            let (name, operation) = (name_of(self.graph, o.node), cell(self.text(o.operation)));
            fill(template, &[("name", &name), ("operation", &operation), ("count", &o.requests)])
        }));
        if !lines.is_empty() {
            let _ = writeln!(out, "\n#{}\n", words.what_is_called);
            lines.iter().take(SHOWN).for_each(|l| {
                let _ = writeln!(out, "- {l}");
            });
            if lines.len() > SHOWN {
                let _ = writeln!(out, "- {}", fill(words.and_more, &[("count", &(lines.len() - SHOWN))]));
            }
        }
    }

    fn subject(&self, r: &Compared) -> String {
        let name = name_of(self.graph, r.node);
        r.operation.map_or(name.clone(), |o| format!("{name} {}", cell(self.text(o))))
    }
}
