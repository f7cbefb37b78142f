//! Bytes to spans, and bytes to a published graph, on one core: `cargo bench --bench ingest`.
mod workload;

use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use spanscape::export::otlp;
use spanscape::ingest::json::{self, Ids};
use spanscape::ingest::{Decoded, otlp_protobuf::TraceDecoder};
use spanscape::model::Delivery;
use spanscape::scenario::{Options, generate};
use workload::{Desk, Intake, REQUEST, Workload};

const SPANS: usize = 200_000;

fn decode_json(document: &str) -> Delivery {
    let mut decoded = Decoded::default();
    assert!(json::otlp::decode(document.as_bytes(), &mut decoded, Ids::Strict).is_ok());
    decoded.deliver(document.len() as u64)
}

/// Both rates of one and the same work: `…/spans` per span, `…/bytes` per byte.
///
/// What the work returns is dropped after the clock has stopped.
fn both<T>(c: &mut Criterion, name: &str, spans: usize, bytes: usize, mut work: impl FnMut() -> T) {
    let mut run = |group: &mut BenchmarkGroup<'_, WallTime>, throughput: Throughput, unit: &str| {
        group.sample_size(10).throughput(throughput);
        group.bench_function(unit, |b| b.iter_batched(|| (), |()| work(), BatchSize::PerIteration));
    };
    let mut group = c.benchmark_group(name);
    run(&mut group, Throughput::Elements(spans as u64), "spans");
    run(&mut group, Throughput::Bytes(bytes as u64), "bytes");
    group.finish();
}

fn protobuf(c: &mut Criterion) {
    let requests = Workload::new(40, 9_000_000).protobuf(SPANS);
    let bytes = requests.iter().map(Vec::len).sum();
    println!("protobuf: {} bytes a span", bytes / SPANS);
    both(c, "protobuf/decode", SPANS, bytes, || {
        let mut intake = Intake::default();
        for request in &requests {
            black_box(intake.take(request));
        }
    });
    both(c, "protobuf/decode-many-into-one", SPANS, bytes, || {
        // As a file of many requests is read.
        let (mut decoder, mut decoded) = (TraceDecoder::default(), Decoded::default());
        for chunk in requests.chunks(32) {
            for request in chunk {
                assert!(decoder.decode(request, &mut decoded).is_ok());
            }
            black_box(decoder.deliver(&mut decoded, 0));
        }
    });
    both(c, "protobuf/file-store-and-graph", SPANS, bytes, || {
        // A file delivers 8192 spans at a time, which is 32 of these requests.
        let (mut decoder, mut decoded) = (TraceDecoder::default(), Decoded::default());
        let mut desk = Desk::default();
        for chunk in requests.chunks(32) {
            for request in chunk {
                assert!(decoder.decode(request, &mut decoded).is_ok());
            }
            desk.take(decoder.deliver(&mut decoded, 0).batch);
        }
        (desk.publish(), desk)
    });
    both(c, "protobuf/store-and-graph", SPANS, bytes, || {
        let (mut intake, mut desk) = (Intake::default(), Desk::default());
        requests.iter().for_each(|r| desk.take(intake.take(r).batch));
        (desk.publish(), desk)
    });
}

fn json(c: &mut Criterion) {
    let documents = Workload::new(40, 9_000_000).json(SPANS);
    let bytes = documents.iter().map(String::len).sum();
    println!("json: {} bytes a span", bytes / SPANS);
    both(c, "json/decode", SPANS, bytes, || {
        for document in &documents {
            black_box(decode_json(document));
        }
    });
    both(c, "json/store-and-graph", SPANS, bytes, || {
        let mut desk = Desk::default();
        documents.iter().for_each(|d| desk.take(decode_json(d).batch));
        (desk.publish(), desk)
    });
}

/// The generated system of 300 services, whose instances export seconds apart.
fn scenario(c: &mut Criterion) {
    let Ok(story) = generate("services", 1, Options { services: 300 }) else { return };
    let requests: Vec<Vec<u8>> = story.records.chunks(REQUEST).map(otlp::protobuf).collect();
    let bytes = requests.iter().map(Vec::len).sum();
    both(c, "scenario-services-300/store-and-graph", story.records.len(), bytes, || {
        let (mut intake, mut desk) = (Intake::default(), Desk::default());
        requests.iter().for_each(|r| desk.take(intake.take(r).batch));
        (desk.publish(), desk)
    });
}

criterion_group!(benches, protobuf, json, scenario);
criterion_main!(benches);
