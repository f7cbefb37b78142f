//! OTLP JSON: what senders write, one vector each.
use expect_test::{Expect, expect};

use super::ids::Ids;
use super::sketch::sketch;
use super::{Format, otlp};
use crate::ingest::{Decoded, limits};
use crate::model::RejectReason;

fn decode(json: &str, ids: Ids) -> Decoded {
    let mut out = Decoded::default();
    otlp::decode(json.as_bytes(), &mut out, ids).unwrap_or_else(|e| panic!("{e}: {json}"));
    out
}

const IDS: &str = r#""traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174""#;

/// A document with one span that has these fields besides its ids.
fn with_fields(fields: &str) -> String {
    format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{{IDS}{fields}}}]}}]}}]}}"#)
}

/// The kind and text of the attribute `k` with this `AnyValue`.
fn value(any_value: &str) -> String {
    let out =
        decode(&with_fields(&format!(r#","attributes":[{{"key":"k","value":{any_value}}}]"#)), Ids::Strict);
    let batch = &out.builder.batch;
    let (key, value) = batch.attributes_of(batch.spans[0].attributes).next().unwrap();
    assert_eq!(key, "k");
    format!("{} {value}", value.kind())
}

fn check(json: &str, expected: &Expect) {
    expected.assert_eq(&sketch(&decode(json, Ids::Strict)));
}

#[test]
fn everything_that_a_span_can_have() {
    let json = r#"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}],
      "droppedAttributesCount":1},"schemaUrl":"https://x/1","scopeSpans":[{"scope":{"name":"lib","version":"2",
      "attributes":[{"key":"a","value":{"boolValue":true}}]},"spans":[{"traceId":"5B8EFFF798038103D269B633813FC60C",
      "spanId":"EEE19B7EC3C1B174","parentSpanId":"EEE19B7EC3C1B173","name":"GET /","kind":2,"traceState":"a=b",
      "flags":257,"startTimeUnixNano":"1544712660000000000","endTimeUnixNano":1544712661000000000,
      "attributes":[{"key":"n","value":{"intValue":"5"}}],"droppedAttributesCount":2,
      "events":[{"timeUnixNano":"1544712660500000000","name":"e","attributes":[{"key":"x","value":{"doubleValue":1.5}}]}],
      "droppedEventsCount":3,"links":[{"traceId":"5b8efff798038103d269b633813fc60d","spanId":"eee19b7ec3c1b175",
      "traceState":"c=d","attributes":[{"key":"l","value":{"bytesValue":"AQI="}}]}],"droppedLinksCount":4,
      "status":{"code":2,"message":"broke"}}]}]}]}"#;
    let expected = expect![[r#"
        5b8efff798038103d269b633813fc60c eee19b7ec3c1b174<-eee19b7ec3c1b173 "GET /"
          server error "broke" 1544712660000000000..1544712661000000000
          flags 257 state "a=b" dropped [2, 3, 4]
          resource service.name: string "shop"
          resource dropped 1 schema "https://x/1"
          scope "lib" "2"
          scope a: bool "true"
          span n: int "5"
          event 1544712660500000000 "e"
          event x: double "1.5"
          link 5b8efff798038103d269b633813fc60d eee19b7ec3c1b175 "c=d"
          link l: bytes "0102"
    "#]];
    check(json, &expected);
    let snake =
        ["resourceSpans", "scopeSpans", "traceId", "spanId", "parentSpanId", "traceState", "schemaUrl"]
            .into_iter()
            .chain(["startTimeUnixNano", "endTimeUnixNano", "timeUnixNano", "droppedAttributesCount"])
            .chain(["droppedEventsCount", "droppedLinksCount", "stringValue", "boolValue", "intValue"])
            .chain(["doubleValue", "bytesValue"])
            .fold(json.to_owned(), |json, key| {
                let snake: String = key.chars().fold(String::new(), |snake, c| {
                    let line = if c.is_ascii_uppercase() { "_" } else { "" };
                    format!("{snake}{line}{}", c.to_ascii_lowercase())
                });
                json.replace(&format!("\"{key}\""), &format!("\"{snake}\""))
            });
    assert!(snake.contains("start_time_unix_nano") && !snake.contains("Id\""));
    check(&snake, &expected);
    check(&format!("\u{feff}\r\n\t {json} \r\n"), &expected);
    check(&format!("[{json}]"), &expected);
    check(&format!(r#"{{"result":{json}}}"#), &expected);
    let last = json
        .replace(r#""resourceSpans":[{"resource":"#, r#""resourceSpans":[{"scopeSpans":null,"resource":"#);
    check(&last, &expected);
}

#[test]
fn the_resource_and_scope_may_come_last_and_old_names_are_read() {
    check(
        &format!(
            r#"{{"resourceSpans":[{{"instrumentationLibrarySpans":[{{"spans":[{{{IDS}}}],
            "instrumentationLibrary":{{"name":"old"}}}}],"schemaUrl":"u","resource":{{"attributes":[
            {{"key":"service.name","value":{{"stringValue":"late"}}}}]}}}}]}}"#
        ),
        &expect![[r#"
            5b8efff798038103d269b633813fc60c eee19b7ec3c1b174<-0000000000000000 ""
              unspecified unset "" 0..0
              resource service.name: string "late"
              resource dropped 0 schema "u"
              scope "old" ""
        "#]],
    );
}

#[test]
fn null_and_empty_stand_for_nothing_everywhere() {
    for json in ["{}", "null", "[]", "[null,{}]", r#"{"resourceSpans":null}"#, r#"{"resourceSpans":[{}]}"#] {
        let out = decode(json, Ids::Strict);
        assert_eq!((sketch(&out).as_str(), out.builder.batch.resources.len()), ("", 0), "{json}");
    }
    let plain = sketch(&decode(&with_fields(""), Ids::Strict));
    let nulls = r#","parentSpanId":null,"name":null,"kind":null,"attributes":null,"events":null,"links":null,
        "status":null,"flags":null,"traceState":null,"startTimeUnixNano":null,"endTimeUnixNano":null"#;
    assert_eq!(sketch(&decode(&with_fields(nulls), Ids::Strict)), plain);
    let empty = r#","parentSpanId":"","name":"","status":{},"attributes":[],"startTimeUnixNano":"""#;
    assert_eq!(sketch(&decode(&with_fields(empty), Ids::Strict)), plain);
}

#[test]
fn values_of_every_kind() {
    for (json, expected) in [
        ("{}", "empty "),
        ("null", "empty "),
        (r#"{"stringValue":null}"#, "empty "),
        (r#"{"arrayValue":{}}"#, "array []"),
        (r#"{"arrayValue":{"values":null}}"#, "array []"),
        (r#"{"kvlistValue":{}}"#, "kvlist {}"),
        (r#"{"doubleValue":"NaN"}"#, "double NaN"),
        (r#"{"doubleValue":"Infinity"}"#, "double inf"),
        (r#"{"doubleValue":"-Infinity"}"#, "double -inf"),
        (r#"{"doubleValue":3}"#, "double 3"),
        (r#"{"doubleValue":"1e-3"}"#, "double 0.001"),
        (r#"{"intValue":"9223372036854775807"}"#, "int 9223372036854775807"),
        (r#"{"intValue":5}"#, "int 5"),
        (r#"{"intValue":-5.0}"#, "int -5"),
        (r#"{"intValue":"9223372036854775808"}"#, "string 9223372036854775808"),
        (r#"{"boolValue":"true"}"#, "bool true"),
        (r#"{"boolValue":false}"#, "bool false"),
        (r#"{"bytesValue":"-_8="}"#, "bytes fbff"),
        (r#"{"bytesValue":"-_8"}"#, "bytes fbff"),
        (r#"{"bytesValue":"+/8="}"#, "bytes fbff"),
        (r#"{"bytesValue":""}"#, "bytes "),
        (r#"{"stringValue":"a","unknown":{"x":[1,{"y":null}]}}"#, "string a"),
        (r#"{"stringValue":"a","intValue":1}"#, "int 1"),
        (r#"{"stringValue":"}}"}"#, "string }}"),
        (r#"{"arrayValue":{"values":[{"intValue":1},{"stringValue":"b"},{}]}}"#, "array [1, \"b\", ]"),
        (
            r#"{"kvlistValue":{"values":[{"key":"a","value":{"boolValue":true}},{"key":"b"}]}}"#,
            "kvlist {a: true, b: }",
        ),
    ] {
        assert_eq!(value(json), expected, "{json}");
    }
}

#[test]
fn enums_by_name_or_number_and_counts_as_text() {
    let shown = |fields: &str| {
        let out = decode(&with_fields(fields), Ids::Strict);
        let s = out.builder.batch.spans[0];
        format!("{} {} {} {}", s.kind.name(), s.status.name(), s.flags, s.dropped_attributes)
    };
    assert_eq!(
        shown(r#","kind":"SPAN_KIND_SERVER","status":{"code":"STATUS_CODE_ERROR"}"#),
        "server error 0 0"
    );
    assert_eq!(shown(r#","kind":"3","status":{"code":"1"}"#), "client ok 0 0");
    assert_eq!(shown(r#","kind":99,"status":{"code":7}"#), "unspecified unset 0 0");
    assert_eq!(shown(r#","flags":"257","droppedAttributesCount":"5""#), "unspecified unset 257 5");
    assert_eq!(shown(r#","kind":1,"kind":2,"flags":1,"flags":3"#), "server unset 3 0");
}

#[test]
fn a_bad_span_is_refused_and_its_neighbours_stay() {
    let refused = |span: &str, ids: Ids| {
        let good = format!(r#"{{{IDS},"attributes":[{{"key":"a","value":{{}}}}]}}"#);
        let bad =
            format!(r#"{{"attributes":[{{"key":"b","value":{{}}}}],"events":[{{}}],"links":[{{}}],{span}}}"#);
        let out = decode(
            &format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{good},{bad},{good}]}}]}}]}}"#),
            ids,
        );
        let batch = &out.builder.batch;
        let kept = (batch.spans.len(), batch.attribute_ids.len(), batch.events.len(), batch.links.len());
        assert_eq!(kept, (2, 2, 0, 0), "{span}");
        assert_eq!(out.rejects.total_spans(), 1, "{span}");
        *out.rejects.spans.keys().next().unwrap()
    };
    let trace = r#""traceId":"5b8efff798038103d269b633813fc60c""#;
    for id in [
        "",
        "00000000000000000000000000000000",
        "abc",
        "5b8efff798038103d269b633813fc60cc",
        "zz8efff798038103d269b633813fc60c",
    ] {
        let span = format!(r#""traceId":"{id}","spanId":"eee19b7ec3c1b174""#);
        assert_eq!(refused(&span, Ids::Strict), RejectReason::InvalidTraceId, "{id}");
    }
    for id in ["", "0000000000000000", "eee19b7ec3c1b17", "7uGbfsPBsXQ="] {
        let span = format!(r#"{trace},"spanId":"{id}""#);
        assert_eq!(refused(&span, Ids::Strict), RejectReason::InvalidSpanId, "{id}");
    }
    assert_eq!(refused(&format!(r#"{IDS},"parentSpanId":"no""#), Ids::Strict), RejectReason::InvalidSpanId);
    for time in ["1.5", "-1", "\"abc\"", "1e30", "true", "{}", "[1]"] {
        let span = format!(r#"{IDS},"startTimeUnixNano":{time}"#);
        assert_eq!(refused(&span, Ids::Strict), RejectReason::InvalidTime, "{time}");
    }
    let empty = format!(r#"{trace},"spanId":"""#);
    assert_eq!(refused(&empty, Ids::Lenient), RejectReason::InvalidSpanId);
    assert_eq!(refused(r#""spanId":"a""#, Ids::Lenient), RejectReason::InvalidTraceId);
}

#[test]
fn times_may_be_text_numbers_or_whole_floats() {
    let start = |time: &str| {
        let out = decode(&with_fields(&format!(r#","startTimeUnixNano":{time}"#)), Ids::Strict);
        out.builder.batch.spans[0].start.0
    };
    assert_eq!(start("\"1544712660000000000\""), 1_544_712_660_000_000_000);
    assert_eq!(start("1544712660000000000"), 1_544_712_660_000_000_000);
    assert_eq!(start("1.5e9"), 1_500_000_000);
    assert_eq!(start("\"1.5e9\""), 1_500_000_000);
    assert_eq!(start("18446744073709551615"), i64::MAX);
}

#[test]
fn files_may_have_base64_short_and_opaque_ids() {
    let json = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[
        {"traceId":"MUkZX/sL7AU0e0jv6OzBsA==","spanId":"APBnqgupArc=","parentSpanId":"ROOT01"},
        {"traceId":"MUkZX/sL7AU0e0jv6OzBsA==","spanId":"ROOT01","links":[{"traceId":"x","spanId":"y"}]},
        {"traceId":"\u0061bc","spanId":"1"}]}]}]}"#;
    let out = decode(json, Ids::Lenient);
    let spans = &out.builder.batch.spans;
    assert_eq!(spans[0].trace_id.to_string(), "3149195ffb0bec05347b48efe8ecc1b0");
    assert_eq!(spans[0].parent_id, spans[1].span_id);
    assert_eq!(spans[1].links.len, 1);
    assert_eq!(spans[2].trace_id.to_string(), format!("{:0>32}", "abc"));
}

#[test]
fn text_is_unescaped_and_mended() {
    let name = |name: &[u8]| {
        let json = with_fields(r#","name":"@""#);
        let (before, after) = json.split_once('@').unwrap();
        let mut out = Decoded::default();
        let json = [before.as_bytes(), name, after.as_bytes()].concat();
        otlp::decode(&json, &mut out, Ids::Strict).unwrap();
        let batch = &out.builder.batch;
        (batch.text(batch.spans[0].name).to_owned(), out.rejects.invalid_utf8)
    };
    assert_eq!(name(br#"a\"\\\/\b\f\n\r\t\u00e9"#), ("a\"\\/\u{8}\u{c}\n\r\t\u{e9}".to_owned(), 0));
    assert_eq!(name(br"\ud83d\ude00"), ("\u{1f600}".to_owned(), 0));
    assert_eq!(name(br"<\ud800>"), ("<\u{fffd}>".to_owned(), 1));
    assert_eq!(name(br"\ud800\u0041\udc00"), ("\u{fffd}A\u{fffd}".to_owned(), 1));
    assert_eq!(name(br"\u0000"), ("\0".to_owned(), 0));
    assert_eq!(name(b"\xff\xfe"), ("\u{fffd}\u{fffd}".to_owned(), 1));
    assert_eq!(name("żółw".as_bytes()), ("żółw".to_owned(), 0));
}

#[test]
fn values_beyond_the_limits_are_cut_and_counted() {
    let nest = |depth: usize| {
        let open = r#"{"arrayValue":{"values":["#.repeat(depth);
        let close = "]}}".repeat(depth);
        format!(r#","attributes":[{{"key":"k","value":{open}{{"stringValue":"deep"}}{close}}}]"#)
    };
    let shown = |fields: &str| {
        let out = decode(&with_fields(fields), Ids::Strict);
        let batch = &out.builder.batch;
        let (_, value) = batch.attributes_of(batch.spans[0].attributes).next().unwrap();
        (value.to_string().trim_matches(['[', ']']).to_owned(), out.rejects.values_truncated)
    };
    assert_eq!(shown(&nest(limits::VALUE_DEPTH)), ("\"deep\"".to_owned(), 0));
    let cut = "\"<nested deeper than 64>\"".to_owned();
    assert_eq!(shown(&nest(limits::VALUE_DEPTH + 1)), (cut.clone(), 1));
    assert_eq!(shown(&nest(1_000_000)), (cut, 1));
    let long = "é".repeat(limits::VALUE_BYTES);
    let long = shown(&format!(r#","attributes":[{{"key":"k","value":{{"stringValue":"{long}"}}}}]"#));
    let mark = " … 131072 bytes";
    assert_eq!((long.0.len(), long.1), (limits::VALUE_BYTES + mark.len(), 1));
    assert!(long.0.ends_with(mark));
    let many = vec![r#"{"key":"k","value":{"intValue":1}}"#; limits::ATTRIBUTES + 7].join(",");
    let out =
        decode(&with_fields(&format!(r#","droppedAttributesCount":2,"attributes":[{many}]"#)), Ids::Strict);
    let span = out.builder.batch.spans[0];
    assert_eq!((span.attributes.len, span.dropped_attributes), (limits::ATTRIBUTES as u32, 2));
    assert_eq!(out.rejects.values_truncated, 7);
    let many = vec!["{}"; 65_536 + 3].join(",");
    let list = format!(r#","attributes":[{{"key":"k","value":{{"arrayValue":{{"values":[{many}]}}}}}}]"#);
    assert_eq!(shown(&list), (", ".repeat(65_535), 3));
    let many = vec!["{}"; limits::LINKS + 1].join(",");
    let out = decode(&with_fields(&format!(r#","links":[{many}],"events":[{many}]"#)), Ids::Strict);
    let span = out.builder.batch.spans[0];
    assert_eq!((span.links.len, span.events.len, out.rejects.values_truncated), (1000, 1001, 1));
}

#[test]
fn a_repeated_attribute_is_kept_once_and_a_cut_one_is_counted_each_time() {
    let a = r#"{"key":"k","value":{"stringValue":"v"}}"#;
    let bad = r#"{"key":"k","value":{"stringValue":"\ud800"}}"#;
    let out = decode(&with_fields(&format!(r#","attributes":[{a},{a},{bad},{bad}]"#)), Ids::Strict);
    assert_eq!(out.builder.batch.attributes.len(), 3);
    assert_eq!(out.builder.batch.attribute_ids[0], out.builder.batch.attribute_ids[1]);
    assert_eq!(out.rejects.invalid_utf8, 2);
}

#[test]
fn metrics_and_logs_are_counted() {
    let metrics = r#"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"a","gauge":{"dataPoints":[{},{}]}},
        {"sum":{"dataPoints":[{"x":[1]}]}},{"summary":{"dataPoints":null}},null]}]}]}"#;
    let logs = r#"{"resource_logs":[{"scope_logs":[{"log_records":[{},{},{"body":{"stringValue":"]"}}]}]}]}"#;
    let mut out = Decoded::default();
    assert_eq!(otlp::decode(metrics.as_bytes(), &mut out, Ids::Strict), Ok(Format::OtlpMetrics));
    assert_eq!(otlp::decode(logs.as_bytes(), &mut out, Ids::Strict), Ok(Format::OtlpLogs));
    assert_eq!((out.rejects.metrics, out.rejects.logs), (3, 3));
    let mixed = format!("{},{}", &metrics[..metrics.len() - 1], &with_fields("")[1..]);
    assert_eq!(otlp::decode(mixed.as_bytes(), &mut out, Ids::Strict), Ok(Format::OtlpTraces));
    assert_eq!((out.rejects.metrics, out.spans()), (6, 1));
}

#[test]
fn errors_say_what_and_where_and_keep_the_spans_before() {
    let error = |json: &str| {
        let mut out = Decoded::default();
        let error = otlp::decode(json.as_bytes(), &mut out, Ids::Strict).unwrap_err();
        format!("{error}; {} spans", out.spans())
    };
    let cut = with_fields("").replace("]}]}]}", ",{");
    expect!["the document ends where a quoted key was expected at byte 119; 1 spans"].assert_eq(&error(&cut));
    expect![[r#""name" is a number and not text at byte 124; 0 spans"#]]
        .assert_eq(&error(&with_fields(r#","name":5"#)));
    expect![[r#""resourceSpans" is an object and not a list at byte 17; 0 spans"#]]
        .assert_eq(&error(r#"{"resourceSpans":{}}"#));
    expect!["found a number where an object was expected at byte 21; 0 spans"]
        .assert_eq(&error(r#"{"resourceSpans":[{},5]}"#));
    expect!["the document goes on after its end at byte 3; 0 spans"].assert_eq(&error("{} {}"));
    expect!["found `r` where a quoted key was expected at byte 1; 0 spans"]
        .assert_eq(&error("{resourceSpans: []}"));
    expect!["found `]` where another entry was expected at byte 21; 0 spans"]
        .assert_eq(&error(r#"{"resourceSpans":[{},]}"#));
}

#[test]
fn spans_before_a_cut_have_their_resource() {
    let json = format!(
        r#"{{"resourceSpans":[{{"resource":{{"attributes":[{{"key":"service.name","value":{{"stringValue":"shop"}}}}]}},
        "schemaUrl":"u","scopeSpans":[{{"scope":{{"name":"lib"}},"spans":[{{{IDS}}},{{"traceId""#
    );
    let mut out = Decoded::default();
    assert!(otlp::decode(json.as_bytes(), &mut out, Ids::Strict).is_err());
    expect![[r#"
        5b8efff798038103d269b633813fc60c eee19b7ec3c1b174<-0000000000000000 ""
          unspecified unset "" 0..0
          resource service.name: string "shop"
          resource dropped 0 schema "u"
          scope "lib" ""
    "#]]
    .assert_eq(&sketch(&out));
}
