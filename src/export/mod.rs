//! Answers to bytes: OTLP, JSON and the other forms that people take away.
pub mod otlp;
mod otlp_json;
pub mod truth;
//! Answers to bytes and text: what leaves the program.
pub mod trace_tree;
