//! What is told over the map.
use egui::{Frame, Margin, Ui};

use crate::view::theme::Palette;

/// What is to be told, over the map, until somebody closes it.
pub fn show(ui: &mut Ui, notice: &mut Option<String>, p: &Palette) {
    let Some(told) = notice.clone() else { return };
    let fill = crate::view::theme::mixed(p.panel, p.warning, 0.12);
    Frame::new().fill(fill).inner_margin(Margin::symmetric(12, 4)).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.label(egui::RichText::new(egui_phosphor::regular::WARNING).color(p.warning));
            ui.label(egui::RichText::new(&told).color(p.text));
            if ui.button(crate::texts::texts().map.close_the_notice).clicked() {
                *notice = None;
            }
        });
    });
}
