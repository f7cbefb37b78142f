//! Rows and columns: one block for each namespace, callers first.
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
    let mut blocks: BTreeMap<(bool, Option<u32>), Vec<usize>> = BTreeMap::new();
    for (i, node) in nodes.iter().enumerate() {
        blocks.entry((node.group.is_none(), node.group)).or_default().push(i);
    }
    let mut blocks: Vec<Vec<usize>> = blocks.into_values().collect();
    // Large blocks first leave no holes; of equals, the first namespace.
    blocks.sort_by_key(|b| std::cmp::Reverse(b.len()));
    let print = |n: &LayoutNode| n.footprint(Pos2::ZERO).size();
    let cell = nodes.iter().map(print).fold(Vec2::ZERO, |a, b| a.max(b)) + GAP;
    let title = if nodes.iter().any(|n| n.group.is_some()) { hull::title_height(nodes.len()) } else { 0.0 };
    let mut places = vec![Pos2::ZERO; nodes.len()];
    let mut boxes = Vec::new();
    for block in &mut blocks {
        let key = |i: usize| (nodes[i].rank_hint.unwrap_or(0), (levels[i] * 2.0).round() as i32, i);
        block.sort_by_key(|&i| key(i));
        let across = ((block.len() as f32 * cell.y / cell.x * ASPECT).sqrt().round() as usize).max(1);
        for (k, &i) in block.iter().enumerate() {
            places[i] = pos2((k % across) as f32 * cell.x, (k / across) as f32 * cell.y);
        }
        let size = vec2(block.len().min(across) as f32, block.len().div_ceil(across) as f32) * cell;
        boxes.push(size + vec2(BETWEEN, BETWEEN + title));
    }
    for (block, offset) in blocks.iter().zip(pack::shelves(&boxes)) {
        block.iter().for_each(|&i| places[i] += offset);
    }
    places
}
