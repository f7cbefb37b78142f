//! OTLP JSON, as a receiver and as a file reader take it, and the choice of format: nothing panics.
#![no_main]

use libfuzzer_sys::fuzz_target;
use spanscape::ingest::Decoded;
use spanscape::ingest::json::{Ids, decode_document, otlp};

fuzz_target!(|data: &[u8]| {
    let _ = otlp::decode(data, &mut Decoded::default(), Ids::Strict);
    let _ = otlp::decode(data, &mut Decoded::default(), Ids::Lenient);
    let _ = decode_document(data, &mut Decoded::default());
});
