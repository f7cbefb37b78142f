//! OTLP JSON's `AnyValue`, with its limits, and the numbers and times that senders write in many ways.
use std::borrow::Cow;

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::reader::{Reader, Scalar};
use crate::ingest::{DecodeError, limits};
use crate::model::{Rejects, Timestamp, Value};

type Read<T> = Result<T, DecodeError>;

/// Cuts text to the limit at a character's edge, and counts the cut.
pub(super) fn cut<'t>(text: &'t str, rejects: &mut Rejects) -> &'t str {
    if text.len() <= limits::VALUE_BYTES {
        return text;
    }
    rejects.values_truncated += 1;
    &text[..text.floor_char_boundary(limits::VALUE_BYTES)]
}

/// A text value within the limit.
pub(super) fn text_value(text: &str, rejects: &mut Rejects) -> Value {
    Value::str(cut(text, rejects))
}

/// `{"stringValue": …}` and its siblings; `depth` lists and maps are around it.
pub(super) fn any_value(r: &mut Reader, rejects: &mut Rejects, depth: usize) -> Read<Value> {
    let mut value = Value::Empty;
    let mut fields = r.object()?;
    while let Some(key) = r.key(&mut fields)? {
        value = match &*key {
            b"stringValue" | b"string_value" => string_value(r, rejects)?,
            b"intValue" | b"int_value" => int_value(r, rejects)?,
            b"boolValue" | b"bool_value" => bool_value(r)?,
            b"doubleValue" | b"double_value" => double_value(r, rejects)?,
            b"bytesValue" | b"bytes_value" => bytes_value(r, rejects)?,
            b"arrayValue" | b"array_value" => nested(r, rejects, depth, array_value)?,
            b"kvlistValue" | b"kvlist_value" => nested(r, rejects, depth, kvlist_value)?,
            _ => {
                r.skip()?;
                continue;
            }
        };
    }
    Ok(value)
}

type Nested = fn(&mut Reader, &mut Rejects, usize) -> Read<Value>;

fn nested(r: &mut Reader, rejects: &mut Rejects, depth: usize, read: Nested) -> Read<Value> {
    if r.peek() == b'n' {
        return r.skip().map(|()| Value::Empty);
    }
    if depth < limits::VALUE_DEPTH {
        return read(r, rejects, depth + 1);
    }
    r.skip()?;
    rejects.values_truncated += 1;
    Ok(Value::str(format!("<nested deeper than {}>", limits::VALUE_DEPTH)))
}

fn array_value(r: &mut Reader, rejects: &mut Rejects, depth: usize) -> Read<Value> {
    let mut items = Vec::new();
    let mut fields = r.object()?;
    while let Some(key) = r.key(&mut fields)? {
        if &*key != b"values" {
            r.skip()?;
            continue;
        }
        items.clear();
        let mut list = r.list()?;
        while r.item(&mut list)? {
            items.push(any_value(r, rejects, depth)?);
        }
    }
    Ok(Value::Array(items.into()))
}

fn kvlist_value(r: &mut Reader, rejects: &mut Rejects, depth: usize) -> Read<Value> {
    let mut items = Vec::new();
    let mut fields = r.object()?;
    while let Some(key) = r.key(&mut fields)? {
        if &*key != b"values" {
            r.skip()?;
            continue;
        }
        items.clear();
        let mut list = r.list()?;
        while r.item(&mut list)? {
            let (key, value) = key_value(r, rejects, depth)?;
            items.push((Box::from(&*key), value));
        }
    }
    Ok(Value::Map(items.into()))
}

/// `{"key": …, "value": {…}}`; `depth` lists and maps are around it.
pub(super) fn key_value<'a>(
    r: &mut Reader<'a>,
    rejects: &mut Rejects,
    depth: usize,
) -> Read<(Cow<'a, str>, Value)> {
    let (mut name, mut value) = (Cow::Borrowed(""), Value::Empty);
    let mut fields = r.object()?;
    while let Some(key) = r.key(&mut fields)? {
        match &*key {
            b"key" => name = r.text()?,
            b"value" => value = any_value(r, rejects, depth)?,
            _ => r.skip()?,
        }
    }
    if name.len() > limits::VALUE_BYTES {
        name = Cow::Owned(cut(&name, rejects).to_owned());
    }
    Ok((name, value))
}

fn string_value(r: &mut Reader, rejects: &mut Rejects) -> Read<Value> {
    if r.peek() == b'n' {
        return r.skip().map(|()| Value::Empty);
    }
    let text = r.text()?;
    Ok(text_value(&text, rejects))
}

fn int_value(r: &mut Reader, rejects: &mut Rejects) -> Read<Value> {
    let text = match r.scalar()? {
        Scalar::Null => return Ok(Value::Empty),
        Scalar::Bool(b) => return Ok(Value::Bool(b)),
        Scalar::Number(text) => Cow::Borrowed(text),
        Scalar::Text(text) => text,
    };
    if let Ok(int) = text.parse() {
        return Ok(Value::Int(int));
    }
    Ok(match text.parse::<f64>() {
        // Beyond 2^53 a double may not be what was meant, so the text is kept.
        Ok(double) if double.fract() == 0.0 && double.abs() < 9e15 => Value::Int(double as i64),
        _ => {
            rejects.values_truncated += 1;
            text_value(&text, rejects)
        }
    })
}

fn bool_value(r: &mut Reader) -> Read<Value> {
    Ok(match r.scalar()? {
        Scalar::Null => Value::Empty,
        Scalar::Bool(b) => Value::Bool(b),
        Scalar::Number(text) => Value::str(text),
        Scalar::Text(text) => match &*text {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            other => Value::str(other),
        },
    })
}

fn double_value(r: &mut Reader, rejects: &mut Rejects) -> Read<Value> {
    let text = match r.scalar()? {
        Scalar::Null => return Ok(Value::Empty),
        Scalar::Bool(b) => return Ok(Value::Bool(b)),
        Scalar::Number(text) => Cow::Borrowed(text),
        Scalar::Text(text) => text,
    };
    // Rust reads "NaN", "Infinity" and "-Infinity" as JSON mappings spell them.
    Ok(text.parse().map_or_else(|_| text_value(&text, rejects), Value::Double))
}

fn bytes_value(r: &mut Reader, rejects: &mut Rejects) -> Read<Value> {
    if r.peek() == b'n' {
        return r.skip().map(|()| Value::Empty);
    }
    let text = r.text()?;
    let Some(mut bytes) = from_base64(&text) else {
        rejects.values_truncated += 1;
        return Ok(text_value(&text, rejects));
    };
    if bytes.len() > limits::VALUE_BYTES {
        rejects.values_truncated += 1;
        bytes.truncate(limits::VALUE_BYTES);
    }
    Ok(Value::Bytes(bytes.into()))
}

/// Base64 of either alphabet, padded or not.
pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let standard = GeneralPurpose::new(&STANDARD, config);
    let url_safe = GeneralPurpose::new(&URL_SAFE, config);
    standard.decode(text).or_else(|_| url_safe.decode(text)).ok()
}

/// A number without sign or fraction, as number or text; `None` if it is something else.
pub(super) fn whole(text: &str) -> Option<u64> {
    if let Ok(n) = text.parse() {
        return Some(n);
    }
    let double: f64 = text.parse().ok()?;
    // The largest double below 2^64 converts exactly; `as` would saturate beyond it.
    (double >= 0.0 && double.fract() == 0.0 && double < 18_446_744_073_709_551_616.0).then_some(double as u64)
}

/// A time in nanoseconds: `None` if it is not a whole number of them; absent is [`Timestamp`] 0.
pub(super) fn nanos(r: &mut Reader) -> Read<Option<Timestamp>> {
    let whole = match r.peek() {
        b'{' | b'[' => {
            r.skip()?;
            None
        }
        _ => match r.scalar()? {
            Scalar::Null => Some(0),
            Scalar::Bool(_) => None,
            Scalar::Number(text) => whole(text),
            Scalar::Text(text) if text.is_empty() => Some(0),
            Scalar::Text(text) => whole(&text),
        },
    };
    Ok(whole.map(Timestamp::from_unix_nanos))
}

/// A count or flags, as number or text; saturates.
pub(super) fn count(r: &mut Reader) -> Read<u32> {
    let n = match r.peek() {
        b'{' | b'[' | b't' | b'f' => return Err(r.mistyped("a number")),
        _ => match r.scalar()? {
            Scalar::Number(text) => whole(text),
            Scalar::Text(text) => whole(&text),
            Scalar::Null | Scalar::Bool(_) => Some(0),
        },
    };
    Ok(u32::try_from(n.unwrap_or(0)).unwrap_or(u32::MAX))
}
