//! Whether something rises or falls over time or with something else, without outliers deciding.
use super::{Tail, Test, normal_p, order, student_p};

/// Points from which [`theil_sen`] and [`mann_kendall`] look at evenly spaced ones only: they compare all pairs.
const MOST_POINTS: usize = 1500;

/// A line through points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slope {
    /// Change of y per unit of x.
    pub slope: f64,
    /// Where the line is at x = 0, in the unit of y.
    pub intercept: f64,
}

/// Theil-Sen line: the median of the slopes of all pairs of points, through the medians.
///
/// Theil, 1950; Sen, 1968. Up to 29 % of the points may be wild. `None` where all x are the same.
pub fn theil_sen(points: &[(f64, f64)]) -> Option<Slope> {
    let points = thinned(points);
    let mut slopes = Vec::with_capacity(points.len() * points.len() / 2);
    for (i, a) in points.iter().enumerate() {
        let rest = points.get(i + 1..).unwrap_or_default();
        slopes.extend(rest.iter().filter(|b| b.0 != a.0).map(|b| (b.1 - a.1) / (b.0 - a.0)));
    }
    let slope = order::median(&slopes).filter(|s| s.is_finite())?;
    let x = order::median(&points.iter().map(|p| p.0).collect::<Vec<_>>())?;
    let y = order::median(&points.iter().map(|p| p.1).collect::<Vec<_>>())?;
    Some(Slope { slope, intercept: y - slope * x })
}

/// Mann-Kendall test of values in order of time. The statistic is S: pairs that rise less pairs that fall.
///
/// Mann, 1945; Kendall, 1975; normal with corrections for ties and continuity. Needs at least 4 values, which
/// must not depend on each other: give it medians of blocks.
pub fn mann_kendall(values: &[f64], tail: Tail) -> Option<Test> {
    let values = thinned(values);
    if values.len() < 4 {
        return None;
    }
    let mut s = 0.0;
    for (i, a) in values.iter().enumerate() {
        let rest = values.get(i + 1..).unwrap_or_default();
        s += rest.iter().map(|b| f64::from(i8::from(b > a) - i8::from(b < a))).sum::<f64>();
    }
    let mut variance = (values.len() * (values.len() - 1) * (2 * values.len() + 5)) as f64;
    let mut sorted = values;
    sorted.sort_unstable_by(f64::total_cmp);
    for group in sorted.chunk_by(|a, b| a == b) {
        let t = group.len() as f64;
        variance -= t * (t - 1.0) * (2.0 * t + 5.0);
    }
    if variance <= 0.0 {
        return None;
    }
    let z = (s - f64::from(i8::from(s > 0.0) - i8::from(s < 0.0))) / (variance / 18.0).sqrt();
    Test::new(s, normal_p(z, tail))
}

/// How two things go together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Correlation {
    /// From -1 to 1.
    pub rho: f64,
    /// Two-sided.
    pub p_value: f64,
}

/// Spearman's rank correlation of pairs (Spearman, 1904), with Student's t for its p-value.
///
/// `None` under 3 pairs or where one side is constant.
pub fn spearman(pairs: &[(f64, f64)]) -> Option<Correlation> {
    let count = pairs.len() as f64;
    if pairs.len() < 3 {
        return None;
    }
    let x = order::ranks(&pairs.iter().map(|p| p.0).collect::<Vec<_>>()).0;
    let y = order::ranks(&pairs.iter().map(|p| p.1).collect::<Vec<_>>()).0;
    let mean = (count + 1.0) / 2.0;
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>();
    let spread = (product(&x, &x) * product(&y, &y)).sqrt();
    if spread <= 0.0 {
        return None;
    }
    let rho = (product(&x, &y) / spread).clamp(-1.0, 1.0);
    let rest = 1.0 - rho * rho;
    let p_value = if rest <= 0.0 {
        0.0
    } else {
        student_p(rho * ((count - 2.0) / rest).sqrt(), count - 2.0, Tail::Both)?
    };
    Some(Correlation { rho, p_value: p_value.clamp(0.0, 1.0) })
}

fn thinned<T: Copy>(values: &[T]) -> Vec<T> {
    if values.len() <= MOST_POINTS {
        return values.to_vec();
    }
    (0..MOST_POINTS).filter_map(|i| values.get(i * values.len() / MOST_POINTS)).copied().collect()
}
