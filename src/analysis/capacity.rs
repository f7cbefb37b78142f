//! What would more traffic do? Visits carried along the call tree, utilisation, headroom, what saturates first.
//!
//! Every number but today's rates is a model's; the answer says which.
mod load;
mod model;

use std::collections::BTreeMap;

use super::reading::{BlameKey, Reading};
use super::replay::{Changes, Replay};
use super::saturation::{Gauges, Level};
use super::statistics::quantile_sorted;
use super::{Evidence, Study};
use crate::graph::NodeKind;
use crate::model::{Nanos, NodeId, Symbol};
use crate::store::Lens;
use load::Load;
pub use model::{LoadFit, LoadModel};

/// Share of the CPU, or of the most that a fit allows, up to which a node is well used and no more.
pub const CPU_TARGET: f64 = 0.7;
/// The same for a pool of connections.
pub const POOL_TARGET: f64 = 0.8;
/// Utilisation from which on no response time is predicted.
const SATURATED: f64 = 0.95;

/// How much more of which requests.
#[derive(Clone, Debug, PartialEq)]
pub struct Growth {
    /// `all` or `entry` for all requests; else an operation, a node where requests enter, or both.
    pub what: String,
    /// Times as many; 1 is as now.
    pub factor: f64,
}

impl Growth {
    /// Reads `checkout x2`, `POST /checkout x1.5` or `all x3`.
    pub fn parse(text: &str) -> Option<Self> {
        let (what, factor) = text.trim().rsplit_once(char::is_whitespace)?;
        let factor: f64 = factor.strip_prefix(['x', 'X', '×'])?.parse().ok()?;
        let what = what.trim();
        let is_sound = factor.is_finite() && (0.0..=1_000.0).contains(&factor) && !what.is_empty();
        is_sound.then(|| Self { what: what.to_owned(), factor })
    }
}

/// Requests of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryLoad {
    /// Where they enter.
    pub node: NodeId,
    /// What they ask for.
    pub operation: Symbol,
    /// Requests a minute now.
    pub per_min: f64,
    /// Times as many in the scenario.
    pub factor: f64,
}

/// What would run out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// CPU, measured.
    Cpu,
    /// A pool of connections, measured.
    Pool,
    /// Whatever makes response times grow with load, by a fit.
    Fit,
}

impl Resource {
    /// Stable name for JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Pool => "pool",
            Self::Fit => "load_fit",
        }
    }
}

/// How much of something is used, now and in the scenario.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Use {
    /// Of what.
    pub resource: Resource,
    /// Share now; measured, or by the fit.
    pub now: f64,
    /// Share in the scenario, by the utilisation law; over 1 it cannot be.
    pub then: f64,
    /// Share that should not be passed.
    pub target: f64,
}

impl Use {
    /// How much more traffic of today's mix fits below the target, as a share of today's; under 0 none does.
    pub fn headroom(&self) -> Option<f64> {
        (self.now > 0.0).then(|| self.target / self.now - 1.0)
    }
    /// Target over what the scenario needs; under 1 it saturates.
    pub fn margin(&self) -> f64 {
        if self.then > 0.0 { self.target / self.then } else { f64::INFINITY }
    }
}

/// One node in the scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeCapacity {
    /// The node.
    pub node: NodeId,
    /// Visits a minute now.
    pub per_min: f64,
    /// Times as many in the scenario.
    pub growth: f64,
    /// Visits in flight now, by Little's law.
    pub in_flight: f64,
    /// Mean response time of a visit now.
    pub response: Nanos,
    /// Of which its own time.
    pub own: Nanos,
    /// Mean response time in the scenario, where utilisation is known and under 95 %.
    pub response_then: Option<Nanos>,
    /// What is used.
    pub uses: Vec<Use>,
    /// What a fit of response times over load says.
    pub fit: LoadModel,
    /// Instances that were seen.
    pub instances: usize,
    /// Instances that keep utilisation at its target in the scenario.
    pub replicas: Option<usize>,
    /// The visits that kept it longest.
    pub evidence: Evidence,
}

impl NodeCapacity {
    /// Visits in flight in the scenario.
    pub fn in_flight_then(&self) -> Option<f64> {
        let then = self.response_then?;
        Some(self.per_min / 60.0 * self.growth * then.as_secs_f64())
    }
    /// What runs out first.
    pub fn tightest(&self) -> Option<&Use> {
        self.uses.iter().min_by(|a, b| a.margin().total_cmp(&b.margin()))
    }
}

/// A change of speed to try.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Faster {
    /// Whose own time changes.
    pub node: NodeId,
    /// Times as long; under 1 is faster.
    pub factor: f64,
}

/// Requests of one kind before and after a change of speed, each replayed.
#[derive(Clone, Debug, PartialEq)]
pub struct WhatIf {
    /// Where they enter.
    pub node: NodeId,
    /// What they ask for.
    pub operation: Symbol,
    /// Requests that were replayed.
    pub requests: usize,
    /// 50th, 95th and 99th percentile before.
    pub before: [Nanos; 3],
    /// And after.
    pub after: [Nanos; 3],
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Capacity {
    /// Requests by kind, most first.
    pub entries: Vec<EntryLoad>,
    /// Nodes, the first to saturate first; then those of which nothing is known.
    pub services: Vec<NodeCapacity>,
    /// What the changes of speed would do, for the kinds of requests that they change.
    pub what_if: Vec<WhatIf>,
    /// Growths that fit no kind of request.
    pub unmatched: Vec<String>,
    /// Whether any utilisation was measured.
    pub is_measured: bool,
    /// Traces without a root: their visits are taken to stay as they are.
    pub fragments: usize,
}

/// Carries growth along the calls of every trace under the lens, and tries changes of speed.
pub fn capacity(study: &Study<'_>, lens: &Lens, growths: &[Growth], faster: &[Faster]) -> Capacity {
    let graph = &study.index.graph;
    let Some(window) = graph.window.filter(|w| !w.is_empty()) else { return Capacity::default() };
    let mut changes = Changes::default();
    for f in faster {
        changes.scale_key(BlameKey::Node(f.node), f.factor);
    }
    let trips = study.map(&study.traces(lens), |reading| Some(trip(reading, &changes)));
    let mut load = Load::default();
    trips.iter().for_each(|t| load.add(t));
    let minutes = window.length().as_secs_f64() / 60.0;
    let (entries, unmatched) = grown(study, &load, growths, minutes);
    let gauges = Gauges::new(study.snapshot, study.index);
    let mut services = Vec::new();
    for (id, node) in graph.nodes().filter(|(_, n)| !matches!(n.kind, NodeKind::User | NodeKind::Unknown)) {
        let Some(visits) = load.visits.get(&id).filter(|v| v.count > 0.0) else { continue };
        let growth = load.growth(id, &entries);
        let busy = gauges.of(id, window);
        let fit = model::fit(&visits.minutes);
        let instances = node.instances.len();
        let measured = Measured { cpu: busy.cpu, pool: busy.pool() };
        let mut node = one(id, visits, growth, minutes, &measured, fit, instances);
        for span in visits.longest.iter().filter_map(|v| study.snapshot.spans.get(v.1)) {
            node.evidence.add(span.trace_id(), span.span_id());
        }
        services.push(node);
    }
    services.sort_by(|a: &NodeCapacity, b| {
        let margin = |n: &NodeCapacity| n.tightest().map_or(f64::INFINITY, Use::margin);
        margin(a).total_cmp(&margin(b)).then(b.in_flight.total_cmp(&a.in_flight)).then(a.node.cmp(&b.node))
    });
    let is_measured = services.iter().flat_map(|s| &s.uses).any(|u| u.resource != Resource::Fit);
    let fragments = trips.iter().filter(|t| t.entry.is_none()).count();
    Capacity { entries, services, what_if: what_if(&trips, faster), unmatched, is_measured, fragments }
}

/// What is kept of a trace.
struct Trip {
    entry: Option<(NodeId, Symbol)>,
    weight: f64,
    stops: Vec<load::Stop>,
    /// Duration before and after the changes of speed.
    durations: Option<(i64, i64)>,
}

fn trip(reading: &Reading, changes: &Changes) -> Trip {
    let replayed = if changes.is_empty() { None } else { Replay::of(reading, changes) };
    Trip {
        entry: reading.entry(),
        weight: reading.weight(),
        stops: load::stops(reading),
        durations: replayed.map(|r| (reading.duration().0, r.duration().0)),
    }
}

struct Measured {
    cpu: Option<Level>,
    pool: Option<Level>,
}

fn one(
    node: NodeId,
    visits: &load::Visits,
    growth: f64,
    minutes: f64,
    measured: &Measured,
    fit: LoadModel,
    instances: usize,
) -> NodeCapacity {
    let per_min = visits.count / minutes;
    let mean = |total: f64| total / visits.count;
    let (response, own) = (mean(visits.total), mean(visits.own));
    // What is idle tells nothing of where its limit is.
    let used = |resource, now: Option<f64>, target| {
        now.filter(|u| *u > 0.0).map(|now| Use { resource, now, then: now * growth, target })
    };
    // The machine's CPU is shared: that of one service does not follow its traffic alone.
    let cpu = used(Resource::Cpu, measured.cpu.filter(|l| !l.is_host).map(|l| l.ratio), CPU_TARGET);
    let pool = used(Resource::Pool, measured.pool.map(|l| l.ratio), POOL_TARGET);
    let mut uses: Vec<Use> = cpu.into_iter().chain(pool).collect();
    if let (LoadModel::Fits(fit), None) = (&fit, cpu) {
        uses.extend(used(Resource::Fit, Some(per_min / 60.0 / fit.most), CPU_TARGET));
    }
    let queue = uses.iter().find(|u| u.resource != Resource::Pool).copied();
    let response_then = match queue {
        Some(u) if u.then < SATURATED && u.now < SATURATED => {
            Some(response - own + own * (1.0 - u.now) / (1.0 - u.then))
        }
        _ => None,
    };
    // Each instance has its own CPU and its own pool.
    let tightest = uses.iter().max_by(|a, b| (a.then / a.target).total_cmp(&(b.then / b.target)));
    let replicas = tightest.filter(|_| instances > 0).map(|u| (u.then / u.target * instances as f64).ceil());
    NodeCapacity {
        node,
        per_min,
        growth,
        in_flight: visits.total / 1e9 / (minutes * 60.0),
        response: Nanos(response as i64),
        own: Nanos(own as i64),
        response_then: response_then.map(|ns| Nanos(ns as i64)),
        uses,
        fit,
        instances,
        replicas: replicas.map(|n| (n as usize).max(1)),
        evidence: Evidence::default(),
    }
}

/// The kinds of requests with their growth; and what fits none.
fn grown(study: &Study<'_>, load: &Load, growths: &[Growth], minutes: f64) -> (Vec<EntryLoad>, Vec<String>) {
    let mut is_used = vec![false; growths.len()];
    let mut entries: Vec<EntryLoad> = load
        .entries
        .iter()
        .map(|(&(node, operation), requests)| {
            let mut factor = 1.0;
            for (growth, used) in growths.iter().zip(&mut is_used) {
                if is_meant(study, &growth.what, node, operation) {
                    factor *= growth.factor;
                    *used = true;
                }
            }
            EntryLoad { node, operation, per_min: requests / minutes, factor }
        })
        .collect();
    entries.sort_by(|a, b| {
        b.per_min.total_cmp(&a.per_min).then((a.node, a.operation).cmp(&(b.node, b.operation)))
    });
    let unmatched = growths.iter().zip(is_used).filter(|(_, used)| !used).map(|(g, _)| g.what.clone());
    (entries, unmatched.collect())
}

fn is_meant(study: &Study<'_>, what: &str, node: NodeId, operation: Symbol) -> bool {
    let operation = study.snapshot.spans.text(operation);
    let Some(node) = study.index.graph.node(node) else { return false };
    let is_node = |text: &str| text == node.name || text == node.id;
    matches!(what, "all" | "entry")
        || what == operation
        || is_node(what)
        || what.strip_suffix(operation).is_some_and(|head| is_node(head.trim_end()))
}

fn what_if(trips: &[Trip], faster: &[Faster]) -> Vec<WhatIf> {
    if faster.is_empty() {
        return Vec::new();
    }
    let mut by_entry: BTreeMap<(NodeId, Symbol), (Vec<f64>, Vec<f64>)> = BTreeMap::new();
    for trip in trips {
        if let (Some(entry), Some((before, after))) = (trip.entry, trip.durations) {
            let (all_before, all_after) = by_entry.entry(entry).or_default();
            all_before.push(before as f64);
            all_after.push(after as f64);
        }
    }
    let mut out: Vec<WhatIf> = by_entry
        .into_iter()
        .filter(|(_, (before, after))| before != after)
        .map(|((node, operation), (before, after))| WhatIf {
            node,
            operation,
            requests: before.len(),
            before: percentiles(before),
            after: percentiles(after),
        })
        .collect();
    out.sort_by(|a, b| b.requests.cmp(&a.requests).then((a.node, a.operation).cmp(&(b.node, b.operation))));
    out
}

fn percentiles(mut values: Vec<f64>) -> [Nanos; 3] {
    values.sort_by(f64::total_cmp);
    [0.5, 0.95, 0.99].map(|q| Nanos(quantile_sorted(&values, q).unwrap_or(0.0) as i64))
}

#[cfg(test)]
#[path = "capacity/tests.rs"]
mod tests;
