//! RED over time in buckets of 10 s, with sums over 32 buckets and over 32 of those: the graph of any window is a
//! merge of these, and of few of them however long it is.
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Accumulator, Observation, Red};
use crate::model::{Nanos, TimeRange, Timestamp};

/// Length of a bucket. Buckets are aligned to the epoch.
pub const BUCKET: Nanos = Nanos::from_secs(10);
const BUCKETS_PER_CHUNK: i64 = 32;
const CHUNKS_PER_ERA: i64 = 32;
/// Chunk of observations without a time; part of the whole, of no window.
const UNDATED: i64 = i64::MIN;
/// Calls below which a chunk says nothing of what is normal.
const ENOUGH: f64 = 30.0;
/// Failed share from which a chunk is not calm: calls that fail at once are fast for the wrong reason.
const FAILING: f64 = 0.05;

#[derive(Clone, Debug)]
struct Chunk {
    /// The sum of the buckets; none while the chunk is open, since nearly everything is added to it.
    sum: Option<Red>,
    buckets: Vec<(i64, Red)>,
}

impl Chunk {
    fn sum(&self) -> Cow<'_, Red> {
        self.sum.as_ref().map_or_else(|| Cow::Owned(self.added_up()), Cow::Borrowed)
    }
    fn added_up(&self) -> Red {
        let (mut sum, mut histograms) = (Red::default(), Accumulator::default());
        self.buckets.iter().for_each(|b| sum.merge_counts(&b.1, &mut histograms));
        sum.set_histogram(&mut histograms);
        sum
    }
}

/// The first bucket of a chunk.
fn start_of(chunk: i64) -> i64 {
    chunk.saturating_mul(BUCKETS_PER_CHUNK)
}

/// The first bucket after a chunk.
fn end_of(chunk: i64) -> i64 {
    start_of(chunk).saturating_add(BUCKETS_PER_CHUNK)
}

/// RED by time. Cloning is cheap; writers copy only the chunks that they touch.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// By number, which is here so that chunks are found without looking into each.
    chunks: Vec<(i64, Arc<Chunk>)>,
    /// Sums of up to 32 chunks (2.8 h), by number; none without chunks.
    eras: Vec<(i64, Arc<Red>)>,
    /// The chunk that is not in its era's sum yet: the newest, to which most is added.
    open: Option<i64>,
}

/// The number of the bucket that holds a moment.
pub fn bucket_of(t: Timestamp) -> i64 {
    t.0.div_euclid(BUCKET.0)
}

fn chunk_of(t: Timestamp) -> i64 {
    if t.is_unset() { UNDATED } else { bucket_of(t).div_euclid(BUCKETS_PER_CHUNK) }
}

fn era_of(chunk: i64) -> i64 {
    if chunk == UNDATED { UNDATED } else { chunk.div_euclid(CHUNKS_PER_ERA) }
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
            Some(last) if last.0 == index => self.chunks.len() - 1,
            _ => self.chunks.binary_search_by_key(&index, |c| c.0).unwrap_or_else(|place| {
                self.close();
                self.open = Some(index);
                let chunk = Chunk { sum: None, buckets: Vec::new() };
                self.chunks.insert(place, (index, Arc::new(chunk)));
                place
            }),
        };
        if self.open != Some(index) {
            self.change_era(era_of(index), &apply);
        }
        let chunk = Arc::make_mut(&mut self.chunks[place].1);
        if let Some(sum) = &mut chunk.sum {
            apply(sum);
        }
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
            self.open = self.open.filter(|o| *o != index);
        }
    }

    /// Adds up the open chunk, and adds it to its era.
    fn close(&mut self) {
        if let Some(place) = self.open_place() {
            let (index, chunk) = &mut self.chunks[place];
            let chunk = Arc::make_mut(chunk);
            let (era, total) = (era_of(*index), chunk.added_up());
            chunk.sum = Some(total.clone());
            self.change_era(era, |sum| sum.merge(&total));
        }
        self.open = None;
    }

    fn open_place(&self) -> Option<usize> {
        let open = self.open?;
        self.chunks.binary_search_by_key(&open, |c| c.0).ok()
    }
    /// The buckets of the open chunk.
    fn open_buckets(&self) -> &[(i64, Red)] {
        self.open_place().map_or(&[], |place| &self.chunks[place].1.buckets)
    }

    fn change_era(&mut self, era: i64, apply: impl Fn(&mut Red)) {
        let place = match self.eras.last() {
            Some(last) if last.0 == era => self.eras.len() - 1,
            _ => self.eras.binary_search_by_key(&era, |e| e.0).unwrap_or_else(|place| {
                self.eras.insert(place, (era, Arc::default()));
                place
            }),
        };
        let sum = Arc::make_mut(&mut self.eras[place].1);
        apply(sum);
        if sum.is_empty() {
            self.eras.remove(place);
        }
    }

    /// Everything, dated or not.
    pub fn fold_all(&self, into: &mut Red, histograms: &mut Accumulator) {
        let open = self.open_buckets().iter().map(|b| &b.1);
        let sums = self.eras.iter().map(|(_, sum)| &**sum).chain(open);
        sums.for_each(|sum| into.merge_counts(sum, histograms));
    }

    /// Visits totals that together make up the whole buckets `from..to`: those with `true` are to be added up,
    /// those with `false` are to be taken away again.
    pub fn visit_buckets(&self, from: i64, to: i64, apply: &mut impl FnMut(&Red, bool)) {
        if to <= from {
            return;
        }
        let first = era_of(from.div_euclid(BUCKETS_PER_CHUNK));
        let start = self.eras.partition_point(|e| e.0 < first);
        for (era, sum) in &self.eras[start..] {
            let low = era.saturating_mul(BUCKETS_PER_CHUNK * CHUNKS_PER_ERA);
            let high = low.saturating_add(BUCKETS_PER_CHUNK * CHUNKS_PER_ERA);
            if low >= to {
                break;
            }
            let place = |bucket: i64| self.chunks.partition_point(|c| end_of(c.0) <= bucket);
            let chunks = &self.chunks[place(low)..place(high)];
            let inside = chunks.iter().filter(|c| (from..to).contains(&start_of(c.0))).count();
            let is_most = inside * 2 > chunks.len();
            if is_most {
                apply(sum, true);
            }
            // The open chunk is no part of the sum.
            let open = self.open.and_then(|o| chunks.binary_search_by_key(&o, |c| c.0).ok());
            let (older, newer) = chunks.split_at(open.unwrap_or(chunks.len()));
            for summed in [older, newer.get(1..).unwrap_or_default()] {
                if !is_most {
                    visit_part(summed, from, to, true, apply);
                } else {
                    // Sums are exact, so what lies outside is taken away again.
                    visit_part(summed, low, from, false, apply);
                    visit_part(summed, to, high, false, apply);
                }
            }
        }
        let has_part = |open: i64| open != UNDATED && start_of(open) < to && from < end_of(open);
        if self.open.is_some_and(has_part) {
            let (low, high) = (place_of(self.open_buckets(), from), place_of(self.open_buckets(), to));
            self.open_buckets()[low..high].iter().for_each(|b| apply(&b.1, true));
        }
    }

    /// The buckets within a range that hold something, in order: start of the bucket, and its RED.
    pub fn buckets(&self, range: TimeRange) -> impl Iterator<Item = (Timestamp, &Red)> + '_ {
        let (from, to) = (bucket_of(range.start), bucket_of(Timestamp(range.end.0.saturating_sub(1))));
        let first = self.chunks.partition_point(|c| c.0 == UNDATED || end_of(c.0) <= from);
        self.chunks[first..]
            .iter()
            .take_while(move |c| start_of(c.0) <= to)
            .flat_map(|c| c.1.buckets.iter())
            .filter(move |(b, _)| (from..=to).contains(b))
            .map(|(b, red)| (Timestamp(b.saturating_mul(BUCKET.0)), red))
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        let of = |c: &Chunk| {
            c.sum.as_ref().map_or(0, Red::bytes) + c.buckets.iter().map(|b| 8 + b.1.bytes()).sum::<usize>()
        };
        let eras = self.eras.iter().map(|(_, sum)| sum.bytes() + 32);
        self.chunks.iter().map(|c| of(&c.1) + 64).chain(eras).sum()
    }

    /// All calls, dated or not.
    pub fn calls(&self) -> f64 {
        self.chunks.iter().flat_map(|c| &c.1.buckets).map(|b| b.1.calls()).sum()
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }
}

/// The place of the first of these buckets that is not before `bucket`. Nearly all are there in most chunks, so it is
/// where its number says, and others need not be looked at.
fn place_of(buckets: &[(i64, Red)], bucket: i64) -> usize {
    let Some(first) = buckets.first() else { return 0 };
    let most = usize::try_from(bucket.saturating_sub(first.0)).unwrap_or(0).min(buckets.len());
    (0..most).rev().find(|i| buckets[*i].0 < bucket).map_or(0, |i| i + 1)
}

/// Adds the buckets `from..to` of some chunks, or takes them away.
fn visit_part(
    chunks: &[(i64, Arc<Chunk>)],
    from: i64,
    to: i64,
    is_added: bool,
    apply: &mut impl FnMut(&Red, bool),
) {
    let start = chunks.partition_point(|c| end_of(c.0) <= from);
    for (_, chunk) in chunks[start..].iter().take_while(|c| start_of(c.0) < to) {
        let (low, high) = (place_of(&chunk.buckets, from), place_of(&chunk.buckets, to));
        if (high - low) * 2 <= chunk.buckets.len() {
            chunk.buckets[low..high].iter().for_each(|b| apply(&b.1, is_added));
        } else {
            apply(&chunk.sum(), is_added);
            let outside = chunk.buckets[..low].iter().chain(&chunk.buckets[high..]);
            outside.for_each(|b| apply(&b.1, !is_added));
        }
    }
}

/// The lowest 95th percentile of any stretch of about five minutes in which these series together have
/// enough calls and few failures: what is normal.
pub fn calm_p95<'a>(series: impl Iterator<Item = &'a Series>) -> Option<Nanos> {
    let is_calm = |red: &Red| red.calls() >= ENOUGH && red.error_ratio().is_some_and(|r| r < FAILING);
    let all: Vec<&Series> = series.filter(|s| !s.is_empty()).collect();
    if let [one] = all.as_slice() {
        let sums = one.chunks.iter().filter(|c| c.0 != UNDATED).map(|c| c.1.sum());
        return sums.filter(|sum| is_calm(sum)).filter_map(|sum| sum.quantile(0.95)).min();
    }
    let mut stretches: BTreeMap<i64, Vec<Cow<'_, Red>>> = BTreeMap::new();
    for (index, chunk) in all.iter().flat_map(|s| &s.chunks).filter(|c| c.0 != UNDATED) {
        stretches.entry(*index).or_default().push(chunk.sum());
    }
    let mut histograms = Accumulator::default();
    let sum = |parts: Vec<Cow<'_, Red>>| {
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

    fn observations() -> impl Iterator<Item = (i64, Observation)> {
        (0..400i64).map(|i| {
            let outcome = if i % 7 == 0 { Outcome::ServerError } else { Outcome::Success };
            let (duration, weight) = (Nanos(i * i * 100_003), 1.0 + (i % 3) as f32 / 2.0);
            let o = Observation { duration, is_timed: true, outcome, is_timeout: i % 50 == 0, weight };
            (i * 37 % 90, o)
        })
    }

    #[test]
    fn any_stretch_of_buckets_is_the_sum_of_its_observations() {
        let moment = |bucket: i64| Timestamp(bucket * BUCKET.0 + 1);
        let parts = [(0, 90), (1, 89), (5, 80), (20, 30), (30, 60), (31, 33), (63, 64), (40, 200)];
        // Far apart, they lie in several eras.
        for stride in [1, 100] {
            let mut series = Series::default();
            observations().for_each(|(bucket, o)| series.add(moment(1_000 + bucket * stride), &o));
            for (from, to) in parts {
                let (mut got, mut want) = (Red::default(), Red::default());
                let mut histograms = Accumulator::default();
                let place = |at: i64| 1_000 + at * stride;
                series.visit_buckets(place(from), place(to), &mut |part, is_added| {
                    got.change_by(part, is_added, &mut histograms);
                });
                got.set_histogram(&mut histograms);
                observations().filter(|o| (from..to).contains(&o.0)).for_each(|o| want.add(&o.1));
                assert_eq!(got, want, "buckets {from} to {to} by {stride}");
            }
        }
    }

    #[test]
    fn what_is_taken_away_leaves_nothing() {
        let (mut series, at) = (Series::default(), |bucket: i64| Timestamp(bucket * 100 * BUCKET.0 + 1));
        observations().for_each(|(bucket, o)| series.add(at(bucket), &o));
        observations().for_each(|(bucket, o)| series.subtract(at(bucket), &o));
        assert!(series.is_empty() && series.eras.is_empty());
    }
}
