//! Spanscape: a native desktop service map for OpenTelemetry traces.
//!
//! Data passes through the modules in the order listed; see `ARCHITECTURE.md`.
pub mod analysis;
pub mod export;
pub mod graph;
pub mod ingest;
pub mod model;
pub mod store;
pub mod view;
