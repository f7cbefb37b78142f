//! CPU and memory of services before and after, from the measurements that they sent.
use std::collections::BTreeSet;

use super::{Basis, Compared, Verdict};
use crate::analysis::Study;
use crate::analysis::saturation::{Gauges, Level, Saturation};
use crate::model::NodeId;

/// How busy a service was before and after.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Machine {
    /// The service.
    pub node: NodeId,
    /// CPU.
    pub cpu: (Option<Level>, Option<Level>),
    /// Memory.
    pub memory: (Option<Level>, Option<Level>),
}

/// Of the deployed services, then of those that became worse.
pub(super) fn compare(
    study: &Study<'_>,
    basis: Basis,
    rows: &[Compared],
    deployed: &BTreeSet<NodeId>,
) -> Vec<Machine> {
    let Basis::Time { before, after } = basis else { return Vec::new() };
    let gauges = Gauges::new(study.snapshot, study.index);
    if gauges.is_empty() {
        return Vec::new();
    }
    let worse = rows.iter().filter(|r| r.verdict == Verdict::Regression).map(|r| r.node);
    let worse: BTreeSet<NodeId> = worse.filter(|n| !deployed.contains(n)).collect();
    let of = |node: &NodeId| {
        let (b, a) = (gauges.of(*node, before), gauges.of(*node, after));
        let pair = |pick: fn(&Saturation) -> Option<Level>| match (pick(&b), pick(&a)) {
            // Shares of different things are not compared.
            (Some(b), Some(a)) if b.metric != a.metric => (None, Some(a)),
            pair => pair,
        };
        let machine = Machine { node: *node, cpu: pair(|s| s.cpu), memory: pair(|s| s.memory) };
        let nothing = (None, None);
        (machine.cpu != nothing || machine.memory != nothing).then_some(machine)
    };
    deployed.iter().chain(&worse).filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::sketch::{self, ORIGIN};
    use crate::model::{MeasurementBatch, Metric, Nanos, Point, Progress, TimeRange, Timestamp, Value};
    use crate::store::Lens;

    /// A service whose CPU goes from 20 % to 80 % after ten minutes.
    fn measured() -> crate::graph::Snapshot {
        let (metric, scale) = Metric::of_name("process.cpu.utilization").unwrap();
        let point = |i: i64| Point {
            sender: 0,
            metric,
            state: "".into(),
            detail: "".into(),
            stream: 0,
            start: Timestamp(0),
            time: ORIGIN + Nanos::from_secs(10 * i),
            is_delta: false,
            value: scale * if i < 60 { 0.2 } else { 0.8 },
            count: 0.0,
        };
        let batch = MeasurementBatch {
            senders: vec![vec![("service.name".into(), Value::str("shop"))]],
            points: (0..120).map(point).collect(),
        };
        let sketch = "shop SERVER 0..20\n  shop CLIENT 1..9\n    stock SERVER 2..8";
        sketch::measured(&sketch::again(sketch, 1, 120, 0.0, 10.0), &batch)
    }

    #[test]
    fn cpu_of_the_deployed_service_before_and_after() {
        let snapshot = measured();
        let index = snapshot.graph(&Lens::default());
        let study = Study { snapshot: &snapshot, index: &index, progress: &Progress::default() };
        let node = |name: &str| index.graph.find(name).unwrap();
        let at = |minutes: i64| ORIGIN + Nanos::from_secs(60 * minutes);
        let (before, after) = (TimeRange::new(at(0), at(10)), TimeRange::new(at(10), at(20)));
        let of = |basis, deployed: &[&str]| {
            let deployed = deployed.iter().map(|n| node(n)).collect();
            let all = compare(&study, basis, &[], &deployed);
            let ratio = |l: Option<Level>| l.map(|l| (l.ratio * 100.0).round());
            all.iter().map(|m| (m.node, ratio(m.cpu.0), ratio(m.cpu.1), m.memory)).collect::<Vec<_>>()
        };
        let shop = (node("shop"), Some(20.0), Some(80.0), (None, None));
        assert_eq!(of(Basis::Time { before, after }, &["shop", "stock"]), [shop]);
        assert_eq!(of(Basis::Time { before, after }, &[]), []);
        assert_eq!(of(Basis::Version { window: before }, &["shop"]), []);
    }
}
