//! OTLP JSON by hand: ids in hex, 64-bit integers as text, bytes in base64, NaN and infinities by name.
use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::otlp::{ResourceGroup, groups, unix_nanos};
use crate::model::{EventRecord, LinkRecord, ScopeRecord, SpanRecord, StatusCode, Value};

/// The spans as one `TracesData` in OTLP JSON, without a line break.
pub fn json_line(records: &[SpanRecord]) -> String {
    let mut out = Writer::default();
    out.object(|out| {
        out.list("resourceSpans", &groups(records), |out, group| out.resource_spans(group));
    });
    out.text
}

/// JSON text in the making; `first` says that no comma is due yet.
#[derive(Default)]
pub(super) struct Writer {
    pub text: String,
    first: bool,
}

impl Writer {
    fn comma(&mut self) {
        if !std::mem::take(&mut self.first) {
            self.text.push(',');
        }
    }

    pub fn object(&mut self, fill: impl FnOnce(&mut Self)) {
        self.text.push('{');
        self.first = true;
        fill(self);
        self.text.push('}');
        self.first = false;
    }

    pub fn key(&mut self, key: &str) {
        self.comma();
        self.string(key);
        self.text.push(':');
    }

    pub fn list<T>(&mut self, key: &str, items: &[T], write: impl FnMut(&mut Self, &T)) {
        if !items.is_empty() {
            self.key(key);
            self.elements(items, write);
        }
    }

    /// Written even when empty: some readers insist on it.
    fn values<T>(&mut self, items: &[T], write: impl FnMut(&mut Self, &T)) {
        self.key("values");
        self.elements(items, write);
    }

    fn elements<T>(&mut self, items: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.text.push('[');
        self.first = true;
        for item in items {
            self.comma();
            write(self, item);
        }
        self.text.push(']');
        self.first = false;
    }

    /// A text field, left out when empty.
    pub fn text_field(&mut self, key: &str, value: &str) {
        if !value.is_empty() {
            self.key(key);
            self.string(value);
        }
    }

    /// A 32-bit number, left out when zero.
    fn number(&mut self, key: &str, value: u32) {
        if value != 0 {
            self.key(key);
            self.display(value);
        }
    }

    pub fn display(&mut self, value: impl std::fmt::Display) {
        // Writing to a String cannot fail.
        let _ = write!(self.text, "{value}");
    }

    pub fn string(&mut self, value: &str) {
        self.text.push('"');
        for c in value.chars() {
            match c {
                '"' => self.text.push_str("\\\""),
                '\\' => self.text.push_str("\\\\"),
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                '\t' => self.text.push_str("\\t"),
                c if c < ' ' => self.display(format_args!("\\u{:04x}", c as u32)),
                c => self.text.push(c),
            }
        }
        self.text.push('"');
    }

    fn resource_spans(&mut self, group: &ResourceGroup) {
        self.object(|out| {
            out.key("resource");
            out.object(|out| {
                out.attributes(&group.resource.attributes);
                out.number("droppedAttributesCount", group.resource.dropped_attributes);
            });
            out.list("scopeSpans", &group.scopes, |out, (scope, spans)| out.scope_spans(scope, spans));
            out.text_field("schemaUrl", &group.resource.schema_url);
        });
    }

    fn scope_spans(&mut self, scope: &ScopeRecord, spans: &[&SpanRecord]) {
        self.object(|out| {
            out.key("scope");
            out.object(|out| {
                out.text_field("name", &scope.name);
                out.text_field("version", &scope.version);
                out.attributes(&scope.attributes);
                out.number("droppedAttributesCount", scope.dropped_attributes);
            });
            out.list("spans", spans, |out, span| out.span(span));
        });
    }

    fn span(&mut self, span: &SpanRecord) {
        self.object(|out| {
            out.text_field("traceId", &span.trace_id.to_string());
            out.text_field("spanId", &span.span_id.to_string());
            out.text_field("traceState", &span.trace_state);
            if !span.parent_id.is_zero() {
                out.text_field("parentSpanId", &span.parent_id.to_string());
            }
            out.number("flags", span.flags);
            out.text_field("name", &span.name);
            out.number("kind", span.kind as u32);
            out.text_field("startTimeUnixNano", &unix_nanos(span.start).to_string());
            out.text_field("endTimeUnixNano", &unix_nanos(span.end).to_string());
            out.attributes(&span.attributes);
            out.number("droppedAttributesCount", span.dropped_attributes);
            out.list("events", &span.events, Self::event);
            out.number("droppedEventsCount", span.dropped_events);
            out.list("links", &span.links, Self::link);
            out.number("droppedLinksCount", span.dropped_links);
            out.status(span);
        });
    }

    fn status(&mut self, span: &SpanRecord) {
        if span.status == StatusCode::Unset && span.status_message.is_empty() {
            return;
        }
        self.key("status");
        self.object(|out| {
            out.text_field("message", &span.status_message);
            out.number("code", span.status as u32);
        });
    }

    fn event(&mut self, event: &EventRecord) {
        self.object(|out| {
            out.text_field("timeUnixNano", &unix_nanos(event.time).to_string());
            out.text_field("name", &event.name);
            out.attributes(&event.attributes);
            out.number("droppedAttributesCount", event.dropped_attributes);
        });
    }

    fn link(&mut self, link: &LinkRecord) {
        self.object(|out| {
            out.text_field("traceId", &link.trace_id.to_string());
            out.text_field("spanId", &link.span_id.to_string());
            out.text_field("traceState", &link.trace_state);
            out.attributes(&link.attributes);
            out.number("droppedAttributesCount", link.dropped_attributes);
            out.number("flags", link.flags);
        });
    }

    fn attributes(&mut self, attributes: &[(String, Value)]) {
        self.list("attributes", attributes, |out, (key, value)| out.key_value(key, value));
    }

    pub fn key_value(&mut self, key: &str, value: &Value) {
        self.object(|out| {
            out.key("key");
            out.string(key);
            out.key("value");
            out.value(value);
        });
    }

    fn value(&mut self, value: &Value) {
        self.object(|out| match value {
            Value::Empty => {}
            Value::Str(s) => {
                out.key("stringValue");
                out.string(s);
            }
            Value::Bool(b) => {
                out.key("boolValue");
                out.display(b);
            }
            Value::Int(i) => {
                out.key("intValue");
                out.string(&i.to_string());
            }
            Value::Double(d) => {
                out.key("doubleValue");
                out.double(*d);
            }
            Value::Bytes(b) => {
                out.key("bytesValue");
                out.string(&STANDARD.encode(b));
            }
            Value::Array(a) => {
                out.key("arrayValue");
                out.object(|out| out.values(a, Self::value));
            }
            Value::Map(m) => {
                out.key("kvlistValue");
                out.object(|out| out.values(m, |out, (k, v)| out.key_value(k, v)));
            }
        });
    }

    /// The shortest digits that read back as the same number; JSON has no other way to say the rest than by name.
    pub fn double(&mut self, value: f64) {
        if value.is_nan() {
            self.string("NaN");
        } else if value.is_infinite() {
            self.string(if value > 0.0 { "Infinity" } else { "-Infinity" });
        } else {
            self.display(format_args!("{value:?}"));
        }
    }
}
