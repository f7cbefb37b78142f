//! Spanscape: a native desktop service map for OpenTelemetry traces.
//!
//! Data passes through the modules in the order listed; see `ARCHITECTURE.md`.
pub mod analysis;
pub mod engine;
pub mod export;
pub mod graph;
pub mod export;
pub mod ingest;
pub mod layout;
pub mod model;
pub mod store;
pub mod view;
pub mod scenario;
