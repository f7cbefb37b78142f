//! Badges of nodes and figures on edges: where each finds a free place, and which ones have to go.
use std::sync::Arc;

use egui::{Align2, Color32, FontId, Galley, Pos2, Rect, Vec2, vec2};

use super::change::Verdict;
use super::draw::{Layer, Paint};
use super::edge_signs;
use super::emphasis::Role;
use super::galleys::Slot;
use super::input::{Health, MapItem};
use super::mesh;
use super::name_block::is_card;
use super::node::{FADED, health_colour};
use super::occupied::Occupied;
use super::scene::EdgeScene;
use crate::view::fonts;
use crate::view::theme::{Palette, mixed};

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

/// Below this zoom only what is bad, selected or pointed at has a pill; with many edges in view, below more.
const PILLS_FROM: (f32, f32) = (0.5, 0.8);
const MANY_EDGES: usize = 70;
/// With so few edges in view calm ones have their figures wherever there is room, however far away they are.
const SPARSE_EDGES: usize = 250;
/// How many pills are tried at most in one frame, and how many bad edges have one from far away.
const MOST_TRIED: usize = 800;
const FAR_PILLS: usize = 5;
/// How many calm edges have their figures where there are many, from far away and nearer: among more nobody finds
/// their lines.
const CALM_PILLS: (usize, usize) = (14, 24);

/// The error shares at the corners of nodes; they take their room first.
pub(super) fn badges(paint: &Paint<'_>, occupied: &mut Occupied) -> Layer {
    let mut layer = Layer::default();
    for item in paint.listed_nodes.iter().map(|k| &paint.prepared.nodes[*k]) {
        let radius = paint.scale * item.radius;
        let i = item.index;
        let node = &paint.scene.nodes[i];
        if radius < 9.0 || is_card(paint, node) {
            continue;
        }
        let middle = paint.to_screen(node.centre);
        let role = paint.emphasis.nodes[i];
        let strength = if role == Role::Faded { FADED } else { 1.0 };
        if let Some(text) = &node.badge {
            let at = middle + vec2(radius * 0.78 + 5.0, -radius * 0.78 - 3.0);
            badge(paint, (i, text), at, strength, occupied, &mut layer);
        }
        if node.calls_itself {
            let colour = mixed(paint.palette.canvas, paint.palette.muted, strength);
            let icon = egui_phosphor::regular::ARROW_CLOCKWISE;
            let galley = paint.kept(Slot::Turn, 0, icon, FontId::proportional(11.0));
            let at = middle + vec2(radius * 0.8, radius * 0.75);
            let fills = [paint.palette.pill, paint.palette.border];
            let area = Rect::from_center_size(at, Vec2::splat(15.0));
            mesh::plate(&mut layer.mesh, area, 7.5, paint.soft(), fills);
            occupied.take(area);
            layer.text(at - galley.size() / 2.0, galley, colour);
        }
    }
    layer.texts.extend(super::mark::shapes(paint, occupied));
    layer
}

/// The colour of what carries or is text: by the change, where that is shown.
fn colour_of(health: Health, change: Option<Verdict>, p: &Palette) -> Color32 {
    change.map_or_else(|| health_colour(health, p), |c| c.colour(p))
}

fn badge(
    paint: &Paint<'_>,
    (i, text): (usize, &str),
    at: Pos2,
    strength: f32,
    occupied: &mut Occupied,
    layer: &mut Layer,
) {
    let node = &paint.scene.nodes[i];
    let canvas = paint.palette.canvas;
    let fill = mixed(canvas, colour_of(node.health, node.change, paint.palette), strength);
    let size = if paint.camera.zoom < 0.75 { 9.5 } else { 10.5 };
    let galley = paint.kept(Slot::Badge, i, text, FontId::new(size, fonts::medium()));
    let area = Rect::from_center_size(at, galley.size() + vec2(8.0, 1.5));
    occupied.take(area);
    mesh::plate(&mut layer.mesh, area.expand(1.5), 8.0, paint.soft(), [canvas, canvas]);
    mesh::plate(&mut layer.mesh, area, 8.0, paint.soft(), [fill, fill]);
    layer.text(area.center() - galley.size() / 2.0, galley, paint.palette.on_health);
}

/// The places along a curve where a pill may go, the best first.
const PLACES: [f32; 13] = [0.5, 0.42, 0.58, 0.35, 0.65, 0.28, 0.72, 0.22, 0.78, 0.46, 0.54, 0.84, 0.16];

/// Paints the figures on the edges, the most important first; returns also where, by edge.
pub(super) fn pills(paint: &Paint<'_>, occupied: &mut Occupied) -> (Layer, Vec<(usize, Rect)>) {
    let from = if is_crowded(paint) { PILLS_FROM.1 } else { PILLS_FROM.0 };
    let is_sparse = !paint.is_remote() && paint.visible_edges.len() <= SPARSE_EDGES;
    let has_pill = |e: &usize| {
        let e = *e;
        let edge = &paint.scene.edges[e];
        let role = paint.emphasis.edges[e];
        let asked = role == Role::Selected || paint.state_hovered == Some(MapItem::Edge(e));
        let near = matches!(role, Role::Dependent(1) | Role::Dependency(1));
        let is_path = paint.is_lit && role == Role::Plain;
        let shown = (paint.camera.zoom >= from || is_path) && role != Role::Faded;
        let is_mute = edge.is_loop() || edge.label.is_empty() && edge.errors.is_none();
        let calm = is_sparse && role == Role::Plain;
        !is_mute && (asked || near || shown || calm || edge.is_loud() && role != Role::Faded)
    };
    let most_calm = match () {
        () if paint.is_far => CALM_PILLS.0,
        () if is_crowded(paint) => CALM_PILLS.1,
        () => usize::MAX,
    };
    let most = match () {
        () if paint.is_far && !is_sparse => FAR_PILLS,
        // Of lines with little on them none is to stand out.
        () if most_calm < usize::MAX => 2 * most_calm,
        () => MOST_TRIED,
    };
    let (mut layer, mut areas, mut calm) = (Layer::default(), Vec::new(), 0);
    for e in paint.edges_by_importance().filter(has_pill).take(most) {
        let edge = &paint.scene.edges[e];
        if calm >= most_calm && !edge.is_loud() {
            continue;
        }
        let must = paint.emphasis.edges[e] == Role::Selected || paint.state_hovered == Some(MapItem::Edge(e));
        // Among many what is well says how much, no more.
        let whole = match &edge.short {
            Some(short) if most_calm < usize::MAX && !edge.is_loud() && !must => short,
            _ => &edge.label,
        };
        let mut pill = Pill::new(paint, e, whole, true);
        let mut place = free_place(paint, edge, pill.size, occupied, must);
        // Half of the figures, and half of what changed, is better than nothing.
        let half = match &edge.short {
            Some(short) => Some((short, true)),
            None if edge.change.is_some() && edge.errors.is_some() => Some((&edge.label, false)),
            None => None,
        };
        if let (None, Some((text, has_errors))) = (place, half) {
            pill = Pill::new(paint, e, text, has_errors);
            place = free_place(paint, edge, pill.size, occupied, must);
        }
        // Of what is ill, at least how much of it fails.
        if place.is_none() && edge.is_loud() && edge.errors.is_some() {
            pill = Pill::new(paint, e, "", true);
            place = free_place(paint, edge, pill.size, occupied, must);
        }
        // What is selected is told in any case.
        if place.is_none() && must {
            pill = Pill::new(paint, e, whole, true);
            place = place_at(paint, edge, pill.size, 0.5, 0.0);
        }
        let Some(area) = place else { continue };
        calm += usize::from(!edge.is_loud());
        occupied.take(area.expand(2.0));
        areas.push((e, area));
        pill.paint(paint, edge, area, must, &mut layer);
    }
    (layer, areas)
}

/// Whether so many edges are in view that those with figures are to be drawn clearer than the others.
pub(super) fn is_crowded(paint: &Paint<'_>) -> bool {
    paint.visible_edges.len() > MANY_EDGES
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
    let is_short = first.distance(last) < size.x * if (first.y - last.y).abs() > size.x { 0.6 } else { 0.9 };
    if !must && is_short && !edge.is_loud() {
        return None;
    }
    let at = |share: f32, side: f32| place_at(paint, edge, size, share, side);
    let room = paint.view.shrink(RIM);
    let free = |area: &Rect| room.contains_rect(*area) && occupied.is_free(*area);
    // What is ill or selected rather stands beside its line than it says less.
    let far = if must { 2 } else { 1 };
    let beside = || {
        let of = |far: i32| PLACES.into_iter().flat_map(move |share| [1, -1].map(|side| (share, far * side)));
        (1..=far).flat_map(of).filter_map(|(share, side)| at(share, side as f32)).find(free)
    };
    let on_line = || PLACES.into_iter().filter_map(|share| at(share, 0.0)).find(free);
    let found = if is_short && !must { None } else { on_line() };
    found.or_else(|| (edge.is_loud() || must).then(beside).flatten())
}

/// Where something of this size stands so far along a line, and on it or so far to its side.
fn place_at(paint: &Paint<'_>, edge: &EdgeScene, size: Vec2, share: f32, side: f32) -> Option<Rect> {
    let points = &edge.points;
    let along = share * points.len().checked_sub(1)? as f32;
    let i = (along as usize).min(points.len().checked_sub(2)?);
    let on_line = paint.to_screen(points[i].lerp(points[i + 1], along - i as f32));
    // In a replay calls run on the line: what is written stands above it.
    let side = if side == 0.0 && paint.dots.is_replay() { 1.0 } else { side };
    let up = side * above(points[i + 1] - points[i], size);
    Some(Rect::from_center_size(on_line + up, size))
}

/// How far from a line in this direction something of this size stands free of it and of what runs on it, upwards.
fn above(way: Vec2, size: Vec2) -> Vec2 {
    /// Half of the largest sign of a call, and some air.
    const FREE: f32 = 7.0;
    let normal = way.normalized().rot90();
    let normal = if normal.y > 0.0 { -normal } else { normal };
    normal * (normal.x.abs() * size.x / 2.0 + normal.y.abs() * size.y / 2.0 + FREE)
}

struct Pill {
    rate: (Arc<Galley>, Color32),
    errors: Option<(Arc<Galley>, Color32)>,
    size: Vec2,
}

const PILL_GAP: f32 = 5.0;
/// From the rim of the map, in points.
const RIM: f32 = 6.0;

impl Pill {
    fn new(paint: &Paint<'_>, e: usize, text: &str, has_errors: bool) -> Self {
        let edge = &paint.scene.edges[e];
        let font = FontId::proportional(Sizes::at(paint.camera.zoom).pill);
        let p = paint.palette;
        let rate_colour = if edge.is_loud() { p.text } else { mixed(p.muted, p.text, 0.55) };
        let error_colour =
            if edge.health.is_bad() { colour_of(edge.health, edge.change, p) } else { p.muted };
        let slot = match text {
            "" => Slot::Nothing,
            _ if text.len() < edge.label.len() => Slot::Short,
            _ => Slot::Rate,
        };
        let rate = paint.kept(slot, e, text, font.clone());
        let errors = edge.errors.as_ref().filter(|_| has_errors);
        let errors = errors.map(|t| paint.kept(Slot::Errors, e, t, font));
        let gap = if text.is_empty() { 0.0 } else { PILL_GAP };
        let more = errors.as_ref().map_or(0.0, |g| g.size().x + gap);
        let size = vec2(rate.size().x + more + 13.0, rate.size().y + 4.0);
        Self { rate: (rate, rate_colour), errors: errors.map(|g| (g, error_colour)), size }
    }

    fn paint(self, paint: &Paint<'_>, edge: &EdgeScene, area: Rect, must: bool, layer: &mut Layer) {
        let p = paint.palette;
        let border = match () {
            () if must => p.accent,
            () if edge.is_loud() => mixed(p.pill, edge_signs::colour(edge, p), 0.85),
            () => p.border,
        };
        mesh::plate(&mut layer.mesh, area, area.height() / 2.0, paint.soft(), [p.pill, border]);
        let (rate, colour) = self.rate;
        let mut at =
            Align2::LEFT_CENTER.align_size_within_rect(rate.size(), area.shrink2(vec2(6.5, 0.0))).min;
        let step = if rate.text().is_empty() { 0.0 } else { rate.size().x + PILL_GAP };
        layer.text(at, rate, colour);
        if let Some((errors, colour)) = self.errors {
            at.x += step;
            layer.text(at, errors, colour);
        }
    }
}
