//! What the map shows and how: meaning of edges, what is hidden and comes back, nested groups, zoom; by names and keys.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says why by failing")]
mod opened;

use std::sync::{Arc, OnceLock};

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use opened::{press, shows, snapshot};
use spanscape::app::{App, Session};
use spanscape::export::edge_signs::{ColourMeans, EdgeSigns, LabelMeans, WidthMeans};
use spanscape::graph::Snapshot;
use spanscape::scenario::{Options, generate};

fn system() -> Arc<Snapshot> {
    static SYSTEM: OnceLock<Arc<Snapshot>> = OnceLock::new();
    let make = || snapshot(&generate("services", 1, Options { services: 30 }).unwrap().records);
    Arc::clone(SYSTEM.get_or_init(make))
}

fn window() -> Harness<'static, App> {
    let mut h = opened::window(Harness::builder().with_size([1600.0, 1000.0]), Session::still(system()));
    h.run_steps(2);
    h
}

fn places(h: &Harness<'_, App>) -> Vec<egui::Pos2> {
    h.state().state.map.scene().nodes.iter().map(|n| n.centre).collect()
}

#[test]
fn what_edges_mean_is_chosen_in_a_menu_and_nothing_moves() {
    let mut h = window();
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
    let mut h = window();
    h.key_press_modifiers(Modifiers::COMMAND, Key::K);
    h.run_steps(4);
    h.event(egui::Event::Text("edge label: nothing".to_owned()));
    h.run_steps(3);
    h.key_press(Key::Enter);
    h.run_steps(4);
    let scene = h.state().state.map.scene();
    assert_eq!(scene.signs.label, LabelMeans::None);
    assert!(scene.edges.iter().all(|e| e.label.is_empty() && e.errors.is_none()));
    assert!(scene.edges.iter().all(|e| e.spoken.contains("per minute") || e.spoken.contains("no calls")));
}
