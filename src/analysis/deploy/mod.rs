//! What did a deployment change? Latency, errors and throughput before and after, per service and operation,
//! with what supports each verdict and whose change it is.
//!
//! Windows, tests and thresholds are those of `semantics.md` §10; where they leave a choice, see `compare.rs`.
mod blocks;
mod cause;
mod compare;
mod errors;
mod latency;
mod machines;
mod passed;
mod placebo;
mod restarts;
mod samples;
mod throughput;
mod versions;
mod windows;

pub use super::difference::Verdict;
pub use machines::Machine;
pub use passed::{Passed, passed};
pub use restarts::Restart;

use super::difference::Difference;
use super::statistics::Interval;
use super::{Confidence, Evidence, Severity, Study};
use crate::graph::Outcome;
use crate::model::{Nanos, NodeId, Symbol, TimeRange, Timestamp};
use crate::store::Lens;

use samples::Samples;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeployOptions {
    /// Only deployments of this service.
    pub service: Option<NodeId>,
    /// A deployment at this moment, instead of those that `service.version` tells.
    pub at: Option<Timestamp>,
    /// How long before and after is compared, where there are spans.
    pub horizon: Nanos,
}

impl Default for DeployOptions {
    fn default() -> Self {
        Self { service: None, at: None, horizon: Nanos::from_secs(2 * 3600) }
    }
}

/// How a version came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeploymentKind {
    /// A new version took over.
    Release,
    /// A new version took a part of the requests, for ten minutes or more.
    Canary,
    /// A version that had been there before came back.
    Rollback,
    /// Somebody named the moment.
    Given,
}

impl DeploymentKind {
    /// Stable name for JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Canary => "canary",
            Self::Rollback => "rollback",
            Self::Given => "given",
        }
    }
}

/// A change of version of one service.
#[derive(Clone, Debug, PartialEq)]
pub struct Deployment {
    /// The service; `None` where only a moment was given.
    pub node: Option<NodeId>,
    /// The version that came; empty where only a moment was given and none began there.
    pub version: Symbol,
    /// The version that went.
    pub from: Symbol,
    /// First request that the version served.
    pub start: Timestamp,
    /// From when it served at least 95 % of the requests; `None` if it never did.
    pub rollout_end: Option<Timestamp>,
    /// Its last request, if others went on without it.
    pub end: Option<Timestamp>,
    /// How it came.
    pub kind: DeploymentKind,
    /// Requests that it served.
    pub requests: u64,
    /// Share of the requests that it served while it was there, 0 to 1.
    pub share: f64,
}

/// What is compared with what.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Basis {
    /// The time before with the time after.
    Time {
        /// Before the first request of the new version.
        before: TimeRange,
        /// After the rollout and a minute of warming up.
        after: TimeRange,
    },
    /// Requests whose trace passed the old version with those that passed the new, at the same time.
    Version {
        /// While both were there.
        window: TimeRange,
    },
}

/// What was compared for deployments that came together.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Places in [`DeployAnswer::deployments`].
    pub deployments: Vec<usize>,
    /// Of what with what.
    pub basis: Basis,
    /// Length of the window after, over the one before: under 1 it is not complete.
    pub collected: f64,
    /// Median change of the services that the deployment cannot have changed; everything is held against it.
    pub control: Option<f64>,
    /// Services first, then operations; regressions first, gravest first.
    pub rows: Vec<Compared>,
    /// What of the map is new, gone or called more often; `None` by version at the same time.
    pub map: Option<Difference>,
    /// Operations that only one side has.
    pub operations: Vec<OperationChange>,
    /// CPU and memory of the deployed services and of those that became worse, where they sent measurements;
    /// none by version at the same time, which they do not tell apart.
    pub machines: Vec<Machine>,
    /// Whether there is so little time before that nobody knows what is usual: nothing is then graver than low.
    pub is_past_short: bool,
}

/// The least time before a deployment from which a change can be told from the usual ups and downs: the two
/// shortest windows that a placebo compares.
pub const LEAST_PAST: Nanos = Nanos::from_secs(600);

/// An operation that came or went.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OperationChange {
    /// Of which node.
    pub node: NodeId,
    /// Its name.
    pub operation: Symbol,
    /// Whether it came; else it went.
    pub is_new: bool,
    /// Its requests, on the side where it is.
    pub requests: u64,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// Durations, in milliseconds.
    Latency,
    /// Failed share of the requests, 0 to 1.
    Errors,
    /// Requests a minute.
    Throughput,
}

impl Metric {
    /// Stable name for JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Latency => "latency",
            Self::Errors => "errors",
            Self::Throughput => "throughput",
        }
    }
}

/// What kind of change it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    /// All of it moved.
    Whole,
    /// Only the slowest requests; the median did not.
    Tail,
    /// Some operations changed so much that the mean of all did, but neither median nor tail.
    Part,
    /// Large enough, but chance or drift makes changes like it.
    Possible,
    /// A failure that was not there before.
    New,
}

impl Shape {
    /// Stable name for JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Tail => "tail",
            Self::Part => "part",
            Self::Possible => "possible",
            Self::New => "new",
        }
    }
}

/// The same comparison at moments of the past when nothing was deployed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placebo {
    /// Share of the moments at which it came out as large; the smallest possible is 1 / (moments + 1).
    pub p_value: f64,
    /// Moments tried.
    pub moments: usize,
}

/// Durations before and after, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LatencyEffect {
    /// Medians.
    pub median: (f64, f64),
    /// 95th percentiles.
    pub p95: (f64, f64),
    /// 99th percentiles; needs 500 requests a side.
    pub p99: Option<(f64, f64)>,
    /// Means.
    pub mean: (f64, f64),
    /// Ratio of the 95th percentiles, 95 % interval; needs 100 requests a side.
    pub p95_ratio: Option<Interval>,
    /// Hodges-Lehmann shift of the medians of blocks, in milliseconds.
    pub shift_ms: Option<f64>,
    /// Cliff's delta, -1 to 1.
    pub cliffs_delta: f64,
    /// The smallest ratio of medians that this many requests would show, eight times of ten.
    pub detectable: Option<f64>,
}

/// Failures before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorEffect {
    /// Failed requests.
    pub errors: (u64, u64),
    /// 95 % interval of the difference of the shares.
    pub difference: Option<Interval>,
    /// Ratio of the shares, half an error added to each side so that it exists.
    pub risk_ratio: Option<f64>,
    /// Ways to fail that were not there before, with how often: at least 3, most first.
    pub new_kinds: Vec<(Outcome, String, u64)>,
}

/// What is known of one metric beyond its figures.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Durations.
    Latency(LatencyEffect),
    /// Failures.
    Errors(ErrorEffect),
    /// Ratio of the rates, 95 % interval over blocks of time.
    Throughput(Option<Interval>),
    /// Nothing: there are too few requests.
    None,
}

/// By what a change reached a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mechanism {
    /// Its own work changed.
    OwnWork,
    /// Calls that it makes take longer.
    SlowCalls,
    /// Calls that it makes fail.
    FailingCalls,
    /// Those who call it are called less themselves.
    FewerRequests,
    /// Those who call it call it less per request.
    FewerCallsPerRequest,
    /// Its users send less since it, or what it waits for, became slow or failed.
    UsersLeft,
}

impl Mechanism {
    /// Stable name for JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::OwnWork => "own_work",
            Self::SlowCalls => "slow_calls",
            Self::FailingCalls => "failing_calls",
            Self::FewerRequests => "fewer_requests",
            Self::FewerCallsPerRequest => "fewer_calls_per_request",
            Self::UsersLeft => "users_left",
        }
    }
}

/// Whose change it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cause {
    /// The node where it began: the node itself for an own cause.
    pub from: NodeId,
    /// By what it reached the node.
    pub mechanism: Mechanism,
    /// Part of the change that this explains, 0 to 1.
    pub share: f64,
    /// Whether a version of `from` was deployed at the time.
    pub is_deployed: bool,
    /// How sure.
    pub confidence: Confidence,
}

/// One metric of one node or operation, before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// The node.
    pub node: NodeId,
    /// One operation of it; `None` for all together.
    pub operation: Option<Symbol>,
    /// What is measured.
    pub metric: Metric,
    /// Requests measured, before and after.
    pub requests: (u64, u64),
    /// Before, in the unit of the metric; for latency the median, for a tail the 95th
    /// percentile, for a part the mean.
    pub before: Option<f64>,
    /// After likewise.
    pub after: Option<f64>,
    /// What it says.
    pub verdict: Verdict,
    /// What kind of change it is, where it is one.
    pub shape: Option<Shape>,
    /// Of a regression.
    pub severity: Option<Severity>,
    /// How probable the change is by chance, block by block.
    pub p_value: Option<f64>,
    /// The same among all tests of this comparison.
    pub q_value: Option<f64>,
    /// The same among comparisons of the past; `None` if the past is too short.
    pub placebo: Option<Placebo>,
    /// More about it.
    pub effect: Effect,
    /// Whose change it is, of a regression.
    pub cause: Option<Cause>,
    /// Requests after that show it.
    pub evidence: Evidence,
}

impl Compared {
    /// Relative change: 0.5 is half more. `None` where there was nothing before.
    pub fn change_ratio(&self) -> Option<f64> {
        let (before, after) = (self.before?, self.after?);
        (before > 0.0).then(|| after / before - 1.0).filter(|c| c.is_finite())
    }
    /// Whether the change came from elsewhere.
    pub fn is_cascading(&self) -> bool {
        self.cause.is_some_and(|c| c.from != self.node)
    }
    /// What it costs all requests after together, in milliseconds, failures or requests a minute.
    pub fn excess(&self) -> f64 {
        let change = self.after.unwrap_or(0.0) - self.before.unwrap_or(0.0);
        match self.metric {
            Metric::Latency | Metric::Errors => change * self.requests.1 as f64,
            Metric::Throughput => -change,
        }
    }
}

/// The answer.
#[derive(Clone, Debug, Default)]
pub struct DeployAnswer {
    /// By time.
    pub deployments: Vec<Deployment>,
    /// One per deployment, or per group of them that came together; by time.
    pub comparisons: Vec<Comparison>,
    /// Processes that were replaced by others of the same version; by time.
    pub restarts: Vec<Restart>,
    /// Services that say their version, and all services that sent spans.
    pub versioned: (usize, usize),
    /// Deployments that were left out because there are too many.
    pub left_out: usize,
}

/// Comparisons that are made at most, of the latest deployments.
const MOST: usize = 10;

/// All deployments of all services, by time, without a comparison.
pub fn deployments(study: &Study<'_>, lens: &Lens) -> Vec<Deployment> {
    // Most systems say one version or none: then there is nothing to read.
    if study.index.graph.nodes().all(|(_, n)| n.versions.len() < 2) {
        return Vec::new();
    }
    versions::find(&Samples::collect(study, lens), study.index)
}

/// Finds deployments and compares before with after.
pub fn deploy(study: &Study<'_>, lens: &Lens, options: &DeployOptions) -> DeployAnswer {
    let samples = Samples::collect(study, lens);
    let graph = &study.index.graph;
    let services = || graph.nodes().filter(|(_, n)| n.is_instrumented);
    let versioned = (services().filter(|(_, n)| !n.versions.is_empty()).count(), services().count());
    let mut answer = DeployAnswer { versioned, ..DeployAnswer::default() };
    let Some(extent) = samples.extent() else { return answer };
    let found = versions::find(&samples, study.index);
    answer.restarts = restarts::find(study, &samples);
    answer.restarts.retain(|r| options.service.is_none_or(|s| s == r.node));
    let all = match options.at {
        Some(at) => vec![windows::given(at, options.service, &found, &samples)],
        None => found,
    };
    let mut plans = windows::plan(&all, options, extent);
    answer.left_out = plans.len().saturating_sub(MOST);
    plans.drain(..answer.left_out);
    answer.deployments = all;
    for plan in plans {
        if study.progress.is_cancelled() {
            break;
        }
        answer.comparisons.push(compare::compare(study, lens, &samples, &answer.deployments, plan));
    }
    answer
}

#[cfg(test)]
#[path = "deploy_tests.rs"]
mod tests;

#[cfg(test)]
mod story_tests;
