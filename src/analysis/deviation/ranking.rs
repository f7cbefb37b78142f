//! Changes of times and steps to services: who is the common end of them, who explains whom, how unusual it is.
use std::collections::BTreeMap;

use super::names::{EDGE, Names};
use super::observe::{Observed, StepKey, TimeKey};
use super::series::Moments;
use super::steps::{Turn, turns};
use super::times::{Against, Shift, shifts};
use super::{Change, Deviation, Signal, SignalKind, Step, StepChange, StepRole, TimeChange};

/// The least change that anybody would call unusual, however steady the baseline: a fifth longer, or one
/// request in twenty going another way.
const LEAST_FACTOR: f64 = 1.2;
const LEAST_SHARE: f64 = 0.05;
/// Changes shown per signal.
const SHOWN: usize = 3;
/// Answered calls before a change that are held against the services that answered.
const REMEMBERED: usize = 6;
/// One instance carries a change if it has this share of it, and less than the other of the traces.
const CARRIED: f64 = 0.8;
const CARRIER_TRACES: f64 = 0.5;

/// Ranks services, most deviating first, then by name.
pub(super) fn rank(unusual: &Observed, usual: &Observed, names: &Names) -> Vec<Deviation> {
    let calls = Calls::of(usual, names);
    let blocks = usual.times.first().map_or(0, |t| t.1.blocks.len());
    let mut scales = [LEAST_FACTOR.log2().powi(2), LEAST_FACTOR.log2().powi(2), LEAST_SHARE.powi(2)];
    let mut largest = [0.0_f64; 3];
    for block in 0..blocks {
        for held in weigh(usual, Against::Block(block), &calls, names).values() {
            largest.iter_mut().zip(held.scores()).for_each(|(most, score)| *most = most.max(score));
        }
    }
    scales.iter_mut().zip(largest).for_each(|(scale, most)| *scale = (*scale + most * most).sqrt());
    let teller = Teller { unusual, usual, names };
    let found = weigh(usual, Against::Incident(unusual), &calls, names);
    let mut ranked: Vec<Deviation> = found
        .iter()
        .map(|(service, held)| teller.deviation(*service, held, scales))
        .filter(|d| d.score > 0.0)
        .collect();
    ranked.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.service.cmp(&b.service)));
    ranked
}

/// Who calls whom, and in which order, in the baseline.
struct Calls {
    /// Services that a service calls.
    dependencies: BTreeMap<u32, Vec<u32>>,
    /// For a point in an operation, the step that is most often before the one it follows.
    earlier: BTreeMap<StepKey, u32>,
}

impl Calls {
    fn of(usual: &Observed, names: &Names) -> Self {
        let mut dependencies: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (key, _) in &usual.times {
            if let Some((callee, _)) = key.callee {
                dependencies.entry(key.service).or_default().push(callee);
            }
        }
        dependencies.values_mut().for_each(|d| {
            d.sort_unstable();
            d.dedup();
        });
        let mut counts: BTreeMap<StepKey, (f64, u32)> = BTreeMap::new();
        for (key, series) in &usual.steps {
            for way in series.ways.iter().filter(|w| names.label_of(w.next).is_some()) {
                let times = way.without(None);
                let best = counts.entry(StepKey { after: way.next, ..*key }).or_insert((times, key.after));
                if times > best.0 {
                    *best = (times, key.after);
                }
            }
        }
        Self { dependencies, earlier: counts.into_iter().map(|(k, v)| (k, v.1)).collect() }
    }
    /// Services that answered before a point, nearest first.
    fn answered_before(&self, point: StepKey, names: &Names) -> Vec<u32> {
        let (mut services, mut at, mut seen) = (Vec::new(), point.after, Vec::new());
        while at != EDGE && !seen.contains(&at) && services.len() < REMEMBERED {
            seen.push(at);
            let callee = names.label_of(at).and_then(|l| l.callee).map(|c| c.0);
            if let Some(callee) = callee.filter(|c| *c != point.service && !services.contains(c)) {
                services.push(callee);
            }
            let Some(earlier) = self.earlier.get(&StepKey { after: at, ..point }) else { break };
            at = *earlier;
        }
        services
    }
}

/// All that is held against one service.
#[derive(Default)]
struct Held {
    /// Gaps of calls that it answers.
    answers: Vec<Shift>,
    /// Gaps of calls that it makes.
    calls: Vec<Shift>,
    own: Vec<Shift>,
    /// With the part of the change that it is held responsible for.
    steps: Vec<(f64, StepRole, Turn)>,
}

impl Held {
    /// In the order of [`SignalKind::ALL`].
    fn scores(&self) -> [f64; 3] {
        let single = self.own.iter().map(|s| s.at_least).fold(0.0, f64::max);
        let steps = self.steps.iter().map(|s| s.0).fold(0.0, f64::max);
        [together(&self.answers).max(together(&self.calls)), single.max(together(&self.own)), steps]
    }
    fn gaps(&self) -> &[Shift] {
        if together(&self.answers) >= together(&self.calls) { &self.answers } else { &self.calls }
    }
}

/// Stouffer's sum: a fault of a process is expected in all of its edges, so those that did not change count
/// against it, and a caller with one slow callee among many scores less than that callee.
fn together(shifts: &[Shift]) -> f64 {
    let sum: f64 = shifts.iter().map(|s| s.at_least).sum();
    if shifts.is_empty() { 0.0 } else { sum / (shifts.len() as f64).sqrt() }
}

fn weigh(usual: &Observed, against: Against<'_>, calls: &Calls, names: &Names) -> BTreeMap<u32, Held> {
    let mut held: BTreeMap<u32, Held> = BTreeMap::new();
    for shift in shifts(usual, against) {
        let sender = held.entry(shift.key.service).or_default();
        match shift.key.callee {
            Some((callee, _)) => {
                sender.calls.push(shift);
                held.entry(callee).or_default().answers.push(shift);
            }
            None => sender.own.push(shift),
        }
    }
    let turns = turns(usual, against);
    let mut own: BTreeMap<u32, f64> = BTreeMap::new();
    for turn in &turns {
        let most = own.entry(turn.key.service).or_default();
        *most = most.max(turn.at_least);
    }
    for turn in turns {
        share_out(turn, &own, calls, names, &mut held);
    }
    held
}

/// Holds a change of steps against the service whose operation it is, less what is changed in the service that
/// answered last; and against those that answered before it, less the farther they are from it.
fn share_out(
    turn: Turn,
    own: &BTreeMap<u32, f64>,
    calls: &Calls,
    names: &Names,
    held: &mut BTreeMap<u32, Held>,
) {
    let service = turn.key.service;
    let mut put = |service: u32, part: f64, role: StepRole| {
        if part > 0.0 {
            held.entry(service).or_default().steps.push((part, role, turn));
        }
    };
    let last = names.label_of(turn.key.after).and_then(|l| l.callee).map(|c| c.0).filter(|c| *c != service);
    let explained = last.and_then(|l| own.get(&l)).copied().unwrap_or(0.0);
    put(service, turn.at_least - explained, StepRole::Own);
    for (distance, answered) in (1..).zip(calls.answered_before(turn.key, names)) {
        put(answered, turn.at_least / f64::from(1 + distance), StepRole::AnsweredBefore(distance));
    }
    for dependency in last.and_then(|l| calls.dependencies.get(&l)).into_iter().flatten() {
        put(*dependency, turn.at_least / 3.0, StepRole::DependencyOfLast);
    }
}

/// Numbers back to names and lengths.
struct Teller<'a> {
    unusual: &'a Observed,
    usual: &'a Observed,
    names: &'a Names,
}

impl Teller<'_> {
    fn deviation(&self, service: u32, held: &Held, scales: [f64; 3]) -> Deviation {
        let mut signals = Vec::new();
        let parts = SignalKind::ALL.into_iter().zip(held.scores()).zip(scales);
        for ((kind, score), scale) in parts.filter(|p| p.0.1 > 0.0) {
            let changes = match kind {
                SignalKind::Gap => self.times(held.gaps()),
                SignalKind::OwnTime => self.times(&held.own),
                SignalKind::Steps => self.steps(&held.steps),
            };
            signals.push(Signal { kind, strength: score / scale, changes });
        }
        signals.sort_by(|a, b| b.strength.total_cmp(&a.strength).then(a.kind.cmp(&b.kind)));
        let score = signals.iter().map(|s| s.strength.powi(2)).sum::<f64>().sqrt();
        Deviation { service: self.names.service(service), score, signals }
    }

    fn times(&self, shifts: &[Shift]) -> Vec<Change> {
        let mut grown: Vec<&Shift> = shifts.iter().filter(|s| s.at_least > 0.0).collect();
        grown.sort_by(|a, b| b.at_least.total_cmp(&a.at_least).then(a.key.cmp(&b.key)));
        grown.into_iter().take(SHOWN).map(|s| Change::Time(self.time(s))).collect()
    }

    fn time(&self, shift: &Shift) -> TimeChange {
        let TimeKey { service, operation, callee } = shift.key;
        let series = self.unusual.time(&shift.key);
        let longest = series.iter().flat_map(|s| s.longest.iter().map(|l| l.1));
        TimeChange {
            service: self.names.service(service),
            operation: self.names.text(operation),
            callee: callee.map(|(s, o)| (self.names.service(s), self.names.text(o))),
            before: self.usual.resolution.length(shift.before.mean()),
            after: self.usual.resolution.length(shift.after.mean()),
            at_least: shift.at_least.exp2(),
            traces_before: shift.before.count as u64,
            traces_after: shift.after.count as u64,
            instance: series
                .and_then(|s| carrier(&s.instances, shift.before.mean()))
                .map(|i| self.names.text(i)),
            evidence: self.unusual.ids(longest),
        }
    }

    fn steps(&self, held: &[(f64, StepRole, Turn)]) -> Vec<Change> {
        let mut held: Vec<&(f64, StepRole, Turn)> = held.iter().collect();
        held.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.2.key.cmp(&b.2.key)).then(a.1.cmp(&b.1)));
        held.into_iter().take(SHOWN).map(|(_, role, turn)| Change::Step(self.step(*role, turn))).collect()
    }

    fn step(&self, role: StepRole, turn: &Turn) -> StepChange {
        let series = self.unusual.step(&turn.key);
        let now = |w: &&super::series::Way| (w.next == turn.next) == (turn.share_after > turn.share_before);
        let ways = series.iter().flat_map(|s| s.ways.iter().filter(now));
        let evidence = ways.flat_map(|w| w.evidence.iter().copied()).take(super::series::EVIDENCE);
        StepChange {
            service: self.names.service(turn.key.service),
            operation: self.names.text(turn.key.operation),
            after: self.named(turn.key.after),
            next: self.named(turn.next),
            share_before: turn.share_before,
            share_after: turn.share_after,
            at_least: turn.at_least,
            times_before: turn.times_before as u64,
            times_after: turn.times_after as u64,
            role,
            evidence: self.unusual.ids(evidence),
        }
    }

    fn named(&self, label: u32) -> Option<Step> {
        let label = self.names.label_of(label)?;
        let callee = label.callee.map(|(s, o)| (self.names.service(s), self.names.text(o)));
        Some(Step { operation: self.names.text(label.operation), callee })
    }
}

/// The instance with nearly all of a change, where it has fewer than half of the traces.
fn carrier(instances: &[(u32, Moments)], before: f64) -> Option<u32> {
    let excess = |m: &Moments| m.count * (m.mean() - before).max(0.0);
    let all: f64 = instances.iter().map(|i| excess(&i.1)).sum();
    let traces: f64 = instances.iter().map(|i| i.1.count).sum();
    let is_carrier =
        |m: &Moments| excess(m) >= CARRIED * all && m.count < CARRIER_TRACES * traces && all > 0.0;
    instances.iter().find(|i| is_carrier(&i.1)).map(|i| i.0)
}
