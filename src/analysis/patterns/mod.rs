//! What do bad requests have in common that good ones have not?
//!
//! Bad requests are held against the other ones of the same entry operation. A property that goes with them
//! is associated with them; nothing here claims a cause.
mod errors;
mod features;
mod rhythm;
mod rules;
mod structure;
mod when;

use std::collections::{BTreeMap, BTreeSet};

use super::incident::{CalmPaths, Detail, TraceFacts, detail};
use super::{BlameKey, Evidence, Study};
use crate::model::{Nanos, NodeId, Symbol, Timestamp, TraceId, TraceIndex};

pub use errors::FrequentError;
pub use features::Source;
pub use rhythm::Rhythm;
pub use rules::{Association, Condition};
pub use structure::{Difference, Pair, Path, StepDifference, StepSum};

/// Bad requests without which nothing is said.
const ENOUGH_BAD: usize = 5;
/// Good requests without which nothing is said.
const ENOUGH_GOOD: usize = 20;
/// Requests of each sort whose attributes are read; more are sampled evenly.
const READ: (usize, usize) = (5_000, 20_000);
/// Requests of each sort whose steps are compared.
const COMPARED: usize = 500;
/// What is told of each kind.
const TOLD: usize = 10;
/// Entry operations that are looked at.
const ENTRIES: usize = 3;
/// Within less time an hour is a stretch of time as any other.
const DAY: Nanos = Nanos::from_secs(86_400);
/// Correlation from which two services are told to go wrong together.
const TOGETHER: f64 = 0.3;

/// Which requests are bad.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Bad {
    /// Failed, out of time, or slower than 99 % of their entry operation.
    #[default]
    Usual,
    /// These, in order: chosen by a filter or by hand.
    These(Vec<TraceIndex>),
}

/// What is missing for a better answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Missing {
    /// Any trace with a root.
    Traces,
    /// Too few bad requests, of any entry operation.
    Bad(usize),
    /// Too few good ones beside them.
    Good(usize),
    /// Only so many of so many good requests were read.
    Sampled(usize, usize),
    /// Other entry operations with bad requests were left out.
    Entries(usize),
}

/// Two services that go wrong in the same requests, though neither calls the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Together {
    /// The services.
    pub nodes: (NodeId, NodeId),
    /// Correlation, -1 to 1 (φ coefficient).
    pub phi: f64,
    /// Requests in which both go wrong.
    pub count: usize,
}

/// Whose requests are bad.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// Where it is read.
    pub source: Source,
    /// Which value.
    pub condition: Condition,
    /// Share of the bad requests that are of it, 0 to 1, and of its requests that are bad: those of the rule for the
    /// same requests.
    pub recall: f64,
    /// As above.
    pub bad_ratio: f64,
}

/// Bad requests of one entry operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Where they enter.
    pub entry: (NodeId, Symbol),
    /// Bad requests.
    pub bad: usize,
    /// All requests.
    pub all: usize,
    /// Of the bad ones, those that failed.
    pub failed: usize,
    /// What goes with them, strongest first.
    pub associations: Vec<Association>,
    /// A typical good and a typical bad request.
    pub pair: Option<Pair>,
    /// Whose time the bad ones spend beyond what good ones do: share of the blame, largest first.
    pub bottlenecks: Vec<(BlameKey, f64)>,
    /// What stands out in the spans of the first of them: operation, statement.
    pub blamed: Option<Detail>,
    /// The group of users, tenants, regions or versions that goes with them most: its rule and share of the bad
    /// ones.
    pub segment: Option<Segment>,
    /// The beat at which they come.
    pub rhythm: Option<Rhythm>,
    /// Errors by how many requests they failed.
    pub errors: Vec<FrequentError>,
    /// Services that go wrong together.
    pub together: Vec<Together>,
    /// Some of the bad ones, the slowest first.
    pub evidence: Evidence,
}

impl Group {
    /// Share of bad requests, 0 to 1.
    pub fn share(&self) -> f64 {
        self.bad as f64 / self.all.max(1) as f64
    }
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Patterns {
    /// By entry operation, most bad requests first.
    pub groups: Vec<Group>,
    /// What is missing.
    pub missing: Vec<Missing>,
}

/// Compares bad requests with the others. Stops early, with what it has, when cancelled.
pub fn patterns(study: &Study<'_>, traces: &[TraceIndex], bad: &Bad) -> Patterns {
    let facts = study.map(traces, TraceFacts::of);
    let mut by_entry: BTreeMap<(NodeId, Symbol), Vec<&TraceFacts>> = BTreeMap::new();
    facts.iter().for_each(|f| by_entry.entry(f.entry).or_default().push(f));
    let loads = loads(&facts);
    let mut out = Patterns::default();
    let (mut most_bad, mut least_good) = (0, None);
    let mut split: Vec<Split<'_>> = by_entry.into_values().map(|all| Split::new(all, bad)).collect();
    split.sort_by_key(|s| (std::cmp::Reverse(s.bad.len()), s.entry()));
    let mut left_out = 0;
    for s in split {
        most_bad = most_bad.max(s.bad.len());
        if s.bad.len() < ENOUGH_BAD {
            continue;
        }
        if s.good.len() < ENOUGH_GOOD {
            least_good = Some(s.good.len());
        } else if out.groups.len() >= ENTRIES {
            left_out += 1;
        } else if !study.progress.is_cancelled() {
            out.groups.extend(s.compare(study, &loads, &mut out.missing));
        }
    }
    match (out.groups.is_empty(), least_good) {
        (true, Some(good)) => out.missing.push(Missing::Good(good)),
        (true, None) if facts.is_empty() => out.missing.push(Missing::Traces),
        (true, None) => out.missing.push(Missing::Bad(most_bad)),
        _ => {}
    }
    if left_out > 0 {
        out.missing.push(Missing::Entries(left_out));
    }
    out
}

/// For each request, how many others were under way when it came.
fn loads(facts: &[TraceFacts]) -> BTreeMap<TraceIndex, f64> {
    let end = |f: &TraceFacts| f.start + crate::model::Nanos((f64::from(f.ms) * 1e6) as i64);
    let spans: Vec<(Timestamp, Timestamp)> = facts.iter().map(|f| (f.start, end(f))).collect();
    facts.iter().map(|f| f.trace).zip(features::concurrency(&spans)).collect()
}

/// Requests of one entry operation.
struct Split<'f> {
    good: Vec<&'f TraceFacts>,
    bad: Vec<&'f TraceFacts>,
}

impl<'f> Split<'f> {
    fn new(all: Vec<&'f TraceFacts>, bad: &Bad) -> Self {
        let (bad, good) = match bad {
            Bad::These(chosen) => all.into_iter().partition(|f| chosen.binary_search(&f.trace).is_ok()),
            Bad::Usual => {
                let mut ms: Vec<f32> = all.iter().map(|f| f.ms).collect();
                ms.sort_by(f32::total_cmp);
                let limit = ms.get(ms.len().saturating_sub(1) * 99 / 100).copied().unwrap_or(f32::MAX);
                // The slowest hundredth of an even spread is no pattern: it must stand out.
                let middle = ms.get(ms.len() / 2).copied().unwrap_or(0.0);
                let limit = limit.min(middle * 5.0).max(middle * 1.5);
                all.into_iter().partition(|f| f.is_failed || f.has_timeout || f.ms > limit)
            }
        };
        Self { good, bad }
    }

    fn entry(&self) -> Option<(NodeId, Symbol)> {
        self.bad.iter().chain(&self.good).map(|f| f.entry).next()
    }

    fn compare(
        &self,
        study: &Study<'_>,
        loads: &BTreeMap<TraceIndex, f64>,
        missing: &mut Vec<Missing>,
    ) -> Option<Group> {
        let (bad, good) = (evenly(&self.bad, READ.0), evenly(&self.good, READ.1));
        if good.len() < self.good.len() {
            missing.push(Missing::Sampled(good.len(), self.good.len()));
        }
        let read: Vec<TraceIndex> = bad.iter().chain(&good).map(|f| f.trace).collect();
        let when: Vec<Timestamp> = bad.iter().chain(&good).map(|f| f.start).collect();
        let requests = study.map(&read, |r| {
            let mut own = features::properties(study, r);
            if let Some(load) = loads.get(&r.trace) {
                own.push((Source::Concurrency, features::Property::Number(*load)));
            }
            Some(own)
        });
        if requests.len() != read.len() {
            return None; // Cancelled on the way.
        }
        let is_bad: Vec<bool> = (0..read.len()).map(|i| i < bad.len()).collect();
        let bad_weight = self.bad.len() as f64 / bad.len().max(1) as f64;
        let good_weight = self.good.len() as f64 / good.len().max(1) as f64 / bad_weight;
        let text = |s| study.snapshot.spans.text(s);
        let is_short = study.snapshot.extent.is_none_or(|e| e.length() < DAY);
        let (requests, is_bad, starts) = (&requests, &is_bad, &when);
        let sample = rules::Sample { requests, is_bad, starts, good_weight, text: &text, is_short };
        let associations = rules::associations(&sample, TOLD);
        let bottlenecks = bottlenecks(&good, &bad);
        let starts = |of: &[&TraceFacts]| of.iter().map(|f| f.start).collect::<Vec<_>>();
        let steps = |of: &[&TraceFacts]| {
            let some: Vec<TraceIndex> = evenly(of, COMPARED).iter().map(|f| f.trace).collect();
            study.map(&some, structure::Steps::of)
        };
        let all_bad: Vec<TraceIndex> = bad.iter().map(|f| f.trace).collect();
        let errors = study.map(&all_bad, |r| errors::error_of(study, r));
        let mut slowest: Vec<(f32, TraceId)> = bad.iter().map(|f| (f.ms, f.id)).collect();
        slowest.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        Some(Group {
            entry: self.entry()?,
            bad: self.bad.len(),
            all: self.bad.len() + self.good.len(),
            failed: self.bad.iter().filter(|f| f.is_failed).count(),
            segment: segment(&associations, text),
            associations,
            pair: structure::pair(&steps(&self.good), &steps(&self.bad)),
            blamed: bottlenecks.first().map(|b| detail(study, b.0, &bad, &[&good[..], &bad[..]].concat())),
            bottlenecks,
            rhythm: rhythm::rhythm(&starts(&self.bad), &starts(&self.good)),
            errors: errors::frequent(errors, TOLD),
            together: together(study, &good, &bad),
            evidence: Evidence::of_traces(slowest.into_iter().map(|s| s.1)),
        })
    }
}

/// The strongest rule about who the requests are of: by a key of users, tenants, regions, or a version.
fn segment<'t>(associations: &[Association], text: impl Fn(Symbol) -> &'t str) -> Option<Segment> {
    const WORDS: [&str; 12] = [
        "user", "customer", "tenant", "account", "segment", "tier", "plan", "region", "country", "zone",
        "locale", "channel",
    ];
    let is_who = |source: &Source, condition: &Condition| {
        matches!(condition, Condition::Is(_))
            && match source {
                Source::Entry(key) | Source::Span(_, key) => {
                    text(*key).split(['.', '_', '-']).any(|word| WORDS.contains(&word))
                }
                Source::Version(_) => true,
                _ => false,
            }
    };
    associations.iter().find_map(|a| {
        let all = std::iter::once((&a.source, &a.condition)).chain(a.also.iter().map(|(s, c)| (s, c)));
        let (source, condition) = all.into_iter().find(|(s, c)| is_who(s, c))?;
        let (source, condition) = (source.clone(), condition.clone());
        Some(Segment { source, condition, recall: a.recall, bad_ratio: a.bad_ratio_with })
    })
}

/// At most `count` of them, taken evenly.
fn evenly<'f>(of: &[&'f TraceFacts], count: usize) -> Vec<&'f TraceFacts> {
    let step = of.len().div_ceil(count).max(1);
    of.iter().step_by(step).copied().collect()
}

fn bottlenecks(good: &[&TraceFacts], bad: &[&TraceFacts]) -> Vec<(BlameKey, f64)> {
    let paths = CalmPaths::new(good);
    let mut sums: BTreeMap<BlameKey, f64> = BTreeMap::new();
    for (key, share) in bad.iter().flat_map(|f| paths.blame(f)) {
        *sums.entry(key).or_default() += share / bad.len() as f64;
    }
    let mut out: Vec<(BlameKey, f64)> = sums.into_iter().filter(|s| s.1 >= 0.02).collect();
    out.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    out.truncate(TOLD);
    out
}

/// Pairs of nodes that fail in the same requests, without one calling the other.
fn together(study: &Study<'_>, good: &[&TraceFacts], bad: &[&TraceFacts]) -> Vec<Together> {
    let failing = |f: &TraceFacts| -> BTreeSet<NodeId> {
        let own = f.work.iter().filter(|w| w.is_origin || w.is_timeout);
        own.filter_map(|w| if let BlameKey::Node(n) = w.key { Some(n) } else { None }).collect()
    };
    let (mut single, mut both) =
        (BTreeMap::<NodeId, usize>::new(), BTreeMap::<(NodeId, NodeId), usize>::new());
    for nodes in bad.iter().chain(good).map(|f| failing(f)) {
        for (i, a) in nodes.iter().enumerate() {
            *single.entry(*a).or_default() += 1;
            nodes.iter().skip(i + 1).for_each(|b| *both.entry((*a, *b)).or_default() += 1);
        }
    }
    let n = (good.len() + bad.len()) as f64;
    let graph = &study.index.graph;
    let calls = |a: NodeId, b: NodeId| graph.dependencies(a).iter().any(|d| d.1 == b);
    let mut out: Vec<Together> = both
        .into_iter()
        .filter(|((a, b), count)| *count >= 10 && !calls(*a, *b) && !calls(*b, *a))
        .filter_map(|((a, b), count)| {
            let (x, y, z) = (*single.get(&a)? as f64, *single.get(&b)? as f64, count as f64);
            let spread = (x * (n - x) * y * (n - y)).sqrt();
            let phi = if spread > 0.0 { (n * z - x * y) / spread } else { 0.0 };
            (phi >= TOGETHER).then_some(Together { nodes: (a, b), phi, count })
        })
        .collect();
    out.sort_by(|a, b| b.phi.total_cmp(&a.phi).then(a.nodes.cmp(&b.nodes)));
    out.truncate(TOLD);
    out
}

#[cfg(test)]
#[path = "patterns_tests.rs"]
mod tests;
