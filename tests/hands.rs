//! Hands and eyes: the command palette, the keyboard on the map, the minimap, sizes of text, and frames.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says why by failing")]
mod opened;

use egui::{Key, Modifiers, Rect};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use spanscape::app::{App, Item, Session};
use spanscape::scenario::{Options, generate};
use spanscape::view::map::{Camera, NodeKind};

/// A window on a made-up system of twelve services.
fn loaded() -> Harness<'static, App> {
    let story = generate("services", 1, Options { services: 12 }).unwrap();
    let builder = Harness::builder().with_size([1600.0, 1000.0]);
    let mut harness = opened::window(builder, Session::still(opened::snapshot(&story.records)));
    harness.run_steps(2);
    harness
}

fn selected(h: &Harness<'_, App>) -> Option<Item> {
    h.state().state.place.selection.clone()
}

fn type_text(h: &mut Harness<'_, App>, text: &str) {
    h.event(egui::Event::Text(text.to_owned()));
    h.run_steps(3);
}

fn palette(h: &mut Harness<'_, App>, text: &str) {
    h.key_press_modifiers(Modifiers::COMMAND, Key::K);
    h.run_steps(4);
    type_text(h, text);
}

const BOX: &str = "Find a command, a service or a trace";

#[test]
fn the_palette_finds_commands_services_and_traces_by_name() {
    let mut h = loaded();
    palette(&mut h, "theme light");
    h.get_by_label("Theme: light, command");
    h.key_press(Key::Enter);
    h.run_steps(4);
    assert!(h.query_by_label(BOX).is_none(), "it closes when it is done");
    assert_eq!(h.ctx.theme(), egui::Theme::Light);

    let name = h.state().state.map.scene().nodes[3].name.clone();
    let key = h.state().state.map.scene().nodes[3].key.clone();
    let is_seen = |h: &Harness<'_, App>, node: usize| {
        let map = &h.state().state.map;
        let view = egui::Rect::from_min_size(egui::Pos2::ZERO, map.room);
        let camera = map.camera.unwrap_or_else(|| Camera::fit(map.scene().bounds, view));
        view.contains(camera.to_screen(map.scene().nodes[node].centre, view))
    };
    let elsewhere = Camera { centre: egui::pos2(9e3, 9e3), zoom: 1.0 };
    h.state_mut().state.map.camera = Some(elsewhere);
    palette(&mut h, &name);
    h.key_press(Key::Enter);
    h.run_steps(4);
    assert_eq!(selected(&h), Some(Item::Node(key)));
    let scene = h.state().state.map.scene();
    let ends = scene.edges.iter().filter(|e| e.from == 3 || e.to == 3).flat_map(|e| [e.from, e.to]);
    for node in ends.collect::<Vec<_>>() {
        assert!(is_seen(&h, node), "the map goes there, and shows whom it calls and who calls it");
    }

    palette(&mut h, "zzzz");
    assert!(h.query_all_by_label_contains("Nothing is called so").count() > 0);
    h.key_press(Key::Escape);
    h.run_steps(4);
    assert!(h.query_by_label(BOX).is_none());
    assert!(selected(&h).is_some(), "Escape closed the palette alone");
}

fn press(key: Key, modifiers: Modifiers) -> egui::Event {
    egui::Event::Key { key, modifiers, physical_key: None, pressed: true, repeat: false }
}

/// On a busy machine a frame brings several keys at once.
#[test]
fn letters_in_the_frame_that_opens_a_box_are_written_into_it() {
    for (key, name) in [(Key::K, BOX), (Key::F, "Filter")] {
        let mut h = loaded();
        let letters = ["n", "3"].map(|t| egui::Event::Text(t.to_owned()));
        let keys = [
            press(key, Modifiers::COMMAND),
            press(Key::N, Modifiers::NONE),
            press(Key::Num3, Modifiers::NONE),
        ];
        h.input_mut().events.extend(keys.into_iter().chain(letters));
        h.run_steps(1);
        h.run_steps(4);
        assert!(h.get_by_label(name).is_focused(), "{name}");
        assert_eq!(h.get_by_label(name).value().as_deref(), Some("n3"), "{name}");
        assert_eq!(h.state().state.arrangement.mode, spanscape::layout::Mode::Flow, "3 was no shortcut");
    }
}

#[test]
fn a_command_typed_and_entered_in_one_frame_is_done() {
    let mut h = loaded();
    let keys = [press(Key::K, Modifiers::COMMAND), egui::Event::Text("save map".to_owned())];
    h.input_mut().events.extend(keys.into_iter().chain([press(Key::Enter, Modifiers::NONE)]));
    h.run_steps(1);
    h.run_steps(5);
    assert!(h.query_by_label(BOX).is_none());
    h.get_by_label("Save the map");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.svg");
    assert!(h.get_by_label("Path of the file").is_focused(), "a path can be typed at once");
    type_text(&mut h, path.to_str().unwrap());
    h.key_press(Key::Enter);
    h.run_steps(4);
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("<svg"), "the name tells the form");
}

fn filter(h: &Harness<'_, App>) -> String {
    h.state().state.filter.as_ref().map_or(String::new(), |f| f.text().to_owned())
}

#[test]
fn a_filter_that_was_typed_is_taken_back_and_comes_again() {
    let mut h = loaded();
    let set = |h: &mut Harness<'_, App>, text: &str| {
        h.key_press_modifiers(Modifiers::COMMAND, Key::F);
        h.run_steps(4);
        for letter in text.chars() {
            type_text(h, &letter.to_string());
        }
        h.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
        h.run_steps(4);
        assert_eq!(filter(h), text);
        // As in a real window: egui takes the keyboard from the box before the frame.
        h.key_press(Key::Escape);
        h.run_steps(4);
        assert!(!h.get_by_label("Filter").is_focused());
    };
    set(&mut h, "error");
    set(&mut h, "dur>200ms");
    h.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    h.run_steps(4);
    assert_eq!(filter(&h), "error", "one visit to the box is one step");
    assert_eq!(h.get_by_label("Filter").value().as_deref(), Some("error"));
    h.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    h.run_steps(4);
    assert_eq!(filter(&h), "");
    assert_eq!(h.get_by_label("Filter").value().as_deref(), Some(""));
    h.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    h.run_steps(4);
    assert_eq!(filter(&h), "error");
}

#[test]
fn the_escape_that_leaves_the_search_box_closes_nothing_else() {
    let mut h = loaded();
    let key = h.state().state.map.scene().nodes[3].key.clone();
    h.state_mut().command(spanscape::app::Command::Select(Some(Item::Node(key))));
    h.run_steps(3);
    h.key_press_modifiers(Modifiers::COMMAND, Key::F);
    h.run_steps(4);
    type_text(&mut h, "cart");
    h.key_press(Key::Escape);
    h.run_steps(4);
    assert!(!h.get_by_label("Filter").is_focused());
    assert!(selected(&h).is_some());
    h.key_press(Key::Escape);
    h.run_steps(4);
    assert!(selected(&h).is_none());
}

#[test]
fn the_key_of_the_search_box_selects_what_it_holds() {
    let mut h = loaded();
    for word in ["cart", "pay"] {
        h.key_press_modifiers(Modifiers::COMMAND, Key::F);
        h.run_steps(4);
        type_text(&mut h, word);
        assert_eq!(h.get_by_label("Filter").value().as_deref(), Some(word));
        h.key_press(Key::Enter);
        h.run_steps(4);
    }
}

#[test]
fn the_palette_offers_all_that_can_be_saved() {
    for what in ["Save the map", "Save a case file", "Save the traces", "Save the incident review"] {
        let mut h = loaded();
        palette(&mut h, what);
        h.get_by_label(&format!("{what}, command"));
    }
}

#[test]
fn the_arrow_keys_choose_in_the_palette() {
    let mut h = loaded();
    palette(&mut h, "theme");
    h.key_press(Key::ArrowDown);
    h.run_steps(2);
    h.key_press(Key::Enter);
    h.run_steps(4);
    assert_eq!(h.state().state.theme, spanscape::app::ThemeChoice::Light);
}

#[test]
fn one_key_takes_the_keyboard_to_the_map_and_arrows_walk_on_it() {
    let mut h = loaded();
    h.key_press(Key::N);
    h.run_steps(4);
    h.key_press(Key::Enter);
    h.run_steps(4);
    let first = selected(&h);
    assert!(matches!(first, Some(Item::Node(_))), "{first:?}");
    for key in [Key::ArrowLeft, Key::ArrowRight, Key::ArrowUp, Key::ArrowDown] {
        h.key_press(key);
        h.run_steps(3);
        h.key_press(Key::Enter);
        h.run_steps(4);
    }
    assert!(matches!(selected(&h), Some(Item::Node(_))));
    assert_ne!(h.state().state.back.len(), 1, "it came past several nodes");
}

const MINIMAP: &str = "Minimap: drag to look elsewhere";

#[test]
fn the_minimap_shows_where_one_is_and_leads_elsewhere() {
    let mut h = loaded();
    assert!(h.query_by_label(MINIMAP).is_none(), "everything is in view");
    for _ in 0..4 {
        h.get_by_label("Zoom in").click();
        h.run_steps(3);
    }
    let before = h.state().state.map.camera.unwrap();
    let area: Rect = h.get_by_label(MINIMAP).rect();
    let corner = area.left_top() + egui::vec2(12.0, 12.0);
    h.drag_at(corner);
    h.step();
    h.drop_at(corner);
    h.run_steps(3);
    let after = h.state().state.map.camera.unwrap();
    assert!(after.centre.x < before.centre.x && after.zoom == before.zoom, "{before:?} {after:?}");
    h.key_press(Key::M);
    h.run_steps(3);
    assert!(h.query_by_label(MINIMAP).is_none(), "M hides it");
}

#[test]
fn the_legend_explains_every_sign() {
    let mut h = loaded();
    h.key_press(Key::L);
    h.run_steps(4);
    for words in ["Deployed in this window", "Runs out first as traffic grows", "Alert", "Box: a namespace"] {
        h.get_by_label(words);
    }
    h.get_by_label("Close the legend").click();
    h.run_steps(4);
    assert!(h.query_by_label("Box: a namespace").is_none());
}

#[test]
fn text_grows_by_key_and_the_layout_can_be_reset() {
    let mut h = loaded();
    h.key_press_modifiers(Modifiers::COMMAND, Key::Plus);
    h.run_steps(4);
    assert!((h.ctx.zoom_factor() - 1.1).abs() < 1e-3);
    let share = |h: &Harness<'_, App>| h.state().state.map.room.x / h.ctx.content_rect().width();
    for _ in 0..6 {
        h.key_press_modifiers(Modifiers::COMMAND, Key::Plus);
        h.run_steps(4);
    }
    assert!(share(&h) > 0.42, "the panels give way to the map: {}", share(&h));
    assert!(h.state().state.map.is_all_in_view);
    h.key_press_modifiers(Modifiers::COMMAND, Key::Num0);
    h.run_steps(4);
    assert!((h.ctx.zoom_factor() - 1.0).abs() < 1e-3);
    h.state_mut().state.widths.insert("side".to_owned(), 500.0);
    palette(&mut h, "reset panel");
    h.key_press(Key::Enter);
    h.run_steps(4);
    assert!(h.state().state.widths.is_empty());
}

#[test]
fn nothing_changes_and_nothing_is_drawn() {
    let mut h = loaded();
    h.run_steps(10);
    // No frame is asked for, neither at once nor later.
    let delay = h.output().viewport_output.values().map(|v| v.repaint_delay).min().unwrap();
    assert!(delay > std::time::Duration::from_secs(3600), "the next frame comes in {delay:?}");
    let frames = h.state().state.map.frames;
    h.run_steps(5);
    assert_eq!(h.state().state.map.frames, frames, "and the map is not painted anew");
}

#[test]
fn every_node_in_view_has_a_name_and_the_tab_key_a_sane_order() {
    let mut h = loaded();
    let scene = h.state().state.map.scene().clone();
    for node in &scene.nodes {
        let starts = h.get_all_by_label_contains(&node.spoken);
        assert!(starts.count() > 0, "{}", node.spoken);
    }
    let on_map: Vec<f32> = h
        .get_all_by_role(egui::accesskit::Role::Button)
        .filter(|n| n.accesskit_node().label().is_some_and(|l| scene.nodes.iter().any(|s| l == s.spoken)))
        .map(|n| n.rect().center().x)
        .filter(|x| (330.0..1240.0).contains(x))
        .collect();
    assert_eq!(on_map.len(), scene.nodes.len());
    let column = 70.0;
    assert!(on_map.windows(2).all(|w| w[1] > w[0] - column), "from left to right: {on_map:?}");
    h.key_press(Key::Tab);
    h.run_steps(2);
    assert!(h.ctx.memory(|m| m.focused().is_some()));
}

#[test]
fn from_a_service_to_a_span_of_its_second_trace_by_keys_alone() {
    let mut h = loaded();
    let (name, key) = h
        .state()
        .state
        .map
        .scene()
        .nodes
        .iter()
        .find(|n| n.kind == NodeKind::Service)
        .map(|n| (n.name.clone(), n.key.clone()))
        .unwrap();
    palette(&mut h, &name);
    h.key_press(Key::Enter);
    h.run_steps(6);
    assert_eq!(selected(&h), Some(Item::Node(key)));
    for key in [Key::T, Key::ArrowDown, Key::Enter] {
        h.key_press(key);
        h.run_steps(6);
    }
    assert!(h.state().state.place.trace.is_some());
    let focused = |h: &Harness<'_, App>| {
        let all = h.query_all_by_label_contains("");
        all.filter(|n| n.accesskit_node().is_focused()).find_map(|n| n.accesskit_node().label())
    };
    let root = focused(&h).unwrap();
    assert!(!root.starts_with("Trace ") && root.ends_with("ms"), "a span has the keyboard, not {root}");
    h.key_press(Key::ArrowDown);
    h.run_steps(4);
    let next = focused(&h).unwrap();
    assert!(next != root && next.ends_with("ms"), "the arrows walk over spans: {next}");
    h.run_steps(8);
    h.key_press(Key::ArrowDown);
    h.run_steps(4);
    let third = focused(&h).unwrap();
    h.key_press_modifiers(Modifiers::ALT, Key::ArrowLeft);
    h.run_steps(4);
    assert_eq!(focused(&h).as_deref(), Some(next.as_str()), "a step back from {third} is a span");
    assert!(h.state().state.place.trace.is_some(), "and the trace stays open");
}

#[test]
fn the_help_lies_within_every_window_and_nothing_below_it_hears_its_keys() {
    for size in [[1600.0, 1000.0], [1100.0, 700.0], [760.0, 420.0]] {
        let story = generate("services", 1, Options { services: 12 }).unwrap();
        let builder = Harness::builder().with_size(size);
        let mut h = opened::window(builder, Session::still(opened::snapshot(&story.records)));
        h.key_press(Key::Questionmark);
        h.run_steps(6);
        let screen = Rect::from_min_size(egui::Pos2::ZERO, size.into());
        let close = h.get_by_label("Close").rect();
        assert!(screen.contains_rect(close), "{size:?}: {close:?}");
        assert!(screen.contains_rect(h.get_by_label("Ctrl + K").rect()), "{size:?}: it begins at its top");
        h.key_press(Key::End);
        h.run_steps(12);
        assert!(
            screen.contains_rect(h.get_by_label("event:exception").rect()),
            "{size:?}: it scrolls to its end"
        );
        assert!(!h.state().state.player.is_on(), "{size:?}: no replay began below it");
        h.key_press(Key::Questionmark);
        h.run_steps(4);
        assert!(h.query_by_label("Ctrl + K").is_none());
    }
}

#[test]
fn letters_over_an_open_menu_are_not_meant_for_the_map() {
    let mut h = loaded();
    h.get_by_label("Groups and quiet edges").click();
    h.run_steps(4);
    for key in [Key::Num3, Key::Space, Key::E, Key::C] {
        h.key_press(key);
        h.run_steps(2);
    }
    assert_eq!(h.state().state.arrangement.mode, spanscape::layout::Mode::Flow);
    assert!(!h.state().state.player.is_on(), "no replay");
    assert!(h.query_by_label("Least share of its caller's calls, in percent").is_some(), "the menu is open");
}
