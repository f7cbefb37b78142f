//! The waterfall panel: one trace, row by row, with the details of the selected span.
mod bar;
mod colour;
mod details;
mod draw;
mod folds;
mod header;
mod input;
mod ruler;
mod scene;

use std::collections::HashSet;

use egui::{Rect, Ui, UiBuilder, pos2, vec2};

use crate::analysis::{RowKey, Waterfall};
use crate::model::{SpanId, SpanRow, TimeRange, TraceId};
use crate::store::Spans;
use crate::view::theme::{Palette, UNIT};

pub use colour::{ServiceColours, service_colour};
use folds::Folds;
pub use scene::{Bar, ErrorIcon, Scene, SceneRow, Toggle, View, scene};

/// Height of a row, in points.
pub const ROW: f32 = 24.0;
const HEADER: f32 = 44.0;
const RULER: f32 = 26.0;
/// The narrowest panel that shows details beside the rows.
const WIDE: f32 = 700.0;

/// What the panel asks of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaterfallEvent {
    /// A span was selected.
    SpanSelected(SpanRow),
    /// The panel is to be closed.
    Closed,
    /// A link was followed; the span id may be one that was never received.
    OpenLink(TraceId, SpanId),
    /// The panel is to take the whole height, or to give it back.
    ToggleFullHeight,
}

/// What the panel remembers between frames; keep one per open trace.
#[derive(Clone, Debug)]
pub struct WaterfallState {
    /// Rows whose children are hidden.
    pub collapsed: HashSet<RowKey>,
    /// The span whose details are shown.
    pub selected: Option<SpanRow>,
    /// Rows above the first that is visible, with fraction.
    pub scroll: f64,
    /// The visible stretch of time; `None` for all of it.
    pub zoom: Option<TimeRange>,
    /// Whether the panel has the whole height; only the icon depends on it.
    pub full_height: bool,
    /// The zone in which times are shown.
    pub zone: jiff::tz::TimeZone,
    /// Share of the width that names take.
    name_share: f32,
    /// Values of the selected span that are shown whole.
    whole: HashSet<String>,
    folds: Folds,
    /// Where a drag over the ruler began, as a share of the visible time.
    brush: Option<f32>,
    /// The selected row is to be brought into view and to get the keyboard.
    reveal: bool,
    /// The selected row, or else the first, is to get the keyboard.
    pub takes_keys: bool,
}

impl Default for WaterfallState {
    fn default() -> Self {
        Self {
            collapsed: HashSet::new(),
            selected: None,
            scroll: 0.0,
            zoom: None,
            full_height: false,
            zone: jiff::tz::TimeZone::system(),
            name_share: 0.36,
            whole: HashSet::new(),
            folds: Folds::default(),
            brush: None,
            reveal: false,
            takes_keys: false,
        }
    }
}

impl WaterfallState {
    /// Selects a span, opens what hides it, and scrolls to it with the next frame.
    pub fn reveal(&mut self, waterfall: &Waterfall, span: SpanRow) {
        let Some(mut row) = waterfall.place_of(span) else { return };
        self.selected = waterfall.rows.get(row as usize).and_then(|r| r.span());
        while let Some(parent) = waterfall.rows.get(row as usize).and_then(|r| r.parent) {
            if let Some(r) = waterfall.rows.get(parent as usize) {
                self.collapsed.remove(&r.key);
            }
            row = parent;
        }
        self.reveal = true;
    }
    fn time_range(&self, waterfall: &Waterfall) -> TimeRange {
        self.zoom.filter(|z| !z.is_empty()).unwrap_or(waterfall.range)
    }
}

/// Where the parts of the panel are.
struct Areas {
    header: Rect,
    names: Rect,
    time: Rect,
    ruler: Rect,
    details: Option<Rect>,
}

impl Areas {
    fn of(full: Rect, state: &WaterfallState) -> Self {
        let (header, body) = full.split_top_bottom_at_y(full.top() + HEADER);
        let has_details = state.selected.is_some() && body.width() >= WIDE;
        let width = (body.width() * 0.3).clamp(280.0, 440.0);
        let (body, details) = if has_details {
            let (left, right) = body.split_left_right_at_x(body.right() - width);
            (left, Some(right))
        } else {
            (body, None)
        };
        let split = body.left() + (body.width() * state.name_share).clamp(160.0, 560.0);
        let (names, time) = body.split_left_right_at_x(split);
        let (ruler, time) = time.split_top_bottom_at_y(time.top() + RULER);
        let names = Rect::from_min_max(pos2(names.left(), ruler.bottom()), names.max);
        // Room for the duration of spans that end last, and for the scroll bar.
        let inset = |r: Rect| {
            let (left, right) = (r.left() + 2.0 * UNIT, r.right() - 5.0 * UNIT);
            Rect::from_min_max(pos2(left, r.top()), pos2(right.max(left + 1.0), r.bottom()))
        };
        Self { header, names, time: inset(time), ruler: inset(ruler), details }
    }
}

/// Shows the panel in all of the space that `ui` has left.
pub fn show(
    ui: &mut Ui,
    spans: &Spans,
    waterfall: &Waterfall,
    state: &mut WaterfallState,
    palette: &Palette,
) -> Vec<WaterfallEvent> {
    let mut events = Vec::new();
    let full = ui.available_rect_before_wrap();
    ui.allocate_rect(full, egui::Sense::hover());
    ui.painter().rect_filled(full, 0, palette.panel);
    state.folds.update(waterfall, &state.collapsed);
    let areas = Areas::of(full, state);
    let colours = ServiceColours::new(spans, &waterfall.services, palette.dark);
    let header = UiBuilder::new().max_rect(areas.header.shrink2(vec2(3.0 * UNIT, UNIT)));
    ui.scope_builder(header, |ui| header::show(ui, spans, waterfall, state, &colours, palette, &mut events));
    input::keyboard(ui, waterfall, state, &mut events);
    input::pointer(ui, &areas, waterfall, state);
    let view = View {
        range: state.time_range(waterfall),
        scroll: state.scroll,
        height: areas.time.height(),
        time_width: areas.time.width(),
    };
    let scene = scene(spans, waterfall, &state.folds, state.selected, &view, &colours);
    ruler::show(ui, &areas, &scene, waterfall, state, palette);
    draw::rows(ui, &areas, &scene, spans, waterfall, state, palette, &mut events);
    input::scroll_bar(ui, &areas, state, palette);
    if let Some(rect) = areas.details {
        details::show(ui, rect, spans, waterfall, state, &colours, palette, &mut events);
    }
    let line = egui::Stroke::new(1.0, palette.border);
    ui.painter().hline(full.x_range(), areas.header.bottom(), line);
    events
}

#[cfg(test)]
#[path = "waterfall_view_tests.rs"]
mod tests;
