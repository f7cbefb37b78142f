//! How strongly callers depend on callees, learnt from calls that failed: does the caller fail too?
use std::collections::BTreeMap;

use crate::analysis::Reading;
use crate::graph::Outcome;
use crate::model::{EdgeId, NodeId, Timestamp};

/// Failed calls from which on a strength is learnt, not assumed.
const LEARNT: f64 = 5.0;
/// Failed calls without which nothing is said of what happens instead.
const TOLD: f64 = 5.0;

/// What failed calls along one edge did to the caller's own requests.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Strength {
    /// Failed calls.
    pub failed: f64,
    /// Of them, those whose caller's own request failed too.
    pub spread: f64,
    /// Of them, those after which the caller called the same again.
    pub repeated: f64,
    /// Whether the caller does not wait.
    pub is_async: bool,
}

impl Strength {
    /// Probability that the caller fails when the callee does, 0 to 1: `(k + 2) / (n + 2)`.
    ///
    /// Nothing seen means 1: only failures that the caller survived lower it, since with the more usual
    /// `(k + 1) / (n + 2)` the error would compound with every hop. For messages it is `k / (n + 2)`.
    pub fn odds(&self) -> f64 {
        let prior = if self.is_async { 0.0 } else { 2.0 };
        (self.spread + prior) / (self.failed + 2.0)
    }
    /// Share of the failed calls with which the caller's own request failed; `None` with too few to tell.
    pub fn spread_ratio(&self) -> Option<f64> {
        (!self.is_assumed()).then(|| self.spread / self.failed)
    }
    /// Share of the failed calls after which the caller tried again, 0 to 1; `None` with too few to tell.
    pub fn repeat_ratio(&self) -> Option<f64> {
        (!self.is_assumed()).then(|| self.repeated / self.failed)
    }
    /// Whether too few calls failed to tell.
    pub fn is_assumed(&self) -> bool {
        self.failed < LEARNT
    }
}

/// What a caller does instead when a callee fails.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fallback {
    /// Whom it calls then.
    pub node: NodeId,
    /// Failed calls after which it did.
    pub seen: f64,
    /// Share of those fallback calls that went well, 0 to 1.
    pub success: f64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Instead {
    after_failure: f64,
    after_failure_ok: f64,
    otherwise: f64,
}

#[derive(Debug, Default)]
struct EdgeHistory {
    strength: Strength,
    ok: f64,
    instead: BTreeMap<NodeId, Instead>,
}

/// What the traces tell of all edges.
#[derive(Debug, Default)]
pub struct History {
    edges: BTreeMap<EdgeId, EdgeHistory>,
}

/// What one trace tells: calls with their outcome, that of the request around them, and the calls after them.
#[derive(Debug)]
pub(super) struct Lesson {
    edge: EdgeId,
    weight: f64,
    is_failed: bool,
    is_async: bool,
    has_spread: bool,
    /// Whether the same request calls the same again, later.
    is_repeated: bool,
    /// Later calls of the same request to others, and whether they went well.
    later: Box<[(NodeId, bool)]>,
}

/// Calls that are looked at for what a caller does instead.
const NEXT: usize = 16;

/// The calls of one trace.
pub(super) fn lessons(reading: &Reading) -> Vec<Lesson> {
    let requests = requests(reading);
    // Calls by request, then by start.
    let mut calls: Vec<(u32, Timestamp, u32)> = reading
        .rows()
        .filter(|(_, _, p)| p.edge.is_some())
        .filter_map(|(i, row, _)| Some((requests.get(i as usize).copied().flatten()?, row.start, i)))
        .collect();
    calls.sort_unstable();
    let has_failed = |c: u32| reading.part(c).outcome.is_failure() || reading.part(c).is_timeout;
    // A refusal is an answer, such as a declined card: it does not tell what would become of the caller without one.
    let is_refused = |c: u32| reading.part(c).outcome == Outcome::ClientError;
    let name = |c: u32| reading.row(c).map(|r| r.name);
    let is_same = |a: u32, b: u32| reading.part(a).edge == reading.part(b).edge && name(a) == name(b);
    let lesson = |(place, &(request, _, call)): (usize, &(u32, Timestamp, u32))| {
        let (part, row) = (reading.part(call), reading.row(call)?);
        let next = || calls.iter().skip(place + 1).take(NEXT).take_while(|n| n.0 == request);
        let mut later: Vec<(NodeId, bool)> = next()
            .filter(|n| n.1 >= row.end)
            .filter_map(|n| Some((reading.part(n.2).callee?, !has_failed(n.2))))
            .filter(|n| Some(n.0) != part.callee)
            .collect();
        later.sort_unstable();
        later.dedup_by_key(|l| l.0);
        Some(Lesson {
            edge: part.edge?,
            weight: f64::from(part.weight),
            is_failed: has_failed(call) && !is_refused(call),
            is_async: row.is_async,
            is_repeated: next().any(|n| n.1 >= row.end && is_same(call, n.2)),
            has_spread: reading.row(request).is_some_and(|r| r.is_error),
            later: later.into(),
        })
    };
    calls.iter().enumerate().filter_map(lesson).collect()
}

/// For each row the row of the request in whose service it works: itself if it is one.
pub(super) fn requests(reading: &Reading) -> Vec<Option<u32>> {
    let mut out: Vec<Option<u32>> = Vec::with_capacity(reading.parts.len());
    for (i, row, part) in reading.rows() {
        let above = row.parent.and_then(|p| out.get(p as usize).copied().flatten());
        out.push(if part.is_served || above.is_none() { Some(i) } else { above });
    }
    out
}

impl History {
    pub(super) fn learn(lessons: impl IntoIterator<Item = Lesson>) -> Self {
        let mut out = Self::default();
        for l in lessons {
            let e = out.edges.entry(l.edge).or_default();
            e.strength.is_async |= l.is_async;
            if l.is_failed {
                e.strength.failed += l.weight;
                e.strength.repeated += if l.is_repeated { l.weight } else { 0.0 };
                e.strength.spread += if l.has_spread { l.weight } else { 0.0 };
            } else {
                e.ok += l.weight;
            }
            for (node, is_ok) in &l.later {
                let i = e.instead.entry(*node).or_default();
                match l.is_failed {
                    true if !l.has_spread => {
                        i.after_failure += l.weight;
                        i.after_failure_ok += if *is_ok { l.weight } else { 0.0 };
                    }
                    true => {}
                    false => i.otherwise += l.weight,
                }
            }
        }
        out
    }

    /// What is known of an edge.
    pub fn strength(&self, edge: EdgeId) -> Strength {
        self.edges.get(&edge).map_or(Strength::default(), |e| e.strength)
    }

    /// What the caller does instead when calls along an edge fail: another callee that it then calls at least
    /// half of the time, and at least five times as often as otherwise, and survives.
    pub fn fallback(&self, edge: EdgeId) -> Option<Fallback> {
        let e = self.edges.get(&edge)?;
        if e.strength.failed < TOLD {
            return None;
        }
        let share = |n: f64, of: f64| if of > 0.0 { n / of } else { 0.0 };
        let mut found: Vec<Fallback> = e
            .instead
            .iter()
            .filter(|(_, i)| {
                let then = share(i.after_failure, e.strength.failed);
                then >= 0.5 && then >= 5.0 * share(i.otherwise, e.ok)
            })
            .map(|(node, i)| Fallback {
                node: *node,
                seen: i.after_failure,
                success: share(i.after_failure_ok, i.after_failure),
            })
            .collect();
        found.sort_by(|a, b| b.seen.total_cmp(&a.seen).then(a.node.cmp(&b.node)));
        found.first().copied()
    }
}
