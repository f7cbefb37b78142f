//! Retention by bytes: whole traces go, oldest arrivals first.
use std::hash::BuildHasher;

use super::Spans;
use super::segment::Segment;
use super::writer::Store;
use crate::model::{TraceId, TraceIndex};

impl Store {
    /// Removes whole traces, oldest arrivals first, until at most `target` bytes are held (`extra` are held
    /// elsewhere and go with the traces in proportion). Returns the traces removed and their spans.
    pub fn evict(&mut self, target: usize, extra: usize) -> (Vec<TraceIndex>, u64) {
        self.seal();
        let mut gone = Vec::new();
        let mut spans = 0;
        let rows = |store: &Self| store.published.segments.iter().map(|s| s.len()).sum::<usize>();
        let rows_before = rows(self).max(1);
        while self.published.segments.len() > 1 {
            let share = extra as f64 * rows(self) as f64 / rows_before as f64;
            if self.bytes() + share as usize <= target {
                break;
            }
            let segment = self.published.segments.remove(0);
            self.forget_rows(&segment);
            for trace in &segment.trace {
                if let Some(slot) = self.published.traces.get_mut(trace.0 as usize)
                    && slot.is_alive
                {
                    slot.is_alive = false;
                    spans += u64::from(slot.spans);
                    gone.push(*trace);
                    let id = slot.id;
                    self.forget_trace(id, *trace);
                }
            }
        }
        let Spans { traces, first_alive, .. } = &mut self.published;
        while traces.get(*first_alive as usize).is_some_and(|t| !t.is_alive) {
            *first_alive += 1;
        }
        (gone, spans)
    }

    fn forget_trace(&mut self, id: TraceId, trace: TraceIndex) {
        let hash = self.hasher.hash_one(id);
        if let Ok(entry) = self.trace_index.find_entry(hash, |&t| t == trace.0) {
            entry.remove();
        }
    }

    fn forget_rows(&mut self, segment: &Segment) {
        for i in 0..segment.len() {
            let hash = self.hasher.hash_one((segment.trace[i], segment.span_id[i]));
            let row = (segment.base + i as u64) as u32;
            if let Ok(entry) = self.span_index.find_entry(hash, |&r| r == row) {
                entry.remove();
            }
        }
    }
}
