//! RED over time in buckets of 10 s, with sums over 32 buckets: the graph of any window is a merge of these.
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Accumulator, Observation, Red};
use crate::model::{Nanos, TimeRange, Timestamp};

/// Length of a bucket. Buckets are aligned to the epoch.
pub const BUCKET: Nanos = Nanos::from_secs(10);
const BUCKETS_PER_CHUNK: i64 = 32;
/// Chunk of observations without a time; part of the whole, of no window.
const UNDATED: i64 = i64::MIN;
/// Calls below which a chunk says nothing of what is normal.
const ENOUGH: f64 = 30.0;
/// Failed share from which a chunk is not calm: calls that fail at once are fast for the wrong reason.
const FAILING: f64 = 0.05;

#[derive(Clone, Debug)]
struct Chunk {
    index: i64,
    sum: Red,
    buckets: Vec<(i64, Red)>,
}

/// RED by time. Cloning is cheap; writers copy only the chunks that they touch.
#[derive(Clone, Debug, Default)]
pub struct Series {
    chunks: Vec<Arc<Chunk>>,
}

/// The number of the bucket that holds a moment.
pub fn bucket_of(t: Timestamp) -> i64 {
    t.0.div_euclid(BUCKET.0)
}

fn chunk_of(t: Timestamp) -> i64 {
    if t.is_unset() { UNDATED } else { bucket_of(t).div_euclid(BUCKETS_PER_CHUNK) }
}

impl Series {
    /// Adds an observation at a moment; 0 means "no time".
    pub fn add(&mut self, at: Timestamp, o: &Observation) {
        self.change(at, |red| red.add(o));
    }
    /// Takes away an observation that was added at that moment.
    pub fn subtract(&mut self, at: Timestamp, o: &Observation) {
        self.change(at, |red| red.subtract(o));
    }

    fn change(&mut self, at: Timestamp, apply: impl Fn(&mut Red)) {
        let index = chunk_of(at);
        let place = match self.chunks.last() {
            Some(last) if last.index == index => self.chunks.len() - 1,
            _ => match self.chunks.binary_search_by_key(&index, |c| c.index) {
                Ok(place) => place,
                Err(place) => {
                    let chunk = Chunk { index, sum: Red::default(), buckets: Vec::new() };
                    self.chunks.insert(place, Arc::new(chunk));
                    place
                }
            },
        };
        let chunk = Arc::make_mut(&mut self.chunks[place]);
        apply(&mut chunk.sum);
        let bucket = bucket_of(at);
        let slot = match chunk.buckets.binary_search_by_key(&bucket, |b| b.0) {
            Ok(slot) => slot,
            Err(slot) => {
                chunk.buckets.insert(slot, (bucket, Red::default()));
                slot
            }
        };
        apply(&mut chunk.buckets[slot].1);
        if chunk.buckets[slot].1.is_empty() {
            chunk.buckets.remove(slot);
        }
        if chunk.buckets.is_empty() {
            self.chunks.remove(place);
        }
    }

    /// Everything, dated or not.
    pub fn fold_all(&self, into: &mut Red, histograms: &mut Accumulator) {
        self.chunks.iter().for_each(|c| into.merge_counts(&c.sum, histograms));
    }

    /// The whole buckets `from..to`.
    pub fn fold_buckets(&self, from: i64, to: i64, into: &mut Red, histograms: &mut Accumulator) {
        let first = from.div_euclid(BUCKETS_PER_CHUNK);
        let start = self.chunks.partition_point(|c| c.index < first);
        for chunk in &self.chunks[start..] {
            let low = chunk.index.saturating_mul(BUCKETS_PER_CHUNK);
            if low >= to {
                break;
            }
            if from <= low && low + BUCKETS_PER_CHUNK <= to {
                into.merge_counts(&chunk.sum, histograms);
                continue;
            }
            let start = chunk.buckets.partition_point(|b| b.0 < from);
            let end = chunk.buckets.partition_point(|b| b.0 < to);
            if (end - start) * 2 <= chunk.buckets.len() {
                chunk.buckets[start..end].iter().for_each(|b| into.merge_counts(&b.1, histograms));
            } else {
                // Most of it: sums are exact, so what lies outside is taken away again.
                into.merge_counts(&chunk.sum, histograms);
                let outside = chunk.buckets[..start].iter().chain(&chunk.buckets[end..]);
                outside.for_each(|b| into.take_counts_away(&b.1, histograms));
            }
        }
    }

    /// The buckets within a range that hold something, in order: start of the bucket, and its RED.
    pub fn buckets(&self, range: TimeRange) -> impl Iterator<Item = (Timestamp, &Red)> + '_ {
        let (from, to) = (bucket_of(range.start), bucket_of(Timestamp(range.end.0.saturating_sub(1))));
        self.chunks
            .iter()
            .filter(|c| c.index != UNDATED)
            .flat_map(|c| c.buckets.iter())
            .filter(move |(b, _)| (from..=to).contains(b))
            .map(|(b, red)| (Timestamp(b.saturating_mul(BUCKET.0)), red))
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        let of = |c: &Chunk| c.sum.bytes() + c.buckets.iter().map(|b| 8 + b.1.bytes()).sum::<usize>();
        self.chunks.iter().map(|c| of(c) + 64).sum()
    }

    /// All calls, dated or not.
    pub fn calls(&self) -> f64 {
        self.chunks.iter().map(|c| c.sum.calls()).sum()
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }
}

/// The lowest 95th percentile of any stretch of about five minutes in which these series together have
/// enough calls and few failures: what is normal.
pub fn calm_p95<'a>(series: impl Iterator<Item = &'a Series>) -> Option<Nanos> {
    let is_calm = |red: &Red| red.calls() >= ENOUGH && red.error_ratio().is_some_and(|r| r < FAILING);
    let all: Vec<&Series> = series.filter(|s| !s.is_empty()).collect();
    if let [one] = all.as_slice() {
        let sums = one.chunks.iter().filter(|c| c.index != UNDATED && is_calm(&c.sum));
        return sums.filter_map(|c| c.sum.quantile(0.95)).min();
    }
    let mut stretches: BTreeMap<i64, Vec<&Red>> = BTreeMap::new();
    for chunk in all.iter().flat_map(|s| &s.chunks).filter(|c| c.index != UNDATED) {
        stretches.entry(chunk.index).or_default().push(&chunk.sum);
    }
    let mut histograms = Accumulator::default();
    let sum = |parts: Vec<&Red>| {
        let mut red = Red::default();
        parts.iter().for_each(|p| red.merge_counts(p, &mut histograms));
        red.set_histogram(&mut histograms);
        red
    };
    let sums = stretches.into_values().map(sum);
    sums.filter(is_calm).filter_map(|red| red.quantile(0.95)).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Outcome;

    #[test]
    fn any_stretch_of_buckets_is_the_sum_of_its_observations() {
        let observations: Vec<(i64, Observation)> = (0..400i64)
            .map(|i| {
                let outcome = if i % 7 == 0 { Outcome::ServerError } else { Outcome::Success };
                let (duration, weight) = (Nanos(i * i * 100_003), 1.0 + (i % 3) as f32 / 2.0);
                (
                    i * 37 % 90,
                    Observation { duration, is_timed: true, outcome, is_timeout: i % 50 == 0, weight },
                )
            })
            .collect();
        let moment = |bucket: i64| Timestamp(bucket * BUCKET.0 + 1);
        let mut series = Series::default();
        observations.iter().for_each(|(bucket, o)| series.add(moment(1_000 + bucket), o));
        for (from, to) in [(0, 90), (1, 89), (5, 80), (20, 30), (30, 60), (31, 33), (63, 64), (40, 200)] {
            let (mut got, mut want) = (Red::default(), Red::default());
            let mut histograms = Accumulator::default();
            series.fold_buckets(1_000 + from, 1_000 + to, &mut got, &mut histograms);
            got.set_histogram(&mut histograms);
            observations.iter().filter(|o| (from..to).contains(&o.0)).for_each(|o| want.add(&o.1));
            assert_eq!(got, want, "buckets {from} to {to}");
        }
    }
}
