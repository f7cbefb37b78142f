//! Stored spans as whole records again: for writing them out.
use std::sync::Arc;

use crate::model::{
    DecodedSpan, EventRecord, LinkRecord, ResourceRecord, ScopeRecord, SpanBatch, SpanRecord, Symbol,
    TraceIndex, Value,
};
use crate::store::{SpanRef, Spans};

fn pairs<'a>(
    span: SpanRef<'a>,
    attributes: impl Iterator<Item = (Symbol, &'a Value)>,
) -> Vec<(String, Value)> {
    attributes.map(|(k, v)| (span.text_of(k).to_owned(), v.clone())).collect()
}

/// One span with everything that was sent about it.
pub fn record(span: SpanRef<'_>) -> SpanRecord {
    let [dropped_attributes, dropped_events, dropped_links] = span.dropped();
    let (resource, scope) = (span.resource(), span.scope());
    SpanRecord {
        resource: Arc::new(ResourceRecord {
            attributes: pairs(span, resource.attributes.iter().map(|(k, v)| (*k, v))),
            dropped_attributes: resource.dropped_attributes,
            schema_url: String::new(),
        }),
        scope: Arc::new(ScopeRecord {
            name: span.text_of(scope.name).to_owned(),
            version: span.text_of(scope.version).to_owned(),
            attributes: pairs(span, scope.attributes.iter().map(|(k, v)| (*k, v))),
            dropped_attributes: 0,
        }),
        trace_id: span.trace_id(),
        span_id: span.span_id(),
        parent_id: span.parent_id(),
        start: span.start(),
        end: span.start() + span.raw_length(),
        name: span.name_text().to_owned(),
        kind: span.kind(),
        status: span.status(),
        status_message: span.status_message().to_owned(),
        trace_state: span.trace_state().to_owned(),
        flags: span.flags(),
        attributes: pairs(span, span.attributes()),
        events: span
            .events()
            .iter()
            .map(|e| EventRecord {
                time: e.time,
                name: span.text_of(e.name).to_owned(),
                attributes: pairs(span, span.event_attributes(e)),
                dropped_attributes: e.dropped_attributes,
            })
            .collect(),
        links: span
            .links()
            .iter()
            .map(|l| LinkRecord {
                trace_id: l.trace_id,
                span_id: l.span_id,
                trace_state: span.link_trace_state(l).to_owned(),
                attributes: pairs(span, span.link_attributes(l)),
                flags: l.flags,
                dropped_attributes: 0,
            })
            .collect(),
        dropped_attributes,
        dropped_events,
        dropped_links,
    }
}

/// All spans of a trace, by start.
pub fn of_trace(spans: &Spans, trace: TraceIndex) -> Vec<SpanRecord> {
    let mut rows: Vec<SpanRef<'_>> = spans.rows_of(trace).collect();
    rows.sort_by_key(|s| (s.start(), s.row()));
    rows.into_iter().map(record).collect()
}

/// The spans of a batch as records, in order.
pub fn of_batch(batch: &SpanBatch) -> Vec<SpanRecord> {
    let owned =
        |slice| batch.attributes_of(slice).map(|(k, v)| (k.to_owned(), v.clone())).collect::<Vec<_>>();
    let resources: Vec<Arc<ResourceRecord>> = batch
        .resources
        .iter()
        .map(|r| {
            Arc::new(ResourceRecord {
                attributes: owned(r.attributes),
                dropped_attributes: r.dropped_attributes,
                schema_url: batch.text(r.schema_url).to_owned(),
            })
        })
        .collect();
    let scopes: Vec<Arc<ScopeRecord>> = batch
        .scopes
        .iter()
        .map(|s| {
            Arc::new(ScopeRecord {
                name: batch.text(s.name).to_owned(),
                version: batch.text(s.version).to_owned(),
                attributes: owned(s.attributes),
                dropped_attributes: s.dropped_attributes,
            })
        })
        .collect();
    let of = |s: &DecodedSpan| SpanRecord {
        resource: resources.get(s.resource as usize).cloned().unwrap_or_default(),
        scope: scopes.get(s.scope as usize).cloned().unwrap_or_default(),
        trace_id: s.trace_id,
        span_id: s.span_id,
        parent_id: s.parent_id,
        start: s.start,
        end: s.end,
        name: batch.text(s.name).to_owned(),
        kind: s.kind,
        status: s.status,
        status_message: batch.text(s.status_message).to_owned(),
        trace_state: batch.text(s.trace_state).to_owned(),
        flags: s.flags,
        attributes: owned(s.attributes),
        events: batch
            .events
            .get(s.events.range())
            .unwrap_or_default()
            .iter()
            .map(|e| EventRecord {
                time: e.time,
                name: batch.text(e.name).to_owned(),
                attributes: owned(e.attributes),
                dropped_attributes: e.dropped_attributes,
            })
            .collect(),
        links: batch
            .links
            .get(s.links.range())
            .unwrap_or_default()
            .iter()
            .map(|l| LinkRecord {
                trace_id: l.trace_id,
                span_id: l.span_id,
                trace_state: batch.text(l.trace_state).to_owned(),
                attributes: owned(l.attributes),
                flags: l.flags,
                dropped_attributes: l.dropped_attributes,
            })
            .collect(),
        dropped_attributes: s.dropped_attributes,
        dropped_events: s.dropped_events,
        dropped_links: s.dropped_links,
    };
    batch.spans.iter().map(of).collect()
}
