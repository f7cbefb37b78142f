//! Stand-in for the OTLP protobuf walker, REPLACED on merge: decodes with prost, converts through records.
use std::sync::Arc;

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

use super::{DecodeError, Decoded};
use crate::model::{
    RejectReason, ResourceRecord, ScopeRecord, SpanId, SpanKind, SpanRecord, StatusCode, Timestamp, TraceId,
    Value, batch_from_records,
};

/// Decodes an `ExportTraceServiceRequest` (or `TracesData`, which is the same on the wire).
pub fn decode_traces(bytes: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
    let request = ExportTraceServiceRequest::decode(bytes)
        .map_err(|e| DecodeError { offset: 0, message: e.to_string() })?;
    let mut records = Vec::new();
    for rs in request.resource_spans {
        let attributes = rs.resource.map(|r| attributes(r.attributes)).unwrap_or_default();
        let resource = Arc::new(ResourceRecord { attributes, ..ResourceRecord::default() });
        for ss in rs.scope_spans {
            let name = ss.scope.map(|s| s.name).unwrap_or_default();
            let scope = Arc::new(ScopeRecord { name, ..ScopeRecord::default() });
            for s in ss.spans {
                match span(s, &resource, &scope) {
                    Ok(r) => records.push(r),
                    Err(reason) => out.rejects.span(reason),
                }
            }
        }
    }
    out.builder.batch = batch_from_records(&records);
    Ok(())
}

/// Counts the data points of an `ExportMetricsServiceRequest`.
pub fn count_metrics(bytes: &[u8]) -> u64 {
    let Ok(request) = ExportMetricsServiceRequest::decode(bytes) else { return 0 };
    let metrics = request.resource_metrics.iter().flat_map(|r| &r.scope_metrics).flat_map(|s| &s.metrics);
    metrics
        .map(|m| match &m.data {
            Some(Data::Gauge(g)) => g.data_points.len() as u64,
            Some(Data::Sum(s)) => s.data_points.len() as u64,
            Some(Data::Histogram(h)) => h.data_points.len() as u64,
            Some(Data::ExponentialHistogram(h)) => h.data_points.len() as u64,
            Some(Data::Summary(s)) => s.data_points.len() as u64,
            None => 0,
        })
        .sum()
}

/// Counts the records of an `ExportLogsServiceRequest`.
pub fn count_logs(bytes: &[u8]) -> u64 {
    let Ok(request) = ExportLogsServiceRequest::decode(bytes) else { return 0 };
    let scopes = request.resource_logs.iter().flat_map(|r| &r.scope_logs);
    scopes.map(|s| s.log_records.len() as u64).sum()
}

fn span(
    s: Span,
    resource: &Arc<ResourceRecord>,
    scope: &Arc<ScopeRecord>,
) -> Result<SpanRecord, RejectReason> {
    let trace_id = s.trace_id.try_into().map(TraceId).map_err(|_| RejectReason::InvalidTraceId)?;
    let span_id = s.span_id.try_into().map(SpanId).map_err(|_| RejectReason::InvalidSpanId)?;
    if trace_id.is_zero() {
        return Err(RejectReason::InvalidTraceId);
    }
    if span_id.is_zero() {
        return Err(RejectReason::InvalidSpanId);
    }
    let status = s.status.unwrap_or_default();
    Ok(SpanRecord {
        resource: resource.clone(),
        scope: scope.clone(),
        trace_id,
        span_id,
        parent_id: s.parent_span_id.try_into().map(SpanId).unwrap_or_default(),
        start: Timestamp::from_unix_nanos(s.start_time_unix_nano),
        end: Timestamp::from_unix_nanos(s.end_time_unix_nano),
        name: s.name,
        kind: SpanKind::from_number(s.kind.into()),
        status: StatusCode::from_number(status.code.into()),
        status_message: status.message,
        attributes: attributes(s.attributes),
        ..SpanRecord::default()
    })
}

fn attributes(list: Vec<KeyValue>) -> Vec<(String, Value)> {
    list.into_iter()
        .map(|kv| {
            let value = match kv.value.and_then(|v| v.value) {
                Some(any_value::Value::StringValue(s)) => Value::str(s),
                Some(any_value::Value::IntValue(i)) => Value::Int(i),
                _ => Value::Empty,
            };
            (kv.key, value)
        })
        .collect()
}
