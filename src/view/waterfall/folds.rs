//! Which rows are hidden: from a place on screen to a row and back, without a walk over the rows.
use std::collections::HashSet;

use crate::analysis::{RowKey, Waterfall};
use crate::model::{TimeRange, TraceId};

/// A collapsed row that is itself visible.
#[derive(Clone, Copy, Debug)]
struct Fold {
    row: u32,
    /// Rows that it hides, all right after it.
    hidden: u32,
    /// Rows that earlier folds hide.
    before: u32,
}

/// The folds of one waterfall, by row.
#[derive(Clone, Debug, Default)]
pub struct Folds {
    folds: Vec<Fold>,
    rows: u32,
    of: Option<(TraceId, TimeRange, usize, HashSet<RowKey>)>,
}

impl Folds {
    /// Follows the collapsed rows; walks over the rows only if something changed.
    pub fn update(&mut self, waterfall: &Waterfall, collapsed: &HashSet<RowKey>) {
        let rows = waterfall.rows.len();
        let is_same = self.of.as_ref().is_some_and(|(trace, range, n, keys)| {
            *trace == waterfall.trace_id && *range == waterfall.range && *n == rows && keys == collapsed
        });
        if is_same {
            return;
        }
        self.folds.clear();
        self.rows = rows as u32;
        let (mut at, mut before) = (0, 0);
        while let Some(row) = waterfall.rows.get(at as usize) {
            if row.subtree > 1 && collapsed.contains(&row.key) {
                let hidden = row.subtree - 1;
                self.folds.push(Fold { row: at, hidden, before });
                before += hidden;
                at += row.subtree;
            } else {
                at += 1;
            }
        }
        self.of = Some((waterfall.trace_id, waterfall.range, rows, collapsed.clone()));
    }
    /// How many rows are visible.
    pub fn visible(&self) -> u32 {
        self.rows - self.folds.last().map_or(0, |f| f.before + f.hidden)
    }
    /// The row in a slot: the n-th visible row.
    pub fn row_in(&self, slot: u32) -> Option<u32> {
        let at = self.folds.partition_point(|f| f.row - f.before < slot);
        let hidden = at.checked_sub(1).and_then(|i| self.folds.get(i)).map_or(0, |f| f.before + f.hidden);
        (slot + hidden < self.rows).then_some(slot + hidden)
    }
    /// The slot of a row, or of the collapsed row that hides it.
    pub fn slot_of(&self, row: u32) -> u32 {
        let at = self.folds.partition_point(|f| f.row < row);
        match at.checked_sub(1).and_then(|i| self.folds.get(i)) {
            Some(f) if row <= f.row + f.hidden => f.row - f.before,
            Some(f) => row - f.before - f.hidden,
            None => row,
        }
    }
    /// How many rows a collapsed row hides; `None` if it is not collapsed.
    pub fn hidden_by(&self, row: u32) -> Option<u32> {
        let at = self.folds.binary_search_by_key(&row, |f| f.row).ok()?;
        self.folds.get(at).map(|f| f.hidden)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{WaterfallOptions, sketch, waterfall};

    #[test]
    fn slots_and_rows_agree_with_a_walk_over_the_rows() {
        let (spans, trace) = sketch::store(
            "
            a SERVER 0..9
              b SERVER 0..8
                c SERVER 0..7
                d SERVER 1..7
              e SERVER 2..8
                f SERVER 2..7
              g SERVER 3..8
            h SERVER 1..2",
        );
        let w = waterfall(&spans, trace, &WaterfallOptions::default());
        for choice in 0..1u32 << w.rows.len() {
            let is_chosen = |i: usize| choice >> i & 1 == 1;
            let chosen = w.rows.iter().enumerate().filter(|(i, _)| is_chosen(*i));
            let collapsed: HashSet<RowKey> = chosen.map(|(_, r)| r.key).collect();
            let mut folds = Folds::default();
            folds.update(&w, &collapsed);
            let mut visible = Vec::new();
            for (i, row) in w.rows.iter().enumerate() {
                let mut up = row.parent;
                let mut shown_in = i as u32;
                while let Some(p) = up {
                    if is_chosen(p as usize) {
                        shown_in = p;
                    }
                    up = w.rows[p as usize].parent;
                }
                if shown_in == i as u32 {
                    visible.push(i as u32);
                }
                let slot = visible.iter().position(|v| *v == shown_in).unwrap();
                assert_eq!(folds.slot_of(i as u32), slot as u32);
            }
            assert_eq!(folds.visible(), visible.len() as u32);
            let slots: Vec<u32> = (0..).map_while(|s| folds.row_in(s)).collect();
            assert_eq!(slots, visible);
        }
    }
}
