//! The vocabulary: time, ids, symbols, spans as decoded, attribute names, rejects.
mod arrival;
mod batch;
pub mod case_file;
mod cow_vec;
mod ids;
mod measurement;
mod progress;
mod record;
pub mod semconv;
mod symbol;
mod time;
mod value;

pub use crate::texts::Sentence;
pub use arrival::{
    Arrival, Delivery, RejectReason, Rejects, STANDARD_INPUT, SourceId, SourceKind, SourceNote,
};
pub use batch::{
    BatchBuilder, DecodedEvent, DecodedLink, DecodedResource, DecodedScope, DecodedSpan, LocalStr, Slice,
    SpanBatch, SpanKind, StatusCode,
};
pub use cow_vec::{CowVec, FreePlaces};
pub use ids::{EdgeId, NodeId, SpanId, SpanRow, TraceId, TraceIndex};
pub use measurement::{DETAIL_KEYS, MeasurementBatch, Metric, Point, STATE_KEYS, SenderAttributes, Shape};
pub use progress::Progress;
pub use record::{EventRecord, LinkRecord, ResourceRecord, ScopeRecord, SpanRecord, batch_from_records};
pub use symbol::{Interner, Symbol, Symbols};
pub use time::{Nanos, TimeRange, Timestamp};
pub use value::Value;
