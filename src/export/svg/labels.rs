//! Where figures stand on the lines of an SVG: on their line, over no node, name or other figures.
use emath::{Pos2, Rect, Vec2};

/// The places along a line that are tried, the best first, in shares of its points.
const PLACES: [f32; 13] = [0.5, 0.42, 0.58, 0.35, 0.65, 0.28, 0.72, 0.22, 0.78, 0.46, 0.54, 0.84, 0.16];

/// What takes up room already, in cells.
pub(super) struct Room {
    taken: std::collections::BTreeMap<(i32, i32), Vec<Rect>>,
}

/// The side of a cell, in points.
const CELL: f32 = 128.0;

fn cells(area: Rect) -> impl Iterator<Item = (i32, i32)> {
    let at = |v: f32| (v / CELL).floor() as i32;
    let (left, right) = (at(area.left()), at(area.right()));
    (at(area.top())..=at(area.bottom())).flat_map(move |y| (left..=right).map(move |x| (x, y)))
}

impl Room {
    /// Where these areas are taken.
    pub(super) fn new(areas: impl Iterator<Item = Rect>) -> Self {
        let mut room = Self { taken: std::collections::BTreeMap::new() };
        areas.for_each(|area| room.take(area));
        room
    }

    fn take(&mut self, area: Rect) {
        cells(area).for_each(|cell| self.taken.entry(cell).or_default().push(area));
    }

    fn is_free(&self, area: Rect) -> bool {
        !cells(area).filter_map(|cell| self.taken.get(&cell)).flatten().any(|t| t.intersects(area))
    }

    /// The first of `texts` that finds a place on the line, with the middle of its place, which is taken from now on.
    pub(super) fn place<'t>(
        &mut self,
        line: &[Pos2],
        texts: &'t [String],
        width: impl Fn(&str) -> f32,
    ) -> Option<(&'t str, Rect)> {
        let last = line.len().checked_sub(2)?;
        for text in texts.iter().filter(|t| !t.is_empty()) {
            let size = Vec2::new(width(text) + 10.0, HEIGHT);
            let areas = PLACES.iter().map(|share| {
                let along = share * (line.len() - 1) as f32;
                let i = (along as usize).min(last);
                Rect::from_center_size(line[i].lerp(line[i + 1], along - i as f32), size)
            });
            if let Some(area) = areas.into_iter().find(|a| self.is_free(a.expand(1.0))) {
                self.take(area);
                return Some((text, area));
            }
        }
        None
    }
}

/// The height of a plate with figures, in points.
pub(super) const HEIGHT: f32 = 14.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_free_or_shorter_or_not_at_all() {
        let line = [Pos2::ZERO, Pos2::new(120.0, 0.0), Pos2::new(240.0, 0.0)];
        let width = |t: &str| 6.0 * t.len() as f32;
        let texts = ["28/min · 38 ms".to_owned(), "28/min".to_owned()];
        let mut room = Room::new(std::iter::empty());
        let (text, area) = room.place(&line, &texts, width).unwrap();
        assert_eq!((text, area.center()), ("28/min · 38 ms", Pos2::new(120.0, 0.0)));
        // Beside it there is room for the short form alone, and then for nothing.
        let mut told = Vec::new();
        while let Some((text, area)) = room.place(&line, &texts, width) {
            assert!(told.iter().all(|(_, other): &(String, Rect)| !other.intersects(area)));
            told.push((text.to_owned(), area));
        }
        assert!(!told.is_empty() && told.iter().all(|t| t.0 == "28/min"), "{told:?}");
    }
}
