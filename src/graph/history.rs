//! Calls over time under a filter: read call by call once, then asked for many nodes and edges.
use std::collections::BTreeMap;
use std::sync::Arc;

use super::calls::Calls;
use super::fold::{Timeline, TimelineBucket, calls_in_stretches, in_stretches, matching_traces};
use super::series::bucket_of;
use super::{Observation, PartyId, RawEdgeId, Red, Snapshot};
use crate::model::{Nanos, TimeRange, Timestamp};
use crate::store::{Filter, Lens};

/// Requests by the number of their bucket.
type Buckets = BTreeMap<i64, Red>;

/// Calls over time, of everything or of what a lens lets through.
pub struct History<'a> {
    calls: &'a Calls,
    /// By edge and by party; `None` where everything counts, which is known already.
    seen: Option<(BTreeMap<u32, Buckets>, BTreeMap<u32, Buckets>)>,
}

impl<'a> History<'a> {
    /// What the lens lets through; without a filter all of it, whatever the window.
    pub fn new(snapshot: &'a Snapshot, lens: &Lens) -> Self {
        let calls = &snapshot.calls;
        if lens.filter.is_none() {
            return Self { calls, seen: None };
        }
        let (mut edges, mut parties) = (BTreeMap::new(), BTreeMap::new());
        let inside = |t: Timestamp| !t.is_unset() && lens.window.is_none_or(|w| w.contains(t));
        for trace in matching_traces(&snapshot.spans, lens).into_iter().filter_map(|t| calls.of_trace(t)) {
            for call in trace.calls.iter().filter(|c| inside(c.start)) {
                put(&mut edges, call.edge.0, call.start, &call.observation());
            }
            for served in trace.served.iter().filter(|s| inside(s.start)) {
                put(&mut parties, served.service.0, served.start, &served.observation());
            }
        }
        Self { calls, seen: Some((edges, parties)) }
    }

    /// Calls along some edges, in about `count` equal stretches of a range.
    pub fn of_edges(&self, edges: &[RawEdgeId], range: TimeRange, count: usize) -> Timeline {
        match &self.seen {
            None => self.calls.timeline_of_edges(edges, range, count),
            Some((seen, _)) => timeline(edges.iter().filter_map(|e| seen.get(&e.0)), range, count),
        }
    }

    /// How many calls there were along some edges in about `count` equal stretches of a range, all of them in
    /// order; none without any call in it.
    pub fn calls_of_edges(&self, edges: &[RawEdgeId], range: TimeRange, count: usize) -> Vec<f32> {
        match &self.seen {
            None => self.calls.calls_of_edges(edges, range, count),
            Some((seen, _)) => {
                let seen = edges.iter().filter_map(|e| seen.get(&e.0));
                calls_in_stretches(buckets(seen, range), range, count)
            }
        }
    }

    /// The same of what some parties served.
    pub fn calls_of_parties(&self, parties: &[PartyId], range: TimeRange, count: usize) -> Vec<f32> {
        match &self.seen {
            None => self.calls.calls_of_parties(parties, range, count),
            Some((_, seen)) => {
                let seen = parties.iter().filter_map(|p| seen.get(&p.0));
                calls_in_stretches(buckets(seen, range), range, count)
            }
        }
    }

    /// What some parties served.
    pub fn of_parties(&self, parties: &[PartyId], range: TimeRange, count: usize) -> Timeline {
        match &self.seen {
            None => self.calls.timeline_of_parties(parties, range, count),
            Some((_, seen)) => timeline(parties.iter().filter_map(|p| seen.get(&p.0)), range, count),
        }
    }
}

/// Requests that start traces which pass a filter, over a range, and how many such traces there are.
pub fn filtered_requests(
    snapshot: &Snapshot,
    filter: &Arc<Filter>,
    range: TimeRange,
    count: usize,
) -> (Timeline, usize) {
    let lens = Lens { window: None, filter: Some(Arc::clone(filter)) };
    let traces = matching_traces(&snapshot.spans, &lens);
    let mut buckets = BTreeMap::new();
    for trace in traces.iter().filter_map(|t| snapshot.calls.of_trace(*t)) {
        for served in trace.served.iter().filter(|s| s.is_root && !s.start.is_unset()) {
            put(&mut buckets, 0, served.start, &served.observation());
        }
    }
    (timeline(buckets.values(), range, count), traces.len())
}

/// Requests that start traces, over a range of which some `count` stretches are asked for; those that pass a filter,
/// where there is one.
///
/// Where stretches are shorter than a bucket the calls are read one by one, in whole seconds.
pub fn requests_close_by(
    snapshot: &Snapshot,
    filter: Option<&Arc<Filter>>,
    range: TimeRange,
    count: usize,
) -> Timeline {
    let wanted = range.length().0 / i64::try_from(count.max(1)).unwrap_or(i64::MAX);
    let steps = [1, 2, 5].map(Nanos::from_secs);
    let Some(step) = steps.into_iter().find(|s| s.0 >= wanted) else {
        return match filter {
            Some(filter) => filtered_requests(snapshot, filter, range, count).0,
            None => snapshot.calls.timeline(range, count),
        };
    };
    let all = Timestamp(range.start.0.div_euclid(step.0).saturating_mul(step.0));
    let all = TimeRange::new(all, range.end + step);
    let traces: Vec<_> = match filter {
        Some(filter) => {
            let lens = Lens { window: Some(all), filter: Some(Arc::clone(filter)) };
            matching_traces(&snapshot.spans, &lens)
        }
        None => snapshot.calls.traces_in(&snapshot.spans, all).collect(),
    };
    let mut stretches: BTreeMap<i64, Red> = BTreeMap::new();
    for trace in traces.into_iter().filter_map(|t| snapshot.calls.of_trace(t)) {
        let roots = trace.served.iter().filter(|s| s.is_root && !s.start.is_unset() && all.contains(s.start));
        for served in roots {
            stretches.entry(served.start.0.div_euclid(step.0)).or_default().add(&served.observation());
        }
    }
    let bucket = |(number, red): (i64, Red)| {
        let start = Timestamp(number.saturating_mul(step.0));
        TimelineBucket { range: TimeRange::new(start, start + step), red }
    };
    Timeline { buckets: stretches.into_iter().map(bucket).collect() }
}

fn put(all: &mut BTreeMap<u32, Buckets>, key: u32, start: Timestamp, observation: &Observation) {
    all.entry(key).or_default().entry(bucket_of(start)).or_default().add(observation);
}

fn timeline<'r>(series: impl Iterator<Item = &'r Buckets>, range: TimeRange, count: usize) -> Timeline {
    in_stretches(buckets(series, range), range, count)
}

fn buckets<'r>(
    series: impl Iterator<Item = &'r Buckets>,
    range: TimeRange,
) -> impl Iterator<Item = (i64, &'r Red)> {
    let (first, last) = (bucket_of(range.start), bucket_of(range.end));
    series.flat_map(move |s| s.range(first..=last).map(|(i, red)| (*i, red)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::sketch::{history, snapshot_of};

    #[test]
    fn close_by_the_same_requests_lie_in_shorter_stretches() {
        let words = |_: u32, n: u32| format!("shop SERVER 0..{}", 100 + n % 7);
        let snapshot = snapshot_of(&history(4, 20, words));
        let extent = snapshot.extent.unwrap();
        let far = snapshot.calls.timeline(extent, 1);
        let range = TimeRange::new(far.buckets[0].range.start, far.buckets[0].range.end);
        let range = TimeRange::new(range.start, range.start + Nanos::from_secs(100));
        let coarse = snapshot.calls.timeline(range, 10);
        let calls = |t: &Timeline| {
            let inside = t.buckets.iter().filter(|b| b.range.start < range.end);
            inside.map(|b| b.red.calls()).sum::<f64>()
        };
        for filter in [None, Filter::parse("service:shop").ok().map(Arc::new)] {
            let close = requests_close_by(&snapshot, filter.as_ref(), range, 100);
            assert!(close.buckets.len() > coarse.buckets.len());
            assert!(close.buckets.iter().all(|b| b.range.length() == Nanos::from_secs(1)));
            assert_eq!(calls(&close), calls(&coarse));
            let far = requests_close_by(&snapshot, filter.as_ref(), range, 10);
            assert_eq!(calls(&far), calls(&coarse), "buckets tell it");
        }
    }

    #[test]
    fn a_filter_that_lets_all_through_tells_what_is_known_without_one() {
        let words = |_: u32, n: u32| format!("shop SERVER 0..{}\n  pay SERVER 1..50", 100 + n % 7);
        let snapshot = snapshot_of(&history(4, 20, words));
        let all = History::new(&snapshot, &Lens::default());
        let filter = |text: &str| Lens { window: None, filter: Filter::parse(text).ok().map(Arc::new) };
        let (same, none) = (filter("service:shop OR service:pay"), filter("service:nobody"));
        let (same, none) = (History::new(&snapshot, &same), History::new(&snapshot, &none));
        let range = snapshot.extent.unwrap();
        for (party, _) in snapshot.calls.parties().iter() {
            let told = all.of_parties(&[party], range, 24);
            assert_eq!(same.of_parties(&[party], range, 24), told);
            assert!(none.of_parties(&[party], range, 24).buckets.is_empty());
        }
        let edges: Vec<RawEdgeId> = snapshot.calls.edges().iter().map(|e| e.0).collect();
        let told = all.of_edges(&edges, range, 3);
        assert!(told.buckets.len() >= 2);
        assert_eq!(same.of_edges(&edges, range, 3), told);
    }
}
