//! The one writer: takes arrivals, writes rows, keeps the calls up to date, publishes snapshots.
mod thread;

pub use thread::{Engine, EngineOptions, default_budget};
