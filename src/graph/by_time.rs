//! Calls in order of time: which were under way at a moment, found without reading the others.
use std::ops::Range;

use rayon::prelude::*;

use super::call::Call;
use super::calls::Calls;
use super::fold::matching_traces;
use super::series::calm_p95;
use super::{Outcome, RawEdgeId};
use crate::model::{Nanos, Timestamp, TraceIndex};
use crate::store::{Lens, Spans};

/// Calls shorter than `1 << SHORT` nanoseconds (8 ms) are told apart by nothing but their start.
const SHORT: u32 = 23;
/// Added to the shelf of calls that failed.
const FAILED: u32 = 64;
/// Bits of a place in a trace; calls of a trace beyond so many are left out.
const PLACE_BITS: u32 = 24;
/// Times as long as usual from which a call is slow.
const SLOW: i64 = 2;
/// No call that is shorter than this is slow.
const SLOW_ENOUGH: Nanos = Nanos::from_millis(100);

/// Where a call is to be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallPlace {
    /// Its trace.
    pub trace: TraceIndex,
    /// Its place among the trace's calls.
    pub place: u32,
}

/// A call in 16 bytes: the shelf stands in the upper bits of its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    start: Timestamp,
    trace: TraceIndex,
    place: u32,
}

impl Entry {
    fn new(trace: TraceIndex, place: usize, call: &Call) -> Option<Self> {
        let place = u32::try_from(place).ok().filter(|p| *p < 1 << PLACE_BITS)?;
        Some(Self { start: call.start, trace, place: shelf_of(call) << PLACE_BITS | place })
    }
    fn shelf(self) -> u32 {
        self.place >> PLACE_BITS
    }
    fn key(self) -> (u32, Timestamp, TraceIndex, u32) {
        (self.shelf(), self.start, self.trace, self.place)
    }
    fn found(self) -> CallPlace {
        CallPlace { trace: self.trace, place: self.place & ((1 << PLACE_BITS) - 1) }
    }
}

/// Calls of about the same length stand together: none on a shelf is twice as long as another, but for the
/// first, of the short ones.
fn shelf_of(call: &Call) -> u32 {
    let length = call.duration.0.max(1).ilog2().saturating_sub(SHORT - 1).min(FAILED - 1);
    length + if call.outcome.is_failure() { FAILED } else { 0 }
}

/// Longer than every call of a shelf.
fn longest(shelf: u32) -> Nanos {
    Nanos(1i64.checked_shl(SHORT + shelf % FAILED).filter(|l| *l > 0).unwrap_or(i64::MAX))
}

/// Calls that were under way at a moment, or as many of them as were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnderWay {
    /// The calls, in a fixed order.
    pub calls: Vec<CallPlace>,
    /// Each stands for so many calls that worked.
    pub one_of: usize,
    /// Each that failed stands for so many that failed.
    pub failed_one_of: usize,
}

/// All calls that match a filter, by time.
#[derive(Clone, Debug, Default)]
pub struct CallsByTime {
    /// By shelf, then by start.
    entries: Vec<Entry>,
    /// Which entries stand on which shelf.
    shelves: Vec<(u32, Range<usize>)>,
    /// When failed requests started that nobody made for another: the beginnings of traces. Sorted.
    failures: Vec<Timestamp>,
    /// By raw edge, how long a call takes when all is calm.
    usual: Vec<Option<Nanos>>,
}

impl CallsByTime {
    /// Sorts the calls of all traces that match the filter of a lens; its window is ignored.
    pub fn new(calls: &Calls, spans: &Spans, lens: &Lens) -> Self {
        let traces = matching_traces(spans, &Lens { window: None, filter: lens.filter.clone() });
        let entries_of = |trace: &TraceIndex| {
            let trace = *trace;
            let all = calls.of_trace(trace).map(|t| t.calls.iter().enumerate());
            let dated = all.into_iter().flatten().filter(|(_, c)| !c.start.is_unset());
            dated.filter_map(move |(place, call)| Entry::new(trace, place, call))
        };
        let mut entries: Vec<Entry> = traces.par_iter().flat_map_iter(entries_of).collect();
        entries.par_sort_unstable_by_key(|e| e.key());
        let mut shelves: Vec<(u32, Range<usize>)> = Vec::new();
        for run in entries.chunk_by(|a, b| a.shelf() == b.shelf()) {
            let from = shelves.last().map_or(0, |s| s.1.end);
            shelves.extend(run.first().map(|e| (e.shelf(), from..from + run.len())));
        }
        let failed = |trace: &TraceIndex| {
            let served = calls.of_trace(*trace).into_iter().flat_map(|t| &t.served);
            served.filter(|s| s.is_root && s.outcome.is_failure() && !s.start.is_unset()).map(|s| s.start)
        };
        let mut failures: Vec<Timestamp> = traces.par_iter().flat_map_iter(failed).collect();
        failures.sort_unstable();
        failures.dedup();
        let usual = calls.by_edge.iter().map(|series| calm_p95(std::iter::once(series))).collect();
        Self { entries, shelves, failures, usual }
    }

    /// The call that stands there.
    pub fn call(calls: &Calls, at: CallPlace) -> Option<&Call> {
        calls.of_trace(at.trace)?.calls.get(at.place as usize)
    }

    /// Calls that were under way at `moment`, each for at least `least` from its start; at most about `most` that
    /// worked and as many that failed. The same calls are left out from one moment to the next as long as there
    /// are about as many.
    pub fn at(&self, calls: &Calls, moment: Timestamp, least: Nanos, most: usize) -> UnderWay {
        let mut found = UnderWay::default();
        for is_failed in [false, true] {
            let shelves = self.shelves.iter().filter(|s| (s.0 >= FAILED) == is_failed);
            let started: Vec<Range<usize>> =
                shelves.map(|(shelf, range)| self.started(*shelf, range, moment, least)).collect();
            let count: usize = started.iter().map(ExactSizeIterator::len).sum();
            let step = count.div_ceil(most.max(1)).next_power_of_two();
            if is_failed {
                found.failed_one_of = step;
            } else {
                found.one_of = step;
            }
            let is_under_way = |at: CallPlace| {
                Self::call(calls, at).is_some_and(|c| c.start + c.duration.max(least) > moment)
            };
            for range in started {
                let entries = range.start.next_multiple_of(step)..range.end;
                let places = entries.step_by(step).filter_map(|i| self.entries.get(i)).map(|e| e.found());
                found.calls.extend(places.filter(|at| is_under_way(*at)));
            }
        }
        found
    }

    /// The calls of a shelf that may be under way.
    fn started(&self, shelf: u32, range: &Range<usize>, moment: Timestamp, least: Nanos) -> Range<usize> {
        let entries = self.entries.get(range.clone()).unwrap_or_default();
        let earliest = Timestamp(moment.0.saturating_sub(longest(shelf).max(least).0));
        let from = entries.partition_point(|e| e.start <= earliest);
        let to = entries.partition_point(|e| e.start <= moment);
        range.start + from..range.start + to.max(from)
    }

    /// When the next failed request after a moment started.
    pub fn failure_after(&self, moment: Timestamp) -> Option<Timestamp> {
        self.failures.get(self.failures.partition_point(|t| *t <= moment)).copied()
    }

    /// When the last failed request before a moment started.
    pub fn failure_before(&self, moment: Timestamp) -> Option<Timestamp> {
        let before = self.failures.partition_point(|t| *t < moment).checked_sub(1)?;
        self.failures.get(before).copied()
    }

    /// Whether a call took much longer than calls of its edge do when all is calm.
    pub fn is_slow(&self, call: &Call) -> bool {
        let usual = |edge: RawEdgeId| self.usual.get(edge.0 as usize).copied().flatten();
        call.outcome == Outcome::Success
            && call.duration > SLOW_ENOUGH
            && usual(call.edge).is_some_and(|u| call.duration.0 / SLOW > u.0)
    }

    /// How many calls there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}
