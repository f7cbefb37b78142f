//! The menu of sources: what each sent, how far it is, what there is to tell, and ways to open more.
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use egui::{Align, Button, Layout, ProgressBar, RichText, ScrollArea, Ui, WidgetInfo, WidgetType, vec2};
use egui_phosphor::regular;

use super::command::{Command, Sheet};
use super::widgets;
use crate::model::{STANDARD_INPUT, SourceId, SourceKind};
use crate::store::{Counters, SourceState};
use crate::texts::{fill, texts};
use crate::view::text;
use crate::view::theme::{self, Palette, UNIT};

/// The name of a source for people.
pub fn title(source: &SourceState) -> &str {
    match source.name.as_str() {
        STANDARD_INPUT => texts().reading.standard_input,
        name => name,
    }
}

/// Its name without the folder.
pub fn short_title(source: &SourceState) -> &str {
    let title = title(source);
    title.rsplit(['/', '\\']).next().unwrap_or(title)
}

/// Notes of one source shown in the menu.
const NOTES: usize = 5;

/// What readers do, beside what they have read.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Sources that are read on as they grow.
    pub followed: BTreeSet<SourceId>,
    /// How long sources still need, where that is known.
    pub left: BTreeMap<SourceId, Duration>,
}

impl Reading {
    /// `12.4 MB of 80.1 MB · about 5 s left`; nothing where nothing is known.
    pub fn progress(&self, source: &SourceState) -> String {
        let (done, all) = source.progress;
        let shown = |n: u64| text::bytes(n as f64);
        match (all, done) {
            (Some(all), _) if all > 0 => {
                let left = self.left.get(&source.id).map(|d| format!(" · {}", left(*d)));
                fill(
                    texts().start.of,
                    &[("done", &shown(done)), ("all", &shown(all)), ("left", &left.unwrap_or_default())],
                )
            }
            (_, 0) => String::new(),
            _ => fill(texts().start.read, &[("done", &shown(done))]),
        }
    }
    /// How long until everything is read: sources are read beside each other.
    pub fn left_in_all(&self) -> Option<Duration> {
        self.left.values().max().copied()
    }
}

/// `about 5 s left`, in steps that do not flicker.
pub fn left(left: Duration) -> String {
    let seconds = left.as_secs_f64().ceil() as u64;
    match seconds {
        0 => texts().start.nearly_done.to_owned(),
        1..=9 => fill(texts().start.about_s_left, &[("seconds", &seconds)]),
        10..=89 => fill(texts().start.about_s_left, &[("seconds", &(seconds.div_ceil(5) * 5))]),
        90..=3599 => fill(texts().start.about_min_left, &[("minutes", &seconds.div_ceil(60))]),
        _ => fill(texts().start.about_h_left, &[("hours", &seconds.div_ceil(3600))]),
    }
}

/// Shows the button with its menu.
pub fn menu(
    ui: &mut Ui,
    counters: &Counters,
    reading: &Reading,
    is_live: bool,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    let label = RichText::new(fill(
        texts().start.sources,
        &[("icon", &regular::STACK), ("more", &regular::CARET_DOWN)],
    ));
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
                widgets::note(ui, texts().start.nothing_has_arrived_yet, p);
            }
            // A menu stretches its lines to its width; sentences are not to be stretched.
            ui.with_layout(Layout::top_down(Align::LEFT), |ui| {
                shown.iter().for_each(|s| source(ui, s, reading, p, commands));
            });
        });
        if !is_live {
            return;
        }
        ui.separator();
        actions(ui, counters, reading, commands);
    });
}

fn actions(ui: &mut Ui, counters: &Counters, reading: &Reading, commands: &mut Vec<Command>) {
    let mut item = |ui: &mut Ui, icon: &str, name: &str, command: Command| {
        if ui.button(format!("{icon}  {name}")).clicked() {
            commands.push(command);
            ui.close();
        }
    };
    item(ui, regular::FOLDER_OPEN, texts().start.open_files, Command::OpenDialog);
    item(ui, regular::CURSOR_TEXT, texts().start.open_a_path, Command::Toggle(Sheet::Path));
    item(ui, regular::SPARKLE, texts().start.open_sample, Command::OpenSample);
    if counters.is_loading() || !reading.followed.is_empty() {
        let name =
            if counters.is_loading() { texts().start.stop_reading } else { texts().start.stop_following };
        item(ui, regular::STOP, name, Command::StopReading);
    }
    if counters.in_store > 0 {
        item(ui, regular::TRASH, texts().start.clear_all_spans, Command::Clear);
    }
}

fn source(ui: &mut Ui, source: &SourceState, reading: &Reading, p: &Palette, commands: &mut Vec<Command>) {
    let c = &source.counters;
    let short = short_title(source);
    ui.horizontal(|ui| {
        let icon = if source.kind == SourceKind::File { regular::FILE } else { regular::BROADCAST };
        ui.label(RichText::new(icon).color(p.muted));
        let name = ui.label(RichText::new(text::name(short, 40)).font(theme::body()).color(p.text));
        name.on_hover_text(text::name(title(source), text::LONGEST));
    });
    if source.kind == SourceKind::File && source.closed.is_none() {
        being_read(ui, source, reading, p, commands);
    } else if reading.followed.contains(&source.id) {
        followed(ui, source, p, commands);
    }
    let mut line = fill(texts().start.stored, &[("count", &text::count(c.stored as f64))]);
    if c.duplicates > 0 {
        line += &fill(texts().start.duplicates, &[("count", &text::count(c.duplicates as f64))]);
    }
    let refused = c.rejects.total_spans();
    if refused > 0 {
        line += &fill(texts().start.refused, &[("count", &text::count(refused as f64))]);
    }
    if c.bytes > 0 {
        line += &format!(" · {}", text::bytes(c.bytes as f64));
    }
    let colour = if refused > 0 { p.warning } else { p.muted };
    ui.label(RichText::new(line).font(theme::small()).color(colour));
    if let Some(Err(sentence)) = &source.closed {
        ui.label(RichText::new(sentence.to_string()).font(theme::small()).color(p.critical));
    }
    for note in source.notes.iter().take(NOTES) {
        let colour = if note.is_loss { p.warning } else { p.muted };
        ui.label(RichText::new(note.text.to_string()).font(theme::small()).color(colour));
    }
    if source.notes.len() > NOTES {
        widgets::note(ui, &fill(texts().start.and_more, &[("count", &(source.notes.len() - NOTES))]), p);
    }
    ui.add_space(2.0 * UNIT);
}

/// How far a file is read and how long it still takes, with a cross that stops it.
pub fn being_read(
    ui: &mut Ui,
    source: &SourceState,
    reading: &Reading,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    let line = reading.progress(source);
    with_stop(ui, source, texts().start.stop_reading, commands, |ui| match source.progress {
        (done, Some(all)) if all > 0 => {
            ui.add(ProgressBar::new(done as f32 / all as f32).desired_height(6.0));
        }
        _ => widgets::note(ui, if line.is_empty() { texts().start.reading } else { &line }, p),
    });
    if !line.is_empty() && source.progress.1.is_some_and(|all| all > 0) {
        widgets::note(ui, &line, p);
    }
}

/// That a file is read on as it grows, with a cross that ends it.
fn followed(ui: &mut Ui, source: &SourceState, p: &Palette, commands: &mut Vec<Command>) {
    with_stop(ui, source, texts().start.stop_following, commands, |ui| {
        let line = fill(texts().start.followed_as_it_grows, &[("icon", &regular::ARROW_FAT_LINES_DOWN)]);
        ui.label(RichText::new(line).font(theme::small()).color(p.healthy));
    });
}

/// A line with a cross at its right end.
fn with_stop(
    ui: &mut Ui,
    source: &SourceState,
    what: &str,
    commands: &mut Vec<Command>,
    contents: impl FnOnce(&mut Ui),
) {
    let size = vec2(ui.available_width(), 20.0);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        let name = format!("{what} {}", text::name(title(source), text::LONGEST));
        let cross = Button::new(RichText::new(regular::X).font(theme::small())).frame_when_inactive(false);
        let response = ui.add(cross.small());
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &name));
        if response.on_hover_text(what).clicked() {
            commands.push(Command::StopSource(source.id));
        }
        ui.with_layout(Layout::left_to_right(Align::Center), contents);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_told_in_calm_steps() {
        let told = |s: f64| left(Duration::from_secs_f64(s));
        let all = [0.0, 0.2, 4.1, 12.0, 61.0, 100.0, 3500.0, 4000.0].map(told);
        assert_eq!(
            all,
            [
                "nearly done",
                "about 1 s left",
                "about 5 s left",
                "about 15 s left",
                "about 65 s left",
                "about 2 min left",
                "about 59 min left",
                "about 2 h left"
            ]
        );
    }
}
