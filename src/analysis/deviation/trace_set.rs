//! Some traces of a store, in the order in which they started.
use crate::graph::Snapshot;
use crate::model::{Nanos, TimeRange, Timestamp, TraceIndex};
use crate::store::Spans;

/// Traces from which a typical length is taken.
const SAMPLE: usize = 1000;

/// Traces to be compared with others, which may lie in another store.
#[derive(Clone, Debug)]
pub struct TraceSet<'a> {
    spans: &'a Spans,
    traces: Vec<TraceIndex>,
}

impl<'a> TraceSet<'a> {
    /// The traces given, without those that cannot be read or have no time.
    pub fn new(snapshot: &'a Snapshot, traces: impl IntoIterator<Item = TraceIndex>) -> Self {
        let spans = &snapshot.spans;
        let dated = |t: TraceIndex| {
            let slot = spans.trace(t).filter(|s| s.is_alive && s.start != Timestamp::MAX)?;
            Some((slot.start, slot.id, t))
        };
        let mut dated: Vec<_> = traces.into_iter().filter_map(dated).collect();
        dated.sort_unstable();
        Self { spans, traces: dated.into_iter().map(|d| d.2).collect() }
    }
    /// All traces.
    pub fn all(snapshot: &'a Snapshot) -> Self {
        Self::new(snapshot, snapshot.spans.traces().map(|t| t.0))
    }
    /// Traces that start in a window.
    pub fn starting_in(snapshot: &'a Snapshot, window: TimeRange) -> Self {
        Self::new(
            snapshot,
            snapshot.spans.traces().filter(|(_, slot)| window.contains(slot.start)).map(|t| t.0),
        )
    }
    /// How many they are.
    pub fn len(&self) -> usize {
        self.traces.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.traces.is_empty()
    }
    /// The store that they lie in.
    pub(super) fn spans(&self) -> &'a Spans {
        self.spans
    }
    /// Each with its place, by start.
    pub(super) fn traces(&self) -> impl Iterator<Item = (u32, TraceIndex)> + '_ {
        (0..).zip(self.traces.iter().copied())
    }
    /// The middle one of their lengths, from some of them; clocks that differ do not make a trace longer.
    pub(super) fn typical_length(&self) -> Nanos {
        let every = self.traces.len() / SAMPLE + 1;
        let longest = |t: &TraceIndex| self.spans.rows_of(*t).map(|s| s.duration()).max();
        let mut lengths: Vec<Nanos> = self.traces.iter().step_by(every).filter_map(longest).collect();
        let middle = lengths.len() / 2;
        if lengths.is_empty() { Nanos::ZERO } else { *lengths.select_nth_unstable(middle).1 }
    }
}
