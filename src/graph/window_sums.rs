//! Totals of the whole buckets of a window. The next window begins with those of the last ones and reads only
//! what came and what went, so that dragging a window over the data costs what it moves, not what it spans.
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::calls::Calls;
use super::series::Series;
use super::{Accumulator, Red};
use crate::model::CowVec;

/// Windows that are remembered: a comparison asks for two in turn.
const REMEMBERED: usize = 2;

/// By raw edge and by party, what happened in the buckets `from..to`.
#[derive(Clone, Debug)]
pub(super) struct Sums {
    from: i64,
    to: i64,
    pub edges: Vec<Red>,
    pub parties: Vec<Red>,
}

/// The sums last asked for, the newest first. Holds at most as much as two graphs do.
#[derive(Debug, Default)]
pub(super) struct WindowSums(Mutex<Vec<Arc<Sums>>>);

impl WindowSums {
    /// The sums of the buckets `from..to` of these calls, which are always the same ones.
    pub fn of(&self, calls: &Calls, from: i64, to: i64) -> Arc<Sums> {
        let sums = match self.take_nearest(from, to) {
            Some(mut near) if (near.from, near.to) != (from, to) => {
                Arc::make_mut(&mut near).move_to(calls, from, to);
                near
            }
            Some(same) => same,
            None => Arc::new(Sums::afresh(calls, from, to)),
        };
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.insert(0, Arc::clone(&sums));
        remembered.truncate(REMEMBERED);
        sums
    }

    /// The remembered window from which the way to this one is short enough to be worth going; forgotten, as this one
    /// takes its place.
    fn take_nearest(&self, from: i64, to: i64) -> Option<Arc<Sums>> {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ways = remembered.iter().map(|s| s.from.abs_diff(from).saturating_add(s.to.abs_diff(to)));
        let (place, way) = ways.enumerate().min_by_key(|w| w.1)?;
        (way.saturating_mul(2) <= from.abs_diff(to)).then(|| remembered.remove(place))
    }
}

impl Sums {
    fn afresh(calls: &Calls, from: i64, to: i64) -> Self {
        let sum = |histograms: &mut Accumulator, series: &&Series| {
            let mut sum = Red::default();
            series.visit_buckets(from, to, &mut |part, is_added| sum.change_by(part, is_added, histograms));
            sum.set_histogram(histograms);
            sum
        };
        let all = |series: &CowVec<Series>| -> Vec<Red> {
            let series: Vec<&Series> = series.iter().collect();
            series.par_iter().with_min_len(64).map_init(Accumulator::default, sum).collect()
        };
        let (edges, parties) = rayon::join(|| all(&calls.by_edge), || all(&calls.by_party));
        Self { from, to, edges, parties }
    }

    /// Makes them those of other buckets: what lies between the ends of both windows comes or goes.
    fn move_to(&mut self, calls: &Calls, from: i64, to: i64) {
        let ways = [
            (from, self.from.max(from), true),
            (self.to.min(to), to, true),
            (self.from, from.max(self.from), false),
            (to.min(self.to), self.to, false),
        ];
        let change = |(sum, series): (&mut Red, &Series)| {
            for (low, high, comes) in ways {
                series.visit_buckets(low, high, &mut |part, is_added| {
                    sum.change_in_place(part, is_added == comes);
                });
            }
            sum.settle();
        };
        let all = |sums: &mut Vec<Red>, series: &CowVec<Series>| {
            let series: Vec<&Series> = series.iter().collect();
            sums.par_iter_mut().with_min_len(64).zip(series).for_each(change);
        };
        let Self { edges, parties, .. } = self;
        rayon::join(|| all(edges, &calls.by_edge), || all(parties, &calls.by_party));
        (self.from, self.to) = (from, to);
    }
}

#[cfg(test)]
mod tests {
    use crate::analysis::sketch::{history, snapshot_of};
    use crate::graph::Calls;
    use crate::model::{Nanos, TimeRange, Timestamp};
    use crate::store::Lens;

    #[test]
    fn a_window_that_is_moved_tells_what_the_same_window_tells_afresh() {
        let words = |_: u32, n: u32| {
            format!("shop SERVER 0..{}\n  pay SERVER 1..50\n    db CLIENT 2..{}", 100 + n % 7, 9 + n % 31)
        };
        let snapshot = snapshot_of(&history(30, 40, words));
        let afresh = || Calls { window_sums: Default::default(), ..snapshot.calls.clone() };
        let graph_of = |calls: &Calls, window| {
            let index = calls.graph(&snapshot.spans, &Lens { window: Some(window), filter: None });
            let nodes: Vec<_> = index.graph.nodes().map(|(_, n)| n.clone()).collect();
            let edges: Vec<_> = index.graph.edges().map(|(_, _, _, e)| e.clone()).collect();
            (nodes, edges)
        };
        let extent = snapshot.extent.unwrap();
        let share = |of: i64| Nanos(extent.length().0 / 1000 * of);
        // Both ends move, one end does, to and fro, a little and much; also beyond the data.
        let moves = [
            (0, 500),
            (3, 503),
            (3, 560),
            (90, 480),
            (80, 700),
            (80, 680),
            (80, 80),
            (500, 1100),
            (-50, 1000),
        ];
        for (from, to) in moves {
            let window = TimeRange::new(Timestamp(extent.start.0 + share(from).0), extent.start + share(to));
            let told = graph_of(&snapshot.calls, window);
            assert_eq!(told, graph_of(&afresh(), window), "from {from} to {to} thousandths");
            let requests = snapshot.calls.requests_in(&snapshot.spans, window);
            let shop = told.0.iter().find(|n| n.name == "shop").map(|n| n.red.clone()).unwrap_or_default();
            assert_eq!(requests, shop, "requests from {from} to {to} thousandths");
            let ranges = [window, TimeRange::new(window.end, window.end)];
            let one_by_one = snapshot.calls.extents.traces_in(&snapshot.spans, ranges).count();
            assert_eq!(snapshot.calls.trace_count_in(&snapshot.spans, window), one_by_one);
        }
    }
}
