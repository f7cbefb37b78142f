//! Sheets over the window: the keys, what was lost, a path to type.
use egui::{Context, FontId, Grid, Modal, RichText, Ui};

use super::command::{Command, Sheet};
use super::status::losses;
use super::widgets;
use crate::store::Counters;
use crate::view::text;
use crate::view::theme::{self, Palette, UNIT};

/// Keys and what they do.
const KEYS: &[(&str, &str)] = &[
    ("Ctrl + K", "Every command, service and trace, by a few letters of its name"),
    ("Esc", "Close what is on top: sheet, trace, chosen requests, selection, window"),
    ("Alt + ←", "Back to where you were"),
    ("Alt + →", "Forward again"),
    ("Ctrl + F", "Find on the map, or filter the data"),
    ("Enter, Shift + Enter", "In the box: to the next name that was found, to the previous one"),
    ("Ctrl + Enter", "In the box: filter the data by the word; Tab: complete it"),
    ("G, Shift + G", "Collapse or expand the group of the selection, all groups"),
    ("H", "Hide what is selected"),
    ("Alt + 1 2 3", "Focus: show so many hops around the selection"),
    ("Alt + 4", "Focus: show where the requests of the selection go and come from"),
    ("Alt + 0", "Leave the focus"),
    ("Ctrl + Z", "Undo what hides, collapses or filters"),
    ("Ctrl + O", "Open files"),
    ("F", "Show the whole map"),
    ("M, L", "Show or hide the minimap; explain every sign of the map"),
    ("N, then arrows", "Walk over the map from node to node; Enter selects"),
    (
        "Edges, upper right",
        "What width, colour and label of edges mean; the legend says it (also in Ctrl + K)",
    ),
    ("1 2 3 4 5", "Arrange the map: flow, force, layered, rings around the selection, grid"),
    ("C", "Compare the window with as long before it, on the map; again: leave"),
    ("Shift + drag", "On the timeline: compare that time with the window"),
    ("Space", "Replay the requests, or stop there; while live data comes in: pause it"),
    ("R", "Replay backwards, and forwards again"),
    ("[  ]", "Slower, faster: 0.1× to 1000×"),
    ("E, Shift + E", "To the next failed request, to the previous one"),
    ("D, Shift + D", "To the next deployment, to the previous one"),
    ("← → Home End", "In a replay: a bar of the timeline back or on, to the start, to the end"),
    ("Tab", "Next control, node or edge; with Shift: the one before"),
    ("Enter", "Select what has the focus"),
    ("Wheel, drag", "Zoom and move the map; drag a node to pin it"),
    ("Ctrl + + − 0", "Larger text, smaller text, the usual size"),
    ("?", "This list"),
];

/// The search language by example.
const GRAMMAR: [(&str, &str); 9] = [
    ("cart pay", "both words, in the name of the service or of the operation"),
    ("error   root", "a failed span; a span without a parent"),
    ("a OR (b AND NOT c)", "OR binds less than AND, which may be left out"),
    ("service:cart  kind:server", "holds it; = is it exactly, != is not"),
    ("dur>200ms  dur:100ms..2s", "longer; between, either end may be left out"),
    ("http.status_code:500..599", "any attribute; also < <= > >="),
    ("name~/GET .*items/", "a regular expression; !~ for its opposite"),
    ("resource.k8s.pod.name=a-1", "of the resource alone; span. and event. likewise"),
    ("event:exception", "an event of that name"),
];

/// Shows the sheet that is open; `path` is the text of the path sheet.
pub fn show(
    ctx: &Context,
    sheet: Sheet,
    counters: &Counters,
    path: &mut String,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    let response = Modal::new(egui::Id::new("sheet")).show(ctx, |ui| {
        ui.set_width(if sheet == Sheet::Keys { 640.0 } else { 440.0 });
        let title = match sheet {
            Sheet::Keys | Sheet::Commands => "Keys",
            Sheet::Losses => "What was lost",
            Sheet::Path => "Open a path",
            Sheet::Save(_) | Sheet::Note => return,
            Sheet::ReportPath => "Save the report",
        };
        ui.label(RichText::new(title).font(theme::title()).color(p.text));
        ui.add_space(2.0 * UNIT);
        match sheet {
            Sheet::Keys | Sheet::Commands => keys(ui, p),
            Sheet::Losses => lost(ui, counters, p),
            Sheet::Save(_) | Sheet::Note => {}
            Sheet::Path | Sheet::ReportPath => type_path(ui, sheet, path, p, commands),
        }
        ui.add_space(3.0 * UNIT);
        if ui.button("Close").clicked() {
            commands.push(Command::Toggle(sheet));
        }
    });
    if response.backdrop_response.clicked() {
        commands.push(Command::Toggle(sheet));
    }
}

fn keys(ui: &mut Ui, p: &Palette) {
    Grid::new("keys").num_columns(2).spacing([24.0, 8.0]).show(ui, |ui| {
        for &(key, what) in KEYS {
            ui.label(RichText::new(widgets::with_arrows(key)).font(FontId::monospace(12.0)).color(p.text));
            ui.label(RichText::new(what).font(theme::small()).color(p.muted));
            ui.end_row();
        }
    });
    ui.add_space(2.0 * UNIT);
    widgets::note(ui, "Filters, in the box and in --filter", p);
    Grid::new("grammar").num_columns(2).spacing([24.0, 4.0]).show(ui, |ui| {
        for (example, what) in GRAMMAR {
            ui.label(RichText::new(example).font(FontId::monospace(12.0)).color(p.text));
            ui.label(RichText::new(what).font(theme::small()).color(p.muted));
            ui.end_row();
        }
    });
}

fn lost(ui: &mut Ui, counters: &Counters, p: &Palette) {
    let all = losses(counters);
    if all.is_empty() {
        widgets::note(ui, "Nothing: every span that arrived is stored, or was a duplicate.", p);
    }
    let total = counters.total();
    Grid::new("losses").num_columns(2).spacing([24.0, 6.0]).show(ui, |ui| {
        let line = |ui: &mut Ui, what: &str, count: u64, colour| {
            ui.label(RichText::new(what).font(theme::body()).color(p.text));
            let figure = RichText::new(count.to_string()).font(theme::body()).color(colour);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| ui.label(figure));
            ui.end_row();
        };
        for (what, count) in &all {
            line(ui, what, *count, p.warning);
        }
        line(ui, "Received", total.received, p.muted);
        line(ui, "Stored", total.stored, p.muted);
        line(ui, "Duplicates", total.duplicates, p.muted);
        line(ui, "In store now", counters.in_store, p.muted);
        line(ui, "Cleared by you", counters.cleared, p.muted);
    });
    let notes = counters.sources.values().flat_map(|s| s.notes.iter()).filter(|n| n.is_loss).take(8);
    for note in notes {
        ui.label(RichText::new(text::name(&note.text, 300)).font(theme::small()).color(p.warning));
    }
}

fn type_path(ui: &mut Ui, sheet: Sheet, path: &mut String, p: &Palette, commands: &mut Vec<Command>) {
    let is_report = sheet == Sheet::ReportPath;
    widgets::note(ui, if is_report { "A file to write, as Markdown." } else { "A file or a folder." }, p);
    let hint = if is_report { "incident-review.md" } else { "" };
    let response = ui.add(egui::TextEdit::singleline(path).hint_text(hint).desired_width(f32::INFINITY));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::TextEdit, true, "Path"));
    let entered = response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
    if !response.has_focus() && path.is_empty() {
        response.request_focus();
    }
    let name = if is_report { "Save" } else { "Open" };
    if (ui.button(name).clicked() || entered) && !path.trim().is_empty() {
        let path = path.trim().into();
        commands.push(if is_report { Command::SaveReportAs(path) } else { Command::Open(vec![path]) });
        commands.push(Command::Toggle(sheet));
    }
}
