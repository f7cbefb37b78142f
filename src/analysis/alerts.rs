//! Rules that are held against nodes and edges as time passes, and the alerts that come of it.
//!
//! Nothing here knows a clock: whoever evaluates says up to which moment.
mod burn;
mod cause;
mod chance;
mod held;
mod rule;
mod track;
mod watched;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::saturation::Gauges;
use super::{Severity, Subject};
use crate::graph::{GraphIndex, Snapshot};
use crate::model::{Nanos, TimeRange, Timestamp};
use crate::store::Filter;
pub use burn::{BURN_WINDOWS, BurnState, BurnWindow, ObjectiveState, objectives};
pub use cause::{Trouble, troubles};
pub use chance::Counted;
use held::{Coverage, Held, limit_of};
pub use held::{Missing, Unjudged};
pub use rule::{Objective, Rule, Rules, Signal, Who};
use track::{Change, Limit, Track};
use watched::Watched;

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
    /// The first evaluation beyond the limit, and beyond chance.
    pub onset: Timestamp,
    /// When it had lasted long enough.
    pub raised: Timestamp,
    /// When it was well again; `None` while it is not.
    pub resolved: Option<Timestamp>,
    /// The worst value.
    pub peak: f64,
    /// The bad calls behind it, where calls were counted.
    pub counted: Option<Counted>,
    /// Those of all the time, where it is no worse than usual.
    pub usual: Option<Counted>,
    /// The newest value.
    pub last: f64,
    /// How far beyond the limit times how long, in the signal's unit times seconds.
    pub area: f64,
    /// The last evaluation.
    pub seen: Timestamp,
}

impl Alert {
    /// Whether it is about what goes on all the time, and is told as no news.
    pub fn is_standing(&self) -> bool {
        self.severity == Severity::Low
    }
    /// From its onset until it was well again, or until it was last seen.
    pub fn duration(&self) -> Nanos {
        self.resolved.unwrap_or(self.seen) - self.onset
    }
}

/// A limit that was passed in too few calls, or by too little, to tell it from chance.
#[derive(Clone, Debug, PartialEq)]
pub struct Doubt {
    /// The rule.
    pub rule: String,
    /// About whom.
    pub name: Name,
    /// What passing the limit would be worth.
    pub severity: Severity,
    /// What was looked at.
    pub signal: Signal,
    /// The limit that was passed.
    pub limit: f64,
    /// The worst value.
    pub peak: f64,
    /// When.
    pub at: Timestamp,
    /// The bad calls behind it.
    pub counted: Counted,
    /// Bad calls of as many that chance would not explain; `None` where even all of them are too few.
    pub needed: Option<f64>,
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
    doubts: BTreeMap<(usize, Name), Doubt>,
    coverage: Coverage,
    /// Those for whom there is a calm time to compare with.
    calm: BTreeSet<Name>,
    filter: Option<Arc<Filter>>,
}

/// Evaluations of one call, at most; there are fewer in between where time is long.
const EVALUATIONS: i64 = 2_000;
/// Time from which it is known what is usual.
const REMEMBERED: Nanos = Nanos::from_secs(86_400);
/// Alerts that are over and are kept.
const PAST: usize = 10_000;

impl Tracker {
    /// Before the first evaluation.
    pub fn new(rules: Rules) -> Self {
        Self {
            rules,
            tracks: BTreeMap::new(),
            next: None,
            past: Vec::new(),
            doubts: BTreeMap::new(),
            coverage: Coverage::default(),
            calm: BTreeSet::new(),
            filter: None,
        }
    }

    /// Looks only at calls of traces that a filter lets through; measurements have no traces.
    pub fn only(self, filter: Option<Arc<Filter>>) -> Self {
        Self { filter, ..self }
    }

    /// Evaluates every moment since the last call up to and including `until`; what is to be told, by time.
    pub fn advance(&mut self, snapshot: &Snapshot, index: &GraphIndex, until: Timestamp) -> Vec<Event> {
        let Some(extent) = snapshot.extent else { return Vec::new() };
        let every = self.every().0;
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
        let found: Vec<Vec<Held>> = watched
            .par_iter()
            .map(|w| held::all(w, &self.rules, &gauges, (&moments, extent.start)))
            .collect();
        self.calm.extend(watched.iter().filter(|w| w.has_calm()).map(|w| w.name.clone()));
        let mut events = Vec::new();
        for (held, name) in found.iter().zip(&watched).flat_map(|(all, w)| all.iter().map(|h| (h, &w.name))) {
            self.doubt(held);
            self.coverage.add(held, name);
            let key = (held.place, held.severity, name.clone());
            let track = self.tracks.entry(key.clone()).or_default();
            for (at, step) in moments.iter().zip(&held.steps) {
                let change = track.step(&held.limit, *at, *step);
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
            let key = |a: &Alert| (a.is_standing(), a.onset);
            (&a.rule, &a.name, key(a), b.severity).cmp(&(&b.rule, &b.name, key(b), a.severity))
        });
        let mut merged: Vec<Alert> = Vec::new();
        for alert in all {
            match merged.last_mut() {
                Some(m)
                    if m.rule == alert.rule
                        && m.name == alert.name
                        && m.is_standing() == alert.is_standing()
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

    fn every(&self) -> Nanos {
        self.rules.every.max(Nanos::from_secs(1))
    }

    fn look_back(&self) -> Nanos {
        let rules = self.rules.rules.iter().map(|r| r.window);
        let burns = BURN_WINDOWS.iter().map(|w| w.long).filter(|_| !self.rules.objectives.is_empty());
        rules.chain(burns).chain([REMEMBERED]).max().unwrap_or(Nanos::ZERO)
    }

    /// The rules that were not held against everybody that they are meant for, and why.
    pub fn unjudged(&self) -> Vec<Unjudged> {
        if self.next.is_some() {
            return self.coverage.unjudged(&self.rules, |name| self.calm.contains(name));
        }
        let missing = Missing::Moments(self.every());
        let none = |rule: &String| Unjudged { rule: rule.clone(), meant: 0, judged: 0, missing };
        let rules = self.rules.rules.iter().map(|r| &r.name);
        rules.chain(self.rules.objectives.iter().map(|o| &o.name)).map(none).collect()
    }

    fn doubt(&mut self, held: &Held) {
        let Some(doubt) = &held.doubt else { return };
        let known = self.doubts.entry((held.place, doubt.name.clone())).or_insert_with(|| doubt.clone());
        if (doubt.severity, doubt.counted.share()) > (known.severity, known.counted.share()) {
            *known = doubt.clone();
        }
    }

    /// What passed a limit and may have been chance: of each rule and subject the worst, where there is no alert
    /// of it; the gravest first.
    pub fn doubts(&self) -> Vec<Doubt> {
        let alerts = self.alerts();
        let is_told = |d: &Doubt| alerts.iter().any(|a| a.rule == d.rule && a.name == d.name);
        let mut all: Vec<Doubt> = self.doubts.values().filter(|d| !is_told(d)).cloned().collect();
        all.sort_by(|a, b| {
            let by_share = b.counted.share().total_cmp(&a.counted.share());
            b.severity.cmp(&a.severity).then(by_share).then((&a.name, &a.rule).cmp(&(&b.name, &b.rule)))
        });
        all
    }
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
        counted: track.counted,
        usual: track.usual,
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
    if if is_low_bad { other.peak < into.peak } else { other.peak > into.peak } {
        (into.peak, into.counted) = (other.peak, other.counted);
    }
    into.usual = into.usual.and(other.usual);
}

#[cfg(test)]
#[path = "alerts/tests.rs"]
mod tests;
