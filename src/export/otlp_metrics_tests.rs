//! What is written is read back the same, from both forms.
use proptest::prelude::*;

use super::*;
use crate::ingest::{Decoded, file};
use crate::model::{Nanos, Timestamp};

const ORIGIN: Timestamp = Timestamp(1_772_000_000_000_000_000);

const METRICS: [&str; 10] = [
    "process.cpu.utilization",
    "process.cpu.time",
    "jvm.memory.used",
    "container.cpu.usage",
    "db.client.connection.count",
    "db.client.connection.timeouts",
    "db.client.connection.wait_time",
    "http.server.request.duration",
    "v8js.memory.heap.used",
    "process.unix.file_descriptor.count",
];

fn point() -> impl Strategy<Value = Point> {
    let text = || prop_oneof![Just(""), Just("used"), Just("orders-db"), Just("プール \"一\"")];
    let numbers = (0..1_000_000i64, 0..60i64, any::<bool>(), -1e12..1e12f64, 0..1_000_000u32);
    (0..3u32, 0..METRICS.len(), text(), text(), any::<u64>(), numbers).prop_map(
        |(sender, metric, state, detail, stream, (time, since, is_delta, value, count))| {
            let metric = Metric::of_name(METRICS[metric]).unwrap().0;
            let time = ORIGIN + Nanos(time * 1_000_003);
            Point {
                sender,
                metric,
                state: state.into(),
                detail: detail.into(),
                stream,
                start: if since == 0 { Timestamp(0) } else { time - Nanos::from_secs(since) },
                time,
                is_delta: is_delta && metric.shape() != Shape::Level,
                value,
                count: if metric.shape() == Shape::Spread { f64::from(count) } else { 0.0 },
            }
        },
    )
}

fn batch() -> impl Strategy<Value = MeasurementBatch> {
    let sender = |name: &str| vec![(Box::from("service.name"), Value::str(name))];
    let senders = vec![sender("cart"), sender("支払い"), vec![("host.name".into(), Value::str("box"))]];
    proptest::collection::vec(point(), 1..40)
        .prop_map(move |points| MeasurementBatch { senders: senders.clone(), points })
}

/// Each point as text, in order, with its sender, and streams by the order in which they are met.
fn told(batch: &MeasurementBatch) -> Vec<String> {
    let mut all: Vec<(String, u64)> = batch
        .points
        .iter()
        .map(|p| {
            let rest = Point { sender: 0, stream: 0, ..p.clone() };
            (format!("{:?} {rest:?}", batch.senders[p.sender as usize]), p.stream)
        })
        .collect();
    all.sort();
    all.into_iter().map(|a| a.0).collect()
}

/// Which points share a stream.
fn streams(batch: &MeasurementBatch) -> usize {
    let key = |p: &Point| (p.sender, p.metric, p.state.clone(), p.detail.clone(), p.stream);
    batch.points.iter().map(key).collect::<std::collections::BTreeSet<_>>().len()
}

fn read(bytes: &[u8]) -> MeasurementBatch {
    let mut out = Decoded::default();
    crate::ingest::otlp_protobuf::decode_metrics(bytes, &mut out).unwrap();
    assert_eq!(out.rejects, crate::model::Rejects::default());
    out.measurements
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(batch in batch()) {
        let read = read(&protobuf(&batch));
        prop_assert_eq!(told(&read), told(&batch));
        prop_assert_eq!(streams(&read), streams(&batch));
    }

    #[test]
    fn json_says_what_protobuf_says(batch in batch()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.jsonl");
        std::fs::write(&path, json_line(&batch) + "\n").unwrap();
        let mut found = MeasurementBatch::default();
        let mut take = |arrival| {
            if let crate::model::Arrival::Spans(_, delivery) = arrival {
                assert_eq!(delivery.rejects, crate::model::Rejects::default());
                let first = found.senders.len() as u32;
                found.senders.extend(delivery.measurements.senders);
                let moved = |p: Point| Point { sender: p.sender + first, ..p };
                found.points.extend(delivery.measurements.points.into_iter().map(moved));
            }
            true
        };
        let cancel = std::sync::atomic::AtomicBool::new(false);
        file::read(&file::Input::Path(path), crate::model::SourceId(0), &cancel, &mut take);
        prop_assert_eq!(told(&found), told(&batch));
        prop_assert_eq!(streams(&found), streams(&batch));
    }
}

#[test]
fn the_name_of_today_needs_no_scaling() {
    for name in METRICS {
        let (metric, _) = Metric::of_name(name).unwrap();
        assert_eq!(Metric::of_name(metric.name()), Some((metric, 1.0)));
        assert!(crate::model::STATE_KEYS.contains(&metric.state_key()));
        assert!(crate::model::DETAIL_KEYS.contains(&metric.detail_key()));
    }
}
