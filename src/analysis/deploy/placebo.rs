//! Placebo in time: the same comparison at moments of the past, when nothing was deployed.
//!
//! Spans that are close in time are alike, so tests that take them for independent call ordinary drift
//! significant more often than not (`semantics.md` §10.2). How often the past makes a change as large is what
//! counts.
use super::blocks::{BLOCK, Sizes, split};
use super::samples::Sample;
use super::{Placebo, compare::Sides};
use crate::model::{Nanos, TimeRange};

/// Moments that the past must have for a p-value of 5 %.
const MOMENTS: i64 = 19;
/// Windows that fit into the past: longer ones overlap so much that few of them say anything new.
const PAIRS: i64 = 20;
/// The shortest windows that are compared: ten minutes each.
const SHORTEST: i64 = 2;

/// The past of one series of requests, cut into blocks that end where the deployment began, and what came after.
pub(super) struct Past {
    sizes: Sizes,
    counts: Vec<u64>,
    /// Blocks in the past; those of the time after follow.
    past: usize,
    /// Blocks of each window that is compared.
    window: usize,
    /// Blocks between them: the rollout.
    gap: usize,
}

impl Past {
    /// `None` if the past is too short.
    pub fn of(sides: &Sides<'_>) -> Option<Self> {
        let (past, before, after) = sides.times?;
        let blocks = past.length().0 / BLOCK.0;
        let between = (after.start - before.end).0.max(0);
        let gap = between / BLOCK.0 + i64::from(between % BLOCK.0 > 0);
        let window = ((blocks - gap - MOMENTS + 1) / 2)
            .min((blocks / PAIRS).max(SHORTEST))
            .min(after.length().0 / BLOCK.0)
            .min(before.length().0 / BLOCK.0);
        if window < SHORTEST {
            return None;
        }
        let start = past.end - Nanos(blocks * BLOCK.0);
        let cut = |start: crate::model::Timestamp, count: i64| -> Vec<TimeRange> {
            let at = |i: i64| start + Nanos(i * BLOCK.0);
            (0..count).map(|i| TimeRange::new(at(i), at(i + 1))).collect()
        };
        let mut parts: Vec<&[&Sample]> = split(&sides.past, &cut(start, blocks));
        parts.extend(split(&sides.after, &cut(after.start, window)));
        Some(Self {
            sizes: Sizes::of(&parts),
            counts: parts.iter().map(|p| p.len() as u64).collect(),
            past: blocks as usize,
            window: window as usize,
            gap: gap as usize,
        })
    }

    /// How often the past makes a change of the `q`-quantile as large, in the direction of the one observed;
    /// windows with fewer than `least` requests have none.
    pub fn of_quantile(&self, q: f64, least: usize) -> Option<Placebo> {
        let count = |from: usize, to: usize| self.counts[from..to].iter().sum::<u64>();
        let is_enough = |from, to| count(from, to) >= least as u64;
        self.judge(|from, to| self.sizes.quantile(from, to, q).filter(|_| is_enough(from, to)))
    }

    /// The same of the number of requests.
    pub fn of_rate(&self) -> Option<Placebo> {
        let count = |from: usize, to: usize| self.counts[from..to].iter().sum::<u64>() as f64;
        self.judge(|from, to| Some((count(from, to) + 0.5).log2()))
    }

    fn judge(&self, level: impl Fn(usize, usize) -> Option<f64>) -> Option<Placebo> {
        let (w, past) = (self.window, self.past);
        let observed = level(past, past + w)? - level(past - w, past)?;
        let all = (0..=past - 2 * w - self.gap)
            .filter_map(|i| Some(level(i + w + self.gap, i + 2 * w + self.gap)? - level(i, i + w)?));
        let placebos: Vec<f64> = all.collect();
        let as_large = placebos.iter().filter(|p| **p * observed.signum() >= observed.abs()).count();
        (placebos.len() as i64 >= MOMENTS).then(|| Placebo {
            p_value: (1 + as_large) as f64 / (1 + placebos.len()) as f64,
            moments: placebos.len(),
        })
    }
}
