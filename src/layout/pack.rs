//! Parts that hang together, and how to put them side by side.
use emath::{Vec2, vec2};

use super::{LayoutNode, Link};

/// Nodes that are linked with each other or share a namespace.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Part {
    pub members: Vec<usize>,
}

impl Part {
    /// The nodes of this part, in its order.
    pub(super) fn pick(&self, nodes: &[LayoutNode]) -> Vec<LayoutNode> {
        self.members.iter().map(|&i| nodes[i]).collect()
    }

    /// The links inside this part, with ends counted within it.
    pub(super) fn links(&self, links: &[Link]) -> Vec<Link> {
        let place = |i: usize| self.members.binary_search(&i).ok();
        let inside = |l: &Link| Some(Link { from: place(l.from)?, to: place(l.to)?, ..*l });
        links.iter().filter_map(inside).collect()
    }
}

/// The parts, the largest first; members are sorted.
pub(super) fn components(nodes: &[LayoutNode], links: &[Link]) -> Vec<Part> {
    let mut root: Vec<usize> = (0..nodes.len()).collect();
    let mut first_of_group = std::collections::BTreeMap::new();
    let pairs = links.iter().map(|l| (l.from, l.to));
    let mates =
        nodes.iter().enumerate().filter_map(|(i, n)| Some((*first_of_group.entry(n.group?).or_insert(i), i)));
    for (a, b) in pairs.chain(mates.collect::<Vec<_>>()) {
        let (a, b) = (find(&mut root, a), find(&mut root, b));
        root[a.max(b)] = a.min(b);
    }
    let mut parts: Vec<Part> = vec![Part::default(); nodes.len()];
    for i in 0..nodes.len() {
        let r = find(&mut root, i);
        parts[r].members.push(i);
    }
    parts.retain(|p| !p.members.is_empty());
    parts.sort_by_key(|p| (std::cmp::Reverse(p.members.len()), p.members.first().copied()));
    parts
}

fn find(root: &mut [usize], mut i: usize) -> usize {
    while root[i] != i {
        root[i] = root[root[i]];
        i = root[i];
    }
    i
}

/// The top left corner of each box, put on shelves that together come near 16:10.
pub(super) fn shelves(boxes: &[Vec2]) -> Vec<Vec2> {
    let area: f32 = boxes.iter().map(|b| b.x * b.y).sum();
    let widest = boxes.iter().map(|b| b.x).fold(0.0, f32::max);
    let width = (area * 1.6).sqrt().max(widest) * 1.02;
    let (mut at, mut height) = (Vec2::ZERO, 0.0f32);
    let mut out = Vec::with_capacity(boxes.len());
    for b in boxes {
        if at.x > 0.0 && at.x + b.x > width {
            at = vec2(0.0, at.y + height);
            height = 0.0;
        }
        out.push(at);
        at.x += b.x;
        height = height.max(b.y);
    }
    out
}
