//! The keys of the window.
use egui::{Context, Key, KeyboardShortcut, Modifiers};

use super::command::{Command, HELP};
use super::state::State;
use crate::graph::Reach;
use crate::view::panels::arranging::Arrange;

/// Turns keys into commands; letters only count while nobody types.
pub fn listen(ctx: &Context, state: &State, commands: &mut Vec<Command>) {
    let shortcut =
        |modifiers, key| ctx.input_mut(|i| i.consume_shortcut(&KeyboardShortcut::new(modifiers, key)));
    if shortcut(Modifiers::ALT, Key::ArrowLeft) {
        commands.push(Command::Back);
    }
    if shortcut(Modifiers::ALT, Key::ArrowRight) {
        commands.push(Command::Forward);
    }
    if shortcut(Modifiers::COMMAND, Key::O) {
        commands.push(Command::OpenDialog);
    }
    if shortcut(Modifiers::COMMAND, Key::F) || shortcut(Modifiers::COMMAND, Key::K) {
        commands.push(Command::FocusFilter);
    }
    let is_typing = ctx.text_edit_focused();
    if ctx.input(|i| i.key_pressed(Key::Escape)) && !is_typing && !egui::Popup::is_any_open(ctx) {
        commands.push(Command::Escape);
    }
    if is_typing || state.sheet.is_some_and(|s| s != HELP) {
        return;
    }
    if ctx.input(|i| i.key_pressed(Key::Questionmark) || (i.modifiers.shift && i.key_pressed(Key::Slash))) {
        commands.push(Command::Toggle(HELP));
    }
    if ctx.input(|i| i.key_pressed(Key::F) && i.modifiers.is_none()) {
        commands.push(Command::FitMap);
    }
    if ctx.input(|i| i.key_pressed(Key::C) && i.modifiers.is_none()) {
        commands.push(Command::ToggleComparison);
    }
    arrange(ctx, commands);
    // Space presses what has the focus.
    let is_free = ctx.memory(|m| m.focused().is_none());
    if is_free && ctx.input(|i| i.key_pressed(Key::Space)) {
        commands.push(Command::TogglePause);
    }
}

/// Grouping, hiding, focus, and undo.
fn arrange(ctx: &Context, commands: &mut Vec<Command>) {
    let pressed = |modifiers, key| ctx.input_mut(|i| i.consume_key(modifiers, key));
    let keys = [
        (Modifiers::COMMAND, Key::Z, Arrange::Undo),
        (Modifiers::SHIFT, Key::G, Arrange::ToggleAll),
        (Modifiers::NONE, Key::G, Arrange::Toggle),
        (Modifiers::NONE, Key::H, Arrange::Hide(None)),
        (Modifiers::NONE, Key::Num1, Arrange::Focus(None, Reach::Hops(1))),
        (Modifiers::NONE, Key::Num2, Arrange::Focus(None, Reach::Hops(2))),
        (Modifiers::NONE, Key::Num3, Arrange::Focus(None, Reach::Hops(3))),
        (Modifiers::NONE, Key::Num4, Arrange::Focus(None, Reach::Requests)),
        (Modifiers::NONE, Key::Num0, Arrange::Unfocus),
    ];
    for (modifiers, key, what) in keys {
        if pressed(modifiers, key) {
            commands.push(Command::Arrange(what));
        }
    }
}
