//! Requests a minute before and after.
use super::compare::{Draft, ENOUGH, SIGNIFICANT, Sides, block_test};
use super::placebo::Past;
use super::samples::Sample;
use super::{Effect, Metric, Shape, Verdict};
use crate::analysis::Severity;
use crate::analysis::statistics::block_bootstrap;
use crate::model::TimeRange;

/// Ratio of the rates under which a fall matters.
const MATTERS: f64 = 0.85;
const RESAMPLES: usize = 1000;

/// Figures and test. Blocks are counted, since requests of one minute come together.
pub(super) fn measure(sides: &Sides<'_>, past: Option<&Past>) -> Draft {
    let mut draft = sides.draft(Metric::Throughput);
    let rate = |samples: &[&Sample], window: TimeRange| {
        let minutes = window.length().as_secs_f64() / 60.0;
        let all: f64 = samples.iter().map(|s| f64::from(s.weight)).sum();
        (minutes > 0.0).then(|| all / minutes)
    };
    draft.row.before = rate(&sides.before, sides.windows.0);
    draft.row.after = rate(&sides.after, sides.windows.1);
    if sides.before.len() < ENOUGH {
        return draft;
    }
    let (blocks_b, blocks_a) = sides.blocks();
    let per_minute = |blocks: &[&[&Sample]], window: TimeRange| -> Vec<f64> {
        let minutes = window.length().as_secs_f64() / 60.0 / blocks.len().max(1) as f64;
        blocks.iter().map(|b| b.len() as f64 / minutes.max(1e-9)).collect()
    };
    let (b, a) = (per_minute(&blocks_b, sides.windows.0), per_minute(&blocks_a, sides.windows.1));
    let mean = |times: &[u32], of: &[f64]| {
        times.iter().zip(of).map(|(n, v)| f64::from(*n) * v).sum::<f64>() / of.len() as f64
    };
    let interval = block_bootstrap(b.len(), a.len(), RESAMPLES, 2, |nb, na| {
        let before = mean(nb, &b);
        (before > 0.0).then(|| mean(na, &a) / before)
    });
    draft.row.effect = Effect::Throughput(interval);
    draft.p_value = block_test(&b, &a);
    draft.row.placebo = past.and_then(Past::of_rate);
    draft
}

/// The verdict. More requests are better only where users send them: other nodes may just be called needlessly.
pub(super) fn judge(draft: &mut Draft, is_entry: bool) {
    let (Some(change), Effect::Throughput(interval)) = (draft.row.change_ratio(), &draft.row.effect) else {
        return;
    };
    let Some(interval) = interval else { return };
    let ratio = 1.0 + change;
    let is_sure = draft.row.q_value.is_some_and(|q| q <= SIGNIFICANT)
        && draft.row.placebo.is_none_or(|p| p.p_value <= SIGNIFICANT);
    (draft.row.verdict, draft.row.shape) = match ratio {
        r if r < MATTERS && is_sure && interval.high < 1.0 => (Verdict::Regression, Some(Shape::Whole)),
        r if r < MATTERS => (Verdict::Insufficient, Some(Shape::Possible)),
        r if r > 1.0 / MATTERS && is_entry && is_sure && interval.low > 1.0 => {
            (Verdict::Improvement, Some(Shape::Whole))
        }
        r if r > 1.0 / MATTERS && is_entry => (Verdict::Insufficient, Some(Shape::Possible)),
        _ => (Verdict::Unchanged, None),
    };
    if draft.row.verdict == Verdict::Regression {
        draft.row.severity = Some(match change {
            c if c < -0.5 => Severity::High,
            c if c < -0.3 => Severity::Medium,
            _ => Severity::Low,
        });
    }
}
