//! The value of an attribute: every kind that OpenTelemetry's `AnyValue` has.
use std::fmt::{self, Write};
use std::hash::{Hash, Hasher};

/// An attribute's value. Equality and hash treat doubles by their bits, so NaN equals itself.
///
/// Decoders cut nesting at 64 levels, so recursion over a value is bounded.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// Present, without a value.
    #[default]
    Empty,
    /// Text.
    Str(Box<str>),
    /// True or false.
    Bool(bool),
    /// A 64-bit integer.
    Int(i64),
    /// A 64-bit float.
    Double(f64),
    /// Opaque bytes.
    Bytes(Box<[u8]>),
    /// A list, maybe of mixed kinds.
    Array(Box<[Value]>),
    /// Keys and values, in the order sent.
    Map(Box<[(Box<str>, Value)]>),
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Empty, Self::Empty) => true,
            (Self::Str(a), Self::Str(b)) => a == b,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Double(a), Self::Double(b)) => a.to_bits() == b.to_bits(),
            (Self::Bytes(a), Self::Bytes(b)) => a == b,
            (Self::Array(a), Self::Array(b)) => a == b,
            (Self::Map(a), Self::Map(b)) => a == b,
            _ => false,
        }
    }
}
impl Eq for Value {}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Self::Empty => {}
            Self::Str(s) => s.hash(state),
            Self::Bool(b) => b.hash(state),
            Self::Int(i) => i.hash(state),
            Self::Double(d) => d.to_bits().hash(state),
            Self::Bytes(b) => b.hash(state),
            Self::Array(a) => a.hash(state),
            Self::Map(m) => m.hash(state),
        }
    }
}

impl Value {
    /// A text value.
    pub fn str(text: impl Into<Box<str>>) -> Self {
        Self::Str(text.into())
    }
    /// The text, where it is text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(s) => Some(s),
            _ => None,
        }
    }
    /// As an integer: an integer, a whole double, or text that parses as one (senders mix them).
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(i) => Some(*i),
            Self::Double(d) if d.fract() == 0.0 && d.abs() < 9e15 => Some(*d as i64),
            Self::Str(s) => s.trim().parse().ok(),
            _ => None,
        }
    }
    /// As a number: integer, double, or text that parses as one.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Int(i) => Some(*i as f64),
            Self::Double(d) => Some(*d),
            Self::Str(s) => s.trim().parse().ok(),
            _ => None,
        }
    }
    /// As a truth value: a boolean, or the text `true` or `false`.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(b) => Some(*b),
            Self::Str(s) if s.eq_ignore_ascii_case("true") => Some(true),
            Self::Str(s) if s.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }
    /// Heap bytes that it holds.
    pub fn heap_bytes(&self) -> usize {
        match self {
            Self::Str(s) => s.len(),
            Self::Bytes(b) => b.len(),
            Self::Array(a) => a.iter().map(|v| size_of::<Self>() + v.heap_bytes()).sum(),
            Self::Map(m) => {
                m.iter().map(|(k, v)| size_of::<(Box<str>, Self)>() + k.len() + v.heap_bytes()).sum()
            }
            _ => 0,
        }
    }
    /// The name of its kind, as OTLP JSON spells it without the `Value`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Str(_) => "string",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Double(_) => "double",
            Self::Bytes(_) => "bytes",
            Self::Array(_) => "array",
            Self::Map(_) => "kvlist",
        }
    }
}

impl fmt::Display for Value {
    /// Top-level text is bare; text inside lists and maps is quoted.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::Str(s) => f.write_str(s),
            Self::Bool(b) => write!(f, "{b}"),
            Self::Int(i) => write!(f, "{i}"),
            Self::Double(d) => write!(f, "{d}"),
            Self::Bytes(b) => b.iter().try_for_each(|x| write!(f, "{x:02x}")),
            Self::Array(a) => {
                f.write_char('[')?;
                for (i, v) in a.iter().enumerate() {
                    if i > 0 {
                        f.write_str(", ")?;
                    }
                    v.fmt_nested(f)?;
                }
                f.write_char(']')
            }
            Self::Map(m) => {
                f.write_char('{')?;
                for (i, (k, v)) in m.iter().enumerate() {
                    if i > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{k}: ")?;
                    v.fmt_nested(f)?;
                }
                f.write_char('}')
            }
        }
    }
}

impl Value {
    fn fmt_nested(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Str(s) => write!(f, "{s:?}"),
            other => write!(f, "{other}"),
        }
    }
}
