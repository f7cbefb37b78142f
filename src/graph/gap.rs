//! The longest stretch of time without requests, where most of the time there is nothing: live data beside a file of
//! long ago, or files of two days.
use super::series::BUCKET;
use super::{Calls, Timeline};
use crate::model::{Nanos, TimeRange};

/// Nothing shorter is told.
const LEAST: Nanos = Nanos::from_secs(3600);
/// Bars that are looked at in each step.
const BARS: usize = 120;

impl Calls {
    /// Where nothing was requested for more than half of all the time.
    pub fn gap(&self, extent: TimeRange) -> Option<TimeRange> {
        let rough = self.timeline(extent, BARS);
        let hole = |pair: &[super::TimelineBucket]| match pair {
            [a, b] => Some((b.range.start - a.range.end, a.range, b.range)),
            _ => None,
        };
        let (length, before, after) = rough.buckets.windows(2).filter_map(hole).max_by_key(|h| h.0)?;
        if length < LEAST || length.0 < extent.length().0 / 2 {
            return None;
        }
        let before = self.finest(before, |t| t.buckets.last().map(|b| b.range));
        let after = self.finest(after, |t| t.buckets.first().map(|b| b.range));
        Some(TimeRange::new(before.end, after.start))
    }

    /// The first or last bucket of a bar.
    fn finest(&self, bar: TimeRange, pick: impl Fn(&Timeline) -> Option<TimeRange>) -> TimeRange {
        let mut bar = bar;
        while bar.length() > BUCKET {
            match pick(&self.timeline(bar, BARS)).filter(|inner| inner.length() < bar.length()) {
                Some(inner) => bar = inner,
                None => return bar,
            }
        }
        bar
    }
}

#[cfg(test)]
mod tests {
    use crate::analysis::sketch::{records, snapshot_of};
    use crate::model::{Nanos, SpanRecord};

    /// From when to when there is nothing, in seconds after the first request.
    fn gap(starts: &[i64]) -> Option<(i64, i64)> {
        let one = records("web SERVER 0..9");
        let at = |(n, seconds): (usize, &i64)| -> Vec<SpanRecord> {
            let moved = |mut s: SpanRecord| {
                s.trace_id.0[14] = n as u8 + 1;
                (s.start, s.end) = (s.start + Nanos::from_secs(*seconds), s.end + Nanos::from_secs(*seconds));
                s
            };
            one.iter().cloned().map(moved).collect()
        };
        let spans: Vec<SpanRecord> = starts.iter().enumerate().flat_map(at).collect();
        let snapshot = snapshot_of(&spans);
        let extent = snapshot.extent.unwrap();
        let seconds = |t: crate::model::Timestamp| (t - extent.start).0.div_euclid(1_000_000_000);
        snapshot.calls.gap(extent).map(|g| (seconds(g.start), seconds(g.end)))
    }

    #[test]
    fn what_lies_between_two_days_is_found_to_the_bucket() {
        let month = 30 * 86_400;
        let (start, end) = gap(&[0, 300, 900, month, month + 60]).unwrap();
        assert!((900..=910).contains(&start) && (month - 10..=month).contains(&end), "{start} {end}");
        assert_eq!(gap(&[0, 300, 900]), None, "ten minutes are no gap");
        assert_eq!(gap(&[0, 86_400, 2 * 86_400]), None, "nor is a day between two others");
        assert_eq!(gap(&[0]), None);
    }
}
