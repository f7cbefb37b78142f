//! The figures of nodes and edges of a map that stand for several of the whole graph.
use std::collections::BTreeMap;

use super::arrange::Slot;
use super::{Accumulator, Edge, EdgeKind, GraphIndex, Health, Node, NodeKind, Red};
use crate::model::EdgeId;

/// An edge between groups is as ill as those of its parts that carry one in so many of its calls.
const TENTH: f64 = 10.0;

/// Sums over members of the whole graph.
pub(super) struct Sums<'a> {
    index: &'a GraphIndex,
    histograms: Accumulator,
}

impl<'a> Sums<'a> {
    pub fn new(index: &'a GraphIndex) -> Self {
        Self { index, histograms: Accumulator::default() }
    }

    fn red<'r>(&mut self, reds: impl Iterator<Item = &'r Red>) -> Red {
        let mut sum = Red::default();
        reds.for_each(|r| sum.merge_counts(r, &mut self.histograms));
        sum.set_histogram(&mut self.histograms);
        sum
    }

    /// A node as it is, or a group: the calls that come in from outside, calls between members as calls to itself,
    /// and as ill as its illest member.
    pub fn node(&mut self, slot: &Slot<'_>, inner: &[EdgeId], coming: &[EdgeId]) -> Option<Node> {
        let graph = &self.index.graph;
        let members = || slot.members.iter().filter_map(|n| graph.node(*n));
        let Some(name) = slot.group else { return members().next().cloned() };
        let between = inner.iter().filter_map(|e| graph.edge(*e)).map(|e| &e.red);
        let coming = coming.iter().filter_map(|e| graph.edge(*e)).map(|e| &e.red);
        let count = slot.members.len();
        let is_external = name == super::EXTERNAL;
        Some(Node {
            id: slot.id.clone(),
            name: if is_external { format!("{count} {name}") } else { name.to_owned() },
            kind: NodeKind::Group,
            namespace: String::new(),
            environment: String::new(),
            system: String::new(),
            red: self.red(coming),
            versions: Vec::new(),
            instances: Vec::new(),
            is_instrumented: members().any(|n| n.is_instrumented),
            self_calls: self.red(members().map(|n| &n.self_calls).chain(between)),
            health: members().map(|n| n.health).max().unwrap_or(Health::Unknown),
        })
    }

    /// One edge as it is, or the sum of several, of the kind of most calls, and as ill as those that carry a tenth
    /// of its calls: else nearly every edge between large groups would be as ill as can be.
    pub fn edge(&mut self, edges: &[EdgeId]) -> Option<Edge> {
        let graph = &self.index.graph;
        let parts: Vec<&Edge> = edges.iter().filter_map(|e| graph.edge(*e)).collect();
        if let [one] = parts.as_slice() {
            return Some((*one).clone());
        }
        let mut by_kind: BTreeMap<EdgeKind, f64> = BTreeMap::new();
        parts.iter().for_each(|e| *by_kind.entry(e.kind).or_default() += e.red.calls());
        let kind = by_kind.into_iter().reduce(|a, b| if b.1 > a.1 { b } else { a })?.0;
        let all: f64 = parts.iter().map(|e| e.red.calls()).sum();
        let as_ill = |health: Health| -> f64 {
            parts.iter().filter(|e| e.health >= health).map(|e| e.red.calls()).sum()
        };
        let mut states = [Health::Critical, Health::Warning, Health::Healthy].into_iter();
        let health = states.find(|h| as_ill(*h) * TENTH >= all && as_ill(*h) > 0.0);
        let health = health.unwrap_or(Health::Unknown);
        Some(Edge { kind, red: self.red(parts.iter().map(|e| &e.red)), health })
    }
}
