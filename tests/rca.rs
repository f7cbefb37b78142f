//! One recorded fault of each family, from real systems: the injected service comes first.
//!
//! `examples/rca_benchmark.rs` runs all of them.
#![allow(clippy::unwrap_used, clippy::panic)]
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use spanscape::analysis::deviation::{SignalKind, TraceSet, deviations};
use spanscape::engine::{Engine, EngineOptions};
use spanscape::graph::Snapshot;
use spanscape::ingest::file::{self, Input};
use spanscape::model::{Arrival, SourceId};

fn read(path: &Path) -> Arc<Snapshot> {
    let engine = Engine::start(EngineOptions::default()).unwrap();
    let arrivals = engine.arrivals().unwrap();
    file::read(&Input::Path(path.to_owned()), SourceId(0), &AtomicBool::new(false), &mut |arrival| {
        assert!(!matches!(arrival, Arrival::Closed(_, Err(_))), "{}", path.display());
        arrivals.send(arrival).is_ok()
    });
    drop(arrivals);
    engine.finish()
}

/// The folder with the recorded faults, if this machine has it.
fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/rca/dev");
    if !folder.is_dir() {
        eprintln!("skipped: {} is not there", folder.display());
        return None;
    }
    Some(folder)
}

#[test]
fn recorded_faults_of_each_family_are_found() {
    let Some(folder) = folder() else { return };
    let file = |name: &str| read(&folder.join(format!("{name}.otlp.jsonl.zst")));
    let baseline = file("baseline/2022-08-23");
    let cases = [
        ("ob-d20", "paymentservice", SignalKind::Gap),
        ("ob-d44", "checkoutservice", SignalKind::OwnTime),
        ("ob-d10", "adservice", SignalKind::Steps),
    ];
    for (case, service, kind) in cases {
        let incident = file(&format!("incident/{case}"));
        let answer = deviations(&TraceSet::all(&incident), &TraceSet::all(&baseline));
        let first = answer.ranked.first().unwrap();
        let signal = first.signals.first().map(|s| s.kind);
        assert_eq!((&*first.service.name, signal), (service, Some(kind)), "{case}: {answer:#?}");
        assert!(first.is_unusual(), "{case}: {answer:#?}");
    }
}
