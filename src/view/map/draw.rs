//! Paints a scene through a camera, back to front; decides nothing about the data.
use std::sync::Arc;

use egui::epaint::Mesh;
use egui::{
    Color32, CornerRadius, FontId, Galley, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2, vec2,
};
use egui_graphs::{DisplayEdge, DisplayNode, DrawContext, Graph, SettingsStyle};
use petgraph::Directed;
use petgraph::stable_graph::{EdgeIndex, NodeIndex};

use super::camera::Camera;
use super::canvas::Mark;
use super::dots::{self, Dots};
use super::edge::{EdgeLook, EdgeShape};
use super::emphasis::{Emphasis, Role};
use super::input::{Health, MapItem};
use super::labels::{self, Occupied};
use super::mesh;
use super::node::{NodeLook, NodeShape};
use super::scene::MapScene;
use crate::view::fonts;
use crate::view::theme::{Palette, faded, mixed};

/// The graph that `egui_graphs` holds; payloads are indices into the scene.
pub(super) type MapGraph = Graph<u32, u32, Directed, u32, NodeShape, EdgeShape>;

/// A graph with the shapes of `scene`.
pub(super) fn graph_of(scene: &MapScene) -> MapGraph {
    let mut graph = MapGraph::new();
    for (i, node) in scene.nodes.iter().enumerate() {
        graph.add_node_with_location(i as u32, node.centre);
    }
    for (i, edge) in scene.edges.iter().enumerate() {
        let (from, to) = (NodeIndex::new(edge.from), NodeIndex::new(edge.to));
        graph.add_edge_custom(from, to, i as u32, |e| e.display_mut().lay(&edge.points));
    }
    graph
}

/// All that painting needs to know.
pub(super) struct Paint<'a> {
    pub scene: &'a MapScene,
    pub palette: &'a Palette,
    pub camera: Camera,
    pub view: Rect,
    pub emphasis: &'a Emphasis,
    pub state_hovered: Option<MapItem>,
    pub painter: &'a Painter,
    /// Nodes and edges that the view cuts, by index.
    pub visible_nodes: Vec<usize>,
    pub visible_edges: Vec<usize>,
    /// Whether the nodes are so small and so many that only the names of boxes and of bad nodes are of use.
    pub is_far: bool,
    /// Whether some nodes stand back so that others are seen.
    pub is_lit: bool,
    /// Numbers on nodes.
    pub marks: &'a [(usize, Mark)],
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

    /// What lies behind the world point `p`.
    pub(super) fn ground(&self, p: Pos2) -> Color32 {
        let is_boxed = self.scene.hulls.iter().any(|h| h.rect.contains(p));
        if is_boxed { self.palette.hull } else { self.palette.canvas }
    }

    /// Who gets room first.
    pub(super) fn rank(&self, item: MapItem) -> f32 {
        let (own, role) = match item {
            MapItem::Node(i) => (self.scene.nodes[i].importance, self.emphasis.nodes[i]),
            MapItem::Edge(i) => (self.scene.edges[i].importance, self.emphasis.edges[i]),
        };
        let hovered = if self.state_hovered == Some(item) { 2_000.0 } else { 0.0 };
        let role = match role {
            Role::Selected => 1_000.0,
            Role::Dependent(_) | Role::Dependency(_) => 300.0,
            Role::Plain => 0.0,
            Role::Faded => -500.0,
        };
        own + role + hovered
    }

    /// Finds what the view cuts.
    pub(super) fn cull(&mut self) {
        let margin = 24.0;
        let view = self.view.expand(margin);
        let node = |i: &usize| {
            let n = &self.scene.nodes[*i];
            let radius = self.camera.radius(n.radius) + 40.0;
            view.intersects(Rect::from_center_size(self.to_screen(n.centre), Vec2::splat(2.0 * radius)))
        };
        let edge = |e: &usize| {
            let edge = &self.scene.edges[*e];
            !edge.is_loop() && view.intersects(self.rect_to_screen(edge.bounds))
        };
        let nodes = (0..self.scene.nodes.len()).filter(node).collect();
        let edges = (0..self.scene.edges.len()).filter(edge).collect();
        (self.visible_nodes, self.visible_edges) = (nodes, edges);
        let shown = self.visible_nodes.iter().filter(|i| self.emphasis.nodes[**i] != Role::Faded).count();
        self.is_far = self.camera.zoom < 0.4 && shown > 60;
        self.is_lit = shown < self.visible_nodes.len();
    }
}

/// Paints everything; returns the places of the pills by edge.
pub(super) fn paint(paint: &Paint<'_>, graph: &mut MapGraph) -> Vec<(usize, Rect)> {
    background(paint);
    hulls(paint);
    edges(paint, graph);
    dots::trails(paint);
    nodes(paint, graph);
    let mut occupied = Occupied::default();
    for &i in &paint.visible_nodes {
        let node = &paint.scene.nodes[i];
        let size = Vec2::splat(2.0 * paint.camera.radius(node.radius) + 4.0);
        let area = Rect::from_center_size(paint.to_screen(node.centre), size);
        let may_be_covered = !node.health.is_bad() || paint.emphasis.nodes[i] == Role::Faded;
        if may_be_covered { occupied.take_lightly(area) } else { occupied.take(area) }
    }
    let badges = labels::badges(paint, &mut occupied);
    hull_names(paint, &mut occupied);
    let names = labels::names(paint, &mut occupied);
    let (pills, areas) = labels::pills(paint, &mut occupied);
    paint.painter.extend(names.into_iter().chain(pills).chain(badges));
    areas
}

fn background(paint: &Paint<'_>) {
    paint.painter.rect_filled(paint.view, 0, paint.palette.canvas);
    let mut step = 28.0 * paint.camera.zoom;
    while step < 18.0 {
        step *= 2.0;
    }
    let mut mesh = Mesh::default();
    mesh::dots(&mut mesh, paint.view, paint.to_screen(Pos2::ZERO), step, paint.palette.grid);
    paint.painter.add(Shape::mesh(mesh));
}

fn hulls(paint: &Paint<'_>) {
    for hull in &paint.scene.hulls {
        let area = paint.rect_to_screen(hull.rect);
        if area.intersects(paint.view) {
            let round = CornerRadius::same((12.0 * paint.camera.zoom.clamp(0.35, 1.0)) as u8);
            let stroke = Stroke::new(1.0, paint.palette.hull_border);
            let (fill, border) = (paint.palette.hull, paint.palette.hull_border);
            let fill = if paint.is_far {
                mixed(fill, border, if paint.palette.dark { 0.4 } else { 0.25 })
            } else {
                fill
            };
            paint.painter.rect(area, round, fill, stroke, StrokeKind::Inside);
        }
    }
}

/// The names of the boxes, in their top left corners.
fn hull_names(paint: &Paint<'_>, occupied: &mut Occupied) {
    for hull in &paint.scene.hulls {
        let area = paint.rect_to_screen(hull.rect);
        let (font, colour) = match paint.is_far {
            true => (FontId::new(12.0, fonts::medium()), mixed(paint.palette.muted, paint.palette.text, 0.5)),
            false => (FontId::proportional(11.5), paint.palette.muted),
        };
        let galley = paint.layout(hull.name.clone(), font, colour);
        if galley.size().x + 8.0 > area.width() || !area.intersects(paint.view) {
            continue;
        }
        let roomy = paint.camera.zoom > 0.4 && galley.size().x + 20.0 < area.width();
        let inset = if roomy { vec2(10.0, 7.0) } else { vec2(5.0, 2.0) };
        let at = area.min + inset;
        let mut room = Rect::from_min_size(at, galley.size());
        if !occupied.may_cover(room) {
            // Above the box rather than below a badge or over a bad node.
            room = room.translate(vec2(0.0, area.top() - room.bottom() - 1.0));
        }
        let at = room.min;
        occupied.take(room);
        let plate = room.expand2(vec2(3.0, 0.0));
        paint.painter.rect_filled(plate, CornerRadius::same(4), faded(paint.palette.hull, 0.85));
        paint.painter.galley(at, galley, colour);
    }
}

fn edges(paint: &Paint<'_>, graph: &mut MapGraph) {
    let style = SettingsStyle::default();
    let meta = paint.camera.frame(paint.view);
    let ctx = DrawContext {
        ctx: paint.painter.ctx(),
        painter: paint.painter,
        style: &style,
        is_directed: true,
        meta: &meta,
    };
    let mut order = paint.visible_edges.clone();
    order.sort_by(|&a, &b| {
        paint.rank(MapItem::Edge(a)).total_cmp(&paint.rank(MapItem::Edge(b))).then(a.cmp(&b))
    });
    let mut shapes = Vec::with_capacity(order.len());
    for e in order {
        let index = EdgeIndex::new(e);
        let hovered = paint.state_hovered == Some(MapItem::Edge(e));
        let mut look = EdgeLook::new(&paint.scene.edges[e], paint.emphasis.edges[e], hovered, paint.palette);
        look.covered = paint.scene.nodes[paint.scene.edges[e].to].radius;
        if !hovered {
            calm(paint, e, &mut look);
        }
        let Some((from, to)) = graph.edge_endpoints(index) else { continue };
        let (Some(edge), Some(from), Some(to)) = (graph.edge(index), graph.node(from), graph.node(to)) else {
            continue;
        };
        // The shape is small: cloning it costs less than both end nodes would.
        let mut shape = edge.display().clone();
        shape.look = look;
        shapes.extend(shape.shapes(from, to, &ctx));
    }
    paint.painter.extend(shapes);
}

/// On large maps, and from far away, edges step back so that boxes and nodes can be seen.
fn calm(paint: &Paint<'_>, e: usize, look: &mut EdgeLook) {
    let edge = &paint.scene.edges[e];
    let canvas = paint.palette.canvas;
    let (far, large) = (paint.is_far, paint.scene.is_large());
    let strength = match paint.emphasis.edges[e] {
        Role::Faded if large => 0.35,
        Role::Dependent(2..) | Role::Dependency(2..) if far => 0.4,
        Role::Plain if paint.is_lit => return,
        Role::Plain if edge.health == Health::Critical && far => 0.8,
        Role::Plain if edge.health == Health::Warning && far => 0.6,
        Role::Plain if edge.health.is_bad() => return,
        Role::Plain if far && paint.scene.is_inside_group(e) => 0.42,
        Role::Plain if far => 0.2,
        Role::Plain if large => 0.55,
        _ => return,
    };
    look.colour = mixed(canvas, look.colour, strength);
    look.glow = faded(look.glow, 0.4);
    if far {
        look.width = look.width.min(1.8);
    }
}

fn nodes(paint: &Paint<'_>, graph: &mut MapGraph) {
    let style = SettingsStyle::default();
    let meta = paint.camera.frame(paint.view);
    let ctx = DrawContext {
        ctx: paint.painter.ctx(),
        painter: paint.painter,
        style: &style,
        is_directed: true,
        meta: &meta,
    };
    let mut order = paint.visible_nodes.clone();
    order.sort_by(|&a, &b| {
        paint.rank(MapItem::Node(a)).total_cmp(&paint.rank(MapItem::Node(b))).then(a.cmp(&b))
    });
    let mut shapes = Vec::with_capacity(2 * order.len());
    for i in order {
        let hovered = paint.state_hovered == Some(MapItem::Node(i));
        let Some(node) = graph.node_mut(NodeIndex::new(i)) else { continue };
        let scene = &paint.scene.nodes[i];
        let display = node.display_mut();
        display.look = NodeLook::new(scene, paint.emphasis.nodes[i], hovered, paint.palette);
        display.move_to(scene.centre);
        shapes.extend(<NodeShape as DisplayNode<u32, u32, Directed, u32>>::shapes(display, &ctx));
    }
    paint.painter.extend(shapes);
}
