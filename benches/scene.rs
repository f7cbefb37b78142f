//! What is computed per change of data and per frame: `cargo bench --bench scene`.
mod workload;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use spanscape::analysis::{WaterfallOptions, waterfall};
use spanscape::graph::{CallPlace, ServiceGraph};
use spanscape::layout;
use spanscape::model::{Nanos, SpanId, SpanRecord, TraceId, TraceIndex, batch_from_records};
use spanscape::scenario::{Options, generate};
use spanscape::store::Lens;
use spanscape::view::map::{
    self, Camera, Dot, DotLook, Dots, MapEdge, MapInput, MapNode, MapScene, MapState, layout_request,
};
use spanscape::view::panels::map_input::{health, kind};
use spanscape::view::theme;
use workload::{Desk, Workload};

fn input(graph: &ServiceGraph) -> MapInput {
    let over = graph.window.map_or(Nanos::from_secs(60), |w| w.length());
    let node = |n: &spanscape::graph::Node| MapNode {
        key: n.id.clone(),
        name: n.name.clone(),
        kind: kind(n.kind),
        group: (!n.namespace.is_empty()).then(|| n.namespace.clone()),
        health: health(n.health),
        rate_per_min: n.red.rate_per_min(over),
        latency_ms: n.red.quantile(0.95).map(Nanos::as_millis_f64),
        error_ratio: n.red.error_ratio(),
        calls: n.red.calls() as u64,
        instrumented: n.is_instrumented,
        ..MapNode::default()
    };
    let edge = |from: usize, to: usize, e: &spanscape::graph::Edge| MapEdge {
        from,
        to,
        rate_per_min: e.red.rate_per_min(over),
        error_ratio: e.red.error_ratio(),
        latency_ms: e.red.quantile(0.95).map(Nanos::as_millis_f64),
        timeouts: e.red.timeouts() as u64,
        calls: e.red.calls() as u64,
        health: health(e.health),
        ..MapEdge::default()
    };
    MapInput {
        nodes: graph.nodes().map(|(_, n)| node(n)).collect(),
        edges: graph.edges().map(|(_, a, b, e)| edge(a.0 as usize, b.0 as usize, e)).collect(),
    }
}

fn map_of(name: &str) -> MapInput {
    let Ok(story) = generate(name, 1, Options { services: 300 }) else { return MapInput::default() };
    let mut desk = Desk::default();
    story.records.chunks(1000).for_each(|part| desk.take(batch_from_records(part)));
    let spans = desk.publish();
    input(&desk.calls.publish().graph(&spans, &Lens::default()).graph)
}

/// A window without a screen: one frame is the user interface's code and the triangles for the GPU.
struct Window {
    ctx: egui::Context,
    input: egui::RawInput,
    frames: u64,
}

impl Window {
    fn new() -> Self {
        let ctx = egui::Context::default();
        ctx.set_theme(egui::Theme::Dark);
        theme::install(&ctx);
        let size = egui::vec2(1600.0, 940.0);
        let screen_rect = Some(egui::Rect::from_min_size(egui::Pos2::ZERO, size));
        Self { ctx, input: egui::RawInput { screen_rect, ..Default::default() }, frames: 0 }
    }

    /// The user interface's code of one frame.
    fn run(&mut self, ui: impl FnMut(&mut egui::Ui)) -> egui::FullOutput {
        self.frames += 1;
        self.input.time = Some(self.frames as f64 / 60.0);
        let at = egui::pos2(300.0 + (self.frames % 900) as f32, 400.0);
        self.input.events = vec![egui::Event::PointerMoved(at)];
        self.ctx.run_ui(self.input.clone(), ui)
    }
}

/// What a frame of one map takes: its scene, and then paint and tessellation while the map is moved, which paints
/// everything anew, and while it stands and only the pointer moves.
fn map_frames(c: &mut Criterion, name: &str, input: &MapInput) {
    println!("{name}: {} nodes, {} edges", input.nodes.len(), input.edges.len());
    let placed = layout::compute(&layout_request(input, &BTreeMap::new(), &BTreeMap::new()));
    let mut group = c.benchmark_group(format!("map-{name}"));
    group.sample_size(20).measurement_time(std::time::Duration::from_secs(2));
    group.bench_function("scene", |b| b.iter(|| black_box(MapScene::new(input, &placed))));
    let scene = Arc::new(MapScene::new(input, &placed));
    let (mut window, mut state) = (Window::new(), MapState::default());
    let palette = theme::Palette::of(egui::Theme::Dark);
    let calls = Arc::new(moving(scene.edges.len(), 500));
    let mut frame = |moves: bool, replays: bool| {
        state.dots = if replays { Arc::clone(&calls) } else { Arc::default() };
        if moves {
            // Whole pixels, back and forth: what is in view stays about the same.
            let step = if window.frames % 2 == 0 { 3.0 } else { -3.0 };
            let view = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(1600.0, 940.0));
            let mut camera = state.camera.unwrap_or_else(|| Camera::fit(scene.bounds, view));
            camera.pan(egui::vec2(step, 0.0));
            state.camera = Some(camera);
        }
        window.run(|ui| drop(map::show(ui, &scene, &mut state, &palette)))
    };
    (0..3).for_each(|_| drop(frame(true, false)));
    group.bench_function("paint", |b| b.iter(|| black_box(frame(true, false))));
    group.bench_function("paint-still", |b| b.iter(|| black_box(frame(false, false))));
    group.bench_function("paint-with-500-calls", |b| b.iter(|| black_box(frame(true, true))));
    let output = frame(true, false);
    let shapes = output.shapes;
    let ctx = window.ctx.clone();
    group.bench_function("tessellate", |b| {
        let again = || shapes.clone();
        b.iter_batched(again, |s| black_box(ctx.tessellate(s, 1.0)), criterion::BatchSize::LargeInput);
    });
    group.finish();
}

/// A made-up map: namespaces of 18, hubs, three calls per node, five of a hundred nodes ill.
fn made_up(count: usize) -> MapInput {
    let mut state = 7_u64;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    };
    let health = |n: usize| match n % 40 {
        0 => map::Health::Critical,
        1 => map::Health::Warning,
        _ => map::Health::Healthy,
    };
    let mut input = MapInput::default();
    for i in 0..count {
        let name = format!("service-{i}");
        input.nodes.push(MapNode {
            key: name.clone(),
            name,
            group: Some(format!("space-{}", i / 18)),
            health: health(i),
            rate_per_min: Some(10.0 + random(5_000) as f64),
            latency_ms: Some(1.0 + random(900) as f64),
            error_ratio: Some(if i % 40 < 2 { 0.08 } else { 0.0 }),
            calls: 1_000,
            instrumented: true,
            ..MapNode::default()
        });
    }
    for i in 1..count {
        // Most call within their namespace, some call hubs.
        let space = i / 18 * 18;
        let others = [space + random(i - space), random(1 + count / 50), random(i)];
        for to in others.into_iter().filter(|to| *to != i) {
            let calls = 100 + random(90_000) as u64;
            let rate_per_min = Some(calls as f64 / 10.0);
            let health = health(i);
            input.edges.push(MapEdge { from: to, to: i, rate_per_min, calls, health, ..MapEdge::default() });
        }
    }
    input.edges.sort_by_key(|e| (e.from, e.to));
    input.edges.dedup_by_key(|e| (e.from, e.to));
    input
}

/// Calls on their way, all over the map.
fn moving(edges: usize, count: usize) -> Dots {
    let looks = [DotLook::Fine, DotLook::Fine, DotLook::Slow, DotLook::Failed];
    let dot = |i: usize| Dot {
        edge: i % edges.max(1),
        share: (i % 97) as f32 / 97.0,
        look: looks[i % looks.len()],
        call: CallPlace { trace: TraceIndex(i as u32), place: 0 },
        spoken: "Call GET /cart, user to shop, 100 ms, ok".to_owned(),
    };
    Dots { all: (0..count).map(dot).collect(), note: "each is one recorded call".to_owned(), is_moving: true }
}

fn maps(c: &mut Criterion) {
    for name in ["checkout-incident", "services"] {
        map_frames(c, name, &map_of(name));
    }
    for count in [100, 1_000, 5_000, 10_000] {
        map_frames(c, &format!("of-{count}"), &made_up(count));
    }
}

/// One trace with many spans: made-up traces hung below one root.
fn large_trace(spans: usize) -> Vec<SpanRecord> {
    let mut records: Vec<SpanRecord> =
        Workload::new(40, 1_000_000).requests(spans).into_iter().flatten().collect();
    let root = SpanId([9; 8]);
    for record in &mut records {
        record.trace_id = TraceId([7; 16]);
        if record.parent_id.is_zero() {
            record.parent_id = root;
        }
    }
    if let Some(first) = records.first().cloned() {
        let end = records.iter().map(|r| r.end).max().unwrap_or(first.end);
        let start = records.iter().map(|r| r.start).min().unwrap_or(first.start);
        records.push(SpanRecord { span_id: root, parent_id: SpanId::default(), start, end, ..first });
    }
    records
}

fn waterfalls(c: &mut Criterion) {
    for count in [10_000, 100_000] {
        let mut desk = Desk::default();
        large_trace(count).chunks(1000).for_each(|part| desk.take(batch_from_records(part)));
        let spans = desk.publish();
        let Some((trace, _)) = spans.traces().next() else { return };
        let mut group = c.benchmark_group(format!("waterfall-of-{count}-spans"));
        group.sample_size(20);
        group.bench_function("compute", |b| {
            b.iter(|| black_box(waterfall(&spans, trace, &WaterfallOptions::default())));
        });
        group.finish();
    }
}

criterion_group!(benches, maps, waterfalls);
criterion_main!(benches);
