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
use spanscape::graph::Snapshot;
use spanscape::scenario;

fn system() -> Arc<Snapshot> {
    static SYSTEM: OnceLock<Arc<Snapshot>> = OnceLock::new();
    let make = || {
        let story = scenario::generate("services", 1, scenario::Options { services: 30 }).unwrap();
        snapshot(&story.records)
    };
    Arc::clone(SYSTEM.get_or_init(make))
}

fn window() -> Harness<'static, App> {
    let app = App::new(Session::still(system()));
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
    assert!(h.query_all_by_label_contains("1 node and").count() > 0, "the bar says so");
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
