//! How a finding looks: a mark whose shape and word tell how bad it is, who, what, and the first reason.
use egui::{Align2, Color32, FontId, Painter, Pos2, Response, Stroke, StrokeKind, Ui, pos2, vec2};
use egui_phosphor::fill;

use super::{Line, sentence};
use crate::analysis::{Confidence, Severity};
use crate::texts::{fill, texts};
use crate::view::fonts::filled_icons;
use crate::view::panels::widgets;
use crate::view::text;
use crate::view::theme::{self, Palette, RADIUS, faded};
use crate::view::words;

/// The colour of a severity.
pub fn severity_colour(severity: Severity, p: &Palette) -> Color32 {
    match severity {
        Severity::Critical | Severity::High => p.critical,
        Severity::Medium => p.warning,
        Severity::Low => p.muted,
    }
}

/// The sign of a severity: another shape for each.
fn severity_icon(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => fill::WARNING_OCTAGON,
        Severity::High => fill::WARNING_DIAMOND,
        Severity::Medium => fill::WARNING,
        Severity::Low => fill::INFO,
    }
}

/// Paints the sign of a severity around a point.
pub fn paint_severity(painter: &Painter, at: Pos2, severity: Severity, size: f32, p: &Palette) {
    let font = FontId::new(size, filled_icons());
    painter.text(at, Align2::CENTER_CENTER, severity_icon(severity), font, severity_colour(severity, p));
}

/// A severity as a word that begins a line.
pub fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => texts().findings.critical,
        Severity::High => texts().findings.high,
        Severity::Medium => texts().findings.medium,
        Severity::Low => texts().findings.low,
    }
}

/// `high confidence`.
pub fn confidence_words(confidence: Confidence) -> String {
    fill(texts().findings.confidence, &[("level", &words::confidence(confidence))])
}

/// Severity, what it is, and how sure.
fn kind(line: &Line, scope: Option<&str>) -> String {
    let sure = line.card.confidence.map_or_else(String::new, |c| format!(" · {}", confidence_words(c)));
    let scope = scope.map_or_else(String::new, |s| format!(" · {s}"));
    format!("{} · {}{sure}{scope}", severity_word(line.card.severity), text::name(&line.card.title, 60))
}

/// Shows a finding that can be opened; `scope` says of which time it is, where that may be doubted.
pub fn show(ui: &mut Ui, line: &Line, scope: Option<&str>, p: &Palette) -> Response {
    let card = &line.card;
    let room = ui.available_width() - 34.0 - 10.0;
    let why = text::name(&sentence(card.reasons.first().map_or("", String::as_str)), 240);
    let galley = ui.painter().layout(why.clone(), theme::small(), p.muted, room);
    let colour = severity_colour(card.severity, p);
    let kind = ui.painter().layout(widgets::with_arrows(&kind(line, scope)), theme::small(), colour, room);
    let height = 30.0 + kind.size().y + galley.size().y + 10.0;
    let spoken = format!(
        "{}: {}, {}{}{}. {why}",
        severity_word(card.severity),
        text::name(&card.name, 80),
        text::name(&card.title, 60),
        card.confidence.map_or_else(String::new, |c| format!(", {}", confidence_words(c))),
        scope.map_or_else(String::new, |s| format!(", {s}"))
    );
    let (rect, response) = widgets::row(ui, height, &spoken, false, p);
    let back = if response.hovered() { p.hover } else { p.raised };
    let painter = ui.painter();
    let border = if response.has_focus() { p.accent } else { faded(colour, 0.45) };
    painter.rect(rect, RADIUS, back, Stroke::new(1.0, border), StrokeKind::Inside);
    paint_severity(painter, rect.min + vec2(18.0, 18.0), card.severity, 17.0, p);
    let left = rect.left() + 34.0;
    let name = widgets::fit_both(ui, &card.name, &theme::body(), room);
    ui.painter().text(pos2(left, rect.top() + 17.0), Align2::LEFT_CENTER, name, theme::body(), p.text);
    let below = rect.top() + 28.0 + kind.size().y + 2.0;
    ui.painter().galley(pos2(left, rect.top() + 28.0), kind, colour);
    ui.painter().galley(pos2(left, below), galley, p.muted);
    response
}
