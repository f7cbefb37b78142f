//! How the map is arranged, and where nodes stood in the arrangements that are not shown.
use std::collections::BTreeMap;

use super::App;
use super::state::State;
use super::systems::{Places, System};
use crate::layout::Mode;
use crate::texts::texts;
use crate::view::map::NodeScene;
use crate::view::panels::Item;
use crate::view::panels::notes::Notes;
use crate::view::panels::picture::Positions;

/// The arrangement that is shown, and what the others remember.
#[derive(Clone, Debug, Default)]
pub struct Arrangement {
    /// The one that is shown.
    pub mode: Mode,
    /// The node in the middle of the rings.
    pub focus: Option<String>,
    /// Of the others: where nodes stood, and where they were put by hand.
    others: BTreeMap<Mode, (Positions, Positions)>,
    /// The one that was shown before, until the map is there.
    came_from: Option<Mode>,
}

impl Arrangement {
    /// One that is shown, the node in the middle of rings, and what was put by hand in the others.
    pub(super) fn of(
        mode: Mode,
        focus: Option<String>,
        others: impl Iterator<Item = (Mode, Positions)>,
    ) -> Self {
        let others = others.filter(|(other, _)| *other != mode);
        let others = others.map(|(mode, pins)| (mode, (Positions::new(), pins))).collect();
        Self { mode, focus, others, came_from: None }
    }

    /// Where nodes were put by hand in those that are not shown.
    pub(super) fn other_pins(&self) -> impl Iterator<Item = (Mode, &Positions)> {
        self.others.iter().map(|(mode, o)| (*mode, &o.1)).filter(|(_, pins)| !pins.is_empty())
    }

    /// Forgets where nodes stood, but not where they were put by hand.
    pub fn clear(&mut self) {
        self.others.values_mut().for_each(|o| o.0.clear());
        self.focus = None;
    }
}

/// How people arranged and noted the system that is shown, as it is kept; without its nodes.
pub(super) fn kept(s: &State) -> System {
    let shown = std::iter::once((s.arrangement.mode, &s.map.positions));
    let all = s.arrangement.other_pins().chain(shown).filter(|(_, pins)| !pins.is_empty());
    let mut pins: BTreeMap<_, _> = all.map(|(mode, pins)| (mode.word().to_owned(), places(pins))).collect();
    let mode = s.arrangement.mode;
    System {
        positions: pins.remove(Mode::Flow.word()).unwrap_or_default(),
        stood: stood(s),
        pins,
        layout: if mode == Mode::Flow { String::new() } else { mode.word().to_owned() },
        focus: s.arrangement.focus.clone().unwrap_or_default(),
        notes: s.notes.kept(),
        ..System::default()
    }
}

/// Up to this many places are kept of a map that nobody arranged; more are found again as fast as they are read.
const MOST_STOOD: usize = 2_000;

/// Where all nodes stand, to a tenth of a point.
fn stood(s: &State) -> Places {
    let is_arranged = !s.map.positions.is_empty();
    if s.positions.len() > MOST_STOOD && !is_arranged {
        return Places::new();
    }
    let round = |v: f32| (v * 10.0).round() / 10.0;
    let place = |(id, p): (&String, &egui::Pos2)| (id.clone(), (round(p.x), round(p.y)));
    s.positions.iter().map(place).collect()
}

/// Arranges and notes the map as it was kept of a system.
pub(super) fn restore(s: &mut State, system: &System) {
    let pins = system.pins.iter().filter_map(|(word, pins)| Some((Mode::parse(word)?, positions(pins))));
    let mut pins: BTreeMap<Mode, Positions> = pins.collect();
    pins.insert(Mode::Flow, positions(&system.positions));
    let mode = Mode::parse(&system.layout).unwrap_or_default();
    s.map.positions = pins.remove(&mode).unwrap_or_default();
    s.positions = positions(&system.stood);
    s.positions.extend(s.map.positions.clone());
    if s.arrangement.mode != mode {
        s.map.fit();
    }
    let focus = (!system.focus.is_empty()).then(|| system.focus.clone());
    s.arrangement = Arrangement::of(mode, focus, pins.into_iter());
    s.notes = Notes::of(&system.notes);
}

fn places(pins: &Positions) -> Places {
    pins.iter().map(|(id, p)| (id.clone(), (p.x, p.y))).collect()
}

fn positions(places: &Places) -> Positions {
    places.iter().map(|(id, p)| (id.clone(), egui::pos2(p.0, p.1))).collect()
}

/// Arranges the map in another way; rings are drawn around what is selected.
///
/// What comes back to an arrangement finds every node where it stood.
pub(super) fn arrange(app: &mut App, mode: Mode) {
    let s = &mut app.state;
    let selected = match &s.place.selection {
        Some(Item::Node(id)) => Some(id.clone()),
        _ => None,
    };
    let focus = if mode == Mode::Radial { selected.or(s.arrangement.focus.take()) } else { None };
    if mode == s.arrangement.mode && (mode != Mode::Radial || focus == s.arrangement.focus) {
        return;
    }
    let shown = (std::mem::take(&mut s.positions), std::mem::take(&mut s.map.positions));
    let mode_before = std::mem::replace(&mut s.arrangement.mode, mode);
    // Rings are another drawing with every other node in their middle.
    if mode_before != Mode::Radial {
        s.arrangement.others.insert(mode_before, shown);
    }
    (s.positions, s.map.positions) = s.arrangement.others.remove(&mode).unwrap_or_default();
    (s.arrangement.focus, s.arrangement.came_from) = (focus, Some(mode_before));
    s.map.glide();
    s.map.fit();
    app.answers.generation += 1;
}

/// Says so where the map looks the same as in the arrangement before: small ones stand in columns in two of them.
pub(super) fn tell_alike(app: &mut App, ctx: &egui::Context) {
    let Some((picture, key)) = app.answers.picture.value().zip(app.answers.picture.key()) else { return };
    if key.2 != app.answers.generation {
        return;
    }
    let arrangement = &mut app.state.arrangement;
    let Some(before) = arrangement.came_from.take() else { return };
    let Some((places, _)) = arrangement.others.get(&before) else { return };
    let stays = |n: &NodeScene| places.get(&n.key).is_some_and(|p| p.distance(n.centre) < 1.0);
    if picture.scene.nodes.len() > 1 && picture.scene.nodes.iter().all(stays) {
        app.state.tell_done(ctx, texts().arranging.flow_and_layered_are_alike.to_owned());
    }
}
