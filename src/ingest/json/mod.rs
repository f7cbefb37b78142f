//! JSON documents to spans: OTLP, Jaeger and Zipkin, told apart by their content.
mod detect;
mod ids;
pub mod jaeger;
mod marks;
mod memo;
mod metrics;
pub mod otlp;
mod reader;
mod tags;
mod value;
pub mod zipkin;

pub use detect::decode_document;
pub use ids::Ids;

/// What a document was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// OTLP JSON with spans, maybe with other signals too.
    OtlpTraces,
    /// OTLP JSON with metrics first and no spans.
    OtlpMetrics,
    /// OTLP JSON with logs first and no spans.
    OtlpLogs,
    /// Jaeger's JSON, as its UI downloads it.
    Jaeger,
    /// Zipkin's JSON, version 2.
    Zipkin,
}

#[cfg(test)]
mod detect_tests;
#[cfg(test)]
mod jaeger_tests;
#[cfg(test)]
mod mutation_tests;
#[cfg(test)]
mod otlp_tests;
#[cfg(test)]
mod reader_tests;
#[cfg(test)]
mod sketch;
#[cfg(test)]
mod zipkin_tests;
