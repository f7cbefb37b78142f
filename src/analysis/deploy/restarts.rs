//! Restarts: processes of a service that were replaced by others of the same version.
//!
//! A process is an instance, and where spans tell it, when it was started: an instance may keep its id.
//! One that only comes or only goes is a change of scale, not a restart.
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::samples::{Sample, Samples};
use crate::analysis::Study;
use crate::graph::{Party, PartyKind};
use crate::model::{Nanos, NodeId, Symbol, Timestamp};
use crate::store::{Resource, Spans};

/// Requests that confirm that a process really serves.
const CONFIRMED: usize = 5;
/// Requests of the service without it that show that a process was not there yet, or is gone.
const WITHOUT: usize = 20;
/// A process that is there is missed among so many requests no more often than this.
const MISSED: f64 = 0.001;
/// Time between the last request of a process and the first of what replaces it, if others go on.
const SOON: Nanos = Nanos::from_secs(600);
/// A time without requests is a pause from this long, and from so many usual ones on.
const PAUSE: (Nanos, i64) = (Nanos::from_secs(5), 20);
/// Resource attributes that tell processes under one instance id apart, preferred first.
const STARTED: [&str; 2] = ["process.creation.time", "process.pid"];

/// Processes of one service that were replaced without a change of version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restart {
    /// The service.
    pub node: NodeId,
    /// Its version, before and after; empty where it tells none.
    pub version: Symbol,
    /// First request that a new process served.
    pub start: Timestamp,
    /// First request of the last new process.
    pub end: Timestamp,
    /// Processes that were replaced.
    pub replaced: usize,
    /// Processes that there were before.
    pub of: usize,
    /// Longest time without any request of the service meanwhile, where it is longer than usual.
    pub pause: Option<Nanos>,
}

/// All restarts of all services, by time.
pub(super) fn find(study: &Study<'_>, samples: &Samples) -> Vec<Restart> {
    let several = with_several_processes(study);
    let mut out = Vec::new();
    for (node, requests) in samples.nodes().filter(|(node, _)| several.contains(node)) {
        out.extend(Service::read(&study.snapshot.spans, requests).restarts(node));
    }
    out.sort_by_key(|r| (r.start, r.node));
    out
}

/// Nodes of which several processes sent spans: few, so that most requests need not be looked at again.
fn with_several_processes(study: &Study<'_>) -> BTreeSet<NodeId> {
    let parties = study.snapshot.calls.parties();
    let services: HashMap<Party, NodeId> = parties
        .iter()
        .filter(|(_, p)| p.kind == PartyKind::Service)
        .filter_map(|(id, p)| Some((p, study.index.node_of(id)?)))
        .collect();
    let mut first: BTreeMap<NodeId, Process> = BTreeMap::new();
    let mut out = BTreeSet::new();
    for resource in study.snapshot.spans.resources() {
        let node = services.get(&Party::service(resource)).copied();
        if let Some((node, process)) = node.zip(process_of(&study.snapshot.spans, resource))
            && *first.entry(node).or_insert_with(|| process.clone()) != process
        {
            out.insert(node);
        }
    }
    out
}

/// An instance, and when it was started if that is told.
type Process = (Symbol, String);

fn process_of(spans: &Spans, resource: &Resource) -> Option<Process> {
    let of_key = |key: &str| resource.attributes.iter().find(|(k, _)| spans.text(*k) == key);
    let started = STARTED.iter().find_map(|key| of_key(key)).map(|(_, value)| value.to_string());
    let process = (resource.instance, started.unwrap_or_default());
    (process != Process::default()).then_some(process)
}
/// The requests that one process served, as places among all of the service.
#[derive(Clone, Copy)]
struct Run {
    version: Symbol,
    first: usize,
    last: usize,
    count: usize,
}

/// A process and what it replaced.
struct Pair {
    old: Run,
    new: Run,
}

struct Service {
    times: Vec<Timestamp>,
    runs: Vec<Run>,
}

impl Service {
    fn read(spans: &Spans, requests: &[Sample]) -> Self {
        let mut runs: BTreeMap<Process, Run> = BTreeMap::new();
        let mut processes: HashMap<u32, Option<Process>> = HashMap::new();
        let mut times = Vec::with_capacity(requests.len());
        for s in requests {
            let Some(span) = spans.get(s.row) else { continue };
            let process =
                processes.entry(span.resource_index()).or_insert_with(|| process_of(spans, span.resource()));
            let Some(process) = process else { continue };
            let place = times.len();
            times.push(s.at);
            if let Some(run) = runs.get_mut(process) {
                (run.last, run.count) = (place, run.count + 1);
            } else {
                runs.insert(process.clone(), Run { version: s.version, first: place, last: place, count: 1 });
            }
        }
        let mut runs: Vec<Run> = runs.into_values().filter(|r| r.count >= CONFIRMED).collect();
        runs.sort_by_key(|r| r.first);
        Self { times, runs }
    }

    fn at(&self, place: usize) -> Timestamp {
        self.times.get(place).copied().unwrap_or_default()
    }

    /// Whether a process that serves its share would have served one of so many requests.
    fn is_absent(run: &Run, among: usize) -> bool {
        let share = run.count as f64 / (run.last + 1 - run.first) as f64;
        among >= WITHOUT && (1.0 - share).powf(among as f64) < MISSED
    }

    fn restarts(&self, node: NodeId) -> Vec<Restart> {
        let mut pairs: Vec<Pair> = Vec::new();
        for new in self.runs.iter().filter(|r| Self::is_absent(r, r.first)) {
            let is_free = |old: &&Run| pairs.iter().all(|p| p.old.first != old.first);
            let replaced = self.runs.iter().filter(is_free).filter(|old| self.replaces(new, old));
            let distance = |old: &&Run| (self.at(new.first) - self.at(old.last)).0.unsigned_abs();
            if let Some(old) = replaced.min_by_key(distance) {
                pairs.push(Pair { old: *old, new: *new });
            }
        }
        let is_one = |a: &Pair, b: &Pair| {
            a.new.version == b.new.version && self.at(b.new.first) - self.at(a.new.first) <= SOON
        };
        pairs.chunk_by(is_one).map(|group| self.restart(node, group)).collect()
    }

    fn replaces(&self, new: &Run, old: &Run) -> bool {
        let rest = self.times.len() - 1 - old.last;
        let is_gone = old.first < new.first && old.last < new.last && Self::is_absent(old, rest);
        let apart = self.at(new.first) - self.at(old.last);
        // Where nothing went on in between, it was away for as long as it took.
        let is_next = old.last + 1 == new.first;
        is_gone && old.version == new.version && (is_next || apart.0.abs() <= SOON.0)
    }

    fn restart(&self, node: NodeId, group: &[Pair]) -> Restart {
        let news = || group.iter().map(|p| p.new.first);
        let (first, last) = (news().min().unwrap_or(0), news().max().unwrap_or(0));
        let goes = group.iter().map(|p| p.old.last).min().unwrap_or(first);
        let was_there = |r: &&Run| r.first < first && r.last >= goes;
        Restart {
            node,
            version: group.first().map(|p| p.new.version).unwrap_or_default(),
            start: self.at(first),
            end: self.at(last),
            replaced: group.len(),
            of: self.runs.iter().filter(was_there).count().max(group.len()),
            pause: self.pause(goes.min(first), last),
        }
    }

    fn pause(&self, from: usize, to: usize) -> Option<Nanos> {
        let all = self.at(self.times.len().saturating_sub(1)) - self.at(0);
        let usual = all.0 / self.times.len().max(1) as i64;
        let gaps = self.times.get(from..=to)?.windows(2).map(|w| w[1] - w[0]);
        gaps.max().filter(|g| *g >= PAUSE.0 && g.0 >= PAUSE.1 * usual)
    }
}

#[cfg(test)]
#[path = "restart_tests.rs"]
mod tests;
