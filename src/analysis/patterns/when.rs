//! Whether a property only tells when it was: in an incident all that comes and goes with it goes with bad requests.
//!
//! Requests are cut into stretches of time and held against those of the same stretch (Mantel and Haenszel 1959,
//! risk ratio over strata). What goes with bad requests only because both belong to one stretch has a ratio near 1.
use crate::model::Timestamp;

/// Stretches that the requests are cut into, at most.
const STRETCHES: usize = 20;
/// Requests in a stretch, at least.
const LEAST: usize = 20;

/// How many times more often requests are bad where a rule holds than others of the same stretch of time;
/// `None` where no stretch has both sorts.
pub(super) fn ratio_at_the_same_time(
    starts: &[Timestamp],
    is_bad: &[bool],
    holds: &[bool],
    good_weight: f64,
) -> Option<f64> {
    let mut order: Vec<usize> = (0..starts.len()).collect();
    order.sort_by_key(|i| starts[*i]);
    let size = starts.len().div_ceil(STRETCHES).max(LEAST);
    let (mut with, mut without) = (0.0, 0.0);
    for stretch in order.chunks(size) {
        // Bad and all requests where it holds, and where it does not.
        let mut counts = [(0.0, 0.0); 2];
        for i in stretch {
            let (bad, all) = &mut counts[usize::from(!holds[*i])];
            let weight = if is_bad[*i] { 1.0 } else { good_weight };
            *all += weight;
            *bad += f64::from(u8::from(is_bad[*i]));
        }
        let [(a, held), (c, others)] = counts;
        let n = held + others;
        with += a * others / n;
        without += c * held / n;
    }
    (without > 0.0).then(|| with / without).or((with > 0.0).then_some(f64::INFINITY))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Nanos;

    fn ratio(of: impl Iterator<Item = (bool, bool)>) -> Option<f64> {
        let (is_bad, holds): (Vec<bool>, Vec<bool>) = of.unzip();
        let starts: Vec<Timestamp> =
            (0..is_bad.len()).map(|i| Timestamp(0) + Nanos::from_secs(i as i64)).collect();
        ratio_at_the_same_time(&starts, &is_bad, &holds, 1.0)
    }

    #[test]
    fn crowding_in_an_incident_only_says_when() {
        // From the 600th request on all are bad, and two of three crowded; before, one of ten is crowded.
        let all = (0..1000).map(|i| if i < 600 { (false, i % 10 == 0) } else { (true, i % 3 != 0) });
        let found = ratio(all).unwrap();
        assert!((0.95..1.1).contains(&found), "{found}");
    }

    #[test]
    fn crowding_that_fails_requests_says_more() {
        // Every tenth request is crowded, and those fail at any time.
        let found = ratio((0..1000).map(|i| (i % 10 == 0 || i % 97 == 0, i % 10 == 0))).unwrap();
        assert!(found > 20.0, "{found}");
    }

    #[test]
    fn nothing_to_hold_it_against() {
        assert_eq!(ratio((0..100).map(|i| (i % 7 == 0, true))), None);
        assert_eq!(ratio(std::iter::empty()), None);
    }
}
