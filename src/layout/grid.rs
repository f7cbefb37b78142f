//! Rows and columns: what begins everything at the left, one block for each namespace, callers first; what has none
//! below.
use std::collections::BTreeMap;

use emath::{Pos2, Vec2, pos2, vec2};

use super::{ASPECT, LayoutNode, Link, bounds, force, hull, pack};

/// Room between two cells, in world points.
const GAP: Vec2 = vec2(24.0, 16.0);
/// Room between two blocks, in world points.
const BETWEEN: f32 = 60.0;
/// The widest blocks that are tried, in columns.
const MOST_ACROSS: usize = 40;
/// How much wider or higher the whole becomes to fill a window.
const MOST_STRETCHED: f32 = 1.6;

/// Places `nodes` in blocks, as wide as fill a window best.
pub(super) fn place(nodes: &[LayoutNode], links: &[Link]) -> Vec<Pos2> {
    let blocks = Blocks::new(nodes, links);
    let largest = blocks.named.iter().map(Vec::len).max().unwrap_or(blocks.others.len());
    let mut best: Option<(f32, Vec<Pos2>)> = None;
    for across in 1..=largest.clamp(1, MOST_ACROSS) {
        let places = blocks.place(across);
        let size = bounds(nodes, &places).size().max(Vec2::splat(1.0));
        let (wide, high) = (size.x / ASPECT, size.y);
        if best.as_ref().is_none_or(|(least, _)| wide.max(high) < *least) {
            let stretch = vec2(high / wide, wide / high).clamp(Vec2::splat(1.0), Vec2::splat(MOST_STRETCHED));
            let stretched = places.iter().map(|p| (p.to_vec2() * stretch).to_pos2());
            best = Some((wide.max(high), stretched.collect()));
        }
    }
    best.map(|b| b.1).unwrap_or_default()
}

/// What stands together.
struct Blocks {
    /// What begins everything.
    first: Vec<usize>,
    /// By namespace, the largest first: that leaves no holes.
    named: Vec<Vec<usize>>,
    others: Vec<usize>,
    count: usize,
    cell: Vec2,
    title: f32,
}

impl Blocks {
    fn new(nodes: &[LayoutNode], links: &[Link]) -> Self {
        let levels = force::levels(nodes.len(), links);
        let mut named: BTreeMap<Option<u32>, Vec<usize>> = BTreeMap::new();
        for (i, node) in nodes.iter().enumerate() {
            named.entry(node.group).or_default().push(i);
        }
        let others = named.remove(&None).unwrap_or_default();
        let begins = |i: &usize| nodes[*i].rank_hint.is_some_and(|h| h < 0);
        let (first, mut others): (Vec<usize>, Vec<usize>) = others.into_iter().partition(begins);
        let mut named: Vec<Vec<usize>> = named.into_values().collect();
        named.sort_by_key(|b| std::cmp::Reverse(b.len()));
        let key = |i: usize| (nodes[i].rank_hint.unwrap_or(0), (levels[i] * 2.0).round() as i32, i);
        named.iter_mut().chain([&mut others]).for_each(|block| block.sort_by_key(|&i| key(i)));
        let print = |n: &LayoutNode| n.footprint(Pos2::ZERO).size();
        let cell = nodes.iter().map(print).fold(Vec2::ZERO, |a, b| a.max(b)) + GAP;
        let title = if named.is_empty() { 0.0 } else { hull::title_height(nodes.len()) };
        Self { first, named, others, count: nodes.len(), cell, title }
    }

    /// With blocks of at most so many columns.
    fn place(&self, across: usize) -> Vec<Pos2> {
        let cell = self.cell;
        let slot = |k: usize, across: usize| vec2((k % across) as f32, (k / across) as f32) * cell;
        let mut places = vec![Pos2::ZERO; self.count];
        let mut boxes = Vec::new();
        for block in &self.named {
            block.iter().enumerate().for_each(|(k, &i)| places[i] = slot(k, across).to_pos2());
            let size = vec2(block.len().min(across) as f32, block.len().div_ceil(across) as f32) * cell;
            boxes.push(size + vec2(BETWEEN, BETWEEN + self.title));
        }
        let mut below = Pos2::ZERO;
        for ((block, offset), size) in self.named.iter().zip(pack::shelves(&boxes)).zip(&boxes) {
            block.iter().for_each(|&i| places[i] += offset);
            below = below.max(offset.to_pos2() + *size);
        }
        for (k, &i) in self.first.iter().enumerate() {
            places[i] = pos2(-cell.x - BETWEEN, k as f32 * cell.y);
        }
        // What has no namespace stands below, as wide as the blocks.
        let wide = if self.named.is_empty() { across } else { ((below.x - BETWEEN) / cell.x) as usize };
        for (k, &i) in self.others.iter().enumerate() {
            places[i] = pos2(0.0, below.y) + slot(k, wide.max(1));
        }
        places
    }
}
