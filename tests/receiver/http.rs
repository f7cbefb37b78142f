//! Rows H1 to H15: OTLP over HTTP.
use super::*;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;

/// `google.rpc.Status`, as far as tests read it.
#[derive(Clone, PartialEq, ::prost::Message)]
struct RpcStatus {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

const JSON_BODY: &str = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"01010101010101010101010101010101",
    "spanId":"0202020202020202","name":"GET /","kind":2,"startTimeUnixNano":"1","endTimeUnixNano":"2"}]}]}]}"#;

#[test]
fn h1_all_signals_have_their_path() {
    let rig = Rig::new();
    assert_eq!(post(rig.http, &[], &proto(3, 0)).status, 200);
    for path in ["/v1/metrics", "/v1/logs", "/v1development/profiles", "/v1/profiles"] {
        let reply = send(rig.http, &format!("POST {path}"), &[PROTOBUF], &[]);
        assert_eq!((reply.status, reply.body.len()), (200, 0), "{path}");
    }
    assert_eq!(rig.arrived().spans, 3);
    let reply = send(rig.http, "POST /nowhere", &[PROTOBUF], &[]);
    assert_eq!(reply.status, 404);
    assert!(RpcStatus::decode(&*reply.body).unwrap().message.contains("/v1/traces"));
}

#[test]
fn h1_a_post_to_the_root_is_taken_with_a_hint() {
    let rig = Rig::new();
    assert_eq!(send(rig.http, "POST /", &[PROTOBUF], &proto(2, 0)).status, 200);
    let arrived = rig.arrived();
    assert_eq!((arrived.spans, arrived.notes.len()), (2, 1));
    assert!(rig.port(Role::Http).hint.unwrap().to_string().contains("instead of /v1/traces"));
}

#[test]
fn h2_both_encodings_answer_in_kind() {
    let rig = Rig::new();
    let reply = post(rig.http, &[], &proto(1, 0));
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/x-protobuf")));
    for content_type in [JSON, "content-type: Application/JSON; charset=utf-8"] {
        let reply = send(rig.http, "POST /v1/traces", &[content_type], JSON_BODY.as_bytes());
        assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/json")));
    }
    let arrived = rig.arrived();
    assert_eq!((arrived.spans, arrived.sources), (3, vec![1, 2, 2]));
}

#[test]
fn h3_other_content_types_are_refused() {
    let rig = Rig::new();
    for headers in [&["content-type: text/plain"][..], &["content-type: application/grpc-web"], &[]] {
        assert_eq!(send(rig.http, "POST /v1/traces", headers, &proto(1, 0)).status, 415, "{headers:?}");
    }
    assert_eq!(rig.arrived().spans, 0);
}

#[test]
fn h4_other_methods_are_refused() {
    let rig = Rig::new();
    for method in ["GET", "PUT", "DELETE"] {
        let reply = send(rig.http, &format!("{method} /v1/traces"), &[], &[]);
        assert_eq!((reply.status, reply.header("allow")), (405, Some("post, options")), "{method}");
    }
}

#[test]
fn h5_compressions() {
    let rig = Rig::new();
    let data = proto(10, 0);
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    zlib.write_all(&data).unwrap();
    let bodies = [
        ("identity", data.clone()),
        ("gzip", gzip(&data)),
        ("deflate", zlib.finish().unwrap()),
        ("zstd", zstd::encode_all(&*data, 1).unwrap()),
    ];
    for (name, body) in &bodies {
        assert_eq!(post(rig.http, &[&format!("content-encoding: {name}")], body).status, 200, "{name}");
    }
    let arrived = rig.arrived();
    let wire: usize = bodies.iter().map(|(_, b)| b.len()).sum();
    assert_eq!((arrived.spans, arrived.bytes), (40, wire as u64));
    for name in ["snappy", "br", "gzip, gzip"] {
        let reply = post(rig.http, &[&format!("content-encoding: {name}")], &data);
        assert_eq!((reply.status, reply.header("accept-encoding").is_some()), (415, true), "{name}");
    }
}

#[test]
fn h6_success_is_an_empty_message_of_status_200() {
    let rig = Rig::new();
    let reply = post(rig.http, &[], &proto(1, 0));
    assert_eq!((reply.status, reply.text().as_str()), (200, ""));
    let reply = send(rig.http, "POST /v1/traces", &[JSON], JSON_BODY.as_bytes());
    assert_eq!((reply.status, reply.text().as_str()), (200, "{}"));
}

#[test]
fn h6_partial_success_tells_how_many_and_why() {
    let rig = Rig::new();
    let reply = post(rig.http, &[], &proto(7, 3));
    let partial = ExportTraceServiceResponse::decode(&*reply.body).unwrap().partial_success.unwrap();
    assert_eq!((reply.status, partial.rejected_spans), (200, 3));
    assert_eq!(partial.error_message, "3 refused: invalid span id");
    let bad = JSON_BODY.replace("0202020202020202", "0000000000000000");
    let reply = send(rig.http, "POST /v1/traces", &[JSON], bad.as_bytes());
    let body: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(body["partialSuccess"]["rejectedSpans"], "1");
    let arrived = rig.arrived();
    assert_eq!((arrived.spans, arrived.rejects.total_spans()), (7, 4));
}

#[test]
fn h7_h8_bad_data_is_refused_with_a_status_in_the_same_encoding() {
    let rig = Rig::new();
    let mut cut = proto(5, 0);
    cut.truncate(40);
    let reply = post(rig.http, &[], &cut);
    let status = RpcStatus::decode(&*reply.body).unwrap();
    assert_eq!((reply.status, status.code, status.message.is_empty()), (400, 3, false));
    assert_eq!(reply.header("content-type"), Some("application/x-protobuf"));

    let reply = send(rig.http, "POST /v1/traces", &[JSON], b"{");
    let status: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!((reply.status, &status["code"]), (400, &3.into()));
    assert_eq!(status["details"][0]["@type"], "type.googleapis.com/google.rpc.BadRequest");
    assert_eq!(post(rig.http, &["content-encoding: gzip"], b"not gzip").status, 400);

    let arrived = rig.arrived();
    assert_eq!((arrived.spans, arrived.notes.iter().filter(|n| n.is_loss).count()), (0, 3));
    let port = rig.port(Role::Http);
    assert_eq!((port.requests, port.refused), (3, 3));
}

#[test]
fn h9_overload_names_whole_seconds_to_wait() {
    let rig = Rig::full();
    let reply = post(rig.http, &[], &proto(1, 0));
    assert_eq!((reply.status, reply.header("retry-after")), (503, Some("1")));
    assert_eq!(RpcStatus::decode(&*reply.body).unwrap().code, 14);
}

#[test]
fn h10_a_bomb_is_too_large() {
    let rig = Rig::new();
    let bomb = zstd::encode_all(&*vec![0; 65 << 20], 1).unwrap();
    assert!(bomb.len() < 64 << 10);
    let reply = post(rig.http, &["content-encoding: zstd"], &bomb);
    assert_eq!((reply.status, reply.header("connection")), (413, Some("close")));
    assert_eq!(reply.header("retry-after"), None);
    let rig = Rig::small();
    assert_eq!(post(rig.http, &["content-encoding: gzip"], &gzip(&vec![0; 2 << 20])).status, 413);
}

#[test]
fn h10_h11_large_bodies_are_refused_while_they_are_sent() {
    let rig = Rig::small();
    let body = vec![0; 3 << 20];
    assert_eq!(post(rig.http, &[], &body).status, 413);
    assert_eq!(post(rig.http, &["transfer-encoding: chunked"], &chunked(&body)).status, 413);
    // Announced and not sent: refused without waiting for it.
    let mut stream = TcpStream::connect(rig.http).unwrap();
    let head = format!("{PROTOBUF}\r\nhost: localhost\r\ncontent-length: 3000000");
    stream.write_all(format!("POST /v1/traces HTTP/1.1\r\n{head}\r\n\r\n").as_bytes()).unwrap();
    assert_eq!(read_reply(&mut stream).status, 413);
}

#[test]
fn h11_chunked_bodies_are_taken() {
    let rig = Rig::new();
    let body = proto(5000, 0);
    assert_eq!(post(rig.http, &["transfer-encoding: chunked"], &chunked(&body)).status, 200);
    assert_eq!(rig.arrived().spans, 5000);
}

#[test]
fn h12_a_connection_serves_many_requests() {
    let rig = Rig::new();
    let body = proto(1, 0);
    let mut stream = TcpStream::connect(rig.http).unwrap();
    let head = format!(
        "POST /v1/traces HTTP/1.1\r\nhost: localhost\r\n{PROTOBUF}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    for _ in 0..1000 {
        stream.write_all(&[head.as_bytes(), &body].concat()).unwrap();
        assert_eq!(read_reply(&mut stream).status, 200);
    }
    assert_eq!(rig.arrived().spans, 1000);
}

#[test]
fn h13_expect_continue_is_answered() {
    let rig = Rig::new();
    let body = proto(1, 0);
    let mut stream = TcpStream::connect(rig.http).unwrap();
    let length = body.len();
    let head = format!(
        "POST /v1/traces HTTP/1.1\r\nhost: localhost\r\n{PROTOBUF}\r\nexpect: 100-continue\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    assert_eq!(read_reply(&mut stream).status, 100);
    stream.write_all(&body).unwrap();
    assert_eq!(read_reply(&mut stream).status, 200);
}

#[test]
fn h14_h15_replies_are_plain_and_tiny() {
    let rig = Rig::new();
    let long = format!("POST /{}", "x".repeat(8000));
    let reply = send(rig.http, &long, &[JSON, "accept-encoding: gzip"], b"{}");
    assert_eq!((reply.status, reply.header("content-encoding")), (404, None));
    assert!(reply.body.len() < 4096, "{}", reply.body.len());
}

#[test]
fn metrics_that_nothing_needs_and_logs_in_json_are_counted_and_not_kept() {
    let rig = Rig::new();
    let metrics = r#"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"a","gauge":{"dataPoints":[{},{}]}},
        {"name":"jvm.thread.count","gauge":{"dataPoints":[{"timeUnixNano":"9","asInt":"7"}]}}]}]}]}"#;
    let logs = r#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{},{},{}]}]}]}"#;
    for (path, body) in [("/v1/metrics", metrics), ("/v1/logs", logs), ("/v1/logs", "{}")] {
        let reply = send(rig.http, &format!("POST {path}"), &[JSON], body.as_bytes());
        assert_eq!((reply.status, reply.text().as_str()), (200, "{}"), "{path}");
    }
    let arrived = rig.arrived();
    let rejects = arrived.rejects;
    assert_eq!((rejects.metrics, arrived.measurements), (2, 1), "{rejects:?}");
    assert_eq!(rejects.logs, 3);
}
