//! Rows to calls to the service graph: assembly, outcome, peer names, per-bucket totals.
mod health;
mod histogram;
mod outcome;
mod red;
mod service_graph;
mod tree;

pub use health::{FEW, Health, edge_health, node_health};
pub use histogram::{Accumulator, Histogram, STEPS};
pub use outcome::Outcome;
pub use red::{APDEX_T, Observation, Red};
pub use service_graph::{Edge, EdgeKind, Node, NodeKind, ServiceGraph};
pub use tree::{Marks, TraceTree, TreeSpan};
