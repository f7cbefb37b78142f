//! Any bytes as an OTLP protobuf request: no panic, and no index in the batch that leads nowhere.
#![no_main]
use libfuzzer_sys::fuzz_target;
use spanscape::ingest::Decoded;
use spanscape::ingest::otlp_protobuf::{count_logs, decode_metrics, decode_traces, signal};

fuzz_target!(|bytes: &[u8]| {
    let mut out = Decoded::default();
    let _ = decode_traces(bytes, &mut out);
    let batch = &out.builder.batch;
    for span in &batch.spans {
        assert!(!span.trace_id.is_zero() && !span.span_id.is_zero());
        let resource = batch.resources[span.resource as usize].attributes;
        let scope = batch.scopes[span.scope as usize].attributes;
        let events = batch.events[span.events.range()].iter().map(|e| e.attributes);
        let links = batch.links[span.links.range()].iter().map(|l| l.attributes);
        for slice in events.chain(links).chain([span.attributes, resource, scope]) {
            assert_eq!(batch.attributes_of(slice).count(), slice.len as usize);
        }
    }
    let _ = (signal(bytes), decode_metrics(bytes, &mut Decoded::default()), count_logs(bytes));
});
