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

/// A text value within the limit; one that is cut says how long it was.
pub(super) fn text_value(text: &str, rejects: &mut Rejects) -> Value {
    let kept = cut(text, rejects);
    if kept.len() < text.len() {
        Value::str(format!("{kept} … {} bytes", text.len()))
    } else {
        Value::str(kept)
    }
}

/// List items and map entries kept of one attribute, over all its levels.
///
/// An empty item takes three bytes of JSON and many times as many in memory, so they are bounded apart.
const VALUE_ITEMS: usize = 65_536;

/// `{"key": …, "value": {…}}`, as an attribute has it.
pub(super) fn key_value<'a>(r: &mut Reader<'a>, rejects: &mut Rejects) -> Read<(Cow<'a, str>, Value)> {
    Values { rejects, items_left: VALUE_ITEMS }.key_value(r, 0)
}

/// Reads the values of one attribute. `depth` is how many lists and maps are around; it bounds recursion.
struct Values<'r> {
    rejects: &'r mut Rejects,
    items_left: usize,
}

impl<'r> Values<'r> {
    fn key_value<'a>(&mut self, r: &mut Reader<'a>, depth: usize) -> Read<(Cow<'a, str>, Value)> {
        let (mut name, mut value) = (Cow::Borrowed(""), Value::Empty);
        let mut fields = r.object()?;
        while let Some(key) = r.key(&mut fields)? {
            match &*key {
                b"key" => name = r.text()?,
                b"value" => value = self.any_value(r, depth)?,
                _ => r.skip()?,
            }
        }
        if name.len() > limits::VALUE_BYTES {
            name = Cow::Owned(cut(&name, self.rejects).to_owned());
        }
        Ok((name, value))
    }

    /// `{"stringValue": …}` and its siblings.
    fn any_value(&mut self, r: &mut Reader, depth: usize) -> Read<Value> {
        let mut value = Value::Empty;
        let mut fields = r.object()?;
        while let Some(key) = r.key(&mut fields)? {
            value = match &*key {
                b"stringValue" | b"string_value" => string_value(r, self.rejects)?,
                b"intValue" | b"int_value" => int_value(r, self.rejects)?,
                b"boolValue" | b"bool_value" => bool_value(r, self.rejects)?,
                b"doubleValue" | b"double_value" => double_value(r, self.rejects)?,
                b"bytesValue" | b"bytes_value" => bytes_value(r, self.rejects)?,
                b"arrayValue" | b"array_value" => self.nested(r, depth, Self::array)?,
                b"kvlistValue" | b"kvlist_value" => self.nested(r, depth, Self::map)?,
                _ => {
                    r.skip()?;
                    continue;
                }
            };
        }
        Ok(value)
    }

    fn nested(&mut self, r: &mut Reader, depth: usize, read: Nested<'r>) -> Read<Value> {
        if r.peek() == b'n' {
            return r.skip().map(|()| Value::Empty);
        }
        if depth < limits::VALUE_DEPTH {
            return read(self, r, depth + 1);
        }
        r.skip()?;
        self.rejects.values_truncated += 1;
        Ok(Value::str(format!("<nested deeper than {}>", limits::VALUE_DEPTH)))
    }

    fn array(&mut self, r: &mut Reader, depth: usize) -> Read<Value> {
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
                if self.has_room_for_item() {
                    items.push(self.any_value(r, depth)?);
                } else {
                    r.skip()?;
                }
            }
        }
        Ok(Value::Array(items.into()))
    }

    fn map(&mut self, r: &mut Reader, depth: usize) -> Read<Value> {
        let mut entries = Vec::new();
        let mut fields = r.object()?;
        while let Some(key) = r.key(&mut fields)? {
            if &*key != b"values" {
                r.skip()?;
                continue;
            }
            entries.clear();
            let mut list = r.list()?;
            while r.item(&mut list)? {
                if self.has_room_for_item() {
                    let (key, value) = self.key_value(r, depth)?;
                    entries.push((Box::from(&*key), value));
                } else {
                    r.skip()?;
                }
            }
        }
        Ok(Value::Map(entries.into()))
    }

    /// Takes one item from the budget; where there is none left, the item counts as cut.
    fn has_room_for_item(&mut self) -> bool {
        let has_room = self.items_left > 0;
        self.items_left = self.items_left.saturating_sub(1);
        self.rejects.values_truncated += u64::from(!has_room);
        has_room
    }
}

type Nested<'r> = fn(&mut Values<'r>, &mut Reader, usize) -> Read<Value>;

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

fn bool_value(r: &mut Reader, rejects: &mut Rejects) -> Read<Value> {
    Ok(match r.scalar()? {
        Scalar::Null => Value::Empty,
        Scalar::Bool(b) => Value::Bool(b),
        Scalar::Number(text) => text_value(text, rejects),
        Scalar::Text(text) => match &*text {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            other => text_value(other, rejects),
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
        b'{' | b'[' | b't' | b'f' => return Err(r.mistyped(|t| t.decoding.a_number)),
        _ => match r.scalar()? {
            Scalar::Number(text) => whole(text),
            Scalar::Text(text) => whole(&text),
            Scalar::Null | Scalar::Bool(_) => Some(0),
        },
    };
    Ok(u32::try_from(n.unwrap_or(0)).unwrap_or(u32::MAX))
}
