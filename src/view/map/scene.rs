//! What will be painted on the map, in world coordinates: computed once per change of data, not per frame.
use std::collections::BTreeMap;
use std::sync::Arc;

use egui::{Pos2, Rect, Vec2};
use rayon::prelude::*;

use super::boxes::HullScene;
use super::change::{Change, Verdict};
use super::input::{GroupFigures, Health, MapEdge, MapInput, MapItem, MapNode, NodeKind};
use super::speaking::{self, Brief};
use super::{edge_signs, figures};
use crate::export::edge_signs::{EdgeFigures, EdgeSigns, Shade};
use crate::graph::group_name;
use crate::layout::{self, Layout, LayoutNode, Request, Rings, RouteInput};
use crate::texts::{language, speak};
use crate::view::text;

/// A node, ready to be painted.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeScene {
    /// As in [`MapNode::key`].
    pub key: String,
    /// Its centre.
    pub centre: Pos2,
    /// Half its width.
    pub radius: f32,
    /// Decides shape and icon.
    pub kind: NodeKind,
    /// The colour of its ring.
    pub health: Health,
    /// How it changed, where that is shown: decides the colour of the ring then.
    pub change: Option<Verdict>,
    /// Whether its ring is dashed: it never sent a span itself.
    pub dashed: bool,
    /// The name, cleaned and cut.
    pub name: String,
    /// The same as long as it is.
    pub whole_name: String,
    /// The muted line below the name.
    pub figures: String,
    /// The share of errors at its corner.
    pub badge: Option<String>,
    /// Whether it calls itself.
    pub calls_itself: bool,
    /// How many nodes it stands for, where it is a group; else 0.
    pub members: usize,
    /// What it does as a whole in few words, where it is a group.
    pub brief: Brief,
    /// Which shares of these are critical and worth a look, 0 to 1; nothing where changes are shown.
    pub ill: [f32; 2],
    /// What a screen reader says.
    pub spoken: String,
    /// Labels of more important nodes stay longer.
    pub importance: f32,
}

/// An edge, ready to be painted.
#[derive(Clone, Debug, PartialEq)]
pub struct EdgeScene {
    /// The index of the caller.
    pub from: usize,
    /// The index of the callee.
    pub to: usize,
    /// From border to border; two equal points for a call to itself.
    pub points: Arc<[Pos2]>,
    /// The box around the curve.
    pub bounds: Rect,
    /// The width of the line, in screen points.
    pub width: f32,
    /// The colour of the line.
    pub health: Health,
    /// How it changed, where that is shown: decides the colour then.
    pub change: Option<Verdict>,
    /// What the colour of the line means, and how much of it.
    pub shade: Shade,
    /// Whether it carries nothing under the lens.
    pub dashed: bool,
    /// The figures in its pill.
    pub label: String,
    /// Fewer of them, for where there is no room for all.
    pub short: Option<String>,
    /// The share of errors in its pill.
    pub errors: Option<String>,
    /// What all of these are made of.
    pub figures: EdgeFigures,
    /// How it changed in words, where that is shown.
    pub told: Option<String>,
    /// Pills of more important edges stay longer.
    pub importance: f32,
}

/// The map as plain data.
#[derive(Clone, Debug, PartialEq)]
pub struct MapScene {
    /// By index in [`MapInput::nodes`].
    pub nodes: Vec<NodeScene>,
    /// By index in [`MapInput::edges`].
    pub edges: Vec<EdgeScene>,
    /// The boxes of namespaces.
    pub hulls: Vec<HullScene>,
    /// The box around everything.
    pub bounds: Rect,
    /// What width, colour and label of its edges mean.
    pub signs: EdgeSigns,
    /// The lines of rings, where it is arranged in rings.
    pub rings: Option<Rings>,
    /// Whether all of it is what a focus shows: then nothing of it stands back for what is selected.
    pub is_focus: bool,
    /// What groups do as a whole, by name.
    pub(super) totals: Arc<BTreeMap<String, GroupFigures>>,
    pub(super) sizes: Vec<LayoutNode>,
    lanes: Arc<Vec<Vec<Pos2>>>,
    pub(super) groups: Vec<String>,
}

/// The largest radius of a node; layouts reckon with it, so that traffic moves nothing.
const LARGEST: f32 = 28.0;
const SMALLEST: f32 = 20.0;
/// Radii of groups: they are far more different from each other, and are seen from further away.
const LARGEST_GROUP: f32 = 36.0;
const SMALLEST_GROUP: f32 = 20.0;
/// The room for the name and the figures of a group: of so many groups that they are seen from far away, beside it.
const GROUP_LABEL: f32 = 260.0;
const FAR_GROUP_LABEL: f32 = 430.0;

/// What to ask the layout for: `positions` are those of the last drawing, `pinned` those set by hand, by key.
pub fn layout_request(
    input: &MapInput,
    positions: &BTreeMap<String, Pos2>,
    pinned: &BTreeMap<String, Pos2>,
) -> Request {
    let (sizes, _) = sizes(input);
    let at =
        |places: &BTreeMap<String, Pos2>| input.nodes.iter().map(|n| places.get(&n.key).copied()).collect();
    let edge = |e: &MapEdge| (e.from as u32, e.to as u32, e.calls as f32);
    Request {
        nodes: sizes,
        edges: input.sound_edges().map(edge).collect(),
        pinned: at(pinned),
        previous: at(positions),
        ..Request::default()
    }
}

/// The sizes for the layout, and the names of the namespaces by number.
fn sizes(input: &MapInput) -> (Vec<LayoutNode>, Vec<String>) {
    let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
    for group in input.nodes.iter().flat_map(|n| [n.group.as_deref(), n.outer.as_deref()]).flatten() {
        let next = numbers.len() as u32;
        numbers.entry(group).or_insert(next);
    }
    let mut names = vec![String::new(); numbers.len()];
    for (name, &number) in &numbers {
        names[number as usize] = (*name).to_owned();
    }
    let is_group = |n: &MapNode| n.kind == NodeKind::Group;
    let is_far = input.nodes.iter().filter(|n| is_group(n)).count() > layout::MOST_IN_COLUMNS;
    let group_label = if is_far { FAR_GROUP_LABEL } else { GROUP_LABEL };
    let size = |n: &MapNode| LayoutNode {
        radius: if is_group(n) { LARGEST_GROUP } else { LARGEST },
        label_width: match is_group(n) {
            true => group_label,
            false => text::estimated_width(&figures::shown_name(&n.name)).max(92.0),
        },
        is_group: is_group(n),
        group: n.group.as_deref().and_then(|g| numbers.get(g).copied()),
        outer: n.outer.as_deref().and_then(|g| numbers.get(g).copied()),
        rank_hint: (n.kind == NodeKind::User).then_some(-1),
    };
    (input.nodes.iter().map(size).collect(), names)
}

impl Default for MapScene {
    fn default() -> Self {
        Self::new(&MapInput::default(), &Layout::default())
    }
}

impl MapScene {
    /// Computes the scene of `input` at the places of `layout`; nodes without a place lie at the origin.
    pub fn new(input: &MapInput, layout: &Layout) -> Self {
        let signs = EdgeSigns::default();
        let (sizes, groups) = sizes(input);
        let busiest = busiest(input);
        let mut nodes: Vec<NodeScene> = input.nodes.iter().map(|n| node_scene(n, busiest)).collect();
        for (node, centre) in nodes.iter_mut().zip(&layout.centres) {
            node.centre = *centre;
        }
        let mut edges = Vec::with_capacity(input.edges.len());
        for edge in input.sound_edges() {
            edges.push(edge_scene(edge, signs));
            if edge.from == edge.to {
                nodes[edge.from].calls_itself = true;
                nodes[edge.from].spoken += &figures::spoken_loop(edge);
            }
        }
        let bounds = Rect::ZERO;
        let (hulls, lanes, totals) = (Vec::new(), Arc::new(layout.lanes.clone()), Arc::default());
        let rings = layout.rings.clone();
        let mut scene =
            Self { nodes, edges, hulls, bounds, signs, rings, is_focus: false, totals, sizes, lanes, groups };
        scene.route_all();
        scene
    }

    /// The same map with other figures: what is in `input` as well stays where it is. Its boxes are told by
    /// [`Self::with_totals`].
    pub fn with_figures(&self, input: &MapInput) -> Self {
        let busiest = busiest(input);
        // Thousands of texts, in the language of this thread.
        let language = language();
        let node = |n: &MapNode| {
            speak(language);
            node_scene(n, busiest)
        };
        let mut nodes: Vec<NodeScene> = input.nodes.par_iter().map(node).collect();
        for (node, old) in nodes.iter_mut().zip(&self.nodes) {
            node.centre = old.centre;
        }
        let edges: Vec<&MapEdge> = input.sound_edges().collect();
        let known: BTreeMap<(usize, usize), &EdgeScene> =
            self.edges.iter().map(|e| ((e.from, e.to), e)).collect();
        let edge = |edge: &&MapEdge| {
            speak(language);
            let mut new = edge_scene(edge, self.signs);
            match known.get(&(edge.from, edge.to)) {
                Some(old) => (new.points, new.bounds) = (Arc::clone(&old.points), old.bounds),
                None => new.lay(vec![nodes[edge.from].centre, nodes[edge.to].centre]),
            }
            new
        };
        let edges: Vec<EdgeScene> = edges.par_iter().map(edge).collect();
        for edge in edges.iter().filter(|e| e.is_loop()) {
            nodes[edge.from].calls_itself = true;
        }
        Self {
            nodes,
            edges,
            hulls: self.hulls.clone(),
            rings: self.rings.clone(),
            totals: Arc::default(),
            sizes: self.sizes.clone(),
            lanes: Arc::clone(&self.lanes),
            groups: self.groups.clone(),
            ..*self
        }
    }

    /// The same map whose groups say what they do as a whole.
    pub fn with_totals(mut self, totals: BTreeMap<String, GroupFigures>) -> Self {
        for node in self.nodes.iter_mut().filter(|n| n.members > 0 && n.change.is_none()) {
            if let Some(of) = group_name(&node.key).and_then(|name| totals.get(name)) {
                node.figures = speaking::group_figures(of);
                node.brief = Brief::of(of);
            }
        }
        self.totals = Arc::new(totals);
        self.tell_hulls();
        self
    }

    /// The same map whose edges are drawn and labelled by other figures: all stays where it is.
    pub fn with_signs(&self, signs: EdgeSigns) -> Self {
        let mut scene = Self { signs, ..self.clone() };
        scene.edges.iter_mut().for_each(|edge| edge.sign(signs));
        scene
    }

    /// Moves one node; its edges, the boxes and the whole extent follow.
    pub fn move_node(&mut self, node: usize, to: Pos2) {
        let Some(n) = self.nodes.get_mut(node) else { return };
        n.centre = to;
        if self.nodes.len() <= 400 {
            self.route_all();
            return;
        }
        let centres = self.centres();
        let ends = self.ends();
        let input = RouteInput { nodes: &self.sizes, centres: &centres, edges: &ends, lanes: &self.lanes };
        let own = (0..ends.len()).filter(|&e| self.edges[e].from == node || self.edges[e].to == node);
        let curves: Vec<_> = own.map(|e| (e, layout::curve(&input, e))).collect();
        curves.into_iter().for_each(|(e, curve)| self.edges[e].lay(curve.points));
        self.outline(&centres);
    }

    /// The centre of every node by key, to be kept for the next time.
    pub fn positions(&self) -> BTreeMap<String, Pos2> {
        self.nodes.iter().map(|n| (n.key.clone(), n.centre)).collect()
    }

    /// Whether no other node stands, and no name, where a node, or a group, would at `at`.
    pub fn is_free(&self, at: Pos2, is_group: bool, is_other: impl Fn(&str) -> bool) -> bool {
        let (radius, label_width) = if is_group { (LARGEST_GROUP, GROUP_LABEL) } else { (LARGEST, 92.0) };
        let own = LayoutNode { radius, label_width, ..LayoutNode::default() }.footprint(at);
        let mut all = self.sizes.iter().zip(&self.nodes).filter(|(_, n)| is_other(&n.key));
        all.all(|(size, n)| !size.footprint(n.centre).intersects(own.shrink(1.0)))
    }

    /// A node with those that it calls or is called by; the ends of an edge.
    pub(super) fn around(&self, item: MapItem) -> impl Iterator<Item = usize> {
        let is_near = move |(at, e): (usize, &EdgeScene)| match item {
            MapItem::Node(i) => (e.from == i || e.to == i).then_some([e.from, e.to]),
            MapItem::Edge(i) => (at == i).then_some([e.from, e.to]),
        };
        let own = match item {
            MapItem::Node(i) => Some(i),
            MapItem::Edge(_) => None,
        };
        own.into_iter().chain(self.edges.iter().enumerate().filter_map(is_near).flatten())
    }

    /// The box around these nodes and their names.
    pub(super) fn extent_of(&self, nodes: impl Iterator<Item = usize>) -> Rect {
        let own = nodes.filter_map(|i| Some(self.sizes.get(i)?.footprint(self.nodes.get(i)?.centre)));
        own.fold(Rect::NOTHING, |all, r| all | r)
    }

    /// The item of `other` that is the same as `item` here, if it is still there.
    pub fn same_in(&self, item: MapItem, other: &Self) -> Option<MapItem> {
        let find = |i: usize| {
            let key = &self.nodes.get(i)?.key;
            let is_it = |n: &NodeScene| n.key == *key;
            // In a replay each node stays in its place.
            let same = other.nodes.get(i).filter(|n| is_it(n)).map(|_| i);
            same.or_else(|| other.nodes.iter().position(is_it))
        };
        match item {
            MapItem::Node(i) => find(i).map(MapItem::Node),
            MapItem::Edge(e) => {
                let edge = self.edges.get(e)?;
                let (from, to) = (find(edge.from)?, find(edge.to)?);
                other.edges.iter().position(|o| o.from == from && o.to == to).map(MapItem::Edge)
            }
        }
    }

    /// What a screen reader says of an edge.
    pub fn spoken_edge(&self, edge: &EdgeScene) -> String {
        let name = |i: usize| self.nodes.get(i).map_or("", |n| n.whole_name.as_str());
        figures::spoken_edge(edge, name(edge.from), name(edge.to))
    }

    /// Whether it compares two stretches of time.
    pub fn is_compared(&self) -> bool {
        self.nodes.iter().any(|n| n.change.is_some())
    }

    /// Whether there is so much that what stands back must nearly go.
    pub(super) fn is_large(&self) -> bool {
        self.edges.len() > 250
    }

    /// Whether both ends of an edge are in the same namespace.
    pub(super) fn is_inside_group(&self, edge: usize) -> bool {
        let group = |i: usize| self.sizes.get(i).and_then(|n| n.group);
        let ends = self.edges.get(edge).map(|e| (group(e.from), group(e.to)));
        ends.is_some_and(|(from, to)| from.is_some() && from == to)
    }

    /// The whole name of the group that a box is around.
    pub fn group_of_hull(&self, hull: usize) -> Option<&str> {
        self.groups.get(self.hulls.get(hull)?.group as usize).map(String::as_str)
    }

    /// The innermost box on whose ground a point lies.
    pub(super) fn hull_at(&self, at: Pos2) -> Option<usize> {
        let inside = self.hulls.iter().enumerate().filter(|(_, h)| h.rect.contains(at));
        inside.min_by(|a, b| a.1.rect.area().total_cmp(&b.1.rect.area())).map(|h| h.0)
    }

    fn centres(&self) -> Vec<Pos2> {
        self.nodes.iter().map(|n| n.centre).collect()
    }

    fn ends(&self) -> Vec<(u32, u32)> {
        self.edges.iter().map(|e| (e.from as u32, e.to as u32)).collect()
    }

    fn route_all(&mut self) {
        let centres = self.centres();
        let ends = self.ends();
        let input = RouteInput { nodes: &self.sizes, centres: &centres, edges: &ends, lanes: &self.lanes };
        let curves = layout::routes(&input);
        for (edge, curve) in self.edges.iter_mut().zip(curves) {
            edge.lay(curve.points);
        }
        self.outline(&centres);
    }
}

/// The requests per minute from which on nodes are drawn largest: one in twenty has more, and users send those of
/// all.
fn busiest(input: &MapInput) -> f64 {
    let answering = input.nodes.iter().filter(|n| n.kind != NodeKind::User);
    let mut rates: Vec<f64> = answering.filter_map(|n| n.rate_per_min).collect();
    rates.sort_by(f64::total_cmp);
    rates.get((rates.len() * 19).div_ceil(20).saturating_sub(1)).copied().unwrap_or(1.0).max(1.0)
}

fn node_scene(node: &MapNode, busiest: f64) -> NodeScene {
    let rate = node.rate_per_min.unwrap_or(0.0).max(0.0);
    let share = (rate / busiest).min(1.0).sqrt() as f32;
    let small = matches!(node.kind, NodeKind::User | NodeKind::External) || node.calls == 0;
    let (smallest, largest) = match node.kind {
        NodeKind::Group => (SMALLEST_GROUP, LARGEST_GROUP),
        _ => (SMALLEST, LARGEST),
    };
    NodeScene {
        key: node.key.clone(),
        centre: Pos2::ZERO,
        radius: if small { smallest } else { smallest + (largest - smallest) * share },
        kind: node.kind,
        health: health_of(node.health, node.change.as_ref()),
        change: node.change.as_ref().map(|c| c.verdict),
        dashed: match node.kind {
            _ if is_gone(node.change.as_ref()) => true,
            NodeKind::External | NodeKind::Unknown => true,
            NodeKind::Service => !node.instrumented,
            _ => false,
        },
        name: figures::shown_name(&node.name),
        whole_name: figures::whole_name(&node.name),
        figures: figures::node_line(node),
        badge: figures::badge(node),
        calls_itself: false,
        members: if node.kind == NodeKind::Group { node.members } else { 0 },
        brief: Brief::default(),
        ill: match node.change {
            None => node.ill.map(|n| n as f32 / node.members.max(1) as f32),
            Some(_) => [0.0; 2],
        },
        spoken: figures::spoken_node(node),
        importance: weight(health_of(node.health, node.change.as_ref()), rate),
    }
}

fn edge_scene(edge: &MapEdge, signs: EdgeSigns) -> EdgeScene {
    let rate = edge.rate_per_min.unwrap_or(0.0).max(0.0);
    let mut scene = EdgeScene {
        from: edge.from,
        to: edge.to,
        points: Arc::from(Vec::new()),
        bounds: Rect::from_min_size(Pos2::ZERO, Vec2::ZERO),
        width: 1.0,
        shade: Shade::Health,
        health: health_of(edge.health, edge.change.as_ref()),
        change: edge.change.as_ref().map(|c| c.verdict),
        dashed: edge.calls == 0 || is_gone(edge.change.as_ref()),
        label: String::new(),
        short: None,
        errors: None,
        figures: edge_signs::figures_of(edge),
        told: edge.change.as_ref().map(Change::sentence),
        importance: weight(health_of(edge.health, edge.change.as_ref()), rate),
    };
    if let Some(change) = &edge.change {
        (scene.label, scene.errors) = change.pill();
    }
    scene.sign(signs);
    scene
}

/// How much attention it asks for: by its change, where that is shown.
fn health_of(health: Health, change: Option<&Change>) -> Health {
    change.map_or(health, |c| c.verdict.health())
}

fn is_gone(change: Option<&Change>) -> bool {
    change.is_some_and(|c| c.verdict == Verdict::Gone)
}

/// Bad health first, then traffic.
fn weight(health: Health, rate: f64) -> f32 {
    let bad = match health {
        Health::Critical => 200.0,
        Health::Warning => 100.0,
        Health::Healthy | Health::Unknown => 0.0,
    };
    bad + (1.0 + rate).log10() as f32
}
