//! Measurements in buckets: growth, bounds, and every point accounted for.
use super::*;
use crate::model::{Interner, MeasurementBatch, Point, Value};

const T0: i64 = 1_767_225_600;

fn at(seconds: i64) -> Timestamp {
    Timestamp((T0 + seconds) * 1_000_000_000)
}

fn whole() -> TimeRange {
    TimeRange::new(at(0), at(100_000))
}

fn point(metric: Metric, seconds: i64, value: f64) -> Point {
    Point {
        sender: 0,
        metric,
        state: "".into(),
        detail: "".into(),
        stream: 0,
        start: Timestamp(0),
        time: at(seconds),
        is_delta: false,
        value,
        count: 0.0,
    }
}

fn batch(points: Vec<Point>) -> MeasurementBatch {
    let sender = vec![("service.name".into(), Value::str("cart"))];
    MeasurementBatch { senders: vec![sender], points }
}

fn stored(points: Vec<Point>) -> Measurements {
    let mut store = MeasurementStore::default();
    store.append(&batch(points), &mut Interner::default());
    store.publish()
}

#[test]
fn levels_are_averaged_and_a_point_sent_twice_counts_once() {
    let cpu = |seconds, value| point(Metric::ProcessCpuRatio, seconds, value);
    let got = stored(vec![cpu(1, 0.2), cpu(2, 0.4), cpu(2, 0.4), cpu(61, 0.9)]);
    assert_eq!(got.series().len(), 1);
    assert_eq!(got.series()[0].buckets(whole()).count(), 2);
    let first = got.series()[0].mean(TimeRange::new(at(0), at(10))).unwrap();
    assert!((first - 0.3).abs() < 1e-9, "{first}");
    assert_eq!(got.series()[0].mean(TimeRange::new(at(20), at(50))), None);
    assert_eq!((got.counters.kept, got.counters.duplicates), (3, 1));
    assert!(got.counters.is_conserved());
}

#[test]
fn totals_become_growth_and_a_restart_loses_nothing() {
    let total = |seconds, value| point(Metric::ProcessCpuTime, seconds, value);
    // 5 s of CPU in 10 s twice, then a restart that used 2 s by the next report, then an old point again.
    let got =
        stored(vec![total(0, 100.0), total(10, 105.0), total(20, 110.0), total(30, 2.0), total(20, 110.0)]);
    let sum = got.series()[0].sum(whole()).unwrap();
    assert_eq!((sum.sum, sum.weight, sum.points), (12.0, 30.0, 4));
    assert_eq!(got.counters.duplicates, 1);
    let delta = |seconds, value| Point { is_delta: true, start: at(seconds - 10), ..total(seconds, value) };
    let got = stored(vec![delta(10, 5.0), delta(20, 5.0)]);
    assert_eq!(got.series()[0].mean(whole()), Some(0.5));
}

#[test]
fn streams_of_one_spread_add_up() {
    let served =
        |stream, seconds, count, value| Point { stream, count, ..point(Metric::HttpServed, seconds, value) };
    let got = stored(vec![
        served(1, 0, 10.0, 1.0),
        served(2, 0, 90.0, 9.0),
        served(1, 60, 30.0, 3.0),
        served(2, 60, 100.0, 10.0),
    ]);
    let sum = got.series()[0].sum(whole()).unwrap();
    assert_eq!((sum.sum, sum.weight), (30.0, 3.0));
}

#[test]
fn bounds_hold_and_every_point_is_accounted_for() {
    let bounds = MeasurementBounds { series: 3, streams: 4, bytes: 12_000 };
    let (mut store, mut names) = (MeasurementStore::with_bounds(bounds), Interner::default());
    for minute in 0..2_000 {
        let points = (0..6).map(|pool: u64| Point {
            detail: format!("pool-{pool}").into(),
            stream: if pool == 0 { minute as u64 } else { 0 },
            ..point(Metric::PoolCount, minute * 60, pool as f64)
        });
        store.append(&batch(points.collect()), &mut names);
        let counters = store.publish().counters;
        assert!(counters.is_conserved(), "{counters:?}");
        assert!(store.bytes() <= 12_000, "{}", store.bytes());
    }
    let got = store.publish();
    assert_eq!(got.series().len(), 3);
    assert!(got.counters.refused > 0 && got.counters.evicted > 0, "{:?}", got.counters);
    let in_buckets: u64 = got
        .series()
        .iter()
        .flat_map(|s| s.chunks.iter())
        .flat_map(|c| &c.buckets)
        .map(|b| u64::from(b.points))
        .sum();
    assert_eq!(got.counters.in_store, in_buckets);
    assert!(names.find("pool-5").is_none(), "what is refused must not be named for good");
    let newest = TimeRange::new(at(1_999 * 60), at(2_000 * 60));
    assert_eq!(got.series()[1].mean(newest), Some(1.0));
    store.clear();
    let counters = store.publish().counters;
    assert!(counters.is_conserved() && counters.in_store == 0, "{counters:?}");
}

#[test]
fn a_snapshot_does_not_change_with_what_comes_later() {
    let (mut store, mut names) = (MeasurementStore::default(), Interner::default());
    store.append(&batch(vec![point(Metric::OpenFiles, 0, 5.0)]), &mut names);
    let before = store.publish();
    store.append(&batch(vec![point(Metric::OpenFiles, 1, 9.0)]), &mut names);
    assert_eq!(before.series()[0].mean(whole()), Some(5.0));
    assert_eq!(store.publish().series()[0].mean(whole()), Some(7.0));
}
