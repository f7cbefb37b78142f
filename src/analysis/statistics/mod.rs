//! Tests and effect sizes that questions share: plain numbers in, plain numbers out, never NaN or infinite.
//!
//! Samples are in any unit, the same on both sides; p-values and shares are from 0 to 1.
//! A function gives `None` where its sample is too small or says nothing (all values the same).
//! Values that are not finite are left out by [`finite`]; callers with durations have none.
mod bootstrap;
mod multiple;
mod order;
mod proportions;
mod rank_tests;
mod trend;

pub use bootstrap::{Generator, Interval, block_bootstrap, bootstrap};
pub use multiple::{FALSE_DISCOVERIES, benjamini_hochberg};
pub use order::{finite, median, median_absolute_deviation, quantile, quantile_sorted, ranks};
pub use proportions::{
    binomial_at_least, compare_proportions, fisher_exact, newcombe, two_proportion_z, upper_share, wilson,
};
pub use rank_tests::{brunner_munzel, cliffs_delta, hodges_lehmann, mann_whitney, mann_whitney_counts};
pub use trend::{Correlation, Slope, mann_kendall, spearman, theil_sen};

/// What a test is against, of a second sample ("after") compared with a first ("before").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// The second is larger.
    Greater,
    /// The second is smaller.
    Less,
    /// The second differs.
    Both,
}

/// A statistic and how probable one as extreme is by chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Test {
    /// The statistic; each function says which.
    pub statistic: f64,
    /// 0 to 1.
    pub p_value: f64,
}

impl Test {
    /// `None` where either number can't be known.
    fn new(statistic: f64, p_value: f64) -> Option<Self> {
        (statistic.is_finite() && p_value.is_finite())
            .then(|| Self { statistic, p_value: p_value.clamp(0.0, 1.0) })
    }
}

/// Standard normal distribution function.
fn normal_cdf(z: f64) -> f64 {
    // Phi(z) = erfc(-z / sqrt 2) / 2 keeps the small tail exact.
    statrs::function::erf::erfc(-z / std::f64::consts::SQRT_2) / 2.0
}

/// The p-value of a standard normal score.
fn normal_p(z: f64, tail: Tail) -> f64 {
    match tail {
        Tail::Greater => normal_cdf(-z),
        Tail::Less => normal_cdf(z),
        Tail::Both => 2.0 * normal_cdf(-z.abs()),
    }
}

/// The p-value of a score with Student's t distribution.
fn student_p(t: f64, freedom: f64, tail: Tail) -> Option<f64> {
    use statrs::distribution::{ContinuousCDF, StudentsT};
    let distribution = StudentsT::new(0.0, 1.0, freedom).ok()?;
    Some(match tail {
        Tail::Greater => distribution.cdf(-t),
        Tail::Less => distribution.cdf(t),
        Tail::Both => 2.0 * distribution.cdf(-t.abs()),
    })
}

#[cfg(test)]
#[path = "statistics_tests.rs"]
mod tests;
