//! Two samples compared by rank: whether the second tends to be larger, and by how much.
use super::{Tail, Test, normal_p, order, student_p};

/// Up to this many pairs the distribution of U is counted out; beyond, it is normal to three digits.
const EXACT_PAIRS: usize = 900;
/// The smaller sample up to which U is counted out.
const EXACT_SIZE: usize = 8;

/// Mann-Whitney U test: U of `after`, that is, the pairs in which it is larger (ties count half).
///
/// Mann and Whitney, 1947. Exact for small samples without ties, else normal with corrections for ties and
/// continuity. It needs independent values: give it blocks of time, not spans.
pub fn mann_whitney(before: &[f64], after: &[f64], tail: Tail) -> Option<Test> {
    let (n, m) = (before.len(), after.len());
    if n == 0 || m == 0 {
        return None;
    }
    let both: Vec<f64> = before.iter().chain(after).copied().collect();
    let (ranks, ties) = order::ranks(&both);
    let sum: f64 = ranks[n..].iter().sum();
    let u = sum - (m * (m + 1)) as f64 / 2.0;
    if ties == 0.0 && n.min(m) <= EXACT_SIZE && n * m <= EXACT_PAIRS {
        return Test::new(u, exact_p(n, m, u as usize, tail));
    }
    Test::new(u, asymptotic_p(n as f64, m as f64, u, ties, tail)?)
}

fn asymptotic_p(n: f64, m: f64, u: f64, ties: f64, tail: Tail) -> Option<f64> {
    let all = n + m;
    let variance = n * m / 12.0 * (all + 1.0 - ties / (all * (all - 1.0)));
    if variance <= 0.0 {
        return None;
    }
    let distance = u - n * m / 2.0;
    let z = match tail {
        Tail::Greater => distance - 0.5,
        Tail::Less => distance + 0.5,
        Tail::Both => distance.signum() * (distance.abs() - 0.5).max(0.0),
    };
    Some(normal_p(z / variance.sqrt(), tail))
}

/// Of all orders of n and m values, the share whose U is as extreme.
fn exact_p(n: usize, m: usize, u: usize, tail: Tail) -> f64 {
    // ways[j][k]: in how many ways j values can stand among the other sample so that U is k.
    let top = n * m;
    let mut ways = vec![vec![0.0; top + 1]; n + 1];
    ways[0][0] = 1.0;
    for place in 0..=m {
        for taken in 1..=n {
            for k in place..=top {
                let add = ways[taken - 1][k - place];
                ways[taken][k] += add;
            }
        }
    }
    let counts = &ways[n];
    let total: f64 = counts.iter().sum();
    let at_least = counts[u.min(top)..].iter().sum::<f64>() / total;
    let at_most = counts[..=u.min(top)].iter().sum::<f64>() / total;
    match tail {
        Tail::Greater => at_least,
        Tail::Less => at_most,
        Tail::Both => 2.0 * at_least.min(at_most),
    }
}

/// Mann-Whitney U test of values that are counted in classes: (before, after) per class, in rising order.
///
/// For histograms; all values of one class are tied.
pub fn mann_whitney_counts(classes: &[(f64, f64)], tail: Tail) -> Option<Test> {
    let (n, m) = classes.iter().fold((0.0, 0.0), |(n, m), c| (n + c.0, m + c.1));
    if n < 1.0 || m < 1.0 {
        return None;
    }
    let (mut below, mut u, mut ties) = (0.0, 0.0, 0.0);
    for (before, after) in classes {
        u += after * (below + before / 2.0);
        below += before;
        let t = before + after;
        ties += t * t * t - t;
    }
    Test::new(u, asymptotic_p(n, m, u, ties, tail)?)
}

/// Brunner-Munzel test: like Mann-Whitney, but right where the two samples differ in shape.
///
/// Brunner and Munzel, Biometrical Journal 42, 2000, with Student's t; the statistic is positive where `after`
/// is larger. Samples that do not overlap have no variance for it: those are Mann-Whitney's.
pub fn brunner_munzel(before: &[f64], after: &[f64], tail: Tail) -> Option<Test> {
    let (n, m) = (before.len(), after.len());
    if n < 2 || m < 2 {
        return None;
    }
    let both: Vec<f64> = before.iter().chain(after).copied().collect();
    let all = order::ranks(&both).0;
    let spread = |ranks: &[f64], own: &[f64]| {
        let count = own.len() as f64;
        let mean = ranks.iter().sum::<f64>() / count;
        let inner = (count + 1.0) / 2.0;
        let square = |(r, o): (&f64, &f64)| (r - o - mean + inner).powi(2);
        (mean, ranks.iter().zip(own).map(square).sum::<f64>() / (count - 1.0))
    };
    let (mean_b, s_b) = spread(&all[..n], &order::ranks(before).0);
    let (mean_a, s_a) = spread(&all[n..], &order::ranks(after).0);
    let (n, m) = (n as f64, m as f64);
    let pooled = n * s_b + m * s_a;
    if pooled <= 0.0 {
        return mann_whitney(before, after, tail);
    }
    let statistic = n * m * (mean_a - mean_b) / ((n + m) * pooled.sqrt());
    let freedom = pooled.powi(2) / ((n * s_b).powi(2) / (n - 1.0) + (m * s_a).powi(2) / (m - 1.0));
    Test::new(statistic, student_p(statistic, freedom, tail)?)
}

/// Cliff's delta: 2 P(after > before) - 1, ties counting half. From -1 to 1, without a unit.
///
/// Cliff, Psychological Bulletin 114, 1993. By Romano and others (2006), 0.147 is small, 0.33 medium, 0.474
/// large.
pub fn cliffs_delta(before: &[f64], after: &[f64]) -> Option<f64> {
    let (n, m) = (before.len(), after.len());
    if n == 0 || m == 0 {
        return None;
    }
    let both: Vec<f64> = before.iter().chain(after).copied().collect();
    let sum: f64 = order::ranks(&both).0[n..].iter().sum();
    let u = sum - (m * (m + 1)) as f64 / 2.0;
    Some(2.0 * u / (n * m) as f64 - 1.0)
}

/// Values a side from which [`hodges_lehmann`] looks at evenly spaced ones only.
const MOST_PAIRED: usize = 500;

/// Hodges-Lehmann shift: the median of all differences `after - before`, in the unit of the values.
///
/// Hodges and Lehmann, 1963. Of more than 500 values a side, 500 evenly spaced order statistics stand for all.
pub fn hodges_lehmann(before: &[f64], after: &[f64]) -> Option<f64> {
    let (before, after) = (thinned(before), thinned(after));
    let differences: Vec<f64> = after.iter().flat_map(|a| before.iter().map(move |b| a - b)).collect();
    order::median(&differences)
}

fn thinned(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    if sorted.len() <= MOST_PAIRED {
        return sorted;
    }
    let share = |i: usize| (i as f64 + 0.5) / MOST_PAIRED as f64;
    (0..MOST_PAIRED).filter_map(|i| order::quantile_sorted(&sorted, share(i))).collect()
}
