//! The bars of the timeline, their scales, and the p95 as a line with gaps where nothing was measured.
use egui::{Align2, Pos2, Rangef, Rect, Stroke, Ui, pos2, vec2};

use super::{Bar, Scene};
use crate::model::Nanos;
use crate::view::text;
use crate::view::theme::{self, Palette, UNIT, faded};

/// So many bars without a request break the line.
const SILENT: f32 = 5.0;

/// The points of the line in shares of the area, in parts between which there was nothing for long.
fn parts(bars: &[Bar]) -> Vec<Vec<Pos2>> {
    let mut out: Vec<Vec<Pos2>> = Vec::new();
    let mut end = f32::NEG_INFINITY;
    for bar in bars {
        let Some(value) = bar.p95 else { continue };
        let at = pos2((bar.x.min + bar.x.max) / 2.0, value);
        match out.last_mut().filter(|_| bar.x.min - end <= SILENT * bar.x.span().max(0.001)) {
            Some(part) => part.push(at),
            None => out.push(vec![at]),
        }
        end = bar.x.max;
    }
    out
}

/// What a filter leaves out, faintly behind the bars of what it leaves.
pub(super) fn paint_rest(ui: &Ui, area: Rect, scene: &Scene, p: &Palette) {
    let x = |share: f32| area.left() + share * area.width();
    for bar in &scene.bars {
        let top = area.bottom() - (bar.ok + bar.failed) * area.height();
        let column = Rect::from_x_y_ranges(Rangef::new(x(bar.x.min), x(bar.x.max)), top..=area.bottom());
        ui.painter().rect_filled(column, 0, faded(p.edge, 0.16));
    }
}

pub(super) fn paint(ui: &Ui, area: Rect, scene: &Scene, p: &Palette) {
    let painter = ui.painter();
    let y = |share: f32| area.bottom() - share * area.height();
    let x = |share: f32| area.left() + share * area.width();
    for level in [0.0, 0.5, 1.0] {
        let colour = if level == 0.0 { p.border } else { faded(p.border, 0.6) };
        painter.hline(area.x_range(), y(level), Stroke::new(1.0, colour));
    }
    for bar in &scene.bars {
        let (left, right) = (x(bar.x.min), x(bar.x.max));
        let gap = if right - left > 4.0 { 1.0 } else { 0.0 };
        let column = |from: f32, to: f32| Rect::from_min_max(pos2(left, y(to)), pos2(right - gap, y(from)));
        painter.rect_filled(column(0.0, bar.ok), 0, faded(p.edge, 0.75));
        if bar.failed > 0.0 {
            let top = (bar.ok + bar.failed).max(bar.ok + 1.5 / area.height());
            painter.rect_filled(column(bar.ok, top), 0, p.critical);
        }
    }
    for part in parts(&scene.bars) {
        let line: Vec<Pos2> = part.iter().map(|at| pos2(x(at.x), y(at.y * 0.96))).collect();
        match line[..] {
            // A stretch by itself is a dash: a line has two ends.
            [only] => _ = painter.hline(only.x - 2.0..=only.x + 2.0, only.y, Stroke::new(1.4, p.text)),
            _ => _ = painter.line(line, Stroke::new(1.4, p.text)),
        }
    }
    for (at, name) in &scene.ticks {
        painter.vline(x(*at), Rangef::new(area.bottom(), area.bottom() + 4.0), Stroke::new(1.0, p.border));
        let place = pos2(x(*at), area.bottom() + 11.0);
        painter.text(place, Align2::CENTER_CENTER, name, theme::caption(), p.muted);
    }
    let scale = |at: Pos2, align, text: String| {
        painter.text(at, align, text, theme::caption(), p.muted);
    };
    let gap = 2.0 * UNIT;
    scale(area.left_top() - vec2(gap, 0.0), Align2::RIGHT_CENTER, text::rate_per_min(scene.most_per_min));
    // Without any duration there is no scale of them.
    if scene.longest == Nanos::default() {
        scale(area.left_bottom() - vec2(gap, 0.0), Align2::RIGHT_CENTER, "0".to_owned());
        return;
    }
    scale(area.right_top() + vec2(gap, 0.0), Align2::LEFT_CENTER, text::duration_ns(scene.longest.0 as f64));
    scale(area.left_bottom() - vec2(gap, 0.0), Align2::RIGHT_CENTER, "0".to_owned());
    scale(area.right_bottom() + vec2(gap, 0.0), Align2::LEFT_CENTER, "0".to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_has_a_gap_where_there_is_nothing_for_long() {
        let bar = |n: u8| {
            let x = f32::from(n) / 100.0;
            Bar { x: Rangef::new(x, x + 0.01), ok: 1.0, failed: 0.0, p95: Some(0.5) }
        };
        let bars: Vec<Bar> = [0, 1, 4, 5, 60, 61, 99].map(bar).into();
        let lengths: Vec<usize> = parts(&bars).iter().map(Vec::len).collect();
        assert_eq!(lengths, [4, 2, 1], "a few empty bars are none");
        assert!(parts(&[]).is_empty());
    }
}
