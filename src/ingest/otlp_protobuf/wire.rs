//! The protobuf wire format over borrowed bytes: tags, numbers, lengths, and skipping what is unknown.
use super::super::DecodeError;
use crate::texts::{Pick, say};

/// Levels of (long deprecated) groups that are skipped before the bytes count as bad.
const GROUP_DEPTH: u32 = 1_000;

/// What is wrong with the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    CutOff,
    LongNumber,
    FieldNumber,
    WireType,
    DeepGroups,
}

/// Bytes that are not protobuf, and where. Small, since every step of the hot loop may return it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub at: usize,
    pub what: What,
}

impl From<Broken> for DecodeError {
    fn from(broken: Broken) -> Self {
        let message: Pick = match broken.what {
            What::CutOff => |t| t.decoding.message_cut_off,
            What::LongNumber => |t| t.decoding.long_number,
            What::FieldNumber => |t| t.decoding.field_number,
            What::WireType => |t| t.decoding.wire_type,
            What::DeepGroups => |t| t.decoding.deep_groups,
        };
        Self { offset: broken.at, message: say(message) }
    }
}

/// A message, or part of one, being walked; `base` is where its bytes begin in the decoder's input.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wire<'a> {
    bytes: &'a [u8],
    at: usize,
    base: usize,
}

impl<'a> Wire<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, base: 0 }
    }

    /// All bytes of this message, read or not.
    pub(super) fn whole(&self) -> &'a [u8] {
        self.bytes
    }

    /// Where the next byte lies in the decoder's input.
    pub(super) fn offset(&self) -> usize {
        self.base + self.at
    }

    #[cold]
    fn broken(&self, what: What) -> Broken {
        let at = if what == What::CutOff { self.base + self.bytes.len() } else { self.offset() };
        Broken { at, what }
    }

    /// The next field's tag (number << 3 | type); `None` at the end of the message.
    #[inline]
    pub(super) fn tag(&mut self) -> Result<Option<u32>, Broken> {
        let Some(&first) = self.bytes.get(self.at) else { return Ok(None) };
        if (8..0x80).contains(&first) {
            self.at += 1;
            return Ok(Some(u32::from(first)));
        }
        self.long_tag().map(Some)
    }

    fn long_tag(&mut self) -> Result<u32, Broken> {
        let start = *self;
        match u32::try_from(self.varint()?) {
            Ok(tag) if tag >= 8 => Ok(tag),
            _ => Err(start.broken(What::FieldNumber)),
        }
    }

    #[inline]
    pub(super) fn varint(&mut self) -> Result<u64, Broken> {
        match self.bytes.get(self.at) {
            Some(&b) if b < 0x80 => {
                self.at += 1;
                Ok(u64::from(b))
            }
            _ => self.long_varint(),
        }
    }

    fn long_varint(&mut self) -> Result<u64, Broken> {
        let mut value = 0u64;
        for i in 0..10 {
            let Some(&b) = self.bytes.get(self.at + i) else { return Err(self.broken(What::CutOff)) };
            value |= u64::from(b & 0x7f) << (7 * i);
            if b < 0x80 {
                self.at += i + 1;
                return Ok(value);
            }
        }
        Err(self.broken(What::LongNumber))
    }

    #[inline]
    fn array<const N: usize>(&mut self) -> Result<[u8; N], Broken> {
        match self.bytes.get(self.at..).and_then(|rest| rest.first_chunk::<N>()) {
            Some(chunk) => {
                self.at += N;
                Ok(*chunk)
            }
            None => Err(self.broken(What::CutOff)),
        }
    }

    #[inline]
    pub(super) fn fixed64(&mut self) -> Result<u64, Broken> {
        self.array().map(u64::from_le_bytes)
    }

    #[inline]
    pub(super) fn fixed32(&mut self) -> Result<u32, Broken> {
        self.array().map(u32::from_le_bytes)
    }

    /// The bytes of a length-prefixed field.
    #[inline]
    pub(super) fn bytes(&mut self) -> Result<&'a [u8], Broken> {
        let len = self.varint()?;
        let taken = usize::try_from(len)
            .ok()
            .and_then(|len| self.at.checked_add(len))
            .and_then(|end| self.bytes.get(self.at..end));
        match taken {
            Some(bytes) => {
                self.at += bytes.len();
                Ok(bytes)
            }
            None => Err(self.broken(What::CutOff)),
        }
    }

    /// A message within this one.
    #[inline]
    pub(super) fn message(&mut self) -> Result<Self, Broken> {
        let bytes = self.bytes()?;
        Ok(Self { bytes, at: 0, base: self.offset() - bytes.len() })
    }

    /// A message within this one of which the end may be missing: then what there is, and the complaint.
    ///
    /// Whoever walks the part can keep what is complete in it before passing the complaint on.
    pub(super) fn message_or_part(&mut self) -> Result<(Self, Option<Broken>), Broken> {
        let before = *self;
        match self.message() {
            Ok(message) => Ok((message, None)),
            Err(complaint) => {
                *self = before;
                self.varint()?;
                let bytes = self.bytes.get(self.at..).unwrap_or_default();
                let part = Self { bytes, at: 0, base: self.offset() };
                self.at = self.bytes.len();
                Ok((part, Some(complaint)))
            }
        }
    }

    /// Passes over the value of a field whose tag has been read.
    pub(super) fn skip(&mut self, tag: u32) -> Result<(), Broken> {
        match tag & 7 {
            0 => self.varint().map(drop),
            1 => self.array::<8>().map(drop),
            2 => self.bytes().map(drop),
            3 => self.skip_group(),
            5 => self.array::<4>().map(drop),
            _ => Err(self.broken(What::WireType)),
        }
    }

    /// Groups may nest without bound on the wire, so this counts levels and does not recurse.
    fn skip_group(&mut self) -> Result<(), Broken> {
        let mut depth = 1;
        while depth > 0 {
            let Some(tag) = self.tag()? else { return Err(self.broken(What::CutOff)) };
            match tag & 7 {
                3 if depth == GROUP_DEPTH => return Err(self.broken(What::DeepGroups)),
                3 => depth += 1,
                4 => depth -= 1,
                _ => self.skip(tag)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_length() {
        for value in (0..64).map(|s| 1u64 << s).chain([0, u64::MAX, 127, 128, 300]) {
            let mut bytes = Vec::new();
            prost::encoding::encode_varint(value, &mut bytes);
            let mut wire = Wire::new(&bytes);
            assert_eq!(wire.varint(), Ok(value));
            assert_eq!(wire.tag(), Ok(None));
            for n in 0..bytes.len() {
                let cut = Wire::new(&bytes[..n]).varint();
                assert_eq!(cut, Err(Broken { at: n, what: What::CutOff }));
            }
        }
        assert_eq!(Wire::new(&[0xff; 11]).varint(), Err(Broken { at: 0, what: What::LongNumber }));
    }

    #[test]
    fn tags_must_name_a_field() {
        assert_eq!(Wire::new(&[0x0a]).tag(), Ok(Some(0x0a)));
        assert_eq!(Wire::new(&[0x85, 0x01]).tag(), Ok(Some(133)));
        assert_eq!(Wire::new(&[0x02]).tag(), Err(Broken { at: 0, what: What::FieldNumber }));
        assert!(Wire::new(&[0xff, 0xff, 0xff, 0xff, 0xff, 0x01]).tag().is_err());
    }

    #[test]
    fn a_length_beyond_the_end_gives_the_part() {
        let (mut part, complaint) = Wire::new(&[0xff, 0xff, 0xff, 0xff, 0x0f, 7]).message_or_part().unwrap();
        assert_eq!((part.varint(), part.offset()), (Ok(7), 6));
        assert_eq!(complaint, Some(Broken { at: 6, what: What::CutOff }));
    }

    #[test]
    fn groups_are_skipped_and_bounded() {
        let nested = |levels: usize| [vec![0x0b; levels], vec![0x0c; levels], vec![0x08, 1]].concat();
        let mut wire_bytes = nested(1_000);
        let mut wire = Wire::new(&wire_bytes);
        let tag = wire.tag().unwrap().unwrap();
        assert_eq!(wire.skip(tag), Ok(()));
        assert_eq!(wire.tag(), Ok(Some(8)));
        wire_bytes = nested(100_000);
        let mut wire = Wire::new(&wire_bytes);
        let tag = wire.tag().unwrap().unwrap();
        assert_eq!(wire.skip(tag).unwrap_err().what, What::DeepGroups);
        assert_eq!(Wire::new(&[]).skip(0x0b).unwrap_err().what, What::CutOff);
        assert_eq!(Wire::new(&[]).skip(0x0c).unwrap_err().what, What::WireType);
    }
}
