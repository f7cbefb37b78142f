//! Painting of one bar: waiting, own work, critical path, overhang and the duration beside it.
use egui::{Align2, Color32, Painter, Pos2, Rect, Stroke, StrokeKind, pos2, vec2};

use super::ROW;
use super::scene::{Bar, ErrorIcon, SceneRow};
use crate::analysis::ErrorMark;
use crate::texts::texts;
use crate::view::theme::{self, Palette, UNIT, faded, mixed};

const HEIGHT: f32 = 12.0;

/// Paints the bar of a row whose part of the time column is `area`.
pub(super) fn paint(painter: &Painter, area: Rect, row: &SceneRow, palette: &Palette) {
    let Some(bar) = &row.bar else {
        if row.duration == texts().waterfall.no_time {
            let at = pos2(area.left(), area.center().y);
            painter.text(at, Align2::LEFT_CENTER, &row.duration, theme::caption(), palette.muted);
        }
        return;
    };
    let across = |part: (f32, f32)| across(area, part, HEIGHT);
    let whole = across(bar.span);
    match row.colour {
        Some(colour) => {
            painter.rect_filled(whole, 2.0, mixed(palette.panel, colour, 0.38));
            for own in &bar.own {
                painter.rect_filled(across(*own).intersect(whole), 2.0, colour);
            }
            if let Some(over) = bar.overhang {
                hatch(painter, across(over).intersect(whole), colour, palette);
            }
        }
        None => dashed(painter, whole, palette.faint),
    }
    for part in &bar.path {
        let line = across(*part).intersect(whole);
        let line = Rect::from_min_max(pos2(line.left(), line.bottom() + 1.0), line.max + vec2(0.0, 3.0));
        painter.rect_filled(line, 0, palette.text);
    }
    duration(painter, area, whole, bar, row, palette);
}

/// The rectangle of a part; at least a pixel and a half wide, so that nothing vanishes.
fn across(area: Rect, part: (f32, f32), height: f32) -> Rect {
    let x = |s: f32| area.left() + s * area.width();
    let (left, right) = (x(part.0), x(part.1).max(x(part.0) + 1.5));
    let top = area.center().y - height / 2.0 - 1.0;
    Rect::from_min_max(pos2(left, top), pos2(right, top + height))
}

/// Diagonal lines: work whose result nobody waited for any more.
fn hatch(painter: &Painter, rect: Rect, colour: Color32, palette: &Palette) {
    painter.rect_filled(rect, 2.0, palette.panel);
    let clipped = painter.with_clip_rect(painter.clip_rect().intersect(rect));
    let stroke = Stroke::new(1.5, faded(colour, 0.75));
    let mut x = rect.left() - rect.height();
    while x < rect.right() {
        clipped.line_segment([pos2(x, rect.bottom()), pos2(x + rect.height(), rect.top())], stroke);
        x += 6.0;
    }
    painter.rect_stroke(rect, 2.0, Stroke::new(1.0, colour), StrokeKind::Inside);
}

fn dashed(painter: &Painter, rect: Rect, colour: Color32) {
    let rect = rect.shrink(0.5);
    let corners =
        [rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom(), rect.left_top()];
    painter.extend(egui::Shape::dashed_line(&corners, Stroke::new(1.0, colour), 4.0, 3.0));
}

/// Right of the bar where there is room, else left of it, else on its end.
fn duration(painter: &Painter, area: Rect, whole: Rect, bar: &Bar, row: &SceneRow, palette: &Palette) {
    let has_failed = matches!(row.error, ErrorIcon::Mark(ErrorMark::Origin | ErrorMark::Propagated));
    let colour = if has_failed { palette.critical } else { palette.muted };
    let galley = painter.layout_no_wrap(row.duration.clone(), theme::caption(), colour);
    let (width, y) = (galley.size().x, area.center().y - galley.size().y / 2.0 - 1.0);
    let gap = 1.5 * UNIT;
    let fits_right = whole.right() + gap + width <= area.right() + 2.0 * UNIT;
    if fits_right {
        let at = pos2(whole.right() + gap, y);
        painter.galley(at, galley, colour);
        note(painter, area, pos2(at.x + width + gap, area.center().y - 1.0), row, palette);
    } else if whole.left() - gap - width >= area.left() {
        painter.galley(pos2(whole.left() - gap - width, y), galley, colour);
    } else if bar.span.1 - bar.span.0 > 0.2 {
        let pill = Rect::from_min_size(
            pos2(whole.right() - width - 2.0 * gap, whole.top() - 1.0),
            vec2(width + 2.0 * UNIT, HEIGHT + 2.0),
        );
        painter.rect_filled(pill, 4.0, palette.pill);
        painter.galley(pos2(pill.left() + UNIT, y), galley, colour);
    }
}

/// What else there is to say, where there is room for it.
fn note(painter: &Painter, area: Rect, at: Pos2, row: &SceneRow, palette: &Palette) {
    if row.note.is_empty() {
        return;
    }
    let galley = painter.layout_no_wrap(format!("· {}", row.note), theme::caption(), palette.muted);
    if at.x + galley.size().x <= area.right() + 2.0 * UNIT {
        painter.galley(pos2(at.x, at.y - galley.size().y / 2.0), galley, palette.muted);
    }
}

/// The y range of a row in the area below the ruler.
pub(super) fn row_rect(area: Rect, y: f32) -> Rect {
    Rect::from_min_size(pos2(area.left(), area.top() + y), vec2(area.width(), ROW))
}
