//! OTLP out: `opentelemetry-proto` reads back what was written, as JSON and as protobuf.
use super::*;
use crate::model::{SpanId, SpanKind, TraceId};
use crate::scenario::{Options, generate};

fn every_kind_of_value() -> Vec<(String, Value)> {
    let nested = Value::Map(Box::new([
        ("list".into(), Value::Array(Box::new([Value::Int(1), Value::Empty, Value::str("x")]))),
        ("".into(), Value::Map(Box::new([]))),
    ]));
    let values = [
        Value::Empty,
        Value::str(""),
        Value::str("quote \" backslash \\ line \n\r\t bell \u{7} 日本語 😀 \u{2028}"),
        Value::Bool(true),
        Value::Int(i64::MIN),
        Value::Int(i64::MAX),
        Value::Double(-0.0),
        Value::Double(0.1),
        Value::Double(1e300),
        Value::Double(5e-324),
        Value::Bytes(Box::new([0, 255, 1])),
        Value::Array(Box::new([])),
        nested,
    ];
    values.into_iter().enumerate().map(|(i, v)| (format!("k{i}"), v)).collect()
}

fn full_record() -> SpanRecord {
    SpanRecord {
        resource: Arc::new(ResourceRecord {
            attributes: vec![("service.name".to_owned(), Value::str("a"))],
            dropped_attributes: 1,
            schema_url: "https://opentelemetry.io/schemas/1.37.0".to_owned(),
        }),
        scope: Arc::new(ScopeRecord {
            name: "lib".to_owned(),
            version: "2".to_owned(),
            attributes: vec![("x".to_owned(), Value::Int(3))],
            dropped_attributes: 2,
        }),
        trace_id: TraceId([0xab; 16]),
        span_id: SpanId([0x01; 8]),
        parent_id: SpanId([0xff; 8]),
        start: Timestamp(1_773_111_000_000_000_001),
        end: Timestamp(1_773_111_000_000_000_999),
        name: "GET \"/\"".to_owned(),
        kind: SpanKind::Consumer,
        status: StatusCode::Error,
        status_message: "no\nluck".to_owned(),
        trace_state: "ot=th:8".to_owned(),
        flags: 0x301,
        attributes: every_kind_of_value(),
        events: vec![EventRecord {
            time: Timestamp(7),
            name: "exception".to_owned(),
            attributes: every_kind_of_value(),
            dropped_attributes: 3,
        }],
        links: vec![LinkRecord {
            trace_id: TraceId([2; 16]),
            span_id: SpanId([3; 8]),
            trace_state: "a=b".to_owned(),
            attributes: every_kind_of_value(),
            flags: 1,
            dropped_attributes: 4,
        }],
        dropped_attributes: 5,
        dropped_events: 6,
        dropped_links: 7,
    }
}

fn mixed_records() -> Vec<SpanRecord> {
    let plain = SpanRecord {
        trace_id: TraceId([1; 16]),
        span_id: SpanId([9; 8]),
        name: "plain".to_owned(),
        ..SpanRecord::default()
    };
    let other_scope = SpanRecord { scope: Arc::default(), name: "other".to_owned(), ..full_record() };
    vec![full_record(), plain, other_scope, full_record()]
}

#[test]
fn json_reads_back_as_the_message() {
    let records = mixed_records();
    let read: TracesData = serde_json::from_str(&json_line(&records)).unwrap();
    assert_eq!(read, traces_data(&records));
}

#[test]
fn protobuf_reads_back_as_the_message() {
    let records = mixed_records();
    assert_eq!(TracesData::decode(protobuf(&records).as_slice()).unwrap(), traces_data(&records));
}

#[test]
fn equal_resources_are_one_group_even_behind_different_pointers() {
    let data = traces_data(&mixed_records());
    let shape: Vec<Vec<usize>> =
        data.resource_spans.iter().map(|r| r.scope_spans.iter().map(|s| s.spans.len()).collect()).collect();
    assert_eq!(shape, [vec![2, 1], vec![1]]);
}

#[test]
fn numbers_that_json_lacks_are_named() {
    let values = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1.5];
    let attributes = values.iter().map(|&d| ("d".to_owned(), Value::Double(d))).collect();
    let line = json_line(&[SpanRecord { attributes, ..full_record() }]);
    for text in ["\"NaN\"", "\"Infinity\"", "\"-Infinity\"", "1.5"] {
        assert!(line.contains(&format!("{{\"doubleValue\":{text}}}")), "{text} in {line}");
    }
}

#[test]
fn lines_hold_no_more_than_asked_and_keep_the_order() {
    let records = mixed_records();
    let text = json_lines(&records, 3);
    let names: Vec<Vec<String>> = text
        .lines()
        .map(|line| {
            let data: TracesData = serde_json::from_str(line).unwrap();
            let scopes = data.resource_spans.into_iter().flat_map(|r| r.scope_spans);
            scopes.flat_map(|s| s.spans).map(|s| s.name).collect()
        })
        .collect();
    assert_eq!(names, [vec!["GET \"/\"", "other", "plain"], vec!["GET \"/\""]]);
    assert_eq!(json_line(&[]), "{}");
}

#[test]
fn the_sample_is_small() {
    let story = generate("checkout-incident", 1, Options::default()).unwrap();
    assert!((20_000..30_000).contains(&story.records.len()), "{} spans", story.records.len());
    assert!((1_200..2_500).contains(&story.truth.traces), "{} traces", story.truth.traces);
    // Level 3 is quicker than the 19 of the sample, and larger.
    let packed = zstd::bulk::compress(json_lines(&story.records, 500).as_bytes(), 3).unwrap();
    assert!(packed.len() < 2_000_000, "{} bytes", packed.len());
}
