//! Bytes to [`Arrival`](crate::model::Arrival): OTLP over gRPC and HTTP, files and their framings, Jaeger, Zipkin.
mod decoded;
// One line per decoder, receiver and reader below.
pub mod json;

pub use decoded::{DecodeError, Decoded, limits};
