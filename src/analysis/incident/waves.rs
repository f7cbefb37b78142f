//! How the trouble spread: from the cause against the direction of calls, wave by wave.
use std::collections::{BTreeMap, BTreeSet};

use super::facts::TraceFacts;
use super::ledger::{BUCKET, Episode, Ledger, Symptom};
use super::strain::Strain;
use crate::analysis::{BlameKey, Severity, Study};
use crate::graph::NodeKind;
use crate::model::{EdgeId, Nanos, NodeId, Timestamp};

/// How trouble came from one node to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mechanism {
    /// It is where it began.
    Origin,
    /// Its calls failed, so it failed.
    ErrorPropagation,
    /// Its calls ran out of time.
    Timeout,
    /// Its calls took longer, so it took longer.
    LatencyPropagation,
    /// It took longer itself, while its calls hardly did.
    OwnTime,
    /// It called again and again.
    RetryAmplification,
    /// It uses the same database, cache or queue.
    SharedDependency,
    /// Its callers had no time left for it.
    DeadlineExhausted,
    /// Its connections or workers ran out.
    PoolExhaustion,
    /// Messages for it pile up.
    Backlog,
    /// Its callers stopped calling it.
    TrafficLoss,
}

impl Mechanism {
    /// Stable name for JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Origin => "origin",
            Self::ErrorPropagation => "error_propagation",
            Self::Timeout => "timeout",
            Self::LatencyPropagation => "latency_propagation",
            Self::OwnTime => "own_time",
            Self::RetryAmplification => "retry_amplification",
            Self::SharedDependency => "shared_dependency",
            Self::DeadlineExhausted => "deadline_exhausted",
            Self::PoolExhaustion => "pool_exhaustion",
            Self::Backlog => "backlog",
            Self::TrafficLoss => "traffic_loss",
        }
    }
}

/// A node that the trouble reached.
#[derive(Clone, Debug, PartialEq)]
pub struct Reached {
    /// Which.
    pub node: NodeId,
    /// How.
    pub mechanism: Mechanism,
    /// From whom.
    pub from: Option<NodeId>,
    /// After the onset at the cause. Less than [`BUCKET`] means: at about the same time.
    pub delay: Nanos,
    /// Share of its requests that failed or took too long, beyond what was usual, 0 to 1.
    pub share: f64,
    /// By that share.
    pub severity: Severity,
}

/// Nodes that the trouble reached in as many steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Wave {
    /// Steps from the cause; 0 is the cause itself.
    pub wave: u32,
    /// By delay.
    pub nodes: Vec<Reached>,
}

/// Calls along one edge, in calm and in bad times.
#[derive(Clone, Copy, Debug, Default)]
struct Flow {
    calls: f64,
    failed: f64,
    timeouts: f64,
}

fn flows(facts: &[&TraceFacts]) -> BTreeMap<EdgeId, Flow> {
    let mut out: BTreeMap<EdgeId, Flow> = BTreeMap::new();
    for call in facts.iter().flat_map(|f| &f.calls) {
        let flow = out.entry(call.edge).or_default();
        flow.calls += 1.0;
        flow.failed += f64::from(u8::from(call.is_failed));
        flow.timeouts += f64::from(u8::from(call.is_timeout));
    }
    out
}

/// What is known of the nodes.
pub(super) struct Spread<'a> {
    pub study: &'a Study<'a>,
    pub calm: &'a [&'a TraceFacts],
    pub bad: &'a [&'a TraceFacts],
    pub episodes: &'a BTreeMap<NodeId, Vec<Episode>>,
    pub ledger: &'a Ledger,
    pub strain: &'a Strain,
}

/// Calls along all edges, in calm and in bad times.
struct Flows {
    before: BTreeMap<EdgeId, Flow>,
    now: BTreeMap<EdgeId, Flow>,
}

impl Spread<'_> {
    /// Waves from a cause, and when it began: with the first that it reached, where itself shows so seldom that it
    /// was noticed later. Each node is reached once, so cycles end.
    pub fn waves(&self, cause: BlameKey, onset: Timestamp) -> (Vec<Wave>, Timestamp) {
        let flows = Flows { before: flows(self.calm), now: flows(self.bad) };
        let graph = &self.study.index.graph;
        let first: Vec<NodeId> = match cause {
            BlameKey::Node(node) => vec![node],
            BlameKey::Gap(edge) => graph.ends(edge).map(|e| e.0).into_iter().collect(),
        };
        let start = first
            .iter()
            .map(|n| Reached { delay: Nanos(0), ..self.reached(*n, Mechanism::Origin, None, onset) });
        let mut waves = vec![Wave { wave: 0, nodes: start.collect() }];
        let mut seen: BTreeMap<NodeId, usize> = first.iter().map(|n| (*n, 0)).collect();
        loop {
            let next = self.next(&seen, onset);
            if next.is_empty() {
                break;
            }
            for (node, (edge, from)) in next {
                let wave = seen.get(&from).map_or(0, |w| w + 1);
                seen.insert(node, wave);
                if waves.len() <= wave {
                    waves.push(Wave { wave: waves.len() as u32, nodes: Vec::new() });
                }
                let how = self.mechanism(node, edge, &flows);
                if let Some(w) = waves.get_mut(wave) {
                    w.nodes.push(self.reached(node, how, Some(from), onset));
                }
            }
        }
        let start = seen.keys().filter_map(|n| self.onset(*n)).fold(onset, Timestamp::min);
        for wave in &mut waves {
            let later = wave.nodes.iter_mut().filter(|r| r.mechanism != Mechanism::Origin);
            later.for_each(|r| r.delay = self.onset(r.node).unwrap_or(onset) - start);
            wave.nodes.sort_by_key(|r| (r.delay, r.node));
        }
        let mut seen = seen.into_keys().collect();
        self.add_others(&mut waves, &mut seen, start, &flows);
        (waves, start)
    }

    /// Nodes that those seen reach, each with the dependency through which.
    ///
    /// Whoever went on well while one dependency was bad, and suffered only when another one was too, was
    /// reached through the later one: it waits until that one is seen.
    fn next(&self, seen: &BTreeMap<NodeId, usize>, onset: Timestamp) -> BTreeMap<NodeId, (EdgeId, NodeId)> {
        let graph = &self.study.index.graph;
        let since = |n: NodeId| self.onset(n).unwrap_or(onset);
        let reaches = |v: NodeId, u: NodeId| since(u) + self.doubt(v) >= since(v);
        let callers: BTreeSet<NodeId> = seen.keys().flat_map(|v| graph.dependents(*v)).map(|d| d.1).collect();
        let (mut ready, mut waiting) = (BTreeMap::new(), BTreeMap::new());
        for u in callers.into_iter().filter(|u| !seen.contains_key(u) && self.is_hurt(*u)) {
            let ways: Vec<(EdgeId, NodeId)> = graph
                .dependencies(u)
                .into_iter()
                .filter(|(_, v)| *v != u && reaches(*v, u) && (seen.contains_key(v) || self.is_hurt(*v)))
                .collect();
            let known = ways.iter().filter(|(_, v)| seen.contains_key(v));
            let Some(last) = known.clone().map(|(_, v)| since(*v).min(since(u))).max() else { continue };
            // Closer onsets have no order: of those, the one nearest to the cause.
            let tied = known.filter(|(_, v)| since(*v) + BUCKET >= last);
            let Some(way) = tied.min_by_key(|(edge, v)| (seen.get(v), *edge)) else { continue };
            let is_later = |v: NodeId| since(v) > last + BUCKET && since(v) <= since(u);
            let waits = ways.iter().any(|(_, v)| !seen.contains_key(v) && is_later(*v));
            if waits {
                waiting.insert(u, *way)
            } else {
                ready.insert(u, *way)
            };
        }
        // What is waited for may never be reached, or wait itself.
        if ready.is_empty() { waiting } else { ready }
    }

    /// Nodes with symptoms that no chain of calls reaches: for want of time or traffic, or through something
    /// shared. What they pass on is found in further waves.
    fn add_others(
        &self,
        waves: &mut Vec<Wave>,
        seen: &mut BTreeSet<NodeId>,
        onset: Timestamp,
        flows: &Flows,
    ) {
        loop {
            let all: BTreeSet<&NodeId> = self.episodes.keys().chain(self.strain.backlogs.keys()).collect();
            let left = all.into_iter().filter(|n| !seen.contains(n));
            let mut nodes: Vec<Reached> =
                left.filter_map(|n| self.reached_aside(*n, seen, onset, flows)).collect();
            if nodes.is_empty() {
                return;
            }
            seen.extend(nodes.iter().map(|n| n.node));
            nodes.sort_by_key(|r| (r.delay, r.node));
            let wave = waves.len() as u32;
            waves.push(Wave { wave, nodes });
        }
    }

    fn reached_aside(
        &self,
        node: NodeId,
        seen: &BTreeSet<NodeId>,
        onset: Timestamp,
        flows: &Flows,
    ) -> Option<Reached> {
        let backlog = self.strain.backlogs.get(&node).filter(|b| seen.contains(&b.from));
        if let Some(backlog) = backlog.filter(|b| b.onset + BUCKET >= onset) {
            let delay = Nanos((backlog.onset - onset).0.max(0));
            let share = backlog.share;
            let reached = self.reached(node, Mechanism::Backlog, Some(backlog.from), onset);
            return Some(Reached { delay, share, severity: Severity::of_share(share), ..reached });
        }
        let graph = &self.study.index.graph;
        let caller = graph.dependents(node).into_iter().find(|d| seen.contains(&d.1));
        if !self.is_hurt(node) {
            return Some(self.reached(node, Mechanism::TrafficLoss, Some(caller?.1), onset));
        }
        // What was hurt before is another story.
        self.onset(node).filter(|o| *o + BUCKET >= onset)?;
        if let Some((edge, from)) = caller {
            let timeouts = flows.now.get(&edge).map_or(0.0, |f| f.timeouts);
            let is_own = self.ledger.extra_time(BlameKey::Node(node)).is_own();
            let how = match (timeouts >= 3.0, self.has(node, Symptom::Errors)) {
                (true, _) => Mechanism::DeadlineExhausted,
                // It fails by itself: that its callers suffer as well is no way to it.
                (_, true) if !graph.dependencies(node).iter().any(|d| seen.contains(&d.1)) => return None,
                (_, true) => Mechanism::ErrorPropagation,
                _ if is_own => Mechanism::OwnTime,
                _ => Mechanism::LatencyPropagation,
            };
            return Some(self.reached(node, how, Some(from), onset));
        }
        let is_store = |n: &NodeId| {
            let kind = graph.node(*n).map(|n| n.kind);
            matches!(kind, Some(NodeKind::Database | NodeKind::Cache | NodeKind::Queue))
        };
        let mut stores = graph.dependencies(node).into_iter().map(|d| d.1).filter(is_store);
        let shared = stores.find_map(|store| {
            graph.dependents(store).into_iter().map(|d| d.1).find(|other| seen.contains(other))
        })?;
        Some(self.reached(node, Mechanism::SharedDependency, Some(shared), onset))
    }

    fn has(&self, node: NodeId, symptom: Symptom) -> bool {
        self.episodes.get(&node).is_some_and(|e| e.iter().any(|e| e.symptom == symptom))
    }

    fn onset(&self, node: NodeId) -> Option<Timestamp> {
        self.first(node).map(|e| e.onset)
    }

    /// How much earlier than it shows it may have begun at a node.
    fn doubt(&self, node: NodeId) -> Nanos {
        self.first(node).map_or(BUCKET, Episode::doubt)
    }

    /// What it showed first; a want of traffic, which nobody can date, only where it showed nothing else.
    fn first(&self, node: NodeId) -> Option<&Episode> {
        let all = self.episodes.get(&node)?;
        all.iter().min_by_key(|e| (e.symptom == Symptom::TrafficDrop, e.onset))
    }

    /// Whether it shows more than a want of traffic.
    fn is_hurt(&self, node: NodeId) -> bool {
        self.episodes.get(&node).is_some_and(|e| e.iter().any(|e| e.symptom != Symptom::TrafficDrop))
    }

    fn reached(&self, node: NodeId, mechanism: Mechanism, from: Option<NodeId>, onset: Timestamp) -> Reached {
        let own = self.onset(node).unwrap_or(onset);
        let share = self.ledger.spoilt(BlameKey::Node(node));
        let delay = Nanos((own - onset).0.max(0));
        Reached { node, mechanism, from, delay, share, severity: Severity::of_share(share) }
    }

    fn mechanism(&self, node: NodeId, edge: EdgeId, flows: &Flows) -> Mechanism {
        let flow = flows.now.get(&edge).copied().unwrap_or_default();
        let old = flows.before.get(&edge).copied().unwrap_or_default();
        let per_trace = |calls: f64, traces: usize| calls / traces.max(1) as f64;
        let amplified = old.calls > 0.0
            && per_trace(flow.calls, self.bad.len()) >= 1.5 * per_trace(old.calls, self.calm.len())
            && flow.failed > 0.1 * flow.calls;
        let extra = self.ledger.extra_time(BlameKey::Node(node));
        let is_slow = self.count(node, Symptom::Slow) >= 2 * self.count(node, Symptom::Errors);
        if amplified {
            Mechanism::RetryAmplification
        } else if self.strain.has_no_connections(node) || is_slow && extra.is_of_a_pool() {
            Mechanism::PoolExhaustion
        } else if flow.timeouts >= 3.0 && flow.timeouts >= 0.5 * flow.failed.max(1.0) {
            Mechanism::Timeout
        } else if flow.failed >= 3.0
            && 2 * self.count(node, Symptom::Errors) >= self.count(node, Symptom::Slow)
        {
            Mechanism::ErrorPropagation
        } else if self.strain.backlogs.contains_key(&node) {
            Mechanism::Backlog
        } else if extra.is_own() {
            Mechanism::OwnTime
        } else {
            Mechanism::LatencyPropagation
        }
    }
    /// Spans that show a symptom.
    fn count(&self, node: NodeId, symptom: Symptom) -> u64 {
        let own = self.episodes.get(&node).into_iter().flatten();
        own.filter(|e| e.symptom == symptom).map(|e| e.count).sum()
    }
}
