//! Columns for graphs of any size: callers left of callees, tall columns folded, namespaces near each other.
use std::collections::BTreeMap;

use emath::{Pos2, Rect, Vec2, pos2, vec2};

use super::reach::Reach;
use super::{ASPECT, LayoutNode, Link, pack};

/// Room between two rows and between two columns, in world points.
const GAP: Vec2 = vec2(26.0, 18.0);
/// Room between two tiers beyond that, for the edges.
const BETWEEN: f32 = 110.0;
/// So few columns of nodes that all reach each other are never taken together.
const LEAST_COLUMNS: usize = 5;
/// How much wider than the window a drawing is before it is broken into lines.
const MOST_WIDE: f32 = 2.0;
/// Sweeps that sort columns by the heights of their neighbours.
const SWEEPS: usize = 12;

/// Places `nodes` in columns.
pub(super) fn place(nodes: &[LayoutNode], links: &[Link]) -> Vec<Pos2> {
    let parts = pack::components(nodes, links);
    let mut places = vec![Pos2::ZERO; nodes.len()];
    let mut boxes = Vec::new();
    for part in &parts {
        let own = part.pick(nodes);
        let drawn = connected(&own, &part.links(links));
        let area = super::bounds(&own, &drawn);
        boxes.push(area.size() + GAP * 2.0);
        for (&i, place) in part.members.iter().zip(&drawn) {
            places[i] = *place - area.min.to_vec2();
        }
    }
    for (part, offset) in parts.iter().zip(pack::shelves(&boxes)) {
        part.members.iter().for_each(|&i| places[i] += offset);
    }
    places
}

fn connected(nodes: &[LayoutNode], links: &[Link]) -> Vec<Pos2> {
    let cell = nodes.iter().map(|n| n.footprint(Pos2::ZERO).size()).fold(Vec2::ZERO, |a, b| a.max(b)) + GAP;
    let columns = columns(nodes, links, cell);
    let reach = Reach::new(nodes.len(), links.iter().map(|l| (l.from, l.to)));
    let mut tiers: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (i, &column) in columns.iter().enumerate() {
        tiers.entry(column).or_default().push(i);
    }
    let mut tiers: Vec<Vec<usize>> = tiers.into_values().collect();
    sort(nodes, &reach, &mut tiers);
    let rows = rows(&tiers, cell);
    let mut places = vec![Pos2::ZERO; nodes.len()];
    let mut left = 0.0;
    for tier in &tiers {
        let folds = tier.len().div_ceil(rows);
        let high = tier.len().div_ceil(folds);
        for (k, &i) in tier.iter().enumerate() {
            let (column, row) = (k % folds, k / folds);
            // Every other column stands half a row lower, so that level edges pass between its nodes.
            let lower = if column % 2 == 1 { 0.5 } else { 0.0 };
            let y = (row as f32 + lower - (high as f32 - 1.0) / 2.0) * cell.y;
            places[i] = pos2(left + column as f32 * cell.x, y);
        }
        left += folds as f32 * cell.x + BETWEEN;
    }
    if tiers.iter().all(|t| t.len() <= rows) {
        level(&reach, &tiers, &mut places, cell.y);
    }
    break_lines(&tiers, &mut places, cell);
    places
}

/// Breaks what is far too wide for a window into lines, as a text.
fn break_lines(tiers: &[Vec<usize>], places: &mut [Pos2], cell: Vec2) {
    let around = |places: &[Pos2], of: &[usize]| {
        let each = of.iter().map(|&i| Rect::from_center_size(places[i], cell));
        each.fold(Rect::NOTHING, |a, b| a | b)
    };
    let area = around(places, &tiers.concat());
    if area.width() < MOST_WIDE * ASPECT * area.height() {
        return;
    }
    let lines = (area.width() / (area.height() + cell.y) / ASPECT).sqrt().round();
    let width = area.width() / lines.max(1.0);
    let line = |tier: &Vec<usize>| ((around(places, tier).left() - area.left()) / width) as usize;
    let lines: Vec<usize> = tiers.iter().map(line).collect();
    let mut top = area.top();
    for line in 0..=lines.last().copied().unwrap_or(0) {
        let of: Vec<usize> = tiers
            .iter()
            .zip(&lines)
            .filter(|(_, l)| **l == line)
            .flat_map(|(t, _)| t.iter().copied())
            .collect();
        if of.is_empty() {
            continue;
        }
        let own = around(places, &of);
        let way = pos2(area.left(), top) - own.min;
        of.iter().for_each(|&i| places[i] += way);
        top += own.height() + cell.y;
    }
}

/// The longest way from the callers that nobody calls; of a cycle, links to the left are read backwards.
///
/// The longest way through many that all reach each other is nearly as long as they are many: their columns are
/// taken together until they have the shape of a window.
fn columns(nodes: &[LayoutNode], links: &[Link], cell: Vec2) -> Vec<usize> {
    let levels = super::force::levels(nodes.len(), links);
    let hint = |i: usize| nodes[i].rank_hint.unwrap_or(0);
    let mut order: Vec<usize> = (0..nodes.len()).collect();
    order.sort_by(|&a, &b| hint(a).cmp(&hint(b)).then(levels[a].total_cmp(&levels[b])).then(a.cmp(&b)));
    let cycle = cycles(links, &order);
    // What calls each other goes by level, everything else by who calls whom.
    order.sort_by_key(|&i| cycle[i]);
    let mut position = vec![0; nodes.len()];
    order.iter().enumerate().for_each(|(k, &i)| position[i] = k);
    let mut right: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for l in links {
        let forward = position[l.from] < position[l.to];
        right[if forward { l.from } else { l.to }].push(if forward { l.to } else { l.from });
    }
    let mut column = vec![0usize; nodes.len()];
    // How many columns right of the first one of its cycle.
    let mut deep = vec![0usize; nodes.len()];
    for members in order.chunk_by(|&a, &b| cycle[a] == cycle[b]) {
        for &i in members {
            for &to in right[i].iter().filter(|to| cycle[**to] == cycle[i]) {
                deep[to] = deep[to].max(deep[i] + 1);
            }
        }
        let all = 1 + members.iter().map(|&i| deep[i]).max().unwrap_or(0);
        let page = ASPECT * members.len() as f32 * cell.y / (cell.x + BETWEEN);
        let most = (page.sqrt() as usize).max(LEAST_COLUMNS);
        let first = members.iter().map(|&i| column[i]).max().unwrap_or(0);
        let mut members = members.to_vec();
        members.sort_by_key(|&i| deep[i]);
        for (k, &i) in members.iter().enumerate() {
            column[i] = first + if all > most { k * most / members.len() } else { deep[i] };
            for &to in right[i].iter().filter(|to| cycle[**to] != cycle[i]) {
                column[to] = column[to].max(column[i] + 1);
            }
        }
    }
    // Callers move right to their first callee, so that edges are short.
    for &i in order.iter().rev() {
        if let Some(nearest) = right[i].iter().map(|&to| column[to]).min() {
            column[i] = column[i].max(nearest.saturating_sub(1));
        }
    }
    column
}

/// Which nodes reach each other (Kosaraju): the same number for those, and higher numbers for what they call.
fn cycles(links: &[Link], order: &[usize]) -> Vec<usize> {
    let (mut callees, mut callers) = (vec![Vec::new(); order.len()], vec![Vec::new(); order.len()]);
    for l in links {
        callees[l.from].push(l.to);
        callers[l.to].push(l.from);
    }
    let mut roots: Vec<usize> = Vec::new();
    let mut seen = vec![false; order.len()];
    for &root in order {
        roots.extend(left(&callees, root, &mut seen));
    }
    let mut cycle = vec![0; order.len()];
    let mut seen = vec![false; order.len()];
    for (number, &root) in roots.iter().rev().enumerate() {
        left(&callers, root, &mut seen).into_iter().for_each(|i| cycle[i] = number);
    }
    cycle
}

/// What is reached from `root` for the first time, in the order in which a depth-first walk leaves it for good.
fn left(next: &[Vec<usize>], root: usize, seen: &mut [bool]) -> Vec<usize> {
    let mut done = Vec::new();
    let mut way = if std::mem::replace(&mut seen[root], true) { Vec::new() } else { vec![(root, 0)] };
    while let Some((at, tried)) = way.last_mut() {
        match next[*at].get(*tried) {
            Some(&to) => {
                *tried += 1;
                if !std::mem::replace(&mut seen[to], true) {
                    way.push((to, 0));
                }
            }
            None => {
                done.push(*at);
                way.pop();
            }
        }
    }
    done
}

/// Sorts every tier by the mean height of its neighbours, nodes of a namespace together.
fn sort(nodes: &[LayoutNode], reach: &Reach, tiers: &mut [Vec<usize>]) {
    let mut height = vec![0.5f32; nodes.len()];
    let spread = |tier: &[usize], height: &mut [f32]| {
        let count = tier.len() as f32;
        tier.iter().enumerate().for_each(|(k, &i)| height[i] = (k as f32 + 0.5) / count);
    };
    tiers.iter().for_each(|t| spread(t, &mut height));
    for sweep in 0..SWEEPS {
        for t in 0..tiers.len() {
            let last = tiers.len() - 1;
            let tier = &mut tiers[if sweep % 2 == 0 { t } else { last - t }];
            let wish = |i: usize| {
                let near = reach.near(i);
                let sum: f32 = near.iter().map(|j| height[*j as usize]).sum();
                if near.is_empty() { height[i] } else { sum / near.len() as f32 }
            };
            let mut blocks: BTreeMap<u32, (f32, f32)> = BTreeMap::new();
            for &i in tier.iter() {
                if let Some(group) = nodes[i].group {
                    let block = blocks.entry(group).or_default();
                    *block = (block.0 + wish(i), block.1 + 1.0);
                }
            }
            let block = |i: usize| nodes[i].group.and_then(|g| blocks.get(&g)).map(|b| b.0 / b.1);
            let mut keyed: Vec<(f32, Option<u32>, f32, usize)> = tier
                .iter()
                .map(|&i| (block(i).unwrap_or_else(|| wish(i)), nodes[i].group, wish(i), i))
                .collect();
            keyed.sort_by(|a, b| {
                a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then(a.2.total_cmp(&b.2)).then(a.3.cmp(&b.3))
            });
            *tier = keyed.into_iter().map(|k| k.3).collect();
            spread(tier, &mut height);
        }
    }
}

/// The height of a folded column, in rows, at which the whole drawing comes near the shape of a window.
fn rows(tiers: &[Vec<usize>], cell: Vec2) -> usize {
    let most = tiers.iter().map(Vec::len).max().unwrap_or(1);
    let off = |rows: usize| {
        let folds = |t: &Vec<usize>| t.len().div_ceil(rows);
        let columns: usize = tiers.iter().map(folds).sum();
        let high = tiers.iter().map(|t| t.len().div_ceil(folds(t))).max().unwrap_or(1);
        let width = columns as f32 * cell.x + tiers.len() as f32 * BETWEEN;
        (width / (high as f32 * cell.y) / ASPECT).ln().abs()
    };
    (1..=most).min_by(|&a, &b| off(a).total_cmp(&off(b)).then(b.cmp(&a))).unwrap_or(1)
}

/// Moves the nodes of unfolded columns towards the heights of their neighbours, as far as there is room.
fn level(reach: &Reach, tiers: &[Vec<usize>], places: &mut [Pos2], row: f32) {
    for _ in 0..SWEEPS {
        for tier in tiers {
            let wish = |&i: &usize| {
                let near = reach.near(i);
                let sum: f32 = near.iter().map(|j| places[*j as usize].y).sum();
                if near.is_empty() { places[i].y } else { sum / near.len() as f32 }
            };
            let wanted: Vec<f32> = tier.iter().map(wish).collect();
            for (&i, y) in tier.iter().zip(spaced(&wanted, row)) {
                places[i].y = y;
            }
        }
    }
}

/// Values near `wanted`, in its order and at least `room` apart.
///
/// One pass pushes up and one pushes down; the mean of two solutions is a solution.
pub(super) fn spaced(wanted: &[f32], room: f32) -> Vec<f32> {
    let mut up = wanted.to_vec();
    let mut down = wanted.to_vec();
    for k in 1..wanted.len() {
        up[k] = up[k].max(up[k - 1] + room);
    }
    for k in (1..wanted.len()).rev() {
        down[k - 1] = down[k - 1].min(down[k] - room);
    }
    up.iter().zip(&down).map(|(a, b)| (a + b) / 2.0).collect()
}
