//! What is told over the top of the map, which keeps still below: notices, what is compared, chosen and hidden.
use egui::{Area, Frame, Id, Margin, Order, Rect, RichText, Stroke, Ui, vec2};
use egui_phosphor::regular;

use super::App;
use super::command::Command;
use crate::view::map::is_narrow;
use crate::view::panels::bar::{self, Bar, Sentences};
use crate::view::panels::picture::Picture;
use crate::view::panels::{Clock, comparison, findings};
use crate::view::theme::{Palette, RADIUS, mixed};

/// From the corner of the map, and from the buttons at its right.
const GAP: f32 = 12.0;

/// Shows it left of the buttons of the map, which lies in `view`.
pub fn show(app: &mut App, ui: &Ui, view: Rect, picture: &Picture, p: &Palette, commands: &mut Vec<Command>) {
    let left = app.state.done.as_ref().map(|d| d.until - ui.input(|i| i.time));
    match left {
        Some(left) if left > 0.0 => {
            ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(left));
        }
        _ => app.state.done = None,
    }
    let says = Sentences::of(picture);
    let is_silent = app.state.notice.is_none()
        && app.state.done.is_none()
        && picture.compared.is_none()
        && picture.chosen.is_none()
        && says.is_silent();
    // Below a trace in full height there is no map.
    if is_silent || view.height() < 60.0 {
        app.state.map.told = None;
        return;
    }
    let width = view.width() - 2.0 * GAP - if is_narrow(view) { 84.0 } else { 200.0 };
    let area =
        Area::new(Id::new("told over the map")).order(Order::Middle).fixed_pos(view.min + vec2(GAP, GAP));
    let shown = area.constrain(false).fade_in(false).show(ui.ctx(), |ui| {
        ui.set_max_width(width.max(160.0));
        ui.spacing_mut().item_spacing.y = 6.0;
        let clock = Clock::new(app.state.utc);
        if let Some(compared) = &picture.compared {
            comparison::banner(ui, &compared.comparing, &clock, p, commands);
        }
        if let Some(chosen) = &picture.chosen {
            findings::chip(ui, (chosen, &picture.snapshot), &clock, p, commands);
        }
        let (can_undo, can_redo) = (app.state.arranging.can_undo(), app.state.arranging.can_redo());
        bar::show(ui, &Bar { says, can_undo, can_redo }, p, commands);
        notice(ui, &mut app.state.notice, p);
        if let Some(done) = &app.state.done {
            plate(p, mixed(p.panel, p.healthy, 0.12)).show(ui, |ui| {
                ui.horizontal_wrapped(|ui| {
                    ui.label(RichText::new(regular::CHECK).color(p.healthy));
                    ui.label(RichText::new(&done.text).color(p.text));
                });
            });
        }
    });
    // Words on the map stay clear of it, from the next frame on.
    let told = Some(shown.response.rect);
    if std::mem::replace(&mut app.state.map.told, told) != told {
        ui.ctx().request_repaint();
    }
}

fn plate(p: &Palette, fill: egui::Color32) -> Frame {
    let frame = Frame::new().fill(fill).stroke(Stroke::new(1.0, p.border)).corner_radius(RADIUS);
    frame.inner_margin(Margin::symmetric(12, 4))
}

/// Until somebody closes it.
fn notice(ui: &mut Ui, notice: &mut Option<String>, p: &Palette) {
    let Some(told) = notice.clone() else { return };
    plate(p, mixed(p.panel, p.warning, 0.12)).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(regular::WARNING).color(p.warning));
            ui.label(RichText::new(&told).color(p.text));
            if ui.button(crate::texts::texts().map.close_the_notice).clicked() {
                *notice = None;
            }
        });
    });
}
