//! All pieces of work by whose they are, in calm and in bad times, and how they differ.
use std::collections::BTreeMap;

use super::facts::{TraceFacts, Work};
use super::window::quantile;
use crate::analysis::statistics::binomial_at_least;
use crate::analysis::{BlameKey, Evidence};
use crate::model::{Nanos, Symbol, TimeRange, Timestamp, TraceId};

/// Least width of the stretches in which an onset is looked for: closer onsets have no order.
pub const BUCKET: Nanos = Nanos::from_secs(10);
/// Robust deviations from which something is not chance.
const DEVIATES: f64 = 4.0;
/// Pieces of work without which nothing is said.
const ENOUGH: usize = 10;
/// Share of work that takes longer than 99 % of that in calm times, by chance and small drifts.
const SLOW_BY_CHANCE: f64 = 0.03;
/// Pieces of work that must show a symptom.
const LEAST: u64 = 3;
/// Probability under which failures are not chance.
const CHANCE: f64 = 1e-3;

/// A piece of work and where it was seen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub work: Work,
    pub trace: TraceId,
}

/// What is normal for some numbers: median and robust spread, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usual {
    /// Median.
    pub median: f64,
    /// Median distance from the median, as a standard deviation, and 5 % of the median on top.
    pub spread: f64,
}

impl Usual {
    fn of(values: &mut [f32]) -> Self {
        let median = f64::from(quantile(values, 0.5));
        let mut away: Vec<f32> = values.iter().map(|v| (f64::from(*v) - median).abs() as f32).collect();
        let mad = f64::from(quantile(&mut away, 0.5));
        Self { median, spread: 1.4826 * mad + 0.05 * median + 0.01 }
    }
    /// Robust deviations above normal.
    pub fn deviation(&self, value: f64) -> f64 {
        (value - self.median) / self.spread
    }
}

/// How the work of one key differs between calm and bad times.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Change {
    /// Largest robust deviation of own time over its operations, or of the share of failures that began here.
    pub deviation: f64,
    /// Median own milliseconds in calm times, of the operation that deviates most.
    pub own_before: Option<f64>,
    /// The same in bad times.
    pub own_now: f64,
    /// Share of its work where a failure began, in calm times, 0 to 1.
    pub errors_before: Option<f64>,
    /// The same in bad times.
    pub errors_now: f64,
    /// Pieces of work a minute in calm times.
    pub rate_before: Option<f64>,
    /// The same in bad times.
    pub rate_now: f64,
}

/// What went wrong at somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Symptom {
    /// More of its requests fail.
    Errors,
    /// More of its calls run out of time.
    Timeouts,
    /// Its requests take longer.
    Slow,
    /// It is asked less.
    TrafficDrop,
}

/// When a symptom was first and last seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Episode {
    /// What.
    pub symptom: Symptom,
    /// End of the first span that shows it.
    pub onset: Timestamp,
    /// End of the last span that shows it.
    pub end: Timestamp,
    /// Spans that show it.
    pub count: u64,
    /// The first traces that show it.
    pub evidence: Evidence,
}

/// Milliseconds beyond what is usual, of work that takes too long.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct ExtraTime {
    /// From start to end.
    pub all: f64,
    /// Of them, those that it did not wait for another node.
    pub own: f64,
    /// Of these, those that it waited for a free connection or worker.
    pub pool: f64,
}

impl ExtraTime {
    /// Whether it mostly waited for a free connection or worker.
    pub fn is_of_a_pool(&self) -> bool {
        self.all > 0.0 && self.pool >= 0.5 * self.all
    }
    /// Whether it mostly did not wait for its calls.
    pub fn is_own(&self) -> bool {
        self.all > 0.0 && self.own >= 0.5 * self.all
    }
}

impl Episode {
    /// How much later than it began it may have been noticed: at least [`BUCKET`]; longer for what shows seldom, of
    /// which the first may not come for a while. Chance makes that longer in one of a hundred cases.
    pub fn doubt(&self) -> Nanos {
        let gap = (self.end - self.onset).0 as f64 / self.count.max(1) as f64;
        BUCKET.max(Nanos((gap * 100f64.ln()) as i64))
    }
}

/// Work by whose it is.
#[derive(Debug)]
pub(super) struct Ledger {
    pub calm: BTreeMap<BlameKey, Vec<Piece>>,
    pub bad: BTreeMap<BlameKey, Vec<Piece>>,
    /// Work between the calm time and the bad: what broke may have begun to before anybody noticed.
    lead: BTreeMap<BlameKey, Vec<Piece>>,
    calm_minutes: Option<f64>,
    bad_minutes: f64,
    range: TimeRange,
}

impl Ledger {
    /// Sorts the work of both times, and of what lies between, by whose it is and when it ended.
    pub fn new(
        calm: &[&TraceFacts],
        lead: &[&TraceFacts],
        bad: &[&TraceFacts],
        windows: (Option<TimeRange>, TimeRange),
    ) -> Self {
        let by_key = |facts: &[&TraceFacts]| {
            let mut out: BTreeMap<BlameKey, Vec<Piece>> = BTreeMap::new();
            for f in facts {
                for work in &f.work {
                    out.entry(work.key).or_default().push(Piece { work: *work, trace: f.id });
                }
            }
            out.values_mut().for_each(|p| p.sort_by_key(|p| (p.work.end, p.trace)));
            out
        };
        let minutes = |r: TimeRange| r.length().as_millis_f64() / 60_000.0;
        Self {
            calm: by_key(calm),
            bad: by_key(bad),
            lead: by_key(lead),
            calm_minutes: windows.0.map(minutes).filter(|m| *m > 0.0),
            bad_minutes: minutes(windows.1).max(1.0 / 60.0),
            range: windows.1,
        }
    }

    fn calm(&self, key: BlameKey) -> &[Piece] {
        self.calm.get(&key).map_or(&[], |p| p)
    }
    fn bad(&self, key: BlameKey) -> &[Piece] {
        self.bad.get(&key).map_or(&[], |p| p)
    }
    /// Since calm times ended.
    fn since_calm(&self, key: BlameKey) -> Vec<Piece> {
        let mut out: Vec<Piece> =
            self.lead.get(&key).into_iter().flatten().chain(self.bad(key)).copied().collect();
        out.sort_by_key(|p| (p.work.end, p.trace));
        out
    }

    /// How a key's own work changed; `None` for one that did nothing in bad times.
    pub fn change(&self, key: BlameKey) -> Option<Change> {
        let (calm, bad) = (self.calm(key), self.bad(key));
        if bad.is_empty() {
            return None;
        }
        let share =
            |p: &[Piece]| p.iter().filter(|p| p.work.is_origin).count() as f64 / p.len().max(1) as f64;
        let has_calm = calm.len() >= ENOUGH;
        let mut out = Change {
            deviation: 0.0,
            own_before: None,
            own_now: f64::from(quantile(&mut own(bad), 0.5)),
            errors_before: has_calm.then(|| share(calm)),
            errors_now: share(bad),
            rate_before: self.calm_minutes.map(|m| calm.len() as f64 / m),
            rate_now: bad.len() as f64 / self.bad_minutes,
        };
        if !has_calm || bad.len() < ENOUGH {
            return Some(out);
        }
        let (p, q) = (share(calm), share(bad));
        let both = (p * calm.len() as f64 + q * bad.len() as f64) / (calm.len() + bad.len()) as f64;
        let error = (both * (1.0 - both) * (1.0 / calm.len() as f64 + 1.0 / bad.len() as f64)).sqrt();
        if error > 0.0 {
            out.deviation = (q - p) / error;
        }
        for (before, now) in by_operation(calm, bad) {
            let usual = Usual::of(&mut own(&before));
            let mut now = own(&now);
            let median = f64::from(quantile(&mut now, 0.5));
            let top = f64::from(quantile(&mut now, 0.9));
            let usual_top = f64::from(quantile(&mut own(&before), 0.9));
            let tail = (top - usual_top) / (1.4826 * (usual_top - usual.median).max(0.0) + usual.spread);
            let z = usual.deviation(median).max(tail);
            if z > out.deviation || out.own_before.is_none() {
                out.deviation = out.deviation.max(z);
                out.own_before = Some(usual.median);
                out.own_now = median;
            }
        }
        Some(out)
    }

    /// When a key's own work first differed, slower, or failing by itself; and how much earlier it may have begun to.
    pub fn own_onset(&self, key: BlameKey) -> Option<(Timestamp, Nanos)> {
        let (calm, bad) = (self.calm(key), &self.since_calm(key));
        let share = calm.iter().filter(|p| p.work.is_origin).count() as f64 / calm.len().max(1) as f64;
        let failing = failures(bad, share, |w| w.is_origin);
        let slow = slow(calm, bad, |w| w.own_ms);
        let first = failing.into_iter().chain(slow).min_by_key(|e| e.onset);
        first.map(|e| (e.onset, e.doubt()))
    }

    /// What a key showed since calm times ended, by onset.
    pub fn episodes(&self, key: BlameKey) -> Vec<Episode> {
        let (calm, bad) = (self.calm(key), &self.since_calm(key));
        let share = |is: fn(&Work) -> bool| {
            calm.iter().filter(|p| is(&p.work)).count() as f64 / calm.len().max(1) as f64
        };
        let mut out = Vec::new();
        let errors = failures(bad, share(|w| w.is_failed), |w| w.is_failed);
        out.extend(errors.map(|e| Episode { symptom: Symptom::Errors, ..e }));
        let timeouts = failures(bad, share(|w| w.is_timeout), |w| w.is_timeout);
        out.extend(timeouts.map(|e| Episode { symptom: Symptom::Timeouts, ..e }));
        out.extend(slow(calm, bad, |w| w.total_ms));
        out.extend(self.traffic_drop(calm, self.bad(key)));
        out.sort_by_key(|e| (e.onset, e.symptom));
        out
    }

    /// Far fewer requests than in calm times; when it began can't be told from spans that are not there, so
    /// the onset is that of the first stretch with too few.
    fn traffic_drop(&self, calm: &[Piece], bad: &[Piece]) -> Option<Episode> {
        let before = calm.len() as f64 / self.calm_minutes?;
        let now = bad.len() as f64 / self.bad_minutes;
        let expected = before * self.bad_minutes;
        // Three standard deviations of a count, and 15 % (the source chapter's limit).
        if calm.len() < 3 * ENOUGH
            || now >= 0.85 * before
            || expected - (bad.len() as f64) < 3.0 * expected.sqrt()
        {
            return None;
        }
        Some(Episode {
            symptom: Symptom::TrafficDrop,
            onset: bad.first().map_or(self.range.start, |p| p.work.end),
            end: bad.last().map_or(self.range.end, |p| p.work.end),
            count: (expected - bad.len() as f64).round() as u64,
            // The last requests that came show at least whom they came from.
            evidence: Evidence::of_traces(bad.iter().chain(calm.last()).map(|p| p.trace).take(3)),
        })
    }

    /// Where the extra time of a key's work went that takes longer than nearly all of its operation did.
    pub fn extra_time(&self, key: BlameKey) -> ExtraTime {
        let (calm, bad) = (self.calm(key), self.bad(key));
        let limits = limits(calm, bad, |w| w.total_ms);
        let mut out = ExtraTime::default();
        for (before, now) in by_operation(calm, bad) {
            let usual = |of: fn(&Work) -> f32| {
                quantile(&mut before.iter().map(|p| of(&p.work)).collect::<Vec<_>>(), 0.5)
            };
            let usual = [usual(|w| w.total_ms), usual(|w| w.own_ms), usual(|w| w.pool_ms)];
            let limit = before.first().and_then(|p| limits.get(&p.work.operation));
            for w in now.iter().map(|p| p.work).filter(|w| limit.is_some_and(|limit| w.total_ms > *limit)) {
                let of = [w.total_ms, w.own_ms, w.pool_ms];
                for ((sum, ms), usual) in
                    [&mut out.all, &mut out.own, &mut out.pool].into_iter().zip(of).zip(usual)
                {
                    *sum += f64::from((ms - usual).max(0.0));
                }
            }
        }
        out
    }

    /// Share of a key's work that failed or took longer than nearly all did before, beyond what is usual.
    pub fn spoilt(&self, key: BlameKey) -> f64 {
        let (calm, bad) = (self.calm(key), self.bad(key));
        let limits = limits(calm, bad, |w| w.total_ms);
        let is_spoilt = |p: &&Piece| {
            let is_slow = limits.get(&p.work.operation).is_some_and(|limit| p.work.total_ms > *limit);
            p.work.is_failed || p.work.is_timeout || is_slow
        };
        let share = |p: &[Piece]| p.iter().filter(is_spoilt).count() as f64 / p.len().max(1) as f64;
        (share(bad) - share(calm)).max(0.0)
    }
}

fn own(pieces: &[Piece]) -> Vec<f32> {
    pieces.iter().map(|p| p.work.own_ms).collect()
}

/// Work of the same operation, calm and bad, where there is enough of both.
fn by_operation(calm: &[Piece], bad: &[Piece]) -> Vec<(Vec<Piece>, Vec<Piece>)> {
    let mut all: BTreeMap<Symbol, (Vec<Piece>, Vec<Piece>)> = BTreeMap::new();
    calm.iter().for_each(|p| all.entry(p.work.operation).or_default().0.push(*p));
    bad.iter().for_each(|p| all.entry(p.work.operation).or_default().1.push(*p));
    all.into_values().filter(|(a, b)| a.len() >= ENOUGH && b.len() >= ENOUGH).collect()
}

/// The failures of a kind, if there are more than in calm times.
fn failures(bad: &[Piece], usual: f64, is: fn(&Work) -> bool) -> Option<Episode> {
    let shows = |p: &&Piece| is(&p.work);
    let found = standing_out(bad, usual.max(0.002), &shows)?;
    let count = bad.iter().filter(shows).count() as u64;
    episode(Symptom::Errors, found.iter().filter(shows), count)
}

/// Above what a piece of work takes longer than nearly all of its operation did in calm times.
fn limits(calm: &[Piece], bad: &[Piece], of: fn(&Work) -> f32) -> BTreeMap<Symbol, f32> {
    // Operations differ in length, so each is held against itself.
    let mut limits: BTreeMap<Symbol, f32> = BTreeMap::new();
    for (before, _) in by_operation(calm, bad) {
        let Some(first) = before.first() else { continue };
        let mut values: Vec<f32> = before.iter().map(|p| of(&p.work)).collect();
        let top = quantile(&mut values, 0.99);
        let usual = Usual::of(&mut values);
        let limit = top.max((usual.median + DEVIATES * usual.spread) as f32) * 1.1;
        limits.insert(first.work.operation, limit);
    }
    limits
}

/// Work that takes longer than nearly all of its operation did in calm times, if there is more of it.
fn slow(calm: &[Piece], bad: &[Piece], of: fn(&Work) -> f32) -> Option<Episode> {
    let limits = limits(calm, bad, of);
    let shows = |p: &&Piece| limits.get(&p.work.operation).is_some_and(|limit| of(&p.work) > *limit);
    let found = standing_out(bad, SLOW_BY_CHANCE, &shows)?;
    let count = bad.iter().filter(shows).count() as u64;
    episode(Symptom::Slow, found.iter().filter(shows), count)
}

/// From where to where there is more of something than chance makes; `None` if there is not more in all.
///
/// Each piece of work speaks for the share of bad times or for the usual one (a cumulative sum of likelihood
/// ratios); the onset is from where they speak for bad times until nobody can doubt it. The end likewise.
fn standing_out<'a>(bad: &'a [Piece], usual: f64, shows: &impl Fn(&&Piece) -> bool) -> Option<&'a [Piece]> {
    let all = bad.iter().filter(|p| shows(p)).count() as u64;
    if all < LEAST || binomial_at_least(all, bad.len() as u64, usual) >= CHANCE / 10.0 {
        return None;
    }
    let usual = usual.min(0.9);
    // It may fill a small part of the time only: then its share there is much larger than over all of it.
    let share = (all as f64 / bad.len() as f64).clamp((5.0 * usual).min(0.5), 0.95).max(1.05 * usual);
    let (for_it, against) = ((share / usual).ln(), ((1.0 - share) / (1.0 - usual)).ln());
    let doubt = (bad.len() as f64 / CHANCE).ln();
    let first = |pieces: &mut dyn Iterator<Item = &Piece>| {
        let (mut sum, mut count, mut from) = (0.0, 0, 0);
        for (i, piece) in pieces.enumerate() {
            let shown = shows(&piece);
            if shown && count == 0 {
                from = i;
            }
            count += u64::from(shown);
            sum += if shown { for_it } else { against };
            if sum <= 0.0 {
                (sum, count) = (0.0, 0);
            }
            if sum >= doubt && count >= LEAST {
                return Some(from);
            }
        }
        None
    };
    let range = first(&mut bad.iter()).zip(first(&mut bad.iter().rev()));
    // Spread too thinly for any stretch to stand out, yet too many in all.
    Some(range.and_then(|(from, back)| bad.get(from..bad.len() - back)).unwrap_or(bad))
}

fn episode<'a>(symptom: Symptom, showing: impl Iterator<Item = &'a Piece>, count: u64) -> Option<Episode> {
    let showing: Vec<&Piece> = showing.collect();
    let (first, last) = (showing.first()?, showing.last()?);
    Some(Episode {
        symptom,
        onset: first.work.end,
        end: last.work.end,
        count,
        evidence: Evidence::of_traces(showing.iter().map(|p| p.trace).take(3)),
    })
}
