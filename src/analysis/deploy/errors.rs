//! Failed requests before and after, and ways to fail that were not there before.
use std::collections::BTreeMap;

use super::compare::{Draft, ENOUGH, SIGNIFICANT, Sides};
use super::samples::Sample;
use super::{Effect, ErrorEffect, Metric, Shape, Verdict};
use crate::analysis::statistics::{Tail, compare_proportions, newcombe};
use crate::analysis::{Severity, Study};
use crate::graph::Outcome;
use crate::model::semconv::Field;

/// Relative change from which it matters.
const MATTERS: f64 = 1.5;
/// Change of the share, and of the count, from which it does.
const MATTERS_SHARE: f64 = 0.005;
const MATTERS_COUNT: f64 = 5.0;
/// Requests before from which "it never failed like this" means something.
const KNOWN: usize = 200;
/// Failures from which a new way to fail is told.
const NEW: u64 = 3;
/// Failures whose spans are read for the way they failed.
const MOST_READ: usize = 20_000;

/// Figures and test.
pub(super) fn measure(study: &Study<'_>, sides: &Sides<'_>) -> Draft {
    let mut draft = sides.draft(Metric::Errors);
    let share = |samples: &[&Sample]| {
        let sum = |failed: bool| -> f64 {
            samples.iter().filter(|s| !failed || s.outcome.is_failure()).map(|s| f64::from(s.weight)).sum()
        };
        let all = sum(false);
        (all > 0.0).then(|| sum(true) / all)
    };
    (draft.row.before, draft.row.after) = (share(&sides.before), share(&sides.after));
    if sides.before.len().min(sides.after.len()) < ENOUGH {
        return draft;
    }
    let count = |samples: &[&Sample]| samples.iter().filter(|s| s.outcome.is_failure()).count() as u64;
    let (n, m) = (sides.before.len() as u64, sides.after.len() as u64);
    let (a, b) = (count(&sides.before), count(&sides.after));
    let odds = |hits: u64, of: u64| (hits as f64 + 0.5) / (of as f64 + 0.5);
    draft.row.effect = Effect::Errors(ErrorEffect {
        errors: (a, b),
        difference: newcombe((a as f64, n as f64), (b as f64, m as f64)),
        risk_ratio: Some(odds(b, m) / odds(a, n)),
        new_kinds: if b >= NEW { new_kinds(study, sides) } else { Vec::new() },
    });
    draft.p_value = compare_proportions((a, n), (b, m), Tail::Both).map(|t| t.p_value).or(Some(1.0));
    draft
}

fn new_kinds(study: &Study<'_>, sides: &Sides<'_>) -> Vec<(Outcome, String, u64)> {
    if sides.before.len() < KNOWN {
        return Vec::new();
    }
    let mut kinds = counted(study, &sides.after);
    for old in counted(study, &sides.before).keys() {
        kinds.remove(old);
    }
    let mut out: Vec<_> =
        kinds.into_iter().filter(|(_, n)| *n >= NEW).map(|((o, text), n)| (o, text, n)).collect();
    out.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| (a.0, &a.1).cmp(&(b.0, &b.1))));
    out.truncate(5);
    out
}

/// How requests failed: the class, and the exception or error type where the span names one.
fn counted(study: &Study<'_>, samples: &[&Sample]) -> BTreeMap<(Outcome, String), u64> {
    let mut out = BTreeMap::new();
    for s in samples.iter().filter(|s| s.outcome.is_failure()).take(MOST_READ) {
        let name = study.snapshot.spans.get(s.row).and_then(|span| {
            let thrown = span
                .events()
                .iter()
                .find_map(|e| span.event_fields(e).text(Field::ExceptionType).map(str::to_owned));
            thrown.or_else(|| span.fields().text(Field::ErrorType).map(str::to_owned))
        });
        *out.entry((s.outcome, name.unwrap_or_default())).or_default() += 1;
    }
    out
}

/// The verdict.
pub(super) fn judge(draft: &mut Draft) {
    let (Some(before), Some(after), Effect::Errors(effect)) =
        (draft.row.before, draft.row.after, &draft.row.effect)
    else {
        return;
    };
    let (n, m) = draft.row.requests;
    let extra = effect.errors.1 as f64 - effect.errors.0 as f64 * m as f64 / n as f64;
    let is_more = after - before >= MATTERS_SHARE && extra >= MATTERS_COUNT && after > MATTERS * before;
    let is_less = before - after >= MATTERS_SHARE && -extra >= MATTERS_COUNT && before > MATTERS * after;
    let is_sure = draft.row.q_value.is_some_and(|q| q <= SIGNIFICANT);
    (draft.row.verdict, draft.row.shape) = match (is_more, is_less) {
        (true, _) if is_sure && effect.errors.0 == 0 => (Verdict::Regression, Some(Shape::New)),
        (true, _) if is_sure => (Verdict::Regression, Some(Shape::Whole)),
        (_, true) if is_sure => (Verdict::Improvement, Some(Shape::Whole)),
        (false, false) => (Verdict::Unchanged, None),
        _ => (Verdict::Insufficient, Some(Shape::Possible)),
    };
    if draft.row.verdict == Verdict::Regression {
        draft.row.severity = Some(if after - before < 0.02 { Severity::High } else { Severity::Critical });
    }
}
