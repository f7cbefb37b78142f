//! Rows and columns: what begins everything at the left, one block for each namespace, callers first; what has none
//! below.
use std::collections::BTreeMap;

use emath::{Pos2, Vec2, pos2, vec2};

use super::{ASPECT, LayoutNode, Link, force, hull, pack};

/// Room between two cells, in world points.
const GAP: Vec2 = vec2(24.0, 16.0);
/// Room between two blocks, in world points.
const BETWEEN: f32 = 60.0;

/// Places `nodes` in blocks.
pub(super) fn place(nodes: &[LayoutNode], links: &[Link]) -> Vec<Pos2> {
    let levels = force::levels(nodes.len(), links);
    let mut blocks: BTreeMap<Option<u32>, Vec<usize>> = BTreeMap::new();
    for (i, node) in nodes.iter().enumerate() {
        blocks.entry(node.group).or_default().push(i);
    }
    let others = blocks.remove(&None).unwrap_or_default();
    let begins = |i: &usize| nodes[*i].rank_hint.is_some_and(|h| h < 0);
    let (first, mut others): (Vec<usize>, Vec<usize>) = others.into_iter().partition(begins);
    let mut blocks: Vec<Vec<usize>> = blocks.into_values().collect();
    // Large blocks first leave no holes; of equals, the first namespace.
    blocks.sort_by_key(|b| std::cmp::Reverse(b.len()));
    let print = |n: &LayoutNode| n.footprint(Pos2::ZERO).size();
    let cell = nodes.iter().map(print).fold(Vec2::ZERO, |a, b| a.max(b)) + GAP;
    let title = if nodes.iter().any(|n| n.group.is_some()) { hull::title_height(nodes.len()) } else { 0.0 };
    let mut places = vec![Pos2::ZERO; nodes.len()];
    let mut boxes = Vec::new();
    let key = |i: usize| (nodes[i].rank_hint.unwrap_or(0), (levels[i] * 2.0).round() as i32, i);
    let square = |count: usize| ((count as f32 * cell.y / cell.x * ASPECT).sqrt().round() as usize).max(1);
    let slot = |k: usize, across: usize| vec2((k % across) as f32, (k / across) as f32) * cell;
    for block in &mut blocks {
        block.sort_by_key(|&i| key(i));
        let across = square(block.len());
        block.iter().enumerate().for_each(|(k, &i)| places[i] = slot(k, across).to_pos2());
        let size = vec2(block.len().min(across) as f32, block.len().div_ceil(across) as f32) * cell;
        boxes.push(size + vec2(BETWEEN, BETWEEN + title));
    }
    let mut below = Pos2::ZERO;
    for ((block, offset), size) in blocks.iter().zip(pack::shelves(&boxes)).zip(&boxes) {
        block.iter().for_each(|&i| places[i] += offset);
        below = below.max(offset.to_pos2() + *size);
    }
    for (k, &i) in first.iter().enumerate() {
        places[i] = pos2(-cell.x - BETWEEN, k as f32 * cell.y);
    }
    // What has no namespace stands below, as wide as the blocks.
    others.sort_by_key(|&i| key(i));
    let across = square(others.len()).max(((below.x - BETWEEN) / cell.x) as usize);
    for (k, &i) in others.iter().enumerate() {
        places[i] = pos2(0.0, below.y) + slot(k, across);
    }
    places
}
