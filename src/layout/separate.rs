//! Pushing boxes apart until none overlap.
use emath::{Pos2, Vec2, vec2};

/// Overlaps smaller than this are none, in world points.
const SLACK: f32 = 0.01;

/// Moves the boxes of `sizes` around `centres` apart; true when none overlap any more.
///
/// Only boxes that were pushed are looked at again.
pub(super) fn separate(centres: &mut [Pos2], sizes: &[Vec2], rounds: usize) -> bool {
    let mut grid = Grid::new(centres, sizes);
    let mut waiting: Vec<u32> = (0..centres.len() as u32).collect();
    let mut queued = vec![false; centres.len()];
    for _ in 0..rounds {
        let mut next = Vec::new();
        for &a in &waiting {
            let a = a as usize;
            for b in grid.near(centres[a]) {
                if b != a && push(centres, sizes, a, b) {
                    for i in [a, b] {
                        grid.follow(i, centres[i]);
                        if !std::mem::replace(&mut queued[i], true) {
                            next.push(i as u32);
                        }
                    }
                }
            }
        }
        if next.is_empty() {
            return true;
        }
        next.iter().for_each(|i| queued[*i as usize] = false);
        waiting = next;
    }
    false
}

/// Boxes by the cell of their middle; a cell is as large as the largest box, so that neighbours are next door.
struct Grid {
    cell: Vec2,
    min: Pos2,
    columns: usize,
    rows: usize,
    cells: Vec<Vec<u32>>,
    home: Vec<usize>,
}

impl Grid {
    fn new(centres: &[Pos2], sizes: &[Vec2]) -> Self {
        let largest = sizes.iter().fold(Vec2::splat(1.0), |a, b| a.max(*b));
        let far = |p: Pos2, q: &Pos2| p.max(*q);
        let min = centres.iter().fold(Pos2::new(f32::MAX, f32::MAX), |p, q| p.min(*q));
        let max = centres.iter().fold(Pos2::new(f32::MIN, f32::MIN), far);
        let extent = if centres.is_empty() { Vec2::ZERO } else { max - min };
        // More cells than boxes would only cost memory.
        let most = (centres.len() as f32).sqrt() * 2.0 + 4.0;
        let cell = largest.max(extent / most);
        let (columns, rows) = ((extent.x / cell.x) as usize + 1, (extent.y / cell.y) as usize + 1);
        let mut grid =
            Self { cell, min, columns, rows, cells: vec![Vec::new(); columns * rows], home: Vec::new() };
        for (i, centre) in centres.iter().enumerate() {
            let home = grid.cell_of(*centre);
            grid.cells[home].push(i as u32);
            grid.home.push(home);
        }
        grid
    }

    /// Column and row; what is outside belongs to the cells at the border.
    fn slot(&self, p: Pos2) -> (usize, usize) {
        let at = (p - self.min) / self.cell;
        ((at.x.max(0.0) as usize).min(self.columns - 1), (at.y.max(0.0) as usize).min(self.rows - 1))
    }

    fn cell_of(&self, p: Pos2) -> usize {
        let (column, row) = self.slot(p);
        row * self.columns + column
    }

    fn near(&self, p: Pos2) -> Vec<usize> {
        let (column, row) = self.slot(p);
        let mut all = Vec::with_capacity(16);
        for y in row.saturating_sub(1)..=(row + 1).min(self.rows - 1) {
            for x in column.saturating_sub(1)..=(column + 1).min(self.columns - 1) {
                all.extend(self.cells[y * self.columns + x].iter().map(|i| *i as usize));
            }
        }
        all
    }

    fn follow(&mut self, i: usize, p: Pos2) {
        let cell = self.cell_of(p);
        let old = std::mem::replace(&mut self.home[i], cell);
        if old != cell {
            self.cells[old].retain(|j| *j as usize != i);
            self.cells[cell].push(i as u32);
        }
    }
}

/// Moves two overlapping boxes apart along the shorter way, the larger one less.
fn push(centres: &mut [Pos2], sizes: &[Vec2], a: usize, b: usize) -> bool {
    let d = centres[b] - centres[a];
    let room = (sizes[a] + sizes[b]) / 2.0;
    let over = vec2(room.x - d.x.abs(), room.y - d.y.abs());
    if over.x <= SLACK || over.y <= SLACK {
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
