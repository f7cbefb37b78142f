//! Ranks the injected services of recorded faults: `cargo run --release --example rca_benchmark -- <folder>`.
//!
//! The folder holds `labels.csv` and the files that it names; see the README beside it.
//! With `-v` each case is printed with what is held against its first services.
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use spanscape::analysis::incident::{Incident, Request, incident};
use spanscape::analysis::{Study, Subject};
use spanscape::engine::{Engine, EngineOptions};
use spanscape::graph::{ServiceGraph, Snapshot};
use spanscape::ingest::file::{self, Input};
use spanscape::model::{Arrival, Progress, SourceId, TraceIndex};
use spanscape::store::Lens;

type Failed = Box<dyn std::error::Error>;

/// One fault.
struct Case {
    id: String,
    system: String,
    family: String,
    fault: String,
    baseline: PathBuf,
    incident: PathBuf,
    service: String,
}

/// Published for the same faults with traces only, and measured with the simple methods: see the README.
const OTHERS: &[(&str, [&str; 4])] = &[
    ("MicroRank, published", ["", "41", "16", ""]),
    ("TraceAnomaly, published", ["", "30", "13", ""]),
    ("Nezha, traces only, published", ["", "14", "7", ""]),
    ("MicroRank, measured", ["9", "17", "0", "17"]),
    ("TraceRCA, measured", ["11", "17", "5", "30"]),
    ("largest of three signals, measured", ["54", "67", "41", "74"]),
];

fn main() -> Result<(), Failed> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_verbose = arguments.iter().any(|a| a == "-v");
    arguments.retain(|a| a != "-v");
    let folder = PathBuf::from(arguments.first().ok_or("name the folder with labels.csv")?);
    let mut ranks: Vec<(Case, usize)> = Vec::new();
    let (mut took, mut spans) = (Duration::ZERO, 0);
    for case in read_cases(&folder)? {
        let (both, calm) = read(&case)?;
        let lens = Lens::default();
        let index = both.graph(&lens);
        let progress = Progress::default();
        let study = Study { snapshot: &both, index: &index, progress: &progress };
        let traces = study.traces(&lens);
        let start = Instant::now();
        let answer = incident(&study, &traces, &Request { calm_traces: Some(calm), ..Request::default() });
        took += start.elapsed();
        spans += both.counters.in_store;
        let place = answer.causes.iter().position(|c| name(&index.graph, c.subject) == case.service);
        let rank = place.map_or(usize::MAX, |p| p + 1);
        if is_verbose {
            tell(&case, rank, &answer, &index.graph);
        }
        ranks.push((case, rank));
    }
    table(&ranks);
    let million = took.as_secs_f64() / (spans as f64 / 1e6);
    println!("\n{million:.2} s per million spans, without reading files");
    println!("\n{:36} {:>5} {:>7} {:>7} {:>6}", "other methods", "A@1", "ob A@1", "tt A@1", "Avg@5");
    for (name, [all, ob, tt, average]) in OTHERS {
        println!("{name:36} {all:>5} {ob:>7} {tt:>7} {average:>6}");
    }
    Ok(())
}

/// Both files of a case in one store, as `analyze incident --baseline-files` reads them, and the calm traces.
fn read(case: &Case) -> Result<(Arc<Snapshot>, Vec<TraceIndex>), Failed> {
    let engine = Engine::start(EngineOptions::default())?;
    let arrivals = engine.arrivals().ok_or("the engine stopped")?;
    let mut wrong = None;
    let mut calm = BTreeSet::new();
    for (source, path) in (0..).map(SourceId).zip([&case.baseline, &case.incident]) {
        file::read(&Input::Path(path.clone()), source, &AtomicBool::new(false), &mut |arrival| {
            match &arrival {
                Arrival::Closed(_, Err(why)) => wrong = Some(format!("{}: {why}", path.display())),
                Arrival::Spans(SourceId(0), delivery) => {
                    calm.extend(delivery.batch.spans.iter().map(|s| s.trace_id));
                }
                _ => {}
            }
            arrivals.send(arrival).is_ok()
        });
    }
    drop(arrivals);
    let snapshot = engine.finish();
    let traces = snapshot.spans.traces().filter(|(_, t)| calm.contains(&t.id)).map(|(i, _)| i).collect();
    wrong.map_or(Ok((snapshot, traces)), |why| Err(why.into()))
}

/// The service that a cause is about; nothing for an edge.
fn name(graph: &ServiceGraph, subject: Subject) -> &str {
    match subject {
        Subject::Node(node) => graph.node(node).map_or("", |n| &n.name),
        Subject::Edge(_) => "",
    }
}

fn read_cases(folder: &Path) -> Result<Vec<Case>, Failed> {
    let text = std::fs::read_to_string(folder.join("labels.csv"))?;
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().ok_or("labels.csv is empty")?.split(',').collect();
    let mut cases = Vec::new();
    for line in lines {
        let values: Vec<&str> = line.split(',').collect();
        let get = |name: &str| -> Result<String, Failed> {
            let at = columns.iter().position(|c| *c == name).ok_or_else(|| format!("no column {name}"))?;
            Ok(values.get(at).ok_or_else(|| format!("a line without {name}"))?.to_string())
        };
        cases.push(Case {
            id: get("case_id")?,
            system: get("system")?,
            family: get("fault_category")?,
            fault: get("fault_type")?,
            baseline: folder.join(get("baseline_file")?),
            incident: folder.join(get("incident_file")?),
            service: get("root_cause_service")?,
        });
    }
    Ok(cases)
}

fn table(ranks: &[(Case, usize)]) {
    let mut groups: BTreeMap<(u8, String), Vec<usize>> = BTreeMap::new();
    for (i, (case, rank)) in ranks.iter().enumerate() {
        let names = [
            (0, "all".to_owned()),
            (1, case.system.clone()),
            (2, case.family.clone()),
            (3, format!("{} {}", case.system, case.family)),
            (4, format!("{} half by number", if i * 2 < ranks.len() { "first" } else { "second" })),
        ];
        names.into_iter().for_each(|name| groups.entry(name).or_default().push(*rank));
    }
    println!("{:36} {:>5} {:>5} {:>5} {:>6}", "", "n", "A@1", "A@3", "Avg@5");
    for ((_, name), ranks) in groups {
        let share = |k: usize| 100.0 * ranks.iter().filter(|r| **r <= k).count() as f64 / ranks.len() as f64;
        let average = (1..=5).map(share).sum::<f64>() / 5.0;
        println!("{name:36} {:>5} {:>5.0} {:>5.0} {average:>6.0}", ranks.len(), share(1), share(3));
    }
}

fn tell(case: &Case, rank: usize, answer: &Incident, graph: &ServiceGraph) {
    let rank = if rank == usize::MAX { "-".to_owned() } else { rank.to_string() };
    println!("{} {} {}: rank {rank}", case.id, case.fault, case.service);
    for cause in answer.causes.iter().take(3) {
        let deviation = cause.deviation.as_ref();
        println!("    {:.2} {}", deviation.map_or(0.0, |d| d.score), name(graph, cause.subject));
        for signal in deviation.iter().flat_map(|d| &d.signals) {
            println!("        {:?} {:.2}: {:?}", signal.kind, signal.strength, signal.changes.first());
        }
    }
    println!();
}
