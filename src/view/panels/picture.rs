//! Everything the window shows of one snapshot under one lens, worked out once, off the window's thread.
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use egui::Pos2;

use super::attention::{Concern, concerns};
use super::command::Item;
use super::comparison::{Compared, Comparing};
use super::findings::{self, Choice, Chosen};
pub use super::map_input::{health, kind};
use super::map_input::{map_input, map_totals};
use super::sparks::{series_of, sparks};
use crate::analysis::Subject;
use crate::export::names::shown_name;
use crate::graph::{
    Accumulator, Arranged, Arrangement, Collapse, Focus, GraphIndex, GroupTotal, Groups, History, Party,
    Reach, Red, Snapshot, Timeline, again, arrange, filtered_requests, group_id, group_keys, group_totals,
    matching_traces, touched,
};
use crate::layout::{self, Layout};
use crate::model::{NodeId, SpanRow, TimeRange, Timestamp, TraceIndex};
use crate::store::{Filter, Lens};
use crate::texts::in_this_language;
use crate::view::map::{self, MapEdge, MapInput, MapItem, MapNode, MapScene, layout_request};

/// From so many hidden nodes on a focus is a close-up.
const CROWD: usize = 60;
/// Bars of the timeline.
pub const BARS: usize = 120;

/// Positions of nodes by key.
pub type Positions = BTreeMap<String, Pos2>;

/// What is asked: a snapshot, a lens, where nodes were, and where they were put by hand.
#[derive(Clone)]
pub struct PictureRequest {
    /// The data.
    pub snapshot: Arc<Snapshot>,
    /// How it is looked at; where two stretches of time are compared, at all from the first to the last.
    pub lens: Lens,
    /// Requests that all but what surrounds them is narrowed to.
    pub choice: Option<Choice>,
    /// Two stretches of time to compare on the map.
    pub comparing: Option<Comparing>,
    /// What is in groups, hidden and in focus.
    pub arrangement: Arrangement,
    /// Whether groups had closed by themselves in the picture before.
    pub was_closed: bool,
    /// Where nodes stood last.
    pub previous: Positions,
    /// Where nodes were put by hand.
    pub pinned: Positions,
    /// Where nodes stood last in the close-up that this focus is, if it is one.
    pub close_up: Positions,
    /// How the map is arranged.
    pub mode: layout::Mode,
    /// The node in the middle of rings, by key.
    pub focus: Option<String>,
}

/// The map, the list, the overview and the timeline, all of the same moment.
///
/// Node `i` of the arranged graph is node `i` of the scene; so are edges, followed in the scene by calls of nodes
/// to themselves. Behind both comes what chosen requests do not touch.
pub struct Picture {
    /// The data.
    pub snapshot: Arc<Snapshot>,
    /// How it is looked at; where requests are chosen, they alone.
    pub lens: Lens,
    /// The graph under it.
    pub index: Arc<GraphIndex>,
    /// What of it the map shows.
    pub shown: Arranged,
    /// Where requests are chosen: all that surrounds them on the map.
    around: Option<Arc<GraphIndex>>,
    /// What the map was arranged by.
    pub arrangement: Arrangement,
    /// The groups that there are.
    pub groups: Groups,
    /// What each group does as a whole.
    pub totals: BTreeMap<String, GroupTotal>,
    /// What else could make groups.
    pub group_keys: Vec<String>,
    /// How it is looked at whatever is chosen.
    pub wide_lens: Lens,
    /// The graph under that.
    pub wide_index: Arc<GraphIndex>,
    /// The chosen requests.
    pub chosen: Option<Chosen>,
    /// The map.
    pub scene: Arc<MapScene>,
    /// Whether what is in focus has a drawing of its own: left in its places on a large map it would be too small.
    pub is_close_up: bool,
    /// Per node, requests over time, in equal stretches of `sparks_over`.
    pub sparks: Vec<Vec<f32>>,
    /// The window; of a moment, that of all that the moment is one of.
    pub sparks_over: Option<TimeRange>,
    /// Requests that start traces, under the lens.
    pub requests: Red,
    /// What needs attention, worst first.
    pub concerns: Vec<Concern>,
    /// All requests over all time, for the timeline.
    pub timeline: Timeline,
    /// The same of what the filter leaves, where there is one.
    pub filtered: Option<Timeline>,
    /// Where there is nothing for most of the time.
    pub gap: Option<TimeRange>,
    /// Traces under the lens.
    pub traces: usize,
    /// Traces in the window, whatever the filter.
    pub unfiltered: usize,
    /// Traces that pass the filter, whatever the window.
    pub passing: usize,
    /// What changed, where two stretches of time are compared.
    pub compared: Option<Compared>,
}

impl Picture {
    /// Works it out.
    pub fn new(request: PictureRequest) -> Self {
        let PictureRequest { snapshot, lens: wide_lens, choice, comparing, mode, focus, .. } = request;
        let PictureRequest { mut arrangement, previous, pinned, close_up, .. } = request;
        let wide_index = Arc::new(snapshot.graph(&wide_lens));
        // A comparison is of all requests.
        let choice = choice.filter(|_| comparing.is_none());
        let chosen = choice.map(|c| Chosen::new(&snapshot, &wide_lens, &wide_index, c));
        let lens = chosen.as_ref().map_or_else(|| wide_lens.clone(), |c| narrowed(&snapshot, &wide_lens, c));
        let index =
            chosen.as_ref().map_or_else(|| Arc::clone(&wide_index), |_| Arc::new(snapshot.graph(&lens)));
        let groups = Groups::new(&snapshot, &arrangement.group_by);
        let totals = group_totals(&index, &groups);
        arrangement.stays_closed = request.was_closed;
        // What changed is told of services, not of groups.
        if comparing.is_some() {
            arrangement.collapse = Collapse::Only(BTreeSet::new());
        }
        let wide = arranged(&snapshot, &wide_lens, &wide_index, &groups, &arrangement);
        let mut input;
        let mut around = None;
        let shown = if chosen.is_some() {
            // In the groups of all requests, however few the chosen ones pass through.
            let collapsed = wide.collapsed.iter().map(|c| c.1.clone()).collect();
            let own = Arrangement { collapse: Collapse::Only(collapsed), ..arrangement.clone() };
            let own = arranged(&snapshot, &lens, &index, &groups, &own);
            input = map_input(&own, &index.graph, &arrangement);
            surround(&mut input, &wide.index);
            around = Some(wide.index);
            Arranged { is_automatic: wide.is_automatic, ..own }
        } else {
            input = map_input(&wide, &wide_index.graph, &arrangement);
            wide
        };
        arrangement.stays_closed = false;
        let compared = comparing.map(|c| Compared::new(&snapshot, &lens, c));
        if let Some(compared) = &compared {
            compared.mark(&shown.index.graph, &mut input);
        }
        let is_close_up = arrangement.focus.is_some() && shown.hidden_nodes >= input.nodes.len().max(CROWD);
        let centre = (mode, focus.map(|id| shown.id_of(&index.graph, id)));
        let layout = match arrangement.focus.as_ref().filter(|_| is_close_up) {
            None => laid_out(&input, centre, &previous, &pinned, &homes(&shown, &groups, &previous)),
            Some(f) => {
                let homes = homes(&shown, &groups, &close_up);
                let own = laid_out(&input, centre, &close_up, &Positions::new(), &homes);
                anchored(own, &input, f, &previous)
            }
        };
        let mut scene = MapScene::new(&input, &layout).with_totals(map_totals(&totals, index.graph.length()));
        scene.is_focus = arrangement.focus.is_some() && shown.hidden_nodes > 0;
        let group_keys = group_keys(&snapshot);
        let sparks_over = lens.window.or(snapshot.extent);
        let sparks = sparks(&snapshot, &lens, &index);
        let (requests, traces) = requests(&snapshot, &lens);
        let concerns = concerns(&snapshot, &index);
        let (timeline, gap) = over_time(&snapshot);
        let (filtered, passing) = filtered(&snapshot, wide_lens.filter.as_ref());
        Self {
            unfiltered: unfiltered(&snapshot, wide_lens.window),
            snapshot,
            lens,
            index,
            shown,
            around,
            arrangement,
            groups,
            totals,
            group_keys,
            wide_lens,
            wide_index,
            chosen,
            scene: Arc::new(scene),
            is_close_up,
            sparks,
            sparks_over,
            requests,
            concerns,
            timeline,
            gap,
            filtered,
            traces,
            passing,
            compared,
        }
    }

    /// What chosen requests touch, to be lit on the map; `None` where none are chosen.
    pub fn touched(&self) -> Option<map::ItemSet> {
        self.chosen.as_ref()?;
        let graph = &self.shown.index.graph;
        let own = graph.nodes().filter(|(_, n)| !n.self_calls.is_empty()).count();
        let (nodes, edges) = (graph.nodes().len(), graph.edges().len() + own);
        Some((0..nodes).map(MapItem::Node).chain((0..edges).map(MapItem::Edge)).collect())
    }

    /// The picture of a window with all that stands in `base`, where it stands: what does nothing then stays as
    /// well, so that the map keeps still while the window moves.
    pub fn of_moment(base: &Self, window: TimeRange) -> Self {
        let snapshot = Arc::clone(&base.snapshot);
        let within = |lens: &Lens| Lens { window: Some(window), filter: lens.filter.clone() };
        let graph = |lens: &Lens, base: &GraphIndex| {
            Arc::new(snapshot.calls.graph_keeping(&snapshot.spans, lens, base))
        };
        let (lens, wide_lens) = (within(&base.lens), within(&base.wide_lens));
        let index = graph(&lens, &base.index);
        let drawn = || {
            // Groups and what is hidden stay what they are in the base.
            let shown = again(&index, &base.shown);
            let totals = group_totals(&index, &base.groups);
            let mut input = map_input(&shown, &index.graph, &base.arrangement);
            if base.chosen.is_some() {
                surround(&mut input, base.around.as_deref().unwrap_or(&base.wide_index));
            }
            let told = map_totals(&totals, index.graph.length());
            let scene = Arc::new(base.scene.with_figures(&input).with_totals(told));
            (shown, totals, scene)
        };
        let said = in_this_language(|| {
            let wide_index = base.chosen.as_ref().map(|_| graph(&wide_lens, &base.wide_index));
            (wide_index, requests(&snapshot, &lens), concerns(&snapshot, &index))
        });
        let ((shown, totals, scene), (wide_index, (requests, traces), concerns)) =
            rayon::join(in_this_language(drawn), said);
        let wide_index = wide_index.unwrap_or_else(|| Arc::clone(&index));
        Self {
            lens,
            index,
            shown,
            around: base.around.clone(),
            arrangement: base.arrangement.clone(),
            groups: base.groups.clone(),
            totals,
            group_keys: base.group_keys.clone(),
            wide_lens,
            wide_index,
            chosen: base.chosen.clone(),
            scene,
            is_close_up: base.is_close_up,
            sparks: base.sparks.clone(),
            sparks_over: base.sparks_over,
            requests,
            concerns,
            timeline: base.timeline.clone(),
            gap: base.gap,
            filtered: base.filtered.clone(),
            traces,
            unfiltered: unfiltered(&snapshot, Some(window)),
            passing: base.passing,
            compared: None,
            snapshot,
        }
    }

    /// Where an item is on the map: where the group that it is in stands, nowhere where it is hidden.
    pub fn place_of(&self, item: &Item) -> Option<MapItem> {
        let node = |n: NodeId| MapItem::Node(n.0 as usize);
        let (index, subject) = self.known(item)?;
        if !std::ptr::eq(index, &*self.index) {
            return Some(match subject {
                Subject::Node(n) => node(n),
                Subject::Edge(e) => MapItem::Edge(e.0 as usize),
            });
        }
        let at = |n: NodeId| self.shown.node_of.get(n.0 as usize).copied().flatten();
        match subject {
            Subject::Node(n) => at(n).map(node),
            Subject::Edge(e) => {
                let edge = self.shown.edge_of.get(e.0 as usize).copied().flatten();
                let (from, to) = index.graph.ends(e)?;
                let inside = || at(from).filter(|n| at(to) == Some(*n)).map(node);
                edge.map(|e| MapItem::Edge(e.0 as usize)).or_else(inside)
            }
        }
    }
    /// What an item is, and in which graph: the whole one, or for groups and their edges that of the map.
    pub fn known(&self, item: &Item) -> Option<(&GraphIndex, Subject)> {
        let of = |index| Some((index, findings::place_of(index, item)?));
        of(&*self.index).or_else(|| of(&self.shown.index))
    }
    /// The item that stands there on the map; a call of a node to itself is the node.
    pub fn item_at(&self, place: MapItem) -> Option<Item> {
        let id = |n: usize| self.scene.nodes.get(n).map(|n| n.key.clone());
        match place {
            MapItem::Node(i) => id(i).map(Item::Node),
            MapItem::Edge(i) => {
                let edge = self.scene.edges.get(i)?;
                let (from, to) = (id(edge.from)?, id(edge.to)?);
                Some(if from == to { Item::Node(from) } else { Item::Edge(from, to) })
            }
        }
    }
    /// A node by its id.
    pub fn node(&self, id: &str) -> Option<NodeId> {
        self.index.graph.nodes().find(|(_, n)| n.id == id).map(|(i, _)| i)
    }
    /// How node `i` of the whole graph changed, where that is shown.
    pub fn verdict(&self, i: usize) -> Option<map::Verdict> {
        let place = self.shown.node_of.get(i).copied().flatten()?;
        self.scene.nodes.get(place.0 as usize).and_then(|n| n.change)
    }
    /// The name of a node.
    pub fn name(&self, id: NodeId) -> Cow<'_, str> {
        self.index.graph.node(id).map(shown_name).unwrap_or_default()
    }
    /// Calls over time of a node or an edge.
    pub fn series(&self, item: &Item, points: usize) -> Timeline {
        let Some(range) = self.lens.window.or(self.snapshot.extent) else { return Timeline::default() };
        let history = History::new(&self.snapshot, &self.lens);
        match self.known(item) {
            Some((index, Subject::Node(n))) => series_of(&history, index, n, range, points),
            Some((index, Subject::Edge(e))) => history.of_edges(&index.raw_edges_of(e), range, points),
            None => Timeline::default(),
        }
    }
    /// The node that a span belongs to, or the edge of the call that it made.
    pub fn item_of_span(&self, row: SpanRow) -> Option<Item> {
        let span = self.snapshot.spans.get(row)?;
        let calls = self.snapshot.calls.of_trace(span.trace());
        let made = calls.and_then(|c| c.calls.iter().find(|c| c.client == Some(row) && c.server.is_none()));
        if let Some(edge) = made.and_then(|c| self.index.edge_of(c.edge)) {
            return findings::item_of(&self.index, Subject::Edge(edge));
        }
        let own = Party::service(span.resource());
        let party = self.snapshot.calls.parties().iter().find(|(_, p)| *p == own)?.0;
        findings::item_of(&self.index, Subject::Node(self.index.node_of(party)?))
    }
    /// The nodes and edges that a trace passes through, for the map.
    pub fn path_of(&self, trace: crate::model::TraceIndex) -> map::ItemSet {
        let Some(calls) = self.snapshot.calls.of_trace(trace) else { return map::ItemSet::new() };
        let mut path = map::ItemSet::new();
        for call in &calls.calls {
            if let Some(edge) = self.shown.index.edge_of(call.edge) {
                path.insert(MapItem::Edge(edge.0 as usize));
            }
            if let Some(ends) = self.snapshot.calls.edges().get(call.edge) {
                let nodes = [ends.from, ends.to].into_iter().filter_map(|p| self.shown.index.node_of(p));
                path.extend(nodes.map(|n| MapItem::Node(n.0 as usize)));
            }
        }
        let served = calls.served.iter().filter_map(|s| self.shown.index.node_of(s.service));
        path.extend(served.map(|n| MapItem::Node(n.0 as usize)));
        path
    }
}

/// Lays out the map, rings around the node with this key.
fn laid_out(
    input: &MapInput,
    (mode, centre): (layout::Mode, Option<String>),
    previous: &Positions,
    pinned: &Positions,
    homes: &BTreeMap<NodeId, Pos2>,
) -> Layout {
    let place = |key: String| input.nodes.iter().position(|n| n.key == key).map(|i| i as u32);
    let focus = centre.and_then(place);
    let home = |i: usize| homes.get(&NodeId(i as u32)).copied();
    let homes = (0..input.nodes.len()).map(home).collect();
    layout::compute(&layout::Request { mode, focus, homes, ..layout_request(input, previous, pinned) })
}

/// Of the nodes of groups that were closed until now: where the node of the group stood.
fn homes(shown: &Arranged, groups: &Groups, known: &Positions) -> BTreeMap<NodeId, Pos2> {
    let nodes = || shown.index.graph.nodes().zip(&shown.group_of);
    let chain = |group: &Option<String>| group.iter().flat_map(|g| groups.chain(g)).collect::<Vec<_>>();
    let has_place = |id: &str| known.contains_key(id);
    let is_open: BTreeSet<&str> =
        nodes().filter(|((_, n), _)| has_place(&n.id)).flat_map(|(_, group)| chain(group)).collect();
    let home = |((id, _), group): ((NodeId, _), &Option<String>)| {
        let closed = chain(group).into_iter().filter(|g| !is_open.contains(g));
        Some((id, closed.filter_map(|g| known.get(&group_id(g))).next().copied()?))
    };
    nodes().filter_map(home).collect()
}

/// The same drawing around what stands where it does on the whole map.
fn anchored(layout: Layout, input: &MapInput, close_up: &Focus, known: &Positions) -> Layout {
    let mut moves = close_up.around.iter().filter_map(|key| {
        let place = input.nodes.iter().position(|n| n.key == *key)?;
        Some(*known.get(key)? - *layout.centres.get(place)?)
    });
    match moves.next() {
        Some(by) => layout.moved(by),
        None => layout,
    }
}

/// A lens for the traces of chosen requests.
fn narrowed(snapshot: &Snapshot, lens: &Lens, chosen: &Chosen) -> Lens {
    let id = |t: &TraceIndex| snapshot.spans.trace(*t).map(|t| t.id);
    let traces = chosen.places().iter().filter_map(id).collect();
    let filter = Filter::of_traces(lens.filter.as_deref(), traces);
    Lens { window: lens.window, filter: Some(Arc::new(filter)) }
}

/// Adds what is not touched, without figures, so that the map stays the one that people know.
fn surround(input: &mut MapInput, wide: &GraphIndex) {
    let mut places: BTreeMap<String, usize> =
        input.nodes.iter().enumerate().map(|(i, n)| (n.key.clone(), i)).collect();
    for (_, node) in wide.graph.nodes() {
        if places.contains_key(&node.id) {
            continue;
        }
        places.insert(node.id.clone(), input.nodes.len());
        input.nodes.push(MapNode {
            key: node.id.clone(),
            name: shown_name(node).into_owned(),
            kind: kind(node.kind),
            group: (!node.namespace.is_empty()).then(|| node.namespace.clone()),
            instrumented: node.is_instrumented,
            ..MapNode::default()
        });
    }
    let mut known: BTreeSet<(usize, usize)> = input.edges.iter().map(|e| (e.from, e.to)).collect();
    let place = |n: NodeId| places.get(&wide.graph.node(n)?.id).copied();
    for (_, from, to, _) in wide.graph.edges() {
        if let Some((from, to)) = place(from).zip(place(to))
            && known.insert((from, to))
        {
            input.edges.push(MapEdge { from, to, ..MapEdge::default() });
        }
    }
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
    if let (Some(window), None) = (lens.window, &lens.filter) {
        return (snapshot.calls.requests_in(&snapshot.spans, window), unfiltered(snapshot, Some(window)));
    }
    let traces = matching_traces(&snapshot.spans, lens);
    let inside = |t: Timestamp| lens.window.is_none_or(|w| w.contains(t));
    for calls in traces.iter().filter_map(|t| snapshot.calls.of_trace(*t)) {
        let roots = calls.served.iter().filter(|s| s.is_root && inside(s.start));
        roots.for_each(|s| red.add(&s.observation()));
    }
    (red, traces.len())
}

/// All requests over all time, and where there are none for most of it.
fn over_time(snapshot: &Snapshot) -> (Timeline, Option<TimeRange>) {
    let Some(extent) = snapshot.extent else { return Default::default() };
    (snapshot.calls.timeline(extent, BARS), snapshot.calls.gap(extent))
}

/// What a filter leaves of all requests over time, and how many traces it leaves.
fn filtered(snapshot: &Snapshot, filter: Option<&Arc<Filter>>) -> (Option<Timeline>, usize) {
    let found = filter.zip(snapshot.extent).map(|(f, e)| filtered_requests(snapshot, f, e, BARS));
    found.map_or((None, snapshot.trace_count()), |(timeline, traces)| (Some(timeline), traces))
}

/// Traces in a window.
fn unfiltered(snapshot: &Snapshot, window: Option<TimeRange>) -> usize {
    window.map_or_else(|| snapshot.trace_count(), |w| snapshot.calls.trace_count_in(&snapshot.spans, w))
}

/// Arranges a graph; what a focus on requests asks for is read from the traces.
fn arranged(
    snapshot: &Snapshot,
    lens: &Lens,
    index: &Arc<GraphIndex>,
    groups: &Groups,
    arrangement: &Arrangement,
) -> Arranged {
    let focus = arrangement.focus.as_ref().filter(|f| f.reach == Reach::Requests);
    let requests = focus.map(|f| touched(snapshot, lens, index, groups, &f.around));
    arrange(index, groups, arrangement, requests.as_ref())
}
