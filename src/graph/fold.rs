//! Totals to the service graph of a lens: buckets merged, ragged ends read call by call.
use std::collections::BTreeMap;

use rayon::prelude::*;

use super::build::{Builder, GraphIndex};
use super::calls::Calls;
use super::series::{BUCKET, Series, bucket_of};
use super::{Accumulator, PartyId, RawEdgeId, Red};
use crate::model::{CowVec, Nanos, TimeRange, Timestamp, TraceIndex};
use crate::store::{Lens, Spans};

/// A moment further than this from the middle of the data is an outlier, not part of its extent.
const OUTLIER: Nanos = Nanos::from_secs(366 * 24 * 3600);

/// Requests over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    /// In order of time, none empty.
    pub buckets: Vec<TimelineBucket>,
}

/// Requests of one stretch of time.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineBucket {
    /// From when to when.
    pub range: TimeRange,
    /// What was requested then.
    pub red: Red,
}

impl Calls {
    /// From the first start to the last end of all stored spans, without undated ones and outliers.
    pub fn extent(&self, spans: &Spans) -> Option<TimeRange> {
        let dated = || spans.traces().map(|(_, t)| t).filter(|t| t.start != Timestamp::MAX);
        let count = dated().count();
        let step = count / 1000 + 1;
        let mut sample: Vec<Timestamp> = dated().step_by(step).map(|t| t.start).collect();
        sample.sort_unstable();
        let middle = *sample.get(sample.len() / 2)?;
        let near = |t: Timestamp| (t - middle).0.unsigned_abs() <= OUTLIER.0.unsigned_abs();
        let mut range: Option<TimeRange> = None;
        for t in dated().filter(|t| near(t.start)) {
            let end = if near(t.end) { t.end } else { t.start };
            let own = TimeRange::new(t.start, end);
            range = Some(range.map_or(own, |r| r.union(own)));
        }
        range.map(|r| TimeRange::new(r.start, r.end + Nanos(1)))
    }

    /// The service graph under a lens.
    pub fn graph(&self, spans: &Spans, lens: &Lens) -> GraphIndex {
        let extent = self.extent(spans);
        let (edges, parties) = match &lens.filter {
            Some(_) => self.scan(spans, lens),
            None => self.fold(spans, lens.window),
        };
        let window = match (lens.window, extent) {
            (Some(w), Some(e)) => Some(TimeRange::new(w.start.max(e.start), w.end.min(e.end))),
            (w, e) => w.or(e),
        };
        Builder::new(self, spans).build(edges, parties, window)
    }

    /// Requests that start traces, in about `count` equal stretches of a range.
    pub fn timeline(&self, range: TimeRange, count: usize) -> Timeline {
        timeline_of([&self.requests].into_iter(), range, count)
    }

    /// The same for some edges and nodes, for sparklines.
    pub fn timeline_of_edges(&self, edges: &[RawEdgeId], range: TimeRange, count: usize) -> Timeline {
        timeline_of(edges.iter().filter_map(|e| self.by_edge.get(e.0 as usize)), range, count)
    }

    /// What these parties served over time, for sparklines.
    pub fn timeline_of_parties(&self, parties: &[PartyId], range: TimeRange, count: usize) -> Timeline {
        timeline_of(parties.iter().filter_map(|p| self.by_party.get(p.0 as usize)), range, count)
    }

    fn fold(&self, spans: &Spans, window: Option<TimeRange>) -> (Vec<Red>, Vec<Red>) {
        let whole = window.map(|w| whole_buckets(w, bounds(spans)));
        let fold = |histograms: &mut Accumulator, series: &&Series| {
            let mut red = Red::default();
            match whole {
                None => series.fold_all(&mut red, histograms),
                Some((from, to)) => series.fold_buckets(from, to, &mut red, histograms),
            }
            red.set_histogram(histograms);
            red
        };
        let all = |series: &CowVec<Series>| -> Vec<Red> {
            let series: Vec<&Series> = series.iter().collect();
            series.par_iter().with_min_len(64).map_init(Accumulator::default, fold).collect()
        };
        let (mut edges, mut parties) = rayon::join(|| all(&self.by_edge), || all(&self.by_party));
        if let (Some(window), Some((from, to))) = (window, whole) {
            for ragged in ragged_ends(window, from, to).into_iter().filter(|r| !r.is_empty()) {
                for (index, slot) in spans.traces() {
                    if slot.start < ragged.end && slot.end >= ragged.start {
                        self.add_trace(index, Some(ragged), &mut edges, &mut parties);
                    }
                }
            }
        }
        (edges, parties)
    }

    fn scan(&self, spans: &Spans, lens: &Lens) -> (Vec<Red>, Vec<Red>) {
        let mut edges = vec![Red::default(); self.by_edge.len()];
        let mut parties = vec![Red::default(); self.by_party.len()];
        for index in matching_traces(spans, lens) {
            self.add_trace(index, lens.window, &mut edges, &mut parties);
        }
        (edges, parties)
    }

    fn add_trace(
        &self,
        trace: TraceIndex,
        within: Option<TimeRange>,
        edges: &mut [Red],
        parties: &mut [Red],
    ) {
        let Some(calls) = self.of_trace(trace) else { return };
        let inside = |t: Timestamp| within.is_none_or(|w| !t.is_unset() && w.contains(t));
        for call in calls.calls.iter().filter(|c| inside(c.start)) {
            if let Some(red) = edges.get_mut(call.edge.0 as usize) {
                red.add(&call.observation());
            }
        }
        for served in calls.served.iter().filter(|s| inside(s.start)) {
            if let Some(red) = parties.get_mut(served.service.0 as usize) {
                red.add(&served.observation());
            }
        }
    }
}

/// Traces with a span in the window that matches the filter, in order; all of them without either.
pub fn matching_traces(spans: &Spans, lens: &Lens) -> Vec<TraceIndex> {
    let candidates: Vec<TraceIndex> = spans
        .traces()
        .filter(|(_, t)| lens.window.is_none_or(|w| t.start < w.end && t.end >= w.start))
        .map(|(i, _)| i)
        .collect();
    match &lens.filter {
        None => candidates,
        Some(filter) => {
            candidates.into_par_iter().filter(|t| spans.rows_of(*t).any(|s| filter.matches(s))).collect()
        }
    }
}

/// From the first start to the last end of all dated spans, outliers too.
fn bounds(spans: &Spans) -> Option<TimeRange> {
    let dated = spans.traces().map(|(_, t)| t).filter(|t| !t.end.is_unset());
    dated.map(|t| TimeRange { start: t.start, end: t.end }).reduce(|a, b| a.union(b))
}

/// The whole buckets inside a window; an end beyond all data counts as whole.
fn whole_buckets(window: TimeRange, bounds: Option<TimeRange>) -> (i64, i64) {
    let starts_whole =
        window.start.0.rem_euclid(BUCKET.0) == 0 || bounds.is_some_and(|b| window.start <= b.start);
    let from = bucket_of(window.start) + i64::from(!starts_whole);
    let ends_whole = window.end.0.rem_euclid(BUCKET.0) == 0;
    let is_past_all = bounds.is_some_and(|b| window.end > b.end);
    let to = bucket_of(window.end) + i64::from(is_past_all && !ends_whole);
    (from, to.max(from))
}

/// What of a window the whole buckets leave over.
fn ragged_ends(window: TimeRange, from: i64, to: i64) -> [TimeRange; 2] {
    let (from, to) = (Timestamp(from.saturating_mul(BUCKET.0)), Timestamp(to.saturating_mul(BUCKET.0)));
    if to <= from {
        return [window, TimeRange::new(window.end, window.end)];
    }
    [TimeRange::new(window.start, from.max(window.start)), TimeRange::new(to.min(window.end), window.end)]
}

fn timeline_of<'a>(series: impl Iterator<Item = &'a Series>, range: TimeRange, count: usize) -> Timeline {
    // Stretches are whole buckets.
    let wanted = range.length().0 / i64::try_from(count.max(1)).unwrap_or(i64::MAX);
    let step = (wanted / BUCKET.0 + i64::from(wanted % BUCKET.0 > 0)).max(1).saturating_mul(BUCKET.0);
    let mut reds: BTreeMap<i64, Vec<&Red>> = BTreeMap::new();
    let all: Vec<&Series> = series.collect();
    for s in all {
        for (start, red) in s.buckets(range) {
            reds.entry(start.0.div_euclid(step)).or_default().push(red);
        }
    }
    let mut histograms = Accumulator::default();
    let bucket = |(index, parts): (i64, Vec<&Red>)| {
        let mut red = Red::default();
        parts.iter().for_each(|p| red.merge_counts(p, &mut histograms));
        red.set_histogram(&mut histograms);
        let start = Timestamp(index * step);
        TimelineBucket { range: TimeRange::new(start, start + Nanos(step)), red }
    };
    Timeline { buckets: reds.into_iter().map(bucket).collect() }
}
