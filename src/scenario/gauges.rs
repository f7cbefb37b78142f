//! How busy the services of a story say that they are: CPU, memory and connection pools, from what they served.
use std::collections::BTreeMap;

use super::finds::{CapacityTruth, UseTruth};
use super::log::Served;
use super::random::Random;
use super::system::{Instance, ServiceId, System};
use crate::model::{MeasurementBatch, Metric, Nanos, Point, Timestamp, TraceId, Value};

/// How often each instance sends.
const EVERY: Nanos = Nanos::from_secs(15);
/// Requests of so long are looked at for each point.
const LOOKED_AT: Nanos = Nanos::from_secs(60);
/// What a point is off by, at most.
const NOISE: f64 = 0.03;

/// What a service's requests cost.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gauge {
    /// Share of its CPU that an instance uses at 100 requests a minute.
    pub cpu: f64,
    /// Connections that the pool of each instance may have; one is used while a request is served.
    pub connections: Option<f64>,
}

impl Gauge {
    pub fn cpu(cpu: f64) -> Self {
        Self { cpu, connections: None }
    }
}

/// Whose figures are sent.
#[derive(Clone, Debug)]
pub(super) struct Load<const N: usize> {
    pub gauges: [(&'static str, Gauge); N],
    pub seed: u64,
}

/// The requests of one instance, in the order in which they came.
type Log<'l> = Vec<&'l Served>;

impl<const N: usize> Load<N> {
    /// What the instances send, in order of time.
    pub fn measure(&self, system: &System, log: &[Served]) -> MeasurementBatch {
        let mut out = MeasurementBatch::default();
        let mut dice = Random::new(self.seed ^ 0x6a_06e5);
        for (service, gauge) in self.services(system) {
            let instances = &system.services[service.0].instances;
            for (i, instance) in instances.iter().enumerate() {
                let sender = out.senders.len() as u32;
                out.senders.push(resource(system, service, instance));
                let own = own(log, service, (i, instances.len()));
                let held = held(&own);
                let mut send = |time, metric, state: &str, detail: &str, value| {
                    out.points.push(Point {
                        sender,
                        metric,
                        state: state.into(),
                        detail: detail.into(),
                        stream: 0,
                        start: Timestamp(0),
                        time,
                        is_delta: false,
                        value,
                        count: 0.0,
                    });
                };
                for at in steps(system) {
                    let requests = per_minute(system, &own, at);
                    let mut about = |value: f64| value * (1.0 + NOISE * (2.0 * dice.unit() - 1.0));
                    send(at, Metric::ProcessCpuRatio, "", "", about(gauge.cpu * requests / 100.0));
                    send(at, Metric::ProcessMemoryRatio, "", "", about(0.6));
                    if let Some(most) = gauge.connections {
                        // Little's law.
                        let used = about(requests / 60.0 * held).min(most);
                        let pool = "payments";
                        send(at, Metric::PoolCount, "used", pool, used);
                        send(at, Metric::PoolCount, "idle", pool, most - used);
                        send(at, Metric::PoolMax, "", pool, most);
                    }
                }
            }
        }
        out.points.sort_by_key(|p| p.time);
        out
    }

    /// What each resource is used by now, and when traffic grows as the scenarios say: `all x2`, or `OPERATION x2`.
    pub fn truth(&self, system: &System, log: &[Served], scenarios: &[&str]) -> Vec<CapacityTruth> {
        let sent = self.measure(system, log);
        let entry: BTreeMap<TraceId, &str> = log
            .iter()
            .filter(|s| s.is_root)
            .map(|s| (s.trace, system.operations[s.operation.0].name.as_str()))
            .collect();
        let of = |scenario: &&str| {
            let grows = scenario.trim_end_matches(" x2");
            let mut uses = Vec::new();
            for (service, gauge) in self.services(system) {
                let all = || log.iter().filter(|s| s.service == service);
                let is_more = |s: &&Served| grows == "all" || entry.get(&s.trace) == Some(&grows);
                let times = 1.0 + all().filter(is_more).count() as f64 / all().count().max(1) as f64;
                let node = system.services[service.0].node().key();
                let mut add = |resource, target, now: f64| {
                    let node = node.clone();
                    uses.push(UseTruth { node, resource, now, then: now * times, target });
                };
                let name = &system.services[service.0].name;
                add("cpu", 0.7, mean(&sent, name, |p| p.metric == Metric::ProcessCpuRatio));
                if let Some(most) = gauge.connections {
                    let used = |p: &Point| p.metric == Metric::PoolCount && &*p.state == "used";
                    add("pool", 0.8, mean(&sent, name, used) / most);
                }
            }
            uses.sort_by(|a, b| (a.target / a.then).total_cmp(&(b.target / b.then)));
            CapacityTruth { scenario: (*scenario).to_owned(), uses }
        };
        scenarios.iter().map(of).collect()
    }

    fn services<'a>(&'a self, system: &'a System) -> impl Iterator<Item = (ServiceId, Gauge)> + 'a {
        self.gauges.iter().filter_map(|(name, gauge)| {
            let at = system.services.iter().position(|s| s.name == *name)?;
            Some((ServiceId(at), *gauge))
        })
    }
}

/// Requests a minute of one instance, those of which no trace is kept as well.
fn per_minute(system: &System, own: &Log<'_>, at: Timestamp) -> f64 {
    let from = (at - LOOKED_AT).max(system.window.start);
    let before = |t: Timestamp| own.partition_point(|s| s.time.start < t);
    let kept = (before(at) - before(from)) as f64;
    kept * f64::from(system.kept_one_in) * 60.0 / (at - from).as_secs_f64()
}

/// Seconds that a request is served for, on average.
fn held(own: &Log<'_>) -> f64 {
    let sum: f64 = own.iter().map(|s| s.time.length().as_secs_f64()).sum();
    sum / own.len().max(1) as f64
}

/// Requests that one instance served, in order; they take turns.
fn own(log: &[Served], service: ServiceId, (place, of): (usize, usize)) -> Log<'_> {
    let mine = |s: &&Served| s.service == service && s.facts.order as usize % of.max(1) == place;
    let mut out: Log<'_> = log.iter().filter(mine).collect();
    out.sort_by_key(|s| s.time.start);
    out
}

fn steps(system: &System) -> impl Iterator<Item = Timestamp> {
    let window = system.window;
    let count = window.length().0 / EVERY.0;
    (1..=count).map(move |i| window.start + Nanos(EVERY.0 * i))
}

/// The attributes that tell who sends.
fn resource(system: &System, service: ServiceId, instance: &Instance) -> Vec<(Box<str>, Value)> {
    let service = &system.services[service.0];
    let of = |key: &str, value: &str| (key.into(), Value::str(value));
    vec![
        of("service.name", &service.name),
        of("service.namespace", &service.namespace),
        of("service.version", &instance.version),
        of("service.instance.id", &instance.id),
    ]
}

/// The mean of a service's points.
fn mean(sent: &MeasurementBatch, service: &str, is: impl Fn(&Point) -> bool) -> f64 {
    let is_own = |p: &&Point| {
        let sender = sent.senders.get(p.sender as usize);
        sender.is_some_and(|s| s.iter().any(|(k, v)| &**k == "service.name" && *v == Value::str(service)))
    };
    let values: Vec<f64> = sent.points.iter().filter(is_own).filter(|p| is(p)).map(|p| p.value).collect();
    values.iter().sum::<f64>() / values.len().max(1) as f64
}
