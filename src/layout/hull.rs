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

/// What a box inside another adds above and below its nodes, in world points.
pub(super) fn room() -> (f32, f32) {
    let (node, box_) = (Rect::ZERO, grown(Rect::ZERO, NEAR_TITLE));
    (node.top() - box_.top(), box_.bottom() - node.bottom())
}

/// Whether every node lies in all boxes that are its own.
pub(super) fn holds_all(nodes: &[LayoutNode], centres: &[Pos2]) -> bool {
    let hulls = hulls(nodes, centres);
    let holds = |group: Option<u32>, is_outer: bool, at: Pos2| {
        let is_own = |h: &&GroupHull| h.is_outer == is_outer && Some(h.group) == group;
        group.is_none() || hulls.iter().find(is_own).is_some_and(|h| h.rect.contains(at))
    };
    let all = nodes.iter().zip(centres);
    all.into_iter()
        .all(|(n, c)| holds(n.outer, true, *c) && holds(n.group.filter(|_| n.is_nested()), false, *c))
}

/// The boxes, the outer ones first, by group; none holds a node of another.
///
/// What somebody put between the nodes of a namespace, or one of them that was put away behind others, leaves the box
/// around most of the rest. The box with fewer nodes makes room; its name has as much as there is.
pub fn hulls(nodes: &[LayoutNode], centres: &[Pos2]) -> Vec<GroupHull> {
    let outers = outer_of(nodes);
    let prints: Vec<Rect> = nodes.iter().zip(centres).map(|(n, c)| n.footprint(*c)).collect();
    let page = Page { nodes, prints: &prints, title: title_height(nodes.len()) };
    let mut inner = page.members(|n| n.group);
    // What belongs to the outer group itself has no box of its own inside.
    inner.retain(|group, _| outers.get(group) != Some(group));
    let inner = page.boxes(inner, false, |node, group| node.group == Some(group), |_| Vec::new());
    if nodes.iter().all(|n| n.outer.is_none()) {
        return inner;
    }
    let is_own = |h: &GroupHull, group: u32| outers.get(&h.group) == Some(&group);
    let mut outer = page.members(|n| n.outer);
    for (group, members) in &mut outer {
        let own = inner.iter().filter(|h| is_own(h, *group)).map(|h| h.rect);
        let own: Vec<Rect> = own.collect();
        members.retain(|m| !own.iter().any(|rect| rect.contains_rect(*m)));
        members.extend(own);
    }
    let others = |group: u32| inner.iter().filter(|h| !is_own(h, group)).map(|h| h.rect).collect();
    let mut out = page.boxes(outer, true, |node, group| node.outer == Some(group), others);
    out.extend(inner);
    out
}

/// By namespace: the group around it.
fn outer_of(nodes: &[LayoutNode]) -> BTreeMap<u32, u32> {
    nodes.iter().filter_map(|n| n.group.zip(n.outer)).collect()
}

/// Nodes and the space that they take.
struct Page<'a> {
    nodes: &'a [LayoutNode],
    prints: &'a [Rect],
    /// Room for a name where there is enough.
    title: f32,
}

/// A box, and the area that it is around.
struct Kept {
    group: u32,
    area: Rect,
    rect: Rect,
}

impl Page<'_> {
    /// The areas of nodes, by what they belong to.
    fn members(&self, of: impl Fn(&LayoutNode) -> Option<u32>) -> BTreeMap<u32, Vec<Rect>> {
        let mut out: BTreeMap<u32, Vec<Rect>> = BTreeMap::new();
        for (node, print) in self.nodes.iter().zip(self.prints) {
            if let Some(group) = of(node) {
                out.entry(group).or_default().push(*print);
            }
        }
        out
    }

    /// Boxes around `groups`, by group: the largest take their room first, and then all what is left for their names.
    fn boxes(
        &self,
        groups: BTreeMap<u32, Vec<Rect>>,
        is_outer: bool,
        is_member: impl Fn(&LayoutNode, u32) -> bool,
        others: impl Fn(u32) -> Vec<Rect>,
    ) -> Vec<GroupHull> {
        let mut groups: Vec<(u32, Vec<Rect>)> = groups.into_iter().collect();
        groups.sort_by_key(|(group, members)| (std::cmp::Reverse(members.len()), *group));
        let mut kept: Vec<Kept> = Vec::new();
        let foreign = |group: u32, others: &[Rect], kept: &[Kept], area: Rect| {
            let nodes = self.nodes.iter().zip(self.prints).filter(|(n, _)| !is_member(n, group));
            let boxes = kept.iter().filter(|k| k.group != group).map(|k| k.rect);
            let mut all =
                nodes.map(|n| *n.1).chain(others.iter().copied()).chain(boxes).map(|r| r.shrink(0.5));
            all.find(|r| r.intersects(area))
        };
        for (group, members) in groups {
            let others = others(group);
            let hit = |area: Rect| foreign(group, &others, &kept, area);
            if let Some(area) = free_part(members, hit) {
                let rect = clipped(grown(area, NEAR_TITLE.min(self.title)), area, hit);
                kept.push(Kept { group, area, rect });
            }
        }
        for i in 0..kept.len() {
            let (group, larger) = (kept[i].group, grown(kept[i].area, self.title));
            if foreign(group, &others(group), &kept, larger).is_none() {
                kept[i].rect = larger;
            }
        }
        kept.sort_by_key(|k| k.group);
        kept.iter().map(|k| GroupHull { group: k.group, is_outer, rect: k.rect }).collect()
    }
}

/// The area of the largest part of `members` that is found in which nothing of others lies: cut again and again along
/// what lies in it. Nothing where less than half would be left.
fn free_part(mut members: Vec<Rect>, hit: impl Fn(Rect) -> Option<Rect>) -> Option<Rect> {
    let all = members.len();
    loop {
        let area = members.iter().fold(Rect::NOTHING, |all, m| all | *m);
        let Some(between) = hit(area) else { return Some(area) };
        let sides: [&dyn Fn(&Rect) -> bool; 4] = [
            &|m| m.right() < between.left(),
            &|m| m.left() > between.right(),
            &|m| m.bottom() < between.top(),
            &|m| m.top() > between.bottom(),
        ];
        let parts = sides.map(|side| members.iter().copied().filter(|m| side(m)).collect::<Vec<_>>());
        members = parts.into_iter().rev().max_by_key(Vec::len)?;
        if members.is_empty() || members.len() * 2 < all {
            return None;
        }
    }
}

/// As much of `rect` around `area` as nothing of others lies in; nothing does in `area`.
fn clipped(mut rect: Rect, area: Rect, hit: impl Fn(Rect) -> Option<Rect>) -> Rect {
    while let Some(other) = hit(rect) {
        match () {
            () if other.right() < area.left() => rect.min.x = other.right() + 0.1,
            () if other.left() > area.right() => rect.max.x = other.left() - 0.1,
            () if other.bottom() < area.top() => rect.min.y = other.bottom() + 0.1,
            () if other.top() > area.bottom() => rect.max.y = other.top() - 0.1,
            () => return area,
        }
    }
    rect
}
