//! Deployments as `service.version` tells them: when a version began, took over, was withdrawn or came back.
use std::collections::BTreeMap;
use std::ops::Range;

use super::samples::{Sample, Samples};
use super::{Deployment, DeploymentKind};
use crate::graph::GraphIndex;
use crate::model::{Nanos, NodeId, Symbol, TimeRange, Timestamp};

/// Requests that confirm that a version is really served.
const CONFIRMED: usize = 5;
/// Share of the requests from which a rollout is over.
const TAKEN_OVER: f64 = 0.95;
/// Requests over which that share is taken.
const SHARE_OVER: usize = 100;
/// Two versions at the same time for this long are a canary, not a rolling restart.
const CANARY: Nanos = Nanos::from_secs(600);
/// Requests of other versions, and time, after which a version that is seen again has come back.
const ABSENCE: (usize, Nanos) = (50, Nanos::from_secs(60));
/// A version that was there all along is missed among the first requests no more often than this.
const MISSED: f64 = 0.001;

/// All deployments of all services, by time.
pub(super) fn find(samples: &Samples, index: &GraphIndex) -> Vec<Deployment> {
    let mut out = Vec::new();
    for (node, requests) in samples.nodes() {
        if index.graph.node(node).is_some_and(|n| n.versions.len() > 1) {
            let versioned: Vec<&Sample> = requests.iter().filter(|s| !s.version.is_empty()).collect();
            Service { node, requests: &versioned }.deployments(&mut out);
        }
    }
    out.sort_by_key(|d| (d.start, d.node));
    out
}

/// One version without a pause: the places of its requests among all of the service.
struct Stint {
    version: Symbol,
    places: Vec<usize>,
}

impl Stint {
    fn first(&self) -> usize {
        self.places.first().copied().unwrap_or(0)
    }
    fn last(&self) -> usize {
        self.places.last().copied().unwrap_or(0)
    }
}

struct Service<'a> {
    node: NodeId,
    requests: &'a [&'a Sample],
}

impl Service<'_> {
    fn at(&self, place: usize) -> Timestamp {
        self.requests.get(place).map(|s| s.at).unwrap_or_default()
    }

    fn deployments(&self, out: &mut Vec<Deployment>) {
        let stints = self.stints();
        for (i, stint) in stints.iter().enumerate() {
            let is_back = stints[..i].iter().any(|s| s.version == stint.version);
            if !is_back && !self.is_new(stint) {
                continue;
            }
            let full = self.taken_over(stint);
            let start = self.at(stint.first());
            let is_canary = full.is_none_or(|f| f - start >= CANARY);
            let kind = match (is_back, is_canary) {
                (true, _) => DeploymentKind::Rollback,
                (false, true) => DeploymentKind::Canary,
                (false, false) => DeploymentKind::Release,
            };
            // A version that another one ended is compared up to there.
            let is_over = self.requests.len() - 1 - stint.last() >= 20;
            let end = is_over.then(|| self.at(stint.last()));
            out.push(Deployment {
                node: Some(self.node),
                version: stint.version,
                from: self.common(0..stint.first(), stint.version),
                start,
                rollout_end: full,
                end,
                kind,
                requests: stint.places.len() as u64,
                share: self.share_of(stint),
            });
            if let (None, Some(end)) = (full, end) {
                out.extend(self.withdrawal(stint, end));
            }
        }
    }

    /// A canary that ends gives the traffic back to what was there before.
    fn withdrawal(&self, stint: &Stint, end: Timestamp) -> Option<Deployment> {
        let rest = stint.last() + 1..self.requests.len();
        let version = self.common(rest.clone(), stint.version);
        let was_there = self.requests[..stint.first()].iter().any(|s| s.version == version);
        was_there.then(|| Deployment {
            node: Some(self.node),
            version,
            from: stint.version,
            start: end,
            rollout_end: Some(end),
            end: None,
            kind: DeploymentKind::Rollback,
            requests: rest.len() as u64,
            share: 1.0,
        })
    }

    /// Runs of each version, by their first request; those of stray requests are left out.
    fn stints(&self) -> Vec<Stint> {
        let mut places: BTreeMap<Symbol, Vec<usize>> = BTreeMap::new();
        for (i, s) in self.requests.iter().enumerate() {
            places.entry(s.version).or_default().push(i);
        }
        let mut out = Vec::new();
        for (version, places) in places {
            let mut gaps: Vec<usize> = places.windows(2).map(|w| w[1] - w[0]).collect();
            gaps.sort_unstable();
            // Of a rare version the pauses are long: twenty times the usual one is none by chance.
            let usual = gaps.get(gaps.len() / 2).copied().unwrap_or(1);
            let limit = ABSENCE.0.max(20 * usual);
            let goes_on = |a: &usize, b: &usize| b - a <= limit || self.at(*b) - self.at(*a) < ABSENCE.1;
            let runs = places.chunk_by(goes_on).filter(|run| run.len() >= CONFIRMED);
            out.extend(runs.map(|run| Stint { version, places: run.to_vec() }));
        }
        out.sort_by_key(Stint::first);
        out
    }

    /// Whether a version began at its first request, rather than having been there before the data.
    fn is_new(&self, stint: &Stint) -> bool {
        let before = stint.first();
        let seen = stint.places.iter().take_while(|p| **p < 2 * before).count();
        let share = seen as f64 / before.max(1).min(self.requests.len() - before) as f64;
        before >= 20 && (1.0 - share.min(1.0)).powf(before as f64) < MISSED
    }

    /// The first moment from which nearly all requests are of the version.
    fn taken_over(&self, stint: &Stint) -> Option<Timestamp> {
        let end = stint.last() + 1;
        let width = SHARE_OVER.min(end - stint.first());
        let is_own = |p: usize| usize::from(self.requests[p].version == stint.version);
        let mut own: usize = (stint.first()..stint.first() + width).map(is_own).sum();
        let mut place = stint.first();
        loop {
            if own as f64 >= TAKEN_OVER * width as f64 && is_own(place) == 1 {
                // The last requests of the old version end the rollout, not the first without many of them.
                let old = (place..place + width).rev().find(|p| is_own(*p) == 0);
                return Some(self.at(old.unwrap_or(place)));
            }
            if place + width >= end {
                return None;
            }
            own = own + is_own(place + width) - is_own(place);
            place += 1;
        }
    }

    /// Share of the requests that the version had while it was there.
    fn share_of(&self, stint: &Stint) -> f64 {
        stint.places.len() as f64 / (stint.last() + 1 - stint.first()) as f64
    }

    /// The most common version of the nearest hundred requests of a stretch, other than `but`.
    fn common(&self, stretch: Range<usize>, but: Symbol) -> Symbol {
        let near = if stretch.start == 0 {
            stretch.end.saturating_sub(SHARE_OVER)..stretch.end
        } else {
            stretch.start..stretch.end.min(stretch.start + SHARE_OVER)
        };
        let mut counts: BTreeMap<Symbol, usize> = BTreeMap::new();
        for s in self.requests.get(near).unwrap_or_default().iter().filter(|s| s.version != but) {
            *counts.entry(s.version).or_default() += 1;
        }
        counts.into_iter().max_by_key(|(_, n)| *n).map(|(v, _)| v).unwrap_or_default()
    }
}

/// When a deployment's change was complete: its rollout's end, else when the version ended or the data does.
pub(super) fn complete(deployment: &Deployment, extent: TimeRange) -> Timestamp {
    deployment.rollout_end.or(deployment.end).unwrap_or(extent.end)
}
