//! The box at the top: finds names on the map, filters the data, and offers what can be written.
mod told;

use std::sync::Arc;

use egui::text::{CCursor, CCursorRange};
use egui::{Color32, Id, Key, Modifiers, Rect, RichText, Stroke, Ui, Vec2, WidgetInfo, WidgetType, vec2};
use egui_phosphor::regular;
use told::{Told, marked};

use super::command::{Command, Item};
use super::find::{Whereabouts, found, whereabouts};
use super::top::Top;
use super::widgets;
use crate::store::{Completion, Filter};
use crate::texts::{fill, texts};
use crate::view::theme::{self, Palette};

/// What the box remembers.
#[derive(Clone, Debug, Default)]
pub struct Searching {
    /// Which of the offers is chosen by the arrow keys.
    chosen: Option<usize>,
    /// The place among the names found where the map is.
    at: Option<usize>,
    /// Whether the box had the keyboard in the last frame: words are only gathered then.
    pub is_focused: bool,
    /// How many times it got the keyboard.
    pub visits: u32,
    /// Whether the text is meant as it stands: nothing more is offered until it changes.
    is_done: bool,
    /// Byte of the cursor in the last frame.
    cursor: usize,
    /// Byte of the colon that a completed key ended with: an operator takes its place.
    colon: Option<usize>,
}

/// A line below the box.
enum Offer {
    /// A node on the map.
    Find(Item, String, Whereabouts),
    /// The text as a filter.
    Filter,
    /// More of the text.
    Write(Completion),
}

/// Whether a text is nothing but words, which are names to find until somebody says otherwise.
fn is_plain(text: &str) -> bool {
    Filter::parse(text).is_ok_and(|f| f.is_plain())
}

/// Shows the box; `text` is what stands in it.
pub fn show(
    ui: &mut Ui,
    top: &Top<'_>,
    text: &mut String,
    state: &mut Searching,
    width: f32,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    let id = ui.make_persistent_id("filter box");
    let finds = !top.is_filter && is_plain(text);
    let names = if finds { top.picture.map(|map| found(map, text)).unwrap_or_default() } else { Vec::new() };
    let is_asked = state.is_focused && !state.is_done;
    let offers = if is_asked { offers(top, text, state.cursor, finds, &names) } else { Vec::new() };
    if state.is_focused {
        keys(ui, id, &offers, &names, text, state, commands);
    }
    let told = Told::of(top, text, state, &offers);
    let mark = told.mark(p);
    let mut layouter = |ui: &Ui, text: &dyn egui::TextBuffer, _: f32| -> Arc<egui::Galley> {
        let job = marked(text.as_str(), mark, p);
        ui.fonts_mut(|f| f.layout_job(job))
    };
    let hint = fill(texts().arranging.find_a_service_or_filter, &[("icon", &regular::MAGNIFYING_GLASS)]);
    if top.focus {
        // Before the box is shown, so that what is typed in this very frame is its, in place of what it holds.
        ui.memory_mut(|m| m.request_focus(id));
        widgets::select_all(ui, id, text);
    }
    let field = egui::TextEdit::singleline(text)
        .id(id)
        .hint_text(RichText::new(hint).color(p.muted))
        .desired_width(width - 2.0 * 9.0)
        .margin(egui::Margin::symmetric(9, 6))
        .lock_focus(!offers.is_empty())
        .layouter(&mut layouter);
    let response = ui.add(field);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, texts().arranging.filter));
    if response.changed() {
        (state.chosen, state.at, state.is_done) = (None, None, false);
        if let Some(colon) = state.colon.take().filter(|at| is_operator_after(text, *at)) {
            text.remove(colon);
            put_cursor(ui, id, text, colon + 1);
        }
        commands.push(written(text));
    }
    let cursor = egui::TextEdit::load_state(ui.ctx(), id).and_then(|s| s.cursor.char_range());
    let characters = cursor.map_or(usize::MAX, |c| c.primary.index.0);
    state.cursor = text.char_indices().nth(characters).map_or(text.len(), |c| c.0);
    state.visits += u32::from(response.gained_focus());
    state.is_done &= !response.gained_focus();
    state.is_focused = response.has_focus();
    let rect = response.rect;
    // Who has left the box finds the sentence at it; the card below would cover the map.
    let has_sign = !told.sentence.is_empty() && !state.is_focused;
    if has_sign {
        let place = Rect::from_center_size(rect.right_center() - vec2(40.0, 0.0), Vec2::splat(20.0));
        let colour = told.colour(p);
        let icon =
            egui::Label::new(RichText::new(regular::WARNING).color(colour)).sense(egui::Sense::hover());
        let sign = ui.put(place, icon);
        let sentence = told.whole();
        sign.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, &sentence));
        sign.on_hover_text(&sentence);
    }
    if text.is_empty() {
        let at = rect.right_center() - vec2(10.0, 0.0);
        ui.painter().text(at, egui::Align2::RIGHT_CENTER, "Ctrl F", theme::caption(), p.faint);
    } else {
        let counted = finds.then(|| match (state.at, names.len()) {
            (Some(at), all) if all > 0 => {
                fill(texts().arranging.of, &[("at", &(at % all + 1)), ("all", &all)])
            }
            (_, all) => fill(texts().arranging.on_the_map, &[("all", &all)]),
        });
        clear(ui, top, (counted, has_sign), rect, p, commands);
    }
    if !offers.is_empty() {
        list(ui, &offers, &told, rect, id, text, state, p, commands);
    } else if !told.sentence.is_empty() && state.is_focused {
        below(ui, rect, told.colour(p), |ui| told.show(ui, p));
    }
}

fn offers(top: &Top<'_>, text: &str, cursor: usize, finds: bool, names: &[(Item, String)]) -> Vec<Offer> {
    if text.trim().is_empty() {
        return Vec::new();
    }
    let written = top.words.map(|words| words.complete(text, cursor)).unwrap_or_default();
    let mut out: Vec<Offer> = Vec::new();
    if finds {
        let place = |item: &Item| top.picture.map_or(Whereabouts::Shown, |map| whereabouts(map, item));
        let find = |(item, name): &(Item, String)| Offer::Find(item.clone(), name.clone(), place(item));
        out.extend(names.iter().take(6).map(find));
        out.push(Offer::Filter);
    }
    let room = if finds { 4 } else { 8 };
    out.extend(written.into_iter().take(room).map(Offer::Write));
    out
}

/// Keys are taken before the box sees them.
fn keys(
    ui: &Ui,
    id: Id,
    offers: &[Offer],
    names: &[(Item, String)],
    text: &mut String,
    state: &mut Searching,
    commands: &mut Vec<Command>,
) {
    let pressed = |modifiers, key| ui.input_mut(|i| i.consume_key(modifiers, key));
    let last = offers.len();
    if last > 0 && pressed(Modifiers::NONE, Key::ArrowDown) {
        state.chosen = Some(state.chosen.map_or(0, |c| (c + 1) % last));
    }
    if last > 0 && pressed(Modifiers::NONE, Key::ArrowUp) {
        state.chosen = Some(state.chosen.map_or(last - 1, |c| (c + last - 1) % last));
    }
    let first_to_write = offers.iter().find(|o| matches!(o, Offer::Write(_)));
    if last > 0 && pressed(Modifiers::NONE, Key::Tab) {
        let chosen = state.chosen.and_then(|c| offers.get(c)).or(first_to_write);
        if let Some(offer) = chosen {
            take(ui, id, offer, text, state, commands);
        }
    }
    if pressed(Modifiers::COMMAND, Key::Enter) {
        state.is_done = true;
        commands.push(Command::SetFilter(text.clone()));
    }
    if pressed(Modifiers::SHIFT, Key::Enter) {
        fly(names, state, false, commands);
    }
    if pressed(Modifiers::NONE, Key::Enter) {
        match state.chosen.and_then(|c| offers.get(c)) {
            Some(offer) => take(ui, id, offer, text, state, commands),
            None => fly(names, state, true, commands),
        }
    }
}

/// To the next name that was found, or the one before.
fn fly(names: &[(Item, String)], state: &mut Searching, is_next: bool, commands: &mut Vec<Command>) {
    let all = names.len();
    if all == 0 {
        return;
    }
    let at = match (state.at, is_next) {
        (None, true) => 0,
        (None, false) => all - 1,
        (Some(at), true) => (at + 1) % all,
        (Some(at), false) => (at + all - 1) % all,
    };
    state.at = Some(at);
    if let Some((item, _)) = names.get(at) {
        commands.push(Command::LookAt(item.clone()));
    }
}

/// Does what an offer says.
fn take(
    ui: &Ui,
    id: Id,
    offer: &Offer,
    text: &mut String,
    state: &mut Searching,
    commands: &mut Vec<Command>,
) {
    state.chosen = None;
    match offer {
        Offer::Find(item, ..) => commands.push(Command::LookAt(item.clone())),
        Offer::Filter => {
            state.is_done = true;
            commands.push(Command::SetFilter(text.clone()));
        }
        Offer::Write(completion) => {
            let after = text.get(state.cursor..).unwrap_or_default().to_owned();
            text.truncate(text.floor_char_boundary(completion.from));
            text.push_str(&completion.text);
            state.cursor = text.len();
            state.colon = text.ends_with(':').then(|| text.len() - 1);
            text.push_str(&after);
            put_cursor(ui, id, text, state.cursor);
            state.is_done = false;
            commands.push(written(text));
        }
    }
}

/// Puts the cursor of the box before a byte of its text.
fn put_cursor(ui: &Ui, id: Id, text: &str, byte: usize) {
    let cursor = CCursor::new(text.get(..byte).unwrap_or(text).chars().count());
    if let Some(mut edit) = egui::TextEdit::load_state(ui.ctx(), id) {
        edit.cursor.set_char_range(Some(CCursorRange::one(cursor)));
        edit.store(ui.ctx(), id);
    }
}

/// Whether a colon still stands at a byte, with an operator just written behind it.
fn is_operator_after(text: &str, colon: usize) -> bool {
    let rest = text.get(colon..).unwrap_or_default().strip_prefix(':').unwrap_or_default();
    rest.starts_with(['<', '>', '=', '!', '~'])
}

/// What a text that was typed asks for: names to find while it is nothing but words, else a filter.
fn written(text: &str) -> Command {
    if is_plain(text) { Command::Find(text.to_owned()) } else { Command::SetFilter(text.to_owned()) }
}

#[allow(clippy::too_many_arguments)]
fn list(
    ui: &Ui,
    offers: &[Offer],
    told: &Told,
    rect: Rect,
    id: Id,
    text: &mut String,
    state: &mut Searching,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    egui::Area::new(ui.id().with("offers"))
        .fixed_pos(rect.left_bottom() + vec2(0.0, 6.0))
        .order(egui::Order::Foreground)
        .show(ui.ctx(), |ui| {
            egui::Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_width(rect.width() - 14.0);
                ui.spacing_mut().item_spacing.y = 1.0;
                for (i, offer) in offers.iter().enumerate() {
                    let (icon, line, key) = match offer {
                        Offer::Find(_, name, place) => {
                            let (icon, line) = find_line(name, place);
                            (icon, line, "Enter")
                        }
                        Offer::Filter => (
                            regular::FUNNEL_SIMPLE,
                            fill(texts().arranging.filter_the_data_by, &[("text", &text.trim())]),
                            "Ctrl Enter",
                        ),
                        Offer::Write(c) => (regular::PENCIL_SIMPLE, c.text.clone(), "Tab"),
                    };
                    let is_first = |o: &Offer| std::mem::discriminant(o) == std::mem::discriminant(offer);
                    let is_key = offers.iter().position(is_first) == Some(i);
                    let (area, response) = widgets::row(ui, 26.0, &line, state.chosen == Some(i), p);
                    let middle = area.center().y;
                    let at = |x: f32| egui::pos2(x, middle);
                    let painter = ui.painter();
                    painter.text(
                        at(area.left() + 14.0),
                        egui::Align2::CENTER_CENTER,
                        icon,
                        theme::body(),
                        p.muted,
                    );
                    let shown = widgets::fit_end(ui, &line, &theme::body(), area.width() - 110.0);
                    painter.text(
                        at(area.left() + 28.0),
                        egui::Align2::LEFT_CENTER,
                        shown,
                        theme::body(),
                        p.text,
                    );
                    if is_key {
                        let right = at(area.right() - 8.0);
                        painter.text(right, egui::Align2::RIGHT_CENTER, key, theme::caption(), p.muted);
                    }
                    // The box loses the keyboard with the press, before the click is whole.
                    if response.is_pointer_button_down_on() || response.clicked() {
                        take(ui, id, offer, text, state, commands);
                        break;
                    }
                }
                // What is wrong is said however much can still be written.
                if !told.sentence.is_empty() {
                    ui.separator();
                    told.show(ui, p);
                }
            });
        });
}

/// What leads to a name: itself, the group that it is in, or that it is hidden and comes again.
fn find_line(name: &str, place: &Whereabouts) -> (&'static str, String) {
    let words = &texts().arranging;
    match place {
        Whereabouts::Shown => (regular::CROSSHAIR, fill(words.find, &[("name", &name)])),
        Whereabouts::Hidden => (regular::EYE_SLASH, fill(words.find_hidden, &[("name", &name)])),
        Whereabouts::Inside(group) => {
            (regular::CROSSHAIR, fill(words.find_inside, &[("name", &name), ("group", group)]))
        }
        Whereabouts::Group => (regular::STACK, fill(words.find_group, &[("name", &name)])),
    }
}

/// How many match, and the cross that empties the box.
fn clear(
    ui: &mut Ui,
    top: &Top<'_>,
    (found, has_sign): (Option<String>, bool),
    rect: Rect,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    let area = Rect::from_center_size(rect.right_center() - vec2(15.0, 0.0), Vec2::splat(22.0));
    let cross = RichText::new(regular::X).color(p.muted);
    let response = ui.put(area, egui::Button::new(cross).frame_when_inactive(false));
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, texts().arranging.clear_filter));
    if response.clicked() {
        commands.push(Command::SetFilter(String::new()));
    }
    let traces = top.matching.filter(|_| top.error.is_none() && !has_sign).map(|n| {
        format!(
            "{} {}",
            crate::view::text::count(n as f64),
            if n == 1 { texts().arranging.trace } else { texts().arranging.traces }
        )
    });
    if let Some(text) = found.or(traces) {
        let at = rect.right_center() - vec2(30.0, 0.0);
        ui.painter().text(at, egui::Align2::RIGHT_CENTER, text, theme::caption(), p.muted);
    }
}

/// A card below the box.
fn below(ui: &Ui, rect: Rect, border: Color32, inside: impl FnOnce(&mut Ui)) {
    egui::Area::new(ui.id().with("filter error"))
        .fixed_pos(rect.left_bottom() + vec2(0.0, 6.0))
        .order(egui::Order::Foreground)
        .show(ui.ctx(), |ui| {
            let frame = egui::Frame::popup(ui.style()).stroke(Stroke::new(1.0, border));
            frame.show(ui, |ui| {
                ui.set_max_width(rect.width());
                inside(ui);
            });
        });
}
