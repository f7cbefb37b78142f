//! The menu at the upper right of the map that chooses what width, colour and label of edges mean.
use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{PopupCloseBehavior, Rect, RichText, Ui, WidgetInfo, WidgetType, vec2};
use egui_phosphor::regular;

use super::command::Command;
use super::widgets;
use crate::export::edge_signs::{ColourMeans, EdgeSigns, LabelMeans, WidthMeans};
use crate::texts::{fill, texts};
use crate::view::map::is_narrow;
use crate::view::theme::Palette;

/// The button, left of the one for groups.
pub fn button(ui: &mut Ui, view: Rect, signs: EdgeSigns, p: &Palette, commands: &mut Vec<Command>) {
    let (right, width) = if is_narrow(view) { (84.0, 32.0) } else { (200.0, 92.0) };
    let area = Rect::from_min_size(view.right_top() + vec2(-right, 12.0), vec2(width, 28.0));
    let layout = egui::Layout::right_to_left(egui::Align::Center);
    // A name of its own: its menu stays open when the bar over the map comes or goes.
    let mut inner =
        ui.new_child(egui::UiBuilder::new().id(egui::Id::new("edges button")).max_rect(area).layout(layout));
    let words = if is_narrow(view) { "" } else { texts().edges.button_words };
    let label = RichText::new(format!("{}{words}", regular::ARROWS_LEFT_RIGHT)).color(p.text);
    let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let (response, _) = MenuButton::new(label).config(config).ui(&mut inner, |ui| {
        ui.set_width(230.0);
        ui.spacing_mut().item_spacing.y = 1.0;
        menu(ui, signs, p, commands);
    });
    response.widget_info(|| {
        WidgetInfo::labeled(WidgetType::Button, true, texts().edges.what_width_colour_and_label)
    });
}

fn menu(ui: &mut Ui, signs: EdgeSigns, p: &Palette, commands: &mut Vec<Command>) {
    widgets::note(ui, texts().edges.width, p);
    for width in WidthMeans::ALL {
        let next = EdgeSigns { width, ..signs };
        entry(ui, (signs, next), &width_name(width), width.title(), commands);
    }
    ui.separator();
    widgets::note(ui, texts().edges.colour, p);
    for colour in ColourMeans::ALL {
        let next = EdgeSigns { colour, ..signs };
        entry(ui, (signs, next), &colour_name(colour), colour.title(), commands);
    }
    ui.separator();
    widgets::note(ui, texts().edges.label, p);
    for label in LabelMeans::ALL {
        let next = EdgeSigns { label, ..signs };
        entry(ui, (signs, next), &label_name(label), label.title(), commands);
    }
    ui.separator();
    let usual = ui.add_enabled(signs != EdgeSigns::default(), egui::Button::new(texts().edges.as_it_came));
    if usual.clicked() {
        commands.push(Command::SetEdgeSigns(EdgeSigns::default()));
    }
}

fn entry(
    ui: &mut Ui,
    (now, next): (EdgeSigns, EdgeSigns),
    name: &str,
    title: &str,
    commands: &mut Vec<Command>,
) {
    let response = widgets::radio(ui, now == next, title);
    response.widget_info(|| WidgetInfo::selected(WidgetType::RadioButton, true, now == next, name));
    if response.clicked() {
        commands.push(Command::SetEdgeSigns(next));
    }
}

/// The name of a choice in the palette and for screen readers.
pub fn width_name(width: WidthMeans) -> String {
    fill(texts().edges.edge_width, &[("what", &width.title())])
}
/// The same of a colour.
pub fn colour_name(colour: ColourMeans) -> String {
    fill(texts().edges.edge_colour, &[("what", &colour.title())])
}
/// The same of a label.
pub fn label_name(label: LabelMeans) -> String {
    fill(texts().edges.edge_label, &[("what", &label.title())])
}
