//! What is hidden of measurements: who sent them, and what their pools are called.
use std::collections::BTreeSet;

use super::{Place, Redactor, matches_any};
use crate::model::{DETAIL_KEYS, MeasurementBatch, Metric, Point, STATE_KEYS, Value};
use crate::texts::texts;

/// States that OpenTelemetry knows: nobody's names.
const STATES: [&str; 22] = [
    "used",
    "idle",
    "user",
    "system",
    "nice",
    "iowait",
    "interrupt",
    "softirq",
    "steal",
    "kernel",
    "wait",
    "free",
    "cached",
    "buffered",
    "buffers",
    "shared",
    "slab_reclaimable",
    "slab_unreclaimable",
    "inactive",
    "heap",
    "non_heap",
    "nonheap",
];

/// What was done to texts of measurements, so that each is counted once.
#[derive(Default)]
pub(super) struct Measured {
    aliased: BTreeSet<Box<str>>,
}

impl Redactor {
    /// What is left of measurements; points that cannot be told without an attribute that goes are left out.
    pub fn measurements(&mut self, batch: &MeasurementBatch) -> MeasurementBatch {
        if !self.rules.is_of_spans() {
            return batch.clone();
        }
        let used: BTreeSet<u32> = batch.points.iter().map(|p| p.sender).collect();
        let senders: Vec<Vec<(Box<str>, Value)>> = (0..)
            .zip(&batch.senders)
            .map(|(place, sender)| if used.contains(&place) { self.sender(sender) } else { Vec::new() })
            .collect();
        let is_told = |p: &Point| senders.get(p.sender as usize).is_some_and(|s| !s.is_empty());
        let points: Vec<&Point> = batch.points.iter().filter(|p| is_told(p)).collect();
        let points = points.into_iter().filter_map(|p| self.point(p)).collect();
        MeasurementBatch { senders, points }
    }

    fn sender(&mut self, sender: &[(Box<str>, Value)]) -> Vec<(Box<str>, Value)> {
        let mut out = Vec::with_capacity(sender.len());
        for (key, value) in sender {
            out.extend(self.attribute(key, value, Place::Resource).map(|(k, v)| (k.into(), v)));
        }
        out
    }

    fn point(&mut self, point: &Point) -> Option<Point> {
        let goes = |text: &str, keys: &[&str]| {
            let is_dropped = |k: &&str| matches_any(&self.rules.drop, k) && !matches_any(&self.rules.keep, k);
            !text.is_empty() && keys.iter().any(is_dropped)
        };
        if goes(&point.state, STATE_KEYS) || goes(&point.detail, DETAIL_KEYS) {
            self.counts.attributes += 1;
            return None;
        }
        let hides = self.rules.names || self.rules.attributes;
        let mut out = point.clone();
        if hides && !point.state.is_empty() && !STATES.contains(&&*point.state) {
            out.state = self.told_as(&point.state, "state");
        }
        if hides && point.metric.is_of_pool() && !point.detail.is_empty() {
            out.detail = self.told_as(&point.detail, "pool");
        } else if hides && !point.detail.is_empty() && point.detail.parse::<u32>().is_err() {
            out.detail = self.told_as(&point.detail, "part");
        }
        Some(out)
    }

    /// An alias that keeps apart what was apart, and still holds the names that lead a pool to its database.
    fn told_as(&mut self, text: &str, word: &str) -> Box<str> {
        if self.measured.aliased.insert(text.into()) {
            self.counts.names += 1;
        }
        let inside = if self.rules.names { self.names.aliases_in(text) } else { Vec::new() };
        inside.iter().fold(self.names.alias_of_word(text, word), |all, name| format!("{all} {name}")).into()
    }
}

/// The metric as an example tells it, with whom and what it is of.
pub(super) fn told(sender: &[(Box<str>, Value)], point: &Point) -> Vec<(String, String)> {
    let metric = |m: Metric| (texts().save.hidden_metric.to_owned(), m.name().to_owned());
    let of_sender = sender.iter().map(|(key, value)| (key.to_string(), value.to_string()));
    let of_point = point.told_by().into_iter().map(|(key, text)| (key.to_owned(), text.to_owned()));
    std::iter::once(metric(point.metric)).chain(of_sender).chain(of_point).collect()
}
