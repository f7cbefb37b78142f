//! The command palette: everything that can be done or looked at, found by a few letters of its name.
use egui::{Align2, Context, Key, Modal, Modifiers, RichText, ScrollArea, TextEdit, Ui, pos2, vec2};
use egui_phosphor::regular;

use super::command::{Command, Sheet};
use super::widgets;
use crate::texts::{fill, texts};
use crate::view::text;
use crate::view::theme::{self, Palette, UNIT};

/// What kind of thing is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Something to do.
    Command,
    /// A node to go to.
    Node,
    /// A trace to open.
    Trace,
}

/// One line of the palette.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// What kind of thing it is.
    pub kind: Kind,
    /// What it is called, and found by.
    pub name: String,
    /// What it is found by, too; empty where that is all.
    pub also: String,
    /// What stands beside it: its key, or what it is.
    pub beside: String,
    /// What it does, in order.
    pub commands: Vec<Command>,
}

impl Offer {
    /// A command with its key, which may be empty.
    pub fn command(name: &str, key: &str, command: Command) -> Self {
        let (name, beside) = (name.to_owned(), widgets::with_arrows(key).to_string());
        Self { kind: Kind::Command, name, also: String::new(), beside, commands: vec![command] }
    }
}

/// What the palette remembers while it is open.
#[derive(Clone, Debug, Default)]
pub struct Finder {
    text: String,
    chosen: usize,
}

/// How many lines are shown at most.
const MOST: usize = 60;
const ROW: f32 = 30.0;

/// How badly `name` fits what was typed, 0 for its very beginning; `None` where letters are missing.
///
/// Each word that was typed must be in the name: at the start of a word, inside one, or at least its letters in
/// order.
pub fn misfit(typed: &str, name: &str) -> Option<u32> {
    let name = name.to_lowercase();
    typed.to_lowercase().split_whitespace().map(|word| misfit_of_word(word, &name)).sum()
}

fn misfit_of_word(word: &str, name: &str) -> Option<u32> {
    let starts_word = |at: usize| {
        let before = name.get(..at).and_then(|b| b.chars().next_back());
        before.is_none_or(|c| !c.is_alphanumeric())
    };
    let places: Vec<usize> = name.match_indices(word).map(|m| m.0).collect();
    match places.first() {
        Some(0) => return Some(0),
        Some(_) if places.iter().any(|at| starts_word(*at)) => return Some(1),
        Some(_) => return Some(3),
        None => {}
    }
    let mut letters = name.char_indices();
    let (mut gaps, mut last) = (0, None);
    for wanted in word.chars() {
        let (at, c) = letters.find(|(_, c)| *c == wanted)?;
        // Letters after each other, and first letters of words, are what people type.
        let follows = last.is_some_and(|(before, b): (usize, char)| before + b.len_utf8() == at);
        gaps += u32::from(!follows && !starts_word(at));
        last = Some((at, c));
    }
    Some(10 + 4 * gaps)
}

/// The offers that fit, the best first; with nothing typed, all commands as they come.
pub fn fitting<'a>(typed: &str, offers: &'a [Offer]) -> Vec<&'a Offer> {
    if typed.trim().is_empty() {
        return offers.iter().filter(|o| o.kind == Kind::Command).collect();
    }
    let fit = |(i, o): (usize, &'a Offer)| {
        let also = misfit(typed, &o.also).filter(|_| !o.also.is_empty());
        let own = misfit(typed, &o.name).into_iter().chain(also).min()?;
        // A scatter of letters in a long name is chance.
        (own < 10 + 4 * 3).then_some((own, o.kind, o.name.chars().count(), i, o))
    };
    let mut found: Vec<_> = offers.iter().enumerate().filter_map(fit).collect();
    found.sort_by_key(|f| (f.0, f.1, f.2, f.3));
    found.into_iter().map(|f| f.4).take(MOST).collect()
}

impl Finder {
    /// Shows it; `offers` makes the lines for what is typed.
    pub fn show(
        &mut self,
        ctx: &Context,
        offers: impl FnOnce(&str) -> Vec<Offer>,
        p: &Palette,
        commands: &mut Vec<Command>,
    ) {
        let id = egui::Id::new("command palette");
        let area = Modal::default_area(id).anchor(Align2::CENTER_TOP, vec2(0.0, 90.0));
        let response = Modal::new(id).area(area).show(ctx, |ui| {
            ui.set_width((ui.ctx().content_rect().width() - 80.0).clamp(240.0, 560.0));
            self.inside(ui, offers, p, commands);
        });
        if response.backdrop_response.clicked() {
            self.close(commands);
        }
    }

    fn close(&mut self, commands: &mut Vec<Command>) {
        *self = Self::default();
        commands.push(Command::Toggle(Sheet::Commands));
    }

    fn inside(
        &mut self,
        ui: &mut Ui,
        offers: impl FnOnce(&str) -> Vec<Offer>,
        p: &Palette,
        commands: &mut Vec<Command>,
    ) {
        let key = |key| ui.input_mut(|i| i.consume_key(Modifiers::NONE, key));
        let (up, down, enter) = (key(Key::ArrowUp), key(Key::ArrowDown), key(Key::Enter));
        if key(Key::Escape) {
            self.close(commands);
            return;
        }
        let hint = fill(texts().arranging.a_command_a_service_a, &[("icon", &regular::MAGNIFYING_GLASS)]);
        let id = ui.make_persistent_id("finder box");
        // Before the box is shown, so that what is typed in this very frame is its.
        ui.memory_mut(|m| m.request_focus(id));
        let field = TextEdit::singleline(&mut self.text)
            .id(id)
            .hint_text(RichText::new(hint).color(p.muted))
            .margin(egui::Margin::symmetric(9, 7))
            .desired_width(f32::INFINITY);
        let response = ui.add(field);
        response.widget_info(|| {
            egui::WidgetInfo::labeled(
                egui::WidgetType::TextEdit,
                true,
                texts().arranging.find_a_command_a_service,
            )
        });
        if response.changed() {
            self.chosen = 0;
        }
        ui.add_space(UNIT);
        let offers = offers(&self.text);
        let found = fitting(&self.text, &offers);
        self.chosen = match (up, down) {
            (true, false) => self.chosen.saturating_sub(1),
            (false, true) => self.chosen + 1,
            _ => self.chosen,
        };
        self.chosen = self.chosen.min(found.len().saturating_sub(1));
        if found.is_empty() {
            widgets::note(ui, texts().arranging.nothing_is_called_so_to, p);
        }
        let mut done = enter.then(|| found.get(self.chosen).copied()).flatten();
        // As high as it may be, however little was found before; other words begin at their first line.
        let height = (ui.ctx().content_rect().height() - 220.0).clamp(2.0 * ROW, 13.0 * ROW);
        let lines = ScrollArea::vertical().id_salt(&self.text).max_height(height).min_scrolled_height(height);
        lines.auto_shrink([false, true]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (i, offer) in found.iter().enumerate() {
                let is_chosen = i == self.chosen;
                if line(ui, offer, is_chosen, (up || down) && is_chosen, p) {
                    done = Some(offer);
                }
            }
        });
        if let Some(offer) = done {
            let chosen = offer.commands.clone();
            self.close(commands);
            commands.extend(chosen);
        }
    }
}

/// One offer; true when it was clicked.
fn line(ui: &mut Ui, offer: &Offer, is_chosen: bool, scrolls: bool, p: &Palette) -> bool {
    let kind = match offer.kind {
        Kind::Command => texts().arranging.command,
        Kind::Node => texts().arranging.on_the_map_2,
        Kind::Trace => texts().arranging.trace,
    };
    let spoken = match offer.beside.as_str() {
        "" => format!("{}, {kind}", offer.name),
        beside => format!("{}, {kind}, {beside}", offer.name),
    };
    let (rect, response) = widgets::row(ui, ROW, &spoken, is_chosen, p);
    if scrolls {
        response.scroll_to_me(None);
    }
    let icon = match offer.kind {
        Kind::Command => regular::CARET_RIGHT,
        Kind::Node => regular::CUBE,
        Kind::Trace => regular::PATH,
    };
    let y = rect.center().y;
    let painter = ui.painter();
    let left = pos2(rect.left() + 10.0, y);
    painter.text(left, Align2::LEFT_CENTER, icon, theme::body(), p.muted);
    let right = pos2(rect.right() - 10.0, y);
    let beside = painter.text(right, Align2::RIGHT_CENTER, &offer.beside, theme::small(), p.muted);
    let room = beside.left() - rect.left() - 44.0;
    let name = widgets::fit_end(ui, &text::name(&offer.name, 120), &theme::body(), room);
    let at = pos2(rect.left() + 32.0, y);
    ui.painter().text(at, Align2::LEFT_CENTER, name, theme::body(), p.text);
    response.clicked()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_fit_comes_first() {
        let offer = |kind, name: &str| Offer {
            kind,
            name: name.to_owned(),
            also: String::new(),
            beside: String::new(),
            commands: Vec::new(),
        };
        let offers = [
            offer(Kind::Command, "Show the whole map"),
            offer(Kind::Command, "Copy the incident review"),
            offer(Kind::Node, "checkout-worker"),
            offer(Kind::Node, "checkout"),
            offer(Kind::Node, "stripe-checkout"),
            offer(Kind::Trace, "POST /checkout"),
        ];
        let names = |typed: &str| fitting(typed, &offers).iter().map(|o| o.name.clone()).collect::<Vec<_>>();
        assert_eq!(names("checkout"), ["checkout", "checkout-worker", "stripe-checkout", "POST /checkout"]);
        assert_eq!(names("map whole"), ["Show the whole map"]);
        assert_eq!(names("cw")[0], "checkout-worker", "first letters");
        assert_eq!(names("SWM"), ["Show the whole map"], "in any case");
        assert_eq!(names("zzz"), Vec::<String>::new());
        assert_eq!(names(" "), ["Show the whole map", "Copy the incident review"]);
        let translated =
            Offer { also: "Save the map".to_owned(), ..offer(Kind::Command, "マップを保存") };
        for typed in ["save map", "保存"] {
            assert_eq!(
                fitting(typed, std::slice::from_ref(&translated)).len(),
                1,
                "in either language: {typed}"
            );
        }
    }
}
