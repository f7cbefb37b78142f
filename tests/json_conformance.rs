//! Real files of other projects against the counts that two independent programs took of them.
#![allow(clippy::unwrap_used, clippy::panic)] // The automatic leave covers only functions marked as tests.
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use spanscape::ingest::Decoded;
use spanscape::ingest::json::decode_document;
use spanscape::model::StatusCode;

/// Files that other readers take and this one refuses, each with a sentence that names the format.
const REFUSED: &[(&str, &str)] = &[
    ("jaeger-json/jaeger-anonymizer-trace_success.jsonl", "jaeger-anonymizer"),
    ("jaeger-json/jaeger-es-span-es_01.json", "Elasticsearch"),
    ("tempo-json/kiali-responseTrace.json", "Tempo's JSON"),
    ("tempo-json/tempopb-trace.json", "Tempo's JSON"),
    (
        "jaeger-json/jaeger-anonymizer-invalid_json.json",
        "\"duration\" is text and not a number of microseconds",
    ),
    ("jaeger-json/jaeger-anonymizer-wrong_format.json", "top-level keys are traceID, spanID, duration"),
    ("zipkin-json/zipkin-malformed.json", "a quoted key"),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/conformance")
}

fn counts(out: &Decoded) -> BTreeMap<&'static str, u64> {
    let batch = &out.builder.batch;
    let traces: BTreeSet<_> = batch.spans.iter().map(|s| s.trace_id).collect();
    let ids: BTreeSet<_> = batch.spans.iter().map(|s| (s.trace_id, s.span_id)).collect();
    let errors = batch.spans.iter().filter(|s| s.status == StatusCode::Error).count();
    let services: BTreeSet<_> = batch
        .spans
        .iter()
        .map(|s| batch.attributes_of(batch.resources[s.resource as usize].attributes))
        .filter_map(|mut attributes| {
            attributes.find(|(k, _)| *k == "service.name").map(|(_, v)| v.to_string())
        })
        .collect();
    let sum =
        |f: fn(&spanscape::model::DecodedSpan) -> u32| batch.spans.iter().map(|s| u64::from(f(s))).sum();
    BTreeMap::from([
        ("spans", batch.spans.len() as u64),
        ("traces", traces.len() as u64),
        ("unique_span_ids", ids.len() as u64),
        ("error_spans", errors as u64),
        ("services", services.len() as u64),
        ("events", sum(|s| s.events.len)),
        ("links", sum(|s| s.links.len)),
    ])
}

fn check(name: &str, expected: &serde_json::Value) {
    let bytes = std::fs::read(folder().join(name)).unwrap();
    let mut out = Decoded::default();
    let documents: Vec<&[u8]> = match expected["container"].as_str() {
        Some("jsonl") => bytes.split(|b| *b == b'\n').filter(|l| !l.trim_ascii().is_empty()).collect(),
        _ => vec![&bytes],
    };
    for document in documents {
        decode_document(document, &mut out).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
    assert_eq!(out.rejects.total_spans(), 0, "{name}: {:?}", out.rejects);
    for (what, found) in counts(&out) {
        let wanted = match &expected[what] {
            serde_json::Value::Array(list) => list.iter().filter(|s| *s != "None").count() as u64,
            other => other.as_u64().unwrap_or(found),
        };
        assert_eq!(found, wanted, "{what} of {name}");
    }
}

#[test]
fn real_files_give_the_expected_counts() {
    let Ok(expected) = std::fs::read(folder().join("expected.json")) else {
        eprintln!("skipped: the conformance files are not here");
        return;
    };
    let expected: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&expected).unwrap();
    let mut read = 0;
    for (name, expected) in &expected {
        let is_json = ["otlp-json/", "jaeger-json/", "zipkin-json/", "tempo-json/"];
        if !is_json.iter().any(|folder| name.starts_with(folder)) {
            continue;
        }
        if let Some((_, sentence)) = REFUSED.iter().find(|(n, _)| n == name) {
            let bytes = std::fs::read(folder().join(name)).unwrap();
            let error = decode_document(&bytes, &mut Decoded::default()).unwrap_err().to_string();
            assert!(error.contains(sentence), "{name}: {error}");
        } else {
            check(name, expected);
        }
        read += 1;
    }
    assert!(read > 60, "only {read} files");
}
