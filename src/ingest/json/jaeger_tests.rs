//! Jaeger's JSON: its wrappers, references, tags, logs and processes.
use expect_test::{Expect, expect};

use super::sketch::sketch;
use super::{Format, jaeger};
use crate::ingest::{Decoded, limits};

fn check(json: &str, expected: &Expect) {
    let mut out = Decoded::default();
    assert_eq!(jaeger::decode(json.as_bytes(), &mut out), Ok(Format::Jaeger));
    expected.assert_eq(&sketch(&out));
}

/// One span in a trace, with these fields besides its ids.
fn span(fields: &str) -> String {
    format!(r#"{{"data":[{{"spans":[{{"traceID":"a","spanID":"b"{fields}}}]}}]}}"#)
}

const TRACE: &str = r#"{"traceID":"1f","spans":[
    {"traceID":"1f","spanID":"2","flags":3,"operationName":"GET","startTime":1700000000000001,"duration":5,
     "references":[{"refType":"FOLLOWS_FROM","traceID":"1F","spanID":"8"},
       {"refType":"CHILD_OF","traceID":"ff","spanID":"7"},{"refType":"CHILD_OF","traceID":"1f","spanID":"9"}],
     "tags":[{"key":"span.kind","type":"string","value":"client"},{"key":"error","type":"bool","value":true},
       {"key":"n","type":"int64","value":"9007199254740993"},{"key":"f","type":"float64","value":2},
       {"key":"b","type":"binary","value":"AQI="},{"key":"otel.scope.name","type":"string","value":"lib"},
       {"key":"otel.scope.version","value":"1"}],
     "logs":[{"timestamp":1700000000000002,"fields":[{"key":"level","type":"string","value":"warn"},
       {"key":"message","type":"string","value":"m"},{"key":"event","type":"string","value":"retry"}]},
       {"timestamp":1700000000000003,"fields":[{"key":"x","type":"int64","value":1}]}],
     "processID":"p1","warnings":null},
    {"traceID":"1f","spanID":"9","startTime":1700000000000000,"duration":9,"processID":"p2"}],
  "processes":{"p1":{"serviceName":"shop","tags":[{"key":"host","type":"string","value":"h1"}]}}}"#;

#[test]
fn a_trace_with_everything_in_every_wrapper() {
    let expected = expect![[r#"
        0000000000000000000000000000001f 0000000000000002<-0000000000000009 "GET"
          client error "" 1700000000000001000..1700000000000006000
          flags 1 state "" dropped [0, 0, 0]
          resource service.name: string "shop"
          resource host: string "h1"
          scope "lib" "1"
          span span.kind: string "client"
          span error: bool "true"
          span n: int "9007199254740993"
          span f: double "2"
          span b: bytes "0102"
          span otel.scope.name: string "lib"
          span otel.scope.version: string "1"
          event 1700000000000002000 "retry"
          event level: string "warn"
          event message: string "m"
          event 1700000000000003000 "log"
          event x: int "1"
          link 0000000000000000000000000000001f 0000000000000008 ""
          link 000000000000000000000000000000ff 0000000000000007 ""
        0000000000000000000000000000001f 0000000000000009<-0000000000000000 ""
          unspecified unset "" 1700000000000000000..1700000000000009000
          resource service.name: string "unknown"
    "#]];
    check(TRACE, &expected);
    check(&format!(r#"{{"data":[{TRACE}],"total":0,"errors":null}}"#), &expected);
    check(&format!(r#"{{"errors":[],"data":{TRACE}}}"#), &expected);
    check(&format!("[{TRACE}]"), &expected);
    let (spans, processes) = TRACE.split_once("\"processes\":").unwrap();
    let (before, spans) = spans.split_once("\"spans\":").unwrap();
    let processes = processes.trim_end_matches('}');
    let swapped = format!(
        "{before}\"processes\":{processes}}}}},\"spans\":{}}}",
        spans.trim_end().trim_end_matches(',')
    );
    check(&swapped, &expected);
}

#[test]
fn a_process_may_be_inlined_and_is_one_resource_for_the_same_bytes() {
    let process = r#""process":{"serviceName":"in","tags":[]},"processID":"p1""#;
    let json = format!(
        r#"{{"data":[{{"spans":[{{"traceID":"a","spanID":"b",{process}}},{{"traceID":"a","spanID":"c",{process}}},
        {{"spanID":"d",{process}}}],"processes":{{"p1":{{"serviceName":"other"}}}}}}]}}"#
    );
    let mut out = Decoded::default();
    jaeger::decode(json.as_bytes(), &mut out).unwrap();
    let batch = &out.builder.batch;
    assert_eq!(batch.spans[0].resource, batch.spans[1].resource);
    let (_, service) = batch.attributes_of(batch.resources[0].attributes).next().unwrap();
    assert_eq!(service.as_str(), Some("in"));
    assert_eq!((batch.spans.len(), batch.resources.len(), out.rejects.total_spans()), (2, 2, 1));
}

#[test]
fn the_parent_is_child_of_else_follows_from_else_the_old_field() {
    let parent = |fields: &str| {
        let mut out = Decoded::default();
        jaeger::decode(span(fields).as_bytes(), &mut out).unwrap();
        let batch = &out.builder.batch;
        (batch.spans[0].parent_id.to_string().trim_start_matches('0').to_owned(), batch.links.len())
    };
    let reference = |kind: &str, trace: &str, span: &str| {
        format!(r#"{{"refType":"{kind}","traceID":"{trace}","spanID":"{span}"}}"#)
    };
    let (follows, child) = (reference("FOLLOWS_FROM", "a", "1"), reference("CHILD_OF", "a", "2"));
    let (second, foreign) = (reference("CHILD_OF", "a", "3"), reference("CHILD_OF", "f", "4"));
    let old = r#","parentSpanID":"5""#;
    assert_eq!(
        parent(&format!(r#"{old},"references":[{follows},{child},{second},{foreign}]"#)),
        ("2".into(), 3)
    );
    assert_eq!(parent(&format!(r#"{old},"references":[{foreign},{follows}]"#)), ("1".into(), 1));
    assert_eq!(parent(&format!(r#"{old},"references":[{foreign}]"#)), ("5".into(), 1));
    assert_eq!(parent(&format!(r#"{old},"references":null"#)), ("5".into(), 0));
}

#[test]
fn status_comes_from_the_tags() {
    let status = |tags: &str| {
        let mut out = Decoded::default();
        jaeger::decode(span(&format!(r#","tags":[{tags}]"#)).as_bytes(), &mut out).unwrap();
        let s = out.builder.batch.spans[0];
        format!("{} {}", s.status.name(), out.builder.batch.text(s.status_message))
    };
    assert_eq!(status(r#"{"key":"error","type":"bool","value":"true"}"#), "error ");
    assert_eq!(status(r#"{"key":"error","type":"string","value":"true"}"#), "error ");
    assert_eq!(status(r#"{"key":"error","type":"bool","value":false}"#), "unset ");
    assert_eq!(status(r#"{"key":"error","type":"string","value":"maybe"}"#), "unset ");
    let told = r#"{"key":"otel.status_code","type":"string","value":"ERROR"},
        {"key":"otel.status_description","type":"string","value":"no room"}"#;
    assert_eq!(status(told), "error no room");
    assert_eq!(status(r#"{"key":"otel.status_code","value":"OK"}"#), "ok ");
}

#[test]
fn tags_of_the_wrong_type_are_kept_as_written() {
    check(
        &span(
            r#","tags":[{"key":"a","type":"int64","value":"x"},{"key":"b","type":"string","value":5},
            {"key":"c","type":"bool","value":"perhaps"},{"key":"d","type":"float64","value":"1e400000"},
            {"key":"e","value":null},{"key":"f","value":7},{"key":"g","value":{"x":[1]}},{"key":"h","value":true}]"#,
        ),
        &expect![[r#"
            0000000000000000000000000000000a 000000000000000b<-0000000000000000 ""
              unspecified unset "" 0..0
              resource service.name: string "unknown"
              span a: string "x"
              span b: string "5"
              span c: string "perhaps"
              span d: double "inf"
              span e: empty ""
              span f: int "7"
              span g: string "{\"x\":[1]}"
              span h: bool "true"
        "#]],
    );
}

#[test]
fn times_are_checked() {
    let start = |time: &str| {
        let mut out = Decoded::default();
        let json = span(&format!(r#","startTime":{time},"duration":"1""#));
        jaeger::decode(json.as_bytes(), &mut out).map(|_| match out.builder.batch.spans.first() {
            Some(s) => format!("{}..{}", s.start.0, s.end.0),
            None => sketch(&out),
        })
    };
    assert_eq!(start("0").as_deref(), Ok("0..1000"));
    assert_eq!(start("9223372036854774").as_deref(), Ok("9223372036854774000..9223372036854775000"));
    for bad in ["9223372036854775", "9223372036854776", "-1", "1.5"] {
        assert_eq!(start(bad).as_deref(), Ok("refused 1: invalid time\n"), "{bad}");
    }
    let error = start("\"invalid\"").unwrap_err().to_string();
    expect![[r#""startTime" is text and not a number of microseconds at byte 59"#]].assert_eq(&error);
    let error = start("{}").unwrap_err().to_string();
    expect![[r#""startTime" is an object and not a number of microseconds at byte 59"#]].assert_eq(&error);
}

#[test]
fn an_answer_that_is_only_errors_is_an_error() {
    let json = br#"{"data":null,"errors":[{"code":404,"msg":"trace not found"}]}"#;
    let error = jaeger::decode(json, &mut Decoded::default()).unwrap_err().to_string();
    expect![[r#"Jaeger answered with errors: [{"code":404,"msg":"trace not found"}] at byte 22"#]]
        .assert_eq(&error);
}

#[test]
fn lists_beyond_the_limits_are_cut_and_counted() {
    let many = |item: &str, n: usize| vec![item; n].join(",");
    let json = span(&format!(
        r#","tags":[{}],"logs":[{}],"references":[{}]"#,
        many(r#"{"key":"k","type":"int64","value":1}"#, limits::ATTRIBUTES + 2),
        many(r#"{"timestamp":1}"#, limits::EVENTS + 3),
        many(r#"{"refType":"CHILD_OF","traceID":"f","spanID":"1"}"#, limits::LINKS + 4),
    ));
    let mut out = Decoded::default();
    jaeger::decode(json.as_bytes(), &mut out).unwrap();
    let s = out.builder.batch.spans[0];
    assert_eq!((s.attributes.len, s.events.len, s.links.len), (1_000, 10_000, 1_000));
    assert_eq!(out.rejects.values_truncated, 2 + 3 + 4);
}
