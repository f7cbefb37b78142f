//! Telling formats apart, and the sentences for those that are not read.
use expect_test::{Expect, expect};

use super::{Format, decode_document};
use crate::ingest::Decoded;

fn format(json: &str) -> Format {
    decode_document(json.as_bytes(), &mut Decoded::default()).unwrap_or_else(|e| panic!("{e}: {json}"))
}

fn refused(json: &str, expected: &Expect) {
    let error = decode_document(json.as_bytes(), &mut Decoded::default()).unwrap_err();
    expected.assert_eq(&error.to_string());
}

#[test]
fn formats_are_told_by_their_keys() {
    for (json, expected) in [
        (r#"{"resourceSpans":[]}"#, Format::OtlpTraces),
        (r#"{"x":[{"data":[]}],"resource_spans":[]}"#, Format::OtlpTraces),
        (r#"[{"resourceSpans":[]}]"#, Format::OtlpTraces),
        (r#"{"result":{"resourceSpans":[]}}"#, Format::OtlpTraces),
        ("{}", Format::OtlpTraces),
        (r#"{"resourceMetrics":[]}"#, Format::OtlpMetrics),
        (r#"{"resourceLogs":[],"resourceMetrics":[]}"#, Format::OtlpLogs),
        (r#"{"resourceLogs":[],"resourceSpans":[]}"#, Format::OtlpTraces),
        (r#"{"data":[{"traceID":"1","spans":[]}],"total":0}"#, Format::Jaeger),
        (r#"{"data":[],"errors":null}"#, Format::Jaeger),
        (r#"{"data":{"services":[],"spans":[]}}"#, Format::Jaeger),
        (r#"{"traceID":"1","spans":[],"processes":{}}"#, Format::Jaeger),
        (r#"{"processes":{},"spans":[]}"#, Format::Jaeger),
        (r#"[{"traceId":"1","id":"2"}]"#, Format::Zipkin),
        (r#"[[],[{"id":"2","traceId":"1"}]]"#, Format::Zipkin),
        (r#"{"traceId":"1","id":"2"}"#, Format::Zipkin),
        ("[]", Format::Zipkin),
        ("[[]]", Format::Zipkin),
    ] {
        assert_eq!(format(json), expected, "{json}");
    }
}

#[test]
fn other_formats_are_named() {
    let tempo = expect![
        "this is Tempo's JSON, which is not read yet: ask Tempo for the trace with the header `Accept: application/protobuf` and open that at byte 0"
    ];
    refused(r#"{"batches":[]}"#, &tempo);
    refused(r#"{"trace":{"resourceSpans":[]},"metrics":{}}"#, &tempo);
    refused(
        r#"{"traceID":"1","spanID":"2","startTime":1,"startTimeMillis":0}"#,
        &expect![
            "this is a Jaeger span as Elasticsearch stores it, which is not read yet: download the trace as JSON from Jaeger's UI instead at byte 0"
        ],
    );
    refused(
        r#"[{"traceID":"1","spanID":"2","operationName":"x","duration":1}]"#,
        &expect![
            "this is a list of bare Jaeger spans, as jaeger-anonymizer writes it, which is not read yet: download the trace as JSON from Jaeger's UI instead at byte 0"
        ],
    );
    let chrome = expect![
        "this is a Chrome trace, which shows one program's threads and no calls between services at byte 0"
    ];
    refused(r#"{"traceEvents":[]}"#, &chrome);
    refused(r#"[{"name":"x","ph":"X","ts":1}]"#, &chrome);
}

#[test]
fn anything_else_is_told_by_its_keys() {
    refused(r#"{"a":1,"b":[2]}"#, &expect!["not a trace document: top-level keys are a, b at byte 0"]);
    refused(
        r#"{"status":"ok","data":{"result":[]}}"#,
        &expect!["not a trace document: top-level keys are status, data at byte 0"],
    );
    refused(r#"{"result":{"x":1}}"#, &expect!["not a trace document: top-level keys are result at byte 0"]);
    refused("[1,2]", &expect!["not a trace document: it is a list of single values at byte 0"]);
    refused("12", &expect!["not a trace document: it is neither an object nor a list at byte 0"]);
    refused("", &expect!["the document ends where a single value was expected at byte 0"]);
    refused("hello", &expect!["found `h` where a single value was expected at byte 0"]);
    refused("{a: 1}", &expect!["found `a` where a quoted key was expected at byte 1"]);
    let many: Vec<String> = (0..25).map(|i| format!("\"k{i}\":0")).collect();
    let error = decode_document(format!("{{{}}}", many.join(",")).as_bytes(), &mut Decoded::default());
    assert!(error.unwrap_err().message.to_string().ends_with("k18, k19 and 5 more"));
}
