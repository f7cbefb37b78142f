//! How busy are the nodes, by what they measured of themselves: CPU, memory, connection pools?
use std::collections::{BTreeMap, HashMap};

use crate::graph::{GraphIndex, NodeKind, Party, PartyKind, Snapshot};
use crate::model::semconv::resource as keys;
use crate::model::{Metric, NodeId, Symbol, TimeRange};
use crate::store::{MeasurementSeries, Sender};

/// A limit above this many bytes is none: programs send the largest number that they have.
const NO_LIMIT: f64 = (1u64 << 50) as f64;

/// A share of what there is, and what told it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// 0 to 1, or above where more is used than was asked for.
    pub ratio: f64,
    /// The metric that it comes from.
    pub metric: Metric,
    /// Whether it is that of the whole machine, not of the service alone.
    pub is_host: bool,
}

/// A pool of connections.
#[derive(Clone, Debug, PartialEq)]
pub struct Pool {
    /// As its service names it; "" where it does not.
    pub name: String,
    /// Used share of the connections that it may have; `None` where one of the two is not known.
    pub ratio: Option<f64>,
    /// Requests that waited for a connection, on average.
    pub pending: Option<f64>,
}

/// What is known of one node in one window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Saturation {
    /// CPU.
    pub cpu: Option<Level>,
    /// Memory.
    pub memory: Option<Level>,
    /// Pools, by name. A database has those of its callers that can only lead to it.
    pub pools: Vec<Pool>,
    /// Signs of pressure that have no ceiling: mean levels, and seconds per event of what is timed.
    pub extras: Vec<(Metric, f64)>,
    /// Requests served in the window, by the service's own count.
    pub served: Option<f64>,
}

impl Saturation {
    /// The fullest pool.
    pub fn pool(&self) -> Option<Level> {
        let fullest = self.pools.iter().filter_map(|p| p.ratio).max_by(f64::total_cmp)?;
        Some(Level { ratio: fullest, metric: Metric::PoolCount, is_host: false })
    }
    /// Requests that waited for a connection, over all pools.
    pub fn pending(&self) -> Option<f64> {
        self.pools.iter().filter_map(|p| p.pending).reduce(|a, b| a + b)
    }
}

/// The series of each node.
#[derive(Debug, Default)]
pub struct Gauges<'a> {
    by_node: BTreeMap<NodeId, Vec<&'a MeasurementSeries>>,
    /// Pools of callers that can only lead to this node: caller, and the pool's name if it tells.
    pools: BTreeMap<NodeId, Vec<(NodeId, Option<Symbol>)>>,
    snapshot: Option<&'a Snapshot>,
}

const CPU: &[Rule] = &[
    Rule::Ratio(Metric::ProcessCpuRatio),
    Rule::Of(Metric::ProcessCpuTime, Metric::CpuCount, None),
    Rule::Ratio(Metric::JvmCpuRatio),
    Rule::Of(Metric::DotnetCpuTime, Metric::CpuCount, None),
    Rule::Of(Metric::ContainerCpuUsage, Metric::CpuLimit, None),
    Rule::Ratio(Metric::ContainerCpuRatio),
    Rule::Of(Metric::PodCpuUsage, Metric::CpuLimit, None),
    Rule::Ratio(Metric::PodCpuRatio),
    Rule::NotIdle(Metric::SystemCpuRatio),
];

const MEMORY: &[Rule] = &[
    Rule::Ratio(Metric::ProcessMemoryRatio),
    Rule::Of(Metric::ProcessMemoryUsage, Metric::MemoryLimit, None),
    Rule::Of(Metric::JvmMemoryUsed, Metric::JvmMemoryLimit, Some("heap")),
    Rule::Of(Metric::ContainerMemoryUsage, Metric::MemoryLimit, None),
    Rule::Of(Metric::PodMemoryUsage, Metric::MemoryLimit, None),
    Rule::Ratio(Metric::PodMemoryRatio),
    Rule::Of(Metric::GoMemoryUsed, Metric::GoMemoryLimit, None),
    Rule::Of(Metric::V8HeapUsed, Metric::V8HeapLimit, None),
    Rule::InState(Metric::SystemMemoryRatio, "used"),
];

const EXTRAS: &[Metric] = &[
    Metric::GcPause,
    Metric::Threads,
    Metric::EventLoopRatio,
    Metric::EventLoopDelay,
    Metric::Goroutines,
    Metric::ScheduleDelay,
    Metric::ThreadPoolQueue,
    Metric::OpenFiles,
    Metric::PoolWait,
];

/// How a share is found; the first rule of a list that has data wins.
#[derive(Clone, Copy)]
enum Rule {
    /// Sent as such, in parts by state.
    Ratio(Metric),
    /// What is used over what there is, both in this state.
    Of(Metric, Metric, Option<&'static str>),
    /// All of the machine's CPUs but their idle part.
    NotIdle(Metric),
    /// The machine's part in one state.
    InState(Metric, &'static str),
}

impl<'a> Gauges<'a> {
    /// Finds the node of each series.
    pub fn new(snapshot: &'a Snapshot, index: &GraphIndex) -> Self {
        if snapshot.measurements.is_empty() {
            return Self::default();
        }
        let owners = Owners::new(snapshot, index);
        let nodes: Vec<Vec<(NodeId, bool)>> =
            snapshot.measurements.senders().iter().map(|s| owners.of(s)).collect();
        let mut by_node: BTreeMap<NodeId, Vec<&MeasurementSeries>> = BTreeMap::new();
        for series in snapshot.measurements.series() {
            let is_of_host = matches!(series.metric, Metric::SystemCpuRatio | Metric::SystemMemoryRatio);
            for (node, is_host) in nodes.get(series.sender as usize).into_iter().flatten() {
                if is_of_host || !is_host {
                    by_node.entry(*node).or_default().push(series);
                }
            }
        }
        let mut all = Self { by_node, pools: BTreeMap::new(), snapshot: Some(snapshot) };
        all.assign_pools(index);
        all
    }

    /// Whether nothing was measured of any node.
    pub fn is_empty(&self) -> bool {
        self.by_node.is_empty()
    }

    /// What is known of a node in a window.
    pub fn of(&self, node: NodeId, range: TimeRange) -> Saturation {
        let mut out = Saturation::default();
        if let Some(series) = self.by_node.get(&node) {
            let part = Parts { series, range, all: self };
            out.cpu = CPU.iter().find_map(|rule| part.level(*rule));
            out.memory = MEMORY.iter().find_map(|rule| part.level(*rule));
            out.pools = part.pools(None);
            out.extras = EXTRAS.iter().filter_map(|m| Some((*m, part.extra(*m)?))).collect();
            out.served = part.growth(&[Metric::HttpServed, Metric::RpcServed]);
        }
        for (caller, name) in self.pools.get(&node).into_iter().flatten() {
            if let Some(series) = self.by_node.get(caller) {
                out.pools.extend(Parts { series, range, all: self }.pools(*name));
            }
        }
        out
    }

    fn text(&self, symbol: Symbol) -> &'a str {
        self.snapshot.map_or("", |s| s.spans.text(symbol))
    }

    /// A caller's pools lead to its only database, else to the one that their name contains.
    fn assign_pools(&mut self, index: &GraphIndex) {
        let graph = &index.graph;
        for (caller, series) in &self.by_node {
            let databases: Vec<NodeId> = graph
                .dependencies(*caller)
                .into_iter()
                .map(|(_, node)| node)
                .filter(|n| graph.node(*n).is_some_and(|n| n.kind == NodeKind::Database))
                .collect();
            if let [only] = databases.as_slice() {
                self.pools.entry(*only).or_default().push((*caller, None));
                continue;
            }
            let mut names: Vec<Symbol> =
                series.iter().filter(|s| s.metric == Metric::PoolCount).map(|s| s.detail).collect();
            names.sort_unstable();
            names.dedup();
            for name in names {
                let pool = self.text(name).to_lowercase();
                let is_named = |n: &&NodeId| {
                    graph
                        .node(**n)
                        .is_some_and(|n| !n.name.is_empty() && pool.contains(&n.name.to_lowercase()))
                };
                if let Some(database) = databases.iter().find(is_named) {
                    self.pools.entry(*database).or_default().push((*caller, Some(name)));
                }
            }
        }
    }
}

/// Who a sender is: by its service, else by where it runs.
struct Owners<'a> {
    snapshot: &'a Snapshot,
    by_party: HashMap<Party, NodeId>,
    by_name: HashMap<Symbol, Vec<NodeId>>,
    by_place: HashMap<(Symbol, &'a str), Vec<NodeId>>,
}

impl<'a> Owners<'a> {
    fn new(snapshot: &'a Snapshot, index: &GraphIndex) -> Self {
        let mut by_party = HashMap::new();
        let mut by_name: HashMap<Symbol, Vec<NodeId>> = HashMap::new();
        for (id, party) in snapshot.calls.parties().iter().filter(|(_, p)| p.kind == PartyKind::Service) {
            if let Some(node) = index.node_of(id) {
                by_party.insert(party, node);
                insert(by_name.entry(party.name).or_default(), node);
            }
        }
        let mut by_place: HashMap<(Symbol, &str), Vec<NodeId>> = HashMap::new();
        for resource in snapshot.spans.resources() {
            let Some(node) = by_party.get(&Party::service(resource)) else { continue };
            for (key, value) in &resource.attributes {
                if keys::PLACE.contains(&snapshot.spans.text(*key))
                    && let Some(text) = value.as_str()
                {
                    insert(by_place.entry((*key, text)).or_default(), *node);
                }
            }
        }
        Self { snapshot, by_party, by_name, by_place }
    }

    /// The nodes of a sender, and whether it is only the machine that they run on.
    fn of(&self, sender: &Sender) -> Vec<(NodeId, bool)> {
        if !sender.service.is_empty() {
            let party = Party {
                kind: PartyKind::Service,
                name: sender.service,
                place: sender.namespace,
                system: sender.environment,
            };
            // Metrics may be sent with less than spans are: a name that only one service has is enough.
            let by_name = || match self.by_name.get(&sender.service).map(Vec::as_slice) {
                Some([only]) => Some(*only),
                _ => None,
            };
            let node = self.by_party.get(&party).copied().or_else(by_name);
            return node.into_iter().map(|n| (n, false)).collect();
        }
        for (key, value) in &sender.places {
            if let Some(nodes) = self.by_place.get(&(*key, self.snapshot.spans.text(*value))) {
                let is_host = self.snapshot.spans.text(*key).starts_with("host.");
                return nodes.iter().map(|n| (*n, is_host)).collect();
            }
        }
        Vec::new()
    }
}

fn insert(list: &mut Vec<NodeId>, node: NodeId) {
    if !list.contains(&node) {
        list.push(node);
    }
}

/// The series of one node in one window.
struct Parts<'g, 'a> {
    series: &'g [&'a MeasurementSeries],
    range: TimeRange,
    all: &'g Gauges<'a>,
}

impl Parts<'_, '_> {
    fn level(&self, rule: Rule) -> Option<Level> {
        let any = |_: &str| true;
        let (ratio, metric, is_host) = match rule {
            Rule::Ratio(metric) => (self.mean_of_senders(metric, &|state| state != "idle")?, metric, false),
            Rule::Of(used, limit, state) => {
                let is_wanted = |s: &str| state.is_none_or(|wanted| wanted == s);
                let limit = self.total(limit, &any, state).filter(|l| *l > 0.0 && *l < NO_LIMIT)?;
                (self.total(used, &is_wanted, None)? / limit, used, false)
            }
            Rule::NotIdle(metric) => (1.0 - self.mean(metric, &|state| state == "idle")?, metric, true),
            Rule::InState(metric, wanted) => (self.mean(metric, &|state| state == wanted)?, metric, true),
        };
        ratio.is_finite().then_some(Level { ratio: ratio.max(0.0), metric, is_host })
    }

    /// The mean of each series of a metric, with its sender.
    fn means<'s>(
        &'s self,
        metric: Metric,
        is_wanted: &'s dyn Fn(&str) -> bool,
    ) -> impl Iterator<Item = (u32, f64)> + 's {
        let of_metric =
            move |s: &&&MeasurementSeries| s.metric == metric && is_wanted(self.all.text(s.state));
        self.series.iter().filter(of_metric).filter_map(|s| Some((s.sender, s.mean(self.range)?)))
    }

    /// The mean over all series, whatever they are parts of.
    fn mean(&self, metric: Metric, is_wanted: &dyn Fn(&str) -> bool) -> Option<f64> {
        let all: Vec<f64> = self.means(metric, is_wanted).map(|(_, v)| v).collect();
        (!all.is_empty()).then(|| all.iter().sum::<f64>() / all.len() as f64)
    }

    /// The mean over senders of the sum of each one's parts.
    fn mean_of_senders(&self, metric: Metric, is_wanted: &dyn Fn(&str) -> bool) -> Option<f64> {
        let mut sums: BTreeMap<u32, f64> = BTreeMap::new();
        self.means(metric, is_wanted).for_each(|(sender, v)| *sums.entry(sender).or_default() += v);
        (!sums.is_empty()).then(|| sums.values().sum::<f64>() / sums.len() as f64)
    }

    /// The sum over all senders and parts. A limit that is told by state counts only in that state.
    fn total(&self, metric: Metric, is_wanted: &dyn Fn(&str) -> bool, state: Option<&str>) -> Option<f64> {
        let in_state = |s: &str| is_wanted(s) && state.is_none_or(|wanted| wanted == s || s.is_empty());
        self.means(metric, &in_state).map(|(_, v)| v).reduce(|a, b| a + b)
    }

    fn pools(&self, only: Option<Symbol>) -> Vec<Pool> {
        let mut found: BTreeMap<&str, [Option<f64>; 3]> = BTreeMap::new();
        for series in self.series.iter().filter(|s| only.is_none_or(|name| name == s.detail)) {
            let state = self.all.text(series.state);
            let slot = match series.metric {
                Metric::PoolCount if matches!(state, "used" | "") => 0,
                Metric::PoolMax => 1,
                Metric::PoolPending => 2,
                _ => continue,
            };
            if let Some(mean) = series.mean(self.range) {
                let sum = &mut found.entry(self.all.text(series.detail)).or_default()[slot];
                *sum = Some(sum.unwrap_or(0.0) + mean);
            }
        }
        let pool = |(name, [used, most, pending]): (&str, [Option<f64>; 3])| {
            let ratio = used.zip(most).filter(|(_, most)| *most > 0.0).map(|(used, most)| used / most);
            Pool { name: name.to_owned(), ratio, pending }
        };
        found.into_iter().map(pool).collect()
    }

    /// A mean level summed over senders' parts, or seconds per event.
    fn extra(&self, metric: Metric) -> Option<f64> {
        if metric.shape() != crate::model::Shape::Spread {
            return self.mean_of_senders(metric, &|_| true);
        }
        let of_metric = self.series.iter().filter(|s| s.metric == metric);
        let sums = of_metric.filter_map(|s| s.sum(self.range)).map(|b| (b.sum, b.weight));
        let (count, seconds) = sums.reduce(|a, b| (a.0 + b.0, a.1 + b.1))?;
        (count > 0.0).then(|| seconds / count)
    }

    fn growth(&self, metrics: &[Metric]) -> Option<f64> {
        let of_metrics = self.series.iter().filter(|s| metrics.contains(&s.metric));
        of_metrics.filter_map(|s| s.sum(self.range)).map(|b| b.sum).reduce(|a, b| a + b)
    }
}

#[cfg(test)]
#[path = "saturation_tests.rs"]
mod tests;
