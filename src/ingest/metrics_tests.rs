//! Metrics in protobuf and JSON: the same points, the same counts.
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::metrics::v1::exponential_histogram_data_point::Buckets;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value as Number;
use opentelemetry_proto::tonic::metrics::v1::summary_data_point::ValueAtQuantile;
use opentelemetry_proto::tonic::metrics::v1::{
    Exemplar, ExponentialHistogram, ExponentialHistogramDataPoint, Gauge, Histogram, HistogramDataPoint,
    Metric as Sent, NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum, Summary, SummaryDataPoint,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use prost::Message;

use crate::ingest::{Decoded, json, otlp_protobuf};

fn text(key: &str, value: &str) -> KeyValue {
    let value = Some(AnyValue { value: Some(Any::StringValue(value.to_owned())) });
    KeyValue { key: key.to_owned(), value, ..KeyValue::default() }
}

fn number(time: u64, value: Number, attributes: Vec<KeyValue>) -> NumberDataPoint {
    NumberDataPoint {
        attributes,
        start_time_unix_nano: 5,
        time_unix_nano: time,
        value: Some(value),
        ..NumberDataPoint::default()
    }
}

fn sent(name: &str, unit: &str, data: Data) -> Sent {
    Sent { name: name.to_owned(), unit: unit.to_owned(), data: Some(data), ..Sent::default() }
}

fn sum(points: Vec<NumberDataPoint>, aggregation_temporality: i32, is_monotonic: bool) -> Data {
    Data::Sum(Sum { data_points: points, aggregation_temporality, is_monotonic })
}

fn request() -> ExportMetricsServiceRequest {
    let gauge = |points| Data::Gauge(Gauge { data_points: points });
    let used =
        vec![text("db.client.connection.state", "used"), text("db.client.connection.pool.name", "orders")];
    let histogram = HistogramDataPoint {
        attributes: vec![text("http.route", "/pay")],
        time_unix_nano: 20,
        count: 7,
        sum: Some(2500.0),
        // As SDKs send them: numbers packed where a summary has its attributes, and an example.
        bucket_counts: vec![0, 3, 4],
        explicit_bounds: vec![0.005, 2.5],
        exemplars: vec![Exemplar { time_unix_nano: 19, span_id: vec![7; 8], ..Exemplar::default() }],
        min: Some(0.001),
        max: Some(1800.0),
        ..HistogramDataPoint::default()
    };
    let exponential = ExponentialHistogramDataPoint {
        attributes: vec![text("jvm.gc.name", "G1")],
        time_unix_nano: 20,
        count: 3,
        sum: Some(0.25),
        scale: -2,
        zero_count: 1,
        positive: Some(Buckets { offset: -4, bucket_counts: vec![1, 1] }),
        zero_threshold: 1e-6,
        ..ExponentialHistogramDataPoint::default()
    };
    let summary = SummaryDataPoint {
        time_unix_nano: 20,
        count: 4,
        sum: 1.5,
        quantile_values: vec![ValueAtQuantile { quantile: 0.5, value: 0.3 }],
        ..SummaryDataPoint::default()
    };
    let metrics = vec![
        sent("process.cpu.utilization", "1", gauge(vec![number(9, Number::AsDouble(0.5), vec![])])),
        sent("k8s.pod.cpu_limit_utilization", "%", gauge(vec![number(9, Number::AsInt(50), vec![])])),
        sent("process.cpu.time", "s", sum(vec![number(9, Number::AsDouble(3.5), vec![])], 1, true)),
        sent("db.client.connection.count", "", sum(vec![number(9, Number::AsInt(7), used)], 2, false)),
        sent(
            "http.server.duration",
            "ms",
            Data::Histogram(Histogram { data_points: vec![histogram], aggregation_temporality: 2 }),
        ),
        sent(
            "jvm.gc.duration",
            "s",
            Data::ExponentialHistogram(ExponentialHistogram {
                data_points: vec![exponential],
                aggregation_temporality: 1,
            }),
        ),
        sent("go.schedule.duration", "s", Data::Summary(Summary { data_points: vec![summary] })),
        // Not needed: counted.
        sent("checkout_total", "1", sum(vec![number(9, Number::AsInt(1), vec![]); 3], 2, true)),
        // Of no use: no time, not a number, a level that only tells its change, a total that may fall.
        sent("jvm.thread.count", "", gauge(vec![number(0, Number::AsInt(1), vec![])])),
        sent(
            "jvm.thread.count",
            "",
            gauge(vec![NumberDataPoint { value: None, ..number(9, Number::AsInt(1), vec![]) }]),
        ),
        sent("jvm.thread.count", "", sum(vec![number(9, Number::AsInt(1), vec![])], 1, false)),
        sent("dotnet.process.cpu.time", "s", sum(vec![number(9, Number::AsInt(1), vec![])], 2, false)),
        sent(
            "jvm.thread.count",
            "",
            gauge(vec![NumberDataPoint { flags: 1, ..number(9, Number::AsInt(1), vec![]) }]),
        ),
    ];
    let attributes = vec![text("service.name", "cart"), text("x", "y"), text("service.instance.id", "a")];
    ExportMetricsServiceRequest {
        resource_metrics: vec![ResourceMetrics {
            resource: Some(Resource { attributes, ..Resource::default() }),
            scope_metrics: vec![ScopeMetrics { metrics, ..ScopeMetrics::default() }],
            ..ResourceMetrics::default()
        }],
    }
}

fn shown(out: &Decoded) -> String {
    let mut lines = Vec::new();
    for p in &out.measurements.points {
        let sender: Vec<String> =
            out.measurements.senders[p.sender as usize].iter().map(|(k, v)| format!("{k}={v}")).collect();
        let delta = if p.is_delta { " delta" } else { "" };
        lines.push(format!(
            "{} {:?} [{}|{}] {}..{} {} n={}{delta}",
            sender.join(","),
            p.metric,
            p.state,
            p.detail,
            p.start.0,
            p.time.0,
            p.value,
            p.count
        ));
    }
    lines.push(format!("not needed {}, of no use {}", out.rejects.metrics, out.rejects.unusable_points));
    lines.join("\n")
}

#[test]
fn protobuf_and_json_give_the_same_points() {
    let request = request();
    let mut binary = Decoded::default();
    otlp_protobuf::decode_metrics(&request.encode_to_vec(), &mut binary).unwrap();
    expect_test::expect![[r#"
        service.name=cart,service.instance.id=a ProcessCpuRatio [|] 5..9 0.5 n=0
        service.name=cart,service.instance.id=a PodCpuRatio [|] 5..9 0.5 n=0
        service.name=cart,service.instance.id=a ProcessCpuTime [|] 5..9 3.5 n=0 delta
        service.name=cart,service.instance.id=a PoolCount [used|orders] 5..9 7 n=0
        service.name=cart,service.instance.id=a HttpServed [|] 0..20 2.5 n=7
        service.name=cart,service.instance.id=a GcPause [|] 0..20 0.25 n=3 delta
        service.name=cart,service.instance.id=a ScheduleDelay [|] 0..20 1.5 n=4
        not needed 3, of no use 5"#]]
    .assert_eq(&shown(&binary));
    let document = serde_json::to_string(&request).unwrap();
    let mut text = Decoded::default();
    json::decode_document(document.as_bytes(), &mut text).unwrap();
    assert_eq!(shown(&text), shown(&binary));
    assert_eq!(text.measurements, binary.measurements);
}

#[test]
fn the_name_may_come_last_and_cut_messages_keep_what_is_whole() {
    let document = r#"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[
        {"gauge":{"dataPoints":[{"timeUnixNano":"9","asDouble":0.25}]},"name":"process.cpu.utilization"}]}],
        "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"late"}}]}}]}"#;
    let mut out = Decoded::default();
    json::decode_document(document.as_bytes(), &mut out).unwrap();
    expect_test::expect![[r#"
        service.name=late ProcessCpuRatio [|] 0..9 0.25 n=0
        not needed 0, of no use 0"#]]
    .assert_eq(&shown(&out));
    let bytes = request().encode_to_vec();
    let mut most = 0;
    for n in 0..bytes.len() {
        let mut out = Decoded::default();
        let result = otlp_protobuf::decode_metrics(&bytes[..n], &mut out);
        assert!(result.is_err() || n == 0, "{n}");
        most = most.max(out.measurements.points.len());
    }
    assert_eq!(most, 0, "a resource that is not whole is not trusted");
}
