//! Lists of traces, and single traces, as table and JSON.
use serde_json::{Value, json};

use super::map::{aligned, length_text};
use crate::analysis::Waterfall;
use crate::analysis::traces::TraceList;
use crate::model::Timestamp;
use crate::store::Spans;

/// A moment as RFC 3339 in UTC, to the millisecond; "-" for none.
pub fn moment_text(t: Timestamp) -> String {
    if t.is_unset() {
        return "-".to_owned();
    }
    jiff::Timestamp::from_nanosecond(i128::from(t.0))
        .map_or_else(|_| t.0.to_string(), |m| m.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

/// One line a trace.
pub fn table(spans: &Spans, list: &TraceList) -> String {
    let headings =
        ["trace", "root", "start", "duration", "spans", "services", "errors", "status"].map(str::to_owned);
    let rows: Vec<Vec<String>> = list
        .traces
        .iter()
        .map(|t| {
            vec![
                t.id.to_string(),
                format!("{} {}", spans.text(t.root_service), spans.text(t.root_name)),
                moment_text(t.start),
                length_text(Some(t.duration)),
                t.spans.to_string(),
                t.services.to_string(),
                t.errors.to_string(),
                if t.is_failed { "✖ failed" } else { "● ok" }.to_owned(),
            ]
        })
        .collect();
    let mut out = aligned(&headings, &rows);
    if list.traces.len() < list.total {
        out += &format!("{} of {} traces; --limit shows more\n", list.traces.len(), list.total);
    }
    out
}

/// `total` and `traces`.
pub fn json(spans: &Spans, list: &TraceList) -> String {
    let traces: Vec<Value> = list
        .traces
        .iter()
        .map(|t| {
            json!({
                "trace_id": t.id.to_string(),
                "root_service": spans.text(t.root_service),
                "root_operation": spans.text(t.root_name),
                "start_unix_nano": t.start.0.to_string(),
                "duration_ms": t.duration.as_millis_f64(),
                "spans": t.spans,
                "services": t.services,
                "errors": t.errors,
                "failed": t.is_failed,
            })
        })
        .collect();
    let all = json!({ "total": list.total, "traces": traces });
    serde_json::to_string_pretty(&all).unwrap_or_default() + "\n"
}

/// One trace: its rows in the order of the waterfall, parents before children.
pub fn trace_json(spans: &Spans, waterfall: &Waterfall) -> String {
    let rows: Vec<Value> = waterfall
        .rows
        .iter()
        .map(|row| {
            let sections: i64 = waterfall.sections(row).iter().map(|s| (s.to - s.from).0).sum();
            let mut v = json!({
                "depth": row.depth,
                "start_unix_nano": row.start.0.to_string(),
                "duration_ms": (row.end - row.start).as_millis_f64(),
                "self_time_ms": row.self_time.as_millis_f64(),
                "critical_path_ms": sections as f64 / 1e6,
                "error": row.is_error,
            });
            if let Some(span) = row.span().and_then(|r| spans.get(r)) {
                let attributes: serde_json::Map<String, Value> =
                    span.attributes().map(|(k, x)| (spans.text(k).to_owned(), value_json(x))).collect();
                v["span_id"] = json!(span.span_id().to_string());
                v["parent_id"] = json!((!span.parent_id().is_zero()).then(|| span.parent_id().to_string()));
                v["service"] = json!(span.service_text());
                v["operation"] = json!(span.name_text());
                v["kind"] = json!(span.kind().name());
                v["status"] = json!(span.status().name());
                v["status_message"] = json!(span.status_message());
                v["attributes"] = Value::Object(attributes);
                v["events"] = json!(span.events().len());
                v["links"] = json!(span.links().len());
            } else {
                v["missing"] = json!(true);
            }
            v
        })
        .collect();
    let id = waterfall.rows.iter().find_map(|r| spans.get(r.span()?)).map(|s| s.trace_id().to_string());
    let all =
        json!({ "trace_id": id, "duration_ms": waterfall.range.length().as_millis_f64(), "spans": rows });
    serde_json::to_string_pretty(&all).unwrap_or_default() + "\n"
}

fn value_json(value: &crate::model::Value) -> Value {
    use crate::model::Value as V;
    match value {
        V::Empty => Value::Null,
        V::Bool(b) => json!(b),
        V::Int(i) => json!(i),
        V::Double(d) => json!(d),
        V::Array(items) => items.iter().map(value_json).collect(),
        V::Map(items) => Value::Object(items.iter().map(|(k, v)| (k.to_string(), value_json(v))).collect()),
        text => json!(text.to_string()),
    }
}
