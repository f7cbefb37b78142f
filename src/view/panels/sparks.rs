//! Requests of nodes over time, for sparklines.
use rayon::prelude::*;

use crate::graph::{GraphIndex, History, PartyId, RawEdgeId, Snapshot, Timeline};
use crate::model::{EdgeId, NodeId, TimeRange};
use crate::store::Lens;

/// Points of a sparkline in the list.
const SPARK: usize = 24;

/// Requests of each node over time, as [`series_of`] counts them.
pub(super) fn sparks(snapshot: &Snapshot, lens: &Lens, index: &GraphIndex) -> Vec<Vec<f32>> {
    let graph = &index.graph;
    let Some(range) = lens.window.or(snapshot.extent) else { return vec![Vec::new(); graph.nodes().len()] };
    let history = History::new(snapshot, lens);
    let mut parties = vec![Vec::new(); graph.nodes().len()];
    index.parties().for_each(|(party, node)| parties[node.0 as usize].push(party));
    let mut raw = vec![Vec::new(); graph.edges().len()];
    index.raw_edges().for_each(|(id, edge)| raw[edge.0 as usize].push(id));
    let spark = |(node, parties): (NodeId, Vec<PartyId>)| match calls_instead(index, node) {
        None => history.calls_of_parties(&parties, range, SPARK),
        Some(edges) => {
            let edges: Vec<RawEdgeId> = edges.iter().flat_map(|e| &raw[e.0.0 as usize]).copied().collect();
            history.calls_of_edges(&edges, range, SPARK)
        }
    };
    let nodes: Vec<(NodeId, Vec<PartyId>)> = graph.nodes().map(|n| n.0).zip(parties).collect();
    nodes.into_par_iter().map(spark).collect()
}

/// By what calls a node's requests are counted: `None` by its own spans, which it sent.
fn calls_instead(index: &GraphIndex, node: NodeId) -> Option<Vec<(EdgeId, NodeId)>> {
    let graph = &index.graph;
    if graph.node(node).is_some_and(|n| n.is_instrumented) {
        return None;
    }
    let incoming = graph.dependents(node);
    Some(if incoming.is_empty() { graph.dependencies(node) } else { incoming })
}

/// Requests that a node served, or the calls to it where it sent no spans.
pub(super) fn series_of(
    history: &History<'_>,
    index: &GraphIndex,
    node: NodeId,
    range: TimeRange,
    points: usize,
) -> Timeline {
    let Some(edges) = calls_instead(index, node) else {
        return history.of_parties(&index.parties_of(node), range, points);
    };
    let raw: Vec<RawEdgeId> = edges.iter().flat_map(|e| index.raw_edges_of(e.0)).collect();
    history.of_edges(&raw, range, points)
}
