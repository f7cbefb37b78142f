//! The case file: spans together with everything that was arranged, noted and chosen, in one file.
//!
//! `docs/case-file.md` describes the container.
mod state;
mod write;

pub use state::{CaseEdge, CaseItem, CaseNote, CaseState, CaseTrace, CaseWindow, NotedOn};
pub use write::{CaseSpans, write};

/// The first bytes of a case file once it is unpacked.
pub const MAGIC: &[u8] = b"spanscape case ";
/// The version that is written, and the only one that is read.
pub const VERSION: u32 = 1;
