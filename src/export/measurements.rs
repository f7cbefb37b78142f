//! Stored measurements as data points again: for writing them out.
//!
//! The store keeps what was measured in each bucket of 10 s, not each point; what is written gives the same buckets
//! when it is read.
use std::collections::BTreeSet;

use crate::model::semconv::resource as keys;
use crate::model::{MeasurementBatch, Nanos, Point, Shape, TimeRange, Timestamp, Value};
use crate::store::{Bucket, MEASUREMENT_BUCKET, MeasurementSeries, Measurements, Resource, Sender, Spans};

/// Points in a batch.
const BATCH: usize = 16_384;

/// The measurements that are given away with some spans.
#[derive(Clone, Debug)]
pub struct Chosen<'a> {
    spans: &'a Spans,
    measurements: &'a Measurements,
    window: TimeRange,
    /// By sender: whether the spans tell of it.
    is_chosen: Vec<bool>,
}

impl<'a> Chosen<'a> {
    /// What the senders of these spans measured in a window.
    ///
    /// Others are nobody's business: the person who chose the spans did not choose them, and no answer needs them.
    pub fn new<'r>(
        spans: &'a Spans,
        measurements: &'a Measurements,
        window: Option<TimeRange>,
        resources: impl Iterator<Item = &'r Resource>,
    ) -> Self {
        let (mut services, mut places) = (BTreeSet::new(), BTreeSet::new());
        for resource in resources {
            services.insert(resource.service);
            let of_place = |(key, value): &'r (_, Value)| {
                let key = spans.text(*key);
                keys::PLACE.contains(&key).then(|| Some((key, value.as_str()?))).flatten()
            };
            places.extend(resource.attributes.iter().filter_map(of_place));
        }
        let is_place = |(key, value): &(_, _)| places.contains(&(spans.text(*key), spans.text(*value)));
        let is_chosen = |s: &Sender| {
            if s.service.is_empty() { s.places.iter().any(is_place) } else { services.contains(&s.service) }
        };
        let is_chosen = measurements.senders().iter().map(is_chosen).collect();
        let all = TimeRange { start: Timestamp(i64::MIN), end: Timestamp(i64::MAX) };
        Self { spans, measurements, window: window.unwrap_or(all), is_chosen }
    }

    fn series(&self) -> impl Iterator<Item = &'a MeasurementSeries> + '_ {
        let is_chosen = |s: &&MeasurementSeries| self.is_chosen.get(s.sender as usize) == Some(&true);
        self.measurements.series().iter().filter(is_chosen)
    }

    /// How many points are written.
    pub fn count(&self) -> u64 {
        let points = |s: &MeasurementSeries| -> u64 {
            s.buckets(self.window).map(|b| u64::from(points_in(s, b))).sum()
        };
        self.series().map(points).sum()
    }

    /// Hands them out in batches, each series in order of time.
    pub fn batches<E>(&self, take: &mut dyn FnMut(MeasurementBatch) -> Result<(), E>) -> Result<(), E> {
        let mut batch = self.empty();
        for series in self.series() {
            for bucket in series.buckets(self.window) {
                self.add(series, bucket, &mut batch.points);
                if batch.points.len() >= BATCH {
                    take(std::mem::replace(&mut batch, self.empty()))?;
                }
            }
        }
        if batch.points.is_empty() { Ok(()) } else { take(batch) }
    }

    /// All senders, so that their places stay what they are; those without points are not written.
    fn empty(&self) -> MeasurementBatch {
        let senders = self.measurements.senders().iter().map(|s| self.sender(s)).collect();
        MeasurementBatch { senders, points: Vec::new() }
    }

    fn sender(&self, sender: &Sender) -> Vec<(Box<str>, Value)> {
        let first = |keys: &[&'static str]| keys.first().copied().unwrap_or_default();
        let named = [
            (first(keys::SERVICE), sender.service),
            (first(keys::NAMESPACE), sender.namespace),
            (first(keys::ENVIRONMENT), sender.environment),
            (first(keys::INSTANCE), sender.instance),
        ];
        let places = sender.places.iter().map(|(key, value)| (self.spans.text(*key), *value));
        named
            .into_iter()
            .chain(places)
            .filter(|(_, value)| !value.is_empty())
            .map(|(key, value)| (key.into(), Value::str(self.spans.text(value))))
            .collect()
    }

    fn add(&self, series: &MeasurementSeries, bucket: &Bucket, out: &mut Vec<Point>) {
        let start = Timestamp(bucket.index.saturating_mul(MEASUREMENT_BUCKET.0));
        let middle = start + Nanos(MEASUREMENT_BUCKET.0 / 2);
        let point = |since: Timestamp, time: Timestamp, value: f64, count: f64| Point {
            sender: series.sender,
            metric: series.metric,
            state: self.spans.text(series.state).into(),
            detail: self.spans.text(series.detail).into(),
            stream: 0,
            start: since,
            time,
            is_delta: series.metric.shape() != Shape::Level,
            value,
            count,
        };
        match series.metric.shape() {
            // As many as there were, since levels weigh by their number; each is the mean.
            Shape::Level => {
                let all = points_in(series, bucket);
                let step = MEASUREMENT_BUCKET.0 / i64::from(all.max(1));
                let at = |i: u32| start + Nanos(step * i64::from(i) + step / 2);
                let mean = bucket.sum / bucket.weight;
                out.extend((0..all).map(|i| point(Timestamp(0), at(i), mean, 0.0)));
            }
            Shape::Total => {
                let over = Nanos((bucket.weight * 1e9).round() as i64);
                out.push(point(Timestamp(middle.0.saturating_sub(over.0)), middle, bucket.sum, 0.0));
            }
            Shape::Spread => out.push(point(start, middle, bucket.weight, bucket.sum)),
        }
    }
}

/// Points that stand for a bucket.
fn points_in(series: &MeasurementSeries, bucket: &Bucket) -> u32 {
    if series.metric.shape() == Shape::Level { bucket.weight as u32 } else { 1 }
}

#[cfg(test)]
#[path = "measurements_tests.rs"]
mod tests;
