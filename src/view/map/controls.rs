//! Moving over the map by pointer and keys, and the zoom buttons.
use egui::{CornerRadius, FontId, Painter, Rect, Response, Sense, Stroke, StrokeKind, Ui, Vec2, vec2};

use super::camera::Camera;
use crate::texts::texts;
use crate::view::theme::Palette;

/// What the person asked for with a button.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Ask {
    In,
    Out,
    Fit,
}

pub(super) fn card(painter: &Painter, area: Rect, p: &Palette) {
    let round = CornerRadius::same(8);
    painter.rect(area, round, p.panel, Stroke::new(1.0, p.border), StrokeKind::Inside);
}

/// The side of a zoom button, in points.
const SIDE: f32 = 32.0;

/// Where the buttons at the bottom right are.
pub(super) fn zoom_area(view: Rect) -> Rect {
    Rect::from_min_size(view.max - vec2(16.0 + SIDE, 16.0 + 3.0 * SIDE), vec2(SIDE, 3.0 * SIDE))
}

/// The buttons at the bottom right.
pub(super) fn zoom_buttons(ui: &mut Ui, view: Rect, p: &Palette) -> Option<Ask> {
    let area = zoom_area(view);
    let (corner, side) = (area.min, SIDE);
    card(ui.painter(), area, p);
    let mut asked = None;
    let icons = egui_phosphor::regular::PLUS;
    let buttons = [
        (icons, texts().map.zoom_in, Ask::In),
        (egui_phosphor::regular::MINUS, texts().map.zoom_out, Ask::Out),
        (egui_phosphor::regular::CORNERS_OUT, texts().map.show_everything, Ask::Fit),
    ];
    for (k, (icon, name, ask)) in buttons.into_iter().enumerate() {
        let place = Rect::from_min_size(corner + vec2(0.0, k as f32 * side), Vec2::splat(side));
        let response = ui.interact(place, ui.id().with(("map zoom", k)), Sense::click());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, name));
        button(ui.painter(), place, icon, &response, p);
        if k > 0 {
            ui.painter().hline(place.x_range().shrink(7.0), place.top(), Stroke::new(1.0, p.border));
        }
        if response.clicked() {
            asked = Some(ask);
        }
        response.on_hover_text(name);
    }
    asked
}

/// Pans and zooms; true when the camera moved.
pub(super) fn steer(
    ui: &Ui,
    response: &Response,
    pans: bool,
    camera: &mut Camera,
    (world, view): (Rect, Rect),
) -> bool {
    let before = *camera;
    if pans && response.dragged() {
        camera.pan(response.drag_delta());
    }
    if let Some(pointer) = ui.input(|i| i.pointer.hover_pos()).filter(|p| view.contains(*p))
        && response.contains_pointer()
    {
        let (scroll, pinch) = ui.input(|i| (i.smooth_scroll_delta().y, i.zoom_delta()));
        let factor = pinch * (scroll * 0.004).exp();
        if (factor - 1.0).abs() > 1e-4 {
            camera.zoom_at(factor, pointer, (world, view));
        }
    }
    if response.has_focus() {
        let pressed = |key| ui.input(|i| i.key_pressed(key));
        let step = |less: egui::Key, more: egui::Key| f32::from(pressed(more)) - f32::from(pressed(less));
        let way = Vec2::new(
            step(egui::Key::ArrowLeft, egui::Key::ArrowRight),
            step(egui::Key::ArrowUp, egui::Key::ArrowDown),
        );
        camera.pan(way * -60.0);
    }
    *camera != before
}

/// How long a map may take before it is said that it is being arranged, in seconds.
const AT_ONCE: f32 = 0.25;

/// Says over the map that it is being arranged, unless that is done at once.
pub fn show_arranging(ui: &Ui, view: Rect, is_arranging: bool, p: &Palette) {
    let waited = ui.ctx().animate_bool_with_time(ui.id().with("arranging"), is_arranging, AT_ONCE);
    if !is_arranging || waited < 1.0 {
        return;
    }
    let galley =
        ui.painter().layout_no_wrap(texts().map.arranging.to_owned(), FontId::proportional(15.0), p.text);
    let area = Rect::from_center_size(view.center(), galley.size() + vec2(32.0, 20.0));
    card(ui.painter(), area, p);
    ui.painter().galley(area.center() - galley.size() / 2.0, galley, p.text);
    let response = ui.interact(area, ui.id().with("arranging the map"), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Label, true, texts().map.arranging));
}

pub(super) fn button(painter: &Painter, place: Rect, icon: &str, response: &Response, p: &Palette) {
    if response.hovered() {
        painter.rect_filled(place.shrink(3.0), CornerRadius::same(6), p.hover);
    }
    if response.has_focus() {
        let stroke = Stroke::new(1.5, p.accent);
        painter.rect_stroke(place.shrink(2.0), CornerRadius::same(6), stroke, StrokeKind::Inside);
    }
    let galley = painter.layout_no_wrap(icon.to_owned(), FontId::proportional(16.0), p.text);
    painter.galley(place.center() - galley.mesh_bounds.center().to_vec2(), galley, p.text);
}
