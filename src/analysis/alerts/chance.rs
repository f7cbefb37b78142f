//! Whether a breach is more than chance, and more than what is usual for whom it is about.
//!
//! Rules are held against hundreds of nodes at thousands of moments: a share that is over its limit in one short
//! stretch is nothing, and one that is over it all the time is not news.
use std::cell::OnceCell;

use crate::analysis::statistics::{binomial_at_least, upper_share, wilson};
use crate::graph::{Outcome, Red, TimelineBucket};
use crate::model::{Nanos, Timestamp};

/// How probable a breach may be by chance: evaluations are many, and alerts should be few.
const CHANCE: f64 = 1e-4;
/// How probable it may be that the calmest stretch was calm by chance.
const CALM_BY_CHANCE: f64 = 1e-3;
/// The shortest stretch that may be what is usual.
const STRETCH: Nanos = Nanos::from_secs(300);
/// Share of failed calls from which on a time is not calm.
const FAILING: f64 = 0.05;
/// The shortest window that time is cut into.
const SHORTEST: Nanos = Nanos::from_secs(10);
/// Calls below which a stretch says nothing.
const FEW: f64 = 20.0;
/// Windows, and twice, four times as long ones and so on, that a breach is looked for in.
const STRETCHES: usize = 5;
/// Share of the limit that is taken for usual where less is.
const BURSTS: f64 = 0.5;
/// Windows that there must be before anything is called usual.
const WINDOWS: i64 = 2;
/// Windows of the past from which on it alone tells what is usual.
const REMEMBERED: i64 = 6;

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
    fn plus(self, other: Self) -> Self {
        Self { bad: self.bad + other.bad, calls: self.calls + other.calls }
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
    /// More than chance makes of what is usual; or of the limit, where nothing is known of that.
    New,
    /// No more than usual, and what is usual is beyond the limit by itself.
    Standing,
    /// It may be chance; so many bad calls would not be.
    Chance(Option<f64>),
}

/// What was counted before a moment.
type Sum = (Timestamp, Counted);

fn between(sums: &[Sum], from: Timestamp, to: Timestamp) -> Counted {
    let before = |t: Timestamp| {
        let at = sums.partition_point(|s| s.0 < t).min(sums.len().saturating_sub(1));
        sums.get(at).map_or_else(Counted::default, |s| s.1)
    };
    let (a, b) = (before(from), before(to));
    Counted { bad: (b.bad - a.bad).max(0.0), calls: (b.calls - a.calls).max(0.0) }
}

/// The bad calls of one subject over all the time that is known.
pub(super) struct Past<'w> {
    buckets: &'w [TimelineBucket],
    bad: Bad,
    sums: OnceCell<Vec<Sum>>,
    calm_sums: OnceCell<Vec<Sum>>,
    calmest: OnceCell<Option<f64>>,
    calm_quarter: OnceCell<Counted>,
}

impl<'w> Past<'w> {
    /// Nothing is counted before it is asked for.
    pub fn new(buckets: &'w [TimelineBucket], bad: Bad) -> Self {
        let (sums, calm_sums) = (OnceCell::new(), OnceCell::new());
        let (calmest, calm_quarter) = (OnceCell::new(), OnceCell::new());
        Self { buckets, bad, sums, calm_sums, calmest, calm_quarter }
    }

    /// What a breach is in the window that ends at a moment, where a share is allowed; and what was counted in it.
    ///
    /// A short window seldom proves anything, so that longer stretches up to now are asked as well: they too
    /// must be beyond the limit. `is_relative` says that the limit is itself made of what is usual: nothing
    /// stands beyond it.
    pub fn verdict(
        &self,
        at: Timestamp,
        allowed: f64,
        window: Nanos,
        is_relative: bool,
    ) -> (Verdict, Counted) {
        let usual = self.calmest(window);
        // Failures come in bursts: a few are no trouble only because there are none otherwise. Of long calls there
        // are as many as the mix of requests makes: only those beyond what the limit allows count.
        let least = if self.is_of_lengths() { allowed } else { allowed * BURSTS };
        let reference = usual.map_or(allowed, |usual| usual.max(least));
        let seen = self.between(at - window, at);
        let start = self.sums().first().map_or(at, |s| s.0);
        let mut length = window;
        for _ in 0..STRETCHES {
            let stretch = self.between(at - length, at);
            let is_beyond = stretch.share() > allowed && stretch.is_beyond(reference);
            if is_beyond && (!is_relative || self.is_news(stretch, at, allowed, window)) {
                return (Verdict::New, seen);
            }
            if at - length <= start {
                break;
            }
            length = Nanos(length.0.saturating_mul(2));
        }
        let stands = !is_relative && self.stands(allowed, window);
        (if stands { Verdict::Standing } else { Verdict::Chance(seen.needed(reference)) }, seen)
    }

    /// Whether more than an allowed share is bad all the time: even in the calmest quarter of it.
    pub fn stands(&self, allowed: f64, window: Nanos) -> bool {
        self.calmest(window).is_some() && self.calm_quarter(window).is_beyond(allowed)
    }

    fn is_of_lengths(&self) -> bool {
        matches!(self.bad, Bad::LongerThan(_) | Bad::Unsatisfied)
    }

    fn between(&self, from: Timestamp, to: Timestamp) -> Counted {
        between(self.sums(), from, to)
    }

    /// Sums before the start of each bucket, and after the last.
    fn sums(&self) -> &[Sum] {
        self.sums.get_or_init(|| self.sum(|_| true))
    }

    /// The same of buckets in which hardly any call failed, where lengths are looked at: failures are often quick.
    fn calm_sums(&self) -> &[Sum] {
        if !self.is_of_lengths() {
            return self.sums();
        }
        let is_calm = |red: &Red| red.error_ratio().is_none_or(|r| r < FAILING);
        self.calm_sums.get_or_init(|| self.sum(is_calm))
    }

    fn sum(&self, counts: impl Fn(&Red) -> bool) -> Vec<Sum> {
        let mut sum = Counted::default();
        let mut sums = Vec::with_capacity(self.buckets.len() + 1);
        for b in self.buckets {
            sums.push((b.range.start, sum));
            if counts(&b.red) {
                sum = sum.plus(Counted::of(self.bad, &b.red));
            }
        }
        sums.extend(self.buckets.last().map(|b| (b.range.end, sum)));
        sums
    }

    /// The quarter of all windows with the lowest shares: an incident may fill more than half of the time.
    fn calm_quarter(&self, window: Nanos) -> Counted {
        *self.calm_quarter.get_or_init(|| {
            let mut windows: Vec<Counted> = Vec::new();
            let mut is_full = true;
            let window = window.max(SHORTEST);
            let mut start = self.sums().first().map_or(Timestamp(0), |s| s.0);
            while start < self.sums().last().map_or(Timestamp(0), |s| s.0) {
                let own = self.between(start, start + window);
                match windows.last_mut().filter(|_| !is_full) {
                    Some(last) => *last = last.plus(own),
                    None => windows.push(own),
                }
                is_full = windows.last().is_none_or(|w| w.calls >= FEW);
                start = start + Nanos(window.0.max(1));
            }
            windows.sort_by(|a, b| a.share().total_cmp(&b.share()));
            let quarter = windows.len().div_ceil(4);
            windows.into_iter().take(quarter).fold(Counted::default(), Counted::plus)
        })
    }

    /// The calls of all the time that is known.
    pub fn all(&self) -> Counted {
        self.sums().last().map_or_else(Counted::default, |s| s.1)
    }

    /// Whether it is more than was usual up to now: what comes later may be another mix of requests.
    fn is_news(&self, stretch: Counted, at: Timestamp, allowed: f64, window: Nanos) -> bool {
        let sums = self.calm_sums();
        let known = &sums[..sums.partition_point(|s| s.0 <= at)];
        let is_long = known.first().is_some_and(|first| (at - first.0).0 >= REMEMBERED * window.0);
        !is_long || calmest(known, window).is_none_or(|usual| stretch.is_beyond(usual.max(allowed)))
    }

    /// The highest share that the calmest stretch allows for; `None` where too little is known.
    fn calmest(&self, window: Nanos) -> Option<f64> {
        *self.calmest.get_or_init(|| calmest(self.calm_sums(), window))
    }
}

/// The highest share that the calmest stretch allows for, of all lengths, because a short one proves little
/// however calm it is; `None` where too little is known.
fn calmest(sums: &[Sum], window: Nanos) -> Option<f64> {
    let (first, last) = (sums.first()?.0, sums.last()?.0);
    if (last - first).0 < WINDOWS * window.0 {
        return None;
    }
    let mut calmest: Option<(f64, Counted)> = None;
    let mut length = STRETCH.0.min((last - first).0);
    while length <= (last - first).0 {
        let mut start = first;
        while (last - start).0 >= length {
            let stretch = between(sums, start, start + Nanos(length));
            if stretch.calls >= FEW {
                let high = wilson(stretch.bad, stretch.calls).map_or(1.0, |i| i.high);
                if calmest.is_none_or(|c| high < c.0) {
                    calmest = Some((high, stretch));
                }
            }
            start = start + Nanos((length / 2).max(1));
        }
        length *= 2;
    }
    calmest.map(|(_, c)| upper_share(whole(c.bad), whole(c.calls), CALM_BY_CHANCE))
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

    /// What a breach is at the end of so many minutes.
    fn judge(counts: &[(u32, u32)], allowed: f64) -> Verdict {
        let buckets = minutes(counts);
        let at = buckets.last().unwrap().range.end;
        Past::new(&buckets, Bad::Failed).verdict(at, allowed, Nanos::from_secs(300), false).0
    }

    /// Calm, and then other minutes.
    fn after(calm: (u32, u32), minutes: usize, then: &[(u32, u32)]) -> Vec<(u32, u32)> {
        let mut all = vec![calm; minutes];
        all.extend(then);
        all
    }

    #[test]
    fn two_of_33_are_chance_and_seven_are_not() {
        let short = |bad| after((0, 20), 60, &[(0, 7), (0, 7), (0, 7), (0, 6), (bad, 6)]);
        assert_eq!(judge(&short(2), 0.05), Verdict::Chance(Some(7.0)));
        assert_eq!(judge(&short(6), 0.05), Verdict::Chance(Some(7.0)));
        assert_eq!(judge(&after((0, 20), 60, &[(1, 7), (1, 7), (1, 7), (2, 6), (2, 6)]), 0.05), Verdict::New);
        // Of two even all failed ones would be too few.
        let two = [(0, 0), (0, 0), (0, 0), (0, 1), (1, 1)];
        assert_eq!(judge(&after((0, 20), 60, &two), 0.05), Verdict::Chance(None));
    }

    #[test]
    fn what_fails_all_the_time_stands_and_more_of_it_is_new() {
        let noisy: Vec<(u32, u32)> = (0..60).map(|i| (1 + i % 3, 20)).collect();
        assert_eq!(judge(&noisy, 0.04), Verdict::Standing);
        let worse: Vec<(u32, u32)> = noisy.iter().copied().chain([(6, 20); 5]).collect();
        assert_eq!(judge(&worse, 0.04), Verdict::New);
    }

    #[test]
    fn an_incident_that_fills_most_of_the_time_is_new_by_what_was_calm() {
        assert_eq!(judge(&after((0, 20), 10, &[(6, 20); 50]), 0.05), Verdict::New);
    }

    #[test]
    fn little_more_than_the_limit_is_new_once_it_has_lasted() {
        // One more in two minutes: 2.5 % against a limit of 1 %, where none failed before.
        let then = [(1, 20), (0, 20)].repeat(20);
        assert!(matches!(judge(&after((0, 20), 120, &then[..6]), 0.01), Verdict::Chance(_)));
        assert_eq!(judge(&after((0, 20), 120, &then), 0.01), Verdict::New);
    }

    #[test]
    fn what_an_incident_added_does_not_stand_before_it() {
        let mut counts = vec![(0, 20); 30];
        counts[..5].fill((1, 20));
        counts.extend([(18, 20); 30]);
        let buckets = minutes(&counts);
        let at = buckets[4].range.end;
        let (verdict, seen) =
            Past::new(&buckets, Bad::Failed).verdict(at, 0.04, Nanos::from_secs(300), false);
        assert!(matches!(verdict, Verdict::Chance(_)), "{verdict:?}");
        assert_eq!(seen, Counted { bad: 5.0, calls: 100.0 });
    }

    #[test]
    fn nothing_is_usual_before_two_windows_are_over() {
        assert_eq!(judge(&[(6, 20); 9], 0.05), Verdict::New);
        assert!(matches!(judge(&[(6, 20); 10], 0.05), Verdict::Standing));
    }
}
