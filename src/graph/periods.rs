//! What was normal for a node or edge, and when it was not.
use std::sync::{Mutex, PoisonError};

use hashbrown::HashMap;

use super::calls::Calls;
use super::series::calm_p95;
use super::{GraphIndex, PartyId, RawEdgeId, Red};
use crate::model::{Nanos, NodeId, TimeRange};

/// How finely a period is looked at, buckets in a window.
const STRETCHES: usize = 60;

/// What was found to be normal, by the edges or the parties that it was asked of: the same in every window.
#[derive(Debug, Default)]
pub(super) struct Calm(Mutex<HashMap<Asked, Option<Nanos>>>);

/// Edges or parties by number, and whether they are edges.
type Asked = (Vec<u32>, bool);

impl Calm {
    fn of(&self, asked: Vec<u32>, is_edges: bool, find: impl FnOnce() -> Option<Nanos>) -> Option<Nanos> {
        let key = (asked, is_edges);
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied();
        known.unwrap_or_else(|| {
            let found = find();
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, found);
            found
        })
    }
}

impl Calls {
    /// The lowest 95th percentile of any calm stretch of these edges.
    pub fn calm_p95_of_edges(&self, edges: &[RawEdgeId]) -> Option<Nanos> {
        self.calm.of(edges.iter().map(|e| e.0).collect(), true, || {
            calm_p95(edges.iter().filter_map(|e| self.by_edge.get(e.0 as usize)))
        })
    }

    /// The same of what these parties served.
    pub fn calm_p95_of_parties(&self, parties: &[PartyId]) -> Option<Nanos> {
        self.calm.of(parties.iter().map(|p| p.0).collect(), false, || {
            calm_p95(parties.iter().filter_map(|p| self.by_party.get(p.0 as usize)))
        })
    }

    /// The same for a node: by its own requests if it sent spans, else by the calls to it.
    pub fn calm_p95_of_node(&self, index: &GraphIndex, node: NodeId) -> Option<Nanos> {
        let parties = index.parties_of(node);
        self.calm_p95_of_parties(&parties).or_else(|| self.calm_p95_of_edges(&self.edges_to(&parties)))
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
        self.bad_period_of_edges(&self.edges_to(parties), window, calm)
    }

    fn edges_to(&self, parties: &[PartyId]) -> Vec<RawEdgeId> {
        self.edges.iter().filter(|(_, e)| parties.contains(&e.to)).map(|(id, _)| id).collect()
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
