//! Adding nodes to a drawing that people already know: what is there stays.
use emath::{Pos2, Rect, Vec2, vec2};

use super::{COLUMN, LayoutNode, Link, ROW};

/// Puts the nodes without a known place beside their neighbours; the others keep theirs exactly.
pub(super) fn add(nodes: &[LayoutNode], links: &[Link], known: &[Option<Pos2>]) -> Vec<Pos2> {
    let mut places = known.to_vec();
    let mut waiting: Vec<usize> = (0..nodes.len()).filter(|&i| places[i].is_none()).collect();
    while !waiting.is_empty() {
        // The one with the most placed neighbours goes first: it knows best where it belongs.
        let ties = |i: usize| near(links, &places, i).count();
        let Some((slot, &node)) =
            waiting.iter().enumerate().max_by_key(|&(_, &i)| (ties(i), std::cmp::Reverse(i)))
        else {
            break;
        };
        let wish = wish(nodes, links, &places, node);
        places[node] = Some(free_place(nodes, &places, node, wish));
        waiting.remove(slot);
    }
    places.into_iter().map(Option::unwrap_or_default).collect()
}

/// Moves a fresh drawing so that it lies best over the pinned nodes, puts those where they are pinned and
/// moves out of the way whatever they then cover.
pub(super) fn keep_pinned(nodes: &[LayoutNode], fresh: &[Pos2], pinned: &[Option<Pos2>]) -> Vec<Pos2> {
    let pin = |i: usize| pinned.get(i).copied().flatten().filter(|p| p.is_finite());
    let pins: Vec<(usize, Pos2)> = (0..nodes.len()).filter_map(|i| Some((i, pin(i)?))).collect();
    let total = pins.iter().fold(Vec2::ZERO, |sum, (i, p)| sum + (*p - fresh[*i]));
    let shift = if pins.is_empty() { Vec2::ZERO } else { total / pins.len() as f32 };
    let mut places: Vec<Option<Pos2>> = (0..nodes.len()).map(pin).collect();
    for i in 0..nodes.len() {
        if places[i].is_none() {
            places[i] = Some(free_place(nodes, &places, i, fresh[i] + shift));
        }
    }
    places.into_iter().map(Option::unwrap_or_default).collect()
}

/// The placed neighbours of `node`: where they are, and whether they call it.
fn near<'a>(
    links: &'a [Link],
    places: &'a [Option<Pos2>],
    node: usize,
) -> impl Iterator<Item = (Pos2, bool)> + 'a {
    links.iter().filter_map(move |l| match node {
        n if n == l.to => Some((places[l.from]?, true)),
        n if n == l.from => Some((places[l.to]?, false)),
        _ => None,
    })
}

/// Right of the callers, left of the callees; else by its namespace; else below everything.
fn wish(nodes: &[LayoutNode], links: &[Link], places: &[Option<Pos2>], node: usize) -> Pos2 {
    let ties: Vec<Pos2> = near(links, places, node)
        .map(|(at, calls_it)| at + vec2(if calls_it { COLUMN } else { -COLUMN }, 0.0))
        .collect();
    let mean = |all: &[Pos2]| {
        let sum = all.iter().fold(Vec2::ZERO, |sum, p| sum + p.to_vec2());
        (sum / all.len().max(1) as f32).to_pos2()
    };
    if !ties.is_empty() {
        return mean(&ties);
    }
    let others = nodes.iter().zip(places).filter_map(|(n, p)| p.map(|p| (n, p)));
    let mates = others.clone().filter(|(n, _)| n.group.is_some() && n.group == nodes[node].group);
    let mates: Vec<Pos2> = mates.map(|(_, p)| p).collect();
    if !mates.is_empty() {
        return mean(&mates);
    }
    let area = others.fold(Rect::NOTHING, |all, (n, p)| all | n.footprint(p));
    if area.is_finite() { Pos2::new(area.left() + COLUMN / 2.0, area.bottom() + ROW) } else { Pos2::ZERO }
}

/// The free place nearest to `wish`, on a grid of half rows and half columns around it.
fn free_place(nodes: &[LayoutNode], places: &[Option<Pos2>], node: usize, wish: Pos2) -> Pos2 {
    let taken: Vec<Rect> = nodes
        .iter()
        .zip(places)
        .filter_map(|(n, p)| Some(n.footprint((*p)?).expand2(vec2(14.0, 10.0))))
        .collect();
    let is_free = |at: Pos2| {
        let own = nodes[node].footprint(at);
        taken.iter().all(|t| !t.intersects(own))
    };
    let step = vec2(COLUMN / 2.0, ROW / 2.0);
    for ring in 0i32..200 {
        let mut tries: Vec<Vec2> = Vec::new();
        for x in -ring..=ring {
            for y in -ring..=ring {
                if x.abs().max(y.abs()) == ring {
                    tries.push(vec2(x as f32, y as f32) * step);
                }
            }
        }
        tries.sort_by(|a, b| a.length_sq().total_cmp(&b.length_sq()));
        if let Some(found) = tries.into_iter().map(|t| wish + t).find(|&at| is_free(at)) {
            return found;
        }
    }
    wish
}
