//! What a file is, told by its first bytes and never by its name.
use super::otlp_protobuf::looks_like_request;
use crate::model::case_file::MAGIC;
use crate::texts::{Pick, Sentence, say};

/// The outer layer of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// None.
    Plain,
    /// One or more gzip members.
    Gzip,
    /// One or more zstd frames.
    Zstd,
}

/// How records follow one another inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// JSON documents: one a line, one after the other, or a single one.
    Json,
    /// One protobuf message, with nothing before it.
    Bare,
    /// Before each record its length, four bytes, the highest first (Collector's `file` exporter).
    BigEndianLengths,
    /// Before each record its length as a protobuf varint (OTLP's file exporter).
    VarintLengths,
    /// A case file: a line, then records with lengths of four bytes, the first of which is JSON.
    Case,
}

const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
const BOM: &[u8] = "\u{feff}".as_bytes();

/// The outer layer of a file that begins so.
pub fn packing(start: &[u8]) -> Packing {
    if start.starts_with(GZIP) {
        Packing::Gzip
    } else if is_zstd(start) {
        Packing::Zstd
    } else {
        Packing::Plain
    }
}

/// Whether a zstd frame begins here.
pub fn is_zstd(start: &[u8]) -> bool {
    start.starts_with(ZSTD)
}

/// How the records are framed in unpacked bytes that begin so; `None` where this is no trace file.
///
/// The structure of protobuf is asked first: a message may begin with bytes that are `{` or a newline.
pub fn framing(start: &[u8]) -> Option<Framing> {
    if start.starts_with(MAGIC) {
        return Some(Framing::Case);
    }
    // So short a text could be the start of a message too, but a person would not take it for one.
    let is_short_json = start.len() < 16 && is_json(start);
    if start.trim_ascii().is_empty() || is_short_json {
        is_short_json.then_some(Framing::Json)
    } else if looks_like_request(start, true) {
        Some(Framing::Bare)
    } else if first_message(start, big_endian_length).is_some_and(|(payload, is_cut)| {
        is_zstd(payload) || payload.starts_with(b"{") || looks_like_request(payload, is_cut)
    }) {
        Some(Framing::BigEndianLengths)
    } else if first_message(start, varint_length)
        .is_some_and(|(payload, is_cut)| looks_like_request(payload, is_cut))
    {
        Some(Framing::VarintLengths)
    } else {
        is_json(start).then_some(Framing::Json)
    }
}

/// Whether the first byte that is no space begins a JSON object or list.
pub fn is_json(start: &[u8]) -> bool {
    let start = start.strip_prefix(BOM).unwrap_or(start);
    start.iter().find(|b| !b.is_ascii_whitespace()).is_some_and(|b| matches!(b, b'{' | b'['))
}

/// The length of the byte order mark at the start of a text.
pub fn bom_length(start: &[u8]) -> usize {
    if start.starts_with(BOM) { BOM.len() } else { 0 }
}

/// A length before a record: the length, and how many bytes it takes.
pub fn big_endian_length(bytes: &[u8]) -> Option<(u64, usize)> {
    bytes.first_chunk::<4>().map(|b| (u64::from(u32::from_be_bytes(*b)), 4))
}

/// As [`big_endian_length`], for a varint; `None` where it is not complete or longer than ten bytes.
pub fn varint_length(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0u64;
    for (i, &b) in bytes.iter().take(10).enumerate() {
        value |= u64::from(b & 0x7f) << (7 * i);
        if b < 0x80 {
            return Some((value, i + 1));
        }
    }
    None
}

/// The first record that is not empty, or as much of it as there is, and whether its end is missing.
fn first_message(mut bytes: &[u8], length: fn(&[u8]) -> Option<(u64, usize)>) -> Option<(&[u8], bool)> {
    loop {
        let (len, taken) = length(bytes)?;
        bytes = bytes.get(taken..)?;
        if len > super::limits::MESSAGE_BYTES as u64 || bytes.is_empty() {
            return None;
        }
        if len > 0 {
            let whole = bytes.get(..len as usize);
            return Some((whole.unwrap_or(bytes), whole.is_none()));
        }
    }
}

/// Names what a file that is no trace file looks like, for "it looks like …".
pub fn looks_like(start: &[u8]) -> Sentence {
    const KNOWN: [(&[u8], Pick); 25] = [
        (b"\x89PNG", |t| t.formats.png),
        (b"\xff\xd8\xff", |t| t.formats.jpeg),
        (b"GIF8", |t| t.formats.gif),
        (b"RIFF", |t| t.formats.riff),
        (b"%PDF", |t| t.formats.pdf),
        (b"\x7fELF", |t| t.formats.elf),
        (b"MZ", |t| t.formats.windows_program),
        (b"\xcf\xfa\xed\xfe", |t| t.formats.macos_program),
        (b"\xca\xfe\xba\xbe", |t| t.formats.java_class),
        (b"\0asm", |t| t.formats.webassembly),
        (b"PK\x03\x04", |t| t.formats.zip),
        (b"PK\x05\x06", |t| t.formats.empty_zip),
        (b"7z\xbc\xaf\x27\x1c", |t| t.formats.seven_zip),
        (b"Rar!", |t| t.formats.rar),
        (b"\xfd7zXZ\0", |t| t.formats.xz),
        (b"BZh", |t| t.formats.bzip2),
        (b"\x04\x22\x4d\x18", |t| t.formats.lz4),
        (b"\xff\x06\0\0sNaPpY", |t| t.formats.snappy),
        (b"SQLite format 3\0", |t| t.formats.sqlite),
        (b"PAR1", |t| t.formats.parquet),
        (b"<", |t| t.formats.page),
        (b"\xff\xfe", |t| t.formats.utf_16),
        (b"\xfe\xff", |t| t.formats.utf_16),
        (GZIP, |t| t.formats.packed_twice),
        (ZSTD, |t| t.formats.packed_twice),
    ];
    if let Some((_, what)) = KNOWN.iter().find(|(magic, _)| start.starts_with(magic)) {
        return say(*what);
    }
    if start.get(257..262) == Some(b"ustar") {
        return say(|t| t.formats.tar);
    }
    let is_text = match std::str::from_utf8(start) {
        Ok(_) => true,
        // The last character may be cut by where the look ends.
        Err(e) => e.error_len().is_none(),
    };
    match is_text && !start.iter().any(|b| *b < 9) {
        true => say(|t| t.formats.plain_text),
        false => say(|t| t.formats.unknown_binary),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_are_told_by_their_first_bytes() {
        assert_eq!(packing(&[0x1f, 0x8b, 8]), Packing::Gzip);
        assert_eq!(packing(&[0x28, 0xb5, 0x2f, 0xfd]), Packing::Zstd);
        assert_eq!(packing(b"{}"), Packing::Plain);
    }

    #[test]
    fn framings_are_told_apart() {
        // A resource with one attribute, no spans.
        let message = [0x0a, 0x09, 0x0a, 0x07, 0x0a, 0x05, 0x0a, 0x01, b'k', 0x12, 0x00];
        assert_eq!(framing(&message), Some(Framing::Bare));
        assert_eq!(framing(&[&[11], &message[..]].concat()), Some(Framing::VarintLengths));
        assert_eq!(framing(&[&[0, 0, 0, 11], &message[..]].concat()), Some(Framing::BigEndianLengths));
        assert_eq!(framing(&[0, 0, 0, 9, 0x28, 0xb5, 0x2f, 0xfd]), Some(Framing::BigEndianLengths));
        // A varint length of 10 is a newline, and also the tag of a resource.
        let ten = [0x0a, 0x08, 0x0a, 0x06, 0x0a, 0x04, 0x12, 0x02, 0x0a, 0x00];
        assert_eq!(framing(&ten), Some(Framing::Bare));
        assert_eq!(framing(&[&[10], &ten[..]].concat()), Some(Framing::VarintLengths));
        for json in ["{}", " \n[", "\u{feff}\r\n{", "\n{\n \"resourceSpans\": []}", "{\n\t\"resourceSpans\""]
        {
            assert_eq!(framing(json.as_bytes()), Some(Framing::Json), "{json:?}");
        }
        for other in
            [&b""[..], b"hello", b"\0\0\0\0\0\0\0\0", b"\xff\xff\xff\xff\x0a", b"PK\x03\x04", b"\n\n\n"]
        {
            assert_eq!(framing(other), None, "{other:?}");
        }
    }

    #[test]
    fn other_files_are_named() {
        assert_eq!(looks_like(b"\x89PNG\r\n").to_string(), "a PNG picture");
        assert_eq!(looks_like(b"hello, \xc3").to_string(), "plain text");
        assert_eq!(looks_like(&[0; 100]).to_string(), "binary data of an unknown kind");
    }
}
