//! How the map is arranged, and where nodes stood in the arrangements that are not shown.
use std::collections::BTreeMap;

use super::App;
use super::state::State;
use super::systems::{Places, System};
use crate::graph::{Collapse, GroupBy, Groups};
use crate::layout::Mode;
use crate::texts::texts;
use crate::view::map::NodeScene;
use crate::view::panels::Item;
use crate::view::panels::notes::Notes;
use crate::view::panels::picture::{Picture, Positions};

/// A drawing of the map: its nodes have places of their own in each.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Drawing {
    mode: Mode,
    /// What makes groups.
    keys: Vec<String>,
    /// Whether it was laid out with all groups closed.
    is_closed: bool,
}

/// Where nodes stood, and where they were put by hand.
type Remembered = (Positions, Positions);

/// The arrangement that is shown, and what the others remember.
#[derive(Clone, Debug, Default)]
pub struct Arrangement {
    /// The one that is shown.
    pub mode: Mode,
    /// The node in the middle of the rings.
    pub focus: Option<String>,
    /// Whether the map was laid out with all groups closed.
    pub is_closed: bool,
    /// Where nodes stood by themselves before somebody put them elsewhere.
    pub own: Positions,
    /// Of the other drawings.
    others: BTreeMap<Drawing, Remembered>,
    /// The one that was shown before, until the map is there.
    came_from: Option<Drawing>,
}

impl Arrangement {
    /// One that is shown, the node in the middle of rings, and what was put by hand in the others.
    pub(super) fn of(
        mode: Mode,
        focus: Option<String>,
        others: impl Iterator<Item = (Mode, Positions)>,
    ) -> Self {
        let usual = |mode| Drawing { mode, keys: Vec::new(), is_closed: false };
        let others = others.filter(|(other, _)| *other != mode);
        let others = others.map(|(mode, pins)| (usual(mode), (Positions::new(), pins))).collect();
        Self { mode, focus, is_closed: false, own: Positions::new(), others, came_from: None }
    }

    /// Forgets where nodes stood, but not where they were put by hand.
    pub fn clear(&mut self) {
        self.others.values_mut().for_each(|o| o.0.clear());
        self.own.clear();
        self.focus = None;
    }

    /// Forgets all of the arrangement that is shown but what is shown itself.
    pub(super) fn forget(&mut self) {
        let mode = self.mode;
        self.own.clear();
        self.others.retain(|drawing, _| drawing.mode != mode);
    }

    /// Where nodes were put by hand in an arrangement that is not shown.
    fn pins_of(&self, mode: Mode) -> Positions {
        let own = self.others.iter().filter(|(drawing, _)| drawing.mode == mode);
        own.flat_map(|(_, (_, pins))| pins.clone()).collect()
    }

    /// Where nodes stood, and were put by hand, while these groups were open.
    pub(super) fn while_open(&self, groups: &Groups) -> Option<&Remembered> {
        self.others.get(&Drawing { mode: self.mode, keys: groups.keys.clone(), is_closed: false })
    }
}

/// The drawing that is shown.
fn shown(s: &State, picture: Option<&Picture>) -> Drawing {
    let is_closed = match s.arranging.now.collapse {
        Collapse::All => true,
        Collapse::WhenLarge => picture.is_some_and(|p| p.shown.is_automatic),
        Collapse::Only(_) => s.arrangement.is_closed,
    };
    Drawing { mode: s.arrangement.mode, keys: keys(&s.arranging.now.group_by, picture), is_closed }
}

/// Notes whether groups closed by themselves, before a person closes or opens some.
pub(super) fn note_closed(s: &mut State, picture: Option<&Picture>) {
    s.arrangement.is_closed = shown(s, picture).is_closed;
}

/// What makes groups; what does so unless somebody says otherwise is told by the map.
fn keys(by: &GroupBy, picture: Option<&Picture>) -> Vec<String> {
    match by {
        GroupBy::Keys(keys) => keys.clone(),
        GroupBy::Usual => picture.map(|p| p.groups.keys.clone()).unwrap_or_default(),
        GroupBy::Nothing => Vec::new(),
    }
}

/// Another drawing, as it was left; what was never shown is laid out around `pins`, or around what was put by hand so
/// far.
fn change(s: &mut State, from: Drawing, to: Drawing, pins: Option<Positions>) {
    let shown = (std::mem::take(&mut s.positions), std::mem::take(&mut s.map.positions));
    let known = s.arrangement.others.get(&to).cloned();
    (s.positions, s.map.positions) =
        known.unwrap_or_else(|| (Positions::new(), pins.unwrap_or(shown.1.clone())));
    (s.arrangement.mode, s.arrangement.is_closed) = (to.mode, to.is_closed);
    s.arrangement.own.clear();
    // Rings are another drawing with every other node in their middle.
    if from.mode != Mode::Radial {
        s.arrangement.others.insert(from, shown);
    }
}

/// Groups will be others on the whole map; it finds its places of when it was so before.
pub(super) fn regroup(s: &mut State, picture: Option<&Picture>, next: &crate::graph::Arrangement) {
    let from = shown(s, picture);
    let keys = keys(&next.group_by, picture);
    let is_closed = match next.collapse {
        Collapse::All => true,
        Collapse::Only(_) => from.keys != keys && from.is_closed,
        // How many groups there are decides.
        Collapse::WhenLarge => {
            let is_known = |is_closed| {
                let drawing = Drawing { mode: from.mode, keys: keys.clone(), is_closed };
                s.arrangement.others.contains_key(&drawing)
            };
            is_known(from.is_closed) && from.is_closed || !is_known(false) && is_known(true)
        }
    };
    let to = Drawing { mode: from.mode, keys, is_closed };
    // Else only some groups differ from how it was laid out.
    if to != from {
        change(s, from, to, None);
    }
}

/// Where nodes were put by hand, in each arrangement: what is shown comes first.
pub(super) fn pins(s: &State) -> BTreeMap<Mode, Positions> {
    let mut all = BTreeMap::from([(s.arrangement.mode, s.map.positions.clone())]);
    for (drawing, (_, pins)) in &s.arrangement.others {
        let known = all.entry(drawing.mode).or_default();
        pins.iter().for_each(|(id, at)| {
            known.entry(id.clone()).or_insert(*at);
        });
    }
    all.retain(|_, pins| !pins.is_empty());
    all
}

/// How people arranged and noted the system that is shown, as it is kept; without its nodes.
pub(super) fn kept(s: &State) -> System {
    let all = pins(s).into_iter();
    let mut pins: BTreeMap<_, _> = all.map(|(mode, pins)| (mode.word().to_owned(), places(&pins))).collect();
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
    // Of what is in a closed group, the group.
    let picture = app.answers.picture.value().map(AsRef::as_ref);
    let selected = match &s.place.selection {
        Some(Item::Node(id)) => Some(super::arranging::shown_id(picture, id)),
        _ => None,
    };
    let focus = if mode == Mode::Radial { selected.or(s.arrangement.focus.take()) } else { None };
    if mode == s.arrangement.mode && (mode != Mode::Radial || focus == s.arrangement.focus) {
        return;
    }
    let from = shown(s, picture);
    let pins = s.arrangement.pins_of(mode);
    let to = Drawing { mode, ..from.clone() };
    change(s, from.clone(), to, Some(pins));
    (s.arrangement.focus, s.arrangement.came_from) = (focus, Some(from));
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
