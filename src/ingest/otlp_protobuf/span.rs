//! One OTLP `Span` message to a row of the batch.
use super::super::{Decoded, limits};
use super::memo::Memo;
use super::value;
use super::wire::{Broken, Wire};
use crate::model::{
    DecodedEvent, DecodedLink, DecodedSpan, RejectReason, Slice, SpanId, SpanKind, StatusCode, Timestamp,
    TraceId,
};

const EVENT: u32 = 0x5a;
const LINK: u32 = 0x6a;

/// Decodes one span; on refusal the batch is as it was before, save for its tables of strings and attributes.
///
/// `resource` and `scope` of the row are left for the caller.
pub(super) fn span(wire: Wire<'_>, memo: &mut Memo, out: &mut Decoded) -> Result<DecodedSpan, RejectReason> {
    let batch = &out.builder.batch;
    let (ids, events, links) = (batch.attribute_ids.len(), batch.events.len(), batch.links.len());
    let (cut, bad_text) = (out.rejects.values_truncated, out.rejects.invalid_utf8);
    let row = fields(wire, memo, out);
    if row.is_err() {
        let batch = &mut out.builder.batch;
        batch.attribute_ids.truncate(ids);
        batch.events.truncate(events);
        batch.links.truncate(links);
        // These count what was changed on spans that were kept.
        (out.rejects.values_truncated, out.rejects.invalid_utf8) = (cut, bad_text);
    }
    row
}

impl From<Broken> for RejectReason {
    fn from(_: Broken) -> Self {
        Self::Malformed
    }
}

fn fields(mut wire: Wire<'_>, memo: &mut Memo, out: &mut Decoded) -> Result<DecodedSpan, RejectReason> {
    let mut row = DecodedSpan::default();
    let (mut trace_id, mut span_id, mut parent_id) = (&[][..], &[][..], &[][..]);
    let mut attributes = Attributes::start(out);
    let mut first_part = None;
    loop {
        let at_field = wire;
        let Some(tag) = wire.tag()? else { break };
        match tag {
            0x4a => attributes.add(wire.message()?, memo, out)?,
            0x0a => trace_id = wire.bytes()?,
            0x12 => span_id = wire.bytes()?,
            0x22 => parent_id = wire.bytes()?,
            0x2a => row.name = out.text(wire.bytes()?),
            0x30 => row.kind = SpanKind::from_number(wire.varint()?.cast_signed()),
            0x39 => row.start = Timestamp::from_unix_nanos(wire.fixed64()?),
            0x41 => row.end = Timestamp::from_unix_nanos(wire.fixed64()?),
            0x7a => status(wire.message()?, &mut row, out)?,
            0x85 => row.flags = wire.fixed32()?,
            0x1a => row.trace_state = out.text(wire.bytes()?),
            0x50 => row.dropped_attributes = wire.varint()? as u32,
            0x60 => row.dropped_events = wire.varint()? as u32,
            0x70 => row.dropped_links = wire.varint()? as u32,
            EVENT | LINK => {
                first_part = first_part.or(Some(at_field));
                wire.bytes()?;
            }
            _ => wire.skip(tag)?,
        }
    }
    row.attributes = attributes.end(&mut row.dropped_attributes, out);
    row.trace_id = TraceId(id(trace_id).ok_or(RejectReason::InvalidTraceId)?);
    row.span_id = SpanId(id(span_id).ok_or(RejectReason::InvalidSpanId)?);
    // Absent and all zero both mean a root; another length would hang the span in the wrong place.
    row.parent_id = SpanId(id_or_none(parent_id).ok_or(RejectReason::InvalidSpanId)?);
    if let Some(rest) = first_part {
        events_and_links(rest, &mut row, memo, out)?;
    }
    Ok(row)
}

/// An id of the right length that is not all zero.
fn id<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok().filter(|id| *id != [0; N])
}

/// An id of the right length, or all zero where there is none.
fn id_or_none<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    if bytes.is_empty() { Some([0; N]) } else { bytes.try_into().ok() }
}

fn status(mut wire: Wire<'_>, row: &mut DecodedSpan, out: &mut Decoded) -> Result<(), Broken> {
    while let Some(tag) = wire.tag()? {
        match tag {
            0x12 => row.status_message = out.text(wire.bytes()?),
            0x18 => row.status = StatusCode::from_number(wire.varint()?.cast_signed()),
            _ => wire.skip(tag)?,
        }
    }
    Ok(())
}

/// A second walk: the attributes of events and links must not come between those of the span.
fn events_and_links(
    mut wire: Wire<'_>,
    row: &mut DecodedSpan,
    memo: &mut Memo,
    out: &mut Decoded,
) -> Result<(), Broken> {
    let (events, links) = (out.builder.batch.events.len(), out.builder.batch.links.len());
    let (mut event_excess, mut link_excess) = (0u32, 0u32);
    while let Some(tag) = wire.tag()? {
        match tag {
            EVENT if out.builder.batch.events.len() - events < limits::EVENTS => {
                let event = event(wire.message()?, memo, out)?;
                out.builder.batch.events.push(event);
            }
            LINK if out.builder.batch.links.len() - links < limits::LINKS => {
                match link(wire.message()?, memo, out)? {
                    Some(link) => out.builder.batch.links.push(link),
                    None => link_excess += 1,
                }
            }
            EVENT | LINK => {
                wire.bytes()?;
                *(if tag == EVENT { &mut event_excess } else { &mut link_excess }) += 1;
            }
            _ => wire.skip(tag)?,
        }
    }
    row.events = since(events, out.builder.batch.events.len());
    row.links = since(links, out.builder.batch.links.len());
    row.dropped_events = row.dropped_events.saturating_add(event_excess);
    row.dropped_links = row.dropped_links.saturating_add(link_excess);
    out.rejects.values_truncated += u64::from(event_excess) + u64::from(link_excess);
    Ok(())
}

fn since(start: usize, end: usize) -> Slice {
    Slice { start: start as u32, len: (end - start) as u32 }
}

fn event(mut wire: Wire<'_>, memo: &mut Memo, out: &mut Decoded) -> Result<DecodedEvent, Broken> {
    let mut event = DecodedEvent::default();
    let mut attributes = Attributes::start(out);
    while let Some(tag) = wire.tag()? {
        match tag {
            0x09 => event.time = Timestamp::from_unix_nanos(wire.fixed64()?),
            0x12 => event.name = out.text(wire.bytes()?),
            0x1a => attributes.add(wire.message()?, memo, out)?,
            0x20 => event.dropped_attributes = wire.varint()? as u32,
            _ => wire.skip(tag)?,
        }
    }
    event.attributes = attributes.end(&mut event.dropped_attributes, out);
    Ok(event)
}

/// `None` for a link with an id of the wrong length. One without ids is kept: its attributes may tell something.
fn link(mut wire: Wire<'_>, memo: &mut Memo, out: &mut Decoded) -> Result<Option<DecodedLink>, Broken> {
    let mut link = DecodedLink::default();
    let (mut trace_id, mut span_id) = (Some([0; 16]), Some([0; 8]));
    let mut attributes = Attributes::start(out);
    while let Some(tag) = wire.tag()? {
        match tag {
            0x0a => trace_id = id_or_none(wire.bytes()?),
            0x12 => span_id = id_or_none(wire.bytes()?),
            0x1a => link.trace_state = out.text(wire.bytes()?),
            0x22 => attributes.add(wire.message()?, memo, out)?,
            0x28 => link.dropped_attributes = wire.varint()? as u32,
            0x35 => link.flags = wire.fixed32()?,
            _ => wire.skip(tag)?,
        }
    }
    link.attributes = attributes.end(&mut link.dropped_attributes, out);
    Ok(trace_id.zip(span_id).map(|(trace, span)| {
        link.trace_id = TraceId(trace);
        link.span_id = SpanId(span);
        link
    }))
}

/// The attributes of one owner, as a run of ids at the end of the batch's list.
pub(super) struct Attributes {
    start: usize,
    excess: u32,
}

impl Attributes {
    pub(super) fn start(out: &Decoded) -> Self {
        Self { start: out.builder.batch.attribute_ids.len(), excess: 0 }
    }

    /// Adds one `KeyValue`, decoding it only where the same bytes have not been seen.
    #[inline]
    pub(super) fn add(&mut self, wire: Wire<'_>, memo: &mut Memo, out: &mut Decoded) -> Result<(), Broken> {
        if out.builder.batch.attribute_ids.len() - self.start >= limits::ATTRIBUTES {
            self.excess += 1;
            return Ok(());
        }
        let hash = memo.hash(wire.whole());
        let id = match memo.find(hash, wire.whole()) {
            Some(id) => id,
            None => new_attribute(wire, hash, memo, out)?,
        };
        out.builder.batch.attribute_ids.push(id);
        Ok(())
    }

    /// The run, and how many were too many for it: they count as dropped, as if the sender had done it.
    pub(super) fn end(self, dropped: &mut u32, out: &mut Decoded) -> Slice {
        out.rejects.values_truncated += u64::from(self.excess);
        *dropped = dropped.saturating_add(self.excess);
        since(self.start, out.builder.batch.attribute_ids.len())
    }
}

fn new_attribute(wire: Wire<'_>, hash: u64, memo: &mut Memo, out: &mut Decoded) -> Result<u32, Broken> {
    let flaws = out.rejects.values_truncated + out.rejects.invalid_utf8;
    let (key, value) = value::key_value(wire, &mut out.rejects)?;
    let key = out.text(key);
    let batch = &mut out.builder.batch;
    let id = batch.attributes.len() as u32;
    batch.attributes.push((key, value));
    // A flawed attribute is decoded each time, so that each occurrence is counted.
    if flaws == out.rejects.values_truncated + out.rejects.invalid_utf8 {
        memo.remember(hash, wire.whole(), id);
    }
    Ok(id)
}
