//! How often each kind of request visits each node, and how long the visits take.
use std::collections::BTreeMap;

use super::{EntryLoad, Trip};
use crate::analysis::reading::BlameKey;
use crate::analysis::{Evidence, Reading};
use crate::model::{NodeId, SpanRow, Symbol};

const MINUTE: i64 = 60_000_000_000;

/// What one trace adds to one node in one minute.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stop {
    node: NodeId,
    minute: i64,
    /// Visits; 0 for time without one.
    count: f64,
    /// Own time, ns.
    own: f64,
    /// All of the time, ns.
    total: f64,
    /// Of the visits the longest: ns, and its span.
    longest: Option<(i64, SpanRow)>,
}

/// The visits of a trace. Who answers with a span is visited by it, who does not, by the call.
pub(super) fn stops(reading: &Reading) -> Vec<Stop> {
    let mut out: Vec<Stop> = Vec::new();
    let weight = reading.weight();
    for (at, row, part) in reading.rows().filter(|(_, row, _)| row.span().is_some() && !row.is_undated) {
        let visited = match (part.is_served, part.callee, part.server) {
            (true, ..) => part.node,
            (false, Some(callee), None) => Some(callee),
            _ => None,
        };
        let own = match reading.key_of(at) {
            Some(BlameKey::Node(node)) => Some(node),
            _ => None,
        };
        let minute = row.start.0.div_euclid(MINUTE);
        let mut add = |node, count: f64, own: i64, total: i64, span: Option<SpanRow>| {
            let found = out.iter().position(|s| s.node == node && s.minute == minute).unwrap_or_else(|| {
                out.push(Stop { node, minute, count: 0.0, own: 0.0, total: 0.0, longest: None });
                out.len() - 1
            });
            let stop = &mut out[found];
            stop.count += count * weight;
            stop.own += own as f64 * weight;
            stop.total += total as f64 * weight;
            stop.longest = stop.longest.max(span.map(|s| (total, s)));
        };
        if let Some(node) = visited {
            add(node, 1.0, 0, row.duration().0, row.span());
        }
        if let Some(node) = own {
            add(node, 0.0, row.self_time.0, 0, None);
        }
    }
    out
}

/// All visits of one node.
#[derive(Clone, Debug, Default)]
pub(super) struct Visits {
    pub count: f64,
    pub own: f64,
    pub total: f64,
    /// Visits and own time by minute.
    pub minutes: BTreeMap<i64, (f64, f64)>,
    /// The longest visits, longest first.
    pub longest: Vec<(i64, SpanRow)>,
}

impl Visits {
    fn keep(&mut self, visit: (i64, SpanRow)) {
        let at = self.longest.partition_point(|v| *v >= visit);
        if at < Evidence::KEPT {
            self.longest.insert(at, visit);
            self.longest.truncate(Evidence::KEPT);
        }
    }
}

/// Requests by kind, and the visits of each.
#[derive(Clone, Debug, Default)]
pub(super) struct Load {
    pub entries: BTreeMap<(NodeId, Symbol), f64>,
    pub visits: BTreeMap<NodeId, Visits>,
    by_entry: BTreeMap<NodeId, BTreeMap<(NodeId, Symbol), f64>>,
}

impl Load {
    pub fn add(&mut self, trip: &Trip) {
        if let Some(entry) = trip.entry {
            *self.entries.entry(entry).or_default() += trip.weight;
        }
        for stop in &trip.stops {
            let visits = self.visits.entry(stop.node).or_default();
            visits.count += stop.count;
            visits.own += stop.own;
            visits.total += stop.total;
            if let Some(visit) = stop.longest {
                visits.keep(visit);
            }
            let minute = visits.minutes.entry(stop.minute).or_default();
            minute.0 += stop.count;
            minute.1 += stop.own;
            if let Some(entry) = trip.entry {
                *self.by_entry.entry(stop.node).or_default().entry(entry).or_default() += stop.count;
            }
        }
    }

    /// Times as many visits of a node in the scenario; what no entry explains stays as it is.
    pub fn growth(&self, node: NodeId, entries: &[EntryLoad]) -> f64 {
        let all = self.visits.get(&node).map_or(0.0, |v| v.count);
        let Some(by_entry) = self.by_entry.get(&node).filter(|_| all > 0.0) else { return 1.0 };
        let more: f64 = entries
            .iter()
            .filter_map(|e| Some((e.factor - 1.0) * by_entry.get(&(e.node, e.operation))?))
            .sum();
        (all + more) / all
    }
}
