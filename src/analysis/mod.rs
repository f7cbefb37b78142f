//! Questions about the traces, one per file, each a pure function with one answer type.
pub mod impact;
pub mod traces;
