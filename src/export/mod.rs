//! Answers to bytes: OTLP, JSON and the other forms that people take away.
pub mod otlp;
mod otlp_json;
pub mod trace_tree;
pub mod truth;
