//! Stand-in for the OTLP JSON decoder, REPLACED on merge: decodes with serde, converts through protobuf.
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;

use super::Format;
use crate::ingest::{DecodeError, Decoded, otlp_protobuf};

/// Which spellings of ids are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ids {
    /// Hex only.
    Strict,
}

/// Decodes an OTLP JSON request.
pub fn decode(bytes: &[u8], out: &mut Decoded, _ids: Ids) -> Result<Format, DecodeError> {
    let request: ExportTraceServiceRequest = serde_json::from_slice(bytes)
        .map_err(|e| DecodeError { offset: e.column(), message: e.to_string() })?;
    otlp_protobuf::decode_traces(&request.encode_to_vec(), out)?;
    Ok(Format::Otlp)
}
