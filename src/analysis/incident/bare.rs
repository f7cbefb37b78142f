//! Causes where spans tell neither kinds nor how they ended: services by how far they deviate from calm times.
use super::causes::{Cause, Terms};
use super::detail::Detail;
use crate::analysis::deviation::{Change, Deviation, ServiceName, TraceSet, deviations};
use crate::analysis::{Confidence, Evidence, Severity, Study, Subject};
use crate::graph::NodeKind;
use crate::model::{NodeId, TraceIndex};

/// Score from which the first place is nearly always right on recorded faults (34 of 34; 1 of 12 below).
const SURE: f64 = 2.5;
/// Causes that are told.
const TOLD: usize = 5;

/// Services that deviate, most first.
pub(super) fn causes(study: &Study<'_>, calm: &[TraceIndex], bad: &[TraceIndex]) -> Vec<Cause> {
    let set = |traces: &[TraceIndex]| TraceSet::new(study.snapshot, traces.iter().copied());
    let answer = deviations(&set(bad), &set(calm));
    let told = answer.ranked.into_iter().filter_map(|d| Some((node_of(study, &d.service)?, d)));
    told.take(TOLD).map(|(node, d)| cause(node, d)).collect()
}

fn node_of(study: &Study<'_>, service: &ServiceName) -> Option<NodeId> {
    let same = |n: &crate::graph::Node| {
        n.kind == NodeKind::Service
            && n.name == *service.name
            && n.namespace == *service.namespace
            // The environment is part of a node only where there are several.
            && (n.environment.is_empty() || n.environment == *service.environment)
    };
    study.index.graph.nodes().find(|(_, n)| same(n)).map(|(id, _)| id)
}

fn cause(node: NodeId, deviation: Deviation) -> Cause {
    let mut evidence = Evidence::default();
    for change in deviation.signals.iter().flat_map(|s| &s.changes) {
        let traces = match change {
            Change::Time(t) => &t.evidence,
            Change::Step(s) => &s.evidence,
        };
        let room = Evidence::KEPT - evidence.traces.len();
        let new: Vec<_> =
            traces.iter().filter(|t| !evidence.traces.contains(t)).take(room).copied().collect();
        evidence.traces.extend(new);
    }
    let is_sure = deviation.score >= SURE;
    Cause {
        subject: Subject::Node(node),
        severity: if is_sure {
            Severity::High
        } else if deviation.is_unusual() {
            Severity::Medium
        } else {
            Severity::Low
        },
        confidence: if is_sure { Confidence::High } else { Confidence::Low },
        terms: Terms::default(),
        explained: 0.0,
        extra: 0.0,
        waited_at: Vec::new(),
        is_short_of_places: false,
        change: None,
        onset: None,
        dependents_after: None,
        because_of: Vec::new(),
        detail: Detail::default(),
        new_version: None,
        shortage: None,
        evidence,
        deviation: Some(deviation),
    }
}
