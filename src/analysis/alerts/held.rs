//! The limits of all rules held against one subject, at each moment.
use super::chance::{Counted, Verdict};
use super::track::{Limit, Step};
use super::watched::{Judge, Watched, Windows};
use super::{BURN_WINDOWS, Doubt, Rule, Rules, burn};
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

/// All limits that are meant for a subject.
pub(super) fn all(
    watched: &Watched,
    rules: &Rules,
    gauges: &Gauges<'_>,
    (moments, start): (&[Timestamp], Timestamp),
) -> Vec<Held> {
    let meant = rules.rules.iter().enumerate().filter(|(_, r)| watched.is_meant(&r.who));
    let mut limits: Vec<Open<'_>> = Vec::new();
    for (place, rule) in meant {
        for severity in [Severity::Low, Severity::Medium, Severity::Critical] {
            let Some(limit) = limit_of(rules, place, severity) else { continue };
            let judge = Judge::new(watched, rule, limit.value);
            // What stands beyond a limit is an alert of its own only where others tell what it does to users.
            if severity > Severity::Low || (judge.counts() && !watched.is_front) {
                let held = Held { place, severity, limit, steps: Vec::new(), doubt: None };
                limits.push(Open { rule, judge, is_front: watched.is_front, held });
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
    is_front: bool,
    held: Held,
}

impl Open<'_> {
    fn step(&mut self, watched: &Watched, windows: &mut Windows<'_>, at: Timestamp) {
        let step = windows.value(self.rule).map(|value| {
            let plain = self.held.limit.plain(value);
            if !plain.is_passed {
                return Step { is_passed: false, ..plain };
            }
            let (verdict, counted) =
                windows.calls(self.rule).map_or((Verdict::New, None), |red| self.judge.verdict(red));
            let is_low = self.held.severity == Severity::Low;
            let step = Step { counted, ..plain };
            match verdict {
                Verdict::New => Step { is_passed: !is_low, ..step },
                Verdict::Standing(usual) if is_low || self.is_front => Step { usual: Some(usual), ..step },
                // It is no worse than usual, whatever it was before.
                Verdict::Standing(_) => Step { is_passed: false, is_clear: true, ..step },
                Verdict::Chance(needed) => {
                    if let (Some(counted), false) = (counted, is_low) {
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
