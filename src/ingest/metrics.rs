//! What protobuf and JSON share of metrics: which points are kept, and what of their attributes counts.
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::model::semconv::resource as keys;
use crate::model::{
    DETAIL_KEYS, MeasurementBatch, Metric, Point, Rejects, STATE_KEYS, Shape, Timestamp, Value,
};

/// Bytes kept of an attribute that names a state, a pool or a sender.
const NAME_BYTES: usize = 200;

/// Points kept of one message. A point takes a few bytes on the wire and many times as many in memory.
pub(super) const POINTS: usize = 200_000;

/// How the points of a metric were sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Gauge,
    Sum,
    /// Histograms of both kinds, and summaries.
    Distribution,
}

/// Everything about a metric that its points need.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub metric: Metric,
    /// What values are multiplied by.
    pub scale: f64,
    pub form: Form,
    pub is_delta: bool,
    pub is_monotonic: bool,
}

impl Head {
    /// The head of a metric by name and unit; `None` if nothing needs it.
    pub fn new(name: &str, unit: &str, form: Form) -> Option<Self> {
        let (metric, scale) = Metric::of_name(name)?;
        let is_percent = unit == "%" && metric.shape() == Shape::Level;
        let scale = if is_percent { scale / 100.0 } else { scale };
        Some(Self { metric, scale, form, is_delta: false, is_monotonic: false })
    }

    /// Whether a metric of this form can be what it is taken for.
    fn fits(&self) -> bool {
        match self.metric.shape() {
            Shape::Level => self.form == Form::Gauge || self.form == Form::Sum && !self.is_delta,
            Shape::Total => self.form == Form::Sum && self.is_monotonic,
            Shape::Spread => self.form == Form::Distribution,
        }
    }
}

/// One data point, as sent.
#[derive(Clone, Debug, Default)]
pub(super) struct RawPoint {
    pub start: Timestamp,
    pub time: Timestamp,
    /// The number, or the sum of a distribution.
    pub value: Option<f64>,
    pub count: Option<u64>,
    /// The sender says that there was nothing to measure.
    pub is_absent: bool,
    state: (usize, Box<str>),
    detail: (usize, Box<str>),
    stream: u64,
}

impl RawPoint {
    /// Takes note of an attribute.
    pub fn attribute(&mut self, key: &str, value: &Value) {
        let mut hasher = DefaultHasher::new();
        (key, value).hash(&mut hasher);
        // A sum, since senders may change the order of attributes.
        self.stream = self.stream.wrapping_add(hasher.finish());
        for (slot, known) in [(&mut self.state, STATE_KEYS), (&mut self.detail, DETAIL_KEYS)] {
            // The earlier of the known keys wins; 0 is "none yet".
            let Some(rank) = known.iter().position(|k| *k == key).map(|at| known.len() - at) else {
                continue;
            };
            if rank > slot.0 {
                let text = value.to_string();
                *slot = (rank, text[..text.floor_char_boundary(NAME_BYTES)].into());
            }
        }
    }
}

/// Adds the points of one metric; counts those that cannot be used.
pub(super) fn add(
    head: &Head,
    sender: u32,
    points: impl Iterator<Item = RawPoint>,
    out: &mut MeasurementBatch,
    rejects: &mut Rejects,
) {
    for raw in points {
        match point(head, sender, raw).filter(|_| out.points.len() < POINTS) {
            Some(point) => out.points.push(point),
            None => rejects.unusable_points += 1,
        }
    }
}

fn point(head: &Head, sender: u32, raw: RawPoint) -> Option<Point> {
    let is_spread = head.metric.shape() == Shape::Spread;
    if !head.fits() || raw.is_absent || raw.time.is_unset() || (is_spread && raw.count.is_none()) {
        return None;
    }
    // The sum of a histogram is optional; its count is what we need most.
    let value = raw.value.or(is_spread.then_some(0.0))? * head.scale;
    value.is_finite().then_some(Point {
        sender,
        metric: head.metric,
        state: raw.state.1,
        detail: raw.detail.1,
        stream: raw.stream,
        start: raw.start,
        time: raw.time,
        is_delta: head.is_delta,
        value,
        count: if is_spread { raw.count.unwrap_or(0) as f64 } else { 0.0 },
    })
}

/// Whether a resource attribute tells who sent measurements.
pub(super) fn names_sender(key: &str) -> bool {
    let known =
        [keys::SERVICE, keys::NAMESPACE, keys::INSTANCE, keys::ENVIRONMENT, keys::EXECUTABLE, keys::PLACE];
    known.iter().any(|k| k.contains(&key))
}

/// A resource attribute that tells who sent measurements, within bounds.
pub(super) fn sender_attribute(key: &str, value: Value) -> Option<(Box<str>, Value)> {
    let is_short = value.as_str().is_none_or(|text| text.len() <= NAME_BYTES);
    (names_sender(key) && is_short).then(|| (key.into(), value))
}

#[cfg(test)]
#[path = "metrics_tests.rs"]
mod tests;
