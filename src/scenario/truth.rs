//! What a perfect map of a story shows: counted while the story happens, not read back from its spans.
use std::collections::BTreeMap;

use super::finds::Finds;
use crate::model::TimeRange;

/// A node's name in the truth, such as `service:cart` or `database:orders@orders-postgresql`.
pub type NodeKey = String;

/// The exact figures of a story, and what an investigation of it must find.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Truth {
    /// Name of the scenario.
    pub scenario: String,
    /// Seed that the story was made from.
    pub seed: u64,
    /// Each trace stands for so many, as its spans say; the figures of nodes and edges are those of all.
    pub weight: u64,
    /// Spans in the story.
    pub spans: u64,
    /// Traces in the story.
    pub traces: u64,
    /// What is to blame, where one thing is.
    pub root_cause: Option<NodeKey>,
    /// When it was broken; it may last to the end of the story.
    pub incident: Option<TimeRange>,
    /// From the user to the root cause.
    pub path: Vec<NodeKey>,
    /// Nodes that by themselves fail some of their calls all the time, and are not to blame for the incident.
    pub noise: Vec<NodeKey>,
    /// What the analyses of the story must find.
    pub finds: Finds,
    /// Sorted by key.
    pub nodes: Vec<NodeTruth>,
    /// Sorted by `from`, then `to`.
    pub edges: Vec<EdgeTruth>,
}

/// What stands at the end of calls. The names are those of the command line's JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // The variants are their names.
pub enum NodeKind {
    Service,
    Database,
    Cache,
    Queue,
    External,
    User,
}

impl NodeKind {
    /// Stable name for JSON and for node keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Database => "database",
            Self::Cache => "cache",
            Self::Queue => "queue",
            Self::External => "external",
            Self::User => "user",
        }
    }
}

/// How calls travel. The names are those of the command line's JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // The variants are their names.
pub enum EdgeKind {
    Entry,
    Http,
    Rpc,
    Database,
    Messaging,
}

impl EdgeKind {
    /// Stable name for JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Http => "http",
            Self::Rpc => "rpc",
            Self::Database => "database",
            Self::Messaging => "messaging",
        }
    }
}

/// How often something was called, and how often that went wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Calls in all.
    pub calls: u64,
    /// Calls that failed, timeouts among them.
    pub errors: u64,
    /// Calls that their caller gave up.
    pub timeouts: u64,
}

impl Counts {
    fn add(&mut self, weight: u64, failed: bool, timed_out: bool) {
        self.calls += weight;
        self.errors += weight * u64::from(failed);
        self.timeouts += weight * u64::from(timed_out);
    }
}

/// A node's figures.
///
/// A service's calls and errors are those of its SERVER and CONSUMER spans; only callers can run into timeouts.
/// The figures of other nodes are sums over the edges that lead to it; those of the user, whom nobody calls,
/// over the edges that lead away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeTruth {
    /// Its key.
    pub id: NodeKey,
    /// Its name for people.
    pub name: String,
    /// What it is.
    pub kind: NodeKind,
    /// `service.namespace`, or "".
    pub namespace: String,
    /// Figures.
    pub counts: Counts,
}

/// An edge's figures, as its callers saw them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EdgeTruth {
    /// Key of the caller.
    pub from: NodeKey,
    /// Key of the callee.
    pub to: NodeKey,
    /// How.
    pub kind: EdgeKind,
    /// Figures.
    pub counts: Counts,
}

/// A node as the simulation names it.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub kind: NodeKind,
    pub name: String,
    pub namespace: String,
}

impl Node {
    pub fn key(&self) -> NodeKey {
        format!("{}:{}", self.kind.name(), self.name)
    }
}

/// Counts while the story happens.
#[derive(Debug)]
pub(super) struct Ledger {
    /// How many calls each one stands for.
    weight: u64,
    nodes: BTreeMap<NodeKey, NodeTruth>,
    edges: BTreeMap<(NodeKey, NodeKey), EdgeTruth>,
}

impl Ledger {
    /// Each call stands for `weight` of them.
    pub fn new(weight: u64) -> Self {
        Self { weight, nodes: BTreeMap::new(), edges: BTreeMap::new() }
    }

    /// One call along an edge; for all but services it is also a call of the node.
    pub fn call(&mut self, from: &Node, to: &Node, kind: EdgeKind, failed: bool, timed_out: bool) {
        let weight = self.weight;
        let caller = self.node(from);
        if caller.kind == NodeKind::User {
            caller.counts.add(weight, failed, timed_out);
        }
        let node = self.node(to);
        if to.kind != NodeKind::Service {
            node.counts.add(weight, failed, timed_out);
        }
        let (from, to) = (from.key(), to.key());
        let edge = self.edges.entry((from.clone(), to.clone()));
        let edge = edge.or_insert_with(|| EdgeTruth { from, to, kind, counts: Counts::default() });
        edge.counts.add(weight, failed, timed_out);
    }

    /// One request or message handled by a service.
    pub fn served(&mut self, service: &Node, failed: bool) {
        let weight = self.weight;
        self.node(service).counts.add(weight, failed, false);
    }

    fn node(&mut self, node: &Node) -> &mut NodeTruth {
        let id = node.key();
        self.nodes.entry(id.clone()).or_insert_with(|| NodeTruth {
            id,
            name: node.name.clone(),
            kind: node.kind,
            namespace: node.namespace.clone(),
            counts: Counts::default(),
        })
    }

    /// The figures, sorted.
    pub fn close(self) -> (Vec<NodeTruth>, Vec<EdgeTruth>) {
        (self.nodes.into_values().collect(), self.edges.into_values().collect())
    }
}
