//! Groups, hiding, focus, find and filter in the window, by names, clicks and keys.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says why by failing")]
mod opened;

use std::sync::{Arc, OnceLock};

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use opened::snapshot;
use spanscape::app::{App, Command, Item, Session, prepare};
use spanscape::graph::{GroupBy, Snapshot};
use spanscape::scenario;
use spanscape::view::panels::arranging::Fold;

fn system() -> Arc<Snapshot> {
    static SYSTEM: OnceLock<Arc<Snapshot>> = OnceLock::new();
    let make = || {
        let story = scenario::generate("services", 1, scenario::Options { services: 30 }).unwrap();
        snapshot(&story.records)
    };
    Arc::clone(SYSTEM.get_or_init(make))
}

fn window() -> Harness<'static, App> {
    window_on(system())
}

fn window_on(system: Arc<Snapshot>) -> Harness<'static, App> {
    let app = App::new(Session::still(system));
    let mut is_prepared = false;
    let mut h = Harness::builder().with_size(egui::vec2(1600.0, 1000.0)).with_max_steps(60).build_ui_state(
        move |ui, app: &mut App| {
            if !std::mem::replace(&mut is_prepared, true) {
                prepare(ui.ctx());
                return;
            }
            app.step(ui.ctx());
            app.draw(ui);
        },
        app,
    );
    h.run_steps(6);
    h
}

/// How many nodes of the map there are now, and how many of them are groups.
fn nodes(h: &Harness<'_, App>) -> (usize, usize) {
    let scene = h.state().state.map.scene();
    let groups = scene.nodes.iter().filter(|n| n.key.starts_with("group:")).count();
    (scene.nodes.len(), groups)
}

fn key(h: &mut Harness<'_, App>, modifiers: Modifiers, key: Key) {
    h.key_press_modifiers(modifiers, key);
    h.run_steps(5);
}

/// The id of the service with the most calls.
fn busiest() -> (String, String) {
    let index = system().graph(&spanscape::store::Lens::default());
    let services = index.graph.nodes().map(|n| n.1).filter(|n| n.id.starts_with("service:"));
    let node = services.max_by(|a, b| a.red.calls().total_cmp(&b.red.calls())).unwrap();
    (node.id.clone(), node.name.clone())
}

fn select(h: &mut Harness<'_, App>, id: &str) {
    h.state_mut().command(Command::Select(Some(Item::Node(id.to_owned()))));
    h.run_steps(4);
}

#[test]
fn groups_close_and_open_by_key_and_their_panel_opens_them() {
    let mut h = window();
    let (whole, none) = nodes(&h);
    assert_eq!(none, 0);
    key(&mut h, Modifiers::SHIFT, Key::G);
    let (closed, groups) = nodes(&h);
    assert!(closed < whole && groups >= 2, "{closed} of {whole}, {groups} groups");
    let group = h.state().state.map.scene().nodes.iter().find(|n| n.key.starts_with("group:")).unwrap();
    let (id, spoken) = (group.key.clone(), group.spoken.clone());
    assert!(spoken.contains("group of "), "{spoken}");
    select(&mut h, &id);
    assert!(h.query_all_by_label_contains("Members").count() > 0, "what is in it");
    h.get_by_label("Expand").click();
    h.run_steps(5);
    assert_eq!(nodes(&h).1, groups - 1);
    key(&mut h, Modifiers::COMMAND, Key::Z);
    assert_eq!(nodes(&h), (closed, groups), "undone");
    key(&mut h, Modifiers::COMMAND, Key::Z);
    assert_eq!(nodes(&h), (whole, 0));
}

#[test]
fn what_is_hidden_is_counted_and_comes_back() {
    let mut h = window();
    let (whole, _) = nodes(&h);
    let (id, _) = busiest();
    select(&mut h, &id);
    key(&mut h, Modifiers::NONE, Key::H);
    assert_eq!(nodes(&h).0, whole - 1);
    assert!(h.query_all_by_label_contains("1 node by hand").count() > 0, "the bar says so");
    h.get_by_label("Show all").click();
    h.run_steps(5);
    assert_eq!(nodes(&h).0, whole);
    select(&mut h, &id);
    key(&mut h, Modifiers::ALT, Key::Num1);
    let near = nodes(&h).0;
    assert!(near < whole && near > 1, "{near} of {whole}");
    assert!(h.query_all_by_label_contains("and its neighbours").count() > 0);
    key(&mut h, Modifiers::ALT, Key::Num4);
    assert!(nodes(&h).0 >= near);
    key(&mut h, Modifiers::ALT, Key::Num0);
    assert_eq!(nodes(&h).0, whole);
}

/// However much there is to say, in a small window too.
#[test]
fn the_bar_moves_nothing_and_all_its_buttons_can_be_reached() {
    for size in [[1600.0, 1000.0], [1100.0, 700.0]] {
        let mut h = opened::window(Harness::builder().with_size(size), Session::still(system()));
        h.run_steps(2);
        let (room, (id, _)) = (h.state().state.map.room, busiest());
        select(&mut h, &id);
        key(&mut h, Modifiers::NONE, Key::H);
        let other = h.state().state.map.scene().nodes[0].key.clone();
        select(&mut h, &other);
        key(&mut h, Modifiers::ALT, Key::Num4);
        key(&mut h, Modifiers::NONE, Key::H);
        key(&mut h, Modifiers::COMMAND, Key::Z);
        assert_eq!(h.state().state.map.room, room, "the map has the room that it had");
        let names = ["Leave focus", "Undo", "Redo", "Show all", "Groups and quiet edges"];
        let places = names.map(|n| h.get_by_label(n).rect());
        let map = h.get_by_label("Groups and quiet edges").rect().right();
        for (name, place) in names.iter().zip(places) {
            assert!(place.right() <= map && place.width() > 20.0, "{name} at {place} in {size:?}");
        }
        let apart = |a: usize, b: usize| !places[a].intersects(places[b]);
        assert!((0..4).all(|a| (a + 1..5).all(|b| apart(a, b))), "{places:?}");
    }
}

#[test]
fn a_plain_name_is_found_and_narrows_nothing_until_it_is_told_to() {
    let mut h = window();
    let whole = nodes(&h).0;
    let (id, name) = busiest();
    key(&mut h, Modifiers::COMMAND, Key::F);
    h.get_by_role_and_label(Role::TextInput, "Filter").type_text(&name);
    h.run_steps(4);
    assert!(h.query_all_by_label_contains("Find ").count() > 0, "names on the map are offered");
    assert!(h.query_all_by_label_contains("Filter the data by").count() > 0, "and the filter");
    key(&mut h, Modifiers::NONE, Key::Enter);
    assert_eq!(h.state().state.place.selection, Some(Item::Node(id)));
    assert!(h.state().state.filter.is_none());
    assert_eq!(nodes(&h).0, whole);
    key(&mut h, Modifiers::COMMAND, Key::F);
    key(&mut h, Modifiers::COMMAND, Key::Enter);
    assert!(h.state().state.filter.is_some(), "now the data is filtered");
}

#[test]
fn keys_and_values_are_completed() {
    let mut h = window();
    key(&mut h, Modifiers::COMMAND, Key::F);
    h.get_by_role_and_label(Role::TextInput, "Filter").type_text("kind:cl");
    h.run_steps(4);
    key(&mut h, Modifiers::NONE, Key::Tab);
    assert_eq!(h.state().state.filter_text, "kind:client");
}

#[test]
fn a_filter_that_is_meant_as_it_stands_is_not_completed_any_more() {
    let mut h = window();
    key(&mut h, Modifiers::COMMAND, Key::F);
    h.get_by_role_and_label(Role::TextInput, "Filter").type_text("kind:c");
    h.run_steps(4);
    let offered = |h: &Harness<'_, App>| h.query_all_by_label_contains("consumer").count();
    assert_eq!(offered(&h), 1);
    key(&mut h, Modifiers::COMMAND, Key::Enter);
    assert_eq!(offered(&h), 0, "nothing hides what it leaves");
    h.get_by_role_and_label(Role::TextInput, "Filter").type_text("o");
    h.run_steps(4);
    assert!(offered(&h) > 0, "who writes on is helped on");
}

fn pointer(h: &mut Harness<'_, App>, to: egui::Pos2, pressed: Option<bool>) {
    h.input_mut().events.push(egui::Event::PointerMoved(to));
    if let Some(pressed) = pressed {
        let (button, modifiers) = (egui::PointerButton::Primary, Modifiers::NONE);
        h.input_mut().events.push(egui::Event::PointerButton { pos: to, button, pressed, modifiers });
    }
    h.run_steps(1);
}

#[test]
fn the_slider_goes_on_while_the_bar_above_the_map_comes() {
    let mut h = window();
    h.get_by_label("Groups and quiet edges").click();
    h.run_steps(4);
    let name = "Least share of its caller's calls, in percent";
    let area = h.get_by_label(name).rect();
    let at = |step: i32| area.left_center() + egui::vec2(8.0 + 8.0 * step as f32, 0.0);
    pointer(&mut h, at(0), None);
    pointer(&mut h, at(0), Some(true));
    let mut seen = Vec::new();
    for step in 1..11 {
        pointer(&mut h, at(step), None);
        h.run_steps(2);
        assert!(h.query_by_label(name).is_some(), "the menu stays open at step {step}");
        seen.push(h.state().state.arranging.now.least_share);
    }
    pointer(&mut h, at(11), Some(false));
    h.run_steps(3);
    assert!(seen.windows(2).all(|w| w[0] <= w[1]) && seen[4] < seen[9], "{seen:?}");
    assert!(h.query_all_by_label_contains("of their caller's calls").count() > 0);
}

#[test]
fn a_key_counts_with_the_modifiers_of_its_own_press() {
    let mut h = window();
    select(&mut h, &busiest().0);
    for (modifiers, key) in [(Modifiers::ALT, Key::Num2), (Modifiers::SHIFT, Key::Num3)] {
        let press = |pressed| egui::Event::Key { key, modifiers, physical_key: None, pressed, repeat: false };
        // Pressed and let go within one frame, at whose end no modifier is down.
        h.input_mut().events.extend([press(true), press(false)]);
        h.run_steps(5);
    }
    assert!(h.state().state.arranging.now.focus.is_some());
    assert_eq!(h.state().state.arrangement.mode, spanscape::layout::Mode::Flow, "2 is another key");
    key(&mut h, Modifiers::NONE, Key::Num2);
    assert_eq!(h.state().state.arrangement.mode, spanscape::layout::Mode::Force);
}

#[test]
fn a_focus_on_a_large_map_has_a_drawing_of_its_own_and_the_map_keeps_its_places() {
    let story = scenario::generate("services", 1, scenario::Options { services: 150 }).unwrap();
    let mut h = window_on(snapshot(&story.records));
    let places = |h: &Harness<'_, App>| h.state().state.map.scene().positions();
    let before = places(&h);
    // Somebody whose neighbours stand far apart.
    let scene = h.state().state.map.scene();
    let spread = |i: usize| {
        let own = scene.edges.iter().filter(|e| e.from == i || e.to == i);
        let ways = own.map(|e| scene.nodes[e.from].centre.distance(scene.nodes[e.to].centre));
        ways.fold(0.0, f32::max)
    };
    let services = (0..scene.nodes.len()).filter(|i| scene.nodes[*i].key.starts_with("service:"));
    let node = services.max_by(|a, b| spread(*a).total_cmp(&spread(*b))).unwrap();
    let (id, whole_width) = (scene.nodes[node].key.clone(), scene.bounds.width());
    select(&mut h, &id);
    key(&mut h, Modifiers::ALT, Key::Num1);
    h.run_steps(60);
    let close = places(&h);
    assert!(close.len() < 60 && close.len() > 1, "{}", close.len());
    let width = h.state().state.map.scene().bounds.width();
    assert!(width < whole_width / 2.0, "{width} of {whole_width}");
    assert!(close[&id].distance(before[&id]) < 1.0, "what is looked at stays where it stands");
    key(&mut h, Modifiers::ALT, Key::Num0);
    h.run_steps(60);
    assert_eq!(places(&h), before);
}

#[test]
fn a_selected_group_that_opens_leaves_nothing_false_behind() {
    let mut h = window();
    key(&mut h, Modifiers::SHIFT, Key::G);
    let group = h.state().state.map.scene().nodes.iter().find(|n| n.key.starts_with("group:")).unwrap();
    let id = group.key.clone();
    select(&mut h, &id);
    key(&mut h, Modifiers::NONE, Key::G);
    assert!(h.state().state.map.scene().nodes.iter().all(|n| n.key != id), "it opened");
    assert_eq!(h.query_all_by_label_contains("has no calls in this window").count(), 0);
    h.get_by_label("Overview");
    // Going back to where it was selected says what is true.
    key(&mut h, Modifiers::ALT, Key::ArrowLeft);
    select(&mut h, &id);
    assert_eq!(h.query_all_by_label_contains("has no calls in this window").count(), 0);
    assert!(h.query_all_by_label_contains("is open: the map shows its members").count() > 0);
}

#[test]
fn keys_without_a_selection_say_what_to_select() {
    let mut h = window();
    for (modifiers, k, told) in [
        (Modifiers::NONE, Key::H, "H hides what is selected"),
        (Modifiers::NONE, Key::G, "G closes or opens the group of what is selected"),
        (Modifiers::ALT, Key::Num1, "Alt+1 to Alt+4 focus on what is selected"),
    ] {
        key(&mut h, modifiers, k);
        assert!(h.query_all_by_label_contains(told).count() > 0, "{told}");
    }
    select(&mut h, &busiest().0);
    assert_eq!(h.query_all_by_label_contains("focus on what is selected").count(), 0, "it is done");
}

#[test]
fn the_only_node_of_a_group_is_told_why_it_cannot_close() {
    let mut h = window();
    let index = system().graph(&spanscape::store::Lens::default());
    let calls = |n| index.graph.edges().any(|e| e.1 == n);
    let leaf = index.graph.nodes().find(|(id, n)| n.id.starts_with("service:") && !calls(*id)).unwrap().1;
    let by_name = GroupBy::Keys(vec!["service.name".to_owned()]);
    h.state_mut().command(Command::Fold(Fold::GroupBy(by_name)));
    select(&mut h, &leaf.id);
    key(&mut h, Modifiers::NONE, Key::G);
    let told = format!("{} has one node, which stands for itself", leaf.name);
    assert_eq!(h.query_all_by_label_contains(&told).count(), 1, "{told}");
    select(&mut h, &busiest().0);
    assert_eq!(h.query_all_by_label_contains(&told).count(), 0, "of another node it is not true");
}

/// Free ground of the box of a group, as the pointer finds it.
fn ground(h: &Harness<'_, App>, name: &str) -> egui::Pos2 {
    let scene = h.state().state.map.scene();
    let on_screen = |i: usize| {
        let node = &scene.nodes[i];
        let found = h.query_all_by_label_contains(&node.spoken).next().unwrap();
        (node.centre, found.rect().center())
    };
    let (first, last) = (on_screen(0), on_screen(scene.nodes.len() - 1));
    let zoom = (last.1 - first.1).length() / (last.0 - first.0).length();
    let hull = (0..scene.hulls.len()).find(|i| scene.group_of_hull(*i) == Some(name)).unwrap();
    let area = scene.hulls[hull].rect;
    let is_free = |at: &egui::Pos2| {
        let far = |p: &egui::Pos2, least: f32| p.distance(*at) * zoom > least;
        scene.nodes.iter().all(|n| far(&n.centre, 40.0))
            && scene.edges.iter().flat_map(|e| e.points.iter()).all(|p| far(p, 14.0))
            && area.shrink(10.0).contains(*at)
    };
    let grid = (0..40).flat_map(|x| (0..40).map(move |y| egui::vec2(x as f32, y as f32) / 40.0));
    let at = grid.map(|part| area.min + part * area.size()).find(is_free).unwrap();
    first.1 + (at - first.0) * zoom
}

#[test]
fn an_open_box_closes_by_the_mouse() {
    let mut h = window();
    key(&mut h, Modifiers::SHIFT, Key::G);
    key(&mut h, Modifiers::SHIFT, Key::G);
    let (whole, none) = nodes(&h);
    assert_eq!(none, 0);
    let name = {
        let scene = h.state().state.map.scene();
        let large =
            |h: &usize| scene.nodes.iter().filter(|n| scene.hulls[*h].rect.contains(n.centre)).count();
        let hull = (0..scene.hulls.len()).max_by_key(large).unwrap();
        scene.group_of_hull(hull).unwrap().to_owned()
    };
    // Free ground of the box, as the pointer finds it.
    let menu = |h: &Harness<'_, App>| h.query_all_by_label_contains("Close group").count();
    let free = ground(&h, &name);
    let click = |h: &mut Harness<'_, App>, button, times: usize| {
        h.input_mut().events.push(egui::Event::PointerMoved(free));
        h.step();
        for pressed in [true, false].repeat(times) {
            let modifiers = Modifiers::NONE;
            h.input_mut().events.push(egui::Event::PointerButton { pos: free, button, pressed, modifiers });
        }
        h.run_steps(5);
    };
    click(&mut h, egui::PointerButton::Secondary, 1);
    assert!(menu(&h) > 0, "the menu of the box");
    h.query_all_by_label_contains(&format!("Close group {name}")).next().unwrap().click();
    h.run_steps(6);
    assert_eq!(nodes(&h).1, 1, "{name} is closed");
    key(&mut h, Modifiers::COMMAND, Key::Z);
    assert_eq!(nodes(&h), (whole, 0));
    click(&mut h, egui::PointerButton::Primary, 2);
    assert_eq!(nodes(&h).1, 1, "a double click closes it too");
}
