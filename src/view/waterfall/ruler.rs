//! The ruler above the bars: ticks, the pointer's time, and the brush that zooms.
use egui::{Align2, CursorIcon, Rect, Sense, Stroke, Ui, pos2};

use super::scene::Scene;
use super::{Areas, WaterfallState};
use crate::analysis::Waterfall;
use crate::model::{Nanos, TimeRange};
use crate::texts::texts;
use crate::view::text;
use crate::view::theme::{self, Palette, UNIT, faded};

pub(super) fn show(
    ui: &mut Ui,
    areas: &Areas,
    scene: &Scene,
    w: &Waterfall,
    state: &mut WaterfallState,
    palette: &Palette,
) {
    let ruler = areas.ruler;
    caption(ui, areas, palette);
    let painter = ui.painter();
    let body = Rect::from_x_y_ranges(ruler.x_range(), ruler.top()..=areas.time.bottom());
    for tick in &scene.ticks {
        let x = painter.round_to_pixel_center(ruler.left() + tick.at * ruler.width());
        painter.vline(x, ruler.bottom()..=areas.time.bottom(), Stroke::new(1.0, palette.grid));
        painter.vline(x, ruler.bottom() - 5.0..=ruler.bottom(), Stroke::new(1.0, palette.border));
        let at = pos2(x, ruler.center().y);
        // The last label would run out of the panel.
        let anchor = match tick.at {
            a if a > 0.96 => Align2::RIGHT_CENTER,
            a if a < 0.02 => Align2::LEFT_CENTER,
            _ => Align2::CENTER_CENTER,
        };
        painter.text(at, anchor, &tick.label, theme::caption(), palette.muted);
    }
    let line = Stroke::new(1.0, palette.border);
    painter.hline(areas.names.left()..=areas.time.right() + 5.0 * UNIT, ruler.bottom(), line);
    pointer_time(ui, body, scene, w, palette);
    brush(ui, areas, scene.range, state, palette);
}

fn caption(ui: &Ui, areas: &Areas, palette: &Palette) {
    let at = pos2(areas.names.left() + 3.0 * UNIT, areas.ruler.center().y);
    ui.painter().text(
        at,
        Align2::LEFT_CENTER,
        texts().waterfall.service_and_operation,
        theme::caption(),
        palette.muted,
    );
}

/// A hairline under the pointer, with its time since the start of the trace.
fn pointer_time(ui: &Ui, body: Rect, scene: &Scene, w: &Waterfall, palette: &Palette) {
    let Some(pointer) = ui.ctx().pointer_hover_pos().filter(|p| body.contains(*p)) else { return };
    if scene.range.is_empty() {
        return;
    }
    let share = f64::from((pointer.x - body.left()) / body.width());
    let since = (scene.range.start - w.range.start).0 as f64 + share * scene.range.length().0 as f64;
    ui.painter().vline(pointer.x, body.y_range(), Stroke::new(1.0, faded(palette.muted, 0.5)));
    let galley = ui.painter().layout_no_wrap(text::duration_ns(since), theme::caption(), palette.text);
    let half = galley.size().x / 2.0 + UNIT;
    let x = pointer.x.clamp(body.left() + half, (body.right() - half).max(body.left() + half));
    let at = Rect::from_center_size(pos2(x, body.top() + 13.0), galley.size() + egui::vec2(2.0 * UNIT, 4.0));
    ui.painter().rect_filled(at, 4.0, palette.hover);
    ui.painter().galley(at.min + egui::vec2(UNIT, 2.0), galley, palette.text);
}

/// Dragging over the ruler zooms into that time, a double click shows all of it.
fn brush(ui: &Ui, areas: &Areas, range: TimeRange, state: &mut WaterfallState, palette: &Palette) {
    let response = ui.interact(areas.ruler, ui.id().with("waterfall ruler"), Sense::click_and_drag());
    if response.double_clicked() {
        state.zoom = None;
    }
    let share = |x: f32| ((x - areas.ruler.left()) / areas.ruler.width()).clamp(0.0, 1.0);
    let at = response.interact_pointer_pos().map(|p| share(p.x));
    if response.drag_started() {
        // The drag is known only some points after it began.
        state.brush = ui.input(|i| i.pointer.press_origin()).map(|p| share(p.x));
    }
    if let (Some(from), Some(to)) = (state.brush, at) {
        let x = |s: f32| areas.ruler.left() + s * areas.ruler.width();
        let chosen = x(from.min(to))..=x(from.max(to));
        let rect = Rect::from_x_y_ranges(chosen, areas.ruler.top()..=areas.time.bottom());
        ui.painter().rect_filled(rect, 0, faded(palette.accent, 0.16));
        if response.drag_stopped() {
            state.brush = None;
            if (to - from).abs() * areas.ruler.width() > 4.0 {
                state.zoom = Some(part(range, from.min(to), from.max(to)));
            }
        }
    }
    response.on_hover_cursor(CursorIcon::ResizeHorizontal);
}

/// A part of a range, given in shares of it; at least a nanosecond.
pub(super) fn part(range: TimeRange, from: f32, to: f32) -> TimeRange {
    let at = |s: f32| range.start + Nanos((range.length().0 as f64 * f64::from(s)) as i64);
    TimeRange::new(at(from), at(to).max(at(from) + Nanos(1)))
}
