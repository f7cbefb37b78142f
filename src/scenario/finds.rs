//! What the analyses of a story must find, in exact figures of the story itself.
use super::truth::NodeKey;
use crate::model::{Nanos, TimeRange, Timestamp, TraceId};

/// Per analysis, its right answer; empty where the story has nothing for it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Finds {
    /// For the analysis of deployments.
    pub deploy: Option<DeployTruth>,
    /// For the analysis of patterns.
    pub patterns: Option<PatternTruth>,
    /// For the analysis of impact.
    pub impact: Option<ImpactTruth>,
    /// How the failure spread: the root cause is wave 0.
    pub waves: Vec<WaveTruth>,
    /// When all was well again after it had spread.
    pub recovered: Option<Timestamp>,
    /// For the analysis of capacity: each scenario of growth.
    pub capacity: Vec<CapacityTruth>,
}

/// What would be how busy if traffic grew.
#[derive(Clone, Debug, PartialEq)]
pub struct CapacityTruth {
    /// As it is asked: `POST /checkout x2`.
    pub scenario: String,
    /// What services use; what saturates first comes first.
    pub uses: Vec<UseTruth>,
}

/// How much of something a service uses.
#[derive(Clone, Debug, PartialEq)]
pub struct UseTruth {
    /// Which service.
    pub node: NodeKey,
    /// `cpu` or `pool`.
    pub resource: &'static str,
    /// On average, 0 to 1.
    pub now: f64,
    /// When traffic has grown: use grows with requests.
    pub then: f64,
    /// Above which it counts as full.
    pub target: f64,
}

/// A deployment and what it did to whom.
#[derive(Clone, Debug, PartialEq)]
pub struct DeployTruth {
    /// What was deployed.
    pub service: NodeKey,
    /// The version that went.
    pub from_version: String,
    /// The version that came.
    pub version: String,
    /// When the first instance of it took over.
    pub at: Timestamp,
    /// When the last one did.
    pub complete: Timestamp,
    /// Each service, sorted by key.
    pub services: Vec<ChangeTruth>,
}

/// What a deployment did to a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It became worse by itself.
    Regression,
    /// Its slowest requests became worse by themselves, while most did not.
    TailRegression,
    /// It became worse because of the one that was deployed.
    Cascading,
    /// Nothing that is not chance.
    Unchanged,
}

impl Verdict {
    /// Stable name for JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Regression => "regression",
            Self::TailRegression => "tail_regression",
            Self::Cascading => "cascading_effect",
            Self::Unchanged => "unchanged",
        }
    }
}

/// A service before and after a deployment.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeTruth {
    /// Which service.
    pub node: NodeKey,
    /// What the story meant.
    pub verdict: Verdict,
    /// From the begin of the story to the deployment.
    pub before: RedTruth,
    /// From the end of the deployment to the end of the story.
    pub after: RedTruth,
}

/// Rate, errors and duration of a service's own SERVER spans.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RedTruth {
    /// Requests a minute.
    pub rpm: f64,
    /// Mean of their lengths.
    pub mean_ms: f64,
    /// Half took less.
    pub median_ms: f64,
    /// 95 % took less.
    pub p95_ms: f64,
    /// Failed, from 0 to 1.
    pub error_share: f64,
}

/// What bad requests have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct PatternTruth {
    /// Entry operation, such as `api-gateway POST /checkout`.
    pub entry: String,
    /// Numeric attribute.
    pub attribute: String,
    /// Requests above it are in danger.
    pub threshold: f64,
    /// Requests with more, and the bad ones of them.
    pub above: Share,
    /// Requests with no more, and the bad ones of them.
    pub below: Share,
    /// Attribute and value that nearly all bad requests have.
    pub segment: (String, String),
    /// The bad requests, and those of them in the segment.
    pub in_segment: Share,
    /// When most bad requests happen.
    pub peak: TimeRange,
    /// The bad requests, and those of them in the peak.
    pub in_peak: Share,
    /// Where the time is lost.
    pub node: NodeKey,
    /// In which statement, as a fingerprint.
    pub statement: String,
    /// A good trace of median length.
    pub normal: Example,
    /// A bad trace of median length.
    pub problem: Example,
    /// Steps of the good trace that the bad one lacks.
    pub not_executed: Vec<String>,
}

/// A part of a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// The whole.
    pub of: u64,
    /// The part.
    pub part: u64,
}

/// A trace to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Example {
    /// Which.
    pub trace: TraceId,
    /// How long its root took.
    pub length: Nanos,
}

/// Whom an outage hit, and how hard.
#[derive(Clone, Debug, PartialEq)]
pub struct ImpactTruth {
    /// What is out.
    pub node: NodeKey,
    /// Whether anybody who calls it has something else to turn to.
    pub fallback: bool,
    /// Services with the share of their requests that failed in the outage; worst first.
    pub services: Vec<(NodeKey, f64)>,
    /// Operations of which at least one in ten failed in the outage; sorted.
    pub degraded: Vec<String>,
    /// How long it was out.
    pub length: Nanos,
    /// Entry requests that failed in the outage with a server's error.
    pub failed_requests: u64,
    /// Different values of `user.id` in them.
    pub affected_users: u64,
    /// Attribute with the money of an entry request.
    pub amount_attribute: String,
    /// The sum of it over the failed entry requests, in cents.
    pub lost_cents: u64,
    /// The entry operation that earns the money.
    pub conversion_operation: String,
    /// By how much its share of success fell, from 0 to 1.
    pub conversion_drop: f64,
}

impl ImpactTruth {
    /// How long it was out, for amounts an hour.
    pub fn hours(&self) -> f64 {
        self.length.as_secs_f64() / 3_600.0
    }

    /// How bad it is for a service that fails so often.
    pub fn severity(share: f64) -> &'static str {
        match share {
            s if s >= 0.5 => "critical",
            s if s >= 0.3 => "high",
            s if s >= 0.1 => "medium",
            _ => "low",
        }
    }
}

/// Nodes that began to suffer together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaveTruth {
    /// 0 for the root cause.
    pub wave: u32,
    /// Sorted by onset.
    pub nodes: Vec<OnsetTruth>,
}

/// When and how a node began to suffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnsetTruth {
    /// Which.
    pub node: NodeKey,
    /// The end of the first request that went wrong.
    pub onset: Timestamp,
    /// How it reached the node: `origin`, `error_propagation`, `timeout`, `latency_propagation`, `pool_exhaustion`.
    pub mechanism: &'static str,
}
