//! Names of nodes and the figures below them: where each finds a free place, and which ones have to go.
use std::collections::BTreeSet;
use std::f32::consts::TAU;

use egui::{Color32, Pos2, Rect, Vec2, pos2, vec2};

use super::draw::{Layer, Paint};
use super::emphasis::Role;
use super::input::{MapItem, NodeKind};
use super::mesh;
use super::name_block::{Block, CUT_NAMES, FIGURES_FROM, is_card};
use super::occupied::Occupied;
use super::placing;
use super::scene::NodeScene;
use crate::view::theme::faded;

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

/// Names that have their places; what else there is room for is written below them.
#[derive(Default)]
pub(super) struct Names {
    written: Vec<Written>,
}

struct Written {
    node: usize,
    /// What is held for it, with air.
    room: Rect,
    /// Where its words are.
    area: Rect,
    block: Block,
}

/// How much a name wants to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Zeal {
    /// Beside its node or not at all.
    Asks,
    /// Farther away where a line can lead to it past all other nodes.
    Reaches,
    /// Farther away, whatever the line meets.
    Insists,
    /// Over whatever is there.
    Must,
}

/// Finds places for the names of nodes, the most important first.
///
/// What is ill, selected or marked has its figures at once; of the others all have their names first.
pub(super) fn place(paint: &Paint<'_>, occupied: &mut Occupied) -> Names {
    let mut names = Names::default();
    let is_sparse = paint.visible_nodes.len() <= SPARSE_NODES;
    let marked: BTreeSet<usize> = paint.marks.iter().map(|m| m.0).collect();
    let (mut insisting, mut calm) = (0, 0);
    let most_calm = match paint.is_far {
        true if !is_sparse => (FAR_CALM + NEARER_CALM * (paint.camera.zoom - 0.2).max(0.0)) as usize,
        _ => usize::MAX,
    };
    // No screen has room for more, and trying each would cost a slow frame.
    let tried = if paint.is_far { MOST_TRIED_FAR } else { MOST_TRIED };
    let mut patient = Vec::new();
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
        let is_loud = bad || is_path || marked.contains(&i) && !is_sparse;
        let insists = is_loud && insisting < MOST_INSISTING;
        if !insists && !must && !card {
            patient.push(i);
            continue;
        }
        let mut block = Block::new(paint, i, role, must);
        let mut at = name_place(paint, node, block.size, occupied, Zeal::Asks);
        while at.is_none() && !must && block.shorten() {
            at = name_place(paint, node, block.size, occupied, Zeal::Asks);
        }
        for is_cut in [false, true] {
            if at.is_none() && (block.is_card || !bad && is_sparse) {
                block.cut(paint, i, is_cut);
                at = name_place(paint, node, block.size, occupied, Zeal::Asks);
            }
        }
        let zeal = match () {
            () if must => Zeal::Must,
            () if insists && !card => Zeal::Insists,
            () => Zeal::Asks,
        };
        let at = at.or_else(|| name_place(paint, node, block.size, occupied, zeal));
        if let Some(at) = at {
            insisting += usize::from(insists);
            names.write(paint, i, (at, block), occupied);
        }
    }
    names.write_patient(paint, patient, is_sparse, occupied);
    names
}

impl Names {
    fn write(
        &mut self,
        paint: &Paint<'_>,
        node: usize,
        (Place { at, room }, mut block): (Place, Block),
        occupied: &mut Occupied,
    ) {
        let area = Rect::from_min_size(at, block.size);
        occupied.take(room);
        let middle = paint.to_screen(paint.scene.nodes[node].centre).x;
        block.leans = match () {
            () if area.left() >= middle => 0.0,
            () if area.right() <= middle => 1.0,
            () => 0.5,
        };
        self.written.push(Written { node, room, area, block });
    }

    /// Finds places for the names of `nodes` alone; where there are few, those that have many make way for those
    /// that have none, and names are rather cut than left out.
    fn write_patient(
        &mut self,
        paint: &Paint<'_>,
        nodes: Vec<usize>,
        is_sparse: bool,
        occupied: &mut Occupied,
    ) {
        let mut waiting: Vec<Waiting> = Vec::new();
        for i in nodes {
            let name = Block::of_name(paint, i);
            if is_sparse {
                let mut one = Waiting { node: i, forms: Vec::new(), places: Vec::new() };
                one.add(paint, name, occupied);
                waiting.push(one);
            } else if let Some(place) =
                name_place(paint, &paint.scene.nodes[i], name.size, occupied, Zeal::Asks)
            {
                self.write(paint, i, (place, name), occupied);
            }
        }
        let rooms = |waiting: &[Waiting]| waiting.iter().map(Waiting::rooms).collect::<Vec<_>>();
        let mut chosen = placing::choose(&rooms(&waiting));
        if chosen.contains(&None) {
            for one in &mut waiting {
                let length = paint.scene.nodes[one.node].name.chars().count();
                for most in CUT_NAMES.into_iter().filter(|most| length > *most) {
                    one.add(paint, Block::of_cut_name(paint, one.node, most), occupied);
                }
            }
            chosen = placing::choose(&rooms(&waiting));
        }
        let mut left = Vec::new();
        for (chosen, mut one) in chosen.into_iter().zip(waiting) {
            match chosen.and_then(|k| one.places.get(k)) {
                Some(&(form, place)) => {
                    self.write(paint, one.node, (place, one.forms.swap_remove(form)), occupied);
                }
                None => left.push(one),
            }
        }
        for Waiting { node, forms, .. } in left {
            let place = |block: Block| {
                let place = name_place(paint, &paint.scene.nodes[node], block.size, occupied, Zeal::Reaches);
                Some((place?, block))
            };
            if let Some(placed) = forms.into_iter().find_map(place) {
                self.write(paint, node, placed, occupied);
            }
        }
    }

    /// Writes the figures of nodes below their names, where there is room, and paints all; returns also where, by
    /// node.
    pub(super) fn paint(mut self, paint: &Paint<'_>, occupied: &mut Occupied) -> (Layer, Vec<(usize, Rect)>) {
        let mut layer = Layer::default();
        for written in &mut self.written {
            let node = &paint.scene.nodes[written.node];
            let is_back =
                paint.emphasis.nodes[written.node] == Role::Faded && paint.camera.zoom < FIGURES_FROM;
            let is_whole = written.block.is_card || written.block.lines.len() > 1 || node.members > 0;
            if !is_whole && !is_back && !paint.is_remote() {
                written.add_figures(paint, occupied);
            }
        }
        let areas = self.written.iter().map(|w| (w.node, w.area)).collect();
        for Written { node, area, block, .. } in self.written {
            let node = &paint.scene.nodes[node];
            let bad = node.health.is_bad();
            lead(paint, node, area.expand2(air(block.is_card)), &mut layer);
            let ground = faded(paint.ground(node.centre), if bad { 0.9 } else { 0.8 });
            block.paint(area.min, ground, &mut layer);
        }
        (layer, areas)
    }
}

/// A name that looks for a place, in the forms that it may have, the best first.
struct Waiting {
    node: usize,
    forms: Vec<Block>,
    /// The free places of each form, by its number.
    places: Vec<(usize, Place)>,
}

impl Waiting {
    fn add(&mut self, paint: &Paint<'_>, form: Block, occupied: &Occupied) {
        let sides = sides(paint, &paint.scene.nodes[self.node], form.size);
        let free = sides.into_iter().filter(|p| p.is_free(paint, occupied));
        self.places.extend(free.map(|place| (self.forms.len(), place)));
        self.forms.push(form);
    }

    fn rooms(&self) -> Vec<Rect> {
        self.places.iter().map(|(_, place)| place.room).collect()
    }
}

impl Written {
    /// Adds the figures below the name, which moves up for them where it stands above or beside its node.
    fn add_figures(&mut self, paint: &Paint<'_>, occupied: &mut Occupied) {
        let node = &paint.scene.nodes[self.node];
        let (middle, radius) = (paint.to_screen(node.centre), paint.camera.radius(node.radius));
        let word = Block::figures(paint, self.node);
        let size = word.0.size();
        let step = size.y + self.block.between();
        let shifts = match () {
            () if self.area.bottom() <= middle.y - radius => [-step, -step],
            () if self.area.y_range().contains(middle.y) => [-step / 2.0, 0.0],
            () => [0.0, 0.0],
        };
        for shift in shifts {
            let name = self.area.translate(vec2(0.0, shift));
            let left = name.left() + (name.width() - size.x) * self.block.leans;
            let figures = Rect::from_min_size(pos2(left, name.bottom() + self.block.between()), size);
            let rooms = [name.expand2(air(false)), figures.expand2(vec2(3.0, 0.0))];
            let is_free =
                |room: &Rect| paint.view.contains_rect(*room) && occupied.is_free_beside(*room, self.room);
            if rooms.iter().all(is_free) {
                rooms.into_iter().for_each(|room| occupied.take(room));
                self.area = name | figures;
                self.block.lines.push([Some(word), None]);
                self.block.measure();
                return;
            }
        }
    }
}

/// What stays free around a name.
fn air(is_card: bool) -> Vec2 {
    if is_card { Vec2::ZERO } else { vec2(3.0, 1.0) }
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
        let ink = if node.health.is_bad() { paint.palette.text } else { paint.palette.muted };
        let colour = faded(ink, 0.55);
        let points = [middle + mesh::unit(way) * (radius + 1.0), end];
        mesh::ribbon(&mut layer.mesh, &points, 1.0, paint.soft(), colour, false);
    }
}

/// Where a name may stand, and the room that it takes with some air.
#[derive(Clone, Copy)]
struct Place {
    at: Pos2,
    room: Rect,
}

impl Place {
    fn is_free(&self, paint: &Paint<'_>, occupied: &Occupied) -> bool {
        paint.view.contains_rect(self.room) && occupied.is_free(self.room)
    }
}

/// The places of a name at its node, the best first: below, above, right and left of it, then further along.
fn sides(paint: &Paint<'_>, node: &NodeScene, size: Vec2) -> Vec<Place> {
    /// Between the end of a name beside its node and another node: it belongs to the nearer one.
    const NEXT: f32 = 5.0;
    let middle = paint.to_screen(node.centre);
    let radius = paint.camera.radius(node.radius);
    let card = is_card(paint, node);
    let place = |way: Vec2| {
        let at = middle + way;
        Place { at, room: Rect::from_min_size(at, size).expand2(air(card)) }
    };
    if card {
        // Cards stand in rows and columns: all names begin beside their nodes.
        return vec![place(vec2(radius + 3.0, -size.y / 2.0))];
    }
    // Where rows stand close, names stand close to their nodes.
    let gap = 3.6 + 2.9 * ((paint.camera.zoom - 0.55) / 0.3).clamp(0.0, 1.0);
    let (below, above) = (radius + gap, -radius - 4.0 - size.y);
    let along = [0.5, 0.25, 0.75].map(|share| -size.x * share);
    let on = |x: f32| [vec2(x, below), vec2(x, above)].map(place);
    let beside = |y: f32| {
        let (mut right, mut left) = (place(vec2(radius + 7.0, y)), place(vec2(-radius - 7.0 - size.x, y)));
        right.room.max.x += NEXT;
        left.room.min.x -= NEXT;
        [right, left]
    };
    let [middle, first, last] = along.map(on);
    // Lower or higher, past a badge or a neighbour.
    let [level, low, high] = [-size.y / 2.0, 0.0, -size.y].map(beside);
    [middle, level, first, last, low, high].concat()
}

/// Where a name goes: at its node, or where its zeal brings it.
fn name_place(
    paint: &Paint<'_>,
    node: &NodeScene,
    size: Vec2,
    occupied: &Occupied,
    zeal: Zeal,
) -> Option<Place> {
    let middle = paint.to_screen(node.centre);
    let radius = paint.camera.radius(node.radius);
    let places = sides(paint, node, size);
    let below = *places.first()?;
    let fits = |p: &Place| p.is_free(paint, occupied);
    let free = places.into_iter().find(fits);
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
        let places = places.map(|way| middle + way + way.normalized() * size / 2.0 - size / 2.0);
        let mut places =
            places.map(|at| Place { at, room: Rect::from_min_size(at, size).expand2(air(false)) });
        places.find(|p| fits(p) && (!is_to_be_clear || is_clear(p.room)))
    };
    let clear = || (zeal >= Zeal::Reaches).then(|| led(true)).flatten();
    // Better over dots than without a name.
    let any = || (zeal >= Zeal::Insists).then(|| led(false)).flatten();
    // At the border of the view a name may be cut, but only where no whole one fits.
    let cut = paint.view.intersects(below.room) && !paint.view.contains_rect(below.room);
    let cut = (cut && occupied.is_free(below.room) || zeal == Zeal::Must).then_some(below);
    free.or_else(clear).or_else(any).or(cut)
}
