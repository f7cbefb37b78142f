//! Names, figures and pills: where each finds a free place, and which ones have to go.
use std::sync::Arc;

use egui::{
    Align2, Color32, CornerRadius, FontId, Galley, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2, pos2, vec2,
};

use super::change::Verdict;
use super::draw::Paint;
use super::emphasis::Role;
use super::input::{Health, MapItem};
use super::node::{FADED, health_colour};
use super::scene::{EdgeScene, NodeScene};
use crate::view::fonts;
use crate::view::theme::{Palette, faded, mixed};

/// What already takes up room on the screen.
///
/// What is healthy may be covered by the names of what is not.
#[derive(Default)]
pub(super) struct Occupied {
    taken: Vec<Rect>,
    lightly: Vec<Rect>,
}

impl Occupied {
    pub(super) fn take(&mut self, area: Rect) {
        self.taken.push(area);
    }

    pub(super) fn take_lightly(&mut self, area: Rect) {
        self.lightly.push(area);
    }

    fn is_free(&self, area: Rect) -> bool {
        self.may_cover(area) && self.lightly.iter().all(|t| !t.intersects(area))
    }

    pub(super) fn may_cover(&self, area: Rect) -> bool {
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
const PATH_FIGURES_FROM: f32 = 0.3;
/// Below this zoom only what is bad, selected or pointed at has a pill; with many edges in view, below more.
const PILLS_FROM: (f32, f32) = (0.5, 0.8);
const MANY_EDGES: usize = 70;
/// How many names, and how many pills, are tried at most in one frame.
const MOST_TRIED: usize = 800;
/// How many names of bad nodes cover what is healthy rather than go.
const MOST_INSISTING: usize = 25;
/// From far away: how many names of healthy nodes are tried, and how many bad edges have a pill.
const FAR_CALM: usize = 12;
const FAR_PILLS: usize = 5;

/// Paints the names below the nodes, the most important first; returns where.
pub(super) fn names(paint: &Paint<'_>, occupied: &mut Occupied) -> Vec<Shape> {
    let mut order: Vec<usize> = paint.visible_nodes.clone();
    order.sort_by(|&a, &b| {
        paint.rank(MapItem::Node(b)).total_cmp(&paint.rank(MapItem::Node(a))).then(a.cmp(&b))
    });
    // No screen has room for more, and trying each would cost a slow frame.
    order.truncate(MOST_TRIED);
    let mut shapes = Vec::new();
    let (mut insisting, mut calm) = (0, 0);
    for i in order {
        let node = &paint.scene.nodes[i];
        let role = paint.emphasis.nodes[i];
        let must = role == Role::Selected || paint.state_hovered == Some(MapItem::Node(i));
        let bad = node.health.is_bad() && role != Role::Faded;
        calm += usize::from(!bad);
        let is_back = role == Role::Faded && paint.scene.is_large();
        if !must && (is_back || !bad && paint.is_far && calm > FAR_CALM) {
            continue;
        }
        let mut block = Block::new(paint, node, role, must);
        let is_path = paint.is_lit && role == Role::Plain;
        let insists = (bad || is_path) && insisting < MOST_INSISTING;
        let mut at = name_place(paint, node, block.size, occupied, (false, false));
        if at.is_none() && block.lines.len() > 1 && !must {
            block.only_name();
            at = name_place(paint, node, block.size, occupied, (false, false));
        }
        let at = at.or_else(|| name_place(paint, node, block.size, occupied, (insists, must)));
        let Some(at) = at else { continue };
        insisting += usize::from(insists);
        occupied.take(Rect::from_min_size(at, block.size).expand2(vec2(3.0, 1.0)));
        let ground = faded(paint.ground(node.centre), if bad { 0.9 } else { 0.8 });
        shapes.extend(block.shapes(at, ground));
    }
    shapes
}

/// Where a name goes: below its node, above, right or left of it, the first that is free.
///
/// One that insists covers what is healthy before it goes; one that must be there covers anything.
fn name_place(
    paint: &Paint<'_>,
    node: &NodeScene,
    size: Vec2,
    occupied: &Occupied,
    (insists, must): (bool, bool),
) -> Option<Pos2> {
    let middle = paint.to_screen(node.centre);
    let radius = paint.camera.radius(node.radius);
    // Where rows stand close, names stand close to their nodes.
    let gap = 3.6 + 2.9 * ((paint.camera.zoom - 0.55) / 0.3).clamp(0.0, 1.0);
    let below = middle + vec2(-size.x / 2.0, radius + gap);
    let beside = radius + 7.0;
    let places = [
        below,
        middle + vec2(-size.x / 2.0, -radius - 4.0 - size.y),
        middle + vec2(beside, -size.y / 2.0),
        middle + vec2(-beside - size.x, -size.y / 2.0),
        // Lower or higher, past a badge or a neighbour.
        middle + vec2(beside, 0.0),
        middle + vec2(-beside - size.x, 0.0),
        middle + vec2(beside, -size.y),
        middle + vec2(-beside - size.x, -size.y),
    ];
    let area = |at: &Pos2| Rect::from_min_size(*at, size).expand2(vec2(3.0, 1.0));
    // Where there is room enough, all names stand below their nodes.
    let tried = match () {
        () if insists => places.len(),
        () if paint.camera.zoom < 0.7 => 4,
        () => 1,
    };
    let tries = places.into_iter().take(tried).filter(|at| paint.view.contains_rect(area(at)));
    let free = tries.clone().find(|at| occupied.is_free(area(at)));
    let over = || tries.clone().find(|at| insists && occupied.may_cover(area(at)));
    // At the border of the view a name may be cut, but only where no whole one fits.
    let cut = paint.view.intersects(area(&below)) && !paint.view.contains_rect(area(&below));
    let cut = (cut && occupied.is_free(area(&below)) || must).then_some(below);
    free.or_else(over).or(cut)
}

/// A name and the figures below it, each in the middle of the block.
struct Block {
    lines: Vec<(Arc<Galley>, Color32)>,
    size: Vec2,
}

impl Block {
    fn new(paint: &Paint<'_>, node: &NodeScene, role: Role, must: bool) -> Self {
        let sizes = Sizes::at(paint.camera.zoom);
        let fade =
            |c: Color32| if role == Role::Faded && !must { mixed(paint.palette.canvas, c, FADED) } else { c };
        let colour = fade(paint.palette.text);
        let font = FontId::new(sizes.name, fonts::medium());
        let mut lines = vec![(paint.layout(node.name.clone(), font, colour), colour)];
        let is_path = paint.is_lit && role == Role::Plain;
        if paint.camera.zoom >= if is_path { PATH_FIGURES_FROM } else { FIGURES_FROM } || must {
            let colour = fade(paint.palette.muted);
            let font = FontId::proportional(sizes.figures);
            lines.push((paint.layout(node.figures.clone(), font, colour), colour));
        }
        let mut block = Self { lines, size: Vec2::ZERO };
        block.measure();
        block
    }

    fn measure(&mut self) {
        let widest = self.lines.iter().map(|l| l.0.size().x).fold(0.0, f32::max);
        self.size = vec2(widest, self.lines.iter().map(|l| l.0.size().y + 0.5).sum());
    }

    fn only_name(&mut self) {
        self.lines.truncate(1);
        self.measure();
    }

    /// The lines from the top left corner `at`, each on a plate in the colour of the ground.
    fn shapes(self, at: Pos2, ground: Color32) -> Vec<Shape> {
        let (mut plates, mut texts) = (Vec::new(), Vec::new());
        let mut top = at.y;
        for (galley, colour) in self.lines {
            let corner = pos2(at.x + (self.size.x - galley.size().x) / 2.0, top);
            let area = Rect::from_min_size(corner, galley.size()).expand2(vec2(3.0, 0.0));
            plates.push(Shape::rect_filled(area, CornerRadius::same(4), ground));
            top += galley.size().y + 0.5;
            texts.push(Shape::galley(corner, galley, colour));
        }
        plates.append(&mut texts);
        plates
    }
}

/// The error shares at the corners of nodes; they take their room first.
pub(super) fn badges(paint: &Paint<'_>, occupied: &mut Occupied) -> Vec<Shape> {
    let mut shapes = Vec::new();
    for &i in &paint.visible_nodes {
        let node = &paint.scene.nodes[i];
        let radius = paint.camera.radius(node.radius);
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
                colour_of(node.health, node.change, paint.palette),
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
    shapes.extend(super::mark::shapes(paint, occupied));
    shapes
}

/// The colour of what carries or is text: by the change, where that is shown.
fn colour_of(health: Health, change: Option<Verdict>, p: &Palette) -> Color32 {
    change.map_or_else(|| health_colour(health, p), |c| c.colour(p))
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
        let is_path = paint.is_lit && role == Role::Plain;
        let shown = (paint.camera.zoom >= from || is_path) && role != Role::Faded;
        !edge.rate.is_empty()
            && !edge.is_loop()
            && (asked || near || shown || edge.health.is_bad() && role != Role::Faded)
    });
    order.sort_by(|&a, &b| {
        paint.rank(MapItem::Edge(b)).total_cmp(&paint.rank(MapItem::Edge(a))).then(a.cmp(&b))
    });
    order.truncate(if paint.is_far { FAR_PILLS } else { MOST_TRIED });
    let (mut shapes, mut areas) = (Vec::new(), Vec::new());
    for e in order {
        let edge = &paint.scene.edges[e];
        let must = paint.emphasis.edges[e] == Role::Selected || paint.state_hovered == Some(MapItem::Edge(e));
        let mut pill = Pill::new(paint, edge, true);
        let mut place = free_place(paint, edge, pill.size, occupied, must);
        // Half of what changed is better than nothing.
        if place.is_none() && edge.change.is_some() && edge.errors.is_some() {
            pill = Pill::new(paint, edge, false);
            place = free_place(paint, edge, pill.size, occupied, must);
        }
        let Some(area) = place else { continue };
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
    fn new(paint: &Paint<'_>, edge: &EdgeScene, is_whole: bool) -> Self {
        let font = FontId::proportional(Sizes::at(paint.camera.zoom).pill);
        let p = paint.palette;
        let rate_colour = if edge.health.is_bad() { p.text } else { mixed(p.muted, p.text, 0.55) };
        let error_colour =
            if edge.health.is_bad() { colour_of(edge.health, edge.change, p) } else { p.muted };
        let rate = paint.layout(edge.rate.clone(), font.clone(), rate_colour);
        let errors = edge.errors.clone().filter(|_| is_whole).map(|e| paint.layout(e, font, error_colour));
        let more = errors.as_ref().map_or(0.0, |e| e.size().x + PILL_GAP);
        let size = vec2(rate.size().x + more + 13.0, rate.size().y + 4.0);
        Self { rate, errors, size }
    }

    fn shapes(self, paint: &Paint<'_>, edge: &EdgeScene, area: Rect, must: bool) -> Vec<Shape> {
        let p = paint.palette;
        let border = match () {
            () if must => p.accent,
            () if edge.health.is_bad() => faded(colour_of(edge.health, edge.change, p), 0.85),
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
