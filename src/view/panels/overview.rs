//! The right panel with nothing selected: the whole system, and what to look at.
use egui::{Align2, Color32, FontId, RichText, Stroke, StrokeKind, Ui, pos2, vec2};

use super::alerts;
use super::attention::Concern;
use super::command::Command;
use super::findings;
use super::notes;
use super::picture::Picture;
use super::side::{Side, figures};
use super::traces;
use super::widgets::{self, health_colour, paint_health};
use crate::export::cards::Question;
use crate::graph::Health;
use crate::texts::{fill, texts};
use crate::view::text;
use crate::view::theme::{self, Palette, RADIUS, UNIT, faded};

/// Concerns shown before "show all".
const FIRST: usize = 6;

/// Shows the overview.
pub fn show(ui: &mut Ui, side: &Side<'_>, commands: &mut Vec<Command>) {
    let (picture, p) = (side.picture, &side.palette);
    ui.label(RichText::new(texts().side.overview).font(theme::title()).color(p.text));
    let graph = &picture.index.graph;
    let services = graph.nodes().filter(|(_, n)| n.is_instrumented).count();
    let line = fill(
        texts().side.traces_2,
        &[
            ("services", &services),
            ("service_word", &plural(services, texts().side.service, texts().side.services)),
            ("edges", &graph.edges().len()),
            ("edge_word", &plural(graph.edges().len(), texts().side.connection, texts().side.connections)),
            ("traces", &text::count(picture.traces as f64)),
        ],
    );
    widgets::note(ui, &line, p);
    ui.add_space(2.0 * UNIT);
    figures(ui, &picture.requests, graph.length(), true, p);
    if picture.traces == 0 && picture.wide_lens.filter.is_some() {
        nothing_left(ui, picture, p, commands);
        return;
    }
    findings::list(ui, side.findings, picture.wide_lens.window, side.clock, p, commands);
    ui.scope(|ui| {
        if side.findings.has_old_alerts {
            ui.multiply_opacity(0.5);
        }
        alerts::show(ui, &side.findings.alerts, side.clock, p, commands);
    });
    // Until health is answered, which tells of the same.
    if side.findings.other(Question::Health).is_none_or(|a| a.told.is_none()) {
        attention(ui, &picture.concerns, picture.traces == 0, p, commands);
    }
    notes::list(ui, side.notes, picture, side.clock, p, commands);
    quality(ui, side);
    let of = if picture.chosen.is_some() { texts().side.chosen } else { texts().side.in_all };
    widgets::heading(ui, texts().side.traces, &format!("{} {of}", text::count(picture.traces as f64)), p);
    traces::show(ui, side, commands);
}

/// That the filter leaves nothing to judge, and the way back.
fn nothing_left(ui: &mut Ui, picture: &Picture, p: &Palette, commands: &mut Vec<Command>) {
    let all = text::count(picture.unfiltered as f64);
    widgets::note(ui, &fill(texts().side.filter_leaves_none, &[("all", &all)]), p);
    if ui.button(texts().start.clear_the_filter).clicked() {
        commands.push(Command::SetFilter(String::new()));
    }
}

fn plural<'a>(n: usize, one: &'a str, many: &'a str) -> &'a str {
    if n == 1 { one } else { many }
}

fn attention(ui: &mut Ui, concerns: &[Concern], is_empty: bool, p: &Palette, commands: &mut Vec<Command>) {
    let count = if concerns.is_empty() { String::new() } else { concerns.len().to_string() };
    widgets::heading(ui, texts().side.needs_attention, &count, p);
    if concerns.is_empty() && is_empty {
        widgets::note(ui, texts().side.there_is_nothing_to_judge, p);
        return;
    }
    if concerns.is_empty() {
        ui.horizontal(|ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(18.0, 20.0), egui::Sense::hover());
            paint_health(ui.painter(), rect.center(), Health::Healthy, 15.0, p);
            widgets::note(ui, texts().side.nothing_stands_out_in_this, p);
        });
        return;
    }
    let id = ui.id().with("all concerns");
    let all = ui.data(|d| d.get_temp::<bool>(id).unwrap_or(false));
    let shown = if all { concerns.len() } else { FIRST.min(concerns.len()) };
    for concern in &concerns[..shown] {
        card(ui, concern, p, commands);
    }
    if concerns.len() > FIRST {
        let label = if all {
            texts().side.show_fewer.to_owned()
        } else {
            fill(texts().side.show_more, &[("count", &(concerns.len() - FIRST))])
        };
        if ui.button(RichText::new(label).font(theme::small())).clicked() {
            ui.data_mut(|d| d.insert_temp(id, !all));
        }
    }
}

fn card(ui: &mut Ui, concern: &Concern, p: &Palette, commands: &mut Vec<Command>) {
    let width = ui.available_width();
    let room = width - 34.0 - 10.0;
    let origin = if concern.is_origin { texts().side.the_trail_ends_here } else { "" };
    let facts = text::name(&format!("{}{origin}", concern.facts), 240);
    let galley = ui.painter().layout(facts, theme::small(), p.muted, room);
    let height = 30.0 + galley.size().y + 8.0;
    let spoken = concern.sentence();
    let (rect, response) = widgets::row(ui, height, &spoken, false, p);
    let colour = health_colour(concern.health, p);
    let fill = if response.hovered() { p.hover } else { p.raised };
    let painter = ui.painter();
    painter.rect(rect, RADIUS, fill, Stroke::new(1.0, faded(colour, 0.45)), StrokeKind::Inside);
    paint_health(painter, rect.min + vec2(18.0, 18.0), concern.health, 16.0, p);
    let subject = widgets::fit_both(ui, &concern.subject, &theme::body(), room);
    let at = pos2(rect.left() + 34.0, rect.top() + 18.0);
    painter_text(ui, at, &subject, theme::body(), p.text);
    ui.painter().galley(pos2(rect.left() + 34.0, rect.top() + 30.0), galley, p.muted);
    if response.clicked() {
        commands.push(Command::Select(Some(concern.item.clone())));
    }
    if concern.is_origin {
        response.on_hover_text(texts().side.nothing_that_it_calls_is);
    }
}

fn painter_text(ui: &Ui, at: egui::Pos2, text: &str, font: FontId, colour: Color32) {
    ui.painter().text(at, Align2::LEFT_CENTER, text, font, colour);
}

/// Gaps in the data, named.
fn quality(ui: &mut Ui, side: &Side<'_>) {
    let p = &side.palette;
    let q = side.picture.snapshot.calls.quality();
    let found = [
        (q.orphans, texts().side.spans_whose_parent_was_not),
        (q.cycles, texts().side.spans_in_a_cycle_of),
        (q.negative, texts().side.spans_that_end_before_they),
        (q.undated, texts().side.spans_without_a_start_time),
        (q.nameless, texts().side.spans_of_senders_without_a),
    ];
    if found.iter().all(|f| f.0 == 0) {
        return;
    }
    widgets::heading(ui, texts().side.gaps_in_the_data, "", p);
    for (count, what) in found.into_iter().filter(|f| f.0 > 0) {
        widgets::note(ui, &format!("{} {what}", text::count(count as f64)), p);
    }
}
