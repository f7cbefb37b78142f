//! The map's part of the sheet: its form, and of a picture its size and what it shows.
use egui::{RichText, TextEdit, Ui, WidgetInfo, WidgetType};

use super::{Contents, SaveFields};
use crate::export::map_forms::MapForm;
use crate::texts::{fill, texts};
use crate::view::panels::widgets;
use crate::view::theme::{self, Palette, UNIT};

/// Shows it.
pub(super) fn show(ui: &mut Ui, fields: &mut SaveFields, contents: &Contents<'_>, p: &Palette) {
    ui.horizontal_wrapped(|ui| {
        for form in MapForm::FILES {
            if ui.selectable_label(fields.form == form, form.name()).clicked() {
                fields.form = form;
                fields.prefill(super::Saving::Map);
            }
        }
    });
    widgets::note(ui, fields.form.purpose(), p);
    if fields.form == MapForm::Png {
        ui.add_space(2.0 * UNIT);
        size(ui, fields, contents, p);
        ui.add_space(UNIT);
        ui.horizontal(|ui| {
            ui.label(RichText::new(texts().save.shows).color(p.muted));
            ui.selectable_value(&mut fields.is_whole, true, texts().save.the_whole_map);
            ui.selectable_value(&mut fields.is_whole, false, texts().save.what_is_in_view);
        });
    }
    ui.add_space(UNIT);
    widgets::note(ui, &contents.seen, p);
}

fn size(ui: &mut Ui, fields: &mut SaveFields, contents: &Contents<'_>, p: &Palette) {
    ui.horizontal(|ui| {
        ui.label(RichText::new(texts().save.size).color(p.muted));
        for (times, name) in [(1, "1×"), (2, "2×"), (4, "4×"), (0, texts().save.in_pixels)] {
            if ui.selectable_label(fields.times == times, name).clicked() {
                fields.times = times;
            }
        }
        if fields.times == 0 {
            for (text, name) in [
                (&mut fields.width, texts().save.width_in_pixels),
                (&mut fields.height, texts().save.height_in_pixels),
            ] {
                let field = ui.add(TextEdit::singleline(text).desired_width(56.0));
                field.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, name));
            }
        }
    });
    match &contents.pixels {
        Ok([w, h]) => widgets::note(ui, &fill(texts().save.pixels, &[("width", &w), ("height", &h)]), p),
        Err(why) => _ = ui.label(RichText::new(why).font(theme::small()).color(p.critical)),
    }
}
