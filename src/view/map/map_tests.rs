//! The map as people use it: pointing, selecting, moving, and staying still.
use std::sync::Arc;

use egui::{Pos2, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use expect_test::{Expect, expect};

use super::emphasis::{Role, roles};
use super::*;
use crate::layout;
use crate::view::theme::{self, Palette};

/// `web > checkout > payments`, and `checkout > cart`; checkout fails a little, payments a lot.
fn input() -> MapInput {
    let node = |name: &str, kind, health, error_ratio| MapNode {
        key: name.to_owned(),
        name: name.to_owned(),
        kind,
        health,
        rate_per_min: Some(245.0),
        latency_ms: Some(1240.0),
        error_ratio: Some(error_ratio),
        calls: 2_450,
        instrumented: true,
        ..MapNode::default()
    };
    let edge = |from, to, health, error_ratio| MapEdge {
        from,
        to,
        rate_per_min: Some(120.0),
        error_ratio: Some(error_ratio),
        calls: 1_200,
        health,
        ..MapEdge::default()
    };
    MapInput {
        nodes: vec![
            node("web", NodeKind::Service, Health::Healthy, 0.0),
            node("checkout", NodeKind::Service, Health::Warning, 0.02),
            node("payments", NodeKind::External, Health::Critical, 0.08),
            node("cart", NodeKind::Database, Health::Healthy, 0.0),
        ],
        edges: vec![
            edge(0, 1, Health::Warning, 0.02),
            edge(1, 2, Health::Critical, 0.08),
            edge(1, 3, Health::Healthy, 0.0),
            edge(1, 99, Health::Healthy, 0.0),
        ],
    }
}

fn scene(input: &MapInput) -> Arc<MapScene> {
    let request = layout_request(input, &Default::default(), &Default::default());
    Arc::new(MapScene::new(input, &layout::compute(&request)))
}

struct Window {
    scene: Arc<MapScene>,
    state: MapState,
    events: Vec<MapEvent>,
}

fn window(input: &MapInput) -> Harness<'static, Window> {
    let start = Window { scene: scene(input), state: MapState::default(), events: Vec::new() };
    let mut installed = false;
    Harness::builder().with_size([1000.0, 640.0]).build_ui_state(
        move |ui, w: &mut Window| {
            if !std::mem::replace(&mut installed, true) {
                theme::install(ui.ctx());
                return; // Fonts are there from the next frame on.
            }
            w.events.extend(show(ui, &w.scene, &mut w.state, &Palette::DARK));
        },
        start,
    )
}

const CHECKOUT: &str =
    "checkout, service, warning, 245 requests per minute, 2 percent errors, 95th percentile 1.24 s";

fn check(lines: Vec<String>, expected: Expect) {
    expected.assert_eq(&lines.join("\n"));
}

#[test]
fn the_scene_says_in_text_what_it_shows() {
    let scene = scene(&input());
    let mut lines = Vec::new();
    for n in &scene.nodes {
        lines.push(format!("{} | {} | {:?} | {}", n.name, n.figures, n.badge, n.spoken));
    }
    lines
        .extend(scene.edges.iter().map(|e| format!("{} {:?} | {}", e.label, e.errors, scene.spoken_edge(e))));
    check(
        lines,
        expect![[r#"
        web | 245/min · 1.24 s | None | web, service, healthy, 245 requests per minute, 95th percentile 1.24 s
        checkout | 245/min · 1.24 s | Some("2%") | checkout, service, warning, 245 requests per minute, 2 percent errors, 95th percentile 1.24 s
        payments | 245/min · 1.24 s | Some("8%") | payments, external, critical, 245 requests per minute, 8 percent errors, 95th percentile 1.24 s
        cart | 245/min · 1.24 s | None | cart, database, healthy, 245 requests per minute, 95th percentile 1.24 s
        120/min Some("2%") | web to checkout, warning, 120 calls per minute, 2 percent errors
        120/min Some("8%") | checkout to payments, critical, 120 calls per minute, 8 percent errors
        120/min None | checkout to cart, healthy, 120 calls per minute"#]],
    );
}

/// The same map with verdicts: checkout is slower and fails more, payments is gone, cart is new.
fn compared() -> MapInput {
    let mut input = input();
    let change = |verdict, label: &str, more: Option<&str>, spoken: &str| {
        let (label, more) = (label.to_owned(), more.map(str::to_owned));
        Some(Change { verdict, label, more, spoken: spoken.to_owned() })
    };
    let slow = || change(Verdict::Worse, "+180 ms p95", Some("0.4-12%"), "+180 ms p95, 0.4 to 12% errors");
    input.nodes[0].change = change(Verdict::Unchanged, "unchanged", None, "");
    input.nodes[1].change = slow();
    input.nodes[2].change = change(Verdict::Gone, "gone · 12/min before", None, "12/min before");
    input.nodes[3].change = change(Verdict::Unsure, "too few calls", None, "too few calls");
    input.edges[0].change = slow();
    input.edges[1].change = change(Verdict::Better, "-40 ms p50", None, "-40 ms p50");
    input.edges[2].change = change(Verdict::Unsure, "too few calls", None, "too few calls");
    input
}

#[test]
fn a_comparison_says_in_words_what_it_shows_in_colour() {
    let scene = scene(&compared());
    let plain = |t: &str| t.replace(|c: char| ('\u{e000}'..='\u{f8ff}').contains(&c), "*");
    let mut lines = Vec::new();
    for n in &scene.nodes {
        let badge = n.badge.as_deref().map(plain);
        lines.push(format!("{} | {badge:?} | {} | {:?} | {}", n.figures, n.dashed, n.health, n.spoken));
    }
    let said = |e: &EdgeScene| format!("{} {:?} | {}", plain(&e.label), e.errors, scene.spoken_edge(e));
    lines.extend(scene.edges.iter().map(said));
    check(
        lines,
        expect![[r#"
        unchanged | None | false | Healthy | web, service, unchanged
        +180 ms p95 · 0.4-12% | Some("* worse") | false | Critical | checkout, service, worse, +180 ms p95, 0.4 to 12% errors
        gone · 12/min before | Some("* gone") | true | Warning | payments, external, gone, 12/min before
        too few calls | Some("?") | false | Unknown | cart, database, insufficient data, too few calls
        * +180 ms p95 Some("0.4-12%") | web to checkout, worse, +180 ms p95, 0.4 to 12% errors
        * -40 ms p50 None | checkout to payments, better, -40 ms p50
        ? None | checkout to cart, insufficient data, too few calls"#]],
    );
    let signs: std::collections::BTreeSet<_> = Verdict::ALL.iter().map(|v| v.icon()).collect();
    assert_eq!(signs.len(), Verdict::ALL.len(), "each verdict has a sign of its own");
}

#[test]
fn a_selection_fades_nothing_while_changes_are_shown() {
    let all = |input: &MapInput| roles(&scene(input), Some(MapItem::Node(3)), None).nodes;
    assert_eq!(all(&compared())[0], Role::Plain);
    assert_ne!(all(&input())[0], Role::Plain);
}

#[test]
fn nothing_in_a_focus_stands_back_for_the_selection() {
    let mut scene = MapScene::clone(&scene(&input()));
    let faded = |s: &MapScene| roles(s, Some(MapItem::Node(3)), None).nodes.contains(&Role::Faded);
    assert!(faded(&scene));
    scene.is_focus = true;
    assert!(!faded(&scene));
}

#[test]
fn an_idle_map_asks_for_no_frame() {
    // `run` fails when something asks for repaints for ever.
    window(&input()).run();
}

#[test]
fn arrow_keys_walk_to_the_nearest_node_and_enter_selects_it() {
    let mut h = window(&input());
    h.run();
    h.get_by_label(CHECKOUT).focus();
    h.run();
    let scene = Arc::clone(&h.state().scene);
    let right = reach::neighbour(&scene, MapItem::Node(1), Vec2::new(1.0, 0.0)).unwrap();
    assert!(scene.nodes[right].centre.x > scene.nodes[1].centre.x);
    h.key_press(egui::Key::ArrowRight);
    h.run();
    h.key_press(egui::Key::Enter);
    h.run();
    assert_eq!(h.state().state.selected, Some(MapItem::Node(right)));
    h.key_press(egui::Key::ArrowLeft);
    h.run();
    h.key_press(egui::Key::Enter);
    h.run();
    assert_eq!(h.state().state.selected, Some(MapItem::Node(1)), "and back");
}

#[test]
fn the_keyboard_walks_beyond_the_view_and_the_view_follows() {
    let mut h = window(&input());
    h.run();
    let at = h.state().scene.nodes[0].centre;
    h.state_mut().state.camera = Some(Camera { centre: at - Vec2::new(60.0, 0.0), zoom: 4.0 });
    h.run();
    let web = h.state().scene.nodes[0].spoken.clone();
    h.get_by_label(&web).focus();
    h.run();
    assert!(h.query_by_label(CHECKOUT).is_none(), "out of view");
    h.key_press(egui::Key::ArrowRight);
    h.run();
    let place = h.get_by_label(CHECKOUT).rect();
    assert!(egui::Rect::from_min_size(Pos2::ZERO, Vec2::new(1000.0, 640.0)).contains_rect(place), "{place}");
}

#[test]
fn every_node_and_edge_of_three_hundred_has_a_name() {
    let mut input = MapInput::default();
    for i in 0..300 {
        let name = format!("service-{i}");
        input.nodes.push(MapNode { key: name.clone(), name, ..MapNode::default() });
        input.edges.extend((i > 0).then(|| MapEdge { from: i / 3, to: i, ..MapEdge::default() }));
    }
    input.edges.retain(|e| e.from != e.to);
    let mut h = window(&input);
    h.run();
    let scene = Arc::clone(&h.state().scene);
    assert_eq!(h.state().state.painted, (300, scene.edges.len()));
    let of_nodes = scene.nodes.iter().map(|n| n.spoken.clone());
    for spoken in of_nodes.chain(scene.edges.iter().map(|e| scene.spoken_edge(e))) {
        h.get_by_label(&spoken);
    }
}

#[test]
fn what_has_not_changed_is_not_painted_anew() {
    let mut h = window(&input());
    h.run();
    let before = h.state().state.frames;
    h.hover_at(Pos2::new(20.0, 20.0));
    h.run();
    h.hover_at(Pos2::new(24.0, 20.0));
    h.run();
    assert_eq!(h.state().state.frames, before, "the pointer alone changes nothing");
    h.state_mut().state.selected = Some(MapItem::Node(1));
    h.run();
    assert_eq!(h.state().state.frames, before + 1);
}

#[test]
fn nodes_and_edges_are_widgets_with_names_and_clicks_select_them() {
    let mut h = window(&input());
    h.run();
    h.get_by_label(CHECKOUT).click();
    h.run();
    assert_eq!(h.state().state.selected, Some(MapItem::Node(1)));
    h.get_by_label("checkout to payments, critical, 120 calls per minute, 8 percent errors").click();
    h.run();
    assert_eq!(h.state().state.selected, Some(MapItem::Edge(1)));
    let selections = |e: &&MapEvent| matches!(e, MapEvent::Selected(_));
    let seen: Vec<_> = h.state().events.iter().filter(selections).cloned().collect();
    let expected = [MapItem::Node(1), MapItem::Edge(1)].map(|i| MapEvent::Selected(Some(i)));
    assert_eq!(seen, expected);
}

#[test]
fn dragging_keeps_hold_of_the_node_where_it_was_taken() {
    let mut h = window(&input());
    h.run();
    let before = h.state().state.scene().nodes[1].centre;
    let zoom =
        Camera::fit(h.state().scene.bounds, egui::Rect::from_min_size(Pos2::ZERO, Vec2::new(1000.0, 640.0)))
            .zoom;
    let grip = h.get_by_label(CHECKOUT).rect().center() + Vec2::new(5.0, 3.0);
    h.drag_at(grip);
    h.step();
    h.hover_at(grip + Vec2::new(20.0, 10.0));
    h.step();
    h.drop_at(grip + Vec2::new(46.0, 69.0));
    h.run();
    let after = h.state().state.scene().nodes[1].centre;
    let way = (after - before) * zoom;
    assert!((way - Vec2::new(46.0, 69.0)).length() < 1.0, "moved by {way:?}");
    assert!(h.state().events.contains(&MapEvent::Dragged("checkout".to_owned(), None)));
    assert_eq!(h.state().state.positions.get("checkout"), Some(&after));
    assert_eq!(h.state().state.selected, None, "a drag is no click");
}

#[test]
fn the_wheel_zooms_and_what_is_out_of_sight_costs_nothing() {
    let mut h = window(&input());
    h.run();
    assert_eq!(h.state().state.painted, (4, 3));
    let place = h.get_by_label(CHECKOUT).rect().center();
    h.hover_at(place);
    h.event(egui::Event::Zoom(4.0));
    h.run();
    let (nodes, _) = h.state().state.painted;
    assert!(nodes < 4, "{nodes} nodes painted");
    h.get_by_label("Show everything").click();
    h.run();
    assert_eq!(h.state().state.painted, (4, 3));
}

#[test]
fn a_click_on_a_line_selects_the_edge_and_one_beside_it_nothing() {
    let mut h = window(&input());
    h.run();
    let scene = Arc::clone(&h.state().scene);
    let view = egui::Rect::from_min_size(Pos2::ZERO, Vec2::new(1000.0, 640.0));
    let camera = Camera::fit(scene.bounds, view);
    let points = &scene.edges[2].points;
    let near = camera.to_screen(points[points.len() - 3], view) + Vec2::new(0.0, 3.0);
    for (at, expected) in [(near, Some(MapItem::Edge(2))), (Pos2::new(300.0, 12.0), None)] {
        h.drag_at(at);
        h.drop_at(at);
        h.run();
        assert_eq!(h.state().state.selected, expected);
        // Two clicks shortly after each other would be a double click.
        h.run_steps(40);
    }
}

#[test]
fn selecting_lights_dependents_and_dependencies_by_hop() {
    let scene = scene(&input());
    let roles = roles(&scene, Some(MapItem::Node(2)), None);
    assert_eq!(roles.nodes, [Role::Dependent(2), Role::Dependent(1), Role::Selected, Role::Faded]);
    assert_eq!(roles.edges, [Role::Dependent(2), Role::Dependent(1), Role::Faded]);
}

#[test]
fn a_new_scene_keeps_selection_and_places() {
    let mut h = window(&input());
    h.state_mut().state.selected = Some(MapItem::Edge(1));
    h.run();
    let mut grown = input();
    let new = MapNode { key: "api".into(), name: "api".into(), ..MapNode::default() };
    grown.nodes.insert(0, new);
    grown.edges.iter_mut().for_each(|e| (e.from, e.to) = (e.from + 1, e.to + 1));
    grown.edges.insert(0, MapEdge { from: 0, to: 1, ..MapEdge::default() });
    let positions = h.state().state.scene().positions();
    let request = layout_request(&grown, &positions, &Default::default());
    h.state_mut().scene = Arc::new(MapScene::new(&grown, &layout::compute(&request)));
    h.run();
    assert_eq!(h.state().state.selected, Some(MapItem::Edge(2)));
    let now = h.state().state.scene().positions();
    assert!(positions.iter().all(|(key, at)| now.get(key) == Some(at)), "known nodes stayed");
}

#[test]
fn an_empty_map_is_shown_too() {
    let mut h = window(&MapInput::default());
    h.run();
    assert_eq!(h.state().state.painted, (0, 0));
}

#[test]
fn nobody_moves_the_camera_and_it_shows_the_path_in_the_light() {
    let mut h = window(&input());
    h.run();
    let middle = |h: &Harness<'static, Window>| {
        let nodes = &h.state().state.scene().nodes;
        let at = |i: usize| h.get_by_label(&nodes[i].spoken).rect().center();
        at(1).lerp(at(2), 0.5)
    };
    let before = middle(&h);
    h.state_mut().state.lit = Some([MapItem::Node(1), MapItem::Edge(1), MapItem::Node(2)].into());
    h.run();
    let free = Pos2::new((24.0 + 940.0) / 2.0, (24.0 + 580.0) / 2.0);
    let lit = middle(&h);
    assert!(before.distance(free) > 60.0 && lit.distance(free) < 40.0, "{before:?}, {lit:?}");
    // A selection moves nothing.
    h.state_mut().state.selected = Some(MapItem::Node(0));
    h.run();
    assert_eq!(middle(&h), lit);
}

#[test]
fn what_is_shown_stays_clear_of_the_legend_and_the_buttons() {
    let world = egui::Rect::from_min_size(Pos2::ZERO, Vec2::new(3_000.0, 2_000.0));
    for size in [Vec2::new(930.0, 690.0), Vec2::new(557.0, 500.0), Vec2::new(930.0, 360.0)] {
        let view = egui::Rect::from_min_size(Pos2::new(300.0, 50.0), size);
        let camera = Camera::fit(world, view);
        let legend = if size.y > 420.0 { 48.0 } else { 0.0 };
        let free = egui::Rect::from_min_max(view.min, view.max - Vec2::new(48.0, legend));
        let shown = [world.min, world.max].map(|p| camera.to_screen(p, view));
        assert!(shown.iter().all(|p| free.contains(*p)), "{shown:?} in {free:?}");
    }
}

#[test]
fn nodes_glide_to_another_arrangement_and_arrive() {
    let mut h = window(&input());
    h.run();
    let before = h.state().state.scene().positions();
    let request = layout_request(&input(), &Default::default(), &Default::default());
    let request = layout::Request { mode: layout::Mode::Grid, ..request };
    let grid = Arc::new(MapScene::new(&input(), &layout::compute(&request)));
    h.state_mut().state.glide();
    h.state_mut().scene = Arc::clone(&grid);
    h.ctx.all_styles_mut(|s| s.animation_time = 0.1);
    h.step();
    assert_eq!(h.state().state.scene().positions(), before, "the first frame of the way is where it begins");
    h.input_mut().predicted_dt = 0.1;
    h.step();
    let way = h.state().state.scene().positions();
    assert!(way != before && way != grid.positions(), "on the way");
    h.run_steps(10);
    assert_eq!(*h.state().state.scene(), *grid);
    h.ctx.all_styles_mut(|s| s.animation_time = 0.0);
    h.state_mut().state.glide();
    h.state_mut().scene = scene(&input());
    h.step();
    assert_eq!(h.state().state.scene().positions(), before, "without motion it is there at once");
}

#[test]
fn a_map_that_takes_a_while_to_arrange_says_so() {
    let view = egui::Rect::from_min_size(Pos2::ZERO, Vec2::new(1000.0, 640.0));
    let says = |is_arranging| {
        let mut window = Harness::new_ui(move |ui| show_arranging(ui, view, is_arranging, &Palette::DARK));
        window.run_steps(10);
        window.query_by_label("Arranging the map…").is_some()
    };
    assert_eq!([true, false].map(says), [true, false]);
}
