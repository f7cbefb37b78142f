//! Names, figures and pills: where each finds a free place, and which ones have to go.
use std::sync::Arc;

use egui::{Align2, Color32, FontId, Galley, Pos2, Rect, Vec2, pos2, vec2};

use super::change::Verdict;
use super::draw::{Layer, Paint};
use super::edge_signs;
use super::emphasis::Role;
use super::galleys::Slot;
use super::input::{Health, MapItem, NodeKind};
use super::mesh;
use super::node::{FADED, health_colour};
use super::occupied::Occupied;
use super::scene::{EdgeScene, NodeScene};
use super::speaking::Word;
use crate::view::theme::{Palette, faded, mixed};
use crate::view::{fonts, text};

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
const MOST_TRIED_FAR: usize = 300;
/// How many names of bad nodes cover what is healthy rather than go.
const MOST_INSISTING: usize = 25;
/// From far away: how many names of healthy nodes are tried, more the nearer it is, and how many bad edges have a
/// pill.
const FAR_CALM: f32 = 12.0;
const NEARER_CALM: f32 = 700.0;
const FAR_PILLS: usize = 5;

/// Paints the names below the nodes, the most important first.
pub(super) fn names(paint: &Paint<'_>, occupied: &mut Occupied) -> Layer {
    let mut layer = Layer::default();
    let (mut insisting, mut calm) = (0, 0);
    let most_calm = match paint.is_far {
        true => (FAR_CALM + NEARER_CALM * (paint.camera.zoom - 0.2).max(0.0)) as usize,
        false => usize::MAX,
    };
    // No screen has room for more, and trying each would cost a slow frame.
    let tried = if paint.is_far { MOST_TRIED_FAR } else { MOST_TRIED };
    for i in paint.nodes_by_importance().take(tried) {
        let node = &paint.scene.nodes[i];
        let role = paint.emphasis.nodes[i];
        let must = role == Role::Selected || paint.state_hovered == Some(MapItem::Node(i));
        let bad = node.health.is_bad() && role != Role::Faded;
        calm += usize::from(!bad);
        let card = is_card(paint, node);
        let is_path = paint.is_lit && role == Role::Plain;
        let is_back = role == Role::Faded && paint.scene.is_large();
        // Boxes speak in place of their services.
        let is_spoken_for = paint.is_remote() && !card && node.kind != NodeKind::User && !is_path;
        if !must && (is_spoken_for || is_back || !bad && !card && calm > most_calm) {
            continue;
        }
        let mut block = Block::new(paint, i, role, must);
        let insists = (bad || is_path) && insisting < MOST_INSISTING;
        let mut at = name_place(paint, node, block.size, occupied, (false, false));
        while at.is_none() && !must && block.shorten() {
            at = name_place(paint, node, block.size, occupied, (false, false));
        }
        if at.is_none() && block.is_card {
            block.cut(paint, i);
            at = name_place(paint, node, block.size, occupied, (false, false));
        }
        let at = at.or_else(|| name_place(paint, node, block.size, occupied, (insists && !card, must)));
        let Some(at) = at else { continue };
        insisting += usize::from(insists);
        let air = if block.is_card { Vec2::ZERO } else { vec2(3.0, 1.0) };
        occupied.take(Rect::from_min_size(at, block.size).expand2(air));
        let ground = faded(paint.ground(node.centre), if bad { 0.9 } else { 0.8 });
        block.paint(at, ground, &mut layer);
    }
    layer
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
    let card = is_card(paint, node);
    let beside = radius + if card { 3.0 } else { 7.0 };
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
    let air = if card { Vec2::ZERO } else { vec2(3.0, 1.0) };
    let area = |at: &Pos2| Rect::from_min_size(*at, size).expand2(air);
    let mut places = places;
    if card {
        // Cards stand in rows and columns: all names begin beside their nodes.
        places = [places[2]; 8];
    }
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

/// Whether a node is a group that is seen from far away: then its name and what it does in few words stand beside it.
fn is_card(paint: &Paint<'_>, node: &NodeScene) -> bool {
    paint.is_far && node.members > 0
}

/// A name and the figures below it, each in the middle of the block, or of a card at its left.
struct Block {
    /// Each with what stands at its right.
    lines: Vec<[Option<Word>; 2]>,
    size: Vec2,
    is_card: bool,
}

/// The sizes of the texts on the card of a group: of the name and of what it does.
const CARD: (f32, f32) = (10.0, 9.0);
/// The longest name on one, in characters, where there is no room for more.
const CARD_NAME: usize = 10;
/// Between the rate of a group and the share that fails.
const BRIEF_GAP: f32 = 4.0;

impl Block {
    fn new(paint: &Paint<'_>, i: usize, role: Role, must: bool) -> Self {
        let node = &paint.scene.nodes[i];
        let sizes = Sizes::at(paint.camera.zoom);
        let fade =
            |c: Color32| if role == Role::Faded && !must { mixed(paint.palette.canvas, c, FADED) } else { c };
        // From far away the names of what is well are quieter than those of what is not.
        let is_quiet = paint.is_far && !paint.is_lit && !node.health.is_bad() && role == Role::Plain;
        let ink = if is_quiet && !must {
            mixed(paint.palette.muted, paint.palette.text, 0.35)
        } else {
            paint.palette.text
        };
        let colour = fade(ink);
        let is_card = is_card(paint, node) && !must;
        let font = FontId::new(if is_card { CARD.0 } else { sizes.name }, fonts::medium());
        let mut lines = vec![[Some((paint.kept(Slot::Name, i, &node.name, font), colour)), None]];
        let is_path = paint.is_lit && role == Role::Plain;
        let muted = fade(paint.palette.muted);
        if is_card {
            let brief = |slot, text: &str| paint.kept(slot, i, text, FontId::proportional(CARD.1));
            let rate = (!node.brief.rate.is_empty()).then(|| (brief(Slot::Brief, &node.brief.rate), muted));
            let failing = node.brief.failing.as_ref().map(|(share, health)| {
                let colour = if health.is_bad() { health_colour(*health, paint.palette) } else { muted };
                (brief(Slot::Failing, share), fade(colour))
            });
            lines.extend((rate.is_some() || failing.is_some()).then_some([rate, failing]));
        } else if paint.camera.zoom >= if is_path { PATH_FIGURES_FROM } else { FIGURES_FROM } || must {
            let font = FontId::proportional(sizes.figures);
            lines.push([Some((paint.kept(Slot::Figures, i, &node.figures, font), muted)), None]);
        }
        let mut block = Self { lines, size: Vec2::ZERO, is_card };
        block.measure();
        block
    }

    /// Between two lines; those of a card stand close.
    fn between(&self) -> f32 {
        if self.is_card { -1.5 } else { 0.5 }
    }

    fn measure(&mut self) {
        let sizes: Vec<Vec2> = self.lines.iter().map(Self::size_of).collect();
        let widest = sizes.iter().map(|s| s.x).fold(0.0, f32::max);
        self.size = vec2(widest, sizes.iter().map(|s| s.y + self.between()).sum());
    }

    fn size_of(line: &[Option<Word>; 2]) -> Vec2 {
        let size = |part: &Option<Word>| part.as_ref().map_or(Vec2::ZERO, |p| p.0.size());
        let (left, right) = (size(&line[0]), size(&line[1]));
        let gap = if left.x > 0.0 && right.x > 0.0 { BRIEF_GAP } else { 0.0 };
        vec2(left.x + gap + right.x, left.y.max(right.y))
    }

    /// Leaves out what matters least of what is below the name; `false` where nothing is.
    fn shorten(&mut self) -> bool {
        match self.lines.get_mut(1) {
            Some([rate @ Some(_), Some(_)]) => *rate = None,
            Some(_) => self.lines.truncate(1),
            None => return false,
        }
        self.measure();
        true
    }

    /// Cuts the name on a card in its middle.
    fn cut(&mut self, paint: &Paint<'_>, i: usize) {
        let name = text::name(&paint.scene.nodes[i].name, CARD_NAME);
        if let Some([Some((galley, _)), _]) = self.lines.first_mut() {
            *galley = paint.kept(Slot::Cut, i, &name, FontId::new(CARD.0, fonts::medium()));
        }
        self.measure();
    }

    /// The lines from the top left corner `at`, each on a plate in the colour of the ground.
    fn paint(self, at: Pos2, ground: Color32, layer: &mut Layer) {
        let mut top = at.y;
        let between = self.between();
        for line in self.lines {
            let size = Self::size_of(&line);
            let left = at.x + if self.is_card { 0.0 } else { (self.size.x - size.x) / 2.0 };
            let area = Rect::from_min_size(pos2(left, top), size).expand2(vec2(3.0, 0.0));
            layer.mesh.add_colored_rect(area, ground);
            let mut x = left;
            for (galley, colour) in line.into_iter().flatten() {
                let corner = pos2(x, top);
                x += galley.size().x + BRIEF_GAP;
                layer.text(corner, galley, colour);
            }
            top += size.y + between;
        }
    }
}

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
    let from = if paint.visible_edges.len() > MANY_EDGES { PILLS_FROM.1 } else { PILLS_FROM.0 };
    let has_pill = |e: &usize| {
        let e = *e;
        let edge = &paint.scene.edges[e];
        let role = paint.emphasis.edges[e];
        let asked = role == Role::Selected || paint.state_hovered == Some(MapItem::Edge(e));
        let near = matches!(role, Role::Dependent(1) | Role::Dependency(1));
        let is_path = paint.is_lit && role == Role::Plain;
        let shown = (paint.camera.zoom >= from || is_path) && role != Role::Faded;
        let is_mute = edge.is_loop() || edge.label.is_empty() && edge.errors.is_none();
        !is_mute && (asked || near || shown || edge.is_loud() && role != Role::Faded)
    };
    let most = if paint.is_far { FAR_PILLS } else { MOST_TRIED };
    let (mut layer, mut areas) = (Layer::default(), Vec::new());
    for e in paint.edges_by_importance().filter(has_pill).take(most) {
        let edge = &paint.scene.edges[e];
        let must = paint.emphasis.edges[e] == Role::Selected || paint.state_hovered == Some(MapItem::Edge(e));
        let mut pill = Pill::new(paint, e, &edge.label, true);
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
        let Some(area) = place else { continue };
        occupied.take(area.expand(2.0));
        areas.push((e, area));
        pill.paint(paint, edge, area, must, &mut layer);
    }
    (layer, areas)
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
        let on_line = paint.to_screen(points[i].lerp(points[i + 1], along - i as f32));
        // In a replay calls run on the line: what is written stands above it.
        let up = match paint.dots.is_replay() {
            true => above(points[i + 1] - points[i], size),
            false => Vec2::ZERO,
        };
        Rect::from_center_size(on_line + up, size)
    };
    let free = |area: &Rect| paint.view.contains_rect(*area) && occupied.is_free(*area);
    PLACES.into_iter().map(at).find(free).or_else(|| must.then(|| at(0.5)))
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
