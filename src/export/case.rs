//! The case file: spans together with everything that was arranged, noted and chosen, in one file.
//!
//! `docs/case-file.md` describes the container.
mod map;
mod state;
mod write;

pub use map::{CaseCollapse, CaseFocus, CaseMap};
pub use state::{CaseEdge, CaseEdges, CaseItem, CaseNote, CaseState, CaseTrace, CaseWindow, NotedOn};
pub use write::{CaseSpans, write};
