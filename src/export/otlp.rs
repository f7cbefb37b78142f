//! Spans to OTLP: `TracesData` as protobuf and as JSON, one object a line.
use std::collections::HashMap;
use std::sync::Arc;

use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList, any_value,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status, TracesData, span};
use prost::Message;

use crate::model::{
    EventRecord, LinkRecord, ResourceRecord, ScopeRecord, SpanRecord, StatusCode, Timestamp, Value,
};

pub use super::otlp_json::json_line;

/// Spans of one resource, by scope; both in the order in which they first appear.
pub(super) struct ResourceGroup<'a> {
    pub resource: &'a ResourceRecord,
    pub scopes: Vec<(&'a ScopeRecord, Vec<&'a SpanRecord>)>,
}

/// Groups spans by sender and library, keeping the order of first appearance.
pub(super) fn groups(records: &[SpanRecord]) -> Vec<ResourceGroup<'_>> {
    let mut groups: Vec<ResourceGroup> = Vec::new();
    let mut resource_index: HashMap<&ResourceRecord, usize> = HashMap::new();
    let mut scope_index: HashMap<(usize, &ScopeRecord), usize> = HashMap::new();
    // Most records share their resource and scope by pointer, which saves hashing the attributes.
    let mut by_pointer: HashMap<(*const ResourceRecord, *const ScopeRecord), (usize, usize)> = HashMap::new();
    for record in records {
        let pointers = (Arc::as_ptr(&record.resource), Arc::as_ptr(&record.scope));
        let (r, s) = *by_pointer.entry(pointers).or_insert_with(|| {
            let r = *resource_index.entry(&record.resource).or_insert_with(|| {
                groups.push(ResourceGroup { resource: &record.resource, scopes: Vec::new() });
                groups.len() - 1
            });
            let s = *scope_index.entry((r, &record.scope)).or_insert_with(|| {
                groups[r].scopes.push((&record.scope, Vec::new()));
                groups[r].scopes.len() - 1
            });
            (r, s)
        });
        groups[r].scopes[s].1.push(record);
    }
    groups
}

/// The spans as OTLP's message, grouped by resource and scope.
pub fn traces_data(records: &[SpanRecord]) -> TracesData {
    let resource_spans = groups(records)
        .into_iter()
        .map(|group| ResourceSpans {
            resource: Some(Resource {
                attributes: key_values(&group.resource.attributes),
                dropped_attributes_count: group.resource.dropped_attributes,
                ..Resource::default()
            }),
            scope_spans: group.scopes.into_iter().map(|(scope, spans)| scope_spans(scope, &spans)).collect(),
            schema_url: group.resource.schema_url.clone(),
        })
        .collect();
    TracesData { resource_spans }
}

/// The spans as protobuf bytes: a `TracesData`, which is also an `ExportTraceServiceRequest`.
pub fn protobuf(records: &[SpanRecord]) -> Vec<u8> {
    traces_data(records).encode_to_vec()
}

/// The spans as OTLP JSON Lines in their order, with at most `spans_per_line` spans to a line (at least one).
pub fn json_lines(records: &[SpanRecord], spans_per_line: usize) -> String {
    let mut text = String::new();
    for chunk in records.chunks(spans_per_line.max(1)) {
        text.push_str(&json_line(chunk));
        text.push('\n');
    }
    text
}

fn scope_spans(scope: &ScopeRecord, spans: &[&SpanRecord]) -> ScopeSpans {
    ScopeSpans {
        scope: Some(InstrumentationScope {
            name: scope.name.clone(),
            version: scope.version.clone(),
            attributes: key_values(&scope.attributes),
            dropped_attributes_count: scope.dropped_attributes,
        }),
        spans: spans.iter().map(|span| span_message(span)).collect(),
        schema_url: String::new(),
    }
}

fn span_message(record: &SpanRecord) -> Span {
    let no_parent = record.parent_id.is_zero();
    let no_status = record.status == StatusCode::Unset && record.status_message.is_empty();
    Span {
        trace_id: record.trace_id.0.to_vec(),
        span_id: record.span_id.0.to_vec(),
        trace_state: record.trace_state.clone(),
        parent_span_id: if no_parent { Vec::new() } else { record.parent_id.0.to_vec() },
        flags: record.flags,
        name: record.name.clone(),
        kind: record.kind as i32,
        start_time_unix_nano: unix_nanos(record.start),
        end_time_unix_nano: unix_nanos(record.end),
        attributes: key_values(&record.attributes),
        dropped_attributes_count: record.dropped_attributes,
        events: record.events.iter().map(event).collect(),
        dropped_events_count: record.dropped_events,
        links: record.links.iter().map(link).collect(),
        dropped_links_count: record.dropped_links,
        status: (!no_status)
            .then(|| Status { message: record.status_message.clone(), code: record.status as i32 }),
    }
}

fn event(event: &EventRecord) -> span::Event {
    span::Event {
        time_unix_nano: unix_nanos(event.time),
        name: event.name.clone(),
        attributes: key_values(&event.attributes),
        dropped_attributes_count: event.dropped_attributes,
    }
}

fn link(link: &LinkRecord) -> span::Link {
    span::Link {
        trace_id: link.trace_id.0.to_vec(),
        span_id: link.span_id.0.to_vec(),
        trace_state: link.trace_state.clone(),
        attributes: key_values(&link.attributes),
        dropped_attributes_count: link.dropped_attributes,
        flags: link.flags,
    }
}

/// OTLP's times are unsigned; a moment before 1970 becomes "no time".
pub(super) fn unix_nanos(time: Timestamp) -> u64 {
    u64::try_from(time.0).unwrap_or(0)
}

fn key_values(attributes: &[(String, Value)]) -> Vec<KeyValue> {
    attributes.iter().map(|(key, value)| key_value(key, value)).collect()
}

pub(super) fn key_value(key: &str, value: &Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(any_value(value)), ..KeyValue::default() }
}

fn any_value(value: &Value) -> AnyValue {
    use any_value::Value as Wire;
    let value = match value {
        Value::Empty => None,
        Value::Str(s) => Some(Wire::StringValue(s.to_string())),
        Value::Bool(b) => Some(Wire::BoolValue(*b)),
        Value::Int(i) => Some(Wire::IntValue(*i)),
        Value::Double(d) => Some(Wire::DoubleValue(*d)),
        Value::Bytes(b) => Some(Wire::BytesValue(b.to_vec())),
        Value::Array(a) => Some(Wire::ArrayValue(ArrayValue { values: a.iter().map(any_value).collect() })),
        Value::Map(m) => {
            Some(Wire::KvlistValue(KeyValueList { values: m.iter().map(|(k, v)| key_value(k, v)).collect() }))
        }
    };
    AnyValue { value }
}

#[cfg(test)]
#[path = "otlp_tests.rs"]
mod tests;
