//! Ids as JSON writes them: hex of either case, in files also base64 or any text.
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use crate::model::{SpanId, TraceId};

/// How ids may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ids {
    /// As OTLP demands of a sender: hex digits of the full length.
    Strict,
    /// As files have them: also padded base64, hex with leading zeros dropped, and any other text,
    /// which stands for a stable hash of itself.
    Lenient,
}

/// An id as read: absent (missing, empty, all zero), good, or bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Id<T> {
    /// Missing, empty or all zero.
    Absent,
    /// Good.
    Of(T),
    /// Of the wrong length, or not hex.
    Bad,
}

impl<T> Id<T> {
    fn map<U>(self, f: impl FnOnce(T) -> U) -> Id<U> {
        match self {
            Self::Absent => Id::Absent,
            Self::Of(id) => Id::Of(f(id)),
            Self::Bad => Id::Bad,
        }
    }
    /// The good id.
    pub fn good(self) -> Option<T> {
        match self {
            Self::Of(id) => Some(id),
            _ => None,
        }
    }
}

impl Ids {
    /// A trace's id from its text.
    pub(super) fn trace(self, text: &[u8]) -> Id<TraceId> {
        self.read(text, |text| fnv_128(text).to_be_bytes()).map(TraceId)
    }
    /// A span's id from its text.
    pub(super) fn span(self, text: &[u8]) -> Id<SpanId> {
        self.read(text, |text| fnv_64(text).to_be_bytes()).map(SpanId)
    }

    #[inline]
    fn read<const N: usize>(self, text: &[u8], opaque: impl FnOnce(&[u8]) -> [u8; N]) -> Id<[u8; N]> {
        let id = match full_hex(text) {
            Some(id) => id,
            None if text.is_empty() => return Id::Absent,
            None if self == Self::Strict => return Id::Bad,
            None => from_base64(text).or_else(|| short_hex(text)).unwrap_or_else(|| nonzero(opaque(text))),
        };
        if id == [0; N] { Id::Absent } else { Id::Of(id) }
    }
}

const fn digits() -> [u8; 256] {
    let mut table = [0xff; 256];
    let mut i = 0;
    while i < 16 {
        table[b"0123456789abcdef"[i] as usize] = i as u8;
        table[b"0123456789ABCDEF"[i] as usize] = i as u8;
        i += 1;
    }
    table
}
static DIGITS: [u8; 256] = digits();

#[inline]
fn full_hex<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    if text.len() != 2 * N {
        return None;
    }
    let mut id = [0; N];
    let mut bad = 0;
    for (byte, pair) in id.iter_mut().zip(text.chunks_exact(2)) {
        let (high, low) = (DIGITS[pair[0] as usize], DIGITS[pair[1] as usize]);
        bad |= high | low;
        *byte = high << 4 | low & 15;
    }
    (bad < 16).then_some(id)
}

fn short_hex<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let mut full = vec![b'0'; (2 * N).checked_sub(text.len())?];
    full.extend_from_slice(text);
    full_hex(&full)
}

/// Padded base64 of exactly N bytes: it ends in `=`, so it cannot be taken for hex.
fn from_base64<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    if text.len() != N.div_ceil(3) * 4 || text.last() != Some(&b'=') {
        return None;
    }
    let bytes = STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()?;
    bytes.try_into().ok()
}

fn nonzero<const N: usize>(mut id: [u8; N]) -> [u8; N] {
    if id == [0; N] {
        id[N - 1] = 1;
    }
    id
}

/// FNV-1a: fixed for all time, so that the same file gives the same ids.
fn fnv_64(text: &[u8]) -> u64 {
    text.iter().fold(0xcbf2_9ce4_8422_2325, |h, &b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

fn fnv_128(text: &[u8]) -> u128 {
    let start = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    let prime = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    text.iter().fold(start, |h: u128, &b| (h ^ u128::from(b)).wrapping_mul(prime))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(ids: Ids, text: &str) -> Option<String> {
        ids.span(text.as_bytes()).good().map(|id| id.to_string())
    }

    #[test]
    fn strict_ids_are_hex_of_the_full_length() {
        assert_eq!(span(Ids::Strict, "00F067aa0BA902b7").as_deref(), Some("00f067aa0ba902b7"));
        assert_eq!(Ids::Strict.span(b""), Id::Absent);
        assert_eq!(Ids::Strict.span(b"0000000000000000"), Id::Absent);
        for bad in ["0f067aa0ba902b7", "abc", "00f067aa0ba902bg", "APBnqgupArc=", "00f067aa0ba902b700"] {
            assert_eq!(Ids::Strict.span(bad.as_bytes()), Id::Bad, "{bad}");
        }
        assert_eq!(Ids::Strict.trace(b"00f067aa0ba902b7"), Id::Bad);
    }

    #[test]
    fn lenient_ids_are_also_base64_short_hex_or_any_text() {
        assert_eq!(span(Ids::Lenient, "APBnqgupArc=").as_deref(), Some("00f067aa0ba902b7"));
        assert_eq!(span(Ids::Lenient, "abc").as_deref(), Some("0000000000000abc"));
        assert_eq!(span(Ids::Lenient, "span-1").as_deref(), Some("064142ad097a3b2f"));
        assert_ne!(span(Ids::Lenient, "span-1"), span(Ids::Lenient, "span-2"));
        let trace = Ids::Lenient.trace(b"MUkZX/sL7AU0e0jv6OzBsA==").good().map(|t| t.to_string());
        assert_eq!(trace.as_deref(), Some("3149195ffb0bec05347b48efe8ecc1b0"));
        assert_eq!(Ids::Lenient.trace(b"0"), Id::Absent);
        assert!(Ids::Lenient.trace(b"OUTOFORDER00000000000000000000AA").good().is_some());
    }
}
