//! Everything as it was at one moment: what all answers are computed from.
use super::{Calls, GraphIndex};
use crate::model::TimeRange;
use crate::store::{Counters, Lens, Measurements, Spans};

/// An immutable picture of store, calls and counters. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Grows with every publication.
    pub revision: u64,
    /// All stored spans.
    pub spans: Spans,
    /// All calls.
    pub calls: Calls,
    /// What services measured of themselves.
    pub measurements: Measurements,
    /// What arrived, from where, and what became of it.
    pub counters: Counters,
    /// From the first start to the last end, without outliers; `None` while there is nothing dated.
    pub extent: Option<TimeRange>,
}

impl Snapshot {
    /// The service graph under a lens.
    pub fn graph(&self, lens: &Lens) -> GraphIndex {
        self.calls.graph(&self.spans, lens)
    }
    /// How many traces can be read.
    pub fn trace_count(&self) -> usize {
        self.spans.traces().count()
    }
}
