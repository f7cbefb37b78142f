//! A gap that takes most of the timeline: how long it is, and the parts before and after it to be looked at alone.
use egui::{Align, Button, Layout, Rangef, Rect, RichText, Ui, UiBuilder, vec2};

use super::share;
use crate::model::TimeRange;
use crate::texts::{fill, texts};
use crate::view::panels::clock::Clock;
use crate::view::panels::command::Command;
use crate::view::text;
use crate::view::theme::{self, Palette, UNIT};

/// Shows it in the middle of the gap, where there is room.
pub(super) fn show(
    ui: &mut Ui,
    area: Rect,
    range: TimeRange,
    gap: TimeRange,
    clock: &Clock,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    let x = |t| area.left() + share(range, t).clamp(0.0, 1.0) * area.width();
    let across = Rangef::new(x(gap.start), x(gap.end));
    let words = &texts().timeline;
    let told = fill(words.no_data_for, &[("length", &text::duration_ns(gap.length().0 as f64))]);
    let parts = [
        (words.only_before, TimeRange::new(range.start, gap.start)),
        (words.only_after, TimeRange::new(gap.end, range.end)),
    ];
    let wide = |text: &str| {
        ui.painter().layout_no_wrap(text.to_owned(), theme::caption(), p.muted).size().x + 6.0 * UNIT
    };
    let width: f32 = wide(&told) + parts.iter().map(|part| wide(part.0)).sum::<f32>();
    if across.span() < width {
        return;
    }
    let middle = Rect::from_x_y_ranges(across, area.y_range()).center();
    let place = Rect::from_center_size(middle, vec2(width, 20.0));
    let builder = UiBuilder::new().max_rect(place).layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.x = 2.0 * UNIT;
        ui.spacing_mut().button_padding = vec2(1.5 * UNIT, 1.0);
        ui.spacing_mut().interact_size.y = 20.0;
        ui.label(RichText::new(told).font(theme::caption()).color(p.muted));
        for (name, part) in parts {
            let response = ui.add(Button::new(RichText::new(name).font(theme::caption())));
            let moments = format!("{} – {}", clock.exact(part.start), clock.exact(part.end));
            if response.on_hover_text(fill(words.look_at, &[("range", &moments)])).clicked() {
                commands.push(Command::ShowPart(part));
            }
        }
    });
}
