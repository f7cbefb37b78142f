//! Every request that a node served, in order of node and time: what comparisons count and measure.
use std::ops::Range;

use rayon::prelude::*;

use crate::analysis::Study;
use crate::graph::{Call, GraphIndex, Outcome, Served, TraceCalls};
use crate::model::{NodeId, SpanRow, Symbol, TimeRange, Timestamp, TraceIndex};
use crate::store::Lens;

/// One request of a node: by its own span, or for a node without spans by the call to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    /// Start.
    pub at: Timestamp,
    /// The span.
    pub row: SpanRow,
    pub trace: TraceIndex,
    pub node: NodeId,
    pub operation: Symbol,
    /// `service.version` of the sender; empty for a node without spans.
    pub version: Symbol,
    /// Its duration in milliseconds; `None` where its times are not known.
    pub millis: Option<f32>,
    /// Requests that it stands for.
    pub weight: f32,
    pub outcome: Outcome,
}

/// Samples by node.
#[derive(Debug, Default)]
pub(super) struct Samples {
    all: Vec<Sample>,
    places: Vec<(NodeId, Range<usize>)>,
}

impl Samples {
    /// Reads the calls of all traces under the lens.
    pub fn collect(study: &Study<'_>, lens: &Lens) -> Self {
        let traces = study.traces(lens);
        study.progress.expect(traces.len());
        let is_silent: Vec<bool> = study.index.graph.nodes().map(|(_, n)| !n.is_instrumented).collect();
        let reader = Reader { study, lens, is_silent };
        let parts: Vec<Vec<Sample>> = traces
            .par_chunks(4096)
            .map(|chunk| {
                let mut out = Vec::with_capacity(chunk.len() * 4);
                if !study.progress.is_cancelled() {
                    chunk.iter().for_each(|t| reader.read(*t, &mut out));
                }
                study.progress.advance(chunk.len());
                out
            })
            .collect();
        let mut all = parts.concat();
        all.par_sort_unstable_by_key(|s| (s.node, s.at, s.row));
        let mut places = Vec::new();
        let mut start = 0;
        for group in all.chunk_by(|a, b| a.node == b.node) {
            places.push((group[0].node, start..start + group.len()));
            start += group.len();
        }
        Self { all, places }
    }

    /// Nodes that served something, with their requests by time.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &[Sample])> + '_ {
        self.places.iter().map(|(n, place)| (*n, &self.all[place.clone()]))
    }
    /// The requests of one node, by time.
    pub fn of_node(&self, node: NodeId) -> &[Sample] {
        let place = self.places.iter().find(|p| p.0 == node).map(|p| p.1.clone());
        &self.all[place.unwrap_or(0..0)]
    }
    /// From the first request to the last.
    pub fn extent(&self) -> Option<TimeRange> {
        let first = self.nodes().filter_map(|(_, s)| s.first()).map(|s| s.at).min()?;
        let last = self.nodes().filter_map(|(_, s)| s.last()).map(|s| s.at).max()?;
        Some(TimeRange::new(first, Timestamp(last.0.saturating_add(1))))
    }
}

/// The part of samples that are sorted by time which starts within a range.
pub(super) fn within(samples: &[Sample], range: TimeRange) -> &[Sample] {
    let from = samples.partition_point(|s| s.at < range.start);
    let to = samples.partition_point(|s| s.at < range.end);
    &samples[from..to.max(from)]
}

struct Reader<'a> {
    study: &'a Study<'a>,
    lens: &'a Lens,
    is_silent: Vec<bool>,
}

impl Reader<'_> {
    fn read(&self, trace: TraceIndex, out: &mut Vec<Sample>) {
        let Some(TraceCalls { calls, served, .. }) = self.study.snapshot.calls.of_trace(trace) else {
            return;
        };
        let inside = |t: Timestamp| !t.is_unset() && self.lens.window.is_none_or(|w| w.contains(t));
        for s in served.iter().filter(|s| inside(s.start)) {
            out.extend(self.served(trace, s));
        }
        for c in calls.iter().filter(|c| inside(c.start)) {
            out.extend(self.call(trace, c));
        }
    }

    fn index(&self) -> &GraphIndex {
        self.study.index
    }

    fn served(&self, trace: TraceIndex, s: &Served) -> Option<Sample> {
        let node = self.index().node_of(s.service)?;
        let spans = &self.study.snapshot.spans;
        let version = spans.get(s.row).map(|r| r.resource().version).unwrap_or_default();
        Some(Sample {
            at: s.start,
            row: s.row,
            trace,
            node,
            operation: s.operation,
            version,
            millis: s.is_timed.then(|| s.duration.as_millis_f64() as f32),
            weight: s.weight,
            outcome: s.outcome,
        })
    }

    /// A call counts for its callee only where the callee sends no spans.
    fn call(&self, trace: TraceIndex, c: &Call) -> Option<Sample> {
        let edge = self.study.snapshot.calls.edges().get(c.edge)?;
        let node = self.index().node_of(edge.to)?;
        if !self.is_silent.get(node.0 as usize).copied().unwrap_or(false) {
            return None;
        }
        Some(Sample {
            at: c.start,
            row: c.client.or(c.server)?,
            trace,
            node,
            operation: c.operation,
            version: Symbol::default(),
            millis: c.is_timed.then(|| c.duration.as_millis_f64() as f32),
            weight: c.weight,
            outcome: c.outcome,
        })
    }
}
