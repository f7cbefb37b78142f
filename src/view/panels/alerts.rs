//! Active alerts in a list: how bad, whom, by which rule, value against limit, since when.
use egui::{Align2, Ui, pos2};

use super::command::{Command, Item};
use super::findings::{paint_severity, severity_colour, severity_word};
use super::{Clock, widgets};
use crate::analysis::alerts::Name;
use crate::export::answers::AlertLine;
use crate::export::cards::Question;
use crate::texts::{fill, texts};
use crate::view::text;
use crate::view::theme::{self, Palette, RADIUS};

/// Alerts shown before "show all".
const FIRST: usize = 4;

/// About what an alert is, as an item of any picture.
pub fn item(alert: &AlertLine) -> Option<Item> {
    Some(match &alert.about {
        Name::Node(id) => Item::Node(id.clone()),
        Name::Edge(from, to) => Item::Edge(from.clone(), to.clone()),
    })
}

/// Since when, or from when to when.
pub fn when(alert: &AlertLine, clock: &Clock) -> String {
    match alert.end {
        None => fill(texts().timeline.since, &[("start", &clock.seconds(alert.onset))]),
        Some(end) => fill(
            texts().timeline.from_to,
            &[("start", &clock.seconds(alert.onset)), ("end", &clock.seconds(end))],
        ),
    }
}

/// All of an alert, for tooltips and screen readers.
pub fn spoken(alert: &AlertLine, clock: &Clock) -> String {
    let others: String = alert.others.iter().map(|o| format!("\n{o}")).collect();
    format!(
        "{}: {}, {}, {}, {}{others}",
        severity_word(alert.severity),
        alert.name,
        alert.rule,
        alert.figures,
        when(alert, clock)
    )
    .replace(" %", "%")
}

/// Shows those that are active; nothing where there are none.
pub fn show(ui: &mut Ui, alerts: &[AlertLine], clock: &Clock, p: &Palette, commands: &mut Vec<Command>) {
    let active: Vec<&AlertLine> = alerts.iter().filter(|a| a.is_active()).collect();
    if active.is_empty() {
        return;
    }
    widgets::heading(ui, texts().timeline.active_alerts, &active.len().to_string(), p);
    let id = ui.id().with("all alerts");
    let all = ui.data(|d| d.get_temp::<bool>(id).unwrap_or(false));
    let shown = if all { active.len() } else { FIRST.min(active.len()) };
    for alert in active.iter().take(shown) {
        if row(ui, alert, clock, p).clicked() {
            commands.push(Command::OpenAnswer(Question::Health, item(alert)));
        }
    }
    if active.len() > FIRST {
        let label = if all {
            texts().timeline.show_fewer.to_owned()
        } else {
            fill(texts().timeline.show_more, &[("count", &(active.len() - FIRST))])
        };
        if ui.button(egui::RichText::new(label).font(theme::small())).clicked() {
            ui.data_mut(|d| d.insert_temp(id, !all));
        }
    }
}

fn row(ui: &mut Ui, alert: &AlertLine, clock: &Clock, p: &Palette) -> egui::Response {
    let told = spoken(alert, clock);
    let (rect, response) = widgets::row(
        ui,
        56.0,
        &fill(texts().timeline.alert_2, &[("alert", &told.replace('\n', "; "))]),
        false,
        p,
    );
    let colour = severity_colour(alert.severity, p);
    let painter = ui.painter();
    let back = if response.hovered() { p.hover } else { p.raised };
    let border = if response.has_focus() { p.accent } else { theme::faded(colour, 0.45) };
    let stroke = egui::Stroke::new(1.0, border);
    painter.rect(rect, RADIUS, back, stroke, egui::StrokeKind::Inside);
    paint_severity(painter, rect.min + egui::vec2(18.0, 16.0), alert.severity, 16.0, p);
    let (left, right) = (rect.left() + 34.0, rect.right() - 10.0);
    let since = fill(texts().timeline.since, &[("start", &clock.seconds(alert.onset))]);
    let at = pos2(right, rect.top() + 16.0);
    let since = painter.text(at, Align2::RIGHT_CENTER, since, theme::caption(), p.muted);
    let name = widgets::fit_both(ui, &alert.name, &theme::body(), since.left() - left - 8.0);
    ui.painter().text(pos2(left, rect.top() + 16.0), Align2::LEFT_CENTER, name, theme::body(), p.text);
    let more = match alert.others.len() {
        0 => String::new(),
        n => fill(texts().timeline.more_tell_of_it, &[("count", &n)]),
    };
    let kind = format!("{} · {}{more}", severity_word(alert.severity), text::name(&alert.rule, 60));
    let kind = widgets::fit_end(ui, &kind, &theme::caption(), right - left);
    ui.painter().text(pos2(left, rect.top() + 31.0), Align2::LEFT_CENTER, kind, theme::caption(), colour);
    let figures = alert.figures.replace(" %", "%");
    let figures = widgets::fit_end(ui, &figures, &theme::caption(), right - left);
    ui.painter().text(pos2(left, rect.top() + 45.0), Align2::LEFT_CENTER, figures, theme::caption(), p.muted);
    response.on_hover_text(widgets::with_arrows(&told))
}
