//! The sender of `replay` against the receiver.
