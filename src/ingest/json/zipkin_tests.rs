//! Zipkin's JSON: its wrappers, endpoints, tags and annotations.
use expect_test::{Expect, expect};

use super::sketch::sketch;
use super::{Format, zipkin};
use crate::ingest::{Decoded, limits};
use crate::model::RejectReason;

fn decode(json: &str) -> Decoded {
    let mut out = Decoded::default();
    assert_eq!(zipkin::decode(json.as_bytes(), &mut out), Ok(Format::Zipkin));
    out
}

fn check(json: &str, expected: &Expect) {
    expected.assert_eq(&sketch(&decode(json)));
}

const SPAN: &str = r#"{"traceId":"978883983d506fa5","parentId":"1","id":"2","kind":"CLIENT","name":"get",
    "timestamp":1472470996199000,"duration":207000,
    "localEndpoint":{"serviceName":"frontend","ipv4":"10.0.0.1","ipv6":"::1","port":80},
    "remoteEndpoint":{"serviceName":"backend","ipv6":"2001:db8::1","port":9000},
    "annotations":[{"timestamp":1472470996238000,"value":"foo"}],
    "tags":{"http.path":"/api","error":"","n":5,"otel.status_description":"why"},"shared":true,"debug":false}"#;

#[test]
fn a_span_with_everything_in_every_wrapper() {
    let expected = expect![[r#"
        0000000000000000978883983d506fa5 0000000000000002<-0000000000000001 "get"
          client error "why" 1472470996199000000..1472470996406000000
          resource service.name: string "frontend"
          resource network.local.address: string "10.0.0.1"
          resource network.local.port: int "80"
          span peer.service: string "backend"
          span network.peer.address: string "2001:db8::1"
          span network.peer.port: int "9000"
          span http.path: string "/api"
          span error: string ""
          span n: string "5"
          span otel.status_description: string "why"
          span zipkin.shared: bool "true"
          event 1472470996238000000 "foo"
    "#]];
    check(SPAN, &expected);
    check(&format!("[{SPAN}]"), &expected);
    check(&format!("[[{SPAN}],[]]"), &expected);
}

#[test]
fn what_is_not_known_is_left_out() {
    let expected = expect![[r#"
        0000000000000000000000000000000a 000000000000000b<-0000000000000000 ""
          unspecified unset "" 0..0
    "#]];
    check(r#"{"traceId":"a","id":"b"}"#, &expected);
    let nulls = r#"{"traceId":"a","id":"b","parentId":null,"kind":null,"name":null,"timestamp":null,"duration":null,
        "localEndpoint":null,"remoteEndpoint":null,"annotations":null,"tags":null,"shared":null}"#;
    check(nulls, &expected);
    check(&format!("[{nulls}]"), &expected);
    check(r#"{"traceId":"a","id":"b","localEndpoint":{"serviceName":"","port":0},"duration":7}"#, &expected);
    check("[]", &expect![""]);
    let open = decode(r#"{"traceId":"a","id":"b","timestamp":5}"#).builder.batch.spans[0];
    assert_eq!((open.start.0, open.end.0), (5000, 0));
}

#[test]
fn equal_endpoints_are_one_resource_and_equal_tags_one_attribute() {
    let out = decode(&format!("[{SPAN},{SPAN}]"));
    let batch = &out.builder.batch;
    assert_eq!((batch.resources.len(), batch.scopes.len()), (1, 1));
    assert_eq!(batch.attributes.iter().filter(|(k, _)| batch.text(*k) == "http.path").count(), 1);
    assert_eq!(batch.spans[1].attributes.len, 8);
}

#[test]
fn bad_spans_are_refused_one_by_one() {
    let good = r#"{"traceId":"a","id":"b"}"#;
    let bad = [
        (r#"{"id":"b"}"#, RejectReason::InvalidTraceId),
        (r#"{"traceId":"0","id":"b"}"#, RejectReason::InvalidTraceId),
        (r#"{"traceId":"a","annotations":[{}],"tags":{"x":"y"}}"#, RejectReason::InvalidSpanId),
        (r#"{"traceId":"a","id":"b","timestamp":-5}"#, RejectReason::InvalidTime),
        (
            r#"{"traceId":"a","id":"b","timestamp":9223372036854775,"duration":9223372036854775}"#,
            RejectReason::InvalidTime,
        ),
    ];
    for (json, reason) in bad {
        let out = decode(&format!("[{good},{json},{good}]"));
        let batch = &out.builder.batch;
        assert_eq!((batch.spans.len(), batch.events.len(), batch.attribute_ids.len()), (2, 0, 0), "{json}");
        assert_eq!(out.rejects.spans.get(&reason), Some(&1), "{json}");
    }
}

#[test]
fn a_wrong_type_names_the_field() {
    let error =
        |json: &str| zipkin::decode(json.as_bytes(), &mut Decoded::default()).unwrap_err().to_string();
    expect![[r#""duration" is text and not a number of microseconds at byte 35"#]]
        .assert_eq(&error(r#"{"traceId":"a","id":"b","duration":"long"}"#));
    expect![[r#""tags" is a list and not an object at byte 31"#]]
        .assert_eq(&error(r#"{"traceId":"a","id":"b","tags":[]}"#));
    expect!["found `t` where a quoted key was expected at byte 4"].assert_eq(&error("[ { traceId: 'a' }]"));
}

#[test]
fn lists_beyond_the_limits_are_cut_and_counted() {
    let tags: Vec<String> = (0..limits::ATTRIBUTES + 2).map(|i| format!(r#""k{i}":"v""#)).collect();
    let annotations = vec![r#"{"timestamp":1,"value":"a"}"#; limits::EVENTS + 3].join(",");
    let tags = tags.join(",");
    let out =
        decode(&format!(r#"{{"traceId":"a","id":"b","tags":{{{tags}}},"annotations":[{annotations}]}}"#));
    let s = out.builder.batch.spans[0];
    assert_eq!((s.attributes.len, s.events.len, out.rejects.values_truncated), (1_000, 10_000, 2 + 3));
}
