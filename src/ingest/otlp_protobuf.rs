//! OTLP protobuf to spans, by walking the wire format over borrowed bytes.
//!
//! Generated types reject a whole request for one bad string or one deep value, and build a tree of owned
//! strings; here one bad span costs one span, and a repeated attribute is found by its raw bytes.
mod count;
mod memo;
#[cfg(test)]
mod oracle_tests;
mod span;
#[cfg(test)]
mod tests;
mod value;
mod wire;

pub use count::{Signal, count_logs, count_metrics, looks_like_request, signal};

use self::memo::Memo;
use self::span::Attributes;
use self::wire::{Broken, Wire};
use super::{DecodeError, Decoded};
use crate::model::{DecodedResource, DecodedScope, Delivery};

/// Decodes an `ExportTraceServiceRequest` (or `TracesData`: the same on the wire).
///
/// Spans with bad ids or broken insides are counted in `out.rejects` and the rest is kept.
/// On an error the spans that were complete before it stay in `out`.
pub fn decode_traces(bytes: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
    TraceDecoder::default().decode(bytes, out)
}

/// Decodes many requests, remembering attributes from one to the next as long as they go into one [`Decoded`].
///
/// One that is used again after [`Self::forget`] has its tables at their size already.
#[derive(Debug, Default)]
pub struct TraceDecoder {
    memo: Memo,
    /// Spans, attributes and ids of attributes in the last batch.
    last: [usize; 3],
}

impl TraceDecoder {
    /// As [`decode_traces`]. `out` must be the one of the calls before, unless [`Self::forget`] was called.
    pub fn decode(&mut self, bytes: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        self.make_room(bytes.len(), out);
        let mut wire = Wire::new(bytes);
        while let Some(tag) = wire.tag()? {
            match tag {
                0x0a => {
                    let (part, complaint) = wire.message_or_part()?;
                    self.resource_spans(part, out)?;
                    complaint.map_or(Ok(()), Err)?;
                }
                _ => wire.skip(tag)?,
            }
        }
        Ok(())
    }

    /// Forgets all attributes: to be called when `out` has been delivered.
    pub fn forget(&mut self) {
        self.memo.clear();
    }

    /// One batch is much like the one before it; but no more is reserved than the bytes can hold.
    fn make_room(&mut self, bytes: usize, out: &mut Decoded) {
        let batch = &mut out.builder.batch;
        if batch.spans.is_empty() {
            let [spans, attributes, ids] = self.last;
            batch.spans.reserve(spans.min(bytes / 64));
            batch.attributes.reserve(attributes.min(bytes / 16));
            batch.attribute_ids.reserve(ids.min(bytes / 16));
        }
    }

    /// Notes how much a batch held, and forgets as [`Self::forget`] does.
    pub fn deliver(&mut self, out: &mut Decoded, bytes: u64) -> Delivery {
        let batch = &out.builder.batch;
        self.last = [batch.spans.len(), batch.attributes.len(), batch.attribute_ids.len()];
        self.forget();
        out.deliver(bytes)
    }

    fn resource_spans(&mut self, mut wire: Wire<'_>, out: &mut Decoded) -> Result<(), Broken> {
        let mut resource = Pending::default();
        let result = self.resource_fields(&mut wire, &mut resource, out);
        // Written at the end, since nothing bids a sender to put the resource before its spans.
        if let Some(slot) = resource.place.and_then(|i| out.builder.batch.resources.get_mut(i as usize)) {
            *slot = resource.value;
        }
        result
    }

    fn resource_fields(
        &mut self,
        wire: &mut Wire<'_>,
        resource: &mut Pending<DecodedResource>,
        out: &mut Decoded,
    ) -> Result<(), Broken> {
        while let Some(tag) = wire.tag()? {
            match tag {
                0x0a => self.resource(wire.message()?, &mut resource.value, out)?,
                0x12 => {
                    let (part, complaint) = wire.message_or_part()?;
                    self.scope_spans(part, resource, out)?;
                    complaint.map_or(Ok(()), Err)?;
                }
                0x1a => resource.value.schema_url = out.text(wire.bytes()?),
                _ => wire.skip(tag)?,
            }
        }
        Ok(())
    }

    fn resource(
        &mut self,
        mut wire: Wire<'_>,
        resource: &mut DecodedResource,
        out: &mut Decoded,
    ) -> Result<(), Broken> {
        let mut attributes = Attributes::start(out);
        while let Some(tag) = wire.tag()? {
            match tag {
                0x0a => attributes.add(wire.message()?, &mut self.memo, out)?,
                0x10 => resource.dropped_attributes = wire.varint()? as u32,
                _ => wire.skip(tag)?,
            }
        }
        resource.attributes = attributes.end(&mut resource.dropped_attributes, out);
        Ok(())
    }

    fn scope_spans(
        &mut self,
        mut wire: Wire<'_>,
        resource: &mut Pending<DecodedResource>,
        out: &mut Decoded,
    ) -> Result<(), Broken> {
        let mut scope = Pending::default();
        let result = self.scope_fields(&mut wire, resource, &mut scope, out);
        if let Some(slot) = scope.place.and_then(|i| out.builder.batch.scopes.get_mut(i as usize)) {
            *slot = scope.value;
        }
        result
    }

    fn scope_fields(
        &mut self,
        wire: &mut Wire<'_>,
        resource: &mut Pending<DecodedResource>,
        scope: &mut Pending<DecodedScope>,
        out: &mut Decoded,
    ) -> Result<(), Broken> {
        while let Some(tag) = wire.tag()? {
            match tag {
                0x12 => match span::span(wire.message()?, &mut self.memo, out) {
                    Ok(mut row) => {
                        let batch = &mut out.builder.batch;
                        row.resource = resource.place_in(&mut batch.resources);
                        row.scope = scope.place_in(&mut batch.scopes);
                        batch.spans.push(row);
                    }
                    Err(reason) => out.rejects.span(reason),
                },
                0x0a => self.scope(wire.message()?, &mut scope.value, out)?,
                _ => wire.skip(tag)?,
            }
        }
        Ok(())
    }

    fn scope(
        &mut self,
        mut wire: Wire<'_>,
        scope: &mut DecodedScope,
        out: &mut Decoded,
    ) -> Result<(), Broken> {
        let mut attributes = Attributes::start(out);
        while let Some(tag) = wire.tag()? {
            match tag {
                0x0a => scope.name = out.text(wire.bytes()?),
                0x12 => scope.version = out.text(wire.bytes()?),
                0x1a => attributes.add(wire.message()?, &mut self.memo, out)?,
                0x20 => scope.dropped_attributes = wire.varint()? as u32,
                _ => wire.skip(tag)?,
            }
        }
        scope.attributes = attributes.end(&mut scope.dropped_attributes, out);
        Ok(())
    }
}

/// A resource or scope that takes a place in the batch with its first span, so that empty ones cost nothing.
#[derive(Default)]
struct Pending<T> {
    value: T,
    place: Option<u32>,
}

impl<T: Copy> Pending<T> {
    #[inline]
    fn place_in(&mut self, list: &mut Vec<T>) -> u32 {
        *self.place.get_or_insert_with(|| {
            list.push(self.value);
            list.len() as u32 - 1
        })
    }
}
