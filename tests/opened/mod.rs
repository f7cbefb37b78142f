//! A window on given spans, and what a person sees and does in it: for the tests that drive the window.
#![allow(dead_code, reason = "each test uses its own part")]
use std::sync::{Arc, OnceLock};

use egui_kittest::kittest::{NodeT, Queryable};
use egui_kittest::{Harness, HarnessBuilder};
use spanscape::app::{App, Session, prepare};
use spanscape::engine::{Engine, EngineOptions};
use spanscape::graph::Snapshot;
use spanscape::model::{
    Arrival, Delivery, MeasurementBatch, SourceId, SourceKind, SpanRecord, batch_from_records,
};

use spanscape::scenario::{Options, generate};

/// What the engine makes of these spans.
pub fn snapshot(records: &[SpanRecord]) -> Arc<Snapshot> {
    measured(records, MeasurementBatch::default())
}

/// The same, with measurements.
pub fn measured(records: &[SpanRecord], measurements: MeasurementBatch) -> Arc<Snapshot> {
    let engine = Engine::start(EngineOptions::default()).unwrap();
    let arrivals = engine.arrivals().unwrap();
    arrivals.send(Arrival::Opened(SourceId(1000), SourceKind::File, "made-up".to_owned())).unwrap();
    for some in records.chunks(4096) {
        let delivery = Delivery { batch: batch_from_records(some), ..Delivery::default() };
        arrivals.send(Arrival::Spans(SourceId(1000), delivery)).unwrap();
    }
    let delivery = Delivery { measurements, ..Delivery::default() };
    arrivals.send(Arrival::Spans(SourceId(1000), delivery)).unwrap();
    arrivals.send(Arrival::Closed(SourceId(1000), Ok(()))).unwrap();
    drop(arrivals);
    engine.finish()
}

/// A window whose times are in UTC, after its first frames.
pub fn window(builder: HarnessBuilder<App>, session: Session) -> Harness<'static, App> {
    let mut harness = builder.build_eframe(|cc| {
        prepare(&cc.egui_ctx);
        let mut app = App::new(session);
        app.state.utc = true;
        app
    });
    harness.run_steps(4);
    harness
}

/// A made-up system of thirty services, the same for all tests of a program.
pub fn system() -> Arc<Snapshot> {
    static SYSTEM: OnceLock<Arc<Snapshot>> = OnceLock::new();
    let make = || snapshot(&generate("services", 1, Options { services: 30 }).unwrap().records);
    Arc::clone(SYSTEM.get_or_init(make))
}

/// A window of 1600 x 1000 on it.
pub fn on_system() -> Harness<'static, App> {
    let mut h = window(Harness::builder().with_size([1600.0, 1000.0]), Session::still(system()));
    h.run_steps(2);
    h
}

/// Names of all widgets that begin so.
pub fn labels(h: &Harness<'_, App>, starts: &str) -> Vec<String> {
    let all = h.query_all_by_label_contains(starts);
    let name = |n: egui_kittest::Node<'_>| n.accesskit_node().label().or_else(|| n.accesskit_node().value());
    all.filter_map(name).filter(|l| l.starts_with(starts)).collect()
}

/// Clicks the first widget whose name begins so.
pub fn press(h: &mut Harness<'_, App>, starts: &str) {
    let found = h
        .query_all_by_label_contains(starts)
        .find(|n| n.accesskit_node().label().is_some_and(|l| l.starts_with(starts)));
    found.unwrap_or_else(|| panic!("{starts} is not shown")).click();
    h.run_steps(5);
}

/// Whether a widget's name has this text in it.
pub fn shows(h: &Harness<'_, App>, text: &str) -> bool {
    h.query_all_by_label_contains(text).count() > 0
}

/// What comes to the clipboard within some frames; "" for nothing.
pub fn copied(h: &mut Harness<'_, App>) -> String {
    let mut copied = String::new();
    for _ in 0..5 {
        h.step();
        for command in &h.output().platform_output.commands {
            if let egui::OutputCommand::CopyText(text) = command {
                copied.clone_from(text);
            }
        }
    }
    copied
}
