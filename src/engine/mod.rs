//! The one writer: takes arrivals, writes rows, keeps the calls up to date, publishes snapshots.
mod snapshot;
mod thread;

pub use snapshot::Snapshot;
pub use thread::{Engine, EngineOptions, default_budget};
