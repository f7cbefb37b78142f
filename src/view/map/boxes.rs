//! The boxes of namespaces: where they are, and what the whole of each does.
use std::collections::BTreeMap;

use egui::{Pos2, Rect};

use super::scene::{EdgeScene, MapScene};
use super::speaking::{self, Brief};
use crate::graph::INSIDE;
use crate::layout;
use crate::view::text;

/// The letters of a name that are shown at most.
const LONGEST: usize = 32;

/// The box of a namespace.
#[derive(Clone, Debug, PartialEq)]
pub struct HullScene {
    /// The name, cleaned and cut.
    pub name: String,
    /// What the whole of it does.
    pub figures: String,
    /// The same in few words.
    pub brief: Brief,
    /// The box.
    pub rect: Rect,
    pub(super) group: u32,
    /// Whether it is around the boxes of other groups.
    pub is_outer: bool,
}

impl MapScene {
    /// Draws the boxes around these places of nodes.
    pub(super) fn outline(&mut self, centres: &[Pos2]) {
        let found = layout::hulls(&self.sizes, centres);
        let name = |group: u32| self.groups.get(group as usize).map_or("", String::as_str);
        // Inside the box of the group around it, a group needs no more than its own name.
        let short = |h: &layout::GroupHull| {
            let outer = found.iter().find(|o| o.is_outer && !h.is_outer && o.rect.contains_rect(h.rect));
            let own = outer.and_then(|o| name(h.group).strip_prefix(name(o.group))?.strip_prefix(INSIDE));
            text::name(own.unwrap_or(name(h.group)), LONGEST)
        };
        let hull = |h: &layout::GroupHull| HullScene {
            name: short(h),
            figures: String::new(),
            brief: Brief::default(),
            rect: h.rect,
            group: h.group,
            is_outer: h.is_outer,
        };
        self.hulls = found.iter().map(hull).collect();
        let nodes = layout::bounds(&self.sizes, centres);
        let hulls = self.hulls.iter().fold(nodes, |all, h| all | h.rect);
        self.bounds = self.edges.iter().fold(hulls, |all, e| all | e.bounds);
        let rings = self.rings.iter().filter_map(|r| r.around(centres));
        self.bounds = rings.fold(self.bounds, |all, r| all | r);
        self.tell_hulls();
    }

    /// Writes the figures of the boxes.
    pub(super) fn tell_hulls(&mut self) {
        // A box by its number, and whether it is one around boxes.
        type Key = (bool, u32);
        let of = |i: usize, is_outer: bool| {
            let node = self.sizes.get(i)?;
            // What hangs on a namespace is beside it, not of it.
            let group = if is_outer { node.group.and(node.outer) } else { node.group };
            Some((is_outer, group?))
        };
        let mut members: BTreeMap<Key, usize> = BTreeMap::new();
        let mut coming: BTreeMap<Key, Vec<&EdgeScene>> = BTreeMap::new();
        for is_outer in [false, true] {
            for key in (0..self.sizes.len()).filter_map(|i| of(i, is_outer)) {
                *members.entry(key).or_default() += 1;
            }
            for edge in &self.edges {
                if let Some(to) = of(edge.to, is_outer).filter(|to| of(edge.from, is_outer) != Some(*to)) {
                    coming.entry(to).or_default().push(edge);
                }
            }
        }
        for hull in &mut self.hulls {
            let key = (hull.is_outer, hull.group);
            let count = members.get(&key).copied().unwrap_or(0);
            let edges = coming.get(&key).into_iter().flatten().copied();
            let name = self.groups.get(hull.group as usize);
            let known = name.and_then(|n| self.totals.get(n));
            let drawn = || speaking::figures_of(count, edges);
            let of = known.copied().unwrap_or_else(drawn);
            hull.figures = speaking::group_figures(&of);
            hull.brief = Brief::of(&of);
        }
    }
}
