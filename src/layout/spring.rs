//! Springs along links and repulsion between all, to untangle what distances alone leave tangled (Hu 2005).
use emath::{Pos2, Vec2};
use rayon::prelude::*;

use super::Link;
use super::pivots::Pivot;
use super::reach::Reach;
use super::tree::Tree;

/// Rounds of refinement.
const ROUNDS: usize = 30;
/// How much two nodes repel each other at one unit, as against a link that pulls by one.
const REPULSION: f32 = 0.005;
/// How much more a node repels for each of its links.
const BY_LINKS: f32 = 0.3;
/// How far right of its caller a callee is pushed, in units, and how much that counts against a spring.
const AHEAD: (f32, f32) = (2.0, 6.0);
/// The length of a hop after refinement: repulsion has made everything larger.
const HOP: f32 = 1.8;
/// How much pivots still hold, so that refinement does not forget the distances: (undirected, directed).
const HOLD: (f32, f32) = (4.0, 1.0);
/// The longest step of the first round and of the last, in units.
const STEPS: (f32, f32) = (0.5, 0.01);

/// Refines `places`, in which a hop is about one unit long.
pub(super) fn refine(pivots: &[Pivot], reach: &Reach, links: &[Link], places: &mut [Pos2], directed: bool) {
    let masses: Vec<f32> = (0..places.len()).map(|i| 1.0 + BY_LINKS * reach.near(i).len() as f32).collect();
    let rate = if directed { HOLD.1 } else { HOLD.0 } / places.len().max(1) as f32;
    let stiffness = |i: usize| {
        let ties = reach.near(i).len() as f32;
        1.5 * (ties.max(0.3) + if directed { AHEAD.1 * ties } else { 0.0 })
    };
    for round in 0..ROUNDS {
        let limit = STEPS.0 * (1.0 - round as f32 / ROUNDS as f32) + STEPS.1;
        let pushes = Tree::new(places, &masses).pushes();
        let mut ahead = vec![0.0f32; if directed { places.len() } else { 0 }];
        for l in links.iter().filter(|_| directed) {
            let lack = (AHEAD.0 - (places[l.to].x - places[l.from].x)).clamp(0.0, 2.0);
            ahead[l.from] -= lack * AHEAD.1;
            ahead[l.to] += lack * AHEAD.1;
        }
        let now = &*places;
        let moved = |i: usize| {
            let springs = reach.near(i).iter().map(|j| now[*j as usize] - now[i]);
            let mut force = springs.fold(pushes[i] * (REPULSION * masses[i]), |a: Vec2, b| a + b);
            force.x += ahead.get(i).copied().unwrap_or(0.0);
            let step = force / stiffness(i);
            let length = step.length();
            now[i] + if length > limit { step * (limit / length) } else { step }
        };
        let moved: Vec<Pos2> = (0..now.len()).into_par_iter().with_min_len(256).map(moved).collect();
        places.copy_from_slice(&moved);
        pivots.iter().for_each(|p| p.hold(places, HOP, rate, 0.5));
    }
}
