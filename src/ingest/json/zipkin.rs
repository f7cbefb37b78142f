//! Zipkin's JSON, version 2: spans in a list, in lists by trace, or one alone.
use std::borrow::Cow;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::Format;
use super::ids::Ids;
use super::marks::Marks;
use super::memo::Memo;
use super::reader::{Reader, Scalar};
use super::tags::{ErrorTag, Tags, interned, interval, micros};
use super::value::{count, cut, text_value};
use crate::ingest::{DecodeError, Decoded, limits};
use crate::model::{
    DecodedEvent, DecodedResource, DecodedSpan, RejectReason, Slice, SpanId, SpanKind, Timestamp, TraceId,
    Value,
};

type Read<T> = Result<T, DecodeError>;

/// Decodes a list of spans, a list of lists of them, or one span.
///
/// `shared: true` becomes the attribute `zipkin.shared`, so that the two halves of a call that share an id
/// can be told apart later.
pub fn decode(bytes: &[u8], out: &mut Decoded) -> Result<Format, DecodeError> {
    let tags = Tags::new(ErrorTag::IfPresent, &mut out.builder);
    let r = Reader::new(bytes);
    let memo = Memo::for_input(bytes.len());
    let resources = HashMap::default();
    let mut d = Decoder { r, memo, out, tags, resources, attributes: Vec::new() };
    let result = d.document();
    d.out.rejects.invalid_utf8 += d.r.invalid_utf8;
    result.map(|()| Format::Zipkin)
}

struct Decoder<'a, 'o> {
    r: Reader<'a>,
    memo: Memo,
    out: &'o mut Decoded,
    tags: Tags,
    /// By the bytes of `localEndpoint`.
    resources: HashMap<&'a [u8], u32, FixedState>,
    /// Of the span being read.
    attributes: Vec<u32>,
}

#[derive(Default)]
struct Endpoint<'a> {
    service: Cow<'a, str>,
    address: Cow<'a, str>,
    port: u32,
}

/// A span's fields that mean something only together.
#[derive(Default)]
struct Parts {
    trace_id: Option<TraceId>,
    span_id: Option<SpanId>,
    start: Option<i64>,
    length: Option<i64>,
    /// Where `localEndpoint` is.
    local: (usize, usize),
}

impl<'a> Decoder<'a, '_> {
    fn document(&mut self) -> Read<()> {
        if self.r.peek() != b'[' {
            self.span()?;
            return self.r.end();
        }
        let mut list = self.r.list()?;
        while self.r.item(&mut list)? {
            if self.r.peek() != b'[' {
                self.span()?;
                continue;
            }
            let mut trace = self.r.list()?;
            while self.r.item(&mut trace)? {
                self.span()?;
            }
        }
        self.r.end()
    }

    fn span(&mut self) -> Read<()> {
        let marks = Marks::of(self.out);
        let mut span = DecodedSpan::default();
        let mut parts = Parts { start: Some(0), length: Some(0), ..Parts::default() };
        self.attributes.clear();
        let mut fields = self.r.object()?;
        while let Some(key) = self.r.key(&mut fields)? {
            match &*key {
                b"traceId" => parts.trace_id = Ids::Lenient.trace(&self.r.bytes()?).good(),
                b"id" => parts.span_id = Ids::Lenient.span(&self.r.bytes()?).good(),
                b"parentId" => {
                    span.parent_id = Ids::Lenient.span(&self.r.bytes()?).good().unwrap_or_default()
                }
                b"name" => span.name = interned(&mut self.r, self.out)?,
                b"kind" => span.kind = SpanKind::from_name(&self.r.text()?),
                b"timestamp" => parts.start = micros(&mut self.r)?,
                b"duration" => parts.length = micros(&mut self.r)?,
                b"localEndpoint" => {
                    self.r.peek();
                    let start = self.r.at();
                    self.r.skip()?;
                    parts.local = (start, self.r.at());
                }
                b"remoteEndpoint" => self.remote()?,
                b"annotations" => span.events = self.annotations()?,
                b"tags" => self.tags()?,
                b"shared" => {
                    if self.r.scalar()? == Scalar::Bool(true) {
                        self.attach("zipkin.shared", Value::Bool(true));
                    }
                }
                _ => self.r.skip()?,
            }
        }
        match complete(&mut span, &parts) {
            Ok(()) => self.store(span, parts.local)?,
            Err(reason) => marks.refuse(self.out, reason),
        }
        Ok(())
    }

    fn store(&mut self, mut span: DecodedSpan, local: (usize, usize)) -> Read<()> {
        span.resource = self.resource(local)?;
        let mark = self.out.builder.attribute_mark();
        self.out.builder.batch.attribute_ids.append(&mut self.attributes);
        span.attributes = self.out.builder.attributes_since(mark);
        self.tags.apply(&mut self.out.builder, &mut span);
        self.out.builder.batch.spans.push(span);
        Ok(())
    }

    fn attach(&mut self, key: &str, value: Value) {
        let id = self.out.builder.attribute(key, value);
        self.attributes.push(id);
    }

    fn resource(&mut self, (start, end): (usize, usize)) -> Read<u32> {
        let raw = self.r.input().get(start..end).unwrap_or_default();
        if let Some(&index) = self.resources.get(raw) {
            return Ok(index);
        }
        let mark = self.out.builder.attribute_mark();
        let mut endpoint = Endpoint::default();
        if !raw.is_empty() {
            let after = self.r.at();
            self.r.seek(start);
            endpoint = self.endpoint()?;
            self.r.seek(after);
        }
        let texts = [("service.name", endpoint.service), ("network.local.address", endpoint.address)];
        for (key, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
            let value = text_value(&text, &mut self.out.rejects);
            let id = self.out.builder.attribute(key, value);
            self.out.builder.batch.attribute_ids.push(id);
        }
        if endpoint.port != 0 {
            let id = self.out.builder.attribute("network.local.port", Value::Int(i64::from(endpoint.port)));
            self.out.builder.batch.attribute_ids.push(id);
        }
        let attributes = self.out.builder.attributes_since(mark);
        let resources = &mut self.out.builder.batch.resources;
        resources.push(DecodedResource { attributes, ..DecodedResource::default() });
        let index = resources.len() as u32 - 1;
        self.resources.insert(raw, index);
        Ok(index)
    }

    fn endpoint(&mut self) -> Read<Endpoint<'a>> {
        let mut endpoint = Endpoint::default();
        let mut fields = self.r.object()?;
        while let Some(key) = self.r.key(&mut fields)? {
            match &*key {
                b"serviceName" => endpoint.service = self.r.text()?,
                b"ipv4" => endpoint.address = self.r.text()?,
                b"ipv6" => {
                    let address = self.r.text()?;
                    if endpoint.address.is_empty() {
                        endpoint.address = address;
                    }
                }
                b"port" => endpoint.port = count(&mut self.r)?,
                _ => self.r.skip()?,
            }
        }
        Ok(endpoint)
    }

    fn remote(&mut self) -> Read<()> {
        let endpoint = self.endpoint()?;
        let texts = [("peer.service", endpoint.service), ("network.peer.address", endpoint.address)];
        for (key, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
            let value = text_value(&text, &mut self.out.rejects);
            self.attach(key, value);
        }
        if endpoint.port != 0 {
            self.attach("network.peer.port", Value::Int(i64::from(endpoint.port)));
        }
        Ok(())
    }

    fn annotations(&mut self) -> Read<Slice> {
        let start = self.out.builder.batch.events.len();
        let mut list = self.r.list()?;
        while self.r.item(&mut list)? {
            if self.out.builder.batch.events.len() - start >= limits::EVENTS {
                self.r.skip()?;
                self.out.rejects.values_truncated += 1;
                continue;
            }
            let mut event = DecodedEvent::default();
            let mut fields = self.r.object()?;
            while let Some(key) = self.r.key(&mut fields)? {
                match &*key {
                    // A bad time of an annotation is not worth the span: it stays, without a time.
                    b"timestamp" => event.time = Timestamp(micros(&mut self.r)?.unwrap_or(0)),
                    b"value" => event.name = interned(&mut self.r, self.out)?,
                    _ => self.r.skip()?,
                }
            }
            self.out.builder.batch.events.push(event);
        }
        let len = self.out.builder.batch.events.len() - start;
        Ok(Slice { start: start as u32, len: len as u32 })
    }

    fn tags(&mut self) -> Read<()> {
        let mut fields = self.r.object()?;
        while let Some(key) = self.r.key(&mut fields)? {
            if self.attributes.len() >= limits::ATTRIBUTES {
                self.r.skip()?;
                self.out.rejects.values_truncated += 1;
                continue;
            }
            let id = self.tag(key)?;
            self.attributes.push(id);
        }
        Ok(())
    }

    fn tag(&mut self, key: Cow<'a, [u8]>) -> Read<u32> {
        let input = self.r.input();
        self.r.peek();
        let (start, value_at) = (self.r.key_start(), self.r.at());
        self.r.skip()?;
        let candidate = self.memo.candidate(input, start, self.r.at());
        if let Some(id) = candidate.and_then(|c| self.memo.find(input, c)) {
            return Ok(id);
        }
        self.r.seek(value_at);
        let losses = (self.r.invalid_utf8, self.out.rejects.values_truncated);
        let value = self.tag_value()?;
        let key = self.r.checked(key);
        let value = text_value(&value, &mut self.out.rejects);
        let key = cut(&key, &mut self.out.rejects);
        let id = self.out.builder.attribute(key, value);
        if let Some(c) = candidate
            && losses == (self.r.invalid_utf8, self.out.rejects.values_truncated)
        {
            self.memo.put(c, id);
        }
        Ok(id)
    }

    /// A tag's value, which should be text; anything else is kept as its JSON text.
    fn tag_value(&mut self) -> Read<Cow<'a, str>> {
        if matches!(self.r.peek(), b'"' | b'n') {
            return self.r.text();
        }
        let start = self.r.at();
        self.r.skip()?;
        let raw = self.r.input().get(start..self.r.at()).unwrap_or_default();
        Ok(self.r.checked(Cow::Borrowed(raw)))
    }
}

fn complete(span: &mut DecodedSpan, parts: &Parts) -> Result<(), RejectReason> {
    span.trace_id = parts.trace_id.ok_or(RejectReason::InvalidTraceId)?;
    span.span_id = parts.span_id.ok_or(RejectReason::InvalidSpanId)?;
    (span.start, span.end) = interval(parts.start, parts.length)?;
    // Zipkin leaves out what it does not know and has no length of 0: then the span has no end.
    if span.start.is_unset() || parts.length == Some(0) {
        span.end = Timestamp(0);
    }
    Ok(())
}
