//! Deployments on the timeline: a mark each, which tells what was deployed and opens what it changed.
use egui::{Align2, Rangef, Rect, Sense, Stroke, Ui, Vec2, WidgetInfo, WidgetType, pos2};

use super::share;
use crate::export::cards::Question;
use crate::model::TimeRange;
use crate::texts::{fill, texts};
use crate::view::panels::clock::Clock;
use crate::view::panels::command::Command;
use crate::view::panels::deployments::Deployed;
use crate::view::panels::widgets;
use crate::view::theme::{self, Palette, faded};

/// Marks nearer than this are one, in points.
const NEAR: f32 = 14.0;

/// Shows the marks; each is a button.
pub(super) fn show(
    ui: &Ui,
    area: Rect,
    range: TimeRange,
    all: &[Deployed],
    clock: &Clock,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    let x = |d: &Deployed| area.left() + share(range, d.at) * area.width();
    let mut shown: Vec<&Deployed> = all.iter().filter(|d| range.contains(d.at)).collect();
    shown.sort_by_key(|d| d.at);
    let mut rest = shown.as_slice();
    while let Some(first) = rest.first() {
        let near = rest.iter().take_while(|d| x(d) - x(first) < NEAR).count();
        let (group, later) = rest.split_at(near);
        rest = later;
        mark(ui, area, x(first), group, clock, p, commands);
    }
}

fn mark(
    ui: &Ui,
    area: Rect,
    x: f32,
    group: &[&Deployed],
    clock: &Clock,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    let middle = pos2(x.clamp(area.left() + 8.0, area.right() - 8.0), area.bottom() - 10.0);
    let place = Rect::from_center_size(middle, Vec2::splat(18.0));
    let id = ui.id().with(("deployed", group.first().map(|d| (d.at, &d.service))));
    let response = ui.interact(place, id, Sense::click());
    let lines: Vec<String> = group.iter().map(|d| d.sentence(clock)).collect();
    let spoken = fill(texts().timeline.deployed, &[("what", &lines.join("; "))]);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &spoken));
    let painter = ui.painter();
    let line = Rangef::new(area.top(), place.top());
    painter.vline(x, line, Stroke::new(1.0, faded(p.text, 0.6)));
    painter.circle_filled(middle, 9.5, p.panel);
    let is_pointed_at = response.hovered() || response.has_focus();
    painter.circle_filled(middle, 8.5, if is_pointed_at { p.accent } else { p.text });
    let icon = egui_phosphor::regular::ROCKET_LAUNCH;
    painter.text(middle, Align2::CENTER_CENTER, icon, theme::small(), p.panel);
    if response.clicked() {
        let item = group.first().and_then(|d| d.item.clone());
        commands.push(Command::OpenAnswer(Question::Deploy, item));
    }
    let told =
        widgets::with_arrows(&fill(texts().timeline.click_for_what_changed, &[("what", &lines.join("\n"))]));
    response.on_hover_text(told);
}
