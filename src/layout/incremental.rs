//! Adding nodes to a drawing that people already know: what is there stays.
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use emath::{Pos2, Rect, Vec2, vec2};

use super::{COLUMN, LayoutNode, Link, ROW, hull};

/// How many half rows and half columns from its wish a place is looked for.
const MOST_RINGS: i32 = 200;
/// Up to this many rings, a node also keeps out of the boxes of other namespaces and its own box free of them.
const RINGS_FOR_BOXES: i32 = 24;

/// Puts the nodes without a known place beside their neighbours; the others keep theirs exactly.
pub(super) fn add(nodes: &[LayoutNode], links: &[Link], known: &[Option<Pos2>]) -> Vec<Pos2> {
    let near = neighbours(nodes.len(), links);
    let mut page = Page::new(nodes, known);
    let ties = |page: &Page<'_>, i: usize| near[i].iter().filter(|t| page.places[t.0].is_some()).count();
    // The one with the most placed neighbours goes first: it knows best where it belongs.
    let mut waiting: BinaryHeap<(usize, std::cmp::Reverse<usize>)> = (0..nodes.len())
        .filter(|&i| known[i].is_none())
        .map(|i| (ties(&page, i), std::cmp::Reverse(i)))
        .collect();
    while let Some((count, std::cmp::Reverse(node))) = waiting.pop() {
        if page.places[node].is_some() || count < ties(&page, node) {
            continue;
        }
        let wish = page.wish(&near[node], node);
        let place = page.free_place(node, wish);
        page.put(node, place);
        for &(j, _) in near[node].iter().filter(|t| page.places[t.0].is_none()) {
            waiting.push((ties(&page, j), std::cmp::Reverse(j)));
        }
    }
    page.places.into_iter().map(Option::unwrap_or_default).collect()
}

/// Moves a fresh drawing so that it lies best over the pinned nodes, puts those where they are pinned and
/// moves out of the way whatever they then cover.
pub(super) fn keep_pinned(nodes: &[LayoutNode], fresh: &[Pos2], pinned: &[Option<Pos2>]) -> Vec<Pos2> {
    let pin = |i: usize| pinned.get(i).copied().flatten().filter(|p| p.is_finite());
    let pins: Vec<(usize, Pos2)> = (0..nodes.len()).filter_map(|i| Some((i, pin(i)?))).collect();
    let total = pins.iter().fold(Vec2::ZERO, |sum, (i, p)| sum + (*p - fresh[*i]));
    let shift = if pins.is_empty() { Vec2::ZERO } else { total / pins.len() as f32 };
    let known: Vec<Option<Pos2>> = (0..nodes.len()).map(pin).collect();
    let mut page = Page::new(nodes, &known);
    for (i, wish) in fresh.iter().enumerate() {
        if page.places[i].is_none() {
            let place = page.free_place(i, *wish + shift);
            page.put(i, place);
        }
    }
    page.places.into_iter().map(Option::unwrap_or_default).collect()
}

/// The neighbours of every node, and whether they call it.
fn neighbours(n: usize, links: &[Link]) -> Vec<Vec<(usize, bool)>> {
    let mut near = vec![Vec::new(); n];
    for l in links {
        near[l.to].push((l.from, true));
        near[l.from].push((l.to, false));
    }
    near
}

/// What has a place already.
struct Page<'a> {
    nodes: &'a [LayoutNode],
    places: Vec<Option<Pos2>>,
    /// The boxes of shapes and labels, by the cells that they touch.
    taken: BTreeMap<(i32, i32), Vec<usize>>,
    /// The box of each namespace.
    groups: BTreeMap<u32, Rect>,
}

/// The width of a cell in which boxes are looked up, in world points.
const CELL: f32 = 256.0;

fn cells(area: Rect) -> impl Iterator<Item = (i32, i32)> {
    let slot = |v: f32| (v / CELL).floor() as i32;
    let (left, right) = (slot(area.left()), slot(area.right()));
    (slot(area.top())..=slot(area.bottom())).flat_map(move |y| (left..=right).map(move |x| (x, y)))
}

impl<'a> Page<'a> {
    fn new(nodes: &'a [LayoutNode], known: &[Option<Pos2>]) -> Self {
        let mut page =
            Self { nodes, places: vec![None; nodes.len()], taken: BTreeMap::new(), groups: BTreeMap::new() };
        for (i, place) in known.iter().enumerate() {
            if let Some(place) = place {
                page.put(i, *place);
            }
        }
        page
    }

    fn put(&mut self, node: usize, at: Pos2) {
        self.places[node] = Some(at);
        let print = self.nodes[node].footprint(at);
        cells(print).for_each(|cell| self.taken.entry(cell).or_default().push(node));
        if let Some(group) = self.nodes[node].group {
            let area = self.groups.entry(group).or_insert(Rect::NOTHING);
            *area |= print;
        }
    }

    /// Right of the callers, left of the callees; else by its namespace; else below everything.
    ///
    /// A node of a namespace does not leave its box for its neighbours elsewhere.
    fn wish(&self, near: &[(usize, bool)], node: usize) -> Pos2 {
        let own = self.nodes[node].group.and_then(|g| self.groups.get(&g));
        let beside = |&(i, calls_it): &(usize, bool)| {
            let way = vec2(if calls_it { COLUMN } else { -COLUMN }, 0.0);
            self.places[i].map(|at| at + way)
        };
        let ties: Vec<Pos2> = near.iter().filter_map(beside).collect();
        let sum = ties.iter().fold(Vec2::ZERO, |sum, p| sum + p.to_vec2());
        let mean = (sum / ties.len().max(1) as f32).to_pos2();
        match (ties.is_empty(), own) {
            (false, Some(area)) => area.clamp(mean),
            (false, None) => mean,
            (true, Some(area)) => area.center(),
            (true, None) => self.below_all(),
        }
    }

    fn below_all(&self) -> Pos2 {
        let placed = self.nodes.iter().zip(&self.places).filter_map(|(n, p)| Some(n.footprint((*p)?)));
        let area = placed.fold(Rect::NOTHING, |all, print| all | print);
        if area.is_finite() { Pos2::new(area.left() + COLUMN / 2.0, area.bottom() + ROW) } else { Pos2::ZERO }
    }

    /// The free place nearest to `wish`, on a grid of half rows and half columns around it.
    ///
    /// Near the wish, boxes of namespaces are kept apart too; if that finds nothing, only nodes are.
    fn free_place(&self, node: usize, wish: Pos2) -> Pos2 {
        let apart = |at: Pos2| self.is_free(node, at) && self.keeps_boxes(node, at);
        let beside = search(wish, RINGS_FOR_BOXES, apart);
        beside.or_else(|| search(wish, MOST_RINGS, |at| self.is_free(node, at))).unwrap_or(wish)
    }

    fn is_free(&self, node: usize, at: Pos2) -> bool {
        let own = self.nodes[node].footprint(at).expand2(vec2(14.0, 10.0));
        let hits = |i: &usize| self.places[*i].is_some_and(|p| self.nodes[*i].footprint(p).intersects(own));
        !cells(own).filter_map(|cell| self.taken.get(&cell)).flatten().any(hits)
    }

    /// Whether `node` at `at` is in no foreign box, and its own box, grown for it, holds and meets nothing foreign.
    fn keeps_boxes(&self, node: usize, at: Pos2) -> bool {
        let print = self.nodes[node].footprint(at);
        let title = hull::title_height(self.nodes.len());
        let own = self.nodes[node].group;
        let grown = own.and_then(|g| self.groups.get(&g)).map_or(print, |area| *area | print);
        let area = if own.is_some() { hull::grown(grown, title) } else { print };
        let mut foreign = self.groups.iter().filter(|(g, _)| Some(**g) != own);
        if foreign.any(|(_, rect)| hull::grown(*rect, title).intersects(area)) {
            return false;
        }
        // Only what the box gains can be new inside it.
        let inside: BTreeSet<usize> =
            cells(area).filter_map(|cell| self.taken.get(&cell)).flatten().copied().collect();
        let is_foreign = |i: &usize| self.nodes[*i].group != own;
        let meets = |i: &usize| self.places[*i].is_some_and(|p| self.nodes[*i].footprint(p).intersects(area));
        own.is_none() || !inside.iter().any(|i| is_foreign(i) && meets(i))
    }
}

/// The first place around `wish`, ring by ring, that suits.
pub(super) fn search(wish: Pos2, rings: i32, suits: impl Fn(Pos2) -> bool) -> Option<Pos2> {
    let step = vec2(COLUMN / 2.0, ROW / 2.0);
    for ring in 0..rings {
        let mut tries: Vec<Vec2> = Vec::new();
        for x in -ring..=ring {
            let rows: &[i32] = &[-ring, ring];
            let every: Vec<i32> = if x.abs() == ring { (-ring..=ring).collect() } else { rows.to_vec() };
            tries.extend(every.into_iter().map(|y| vec2(x as f32, y as f32) * step));
        }
        tries.sort_by(|a, b| a.length_sq().total_cmp(&b.length_sq()));
        if let Some(found) = tries.into_iter().map(|t| wish + t).find(|&at| suits(at)) {
            return Some(found);
        }
    }
    None
}
