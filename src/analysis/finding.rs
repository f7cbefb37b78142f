//! What all answers have in common: who a finding is about, how bad it is, how sure, and what proves it.
use crate::model::{EdgeId, NodeId, SpanId, TraceId};

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A node.
    Node(NodeId),
    /// An edge.
    Edge(EdgeId),
}

/// How bad it is, by the share of requests that are hit or would be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Under 10 %.
    #[default]
    Low,
    /// From 10 %.
    Medium,
    /// From 30 %.
    High,
    /// From 50 %.
    Critical,
}

impl Severity {
    /// By the share of requests that fail, 0 to 1.
    pub fn of_share(share: f64) -> Self {
        match share {
            s if s >= 0.5 => Self::Critical,
            s if s >= 0.3 => Self::High,
            s if s >= 0.1 => Self::Medium,
            _ => Self::Low,
        }
    }
    /// Stable name for JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// How sure a claimed cause is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// A score under 0.45.
    #[default]
    Low,
    /// From 0.45.
    Medium,
    /// From 0.70.
    High,
}

impl Confidence {
    /// By a score from 0 to 1.
    pub fn of_score(score: f64) -> Self {
        match score {
            s if s >= 0.70 => Self::High,
            s if s >= 0.45 => Self::Medium,
            _ => Self::Low,
        }
    }
    /// Stable name for JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// Spans that prove a finding: whoever doubts it can look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Traces, the most telling first.
    pub traces: Vec<TraceId>,
    /// In those traces, the spans that show it.
    pub spans: Vec<(TraceId, SpanId)>,
}

impl Evidence {
    /// How many traces are kept for a finding.
    pub const KEPT: usize = 5;

    /// Traces alone.
    pub fn of_traces(traces: impl IntoIterator<Item = TraceId>) -> Self {
        Self { traces: traces.into_iter().take(Self::KEPT).collect(), spans: Vec::new() }
    }
    /// Adds a span, and its trace if it is not there yet; nothing once there are enough.
    pub fn add(&mut self, trace: TraceId, span: SpanId) {
        if !self.traces.contains(&trace) {
            if self.traces.len() >= Self::KEPT {
                return;
            }
            self.traces.push(trace);
        }
        if self.spans.len() < Self::KEPT && !self.spans.contains(&(trace, span)) {
            self.spans.push((trace, span));
        }
    }
}
