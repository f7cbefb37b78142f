//! What was normal for a node or edge, and when it was not.
use super::calls::Calls;
use super::series::calm_p95;
use super::{GraphIndex, PartyId, RawEdgeId, Red};
use crate::model::{Nanos, NodeId, TimeRange};

/// How finely a period is looked at, buckets in a window.
const STRETCHES: usize = 60;

impl Calls {
    /// The lowest 95th percentile of any calm stretch of these edges.
    pub fn calm_p95_of_edges(&self, edges: &[RawEdgeId]) -> Option<Nanos> {
        calm_p95(edges.iter().filter_map(|e| self.by_edge.get(e.0 as usize)))
    }

    /// The same for a node: by its own requests if it sent spans, else by the calls to it.
    pub fn calm_p95_of_node(&self, index: &GraphIndex, node: NodeId) -> Option<Nanos> {
        let parties = index.parties_of(node);
        let own = parties.iter().filter_map(|p| self.by_party.get(p.0 as usize));
        calm_p95(own).or_else(|| {
            let incoming: Vec<RawEdgeId> =
                self.edges.iter().filter(|(_, e)| parties.contains(&e.to)).map(|(id, _)| id).collect();
            self.calm_p95_of_edges(&incoming)
        })
    }

    /// From the first bad stretch of a node to its last.
    pub fn bad_period_of_parties(
        &self,
        parties: &[PartyId],
        window: Option<TimeRange>,
        calm: Option<Nanos>,
    ) -> Option<TimeRange> {
        let timeline = self.timeline_of_parties(parties, window?, STRETCHES);
        if !timeline.buckets.is_empty() {
            return bad_period(&timeline.buckets, calm);
        }
        let incoming: Vec<RawEdgeId> =
            self.edges.iter().filter(|(_, e)| parties.contains(&e.to)).map(|(id, _)| id).collect();
        self.bad_period_of_edges(&incoming, window, calm)
    }

    /// From the first bad stretch of these edges to their last.
    pub fn bad_period_of_edges(
        &self,
        edges: &[RawEdgeId],
        window: Option<TimeRange>,
        calm: Option<Nanos>,
    ) -> Option<TimeRange> {
        bad_period(&self.timeline_of_edges(edges, window?, STRETCHES).buckets, calm)
    }
}

fn bad_period(buckets: &[super::TimelineBucket], calm: Option<Nanos>) -> Option<TimeRange> {
    let is_bad = |red: &Red| {
        red.calls() >= 3.0
            && (red.error_ratio().is_some_and(|r| r >= 0.05)
                || red.quantile(0.5).zip(calm).is_some_and(|(now, calm)| now.0 > 2 * calm.0))
    };
    let mut bad = buckets.iter().filter(|b| is_bad(&b.red)).map(|b| b.range);
    let first = bad.next()?;
    Some(bad.next_back().map_or(first, |last| first.union(last)))
}
