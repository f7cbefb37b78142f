//! What to improve, and what that would save: detectors over all traces, then a replay of what they found.
//!
//! The first pass tallies what was seen; what passes the thresholds of its kind is then replayed on a fair sample of
//! the requests that it is part of, so that no saving is a guess.
mod candidates;
mod kind;
mod layers;
mod ledger;
mod loops;
mod pools;
mod rank;
mod repeats;
mod resilience;
mod saving;
mod sequence;
mod services;
mod view;

use rayon::prelude::*;

use self::candidates::candidates;
use self::ledger::Ledger;
use self::saving::savings;
use self::view::{Memo, View};
use super::statement::QueryHint;
use super::{Confidence, Evidence, Severity, Study, Subject};
use crate::model::{Nanos, NodeId, Symbol, Timestamp, TraceIndex};
use crate::store::Lens;

pub use kind::{AdviceKind, Benefit, Effort, Phase};

/// Parts that traces are read in; a fixed number, so that sums do not depend on the machine.
const PARTS: usize = 16;
/// Traces after which it is looked whether the answer is still wanted.
const STRETCH: usize = 256;

/// What a replay supposed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Basis {
    /// Nothing was replayed: there is no time to save, or none that the traces could tell.
    None,
    /// Each call takes no longer than this, the 25th percentile of its own durations.
    AsOftenSeen(Nanos),
    /// Its own work takes half as long. An assumption: no run shows how fast it could be.
    HalfTime,
    /// All but the first are left out.
    WithoutRepeats,
    /// They are left out.
    WithoutCalls,
    /// They are left out, for the share that a cache would have had.
    FromCache(f64),
    /// They start together.
    SideBySide,
    /// The time on the way is spent once.
    OneWay,
    /// Callers give up after this: three times the 99th percentile of answers.
    Limit(Nanos),
    /// The instance's own work takes this share of its time, as with the others.
    LikeOthers(f64),
}

/// The numbers behind an advice. Shares are from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// Calls, statements, spans that it is about.
    pub calls: f64,
    /// How many of them one request has, of those that have any.
    pub per_request: f64,
    /// Their mean duration.
    pub average: Nanos,
    /// Their 95th percentile.
    pub p95: Nanos,
    /// Share of their requests' time that was waited for them.
    pub path_share: f64,
    /// Share that failed.
    pub failed_share: f64,
    /// Share that ran out of time; of requests that failed too for a missing fallback; of failures elsewhere for an
    /// instance.
    pub flagged_share: f64,
    /// Attempts of one call.
    pub attempts: f64,
    /// Different ones among them; 0 where they can't be told apart.
    pub distinct: f64,
    /// What it is held against: 25th percentile of a statement, 95th of other instances or of an earlier time, 99th
    /// of answers in time.
    pub compared: Option<Nanos>,
    /// The time after which callers give up.
    pub limit: Option<Nanos>,
}

/// What a database is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// The statement without its values.
    pub fingerprint: String,
    /// Operation and tables.
    pub summary: String,
    /// What its text gives reason to look at.
    pub hints: Vec<QueryHint>,
}

/// How full a pool of connections was.
#[derive(Clone, Debug, PartialEq)]
pub struct PoolUse {
    /// As its service names it; "" where it does not.
    pub name: String,
    /// The largest used share of its connections, 0 to 1.
    pub used: Option<f64>,
    /// The most requests that waited for one.
    pub pending: Option<f64>,
    /// Share of the time in which it was full.
    pub full: f64,
}

/// One thing to improve.
#[derive(Clone, Debug)]
pub struct Advice {
    /// What it is.
    pub kind: AdviceKind,
    /// A node or an edge.
    pub subject: Subject,
    /// By the share of the time or of the requests that it would save; at most low where it is only possible.
    pub severity: Severity,
    /// How sure, from 0 to 1: of the detector, less where few requests were seen.
    pub certainty: f64,
    /// The same in words.
    pub confidence: Confidence,
    /// Mean time saved in a request that it is part of, by replay. `None` where there is no time to save.
    pub saving: Option<Nanos>,
    /// That as a share of those requests' time.
    pub saving_share: f64,
    /// What the replay supposed.
    pub basis: Basis,
    /// Requests replayed.
    pub replayed: usize,
    /// Failed requests that would not have failed, at most.
    pub lost: f64,
    /// Requests that it is part of.
    pub requests: f64,
    /// That as a share of all requests.
    pub reach: f64,
    /// The work that it takes.
    pub effort: Effort,
    /// What it brings, next to the best.
    pub benefit: Benefit,
    /// When to do it.
    pub phase: Phase,
    /// From 0 to 100: benefit, reach, certainty, over the root of the work.
    pub priority: f64,
    /// Time saved in an hour, over all requests.
    pub saved_per_hour: Nanos,
    /// The statement, where it is one.
    pub query: Option<Query>,
    /// The pool, where it is one.
    pub pool: Option<PoolUse>,
    /// The operation of the most telling span.
    pub operation: Symbol,
    /// The instance, where it is one.
    pub instance: Symbol,
    /// Who calls it; for sequential calls, who is called.
    pub others: Vec<NodeId>,
    /// The numbers.
    pub figures: Figures,
    /// Spans that show it.
    pub evidence: Evidence,
}

/// Everything to improve.
#[derive(Clone, Debug, Default)]
pub struct AdviceAnswer {
    /// By priority.
    pub findings: Vec<Advice>,
    /// Traces read.
    pub traces: usize,
    /// Requests that entered at a service.
    pub requests: f64,
    /// Of them failed.
    pub failed: f64,
    /// Traces replayed.
    pub replayed: usize,
    /// Whether some advice was replayed on a sample of its requests.
    pub is_sampled: bool,
    /// Whether there were more candidates than are replayed.
    pub is_cut: bool,
    /// Whether it was cancelled before all traces were read.
    pub is_stopped: bool,
}

/// Everything to improve under a lens.
pub fn advice(study: &Study<'_>, lens: &Lens) -> AdviceAnswer {
    let traces = study.traces(lens);
    let middle = middle(study);
    let ledger = collect(study, &traces, middle);
    let (candidates, is_cut) = candidates(study, &ledger);
    let (savings, replayed) = savings(study, &ledger, &candidates, middle);
    let is_sampled = savings.iter().zip(&candidates).any(|(s, c)| {
        let seen = ledger.get(&c.key).map_or(0, |t| t.traces);
        s.replayed > 0 && seen > ledger::REPLAYED as u64
    });
    AdviceAnswer {
        findings: rank::ranked(study, &ledger, candidates, &savings),
        traces: ledger.traces,
        requests: ledger.requests(),
        failed: ledger.traffic.values().map(|t| t.failed).sum(),
        replayed,
        is_sampled,
        is_cut,
        is_stopped: study.progress.is_cancelled(),
    }
}

/// The middle of the window, for what compares its halves.
fn middle(study: &Study<'_>) -> Timestamp {
    let window = study.index.graph.window;
    window.map_or(Timestamp::MAX, |w| w.start + Nanos(w.length().0 / 2))
}

/// Runs all detectors on one trace.
fn detect(view: &mut View<'_>) {
    services::see(view);
    repeats::see(view);
    sequence::see(view);
    services::see_side_effects(view);
    resilience::see(view);
}

fn collect(study: &Study<'_>, traces: &[TraceIndex], middle: Timestamp) -> Ledger {
    study.progress.expect(traces.len());
    let size = traces.len().div_ceil(PARTS).max(1);
    let parts: Vec<Ledger> = traces.par_chunks(size).map(|part| collect_part(study, part, middle)).collect();
    let mut all = Ledger::default();
    parts.into_iter().for_each(|part| all.merge(part));
    all
}

fn collect_part(study: &Study<'_>, traces: &[TraceIndex], middle: Timestamp) -> Ledger {
    let (mut ledger, mut memo) = (Ledger::default(), Memo::default());
    for stretch in traces.chunks(STRETCH) {
        if study.progress.is_cancelled() {
            break;
        }
        for reading in stretch.iter().filter_map(|&t| study.read(t)) {
            let mut view = View::new(study.snapshot, study.index, &reading, middle, &mut memo);
            detect(&mut view);
            ledger.add(&reading, &view.sights);
            memo.keep(view);
        }
        study.progress.advance(stretch.len());
    }
    ledger.settle();
    ledger
}

#[cfg(test)]
mod failure_tests;
#[cfg(test)]
mod layered_tests;
#[cfg(test)]
#[path = "advice_tests.rs"]
mod tests;
