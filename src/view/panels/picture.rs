//! Everything the window shows of one snapshot under one lens, worked out once, off the window's thread.
use std::collections::BTreeMap;
use std::sync::Arc;

use egui::Pos2;

use super::attention::{Concern, concerns};
use super::command::Item;
use super::comparison::{Compared, Comparing};
use crate::graph::{
    Accumulator, GraphIndex, NodeKind, Party, RawEdgeId, Red, Snapshot, Timeline, matching_traces,
};
use crate::layout;
use crate::model::{EdgeId, NodeId, SpanRow, TimeRange, Timestamp};
use crate::store::Lens;
use crate::view::map::{self, MapEdge, MapInput, MapItem, MapNode, MapScene, layout_request};

/// Points of a sparkline in the list.
const SPARK: usize = 24;
/// Bars of the timeline.
const BARS: usize = 120;

/// Positions of nodes by key.
pub type Positions = BTreeMap<String, Pos2>;

/// What is asked: a snapshot, a lens, where nodes were, and where they were put by hand.
#[derive(Clone)]
pub struct PictureRequest {
    /// The data.
    pub snapshot: Arc<Snapshot>,
    /// How it is looked at; where two stretches of time are compared, at all from the first to the last.
    pub lens: Lens,
    /// Two stretches of time to compare on the map.
    pub comparing: Option<Comparing>,
    /// Where nodes stood last.
    pub previous: Positions,
    /// Where nodes were put by hand.
    pub pinned: Positions,
}

/// The map, the list, the overview and the timeline, all of the same moment.
///
/// Node `i` of the graph is node `i` of the scene; so are edges, followed in the scene by calls of nodes to
/// themselves.
pub struct Picture {
    /// The data.
    pub snapshot: Arc<Snapshot>,
    /// How it is looked at.
    pub lens: Lens,
    /// The graph.
    pub index: Arc<GraphIndex>,
    /// The map.
    pub scene: Arc<MapScene>,
    /// Per node, requests over time.
    pub sparks: Vec<Timeline>,
    /// Requests that start traces, under the lens.
    pub requests: Red,
    /// What needs attention, worst first.
    pub concerns: Vec<Concern>,
    /// All requests over all time, for the timeline.
    pub timeline: Timeline,
    /// Traces under the lens.
    pub traces: usize,
    /// What changed, where two stretches of time are compared.
    pub compared: Option<Compared>,
}

impl Picture {
    /// Works it out.
    pub fn new(request: PictureRequest) -> Self {
        let PictureRequest { snapshot, lens, comparing, previous, pinned } = request;
        let index = Arc::new(snapshot.graph(&lens));
        let mut input = map_input(&index);
        let compared = comparing.map(|c| Compared::new(&snapshot, &lens, c));
        if let Some(compared) = &compared {
            compared.mark(&index.graph, &mut input);
        }
        let request = layout_request(&input, &previous, &pinned);
        let scene = Arc::new(MapScene::new(&input, &layout::compute(&request)));
        let shown = lens.window.or(snapshot.extent);
        let sparks = index.graph.nodes().map(|(id, _)| spark(&snapshot, &index, id, shown)).collect();
        let (requests, traces) = requests(&snapshot, &lens);
        let concerns = concerns(&snapshot, &index);
        let timeline = snapshot.extent.map(|e| snapshot.calls.timeline(e, BARS)).unwrap_or_default();
        Self { snapshot, lens, index, scene, sparks, requests, concerns, timeline, traces, compared }
    }

    /// The picture of a window with all that stands in `base`, where it stands: what does nothing then stays as
    /// well, so that the map keeps still while the window moves.
    pub fn of_moment(base: &Self, window: TimeRange) -> Self {
        let snapshot = Arc::clone(&base.snapshot);
        let lens = Lens { window: Some(window), filter: base.lens.filter.clone() };
        let index = Arc::new(snapshot.calls.graph_keeping(&snapshot.spans, &lens, &base.index));
        let scene = Arc::new(base.scene.with_figures(&map_input(&index)));
        let sparks = index.graph.nodes().map(|(id, _)| spark(&snapshot, &index, id, Some(window))).collect();
        let (requests, traces) = requests(&snapshot, &lens);
        let concerns = concerns(&snapshot, &index);
        let timeline = base.timeline.clone();
        Self { snapshot, lens, index, scene, sparks, requests, concerns, timeline, traces, compared: None }
    }

    /// The item on the map.
    pub fn place_of(&self, item: &Item) -> Option<MapItem> {
        match item {
            Item::Node(id) => self.node(id).map(|n| MapItem::Node(n.0 as usize)),
            Item::Edge(from, to) => self.edge(from, to).map(|e| MapItem::Edge(e.0 as usize)),
        }
    }
    /// The item that stands there on the map; a call of a node to itself is the node.
    pub fn item_at(&self, place: MapItem) -> Option<Item> {
        let id = |n: NodeId| self.index.graph.node(n).map(|n| n.id.clone());
        match place {
            MapItem::Node(i) => id(NodeId(i as u32)).map(Item::Node),
            MapItem::Edge(i) => match self.index.graph.ends(EdgeId(i as u32)) {
                Some((from, to)) => Some(Item::Edge(id(from)?, id(to)?)),
                None => id(NodeId(self.scene.edges.get(i)?.from as u32)).map(Item::Node),
            },
        }
    }
    /// A node by its id.
    pub fn node(&self, id: &str) -> Option<NodeId> {
        self.index.graph.nodes().find(|(_, n)| n.id == id).map(|(i, _)| i)
    }
    /// An edge by the ids of its ends.
    pub fn edge(&self, from: &str, to: &str) -> Option<EdgeId> {
        let (from, to) = (self.node(from)?, self.node(to)?);
        self.index.graph.edges().find(|e| (e.1, e.2) == (from, to)).map(|e| e.0)
    }
    /// The name of a node.
    pub fn name(&self, id: NodeId) -> &str {
        self.index.graph.node(id).map_or("", |n| &n.name)
    }
    /// Calls over time of a node or an edge.
    pub fn series(&self, item: &Item, points: usize) -> Timeline {
        let Some(range) = self.lens.window.or(self.snapshot.extent) else { return Timeline::default() };
        let calls = &self.snapshot.calls;
        match self.place_of(item) {
            Some(MapItem::Node(i)) => series_of(&self.snapshot, &self.index, NodeId(i as u32), range, points),
            Some(MapItem::Edge(e)) => {
                calls.timeline_of_edges(&self.index.raw_edges_of(EdgeId(e as u32)), range, points)
            }
            None => Timeline::default(),
        }
    }
    /// The node that a span belongs to, or the edge of the call that it made.
    pub fn item_of_span(&self, row: SpanRow) -> Option<Item> {
        let span = self.snapshot.spans.get(row)?;
        let calls = self.snapshot.calls.of_trace(span.trace());
        let made = calls.and_then(|c| c.calls.iter().find(|c| c.client == Some(row) && c.server.is_none()));
        if let Some(edge) = made.and_then(|c| self.index.edge_of(c.edge)) {
            return self.item_at(MapItem::Edge(edge.0 as usize));
        }
        let own = Party::service(span.resource());
        let party = self.snapshot.calls.parties().iter().find(|(_, p)| *p == own)?.0;
        self.item_at(MapItem::Node(self.index.node_of(party)?.0 as usize))
    }
    /// The nodes and edges that a trace passes through, for the map.
    pub fn path_of(&self, trace: crate::model::TraceIndex) -> map::ItemSet {
        let Some(calls) = self.snapshot.calls.of_trace(trace) else { return map::ItemSet::new() };
        let mut path = map::ItemSet::new();
        for call in &calls.calls {
            if let Some(edge) = self.index.edge_of(call.edge) {
                path.insert(MapItem::Edge(edge.0 as usize));
            }
            if let Some(ends) = self.snapshot.calls.edges().get(call.edge) {
                let nodes = [ends.from, ends.to].into_iter().filter_map(|p| self.index.node_of(p));
                path.extend(nodes.map(|n| MapItem::Node(n.0 as usize)));
            }
        }
        let served = calls.served.iter().filter_map(|s| self.index.node_of(s.service));
        path.extend(served.map(|n| MapItem::Node(n.0 as usize)));
        path
    }
}

fn spark(snapshot: &Snapshot, index: &GraphIndex, node: NodeId, range: Option<TimeRange>) -> Timeline {
    range.map(|r| series_of(snapshot, index, node, r, SPARK)).unwrap_or_default()
}

/// Requests that a node served, or the calls to it where it sent no spans.
fn series_of(
    snapshot: &Snapshot,
    index: &GraphIndex,
    node: NodeId,
    range: TimeRange,
    points: usize,
) -> Timeline {
    let graph = &index.graph;
    if graph.node(node).is_some_and(|n| n.is_instrumented) {
        return snapshot.calls.timeline_of_parties(&index.parties_of(node), range, points);
    }
    let incoming = graph.dependents(node);
    let edges = if incoming.is_empty() { graph.dependencies(node) } else { incoming };
    let raw: Vec<RawEdgeId> = edges.iter().flat_map(|e| index.raw_edges_of(e.0)).collect();
    snapshot.calls.timeline_of_edges(&raw, range, points)
}

/// Requests that start traces under the lens, and how many traces there are.
fn requests(snapshot: &Snapshot, lens: &Lens) -> (Red, usize) {
    let mut red = Red::default();
    if *lens == Lens::default() {
        let mut histograms = Accumulator::default();
        snapshot.calls.requests().fold_all(&mut red, &mut histograms);
        red.set_histogram(&mut histograms);
        return (red, snapshot.trace_count());
    }
    let traces = match (lens.window, &lens.filter) {
        (Some(window), None) => snapshot.calls.traces_in(&snapshot.spans, window),
        _ => matching_traces(&snapshot.spans, lens),
    };
    let inside = |t: Timestamp| lens.window.is_none_or(|w| w.contains(t));
    for calls in traces.iter().filter_map(|t| snapshot.calls.of_trace(*t)) {
        let roots = calls.served.iter().filter(|s| s.is_root && inside(s.start));
        roots.for_each(|s| red.add(&s.observation()));
    }
    (red, traces.len())
}

fn map_input(index: &GraphIndex) -> MapInput {
    let graph = &index.graph;
    let over = graph.length();
    let mut input = MapInput::default();
    let ms = |red: &Red| red.quantile(0.95).map(|n| n.as_millis_f64());
    for (_, node) in graph.nodes() {
        input.nodes.push(MapNode {
            key: node.id.clone(),
            name: node.name.clone(),
            kind: kind(node.kind),
            group: (!node.namespace.is_empty()).then(|| node.namespace.clone()),
            health: health(node.health),
            rate_per_min: node.red.rate_per_min(over),
            latency_ms: ms(&node.red),
            error_ratio: node.red.error_ratio(),
            calls: node.red.calls() as u64,
            instrumented: node.is_instrumented,
            change: None,
        });
    }
    let edge = |from: NodeId, to: NodeId, red: &Red, health| MapEdge {
        from: from.0 as usize,
        to: to.0 as usize,
        rate_per_min: red.rate_per_min(over),
        error_ratio: red.error_ratio(),
        latency_ms: ms(red),
        timeouts: red.timeouts() as u64,
        calls: red.calls() as u64,
        health,
        change: None,
    };
    input.edges.extend(graph.edges().map(|(_, a, b, e)| edge(a, b, &e.red, health(e.health))));
    let own = graph.nodes().filter(|(_, n)| !n.self_calls.is_empty());
    input.edges.extend(own.map(|(id, n)| edge(id, id, &n.self_calls, map::Health::Healthy)));
    input
}

/// The kind as the map knows it.
pub fn kind(kind: NodeKind) -> map::NodeKind {
    match kind {
        NodeKind::Service => map::NodeKind::Service,
        NodeKind::Database => map::NodeKind::Database,
        NodeKind::Cache => map::NodeKind::Cache,
        NodeKind::Queue => map::NodeKind::Queue,
        NodeKind::External => map::NodeKind::External,
        NodeKind::User => map::NodeKind::User,
        NodeKind::Unknown => map::NodeKind::Unknown,
    }
}

/// The health as the map knows it.
pub fn health(health: crate::graph::Health) -> map::Health {
    match health {
        crate::graph::Health::Unknown => map::Health::Unknown,
        crate::graph::Health::Healthy => map::Health::Healthy,
        crate::graph::Health::Warning => map::Health::Warning,
        crate::graph::Health::Critical => map::Health::Critical,
    }
}
