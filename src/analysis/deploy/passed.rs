//! Which requests passed the old version of a service and which the new one, while both were there.
use std::collections::HashMap;

use crate::analysis::Study;
use crate::model::{NodeId, Symbol, Timestamp, TraceIndex};
use crate::store::Lens;

/// Traces by the version of a service that they passed: true for the new one.
pub type Passed = HashMap<TraceIndex, bool>;

/// The traces under a lens that the service served, without those of which no version is known. One that passed
/// both versions counts for the new one, which may be what is wrong with it.
pub fn passed(study: &Study<'_>, lens: &Lens, service: NodeId, is_new: impl Fn(&str) -> bool) -> Passed {
    let snapshot = study.snapshot;
    let inside = |t: Timestamp| !t.is_unset() && lens.window.is_none_or(|w| w.contains(t));
    let mut known: HashMap<Symbol, bool> = HashMap::new();
    let mut out = Passed::new();
    for trace in study.traces(lens) {
        let Some(calls) = snapshot.calls.of_trace(trace) else { continue };
        let own = calls.served.iter().filter(|s| inside(s.start));
        for s in own.filter(|s| study.index.node_of(s.service) == Some(service)) {
            let version = snapshot.spans.get(s.row).map(|r| r.resource().version).unwrap_or_default();
            if version.is_empty() {
                continue;
            }
            let is_new = *known.entry(version).or_insert_with(|| is_new(snapshot.spans.text(version)));
            out.entry(trace).and_modify(|n| *n |= is_new).or_insert(is_new);
        }
    }
    out
}
