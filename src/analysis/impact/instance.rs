//! Whether one instance of a node does the harm while others share the traffic: it alone could go.
use crate::analysis::incident::{CalmPaths, Dominant, TraceFacts, detail};
use crate::analysis::{BlameKey, Study};
use crate::model::{NodeId, TimeRange, TraceIndex};

/// A request is the node's doing from this share of its blame on.
const BLAMED: f64 = 0.5;

/// The instance from which most of what a node is to blame for comes, and its share of it.
pub(super) fn one_instance(
    study: &Study<'_>,
    traces: &[TraceIndex],
    node: NodeId,
    (incident, baseline): (TimeRange, TimeRange),
) -> Dominant {
    let inside = |range: TimeRange| {
        study.map(traces, |r| {
            r.start().filter(|s| range.contains(*s))?;
            TraceFacts::of(r)
        })
    };
    let (bad, calm) = (inside(incident), inside(baseline));
    let paths = CalmPaths::new(&calm.iter().collect::<Vec<_>>());
    let key = BlameKey::Node(node);
    let is_blamed = |f: &&TraceFacts| {
        paths.is_bad(f) && paths.blame(f).iter().any(|(who, share)| *who == key && *share >= BLAMED)
    };
    let blamed: Vec<&TraceFacts> = bad.iter().filter(is_blamed).collect();
    detail(study, key, &blamed, &bad.iter().collect::<Vec<_>>()).instance
}
