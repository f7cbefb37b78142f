//! The right panel with nothing selected: the whole system, and what to look at.
use egui::{Align2, Color32, FontId, RichText, Stroke, StrokeKind, Ui, pos2, vec2};

use super::alerts;
use super::attention::Concern;
use super::command::Command;
use super::findings;
use super::notes;
use super::side::{Side, figures};
use super::traces;
use super::widgets::{self, health_colour, paint_health};
use crate::export::cards::Question;
use crate::graph::Health;
use crate::view::text;
use crate::view::theme::{self, Palette, RADIUS, UNIT, faded};

/// Concerns shown before "show all".
const FIRST: usize = 6;

/// Shows the overview.
pub fn show(ui: &mut Ui, side: &Side<'_>, commands: &mut Vec<Command>) {
    let (picture, p) = (side.picture, &side.palette);
    ui.label(RichText::new("Overview").font(theme::title()).color(p.text));
    let graph = &picture.index.graph;
    let services = graph.nodes().filter(|(_, n)| n.is_instrumented).count();
    let line = format!(
        "{services} {} · {} {} · {} traces",
        plural(services, "service", "services"),
        graph.edges().len(),
        plural(graph.edges().len(), "connection", "connections"),
        text::count(picture.traces as f64)
    );
    widgets::note(ui, &line, p);
    ui.add_space(2.0 * UNIT);
    figures(ui, &picture.requests, graph.length(), true, p);
    findings::list(ui, side.findings, side.clock, p, commands);
    alerts::show(ui, side.findings.alerts(), side.clock, p, commands);
    // Until health is answered, which tells of the same.
    if side.findings.other(Question::Health).is_none_or(|a| a.told.is_none()) {
        attention(ui, &picture.concerns, picture.traces == 0, p, commands);
    }
    notes::list(ui, side.notes, picture, side.clock, p, commands);
    quality(ui, side);
    let of = if picture.chosen.is_some() { "chosen" } else { "in all" };
    widgets::heading(ui, "Traces", &format!("{} {of}", text::count(picture.traces as f64)), p);
    traces::show(ui, side, commands);
}

fn plural<'a>(n: usize, one: &'a str, many: &'a str) -> &'a str {
    if n == 1 { one } else { many }
}

fn attention(ui: &mut Ui, concerns: &[Concern], is_empty: bool, p: &Palette, commands: &mut Vec<Command>) {
    let count = if concerns.is_empty() { String::new() } else { concerns.len().to_string() };
    widgets::heading(ui, "Needs attention", &count, p);
    if concerns.is_empty() && is_empty {
        widgets::note(ui, "There is nothing to judge.", p);
        return;
    }
    if concerns.is_empty() {
        ui.horizontal(|ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(18.0, 20.0), egui::Sense::hover());
            paint_health(ui.painter(), rect.center(), Health::Healthy, 15.0, p);
            widgets::note(ui, "Nothing stands out in this window.", p);
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
        let label =
            if all { "Show fewer".to_owned() } else { format!("Show {} more", concerns.len() - FIRST) };
        if ui.button(RichText::new(label).font(theme::small())).clicked() {
            ui.data_mut(|d| d.insert_temp(id, !all));
        }
    }
}

fn card(ui: &mut Ui, concern: &Concern, p: &Palette, commands: &mut Vec<Command>) {
    let width = ui.available_width();
    let room = width - 34.0 - 10.0;
    let origin = if concern.is_origin { ". The trail ends here." } else { "" };
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
        response.on_hover_text("Nothing that it calls is unhealthy in this window");
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
        (q.orphans, "spans whose parent was not received"),
        (q.cycles, "spans in a cycle of parents"),
        (q.negative, "spans that end before they start"),
        (q.undated, "spans without a start time"),
        (q.nameless, "spans of senders without a service name"),
    ];
    if found.iter().all(|f| f.0 == 0) {
        return;
    }
    widgets::heading(ui, "Gaps in the data", "", p);
    for (count, what) in found.into_iter().filter(|f| f.0 > 0) {
        widgets::note(ui, &format!("{} {what}", text::count(count as f64)), p);
    }
}
