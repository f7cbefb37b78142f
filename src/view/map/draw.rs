//! Paints a scene through a camera, back to front; decides nothing about the data.
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use egui::epaint::Mesh;
use egui::{Color32, FontId, Galley, Painter, Pos2, Rect, Shape, Vec2};
use egui_graphs::Graph;
use petgraph::Directed;
use petgraph::stable_graph::{EdgeIndex, NodeIndex};

use super::camera::Camera;
use super::dots::Dots;
use super::edge::{self, EdgeLook, EdgeShape};
use super::emphasis::{Emphasis, Role};
use super::galleys::{Galleys, Slot};
use super::input::MapItem;
use super::labels;
use super::mark::Mark;
use super::mesh;
use super::names;
use super::node::{Brush, NodeLook, NodeShape};
use super::occupied::Occupied;
use super::prepared::{self, EdgeItem, Prepared};
use super::rings;
use super::scene::{EdgeScene, MapScene};
use super::speaking::{self, OperationLines};
use super::stencils::Stencils;
use crate::view::theme::{Palette, mixed};

/// The graph that `egui_graphs` holds; payloads are indices into the scene.
pub(super) type MapGraph = Graph<u32, u32, Directed, u32, NodeShape, EdgeShape>;

/// A graph with the shapes of `scene`, not yet in their places.
fn graph_of(scene: &MapScene) -> MapGraph {
    let mut graph = MapGraph::new();
    for (i, node) in scene.nodes.iter().enumerate() {
        graph.add_node_with_location(i as u32, node.centre);
    }
    for (i, edge) in scene.edges.iter().enumerate() {
        let (from, to) = (NodeIndex::new(edge.from), NodeIndex::new(edge.to));
        graph.add_edge(from, to, i as u32);
    }
    graph
}

/// Puts the shapes where `scene` has them; makes them anew where it has others.
pub(super) fn lay(graph: &mut MapGraph, scene: &MapScene) {
    let is_same = graph.node_count() == scene.nodes.len() && graph.edge_count() == scene.edges.len();
    let ends = |(i, e): (usize, &EdgeScene)| {
        let known = graph.edge_endpoints(EdgeIndex::new(i));
        known.is_some_and(|(from, to)| (from.index(), to.index()) == (e.from, e.to))
    };
    if !is_same || !scene.edges.iter().enumerate().all(ends) {
        *graph = graph_of(scene);
    }
    for (i, node) in scene.nodes.iter().enumerate() {
        if let Some(known) = graph.node_mut(NodeIndex::new(i)) {
            known.display_mut().move_to(node.centre);
        }
    }
    for (i, edge) in scene.edges.iter().enumerate() {
        if let Some(known) = graph.edge_mut(EdgeIndex::new(i)) {
            known.display_mut().lay(&edge.points);
        }
    }
}

/// All that painting needs to know.
pub(super) struct Paint<'a> {
    pub scene: &'a MapScene,
    pub palette: &'a Palette,
    pub camera: Camera,
    pub view: Rect,
    pub prepared: &'a Prepared,
    pub emphasis: &'a Emphasis,
    pub galleys: &'a RefCell<Galleys>,
    pub state_hovered: Option<MapItem>,
    pub painter: &'a Painter,
    pub stencils: &'a Stencils,
    /// Points on the screen for each point of a radius in the world.
    pub scale: f32,
    /// Nodes and edges that the view cuts, by index, the least important first.
    pub visible_nodes: Vec<usize>,
    pub visible_edges: Vec<usize>,
    /// The same by their places among what is prepared.
    pub listed_nodes: Vec<usize>,
    pub listed_edges: Vec<usize>,
    /// Whether the nodes are so small and so many that only the names of boxes and of bad nodes are of use.
    pub is_far: bool,
    /// Whether some nodes stand back so that others are seen.
    pub is_lit: bool,
    /// What lies over the map: its legend and its buttons.
    pub covered: &'a [Rect],
    /// Numbers on nodes.
    pub marks: &'a [(usize, Mark)],
    /// What services do, for those that are close.
    pub operations: &'a OperationLines,
    /// Calls on their way.
    pub dots: &'a Dots,
    /// Those that the view shows, with their ways on the screen.
    pub ways: Vec<(usize, Vec<Pos2>)>,
}

impl Paint<'_> {
    pub(super) fn to_screen(&self, p: Pos2) -> Pos2 {
        self.camera.to_screen(p, self.view)
    }

    pub(super) fn rect_to_screen(&self, r: Rect) -> Rect {
        Rect::from_min_max(self.to_screen(r.min), self.to_screen(r.max))
    }

    pub(super) fn layout(&self, text: String, font: FontId, colour: Color32) -> Arc<Galley> {
        self.painter.layout_no_wrap(text, font, colour)
    }

    /// `text` laid out without a colour, from the store where it is known.
    pub(super) fn kept(&self, slot: Slot, item: usize, text: &str, font: FontId) -> Arc<Galley> {
        self.galleys.borrow_mut().get(self.painter, (slot, item), text, font)
    }

    /// The width over which lines fade out: one pixel, in points.
    pub(super) fn soft(&self) -> f32 {
        self.stencils.soft()
    }

    /// Whether boxes are seen from so far away that they speak in place of all their services.
    pub(super) fn is_remote(&self) -> bool {
        /// Below this zoom neighbours in a box are a few points apart.
        const REMOTE: f32 = 0.125;
        self.is_far && self.camera.zoom < REMOTE && !self.scene.hulls.is_empty()
    }

    /// The marks on a node.
    pub(super) fn marks_of(&self, node: usize) -> impl Iterator<Item = &Mark> {
        self.marks.iter().filter(move |m| m.0 == node).map(|m| &m.1)
    }

    /// What lies behind the world point `p`.
    pub(super) fn ground(&self, p: Pos2) -> Color32 {
        let is_boxed = self.scene.hulls.iter().any(|h| h.rect.contains(p));
        if is_boxed { self.palette.hull } else { self.palette.canvas }
    }

    /// Visible nodes, what the pointer is over first, then the most important.
    pub(super) fn nodes_by_importance(&self) -> impl Iterator<Item = usize> {
        let hovered = match self.state_hovered {
            Some(MapItem::Node(i)) => Some(i).filter(|i| *i < self.scene.nodes.len()),
            _ => None,
        };
        hovered
            .into_iter()
            .chain(self.visible_nodes.iter().rev().copied().filter(move |i| Some(*i) != hovered))
    }

    /// Visible edges in the same order.
    pub(super) fn edges_by_importance(&self) -> impl Iterator<Item = usize> {
        let hovered = match self.state_hovered {
            Some(MapItem::Edge(e)) => Some(e).filter(|e| *e < self.scene.edges.len()),
            _ => None,
        };
        hovered
            .into_iter()
            .chain(self.visible_edges.iter().rev().copied().filter(move |e| Some(*e) != hovered))
    }
}

/// What a view cuts of a scene.
pub(super) struct Visible {
    /// Their places among what is prepared.
    pub nodes: Vec<usize>,
    pub edges: Vec<usize>,
    pub is_far: bool,
    pub is_lit: bool,
    /// How many edges in view are left out: from far away they would be mist, and close by they lead elsewhere.
    pub omitted: usize,
}

/// How many edges are drawn from far away, the most important ones.
const MOST_LINES: usize = 6_000;
/// How many edges are drawn close by whose ends are both out of view, and how many of which one end is: the most
/// important ones. More would be a wall before what one came to see.
const MOST_PASSING: [usize; 2] = [24, 120];
/// With so many edges each is drawn as finely as can be seen; with more, the more the coarser.
const FINE_LINES: f32 = 1_500.0;

/// Finds what the view cuts.
pub(super) fn cull(scene: &MapScene, prepared: &Prepared, camera: Camera, view: Rect) -> Visible {
    let reach = view.expand(24.0);
    let seen = Rect::from_min_max(camera.to_world(reach.min, view), camera.to_world(reach.max, view));
    let (scale, zoom) = (camera.radius(1.0), camera.zoom);
    let mut nodes = Vec::with_capacity(prepared.nodes.len());
    let mut is_near = vec![false; prepared.nodes.len()];
    let mut shown = 0;
    for (k, node) in prepared.nodes.iter().enumerate() {
        let radius = (node.radius * scale + 40.0) / zoom;
        if seen.expand(radius).contains(node.at) {
            nodes.push(k);
            is_near[node.index] = true;
            shown += usize::from(!node.is_faded);
        }
    }
    let (is_far, is_lit) = (zoom < 0.4 && shown > 60, shown < nodes.len());
    let most = if is_far { MOST_LINES } else { usize::MAX };
    // From the most important on, so that of those that are left out none is looked at twice.
    let mut edges = Vec::with_capacity(prepared.edges.len().min(most));
    let mut omitted = 0;
    let mut room = MOST_PASSING;
    for (k, edge) in prepared.edges.iter().enumerate().rev() {
        if !seen.intersects(edge.bounds) {
            continue;
        }
        let ends = [scene.edges[edge.index].from, scene.edges[edge.index].to];
        let near = ends.into_iter().filter(|i| is_near[*i]).count();
        let is_plain = matches!(prepared.emphasis.edges[edge.index], Role::Plain | Role::Faded);
        let has_room = match room.get_mut(near).filter(|_| !is_far && is_plain) {
            Some(left) => std::mem::replace(left, left.saturating_sub(1)) > 0,
            None => edges.len() < most,
        };
        if has_room {
            edges.push(k);
        } else {
            omitted += 1;
        }
    }
    edges.reverse();
    Visible { nodes, edges, is_far, is_lit, omitted }
}

/// Triangles with the texts on them.
#[derive(Default)]
pub(super) struct Layer {
    pub mesh: Mesh,
    pub texts: Vec<Shape>,
}

impl Layer {
    pub(super) fn text(&mut self, at: Pos2, galley: Arc<Galley>, colour: Color32) {
        self.texts.push(Shape::galley(at, galley, colour));
    }

    fn paint(self, out: &mut Vec<Shape>) {
        if !self.mesh.is_empty() {
            out.push(Shape::mesh(self.mesh));
        }
        out.extend(self.texts);
    }
}

/// All of a frame, back to front.
pub(super) struct Painted {
    pub shapes: Vec<Shape>,
    /// How many of the shapes lie below the trails of calls on their way.
    pub lines: usize,
    /// How many of the next lie below these calls; what is left is written over them.
    pub nodes: usize,
    /// The places of the names, by node.
    pub names: Vec<(usize, Rect)>,
    /// The places of the pills by edge.
    pub pills: Vec<(usize, Rect)>,
    /// The places of what boxes say from far away, by box.
    pub spoken: Vec<(usize, Rect)>,
    /// The places of operations, and what they say.
    pub operations: Vec<(Rect, String)>,
}

/// Paints everything but calls on their way, which move.
pub(super) fn paint(paint: &Paint<'_>) -> Painted {
    let mut occupied = Occupied::new(paint.view);
    paint.covered.iter().for_each(|area| occupied.take(*area));
    for node in paint.listed_nodes.iter().map(|k| &paint.prepared.nodes[*k]) {
        let air = if paint.is_far { 2.0 } else { 4.0 };
        let size = Vec2::splat(2.0 * paint.scale * node.radius + air);
        let area = Rect::from_center_size(paint.to_screen(node.at), size);
        if node.is_light { occupied.take_lightly(area) } else { occupied.take(area) }
    }
    let badges = labels::badges(paint, &mut occupied);
    let around = rings::words(paint, &mut occupied);
    // Near by what services say comes first, from far away what boxes say.
    let near = (!paint.is_far).then(|| names::place(paint, &mut occupied));
    let (titles, spoken) = speaking::hulls(paint, &mut occupied);
    let placed = near.unwrap_or_else(|| names::place(paint, &mut occupied));
    let (words, written) = placed.paint(paint, &mut occupied);
    let (lines, operations) = speaking::operations(paint, &mut occupied);
    let (pills, areas) = labels::pills(paint, &mut occupied);
    let mut out = vec![Shape::rect_filled(paint.view, 0, paint.palette.canvas)];
    ground(paint).paint(&mut out);
    rings::lines(paint).paint(&mut out);
    edges(paint, &areas).paint(&mut out);
    rings::middle(paint).paint(&mut out);
    let below = out.len();
    nodes(paint).paint(&mut out);
    let discs = out.len() - below;
    // Lines to names run below what boxes say.
    [words, titles, lines, pills, badges, around].into_iter().for_each(|layer| layer.paint(&mut out));
    Painted { shapes: out, lines: below, nodes: discs, names: written, pills: areas, spoken, operations }
}

/// Paints again, over all that is `painted`, the one item that the pointer is over: on a large map its frame is kept.
pub(super) fn over(paint: &Paint<'_>, item: MapItem, painted: &Painted) -> Vec<Shape> {
    let (nodes_alone, edges_alone) = match item {
        MapItem::Node(i) if i < paint.scene.nodes.len() => (vec![i], Vec::new()),
        MapItem::Edge(e) if e < paint.scene.edges.len() => (Vec::new(), vec![e]),
        _ => return Vec::new(),
    };
    let all = paint.prepared;
    let is_alone = |index: usize, items: &[usize]| items.contains(&index);
    let node = |k: &usize| is_alone(all.nodes[*k].index, &nodes_alone);
    let edge = |k: &usize| is_alone(all.edges[*k].index, &edges_alone);
    let listed_nodes = (0..all.nodes.len()).filter(node).collect();
    let listed_edges: Vec<usize> = (0..all.edges.len()).filter(edge).collect();
    let alone = Paint {
        state_hovered: Some(item),
        visible_nodes: nodes_alone,
        visible_edges: edges_alone,
        listed_nodes,
        listed_edges,
        marks: &[],
        ways: Vec::new(),
        ..*paint
    };
    let mut out = Vec::new();
    edges(&alone, &[]).paint(&mut out);
    if let [i] = alone.visible_nodes[..] {
        calls_of(&alone, i).paint(&mut out);
    }
    nodes(&alone).paint(&mut out);
    let mut occupied = Occupied::new(paint.view);
    labels::badges(&alone, &mut occupied).paint(&mut out);
    if let MapItem::Node(i) = item {
        let known = painted.names.iter().find(|n| n.0 == i).map(|n| n.1);
        names::name_over(&alone, i, known).paint(&mut out);
    } else {
        // Its figures hide no name, and no figures but its own.
        painted.names.iter().for_each(|n| occupied.take(n.1));
        painted.pills.iter().filter(|p| MapItem::Edge(p.0) != item).for_each(|p| occupied.take(p.1));
        labels::pills(&alone, &mut occupied).0.paint(&mut out);
    }
    out
}

/// The dot grid and the boxes of namespaces.
fn ground(paint: &Paint<'_>) -> Layer {
    let mut layer = Layer::default();
    let mut step = 28.0 * paint.camera.zoom;
    while step < 18.0 {
        step *= 2.0;
    }
    mesh::dots(&mut layer.mesh, paint.view, paint.to_screen(Pos2::ZERO), step, paint.palette.grid);
    let (fill, border) = (paint.palette.hull, paint.palette.hull_border);
    let fill = match paint.is_far {
        true => mixed(fill, border, if paint.palette.dark { 0.4 } else { 0.25 }),
        false => fill,
    };
    let round = 12.0 * paint.camera.zoom.clamp(0.35, 1.0);
    let seen = paint.view.expand(16.0);
    for hull in &paint.scene.hulls {
        // Cut to what is seen, so that corners far away cost and blur nothing.
        let area = paint.rect_to_screen(hull.rect).intersect(seen);
        if area.is_positive() {
            // What is around boxes is quieter than they are.
            let fill = if hull.is_outer { mixed(paint.palette.canvas, fill, 0.5) } else { fill };
            mesh::plate(&mut layer.mesh, area, round, paint.soft(), [fill, border]);
        }
    }
    layer
}

/// All lines; among many those with figures can be told from the others.
fn edges(paint: &Paint<'_>, pills: &[(usize, Rect)]) -> Layer {
    let all = paint.prepared;
    let clear: BTreeSet<usize> = match labels::is_crowded(paint) {
        true => pills.iter().map(|p| p.0).collect(),
        false => BTreeSet::new(),
    };
    let look = |item: &EdgeItem| match clear.contains(&item.index) {
        true => prepared::clear_look((paint.scene, item.index), paint.emphasis, item.look, paint.palette),
        false => item.look,
    };
    let listed = paint.listed_edges.iter().map(|k| &all.edges[*k]).map(|item| (item, look(item)));
    // What the pointer is over lies on top.
    let over = match paint.state_hovered {
        Some(MapItem::Edge(e)) => all.edges.iter().find(|item| item.index == e),
        _ => None,
    };
    let over = over.map(|item| (item, edge_look(paint, item.index, true)));
    lines(paint, listed.chain(over), paint.listed_edges.len())
}

/// The edges of one node as they look near by, wherever they were left out.
fn calls_of(paint: &Paint<'_>, node: usize) -> Layer {
    let is_own = |item: &&EdgeItem| {
        let edge = &paint.scene.edges[item.index];
        edge.from == node || edge.to == node
    };
    let own: Vec<_> = paint.prepared.edges.iter().filter(is_own).collect();
    let count = own.len();
    lines(paint, own.into_iter().map(|item| (item, edge_look(paint, item.index, false))), count)
}

fn edge_look(paint: &Paint<'_>, e: usize, is_hovered: bool) -> EdgeLook {
    prepared::edge_look(paint.scene, paint.emphasis, e, is_hovered, paint.palette)
}

fn lines<'a>(
    paint: &Paint<'_>,
    items: impl Iterator<Item = (&'a EdgeItem, EdgeLook)>,
    count: usize,
) -> Layer {
    let frame = paint.camera.frame(paint.view);
    let mut layer = Layer::default();
    layer.mesh.texture_id = paint.stencils.texture();
    // More room than is needed costs nothing, growing does.
    layer.mesh.reserve_vertices(24 * count);
    layer.mesh.reserve_triangles(24 * count);
    let mut points = Vec::new();
    let many = (count as f32 / FINE_LINES).clamp(1.0, 4.0);
    let off = if paint.is_far { many } else { edge::OFF * many };
    for (item, look) in items {
        let curve = paint.prepared.curve(item);
        edge::draw(&look, curve, (&frame, paint.scale, off), paint.stencils, &mut layer.mesh, &mut points);
    }
    layer
}

fn nodes(paint: &Paint<'_>) -> Layer {
    let frame = paint.camera.frame(paint.view);
    let mut layer = Layer::default();
    layer.mesh.texture_id = paint.stencils.texture();
    layer.mesh.reserve_vertices(16 * paint.listed_nodes.len());
    layer.mesh.reserve_triangles(16 * paint.listed_nodes.len());
    let mut outline = Vec::new();
    let hovered = match paint.state_hovered {
        Some(MapItem::Node(i)) => Some(i),
        _ => None,
    };
    for item in paint.listed_nodes.iter().map(|k| &paint.prepared.nodes[*k]) {
        let i = item.index;
        let above = (hovered == Some(i))
            .then(|| NodeLook::new(&paint.scene.nodes[i], paint.emphasis.nodes[i], true, paint.palette));
        let look = above.as_ref().unwrap_or(&item.look);
        let mut brush = Brush {
            stencils: paint.stencils,
            mesh: &mut layer.mesh,
            outline: &mut outline,
            scale: paint.scale,
        };
        let icon = look.draw(item.at, &frame, &mut brush);
        let Some((middle, size)) = icon else { continue };
        // Icons are kept by kind, numbers of members behind them.
        let kind = paint.scene.nodes[i].kind;
        let place = if look.members > 0 { 100 + look.members } else { kind as usize };
        let galley = paint.kept(Slot::Icon, place, &look.sign(), FontId::proportional(size));
        layer.text(middle - galley.mesh_bounds.center().to_vec2(), galley, look.icon_colour);
    }
    layer
}
