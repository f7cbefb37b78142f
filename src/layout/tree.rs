//! A quadtree for sums over far points (Barnes and Hut 1986), asked for one leaf at a time.
use emath::{Pos2, Rect, Vec2, vec2};
use rayon::prelude::*;

/// Most points of a leaf, unless they are too near each other to part.
const LEAF: usize = 8;
/// Bits per axis of the order in which points are sorted.
const DEPTH: u32 = 15;
/// A cell counts as one point when it is farther away than its width, in these widths.
const OPENING: f32 = 1.1;

struct Cell {
    centre: Vec2,
    mass: f32,
    width: f32,
    /// The points inside, in sorted order.
    points: (usize, usize),
    /// The first child and how many there are; none for a leaf.
    children: (usize, usize),
}

/// The tree over a set of weighted points.
pub(super) struct Tree {
    cells: Vec<Cell>,
    leaves: Vec<usize>,
    /// Which point stands where in sorted order.
    order: Vec<u32>,
    places: Vec<Vec2>,
    masses: Vec<f32>,
}

/// What a leaf feels: far cells and near points.
#[derive(Default)]
struct Sources {
    x: Vec<f32>,
    y: Vec<f32>,
    mass: Vec<f32>,
}

impl Tree {
    pub(super) fn new(points: &[Pos2], masses: &[f32]) -> Self {
        let area = points.iter().fold(Rect::NOTHING, |r, p| r | Rect::from_min_max(*p, *p));
        let width = area.width().max(area.height()).max(1e-3) * 1.0001;
        let scale = (1 << DEPTH) as f32 / width;
        let code = |p: &Pos2| {
            interleave(((p.x - area.min.x) * scale) as u32)
                | interleave(((p.y - area.min.y) * scale) as u32) << 1
        };
        let mut keys: Vec<(u32, u32)> = points.iter().enumerate().map(|(i, p)| (code(p), i as u32)).collect();
        keys.sort_unstable();
        let order: Vec<u32> = keys.iter().map(|k| k.1).collect();
        let mut tree = Self {
            cells: Vec::with_capacity(points.len()),
            leaves: Vec::new(),
            places: order.iter().map(|i| points[*i as usize].to_vec2()).collect(),
            masses: order.iter().map(|i| masses[*i as usize]).collect(),
            order,
        };
        tree.cells.push(tree.cell((0, points.len()), width));
        let mut next = 0;
        let mut depth = vec![DEPTH];
        while next < tree.cells.len() {
            tree.part(next, &keys, &mut depth);
            next += 1;
        }
        tree
    }

    fn cell(&self, points: (usize, usize), width: f32) -> Cell {
        let (mut centre, mut mass) = (Vec2::ZERO, 0.0);
        for i in points.0..points.1 {
            centre += self.places[i] * self.masses[i];
            mass += self.masses[i];
        }
        Cell { centre: centre / mass.max(1e-9), mass, width, points, children: (0, 0) }
    }

    /// Gives cell `at` its children, or makes it a leaf.
    fn part(&mut self, at: usize, keys: &[(u32, u32)], depth: &mut Vec<u32>) {
        let (start, end) = self.cells[at].points;
        let bits = depth[at];
        if end - start <= LEAF || bits == 0 {
            self.leaves.push(at);
            return;
        }
        let first = self.cells.len();
        let quadrant = |key: &(u32, u32)| key.0 >> (2 * (bits - 1)) & 3;
        let mut from = start;
        for q in 0..4 {
            let to = from + keys[from..end].partition_point(|k| quadrant(k) <= q);
            if to > from {
                self.cells.push(self.cell((from, to), self.cells[at].width / 2.0));
                depth.push(bits - 1);
            }
            from = to;
        }
        self.cells[at].children = (first, self.cells.len() - first);
    }

    /// The push of all points on each: their mass over the distance, away from them.
    pub(super) fn pushes(&self) -> Vec<Vec2> {
        let of_leaf = |leaf: &usize| self.of_leaf(*leaf);
        let all: Vec<Vec<Vec2>> = self.leaves.par_iter().with_min_len(16).map(of_leaf).collect();
        let mut pushes = vec![Vec2::ZERO; self.order.len()];
        for (leaf, own) in self.leaves.iter().zip(&all) {
            for (k, push) in (self.cells[*leaf].points.0..).zip(own) {
                pushes[self.order[k] as usize] = *push;
            }
        }
        pushes
    }

    fn of_leaf(&self, leaf: usize) -> Vec<Vec2> {
        let (start, end) = self.cells[leaf].points;
        let box_of = |area: Rect, p: &Vec2| area | Rect::from_min_max(p.to_pos2(), p.to_pos2());
        let area = self.places[start..end].iter().fold(Rect::NOTHING, box_of);
        let (middle, half) = (area.center().to_vec2(), area.size() / 2.0);
        let mut sources = Sources::default();
        let mut stack = vec![0usize];
        while let Some(at) = stack.pop() {
            let cell = &self.cells[at];
            let way = cell.centre - middle;
            let gap = vec2((way.x.abs() - half.x).max(0.0), (way.y.abs() - half.y).max(0.0));
            if cell.width * cell.width * OPENING * OPENING < gap.length_sq() {
                sources.add(cell.centre, cell.mass);
            } else if cell.children.1 == 0 {
                (cell.points.0..cell.points.1).for_each(|i| sources.add(self.places[i], self.masses[i]));
            } else {
                stack.extend(cell.children.0..cell.children.0 + cell.children.1);
            }
        }
        self.places[start..end].iter().map(|p| sources.push(*p)).collect()
    }
}

impl Sources {
    fn add(&mut self, at: Vec2, mass: f32) {
        self.x.push(at.x);
        self.y.push(at.y);
        self.mass.push(mass);
    }

    /// The sum over all sources in eight lanes, so that the compiler can use wide registers.
    fn push(&self, p: Vec2) -> Vec2 {
        let (mut x, mut y) = ([0.0f32; 8], [0.0f32; 8]);
        let wide = self.x.chunks_exact(8).zip(self.y.chunks_exact(8)).zip(self.mass.chunks_exact(8));
        for ((sx, sy), mass) in wide {
            for k in 0..8 {
                let (dx, dy) = (p.x - sx[k], p.y - sy[k]);
                let share = mass[k] / (dx * dx + dy * dy).max(NEAREST);
                x[k] += dx * share;
                y[k] += dy * share;
            }
        }
        let mut sum = vec2(x.iter().sum(), y.iter().sum());
        for k in self.x.len() / 8 * 8..self.x.len() {
            let d = p - vec2(self.x[k], self.y[k]);
            sum += d * (self.mass[k] / d.length_sq().max(NEAREST));
        }
        sum
    }
}

/// Nearer than the root of this, points push no harder.
const NEAREST: f32 = 0.0025;

/// Spreads the lower 16 bits to the even places.
fn interleave(v: u32) -> u32 {
    let v = (v | v << 8) & 0x00FF_00FF;
    let v = (v | v << 4) & 0x0F0F_0F0F;
    let v = (v | v << 2) & 0x3333_3333;
    (v | v << 1) & 0x5555_5555
}

#[cfg(test)]
mod tests {
    use super::*;
    use emath::pos2;

    #[test]
    fn far_sums_come_near_the_true_ones() {
        let place = |i: u32| pos2((i * 37 % 101) as f32, (i * 53 % 97) as f32 * 0.5);
        let points: Vec<Pos2> = (0..400).map(place).collect();
        let masses: Vec<f32> = (0..400u32).map(|i| 1.0 + (i % 3) as f32).collect();
        for (p, push) in points.iter().zip(Tree::new(&points, &masses).pushes()) {
            let of = |(q, m): (&Pos2, &f32)| (*p - *q) * (*m / (*p - *q).length_sq().max(NEAREST));
            let exact = points.iter().zip(&masses).map(of).fold(Vec2::ZERO, |a, b| a + b);
            assert!((push - exact).length() < 0.06 * exact.length() + 0.6, "{push:?} {exact:?}");
        }
    }

    #[test]
    fn points_in_one_place_are_one_leaf() {
        let points = vec![pos2(3.0, 4.0); 50];
        assert_eq!(Tree::new(&points, &[1.0; 50]).pushes(), vec![Vec2::ZERO; 50]);
    }
}
