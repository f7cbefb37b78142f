//! Opening what was one node until now: its parts stand as a box in its place, and only what is in the way moves.
use std::collections::BTreeMap;

use emath::{Pos2, Rect, Vec2, pos2, vec2};

use super::incremental::search;
use super::pack::Part;
use super::{LayoutNode, Link, Mode, Request, bounds, clusters, grid, hull};

/// Room between an opened box and what stands around it, in world points.
const GAP: f32 = 24.0;
/// Room between what was moved and what it was moved for, in world points.
const APART: f32 = 6.0;
/// How many half rows and half columns an opened box may go to spare what never moves.
const MOST_RINGS: i32 = 40;

/// Gives places to nodes that have none but stood in another one until now, and moves out of their way what would
/// lie under them.
pub(super) fn open(request: &Request, links: &[Link], known: &mut [Option<Pos2>]) {
    let home = |i: usize| request.homes.get(i).copied().flatten().filter(|p| p.is_finite());
    let mut opened: Vec<(Pos2, Part)> = Vec::new();
    for i in (0..known.len()).filter(|&i| known[i].is_none()) {
        let Some(at) = home(i) else { continue };
        match opened.iter_mut().find(|o| o.0 == at) {
            Some((_, part)) => part.members.push(i),
            None => opened.push((at, Part { members: vec![i] })),
        }
    }
    for (at, part) in opened {
        one(request, links, known, at, &part);
    }
}

fn one(request: &Request, links: &[Link], known: &mut [Option<Pos2>], at: Pos2, part: &Part) {
    let nodes = &request.nodes;
    let (own, title) = (part.pick(nodes), hull::title_height(nodes.len()));
    let places = match request.mode {
        Mode::Grid => grid::place(&own, &part.links(links)),
        mode => clusters::compute(&own, &part.links(links), mode != Mode::Force, title),
    };
    let area = bounds(&own, &places);
    let has_box = own.iter().any(|n| n.group.is_some());
    let frame = (if has_box { hull::grown(area, title) } else { area }).expand(GAP / 2.0);
    let outer = own.iter().find_map(|n| n.outer);
    let units = units(nodes, title, known, &request.pinned, outer);
    let fixed: Vec<Rect> = units.iter().filter(|u| u.is_fixed).map(|u| u.area).collect();
    let stands = |to: Pos2| frame.translate(to - frame.center());
    let suits = |to: Pos2| !fixed.iter().any(|f| f.intersects(stands(to)));
    let to = search(at, MOST_RINGS, suits).unwrap_or(at);
    for (&i, place) in part.members.iter().zip(&places) {
        known[i] = Some(*place + (to - frame.center()));
    }
    let (near, far): (Vec<Unit>, Vec<Unit>) =
        units.into_iter().partition(|u| outer.is_some() && u.outer == outer);
    make_room(near, stands(to), to, known);
    let around = outer.map(|outer| {
        let own = |i: &usize| nodes[*i].outer == Some(outer);
        let own: Vec<(LayoutNode, Pos2)> =
            (0..nodes.len()).filter(own).filter_map(|i| Some((nodes[i], known[i]?))).collect();
        let (own, places): (Vec<_>, Vec<_>) = own.into_iter().unzip();
        hull::grown(bounds(&own, &places) | stands(to), title)
    });
    make_room(far, around.unwrap_or(stands(to)), to, known);
}

/// What moves as a whole: a box with its nodes, or a single node.
struct Unit {
    members: Vec<usize>,
    area: Rect,
    /// Whether a person put something of it where it is.
    is_fixed: bool,
    /// The larger box that it lies in.
    outer: Option<u32>,
}

/// What has a place, by box with room for its name; of the larger box that opens something, each part by itself.
fn units(
    nodes: &[LayoutNode],
    title: f32,
    known: &[Option<Pos2>],
    pinned: &[Option<Pos2>],
    opens: Option<u32>,
) -> Vec<Unit> {
    let there: Vec<usize> = (0..nodes.len()).filter(|&i| known[i].is_some()).collect();
    let own: Vec<LayoutNode> = there.iter().map(|&i| nodes[i]).collect();
    let places: Vec<Pos2> = there.iter().filter_map(|&i| known[i]).collect();
    let mut boxes: BTreeMap<(bool, u32), Unit> = BTreeMap::new();
    for hull in hull::hulls(&own, &places) {
        let unit = Unit { members: Vec::new(), area: hull.rect, is_fixed: false, outer: None };
        boxes.insert((hull.is_outer, hull.group), unit);
    }
    let mut alone = Vec::new();
    for (&i, place) in there.iter().zip(&places) {
        let outer = nodes[i].outer.filter(|o| Some(*o) != opens).map(|o| (true, o));
        let inner = nodes[i].group.map(|g| (false, g));
        let is_in = |k: &(bool, u32)| boxes.get(k).is_some_and(|b| b.area.contains(*place));
        let home = outer.filter(is_in).or(inner.filter(is_in));
        let is_fixed = pinned.get(i).copied().flatten().is_some();
        match home.and_then(|k| boxes.get_mut(&k)) {
            Some(unit) => {
                unit.members.push(i);
                // With more nodes on the map, the name of a box may need more room than it had.
                let print = hull::grown(nodes[i].footprint(*place), title);
                unit.area.min = unit.area.min.min(pos2(unit.area.left(), print.top()));
                unit.is_fixed |= is_fixed;
                unit.outer = nodes[i].outer;
            }
            None => {
                let area = nodes[i].footprint(*place);
                alone.push(Unit { members: vec![i], area, is_fixed, outer: nodes[i].outer });
            }
        }
    }
    boxes.into_values().filter(|u| !u.members.is_empty()).chain(alone).collect()
}

/// Moves `units` out of `taken` and out of each other's way, the nearest to `middle` first, as little as can be.
fn make_room(mut units: Vec<Unit>, taken: Rect, middle: Pos2, known: &mut [Option<Pos2>]) {
    let distance = |u: &Unit| u.area.distance_sq_to_pos(middle);
    units.sort_by(|a, b| {
        b.is_fixed.cmp(&a.is_fixed).then(distance(a).total_cmp(&distance(b))).then(a.members.cmp(&b.members))
    });
    let mut settled = vec![taken];
    for unit in units {
        let ways = [vec2(1.0, 0.0), vec2(-1.0, 0.0), vec2(0.0, 1.0), vec2(0.0, -1.0)];
        let moves = ways.map(|way| if unit.is_fixed { Vec2::ZERO } else { clear(unit.area, way, &settled) });
        let by = moves.into_iter().min_by(|a, b| a.length_sq().total_cmp(&b.length_sq()));
        let by = by.unwrap_or_default();
        settled.push(unit.area.translate(by));
        for i in unit.members {
            known[i] = known[i].map(|p| p + by);
        }
    }
}

/// How far `area` has to go one way until it meets nothing of `settled`.
fn clear(area: Rect, way: Vec2, settled: &[Rect]) -> Vec2 {
    let mut at = area;
    // Each step leaves something behind for good.
    while let Some(hit) = settled.iter().find(|s| s.intersects(at)).map(|s| s.expand(APART)) {
        let to = pos2(
            if way.x > 0.0 { hit.right() } else { hit.left() - at.width() },
            if way.y > 0.0 { hit.bottom() } else { hit.top() - at.height() },
        );
        at = at.translate(vec2((to.x - at.left()) * way.x.abs(), (to.y - at.top()) * way.y.abs()));
    }
    at.min - area.min
}
