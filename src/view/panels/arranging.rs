//! Grouping, hiding and focus: what can be asked for, and the menus.
use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{Frame, PopupCloseBehavior, Pos2, Rect, RichText, Ui, WidgetInfo, WidgetType, vec2};
use egui_phosphor::regular;

use super::command::{Command, Item};
use super::picture::Picture;
use super::widgets;
use crate::analysis::Subject;
use crate::graph::{GroupBy, Reach, group_id, group_name, parse_keys, untold_key};
use crate::texts::{fill, texts};
use crate::view::map::{MapItem, is_narrow};
use crate::view::text;
use crate::view::theme::{self, Palette};

/// How high the list of attributes may be before it scrolls.
const KEYS_HEIGHT: f32 = 170.0;

/// A change of what the map shows. All of them can be undone.
#[derive(Clone, Debug, PartialEq)]
pub enum Fold {
    /// Makes groups by something else.
    GroupBy(GroupBy),
    /// Shows a group as one node.
    Collapse(String),
    /// Shows the members of a group.
    Expand(String),
    /// Shows all groups as one node each.
    CollapseAll,
    /// Shows the members of all groups.
    ExpandAll,
    /// Collapses the group of what is selected, or expands it.
    Toggle,
    /// Collapses all groups, or expands all.
    ToggleAll,
    /// Leaves something out; what is selected where nothing is named.
    Hide(Option<Item>),
    /// Shows what was hidden again, and goes there.
    Show(Item),
    /// Shows only what is around something, or around what is selected.
    Focus(Option<Item>, Reach),
    /// Shows what is around it again.
    Unfocus,
    /// A node was put somewhere by hand; where it had been put by hand before, if it had.
    Move(String, Option<Pos2>),
    /// A node that was put somewhere by hand finds its own place again.
    Release(String),
    /// Hides edges with fewer calls a minute, in thousandths.
    LeastRate(u64),
    /// Hides edges with a smaller share of their caller's calls, in ten-thousandths.
    LeastShare(u64),
    /// Hides nothing any more.
    ShowAll,
    /// Takes the last change back, one of the filter too.
    Undo,
    /// Does again what was taken back.
    Redo,
}

/// The button at the upper right of the map that leads to groups and to the slider.
pub fn button(ui: &mut Ui, view: Rect, picture: &Picture, p: &Palette, commands: &mut Vec<Command>) {
    let width = if is_narrow(view) { 32.0 } else { 92.0 };
    let area = Rect::from_min_size(view.right_top() + vec2(-12.0 - width, 12.0), vec2(width, 28.0));
    let layout = egui::Layout::right_to_left(egui::Align::Center);
    // A name of its own: its menu stays open when the bar over the map comes or goes.
    let mut inner =
        ui.new_child(egui::UiBuilder::new().id(egui::Id::new("groups button")).max_rect(area).layout(layout));
    let words = if is_narrow(view) { "" } else { texts().arranging.groups_words };
    let label = RichText::new(format!("{}{words}", regular::STACK)).color(p.text);
    let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let (response, _) = MenuButton::new(label).config(config).ui(&mut inner, |ui| {
        ui.set_width(250.0);
        group_menu(ui, picture, p, commands);
        ui.separator();
        rate_slider(ui, picture, p, commands);
        share_slider(ui, picture, p, commands);
    });
    response.widget_info(|| {
        WidgetInfo::labeled(WidgetType::Button, true, texts().arranging.groups_and_quiet_edges)
    });
}

fn group_menu(ui: &mut Ui, picture: &Picture, p: &Palette, commands: &mut Vec<Command>) {
    let mut ask = |what| commands.push(Command::Fold(what));
    widgets::note(ui, texts().arranging.group_by, p);
    let current = picture.groups.keys.first();
    egui::ScrollArea::vertical().id_salt("group keys").max_height(KEYS_HEIGHT).show(ui, |ui| {
        for key in &picture.group_keys {
            if ui.selectable_label(current == Some(key), text::name(key, 40)).clicked() {
                ask(Fold::GroupBy(GroupBy::Keys(vec![key.clone()])));
            }
        }
    });
    if ui.selectable_label(current.is_none(), texts().arranging.nothing).clicked() {
        ask(Fold::GroupBy(GroupBy::Nothing));
    }
    if let Some(outer) = current.filter(|_| picture.group_keys.len() > 1) {
        widgets::note(ui, texts().arranging.and_inside_each_by, p);
        let inner = picture.groups.keys.get(1);
        let inside = egui::ScrollArea::vertical().id_salt("inner group keys").max_height(KEYS_HEIGHT);
        inside.show(ui, |ui| {
            for key in picture.group_keys.iter().filter(|k| *k != outer) {
                let response = ui.selectable_label(inner == Some(key), text::name(key, 40));
                let spoken = fill(texts().arranging.inside_each_by, &[("key", key)]);
                response.widget_info(|| {
                    WidgetInfo::selected(WidgetType::Button, true, inner == Some(key), &spoken)
                });
                if response.clicked() {
                    // A second click on the same opens the groups again.
                    let inner = (inner != Some(key)).then(|| key.clone());
                    ask(Fold::GroupBy(GroupBy::Keys([outer.clone()].into_iter().chain(inner).collect())));
                }
            }
        });
    }
    typed_keys(ui, picture, p, &mut ask);
    ui.separator();
    let has_groups = !picture.groups.names().is_empty();
    if ui.add_enabled(has_groups, egui::Button::new(texts().arranging.collapse_all_groups)).clicked() {
        ask(Fold::CollapseAll);
    }
    let any = !picture.shown.collapsed.is_empty();
    if ui.add_enabled(any, egui::Button::new(texts().arranging.expand_all_groups)).clicked() {
        ask(Fold::ExpandAll);
    }
}

/// Any attribute, or several with commas between, to be typed.
fn typed_keys(ui: &mut Ui, picture: &Picture, p: &Palette, ask: &mut impl FnMut(Fold)) {
    let id = egui::Id::new("typed group keys");
    let (mut typed, mut wrong) = ui.data(|d| d.get_temp::<(String, String)>(id)).unwrap_or_default();
    let words = &texts().arranging;
    let field = egui::TextEdit::singleline(&mut typed).hint_text(words.attributes_hint).font(theme::small());
    let response = ui.add(field.desired_width(f32::INFINITY));
    response.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, words.group_by_attributes));
    if response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter)) {
        wrong.clear();
        match parse_keys(&typed) {
            None => words.a_part_is_empty.clone_into(&mut wrong),
            Some(keys) => match untold_key(&picture.snapshot, &keys) {
                Some(key) => wrong = fill(words.no_service_has, &[("key", &text::name(key, 40))]),
                None => ask(Fold::GroupBy(GroupBy::Keys(keys))),
            },
        }
    }
    if !wrong.is_empty() {
        ui.add(egui::Label::new(RichText::new(&wrong).font(theme::small()).color(p.critical)).wrap());
    }
    ui.data_mut(|d| d.insert_temp(id, (typed, wrong)));
}

/// Edges that carry less than this are hidden; on a logarithmic scale, from none to the busiest edge.
fn rate_slider(ui: &mut Ui, picture: &Picture, p: &Palette, commands: &mut Vec<Command>) {
    let graph = &picture.index.graph;
    let over = graph.length();
    let most = graph.edges().filter_map(|e| e.3.red.rate_per_min(over)).fold(1.0, f64::max);
    widgets::note(ui, texts().arranging.hide_edges_with_fewer_calls, p);
    let mut least = picture.arrangement.least_rate as f64 / 1000.0;
    let slider = egui::Slider::new(&mut least, 0.0..=most).logarithmic(true).smallest_positive(0.1);
    let response = ui.add(slider.max_decimals(1));
    response.widget_info(|| WidgetInfo::slider(true, least, texts().arranging.least_calls_a_minute_of));
    if response.changed() {
        commands.push(Command::Fold(Fold::LeastRate((least * 1000.0).round() as u64)));
    }
}

/// Edges that carry a smaller share of what their caller calls are hidden.
fn share_slider(ui: &mut Ui, picture: &Picture, p: &Palette, commands: &mut Vec<Command>) {
    widgets::note(ui, texts().arranging.hide_edges_with_a_smaller, p);
    let mut least = picture.arrangement.least_share as f64 / 100.0;
    let slider = egui::Slider::new(&mut least, 0.0..=50.0).logarithmic(true).smallest_positive(0.1);
    let response = ui.add(slider.max_decimals(1).suffix(" %"));
    response.widget_info(|| WidgetInfo::slider(true, least, texts().arranging.least_share_of_its));
    if response.changed() {
        commands.push(Command::Fold(Fold::LeastShare((least * 100.0).round() as u64)));
    }
}

/// The menu of a node, group or edge. Gives false once something was chosen.
pub fn item_menu(
    ui: &mut Ui,
    picture: &Picture,
    (item, is_pinned): (&Item, bool),
    p: &Palette,
    commands: &mut Vec<Command>,
) -> bool {
    ui.set_width(240.0);
    let name = match item {
        Item::Node(id) => text::name(id.split_once(':').map_or(id.as_str(), |n| n.1), 40),
        Item::Edge(..) => texts().arranging.these_calls.to_owned(),
    };
    widgets::note(ui, &name, p);
    let mut chosen = Vec::new();
    let entry = |ui: &mut Ui, label: &str, key: &str| {
        ui.add(
            egui::Button::new(label).shortcut_text(key).min_size(vec2(232.0, 0.0)).frame_when_inactive(false),
        )
        .clicked()
    };
    let ask = |what| Command::Fold(what);
    if let Some(open) = open_group(picture, item) {
        for group in picture.groups.chain(open) {
            let label = fill(texts().arranging.close_group, &[("name", &text::name(group, 24))]);
            if entry(ui, &label, "") {
                chosen.push(ask(Fold::Collapse(group.to_owned())));
            }
        }
        let is_open = chosen.is_empty();
        commands.extend(chosen);
        return is_open;
    }
    if entry(ui, texts().arranging.select, "") {
        chosen.push(Command::Select(Some(item.clone())));
    }
    match group_of(picture, item) {
        Some((group, true)) if entry(ui, texts().arranging.expand, "G") => {
            chosen.push(ask(Fold::Expand(group)))
        }
        Some((group, false))
            if entry(ui, &fill(texts().arranging.collapse, &[("name", &text::name(&group, 24))]), "G") =>
        {
            chosen.push(ask(Fold::Collapse(group)));
        }
        _ => {}
    }
    for group in groups_around(picture, item) {
        if entry(ui, &fill(texts().arranging.collapse, &[("name", &text::name(&group, 24))]), "") {
            chosen.push(ask(Fold::Collapse(group)));
        }
    }
    if entry(ui, texts().arranging.hide, "H") {
        chosen.push(ask(Fold::Hide(Some(item.clone()))));
    }
    if let Item::Node(id) = item
        && is_pinned
        && entry(ui, texts().arranging.let_it_go, "")
    {
        chosen.push(ask(Fold::Release(id.clone())));
    }
    ui.separator();
    for (hops, label) in [
        (1, texts().arranging.show_it_and_its_neighbours),
        (2, texts().arranging.show_2_hops_around),
        (3, texts().arranging.show_3_hops_around),
    ] {
        if entry(ui, label, &format!("Alt {hops}")) {
            chosen.push(ask(Fold::Focus(Some(item.clone()), Reach::Hops(hops))));
        }
    }
    if entry(ui, texts().arranging.show_where_its_requests_go, "Alt 4") {
        chosen.push(ask(Fold::Focus(Some(item.clone()), Reach::Requests)));
    }
    let is_open = chosen.is_empty();
    commands.extend(chosen);
    is_open
}

/// The group of an item, and whether it is collapsed.
pub fn group_of(picture: &Picture, item: &Item) -> Option<(String, bool)> {
    let Item::Node(id) = item else { return None };
    let of = |name: &String| (*id == group_id(name)).then(|| (name.clone(), true));
    if let Some(found) = picture.shown.collapsed.iter().find_map(|c| of(&c.1)) {
        return Some(found);
    }
    let Some((index, Subject::Node(node))) = picture.known(item) else { return None };
    let own = picture.groups.of_node(index, node)?;
    let name = picture.groups.chain(own).find(|g| is_large(picture, g))?.to_owned();
    let is_collapsed = picture.shown.collapsed.iter().any(|c| c.1 == name);
    Some((name, is_collapsed))
}

/// The name of the group of which an item is the only node.
pub fn group_of_one(picture: &Picture, item: &Item) -> Option<String> {
    let Item::Node(_) = item else { return None };
    let (index, Subject::Node(node)) = picture.known(item)? else { return None };
    picture.groups.of_node(index, node).filter(|g| !is_large(picture, g)).map(str::to_owned)
}

/// The name of a group of which the map shows the members.
pub fn open_group<'a>(picture: &Picture, item: &'a Item) -> Option<&'a str> {
    let Item::Node(id) = item else { return None };
    let name = group_name(id).filter(|name| picture.groups.is_group(name))?;
    let is_closed = |own: &str| picture.shown.collapsed.iter().any(|c| c.1 == own);
    (!picture.groups.chain(name).any(is_closed)).then_some(name)
}

/// The groups around the one that an item is or belongs to, from the inside out.
fn groups_around(picture: &Picture, item: &Item) -> Vec<String> {
    let Item::Node(id) = item else { return Vec::new() };
    let closed = picture.shown.collapsed.iter().find(|c| *id == group_id(&c.1)).map(|c| c.1.as_str());
    let own = closed.or_else(|| match picture.known(item)? {
        (index, Subject::Node(node)) => picture.groups.of_node(index, node),
        _ => None,
    });
    let Some(own) = own else { return Vec::new() };
    // The first is that of [`group_of`].
    picture.groups.chain(own).filter(|g| is_large(picture, g)).skip(1).map(str::to_owned).collect()
}

/// Whether a group has more than one member.
pub fn is_large(picture: &Picture, name: &str) -> bool {
    let of = picture.groups.of_nodes(&picture.index);
    of.iter().flatten().filter(|g| picture.groups.is_within(g, name)).count() > 1
}

/// Whether a place on the map is a collapsed group.
pub fn is_group(picture: &Picture, place: MapItem) -> bool {
    matches!(place, MapItem::Node(i) if picture.scene.nodes.get(i).is_some_and(|n| n.kind == crate::view::map::NodeKind::Group))
}

/// The menu over the map that a click with the right button opened, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemMenu {
    /// About what.
    pub item: Item,
    /// Where the pointer was.
    pub at: Pos2,
    /// Whether it is a node that somebody put where it is.
    pub is_pinned: bool,
    /// Whether it was opened in this frame.
    pub is_new: bool,
}

/// Shows the menu that is open, until something is chosen or clicked elsewhere.
pub fn open_menu(
    ui: &Ui,
    menu: &mut Option<ItemMenu>,
    picture: &Picture,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    let Some(open) = menu.as_mut() else { return };
    let mut stays = true;
    let area = egui::Area::new(ui.id().with("item menu"))
        .order(egui::Order::Foreground)
        .fixed_pos(open.at)
        .constrain(true)
        .show(ui.ctx(), |ui| {
            Frame::menu(ui.style()).show(ui, |ui| {
                stays = item_menu(ui, picture, (&open.item, open.is_pinned), p, commands);
            });
        });
    let is_elsewhere = area.response.clicked_elsewhere() && !open.is_new;
    let is_escaped = ui.input(|i| i.key_pressed(egui::Key::Escape));
    open.is_new = false;
    if !stays || is_elsewhere || is_escaped {
        *menu = None;
    }
}
