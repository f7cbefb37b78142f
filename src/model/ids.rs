//! Identity on the wire, and the dense handles used inside.
use std::fmt;
use std::hash::{Hash, Hasher};

/// A trace's identity: 16 bytes, shown as hex. 8-byte ids are padded on the left with zeros.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TraceId(pub [u8; 16]);

/// A span's identity within its trace: 8 bytes, shown as hex. All zero means "none".
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SpanId(pub [u8; 8]);

// As numbers: an array would be hashed as a slice, with its length and byte by byte.
impl Hash for TraceId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u128(u128::from_ne_bytes(self.0));
    }
}

impl Hash for SpanId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(u64::from_ne_bytes(self.0));
    }
}

impl TraceId {
    /// Whether all bytes are zero, which no valid id has.
    pub fn is_zero(self) -> bool {
        self.0 == [0; 16]
    }
    /// Whether only the low 64 bits are used: an id as Zipkin and Jaeger made them.
    pub fn is_short(self) -> bool {
        self.0.starts_with(&[0; 8])
    }
    /// The low 64 bits.
    pub fn low(self) -> [u8; 8] {
        let [.., a, b, c, d, e, f, g, h] = self.0;
        [a, b, c, d, e, f, g, h]
    }
    /// From hex digits of either case; fewer than 32 are padded on the left. `None` if not hex, empty or too long.
    pub fn from_hex(text: &str) -> Option<Self> {
        hex_padded(text.as_bytes()).map(Self)
    }
}

impl SpanId {
    /// "No span": the parent of a root.
    pub const NONE: Self = Self([0; 8]);
    /// Whether all bytes are zero.
    pub fn is_zero(self) -> bool {
        self.0 == [0; 8]
    }
    /// From hex digits of either case; fewer than 16 are padded on the left. `None` if not hex, empty or too long.
    pub fn from_hex(text: &str) -> Option<Self> {
        hex_padded(text.as_bytes()).map(Self)
    }
}

fn hex_padded<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    if text.is_empty() || text.len() > N * 2 {
        return None;
    }
    let mut out = [0u8; N];
    for (i, &c) in text.iter().rev().enumerate() {
        let digit = match c {
            b'0'..=b'9' => c - b'0',
            b'a'..=b'f' => c - b'a' + 10,
            b'A'..=b'F' => c - b'A' + 10,
            _ => return None,
        };
        out[N - 1 - i / 2] |= if i % 2 == 0 { digit } else { digit << 4 };
    }
    Some(out)
}

fn write_hex(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    bytes.iter().try_for_each(|b| write!(f, "{b:02x}"))
}
impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.0, f)
    }
}
impl fmt::Debug for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.0, f)
    }
}
impl fmt::Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.0, f)
    }
}
impl fmt::Debug for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.0, f)
    }
}

/// A stored span: its place in arrival order, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpanRow(pub u64);

/// A stored trace: its place in order of first arrival, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TraceIndex(pub u32);

/// A node of one [`ServiceGraph`](crate::graph::ServiceGraph): its place in the sorted list of nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// An edge of one [`ServiceGraph`](crate::graph::ServiceGraph): its place in the sorted list of edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EdgeId(pub u32);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_padded_on_the_left_and_checked() {
        assert_eq!(TraceId::from_hex("aB").map(|t| t.to_string()), Some(format!("{:0>32}", "ab")));
        assert_eq!(
            SpanId::from_hex("0123456789abcdef").map(|s| s.to_string()).as_deref(),
            Some("0123456789abcdef")
        );
        assert_eq!(SpanId::from_hex("abc").map(|s| s.to_string()).as_deref(), Some("0000000000000abc"));
        assert_eq!(SpanId::from_hex(""), None);
        assert_eq!(SpanId::from_hex("xyz"), None);
        assert_eq!(SpanId::from_hex("0123456789abcdef0"), None);
    }
}
