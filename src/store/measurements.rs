//! Measurements by sender and metric in buckets of 10 s, within hard bounds on series and bytes.
mod writer;

use std::sync::Arc;

use crate::model::{Metric, Nanos, Symbol, TimeRange, Timestamp};
pub use writer::{MeasurementBounds, MeasurementStore};

/// Length of a bucket. Buckets are aligned to the epoch.
pub const MEASUREMENT_BUCKET: Nanos = Nanos::from_secs(10);
const BUCKETS_PER_CHUNK: i64 = 32;

/// Who sent measurements.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sender {
    /// Service name; empty where none was sent.
    pub service: Symbol,
    /// Its namespace.
    pub namespace: Symbol,
    /// Its environment.
    pub environment: Symbol,
    /// Its instance.
    pub instance: Symbol,
    /// Pod, container and host, as attribute and value: for senders that name no service.
    pub places: Box<[(Symbol, Symbol)]>,
}

/// What was measured in one bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bucket {
    /// Its number: time since the epoch over [`MEASUREMENT_BUCKET`].
    pub index: i64,
    /// Points in it.
    pub points: u32,
    /// Of a level the sum of values; of a total its growth; of a spread the growth of its count.
    pub sum: f64,
    /// Of a level the number of values; of a total the seconds over which it grew; of a spread the growth of
    /// the sum of sizes.
    pub weight: f64,
}

#[derive(Clone, Debug)]
struct Chunk {
    index: i64,
    buckets: Vec<Bucket>,
}

/// One metric of one sender, in one state and of one pool.
#[derive(Clone, Debug)]
pub struct MeasurementSeries {
    /// Place of the sender in [`Measurements::senders`].
    pub sender: u32,
    /// What is measured.
    pub metric: Metric,
    /// State, or empty.
    pub state: Symbol,
    /// Pool, CPU or part of memory, or empty.
    pub detail: Symbol,
    chunks: Vec<Arc<Chunk>>,
}

impl MeasurementSeries {
    /// The buckets that hold something of a range, in order.
    pub fn buckets(&self, range: TimeRange) -> impl Iterator<Item = &Bucket> + '_ {
        let (from, to) = (bucket_of(range.start), bucket_of(Timestamp(range.end.0.saturating_sub(1))));
        let start = self.chunks.partition_point(|c| c.index < from.div_euclid(BUCKETS_PER_CHUNK));
        self.chunks
            .iter()
            .skip(start)
            .take_while(move |c| c.index.saturating_mul(BUCKETS_PER_CHUNK) <= to)
            .flat_map(|c| c.buckets.iter())
            .filter(move |b| (from..=to).contains(&b.index))
    }

    /// The sum of a range; `None` where nothing was measured.
    pub fn sum(&self, range: TimeRange) -> Option<Bucket> {
        self.buckets(range).copied().reduce(|a, b| Bucket {
            index: a.index,
            points: a.points.saturating_add(b.points),
            sum: a.sum + b.sum,
            weight: a.weight + b.weight,
        })
    }

    /// The sum over its weight: the mean of a level, the growth per second of a total; `None` without data.
    pub fn mean(&self, range: TimeRange) -> Option<f64> {
        self.sum(range).filter(|b| b.weight > 0.0).map(|b| b.sum / b.weight)
    }
}

/// The number of the bucket that holds a moment.
fn bucket_of(t: Timestamp) -> i64 {
    t.0.div_euclid(MEASUREMENT_BUCKET.0)
}

/// What became of the data points of kept metrics.
///
/// Invariants: `received = kept + duplicates + refused`, `kept = in_store + evicted + cleared`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MeasurementCounters {
    /// Points that arrived.
    pub received: u64,
    /// Points that were taken.
    pub kept: u64,
    /// Points that were there already, or of a total older than one that was there.
    pub duplicates: u64,
    /// Points for which there was no room: too many series.
    pub refused: u64,
    /// Points that are readable now.
    pub in_store: u64,
    /// Points of the oldest buckets, removed to keep the bound on bytes.
    pub evicted: u64,
    /// Points removed because the user cleared them.
    pub cleared: u64,
}

impl MeasurementCounters {
    /// Whether both invariants hold.
    pub fn is_conserved(&self) -> bool {
        self.received == self.kept + self.duplicates + self.refused
            && self.kept == self.in_store + self.evicted + self.cleared
    }
}

/// All measurements, as they were when published. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Measurements {
    senders: Arc<Vec<Sender>>,
    series: Arc<Vec<MeasurementSeries>>,
    /// What arrived and what became of it.
    pub counters: MeasurementCounters,
}

impl Measurements {
    /// Who sent them.
    pub fn senders(&self) -> &[Sender] {
        &self.senders
    }
    /// All series, in order of first sight.
    pub fn series(&self) -> &[MeasurementSeries] {
        &self.series
    }
    /// Whether nothing was measured.
    pub fn is_empty(&self) -> bool {
        self.series.is_empty()
    }
}

#[cfg(test)]
#[path = "measurements/tests.rs"]
mod tests;
