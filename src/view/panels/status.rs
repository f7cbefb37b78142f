//! The bar at the bottom: where data may come in, how much there is, and what was lost.
use egui::{FontId, RichText, Sense, Ui, vec2};
use egui_phosphor::fill;

use super::command::{Command, Sheet};
use super::sources::{Reading, left, short_title};
use crate::model::{Sentence, SourceKind};
use crate::store::Counters;
use crate::texts::{fill, texts};
use crate::view::fonts::filled_icons;
use crate::view::text;
use crate::view::theme::{self, Palette, UNIT};

/// One port, in words.
#[derive(Clone, Debug, PartialEq)]
pub struct PortLine {
    /// `gRPC`, `HTTP`.
    pub protocol: &'static str,
    /// `127.0.0.1:4317`.
    pub address: String,
    /// Whether it listens.
    pub is_open: bool,
    /// Why not, or what its clients do oddly.
    pub trouble: Option<String>,
    /// What it did so far.
    pub story: String,
}

/// What the bar shows.
pub struct Status<'a> {
    /// What arrived and what became of it.
    pub counters: &'a Counters,
    /// What readers do.
    pub reading: &'a Reading,
    /// The ports.
    pub ports: &'a [PortLine],
    /// Why not one port could be opened: a sentence each.
    pub problems: &'a [Sentence],
    /// Spans that arrive per second; `None` where nothing can arrive.
    pub per_second: Option<f64>,
    /// How many spans wait behind a pause or a replay, where there is one.
    pub waiting: Option<u64>,
}

/// What was lost, by reason: for the bar's figure and the sheet.
pub fn losses(counters: &Counters) -> Vec<(String, u64)> {
    let total = counters.total();
    let mut out: Vec<(String, u64)> = total
        .rejects
        .spans
        .iter()
        .map(|(reason, n)| (fill(texts().start.refused_2, &[("reason", &reason)]), *n))
        .collect();
    out.push((texts().start.removed_to_keep_within_memory.to_owned(), counters.evicted));
    out.push((texts().start.values_cut_short.to_owned(), total.rejects.values_truncated));
    out.push((texts().start.text_that_was_not_utf.to_owned(), total.rejects.invalid_utf8));
    out.retain(|l| l.1 > 0);
    out
}

/// Shows the bar.
pub fn show(ui: &mut Ui, status: &Status<'_>, p: &Palette, commands: &mut Vec<Command>) {
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 3.5 * UNIT;
        for port in status.ports {
            ui.scope(|ui| {
                ui.spacing_mut().item_spacing.x = UNIT;
                port_dot(ui, port, p);
            });
        }
        if !status.problems.is_empty() {
            let label = RichText::new(texts().start.not_listening).font(theme::small()).color(p.critical);
            let problems: Vec<String> = status.problems.iter().map(Sentence::to_string).collect();
            ui.label(label).on_hover_text(problems.join("\n"));
        }
        if !status.ports.is_empty() || !status.problems.is_empty() {
            ui.separator();
        }
        let label = |ui: &mut Ui, text: String, exact: String| {
            let response = ui.label(RichText::new(text).font(theme::small()).color(p.muted));
            response.on_hover_text(exact);
        };
        if let Some(rate) = status.per_second {
            label(
                ui,
                fill(texts().start.spans_s, &[("count", &text::count(rate))]),
                texts().start.over_the_last_five_seconds.to_owned(),
            );
        }
        let c = status.counters;
        label(
            ui,
            fill(texts().start.spans, &[("count", &text::count(c.in_store as f64))]),
            fill(texts().start.spans_stored, &[("count", &c.in_store)]),
        );
        // Over a fixed snapshot memory says nothing of the data, and differs from run to run.
        if c.budget > 0 && status.per_second.is_some() {
            let held = format!("{} / {}", text::bytes(c.bytes as f64), text::bytes(c.budget as f64));
            label(ui, held, texts().start.memory_held_by_spans_and.to_owned());
        }
        let total = c.total();
        let duplicates =
            fill(texts().start.duplicates_2, &[("count", &text::count(total.duplicates as f64))]);
        label(ui, duplicates, texts().start.spans_that_were_there_already.to_owned());
        lost(ui, c, p, commands);
        being_read(ui, c, status.reading, p, commands);
        followed(ui, status, p);
        if let Some(spans) = status.waiting {
            ui.label(RichText::new(waits(spans)).font(theme::small()).color(p.warning));
        }
    });
}

/// That new data waits, and how much of it.
fn waits(spans: u64) -> String {
    match spans {
        0 => texts().start.paused_new_data_waits.to_owned(),
        1 => texts().start.paused_a_span_waits.to_owned(),
        n => fill(texts().start.paused_spans_wait, &[("count", &text::count(n as f64))]),
    }
}

/// How far files are read, and a way to stop.
fn being_read(ui: &mut Ui, counters: &Counters, reading: &Reading, p: &Palette, commands: &mut Vec<Command>) {
    if !counters.is_loading() {
        return;
    }
    let open = counters.sources.values().filter(|s| s.kind == SourceKind::File && s.closed.is_none());
    let (done, all) = open.fold((0, 0), |(d, a), s| (d + s.progress.0, a + s.progress.1.unwrap_or(0)));
    let share = if all > 0 { format!(" {}", text::percent(done as f64 / all as f64)) } else { String::new() };
    ui.separator();
    let left = reading.left_in_all().map(|d| format!(" · {}", left(d))).unwrap_or_default();
    ui.label(
        RichText::new(fill(texts().start.reading_2, &[("share", &share), ("left", &left)]))
            .font(theme::small())
            .color(p.text),
    );
    let stop = egui::Button::new(RichText::new(texts().start.stop).font(theme::small())).small();
    if ui.add(stop).clicked() {
        commands.push(Command::StopReading);
    }
}

fn lost(ui: &mut Ui, counters: &Counters, p: &Palette, commands: &mut Vec<Command>) {
    let lost = counters.total().rejects.total_spans() + counters.evicted;
    let colour = if lost > 0 { p.warning } else { p.muted };
    let label = RichText::new(fill(texts().start.lost, &[("count", &text::count(lost as f64))]))
        .font(theme::small())
        .color(colour);
    let response = ui.add(egui::Button::new(label).frame_when_inactive(false).small());
    if response.on_hover_text(texts().start.what_was_lost_and_why).clicked() {
        commands.push(Command::Toggle(Sheet::Losses));
    }
}

/// How many files are followed, by name on hover.
fn followed(ui: &mut Ui, status: &Status<'_>, p: &Palette) {
    let sources = status.reading.followed.iter().filter_map(|id| status.counters.sources.get(id));
    let names: Vec<&str> = sources.map(short_title).collect();
    let line = match &names[..] {
        [] => return,
        [name] => fill(texts().start.following, &[("name", &text::name(name, 30))]),
        names => fill(texts().start.following_files, &[("count", &names.len())]),
    };
    ui.separator();
    let shown: Vec<String> = names.iter().take(20).map(|n| text::name(n, 80)).collect();
    ui.label(RichText::new(line).font(theme::small()).color(p.text)).on_hover_text(shown.join("\n"));
}

fn port_dot(ui: &mut Ui, port: &PortLine, p: &Palette) {
    let colour = match (port.is_open, &port.trouble) {
        (false, _) => p.critical,
        (true, Some(_)) => p.warning,
        (true, None) => p.healthy,
    };
    let (rect, _) = ui.allocate_exact_size(vec2(10.0, 14.0), Sense::hover());
    let icon = if port.is_open { fill::CIRCLE } else { fill::X_CIRCLE };
    let size = if port.is_open { 9.0 } else { 12.0 };
    ui.painter().text(
        rect.center(),
        egui::Align2::CENTER_CENTER,
        icon,
        FontId::new(size, filled_icons()),
        colour,
    );
    let label = RichText::new(format!("{} {}", port.protocol, port.address)).font(theme::small());
    let response = ui.label(label.color(if port.is_open { p.muted } else { p.critical }));
    let trouble = port.trouble.as_ref().map_or_else(String::new, |t| format!("\n{t}"));
    response.on_hover_text(format!("{}{trouble}", port.story));
}
