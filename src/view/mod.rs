//! Pixels and clicks: scenes are computed from plain data, then painted.
pub mod fonts;
pub mod keys;
pub mod map;
pub mod panels;
pub mod soft;
pub mod text;
pub mod theme;
pub mod waterfall;
pub mod words;
