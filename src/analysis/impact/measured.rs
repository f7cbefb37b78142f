//! What an incident did to the dependents of a node: failures, waiting, and requests that did not come, beside
//! calm times.
use std::collections::BTreeMap;

use super::instance::one_instance;
use super::outage::{Outage, Replayed, Sum, Sums, entry_hits, hits};
use super::retime::{Slower, percentiles};
use super::strength::{History, lessons};
use crate::analysis::Study;
use crate::analysis::deploy::deployments;
use crate::analysis::statistics::quantile_sorted;
use crate::model::{Nanos, NodeId, Symbol, TimeRange, Timestamp, TraceIndex};
use crate::store::Lens;

/// How long before the incident, and after its onset, a deployment may have been to do with it.
const BEFORE: Nanos = Nanos::from_secs(1800);
const AFTER: Nanos = Nanos::from_secs(120);
/// Calm requests of an operation without which it is not told which ones are slow.
const ENOUGH: usize = 20;
/// By how much longer than 99 % of calm requests one is slow.
const SLOWER: f64 = 1.1;
/// Share of requests that do not come from which on it is told, and by how many standard deviations of their
/// number (Poisson) beyond chance.
const LOST: (f64, f64) = (0.1, 4.0);
/// By how many times the median or the 95th percentile of an entry rises where its requests take longer.
const RISES: f64 = 1.5;

type Operation = (NodeId, Symbol);

/// What an outage did: failures during an incident, and how many there were in calm times.
pub fn measured(
    study: &Study<'_>,
    traces: &[TraceIndex],
    node: NodeId,
    incident: TimeRange,
    baseline: TimeRange,
) -> Outage {
    let history = History::learn(study.map(traces, |r| Some(lessons(r))).into_iter().flatten());
    let inside = |range: TimeRange| {
        study.map(traces, |r| r.start().filter(|s| range.contains(*s)).map(|_| Replayed::recorded(r)))
    };
    let (now, before) = (inside(incident), inside(baseline));
    let (mut sums, calm) = (Sums::of(&now), Sums::of(&before));
    // What fails in calm times as well is not the incident's doing.
    let set = |now: &mut Sum, calm: Option<&Sum>| {
        now.recorded = calm.map_or(0.0, |c| c.ratio(c.failed)) * now.all;
    };
    for (n, lost) in missing(&now, &before) {
        let (all, _) = sums.nodes.entry(n).or_default();
        all.all += lost;
        all.lost += lost;
    }
    for (n, (all, operations)) in &mut sums.nodes {
        let old = calm.nodes.get(n);
        set(all, old.map(|o| &o.0));
        operations.iter_mut().for_each(|(o, sum)| set(sum, old.and_then(|c| c.1.get(o))));
    }
    sums.entries.iter_mut().for_each(|(e, sum)| set(sum, calm.entries.get(e)));
    let slow = slow_shares(&now, &before);
    let failed = || now.iter().filter(|t| t.failed > 0.0);
    Outage {
        mode: None,
        affected: sums.entries.values().map(|s| (s.failed - s.recorded).max(0.0)).sum(),
        hits: hits(study, node, &history, sums.nodes, &slow),
        entries: entry_hits(sums.entries),
        slower: slower(&now, &before),
        deployed: deployed(study, node, incident.start),
        instance: one_instance(study, traces, node, (incident, baseline)),
        patience: Vec::new(),
        examples: failed().map(|t| t.id).take(5).collect(),
        by_trace: failed().map(|t| (t.trace, 1.0)).collect(),
    }
}

/// Requests that did not come to each node, as many as came for the same entries in calm times, where chance does
/// not make so many.
fn missing(now: &[Replayed], before: &[Replayed]) -> BTreeMap<NodeId, f64> {
    let entries = |of: &[Replayed]| {
        let mut out: BTreeMap<Operation, f64> = BTreeMap::new();
        of.iter().filter_map(|t| Some((t.entry?, t.weight))).for_each(|(e, w)| {
            *out.entry(e).or_default() += w;
        });
        out
    };
    let (entered, calm) = (entries(now), entries(before));
    let mut expected: BTreeMap<NodeId, f64> = BTreeMap::new();
    for t in before {
        // For each calm request of an entry as many come now.
        let Some(entry) = t.entry else { continue };
        let times = entered.get(&entry).copied().unwrap_or(0.0) / calm.get(&entry).copied().unwrap_or(1.0);
        t.requests.iter().for_each(|r| *expected.entry(r.node).or_default() += r.sum.all * times);
    }
    for t in now.iter().filter(|t| t.entry.is_some_and(|e| calm.contains_key(&e))) {
        for request in &t.requests {
            if let Some(left) = expected.get_mut(&request.node) {
                *left -= request.sum.all;
            }
        }
    }
    let mut came: BTreeMap<NodeId, f64> = BTreeMap::new();
    now.iter().flat_map(|t| &t.requests).for_each(|r| *came.entry(r.node).or_default() += r.sum.all);
    expected.retain(|n, lost| {
        let all = *lost + came.get(n).copied().unwrap_or(0.0);
        *lost > LOST.0 * all && *lost > LOST.1 * all.max(1.0).sqrt()
    });
    expected
}

/// Share of each node's requests that are slower than nearly all of their operation were in calm times, beyond the
/// share that was so then, 0 to 1.
fn slow_shares(now: &[Replayed], before: &[Replayed]) -> BTreeMap<NodeId, f64> {
    let mut calm: BTreeMap<Operation, Vec<f64>> = BTreeMap::new();
    for r in before.iter().flat_map(|t| &t.requests) {
        calm.entry((r.node, r.operation)).or_default().push(r.length.0 as f64);
    }
    calm.retain(|_, lengths| lengths.len() >= ENOUGH);
    let limits: BTreeMap<Operation, f64> = calm
        .into_iter()
        .filter_map(|(operation, mut lengths)| {
            lengths.sort_by(f64::total_cmp);
            Some((operation, SLOWER * quantile_sorted(&lengths, 0.99)?))
        })
        .collect();
    let shares = |of: &[Replayed]| {
        let mut out: BTreeMap<NodeId, (f64, f64)> = BTreeMap::new();
        for r in of.iter().flat_map(|t| &t.requests) {
            let (slow, all) = out.entry(r.node).or_default();
            *all += r.sum.all;
            let limit = limits.get(&(r.node, r.operation));
            *slow += if limit.is_some_and(|l| r.length.0 as f64 > *l) { r.sum.all } else { 0.0 };
        }
        out
    };
    let usual = shares(before);
    let ratio = |(slow, all): (f64, f64)| if all > 0.0 { slow / all } else { 0.0 };
    let beyond = |(node, sums)| {
        let share = ratio(sums) - usual.get(&node).copied().map_or(0.0, ratio);
        // As many as are slow by chance, twice over, say nothing.
        (node, if share > 0.02 { share } else { 0.0 })
    };
    shares(now).into_iter().map(beyond).collect()
}

/// The entries whose requests took longer than in calm times, those that waited most in all first.
fn slower(now: &[Replayed], before: &[Replayed]) -> Vec<Slower> {
    let lengths = |of: &[Replayed]| {
        let mut out: BTreeMap<Operation, Vec<_>> = BTreeMap::new();
        for t in of {
            let Some(entry) = t.entry else { continue };
            out.entry(entry).or_default().push((t.length, t.length, t.weight));
        }
        out
    };
    let calm = lengths(before);
    let mut out: Vec<(f64, Slower)> = Vec::new();
    for ((node, operation), all) in lengths(now) {
        let Some(calm) = calm.get(&(node, operation)).filter(|c| c.len() >= ENOUGH) else { continue };
        let (before, after) = (percentiles(calm, |l| l.0), percentiles(&all, |l| l.0));
        let rises = |at: usize| after[at].0 as f64 >= RISES * before[at].0 as f64;
        if all.len() < ENOUGH || !(rises(0) || rises(1)) {
            continue;
        }
        let requests: f64 = all.iter().map(|l| l.2).sum();
        let extra = requests * (after[0] - before[0]).0.max(0) as f64;
        out.push((extra, Slower { node, operation, requests, before, after: after.map(Some), endless: 0.0 }));
    }
    out.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1.node, a.1.operation).cmp(&(b.1.node, b.1.operation))));
    out.into_iter().map(|s| s.1).collect()
}

/// The last version of a node that went live in the half hour before, or just after where clocks differ.
fn deployed(study: &Study<'_>, node: NodeId, at: Timestamp) -> Option<(Symbol, Nanos)> {
    let all = deployments(study, &Lens::default()).into_iter().filter(|d| d.node == Some(node));
    let near = all.map(|d| (d.version, at - d.start)).filter(|d| d.1 >= Nanos(-AFTER.0) && d.1 <= BEFORE);
    near.min_by_key(|d| d.1)
}
