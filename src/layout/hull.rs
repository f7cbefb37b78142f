//! The quiet boxes around namespaces, where they can be drawn without lying.
use std::collections::BTreeMap;

use emath::{Pos2, Rect};

use super::{GroupHull, LayoutNode, MOST_IN_COLUMNS};

/// Between the outermost label or shape and the border of the box, in world points.
const MARGIN: f32 = 14.0;

/// Room at the top for the name of the namespace where the map is seen from near, in world points.
const NEAR_TITLE: f32 = 22.0;
/// The same of a map that is seen whole, for the root of its nodes: words keep their size on the screen.
const FAR_TITLE: f32 = 5.8;
/// The same where the map is so far away that a second line tells what the box does.
const REMOTE_TITLE: f32 = 10.5;
/// From more nodes than this on.
const REMOTE: usize = 800;

/// More room at the top, for the name of the namespace: the larger a map, the farther away it is seen from.
///
/// It grows in steps, so that a few more nodes change no box.
pub(super) fn title_height(nodes: usize) -> f32 {
    let root = (nodes.next_power_of_two() as f32).sqrt();
    match nodes {
        _ if nodes > REMOTE => REMOTE_TITLE * root,
        _ if nodes > MOST_IN_COLUMNS => FAR_TITLE * root,
        _ => NEAR_TITLE,
    }
}

/// The box around `area` with margins and room for a name of this height.
pub(super) fn grown(area: Rect, title: f32) -> Rect {
    let (margin, title) = (emath::Vec2::splat(MARGIN), emath::vec2(0.0, title));
    Rect::from_min_max(area.min - margin - title, area.max + margin - emath::Vec2::splat(4.0))
}

/// The boxes, the outer ones first, by group; none for a namespace whose box would hold a node of another.
///
/// Of two boxes that overlap, and neither lies in the other by right, the one with fewer nodes has less room for
/// its name; where that is not enough, it is left out.
pub fn hulls(nodes: &[LayoutNode], centres: &[Pos2]) -> Vec<GroupHull> {
    let outers = outer_of(nodes);
    let titles = [title_height(nodes.len()), NEAR_TITLE];
    let inner = boxes(nodes, centres, |n| n.group);
    // What belongs to the outer group itself has no box of its own inside.
    let inner = inner.into_iter().filter(|(group, _)| outers.get(group) != Some(group));
    let forms = |(group, (count, area)): (u32, (usize, Rect))| {
        let hull = |title| GroupHull { group, is_outer: false, rect: grown(area, title) };
        let foreign = |hull: &GroupHull| {
            let mut others = nodes.iter().zip(centres).filter(|(n, _)| n.group != Some(group));
            others.any(|(n, c)| hull.rect.intersects(n.footprint(*c)))
        };
        (count, titles.map(hull).into_iter().filter(|h| !foreign(h)).collect())
    };
    let inner = apart(inner.map(forms).collect());
    let mut out = outer_boxes(nodes, centres, &inner, &outers);
    out.extend(inner);
    out
}

/// By namespace: the group around it.
fn outer_of(nodes: &[LayoutNode]) -> BTreeMap<u32, u32> {
    nodes.iter().filter_map(|n| n.group.zip(n.outer)).collect()
}

/// Nodes and the area that they take, by what they belong to.
fn boxes(
    nodes: &[LayoutNode],
    centres: &[Pos2],
    of: impl Fn(&LayoutNode) -> Option<u32>,
) -> BTreeMap<u32, (usize, Rect)> {
    let mut out: BTreeMap<u32, (usize, Rect)> = BTreeMap::new();
    for (node, centre) in nodes.iter().zip(centres) {
        if let Some(group) = of(node) {
            let (count, area) = out.entry(group).or_insert((0, Rect::NOTHING));
            (*count, *area) = (*count + 1, *area | node.footprint(*centre));
        }
    }
    out
}

/// The boxes around boxes.
fn outer_boxes(
    nodes: &[LayoutNode],
    centres: &[Pos2],
    inner: &[GroupHull],
    outers: &BTreeMap<u32, u32>,
) -> Vec<GroupHull> {
    let mut found = Vec::new();
    for (group, (count, mut area)) in boxes(nodes, centres, |n| n.outer) {
        let is_own = |h: &&GroupHull| outers.get(&h.group) == Some(&group);
        inner.iter().filter(is_own).for_each(|h| area |= h.rect);
        let hull = GroupHull { group, is_outer: true, rect: grown(area, title_height(nodes.len())) };
        let foreign = nodes.iter().zip(centres).filter(|(n, _)| n.outer != Some(group));
        let holds_none = foreign.into_iter().all(|(n, c)| !hull.rect.intersects(n.footprint(*c)));
        let cuts_none = inner.iter().filter(|h| !is_own(h)).all(|h| !hull.rect.intersects(h.rect));
        if holds_none && cuts_none {
            found.push((count, vec![hull]));
        }
    }
    apart(found)
}

/// The boxes that do not overlap one with more nodes, by group; each in its first form that overlaps none of them.
///
/// The last form is the smallest: no box is left out for the room that the name of another has.
fn apart(mut all: Vec<(usize, Vec<GroupHull>)>) -> Vec<GroupHull> {
    all.sort_by_key(|(count, forms)| (std::cmp::Reverse(*count), forms.first().map(|h| h.group)));
    let mut kept: Vec<(GroupHull, Vec<GroupHull>)> = Vec::new();
    for (_, mut forms) in all {
        let least = forms.pop();
        if let Some(least) = least.filter(|l| kept.iter().all(|(k, _)| !k.rect.intersects(l.rect))) {
            kept.push((least, forms));
        }
    }
    for i in 0..kept.len() {
        let others = |h: &GroupHull| (0..kept.len()).all(|j| j == i || !kept[j].0.rect.intersects(h.rect));
        if let Some(&larger) = kept[i].1.iter().find(|h| others(h)) {
            kept[i].0 = larger;
        }
    }
    let mut kept: Vec<GroupHull> = kept.into_iter().map(|k| k.0).collect();
    kept.sort_by_key(|h| h.group);
    kept
}
