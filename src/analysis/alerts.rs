//! Rules that are held against nodes and edges as time passes, and the alerts that come of it.
//!
//! Nothing here knows a clock: whoever evaluates says up to which moment.
mod burn;
mod cause;
mod track;
mod watched;

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::saturation::Gauges;
use super::{Severity, Subject};
use crate::graph::{GraphIndex, NodeKind, Snapshot};
use crate::model::{Nanos, TimeRange, Timestamp};
use crate::store::Filter;
pub use burn::{BURN_WINDOWS, BurnState, BurnWindow, ObjectiveState, objectives};
pub use cause::{Trouble, troubles};
use track::{Change, Limit, Track};
use watched::Watched;

/// What a rule looks at; each is a number of one window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signal {
    /// Failed share of calls.
    ErrorRatio,
    /// Share of calls whose caller ran out of time; nothing under three of them.
    TimeoutRatio,
    /// Share of calls turned away for load.
    ThrottledRatio,
    /// Share of calls that ran out of time, could not be made, or failed in the callee.
    UnavailableRatio,
    /// 95th percentile, ms.
    P95Ms,
    /// 95th percentile over that of the calmest five minutes; growth under 50 ms counts as none.
    P95OfCalm,
    /// Apdex with T = 0.5 s, of what people wait for; low is bad.
    Apdex,
    /// Calls a minute.
    RatePerMin,
    /// Share of the CPU.
    CpuRatio,
    /// Share of the memory.
    MemoryRatio,
    /// Share of the fullest pool of connections.
    PoolRatio,
    /// Requests that wait for a connection.
    PoolPending,
}

impl Signal {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::ErrorRatio,
        Self::TimeoutRatio,
        Self::ThrottledRatio,
        Self::UnavailableRatio,
        Self::P95Ms,
        Self::P95OfCalm,
        Self::Apdex,
        Self::RatePerMin,
        Self::CpuRatio,
        Self::MemoryRatio,
        Self::PoolRatio,
        Self::PoolPending,
    ];
    /// Stable name for JSON and rules.
    pub fn name(self) -> &'static str {
        match self {
            Self::ErrorRatio => "error_ratio",
            Self::TimeoutRatio => "timeout_ratio",
            Self::ThrottledRatio => "throttled_ratio",
            Self::UnavailableRatio => "unavailable_ratio",
            Self::P95Ms => "p95_ms",
            Self::P95OfCalm => "p95_of_calm",
            Self::Apdex => "apdex",
            Self::RatePerMin => "rate_per_min",
            Self::CpuRatio => "cpu_ratio",
            Self::MemoryRatio => "memory_ratio",
            Self::PoolRatio => "pool_ratio",
            Self::PoolPending => "pool_pending",
        }
    }
    /// Whether it comes from measurements, not from calls.
    pub fn is_measured(self) -> bool {
        matches!(self, Self::CpuRatio | Self::MemoryRatio | Self::PoolRatio | Self::PoolPending)
    }
}

/// Whom a rule is for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Who {
    /// Names or ids of nodes, `*` for any text; of an edge, its callee. Empty for all.
    pub nodes: Vec<String>,
    /// Kinds of nodes; of an edge, its callee's. Empty for all.
    pub kinds: Vec<NodeKind>,
    /// Edges instead of nodes.
    pub edges: bool,
}

impl Who {
    fn is_meant(&self, id: &str, name: &str, kind: NodeKind) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&kind))
            && (self.nodes.is_empty() || self.nodes.iter().any(|p| matches(p, id) || matches(p, name)))
    }
}

/// Whether a text fits a pattern in which `*` is any text.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(head) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let tail = parts.pop().unwrap_or_default();
    for part in parts {
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    left.ends_with(tail)
}

/// Raises an alert when a signal stays beyond a limit.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Its name, for people and machines.
    pub name: String,
    /// What it looks at.
    pub signal: Signal,
    /// From where on it is worth a look.
    pub warning: Option<f64>,
    /// From where on it is an emergency.
    pub critical: Option<f64>,
    /// Whether low is bad.
    pub below: bool,
    /// Time that each evaluation looks back.
    pub window: Nanos,
    /// How long it must stay beyond the limit; 0 for one evaluation.
    pub hold: Nanos,
    /// How long it must be well again.
    pub resolve: Nanos,
    /// Share of the limit under which it is well again.
    pub clear: f64,
    /// Whom it is for.
    pub who: Who,
    /// Calls in the window below which nothing is claimed.
    pub least_calls: f64,
    /// Only while the 95th percentile is above this.
    pub slower_than: Nanos,
}

/// A promise about the share of good calls.
#[derive(Clone, Debug, PartialEq)]
pub struct Objective {
    /// Its name.
    pub name: String,
    /// Whom it is for; nodes only.
    pub who: Who,
    /// Only nodes that users call.
    pub entry: bool,
    /// Share of calls that must be good, under 1.
    pub target: f64,
    /// Calls longer than this are bad too.
    pub latency: Option<Nanos>,
}

/// All rules.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// Time between two evaluations.
    pub every: Nanos,
    /// Thresholds.
    pub rules: Vec<Rule>,
    /// Objectives.
    pub objectives: Vec<Objective>,
}

/// Who an alert is about, as it is called in every snapshot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Name {
    /// A node's id.
    Node(String),
    /// The ids of an edge's caller and callee.
    Edge(String, String),
}

impl Name {
    /// What it is called in this graph; `None` if it is not there.
    pub fn subject(&self, index: &GraphIndex) -> Option<Subject> {
        match self {
            Self::Node(id) => index.graph.find(id).map(Subject::Node),
            Self::Edge(from, to) => {
                let ends = (index.graph.find(from)?, index.graph.find(to)?);
                let is_it = |(_, a, b, _): &(_, _, _, _)| (*a, *b) == ends;
                index.graph.edges().find(is_it).map(|(id, ..)| Subject::Edge(id))
            }
        }
    }
}

/// One breach of a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Alert {
    /// The rule or objective.
    pub rule: String,
    /// About whom.
    pub name: Name,
    /// How bad it became.
    pub severity: Severity,
    /// What was looked at; `None` for an objective, whose values are burn rates.
    pub signal: Option<Signal>,
    /// The limit that was passed.
    pub limit: f64,
    /// How bad it still is, and the limit for that; `None` when it is over.
    pub now: Option<(Severity, f64)>,
    /// The first evaluation beyond the limit.
    pub onset: Timestamp,
    /// When it had lasted long enough.
    pub raised: Timestamp,
    /// When it was well again; `None` while it is not.
    pub resolved: Option<Timestamp>,
    /// The worst value.
    pub peak: f64,
    /// The newest value.
    pub last: f64,
    /// How far beyond the limit times how long, in the signal's unit times seconds.
    pub area: f64,
    /// The last evaluation.
    pub seen: Timestamp,
}

impl Alert {
    /// From its onset until it was well again, or until it was last seen.
    pub fn duration(&self) -> Nanos {
        self.resolved.unwrap_or(self.seen) - self.onset
    }
}

/// Something to tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The alert as it is now.
    pub alert: Alert,
    /// Whether it is over; else it has just been raised.
    pub is_over: bool,
}

/// Which limit of which rule, held against whom.
type Key = (usize, Severity, Name);

/// Evaluations so far; goes on where it stopped.
#[derive(Debug)]
pub struct Tracker {
    rules: Rules,
    tracks: BTreeMap<Key, Track>,
    next: Option<Timestamp>,
    past: Vec<Alert>,
    filter: Option<Arc<Filter>>,
}

/// Evaluations of one call, at most; there are fewer in between where time is long.
const EVALUATIONS: i64 = 2_000;
/// Alerts that are over and are kept.
const PAST: usize = 10_000;

impl Tracker {
    /// Before the first evaluation.
    pub fn new(rules: Rules) -> Self {
        Self { rules, tracks: BTreeMap::new(), next: None, past: Vec::new(), filter: None }
    }

    /// Looks only at calls of traces that a filter lets through; measurements have no traces.
    pub fn only(self, filter: Option<Arc<Filter>>) -> Self {
        Self { filter, ..self }
    }

    /// Evaluates every moment since the last call up to and including `until`; what is to be told, by time.
    pub fn advance(&mut self, snapshot: &Snapshot, index: &GraphIndex, until: Timestamp) -> Vec<Event> {
        let Some(extent) = snapshot.extent else { return Vec::new() };
        let every = self.rules.every.0.max(1_000_000_000);
        let first = self.next.unwrap_or(Timestamp((extent.start.0 / every + 1) * every));
        if until < first {
            return Vec::new();
        }
        let steps = (until - first).0 / every;
        let stride = steps / EVALUATIONS + 1;
        let moments: Vec<Timestamp> =
            (0..=steps / stride).map(|i| first + Nanos(i * stride * every)).collect();
        self.next = moments.last().map(|t| *t + Nanos(every));
        let gauges = Gauges::new(snapshot, index);
        let range = TimeRange::new(first - self.look_back(), until);
        let watched = Watched::all(snapshot, index, range, &self.rules, self.filter.as_ref());
        let found: Vec<Vec<Held>> =
            watched.par_iter().map(|w| self.values(w, &gauges, &moments, extent.start)).collect();
        let mut events = Vec::new();
        for (held, name) in found.iter().zip(&watched).flat_map(|(all, w)| all.iter().map(|h| (h, &w.name))) {
            let key = (held.place, held.severity, name.clone());
            let track = self.tracks.entry(key.clone()).or_default();
            for (at, value) in moments.iter().zip(&held.values) {
                let change = track.step(&held.limit, *at, *value);
                if change == Change::None {
                    continue;
                }
                let Some(alert) = alert_of(&self.rules, &key, &held.limit, track) else { continue };
                if change == Change::Resolved && self.past.len() < PAST {
                    self.past.push(alert.clone());
                }
                events.push((*at, Event { alert, is_over: change == Change::Resolved }));
            }
        }
        events.sort_by(|a, b| {
            (a.0, &a.1.alert.name, &a.1.alert.rule).cmp(&(b.0, &b.1.alert.name, &b.1.alert.rule))
        });
        events.into_iter().map(|(_, event)| event).collect()
    }

    /// All alerts so far, open ones first, the gravest and longest first. Where a rule was passed by both of its
    /// limits, that is one alert.
    pub fn alerts(&self) -> Vec<Alert> {
        let open = self.tracks.iter().filter(|(_, t)| t.is_open()).filter_map(|(key, track)| {
            alert_of(&self.rules, key, &limit_of(&self.rules, key.0, key.1)?, track)
        });
        let mut all: Vec<Alert> = self.past.iter().cloned().chain(open).collect();
        all.sort_by(|a, b| {
            (&a.rule, &a.name, a.onset, b.severity).cmp(&(&b.rule, &b.name, b.onset, a.severity))
        });
        let mut merged: Vec<Alert> = Vec::new();
        for alert in all {
            match merged.last_mut() {
                Some(m)
                    if m.rule == alert.rule
                        && m.name == alert.name
                        && m.resolved.is_none_or(|end| alert.onset <= end) =>
                {
                    join(m, &alert);
                }
                _ => merged.push(alert),
            }
        }
        merged.sort_by(|a, b| {
            (a.resolved.is_some(), b.severity, b.duration(), &a.name).cmp(&(
                b.resolved.is_some(),
                a.severity,
                a.duration(),
                &b.name,
            ))
        });
        merged
    }

    fn look_back(&self) -> Nanos {
        let rules = self.rules.rules.iter().map(|r| r.window);
        let burns = BURN_WINDOWS.iter().map(|w| w.long).filter(|_| !self.rules.objectives.is_empty());
        rules.chain(burns).max().unwrap_or(Nanos::ZERO)
    }

    /// What each limit is held against, at each moment.
    fn values(
        &self,
        watched: &Watched,
        gauges: &Gauges<'_>,
        moments: &[Timestamp],
        start: Timestamp,
    ) -> Vec<Held> {
        let rules: Vec<(usize, &Rule)> =
            self.rules.rules.iter().enumerate().filter(|(_, r)| watched.is_meant(&r.who)).collect();
        let mut values: Vec<Vec<Option<f64>>> = vec![Vec::with_capacity(moments.len()); rules.len()];
        for at in moments {
            let mut windows = watched.windows(*at, start, gauges);
            for ((_, rule), list) in rules.iter().zip(&mut values) {
                list.push(windows.value(rule));
            }
        }
        let mut out = Vec::new();
        for ((place, _), values) in rules.iter().zip(values) {
            for severity in [Severity::Medium, Severity::Critical] {
                if let Some(limit) = limit_of(&self.rules, *place, severity) {
                    out.push(Held { place: *place, severity, limit, values: values.clone() });
                }
            }
        }
        for (i, objective) in self.rules.objectives.iter().enumerate() {
            if !watched.is_promised(objective) {
                continue;
            }
            let counts = burn::Counts::of(watched, objective.latency);
            let place = self.rules.rules.len() + i;
            for window in &BURN_WINDOWS {
                if let Some(limit) = limit_of(&self.rules, place, window.severity) {
                    let burning = |at: &Timestamp| counts.burning(objective, window, *at, start);
                    let values = moments.iter().map(burning).collect();
                    out.push(Held { place, severity: window.severity, limit, values });
                }
            }
        }
        out
    }
}

/// A limit, and the values that it is held against at each moment.
struct Held {
    place: usize,
    severity: Severity,
    limit: Limit,
    values: Vec<Option<f64>>,
}

/// The limit of a rule, or of the objectives that stand after the rules, for a severity.
fn limit_of(rules: &Rules, place: usize, severity: Severity) -> Option<Limit> {
    let Some(rule) = rules.rules.get(place) else {
        let window = BURN_WINDOWS.iter().find(|w| w.severity == severity)?;
        return Some(Limit {
            value: window.factor,
            below: false,
            clear: 1.0,
            hold: Nanos::ZERO,
            resolve: window.short,
        });
    };
    let value = if severity == Severity::Critical { rule.critical } else { rule.warning }?;
    Some(Limit { value, below: rule.below, clear: rule.clear, hold: rule.hold, resolve: rule.resolve })
}

fn alert_of(rules: &Rules, key: &Key, limit: &Limit, track: &Track) -> Option<Alert> {
    let (place, severity, name) = key;
    let rule = rules.rules.get(*place);
    let objective = || rules.objectives.get(place - rules.rules.len()).map(|o| o.name.clone());
    Some(Alert {
        rule: rule.map(|r| r.name.clone()).or_else(objective)?,
        name: name.clone(),
        severity: *severity,
        signal: rule.map(|r| r.signal),
        limit: limit.value,
        now: track.resolved.is_none().then_some((*severity, limit.value)),
        onset: track.onset?,
        raised: track.raised?,
        resolved: track.resolved,
        peak: track.peak,
        last: track.last,
        area: track.area,
        seen: track.seen,
    })
}

/// Takes the graver limit of the same breach into an alert.
fn join(into: &mut Alert, other: &Alert) {
    into.resolved = into.resolved.zip(other.resolved).map(|(a, b)| a.max(b));
    into.now = match (into.now, other.now) {
        (Some(a), Some(b)) => Some(if b.0 > a.0 { b } else { a }),
        (a, b) => a.or(b),
    };
    if other.seen > into.seen {
        into.last = other.last;
    }
    into.seen = into.seen.max(other.seen);
    if other.severity > into.severity {
        (into.severity, into.limit) = (other.severity, other.limit);
    }
    let is_low_bad = into.peak < into.limit && other.peak < other.limit;
    into.peak = if is_low_bad { into.peak.min(other.peak) } else { into.peak.max(other.peak) };
}

#[cfg(test)]
#[path = "alerts/tests.rs"]
mod tests;
