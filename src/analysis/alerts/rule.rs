//! What rules say: a signal, its limits, and whom they are for.
use std::sync::Arc;

use crate::graph::NodeKind;
use crate::model::Nanos;
use crate::store::Filter;

/// What a rule looks at; each is a number of one window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signal {
    /// Failed share of calls.
    ErrorRatio,
    /// Share of calls whose caller ran out of time; nothing under three of them.
    TimeoutRatio,
    /// Share of calls turned away for load.
    ThrottledRatio,
    /// Share of calls that ran out of time, could not be made, or failed in the callee.
    UnavailableRatio,
    /// 95th percentile, ms.
    P95Ms,
    /// 95th percentile over that of the calmest five minutes; growth under 50 ms counts as none.
    P95OfCalm,
    /// Apdex with T = 0.5 s, of what people wait for; low is bad.
    Apdex,
    /// Calls a minute.
    RatePerMin,
    /// Share of the CPU.
    CpuRatio,
    /// Share of the memory.
    MemoryRatio,
    /// Share of the fullest pool of connections.
    PoolRatio,
    /// Requests that wait for a connection.
    PoolPending,
}

impl Signal {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::ErrorRatio,
        Self::TimeoutRatio,
        Self::ThrottledRatio,
        Self::UnavailableRatio,
        Self::P95Ms,
        Self::P95OfCalm,
        Self::Apdex,
        Self::RatePerMin,
        Self::CpuRatio,
        Self::MemoryRatio,
        Self::PoolRatio,
        Self::PoolPending,
    ];
    /// Stable name for JSON and rules.
    pub fn name(self) -> &'static str {
        match self {
            Self::ErrorRatio => "error_ratio",
            Self::TimeoutRatio => "timeout_ratio",
            Self::ThrottledRatio => "throttled_ratio",
            Self::UnavailableRatio => "unavailable_ratio",
            Self::P95Ms => "p95_ms",
            Self::P95OfCalm => "p95_of_calm",
            Self::Apdex => "apdex",
            Self::RatePerMin => "rate_per_min",
            Self::CpuRatio => "cpu_ratio",
            Self::MemoryRatio => "memory_ratio",
            Self::PoolRatio => "pool_ratio",
            Self::PoolPending => "pool_pending",
        }
    }
    /// Whether it comes from measurements, not from calls.
    pub fn is_measured(self) -> bool {
        matches!(self, Self::CpuRatio | Self::MemoryRatio | Self::PoolRatio | Self::PoolPending)
    }
}

/// Whom a rule is for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Who {
    /// Names or ids of nodes, `*` for any text; of an edge, its callee. Empty for all.
    pub nodes: Vec<String>,
    /// Kinds of nodes; of an edge, its callee's. Empty for all.
    pub kinds: Vec<NodeKind>,
    /// Edges instead of nodes.
    pub edges: bool,
}

impl Who {
    pub(super) fn is_meant(&self, id: &str, name: &str, kind: NodeKind) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&kind))
            && (self.nodes.is_empty() || self.nodes.iter().any(|p| matches(p, id) || matches(p, name)))
    }
}

/// Whether a text fits a pattern in which `*` is any text.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(head) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let tail = parts.pop().unwrap_or_default();
    for part in parts {
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    left.ends_with(tail)
}

/// Raises an alert when a signal stays beyond a limit.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Its name, for people and machines.
    pub name: String,
    /// What it looks at.
    pub signal: Signal,
    /// From where on it is worth a look.
    pub warning: Option<f64>,
    /// From where on it is an emergency.
    pub critical: Option<f64>,
    /// Whether low is bad.
    pub below: bool,
    /// Time that each evaluation looks back.
    pub window: Nanos,
    /// How long it must stay beyond the limit; 0 for one evaluation.
    pub hold: Nanos,
    /// How long it must be well again.
    pub resolve: Nanos,
    /// Share of the limit under which it is well again.
    pub clear: f64,
    /// Whom it is for.
    pub who: Who,
    /// Only calls of traces that pass it count; `None` for all.
    pub filter: Option<Arc<Filter>>,
    /// Calls in the window below which nothing is claimed.
    pub least_calls: f64,
    /// Only while the 95th percentile is above this.
    pub slower_than: Nanos,
    /// Every breach counts: also one that chance explains, and one that goes on all the time.
    pub plain: bool,
}

/// A promise about the share of good calls.
#[derive(Clone, Debug, PartialEq)]
pub struct Objective {
    /// Its name.
    pub name: String,
    /// Whom it is for; nodes only.
    pub who: Who,
    /// Only nodes that users call.
    pub entry: bool,
    /// Share of calls that must be good, under 1.
    pub target: f64,
    /// Calls longer than this are bad too.
    pub latency: Option<Nanos>,
}

/// All rules.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// Time between two evaluations.
    pub every: Nanos,
    /// Thresholds.
    pub rules: Vec<Rule>,
    /// Objectives.
    pub objectives: Vec<Objective>,
}
