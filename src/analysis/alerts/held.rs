//! The limits of all rules held against one subject, at each moment; and those that could not be.
use std::collections::{BTreeMap, BTreeSet};

use super::chance::{Counted, Verdict};
use super::track::{Limit, Step};
use super::watched::{Judge, Watched, Windows};
use super::{BURN_WINDOWS, Doubt, Name, Rule, Rules, Signal, burn};
use crate::analysis::Severity;
use crate::analysis::saturation::Gauges;
use crate::model::{Nanos, Timestamp};

/// A limit, and what it is held against at each moment.
pub(super) struct Held {
    pub place: usize,
    pub severity: Severity,
    pub limit: Limit,
    pub steps: Vec<Option<Step>>,
    /// The worst that passed it and may be chance.
    pub doubt: Option<Doubt>,
}

/// The limit of a rule, or of the objectives that stand after the rules, for a severity.
///
/// Low is what is beyond a limit all the time: then the first of the limits counts.
pub(super) fn limit_of(rules: &Rules, place: usize, severity: Severity) -> Option<Limit> {
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
    let value = match severity {
        Severity::Critical => rule.critical,
        Severity::Low => rule.warning.or(rule.critical),
        _ => rule.warning,
    }?;
    Some(Limit { value, below: rule.below, clear: rule.clear, hold: rule.hold, resolve: rule.resolve })
}

/// What a rule lacks to be judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Missing {
    /// No node, or no edge, that it is meant for.
    Anybody,
    /// Measurements of how busy anything is.
    Measurements,
    /// So many calls in one window of such a length.
    Calls(f64, Nanos),
    /// Calm stretches to compare with.
    Calm,
    /// So much time.
    Time(Nanos),
    /// A moment at which rules are held against anything; there is one in so long.
    Moments(Nanos),
}

/// A rule that could not be held against everybody that it is meant for.
#[derive(Clone, Debug, PartialEq)]
pub struct Unjudged {
    /// The rule or objective.
    pub rule: String,
    /// Nodes or edges that it is meant for.
    pub meant: usize,
    /// Of them, those that it was held against at some moment.
    pub judged: usize,
    /// What is missing for the others.
    pub missing: Missing,
}

/// Whom rules were held against so far: meant and judged, by place.
#[derive(Debug, Default)]
pub(super) struct Coverage(BTreeMap<usize, (BTreeSet<Name>, BTreeSet<Name>)>);

impl Coverage {
    pub fn add(&mut self, held: &Held, name: &Name) {
        let (meant, judged) = self.0.entry(held.place).or_default();
        if !meant.contains(name) {
            meant.insert(name.clone());
        }
        if !judged.contains(name) && held.steps.iter().any(Option::is_some) {
            judged.insert(name.clone());
        }
    }

    /// The rules that were not held against all that they are meant for, in their order.
    pub fn unjudged(&self, rules: &Rules, has_calm: impl Fn(&Name) -> bool) -> Vec<Unjudged> {
        let mut out = Vec::new();
        let nobody = (BTreeSet::new(), BTreeSet::new());
        let of = |place: usize| self.0.get(&place).unwrap_or(&nobody);
        for (place, rule) in rules.rules.iter().enumerate() {
            let (meant, judged) = of(place);
            let left = || meant.difference(judged);
            let missing = match rule.signal {
                _ if meant.is_empty() => Missing::Anybody,
                s if s.is_measured() => Missing::Measurements,
                Signal::P95OfCalm if left().any(|n| !has_calm(n)) => Missing::Calm,
                _ => Missing::Calls(rule.least_calls.max(1.0), rule.window),
            };
            if meant.is_empty() || judged.len() < meant.len() {
                let rule = rule.name.clone();
                out.push(Unjudged { rule, meant: meant.len(), judged: judged.len(), missing });
            }
        }
        for (i, objective) in rules.objectives.iter().enumerate() {
            let (meant, judged) = of(rules.rules.len() + i);
            let shortest = BURN_WINDOWS.iter().map(|w| w.long).min().unwrap_or(Nanos::ZERO);
            let missing = if meant.is_empty() { Missing::Anybody } else { Missing::Time(shortest) };
            if judged.len() < meant.len() || meant.is_empty() {
                let rule = objective.name.clone();
                out.push(Unjudged { rule, meant: meant.len(), judged: judged.len(), missing });
            }
        }
        out
    }
}

/// All limits that are meant for a subject.
pub(super) fn all(
    watched: &Watched,
    rules: &Rules,
    gauges: &Gauges<'_>,
    (moments, start): (&[Timestamp], Timestamp),
) -> Vec<Held> {
    let meant = rules.rules.iter().enumerate().filter(|(_, r)| watched.is_held_against(r));
    let mut limits: Vec<Open<'_>> = Vec::new();
    for (place, rule) in meant {
        for severity in [Severity::Low, Severity::Medium, Severity::Critical] {
            let Some(limit) = limit_of(rules, place, severity) else { continue };
            let judge = Judge::new(watched, rule, limit.value);
            let standing = judge.standing();
            // What stands is an alert of its own only where others tell what it does to users.
            if severity > Severity::Low || (standing.is_some() && !watched.is_front) {
                let held = Held { place, severity, limit, steps: Vec::new(), doubt: None };
                limits.push(Open { rule, judge, standing, is_front: watched.is_front, held });
            }
        }
    }
    for at in moments {
        let mut windows = watched.windows(*at, start, gauges);
        for open in &mut limits {
            open.step(watched, &mut windows, *at);
        }
    }
    let mut out: Vec<Held> = limits.into_iter().map(|l| l.held).collect();
    out.extend(burning(watched, rules, moments, start));
    out
}

/// A limit while it is held against moments.
struct Open<'w> {
    rule: &'w Rule,
    judge: Judge<'w>,
    standing: Option<Counted>,
    is_front: bool,
    held: Held,
}

impl Open<'_> {
    fn step(&mut self, watched: &Watched, windows: &mut Windows<'_>, at: Timestamp) {
        let step = windows.value(self.rule).map(|value| {
            let plain = self.held.limit.plain(value);
            if self.held.severity == Severity::Low {
                // It goes on all the time, and not only while the window shows it.
                let counted = self.judge.verdict(at).1;
                return Step { is_passed: true, is_clear: false, counted, usual: self.standing, ..plain };
            }
            if !plain.is_passed {
                return plain;
            }
            let (verdict, counted) = self.judge.verdict(at);
            let step = Step { counted, ..plain };
            match verdict {
                Verdict::New => step,
                Verdict::Standing if self.is_front => Step { usual: self.standing, ..step },
                // It is no worse than usual, whatever it was before.
                Verdict::Standing => Step { is_passed: false, is_clear: true, ..step },
                Verdict::Chance(needed) => {
                    if let Some(counted) = counted {
                        self.doubt(watched, at, value, (counted, needed));
                    }
                    Step { is_passed: false, ..step }
                }
            }
        });
        self.held.steps.push(step);
    }

    fn doubt(
        &mut self,
        watched: &Watched,
        at: Timestamp,
        value: f64,
        (counted, needed): (Counted, Option<f64>),
    ) {
        if self.held.doubt.as_ref().is_some_and(|d| d.counted.share() >= counted.share()) {
            return;
        }
        self.held.doubt = Some(Doubt {
            rule: self.rule.name.clone(),
            name: watched.name.clone(),
            severity: self.held.severity,
            signal: self.rule.signal,
            limit: self.held.limit.value,
            peak: value,
            at,
            counted,
            needed,
        });
    }
}

/// The burn rates of the objectives that are meant for a subject.
fn burning(watched: &Watched, rules: &Rules, moments: &[Timestamp], start: Timestamp) -> Vec<Held> {
    let mut out = Vec::new();
    for (i, objective) in rules.objectives.iter().enumerate().filter(|(_, o)| watched.is_promised(o)) {
        let counts = burn::Counts::of(watched, objective.latency);
        let place = rules.rules.len() + i;
        for window in &BURN_WINDOWS {
            let Some(limit) = limit_of(rules, place, window.severity) else { continue };
            let burning = |at: &Timestamp| counts.burning(objective, window, *at, start);
            let steps = moments.iter().map(|at| burning(at).map(|v| limit.plain(v))).collect();
            out.push(Held { place, severity: window.severity, limit, steps, doubt: None });
        }
    }
    out
}
