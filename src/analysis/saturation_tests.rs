//! CPU, memory and pools by the precedence of their metrics.
use super::*;
use crate::analysis::sketch::{self, ORIGIN};
use crate::model::{MeasurementBatch, Nanos, Point, Timestamp, Value};
use crate::store::Lens;

/// `sender metric[state|detail] value…`, one value every 10 s from the sketch's origin.
fn measured(lines: &str) -> (Snapshot, GraphIndex) {
    let sketch = "cart SERVER 0..100 host=box\n  cart CLIENT 10..50 db.system=mysql server.address=orders-db db.namespace=orders";
    let mut batch = MeasurementBatch::default();
    for line in lines.lines().filter(|l| !l.trim().is_empty()) {
        add(line, &mut batch);
    }
    let snapshot = sketch::measured(&sketch::records(sketch), &batch);
    let index = snapshot.graph(&Lens::default());
    (snapshot, index)
}

fn add(line: &str, batch: &mut MeasurementBatch) {
    let mut words = line.split_whitespace();
    let sender: Vec<(Box<str>, Value)> = words
        .next()
        .unwrap()
        .split(',')
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(k, v)| (k.into(), Value::str(v)))
        .collect();
    let (name, rest) = words.next().unwrap().split_once('[').unwrap();
    let (state, detail) = rest.trim_end_matches(']').split_once('|').unwrap();
    let (metric, scale) = Metric::of_name(name).unwrap();
    let place = batch.senders.len() as u32;
    batch.senders.push(sender);
    for (i, value) in words.enumerate() {
        batch.points.push(Point {
            sender: place,
            metric,
            state: state.into(),
            detail: detail.into(),
            stream: 0,
            start: Timestamp(0),
            time: ORIGIN + Nanos::from_secs(10 * i as i64),
            is_delta: false,
            value: value.parse::<f64>().unwrap() * scale,
            count: 0.0,
        });
    }
}

fn of(lines: &str, node: &str) -> Saturation {
    let (snapshot, index) = measured(lines);
    let node = index.graph.find(node).unwrap();
    Gauges::new(&snapshot, &index).of(node, TimeRange::new(ORIGIN, ORIGIN + Nanos::from_secs(600)))
}

fn cpu(lines: &str) -> Option<(f64, Metric, bool)> {
    of(lines, "cart").cpu.map(|l| ((l.ratio * 1e6).round() / 1e6, l.metric, l.is_host))
}

#[test]
fn cpu_by_precedence() {
    let process = "service.name=cart process.cpu.utilization[user|] 0.3 0.5
                   service.name=cart process.cpu.utilization[system|] 0.1 0.1";
    let system = "host.name=box system.cpu.utilization[idle|0] 0.2
                  host.name=box system.cpu.utilization[idle|1] 0.4
                  host.name=box system.cpu.utilization[user|1] 0.6";
    assert_eq!(cpu(&format!("{system}\n{process}")), Some((0.5, Metric::ProcessCpuRatio, false)));
    assert_eq!(cpu(system), Some((0.7, Metric::SystemCpuRatio, true)));
    let time = "service.name=cart process.cpu.time[user|] 100 110 120";
    assert_eq!(cpu(time), None, "without the number of CPUs a rate is no share");
    let counted = format!("{time}\nservice.name=cart jvm.cpu.count[|] 4 4 4");
    assert_eq!(cpu(&counted), Some((0.25, Metric::ProcessCpuTime, false)));
    let container =
        "service.name=cart container.cpu.usage[|] 1.5\nservice.name=cart container.cpu.limit[|] 2";
    assert_eq!(cpu(container), Some((0.75, Metric::ContainerCpuUsage, false)));
}

#[test]
fn several_instances_are_averaged() {
    let two = "service.name=cart,service.instance.id=a process.cpu.utilization[|] 0.2
               service.name=cart,service.instance.id=b process.cpu.utilization[|] 0.8";
    assert_eq!(cpu(two), Some((0.5, Metric::ProcessCpuRatio, false)));
}

#[test]
fn memory_counts_the_heap_only() {
    let heap = "service.name=cart jvm.memory.used[heap|eden] 100
                service.name=cart jvm.memory.used[heap|old] 300
                service.name=cart jvm.memory.used[non_heap|code] 900
                service.name=cart jvm.memory.limit[heap|old] 800
                service.name=cart jvm.memory.limit[non_heap|code] 1000";
    assert_eq!(of(heap, "cart").memory.map(|l| l.ratio), Some(0.5));
    let unlimited = "service.name=cart go.memory.used[|stack] 100\nservice.name=cart go.memory.limit[|] 9223372036854775807";
    assert_eq!(of(unlimited, "cart").memory, None);
}

#[test]
fn a_pool_is_its_services_and_its_databases() {
    let pool = "service.name=cart db.client.connection.count[used|p] 7 9
                service.name=cart db.client.connection.count[idle|p] 3 1
                service.name=cart db.client.connection.max[|p] 10 10
                service.name=cart db.client.connection.pending_requests[|p] 0 4";
    for node in ["cart", "database:orders@orders-db"] {
        let got = of(pool, node);
        assert_eq!((got.pool().map(|l| l.ratio), got.pending()), (Some(0.8), Some(2.0)), "{node}");
    }
}

#[test]
fn others_measurements_are_nobodys() {
    let other = "service.name=other process.cpu.utilization[|] 0.9\nhost.name=elsewhere system.cpu.utilization[idle|0] 0.1";
    assert_eq!(of(other, "cart"), Saturation::default());
}
