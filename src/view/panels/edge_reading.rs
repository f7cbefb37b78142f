//! The parts of the edge panel that need each call: where the time goes, how long calls take, operations, retries,
//! time in a queue, examples.
use egui::{Align2, Color32, Rect, RichText, Sense, Stroke, Ui, WidgetInfo, WidgetType, pos2, vec2};

use super::command::Command;
use super::widgets;
use crate::analysis::edge_reading::{Bar, EdgeReading, ExampleCall, ExampleOf, OperationReading};
use crate::graph::Red;
use crate::texts::{fill, texts};
use crate::view::text;
use crate::view::theme::{self, Palette, UNIT, faded};

/// Operations shown at once.
const FIRST: usize = 5;

/// Shows all of them; `calls` are the edge's, however they were seen.
pub(super) fn show(
    ui: &mut Ui,
    reading: &EdgeReading,
    calls: &Red,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    if reading.is_from_queue {
        queued(ui, reading, p);
    }
    if reading.paired > 0 {
        sides(ui, reading, calls, p);
    } else {
        widgets::heading(ui, texts().side.where_the_time_goes, "", p);
        widgets::note(ui, texts().side.one_side_sends_no_spans, p);
    }
    histogram(ui, &reading.histogram, calls, p);
    examples(ui, &reading.examples, commands);
    operations(ui, reading, p);
    retries(ui, reading, calls, p);
}

fn two(red: &Red) -> (String, String) {
    (widgets::duration(red.quantile(0.5)), widgets::duration(red.quantile(0.95)))
}

/// How long messages waited in the queue.
pub(super) fn queued(ui: &mut Ui, reading: &EdgeReading, p: &Palette) {
    widgets::heading(ui, texts().side.time_in_queue, "", p);
    let red = &reading.in_queue;
    if red.is_empty() {
        let why = texts().side.not_known_no_message_names;
        widgets::note(ui, why, p);
        return;
    }
    let card = |value, label| widgets::Figure {
        value: widgets::duration(value),
        label,
        colour: p.text,
        exact: texts().side.from_the_end_of_sending.to_owned(),
    };
    let all = [
        card(red.quantile(0.5), "p50"),
        card(red.quantile(0.95), "p95"),
        card(red.longest(), texts().side.longest),
    ];
    widgets::figures(ui, &all, p);
    let of =
        fill(texts().side.messages_whose_sender_is_known, &[("count", &text::count(red.observed as f64))]);
    widgets::note(ui, &of, p);
}

/// Caller, callee and the gap between them, as bars of one scale.
fn sides(ui: &mut Ui, reading: &EdgeReading, calls: &Red, p: &Palette) {
    let of = fill(
        texts().side.of_calls,
        &[("part", &text::count(reading.paired as f64)), ("all", &text::count(calls.observed as f64))],
    );
    widgets::heading(ui, texts().side.where_the_time_goes, &of, p);
    let longest = reading.caller.quantile(0.95).or(reading.callee.quantile(0.95));
    let scale = longest.map_or(1.0, |n| n.0.max(1) as f64);
    let rows = [
        (texts().side.caller_waits, &reading.caller, p.text, texts().side.as_the_callers_spans_tell),
        (texts().side.callee_works, &reading.callee, p.accent, texts().side.as_the_callees_spans_tell),
        (
            texts().side.gap_between,
            &reading.gap,
            p.warning,
            texts().side.network_queueing_connection_pools_callers,
        ),
    ];
    for (name, red, colour, hint) in rows {
        let (p50, p95) = two(red);
        let share = red.quantile(0.95).map_or(0.0, |n| n.0 as f64 / scale).min(1.0) as f32;
        let spoken = format!("{name}: p50 {p50}, p95 {p95}");
        line(ui, name, (&format!("p50 {p50}"), &format!("p95 {p95}")), (share, colour), &spoken, p)
            .on_hover_text(hint);
    }
    if reading.outlasted > 0 {
        let n = text::count(reading.outlasted as f64);
        widgets::note(ui, &fill(texts().side.in_calls_the_callee_worked, &[("count", &n)]), p);
    }
}

fn line(
    ui: &mut Ui,
    name: &str,
    (p50, p95): (&str, &str),
    (share, colour): (f32, Color32),
    spoken: &str,
    p: &Palette,
) -> egui::Response {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 26.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, spoken));
    let painter = ui.painter();
    let y = rect.top() + 9.0;
    painter.text(pos2(rect.left(), y), Align2::LEFT_CENTER, name, theme::small(), p.text);
    painter.text(pos2(rect.right(), y), Align2::RIGHT_CENTER, p95, theme::small(), p.text);
    painter.text(pos2(rect.right() - 92.0, y), Align2::RIGHT_CENTER, p50, theme::small(), p.muted);
    let track =
        Rect::from_min_max(pos2(rect.left(), rect.bottom() - 5.0), pos2(rect.right(), rect.bottom() - 2.0));
    painter.rect_filled(track, 1, p.border);
    let part = Rect::from_min_size(track.min, vec2(track.width() * share, track.height()));
    painter.rect_filled(part, 1, colour);
    response
}

/// What a histogram says, in a sentence.
pub(super) fn summary(bars: &[Bar]) -> String {
    let all: f64 = bars.iter().map(|b| b.fine + b.failed).sum();
    let failed: f64 = bars.iter().map(|b| b.failed).sum();
    let most = bars.iter().max_by(|a, b| (a.fine + a.failed).total_cmp(&(b.fine + b.failed)));
    let (Some(first), Some(last), Some(most)) = (bars.first(), bars.last(), most) else {
        return texts().side.no_call_has_a_duration.to_owned();
    };
    let length = |n: crate::model::Nanos| text::duration_ns(n.0 as f64);
    let failures = if failed > 0.0 {
        fill(texts().side.of_them_failed, &[("count", &text::count(failed))])
    } else {
        String::new()
    };
    fill(
        texts().side.latency_of_calls_to_most,
        &[
            ("count", &text::count(all)),
            ("least", &length(first.from)),
            ("most", &length(last.to)),
            ("from", &length(most.from)),
            ("to", &length(most.to)),
            ("failures", &failures),
        ],
    )
}

fn histogram(ui: &mut Ui, bars: &[Bar], calls: &Red, p: &Palette) {
    if bars.is_empty() {
        return;
    }
    widgets::heading(ui, texts().side.how_long_calls_take, "", p);
    let (full, response) = ui.allocate_exact_size(vec2(ui.available_width(), 86.0), Sense::hover());
    let spoken = summary(bars);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, &spoken));
    let area = Rect::from_min_max(full.min + vec2(0.0, 14.0), full.max - vec2(0.0, 15.0));
    let painter = ui.painter();
    let most = bars.iter().map(|b| b.fine + b.failed).fold(1e-9, f64::max);
    let width = area.width() / bars.len() as f32;
    painter.hline(area.x_range(), area.bottom(), Stroke::new(1.0, p.border));
    for (i, bar) in bars.iter().enumerate() {
        let left = area.left() + i as f32 * width;
        let right = left + (width - 1.0).max(1.0);
        let high = |n: f64| if n > 0.0 { ((n / most) as f32 * area.height()).max(1.5) } else { 0.0 };
        let (fine, failed) = (high(bar.fine), high(bar.failed));
        let column = |from: f32, to: f32| {
            Rect::from_min_max(pos2(left, area.bottom() - to), pos2(right, area.bottom() - from))
        };
        painter.rect_filled(column(0.0, fine), 1, faded(p.accent, 0.75));
        painter.rect_filled(column(fine, fine + failed), 1, p.critical);
    }
    scale(ui, area, bars, p);
    // Where on the logarithmic scale the percentiles stand.
    let (Some(first), Some(last)) = (bars.first(), bars.last()) else { return };
    let log = |n: i64| (n.max(1) as f64).ln();
    let span = (log(last.to.0) - log(first.from.0)).max(1e-9);
    let mut taken = f32::NEG_INFINITY;
    for (q, name) in [(0.5, "p50"), (0.95, "p95")] {
        let Some(at) = calls.quantile(q) else { continue };
        let share = ((log(at.0) - log(first.from.0)) / span).clamp(0.0, 1.0) as f32;
        let x = area.left() + share * area.width();
        painter.vline(x, egui::Rangef::new(full.top() + 12.0, area.bottom()), Stroke::new(1.0, p.text));
        let galley = painter.layout_no_wrap(name.to_owned(), theme::caption(), p.muted);
        let left = (x - galley.size().x / 2.0).clamp(area.left(), area.right() - galley.size().x);
        if left > taken {
            taken = left + galley.size().x + 4.0;
            painter.galley(pos2(left, full.top() - 1.0), galley, p.muted);
        }
    }
    if let Some(at) = response.hover_pos() {
        let i = (((at.x - area.left()) / width) as usize).min(bars.len() - 1);
        let told = summary(&bars[i..=i]);
        response.on_hover_text(told);
    }
}

fn scale(ui: &Ui, area: Rect, bars: &[Bar], p: &Palette) {
    let (Some(first), Some(last)) = (bars.first(), bars.last()) else { return };
    let y = area.bottom() + 8.0;
    for (x, align, at) in
        [(area.left(), Align2::LEFT_CENTER, first.from), (area.right(), Align2::RIGHT_CENTER, last.to)]
    {
        let name = text::duration_ns(at.0 as f64);
        ui.painter().text(pos2(x, y), align, name, theme::caption(), p.muted);
    }
    let middle = texts().side.logarithmic;
    ui.painter().text(pos2(area.center().x, y), Align2::CENTER_CENTER, middle, theme::caption(), p.faint);
}

/// Ways to calls worth a look.
fn examples(ui: &mut Ui, examples: &[ExampleCall], commands: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        for call in examples {
            let name = match call.of {
                ExampleOf::Typical => texts().side.typical_call,
                ExampleOf::Slow => texts().side.slowest,
                ExampleOf::Failed => texts().side.slowest_failed,
            };
            let label = format!("{name} · {}", text::duration_ns(call.duration.0 as f64));
            let button = ui.button(RichText::new(&label).font(theme::small()));
            if button.on_hover_text(texts().side.opens_its_trace).clicked() {
                commands.push(Command::OpenTrace(call.trace, Some(call.span)));
            }
        }
    });
}

fn operations(ui: &mut Ui, reading: &EdgeReading, p: &Palette) {
    let count = reading.operations.len() + reading.more_operations;
    if count == 0 {
        return;
    }
    widgets::heading(ui, texts().side.operations, &count.to_string(), p);
    let id = ui.id().with("all operations");
    let is_all = ui.data(|d| d.get_temp::<bool>(id).unwrap_or(false));
    let shown = if is_all { reading.operations.len() } else { FIRST.min(reading.operations.len()) };
    let words = &texts().side;
    let heads = [words.calls, words.errors, "p95"].map(|h| (h.to_owned(), p.muted));
    cells(ui, RichText::new(words.operation).font(theme::caption()).color(p.muted), "", heads);
    for operation in reading.operations.iter().take(shown) {
        row(ui, operation, p);
    }
    let hidden = reading.operations.len() - shown;
    if hidden > 0 && ui.link(fill(texts().side.more, &[("count", &hidden)])).clicked() {
        ui.data_mut(|d| d.insert_temp(id, true));
    }
    if shown == reading.operations.len() && reading.more_operations > 0 {
        widgets::note(
            ui,
            &fill(texts().side.and_that_are_called_less, &[("count", &reading.more_operations)]),
            p,
        );
    }
}

fn row(ui: &mut Ui, operation: &OperationReading, p: &Palette) {
    let red = &operation.red;
    let name = if operation.name.is_empty() { texts().side.no_name } else { &operation.name };
    let room = ui.available_width() - FIGURES as f32 * FIGURE;
    let short = widgets::fit(ui, name, &theme::small(), room.max(60.0));
    let figures = [
        (text::count(red.calls()), p.muted),
        (widgets::errors(red), widgets::error_colour(red, p)),
        (widgets::duration(red.quantile(0.95)), p.muted),
    ];
    let short = RichText::new(short).font(theme::small()).color(p.text);
    cells(ui, short, &text::name(name, 300), figures);
}

/// Columns of figures, and how wide each is, in points.
const FIGURES: usize = 3;
const FIGURE: f32 = 52.0;

/// A line of the table: the name has what room the figures leave.
fn cells(ui: &mut Ui, name: RichText, whole: &str, figures: [(String, Color32); FIGURES]) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let height = 18.0;
        let room = ui.available_width() - FIGURES as f32 * FIGURE;
        let left = egui::Layout::left_to_right(egui::Align::Center);
        let right = egui::Layout::right_to_left(egui::Align::Center);
        ui.allocate_ui_with_layout(vec2(room.max(60.0), height), left, |ui| {
            ui.set_min_width(room.max(60.0));
            let label = ui.label(name);
            if !whole.is_empty() {
                label.on_hover_text(whole);
            }
        });
        for (value, colour) in figures {
            ui.allocate_ui_with_layout(vec2(FIGURE, height), right, |ui| {
                ui.set_min_width(FIGURE);
                ui.label(RichText::new(value).font(theme::small()).color(colour));
            });
        }
    });
}

fn retries(ui: &mut Ui, reading: &EdgeReading, calls: &Red, p: &Palette) {
    if reading.retries <= 0.0 {
        return;
    }
    ui.add_space(UNIT);
    let share = reading.retries / calls.calls().max(1e-9);
    let sentence = fill(
        texts().side.of_the_calls_repeat_one,
        &[("count", &text::count(reading.retries)), ("share", &text::percent(share))],
    );
    ui.label(RichText::new(sentence).font(theme::small()).color(p.warning));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Nanos;

    #[test]
    fn a_histogram_is_told_in_a_sentence() {
        let bar = |from: i64, fine, failed| Bar {
            from: Nanos::from_millis(from),
            to: Nanos::from_millis(2 * from),
            fine,
            failed,
        };
        let all = [bar(1, 10.0, 0.0), bar(2, 80.0, 2.0), bar(4, 5.0, 3.0)];
        assert_eq!(
            summary(&all),
            "Latency of 100 calls, 1 ms to 8 ms, most often 2 ms to 4 ms, 5 of them failed"
        );
        assert_eq!(summary(&[]), "No call has a duration");
    }
}
