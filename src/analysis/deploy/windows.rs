//! Which stretches of time are compared: as long as there is data, and no other deployment in between.
use super::samples::Samples;
use super::versions::complete;
use super::{Basis, DeployOptions, Deployment, DeploymentKind};
use crate::model::{Nanos, NodeId, Symbol, TimeRange, Timestamp};

/// What is left out after a rollout: caches and pools fill.
const WARMING: Nanos = Nanos::from_secs(60);
/// Deployments that begin this soon after another one was complete are compared together with it.
const TOGETHER: Nanos = Nanos::from_secs(300);
/// How far back the past is searched for placebos.
const PAST: Nanos = Nanos::from_secs(24 * 3600);

/// One comparison to be made.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// Places among the deployments.
    pub deployments: Vec<usize>,
    pub basis: Basis,
    /// Time before, without other deployments, for placebos; ends where `before` does.
    pub past: TimeRange,
    /// Length of the window after, over what is wanted.
    pub collected: f64,
}

/// A deployment that somebody named, with the versions if spans tell them.
pub(super) fn given(
    at: Timestamp,
    service: Option<NodeId>,
    found: &[Deployment],
    samples: &Samples,
) -> Deployment {
    let near = |d: &&Deployment| {
        service.is_none_or(|s| Some(s) == d.node)
            && (d.start - at).0.unsigned_abs() <= TOGETHER.0.unsigned_abs()
    };
    let known = found.iter().filter(near).min_by_key(|d| (d.start - at).0.unsigned_abs());
    let node = service.or(known.and_then(|d| d.node));
    let after = node.map_or(&[][..], |n| samples.of_node(n));
    Deployment {
        node,
        version: known.map_or(Symbol::default(), |d| d.version),
        from: known.map_or(Symbol::default(), |d| d.from),
        start: at,
        rollout_end: Some(known.and_then(|d| d.rollout_end).map_or(at, |e| e.max(at))),
        end: None,
        kind: DeploymentKind::Given,
        requests: (after.len() - after.partition_point(|s| s.at < at)) as u64,
        share: 1.0,
    }
}

/// Groups deployments that came together, and cuts each group's windows at its neighbours.
pub(super) fn plan(all: &[Deployment], options: &DeployOptions, extent: TimeRange) -> Vec<Plan> {
    let mut groups: Vec<(Vec<usize>, Timestamp, Timestamp)> = Vec::new();
    for (i, d) in all.iter().enumerate() {
        let end = complete(d, extent);
        match groups.last_mut() {
            Some((members, _, until)) if is_together(all, members, d, *until) => {
                members.push(i);
                *until = (*until).max(end);
            }
            _ => groups.push((vec![i], d.start, end)),
        }
    }
    let mut out = Vec::new();
    for (i, (members, start, end)) in groups.iter().enumerate() {
        let is_asked = |m: &usize| options.service.is_none_or(|s| all[*m].node == Some(s));
        if !members.iter().any(is_asked) {
            continue;
        }
        let since = i.checked_sub(1).map_or(extent.start, |p| (groups[p].2 + WARMING).min(*start));
        let until = groups.get(i + 1).map_or(extent.end, |next| next.1.min(extent.end));
        let canary = members.iter().map(|m| &all[*m]).find(|d| d.kind == DeploymentKind::Canary);
        let room = Room { since, start: *start, end: *end, until, horizon: options.horizon };
        out.push(match canary {
            Some(canary) => room.by_version(members.clone(), canary, extent),
            None => room.by_time(members.clone()),
        });
    }
    out
}

/// A rollout's tail may hold others; a canary and what withdraws it are compared each for itself.
fn is_together(all: &[Deployment], members: &[usize], d: &Deployment, until: Timestamp) -> bool {
    let is_canary = |d: &Deployment| d.kind == DeploymentKind::Canary;
    let is_alone = |m: &usize| is_canary(&all[*m]) || all[*m].node == d.node;
    !is_canary(d) && !members.iter().any(is_alone) && d.start <= until + TOGETHER
}

struct Room {
    since: Timestamp,
    start: Timestamp,
    end: Timestamp,
    until: Timestamp,
    horizon: Nanos,
}

impl Room {
    fn by_time(&self, deployments: Vec<usize>) -> Plan {
        let before = TimeRange::new(self.since.max(self.start - self.horizon), self.start);
        // Of a short time, most is needed.
        let warming = WARMING.min(Nanos((self.until - self.end).0 / 5)).max(Nanos::ZERO);
        let from = self.end + warming;
        let after = TimeRange::new(from, self.until.min(from + self.horizon));
        let collected = after.length().as_secs_f64() / before.length().as_secs_f64().max(1.0);
        Plan {
            deployments,
            basis: Basis::Time { before, after },
            past: TimeRange::new(self.since.max(self.start - PAST), self.start),
            collected: collected.min(1.0),
        }
    }

    fn by_version(&self, deployments: Vec<usize>, canary: &Deployment, extent: TimeRange) -> Plan {
        let end = complete(canary, extent).max(self.start);
        Plan {
            deployments,
            basis: Basis::Version { window: TimeRange::new(self.start, Timestamp(end.0.saturating_add(1))) },
            past: TimeRange::new(self.start, self.start),
            collected: 1.0,
        }
    }
}
