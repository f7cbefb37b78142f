//! Everything that was sent about the selected span.
use egui::{
    Align, Button, FontId, Label, Layout, Rect, RichText, ScrollArea, Sense, Stroke, Ui, UiBuilder, vec2,
};
use egui_phosphor::regular as icon;

use super::header::{moment, swatch};
use super::{ServiceColours, WaterfallEvent, WaterfallState, draw};
use crate::analysis::{Row, Waterfall};
use crate::model::{StatusCode, Symbol, Value};
use crate::store::{Event, Link, SpanRef, Spans};
use crate::texts::{fill, texts};
use crate::view::text;
use crate::view::theme::{self, Palette, UNIT};

/// Characters of a value shown at first, and at most; copying always takes all of it.
const SHORT: usize = 2_000;
const MOST: usize = 60_000;
/// Bytes above which a value stands below its key instead of beside it.
const WIDE: usize = 90;
/// Events or links shown at first.
const FEW: usize = 50;

/// What the parts of the pane share.
struct Pane<'a> {
    span: SpanRef<'a>,
    spans: &'a Spans,
    waterfall: &'a Waterfall,
    colours: &'a ServiceColours,
    row: &'a Row,
    palette: &'a Palette,
}

#[allow(clippy::too_many_arguments, reason = "the panel's parts, all needed at once")]
pub(super) fn show(
    ui: &mut Ui,
    rect: Rect,
    spans: &Spans,
    waterfall: &Waterfall,
    state: &mut WaterfallState,
    colours: &ServiceColours,
    palette: &Palette,
    events: &mut Vec<WaterfallEvent>,
) {
    ui.painter().rect_filled(rect, 0, palette.panel);
    ui.painter().vline(rect.left(), rect.y_range(), Stroke::new(1.0, palette.border));
    let place = state.selected.and_then(|s| waterfall.place_of(s));
    let row = place.and_then(|p| waterfall.rows.get(p as usize));
    let Some((row, span)) = row.and_then(|r| Some((r, spans.get(r.span()?)?))) else {
        let at = rect.center();
        let text = texts().waterfall.this_span_is_no_longer;
        ui.painter().text(at, egui::Align2::CENTER_CENTER, text, theme::small(), palette.muted);
        return;
    };
    let pane = Pane { span, spans, waterfall, colours, row, palette };
    let inner = UiBuilder::new().max_rect(rect.shrink2(vec2(3.0 * UNIT, 2.0 * UNIT)));
    ui.scope_builder(inner, |ui| {
        ui.set_clip_rect(ui.clip_rect().intersect(rect));
        ui.spacing_mut().item_spacing.y = UNIT;
        ScrollArea::vertical().id_salt(("span details", span.row())).auto_shrink(false).show(ui, |ui| {
            title(ui, &pane, state);
            facts(ui, &pane, state);
            attributes(ui, &pane, state);
            span_events(ui, &pane, state);
            links(ui, &pane, state, events);
            resource_and_scope(ui, &pane, state);
            origin(ui, &pane, state);
        });
    });
}

fn title(ui: &mut Ui, pane: &Pane<'_>, state: &mut WaterfallState) {
    let line = vec2(ui.available_width(), 6.0 * UNIT);
    ui.allocate_ui_with_layout(line, Layout::right_to_left(Align::Center), |ui| {
        let sign = RichText::new(icon::X).color(pane.palette.muted);
        let close = ui.add(Button::new(sign).frame_when_inactive(false));
        close.widget_info(|| {
            egui::WidgetInfo::labeled(egui::WidgetType::Button, true, texts().waterfall.close_details)
        });
        if close.clicked() {
            state.selected = None;
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let service = pane.span.service_text();
            swatch(ui, pane.colours.of(pane.row.service));
            ui.label(RichText::new(text::name(service, 48)).strong());
        });
    });
    ui.add(Label::new(RichText::new(text::name(pane.span.name_text(), text::LONGEST))).wrap());
    ui.add_space(UNIT);
}

fn facts(ui: &mut Ui, pane: &Pane<'_>, state: &mut WaterfallState) {
    let (row, span) = (pane.row, pane.span);
    let ns = |n: crate::model::Nanos| text::duration_ns(n.0 as f64);
    if !row.is_undated {
        let since = row.start - pane.waterfall.range.start;
        line(ui, pane, state, texts().waterfall.duration, &ns(row.duration()));
        line(ui, pane, state, texts().waterfall.self_time, &ns(row.self_time));
        let start = format!("{}  (+{})", moment(span.start(), &state.zone), ns(since));
        line(ui, pane, state, texts().waterfall.start, &start);
    }
    if span.raw_length().0 < 0 && !row.is_undated {
        line(
            ui,
            pane,
            state,
            texts().waterfall.length,
            &fill(texts().waterfall.as_sent_it_ends_before, &[("length", &ns(span.raw_length()))]),
        );
    }
    line(ui, pane, state, texts().waterfall.kind, span.kind().name());
    status(ui, pane, state);
    for oddity in draw::oddities(row) {
        let text = RichText::new(format!("{} {oddity}", icon::INFO)).font(theme::small());
        ui.add(Label::new(text.color(pane.palette.muted)).wrap());
    }
    if !pane.waterfall.versions(row).is_empty() {
        let n = pane.waterfall.versions(row).len() + 1;
        let text = fill(texts().waterfall.received_in_versions_this_is, &[("count", &n)]);
        ui.label(RichText::new(text).font(theme::small()).color(pane.palette.muted));
    }
}

fn status(ui: &mut Ui, pane: &Pane<'_>, state: &mut WaterfallState) {
    let status = pane.span.status();
    let colour = if status == StatusCode::Error { pane.palette.critical } else { pane.palette.text };
    key_value(ui, pane, texts().waterfall.status, |ui| {
        let sign = if status == StatusCode::Error { icon::WARNING_CIRCLE } else { "" };
        let text = format!("{sign} {}", status.name());
        ui.label(RichText::new(text.trim()).font(theme::small()).color(colour));
    });
    if pane.row.outcome.is_failure() {
        line(ui, pane, state, texts().waterfall.outcome, &pane.row.outcome.name().replace('_', " "));
    }
    let message = pane.span.status_message();
    if !message.is_empty() {
        line(ui, pane, state, texts().waterfall.message, message);
    }
}

fn attributes(ui: &mut Ui, pane: &Pane<'_>, state: &mut WaterfallState) {
    let mut all: Vec<(Symbol, &Value)> = pane.span.attributes().collect();
    for version in pane.waterfall.versions(pane.row).iter().filter_map(|r| pane.spans.get(*r)) {
        for (key, value) in version.attributes() {
            if !all.iter().any(|(k, _)| *k == key) {
                all.push((key, value));
            }
        }
    }
    let dropped_counts = pane.span.dropped();
    if !all.is_empty() || dropped_counts != [0; 3] {
        section(ui, pane, &fill(texts().waterfall.attributes, &[("count", &all.len())]));
    }
    for (i, (key, value)) in all.iter().enumerate() {
        attribute(ui, pane, state, &format!("a{i}"), pane.spans.text(*key), value);
    }
    let [attributes, events, links] = dropped_counts;
    for (n, what) in [
        (attributes, [texts().waterfall.attribute, texts().waterfall.many_attributes]),
        (events, [texts().waterfall.event, texts().waterfall.many_events]),
        (links, [texts().waterfall.link, texts().waterfall.many_links]),
    ] {
        dropped(ui, pane, n, what);
    }
}

fn dropped(ui: &mut Ui, pane: &Pane<'_>, n: u32, what: [&str; 2]) {
    if n > 0 {
        let text = fill(
            texts().waterfall.the_sdk_dropped,
            &[("count", &n), ("what", if n == 1 { &what[0] } else { &what[1] })],
        );
        ui.label(RichText::new(text).font(theme::small()).color(pane.palette.warning));
    }
}

fn span_events(ui: &mut Ui, pane: &Pane<'_>, state: &mut WaterfallState) {
    let events = pane.span.events();
    if events.is_empty() {
        return;
    }
    section(ui, pane, &fill(texts().waterfall.events, &[("count", &events.len())]));
    let shown = shown(ui, pane, state, "events", events.len());
    for (i, event) in events.iter().take(shown).enumerate() {
        one_event(ui, pane, state, i, event);
    }
}

fn one_event(ui: &mut Ui, pane: &Pane<'_>, state: &mut WaterfallState, i: usize, event: &Event) {
    let name = text::name(pane.spans.text(event.name), 120);
    let since = event.time - pane.span.start();
    let when = format!("{}{}", if since.0 < 0 { "" } else { "+" }, text::duration_ns(since.0 as f64));
    key_value(ui, pane, &when, |ui| {
        let label = ui.label(RichText::new(&name).font(theme::small()).strong());
        label.on_hover_text(moment(event.time, &state.zone));
    });
    for (j, (key, value)) in pane.span.event_attributes(event).enumerate() {
        attribute(ui, pane, state, &format!("e{i}.{j}"), pane.spans.text(key), value);
    }
    let what = [texts().waterfall.attribute_of_this_event, texts().waterfall.attributes_of_this_event];
    dropped(ui, pane, event.dropped_attributes, what);
}

fn links(ui: &mut Ui, pane: &Pane<'_>, state: &mut WaterfallState, events: &mut Vec<WaterfallEvent>) {
    let links = pane.span.links();
    if links.is_empty() {
        return;
    }
    section(ui, pane, &fill(texts().waterfall.links, &[("count", &links.len())]));
    let shown = shown(ui, pane, state, "links", links.len());
    for (i, link) in links.iter().take(shown).enumerate() {
        one_link(ui, pane, state, i, link, events);
    }
}

fn one_link(
    ui: &mut Ui,
    pane: &Pane<'_>,
    state: &mut WaterfallState,
    i: usize,
    link: &Link,
    events: &mut Vec<WaterfallEvent>,
) {
    let trace = link.trace_id.to_string();
    let text = fill(
        texts().waterfall.trace_span,
        &[("icon", &icon::ARROW_SQUARE_OUT), ("trace", &text::elide(&trace, 13)), ("span", &link.span_id)],
    );
    let label = ui.link(RichText::new(text).font(theme::small()));
    if label.on_hover_text(fill(texts().waterfall.open_trace, &[("trace", &trace)])).clicked() {
        events.push(WaterfallEvent::OpenLink(link.trace_id, link.span_id));
    }
    let trace_state = pane.span.link_trace_state(link);
    if !trace_state.is_empty() {
        line(ui, pane, state, texts().waterfall.trace_state, trace_state);
    }
    for (j, (key, value)) in pane.span.link_attributes(link).enumerate() {
        attribute(ui, pane, state, &format!("l{i}.{j}"), pane.spans.text(key), value);
    }
}

/// How many of `n` to show, with a way to see the others.
fn shown(ui: &mut Ui, pane: &Pane<'_>, state: &mut WaterfallState, what: &str, n: usize) -> usize {
    if n <= FEW || state.whole.contains(what) {
        return n;
    }
    let text = RichText::new(fill(texts().waterfall.show_all, &[("count", &n)]))
        .font(theme::small())
        .color(pane.palette.text);
    if ui.button(text).clicked() {
        state.whole.insert(what.to_owned());
    }
    FEW
}

fn resource_and_scope(ui: &mut Ui, pane: &Pane<'_>, state: &mut WaterfallState) {
    let resource = pane.span.resource();
    section(ui, pane, &fill(texts().waterfall.resource, &[("count", &resource.attributes.len())]));
    for (i, (key, value)) in resource.attributes.iter().enumerate() {
        attribute(ui, pane, state, &format!("r{i}"), pane.spans.text(*key), value);
    }
    let what = [texts().waterfall.attribute_of_the_resource, texts().waterfall.attributes_of_the_resource];
    dropped(ui, pane, resource.dropped_attributes, what);
    let scope = pane.span.scope();
    let name = pane.spans.text(scope.name);
    if !name.is_empty() || !scope.attributes.is_empty() {
        section(ui, pane, texts().waterfall.scope);
        line(
            ui,
            pane,
            state,
            texts().waterfall.library,
            &format!("{name} {}", pane.spans.text(scope.version)),
        );
        for (i, (key, value)) in scope.attributes.iter().enumerate() {
            attribute(ui, pane, state, &format!("s{i}"), pane.spans.text(*key), value);
        }
    }
}

fn origin(ui: &mut Ui, pane: &Pane<'_>, state: &mut WaterfallState) {
    let span = pane.span;
    section(ui, pane, texts().waterfall.identity);
    line(ui, pane, state, texts().waterfall.span, &span.span_id().to_string());
    if !span.parent_id().is_zero() {
        line(ui, pane, state, texts().waterfall.parent, &span.parent_id().to_string());
    }
    if !span.trace_state().is_empty() {
        line(ui, pane, state, texts().waterfall.trace_state, span.trace_state());
    }
    if span.flags() != 0 {
        line(ui, pane, state, texts().waterfall.flags, &flags(span.flags()));
    }
}

/// OTLP's flags in words, with the number.
pub(super) fn flags(flags: u32) -> String {
    let mut words = Vec::new();
    if flags & 1 != 0 {
        words.push(texts().waterfall.sampled);
    }
    if flags & 0x100 != 0 {
        words.push(if flags & 0x200 != 0 {
            texts().waterfall.parent_is_remote
        } else {
            texts().waterfall.parent_is_local
        });
    }
    format!("{} (0x{flags:x})", words.join(", ")).trim_start().to_owned()
}

fn section(ui: &mut Ui, pane: &Pane<'_>, name: &str) {
    ui.add_space(2.0 * UNIT);
    ui.label(RichText::new(name).font(theme::small()).strong().color(pane.palette.text));
    let y = ui.cursor().top() - 2.0;
    let line = Stroke::new(1.0, pane.palette.border);
    ui.painter().hline(ui.max_rect().x_range(), y, line);
    ui.add_space(2.0);
}

fn attribute(ui: &mut Ui, pane: &Pane<'_>, state: &mut WaterfallState, id: &str, key: &str, value: &Value) {
    let whole = value.to_string();
    value_line(ui, pane, state, id, key, &whole, value.kind());
}

fn line(ui: &mut Ui, pane: &Pane<'_>, state: &mut WaterfallState, key: &str, value: &str) {
    value_line(ui, pane, state, key, key, value, "");
}

/// A key and its value: hovering tells the type, a click copies, long values are cut until asked for.
fn value_line(
    ui: &mut Ui,
    pane: &Pane<'_>,
    state: &mut WaterfallState,
    id: &str,
    key: &str,
    value: &str,
    kind: &str,
) {
    let most = if state.whole.contains(id) { MOST } else { SHORT };
    let (shown, is_cut) = cut(value, most);
    let is_block = value.len() > WIDE || value.contains('\n');
    let value_ui = |ui: &mut Ui| {
        let (text, colour) = match value {
            "" => (texts().waterfall.empty.to_owned(), pane.palette.muted),
            _ => (block(shown), pane.palette.text),
        };
        let text = RichText::new(text).font(theme::small()).color(colour);
        let text = if value.contains('\n') { text.font(FontId::monospace(theme::SIZES[0])) } else { text };
        let label = ui.add(Label::new(text).wrap().sense(Sense::click()));
        let hint = if kind.is_empty() { String::new() } else { format!("{kind} · ") };
        if label.on_hover_text(fill(texts().waterfall.click_to_copy, &[("hint", &hint)])).clicked() {
            ui.ctx().copy_text(value.to_owned());
        }
        if is_cut {
            cut_note(ui, pane, state, id, value.len(), most);
        }
    };
    if is_block {
        ui.label(key_text(key, pane));
        ui.indent(id, value_ui);
    } else {
        key_value(ui, pane, key, value_ui);
    }
}

fn key_text(key: &str, pane: &Pane<'_>) -> RichText {
    RichText::new(text::name(key, 160)).font(theme::small()).color(pane.palette.muted)
}

fn cut_note(ui: &mut Ui, pane: &Pane<'_>, state: &mut WaterfallState, id: &str, bytes: usize, most: usize) {
    let size = text::bytes(bytes as f64);
    if most == SHORT {
        if ui
            .link(RichText::new(fill(texts().waterfall.show_whole, &[("size", &size)])).font(theme::small()))
            .clicked()
        {
            state.whole.insert(id.to_owned());
        }
    } else {
        let text = fill(texts().waterfall.cut_here_copy_it_to, &[("size", &size)]);
        ui.label(RichText::new(text).font(theme::caption()).color(pane.palette.muted));
    }
}

fn key_value(ui: &mut Ui, pane: &Pane<'_>, key: &str, value: impl FnOnce(&mut Ui)) {
    let width = ui.available_width();
    ui.horizontal_top(|ui| {
        let column = (width * 0.38).min(190.0);
        ui.allocate_ui_with_layout(vec2(column, 0.0), Layout::top_down(Align::LEFT), |ui| {
            ui.set_width(column);
            ui.add(Label::new(key_text(key, pane)).wrap()).on_hover_text(text::name(key, text::LONGEST));
        });
        ui.vertical(value);
    });
}

/// At most `most` characters from the start, and whether that is not all.
fn cut(value: &str, most: usize) -> (&str, bool) {
    match value.char_indices().nth(most) {
        Some((at, _)) => (value.get(..at).unwrap_or(value), true),
        None => (value, false),
    }
}

/// Safe text that keeps its lines.
fn block(value: &str) -> String {
    let lines: Vec<String> = value.lines().map(|l| text::clean(&l.replace('\t', "    "))).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_told_in_words() {
        assert_eq!(flags(0x301), "sampled, parent is remote (0x301)");
        assert_eq!(flags(0x100), "parent is local (0x100)");
        assert_eq!(flags(0x8000), "(0x8000)");
    }

    #[test]
    fn long_values_are_cut_at_a_character() {
        let long = "é".repeat(SHORT + 1);
        let (shown, is_cut) = cut(&long, SHORT);
        assert!(is_cut);
        assert_eq!(shown.chars().count(), SHORT);
        assert_eq!(cut("short", SHORT), ("short", false));
    }

    #[test]
    fn blocks_keep_lines_and_nothing_that_steers() {
        assert_eq!(block("at a\n\tat b\u{7}\u{202E}"), "at a\n    at b␇⟨202E⟩");
    }
}
