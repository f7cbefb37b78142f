//! Jaeger JSON: nothing panics.
#![no_main]

use libfuzzer_sys::fuzz_target;
use spanscape::ingest::Decoded;
use spanscape::ingest::json::jaeger;

fuzz_target!(|data: &[u8]| {
    let _ = jaeger::decode(data, &mut Decoded::default());
});
