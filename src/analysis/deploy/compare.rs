//! One comparison: every service and operation measured, all tests weighed together, then judged.
//!
//! Where the reference leaves a choice: a change of latency or throughput must pass the placebo, where the past
//! is long enough for one, *and* the test over blocks after Benjamini-Hochberg; the placebo alone would call
//! one in twenty of many operations changed.
use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::passed::{Passed, passed};
use super::placebo::Past;
use super::samples::{Sample, Samples, within};
use super::windows::Plan;
use super::{
    Basis, Compared, Comparison, Deployment, Effect, LEAST_PAST, Metric, OperationChange, Placebo, Shape,
    Verdict, cause, errors, latency, machines, throughput,
};
use crate::analysis::difference::difference;
use crate::analysis::statistics::{Tail, benjamini_hochberg, brunner_munzel, mann_whitney, median};
use crate::analysis::{Confidence, Evidence, Severity, Study};
use crate::graph::NodeKind;
use crate::model::{NodeId, Symbol, TimeRange};
use crate::store::Lens;

/// Requests a side under which nothing is said.
pub(super) const ENOUGH: usize = 30;
/// Significant up to here.
pub(super) const SIGNIFICANT: f64 = 0.05;
/// Share of the wanted time after a deployment under which nothing is said.
const COLLECTED: f64 = 0.25;
/// Blocks a side for Brunner-Munzel; under it Mann-Whitney, which counts the orders out.
const BLOCKS: usize = 10;
/// Services that make a control.
const CONTROLS: usize = 3;
/// A control closer to 1 than this is noise of its own.
const CONTROL_NOISE: f64 = 0.05;

/// The requests of a node or operation on both sides.
#[derive(Debug)]
pub(super) struct Sides<'a> {
    pub node: NodeId,
    pub operation: Option<Symbol>,
    pub before: Vec<&'a Sample>,
    pub after: Vec<&'a Sample>,
    /// All before the deployment, for placebos; empty where versions are compared.
    pub past: Vec<&'a Sample>,
    /// Past, before and after, where times are compared.
    pub times: Option<(TimeRange, TimeRange, TimeRange)>,
    /// The windows of both sides.
    pub windows: (TimeRange, TimeRange),
}

/// A row before its verdict.
#[derive(Debug)]
pub(super) struct Draft {
    pub row: Compared,
    pub p_value: Option<f64>,
    pub tail_p_value: Option<f64>,
    pub tail_q_value: Option<f64>,
    pub tail_placebo: Option<Placebo>,
}

impl Sides<'_> {
    /// A row with nothing in it.
    pub fn draft(&self, metric: Metric) -> Draft {
        let row = Compared {
            node: self.node,
            operation: self.operation,
            metric,
            requests: (self.before.len() as u64, self.after.len() as u64),
            before: None,
            after: None,
            verdict: Verdict::Insufficient,
            shape: None,
            severity: None,
            p_value: None,
            q_value: None,
            placebo: None,
            effect: Effect::None,
            cause: None,
            evidence: Evidence::default(),
        };
        Draft { row, p_value: None, tail_p_value: None, tail_q_value: None, tail_placebo: None }
    }
}

/// Whether two series of blocks differ; 1 where all values are the same.
pub(super) fn block_test(before: &[f64], after: &[f64]) -> Option<f64> {
    let test = if before.len().min(after.len()) < BLOCKS { mann_whitney } else { brunner_munzel };
    if before.len().min(after.len()) < 3 {
        return None;
    }
    Some(test(before, after, Tail::Both).map_or(1.0, |t| t.p_value))
}

/// Makes one comparison.
pub(super) fn compare(
    study: &Study<'_>,
    lens: &Lens,
    samples: &Samples,
    deployments: &[Deployment],
    plan: Plan,
) -> Comparison {
    let deployed: BTreeSet<NodeId> = plan.deployments.iter().filter_map(|d| deployments[*d].node).collect();
    let classes = version_classes(study, lens, deployments, &plan);
    let all: Vec<Sides<'_>> =
        samples.nodes().flat_map(|(node, requests)| sides_of(node, requests, &plan, &classes)).collect();
    let mut drafts: Vec<(usize, Draft)> = all
        .par_iter()
        .enumerate()
        .flat_map_iter(|(i, s)| measure(study, s).into_iter().map(move |d| (i, d)))
        .collect();
    weigh(&mut drafts);
    let control = control(study, &drafts, &deployed);
    let entries = entries(study);
    for (_, draft) in &mut drafts {
        draft.row.p_value = draft.p_value;
        if plan.collected < COLLECTED {
            continue;
        }
        match draft.row.metric {
            Metric::Latency => latency::judge(draft, control.unwrap_or(1.0)),
            Metric::Errors => errors::judge(draft),
            Metric::Throughput => throughput::judge(draft, entries.contains(&draft.row.node)),
        }
        if draft.row.verdict == Verdict::Insufficient {
            draft.row.severity = None;
        }
    }
    show_parts(&mut drafts, control.unwrap_or(1.0));
    let map = match plan.basis {
        Basis::Time { before, after } => {
            let graph =
                |w| study.snapshot.graph(&Lens { window: Some(w), filter: lens.filter.clone() }).graph;
            Some(difference(&graph(before), &graph(after)).without_rare())
        }
        Basis::Version { .. } => None,
    };
    let mut rows: Vec<Compared> = Vec::with_capacity(drafts.len());
    for (i, mut draft) in drafts {
        if draft.row.verdict == Verdict::Regression {
            draft.row.evidence = evidence(study, &all[i], &draft.row);
        }
        rows.push(draft.row);
    }
    cause::explain(study, &mut rows, &all, map.as_ref(), &deployed);
    let is_past_short = is_past_short(plan.basis);
    if is_past_short {
        rows.iter_mut().for_each(soften);
    }
    sort(&mut rows);
    Comparison {
        deployments: plan.deployments,
        basis: plan.basis,
        collected: plan.collected,
        control,
        machines: machines::compare(study, plan.basis, &rows, &deployed),
        rows,
        map,
        operations: changed_operations(&all),
        is_past_short,
    }
}

fn is_past_short(basis: Basis) -> bool {
    matches!(basis, Basis::Time { before, .. } if before.length() < LEAST_PAST)
}

/// What is usual is not known: a service that has just been started, or a quiet minute, looks the same.
fn soften(row: &mut Compared) {
    row.severity = row.severity.map(|_| Severity::Low);
    if let Some(cause) = &mut row.cause {
        cause.confidence = Confidence::Low;
    }
}

/// Traces of a canary by the version that they passed.
fn version_classes(study: &Study<'_>, lens: &Lens, deployments: &[Deployment], plan: &Plan) -> Passed {
    let Basis::Version { window } = plan.basis else { return Passed::new() };
    let lens = Lens { window: Some(window), filter: lens.filter.clone() };
    let deployed = plan.deployments.iter().map(|d| &deployments[*d]);
    let of = |d: &Deployment| {
        let version = study.snapshot.spans.text(d.version);
        d.node.map(|n| passed(study, &lens, n, |v| v == version))
    };
    deployed.filter_map(of).flatten().collect()
}

/// A node's requests as a whole and, where it has several operations, each of them.
fn sides_of<'a>(node: NodeId, requests: &'a [Sample], plan: &Plan, classes: &Passed) -> Vec<Sides<'a>> {
    let empty = |operation| Sides {
        node,
        operation,
        before: Vec::new(),
        after: Vec::new(),
        past: Vec::new(),
        times: None,
        windows: match plan.basis {
            Basis::Time { before, after } => (before, after),
            Basis::Version { window } => (window, window),
        },
    };
    let mut whole = empty(None);
    match plan.basis {
        Basis::Time { before, after } => {
            whole.before = within(requests, before).iter().collect();
            whole.after = within(requests, after).iter().collect();
            whole.past = within(requests, plan.past).iter().collect();
            whole.times = Some((plan.past, before, after));
        }
        Basis::Version { window } => {
            for s in within(requests, window) {
                match classes.get(&s.trace) {
                    Some(true) => whole.after.push(s),
                    Some(false) => whole.before.push(s),
                    None => {}
                }
            }
        }
    }
    let mut operations: BTreeMap<Symbol, Sides<'a>> = BTreeMap::new();
    let mut group = |from: &[&'a Sample], is_side: [bool; 3]| {
        for s in from {
            let own = operations.entry(s.operation).or_insert_with(|| empty(Some(s.operation)));
            let lists = [&mut own.before, &mut own.after, &mut own.past];
            lists.into_iter().zip(is_side).filter(|l| l.1).for_each(|l| l.0.push(s));
        }
    };
    group(&whole.before, [true, false, false]);
    group(&whole.after, [false, true, false]);
    group(&whole.past, [false, false, true]);
    let times = whole.times;
    let mut out = vec![whole];
    if operations.len() > 1 {
        out.extend(operations.into_values().map(|s| Sides { times, ..s }));
    }
    out
}

fn measure(study: &Study<'_>, sides: &Sides<'_>) -> Vec<Draft> {
    // Of an operation only what both sides have; that it came or went is told of itself.
    if sides.operation.is_some() && sides.before.len().min(sides.after.len()) < ENOUGH {
        return Vec::new();
    }
    if sides.before.is_empty() && sides.after.is_empty() {
        return Vec::new();
    }
    let past = Past::of(sides);
    let mut out = vec![latency::measure(sides, past.as_ref()), errors::measure(study, sides)];
    if sides.times.is_some() {
        out.push(throughput::measure(sides, past.as_ref()));
    }
    out
}

/// A service of which one rare operation became much slower is slower itself, by its mean.
fn show_parts(drafts: &mut [(usize, Draft)], control: f64) {
    let slower: BTreeSet<NodeId> = drafts
        .iter()
        .map(|(_, d)| &d.row)
        .filter(|r| r.operation.is_some() && (r.metric, r.verdict) == (Metric::Latency, Verdict::Regression))
        .map(|r| r.node)
        .collect();
    for (_, draft) in drafts {
        let row = &mut draft.row;
        let is_open = matches!(row.verdict, Verdict::Unchanged | Verdict::Insufficient);
        let Effect::Latency(e) = &row.effect else { continue };
        if row.operation.is_some() || !is_open || !slower.contains(&row.node) {
            continue;
        }
        let (before, after) = e.mean;
        if after - before > latency::MATTERS_MS && after > before * control * latency::MATTERS {
            (row.before, row.after) = (Some(before), Some(after));
            (row.verdict, row.shape) = (Verdict::Regression, Some(Shape::Part));
            row.severity = row.change_ratio().map(latency::severity);
            // The tests were of the median; that of the operation says how sure it is.
            (row.p_value, row.q_value, row.placebo) = (None, None, None);
        }
    }
}

/// Adjusts the p-values of all tests together.
fn weigh(drafts: &mut [(usize, Draft)]) {
    let all: Vec<f64> = drafts.iter().flat_map(|(_, d)| [d.p_value, d.tail_p_value]).flatten().collect();
    let mut adjusted = benjamini_hochberg(&all).into_iter();
    for (_, draft) in drafts {
        draft.row.q_value = draft.p_value.and_then(|_| adjusted.next());
        draft.tail_q_value = draft.tail_p_value.and_then(|_| adjusted.next());
    }
}

/// A single row, as if it were the only test.
#[cfg(test)]
pub(super) fn weigh_alone(draft: &mut Draft) {
    (draft.row.q_value, draft.tail_q_value) = (draft.p_value, draft.tail_p_value);
}

/// What happened to services that do not depend on a deployed one: a machine or network that slowed everything.
fn control(study: &Study<'_>, drafts: &[(usize, Draft)], deployed: &BTreeSet<NodeId>) -> Option<f64> {
    if deployed.is_empty() {
        return None;
    }
    let touched = dependents(study, deployed);
    let ratios: Vec<f64> = drafts
        .iter()
        .filter(|(_, d)| d.row.operation.is_none() && !touched.contains(&d.row.node))
        .filter_map(|(_, d)| match &d.row.effect {
            Effect::Latency(e) if e.median.0 > 0.0 && e.median.1 > 0.0 => {
                Some((e.median.1 / e.median.0).ln())
            }
            _ => None,
        })
        .collect();
    let middle = median(&ratios).filter(|_| ratios.len() >= CONTROLS)?;
    Some(if middle.abs() < CONTROL_NOISE { 1.0 } else { middle.exp() })
}

/// The deployed services and everything that depends on them.
pub(super) fn dependents(study: &Study<'_>, deployed: &BTreeSet<NodeId>) -> BTreeSet<NodeId> {
    let mut seen = deployed.clone();
    let mut waiting: Vec<NodeId> = deployed.iter().copied().collect();
    while let Some(node) = waiting.pop() {
        for (_, above) in study.index.graph.dependents(node) {
            if seen.insert(above) {
                waiting.push(above);
            }
        }
    }
    seen
}

/// Services that users call.
fn entries(study: &Study<'_>) -> BTreeSet<NodeId> {
    let graph = &study.index.graph;
    let is_user = |n: NodeId| graph.node(n).is_some_and(|n| n.kind == NodeKind::User);
    graph.nodes().map(|(id, _)| id).filter(|id| graph.dependents(*id).iter().any(|d| is_user(d.1))).collect()
}

/// Requests after the deployment that show a regression: failed ones, slow ones, or those that still came.
fn evidence(study: &Study<'_>, sides: &Sides<'_>, row: &Compared) -> Evidence {
    let mut shown: Vec<&Sample> = match row.metric {
        Metric::Errors => sides.after.iter().copied().filter(|s| s.outcome.is_failure()).collect(),
        Metric::Latency => {
            let limit = row.after.unwrap_or_default() as f32;
            let mut slow: Vec<&Sample> =
                sides.after.iter().copied().filter(|s| s.millis.is_some_and(|m| m >= limit)).collect();
            // Typical ones, not the wildest.
            slow.sort_by(|a, b| a.millis.partial_cmp(&b.millis).unwrap_or(std::cmp::Ordering::Equal));
            slow
        }
        Metric::Throughput => sides.after.clone(),
    };
    let step = (shown.len() / Evidence::KEPT).max(1);
    shown = shown.into_iter().step_by(step).collect();
    let mut out = Evidence::default();
    for s in shown {
        if let Some(span) = study.snapshot.spans.get(s.row) {
            out.add(span.trace_id(), span.span_id());
        }
    }
    out
}

fn changed_operations(all: &[Sides<'_>]) -> Vec<OperationChange> {
    let mut out = Vec::new();
    for s in all {
        let (Some(operation), before, after) = (s.operation, s.before.len(), s.after.len()) else { continue };
        let is_there = |n: usize| n >= 5;
        // One that is rarer than the other window is long may just not have come.
        let ratio = s.windows.1.length().as_secs_f64() / s.windows.0.length().as_secs_f64().max(1e-9);
        let (is_new, is_gone) =
            (before == 0 && is_there(after), after == 0 && before as f64 * ratio >= ENOUGH as f64);
        if is_new || is_gone {
            let requests = before.max(after) as u64;
            out.push(OperationChange { node: s.node, operation, is_new, requests });
        }
    }
    out
}

/// Regressions first, own ones before what they caused, gravest first; services before operations.
fn sort(rows: &mut [Compared]) {
    let key =
        |r: &Compared| (r.verdict, std::cmp::Reverse(r.severity), r.is_cascading(), r.operation.is_some());
    rows.sort_by(|a, b| {
        key(a)
            .cmp(&key(b))
            .then_with(|| b.excess().total_cmp(&a.excess()))
            .then_with(|| (a.node, a.operation, a.metric).cmp(&(b.node, b.operation, b.metric)))
    });
}
