//! JSON trace documents to spans.
use super::{DecodeError, Decoded};

/// What a document turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// OTLP traces.
    OtlpTraces,
    /// OTLP metrics, counted and not kept.
    OtlpMetrics,
    /// OTLP logs, counted and not kept.
    OtlpLogs,
    /// Jaeger's JSON.
    Jaeger,
    /// Zipkin's v2 JSON.
    Zipkin,
}

/// Decodes one JSON document.
pub fn decode_document(_bytes: &[u8], _out: &mut Decoded) -> Result<Format, DecodeError> {
    Err(DecodeError { offset: 0, message: "JSON is not built in".to_owned() })
}
