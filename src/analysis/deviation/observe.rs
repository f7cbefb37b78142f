//! Traces to series: the lengths of own work and of gaps, and which step followed which.
use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::TraceSet;
use super::names::{EDGE, Label, Names, Reader, Sender};
use super::series::{Place, StepSeries, TimeSeries};
use crate::graph::TraceTree;
use crate::model::{Nanos, Timestamp, TraceIndex};

/// One part in how many of a typical trace's length a time must have to matter.
const FINE: f64 = 100.0;
/// Later siblings that are looked at for lying within a span.
const SIBLINGS: usize = 64;

/// The smallest length that matters; shorter ones all look alike.
#[derive(Clone, Copy, Debug)]
pub(super) struct Resolution(f64);

impl Resolution {
    /// One hundredth of a typical trace.
    pub fn of(baseline: &TraceSet<'_>) -> Self {
        Self((baseline.typical_length().0 as f64 / FINE).max(1.0))
    }
    fn logarithm(self, length: i64) -> f64 {
        (length.max(0) as f64 + self.0).log2()
    }
    /// The length whose logarithm it is.
    pub fn length(self, logarithm: f64) -> Nanos {
        Nanos((logarithm.exp2() - self.0).max(0.0) as i64)
    }
}

/// Whose time it is: a span's own, or with a callee the gap between a call and its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct TimeKey {
    pub service: u32,
    pub operation: u32,
    /// Service and operation of the answer.
    pub callee: Option<(u32, u32)>,
}

/// A point in an operation: after a step, or at [`EDGE`] its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct StepKey {
    pub service: u32,
    pub operation: u32,
    pub after: u32,
}

/// All that was seen in a set of traces; both lists by key.
#[derive(Debug)]
pub(super) struct Observed {
    pub times: Vec<(TimeKey, TimeSeries)>,
    pub steps: Vec<(StepKey, StepSeries)>,
    pub resolution: Resolution,
    pub traces: Vec<(TraceIndex, crate::model::TraceId)>,
}

impl Observed {
    /// Reads traces, cut into blocks of equal count by start.
    pub fn of(set: &TraceSet<'_>, blocks: usize, resolution: Resolution, names: &mut Names) -> Self {
        let mut observer = Observer {
            reader: Reader::new(names, set.spans()),
            blocks,
            resolution,
            times: HashMap::default(),
            steps: HashMap::default(),
            rows: Vec::new(),
        };
        for (ordinal, trace) in set.traces() {
            let block = ordinal as usize * blocks / set.len().max(1);
            observer.add(&TraceTree::build(set.spans(), trace), Place { ordinal, block, trace });
        }
        let mut times: Vec<_> = observer.times.into_iter().collect();
        times.iter_mut().for_each(|t| t.1.close());
        times.sort_unstable_by_key(|t| t.0);
        let mut steps: Vec<_> = observer.steps.into_iter().collect();
        steps.sort_unstable_by_key(|s| s.0);
        let id = |t| (t, set.spans().trace(t).map(|s| s.id).unwrap_or_default());
        let mut traces: Vec<_> = set.traces().map(|t| id(t.1)).collect();
        traces.sort_unstable();
        Self { times, steps, resolution, traces }
    }
    pub fn time(&self, key: &TimeKey) -> Option<&TimeSeries> {
        let at = self.times.binary_search_by_key(key, |t| t.0).ok()?;
        self.times.get(at).map(|t| &t.1)
    }
    pub fn step(&self, key: &StepKey) -> Option<&StepSeries> {
        let at = self.steps.binary_search_by_key(key, |s| s.0).ok()?;
        self.steps.get(at).map(|s| &s.1)
    }
    /// The ids of traces.
    pub fn ids(&self, traces: impl Iterator<Item = TraceIndex>) -> Vec<crate::model::TraceId> {
        let id = |t| {
            let at = self.traces.binary_search_by_key(&t, |x| x.0).ok()?;
            self.traces.get(at).map(|x| x.1)
        };
        traces.filter_map(id).collect()
    }
}

/// One span of the trace at hand.
#[derive(Clone, Copy, Debug)]
struct Row {
    sender: Sender,
    operation: u32,
    start: Timestamp,
    end: Timestamp,
    /// Place of the first child that another process sent.
    answer: Option<u32>,
}

impl Row {
    fn length(&self) -> Nanos {
        self.end - self.start
    }
}

struct Observer<'n> {
    reader: Reader<'n>,
    blocks: usize,
    resolution: Resolution,
    times: HashMap<TimeKey, TimeSeries, FixedState>,
    steps: HashMap<StepKey, StepSeries, FixedState>,
    rows: Vec<Row>,
}

impl Observer<'_> {
    fn add(&mut self, tree: &TraceTree<'_>, place: Place) {
        self.read_rows(tree);
        for at in 0..tree.spans.len() as u32 {
            let Some(row) = self.rows.get(at as usize).copied() else { continue };
            self.add_time(tree, at, &row, place);
            if row.answer.is_none() {
                self.add_steps(tree.children(at), &row, place);
            }
        }
    }

    fn read_rows(&mut self, tree: &TraceTree<'_>) {
        self.rows.clear();
        for s in &tree.spans {
            let (sender, operation) = (self.reader.sender(s.span), self.reader.text(s.span.name()));
            let (start, end) = (s.span.start(), s.span.end());
            self.rows.push(Row { sender, operation, start, end, answer: None });
        }
        for at in 0..tree.spans.len() {
            let Some(own) = self.rows.get(at).map(|r| r.sender) else { continue };
            let mut children = tree.children(at as u32).iter().copied();
            let answer = children.find(|&c| self.rows.get(c as usize).is_some_and(|r| r.sender != own));
            if let Some(row) = self.rows.get_mut(at) {
                row.answer = answer;
            }
        }
    }

    fn add_time(&mut self, tree: &TraceTree<'_>, at: u32, row: &Row, place: Place) {
        let children = tree.children(at);
        let answer = row.answer.filter(|_| children.len() == 1).and_then(|a| self.rows.get(a as usize));
        let (callee, instance, length) = match answer {
            Some(a) => {
                // Lengths, not moments: the two clocks may differ.
                let callee = Some((a.sender.service, a.operation));
                (callee, a.sender.instance, row.length() - a.length())
            }
            None if children.is_empty() => (None, row.sender.instance, self.lone_time(tree, at, row)),
            None => (None, row.sender.instance, row.length() - self.covered(row, children)),
        };
        let key = TimeKey { service: row.sender.service, operation: row.operation, callee };
        let value = self.resolution.logarithm(length.0);
        let blocks = self.blocks;
        self.times.entry(key).or_insert_with(|| TimeSeries::new(blocks)).add(place, instance, value);
    }

    /// Time of a span in which any of its children ran.
    fn covered(&self, row: &Row, children: &[u32]) -> Nanos {
        let (mut covered, mut until) = (Nanos::ZERO, row.start);
        for child in children.iter().filter_map(|&c| self.rows.get(c as usize)) {
            let (mut start, mut end) = (child.start, child.end);
            if child.sender != row.sender {
                // Another clock: moved to where it can have been.
                let length = child.length().min(row.length());
                start = start.max(row.start).min(row.end - length);
                end = start + length;
            }
            start = start.max(until);
            end = end.min(row.end);
            if start < end {
                covered = covered + (end - start);
                until = end;
            }
        }
        covered
    }

    /// Own time of a span without children. Where a sibling with children ran within it, or ended a hair later,
    /// it waited for that one, although it is not its parent.
    fn lone_time(&self, tree: &TraceTree<'_>, at: u32, row: &Row) -> Nanos {
        let parent = tree.spans.get(at as usize).and_then(|s| s.parent);
        let siblings = parent.map_or(&[][..], |p| tree.children(p));
        let after = siblings.iter().position(|&s| s == at).map_or(siblings.len(), |i| i + 1);
        let overhang = Nanos(row.length().0 / FINE as i64);
        let (mut covered, mut until) = (Nanos::ZERO, row.start);
        for &s in siblings.iter().skip(after).take(SIBLINGS) {
            let Some(other) = self.rows.get(s as usize) else { continue };
            if other.start >= row.end {
                break;
            }
            let (start, end) = (other.start.max(until), other.end.min(row.end));
            if other.end <= row.end + overhang && start < end && !tree.children(s).is_empty() {
                covered = covered + (end - start);
                until = end;
            }
        }
        row.length() - covered
    }

    fn add_steps(&mut self, children: &[u32], row: &Row, place: Place) {
        let mut after = EDGE;
        for &child in children {
            let Some(next) = self.label(child) else { continue };
            // Repetitions are one step: how often a loop turns depends on the data.
            if next != after {
                self.add_step(row, after, next, place);
            }
            after = next;
        }
        self.add_step(row, after, EDGE, place);
    }

    fn label(&mut self, child: u32) -> Option<u32> {
        let row = self.rows.get(child as usize)?;
        let answer = row.answer.and_then(|a| self.rows.get(a as usize));
        let callee = answer.map(|a| (a.sender.service, a.operation));
        Some(self.reader.names.label(Label { operation: row.operation, callee }))
    }

    fn add_step(&mut self, row: &Row, after: u32, next: u32, place: Place) {
        let key = StepKey { service: row.sender.service, operation: row.operation, after };
        let blocks = self.blocks;
        self.steps.entry(key).or_insert_with(|| StepSeries::new(blocks)).add(place, next);
    }
}
