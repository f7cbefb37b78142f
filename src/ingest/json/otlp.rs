//! OTLP JSON, as lenient as the Collector: camelCase or snake_case, enums by name or number, any order.
use super::Format;
use super::ids::{Id, Ids};
use super::marks::Marks;
use super::memo::Memo;
use super::metrics::resource_metrics;
use super::reader::{Reader, Scalar};
use super::value::{count, cut, key_value, nanos};
use crate::ingest::{DecodeError, Decoded, limits};
use crate::model::{
    DecodedEvent, DecodedLink, DecodedResource, DecodedScope, DecodedSpan, LocalStr, RejectReason, Slice,
    SpanId, SpanKind, StatusCode, Timestamp, TraceId,
};
use crate::texts::say;

type Read<T> = Result<T, DecodeError>;

/// Decodes one request, or a list of requests, or Jaeger's `{"result": {…}}` around one.
///
/// Metrics that no answer needs, and logs, are counted as refused. Unknown fields are ignored. After an error the spans before it
/// are in `out`.
pub fn decode(bytes: &[u8], out: &mut Decoded, ids: Ids) -> Result<Format, DecodeError> {
    let mut d = Decoder { r: Reader::new(bytes), memo: Memo::for_input(bytes.len()), out, ids, format: None };
    let result = d.document();
    d.out.rejects.invalid_utf8 += d.r.invalid_utf8;
    result.map(|()| d.format.unwrap_or(Format::OtlpTraces))
}

struct Decoder<'a, 'o> {
    r: Reader<'a>,
    memo: Memo,
    out: &'o mut Decoded,
    ids: Ids,
    /// The signal seen first, but traces if there are any.
    format: Option<Format>,
}

impl Decoder<'_, '_> {
    fn document(&mut self) -> Read<()> {
        if self.r.peek() == b'[' {
            let mut requests = self.r.list()?;
            while self.r.item(&mut requests)? {
                self.request(true)?;
            }
        } else {
            self.request(true)?;
        }
        self.r.end()
    }

    fn request(&mut self, outermost: bool) -> Read<()> {
        let mut fields = self.r.object()?;
        while let Some(key) = self.r.key(&mut fields)? {
            match &*key {
                b"resourceSpans" | b"resource_spans" => {
                    self.format = Some(Format::OtlpTraces);
                    let mut list = self.r.list()?;
                    while self.r.item(&mut list)? {
                        self.resource_spans()?;
                    }
                }
                b"resourceMetrics" | b"resource_metrics" => {
                    self.format.get_or_insert(Format::OtlpMetrics);
                    resource_metrics(&mut self.r, self.out)?;
                }
                b"resourceLogs" | b"resource_logs" => {
                    self.format.get_or_insert(Format::OtlpLogs);
                    self.out.rejects.logs += count_entries(&mut self.r, LOGS)?;
                }
                b"result" if outermost => self.request(false)?,
                _ => self.r.skip()?,
            }
        }
        Ok(())
    }

    fn resource_spans(&mut self) -> Read<()> {
        // The resource may come after its spans, so its place is taken first and filled when it is met.
        let (index, spans) = (self.out.builder.batch.resources.len(), self.out.spans());
        self.out.builder.batch.resources.push(DecodedResource::default());
        let mut resource = DecodedResource::default();
        let mut fields = self.r.object()?;
        while let Some(key) = self.r.key(&mut fields)? {
            match &*key {
                b"resource" => {
                    let schema_url = resource.schema_url;
                    resource = DecodedResource { schema_url, ..self.resource()? };
                    self.set_resource(index, resource);
                }
                b"schemaUrl" | b"schema_url" => {
                    resource.schema_url = self.interned()?;
                    self.set_resource(index, resource);
                }
                b"scopeSpans"
                | b"scope_spans"
                | b"instrumentationLibrarySpans"
                | b"instrumentation_library_spans" => {
                    let mut list = self.r.list()?;
                    while self.r.item(&mut list)? {
                        self.scope_spans(index as u32)?;
                    }
                }
                _ => self.r.skip()?,
            }
        }
        if self.out.spans() == spans {
            self.out.builder.batch.resources.truncate(index);
        }
        Ok(())
    }

    /// At once and not at the end, so that spans before an error have their resource.
    fn set_resource(&mut self, index: usize, resource: DecodedResource) {
        if let Some(place) = self.out.builder.batch.resources.get_mut(index) {
            *place = resource;
        }
    }

    fn resource(&mut self) -> Read<DecodedResource> {
        let mut resource = DecodedResource::default();
        let mut fields = self.r.object()?;
        while let Some(key) = self.r.key(&mut fields)? {
            match &*key {
                b"attributes" => resource.attributes = self.attributes()?,
                b"droppedAttributesCount" | b"dropped_attributes_count" => {
                    resource.dropped_attributes = count(&mut self.r)?;
                }
                _ => self.r.skip()?,
            }
        }
        Ok(resource)
    }

    fn scope_spans(&mut self, resource: u32) -> Read<()> {
        let (index, spans) = (self.out.builder.batch.scopes.len(), self.out.spans());
        self.out.builder.batch.scopes.push(DecodedScope::default());
        let mut fields = self.r.object()?;
        while let Some(key) = self.r.key(&mut fields)? {
            match &*key {
                b"scope" | b"instrumentationLibrary" | b"instrumentation_library" => {
                    let scope = self.scope()?;
                    if let Some(place) = self.out.builder.batch.scopes.get_mut(index) {
                        *place = scope;
                    }
                }
                b"spans" => {
                    let mut list = self.r.list()?;
                    while self.r.item(&mut list)? {
                        self.span(resource, index as u32)?;
                    }
                }
                _ => self.r.skip()?,
            }
        }
        if self.out.spans() == spans {
            self.out.builder.batch.scopes.truncate(index);
        }
        Ok(())
    }

    fn scope(&mut self) -> Read<DecodedScope> {
        let mut scope = DecodedScope::default();
        let mut fields = self.r.object()?;
        while let Some(key) = self.r.key(&mut fields)? {
            match &*key {
                b"name" => scope.name = self.interned()?,
                b"version" => scope.version = self.interned()?,
                b"attributes" => scope.attributes = self.attributes()?,
                b"droppedAttributesCount" | b"dropped_attributes_count" => {
                    scope.dropped_attributes = count(&mut self.r)?;
                }
                _ => self.r.skip()?,
            }
        }
        Ok(scope)
    }

    fn span(&mut self, resource: u32, scope: u32) -> Read<()> {
        let marks = Marks::of(self.out);
        let mut span = DecodedSpan { resource, scope, ..DecodedSpan::default() };
        let (mut trace_id, mut span_id, mut parent) = (Id::Absent, Id::Absent, Id::Absent);
        let (mut start, mut end) = (Some(Timestamp(0)), Some(Timestamp(0)));
        let mut fields = self.r.object()?;
        while let Some(key) = self.r.key(&mut fields)? {
            match &*key {
                b"traceId" | b"trace_id" => trace_id = self.ids.trace(&self.r.bytes()?),
                b"spanId" | b"span_id" => span_id = self.ids.span(&self.r.bytes()?),
                b"parentSpanId" | b"parent_span_id" => parent = self.ids.span(&self.r.bytes()?),
                b"name" => span.name = self.interned()?,
                b"startTimeUnixNano" | b"start_time_unix_nano" => start = nanos(&mut self.r)?,
                b"endTimeUnixNano" | b"end_time_unix_nano" => end = nanos(&mut self.r)?,
                b"kind" => span.kind = self.kind()?,
                b"status" => (span.status, span.status_message) = self.status()?,
                b"attributes" => span.attributes = self.attributes()?,
                b"events" => span.events = self.events()?,
                b"links" => span.links = self.links()?,
                b"traceState" | b"trace_state" => span.trace_state = self.interned()?,
                b"flags" => span.flags = count(&mut self.r)?,
                b"droppedAttributesCount" | b"dropped_attributes_count" => {
                    span.dropped_attributes = count(&mut self.r)?;
                }
                b"droppedEventsCount" | b"dropped_events_count" => span.dropped_events = count(&mut self.r)?,
                b"droppedLinksCount" | b"dropped_links_count" => span.dropped_links = count(&mut self.r)?,
                _ => self.r.skip()?,
            }
        }
        match identity(trace_id, span_id, parent, start, end) {
            Ok((trace_id, span_id, parent_id, start, end)) => {
                let batch = &mut self.out.builder.batch;
                batch.spans.push(DecodedSpan { trace_id, span_id, parent_id, start, end, ..span });
            }
            Err(reason) => marks.refuse(self.out, reason),
        }
        Ok(())
    }

    fn interned(&mut self) -> Read<LocalStr> {
        let text = self.r.text()?;
        let text = cut(&text, &mut self.out.rejects);
        Ok(self.out.builder.string(text))
    }

    fn kind(&mut self) -> Read<SpanKind> {
        Ok(match self.r.scalar()? {
            Scalar::Number(n) => SpanKind::from_number(n.parse().unwrap_or(0)),
            Scalar::Text(t) => t.parse().map_or_else(|_| SpanKind::from_name(&t), SpanKind::from_number),
            Scalar::Null => SpanKind::Unspecified,
            Scalar::Bool(_) => {
                let kind_is = say(|t| t.decoding.field_is).with("field", "`kind`");
                let kind_is = kind_is.with("found", say(|t| t.decoding.a_truth_value));
                return Err(self.r.error(kind_is.with("expected", say(|t| t.decoding.a_number))));
            }
        })
    }

    fn status(&mut self) -> Read<(StatusCode, LocalStr)> {
        let (mut code, mut message) = (StatusCode::Unset, LocalStr(0));
        let mut fields = self.r.object()?;
        while let Some(key) = self.r.key(&mut fields)? {
            match &*key {
                b"code" => {
                    code = match self.r.scalar()? {
                        Scalar::Number(n) => StatusCode::from_number(n.parse().unwrap_or(0)),
                        Scalar::Text(t) => {
                            t.parse().map_or_else(|_| StatusCode::from_name(&t), StatusCode::from_number)
                        }
                        Scalar::Null | Scalar::Bool(_) => StatusCode::Unset,
                    }
                }
                b"message" => message = self.interned()?,
                _ => self.r.skip()?,
            }
        }
        Ok((code, message))
    }

    /// A list of attributes; those beyond the limit are counted as cut.
    fn attributes(&mut self) -> Read<Slice> {
        let mark = self.out.builder.attribute_mark();
        let mut list = self.r.list()?;
        let mut left = limits::ATTRIBUTES;
        while self.r.item(&mut list)? {
            if left == 0 {
                self.cut_item()?;
                continue;
            }
            left -= 1;
            let id = self.attribute()?;
            self.out.builder.batch.attribute_ids.push(id);
        }
        Ok(self.out.builder.attributes_since(mark))
    }

    /// Takes an item of a list that is full.
    fn cut_item(&mut self) -> Read<()> {
        self.out.rejects.values_truncated += 1;
        self.r.skip()
    }

    #[inline]
    fn attribute(&mut self) -> Read<u32> {
        let (input, start) = (self.r.input(), self.r.at());
        let candidate = self.memo.guess(input, start, 2);
        if let Some(c) = candidate
            && let Some(id) = self.memo.find(input, c)
        {
            self.r.seek(c.end);
            return Ok(id);
        }
        let losses = (self.r.invalid_utf8, self.out.rejects.values_truncated);
        let (key, value) = key_value(&mut self.r, &mut self.out.rejects)?;
        let id = self.out.builder.attribute(&key, value);
        // A loss must be counted each time, so an attribute with one is not remembered.
        if let Some(c) = candidate
            && c.end == self.r.at()
            && losses == (self.r.invalid_utf8, self.out.rejects.values_truncated)
        {
            self.memo.put(c, id);
        }
        Ok(id)
    }

    fn events(&mut self) -> Read<Slice> {
        let start = self.out.builder.batch.events.len();
        let mut list = self.r.list()?;
        while self.r.item(&mut list)? {
            if self.out.builder.batch.events.len() - start >= limits::EVENTS {
                self.cut_item()?;
                continue;
            }
            let event = self.event()?;
            self.out.builder.batch.events.push(event);
        }
        let len = self.out.builder.batch.events.len() - start;
        Ok(Slice { start: start as u32, len: len as u32 })
    }

    fn event(&mut self) -> Read<DecodedEvent> {
        let mut event = DecodedEvent::default();
        let mut fields = self.r.object()?;
        while let Some(key) = self.r.key(&mut fields)? {
            match &*key {
                // A bad time of an event is not worth the span: the event stays, without a time.
                b"timeUnixNano" | b"time_unix_nano" => event.time = nanos(&mut self.r)?.unwrap_or_default(),
                b"name" => event.name = self.interned()?,
                b"attributes" => event.attributes = self.attributes()?,
                b"droppedAttributesCount" | b"dropped_attributes_count" => {
                    event.dropped_attributes = count(&mut self.r)?;
                }
                _ => self.r.skip()?,
            }
        }
        Ok(event)
    }

    /// Links; those beyond the limit, or whose ids are not ids, are counted as cut.
    fn links(&mut self) -> Read<Slice> {
        let start = self.out.builder.batch.links.len();
        let mut list = self.r.list()?;
        while self.r.item(&mut list)? {
            if self.out.builder.batch.links.len() - start >= limits::LINKS {
                self.cut_item()?;
                continue;
            }
            match self.link()? {
                Some(link) => self.out.builder.batch.links.push(link),
                None => self.out.rejects.values_truncated += 1,
            }
        }
        let len = self.out.builder.batch.links.len() - start;
        Ok(Slice { start: start as u32, len: len as u32 })
    }

    fn link(&mut self) -> Read<Option<DecodedLink>> {
        let mut link = DecodedLink::default();
        let (mut trace_id, mut span_id) = (Id::Absent, Id::Absent);
        let mut fields = self.r.object()?;
        while let Some(key) = self.r.key(&mut fields)? {
            match &*key {
                b"traceId" | b"trace_id" => trace_id = self.ids.trace(&self.r.bytes()?),
                b"spanId" | b"span_id" => span_id = self.ids.span(&self.r.bytes()?),
                b"traceState" | b"trace_state" => link.trace_state = self.interned()?,
                b"attributes" => link.attributes = self.attributes()?,
                b"flags" => link.flags = count(&mut self.r)?,
                b"droppedAttributesCount" | b"dropped_attributes_count" => {
                    link.dropped_attributes = count(&mut self.r)?;
                }
                _ => self.r.skip()?,
            }
        }
        if trace_id == Id::Bad || span_id == Id::Bad {
            return Ok(None);
        }
        link.trace_id = trace_id.good().unwrap_or_default();
        link.span_id = span_id.good().unwrap_or_default();
        Ok(Some(link))
    }
}

type Identity = (TraceId, SpanId, SpanId, Timestamp, Timestamp);

/// What makes a span storable, or why it is not.
fn identity(
    trace_id: Id<TraceId>,
    span_id: Id<SpanId>,
    parent: Id<SpanId>,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
) -> Result<Identity, RejectReason> {
    let trace_id = trace_id.good().ok_or(RejectReason::InvalidTraceId)?;
    let span_id = span_id.good().ok_or(RejectReason::InvalidSpanId)?;
    if parent == Id::Bad {
        return Err(RejectReason::InvalidSpanId);
    }
    let start = start.ok_or(RejectReason::InvalidTime)?;
    let end = end.ok_or(RejectReason::InvalidTime)?;
    Ok((trace_id, span_id, parent.good().unwrap_or_default(), start, end))
}

/// The keys that lead from a list of resources to what is counted, one level each.
type Path = &'static [&'static [&'static [u8]]];

const LOGS: Path =
    &[&[b"scopeLogs", b"scope_logs", b"instrumentationLibraryLogs"], &[b"logRecords", b"log_records"]];

/// Counts what the path leads to, in one value or a list of them; recursion is as deep as the path.
fn count_entries(r: &mut Reader, path: Path) -> Read<u64> {
    if r.peek() == b'{' {
        return count_entry(r, path);
    }
    let (mut list, mut n) = (r.list()?, 0);
    while r.item(&mut list)? {
        n += count_entry(r, path)?;
    }
    Ok(n)
}

fn count_entry(r: &mut Reader, path: Path) -> Read<u64> {
    let Some((keys, path)) = path.split_first() else {
        return r.skip().map(|()| 1);
    };
    if r.peek() != b'{' {
        return r.skip().map(|()| 0);
    }
    let (mut fields, mut n) = (r.object()?, 0);
    while let Some(key) = r.key(&mut fields)? {
        if keys.contains(&&*key) {
            n += count_entries(r, path)?;
        } else {
            r.skip()?;
        }
    }
    Ok(n)
}
