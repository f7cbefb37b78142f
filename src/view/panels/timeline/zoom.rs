//! Zoom of the timeline: the wheel and a key choose which stretch of time it shows; the window stays as it is.
use egui::{Rangef, Rect, Response, Ui, pos2, vec2};

use super::{Command, GUTTER, Player, TimelineState, moment_at, share};
use crate::model::{Nanos, TimeRange, Timestamp};
use crate::texts::texts;
use crate::view::theme::{self, Palette, faded};

/// Nothing shorter is shown: there are no shorter bars than a second.
const SHORTEST: i64 = 60_000_000_000;
/// Points of the wheel that double what is shown, or halve it.
const WHEEL: f32 = 240.0;

/// A stretch of this length within `all` whose `share` is at `at`; none where that is all of it.
fn around(all: TimeRange, length: i64, at: Timestamp, share: f64) -> Option<TimeRange> {
    let length = length.max(SHORTEST);
    if length >= all.length().0 {
        return None;
    }
    let start = at.0.saturating_sub((length as f64 * share) as i64);
    let start = Timestamp(start.clamp(all.start.0, all.end.0 - length));
    Some(TimeRange::new(start, start + Nanos(length)))
}

impl TimelineState {
    /// The stretch of time that is shown of all there is.
    pub fn shown(&self, all: TimeRange) -> TimeRange {
        let inside = |z: &TimeRange| z.start >= all.start && z.end <= all.end;
        self.zoomed.filter(inside).unwrap_or(all)
    }

    /// Shows the window with a little before and after it, or all again.
    pub fn zoom_to(&mut self, window: Option<TimeRange>, all: TimeRange) {
        self.zoomed = match (self.zoomed, window) {
            (None, Some(w)) => around(all, w.length().0 / 4 * 5, w.start + Nanos(w.length().0 / 2), 0.5),
            _ => None,
        };
    }

    /// Shows a part with a little before and after it; where it ends with the data, it goes on with them.
    pub fn zoom_on(&mut self, part: TimeRange, all: TimeRange) {
        self.zoomed = None;
        self.zoom_to(Some(part), all);
    }

    /// What is zoomed to up to the end of the data grows with them.
    fn follow(&mut self, all: TimeRange) {
        if let Some(zoomed) = &mut self.zoomed
            && self.ended == Some(zoomed.end)
        {
            zoomed.end = zoomed.end.max(all.end);
        }
        self.ended = Some(all.end);
    }

    /// The stretch that was zoomed to; none where all is shown.
    pub fn zoomed(&self) -> Option<TimeRange> {
        self.zoomed
    }
}

/// The wheel zooms at the pointer and, sideways, moves; a playhead that leaves takes what is shown along.
pub(super) fn steer(
    ui: &Ui,
    response: &Response,
    area: Rect,
    all: TimeRange,
    player: &Player,
    state: &mut TimelineState,
) {
    state.follow(all);
    let shown = state.shown(all);
    // What it was zoomed to is gone.
    state.zoomed = state.zoomed.filter(|z| *z == shown);
    if let Some(head) = player.head.filter(|h| !shown.contains(*h) && *h != shown.end) {
        let from = if head < shown.start { 0.9 } else { 0.1 };
        state.zoomed = around(all, shown.length().0, head, from);
        return;
    }
    let Some(at) = response.hover_pos().filter(|_| state.drag.is_none()) else { return };
    let (wheel, pinch) = ui.input(|i| (i.smooth_scroll_delta(), i.zoom_delta()));
    if wheel == egui::Vec2::ZERO && pinch == 1.0 {
        return;
    }
    let factor = f64::from(pinch * 2f32.powf(wheel.y / WHEEL));
    let length = (shown.length().0 as f64 / factor.clamp(0.01, 100.0)) as i64;
    let moved = Nanos((f64::from(wheel.x / area.width().max(1.0)) * length as f64) as i64);
    let moment = moment_at(area, shown, at);
    state.zoomed = around(all, length, moment - moved, f64::from(share(shown, moment)));
}

/// Where in all of the time the stretch lies, below the axis, and the way back.
pub(super) fn place(
    ui: &mut Ui,
    (full, area): (Rect, Rect),
    all: TimeRange,
    (state, has_window): (&mut TimelineState, bool),
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    let Some(zoomed) = state.zoomed else { return };
    let track = Rect::from_x_y_ranges(area.x_range(), Rangef::new(full.bottom() - 3.0, full.bottom()));
    let x = |t: Timestamp| area.left() + share(all, t).clamp(0.0, 1.0) * area.width();
    let part = Rangef::new(x(zoomed.start), x(zoomed.end).max(x(zoomed.start) + 3.0));
    ui.painter().rect_filled(track, 1, faded(p.border, 0.8));
    ui.painter().rect_filled(Rect::from_x_y_ranges(part, track.y_range()), 1, p.muted);
    let (width, left) = (112.0, if has_window { 112.0 } else { 0.0 });
    let corner = pos2(full.right() - GUTTER - left - width, full.top() - 3.0);
    let place = Rect::from_min_size(corner, vec2(width, 20.0));
    let label = egui::RichText::new(texts().timeline.show_all_of_the_time).font(theme::caption());
    ui.spacing_mut().interact_size.y = 20.0;
    ui.spacing_mut().button_padding.y = 1.0;
    let button = egui::Button::new(label).wrap_mode(egui::TextWrapMode::Extend).min_size(place.size());
    if ui.put(place, button).clicked() {
        commands.push(Command::ZoomTimeline);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: TimeRange = TimeRange { start: Timestamp(0), end: Timestamp(3_600_000_000_000) };
    fn minutes(from: i64, to: i64) -> TimeRange {
        TimeRange::new(Timestamp(from * 60_000_000_000), Timestamp(to * 60_000_000_000))
    }

    #[test]
    fn what_is_shown_stays_within_the_data_and_is_never_too_short() {
        let middle = minutes(30, 30).start;
        assert_eq!(around(ALL, minutes(0, 20).length().0, middle, 0.5), Some(minutes(20, 40)));
        assert_eq!(around(ALL, minutes(0, 20).length().0, minutes(1, 1).start, 0.5), Some(minutes(0, 20)));
        assert_eq!(around(ALL, minutes(0, 20).length().0, ALL.end, 0.5), Some(minutes(40, 60)));
        assert_eq!(around(ALL, 1, middle, 0.0).map(|r| r.length().0), Some(SHORTEST));
        assert_eq!(around(ALL, ALL.length().0, middle, 0.5), None, "all of it is no zoom");
    }

    #[test]
    fn a_key_goes_to_the_window_and_back() {
        let mut state = TimelineState::default();
        state.zoom_to(None, ALL);
        assert_eq!(state.shown(ALL), ALL, "there is nothing to zoom to");
        state.zoom_to(Some(minutes(20, 40)), ALL);
        assert_eq!(state.zoomed().map(|z| z.length()), Some(minutes(0, 25).length()));
        assert!(state.shown(ALL).contains(minutes(20, 40).start));
        // Data that went takes the zoom along.
        assert_eq!(state.shown(minutes(30, 60)), minutes(30, 60));
        state.zoom_to(Some(minutes(20, 40)), ALL);
        assert_eq!(state.zoomed(), None);
    }
}
