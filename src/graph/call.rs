//! A resolved hop from a caller to a callee, and a request that a service served.
use super::party::PartyId;
use super::{Observation, Outcome};
use crate::model::{CowVec, FreePlaces, Nanos, SpanRow, Symbol, Timestamp};
use hashbrown::HashTable;
use std::hash::BuildHasher;

/// How a raw edge's calls travel; finer than [`EdgeKind`](super::EdgeKind).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Route {
    /// Remote procedure call.
    Rpc,
    /// HTTP.
    Http,
    /// To a database or cache.
    Database,
    /// To a queue.
    Publish,
    /// From a queue, handled.
    Consume,
    /// From a queue, fetched; counts only where nothing says that messages were handled.
    Receive,
    /// From producer to consumer without a queue that anybody names.
    Handover,
    /// From a user or an unknown caller.
    Entry,
    /// Nobody said how.
    Other,
}

/// The ends of calls as spans name them; a place in [`RawEdges`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RawEdgeId(pub u32);

/// Caller, callee and route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RawEdge {
    /// Who calls.
    pub from: PartyId,
    /// Who is called.
    pub to: PartyId,
    /// How.
    pub route: Route,
}

/// All raw edges seen.
#[derive(Clone, Debug, Default)]
pub struct RawEdges {
    edges: CowVec<RawEdge>,
}

impl RawEdges {
    /// An edge.
    pub fn get(&self, id: RawEdgeId) -> Option<RawEdge> {
        self.edges.get(id.0 as usize).copied()
    }
    /// All places of edges; those of edges without calls may be taken by others.
    pub fn iter(&self) -> impl Iterator<Item = (RawEdgeId, RawEdge)> + '_ {
        (0..).map(RawEdgeId).zip(self.edges.iter().copied())
    }
    /// How many places there are.
    pub fn len(&self) -> usize {
        self.edges.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.edges.is_empty()
    }
}

/// Interns raw edges.
#[derive(Debug, Default)]
pub struct RawEdgeInterner {
    /// The readable half.
    pub edges: RawEdges,
    free: FreePlaces,
    index: HashTable<u32>,
    hasher: foldhash::quality::RandomState,
}

impl RawEdgeInterner {
    /// The handle of an edge, new or known.
    pub fn intern(&mut self, edge: RawEdge) -> RawEdgeId {
        let hash = self.hasher.hash_one(edge);
        let Self { edges: RawEdges { edges }, free, index, hasher } = self;
        if let Some(&i) = index.find(hash, |&i| edges.get(i as usize) == Some(&edge)) {
            return RawEdgeId(i);
        }
        let i = free.put(edges, edge);
        index.insert_unique(hash, i, |&i| edges.get(i as usize).map_or(0, |e| hasher.hash_one(e)));
        RawEdgeId(i)
    }

    /// Gives back the edges that are not live; live ones keep their handles.
    pub fn sweep(&mut self, is_live: &[bool]) {
        self.index.retain(|&mut i| is_live.get(i as usize).copied().unwrap_or(false));
        self.free.set(is_live);
    }

    /// How many were not given back.
    pub fn live(&self) -> usize {
        self.index.len()
    }
}

/// One resolved hop from a caller to a callee.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Call {
    /// Between whom.
    pub edge: RawEdgeId,
    /// The caller's span, if it sent one.
    pub client: Option<SpanRow>,
    /// The callee's span, if it sent one.
    pub server: Option<SpanRow>,
    /// Name of the callee's span, else of the caller's.
    pub operation: Symbol,
    /// Start of the client span, else of the server span.
    pub start: Timestamp,
    /// As the caller saw it, else as the callee did.
    pub duration: Nanos,
    /// Whether both times were sent, and in order; else the duration is zero and means nothing.
    pub is_timed: bool,
    /// How it ended for the caller, else for the callee.
    pub outcome: Outcome,
    /// Whether the caller ran out of time.
    pub is_timeout: bool,
    /// Requests that it stands for.
    pub weight: f32,
    /// `host[:port]` by which the caller knows a callee that sent a span; teaches aliases.
    pub alias: Symbol,
}

impl Call {
    /// What it adds to its edge.
    pub fn observation(&self) -> Observation {
        Observation {
            duration: self.duration,
            is_timed: self.is_timed,
            outcome: self.outcome,
            is_timeout: self.is_timeout,
            weight: self.weight,
        }
    }
}

/// One request that a service served, by its own span; or, with weight 0, the first span of a service that
/// neither served nor called anything in a trace.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Served {
    /// By whom.
    pub service: PartyId,
    /// The span.
    pub row: SpanRow,
    /// Whether nothing called it that sent a span: it starts a trace or a fragment of one.
    pub is_root: bool,
    /// Name of the span.
    pub operation: Symbol,
    /// Start of the span.
    pub start: Timestamp,
    /// Its duration.
    pub duration: Nanos,
    /// Whether both times were sent, and in order; else the duration is zero and means nothing.
    pub is_timed: bool,
    /// How it ended.
    pub outcome: Outcome,
    /// Requests that it stands for; 0 if it served none.
    pub weight: f32,
}

impl Served {
    /// What it adds to its node.
    pub fn observation(&self) -> Observation {
        Observation {
            duration: self.duration,
            is_timed: self.is_timed,
            outcome: self.outcome,
            is_timeout: self.outcome == Outcome::Timeout,
            weight: self.weight,
        }
    }
}

/// Everything that one trace adds to the graph. Replaced as a whole when a late span arrives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TraceCalls {
    /// Calls, by start.
    pub calls: Box<[Call]>,
    /// Requests served, and services that did nothing else, by start.
    pub served: Box<[Served]>,
    /// What is odd about the trace.
    pub quality: Quality,
}

/// Counts of what is odd about a trace or many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quality {
    /// Spans whose parent was not received.
    pub orphans: u32,
    /// Spans that name themselves as parent, or stand in a cycle of parents.
    pub cycles: u32,
    /// Spans that end before they start.
    pub negative: u32,
    /// Spans without a start.
    pub undated: u32,
    /// Spans of senders without a service name.
    pub nameless: u32,
}

impl TraceCalls {
    /// Bytes held.
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.calls.len() * size_of::<Call>() + self.served.len() * size_of::<Served>()
    }
}
