//! Writes measurements: totals to growth, points to buckets, the oldest buckets out when there is no room.
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::{BUCKETS_PER_CHUNK, Bucket, Chunk, MeasurementSeries, Measurements, Sender, bucket_of};
use crate::model::semconv::resource as keys;
use crate::model::{Interner, MeasurementBatch, Metric, Point, Shape, Symbol, Timestamp, Value};
use crate::store::resource::{identity, service_name};

/// Bytes that a chunk and a series are reckoned at beside their buckets.
const CHUNK_BYTES: usize = 64;
const SERIES_BYTES: usize = 256;
/// Bytes that a remembered stream is reckoned at.
const STREAM_BYTES: usize = 80;

/// What measurements may take at most.
#[derive(Clone, Copy, Debug)]
pub struct MeasurementBounds {
    /// Series; points of more are refused.
    pub series: usize,
    /// Streams, which are finer than series; points of more are refused.
    pub streams: usize,
    /// Bytes; the oldest buckets go when there are more.
    pub bytes: usize,
}

impl Default for MeasurementBounds {
    fn default() -> Self {
        Self { series: 8_192, streams: 65_536, bytes: 64 << 20 }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    sender: u32,
    metric: Metric,
    state: Symbol,
    detail: Symbol,
}

/// The newest point of a stream.
#[derive(Clone, Copy, Debug)]
struct Last {
    time: Timestamp,
    start: Timestamp,
    value: f64,
    count: f64,
}

/// Takes measurements and keeps them within bounds.
#[derive(Debug, Default)]
pub struct MeasurementStore {
    bounds: MeasurementBounds,
    published: Measurements,
    senders: HashMap<Sender, u32>,
    keys: HashMap<Key, u32>,
    streams: HashMap<(u32, u64), Last>,
    buckets: usize,
    chunks: usize,
}

/// What a point adds to its bucket.
struct Growth {
    sum: f64,
    weight: f64,
}

impl MeasurementStore {
    /// An empty store with these bounds.
    pub fn with_bounds(bounds: MeasurementBounds) -> Self {
        Self { bounds, ..Self::default() }
    }

    /// Takes points. Totals must come in order of time within a stream, as senders send them.
    pub fn append(&mut self, batch: &MeasurementBatch, names: &mut Interner) {
        let mut senders: Vec<Option<u32>> = vec![None; batch.senders.len()];
        for point in &batch.points {
            self.published.counters.received += 1;
            let Some(series) = self.series_of(point, batch, &mut senders, names) else {
                self.published.counters.refused += 1;
                continue;
            };
            self.add(series, point);
        }
        if self.bytes() > self.bounds.bytes {
            self.evict();
        }
    }

    /// All that was taken.
    pub fn publish(&self) -> Measurements {
        self.published.clone()
    }

    /// Forgets everything but the counts.
    pub fn clear(&mut self) {
        let mut counters = std::mem::take(&mut self.published.counters);
        counters.cleared += std::mem::take(&mut counters.in_store);
        *self = Self::with_bounds(self.bounds);
        self.published.counters = counters;
    }

    /// Bytes held, reckoned.
    pub fn bytes(&self) -> usize {
        self.buckets * size_of::<Bucket>()
            + self.chunks * CHUNK_BYTES
            + self.keys.len() * SERIES_BYTES
            + self.streams.len() * STREAM_BYTES
    }

    fn series_of(
        &mut self,
        point: &Point,
        batch: &MeasurementBatch,
        senders: &mut [Option<u32>],
        names: &mut Interner,
    ) -> Option<u32> {
        let is_full = self.keys.len() >= self.bounds.series;
        let slot = senders.get_mut(point.sender as usize)?;
        let sender = match *slot {
            Some(sender) => sender,
            None => {
                let attributes = batch.senders.get(point.sender as usize)?;
                let sender = self.sender_of(attributes, is_full, names)?;
                *slot = Some(sender);
                sender
            }
        };
        // Names are kept for good, so that nothing new is named when there is no room for it.
        let mut name = |text: &str| if is_full { names.find(text) } else { Some(names.intern(text)) };
        let (state, detail) = (name(&point.state)?, name(&point.detail)?);
        let key = Key { sender, metric: point.metric, state, detail };
        if let Some(series) = self.keys.get(&key) {
            return Some(*series);
        }
        if is_full {
            return None;
        }
        let all = Arc::make_mut(&mut self.published.series);
        let series = all.len() as u32;
        all.push(MeasurementSeries { sender, metric: point.metric, state, detail, chunks: Vec::new() });
        self.keys.insert(key, series);
        Some(series)
    }

    fn sender_of(
        &mut self,
        attributes: &[(Box<str>, Value)],
        is_full: bool,
        names: &mut Interner,
    ) -> Option<u32> {
        let pairs: Vec<(&str, &Value)> = attributes.iter().map(|(k, v)| (&**k, v)).collect();
        let has_service = [keys::SERVICE, keys::EXECUTABLE].iter().any(|k| identity(&pairs, k).is_some());
        let mut name = |text: Option<String>| match text {
            None => Some(Symbol::EMPTY),
            Some(text) if is_full => names.find(&text),
            Some(text) => Some(names.intern(&text)),
        };
        let service = name(has_service.then(|| service_name(&pairs)))?;
        let (namespace, environment) =
            (name(identity(&pairs, keys::NAMESPACE))?, name(identity(&pairs, keys::ENVIRONMENT))?);
        let instance = name(identity(&pairs, keys::INSTANCE))?;
        let mut places = Vec::new();
        for place in keys::PLACE {
            if let Some(text) = identity(&pairs, &[place]) {
                places.push((name(Some((*place).to_owned()))?, name(Some(text))?));
            }
        }
        let sender = Sender { service, namespace, environment, instance, places: places.into() };
        if let Some(known) = self.senders.get(&sender) {
            return Some(*known);
        }
        if is_full {
            return None;
        }
        let all = Arc::make_mut(&mut self.published.senders);
        let place = all.len() as u32;
        all.push(sender.clone());
        self.senders.insert(sender, place);
        Some(place)
    }

    fn add(&mut self, series: u32, point: &Point) {
        let stream = (series, point.stream);
        let last = self.streams.get(&stream).copied();
        if last.is_none() && self.streams.len() >= self.bounds.streams {
            self.published.counters.refused += 1;
            return;
        }
        let is_known = last.is_some_and(|l| match point.metric.shape() {
            Shape::Level => l.time == point.time && l.value.to_bits() == point.value.to_bits(),
            Shape::Total | Shape::Spread => point.time <= l.time,
        });
        if is_known {
            self.published.counters.duplicates += 1;
            return;
        }
        let now = Last { time: point.time, start: point.start, value: point.value, count: point.count };
        self.streams.insert(stream, now);
        self.published.counters.kept += 1;
        self.published.counters.in_store += 1;
        self.write(series, point.time, &growth(point, last));
    }

    fn write(&mut self, series: u32, time: Timestamp, growth: &Growth) {
        let all = Arc::make_mut(&mut self.published.series);
        let Some(series) = all.get_mut(series as usize) else { return };
        let bucket = bucket_of(time);
        let index = bucket.div_euclid(BUCKETS_PER_CHUNK);
        let place = match series.chunks.binary_search_by_key(&index, |c| c.index) {
            Ok(place) => place,
            Err(place) => {
                series.chunks.insert(place, Arc::new(Chunk { index, buckets: Vec::new() }));
                self.chunks += 1;
                place
            }
        };
        let Some(chunk) = series.chunks.get_mut(place).map(Arc::make_mut) else { return };
        let slot = match chunk.buckets.binary_search_by_key(&bucket, |b| b.index) {
            Ok(slot) => slot,
            Err(slot) => {
                chunk.buckets.insert(slot, Bucket { index: bucket, ..Bucket::default() });
                self.buckets += 1;
                slot
            }
        };
        if let Some(b) = chunk.buckets.get_mut(slot) {
            b.points = b.points.saturating_add(1);
            b.sum += growth.sum;
            b.weight += growth.weight;
        }
    }

    /// Removes the oldest chunks of all series until an eighth is free, so that it is rarely needed.
    fn evict(&mut self) {
        let target = self.bounds.bytes / 8 * 7;
        let mut times: BTreeSet<i64> =
            self.published.series.iter().flat_map(|s| s.chunks.iter().map(|c| c.index)).collect();
        while self.bytes() > target
            && let Some(oldest) = times.pop_first()
        {
            for series in Arc::make_mut(&mut self.published.series) {
                if series.chunks.first().is_none_or(|c| c.index != oldest) {
                    continue;
                }
                let chunk = series.chunks.remove(0);
                let points: u64 = chunk.buckets.iter().map(|b| u64::from(b.points)).sum();
                self.buckets -= chunk.buckets.len();
                self.chunks -= 1;
                self.published.counters.in_store -= points;
                self.published.counters.evicted += points;
            }
        }
    }
}

/// What a point adds: a level itself, a total and a spread what they grew by since the point before.
///
/// The first point of a cumulative stream says what was before we listened, so it adds nothing.
fn growth(point: &Point, last: Option<Last>) -> Growth {
    let shape = point.metric.shape();
    if shape == Shape::Level {
        return Growth { sum: point.value, weight: 1.0 };
    }
    let since = |t: Timestamp| (point.time - t).as_secs_f64().max(0.0);
    let (value, count, seconds) = if point.is_delta {
        let seconds =
            if point.start.is_unset() { last.map_or(0.0, |l| since(l.time)) } else { since(point.start) };
        (point.value, point.count, seconds)
    } else {
        match last {
            None => (0.0, 0.0, 0.0),
            // It began anew: all that it holds came since then.
            Some(l) if has_restarted(point, &l) => (point.value, point.count, since(point.start.max(l.time))),
            Some(l) => (point.value - l.value, point.count - l.count, since(l.time)),
        }
    };
    match shape {
        Shape::Total => Growth { sum: value.max(0.0), weight: seconds },
        _ => Growth { sum: count.max(0.0), weight: value.max(0.0) },
    }
}

fn has_restarted(point: &Point, last: &Last) -> bool {
    let fell = point.value < last.value || point.count < last.count;
    fell || (!point.start.is_unset() && point.start > last.start && point.start >= last.time)
}
