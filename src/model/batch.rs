//! Spans as decoded: fixed-size rows over tables that are local to the batch.
//!
//! A decoder fills a [`BatchBuilder`]; the engine maps the local tables to its own once per distinct
//! entry, so that a repeated attribute costs four bytes a span on the whole way.
use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use super::{SpanId, Timestamp, TraceId, Value};

/// A string of one batch; 0 is "".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalStr(pub u32);

/// A run of entries in one of the batch's lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slice {
    /// Index of the first entry.
    pub start: u32,
    /// How many.
    pub len: u32,
}

impl Slice {
    /// As a range for indexing.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.start as usize + self.len as usize
    }
}

/// What part a span plays, as sent. Unknown numbers become `Unspecified`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SpanKind {
    /// Not said.
    #[default]
    Unspecified = 0,
    /// Work inside one process.
    Internal = 1,
    /// Handles a request from elsewhere.
    Server = 2,
    /// Calls something elsewhere and waits.
    Client = 3,
    /// Publishes a message.
    Producer = 4,
    /// Handles a message.
    Consumer = 5,
}

impl SpanKind {
    /// From OTLP's number.
    pub fn from_number(n: i64) -> Self {
        match n {
            1 => Self::Internal,
            2 => Self::Server,
            3 => Self::Client,
            4 => Self::Producer,
            5 => Self::Consumer,
            _ => Self::Unspecified,
        }
    }
    /// From `SPAN_KIND_SERVER`, `server` or `SERVER`.
    pub fn from_name(name: &str) -> Self {
        let name = name.strip_prefix("SPAN_KIND_").unwrap_or(name);
        ["internal", "server", "client", "producer", "consumer"]
            .iter()
            .position(|k| name.eq_ignore_ascii_case(k))
            .map_or(Self::Unspecified, |i| Self::from_number(i as i64 + 1))
    }
    /// Its lower-case name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::Internal => "internal",
            Self::Server => "server",
            Self::Client => "client",
            Self::Producer => "producer",
            Self::Consumer => "consumer",
        }
    }
}

/// A span's status code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum StatusCode {
    /// Nobody said.
    #[default]
    Unset = 0,
    /// Said to be fine.
    Ok = 1,
    /// Said to have failed.
    Error = 2,
}

impl StatusCode {
    /// From OTLP's number; unknown numbers are `Unset`.
    pub fn from_number(n: i64) -> Self {
        match n {
            1 => Self::Ok,
            2 => Self::Error,
            _ => Self::Unset,
        }
    }
    /// From `STATUS_CODE_ERROR`, `ERROR` or `error`.
    pub fn from_name(name: &str) -> Self {
        let name = name.strip_prefix("STATUS_CODE_").unwrap_or(name);
        if name.eq_ignore_ascii_case("ok") {
            Self::Ok
        } else if name.eq_ignore_ascii_case("error") {
            Self::Error
        } else {
            Self::Unset
        }
    }
    /// Its lower-case name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unset => "unset",
            Self::Ok => "ok",
            Self::Error => "error",
        }
    }
}

/// Who sent spans: OTLP's `Resource`.
#[derive(Clone, Copy, Debug, Default)]
pub struct DecodedResource {
    /// Into [`SpanBatch::attribute_ids`].
    pub attributes: Slice,
    /// Attributes that the sender dropped.
    pub dropped_attributes: u32,
    /// Schema of the attributes, if given.
    pub schema_url: LocalStr,
}

/// Which library made spans: OTLP's `InstrumentationScope`.
#[derive(Clone, Copy, Debug, Default)]
pub struct DecodedScope {
    /// Library name.
    pub name: LocalStr,
    /// Library version.
    pub version: LocalStr,
    /// Into [`SpanBatch::attribute_ids`].
    pub attributes: Slice,
    /// Attributes that the sender dropped.
    pub dropped_attributes: u32,
}

/// One span as decoded. Times are kept as sent, even an end before the start.
#[derive(Clone, Copy, Debug, Default)]
pub struct DecodedSpan {
    /// Never zero.
    pub trace_id: TraceId,
    /// Never zero.
    pub span_id: SpanId,
    /// Zero for a root.
    pub parent_id: SpanId,
    /// Start; 0 means "no time".
    pub start: Timestamp,
    /// End; 0 means "no time".
    pub end: Timestamp,
    /// Operation name.
    pub name: LocalStr,
    /// Kind.
    pub kind: SpanKind,
    /// Status code.
    pub status: StatusCode,
    /// Status message.
    pub status_message: LocalStr,
    /// W3C trace state.
    pub trace_state: LocalStr,
    /// OTLP flags: bit 8 "remote known", bit 9 "parent is remote".
    pub flags: u32,
    /// Index into [`SpanBatch::resources`].
    pub resource: u32,
    /// Index into [`SpanBatch::scopes`].
    pub scope: u32,
    /// Into [`SpanBatch::attribute_ids`]; of a repeated key the last wins.
    pub attributes: Slice,
    /// Into [`SpanBatch::events`].
    pub events: Slice,
    /// Into [`SpanBatch::links`].
    pub links: Slice,
    /// Attributes that the sender dropped.
    pub dropped_attributes: u32,
    /// Events that the sender dropped.
    pub dropped_events: u32,
    /// Links that the sender dropped.
    pub dropped_links: u32,
}

/// A moment within a span: OTLP's `Event`, Jaeger's log, Zipkin's annotation.
#[derive(Clone, Copy, Debug, Default)]
pub struct DecodedEvent {
    /// When.
    pub time: Timestamp,
    /// What.
    pub name: LocalStr,
    /// Into [`SpanBatch::attribute_ids`].
    pub attributes: Slice,
    /// Attributes that the sender dropped.
    pub dropped_attributes: u32,
}

/// A pointer to a span of this or another trace.
#[derive(Clone, Copy, Debug, Default)]
pub struct DecodedLink {
    /// The trace pointed at.
    pub trace_id: TraceId,
    /// The span pointed at.
    pub span_id: SpanId,
    /// W3C trace state.
    pub trace_state: LocalStr,
    /// Into [`SpanBatch::attribute_ids`].
    pub attributes: Slice,
    /// OTLP flags.
    pub flags: u32,
    /// Attributes that the sender dropped.
    pub dropped_attributes: u32,
}

/// Decoded spans with the tables that they point into.
#[derive(Debug, Default)]
pub struct SpanBatch {
    /// Distinct strings; index 0 is "".
    pub strings: Vec<Box<str>>,
    /// Attributes: key and value. Mostly distinct; a decoder need not be perfect.
    pub attributes: Vec<(LocalStr, Value)>,
    /// Indices into `attributes`, referred to by the `attributes` slices.
    pub attribute_ids: Vec<u32>,
    /// Senders.
    pub resources: Vec<DecodedResource>,
    /// Libraries.
    pub scopes: Vec<DecodedScope>,
    /// The spans.
    pub spans: Vec<DecodedSpan>,
    /// Events of all spans.
    pub events: Vec<DecodedEvent>,
    /// Links of all spans.
    pub links: Vec<DecodedLink>,
}

impl SpanBatch {
    /// The text of a local string.
    pub fn text(&self, s: LocalStr) -> &str {
        self.strings.get(s.0 as usize).map_or("", |s| s)
    }
    /// The attributes of a slice, as key and value.
    pub fn attributes_of(&self, slice: Slice) -> impl Iterator<Item = (&str, &Value)> + '_ {
        let ids = self.attribute_ids.get(slice.range()).unwrap_or_default();
        ids.iter().filter_map(|&i| self.attributes.get(i as usize)).map(|(k, v)| (self.text(*k), v))
    }
}

/// Fills a [`SpanBatch`], interning strings.
#[derive(Debug)]
pub struct BatchBuilder {
    /// What has been built so far. Push spans, events, links, resources, scopes and attribute ids directly.
    pub batch: SpanBatch,
    index: HashTable<u32>,
    hasher: FixedState,
}

impl Default for BatchBuilder {
    fn default() -> Self {
        let batch = SpanBatch { strings: vec![Box::from("")], ..SpanBatch::default() };
        Self { batch, index: HashTable::new(), hasher: FixedState::default() }
    }
}

impl BatchBuilder {
    /// The local handle of a text.
    pub fn string(&mut self, text: &str) -> LocalStr {
        if text.is_empty() {
            return LocalStr(0);
        }
        let hash = self.hasher.hash_one(text);
        let strings = &self.batch.strings;
        if let Some(&i) = self.index.find(hash, |&i| strings.get(i as usize).is_some_and(|s| &**s == text)) {
            return LocalStr(i);
        }
        let i = self.batch.strings.len() as u32;
        self.batch.strings.push(text.into());
        let (strings, hasher) = (&self.batch.strings, &self.hasher);
        self.index
            .insert_unique(hash, i, |&i| hasher.hash_one::<&str>(strings.get(i as usize).map_or("", |s| s)));
        LocalStr(i)
    }
    /// Adds an attribute to the table and returns its index; to attach it, push that to `batch.attribute_ids`.
    pub fn attribute(&mut self, key: &str, value: Value) -> u32 {
        let key = self.string(key);
        self.batch.attributes.push((key, value));
        self.batch.attributes.len() as u32 - 1
    }
    /// Where the next attribute id will be.
    pub fn attribute_mark(&self) -> u32 {
        self.batch.attribute_ids.len() as u32
    }
    /// All attribute ids pushed since the mark.
    pub fn attributes_since(&self, mark: u32) -> Slice {
        Slice { start: mark, len: self.batch.attribute_ids.len() as u32 - mark }
    }
    /// The finished batch; the builder is empty again.
    pub fn take(&mut self) -> SpanBatch {
        std::mem::take(self).batch
    }
}
