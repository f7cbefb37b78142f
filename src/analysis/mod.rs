//! Questions about the traces, one per file, each a pure function with one answer type.
mod critical_path;
pub mod health;
pub mod impact;
mod marks;
#[cfg(test)]
pub(crate) mod sketch;
mod skew;
pub mod traces;
mod waterfall;

pub use critical_path::{Section, critical_path};
pub use waterfall::{ErrorMark, Row, RowKey, Waterfall, WaterfallOptions, waterfall};
