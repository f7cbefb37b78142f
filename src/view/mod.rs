//! Pixels and clicks: scenes are computed from plain data, then painted.
pub mod soft;
