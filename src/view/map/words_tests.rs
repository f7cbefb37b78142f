//! What is written on the map, as text: names at rest, cards from far away, pins.
use std::sync::Arc;

use egui::{Pos2, Rect, Shape, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use expect_test::expect;

use super::*;
use crate::layout;
use crate::texts::texts;
use crate::view::text;
use crate::view::theme::{self, Palette};

/// A window of this size that shows `scene` as `state` has it.
fn window(scene: MapScene, state: MapState, size: Vec2) -> Harness<'static, MapState> {
    let scene = Arc::new(scene);
    let mut installed = false;
    let mut harness = Harness::builder().with_size(size).build_ui_state(
        move |ui, state: &mut MapState| {
            if !std::mem::replace(&mut installed, true) {
                theme::install(ui.ctx());
                return; // Fonts are there from the next frame on.
            }
            show(ui, &scene, state, &Palette::DARK);
        },
        state,
    );
    harness.run();
    harness
}

/// All that is written, with its place; icons are not words.
fn written(window: &Harness<'_, MapState>) -> Vec<(String, Rect)> {
    fn collect(shape: &Shape, out: &mut Vec<(String, Rect)>) {
        match shape {
            Shape::Text(t) => out.push((t.galley.text().to_owned(), t.visual_bounding_rect())),
            Shape::Vec(all) => all.iter().for_each(|s| collect(s, out)),
            _ => {}
        }
    }
    let mut out = Vec::new();
    window.output().shapes.iter().for_each(|s| collect(&s.shape, &mut out));
    out.retain(|(t, _)| t.chars().any(char::is_alphanumeric));
    out
}

fn scene(input: &MapInput) -> MapScene {
    let request = layout_request(input, &Default::default(), &Default::default());
    MapScene::new(input, &layout::compute(&request))
}

fn node(name: String, kind: NodeKind, group: Option<String>) -> MapNode {
    let (rate, calls) = (Some(20.0), 200);
    MapNode { key: name.clone(), name, kind, group, rate_per_min: rate, calls, ..MapNode::default() }
}

/// Four namespaces of fifteen services, each service with calls to two others, every other one with a database.
fn sixty() -> MapInput {
    let mut input = MapInput::default();
    let groups = ["accounts", "billing", "search", "shop"];
    let (first, last) = (["cart", "invoice", "offer", "partner", "session"], ["api", "gateway", "planner"]);
    for group in groups {
        for (f, l) in first.iter().flat_map(|f| last.iter().map(move |l| (f, l))) {
            let name = format!("{f}-{l}-{}", &group[..2]);
            input.nodes.push(node(name, NodeKind::Service, Some(group.to_owned())));
        }
    }
    let calls = |from, to| MapEdge { from, to, rate_per_min: Some(3.0), calls: 30, ..MapEdge::default() };
    for i in 0..60 {
        input.edges.extend([calls(i, (i * 7 + 3) % 60), calls(i, (i + 1) % 60)]);
    }
    for i in (0..60).step_by(2) {
        let name = format!("{}-postgresql", input.nodes[i].name);
        input.edges.push(calls(i, input.nodes.len()));
        input.nodes.push(node(name, NodeKind::Database, None));
    }
    input
}

#[test]
fn each_of_sixty_services_and_their_databases_has_its_name_at_rest() {
    let input = sixty();
    // The map in a window of 1600 x 1000, and of 1400 x 900, where nine in ten have to do.
    for (size, most) in [(Vec2::new(930.0, 800.0), 0), (Vec2::new(730.0, 700.0), 8)] {
        let scene = scene(&input);
        let nodes = scene.nodes.clone();
        let window = window(scene, MapState::default(), size);
        let written = written(&window);
        let has = |name: &str| {
            let forms = [name.to_owned(), text::name(name, 14), text::name(name, 11)];
            written.iter().any(|(t, _)| forms.contains(t))
        };
        let missing: Vec<&str> = nodes.iter().map(|n| n.name.as_str()).filter(|n| !has(n)).collect();
        assert!(missing.len() <= most, "{size}: {missing:?}");
        let names: Vec<&(String, Rect)> =
            written.iter().filter(|(t, _)| t.contains('-') && !t.contains('/')).collect();
        for (k, (name, place)) in names.iter().enumerate() {
            let over = names[k + 1..].iter().find(|other| other.1.shrink(1.0).intersects(place.shrink(1.0)));
            assert!(over.is_none(), "{size}: {name} lies under {over:?}");
        }
    }
}

/// Four namespaces of twenty services each, of which the third fails.
fn eighty() -> MapScene {
    let mut input = MapInput::default();
    for i in 0..80 {
        let group = format!("team-{}", i / 20);
        input.nodes.push(node(format!("service-{i}"), NodeKind::Service, Some(group)));
    }
    for i in 0..80 {
        let error_ratio = Some(if i / 20 == 1 { 0.12 } else { 0.0 });
        let to = (i + 20) % 80;
        let rate = Some(5.0);
        let edge = MapEdge { from: i, to, rate_per_min: rate, calls: 50, error_ratio, ..MapEdge::default() };
        input.edges.push(edge);
    }
    scene(&input)
}

#[test]
fn from_far_away_boxes_speak_as_cards() {
    let scene = eighty();
    let boxes: Vec<(String, Rect)> = scene.hulls.iter().map(|h| (h.name.clone(), h.rect)).collect();
    let camera = Camera { centre: scene.bounds.center(), zoom: 0.1 };
    let (size, view) = (Vec2::new(1000.0, 640.0), Rect::from_min_size(Pos2::ZERO, Vec2::new(1000.0, 640.0)));
    let mut state = MapState::default();
    state.camera = Some(camera);
    let window = window(scene, state, size);
    let written = written(&window);
    let card = |(name, area): &(String, Rect)| {
        let on_screen =
            Rect::from_min_max(camera.to_screen(area.min, view), camera.to_screen(area.max, view));
        let own = written.iter().filter(|(_, place)| on_screen.contains(place.center()));
        let words: Vec<&str> = own.map(|w| w.0.as_str()).collect();
        format!("{name}: {}", words.join(" | "))
    };
    expect![[r#"
        team-0: team-0 | 100/min
        team-1: team-1 | 100/min
        team-2: team-2 | 100/min | 12%
        team-3: team-3 | 100/min"#]]
    .assert_eq(&boxes.iter().map(card).collect::<Vec<_>>().join("\n"));
    window.get_by_label("team-2, 20 nodes · 100/min in · 12% fail");
}

#[test]
fn closed_groups_are_cards_beside_their_nodes() {
    let mut input = MapInput::default();
    for i in 0..70 {
        let key = format!("group:team-{i}");
        let name = format!("team-{i}");
        input.nodes.push(MapNode { key, members: 5, ..node(name, NodeKind::Group, None) });
        input.edges.extend((i > 0).then(|| MapEdge { from: i / 3, to: i, ..MapEdge::default() }));
    }
    input.edges.retain(|e| e.from != e.to);
    let of = |failed| GroupFigures { members: 5, rate_per_min: 40.0, calls: 400.0, failed };
    let totals = (0..70).map(|i| (format!("team-{i}"), of(if i == 7 { 80.0 } else { 0.0 }))).collect();
    let scene = scene(&input).with_totals(totals);
    let window = window(scene, MapState::default(), Vec2::new(1000.0, 640.0));
    let written = written(&window);
    let lines = ["team-3", "team-7"].map(|name| {
        let at = written.iter().find(|w| w.0 == name).map_or(Rect::NOTHING, |w| w.1);
        let below = |p: &Rect| p.left() >= at.left() - 3.0 && p.left() < at.right() && p.top() > at.top();
        let own = written.iter().filter(|(_, p)| below(p) && p.top() < at.bottom() + 4.0);
        let words: Vec<&str> = own.map(|w| w.0.as_str()).collect();
        format!("{name} | {}", words.join(" | "))
    });
    expect![[r#"
        team-3 | 40/min
        team-7 | 40/min | 20%"#]]
    .assert_eq(&lines.join("\n"));
}

#[test]
fn a_node_that_was_put_somewhere_by_hand_has_a_pin() {
    let input = sixty();
    let scene = scene(&input);
    let at = scene.nodes[0].centre;
    let mut state = MapState::default();
    state.positions = [(scene.nodes[0].key.clone(), at)].into();
    state.camera = Some(Camera { centre: at, zoom: 1.0 });
    let (pin, spoken) = (egui_phosphor::fill::PUSH_PIN, scene.nodes[0].spoken.clone());
    let window = window(scene, state, Vec2::new(1000.0, 640.0));
    let mut pins = Vec::new();
    for shape in &window.output().shapes {
        if let Shape::Text(t) = &shape.shape
            && t.galley.text() == pin
        {
            pins.push(t.visual_bounding_rect().center());
        }
    }
    let node = window.get_by_label(&format!("{spoken}, {}", texts().map.stays_where_you_put_it)).rect();
    assert_eq!(pins.len(), 1);
    let way = pins[0] - node.center();
    assert!(way.x < 0.0 && way.y < 0.0 && node.expand(4.0).contains(pins[0]), "at its upper left: {way:?}");
}

#[test]
fn what_a_selected_line_says_hides_no_name() {
    let mut input = MapInput::default();
    for name in ["order-events", "notification-service", "mail"] {
        input.nodes.push(node(name.to_owned(), NodeKind::Service, None));
    }
    for (from, to) in [(0, 1), (1, 2)] {
        let latency_ms = Some(271.0);
        let of = MapEdge { from, to, rate_per_min: Some(28.7), latency_ms, calls: 287, ..MapEdge::default() };
        input.edges.push(of);
    }
    let scene = scene(&input);
    for (zoom, edge) in [(0.8, 0), (1.0, 0), (1.0, 1)] {
        let camera = Some(Camera { centre: scene.bounds.center(), zoom });
        let mut state = MapState::default();
        (state.camera, state.selected) = (camera, Some(MapItem::Edge(edge)));
        let written = written(&window(scene.clone(), state, Vec2::new(800.0, 500.0)));
        let told: Vec<_> = written.iter().filter(|(t, _)| t.contains("271 ms")).collect();
        assert!(!told.is_empty(), "{zoom}: {written:?}");
        for (name, at) in written.iter().filter(|(t, _)| input.nodes.iter().any(|n| n.name == *t)) {
            let hidden = told.iter().any(|(_, pill)| pill.intersects(*at));
            assert!(!hidden, "{zoom}: {name} lies under {told:?}");
        }
    }
}

#[test]
fn the_words_of_rings_stand_below_what_is_told_over_the_map() {
    let input = sixty();
    let request = layout_request(&input, &Default::default(), &Default::default());
    let request = layout::Request { mode: layout::Mode::Radial, focus: Some(3), ..request };
    let scene = MapScene::new(&input, &layout::compute(&request));
    let told = Rect::from_min_max(egui::pos2(12.0, 12.0), egui::pos2(600.0, 60.0));
    for told in [None, Some(told)] {
        let mut state = MapState::default();
        state.told = told;
        let written = written(&window(scene.clone(), state, Vec2::new(930.0, 800.0)));
        let words = text::name(&input.nodes[3].name, 32);
        let caption = written.iter().find(|(t, _)| t.contains(&words) && *t != words).map(|(_, at)| *at);
        let top = caption.unwrap_or(Rect::NOTHING).top();
        assert!((told.map_or(0.0, |t| t.bottom())..120.0).contains(&top), "{told:?}: {caption:?}");
    }
}

#[test]
fn a_name_that_is_wider_than_its_box_is_cut() {
    let hosts = "ip-10-0-4-21.internal, ip-10-0-4-22.internal, ip-10-0-4-23.internal";
    let mut input = MapInput::default();
    input.nodes.push(node("cart".to_owned(), NodeKind::Service, Some(hosts.to_owned())));
    let scene = scene(&input);
    assert_eq!(scene.group_of_hull(0), Some(hosts), "the whole name is that of the group");
    let written = written(&window(scene, MapState::default(), Vec2::new(800.0, 500.0)));
    assert!(written.iter().any(|(t, _)| t.starts_with("ip-") && t.contains('…')), "{written:?}");
}

#[test]
fn what_is_selected_has_its_figures_once() {
    let mut input = sixty();
    input.nodes[3].rate_per_min = Some(12.8);
    let scene = scene(&input);
    for zoom in [0.35, 0.5, 0.7, 1.0] {
        let mut state = MapState::default();
        state.camera = Some(Camera { centre: scene.nodes[3].centre, zoom });
        (state.selected, state.hovered) = (Some(MapItem::Node(3)), Some(MapItem::Node(3)));
        let written = written(&window(scene.clone(), state, Vec2::new(930.0, 800.0)));
        let count = written.iter().filter(|(t, _)| t.contains("12.8/min")).count();
        assert_eq!(count, 1, "{zoom}");
    }
}

/// Fifteen rows of ten services, each with calls to every other of another row.
#[test]
fn close_by_lines_that_lead_elsewhere_are_left_out_and_counted_until_their_node_is_selected() {
    let mut input = MapInput::default();
    for i in 0..150 {
        input.nodes.push(node(format!("s{i}"), NodeKind::Service, None));
        let calls =
            |to: usize| MapEdge { from: i, to, calls: 200, rate_per_min: Some(20.0), ..MapEdge::default() };
        input.edges.extend((1..15).map(|k| calls((i + 10 * k) % 150)));
    }
    let scene = scene(&input);
    let (chosen, middle) = scene.nodes.iter().map(|n| n.centre).enumerate().nth(70).unwrap();
    let camera = Some(Camera { centre: middle, zoom: 1.0 });
    let close = Rect::from_center_size(middle, Vec2::new(1300.0, 700.0));
    let is_close = |i: usize| close.contains(scene.nodes[i].centre);
    let inside = scene.edges.iter().filter(|e| is_close(e.from) && is_close(e.to)).count();
    let shown = |selected: Option<MapItem>| {
        let mut state = MapState::default();
        (state.camera, state.selected) = (camera, selected);
        let window = window(scene.clone(), state, Vec2::new(1100.0, 500.0));
        let words: Vec<String> = written(&window).into_iter().map(|w| w.0).collect();
        let ((nodes, edges), state) = (window.state().painted, window.state());
        (nodes, edges, words.iter().any(|w| w.contains("that lead elsewhere are left out")), state.selected)
    };
    let (nodes, edges, is_told, _) = shown(None);
    assert!(nodes < 60, "{nodes} of 150 nodes are in view");
    assert!(is_told && edges <= 24 + 120 + inside, "{edges} lines are drawn, {inside} of them inside");
    let own = scene.edges.iter().filter(|e| e.from == chosen || e.to == chosen).count();
    assert_eq!(own, 28);
    let (_, with_own, _, selected) = shown(Some(MapItem::Node(chosen)));
    assert_eq!(selected, Some(MapItem::Node(chosen)));
    assert!(with_own >= own, "all calls of what is selected are drawn: {with_own}");
}
