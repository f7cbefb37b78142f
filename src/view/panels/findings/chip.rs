//! The choice that the window is narrowed to, over the map: what it is, and a way out.
use egui::{Align2, Rect, RichText, Sense, Stroke, StrokeKind, Ui, WidgetInfo, WidgetType, pos2, vec2};
use egui_phosphor::regular;

use super::heat::{self, Chosen};
use crate::graph::Snapshot;
use crate::texts::{fill, texts};
use crate::view::panels::widgets;
use crate::view::panels::{Clock, Command};
use crate::view::theme::{self, Palette, UNIT, mixed};

/// Height, in points.
const HEIGHT: f32 = 30.0;

/// Shows it.
pub fn show(
    ui: &mut Ui,
    (chosen, snapshot): (&Chosen, &Snapshot),
    clock: &Clock,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    let room = ui.available_width() - 64.0;
    let whole = heat::describe(chosen, snapshot, clock);
    let shown = widgets::fit_end(ui, &whole, &theme::small(), room.max(60.0));
    let galley = ui.painter().layout_no_wrap(shown, theme::small(), p.text);
    let size = vec2(galley.size().x + 62.0, HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, &whole));
    let colour = mixed(p.panel, p.accent, 0.14);
    ui.painter().rect(rect, HEIGHT / 2.0, colour, Stroke::new(1.0, p.accent), StrokeKind::Inside);
    let sign = pos2(rect.left() + 16.0, rect.center().y);
    ui.painter().text(sign, Align2::CENTER_CENTER, regular::FUNNEL_SIMPLE, theme::body(), p.accent);
    let at = pos2(rect.left() + 28.0, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, p.text);
    response.on_hover_text(fill(texts().findings.map_lists_and_figures_show, &[("whole", &whole)]));
    let button = Rect::from_center_size(pos2(rect.right() - 17.0, rect.center().y), vec2(26.0, 26.0));
    ui.scope(|ui| {
        ui.spacing_mut().button_padding = vec2(UNIT / 2.0, 0.0);
        let icon = RichText::new(regular::X).font(theme::body()).color(p.text);
        let close = ui.put(button, egui::Button::new(icon).frame_when_inactive(false).corner_radius(13));
        close
            .widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, texts().findings.clear_the_choice));
        if close.on_hover_text(texts().findings.look_at_all_requests_again).clicked() {
            commands.push(Command::Choose(None));
        }
    });
}
