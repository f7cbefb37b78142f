//! What every decoder fills, the limits it keeps, and how it says that bytes are bad.
use crate::model::{BatchBuilder, Delivery, MeasurementBatch, Rejects};
use crate::texts::{Sentence, say};

/// Bounds on what one span may hold; the excess is cut, counted and marked, and the span is kept.
pub mod limits {
    /// Levels of nesting kept in an attribute's value (OpenTelemetry SDKs allow 64).
    pub const VALUE_DEPTH: usize = 64;
    /// Bytes kept of one text or bytes value.
    pub const VALUE_BYTES: usize = 64 * 1024;
    /// Attributes kept of one span, event, link, resource or scope.
    pub const ATTRIBUTES: usize = 1_000;
    /// Events kept of one span.
    pub const EVENTS: usize = 10_000;
    /// Links kept of one span.
    pub const LINKS: usize = 1_000;
    /// Bytes of one message after decompression (OTLP 1.11 recommends 64 MiB).
    pub const MESSAGE_BYTES: usize = 64 * 1024 * 1024;
}

/// Bytes that do not decode. Spans that were complete before the error stay in [`Decoded`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", Sentence::from(self))]
pub struct DecodeError {
    /// Where in the decoder's input.
    pub offset: usize,
    /// What is wrong, without the place.
    pub message: Sentence,
}

impl From<&DecodeError> for Sentence {
    fn from(error: &DecodeError) -> Self {
        let at = error.offset.to_string();
        say(|t| t.decoding.at_byte).with("what", &error.message).with("at", at)
    }
}

/// Spans decoded so far, and what had to be refused or cut.
#[derive(Debug, Default)]
pub struct Decoded {
    /// Spans and their tables.
    pub builder: BatchBuilder,
    /// Measurements and their senders.
    pub measurements: MeasurementBatch,
    /// Refused spans, cut values, bad text.
    pub rejects: Rejects,
}

impl Decoded {
    /// Hands over what has been decoded, as standing for `bytes` of input, and starts anew.
    pub fn deliver(&mut self, bytes: u64) -> Delivery {
        Delivery {
            batch: self.builder.take(),
            measurements: std::mem::take(&mut self.measurements),
            rejects: std::mem::take(&mut self.rejects),
            bytes,
        }
    }
    /// Spans decoded and not yet delivered.
    pub fn spans(&self) -> usize {
        self.builder.batch.spans.len()
    }
    /// Spans and measurements decoded and not yet delivered.
    pub fn items(&self) -> usize {
        self.spans() + self.measurements.points.len()
    }
    /// Interns text that may not be UTF-8: bad bytes become U+FFFD and are counted.
    pub fn text(&mut self, bytes: &[u8]) -> crate::model::LocalStr {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.builder.string(text),
            Err(_) => {
                self.rejects.invalid_utf8 += 1;
                self.builder.string(&String::from_utf8_lossy(bytes))
            }
        }
    }
}
