//! A group that closes or opens leaves the rest of the map where it is.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says why by failing")]
mod opened;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use egui::{Pos2, Rect};
use egui_kittest::Harness;
use spanscape::app::{App, Command, Item, Session};
use spanscape::graph::{EXTERNAL, GroupBy, Snapshot, group_id, group_name};
use spanscape::layout::Mode;
use spanscape::scenario::{Options, generate};
use spanscape::view::panels::arranging::Fold;

type Places = BTreeMap<String, Pos2>;

/// A window on a made-up system of 90 services.
fn window() -> Harness<'static, App> {
    static SYSTEM: OnceLock<Arc<Snapshot>> = OnceLock::new();
    let make = || opened::snapshot(&generate("services", 1, Options { services: 90 }).unwrap().records);
    let session = Session::still(Arc::clone(SYSTEM.get_or_init(make)));
    let mut h = opened::window(Harness::builder().with_size([1600.0, 1000.0]), session);
    h.run_steps(2);
    h
}

fn places(h: &Harness<'_, App>) -> Places {
    h.state().state.map.scene().positions()
}

fn tell(h: &mut Harness<'_, App>, command: Command) {
    h.state_mut().command(command);
    h.run_steps(6);
}

fn fold(h: &mut Harness<'_, App>, what: Fold) {
    tell(h, Command::Fold(what));
}

fn boxes(h: &Harness<'_, App>) -> BTreeMap<String, Rect> {
    h.state().state.map.scene().hulls.iter().map(|h| (h.name.clone(), h.rect)).collect()
}

/// What both maps have and is not where it was.
fn moved<'a>(before: &'a Places, after: &Places) -> Vec<&'a String> {
    before.iter().filter(|(id, at)| after.get(*id).is_some_and(|now| now != *at)).map(|(id, _)| id).collect()
}

#[test]
fn a_group_that_closes_stands_where_its_box_was_and_opens_as_it_was() {
    let mut h = window();
    let (whole, boxes) = (places(&h), boxes(&h));
    assert!(boxes.len() >= 3, "{boxes:?}");
    for name in boxes.keys().take(3).map(String::as_str).chain([EXTERNAL]) {
        fold(&mut h, Fold::Collapse(name.to_owned()));
        let closed = places(&h);
        assert!(closed.len() < whole.len(), "{name} has closed");
        assert!(moved(&whole, &closed).is_empty(), "{name}: {:?}", moved(&whole, &closed));
        let group = closed[&group_id(name)];
        // Its stores stood beside the box.
        let beside = egui::vec2(500.0, 200.0);
        assert!(boxes.get(name).is_none_or(|b| b.expand2(beside).contains(group)), "{name} at {group}");
        let camera = h.state().state.map.camera;
        fold(&mut h, Fold::Expand(name.to_owned()));
        assert_eq!(places(&h), whole, "{name} is open again");
        assert_eq!(h.state().state.map.camera, camera, "nobody has to look for the rest");
        fold(&mut h, Fold::Undo);
        assert_eq!(places(&h), closed);
        fold(&mut h, Fold::Undo);
        assert_eq!(places(&h), whole, "undone");
    }
}

#[test]
fn it_is_so_in_every_arrangement_of_the_map() {
    let mut h = window();
    let name = boxes(&h).into_keys().next().unwrap();
    for mode in Mode::ALL {
        tell(&mut h, Command::Arrange(mode));
        let whole = places(&h);
        fold(&mut h, Fold::Collapse(name.clone()));
        assert!(moved(&whole, &places(&h)).is_empty(), "{mode:?}");
        fold(&mut h, Fold::Expand(name.clone()));
        assert_eq!(places(&h), whole, "{mode:?}");
    }
}

#[test]
fn several_closed_groups_open_in_any_order_and_follow_where_one_was_dragged() {
    let mut h = window();
    let names: Vec<String> = boxes(&h).into_keys().take(3).collect();
    let whole = places(&h);
    names.iter().for_each(|name| fold(&mut h, Fold::Collapse(name.clone())));
    names.iter().for_each(|name| fold(&mut h, Fold::Expand(name.clone())));
    assert_eq!(places(&h), whole);
    let far = egui::pos2(-9000.0, -9000.0);
    fold(&mut h, Fold::Collapse(names[0].clone()));
    h.state_mut().state.map.positions.insert(group_id(&names[0]), far);
    fold(&mut h, Fold::Move(group_id(&names[0]), None));
    fold(&mut h, Fold::Expand(names[0].clone()));
    assert!(moved(&whole, &places(&h)).len() < whole.len() / 3, "the others stay");
    assert!(boxes(&h)[&names[0]].expand(900.0).contains(far), "its box stands where its node was put");
}

#[test]
fn groups_that_open_one_by_one_have_their_boxes_and_what_is_pinned_stays() {
    let mut h = window();
    let names: Vec<String> = boxes(&h).into_keys().collect();
    fold(&mut h, Fold::CollapseAll);
    let pinned = group_id(&names[3]);
    let pin = places(&h)[&pinned];
    h.state_mut().state.map.positions.insert(pinned.clone(), pin);
    for k in 0..3 {
        let closed = places(&h);
        fold(&mut h, Fold::Expand(names[k].clone()));
        let (open, boxes) = (places(&h), boxes(&h));
        let near =
            boxes.get(&names[k]).is_some_and(|b| b.expand(400.0).contains(closed[&group_id(&names[k])]));
        assert!(near, "the box of {} is where its node was", names[k]);
        assert_eq!(open[&pinned], pin);
        assert!(names[..k].iter().all(|n| boxes.contains_key(n)), "{k}: the boxes before are still there");
        fold(&mut h, Fold::Undo);
        assert_eq!(places(&h), closed);
        fold(&mut h, Fold::Redo);
        assert_eq!(places(&h), open);
    }
}

#[test]
fn a_map_whose_groups_all_close_is_still_the_same_system() {
    let mut h = window();
    let id = places(&h).into_keys().find(|id| id.starts_with("service:")).unwrap();
    tell(&mut h, Command::Arrange(Mode::Force));
    h.state_mut().state.map.positions.insert(id.clone(), Pos2::ZERO);
    tell(&mut h, Command::Select(Some(Item::Node(id.clone()))));
    fold(&mut h, Fold::CollapseAll);
    assert!(!places(&h).contains_key(&id));
    assert_eq!(h.state().state.arrangement.mode, Mode::Force);
    fold(&mut h, Fold::ExpandAll);
    assert_eq!(places(&h)[&id], Pos2::ZERO, "what was put somewhere is there again");
}

#[test]
fn what_was_put_somewhere_is_there_again_whatever_groups_did_in_between() {
    let story = generate("checkout-incident", 1, Options::default()).unwrap();
    let session = Session::still(opened::snapshot(&story.records[..3_000]));
    let mut h = opened::window(Harness::builder().with_size([1600.0, 1000.0]), session);
    h.run_steps(4);
    let (cache, product) = ("cache:redis@session-cache".to_owned(), "service:product-service".to_owned());
    for (id, by) in [(&cache, egui::vec2(-40.0, 300.0)), (&product, egui::vec2(900.0, 0.0))] {
        let at = places(&h).get(id).copied().unwrap_or_else(|| panic!("{:?}", places(&h)));
        h.state_mut().state.map.positions.insert(id.clone(), at + by);
        fold(&mut h, Fold::Move(id.clone(), None));
    }
    let dragged = places(&h);
    fold(&mut h, Fold::Release(cache.clone()));
    assert_eq!(places(&h)[&cache], dragged[&cache] - egui::vec2(-40.0, 300.0), "let go it is where it was");
    fold(&mut h, Fold::Undo);
    assert_eq!(places(&h), dragged);
    let keys = |keys: &[&str]| Fold::GroupBy(GroupBy::Keys(keys.iter().map(|k| (*k).to_owned()).collect()));
    let by_host = || keys(&["service.namespace", "host.name"]);
    for (there, back) in [(Fold::ToggleAll, Fold::ToggleAll), (by_host(), keys(&["service.namespace"]))] {
        fold(&mut h, there);
        let other = places(&h);
        fold(&mut h, back);
        assert_eq!(places(&h), dragged, "back again");
        fold(&mut h, Fold::Undo);
        assert_eq!(places(&h), other);
        fold(&mut h, Fold::Undo);
        assert_eq!(places(&h), dragged, "undone");
    }
    // Of all that is closed one group opens: what does not stand as it was put has no pin.
    fold(&mut h, Fold::CollapseAll);
    fold(&mut h, Fold::Expand("shop".to_owned()));
    let open = places(&h);
    let between = |p: &Places| p[&product] - p["service:order-service"];
    let is_pinned = h.state().state.map.positions.contains_key(&product);
    assert_eq!(between(&open) == between(&dragged), is_pinned);
    fold(&mut h, Fold::ExpandAll);
    assert_eq!(places(&h), dragged);
}

#[test]
fn rings_go_around_the_group_in_which_the_selected_service_is() {
    let mut h = window();
    let id = places(&h).into_keys().find(|id| id.starts_with("service:")).unwrap();
    fold(&mut h, Fold::CollapseAll);
    tell(&mut h, Command::Select(Some(Item::Node(id.clone()))));
    tell(&mut h, Command::Arrange(Mode::Radial));
    let middle = |h: &Harness<'_, App>| {
        let scene = h.state().state.map.scene();
        let rings = scene.rings.clone().unwrap();
        assert!(rings.is_chosen);
        scene.nodes[rings.focus as usize].key.clone()
    };
    let group = middle(&h);
    assert!(group_name(&group).is_some(), "{group}");
    // Rings around a service whose group closes go around that.
    h.state_mut().state.arrangement.focus = Some(id);
    fold(&mut h, Fold::ExpandAll);
    assert!(group_name(&middle(&h)).is_none());
    fold(&mut h, Fold::CollapseAll);
    assert_eq!(middle(&h), group);
}
