//! The keys of the window.
use egui::{Context, Key, KeyboardShortcut, Modifiers};

use super::command::{Command, HELP};
use super::state::State;
use crate::view::panels::Sheet;

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
    if shortcut(Modifiers::COMMAND, Key::F) {
        commands.push(Command::FocusFilter);
    }
    if shortcut(Modifiers::COMMAND, Key::K) {
        commands.push(Command::Toggle(Sheet::Commands));
    }
    for (key, steps) in [(Key::Plus, 1), (Key::Equals, 1), (Key::Minus, -1), (Key::Num0, 0)] {
        if shortcut(Modifiers::COMMAND, key) {
            commands.push(Command::ScaleText(steps));
        }
    }
    let is_typing = ctx.text_edit_focused();
    // The palette closes itself: its box loses the keyboard with the same key.
    let is_finding = state.sheet == Some(Sheet::Commands);
    if !is_finding
        && ctx.input(|i| i.key_pressed(Key::Escape))
        && !is_typing
        && !egui::Popup::is_any_open(ctx)
    {
        commands.push(Command::Escape);
    }
    if is_typing || state.sheet.is_some_and(|s| s != HELP) {
        return;
    }
    if ctx.input(|i| i.key_pressed(Key::Questionmark) || (i.modifiers.shift && i.key_pressed(Key::Slash))) {
        commands.push(Command::Toggle(HELP));
    }
    let letters = [
        (Key::F, Command::FitMap),
        (Key::C, Command::ToggleComparison),
        (Key::M, Command::ToggleMinimap),
        (Key::L, Command::ToggleLegend),
        (Key::N, Command::FocusMap),
    ];
    let pressed =
        letters.into_iter().filter(|(k, _)| ctx.input(|i| i.key_pressed(*k) && i.modifiers.is_none()));
    commands.extend(pressed.map(|(_, command)| command));
    // Space presses what has the focus.
    let is_free = ctx.memory(|m| m.focused().is_none());
    if is_free && ctx.input(|i| i.key_pressed(Key::Space)) {
        commands.push(Command::TogglePause);
    }
}
