//! A whole span with its own strings: for writers, generators and tests, not for the hot path.
use super::{
    BatchBuilder, DecodedEvent, DecodedLink, DecodedResource, DecodedScope, DecodedSpan, Slice, SpanBatch,
    SpanId, SpanKind, StatusCode, Timestamp, TraceId, Value,
};
use std::sync::Arc;

/// Keys and values in the order sent.
type Attributes = Vec<(String, Value)>;

/// Who sent a span.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ResourceRecord {
    /// Keys and values.
    pub attributes: Attributes,
    /// Attributes that the sender dropped.
    pub dropped_attributes: u32,
    /// Schema of the attributes.
    pub schema_url: String,
}

/// Which library made a span.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ScopeRecord {
    /// Library name.
    pub name: String,
    /// Library version.
    pub version: String,
    /// Keys and values.
    pub attributes: Attributes,
    /// Attributes that the sender dropped.
    pub dropped_attributes: u32,
}

/// A moment within a span.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventRecord {
    /// When.
    pub time: Timestamp,
    /// What.
    pub name: String,
    /// Keys and values.
    pub attributes: Attributes,
    /// Attributes that the sender dropped.
    pub dropped_attributes: u32,
}

/// A pointer to another span.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkRecord {
    /// The trace pointed at.
    pub trace_id: TraceId,
    /// The span pointed at.
    pub span_id: SpanId,
    /// W3C trace state.
    pub trace_state: String,
    /// Keys and values.
    pub attributes: Attributes,
    /// OTLP flags.
    pub flags: u32,
    /// Attributes that the sender dropped.
    pub dropped_attributes: u32,
}

/// One span with everything that was sent about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpanRecord {
    /// Who sent it.
    pub resource: Arc<ResourceRecord>,
    /// Which library made it.
    pub scope: Arc<ScopeRecord>,
    /// Trace.
    pub trace_id: TraceId,
    /// Span.
    pub span_id: SpanId,
    /// Parent; zero for a root.
    pub parent_id: SpanId,
    /// Start.
    pub start: Timestamp,
    /// End.
    pub end: Timestamp,
    /// Operation name.
    pub name: String,
    /// Kind.
    pub kind: SpanKind,
    /// Status code.
    pub status: StatusCode,
    /// Status message.
    pub status_message: String,
    /// W3C trace state.
    pub trace_state: String,
    /// OTLP flags.
    pub flags: u32,
    /// Keys and values.
    pub attributes: Attributes,
    /// Events.
    pub events: Vec<EventRecord>,
    /// Links.
    pub links: Vec<LinkRecord>,
    /// Attributes that the sender dropped.
    pub dropped_attributes: u32,
    /// Events that the sender dropped.
    pub dropped_events: u32,
    /// Links that the sender dropped.
    pub dropped_links: u32,
}

/// Packs records into a batch, as a decoder would have.
pub fn batch_from_records(records: &[SpanRecord]) -> SpanBatch {
    let mut b = BatchBuilder::default();
    let mut last: Option<(Arc<ResourceRecord>, Arc<ScopeRecord>)> = None;
    for r in records {
        if !last.as_ref().is_some_and(|(res, sc)| *res == r.resource && *sc == r.scope) {
            push_resource(&mut b, &r.resource);
            push_scope(&mut b, &r.scope);
            last = Some((r.resource.clone(), r.scope.clone()));
        }
        push_span(&mut b, r);
    }
    b.take()
}

fn push_attributes(b: &mut BatchBuilder, attributes: &Attributes) -> Slice {
    let mark = b.attribute_mark();
    for (k, v) in attributes {
        let id = b.attribute(k, v.clone());
        b.batch.attribute_ids.push(id);
    }
    b.attributes_since(mark)
}

fn push_resource(b: &mut BatchBuilder, r: &ResourceRecord) {
    let attributes = push_attributes(b, &r.attributes);
    let schema_url = b.string(&r.schema_url);
    b.batch.resources.push(DecodedResource {
        attributes,
        dropped_attributes: r.dropped_attributes,
        schema_url,
    });
}

fn push_scope(b: &mut BatchBuilder, s: &ScopeRecord) {
    let attributes = push_attributes(b, &s.attributes);
    let (name, version) = (b.string(&s.name), b.string(&s.version));
    let dropped_attributes = s.dropped_attributes;
    b.batch.scopes.push(DecodedScope { name, version, attributes, dropped_attributes });
}

fn push_span(b: &mut BatchBuilder, r: &SpanRecord) {
    let events = Slice { start: b.batch.events.len() as u32, len: r.events.len() as u32 };
    for e in &r.events {
        let attributes = push_attributes(b, &e.attributes);
        let name = b.string(&e.name);
        let dropped_attributes = e.dropped_attributes;
        b.batch.events.push(DecodedEvent { time: e.time, name, attributes, dropped_attributes });
    }
    let links = Slice { start: b.batch.links.len() as u32, len: r.links.len() as u32 };
    for l in &r.links {
        let attributes = push_attributes(b, &l.attributes);
        let trace_state = b.string(&l.trace_state);
        b.batch.links.push(DecodedLink {
            trace_id: l.trace_id,
            span_id: l.span_id,
            trace_state,
            attributes,
            flags: l.flags,
            dropped_attributes: l.dropped_attributes,
        });
    }
    let attributes = push_attributes(b, &r.attributes);
    let span = DecodedSpan {
        trace_id: r.trace_id,
        span_id: r.span_id,
        parent_id: r.parent_id,
        start: r.start,
        end: r.end,
        name: b.string(&r.name),
        kind: r.kind,
        status: r.status,
        status_message: b.string(&r.status_message),
        trace_state: b.string(&r.trace_state),
        flags: r.flags,
        resource: b.batch.resources.len() as u32 - 1,
        scope: b.batch.scopes.len() as u32 - 1,
        attributes,
        events,
        links,
        dropped_attributes: r.dropped_attributes,
        dropped_events: r.dropped_events,
        dropped_links: r.dropped_links,
    };
    b.batch.spans.push(span);
}
