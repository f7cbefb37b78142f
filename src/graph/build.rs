//! RED of raw edges and parties to the service graph: nodes named, edges joined, health judged.
use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashTable};

use super::call::Route;
use super::calls::Calls;
use super::health::{edge_health, node_health};
use super::naming::{Identity, Names};
use super::{
    Accumulator, Edge, EdgeKind, Health, Node, NodeKind, PartyId, PartyKind, RawEdgeId, Red, ServiceGraph,
};
use crate::model::{EdgeId, Nanos, NodeId, TimeRange};
use crate::store::Spans;

/// A window's 95th percentile above this is held against the calm one.
const SLOW_ENOUGH: Nanos = Nanos::from_millis(100);

/// The service graph, and which of its nodes and edges the raw ends belong to.
#[derive(Clone, Debug, Default)]
pub struct GraphIndex {
    /// The graph.
    pub graph: ServiceGraph,
    /// In order of party.
    pub(super) nodes: Vec<(PartyId, NodeId)>,
    /// In order of raw edge.
    pub(super) edges: Vec<(RawEdgeId, EdgeId)>,
}

impl GraphIndex {
    /// The ends of calls that have a node, in order.
    pub fn parties(&self) -> impl Iterator<Item = (PartyId, NodeId)> + '_ {
        self.nodes.iter().copied()
    }
    /// The raw edges that have an edge, in order.
    pub fn raw_edges(&self) -> impl Iterator<Item = (RawEdgeId, EdgeId)> + '_ {
        self.edges.iter().copied()
    }
    /// The node of an end of calls.
    pub fn node_of(&self, party: PartyId) -> Option<NodeId> {
        let at = self.nodes.binary_search_by_key(&party, |n| n.0).ok()?;
        self.nodes.get(at).map(|n| n.1)
    }
    /// The edge of a call.
    pub fn edge_of(&self, raw: RawEdgeId) -> Option<EdgeId> {
        let at = self.edges.binary_search_by_key(&raw, |e| e.0).ok()?;
        self.edges.get(at).map(|e| e.1)
    }
    /// The ends of calls that make up a node.
    pub fn parties_of(&self, node: NodeId) -> Vec<PartyId> {
        self.nodes.iter().filter(|(_, n)| *n == node).map(|(p, _)| *p).collect()
    }
    /// The raw edges that make up an edge.
    pub fn raw_edges_of(&self, edge: EdgeId) -> Vec<RawEdgeId> {
        self.edges.iter().filter(|(_, e)| *e == edge).map(|(r, _)| *r).collect()
    }
}

pub(super) struct Builder<'a> {
    calls: &'a Calls,
    spans: &'a Spans,
    names: Names<'a>,
    nodes: Vec<Node>,
    /// Places of nodes by the hash of their ids.
    by_id: HashTable<usize>,
    hasher: FixedState,
    /// The node of each party that has one.
    by_party: Vec<Option<usize>>,
    histograms: Accumulator,
    /// Ends and edges that have a place even where nothing happened, by number.
    kept: (Vec<bool>, Vec<bool>),
}

/// Caller and callee, as places in the builder's nodes.
type Ends = (usize, usize);

/// The calls from one node to another.
struct Pair {
    ends: Ends,
    red: Red,
    kind: EdgeKind,
    raw: Vec<RawEdgeId>,
}

impl<'a> Builder<'a> {
    pub fn new(calls: &'a Calls, spans: &'a Spans) -> Self {
        Self {
            calls,
            spans,
            names: Names::new(calls, spans.symbols()),
            nodes: Vec::new(),
            by_id: HashTable::new(),
            hasher: FixedState::default(),
            by_party: vec![None; calls.parties.len()],
            histograms: Accumulator::default(),
            kept: Default::default(),
        }
    }

    /// Keeps a place for all nodes and edges of another graph.
    pub fn keeping(mut self, base: &GraphIndex) -> Self {
        self.kept = (vec![false; self.calls.parties.len()], vec![false; self.calls.edges.len()]);
        let parties = base.nodes.iter().map(|n| n.0.0);
        parties.for_each(|p| self.kept.0.get_mut(p as usize).into_iter().for_each(|k| *k = true));
        let edges = base.edges.iter().map(|e| e.0.0);
        edges.for_each(|e| self.kept.1.get_mut(e as usize).into_iter().for_each(|k| *k = true));
        self
    }

    fn node(&mut self, party: PartyId) -> usize {
        if let Some(&Some(at)) = self.by_party.get(party.0 as usize) {
            return at;
        }
        let identity = self.names.identity(party);
        let hash = self.hasher.hash_one(identity.id.as_str());
        let Self { nodes, by_id, hasher, .. } = self;
        let at = match by_id.find(hash, |&at| nodes[at].id == identity.id) {
            Some(&at) => at,
            None => {
                let at = nodes.len();
                nodes.push(new_node(identity));
                by_id.insert_unique(hash, at, |&at| hasher.hash_one(nodes[at].id.as_str()));
                at
            }
        };
        if let Some(slot) = self.by_party.get_mut(party.0 as usize) {
            *slot = Some(at);
        }
        at
    }

    /// The parties that have nodes, in order, with their nodes.
    fn parties(&self) -> impl Iterator<Item = (PartyId, usize)> + '_ {
        (0..).map(PartyId).zip(&self.by_party).filter_map(|(party, at)| Some((party, (*at)?)))
    }

    /// The sum of several; a single one is taken as it is.
    fn sum<'r>(&mut self, reds: impl Iterator<Item = &'r Red>) -> Red {
        let mut reds = reds.peekable();
        let Some(first) = reds.next() else { return Red::default() };
        if reds.peek().is_none() {
            return first.clone();
        }
        let mut sum = Red::default();
        std::iter::once(first).chain(reds).for_each(|r| sum.merge_counts(r, &mut self.histograms));
        sum.set_histogram(&mut self.histograms);
        sum
    }

    pub fn build(mut self, edges: Vec<Red>, parties: Vec<Red>, window: Option<TimeRange>) -> GraphIndex {
        self.add_served(parties);
        let pairs = self.collect_pairs(edges);
        self.complete_nodes(&pairs);
        let place = self.places();
        let nodes = self.parties().map(|(party, at)| (party, NodeId(place[at] as u32))).collect();
        let mut pairs: Vec<Pair> = pairs.into_iter().filter(|p| p.ends.0 != p.ends.1).collect();
        // As the graph will number them.
        pairs.sort_unstable_by_key(|p| (place[p.ends.0], place[p.ends.1]));
        let ids = (0..).map(EdgeId);
        let mut raw: Vec<(RawEdgeId, EdgeId)> =
            pairs.iter().zip(ids).flat_map(|(p, id)| p.raw.iter().map(move |r| (*r, id))).collect();
        raw.sort_unstable();
        let edges = pairs.into_iter().map(|pair| {
            let calm = self.calm_edge(&pair.red, pair.raw.iter().copied());
            let health = edge_health(&pair.red, calm);
            (pair.ends.0, pair.ends.1, Edge { kind: pair.kind, red: pair.red, health })
        });
        let edges = edges.collect();
        GraphIndex { graph: ServiceGraph::new(self.nodes, edges, window), nodes, edges: raw }
    }

    /// Where each node stands in the order of ids.
    fn places(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.nodes.len()).collect();
        order.sort_unstable_by(|&a, &b| self.nodes[a].id.cmp(&self.nodes[b].id));
        let mut place = vec![0; order.len()];
        order.into_iter().enumerate().for_each(|(new, old)| place[old] = new);
        place
    }

    fn add_served(&mut self, parties: Vec<Red>) {
        let mut of: Vec<(usize, Red)> = Vec::new();
        let kept = std::mem::take(&mut self.kept.0);
        let is_kept = |i: usize| kept.get(i).copied().unwrap_or(false);
        for (i, red) in parties.into_iter().enumerate().filter(|(i, r)| !r.is_empty() || is_kept(*i)) {
            of.push((self.node(PartyId(i as u32)), red));
        }
        of.sort_by_key(|(at, _)| *at);
        for same in of.chunk_by_mut(|a, b| a.0 == b.0) {
            let red = self.sum_taken(same.iter_mut().map(|(_, red)| red));
            self.nodes[same[0].0].red = red;
        }
    }

    /// As [`Self::sum`], of what nobody needs any more.
    fn sum_taken<'r>(&mut self, mut reds: impl Iterator<Item = &'r mut Red>) -> Red {
        let Some(first) = reds.next().map(std::mem::take) else { return Red::default() };
        let Some(second) = reds.next() else { return first };
        let rest = reds.map(|r| &*r);
        self.sum([&first, &*second].into_iter().chain(rest))
    }

    /// Calls by (caller, callee); fetching counts only where nothing was handled.
    fn collect_pairs(&mut self, mut edges: Vec<Red>) -> Vec<Pair> {
        let mut live: Vec<(Ends, RawEdgeId, Route)> = Vec::new();
        let kept = std::mem::take(&mut self.kept.1);
        let is_kept = |i: usize| kept.get(i).copied().unwrap_or(false);
        for (i, _) in edges.iter().enumerate().filter(|(i, r)| !r.is_empty() || is_kept(*i)) {
            let id = RawEdgeId(i as u32);
            let Some(edge) = self.calls.edges.get(id) else { continue };
            live.push(((self.node(edge.from), self.node(edge.to)), id, edge.route));
        }
        live.sort_unstable_by_key(|(ends, id, _)| (*ends, *id));
        let mut out = Vec::with_capacity(live.len());
        for same in live.chunk_by(|a, b| a.0 == b.0) {
            let is_handled = same.iter().any(|p| p.2 == Route::Consume);
            let kept = || same.iter().filter(|p| !(is_handled && p.2 == Route::Receive));
            let raw: Vec<RawEdgeId> = kept().map(|p| p.1).collect();
            let weighed = kept().map(|p| (edges[p.1.0 as usize].calls(), kind_of(p.2)));
            // The kind of most calls; of equals the first kind.
            let kind = weighed.reduce(|a, b| if b.0 > a.0 || (b.0 == a.0 && b.1 < a.1) { b } else { a });
            let red = match raw.as_slice() {
                [one] => std::mem::take(&mut edges[one.0 as usize]),
                several => self.sum(several.iter().map(|r| &edges[r.0 as usize])),
            };
            out.push(Pair { ends: same[0].0, red, kind: kind.map_or(EdgeKind::Other, |k| k.1), raw });
        }
        out
    }

    fn complete_nodes(&mut self, pairs: &[Pair]) {
        for (place, at) in self.by_party.iter().enumerate() {
            let kind = self.calls.parties.get(PartyId(place as u32)).kind;
            if let Some(at) = *at
                && kind == PartyKind::Service
            {
                self.nodes[at].is_instrumented = true;
            }
        }
        self.observe_from_outside(pairs);
        for pair in pairs.iter().filter(|p| p.ends.0 == p.ends.1) {
            self.nodes[pair.ends.0].self_calls = pair.red.clone();
        }
        self.name_versions();
        self.judge_nodes();
    }

    /// What sent no spans is seen by the calls to it; what nobody calls, by the calls that it makes.
    fn observe_from_outside(&mut self, pairs: &[Pair]) {
        let is_silent = |at: usize| self.nodes[at].red.is_empty() && !self.nodes[at].is_instrumented;
        let mut seen: Vec<(usize, bool, usize)> = Vec::new();
        for (i, Pair { ends: (from, to), .. }) in
            pairs.iter().enumerate().filter(|(_, p)| p.ends.0 != p.ends.1)
        {
            seen.extend(is_silent(*to).then_some((*to, false, i)));
            seen.extend(is_silent(*from).then_some((*from, true, i)));
        }
        seen.sort_unstable();
        for of_node in seen.chunk_by(|a, b| a.0 == b.0) {
            let (at, is_outgoing, _) = of_node[0];
            let chosen = of_node.iter().take_while(|s| s.1 == is_outgoing);
            let red = self.sum(chosen.map(|s| &pairs[s.2].red));
            self.nodes[at].red = red;
        }
    }

    fn name_versions(&mut self) {
        let mut services: HashMap<super::Party, usize, FixedState> = HashMap::default();
        services.extend(self.parties().map(|(id, at)| (self.calls.parties.get(id), at)));
        for resource in self.spans.resources() {
            let Some(&at) = services.get(&super::Party::service(resource)) else { continue };
            let node = &mut self.nodes[at];
            insert_sorted(&mut node.versions, self.spans.text(resource.version));
            insert_sorted(&mut node.instances, self.spans.text(resource.instance));
        }
    }

    fn judge_nodes(&mut self) {
        let slow: Vec<bool> = self.nodes.iter().map(|n| is_slow(&n.red)).collect();
        // Only of slow nodes is the calm time asked for, so only they need their parts.
        let mut parties: Vec<(usize, PartyId)> =
            self.parties().filter(|(_, at)| slow[*at]).map(|(party, at)| (at, party)).collect();
        parties.sort_unstable();
        let to = |edge: super::RawEdge| self.by_party.get(edge.to.0 as usize).copied().flatten();
        let edges = self.calls.edges.iter().filter_map(|(id, edge)| Some((to(edge)?, id)));
        let mut edges: Vec<(usize, RawEdgeId)> = edges.filter(|(at, _)| slow[*at]).collect();
        edges.sort_unstable();
        for (at, is_slow) in slow.into_iter().enumerate() {
            let node = &self.nodes[at];
            let calm = if !is_slow {
                None
            } else if node.is_instrumented {
                let own: Vec<PartyId> = run_of(&parties, at).iter().map(|(_, p)| *p).collect();
                self.calls.calm_p95_of_parties(&own)
            } else {
                self.calm_edge(&node.red, run_of(&edges, at).iter().map(|(_, e)| *e))
            };
            let health = node_health(node.kind, &node.red, calm);
            self.nodes[at].health = health;
        }
    }

    fn calm_edge(&self, red: &Red, raw: impl Iterator<Item = RawEdgeId>) -> Option<Nanos> {
        if !is_slow(red) {
            return None;
        }
        self.calls.calm_p95_of_edges(&raw.collect::<Vec<_>>())
    }
}

fn is_slow(red: &Red) -> bool {
    red.quantile(0.95).is_some_and(|p| p > SLOW_ENOUGH)
}

fn insert_sorted(list: &mut Vec<String>, text: &str) {
    if !text.is_empty()
        && let Err(at) = list.binary_search_by(|v| v.as_str().cmp(text))
    {
        list.insert(at, text.to_owned());
    }
}

fn kind_of(route: Route) -> EdgeKind {
    match route {
        Route::Rpc => EdgeKind::Rpc,
        Route::Http => EdgeKind::Http,
        Route::Database => EdgeKind::Database,
        Route::Publish | Route::Consume | Route::Receive | Route::Handover => EdgeKind::Messaging,
        Route::Entry => EdgeKind::Entry,
        Route::Other => EdgeKind::Other,
    }
}

/// The entries of a node in a list that is sorted by node.
fn run_of<T>(list: &[(usize, T)], at: usize) -> &[(usize, T)] {
    let from = list.partition_point(|e| e.0 < at);
    let to = list.partition_point(|e| e.0 <= at);
    list.get(from..to).unwrap_or_default()
}

fn new_node(identity: Identity) -> Node {
    let Identity { id, name, kind, namespace, environment, system } = identity;
    Node {
        id,
        name,
        kind,
        namespace,
        environment,
        system,
        red: Red::default(),
        versions: Vec::new(),
        instances: Vec::new(),
        is_instrumented: false,
        self_calls: Red::default(),
        health: Health::Unknown,
    }
}

impl NodeKind {
    /// Whether Apdex says something of it: someone waits for its answers.
    pub fn has_apdex(self) -> bool {
        matches!(self, Self::Service | Self::External | Self::User)
    }
}
