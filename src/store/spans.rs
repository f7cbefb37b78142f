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
    /// The other half of a trace that came under an id of 64 bits and one of 128.
    pub(super) partner: Option<TraceIndex>,
}

impl TraceSlot {
    /// Whether it came under two ids.
    pub fn is_joined(&self) -> bool {
        self.partner.is_some()
    }
    /// Whether it is the half of another trace, which stands for both.
    fn is_part(&self) -> bool {
        self.partner.is_some() && self.id.is_short()
    }
    fn with(self, part: &Self) -> Self {
        Self {
            rows: self.rows + part.rows,
            spans: self.spans + part.spans,
            start: self.start.min(part.start),
            end: self.end.max(part.end),
            ..self
        }
    }
}

/// Frozen columns over shared segments.
#[derive(Clone, Debug, Default)]
pub struct Spans {
    pub(super) segments: Vec<Arc<Segment>>,
    pub(super) traces: CowVec<TraceSlot>,
    /// All trace slots before this one are dead.
    pub(super) first_alive: u32,
    /// Whether there may be traces in two halves.
    pub(super) has_pairs: bool,
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
    /// What is known of a trace; `None` too for a half of another one.
    pub fn trace(&self, trace: TraceIndex) -> Option<TraceSlot> {
        let slot = *self.traces.get(trace.0 as usize)?;
        match slot.partner.and_then(|p| self.traces.get(p.0 as usize)) {
            None => Some(slot),
            Some(part) => (!slot.is_part()).then(|| slot.with(part)),
        }
    }
    /// The trace that a row's trace is part of; itself for nearly all.
    pub(super) fn whole(&self, trace: TraceIndex) -> TraceIndex {
        if !self.has_pairs {
            return trace;
        }
        let slot = self.traces.get(trace.0 as usize).filter(|t| t.is_part());
        slot.and_then(|t| t.partner).unwrap_or(trace)
    }
    /// The first trace that can be read; those before it are gone for good.
    pub fn first_trace(&self) -> TraceIndex {
        TraceIndex(self.first_alive)
    }
    /// All traces that can be read, in order of first arrival.
    pub fn traces(&self) -> impl Iterator<Item = (TraceIndex, TraceSlot)> + '_ {
        (self.first_alive..self.traces.len() as u32)
            .filter_map(|i| Some((TraceIndex(i), self.trace(TraceIndex(i))?)))
            .filter(|(_, t)| t.is_alive)
    }
    /// How many trace slots are held, dead ones included.
    pub fn trace_slots(&self) -> usize {
        self.traces.held()
    }
    /// A trace by its id, or by its low 64 bits where only one has them.
    pub fn find_trace(&self, id: TraceId) -> Option<TraceIndex> {
        let exact = self.traces().find(|(_, t)| t.id == id);
        let mut alike = self.traces().filter(|(_, t)| id.is_short() && t.id.low() == id.low());
        let alike = || alike.next().filter(|_| alike.next().is_none());
        exact.or_else(alike).map(|(i, _)| i)
    }
    /// All spans of a trace, newest arrival first; those that came under its short id after the others.
    pub fn rows_of(&self, trace: TraceIndex) -> impl Iterator<Item = SpanRef<'_>> + '_ {
        let slot = self.trace(trace).filter(|t| t.is_alive);
        let part = slot.and_then(|t| self.traces.get(t.partner?.0 as usize));
        let of = |row: Option<SpanRow>| self.chain(row.and_then(|row| self.get(row)));
        of(slot.map(|t| t.last_row)).chain(of(part.map(|t| t.last_row)))
    }
    /// A row and those of its trace that came before it.
    fn chain<'a>(&'a self, first: Option<SpanRef<'a>>) -> impl Iterator<Item = SpanRef<'a>> + 'a {
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
