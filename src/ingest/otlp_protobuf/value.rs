//! OTLP's `KeyValue` and `AnyValue` to a key and a [`Value`], within limits.
use super::super::limits;
use super::wire::{Broken, Wire};
use crate::model::{Rejects, Value};

/// List items and map entries kept of one attribute, over all its levels.
///
/// An empty item takes two bytes on the wire and ten times as many in memory, so they are bounded apart.
const VALUE_ITEMS: usize = 65_536;

/// What stands in for a list or map that lies too deep.
pub(super) const TOO_DEEP: &str = "<nested deeper than 64>";

/// A `KeyValue`: the raw key, and the value.
pub(super) fn key_value<'a>(mut wire: Wire<'a>, rejects: &mut Rejects) -> Result<(&'a [u8], Value), Broken> {
    let mut reader = Reader { rejects, items_left: VALUE_ITEMS };
    reader.key_value(&mut wire, 0)
}

struct Reader<'r> {
    rejects: &'r mut Rejects,
    items_left: usize,
}

impl Reader<'_> {
    fn key_value<'a>(&mut self, wire: &mut Wire<'a>, depth: usize) -> Result<(&'a [u8], Value), Broken> {
        let (mut key, mut value) = (&[][..], Value::Empty);
        while let Some(tag) = wire.tag()? {
            match tag {
                0x0a => key = wire.bytes()?,
                0x12 => value = self.any_value(&mut wire.message()?, depth)?,
                _ => wire.skip(tag)?,
            }
        }
        Ok((key, value))
    }

    /// `depth` is how many lists and maps enclose the value; it bounds the recursion.
    fn any_value(&mut self, wire: &mut Wire<'_>, depth: usize) -> Result<Value, Broken> {
        let mut value = Value::Empty;
        while let Some(tag) = wire.tag()? {
            value = match tag {
                0x0a => Value::Str(self.text(wire.bytes()?)),
                0x10 => Value::Bool(wire.varint()? != 0),
                0x18 => Value::Int(wire.varint()?.cast_signed()),
                0x21 => Value::Double(f64::from_bits(wire.fixed64()?)),
                0x2a | 0x32 if depth >= limits::VALUE_DEPTH => {
                    wire.bytes()?;
                    self.rejects.values_truncated += 1;
                    Value::str(TOO_DEEP)
                }
                0x2a => self.array(&mut wire.message()?, depth + 1)?,
                0x32 => self.map(&mut wire.message()?, depth + 1)?,
                0x3a => Value::Bytes(self.bytes(wire.bytes()?)),
                _ => {
                    wire.skip(tag)?;
                    continue;
                }
            };
        }
        Ok(value)
    }

    fn array(&mut self, wire: &mut Wire<'_>, depth: usize) -> Result<Value, Broken> {
        let mut items = Vec::new();
        while let Some(tag) = wire.tag()? {
            if tag == 0x0a && self.has_room_for_item() {
                items.push(self.any_value(&mut wire.message()?, depth)?);
            } else {
                wire.skip(tag)?;
            }
        }
        Ok(Value::Array(items.into()))
    }

    fn map(&mut self, wire: &mut Wire<'_>, depth: usize) -> Result<Value, Broken> {
        let mut entries = Vec::new();
        while let Some(tag) = wire.tag()? {
            if tag == 0x0a && self.has_room_for_item() {
                let (key, value) = self.key_value(&mut wire.message()?, depth)?;
                entries.push((self.text(key), value));
            } else {
                wire.skip(tag)?;
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

    fn text(&mut self, bytes: &[u8]) -> Box<str> {
        let is_long = bytes.len() > limits::VALUE_BYTES;
        match std::str::from_utf8(bytes) {
            Ok(text) if !is_long => text.into(),
            Ok(text) => self.cut_text(&text[..text.floor_char_boundary(limits::VALUE_BYTES)], bytes.len()),
            Err(_) => {
                self.rejects.invalid_utf8 += 1;
                let kept = bytes.get(..limits::VALUE_BYTES).unwrap_or(bytes);
                let text = String::from_utf8_lossy(kept);
                if is_long { self.cut_text(&text, bytes.len()) } else { text.into() }
            }
        }
    }

    fn cut_text(&mut self, kept: &str, bytes: usize) -> Box<str> {
        self.rejects.values_truncated += 1;
        format!("{kept} … {bytes} bytes").into()
    }

    fn bytes(&mut self, bytes: &[u8]) -> Box<[u8]> {
        match bytes.get(..limits::VALUE_BYTES) {
            Some(kept) if bytes.len() > limits::VALUE_BYTES => {
                self.rejects.values_truncated += 1;
                kept.into()
            }
            _ => bytes.into(),
        }
    }
}
