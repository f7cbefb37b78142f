//! Bytes to [`Arrival`](crate::model::Arrival): OTLP over gRPC and HTTP, files and their framings, Jaeger, Zipkin.
mod decoded;
mod google_rpc;
// One line per decoder, receiver and reader below.
pub mod detect;
pub mod file;
pub mod framing;
pub mod json;
pub mod otlp_protobuf;
pub mod receiver;
pub mod sender;

pub use decoded::{DecodeError, Decoded, limits};
