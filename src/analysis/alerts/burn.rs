//! How fast an objective's error budget is used up, over a long window and a short one.
//!
//! Multi-window, multi-burn-rate alerts of the Site Reliability Workbook, chapter 5.
use std::sync::Arc;

use super::watched::Watched;
use super::{Name, Objective, Rules};
use crate::analysis::Severity;
use crate::graph::{GraphIndex, Red, Snapshot};
use crate::model::{Nanos, TimeRange, Timestamp};
use crate::store::Filter;

/// Bad calls in the long window below which nothing is claimed.
const LEAST_BAD: f64 = 10.0;

/// A burn rate, and the two windows that must both have it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BurnWindow {
    /// Long enough to be sure.
    pub long: Nanos,
    /// Short enough to know that it goes on.
    pub short: Nanos,
    /// Times the rate that uses up the budget in exactly 30 days.
    pub factor: f64,
    /// What it is worth.
    pub severity: Severity,
}

const HOUR: i64 = 3_600;

/// 2 % of a 30-day budget in an hour, 5 % in six, 10 % in three days.
pub const BURN_WINDOWS: [BurnWindow; 3] = [
    window(HOUR, 300, 14.4, Severity::Critical),
    window(6 * HOUR, 1_800, 6.0, Severity::High),
    window(72 * HOUR, 6 * HOUR, 1.0, Severity::Medium),
];

const fn window(long: i64, short: i64, factor: f64, severity: Severity) -> BurnWindow {
    BurnWindow { long: Nanos::from_secs(long), short: Nanos::from_secs(short), factor, severity }
}

/// What a burn window says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BurnState {
    /// The data is shorter than the long window.
    Needs(Nanos),
    /// Burn rates over both windows, and whether they are too high.
    Burns {
        /// Over the long window.
        long: f64,
        /// Over the short one.
        short: f64,
        /// Whether both are above the factor, with enough bad calls.
        is_firing: bool,
    },
}

/// How one node keeps one objective.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectiveState {
    /// The objective.
    pub objective: Objective,
    /// The node.
    pub name: Name,
    /// Calls, over all of the data.
    pub calls: f64,
    /// Of which bad.
    pub bad: f64,
    /// At the end of the data, per entry of [`BURN_WINDOWS`].
    pub burns: Vec<(BurnWindow, BurnState)>,
}

impl ObjectiveState {
    /// Share of good calls, 0 to 1; `None` without any.
    pub fn good_ratio(&self) -> Option<f64> {
        (self.calls > 0.0).then(|| 1.0 - self.bad / self.calls)
    }
}

/// How every objective is kept, at the end of the data, by the calls that a filter lets through; nodes without
/// calls are left out.
pub fn objectives(
    snapshot: &Snapshot,
    index: &GraphIndex,
    rules: &Rules,
    filter: Option<&Arc<Filter>>,
) -> Vec<ObjectiveState> {
    let Some(extent) = snapshot.extent else { return Vec::new() };
    let only = Rules { rules: Vec::new(), ..rules.clone() };
    let watched = Watched::all(snapshot, index, extent, &only, filter);
    let mut out = Vec::new();
    for objective in &rules.objectives {
        for w in watched.iter().filter(|w| w.is_promised(objective)) {
            let counts = Counts::of(w, objective.latency);
            let Some((calls, bad)) = counts.sums.last().map(|(_, calls, bad)| (*calls, *bad)) else {
                continue;
            };
            let state =
                |window: &BurnWindow| (*window, counts.state(objective, window, extent.end, extent.start));
            out.push(ObjectiveState {
                objective: objective.clone(),
                name: w.name.clone(),
                calls,
                bad,
                burns: BURN_WINDOWS.iter().map(state).collect(),
            });
        }
    }
    out
}

/// Calls and bad calls before each moment.
pub(super) struct Counts {
    /// End of a bucket, and the sums up to it.
    sums: Vec<(Timestamp, f64, f64)>,
}

impl Counts {
    pub fn of(watched: &Watched, latency: Option<Nanos>) -> Self {
        let (mut calls, mut bad) = (0.0, 0.0);
        let sums = watched.buckets.iter().map(|b| {
            calls += b.red.calls();
            bad += bad_calls(&b.red, latency);
            (b.range.end, calls, bad)
        });
        Self { sums: sums.collect() }
    }

    fn before(&self, t: Timestamp) -> (f64, f64) {
        let at = self.sums.partition_point(|s| s.0 <= t);
        at.checked_sub(1).and_then(|i| self.sums.get(i)).map_or((0.0, 0.0), |s| (s.1, s.2))
    }

    /// The burn rate of a range, and its bad calls.
    fn burn(&self, range: TimeRange, target: f64) -> (f64, f64) {
        let (a, b) = (self.before(range.start), self.before(range.end));
        let (calls, bad) = (b.0 - a.0, b.1 - a.1);
        let budget = (1.0 - target).max(1e-9);
        (if calls > 0.0 { bad / calls / budget } else { 0.0 }, bad)
    }

    fn state(
        &self,
        objective: &Objective,
        window: &BurnWindow,
        at: Timestamp,
        start: Timestamp,
    ) -> BurnState {
        // The last bucket may not be full yet.
        if (at - start).0 + 10_000_000_000 < window.long.0 {
            return BurnState::Needs(window.long);
        }
        let end = at + Nanos::from_secs(10);
        let (long, bad) = self.burn(TimeRange::new(at - window.long, end), objective.target);
        let (short, _) = self.burn(TimeRange::new(at - window.short, end), objective.target);
        let is_firing = long > window.factor && short > window.factor && bad >= LEAST_BAD;
        BurnState::Burns { long, short, is_firing }
    }

    /// The lower of the two burn rates; `None` before the long window is over; 0 with too few bad calls.
    pub fn burning(
        &self,
        objective: &Objective,
        window: &BurnWindow,
        at: Timestamp,
        start: Timestamp,
    ) -> Option<f64> {
        match self.state(objective, window, at, start) {
            BurnState::Needs(_) => None,
            BurnState::Burns { long, short, is_firing } => {
                let lower = long.min(short);
                Some(if is_firing { lower } else { lower.min(window.factor) })
            }
        }
    }
}

/// Failed calls, and those that took longer than promised.
fn bad_calls(red: &Red, latency: Option<Nanos>) -> f64 {
    let Some(latency) = latency else { return red.errors() };
    let slow: f64 =
        red.histogram().steps().filter(|(low, _)| *low > latency).map(|(_, n)| f64::from(n)).sum();
    // A call may be both, which the histogram does not tell: the larger is a lower bound.
    slow.max(red.errors())
}
