//! Totals to the service graph of a lens: buckets merged, ragged ends read call by call.
use std::collections::BTreeMap;

use rayon::prelude::*;

use super::build::{Builder, GraphIndex};
use super::calls::Calls;
use super::series::{BUCKET, Series, bucket_of};
use super::{Accumulator, Observation, PartyId, RawEdgeId, Red};
use crate::model::{CowVec, Nanos, TimeRange, Timestamp, TraceIndex};
use crate::store::{Lens, Spans};

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
        self.extents.extent(spans)
    }

    /// The service graph under a lens.
    pub fn graph(&self, spans: &Spans, lens: &Lens) -> GraphIndex {
        self.graph_by(Builder::new(self, spans), spans, lens)
    }

    /// The same with all nodes and edges of another graph of these calls: those without any calls under the lens
    /// too, so that nothing comes and goes where the window moves.
    pub fn graph_keeping(&self, spans: &Spans, lens: &Lens, base: &GraphIndex) -> GraphIndex {
        self.graph_by(Builder::new(self, spans).keeping(base), spans, lens)
    }

    fn graph_by(&self, builder: Builder<'_>, spans: &Spans, lens: &Lens) -> GraphIndex {
        let extent = self.extent(spans);
        let (edges, parties) = match &lens.filter {
            Some(_) => self.scan(spans, lens),
            None => self.fold(spans, lens.window),
        };
        let window = match (lens.window, extent) {
            (Some(w), Some(e)) => Some(TimeRange::new(w.start.max(e.start), w.end.min(e.end))),
            (w, e) => w.or(e),
        };
        builder.build(edges, parties, window)
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

    /// How many requests these parties served over time, as [`calls_in_stretches`] tells it.
    pub(super) fn calls_of_parties(&self, parties: &[PartyId], range: TimeRange, count: usize) -> Vec<f32> {
        let series = parties.iter().filter_map(|p| self.by_party.get(p.0 as usize));
        calls_in_stretches(buckets_of(series, range), range, count)
    }

    /// How many calls there were along some edges over time.
    pub(super) fn calls_of_edges(&self, edges: &[RawEdgeId], range: TimeRange, count: usize) -> Vec<f32> {
        let series = edges.iter().filter_map(|e| self.by_edge.get(e.0 as usize));
        calls_in_stretches(buckets_of(series, range), range, count)
    }

    /// Requests that start traces in a window.
    pub fn requests_in(&self, spans: &Spans, window: TimeRange) -> Red {
        let (from, to) = whole_buckets(window, self.extents.bounds());
        let (mut red, mut histograms) = (Red::default(), Accumulator::default());
        self.requests.visit_buckets(from, to, &mut |part, is_added| {
            red.change_by(part, is_added, &mut histograms);
        });
        let ends = ragged_ends(window, from, to);
        let inside = |t: Timestamp| !t.is_unset() && ends.iter().any(|r| r.contains(t));
        for trace in self.extents.traces_in(spans, ends).filter_map(|t| self.of_trace(t)) {
            let roots = trace.served.iter().filter(|s| s.is_root && inside(s.start));
            roots.for_each(|s| red.add_counts(&s.observation(), &mut histograms));
        }
        red.set_histogram(&mut histograms);
        red
    }

    /// Traces that have something in a window.
    pub(super) fn traces_in<'a>(
        &'a self,
        spans: &'a Spans,
        window: TimeRange,
    ) -> impl Iterator<Item = TraceIndex> + 'a {
        self.extents.traces_in(spans, [window, TimeRange::new(window.end, window.end)])
    }

    /// How many traces have something in a window.
    pub fn trace_count_in(&self, spans: &Spans, window: TimeRange) -> usize {
        self.extents.count_in(spans, window)
    }

    fn fold(&self, spans: &Spans, window: Option<TimeRange>) -> (Vec<Red>, Vec<Red>) {
        let Some(window) = window else {
            return (all_of(&self.by_edge), all_of(&self.by_party));
        };
        let (from, to) = whole_buckets(window, self.extents.bounds());
        let ((calls, served), whole) = rayon::join(
            || self.loose(spans, ragged_ends(window, from, to)),
            || self.window_sums.of(self, from, to),
        );
        rayon::join(|| calls.added_to(&whole.edges), || served.added_to(&whole.parties))
    }

    /// What happened in the ragged ends of a window, read call by call.
    fn loose(&self, spans: &Spans, ends: [TimeRange; 2]) -> (Loose, Loose) {
        let inside = |t: Timestamp| !t.is_unset() && ends.iter().any(|r| r.contains(t));
        let (mut edges, mut parties) = (Vec::new(), Vec::new());
        for trace in self.extents.traces_in(spans, ends).filter_map(|t| self.of_trace(t)) {
            let calls = trace.calls.iter().filter(|c| inside(c.start));
            edges.extend(calls.map(|c| (c.edge.0, c.observation())));
            let served = trace.served.iter().filter(|s| inside(s.start));
            parties.extend(served.map(|s| (s.service.0, s.observation())));
        }
        (Loose::new(&edges, self.by_edge.len()), Loose::new(&parties, self.by_party.len()))
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
        .filter(|(_, t)| lens.filter.as_ref().is_none_or(|f| f.admits(t.id)))
        .map(|(i, _)| i)
        .collect();
    match &lens.filter {
        None => candidates,
        Some(filter) => candidates.into_par_iter().filter(|t| filter.passes(spans, *t)).collect(),
    }
}

/// All of each series, dated or not.
fn all_of(series: &CowVec<Series>) -> Vec<Red> {
    let series: Vec<&Series> = series.iter().collect();
    let fold = |histograms: &mut Accumulator, series: &&Series| {
        let mut red = Red::default();
        series.fold_all(&mut red, histograms);
        red.set_histogram(histograms);
        red
    };
    series.par_iter().with_min_len(64).map_init(Accumulator::default, fold).collect()
}

/// Observations of which no bucket is told, by the place of their series.
#[derive(Default)]
struct Loose {
    /// Where those of each series end.
    ends: Vec<usize>,
    all: Vec<Observation>,
}

impl Loose {
    fn new(found: &[(u32, Observation)], series: usize) -> Self {
        let Some(&(_, any)) = found.first() else { return Self::default() };
        let mut ends = vec![0; series + 1];
        found.iter().for_each(|(place, _)| ends[(*place as usize + 1).min(series)] += 1);
        (1..ends.len()).for_each(|i| ends[i] += ends[i - 1]);
        let mut all = vec![any; found.len()];
        for (place, o) in found {
            // Where the next one of the series goes; in the end, where the series ends.
            let next = &mut ends[*place as usize];
            all[*next] = *o;
            *next += 1;
        }
        Self { ends, all }
    }

    fn added_to(&self, whole: &[Red]) -> Vec<Red> {
        let add = |(place, red): (usize, &Red)| {
            let mut red = red.clone();
            self.of(place).iter().for_each(|o| red.add(o));
            red
        };
        whole.par_iter().with_min_len(64).enumerate().map(add).collect()
    }

    fn of(&self, place: usize) -> &[Observation] {
        let from = place.checked_sub(1).and_then(|p| self.ends.get(p)).copied().unwrap_or(0);
        let to = self.ends.get(place).copied().unwrap_or(0);
        self.all.get(from..to).unwrap_or_default()
    }
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
    in_stretches(buckets_of(series, range), range, count)
}

fn buckets_of<'a>(
    series: impl Iterator<Item = &'a Series>,
    range: TimeRange,
) -> impl Iterator<Item = (i64, &'a Red)> {
    series.flat_map(move |s| s.buckets(range)).map(|(start, red)| (bucket_of(start), red))
}

/// Buckets by number, in about `count` equal stretches of a range.
pub(super) fn in_stretches<'a>(
    buckets: impl Iterator<Item = (i64, &'a Red)>,
    range: TimeRange,
    count: usize,
) -> Timeline {
    let each = buckets_each(range, count);
    let step = each.saturating_mul(BUCKET.0);
    let mut reds: BTreeMap<i64, Vec<&Red>> = BTreeMap::new();
    for (bucket, red) in buckets {
        reds.entry(bucket.div_euclid(each)).or_default().push(red);
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

/// How many calls buckets have in about `count` equal stretches of a range, all of them in order; none without
/// any bucket. The stretch that the range ends in is left out, but for the only one: it would look like a fall.
pub(super) fn calls_in_stretches<'a>(
    buckets: impl Iterator<Item = (i64, &'a Red)>,
    range: TimeRange,
    count: usize,
) -> Vec<f32> {
    let each = buckets_each(range, count);
    let stretch = |t: Timestamp| bucket_of(t).div_euclid(each);
    let first = stretch(range.start);
    let length = usize::try_from(stretch(range.end) - first).unwrap_or(0).max(1);
    let mut calls = Vec::new();
    for (bucket, red) in buckets {
        calls.resize(length, 0.0);
        let at = usize::try_from(bucket.div_euclid(each) - first);
        if let Some(sum) = at.ok().and_then(|at| calls.get_mut(at)) {
            *sum += red.calls() as f32;
        }
    }
    calls
}

/// Whole buckets of a stretch, where about `count` make up a range.
fn buckets_each(range: TimeRange, count: usize) -> i64 {
    let wanted = range.length().0 / i64::try_from(count.max(1)).unwrap_or(i64::MAX);
    (wanted / BUCKET.0 + i64::from(wanted % BUCKET.0 > 0)).max(1)
}
