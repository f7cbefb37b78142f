//! Binary framings: a length before each record, or one bare protobuf message taken field by field.
use std::io::Read;

use super::super::detect::{Framing, big_endian_length, varint_length};
use super::{FrameError, Step, Window};
use crate::texts::{Pick, Sentence, say};

/// Whole fields of a bare message are handed out together up to this many bytes.
const BARE_GROUP: usize = 1024 * 1024;

/// The next record with its length before it.
pub(super) fn message<R: Read>(
    window: &mut Window<R>,
    framing: Framing,
    limit: usize,
) -> Result<Step, FrameError> {
    loop {
        let place = window.place();
        let Some((length, prefix)) = read_length(window, framing)? else {
            let is_end = window.available().is_empty();
            window.consume_all();
            return Ok(if is_end { Step::End } else { Step::CutOff(place) });
        };
        if length == 0 {
            window.consume(prefix);
            continue;
        }
        let length = within(length, limit, window)?;
        if !window.fill_to(prefix + length) {
            window.consume_all();
            return Ok(Step::CutOff(place));
        }
        return Ok(Step::InWindow { place, skip: prefix, length });
    }
}

/// The length at the front of the window and how many bytes it takes; `None` where the stream ends before.
fn read_length<R: Read>(
    window: &mut Window<R>,
    framing: Framing,
) -> Result<Option<(u64, usize)>, FrameError> {
    if framing != Framing::VarintLengths {
        window.fill_to(4);
        return Ok(big_endian_length(window.available()));
    }
    window.fill_to(10);
    let length = varint_length(window.available());
    if length.is_none() && window.available().len() >= 10 {
        return Err(error(window, say(|t| t.decoding.long_length)));
    }
    Ok(length)
}

/// Nothing is set aside for a length before it is known to be within the limit.
fn within<R: Read>(length: u64, limit: usize, window: &Window<R>) -> Result<usize, FrameError> {
    usize::try_from(length).ok().filter(|n| *n <= limit).ok_or_else(|| {
        let too_long = say(|t| t.decoding.too_long_record).with("length", length.to_string());
        error(window, too_long.with("limit", limit.to_string()))
    })
}

fn error<R: Read>(window: &Window<R>, message: Sentence) -> FrameError {
    FrameError { place: window.place(), message }
}

/// As many whole fields of a message as are at hand, and at least one: they are a message themselves.
pub(super) fn fields<R: Read>(window: &mut Window<R>, limit: usize) -> Result<Step, FrameError> {
    let place = window.place();
    let mut length = 0;
    while length < BARE_GROUP {
        let field = match field_length(window.available().get(length..).unwrap_or_default()) {
            Ok(field) => field,
            Err(_) if length > 0 => break,
            Err(message) => return Err(error(window, say(message))),
        };
        match field {
            Some(field) if field > limit as u64 && length > 0 => break,
            Some(field) => {
                let field = within(field, limit, window)?;
                if window.available().len() >= length + field {
                    length += field;
                } else if length > 0 {
                    break;
                } else if !window.fill_to(field) {
                    return Ok(Step::Part(place));
                }
            }
            None if length > 0 => break,
            None if window.fill() => {}
            None if window.available().is_empty() => return Ok(Step::End),
            None => return Ok(Step::Part(place)),
        }
    }
    Ok(Step::InWindow { place, skip: 0, length })
}

/// Bytes of the field at the front, with its tag and length; `None` where these are not complete.
fn field_length(bytes: &[u8]) -> Result<Option<u64>, Pick> {
    let Some((tag, tag_bytes)) = varint_length(bytes) else {
        return if bytes.len() < 10 { Ok(None) } else { Err(|t| t.decoding.no_protobuf) };
    };
    if tag & 7 != 2 || !(8..1 << 32).contains(&tag) {
        return Err(|t| t.decoding.no_trace_protobuf);
    }
    let rest = bytes.get(tag_bytes..).unwrap_or_default();
    match varint_length(rest) {
        Some((length, n)) => Ok(Some(length.saturating_add((tag_bytes + n) as u64))),
        None if rest.len() < 10 => Ok(None),
        None => Err(|t| t.decoding.no_protobuf),
    }
}
