//! The page of an incident: what happened, why, how it spread, who was hit, and when.
use egui::{Label, RichText, Ui};

use super::{Findings, Told, page, proof, sentence, spread};
use crate::analysis::incident::{Cause, Incident, Terms};
use crate::export::answers::{
    incident_missing, incident_summary_in, intermittent_text, is_partial, subject_text, which_text,
};
use crate::export::cards::Question;
use crate::model::TimeRange;
use crate::texts::{fill, texts};
use crate::view::panels::side::Side;
use crate::view::panels::widgets;
use crate::view::panels::{Clock, Command};
use crate::view::text;
use crate::view::theme::{self, Palette, UNIT};

/// Shows it.
pub fn show(ui: &mut Ui, side: &Side<'_>, commands: &mut Vec<Command>) {
    let (found, p) = (side.findings, &side.palette);
    let Some(told) = found.incident.told else {
        widgets::note(ui, texts().findings.there_is_no_answer_yet, p);
        times(ui, found, None, side.clock, p, commands);
        return;
    };
    let answer = &told.answer;
    ui.add_space(UNIT);
    let patterns = found.patterns.told.filter(|_| answer.incident.is_none() && found.choice.is_none());
    let intermittent = patterns.and_then(|t| intermittent_text(&t.snapshot, &t.index.graph, &t.answer));
    let is_intermittent = intermittent.is_some();
    let summary = intermittent
        .unwrap_or_else(|| incident_summary_in(&told.index.graph, answer, |t| side.clock.seconds(t)));
    ui.add(Label::new(RichText::new(sentence(&summary)).font(theme::body()).color(p.text)).wrap());
    if is_intermittent {
        ui.add_space(UNIT);
    }
    if is_intermittent
        && ui.button(RichText::new(texts().findings.open_the_patterns).font(theme::small())).clicked()
    {
        commands.push(Command::OpenAnswer(Question::Patterns, None));
    }
    let which = found.patterns.told.filter(|_| is_partial(answer) && found.choice.is_none());
    if let Some(which) = which.and_then(|t| which_text(&t.snapshot, &t.index.graph, &t.answer, answer)) {
        widgets::note(ui, &which, p);
    }
    for missing in &answer.missing {
        widgets::note(ui, &incident_missing(missing), p);
    }
    causes(ui, side, told, commands);
    spread::waves(ui, told, p, commands);
    spread::entries(ui, told, p, commands);
    spread::timeline(ui, told, side.clock, p, commands);
    second_opinion(ui, told, p);
    times(ui, found, Some(answer), side.clock, p, commands);
}

fn causes(ui: &mut Ui, side: &Side<'_>, told: &Told<Incident>, commands: &mut Vec<Command>) {
    let p = &side.palette;
    for (i, (line, cause)) in told.lines.iter().zip(&told.answer.causes).enumerate() {
        if i == 0 {
            widgets::heading(ui, texts().findings.cause, "", p);
            one_cause(ui, side, line, cause, commands);
            continue;
        }
        if i == 1 {
            let others = told.lines.len() - 1;
            widgets::heading(ui, texts().findings.less_likely, &others.to_string(), p);
        }
        let share = text::percent(cause.terms.share);
        let title =
            fill(texts().findings.explains, &[("name", &text::name(&line.card.name, 40)), ("share", &share)]);
        page::fold(ui, ("cause", i), &title, p, |ui| one_cause(ui, side, line, cause, commands));
    }
}

fn one_cause(ui: &mut Ui, side: &Side<'_>, line: &super::Line, cause: &Cause, commands: &mut Vec<Command>) {
    let p = &side.palette;
    page::head(ui, line, p, commands);
    for reason in &line.card.reasons {
        page::bullet(ui, &sentence(reason), p);
    }
    let title = fill(
        texts().findings.confidence_how_it_is_made,
        &[("score", &format_args!("{:.2}", cause.terms.score()))],
    );
    page::fold(ui, ("terms", &line.card.name), &title, p, |ui| terms(ui, cause.terms, p));
    page::caption(ui, texts().findings.evidence, p);
    ui.scope(|ui| proof::show(ui, &line.proofs, side.clock, p, commands));
}

/// Each part of the confidence with its weight; what they mean is told on hover.
fn terms(ui: &mut Ui, t: Terms, p: &Palette) {
    let all = [
        (texts().findings.share_explained, t.share, 0.45, texts().findings.of_the_extra_bad_requests),
        (texts().findings.lead_over_the_next, t.lead, 0.15, texts().findings.full_from_30_percentage_points),
        (texts().findings.first_to_show_it, t.first, 0.15, texts().findings.n_1_before_all_that_depend),
        (texts().findings.second_opinion, t.agreement, 0.15, texts().findings.n_1_if_its_own_work),
        (texts().findings.change_at_the_onset, t.change, 0.10, texts().findings.a_new_version_or_a),
    ];
    for (name, value, weight, what) in all {
        term(ui, name, value, &format!("× {weight:.2}"), what, p);
    }
    term(
        ui,
        texts().findings.amount_of_data,
        t.amount,
        texts().findings.all,
        texts().findings.bad_requests_over_bad_requests,
        p,
    );
}

fn term(ui: &mut Ui, name: &str, value: f64, weight: &str, what: &str, p: &Palette) {
    let width = ui.available_width();
    let (rect, response) = ui.allocate_exact_size(egui::vec2(width, 20.0), egui::Sense::hover());
    let spoken = format!("{name}: {value:.2} {weight}");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Label, true, &spoken));
    let middle = rect.center().y;
    let painter = ui.painter();
    let put = |x: f32, align, text: String, colour| {
        painter.text(egui::pos2(x, middle), align, text, theme::small(), colour);
    };
    put(rect.left(), egui::Align2::LEFT_CENTER, name.to_owned(), p.text);
    put(rect.right(), egui::Align2::RIGHT_CENTER, weight.to_owned(), p.muted);
    put(rect.right() - 44.0, egui::Align2::RIGHT_CENTER, format!("{value:.2}"), p.text);
    let track =
        egui::Rect::from_min_size(egui::pos2(rect.left(), rect.bottom() - 2.0), egui::vec2(width, 2.0));
    painter.rect_filled(track, 1, p.border);
    let full = egui::vec2(width * value.clamp(0.0, 1.0) as f32, 2.0);
    painter.rect_filled(egui::Rect::from_min_size(track.min, full), 1, p.muted);
    response.on_hover_text(what);
}

fn second_opinion(ui: &mut Ui, told: &Told<Incident>, p: &Palette) {
    if told.answer.deviating.is_empty() {
        return;
    }
    ui.add_space(2.0 * UNIT);
    let title = texts().findings.second_opinion_whose_own_work;
    page::fold(ui, "second opinion", title, p, |ui| {
        widgets::note(ui, texts().findings.robust_deviations_from_calm_times, p);
        for (key, deviation) in &told.answer.deviating {
            let name = subject_text(&told.index.graph, (*key).into());
            page::bullet(ui, &widgets::with_arrows(&format!("{name}: {deviation:.1}")), p);
        }
    });
}

/// When it was bad and when it was calm, and ways to say so oneself.
fn times(
    ui: &mut Ui,
    found: &Findings<'_>,
    answer: Option<&Incident>,
    clock: &Clock,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    widgets::heading(
        ui,
        texts().findings.times_compared,
        if found.is_by_hand { texts().findings.set_by_hand } else { "" },
        p,
    );
    let shown = |range: Option<TimeRange>| {
        range.map_or_else(
            || texts().findings.not_found.to_owned(),
            |r| format!("{} · {}", clock.range(r), text::duration_ns(r.length().0 as f64)),
        )
    };
    if let Some(answer) = answer {
        page::bullet(ui, &fill(texts().findings.incident, &[("range", &shown(answer.incident))]), p);
        page::bullet(ui, &fill(texts().findings.calm_time, &[("range", &shown(answer.baseline))]), p);
    }
    match found.brushed {
        None => widgets::note(ui, texts().findings.drag_over_the_timeline_below, p),
        Some(window) => {
            widgets::note(ui, &fill(texts().findings.brushed, &[("range", &shown(Some(window)))]), p);
        }
    }
    ui.horizontal_wrapped(|ui| {
        let button = |ui: &mut Ui, name: &str, enabled| {
            let button = egui::Button::new(RichText::new(name).font(theme::small()));
            ui.add_enabled(enabled, button).clicked()
        };
        if button(ui, texts().findings.use_the_brushed_time_as, found.brushed.is_some()) {
            commands.push(Command::SetIncident(found.brushed));
        }
        if button(ui, texts().findings.use_it_as_calm_time, found.brushed.is_some()) {
            commands.push(Command::SetCalm(found.brushed));
        }
        if found.is_by_hand && button(ui, texts().findings.find_the_times_again, true) {
            commands.push(Command::FindTimes);
        }
    });
}
