//! Durations in blocks of time, counted by size: quantiles of any run of blocks at once, for placebos and bootstraps.
use super::samples::Sample;
use crate::model::{Nanos, TimeRange};

/// Steps per doubling of a duration: a quantile is at most 0.5 % off.
const STEPS: f64 = 64.0;
/// Length of a block where there is enough time.
pub(super) const BLOCK: Nanos = Nanos::from_secs(300);
/// Blocks that a window has at least, if they are then not shorter than [`LEAST`]: with fewer, no order of them
/// is improbable enough to stand out among hundreds of tests.
const BLOCKS: i64 = 12;
/// The shortest block.
const LEAST: Nanos = Nanos::from_secs(20);

/// A window cut into equal blocks: of five minutes, or shorter for a short window.
pub(super) fn blocks_of(window: TimeRange) -> Vec<TimeRange> {
    let length = window.length().0;
    let count = (length / BLOCK.0).max(BLOCKS.min(length / LEAST.0)).max(1);
    let edge = |i: i64| {
        window.start + Nanos(i128::from(length).saturating_mul(i.into()).div_euclid(count.into()) as i64)
    };
    (0..count).map(|i| TimeRange::new(edge(i), edge(i + 1))).collect()
}

/// The requests of each block; they and the blocks are sorted by time.
pub(super) fn split<'s, 'a>(samples: &'s [&'a Sample], blocks: &[TimeRange]) -> Vec<&'s [&'a Sample]> {
    blocks
        .iter()
        .map(|b| {
            let from = samples.partition_point(|s| s.at < b.start);
            let to = samples.partition_point(|s| s.at < b.end);
            &samples[from..to.max(from)]
        })
        .collect()
}

/// Durations in milliseconds of those that have one.
pub(super) fn millis(samples: &[&Sample]) -> Vec<f64> {
    samples.iter().filter_map(|s| s.millis).map(f64::from).collect()
}

/// Durations by size, cumulated over sizes and over blocks.
pub(super) struct Sizes {
    low: i64,
    width: usize,
    /// Of block i and size k at `(i + 1) * width + k`: durations up to that size in the blocks up to that one.
    sums: Vec<u32>,
}

fn size(ms: f32) -> i64 {
    // A thousandth of a millisecond is as short as matters.
    (f64::from(ms).max(0.001).log2() * STEPS).floor() as i64
}

impl Sizes {
    /// Counts durations by block.
    pub fn of(blocks: &[&[&Sample]]) -> Self {
        let all = || blocks.iter().flat_map(|b| b.iter()).filter_map(|s| s.millis).map(size);
        let low = all().min().unwrap_or(0);
        let width = (all().max().unwrap_or(0) - low + 1) as usize;
        let mut sums = vec![0; (blocks.len() + 1) * width];
        for (i, block) in blocks.iter().enumerate() {
            let (before, row) = sums.split_at_mut((i + 1) * width);
            for ms in block.iter().filter_map(|s| s.millis) {
                row[(size(ms) - low) as usize] += 1;
            }
            let mut running = 0;
            for (k, slot) in row[..width].iter_mut().enumerate() {
                running += *slot;
                *slot = running + before[i * width + k];
            }
        }
        Self { low, width, sums }
    }

    fn up_to(&self, block: usize, k: usize) -> u32 {
        self.sums[block * self.width + k]
    }

    /// log2 of the `q`-quantile of the blocks `from..to`; `None` if they are empty.
    pub fn quantile(&self, from: usize, to: usize, q: f64) -> Option<f64> {
        self.search(q, |k| f64::from(self.up_to(to, k) - self.up_to(from, k)))
    }

    /// The same of blocks of which each is taken so many times.
    pub fn resampled(&self, times: &[u32], q: f64) -> Option<f64> {
        let own = |i: usize, k: usize| self.up_to(i + 1, k) - self.up_to(i, k);
        let drawn = || times.iter().enumerate().filter(|t| *t.1 > 0);
        self.search(q, |k| drawn().map(|(i, n)| f64::from(*n) * f64::from(own(i, k))).sum())
    }

    /// The smallest size that a share `q` of all is up to.
    fn search(&self, q: f64, count: impl Fn(usize) -> f64) -> Option<f64> {
        let all = count(self.width - 1);
        if all <= 0.0 {
            return None;
        }
        let wanted = (q * all).ceil().max(1.0);
        let (mut low, mut high) = (0, self.width - 1);
        while low < high {
            let middle = usize::midpoint(low, high);
            if count(middle) >= wanted { high = middle } else { low = middle + 1 }
        }
        Some((self.low as f64 + low as f64 + 0.5) / STEPS)
    }
}
