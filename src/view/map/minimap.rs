//! The whole map in small, with a frame around what is seen of it: drag in it to look elsewhere.
use egui::epaint::Mesh;
use egui::{Color32, CornerRadius, Pos2, Rect, Sense, Shape, Stroke, StrokeKind, Ui, Vec2, vec2};

use super::camera::Camera;
use super::canvas::MapState;
use super::mesh;
use super::node::mark_colour;
use super::scene::MapScene;
use crate::texts::texts;
use crate::view::theme::{Palette, faded, mixed};

/// The most room it takes, and how far it keeps from the right and from the bottom, in points.
const ROOM: Vec2 = vec2(176.0, 118.0);
const RIGHT: f32 = 16.0;
const BOTTOM: f32 = 16.0 + 3.0 * 32.0 + 10.0;
const INSET: f32 = 6.0;

/// The mesh of the last frame, with the stamp of its scene and the colour of its ground.
#[derive(Clone, Default)]
pub(super) struct Minimap {
    kept: Option<(u64, Rect, Color32, Shape)>,
}

/// Where the minimap lies; `None` where it is of no use: the view is small, or shows everything.
pub(super) fn area(scene: &MapScene, camera: Camera, view: Rect) -> Option<Rect> {
    if view.height() < 320.0 || view.width() < 420.0 || scene.nodes.is_empty() {
        return None;
    }
    let world = scene.bounds.size().max(Vec2::splat(1.0));
    let scale = (ROOM.x / world.x).min(ROOM.y / world.y);
    let size = (world * scale).max(vec2(56.0, 40.0)) + Vec2::splat(2.0 * INSET);
    let corner = view.max - vec2(RIGHT, BOTTOM);
    (!is_whole(scene, camera, view)).then(|| Rect::from_min_max(corner - size, corner))
}

/// Whether all of the map is in view.
pub(super) fn is_whole(scene: &MapScene, camera: Camera, view: Rect) -> bool {
    let seen = seen(camera, view);
    scene.nodes.is_empty() || seen.expand(seen.width() * 0.01).contains_rect(scene.bounds)
}

fn seen(camera: Camera, view: Rect) -> Rect {
    Rect::from_min_max(camera.to_world(view.min, view), camera.to_world(view.max, view))
}

impl Minimap {
    /// Shows it; gives back the point of the world that people want in the middle.
    pub(super) fn show(
        &mut self,
        ui: &Ui,
        scene: (&MapScene, u64),
        area: Rect,
        (camera, view): (Camera, Rect),
        p: &Palette,
    ) -> Option<Pos2> {
        let (scene, stamp) = scene;
        let response = ui.interact(area, ui.id().with("minimap"), Sense::click_and_drag());
        response.widget_info(|| {
            egui::WidgetInfo::labeled(
                egui::WidgetType::Other,
                true,
                texts().map.minimap_drag_to_look_elsewhere,
            )
        });
        let place = Place::new(scene.bounds, area.shrink(INSET));
        let is_known = self.kept.as_ref().is_some_and(|k| (k.0, k.1, k.2) == (stamp, area, p.canvas));
        if !is_known {
            self.kept = Some((stamp, area, p.canvas, Shape::mesh(whole(scene, &place, p))));
        }
        let painter = ui.painter_at(view);
        let round = CornerRadius::same(8);
        painter.rect(area, round, faded(p.panel, 0.94), Stroke::new(1.0, p.border), StrokeKind::Inside);
        painter.extend(self.kept.iter().map(|k| k.3.clone()));
        let frame = place.rect(seen(camera, view)).intersect(area.shrink(2.0));
        let ink = if response.hovered() || response.dragged() { p.text } else { p.muted };
        painter.rect(
            frame,
            CornerRadius::same(2),
            faded(p.text, 0.08),
            Stroke::new(1.2, ink),
            StrokeKind::Inside,
        );
        let is_pressed = response.is_pointer_button_down_on() || response.clicked();
        let at = response.interact_pointer_pos().filter(|_| is_pressed)?;
        let wanted = place.to_world(at);
        Some(wanted.clamp(scene.bounds.min, scene.bounds.max))
    }
}

/// From the world into the minimap and back.
struct Place {
    world: Rect,
    room: Rect,
    scale: f32,
}

impl Place {
    fn new(world: Rect, room: Rect) -> Self {
        let size = world.size().max(Vec2::splat(1.0));
        Self { world, room, scale: (room.width() / size.x).min(room.height() / size.y) }
    }

    fn at(&self, p: Pos2) -> Pos2 {
        self.room.center() + (p - self.world.center()) * self.scale
    }

    fn rect(&self, r: Rect) -> Rect {
        Rect::from_min_max(self.at(r.min), self.at(r.max))
    }

    fn to_world(&self, p: Pos2) -> Pos2 {
        self.world.center() + (p - self.room.center()) / self.scale
    }
}

/// Boxes, and nodes as dots: the worst last and largest, so that trouble far away is seen.
fn whole(scene: &MapScene, place: &Place, p: &Palette) -> Mesh {
    let mut mesh = Mesh::default();
    for hull in &scene.hulls {
        let area = place.rect(hull.rect);
        mesh::plate(&mut mesh, area, 2.0, 1.0, [mixed(p.hull, p.hull_border, 0.5), p.hull_border]);
    }
    let mut order: Vec<usize> = (0..scene.nodes.len()).collect();
    order.sort_by_key(|&i| scene.nodes[i].health);
    for i in order {
        let node = &scene.nodes[i];
        let colour = node.change.map_or_else(|| mark_colour(node.health, p), |c| c.colour(p));
        let (side, colour) = match node.health.is_bad() {
            true => (3.2, colour),
            false => (2.0, mixed(p.panel, p.edge, 0.85)),
        };
        mesh.add_colored_rect(Rect::from_center_size(place.at(node.centre), Vec2::splat(side)), colour);
    }
    mesh
}

impl MapState {
    /// Takes the room there is; who had all of the map in view has it still when there is less.
    pub(super) fn take_room(&mut self, view: Rect) {
        let is_other = std::mem::replace(&mut self.room, view.size()) != view.size();
        let leaves = |c: Camera| !is_whole(&self.live, c, view);
        if is_other && self.is_all_in_view && self.camera.is_some_and(leaves) {
            self.camera = None;
        }
    }
}
