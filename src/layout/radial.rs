//! Rings around one node: what calls it on the left, what it calls on the right, farther rings for more hops.
use std::f32::consts::{PI, TAU};

use emath::{Pos2, Vec2, vec2};

use super::reach::Reach;
use super::separate::separate;
use super::tiers::spaced;
use super::{ASPECT, LayoutNode, Link};

/// Room between the boxes of two neighbours, in world points.
const GAP: f32 = 22.0;
/// The distance between two rings beyond the size of a node, in world points.
const RING: f32 = 70.0;
/// The least share of the circle for either side.
const LEAST_SIDE: f32 = 0.3;

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
    rings(&spots, &order, &sizes, &mut places);
    let mut inside: Vec<Pos2> = order.iter().map(|&i| places[i]).collect();
    let own: Vec<Vec2> = order.iter().map(|&i| sizes[i]).collect();
    separate(&mut inside, &own, 200);
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
        let parent = nearer.min().unwrap_or(focus);
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

/// Puts every ring as near to the one inside as its nodes have room; a crowded ring is several rows thick.
fn rings(spots: &[Spot], order: &[usize], sizes: &[Vec2], places: &mut [Pos2]) {
    let room = sizes.iter().fold(0.0f32, |a, s| a.max(s.max_elem()));
    let mut inner = 0.0;
    let mut ring = order.iter().position(|&i| spots[i].hops > 0).unwrap_or(order.len());
    while ring < order.len() {
        let hops = spots[order[ring]].hops;
        let end = ring + order[ring..].iter().take_while(|&&i| spots[i].hops == hops).count();
        let middle = |i: usize| {
            let (from, to) = spots[i].wedge;
            ((from + to) / 2.0 + PI).rem_euclid(TAU) - PI
        };
        let mut members: Vec<(f32, usize)> = order[ring..end].iter().map(|&i| (middle(i), i)).collect();
        members.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let first = inner + room + RING;
        let rows = (members.len() as f32 * room / (first * TAU * 0.8)).ceil().max(1.0);
        let wanted: Vec<f32> = members.iter().map(|m| m.0).collect();
        let apart = (room / rows / first).min(TAU / members.len() as f32);
        for (k, (angle, &(_, i))) in spaced(&wanted, apart).into_iter().zip(&members).enumerate() {
            let radius = first + (k % rows as usize) as f32 * room;
            // Windows are wider than high, and so are the rings.
            places[i] = (vec2(angle.cos() * ASPECT.sqrt(), angle.sin()) * radius).to_pos2();
        }
        inner = first + (rows - 1.0) * room;
        ring = end;
    }
}

/// Rows for what is not tied to the focus.
fn below(lost: &[usize], sizes: &[Vec2], bottom: f32, places: &mut [Pos2]) {
    let cell = lost.iter().fold(Vec2::ZERO, |a, &i| a.max(sizes[i]));
    let reached = places.iter().map(|p| p.x.abs()).fold(cell.x * 2.0, f32::max);
    let across = ((2.0 * reached / cell.x.max(1.0)) as usize).max((lost.len() as f32).sqrt() as usize).max(1);
    for (k, &i) in lost.iter().enumerate() {
        let row = (k / across) as f32;
        let column = (k % across) as f32 - (lost.len().min(across) as f32 - 1.0) / 2.0;
        places[i] = Pos2::new(column * cell.x, bottom + cell.y * (row + 1.5) + RING);
    }
}
