//! An answer's Markdown in a panel: headings, points, tables; trace ids in it can be opened.
use egui::{Grid, Label, RichText, ScrollArea, Ui};

use super::{page, shown};
use crate::model::TraceId;
use crate::texts::{fill, texts};
use crate::view::panels::Command;
use crate::view::panels::widgets;
use crate::view::text;
use crate::view::theme::{self, Palette, UNIT};

/// Rows of one table that are shown.
const ROWS: usize = 40;
/// Characters of a trace id.
const ID: usize = 32;

/// Shows it without its first heading, which the page has.
pub fn show(ui: &mut Ui, markdown: &str, p: &Palette, commands: &mut Vec<Command>) {
    let mut table: Vec<Vec<String>> = Vec::new();
    for (i, line) in markdown.lines().enumerate() {
        let line = line.trim();
        if let Some(row) = line.strip_prefix('|') {
            if !row.starts_with("---") {
                table.push(row.trim_end_matches('|').split('|').map(|c| plain(c.trim())).collect());
            }
            continue;
        }
        flush(ui, i, &mut table, p);
        if let Some(title) = line.strip_prefix('#') {
            let title = title.trim_start_matches('#').trim();
            if i > 0 {
                widgets::heading(ui, &text::name(&plain(title), 80), "", p);
            }
        } else if let Some(point) = line.strip_prefix("- ") {
            page::bullet(ui, &without_ids(point), p);
        } else if !line.is_empty() {
            let label = RichText::new(without_ids(line)).font(theme::small()).color(p.text);
            ui.add(Label::new(label).wrap());
        }
        ids(ui, line, p, commands);
    }
    flush(ui, markdown.len(), &mut table, p);
}

fn plain(text: &str) -> String {
    shown(&text.replace("**", ""))
}

fn trace_ids(line: &str) -> Vec<TraceId> {
    line.split('`').filter(|t| t.len() == ID).filter_map(TraceId::from_hex).collect()
}

/// A line whose trace ids are shown as buttons below it.
fn without_ids(line: &str) -> String {
    let parts = line.split('`').filter(|t| t.len() != ID || TraceId::from_hex(t).is_none());
    let rest: String = parts.collect::<Vec<_>>().join("").replace(", , ", "").replace(", ,", "");
    plain(rest.trim_end().trim_end_matches(',').trim_end())
}

fn ids(ui: &mut Ui, line: &str, p: &Palette, commands: &mut Vec<Command>) {
    let found = trace_ids(line);
    if found.is_empty() {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        for id in found {
            let name = id.to_string();
            let short = name.get(..8).unwrap_or(&name);
            let label = RichText::new(short).font(theme::caption()).color(p.text);
            let button = ui.button(label);
            let spoken = fill(texts().findings.open_trace, &[("trace", &name)]);
            button.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, &spoken));
            if button.on_hover_text(&spoken).clicked() {
                commands.push(Command::OpenTrace(id, None));
            }
        }
    });
}

/// Shows a table once it is whole; it scrolls sideways where it is too wide.
fn flush(ui: &mut Ui, salt: usize, table: &mut Vec<Vec<String>>, p: &Palette) {
    let rows = std::mem::take(table);
    if rows.is_empty() {
        return;
    }
    ScrollArea::horizontal().id_salt(("table", salt)).show(ui, |ui| {
        Grid::new(("table", salt)).spacing([3.0 * UNIT, UNIT]).show(ui, |ui| {
            for (i, row) in rows.iter().take(ROWS).enumerate() {
                let colour = if i == 0 { p.muted } else { p.text };
                for cell in row {
                    let short = text::name(cell, 40);
                    let label = ui.label(RichText::new(short).font(theme::small()).color(colour));
                    if cell.chars().count() > 40 {
                        label.on_hover_text(text::name(cell, 400));
                    }
                }
                ui.end_row();
            }
        });
    });
    if rows.len() > ROWS {
        widgets::note(ui, &fill(texts().findings.the_first_of, &[("most", &ROWS), ("all", &rows.len())]), p);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trace_ids_leave_the_line_for_buttons() {
        let id = "49b6e0a633d7e962b0b35cad7e65ceca";
        let line = format!("Traces: `{id}`, `{id}`");
        assert_eq!(trace_ids(&line).len(), 2);
        assert_eq!(without_ids(&line), "Traces:");
        assert_eq!(without_ids("**node**: `SELECT 1` took 5 %"), "node: SELECT 1 took 5%");
    }
}
