//! Grouping, hiding and focus: what each command makes of the map, and the way back.
use std::collections::BTreeSet;

use egui::Pos2;

use super::state::State;
use super::{arrangement, folding};
use crate::graph::{Arrangement, Collapse, Focus, group_id, group_name};
use crate::layout::Mode;
use crate::texts::{fill, texts};
use crate::view::panels::arranging::{Fold, ItemMenu, group_of, group_of_one, is_large};
use crate::view::panels::picture::{Picture, Positions};
use crate::view::panels::{Command, Item};

/// Steps that can be undone.
const KEPT: usize = 100;

/// What the map leaves out or takes together, and what it did before.
#[derive(Default)]
pub struct Arranging {
    /// Now.
    pub now: Arrangement,
    /// The menu of an item that is open over the map.
    pub menu: Option<ItemMenu>,
    before: Vec<Step>,
    /// What undo took back, the last first to come again.
    after: Vec<Step>,
}

/// What undo and redo return to.
#[derive(PartialEq)]
struct Step {
    arrangement: Arrangement,
    filter: String,
    /// Of changes that come one after the other, such as letters that are typed, the first is returned to.
    kind: Kind,
    /// Where the node stood that was put somewhere or let go.
    moved: Option<Moved>,
    /// Where everything stood, of a change of groups.
    stood: Option<Stood>,
}

/// Where everything stood in one arrangement of the map.
#[derive(Clone, PartialEq)]
struct Stood {
    mode: Mode,
    places: Positions,
    /// Where nodes had been put by hand.
    pins: Positions,
    /// Whether the map was laid out with all groups closed.
    is_closed: bool,
    /// Whether nearly all nodes became others.
    is_other_map: bool,
}

/// A place of a node in one arrangement of the map.
#[derive(Clone, PartialEq)]
struct Moved {
    mode: Mode,
    id: String,
    /// Where it stood.
    at: Option<Pos2>,
    /// Where it had been put by hand.
    pin: Option<Pos2>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Other,
    /// While the box had the keyboard for the so-manieth time.
    Filter(u32),
    LeastRate,
    LeastShare,
}

fn kind_of(what: &Fold) -> Kind {
    match what {
        Fold::LeastRate(_) => Kind::LeastRate,
        Fold::LeastShare(_) => Kind::LeastShare,
        _ => Kind::Other,
    }
}

impl Arranging {
    /// What a map is opened with: nothing to undo.
    pub fn new(now: Arrangement) -> Self {
        Self { now, ..Self::default() }
    }
    /// Whether something can be undone.
    pub fn can_undo(&self) -> bool {
        !self.before.is_empty()
    }
    /// Whether something that was undone can be done again.
    pub fn can_redo(&self) -> bool {
        !self.after.is_empty()
    }
}

/// Remembers the filter that is about to change; what stands in the box has changed already.
pub fn before_filter(s: &mut State, text: &str) {
    if in_force(s).trim() != text.trim() {
        remember(s, Kind::Filter(s.searching.visits));
    }
}

/// The text of the filter through which the data are seen.
fn in_force(s: &State) -> &str {
    s.filter.as_ref().map_or("", |f| f.text())
}

fn remember(s: &mut State, kind: Kind) {
    s.arranging.after.clear();
    let last = s.arranging.before.last();
    if kind != Kind::Other && last.is_some_and(|l| l.kind == kind) {
        return;
    }
    let step = now(s, kind);
    s.arranging.before.push(step);
    if s.arranging.before.len() > KEPT {
        s.arranging.before.remove(0);
    }
}

fn now(s: &State, kind: Kind) -> Step {
    let (arrangement, filter) = (s.arranging.now.clone(), in_force(s).to_owned());
    Step { arrangement, filter, kind, moved: None, stood: None }
}

fn stood(s: &State, is_other_map: bool) -> Stood {
    let (places, pins) = (s.positions.clone(), s.map.positions.clone());
    Stood { mode: s.arrangement.mode, places, pins, is_closed: s.arrangement.is_closed, is_other_map }
}

/// How a node stands now.
fn place_of(s: &State, id: &str) -> Moved {
    let (at, pin) = (s.positions.get(id).copied(), s.map.positions.get(id).copied());
    Moved { mode: s.arrangement.mode, id: id.to_owned(), at, pin }
}

/// Puts a node where it stood, unless the map is arranged in another way by now; tells whether it is.
fn put(s: &mut State, moved: &Moved) -> bool {
    if s.arrangement.mode != moved.mode {
        return false;
    }
    let set = |places: &mut Positions, at: Option<Pos2>| match at {
        Some(at) => places.insert(moved.id.clone(), at),
        None => places.remove(&moved.id),
    };
    set(&mut s.positions, moved.at);
    set(&mut s.map.positions, moved.pin);
    s.map.glide();
    true
}

/// Remembers how a node stood before it was put elsewhere or let go.
fn remember_place(s: &mut State, before: Moved) {
    remember(s, Kind::Other);
    if let Some(step) = s.arranging.before.last_mut() {
        step.moved = Some(before);
    }
}

/// A node was put somewhere by hand, and had been before at `pin`.
fn moved(s: &mut State, id: String, pin: Option<Pos2>) -> bool {
    let focus = s.arranging.now.focus.as_ref();
    if s.close_up.is_of(focus) {
        // The whole map stays as it is.
        let at = s.map.positions.remove(&id);
        s.close_up.see(focus, at.map(|at| (id.clone(), at)).into_iter().collect());
        s.map.positions.extend(pin.map(|at| (id, at)));
        return false;
    }
    let before = Moved { pin, ..place_of(s, &id) };
    if let (None, Some(own)) = (pin, before.at) {
        s.arrangement.own.insert(id.clone(), own);
    }
    remember_place(s, before);
    // The map has kept where it is now; the next picture takes it from there.
    s.positions.extend(s.map.positions.get(&id).map(|at| (id, *at)));
    true
}

/// A node that was put somewhere finds its own place again.
///
/// It goes back to where it stood before, unless something else has come there.
fn release(s: &mut State, picture: Option<&Picture>, id: &str) -> bool {
    let before = place_of(s, id);
    remember_place(s, before);
    s.positions.remove(id);
    let is_free = |at: &Pos2| {
        picture.is_some_and(|p| p.scene.is_free(*at, group_name(id).is_some(), |other| other != id))
    };
    s.positions.extend(s.arrangement.own.remove(id).filter(is_free).map(|at| (id.to_owned(), at)));
    s.map.positions.remove(id);
    s.map.glide();
    true
}

/// Does what was asked for; `picture` is the map on which it was. Tells whether nodes were moved.
pub fn apply(s: &mut State, picture: Option<&Picture>, what: Fold) -> bool {
    let selected = s.place.selection.clone();
    match what {
        Fold::Undo => return undo(s),
        Fold::Redo => return redo(s),
        Fold::Toggle => {
            let group = picture.zip(selected.as_ref()).and_then(|(p, i)| group_of(p, i));
            s.notice = match (group, selected) {
                (Some((group, true)), _) => return apply(s, picture, Fold::Expand(group)),
                (Some((group, false)), _) => return apply(s, picture, Fold::Collapse(group)),
                (None, Some(item)) => Some(why_no_group(picture, &item)),
                (None, None) => Some(texts().arranging.select_first_to_group.to_owned()),
            };
            return false;
        }
        Fold::ToggleAll => {
            let any = picture.is_some_and(|p| !p.shown.collapsed.is_empty());
            return apply(s, picture, if any { Fold::ExpandAll } else { Fold::CollapseAll });
        }
        Fold::Move(id, pin) => return moved(s, id, pin),
        Fold::Release(id) => return release(s, picture, &id),
        _ => {}
    }
    s.notice = s.notice.take().filter(|n| !is_own(n));
    arrangement::note_closed(s, picture);
    let is_other_map = matches!(what, Fold::GroupBy(_) | Fold::CollapseAll | Fold::ExpandAll);
    let is_one_group = matches!(what, Fold::Collapse(_) | Fold::Expand(_));
    let stood = (is_other_map || is_one_group).then(|| stood(s, is_other_map));
    let Some(next) = wanted(s, picture, &what).filter(|next| *next != s.arranging.now) else { return false };
    remember(s, kind_of(&what));
    if let (Some(step), true) = (s.arranging.before.last_mut(), stood.is_some()) {
        step.stood = stood;
    }
    let is_regrouped = next.group_by != s.arranging.now.group_by;
    glide_to(s, &next);
    if is_other_map {
        arrangement::regroup(s, picture, &next);
    }
    s.arranging.now = next;
    if let Fold::Hide(_) = what {
        (s.place.selection, s.shows_up) = (None, None);
    }
    forget_group(s, picture.filter(|_| !is_regrouped));
    if is_one_group {
        // The rest of the map stays before one's eyes where it is.
        s.map.hold();
    } else {
        s.map.fit();
    }
    is_other_map
}

/// Why something has no group that could close: it is its only node, or it is in none.
fn why_no_group(picture: Option<&Picture>, item: &Item) -> String {
    let alone = picture.and_then(|p| group_of_one(p, item));
    let words = &texts().arranging;
    alone.map_or_else(
        || words.it_belongs_to_no_group.to_owned(),
        |name| fill(words.a_group_of_one, &[("name", &name)]),
    )
}

/// What a change makes of the map; `None` where there is nothing to change, of which a notice tells.
fn wanted(s: &mut State, picture: Option<&Picture>, what: &Fold) -> Option<Arrangement> {
    let selected = s.place.selection.clone();
    let mut next = s.arranging.now.clone();
    match *what {
        Fold::GroupBy(ref by) => {
            // Group names mean nothing under another attribute.
            if matches!(next.collapse, Collapse::Only(_)) {
                next.collapse = Collapse::Only(BTreeSet::new());
            }
            next.group_by = by.clone();
        }
        Fold::Collapse(ref name) if picture.is_some_and(|p| !is_large(p, name)) => {
            s.notice = Some(fill(texts().arranging.a_group_of_one, &[("name", name)]));
            return None;
        }
        Fold::Collapse(ref name) => {
            let mut names = collapsed(picture);
            names.insert(name.clone());
            next.collapse = Collapse::Only(names);
            folding::close(s, picture, name);
        }
        Fold::Expand(ref name) => {
            let mut names = collapsed(picture);
            names.remove(name);
            // One level at a time: the groups inside it are closed.
            names.extend(picture.iter().flat_map(|p| p.groups.inside(name)).map(str::to_owned));
            next.collapse = Collapse::Only(names);
            folding::open(s, picture, name);
        }
        Fold::CollapseAll => next.collapse = Collapse::All,
        Fold::ExpandAll => next.collapse = Collapse::Only(BTreeSet::new()),
        Fold::Hide(ref item) => match item.clone().or(selected) {
            Some(Item::Node(id)) => {
                // What shows the node is hidden: a collapsed group as a whole.
                next.hidden_nodes.insert(shown_id(picture, &id));
            }
            Some(Item::Edge(from, to)) => {
                next.hidden_edges.insert((shown_id(picture, &from), shown_id(picture, &to)));
            }
            None => {
                s.notice = Some(texts().arranging.select_first_to_hide.to_owned());
                return None;
            }
        },
        Fold::Show(ref item) => {
            show(&mut next, picture, item);
            s.place.selection = Some(item.clone());
            s.place.answer = None;
            s.shows_up = Some(item.clone());
        }
        Fold::Focus(ref item, reach) => {
            let around = match item.clone().or(selected) {
                Some(Item::Node(id)) => vec![id],
                Some(Item::Edge(from, to)) => vec![from, to],
                None => {
                    s.notice = Some(texts().arranging.select_first_to_focus.to_owned());
                    return None;
                }
            };
            next.focus = Some(Focus { around, reach });
        }
        Fold::Unfocus => next.focus = None,
        Fold::LeastRate(rate) => next.least_rate = rate,
        Fold::LeastShare(share) => next.least_share = share,
        Fold::ShowAll => {
            next.hidden_nodes.clear();
            next.hidden_edges.clear();
            (next.focus, next.least_rate, next.least_share) = (None, 0, 0);
        }
        Fold::Undo | Fold::Redo | Fold::Toggle | Fold::ToggleAll | Fold::Move(..) | Fold::Release(_) => {}
    }
    Some(next)
}

/// Shows an item again, whatever hid it: a hand, one on a group around it, or a focus on something else.
fn show(next: &mut Arrangement, picture: Option<&Picture>, item: &Item) {
    let ids = match item {
        Item::Node(id) => vec![id],
        Item::Edge(from, to) => vec![from, to],
    };
    for id in ids {
        next.hidden_nodes.remove(id);
        let node = picture.and_then(|p| Some((p, p.node(id)?)));
        let own = node.and_then(|(p, n)| p.groups.of_node(&p.index, n));
        for group in picture.zip(own).into_iter().flat_map(|(p, own)| p.groups.chain(own)) {
            next.hidden_nodes.remove(&group_id(group));
        }
    }
    next.focus = None;
}

fn undo(s: &mut State) -> bool {
    let Some(step) = s.arranging.before.pop() else { return false };
    let left = opposite(s, &step);
    s.arranging.after.push(left);
    return_to(s, step)
}

fn redo(s: &mut State) -> bool {
    let Some(step) = s.arranging.after.pop() else { return false };
    let left = opposite(s, &step);
    s.arranging.before.push(left);
    return_to(s, step)
}

/// What leads back from where a step leads.
fn opposite(s: &State, step: &Step) -> Step {
    let moved = step.moved.as_ref().map(|m| place_of(s, &m.id));
    let stood = step.stood.as_ref().map(|of| stood(s, of.is_other_map));
    Step { moved, stood, ..now(s, step.kind) }
}

fn return_to(s: &mut State, step: Step) -> bool {
    if let Some(moved) = &step.moved {
        return put(s, moved);
    }
    let is_other_map = s.arranging.now.collapse != step.arrangement.collapse
        || s.arranging.now.group_by != step.arrangement.group_by;
    glide_to(s, &step.arrangement);
    let stood = step.stood.filter(|stood| stood.mode == s.arrangement.mode);
    if is_other_map && stood.is_none() {
        arrangement::regroup(s, None, &step.arrangement);
    }
    s.arranging.now = step.arrangement;
    forget_group(s, None);
    if in_force(s) != step.filter {
        s.set_filter(step.filter, s.filter_since);
        s.filter_kept.clone_from(&s.filter);
    }
    if let Some(stood) = stood {
        (s.positions, s.map.positions) = (stood.places, stood.pins);
        s.arrangement.is_closed = stood.is_closed;
        s.map.glide();
        if stood.is_other_map {
            s.map.fit()
        } else {
            s.map.hold()
        }
        return true;
    }
    s.map.fit();
    is_other_map
}

/// A group that is not closed any more cannot be selected: the panel goes back to the overview.
fn forget_group(s: &mut State, picture: Option<&Picture>) {
    let is_closed = |id: &String| match (group_name(id), &s.arranging.now.collapse) {
        (None, _) => true,
        (Some(name), Collapse::Only(names)) => {
            // Inside another that is closed it is not seen either.
            let mut around = picture.iter().flat_map(|p| p.groups.chain(name).skip(1));
            names.contains(name) && !around.any(|g| names.contains(g))
        }
        (Some(name), Collapse::All) => picture.is_none_or(|p| p.groups.chain(name).count() == 1),
        (Some(_), Collapse::WhenLarge) => true,
    };
    let stays = match &s.place.selection {
        Some(Item::Node(id)) => is_closed(id),
        Some(Item::Edge(a, b)) => is_closed(a) && is_closed(b),
        None => true,
    };
    if !stays {
        s.place.selection = None;
    }
}

/// Whether a notice only says why nothing was done: it goes with whatever is done next.
fn is_own(notice: &str) -> bool {
    let words = &texts().arranging;
    let of_one = words.a_group_of_one.split_once("{name}");
    if of_one.is_some_and(|(before, after)| notice.starts_with(before) && notice.ends_with(after)) {
        return true;
    }
    [
        words.it_belongs_to_no_group,
        words.select_first_to_group,
        words.select_first_to_hide,
        words.select_first_to_focus,
    ]
    .contains(&notice)
}

/// Takes away the notice on what was selected before, or was to be.
pub fn selected(s: &mut State) {
    s.notice = s.notice.take().filter(|n| !is_own(n));
}

/// Another focus may have a drawing of its own, which nodes glide to.
fn glide_to(s: &mut State, next: &Arrangement) {
    if next.focus != s.arranging.now.focus {
        s.map.glide();
    }
}

fn collapsed(picture: Option<&Picture>) -> BTreeSet<String> {
    picture.map(|p| p.shown.collapsed.iter().map(|c| c.1.clone()).collect()).unwrap_or_default()
}

/// The id of what shows a node on the map.
pub(super) fn shown_id(picture: Option<&Picture>, id: &str) -> String {
    let item = Item::Node(id.to_owned());
    let shown = picture.and_then(|p| p.item_at(p.place_of(&item)?));
    match shown {
        Some(Item::Node(shown)) => shown,
        _ => id.to_owned(),
    }
}

/// What leaving does first: a focus, if there is one.
pub fn escape(s: &State) -> Option<Command> {
    s.arranging.now.focus.is_some().then_some(Command::Fold(Fold::Unfocus))
}
