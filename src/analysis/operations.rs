//! The operations that services serve most, with their figures: what the map tells of a service close by.
use std::collections::{BTreeMap, HashMap};

use super::edge_reading::OperationReading;
use crate::graph::{GraphIndex, PartyId, Red, Snapshot, matching_traces};
use crate::model::{NodeId, Symbol};
use crate::store::Lens;

/// The operations of one service.
#[derive(Clone, Debug, Default)]
pub struct Operations {
    /// The most called ones, the most called first.
    pub top: Vec<OperationReading>,
    /// How many more there are.
    pub more: usize,
}

/// The `most` most called operations of each of these nodes under a lens; nodes that served nothing are left out.
pub fn operations(
    snapshot: &Snapshot,
    lens: &Lens,
    index: &GraphIndex,
    nodes: &[NodeId],
    most: usize,
) -> BTreeMap<NodeId, Operations> {
    let parties: HashMap<PartyId, NodeId> =
        nodes.iter().flat_map(|n| index.parties_of(*n).into_iter().map(|p| (p, *n))).collect();
    let mut found: BTreeMap<NodeId, HashMap<Symbol, Red>> = BTreeMap::new();
    for trace in matching_traces(&snapshot.spans, lens) {
        let served = snapshot.calls.of_trace(trace).into_iter().flat_map(|t| &t.served);
        for s in served.filter(|s| s.weight > 0.0 && lens.window.is_none_or(|w| w.contains(s.start))) {
            if let Some(node) = parties.get(&s.service) {
                found.entry(*node).or_default().entry(s.operation).or_default().add(&s.observation());
            }
        }
    }
    let ranked = |(node, by_name): (NodeId, HashMap<Symbol, Red>)| {
        let named = |(name, red)| OperationReading { name: snapshot.spans.text(name).to_owned(), red };
        let mut top: Vec<OperationReading> = by_name.into_iter().map(named).collect();
        top.sort_by(|a, b| b.red.calls().total_cmp(&a.red.calls()).then_with(|| a.name.cmp(&b.name)));
        let more = top.len().saturating_sub(most);
        top.truncate(most);
        (node, Operations { top, more })
    };
    found.into_iter().map(ranked).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::sketch::snapshot;

    #[test]
    fn the_most_called_come_first_and_the_rest_is_counted() {
        let sketch = "web SERVER 0..90\n  cart SERVER 5..80\n    pay SERVER 30..70\n  cart SERVER 81..85";
        let snapshot = snapshot(&[sketch]);
        let index = snapshot.graph(&Lens::default());
        let all: Vec<NodeId> = index.graph.nodes().map(|(id, _)| id).collect();
        let found = operations(&snapshot, &Lens::default(), &index, &all, 3);
        let cart = index.graph.find("cart").unwrap();
        let calls: f64 = found[&cart].top.iter().map(|o| o.red.calls()).sum();
        assert_eq!(calls, index.graph.node(cart).unwrap().red.calls(), "all of its requests");
        assert!(!found.contains_key(&index.graph.find("user").unwrap()), "who serves nothing is left out");
        let few = operations(&snapshot, &Lens::default(), &index, &[cart], 0);
        assert_eq!((few.len(), few[&cart].top.len(), few[&cart].more), (1, 0, found[&cart].top.len()));
    }
}
