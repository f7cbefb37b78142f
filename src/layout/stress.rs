//! Distances on the page like hops in the graph: low stress by stochastic descent (Zheng, Pawar and Goodman 2019).
use emath::{Pos2, pos2};

use super::Link;
use super::pivots::{Pivot, Random};

/// Rounds of descent.
const ROUNDS: usize = 24;
/// The length of a link: shorter than a hop, because links that cross less are worth a little stress.
const LINK: f32 = 0.6;
/// How much more firmly links hold than other pairs.
const FIRM: f32 = 3.0;
/// How far right of its caller a callee belongs, in hops.
const AHEAD: f32 = 1.0;

/// Places a connected graph so that one hop is about one unit.
///
/// `levels` say how far right each node belongs; with `directed`, callees are kept right of their callers.
pub(super) fn place(pivots: &[Pivot], links: &[Link], levels: &[f32], directed: bool) -> Vec<Pos2> {
    let mut random = Random::default();
    let start = |level: &f32| {
        let (x, y) = (random.noise(), random.noise());
        pos2(if directed { level + x } else { x * 4.0 }, y * 4.0)
    };
    let mut places: Vec<Pos2> = levels.iter().map(start).collect();
    let hot = 1.0 / pivots.iter().map(Pivot::least).fold(1.0, f32::min);
    let cold = 0.1f32;
    let mut order: Vec<usize> = (0..pivots.len()).collect();
    for round in 0..ROUNDS {
        let rate = hot * (cold / hot).powf(round as f32 / (ROUNDS - 1) as f32);
        random.shuffle(&mut order);
        order.iter().for_each(|&p| pivots[p].hold(&mut places, 1.0, rate, 1.0));
        let share = 0.5 * (rate * FIRM).min(1.0);
        for l in links {
            let d = places[l.to] - places[l.from];
            let length = d.length().max(1e-3);
            let mut step = d * ((LINK - length) / length * share);
            if directed {
                step.x += (AHEAD - d.x).max(0.0) * share;
            }
            places[l.from] -= step;
            places[l.to] += step;
        }
    }
    places
}
