//! Graphs that columns cannot hold: by distances, springs and repulsion, with callers left of callees if wanted.
use emath::{Pos2, Rect, Vec2, vec2};

use super::pivots;
use super::reach::Reach;
use super::separate::separate;
use super::{ASPECT, LayoutNode, Link, pack, spring, stress};

/// How many times the room that they take single nodes get, so that their links can be seen.
pub(super) const AIRY: f32 = 4.0;
/// The same for the boxes of namespaces, which have air inside.
pub(super) const TIGHT: f32 = 1.3;
/// How much wider a drawing with a direction may become to fill a window.
const MOST_WIDENED: f32 = 1.25;
/// Rounds of pushing apart before the drawing is made larger.
const ROUNDS: usize = 80;
/// How often it may be made larger.
const MOST_GROWN: usize = 24;

/// Places boxes of `sizes`, which include the gaps between them, so that none overlap.
///
/// The drawing starts with `fill` times the room that the boxes take.
pub(super) fn place(sizes: &[Vec2], links: &[Link], directed: bool, fill: f32) -> Vec<Pos2> {
    let bare = vec![LayoutNode::default(); sizes.len()];
    let parts = pack::components(&bare, links);
    let mut places = vec![Pos2::ZERO; sizes.len()];
    let mut boxes = Vec::new();
    for part in &parts {
        let own: Vec<Vec2> = part.members.iter().map(|&i| sizes[i]).collect();
        let drawn = connected(&own, &part.links(links), directed, fill);
        let area = around(&own, &drawn);
        boxes.push(area.size());
        for (&i, place) in part.members.iter().zip(&drawn) {
            places[i] = *place - area.min.to_vec2();
        }
    }
    for (part, offset) in parts.iter().zip(pack::shelves(&boxes)) {
        part.members.iter().for_each(|&i| places[i] += offset);
    }
    places
}

fn connected(sizes: &[Vec2], links: &[Link], directed: bool, fill: f32) -> Vec<Pos2> {
    let n = sizes.len();
    if n < 2 {
        return vec![Pos2::ZERO; n];
    }
    let reach = Reach::new(n, links.iter().map(|l| (l.from, l.to)));
    let pivots = pivots::choose(&reach);
    let levels = if directed { levels(n, links) } else { vec![0.0; n] };
    let mut places = stress::place(&pivots, links, &levels, directed);
    spring::refine(&pivots, &reach, links, &mut places, directed);
    if directed {
        widen(&mut places);
    } else {
        lie_down(&mut places, links);
    }
    apart(places, sizes, fill)
}

/// Makes the drawing large enough for its boxes and pushes apart what still overlaps.
fn apart(mut places: Vec<Pos2>, sizes: &[Vec2], fill: f32) -> Vec<Pos2> {
    let need: f32 = sizes.iter().map(|s| s.x * s.y).sum::<f32>() * fill;
    let extent = places.iter().fold(Rect::NOTHING, |a, p| a | Rect::from_min_max(*p, *p)).size();
    // A drawing that is almost a line needs no area, but its length.
    let scale = (need / (extent.x * extent.y).max(1e-6)).sqrt();
    let n = sizes.len() as f32;
    let in_line = sizes.iter().map(|s| s.max_elem()).sum::<f32>() * (n - 1.0) / n;
    let line = 1.2 * in_line / extent.max_elem().max(1e-6);
    let scale = scale.min(line);
    places.iter_mut().for_each(|p| *p = (p.to_vec2() * scale).to_pos2());
    for _ in 0..MOST_GROWN {
        if separate(&mut places, sizes, ROUNDS) {
            break;
        }
        places.iter_mut().for_each(|p| *p = (p.to_vec2() * 1.06).to_pos2());
    }
    places
}

/// Pulls the drawing towards the shape of a window: that fills the page, and calls point more to the right.
fn widen(places: &mut [Pos2]) {
    let extent = places.iter().fold(Rect::NOTHING, |a, p| a | Rect::from_min_max(*p, *p)).size();
    let factor = (ASPECT * extent.y / extent.x.max(1e-3)).clamp(1.0, MOST_WIDENED);
    places.iter_mut().for_each(|p| p.x *= factor);
}

/// Turns the drawing so that it is widest across and most links point right.
fn lie_down(places: &mut [Pos2], links: &[Link]) {
    let n = places.len().max(1) as f32;
    let middle = places.iter().fold(Vec2::ZERO, |a, p| a + p.to_vec2()) / n;
    let (mut xx, mut xy, mut yy) = (0.0f32, 0.0f32, 0.0f32);
    for p in places.iter() {
        let d = p.to_vec2() - middle;
        (xx, xy, yy) = (xx + d.x * d.x, xy + d.x * d.y, yy + d.y * d.y);
    }
    let turn = -0.5 * (2.0 * xy).atan2(xx - yy);
    let (sin, cos) = turn.sin_cos();
    for p in places.iter_mut() {
        let d = p.to_vec2() - middle;
        *p = vec2(d.x * cos - d.y * sin, d.x * sin + d.y * cos).to_pos2();
    }
    let ahead: f32 = links.iter().map(|l| (places[l.to] - places[l.from]).normalized().x).sum();
    if ahead < 0.0 {
        places.iter_mut().for_each(|p| *p = (-p.to_vec2()).to_pos2());
    }
}

fn around(sizes: &[Vec2], places: &[Pos2]) -> Rect {
    let each = places.iter().zip(sizes).map(|(p, s)| Rect::from_center_size(*p, *s));
    each.fold(Rect::NOTHING, |a, b| a | b)
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
