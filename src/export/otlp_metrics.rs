//! Measurements to OTLP: `MetricsData` as protobuf and as JSON, one object a line.
//!
//! Only what a [`Point`] keeps is written: the metric under its name of today, in its unit, and the attributes that
//! tell state and pool. What told streams apart beside these is one attribute, [`STREAM`].
use std::collections::BTreeMap;

use opentelemetry_proto::tonic::common::v1::{InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value as Number;
use opentelemetry_proto::tonic::metrics::v1::{
    Gauge, Histogram, HistogramDataPoint, Metric as WireMetric, MetricsData, NumberDataPoint,
    ResourceMetrics, ScopeMetrics, Sum,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use prost::Message;

use super::otlp::{key_value, unix_nanos};
use super::otlp_json::Writer;
use crate::model::{MeasurementBatch, Metric, Point, Shape, Value};

/// The attribute that keeps streams of one metric apart.
pub const STREAM: &str = "spanscape.stream";

/// Points since the point before, and since the start, as OTLP numbers them.
const DELTA: i32 = 1;
const CUMULATIVE: i32 = 2;

/// The points of one metric that were sent in one way.
struct Group<'a> {
    metric: Metric,
    is_delta: bool,
    points: Vec<&'a Point>,
}

impl Group<'_> {
    fn temporality(&self) -> i32 {
        if self.is_delta { DELTA } else { CUMULATIVE }
    }
}

/// A sender's attributes, and its metrics.
type OfSender<'a> = (&'a [(Box<str>, Value)], Vec<Group<'a>>);

/// By sender, its metrics in order; points stay in theirs.
fn groups(batch: &MeasurementBatch) -> Vec<OfSender<'_>> {
    let mut all: BTreeMap<u32, BTreeMap<(Metric, bool), Vec<&Point>>> = BTreeMap::new();
    for point in &batch.points {
        let is_delta = point.is_delta && point.metric.shape() != Shape::Level;
        all.entry(point.sender).or_default().entry((point.metric, is_delta)).or_default().push(point);
    }
    let sender = |place: u32| batch.senders.get(place as usize).map_or(&[][..], Vec::as_slice);
    let group = |((metric, is_delta), points)| Group { metric, is_delta, points };
    all.into_iter()
        .map(|(place, metrics)| (sender(place), metrics.into_iter().map(group).collect()))
        .collect()
}

/// What tells a point from others of its metric.
fn attributes(point: &Point) -> Vec<(&'static str, Value)> {
    let mut all: Vec<_> = point.told_by().into_iter().map(|(key, text)| (key, Value::str(text))).collect();
    if point.stream != 0 {
        all.push((STREAM, Value::Str(format!("{:016x}", point.stream).into())));
    }
    all
}

/// The measurements as protobuf bytes: a `MetricsData`, which is also an `ExportMetricsServiceRequest`.
pub fn protobuf(batch: &MeasurementBatch) -> Vec<u8> {
    let resource_metrics = groups(batch)
        .into_iter()
        .map(|(sender, metrics)| ResourceMetrics {
            resource: Some(Resource {
                attributes: sender.iter().map(|(k, v)| key_value(k, v)).collect(),
                ..Resource::default()
            }),
            scope_metrics: vec![ScopeMetrics {
                scope: Some(InstrumentationScope {
                    name: SCOPE.to_owned(),
                    ..InstrumentationScope::default()
                }),
                metrics: metrics.iter().map(metric).collect(),
                ..ScopeMetrics::default()
            }],
            ..ResourceMetrics::default()
        })
        .collect();
    MetricsData { resource_metrics }.encode_to_vec()
}

const SCOPE: &str = "spanscape";

fn metric(group: &Group<'_>) -> WireMetric {
    let told = |p: &Point| -> Vec<KeyValue> { attributes(p).iter().map(|(k, v)| key_value(k, v)).collect() };
    let number = |p: &&Point| NumberDataPoint {
        attributes: told(p),
        start_time_unix_nano: unix_nanos(p.start),
        time_unix_nano: unix_nanos(p.time),
        value: Some(Number::AsDouble(p.value)),
        ..NumberDataPoint::default()
    };
    let spread = |p: &&Point| HistogramDataPoint {
        attributes: told(p),
        start_time_unix_nano: unix_nanos(p.start),
        time_unix_nano: unix_nanos(p.time),
        count: p.count as u64,
        sum: Some(p.value),
        ..HistogramDataPoint::default()
    };
    let aggregation_temporality = group.temporality();
    let data = match group.metric.shape() {
        Shape::Level => Data::Gauge(Gauge { data_points: group.points.iter().map(number).collect() }),
        Shape::Total => Data::Sum(Sum {
            data_points: group.points.iter().map(number).collect(),
            aggregation_temporality,
            is_monotonic: true,
        }),
        Shape::Spread => Data::Histogram(Histogram {
            data_points: group.points.iter().map(spread).collect(),
            aggregation_temporality,
        }),
    };
    WireMetric {
        name: group.metric.name().to_owned(),
        unit: group.metric.unit().to_owned(),
        data: Some(data),
        ..WireMetric::default()
    }
}

/// The measurements as one `MetricsData` in OTLP JSON, without a line break.
pub fn json_line(batch: &MeasurementBatch) -> String {
    let mut out = Writer::default();
    out.object(|out| {
        out.list("resourceMetrics", &groups(batch), |out, (sender, metrics)| {
            out.object(|out| {
                out.key("resource");
                out.object(|out| out.list("attributes", sender, |out, (k, v)| out.key_value(k, v)));
                let scopes = [metrics];
                out.list("scopeMetrics", &scopes, |out, metrics| {
                    out.object(|out| {
                        out.key("scope");
                        out.object(|out| out.text_field("name", SCOPE));
                        out.list("metrics", metrics, json_metric);
                    });
                });
            });
        });
    });
    out.text
}

fn json_metric(out: &mut Writer, group: &Group<'_>) {
    let shape = group.metric.shape();
    out.object(|out| {
        out.text_field("name", group.metric.name());
        out.text_field("unit", group.metric.unit());
        out.key(match shape {
            Shape::Level => "gauge",
            Shape::Total => "sum",
            Shape::Spread => "histogram",
        });
        out.object(|out| {
            out.list("dataPoints", &group.points, |out, point| json_point(out, point, shape));
            if shape != Shape::Level {
                out.key("aggregationTemporality");
                out.display(group.temporality());
            }
            if shape == Shape::Total {
                out.key("isMonotonic");
                out.display(true);
            }
        });
    });
}

fn json_point(out: &mut Writer, point: &Point, shape: Shape) {
    out.object(|out| {
        out.list("attributes", &attributes(point), |out, (k, v)| out.key_value(k, v));
        if !point.start.is_unset() {
            out.text_field("startTimeUnixNano", &unix_nanos(point.start).to_string());
        }
        out.text_field("timeUnixNano", &unix_nanos(point.time).to_string());
        if shape == Shape::Spread {
            out.text_field("count", &(point.count as u64).to_string());
        }
        out.key(if shape == Shape::Spread { "sum" } else { "asDouble" });
        out.double(point.value);
    });
}

#[cfg(test)]
#[path = "otlp_metrics_tests.rs"]
mod tests;
