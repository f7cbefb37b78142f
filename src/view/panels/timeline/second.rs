//! The second brush: a stretch of time that the window is compared with.
use egui::{Align2, Color32, Rangef, Rect, Stroke, Ui, pos2, vec2};

use super::share;
use crate::model::{TimeRange, Timestamp};
use crate::texts::texts;
use crate::view::theme::{self, Palette, faded};

/// Whether a drag that begins now marks the time to compare with.
pub(super) fn is_asked(ui: &Ui) -> bool {
    ui.input(|i| i.modifiers.shift || i.modifiers.alt)
}

/// Paints both stretches with their names and dims all other time.
pub(super) fn paint(
    ui: &Ui,
    area: Rect,
    range: TimeRange,
    (second, window): (TimeRange, Option<TimeRange>),
    p: &Palette,
) {
    let x = |t: Timestamp| area.left() + share(range, t).clamp(0.0, 1.0) * area.width();
    let span = |w: TimeRange| Rangef::new(x(w.start), x(w.end).max(x(w.start) + 1.0));
    let mut both: Vec<TimeRange> = window.into_iter().chain([second]).collect();
    both.sort_by_key(|w| w.start);
    let mut left = area.left();
    for shown in &both {
        let at = span(*shown);
        dim(ui, area, Rangef::new(left, at.min), p);
        left = left.max(at.max);
    }
    dim(ui, area, Rangef::new(left, area.right()), p);
    let is_first = window.is_none_or(|w| second.start <= w.start);
    let names = if is_first {
        (texts().timeline.before, texts().timeline.after)
    } else {
        (texts().timeline.after, texts().timeline.before)
    };
    if let Some(window) = window {
        frame(ui, area, span(window), (names.1, p.accent), p);
    }
    frame(ui, area, span(second), (names.0, p.dependents), p);
}

fn dim(ui: &Ui, area: Rect, x: Rangef, p: &Palette) {
    if x.span() > 0.0 {
        ui.painter().rect_filled(Rect::from_x_y_ranges(x, area.y_range()), 0, faded(p.panel, 0.66));
    }
}

/// One of the two: its borders, and its name in its lower left corner.
fn frame(ui: &Ui, area: Rect, x: Rangef, (name, colour): (&str, Color32), p: &Palette) {
    let painter = ui.painter();
    painter.rect_filled(Rect::from_x_y_ranges(x, area.y_range()), 0, faded(colour, 0.10));
    for at in [x.min, x.max] {
        painter.vline(at, area.y_range(), Stroke::new(1.5, colour));
        let grip = Rect::from_center_size(pos2(at, area.center().y), vec2(6.0, 18.0));
        painter.rect_filled(grip, 3, colour);
    }
    let galley = painter.layout_no_wrap(name.to_owned(), theme::caption(), colour);
    let size = galley.size() + vec2(8.0, 3.0);
    if size.x + 8.0 <= x.span() {
        let place = Rect::from_min_size(pos2(x.min + 5.0, area.bottom() - size.y - 3.0), size);
        painter.rect_filled(place, 3, faded(p.panel, 0.9));
        let at = Align2::CENTER_CENTER.align_size_within_rect(galley.size(), place).min;
        painter.galley(at, galley, colour);
    }
}
