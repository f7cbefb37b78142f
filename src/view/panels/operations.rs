//! What services serve most, in words, for the map that is close to them.
use super::picture::Picture;
use super::widgets;
use crate::analysis::edge_reading::OperationReading;
use crate::analysis::operations::{Operations, operations};
use crate::model::NodeId;
use crate::view::{map, text};

impl Picture {
    /// The operations of nodes, by their ids, in words.
    pub fn operations(&self, ids: &[String]) -> map::OperationLines {
        let nodes: Vec<NodeId> = ids.iter().filter_map(|id| self.node(id)).collect();
        let over = self.index.graph.length();
        let line = |o: OperationReading| {
            let parts = [
                o.red.rate_per_min(over).map(text::rate_per_min),
                Some(widgets::duration(o.red.quantile(0.95))),
            ];
            let figures: Vec<String> = parts.into_iter().flatten().collect();
            let errors = o.red.error_ratio().filter(|e| *e > 0.0).map(text::percent);
            map::OperationLine { name: text::name(&o.name, 28), figures: figures.join(" · "), errors }
        };
        let found = operations(&self.snapshot, &self.lens, &self.index, &nodes, map::MOST_LINES);
        let named = |(node, o): (NodeId, Operations)| {
            Some((self.index.graph.node(node)?.id.clone(), o.top.into_iter().map(line).collect()))
        };
        found.into_iter().filter_map(named).collect()
    }
}
