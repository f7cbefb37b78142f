//! When was the incident, and when was it calm? Found by the share of bad requests over time.
use std::collections::BTreeMap;

use super::facts::TraceFacts;
use crate::analysis::statistics::binomial_at_least;
use crate::model::{Nanos, NodeId, Symbol, TimeRange, Timestamp};

/// The shortest stretch of time that is judged.
const STEP: Nanos = Nanos::from_secs(10);
/// At most so many stretches, or a week would be read in slices of seconds.
const STEPS: i64 = 360;
/// The widest steps are so many, or no calm time would be left beside them.
const FEWEST: i64 = 6;
/// Wider steps blur the ends, so they must see this many times more clearly.
const CLEARER: f64 = 1.2;
/// Traces that a stretch should have to be judged.
const PER_STEP: usize = 10;
/// Bad stretches closer than this belong to one incident.
const BRIDGE: Nanos = Nanos::from_secs(90);
/// No calm time is taken from just before the onset: what broke may have begun to.
pub(super) const GUARD: Nanos = Nanos::from_secs(300);
/// How long a baseline is at most.
const LONGEST: Nanos = Nanos::from_secs(3600);
/// Traces without which a stretch of time is no baseline.
const ENOUGH: usize = 50;
/// Requests without which no stretch of time can be told from the others.
pub(super) const NEEDED: usize = PER_STEP * FEWEST as usize;
/// A stretch is bad when chance alone would make it so less often than this.
const CHANCE: f64 = 1e-3;
/// An incident must be this unlikely to be chance, and spoil at least this share and number of requests.
const INCIDENT: (f64, f64, f64) = (1e-6, 0.02, 8.0);

/// The times that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// When it was bad.
    pub incident: TimeRange,
    /// When it was calm, if it ever was.
    pub baseline: Option<TimeRange>,
    /// Other bad stretches that are left aside.
    pub others: usize,
}

/// What is normal for an entry operation, for telling bad stretches before a baseline is known.
fn slow_limits(facts: &[TraceFacts], step: i64) -> BTreeMap<(NodeId, Symbol), f32> {
    let mut by_entry: BTreeMap<(NodeId, Symbol), BTreeMap<i64, Vec<f32>>> = BTreeMap::new();
    for f in facts {
        let steps = by_entry.entry(f.entry).or_default();
        steps.entry(f.start.0.div_euclid(step)).or_default().push(f.ms);
    }
    let calm = |steps: BTreeMap<i64, Vec<f32>>| {
        // Stretches with few requests are read together with the next ones.
        let mut tops: Vec<f32> = Vec::new();
        let mut pool: Vec<f32> = Vec::new();
        for more in steps.into_values() {
            pool.extend(more);
            if pool.len() >= PER_STEP {
                tops.push(quantile(&mut pool, 0.95));
                pool.clear();
            }
        }
        (tops.len() >= 3).then(|| quantile(&mut tops, 0.3) * 1.5 + 20.0)
    };
    by_entry.into_iter().filter_map(|(entry, steps)| Some((entry, calm(steps)?))).collect()
}

/// A quantile of some numbers, which are sorted in passing; 0 for none.
pub(super) fn quantile(values: &mut [f32], q: f64) -> f32 {
    values.sort_by(f32::total_cmp);
    let last = values.len().saturating_sub(1);
    values.get((last as f64 * q).round() as usize).copied().unwrap_or(0.0)
}

#[derive(Clone, Copy, Debug, Default)]
struct Step {
    all: u64,
    bad: u64,
}

impl Step {
    fn share(self) -> f64 {
        if self.all > 0 { self.bad as f64 / self.all as f64 } else { 0.0 }
    }
    fn plus(self, other: Self) -> Self {
        Self { all: self.all + other.all, bad: self.bad + other.bad }
    }
    fn minus(self, other: Self) -> Self {
        Self { all: self.all.saturating_sub(other.all), bad: self.bad.saturating_sub(other.bad) }
    }
    /// How much likelier this is with its own share of bad requests than with the usual one: the logarithm of
    /// the ratio, as in scan statistics. Calm time taken in lowers it, as does bad time left out.
    fn against(self, usual: f64) -> f64 {
        let term = |n: f64, own: f64, usual: f64| if n > 0.0 { n * (own / usual).ln() } else { 0.0 };
        let (bad, good) = (self.bad as f64, (self.all - self.bad) as f64);
        term(bad, self.share(), usual) + term(good, 1.0 - self.share(), 1.0 - usual)
    }
}

/// Finds the worst stretch of time; `None` where nothing stands out.
///
/// It is looked for in steps of several widths: few requests, of which few are bad, only stand out together.
pub(super) fn find(facts: &[TraceFacts]) -> Option<Windows> {
    let first = facts.iter().map(|f| f.start).min()?;
    let last = facts.iter().map(|f| f.start).max()?;
    let per_trace = (last - first).0 / facts.len().max(1) as i64;
    let step = STEP.0.max((last - first).0 / STEPS).max(per_trace * PER_STEP as i64);
    let limits = slow_limits(facts, step);
    let is_bad = |f: &TraceFacts| {
        f.is_failed || f.has_timeout || limits.get(&f.entry).is_some_and(|limit| f.ms > *limit)
    };
    let judged: Vec<(Nanos, bool)> = facts.iter().map(|f| (f.start - first, is_bad(f))).collect();
    let widths = std::iter::successors(Some(step), |w| Some(w * 2));
    let widths = widths.enumerate().take_while(|(i, w)| *i == 0 || w * FEWEST <= (last - first).0);
    let best = widths.filter_map(|(_, width)| Scan::of(&judged, width)).reduce(|fine, coarse| {
        if coarse.worst.strength > fine.worst.strength * CLEARER { coarse } else { fine }
    })?;
    let incident = exact_range(facts, &best.worst, first, best.step, &is_bad);
    let baseline = baseline(facts, incident, &best.grave, first, best.step);
    Some(Windows { incident, baseline, others: best.grave.len() - 1 })
}

/// Bad stretches of time, seen in steps of one width.
struct Scan {
    step: i64,
    grave: Vec<Run>,
    worst: Run,
}

impl Scan {
    fn of(judged: &[(Nanos, bool)], step: i64) -> Option<Self> {
        let mut steps: BTreeMap<i64, Step> = BTreeMap::new();
        for (at, is_bad) in judged {
            let s = steps.entry(at.0.div_euclid(step)).or_default();
            *s = s.plus(Step { all: 1, bad: u64::from(*is_bad) });
        }
        let usual = usual_share(&steps);
        let mut grave = runs(&steps, usual, step);
        // The calmest third is calmer than usual; what does not stand out shows what is.
        let sum = |all: Step, more: Step| all.plus(more);
        let everything = steps.values().copied().fold(Step::default(), sum);
        let standing_out = grave.iter().map(|r| r.total).fold(Step::default(), sum);
        let usual = usual.max(everything.minus(standing_out).share());
        let (chance, share, number) = INCIDENT;
        grave.retain(|r| {
            r.total.share() - usual >= share
                && r.total.bad as f64 - usual * r.total.all as f64 >= number
                && binomial_at_least(r.total.bad, r.total.all, usual) < chance
        });
        grave.iter_mut().for_each(|r| r.strength = r.total.against(usual));
        let worst = *grave.iter().max_by(|a, b| a.strength.total_cmp(&b.strength))?;
        Some(Self { step, grave, worst })
    }
}

/// The share of bad requests in calm times: that of the calmest third.
fn usual_share(steps: &BTreeMap<i64, Step>) -> f64 {
    let mut shares: Vec<f32> = steps.values().filter(|s| s.all >= 3).map(|s| s.share() as f32).collect();
    f64::from(quantile(&mut shares, 0.33)).max(0.005)
}

#[derive(Clone, Copy, Debug)]
struct Run {
    from: i64,
    to: i64,
    total: Step,
    /// How clearly it differs from calm time.
    strength: f64,
}

fn runs(steps: &BTreeMap<i64, Step>, usual: f64, step: i64) -> Vec<Run> {
    let bridge = (BRIDGE.0 / step).max(1);
    let stands_out = |s: &Step| {
        s.bad >= 2 && s.share() >= usual + INCIDENT.1 && binomial_at_least(s.bad, s.all, usual) < CHANCE
    };
    let mut out: Vec<Run> = Vec::new();
    for (&at, s) in steps.iter().filter(|(_, s)| stands_out(s)) {
        match out.last_mut() {
            Some(run) if at - run.to <= bridge => run.to = at,
            _ => out.push(Run { from: at, to: at, total: *s, strength: 0.0 }),
        }
    }
    for run in &mut out {
        run.total = steps.range(run.from..=run.to).fold(Step::default(), |a, (_, s)| a.plus(*s));
    }
    out
}

/// From the first bad request of the run to the last.
fn exact_range(
    facts: &[TraceFacts],
    run: &Run,
    first: Timestamp,
    step: i64,
    is_bad: &impl Fn(&TraceFacts) -> bool,
) -> TimeRange {
    let inside = |f: &&TraceFacts| {
        let at = (f.start - first).0.div_euclid(step);
        (run.from..=run.to).contains(&at)
    };
    let bad = || facts.iter().filter(inside).filter(|f| is_bad(f)).map(|f| f.start);
    let from = bad().min().unwrap_or(first);
    TimeRange::new(from, bad().max().unwrap_or(from) + Nanos(1))
}

/// Calm time before the onset, else after the end; `None` where neither has enough traces.
fn baseline(
    facts: &[TraceFacts],
    incident: TimeRange,
    bad: &[Run],
    first: Timestamp,
    step: i64,
) -> Option<TimeRange> {
    let end = facts.iter().map(|f| f.start).max()? + Nanos(1);
    let moment = |at: i64| first + Nanos(at * step);
    let bad: Vec<TimeRange> = bad.iter().map(|r| TimeRange::new(moment(r.from), moment(r.to + 1))).collect();
    let previous = bad.iter().map(|b| b.end).filter(|e| *e < incident.start).max().unwrap_or(first);
    let next = bad.iter().map(|b| b.start).filter(|s| *s > incident.end).min().unwrap_or(end);
    let guard = |calm: Nanos| Nanos(GUARD.0.min(calm.0 / 5));
    let before = incident.start - previous;
    let to = incident.start + Nanos(-guard(before).0);
    let before = TimeRange::new(previous.max(to + Nanos(-LONGEST.0)), to);
    let from = incident.end + guard(next - incident.end);
    let after = TimeRange::new(from, next.min(from + LONGEST));
    let count = |r: &TimeRange| facts.iter().filter(|f| r.contains(f.start)).count();
    [before, after].into_iter().find(|r| count(r) >= ENOUGH)
}

/// What is calm when the incident is given and the baseline is not: the time before it, else after it.
pub(super) fn baseline_of(facts: &[TraceFacts], incident: TimeRange) -> Option<TimeRange> {
    let first = facts.iter().map(|f| f.start).min()?;
    baseline(facts, incident, &[], first, STEP.0)
}
