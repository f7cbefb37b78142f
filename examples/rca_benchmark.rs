//! Ranks the injected services of recorded faults: `cargo run --release --example rca_benchmark -- <folder>`.
//!
//! The folder holds `labels.csv` and the files that it names; see the README beside it.
//! With `-v` each case is printed with what is held against its first services.
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use spanscape::analysis::deviation::{Deviations, TraceSet, deviations};
use spanscape::engine::{Engine, EngineOptions};
use spanscape::graph::Snapshot;
use spanscape::ingest::file::{self, Input};
use spanscape::model::{Arrival, SourceId};

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
    let mut baselines: BTreeMap<PathBuf, Arc<Snapshot>> = BTreeMap::new();
    let mut ranks: Vec<(Case, usize)> = Vec::new();
    let (mut took, mut spans) = (Duration::ZERO, 0);
    for case in read_cases(&folder)? {
        let baseline = match baselines.get(&case.baseline) {
            Some(known) => known.clone(),
            None => baselines.entry(case.baseline.clone()).or_insert(read(&case.baseline)?).clone(),
        };
        let incident = read(&case.incident)?;
        let start = Instant::now();
        let answer = deviations(&TraceSet::all(&incident), &TraceSet::all(&baseline));
        took += start.elapsed();
        spans += baseline.counters.in_store + incident.counters.in_store;
        let place = answer.ranked.iter().position(|d| *d.service.name == *case.service);
        let rank = place.map_or(usize::MAX, |p| p + 1);
        if is_verbose {
            tell(&case, rank, &answer);
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

fn read(path: &Path) -> Result<Arc<Snapshot>, Failed> {
    let engine = Engine::start(EngineOptions::default())?;
    let arrivals = engine.arrivals().ok_or("the engine stopped")?;
    let mut wrong = None;
    file::read(&Input::Path(path.to_owned()), SourceId(0), &AtomicBool::new(false), &mut |arrival| {
        if let Arrival::Closed(_, Err(why)) = &arrival {
            wrong = Some(format!("{}: {why}", path.display()));
        }
        arrivals.send(arrival).is_ok()
    });
    drop(arrivals);
    let snapshot = engine.finish();
    wrong.map_or(Ok(snapshot), |why| Err(why.into()))
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

fn tell(case: &Case, rank: usize, answer: &Deviations) {
    let rank = if rank == usize::MAX { "-".to_owned() } else { rank.to_string() };
    println!("{} {} {}: rank {rank}", case.id, case.fault, case.service);
    for deviation in answer.ranked.iter().take(3) {
        println!("    {:.2} {}", deviation.score, deviation.service.name);
        for signal in &deviation.signals {
            println!("        {:?} {:.2}: {:?}", signal.kind, signal.strength, signal.changes.first());
        }
    }
    println!();
}
