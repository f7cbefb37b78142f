//! Rows in columns, in segments; the lens and its filter; retention by bytes.
mod counters;
mod filter;
mod lens;
mod merge;
mod packed;
mod resource;
mod retention;
mod segment;
mod short_ids;
mod span_ref;
mod spans;
mod tables;
mod writer;

pub use counters::{Counters, SourceCounters, SourceState};
pub use filter::{Filter, FilterError, parse_duration};
pub use lens::Lens;
pub use resource::{Resource, Scope};
pub use retention::Evicted;
pub use segment::{Event, Link, Segment};
pub use span_ref::{Fields, SpanRef};
pub use spans::{Spans, TraceSlot};
pub use writer::{Appended, Store};
