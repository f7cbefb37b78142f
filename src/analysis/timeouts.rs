//! After how long do callers give up, by what their failed calls show?
//!
//! Calls that run into a limit fail at nearly the same length, far from the usual one or at a round number,
//! and few last longer. This is asked of the calls of an edge as a whole, so it is an answer of its own: the
//! totals of the graph count a call the moment it is known, and could not be added up otherwise.
use std::collections::BTreeMap;

use crate::graph::{Accumulator, Edge, GraphIndex, Histogram, RawEdgeId, Snapshot, matching_traces};
use crate::model::{EdgeId, Nanos, Timestamp, TraceId};
use crate::store::Lens;

/// Failed calls that show a limit, at least.
const ENOUGH: usize = 5;
/// They lie this near to their median: one part in 50, or 20 ms.
const NEAR: (i64, Nanos) = (50, Nanos::from_millis(20));
/// A limit is so many times the usual 95th percentile of calls that succeed, or a round number.
const FAR: i64 = 4;
/// Limits that people set, in ms.
const ROUND: [i64; 11] = [500, 1_000, 2_000, 3_000, 5_000, 10_000, 15_000, 20_000, 30_000, 60_000, 120_000];
/// Below this, 20 ms to either side say nothing.
const SHORTEST: Nanos = Nanos::from_millis(100);
/// Traces named as evidence.
const EXAMPLES: usize = 3;

/// A limit that callers seem to have.
#[derive(Clone, Debug, PartialEq)]
pub struct InferredTimeout {
    /// The limit: the round number if there is one near, else the median of the calls that ran into it.
    pub limit: Nanos,
    /// Failed calls that ran into it.
    pub calls: f64,
    /// 99 % of the calls that succeeded were over after this; `None` if none did.
    pub usual: Option<Nanos>,
    /// Of these, the calls whose spans do not tell that they ran out of time.
    pub untold: f64,
    /// The earliest traces with such a call.
    pub examples: Vec<TraceId>,
}

#[derive(Clone, Copy, Debug)]
struct Failed {
    duration: Nanos,
    start: Timestamp,
    trace: TraceId,
    weight: f32,
    is_timeout: bool,
    is_seen_by_caller: bool,
}

/// The limits of all edges that show one.
pub fn inferred_timeouts(
    snapshot: &Snapshot,
    lens: &Lens,
    index: &GraphIndex,
) -> BTreeMap<EdgeId, InferredTimeout> {
    let failed = failed_calls(snapshot, lens, |raw| index.edge_of(raw));
    let limit = |(id, failed): (EdgeId, Vec<Failed>)| Some((id, limit_of(index.graph.edge(id)?, failed)?));
    failed.into_iter().filter_map(limit).collect()
}

/// The limit of one edge.
pub fn inferred_timeout(
    snapshot: &Snapshot,
    lens: &Lens,
    index: &GraphIndex,
    edge: EdgeId,
) -> Option<InferredTimeout> {
    let failed = failed_calls(snapshot, lens, |raw| index.edge_of(raw).filter(|e| *e == edge));
    limit_of(index.graph.edge(edge)?, failed.into_values().next()?)
}

/// Failed calls under the lens that have a length, by edge.
fn failed_calls(
    snapshot: &Snapshot,
    lens: &Lens,
    edge_of: impl Fn(RawEdgeId) -> Option<EdgeId>,
) -> BTreeMap<EdgeId, Vec<Failed>> {
    let mut out: BTreeMap<EdgeId, Vec<Failed>> = BTreeMap::new();
    let inside = |t: Timestamp| lens.window.is_none_or(|w| !t.is_unset() && w.contains(t));
    for index in matching_traces(&snapshot.spans, lens) {
        let Some(calls) = snapshot.calls.of_trace(index) else { continue };
        let failed = calls.calls.iter().filter(|c| c.outcome.is_failure() && c.is_timed && inside(c.start));
        for call in failed {
            let Some(edge) = edge_of(call.edge) else { continue };
            out.entry(edge).or_default().push(Failed {
                duration: call.duration,
                start: call.start,
                trace: snapshot.spans.trace(index).map(|t| t.id).unwrap_or_default(),
                weight: call.weight,
                is_timeout: call.is_timeout,
                is_seen_by_caller: call.client.is_some(),
            });
        }
    }
    out
}

fn limit_of(edge: &Edge, mut failed: Vec<Failed>) -> Option<InferredTimeout> {
    let rest = succeeded(edge, &failed);
    let usual = rest.quantile(0.95);
    failed.retain(|f| f.is_seen_by_caller);
    failed.sort_by_key(|f| f.duration);
    let lengths: Vec<Nanos> = failed.iter().map(|f| f.duration).collect();
    let median = median_at_limit(&lengths, usual)?;
    failed.retain(|f| is_near(f.duration, median));
    failed.sort_by_key(|f| (f.start, f.trace));
    let mut examples: Vec<TraceId> = failed.iter().map(|f| f.trace).collect();
    examples.dedup();
    examples.truncate(EXAMPLES);
    let sum = |of: &dyn Fn(&&Failed) -> bool| failed.iter().filter(of).map(|f| f64::from(f.weight)).sum();
    Some(InferredTimeout {
        limit: round_near(median).unwrap_or(median),
        calls: sum(&|_| true),
        usual: rest.quantile(0.99),
        untold: sum(&|f| !f.is_timeout),
        examples,
    })
}

/// Lengths of the calls that succeeded: all but the failed ones.
fn succeeded(edge: &Edge, failed: &[Failed]) -> Histogram {
    let mut of_failed = Histogram::default();
    failed.iter().for_each(|f| of_failed.add(f.duration, f.weight));
    let mut rest = Accumulator::default();
    rest.add(edge.red.histogram());
    rest.take_away(&of_failed);
    rest.take()
}

/// The median of the calls that failed at a limit; `failed` in order.
///
/// What fails faster fails for another reason, so the faster half is left out until the rest agrees.
fn median_at_limit(failed: &[Nanos], usual: Option<Nanos>) -> Option<Nanos> {
    let mut rest = failed;
    while rest.len() >= ENOUGH {
        let half = rest.len() / 2;
        let median = *rest.get(half)?;
        let near = rest.iter().filter(|d| is_near(**d, median)).count();
        if near >= ENOUGH && near * 2 >= rest.len() && is_limit(median, usual) {
            return Some(median);
        }
        rest = rest.get(half + 1..)?;
    }
    None
}

fn is_near(length: Nanos, centre: Nanos) -> bool {
    (length.0 - centre.0).abs() <= (centre.0 / NEAR.0).max(NEAR.1.0)
}

fn round_near(length: Nanos) -> Option<Nanos> {
    ROUND.into_iter().map(Nanos::from_millis).find(|round| is_near(length, *round))
}

fn is_limit(median: Nanos, usual: Option<Nanos>) -> bool {
    // Who gives up then has no longer calls that succeed.
    let is_passed = usual.is_some_and(|usual| usual > median && !is_near(usual, median));
    let is_far = usual.is_some_and(|usual| median.0 / FAR >= usual.0);
    median >= SHORTEST && !is_passed && (is_far || round_near(median).is_some())
}

#[cfg(test)]
#[path = "timeouts_tests.rs"]
mod tests;
