//! Rows G1 to G15: OTLP over gRPC.
use super::*;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use opentelemetry_proto::tonic::collector::logs::v1::{
    ExportLogsServiceRequest, logs_service_client::LogsServiceClient,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, metrics_service_client::MetricsServiceClient,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceResponse, trace_service_client::TraceServiceClient,
};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::metrics::v1::{
    Gauge, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, metric::Data, number_data_point,
};
use tonic::codec::CompressionEncoding;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tower::ServiceExt;

const TRACES: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

async fn channel(address: SocketAddr) -> Channel {
    Channel::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap()
}

/// One message in its frame.
fn frame(flag: u8, message: &[u8]) -> Vec<u8> {
    [&[flag], &(message.len() as u32).to_be_bytes()[..], message].concat()
}

/// A raw call: the frame of the reply, and its status with all metadata.
async fn call(address: SocketAddr, path: &str, encoding: Option<&str>, body: Vec<u8>) -> (Bytes, Status) {
    let body = tonic::body::Body::new(Full::new(Bytes::from(body)));
    let mut request = ::http::Request::post(format!("http://{address}{path}")).body(body).unwrap();
    request.headers_mut().insert("content-type", "application/grpc".parse().unwrap());
    if let Some(encoding) = encoding {
        request.headers_mut().insert("grpc-encoding", encoding.parse().unwrap());
    }
    let response = channel(address).await.oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
    let mut headers = response.headers().clone();
    let collected = response.into_body().collect().await.unwrap();
    headers.extend(collected.trailers().cloned().unwrap_or_default());
    (collected.to_bytes(), Status::from_header_map(&headers).unwrap())
}

#[test]
fn g1_g2_all_signals_succeed_and_traces_are_stored() {
    let rig = Rig::new();
    run(async {
        let channel = channel(rig.grpc).await;
        let reply = TraceServiceClient::new(channel.clone()).export(request(5, 0)).await.unwrap();
        assert_eq!(reply.into_inner().partial_success, None);

        let data_points = vec![NumberDataPoint::default(); 3];
        let metric = Metric { data: Some(Data::Gauge(Gauge { data_points })), ..Metric::default() };
        let cpu = NumberDataPoint {
            time_unix_nano: 9,
            value: Some(number_data_point::Value::AsDouble(0.5)),
            ..NumberDataPoint::default()
        };
        let cpu = Metric {
            name: "process.cpu.utilization".to_owned(),
            data: Some(Data::Gauge(Gauge { data_points: vec![cpu] })),
            ..Metric::default()
        };
        let scope_metrics = vec![ScopeMetrics { metrics: vec![metric, cpu], ..ScopeMetrics::default() }];
        let resource_metrics = vec![ResourceMetrics { scope_metrics, ..ResourceMetrics::default() }];
        let metrics = ExportMetricsServiceRequest { resource_metrics };
        MetricsServiceClient::new(channel.clone()).export(metrics).await.unwrap();

        let log_records = vec![LogRecord::default(); 4];
        let scope_logs = vec![ScopeLogs { log_records, ..ScopeLogs::default() }];
        let resource_logs = vec![ResourceLogs { scope_logs, ..ResourceLogs::default() }];
        LogsServiceClient::new(channel).export(ExportLogsServiceRequest { resource_logs }).await.unwrap();

        let profiles = "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export";
        assert_eq!(call(rig.grpc, profiles, None, frame(0, &[])).await.1.code(), Code::Ok);
    });
    let arrived = rig.arrived();
    assert_eq!((arrived.spans, arrived.rejects.metrics, arrived.rejects.logs), (5, 3, 4));
    assert_eq!(arrived.measurements, 1, "what says how busy a service is arrives");
    assert_eq!(arrived.sources, [0, 0, 0]);
}

#[test]
fn g3_g4_success_is_a_message_of_no_bytes() {
    let rig = Rig::new();
    for body in [vec![], proto(2, 0)] {
        let (reply, status) = run(call(rig.grpc, TRACES, None, frame(0, &body)));
        assert_eq!((&*reply, status.code()), (&[0; 5][..], Code::Ok));
    }
    assert_eq!(rig.arrived().spans, 2);
}

#[test]
fn g5_partial_success_tells_how_many_and_why() {
    let rig = Rig::new();
    let reply = run(async { TraceServiceClient::new(channel(rig.grpc).await).export(request(7, 3)).await });
    let partial = reply.unwrap().into_inner().partial_success.unwrap();
    assert_eq!((partial.rejected_spans, &*partial.error_message), (3, "3 refused: invalid span id"));
    let arrived = rig.arrived();
    assert_eq!((arrived.spans, arrived.rejects.total_spans()), (7, 3));
}

#[test]
fn g7_bad_data_is_an_invalid_argument() {
    let rig = Rig::new();
    let mut cut = proto(5, 0);
    cut.truncate(40);
    let (_, status) = run(call(rig.grpc, TRACES, None, frame(0, &cut)));
    assert_eq!(status.code(), Code::InvalidArgument);
    assert!(String::from_utf8_lossy(status.details()).contains("google.rpc.BadRequest"));
    assert_eq!(rig.arrived().notes.len(), 1);
}

#[test]
fn g8_g9_overload_says_when_to_retry_in_both_places() {
    let rig = Rig::full();
    let (_, status) = run(call(rig.grpc, TRACES, None, frame(0, &proto(1, 0))));
    assert_eq!(status.code(), Code::Unavailable);
    let retry_one_second = [10, 2, 8, 1];
    let retry = status.metadata().get_bin("google.rpc.retryinfo-bin").unwrap().to_bytes().unwrap();
    assert_eq!(&*retry, retry_one_second);
    assert!(String::from_utf8_lossy(status.details()).contains("google.rpc.RetryInfo"));
    assert!(status.details().ends_with(&retry_one_second));
}

#[test]
fn g8_too_large_is_exhausted_without_a_retry() {
    let rig = Rig::small();
    let zeros = vec![0; (1 << 20) + 1];
    let announced = [&[0][..], &u32::MAX.to_be_bytes(), &[0; 10]].concat();
    let cases = [
        (None, frame(0, &zeros)),
        (Some("gzip"), frame(1, &gzip(&zeros))),
        (Some("zstd"), frame(1, &zstd::encode_all(&*zeros, 1).unwrap())),
        (None, announced),
    ];
    for (encoding, body) in cases {
        let (_, status) = run(call(rig.grpc, TRACES, encoding, body));
        assert_eq!(status.code(), Code::ResourceExhausted, "{encoding:?}");
        assert!(
            status.details().is_empty() && status.metadata().get_bin("google.rpc.retryinfo-bin").is_none()
        );
    }
}

#[test]
fn g10_compressions() {
    let rig = Rig::new();
    for encoding in [CompressionEncoding::Gzip, CompressionEncoding::Zstd] {
        let export = async {
            TraceServiceClient::new(channel(rig.grpc).await)
                .send_compressed(encoding)
                .export(request(5, 0))
                .await
        };
        run(export).unwrap();
    }
    assert_eq!(rig.arrived().spans, 10);
    let (_, status) = run(call(rig.grpc, TRACES, Some("snappy"), frame(1, b"whatever")));
    assert_eq!(status.code(), Code::Unimplemented);
    let accepted = status.metadata().get("grpc-accept-encoding").unwrap().to_str().unwrap();
    assert_eq!(accepted, "identity,gzip,zstd,deflate");
}

#[test]
fn g11_nothing_is_lost_among_many_connections_and_streams() {
    let rig = Rig::new();
    run(async {
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..32 {
            let channel = channel(rig.grpc).await;
            for _ in 0..16 {
                let mut client = TraceServiceClient::new(channel.clone());
                calls.spawn(async move { client.export(request(3, 0)).await.unwrap() });
            }
        }
        assert_eq!(calls.join_all().await.len(), 32 * 16);
    });
    assert_eq!(rig.arrived().spans, 32 * 16 * 3);
    assert_eq!(rig.port(Role::Grpc).requests, 32 * 16);
}

#[test]
fn g12_broken_frames_are_internal_errors() {
    let rig = Rig::new();
    let two = [frame(0, &[]), frame(0, &[])].concat();
    for body in [frame(1, &proto(1, 0)), frame(7, &[]), vec![0, 0], two, vec![]] {
        let (_, status) = run(call(rig.grpc, TRACES, None, body.clone()));
        assert_eq!(status.code(), Code::Internal, "{body:?}");
    }
}

#[test]
fn g13_unknown_methods_are_unimplemented() {
    let rig = Rig::new();
    for path in ["/grpc.health.v1.Health/Check", "/v1/traces"] {
        let (_, status) = run(call(rig.grpc, path, None, frame(0, &[])));
        assert_eq!(status.code(), Code::Unimplemented, "{path}");
    }
}

#[test]
fn g14_g15_both_protocols_are_taken_on_both_ports() {
    let rig = Rig::new();
    assert_eq!(run(call(rig.http, TRACES, None, frame(0, &proto(2, 0)))).1.code(), Code::Ok);
    assert_eq!(post(rig.grpc, &["user-agent: OTel-Test/1.0"], &proto(3, 0)).status, 200);
    let arrived = rig.arrived();
    assert_eq!((arrived.spans, arrived.sources), (5, vec![0, 1]));
    assert!(arrived.notes.iter().all(|n| !n.is_loss));
    let port = rig.port(Role::Grpc);
    assert!(port.hint.unwrap().to_string().starts_with("a client is sending OTLP/HTTP to the gRPC port"));
    assert_eq!((port.requests, port.client.as_deref()), (1, Some("OTel-Test/1.0")));
    assert!(
        rig.port(Role::Http)
            .hint
            .unwrap()
            .to_string()
            .starts_with("a client is sending OTLP/gRPC to the HTTP port")
    );
}

#[test]
fn g15_grpc_without_http2_is_told_so() {
    let rig = Rig::new();
    let reply =
        send(rig.grpc, &format!("POST {TRACES}"), &["content-type: application/grpc"], &frame(0, &[]));
    assert!(reply.head.contains("grpc-message: grpc%20needs%20http/2"), "{}", reply.head);
}

/// Protobuf of one span whose one attribute nests `depth` lists.
fn nested(depth: usize) -> Vec<u8> {
    let field = |number: u8, content: &[u8]| {
        let mut out = vec![number << 3 | 2];
        prost::encoding::encode_varint(content.len() as u64, &mut out);
        out.extend_from_slice(content);
        out
    };
    let list = |value: Vec<u8>| field(5, &field(1, &value));
    let value = (0..depth).fold(field(1, b"deep"), |value, _| list(value));
    let attribute = field(9, &[field(1, b"k"), field(2, &value)].concat());
    let span = [field(1, &[1; 16]), field(2, &[2; 8]), attribute].concat();
    field(1, &field(2, &field(2, &span)))
}

#[test]
fn g6_a_cut_value_is_a_warning_not_a_refusal() {
    let rig = Rig::new();
    let (reply, status) = run(call(rig.grpc, TRACES, None, frame(0, &nested(100))));
    assert_eq!(status.code(), Code::Ok);
    let partial = ExportTraceServiceResponse::decode(&reply[5..]).unwrap().partial_success.unwrap();
    assert_eq!(
        (partial.rejected_spans, &*partial.error_message),
        (0, "1 cut: too long, nested too deep or too many")
    );
    let arrived = rig.arrived();
    assert_eq!((arrived.spans, arrived.rejects.values_truncated), (1, 1));
}

#[test]
fn g6_bad_text_is_kept_and_told() {
    let rig = Rig::new();
    let mut body = proto(2, 0);
    let at = body.windows(5).position(|w| w == b"GET /").unwrap();
    body[at] = 255;
    let (reply, status) = run(call(rig.grpc, TRACES, None, frame(0, &body)));
    let partial = ExportTraceServiceResponse::decode(&reply[5..]).unwrap().partial_success.unwrap();
    assert_eq!((status.code(), partial.rejected_spans), (Code::Ok, 0));
    assert_eq!(partial.error_message, "1 not UTF-8: kept with replacement characters");
    assert_eq!(rig.arrived().spans, 2);
}
