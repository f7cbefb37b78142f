//! Which part of the world the map shows.
use egui::{Pos2, Rect, Vec2};
use egui_graphs::MetadataFrame;

use crate::layout::LABEL_HEIGHT;

/// How high a name and its figures are at least, in screen points.
const WORDS: f32 = 28.0;

/// A view of the world: what is in the middle, and how large.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// The world point in the middle of the view.
    pub centre: Pos2,
    /// Screen points per world point.
    pub zoom: f32,
}

impl Camera {
    /// The least and the largest zoom; a map that needs less to be seen whole may be zoomed out as far.
    pub const ZOOM: std::ops::RangeInclusive<f32> = 0.04..=4.0;

    /// The camera that shows `world` in `view` with margins, and no larger than designed for.
    ///
    /// The strips of the legend at the bottom and of the buttons above and at the right stay free.
    pub fn fit(world: Rect, view: Rect) -> Self {
        let (start, mut end) = Self::margins(view);
        let size = world.size().max(Vec2::splat(1.0));
        let zoom = |end: Vec2| {
            let room = (view.size() - start - end).max(Vec2::splat(40.0));
            (room.x / size.x).min(room.y / size.y).min(1.15)
        };
        // Words shrink slower than the room that the world has for them below its last nodes.
        end.y += (WORDS - LABEL_HEIGHT * zoom(end)).clamp(0.0, WORDS / 2.0);
        let zoom = zoom(end);
        Self { centre: world.center() + (end - start) / (2.0 * zoom), zoom }
    }

    /// The part of a view that nothing covers.
    pub(super) fn free_part(view: Rect) -> Rect {
        let (start, end) = Self::margins(view);
        Rect::from_min_max(view.min + start, (view.max - end).max(view.min + start))
    }

    /// What is kept free at the upper left and at the lower right of a view.
    fn margins(view: Rect) -> (Vec2, Vec2) {
        let bottom = if has_legend(view) { 60.0 } else { 24.0 };
        // The buttons at the upper right would cover a node.
        (Vec2::new(24.0, 48.0), Vec2::new(60.0, bottom))
    }

    /// How large a radius of `world` points is drawn, in screen points.
    ///
    /// Nodes shrink slower than the room between them, so that they can be told apart from far away.
    pub fn radius(&self, world: f32) -> f32 {
        radius(world, self.zoom)
    }

    /// Multiplies the zoom and keeps the world point under `at` where it is; all of `world` can still be seen.
    pub fn zoom_at(&mut self, factor: f32, at: Pos2, (world, view): (Rect, Rect)) {
        let before = self.to_world(at, view);
        let least = Self::ZOOM.start().min(Self::fit(world, view).zoom);
        self.zoom = (self.zoom * factor).clamp(least, *Self::ZOOM.end());
        self.centre += before - self.to_world(at, view);
    }

    /// Moves the picture by `by` screen points.
    pub fn pan(&mut self, by: Vec2) {
        self.centre -= by / self.zoom;
    }

    /// Where the world point `p` stands on the screen.
    pub fn to_screen(&self, p: Pos2, view: Rect) -> Pos2 {
        view.center() + (p - self.centre) * self.zoom
    }

    /// The world point at the screen point `p`.
    pub fn to_world(&self, p: Pos2, view: Rect) -> Pos2 {
        self.centre + (p - view.center()) / self.zoom
    }

    /// The same camera as `egui_graphs` knows it.
    pub fn frame(&self, view: Rect) -> MetadataFrame {
        let mut frame = MetadataFrame::default();
        frame.zoom = self.zoom;
        frame.pan = view.center().to_vec2() - self.centre.to_vec2() * self.zoom;
        frame
    }
}

/// Whether a view is high enough for a legend; in the upper half of a window the map needs all the room.
pub(super) fn has_legend(view: Rect) -> bool {
    view.height() >= 420.0
}

/// Whether a view is so narrow that its buttons have icons alone.
pub fn is_narrow(view: Rect) -> bool {
    view.width() < 700.0
}

/// As [`Camera::radius`].
pub(super) fn radius(world: f32, zoom: f32) -> f32 {
    world * if zoom < 1.0 { zoom.powf(0.8) } else { zoom }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zooming_keeps_the_point_under_the_pointer() {
        let view = Rect::from_min_size(Pos2::new(10.0, 20.0), Vec2::new(800.0, 600.0));
        let world = Rect::from_min_size(Pos2::ZERO, Vec2::new(2_000.0, 900.0));
        let mut camera = Camera::fit(world, view);
        let pointer = Pos2::new(123.0, 456.0);
        let before = camera.to_world(pointer, view);
        camera.zoom_at(2.5, pointer, (world, view));
        assert!(before.distance(camera.to_world(pointer, view)) < 0.01);
        let frame = camera.frame(view);
        assert!(frame.canvas_to_screen_pos(before).distance(pointer) < 0.1);
        camera.zoom_at(1e9, pointer, (world, view));
        assert_eq!(camera.zoom, *Camera::ZOOM.end());
    }

    #[test]
    fn all_of_the_largest_map_can_be_seen() {
        let view = Rect::from_min_size(Pos2::ZERO, Vec2::new(800.0, 600.0));
        let world = Rect::from_min_size(Pos2::ZERO, Vec2::new(100_000.0, 50.0));
        let fitted = Camera::fit(world, view);
        assert!(
            view.contains(fitted.to_screen(world.min, view))
                && view.contains(fitted.to_screen(world.max, view))
        );
        let mut camera = fitted;
        camera.zoom_at(100.0, view.center(), (world, view));
        camera.zoom_at(1e-9, view.center(), (world, view));
        assert_eq!(camera.zoom, fitted.zoom);
    }
}
