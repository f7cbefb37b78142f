//! Stand-in for the JSON decoders, REPLACED on merge.
pub mod otlp;

/// Which JSON it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// OTLP JSON.
    Otlp,
}
