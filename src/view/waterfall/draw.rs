//! Painting of the rows, and the clicks on them.
use egui::{
    Align2, FontId, Painter, Pos2, Rect, Response, Sense, Stroke, Ui, WidgetInfo, WidgetType, pos2, vec2,
};
use egui_phosphor::{fill, regular as icon};

use super::scene::{ErrorIcon, Scene, SceneRow, Toggle};
use super::{Areas, ROW, WaterfallEvent, WaterfallState, bar, input};
use crate::analysis::{ErrorMark, Row, Waterfall};
use crate::store::Spans;
use crate::texts::{fill, texts};
use crate::view::theme::{self, Palette, UNIT, faded, mixed};
use crate::view::{fonts, text};

/// Indentation of a level, in points.
const LEVEL: f32 = 14.0;
/// Width of the error signs' column.
const SIGNS: f32 = 28.0;

#[allow(clippy::too_many_arguments, reason = "the panel's parts, all needed at once")]
pub(super) fn rows(
    ui: &mut Ui,
    areas: &Areas,
    scene: &Scene,
    spans: &Spans,
    w: &Waterfall,
    state: &mut WaterfallState,
    palette: &Palette,
    events: &mut Vec<WaterfallEvent>,
) {
    let right = areas.time.right() + 2.0 * UNIT;
    let body = Rect::from_min_max(areas.names.min, pos2(right, areas.names.bottom()));
    let clip = ui.clip_rect().intersect(body);
    let painter = ui.painter().with_clip_rect(clip);
    for row in &scene.rows {
        let Some(source) = w.rows.get(row.row as usize) else { continue };
        let rect = bar::row_rect(body, row.y);
        let response = ui.interact(rect.intersect(clip), input::row_id(source.key), Sense::click());
        let (label, is_selected) = (row.label.clone(), row.is_selected);
        if state.takes_keys && (is_selected || state.selected.is_none()) {
            state.takes_keys = false;
            response.request_focus();
        }
        response.widget_info(|| WidgetInfo::selected(WidgetType::Button, true, is_selected, &label));
        background(&painter, rect, row, &response, palette);
        let toggled = name(ui, &painter, bar::row_rect(areas.names, row.y), row, source, palette);
        bar::paint(&painter, bar::row_rect(areas.time, row.y), row, palette);
        if toggled && !state.collapsed.remove(&source.key) {
            state.collapsed.insert(source.key);
        } else if response.clicked()
            && let Some(span) = source.span()
        {
            response.request_focus();
            input::select(state, span, events);
        }
        if response.double_clicked() && !toggled {
            input::zoom_to(w, state, source);
        }
        response.on_hover_ui_at_pointer(|ui| tooltip(ui, spans, w, row, source, palette));
    }
    divider(ui, areas, state, palette);
}

fn background(painter: &Painter, rect: Rect, row: &SceneRow, response: &Response, palette: &Palette) {
    if row.is_selected {
        painter.rect_filled(rect, 0, faded(palette.accent, if palette.dark { 0.18 } else { 0.12 }));
        let edge = Rect::from_min_size(rect.min, vec2(3.0, ROW));
        painter.rect_filled(edge, 0, palette.accent);
    } else if response.hovered() {
        painter.rect_filled(rect, 0, faded(palette.hover, 0.6));
    }
    if response.has_focus() && !row.is_selected {
        painter.rect_stroke(
            rect.shrink(1.0),
            2.0,
            Stroke::new(1.0, palette.accent),
            egui::StrokeKind::Inside,
        );
    }
}

/// Triangle, swatch, service, operation and error sign; true if the triangle was clicked.
fn name(ui: &Ui, painter: &Painter, rect: Rect, row: &SceneRow, source: &Row, palette: &Palette) -> bool {
    // However deep and narrow, half of the column stays for the name.
    let level = LEVEL.min(rect.width() * 0.4 / row.indent.max(1) as f32);
    let mut x = rect.left() + 2.0 * UNIT + level * row.indent as f32;
    guides(painter, rect, row.indent, level, palette);
    let y = rect.center().y;
    let triangle = Rect::from_center_size(pos2(x + 7.0, y), vec2(16.0, ROW));
    let toggled = toggle(ui, painter, triangle, row, source, palette);
    x += 18.0;
    if let Some(colour) = row.colour {
        painter.rect_filled(Rect::from_center_size(pos2(x + 4.0, y), vec2(8.0, 8.0)), 2.0, colour);
    }
    x += 8.0 + 1.5 * UNIT;
    let end = rect.right() - SIGNS;
    names(painter, x, end, y, row, palette);
    sign(painter, pos2(rect.right() - SIGNS / 2.0, y), row.error, palette);
    toggled
}

fn guides(painter: &Painter, rect: Rect, indent: u32, level: f32, palette: &Palette) {
    for i in 0..indent {
        let x = painter.round_to_pixel_center(rect.left() + 2.0 * UNIT + 7.0 + level * i as f32);
        painter.vline(x, rect.y_range(), Stroke::new(1.0, palette.border));
    }
}

fn toggle(ui: &Ui, painter: &Painter, at: Rect, row: &SceneRow, source: &Row, palette: &Palette) -> bool {
    let sign = match row.toggle {
        Toggle::Leaf => return false,
        Toggle::Open => icon::CARET_DOWN,
        Toggle::Closed(_) => icon::CARET_RIGHT,
    };
    let visible = at.intersect(painter.clip_rect());
    let response = ui.interact(visible, input::row_id(source.key).with("toggle"), Sense::CLICK);
    let colour = if response.hovered() { palette.text } else { palette.muted };
    painter.text(at.center(), Align2::CENTER_CENTER, sign, theme::small(), colour);
    response.clicked()
}

fn names(painter: &Painter, from: f32, end: f32, y: f32, row: &SceneRow, palette: &Palette) {
    let room = (end - from).max(0.0);
    let mut x = from;
    let fits = width(&row.service) + 1.5 * UNIT + width(&row.operation) <= room;
    let has_service = !row.service.is_empty() && (fits || !row.repeats_service);
    if has_service {
        // The operation gets at least 40 % of the line.
        let service = fitted(&row.service, (room * 0.6).max(room - width(&row.operation) - 2.0 * UNIT));
        let at = painter.text(pos2(x, y), Align2::LEFT_CENTER, service, theme::small(), palette.text);
        x = at.right() + 1.5 * UNIT;
    }
    let mut operation = fitted(&row.operation, end - x);
    if let Toggle::Closed(n) = row.toggle {
        operation = format!("{} +{n}", fitted(&row.operation, end - x - 40.0));
    }
    let colour = if has_service { palette.muted } else { mixed(palette.muted, palette.text, 0.5) };
    painter.text(pos2(x, y), Align2::LEFT_CENTER, operation, theme::small(), colour);
}

/// Width of a text in the size of the rows, estimated.
fn width(text: &str) -> f32 {
    text::estimated_width(text) * theme::SIZES[1] / 13.0
}

/// A name cut in the middle to about `room` points.
fn fitted(name: &str, room: f32) -> String {
    let all = width(name);
    if all <= room {
        return name.to_owned();
    }
    let count = name.chars().count() as f32;
    text::elide(name, (count * room / all).floor().max(1.0) as usize)
}

fn sign(painter: &Painter, at: Pos2, error: ErrorIcon, palette: &Palette) {
    let filled = FontId::new(15.0, fonts::filled_icons());
    let outline = FontId::proportional(15.0);
    let (sign, font, colour) = match error {
        ErrorIcon::None | ErrorIcon::Mark(ErrorMark::None) => return,
        ErrorIcon::Mark(ErrorMark::Origin) => (fill::WARNING_CIRCLE.to_owned(), filled, palette.critical),
        ErrorIcon::Mark(ErrorMark::Propagated) => {
            (icon::WARNING_CIRCLE.to_owned(), outline, palette.critical)
        }
        ErrorIcon::Mark(ErrorMark::Handled) => (icon::CIRCLE_DASHED.to_owned(), outline, palette.muted),
        ErrorIcon::Below(n) => (format!("{} {n}", icon::WARNING_CIRCLE), theme::caption(), palette.critical),
    };
    painter.text(at, Align2::CENTER_CENTER, sign, font, colour);
}

fn tooltip(ui: &mut Ui, spans: &Spans, w: &Waterfall, row: &SceneRow, source: &Row, palette: &Palette) {
    ui.set_max_width(360.0);
    ui.label(egui::RichText::new(format!("{} {}", row.service, row.operation)).strong());
    let since = source.start - w.range.start;
    let ns = |n: crate::model::Nanos| text::duration_ns(n.0 as f64);
    let mut lines = Vec::new();
    if source.span().is_none() {
        lines.push(fill(texts().waterfall.of_its_children_were_received, &[("count", &source.children)]));
    } else if !source.is_undated {
        lines.push(fill(
            texts().waterfall.from_on_of_its_own,
            &[("length", &row.duration), ("start", &ns(since)), ("own", &ns(source.self_time))],
        ));
    }
    let path: i64 = w.sections(source).iter().map(|s| (s.to - s.from).0).sum();
    if path > 0 {
        lines.push(fill(
            texts().waterfall.on_the_critical_path,
            &[("length", &text::duration_ns(path as f64))],
        ));
    }
    lines.extend(oddities(source));
    if let Some(message) = source.span().and_then(|r| spans.get(r)).map(|s| s.status_message())
        && !message.is_empty()
    {
        lines.push(text::name(message, 200));
    }
    for line in lines {
        ui.label(egui::RichText::new(line).font(theme::small()).color(palette.muted));
    }
}

/// What is odd about a row, in sentences.
pub(super) fn oddities(row: &Row) -> Vec<String> {
    let ns = |n: crate::model::Nanos| text::duration_ns(n.0 as f64);
    let signed = |n: crate::model::Nanos| if n.0 > 0 { format!("+{}", ns(n)) } else { ns(n) };
    let mut out = Vec::new();
    let mut tell = |is: bool, text: String| is.then(|| out.push(text));
    tell(row.error == ErrorMark::Origin, texts().waterfall.the_error_began_here.into());
    tell(row.error == ErrorMark::Propagated, texts().waterfall.failed_because_something_it_called.into());
    tell(row.error == ErrorMark::Handled, texts().waterfall.something_it_called_failed_and.into());
    tell(row.is_async, texts().waterfall.its_caller_did_not_wait.into());
    tell(row.is_undated, texts().waterfall.it_was_sent_without_a.into());
    tell(row.marks.is_orphan, texts().waterfall.its_parent_was_not_received.into());
    tell(row.marks.is_cycle, texts().waterfall.its_parents_form_a_circle.into());
    tell(row.marks.is_self_parent, texts().waterfall.it_names_itself_as_its.into());
    tell(row.marks.is_shared_id, texts().waterfall.client_and_server_share_one.into());
    if let Some(over) = row.overhang {
        tell(true, fill(texts().waterfall.worked_on_for_after_its, &[("length", &ns(over))]));
    }
    if let Some(skew) = row.skew {
        tell(true, fill(texts().waterfall.clock_corrected_by, &[("skew", &signed(skew))]));
    }
    if let Some(skew) = row.refused_skew {
        tell(true, fill(texts().waterfall.clock_seems_off_too_much, &[("skew", &ns(skew))]));
    }
    out
}

/// The line between names and bars; dragging moves it.
fn divider(ui: &Ui, areas: &Areas, state: &mut WaterfallState, palette: &Palette) {
    let x = areas.names.right();
    let line = Rect::from_x_y_ranges(x - 3.0..=x + 3.0, areas.ruler.top()..=areas.names.bottom());
    let response = ui.interact(line, ui.id().with("waterfall divider"), Sense::drag());
    let width = ui.available_rect_before_wrap().width().max(areas.time.right() - areas.names.left());
    if response.dragged() && width > 0.0 {
        state.name_share = (state.name_share + response.drag_delta().x / width).clamp(0.15, 0.7);
    }
    let colour = if response.hovered() || response.dragged() { palette.faint } else { palette.border };
    ui.painter().vline(x, line.y_range(), Stroke::new(1.0, mixed(palette.panel, colour, 0.9)));
    response.on_hover_cursor(egui::CursorIcon::ResizeHorizontal);
}
