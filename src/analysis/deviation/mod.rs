//! Which services behave unlike they did in a baseline, by times and by steps alone?
//!
//! The second opinion on an incident, and the only one where spans have neither status, kind nor attributes.
//! Three signals are told apart, since each kind of fault shows in another one:
//! a network fault as time between a call's span and its answer's, on all edges of a process;
//! a starved or busy process as time of its own work, and often as the former;
//! code that returns early or throws as steps that are not taken any more.
//! How large each signal becomes without any fault is learnt from the baseline: it is cut into blocks of time
//! as long as the incident, and each block is compared with the others.
mod names;
mod observe;
mod ranking;
mod series;
mod steps;
mod times;
mod trace_set;

use std::sync::Arc;

use crate::model::{Nanos, TraceId};
use names::Names;
use observe::{Observed, Resolution};
pub use trace_set::TraceSet;

/// A service as its spans name it; two stores may know the same one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceName {
    /// `service.name`.
    pub name: Arc<str>,
    /// `service.namespace`, or empty.
    pub namespace: Arc<str>,
    /// Environment, or empty.
    pub environment: Arc<str>,
}

/// In what a service deviates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignalKind {
    /// Time between a call's span and its answer's grew, on edges that meet at the service.
    Gap,
    /// Time in its own spans, in which nothing that they waited for ran, grew.
    OwnTime,
    /// Other steps follow than did.
    Steps,
}

impl SignalKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Gap, Self::OwnTime, Self::Steps];
}

/// One operation, or one operation of a caller with the operation that it calls, takes longer.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeChange {
    /// Whose span it is; for a gap the caller's.
    pub service: ServiceName,
    /// Its operation.
    pub operation: Arc<str>,
    /// For a gap: who answers, with which operation.
    pub callee: Option<(ServiceName, Arc<str>)>,
    /// Typical length before: the geometric mean.
    pub before: Nanos,
    /// Typical length in the incident.
    pub after: Nanos,
    /// By what factor it grew at least, with all doubt subtracted; 1 means not for sure.
    pub at_least: f64,
    /// Baseline traces with it.
    pub traces_before: u64,
    /// Incident traces with it.
    pub traces_after: u64,
    /// The one instance that carries nearly all of it, where others do not: the callee's for a gap.
    pub instance: Option<Arc<str>>,
    /// Incident traces in which it took longest, longest first.
    pub evidence: Vec<TraceId>,
}

/// A step that an operation takes: work of its own, or a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Operation of the step's own span.
    pub operation: Arc<str>,
    /// Who answered, with which operation, where it was a call that was answered.
    pub callee: Option<(ServiceName, Arc<str>)>,
}

/// How a service is connected to a change of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepRole {
    /// The change is in its own operation.
    Own,
    /// It answered a call before the change; 1 is the last call before it.
    AnsweredBefore(u32),
    /// The service that answered last before the change depends on it.
    DependencyOfLast,
}

/// After a certain step, an operation goes on in another way.
#[derive(Clone, Debug, PartialEq)]
pub struct StepChange {
    /// Whose operation it is.
    pub service: ServiceName,
    /// The operation.
    pub operation: Arc<str>,
    /// After which step; `None` is its beginning.
    pub after: Option<Step>,
    /// What follows now more or less often; `None` is its end.
    pub next: Option<Step>,
    /// Share in which it followed in the baseline, 0 to 1.
    pub share_before: f64,
    /// The same in the incident.
    pub share_after: f64,
    /// By how much the share differs at least, with all doubt subtracted, 0 to 1.
    pub at_least: f64,
    /// How often the operation came to that point in the baseline.
    pub times_before: u64,
    /// The same in the incident.
    pub times_after: u64,
    /// How the service that this is held against is connected to it.
    pub role: StepRole,
    /// Incident traces with the step that became more frequent.
    pub evidence: Vec<TraceId>,
}

/// One thing that changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// It takes longer.
    Time(TimeChange),
    /// It goes on in another way.
    Step(StepChange),
}

/// All that is held against a service in one respect.
#[derive(Clone, Debug, PartialEq)]
pub struct Signal {
    /// In what.
    pub kind: SignalKind,
    /// How many times as strong as the strongest of any service in a block of the baseline; above 1 is unusual.
    pub strength: f64,
    /// What changed: strongest first, at most three.
    pub changes: Vec<Change>,
}

/// A service, and what is held against it.
#[derive(Clone, Debug, PartialEq)]
pub struct Deviation {
    /// The service.
    pub service: ServiceName,
    /// The strengths of its signals together: the root of the sum of their squares.
    pub score: f64,
    /// Strongest first; only those above zero.
    pub signals: Vec<Signal>,
}

impl Deviation {
    /// Whether it deviates more than anything does in the baseline.
    pub fn is_unusual(&self) -> bool {
        self.score > 1.0
    }
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deviations {
    /// Services that deviate at all, most first.
    pub ranked: Vec<Deviation>,
    /// Traces of the incident that were read.
    pub incident_traces: usize,
    /// Traces of the baseline that were read.
    pub baseline_traces: usize,
    /// Into how many blocks of time the baseline was cut; 0 if it is too short to tell what is usual.
    pub blocks: usize,
}

/// The blocks of a baseline: as long as the incident, but not too few and not too many.
const BLOCKS: std::ops::RangeInclusive<usize> = 3..=8;
/// Traces in the shortest block that tells anything.
const SHORTEST_BLOCK: usize = 5;

/// Ranks services by how their part of the incident's traces differs from the baseline's.
///
/// Empty, with `blocks` 0, where the baseline has too few traces to say what is usual.
pub fn deviations(incident: &TraceSet<'_>, baseline: &TraceSet<'_>) -> Deviations {
    let (after, before) = (incident.len(), baseline.len());
    let counts = Deviations { incident_traces: after, baseline_traces: before, ..Deviations::default() };
    if after == 0 || before < BLOCKS.start() * SHORTEST_BLOCK {
        return counts;
    }
    let blocks = (before as f64 / after as f64).round() as usize;
    let blocks = blocks.clamp(*BLOCKS.start(), *BLOCKS.end()).min(before / SHORTEST_BLOCK);
    let mut names = Names::new();
    let resolution = Resolution::of(baseline);
    let usual = Observed::of(baseline, blocks, resolution, &mut names);
    let unusual = Observed::of(incident, 1, resolution, &mut names);
    Deviations { ranked: ranking::rank(&unusual, &usual, &names), blocks, ..counts }
}

#[cfg(test)]
mod tests;
