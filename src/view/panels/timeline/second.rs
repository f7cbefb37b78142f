//! The second brush: a stretch of time that the window is compared with.
use egui::{Align2, Color32, Pos2, Rangef, Rect, Stroke, Ui, pos2, vec2};
use egui_phosphor::regular;

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
    let span = |w: TimeRange| across(area, range, w);
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
        frame(ui, area, range, window, (names.1, p.accent), p);
    }
    frame(ui, area, range, second, (names.0, p.dependents), p);
}

fn dim(ui: &Ui, area: Rect, x: Rangef, p: &Palette) {
    if x.span() > 0.0 {
        ui.painter().rect_filled(Rect::from_x_y_ranges(x, area.y_range()), 0, faded(p.panel, 0.66));
    }
}

/// One stretch alone, and all other time dimmed.
pub(super) fn paint_one(ui: &Ui, area: Rect, range: TimeRange, window: TimeRange, p: &Palette) {
    let at = across(area, range, window);
    dim(ui, area, Rangef::new(area.left(), at.min), p);
    dim(ui, area, Rangef::new(at.max, area.right()), p);
    frame(ui, area, range, window, ("", p.accent), p);
}

fn across(area: Rect, range: TimeRange, stretch: TimeRange) -> Rangef {
    let x = |t: Timestamp| area.left() + share(range, t).clamp(0.0, 1.0) * area.width();
    Rangef::new(x(stretch.start), x(stretch.end).max(x(stretch.start) + 1.0))
}

/// A stretch: those of its borders that are shown, and its name in its lower left corner. Of one that lies out of
/// view an arrow says where.
fn frame(
    ui: &Ui,
    area: Rect,
    range: TimeRange,
    stretch: TimeRange,
    (name, colour): (&str, Color32),
    p: &Palette,
) {
    let painter = ui.painter();
    let plate = |text: String, at: Pos2, align: Align2| {
        let galley = painter.layout_no_wrap(text, theme::caption(), colour);
        let place = align.anchor_size(at, galley.size() + vec2(8.0, 3.0));
        painter.rect_filled(place, 3, faded(p.panel, 0.9));
        let at = Align2::CENTER_CENTER.align_size_within_rect(galley.size(), place).min;
        painter.galley(at, galley, colour);
    };
    if stretch.end <= range.start {
        let text = format!("{} {name}", regular::CARET_LEFT);
        plate(text, area.left_bottom() + vec2(4.0, -3.0), Align2::LEFT_BOTTOM);
        return;
    }
    if stretch.start >= range.end {
        let text = format!("{name} {}", regular::CARET_RIGHT);
        plate(text, area.right_bottom() + vec2(-4.0, -3.0), Align2::RIGHT_BOTTOM);
        return;
    }
    let x = across(area, range, stretch);
    painter.rect_filled(Rect::from_x_y_ranges(x, area.y_range()), 0, faded(colour, 0.10));
    for (at, border) in [(x.min, stretch.start), (x.max, stretch.end)] {
        if border < range.start || border > range.end {
            continue;
        }
        painter.vline(at, area.y_range(), Stroke::new(1.5, colour));
        let grip = Rect::from_center_size(pos2(at, area.center().y), vec2(6.0, 18.0));
        painter.rect_filled(grip, 3, colour);
    }
    let wide = painter.layout_no_wrap(name.to_owned(), theme::caption(), colour).size().x;
    if !name.is_empty() && wide + 16.0 <= x.span() {
        plate(name.to_owned(), pos2(x.min + 5.0, area.bottom() - 3.0), Align2::LEFT_BOTTOM);
    }
}
