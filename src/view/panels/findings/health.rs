//! The page of health: the rules in use, what they tell, and everything that is not well.
use egui::{Label, RichText, Ui};

use super::{card, page, sentence};
use crate::export::answers::{AlertLine, RulesTold};
use crate::export::cards::Question;
use crate::texts::{fill, texts};
use crate::view::panels::side::Side;
use crate::view::panels::{Command, alerts, rules, widgets};
use crate::view::theme::{self, UNIT};

/// Alerts that are over and are shown.
const OVER: usize = 20;

/// Shows it.
pub fn show(ui: &mut Ui, side: &Side<'_>, commands: &mut Vec<Command>) {
    let p = &side.palette;
    rules::show(ui, side.findings.rules, p, commands);
    let Some(told) = side.findings.other(Question::Health).and_then(|a| a.told) else {
        widgets::note(ui, texts().findings.there_is_no_answer_yet, p);
        return;
    };
    let (active, over): (Vec<&AlertLine>, Vec<&AlertLine>) =
        told.answer.alerts.iter().partition(|a| a.is_active());
    let count = if active.is_empty() { String::new() } else { active.len().to_string() };
    widgets::heading(ui, texts().findings.active_alerts, &count, p);
    if active.is_empty() {
        // That none was broken at all, or none could be judged; else only that none is broken any more.
        let over = || texts().findings.no_rule_is_broken_at.to_owned();
        let verdict = told.answer.rules.verdict.as_ref().map(|v| format!("{v}{}", texts().pages.stop));
        widgets::note(ui, &verdict.unwrap_or_else(over), p);
    }
    for alert in active {
        whole(ui, side, alert, commands);
    }
    if !over.is_empty() {
        ui.add_space(UNIT);
        let title = fill(texts().findings.over_again, &[("count", &over.len())]);
        page::fold(ui, "over", &title, p, |ui| {
            for alert in over.iter().take(OVER) {
                whole(ui, side, alert, commands);
            }
            if over.len() > OVER {
                widgets::note(ui, &fill(texts().findings.and_more, &[("count", &(over.len() - OVER))]), p);
            }
        });
    }
    besides(ui, side, &told.answer.rules);
    let title = texts().findings.above_its_thresholds_over_the;
    let count = if told.lines.is_empty() { String::new() } else { told.lines.len().to_string() };
    widgets::heading(ui, title, &count, p);
    page::findings(ui, side, told, commands);
}

/// What rules tell besides alerts: what stands, what may be chance, what could not be judged.
fn besides(ui: &mut Ui, side: &Side<'_>, rules: &RulesTold) {
    let (p, t) = (&side.palette, &texts().trouble);
    let parts = [
        ("standing", t.heading_standing, &rules.standing),
        ("doubts", t.heading_doubts, &rules.doubts),
        ("unjudged", t.heading_unjudged, &rules.unjudged),
    ];
    for (id, heading, lines) in parts.into_iter().filter(|part| !part.2.is_empty()) {
        ui.add_space(UNIT);
        page::fold(ui, id, &format!("{heading} ({})", lines.len()), p, |ui| {
            for line in lines.iter().take(OVER) {
                page::bullet(ui, &super::shown(&format!("{line}{}", texts().pages.stop)), p);
            }
            if lines.len() > OVER {
                let more = lines.len() - OVER;
                widgets::note(ui, &fill(texts().findings.and_more, &[("count", &more)]), p);
            }
        });
    }
}

/// An alert with all that tells of it.
fn whole(ui: &mut Ui, side: &Side<'_>, alert: &AlertLine, commands: &mut Vec<Command>) {
    let p = &side.palette;
    ui.add_space(UNIT);
    let is_chosen = side.selection == alerts::item(alert).as_ref();
    let word = card::severity_word(alert.severity);
    let name = widgets::with_arrows(&alert.name);
    let (rect, response) = widgets::row(
        ui,
        26.0,
        &fill(texts().findings.alert, &[("name", &name), ("severity", &word)]),
        is_chosen,
        p,
    );
    let at = egui::pos2(rect.left() + 11.0, rect.center().y);
    card::paint_severity(ui.painter(), at, alert.severity, 16.0, p);
    let shown = widgets::fit_both(ui, &alert.name, &theme::body(), rect.width() - 30.0);
    let at = egui::pos2(rect.left() + 26.0, rect.center().y);
    ui.painter().text(at, egui::Align2::LEFT_CENTER, shown, theme::body(), p.text);
    if response.clicked() {
        commands.push(Command::Select(alerts::item(alert)));
    }
    if response.hovered() {
        commands.push(Command::Hover(alerts::item(alert)));
    }
    let line = |ui: &mut Ui, text: &str, colour| {
        ui.horizontal(|ui| {
            ui.add_space(26.0);
            ui.add(Label::new(RichText::new(text).font(theme::small()).color(colour)).wrap());
        });
    };
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = 4.0 * UNIT;
        line(ui, &format!("{word} · {}", alert.rule), card::severity_colour(alert.severity, p));
        let is_worst = alert.figures.starts_with(&format!("{},", alert.worst));
        let worst =
            if is_worst { String::new() } else { fill(texts().findings.worst, &[("figure", &alert.worst)]) };
        let figures = format!("{}{worst}", alert.figures);
        line(ui, &sentence(&figures), p.text);
        line(ui, &alerts::when(alert, side.clock), p.muted);
    });
    for other in &alert.others {
        page::bullet(ui, &super::shown(other), p);
    }
}
