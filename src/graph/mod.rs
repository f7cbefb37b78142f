//! Rows to calls to the service graph: assembly, outcome, peer names, per-bucket totals.
mod arrange;
mod arrange_sums;
mod assemble;
mod build;
mod by_time;
mod call;
mod calls;
mod extents;
mod facts;
mod fold;
mod gap;
mod group_totals;
mod grouping;
mod health;
mod hidden;
mod histogram;
mod history;
mod naming;
mod outcome;
mod party;
mod periods;
mod red;
mod series;
mod service_graph;
mod snapshot;
mod touched;
mod tree;
mod window_sums;

pub use arrange::{
    Arranged, Arrangement, Collapse, Focus, LARGE, Reach, Touched, again, arrange, group_id, group_name,
};
pub use build::GraphIndex;
pub use by_time::{CallPlace, CallsByTime, UnderWay};
pub use call::{Call, Quality, RawEdge, RawEdgeId, RawEdges, Route, Served, TraceCalls};
pub use calls::{CallWriter, Calls, QualityTotals};
pub use facts::{is_rpc_name, telling_words};
pub use fold::{Timeline, TimelineBucket, matching_traces};
pub use group_totals::{GroupTotal, group_totals};
pub use grouping::{EXTERNAL, GroupBy, Groups, INSIDE, UNTOLD, USUAL, group_keys, parse_keys, untold_key};
pub use health::{FEW, Health, edge_health, node_health};
pub use hidden::Hidden;
pub use histogram::{Accumulator, Histogram, STEPS};
pub use history::{History, filtered_requests, requests_close_by};
pub use outcome::Outcome;
pub use party::{Parties, Party, PartyId, PartyKind};
pub use red::{APDEX_T, Observation, Red};
pub use series::{BUCKET, Series};
pub use service_graph::{Edge, EdgeKind, Node, NodeKind, ServiceGraph};
pub use snapshot::Snapshot;
pub use touched::touched;
pub use tree::{Marks, TraceTree, TreeSpan};

/// How a span ended, by what it says itself (`reference` section "outcome" of ARCHITECTURE.md).
pub fn outcome_of(span: crate::store::SpanRef<'_>) -> Outcome {
    facts::facts(span, &span.fields()).outcome
}
