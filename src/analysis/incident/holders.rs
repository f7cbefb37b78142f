//! Who holds the connections or workers for which others wait? The wait is theirs to answer for.
//!
//! A pool runs out because those who have a place of it keep it for longer (Little's law): what requests of the
//! same node spend more time on than usual, beside waiting for a place, is what keeps the places.
use std::collections::{BTreeMap, BTreeSet};

use super::causes::CalmPaths;
use super::facts::TraceFacts;
use crate::analysis::{BlameKey, Study};
use crate::model::NodeId;

/// Places must be held so many times as long as in calm times; else there are more requests, or fewer places.
const LONGER: f64 = 1.5;

/// Of each node whose requests wait for a place, who holds the places: shares that add up to 1.
pub(super) type Holders = BTreeMap<NodeId, Vec<(BlameKey, f64)>>;

/// Finds the holders; nodes whose places are held no longer than in calm times have none.
pub(super) fn holders(
    study: &Study<'_>,
    paths: &CalmPaths,
    (calm, bad): (&[&TraceFacts], &[&TraceFacts]),
) -> Holders {
    let nodes: BTreeSet<NodeId> = bad.iter().flat_map(|f| &f.pool_waits).map(|w| w.0).collect();
    let is_longer = |node: &NodeId| {
        let before = held(calm, *node).unwrap_or(f64::MAX);
        held(bad, *node).is_some_and(|now| now >= LONGER * before)
    };
    let of = |node: NodeId| Some((node, shares(study, paths, bad, node)?));
    nodes.into_iter().filter(is_longer).filter_map(of).collect()
}

/// Mean milliseconds of a node's requests, without those that they wait for a place.
fn held(facts: &[&TraceFacts], node: NodeId) -> Option<f64> {
    let work = facts.iter().flat_map(|f| &f.work).filter(|w| w.key == BlameKey::Node(node));
    let (sum, count) =
        work.fold((0.0, 0.0), |(sum, count), w| (sum + f64::from(w.total_ms - w.pool_ms), count + 1.0));
    (count > 0.0).then(|| sum / count)
}

fn shares(
    study: &Study<'_>,
    paths: &CalmPaths,
    bad: &[&TraceFacts],
    node: NodeId,
) -> Option<Vec<(BlameKey, f64)>> {
    let behind = behind(study, node);
    let is_behind = |key: &BlameKey| match key {
        BlameKey::Node(n) => behind.contains(n),
        BlameKey::Gap(edge) => study.index.graph.ends(*edge).is_some_and(|e| behind.contains(&e.0)),
    };
    let mut sums: BTreeMap<BlameKey, f64> = BTreeMap::new();
    for f in bad.iter().filter(|f| f.work.iter().any(|w| w.key == BlameKey::Node(node))) {
        for (key, ms) in f.path.iter().filter(|p| is_behind(&p.0)) {
            let extra = paths.extra(f, *key, *ms) - f64::from(f.pool_wait(*key));
            *sums.entry(*key).or_default() += f.weight * extra.max(0.0);
        }
    }
    let all: f64 = sums.values().sum();
    (all > 0.0).then(|| sums.into_iter().filter(|s| s.1 > 0.0).map(|(key, ms)| (key, ms / all)).collect())
}

/// A node and all that its requests come to.
fn behind(study: &Study<'_>, node: NodeId) -> BTreeSet<NodeId> {
    let (mut out, mut look) = (BTreeSet::new(), vec![node]);
    while let Some(node) = look.pop() {
        if out.insert(node) {
            look.extend(study.index.graph.dependencies(node).into_iter().map(|d| d.1));
        }
    }
    out
}
