//! The one writer of rows: maps a batch's tables to its own, finds duplicates, keeps the byte budget.
use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::quality::RandomState;
use hashbrown::HashTable;

use super::merge::merge;
use super::segment::{Event, Link, NONE, Segment, pack_bits};
use super::short_ids::ShortIds;
use super::tables::Mapping;
use super::{Spans, TraceSlot};
use crate::model::{
    DecodedSpan, FreePlaces, Interner, LocalStr, Slice, SpanBatch, SpanRow, Symbol, Timestamp, TraceIndex,
    Value,
};

/// Rows of a segment that is not merged any further.
const FULL: usize = 64 * 1024;
/// Bytes of a segment that is not merged any further, where nobody says otherwise.
const FULL_BYTES: usize = 16 << 20;
/// Bytes an interned resource or trace is reckoned at beside its columns.
const TRACE_BYTES: usize = size_of::<TraceSlot>() + 8;
/// Bytes a row costs in the index of span ids.
const INDEX_BYTES: usize = 9;

/// What became of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Appended {
    /// Spans written.
    pub stored: u64,
    /// Spans that were there already.
    pub duplicates: u64,
}

/// Writes rows. Everything published from it is immutable.
#[derive(Debug)]
pub struct Store {
    pub(super) interner: Interner,
    pub(super) hasher: RandomState,
    pub(super) published: Spans,
    pub(super) open: Segment,
    pub(super) dictionary: HashTable<u32>,
    pub(super) trace_index: HashTable<u32>,
    /// Rows by (trace, span id); a table of row numbers, compared through the columns.
    pub(super) span_index: HashTable<u32>,
    pub(super) resource_index: HashTable<u32>,
    pub(super) scope_index: HashTable<u32>,
    /// Places of senders and of libraries that no row mentions.
    pub(super) free: [FreePlaces; 2],
    pub(super) short_ids: ShortIds,
    /// Bytes of a segment that is not merged any further; memory is given back by whole segments.
    full_bytes: usize,
    /// Bytes of senders and libraries.
    pub(super) table_bytes: usize,
    /// Traces written to since they were last taken, each once.
    pub(super) dirty: Vec<TraceIndex>,
    /// Grows whenever they are taken.
    pub(super) round: u32,
}

impl Default for Store {
    fn default() -> Self {
        Self::new()
    }
}

impl Store {
    /// An empty store without a budget.
    pub fn new() -> Self {
        Self::with_budget(u64::MAX)
    }

    /// An empty store whose segments are a small part of this many bytes, so that it can keep to them.
    pub fn with_budget(budget: u64) -> Self {
        let full_bytes = usize::try_from(budget / 32).unwrap_or(FULL_BYTES).clamp(16 << 10, FULL_BYTES);
        Self {
            full_bytes,
            interner: Interner::default(),
            hasher: RandomState::default(),
            published: Spans::default(),
            open: Segment::default(),
            dictionary: HashTable::new(),
            trace_index: HashTable::new(),
            span_index: HashTable::new(),
            resource_index: HashTable::new(),
            scope_index: HashTable::new(),
            free: Default::default(),
            short_ids: ShortIds::default(),
            table_bytes: 0,
            dirty: Vec::new(),
            round: 1,
        }
    }

    /// Writes a batch. Spans that are stored already are counted, not written again.
    pub fn append(&mut self, mut batch: SpanBatch) -> Appended {
        let mut map = Mapping::new(&batch);
        for r in &batch.resources {
            map.resources.push(self.intern_resource(&batch, r));
        }
        for s in &batch.scopes {
            map.scopes.push(self.intern_scope(&batch, s));
        }
        let mut appended = Appended::default();
        let spans = std::mem::take(&mut batch.spans);
        for span in &spans {
            if self.append_span(&mut batch, &mut map, span) {
                appended.stored += 1;
            } else {
                appended.duplicates += 1;
            }
        }
        if self.open.len() >= FULL || self.open.bytes() >= self.full_bytes {
            self.seal();
        }
        appended
    }

    /// Makes all rows readable and returns them.
    pub fn publish(&mut self) -> Spans {
        self.seal();
        self.published.symbols = self.interner.symbols().clone();
        self.published.clone()
    }

    /// The traces written to since the last call, each once, in order.
    pub fn take_dirty(&mut self) -> Vec<TraceIndex> {
        let mut dirty = std::mem::take(&mut self.dirty);
        self.round = self.round.wrapping_add(1);
        dirty.sort_unstable();
        dirty
    }

    /// Whether traces changed since they were last taken.
    pub fn is_dirty(&self) -> bool {
        !self.dirty.is_empty()
    }

    /// Names that the graph makes up (peer nodes) live in the same table.
    pub fn interner(&mut self) -> &mut Interner {
        &mut self.interner
    }

    /// Bytes held: columns, dictionaries, names, senders, libraries and indices.
    pub fn bytes(&self) -> usize {
        let segments: usize = self.published.segments.iter().map(|s| s.bytes()).sum();
        segments
            + self.open.bytes()
            + self.interner.bytes()
            + self.table_bytes
            + self.published.traces.held() * TRACE_BYTES
            + self.span_index.len() * INDEX_BYTES
    }

    fn next_row(&self) -> SpanRow {
        SpanRow(self.open.base + self.open.len() as u64)
    }

    pub(super) fn seal(&mut self) {
        if self.open.is_empty() {
            return;
        }
        let next = self.next_row().0;
        let room = Segment { base: next, ..self.open.with_room() };
        let mut segment = std::mem::replace(&mut self.open, room);
        segment.shrink();
        self.dictionary.clear();
        let segments = &mut self.published.segments;
        segments.push(Arc::new(segment));
        // Merge like a binary counter, so that many small publications cost n log n in all.
        while let [.., a, b] = segments.as_slice()
            && a.len() + b.len() <= FULL
            && a.bytes() + b.bytes() <= self.full_bytes
            && a.len() < b.len() * 2
        {
            let merged = Arc::new(merge(a, b, &self.hasher));
            segments.truncate(segments.len() - 2);
            segments.push(merged);
        }
    }

    fn append_span(&mut self, batch: &mut SpanBatch, map: &mut Mapping, span: &DecodedSpan) -> bool {
        let resource =
            map.resources.get(span.resource as usize).copied().unwrap_or_else(|| self.no_resource());
        let scope = map.scopes.get(span.scope as usize).copied().unwrap_or_else(|| self.no_scope());
        let trace = self.trace(span.trace_id);
        let row = self.next_row();
        let mut is_revision = false;
        let hash = self.hasher.hash_one((trace, span.span_id));
        if let Some(old) = self.find_same(hash, trace, span, resource) {
            if self.is_identical(old, batch, map, span) {
                return false;
            }
            is_revision = true;
        }
        let name = self.symbol(batch, map, span.name);
        let back = self.touch(trace, row, span, is_revision);
        self.push_columns(span, (trace, back), (resource, scope), name, is_revision);
        self.push_attributes(batch, map, span);
        self.push_events(batch, map, span);
        self.push_links(batch, map, span);
        self.push_rare(batch, span);
        if !is_revision {
            let Self { span_index, hasher, published, open, .. } = self;
            span_index.insert_unique(hash, row.0 as u32, |&r| {
                let (segment, i) = locate(published, open, r);
                hasher.hash_one((segment.trace[i], segment.span_id[i]))
            });
        }
        !is_revision
    }

    fn push_columns(
        &mut self,
        span: &DecodedSpan,
        (trace, back): (TraceIndex, u32),
        (resource, scope): (u32, u32),
        name: Symbol,
        is_revision: bool,
    ) {
        let open = &mut self.open;
        open.trace.push(trace);
        open.span_id.push(span.span_id);
        open.parent_id.push(span.parent_id);
        open.start.push(span.start);
        open.length.push(span.end - span.start);
        open.name.push(name);
        open.resource.push(resource);
        open.scope.push(scope);
        open.bits.push(pack_bits(span.kind, span.status, is_revision));
        open.flags.push(span.flags);
        open.back.push(back);
    }

    /// Notes a new row of a trace, and tells how many rows back the one before it is; 0 for the first.
    fn touch(&mut self, trace: TraceIndex, row: SpanRow, span: &DecodedSpan, is_revision: bool) -> u32 {
        let round = self.round;
        let Some(slot) = self.published.traces.get_mut(trace.0 as usize) else { return 0 };
        let back = if slot.rows > 0 { row.0 - slot.last_row.0 } else { 0 };
        slot.last_row = row;
        slot.rows += 1;
        slot.spans += u32::from(!is_revision);
        if !span.start.is_unset() {
            slot.start = slot.start.min(span.start);
            slot.end = slot.end.max(span.end.max(span.start));
        }
        if slot.changed_in != round {
            slot.changed_in = round;
            let partner = slot.partner;
            self.dirty.push(trace);
            partner.into_iter().for_each(|p| self.note_change(p));
        }
        back as u32
    }

    fn trace(&mut self, id: crate::model::TraceId) -> TraceIndex {
        // Spans of one trace tend to come together.
        if let Some(&last) = self.open.trace.last()
            && self.published.traces.get(last.0 as usize).is_some_and(|t| t.id == id && t.is_alive)
        {
            return last;
        }
        let hash = self.hasher.hash_one(id);
        let Self { trace_index, published, hasher, .. } = self;
        let traces = &mut published.traces;
        if let Some(&i) = trace_index.find(hash, |&i| traces.get(i as usize).is_some_and(|t| t.id == id)) {
            return TraceIndex(i);
        }
        let slot = TraceSlot {
            id,
            last_row: SpanRow(0),
            rows: 0,
            spans: 0,
            start: Timestamp::MAX,
            end: Timestamp(0),
            is_alive: true,
            changed_in: 0,
            partner: None,
        };
        let i = traces.push(slot) as u32;
        trace_index.insert_unique(hash, i, |&i| {
            hasher.hash_one(traces.get(i as usize).map(|t| t.id).unwrap_or_default())
        });
        self.note_id(TraceIndex(i), id);
        TraceIndex(i)
    }

    /// The row of a span with the same id, kind and service: the same span. The halves of a shared id differ.
    fn find_same(&self, hash: u64, trace: TraceIndex, span: &DecodedSpan, resource: u32) -> Option<u32> {
        let service = self.published.resource(resource).service;
        self.span_index
            .find(hash, |&r| {
                let (segment, i) = locate(&self.published, &self.open, r);
                segment.trace[i] == trace
                    && segment.span_id[i] == span.span_id
                    && segment.kind(i) == span.kind
                    && self.published.resource(segment.resource[i]).service == service
            })
            .copied()
    }

    /// Whether a stored row says the same as a span that arrives; a retry does, a newer version does not.
    fn is_identical(&self, row: u32, batch: &SpanBatch, map: &Mapping, span: &DecodedSpan) -> bool {
        let (segment, i) = locate(&self.published, &self.open, row);
        let symbols = self.interner.symbols();
        let entries = segment.entries(i);
        segment.parent_id[i] == span.parent_id
            && segment.start[i] == span.start
            && segment.length[i] == span.end - span.start
            && segment.status(i) == span.status
            && segment.flags[i] == span.flags
            && symbols.text(segment.name[i]) == batch.text(span.name)
            && segment.text(i, 0) == batch.text(span.status_message)
            && segment.text(i, 1) == batch.text(span.trace_state)
            && self.has_same_events(segment, i, (batch, map), span)
            && entries.len() == span.attributes.len as usize
            && self.are_same(segment, entries, (batch, map), span.attributes)
    }

    fn has_same_events(
        &self,
        segment: &Segment,
        i: usize,
        (batch, map): (&SpanBatch, &Mapping),
        span: &DecodedSpan,
    ) -> bool {
        let symbols = self.interner.symbols();
        let (events, links) = (segment.events(i), segment.links(i));
        let new_events = batch.events.get(span.events.range()).unwrap_or_default();
        let new_links = batch.links.get(span.links.range()).unwrap_or_default();
        events.len() == new_events.len()
            && links.len() == new_links.len()
            && events.iter().zip(new_events).all(|(old, new)| {
                let entries = segment.side_attribute_ids.get(old.attributes.range()).unwrap_or_default();
                old.time == new.time
                    && symbols.text(old.name) == batch.text(new.name)
                    && entries.len() == new.attributes.len as usize
                    && self.are_same(segment, entries.iter().copied(), (batch, map), new.attributes)
            })
            && links.iter().zip(new_links).all(|(a, b)| (a.trace_id, a.span_id) == (b.trace_id, b.span_id))
    }

    fn are_same(
        &self,
        segment: &Segment,
        entries: impl Iterator<Item = u32>,
        (batch, map): (&SpanBatch, &Mapping),
        attributes: Slice,
    ) -> bool {
        let symbols = self.interner.symbols();
        let ids = batch.attribute_ids.get(attributes.range()).unwrap_or_default();
        entries.zip(ids).all(|(e, &id)| {
            let (Some(entry), Some((key, value))) =
                (segment.dictionary.get(e as usize), batch.attributes.get(id as usize))
            else {
                return false;
            };
            // A value that was met before in this batch has moved to the open segment.
            let moved = map.attributes.get(id as usize).and_then(|&m| self.open.dictionary.get(m as usize));
            symbols.text(entry.key) == batch.text(*key) && entry.value == *moved.map_or(value, |m| &m.value)
        })
    }

    fn push_attributes(&mut self, batch: &mut SpanBatch, map: &mut Mapping, span: &DecodedSpan) {
        for at in span.attributes.range() {
            if let Some(&id) = batch.attribute_ids.get(at)
                && let Some(entry) = self.entry(batch, map, id)
            {
                self.open.attribute_ids.push(entry);
            }
        }
        self.open.attribute_end.push(self.open.attribute_ids.len() as u32);
    }

    fn push_side_attributes(&mut self, batch: &mut SpanBatch, map: &mut Mapping, slice: Slice) -> Slice {
        let start = self.open.side_attribute_ids.len() as u32;
        for at in slice.range() {
            if let Some(&id) = batch.attribute_ids.get(at)
                && let Some(entry) = self.entry(batch, map, id)
            {
                self.open.side_attribute_ids.push(entry);
            }
        }
        Slice { start, len: self.open.side_attribute_ids.len() as u32 - start }
    }

    fn push_events(&mut self, batch: &mut SpanBatch, map: &mut Mapping, span: &DecodedSpan) {
        for at in span.events.range() {
            let Some(&event) = batch.events.get(at) else { break };
            let attributes = self.push_side_attributes(batch, map, event.attributes);
            let name = self.symbol(batch, map, event.name);
            let dropped_attributes = event.dropped_attributes;
            self.open.events.push(Event { time: event.time, name, attributes, dropped_attributes });
        }
        self.open.event_end.push(self.open.len() - 1, self.open.events.len());
    }

    fn push_links(&mut self, batch: &mut SpanBatch, map: &mut Mapping, span: &DecodedSpan) {
        for at in span.links.range() {
            let Some(&link) = batch.links.get(at) else { break };
            let attributes = self.push_side_attributes(batch, map, link.attributes);
            let trace_state = self.text_entry(batch, link.trace_state);
            self.open.links.push(Link {
                trace_id: link.trace_id,
                span_id: link.span_id,
                attributes,
                trace_state,
                flags: link.flags,
            });
        }
        self.open.link_end.push(self.open.len() - 1, self.open.links.len());
    }

    fn text_entry(&mut self, batch: &SpanBatch, s: LocalStr) -> u32 {
        if s.0 == 0 { NONE } else { self.add_entry(Symbol::EMPTY, Value::str(batch.text(s))) }
    }

    fn push_rare(&mut self, batch: &SpanBatch, span: &DecodedSpan) {
        let index = self.open.len() as u32 - 1;
        if span.status_message.0 != 0 || span.trace_state.0 != 0 {
            let texts =
                [self.text_entry(batch, span.status_message), self.text_entry(batch, span.trace_state)];
            self.open.texts.push((index, texts));
        }
        let dropped = [span.dropped_attributes, span.dropped_events, span.dropped_links];
        if dropped != [0; 3] {
            self.open.dropped.push((index, dropped));
        }
    }
}

/// The segment and place of a row that is known to be stored. The index keeps the low 32 bits of row numbers:
/// fewer rows than that are held at a time, so the first one held tells the rest.
fn locate<'a>(published: &'a Spans, open: &'a Segment, row: u32) -> (&'a Segment, usize) {
    let first = published.segments.first().map_or(open.base, |s| s.base);
    let row = first + u64::from(row.wrapping_sub(first as u32));
    if row >= open.base {
        return (open, (row - open.base) as usize);
    }
    let at = published.segments.partition_point(|s| s.base + s.len() as u64 <= row);
    match published.segments.get(at) {
        Some(segment) => (segment, row.saturating_sub(segment.base) as usize),
        None => (open, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{SpanId, SpanRecord, TraceId, batch_from_records};

    fn records(from: u8, to: u8) -> Vec<SpanRecord> {
        let record = |i| SpanRecord {
            trace_id: TraceId([1; 16]),
            span_id: SpanId([i; 8]),
            attributes: vec![("n".to_owned(), Value::Int(i64::from(i)))],
            ..SpanRecord::default()
        };
        (from..to).map(record).collect()
    }

    #[test]
    fn duplicates_are_found_where_row_numbers_pass_32_bits() {
        let mut store = Store::new();
        store.open.base = u64::from(u32::MAX) - 2;
        for (from, to, stored) in [(1, 3, 2), (1, 9, 6), (5, 30, 21), (1, 30, 0)] {
            let appended = store.append(batch_from_records(&records(from, to)));
            assert_eq!(appended.stored, stored);
            store.publish();
        }
        assert_eq!(store.publish().iter().count(), 29);
    }

    #[test]
    fn a_duplicate_that_shares_its_attributes_with_the_first_is_not_written() {
        let mut batch = batch_from_records(&records(1, 2));
        let again = batch.spans[0];
        batch.spans.push(again);
        let mut store = Store::new();
        assert_eq!(store.append(batch), Appended { stored: 1, duplicates: 1 });
        let spans = store.publish();
        assert_eq!(spans.iter().count(), 1);
        assert_eq!(spans.iter().next().unwrap().attribute("n"), Some(&Value::Int(1)));
    }
}
