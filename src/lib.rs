//! Spanscape.
