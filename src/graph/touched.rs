//! The nodes and edges that the requests of something pass through.
use std::collections::BTreeSet;

use super::{GraphIndex, Groups, PartyId, Snapshot, Touched, group_id, matching_traces};
use crate::model::NodeId;
use crate::store::Lens;

/// Wherever requests go and come from that pass through a node (one id), or along an edge (caller and callee).
/// The id of a group stands for all of its members.
pub fn touched(
    snapshot: &Snapshot,
    lens: &Lens,
    index: &GraphIndex,
    groups: &Groups,
    around: &[String],
) -> Touched {
    let ends: Vec<BTreeSet<PartyId>> = around.iter().map(|id| parties(index, groups, id)).collect();
    let inside = |t| lens.window.is_none_or(|w| w.contains(t));
    let (mut nodes, mut edges) = (BTreeSet::new(), BTreeSet::new());
    for trace in matching_traces(&snapshot.spans, lens).into_iter().filter_map(|t| snapshot.calls.of_trace(t))
    {
        let raw = |c: &super::Call| snapshot.calls.edges().get(c.edge);
        let mut calls = trace.calls.iter().filter_map(raw);
        let passes = match ends.as_slice() {
            [from, to] => calls.any(|e| from.contains(&e.from) && to.contains(&e.to)),
            [one] => {
                calls.any(|e| one.contains(&e.from) || one.contains(&e.to))
                    || trace.served.iter().any(|s| one.contains(&s.service))
            }
            _ => false,
        };
        if !passes {
            continue;
        }
        for call in trace.calls.iter().filter(|c| inside(c.start)) {
            edges.extend(index.edge_of(call.edge));
            let ends = raw(call).map(|e| [e.from, e.to]).into_iter().flatten();
            nodes.extend(ends.filter_map(|p| index.node_of(p)));
        }
        nodes
            .extend(trace.served.iter().filter(|s| inside(s.start)).filter_map(|s| index.node_of(s.service)));
    }
    (nodes, edges)
}

fn parties(index: &GraphIndex, groups: &Groups, id: &str) -> BTreeSet<PartyId> {
    let of_nodes = groups.of_nodes(index);
    let is_meant = |node: NodeId| {
        index.graph.node(node).is_some_and(|n| n.id == id)
            || of_nodes
                .get(node.0 as usize)
                .copied()
                .flatten()
                .is_some_and(|g| groups.chain(g).any(|g| group_id(g) == id))
    };
    let meant: BTreeSet<NodeId> = index.graph.nodes().map(|(n, _)| n).filter(|n| is_meant(*n)).collect();
    index.parties().filter(|(_, n)| meant.contains(n)).map(|(p, _)| p).collect()
}
