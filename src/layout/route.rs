//! The curve of each edge: past foreign nodes and labels where it can, and apart from its counterpart.
use std::collections::HashSet;

use emath::{Pos2, Rect, Vec2, vec2};

use super::{LABEL_HEIGHT, LayoutNode};

/// A curve as points at even steps of its parameter, from the border of the caller to that of the callee.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    /// At least two points, in world coordinates.
    pub points: Vec<Pos2>,
}

/// Where edges have to pass.
#[derive(Clone, Copy, Debug)]
pub struct RouteInput<'a> {
    /// The nodes with their sizes.
    pub nodes: &'a [LayoutNode],
    /// Their centres.
    pub centres: &'a [Pos2],
    /// Caller and callee.
    pub edges: &'a [(u32, u32)],
    /// Points between the ends where room was kept; may be shorter than `edges`.
    pub lanes: &'a [Vec<Pos2>],
}

/// Between the border of a node and the end of a curve, in world points.
const GAP: f32 = 5.0;
/// How far curves are bent to pass a node, in world points.
const BENDS: [f32; 13] =
    [0.0, 20.0, -20.0, 42.0, -42.0, 68.0, -68.0, 100.0, -100.0, 140.0, -140.0, 190.0, -190.0];
/// How many of them are narrow.
const NARROW: usize = 7;
/// How far beside the straight way an edge runs that none of these brings past all nodes of a row or column, in world
/// points.
const BESIDE: [f32; 6] = [56.0, -56.0, 84.0, -84.0, 112.0, -112.0];
/// From this cost on that is tried.
const MEETS: f32 = 40.0;
/// Above this many edges nothing is tried but the direct curve: nobody could follow a detour anyway.
const MOST_TRIED: usize = 3_000;

/// Who calls whom; only ever asked, so its order does not matter.
type Pairs = HashSet<(u32, u32)>;

/// All curves, in the order of the edges; an edge to a node that is not there has two equal points.
pub fn routes(input: &RouteInput<'_>) -> Vec<Curve> {
    let obstacles = Obstacles::new(input);
    let pairs: Pairs = input.edges.iter().copied().collect();
    (0..input.edges.len()).map(|e| best(input, &obstacles, &pairs, e)).collect()
}

/// The curve of one edge, as [`routes`] finds it.
pub fn curve(input: &RouteInput<'_>, edge: usize) -> Curve {
    let pairs: Pairs = input.edges.iter().copied().collect();
    best(input, &Obstacles::new(input), &pairs, edge)
}

fn best(input: &RouteInput<'_>, obstacles: &Obstacles, pairs: &Pairs, edge: usize) -> Curve {
    let Some(ends) = Ends::new(input, edge) else { return Curve { points: vec![Pos2::ZERO; 2] } };
    if ends.from == ends.to {
        return Curve { points: vec![ends.a; 2] };
    }
    let &(from, to) = &input.edges[edge];
    let paired = pairs.contains(&(to, from));
    let mut winner = Winner { cost: f32::INFINITY, points: Vec::new() };
    if let Some(lane) = input.lanes.get(edge).filter(|l| !l.is_empty()) {
        winner.challenge(2.0, obstacles, &ends, through(ends.a, lane, ends.b));
    }
    let most = if input.edges.len() > MOST_TRIED { 1 } else { BENDS.len() };
    for (k, bend) in BENDS.iter().take(most).enumerate() {
        // Wider bends would swing far out of a row or column.
        if k == NARROW && winner.cost >= MEETS {
            for side in BESIDE.into_iter().filter(|side| !paired || *side > 0.0) {
                winner.challenge(side.abs() * 0.05, obstacles, &ends, ends.beside(side));
            }
        }
        // Of a pair, each bends to its own right, which is the other's left.
        let bend = if paired { bend.abs().max(14.0) + 4.0 } else { *bend };
        let price = bend.abs() * 0.05;
        // Prices only rise from here.
        if winner.cost <= price {
            break;
        }
        winner.challenge(price, obstacles, &ends, ends.bent(bend));
    }
    Curve { points: winner.points }
}

/// The best way so far.
struct Winner {
    cost: f32,
    points: Vec<Pos2>,
}

impl Winner {
    /// Takes `way` if it costs less; most are given up before all of their points are looked at.
    fn challenge(&mut self, price: f32, obstacles: &Obstacles, ends: &Ends, way: Vec<Pos2>) {
        let points = ends.trimmed(way);
        let detour = detour(&points);
        let cost = obstacles.cost(&points, ends, self.cost - price - detour) + price + detour;
        if cost < self.cost || self.points.is_empty() {
            *self = Self { cost, points };
        }
    }
}

/// How much longer than straight the way is.
fn detour(points: &[Pos2]) -> f32 {
    let way: f32 = points.windows(2).map(|p| p[0].distance_sq(p[1]).sqrt()).sum();
    match points {
        [first, .., last] => (way / first.distance(*last).max(1.0) - 1.0) * 14.0,
        _ => 0.0,
    }
}

struct Ends {
    from: usize,
    to: usize,
    a: Pos2,
    b: Pos2,
    radius_a: f32,
    radius_b: f32,
}

impl Ends {
    fn new(input: &RouteInput<'_>, edge: usize) -> Option<Self> {
        let &(from, to) = input.edges.get(edge)?;
        let (from, to) = (from as usize, to as usize);
        Some(Self {
            from,
            to,
            a: *input.centres.get(from)?,
            b: *input.centres.get(to)?,
            radius_a: input.nodes.get(from)?.radius + GAP,
            radius_b: input.nodes.get(to)?.radius + GAP,
        })
    }

    /// The direct curve, bent sideways by `bend`: leaves and arrives level when the way is mostly across.
    fn bent(&self, bend: f32) -> Vec<Pos2> {
        let d = self.b - self.a;
        let length = d.length().max(1.0);
        let side = vec2(-d.y, d.x) / length * bend * 1.33;
        let across = d.x > 0.0 && d.x > d.y.abs() * 0.45;
        let level = if across { vec2((d.x * 0.55).min(180.0), 0.0) } else { d * 0.33 };
        // Steep ones bow a little, so that they do not look like walls.
        let bow = if across || bend != 0.0 { Vec2::ZERO } else { vec2(-d.y, d.x) * -0.07 };
        let (c1, c2) = (self.a + level + side + bow, self.b - level + side + bow);
        let steps = ((length / 14.0) as usize).clamp(12, 48);
        (0..=steps).map(|i| cubic(self.a, c1, c2, self.b, i as f32 / steps as f32)).collect()
    }

    /// A way that swings out near its ends, and runs `side` beside the straight one between them.
    fn beside(&self, side: f32) -> Vec<Pos2> {
        let d = self.b - self.a;
        let length = d.length().max(1.0);
        let ahead = d / length * (length * 0.3).min(90.0);
        let out = vec2(-d.y, d.x) / length * side;
        let (first, last) = (self.a + ahead + out, self.b - ahead + out);
        let steps = ((length / 14.0) as usize).clamp(8, 48);
        let along = |t: f32| match () {
            () if t < 0.25 => cubic(self.a, self.a + out * 0.7, first - ahead * 0.6, first, t * 4.0),
            () if t > 0.75 => cubic(last, last + ahead * 0.6, self.b + out * 0.7, self.b, t * 4.0 - 3.0),
            () => first.lerp(last, t * 2.0 - 0.5),
        };
        (0..=steps).map(|k| along(k as f32 / steps as f32)).collect()
    }

    /// `points` without the parts inside the two nodes.
    fn trimmed(&self, points: Vec<Pos2>) -> Vec<Pos2> {
        let outside = |p: &Pos2, centre: Pos2, radius: f32| p.distance_sq(centre) >= radius * radius;
        let start = points.iter().position(|p| outside(p, self.a, self.radius_a));
        let end = points.iter().rposition(|p| outside(p, self.b, self.radius_b));
        let (Some(start), Some(end)) = (start, end) else { return vec![self.a, self.b] };
        if start > end || start == 0 {
            return vec![self.a, self.b];
        }
        let mut out = vec![at_distance(points[start - 1], points[start], self.a, self.radius_a)];
        out.extend_from_slice(&points[start..=end]);
        if let Some(&beyond) = points.get(end + 1) {
            out.push(at_distance(beyond, points[end], self.b, self.radius_b));
        }
        out
    }
}

/// The point between `inner` and `outer` that is `radius` from `centre`.
fn at_distance(inner: Pos2, outer: Pos2, centre: Pos2, radius: f32) -> Pos2 {
    let (near, far) = (inner.distance(centre), outer.distance(centre));
    inner.lerp(outer, ((radius - near) / (far - near).max(1e-3)).clamp(0.0, 1.0))
}

fn cubic(a: Pos2, b: Pos2, c: Pos2, d: Pos2, t: f32) -> Pos2 {
    let s = 1.0 - t;
    let sum = a.to_vec2() * (s * s * s)
        + b.to_vec2() * (3.0 * s * s * t)
        + c.to_vec2() * (3.0 * s * t * t)
        + d.to_vec2() * (t * t * t);
    sum.to_pos2()
}

/// A smooth curve from `a` to `b` that passes every point of `lane` (Catmull and Rom).
fn through(a: Pos2, lane: &[Pos2], b: Pos2) -> Vec<Pos2> {
    let mut stops = vec![a];
    stops.extend_from_slice(lane);
    stops.push(b);
    let slope = |i: usize| match (i.checked_sub(1).map(|h| stops[h]), stops.get(i + 1)) {
        (Some(before), Some(after)) => (*after - before) * 0.5,
        _ => vec2((b.x - a.x).signum() * 120.0, 0.0),
    };
    let mut out = vec![a];
    for i in 0..stops.len() - 1 {
        let (p, q) = (stops[i], stops[i + 1]);
        let (c1, c2) = (p + slope(i) / 3.0, q - slope(i + 1) / 3.0);
        out.extend((1..=12).map(|k| cubic(p, c1, c2, q, k as f32 / 12.0)));
    }
    out
}

/// What stands at one place: a circle that is not to be touched, and the label below it.
#[derive(Clone, Copy)]
struct Obstacle {
    node: usize,
    centre: Pos2,
    /// With the room around it, squared.
    reach: f32,
    label: Rect,
}

/// Nodes and labels in a grid of cells, to find the few near a point.
struct Obstacles {
    /// The corner of the first cell, and how many cells there are in a row.
    origin: Pos2,
    columns: usize,
    /// Where the obstacles of each cell begin.
    first: Vec<u32>,
    all: Vec<Obstacle>,
}

const CELL: f32 = 128.0;
/// A picture of any extent has at most so many cells along a side; what is beyond counts in the last one.
const MOST_CELLS: usize = 1_000;
/// How near to a foreign node a curve may pass, in world points.
const BERTH: f32 = 10.0;

impl Obstacles {
    fn new(input: &RouteInput<'_>) -> Self {
        let areas: Vec<Rect> =
            input.nodes.iter().zip(input.centres).map(|(n, at)| n.footprint(*at).expand(BERTH)).collect();
        let all = areas.iter().filter(|a| a.is_finite()).fold(Rect::NOTHING, |all, a| all | *a);
        let (origin, size) = if all.is_finite() { (all.min, all.size()) } else { (Pos2::ZERO, Vec2::ZERO) };
        let count = |side: f32| ((side / CELL) as usize).min(MOST_CELLS - 1) + 1;
        let (columns, rows) = (count(size.x), count(size.y));
        let mut out = Self { origin, columns, first: vec![0; columns * rows + 1], all: Vec::new() };
        let nodes = || areas.iter().enumerate().filter(|(_, area)| area.is_finite());
        for cell in nodes().flat_map(|(_, area)| out.cells(*area)).collect::<Vec<_>>() {
            out.first[cell + 1] += 1;
        }
        (1..out.first.len()).for_each(|k| out.first[k] += out.first[k - 1]);
        let empty = Obstacle { node: 0, centre: Pos2::ZERO, reach: 0.0, label: Rect::NOTHING };
        out.all = vec![empty; out.first.last().map_or(0, |n| *n as usize)];
        let mut next = out.first.clone();
        for (node, area) in nodes() {
            let (of, centre) = (&input.nodes[node], input.centres[node]);
            let top = centre + vec2(0.0, of.radius + 2.0);
            let half = of.label_width / 2.0;
            let label = Rect::from_min_max(top - vec2(half, 0.0), top + vec2(half, LABEL_HEIGHT - 2.0));
            let reach = (of.radius + BERTH).powi(2);
            for cell in out.cells(*area).collect::<Vec<_>>() {
                out.all[next[cell] as usize] = Obstacle { node, centre, reach, label };
                next[cell] += 1;
            }
        }
        out
    }

    fn place(&self, p: Pos2) -> (usize, usize) {
        let rows = (self.first.len() - 1) / self.columns;
        let at = |v: f32, most: usize| ((v / CELL).max(0.0) as usize).min(most - 1);
        (at(p.x - self.origin.x, self.columns), at(p.y - self.origin.y, rows))
    }

    fn cells(&self, area: Rect) -> impl Iterator<Item = usize> + use<> {
        let ((left, top), (right, bottom)) = (self.place(area.min), self.place(area.max));
        let columns = self.columns;
        (top..=bottom).flat_map(move |y| (left..=right).map(move |x| y * columns + x))
    }

    /// What it costs to draw a curve through `points`: much for foreign nodes, less for labels.
    ///
    /// Counts no further than `enough`.
    fn cost(&self, points: &[Pos2], ends: &Ends, enough: f32) -> f32 {
        let mut cost = 0.0;
        for p in points {
            let (x, y) = self.place(*p);
            let cell = y * self.columns + x;
            for near in &self.all[self.first[cell] as usize..self.first[cell + 1] as usize] {
                let foreign = near.node != ends.from && near.node != ends.to;
                if foreign && near.centre.distance_sq(*p) < near.reach {
                    cost += 40.0;
                } else if near.label.contains(*p) {
                    cost += if foreign { 9.0 } else { 5.0 };
                }
            }
            if cost >= enough {
                return cost;
            }
        }
        cost
    }
}
