//! Rings around one node: what calls it on the left, what it calls on the right, farther rings for more hops.
use std::collections::BTreeMap;
use std::f32::consts::{PI, TAU};

use emath::{Pos2, Vec2, vec2};

use super::reach::Reach;
use super::separate::separate;
use super::tiers::spaced;
use super::{ASPECT, LayoutNode, Link};

/// Room between the boxes of two neighbours, in world points.
const GAP: f32 = 22.0;
/// The distance between two rings beyond the size of a node, in nodes.
const RING: f32 = 0.4;
/// The distance between two rings of which the outer one is nearly empty, in nodes.
const EMPTY_RING: f32 = 0.6;
/// From so full on, a ring has the whole distance.
const AS_FULL: f32 = 0.5;
/// How much wider a ring may become before it gets another row, in nodes.
const MOST_WIDER: f32 = 2.0;
/// The least distance of two neighbours on a ring, in nodes.
const PITCH: f32 = 1.1;
/// How much of a ring may be taken.
const FULL: f32 = 0.8;
/// The least share of the circle for either side.
const LEAST_SIDE: f32 = 0.2;

/// A node on its ring.
#[derive(Clone, Copy, Default)]
struct Spot {
    hops: u16,
    /// How many ends its branch has.
    ends: f32,
    /// Where its branch begins and ends, as angles.
    wedge: (f32, f32),
}

/// Places everything around `focus`; what no link ties to it stands below.
pub(super) fn place(nodes: &[LayoutNode], links: &[Link], focus: usize) -> Vec<Pos2> {
    let n = nodes.len();
    let reach = Reach::new(n, links.iter().map(|l| (l.from, l.to)));
    let hops = reach.hops_from(focus);
    let mut order: Vec<usize> = (0..n).filter(|&i| hops[i] < u16::MAX).collect();
    order.sort_by_key(|&i| (hops[i], i));
    let callees: std::collections::BTreeSet<usize> =
        links.iter().filter(|l| l.from == focus).map(|l| l.to).collect();
    let spots = branches(&reach, &hops, &order, &callees, focus);
    let sizes: Vec<Vec2> = nodes.iter().map(|n| n.footprint(Pos2::ZERO).size() + Vec2::splat(GAP)).collect();
    let mut places = vec![Pos2::ZERO; n];
    rings(&spots, &order, cell(nodes), &mut places);
    let mut inside: Vec<Pos2> = order.iter().map(|&i| places[i]).collect();
    let own: Vec<Vec2> = order.iter().map(|&i| sizes[i]).collect();
    separate(&mut inside, &own, 200);
    // What was pushed aside may have pushed the middle: it is where all is measured from.
    let pushed = inside.first().map_or(Vec2::ZERO, |focus| focus.to_vec2());
    inside.iter_mut().for_each(|p| *p -= pushed);
    let bottom = inside.iter().map(|p| p.y).fold(0.0, f32::max);
    order.iter().zip(&inside).for_each(|(&i, p)| places[i] = *p);
    let lost: Vec<usize> = (0..n).filter(|&i| hops[i] == u16::MAX).collect();
    below(&lost, &sizes, bottom, &mut places);
    places
}

/// The branch of each node in the tree of shortest ways: callers of the focus get the left, the others the right.
fn branches(
    reach: &Reach,
    hops: &[u16],
    order: &[usize],
    callees: &std::collections::BTreeSet<usize>,
    focus: usize,
) -> Vec<Spot> {
    let mut spots = vec![Spot::default(); hops.len()];
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); hops.len()];
    for &i in order.iter().filter(|i| **i != focus) {
        let nearer = reach.near(i).iter().map(|j| *j as usize).filter(|&j| hops[j] < hops[i]);
        // Branches of about the same size leave no holes in the rings.
        let parent = nearer.min_by_key(|&j| (children[j].len(), j)).unwrap_or(focus);
        spots[i] = Spot { hops: hops[i], ..Spot::default() };
        children[parent].push(i);
    }
    for &i in order.iter().rev() {
        let sum: f32 = children[i].iter().map(|&c| spots[c].ends).sum();
        spots[i].ends = sum.max(1.0);
    }
    let (right, left): (Vec<usize>, Vec<usize>) = children[focus].iter().partition(|c| callees.contains(c));
    let weight = |side: &[usize]| side.iter().map(|&c| spots[c].ends).sum::<f32>();
    let share = weight(&right) / (weight(&right) + weight(&left)).max(1.0);
    let share = match (left.is_empty(), right.is_empty()) {
        (true, _) => 1.0,
        (_, true) => 0.0,
        _ => share.clamp(LEAST_SIDE, 1.0 - LEAST_SIDE),
    };
    // Right is around 0 and clockwise on the page; left is around half a turn, the other way round.
    divide(&mut spots, &right, (-PI * share, PI * share));
    divide(&mut spots, &left, (PI * (2.0 - share), PI * share));
    for &i in order.iter().filter(|i| **i != focus) {
        let wedge = spots[i].wedge;
        divide(&mut spots, &children[i], wedge);
    }
    spots
}

/// Gives each of `children` its part of `wedge`, as wide as it has ends.
fn divide(spots: &mut [Spot], children: &[usize], wedge: (f32, f32)) {
    let all: f32 = children.iter().map(|&c| spots[c].ends).sum();
    let mut from = wedge.0;
    for &c in children {
        let to = from + (wedge.1 - wedge.0) * spots[c].ends / all.max(1.0);
        spots[c].wedge = (from, to);
        from = to;
    }
}

/// Puts every ring as near to the one inside as its nodes have room; a crowded one is several rows thick.
fn rings(spots: &[Spot], order: &[usize], cell: Vec2, places: &mut [Pos2]) {
    let mut inner = 0.0;
    for ring in order.chunk_by(|&a, &b| spots[a].hops == spots[b].hops).skip(1) {
        let middle = |i: usize| {
            let (from, to) = spots[i].wedge;
            ((from + to) / 2.0 + PI).rem_euclid(TAU) - PI
        };
        let mut members: Vec<(f32, usize)> = ring.iter().map(|&i| (middle(i), i)).collect();
        members.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        // A few nodes that are far away do not make all the others small.
        let taken = members.len() as f32 * PITCH / (TAU * (inner + 1.0 + RING));
        let least = inner + EMPTY_RING + (1.0 + RING - EMPTY_RING) * (taken / AS_FULL).min(1.0);
        // A ring somewhat wider than it must be is better than two rows.
        let alone = members.len() as f32 * PITCH / (TAU * FULL);
        let first = if alone < least + MOST_WIDER { least.max(alone) } else { least };
        let mut radii = vec![first];
        while radii.iter().sum::<f32>() < alone {
            radii.push(first + radii.len() as f32);
        }
        for (radius, row) in radii.iter().zip(rows(&members, &radii)) {
            let wanted: Vec<f32> = row.iter().map(|m| m.0).collect();
            let apart = (PITCH / radius).min(TAU / row.len().max(1) as f32);
            for (angle, &(_, i)) in spaced(&wanted, apart).into_iter().zip(&row) {
                places[i] = (vec2(angle.cos(), angle.sin()) * cell * *radius).to_pos2();
            }
        }
        inner = first + radii.len() as f32 - 1.0;
    }
}

/// Shares the nodes of a ring out to its rows, as many to each as it is long, all the way round.
fn rows(members: &[(f32, usize)], radii: &[f32]) -> Vec<Vec<(f32, usize)>> {
    let all: f32 = radii.iter().sum();
    let mut rows = vec![Vec::new(); radii.len()];
    for (k, &member) in members.iter().enumerate() {
        // The row that is furthest behind its share.
        let behind = |r: usize| radii[r] / all * (k + 1) as f32 - rows[r].len() as f32;
        let next = (0..rows.len()).max_by(|&a, &b| behind(a).total_cmp(&behind(b)).then(b.cmp(&a)));
        next.into_iter().for_each(|r| rows[r].push(member));
    }
    rows
}

/// The lines between what is so many hops and what is one more hop away from `focus`, and around all of it, as
/// half of their widths and heights.
pub(super) fn lines(nodes: &[LayoutNode], links: &[Link], centres: &[Pos2], focus: usize) -> Vec<Vec2> {
    let reach = Reach::new(nodes.len(), links.iter().map(|l| (l.from, l.to)));
    let hops = reach.hops_from(focus);
    let cell = cell(nodes);
    let mut radii: BTreeMap<u16, Vec<f32>> = BTreeMap::new();
    for (i, hops) in hops.iter().enumerate().filter(|(_, h)| **h < u16::MAX && **h > 0) {
        radii.entry(*hops).or_default().push(((centres[i] - centres[focus]) / cell).length());
    }
    let mut radii: Vec<Vec<f32>> = radii.into_values().collect();
    radii.iter_mut().for_each(|r| r.sort_by(f32::total_cmp));
    // A few that were put elsewhere move no line.
    let at = |ring: &[f32], share: f32| ring[((ring.len() - 1) as f32 * share) as usize];
    let line = |k: usize| match radii.get(k + 1) {
        Some(next) => (at(&radii[k], 0.95) + at(next, 0.05)) / 2.0,
        None => at(&radii[k], 1.0) + 0.7,
    };
    (0..radii.len()).map(|k| cell * line(k)).collect()
}

/// The room of a node: what a hop is long in both directions, about as a window is wide and high.
///
/// Names are of the usual width: those that are wider push their neighbours aside.
fn cell(nodes: &[LayoutNode]) -> Vec2 {
    let print = |n: &LayoutNode| n.footprint(Pos2::ZERO).size() + Vec2::splat(GAP);
    let high = nodes.iter().map(|n| print(n).y).fold(0.0, f32::max);
    let wide = nodes.iter().map(|n| print(n).x).sum::<f32>() / nodes.len().max(1) as f32;
    vec2(wide, high.max(wide / ASPECT))
}

/// Rows for what is not tied to the focus.
fn below(lost: &[usize], sizes: &[Vec2], bottom: f32, places: &mut [Pos2]) {
    let cell = lost.iter().fold(Vec2::ZERO, |a, &i| a.max(sizes[i]));
    let reached = places.iter().map(|p| p.x.abs()).fold(cell.x * 2.0, f32::max);
    let across = ((2.0 * reached / cell.x.max(1.0)) as usize).max((lost.len() as f32).sqrt() as usize).max(1);
    for (k, &i) in lost.iter().enumerate() {
        let row = (k / across) as f32;
        let column = (k % across) as f32 - (lost.len().min(across) as f32 - 1.0) / 2.0;
        places[i] = Pos2::new(column * cell.x, bottom + cell.y * (row + 2.5));
    }
}
