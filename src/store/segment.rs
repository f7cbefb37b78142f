//! Columns of consecutive rows with their own attribute dictionary, freed together.
use super::packed::{Ends, Numbers, Run};
use crate::model::semconv::Role;
use crate::model::{
    Nanos, Slice, SpanId, SpanKind, StatusCode, Symbol, Timestamp, TraceId, TraceIndex, Value,
};

/// No entry of the dictionary.
pub(super) const NONE: u32 = u32::MAX;

/// An attribute of the dictionary: its key, what the key is known to say, its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub key: Symbol,
    pub role: Option<Role>,
    pub value: Value,
}

/// A moment within a span.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// When.
    pub time: Timestamp,
    /// What.
    pub name: Symbol,
    pub(super) attributes: Slice,
    /// Attributes that the sender dropped.
    pub dropped_attributes: u32,
}

/// A pointer to another span.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// The trace pointed at.
    pub trace_id: TraceId,
    /// The span pointed at.
    pub span_id: SpanId,
    pub(super) attributes: Slice,
    pub(super) trace_state: u32,
    /// OTLP flags.
    pub flags: u32,
}

/// Rows `base..base + len`, as columns. Immutable once shared.
#[derive(Clone, Debug, Default)]
pub struct Segment {
    /// Number of the first row.
    pub(super) base: u64,
    pub(super) trace: Vec<TraceIndex>,
    pub(super) span_id: Vec<SpanId>,
    pub(super) parent_id: Vec<SpanId>,
    pub(super) start: Vec<Timestamp>,
    /// End minus start as sent; negative where the end came first.
    pub(super) length: Vec<Nanos>,
    pub(super) name: Vec<Symbol>,
    pub(super) resource: Vec<u32>,
    pub(super) scope: Vec<u32>,
    /// Kind in bits 0-2, status in bits 3-4, "a newer version of an earlier row" in bit 5.
    pub(super) bits: Vec<u8>,
    /// OTLP flags 0-9; the higher bits are reserved and may be set, so all are kept.
    pub(super) flags: Vec<u32>,
    /// How many rows back the previous row of the same trace is; 0 for the trace's first row.
    pub(super) back: Vec<u32>,
    /// Where the row's attributes end in `attribute_ids`.
    pub(super) attribute_end: Vec<u32>,
    pub(super) event_end: Ends,
    pub(super) link_end: Ends,
    /// Status message and trace state, as dictionary entries; only rows that have one.
    pub(super) texts: Vec<(u32, [u32; 2])>,
    /// Attributes, events and links dropped by the sender; only rows that have some.
    pub(super) dropped: Vec<(u32, [u32; 3])>,
    /// Dictionary entries of the rows' own attributes.
    pub(super) attribute_ids: Numbers,
    pub(super) side_attribute_ids: Vec<u32>,
    pub(super) events: Vec<Event>,
    pub(super) links: Vec<Link>,
    pub(super) dictionary: Vec<Entry>,
    pub(super) dictionary_heap: usize,
}

pub(super) const REVISION: u8 = 1 << 5;

pub(super) fn pack_bits(kind: SpanKind, status: StatusCode, revision: bool) -> u8 {
    kind as u8 | (status as u8) << 3 | if revision { REVISION } else { 0 }
}

impl Segment {
    /// How many rows it holds.
    pub fn len(&self) -> usize {
        self.trace.len()
    }
    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.trace.is_empty()
    }
    /// Number of its first row.
    pub fn base(&self) -> u64 {
        self.base
    }
    /// Bytes held, from the lengths of the columns.
    pub fn bytes(&self) -> usize {
        const ROW: usize = 4 + 8 + 8 + 8 + 8 + 4 + 4 + 4 + 1 + 4 + 4 + 4;
        self.len() * ROW
            + self.attribute_ids.bytes()
            + self.side_attribute_ids.len() * 4
            + self.event_end.bytes()
            + self.link_end.bytes()
            + self.events.len() * size_of::<Event>()
            + self.links.len() * size_of::<Link>()
            + self.texts.len() * 12
            + self.dropped.len() * 16
            + self.dictionary.len() * (size_of::<Entry>() + 6)
            + self.dictionary_heap
    }
    /// An empty segment with room for as much as this one holds: the next one seldom holds more.
    pub(super) fn with_room(&self) -> Self {
        let rows = self.len();
        Self {
            trace: Vec::with_capacity(rows),
            span_id: Vec::with_capacity(rows),
            parent_id: Vec::with_capacity(rows),
            start: Vec::with_capacity(rows),
            length: Vec::with_capacity(rows),
            name: Vec::with_capacity(rows),
            resource: Vec::with_capacity(rows),
            scope: Vec::with_capacity(rows),
            bits: Vec::with_capacity(rows),
            flags: Vec::with_capacity(rows),
            back: Vec::with_capacity(rows),
            attribute_end: Vec::with_capacity(rows),
            attribute_ids: Numbers::with_capacity(self.attribute_ids.len()),
            dictionary: Vec::with_capacity(self.dictionary.len()),
            ..Self::default()
        }
    }
    /// Gives back what the columns reserved and do not use.
    pub(super) fn shrink(&mut self) {
        self.trace.shrink_to_fit();
        self.span_id.shrink_to_fit();
        self.parent_id.shrink_to_fit();
        self.start.shrink_to_fit();
        self.length.shrink_to_fit();
        self.name.shrink_to_fit();
        self.resource.shrink_to_fit();
        self.scope.shrink_to_fit();
        self.bits.shrink_to_fit();
        self.flags.shrink_to_fit();
        self.back.shrink_to_fit();
        self.attribute_end.shrink_to_fit();
        self.event_end.shrink_to_fit();
        self.link_end.shrink_to_fit();
        self.attribute_ids.shrink_to_fit();
        self.side_attribute_ids.shrink_to_fit();
        self.events.shrink_to_fit();
        self.links.shrink_to_fit();
        self.texts.shrink_to_fit();
        self.dropped.shrink_to_fit();
        self.dictionary.shrink_to_fit();
    }
    pub(super) fn kind(&self, i: usize) -> SpanKind {
        SpanKind::from_number(i64::from(self.bits.get(i).copied().unwrap_or(0) & 7))
    }
    pub(super) fn status(&self, i: usize) -> StatusCode {
        StatusCode::from_number(i64::from(self.bits.get(i).copied().unwrap_or(0) >> 3 & 3))
    }
    /// The dictionary entries of row `i`'s own attributes.
    pub(super) fn entries(&self, i: usize) -> Run<'_> {
        let end = self.attribute_end.get(i).copied().unwrap_or(0) as usize;
        let start = i.checked_sub(1).and_then(|p| self.attribute_end.get(p)).copied().unwrap_or(0) as usize;
        self.attribute_ids.run(start..end)
    }
    pub(super) fn events(&self, i: usize) -> &[Event] {
        self.events.get(self.event_end.range(i)).unwrap_or_default()
    }
    pub(super) fn links(&self, i: usize) -> &[Link] {
        self.links.get(self.link_end.range(i)).unwrap_or_default()
    }
    pub(super) fn text(&self, i: usize, which: usize) -> &str {
        let Ok(at) = self.texts.binary_search_by_key(&(i as u32), |t| t.0) else { return "" };
        self.entry_text(self.texts[at].1[which])
    }
    pub(super) fn entry_text(&self, entry: u32) -> &str {
        self.dictionary.get(entry as usize).and_then(|e| e.value.as_str()).unwrap_or("")
    }
    pub(super) fn dropped(&self, i: usize) -> [u32; 3] {
        self.dropped.binary_search_by_key(&(i as u32), |t| t.0).map_or([0; 3], |at| self.dropped[at].1)
    }
}
