//! Shares of counts: one against a known rate, two against each other, and their intervals.
use statrs::distribution::{Binomial, DiscreteCDF};
use statrs::function::factorial::ln_factorial;

use super::{Interval, Tail, Test, normal_p};

/// Score that 95 % of a normal distribution lie within.
const Z95: f64 = 1.959_963_984_540_054;

/// One-sided binomial test: how probable at least `hits` of `trials` are when each hits with `rate`.
///
/// Exact (Clopper and Pearson, 1934). 1 for no hits; `rate` is cut to 0..=1.
pub fn binomial_at_least(hits: u64, trials: u64, rate: f64) -> f64 {
    if hits == 0 {
        return 1.0;
    }
    if hits > trials || rate.is_nan() || rate <= 0.0 {
        return 0.0;
    }
    Binomial::new(rate.min(1.0), trials).map_or(1.0, |b| b.sf(hits - 1).clamp(0.0, 1.0))
}

/// Fisher's exact test of `hits` of `trials` before and after. The statistic is the difference of the shares.
///
/// Fisher, 1922. Conservative for few hits. Two-sided: all tables that are at most as probable.
/// Written out because `statrs` sums from the far end, which is slow and loses the small tail.
pub fn fisher_exact(before: (u64, u64), after: (u64, u64), tail: Tail) -> Option<Test> {
    let ((a, n), (b, m)) = (before, after);
    if n == 0 || m == 0 || a > n || b > m {
        return None;
    }
    let hits = a + b;
    let (low, high) = (hits.saturating_sub(n), hits.min(m));
    let choose = |n: u64, k: u64| ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k);
    let all = choose(n + m, hits);
    // Probability that `k` of the hits fall after.
    let probability = |k: u64| (choose(m, k) + choose(n, hits - k) - all).exp();
    let p = match tail {
        Tail::Greater => (b..=high).map(probability).sum(),
        Tail::Less => (low..=b).map(probability).sum(),
        Tail::Both => {
            let own = probability(b) * (1.0 + 1e-7);
            (low..=high).map(probability).filter(|p| *p <= own).sum()
        }
    };
    Test::new(b as f64 / m as f64 - a as f64 / n as f64, p)
}

/// Two-proportion z test with the pooled share. The statistic is z, positive where the share rose.
///
/// Good where all four expected counts are at least 5; see [`compare_proportions`].
pub fn two_proportion_z(before: (u64, u64), after: (u64, u64), tail: Tail) -> Option<Test> {
    let ((a, n), (b, m)) = (before, after);
    if n == 0 || m == 0 {
        return None;
    }
    let (n, m) = (n as f64, m as f64);
    let pooled = (a + b) as f64 / (n + m);
    let error = (pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m)).sqrt();
    if error <= 0.0 {
        return None;
    }
    let z = (b as f64 / m - a as f64 / n) / error;
    Test::new(z, normal_p(z, tail))
}

/// The z test where all expected counts are at least 5, else Fisher's.
pub fn compare_proportions(before: (u64, u64), after: (u64, u64), tail: Tail) -> Option<Test> {
    let ((a, n), (b, m)) = (before, after);
    let pooled = (a + b) as f64 / (n + m).max(1) as f64;
    let least = pooled.min(1.0 - pooled) * n.min(m) as f64;
    if least >= 5.0 { two_proportion_z(before, after, tail) } else { fisher_exact(before, after, tail) }
}

/// Wilson's 95 % interval of a share (Wilson, 1927). `None` without trials.
pub fn wilson(hits: f64, trials: f64) -> Option<Interval> {
    if trials <= 0.0 {
        return None;
    }
    let share = (hits / trials).clamp(0.0, 1.0);
    let square = Z95 * Z95;
    let middle = (share + square / (2.0 * trials)) / (1.0 + square / trials);
    let half = Z95 / (1.0 + square / trials)
        * (share * (1.0 - share) / trials + square / (4.0 * trials * trials)).sqrt();
    Some(Interval { low: (middle - half).max(0.0), high: (middle + half).min(1.0) })
}

/// The highest share with which as few hits are as probable as `chance` (Clopper and Pearson, 1934).
///
/// 1 without trials.
pub fn upper_share(hits: u64, trials: u64, chance: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    if hits >= trials {
        return high;
    }
    while high - low > 1e-9 {
        let middle = f64::midpoint(low, high);
        let as_few = 1.0 - binomial_at_least(hits + 1, trials, middle);
        if as_few > chance { low = middle } else { high = middle }
    }
    high
}

/// 95 % interval of the difference of two shares, after less before.
///
/// Newcombe, Statistics in Medicine 17, 1998, method 10: from the two Wilson intervals.
pub fn newcombe(before: (f64, f64), after: (f64, f64)) -> Option<Interval> {
    let (wb, wa) = (wilson(before.0, before.1)?, wilson(after.0, after.1)?);
    let (b, a) = (before.0 / before.1, after.0 / after.1);
    let difference = a - b;
    Some(Interval {
        low: difference - ((a - wa.low).powi(2) + (wb.high - b).powi(2)).sqrt(),
        high: difference + ((wa.high - a).powi(2) + (b - wb.low).powi(2)).sqrt(),
    })
}
