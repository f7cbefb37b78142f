//! The page of one answer in the right panel: a way back, its findings with all reasons, and what proves them.
use egui::{Label, RichText, Ui};
use egui_phosphor::regular;

use super::{
    Line, Plain, Told, capacity, card, deploy, health, incident, list, markdown, patterns, proof, sentence,
};
use crate::export::answers::capacity_first;
use crate::export::cards::Question;
use crate::texts::texts;
use crate::view::panels::side::Side;
use crate::view::panels::widgets;
use crate::view::panels::{Command, Item};
use crate::view::text;
use crate::view::theme::{self, Palette, UNIT};

/// Shows the page of a question.
pub fn show(ui: &mut Ui, side: &Side<'_>, question: Question, commands: &mut Vec<Command>) {
    let first = commands.len();
    content(ui, side, question, commands);
    point(ui, first, commands);
}

/// Of what rows point at, only what is new becomes a command: else each frame would ask for the next.
fn point(ui: &Ui, first: usize, commands: &mut Vec<Command>) {
    let mut pointed: Option<Item> = None;
    let mut index = 0;
    commands.retain(|c| {
        index += 1;
        match c {
            Command::Hover(item) if index > first => {
                pointed.clone_from(item);
                false
            }
            _ => true,
        }
    });
    let id = egui::Id::new("pointed at in an answer");
    let before = ui.data(|d| d.get_temp::<Option<Item>>(id)).flatten();
    if before != pointed {
        ui.data_mut(|d| d.insert_temp(id, pointed.clone()));
        commands.push(Command::Hover(pointed));
    }
}

fn content(ui: &mut Ui, side: &Side<'_>, question: Question, commands: &mut Vec<Command>) {
    let (found, p) = (side.findings, &side.palette);
    ui.horizontal(|ui| {
        if widgets::icon_button(ui, regular::ARROW_LEFT, texts().findings.back_to_the_overview, p).clicked() {
            commands.push(Command::CloseAnswer);
        }
        ui.label(RichText::new(question.title()).font(theme::title()).color(p.text));
    });
    let standings = found.standings();
    let standing = standings.iter().find(|s| s.0 == question).map(|s| s.1).unwrap_or_default();
    list::progress(ui, question, standing, p, commands);
    ui.scope(|ui| {
        if standing.is_outdated {
            ui.multiply_opacity(0.5);
        }
        match question {
            Question::Incident => incident::show(ui, side, commands),
            Question::Patterns => patterns::show(ui, side, commands),
            Question::Health => health::show(ui, side, commands),
            Question::Capacity => capacity::show(ui, side, commands),
            Question::Deploy => deploy::show(ui, side, commands),
            _ => plain(ui, side, question, commands),
        }
    });
    ui.add_space(3.0 * UNIT);
    ui.horizontal_wrapped(|ui| list::report_buttons(ui, commands));
    list::report_note(ui, found, p);
    ui.add_space(3.0 * UNIT);
}

/// Any answer: its findings, one after the other.
pub(super) fn plain(ui: &mut Ui, side: &Side<'_>, question: Question, commands: &mut Vec<Command>) {
    let p = &side.palette;
    let Some(told) = side.findings.other(question).and_then(|a| a.told) else {
        widgets::note(ui, texts().findings.there_is_no_answer_yet, p);
        return;
    };
    findings(ui, side, told, commands);
}

/// The findings of an answer, its notes, and all of it.
pub fn findings(ui: &mut Ui, side: &Side<'_>, told: &Told<Plain>, commands: &mut Vec<Command>) {
    let p = &side.palette;
    let is_known = told.answer.capacity.as_ref().is_none_or(|c| capacity_first(c).is_some());
    if told.lines.is_empty() && is_known {
        widgets::note(ui, texts().findings.nothing_stands_out_2, p);
    }
    for line in &told.lines {
        ui.add_space(2.0 * UNIT);
        finding(ui, side, line, commands);
    }
    for note in told.answer.answer.json["notes"].as_array().into_iter().flatten().filter_map(|n| n.as_str()) {
        ui.add_space(UNIT);
        widgets::note(ui, &sentence(note), p);
    }
    ui.add_space(2.0 * UNIT);
    fold(ui, "whole answer", texts().findings.the_whole_answer, p, |ui| {
        markdown::show(ui, &told.answer.answer.markdown, p, commands);
    });
}

/// One finding in full: who, how bad, why, and what proves it.
pub fn finding(ui: &mut Ui, side: &Side<'_>, line: &Line, commands: &mut Vec<Command>) {
    let p = &side.palette;
    head(ui, line, p, commands);
    for reason in &line.card.reasons {
        bullet(ui, &sentence(reason), p);
    }
    if !line.proofs.is_empty() {
        caption(ui, texts().findings.evidence, p);
        ui.scope(|ui| proof::show(ui, &line.proofs, side.clock, p, commands));
    }
}

/// Sign and name, which select the subject on the map, and what it is.
pub fn head(ui: &mut Ui, line: &Line, p: &Palette, commands: &mut Vec<Command>) {
    let card = &line.card;
    let word = card::severity_word(card.severity);
    let spoken = format!("{}, {word}", card.name);
    let (rect, response) = widgets::row(ui, 28.0, &spoken, false, p);
    let at = egui::pos2(rect.left() + 11.0, rect.center().y);
    card::paint_severity(ui.painter(), at, card.severity, 17.0, p);
    let name = widgets::fit_both(ui, &card.name, &theme::body(), rect.width() - 30.0);
    let at = egui::pos2(rect.left() + 26.0, rect.center().y);
    ui.painter().text(at, egui::Align2::LEFT_CENTER, name, theme::body(), p.text);
    if response.clicked() {
        commands.push(Command::Select(line.item.clone()));
    }
    if response.hovered() {
        commands.push(Command::Hover(line.item.clone()));
    }
    let sure = card.confidence.map_or_else(String::new, |c| format!(" · {}", card::confidence_words(c)));
    let kind = format!("{word} · {}{sure}", card.title);
    let colour = card::severity_colour(card.severity, p);
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = 4.0 * UNIT;
        ui.horizontal(|ui| {
            ui.add_space(26.0);
            ui.add(Label::new(RichText::new(kind).font(theme::small()).color(colour)).wrap());
        });
    });
}

/// A point of a list, which may wrap.
pub fn bullet(ui: &mut Ui, text: &str, p: &Palette) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.add_space(9.0);
        ui.label(RichText::new("•").font(theme::small()).color(p.muted));
        ui.add(Label::new(RichText::new(text).font(theme::small()).color(p.text)).wrap());
    });
}

/// A line that opens and closes what lies below it.
pub fn fold(
    ui: &mut Ui,
    salt: impl std::hash::Hash + std::fmt::Debug,
    title: &str,
    p: &Palette,
    content: impl FnOnce(&mut Ui),
) {
    let id = ui.id().with(salt);
    let is_open = ui.data(|d| d.get_temp::<bool>(id).unwrap_or(false));
    let (rect, response) = widgets::row(ui, 24.0, title, false, p);
    response.widget_info(|| {
        let mut info = egui::WidgetInfo::labeled(egui::WidgetType::CollapsingHeader, true, title);
        info.selected = Some(is_open);
        info
    });
    let caret = if is_open { regular::CARET_DOWN } else { regular::CARET_RIGHT };
    let at = egui::pos2(rect.left() + 11.0, rect.center().y);
    ui.painter().text(at, egui::Align2::CENTER_CENTER, caret, theme::small(), p.muted);
    let shown = widgets::fit(ui, title, &theme::small(), rect.width() - 30.0);
    let at = egui::pos2(rect.left() + 22.0, rect.center().y);
    ui.painter().text(at, egui::Align2::LEFT_CENTER, shown, theme::small(), p.text);
    if response.clicked() {
        ui.data_mut(|d| d.insert_temp(id, !is_open));
    }
    if is_open {
        ui.indent(id, content);
    }
}

/// A small heading within a finding.
pub fn caption(ui: &mut Ui, text: &str, p: &Palette) {
    ui.add_space(UNIT);
    ui.label(RichText::new(text).font(theme::caption()).color(p.muted));
}

/// A row that can be clicked: name, figure at the right, and a muted line below.
pub fn line_row(ui: &mut Ui, (name, figure): (&str, &str), under: &str, p: &Palette) -> egui::Response {
    let height = if under.is_empty() { 22.0 } else { 36.0 };
    let spoken = format!("{}, {figure}", text::name(name, 100));
    let (rect, response) = widgets::row(ui, height, &spoken, false, p);
    let top = rect.top() + 11.0;
    let painter = ui.painter();
    let right = egui::pos2(rect.right() - 6.0, top);
    let shown = painter.text(right, egui::Align2::RIGHT_CENTER, figure, theme::small(), p.muted);
    let left = rect.left() + 4.0;
    let name = widgets::fit(ui, name, &theme::small(), shown.left() - left - 8.0);
    ui.painter().text(egui::pos2(left, top), egui::Align2::LEFT_CENTER, name, theme::small(), p.text);
    let under = widgets::fit(ui, under, &theme::caption(), rect.width() - 12.0);
    ui.painter().text(
        egui::pos2(left, top + 15.0),
        egui::Align2::LEFT_CENTER,
        under,
        theme::caption(),
        p.muted,
    );
    response
}
