//! Keys, wheel and the scroll bar of the waterfall.
use egui::{Id, Key, Modifiers, Rect, Sense, Ui, pos2};

use super::{Areas, ROW, WaterfallEvent, WaterfallState};
use crate::analysis::{Row, RowKey, Waterfall};
use crate::model::{Nanos, TimeRange};
use crate::view::theme::{Palette, UNIT, faded};

/// The widget of a row: the same from frame to frame, wherever the row is.
pub(super) fn row_id(key: RowKey) -> Id {
    Id::new(("waterfall row", key))
}

/// Arrows move and fold, Home and End jump; only while a row has the keyboard.
pub(super) fn keyboard(ui: &Ui, w: &Waterfall, state: &mut WaterfallState, events: &mut Vec<WaterfallEvent>) {
    let Some(focused) = ui.memory(|m| m.focused()) else { return };
    let Some(row) = focused_row(w, state, focused) else { return };
    // Otherwise egui would move the focus to whatever widget lies in that direction.
    let filter = egui::EventFilter { horizontal_arrows: true, vertical_arrows: true, ..Default::default() };
    ui.memory_mut(|m| m.set_focus_lock_filter(focused, filter));
    let pressed = |key| ui.input_mut(|i| i.consume_key(Modifiers::NONE, key));
    let slot = state.folds.slot_of(row);
    let last = state.folds.visible().saturating_sub(1);
    let page = 10;
    let target = if pressed(Key::ArrowDown) {
        state.folds.row_in((slot + 1).min(last))
    } else if pressed(Key::ArrowUp) {
        state.folds.row_in(slot.saturating_sub(1))
    } else if pressed(Key::PageDown) {
        state.folds.row_in((slot + page).min(last))
    } else if pressed(Key::PageUp) {
        state.folds.row_in(slot.saturating_sub(page))
    } else if pressed(Key::Home) {
        state.folds.row_in(0)
    } else if pressed(Key::End) {
        state.folds.row_in(last)
    } else if pressed(Key::ArrowLeft) {
        fold_or_leave(w, state, row)
    } else if pressed(Key::ArrowRight) {
        unfold_or_enter(w, state, row)
    } else {
        None
    };
    if let Some(to) = target {
        go_to(ui, w, state, to, events);
    }
}

/// The row that has the keyboard: the selected one first, then one among the visible.
fn focused_row(w: &Waterfall, state: &WaterfallState, focused: Id) -> Option<u32> {
    let has_focus = |at: u32| w.rows.get(at as usize).is_some_and(|r| row_id(r.key) == focused);
    let first = state.scroll.max(0.0) as u32;
    let selected = state.selected.and_then(|s| w.place_of(s)).filter(|at| has_focus(*at));
    selected.or_else(|| {
        (first.saturating_sub(2)..first + 200)
            .filter_map(|slot| state.folds.row_in(slot))
            .find(|at| has_focus(*at))
    })
}

fn fold_or_leave(w: &Waterfall, state: &mut WaterfallState, row: u32) -> Option<u32> {
    let r = w.rows.get(row as usize)?;
    if r.children > 0 && state.collapsed.insert(r.key) { None } else { r.parent }
}

fn unfold_or_enter(w: &Waterfall, state: &mut WaterfallState, row: u32) -> Option<u32> {
    let r = w.rows.get(row as usize)?;
    if state.collapsed.remove(&r.key) { None } else { (r.children > 0).then_some(row + 1) }
}

fn go_to(ui: &Ui, w: &Waterfall, state: &mut WaterfallState, row: u32, events: &mut Vec<WaterfallEvent>) {
    let Some(r) = w.rows.get(row as usize) else { return };
    ui.memory_mut(|m| m.request_focus(row_id(r.key)));
    if let Some(span) = r.span() {
        select(state, span, events);
    }
    state.reveal = true;
}

pub(super) fn select(
    state: &mut WaterfallState,
    span: crate::model::SpanRow,
    events: &mut Vec<WaterfallEvent>,
) {
    if state.selected != Some(span) {
        state.selected = Some(span);
        state.whole.clear();
    }
    events.push(WaterfallEvent::SpanSelected(span));
}

/// Scrolls as little as shows the row and two on either side.
fn bring_into_view(state: &mut WaterfallState, row: u32, fit: f64) {
    let slot = f64::from(state.folds.slot_of(row));
    state.scroll = state.scroll.max(slot + 3.0 - fit).min(slot - 2.0).max(0.0);
}

/// The wheel scrolls, with Ctrl it zooms around the pointer, sideways it moves through time.
pub(super) fn pointer(ui: &Ui, areas: &Areas, w: &Waterfall, state: &mut WaterfallState) {
    let fit = f64::from(areas.time.height() / ROW);
    if std::mem::take(&mut state.reveal)
        && let Some(row) = state.selected.and_then(|s| w.place_of(s))
    {
        bring_into_view(state, row, fit);
    }
    let body = areas.names.union(areas.time);
    let hover = ui.ctx().pointer_hover_pos().filter(|p| body.contains(*p) && ui.rect_contains_pointer(body));
    if let Some(pointer) = hover {
        let (wheel, zoom) = ui.input(|i| (i.smooth_scroll_delta(), i.zoom_delta()));
        state.scroll -= f64::from(wheel.y / ROW);
        if zoom != 1.0 && areas.time.contains(pointer) {
            let at = f64::from((pointer.x - areas.time.left()) / areas.time.width());
            zoom_by(w, state, f64::from(zoom), at);
        }
        if wheel.x != 0.0 {
            move_by(w, state, -f64::from(wheel.x / areas.time.width()));
        }
    }
    let most = (f64::from(state.folds.visible()) - fit).max(0.0);
    state.scroll = state.scroll.clamp(0.0, most);
}

fn zoom_by(w: &Waterfall, state: &mut WaterfallState, factor: f64, at: f64) {
    let range = state.time_range(w);
    let length = range.length().0 as f64;
    let shorter = (length / factor).max(100.0);
    let start = range.start + Nanos(((length - shorter) * at) as i64);
    set_zoom(w, state, TimeRange::new(start, start + Nanos(shorter as i64)));
}

fn move_by(w: &Waterfall, state: &mut WaterfallState, share: f64) {
    let Some(range) = state.zoom else { return };
    let by = Nanos((range.length().0 as f64 * share) as i64);
    let start = (range.start + by).clamp(w.range.start, (w.range.end - range.length()).max(w.range.start));
    set_zoom(w, state, TimeRange::new(start, start + range.length()));
}

/// Shows the time of one row, with a little air on both sides.
pub(super) fn zoom_to(w: &Waterfall, state: &mut WaterfallState, row: &Row) {
    if row.duration() > Nanos::ZERO && !row.is_undated {
        let air = Nanos(row.duration().0 / 20 + 1);
        set_zoom(w, state, TimeRange::new(row.start - air, row.end + air));
    }
}

fn set_zoom(w: &Waterfall, state: &mut WaterfallState, range: TimeRange) {
    let inside = TimeRange::new(range.start.max(w.range.start), range.end.min(w.range.end));
    state.zoom = (inside != w.range && !inside.is_empty()).then_some(inside);
}

/// A thin scroll bar of our own: egui's loses precision in lists of a million rows.
pub(super) fn scroll_bar(ui: &Ui, areas: &Areas, state: &mut WaterfallState, palette: &Palette) {
    let fit = f64::from(areas.time.height() / ROW);
    let all = f64::from(state.folds.visible());
    if all <= fit || areas.time.height() <= 0.0 {
        return;
    }
    let right = areas.time.right() + 4.5 * UNIT;
    let track = Rect::from_min_max(pos2(right - 8.0, areas.time.top()), pos2(right, areas.time.bottom()));
    let height = (track.height() * (fit / all) as f32).max(24.0);
    let room = f64::from(track.height() - height);
    let response = ui.interact(track, ui.id().with("waterfall scroll"), Sense::click_and_drag());
    if let Some(pointer) = response.interact_pointer_pos() {
        let at = f64::from(pointer.y - track.top() - height / 2.0) / room.max(1.0);
        state.scroll = (at * (all - fit)).clamp(0.0, all - fit);
    }
    let y = track.top() + (state.scroll / (all - fit) * room) as f32;
    let strength = if response.hovered() || response.dragged() { 0.9 } else { 0.45 };
    let handle = Rect::from_min_max(pos2(track.left() + 2.0, y), pos2(track.right(), y + height));
    ui.painter().rect_filled(handle, 3.0, faded(palette.faint, strength));
}
