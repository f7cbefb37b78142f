//! A list of traces: slow, failed or recent ones, of everything or of what is selected.
use egui::{Align2, Context, FontId, Id, Key, Modifiers, Response, Ui, pos2, vec2};

use super::command::{Command, TraceOrder};
use super::side::Side;
use super::widgets;
use crate::analysis::traces::TraceSummary;
use crate::graph::Snapshot;
use crate::texts::{fill, texts};
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
        widgets::note(ui, texts().side.looking_for_traces, p);
        return;
    };
    if list.traces.is_empty() {
        let failed = side.order == TraceOrder::Failed;
        let chosen = side.picture.chosen.is_some();
        let none = match (failed, chosen) {
            (true, true) => texts().side.none_of_the_chosen_requests,
            (false, true) => texts().side.no_chosen_request_is_here,
            (true, false) => texts().side.no_failed_traces_in_this,
            (false, false) => texts().side.no_traces_in_this_window,
        };
        widgets::note(ui, none, p);
        return;
    }
    if is_stale {
        ui.multiply_opacity(0.5);
    }
    if list.traces.iter().any(|t| t.matched_duration.is_some()) {
        widgets::note(ui, texts().side.how_long_its_calls_took, p);
    }
    ui.spacing_mut().item_spacing.y = 2.0;
    let longest = list.traces.iter().map(length).max().unwrap_or(1).max(1);
    let shown: Vec<Response> =
        list.traces.iter().take(most).map(|t| row(ui, side, snapshot, t, longest, commands)).collect();
    walk(ui, &shown);
    if list.total > most {
        widgets::note(
            ui,
            &fill(texts().side.the_first_of, &[("most", &most), ("all", &text::count(list.total as f64))]),
            p,
        );
    }
}

/// What asks for the keyboard until a list is shown.
fn keyboard() -> Id {
    Id::new("list of traces takes the keyboard")
}

/// The first trace of the next list that is shown gets the keyboard.
pub fn take_keyboard(ctx: &Context) {
    ctx.data_mut(|d| d.insert_temp(keyboard(), true));
}

/// Arrows move from trace to trace, not to whatever lies in that direction.
fn walk(ui: &Ui, shown: &[Response]) {
    let (Some(first), Some(last)) = (shown.first(), shown.len().checked_sub(1)) else { return };
    if ui.data_mut(|d| d.remove_temp::<bool>(keyboard())).is_some() {
        first.request_focus();
        first.scroll_to_me(None);
    }
    let Some(at) = shown.iter().position(Response::has_focus) else { return };
    let filter = egui::EventFilter { vertical_arrows: true, ..Default::default() };
    ui.memory_mut(|m| m.set_focus_lock_filter(shown[at].id, filter));
    let pressed = |key| ui.input_mut(|i| i.consume_key(Modifiers::NONE, key));
    let to = match (pressed(Key::ArrowDown), pressed(Key::ArrowUp)) {
        (true, false) => (at + 1).min(last),
        (false, true) => at.saturating_sub(1),
        _ => return,
    };
    shown[to].request_focus();
    shown[to].scroll_to_me(None);
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
) -> Response {
    let p = &side.palette;
    let name = |s| snapshot.spans.text(s);
    let took = text::duration_ns(length(trace) as f64);
    let failed = trace.is_failed || trace.is_matched_failed;
    let started = side.clock.seconds(trace.start);
    let spoken = fill(
        texts().side.trace_spans_started,
        &[
            ("service", &text::name(name(trace.root_service), 60)),
            ("operation", &text::name(name(trace.root_name), 60)),
            ("took", &took),
            ("spans", &trace.spans),
            ("outcome", &(if failed { texts().side.failed_2 } else { texts().side.no_failure })),
            ("started", &started),
        ],
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
    let errors = if trace.errors > 0 {
        fill(texts().side.failed_3, &[("count", &trace.errors)])
    } else {
        String::new()
    };
    let line = fill(
        texts().side.spans_services,
        &[("started", &started), ("spans", &trace.spans), ("services", &trace.services), ("errors", &errors)],
    );
    // The figure above is of the call that was asked for.
    let mut end = right;
    if trace.matched_duration.is_some() {
        let whole = text::duration_ns(trace.duration.0 as f64);
        let whole = fill(texts().side.of_the_whole_trace, &[("length", &whole)]);
        let at = pos2(right, rect.top() + 29.0);
        end =
            ui.painter().text(at, Align2::RIGHT_CENTER, whole, theme::caption(), p.muted).left() - 2.0 * UNIT;
    }
    let at = pos2(rect.left() + 26.0, rect.top() + 29.0);
    let line = widgets::fit_end(ui, &line, &theme::caption(), (end - at.x).max(40.0));
    ui.painter().text(at, Align2::LEFT_CENTER, line, theme::caption(), p.muted);
    if response.clicked() {
        commands.push(Command::OpenTrace(trace.id, None));
    }
    let of = if trace.matched_duration.is_some() {
        texts().side.the_longest_of_these_calls
    } else {
        texts().side.the_whole_trace
    };
    response.on_hover_text(fill(
        texts().side.started_whole_trace,
        &[
            ("name", &trace.id),
            ("started", &side.clock.exact(trace.start)),
            ("took", &took),
            ("of", &of),
            ("length", &text::duration_ns(trace.duration.0 as f64)),
        ],
    ))
}
