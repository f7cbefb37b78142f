//! Pools of connections that were all in use, by the measurements that services sent of them.
use super::candidates::Candidate;
use super::kind::AdviceKind as Kind;
use super::ledger::{Key, Ledger, Topic};
use super::{Basis, Figures, PoolUse};
use crate::analysis::saturation::{Gauges, Pool};
use crate::analysis::{Study, Subject};
use crate::model::{Nanos, NodeId, TimeRange};

/// Used share from which on a pool is as good as full.
const FULL: f64 = 0.9;
/// Waiting requests from which on a pool is full, whatever its limit is.
const PENDING: f64 = 1.0;
/// Slices of the window with measurements that must be full, and as a share.
const SLICES: (usize, f64) = (2, 0.05);
/// The shortest slice, and how many there are at most.
const SLICE: Nanos = Nanos::from_secs(30);
const MOST: i64 = 120;

/// Pools that were full for a part of the window, by service.
pub(super) fn see(study: &Study<'_>, ledger: &Ledger, out: &mut Vec<Candidate>) {
    let gauges = Gauges::new(study.snapshot, study.index);
    let Some(window) = study.index.graph.window.filter(|_| !gauges.is_empty()) else { return };
    let services = study.index.graph.nodes().filter(|(_, n)| n.is_instrumented);
    for (node, _) in services {
        // Its own work is where it waits, before the span of the call begins.
        let key = Key { topic: Topic::OwnWork, subject: Subject::Node(node), what: 0 };
        if ledger.get(&key).is_some() {
            out.extend(full(&gauges, node, window).map(|pool| candidate(key, pool)));
        }
    }
}

fn candidate(key: Key, pool: PoolUse) -> Candidate {
    let figures = Figures { flagged_share: pool.full, ..Figures::default() };
    Candidate {
        kind: Kind::PoolFull,
        key,
        basis: Basis::None,
        figures,
        bound: 0.0,
        blamed: 1.0,
        pool: Some(pool),
    }
}

/// The pool of a node that was full for longest.
fn full(gauges: &Gauges<'_>, node: NodeId, window: TimeRange) -> Option<PoolUse> {
    let length = Nanos((window.length().0 / MOST).max(SLICE.0));
    let count = window.length().0 / length.0 + i64::from(window.length().0 % length.0 > 0);
    let slice = |i: i64| {
        let start = window.start + Nanos(i * length.0);
        TimeRange::new(start, (start + length).min(window.end))
    };
    let all: Vec<Vec<Pool>> = (0..count).map(|i| gauges.of(node, slice(i)).pools).collect();
    let mut names: Vec<&str> = all.iter().flatten().map(|p| &*p.name).collect();
    names.sort_unstable();
    names.dedup();
    let uses = names.into_iter().filter_map(|name| {
        let slices: Vec<&Pool> = all.iter().flatten().filter(|p| p.name == name).collect();
        let is_full =
            |p: &&&Pool| p.ratio.is_some_and(|r| r >= FULL) || p.pending.is_some_and(|n| n >= PENDING);
        let full = slices.iter().filter(is_full).count();
        let most = |f: fn(&Pool) -> Option<f64>| slices.iter().filter_map(|p| f(p)).reduce(f64::max);
        let share = full as f64 / slices.len().max(1) as f64;
        (full >= SLICES.0 && share >= SLICES.1).then(|| PoolUse {
            name: name.to_owned(),
            used: most(|p| p.ratio),
            pending: most(|p| p.pending),
            full: share,
        })
    });
    uses.max_by(|a, b| a.full.total_cmp(&b.full).then_with(|| b.name.cmp(&a.name)))
}
