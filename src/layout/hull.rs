//! The quiet boxes around namespaces, where they can be drawn without lying.
use std::collections::BTreeMap;

use emath::{Pos2, Rect};

use super::{GroupHull, LayoutNode, MOST_IN_COLUMNS};

/// Between the outermost label or shape and the border of the box, in world points.
const MARGIN: f32 = 14.0;

/// More room at the top, for the name of the namespace: large maps are seen from far away.
pub(super) fn title_height(nodes: usize) -> f32 {
    if nodes > MOST_IN_COLUMNS { 96.0 } else { 22.0 }
}

/// The box around `area` on a map of so many nodes: with margins and room for the name.
pub(super) fn grown(area: Rect, nodes: usize) -> Rect {
    let (margin, title) = (emath::Vec2::splat(MARGIN), emath::vec2(0.0, title_height(nodes)));
    Rect::from_min_max(area.min - margin - title, area.max + margin - emath::Vec2::splat(4.0))
}

/// The boxes, by group; none for a namespace whose box would hold a node of another.
///
/// Of two boxes that overlap, the one with fewer nodes is left out.
pub fn hulls(nodes: &[LayoutNode], centres: &[Pos2]) -> Vec<GroupHull> {
    let mut boxes: BTreeMap<u32, (usize, Rect)> = BTreeMap::new();
    for (node, centre) in nodes.iter().zip(centres) {
        if let Some(group) = node.group {
            let entry = boxes.entry(group).or_insert((0, Rect::NOTHING));
            *entry = (entry.0 + 1, entry.1 | node.footprint(*centre));
        }
    }
    let mut honest: Vec<(usize, GroupHull)> = boxes
        .into_iter()
        .map(|(group, (count, rect))| (count, GroupHull { group, rect: grown(rect, nodes.len()) }))
        .filter(|(_, hull)| {
            let foreign = nodes.iter().zip(centres).filter(|(n, _)| n.group != Some(hull.group));
            foreign.into_iter().all(|(n, c)| !hull.rect.intersects(n.footprint(*c)))
        })
        .collect();
    honest.sort_by_key(|(count, hull)| (std::cmp::Reverse(*count), hull.group));
    let mut kept: Vec<GroupHull> = Vec::new();
    for (_, hull) in honest {
        if kept.iter().all(|k| !k.rect.intersects(hull.rect)) {
            kept.push(hull);
        }
    }
    kept.sort_by_key(|h| h.group);
    kept
}
