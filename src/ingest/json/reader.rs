//! A pull reader over the bytes of one JSON document: one pass, no tree, borrowed text where it can be.
//!
//! The caller says what it expects next; `null` stands for an empty object, list or text everywhere.
use std::borrow::Cow;

use memchr::memchr2;

use crate::ingest::DecodeError;
use crate::texts::{Pick, Sentence, say};

/// Where in an object or list the reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seq {
    /// It was `null`: there is nothing inside.
    Empty,
    /// Nothing was read yet.
    First,
    /// After the first entry.
    Rest,
}

/// A value that is neither an object nor a list.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scalar<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as written.
    Number(&'a str),
    /// Text, unescaped.
    Text(Cow<'a, str>),
}

/// The reader: a place in the bytes, and what it had to mend.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Where the key of the value being read is, with its quotes; empty for an item of a list.
    field: (usize, usize),
    /// Open brackets of a value being skipped.
    open: Vec<u8>,
    /// Texts that were not UTF-8 or held a lone surrogate.
    pub invalid_utf8: u64,
}

type Read<T> = Result<T, DecodeError>;

impl<'a> Reader<'a> {
    /// Starts at the first byte after a byte-order mark, if there is one.
    pub fn new(bytes: &'a [u8]) -> Self {
        let at = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Self { bytes, at, field: (at, at), open: Vec::new(), invalid_utf8: 0 }
    }
    /// The whole input.
    pub fn input(&self) -> &'a [u8] {
        self.bytes
    }
    /// The offset of the next byte.
    pub fn at(&self) -> usize {
        self.at
    }
    /// Goes on at another offset, one that [`Reader::at`] gave before or the end of a known value.
    pub fn seek(&mut self, at: usize) {
        self.at = at.min(self.bytes.len());
    }
    /// Where the key read last begins, at its quote.
    pub fn key_start(&self) -> usize {
        self.field.0
    }
    /// An error at the next byte.
    pub fn error(&self, message: impl Into<Sentence>) -> DecodeError {
        DecodeError { offset: self.at, message: message.into() }
    }

    /// The next byte that is not white space, without taking it; 0 at the end.
    #[inline]
    pub fn peek(&mut self) -> u8 {
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                Some(&b) => return b,
                None => return 0,
            }
        }
    }

    /// What stands where something else was expected.
    fn unexpected(&mut self, expected: Pick) -> DecodeError {
        let found = match self.peek() {
            0 if self.at >= self.bytes.len() => say(|t| t.decoding.document_ends),
            b @ 0x21..0x7f => say(|t| t.decoding.found_character).with("found", char::from(b).to_string()),
            b => say(|t| t.decoding.found_byte).with("found", format!("{b:#04x}")),
        };
        self.error(say(|t| t.decoding.where_expected).with("found", found).with("expected", say(expected)))
    }

    /// The error for a value of the wrong type, naming its field.
    pub fn mistyped(&mut self, expected: Pick) -> DecodeError {
        let found: Pick = match self.peek() {
            b'{' => |t| t.decoding.an_object,
            b'[' => |t| t.decoding.a_list,
            b'"' => |t| t.decoding.a_text,
            b't' | b'f' => |t| t.decoding.a_truth_value,
            b'-' | b'0'..=b'9' => |t| t.decoding.a_number,
            _ => return self.unexpected(expected),
        };
        let (found, expected) = (say(found), say(expected));
        match self.bytes.get(self.field.0..self.field.1) {
            Some(field @ [_, ..]) => {
                let field = String::from_utf8_lossy(field).into_owned();
                let field_is = say(|t| t.decoding.field_is).with("field", field);
                self.error(field_is.with("found", found).with("expected", expected))
            }
            _ => {
                let found = say(|t| t.decoding.found).with("found", found);
                self.error(say(|t| t.decoding.where_expected).with("found", found).with("expected", expected))
            }
        }
    }

    /// Takes the rest: nothing but white space may follow.
    pub fn end(&mut self) -> Read<()> {
        match self.peek() {
            0 if self.at >= self.bytes.len() => Ok(()),
            _ => Err(self.error(say(|t| t.decoding.goes_on_after_its_end))),
        }
    }

    /// Enters an object.
    #[inline]
    pub fn object(&mut self) -> Read<Seq> {
        self.enter(b'{', |t| t.decoding.an_object)
    }
    /// Enters a list.
    #[inline]
    pub fn list(&mut self) -> Read<Seq> {
        self.enter(b'[', |t| t.decoding.a_list)
    }
    #[inline]
    fn enter(&mut self, bracket: u8, expected: Pick) -> Read<Seq> {
        match self.peek() {
            b if b == bracket => {
                self.at += 1;
                Ok(Seq::First)
            }
            b'n' => self.word("null").map(|()| Seq::Empty),
            _ => Err(self.mistyped(expected)),
        }
    }

    /// The next key of an object, or `None` after its end. The value must be taken before the next call.
    #[inline]
    pub fn key(&mut self, seq: &mut Seq) -> Read<Option<Cow<'a, [u8]>>> {
        if !self.more(seq, b'}')? {
            return Ok(None);
        }
        if self.peek() != b'"' {
            return Err(self.unexpected(|t| t.decoding.a_quoted_key));
        }
        let start = self.at;
        let key = self.string_bytes()?;
        self.field = (start, self.at);
        if self.peek() != b':' {
            return Err(self.unexpected(|t| t.decoding.a_colon));
        }
        self.at += 1;
        Ok(Some(key))
    }

    /// Whether a list has another item; it must be taken before the next call.
    #[inline]
    pub fn item(&mut self, seq: &mut Seq) -> Read<bool> {
        // An item has no key: the one read last is not to blame for it.
        self.field = (0, 0);
        self.more(seq, b']')
    }

    #[inline]
    fn more(&mut self, seq: &mut Seq, close: u8) -> Read<bool> {
        if *seq == Seq::Empty {
            return Ok(false);
        }
        let next = self.peek();
        if next == close {
            self.at += 1;
            return Ok(false);
        }
        if *seq == Seq::Rest {
            if next != b',' {
                return Err(self.unexpected(match close {
                    b'}' => |t| t.decoding.comma_or_brace,
                    _ => |t| t.decoding.comma_or_bracket,
                }));
            }
            self.at += 1;
            if self.peek() == close {
                return Err(self.unexpected(|t| t.decoding.another_entry));
            }
        }
        *seq = Seq::Rest;
        Ok(true)
    }

    /// The bytes of a string whose opening quote is next, unescaped; not checked for UTF-8.
    #[inline]
    fn string_bytes(&mut self) -> Read<Cow<'a, [u8]>> {
        let start = self.at + 1;
        let rest = self.bytes.get(start..).unwrap_or_default();
        match memchr2(b'"', b'\\', rest) {
            Some(n) if rest[n] == b'"' => {
                self.at = start + n + 1;
                Ok(Cow::Borrowed(&rest[..n]))
            }
            Some(_) => self.unescape(start),
            None => Err(self.error(say(|t| t.decoding.ends_within_a_string))),
        }
    }

    #[cold]
    fn unescape(&mut self, start: usize) -> Read<Cow<'a, [u8]>> {
        let opened = self.at;
        self.at = start;
        let mut out = Vec::new();
        let mut mended = false;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let Some(n) = memchr2(b'"', b'\\', rest) else {
                self.at = opened;
                return Err(self.error(say(|t| t.decoding.ends_within_a_string)));
            };
            out.extend_from_slice(&rest[..n]);
            self.at += n + 1;
            if rest[n] == b'"' {
                self.invalid_utf8 += u64::from(mended);
                return Ok(Cow::Owned(out));
            }
            let c = self.escaped()?;
            mended |= c.is_none();
            let mut buffer = [0; 4];
            let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
            out.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
        }
    }

    /// The character after a backslash; `None` for half a surrogate pair.
    fn escaped(&mut self) -> Read<Option<char>> {
        let b = self.bytes.get(self.at).copied().unwrap_or(0);
        let c = match b {
            b'"' | b'\\' | b'/' => b as char,
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.at += 1;
                return self.escaped_unit();
            }
            _ => return Err(self.error(say(|t| t.decoding.unknown_escape))),
        };
        self.at += 1;
        Ok(Some(c))
    }

    fn escaped_unit(&mut self) -> Read<Option<char>> {
        let Some(first) = self.four_hex() else {
            return Err(self.error(say(|t| t.decoding.four_hex_digits)));
        };
        if !(0xD800..0xDC00).contains(&first) {
            return Ok(char::from_u32(first));
        }
        let after_first = self.at;
        if self.bytes.get(self.at..).is_some_and(|r| r.starts_with(b"\\u")) {
            self.at += 2;
            if let Some(second @ 0xDC00..=0xDFFF) = self.four_hex() {
                return Ok(char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)));
            }
        }
        self.at = after_first;
        Ok(None)
    }

    fn four_hex(&mut self) -> Option<u32> {
        let digits = self.bytes.get(self.at..self.at + 4)?;
        let mut unit = 0;
        for &d in digits {
            unit = unit << 4 | (d as char).to_digit(16)?;
        }
        self.at += 4;
        Some(unit)
    }

    /// Text as bytes, not checked for UTF-8; `null` is empty. For ids and keys.
    #[inline]
    pub fn bytes(&mut self) -> Read<Cow<'a, [u8]>> {
        match self.peek() {
            b'"' => self.string_bytes(),
            b'n' => self.word("null").map(|()| Cow::Borrowed(&b""[..])),
            _ => Err(self.mistyped(|t| t.decoding.a_text)),
        }
    }

    /// Text; `null` is empty; bad UTF-8 is replaced and counted.
    #[inline]
    pub fn text(&mut self) -> Read<Cow<'a, str>> {
        let bytes = self.bytes()?;
        Ok(self.checked(bytes))
    }

    /// Bytes as text; bad UTF-8 is replaced and counted.
    pub fn checked(&mut self, bytes: Cow<'a, [u8]>) -> Cow<'a, str> {
        match bytes {
            Cow::Borrowed(b) => match std::str::from_utf8(b) {
                Ok(text) => Cow::Borrowed(text),
                Err(_) => {
                    self.invalid_utf8 += 1;
                    String::from_utf8_lossy(b)
                }
            },
            Cow::Owned(b) => Cow::Owned(String::from_utf8(b).unwrap_or_else(|e| {
                self.invalid_utf8 += 1;
                String::from_utf8_lossy(e.as_bytes()).into_owned()
            })),
        }
    }

    /// Any value but an object or a list.
    #[inline]
    pub fn scalar(&mut self) -> Read<Scalar<'a>> {
        match self.peek() {
            b'"' => self.text().map(Scalar::Text),
            b'n' => self.word("null").map(|()| Scalar::Null),
            b't' => self.word("true").map(|()| Scalar::Bool(true)),
            b'f' => self.word("false").map(|()| Scalar::Bool(false)),
            b'-' | b'0'..=b'9' => self.number().map(Scalar::Number),
            _ => Err(self.mistyped(|t| t.decoding.a_single_value)),
        }
    }

    fn word(&mut self, word: &str) -> Read<()> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return Err(self.unexpected(|t| t.decoding.a_json_value));
        }
        self.at += word.len();
        Ok(())
    }

    fn number(&mut self) -> Read<&'a str> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let is_part = |b: &u8| matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let len = rest.iter().position(|b| !is_part(b)).unwrap_or(rest.len());
        let text = std::str::from_utf8(&rest[..len]).unwrap_or_default();
        if !text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<f64>().is_err() {
            return Err(self.error(say(|t| t.decoding.not_a_number).with("text", text)));
        }
        self.at += len;
        Ok(text)
    }

    /// Takes any value without keeping it; depth costs heap and never stack.
    pub fn skip(&mut self) -> Read<()> {
        let outer = self.open.len();
        loop {
            match self.peek() {
                bracket @ (b'{' | b'[') => {
                    self.at += 1;
                    self.open.push(if bracket == b'{' { b'}' } else { b']' });
                    if !self.skip_to_value(Seq::First, outer)? {
                        return Ok(());
                    }
                    continue;
                }
                b'"' => self.skip_string()?,
                _ => {
                    self.scalar()?;
                }
            }
            if !self.skip_to_value(Seq::Rest, outer)? {
                return Ok(());
            }
        }
    }

    /// Closes what ends here; true if a value follows, false when all that was opened is closed.
    fn skip_to_value(&mut self, mut seq: Seq, outer: usize) -> Read<bool> {
        while self.open.len() > outer {
            let close = self.open.last().copied().unwrap_or(b']');
            let more = if close == b'}' { self.skip_key(&mut seq) } else { self.more(&mut seq, b']') };
            if more? {
                return Ok(true);
            }
            self.open.pop();
            seq = Seq::Rest;
        }
        Ok(false)
    }

    fn skip_key(&mut self, seq: &mut Seq) -> Read<bool> {
        if !self.more(seq, b'}')? {
            return Ok(false);
        }
        if self.peek() != b'"' {
            return Err(self.unexpected(|t| t.decoding.a_quoted_key));
        }
        self.skip_string()?;
        if self.peek() != b':' {
            return Err(self.unexpected(|t| t.decoding.a_colon));
        }
        self.at += 1;
        Ok(true)
    }

    /// Takes a string without unescaping it.
    fn skip_string(&mut self) -> Read<()> {
        let mut from = self.at + 1;
        loop {
            let rest = self.bytes.get(from..).unwrap_or_default();
            match memchr2(b'"', b'\\', rest) {
                Some(n) if rest[n] == b'"' => {
                    self.at = from + n + 1;
                    return Ok(());
                }
                Some(n) => from += n + 2,
                None => return Err(self.error(say(|t| t.decoding.ends_within_a_string))),
            }
        }
    }
}
