//! How a case file begins: who writes it and who reads it must agree.

/// The first bytes once it is unpacked; the version follows in decimal digits, and a line break.
pub const MAGIC: &[u8] = b"spanscape case ";
/// The version that is written, and the only one that is read.
pub const VERSION: u32 = 1;
