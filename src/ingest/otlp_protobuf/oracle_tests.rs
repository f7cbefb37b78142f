//! The walker against the generated types: whatever they encode, it reads the same.
use std::sync::Arc;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList, any_value::Value as Wire,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status, span};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use prost::Message;

use super::super::Decoded;
use super::{TraceDecoder, decode_traces};
use crate::model::*;

fn value_of(value: &Option<AnyValue>) -> Value {
    match value.as_ref().and_then(|v| v.value.as_ref()) {
        None | Some(Wire::StringValueStrindex(_)) => Value::Empty,
        Some(Wire::StringValue(s)) => Value::str(s.as_str()),
        Some(Wire::BoolValue(b)) => Value::Bool(*b),
        Some(Wire::IntValue(i)) => Value::Int(*i),
        Some(Wire::DoubleValue(d)) => Value::Double(*d),
        Some(Wire::BytesValue(b)) => Value::Bytes(b.as_slice().into()),
        Some(Wire::ArrayValue(a)) => {
            Value::Array(a.values.iter().map(|v| value_of(&Some(v.clone()))).collect())
        }
        Some(Wire::KvlistValue(m)) => {
            Value::Map(m.values.iter().map(|kv| (kv.key.as_str().into(), value_of(&kv.value))).collect())
        }
    }
}

fn attributes_of(list: &[KeyValue]) -> Vec<(String, Value)> {
    list.iter().map(|kv| (kv.key.clone(), value_of(&kv.value))).collect()
}

fn expected_span(s: &Span, resource: &Arc<ResourceRecord>, scope: &Arc<ScopeRecord>) -> Option<SpanRecord> {
    let trace_id = TraceId(s.trace_id.as_slice().try_into().ok()?);
    let span_id = SpanId(s.span_id.as_slice().try_into().ok()?);
    if trace_id.is_zero() || span_id.is_zero() {
        return None;
    }
    let parent_id = match s.parent_span_id.as_slice() {
        [] => SpanId::NONE,
        bytes => SpanId(bytes.try_into().ok()?),
    };
    let status = s.status.clone().unwrap_or_default();
    Some(SpanRecord {
        resource: resource.clone(),
        scope: scope.clone(),
        trace_id,
        span_id,
        parent_id,
        start: Timestamp::from_unix_nanos(s.start_time_unix_nano),
        end: Timestamp::from_unix_nanos(s.end_time_unix_nano),
        name: s.name.clone(),
        kind: SpanKind::from_number(s.kind.into()),
        status: StatusCode::from_number(status.code.into()),
        status_message: status.message,
        trace_state: s.trace_state.clone(),
        flags: s.flags,
        attributes: attributes_of(&s.attributes),
        events: s.events.iter().map(expected_event).collect(),
        links: s.links.iter().map(expected_link).collect(),
        dropped_attributes: s.dropped_attributes_count,
        dropped_events: s.dropped_events_count,
        dropped_links: s.dropped_links_count,
    })
}

fn expected_event(e: &span::Event) -> EventRecord {
    EventRecord {
        time: Timestamp::from_unix_nanos(e.time_unix_nano),
        name: e.name.clone(),
        attributes: attributes_of(&e.attributes),
        dropped_attributes: e.dropped_attributes_count,
    }
}

fn expected_link(l: &span::Link) -> LinkRecord {
    LinkRecord {
        trace_id: TraceId(l.trace_id.as_slice().try_into().unwrap()),
        span_id: SpanId(l.span_id.as_slice().try_into().unwrap()),
        trace_state: l.trace_state.clone(),
        attributes: attributes_of(&l.attributes),
        flags: l.flags,
        dropped_attributes: l.dropped_attributes_count,
    }
}

fn expected(request: &ExportTraceServiceRequest) -> (Vec<SpanRecord>, u64) {
    let (mut spans, mut rejected) = (Vec::new(), 0);
    for rs in &request.resource_spans {
        let resource = rs.resource.clone().unwrap_or_default();
        let resource = Arc::new(ResourceRecord {
            attributes: attributes_of(&resource.attributes),
            dropped_attributes: resource.dropped_attributes_count,
            schema_url: rs.schema_url.clone(),
        });
        for ss in &rs.scope_spans {
            let scope = ss.scope.clone().unwrap_or_default();
            let scope = Arc::new(ScopeRecord {
                attributes: attributes_of(&scope.attributes),
                name: scope.name,
                version: scope.version,
                dropped_attributes: scope.dropped_attributes_count,
            });
            for s in &ss.spans {
                match expected_span(s, &resource, &scope) {
                    Some(record) => spans.push(record),
                    None => rejected += 1,
                }
            }
        }
    }
    (spans, rejected)
}

/// A batch as whole records, to be compared.
pub(super) fn records(batch: &SpanBatch) -> Vec<SpanRecord> {
    let text = |s| batch.text(s).to_owned();
    let attributes =
        |slice| -> Vec<_> { batch.attributes_of(slice).map(|(k, v)| (k.to_owned(), v.clone())).collect() };
    let event = |e: &DecodedEvent| EventRecord {
        time: e.time,
        name: text(e.name),
        attributes: attributes(e.attributes),
        dropped_attributes: e.dropped_attributes,
    };
    let link = |l: &DecodedLink| LinkRecord {
        trace_id: l.trace_id,
        span_id: l.span_id,
        trace_state: text(l.trace_state),
        attributes: attributes(l.attributes),
        flags: l.flags,
        dropped_attributes: l.dropped_attributes,
    };
    let record = |s: &DecodedSpan| {
        let (resource, scope) = (&batch.resources[s.resource as usize], &batch.scopes[s.scope as usize]);
        SpanRecord {
            resource: Arc::new(ResourceRecord {
                attributes: attributes(resource.attributes),
                dropped_attributes: resource.dropped_attributes,
                schema_url: text(resource.schema_url),
            }),
            scope: Arc::new(ScopeRecord {
                name: text(scope.name),
                version: text(scope.version),
                attributes: attributes(scope.attributes),
                dropped_attributes: scope.dropped_attributes,
            }),
            trace_id: s.trace_id,
            span_id: s.span_id,
            parent_id: s.parent_id,
            start: s.start,
            end: s.end,
            name: text(s.name),
            kind: s.kind,
            status: s.status,
            status_message: text(s.status_message),
            trace_state: text(s.trace_state),
            flags: s.flags,
            attributes: attributes(s.attributes),
            events: batch.events[s.events.range()].iter().map(event).collect(),
            links: batch.links[s.links.range()].iter().map(link).collect(),
            dropped_attributes: s.dropped_attributes,
            dropped_events: s.dropped_events,
            dropped_links: s.dropped_links,
        }
    };
    batch.spans.iter().map(record).collect()
}

fn any_value() -> impl Strategy<Value = AnyValue> {
    let leaf = prop_oneof![
        Just(None),
        "\\PC{0,8}".prop_map(|s| Some(Wire::StringValue(s))),
        any::<bool>().prop_map(|b| Some(Wire::BoolValue(b))),
        any::<i64>().prop_map(|i| Some(Wire::IntValue(i))),
        any::<f64>().prop_map(|d| Some(Wire::DoubleValue(d))),
        vec(any::<u8>(), 0..6).prop_map(|b| Some(Wire::BytesValue(b))),
    ]
    .prop_map(|value| AnyValue { value });
    leaf.prop_recursive(4, 16, 4, |inner| {
        let entry = ("[a-c]{0,2}", inner.clone()).prop_map(|(key, value)| KeyValue {
            key,
            value: Some(value),
            ..KeyValue::default()
        });
        prop_oneof![
            vec(inner, 0..4).prop_map(|values| Wire::ArrayValue(ArrayValue { values })),
            vec(entry, 0..4).prop_map(|values| Wire::KvlistValue(KeyValueList { values })),
        ]
        .prop_map(|value| AnyValue { value: Some(value) })
    })
}

/// Keys and half of the values come from a few, so that whole attributes repeat.
fn attributes() -> impl Strategy<Value = Vec<KeyValue>> {
    let common = (0..4u8).prop_map(|n| AnyValue { value: Some(Wire::StringValue(format!("value {n}"))) });
    let value = proptest::option::weighted(0.9, prop_oneof![common, any_value()]);
    let pair = (0..5u8, value).prop_map(|(n, value)| KeyValue {
        key: ["", "http.route", "db.system", "ключ", "k"][n as usize].to_owned(),
        value,
        ..KeyValue::default()
    });
    vec(pair, 0..6)
}

fn id(len: usize) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![20 => vec(any::<u8>(), len), 1 => Just(vec![0; len]), 1 => vec(any::<u8>(), 0..20)]
}

fn event() -> impl Strategy<Value = span::Event> {
    (any::<u64>(), "[a-z]{0,4}", attributes(), 0..3u32).prop_map(|(time, name, attributes, dropped)| {
        span::Event { time_unix_nano: time, name, attributes, dropped_attributes_count: dropped }
    })
}

fn link() -> impl Strategy<Value = span::Link> {
    (any::<[u8; 15]>(), any::<[u8; 7]>(), attributes(), any::<u32>()).prop_map(|(t, s, attributes, n)| {
        span::Link {
            trace_id: [&[1], t.as_slice()].concat(),
            span_id: [&[1], s.as_slice()].concat(),
            trace_state: "a=b".repeat((n % 2) as usize),
            attributes,
            dropped_attributes_count: n,
            flags: n,
        }
    })
}

prop_compose! {
    fn one_span()(
        trace_id in id(16), span_id in id(8), parent in prop_oneof![Just(vec![]), id(8)],
        name in "(GET /[a-z]{0,3})?", kind in -2..8i32, times in any::<(u64, u64)>(), flags in any::<u32>(),
        attributes in attributes(), events in vec(event(), 0..3), links in vec(link(), 0..3),
        dropped in any::<(u32, u32, u32)>(),
        status in proptest::option::of(("[a-z]{0,4}", -1..5i32)), state in "(a=b)?",
    ) -> Span {
        Span {
            trace_id, span_id, parent_span_id: parent, name, kind, flags, attributes, events, links,
            trace_state: state,
            start_time_unix_nano: times.0,
            end_time_unix_nano: times.1,
            dropped_attributes_count: dropped.0,
            dropped_events_count: dropped.1,
            dropped_links_count: dropped.2,
            status: status.map(|(message, code)| Status { message, code }),
        }
    }
}

prop_compose! {
    fn scope_spans()(
        name in "[a-z]{0,4}", attributes in attributes(), some in any::<bool>(), n in any::<u32>(),
        spans in vec(one_span(), 0..5),
    ) -> ScopeSpans {
        let scope = InstrumentationScope { version: name.clone(), name, attributes, dropped_attributes_count: n };
        ScopeSpans { scope: some.then_some(scope), spans, schema_url: "https://schema".to_owned() }
    }
}

prop_compose! {
    pub(super) fn request()(
        list in vec((attributes(), any::<u32>(), vec(scope_spans(), 0..3), "[a-z]{0,3}"), 0..4),
    ) -> ExportTraceServiceRequest {
        let resource_spans = list.into_iter().map(|(attributes, n, scope_spans, schema_url)| {
            let resource = Resource { attributes, dropped_attributes_count: n, entity_refs: vec![] };
            ResourceSpans { resource: (n % 5 != 0).then_some(resource), scope_spans, schema_url }
        });
        ExportTraceServiceRequest { resource_spans: resource_spans.collect() }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn reads_what_the_generated_types_write(request in request()) {
        let mut out = Decoded::default();
        decode_traces(&request.encode_to_vec(), &mut out).unwrap();
        let (spans, rejected) = expected(&request);
        prop_assert_eq!(records(&out.builder.batch), spans);
        prop_assert_eq!(out.rejects.total_spans(), rejected);
        prop_assert_eq!((out.rejects.values_truncated, out.rejects.invalid_utf8), (0, 0));
    }

    #[test]
    fn a_decoder_that_is_kept_reads_the_same(requests in vec(request(), 1..4)) {
        let (mut decoder, mut out) = (TraceDecoder::default(), Decoded::default());
        let mut spans = Vec::new();
        for request in &requests {
            decoder.decode(&request.encode_to_vec(), &mut out).unwrap();
            spans.extend(expected(request).0);
        }
        prop_assert_eq!(records(&out.builder.batch), spans);
    }

    #[test]
    fn a_cut_request_keeps_its_complete_spans(request in request(), share in 0.0..1.0f64) {
        let bytes = request.encode_to_vec();
        let cut = (bytes.len() as f64 * share) as usize;
        let mut out = Decoded::default();
        let result = decode_traces(&bytes[..cut], &mut out);
        let whole = expected(&request).0;
        let kept = out.builder.batch.spans.iter().map(|s| (s.trace_id, s.span_id, s.start, s.end));
        let first = whole.iter().take(out.spans()).map(|s| (s.trace_id, s.span_id, s.start, s.end));
        prop_assert!(kept.eq(first));
        if result.is_ok() {
            // Only a cut between two resources can go unnoticed.
            prop_assert!(ExportTraceServiceRequest::decode(&bytes[..cut]).is_ok());
        }
    }
}
