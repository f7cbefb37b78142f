//! The service graph of one lens: nodes and edges with their RED, sorted.
use petgraph::Direction;
use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;

use super::{Health, Red};
use crate::model::{EdgeId, Nanos, NodeId, TimeRange};

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeKind {
    /// A program with a `service.name`, or one that others name as their peer.
    Service,
    /// A database.
    Database,
    /// A cache.
    Cache,
    /// A queue or topic.
    Queue,
    /// Something outside: a host, a cloud service, a model API.
    External,
    /// Whoever sends requests that no span called.
    User,
    /// A caller or callee that cannot be told.
    Unknown,
    /// Several nodes shown as one; only where somebody asked for it.
    Group,
}

impl NodeKind {
    /// Stable name for JSON and ids.
    pub fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Database => "database",
            Self::Cache => "cache",
            Self::Queue => "queue",
            Self::External => "external",
            Self::User => "user",
            Self::Unknown => "unknown",
            Self::Group => "group",
        }
    }
}

/// How calls travel along an edge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EdgeKind {
    /// Remote procedure call.
    Rpc,
    /// HTTP.
    Http,
    /// To a database or cache.
    Database,
    /// To or from a queue.
    Messaging,
    /// From a user or an unknown caller.
    Entry,
    /// Nobody said how.
    #[default]
    Other,
}

impl EdgeKind {
    /// Stable name for JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rpc => "rpc",
            Self::Http => "http",
            Self::Database => "database",
            Self::Messaging => "messaging",
            Self::Entry => "entry",
            Self::Other => "other",
        }
    }
}

/// One node under a lens.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// `kind:name`, with namespace, host or environment where the name alone is not unique.
    pub id: String,
    /// Name to show.
    pub name: String,
    /// What it is.
    pub kind: NodeKind,
    /// `service.namespace`, or "".
    pub namespace: String,
    /// Deployment environment, or "" where there is only one.
    pub environment: String,
    /// Product (`postgresql`, `kafka`), or "".
    pub system: String,
    /// Requests that it served, by its own spans; for a node without spans, the calls to it.
    pub red: Red,
    /// Versions seen, sorted.
    pub versions: Vec<String>,
    /// Instances seen, sorted.
    pub instances: Vec<String>,
    /// Whether it sent spans itself.
    pub is_instrumented: bool,
    /// Calls to itself, drawn as a badge.
    pub self_calls: Red,
    /// Health under the lens.
    pub health: Health,
}

/// All calls between two nodes in one direction.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// How the calls travel.
    pub kind: EdgeKind,
    /// The calls, as the caller saw them where it sent spans.
    pub red: Red,
    /// Health under the lens.
    pub health: Health,
}

/// Nodes sorted by id, edges sorted by (from, to, kind).
#[derive(Clone, Debug, Default)]
pub struct ServiceGraph {
    graph: DiGraph<Node, Edge>,
    /// The window asked for, cut to the data; rates are over its length.
    pub window: Option<TimeRange>,
}

impl ServiceGraph {
    /// From nodes and edges whose ends are places in `nodes`. Sorts both.
    pub fn new(nodes: Vec<Node>, edges: Vec<(usize, usize, Edge)>, window: Option<TimeRange>) -> Self {
        let mut order: Vec<usize> = (0..nodes.len()).collect();
        order.sort_by(|&a, &b| nodes[a].id.cmp(&nodes[b].id));
        let mut place = vec![0; nodes.len()];
        order.iter().enumerate().for_each(|(new, &old)| place[old] = new);
        let mut edges: Vec<_> = edges.into_iter().map(|(a, b, e)| (place[a], place[b], e)).collect();
        edges.sort_by_key(|(a, b, e)| (*a, *b, e.kind));
        let mut nodes: Vec<Option<Node>> = nodes.into_iter().map(Some).collect();
        let mut graph = DiGraph::with_capacity(nodes.len(), edges.len());
        for old in order {
            if let Some(node) = nodes[old].take() {
                graph.add_node(node);
            }
        }
        for (a, b, e) in edges {
            graph.add_edge(NodeIndex::new(a), NodeIndex::new(b), e);
        }
        Self { graph, window }
    }
    /// The graph itself, for algorithms.
    pub fn petgraph(&self) -> &DiGraph<Node, Edge> {
        &self.graph
    }
    /// Nodes in order of id.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = (NodeId, &Node)> + '_ {
        self.graph.node_indices().map(|i| (NodeId(i.index() as u32), &self.graph[i]))
    }
    /// Edges in order of (from, to, kind): id, caller, callee, edge.
    pub fn edges(&self) -> impl ExactSizeIterator<Item = (EdgeId, NodeId, NodeId, &Edge)> + '_ {
        self.graph.raw_edges().iter().enumerate().map(|(i, e)| {
            (
                EdgeId(i as u32),
                NodeId(e.source().index() as u32),
                NodeId(e.target().index() as u32),
                &e.weight,
            )
        })
    }
    /// A node.
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.graph.node_weight(NodeIndex::new(id.0 as usize))
    }
    /// An edge.
    pub fn edge(&self, id: EdgeId) -> Option<&Edge> {
        self.graph.edge_weight(EdgeIndex::new(id.0 as usize))
    }
    /// The caller and callee of an edge.
    pub fn ends(&self, id: EdgeId) -> Option<(NodeId, NodeId)> {
        let (a, b) = self.graph.edge_endpoints(EdgeIndex::new(id.0 as usize))?;
        Some((NodeId(a.index() as u32), NodeId(b.index() as u32)))
    }
    /// A node by its id's text, or by its bare name where that is unique.
    pub fn find(&self, text: &str) -> Option<NodeId> {
        if let Some((id, _)) = self.nodes().find(|(_, n)| n.id == text) {
            return Some(id);
        }
        let mut named = self.nodes().filter(|(_, n)| n.name == text);
        match (named.next(), named.next()) {
            (Some((id, _)), None) => Some(id),
            _ => None,
        }
    }
    /// Who calls a node: edge and caller, in order of edge.
    pub fn dependents(&self, id: NodeId) -> Vec<(EdgeId, NodeId)> {
        self.neighbours(id, Direction::Incoming)
    }
    /// Whom a node calls: edge and callee, in order of edge.
    pub fn dependencies(&self, id: NodeId) -> Vec<(EdgeId, NodeId)> {
        self.neighbours(id, Direction::Outgoing)
    }
    fn neighbours(&self, id: NodeId, direction: Direction) -> Vec<(EdgeId, NodeId)> {
        let at = NodeIndex::new(id.0 as usize);
        let mut found: Vec<_> = self
            .graph
            .edges_directed(at, direction)
            .map(|e| {
                let other = if direction == Direction::Incoming { e.source() } else { e.target() };
                (EdgeId(e.id().index() as u32), NodeId(other.index() as u32))
            })
            .collect();
        found.sort_unstable();
        found
    }
    /// How long the window is that rates are over.
    pub fn length(&self) -> Nanos {
        self.window.map_or(Nanos::ZERO, |w| w.length())
    }
}
