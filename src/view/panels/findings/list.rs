//! The findings on the overview: all of them by severity, how far the questions are, or that nothing stands out.
use std::collections::BTreeSet;

use egui::{ProgressBar, RichText, Ui, vec2};

use super::{Findings, Standing, card};
use crate::analysis::Severity;
use crate::export::answers::{AlertLine, incident_missing, patterns_missing};
use crate::export::cards::Question;
use crate::graph::Health;
use crate::model::TimeRange;
use crate::texts::{fill, texts};
use crate::view::panels::save::Saving;
use crate::view::panels::widgets::{self, paint_health};
use crate::view::panels::{Clock, Command, Sheet};
use crate::view::text;
use crate::view::theme::{self, Palette, UNIT};

/// Findings shown before "show all".
const FIRST: usize = 5;

/// Shows them.
pub fn show(
    ui: &mut Ui,
    found: &Findings<'_>,
    window: Option<TimeRange>,
    clock: &Clock,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    let lines = found.lines();
    let count = if lines.is_empty() { String::new() } else { lines.len().to_string() };
    widgets::heading(ui, texts().findings.findings, &count, p);
    let standings = found.standings();
    if standings.iter().any(|s| s.1.waits) {
        widgets::note(ui, texts().findings.they_are_looked_for_once, p);
    }
    for (question, standing) in standings.iter().filter(|s| !s.1.waits) {
        progress(ui, *question, *standing, p, commands);
    }
    let is_old = standings.iter().any(|s| s.1.is_outdated);
    ui.scope(|ui| {
        if is_old {
            ui.multiply_opacity(0.5);
        }
        let id = ui.id().with("all findings");
        let all = ui.data(|d| d.get_temp::<bool>(id).unwrap_or(false));
        let shown = if all { lines.len() } else { FIRST.min(lines.len()) };
        for line in lines.iter().take(shown) {
            let scope = window.map(|w| scope(line.card.question, found, w, clock));
            if card::show(ui, line, scope.as_deref(), p).clicked() {
                commands.push(Command::OpenAnswer(line.card.question, line.item.clone()));
            }
        }
        if lines.len() > FIRST {
            let label = if all {
                texts().findings.show_fewer.to_owned()
            } else {
                fill(texts().findings.show_more, &[("count", &(lines.len() - FIRST))])
            };
            if ui.button(RichText::new(label).font(theme::small())).clicked() {
                ui.data_mut(|d| d.insert_temp(id, !all));
            }
        }
        let is_done = found.incident.told.is_some() && found.patterns.told.is_some();
        // Advice is there for what runs well, too.
        let worst = lines.iter().map(|l| &l.card).filter(|c| c.question != Question::Advice);
        let worst = worst.map(|c| c.severity).max();
        if is_done && worst.is_none_or(|w| w == Severity::Low) {
            nothing(ui, found, clock, p);
        }
    });
    links(ui, found, p, commands);
}

/// Of which time a finding is, beside figures of a window.
fn scope(question: Question, found: &Findings<'_>, window: TimeRange, clock: &Clock) -> String {
    let words = &texts().findings;
    let incident = found.incident.told.and_then(|t| t.answer.incident);
    match (question, incident) {
        (Question::Incident, Some(at)) => {
            let is_outside = at.end <= window.start || at.start >= window.end;
            let words = if is_outside { words.outside_the_window } else { words.of_that_time };
            fill(words, &[("range", &clock.range(at))])
        }
        (Question::Incident | Question::Deploy, _) => words.of_all_the_time.to_owned(),
        _ => words.in_the_window.to_owned(),
    }
}

/// A question under way, stopped, or waiting.
pub fn progress(
    ui: &mut Ui,
    question: Question,
    standing: Standing,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    let what = question.title();
    if standing.waits {
        widgets::note(ui, &fill(texts().findings.waits_until_the_files_are, &[("what", &what)]), p);
    } else if standing.is_stopped {
        ui.horizontal(|ui| {
            widgets::note(ui, &fill(texts().findings.stopped, &[("what", &what)]), p);
            if ui.button(RichText::new(texts().findings.ask_again).font(theme::small())).clicked() {
                commands.push(Command::AskAgain(question));
            }
        });
    } else if let Some(share) = standing.running {
        ui.horizontal(|ui| {
            let shown = share.map_or_else(|| "…".to_owned(), |s| format!(" {}", text::percent(s)));
            widgets::note(ui, &format!("{what}{shown}"), p);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let stop = widgets::icon_button(
                    ui,
                    egui_phosphor::regular::X,
                    &fill(texts().findings.stop, &[("what", &what)]),
                    p,
                );
                if stop.clicked() {
                    commands.push(Command::StopQuestion(question));
                }
                let bar = ProgressBar::new(share.unwrap_or(0.0) as f32).desired_height(4.0);
                ui.add(bar.desired_width((ui.available_width() - UNIT).max(20.0)).fill(p.muted));
            });
        });
    }
}

/// That nothing stands out, what was looked at, and what is missing.
fn nothing(ui: &mut Ui, found: &Findings<'_>, clock: &Clock, p: &Palette) {
    // What is not well all the time, or by a rule, is no incident and still no silence.
    let is_well =
        found.lines_of(Question::Health).is_empty() && !found.alerts.iter().any(AlertLine::is_active);
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(18.0, 22.0), egui::Sense::hover());
        paint_health(ui.painter(), rect.center(), Health::Healthy, 15.0, p);
        let told = if is_well {
            texts().findings.nothing_stands_out
        } else {
            texts().findings.no_incident_stands_out
        };
        ui.label(RichText::new(told).font(theme::body()).color(p.text));
    });
    let Some(told) = found.incident.told else { return };
    let Some(extent) = told.snapshot.extent else {
        widgets::note(ui, texts().findings.no_span_has_a_time, p);
        return;
    };
    let traces = text::count(found.passing as f64);
    widgets::note(
        ui,
        &fill(
            texts().findings.looked_at_traces_from,
            &[("traces", &traces), ("range", &clock.range(extent))],
        ),
        p,
    );
    let mut missing: Vec<String> = told.answer.missing.iter().map(incident_missing).collect();
    missing.extend(found.patterns.told.iter().flat_map(|t| t.answer.missing.iter().map(patterns_missing)));
    // Two questions may miss the same.
    let mut told = BTreeSet::new();
    for sentence in missing.iter().filter(|s| told.insert(s.as_str())) {
        widgets::note(ui, sentence, p);
    }
}

/// Ways to answers without a finding, and to the report.
fn links(ui: &mut Ui, found: &Findings<'_>, p: &Palette, commands: &mut Vec<Command>) {
    super::page::caption(ui, texts().findings.all_answers, p);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = UNIT;
        for (question, name) in [
            (Question::Incident, texts().findings.incident_2),
            (Question::Patterns, texts().findings.patterns),
            (Question::Deploy, texts().findings.deployments),
            (Question::Advice, texts().findings.advice),
            (Question::Health, texts().findings.health),
            (Question::Capacity, texts().findings.capacity),
        ] {
            let label = RichText::new(name).font(theme::small());
            if ui.add(egui::Button::new(label).frame_when_inactive(false)).clicked() {
                commands.push(Command::OpenAnswer(question, None));
            }
        }
    });
    if found.incident.told.is_some() {
        ui.horizontal_wrapped(|ui| report_buttons(ui, commands));
    }
    report_note(ui, found, p);
}

/// What became of the last report.
pub fn report_note(ui: &mut Ui, found: &Findings<'_>, p: &Palette) {
    if let Some(told) = found.report {
        widgets::note(ui, told, p);
    }
}

/// Takes the review away, as text.
pub fn report_buttons(ui: &mut Ui, commands: &mut Vec<Command>) {
    let button = |ui: &mut Ui, name: &str| ui.button(RichText::new(name).font(theme::small())).clicked();
    if button(ui, texts().findings.copy_report) {
        commands.push(Command::CopyReport);
    }
    if button(ui, texts().findings.save_report) {
        commands.push(Command::Toggle(Sheet::Save(Saving::Report)));
    }
}
