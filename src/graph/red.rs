//! Rate, errors, duration of a node or edge over some time: mergeable and subtractable.
use super::histogram::LEAST;
use super::{Accumulator, Histogram, Outcome};
use crate::model::Nanos;

/// Apdex's T: requests within it satisfy, within four times it are tolerated (Apdex specification 1.1).
pub const APDEX_T: Nanos = Nanos::from_millis(500);

/// Weights are whole multiples of one part in this many, so that their sums are exact in any order.
pub const WEIGHT_STEPS: f32 = 1024.0;

/// One observation to add or take away.
#[derive(Clone, Copy, Debug)]
pub struct Observation {
    /// How long it took.
    pub duration: Nanos,
    /// Whether that is known: both times were sent, and in order.
    pub is_timed: bool,
    /// How it ended.
    pub outcome: Outcome,
    /// Whether the caller ran out of time.
    pub is_timeout: bool,
    /// For how many requests it stands (sampling); 1 without sampling.
    pub weight: f32,
}

/// Counts by outcome, timeouts, weight and a histogram of durations.
///
/// Sums of weights are exact, so adding and taking away in any order gives the same value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Red {
    /// Spans observed that stand for requests, not weighted.
    pub observed: u64,
    /// Spans that stand for no request and only show that something is there.
    present: u32,
    /// Requests that they stand for.
    pub weight: f64,
    outcomes: [f32; Outcome::COUNT],
    timeouts: f32,
    satisfied: f32,
    tolerated: f32,
    /// Sum of weighted durations, in 1/1024 ns: whole numbers, so that order cannot matter.
    total: i128,
    histogram: Histogram,
}

impl Red {
    /// Adds an observation.
    pub fn add(&mut self, o: &Observation) {
        if o.weight == 0.0 {
            self.present += 1;
            return;
        }
        self.observed += 1;
        self.change(o, o.weight);
    }
    /// Takes an observation away that was added before.
    pub fn subtract(&mut self, o: &Observation) {
        if o.weight == 0.0 {
            self.present = self.present.saturating_sub(1);
            return;
        }
        self.observed = self.observed.saturating_sub(1);
        self.change(o, -o.weight);
    }
    fn change(&mut self, o: &Observation, weight: f32) {
        self.change_counts(o, weight);
        if o.is_timed {
            self.histogram.add(o.duration, weight);
        }
    }
    fn change_counts(&mut self, o: &Observation, weight: f32) {
        self.weight += f64::from(weight);
        shift(&mut self.outcomes[o.outcome as usize], weight);
        if o.is_timeout {
            shift(&mut self.timeouts, weight);
        }
        if !o.is_timed {
            return;
        }
        if !o.outcome.is_failure() {
            if o.duration <= APDEX_T {
                shift(&mut self.satisfied, weight);
            } else if o.duration.0 <= 4 * APDEX_T.0 {
                shift(&mut self.tolerated, weight);
            }
        }
        let added = i128::from((weight * WEIGHT_STEPS) as i64) * i128::from(o.duration.0);
        self.total = self.total.wrapping_add(added);
    }
    /// Adds an observation; its duration goes to the accumulator, for [`Red::set_histogram`].
    pub fn add_counts(&mut self, o: &Observation, histograms: &mut Accumulator) {
        if o.weight == 0.0 {
            self.present += 1;
            return;
        }
        self.observed += 1;
        self.change_counts(o, o.weight);
        if o.is_timed {
            histograms.add_one(o.duration, o.weight);
        }
    }
    /// Adds another's counts; its histogram goes to the accumulator, for [`Red::set_histogram`].
    pub fn merge_counts(&mut self, other: &Self, histograms: &mut Accumulator) {
        self.add_totals(other);
        histograms.add(&other.histogram);
    }
    fn add_totals(&mut self, other: &Self) {
        // Wrapping, as what is taken away may be added again only afterwards.
        self.observed = self.observed.wrapping_add(other.observed);
        self.present = self.present.wrapping_add(other.present);
        self.weight += other.weight;
        for (a, b) in self.outcomes.iter_mut().zip(&other.outcomes) {
            *a += b;
        }
        self.timeouts += other.timeouts;
        self.satisfied += other.satisfied;
        self.tolerated += other.tolerated;
        self.total = self.total.wrapping_add(other.total);
    }
    /// Adds another.
    pub fn merge(&mut self, other: &Self) {
        self.add_totals(other);
        self.histogram.merge(&other.histogram);
    }
    /// Adds another as [`Red::merge_counts`] does, or takes it away where that was done as part of a larger sum.
    pub fn change_by(&mut self, other: &Self, is_added: bool, histograms: &mut Accumulator) {
        if is_added {
            self.merge_counts(other, histograms);
        } else {
            self.take_counts_away(other, histograms);
        }
    }
    /// As [`Red::change_by`], with a histogram that is in place; ends with [`Red::settle`].
    pub fn change_in_place(&mut self, other: &Self, is_added: bool) {
        if is_added {
            self.add_totals(other);
        } else {
            self.take_totals_away(other);
        }
        self.histogram.change_by(&other.histogram, is_added);
    }
    /// Drops what only rounding and the order of changes left of the histogram.
    pub fn settle(&mut self) {
        self.histogram.settle();
    }
    fn take_counts_away(&mut self, other: &Self, histograms: &mut Accumulator) {
        self.take_totals_away(other);
        histograms.take_away(&other.histogram);
    }
    fn take_totals_away(&mut self, other: &Self) {
        self.observed = self.observed.wrapping_sub(other.observed);
        self.present = self.present.wrapping_sub(other.present);
        self.weight -= other.weight;
        for (a, b) in self.outcomes.iter_mut().zip(&other.outcomes) {
            *a -= b;
        }
        self.timeouts -= other.timeouts;
        self.satisfied -= other.satisfied;
        self.tolerated -= other.tolerated;
        self.total = self.total.wrapping_sub(other.total);
    }
    /// Takes the summed histograms.
    pub fn set_histogram(&mut self, histograms: &mut Accumulator) {
        self.histogram = histograms.take();
    }
    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.observed == 0 && self.present == 0
    }
    /// Calls that it stands for.
    pub fn calls(&self) -> f64 {
        self.weight
    }
    /// Failed calls.
    pub fn errors(&self) -> f64 {
        Outcome::FAILURES.iter().map(|o| self.count(*o)).sum()
    }
    /// Calls that ended this way.
    pub fn count(&self, outcome: Outcome) -> f64 {
        f64::from(self.outcomes[outcome as usize])
    }
    /// Calls whose caller ran out of time.
    pub fn timeouts(&self) -> f64 {
        f64::from(self.timeouts)
    }
    /// Failed share of the calls, 0 to 1; `None` without calls.
    pub fn error_ratio(&self) -> Option<f64> {
        (self.weight > 0.0).then(|| self.errors() / self.weight)
    }
    /// Calls a minute over a length of time; `None` if that is empty.
    pub fn rate_per_min(&self, over: Nanos) -> Option<f64> {
        (over.0 > 0).then(|| self.weight * 60.0 / over.as_secs_f64())
    }
    /// Mean duration of those that have one.
    pub fn average(&self) -> Option<Nanos> {
        let weight = (self.histogram.weight() * f64::from(WEIGHT_STEPS)).round() as i128;
        (weight > 0).then(|| Nanos(i64::try_from((self.total + weight / 2) / weight).unwrap_or(i64::MAX)))
    }
    /// Duration below which a share `q` of the calls lies that have one.
    pub fn quantile(&self, q: f64) -> Option<Nanos> {
        self.histogram.quantile(q)
    }
    /// The longest, within the histogram's 1 %; never less than the average, which is exact.
    pub fn longest(&self) -> Option<Nanos> {
        self.histogram.quantile(1.0).max(self.average())
    }
    /// (Satisfied + tolerated / 2) / all that have a duration, with T = 0.5 s; `None` without any.
    pub fn apdex(&self) -> Option<f64> {
        let score = f64::from(self.satisfied) + f64::from(self.tolerated) / 2.0;
        let all = self.histogram.weight();
        (all > 0.0).then(|| score / all)
    }
    /// Whether it stands for another number of calls than was observed (sampling).
    pub fn is_estimate(&self) -> bool {
        (self.weight - self.observed as f64).abs() > 1e-6
    }
    /// The durations.
    pub fn histogram(&self) -> &Histogram {
        &self.histogram
    }
    /// Bytes that it holds.
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.histogram.heap_bytes()
    }
}

/// Adds to a sum of weights, dropping what only rounding left of it.
fn shift(sum: &mut f32, weight: f32) {
    *sum += weight;
    if sum.abs() < LEAST {
        *sum = 0.0;
    }
}
