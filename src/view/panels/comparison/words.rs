//! Changes as they stand on the map and in lists: the figure that moved, in short.
use crate::analysis::difference::{Change, EdgeDifference, Figures, Presence, Verdict};
use crate::model::Nanos;
use crate::texts::{fill, texts};
use crate::view::map;
use crate::view::panels::widgets;
use crate::view::text;

/// Ratio of percentiles from which a change is seen in them.
const SEEN: f64 = 1.02;

/// Change of the failed share from which durations are not those of the same requests.
const MANY: f64 = 0.1;

/// A change as the map shows it; of an edge with its calls per request, where they multiplied.
pub fn change_of(change: &Change, multiplied: Option<(f64, f64)>) -> map::Change {
    let calls =
        |f: Option<Figures>| f.and_then(|f| f.rate_per_min).map_or_else(String::new, text::rate_per_min);
    match change.presence {
        Presence::New => told(map::Verdict::New, calls(change.after)),
        Presence::Gone => told(
            map::Verdict::Gone,
            fill(texts().comparison.calls_before, &[("calls", &calls(change.before))]),
        ),
        Presence::Both => both(change, multiplied),
    }
}

/// An edge's change as the map shows it, given that of its caller.
pub(super) fn edge_change(edge: &EdgeDifference, caller: Option<&Change>) -> map::Change {
    // Requests that failed early made fewer calls: that they make them again is no loss.
    let recovers = caller.is_some_and(|c| c.errors == Verdict::Improvement);
    let is_multiplied = edge.is_multiplied && !recovers;
    let multiplied = edge.per_request.0.zip(edge.per_request.1).filter(|_| is_multiplied);
    change_of(&edge.change, multiplied)
}

/// The verdict of both metrics together. Where failures came or went in numbers, it is theirs alone: requests that
/// fail take another time than those that don't, which is neither a gain nor a loss.
fn verdict(change: &Change, before: &Figures, after: &Figures) -> Verdict {
    let moved = after.error_ratio.unwrap_or(0.0) - before.error_ratio.unwrap_or(0.0);
    match change.errors {
        Verdict::Regression | Verdict::Improvement if moved.abs() >= MANY => change.errors,
        _ => change.verdict(),
    }
}

/// What is on neither side often enough to be compared.
pub(super) fn rare() -> map::Change {
    let label = texts().comparison.too_few_calls.to_owned();
    map::Change { verdict: map::Verdict::Unsure, spoken: label.clone(), label, more: None }
}

/// What came or went, with how often it is called.
fn told(verdict: map::Verdict, calls: String) -> map::Change {
    map::Change { verdict, label: format!("{} · {calls}", verdict.word()), spoken: calls, more: None }
}

fn both(change: &Change, multiplied: Option<(f64, f64)>) -> map::Change {
    let (Some(before), Some(after)) = (change.before, change.after) else { return rare() };
    let of_both = verdict(change, &before, &after);
    let verdict = match of_both {
        Verdict::Regression => map::Verdict::Worse,
        // What one call did now takes many: that is worse, whatever each takes.
        _ if multiplied.is_some() => map::Verdict::Worse,
        Verdict::Improvement => map::Verdict::Better,
        Verdict::Unchanged => map::Verdict::Unchanged,
        Verdict::Insufficient => map::Verdict::Unsure,
    };
    // What is worse is not told by what is better: to fail sooner is no gain.
    let is_worse = of_both == Verdict::Regression;
    let moved = |v: Verdict| v == if is_worse { Verdict::Regression } else { Verdict::Improvement };
    let (mut parts, mut spoken) = (Vec::new(), Vec::new());
    if moved(change.latency) {
        parts.push(latency(change, &before, &after));
        spoken.extend(parts.last().cloned());
    }
    if moved(change.errors) {
        let share = |f: &Figures| f.error_ratio.map_or_else(|| text::NONE.to_owned(), text::percent);
        let moved = from_to(&share(&before), &share(&after));
        spoken.push(if moved.contains('→') {
            fill(texts().comparison.errors_2, &[("moved", &moved)])
        } else {
            moved.clone()
        });
        parts.push(moved);
    }
    if let Some((b, a)) = multiplied {
        parts.push(fill(
            texts().comparison.to_calls_per_request,
            &[("before", &format_args!("{:.1}", b)), ("after", &format_args!("{:.1}", a))],
        ));
        spoken.extend(parts.last().cloned());
    }
    if parts.is_empty() {
        let few = before.is_few() || after.is_few();
        parts.push(match verdict {
            map::Verdict::Unsure if few => texts().comparison.too_few_calls.to_owned(),
            map::Verdict::Unsure => texts().comparison.may_be_chance.to_owned(),
            _ => texts().comparison.unchanged.to_owned(),
        });
    }
    let spoken = match verdict {
        map::Verdict::Unchanged => String::new(),
        _ if spoken.is_empty() => parts.join(", "),
        _ => spoken.join(", ").replace(" → ", texts().comparison.to),
    };
    let mut parts = parts.into_iter().map(|p| widgets::with_arrows(&p));
    let label = parts.next().unwrap_or_default();
    let rest: Vec<String> = parts.collect();
    map::Change { verdict, label, more: (!rest.is_empty()).then(|| rest.join(" · ")), spoken }
}

/// `0.4 → 12%`: the sign of percent once.
fn from_to(before: &str, after: &str) -> String {
    if before == after {
        return texts().comparison.new_failures.to_owned();
    }
    let short = before.strip_suffix('%').filter(|_| after.ends_with('%')).unwrap_or(before);
    format!("{short} → {after}")
}

/// `+180 ms p95`: of the percentile that moved most, by ratio, in the direction of the verdict.
fn latency(change: &Change, before: &Figures, after: &Figures) -> String {
    let ratio = |b: Option<Nanos>, a: Option<Nanos>| {
        let ratio = a?.0.max(1) as f64 / b?.0.max(1) as f64;
        Some(if change.latency == Verdict::Regression { ratio } else { 1.0 / ratio })
    };
    let (median, tail) = (ratio(before.p50, after.p50), ratio(before.p95, after.p95));
    let is_tail = change.is_tail || tail.unwrap_or(0.0) >= median.unwrap_or(0.0);
    // A stricter analysis may know of a change that neither percentile shows.
    if median.unwrap_or(0.0).max(tail.unwrap_or(0.0)) < SEEN {
        let word = if change.latency == Verdict::Regression {
            texts().comparison.slower
        } else {
            texts().comparison.faster
        };
        return fill(texts().comparison.in_part, &[("word", &word)]);
    }
    let (name, b, a) = if is_tail { ("p95", before.p95, after.p95) } else { ("p50", before.p50, after.p50) };
    format!("{} {name}", in_short(b, a))
}

/// How much longer it takes, to two digits: an edge has little room.
fn in_short(before: Option<Nanos>, after: Option<Nanos>) -> String {
    let (Some(b), Some(a)) = (before, after) else { return text::NONE.to_owned() };
    let delta = (a - b).0 as f64;
    let unit = 10f64.powf(delta.abs().max(1.0).log10().floor() - 1.0);
    about(Some(Nanos::ZERO), Some(Nanos(((delta / unit).round() * unit) as i64)))
}

/// How much longer it takes: `+180 ms`.
pub fn about(before: Option<Nanos>, after: Option<Nanos>) -> String {
    let (Some(b), Some(a)) = (before, after) else { return text::NONE.to_owned() };
    let delta = a - b;
    let sign = if delta.0 < 0 { "−" } else { "+" };
    format!("{sign}{}", text::duration_ns(delta.0.abs() as f64))
}

/// How large a change is: the logarithm of the ratio of durations, and shares of failures.
pub(super) fn size(change: &Change) -> f64 {
    let (Some(b), Some(a)) = (change.before, change.after) else {
        return change.before.or(change.after).map_or(0.0, |f| f.calls);
    };
    let ratio = |b: Option<Nanos>, a: Option<Nanos>| {
        b.zip(a).map_or(0.0, |(b, a)| (a.0.max(1) as f64 / b.0.max(1) as f64).ln().abs())
    };
    let latency = match change.latency {
        Verdict::Regression | Verdict::Improvement => ratio(b.p50, a.p50).max(ratio(b.p95, a.p95)),
        _ => 0.0,
    };
    let errors = match change.errors {
        Verdict::Regression | Verdict::Improvement => {
            (a.error_ratio.unwrap_or(0.0) - b.error_ratio.unwrap_or(0.0)).abs() * 10.0
        }
        _ => 0.0,
    };
    latency + errors
}
