//! How much longer something takes than in the baseline, at least.
use super::observe::{Observed, TimeKey};
use super::series::{Moments, TimeSeries};

/// Standard errors that are subtracted as doubt.
const DOUBT: f64 = 2.0;
/// Values in the baseline from which it can be told what is usual.
const FEWEST_BEFORE: f64 = 5.0;
/// Values from which a change can be told from a single odd one.
const FEWEST_AFTER: f64 = 2.0;
/// Variance that is always taken for possible.
const LEAST_VARIANCE: f64 = 1e-4;

/// What is compared with the baseline: an incident, or one block of the baseline with the others.
#[derive(Clone, Copy, Debug)]
pub(super) enum Against<'a> {
    Incident(&'a Observed),
    Block(usize),
}

impl Against<'_> {
    /// The block of the baseline that must not be compared with itself.
    pub fn left_out(self) -> Option<usize> {
        match self {
            Self::Incident(_) => None,
            Self::Block(block) => Some(block),
        }
    }
}

/// A time that can be compared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shift {
    pub key: TimeKey,
    /// By how many powers of two it grew at least; zero where that is in doubt.
    pub at_least: f64,
    pub before: Moments,
    pub after: Moments,
}

/// All times that both sides have, by key.
pub(super) fn shifts(usual: &Observed, against: Against<'_>) -> Vec<Shift> {
    let compare = |(key, series): &(TimeKey, TimeSeries)| {
        let after = match against {
            Against::Incident(unusual) => unusual.time(key)?.without(None),
            Against::Block(block) => *series.blocks.get(block)?,
        };
        shift(*key, series, against.left_out(), after)
    };
    usual.times.iter().filter_map(compare).collect()
}

fn shift(key: TimeKey, series: &TimeSeries, left_out: Option<usize>, after: Moments) -> Option<Shift> {
    let before = series.without(left_out);
    if before.count < FEWEST_BEFORE || after.count < FEWEST_AFTER {
        return None;
    }
    let variance = before.variance() + LEAST_VARIANCE;
    let error =
        (drift(series, left_out, before, variance) + variance / after.count + variance / before.count).sqrt();
    let at_least = (after.mean() - before.mean() - DOUBT * error).max(0.0);
    Some(Shift { key, at_least, before, after })
}

/// How much the blocks' means vary beyond chance, as a variance: load and caches differ from hour to hour.
fn drift(series: &TimeSeries, left_out: Option<usize>, all: Moments, variance: f64) -> f64 {
    let kept = series.blocks.iter().enumerate().filter(|(i, b)| Some(*i) != left_out && b.count >= 2.0);
    let beyond: Vec<f64> = kept.map(|(_, b)| (b.mean() - all.mean()).powi(2) - variance / b.count).collect();
    if beyond.len() < 2 {
        return 0.0;
    }
    (beyond.iter().sum::<f64>() / beyond.len() as f64).max(0.0)
}
