//! Two stretches of time compared on the map: by a deployment, by a second brush, by a key; and deployments as marks.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says why by failing")]
mod opened;

use std::sync::{Arc, OnceLock};

use egui::{Key, Modifiers, Pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use opened::{labels, press, shows, snapshot};
use spanscape::app::{App, Command, Item, Session, Window};
use spanscape::graph::Snapshot;
use spanscape::model::{Nanos, TimeRange};
use spanscape::scenario;

/// Version 2.0.0 of `recommendation-service` is slow.
fn story() -> Arc<Snapshot> {
    static STORY: OnceLock<Arc<Snapshot>> = OnceLock::new();
    let make = || {
        let story = scenario::generate("recommendation-deploy", 1, scenario::Options::default()).unwrap();
        snapshot(&story.records)
    };
    Arc::clone(STORY.get_or_init(make))
}

/// A window tall enough that nothing has to be scrolled to.
fn window() -> Harness<'static, App> {
    opened::window(Harness::builder().with_size([1600.0, 5000.0]), Session::still(story()))
}

/// Drags over the timeline, from one share of it to another.
fn brush(h: &mut Harness<'_, App>, from: f32, to: f32, modifiers: Modifiers) {
    let area = h.get_by_label_contains("Timeline from").rect();
    let at = |share: f32| Pos2::new(area.left() + area.width() * share, area.top() + 20.0);
    h.event(egui::Event::ModifiersChanged(modifiers));
    h.hover_at(at(from));
    h.step();
    h.drag_at(at(from));
    h.step();
    h.hover_at(at(from + (to - from) / 2.0));
    h.step();
    h.hover_at(at(to));
    h.step();
    h.drop_at(at(to));
    h.event(egui::Event::ModifiersChanged(Modifiers::NONE));
    h.run_steps(6);
}

fn compared(h: &Harness<'_, App>) -> Option<(TimeRange, TimeRange)> {
    h.state().state.place.comparing.as_ref().map(|c| (c.before, c.after))
}

#[test]
fn a_deployment_is_compared_on_the_map_with_verdicts_in_words() {
    let mut h = window();
    assert!(!shows(&h, "recommendation-service, service, worse"));
    press(&mut h, "Deployed: recommendation-service, release 1.9.4");
    assert!(shows(&h, "Deployments"), "the mark on the timeline opens what it changed");
    let wanted = Some(Item::Node("service:recommendation-service".to_owned()));
    assert_eq!(h.state().state.place.selection, wanted);
    press(&mut h, "Back to the overview");
    h.state_mut().command(Command::Select(wanted.clone()));
    h.run_steps(4);
    press(&mut h, "Deployed 1.9.4 → 2.0.0 at");
    assert!(shows(&h, "Name another deployment"), "the panel of the node leads there too");
    press(&mut h, "Compare on the map");
    assert!(compared(&h).is_some_and(|(before, after)| before.end <= after.start));
    let node = labels(&h, "recommendation-service, service, worse, +");
    assert!(node.len() == 1 && node[0].contains("deployed 2.0.0 at"), "{node:?}");
    let edge = labels(&h, "user-service to recommendation-service, worse, +");
    assert!(edge.len() == 1 && edge[0].contains("errors"), "{edge:?}");
    assert!(shows(&h, "product-service, service, unchanged"));
    for told in ["Before: ", "After: ", "Worse: +", "p95: ", " before, ", " after, +"] {
        assert!(shows(&h, told), "{told} is told of the selected node");
    }
}

#[test]
fn the_changes_are_listed_and_a_click_selects_one_on_the_map() {
    let mut h = window();
    press(&mut h, "Deployments…");
    press(&mut h, "Compare on the map");
    h.state_mut().command(Command::Select(None));
    h.run_steps(4);
    let worse = labels(&h, "Worse: ");
    assert!(worse.len() >= 3, "{worse:?}");
    press(&mut h, "Worse: api-gateway, ");
    assert_eq!(h.state().state.place.selection, Some(Item::Node("service:api-gateway".to_owned())));
    assert!(h.state().state.map.selected.is_some(), "it is selected on the map");
    assert!(shows(&h, "errors: "), "and its figures stand beside each other");
    h.key_press(Key::Escape);
    h.run_steps(3);
    assert!(compared(&h).is_some() && h.state().state.place.selection.is_none(), "the selection goes first");
    h.key_press(Key::Escape);
    h.run_steps(4);
    assert_eq!(compared(&h), None);
    assert!(shows(&h, "Overview") && !shows(&h, "service, worse"), "health is back");
}

#[test]
fn a_second_brush_compares_two_windows() {
    let mut h = window();
    brush(&mut h, 0.7, 0.9, Modifiers::NONE);
    let Window::Range(after) = h.state().state.window else { panic!("a drag chooses a window") };
    brush(&mut h, 0.1, 0.4, Modifiers::SHIFT);
    let (before, shown) = compared(&h).unwrap();
    assert_eq!(shown, after);
    assert!(before.end < after.start);
    let button = opened::labels(&h, "Window");
    assert!(button.iter().any(|l| l.contains("After: ")), "the window is the later side: {button:?}");
    assert!(shows(&h, "figures: after"), "and so are the figures of the list");
    assert!(shows(&h, "recommendation-service, service, worse"));
    brush(&mut h, 0.75, 0.95, Modifiers::NONE);
    let (same, moved) = compared(&h).unwrap();
    assert!(same == before && moved != after, "another plain drag moves the window that is looked at");
    press(&mut h, "End comparison");
    assert_eq!(compared(&h), None);
    assert_eq!(h.state().state.window, Window::Range(after), "and the window is as it was");
}

#[test]
fn without_a_window_the_rest_is_compared_and_a_key_compares_with_the_time_before() {
    let mut h = window();
    h.key_press(egui::Key::C);
    h.run_steps(3);
    assert!(compared(&h).is_none() && shows(&h, "choose a window first"), "it is told why nothing happens");
    h.key_press(Key::C);
    h.run_steps(3);
    assert_eq!(compared(&h), None, "nothing is before all data");
    brush(&mut h, 0.0, 0.5, Modifiers::SHIFT);
    let (before, after) = compared(&h).unwrap();
    let end = story().extent.unwrap().end;
    assert_eq!(after, TimeRange::new(before.end, end));
    press(&mut h, "Leave: show one window again");
    assert_eq!(compared(&h), None);
    let window = TimeRange::new(end - Nanos::from_secs(1200), end);
    h.state_mut().command(Command::SetWindow(Window::Range(window)));
    h.state_mut().command(Command::ToggleComparison);
    h.run_steps(3);
    let before = TimeRange::new(window.start - window.length(), window.start);
    assert_eq!(compared(&h), Some((before, window)));
    h.key_press(Key::C);
    h.run_steps(3);
    assert_eq!(compared(&h), None);
}

#[test]
fn a_deployment_can_be_named_by_its_time_or_version() {
    let mut h = window();
    press(&mut h, "Deployments…");
    press(&mut h, "Name another deployment");
    let before = labels(&h, "Compare on the map").len();
    for (text, is_found) in [("1.2.3", false), ("2.0.0", true), ("+46m", true)] {
        let field = h.get_by_label("Time or version");
        field.focus();
        h.run_steps(2);
        h.key_press_modifiers(Modifiers::COMMAND, Key::A);
        h.get_by_label("Time or version").type_text(text);
        h.run_steps(3);
        press(&mut h, "Analyse this deployment");
        assert_eq!(shows(&h, "Neither a time nor a version"), !is_found, "{text}");
        let now = labels(&h, "Compare on the map").len();
        assert_eq!(now, if is_found { before + 1 } else { before }, "{text}");
    }
    assert!(h.state().state.given.as_ref().is_some_and(|g| g.service.is_none()));
    press(&mut h, "Forget this deployment");
    assert_eq!(h.state().state.given, None);
}
