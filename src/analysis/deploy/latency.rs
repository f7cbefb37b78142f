//! Durations before and after: the whole, and the slowest twentieth on its own.
use super::blocks::{Sizes, blocks_of, millis, split};
use super::compare::{Draft, ENOUGH, Sides, block_test};
use super::placebo::Past;
use super::{Effect, LatencyEffect, Shape, Verdict};
use crate::analysis::Severity;
use crate::analysis::statistics::{Interval, block_bootstrap, cliffs_delta, hodges_lehmann, quantile_sorted};
use crate::model::TimeRange;

/// Ratio from which a change of latency matters.
pub(super) const MATTERS: f64 = 1.2;
/// Change in milliseconds from which it does.
pub(super) const MATTERS_MS: f64 = 5.0;
/// Requests a side for a 95th percentile.
const ENOUGH_FOR_TAIL: usize = 100;
/// Requests a side for a 99th percentile.
const ENOUGH_FOR_EXTREMES: usize = 500;
/// Requests a block for its median, and for its 95th percentile.
const PER_BLOCK: (usize, usize) = (3, 10);
const RESAMPLES: usize = 1000;
/// Durations a side for Cliff's delta; evenly spaced ones of more say the same.
const MOST_RANKED: usize = 4000;

/// Figures and tests; the verdict waits for the other tests of the comparison.
pub(super) fn measure(sides: &Sides<'_>, past: Option<&Past>) -> Draft {
    let mut draft = sides.draft(super::Metric::Latency);
    let (mut before, mut after) = (millis(&sides.before), millis(&sides.after));
    draft.row.requests = (before.len() as u64, after.len() as u64);
    before.sort_unstable_by(f64::total_cmp);
    after.sort_unstable_by(f64::total_cmp);
    let (Some(mb), Some(ma)) = (quantile_sorted(&before, 0.5), quantile_sorted(&after, 0.5)) else {
        draft.row.before = quantile_sorted(&before, 0.5);
        draft.row.after = quantile_sorted(&after, 0.5);
        return draft;
    };
    (draft.row.before, draft.row.after) = (Some(mb), Some(ma));
    if before.len().min(after.len()) < ENOUGH {
        return draft;
    }
    let p95 = |v: &[f64]| quantile_sorted(v, 0.95).unwrap_or_default();
    let p99 = |v: &[f64]| quantile_sorted(v, 0.99).filter(|_| v.len() >= ENOUGH_FOR_EXTREMES);
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    let (blocks_b, blocks_a) = sides.blocks();
    let medians_b = block_quantiles(sides, true, PER_BLOCK.0, 0.5);
    let medians_a = block_quantiles(sides, false, PER_BLOCK.0, 0.5);
    let has_tail = before.len().min(after.len()) >= ENOUGH_FOR_TAIL;
    draft.row.effect = Effect::Latency(LatencyEffect {
        median: (mb, ma),
        p95: (p95(&before), p95(&after)),
        p99: p99(&before).zip(p99(&after)),
        mean: (mean(&before), mean(&after)),
        p95_ratio: has_tail.then(|| tail_ratio(&blocks_b, &blocks_a)).flatten(),
        shift_ms: hodges_lehmann(&medians_b, &medians_a),
        cliffs_delta: cliffs_delta(&thinned(&before), &thinned(&after)).unwrap_or(0.0),
        detectable: detectable(&before, &after),
    });
    draft.p_value = block_test(&medians_b, &medians_a);
    draft.row.placebo = past.and_then(|p| p.of_quantile(0.5, ENOUGH));
    if has_tail {
        let tails = |is_before| block_quantiles(sides, is_before, PER_BLOCK.1, 0.95);
        draft.tail_p_value = block_test(&tails(true), &tails(false));
        draft.tail_placebo = past.and_then(|p| p.of_quantile(0.95, ENOUGH_FOR_TAIL));
    }
    draft
}

fn block_quantiles(sides: &Sides<'_>, is_before: bool, least: usize, q: f64) -> Vec<f64> {
    let (blocks_b, blocks_a) = sides.blocks();
    let blocks = if is_before { blocks_b } else { blocks_a };
    blocks
        .iter()
        .map(|b| millis(b))
        .filter(|b| b.len() >= least)
        .filter_map(|mut b| {
            b.sort_unstable_by(f64::total_cmp);
            quantile_sorted(&b, q)
        })
        .collect()
}

/// 95 % interval of the ratio of the 95th percentiles, from blocks resampled whole.
fn tail_ratio(
    before: &[&[&super::samples::Sample]],
    after: &[&[&super::samples::Sample]],
) -> Option<Interval> {
    let (b, a) = (Sizes::of(before), Sizes::of(after));
    let log = block_bootstrap(before.len(), after.len(), RESAMPLES, 1, |nb, na| {
        Some(a.resampled(na, 0.95)? - b.resampled(nb, 0.95)?)
    })?;
    Some(Interval { low: log.low.exp2(), high: log.high.exp2() })
}

/// The ratio that a rank test shows with a power of 80 %: 2.8 standard errors of the difference of logarithms,
/// 5 % more for using ranks.
fn detectable(before: &[f64], after: &[f64]) -> Option<f64> {
    let logs = |v: &[f64]| v.iter().map(|x| x.max(1e-3).ln()).collect::<Vec<_>>();
    let spread = |v: &[f64]| {
        let quartile = |q| quantile_sorted(v, q).unwrap_or_default();
        (quartile(0.75) - quartile(0.25)) / 1.349
    };
    let sigma = spread(&logs(before)).max(spread(&logs(after)));
    let error = sigma * (1.0 / before.len() as f64 + 1.0 / after.len() as f64).sqrt();
    Some((2.8 * 1.023 * error).exp()).filter(|r| r.is_finite())
}

fn thinned(sorted: &[f64]) -> Vec<f64> {
    if sorted.len() <= MOST_RANKED {
        return sorted.to_vec();
    }
    (0..MOST_RANKED).filter_map(|i| sorted.get(i * sorted.len() / MOST_RANKED)).copied().collect()
}

/// The verdict, with what the unaffected services did in the meantime taken away.
pub(super) fn judge(draft: &mut Draft, control: f64) {
    let Effect::Latency(effect) = &draft.row.effect else { return };
    let whole = change(effect.median, Some(effect.median.1 / effect.median.0.max(1e-9) / control));
    let bound = |pick: fn(&Interval) -> f64| effect.p95_ratio.as_ref().map(|i| pick(i) / control);
    let tail = match (bound(|i| i.low), bound(|i| i.high)) {
        (Some(low), _) if low > MATTERS => change(effect.p95, Some(low)),
        (_, Some(high)) if high < 1.0 / MATTERS => change(effect.p95, Some(high)),
        _ => None,
    };
    let tail_figures = effect.p95;
    let by_chance = |q: Option<f64>, placebo: Option<super::Placebo>| {
        q.is_none_or(|q| q > super::compare::SIGNIFICANT)
            || placebo.is_some_and(|p| p.p_value > super::compare::SIGNIFICANT)
    };
    let is_whole_sure = !by_chance(draft.row.q_value, draft.row.placebo);
    let is_tail_sure = !by_chance(draft.tail_q_value, draft.tail_placebo);
    let (verdict, shape) = match (whole, tail) {
        (Some(v), _) if is_whole_sure => (v, Some(Shape::Whole)),
        (None, Some(v)) if is_tail_sure => (v, Some(Shape::Tail)),
        (None, None) => (Verdict::Unchanged, None),
        _ => (Verdict::Insufficient, Some(Shape::Possible)),
    };
    (draft.row.verdict, draft.row.shape) = (verdict, shape);
    if shape == Some(Shape::Tail) {
        (draft.row.before, draft.row.after) = (Some(tail_figures.0), Some(tail_figures.1));
        (draft.row.p_value, draft.row.q_value) = (draft.tail_p_value, draft.tail_q_value);
        draft.row.placebo = draft.tail_placebo;
    }
    if verdict == Verdict::Regression {
        draft.row.severity = draft.row.change_ratio().map(severity);
    }
}

fn change(ms: (f64, f64), ratio: Option<f64>) -> Option<Verdict> {
    let ratio = ratio.filter(|r| r.is_finite())?;
    match ms.1 - ms.0 {
        d if d > MATTERS_MS && ratio > MATTERS => Some(Verdict::Regression),
        d if d < -MATTERS_MS && ratio < 1.0 / MATTERS => Some(Verdict::Improvement),
        _ => None,
    }
}

pub(super) fn severity(change: f64) -> Severity {
    match change {
        c if c > 2.0 => Severity::Critical,
        c if c > 1.0 => Severity::High,
        c if c > 0.5 => Severity::Medium,
        _ => Severity::Low,
    }
}

/// Blocks of both windows with their requests.
pub(super) type Cut<'s, 'a> = Vec<&'s [&'a super::samples::Sample]>;

impl<'a> Sides<'a> {
    /// Both windows in blocks of time.
    pub fn blocks(&self) -> (Cut<'_, 'a>, Cut<'_, 'a>) {
        let cut = |w: TimeRange| blocks_of(w);
        (split(&self.before, &cut(self.windows.0)), split(&self.after, &cut(self.windows.1)))
    }
}
