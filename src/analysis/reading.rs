//! One trace read for questions: its waterfall, with nodes, peers and edges, and whose time its time was.
use super::pool_wait::is_pool_wait;
use super::waterfall::without_services;
use super::{Row, Section, Subject, Waterfall, WaterfallOptions};
use crate::graph::{GraphIndex, Outcome, PartyId, RawEdgeId, Snapshot, TraceCalls};
use crate::model::{EdgeId, Nanos, NodeId, SpanRow, Symbol, Timestamp, TraceId, TraceIndex};

/// What the service graph knows of one row.
#[derive(Clone, Copy, Debug, Default)]
pub struct Part {
    /// The node of its service; none for a missing span.
    pub node: Option<NodeId>,
    /// The node that it calls, if it is a call: also where the callee sent no span.
    pub callee: Option<NodeId>,
    /// The edge of the call that it makes, as the caller's span.
    pub edge: Option<EdgeId>,
    /// The callee's row of that call, if the callee sent a span.
    pub server: Option<u32>,
    /// The edge of the call that it answers, as the callee's span.
    pub answers: Option<EdgeId>,
    /// The caller's row of that call, if the caller sent a client span.
    pub client: Option<u32>,
    /// Whether it serves a request of its node.
    pub is_served: bool,
    /// Whether its caller ran out of time.
    pub is_timeout: bool,
    /// How the call that it makes ended; for other rows as the row says.
    pub outcome: Outcome,
    /// Requests that it stands for; 0 for rows that are neither a call nor a request.
    pub weight: f32,
    /// Whether it waits for a free connection or worker of its node, by its name.
    pub is_pool_wait: bool,
}

/// Whose time a stretch of the critical path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BlameKey {
    /// A node's own work, or that of a callee that sent no span, as its caller saw it.
    Node(NodeId),
    /// Between a caller's span and its callee's: network, queueing, connection pool.
    Gap(EdgeId),
}

impl From<BlameKey> for Subject {
    fn from(key: BlameKey) -> Self {
        match key {
            BlameKey::Node(node) => Self::Node(node),
            BlameKey::Gap(edge) => Self::Edge(edge),
        }
    }
}

impl From<Subject> for BlameKey {
    fn from(subject: Subject) -> Self {
        match subject {
            Subject::Node(node) => Self::Node(node),
            Subject::Edge(edge) => Self::Gap(edge),
        }
    }
}

/// A trace and what the service graph knows of it.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Its place in the store.
    pub trace: TraceIndex,
    /// Its id.
    pub id: TraceId,
    /// Its rows, parent before child.
    pub waterfall: Waterfall,
    /// One per row.
    pub parts: Vec<Part>,
    /// The row whose critical path is followed: the longest root. None if the trace is only fragments.
    pub root: Option<u32>,
}

impl Reading {
    /// Reads a trace; `None` if it can't be read any more.
    pub fn of(snapshot: &Snapshot, index: &GraphIndex, trace: TraceIndex) -> Option<Self> {
        let slot = snapshot.spans.trace(trace).filter(|t| t.is_alive)?;
        let waterfall = without_services(&snapshot.spans, trace, &WaterfallOptions::default());
        let none = TraceCalls::default();
        let calls = snapshot.calls.of_trace(trace).unwrap_or(&none);
        let mut parts: Vec<Part> =
            waterfall.rows.iter().map(|r| Part { outcome: r.outcome, ..Part::default() }).collect();
        Names { snapshot, index }.fill(&waterfall, calls, &mut parts);
        let is_whole = |r: &u32| waterfall.rows.get(*r as usize).is_some_and(|row| row.parent.is_none());
        let root = waterfall.root.filter(is_whole);
        Some(Self { trace, id: slot.id, waterfall, parts, root })
    }

    /// A row.
    pub fn row(&self, row: u32) -> Option<&Row> {
        self.waterfall.rows.get(row as usize)
    }
    /// What the graph knows of a row.
    pub fn part(&self, row: u32) -> Part {
        self.parts.get(row as usize).copied().unwrap_or_default()
    }
    /// Rows with what the graph knows of each.
    pub fn rows(&self) -> impl Iterator<Item = (u32, &Row, &Part)> + '_ {
        (0..).zip(self.waterfall.rows.iter().zip(&self.parts)).map(|(i, (r, p))| (i, r, p))
    }
    /// Where requests like this one enter: node and operation of the root. `None` for a trace of fragments.
    pub fn entry(&self) -> Option<(NodeId, Symbol)> {
        let root = self.root?;
        Some((self.part(root).node?, self.row(root)?.name))
    }
    /// From the start of the root to its end.
    pub fn duration(&self) -> Nanos {
        self.root.and_then(|r| self.row(r)).map_or(Nanos::ZERO, Row::duration)
    }
    /// When the root started.
    pub fn start(&self) -> Option<Timestamp> {
        self.root.and_then(|r| self.row(r)).map(|r| r.start)
    }
    /// Requests that the trace stands for: the weight of its root, or 1.
    pub fn weight(&self) -> f64 {
        let own = self.root.map_or(0.0, |r| self.part(r).weight);
        if own > 0.0 { f64::from(own) } else { 1.0 }
    }
    /// Whether the root failed.
    pub fn is_failed(&self) -> bool {
        self.root.and_then(|r| self.row(r)).is_some_and(|r| r.is_error)
    }
    /// Whether any caller ran out of time.
    pub fn has_timeout(&self) -> bool {
        self.parts.iter().any(|p| p.is_timeout)
    }

    /// Whose time a row's own time is; `None` for missing spans.
    ///
    /// A call without an answer is its callee's; a call with one is the gap of its edge; waiting for a connection is
    /// its own, though some instrumentations send that as a call to the database.
    pub fn key_of(&self, row: u32) -> Option<BlameKey> {
        let part = self.part(row);
        if part.is_pool_wait {
            return part.node.map(BlameKey::Node);
        }
        match (part.edge, part.callee, part.server) {
            (Some(edge), _, Some(_)) => Some(BlameKey::Gap(edge)),
            (_, Some(callee), None) => Some(BlameKey::Node(callee)),
            _ => part.node.map(BlameKey::Node),
        }
    }

    /// The critical path of the root: stretches by (row, time). They cover the root without gap or overlap.
    pub fn critical_path(&self) -> impl Iterator<Item = &Section> + '_ {
        let rows = if self.root.is_some() { &self.waterfall.rows[..] } else { &[] };
        rows.iter().flat_map(|row| self.waterfall.sections(row))
    }

    /// Direct children of a row that it waited for.
    pub fn awaited(&self, row: u32) -> impl Iterator<Item = u32> + '_ {
        self.waterfall.children(row).filter(|c| self.row(*c).is_some_and(|r| !r.is_async))
    }
}

struct Names<'a> {
    snapshot: &'a Snapshot,
    index: &'a GraphIndex,
}

impl Names<'_> {
    fn fill(&self, waterfall: &Waterfall, calls: &TraceCalls, parts: &mut [Part]) {
        for served in &calls.served {
            if let Some(part) = part_of(waterfall, parts, served.row) {
                part.node = self.index.node_of(served.service);
                part.is_served = true;
                part.weight = served.weight;
            }
        }
        for call in &calls.calls {
            let Some((from, to)) = self.ends(call.edge) else { continue };
            let edge = self.index.edge_of(call.edge);
            let server = call.server.and_then(|s| waterfall.place_of(s));
            let client = call.client.and_then(|c| waterfall.place_of(c));
            if let Some(row) = server.and_then(|s| parts.get_mut(s as usize)) {
                row.answers = edge;
                row.client = client;
                row.node = self.index.node_of(to).or(row.node);
                row.weight = row.weight.max(call.weight);
            }
            if let Some(part) = client.and_then(|c| parts.get_mut(c as usize)) {
                part.node = self.index.node_of(from).or(part.node);
                part.callee = self.index.node_of(to);
                part.edge = edge;
                part.server = part.server.or(server);
                part.is_timeout |= call.is_timeout;
                part.outcome = call.outcome;
                part.weight = call.weight;
            }
        }
        self.name_local_rows(waterfall, parts);
        for (part, row) in parts.iter_mut().zip(&waterfall.rows) {
            let is_answered = part.server.is_some() || part.answers.is_some() || part.is_served;
            part.is_pool_wait = !is_answered && is_pool_wait(self.snapshot.spans.text(row.name));
        }
    }

    fn ends(&self, edge: RawEdgeId) -> Option<(PartyId, PartyId)> {
        self.snapshot.calls.edges().get(edge).map(|e| (e.from, e.to))
    }

    /// Local spans belong to the node of a span of the same service above them, else of any in the trace.
    fn name_local_rows(&self, waterfall: &Waterfall, parts: &mut [Part]) {
        for i in 0..parts.len() {
            let Some(row) = waterfall.rows.get(i).filter(|r| r.span().is_some()) else { continue };
            if parts[i].node.is_some() {
                continue;
            }
            let is_same = |p: &usize| waterfall.rows.get(*p).is_some_and(|r| r.service == row.service);
            let above = row.parent.map(|p| p as usize).filter(is_same).and_then(|p| parts[p].node);
            let found = above.or_else(|| {
                let anywhere = (0..parts.len()).filter(is_same).find_map(|p| parts[p].node);
                anywhere.or_else(|| self.node_of_service(row))
            });
            parts[i].node = found;
        }
    }

    /// The node of a service whose spans here are all local ones.
    fn node_of_service(&self, row: &Row) -> Option<NodeId> {
        let resource = self.snapshot.spans.get(row.span()?)?.resource();
        let wanted = crate::graph::Party::service(resource);
        let (party, _) = self.snapshot.calls.parties().iter().find(|(_, p)| *p == wanted)?;
        self.index.node_of(party)
    }
}

fn part_of<'p>(waterfall: &Waterfall, parts: &'p mut [Part], row: SpanRow) -> Option<&'p mut Part> {
    parts.get_mut(waterfall.place_of(row)? as usize)
}

#[cfg(test)]
#[path = "reading_tests.rs"]
mod tests;
