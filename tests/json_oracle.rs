//! OTLP JSON against `opentelemetry-proto`'s serde types: what they write, and what they read too, must agree.
#![allow(clippy::unwrap_used, clippy::panic)] // The automatic leave covers only functions marked as tests.
use std::path::Path;
use std::sync::Arc;

use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList, any_value::Value as Any,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status, TracesData};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use spanscape::ingest::Decoded;
use spanscape::ingest::json::{Ids, otlp};
use spanscape::model::{
    EventRecord, LinkRecord, ResourceRecord, ScopeRecord, Slice, SpanBatch, SpanId, SpanKind, SpanRecord,
    StatusCode, Timestamp, TraceId, Value,
};

type Attributes = Vec<(String, Value)>;

fn decoded(json: &[u8]) -> Vec<SpanRecord> {
    let mut out = Decoded::default();
    otlp::decode(json, &mut out, Ids::Strict).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(out.rejects, spanscape::model::Rejects::default());
    let batch = &out.builder.batch;
    batch.spans.iter().map(|s| record_of(batch, s)).collect()
}

fn attributes_of(batch: &SpanBatch, slice: Slice) -> Attributes {
    batch.attributes_of(slice).map(|(k, v)| (k.to_owned(), v.clone())).collect()
}

fn record_of(b: &SpanBatch, s: &spanscape::model::DecodedSpan) -> SpanRecord {
    let (resource, scope) = (b.resources[s.resource as usize], b.scopes[s.scope as usize]);
    let events = b.events[s.events.range()].iter().map(|e| EventRecord {
        time: e.time,
        name: b.text(e.name).to_owned(),
        attributes: attributes_of(b, e.attributes),
        dropped_attributes: e.dropped_attributes,
    });
    let links = b.links[s.links.range()].iter().map(|l| LinkRecord {
        trace_id: l.trace_id,
        span_id: l.span_id,
        trace_state: b.text(l.trace_state).to_owned(),
        attributes: attributes_of(b, l.attributes),
        flags: l.flags,
        dropped_attributes: l.dropped_attributes,
    });
    SpanRecord {
        resource: Arc::new(ResourceRecord {
            attributes: attributes_of(b, resource.attributes),
            dropped_attributes: resource.dropped_attributes,
            schema_url: b.text(resource.schema_url).to_owned(),
        }),
        scope: Arc::new(ScopeRecord {
            name: b.text(scope.name).to_owned(),
            version: b.text(scope.version).to_owned(),
            attributes: attributes_of(b, scope.attributes),
            dropped_attributes: scope.dropped_attributes,
        }),
        trace_id: s.trace_id,
        span_id: s.span_id,
        parent_id: s.parent_id,
        start: s.start,
        end: s.end,
        name: b.text(s.name).to_owned(),
        kind: s.kind,
        status: s.status,
        status_message: b.text(s.status_message).to_owned(),
        trace_state: b.text(s.trace_state).to_owned(),
        flags: s.flags,
        attributes: attributes_of(b, s.attributes),
        events: events.collect(),
        links: links.collect(),
        dropped_attributes: s.dropped_attributes,
        dropped_events: s.dropped_events,
        dropped_links: s.dropped_links,
    }
}

fn value(v: Option<&AnyValue>) -> Value {
    match v.and_then(|v| v.value.as_ref()) {
        None | Some(Any::StringValueStrindex(_)) => Value::Empty,
        Some(Any::StringValue(s)) => Value::str(s.as_str()),
        Some(Any::BoolValue(b)) => Value::Bool(*b),
        Some(Any::IntValue(i)) => Value::Int(*i),
        Some(Any::DoubleValue(d)) => Value::Double(*d),
        Some(Any::BytesValue(b)) => Value::Bytes(b.as_slice().into()),
        Some(Any::ArrayValue(a)) => Value::Array(a.values.iter().map(|v| value(Some(v))).collect()),
        Some(Any::KvlistValue(m)) => {
            Value::Map(m.values.iter().map(|kv| (kv.key.as_str().into(), value(kv.value.as_ref()))).collect())
        }
    }
}

fn attributes(list: &[KeyValue]) -> Attributes {
    list.iter().map(|kv| (kv.key.clone(), value(kv.value.as_ref()))).collect()
}

fn trace_id(bytes: &[u8]) -> TraceId {
    TraceId(bytes.try_into().unwrap_or_default())
}
fn span_id(bytes: &[u8]) -> SpanId {
    SpanId(bytes.try_into().unwrap_or_default())
}

fn records(data: &TracesData) -> Vec<SpanRecord> {
    let mut records = Vec::new();
    for resource_spans in &data.resource_spans {
        let resource = resource_spans.resource.clone().unwrap_or_default();
        let resource = Arc::new(ResourceRecord {
            attributes: attributes(&resource.attributes),
            dropped_attributes: resource.dropped_attributes_count,
            schema_url: resource_spans.schema_url.clone(),
        });
        for scope_spans in &resource_spans.scope_spans {
            let scope = scope_spans.scope.clone().unwrap_or_default();
            let scope = Arc::new(ScopeRecord {
                attributes: attributes(&scope.attributes),
                dropped_attributes: scope.dropped_attributes_count,
                name: scope.name,
                version: scope.version,
            });
            records.extend(scope_spans.spans.iter().map(|s| record(s, &resource, &scope)));
        }
    }
    records
}

fn record(s: &Span, resource: &Arc<ResourceRecord>, scope: &Arc<ScopeRecord>) -> SpanRecord {
    let status = s.status.clone().unwrap_or_default();
    let events = s.events.iter().map(|e| EventRecord {
        time: Timestamp::from_unix_nanos(e.time_unix_nano),
        name: e.name.clone(),
        attributes: attributes(&e.attributes),
        dropped_attributes: e.dropped_attributes_count,
    });
    let links = s.links.iter().map(|l| LinkRecord {
        trace_id: trace_id(&l.trace_id),
        span_id: span_id(&l.span_id),
        trace_state: l.trace_state.clone(),
        attributes: attributes(&l.attributes),
        flags: l.flags,
        dropped_attributes: l.dropped_attributes_count,
    });
    SpanRecord {
        resource: resource.clone(),
        scope: scope.clone(),
        trace_id: trace_id(&s.trace_id),
        span_id: span_id(&s.span_id),
        parent_id: span_id(&s.parent_span_id),
        start: Timestamp::from_unix_nanos(s.start_time_unix_nano),
        end: Timestamp::from_unix_nanos(s.end_time_unix_nano),
        name: s.name.clone(),
        kind: SpanKind::from_number(i64::from(s.kind)),
        status: StatusCode::from_number(i64::from(status.code)),
        status_message: status.message,
        trace_state: s.trace_state.clone(),
        flags: s.flags,
        attributes: attributes(&s.attributes),
        events: events.collect(),
        links: links.collect(),
        dropped_attributes: s.dropped_attributes_count,
        dropped_events: s.dropped_events_count,
        dropped_links: s.dropped_links_count,
    }
}

/// Short texts with everything that JSON escapes or that ends a value.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[a-z]{1,3}", "[\\PC\"\\\\}{\\]\\[,:\u{0}-\u{1f}]{0,12}"]
}

fn any_value() -> impl Strategy<Value = AnyValue> {
    let leaf = prop_oneof![
        text().prop_map(Any::StringValue),
        any::<bool>().prop_map(Any::BoolValue),
        any::<i64>().prop_map(Any::IntValue),
        proptest::num::f64::NORMAL.prop_map(Any::DoubleValue),
        vec(any::<u8>(), 0..9).prop_map(Any::BytesValue),
    ];
    let leaf = leaf.prop_map(|v| AnyValue { value: Some(v) });
    leaf.prop_recursive(3, 12, 3, |inner| {
        let keys = (text(), inner.clone()).prop_map(|(key, v)| pair(key, v));
        prop_oneof![
            vec(inner, 0..3).prop_map(|values| Any::ArrayValue(ArrayValue { values })),
            vec(keys, 0..3).prop_map(|values| Any::KvlistValue(KeyValueList { values })),
        ]
        .prop_map(|v| AnyValue { value: Some(v) })
    })
}

fn pair(key: String, value: AnyValue) -> KeyValue {
    KeyValue { key, value: Some(value), ..KeyValue::default() }
}

fn key_values() -> impl Strategy<Value = Vec<KeyValue>> {
    vec((text(), any_value()).prop_map(|(key, v)| pair(key, v)), 0..4)
}

fn id(bytes: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(1..=255u8, bytes)
}

fn event() -> impl Strategy<Value = Event> {
    (any::<u64>(), text(), key_values(), any::<u32>()).prop_map(
        |(time_unix_nano, name, attributes, dropped)| Event {
            time_unix_nano,
            name,
            attributes,
            dropped_attributes_count: dropped,
        },
    )
}

fn link() -> impl Strategy<Value = Link> {
    (id(16), id(8), text(), key_values(), any::<[u32; 2]>()).prop_map(
        |(trace_id, span_id, trace_state, attributes, [flags, dropped])| Link {
            trace_id,
            span_id,
            trace_state,
            attributes,
            flags,
            dropped_attributes_count: dropped,
        },
    )
}

fn span() -> impl Strategy<Value = Span> {
    let identity = (id(16), id(8), prop_oneof![Just(Vec::new()), id(8)], text(), text());
    let numbers = (0..6i32, any::<[u64; 2]>(), any::<[u32; 4]>());
    let status = of((0..3i32, text()).prop_map(|(code, message)| Status { code, message }));
    let parts = (key_values(), vec(event(), 0..3), vec(link(), 0..3), status);
    (identity, numbers, parts).prop_map(|(identity, (kind, times, counts), parts)| {
        let (trace_id, span_id, parent_span_id, name, trace_state) = identity;
        let (attributes, events, links, status) = parts;
        Span {
            trace_id,
            span_id,
            parent_span_id,
            name,
            trace_state,
            kind,
            start_time_unix_nano: times[0],
            end_time_unix_nano: times[1],
            flags: counts[0],
            dropped_attributes_count: counts[1],
            dropped_events_count: counts[2],
            dropped_links_count: counts[3],
            attributes,
            events,
            links,
            status,
        }
    })
}

fn traces() -> impl Strategy<Value = TracesData> {
    let scope =
        (text(), text(), key_values(), any::<u32>()).prop_map(|(name, version, attributes, dropped)| {
            InstrumentationScope { name, version, attributes, dropped_attributes_count: dropped }
        });
    let scope_spans = (of(scope), vec(span(), 0..3), text());
    let scope_spans =
        scope_spans.prop_map(|(scope, spans, schema_url)| ScopeSpans { scope, spans, schema_url });
    let resource = (key_values(), any::<u32>()).prop_map(|(attributes, dropped_attributes_count)| Resource {
        attributes,
        dropped_attributes_count,
        ..Resource::default()
    });
    let resource_spans = (of(resource), vec(scope_spans, 0..3), text());
    let resource_spans = resource_spans.prop_map(|(resource, scope_spans, schema_url)| ResourceSpans {
        resource,
        scope_spans,
        schema_url,
    });
    vec(resource_spans, 0..3).prop_map(|resource_spans| TracesData { resource_spans })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(7),
        ..ProptestConfig::default()
    })]
    #[test]
    fn what_the_oracle_writes_is_read_back_whole(data in traces()) {
        let expected = records(&data);
        prop_assert_eq!(&decoded(&serde_json::to_vec(&data).unwrap()), &expected);
        prop_assert_eq!(&decoded(&serde_json::to_vec_pretty(&data).unwrap()), &expected);
    }
}

#[test]
fn real_files_read_as_the_oracle_reads_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/conformance/otlp-json");
    let Ok(files) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: the conformance files are not here");
        return;
    };
    let sdk = std::fs::read_dir(folder.join("sdk")).unwrap();
    let mut compared = 0;
    for path in files.chain(sdk).map(|f| f.unwrap().path()).filter(|p| p.is_file()) {
        let bytes = std::fs::read(&path).unwrap();
        let lines = bytes.split(|b| *b == b'\n').filter(|l| l.starts_with(b"{\"resourceSpans\""));
        for document in lines.chain([bytes.as_slice()]) {
            // Where the oracle fails it has nothing to say: it knows fewer spellings.
            let Ok(data) = serde_json::from_slice::<TracesData>(document) else { continue };
            let expected = records(&data);
            let is_storable = |s: &SpanRecord| !s.trace_id.is_zero() && !s.span_id.is_zero();
            if expected.is_empty() || !expected.iter().all(is_storable) {
                continue;
            }
            assert_eq!(decoded(document), expected, "{}", path.display());
            compared += expected.len();
        }
    }
    assert!(compared > 550, "only {compared} spans");
}
