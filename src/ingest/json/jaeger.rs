//! Jaeger's JSON: what its UI downloads and its query API answers.
use std::borrow::Cow;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::Format;
use super::ids::{Id, Ids};
use super::marks::Marks;
use super::memo::Memo;
use super::reader::{Reader, Scalar};
use super::tags::{ErrorTag, Tags, interned, interval, micros, text_of};
use super::value::{count, cut, from_base64, text_value};
use crate::ingest::{DecodeError, Decoded, limits};
use crate::model::{
    DecodedEvent, DecodedLink, DecodedResource, DecodedSpan, LocalStr, RejectReason, Slice, SpanId,
    Timestamp, TraceId, Value,
};
use crate::texts::say;

type Read<T> = Result<T, DecodeError>;
type Map<K, V> = HashMap<K, V, FixedState>;

/// Decodes `{"data": [trace, …]}`, one such trace alone, or a list of them.
pub fn decode(bytes: &[u8], out: &mut Decoded) -> Result<Format, DecodeError> {
    let tags = Tags::new(ErrorTag::IfTrue, &mut out.builder);
    let names = ["event", "message"].map(|k| out.builder.string(k));
    let r = Reader::new(bytes);
    let memo = Memo::for_input(bytes.len());
    let mut d = Decoder { r, memo, out, tags, names, references: Vec::new(), errors: None };
    let result = d.document();
    d.out.rejects.invalid_utf8 += d.r.invalid_utf8;
    result.map(|()| Format::Jaeger)
}

struct Decoder<'a, 'o> {
    r: Reader<'a>,
    memo: Memo,
    out: &'o mut Decoded,
    tags: Tags,
    /// The keys of log fields that name the event, the better one first.
    names: [LocalStr; 2],
    /// Those of the span being read.
    references: Vec<Reference>,
    /// Where the list of errors is, if the answer has one.
    errors: Option<(usize, usize)>,
}

#[derive(Clone, Copy)]
struct Reference {
    is_child_of: bool,
    trace_id: Id<TraceId>,
    span_id: Id<SpanId>,
}

/// The resources of one trace.
#[derive(Default)]
struct Processes<'a> {
    /// The resource's index, and whether `processes` has described it yet or spans only name it.
    by_id: Map<Cow<'a, [u8]>, (u32, bool)>,
    /// Processes written within spans, by their bytes.
    inlined: Map<&'a [u8], u32>,
}

/// A span's fields that mean something only together.
#[derive(Default)]
struct Parts<'a> {
    trace_id: Option<TraceId>,
    span_id: Option<SpanId>,
    parent_id: SpanId,
    start: Option<i64>,
    length: Option<i64>,
    process_id: Cow<'a, [u8]>,
    /// Where the inlined process is.
    process: Option<(usize, usize)>,
}

impl<'a> Decoder<'a, '_> {
    fn document(&mut self) -> Read<()> {
        let before = self.out.spans();
        if self.r.peek() == b'[' {
            self.traces()?;
        } else {
            self.trace(true)?;
        }
        self.r.end()?;
        let (nothing, refused) = (self.out.spans() == before, self.out.rejects.total_spans() > 0);
        if let Some((start, end)) = self.errors
            && nothing
            && !refused
        {
            let errors = String::from_utf8_lossy(self.r.input().get(start..end).unwrap_or_default());
            let errors: String = errors.chars().take(300).collect();
            let message = say(|t| t.decoding.jaeger_errors).with("errors", errors);
            return Err(DecodeError { offset: start, message });
        }
        Ok(())
    }

    fn traces(&mut self) -> Read<()> {
        let mut list = self.r.list()?;
        while self.r.item(&mut list)? {
            self.trace(false)?;
        }
        Ok(())
    }

    fn trace(&mut self, outermost: bool) -> Read<()> {
        let mut processes = Processes::default();
        let mut fields = self.r.object()?;
        while let Some(key) = self.r.key(&mut fields)? {
            match &*key {
                b"spans" => {
                    let mut list = self.r.list()?;
                    while self.r.item(&mut list)? {
                        self.span(&mut processes)?;
                    }
                }
                b"processes" => self.processes(&mut processes)?,
                b"data" if outermost && self.r.peek() == b'{' => self.trace(false)?,
                b"data" if outermost => self.traces()?,
                b"errors" if outermost && self.r.peek() == b'[' => {
                    let start = self.r.at();
                    self.r.skip()?;
                    self.errors = (self.r.at() > start + 2).then_some((start, self.r.at()));
                }
                _ => self.r.skip()?,
            }
        }
        let mut unknown: Vec<u32> = processes.by_id.values().filter(|p| !p.1).map(|p| p.0).collect();
        unknown.sort_unstable();
        for index in unknown {
            let resource = self.unknown_process();
            self.set_resource(index, resource);
        }
        Ok(())
    }

    fn processes(&mut self, processes: &mut Processes<'a>) -> Read<()> {
        let mut fields = self.r.object()?;
        while let Some(id) = self.r.key(&mut fields)? {
            let resource = self.process()?;
            let next = self.out.builder.batch.resources.len() as u32;
            let (index, is_described) = processes.by_id.entry(id).or_insert((next, true));
            *is_described = true;
            if *index == next {
                self.out.builder.batch.resources.push(resource);
            } else {
                self.set_resource(*index, resource);
            }
        }
        Ok(())
    }

    fn set_resource(&mut self, index: u32, resource: DecodedResource) {
        if let Some(place) = self.out.builder.batch.resources.get_mut(index as usize) {
            *place = resource;
        }
    }

    /// The resource of a process that the trace names and does not describe.
    fn unknown_process(&mut self) -> DecodedResource {
        let mark = self.out.builder.attribute_mark();
        let id = self.out.builder.attribute("service.name", Value::str("unknown"));
        self.out.builder.batch.attribute_ids.push(id);
        DecodedResource { attributes: self.out.builder.attributes_since(mark), ..DecodedResource::default() }
    }

    fn process(&mut self) -> Read<DecodedResource> {
        let mark = self.out.builder.attribute_mark();
        let mut fields = self.r.object()?;
        while let Some(key) = self.r.key(&mut fields)? {
            match &*key {
                b"serviceName" => {
                    let name = self.r.text()?;
                    let name = text_value(&name, &mut self.out.rejects);
                    let id = self.out.builder.attribute("service.name", name);
                    self.out.builder.batch.attribute_ids.push(id);
                }
                b"tags" => {
                    self.tag_list()?;
                }
                _ => self.r.skip()?,
            }
        }
        let attributes = self.out.builder.attributes_since(mark);
        Ok(DecodedResource { attributes, ..DecodedResource::default() })
    }

    fn span(&mut self, processes: &mut Processes<'a>) -> Read<()> {
        let marks = Marks::of(self.out);
        let mut span = DecodedSpan::default();
        let mut parts = Parts { start: Some(0), length: Some(0), ..Parts::default() };
        self.references.clear();
        let mut fields = self.r.object()?;
        while let Some(key) = self.r.key(&mut fields)? {
            match &*key {
                b"traceID" => parts.trace_id = Ids::Lenient.trace(&self.r.bytes()?).good(),
                b"spanID" => parts.span_id = Ids::Lenient.span(&self.r.bytes()?).good(),
                b"parentSpanID" => {
                    parts.parent_id = Ids::Lenient.span(&self.r.bytes()?).good().unwrap_or_default();
                }
                b"operationName" => span.name = interned(&mut self.r, self.out)?,
                b"startTime" => parts.start = micros(&mut self.r)?,
                b"duration" => parts.length = micros(&mut self.r)?,
                b"references" => self.references()?,
                b"tags" => span.attributes = self.tag_list()?,
                b"logs" => span.events = self.logs()?,
                b"processID" => parts.process_id = self.r.bytes()?,
                b"process" if self.r.peek() == b'{' => {
                    let start = self.r.at();
                    self.r.skip()?;
                    parts.process = Some((start, self.r.at()));
                }
                // Of Jaeger's flags only "sampled" means the same in OTLP.
                b"flags" => span.flags = count(&mut self.r)? & 1,
                _ => self.r.skip()?,
            }
        }
        match self.complete(&mut span, &parts) {
            Ok(()) => {
                span.resource = self.resource(processes, parts)?;
                self.tags.apply(&mut self.out.builder, &mut span);
                self.out.builder.batch.spans.push(span);
            }
            Err(reason) => marks.refuse(self.out, reason),
        }
        Ok(())
    }

    /// Sets ids, times, parent and links, or says why it cannot.
    fn complete(&mut self, span: &mut DecodedSpan, parts: &Parts) -> Result<(), RejectReason> {
        span.trace_id = parts.trace_id.ok_or(RejectReason::InvalidTraceId)?;
        span.span_id = parts.span_id.ok_or(RejectReason::InvalidSpanId)?;
        (span.start, span.end) = interval(parts.start, parts.length)?;
        let own = Id::Of(span.trace_id);
        let same = |r: &Reference| r.trace_id == own && r.span_id.good().is_some();
        let child_of = self.references.iter().position(|r| r.is_child_of && same(r));
        let parent = child_of.or_else(|| self.references.iter().position(same));
        let parent_id = parent.and_then(|p| self.references.get(p)).and_then(|r| r.span_id.good());
        span.parent_id = parent_id.unwrap_or(parts.parent_id);
        let links = &mut self.out.builder.batch.links;
        let start = links.len();
        let others = self.references.iter().enumerate().filter(|(i, _)| Some(*i) != parent).map(|(_, r)| r);
        let excess = others.clone().count().saturating_sub(limits::LINKS);
        links.extend(others.take(limits::LINKS).map(|r| DecodedLink {
            trace_id: r.trace_id.good().unwrap_or_default(),
            span_id: r.span_id.good().unwrap_or_default(),
            ..DecodedLink::default()
        }));
        span.links = Slice { start: start as u32, len: (links.len() - start) as u32 };
        self.out.rejects.values_truncated += excess as u64;
        Ok(())
    }

    fn resource(&mut self, processes: &mut Processes<'a>, parts: Parts<'a>) -> Read<u32> {
        let next = self.out.builder.batch.resources.len() as u32;
        let Some((start, end)) = parts.process else {
            let (index, _) = *processes.by_id.entry(parts.process_id).or_insert((next, false));
            if index == next {
                self.out.builder.batch.resources.push(DecodedResource::default());
            }
            return Ok(index);
        };
        let raw = self.r.input().get(start..end).unwrap_or_default();
        if let Some(&index) = processes.inlined.get(raw) {
            return Ok(index);
        }
        let after = self.r.at();
        self.r.seek(start);
        let resource = self.process()?;
        self.r.seek(after);
        processes.inlined.insert(raw, next);
        self.out.builder.batch.resources.push(resource);
        Ok(next)
    }

    fn references(&mut self) -> Read<()> {
        self.references.clear();
        let mut list = self.r.list()?;
        while self.r.item(&mut list)? {
            let mut r = Reference { is_child_of: true, trace_id: Id::Absent, span_id: Id::Absent };
            let mut fields = self.r.object()?;
            while let Some(key) = self.r.key(&mut fields)? {
                match &*key {
                    b"refType" => r.is_child_of = &*self.r.bytes()? != b"FOLLOWS_FROM",
                    b"traceID" => r.trace_id = Ids::Lenient.trace(&self.r.bytes()?),
                    b"spanID" => r.span_id = Ids::Lenient.span(&self.r.bytes()?),
                    _ => self.r.skip()?,
                }
            }
            self.references.push(r);
        }
        Ok(())
    }

    /// A list of tags; those beyond the limit are counted as cut.
    fn tag_list(&mut self) -> Read<Slice> {
        let mark = self.out.builder.attribute_mark();
        let mut list = self.r.list()?;
        while self.r.item(&mut list)? {
            if self.out.builder.attributes_since(mark).len as usize >= limits::ATTRIBUTES {
                self.cut_item()?;
                continue;
            }
            let id = self.tag()?;
            self.out.builder.batch.attribute_ids.push(id);
        }
        Ok(self.out.builder.attributes_since(mark))
    }

    /// Takes an item of a list that is full.
    fn cut_item(&mut self) -> Read<()> {
        self.out.rejects.values_truncated += 1;
        self.r.skip()
    }

    fn tag(&mut self) -> Read<u32> {
        let (input, start) = (self.r.input(), self.r.at());
        let candidate = self.memo.guess(input, start, 1);
        if let Some(c) = candidate
            && let Some(id) = self.memo.find(input, c)
        {
            self.r.seek(c.end);
            return Ok(id);
        }
        let losses = (self.r.invalid_utf8, self.out.rejects.values_truncated);
        let (mut key, mut kind, mut value) = (Cow::Borrowed(""), Cow::Borrowed(&b""[..]), Scalar::Null);
        let mut fields = self.r.object()?;
        while let Some(field) = self.r.key(&mut fields)? {
            match &*field {
                b"key" => key = self.r.text()?,
                b"type" => kind = self.r.bytes()?,
                b"value" => value = self.tag_value()?,
                _ => self.r.skip()?,
            }
        }
        let value = typed(&kind, value, self.out);
        let key = cut(&key, &mut self.out.rejects);
        let id = self.out.builder.attribute(key, value);
        if let Some(c) = candidate
            && c.end == self.r.at()
            && losses == (self.r.invalid_utf8, self.out.rejects.values_truncated)
        {
            self.memo.put(c, id);
        }
        Ok(id)
    }

    /// A tag's value; an object or a list, which Jaeger does not write, is kept as its JSON text.
    fn tag_value(&mut self) -> Read<Scalar<'a>> {
        if !matches!(self.r.peek(), b'{' | b'[') {
            return self.r.scalar();
        }
        let start = self.r.at();
        self.r.skip()?;
        let raw = self.r.input().get(start..self.r.at()).unwrap_or_default();
        Ok(Scalar::Text(self.r.checked(Cow::Borrowed(raw))))
    }

    fn logs(&mut self) -> Read<Slice> {
        let start = self.out.builder.batch.events.len();
        let mut list = self.r.list()?;
        while self.r.item(&mut list)? {
            if self.out.builder.batch.events.len() - start >= limits::EVENTS {
                self.cut_item()?;
                continue;
            }
            let event = self.log()?;
            self.out.builder.batch.events.push(event);
        }
        let len = self.out.builder.batch.events.len() - start;
        Ok(Slice { start: start as u32, len: len as u32 })
    }

    fn log(&mut self) -> Read<DecodedEvent> {
        let mut event = DecodedEvent { name: self.out.builder.string("log"), ..DecodedEvent::default() };
        let mut fields = self.r.object()?;
        while let Some(key) = self.r.key(&mut fields)? {
            match &*key {
                // A bad time of a log is not worth the span: it stays, without a time.
                b"timestamp" => event.time = Timestamp(micros(&mut self.r)?.unwrap_or(0)),
                b"fields" => {
                    event.attributes = self.tag_list()?;
                    if let Some(name) = self.take_name(&mut event.attributes) {
                        event.name = name;
                    }
                }
                _ => self.r.skip()?,
            }
        }
        Ok(event)
    }

    /// Takes the field that names the event out of the fields, which are the newest of the list.
    fn take_name(&mut self, fields: &mut Slice) -> Option<LocalStr> {
        let batch = &mut self.out.builder.batch;
        let ids = batch.attribute_ids.get(fields.range())?;
        let key_of = |id: &u32| batch.attributes.get(*id as usize).map(|(key, _)| *key);
        let place = self.names.iter().find_map(|name| ids.iter().position(|id| key_of(id) == Some(*name)))?;
        let id = batch.attribute_ids.remove(fields.start as usize + place);
        fields.len -= 1;
        Some(text_of(&mut self.out.builder, id))
    }
}

/// A tag's value as its type says; where that does not fit, as it is written.
fn typed(kind: &[u8], value: Scalar, out: &mut Decoded) -> Value {
    let text: &str = match &value {
        Scalar::Null => return if kind == b"string" { Value::str("") } else { Value::Empty },
        Scalar::Bool(b) if kind == b"string" => return Value::str(b.to_string()),
        Scalar::Bool(b) => return Value::Bool(*b),
        Scalar::Number(text) => text,
        Scalar::Text(text) => text,
    };
    let is_number = matches!(value, Scalar::Number(_));
    let int = || text.parse().ok().map(Value::Int);
    let double = || text.parse().ok().map(Value::Double);
    let parsed = match kind {
        b"bool" => text.parse().ok().map(Value::Bool),
        b"int64" => int().or_else(double),
        b"float64" => double(),
        b"binary" => {
            from_base64(text).filter(|b| b.len() <= limits::VALUE_BYTES).map(|b| Value::Bytes(b.into()))
        }
        b"string" => None,
        _ if is_number => int().or_else(double),
        _ => None,
    };
    parsed.unwrap_or_else(|| text_value(text, &mut out.rejects))
}
