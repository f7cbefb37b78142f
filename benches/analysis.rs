//! How long each question takes, on all cores: `cargo bench --bench analysis`, or with a name after it for one.
//!
//! With `SPANSCAPE_BENCH_SPANS=10000000` the store holds ten million spans instead of one; this takes 3 GB.
mod workload;

use std::hint::black_box;
use std::time::Instant;

use spanscape::analysis::{
    Study, advice, capacity, deploy, difference, health_report, impact, incident, patterns,
};
use spanscape::app::questions::{Asking, PLAIN, part};
use spanscape::export::rules::default_rules;
use spanscape::graph::Snapshot;
use spanscape::model::{Nanos, NodeId, Progress, TimeRange};
use spanscape::store::{Counters, Lens};
use workload::{Desk, TRACE, Workload};

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
    let mut load = Workload::new(SERVICES, STEP);
    // An incident that is over at the end, so that there is a cause to be found.
    let traces = (count / TRACE) as i64;
    load.incident = traces * 6 / 10..traces * 8 / 10;
    let mut desk = Desk::loaded_from(load, count);
    let spans = desk.publish();
    let calls = desk.calls.publish();
    let extent = calls.extent(&spans);
    let snapshot =
        Snapshot { revision: 1, spans, calls, counters: Counters::default(), extent, ..Snapshot::default() };
    let (lens, asking) = (Lens::default(), Asking::usual());
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
        ("health", &|study| {
            let rules = default_rules();
            drop(black_box(health_report::health_report(study.snapshot, &lens, study.index, &rules)));
        }),
        ("difference", &|study| {
            let graph = |w| study.snapshot.graph(&Lens { window: w, ..Lens::default() }).graph;
            let halves =
                extent.zip(middle).map(|(e, m)| (TimeRange::new(e.start, m), TimeRange::new(m, e.end)));
            let [before, after] = [halves.map(|h| h.0), halves.map(|h| h.1)].map(graph);
            drop(black_box(difference::difference(&before, &after)));
        }),
        ("all", &|study| {
            let traces = study.traces(&lens);
            drop(black_box(incident::incident(study, &traces, &incident::Request::default())));
            drop(black_box(patterns::patterns(study, &traces, &patterns::Bad::Usual)));
            PLAIN.into_iter().for_each(|question| drop(black_box(part(question, study, &lens, &asking))));
        }),
    ];
    for (name, question) in questions.iter().filter(|q| wanted.is_empty() || wanted.iter().any(|w| w == q.0))
    {
        let (mut wall, mut busy) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..TIMES {
            let (start, before) = (Instant::now(), cpu_seconds());
            question(&study);
            wall = wall.min(start.elapsed().as_secs_f64());
            busy = busy.min(cpu_seconds() - before);
        }
        println!("{name}: {count} spans in {wall:.2} s, with {busy:.2} s of CPU");
    }
}

/// What all threads used so far, where the system tells: of use where other programs run beside.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // User and system time, in hundredths; the name before them may hold spaces.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|n| n.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// The node with most calls: an outage of it reaches far.
fn most_called(study: &Study<'_>) -> NodeId {
    let nodes = study.index.graph.nodes();
    let most = nodes.max_by(|a, b| a.1.red.calls().total_cmp(&b.1.red.calls()).then(b.0.cmp(&a.0)));
    most.map_or(NodeId(0), |n| n.0)
}
