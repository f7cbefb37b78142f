//! Where the map is looked at from: all of it, an item, the box of a group.
use egui::{Pos2, Rect};

use super::camera::Camera;
use super::canvas::MapState;
use super::input::MapItem;

/// The zoom from which names and figures can be read.
const READABLE: f32 = 0.6;

impl MapState {
    /// Shows the whole picture, and follows it.
    pub fn fit(&mut self) {
        self.camera = None;
    }

    /// Stays where it is, whatever comes to the map or leaves it.
    pub fn hold(&mut self) {
        self.camera = Some(self.now());
    }

    fn now(&self) -> Camera {
        self.camera.unwrap_or_else(|| Camera::fit(self.extent(), self.view()))
    }

    fn view(&self) -> Rect {
        Rect::from_min_size(Pos2::ZERO, self.room)
    }

    /// Brings an item into view with all that it calls and is called by, or by itself where that is too much to be
    /// read; stays where all of that can be read already.
    pub fn look_at(&mut self, item: MapItem) {
        let at = match item {
            MapItem::Node(i) => self.live.nodes.get(i).map(|n| n.centre),
            MapItem::Edge(i) => self.live.edges.get(i).map(|e| e.bounds.center()),
        };
        let Some(centre) = at else { return };
        let (view, now) = (self.view(), self.now());
        let area = self.live.extent_of(self.live.around(item));
        let seen = Rect::from_min_max(now.to_screen(area.min, view), now.to_screen(area.max, view));
        if now.zoom >= READABLE && Camera::free_part(view).contains_rect(seen) {
            return;
        }
        let all = Camera::fit(area, view);
        let alone = Camera { centre, zoom: now.zoom.max(0.8) };
        self.camera = Some(if all.zoom >= READABLE { all } else { alone });
    }

    /// Brings the box of a group into view, by its whole name.
    pub fn look_at_box(&mut self, name: &str) {
        let mut hulls = (0..self.live.hulls.len()).filter(|h| self.live.group_of_hull(*h) == Some(name));
        if let Some(hull) = hulls.next().and_then(|h| self.live.hulls.get(h)) {
            self.camera = Some(Camera::fit(hull.rect, self.view()));
        }
    }

    /// Brings what has come to the map into view, with the whole map of `all` where that can be read.
    ///
    /// What `is_new` is to be seen whole and readable; of what stood there before it is enough that its middle is
    /// in view.
    pub fn look_at_area(&mut self, area: Rect, all: Rect, is_new: bool) {
        let (view, now) = (self.view(), self.now());
        let seen = Rect::from_min_max(now.to_screen(area.min, view), now.to_screen(area.max, view));
        let is_whole = now.zoom >= READABLE && Camera::free_part(view).contains_rect(seen);
        if is_whole || !is_new && view.contains(seen.center()) {
            return;
        }
        let is_readable = Camera::fit(all, view).zoom >= READABLE;
        self.camera = if is_readable { None } else { Some(Camera::fit(area, view)) };
    }
}
