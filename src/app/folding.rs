//! Where a group stands that closes, and where its nodes stand once it opens: all others stay where they are.
use std::collections::BTreeMap;

use egui::{Pos2, Rect, Vec2, vec2};

use super::state::State;
use crate::graph::group_id;
use crate::view::panels::picture::{Picture, Positions};

/// What is looked at around the centres of nodes, in world points.
const AROUND: Vec2 = vec2(120.0, 90.0);

/// Puts the node of a group that closes in the middle of where its nodes stand.
pub(super) fn close(s: &mut State, picture: Option<&Picture>, name: &str) {
    let Some(picture) = picture else { return };
    let parts = on_map(picture, name);
    let is_part = |id: &str| parts.iter().any(|p| p == id);
    let places: Vec<Pos2> = parts.iter().filter_map(|id| s.positions.get(id)).copied().collect();
    let Some(middle) = around(&places).map(|area| area.center()) else { return };
    let is_free = |at: &Pos2| picture.scene.is_free(*at, true, |id| !is_part(id));
    // Where the nodes of others stand between, it is put where one of its own stood.
    let mut tries: Vec<Pos2> = places;
    tries.sort_by(|a, b| a.distance_sq(middle).total_cmp(&b.distance_sq(middle)));
    tries.insert(0, middle);
    let at = tries.iter().find(|at| is_free(at)).copied().unwrap_or(middle);
    s.positions.insert(group_id(name), at);
}

/// Brings the nodes of a group that opens back to where they stood before it closed; where another map had them, or
/// something else has come since, they are to be placed anew, as a box where the group stands.
pub(super) fn open(s: &mut State, picture: Option<&Picture>, name: &str) {
    let Some(picture) = picture else { return };
    let parts = parts(picture, name);
    let own = group_id(name);
    let known = |places: &Positions| -> Positions {
        parts.iter().filter_map(|id| Some((id.clone(), *places.get(id)?))).collect()
    };
    let is_known = |places: &Positions| places.len() * 2 > parts.len();
    let elsewhere = s.arrangement.while_open(&picture.groups);
    let (mut here, mut pins) = (known(&s.positions), known(&s.map.positions));
    // Where it never stood open it opens as on the map on which all groups are.
    let comes = elsewhere.filter(|(places, _)| !is_known(&here) && is_known(&known(places)));
    if let Some((places, put)) = comes {
        (here, pins) = (known(places), known(put));
    }
    let area = around(&here.values().copied().collect::<Vec<_>>()).filter(|_| is_known(&here));
    let way = area.zip(s.positions.get(&own)).map(|(area, at)| match comes {
        Some(_) => *at - area.center(),
        None => way(area, *at),
    });
    let is_free = |at: Pos2| picture.scene.is_free(at, false, |id| id != own);
    let way = way.filter(|way| here.values().all(|p| is_free(*p + *way)));
    match way {
        Some(way) => {
            s.positions.extend(here.into_iter().map(|(id, p)| (id, p + way)));
            s.map.positions.extend(pins.into_iter().map(|(id, p)| (id, p + way)));
        }
        None => {
            let is_foreign = comes.is_some();
            parts.iter().for_each(|id| {
                s.positions.remove(id);
                if is_foreign {
                    s.map.positions.remove(id);
                }
            });
            s.map.glide();
        }
    }
    s.opened = Some((name.to_owned(), way.is_none()));
}

/// How far nodes that stood in `area` go with the node of their group, which somebody may have moved to `at`.
fn way(area: Rect, at: Pos2) -> Vec2 {
    if area.expand(1.0).contains(at) { Vec2::ZERO } else { at - area.center() }
}

fn around(places: &[Pos2]) -> Option<Rect> {
    let area = places.iter().fold(Rect::NOTHING, |all, p| all | Rect::from_min_max(*p, *p));
    (!places.is_empty()).then_some(area)
}

/// What the map shows of a group: its nodes, and the groups in it that are closed.
fn on_map(picture: &Picture, name: &str) -> Vec<String> {
    let is_in = |group: &Option<String>| group.as_ref().is_some_and(|g| picture.groups.is_within(g, name));
    let nodes = picture.shown.index.graph.nodes().zip(&picture.shown.group_of);
    nodes.filter(|(_, group)| is_in(group)).map(|((_, n), _)| n.id.clone()).collect()
}

/// What the map shows of a closed group once it is open: its own nodes, and the groups in it.
fn parts(picture: &Picture, name: &str) -> Vec<String> {
    let of = picture.groups.of_nodes(&picture.index);
    let mut inside: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
    for ((_, node), group) in picture.index.graph.nodes().zip(of) {
        if let Some(group) = group.filter(|g| picture.groups.is_within(g, name)) {
            let inner = picture.groups.chain(group).take_while(|g| *g != name).last();
            inside.entry(inner.unwrap_or(name)).or_default().push(&node.id);
        }
    }
    // A group of one is shown as its node.
    let part = |(group, nodes): (&str, Vec<&String>)| match nodes.len() > 1 && group != name {
        true => vec![group_id(group)],
        false => nodes.into_iter().cloned().collect(),
    };
    inside.into_iter().flat_map(part).collect()
}

/// Looks at a group that was opened once the map has it, where it is not in view, or new and too small to be read.
pub(super) fn look(s: &mut State, picture: &Picture) {
    if picture.arrangement.collapse != s.arranging.now.collapse {
        return;
    }
    let Some((name, is_new)) = s.opened.take() else { return };
    let scene = &picture.scene;
    let parts = on_map(picture, &name);
    let is_part = |key: &String| parts.binary_search(key).is_ok();
    let places: Vec<Pos2> = scene.nodes.iter().filter(|n| is_part(&n.key)).map(|n| n.centre).collect();
    if let Some(area) = around(&places) {
        s.map.look_at_area(area.expand2(AROUND), scene.bounds, is_new);
    }
}
