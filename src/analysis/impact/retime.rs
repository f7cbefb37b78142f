//! An outage that takes time: how long callers wait, and how long requests take then.
use std::collections::BTreeMap;

use super::Mode;
use crate::analysis::replay::{Changes, Replay};
use crate::analysis::statistics::quantile_sorted;
use crate::analysis::timeouts::InferredTimeout;
use crate::analysis::{Reading, Study};
use crate::graph::NodeKind;
use crate::model::{EdgeId, Nanos, NodeId, Symbol};

/// How long callers along each edge wait, where their failed calls show it.
pub type Limits = BTreeMap<EdgeId, InferredTimeout>;

/// As long as it takes when nobody is known to give up. Far from the end of numbers: it is added to.
const ENDLESS: Nanos = Nanos(i64::MAX / 16);

/// How long one dependent waits for the node.
#[derive(Clone, Debug, PartialEq)]
pub struct Patience {
    /// Who calls.
    pub caller: NodeId,
    /// How long it waits; `None` where no failed calls show it.
    pub limit: Option<Nanos>,
    /// Failed calls that ended there.
    pub calls: f64,
    /// 99 % of its calls that succeeded were over after this; `None` where nothing is known of its limit.
    pub usual: Option<Nanos>,
}

/// How long requests of one entry take: as recorded, and then.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slower {
    /// The service that is entered.
    pub node: NodeId,
    /// Operation.
    pub operation: Symbol,
    /// Requests.
    pub requests: f64,
    /// As recorded, or in calm times: the median and the 95th percentile.
    pub before: [Nanos; 2],
    /// Predicted, or as measured during the incident; `None` where so many requests would not end as far as anybody knows.
    pub after: [Option<Nanos>; 2],
    /// Share of the requests that nobody is known to give up, 0 to 1.
    pub endless: f64,
}

/// One trace with the node slow or silent.
#[derive(Debug)]
pub(super) struct Retimed {
    /// Rows of calls whose caller then runs out of time, in order.
    cut: Vec<u32>,
    changes: Changes,
    before: Nanos,
    after: Nanos,
}

impl Retimed {
    /// `None` for ways of failing that take no time, and for traces without a root.
    pub fn of(reading: &Reading, node: NodeId, mode: Mode, limits: &Limits) -> Option<Self> {
        let mut changes = Changes::default();
        let mut is_touched = false;
        for (i, row, part) in reading.rows() {
            let is_call = part.callee == Some(node);
            // A request that came without a call that was seen.
            let is_request = part.is_served && part.node == Some(node) && part.client.is_none();
            if !(is_call || is_request) || row.is_undated {
                continue;
            }
            is_touched = true;
            changes.set_row(
                i,
                match mode {
                    Mode::Hang => ENDLESS,
                    Mode::Slow(factor) => scaled(row.duration(), factor),
                    Mode::Down | Mode::Partial(_) => return None,
                },
            );
        }
        let before = reading.duration();
        if !is_touched {
            return reading.root.map(|_| Self { cut: Vec::new(), changes, before, after: before });
        }
        limits.iter().for_each(|(edge, limit)| {
            changes.limit_edge(*edge, limit.limit);
        });
        let replay = Replay::of(reading, &changes)?;
        // What had been as long before was not cut by this.
        let is_new = |row: &u32| reading.row(*row).is_some_and(|r| r.duration() < replay.length_of(*row));
        let cut = replay.cut().iter().copied().filter(is_new).collect();
        Some(Self { cut, changes, before, after: replay.duration() })
    }

    /// Whether the caller runs out of time.
    pub fn is_cut(&self, row: u32) -> bool {
        self.cut.binary_search(&row).is_ok()
    }

    /// Lengths of the request as recorded and then, when these rows do not happen any more.
    pub fn lengths(mut self, reading: &Reading, gone: &[u32]) -> (Nanos, Nanos) {
        if !gone.is_empty() {
            gone.iter().for_each(|row| {
                self.changes.remove_row(*row);
            });
            self.after = Replay::of(reading, &self.changes).map_or(self.after, |r| r.duration());
        }
        (self.before, self.after)
    }
}

fn scaled(length: Nanos, factor: f64) -> Nanos {
    Nanos((length.0 as f64 * factor) as i64).min(ENDLESS)
}

/// One request of an entry: lengths before and after, and how many it stands for.
pub(super) type Lengths = (Nanos, Nanos, f64);

/// The entries whose requests take longer, those that wait most in all first.
pub(super) fn slower(lengths: BTreeMap<(NodeId, Symbol), Vec<Lengths>>) -> Vec<Slower> {
    let mut out: Vec<(f64, Slower)> = lengths
        .into_iter()
        .filter(|(_, all)| all.iter().any(|l| l.1 > l.0))
        .map(|((node, operation), all)| {
            let extra = all.iter().map(|l| (l.1 - l.0).0.max(0) as f64 * l.2).sum();
            let requests: f64 = all.iter().map(|l| l.2).sum();
            let endless = all.iter().filter(|l| is_endless(l.1)).fold(0.0, |sum, l| sum + l.2);
            let after = percentiles(&all, |l| l.1).map(|n| Some(n).filter(|n| !is_endless(*n)));
            let before = percentiles(&all, |l| l.0);
            (
                extra,
                Slower { node, operation, requests, before, after, endless: endless / requests.max(1e-9) },
            )
        })
        .collect();
    out.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1.node, a.1.operation).cmp(&(b.1.node, b.1.operation))));
    out.into_iter().map(|s| s.1).collect()
}

/// Whether no caller on the way is known to give up.
fn is_endless(length: Nanos) -> bool {
    length.0 >= ENDLESS.0 / 2
}

pub(super) fn percentiles(all: &[Lengths], of: impl Fn(&Lengths) -> Nanos) -> [Nanos; 2] {
    let mut values: Vec<f64> = all.iter().map(|l| of(l).0 as f64).collect();
    values.sort_by(f64::total_cmp);
    [0.5, 0.95].map(|q| Nanos(quantile_sorted(&values, q).unwrap_or(0.0) as i64))
}

/// How long each caller of the node waits for it: those who are known to first, then by name.
pub(super) fn patience(study: &Study<'_>, node: NodeId, limits: &Limits) -> Vec<Patience> {
    let graph = &study.index.graph;
    let mut out: Vec<Patience> = graph
        .dependents(node)
        .into_iter()
        // How long people wait is no setting.
        .filter(|d| graph.node(d.1).is_some_and(|n| !matches!(n.kind, NodeKind::User | NodeKind::Unknown)))
        .map(|(edge, caller)| Patience {
            caller,
            limit: limits.get(&edge).map(|l| l.limit),
            calls: limits.get(&edge).map_or(0.0, |l| l.calls),
            usual: limits.get(&edge).and_then(|l| l.usual),
        })
        .collect();
    let name = |n| graph.node(n).map_or("", |n| n.id.as_str());
    out.sort_by(|a, b| a.limit.is_none().cmp(&b.limit.is_none()).then(name(a.caller).cmp(name(b.caller))));
    out
}

#[cfg(test)]
#[path = "retime_tests.rs"]
mod tests;
