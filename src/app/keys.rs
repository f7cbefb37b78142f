//! The keys of the window.
use egui::{Context, Event, Key, KeyboardShortcut, Modifiers};

use super::command::{Command, HELP};
use super::state::State;
use crate::graph::Reach;
use crate::layout::Mode;
use crate::view::keys::{is_pressed, take_key};
use crate::view::panels::Sheet;
use crate::view::panels::arranging::Fold;
use crate::view::panels::timeline::{Replay, Way};

/// Turns keys into commands; letters only count while nobody types.
pub fn listen(ctx: &Context, state: &mut State, commands: &mut Vec<Command>) {
    hold_back(ctx, &mut state.held_back);
    let shortcut = |modifiers, key| take_key(ctx, modifiers, key);
    if shortcut(Modifiers::ALT, Key::ArrowLeft) {
        commands.push(Command::Back);
    }
    if shortcut(Modifiers::ALT, Key::ArrowRight) {
        commands.push(Command::Forward);
    }
    if shortcut(Modifiers::COMMAND, Key::O) {
        commands.push(Command::OpenDialog);
    }
    let boxes = [(Key::F, Command::FocusFilter), (Key::K, Command::Toggle(Sheet::Commands))];
    let opened = boxes.into_iter().filter(|(key, _)| shortcut(Modifiers::COMMAND, *key));
    let before = commands.len();
    commands.extend(opened.map(|(_, command)| command));
    let opens_box = commands.len() > before;
    for (key, steps) in [(Key::Plus, 1), (Key::Equals, 1), (Key::Minus, -1), (Key::Num0, 0)] {
        // The plus of many keyboards needs Shift.
        let shortcut = KeyboardShortcut::new(Modifiers::COMMAND, key);
        if ctx.input_mut(|i| i.consume_shortcut(&shortcut)) {
            commands.push(Command::ScaleText(steps));
        }
    }
    let is_typing = ctx.text_edit_focused() || opens_box || state.focus_filter;
    // The Escape that leaves a text does nothing else, but for a sheet, which keeps what was typed; egui has taken the
    // keyboard away before this frame.
    let left_text = std::mem::replace(&mut state.was_typing, is_typing) && !is_typing;
    let leaves_text = left_text && state.sheet.is_none();
    // The palette closes itself: its box loses the keyboard with the same key.
    let is_finding = state.sheet == Some(Sheet::Commands);
    if !is_finding
        && ctx.input(|i| i.key_pressed(Key::Escape))
        && !is_typing
        && !leaves_text
        && !egui::Popup::is_any_open(ctx)
    {
        commands.push(Command::Escape);
    }
    if is_typing || state.sheet.is_some_and(|s| s != HELP) {
        return;
    }
    let asks_for_help = is_pressed(ctx, Modifiers::SHIFT, Key::Slash);
    if asks_for_help || ctx.input(|i| i.key_pressed(Key::Questionmark)) {
        commands.push(Command::Toggle(HELP));
    }
    // The sheet scrolls by keys; nothing below it moves.
    if state.sheet.is_some() {
        return;
    }
    undo(ctx, commands);
    // Over an open menu letters are not meant for the map behind it.
    if egui::Popup::is_any_open(ctx) {
        return;
    }
    let digits = [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5];
    for (key, mode) in digits.into_iter().zip(Mode::ALL) {
        if is_pressed(ctx, Modifiers::NONE, key) {
            commands.push(Command::Arrange(mode));
        }
    }
    let letters = [
        (Key::F, Command::FitMap),
        (Key::C, Command::ToggleComparison),
        (Key::M, Command::ToggleMinimap),
        (Key::L, Command::ToggleLegend),
        (Key::N, Command::FocusMap),
        (Key::T, Command::FocusTraces),
        (Key::Z, Command::ZoomTimeline),
    ];
    let pressed = letters.into_iter().filter(|(k, _)| is_pressed(ctx, Modifiers::NONE, *k));
    commands.extend(pressed.map(|(_, command)| command));
    fold(ctx, commands);
    // Space presses what has the focus.
    let is_free = ctx.memory(|m| m.focused().is_none());
    if is_free && is_pressed(ctx, Modifiers::NONE, Key::Space) {
        commands.push(Command::Replay(Replay::Space));
    }
    replay(ctx, is_free, commands);
}

/// Keeps what follows the key that opens a box for the next frame, in which the box is there: it is meant for it.
fn hold_back(ctx: &Context, held: &mut Vec<Event>) {
    ctx.input_mut(|i| {
        i.events.splice(0..0, held.drain(..));
        let opens = |e: &Event| match e {
            Event::Key { key: Key::F | Key::K, pressed: true, modifiers, .. } => {
                modifiers.matches_exact(Modifiers::COMMAND)
            }
            _ => false,
        };
        if let Some(at) = i.events.iter().position(opens) {
            let typed =
                |e: &Event| matches!(e, Event::Key { .. } | Event::Text(_) | Event::Paste(_) | Event::Ime(_));
            held.extend(i.events.extract_if(at + 1.., |e| typed(e)));
        }
    });
}

/// Keys of the replay; those that move the focus or the map elsewhere count only where nothing has the focus.
fn replay(ctx: &Context, is_free: bool, commands: &mut Vec<Command>) {
    let pressed = |key, modifiers| is_pressed(ctx, modifiers, key);
    let either = |key| pressed(key, Modifiers::NONE) || pressed(key, Modifiers::SHIFT);
    let with_shift = [
        (Key::E, Modifiers::NONE, Replay::Failure(Way::Forward)),
        (Key::E, Modifiers::SHIFT, Replay::Failure(Way::Back)),
        (Key::D, Modifiers::NONE, Replay::Deployment(Way::Forward)),
        (Key::D, Modifiers::SHIFT, Replay::Deployment(Way::Back)),
    ];
    let asked = with_shift.into_iter().filter(|(key, modifiers, _)| pressed(*key, *modifiers));
    commands.extend(asked.map(|(_, _, replay)| Command::Replay(replay)));
    let anywhere = [
        (Key::R, Replay::Reverse),
        (Key::OpenBracket, Replay::Faster(Way::Back)),
        (Key::CloseBracket, Replay::Faster(Way::Forward)),
    ];
    let free = [
        (Key::ArrowLeft, Replay::Step(Way::Back)),
        (Key::ArrowRight, Replay::Step(Way::Forward)),
        (Key::Home, Replay::End(Way::Back)),
        (Key::End, Replay::End(Way::Forward)),
    ];
    let free = free.into_iter().filter(|_| is_free);
    let asked = anywhere.into_iter().chain(free).filter(|(key, _)| either(*key));
    commands.extend(asked.map(|(_, replay)| Command::Replay(replay)));
}

/// Undo and redo.
fn undo(ctx: &Context, commands: &mut Vec<Command>) {
    let keys = [
        (Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z, Fold::Redo),
        (Modifiers::COMMAND, Key::Y, Fold::Redo),
        (Modifiers::COMMAND, Key::Z, Fold::Undo),
    ];
    for (modifiers, key, what) in keys {
        if take_key(ctx, modifiers, key) {
            commands.push(Command::Fold(what));
        }
    }
}

/// Grouping, hiding and focus.
fn fold(ctx: &Context, commands: &mut Vec<Command>) {
    let keys = [
        (Modifiers::SHIFT, Key::G, Fold::ToggleAll),
        (Modifiers::NONE, Key::G, Fold::Toggle),
        (Modifiers::NONE, Key::H, Fold::Hide(None)),
        (Modifiers::ALT, Key::Num1, Fold::Focus(None, Reach::Hops(1))),
        (Modifiers::ALT, Key::Num2, Fold::Focus(None, Reach::Hops(2))),
        (Modifiers::ALT, Key::Num3, Fold::Focus(None, Reach::Hops(3))),
        (Modifiers::ALT, Key::Num4, Fold::Focus(None, Reach::Requests)),
        (Modifiers::ALT, Key::Num0, Fold::Unfocus),
    ];
    for (modifiers, key, what) in keys {
        if take_key(ctx, modifiers, key) {
            commands.push(Command::Fold(what));
        }
    }
}
