//! Spanscape: a native desktop service map for OpenTelemetry traces.
//!
//! Data passes through the modules in the order listed; see `ARCHITECTURE.md`.
pub mod analysis;
pub mod app;
pub mod cli;
pub mod engine;
pub mod export;
pub mod graph;
pub mod ingest;
pub mod layout;
pub mod model;
pub mod scenario;
pub mod store;
pub mod texts;
pub mod view;
