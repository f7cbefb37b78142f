//! The critical path: its invariant on random trees, and the cases of CRISP's own tests.
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::Value as Json;

use super::super::{WaterfallOptions, sketch, waterfall};
use super::*;
use crate::model::{Nanos, ResourceRecord, SpanId, SpanKind, SpanRecord, TraceId, Value};
use crate::store::Spans;

fn kinds() -> impl Strategy<Value = SpanKind> {
    (0..6i64).prop_map(SpanKind::from_number)
}

/// Spans with any parent before them (the first is the root), any service of four, any times.
fn traces() -> impl Strategy<Value = Vec<SpanRecord>> {
    let span = (any::<u32>(), 0..4u8, kinds(), 0..2000i64, 0..1500i64, any::<bool>());
    prop::collection::vec(span, 1..40).prop_map(|spans| {
        let base = sketch::records("a SERVER 0..1000").remove(0);
        let record = |(i, (parent, service, kind, start, length, failed))| {
            let line = format!("s{service} INTERNAL 0..1 {}", if failed { "error" } else { "" });
            let parent = if i == 0 { 0 } else { u64::from(parent) % i as u64 + 1 };
            SpanRecord {
                span_id: SpanId((i as u64 + 1).to_be_bytes()),
                parent_id: SpanId(parent.to_be_bytes()),
                kind,
                start: base.start + Nanos(start),
                end: base.start + Nanos(start + length),
                ..sketch::records(&line).remove(0)
            }
        };
        spans.into_iter().enumerate().map(record).collect()
    })
}

proptest! {
    #[test]
    fn sections_add_up_to_the_root_and_never_overlap(records in traces()) {
        let (spans, trace) = sketch::store_records(&records);
        for max_skew in [Nanos::ZERO, Nanos(700), Nanos::from_secs(5)] {
            let w = waterfall(&spans, trace, &WaterfallOptions { max_skew });
            let root = w.root.unwrap();
            let mut path = critical_path(&w, root);
            path.sort_by_key(|s| s.from);
            prop_assert!(path.iter().all(|s| s.from < s.to));
            prop_assert!(path.windows(2).all(|p| p[0].to == p[1].from));
            let total: i64 = path.iter().map(|s| (s.to - s.from).0).sum();
            prop_assert_eq!(total, w.rows[root as usize].duration().0);
            for s in &path {
                let row = &w.rows[s.row as usize];
                prop_assert!(row.start <= s.from && s.to <= row.end);
            }
        }
    }

    #[test]
    fn self_time_is_between_nothing_and_the_duration(records in traces()) {
        let (spans, trace) = sketch::store_records(&records);
        let w = waterfall(&spans, trace, &WaterfallOptions::default());
        for row in &w.rows {
            prop_assert!(Nanos::ZERO <= row.self_time && row.self_time <= row.duration());
            prop_assert!(w.own_work(row).windows(2).all(|p| p[0].end < p[1].start));
        }
        prop_assert_eq!(w.rows.iter().filter(|r| r.parent.is_none()).map(|r| r.subtree).sum::<u32>(), w.rows.len() as u32);
    }
}

/// Microseconds on the critical path by `[service] operation`, as CRISP names it.
fn by_operation(spans: &Spans, w: &Waterfall) -> BTreeMap<String, i64> {
    let mut out = BTreeMap::new();
    for row in &w.rows {
        let key = format!("[{}] {}", spans.text(row.service), spans.text(row.name));
        let time: i64 = w.sections(row).iter().map(|s| (s.to - s.from).0 / 1000).sum();
        *out.entry(key).or_default() += time;
    }
    out
}

/// Just enough of Jaeger's JSON for CRISP's tests; times are moved off zero, which means "no time" here.
fn crisp_records(json: &Json) -> Vec<SpanRecord> {
    let trace = &json["data"][0];
    let ids: Vec<&Json> = trace["spans"].as_array().unwrap().iter().map(|s| &s["spanID"]).collect();
    let number = |id: &str| SpanId((ids.iter().position(|n| **n == id).unwrap() as u64 + 1).to_be_bytes());
    let record = |s: &Json| {
        let service = trace["processes"][s["processID"].as_str().unwrap()]["serviceName"].as_str().unwrap();
        let start = sketch::ORIGIN + Nanos(s["startTime"].as_i64().unwrap() * 1000);
        let tags = s["tags"].as_array().cloned().unwrap_or_default();
        let kind = tags.iter().find(|t| t["key"] == "span.kind").and_then(|t| t["value"].as_str());
        SpanRecord {
            resource: Arc::new(ResourceRecord {
                attributes: vec![("service.name".into(), Value::str(service))],
                ..ResourceRecord::default()
            }),
            trace_id: TraceId([1; 16]),
            span_id: number(s["spanID"].as_str().unwrap()),
            parent_id: s["references"][0]["spanID"].as_str().map(number).unwrap_or_default(),
            start,
            end: start + Nanos(s["duration"].as_i64().unwrap() * 1000),
            name: s["operationName"].as_str().unwrap().into(),
            kind: kind.map(SpanKind::from_name).unwrap_or_default(),
            ..SpanRecord::default()
        }
    };
    trace["spans"].as_array().unwrap().iter().map(record).collect()
}

#[test]
fn agrees_with_crisp() {
    let folder =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/conformance/jaeger-json/crisp");
    let Ok(files) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: no CRISP files");
        return;
    };
    let mut names: Vec<_> = files.map(|f| f.unwrap().path()).collect();
    names.sort();
    let mut differ = Vec::new();
    for path in &names {
        let json: Json = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let testing = if json["testing"].is_array() { &json["testing"][0] } else { &json["testing"] };
        let wanted =
            if testing["opTimeExclusive"].is_object() { &testing["opTimeExclusive"] } else { testing };
        let (spans, trace) = sketch::store_records(&crisp_records(&json));
        let w = waterfall(&spans, trace, &WaterfallOptions { max_skew: Nanos::ZERO });
        let found = by_operation(&spans, &w);
        let name = path.file_stem().unwrap().to_string_lossy();
        // In these two, children overlap by one percent; CRISP counts that time twice and the root's gap not.
        let tolerance = if name == "crisp-19" || name == "crisp-21" { 10 } else { 0 };
        for (operation, time) in wanted.as_object().unwrap() {
            let (time, ours) = (time.as_i64().unwrap(), found.get(operation).copied().unwrap_or(0));
            if (time - ours).abs() > tolerance {
                differ.push(format!("{name} {operation}: {ours}, CRISP {time}"));
            }
        }
    }
    assert_eq!(differ, Vec::<String>::new());
}
