//! A few nodes that know how many hops away every other node is, and how firmly to hold it there.
use emath::{Pos2, pos2};
use rayon::prelude::*;

use super::reach::Reach;

/// Nodes from which hops are counted; graphs with fewer nodes are exact.
const MOST: usize = 160;

/// A node that holds the others at a distance.
pub(super) struct Pivot {
    node: usize,
    /// Hops to every node.
    hops: Vec<f32>,
    /// How firmly it holds each: one over the square of the hops, times the nodes it speaks for.
    weights: Vec<f32>,
}

/// The pivots of a connected graph, with the weights of Ortmann, Klimenta and Brandes (2017): each speaks for
/// the nodes that are nearest to it and at most half as far away as the node that it holds.
pub(super) fn choose(reach: &Reach) -> Vec<Pivot> {
    let n = reach.len();
    let mut all: Vec<usize> = (0..n).collect();
    if n > MOST {
        Random::default().shuffle(&mut all);
        all.truncate(MOST);
    }
    let hops: Vec<Vec<u16>> = all.par_iter().map(|&p| reach.hops_from(p)).collect();
    let mut nearest = vec![(u16::MAX, 0usize); n];
    for (k, hops) in hops.iter().enumerate() {
        for (best, &h) in nearest.iter_mut().zip(hops) {
            if h < best.0 {
                *best = (h, k);
            }
        }
    }
    let mut regions: Vec<Vec<u16>> = vec![Vec::new(); all.len()];
    nearest.iter().for_each(|&(hops, pivot)| regions[pivot].push(hops));
    let all = all.into_par_iter().zip(hops).zip(regions);
    all.map(|((node, hops), region)| Pivot::new(node, &hops, region)).collect()
}

impl Pivot {
    fn new(node: usize, hops: &[u16], mut region: Vec<u16>) -> Self {
        region.sort_unstable();
        let weigh = |h: u16| {
            let spoken_for = region.partition_point(|r| r * 2 <= h).max(1);
            if h == 0 { 0.0 } else { spoken_for as f32 / (f32::from(h) * f32::from(h)) }
        };
        let farthest = hops.iter().copied().filter(|h| *h < u16::MAX).max().unwrap_or(0);
        let table: Vec<f32> = (0..=farthest).map(weigh).collect();
        let weight = |h: &u16| table.get(usize::from(*h)).copied().unwrap_or(0.0);
        Self {
            node,
            weights: hops.iter().map(weight).collect(),
            hops: hops.iter().map(|h| f32::from(*h)).collect(),
        }
    }

    /// The least weight that is not zero, at most 1.
    pub(super) fn least(&self) -> f32 {
        self.weights.iter().copied().filter(|w| *w > 0.0).fold(1.0, f32::min)
    }

    /// Moves every node towards its distance, `hop` units a hop, by its weight times `rate`, `most` of the way.
    pub(super) fn hold(&self, places: &mut [Pos2], hop: f32, rate: f32, most: f32) {
        let at = places[self.node];
        for ((place, hops), weight) in places.iter_mut().zip(&self.hops).zip(&self.weights) {
            let (x, y) = (place.x - at.x, place.y - at.y);
            let length = (x * x + y * y).sqrt().max(1e-3);
            let share = (weight * rate).min(most) * (hops * hop - length) / length;
            *place = pos2(place.x + x * share, place.y + y * share);
        }
    }
}

/// Numbers that look random and are the same every time.
pub(super) struct Random(u32);

impl Default for Random {
    fn default() -> Self {
        Self(0x9E37_79B9)
    }
}

impl Random {
    /// The next number (Marsaglia's xorshift).
    pub(super) fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }

    /// The next number between −½ and ½.
    pub(super) fn noise(&mut self) -> f32 {
        self.next() as f32 / u32::MAX as f32 - 0.5
    }

    /// Brings `all` into another order.
    pub(super) fn shuffle(&mut self, all: &mut [usize]) {
        for i in (1..all.len()).rev() {
            all.swap(i, self.next() as usize % (i + 1));
        }
    }
}
