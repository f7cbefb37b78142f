//! Rows in columns, in segments; the lens and its filter; retention by bytes.
mod counters;
mod filter;
mod lens;
mod measurements;
mod merge;
mod packed;
mod resource;
mod retention;
mod segment;
mod short_ids;
mod span_ref;
mod spans;
mod tables;
mod vocabulary;
mod writer;

pub use counters::{Counters, SourceCounters, SourceState};
pub use filter::{Doubt, Filter, FilterDoubt, FilterError, FilterFault, MOST_TESTS, parse_duration};
pub use lens::Lens;
pub use measurements::{
    Bucket, MEASUREMENT_BUCKET, MeasurementBounds, MeasurementCounters, MeasurementSeries, MeasurementStore,
    Measurements, Sender,
};
pub use resource::{Resource, Scope};
pub use retention::Evicted;
pub use segment::{Event, Link, Segment};
pub use span_ref::{Fields, SpanRef};
pub use spans::{Spans, TraceSlot};
pub use vocabulary::{Completion, Vocabulary};
pub use writer::{Appended, Store};
