//! What each candidate would save, by replaying a fair sample of the requests that it is part of.
use std::collections::BTreeMap;

use super::candidates::{Candidate, node_of};
use super::kind::AdviceKind as Kind;
use super::ledger::{Entry, Ledger};
use super::view::{Memo, Sight, View};
use super::{Basis, detect};
use crate::analysis::replay::{Changes, Replay};
use crate::analysis::{BlameKey, Reading, Study, Subject};
use crate::model::{Nanos, Timestamp, TraceIndex};

/// What the replays of one candidate say.
#[derive(Clone, Debug, Default)]
pub struct Saving {
    /// Mean per request, in ns.
    pub mean: f64,
    /// By entry: mean per request, in ns.
    pub by_entry: BTreeMap<Entry, f64>,
    /// Mean duration of the requests that were replayed, in ns.
    pub duration: f64,
    /// Requests replayed.
    pub replayed: usize,
}

#[derive(Clone, Copy)]
struct Result {
    candidate: usize,
    entry: Entry,
    weight: f64,
    saved: f64,
    duration: f64,
}

/// The saving of each candidate, in their order; and how many traces were replayed.
pub fn savings(
    study: &Study<'_>,
    ledger: &Ledger,
    candidates: &[Candidate],
    middle: Timestamp,
) -> (Vec<Saving>, usize) {
    let mut wanted: BTreeMap<TraceIndex, Vec<usize>> = BTreeMap::new();
    for (i, c) in candidates.iter().enumerate().filter(|(_, c)| c.kind.saves_time()) {
        for trace in ledger.get(&c.key).map(|t| t.sample.members()).unwrap_or_default() {
            wanted.entry(TraceIndex(trace as u32)).or_default().push(i);
        }
    }
    let traces: Vec<TraceIndex> = wanted.keys().copied().collect();
    let results = study.map(&traces, |reading| {
        let mut view = View::new(study.snapshot, study.index, reading, middle, &mut Memo::default());
        detect(&mut view);
        let asked = wanted.get(&reading.trace)?;
        let results = asked.iter().filter_map(|&i| replayed(&view, reading, i, candidates.get(i)?));
        Some(results.collect::<Vec<_>>())
    });
    let mut out = vec![(Saving::default(), BTreeMap::<Entry, (f64, f64)>::new(), 0.0); candidates.len()];
    for r in results.iter().flatten() {
        let Some((saving, entries, weight)) = out.get_mut(r.candidate) else { continue };
        saving.mean += r.saved * r.weight;
        saving.duration += r.duration * r.weight;
        saving.replayed += 1;
        *weight += r.weight;
        let entry = entries.entry(r.entry).or_default();
        (entry.0, entry.1) = (entry.0 + r.saved * r.weight, entry.1 + r.weight);
    }
    let finish = |(mut saving, entries, weight): (Saving, BTreeMap<Entry, (f64, f64)>, f64)| {
        if weight > 0.0 {
            saving.mean /= weight;
            saving.duration /= weight;
        }
        saving.by_entry = entries.into_iter().map(|(e, (saved, weight))| (e, saved / weight)).collect();
        saving
    };
    (out.into_iter().map(finish).collect(), traces.len())
}

fn replayed(view: &View<'_>, reading: &Reading, i: usize, candidate: &Candidate) -> Option<Result> {
    let sights: Vec<&Sight> = view.sights.iter().filter(|s| s.key == candidate.key).collect();
    let replay = Replay::of(reading, &changes(view, candidate, &sights))?;
    let share = if let Basis::FromCache(hits) = candidate.basis { hits } else { 1.0 };
    Some(Result {
        candidate: i,
        entry: reading.entry()?,
        weight: reading.weight(),
        saved: (reading.duration() - replay.duration()).0 as f64 * share,
        duration: reading.duration().0 as f64,
    })
}

/// What an advice would change in one trace.
fn changes(view: &View<'_>, candidate: &Candidate, sights: &[&Sight]) -> Changes {
    let mut out = Changes::default();
    let subject = candidate.key.subject;
    match candidate.basis {
        Basis::AsOftenSeen(target) => {
            for s in sights.iter().filter(|s| s.length > target) {
                out.scale_row(s.row, target.0 as f64 / s.length.0.max(1) as f64);
            }
        }
        Basis::HalfTime if candidate.kind == Kind::SlowService => {
            if let Some(node) = node_of(subject) {
                out.scale_key(BlameKey::Node(node), 0.5);
            }
        }
        Basis::HalfTime => sights.iter().for_each(|s| _ = out.scale_row(s.row, 0.5)),
        Basis::WithoutRepeats => {
            sights.iter().filter(|s| s.has(Sight::EXTRA)).for_each(|s| _ = out.remove_row(s.row));
        }
        Basis::WithoutCalls | Basis::FromCache(_) => {
            sights.iter().for_each(|s| _ = out.remove_row(s.row));
        }
        Basis::SideBySide => {
            sights.iter().filter(|s| s.first != s.row).for_each(|s| _ = out.start_beside(s.row, s.first));
        }
        Basis::OneWay => {
            sights.iter().filter(|s| s.has(Sight::EXTRA)).for_each(|s| _ = out.scale_row(s.row, 0.0));
        }
        Basis::Limit(limit) => {
            if let Subject::Edge(edge) = subject {
                out.limit_edge(edge, limit);
            }
        }
        Basis::LikeOthers(factor) => scale_instance(view, candidate, factor, &mut out),
        Basis::None => {}
    }
    out
}

/// An instance's own work and what it waits for itself.
fn scale_instance(view: &View<'_>, candidate: &Candidate, factor: f64, out: &mut Changes) {
    for (at, row, part) in view.reading.rows() {
        let is_its = view.span(row).is_some_and(|s| u64::from(s.resource().instance.0) == candidate.key.what);
        if is_its && part.node == node_of(candidate.key.subject) && part.server.is_none() {
            out.scale_row(at, factor);
        }
    }
}

/// Time saved over all requests of an entry, as a share of their time: the largest of the entries that make up at
/// least a twentieth of the traffic.
pub fn share_of_time(ledger: &Ledger, candidate: &Candidate, saving: &Saving) -> f64 {
    let Some(tally) = ledger.get(&candidate.key) else { return 0.0 };
    let all = ledger.requests();
    let shares = saving.by_entry.iter().filter_map(|(entry, mean)| {
        let traffic = ledger.traffic.get(entry).filter(|t| t.requests >= 0.05 * all)?;
        let touched = tally.entered_at(entry);
        (traffic.total > 0.0).then(|| mean * touched / traffic.total)
    });
    shares.fold(0.0, f64::max)
}

/// The mean as a length.
pub fn per_request(saving: &Saving) -> Nanos {
    Nanos(saving.mean.round() as i64)
}
