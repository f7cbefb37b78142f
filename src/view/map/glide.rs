//! From one arrangement of the map to the next in a few frames, so that eyes can follow.
use std::collections::BTreeMap;
use std::sync::Arc;

use egui::{Context, Pos2, Rect};

use super::scene::MapScene;

/// How long it takes, in seconds.
const SECONDS: f64 = 0.35;
/// Maps with more nodes change at once: frames would be too slow to look like motion.
const MOST: usize = 3_000;

/// Nodes on their way.
#[derive(Clone, Debug)]
pub(super) struct Glide {
    /// Where each node of the new scene was; nodes that were not there appear in their place.
    from: Vec<Pos2>,
    /// The time of the first frame, once there was one, in seconds.
    began: Option<f64>,
}

impl Glide {
    /// The way from `old` to `new`, unless too little is the same in both, or nothing moved.
    pub(super) fn new(old: &MapScene, new: &MapScene) -> Option<Self> {
        let before: BTreeMap<&str, Pos2> = old.nodes.iter().map(|n| (n.key.as_str(), n.centre)).collect();
        let known = new.nodes.iter().filter(|n| before.contains_key(n.key.as_str())).count();
        if known * 2 < new.nodes.len() || new.nodes.len() > MOST {
            return None;
        }
        let place = |key: &str, centre| before.get(key).copied().unwrap_or(centre);
        let from: Vec<Pos2> = new.nodes.iter().map(|n| place(&n.key, n.centre)).collect();
        let moves = from.iter().zip(&new.nodes).any(|(f, n)| *f != n.centre);
        moves.then_some(Self { from, began: None })
    }

    /// Puts the nodes of `live` where they are now on their way to `end`; false when they have arrived.
    ///
    /// Asks for the next frame. People who want no motion get none.
    pub(super) fn step(&mut self, ctx: &Context, live: &mut Arc<MapScene>, end: &Arc<MapScene>) -> bool {
        let (now, is_still) = (ctx.input(|i| i.time), ctx.global_style().animation_time <= 0.0);
        let began = *self.began.get_or_insert(now);
        let share = ((now - began) / SECONDS) as f32;
        if is_still || share >= 1.0 || ctx.input(|i| i.pointer.any_pressed()) {
            *live = Arc::clone(end);
            return false;
        }
        // Slow at both ends.
        let eased = share * share * (3.0 - 2.0 * share);
        Arc::make_mut(live).put_between(end, &self.from, eased);
        ctx.request_repaint();
        true
    }
}

impl MapScene {
    /// Puts nodes between `from` and their places in `end`; curves keep their shape and follow their ends.
    fn put_between(&mut self, end: &Self, from: &[Pos2], share: f32) {
        for ((node, last), from) in self.nodes.iter_mut().zip(&end.nodes).zip(from) {
            node.centre = from.lerp(last.centre, share);
        }
        let off = |i: usize| Some(self.nodes.get(i)?.centre - end.nodes.get(i)?.centre);
        for (edge, last) in self.edges.iter_mut().zip(&end.edges) {
            let (Some(a), Some(b)) = (off(edge.from), off(edge.to)) else { continue };
            let steps = last.points.len().saturating_sub(1).max(1) as f32;
            let follow = |(k, p): (usize, &Pos2)| *p + a + (b - a) * (k as f32 / steps);
            edge.lay(last.points.iter().enumerate().map(follow).collect());
        }
        // Boxes of namespaces hold nothing while their nodes are on the way.
        self.hulls.clear();
        let nodes = self.extent_of(0..self.nodes.len());
        let all = self.edges.iter().fold(nodes, |all: Rect, e| all | e.bounds);
        self.bounds = if share < 1.0 { all } else { end.bounds };
    }
}
