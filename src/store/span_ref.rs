//! One stored span, read in place.
use super::segment::{Event, Link, Segment};
use super::{Resource, Scope, Spans};
use crate::model::semconv::{FIELDS, Field, Role};
use crate::model::{
    Nanos, SpanId, SpanKind, SpanRow, StatusCode, Symbol, Timestamp, TraceId, TraceIndex, Value,
};

/// A view of one row. Cheap to copy; lives as long as the [`Spans`] it came from.
#[derive(Clone, Copy, Debug)]
pub struct SpanRef<'a> {
    pub(super) spans: &'a Spans,
    pub(super) segment: &'a Segment,
    pub(super) index: usize,
}

/// The attributes of a span that the graph understands, found in one pass.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    found: [Option<&'a Value>; FIELDS],
    /// Of each field that was found, how far down the list of its keys.
    ranks: [u8; FIELDS],
}

impl<'a> Fields<'a> {
    /// The value of a field, from its preferred key.
    pub fn get(&self, field: Field) -> Option<&'a Value> {
        self.found[field as usize]
    }
    /// The value of a field if it came from a key ranked at most `rank`.
    pub fn get_ranked(&self, field: Field) -> Option<(u8, &'a Value)> {
        self.get(field).map(|value| (self.ranks[field as usize], value))
    }
    /// The text of a field, if it is non-empty text.
    pub fn text(&self, field: Field) -> Option<&'a str> {
        self.get(field)?.as_str().filter(|s| !s.is_empty())
    }
    /// Takes over everything that the other found.
    pub fn replace_with(&mut self, newer: &Self) {
        for (field, value) in newer.found.iter().enumerate() {
            if value.is_some() {
                self.found[field] = *value;
                self.ranks[field] = newer.ranks[field];
            }
        }
    }
    fn offer(&mut self, role: Role, value: &'a Value) {
        let (slot, rank) = (&mut self.found[role.field as usize], &mut self.ranks[role.field as usize]);
        // Of several booleans that say "timeout", a true one counts.
        let wins = match slot {
            Some(old) => {
                role.rank < *rank
                    || (role.rank == *rank
                        && (role.field != Field::TimeoutFlag || old.as_bool() != Some(true)))
            }
            None => true,
        };
        if wins {
            (*slot, *rank) = (Some(value), role.rank);
        }
    }
}

impl Default for Fields<'_> {
    fn default() -> Self {
        Self { found: [None; FIELDS], ranks: [0; FIELDS] }
    }
}

impl<'a> SpanRef<'a> {
    /// Its row.
    pub fn row(self) -> SpanRow {
        SpanRow(self.segment.base + self.index as u64)
    }
    /// Its trace.
    pub fn trace(self) -> TraceIndex {
        self.spans.whole(self.segment.trace[self.index])
    }
    /// Its trace's id.
    pub fn trace_id(self) -> TraceId {
        self.spans.trace(self.trace()).map(|t| t.id).unwrap_or_default()
    }
    /// Its id.
    pub fn span_id(self) -> SpanId {
        self.segment.span_id[self.index]
    }
    /// Its parent's id; zero for a root.
    pub fn parent_id(self) -> SpanId {
        self.segment.parent_id[self.index]
    }
    /// When it started; 0 means "no time".
    pub fn start(self) -> Timestamp {
        self.segment.start[self.index]
    }
    /// End minus start as sent: negative where the sender's clock went back.
    pub fn raw_length(self) -> Nanos {
        self.segment.length[self.index]
    }
    /// How long it took; never negative, and zero where a time is missing.
    pub fn duration(self) -> Nanos {
        if self.start().is_unset() { Nanos::ZERO } else { self.raw_length().max(Nanos::ZERO) }
    }
    /// Whether both times were sent, and in order: only then its duration means something.
    pub fn is_timed(self) -> bool {
        !self.start().is_unset() && self.raw_length() >= Nanos::ZERO
    }
    /// When it ended; not before its start.
    pub fn end(self) -> Timestamp {
        self.start() + self.duration()
    }
    /// Operation name.
    pub fn name(self) -> Symbol {
        self.segment.name[self.index]
    }
    /// Operation name as text.
    pub fn name_text(self) -> &'a str {
        self.spans.text(self.name())
    }
    /// The text of a symbol of the same store.
    pub fn text_of(self, symbol: Symbol) -> &'a str {
        self.spans.text(symbol)
    }
    /// Kind.
    pub fn kind(self) -> SpanKind {
        self.segment.kind(self.index)
    }
    /// Status code.
    pub fn status(self) -> StatusCode {
        self.segment.status(self.index)
    }
    /// Status message.
    pub fn status_message(self) -> &'a str {
        self.segment.text(self.index, 0)
    }
    /// W3C trace state.
    pub fn trace_state(self) -> &'a str {
        self.segment.text(self.index, 1)
    }
    /// OTLP flags.
    pub fn flags(self) -> u32 {
        self.segment.flags[self.index]
    }
    /// Whether it repeats an earlier span of the same id, with other content.
    pub fn is_revision(self) -> bool {
        self.segment.bits[self.index] & super::segment::REVISION != 0
    }
    /// Who sent it.
    pub fn resource(self) -> &'a Resource {
        self.spans.resource(self.segment.resource[self.index])
    }
    /// A number that equal senders share.
    pub fn resource_index(self) -> u32 {
        self.segment.resource[self.index]
    }
    /// Which library made it.
    pub fn scope(self) -> &'a Scope {
        self.spans.scope(self.segment.scope[self.index])
    }
    /// Its service's name.
    pub fn service_text(self) -> &'a str {
        self.spans.text(self.resource().service)
    }
    /// Its attributes: key and value, in the order sent.
    pub fn attributes(self) -> impl Iterator<Item = (Symbol, &'a Value)> + 'a {
        let segment = self.segment;
        segment.entries(self.index).filter_map(move |e| {
            let entry = segment.dictionary.get(e as usize)?;
            Some((entry.key, &entry.value))
        })
    }
    /// The value of an attribute by its exact key; the last one where a key repeats.
    pub fn attribute(self, key: &str) -> Option<&'a Value> {
        self.attributes().filter(|(k, _)| self.spans.text(*k) == key).last().map(|(_, v)| v)
    }
    /// What its attributes say, by canonical field.
    pub fn fields(self) -> Fields<'a> {
        let mut fields = Fields::default();
        self.add_fields(&mut fields);
        fields
    }
    /// Adds what its attributes say to fields found before, which win where both say something.
    pub fn add_fields(self, fields: &mut Fields<'a>) {
        for e in self.segment.entries(self.index) {
            if let Some(entry) = self.segment.dictionary.get(e as usize)
                && let Some(role) = entry.role
            {
                fields.offer(role, &entry.value);
            }
        }
    }
    /// Its events, in the order sent.
    pub fn events(self) -> &'a [Event] {
        self.segment.events(self.index)
    }
    /// Its links, in the order sent.
    pub fn links(self) -> &'a [Link] {
        self.segment.links(self.index)
    }
    /// The attributes of one of its events.
    pub fn event_attributes(self, event: &Event) -> impl Iterator<Item = (Symbol, &'a Value)> + 'a {
        self.side_attributes(event.attributes)
    }
    /// The attributes of one of its links.
    pub fn link_attributes(self, link: &Link) -> impl Iterator<Item = (Symbol, &'a Value)> + 'a {
        self.side_attributes(link.attributes)
    }
    /// The trace state of one of its links.
    pub fn link_trace_state(self, link: &Link) -> &'a str {
        self.segment.entry_text(link.trace_state)
    }
    /// What one of its events' attributes say, by canonical field.
    pub fn event_fields(self, event: &Event) -> Fields<'a> {
        let mut fields = Fields::default();
        let segment = self.segment;
        for &e in segment.side_attribute_ids.get(event.attributes.range()).unwrap_or_default() {
            if let Some(entry) = segment.dictionary.get(e as usize)
                && let Some(role) = entry.role
            {
                fields.offer(role, &entry.value);
            }
        }
        fields
    }
    fn side_attributes(self, slice: crate::model::Slice) -> impl Iterator<Item = (Symbol, &'a Value)> + 'a {
        let segment = self.segment;
        segment.side_attribute_ids.get(slice.range()).unwrap_or_default().iter().filter_map(move |&e| {
            let entry = segment.dictionary.get(e as usize)?;
            Some((entry.key, &entry.value))
        })
    }
    /// Attributes, events and links that the sender dropped.
    pub fn dropped(self) -> [u32; 3] {
        self.segment.dropped(self.index)
    }
}
