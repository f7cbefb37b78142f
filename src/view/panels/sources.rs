//! The menu of sources: what each sent, how far it is, what there is to tell, and ways to open more.
use egui::{ProgressBar, RichText, ScrollArea, Ui};
use egui_phosphor::regular;

use super::command::{Command, Sheet};
use super::widgets;
use crate::model::SourceKind;
use crate::store::{Counters, SourceState};
use crate::view::text;
use crate::view::theme::{self, Palette, UNIT};

/// Notes of one source shown in the menu.
const NOTES: usize = 5;

/// Shows the button with its menu.
pub fn menu(ui: &mut Ui, counters: &Counters, is_live: bool, p: &Palette, commands: &mut Vec<Command>) {
    let label = RichText::new(format!("{}  Sources  {}", regular::STACK, regular::CARET_DOWN));
    ui.menu_button(label, |ui| {
        ui.set_width(380.0);
        let mut shown: Vec<&SourceState> = counters
            .sources
            .values()
            .filter(|s| s.kind == SourceKind::File || s.counters.received > 0)
            .collect();
        // The newest files first; they are what people wonder about.
        shown.sort_by_key(|s| (s.kind != SourceKind::File, std::cmp::Reverse(s.id)));
        ScrollArea::vertical().max_height(420.0).show(ui, |ui| {
            if shown.is_empty() {
                widgets::note(ui, "Nothing has arrived yet.", p);
            }
            shown.iter().for_each(|s| source(ui, s, p));
        });
        if !is_live {
            return;
        }
        ui.separator();
        actions(ui, counters, commands);
    });
}

fn actions(ui: &mut Ui, counters: &Counters, commands: &mut Vec<Command>) {
    let mut item = |ui: &mut Ui, icon: &str, name: &str, command: Command| {
        if ui.button(format!("{icon}  {name}")).clicked() {
            commands.push(command);
            ui.close();
        }
    };
    item(ui, regular::FOLDER_OPEN, "Open files…", Command::OpenDialog);
    item(ui, regular::CURSOR_TEXT, "Open a path…", Command::Toggle(Sheet::Path));
    item(ui, regular::SPARKLE, "Open sample", Command::OpenSample);
    if counters.is_loading() {
        item(ui, regular::STOP, "Stop reading", Command::StopReading);
    }
    if counters.in_store > 0 {
        item(ui, regular::TRASH, "Clear all spans", Command::Clear);
    }
}

fn source(ui: &mut Ui, source: &SourceState, p: &Palette) {
    let c = &source.counters;
    let short = source.name.rsplit(['/', '\\']).next().unwrap_or(&source.name);
    ui.horizontal(|ui| {
        let icon = if source.kind == SourceKind::File { regular::FILE } else { regular::BROADCAST };
        ui.label(RichText::new(icon).color(p.muted));
        let name = ui.label(RichText::new(text::name(short, 40)).font(theme::body()).color(p.text));
        name.on_hover_text(text::name(&source.name, text::LONGEST));
    });
    let mut line = format!("{} stored", text::count(c.stored as f64));
    if c.duplicates > 0 {
        line += &format!(" · {} duplicates", text::count(c.duplicates as f64));
    }
    let refused = c.rejects.total_spans();
    if refused > 0 {
        line += &format!(" · {} refused", text::count(refused as f64));
    }
    if c.bytes > 0 {
        line += &format!(" · {}", text::bytes(c.bytes as f64));
    }
    let colour = if refused > 0 { p.warning } else { p.muted };
    ui.label(RichText::new(line).font(theme::small()).color(colour));
    match (&source.closed, source.progress) {
        (None, (done, Some(all))) if all > 0 => {
            ui.add(ProgressBar::new(done as f32 / all as f32).desired_height(6.0));
        }
        (Some(Err(sentence)), _) => {
            ui.label(RichText::new(sentence).font(theme::small()).color(p.critical));
        }
        _ => {}
    }
    for note in source.notes.iter().take(NOTES) {
        let colour = if note.is_loss { p.warning } else { p.muted };
        ui.label(RichText::new(&note.text).font(theme::small()).color(colour));
    }
    if source.notes.len() > NOTES {
        widgets::note(ui, &format!("and {} more", source.notes.len() - NOTES), p);
    }
    ui.add_space(2.0 * UNIT);
}
