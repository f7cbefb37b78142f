//! The right panel for a selected edge: the calls from one node to another.
use egui::Ui;

use super::command::{Command, Item, Tab};
use super::edge_reading;
use super::side::{self, Side};
use super::{traces, widgets};
use crate::export::map::timeout_text;
use crate::export::names::shown_name;
use crate::graph::{Outcome, Red};
use crate::model::EdgeId;
use crate::texts::{fill, texts};
use crate::view::text;
use crate::view::theme::Palette;
use crate::view::words;

/// Shows the edge.
pub fn show(ui: &mut Ui, side: &Side<'_>, id: EdgeId, commands: &mut Vec<Command>) {
    let (graph, p) = (&side.picture.index.graph, &side.palette);
    let (Some(edge), Some((from, to))) = (graph.edge(id), graph.ends(id)) else { return };
    let line = fill(
        texts().side.calls_2,
        &[("calls", &words::edge_kind(edge.kind)), ("rate", &widgets::calls(&edge.red))],
    );
    side::title(
        ui,
        edge.health,
        (&side.picture.name(from), Some(&side.picture.name(to))),
        &line,
        p,
        commands,
    );
    side::figures(ui, &edge.red, graph.length(), false, p);
    let ends = [(texts().side.from, from), (texts().side.to, to)];
    widgets::heading(ui, texts().side.caller_and_callee, "", p);
    for (_, end) in ends {
        let Some(node) = graph.node(end) else { continue };
        let figures = [
            (widgets::duration(node.red.quantile(0.95)), p.muted),
            (widgets::errors(&node.red), widgets::error_colour(&node.red, p)),
        ];
        if side::link(ui, (None, Some(node.kind)), &shown_name(node), &figures, p).clicked() {
            commands.push(Command::Select(Some(Item::Node(node.id.clone()))));
        }
    }
    outcomes(ui, &edge.red, p);
    let id_of = |n| graph.node(n).map(|n| n.id.clone()).unwrap_or_default();
    let item = Item::Edge(id_of(from), id_of(to));
    if let Some(timeout) = side.details.filter(|d| d.item == item).and_then(|d| d.timeout.as_ref()) {
        let of = text::count(timeout.calls);
        widgets::note(
            ui,
            &fill(
                texts().side.failed_calls_lasted_as_long,
                &[("limit", &timeout_text(timeout)), ("count", &of)],
            ),
            p,
        );
    }
    if let Some((_, reading)) = side.reading.filter(|r| r.0 == item) {
        edge_reading::show(ui, reading, &edge.red, p, commands);
    }
    widgets::heading(ui, texts().side.over_time, "", p);
    side::charts(ui, side, &item);
    side::tabs(ui, side, &[Tab::Traces], commands);
    traces::show(ui, side, commands);
}

/// Failures by class, the most frequent first.
fn outcomes(ui: &mut Ui, red: &Red, p: &Palette) {
    if red.errors() <= 0.0 && red.timeouts() <= 0.0 {
        return;
    }
    widgets::heading(
        ui,
        texts().side.how_calls_fail,
        &fill(texts().side.of, &[("part", &text::count(red.errors())), ("all", &text::count(red.calls()))]),
        p,
    );
    let mut found: Vec<Outcome> = Outcome::FAILURES.into_iter().filter(|o| red.count(*o) > 0.0).collect();
    found.sort_by(|a, b| red.count(*b).total_cmp(&red.count(*a)));
    for outcome in found {
        let count = red.count(outcome);
        let share = if red.calls() > 0.0 { count / red.calls() } else { 0.0 };
        bar(ui, widgets::outcome_words(outcome), count, share, p);
    }
}

fn bar(ui: &mut Ui, name: &str, count: f64, share: f64, p: &Palette) {
    let width = ui.available_width();
    let (rect, response) = ui.allocate_exact_size(egui::vec2(width, 22.0), egui::Sense::hover());
    let spoken = format!("{name}: {}", text::count(count));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Label, true, &spoken));
    let font = crate::view::theme::small();
    let painter = ui.painter();
    let middle = rect.center().y;
    painter.text(egui::pos2(rect.left(), middle), egui::Align2::LEFT_CENTER, name, font.clone(), p.text);
    let figure = format!("{} · {}", text::count(count), text::percent(share));
    painter.text(egui::pos2(rect.right(), middle), egui::Align2::RIGHT_CENTER, figure, font, p.muted);
    let track = egui::Rect::from_min_max(egui::pos2(rect.left(), rect.bottom() - 2.0), rect.max);
    painter.rect_filled(track, 1, p.border);
    let part = egui::Rect::from_min_size(track.min, egui::vec2(width * share as f32, 2.0));
    painter.rect_filled(part, 1, p.critical);
}
