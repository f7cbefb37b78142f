//! Which nodes and edges are not well, since when, and by what figures?
use crate::graph::{FEW, GraphIndex, Health, NodeKind, Red, Snapshot};
use crate::model::{Nanos, TimeRange, TraceId};
use crate::store::Lens;

use super::Subject;
use super::health_examples::examples;

/// Why it is not well: a measured figure beside the limit that it passes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Symptom {
    /// Share of calls that failed, 0 to 1.
    Errors(f64),
    /// Calls whose caller ran out of time, and their share.
    Timeouts(f64, f64),
    /// 95th percentile now, and in the calmest five minutes.
    Slow(Nanos, Nanos),
    /// Apdex, 0 to 1.
    Apdex(f64),
}

/// One node or edge that is not well.
#[derive(Clone, Debug, PartialEq)]
pub struct HealthFinding {
    /// Which.
    pub subject: Subject,
    /// Critical or warning.
    pub health: Health,
    /// What it shows, the gravest first.
    pub symptoms: Vec<Symptom>,
    /// Calls that it is judged by.
    pub calls: f64,
    /// The stretch of time in which most of the trouble lies: from the first bad bucket to the last.
    pub period: Option<TimeRange>,
    /// Traces that show it: failed ones, else the slowest.
    pub examples: Vec<TraceId>,
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HealthAnswer {
    /// Worst first, then the one with most calls.
    pub findings: Vec<HealthFinding>,
    /// Nodes and edges with too few calls to judge.
    pub unknown: usize,
}

/// Judges every node and edge under the lens.
pub fn health(snapshot: &Snapshot, lens: &Lens, index: &GraphIndex) -> HealthAnswer {
    let graph = &index.graph;
    let mut findings = Vec::new();
    let mut unknown = 0;
    // How users do is told by the calls they make.
    for (id, node) in graph.nodes().filter(|(_, n)| n.kind != NodeKind::User) {
        unknown += usize::from(node.health == Health::Unknown);
        if node.health >= Health::Warning {
            let apdex = node.red.apdex().filter(|a| *a < 0.7 && node.kind.has_apdex());
            let parties = index.parties_of(id);
            let calm = snapshot.calls.calm_p95_of_node(index, id);
            let period =
                snapshot.calls.bad_period_of_parties(&parties, lens.window.or(snapshot.extent), calm);
            findings.push(HealthFinding {
                subject: Subject::Node(id),
                health: node.health,
                symptoms: symptoms(&node.red, calm, apdex),
                calls: node.red.calls(),
                period,
                examples: Vec::new(),
            });
        }
    }
    for (id, _, _, edge) in graph.edges() {
        unknown += usize::from(edge.health == Health::Unknown);
        if edge.health >= Health::Warning {
            let raw = index.raw_edges_of(id);
            let calm = snapshot.calls.calm_p95_of_edges(&raw);
            let period = snapshot.calls.bad_period_of_edges(&raw, lens.window.or(snapshot.extent), calm);
            findings.push(HealthFinding {
                subject: Subject::Edge(id),
                health: edge.health,
                symptoms: symptoms(&edge.red, calm, None),
                calls: edge.red.calls(),
                period,
                examples: Vec::new(),
            });
        }
    }
    findings.sort_by(|a, b| {
        b.health.cmp(&a.health).then(b.calls.total_cmp(&a.calls)).then(a.subject.cmp(&b.subject))
    });
    let subjects: Vec<Subject> = findings.iter().map(|f| f.subject).collect();
    for (finding, found) in findings.iter_mut().zip(examples(snapshot, lens, index, &subjects)) {
        finding.examples = found;
    }
    HealthAnswer { findings, unknown }
}

fn symptoms(red: &Red, calm: Option<Nanos>, apdex: Option<f64>) -> Vec<Symptom> {
    let mut out = Vec::new();
    if let Some(ratio) = red.error_ratio().filter(|r| *r >= 0.01 && red.calls() >= FEW) {
        out.push(Symptom::Errors(ratio));
    }
    if red.timeouts() >= 3.0 {
        out.push(Symptom::Timeouts(red.timeouts(), red.timeouts() / red.calls().max(1.0)));
    }
    if let (Some(now), Some(calm)) = (red.quantile(0.95), calm)
        && now.0 > 2 * calm.0
    {
        out.push(Symptom::Slow(now, calm));
    }
    out.extend(apdex.map(Symptom::Apdex));
    out
}
