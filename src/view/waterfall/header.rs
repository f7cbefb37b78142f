//! The line above the waterfall: which trace it is, its totals, and the panel's buttons.
use egui::{Align, Button, Color32, Layout, RichText, Sense, Ui, Vec2, WidgetInfo, WidgetType};
use egui_phosphor::regular as icon;

use super::{ServiceColours, WaterfallEvent, WaterfallState};
use crate::analysis::Waterfall;
use crate::model::Timestamp;
use crate::store::Spans;
use crate::texts::{fill, texts};
use crate::view::text;
use crate::view::theme::{self, Palette, UNIT};

pub(super) fn show(
    ui: &mut Ui,
    spans: &Spans,
    waterfall: &Waterfall,
    state: &mut WaterfallState,
    colours: &ServiceColours,
    palette: &Palette,
    events: &mut Vec<WaterfallEvent>,
) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        buttons(ui, state, palette, events);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            title(ui, spans, waterfall, colours, palette);
            facts(ui, waterfall, state, palette);
        });
    });
}

fn buttons(ui: &mut Ui, state: &mut WaterfallState, palette: &Palette, events: &mut Vec<WaterfallEvent>) {
    if icon_button(ui, icon::X, texts().waterfall.close_trace, palette) {
        events.push(WaterfallEvent::Closed);
    }
    let (sign, name) = if state.full_height {
        (icon::ARROWS_IN_SIMPLE, texts().waterfall.show_the_map_above)
    } else {
        (icon::ARROWS_OUT_SIMPLE, texts().waterfall.use_the_full_height)
    };
    if icon_button(ui, sign, name, palette) {
        state.full_height = !state.full_height;
        events.push(WaterfallEvent::ToggleFullHeight);
    }
    if state.zoom.is_some()
        && icon_button(ui, icon::MAGNIFYING_GLASS_MINUS, texts().waterfall.show_all_of_the_time, palette)
    {
        state.zoom = None;
    }
    if !state.collapsed.is_empty()
        && icon_button(ui, icon::ARROWS_OUT_LINE_VERTICAL, texts().waterfall.show_all_rows, palette)
    {
        state.collapsed.clear();
    }
}

fn icon_button(ui: &mut Ui, sign: &str, name: &str, palette: &Palette) -> bool {
    let text = RichText::new(sign).size(16.0).color(palette.muted);
    let button = ui.add(Button::new(text).frame_when_inactive(false).min_size(Vec2::splat(7.0 * UNIT)));
    button.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, name));
    button.on_hover_text(name).clicked()
}

fn title(ui: &mut Ui, spans: &Spans, waterfall: &Waterfall, colours: &ServiceColours, palette: &Palette) {
    let root = waterfall.root.and_then(|r| waterfall.rows.get(r as usize));
    let Some(root) = root else {
        ui.label(RichText::new(texts().waterfall.this_trace_is_no_longer).color(palette.muted));
        return;
    };
    let service = spans.text(root.service);
    swatch(ui, colours.of(root.service));
    ui.label(RichText::new(text::name(service, 40)).font(theme::body()).strong().color(palette.text));
    let operation = text::name(spans.text(root.name), 48);
    ui.label(RichText::new(operation).font(theme::body()).color(palette.text));
    ui.add_space(UNIT);
    let id = waterfall.trace_id.to_string();
    let short = format!("{} {}", text::elide(&id, 13), icon::COPY);
    let copy = Button::new(RichText::new(short).font(theme::small()).color(palette.muted));
    let copy = ui.add(copy.frame_when_inactive(false));
    copy.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, texts().waterfall.copy_trace_id));
    if copy.on_hover_text(fill(texts().waterfall.trace_click_to_copy, &[("trace", &id)])).clicked() {
        ui.ctx().copy_text(id);
    }
}

pub(super) fn swatch(ui: &mut Ui, colour: Color32) {
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(10.0), Sense::hover());
    ui.painter().rect_filled(rect, 3.0, colour);
}

/// Totals, most important first; those that do not fit are left out.
fn facts(ui: &mut Ui, w: &Waterfall, state: &WaterfallState, palette: &Palette) {
    let length = w.range.length();
    let mut facts = vec![(text::duration_ns(length.0 as f64), palette.text)];
    if w.errors > 0 {
        let sign = icon::WARNING_CIRCLE;
        facts.push((
            format!("{sign} {}", plural(w.errors, texts().waterfall.one_error, texts().waterfall.errors)),
            palette.critical,
        ));
    }
    facts.push((plural(w.spans, texts().waterfall.one_span, texts().waterfall.spans), palette.muted));
    facts.push((
        plural(w.services.len() as u32, texts().waterfall.one_service, texts().waterfall.services),
        palette.muted,
    ));
    if w.missing > 0 {
        let missing = plural(w.missing, texts().waterfall.parent_missing, texts().waterfall.parents_missing);
        facts.push((missing, palette.warning));
    }
    facts.push((moment(w.range.start, &state.zone), palette.muted));
    for (text, colour) in facts {
        let galley = ui.painter().layout_no_wrap(text, theme::small(), colour);
        if galley.size().x + 3.0 * UNIT > ui.available_width() {
            break;
        }
        ui.add_space(UNIT);
        ui.label(galley);
    }
}

fn plural(n: u32, one: &str, many: &str) -> String {
    fill(if n == 1 { one } else { many }, &[("count", &text::count(f64::from(n)))])
}

/// A moment with its zone: `2026-01-01 10:02:13.250 UTC`.
pub(super) fn moment(t: Timestamp, zone: &jiff::tz::TimeZone) -> String {
    match jiff::Timestamp::from_nanosecond(i128::from(t.0)) {
        Ok(at) if !t.is_unset() => at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S%.3f %Z").to_string(),
        _ => text::NONE.to_owned(),
    }
}
