//! Answers to bytes and text: what leaves the program.
pub mod trace_tree;
