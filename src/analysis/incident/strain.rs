//! What else is short in bad times: resources that ran out, by their measurements; messages that pile up.
use std::collections::BTreeMap;

use super::facts::TraceFacts;
use super::window::quantile;
use crate::analysis::Study;
use crate::analysis::saturation::{Gauges, Level, Saturation};
use crate::model::{NodeId, TimeRange, Timestamp};

/// Used share from which a resource has run out; connections are all or nothing, a processor is never quite full.
const FULL: [(Resource, f64); 3] = [(Resource::Pool, 0.95), (Resource::Cpu, 0.9), (Resource::Memory, 0.95)];
/// It must have been this much lower in calm times.
const LOWER: f64 = 0.1;
/// Requests waiting for a connection, on average, from which on a pool has run out.
const PENDING: f64 = 0.5;
/// Messages of calm and of bad times without which nothing is said of their waiting.
const MESSAGES: usize = 10;
/// Messages pile up when half of them wait so many times as long as 95 % did in calm times, and so much longer.
const LONGER: (f32, f32) = (3.0, 500.0);

/// What a service can run out of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// Connections of a pool.
    Pool,
    /// Processor time.
    Cpu,
    /// Memory.
    Memory,
}

/// A resource that ran out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shortage {
    /// Of what.
    pub resource: Resource,
    /// Used share in bad times, 0 to 1 or a little above.
    pub now: f64,
    /// The same in calm times, where it was measured.
    pub before: Option<f64>,
}

/// Messages that wait for a consumer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Backlog {
    /// Who sends most of them.
    pub from: NodeId,
    /// When the first of them was taken in that had waited longer than is usual.
    pub onset: Timestamp,
    /// Share of the messages that waited longer than nearly all did in calm times, 0 to 1.
    pub share: f64,
}

/// Nodes that are short of something.
#[derive(Debug, Default)]
pub(super) struct Strain {
    pub shortages: BTreeMap<NodeId, Shortage>,
    pub backlogs: BTreeMap<NodeId, Backlog>,
}

impl Strain {
    pub fn new(
        study: &Study<'_>,
        (calm, bad): (&[&TraceFacts], &[&TraceFacts]),
        (before, now): (Option<TimeRange>, TimeRange),
    ) -> Self {
        let gauges = Gauges::new(study.snapshot, study.index);
        let mut shortages = BTreeMap::new();
        if !gauges.is_empty() {
            for (id, _) in study.index.graph.nodes() {
                let old = before.map(|range| gauges.of(id, range));
                shortages.extend(shortage(&gauges.of(id, now), old.as_ref()).map(|s| (id, s)));
            }
        }
        Self { shortages, backlogs: backlogs(calm, bad) }
    }

    /// Whether its connections ran out.
    pub fn has_no_connections(&self, node: NodeId) -> bool {
        self.shortages.get(&node).is_some_and(|s| s.resource == Resource::Pool)
    }
}

/// The first resource that ran out, in the order of [`FULL`].
fn shortage(now: &Saturation, before: Option<&Saturation>) -> Option<Shortage> {
    FULL.into_iter().find_map(|(resource, full)| {
        let (used, old) = (used(now, resource)?, before.and_then(|b| used(b, resource)));
        let is_new = old.is_none_or(|old| old + LOWER <= used);
        (used >= full && is_new).then_some(Shortage { resource, now: used, before: old })
    })
}

fn used(of: &Saturation, resource: Resource) -> Option<f64> {
    // What the whole machine uses may be another's doing.
    let own = |level: Option<Level>| level.filter(|l| !l.is_host).map(|l| l.ratio);
    match resource {
        Resource::Pool if of.pending().is_some_and(|p| p >= PENDING) => {
            Some(of.pool().map_or(1.0, |l| l.ratio.max(1.0)))
        }
        Resource::Pool => own(of.pool()),
        Resource::Cpu => own(of.cpu),
        Resource::Memory => own(of.memory),
    }
}

fn backlogs(calm: &[&TraceFacts], bad: &[&TraceFacts]) -> BTreeMap<NodeId, Backlog> {
    let mut before: BTreeMap<NodeId, Vec<f32>> = BTreeMap::new();
    for wait in calm.iter().flat_map(|f| &f.waits) {
        before.entry(wait.node).or_default().push(wait.ms);
    }
    let mut now: BTreeMap<NodeId, Vec<&super::facts::Wait>> = BTreeMap::new();
    bad.iter().flat_map(|f| &f.waits).for_each(|w| now.entry(w.node).or_default().push(w));
    let backlog = |(node, waits): (NodeId, Vec<&super::facts::Wait>)| {
        let old = before.get_mut(&node).filter(|old| old.len() >= MESSAGES && waits.len() >= MESSAGES)?;
        let most = quantile(old, 0.95);
        let limit = (most * LONGER.0).max(most + LONGER.1);
        let mut ms: Vec<f32> = waits.iter().map(|w| w.ms).collect();
        if quantile(&mut ms, 0.5) < limit {
            return None;
        }
        let long = || waits.iter().filter(|w| w.ms >= limit);
        let mut senders: BTreeMap<NodeId, usize> = BTreeMap::new();
        long().for_each(|w| *senders.entry(w.from).or_default() += 1);
        let from = senders.into_iter().max_by_key(|(node, n)| (*n, std::cmp::Reverse(*node)))?.0;
        let share = long().count() as f64 / waits.len() as f64;
        Some((node, Backlog { from, onset: long().map(|w| w.at).min()?, share }))
    };
    now.into_iter().filter_map(backlog).collect()
}
