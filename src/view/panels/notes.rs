//! Notes that people put on nodes and moments: kept, shown, written, taken back.
use std::collections::BTreeMap;

use egui::{
    Align2, Context, Id, Key, Modal, Rangef, Rect, RichText, Sense, Stroke, TextEdit, Ui, Vec2, WidgetInfo,
    WidgetType, pos2, vec2,
};
use egui_phosphor::regular;

use super::clock::Clock;
use super::command::{Command, Item, Sheet};
use super::moment::moment;
use super::picture::Picture;
use super::widgets;
use crate::export::case::{CaseNote, NotedOn};
use crate::model::{TimeRange, Timestamp};
use crate::texts::{fill, texts};
use crate::view::map::{MapItem, Mark, Sign};
use crate::view::text;
use crate::view::theme::{self, Palette, RADIUS, UNIT, faded};

/// What a note is on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoteOn {
    /// A moment.
    Moment(Timestamp),
    /// A node, by id.
    Node(String),
}

/// The note that is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What it was on when it was opened.
    pub on: NoteOn,
    /// The moment as typed.
    pub at: String,
    /// What it says.
    pub text: String,
}

/// Steps back that are kept.
const STEPS: usize = 100;

/// All notes, one to a node or moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Notes {
    /// What they say.
    pub all: BTreeMap<NoteOn, String>,
    /// The one that is being written.
    pub draft: Option<Draft>,
    /// What was typed and neither kept nor thrown away, by what it is on.
    drafts: BTreeMap<NoteOn, Draft>,
    before: Vec<BTreeMap<NoteOn, String>>,
}

impl Notes {
    /// Writes a note; an empty one is taken away.
    pub fn set(&mut self, on: NoteOn, text: &str) {
        self.remember();
        match text.trim() {
            "" => _ = self.all.remove(&on),
            text => _ = self.all.insert(on, text.to_owned()),
        }
    }
    /// Writes a note on another moment than before.
    pub fn replace(&mut self, old: &NoteOn, on: NoteOn, text: &str) {
        self.set(on.clone(), text);
        if *old != on {
            self.all.remove(old);
        }
    }
    /// Takes the last change back.
    pub fn undo(&mut self) {
        if let Some(before) = self.before.pop() {
            self.all = before;
        }
    }
    /// Keeps what is being typed for when the note is opened again.
    fn put_aside(&mut self) {
        let Some(draft) = self.draft.take() else { return };
        let kept = self.all.get(&draft.on).map_or("", String::as_str);
        if draft.text.trim() != kept {
            self.drafts.insert(draft.on.clone(), draft);
        }
    }
    /// Whether there is something to take back.
    pub fn can_undo(&self) -> bool {
        !self.before.is_empty()
    }
    fn remember(&mut self) {
        self.before.push(self.all.clone());
        if self.before.len() > STEPS {
            self.before.remove(0);
        }
    }
    /// As a file keeps them.
    pub fn kept(&self) -> Vec<CaseNote> {
        let on = |on: &NoteOn| match on {
            NoteOn::Node(id) => NotedOn::Node(id.clone()),
            NoteOn::Moment(at) => NotedOn::MomentUnixNano(at.0.to_string()),
        };
        self.all.iter().map(|(o, t)| CaseNote { on: on(o), text: t.clone() }).collect()
    }
    /// Takes over those of a file; what cannot be read as a moment is left out.
    pub fn of(kept: &[CaseNote]) -> Self {
        let on = |on: &NotedOn| {
            Some(match on {
                NotedOn::Node(id) => NoteOn::Node(id.clone()),
                NotedOn::MomentUnixNano(text) => NoteOn::Moment(Timestamp(text.parse().ok()?)),
            })
        };
        let all = kept.iter().filter_map(|n| Some((on(&n.on)?, n.text.clone()))).collect();
        Self { all, ..Self::default() }
    }
    /// Opens a note for writing.
    ///
    /// What was typed there before, when another sheet came over it, is there again.
    pub fn open(&mut self, on: NoteOn, clock: &Clock) {
        self.put_aside();
        if let Some(draft) = self.drafts.remove(&on) {
            self.draft = Some(draft);
            return;
        }
        let at = match &on {
            NoteOn::Moment(at) => clock.exact(*at),
            NoteOn::Node(_) => String::new(),
        };
        let text = self.all.get(&on).cloned().unwrap_or_default();
        self.draft = Some(Draft { on, at, text });
    }
}

/// Signs on the nodes that have a note.
pub fn marks(notes: &Notes, picture: &Picture) -> Vec<(usize, Mark)> {
    let one = |(on, note): (&NoteOn, &String)| {
        let NoteOn::Node(id) = on else { return None };
        let MapItem::Node(i) = picture.place_of(&Item::Node(id.clone()))? else { return None };
        let spoken = fill(texts().side.note, &[("note", &text::name(note, 120))]);
        Some((i, Mark { sign: Sign::Noted, spoken }))
    };
    notes.all.iter().filter_map(one).collect()
}

/// The note on a node, or a way to write one.
pub(super) fn of_node(ui: &mut Ui, notes: &Notes, id: &str, p: &Palette, commands: &mut Vec<Command>) {
    let on = NoteOn::Node(id.to_owned());
    ui.add_space(UNIT);
    match notes.all.get(&on) {
        Some(note) => card(ui, texts().side.note_on_this_node, note, &on, p, commands),
        None => {
            ui.horizontal(|ui| {
                if small_button(ui, texts().side.add_a_note) {
                    commands.push(Command::EditNote(on));
                }
                undo(ui, notes, commands);
            });
        }
    }
}

fn small_button(ui: &mut Ui, name: &str) -> bool {
    ui.button(RichText::new(name).font(theme::small())).clicked()
}

fn undo(ui: &mut Ui, notes: &Notes, commands: &mut Vec<Command>) {
    if notes.can_undo() && small_button(ui, texts().side.undo) {
        commands.push(Command::UndoNote);
    }
}

/// A note as a card that opens it.
fn card(ui: &mut Ui, title: &str, note: &str, on: &NoteOn, p: &Palette, commands: &mut Vec<Command>) {
    let frame = egui::Frame::new().fill(p.raised).corner_radius(RADIUS).inner_margin(8);
    let shown = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            let heading = format!("{}  {title}", regular::NOTE_PENCIL);
            ui.label(RichText::new(heading).font(theme::caption()).color(p.muted));
        });
        ui.label(RichText::new(note).font(theme::small()).color(p.text));
    });
    let response = ui.interact(shown.response.rect, ui.id().with(("note", on)), Sense::click());
    let spoken = format!("{title}: {note}");
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &spoken));
    if response.has_focus() {
        let stroke = Stroke::new(1.5, p.accent);
        ui.painter().rect_stroke(response.rect, RADIUS, stroke, egui::StrokeKind::Inside);
    }
    let hand = response
        .on_hover_cursor(egui::CursorIcon::PointingHand)
        .on_hover_text(texts().side.change_or_delete_it);
    if hand.clicked() {
        commands.push(Command::EditNote(on.clone()));
    }
}

/// All notes, on the overview.
pub(super) fn list(
    ui: &mut Ui,
    notes: &Notes,
    picture: &Picture,
    clock: &Clock,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    let count = if notes.all.is_empty() { String::new() } else { notes.all.len().to_string() };
    widgets::heading(ui, texts().side.notes, &count, p);
    for (on, note) in &notes.all {
        let title = match on {
            NoteOn::Moment(at) => clock.exact(*at),
            NoteOn::Node(id) => {
                let named = picture.node(id).map(|n| picture.name(n).into_owned());
                text::name(&named.unwrap_or_else(|| id.clone()), 60)
            }
        };
        card(ui, &title, note, on, p, commands);
        ui.add_space(UNIT);
    }
    ui.horizontal(|ui| {
        let range = picture.lens.window.or(picture.snapshot.extent);
        if let Some(range) = range.filter(|_| small_button(ui, texts().side.add_a_note_on_a)) {
            commands.push(Command::EditNote(NoteOn::Moment(range.start)));
        }
        undo(ui, notes, commands);
    });
}

/// Marks on the timeline: a flag for each moment that has a note.
pub(super) fn on_timeline(
    ui: &Ui,
    area: Rect,
    range: TimeRange,
    notes: &Notes,
    clock: &Clock,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    let length = range.length().0.max(1) as f64;
    for (on, note) in &notes.all {
        let NoteOn::Moment(at) = on else { continue };
        if !range.contains(*at) {
            continue;
        }
        let x = area.left() + ((*at - range.start).0 as f64 / length) as f32 * area.width();
        let middle = pos2(x.clamp(area.left() + 8.0, area.right() - 8.0), area.top() + 10.0);
        let place = Rect::from_center_size(middle, Vec2::splat(18.0));
        let response = ui.interact(place, ui.id().with(("noted", on)), Sense::click());
        let spoken = fill(texts().side.note_at, &[("time", &clock.exact(*at)), ("note", &note)]);
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &spoken));
        let painter = ui.painter();
        let line = Rangef::new(place.bottom(), area.bottom());
        painter.vline(x, line, Stroke::new(1.0, faded(p.accent, 0.7)));
        painter.circle_filled(middle, 9.5, p.panel);
        let is_pointed_at = response.hovered() || response.has_focus();
        painter.circle_filled(middle, 8.5, if is_pointed_at { p.text } else { p.accent });
        painter.text(middle, Align2::CENTER_CENTER, regular::NOTE_PENCIL, theme::small(), p.panel);
        if response.clicked() {
            commands.push(Command::EditNote(on.clone()));
        }
        response.on_hover_text(format!("{}\n{note}", clock.exact(*at)));
    }
}

/// The sheet in which a note is written.
pub fn sheet(
    ctx: &Context,
    notes: &mut Notes,
    name: &str,
    extent: Option<TimeRange>,
    clock: &Clock,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    let Notes { all, draft, .. } = notes;
    let Some(draft) = draft else { return };
    let is_new = !all.contains_key(&draft.on);
    let mut is_cancelled = false;
    let response = Modal::new(Id::new("note")).show(ctx, |ui| {
        ui.set_width(400.0);
        ui.label(RichText::new(texts().side.note_2).font(theme::title()).color(p.text));
        let on = when(ui, draft, name, extent, clock, p);
        ui.add_space(UNIT);
        let edit = TextEdit::multiline(&mut draft.text).desired_rows(4).desired_width(f32::INFINITY);
        let field = ui.add(edit);
        field
            .widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, texts().side.what_the_note_says));
        if draft.text.is_empty() && !field.has_focus() && is_new {
            field.request_focus();
        }
        let entered = crate::view::keys::is_pressed(ui.ctx(), egui::Modifiers::COMMAND, Key::Enter)
            && !draft.text.trim().is_empty();
        ui.add_space(2.0 * UNIT);
        ui.horizontal(|ui| {
            let can_keep = on.is_some() && !draft.text.trim().is_empty();
            let keep = ui.add_enabled(can_keep, egui::Button::new(texts().side.keep_the_note)).clicked();
            if let Some(on) = on.filter(|_| keep || entered) {
                commands.push(Command::KeepNote(draft.on.clone(), on, draft.text.clone()));
            }
            if !is_new && ui.button(texts().side.delete).clicked() {
                commands.push(Command::KeepNote(draft.on.clone(), draft.on.clone(), String::new()));
            }
            is_cancelled = ui.button(texts().side.cancel).clicked();
        });
    });
    if is_cancelled {
        notes.draft = None;
        commands.push(Command::Toggle(Sheet::Note));
    }
    if response.backdrop_response.clicked() {
        commands.push(Command::Toggle(Sheet::Note));
    }
}

/// What the note is on; a moment can be typed. `None` where what was typed is none.
fn when(
    ui: &mut Ui,
    draft: &mut Draft,
    name: &str,
    extent: Option<TimeRange>,
    clock: &Clock,
    p: &Palette,
) -> Option<NoteOn> {
    let NoteOn::Moment(at) = draft.on else {
        widgets::note(ui, &fill(texts().side.on, &[("name", &text::name(name, 80))]), p);
        return Some(draft.on.clone());
    };
    let field = ui
        .horizontal(|ui| {
            ui.label(RichText::new(texts().side.at).font(theme::small()).color(p.muted));
            ui.add(TextEdit::singleline(&mut draft.at).min_size(vec2(220.0, 0.0)))
        })
        .inner;
    field.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, texts().side.moment));
    if draft.at == clock.exact(at) {
        return Some(NoteOn::Moment(at));
    }
    match moment(draft.at.trim(), extent?, clock) {
        Ok(at) => Some(NoteOn::Moment(at)),
        Err(why) => {
            ui.label(RichText::new(why).font(theme::small()).color(p.critical));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_written_changed_deleted_and_taken_back() {
        let mut notes = Notes::default();
        let node = NoteOn::Node("service:a".to_owned());
        notes.set(node.clone(), " look here ");
        notes.replace(&NoteOn::Moment(Timestamp(1)), NoteOn::Moment(Timestamp(2)), "deploy");
        notes.replace(&NoteOn::Moment(Timestamp(2)), NoteOn::Moment(Timestamp(3)), "deploy");
        assert_eq!(notes.all.values().collect::<Vec<_>>(), ["deploy", "look here"]);
        assert_eq!(Notes::of(&notes.kept()).all, notes.all, "a file keeps them");
        notes.set(node.clone(), "");
        assert_eq!(notes.all.len(), 1);
        notes.undo();
        assert_eq!(notes.all.get(&node).map(String::as_str), Some("look here"));
        notes.undo();
        assert!(notes.all.contains_key(&NoteOn::Moment(Timestamp(2))));
        notes.undo();
        notes.undo();
        assert!(notes.all.is_empty() && !notes.can_undo());
    }
}
