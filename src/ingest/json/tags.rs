//! What Jaeger and Zipkin spans say through tags: kind, status and library; and their microseconds.
use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::reader::{Reader, Scalar};
use super::value::{cut, whole};
use crate::ingest::{DecodeError, Decoded};
use crate::model::{
    BatchBuilder, DecodedScope, DecodedSpan, LocalStr, RejectReason, SpanKind, StatusCode, Timestamp, Value,
};
use crate::texts::Pick;

/// Which values of the tag `error` mean failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ErrorTag {
    /// True or `"true"`: Jaeger.
    IfTrue,
    /// Any: Zipkin.
    IfPresent,
}

/// The keys with a meaning, interned in the batch being filled, and the libraries met so far.
#[derive(Debug)]
pub(super) struct Tags {
    errors: ErrorTag,
    kind: LocalStr,
    error: LocalStr,
    status: LocalStr,
    description: LocalStr,
    scope_name: [LocalStr; 2],
    scope_version: [LocalStr; 2],
    scopes: HashMap<(LocalStr, LocalStr), u32, FixedState>,
}

impl Tags {
    /// For one document, whose spans go to this batch.
    pub fn new(errors: ErrorTag, builder: &mut BatchBuilder) -> Self {
        Self {
            errors,
            kind: builder.string("span.kind"),
            error: builder.string("error"),
            status: builder.string("otel.status_code"),
            description: builder.string("otel.status_description"),
            scope_name: ["otel.library.name", "otel.scope.name"].map(|k| builder.string(k)),
            scope_version: ["otel.library.version", "otel.scope.version"].map(|k| builder.string(k)),
            scopes: HashMap::default(),
        }
    }

    /// Sets what the span's attributes tell: kind, status, status message and scope. They stay attributes.
    pub fn apply(&mut self, builder: &mut BatchBuilder, span: &mut DecodedSpan) {
        let (mut name, mut version) = (LocalStr(0), LocalStr(0));
        for place in span.attributes.range() {
            let batch = &builder.batch;
            let id = batch.attribute_ids.get(place).copied().unwrap_or(u32::MAX);
            let Some((key, value)) = batch.attributes.get(id as usize) else { continue };
            let key = *key;
            if key == self.kind {
                span.kind = value.as_str().map_or(span.kind, SpanKind::from_name);
            } else if key == self.error {
                if self.errors == ErrorTag::IfPresent || value.as_bool() == Some(true) {
                    span.status = StatusCode::Error;
                }
            } else if key == self.status {
                let code = value.as_str().map_or(StatusCode::Unset, StatusCode::from_name);
                span.status = span.status.max(code);
            } else if key == self.description {
                span.status_message = text_of(builder, id);
            } else if self.scope_name.contains(&key) {
                name = text_of(builder, id);
            } else if self.scope_version.contains(&key) {
                version = text_of(builder, id);
            }
        }
        span.scope = *self.scopes.entry((name, version)).or_insert_with(|| {
            builder.batch.scopes.push(DecodedScope { name, version, ..DecodedScope::default() });
            builder.batch.scopes.len() as u32 - 1
        });
    }
}

/// The value of an attribute as interned text.
pub(super) fn text_of(builder: &mut BatchBuilder, attribute: u32) -> LocalStr {
    match builder.batch.attributes.get(attribute as usize) {
        Some((_, Value::Str(text))) => {
            let text = text.clone();
            builder.string(&text)
        }
        Some((_, other)) => {
            let text = other.to_string();
            builder.string(&text)
        }
        None => LocalStr(0),
    }
}

/// Text within the limit, interned.
pub(super) fn interned(r: &mut Reader, out: &mut Decoded) -> Result<LocalStr, DecodeError> {
    let text = r.text()?;
    Ok(out.builder.string(cut(&text, &mut out.rejects)))
}

/// Microseconds as nanoseconds: `None` if negative, fractional or beyond 2262; absent is 0.
pub(super) fn micros(r: &mut Reader) -> Result<Option<i64>, DecodeError> {
    let expected: Pick = |t| t.decoding.a_number_of_microseconds;
    let first = r.peek();
    let at = r.at();
    let text = match first {
        b'"' | b'-' | b'0'..=b'9' | b'n' => r.scalar()?,
        _ => return Err(r.mistyped(expected)),
    };
    let micros = match &text {
        Scalar::Number(text) => whole(text),
        Scalar::Text(text) if text.parse::<f64>().is_ok() => whole(text),
        Scalar::Null => Some(0),
        _ => {
            r.seek(at);
            return Err(r.mistyped(expected));
        }
    };
    Ok(micros.and_then(|us| i64::try_from(us).ok()?.checked_mul(1000)))
}

/// Start and end of a span from its start and length in nanoseconds, which may have been bad.
pub(super) fn interval(
    start: Option<i64>,
    length: Option<i64>,
) -> Result<(Timestamp, Timestamp), RejectReason> {
    let start = start.ok_or(RejectReason::InvalidTime)?;
    let length = length.ok_or(RejectReason::InvalidTime)?;
    let end = start.checked_add(length).ok_or(RejectReason::InvalidTime)?;
    Ok((Timestamp(start), Timestamp(end)))
}
