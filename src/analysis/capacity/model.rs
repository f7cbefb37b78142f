//! Where does a node's own time go to infinity? A fit of 1/R = a - b·λ over minutes, as of one queue.
use std::collections::BTreeMap;

/// Minutes below which nothing is fitted.
const MINUTES: usize = 30;
/// Visits below which a minute says nothing.
const VISITS: f64 = 5.0;
/// The busiest minute over the calmest, at least.
const RANGE: f64 = 1.5;
/// Share of the variance that the fit must explain.
const EXPLAINED: f64 = 0.5;

/// A fit that holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LoadFit {
    /// Visits a second at which response times have no bound: a/b.
    pub most: f64,
    /// Own time of a visit without any load, seconds: 1/a.
    pub unloaded: f64,
    /// Share of the variance explained, 0 to 1.
    pub r_squared: f64,
    /// Minutes that it is made of.
    pub minutes: usize,
}

/// What the fit says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LoadModel {
    /// Response times grow with load in this way.
    Fits(LoadFit),
    /// There is enough data, and no such growth in it.
    NoDependence,
    /// Minutes with enough visits are too few, or all alike: how many there are, and the busiest over the calmest.
    Insufficient {
        /// Minutes with at least five visits.
        minutes: usize,
        /// The busiest over the calmest.
        range: f64,
    },
}

/// Fits visits and own time (ns) by minute. The first and last minute are cut off by the data, and left out.
pub(super) fn fit(minutes: &BTreeMap<i64, (f64, f64)>) -> LoadModel {
    let inner = minutes.values().skip(1).take(minutes.len().saturating_sub(2));
    // Load in visits a second, and visits a second of own time.
    let points: Vec<(f64, f64)> = inner
        .filter(|(count, own)| *count >= VISITS && *own > 0.0)
        .map(|(count, own)| (count / 60.0, count / (own / 1e9)))
        .collect();
    let (least, most) = points.iter().fold((f64::INFINITY, 0.0f64), |(a, b), p| (a.min(p.0), b.max(p.0)));
    let range = if points.is_empty() { 0.0 } else { most / least };
    if points.len() < MINUTES || range < RANGE {
        return LoadModel::Insufficient { minutes: points.len(), range };
    }
    let n = points.len() as f64;
    let mean = |of: &dyn Fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / n;
    let (x, y) = (mean(&|p| p.0), mean(&|p| p.1));
    let xx = mean(&|p| (p.0 - x).powi(2));
    let yy = mean(&|p| (p.1 - y).powi(2));
    let xy = mean(&|p| (p.0 - x) * (p.1 - y));
    let (b, r_squared) = (-xy / xx, if yy > 0.0 { xy * xy / (xx * yy) } else { 0.0 });
    let a = y + b * x;
    if b > 0.0 && a > 0.0 && r_squared >= EXPLAINED {
        let minutes = points.len();
        return LoadModel::Fits(LoadFit { most: a / b, unloaded: 1.0 / a, r_squared, minutes });
    }
    LoadModel::NoDependence
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(own_ns: impl Fn(f64) -> f64, count: i64) -> BTreeMap<i64, (f64, f64)> {
        (0..count)
            .map(|m| {
                let visits = 60.0 * (2.0 + (m % 20) as f64 * 0.3);
                (m, (visits, visits * own_ns(visits / 60.0)))
            })
            .collect()
    }

    #[test]
    fn a_queue_tells_its_limit() {
        // One server that does ten a second: R = 1 / (10 - λ).
        let LoadModel::Fits(fit) = fit(&minutes(|rate| 1e9 / (10.0 - rate), 60)) else { panic!("no fit") };
        assert!((fit.most - 10.0).abs() < 1e-6 && (fit.unloaded - 0.1).abs() < 1e-6, "{fit:?}");
        assert!(fit.r_squared > 0.999 && fit.minutes == 58);
    }

    #[test]
    fn steady_times_show_no_dependence_and_little_data_is_said_to_be_little() {
        assert_eq!(fit(&minutes(|_| 1e8, 60)), LoadModel::NoDependence);
        assert_eq!(fit(&minutes(|rate| 1e8 / rate, 60)), LoadModel::NoDependence);
        assert!(matches!(fit(&minutes(|_| 1e8, 20)), LoadModel::Insufficient { minutes: 18, .. }));
        let flat = (0..60).map(|m| (m, (60.0, 60e8))).collect();
        assert_eq!(fit(&flat), LoadModel::Insufficient { minutes: 58, range: 1.0 });
    }
}
