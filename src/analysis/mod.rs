//! Questions about the traces, one per file, each a pure function with one answer type.
pub mod impact;
pub mod traces;
//! Questions, one per file, each a pure function with one answer type.
mod critical_path;
#[cfg(test)]
pub(crate) mod sketch;
mod skew;
mod waterfall;

pub use critical_path::{Section, critical_path};
pub use waterfall::{ErrorMark, Row, RowKey, Waterfall, WaterfallOptions, waterfall};
