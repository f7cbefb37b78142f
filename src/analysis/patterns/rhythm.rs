//! Do bad requests come at a beat, as with a job that runs every fifteen minutes?
//!
//! Time is cut into cycles of one length, and each cycle that has bad requests points to where in it they lie:
//! one burst is one observation, however many requests it hits. Whether the cycles agree is Rayleigh's test.
use std::collections::BTreeMap;
use std::f64::consts::TAU;

use crate::model::{Nanos, Timestamp};

/// Lengths that are tried, in minutes: what people write into timetables.
const MINUTES: [i64; 14] = [1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 720, 1440];
/// Cycles with bad requests without which nothing is said.
const CYCLES: usize = 5;
/// Share of the cycles from the first bad one to the last that have bad requests.
const KEPT: f64 = 0.6;
/// How far the cycles agree: 1 is to the same moment.
const AGREEMENT: f64 = 0.8;
/// Share of the bad requests in the quarter of the cycle around the beat; a quarter would be by chance.
const IN_BEAT: f64 = 0.6;
/// Of other requests less than this part of that share may lie there: else traffic itself has the beat.
const OF_TRAFFIC: f64 = 0.6;
/// Probability of chance, for all lengths tried.
const CHANCE: f64 = 0.01;

/// A beat.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rhythm {
    /// From one beat to the next.
    pub period: Nanos,
    /// The middle of the first beat with bad requests.
    pub first: Timestamp,
    /// Share of the bad requests in the quarter of the time around the beats, 0 to 1; by chance it is 0.25.
    pub share: f64,
    /// Beats with bad requests.
    pub beats: usize,
    /// After correction for all lengths tried.
    pub p_value: f64,
}

/// The beat of the bad requests, beside that of all others; the clearest, of those the slowest.
pub(super) fn rhythm(bad: &[Timestamp], good: &[Timestamp]) -> Option<Rhythm> {
    let found = MINUTES.iter().rev().filter_map(|m| of_length(bad, good, Nanos::from_secs(60 * m)));
    found.reduce(|slow, quick| if quick.p_value < slow.p_value / 10.0 { quick } else { slow })
}

fn of_length(bad: &[Timestamp], good: &[Timestamp], period: Nanos) -> Option<Rhythm> {
    let mut cycles: BTreeMap<i64, (f64, f64)> = BTreeMap::new();
    for t in bad {
        let (sin, cos) = phase(*t, period).sin_cos();
        let sum = cycles.entry(t.0.div_euclid(period.0)).or_default();
        *sum = (sum.0 + cos, sum.1 + sin);
    }
    let (first, last) = (*cycles.keys().next()?, *cycles.keys().next_back()?);
    let spanned = (last - first + 1) as f64;
    if cycles.len() < CYCLES || (cycles.len() as f64) < KEPT * spanned {
        return None;
    }
    let ways = || cycles.values().map(|(x, y)| y.atan2(*x));
    let n = cycles.len() as f64;
    let (x, y) = (ways().map(f64::cos).sum::<f64>() / n, ways().map(f64::sin).sum::<f64>() / n);
    let agreement = x.hypot(y);
    let p_value = (rayleigh(agreement, n) * MINUTES.len() as f64).min(1.0);
    let middle = y.atan2(x).rem_euclid(TAU);
    let near = |all: &[Timestamp]| {
        let is_near = |t: &&Timestamp| {
            let off = (phase(**t, period) - middle).rem_euclid(TAU);
            off.min(TAU - off) <= TAU / 8.0
        };
        all.iter().filter(is_near).count() as f64 / all.len().max(1) as f64
    };
    let share = near(bad);
    let is_beat =
        agreement >= AGREEMENT && p_value <= CHANCE && share >= IN_BEAT && near(good) <= OF_TRAFFIC * share;
    let start = Timestamp(first * period.0 + (middle / TAU * period.0 as f64) as i64);
    is_beat.then_some(Rhythm { period, first: start, share, beats: cycles.len(), p_value })
}

/// Where in its cycle a moment lies, as an angle.
fn phase(t: Timestamp, period: Nanos) -> f64 {
    t.0.rem_euclid(period.0) as f64 / period.0 as f64 * TAU
}

/// Probability that `n` directions by chance agree at least so far: Rayleigh's test, after Zar,
/// "Biostatistical Analysis", 27.4.
fn rayleigh(agreement: f64, n: f64) -> f64 {
    let r = n * agreement;
    ((1.0 + 4.0 * n + 4.0 * (n * n - r * r)).sqrt() - (1.0 + 2.0 * n)).exp().clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: impl IntoIterator<Item = f64>) -> Vec<Timestamp> {
        minutes.into_iter().map(|m| Timestamp(1_767_225_600_000_000_000 + (m * 6e10) as i64)).collect()
    }
    /// One every half minute of six hours.
    fn traffic() -> Vec<Timestamp> {
        at((0..720).map(|i| f64::from(i) * 0.5))
    }

    #[test]
    fn a_job_every_quarter_of_an_hour_is_told_with_its_beat() {
        let bad = at((0..24).flat_map(|i| [0.1, 0.6, 1.2].map(|m| f64::from(i) * 15.0 + 3.0 + m)));
        let found = rhythm(&bad, &traffic()).unwrap();
        assert_eq!((found.period, found.beats), (Nanos::from_secs(900), 24));
        let off = (found.first.0 - 1_767_225_600_000_000_000) as f64 / 6e10;
        assert!((off - 3.6).abs() < 0.2, "{off}");
        assert!(found.share > 0.99 && found.p_value < 1e-6);
    }

    #[test]
    fn one_burst_and_steady_noise_have_none() {
        assert_eq!(rhythm(&at((0..50).map(|i| 100.0 + f64::from(i) * 0.05)), &traffic()), None);
        // Spread evenly by the golden ratio.
        let noise = at((0..200).map(|i| (f64::from(i) * 0.618_033_988_75).fract() * 360.0));
        assert_eq!(rhythm(&noise, &traffic()), None);
    }

    #[test]
    fn a_beat_of_the_traffic_itself_says_nothing() {
        let beats = |off: f64| at((0..24).map(move |i| f64::from(i) * 15.0 + off));
        assert_eq!(rhythm(&beats(0.2), &beats(0.4)), None);
    }
}
