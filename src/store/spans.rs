//! All stored spans as they were when published; cloning is cheap.
use std::sync::Arc;

use super::segment::Segment;
use super::{Resource, Scope, SpanRef};
use crate::model::{CowVec, SpanRow, Symbol, Symbols, Timestamp, TraceId, TraceIndex};

/// What is known of one trace without reading its spans.
#[derive(Clone, Copy, Debug)]
pub struct TraceSlot {
    /// Its id.
    pub id: TraceId,
    /// Its newest row; follow [`Spans::rows_of`] for the others.
    pub(super) last_row: SpanRow,
    /// Rows, including those that only repeat a span with other content.
    pub rows: u32,
    /// Spans: rows without the repeats.
    pub spans: u32,
    /// Earliest start of a span that has one; `Timestamp::MAX` if none has.
    pub start: Timestamp,
    /// Latest end.
    pub end: Timestamp,
    /// Whether its rows can still be read.
    pub is_alive: bool,
    /// The round of the writer in which it was last noted as changed.
    pub(super) changed_in: u32,
}

/// Frozen columns over shared segments.
#[derive(Clone, Debug, Default)]
pub struct Spans {
    pub(super) segments: Vec<Arc<Segment>>,
    pub(super) traces: CowVec<TraceSlot>,
    /// All trace slots before this one are dead.
    pub(super) first_alive: u32,
    pub(super) symbols: Symbols,
    pub(super) resources: CowVec<Arc<Resource>>,
    pub(super) scopes: CowVec<Arc<Scope>>,
}

impl Spans {
    /// The text of a symbol.
    pub fn text(&self, symbol: Symbol) -> &str {
        self.symbols.text(symbol)
    }
    /// The symbol table.
    pub fn symbols(&self) -> &Symbols {
        &self.symbols
    }
    /// A span by its row; `None` once it was evicted.
    pub fn get(&self, row: SpanRow) -> Option<SpanRef<'_>> {
        let at = self.segments.partition_point(|s| s.base + s.len() as u64 <= row.0);
        let segment = self.segments.get(at)?;
        let index = row.0.checked_sub(segment.base)? as usize;
        (index < segment.len()).then_some(SpanRef { spans: self, segment, index })
    }
    /// What is known of a trace.
    pub fn trace(&self, trace: TraceIndex) -> Option<&TraceSlot> {
        self.traces.get(trace.0 as usize)
    }
    /// The first trace that can be read; those before it are gone for good.
    pub fn first_trace(&self) -> TraceIndex {
        TraceIndex(self.first_alive)
    }
    /// All traces that can be read, in order of first arrival.
    pub fn traces(&self) -> impl Iterator<Item = (TraceIndex, &TraceSlot)> + '_ {
        (self.first_alive..self.traces.len() as u32)
            .filter_map(|i| Some((TraceIndex(i), self.traces.get(i as usize)?)))
            .filter(|(_, t)| t.is_alive)
    }
    /// How many trace slots are held, dead ones included.
    pub fn trace_slots(&self) -> usize {
        self.traces.held()
    }
    /// A trace by its id.
    pub fn find_trace(&self, id: TraceId) -> Option<TraceIndex> {
        self.traces().find(|(_, t)| t.id == id).map(|(i, _)| i)
    }
    /// All spans of a trace, newest arrival first.
    pub fn rows_of(&self, trace: TraceIndex) -> impl Iterator<Item = SpanRef<'_>> + '_ {
        let slot = self.trace(trace).filter(|t| t.is_alive);
        let first = slot.and_then(|t| self.get(t.last_row));
        std::iter::successors(first, move |span| {
            let back = u64::from(span.segment.back[span.index]);
            match (back, span.index.checked_sub(back as usize)) {
                (0, _) => None,
                (_, Some(index)) => Some(SpanRef { index, ..*span }),
                (_, None) => self.get(SpanRow(span.row().0.checked_sub(back)?)),
            }
        })
    }
    /// The sender with this number.
    pub(super) fn resource(&self, index: u32) -> &Resource {
        static NONE: std::sync::LazyLock<Resource> = std::sync::LazyLock::new(Resource::default);
        self.resources.get(index as usize).map_or(&NONE, |r| r)
    }
    /// All senders of stored spans.
    pub fn resources(&self) -> impl Iterator<Item = &Resource> + '_ {
        self.resources.iter().map(|r| &**r).filter(|r| !r.service.is_empty())
    }
    /// The library with this number.
    pub(super) fn scope(&self, index: u32) -> &Scope {
        static NONE: std::sync::LazyLock<Scope> = std::sync::LazyLock::new(Scope::default);
        self.scopes.get(index as usize).map_or(&NONE, |s| s)
    }
    /// All rows that can be read, in order of arrival.
    pub fn iter(&self) -> impl Iterator<Item = SpanRef<'_>> + '_ {
        let rows = self.segments.iter().flat_map(move |segment| {
            (0..segment.len()).map(move |index| SpanRef { spans: self, segment, index })
        });
        // A trace is evicted as a whole; its later rows go with their segments.
        rows.filter(|span| self.trace(span.trace()).is_some_and(|t| t.is_alive))
    }
    /// The segments, for parallel scans.
    pub fn segments(&self) -> &[Arc<Segment>] {
        &self.segments
    }
}
