//! The critical path of a trace: which span the caller was waiting for, at each moment of the root.
use crate::model::{Nanos, Timestamp};

use super::Waterfall;

/// One part in how many of the parent's duration two children may overlap and still count as one after the
/// other, as in CRISP.
const OVERLAP: i64 = 100;

/// A stretch of time in which the root's caller waited for one span's own work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// Place in [`Waterfall::rows`].
    pub row: u32,
    /// First moment.
    pub from: Timestamp,
    /// First moment after; later than `from`.
    pub to: Timestamp,
}

impl Section {
    /// How long it is.
    pub fn length(&self) -> Nanos {
        self.to - self.from
    }
}

/// The sections of the critical path of the span at `root`, by row and then by time.
///
/// They do not overlap, and their lengths add up to the root's duration.
/// A span that its parent did not wait for is never on the path.
pub fn critical_path(waterfall: &Waterfall, root: u32) -> Vec<Section> {
    let Some(top) = waterfall.rows.get(root as usize) else { return Vec::new() };
    let mut sections = Vec::new();
    let mut waiting = Vec::new();
    let mut stack = vec![(root, top.start, top.end)];
    while let Some((row, low, high)) = stack.pop() {
        let Some(span) = waterfall.rows.get(row as usize) else { continue };
        let low = low.max(span.start);
        let overlap = Nanos(span.duration().0 / OVERLAP);
        let mut now = high;
        children_by_end(waterfall, row, low, high, &mut waiting);
        for &(end, start, child) in &waiting {
            // A child that reaches past `now` ran beside one already chosen; by a hair, before it.
            if start >= now || end > now + overlap {
                continue;
            }
            let end = end.min(now);
            if end < now {
                sections.push(Section { row, from: end, to: now });
            }
            stack.push((child, start, end));
            now = start;
        }
        if low < now {
            sections.push(Section { row, from: low, to: now });
        }
    }
    sections.sort_unstable_by_key(|s| (s.row, s.from));
    merge_touching(sections)
}

/// Children that `row` waited for, clipped to `low..high`: the last to end first, of those the longest.
fn children_by_end(
    waterfall: &Waterfall,
    row: u32,
    low: Timestamp,
    high: Timestamp,
    out: &mut Vec<(Timestamp, Timestamp, u32)>,
) {
    out.clear();
    for child in waterfall.children(row) {
        let Some(span) = waterfall.rows.get(child as usize) else { continue };
        let (start, end) = (span.start.max(low), span.end.min(high));
        if !span.is_async && !span.is_undated && start < end {
            out.push((end, start, child));
        }
    }
    out.sort_unstable_by_key(|&(end, start, child)| (std::cmp::Reverse(end), start, child));
}

fn merge_touching(sections: Vec<Section>) -> Vec<Section> {
    let mut out: Vec<Section> = Vec::with_capacity(sections.len());
    for s in sections {
        match out.last_mut() {
            Some(last) if last.row == s.row && last.to == s.from => last.to = s.to,
            _ => out.push(s),
        }
    }
    out
}

#[cfg(test)]
#[path = "critical_path_tests.rs"]
mod tests;
