//! Retention by bytes: whole traces go, oldest arrivals first, and with them what only they mention.
use std::hash::BuildHasher;
use std::sync::Arc;

use super::segment::Segment;
use super::writer::Store;
use super::{Resource, Scope, Spans};
use crate::model::{CowVec, Symbol, TraceId, TraceIndex};

/// What an eviction took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evicted {
    /// The traces, in order.
    pub traces: Vec<TraceIndex>,
    /// Their spans.
    pub spans: u64,
}

impl Store {
    /// The first trace that is held still.
    pub fn first_trace(&self) -> TraceIndex {
        self.published.first_trace()
    }

    /// Removes whole traces, oldest arrivals first, until at most `target` bytes are held. `extra` bytes are
    /// held elsewhere and are reckoned to go with the rows in proportion, as are names, senders and
    /// libraries: those wait for [`Store::sweep`].
    pub fn evict(&mut self, target: usize, extra: usize) -> Evicted {
        self.seal();
        let mut evicted = Evicted::default();
        let rows = |store: &Self| store.published.segments.iter().map(|s| s.len()).sum::<usize>();
        let rows_before = rows(self).max(1) as f64;
        let shared = self.interner.bytes() + self.table_bytes;
        while self.published.segments.len() > 1 {
            let share = (extra + shared) as f64 * rows(self) as f64 / rows_before;
            if (self.bytes() - shared) + share as usize <= target {
                break;
            }
            let segment = self.published.segments.remove(0);
            self.forget_rows(&segment);
            let before = evicted.traces.len();
            for trace in &segment.trace {
                if let Some(part) = self.bury(*trace, &mut evicted) {
                    self.bury(part, &mut evicted);
                }
            }
            // Of ids that could not be told apart, two may be left that belong together.
            for trace in evicted.traces.iter().skip(before) {
                if let Some(id) = self.published.traces.get(trace.0 as usize).map(|t| t.id) {
                    self.settle(id);
                }
            }
        }
        let Spans { traces, first_alive, .. } = &mut self.published;
        while (*first_alive as usize) < traces.len()
            && traces.get(*first_alive as usize).is_none_or(|t| !t.is_alive)
        {
            *first_alive += 1;
        }
        traces.drop_front(*first_alive as usize);
        evicted
    }

    /// Gives back names, senders and libraries that no stored row mentions. `used` are the symbols that the
    /// calls mention. What stays keeps its symbols and places; what comes next takes the places that are free.
    pub fn sweep(&mut self, used: impl Iterator<Item = Symbol>) {
        self.seal();
        let mut names = vec![false; self.interner.symbols().len()];
        let mut resources = vec![false; self.published.resources.len()];
        let mut scopes = vec![false; self.published.scopes.len()];
        let mark = |live: &mut [bool], place: u32| {
            if let Some(live) = live.get_mut(place as usize) {
                *live = true;
            }
        };
        for segment in &self.published.segments {
            segment.name.iter().for_each(|s| mark(&mut names, s.0));
            segment.dictionary.iter().for_each(|e| mark(&mut names, e.key.0));
            segment.events.iter().for_each(|e| mark(&mut names, e.name.0));
            segment.resource.iter().for_each(|r| mark(&mut resources, *r));
            segment.scope.iter().for_each(|s| mark(&mut scopes, *s));
        }
        self.sweep_tables(&resources, &scopes);
        let Spans { resources, scopes, .. } = &self.published;
        resources.iter().flat_map(|r| r.symbols()).for_each(|s| mark(&mut names, s.0));
        scopes.iter().flat_map(|s| s.symbols()).for_each(|s| mark(&mut names, s.0));
        used.for_each(|s| mark(&mut names, s.0));
        self.interner.sweep(&names);
    }

    fn sweep_tables(&mut self, resources: &[bool], scopes: &[bool]) {
        let Self { published, resource_index, scope_index, free, .. } = self;
        resource_index.retain(|&mut i| resources.get(i as usize).copied().unwrap_or(false));
        scope_index.retain(|&mut i| scopes.get(i as usize).copied().unwrap_or(false));
        free[0].set(resources);
        free[1].set(scopes);
        let is_free = |r: &Resource| r.service.is_empty();
        empty(&mut published.resources, free[0].iter(), is_free);
        let is_free = |s: &Scope| s.name.is_empty() && s.version.is_empty() && s.attributes.is_empty();
        empty(&mut published.scopes, free[1].iter(), is_free);
        self.table_bytes = published.resources().map(Resource::bytes).sum::<usize>()
            + published.scopes.iter().map(|s| s.bytes()).sum::<usize>();
    }

    /// Ends a trace that is alive; returns its other half if it has one.
    fn bury(&mut self, trace: TraceIndex, evicted: &mut Evicted) -> Option<TraceIndex> {
        let is_alive = self.published.traces.get(trace.0 as usize).is_some_and(|t| t.is_alive);
        let slot = self.published.traces.get_mut(trace.0 as usize).filter(|_| is_alive)?;
        slot.is_alive = false;
        let (id, partner) = (slot.id, slot.partner);
        evicted.spans += u64::from(slot.spans);
        evicted.traces.push(trace);
        self.forget_trace(id, trace);
        self.forget_id(trace, id);
        partner
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

/// Empties these places, but for those that are empty already: a published table may share their chunk.
fn empty<T: Default>(
    items: &mut CowVec<Arc<T>>,
    places: impl Iterator<Item = u32>,
    is_free: impl Fn(&T) -> bool,
) {
    let nothing = Arc::new(T::default());
    for place in places {
        if items.get(place as usize).is_some_and(|item| !is_free(item))
            && let Some(item) = items.get_mut(place as usize)
        {
            *item = nothing.clone();
        }
    }
}
