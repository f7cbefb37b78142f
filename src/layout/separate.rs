//! Pushing boxes apart until none overlap.
use emath::{Pos2, Vec2, vec2};

/// Moves the boxes of `sizes` around `centres` apart; true when none overlap any more.
pub(super) fn separate(centres: &mut [Pos2], sizes: &[Vec2], rounds: usize) -> bool {
    let n = centres.len();
    let mut order: Vec<usize> = (0..n).collect();
    let widest = sizes.iter().map(|s| s.x).fold(0.0, f32::max);
    for _ in 0..rounds {
        order.sort_by(|&a, &b| centres[a].x.total_cmp(&centres[b].x).then(a.cmp(&b)));
        let mut moved = false;
        for k in 0..n {
            let a = order[k];
            for &b in &order[k + 1..] {
                if centres[b].x - centres[a].x > widest {
                    break;
                }
                moved |= push(centres, sizes, a, b);
            }
        }
        if !moved {
            return true;
        }
    }
    false
}

/// Moves two overlapping boxes apart along the shorter way, the larger one less.
fn push(centres: &mut [Pos2], sizes: &[Vec2], a: usize, b: usize) -> bool {
    let d = centres[b] - centres[a];
    let room = (sizes[a] + sizes[b]) / 2.0;
    let over = vec2(room.x - d.x.abs(), room.y - d.y.abs());
    if over.x <= 0.01 || over.y <= 0.01 {
        return false;
    }
    let sign = |v: f32| if v < 0.0 || v == 0.0 && b < a { -1.0 } else { 1.0 };
    let way = if over.x < over.y { vec2(over.x * sign(d.x), 0.0) } else { vec2(0.0, over.y * sign(d.y)) };
    let (area_a, area_b) = (sizes[a].x * sizes[a].y, sizes[b].x * sizes[b].y);
    let share = area_b / (area_a + area_b).max(1e-3);
    centres[a] -= way * 1.02 * share;
    centres[b] += way * 1.02 * (1.0 - share);
    true
}

/// Draws the boxes together towards their middle without letting any overlap.
pub(super) fn compact(centres: &mut Vec<Pos2>, sizes: &[Vec2], aspect: f32) {
    let n = centres.len().max(1) as f32;
    // Large ones get fewer rounds: they are seen from too far away for the last bit of tightness to matter.
    let (first, each) = if centres.len() > 2_000 { (400, 60) } else { (600, 300) };
    let fits = separate(centres, sizes, first);
    if !fits {
        return;
    }
    for shrink in [0.7, 0.8, 0.85, 0.9, 0.9, 0.93, 0.95, 0.97] {
        let middle = (centres.iter().fold(Vec2::ZERO, |s, c| s + c.to_vec2()) / n).to_pos2();
        let extent = |axis: usize| {
            let reach = |c: &Pos2| if axis == 0 { (c.x - middle.x).abs() } else { (c.y - middle.y).abs() };
            centres.iter().map(reach).fold(1.0, f32::max)
        };
        let lean = (extent(0) / extent(1) / aspect).clamp(0.6, 1.6).powf(0.25);
        let scale = vec2((shrink / lean).min(1.0), (shrink * lean).min(1.0));
        let mut tried: Vec<Pos2> = centres.iter().map(|c| middle + (*c - middle) * scale).collect();
        if separate(&mut tried, sizes, each) {
            *centres = tried;
        }
    }
}
