//! Two stretches of time, or two versions, compared on the map: what changed, of which item, and how it is told.
mod panel;
mod sides;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use panel::{banner, show};
pub use sides::{After, Versions};
pub use words::{about, change_of};

use super::command::Item;
use super::deployments::Deployed;
use crate::analysis::difference::{Difference, EdgeDifference, NodeDifference, Verdict};
use crate::export::names::name_of_kind;
use crate::graph::{NodeKind, ServiceGraph, Snapshot};
use crate::model::TimeRange;
use crate::store::Lens;
use crate::view::map::{self, MapInput};

/// Verdicts that a stricter analysis gave on the requests of a node, by its id: of latency, of errors.
pub type Known = BTreeMap<String, (Option<Verdict>, Option<Verdict>)>;

/// An edge that changed no more than so many times as much as its callee shows nothing of its own.
const SAME: f64 = 1.3;

/// Two stretches of time to be compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparing {
    /// The earlier one.
    pub before: TimeRange,
    /// The later one.
    pub after: TimeRange,
    /// Where both are the same: the versions through which the requests of the two sides went.
    pub versions: Option<Versions>,
    /// What is known already of nodes, such as from the analysis of a deployment.
    pub known: Arc<Known>,
    /// The deployments that asked for it.
    pub deployed: Vec<Deployed>,
}

impl Comparing {
    /// Compares two stretches, whichever comes first.
    pub fn new(one: TimeRange, other: TimeRange) -> Self {
        let is_ordered = one.start <= other.start;
        let (before, after) = if is_ordered { (one, other) } else { (other, one) };
        Self { before, after, versions: None, known: Arc::default(), deployed: Vec::new() }
    }

    /// Compares `marked` with the window that is looked at; without one, with all that follows it or, where
    /// nothing does, with all that goes before. `None` where there is nothing else.
    pub fn beside(marked: TimeRange, window: Option<TimeRange>, extent: TimeRange) -> Option<Self> {
        let rest = TimeRange::new(marked.end.min(extent.end), extent.end);
        let first = TimeRange::new(extent.start, marked.start.max(extent.start));
        // A sliver at the end says nothing: the larger rest is meant.
        let other = window.unwrap_or(if rest.length().0 * 4 >= first.length().0 { rest } else { first });
        (!other.is_empty() && other != marked).then(|| Self::new(marked, other))
    }

    /// Compares a window with as much time before it.
    pub fn with_before(window: TimeRange, extent: TimeRange) -> Option<Self> {
        let before = TimeRange::new((window.start - window.length()).max(extent.start), window.start);
        (before.start < before.end).then(|| Self::new(before, window))
    }

    /// Compares the requests through two versions that were there at the same time.
    pub fn of_versions(window: TimeRange, versions: Versions) -> Self {
        let versions = Some(versions);
        Self { before: window, after: window, versions, known: Arc::default(), deployed: Vec::new() }
    }

    /// The same with another later stretch; of versions, over that stretch.
    pub fn with_after(&self, after: TimeRange) -> Self {
        match &self.versions {
            Some(versions) => Self::of_versions(after, versions.clone()),
            None => Self::new(self.before, after),
        }
    }

    /// The earlier stretch, where it is another one.
    pub fn earlier(&self) -> Option<TimeRange> {
        self.versions.is_none().then_some(self.before)
    }

    /// From the first moment of both to the last.
    pub fn hull(&self) -> TimeRange {
        self.before.union(self.after)
    }
}

/// An item that changed, for the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// Which.
    pub item: Item,
    /// Its name.
    pub name: String,
    /// How.
    pub change: map::Change,
    /// How large the change is, to order those of the same verdict.
    size: f64,
}

/// A comparison, worked out.
#[derive(Clone, Debug)]
pub struct Compared {
    /// Of what with what.
    pub comparing: Comparing,
    /// All nodes and edges of both.
    pub difference: Difference,
    /// The later side, for lists.
    pub after: After,
    /// What changed, worst first.
    pub listed: Vec<Listed>,
    /// What changed besides, as something in the list did: the map marks it as well.
    pub alike: usize,
}

impl Compared {
    /// Works it out.
    pub fn new(snapshot: &Snapshot, lens: &Lens, comparing: Comparing) -> Self {
        let (mut difference, after) = sides::difference_of(snapshot, lens, &comparing);
        for node in &mut difference.nodes {
            let Some((latency, errors)) = comparing.known.get(&node.id) else { continue };
            node.change.latency = latency.unwrap_or(node.change.latency);
            node.change.errors = errors.unwrap_or(node.change.errors);
        }
        let mut compared = Self { comparing, difference, after, listed: Vec::new(), alike: 0 };
        compared.listed = compared.list();
        compared.alike = compared.changes().saturating_sub(compared.listed.len());
        compared
    }

    /// Writes what changed into what the map shows.
    pub fn mark(&self, graph: &ServiceGraph, input: &mut MapInput) {
        let nodes: BTreeMap<&str, _> = self.difference.nodes.iter().map(|n| (n.id.as_str(), n)).collect();
        let edges: BTreeMap<(&str, &str), _> =
            self.difference.edges.iter().map(|e| ((e.from.as_str(), e.to.as_str()), e)).collect();
        for (node, (_, known)) in input.nodes.iter_mut().zip(graph.nodes()) {
            let found = nodes.get(known.id.as_str());
            node.change = Some(found.map_or_else(words::rare, |n| change_of(&n.change, None)));
        }
        let id = |n| graph.node(n).map_or("", |n| n.id.as_str());
        for (edge, (_, from, to, _)) in input.edges.iter_mut().zip(graph.edges()) {
            let found = edges.get(&(id(from), id(to)));
            edge.change = Some(found.map_or_else(words::rare, |e| self.edge_change(e)));
        }
    }

    /// An edge's change as the map shows it.
    fn edge_change(&self, edge: &EdgeDifference) -> map::Change {
        let caller = if edge.is_multiplied { self.difference.node(&edge.from) } else { None };
        words::edge_change(edge, caller.map(|n| &n.change))
    }

    /// Nodes and edges that changed, as the map counts them.
    fn changes(&self) -> usize {
        let nodes = self.difference.nodes.iter().map(|n| change_of(&n.change, None));
        let edges = self.difference.edges.iter().map(|e| self.edge_change(e));
        nodes.chain(edges).filter(|c| c.verdict.is_change()).count()
    }

    fn list(&self) -> Vec<Listed> {
        let by_id: BTreeMap<&str, &NodeDifference> =
            self.difference.nodes.iter().map(|n| (n.id.as_str(), n)).collect();
        // A user's own figures are those of the calls it makes.
        let nodes = self.difference.nodes.iter().filter(|n| n.kind != NodeKind::User).map(|n| Listed {
            item: Item::Node(n.id.clone()),
            name: name_of_kind(n.kind, &n.name).into_owned(),
            change: change_of(&n.change, None),
            size: words::size(&n.change),
        });
        let name = |id: &str| {
            by_id.get(id).map_or_else(|| id.to_owned(), |n| name_of_kind(n.kind, &n.name).into_owned())
        };
        let edges = self.difference.edges.iter().map(|e| Listed {
            item: Item::Edge(e.from.clone(), e.to.clone()),
            name: format!("{} → {}", name(&e.from), name(&e.to)),
            change: self.edge_change(e),
            size: words::size(&e.change),
        });
        // What a node shows need not be said again of the edges to it.
        let is_told = |e: &Listed| {
            let Item::Edge(_, to) = &e.item else { return false };
            by_id.get(to.as_str()).is_some_and(|n| {
                let is_same = change_of(&n.change, None).verdict == e.change.verdict;
                is_same && e.size <= SAME * words::size(&n.change)
            })
        };
        let mut all: Vec<Listed> = nodes.chain(edges.filter(|e| !is_told(e))).collect();
        all.retain(|l| l.change.verdict.is_change());
        all.sort_by(|a, b| {
            let order = a.change.verdict.cmp(&b.change.verdict).then(b.size.total_cmp(&a.size));
            order.then_with(|| a.name.cmp(&b.name))
        });
        all
    }
}

#[cfg(test)]
#[path = "comparison_tests.rs"]
mod tests;
