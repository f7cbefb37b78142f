//! What receivers and readers hand to the engine, and what they had to refuse.
use std::collections::BTreeMap;
use std::fmt;

use super::{MeasurementBatch, SpanBatch};
use crate::texts::{Sentence, say};

/// One way in: a port and protocol, or a file. Chosen by who opens the source; never reused in a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// The name of the source that is standard input, as programs read it.
pub const STANDARD_INPUT: &str = "standard input";

/// What sort of source it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceKind {
    /// OTLP over gRPC.
    Grpc,
    /// OTLP over HTTP with protobuf bodies.
    HttpProtobuf,
    /// OTLP over HTTP with JSON bodies.
    HttpJson,
    /// A file, a folder's file or standard input.
    File,
}

/// Why a span was not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RejectReason {
    /// Trace id empty, all zero, of the wrong length, or not hex.
    InvalidTraceId,
    /// Span id empty, all zero, of the wrong length, or not hex.
    InvalidSpanId,
    /// A time that is not a whole number of nanoseconds.
    InvalidTime,
    /// The bytes of the span do not decode.
    Malformed,
}

impl RejectReason {
    /// Stable name for JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::InvalidTraceId => "invalid_trace_id",
            Self::InvalidSpanId => "invalid_span_id",
            Self::InvalidTime => "invalid_time",
            Self::Malformed => "malformed",
        }
    }
}

impl From<RejectReason> for Sentence {
    fn from(reason: RejectReason) -> Self {
        match reason {
            RejectReason::InvalidTraceId => say(|t| t.decoding.invalid_trace_id),
            RejectReason::InvalidSpanId => say(|t| t.decoding.invalid_span_id),
            RejectReason::InvalidTime => say(|t| t.decoding.invalid_time),
            RejectReason::Malformed => say(|t| t.decoding.malformed_span),
        }
    }
}

impl fmt::Display for RejectReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Sentence::from(*self).fmt(f)
    }
}

/// What a decoder could not take as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rejects {
    /// Spans refused, by reason. They count as received.
    pub spans: BTreeMap<RejectReason, u64>,
    /// Values cut (too deep, too long) on spans that were kept.
    pub values_truncated: u64,
    /// Strings that were not UTF-8 and were kept with replacement characters.
    pub invalid_utf8: u64,
    /// Metric data points seen and not kept: no answer needs their metric.
    pub metrics: u64,
    /// Data points of a metric that is kept, without a time, a finite value or a shape that it can have.
    pub unusable_points: u64,
    /// Log records seen and not kept.
    pub logs: u64,
}

impl Rejects {
    /// Counts one refused span.
    pub fn span(&mut self, reason: RejectReason) {
        *self.spans.entry(reason).or_default() += 1;
    }
    /// How many spans were refused.
    pub fn total_spans(&self) -> u64 {
        self.spans.values().sum()
    }
    /// Adds another's counts.
    pub fn merge(&mut self, other: &Self) {
        for (reason, n) in &other.spans {
            *self.spans.entry(*reason).or_default() += n;
        }
        self.values_truncated += other.values_truncated;
        self.invalid_utf8 += other.invalid_utf8;
        self.metrics += other.metrics;
        self.unusable_points += other.unusable_points;
        self.logs += other.logs;
    }
}

/// Something worth telling about a source: a cut file, skipped bytes, a client on the wrong port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceNote {
    /// One readable sentence with file and offset where there is one.
    pub text: Sentence,
    /// Whether data was lost by it.
    pub is_loss: bool,
}

/// Decoded spans and what went wrong on the way, from one source.
#[derive(Debug, Default)]
pub struct Delivery {
    /// The spans that were good.
    pub batch: SpanBatch,
    /// The measurements that were good.
    pub measurements: MeasurementBatch,
    /// What was not.
    pub rejects: Rejects,
    /// Bytes on the wire or in the file, before decompression, that this delivery stands for.
    pub bytes: u64,
}

/// What flows to the engine, over one bounded channel.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "nearly all arrivals are spans")]
pub enum Arrival {
    /// A source begins: its kind, and its name for people (a path, `127.0.0.1:4317`).
    Opened(SourceId, SourceKind, String),
    /// Spans.
    Spans(SourceId, Delivery),
    /// Something to tell.
    Note(SourceId, SourceNote),
    /// How far a file is read: bytes done, bytes in all if known.
    Progress(SourceId, u64, Option<u64>),
    /// A file is read to its end, or could not be read: then the sentence that says why.
    Closed(SourceId, Result<(), Sentence>),
    /// Forget every stored span: the user cleared the view.
    Clear,
}
