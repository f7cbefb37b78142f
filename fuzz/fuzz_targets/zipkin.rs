//! Zipkin JSON: nothing panics.
#![no_main]

use libfuzzer_sys::fuzz_target;
use spanscape::ingest::Decoded;
use spanscape::ingest::json::zipkin;

fuzz_target!(|data: &[u8]| {
    let _ = zipkin::decode(data, &mut Decoded::default());
});
