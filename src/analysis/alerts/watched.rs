//! The nodes and edges that rules are held against, their calls over time, and the value of each signal.
use std::sync::Arc;

use super::chance::{Bad, Counted, Past, Verdict};
use super::{Name, Objective, Rule, Rules, Signal, Who};
use crate::analysis::saturation::{Gauges, Saturation};
use crate::graph::{
    Accumulator, GraphIndex, History, NodeKind, Outcome, RawEdgeId, Red, ServiceGraph, Snapshot,
    TimelineBucket, matching_traces,
};
use crate::model::{Nanos, NodeId, TimeRange, Timestamp};
use crate::store::{Filter, Lens};

/// Length of the buckets that windows are made of.
const STEP: Nanos = Nanos::from_secs(10);
/// Growth below this is not worth a word.
const NOTICEABLE: Nanos = Nanos::from_millis(50);
/// Timeouts below which their share says nothing.
const TIMEOUTS: f64 = 3.0;
/// Share of calls that lie above a 95th percentile.
const ABOVE_P95: f64 = 0.05;
/// What a caller cannot tell from nobody being there.
const UNAVAILABLE: &[Outcome] = &[Outcome::Timeout, Outcome::Unavailable, Outcome::ServerError];

/// One node or edge.
pub(super) struct Watched {
    pub name: Name,
    node: NodeId,
    id: String,
    shown: String,
    kind: NodeKind,
    is_edge: bool,
    is_entry: bool,
    /// The filter of the rules that it is held against: only the calls of its traces are known here.
    filter: Option<Arc<Filter>>,
    /// Whether nobody stands before it whose own alerts would tell what it does to users.
    pub is_front: bool,
    calm: Option<Nanos>,
    /// In order of time, none empty.
    pub buckets: Vec<TimelineBucket>,
}

impl Watched {
    /// Everything that some rule or objective is for; of the calls that a filter lets through. What rules with
    /// filters of their own are for comes once more for each of these.
    pub fn all(
        snapshot: &Snapshot,
        index: &GraphIndex,
        range: TimeRange,
        rules: &Rules,
        filter: Option<&Arc<Filter>>,
    ) -> Vec<Self> {
        let mut own: Vec<&Arc<Filter>> = Vec::new();
        for filter in rules.rules.iter().filter_map(|r| r.filter.as_ref()) {
            if !own.contains(&filter) {
                own.push(filter);
            }
        }
        let mut out = Self::of(snapshot, index, range, rules, (None, filter));
        for rule in own {
            // Traces that pass both: each filter asks for a span of its own.
            let both = filter.map(|f| {
                let lens = Lens { window: None, filter: Some(Arc::clone(f)) };
                let id = |t| snapshot.spans.trace(t).map(|t| t.id);
                let traces = matching_traces(&snapshot.spans, &lens).into_iter().filter_map(id).collect();
                Arc::new(Filter::of_traces(Some(rule), traces))
            });
            let passing = both.as_ref().unwrap_or(rule);
            out.extend(Self::of(snapshot, index, range, rules, (Some(rule), Some(passing))));
        }
        out
    }

    /// What the rules with one filter are for, with the calls of traces that pass another.
    fn of(
        snapshot: &Snapshot,
        index: &GraphIndex,
        range: TimeRange,
        rules: &Rules,
        (own, filter): (Option<&Arc<Filter>>, Option<&Arc<Filter>>),
    ) -> Vec<Self> {
        let extent = snapshot.extent.unwrap_or(range);
        let range = TimeRange::new(range.start.max(extent.start), range.end.min(extent.end));
        let count = usize::try_from(range.length().0 / STEP.0 + 1).unwrap_or(1);
        let graph = &index.graph;
        let lens = Lens { window: Some(range), filter: filter.cloned() };
        let history = History::new(snapshot, &lens);
        let mut out = Vec::new();
        for (id, node) in graph.nodes().filter(|(_, n)| n.kind != NodeKind::User) {
            let parties = index.parties_of(id);
            let mut buckets = history.of_parties(&parties, range, count).buckets;
            if buckets.is_empty() {
                let calls: Vec<RawEdgeId> =
                    graph.dependents(id).into_iter().flat_map(|(e, _)| index.raw_edges_of(e)).collect();
                buckets = history.of_edges(&calls, range, count).buckets;
            }
            let callers = graph.dependents(id);
            let is_user = |(_, n): &(_, NodeId)| graph.node(*n).is_some_and(|n| n.kind == NodeKind::User);
            out.push(Self {
                name: Name::Node(node.id.clone()),
                node: id,
                id: node.id.clone(),
                shown: node.name.clone(),
                kind: node.kind,
                is_edge: false,
                is_entry: callers.iter().any(is_user),
                is_front: callers.is_empty() || callers.iter().any(|(_, n)| is_outside(graph, *n)),
                filter: own.cloned(),
                calm: snapshot.calls.calm_p95_of_node(index, id),
                buckets,
            });
        }
        for (id, from, to, _) in graph.edges() {
            let is_front = is_outside(graph, from);
            let (Some(from), Some(callee)) = (graph.node(from), graph.node(to)) else { continue };
            let raw = index.raw_edges_of(id);
            out.push(Self {
                name: Name::Edge(from.id.clone(), callee.id.clone()),
                node: to,
                id: callee.id.clone(),
                shown: callee.name.clone(),
                kind: callee.kind,
                is_edge: true,
                is_entry: false,
                is_front,
                filter: own.cloned(),
                calm: snapshot.calls.calm_p95_of_edges(&raw),
                buckets: history.of_edges(&raw, range, count).buckets,
            });
        }
        out.retain(|w| {
            rules.rules.iter().any(|r| w.is_held_against(r))
                || rules.objectives.iter().any(|o| w.is_promised(o))
        });
        out
    }

    /// Whether a rule is for it, and counts the calls that are known here.
    pub fn is_held_against(&self, rule: &Rule) -> bool {
        self.filter == rule.filter && self.is_meant(&rule.who)
    }

    fn is_meant(&self, who: &Who) -> bool {
        who.edges == self.is_edge && who.is_meant(&self.id, &self.shown, self.kind)
    }

    /// Whether there is a calm time to compare with.
    pub fn has_calm(&self) -> bool {
        self.calm.is_some_and(|c| c > Nanos::ZERO)
    }

    pub fn is_promised(&self, objective: &Objective) -> bool {
        self.filter.is_none()
            && self.is_meant(&Who { edges: false, ..objective.who.clone() })
            && (self.is_entry || !objective.entry)
    }

    /// The calls of a stretch of time, in whole buckets of 10 s.
    fn red(&self, range: TimeRange) -> Red {
        let first = self.buckets.partition_point(|b| b.range.start < range.start);
        let mut histograms = Accumulator::default();
        let mut red = Red::default();
        for bucket in self.buckets.iter().skip(first).take_while(|b| b.range.start < range.end) {
            red.merge_counts(&bucket.red, &mut histograms);
        }
        red.set_histogram(&mut histograms);
        red
    }

    /// The windows that end at a moment; what rules share of them is looked up once.
    pub fn windows<'w>(&'w self, at: Timestamp, start: Timestamp, gauges: &'w Gauges<'w>) -> Windows<'w> {
        Windows { watched: self, at, start, gauges, reds: Vec::new(), busy: Vec::new() }
    }

    fn of_calls(&self, signal: Signal, red: &Red, range: TimeRange) -> Option<f64> {
        let share = |outcomes: &[Outcome]| outcomes.iter().map(|o| red.count(*o)).sum::<f64>() / red.calls();
        match signal {
            Signal::ErrorRatio => red.error_ratio(),
            Signal::TimeoutRatio if red.timeouts() < TIMEOUTS => Some(0.0),
            Signal::TimeoutRatio => Some(red.timeouts() / red.calls()),
            Signal::ThrottledRatio => Some(share(&[Outcome::Throttled])),
            Signal::UnavailableRatio => Some(share(UNAVAILABLE)),
            Signal::P95Ms => red.quantile(0.95).map(Nanos::as_millis_f64),
            Signal::P95OfCalm => {
                let (now, calm) = (red.quantile(0.95)?, self.calm.filter(|c| *c > Nanos::ZERO)?);
                Some(if now - calm <= NOTICEABLE { 1.0 } else { now.0 as f64 / calm.0 as f64 })
            }
            Signal::Apdex => red.apdex().filter(|_| self.kind.has_apdex()),
            // Before the first window is over the rate is that of less time.
            Signal::RatePerMin => red.rate_per_min(range.length()),
            Signal::CpuRatio | Signal::MemoryRatio | Signal::PoolRatio | Signal::PoolPending => None,
        }
    }
}

/// Whether it stands for whoever calls from outside.
fn is_outside(graph: &ServiceGraph, node: NodeId) -> bool {
    graph.node(node).is_some_and(|n| matches!(n.kind, NodeKind::User | NodeKind::Unknown))
}

/// The windows of one subject that end at one moment.
pub(super) struct Windows<'w> {
    watched: &'w Watched,
    at: Timestamp,
    start: Timestamp,
    gauges: &'w Gauges<'w>,
    reds: Vec<(Nanos, Red)>,
    busy: Vec<(Nanos, Saturation)>,
}

impl Windows<'_> {
    /// The value of a rule's signal; `None` where there is too little to tell.
    pub fn value(&mut self, rule: &Rule) -> Option<f64> {
        let range = TimeRange::new((self.at - rule.window).max(self.start), self.at);
        if rule.signal.is_measured() {
            let (watched, gauges) = (self.watched, self.gauges);
            if gauges.is_empty() || watched.is_edge {
                return None;
            }
            let busy = known(&mut self.busy, rule.window, || gauges.of(watched.node, range))?;
            return match rule.signal {
                Signal::CpuRatio => busy.cpu.map(|l| l.ratio),
                Signal::MemoryRatio => busy.memory.map(|l| l.ratio),
                Signal::PoolRatio => busy.pool().map(|l| l.ratio),
                _ => busy.pending(),
            };
        }
        let watched = self.watched;
        let red = known(&mut self.reds, rule.window, || watched.red(range))?;
        if red.calls() < rule.least_calls.max(f64::MIN_POSITIVE) && rule.signal != Signal::RatePerMin {
            return None;
        }
        if rule.slower_than > Nanos::ZERO && red.quantile(0.95).is_none_or(|p| p <= rule.slower_than) {
            // It is well: fast enough, whatever else.
            return Some(if rule.below { f64::MAX } else { 0.0 });
        }
        watched.of_calls(rule.signal, red, range)
    }
}

/// Whether breaches of one limit by one subject are more than chance and more than usual.
pub(super) struct Judge<'w> {
    window: Nanos,
    /// Which calls are bad, what share of them the limit allows, and whether it is made of what is usual.
    counted: Option<(Bad, f64, bool)>,
    past: Option<Past<'w>>,
}

impl<'w> Judge<'w> {
    /// For the calls of a subject; measurements and rates, which count nothing, are taken at their word.
    pub fn new(watched: &'w Watched, rule: &Rule, limit: f64) -> Self {
        let longer = |length: Nanos| Some((Bad::LongerThan(length.max(rule.slower_than)), ABOVE_P95, false));
        let counted = match rule.signal {
            _ if rule.plain || rule.below != (rule.signal == Signal::Apdex) => None,
            Signal::ErrorRatio => Some((Bad::Failed, limit, false)),
            Signal::TimeoutRatio => Some((Bad::TimedOut, limit, false)),
            Signal::ThrottledRatio => Some((Bad::Ended(&[Outcome::Throttled]), limit, false)),
            Signal::UnavailableRatio => Some((Bad::Ended(UNAVAILABLE), limit, false)),
            Signal::Apdex => Some((Bad::Unsatisfied, 1.0 - limit, false)),
            Signal::P95Ms => longer(Nanos((limit * 1e6) as i64)),
            Signal::P95OfCalm => watched.calm.and_then(|calm| {
                let times = Nanos((calm.0 as f64 * limit) as i64).max(calm + NOTICEABLE);
                longer(times).map(|(bad, allowed, _)| (bad, allowed, true))
            }),
            _ => None,
        };
        let past = counted.map(|(bad, ..)| Past::new(&watched.buckets, bad));
        Self { window: rule.window, counted, past }
    }

    /// The calls of all the time, where more than the limit allows are bad even when it is calm.
    pub fn standing(&self) -> Option<Counted> {
        let (_, allowed, is_relative) = self.counted?;
        let past = self.past.as_ref().filter(|_| !is_relative)?;
        past.stands(allowed, self.window).then(|| past.all())
    }

    /// What a breach in the window that ends at a moment is, and what was counted in it.
    pub fn verdict(&self, at: Timestamp) -> (Verdict, Option<Counted>) {
        let (Some((_, allowed, is_relative)), Some(past)) = (self.counted, &self.past) else {
            return (Verdict::New, None);
        };
        let (verdict, seen) = past.verdict(at, allowed, self.window, is_relative);
        (verdict, Some(seen))
    }
}

/// What belongs to a window, made when it is first asked for.
fn known<T>(list: &mut Vec<(Nanos, T)>, window: Nanos, make: impl FnOnce() -> T) -> Option<&T> {
    let place = list.iter().position(|(w, _)| *w == window).unwrap_or_else(|| {
        list.push((window, make()));
        list.len() - 1
    });
    list.get(place).map(|(_, value)| value)
}
