//! Names, figures and pills: where each finds a free place, and which ones have to go.
use std::sync::Arc;

use egui::{
    Align2, Color32, CornerRadius, FontId, Galley, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2, pos2, vec2,
};

use super::draw::Paint;
use super::emphasis::Role;
use super::input::MapItem;
use super::node::{FADED, health_colour};
use super::scene::{EdgeScene, NodeScene};
use crate::view::fonts;
use crate::view::theme::{faded, mixed};

/// What already takes up room on the screen.
#[derive(Default)]
pub(super) struct Occupied {
    taken: Vec<Rect>,
}

impl Occupied {
    pub(super) fn take(&mut self, area: Rect) {
        self.taken.push(area);
    }

    fn is_free(&self, area: Rect) -> bool {
        self.taken.iter().all(|t| !t.intersects(area))
    }
}

/// The sizes of text at a zoom, in whole steps so that few glyph sizes are rasterised.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    pub name: f32,
    pub figures: f32,
    pub pill: f32,
}

impl Sizes {
    pub(super) fn at(zoom: f32) -> Self {
        let step = |size: f32| (size * 2.0).round() / 2.0;
        let name = step((13.0 * zoom.powf(0.55)).clamp(10.5, 17.0));
        Self { name, figures: (name - 1.5).max(10.0), pill: (name - 2.0).max(10.0) }
    }
}

/// Below this zoom the lines of figures go; names thin out by themselves.
const FIGURES_FROM: f32 = 0.42;
/// Below this zoom only what is bad, selected or pointed at has a pill; with many edges in view, below more.
const PILLS_FROM: (f32, f32) = (0.5, 0.8);
const MANY_EDGES: usize = 70;
/// How many names, and how many pills, are tried at most in one frame.
const MOST_TRIED: usize = 800;

/// Paints the names below the nodes, the most important first; returns where.
pub(super) fn names(paint: &Paint<'_>, occupied: &mut Occupied) -> Vec<Shape> {
    let mut order: Vec<usize> = paint.visible_nodes.clone();
    order.sort_by(|&a, &b| {
        paint.rank(MapItem::Node(b)).total_cmp(&paint.rank(MapItem::Node(a))).then(a.cmp(&b))
    });
    // No screen has room for more, and trying each would cost a slow frame.
    order.truncate(MOST_TRIED);
    let mut shapes = Vec::new();
    for i in order {
        let node = &paint.scene.nodes[i];
        let role = paint.emphasis.nodes[i];
        let must = role == Role::Selected || paint.state_hovered == Some(MapItem::Node(i));
        if !must && paint.is_far() && !node.health.is_bad() && paint.is_boxed(node.centre) {
            continue;
        }
        let Some(Block { area, plates, texts }) = name_block(paint, node, role, must) else { continue };
        if must || occupied.is_free(area) {
            occupied.take(area);
            let ground = faded(paint.ground(node.centre), 0.8);
            let plate = |p: Rect| Shape::rect_filled(p, CornerRadius::same(4), ground);
            shapes.extend(plates.into_iter().map(plate));
            shapes.extend(texts);
        }
    }
    shapes
}

/// A name and its figures: the room that they take, what they stand on, and they.
struct Block {
    area: Rect,
    plates: Vec<Rect>,
    texts: Vec<Shape>,
}

fn name_block(paint: &Paint<'_>, node: &NodeScene, role: Role, must: bool) -> Option<Block> {
    let sizes = Sizes::at(paint.camera.zoom);
    let fade =
        |c: Color32| if role == Role::Faded && !must { mixed(paint.palette.canvas, c, FADED) } else { c };
    let colour = fade(paint.palette.text);
    let name = paint.layout(node.name.clone(), FontId::new(sizes.name, fonts::medium()), colour);
    let middle = paint.to_screen(node.centre);
    let top = middle.y + node.radius * paint.camera.zoom + 6.5;
    let name_at = pos2(middle.x - name.size().x / 2.0, top);
    let mut area = Rect::from_min_size(name_at, name.size());
    let mut plates = vec![area.expand2(vec2(3.0, 0.0))];
    let mut texts = vec![Shape::galley(name_at, name, colour)];
    if paint.camera.zoom >= FIGURES_FROM || must {
        let colour = fade(paint.palette.muted);
        let line = paint.layout(node.figures.clone(), FontId::proportional(sizes.figures), colour);
        let at = pos2(middle.x - line.size().x / 2.0, area.bottom() + 0.5);
        let below = Rect::from_min_size(at, line.size());
        plates.push(below.expand2(vec2(1.5, 0.0)));
        area |= below;
        texts.push(Shape::galley(at, line, colour));
    }
    area.intersects(paint.view).then(|| Block { area: area.expand2(vec2(3.0, 1.0)), plates, texts })
}

/// The error shares at the corners of nodes; they take their room first.
pub(super) fn badges(paint: &Paint<'_>, occupied: &mut Occupied) -> Vec<Shape> {
    let mut shapes = Vec::new();
    for &i in &paint.visible_nodes {
        let node = &paint.scene.nodes[i];
        let radius = node.radius * paint.camera.zoom;
        if radius < 9.0 {
            continue;
        }
        let middle = paint.to_screen(node.centre);
        let role = paint.emphasis.nodes[i];
        let strength = if role == Role::Faded { FADED } else { 1.0 };
        if let Some(text) = &node.badge {
            let at = middle + vec2(radius * 0.78 + 5.0, -radius * 0.78 - 3.0);
            shapes.extend(badge(
                paint,
                at,
                text,
                health_colour(node.health, paint.palette),
                strength,
                occupied,
            ));
        }
        if node.calls_itself {
            let colour = mixed(paint.palette.canvas, paint.palette.muted, strength);
            let icon = egui_phosphor::regular::ARROW_CLOCKWISE.to_owned();
            let galley = paint.layout(icon, FontId::proportional(11.0), colour);
            let at = middle + vec2(radius * 0.8, radius * 0.75);
            shapes.push(Shape::circle_filled(at, 7.5, paint.palette.pill));
            shapes.push(Shape::circle_stroke(at, 7.5, Stroke::new(1.0, paint.palette.border)));
            shapes.push(Shape::galley(at - galley.size() / 2.0, galley, colour));
        }
    }
    shapes
}

fn badge(
    paint: &Paint<'_>,
    at: Pos2,
    text: &str,
    health: Color32,
    strength: f32,
    occupied: &mut Occupied,
) -> Vec<Shape> {
    let canvas = paint.palette.canvas;
    let colour = paint.palette.on_health;
    let size = if paint.camera.zoom < 0.75 { 9.5 } else { 10.5 };
    let galley = paint.layout(text.to_owned(), FontId::new(size, fonts::medium()), colour);
    let area = Rect::from_center_size(at, galley.size() + vec2(8.0, 1.5));
    occupied.take(area);
    let round = CornerRadius::same(8);
    let mut shapes = vec![
        Shape::rect_filled(area.expand(1.5), round, canvas),
        Shape::rect_filled(area, round, mixed(canvas, health, strength)),
    ];
    shapes.push(Shape::galley(area.center() - galley.size() / 2.0, galley, colour));
    shapes
}

/// The places along a curve where a pill may go, the best first.
const PLACES: [f32; 13] = [0.5, 0.42, 0.58, 0.35, 0.65, 0.28, 0.72, 0.22, 0.78, 0.46, 0.54, 0.84, 0.16];

/// Paints the figures on the edges, the most important first; returns also where, by edge.
pub(super) fn pills(paint: &Paint<'_>, occupied: &mut Occupied) -> (Vec<Shape>, Vec<(usize, Rect)>) {
    let mut order: Vec<usize> = paint.visible_edges.clone();
    let from = if order.len() > MANY_EDGES { PILLS_FROM.1 } else { PILLS_FROM.0 };
    order.retain(|&e| {
        let edge = &paint.scene.edges[e];
        let role = paint.emphasis.edges[e];
        let asked = role == Role::Selected || paint.state_hovered == Some(MapItem::Edge(e));
        let near = matches!(role, Role::Dependent(1) | Role::Dependency(1));
        let shown = paint.camera.zoom >= from && role != Role::Faded;
        !edge.rate.is_empty()
            && !edge.is_loop()
            && (asked || near || shown || edge.health.is_bad() && role != Role::Faded)
    });
    order.sort_by(|&a, &b| {
        paint.rank(MapItem::Edge(b)).total_cmp(&paint.rank(MapItem::Edge(a))).then(a.cmp(&b))
    });
    order.truncate(MOST_TRIED);
    let (mut shapes, mut areas) = (Vec::new(), Vec::new());
    for e in order {
        let edge = &paint.scene.edges[e];
        let must = paint.emphasis.edges[e] == Role::Selected || paint.state_hovered == Some(MapItem::Edge(e));
        let pill = Pill::new(paint, edge);
        let Some(area) = free_place(paint, edge, pill.size, occupied, must) else { continue };
        occupied.take(area.expand(2.0));
        areas.push((e, area));
        shapes.extend(pill.shapes(paint, edge, area, must));
    }
    (shapes, areas)
}

fn free_place(
    paint: &Paint<'_>,
    edge: &EdgeScene,
    size: Vec2,
    occupied: &Occupied,
    must: bool,
) -> Option<Rect> {
    let points = &edge.points;
    let (first, last) = (paint.to_screen(*points.first()?), paint.to_screen(*points.last()?));
    // A pill as long as its edge would hide it.
    if !must && first.distance(last) < size.x * if (first.y - last.y).abs() > size.x { 0.6 } else { 0.9 } {
        return None;
    }
    let at = |share: f32| {
        let along = share * (points.len() - 1) as f32;
        let i = (along as usize).min(points.len() - 2);
        Rect::from_center_size(paint.to_screen(points[i].lerp(points[i + 1], along - i as f32)), size)
    };
    let free = |area: &Rect| paint.view.contains_rect(*area) && occupied.is_free(*area);
    PLACES.into_iter().map(at).find(free).or_else(|| must.then(|| at(0.5)))
}

struct Pill {
    rate: Arc<Galley>,
    errors: Option<Arc<Galley>>,
    size: Vec2,
}

const PILL_GAP: f32 = 5.0;

impl Pill {
    fn new(paint: &Paint<'_>, edge: &EdgeScene) -> Self {
        let font = FontId::proportional(Sizes::at(paint.camera.zoom).pill);
        let p = paint.palette;
        let rate_colour = if edge.health.is_bad() { p.text } else { mixed(p.muted, p.text, 0.55) };
        let error_colour = if edge.health.is_bad() { health_colour(edge.health, p) } else { p.muted };
        let rate = paint.layout(edge.rate.clone(), font.clone(), rate_colour);
        let errors = edge.errors.clone().map(|e| paint.layout(e, font, error_colour));
        let more = errors.as_ref().map_or(0.0, |e| e.size().x + PILL_GAP);
        let size = vec2(rate.size().x + more + 13.0, rate.size().y + 4.0);
        Self { rate, errors, size }
    }

    fn shapes(self, paint: &Paint<'_>, edge: &EdgeScene, area: Rect, must: bool) -> Vec<Shape> {
        let p = paint.palette;
        let border = match () {
            () if must => p.accent,
            () if edge.health.is_bad() => faded(health_colour(edge.health, p), 0.85),
            () => p.border,
        };
        let round = CornerRadius::same((area.height() / 2.0) as u8);
        let mut shapes = vec![Shape::rect_filled(area, round, p.pill)];
        shapes.push(Shape::rect_stroke(area, round, Stroke::new(1.0, border), StrokeKind::Inside));
        let mut at =
            Align2::LEFT_CENTER.align_size_within_rect(self.rate.size(), area.shrink2(vec2(6.5, 0.0))).min;
        let step = self.rate.size().x + PILL_GAP;
        shapes.push(Shape::galley(at, self.rate, p.text));
        if let Some(errors) = self.errors {
            at.x += step;
            let colour = p.muted;
            shapes.push(Shape::galley(at, errors, colour));
        }
        shapes
    }
}
