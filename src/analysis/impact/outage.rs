//! What would fail if a node did: each saved request is gone through again, with learnt odds.
use std::collections::BTreeMap;

use super::retime::{Lengths, Limits, Patience, Retimed, Slower, patience, slower};
use super::strength::{Fallback, History, lessons};
use crate::analysis::{Reading, Severity, Study};
use crate::model::{Nanos, NodeId, Symbol, TraceId, TraceIndex};

/// How a node fails.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mode {
    /// Every call to it fails at once.
    Down,
    /// Calls to it never end; they fail when their caller's patience does, whenever that is.
    Hang,
    /// Calls take this many times as long; those that are then waited for longer than callers wait fail.
    Slow(f64),
    /// This share of calls fails, 0 to 1.
    Partial(f64),
}

impl Mode {
    /// Whether requests wait before they fail.
    fn takes_time(self) -> bool {
        matches!(self, Self::Hang | Self::Slow(_))
    }
}

/// Predicted share of failures from which an operation counts as degraded.
const DEGRADED: f64 = 0.10;

/// A node that an outage would hit.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Which.
    pub node: NodeId,
    /// Share that fails of its requests that still come, 0 to 1: predicted, or measured during the incident.
    pub error_ratio: f64,
    /// The share that fails otherwise: as recorded, or measured in calm times.
    pub recorded_ratio: f64,
    /// Share of its requests that would not reach it any more, or did not, 0 to 1.
    pub lost_ratio: f64,
    /// Share of its requests that came and took longer than 99 % did in calm times, beyond the share that does so
    /// then, 0 to 1; only where it was measured.
    pub slow_ratio: Option<f64>,
    /// By the share that fails.
    pub severity: Severity,
    /// Operations of which at least 10 % would fail, with that share; most first.
    pub operations: Vec<(Symbol, f64)>,
    /// What it does instead, where that was seen.
    pub fallback: Option<Fallback>,
    /// Share of its failed calls to the node with which its own request failed, where enough failed to tell.
    pub spread: Option<f64>,
    /// Share of its failed calls to the node after which it called again, 0 to 1, where enough failed to tell.
    pub repeats: Option<f64>,
    /// Whether no failed call tells how much it depends: the odds are assumed.
    pub is_assumed: bool,
}

/// A way into the system and what would become of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EntryHit {
    /// The service that is entered.
    pub node: NodeId,
    /// Operation.
    pub operation: Symbol,
    /// Requests.
    pub requests: f64,
    /// Predicted share that fails, 0 to 1.
    pub error_ratio: f64,
    /// The share that failed as recorded.
    pub recorded_ratio: f64,
}

/// What an outage does, predicted or measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Outage {
    /// How it was supposed to fail; `None` where this is measured, not predicted.
    pub mode: Option<Mode>,
    /// Nodes that would be hit, worst first, without the node itself.
    pub hits: Vec<Hit>,
    /// Entry points, worst first.
    pub entries: Vec<EntryHit>,
    /// Entry points whose requests take longer, when it is slow or hangs: those that wait most in all first.
    pub slower: Vec<Slower>,
    /// How long each of its callers waits for it, when it is slow or hangs.
    pub patience: Vec<Patience>,
    /// Where it was measured: the version of the node that went live shortly before, and how long before.
    pub deployed: Option<(Symbol, Nanos)>,
    /// Where it was measured: the one instance of the node that does most of the harm, though others share its
    /// traffic, and its share of the harm, 0 to 1.
    pub instance: Option<(String, f64)>,
    /// Requests that would fail and did not as recorded.
    pub affected: f64,
    /// Of each trace that would fail more likely than not: the evidence.
    pub examples: Vec<TraceId>,
    /// Extra failures expected of each trace, for what they cost.
    pub by_trace: Vec<(TraceIndex, f64)>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    pub all: f64,
    pub failed: f64,
    pub recorded: f64,
    pub lost: f64,
    /// Of the failed, those that would still have come.
    failed_there: f64,
}

impl Sum {
    /// Share that fails of those that still come; of all where none does.
    fn error_ratio(&self) -> f64 {
        let there = self.all - self.lost;
        if there >= 0.001 * self.all.max(1.0) {
            (self.failed_there / there).clamp(0.0, 1.0)
        } else {
            self.ratio(self.failed)
        }
    }
    /// A request as it was.
    fn recorded(all: f64, is_error: bool) -> Self {
        let failed = if is_error { all } else { 0.0 };
        Self { all, failed, failed_there: failed, ..Self::default() }
    }
    pub fn ratio(&self, part: f64) -> f64 {
        if self.all > 0.0 { (part / self.all).clamp(0.0, 1.0) } else { 0.0 }
    }
}

/// A request that one node served within a trace.
pub(super) struct Request {
    pub node: NodeId,
    pub operation: Symbol,
    /// As recorded.
    pub length: Nanos,
    pub sum: Sum,
}

/// What one trace would come to.
pub(super) struct Replayed {
    pub trace: TraceIndex,
    pub id: TraceId,
    pub entry: Option<(NodeId, Symbol)>,
    pub weight: f64,
    pub failed: f64,
    recorded: f64,
    /// As recorded.
    pub length: Nanos,
    /// As recorded and then; where it takes time.
    lengths: Option<(Nanos, Nanos)>,
    pub requests: Vec<Request>,
}

impl Replayed {
    /// A trace as it was.
    pub fn recorded(reading: &Reading) -> Self {
        let failed = f64::from(u8::from(reading.is_failed()));
        let served = reading.rows().filter(|(_, _, p)| p.is_served && p.weight > 0.0);
        let requests = served.filter_map(|(_, row, part)| {
            let all = f64::from(part.weight);
            let sum = Sum::recorded(all, row.is_error);
            Some(Request { node: part.node?, operation: row.name, length: row.duration(), sum })
        });
        Self {
            trace: reading.trace,
            id: reading.id,
            entry: reading.entry(),
            weight: reading.weight(),
            failed,
            recorded: 0.0,
            length: reading.duration(),
            lengths: None,
            requests: requests.collect(),
        }
    }
}

/// Predicts what an outage of a node does to the traffic that was recorded, by how long callers were seen to wait.
pub fn outage(study: &Study<'_>, traces: &[TraceIndex], node: NodeId, mode: Mode, limits: &Limits) -> Outage {
    let history = History::learn(study.map(traces, |r| Some(lessons(r))).into_iter().flatten());
    let world = World { node, mode, history: &history, limits };
    let replayed = study.map(traces, |r| Some(world.replay(r)));
    let sums = Sums::of(&replayed);
    let extra = |t: &Replayed| (t.failed - t.recorded).max(0.0);
    Outage {
        mode: Some(mode),
        hits: hits(study, node, &history, sums.nodes, &BTreeMap::new()),
        entries: entry_hits(sums.entries),
        slower: slower(sums.lengths),
        deployed: None,
        instance: None,
        patience: if mode.takes_time() { patience(study, node, limits) } else { Vec::new() },
        affected: replayed.iter().map(|t| t.weight * extra(t)).sum(),
        examples: replayed.iter().filter(|t| extra(t) >= 0.5).map(|t| t.id).take(5).collect(),
        by_trace: replayed.iter().filter(|t| extra(t) > 0.0).map(|t| (t.trace, extra(t))).collect(),
    }
}

#[derive(Default)]
pub(super) struct Sums {
    pub nodes: BTreeMap<NodeId, (Sum, BTreeMap<Symbol, Sum>)>,
    pub entries: BTreeMap<(NodeId, Symbol), Sum>,
    lengths: BTreeMap<(NodeId, Symbol), Vec<Lengths>>,
}

impl Sums {
    pub fn of(replayed: &[Replayed]) -> Self {
        let mut out = Self::default();
        for t in replayed {
            for Request { node, operation, sum, .. } in &t.requests {
                let (all, operations) = out.nodes.entry(*node).or_default();
                add(all, *sum);
                add(operations.entry(*operation).or_default(), *sum);
            }
            if let Some(entry) = t.entry {
                let sum = Sum {
                    all: t.weight,
                    failed: t.weight * t.failed,
                    recorded: t.weight * t.recorded,
                    lost: 0.0,
                    failed_there: t.weight * t.failed,
                };
                add(out.entries.entry(entry).or_default(), sum);
                if let Some((before, after)) = t.lengths {
                    out.lengths.entry(entry).or_default().push((before, after, t.weight));
                }
            }
        }
        out
    }
}

fn add(to: &mut Sum, more: Sum) {
    to.all += more.all;
    to.failed += more.failed;
    to.recorded += more.recorded;
    to.lost += more.lost;
    to.failed_there += more.failed_there;
}

pub(super) fn entry_hits(entries: BTreeMap<(NodeId, Symbol), Sum>) -> Vec<EntryHit> {
    let mut out: Vec<EntryHit> = entries
        .into_iter()
        .map(|((node, operation), s)| EntryHit {
            node,
            operation,
            requests: s.all,
            error_ratio: s.ratio(s.failed),
            recorded_ratio: s.ratio(s.recorded),
        })
        .filter(|e| e.error_ratio > e.recorded_ratio + 1e-9)
        .collect();
    let extra = |e: &EntryHit| e.error_ratio - e.recorded_ratio;
    out.sort_by(|a, b| extra(b).total_cmp(&extra(a)).then((a.node, a.operation).cmp(&(b.node, b.operation))));
    out
}

struct World<'a> {
    node: NodeId,
    mode: Mode,
    history: &'a History,
    /// How long callers along an edge wait, where known.
    limits: &'a Limits,
}

impl World<'_> {
    /// Probability that a call to the node, or a request at it, fails for more than that nobody waits for it.
    fn odds_there(&self) -> f64 {
        match self.mode {
            Mode::Down | Mode::Hang => 1.0,
            Mode::Partial(p) => p,
            Mode::Slow(_) => 0.0,
        }
    }

    fn replay(&self, reading: &Reading) -> Replayed {
        let n = reading.parts.len();
        let mut odds = vec![0.0f64; n];
        let retimed = Retimed::of(reading, self.node, self.mode, self.limits);
        // Children come after their parents, so a walk from the end knows them all.
        for i in (0..n as u32).rev() {
            let is_cut = retimed.as_ref().is_some_and(|r| r.is_cut(i));
            odds[i as usize] = if is_cut { 1.0 } else { self.odds(reading, i, &odds) };
        }
        let reach = self.reach(reading, &odds);
        let gone = || (0..n as u32).filter(|i| reach[*i as usize] < 0.5).collect::<Vec<u32>>();
        let lengths = retimed.map(|r| r.lengths(reading, &gone()));
        let mut requests = Vec::new();
        for (i, row, part) in reading.rows().filter(|(_, _, p)| p.is_served && p.weight > 0.0) {
            let Some(node) = part.node else { continue };
            let weight = f64::from(part.weight);
            let sum = Sum {
                all: weight,
                failed: weight * odds[i as usize],
                recorded: if row.is_error { weight } else { 0.0 },
                lost: weight * (1.0 - reach[i as usize]),
                failed_there: weight * odds[i as usize] * reach[i as usize],
            };
            requests.push(Request { node, operation: row.name, length: row.duration(), sum });
        }
        Replayed {
            trace: reading.trace,
            id: reading.id,
            entry: reading.entry(),
            weight: reading.weight(),
            failed: reading.root.map_or(0.0, |r| odds[r as usize]),
            recorded: f64::from(u8::from(reading.is_failed())),
            length: reading.duration(),
            lengths,
            requests,
        }
    }

    fn odds(&self, reading: &Reading, i: u32, odds: &[f64]) -> f64 {
        let part = reading.part(i);
        let own = f64::from(u8::from(reading.row(i).is_some_and(|r| r.is_error)));
        if part.callee == Some(self.node) || (part.is_served && part.node == Some(self.node)) {
            return own.max(self.odds_there());
        }
        let mut survives = 1.0 - own;
        for child in reading.awaited(i) {
            // What came of a failure as recorded is recorded.
            let recorded = f64::from(u8::from(reading.row(child).is_some_and(|r| r.is_error)));
            let f = odds[child as usize] - recorded;
            let passed_on = match reading.part(child).edge {
                // A call's own server is the call.
                Some(edge) if part.edge.is_none() => self.history.strength(edge).odds(),
                _ => 1.0,
            };
            survives *= 1.0 - passed_on * f;
        }
        1.0 - survives
    }

    /// Probability that each row still happens: what follows a failure that spreads does not.
    fn reach(&self, reading: &Reading, odds: &[f64]) -> Vec<f64> {
        let mut reach = vec![1.0f64; reading.parts.len()];
        for (i, _, part) in reading.rows() {
            let mut goes_on = reach[i as usize];
            let mut children: Vec<u32> = reading.waterfall.children(i).collect();
            children.sort_by_key(|c| reading.row(*c).map(|r| r.start));
            let mut ended: Vec<(crate::model::Timestamp, f64)> = Vec::new();
            for child in children {
                let Some(row) = reading.row(child) else { continue };
                // Only what had ended before this child began could have kept it from beginning.
                ended.retain(|(end, lost)| {
                    let is_over = *end <= row.start;
                    goes_on *= if is_over { 1.0 - lost } else { 1.0 };
                    !is_over
                });
                reach[child as usize] = goes_on;
                let spread = match reading.part(child).edge {
                    Some(edge) if part.edge.is_none() => self.history.strength(edge).odds(),
                    _ => 1.0,
                };
                // A failure as recorded has already kept away whatever it kept away.
                let recorded = f64::from(u8::from(row.is_error));
                if spread >= 0.7 && !row.is_async {
                    ended.push((row.end, (spread * (odds[child as usize] - recorded)).max(0.0)));
                }
            }
        }
        reach
    }
}

/// Nodes by what is in store for them, worst first, without those that nothing happens to.
pub(super) fn hits(
    study: &Study<'_>,
    failing: NodeId,
    history: &History,
    nodes: BTreeMap<NodeId, (Sum, BTreeMap<Symbol, Sum>)>,
    slow: &BTreeMap<NodeId, f64>,
) -> Vec<Hit> {
    let mut out = Vec::new();
    for (node, (sum, operations)) in nodes {
        if node == failing {
            continue;
        }
        let graph = &study.index.graph;
        let to_it: Vec<_> =
            graph.dependencies(node).into_iter().filter(|d| d.1 == failing).map(|d| d.0).collect();
        let mut degraded: Vec<(Symbol, f64)> = operations
            .into_iter()
            .map(|(o, s)| (o, s.error_ratio(), s.ratio(s.recorded)))
            .filter(|(_, f, recorded)| *f >= DEGRADED && f > recorded)
            .map(|(o, f, _)| (o, f))
            .collect();
        degraded.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        out.push(Hit {
            node,
            error_ratio: sum.error_ratio(),
            recorded_ratio: sum.ratio(sum.recorded),
            lost_ratio: sum.ratio(sum.lost),
            slow_ratio: slow.get(&node).copied(),
            severity: Severity::of_share(sum.error_ratio()),
            operations: degraded,
            fallback: to_it.iter().find_map(|e| history.fallback(*e)),
            spread: to_it.iter().filter_map(|e| history.strength(*e).spread_ratio()).reduce(f64::max),
            repeats: to_it.iter().filter_map(|e| history.strength(*e).repeat_ratio()).reduce(f64::max),
            is_assumed: to_it.iter().any(|e| history.strength(*e).is_assumed()),
        });
    }
    let is_slow = |h: &Hit| h.slow_ratio.is_some_and(|s| s > 0.0);
    out.retain(|h| h.error_ratio > h.recorded_ratio + 1e-9 || h.lost_ratio > 1e-9 || is_slow(h));
    let worst = |h: &Hit| (h.error_ratio, h.slow_ratio.unwrap_or(0.0), h.lost_ratio);
    out.sort_by(|a, b| {
        let (a_is, b_is) = (worst(a), worst(b));
        let order = b_is.0.total_cmp(&a_is.0).then(b_is.1.total_cmp(&a_is.1));
        order.then(b_is.2.total_cmp(&a_is.2)).then(a.node.cmp(&b.node))
    });
    out
}
