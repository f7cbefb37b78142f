//! Springs along links and repulsion between all, with a pull from callers on the left to callees on the right.
use emath::{Pos2, Vec2, pos2, vec2};
use rayon::prelude::*;

use super::Link;
use super::tree::Tree;

/// Places points whose `radii` are the room that they need.
///
/// `pull` is how much the columns count: 0.15 for small graphs, 0.05 for large ones.
pub(super) fn compute(radii: &[f32], links: &[Link], pull: f32) -> Vec<Pos2> {
    let n = radii.len();
    let mean = radii.iter().sum::<f32>() / n.max(1) as f32;
    let span = (n as f32).sqrt() * mean * 2.4;
    let level = levels(n, links);
    let mut places = start(n, links, &level, span);
    let mut degree = vec![1.0f32; n];
    for l in links {
        degree[l.from] += 1.0;
        degree[l.to] += 1.0;
    }
    let masses: Vec<f32> = radii.iter().zip(&degree).map(|(r, d)| r * r * (1.0 + d.ln() * 0.5)).collect();
    let widest = level.iter().copied().fold(0.0f32, f32::max).max(1.0);
    let rounds = if n > 2_000 { 40 } else { 160 };
    for round in 0..rounds {
        let heat = 1.0 - round as f32 / rounds as f32;
        let tree = Tree::new(&places, &masses);
        let pushes: Vec<Vec2> = places.par_iter().map(|p| tree.push(*p)).collect();
        let mut moves: Vec<Vec2> = pushes.iter().zip(radii).map(|(p, r)| *p * (1.4 / r.max(1.0))).collect();
        for l in links {
            let d = places[l.to] - places[l.from];
            let length = d.length().max(1.0);
            let rest = (radii[l.from] + radii[l.to]) * 1.25;
            let share = 1.0 / degree[l.from].min(degree[l.to]).max(1.0);
            let step = d * ((length - rest) / length * 0.5 * share);
            let lean = degree[l.from] / (degree[l.from] + degree[l.to]);
            moves[l.from] += step * (1.0 - lean) * 2.0;
            moves[l.to] -= step * lean * 2.0;
        }
        let limit = span * 0.12 * heat * heat + mean * 0.05;
        for i in 0..n {
            let home = vec2((level[i] / widest - 0.5) * span * 1.4 - places[i].x, 0.0);
            let gravity = places[i].to_vec2() * vec2(-0.012, -0.03);
            let step = moves[i] * 0.6 + home * pull + gravity;
            let length = step.length();
            places[i] += if length > limit { step * (limit / length) } else { step };
        }
    }
    places
}

/// How far right each node belongs: one more than its callers, one less than its callees, on average.
pub(super) fn levels(n: usize, links: &[Link]) -> Vec<f32> {
    let mut ties: Vec<Vec<(usize, f32)>> = vec![Vec::new(); n];
    for l in links {
        ties[l.from].push((l.to, -1.0));
        ties[l.to].push((l.from, 1.0));
    }
    let mut level = vec![0.0f32; n];
    for sweep in 0..120 {
        for k in 0..n {
            let i = if sweep % 2 == 0 { k } else { n - 1 - k };
            if !ties[i].is_empty() {
                let sum: f32 = ties[i].iter().map(|(j, step)| level[*j] + step).sum();
                level[i] = sum / ties[i].len() as f32;
            }
        }
    }
    let least = level.iter().copied().fold(f32::MAX, f32::min);
    level.iter_mut().for_each(|l| *l -= least);
    level
}

/// A start that already untangles: levels across, and down the smoothest vector that is not the levels.
fn start(n: usize, links: &[Link], level: &[f32], span: f32) -> Vec<Pos2> {
    let noise = |i: usize, salt: u32| {
        let mut x = (i as u32).wrapping_mul(0x9E37_79B9) ^ salt;
        x = (x ^ (x >> 16)).wrapping_mul(0x85EB_CA6B);
        x = (x ^ (x >> 13)).wrapping_mul(0xC2B2_AE35);
        f64::from(x ^ (x >> 16)) as f32 / u32::MAX as f32 - 0.5
    };
    let mut down: Vec<f32> = (0..n).map(|i| noise(i, 17)).collect();
    for _ in 0..50 {
        let mut sums: Vec<(f32, f32)> = down.iter().map(|y| (*y, 1.0)).collect();
        for l in links {
            sums[l.from] = (sums[l.from].0 + down[l.to], sums[l.from].1 + 1.0);
            sums[l.to] = (sums[l.to].0 + down[l.from], sums[l.to].1 + 1.0);
        }
        down = sums.iter().map(|(s, w)| s / w).collect();
        spread(&mut down);
    }
    let mut across = level.to_vec();
    spread(&mut across);
    let place = |i: usize| {
        let x = across[i] + noise(i, 5) * 0.3;
        pos2(x * 1.2, down[i] + noise(i, 9) * 0.3) * (span * 0.4)
    };
    (0..n).map(place).collect()
}

/// Shifts and scales to mean zero and deviation one, within three.
fn spread(values: &mut [f32]) {
    let n = values.len().max(1) as f32;
    let mean = values.iter().sum::<f32>() / n;
    let deviation = (values.iter().map(|v| (v - mean) * (v - mean)).sum::<f32>() / n).sqrt().max(1e-6);
    values.iter_mut().for_each(|v| *v = ((*v - mean) / deviation).clamp(-3.0, 3.0));
}
