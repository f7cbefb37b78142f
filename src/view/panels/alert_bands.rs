//! Alerts on the timeline: a band each, from its start to its end, in a few lanes above the bars.
use egui::{Align2, FontId, Rangef, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, WidgetType, pos2, vec2};
use egui_phosphor::fill;

use super::command::Command;
use super::findings::severity_colour;
use super::{Clock, alerts, widgets};
use crate::analysis::Severity;
use crate::export::answers::AlertLine;
use crate::export::cards::Question;
use crate::model::{TimeRange, Timestamp};
use crate::texts::{fill, texts};
use crate::view::fonts::filled_icons;
use crate::view::theme::{self, Palette, faded};

/// Lanes at most; what does not fit is counted at the right.
const LANES: usize = 3;
/// Height of a lane, in points.
const LANE: f32 = 7.0;

/// Alerts to be shown, and until when those that go on are known to.
pub struct Bands {
    /// The alerts.
    pub alerts: Vec<AlertLine>,
    /// The end of those without one.
    pub until: Timestamp,
}

/// Room that the lanes take, in points.
pub fn height(bands: &Bands, range: TimeRange) -> f32 {
    let lanes = lanes(bands, range).0.iter().map(|l| l.1 + 1).max().unwrap_or(0);
    if lanes == 0 { 0.0 } else { lanes as f32 * LANE + 3.0 }
}

/// The lane of each alert that finds room, the gravest first; and how many find none.
fn lanes(Bands { alerts, until }: &Bands, range: TimeRange) -> (Vec<(usize, usize)>, usize) {
    // A little air between two bands of one lane.
    let air = range.length().0 / 200;
    let mut taken: Vec<Vec<(Timestamp, Timestamp)>> = Vec::new();
    let (mut placed, mut left) = (Vec::new(), 0);
    for (i, alert) in alerts.iter().enumerate() {
        let (start, end) = (alert.onset, alert.end.unwrap_or(*until));
        let is_free = |lane: &Vec<(Timestamp, Timestamp)>| {
            lane.iter().all(|(a, b)| end.0.saturating_add(air) < a.0 || start.0.saturating_sub(air) > b.0)
        };
        let lane = taken.iter().position(is_free).unwrap_or(taken.len());
        if lane >= LANES {
            left += 1;
            continue;
        }
        if lane == taken.len() {
            taken.push(Vec::new());
        }
        if let Some(lane) = taken.get_mut(lane) {
            lane.push((start, end));
        }
        placed.push((i, lane));
    }
    (placed, left)
}

/// Shows them in the room above `area`, whose width is that of `range`.
pub fn show(
    ui: &Ui,
    area: Rect,
    range: TimeRange,
    bands: &Bands,
    clock: &Clock,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    let (placed, left) = lanes(bands, range);
    let top = area.top() - height(bands, range);
    for (i, lane) in placed {
        let Some(alert) = bands.alerts.get(i) else { continue };
        let y = top + lane as f32 * LANE;
        band(ui, (area, y), range, (i, alert, bands.until), clock, p, commands);
    }
    if left > 0 {
        let at = pos2(area.right() + 8.0, top + 1.5 * LANE);
        let more = fill(texts().timeline.more, &[("left", &left)]);
        let shown = ui.painter().text(at, Align2::LEFT_CENTER, &more, theme::caption(), p.muted);
        let response = ui.interact(shown, ui.id().with("more alerts"), Sense::click());
        let spoken = fill(texts().timeline.more_alerts, &[("left", &left)]);
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &spoken));
        if response.clicked() {
            commands.push(Command::OpenAnswer(Question::Health, None));
        }
        response.on_hover_text(texts().timeline.more_alerts_than_there_is);
    }
}

fn band(
    ui: &Ui,
    (area, y): (Rect, f32),
    range: TimeRange,
    (place, alert, until): (usize, &AlertLine, Timestamp),
    clock: &Clock,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    let x = |t: Timestamp| {
        let share = (t - range.start).0 as f64 / range.length().0.max(1) as f64;
        area.left() + share.clamp(0.0, 1.0) as f32 * area.width()
    };
    let left = x(alert.onset);
    let right = x(alert.end.unwrap_or(until)).max(left + 8.0);
    let rect = Rect::from_x_y_ranges(Rangef::new(left, right), Rangef::new(y, y + LANE - 2.0));
    let response = ui.interact(rect.expand2(vec2(0.0, 1.0)), ui.id().with(("alert", place)), Sense::click());
    let state = if alert.is_active() { texts().timeline.active_alert } else { texts().timeline.alert };
    let told = alerts::spoken(alert, clock);
    let spoken =
        fill(texts().timeline.on_the_timeline, &[("state", &state), ("alert", &told.replace('\n', "; "))]);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &spoken));
    let colour = severity_colour(alert.severity, p);
    let painter = ui.painter();
    // What is grave is full, what is not is a frame.
    let grave = alert.severity >= Severity::High;
    let strength = if grave { 0.5 } else { 0.1 };
    painter.rect_filled(rect, 2, faded(colour, if response.hovered() { strength + 0.25 } else { strength }));
    if !grave {
        painter.rect_stroke(rect, 2, Stroke::new(1.0, faded(colour, 0.8)), StrokeKind::Inside);
    }
    if response.hovered() || response.has_focus() {
        let line = Stroke::new(1.0, if response.has_focus() { p.accent } else { colour });
        painter.rect_stroke(rect, 2, line, StrokeKind::Outside);
        painter.vline(left, area.y_range(), Stroke::new(1.0, faded(colour, 0.6)));
    }
    painter.vline(left, rect.y_range(), Stroke::new(2.0, colour));
    let at = pos2(left - 6.0, rect.center().y);
    let has_bell = alert.is_active() || grave;
    let bell = if has_bell { fill::BELL } else { "" };
    painter.text(at, Align2::CENTER_CENTER, bell, FontId::new(8.5, filled_icons()), colour);
    if response.clicked() {
        commands.push(Command::OpenAnswer(Question::Health, alerts::item(alert)));
    }
    let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
    response.on_hover_text(widgets::with_arrows(&told));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::alerts::Name;

    fn alert(from: i64, to: Option<i64>) -> AlertLine {
        AlertLine {
            severity: Severity::Medium,
            rule: "errors".to_owned(),
            name: "pay".to_owned(),
            about: Name::Node("service:pay".to_owned()),
            figures: String::new(),
            worst: String::new(),
            onset: Timestamp(from),
            end: to.map(Timestamp),
            others: Vec::new(),
        }
    }

    #[test]
    fn at_a_moment_what_is_to_come_is_not_told_and_what_is_over_by_now_still_goes_on() {
        let told = |alert: &AlertLine, at| {
            alert.at(Timestamp(at)).map(|a| format!("{} {:?} {}", a.onset.0, a.end, a.figures))
        };
        let goes_on = Some("100 None judged over all of the time".to_owned());
        for (at, expected) in [(99, &None), (100, &goes_on), (399, &goes_on), (400, &None)] {
            assert_eq!(&told(&alert(100, Some(400)), at), expected, "{at}");
        }
        assert_eq!(told(&alert(100, None), 5000), goes_on);
    }

    #[test]
    fn bands_share_a_lane_unless_they_meet_and_the_rest_is_counted() {
        let range = TimeRange::new(Timestamp(0), Timestamp(1000));
        let all = [
            alert(500, None),
            alert(100, Some(400)),
            alert(300, Some(600)),
            alert(550, None),
            alert(560, Some(570)),
        ];
        let bands = |alerts: &[AlertLine], until| Bands { alerts: alerts.to_vec(), until: Timestamp(until) };
        assert_eq!(lanes(&bands(&all, 1000), range), (vec![(0, 0), (1, 0), (2, 1), (3, 2)], 1));
        let height = |alerts| height(&bands(alerts, 1000), range);
        assert!(height(&[]) == 0.0 && height(&all[..2]) == LANE + 3.0);
        let known_until_540 = lanes(&bands(&all[..4], 540), range);
        assert_eq!(
            known_until_540,
            (vec![(0, 0), (1, 0), (2, 1), (3, 0)], 0),
            "the first ends before the last"
        );
    }
}
