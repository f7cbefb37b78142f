//! The inside of a box where every node is to be read by its name: columns in which every other one stands half a
//! row lower, so that a name has twice the room of its column.
use std::collections::BTreeMap;

use emath::{Pos2, Vec2, pos2, vec2};

use super::pack::Part;
use super::{ASPECT, LayoutNode, Link, bounds};

/// From one column to the next and from one row to the next, in world points.
const STEP: Vec2 = vec2(165.0, 120.0);
/// Between the box and what hangs on it, in world points, beyond half a name.
const APART: f32 = 40.0;
/// More columns are not tried.
const MOST_COLUMNS: usize = 12;
/// What hangs on a box may stand in so many rows, however few rows the box has.
const LEAST_ROWS: usize = 3;

/// Places the members of `part`: those of `core` in columns in the order of `wish`, the others right of them, each
/// as near to the height of its callers as can be.
///
/// Takes as many columns as give the whole the shape of a window.
pub(super) fn place(
    part: &Part,
    nodes: &[LayoutNode],
    links: &[Link],
    core: &Part,
    wish: &[Pos2],
) -> Vec<Pos2> {
    let own = part.pick(nodes);
    let off = |places: &[Pos2]| {
        let size = bounds(&own, places).size();
        (size.x / size.y.max(1.0) / ASPECT).ln().abs()
    };
    let tries = (1..=core.members.len().clamp(1, MOST_COLUMNS)).map(|across| {
        let inner = columns(wish, across);
        let rows = core.members.len().div_ceil(across).max(LEAST_ROWS);
        let known: BTreeMap<usize, Pos2> = core.members.iter().copied().zip(inner).collect();
        let outer = beside(part, nodes, links, &known, (rows, across));
        let at = |i: &usize| known.get(i).or_else(|| outer.get(i)).copied().unwrap_or_default();
        part.members.iter().map(at).collect::<Vec<Pos2>>()
    });
    tries.min_by(|a, b| off(a).total_cmp(&off(b))).unwrap_or_default()
}

/// As many columns as asked for, filled from left to right.
fn columns(wish: &[Pos2], across: usize) -> Vec<Pos2> {
    let mut order: Vec<usize> = (0..wish.len()).collect();
    order.sort_by(|&a, &b| {
        let (p, q) = (wish[a], wish[b]);
        p.x.total_cmp(&q.x).then(p.y.total_cmp(&q.y)).then(a.cmp(&b))
    });
    let mut places = vec![Pos2::ZERO; wish.len()];
    for column in 0..across {
        // The later columns are the shorter ones.
        let from = |column: usize| (column * wish.len()).div_ceil(across);
        let own = &mut order[from(column)..from(column + 1)];
        own.sort_by(|&a, &b| wish[a].y.total_cmp(&wish[b].y).then(a.cmp(&b)));
        for (row, &i) in own.iter().enumerate() {
            places[i] = slot(column, row as f32, STEP.y);
        }
    }
    places
}

/// The place in a column, in rows of this height.
fn slot(column: usize, row: f32, high: f32) -> Pos2 {
    pos2(column as f32 * STEP.x, (row + lower(column)) * high)
}

/// How many rows lower a column stands.
fn lower(column: usize) -> f32 {
    if column % 2 == 1 { 0.5 } else { 0.0 }
}

/// Places what hangs on a box of so many rows and columns.
fn beside(
    part: &Part,
    nodes: &[LayoutNode],
    links: &[Link],
    known: &BTreeMap<usize, Pos2>,
    (rows, columns): (usize, usize),
) -> BTreeMap<usize, Pos2> {
    let guests: Vec<usize> = part.members.iter().copied().filter(|i| !known.contains_key(i)).collect();
    let height = |node: usize| {
        let callers = links.iter().filter(|l| l.to == node).filter_map(|l| known.get(&l.from));
        let (sum, count) = callers.fold((0.0, 0.0), |(s, n), p| (s + p.y, n + 1.0));
        if count > 0.0 { sum / count } else { 0.0 }
    };
    let mut order: Vec<(f32, usize)> = guests.iter().map(|&i| (height(i), i)).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let across = guests.len().div_ceil(rows).max(1);
    let own_rows = guests.len().div_ceil(across).max(1);
    // Few of them stand over the whole height of the box.
    let high = STEP.y.max(STEP.y * rows as f32 / own_rows as f32);
    let half = |i: usize| nodes[i].label_width / 2.0;
    let right = known.iter().map(|(&i, p)| p.x + half(i)).fold(0.0, f32::max);
    let left = right + APART + guests.iter().map(|&i| half(i)).fold(0.0, f32::max);
    let place = |(k, &(_, i)): (usize, &(f32, usize))| {
        let column = columns + k % across;
        let row = (k / across) as f32 + lower(column);
        (i, pos2(left + (k % across) as f32 * STEP.x, row * high))
    };
    order.iter().enumerate().map(place).collect()
}
