//! Answers to bytes: OTLP, JSON and the other forms that people take away.
pub mod answers;
pub mod cards;
pub mod case;
pub mod edge_signs;
mod line;
pub mod map;
pub mod map_forms;
pub mod otlp;
mod otlp_json;
pub mod records;
pub mod redact;
pub mod report;
pub mod rules;
pub mod svg;
pub mod trace_tree;
pub mod traces;
pub mod truth;
mod truth_finds;
