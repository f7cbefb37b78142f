//! What the map shows, as plain data.
use std::collections::BTreeSet;

use super::change::Change;
use crate::graph::EdgeKind;

/// What kind of end of a call a node is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum NodeKind {
    /// Runs code of its own.
    #[default]
    Service,
    /// Keeps data.
    Database,
    /// Keeps copies of data.
    Cache,
    /// Passes messages on.
    Queue,
    /// Belongs to somebody else.
    External,
    /// A person, or whatever calls from outside.
    User,
    /// Nothing tells.
    Unknown,
    /// Several nodes drawn as one.
    Group,
}

/// How well a node or an edge does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Health {
    /// Too few calls to judge.
    #[default]
    Unknown,
    /// As it should be.
    Healthy,
    /// Worth a look.
    Warning,
    /// Failing.
    Critical,
}

/// One node of the map.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MapNode {
    /// What identifies it over time; positions are kept by it.
    pub key: String,
    /// Its name, as it came.
    pub name: String,
    /// What it is.
    pub kind: NodeKind,
    /// Its namespace.
    pub group: Option<String>,
    /// Where groups lie in groups: the outermost that it belongs to, also where it has no box of its own.
    pub outer: Option<String>,
    /// How well it does.
    pub health: Health,
    /// Requests that it answers, per minute.
    pub rate_per_min: Option<f64>,
    /// Its 95th percentile latency, in milliseconds.
    pub latency_ms: Option<f64>,
    /// Failed requests over all, 0 to 1.
    pub error_ratio: Option<f64>,
    /// How many requests it answered under the lens.
    pub calls: u64,
    /// Whether it ever sent spans itself.
    pub instrumented: bool,
    /// How many nodes it stands for; only told of a group.
    pub members: usize,
    /// How many of these are critical, and how many worth a look.
    pub ill: [usize; 2],
    /// How it changed, where two stretches of time are compared; shown instead of health and figures.
    pub change: Option<Change>,
}

/// All calls from one node to another.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MapEdge {
    /// The index of the caller in [`MapInput::nodes`].
    pub from: usize,
    /// The index of the callee.
    pub to: usize,
    /// Calls per minute.
    pub rate_per_min: Option<f64>,
    /// Failed calls over all, 0 to 1.
    pub error_ratio: Option<f64>,
    /// The 95th percentile latency, in milliseconds.
    pub latency_ms: Option<f64>,
    /// The 50th and the 99th percentile, in milliseconds.
    pub more_latency_ms: [Option<f64>; 2],
    /// How it is called.
    pub kind: EdgeKind,
    /// How many calls ran into a timeout.
    pub timeouts: u64,
    /// How many calls there were under the lens; none draws a dashed line.
    pub calls: u64,
    /// How well the calls go.
    pub health: Health,
    /// How they changed, where two stretches of time are compared.
    pub change: Option<Change>,
}

/// What a group does as a whole, in its box and as one node alike.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GroupFigures {
    /// Nodes that belong to it.
    pub members: usize,
    /// Calls a minute that come in from outside.
    pub rate_per_min: f64,
    /// How many those are.
    pub calls: f64,
    /// How many of them failed.
    pub failed: f64,
}

/// Everything that the map shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MapInput {
    /// The nodes.
    pub nodes: Vec<MapNode>,
    /// The edges between them.
    ///
    /// One whose ends are not in `nodes` is left out, and those after it count one less in [`MapItem::Edge`].
    pub edges: Vec<MapEdge>,
}

impl MapInput {
    /// The edges whose ends are there.
    pub(super) fn sound_edges(&self) -> impl Iterator<Item = &MapEdge> {
        self.edges.iter().filter(|e| e.from < self.nodes.len() && e.to < self.nodes.len())
    }
}

/// Something on the map that can be pointed at, by its index in the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MapItem {
    /// An index into [`MapInput::nodes`].
    Node(usize),
    /// An index into [`MapInput::edges`].
    Edge(usize),
}

/// Items that belong together, such as the path of one trace.
pub type ItemSet = BTreeSet<MapItem>;
