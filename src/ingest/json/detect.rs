//! Tells from its content what a JSON document is, and names the formats that are not read.
use super::ids::Ids;
use super::reader::Reader;
use super::tags::micros;
use super::{Format, jaeger, otlp, zipkin};
use crate::ingest::{DecodeError, Decoded};
use crate::texts::{Sentence, say};

type Read<T> = Result<T, DecodeError>;

/// Decodes the bytes of one complete JSON document, in the format that its keys show.
///
/// After an error, spans that were complete before it are in `out`.
pub fn decode_document(bytes: &[u8], out: &mut Decoded) -> Result<Format, DecodeError> {
    match shape(&mut Reader::new(bytes))? {
        Shape::Otlp => otlp::decode(bytes, out, Ids::Lenient),
        Shape::Jaeger => jaeger::decode(bytes, out),
        Shape::Zipkin => zipkin::decode(bytes, out),
    }
}

enum Shape {
    Otlp,
    Jaeger,
    Zipkin,
}

const OTLP_KEYS: &[&[u8]] = &[
    b"resourceSpans",
    b"resource_spans",
    b"resourceMetrics",
    b"resource_metrics",
    b"resourceLogs",
    b"resource_logs",
];
const JAEGER_TRACE_KEYS: &[&[u8]] = &[b"traceID", b"spans", b"processes"];

/// The keys of an object that alone show nothing.
#[derive(Default)]
struct Keys {
    names: Vec<String>,
    more: usize,
}

impl Keys {
    fn add(&mut self, key: &[u8]) {
        if self.names.len() < 20 {
            let name = String::from_utf8_lossy(key);
            self.names.push(name.chars().take(40).collect());
        } else {
            self.more += 1;
        }
    }
    fn have(&self, keys: &[&str]) -> bool {
        keys.iter().all(|k| self.names.iter().any(|n| n == k))
    }
    fn refusal(&self) -> Sentence {
        let more = match self.more {
            0 => "".into(),
            more => say(|t| t.formats.more_keys).with("count", more.to_string()),
        };
        say(|t| t.formats.keys).with("keys", self.names.join(", ")).with("more", more)
    }
}

fn refuse<T>(message: Sentence) -> Read<T> {
    Err(DecodeError { offset: 0, message })
}

/// Reads only as far as it takes to know.
fn shape(r: &mut Reader) -> Read<Shape> {
    match r.peek() {
        b'{' => object_shape(r, false),
        b'[' => list_shape(r),
        _ => {
            r.scalar()?;
            refuse(say(|t| t.formats.neither_object_nor_list))
        }
    }
}

fn list_shape(r: &mut Reader) -> Read<Shape> {
    let mut list = r.list()?;
    while r.item(&mut list)? {
        match r.peek() {
            b'{' => return object_shape(r, true),
            b'[' => {
                let mut inner = r.list()?;
                while r.item(&mut inner)? {
                    match r.peek() {
                        b'{' => return object_shape(r, true),
                        _ => r.skip()?,
                    }
                }
            }
            b'n' => r.skip()?,
            _ => return refuse(say(|t| t.formats.single_values)),
        }
    }
    // Zipkin answers so when it has found nothing.
    Ok(Shape::Zipkin)
}

fn object_shape(r: &mut Reader, in_list: bool) -> Read<Shape> {
    let mut keys = Keys::default();
    let mut fields = r.object()?;
    while let Some(key) = r.key(&mut fields)? {
        let next = r.peek();
        match &*key {
            k if OTLP_KEYS.contains(&k) => return Ok(Shape::Otlp),
            b"result" if holds(r, OTLP_KEYS)? => return Ok(Shape::Otlp),
            b"data" if next == b'n' || holds(r, JAEGER_TRACE_KEYS)? => return Ok(Shape::Jaeger),
            b"spans" | b"processes" if matches!(next, b'{' | b'[') => return Ok(Shape::Jaeger),
            b"batches" => return tempo(),
            b"trace" if next == b'{' => return tempo(),
            b"traceEvents" => return chrome(),
            // So that a span with a bad length is told as that.
            b"duration" | b"startTime" if in_list && keys.have(&["traceID", "spanID"]) => {
                micros(r)?;
            }
            _ => r.skip()?,
        }
        keys.add(&key);
    }
    without_wrapper(&keys, in_list)
}

/// The shape of an object that is a span or nothing that is known.
fn without_wrapper(keys: &Keys, in_list: bool) -> Read<Shape> {
    if keys.names.is_empty() {
        return Ok(Shape::Otlp);
    }
    if keys.have(&["traceId", "id"]) {
        return Ok(Shape::Zipkin);
    }
    if keys.have(&["traceID", "spanID", "startTimeMillis"]) {
        return refuse(say(|t| t.formats.jaeger_in_elasticsearch));
    }
    if in_list && keys.have(&["traceID", "spanID"]) {
        return refuse(say(|t| t.formats.bare_jaeger_spans));
    }
    if in_list && keys.have(&["ph", "ts"]) {
        return chrome();
    }
    refuse(keys.refusal())
}

fn tempo<T>() -> Read<T> {
    refuse(say(|t| t.formats.tempo))
}

fn chrome<T>() -> Read<T> {
    refuse(say(|t| t.formats.chrome))
}

/// Whether the value is an object with one of the keys, or a list of such, or empty; the reader stays.
fn holds(r: &mut Reader, wanted: &[&[u8]]) -> Read<bool> {
    let at = r.at();
    let found = holds_from_here(r, wanted)?;
    r.seek(at);
    Ok(found)
}

fn holds_from_here(r: &mut Reader, wanted: &[&[u8]]) -> Read<bool> {
    let mut is_empty = true;
    if r.peek() == b'[' {
        let mut list = r.list()?;
        if !r.item(&mut list)? {
            return Ok(true);
        }
    }
    if r.peek() != b'{' {
        return Ok(false);
    }
    let mut fields = r.object()?;
    while let Some(key) = r.key(&mut fields)? {
        if wanted.contains(&&*key) {
            return Ok(true);
        }
        is_empty = false;
        r.skip()?;
    }
    Ok(is_empty)
}
