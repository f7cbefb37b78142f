//! Large graphs in two levels: each namespace inside its own box, then the boxes among each other.
use std::collections::BTreeMap;

use emath::{Pos2, Vec2, pos2, vec2};
use rayon::prelude::*;

use super::pack::{self, Part};
use super::tiers::spaced;
use super::{ASPECT, LayoutNode, Link, MOST_IN_COLUMNS, bounds, force, lattice, layered};

/// Up to this many nodes of a namespace stand in columns.
const IN_COLUMNS: usize = 40;

/// Of so few nodes every one is to be read by its name.
const ALL_NAMED: usize = 200;

/// More columns of boxes than this are not tried.
const MOST_COLUMNS: usize = 40;

/// Room between what begins everything and the first column, in world points.
const BEFORE: f32 = 40.0;

/// Room around a node of a small map for what stands on its edges, in world points.
const FOR_PILLS: Vec2 = vec2(70.0, 30.0);

/// A box with its nodes placed inside, around its middle.
struct Cluster {
    members: Vec<usize>,
    offsets: Vec<Vec2>,
    size: Vec2,
}

/// Places more nodes than columns can hold.
///
/// With `directed`, callers stand left of callees; `title` is the room for the name of a box.
pub(super) fn compute(nodes: &[LayoutNode], links: &[Link], directed: bool, title: f32) -> Vec<Pos2> {
    let starts = |n: &LayoutNode| n.rank_hint.is_some_and(|h| h < 0);
    if !directed && nodes.len() <= MOST_IN_COLUMNS {
        return loose(nodes, links);
    }
    let is_box = |n: &LayoutNode| n.group.is_some() || directed && n.is_group;
    if !nodes.iter().any(is_box) {
        let sizes = boxes(nodes);
        let mut places = force::place(&sizes, links, directed, force::AIRY);
        if directed {
            begin_left(&mut places, &sizes, links, &nodes.iter().map(starts).collect::<Vec<bool>>());
        }
        return places;
    }
    let clusters: Vec<Cluster> =
        parts(nodes, links).into_par_iter().map(|part| inside(part, nodes, links, directed, title)).collect();
    let mut home = vec![0; nodes.len()];
    for (c, cluster) in clusters.iter().enumerate() {
        cluster.members.iter().for_each(|&i| home[i] = c);
    }
    let begins = |c: &Cluster| c.members.iter().all(|&i| starts(&nodes[i]));
    let boxes: Vec<Block> = clusters
        .iter()
        .map(|c| Block {
            size: c.size,
            starts: begins(c),
            is_alone: !c.members.iter().any(|&i| is_box(&nodes[i])),
        })
        .collect();
    let between = between(links, &home);
    let outer_of = |c: &Cluster| c.members.iter().find_map(|&i| nodes[i].outer);
    let outers: Vec<Option<u32>> = clusters.iter().map(outer_of).collect();
    let middles = nested(&boxes, &between, &outers, title, directed);
    let mut centres = vec![Pos2::ZERO; nodes.len()];
    for (cluster, middle) in clusters.iter().zip(&middles) {
        for (&node, offset) in cluster.members.iter().zip(&cluster.offsets) {
            centres[node] = *middle + *offset;
        }
    }
    centres
}

/// Places a small map by forces alone, with room for names, figures and what stands on edges.
fn loose(nodes: &[LayoutNode], links: &[Link]) -> Vec<Pos2> {
    let sizes: Vec<Vec2> = nodes.iter().map(|n| n.footprint(Pos2::ZERO).size() + FOR_PILLS).collect();
    force::place(&sizes, links, false, force::AIRY)
}

/// A box to place.
#[derive(Clone, Copy)]
struct Block {
    size: Vec2,
    /// Whether it holds only what begins everything.
    starts: bool,
    /// Whether it is a single node that belongs to no namespace.
    is_alone: bool,
}

/// Places boxes among each other.
fn among(boxes: &[Block], links: &[Link], directed: bool) -> Vec<Pos2> {
    let sizes: Vec<Vec2> = boxes.iter().map(|b| b.size).collect();
    let mut middles = force::place(&sizes, links, directed, force::TIGHT);
    if !directed {
        return middles;
    }
    let starts: Vec<bool> = boxes.iter().map(|b| b.starts).collect();
    let alone = boxes.iter().filter(|b| b.is_alone).count();
    if alone * 2 <= boxes.len() {
        let rest: Vec<usize> = (0..boxes.len()).filter(|&i| !starts[i]).collect();
        let wish: Vec<Pos2> = rest.iter().map(|&i| middles[i]).collect();
        let rest_sizes: Vec<Vec2> = rest.iter().map(|&i| sizes[i]).collect();
        for (&i, place) in rest.iter().zip(in_columns(&wish, &rest_sizes)) {
            middles[i] = place;
        }
    }
    begin_left(&mut middles, &sizes, links, &starts);
    middles
}

/// Places boxes, those of one outer group together in a larger box.
fn nested(boxes: &[Block], links: &[Link], outers: &[Option<u32>], title: f32, directed: bool) -> Vec<Pos2> {
    if outers.iter().all(Option::is_none) {
        return among(boxes, links, directed);
    }
    let mut groups: BTreeMap<(u32, usize), Vec<usize>> = BTreeMap::new();
    for (i, outer) in outers.iter().enumerate() {
        groups.entry(outer.map_or((u32::MAX, i + 1), |o| (o, 0))).or_default().push(i);
    }
    let mut home = vec![0; boxes.len()];
    let (mut offsets, mut larger) = (vec![Vec2::ZERO; boxes.len()], Vec::new());
    for (g, ((outer, _), own)) in groups.iter().enumerate() {
        own.iter().for_each(|&i| home[i] = g);
        let part = Part { members: own.clone() };
        let inside: Vec<Block> = own.iter().map(|&i| boxes[i]).collect();
        let places = among(&inside, &part.links(links), directed);
        let rect = |(b, p): (&Block, &Pos2)| emath::Rect::from_center_size(*p, b.size);
        let area = inside.iter().zip(&places).map(rect).fold(emath::Rect::NOTHING, |a, r| a | r);
        let is_outer = *outer != u32::MAX;
        // The larger box has a name on top as well; see `hull`.
        let frame = if is_outer { vec2(40.0, 24.0 + title) } else { Vec2::ZERO };
        let middle = area.center() - vec2(0.0, if is_outer { title / 2.0 } else { 0.0 });
        for (&i, place) in own.iter().zip(&places) {
            offsets[i] = *place - middle;
        }
        larger.push(Block {
            size: area.size() + frame,
            starts: inside.iter().all(|b| b.starts),
            is_alone: inside.len() == 1 && inside.iter().all(|b| b.is_alone),
        });
    }
    let middles = among(&larger, &between(links, &home), directed);
    (0..boxes.len()).map(|i| middles[home[i]] + offsets[i]).collect()
}

/// Puts those that begin everything, such as users, left of all the others, beside what they call.
fn begin_left(places: &mut [Pos2], sizes: &[Vec2], links: &[Link], starts: &[bool]) {
    let (begin, rest): (Vec<usize>, Vec<usize>) = (0..places.len()).partition(|&i| starts[i]);
    let left = rest.iter().map(|&i| places[i].x - sizes[i].x / 2.0).fold(f32::MAX, f32::min);
    let height = |i: usize| {
        let callees = links.iter().filter(|l| l.from == i && !starts[l.to]).map(|l| places[l.to].y);
        let (sum, count) = callees.fold((0.0, 0.0), |(s, n), y| (s + y, n + 1.0));
        if count > 0.0 { sum / count } else { 0.0 }
    };
    let mut order: Vec<(f32, usize)> = begin.iter().map(|&i| (height(i), i)).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let wanted: Vec<f32> = order.iter().map(|o| o.0).collect();
    let room = begin.iter().map(|&i| sizes[i]).fold(Vec2::ZERO, |a, b| a.max(b));
    for (&(_, i), y) in order.iter().zip(spaced(&wanted, room.y)) {
        places[i] = pos2(if rest.is_empty() { 0.0 } else { left - room.x / 2.0 - BEFORE }, y);
    }
}

/// Puts boxes in columns of about the same height, in the order of `wish`: the flow stays, the page is filled.
fn in_columns(wish: &[Pos2], sizes: &[Vec2]) -> Vec<Pos2> {
    let mut order: Vec<usize> = (0..wish.len()).collect();
    order.sort_by(|&a, &b| wish[a].x.total_cmp(&wish[b].x).then(a.cmp(&b)));
    let mut best: Option<(f32, Vec<Pos2>)> = None;
    for columns in 1..=order.len().min(MOST_COLUMNS) {
        let (places, size) = fill_columns(&order, wish, sizes, columns);
        let (across, down) = (size.x.max(1.0) / ASPECT, size.y.max(1.0));
        let scale = (1.0 / across).min(1.0 / down);
        if best.as_ref().is_none_or(|b| scale > b.0) {
            // What the window has left in one direction goes between the boxes.
            let stretch = vec2((down / across).clamp(1.0, 1.3), (across / down).clamp(1.0, 1.3));
            best = Some((scale, places.iter().map(|p| (p.to_vec2() * stretch).to_pos2()).collect()));
        }
    }
    best.map(|b| b.1).unwrap_or_default()
}

/// Fills `count` columns of about the same height in `order`; returns the middles and the whole size.
fn fill_columns(order: &[usize], wish: &[Pos2], sizes: &[Vec2], count: usize) -> (Vec<Pos2>, Vec2) {
    let mut columns: Vec<Vec<usize>> = vec![Vec::new(); count];
    let all: f32 = sizes.iter().map(|s| s.y).sum();
    let mut filled = 0.0;
    for &i in order {
        let middle = (filled + sizes[i].y / 2.0) / all.max(1.0);
        columns[((middle * count as f32) as usize).min(count - 1)].push(i);
        filled += sizes[i].y;
    }
    let stack = |column: &[usize]| column.iter().map(|&i| sizes[i].y).sum::<f32>();
    let tallest = columns.iter().map(|c| stack(c)).fold(0.0, f32::max);
    let mut places = wish.to_vec();
    let mut left = 0.0;
    for column in &mut columns {
        column.sort_by(|&a, &b| wish[a].y.total_cmp(&wish[b].y).then(a.cmp(&b)));
        let width = column.iter().map(|&i| sizes[i].x).fold(0.0, f32::max);
        // What is left of the height goes between the boxes, but not so much that the column falls apart.
        let gap = ((tallest - stack(column)) / column.len().max(2) as f32).min(60.0);
        let mut top = -(stack(column) + gap * (column.len().saturating_sub(1)) as f32) / 2.0;
        for &i in column.iter() {
            places[i] = pos2(left + width / 2.0, top + sizes[i].y / 2.0);
            top += sizes[i].y + gap;
        }
        left += width;
    }
    (places, vec2(left, tallest))
}

/// Namespaces with what hangs on them, and every other node by itself.
fn parts(nodes: &[LayoutNode], links: &[Link]) -> Vec<Part> {
    let mut groups: BTreeMap<(u32, usize), Part> = BTreeMap::new();
    let hosts = hosts(nodes, links);
    for (i, node) in nodes.iter().enumerate() {
        let key = node.group.or(hosts[i]).map_or((u32::MAX, i + 1), |g| (g, 0));
        groups.entry(key).or_default().members.push(i);
    }
    groups.into_values().collect()
}

/// For a node without a namespace, the namespace that calls it most: its databases and outside services.
fn hosts(nodes: &[LayoutNode], links: &[Link]) -> Vec<Option<u32>> {
    let mut weights: Vec<BTreeMap<u32, f32>> = vec![BTreeMap::new(); nodes.len()];
    let is_guest = |l: &&Link| nodes[l.to].group.is_none() && !nodes[l.to].is_group;
    // What several outer groups call belongs in the box of none.
    let may_stay = |l: &&Link| nodes[l.from].outer == nodes[l.to].outer;
    for l in links.iter().filter(is_guest).filter(may_stay) {
        if let Some(group) = nodes[l.from].group {
            *weights[l.to].entry(group).or_default() += l.weight;
        }
    }
    let heaviest = |w: &BTreeMap<u32, f32>| {
        w.iter().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(a.0))).map(|(group, _)| *group)
    };
    weights.iter().map(heaviest).collect()
}

/// Places what hangs on a namespace in rows right of it, each as near to the height of its callers as can be.
fn beside(part: &Part, nodes: &[LayoutNode], links: &[Link], core: &Part, places: &[Pos2]) -> Vec<Pos2> {
    let area = bounds(&core.pick(nodes), places);
    let place = |i: usize| core.members.binary_search(&i).ok().map(|k| places[k]);
    let guests: Vec<usize> = part.members.iter().copied().filter(|&i| nodes[i].group.is_none()).collect();
    let height = |node: usize| {
        let callers = links.iter().filter(|l| l.to == node).filter_map(|l| place(l.from));
        let (sum, count) = callers.fold((0.0, 0.0), |(s, n), p| (s + p.y, n + 1.0));
        if count > 0.0 { sum / count } else { area.center().y }
    };
    let mut order: Vec<(f32, usize)> = guests.iter().map(|&i| (height(i), i)).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let prints: Vec<Vec2> = guests.iter().map(|&i| nodes[i].footprint(Pos2::ZERO).size()).collect();
    let cell = prints.iter().fold(Vec2::ZERO, |a, b| a.max(*b)) + vec2(20.0, 16.0);
    let most = ((area.height() / cell.y) as usize).max(3);
    let across = guests.len().div_ceil(most);
    let rows = guests.len().div_ceil(across.max(1));
    // Below the title and beside the border of the box; see `hull`.
    let left = area.right() + 40.0 + cell.x / 2.0;
    let step = cell.y.max(area.height() / rows.max(1) as f32);
    let top = area.center().y - step * (rows as f32 - 1.0) / 2.0;
    let mut out: BTreeMap<usize, Pos2> = BTreeMap::new();
    for (k, (_, node)) in order.into_iter().enumerate() {
        let (row, column) = (k / across.max(1), k % across.max(1));
        out.insert(node, pos2(left + column as f32 * cell.x, top + row as f32 * step - 18.0));
    }
    let find = |i: &usize| place(*i).or_else(|| out.get(i).copied()).unwrap_or_default();
    part.members.iter().map(find).collect()
}

/// Lays out the inside of one box.
fn inside(part: Part, nodes: &[LayoutNode], links: &[Link], directed: bool, title: f32) -> Cluster {
    let own = part.pick(nodes);
    let grouped = own.iter().any(|n| n.group.is_some());
    let in_box = |i: &usize| !grouped || nodes[*i].group.is_some();
    let core = Part { members: part.members.iter().copied().filter(in_box).collect() };
    let (core_nodes, core_links) = (core.pick(nodes), core.links(links));
    let is_small = core_nodes.len() <= IN_COLUMNS;
    let places = if is_small && directed {
        columns(&core_nodes, &core_links)
    } else {
        force::place(&boxes(&core_nodes), &core_links, directed, force::AIRY)
    };
    let is_named = nodes.len() <= ALL_NAMED && directed && grouped && !own.iter().any(|n| n.is_group);
    let places = match is_named {
        true => lattice::place(&part, nodes, links, &core, &places),
        false => beside(&part, nodes, links, &core, &places),
    };
    let area = bounds(&own, &places);
    // The box of the namespace has a name on top and margins; see `hull`.
    let frame = if grouped { vec2(28.0 + 36.0, 24.0 + title + 36.0) } else { vec2(24.0, 20.0) };
    let middle = if grouped { area.center() - vec2(0.0, title / 2.0 + 2.0) } else { area.center() };
    Cluster {
        offsets: places.iter().map(|p| *p - middle).collect(),
        members: part.members,
        size: area.size() + frame,
    }
}

fn columns(nodes: &[LayoutNode], links: &[Link]) -> Vec<Pos2> {
    let bare: Vec<LayoutNode> = nodes.iter().map(|n| LayoutNode { group: None, ..*n }).collect();
    let parts = pack::components(&bare, links);
    let mut boxes = Vec::new();
    let mut places = vec![Pos2::ZERO; nodes.len()];
    for part in &parts {
        let own = part.pick(&bare);
        let (centres, _) = layered::compute(&own, &part.links(links));
        let area = bounds(&own, &centres);
        boxes.push(area.size() + vec2(30.0, 26.0));
        for (&node, centre) in part.members.iter().zip(&centres) {
            places[node] = *centre - area.min.to_vec2();
        }
    }
    for (part, offset) in parts.iter().zip(pack::shelves(&boxes)) {
        part.members.iter().for_each(|&node| places[node] += offset);
    }
    places
}

/// The room that each node takes, with the gap to the next.
fn boxes(nodes: &[LayoutNode]) -> Vec<Vec2> {
    nodes.iter().map(|n| n.footprint(Pos2::ZERO).size() + vec2(18.0, 14.0)).collect()
}

/// One link per pair of boxes and direction, as heavy as the links it stands for.
fn between(links: &[Link], home: &[usize]) -> Vec<Link> {
    let mut sums: BTreeMap<(usize, usize), f32> = BTreeMap::new();
    for l in links.iter().filter(|l| home[l.from] != home[l.to]) {
        *sums.entry((home[l.from], home[l.to])).or_default() += l.weight;
    }
    let link = |(index, ((from, to), weight))| Link { index, from, to, weight };
    sums.into_iter().enumerate().map(link).collect()
}
