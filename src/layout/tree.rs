//! A quadtree for sums over far points (Barnes and Hut 1986).
use emath::{Pos2, Rect, Vec2};

const NONE: u32 = u32::MAX;
/// Points closer than the width of a cell this deep share it.
const DEEPEST: usize = 24;

#[derive(Clone, Copy)]
struct Cell {
    /// The sum of `mass * place` while building, the centre of mass after.
    centre: Vec2,
    mass: f32,
    width: f32,
    children: [u32; 4],
    /// The only point inside, if there is only one.
    point: u32,
}

/// The tree over a set of weighted points.
pub(super) struct Tree {
    cells: Vec<Cell>,
}

impl Tree {
    pub(super) fn new(points: &[Pos2], masses: &[f32]) -> Self {
        let area = points.iter().fold(Rect::NOTHING, |r, p| r | Rect::from_min_max(*p, *p));
        let width = area.width().max(area.height()).max(1.0);
        let mut tree = Self { cells: vec![Cell::new(width)] };
        for (i, mass) in masses.iter().enumerate() {
            tree.insert(points, masses, i, *mass, area.min);
        }
        for cell in &mut tree.cells {
            cell.centre /= cell.mass.max(1e-9);
        }
        tree
    }

    fn insert(&mut self, points: &[Pos2], masses: &[f32], i: usize, mass: f32, corner: Pos2) {
        let (mut at, mut corner) = (0usize, corner);
        for depth in 0..DEEPEST {
            let empty = self.cells[at].mass == 0.0;
            self.cells[at].add(points[i], mass);
            if empty {
                self.cells[at].point = i as u32;
                return;
            }
            let resident = std::mem::replace(&mut self.cells[at].point, NONE);
            if resident != NONE && depth + 1 < DEEPEST {
                let r = resident as usize;
                let (child, _) = self.child(at, corner, points[r]);
                self.cells[child].add(points[r], masses[r]);
                self.cells[child].point = resident;
            }
            (at, corner) = self.child(at, corner, points[i]);
        }
        self.cells[at].add(points[i], mass);
        self.cells[at].point = NONE;
    }

    /// The child of `at` that `p` falls into, made when it is not there, and its corner.
    fn child(&mut self, at: usize, corner: Pos2, p: Pos2) -> (usize, Pos2) {
        let half = self.cells[at].width / 2.0;
        let (right, below) = (p.x >= corner.x + half, p.y >= corner.y + half);
        let quadrant = usize::from(right) + 2 * usize::from(below);
        if self.cells[at].children[quadrant] == NONE {
            self.cells[at].children[quadrant] = self.cells.len() as u32;
            self.cells.push(Cell::new(half));
        }
        let step = Vec2::new(if right { half } else { 0.0 }, if below { half } else { 0.0 });
        (self.cells[at].children[quadrant] as usize, corner + step)
    }

    /// The push of all points on the one at `p`: their mass over the distance, away from them.
    pub(super) fn push(&self, p: Pos2) -> Vec2 {
        let mut sum = Vec2::ZERO;
        let mut stack = [0u32; 4 * DEEPEST + 4];
        let mut top = 1;
        while top > 0 {
            top -= 1;
            let cell = &self.cells[stack[top] as usize];
            let d = p.to_vec2() - cell.centre;
            let distance = d.length_sq();
            let leaf = cell.children == [NONE; 4];
            if leaf || cell.width * cell.width < 0.81 * distance {
                if distance > 1e-6 {
                    sum += d * (cell.mass / distance.max(25.0));
                }
                continue;
            }
            for &child in cell.children.iter().filter(|c| **c != NONE) {
                stack[top] = child;
                top += 1;
            }
        }
        sum
    }
}

impl Cell {
    fn new(width: f32) -> Self {
        Self { centre: Vec2::ZERO, mass: 0.0, width, children: [NONE; 4], point: NONE }
    }

    fn add(&mut self, p: Pos2, mass: f32) {
        self.centre += p.to_vec2() * mass;
        self.mass += mass;
    }
}
