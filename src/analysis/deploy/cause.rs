//! Whose change it is: a service's own work, or what reached it from those that it calls or is called by.
//!
//! A request's time is split into what its service did itself and what it waited for, callee by callee; the part
//! that grew is followed to where it began (`semantics.md` §10.7, and §7.8 for traffic).
use std::collections::{BTreeMap, BTreeSet};

use super::compare::Sides;
use super::{Cause, Compared, Mechanism, Metric, Verdict};
use crate::analysis::difference::Difference;
use crate::analysis::{Confidence, Reading, Study};
use crate::graph::NodeKind;
use crate::model::{NodeId, Symbol, TraceIndex};

/// Traces read for one row and side.
const READ: usize = 600;
/// Traces read for all rows of a side.
const MOST_READ: usize = 6000;
/// Part of a caller's growth that a callee must show itself for the search to go on there.
const EXPLAINS: f64 = 0.5;
/// Calls per request that stay above this share are not fewer.
const AS_MANY: f64 = 0.9;

/// Part of lost calls that the caller's own lost requests must be for them to be its reason.
const EXPLAINED: f64 = 0.7;

/// A node, or one operation of it.
type Key = (NodeId, Option<Symbol>);

/// Sums over requests of one node or operation.
#[derive(Clone, Debug, Default)]
struct Tally {
    requests: f64,
    own_ms: f64,
    /// By callee: milliseconds waited, calls.
    waited: BTreeMap<NodeId, (f64, f64)>,
    failed: f64,
    /// Of the failed: those in which a call to this callee failed.
    failed_by: BTreeMap<NodeId, f64>,
}

/// One request taken apart.
struct Part {
    node: NodeId,
    operation: Symbol,
    own_ms: f64,
    is_failed: bool,
    /// Callee, milliseconds, whether the call failed.
    calls: Vec<(NodeId, f64, bool)>,
}

type Tallies = BTreeMap<Key, Tally>;

/// Fills the causes of all regressions.
pub(super) fn explain(
    study: &Study<'_>,
    rows: &mut [Compared],
    sides: &[Sides<'_>],
    map: Option<&Difference>,
    deployed: &BTreeSet<NodeId>,
) {
    let bad: Vec<(Key, Metric)> = rows
        .iter()
        .filter(|r| r.verdict == Verdict::Regression && r.metric != Metric::Throughput)
        .map(|r| ((r.node, r.operation), r.metric))
        .collect();
    let of = |key: Key| sides.iter().find(|s| (s.node, s.operation) == key);
    let pick = |is_after: bool, is_failed: bool| {
        let mut traces = BTreeSet::new();
        for (key, metric) in &bad {
            if (*metric == Metric::Errors) != is_failed {
                continue;
            }
            let Some(s) = of(*key) else { continue };
            let own = if is_after { &s.after } else { &s.before };
            let kept: Vec<TraceIndex> =
                own.iter().filter(|s| !is_failed || s.outcome.is_failure()).map(|s| s.trace).collect();
            if traces.len() < MOST_READ {
                traces.extend(kept.iter().step_by(kept.len() / READ + 1));
            }
        }
        traces.into_iter().collect::<Vec<_>>()
    };
    let search = Search {
        study,
        sides,
        before: read(study, &pick(false, false)),
        after: read(study, &pick(true, false)),
        failed: read(study, &pick(true, true)),
        deployed,
        map,
        regressed: bad.iter().map(|b| b.0.0).collect(),
    };
    for row in rows.iter_mut().filter(|r| r.verdict == Verdict::Regression && r.metric != Metric::Throughput)
    {
        row.cause = match row.metric {
            Metric::Latency => search.of_latency(row),
            _ => search.of_errors(row),
        };
    }
    let known: BTreeMap<NodeId, Cause> = rows
        .iter()
        .rev()
        .filter(|r| r.operation.is_none())
        .filter_map(|r| Some((r.node, r.cause?)))
        .collect();
    for row in rows.iter_mut().filter(|r| r.verdict == Verdict::Regression && r.metric == Metric::Throughput)
    {
        row.cause = search.of_traffic(row.node, &known, &mut BTreeSet::new());
    }
}

fn read(study: &Study<'_>, traces: &[TraceIndex]) -> Tallies {
    let mut out = Tallies::new();
    for part in study.map(traces, |r| Some(parts(r))).into_iter().flatten() {
        for key in [(part.node, None), (part.node, Some(part.operation))] {
            let tally = out.entry(key).or_default();
            tally.requests += 1.0;
            tally.own_ms += part.own_ms;
            for (callee, ms, _) in &part.calls {
                let waited = tally.waited.entry(*callee).or_default();
                waited.0 += ms;
                waited.1 += 1.0;
            }
            if part.is_failed {
                tally.failed += 1.0;
                let guilty: BTreeSet<NodeId> = part.calls.iter().filter(|c| c.2).map(|c| c.0).collect();
                guilty.into_iter().for_each(|g| *tally.failed_by.entry(g).or_default() += 1.0);
            }
        }
    }
    out
}

/// The requests of a trace, each with its own work and what it waited for.
fn parts(reading: &Reading) -> Vec<Part> {
    let served = reading.rows().filter(|(_, _, p)| p.is_served);
    served.filter_map(|(at, row, part)| Some(take_apart(reading, at, part.node?, row.name))).collect()
}

fn take_apart(reading: &Reading, at: u32, node: NodeId, operation: Symbol) -> Part {
    let own = |r: u32| reading.row(r).map_or(0.0, |row| row.self_time.as_millis_f64());
    let is_failed = reading.row(at).is_some_and(|r| r.is_error);
    let mut out = Part { node, operation, own_ms: own(at), is_failed, calls: Vec::new() };
    let mut waiting: Vec<u32> = reading.awaited(at).collect();
    while let Some(child) = waiting.pop() {
        let part = reading.part(child);
        let Some(row) = reading.row(child) else { continue };
        let callee = part.callee.or(part.node.filter(|_| part.is_served)).filter(|c| *c != node);
        if let Some(callee) = callee {
            let failed = part.outcome.is_failure() || part.is_timeout;
            out.calls.push((callee, row.duration().as_millis_f64(), failed));
        } else {
            out.own_ms += own(child);
            waiting.extend(reading.awaited(child));
        }
    }
    out
}

struct Search<'a> {
    study: &'a Study<'a>,
    sides: &'a [Sides<'a>],
    before: Tallies,
    after: Tallies,
    failed: Tallies,
    deployed: &'a BTreeSet<NodeId>,
    map: Option<&'a Difference>,
    regressed: BTreeSet<NodeId>,
}

/// Growth of a request's time in milliseconds: its own, and by callee what calls take longer.
#[derive(Clone, Debug, Default)]
struct Growth {
    own: f64,
    slower: Vec<(NodeId, f64)>,
}

impl Growth {
    fn total(&self) -> f64 {
        self.own.max(0.0) + self.slower.iter().map(|s| s.1).sum::<f64>()
    }
    fn top(&self) -> Option<(NodeId, f64)> {
        self.slower.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1))
    }
}

impl Search<'_> {
    fn growth(&self, key: Key) -> Option<Growth> {
        let (b, a) = (self.before.get(&key)?, self.after.get(&key)?);
        let mut out = Growth { own: a.own_ms / a.requests - b.own_ms / b.requests, slower: Vec::new() };
        for (callee, (ms, calls)) in &a.waited {
            let (now, per_request) = (ms / calls, calls / a.requests);
            let old = b.waited.get(callee);
            let (was, were) = old.map_or((now, 0.0), |(ms, calls)| (ms / calls, calls / b.requests));
            // More calls are its own doing; longer ones are the callee's.
            out.own += (per_request - were) * was;
            let slower = per_request * (now - was);
            if slower > 0.0 {
                out.slower.push((*callee, slower));
            }
        }
        Some(out)
    }

    fn of_latency(&self, row: &Compared) -> Option<Cause> {
        let growth = self.growth((row.node, row.operation))?;
        if growth.total() <= 0.0 {
            return None;
        }
        // What several callees wait for together counts once.
        let mut parts: BTreeMap<(NodeId, Mechanism), f64> = BTreeMap::new();
        parts.insert((row.node, Mechanism::OwnWork), growth.own.max(0.0));
        for part in &growth.slower {
            let from = if self.is_own_doing(row.node, part.0) {
                row.node
            } else {
                self.origin(*part, &mut BTreeSet::from([row.node]))
            };
            *parts.entry((from, Mechanism::SlowCalls)).or_default() += part.1;
        }
        let mut parts: Vec<_> = parts.into_iter().collect();
        parts.sort_by(|a, b| b.1.total_cmp(&a.1));
        let share = |i: usize| parts.get(i).map_or(0.0, |p| p.1) / growth.total();
        let (from, mechanism) = parts.first()?.0;
        Some(self.cause(from, mechanism, (share(0), share(1)), row))
    }

    /// Slower calls of a deployed service to something that sends no spans: it may ask for more than before.
    fn is_own_doing(&self, node: NodeId, callee: NodeId) -> bool {
        let is_silent = self.study.index.graph.node(callee).is_some_and(|n| !n.is_instrumented);
        is_silent && self.deployed.contains(&node)
    }

    /// Follows slower calls to the node whose own work grew.
    fn origin(&self, (node, grown): (NodeId, f64), seen: &mut BTreeSet<NodeId>) -> NodeId {
        if !seen.insert(node) {
            return node;
        }
        match self.growth_of(node, grown).and_then(|g| g.top().filter(|t| t.1 > g.own)) {
            Some(next) if !self.is_own_doing(node, next.0) => self.origin(next, seen),
            _ => node,
        }
    }

    /// The growth of a node that explains what a caller of it waits longer; where the node as a whole does not,
    /// that of its operation that grew most.
    fn growth_of(&self, node: NodeId, grown: f64) -> Option<Growth> {
        let whole = self.growth((node, None));
        if whole.as_ref().is_some_and(|g| g.total() >= EXPLAINS * grown) {
            return whole;
        }
        let operations = self.after.keys().filter(|k| k.0 == node && k.1.is_some());
        let all = operations.filter_map(|k| self.growth(*k));
        all.max_by(|a, b| a.total().total_cmp(&b.total())).filter(|g| g.total() >= EXPLAINS * grown)
    }

    fn of_errors(&self, row: &Compared) -> Option<Cause> {
        let (from, share) = self.failing(row.node, row.operation, &mut BTreeSet::new())?;
        let mechanism = if from == row.node { Mechanism::OwnWork } else { Mechanism::FailingCalls };
        Some(self.cause(from, mechanism, (share, 1.0 - share), row))
    }

    /// Follows failed calls to the node whose own requests fail, with the share of the failures that did so.
    fn failing(
        &self,
        node: NodeId,
        operation: Option<Symbol>,
        seen: &mut BTreeSet<NodeId>,
    ) -> Option<(NodeId, f64)> {
        seen.insert(node);
        let tally = self.failed.get(&(node, operation))?;
        if tally.failed <= 0.0 {
            return None;
        }
        let top =
            tally.failed_by.iter().max_by(|a, b| a.1.total_cmp(b.1)).map(|(n, k)| (*n, k / tally.failed));
        match top {
            Some((callee, share)) if share >= 0.5 && !seen.contains(&callee) => {
                let origin = self.failing(callee, None, seen).map_or(callee, |o| o.0);
                Some((origin, share))
            }
            other => Some((node, 1.0 - other.map_or(0.0, |o| o.1))),
        }
    }

    fn cause(&self, from: NodeId, mechanism: Mechanism, shares: (f64, f64), row: &Compared) -> Cause {
        let is_deployed = self.deployed.contains(&from);
        // The terms of `semantics.md` §7.6: share, lead, onset (the window begins at the change), second opinion
        // (the origin regressed itself), and the deployment.
        let agrees = if self.regressed.contains(&from) { 1.0 } else { 0.5 };
        let lead = ((shares.0 - shares.1) / 0.3).clamp(0.0, 1.0);
        let n = row.requests.1 as f64;
        let terms =
            0.45 * shares.0 + 0.15 * lead + 0.15 + 0.15 * agrees + if is_deployed { 0.10 } else { 0.0 };
        let confidence = Confidence::of_score(n / (n + 10.0) * terms);
        Cause { from, mechanism, share: shares.0.clamp(0.0, 1.0), is_deployed, confidence }
    }

    /// Requests a minute that the operations of a node which became rarer have lost.
    fn lost_requests(&self, node: NodeId) -> f64 {
        let lost = |s: &&Sides<'_>| {
            let rate =
                |n: usize, w: crate::model::TimeRange| n as f64 * 60.0 / w.length().as_secs_f64().max(1e-9);
            (rate(s.before.len(), s.windows.0) - rate(s.after.len(), s.windows.1)).max(0.0)
        };
        self.sides.iter().filter(|s| s.node == node && s.operation.is_some()).map(|s| lost(&s)).sum()
    }

    /// Fewer requests: from callers that have fewer themselves, that call less, or from users.
    fn of_traffic(
        &self,
        node: NodeId,
        known: &BTreeMap<NodeId, Cause>,
        seen: &mut BTreeSet<NodeId>,
    ) -> Option<Cause> {
        seen.insert(node);
        let graph = &self.study.index.graph;
        let (map, id) = (self.map?, &graph.node(node)?.id);
        let lost = |e: &crate::analysis::difference::EdgeDifference| {
            let rate = |f: Option<crate::analysis::difference::Figures>| {
                f.and_then(|f| f.rate_per_min).unwrap_or(0.0)
            };
            rate(e.change.before) - rate(e.change.after)
        };
        let calls: Vec<_> = map.edges.iter().filter(|e| &e.to == id && lost(e) > 0.0).collect();
        let edge = calls.iter().max_by(|a, b| lost(a).total_cmp(&lost(b)))?;
        let share = lost(edge) / calls.iter().map(|e| lost(e)).sum::<f64>().max(1e-9);
        let caller = graph.find(&edge.from)?;
        let found = |from: NodeId, mechanism| Cause {
            from,
            mechanism,
            share,
            is_deployed: self.deployed.contains(&from),
            confidence: Confidence::of_score(0.7 * share),
        };
        let kind = graph.node(caller).map(|n| n.kind);
        if matches!(kind, Some(NodeKind::User | NodeKind::Unknown)) {
            // What became slow or fails here, users leave.
            return known
                .get(&node)
                .map(|c| Cause { confidence: Confidence::Low, ..found(c.from, Mechanism::UsersLeft) });
        }
        let as_many = match edge.per_request {
            (Some(b), Some(a)) => a >= AS_MANY * b || self.lost_requests(caller) >= EXPLAINED * lost(edge),
            _ => false,
        };
        if !as_many {
            return Some(found(caller, Mechanism::FewerCallsPerRequest));
        }
        if seen.contains(&caller) {
            return Some(found(caller, Mechanism::FewerRequests));
        }
        let above = self.of_traffic(caller, known, seen);
        Some(above.map_or_else(|| found(caller, Mechanism::FewerRequests), |c| Cause { share, ..c }))
    }
}
