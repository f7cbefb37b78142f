//! Columns for small graphs: callers left, callees right, few crossings, a lane for every long edge.
use emath::{Pos2, pos2};

use super::order::{Problem, arrange};
use super::{ASPECT, COLUMN, LABEL_HEIGHT, Lanes, LayoutNode, Link, ROW, hull, rank};

/// What stands in a column: a node, or the place where a long edge passes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub column: usize,
    /// From the centre to the top, with half the gap to the next item, in world points.
    pub above: f32,
    /// From the centre to the bottom, likewise.
    pub below: f32,
    pub group: Option<u32>,
    pub is_lane: bool,
}

/// How much room a passing edge gets to either side, in world points.
const LANE: f32 = 20.0;

/// Places one connected part.
pub(super) fn compute(nodes: &[LayoutNode], links: &[Link]) -> (Vec<Pos2>, Lanes) {
    let (columns, backwards) = rank::columns(nodes, links);
    let mut items: Vec<Item> = nodes.iter().zip(&columns).map(|(n, &c)| node_item(n, c)).collect();
    let mut ties = Vec::new();
    let mut chains = Vec::new();
    for (link, &back) in links.iter().zip(&backwards) {
        let (from, to) = if back { (link.to, link.from) } else { (link.from, link.to) };
        let mut chain = Vec::new();
        let mut last = from;
        for column in columns[from] + 1..columns[to] {
            items.push(lane_item(nodes, from, to, column));
            let lane = items.len() - 1;
            ties.push((last, lane, if last == from { 1.5 } else { 4.0 }));
            chain.push(lane);
            last = lane;
        }
        let pull = 1.0 + (1.0 + link.weight).ln() * 0.1;
        ties.push((last, to, if last == from { pull } else { 1.5 * pull }));
        if back {
            chain.reverse();
        }
        chains.push((link.index, chain));
    }
    let x = column_places(nodes, &columns);
    let problem = Problem::new(&items, ties);
    let mut y = arrange(&problem);
    stretch(&items, &x, &mut y);
    let place = |i: usize| pos2(x[items[i].column], y[i]);
    let lanes = chains.into_iter().filter(|(_, chain)| !chain.is_empty());
    let lanes = lanes.map(|(edge, chain)| (edge, chain.into_iter().map(place).collect())).collect();
    ((0..nodes.len()).map(place).collect(), lanes)
}

fn node_item(node: &LayoutNode, column: usize) -> Item {
    let free = (ROW - 2.0 * node.radius - LABEL_HEIGHT).max(24.0) / 2.0;
    let (above, below) = if node.is_nested() { hull::room() } else { (0.0, 0.0) };
    Item {
        column,
        above: node.radius + free + above,
        below: node.radius + LABEL_HEIGHT + free + below,
        group: node.company(),
        is_lane: false,
    }
}

fn lane_item(nodes: &[LayoutNode], from: usize, to: usize, column: usize) -> Item {
    let group = nodes[from].company().filter(|g| nodes[to].company() == Some(*g));
    Item { column, above: LANE, below: LANE, group, is_lane: true }
}

/// The x of each column: wide enough for the labels on both sides and a figure between.
fn column_places(nodes: &[LayoutNode], columns: &[usize]) -> Vec<f32> {
    let last = columns.iter().copied().max().unwrap_or(0);
    let mut half = vec![0.0f32; last + 1];
    for (node, &column) in nodes.iter().zip(columns) {
        half[column] = half[column].max(node.radius).max(node.label_width / 2.0);
    }
    let mut x = vec![0.0; last + 1];
    for c in 1..=last {
        x[c] = x[c - 1] + COLUMN.max(half[c - 1] + half[c] + 52.0);
    }
    x
}

/// Pulls a flat drawing higher, up to half as much again, so that it fills a window better.
fn stretch(items: &[Item], x: &[f32], y: &mut [f32]) {
    let width = x.last().copied().unwrap_or(0.0) + COLUMN;
    let top = y.iter().zip(items).map(|(y, i)| y - i.above).fold(f32::MAX, f32::min);
    let bottom = y.iter().zip(items).map(|(y, i)| y + i.below).fold(f32::MIN, f32::max);
    let factor = (width / ASPECT / (bottom - top).max(1.0)).clamp(1.0, 1.35);
    y.iter_mut().for_each(|y| *y = top + (*y - top) * factor);
}
