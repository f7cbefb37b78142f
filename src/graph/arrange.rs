//! What of a service graph the map shows: groups as one node with summed edges, and what is hidden left out.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::arrange_sums::Sums;
use super::{GraphIndex, GroupBy, Groups, Hidden, Node, NodeKind, ServiceGraph};
use crate::model::{EdgeId, NodeId};

/// Nodes above which nobody can read a map: groups become one node each then.
///
/// Below, ill nodes and what leads to them stand out of the boxes of their groups; a closed group would hide which
/// of its members it is.
pub const LARGE: usize = 1_500;
/// Groups that closed by themselves open again only below this many nodes: a live system that wavers around the
/// limit must not flicker.
const NO_LONGER_LARGE: usize = LARGE * 4 / 5;

/// Which groups are shown as one node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Collapse {
    /// All of them where there are more than [`LARGE`] nodes, else none.
    #[default]
    WhenLarge,
    /// All of them.
    All,
    /// These, by name.
    Only(BTreeSet<String>),
}

/// How far around something is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// So many calls away, against the calls or along them: its callers' callers and its callees' callees, not what
    /// else its callers call.
    Hops(u8),
    /// Wherever its requests go and come from.
    Requests,
}

/// All but what surrounds a node or an edge is hidden.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Focus {
    /// The id of the node, or those of caller and callee.
    pub around: Vec<String>,
    /// How far.
    pub reach: Reach,
}

/// What a person made of the map. The default shows everything, in groups where that is too much.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Arrangement {
    /// What makes a group.
    pub group_by: GroupBy,
    /// Which are one node.
    pub collapse: Collapse,
    /// Whether groups had closed by themselves in the picture before.
    pub stays_closed: bool,
    /// Nodes and groups that are hidden, by id.
    pub hidden_nodes: BTreeSet<String>,
    /// Edges that are hidden, by the ids of caller and callee.
    pub hidden_edges: BTreeSet<(String, String)>,
    /// What alone is shown.
    pub focus: Option<Focus>,
    /// Edges with fewer calls a minute are hidden; in thousandths, so that it can be compared. 0 hides none.
    pub least_rate: u64,
    /// Edges with a smaller share of their caller's calls are hidden; in ten-thousandths. 0 hides none.
    ///
    /// Of the caller's calls, not of all: so every caller keeps its main ways, however quiet its part of the system.
    pub least_share: u64,
}

/// Nodes and edges that the requests of something pass through.
pub type Touched = (BTreeSet<NodeId>, BTreeSet<EdgeId>);

/// The graph of the map, and how it hangs together with the whole one.
#[derive(Clone, Debug, Default)]
pub struct Arranged {
    /// The graph of the map; its nodes may stand for many.
    pub index: Arc<GraphIndex>,
    /// By node of the whole graph: the node that shows it; `None` where it is hidden.
    pub node_of: Vec<Option<NodeId>>,
    /// By edge of the whole graph: the edge that shows it; `None` inside a group and where it is hidden.
    pub edge_of: Vec<Option<EdgeId>>,
    /// Groups that are one node: the node, the name, the members in the whole graph.
    pub collapsed: Vec<(NodeId, String, Vec<NodeId>)>,
    /// By node of the map, the group that a service belongs to, or that a closed group lies in.
    pub group_of: Vec<Option<String>>,
    /// Nodes of the map that are hidden.
    pub hidden_nodes: usize,
    /// Edges of the map that are hidden, those of hidden nodes with them.
    pub hidden_edges: usize,
    /// What hides them.
    pub hidden: Hidden,
    /// Whether groups were collapsed because there is too much.
    pub is_automatic: bool,
}

impl Arranged {
    /// By node of the map, the name of the box that it stands in: what nobody grouped otherwise in that of its
    /// namespace, else services in that of their group.
    pub fn boxes(&self, group_by: &GroupBy) -> Vec<Option<String>> {
        let nodes = || self.index.graph.nodes().map(|(_, n)| n);
        let by_namespace = *group_by == GroupBy::Usual && nodes().any(|n| !n.namespace.is_empty());
        let name = |(node, group): (&Node, &Option<String>)| {
            if by_namespace {
                return Some(node.namespace.clone()).filter(|g| !g.is_empty());
            }
            group.clone().filter(|g| !g.is_empty() && node.is_instrumented)
        };
        nodes().zip(&self.group_of).map(name).collect()
    }

    /// The id of what shows a node of the whole graph; its own where nothing does.
    pub fn id_of(&self, whole: &ServiceGraph, id: String) -> String {
        let own = whole.nodes().find(|(_, n)| n.id == id).map(|(n, _)| n);
        let shown = own.and_then(|n| self.node_of.get(n.0 as usize).copied().flatten());
        shown.and_then(|n| self.index.graph.node(n)).map_or(id, |n| n.id.clone())
    }

    /// By node that stands for a group, the ids of its members in the whole graph.
    pub fn members(&self, whole: &ServiceGraph) -> BTreeMap<NodeId, Vec<String>> {
        let id = |n: &NodeId| whole.node(*n).map(|n| n.id.clone());
        self.collapsed.iter().map(|c| (c.0, c.2.iter().filter_map(id).collect())).collect()
    }
}

/// The id of a group's node.
pub fn group_id(name: &str) -> String {
    format!("{}:{name}", NodeKind::Group.name())
}

/// The name of the group whose node has this id.
pub fn group_name(id: &str) -> Option<&str> {
    id.strip_prefix(NodeKind::Group.name())?.strip_prefix(':')
}

/// Arranges a graph. `touched` is what the requests of the focus pass through, where it asks for them.
pub fn arrange(
    index: &Arc<GraphIndex>,
    groups: &Groups,
    wanted: &Arrangement,
    touched: Option<&Touched>,
) -> Arranged {
    let of_nodes = groups.of_nodes(index);
    let plan = Plan::new(index, &of_nodes, groups, wanted);
    let kept = plan.kept(index, wanted, touched);
    plan.build(index, &of_nodes, groups, &kept)
}

/// Arranges a graph of the same nodes and edges just as another was: the same groups, the same hidden.
pub fn again(index: &Arc<GraphIndex>, base: &Arranged) -> Arranged {
    let is_whole = base.index.graph.nodes().len() == base.node_of.len()
        && base.index.graph.edges().len() == base.edge_of.len();
    let index = if is_whole { Arc::clone(index) } else { Arc::new(summed_again(index, base)) };
    Arranged { index, ..base.clone() }
}

/// The graph of the map, where something of it stands for several or is hidden.
fn summed_again(index: &GraphIndex, base: &Arranged) -> GraphIndex {
    let mut slots: Vec<Slot<'_>> = Vec::new();
    for (id, node) in base.index.graph.nodes() {
        let group = base.collapsed.iter().find(|c| c.0 == id);
        slots.push(Slot {
            id: node.id.clone(),
            group: group.map(|g| g.1.as_str()),
            members: group.map(|g| g.2.clone()).unwrap_or_default(),
        });
    }
    let slot_of = |n: NodeId| base.node_of.get(n.0 as usize).copied().flatten();
    for (id, _) in index.graph.nodes() {
        if let Some(slot) =
            slot_of(id).and_then(|at| slots.get_mut(at.0 as usize)).filter(|s| s.group.is_none())
        {
            slot.members.push(id);
        }
    }
    let mut inner: BTreeMap<NodeId, Vec<EdgeId>> = BTreeMap::new();
    let mut coming: BTreeMap<NodeId, Vec<EdgeId>> = BTreeMap::new();
    let mut outer: BTreeMap<EdgeId, Vec<EdgeId>> = BTreeMap::new();
    for (id, from, to, _) in index.graph.edges() {
        if let Some(at) = slot_of(to).filter(|at| slot_of(from) != Some(*at)) {
            coming.entry(at).or_default().push(id);
        }
        match base.edge_of.get(id.0 as usize).copied().flatten() {
            Some(edge) => outer.entry(edge).or_default().push(id),
            None => {
                if let Some(at) = slot_of(from).filter(|at| slot_of(to) == Some(*at)) {
                    inner.entry(at).or_default().push(id);
                }
            }
        }
    }
    let mut sums = Sums::new(index);
    let of = |edges: &BTreeMap<NodeId, Vec<EdgeId>>, at: usize| {
        edges.get(&NodeId(at as u32)).cloned().unwrap_or_default()
    };
    let node = |(at, slot): (usize, &Slot<'_>)| sums.node(slot, &of(&inner, at), &of(&coming, at));
    let nodes = slots.iter().enumerate().filter_map(node).collect();
    let ends = |e: EdgeId| base.index.graph.ends(e).map(|(a, b)| (a.0 as usize, b.0 as usize));
    let edges = outer.iter().filter_map(|(edge, parts)| {
        let (a, b) = ends(*edge)?;
        Some((a, b, sums.edge(parts)?))
    });
    let graph = ServiceGraph::new(nodes, edges.collect(), index.graph.window);
    let GraphIndex { nodes, edges, .. } = &*base.index;
    GraphIndex { nodes: nodes.clone(), edges: edges.clone(), graph }
}

fn calls_of(index: &GraphIndex, edges: &[EdgeId]) -> f64 {
    edges.iter().filter_map(|e| index.graph.edge(*e)).map(|e| e.red.calls()).sum()
}

/// Nodes of the map before anything is hidden.
struct Plan<'a> {
    slots: Vec<Slot<'a>>,
    /// By node of the whole graph.
    slot_of: Vec<usize>,
    /// Edges of the whole graph by the slots of their ends.
    edges: BTreeMap<(usize, usize), Vec<EdgeId>>,
    is_automatic: bool,
}

/// A node of the map before anything is hidden.
pub(super) struct Slot<'a> {
    pub id: String,
    /// The name of a collapsed group.
    pub group: Option<&'a str>,
    pub members: Vec<NodeId>,
}

/// Slots, and pairs of slots where not all edges between them count.
type InFocus = (BTreeSet<usize>, Option<BTreeSet<(usize, usize)>>);

struct Kept {
    nodes: Vec<bool>,
    edges: BTreeSet<(usize, usize)>,
    hidden: Hidden,
}

impl<'a> Plan<'a> {
    fn new(
        index: &GraphIndex,
        of_nodes: &[Option<&'a str>],
        groups: &'a Groups,
        wanted: &Arrangement,
    ) -> Self {
        let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
        let all = of_nodes.iter().flatten().flat_map(|g| groups.chain(g));
        all.for_each(|g| *sizes.entry(g).or_default() += 1);
        let large = if wanted.stays_closed { NO_LONGER_LARGE } else { LARGE };
        let is_automatic = wanted.collapse == Collapse::WhenLarge && of_nodes.len() > large;
        let is_collapsed = |group: &str| {
            // A group of one says less than its only node.
            sizes.get(group).is_some_and(|n| *n > 1)
                && match &wanted.collapse {
                    Collapse::WhenLarge => is_automatic,
                    Collapse::All => true,
                    Collapse::Only(names) => names.contains(group),
                }
        };
        let mut slots: Vec<Slot<'a>> = Vec::new();
        let mut of_group: BTreeMap<&str, usize> = BTreeMap::new();
        let mut slot_of = Vec::with_capacity(of_nodes.len());
        for ((id, node), group) in index.graph.nodes().zip(of_nodes) {
            // Of closed groups around one another the outermost is seen.
            let group = group.and_then(|g| groups.chain(g).filter(|g| is_collapsed(g)).last());
            let known = group.and_then(|g| of_group.get(g).copied());
            let at = known.unwrap_or(slots.len());
            if known.is_none() {
                let own = group.map_or_else(|| node.id.clone(), group_id);
                slots.push(Slot { id: own, group, members: Vec::new() });
                group.and_then(|g| of_group.insert(g, at));
            }
            if let Some(slot) = slots.get_mut(at) {
                slot.members.push(id);
            }
            slot_of.push(at);
        }
        let mut edges: BTreeMap<_, Vec<EdgeId>> = BTreeMap::new();
        for (id, from, to, _) in index.graph.edges() {
            let slot = |n: NodeId| slot_of.get(n.0 as usize).copied();
            if let Some(ends) = slot(from).zip(slot(to)) {
                edges.entry(ends).or_default().push(id);
            }
        }
        let is_automatic = is_automatic && slots.iter().any(|s| s.group.is_some());
        Self { slots, slot_of, edges, is_automatic }
    }

    fn kept(&self, index: &GraphIndex, wanted: &Arrangement, touched: Option<&Touched>) -> Kept {
        let shown = self.in_focus(index, wanted, touched);
        let mut hidden = Hidden::default();
        let is_focused = |at: usize| shown.as_ref().is_none_or(|s| s.0.contains(&at));
        let mut nodes = Vec::with_capacity(self.slots.len());
        for (at, slot) in self.slots.iter().enumerate() {
            let is_by_hand = wanted.hidden_nodes.contains(&slot.id);
            match (is_by_hand, slot.group) {
                (true, Some(group)) => hidden.groups_by_hand.push((group.to_owned(), slot.members.len())),
                (true, None) => hidden.nodes_by_hand += 1,
                (false, _) => hidden.nodes_out_of_focus += usize::from(!is_focused(at)),
            }
            nodes.push(!is_by_hand && is_focused(at));
        }
        let is_there = |at: usize| nodes.get(at).copied().unwrap_or(false);
        let id = |at: usize| self.slots.get(at).map_or_else(String::new, |s| s.id.clone());
        let minutes = index.graph.length().as_secs_f64() / 60.0;
        let made = if wanted.least_share > 0 { self.made(index) } else { BTreeMap::new() };
        let in_focus = |ends| shown.as_ref().and_then(|s| s.1.as_ref()).is_none_or(|s| s.contains(ends));
        let mut edges = BTreeSet::new();
        for (ends, parts) in &self.edges {
            let (a, b) = *ends;
            let calls = calls_of(index, parts);
            let all = made.get(&a).copied().unwrap_or(0.0);
            let count = if !is_there(a) || !is_there(b) {
                &mut hidden.edges_of_nodes
            } else if !wanted.hidden_edges.is_empty() && wanted.hidden_edges.contains(&(id(a), id(b))) {
                &mut hidden.edges_by_hand
            } else if !in_focus(ends) {
                &mut hidden.edges_out_of_focus
            } else if minutes > 0.0 && calls / minutes * 1000.0 < wanted.least_rate as f64 {
                &mut hidden.edges_by_rate
            } else if all > 0.0 && calls / all * 10_000.0 < wanted.least_share as f64 {
                &mut hidden.edges_by_share
            } else {
                edges.insert(*ends);
                continue;
            };
            // Calls of a node to itself are no edges of the map.
            *count += usize::from(a != b);
        }
        Kept { nodes, edges, hidden }
    }

    /// The calls that each slot makes to others.
    fn made(&self, index: &GraphIndex) -> BTreeMap<usize, f64> {
        let mut out = BTreeMap::new();
        for ((from, _), edges) in self.edges.iter().filter(|((a, b), _)| a != b) {
            *out.entry(*from).or_default() += calls_of(index, edges);
        }
        out
    }

    /// The nodes in focus, and the edges where it chooses them, too.
    fn in_focus(
        &self,
        index: &GraphIndex,
        wanted: &Arrangement,
        touched: Option<&Touched>,
    ) -> Option<InFocus> {
        let focus = wanted.focus.as_ref()?;
        let slot = |n: &NodeId| self.slot_of.get(n.0 as usize).copied();
        let around: BTreeSet<usize> =
            focus.around.iter().filter_map(|id| self.slot_by_id(index, id)).collect();
        // What is gone from the window hides nothing: an empty map would say less.
        if around.is_empty() {
            return None;
        }
        match (focus.reach, touched) {
            (Reach::Requests, Some((nodes, edges))) => {
                let nodes = nodes.iter().filter_map(slot).chain(around).collect();
                let ends = |e: &EdgeId| index.graph.ends(*e);
                let edges = edges.iter().filter_map(ends).filter_map(|(a, b)| slot(&a).zip(slot(&b)));
                Some((nodes, Some(edges.collect())))
            }
            (Reach::Requests, None) => None,
            (Reach::Hops(hops), _) => {
                let back = self.walk(&around, hops, true);
                Some((self.walk(&around, hops, false).union(&back).copied().collect(), None))
            }
        }
    }

    fn slot_by_id(&self, index: &GraphIndex, id: &str) -> Option<usize> {
        let own = self.slots.iter().position(|s| s.id == id);
        own.or_else(|| {
            let node = index.graph.nodes().find(|(_, n)| n.id == id)?.0;
            self.slot_of.get(node.0 as usize).copied()
        })
    }

    fn walk(&self, from: &BTreeSet<usize>, hops: u8, is_back: bool) -> BTreeSet<usize> {
        let mut seen = from.clone();
        for _ in 0..hops {
            let ends = self.edges.keys().map(|(a, b)| if is_back { (b, a) } else { (a, b) });
            let next: Vec<usize> = ends.filter(|(a, _)| seen.contains(a)).map(|(_, b)| *b).collect();
            let before = seen.len();
            seen.extend(next);
            if seen.len() == before {
                break;
            }
        }
        seen
    }

    fn build(
        self,
        index: &Arc<GraphIndex>,
        of_nodes: &[Option<&str>],
        groups: &Groups,
        kept: &Kept,
    ) -> Arranged {
        let is_kept = |at: usize| kept.nodes.get(at).copied().unwrap_or(false);
        let mut order: Vec<usize> = (0..self.slots.len()).filter(|at| is_kept(*at)).collect();
        order.sort_by(|a, b| self.slots.get(*a).map(|s| &s.id).cmp(&self.slots.get(*b).map(|s| &s.id)));
        let mut place: Vec<Option<NodeId>> = vec![None; self.slots.len()];
        for (new, old) in order.iter().enumerate() {
            if let Some(slot) = place.get_mut(*old) {
                *slot = Some(NodeId(new as u32));
            }
        }
        let place_of = |at: usize| place.get(at).copied().flatten();
        let slots = || order.iter().filter_map(|at| Some((*at, self.slots.get(*at)?)));
        let group = |slot: &Slot<'_>| {
            let own = || slot.members.first().and_then(|n| of_nodes.get(n.0 as usize).copied().flatten());
            // A closed group stands in the one around it.
            let around = slot.group.map_or_else(own, |closed| groups.chain(closed).nth(1));
            around.map(str::to_owned)
        };
        let group_of = slots().map(|(_, slot)| group(slot)).collect();
        let collapsed = slots()
            .filter_map(|(at, slot)| Some((place_of(at)?, slot.group?.to_owned(), slot.members.clone())));
        let collapsed = collapsed.collect();
        let outer = || self.edges.iter().filter(|((a, b), _)| a != b);
        let mut shown: Vec<(NodeId, NodeId, &Vec<EdgeId>)> = outer()
            .filter(|(ends, _)| kept.edges.contains(ends))
            .filter_map(|((a, b), edges)| Some((place_of(*a)?, place_of(*b)?, edges)))
            .collect();
        shown.sort_unstable_by_key(|e| (e.0, e.1));
        let mut edge_of = vec![None; index.graph.edges().len()];
        for (new, (_, _, edges)) in shown.iter().enumerate() {
            for edge in *edges {
                if let Some(slot) = edge_of.get_mut(edge.0 as usize) {
                    *slot = Some(EdgeId(new as u32));
                }
            }
        }
        let is_whole = order.len() == self.slot_of.len() && shown.len() == edge_of.len();
        let node_of: Vec<Option<NodeId>> = self.slot_of.iter().map(|at| place_of(*at)).collect();
        let arranged = || {
            let node = |n: &NodeId| node_of.get(n.0 as usize).copied().flatten();
            let edge = |e: &EdgeId| edge_of.get(e.0 as usize).copied().flatten();
            Arc::new(GraphIndex {
                nodes: index.nodes.iter().filter_map(|(p, n)| Some((*p, node(n)?))).collect(),
                edges: index.edges.iter().filter_map(|(r, e)| Some((*r, edge(e)?))).collect(),
                graph: self.summed(index, &order, &shown),
            })
        };
        Arranged {
            hidden_nodes: self.slots.len() - order.len(),
            hidden_edges: outer().count() - shown.len(),
            hidden: kept.hidden.clone(),
            index: if is_whole { Arc::clone(index) } else { arranged() },
            node_of,
            edge_of,
            collapsed,
            group_of,
            is_automatic: self.is_automatic,
        }
    }

    /// The graph of these slots, with these edges between their places.
    fn summed(
        &self,
        index: &GraphIndex,
        order: &[usize],
        edges: &[(NodeId, NodeId, &Vec<EdgeId>)],
    ) -> ServiceGraph {
        let mut sums = Sums::new(index);
        let inner = |at: usize| self.edges.get(&(at, at)).map_or(&[][..], Vec::as_slice);
        let mut coming: Vec<Vec<EdgeId>> = vec![Vec::new(); self.slots.len()];
        for ((_, to), edges) in self.edges.iter().filter(|((from, to), _)| from != to) {
            coming[*to].extend(edges);
        }
        let node = |at: &usize| sums.node(self.slots.get(*at)?, inner(*at), coming.get(*at)?);
        let nodes = order.iter().filter_map(node).collect();
        let edge = |(a, b, parts): &(NodeId, NodeId, &Vec<EdgeId>)| {
            Some((a.0 as usize, b.0 as usize, sums.edge(parts)?))
        };
        let edges = edges.iter().filter_map(edge).collect();
        ServiceGraph::new(nodes, edges, index.graph.window)
    }
}

#[cfg(test)]
#[path = "arrange_tests.rs"]
mod tests;
