//! Everything about health: findings, alerts, objectives, trends, and how externals and databases do.
use super::alerts::{Alert, Doubt, ObjectiveState, Rules, Tracker, Unjudged, objectives};
use super::health::{HealthAnswer, health};
use super::saturation::{Gauges, Saturation};
use super::statistics::{Tail, compare_proportions, mann_kendall, median, theil_sen};
use crate::graph::{FEW, GraphIndex, History, NodeKind, Outcome, RawEdgeId, Red, Snapshot, TimelineBucket};
use crate::model::{Nanos, NodeId, TimeRange};
use crate::store::Lens;

/// Statements of at least this length are slow.
pub const SLOW_QUERY: Nanos = Nanos::from_millis(500);
/// Blocks of which a trend is made.
const BLOCK: Nanos = Nanos::from_secs(600);
/// Blocks below which there is no trend.
const BLOCKS: usize = 6;
/// Windows in which issues of externals are looked for.
const ISSUE_WINDOW: Nanos = Nanos::from_secs(300);
/// Length that nobody should have to wait for.
const TOO_LONG: Nanos = Nanos::from_millis(1000);

/// Which way a node's median response time goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trend {
    /// The node.
    pub node: NodeId,
    /// Change per hour as a share of the median; over 0 it grows.
    pub per_hour: f64,
    /// How probable that is by chance (Mann-Kendall).
    pub p_value: f64,
    /// Blocks of ten minutes that it is made of.
    pub blocks: usize,
}

/// What is wrong with an external service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issue {
    /// 95th percentile at least twice the calm one and at least 1 s, in two windows of five minutes.
    HighLatency,
    /// At least 2 % of calls fail, and more than otherwise by more than chance.
    ElevatedErrors,
    /// At least 1 % of calls are turned away for load.
    Throttling,
    /// At least three separate bad windows an hour.
    Intermittent,
    /// At least three calls and 1 % ran out of time.
    Timeouts,
}

impl Issue {
    /// Stable name for JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::HighLatency => "high_latency_detected",
            Self::ElevatedErrors => "elevated_errors",
            Self::Throttling => "throttling",
            Self::Intermittent => "intermittent",
            Self::Timeouts => "timeouts",
        }
    }
}

/// How an external service does.
#[derive(Clone, Debug, PartialEq)]
pub struct External {
    /// The node.
    pub node: NodeId,
    /// Share of calls that it answered, if only to refuse them: all but timeouts, unreachable and 5xx.
    pub availability: f64,
    /// Share of calls turned away for load.
    pub throttled: f64,
    /// What is wrong, and from when to when.
    pub issues: Vec<(Issue, TimeRange)>,
}

/// How a database does.
#[derive(Clone, Debug, PartialEq)]
pub struct Database {
    /// The node.
    pub node: NodeId,
    /// Who calls it, most calls first.
    pub callers: Vec<(NodeId, f64)>,
    /// Calls of at least [`SLOW_QUERY`].
    pub slow: f64,
    /// Share of the fullest pool that leads to it.
    pub pool: Option<f64>,
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HealthReport {
    /// Nodes and edges that are not well, over the whole window.
    pub answer: HealthAnswer,
    /// Breaches of rules, open ones first.
    pub alerts: Vec<Alert>,
    /// Limits that were passed, perhaps by chance, and are no alerts; the gravest first.
    pub doubts: Vec<Doubt>,
    /// How many rules and objectives there are.
    pub rules: usize,
    /// Those that were not held against everybody that they are meant for.
    pub unjudged: Vec<Unjudged>,
    /// How objectives are kept.
    pub objectives: Vec<ObjectiveState>,
    /// Response times that rise or fall by at least 2 % an hour, by more than chance; the steepest first.
    pub trends: Vec<Trend>,
    /// Whether there was too little time for any trend.
    pub is_too_short_for_trends: bool,
    /// External services with enough calls to judge.
    pub externals: Vec<External>,
    /// Databases.
    pub databases: Vec<Database>,
    /// Nodes of which something was measured.
    pub busy: Vec<(NodeId, Saturation)>,
}

/// Judges everything under the lens; rules are evaluated up to the end of its window.
pub fn health_report(snapshot: &Snapshot, lens: &Lens, index: &GraphIndex, rules: &Rules) -> HealthReport {
    let answer = health(snapshot, lens, index);
    let Some(window) = index.graph.window.or(snapshot.extent) else {
        let rules = rules.rules.len() + rules.objectives.len();
        return HealthReport { answer, rules, ..HealthReport::default() };
    };
    let mut tracker = Tracker::new(rules.clone()).only(lens.filter.clone());
    tracker.advance(snapshot, index, window.end);
    let mut alerts = tracker.alerts();
    alerts.retain(|a| a.onset < window.end && a.resolved.is_none_or(|end| end > window.start));
    let mut doubts = tracker.doubts();
    doubts.retain(|d| window.contains(d.at));
    let gauges = Gauges::new(snapshot, index);
    let nodes = || index.graph.nodes();
    let history = History::new(snapshot, lens);
    let busy = nodes().map(|(id, _)| (id, gauges.of(id, window)));
    let busy: Vec<(NodeId, Saturation)> = busy.filter(|(_, s)| *s != Saturation::default()).collect();
    let pool_of = |node| busy.iter().find(|(n, _)| *n == node).and_then(|(_, s)| s.pool()).map(|l| l.ratio);
    let mut trends: Vec<Trend> =
        nodes().filter_map(|(id, _)| trend(id, &calls_of(&history, index, id, window, BLOCK))).collect();
    trends.sort_by(|a, b| b.per_hour.abs().total_cmp(&a.per_hour.abs()).then(a.node.cmp(&b.node)));
    HealthReport {
        answer,
        alerts,
        doubts,
        rules: rules.rules.len() + rules.objectives.len(),
        unjudged: tracker.unjudged(),
        objectives: objectives(snapshot, index, rules, lens.filter.as_ref()),
        trends,
        is_too_short_for_trends: window.length().0 < BLOCK.0 * BLOCKS as i64,
        externals: nodes()
            .filter(|(_, n)| n.kind == NodeKind::External && n.red.calls() >= FEW)
            .map(|(id, n)| external((snapshot, &history), index, id, &n.red, window))
            .collect(),
        databases: nodes()
            .filter(|(_, n)| n.kind == NodeKind::Database)
            .map(|(id, n)| database(index, id, &n.red, pool_of(id)))
            .collect(),
        busy,
    }
}

/// What a node served, or was called for, in stretches of a length.
fn calls_of(
    history: &History<'_>,
    index: &GraphIndex,
    node: NodeId,
    window: TimeRange,
    length: Nanos,
) -> Vec<TimelineBucket> {
    let length = length.0.max(1);
    let count = usize::try_from((window.length().0 + length - 1) / length).unwrap_or(1).max(1);
    let own = history.of_parties(&index.parties_of(node), window, count).buckets;
    if !own.is_empty() {
        return own;
    }
    let edges = index.graph.dependents(node).into_iter();
    let raw: Vec<RawEdgeId> = edges.flat_map(|(e, _)| index.raw_edges_of(e)).collect();
    history.of_edges(&raw, window, count).buckets
}

/// Theil-Sen's slope of the medians of ten minutes, where Mann-Kendall says that it is one.
fn trend(node: NodeId, blocks: &[TimelineBucket]) -> Option<Trend> {
    let points: Vec<(f64, f64)> = blocks
        .iter()
        .filter(|b| b.red.calls() >= FEW)
        .filter_map(|b| Some((b.range.start.0 as f64 / 3.6e12, b.red.quantile(0.5)?.as_millis_f64())))
        .collect();
    let first = points.first()?.0;
    let points: Vec<(f64, f64)> = points.into_iter().map(|(hour, ms)| (hour - first, ms)).collect();
    let values: Vec<f64> = points.iter().map(|p| p.1).collect();
    if values.len() < BLOCKS {
        return None;
    }
    let test = mann_kendall(&values, Tail::Both).filter(|t| t.p_value < 0.05)?;
    let per_hour = theil_sen(&points)?.slope / median(&values).filter(|m| *m > 0.0)?;
    (per_hour.abs() >= 0.02).then_some(Trend { node, per_hour, p_value: test.p_value, blocks: values.len() })
}

fn share(red: &Red, outcomes: &[Outcome]) -> f64 {
    if red.calls() > 0.0 { outcomes.iter().map(|o| red.count(*o)).sum::<f64>() / red.calls() } else { 0.0 }
}

/// What a caller cannot tell from the service not being there.
const UNAVAILABLE: [Outcome; 3] = [Outcome::Timeout, Outcome::Unavailable, Outcome::ServerError];

fn external(
    (snapshot, history): (&Snapshot, &History<'_>),
    index: &GraphIndex,
    node: NodeId,
    red: &Red,
    window: TimeRange,
) -> External {
    let calm = snapshot.calls.calm_p95_of_node(index, node);
    let windows = calls_of(history, index, node, window, ISSUE_WINDOW);
    let mut issues = Vec::new();
    let mut add = |issue, least: usize, is_bad: &dyn Fn(&Red) -> bool| {
        let bad: Vec<TimeRange> = windows.iter().filter(|b| is_bad(&b.red)).map(|b| b.range).collect();
        if let (Some(first), true) = (bad.first(), bad.len() >= least.max(1)) {
            issues.push((issue, bad.iter().fold(*first, |all, r| all.union(*r))));
        }
    };
    add(Issue::HighLatency, 2, &|r| {
        r.quantile(0.95).zip(calm).is_some_and(|(now, calm)| now >= TOO_LONG && now.0 >= 2 * calm.0)
    });
    add(Issue::ElevatedErrors, 1, &|r| is_elevated(r, red));
    add(Issue::Throttling, 1, &|r| r.calls() >= FEW && share(r, &[Outcome::Throttled]) >= 0.01);
    add(Issue::Timeouts, 1, &|r| r.timeouts() >= 3.0 && r.timeouts() / r.calls().max(1.0) >= 0.01);
    if let Some(range) = intermittent(&windows, window) {
        issues.push((Issue::Intermittent, range));
    }
    External {
        node,
        availability: 1.0 - share(red, &UNAVAILABLE),
        throttled: share(red, &[Outcome::Throttled]),
        issues,
    }
}

/// Whether more of these calls fail than of all others, by more than chance; or most of all do.
fn is_elevated(part: &Red, all: &Red) -> bool {
    let Some(ratio) = part.error_ratio().filter(|r| *r >= 0.02 && part.calls() >= FEW) else { return false };
    let others = (all.calls() - part.calls(), all.errors() - part.errors());
    if others.0 < FEW {
        return ratio >= 0.05;
    }
    let count = |n: f64| n.round().max(0.0) as u64;
    let test = compare_proportions(
        (count(others.1), count(others.0)),
        (count(part.errors()), count(part.calls())),
        Tail::Greater,
    );
    test.is_some_and(|t| t.p_value < 0.01) || others.1 / others.0 >= 0.5
}

/// Bad windows with well ones between them, at least three an hour.
fn intermittent(windows: &[TimelineBucket], whole: TimeRange) -> Option<TimeRange> {
    let is_bad = |red: &Red| red.calls() >= FEW && red.error_ratio().is_some_and(|r| r >= 0.02);
    let mut runs: Vec<TimeRange> = Vec::new();
    let mut was_bad = false;
    for bucket in windows {
        let bad = is_bad(&bucket.red);
        if bad && !was_bad {
            runs.push(bucket.range);
        } else if let (true, Some(last)) = (bad, runs.last_mut()) {
            *last = last.union(bucket.range);
        }
        was_bad = bad;
    }
    let hours = (whole.length().as_secs_f64() / 3600.0).max(1.0);
    let first = *runs.first()?;
    // The data need not end on the hour.
    (runs.len() as f64 >= 3.0 * hours - 0.5).then(|| runs.iter().fold(first, |all, r| all.union(*r)))
}

fn database(index: &GraphIndex, node: NodeId, red: &Red, pool: Option<f64>) -> Database {
    let calls = |(edge, caller)| Some((caller, index.graph.edge(edge)?.red.calls()));
    let mut callers: Vec<(NodeId, f64)> =
        index.graph.dependents(node).into_iter().filter_map(calls).collect();
    callers.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let steps = red.histogram().steps().filter(|(low, _)| *low >= SLOW_QUERY);
    Database { node, callers, slow: steps.fold(0.0, |sum, (_, n)| sum + f64::from(n)), pool }
}

#[cfg(test)]
#[path = "health_report_tests.rs"]
mod tests;
