//! What the map shows and how: meaning of edges, what is hidden and comes back, nested groups, zoom; by names and keys.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says why by failing")]
mod opened;

use std::sync::{Arc, OnceLock};

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use opened::{press, shows, snapshot};
use spanscape::app::{App, Command, Item, Session, Window};
use spanscape::export::edge_signs::{ColourMeans, EdgeSigns, LabelMeans, WidthMeans};
use spanscape::graph::Snapshot;
use spanscape::layout::Mode;
use spanscape::model::Value;
use spanscape::scenario::{Options, generate};
use spanscape::view::map::{Camera, HullScene};
use spanscape::view::panels::arranging::Fold;

type Places = std::collections::BTreeMap<String, egui::Pos2>;

fn places(h: &Harness<'_, App>) -> Vec<egui::Pos2> {
    h.state().state.map.scene().nodes.iter().map(|n| n.centre).collect()
}

#[test]
fn what_edges_mean_is_chosen_in_a_menu_and_nothing_moves() {
    let mut h = opened::on_system();
    let before = places(&h);
    press(&mut h, "What width, colour and label of edges mean");
    for (choice, signs) in [
        ("Edge width: 95th percentile", EdgeSigns { width: WidthMeans::Latency, ..EdgeSigns::default() }),
        (
            "Edge colour: 95th percentile",
            EdgeSigns { width: WidthMeans::Latency, colour: ColourMeans::Latency, ..EdgeSigns::default() },
        ),
        (
            "Edge label: p50, p95, p99",
            EdgeSigns {
                width: WidthMeans::Latency,
                colour: ColourMeans::Latency,
                label: LabelMeans::Latency,
            },
        ),
    ] {
        press(&mut h, choice);
        assert_eq!(h.state().state.map.scene().signs, signs, "{choice}");
    }
    assert_eq!(places(&h), before, "nothing moves");
    let edge = h.state().state.map.scene().edges.iter().find(|e| e.figures.calls > 0.0).unwrap().clone();
    assert!(edge.label.contains(" / "), "{}", edge.label);
    h.key_press(Key::Escape);
    h.run_steps(3);
    h.key_press(Key::L);
    h.run_steps(4);
    assert!(shows(&h, "wider: a longer p95") && shows(&h, "p95 <50 ms") && shows(&h, "p50, p95 and p99"));
}

#[test]
fn the_palette_chooses_it_too_and_silence_means_no_label() {
    let mut h = opened::on_system();
    h.key_press_modifiers(Modifiers::COMMAND, Key::K);
    h.run_steps(4);
    h.event(egui::Event::Text("edge label: nothing".to_owned()));
    h.run_steps(3);
    h.key_press(Key::Enter);
    h.run_steps(4);
    let scene = h.state().state.map.scene();
    assert_eq!(scene.signs.label, LabelMeans::None);
    assert!(scene.edges.iter().all(|e| e.label.is_empty() && e.errors.is_none()));
    let is_told = |said: String| said.contains("per minute") || said.contains("no calls");
    assert!(scene.edges.iter().all(|e| is_told(scene.spoken_edge(e))));
}

fn key(h: &mut Harness<'_, App>, modifiers: Modifiers, key: Key) {
    h.key_press_modifiers(modifiers, key);
    h.run_steps(5);
}

fn drawn(h: &Harness<'_, App>) -> usize {
    h.state().state.map.scene().edges.iter().filter(|e| !e.is_loop()).count()
}

#[test]
fn edges_below_a_share_are_hidden_counted_and_come_back_and_go_again() {
    let mut h = opened::on_system();
    let whole = drawn(&h);
    press(&mut h, "Groups and quiet edges");
    let slider = h.get_by_label("Least share of its caller's calls, in percent");
    slider.focus();
    h.run_steps(2);
    for _ in 0..40 {
        h.key_press(Key::ArrowRight);
        h.run_steps(1);
    }
    h.run_steps(4);
    h.key_press(Key::Escape);
    h.run_steps(4);
    let few = drawn(&h);
    let hidden = h.state().state.arranging.now.least_share;
    assert!(few < whole && few > 0 && hidden > 0, "{few} of {whole} with {hidden}");
    assert!(shows(&h, &format!("{} edges below", whole - few)), "what is hidden is counted");
    key(&mut h, Modifiers::COMMAND, Key::Z);
    assert_eq!(drawn(&h), whole, "one step takes the whole drag back");
    key(&mut h, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(drawn(&h), few, "and one does it again");
    key(&mut h, Modifiers::COMMAND, Key::Z);
    key(&mut h, Modifiers::COMMAND, Key::Y);
    assert_eq!(drawn(&h), few, "by the other key too");
    press(&mut h, "Show all");
    assert_eq!(drawn(&h), whole);
    key(&mut h, Modifiers::COMMAND, Key::Y);
    assert_eq!(drawn(&h), whole, "a new change leaves nothing to do again");
}

/// A system in two clusters, each with namespaces.
fn clustered() -> Arc<Snapshot> {
    static SYSTEM: OnceLock<Arc<Snapshot>> = OnceLock::new();
    let make = || {
        let mut story = generate("services", 1, Options { services: 30 }).unwrap();
        for span in &mut story.records {
            let resource = Arc::make_mut(&mut span.resource);
            let name = resource.attributes.iter().find(|a| a.0 == "service.name").unwrap().1.to_string();
            let cluster = if name.len() % 2 == 0 { "east" } else { "west" };
            resource.attributes.push(("k8s.cluster.name".to_owned(), Value::str(cluster)));
        }
        snapshot(&story.records)
    };
    Arc::clone(SYSTEM.get_or_init(make))
}

fn groups(h: &Harness<'_, App>) -> Vec<String> {
    let nodes = h.state().state.map.scene().nodes.iter();
    nodes.filter_map(|n| n.key.strip_prefix("group:")).map(str::to_owned).collect()
}

#[test]
fn groups_lie_in_groups_and_open_one_level_at_a_time() {
    let mut h = opened::window(Harness::builder().with_size([1600.0, 1000.0]), Session::still(clustered()));
    press(&mut h, "Groups and quiet edges");
    press(&mut h, "k8s.cluster.name");
    press(&mut h, "Inside each by service.namespace");
    press(&mut h, "Collapse all groups");
    h.key_press(Key::Escape);
    h.run_steps(4);
    let calls = |h: &Harness<'_, App>| -> f64 {
        h.state().state.map.scene().edges.iter().map(|e| e.figures.calls).sum()
    };
    let (outer, sum) = (groups(&h), calls(&h));
    assert!(outer.contains(&"east".to_owned()) && outer.contains(&"west".to_owned()), "{outer:?}");
    assert!(outer.iter().all(|g| !g.contains(" / ")), "the outermost are seen: {outer:?}");
    h.state_mut().command(Command::Select(Some(Item::Node("group:east".to_owned()))));
    h.run_steps(4);
    key(&mut h, Modifiers::NONE, Key::G);
    let inner: Vec<String> = groups(&h).into_iter().filter(|g| g.starts_with("east / ")).collect();
    assert!(inner.len() > 1 && !groups(&h).contains(&"east".to_owned()), "{:?}", groups(&h));
    assert_eq!(calls(&h), sum, "no call is lost on the way");
    h.state_mut().command(Command::Select(Some(Item::Node(format!("group:{}", inner[0])))));
    h.run_steps(4);
    key(&mut h, Modifiers::NONE, Key::G);
    assert!(!groups(&h).contains(&inner[0]), "its services are there now");
    assert_eq!(calls(&h), sum);
    for _ in 0..2 {
        key(&mut h, Modifiers::COMMAND, Key::Z);
    }
    assert_eq!(groups(&h), outer, "undone level by level");
}

#[test]
fn close_by_services_tell_their_operations_and_nothing_moves() {
    let mut h = opened::on_system();
    let before = places(&h);
    let scene = h.state().state.map.scene().clone();
    let node =
        scene.nodes.iter().find(|n| n.key.starts_with("service:") && n.figures.contains("/min")).unwrap();
    assert!(!shows(&h, &format!("{}: ", node.name)), "not at the usual zoom");
    h.state_mut().state.map.camera = Some(Camera { centre: node.centre, zoom: 2.0 });
    h.run_steps(6);
    assert!(shows(&h, &format!("{}: ", node.name)), "its operations, by name");
    assert_eq!(places(&h), before);
    let frames = h.state().state.map.frames;
    h.run_steps(5);
    assert_eq!(h.state().state.map.frames, frames, "and then all is still");
    h.state_mut().state.map.fit();
    h.run_steps(4);
    assert!(!shows(&h, &format!("{}: ", node.name)));
}

#[test]
fn from_far_away_namespaces_speak_and_a_click_leads_closer() {
    let story = generate("services", 1, Options { services: 120 }).unwrap();
    let session = Session::still(snapshot(&story.records));
    let mut h = opened::window(Harness::builder().with_size([1100.0, 700.0]), session);
    h.run_steps(2);
    let scene = h.state().state.map.scene().clone();
    // Nothing else lies over the middle of the map.
    let middle = scene.bounds.center();
    let off = |h: &&HullScene| h.rect.center().distance(middle);
    let hull = scene.hulls.iter().min_by(|a, b| off(a).total_cmp(&off(b))).unwrap();
    assert!(hull.figures.contains(" nodes · ") && hull.figures.contains(" in"), "{}", hull.figures);
    let name = format!("{}, {}", hull.name, hull.figures);
    let far = Camera { centre: middle, zoom: 0.3 };
    h.state_mut().state.map.camera = Some(far);
    h.run_steps(4);
    h.get_by_label(&name).click();
    h.run_steps(4);
    let now = h.state().state.map.camera.unwrap();
    assert!(now.zoom > far.zoom && hull.rect.contains(now.centre), "{now:?}");
    assert!(h.query_by_label(&name).is_none(), "its services speak now");
}

#[test]
fn a_system_comes_back_in_its_arrangement_with_the_pins_of_all_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("settings.json");
    let keeping = |snapshot: Arc<Snapshot>| {
        let mut h = opened::window(Harness::builder().with_size([1600.0, 1000.0]), Session::still(snapshot));
        h.state_mut().keep_settings(Some(settings.clone()));
        h.run_steps(6);
        h
    };
    let (in_flow, in_grid) = (egui::pos2(-700.0, 50.0), egui::pos2(900.0, -80.0));
    let mut h = keeping(opened::system());
    let node = h.state().state.map.scene().nodes[0].key.clone();
    h.state_mut().state.map.positions.insert(node.clone(), in_flow);
    h.state_mut().command(Command::Arrange(Mode::Grid));
    h.run_steps(4);
    h.state_mut().state.map.positions.insert(node.clone(), in_grid);
    h.state_mut().command(Command::Hover(None));
    h.run_steps(4);
    drop(h);

    let story = generate("checkout-incident", 1, Options::default()).unwrap();
    let other = keeping(snapshot(&story.records[..2_000]));
    assert_eq!(other.state().state.arrangement.mode, Mode::Flow, "another system is arranged as usual");
    assert!(other.state().state.map.positions.is_empty());
    drop(other);

    let mut h = keeping(opened::system());
    assert_eq!(h.state().state.arrangement.mode, Mode::Grid);
    assert_eq!(h.state().state.map.scene().positions()[&node], in_grid);
    h.state_mut().command(Command::Arrange(Mode::Flow));
    h.run_steps(4);
    assert_eq!(h.state().state.map.scene().positions()[&node], in_flow);
}

#[test]
fn a_small_map_says_that_flow_and_layered_are_one() {
    let story = generate("checkout-incident", 1, Options::default()).unwrap();
    let session = Session::still(snapshot(&story.records));
    let mut h = opened::window(Harness::builder().with_size([1600.0, 1000.0]), session);
    let before = places(&h);
    let says = "Flow and layered are the same";
    for (mode, is_same) in [(Mode::Layered, true), (Mode::Flow, true), (Mode::Grid, false)] {
        h.state_mut().state.done = None;
        h.state_mut().command(Command::Arrange(mode));
        h.run_steps(4);
        assert_eq!(opened::shows(&h, says), is_same, "{mode:?}");
        assert_eq!(places(&h) == before, is_same, "{mode:?}");
    }
}

/// Takes hold of a node and lets go of it elsewhere, as far away on the screen.
fn drag(h: &mut Harness<'_, App>, name: &str, by: egui::Vec2) {
    // Its row in the list has a name too.
    let on_map = |n: &egui_kittest::Node<'_>| (320.0..1240.0).contains(&n.rect().center().x);
    let at = h.query_all_by_label_contains(name).find(on_map).unwrap().rect().center();
    h.drag_at(at);
    h.step();
    for part in 1..=4 {
        h.hover_at(at + by * (part as f32 / 4.0));
        h.step();
    }
    h.drop_at(at + by);
    h.run_steps(8);
}

#[test]
fn a_node_that_was_dragged_stays_there_after_a_restart_and_so_do_all_others() {
    let story = generate("checkout-incident", 1, Options::default()).unwrap();
    let shop = snapshot(&story.records);
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("settings.json");
    let open = |snapshot: &Arc<Snapshot>| {
        let session = Session::still(Arc::clone(snapshot));
        let mut h = opened::window(Harness::builder().with_size([1600.0, 1000.0]), session);
        h.state_mut().keep_settings(Some(settings.clone()));
        h.run_steps(8);
        h
    };
    let stands = |h: &Harness<'_, App>| h.state().state.map.scene().positions();
    let mut h = open(&shop);
    let before = stands(&h);
    drag(&mut h, "payment-service, service", egui::vec2(-60.0, 90.0));
    let dragged = stands(&h);
    let moved: Vec<&String> = before.keys().filter(|k| before[*k] != dragged[*k]).collect();
    assert_eq!(moved, ["service:payment-service"], "it alone moves");
    drop(h);

    // Not a word was said on leaving: it is kept as soon as it is let go of.
    let mut h = open(&shop);
    let near = |a: &Places, b: &Places| a.iter().all(|(k, p)| p.distance(b[k]) < 0.2);
    assert!(near(&stands(&h), &dragged), "everything stands where it stood");
    drag(&mut h, "order-service, service", egui::vec2(20.0, -70.0));
    let both = stands(&h);
    let (undo, redo) = (Command::Fold(Fold::Undo), Command::Fold(Fold::Redo));
    for (what, want) in [(undo, &dragged), (redo, &both)] {
        h.state_mut().command(what);
        h.run_steps(8);
        assert!(near(&stands(&h), want), "one step takes one drag back, and again");
    }
    h.state_mut().command(Command::Fold(Fold::Release("service:order-service".to_owned())));
    h.run_steps(8);
    assert!(!h.state().state.map.positions.contains_key("service:order-service"));
    drop(h);

    // Another file of the same system: half of the time.
    let half = &story.records[..story.records.len() / 2];
    let other = open(&snapshot(half));
    let now = stands(&other);
    let stays = |k: &&str| now[*k].distance(dragged[*k]) < 0.2;
    let known = ["service:api-gateway", "service:payment-service", "service:inventory-service"];
    assert_eq!(known.iter().filter(|k| stays(k)).count(), known.len());
}

#[test]
fn a_queue_tells_how_long_messages_wait_in_it() {
    let story = generate("checkout-incident", 1, Options::default()).unwrap();
    let session = Session::still(snapshot(&story.records));
    let mut h = opened::window(Harness::builder().with_size([1600.0, 1000.0]), session);
    let keys = h.state().state.map.scene().nodes.iter().map(|n| n.key.clone());
    let queue = keys.into_iter().find(|k| k.starts_with("queue:")).unwrap();
    assert!(!shows(&h, "Time in queue"));
    h.state_mut().command(Command::Select(Some(Item::Node(queue))));
    h.run_steps(8);
    assert!(shows(&h, "Time in queue") && shows(&h, "messages whose sender is known"));
}

#[test]
fn the_timeline_zooms_by_the_wheel_and_by_a_key_and_the_window_stays() {
    let story = generate("checkout-incident", 1, Options::default()).unwrap();
    let session = Session::still(snapshot(&story.records));
    let mut h = opened::window(Harness::builder().with_size([1600.0, 1000.0]), session);
    h.run_steps(4);
    let all = h.state().counters().in_store;
    assert!(all > 0 && !shows(&h, "Show all of the time"));
    let area = h.get_by_label_contains("Timeline from").rect();
    let at = area.min + egui::vec2(0.75 * area.width(), 30.0);
    h.hover_at(at);
    h.step();
    h.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, 480.0),
        modifiers: Modifiers::NONE,
        phase: egui::TouchPhase::Move,
    });
    h.run_steps(30);
    let zoomed = h.state().state.timeline.zoomed().unwrap();
    let minutes = zoomed.length().as_secs_f64() / 60.0;
    assert!((2.0..8.0).contains(&minutes), "a quarter of 15 min, not {minutes}");
    assert!(shows(&h, "Show all of the time"));
    h.key_press(Key::M);
    h.run_steps(3);
    assert!(shows(&h, "All of the map is in view"), "a minimap that does not come says why");
    assert_eq!(h.state().state.window, Window::All, "the map still shows all of the time");
    h.key_press(Key::Z);
    h.run_steps(3);
    assert_eq!(h.state().state.timeline.zoomed(), None);
    // To the incident, where no window is chosen.
    h.key_press(Key::Z);
    h.run_steps(3);
    assert!(h.state().state.timeline.zoomed().is_some());
    press(&mut h, "Show all of the time");
    assert_eq!(h.state().state.timeline.zoomed(), None);
}

#[test]
fn the_map_follows_the_brush_before_it_is_let_go() {
    let story = generate("checkout-incident", 1, Options::default()).unwrap();
    let session = Session::still(snapshot(&story.records));
    let mut h = opened::window(Harness::builder().with_size([1600.0, 1000.0]), session);
    h.run_steps(4);
    let calls =
        |h: &Harness<'_, App>| h.state().state.map.scene().edges.iter().map(|e| e.figures.calls).sum::<f64>();
    let (all, stood) = (calls(&h), places(&h));
    let area = h.get_by_label_contains("Timeline from").rect();
    let at = |share: f32| area.min + egui::vec2(share * area.width(), 20.0);
    h.drag_at(at(0.2));
    h.step();
    let mut seen = Vec::new();
    for share in [0.3, 0.4, 0.5] {
        h.hover_at(at(share));
        h.run_steps(3);
        seen.push(calls(&h));
    }
    assert!(seen[0] > 0.0 && seen[0] < seen[1] && seen[1] < seen[2] && seen[2] < all, "{seen:?} of {all}");
    assert_eq!(h.state().state.window, Window::All, "it is not chosen yet");
    assert!(h.query_by_label_contains("All data").is_none(), "but told already");
    h.drop_at(at(0.5));
    h.run_steps(4);
    assert!(h.state().state.window != Window::All);
    assert_eq!(calls(&h), seen[2]);
    assert_eq!(places(&h), stood, "and nothing moves");
}
