//! Questions about the traces, one per file, each a pure function with one answer type.
pub mod advice;
pub mod alerts;
pub mod capacity;
mod critical_path;
pub mod deploy;
pub mod deviation;
pub mod difference;
pub mod edge_reading;
pub mod finding;
pub mod health;
mod health_examples;
pub mod health_report;
pub mod impact;
pub mod incident;
mod marks;
pub mod operations;
pub mod patterns;
mod pool_wait;
pub mod reading;
pub mod replay;
pub mod saturation;
#[cfg(test)]
pub(crate) mod sketch;
mod skew;
pub mod statement;
pub mod statistics;
pub mod study;
pub mod timeouts;
pub mod traces;
mod waterfall;

pub use critical_path::{Section, critical_path};
pub use finding::{Confidence, Evidence, Severity, Subject};
pub use reading::{BlameKey, Part, Reading};
pub use study::Study;
pub use waterfall::{ErrorMark, Row, RowKey, Waterfall, WaterfallOptions, waterfall};
