//! What is written of a store fills another one with the same buckets.
use proptest::prelude::*;

use super::*;
use crate::analysis::sketch::{self, ORIGIN};
use crate::graph::Snapshot;
use crate::model::Metric;

const METRICS: [Metric; 5] = [
    Metric::ProcessCpuRatio,
    Metric::ProcessCpuTime,
    Metric::PoolCount,
    Metric::PoolWait,
    Metric::PoolTimeouts,
];

fn sent() -> impl Strategy<Value = MeasurementBatch> {
    let one = (0..3u32, 0..METRICS.len(), 0..2u64, 0..600i64, 0..1_000u32, any::<bool>());
    proptest::collection::vec(one, 1..120).prop_map(|mut all| {
        all.sort_by_key(|one| one.3);
        let senders = ["cart", "orders", "elsewhere"];
        let senders = senders.map(|s| vec![(Box::from("service.name"), Value::str(s))]).to_vec();
        let mut batch = MeasurementBatch { senders, points: Vec::new() };
        for (sender, metric, stream, second, value, is_delta) in all {
            let metric = METRICS[metric];
            batch.points.push(Point {
                sender,
                metric,
                state: "used".into(),
                detail: if stream == 0 { "".into() } else { "orders-db".into() },
                stream,
                start: ORIGIN + Nanos::from_secs(second.max(10) - 10),
                time: ORIGIN + Nanos::from_secs(second),
                is_delta: is_delta && metric.shape() != Shape::Level,
                value: f64::from(value) / 7.0,
                count: if metric.shape() == Shape::Spread { f64::from(value) } else { 0.0 },
            });
        }
        batch
    })
}

const SPANS: &str = "cart SERVER 0..100\n  cart CLIENT 10..50\n    orders SERVER 15..45";

fn stored(batch: &MeasurementBatch) -> Snapshot {
    sketch::measured(&sketch::records(SPANS), batch)
}

fn chosen(snapshot: &Snapshot, window: Option<TimeRange>) -> Chosen<'_> {
    Chosen::new(&snapshot.spans, &snapshot.measurements, window, snapshot.spans.resources())
}

fn written(snapshot: &Snapshot, window: Option<TimeRange>) -> MeasurementBatch {
    let mut all = MeasurementBatch::default();
    let taken = chosen(snapshot, window).batches(&mut |batch| -> Result<(), ()> {
        all.senders = batch.senders;
        all.points.extend(batch.points);
        Ok(())
    });
    assert_eq!(taken, Ok(()));
    all
}

/// Every bucket as text, figures to nine digits.
fn buckets(snapshot: &Snapshot, range: TimeRange) -> Vec<String> {
    let m = &snapshot.measurements;
    let text = |s| snapshot.spans.text(s);
    let mut out = Vec::new();
    for series in m.series() {
        let sender = text(m.senders()[series.sender as usize].service);
        for b in series.buckets(range) {
            let (state, detail) = (text(series.state), text(series.detail));
            let metric = series.metric;
            let figures = format!("{:.9} {:.6}", b.sum, b.weight);
            out.push(format!("{sender} {metric:?} [{state}|{detail}] {} {figures}", b.index));
        }
    }
    out.sort();
    out
}

fn all() -> TimeRange {
    TimeRange::new(ORIGIN, ORIGIN + Nanos::from_secs(3600))
}

proptest! {
    #[test]
    fn the_same_buckets_come_back(sent in sent()) {
        let before = stored(&sent);
        let written = written(&before, None);
        prop_assert_eq!(written.points.len() as u64, chosen(&before, None).count());
        let after = stored(&written);
        prop_assert_eq!(after.measurements.counters.duplicates, 0);
        let mut expected = buckets(&before, all());
        expected.retain(|line| !line.starts_with("elsewhere"));
        prop_assert_eq!(buckets(&after, all()), expected, "of those that sent spans");
    }

    #[test]
    fn a_window_keeps_its_buckets(sent in sent(), from in 0..300i64, length in 1..300i64) {
        let start = ORIGIN + Nanos::from_secs(from);
        let window = TimeRange::new(start, start + Nanos::from_secs(length));
        let before = stored(&sent);
        let after = stored(&written(&before, Some(window)));
        let mut expected = buckets(&before, window);
        expected.retain(|line| !line.starts_with("elsewhere"));
        prop_assert_eq!(buckets(&after, all()), expected);
    }
}
