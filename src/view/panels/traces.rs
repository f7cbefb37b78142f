//! A list of traces: slow, failed or recent ones, of everything or of what is selected.
use egui::{Align2, FontId, Sense, Ui, pos2, vec2};

use super::command::{Command, TraceOrder};
use super::side::Side;
use super::widgets;
use crate::analysis::traces::TraceSummary;
use crate::graph::Snapshot;
use crate::view::fonts::filled_icons;
use crate::view::text;
use crate::view::theme::{self, UNIT, faded};

/// Height of a row, in points.
const ROW: f32 = 42.0;
/// Rows shown; the panel scrolls as a whole.
pub const SHOWN: usize = 60;

/// Shows the list with its three orders.
pub fn show(ui: &mut Ui, side: &Side<'_>, commands: &mut Vec<Command>) {
    let p = &side.palette;
    let all = TraceOrder::ALL.map(|o| (o, o.name()));
    if let Some(order) = widgets::choice(ui, &all, side.order, p) {
        commands.push(Command::SetOrder(order));
    }
    ui.add_space(UNIT);
    rows(ui, side, SHOWN, commands);
}

/// The first `most` traces of the list.
pub fn rows(ui: &mut Ui, side: &Side<'_>, most: usize, commands: &mut Vec<Command>) {
    let p = &side.palette;
    let Some((snapshot, list, is_stale)) = side.traces else {
        widgets::note(ui, "Looking for traces…", p);
        return;
    };
    if list.traces.is_empty() {
        let failed = side.order == TraceOrder::Failed;
        let chosen = side.picture.chosen.is_some();
        let none = match (failed, chosen) {
            (true, true) => "None of the chosen requests failed.",
            (false, true) => "No chosen request is here.",
            (true, false) => "No failed traces in this window.",
            (false, false) => "No traces in this window.",
        };
        widgets::note(ui, none, p);
        return;
    }
    if is_stale {
        ui.multiply_opacity(0.5);
    }
    ui.spacing_mut().item_spacing.y = 2.0;
    let longest = list.traces.iter().map(length).max().unwrap_or(1).max(1);
    for trace in list.traces.iter().take(most) {
        row(ui, side, snapshot, trace, longest, commands);
    }
    if list.total > most {
        widgets::note(ui, &format!("The first {most} of {}", text::count(list.total as f64)), p);
    }
}

fn length(trace: &TraceSummary) -> i64 {
    trace.matched_duration.unwrap_or(trace.duration).0
}

fn row(
    ui: &mut Ui,
    side: &Side<'_>,
    snapshot: &Snapshot,
    trace: &TraceSummary,
    longest: i64,
    commands: &mut Vec<Command>,
) {
    let p = &side.palette;
    let name = |s| snapshot.spans.text(s);
    let took = text::duration_ns(length(trace) as f64);
    let failed = trace.is_failed || trace.is_matched_failed;
    let started = side.clock.seconds(trace.start);
    let spoken = format!(
        "Trace {} {}, {took}, {} spans, {}, started {started}",
        text::name(name(trace.root_service), 60),
        text::name(name(trace.root_name), 60),
        trace.spans,
        if failed { "failed" } else { "no failure" }
    );
    let (rect, response) = widgets::row(ui, ROW, &spoken, side.open == Some(trace.id), p);
    let colour = if failed { p.critical } else { p.faint };
    let icon = if failed { egui_phosphor::fill::X_CIRCLE } else { egui_phosphor::fill::CIRCLE };
    let size = if failed { 14.0 } else { 7.0 };
    let painter = ui.painter();
    let sign = pos2(rect.left() + 12.0, rect.top() + 14.0);
    painter.text(sign, Align2::CENTER_CENTER, icon, FontId::new(size, filled_icons()), colour);
    let share = length(trace) as f32 / longest as f32;
    let track = pos2(rect.left() + 26.0, rect.bottom() - 4.0);
    let bar = egui::Rect::from_min_size(track, vec2((rect.width() - 34.0) * share.max(0.01), 2.0));
    painter.rect_filled(bar, 1, faded(if failed { p.critical } else { p.edge }, 0.8));
    let right = rect.right() - 8.0;
    painter.text(pos2(right, rect.top() + 14.0), Align2::RIGHT_CENTER, &took, theme::body(), p.text);
    let title = format!("{} {}", name(trace.root_service), name(trace.root_name));
    let title = widgets::fit_end(ui, &title, &theme::body(), rect.width() - 26.0 - 74.0);
    let at = pos2(rect.left() + 26.0, rect.top() + 14.0);
    ui.painter().text(at, Align2::LEFT_CENTER, title, theme::body(), p.text);
    let errors = if trace.errors > 0 { format!(" · {} failed", trace.errors) } else { String::new() };
    let line = format!("{started} · {} spans · {} services{errors}", trace.spans, trace.services);
    let at = pos2(rect.left() + 26.0, rect.top() + 29.0);
    ui.painter().text(at, Align2::LEFT_CENTER, line, theme::caption(), p.muted);
    if response.clicked() {
        commands.push(Command::OpenTrace(trace.id, None));
    }
    let of =
        if trace.matched_duration.is_some() { "the longest of these calls in it" } else { "the whole trace" };
    response.interact(Sense::hover()).on_hover_text(format!(
        "{}\nStarted {}\n{took}: {of}; whole trace {}",
        trace.id,
        side.clock.exact(trace.start),
        text::duration_ns(trace.duration.0 as f64)
    ));
}
