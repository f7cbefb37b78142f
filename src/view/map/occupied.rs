//! What already takes up room on the screen, in a grid, so that a free place is found quickly.
use egui::Rect;

/// The side of a cell of the grid, in points.
const CELL: f32 = 64.0;

/// What already takes up room on the screen.
///
/// What is healthy may be covered by the names of what is not.
pub(super) struct Occupied {
    view: Rect,
    columns: usize,
    /// The last area that was taken in each cell, each with the one before it; `NONE` ends them.
    last: Vec<u32>,
    areas: Vec<(Rect, bool, u32)>,
}

const NONE: u32 = u32::MAX;

impl Occupied {
    /// Nothing yet, in a view of this place and size; what lies outside counts at its border.
    pub(super) fn new(view: Rect) -> Self {
        let columns = (view.width().max(0.0) / CELL) as usize + 1;
        let rows = (view.height().max(0.0) / CELL) as usize + 1;
        Self { view, columns, last: vec![NONE; columns * rows], areas: Vec::new() }
    }

    pub(super) fn take(&mut self, area: Rect) {
        self.add(area, false);
    }

    pub(super) fn take_lightly(&mut self, area: Rect) {
        self.add(area, true);
    }

    pub(super) fn is_free(&self, area: Rect) -> bool {
        self.near(area).all(|(t, _)| !t.intersects(area))
    }

    /// Whether nothing but what was taken as `own` is there.
    pub(super) fn is_free_beside(&self, area: Rect, own: Rect) -> bool {
        self.near(area).all(|(t, _)| t == own || !t.intersects(area))
    }

    pub(super) fn may_cover(&self, area: Rect) -> bool {
        self.near(area).all(|(t, lightly)| lightly || !t.intersects(area))
    }

    fn add(&mut self, area: Rect, lightly: bool) {
        for cell in self.cells_of(area) {
            if let Some(last) = self.last.get_mut(cell) {
                let before = std::mem::replace(last, self.areas.len() as u32);
                self.areas.push((area, lightly, before));
            }
        }
    }

    fn near(&self, area: Rect) -> impl Iterator<Item = (Rect, bool)> {
        self.cells_of(area).flat_map(move |cell| {
            let mut next = self.last.get(cell).copied().unwrap_or(NONE);
            std::iter::from_fn(move || {
                let &(area, lightly, before) = self.areas.get(next as usize)?;
                next = before;
                Some((area, lightly))
            })
        })
    }

    fn cells_of(&self, area: Rect) -> impl Iterator<Item = usize> + use<> {
        let (columns, rows) = (self.columns, self.last.len() / self.columns.max(1));
        let at = |v: f32, most: usize| ((v / CELL).max(0.0) as usize).min(most - 1);
        let (low, high) = (area.min - self.view.min, area.max - self.view.min);
        let (left, right) = (at(low.x, columns), at(high.x, columns));
        let (top, bottom) = (at(low.y, rows), at(high.y, rows));
        (top..=bottom).flat_map(move |row| (left..=right).map(move |column| row * columns + column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{pos2, vec2};

    #[test]
    fn what_is_taken_is_found_in_every_cell_and_beyond_the_border() {
        let mut occupied = Occupied::new(Rect::from_min_size(pos2(100.0, 50.0), vec2(640.0, 300.0)));
        let at = |x: f32, y: f32, w: f32| Rect::from_min_size(pos2(x, y), vec2(w, 20.0));
        occupied.take(at(150.0, 60.0, 300.0));
        occupied.take_lightly(at(-500.0, 340.0, 400.0));
        assert!(!occupied.is_free(at(440.0, 70.0, 50.0)), "the far end of a long one");
        assert!(occupied.is_free(at(451.0, 70.0, 50.0)));
        assert!(!occupied.is_free(at(-120.0, 345.0, 50.0)), "outside the view");
        assert!(occupied.may_cover(at(-120.0, 345.0, 50.0)), "lightly");
        assert!(!occupied.may_cover(at(150.0, 60.0, 1.0)));
    }
}
