//! The window's state as a case file keeps it, and back.
use super::arrangement::{self, Arrangement};
use super::arranging::Arranging;
use super::command::{Item, Tab, Window};
use super::state::{OpenTrace, Place};
use super::{App, Command, command};
use crate::export::case::{CaseEdge, CaseEdges, CaseItem, CaseMap, CaseState, CaseTrace, CaseWindow};
use crate::graph::Snapshot;
use crate::layout::Mode;
use crate::model::{SpanId, TraceId};
use crate::view::map::Camera;
use crate::view::panels::notes::Notes;
use crate::view::panels::picture::Positions;

fn kept(places: &Positions) -> std::collections::BTreeMap<String, (f32, f32)> {
    places.iter().map(|(id, p)| (id.clone(), (p.x, p.y))).collect()
}

fn places(kept: &std::collections::BTreeMap<String, (f32, f32)>) -> Positions {
    kept.iter().map(|(id, p)| (id.clone(), egui::pos2(p.0, p.1))).collect()
}

/// The bytes of hexadecimal digits; `None` where they are others, or more or less.
fn bytes<const N: usize>(hex: &str) -> Option<[u8; N]> {
    let mut out = [0; N];
    if hex.len() != 2 * N || !hex.is_ascii() {
        return None;
    }
    for (i, byte) in out.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * i..2 * i + 2)?, 16).ok()?;
    }
    Some(out)
}

/// What a case file keeps of a window.
pub(super) fn of(app: &App) -> CaseState {
    let s = &app.state;
    let window = s.window.range(app.snapshot.extent);
    let mut positions = kept(&s.positions);
    positions.extend(kept(&s.map.scene().positions()));
    let mut other_pins = arrangement::pins(s);
    other_pins.remove(&s.arrangement.mode);
    CaseState {
        window: window.map(CaseWindow::of),
        filter: if s.filter.is_some() { s.filter_text.clone() } else { String::new() },
        selection: s.place.selection.as_ref().map(|item| match item {
            Item::Node(id) => CaseItem::Node(id.clone()),
            Item::Edge(from, to) => CaseItem::Edge(CaseEdge { from: from.clone(), to: to.clone() }),
        }),
        trace: s.place.trace.as_ref().map(|t| CaseTrace {
            id: t.id.to_string(),
            span: t.span.map(|s| s.to_string()).unwrap_or_default(),
        }),
        tab: s.place.tab.id().to_owned(),
        positions,
        pins: kept(&s.map.positions),
        camera: s.map.camera.map(|c| (c.centre.x, c.centre.y, c.zoom)),
        notes: s.notes.kept(),
        edges: Some(CaseEdges::of(s.map.signs)),
        layout: s.arrangement.mode.word().to_owned(),
        layout_focus: s.arrangement.focus.clone().unwrap_or_default(),
        other_pins: other_pins.iter().map(|(mode, pins)| (mode.word().to_owned(), kept(pins))).collect(),
        map: map_of(app),
        ..CaseState::default()
    }
}

/// Groups and what is hidden, by the attributes that the map goes by.
fn map_of(app: &App) -> CaseMap {
    let keys = app.answers.picture.value().map(|p| p.groups.keys.clone()).unwrap_or_default();
    CaseMap::of(&app.state.arranging.now, &keys)
}

/// What a case file keeps where nobody arranged anything: the places of a map that was just laid out.
pub fn of_snapshot(snapshot: &std::sync::Arc<Snapshot>) -> CaseState {
    let mut app = App::new(super::Session::still(std::sync::Arc::clone(snapshot)));
    let ctx = egui::Context::default();
    app.step(&ctx);
    let scene = app.answers.picture.value().map(|p| p.scene.positions());
    CaseState {
        positions: kept(&scene.unwrap_or_default()),
        tab: "traces".to_owned(),
        map: map_of(&app),
        ..CaseState::default()
    }
}

/// Adds what people did to what is there: notes and pins where there are none; the view stays.
pub(super) fn add(app: &mut App, case: &CaseState) {
    let s = &mut app.state;
    for (on, text) in Notes::of(&case.notes).all {
        s.notes.all.entry(on).or_insert(text);
    }
    for (id, at) in places(&case.pins) {
        s.map.positions.entry(id).or_insert(at);
    }
    app.answers.generation += 1;
}

/// Shows what a case file keeps, as it was when it was saved.
pub(super) fn apply(app: &mut App, ctx: &egui::Context, case: &CaseState) {
    let nodes = case.positions.keys().cloned().collect();
    let s = &mut app.state;
    let notes = Notes::of(&case.notes);
    app.systems.begin(nodes, &arrangement::kept(s));
    let mode = Mode::parse(&case.layout).unwrap_or_default();
    let others = case.other_pins.iter().filter_map(|(word, pins)| Some((Mode::parse(word)?, places(pins))));
    let focus = (!case.layout_focus.is_empty()).then(|| case.layout_focus.clone());
    s.arrangement = Arrangement::of(mode, focus, others);
    s.arranging = Arranging::new(case.map.arrangement());
    s.positions = places(&case.positions);
    s.map.positions = places(&case.pins);
    s.map.camera = case.camera.map(|(x, y, zoom)| Camera { centre: egui::pos2(x, y), zoom });
    s.notes = notes;
    s.map.signs = case.edges.as_ref().map_or(s.map.signs, CaseEdges::signs);
    let window = case.window.as_ref().and_then(CaseWindow::range);
    let trace = case
        .trace
        .as_ref()
        .and_then(|t| Some(OpenTrace { id: TraceId(bytes(&t.id)?), span: bytes(&t.span).map(SpanId) }));
    let selection = case.selection.as_ref().map(|item| match item {
        CaseItem::Node(id) => Item::Node(id.clone()),
        CaseItem::Edge(e) => Item::Edge(e.from.clone(), e.to.clone()),
    });
    let tab = Tab::parse(&case.tab).unwrap_or_default();
    s.go(Place { selection, trace, tab, answer: None, comparing: None });
    app.answers.generation += 1;
    let window = window.map_or(Window::All, Window::Range);
    for todo in [Command::SetWindow(window), Command::SetFilter(case.filter.clone())] {
        command::apply(app, ctx, todo);
    }
}
