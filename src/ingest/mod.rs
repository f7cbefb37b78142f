//! Bytes to [`Arrival`](crate::model::Arrival): OTLP over gRPC and HTTP, files and their framings, Jaeger, Zipkin.
mod decoded;
pub mod detect;
pub mod file;
pub mod framing;
mod google_rpc;
pub mod json;
mod metrics;
pub mod otlp_protobuf;
pub mod receiver;
pub mod sender;
pub mod tls;

pub use decoded::{DecodeError, Decoded, limits};
