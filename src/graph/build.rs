//! RED of raw edges and parties to the service graph: nodes named, edges joined, health judged.
use std::collections::{BTreeMap, HashMap};

use super::call::Route;
use super::calls::Calls;
use super::health::{edge_health, node_health};
use super::naming::{Identity, Names};
use super::series::calm_p95;
use super::{
    Accumulator, Edge, EdgeKind, Health, Node, NodeKind, PartyId, PartyKind, RawEdgeId, Red, ServiceGraph,
};
use crate::model::{Nanos, TimeRange};
use crate::store::Spans;

/// A window's 95th percentile above this is held against the calm one.
const SLOW_ENOUGH: Nanos = Nanos::from_millis(100);

/// The service graph, and which of its nodes and edges the raw ends belong to.
#[derive(Clone, Debug, Default)]
pub struct GraphIndex {
    /// The graph.
    pub graph: ServiceGraph,
    nodes: BTreeMap<PartyId, crate::model::NodeId>,
    edges: BTreeMap<RawEdgeId, crate::model::EdgeId>,
}

impl GraphIndex {
    /// The node of an end of calls.
    pub fn node_of(&self, party: PartyId) -> Option<crate::model::NodeId> {
        self.nodes.get(&party).copied()
    }
    /// The edge of a call.
    pub fn edge_of(&self, raw: RawEdgeId) -> Option<crate::model::EdgeId> {
        self.edges.get(&raw).copied()
    }
    /// The ends of calls that make up a node.
    pub fn parties_of(&self, node: crate::model::NodeId) -> Vec<PartyId> {
        self.nodes.iter().filter(|(_, n)| **n == node).map(|(p, _)| *p).collect()
    }
    /// The raw edges that make up an edge.
    pub fn raw_edges_of(&self, edge: crate::model::EdgeId) -> Vec<RawEdgeId> {
        self.edges.iter().filter(|(_, e)| **e == edge).map(|(r, _)| *r).collect()
    }
}

pub(super) struct Builder<'a> {
    calls: &'a Calls,
    spans: &'a Spans,
    names: Names<'a>,
    nodes: Vec<Node>,
    by_id: BTreeMap<String, usize>,
    by_party: BTreeMap<PartyId, usize>,
    histograms: Accumulator,
}

struct EdgeParts {
    red: Red,
    /// Raw edge, its kind, its calls.
    parts: Vec<(RawEdgeId, EdgeKind, f64)>,
}

/// Caller and callee, as places in the builder's nodes.
type Ends = (usize, usize);

impl<'a> Builder<'a> {
    pub fn new(calls: &'a Calls, spans: &'a Spans) -> Self {
        Self {
            calls,
            spans,
            names: Names::new(calls, spans.symbols()),
            nodes: Vec::new(),
            by_id: BTreeMap::new(),
            by_party: BTreeMap::new(),
            histograms: Accumulator::default(),
        }
    }

    fn node(&mut self, party: PartyId) -> usize {
        if let Some(&at) = self.by_party.get(&party) {
            return at;
        }
        let Identity { id, name, kind, namespace, environment, system } = self.names.identity(party);
        let at = *self.by_id.entry(id.clone()).or_insert(self.nodes.len());
        if at == self.nodes.len() {
            self.nodes.push(Node {
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
            });
        }
        self.by_party.insert(party, at);
        at
    }

    fn merge(&mut self, into: &mut Red, more: &Red) {
        if into.is_empty() {
            *into = more.clone();
            return;
        }
        let old = std::mem::take(into);
        into.merge_counts(&old, &mut self.histograms);
        into.merge_counts(more, &mut self.histograms);
        into.set_histogram(&mut self.histograms);
    }

    pub fn build(mut self, edges: Vec<Red>, parties: Vec<Red>, window: Option<TimeRange>) -> GraphIndex {
        self.add_served(&parties);
        let mut pairs = self.collect_pairs(edges);
        let mut raw_places: Vec<(RawEdgeId, Ends)> = Vec::new();
        let mut out = Vec::new();
        for ((from, to), parts) in &mut pairs {
            raw_places.extend(parts.parts.iter().map(|p| (p.0, (*from, *to))));
            if from == to {
                self.nodes[*from].self_calls = std::mem::take(&mut parts.red);
                continue;
            }
            let kind = parts
                .parts
                .iter()
                .max_by(|a, b| (a.2, b.1).partial_cmp(&(b.2, a.1)).unwrap_or(std::cmp::Ordering::Equal));
            let kind = kind.map_or(EdgeKind::Other, |k| k.1);
            let calm = self.calm_edge(&parts.red, parts.parts.iter().map(|p| p.0));
            let health = edge_health(&parts.red, calm);
            out.push((*from, *to, Edge { kind, red: std::mem::take(&mut parts.red), health }));
        }
        self.complete_nodes(&out);
        let by_party = std::mem::take(&mut self.by_party);
        let ids: Vec<String> = self.nodes.iter().map(|n| n.id.clone()).collect();
        let graph = ServiceGraph::new(self.nodes, out, window);
        index(graph, &ids, by_party, raw_places)
    }

    fn add_served(&mut self, parties: &[Red]) {
        for (i, red) in parties.iter().enumerate().filter(|(_, r)| !r.is_empty()) {
            let at = self.node(PartyId(i as u32));
            let mut sum = std::mem::take(&mut self.nodes[at].red);
            self.merge(&mut sum, red);
            self.nodes[at].red = sum;
        }
    }

    /// Calls by (caller, callee); fetching counts only where nothing was handled.
    fn collect_pairs(&mut self, edges: Vec<Red>) -> BTreeMap<Ends, EdgeParts> {
        let mut pairs: BTreeMap<Ends, Vec<(RawEdgeId, Route, Red)>> = BTreeMap::new();
        for (i, red) in edges.into_iter().enumerate().filter(|(_, r)| !r.is_empty()) {
            let id = RawEdgeId(i as u32);
            let Some(edge) = self.calls.edges.get(id) else { continue };
            let ends = (self.node(edge.from), self.node(edge.to));
            pairs.entry(ends).or_default().push((id, edge.route, red));
        }
        let mut out = BTreeMap::new();
        for (ends, mut parts) in pairs {
            let is_handled = parts.iter().any(|p| p.1 == Route::Consume);
            parts.retain(|p| !(is_handled && p.1 == Route::Receive));
            let kinds = parts.iter().map(|(id, route, red)| (*id, kind_of(*route), red.calls())).collect();
            let mut reds = parts.into_iter().map(|p| p.2);
            let mut red = reds.next().unwrap_or_default();
            reds.for_each(|more| self.merge(&mut red, &more));
            out.insert(ends, EdgeParts { red, parts: kinds });
        }
        out
    }

    fn complete_nodes(&mut self, edges: &[(usize, usize, Edge)]) {
        for (party, at) in self.by_party.clone() {
            let own = self.calls.parties.get(party);
            if own.kind == PartyKind::Service {
                self.nodes[at].is_instrumented = true;
            }
        }
        self.observe_from_outside(edges);
        self.name_versions();
        self.judge_nodes();
    }

    /// What sent no spans is seen by the calls to it; what nobody calls, by the calls that it makes.
    fn observe_from_outside(&mut self, edges: &[(usize, usize, Edge)]) {
        let is_silent: Vec<bool> =
            self.nodes.iter().map(|n| n.red.is_empty() && !n.is_instrumented).collect();
        let mut incoming: Vec<Vec<&Edge>> = vec![Vec::new(); self.nodes.len()];
        let mut outgoing = incoming.clone();
        for (from, to, edge) in edges {
            incoming[*to].push(edge);
            outgoing[*from].push(edge);
        }
        for at in (0..self.nodes.len()).filter(|at| is_silent[*at]) {
            let chosen = if incoming[at].is_empty() { &outgoing[at] } else { &incoming[at] };
            let mut red = Red::default();
            chosen.iter().for_each(|e| self.merge(&mut red, &e.red));
            self.nodes[at].red = red;
        }
    }

    fn name_versions(&mut self) {
        let services: HashMap<super::Party, usize> =
            self.by_party.iter().map(|(id, at)| (self.calls.parties.get(*id), *at)).collect();
        for resource in self.spans.resources() {
            let Some(&at) = services.get(&super::Party::service(resource)) else { continue };
            let node = &mut self.nodes[at];
            insert_sorted(&mut node.versions, self.spans.text(resource.version));
            insert_sorted(&mut node.instances, self.spans.text(resource.instance));
        }
    }

    fn judge_nodes(&mut self) {
        let mut parties_of: Vec<Vec<PartyId>> = vec![Vec::new(); self.nodes.len()];
        self.by_party.iter().for_each(|(p, at)| parties_of[*at].push(*p));
        let mut edges_to: Vec<Vec<RawEdgeId>> = vec![Vec::new(); self.nodes.len()];
        for (id, edge) in self.calls.edges.iter() {
            if let Some(&at) = self.by_party.get(&edge.to) {
                edges_to[at].push(id);
            }
        }
        for at in 0..self.nodes.len() {
            let node = &self.nodes[at];
            let calm = if !is_slow(&node.red) {
                None
            } else if node.is_instrumented {
                let series = parties_of[at].iter().filter_map(|p| self.calls.by_party.get(p.0 as usize));
                calm_p95(series)
            } else {
                self.calm_edge(&node.red, edges_to[at].iter().copied())
            };
            let health = node_health(node.kind, &node.red, calm);
            self.nodes[at].health = health;
        }
    }

    fn calm_edge(&self, red: &Red, raw: impl Iterator<Item = RawEdgeId>) -> Option<Nanos> {
        if !is_slow(red) {
            return None;
        }
        calm_p95(raw.filter_map(|r| self.calls.by_edge.get(r.0 as usize)))
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

fn index(
    graph: ServiceGraph,
    ids: &[String],
    by_party: BTreeMap<PartyId, usize>,
    raw_places: Vec<(RawEdgeId, Ends)>,
) -> GraphIndex {
    let place: BTreeMap<&str, crate::model::NodeId> =
        graph.nodes().map(|(id, n)| (n.id.as_str(), id)).collect();
    let node_at = |at: usize| ids.get(at).and_then(|id| place.get(id.as_str())).copied();
    let nodes = by_party.into_iter().filter_map(|(p, at)| Some((p, node_at(at)?))).collect();
    let ends: BTreeMap<_, _> = graph.edges().map(|(id, a, b, _)| ((a, b), id)).collect();
    let edges = raw_places
        .into_iter()
        .filter_map(|(raw, (a, b))| Some((raw, *ends.get(&(node_at(a)?, node_at(b)?))?)))
        .collect();
    GraphIndex { graph, nodes, edges }
}

impl NodeKind {
    /// Whether Apdex says something of it: someone waits for its answers.
    pub fn has_apdex(self) -> bool {
        matches!(self, Self::Service | Self::External | Self::User)
    }
}
