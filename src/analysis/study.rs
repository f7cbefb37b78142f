//! The traces that a question is asked of, and how they are read: on all cores, in order, until cancelled.
use rayon::prelude::*;

use super::reading::Reading;
use crate::graph::{GraphIndex, Snapshot, matching_traces};
use crate::model::{Progress, TraceIndex};
use crate::store::Lens;

/// Traces that are read before it is looked whether the answer is still wanted.
const STRETCH: usize = 4096;

/// A snapshot with its names, and somebody who waits.
#[derive(Clone, Copy, Debug)]
pub struct Study<'a> {
    /// The spans.
    pub snapshot: &'a Snapshot,
    /// The service graph of everything that is asked about; gives nodes and edges their handles.
    pub index: &'a GraphIndex,
    /// How far it is.
    pub progress: &'a Progress,
}

impl<'a> Study<'a> {
    /// The traces under a lens, in order of arrival.
    pub fn traces(&self, lens: &Lens) -> Vec<TraceIndex> {
        matching_traces(&self.snapshot.spans, lens)
    }

    /// One trace, read. `None` once it was evicted.
    pub fn read(&self, trace: TraceIndex) -> Option<Reading> {
        Reading::of(self.snapshot, self.index, trace)
    }

    /// What `take` makes of each trace, in the order given. Stops early, with what it has, when cancelled.
    ///
    /// Readings are large: keep what is needed of each, not the reading.
    pub fn map<T: Send>(
        &self,
        traces: &[TraceIndex],
        take: impl Fn(&Reading) -> Option<T> + Sync + Send,
    ) -> Vec<T> {
        self.progress.expect(traces.len());
        let mut out = Vec::new();
        for stretch in traces.chunks(STRETCH) {
            if self.progress.is_cancelled() {
                break;
            }
            let found: Vec<Option<T>> = stretch
                .par_iter()
                .with_min_len(32)
                .map(|&t| self.read(t).and_then(|reading| take(&reading)))
                .collect();
            out.extend(found.into_iter().flatten());
            self.progress.advance(stretch.len());
        }
        out
    }
}
