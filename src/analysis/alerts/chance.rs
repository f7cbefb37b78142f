//! Whether a breach is more than chance, and more than what is usual for whom it is about.
//!
//! Rules are held against hundreds of nodes at thousands of moments: a share that is over its limit in one short
//! stretch is nothing, and one that is over it all the time is not news.
use std::cell::OnceCell;

use crate::analysis::statistics::{binomial_at_least, upper_share};
use crate::graph::{Outcome, Red, TimelineBucket};
use crate::model::{Nanos, Timestamp};

/// How probable a breach may be by chance: evaluations are many, and alerts should be few.
const CHANCE: f64 = 1e-4;
/// How probable it may be that the calmest stretch was calm by chance.
const CALM_BY_CHANCE: f64 = 1e-3;
/// The shortest stretch that may be what is usual.
const STRETCH: Nanos = Nanos::from_secs(300);
/// Calls below which a stretch says nothing.
const FEW: f64 = 20.0;
/// Windows that there must be before anything is called usual.
const WINDOWS: i64 = 2;

/// Which calls of a window are bad ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Bad {
    Failed,
    TimedOut,
    Ended(&'static [Outcome]),
    LongerThan(Nanos),
    /// What Apdex leaves out: a tolerated call is half a bad one.
    Unsatisfied,
}

/// Bad calls of so many, as they were observed: a sampled call proves no more than one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counted {
    /// Bad calls; of calls that count half, halves.
    pub bad: f64,
    /// All.
    pub calls: f64,
}

impl Counted {
    pub(super) fn of(bad: Bad, red: &Red) -> Self {
        let timed = || red.histogram().weight();
        let (bad, of) = match bad {
            Bad::Failed => (red.errors(), red.calls()),
            Bad::TimedOut => (red.timeouts(), red.calls()),
            Bad::Ended(outcomes) => (outcomes.iter().map(|o| red.count(*o)).sum(), red.calls()),
            Bad::LongerThan(length) => {
                let longer = red.histogram().steps().filter(|(low, _)| *low > length);
                (longer.map(|(_, n)| f64::from(n)).sum(), timed())
            }
            Bad::Unsatisfied => ((1.0 - red.apdex().unwrap_or(1.0)) * timed(), timed()),
        };
        let calls = red.observed as f64;
        Self { bad: if of > 0.0 { (bad / of).clamp(0.0, 1.0) * calls } else { 0.0 }, calls }
    }
    /// Bad ones of all, 0 to 1.
    pub fn share(&self) -> f64 {
        if self.calls > 0.0 { self.bad / self.calls } else { 0.0 }
    }
    /// Whether a rate explains no such share.
    fn is_beyond(&self, rate: f64) -> bool {
        binomial_at_least(whole(self.bad), whole(self.calls), rate) < CHANCE
    }
    /// Bad calls of as many that a rate would not explain; `None` where even all of them are too few.
    fn needed(&self, rate: f64) -> Option<f64> {
        let calls = whole(self.calls);
        let (mut low, mut high) = (whole(self.bad), calls + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            if binomial_at_least(middle, calls, rate) < CHANCE { high = middle } else { low = middle + 1 }
        }
        (low <= calls).then_some(low as f64)
    }
}

fn whole(count: f64) -> u64 {
    count.round().max(0.0) as u64
}

/// What a breach is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Verdict {
    /// More than chance and more than usual; or nothing is known of what is usual.
    New,
    /// No more than usual; what is usual is beyond the limit by itself, with these calls.
    Standing(Counted),
    /// It may be chance; so many bad calls would not be.
    Chance(Option<f64>),
}

/// The bad calls of one subject over all the time that is known.
pub(super) struct Past<'w> {
    buckets: &'w [TimelineBucket],
    bad: Bad,
    sums: OnceCell<Vec<(Timestamp, Counted)>>,
    calmest: OnceCell<Option<f64>>,
}

impl<'w> Past<'w> {
    /// Nothing is counted before it is asked for.
    pub fn new(buckets: &'w [TimelineBucket], bad: Bad) -> Self {
        Self { buckets, bad, sums: OnceCell::new(), calmest: OnceCell::new() }
    }

    /// What a breach is in which these calls were counted, where a share is allowed.
    ///
    /// `is_relative` says that the limit is itself made of what is usual: nothing stands beyond it.
    pub fn verdict(&self, seen: Counted, allowed: f64, window: Nanos, is_relative: bool) -> Verdict {
        if !seen.is_beyond(allowed) {
            return Verdict::Chance(seen.needed(allowed));
        }
        let Some(usual) = self.calmest(window).filter(|usual| !seen.is_beyond(*usual)) else {
            return Verdict::New;
        };
        let all = self.all();
        if all.is_beyond(allowed) && !is_relative {
            Verdict::Standing(all)
        } else {
            Verdict::Chance(seen.needed(usual.max(allowed)))
        }
    }

    /// Sums before the start of each bucket, and after the last.
    fn sums(&self) -> &[(Timestamp, Counted)] {
        self.sums.get_or_init(|| {
            let mut sum = Counted::default();
            let mut sums = Vec::with_capacity(self.buckets.len() + 1);
            for b in self.buckets {
                sums.push((b.range.start, sum));
                let own = Counted::of(self.bad, &b.red);
                sum = Counted { bad: sum.bad + own.bad, calls: sum.calls + own.calls };
            }
            sums.extend(self.buckets.last().map(|b| (b.range.end, sum)));
            sums
        })
    }

    fn all(&self) -> Counted {
        self.sums().last().map_or_else(Counted::default, |s| s.1)
    }

    /// The highest share that the calmest stretch allows for; `None` where too little is known.
    ///
    /// Stretches of all lengths, because a short one proves little however calm it is.
    fn calmest(&self, window: Nanos) -> Option<f64> {
        *self.calmest.get_or_init(|| {
            let sums = self.sums();
            let (first, last) = (sums.first()?.0, sums.last()?.0);
            if (last - first).0 < WINDOWS * window.0 {
                return None;
            }
            let before = |t: Timestamp| {
                let at = sums.partition_point(|s| s.0 < t).min(sums.len() - 1);
                sums.get(at).map_or_else(Counted::default, |s| s.1)
            };
            let mut least: Option<f64> = None;
            let mut length = STRETCH.0.min((last - first).0);
            while length <= (last - first).0 {
                let mut start = first;
                while (last - start).0 >= length {
                    let (a, b) = (before(start), before(start + Nanos(length)));
                    let (bad, calls) = (b.bad - a.bad, b.calls - a.calls);
                    if calls >= FEW {
                        let upper = upper_share(bad.max(0.0), calls, CALM_BY_CHANCE);
                        least = Some(least.map_or(upper, |l| l.min(upper)));
                    }
                    start = start + Nanos((length / 2).max(1));
                }
                length *= 2;
            }
            least
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Observation;
    use crate::model::TimeRange;

    /// A bucket for each minute with its bad calls of so many.
    fn minutes(counts: &[(u32, u32)]) -> Vec<TimelineBucket> {
        let bucket = |(i, (bad, calls)): (usize, &(u32, u32))| {
            let mut red = Red::default();
            for n in 0..*calls {
                let outcome = if n < *bad { Outcome::ServerError } else { Outcome::Success };
                let duration = Nanos::from_millis(10);
                red.add(&Observation { duration, is_timed: true, outcome, is_timeout: false, weight: 1.0 });
            }
            let start = Timestamp(1) + Nanos::from_secs(60 * i as i64);
            TimelineBucket { range: TimeRange::new(start, start + Nanos::from_secs(60)), red }
        };
        counts.iter().enumerate().map(bucket).collect()
    }

    fn judge(counts: &[(u32, u32)], bad: f64, calls: f64, allowed: f64) -> Verdict {
        let buckets = minutes(counts);
        let window = Nanos::from_secs(300);
        Past::new(&buckets, Bad::Failed).verdict(Counted { bad, calls }, allowed, window, false)
    }

    #[test]
    fn two_of_33_are_chance_and_nine_are_not() {
        let calm = [(0, 20); 60];
        assert_eq!(judge(&calm, 2.0, 33.0, 0.05), Verdict::Chance(Some(9.0)));
        assert_eq!(judge(&calm, 9.0, 33.0, 0.05), Verdict::New);
        // Of five, all failed ones would be enough at 5 %, and not at half.
        assert_eq!(judge(&calm, 4.0, 5.0, 0.05), Verdict::New);
        assert_eq!(judge(&calm, 5.0, 5.0, 0.5), Verdict::Chance(None));
    }

    #[test]
    fn what_fails_all_the_time_stands_and_more_of_it_is_new() {
        let noisy: Vec<(u32, u32)> = (0..60).map(|i| (1 + i % 3, 20)).collect();
        assert_eq!(
            judge(&noisy, 18.0, 100.0, 0.05),
            Verdict::Standing(Counted { bad: 120.0, calls: 1200.0 })
        );
        assert_eq!(judge(&noisy, 30.0, 100.0, 0.05), Verdict::New);
    }

    #[test]
    fn an_incident_that_fills_most_of_the_time_is_new_by_what_was_calm() {
        let mut counts = vec![(0, 20); 10];
        counts.extend([(6, 20); 50]);
        assert_eq!(judge(&counts, 30.0, 100.0, 0.05), Verdict::New);
    }

    #[test]
    fn nothing_is_usual_before_two_windows_are_over() {
        assert_eq!(judge(&[(6, 20); 9], 30.0, 100.0, 0.05), Verdict::New);
        assert!(matches!(judge(&[(6, 20); 10], 30.0, 100.0, 0.05), Verdict::Standing(_)));
    }
}
