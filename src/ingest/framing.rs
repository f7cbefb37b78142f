//! Cuts an unpacked stream into records, holding no more of it in memory than one record needs.
//!
//! Reading and decoding are apart, so that records can one day be decoded by several threads.
mod json_stream;
mod lengths;
mod scan;
#[cfg(test)]
mod tests;
mod window;

use std::io::Read;

use self::json_stream::JsonStream;
use super::detect::Framing;
use crate::texts::Sentence;
pub use window::{End, Place, Window};

/// Why bytes were passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// They are no record.
    NoRecord,
    /// The record is larger than the limit.
    TooLong,
}

/// The next stretch of a stream.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A whole record: a JSON document or a protobuf message.
    Record(Place, &'a [u8]),
    /// Bytes that were passed over.
    Bad(Place, Flaw),
    /// The stream ended within a record, which began here.
    CutOff(Place),
    /// As [`Self::CutOff`], for a message that can be read up to where it is cut.
    Part(Place, &'a [u8]),
}

/// From here on the stream cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FrameError {
    /// Where.
    pub place: Place,
    /// What is wrong, without the place.
    pub message: Sentence,
}

/// What a framing found; the bytes of a record are still in the window, or in the framing's own buffer.
#[derive(Clone, Copy, Debug)]
enum Step {
    End,
    /// A record of `length` bytes that begins `skip` bytes into the window.
    InWindow {
        place: Place,
        skip: usize,
        length: usize,
    },
    /// A record put together from elements of a long list.
    Gathered(Place),
    Bad(Place, Flaw),
    CutOff(Place),
    /// All that the window holds, of a bare message without its end.
    Part(Place),
}

/// The records of a stream, one after the other.
#[derive(Debug)]
pub struct Records<R> {
    window: Window<R>,
    framing: Framing,
    json: JsonStream,
    limit: usize,
    /// Bytes of the record last handed out, to be consumed before the next.
    handed_out: usize,
}

impl<R: Read> Records<R> {
    /// Records of at most `limit` bytes.
    pub fn new(window: Window<R>, framing: Framing, limit: usize) -> Self {
        Self { window, framing, json: JsonStream::new(limit), limit, handed_out: 0 }
    }

    /// The next piece; `None` at the end, when [`Self::end`] says how the stream ended.
    pub fn next_piece(&mut self) -> Result<Option<Piece<'_>>, FrameError> {
        self.window.consume(std::mem::take(&mut self.handed_out));
        let step = match self.framing {
            Framing::Json => self.json.step(&mut self.window)?,
            Framing::Bare => lengths::fields(&mut self.window, self.limit)?,
            framing => lengths::message(&mut self.window, framing, self.limit)?,
        };
        Ok(match step {
            Step::End => None,
            Step::InWindow { place, skip, length } => {
                self.handed_out = skip + length;
                let record = self.window.available().get(skip..skip + length).unwrap_or_default();
                Some(Piece::Record(place, record))
            }
            Step::Gathered(place) => Some(Piece::Record(place, self.json.gathered())),
            Step::Bad(place, flaw) => Some(Piece::Bad(place, flaw)),
            Step::CutOff(place) => Some(Piece::CutOff(place)),
            Step::Part(place) => {
                self.handed_out = self.window.available().len();
                Some(Piece::Part(place, self.window.available()))
            }
        })
    }

    /// How the stream ended.
    pub fn end(&self) -> End {
        self.window.end().cloned().unwrap_or(End::Clean)
    }

    /// Bytes read of the unpacked stream.
    pub fn offset(&self) -> u64 {
        self.window.place().offset
    }
}
