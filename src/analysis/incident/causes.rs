//! Who is to blame for the extra bad requests, and how sure is that?
use std::collections::{BTreeMap, BTreeSet};

use super::facts::{Origin, TraceFacts};
use super::holders::Holders;
use super::ledger::{Change, Ledger};
use super::strain::{Shortage, Strain};
use super::window::quantile;
use crate::analysis::deviation::Deviation;
use crate::analysis::{BlameKey, Confidence, Evidence, Severity, Study, Subject};
use crate::graph::NodeKind;
use crate::model::{Nanos, NodeId, Symbol, Timestamp, TraceId};

/// Calm traces of an entry operation without which its own medians are not used.
const ENOUGH: usize = 20;
/// Shares of blame below this are noise.
const LEAST: f64 = 0.02;
/// Extra time below this share of all the time until somebody gave up is that of any request.
const USUAL_LENGTH: f64 = 0.2;
/// Causes that are told.
const TOLD: usize = 5;

/// The parts of a confidence, each from 0 to 1; the weights are those of [`Terms::score`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Terms {
    /// Bad requests over bad requests and 10: little data gives little confidence.
    pub amount: f64,
    /// Share of the extra bad requests that it explains.
    pub share: f64,
    /// How far it is ahead of the next, full at 0.3.
    pub lead: f64,
    /// 1 if its symptom began before those of all that depend on it, 0.5 if nobody can tell, 0 if after.
    pub first: f64,
    /// 1 if its own work deviates most of all, 0.5 if it is among the first three.
    pub agreement: f64,
    /// 1 if its version changed or a resource of it ran out around the onset.
    pub change: f64,
}

impl Terms {
    /// The confidence: weights by design, not calibrated.
    pub fn score(&self) -> f64 {
        let sum = 0.45 * self.share
            + 0.15 * self.lead
            + 0.15 * self.first
            + 0.15 * self.agreement
            + 0.10 * self.change;
        self.amount * sum
    }
}

/// A cause, with what speaks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cause {
    /// The node, or the edge whose gap it is.
    pub subject: Subject,
    /// By the share of requests that it spoilt, at the entry operation that was hit most.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// Why so sure; all zero for a cause that deviates only.
    pub terms: Terms,
    /// What deviates from calm times, where the spans tell nothing else: neither kinds nor how they ended.
    pub deviation: Option<Deviation>,
    /// Extra bad requests that it explains.
    pub explained: f64,
    /// Extra bad requests in all.
    pub extra: f64,
    /// Of these, those that waited at another node, or at itself, for a free connection or worker that requests
    /// hold because of it: where, and how many.
    pub waited_at: Vec<(NodeId, f64)>,
    /// Whether its own requests mostly waited for a free connection or worker, which nobody kept for longer.
    pub is_short_of_places: bool,
    /// How its own work changed.
    pub change: Option<Change>,
    /// When its own work first differed.
    pub onset: Option<Timestamp>,
    /// How much later the first of its dependents showed a symptom; `None` if none did, or before.
    pub dependents_after: Option<Nanos>,
    /// Dependencies of it that are to blame for a good part too: it may be so because of them.
    pub because_of: Vec<NodeId>,
    /// What stands out in the spans that are to blame.
    pub detail: super::detail::Detail,
    /// A version that its spans first carried shortly before or at the onset.
    pub new_version: Option<(Symbol, Timestamp)>,
    /// A resource of it that ran out in bad times, by its own measurements. Of services: what a database's callers
    /// run out of follows from it.
    pub shortage: Option<Shortage>,
    /// Bad traces that it explains, the clearest first, with the span to look at.
    pub evidence: Evidence,
}

/// Blame of one bad trace.
pub(in crate::analysis) type Blame = Vec<(BlameKey, f64)>;

/// What calm traces spend on each key, by entry operation.
#[derive(Debug, Default)]
pub(in crate::analysis) struct CalmPaths {
    by_entry: BTreeMap<(NodeId, Symbol), BTreeMap<BlameKey, f32>>,
    any: BTreeMap<BlameKey, f32>,
    limits: BTreeMap<(NodeId, Symbol), f32>,
    holders: Holders,
}

impl CalmPaths {
    pub fn new(calm: &[&TraceFacts]) -> Self {
        let mut by_entry: BTreeMap<(NodeId, Symbol), Vec<&TraceFacts>> = BTreeMap::new();
        for f in calm.iter().filter(|f| !f.is_failed && !f.has_timeout) {
            by_entry.entry(f.entry).or_default().push(f);
        }
        let mut out = Self { any: medians(calm, false), ..Self::default() };
        for (entry, traces) in by_entry.into_iter().filter(|e| e.1.len() >= ENOUGH) {
            let mut ms: Vec<f32> = traces.iter().map(|f| f.ms).collect();
            out.limits.insert(entry, quantile(&mut ms, 0.99));
            out.by_entry.insert(entry, medians(&traces, true));
        }
        out
    }

    /// Learns who holds the connections and workers that others wait for.
    pub(super) fn with_holders(self, study: &Study<'_>, calm: &[&TraceFacts], bad: &[&TraceFacts]) -> Self {
        let holders = super::holders::holders(study, &self, (calm, bad));
        Self { holders, ..self }
    }

    /// Whether a request was bad: failed, out of time, or longer than 99 % of its kind in calm times.
    pub fn is_bad(&self, f: &TraceFacts) -> bool {
        f.is_failed || f.has_timeout || self.limits.get(&f.entry).is_some_and(|limit| f.ms > *limit)
    }

    fn usual(&self, entry: (NodeId, Symbol), key: BlameKey) -> f32 {
        let of = self.by_entry.get(&entry).unwrap_or(&self.any);
        of.get(&key).copied().unwrap_or(0.0)
    }

    /// Milliseconds that a trace spends on a key beyond what its kind does in calm times.
    pub(super) fn extra(&self, f: &TraceFacts, key: BlameKey, ms: f32) -> f64 {
        f64::from(ms - self.usual(f.entry, key)).max(0.0)
    }

    /// Who is to blame for one bad trace: shares that add up to 1, or nothing.
    pub fn blame(&self, f: &TraceFacts) -> Blame {
        let mut out: Blame = Vec::new();
        for ((key, _), share) in self.blame_through(f) {
            match out.last_mut().filter(|last| last.0 == key) {
                Some(last) => last.1 += share,
                None => out.push((key, share)),
            }
        }
        out
    }

    /// The same, sorted, and at which node the request waited for a place that the one to blame holds, if it did.
    fn blame_through(&self, f: &TraceFacts) -> Vec<((BlameKey, Option<NodeId>), f64)> {
        if let Some(Origin::Of(key)) = f.origin {
            return vec![((key, None), 1.0)];
        }
        let mut extras: BTreeMap<(BlameKey, Option<NodeId>), f64> = BTreeMap::new();
        for (key, ms) in &f.path {
            let mut more = self.extra(f, *key, *ms);
            if let BlameKey::Node(node) = key
                && let Some(holders) = self.holders.get(node)
            {
                let waited = more.min(f64::from(f.pool_wait(*key)));
                more -= waited;
                for (who, share) in holders {
                    *extras.entry((*who, Some(*node))).or_default() += waited * share;
                }
            }
            *extras.entry((*key, None)).or_default() += more;
        }
        let total: f64 = extras.values().sum();
        if let Some(Origin::OutOfTime(Some(asked))) = f.origin {
            let all: f64 = f.path.iter().map(|(_, ms)| f64::from(*ms)).sum();
            if total < USUAL_LENGTH * all {
                return vec![((asked, None), 1.0)];
            }
        }
        extras.retain(|_, ms| *ms > 0.0 && *ms >= LEAST * total);
        let kept: f64 = extras.values().sum();
        extras.into_iter().map(|(who, ms)| (who, ms / kept)).collect()
    }

    /// Requests for which a key is to blame because they waited for a place that it holds, by where they did.
    fn waited_for(&self, key: BlameKey, facts: &[&TraceFacts]) -> Vec<(NodeId, f64)> {
        let mut out: BTreeMap<NodeId, f64> = BTreeMap::new();
        for f in facts.iter().filter(|f| self.is_bad(f)) {
            let own = self.blame_through(f).into_iter().filter(|b| b.0.0 == key);
            own.filter_map(|((_, at), share)| Some((at?, share)))
                .for_each(|(at, share)| *out.entry(at).or_default() += f.weight * share);
        }
        let mut out: Vec<(NodeId, f64)> = out.into_iter().filter(|w| w.1 >= 1.0).collect();
        out.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        out
    }
}

/// Median milliseconds of each key; over all traces given, or over those that have the key.
fn medians(traces: &[&TraceFacts], over_all: bool) -> BTreeMap<BlameKey, f32> {
    let mut values: BTreeMap<BlameKey, Vec<f32>> = BTreeMap::new();
    for f in traces {
        f.path.iter().for_each(|(key, ms)| values.entry(*key).or_default().push(*ms));
    }
    let median = |mut ms: Vec<f32>| {
        if over_all {
            ms.resize(traces.len().max(ms.len()), 0.0);
        }
        quantile(&mut ms, 0.5)
    };
    values.into_iter().map(|(key, ms)| (key, median(ms))).collect()
}

/// Bad requests and their blame, of one stretch of time.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Requests.
    pub all: f64,
    /// Bad ones.
    pub bad: f64,
    by_key: BTreeMap<BlameKey, f64>,
}

impl Tally {
    pub fn new(facts: &[&TraceFacts], paths: &CalmPaths) -> Self {
        let mut out = Self::default();
        for f in facts {
            out.all += f.weight;
            if paths.is_bad(f) {
                out.bad += f.weight;
                for (key, share) in paths.blame(f) {
                    *out.by_key.entry(key).or_default() += f.weight * share;
                }
            }
        }
        out
    }
    fn score(&self, key: BlameKey) -> f64 {
        self.by_key.get(&key).map_or(0.0, |b| b / self.all.max(1.0))
    }
}

/// Everything that ranking needs.
pub(super) struct Trial<'a> {
    pub study: &'a Study<'a>,
    pub incident: &'a [&'a TraceFacts],
    pub paths: &'a CalmPaths,
    pub before: &'a Tally,
    pub now: &'a Tally,
    pub ledger: &'a Ledger,
    /// Onset of each node's first symptom.
    pub onsets: &'a BTreeMap<NodeId, Timestamp>,
    /// When each node's spans first carried a new version.
    pub changes: &'a [(NodeId, Symbol, Timestamp)],
    /// What ran out.
    pub strain: &'a Strain,
}

impl Trial<'_> {
    /// The causes, best first. `worst` is the extra share of bad requests at the entry that was hit most.
    pub fn causes(&self, worst: f64) -> Vec<Cause> {
        let mut excess: Vec<(BlameKey, f64)> = self
            .now
            .by_key
            .keys()
            .map(|k| (*k, self.now.score(*k) - self.before.score(*k)))
            .filter(|(_, e)| *e > 0.0)
            .collect();
        excess.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let total: f64 = excess.iter().map(|e| e.1).sum();
        let shares: Vec<(BlameKey, f64)> = excess.iter().map(|(k, e)| (*k, e / total)).collect();
        let deviating = self.by_deviation();
        let told = shares.iter().enumerate().filter(|(i, s)| s.1 >= LEAST && *i < TOLD);
        told.map(|(i, (key, share))| self.cause(*key, (*share, worst), i, &shares, total, &deviating))
            .collect()
    }

    /// Keys by how far their own work deviates: the second opinion.
    pub fn by_deviation(&self) -> Vec<(BlameKey, f64)> {
        let keys: BTreeSet<BlameKey> = self.ledger.bad.keys().copied().collect();
        let mut out: Vec<(BlameKey, f64)> =
            keys.into_iter().filter_map(|k| Some((k, self.ledger.change(k)?.deviation))).collect();
        out.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        out
    }

    fn cause(
        &self,
        key: BlameKey,
        (share, worst): (f64, f64),
        place: usize,
        shares: &[(BlameKey, f64)],
        total: f64,
        deviating: &[(BlameKey, f64)],
    ) -> Cause {
        let rival =
            shares.iter().enumerate().filter(|(i, _)| *i != place).map(|(_, s)| s.1).next().unwrap_or(0.0);
        let rank = deviating.iter().position(|d| d.0 == key);
        let own_onset = self.ledger.own_onset(key);
        let onset = own_onset.map(|o| o.0);
        let dependents = self.dependents(key);
        let later: Vec<Timestamp> = dependents.iter().filter_map(|d| self.onsets.get(d)).copied().collect();
        let new_version = self.new_version(key, onset);
        let shortage = self.shortage(key);
        let terms = Terms {
            amount: self.now.bad / (self.now.bad + 10.0),
            share,
            lead: ((share - rival) / 0.3).clamp(0.0, 1.0),
            first: match (own_onset, later.iter().min()) {
                (Some((own, doubt)), Some(first)) if own <= *first + doubt => 1.0,
                (Some(_), Some(_)) => 0.0,
                _ => 0.5,
            },
            agreement: match rank {
                Some(0) => 1.0,
                Some(1 | 2) => 0.5,
                _ => 0.0,
            },
            change: f64::from(u8::from(new_version.is_some() || shortage.is_some())),
        };
        let after = onset.and_then(|o| later.iter().min().filter(|l| **l >= o).map(|l| *l - o));
        let blamed = self.blamed(key);
        Cause {
            subject: key.into(),
            severity: Severity::of_share(share * worst),
            confidence: Confidence::of_score(terms.score()),
            terms,
            deviation: None,
            explained: share * total * self.now.all,
            extra: total * self.now.all,
            waited_at: self.paths.waited_for(key, self.incident),
            is_short_of_places: self.ledger.extra_time(key).is_of_a_pool(),
            change: self.ledger.change(key),
            onset,
            dependents_after: after,
            because_of: self.because_of(key, share, shares),
            detail: super::detail::detail(self.study, key, &blamed, self.incident),
            new_version,
            shortage,
            evidence: super::detail::evidence(self.study, key, &blamed),
        }
    }

    /// Bad traces in which the key carries most of the blame, the clearest first.
    fn blamed(&self, key: BlameKey) -> Vec<&TraceFacts> {
        let mut out: Vec<(f64, f32, TraceId, &TraceFacts)> = Vec::new();
        for f in self.incident.iter().filter(|f| self.paths.is_bad(f)) {
            let share = self.paths.blame(f).into_iter().find(|b| b.0 == key).map_or(0.0, |b| b.1);
            if share >= 0.5 {
                out.push((share, f.path_ms(key), f.id, f));
            }
        }
        // Those that show the most of it are the easiest to read; full blame first.
        out.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
        out.into_iter().map(|o| o.3).collect()
    }

    /// A version that went live between half an hour before the onset and two minutes after.
    fn new_version(&self, key: BlameKey, onset: Option<Timestamp>) -> Option<(Symbol, Timestamp)> {
        let (BlameKey::Node(node), Some(onset)) = (key, onset) else { return None };
        let (from, to) = (onset + Nanos::from_secs(-1800), onset + Nanos::from_secs(120));
        let own = self.changes.iter().filter(|c| c.0 == node && c.2 >= from && c.2 <= to);
        own.max_by_key(|c| c.2).map(|c| (c.1, c.2))
    }

    fn shortage(&self, key: BlameKey) -> Option<Shortage> {
        let BlameKey::Node(node) = key else { return None };
        self.study.index.graph.node(node).filter(|n| n.kind == NodeKind::Service)?;
        self.strain.shortages.get(&node).copied()
    }

    /// Whoever calls it.
    fn dependents(&self, key: BlameKey) -> Vec<NodeId> {
        let graph = &self.study.index.graph;
        match key {
            BlameKey::Node(node) => graph.dependents(node).into_iter().map(|d| d.1).collect(),
            BlameKey::Gap(edge) => graph.ends(edge).map(|e| e.0).into_iter().collect(),
        }
    }

    /// Dependencies whose share is at least half of its own.
    fn because_of(&self, key: BlameKey, share: f64, shares: &[(BlameKey, f64)]) -> Vec<NodeId> {
        let BlameKey::Node(node) = key else { return Vec::new() };
        let callees: BTreeSet<NodeId> =
            self.study.index.graph.dependencies(node).into_iter().map(|d| d.1).collect();
        let mut out: Vec<NodeId> = shares
            .iter()
            .filter(|s| s.1 >= 0.5 * share)
            .filter_map(|s| if let BlameKey::Node(n) = s.0 { Some(n) } else { None })
            .filter(|n| callees.contains(n) && *n != node)
            .collect();
        out.sort_unstable();
        out.dedup();
        out
    }
}
