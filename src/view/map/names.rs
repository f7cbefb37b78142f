//! Names of nodes and the figures below them: where each finds a free place, and which ones have to go.
use std::collections::BTreeSet;
use std::f32::consts::TAU;

use egui::{Color32, FontId, Pos2, Rect, Vec2, pos2, vec2};

use super::draw::{Layer, Paint};
use super::emphasis::Role;
use super::galleys::Slot;
use super::input::{MapItem, NodeKind};
use super::labels::Sizes;
use super::mesh;
use super::node::{FADED, health_colour};
use super::occupied::Occupied;
use super::scene::NodeScene;
use super::speaking::Word;
use crate::view::theme::{faded, mixed};
use crate::view::{fonts, text};

/// Below this zoom the lines of figures go; names thin out by themselves.
const FIGURES_FROM: f32 = 0.42;
const PATH_FIGURES_FROM: f32 = 0.3;
/// Among so few nodes in view a name is rather cut than left out.
const SPARSE_NODES: usize = 150;
/// How many names are tried at most in one frame.
const MOST_TRIED: usize = 800;
const MOST_TRIED_FAR: usize = 300;
/// How many names of bad nodes cover what is healthy rather than go.
const MOST_INSISTING: usize = 25;
/// From far away: how many names of healthy nodes are tried, more the nearer it is.
const FAR_CALM: f32 = 12.0;
const NEARER_CALM: f32 = 700.0;

/// Paints the names below the nodes, the most important first; returns also where, by node.
pub(super) fn names(paint: &Paint<'_>, occupied: &mut Occupied) -> (Layer, Vec<(usize, Rect)>) {
    let mut layer = Layer::default();
    let is_sparse = paint.visible_nodes.len() <= SPARSE_NODES;
    let mut written: Vec<(usize, Rect)> = Vec::new();
    let marked: BTreeSet<usize> = paint.marks.iter().map(|m| m.0).collect();
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
        let insists = (bad || is_path || marked.contains(&i)) && insisting < MOST_INSISTING;
        let mut at = name_place(paint, node, block.size, occupied, (false, false));
        while at.is_none() && !must && block.shorten() {
            at = name_place(paint, node, block.size, occupied, (false, false));
        }
        if at.is_none() && (block.is_card || !bad && is_sparse) {
            block.cut(paint, i);
            at = name_place(paint, node, block.size, occupied, (false, false));
        }
        let at = at.or_else(|| name_place(paint, node, block.size, occupied, (insists && !card, must)));
        let Some(at) = at else { continue };
        insisting += usize::from(insists);
        let air = if block.is_card { Vec2::ZERO } else { vec2(3.0, 1.0) };
        let area = Rect::from_min_size(at, block.size).expand2(air);
        occupied.take(area);
        lead(paint, node, area, &mut layer);
        let ground = faded(paint.ground(node.centre), if bad { 0.9 } else { 0.8 });
        written.push((i, Rect::from_min_size(at, block.size)));
        block.paint(at, ground, &mut layer);
    }
    figures(paint, occupied, &mut written, &mut layer);
    (layer, written)
}

/// Writes the figures of nodes below their names, where only the names had room at first.
fn figures(paint: &Paint<'_>, occupied: &mut Occupied, written: &mut [(usize, Rect)], layer: &mut Layer) {
    if paint.camera.zoom >= FIGURES_FROM || paint.is_remote() {
        return;
    }
    let font = FontId::proportional(Sizes::at(paint.camera.zoom).figures);
    for (i, name) in written {
        let (node, role) = (&paint.scene.nodes[*i], paint.emphasis.nodes[*i]);
        if node.members > 0 || role == Role::Faded || paint.state_hovered == Some(MapItem::Node(*i)) {
            continue;
        }
        let galley = paint.kept(Slot::Figures, *i, &node.figures, font.clone());
        let corner = pos2(name.center().x - galley.size().x / 2.0, name.bottom());
        let place = Rect::from_min_size(corner, galley.size());
        // The name itself is no hindrance.
        let asked =
            Rect::from_min_max(pos2(place.left() - 3.0, name.bottom() + 1.5), place.max + vec2(3.0, 0.0));
        if paint.view.contains_rect(asked) && occupied.is_free(asked) {
            occupied.take(asked);
            *name |= place;
            layer.mesh.add_colored_rect(asked, faded(paint.ground(node.centre), 0.8));
            layer.text(corner, galley, paint.palette.muted);
        }
    }
}

/// Paints name and figures of the node that is pointed at over what is already `written` of it, so that nothing is
/// there twice.
pub(super) fn name_over(paint: &Paint<'_>, i: usize, written: Option<Rect>) -> Layer {
    let mut layer = Layer::default();
    let node = &paint.scene.nodes[i];
    let block = Block::new(paint, i, paint.emphasis.nodes[i], true);
    let (middle, size) = (paint.to_screen(node.centre), block.size);
    let centred = middle.x - size.x / 2.0;
    let at = match written {
        Some(w) if w.left() > middle.x => w.min,
        Some(w) if w.right() < middle.x => pos2(w.right() - size.x, w.top()),
        Some(w) if w.bottom() < middle.y => pos2(centred, w.bottom() - size.y),
        Some(w) => pos2(centred, w.top()),
        None => pos2(centred, middle.y + paint.camera.radius(node.radius) + 4.0),
    };
    let area = written.unwrap_or(Rect::NOTHING) | Rect::from_min_size(at, size);
    let fills = [paint.ground(node.centre), paint.palette.border];
    mesh::plate(&mut layer.mesh, area.expand2(vec2(5.0, 2.0)), 5.0, paint.soft(), fills);
    block.paint(at, Color32::TRANSPARENT, &mut layer);
    layer
}

/// How far from its node a name that insists may stand, in points; a thin line leads from one to the other.
const LED: [f32; 6] = [16.0, 28.0, 42.0, 58.0, 76.0, 96.0];
/// From this distance on a line is needed.
const LED_FROM: f32 = 12.0;
/// How closely it is looked whether the line meets anything, in points.
const LEAD_STEP: f32 = 3.0;
/// In how many directions places are tried at each distance.
const WAYS: usize = 24;

/// Leads from a node to its name where that does not stand beside it.
fn lead(paint: &Paint<'_>, node: &NodeScene, area: Rect, layer: &mut Layer) {
    let middle = paint.to_screen(node.centre);
    let end = area.clamp(middle);
    let (way, radius) = (end - middle, paint.camera.radius(node.radius));
    if way.length() - radius >= LED_FROM {
        let colour = faded(paint.palette.text, 0.55);
        let points = [middle + mesh::unit(way) * (radius + 1.0), end];
        mesh::ribbon(&mut layer.mesh, &points, 1.0, paint.soft(), colour, false);
    }
}

/// Where a name goes: below its node, above, right or left of it, the first that is free.
///
/// One that insists stands farther away before it goes; one that must be there covers anything.
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
    let tries = places.into_iter().filter(|at| paint.view.contains_rect(area(at)));
    let free = tries.clone().find(|at| occupied.is_free(area(at)));
    // A line that meets another node seems to lead from that one.
    let is_clear = |area: Rect| {
        let way = area.clamp(middle) - middle;
        let steps = ((way.length() - radius) / LEAD_STEP) as usize;
        let point = |k: usize| middle + mesh::unit(way) * (radius + LEAD_STEP * k as f32);
        (2..steps).all(|k| occupied.is_free(Rect::from_center_size(point(k), Vec2::splat(1.0))))
    };
    let led = |is_to_be_clear: bool| {
        let ways = (0..WAYS).map(|k| Vec2::angled(TAU * k as f32 / WAYS as f32));
        let places = LED.into_iter().flat_map(move |far| ways.clone().map(move |way| way * (radius + far)));
        // A name lies with its nearest side at that distance.
        let mut places = places.map(|way| middle + way + way.normalized() * size / 2.0 - size / 2.0);
        places.find(|at| {
            let area = area(at);
            let fits = insists && paint.view.contains_rect(area) && occupied.is_free(area);
            fits && (!is_to_be_clear || is_clear(area))
        })
    };
    // Better over dots than without a name.
    let led = || led(true).or_else(|| led(false));
    // At the border of the view a name may be cut, but only where no whole one fits.
    let cut = paint.view.intersects(area(&below)) && !paint.view.contains_rect(area(&below));
    let cut = (cut && occupied.is_free(area(&below)) || must).then_some(below);
    free.or_else(led).or(cut)
}

/// Whether a node is a group that is seen from far away: then its name and what it does in few words stand beside it.
pub(super) fn is_card(paint: &Paint<'_>, node: &NodeScene) -> bool {
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
/// The longest name on one, and on other nodes, in characters, where there is no room for more.
const CARD_NAME: usize = 10;
const CUT_NAME: usize = 14;
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

    /// Cuts the name in its middle.
    fn cut(&mut self, paint: &Paint<'_>, i: usize) {
        let sizes = Sizes::at(paint.camera.zoom);
        let (most, size) = if self.is_card { (CARD_NAME, CARD.0) } else { (CUT_NAME, sizes.name) };
        let name = text::name(&paint.scene.nodes[i].name, most);
        if let Some([Some((galley, _)), _]) = self.lines.first_mut() {
            *galley = paint.kept(Slot::Cut, i, &name, FontId::new(size, fonts::medium()));
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
