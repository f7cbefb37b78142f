//! Trace ids of 64 bits: such a trace is part of the trace of 128 bits whose low half is the same.
//!
//! Where several traces have that low half, nobody can tell which, and all stay apart. What belongs together
//! follows from the traces held, so the order of arrival does not matter. As long as all ids are of one sort,
//! nothing is kept and nothing looked up.
use std::hash::BuildHasher;

use hashbrown::HashTable;

use super::writer::Store;
use crate::model::{TraceId, TraceIndex};

/// Which sorts of ids were met, and the traces held by their low halves once both were.
#[derive(Debug, Default)]
pub(super) struct ShortIds {
    has_short: bool,
    has_long: bool,
    by_low: HashTable<u32>,
}

impl ShortIds {
    fn is_mixed(&self) -> bool {
        self.has_short && self.has_long
    }
}

impl Store {
    /// Notes a new trace, and settles what it is part of.
    pub(super) fn note_id(&mut self, trace: TraceIndex, id: TraceId) {
        let was_mixed = self.short_ids.is_mixed();
        self.short_ids.has_short |= id.is_short();
        self.short_ids.has_long |= !id.is_short();
        if !self.short_ids.is_mixed() {
            return;
        }
        if was_mixed {
            self.index_low(trace, id);
        } else {
            let from = self.published.first_alive;
            for at in from..self.published.traces.len() as u32 {
                if let Some(slot) = self.published.traces.get(at as usize).filter(|t| t.is_alive) {
                    self.index_low(TraceIndex(at), slot.id);
                }
            }
        }
        self.settle(id);
    }

    /// Forgets a trace that goes.
    pub(super) fn forget_id(&mut self, trace: TraceIndex, id: TraceId) {
        let hash = self.hasher.hash_one(id.low());
        if let Ok(entry) = self.short_ids.by_low.find_entry(hash, |&t| t == trace.0) {
            entry.remove();
        }
    }

    /// Notes that a trace has to be assembled anew.
    pub(super) fn note_change(&mut self, trace: TraceIndex) {
        if let Some(slot) = self.published.traces.get_mut(trace.0 as usize)
            && slot.changed_in != self.round
        {
            slot.changed_in = self.round;
            self.dirty.push(trace);
        }
    }

    fn index_low(&mut self, trace: TraceIndex, id: TraceId) {
        let Self { short_ids, hasher, published, .. } = self;
        short_ids.by_low.insert_unique(hasher.hash_one(id.low()), trace.0, |&t| {
            hasher.hash_one(published.traces.get(t as usize).map(|t| t.id.low()).unwrap_or_default())
        });
    }

    /// Joins the traces with the low half of this id if they are two, one of each sort; parts them otherwise.
    pub(super) fn settle(&mut self, id: TraceId) {
        if !self.short_ids.is_mixed() {
            return;
        }
        let traces = &self.published.traces;
        let of_low = self.short_ids.by_low.iter_hash(self.hasher.hash_one(id.low()));
        let mut group: Vec<(bool, u32)> = of_low
            .filter_map(|&t| Some((traces.get(t as usize)?.id, t)))
            .filter(|(other, _)| other.low() == id.low())
            .map(|(other, t)| (other.is_short(), t))
            .collect();
        group.sort_unstable();
        let pair = match group.as_slice() {
            [(false, long), (true, short)] => Some([*long, *short]),
            _ => None,
        };
        for (_, at) in group {
            let partner = pair.map(|[long, short]| TraceIndex(if at == long { short } else { long }));
            if self.published.traces.get(at as usize).is_some_and(|t| t.partner != partner) {
                if let Some(slot) = self.published.traces.get_mut(at as usize) {
                    slot.partner = partner;
                }
                self.note_change(TraceIndex(at));
            }
        }
        self.published.has_pairs |= pair.is_some();
    }
}
