//! Draws the window over the sample: `cargo run --example window_preview -- <directory> [name]`.
use std::sync::Arc;

use spanscape::app::headless::{SnapshotOptions, draw, picture};
use spanscape::app::{App, Session, ThemeChoice};
use spanscape::engine::{Engine, EngineOptions};
use spanscape::graph::Snapshot;
use spanscape::model::{Arrival, Delivery, SourceId, SourceKind, batch_from_records};
use spanscape::scenario;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::path::PathBuf::from(std::env::args().nth(1).ok_or("name a directory")?);
    let only = std::env::args().nth(2).unwrap_or_default();
    let snapshot = sample()?;
    let plain = SnapshotOptions::default;
    let light = || SnapshotOptions { theme: ThemeChoice::Light, ..plain() };
    let small = || SnapshotOptions { size: [1100, 700], ..plain() };
    let node = |o: SnapshotOptions, name: &str| SnapshotOptions { select: Some(name.to_owned()), ..o };
    let slow = slow_trace(&snapshot);
    let tab = |o: SnapshotOptions, name: &str| SnapshotOptions { tab: Some(name.to_owned()), ..o };
    let filter = |o: SnapshotOptions, text: &str| SnapshotOptions { filter: Some(text.to_owned()), ..o };
    let window = snapshot.extent.map(|e| {
        let third = spanscape::model::Nanos(e.length().0 / 3);
        spanscape::model::TimeRange::new(e.start + third, e.start + third + third)
    });
    let all = [
        ("overview", plain()),
        ("overview-light", light()),
        ("overview-small", small()),
        ("node", node(plain(), "payment-service")),
        ("node-light", node(light(), "payment-service")),
        ("calls", tab(node(plain(), "payment-service"), "calls")),
        ("impact", tab(node(plain(), "payment-service"), "impact")),
        ("edge", node(plain(), "inventory-service->orders-postgresql")),
        ("trace", SnapshotOptions { trace: slow, ..node(plain(), "payment-service") }),
        ("trace-small", SnapshotOptions { trace: slow, ..small() }),
        ("typo", filter(plain(), "service:order AND dur>fast")),
        ("filter", filter(plain(), "service:order AND dur>1s")),
        ("nothing", filter(plain(), "service:nobody")),
        ("window", SnapshotOptions { window, ..plain() }),
    ];
    for (name, options) in all.into_iter().filter(|a| a.0.contains(&only)) {
        let start = std::time::Instant::now();
        draw(Arc::clone(&snapshot), options).save(folder.join(format!("{name}.png")))?;
        println!("{name}: {:?}", start.elapsed());
    }
    for (name, theme, size) in
        [("start", ThemeChoice::Dark, [1600, 1000]), ("start-light", ThemeChoice::Light, [1100, 700])]
    {
        if name.contains(&only) {
            let engine = Engine::start(EngineOptions::default())?;
            let mut app = App::new(Session::live(engine, None));
            app.state.theme = theme;
            picture(&mut app, size, 1.0).save(folder.join(format!("{name}.png")))?;
        }
    }
    Ok(())
}

fn sample() -> Result<Arc<Snapshot>, Box<dyn std::error::Error>> {
    let story = scenario::generate("checkout-incident", 1, scenario::Options::default())?;
    let engine = Engine::start(EngineOptions::default())?;
    let arrivals = engine.arrivals().ok_or("the engine takes nothing")?;
    let source = SourceId(1000);
    arrivals.send(Arrival::Opened(source, SourceKind::File, "sample".to_owned()))?;
    for records in story.records.chunks(8192) {
        let delivery = Delivery { batch: batch_from_records(records), ..Delivery::default() };
        arrivals.send(Arrival::Spans(source, delivery))?;
    }
    arrivals.send(Arrival::Closed(source, Ok(())))?;
    drop(arrivals);
    Ok(engine.finish())
}

fn slow_trace(snapshot: &Snapshot) -> Option<spanscape::model::TraceId> {
    use spanscape::analysis::traces::{Sort, Through, list};
    let lens = Default::default();
    let found = list(snapshot, &lens, &Through::Anything, Sort::Errors, true, 1);
    found.traces.first().map(|t| t.id)
}
