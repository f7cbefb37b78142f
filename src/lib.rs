//! Spanscape: a native desktop service map for OpenTelemetry traces.
//!
//! Data passes through the modules in the order listed; see `ARCHITECTURE.md`.
pub mod export;
pub mod ingest;
pub mod model;
pub mod scenario;
