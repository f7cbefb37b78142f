//! Files written by other projects, through the file reader: as many spans and services as were counted.
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use spanscape::ingest::file::{Input, expand, read};
use spanscape::model::{Arrival, SourceId, SpanBatch};

#[derive(serde::Deserialize)]
struct Expected {
    spans: usize,
    traces: Option<usize>,
    services: BTreeSet<String>,
}

fn batches(input: &Input) -> Vec<SpanBatch> {
    let mut batches = Vec::new();
    read(input, SourceId(0), &AtomicBool::new(false), &mut |arrival| {
        match arrival {
            Arrival::Spans(_, delivery) => {
                assert_eq!(delivery.rejects, Default::default(), "{}", input.name());
                batches.push(delivery.batch);
            }
            Arrival::Note(_, note) => assert_eq!(note.text.to_string(), "", "nothing to complain about"),
            Arrival::Closed(_, result) => assert_eq!(result, Ok(())),
            _ => {}
        }
        true
    });
    batches
}

fn service(batch: &SpanBatch, resource: u32) -> String {
    let attributes = batch.resources[resource as usize].attributes;
    let name = batch.attributes_of(attributes).find(|(key, _)| *key == "service.name");
    name.map(|(_, value)| value.to_string()).unwrap_or_default()
}

#[test]
fn files_of_other_projects_hold_what_was_counted_in_them() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/conformance");
    let Ok(expected) = std::fs::read(data.join("expected.json")) else {
        eprintln!("skipped: {} is not there", data.display());
        return;
    };
    let expected: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&expected).unwrap();
    let mut demo = BTreeSet::new();
    for input in expand(&[data.join("otlp-proto")]).unwrap() {
        let name = input.name();
        let name = Path::new(&name).strip_prefix(&data).unwrap().display().to_string();
        let expected: Expected = serde_json::from_value(expected[&name].clone()).unwrap();
        let batches = batches(&input);
        let spans: Vec<_> = batches.iter().flat_map(|b| b.spans.iter().map(move |s| (b, s))).collect();
        let traces: BTreeSet<_> = spans.iter().map(|(_, s)| s.trace_id).collect();
        let services: BTreeSet<_> = spans.iter().map(|(b, s)| service(b, s.resource)).collect();
        assert_eq!(spans.len(), expected.spans, "{name}");
        assert_eq!(services, expected.services, "{name}");
        assert_eq!(traces.len(), expected.traces.unwrap_or(traces.len()), "{name}");
        if expected.spans == 547 {
            let named = spans.iter().map(|(b, s)| {
                format!("{} {} {} {}", s.trace_id, s.span_id, b.text(s.name), s.attributes.len)
            });
            demo.insert(named.collect::<Vec<_>>());
        }
    }
    assert_eq!(demo.len(), 1, "one capture in three framings");
}

#[test]
fn every_file_is_read_or_refused_in_a_sentence() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/conformance");
    let Ok(expected) = std::fs::read(data.join("expected.json")) else {
        eprintln!("skipped: {} is not there", data.display());
        return;
    };
    let expected: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&expected).unwrap();
    let mut read_files = 0;
    for (name, expected) in &expected {
        let input = Input::Path(data.join(name));
        let (mut spans, mut closed) = (0, None);
        read(&input, SourceId(0), &AtomicBool::new(false), &mut |arrival| {
            match arrival {
                Arrival::Spans(_, delivery) => spans += delivery.batch.spans.len() as u64,
                Arrival::Closed(_, result) => closed = Some(result),
                _ => {}
            }
            true
        });
        match closed.unwrap() {
            Ok(()) => {
                assert_eq!(Some(spans), expected["spans"].as_u64(), "{name}");
                read_files += 1;
            }
            Err(sentence) => {
                assert!(sentence.to_string().contains(" is not a trace file: "), "{sentence}");
                assert_eq!(spans, 0, "{name}");
            }
        }
    }
    assert!(read_files >= expected.len() - 7, "{read_files} of {} files were read", expected.len());
}
