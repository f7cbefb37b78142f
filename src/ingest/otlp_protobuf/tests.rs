//! Vectors: what senders get wrong, one by one, and bytes that nobody should send.
use opentelemetry_proto::tonic::collector::{
    logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
    trace::v1::ExportTraceServiceRequest,
};
use opentelemetry_proto::tonic::{logs::v1 as logs, metrics::v1 as metrics};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{RngSeed, TestRunner};
use prost::Message;
use prost::encoding::encode_varint;

use super::super::{Decoded, limits};
use super::oracle_tests::{records, request};
use super::*;
use crate::model::*;

/// A length-prefixed field.
fn field(number: u32, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    encode_varint(u64::from(number << 3 | 2), &mut out);
    encode_varint(bytes.len() as u64, &mut out);
    out.extend_from_slice(bytes);
    out
}

fn attribute(key: &[u8], any_value: &[u8]) -> Vec<u8> {
    [field(1, key), field(2, any_value)].concat()
}

fn ids() -> Vec<u8> {
    [field(1, &[1; 16]), field(2, &[2; 8])].concat()
}

fn in_request(spans: &[Vec<u8>]) -> Vec<u8> {
    let spans: Vec<u8> = spans.iter().flat_map(|s| field(2, s)).collect();
    field(1, &field(2, &spans))
}

fn decode(bytes: &[u8]) -> Decoded {
    let mut out = Decoded::default();
    decode_traces(bytes, &mut out).unwrap();
    out
}

/// The one span made of valid ids and these fields.
fn one(fields: &[u8]) -> (SpanRecord, Rejects) {
    let out = decode(&in_request(&[[ids(), fields.to_vec()].concat()]));
    assert_eq!(out.rejects.total_spans(), 0);
    (records(&out.builder.batch).remove(0), out.rejects)
}

fn one_value(any_value: &[u8]) -> (Value, Rejects) {
    let (mut span, rejects) = one(&field(9, &attribute(b"k", any_value)));
    (span.attributes.remove(0).1, rejects)
}

/// The value inside `levels` lists or maps.
fn nested(levels: usize, maps: bool, innermost: &[u8]) -> Vec<u8> {
    let mut any = innermost.to_vec();
    for _ in 0..levels {
        any = if maps { field(6, &field(1, &attribute(b"m", &any))) } else { field(5, &field(1, &any)) };
    }
    any
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(a) => 1 + a.first().map_or(0, depth),
        Value::Map(m) => 1 + m.first().map_or(0, |(_, v)| depth(v)),
        _ => 0,
    }
}

#[test]
fn nesting_is_kept_up_to_64_levels() {
    for maps in [false, true] {
        for levels in [0, 1, 47, 48, 64] {
            let (value, rejects) = one_value(&nested(levels, maps, &field(1, b"x")));
            assert_eq!((depth(&value), rejects.values_truncated), (levels, 0));
            assert!(value.to_string().contains('x'));
        }
        for levels in [65, 66, 1_000] {
            let (value, rejects) = one_value(&nested(levels, maps, &field(1, b"x")));
            assert_eq!((depth(&value), rejects.values_truncated), (64, 1));
            assert!(value.to_string().contains("\"<nested deeper than 64>\""));
        }
    }
}

#[test]
fn a_hundred_thousand_levels_cost_one_value() {
    // Built from the outside in, since each level's length depends on what it holds.
    let mut lengths = vec![0usize];
    for _ in 0..200_000 {
        let inner = lengths[lengths.len() - 1];
        lengths.push(inner + 1 + prost::length_delimiter_len(inner));
    }
    let mut bytes = Vec::new();
    for pair in lengths.windows(2).rev().map(|p| p[0]).collect::<Vec<_>>().chunks(2) {
        for (tag, len) in [0x2a, 0x0a].into_iter().zip(pair) {
            bytes.push(tag);
            encode_varint(*len as u64, &mut bytes);
        }
    }
    let (value, rejects) = one_value(&bytes);
    assert_eq!((depth(&value), rejects.values_truncated), (64, 1));
}

#[test]
fn long_values_are_cut_and_say_how_long_they_were() {
    let (value, rejects) = one_value(&field(1, "é".repeat(40_000).as_bytes()));
    let text = value.as_str().unwrap();
    assert!(text.ends_with("é … 80000 bytes") && text.len() < limits::VALUE_BYTES + 32);
    assert_eq!(rejects.values_truncated, 1);
    let (value, rejects) = one_value(&field(7, &vec![7; limits::VALUE_BYTES + 1]));
    assert_eq!(value, Value::Bytes(vec![7; limits::VALUE_BYTES].into()));
    assert_eq!(rejects.values_truncated, 1);
    let (value, rejects) = one_value(&field(1, &vec![b'a'; limits::VALUE_BYTES]));
    assert_eq!((value.as_str().unwrap().len(), rejects.values_truncated), (limits::VALUE_BYTES, 0));
}

#[test]
fn a_list_of_many_empty_items_is_cut() {
    let (value, rejects) = one_value(&field(5, &[0x0a, 0x00].repeat(100_000)));
    let Value::Array(items) = value else { panic!("not a list") };
    assert_eq!((items.len(), rejects.values_truncated), (65_536, 100_000 - 65_536));
}

#[test]
fn bad_text_is_kept_with_replacements_and_counted_each_time() {
    let bad = b"caf\xff";
    let fields = [
        field(5, bad),
        field(9, &attribute(b"k", &field(1, bad))),
        field(9, &attribute(b"k", &field(1, bad))),
        field(9, &attribute(bad, &[0x10, 1])),
    ];
    let (span, rejects) = one(&fields.concat());
    assert_eq!(span.name, "caf\u{fffd}");
    assert_eq!(span.attributes[0], ("k".to_owned(), Value::str("caf\u{fffd}")));
    assert_eq!(span.attributes[2], ("caf\u{fffd}".to_owned(), Value::Bool(true)));
    assert_eq!(rejects.invalid_utf8, 4);
}

#[test]
fn too_many_attributes_events_and_links_are_cut() {
    let link = [field(1, &[3; 16]), field(2, &[4; 8])].concat();
    let fields = [
        field(9, &attribute(b"k", &[0x10, 1])).repeat(limits::ATTRIBUTES + 5),
        field(11, &field(2, b"e")).repeat(limits::EVENTS + 7),
        field(13, &link).repeat(limits::LINKS + 11),
    ];
    let (span, rejects) = one(&fields.concat());
    assert_eq!((span.attributes.len(), span.events.len(), span.links.len()), (1_000, 10_000, 1_000));
    assert_eq!(rejects.values_truncated, 5 + 7 + 11);
    assert_eq!((span.dropped_attributes, span.dropped_events, span.dropped_links), (5, 7, 11));
}

#[test]
fn bad_ids_cost_only_their_span() {
    let good = ids();
    let cases: [(Vec<u8>, RejectReason); 8] = [
        (vec![], RejectReason::InvalidTraceId),
        (field(2, &[2; 8]), RejectReason::InvalidTraceId),
        ([field(1, &[0; 16]), field(2, &[2; 8])].concat(), RejectReason::InvalidTraceId),
        ([field(1, &[1; 3]), field(2, &[2; 8])].concat(), RejectReason::InvalidTraceId),
        ([field(1, &[1; 17]), field(2, &[2; 8])].concat(), RejectReason::InvalidTraceId),
        (field(1, &[1; 16]), RejectReason::InvalidSpanId),
        ([field(1, &[1; 16]), field(2, &[0; 8])].concat(), RejectReason::InvalidSpanId),
        ([good.clone(), field(4, &[1; 7])].concat(), RejectReason::InvalidSpanId),
    ];
    for (bad, reason) in cases {
        let bad = [bad, field(9, &attribute(b"k", &[])), field(11, &[])].concat();
        let kept = [good.clone(), field(9, &attribute(b"kept", &[]))].concat();
        let out = decode(&in_request(&[good.clone(), bad, kept]));
        assert_eq!(out.rejects.spans, [(reason, 1)].into());
        let spans = records(&out.builder.batch);
        assert_eq!(spans.iter().map(|s| s.attributes.len()).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(spans[1].attributes[0].0, "kept");
        assert_eq!((out.builder.batch.attribute_ids.len(), out.builder.batch.events.len()), (1, 0));
    }
    let (root, _) = one(&field(4, &[0; 8]));
    assert_eq!(root.parent_id, SpanId::NONE);
}

#[test]
fn a_span_with_broken_insides_is_refused_alone() {
    let broken = [ids(), vec![0x4a, 0x7f, 1]].concat();
    let out = decode(&in_request(&[ids(), broken, ids()]));
    assert_eq!((out.spans(), out.rejects.spans), (2, [(RejectReason::Malformed, 1)].into()));
}

#[test]
fn links_with_ids_of_the_wrong_length_are_left_out() {
    let good = [field(1, &[3; 16]), field(2, &[4; 8])].concat();
    let bad = [field(1, &[3; 15]), field(2, &[4; 8])].concat();
    let (span, rejects) = one(&[field(13, &[]), field(13, &good), field(13, &bad)].concat());
    assert_eq!((span.links.len(), span.dropped_links, rejects.values_truncated), (2, 1, 1));
    assert!(span.links[0].trace_id.is_zero() && !span.links[1].span_id.is_zero());
}

#[test]
fn unknown_kinds_codes_and_times_do_not_harm() {
    let fields = [
        vec![0x30, 99, 0x39],
        u64::MAX.to_le_bytes().to_vec(),
        vec![0x41],
        (i64::MAX as u64 + 1).to_le_bytes().to_vec(),
        field(15, &[0x18, 99]),
    ];
    let (span, _) = one(&fields.concat());
    assert_eq!((span.kind, span.status), (SpanKind::Unspecified, StatusCode::Unset));
    assert_eq!((span.start, span.end), (Timestamp::MAX, Timestamp::MAX));
    let (span, _) = one(&[0x30, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
    assert_eq!((span.kind, span.start, span.name.as_str()), (SpanKind::Unspecified, Timestamp(0), ""));
}

#[test]
fn unknown_fields_are_skipped_everywhere() {
    let unknown = [field(1000, b"x"), vec![0xf8, 0x3f, 1], vec![0x0b, 0x13, 0x08, 1, 0x14, 0x0c]].concat();
    let (span, rejects) =
        one(&[unknown.clone(), field(9, &[unknown.clone(), field(1, b"k")].concat())].concat());
    assert_eq!(span.attributes, [("k".to_owned(), Value::Empty)]);
    assert_eq!(rejects, Rejects::default());
    let request = [unknown.clone(), in_request(&[ids()]), unknown].concat();
    assert_eq!(decode(&request).spans(), 1);
    // A dictionary index means nothing in a trace.
    assert_eq!(one_value(&[0x40, 1]).0, Value::Empty);
}

#[test]
fn fields_may_come_in_any_order() {
    let attribute = |k: &[u8]| attribute(k, &[0x10, 1]);
    let event = field(11, &[field(3, &attribute(b"of event")), field(2, b"e")].concat());
    let span = [event.clone(), field(9, &attribute(b"a")), event, field(9, &attribute(b"b")), ids()].concat();
    let resource = field(1, &field(1, &attribute(b"service.name")));
    let scope_spans = [field(2, &span), field(1, &field(1, b"lib"))].concat();
    let out = decode(&field(1, &[field(2, &scope_spans), resource].concat()));
    let span = records(&out.builder.batch).remove(0);
    assert_eq!(span.attributes.iter().map(|(k, _)| k.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert!(span.events.iter().all(|e| e.attributes[0].0 == "of event" && e.attributes.len() == 1));
    assert_eq!((span.events.len(), span.scope.name.as_str()), (2, "lib"));
    assert_eq!(span.resource.attributes[0].0, "service.name");
}

#[test]
fn repeated_keys_are_all_handed_on_and_repeated_attributes_share_a_row() {
    let attributes = |v: u8| field(9, &attribute(b"k", &[0x18, v]));
    let out = decode(&in_request(&[
        [ids(), attributes(1), attributes(2)].concat(),
        [ids(), attributes(2), attributes(1)].concat(),
    ]));
    assert_eq!(out.builder.batch.attribute_ids, [0, 1, 1, 0]);
    assert_eq!(out.builder.batch.attributes.len(), 2);
}

#[test]
fn empty_parts_take_no_room() {
    let out = decode(&field(1, &[0x12, 0x00].repeat(1_000)).repeat(10));
    assert_eq!((out.builder.batch.resources.len(), out.builder.batch.scopes.len()), (0, 0));
    assert_eq!(decode(&[]).spans(), 0);
}

#[test]
fn a_request_cut_anywhere_names_the_place_and_keeps_the_spans_before() {
    let span =
        |n: u8| [field(1, &[n; 16]), field(2, &[n; 8]), field(9, &attribute(b"k", &[0x18, n]))].concat();
    let bytes = in_request(&[span(1), span(2), span(3)]);
    let span_len = field(2, &span(1)).len();
    for cut in 1..bytes.len() {
        let mut out = Decoded::default();
        let error = decode_traces(&bytes[..cut], &mut out).unwrap_err();
        assert_eq!(error.to_string(), format!("the message is cut off at byte {cut}"));
        let first = bytes.len() - 3 * span_len;
        assert_eq!(out.spans(), cut.saturating_sub(first) / span_len);
        assert_eq!(out.rejects, Rejects::default());
    }
}

#[test]
fn mutated_requests_never_panic_and_stay_consistent() {
    let config = proptest::test_runner::Config { rng_seed: RngSeed::Fixed(7), ..Default::default() };
    let mut runner = TestRunner::new(config);
    let mut state = 1u64;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    };
    for _ in 0..60 {
        let clean = request().new_tree(&mut runner).unwrap().current().encode_to_vec();
        for _ in 0..50 {
            let mut bytes = clean.clone();
            for _ in 0..=random(4) {
                let at = random(bytes.len());
                match random(4) {
                    0 => bytes.truncate(at),
                    1 => bytes.insert(at.min(bytes.len()), random(256) as u8),
                    _ => bytes.iter_mut().skip(at).take(1).for_each(|b| *b = random(256) as u8),
                }
            }
            let mut out = Decoded::default();
            let _ = decode_traces(&bytes, &mut out);
            // Reads every index of the batch, so a dangling one panics here.
            assert_eq!(records(&out.builder.batch).len(), out.spans());
            let _ = (
                decode_metrics(&bytes, &mut out),
                count_logs(&bytes),
                ExportTraceServiceRequest::decode(&*bytes),
            );
        }
    }
}

#[test]
fn other_signals_are_counted() {
    let gauge = |n| metrics::Metric {
        data: Some(metrics::metric::Data::Gauge(metrics::Gauge {
            data_points: vec![metrics::NumberDataPoint::default(); n],
        })),
        ..Default::default()
    };
    let histogram = metrics::Metric {
        name: "h".to_owned(),
        data: Some(metrics::metric::Data::Histogram(metrics::Histogram {
            data_points: vec![metrics::HistogramDataPoint::default(); 3],
            aggregation_temporality: 1,
        })),
        ..Default::default()
    };
    let scope = metrics::ScopeMetrics { metrics: vec![gauge(2), histogram, gauge(0)], ..Default::default() };
    let resource =
        metrics::ResourceMetrics { scope_metrics: vec![scope.clone(), scope], ..Default::default() };
    let request = ExportMetricsServiceRequest { resource_metrics: vec![resource] }.encode_to_vec();
    let mut out = Decoded::default();
    decode_metrics(&request, &mut out).unwrap();
    assert_eq!((out.rejects.metrics, out.measurements.points.len()), (10, 0));
    let scope = logs::ScopeLogs { log_records: vec![logs::LogRecord::default(); 4], ..Default::default() };
    let resource = logs::ResourceLogs { scope_logs: vec![scope], ..Default::default() };
    let request = ExportLogsServiceRequest { resource_logs: vec![resource; 2] }.encode_to_vec();
    assert_eq!(count_logs(&request), 8);
    assert_eq!(count_logs(&[0xff]), 0);
}
