//! How long each question takes, on all cores: `cargo bench --bench analysis`, or with a name after it for one.
//!
//! With `SPANSCAPE_BENCH_SPANS=10000000` the store holds ten million spans instead of one; this takes 3 GB.
mod workload;

use std::hint::black_box;
use std::time::Instant;

use spanscape::analysis::{Study, advice, capacity, deploy, impact, incident, patterns};
use spanscape::graph::Snapshot;
use spanscape::model::{Nanos, NodeId, Progress};
use spanscape::store::{Counters, Lens};
use workload::Desk;

const SERVICES: usize = 400;
/// One million spans are a quarter of an hour.
const STEP: i64 = 9_000_000;
/// Each question is asked so often; the fastest answer counts.
const TIMES: usize = 3;

type Question<'a> = (&'a str, &'a dyn Fn(&Study<'_>));

fn main() {
    let asked = std::env::var("SPANSCAPE_BENCH_SPANS").ok().and_then(|n| n.parse().ok());
    let count = asked.unwrap_or(1_000_000);
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let mut desk = Desk::loaded(count, SERVICES, STEP);
    let spans = desk.publish();
    let calls = desk.calls.publish();
    let extent = calls.extent(&spans);
    let snapshot =
        Snapshot { revision: 1, spans, calls, counters: Counters::default(), extent, ..Snapshot::default() };
    let lens = Lens::default();
    let index = snapshot.graph(&lens);
    let progress = Progress::default();
    let study = Study { snapshot: &snapshot, index: &index, progress: &progress };
    // No version changes there, so nothing would be compared: the middle is taken for a deployment.
    let middle = extent.map(|e| e.start + Nanos(e.length().0 / 2));
    let deployment = deploy::DeployOptions { at: middle, ..deploy::DeployOptions::default() };
    let questions: &[Question<'_>] = &[
        ("read", &|study| drop(black_box(study.map(&study.traces(&lens), |r| Some(r.duration()))))),
        ("advice", &|study| drop(black_box(advice::advice(study, &lens)))),
        ("incident", &|study| {
            drop(black_box(incident::incident(study, &study.traces(&lens), &incident::Request::default())));
        }),
        ("patterns", &|study| {
            drop(black_box(patterns::patterns(study, &study.traces(&lens), &patterns::Bad::Usual)));
        }),
        ("impact", &|study| {
            let node = most_called(study);
            let (traces, mode) = (study.traces(&lens), impact::Mode::Down);
            drop(black_box(impact::outage(study, &traces, node, mode, &impact::Limits::new())));
        }),
        ("deploy", &|study| {
            drop(black_box(deploy::deploy(study, &lens, &deployment)));
        }),
        ("capacity", &|study| drop(black_box(capacity::capacity(study, &lens, &[], &[])))),
    ];
    for (name, ask) in questions.iter().filter(|q| wanted.is_empty() || wanted.iter().any(|w| w == q.0)) {
        let times = (0..TIMES).map(|_| {
            let start = Instant::now();
            ask(&study);
            start.elapsed().as_secs_f64()
        });
        println!("{name}: {count} spans in {:.2} s", times.fold(f64::INFINITY, f64::min));
    }
}

/// The node with most calls: an outage of it reaches far.
fn most_called(study: &Study<'_>) -> NodeId {
    let nodes = study.index.graph.nodes();
    let most = nodes.max_by(|a, b| a.1.red.calls().total_cmp(&b.1.red.calls()).then(b.0.cmp(&a.0)));
    most.map_or(NodeId(0), |n| n.0)
}
