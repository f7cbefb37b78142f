//! What differs between two maps: nodes and edges that came, went, became slower or fail more.
//!
//! Nodes are matched by id, edges by the ids of their ends. All that is known are counts and histograms, not when
//! what happened: what is called significant must therefore be large *and* far beyond chance.
use std::collections::BTreeMap;

use super::statistics::{Tail, compare_proportions, mann_whitney_counts};
use crate::graph::{NodeKind, Red, ServiceGraph};
use crate::model::{EdgeId, Nanos, NodeId, TimeRange};

/// What a comparison says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Worse, by more than chance and by enough to matter.
    Regression,
    /// Better likewise.
    Improvement,
    /// Neither, and there is enough data to say so.
    Unchanged,
    /// Too little data, or a change that chance or drift makes as well.
    #[default]
    Insufficient,
}

impl Verdict {
    /// Stable name for JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Regression => "regression",
            Self::Improvement => "improvement",
            Self::Unchanged => "unchanged",
            Self::Insufficient => "insufficient",
        }
    }
}

/// On which side something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Presence {
    /// Only after.
    New,
    /// Only before.
    Gone,
    /// On both sides.
    Both,
}

impl Presence {
    /// Stable name for JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Gone => "gone",
            Self::Both => "both",
        }
    }
}

/// Figures of a node or edge on one side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// Calls.
    pub calls: f64,
    /// Calls that were recorded: of sampled traces each stands for several, and proves no more than one.
    pub observed: u64,
    /// Calls a minute.
    pub rate_per_min: Option<f64>,
    /// Failed share, 0 to 1.
    pub error_ratio: Option<f64>,
    /// Median duration.
    pub p50: Option<Nanos>,
    /// 95th percentile.
    pub p95: Option<Nanos>,
}

impl Figures {
    /// Whether so few calls were recorded that nothing is said of them.
    pub fn is_few(&self) -> bool {
        (self.observed as f64) < ENOUGH
    }
}

/// How something changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// On which side it is.
    pub presence: Presence,
    /// Before.
    pub before: Option<Figures>,
    /// After.
    pub after: Option<Figures>,
    /// Of the durations.
    pub latency: Verdict,
    /// Whether only the slowest requests changed.
    pub is_tail: bool,
    /// Of the failed share.
    pub errors: Verdict,
}

impl Change {
    /// Of both metrics together: worse if one is.
    pub fn verdict(&self) -> Verdict {
        self.latency.min(self.errors)
    }
    /// Whether one of the two can't be told.
    pub fn verdict_is_open(&self) -> bool {
        self.latency.max(self.errors) == Verdict::Insufficient
    }
}

/// A node on both maps.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeDifference {
    /// Its id, by which it was matched.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: NodeKind,
    /// Its handle before and after.
    pub nodes: (Option<NodeId>, Option<NodeId>),
    /// How it changed.
    pub change: Change,
}

/// An edge on both maps.
#[derive(Clone, Debug, PartialEq)]
pub struct EdgeDifference {
    /// Id of the caller.
    pub from: String,
    /// Id of the callee.
    pub to: String,
    /// Its handle before and after.
    pub edges: (Option<EdgeId>, Option<EdgeId>),
    /// How it changed.
    pub change: Change,
    /// Calls for each request of the caller, before and after.
    pub per_request: (Option<f64>, Option<f64>),
    /// Whether each request makes half as many calls more: what one call did now takes many.
    pub is_multiplied: bool,
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Difference {
    /// From when to when the two maps are.
    pub windows: (Option<TimeRange>, Option<TimeRange>),
    /// By id.
    pub nodes: Vec<NodeDifference>,
    /// By the ids of caller and callee.
    pub edges: Vec<EdgeDifference>,
}

/// Recorded calls a side under which nothing is said.
const ENOUGH: f64 = 30.0;
/// Recorded calls a side for a 95th percentile.
const ENOUGH_FOR_TAIL: f64 = 100.0;
/// Calls are not independent of each other: only far less probable than 5 % is significant.
const SIGNIFICANT: f64 = 0.001;
/// Ratio and length from which a change of latency matters.
const SLOWER: (f64, Nanos) = (1.2, Nanos::from_millis(5));
/// Ratio, share and count from which a change of failures matters.
const FAILING: (f64, f64, f64) = (1.5, 0.005, 5.0);
/// Calls that should have been there: that none of five came by chance is less probable than 1 %.
const EXPECTED: f64 = 5.0;
/// Ratio of calls per request from which they are multiplied.
const MULTIPLIED: f64 = 1.5;

impl Difference {
    /// Nodes that are worse, new or gone; whether there is any difference to tell.
    pub fn is_empty(&self) -> bool {
        let is_same = |c: &Change| {
            c.presence == Presence::Both && !matches!(c.verdict(), Verdict::Regression | Verdict::Improvement)
        };
        self.nodes.iter().all(|n| is_same(&n.change))
            && self.edges.iter().all(|e| is_same(&e.change) && !e.is_multiplied)
    }
    /// Without what came or went only because it is rare: what the other side, by its length, would have had fewer
    /// than five calls of.
    pub fn without_rare(self) -> Self {
        let length = |w: Option<TimeRange>| w.map_or(0.0, |w| w.length().as_secs_f64());
        let sizes = (length(self.windows.0), length(self.windows.1));
        self.without_rare_by(sizes)
    }
    /// The same where the sides differ by other sizes than their lengths, such as their requests.
    pub fn without_rare_by(mut self, (before, after): (f64, f64)) -> Self {
        let is_rare = |c: &Change| {
            let expected = match (c.presence, c.before.or(c.after)) {
                (Presence::New, Some(f)) => f.observed as f64 * before / after.max(1e-9),
                (Presence::Gone, Some(f)) => f.observed as f64 * after / before.max(1e-9),
                _ => return false,
            };
            expected < EXPECTED
        };
        self.nodes.retain(|n| !is_rare(&n.change));
        self.edges.retain(|e| !is_rare(&e.change));
        self
    }
    /// A node by its id.
    pub fn node(&self, id: &str) -> Option<&NodeDifference> {
        self.nodes.iter().find(|n| n.id == id)
    }
}

/// Something before and after, where it is.
type Both<T> = (Option<T>, Option<T>);

/// Compares two maps.
pub fn difference(before: &ServiceGraph, after: &ServiceGraph) -> Difference {
    let mut nodes: BTreeMap<&str, Both<NodeId>> = BTreeMap::new();
    before.nodes().for_each(|(id, n)| nodes.entry(&n.id).or_default().0 = Some(id));
    after.nodes().for_each(|(id, n)| nodes.entry(&n.id).or_default().1 = Some(id));
    let mut edges: BTreeMap<(&str, &str), Both<EdgeId>> = BTreeMap::new();
    for (id, a, b, _) in before.edges() {
        edges.entry((id_of(before, a), id_of(before, b))).or_default().0 = Some(id);
    }
    for (id, a, b, _) in after.edges() {
        edges.entry((id_of(after, a), id_of(after, b))).or_default().1 = Some(id);
    }
    let lengths = (before.length(), after.length());
    let nodes = nodes.into_iter().filter_map(|(id, at)| {
        let own = (at.0.and_then(|n| before.node(n)), at.1.and_then(|n| after.node(n)));
        let known = own.1.or(own.0)?;
        Some(NodeDifference {
            id: id.to_owned(),
            name: known.name.clone(),
            kind: known.kind,
            nodes: at,
            change: change((own.0.map(|n| &n.red), own.1.map(|n| &n.red)), lengths),
        })
    });
    let edges = edges.into_iter().map(|((from, to), at)| {
        let reds = (
            at.0.and_then(|e| before.edge(e)).map(|e| &e.red),
            at.1.and_then(|e| after.edge(e)).map(|e| &e.red),
        );
        let per_request =
            (at.0.and_then(|e| calls_per_request(before, e)), at.1.and_then(|e| calls_per_request(after, e)));
        EdgeDifference {
            from: from.to_owned(),
            to: to.to_owned(),
            edges: at,
            change: change(reds, lengths),
            per_request,
            is_multiplied: is_multiplied(per_request, reds),
        }
    });
    Difference { windows: (before.window, after.window), nodes: nodes.collect(), edges: edges.collect() }
}

fn id_of(graph: &ServiceGraph, node: NodeId) -> &str {
    graph.node(node).map_or("", |n| &n.id)
}

fn calls_per_request(graph: &ServiceGraph, edge: EdgeId) -> Option<f64> {
    let caller = graph.node(graph.ends(edge)?.0)?;
    let has_enough = caller.red.observed as f64 >= ENOUGH;
    has_enough.then(|| graph.edge(edge).map(|e| e.red.calls() / caller.red.calls())).flatten()
}

fn is_multiplied(per_request: (Option<f64>, Option<f64>), reds: (Option<&Red>, Option<&Red>)) -> bool {
    let enough = reds.0.zip(reds.1).is_some_and(|(b, a)| b.observed.min(a.observed) as f64 >= ENOUGH);
    // Under one call in five requests, chance moves the ratio.
    matches!(per_request, (Some(b), Some(a)) if enough && a >= MULTIPLIED * b && a - b >= 0.2)
}

fn figures(red: &Red, length: Nanos) -> Figures {
    Figures {
        calls: red.calls(),
        observed: red.observed,
        rate_per_min: red.rate_per_min(length),
        error_ratio: red.error_ratio(),
        p50: red.quantile(0.5),
        p95: red.quantile(0.95),
    }
}

fn change(reds: (Option<&Red>, Option<&Red>), lengths: (Nanos, Nanos)) -> Change {
    // A node that one map merely names has no calls there.
    let reds = (reds.0.filter(|r| !r.is_empty()), reds.1.filter(|r| !r.is_empty()));
    let presence = match reds {
        (None, _) => Presence::New,
        (_, None) => Presence::Gone,
        _ => Presence::Both,
    };
    let (mut latency, mut is_tail, mut errors) = (Verdict::Insufficient, false, Verdict::Insufficient);
    if let (Some(b), Some(a)) = reds
        && b.observed.min(a.observed) as f64 >= ENOUGH
    {
        (latency, is_tail) = judge_latency(b, a);
        errors = judge_errors(b, a);
    }
    Change {
        presence,
        before: reds.0.map(|r| figures(r, lengths.0)),
        after: reds.1.map(|r| figures(r, lengths.1)),
        latency,
        is_tail,
        errors,
    }
}

/// Recorded calls over those that they stand for: 1 without sampling. Tests may not count a call twice.
fn part_recorded(red: &Red) -> f64 {
    if red.calls() > 0.0 { red.observed as f64 / red.calls() } else { 1.0 }
}

fn judge_latency(before: &Red, after: &Red) -> (Verdict, bool) {
    let (parts, histograms) = ([before, after].map(part_recorded), [before.histogram(), after.histogram()]);
    let [b, a] = [0, 1].map(|i| histograms[i].weight() * parts[i]);
    let n = b.min(a);
    if n < ENOUGH {
        return (Verdict::Insufficient, false);
    }
    let direction = |q: f64| {
        let (b, a) = (before.quantile(q)?, after.quantile(q)?);
        let ratio = a.0.max(1) as f64 / b.0.max(1) as f64;
        match a - b {
            d if d > SLOWER.1 && ratio > SLOWER.0 => Some(Verdict::Regression),
            d if d < Nanos(-SLOWER.1.0) && ratio < 1.0 / SLOWER.0 => Some(Verdict::Improvement),
            _ => None,
        }
    };
    let mut classes: BTreeMap<Nanos, (f64, f64)> = BTreeMap::new();
    before
        .histogram()
        .steps()
        .for_each(|(at, n)| classes.entry(at).or_default().0 += f64::from(n) * parts[0]);
    after.histogram().steps().for_each(|(at, n)| classes.entry(at).or_default().1 += f64::from(n) * parts[1]);
    let is_sure = |p: Option<f64>| p.is_some_and(|p| p <= SIGNIFICANT);
    if let Some(verdict) = direction(0.5) {
        let counts: Vec<(f64, f64)> = classes.values().copied().collect();
        let p = mann_whitney_counts(&counts, Tail::Both).map(|t| t.p_value);
        return (if is_sure(p) { verdict } else { Verdict::Insufficient }, false);
    }
    if let Some(verdict) = direction(0.95).filter(|_| n >= ENOUGH_FOR_TAIL) {
        let limit = before.quantile(0.95).unwrap_or_default();
        let above = classes.iter().filter(|(at, _)| **at > limit);
        let hits = above.fold((0.0, 0.0), |(b, a), (_, c)| (b + c.0, a + c.1));
        let sides = [(hits.0, b), (hits.1, a)];
        let [b, a] = sides.map(|(hits, of)| (hits.round() as u64, of.round() as u64));
        let p = compare_proportions(b, a, Tail::Both).map(|t| t.p_value);
        return (if is_sure(p) { verdict } else { Verdict::Insufficient }, true);
    }
    (Verdict::Unchanged, false)
}

fn judge_errors(before: &Red, after: &Red) -> Verdict {
    let recorded = |r: &Red| ((r.errors() * part_recorded(r)).round() as u64, r.observed.max(1));
    let sides = [before, after].map(recorded);
    let [b, a] = sides.map(|(hits, of)| hits as f64 / of as f64);
    let extra = (a - b) * sides[1].1 as f64;
    let is_large = |more: f64, less: f64| more - less >= FAILING.1 && more > FAILING.0 * less;
    let found = match extra {
        e if e >= FAILING.2 && is_large(a, b) => Verdict::Regression,
        e if e <= -FAILING.2 && is_large(b, a) => Verdict::Improvement,
        _ => return Verdict::Unchanged,
    };
    let p = compare_proportions(sides[0], sides[1], Tail::Both).map_or(1.0, |t| t.p_value);
    if p <= SIGNIFICANT { found } else { Verdict::Insufficient }
}

#[cfg(test)]
#[path = "difference_tests.rs"]
mod tests;
