//! Who is hit when a node fails: dependents by distance, dependencies, and each entry point's share.
mod business;
mod instance;
mod measured;
mod outage;
mod retime;
mod strength;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::graph::{GraphIndex, ServiceGraph, Snapshot};
use crate::model::{NodeId, Symbol, Timestamp, TraceId, TraceIndex};
use crate::store::Lens;

pub use business::{Business, BusinessKeys, business};
pub use measured::measured;
pub use outage::{EntryHit, Hit, Mode, Outage, outage};
pub use retime::{Limits, Patience, Slower};
pub use strength::{Fallback, History, Strength};

/// A node on the way of a failure.
#[derive(Clone, Debug, PartialEq)]
pub struct Affected {
    /// The node.
    pub node: NodeId,
    /// Hops from the node asked about; 1 is direct.
    pub distance: u32,
    /// Requests of this node's traces that pass through the node asked about, over all of its requests;
    /// `None` where it served none.
    pub share: Option<f64>,
}

/// A way into the system, and how much of it passes through the node asked about.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryPoint {
    /// The service that is entered.
    pub node: NodeId,
    /// Operation.
    pub operation: Symbol,
    /// Requests.
    pub requests: f64,
    /// Of them, those whose trace touches the node.
    pub through: f64,
    /// Of those, failed.
    pub failed: f64,
}

impl EntryPoint {
    /// Share of the requests that touch the node, 0 to 1.
    pub fn share(&self) -> f64 {
        if self.requests > 0.0 { self.through / self.requests } else { 0.0 }
    }
}

/// The answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Impact {
    /// The node asked about.
    pub node: NodeId,
    /// Who calls it, directly or not: nearest first, then by id. Through cycles each node counts once.
    pub dependents: Vec<Affected>,
    /// Whom it calls, directly or not.
    pub dependencies: Vec<Affected>,
    /// Entry points that reach it, largest share first.
    pub entry_points: Vec<EntryPoint>,
    /// Traces that touch it, failed ones first: evidence.
    pub examples: Vec<TraceId>,
}

/// Traces given as evidence.
const EXAMPLES: usize = 5;

/// Reach of a node, measured on the traces under the lens.
pub fn impact(snapshot: &Snapshot, lens: &Lens, index: &GraphIndex, node: NodeId) -> Impact {
    let graph = &index.graph;
    let mut measured = Measured::of(snapshot, lens, index, node);
    let entries = std::mem::take(&mut measured.entries);
    let mut examples = std::mem::take(&mut measured.examples);
    let with_share = |(n, distance): (NodeId, u32)| Affected { node: n, distance, share: measured.share(n) };
    let mut entry_points: Vec<EntryPoint> = entries.into_values().filter(|e| e.through > 0.0).collect();
    entry_points.sort_by(|a, b| {
        b.share()
            .total_cmp(&a.share())
            .then(b.through.total_cmp(&a.through))
            .then(a.operation.cmp(&b.operation))
    });
    examples.sort_unstable();
    Impact {
        node,
        dependents: distances(graph, node, |g, n| g.dependents(n).into_iter().map(|d| d.1).collect())
            .into_iter()
            .map(&with_share)
            .collect(),
        dependencies: distances(graph, node, |g, n| g.dependencies(n).into_iter().map(|d| d.1).collect())
            .into_iter()
            .map(|(n, distance)| Affected { node: n, distance, share: None })
            .collect(),
        entry_points,
        examples: examples.into_iter().take(EXAMPLES).map(|e| e.2).collect(),
    }
}

/// All nodes that can be reached, with their distance: nearest first, then by id.
fn distances(
    graph: &ServiceGraph,
    from: NodeId,
    next: impl Fn(&ServiceGraph, NodeId) -> Vec<NodeId>,
) -> Vec<(NodeId, u32)> {
    let mut seen = BTreeMap::from([(from, 0)]);
    let mut queue = VecDeque::from([(from, 0)]);
    while let Some((node, distance)) = queue.pop_front() {
        for other in next(graph, node) {
            seen.entry(other).or_insert_with(|| {
                queue.push_back((other, distance + 1));
                distance + 1
            });
        }
    }
    seen.remove(&from);
    let mut out: Vec<_> = seen.into_iter().collect();
    out.sort_by_key(|(n, d)| (*d, *n));
    out
}

#[derive(Default)]
struct Measured {
    entries: BTreeMap<(NodeId, Symbol), EntryPoint>,
    all: BTreeMap<NodeId, f64>,
    through: BTreeMap<NodeId, f64>,
    examples: Vec<(bool, Timestamp, TraceId)>,
}

impl Measured {
    fn of(snapshot: &Snapshot, lens: &Lens, index: &GraphIndex, node: NodeId) -> Self {
        let mut this = Self::default();
        for trace in crate::graph::matching_traces(&snapshot.spans, lens) {
            this.add(snapshot, lens, index, node, trace);
        }
        this
    }

    fn share(&self, node: NodeId) -> Option<f64> {
        let all = *self.all.get(&node)?;
        (all > 0.0).then(|| self.through.get(&node).copied().unwrap_or(0.0) / all)
    }

    fn add(&mut self, snapshot: &Snapshot, lens: &Lens, index: &GraphIndex, node: NodeId, trace: TraceIndex) {
        let Some(calls) = snapshot.calls.of_trace(trace) else { return };
        let inside = |t: Timestamp| lens.window.is_none_or(|w| w.contains(t));
        let ends = |e| snapshot.calls.edges().get(e);
        let touched: BTreeSet<NodeId> = calls
            .calls
            .iter()
            .filter(|c| inside(c.start))
            .filter_map(|c| ends(c.edge))
            .flat_map(|e| [index.node_of(e.from), index.node_of(e.to)])
            .chain(calls.served.iter().filter(|s| inside(s.start)).map(|s| index.node_of(s.service)))
            .flatten()
            .collect();
        let is_touched = touched.contains(&node);
        let mut is_failed = false;
        for served in calls.served.iter().filter(|s| inside(s.start)) {
            let Some(at) = index.node_of(served.service) else { continue };
            let weight = f64::from(served.weight);
            *self.all.entry(at).or_default() += weight;
            if is_touched {
                *self.through.entry(at).or_default() += weight;
            }
            if served.is_root {
                let operation = served.operation;
                let entry = self.entries.entry((at, operation)).or_insert(EntryPoint {
                    node: at,
                    operation,
                    requests: 0.0,
                    through: 0.0,
                    failed: 0.0,
                });
                entry.requests += weight;
                entry.through += if is_touched { weight } else { 0.0 };
                let failed = is_touched && served.outcome.is_failure();
                entry.failed += if failed { weight } else { 0.0 };
                is_failed |= failed;
            }
        }
        if is_touched && let Some(slot) = snapshot.spans.trace(trace) {
            self.examples.push((!is_failed, slot.start, slot.id));
        }
    }
}

#[cfg(test)]
#[path = "impact_tests.rs"]
mod tests;
