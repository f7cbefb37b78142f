//! One trace as it would have run had something been faster, slower, absent or parallel: a happens-before replay.
//!
//! Siblings that started after a sibling had ended depend on it; a row keeps its own work between them.
//! The idea is that of CRISP's `Retimer` and Google's calligator; see the reference, 9.2.
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::{BlameKey, Reading, Row};
use crate::model::{EdgeId, Nanos, TimeRange, Timestamp};

/// One part in how many of the parent's duration two siblings may overlap and still be one after the other.
const OVERLAP: i64 = 100;

/// What is different. Build it for one reading, or by keys and edges for many.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    keys: BTreeMap<BlameKey, f64>,
    rows: BTreeMap<u32, f64>,
    lengths: BTreeMap<u32, Nanos>,
    limits: BTreeMap<EdgeId, Nanos>,
    /// Row to the first of the siblings that it starts together with.
    beside: BTreeMap<u32, u32>,
}

impl Changes {
    /// Whether nothing is different.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
            && self.rows.is_empty()
            && self.lengths.is_empty()
            && self.limits.is_empty()
            && self.beside.is_empty()
    }
    /// All time of a key takes `factor` as long: a service's own work, a call to a peer that sends no spans, the
    /// gap of an edge. Under 1 is faster; a factor that is negative or no number counts as 0.
    pub fn scale_key(&mut self, key: BlameKey, factor: f64) -> &mut Self {
        self.keys.insert(key, clean(factor));
        self
    }
    /// A row's own time takes `factor` as long, on top of its key's factor.
    pub fn scale_row(&mut self, row: u32, factor: f64) -> &mut Self {
        self.rows.insert(row, clean(factor));
        self
    }
    /// A row takes exactly this long, whatever ran inside.
    pub fn set_row(&mut self, row: u32, length: Nanos) -> &mut Self {
        self.lengths.insert(row, length.max(Nanos::ZERO));
        self
    }
    /// A row and all below takes no time. What its parent did before and after stays.
    pub fn remove_row(&mut self, row: u32) -> &mut Self {
        self.set_row(row, Nanos::ZERO)
    }
    /// A row starts as early as `first`, a sibling that ended before it, allows: after the parent's own work between.
    pub fn start_beside(&mut self, row: u32, first: u32) -> &mut Self {
        self.beside.insert(row, first);
        self
    }
    /// Callers on an edge wait no longer than this. Which calls that cuts, the replay tells.
    pub fn limit_edge(&mut self, edge: EdgeId, length: Nanos) -> &mut Self {
        self.limits.insert(edge, length.max(Nanos::ZERO));
        self
    }

    fn factor(&self, reading: &Reading, row: u32) -> f64 {
        let by_key = || reading.key_of(row).and_then(|k| self.keys.get(&k)).copied();
        let by_key = if self.keys.is_empty() { None } else { by_key() };
        by_key.unwrap_or(1.0) * self.rows.get(&row).copied().unwrap_or(1.0)
    }
}

fn clean(factor: f64) -> f64 {
    if factor > 0.0 { factor.min(1e6) } else { 0.0 }
}

/// A trace as it would have run. Times count from the start of the root, and are never negative.
#[derive(Clone, Debug)]
pub struct Replay {
    /// Per row: its new start after its parent's, and its new length.
    rows: Vec<(i64, i64)>,
    cut: Vec<u32>,
    root: u32,
}

impl Replay {
    /// Replays a trace; `None` for one of fragments, which has no root.
    pub fn of(reading: &Reading, changes: &Changes) -> Option<Self> {
        let root = reading.root?;
        let rows = &reading.waterfall.rows;
        let mut out = Self { rows: vec![(0, 0); rows.len()], cut: Vec::new(), root };
        let mut siblings = Vec::new();
        // Children stand after their parents: each finds theirs done.
        for at in (0..rows.len() as u32).rev() {
            let Some(row) = rows.get(at as usize) else { continue };
            let length = match changes.lengths.get(&at) {
                Some(length) => length.0,
                None => out.length(reading, changes, at, row, &mut siblings),
            };
            let limit = reading.part(at).edge.and_then(|e| changes.limits.get(&e)).map(|l| l.0);
            if limit.is_some_and(|l| length > l) {
                out.cut.push(at);
            }
            out.rows[at as usize].1 = limit.map_or(length, |l| length.min(l)).max(0);
        }
        out.cut.reverse();
        Some(out)
    }

    /// The new duration of the root.
    pub fn duration(&self) -> Nanos {
        self.length_of(self.root)
    }
    /// The new length of a row.
    pub fn length_of(&self, row: u32) -> Nanos {
        Nanos(self.rows.get(row as usize).map_or(0, |r| r.1))
    }
    /// Rows whose callers now run out of time, by a limit of their edge.
    pub fn cut(&self) -> &[u32] {
        &self.cut
    }

    fn length(
        &mut self,
        reading: &Reading,
        changes: &Changes,
        at: u32,
        row: &Row,
        siblings: &mut Vec<(Timestamp, u32)>,
    ) -> i64 {
        siblings.clear();
        let waits = |c: &u32| reading.row(*c).is_some_and(|r| is_waited_for(r, row));
        siblings.extend(reading.awaited(at).filter(waits).filter_map(|c| Some((reading.row(c)?.start, c))));
        siblings.sort_unstable();
        let own = reading.waterfall.own_work(row);
        let mut line = Line::new(row, own, changes.factor(reading, at));
        for &(_, child) in siblings.iter() {
            let Some(child_row) = reading.row(child) else { continue };
            let from = child_row.start.max(row.start);
            let usual = line.after(from);
            let first = changes.beside.get(&child).and_then(|f| Some((reading.row(*f)?, *f)));
            let start = match first {
                Some((f, first)) if f.parent == child_row.parent && f.end <= child_row.start => {
                    let between = line.own_work(f.start.max(row.start), from);
                    usual.min(self.rows.get(first as usize).map_or(0, |r| r.0) + between)
                }
                _ => usual,
            };
            let lead = (from - child_row.start).0;
            let length = self.rows.get(child as usize).map_or(0, |r| r.1);
            self.rows[child as usize].0 = start - lead;
            let mut end = (start - lead).saturating_add(length).max(start);
            if child_row.end > row.end {
                // The row ended before its child: it gave up, and gives up again, if not answered before.
                end = end.min(start + (row.end - from).0);
            }
            line.push(from, child_row.end.min(row.end), end);
        }
        line.after(row.end)
    }
}

/// Whether a child's time lies within its parent's at all.
fn is_waited_for(child: &Row, parent: &Row) -> bool {
    !child.is_undated && child.end >= parent.start && child.start <= parent.end
}

/// The timeline of a row: when, after its new start, comes what it did at an old moment.
struct Line<'a> {
    start: Timestamp,
    hair: i64,
    own: &'a [TimeRange],
    /// Own work before each stretch of `own`; empty where the factor is 1.
    before: Vec<i64>,
    factor: f64,
    /// Children that were placed and had not ended yet: (as good as ended, old end, new end).
    running: BinaryHeap<Reverse<(Timestamp, Timestamp, i64)>>,
    /// Of the children that had ended: the latest old end, the latest new end.
    ended: Option<(Timestamp, i64)>,
}

impl<'a> Line<'a> {
    fn new(row: &Row, own: &'a [TimeRange], factor: f64) -> Self {
        let mut sum = 0;
        let mut before = Vec::new();
        if factor != 1.0 {
            before.extend(own.iter().map(|r| {
                let at = sum;
                sum += r.length().0;
                at
            }));
        }
        Self {
            start: row.start,
            hair: row.duration().0 / OVERLAP,
            own,
            before,
            factor,
            running: BinaryHeap::new(),
            ended: None,
        }
    }

    /// A child is placed.
    fn push(&mut self, from: Timestamp, old_end: Timestamp, new_end: i64) {
        let hair = self.hair.min((old_end - from).0 / 10).max(0);
        self.running.push(Reverse((old_end - Nanos(hair), old_end, new_end)));
    }

    fn after(&mut self, t: Timestamp) -> i64 {
        while let Some(Reverse((done, old, new))) = self.running.peek().copied() {
            if done > t {
                break;
            }
            self.running.pop();
            let (last, latest) = self.ended.unwrap_or((old, new));
            self.ended = Some((last.max(old), latest.max(new)));
        }
        match self.ended {
            None => self.own_between(self.start, t),
            Some((last, new)) => (new + self.own_between(last, t)).max(0),
        }
    }

    /// From one old moment to another: own work scaled, what ran beside children as it was.
    fn own_between(&self, from: Timestamp, to: Timestamp) -> i64 {
        let length = (to - from).0;
        if self.factor == 1.0 || length <= 0 {
            return length;
        }
        let own = self.own_before(to) - self.own_before(from);
        length - own + (own as f64 * self.factor).round() as i64
    }

    /// Own work alone between two old moments, scaled: what comes between siblings that do not wait.
    fn own_work(&self, from: Timestamp, to: Timestamp) -> i64 {
        let first = self.own.partition_point(|r| r.end <= from);
        let ranges = self.own.get(first..).unwrap_or_default().iter().take_while(|r| r.start < to);
        let own: i64 = ranges.map(|r| (r.end.min(to) - r.start.max(from)).0).sum();
        (own as f64 * self.factor).round() as i64
    }

    fn own_before(&self, t: Timestamp) -> i64 {
        let at = self.own.partition_point(|r| r.end <= t);
        match (self.own.get(at), self.before.get(at)) {
            (Some(range), Some(before)) => before + (t - range.start).0.max(0),
            _ => self.own.last().zip(self.before.last()).map_or(0, |(r, b)| b + r.length().0),
        }
    }
}

#[cfg(test)]
#[path = "replay_tests.rs"]
mod tests;
