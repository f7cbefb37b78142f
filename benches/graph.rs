//! Assembly, and the graph of any window: `cargo bench --bench graph`.
//!
//! With `SPANSCAPE_BENCH_SPANS=10000000` the store holds ten million spans instead of one; this takes 3 GB.
mod workload;

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use spanscape::graph::{Arrangement, CallWriter, CallsByTime, Snapshot};
use spanscape::layout::Mode;
use spanscape::model::{Interner, Nanos, TimeRange, TraceIndex};
use spanscape::store::Lens;
use spanscape::view::panels::picture::{Picture, PictureRequest};
use std::sync::Arc;
use workload::{Desk, Intake, TRACE, Workload};

const SERVICES: usize = 400;
/// One million spans are a quarter of an hour.
const STEP: i64 = 9_000_000;

fn assembly(c: &mut Criterion) {
    let mut desk = Desk::default();
    let mut intake = Intake::default();
    for request in Workload::new(SERVICES, STEP).protobuf(100_000) {
        desk.store.append(intake.take(&request).batch);
    }
    let spans = desk.store.publish();
    let traces: Vec<TraceIndex> = spans.traces().map(|(t, _)| t).collect();
    let mut group = c.benchmark_group("assemble");
    group.sample_size(10).throughput(Throughput::Elements((traces.len() * TRACE) as u64));
    group.bench_function("first", |b| {
        b.iter_batched(
            || (CallWriter::default(), Interner::default()),
            |(mut calls, mut names)| {
                calls.update(&spans, &traces, &mut names);
                (calls, names)
            },
            BatchSize::PerIteration,
        );
    });
    let (mut calls, mut names) = (CallWriter::default(), Interner::default());
    calls.update(&spans, &traces, &mut names);
    group.bench_function("again", |b| b.iter(|| calls.update(&spans, &traces, &mut names)));
    group.finish();
}

fn windows(c: &mut Criterion) {
    let asked = std::env::var("SPANSCAPE_BENCH_SPANS").ok().and_then(|n| n.parse().ok());
    let count = asked.unwrap_or(1_000_000);
    let mut desk = Desk::loaded(count, SERVICES, STEP);
    let spans = desk.publish();
    let calls = desk.calls.publish();
    let Some(extent) = calls.extent(&spans) else { return };
    let all = calls.graph(&spans, &Lens::default());
    let (nodes, edges) = (all.graph.nodes().count(), all.graph.edges().count());
    println!("{count} spans, {nodes} nodes, {edges} edges, {} s", extent.length().as_secs_f64());
    let mut group = c.benchmark_group(format!("window-of-{count}-spans"));
    let length = extent.length().0;
    let part = |from: f64, to: f64| {
        let at = |share: f64| extent.start + Nanos((length as f64 * share) as i64);
        Some(TimeRange::new(at(from), at(to)))
    };
    let windows = [
        ("all", None),
        ("nine-tenths", part(0.05, 0.95)),
        ("middle-third", part(0.333_333, 0.666_666)),
        ("one-hundredth", part(0.501, 0.511)),
        ("newest-minute", Some(TimeRange::new(extent.end + Nanos::from_secs(-60), extent.end))),
    ];
    group.sample_size(20);
    for (name, window) in windows {
        let lens = Lens { window, ..Lens::default() };
        group.bench_function(name, |b| b.iter(|| black_box(calls.graph(&spans, &lens))));
    }
    group.bench_function("publish-calls", |b| b.iter(|| black_box(desk.calls.publish())));
    group.bench_function("extent", |b| b.iter(|| black_box(calls.extent(&spans))));
    group.finish();
}

/// What a frame of a replay asks for, in the middle of the data.
fn replay(c: &mut Criterion) {
    let asked = std::env::var("SPANSCAPE_BENCH_SPANS").ok().and_then(|n| n.parse().ok());
    let count = asked.unwrap_or(1_000_000);
    let mut desk = Desk::loaded(count, SERVICES, STEP);
    let spans = desk.publish();
    let calls = desk.calls.publish();
    let Some(extent) = calls.extent(&spans) else { return };
    let whole = calls.graph(&spans, &Lens::default());
    let mut group = c.benchmark_group(format!("replay-of-{count}-spans"));
    group.sample_size(10);
    group.bench_function("sort-calls", |b| {
        b.iter(|| black_box(CallsByTime::new(&calls, &spans, &Lens::default())));
    });
    let index = CallsByTime::new(&calls, &spans, &Lens::default());
    println!("{} calls", index.len());
    let middle = extent.start + Nanos(extent.length().0 / 2);
    // Each time another moment, as it is while it plays.
    let mut frame = 0;
    let mut next = || {
        frame = (frame + 1) % 1000;
        middle + Nanos::from_millis(16 * frame)
    };
    for (name, seconds) in [("window-of-a-minute", 60), ("window-of-five-minutes", 300)] {
        group.bench_function(name, |b| {
            b.iter(|| {
                let end = next();
                let window = Some(TimeRange::new(end - Nanos::from_secs(seconds), end));
                black_box(calls.graph_keeping(&spans, &Lens { window, filter: None }, &whole))
            });
        });
    }
    for (name, least) in [("dots-at-1x", 300), ("dots-at-60x", 18_000), ("dots-at-1000x", 300_000)] {
        group.bench_function(name, |b| {
            b.iter(|| black_box(index.at(&calls, next(), Nanos::from_millis(least), 250)));
        });
    }
    group.bench_function("next-failure", |b| b.iter(|| black_box(index.failure_after(next()))));
    group.finish();
}

/// What a brush that is dragged over the timeline asks for: the graph, and all that the window shows of it.
fn scrubbing(c: &mut Criterion) {
    let asked = std::env::var("SPANSCAPE_BENCH_SPANS").ok().and_then(|n| n.parse().ok());
    let count = asked.unwrap_or(1_000_000);
    let mut desk = Desk::loaded(count, SERVICES, STEP);
    let spans = desk.publish();
    let calls = desk.calls.publish();
    let extent = calls.extent(&spans);
    let snapshot = Arc::new(Snapshot { revision: 1, spans, calls, extent, ..Snapshot::default() });
    let Some(extent) = extent else { return };
    let request = PictureRequest {
        snapshot: Arc::clone(&snapshot),
        lens: Lens::default(),
        choice: None,
        comparing: None,
        arrangement: Arrangement::default(),
        was_closed: false,
        previous: Default::default(),
        pinned: Default::default(),
        close_up: Default::default(),
        mode: Mode::default(),
        focus: None,
    };
    let whole = Picture::new(request);
    let mut group = c.benchmark_group(format!("scrubbing-{count}-spans"));
    group.sample_size(20);
    // A window that is a tenth, a third or nine tenths of the data, moved by a 1,600th of it: a point of the screen;
    // and by ten of them.
    for (name, share) in [("tenth", 0.1), ("third", 0.333), ("nine-tenths", 0.9)] {
        for points in [1, 10] {
            let length = Nanos((extent.length().0 as f64 * share) as i64);
            let room = extent.length() - length;
            let step = extent.length().0 / 1600 * points;
            let mut at = 0;
            let mut next = || {
                at = (at + step) % room.0;
                let start = extent.start + Nanos(at);
                TimeRange::new(start, start + length)
            };
            group.bench_function(format!("graph-of-a-{name}-by-{points}"), |b| {
                b.iter(|| {
                    let lens = Lens { window: Some(next()), filter: None };
                    black_box(snapshot.calls.graph_keeping(&snapshot.spans, &lens, &whole.index))
                });
            });
            group.bench_function(format!("picture-of-a-{name}-by-{points}"), |b| {
                b.iter(|| black_box(Picture::of_moment(&whole, next())));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, assembly, windows, replay, scrubbing);
criterion_main!(benches);
