//! A normal and a problem request side by side: which steps are there, how often, and how long.
use std::collections::BTreeMap;

use crate::analysis::Reading;
use crate::model::{Symbol, Timestamp, TraceId};

/// Share of normal requests that must have a step for its want to be told.
const USUAL: f64 = 0.8;

/// A step: the services and operations from the root to it.
pub type Path = Vec<(Symbol, Symbol)>;

/// One step of one request.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StepSum {
    /// Spans.
    pub count: u32,
    /// Their own milliseconds.
    pub own_ms: f64,
    /// Of them, failed ones.
    pub failed: u32,
    /// When the first began, from the start of the root.
    pub first: i64,
}

/// The steps of one request.
#[derive(Clone, Debug, Default)]
pub(super) struct Steps {
    pub id: TraceId,
    pub ms: f64,
    pub steps: BTreeMap<Path, StepSum>,
}

impl Steps {
    pub fn of(reading: &Reading) -> Option<Self> {
        let root = reading.root?;
        let start = reading.start().unwrap_or(Timestamp(0));
        let mut paths: Vec<Path> = Vec::with_capacity(reading.parts.len());
        let mut out = Self { id: reading.id, ms: reading.duration().as_millis_f64(), ..Self::default() };
        for (_, row, _) in reading.rows() {
            let mut path = row.parent.and_then(|p| paths.get(p as usize)).cloned().unwrap_or_default();
            if path.len() < 64 {
                path.push((row.service, row.name));
            }
            paths.push(path.clone());
            if row.span().is_none() {
                continue;
            }
            let step = out.steps.entry(path).or_insert(StepSum { first: i64::MAX, ..StepSum::default() });
            step.count += 1;
            step.own_ms += row.self_time.as_millis_f64();
            step.failed += u32::from(row.is_error);
            step.first = step.first.min((row.start - start).0);
        }
        reading.row(root)?;
        Some(out)
    }
    /// What makes requests alike: which steps there are.
    fn signature(&self) -> Vec<&Path> {
        self.steps.keys().collect()
    }
}

/// How a step differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// It is not in the problem request though nearly all normal ones have it.
    NotExecuted,
    /// Only the problem request has it.
    Added,
    /// There are more or fewer of it.
    Count,
    /// It fails in one and not in the other.
    Status,
    /// It takes longer or shorter itself.
    Time,
}

/// One step of both.
#[derive(Clone, Debug, PartialEq)]
pub struct StepDifference {
    /// Which.
    pub path: Path,
    /// How it differs most.
    pub difference: Difference,
    /// In the normal request.
    pub normal: StepSum,
    /// In the problem request.
    pub problem: StepSum,
}

/// A normal and a problem request, each the most typical of its kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// Of median duration among those with the most common steps.
    pub normal: TraceId,
    /// Of median duration.
    pub problem: TraceId,
    /// Milliseconds of each.
    pub ms: (f64, f64),
    /// Steps that differ, the largest time first, then by start.
    pub differences: Vec<StepDifference>,
}

/// The pair of some normal and some problem requests.
pub(super) fn pair(normal: &[Steps], problem: &[Steps]) -> Option<Pair> {
    let mut kinds: BTreeMap<Vec<&Path>, Vec<&Steps>> = BTreeMap::new();
    normal.iter().for_each(|s| kinds.entry(s.signature()).or_default().push(s));
    let common = kinds.into_values().max_by_key(Vec::len)?;
    let a = middle(common)?;
    let b = middle(problem.iter().collect())?;
    let presence = |path: &Path| {
        normal.iter().filter(|s| s.steps.contains_key(path)).count() as f64 / normal.len() as f64
    };
    let mut paths: Vec<&Path> = a.steps.keys().chain(b.steps.keys()).collect();
    paths.sort();
    paths.dedup();
    let nothing = StepSum::default();
    let mut out = Vec::new();
    for path in paths {
        let (x, y) = (a.steps.get(path).unwrap_or(&nothing), b.steps.get(path).unwrap_or(&nothing));
        let far = (y.own_ms - x.own_ms).abs() > (0.2 * x.own_ms).max(0.02 * b.ms.max(a.ms)).max(1.0);
        let difference = match (x.count, y.count) {
            (_, 0) if presence(path) >= USUAL => Difference::NotExecuted,
            (_, 0) => continue,
            (0, _) => Difference::Added,
            _ if (x.failed > 0) != (y.failed > 0) => Difference::Status,
            (n, m) if n != m => Difference::Count,
            _ if far => Difference::Time,
            _ => continue,
        };
        out.push(StepDifference { path: path.clone(), difference, normal: *x, problem: *y });
    }
    // What hangs below a step that was not executed says nothing new.
    let missing: Vec<Path> =
        out.iter().filter(|d| d.difference == Difference::NotExecuted).map(|d| d.path.clone()).collect();
    out.retain(|d| !missing.iter().any(|m| d.path.len() > m.len() && d.path.starts_with(m)));
    let gap = |d: &StepDifference| (d.problem.own_ms - d.normal.own_ms).abs();
    out.sort_by(|x, y| {
        gap(y).total_cmp(&gap(x)).then(x.normal.first.cmp(&y.normal.first)).then(x.path.cmp(&y.path))
    });
    Some(Pair { normal: a.id, problem: b.id, ms: (a.ms, b.ms), differences: out })
}

fn middle(mut of: Vec<&Steps>) -> Option<&Steps> {
    of.sort_by(|a, b| a.ms.total_cmp(&b.ms).then(a.id.cmp(&b.id)));
    of.get(of.len() / 2).copied()
}
