//! What broke first, why, and who was hit?
//!
//! Each bad request of the incident is blamed on nodes and gaps: on where its error began, or, where somebody
//! ran out of time or was merely slow, on whoever spent more of the critical path than calm requests of the
//! same entry operation do. What calm times would blame as well is taken away, so that chronic errors that
//! are handled never count. How far each node's own work deviates is a second, independent opinion.
mod bare;
mod causes;
mod detail;
mod facts;
mod holders;
mod ledger;
mod strain;
mod waves;
mod window;

use std::collections::{BTreeMap, BTreeSet};

use super::BlameKey;
use super::statistics::binomial_at_least;
use super::study::Study;
use crate::model::{Nanos, NodeId, Symbol, TimeRange, Timestamp, TraceIndex};

pub use causes::{Cause, Terms};
pub use detail::{Detail, Dominant};
pub use ledger::{BUCKET, Change, Episode, Symptom};
pub use strain::{Resource, Shortage};
pub use waves::{Mechanism, Reached, Wave};
pub use window::Windows;

pub(super) use causes::CalmPaths;
pub(super) use detail::detail;
pub(super) use facts::{TraceFacts, origin_row};

use causes::{Tally, Trial};
use ledger::Ledger;

/// Calm requests without which slowness can't be told.
const ENOUGH_CALM: usize = 20;
/// Extra bad requests without which a stretch of time that was found is no incident.
const LEAST: f64 = 8.0;
/// No share of bad requests that is usual is taken to be smaller.
const LEAST_USUAL: f64 = 0.005;
/// Probability under which it is no chance that bad requests came no more.
const CHANCE: f64 = 1e-3;
/// Stretches in a row without trouble, after which it is over.
const CALM_AGAIN: i64 = 3;

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Request {
    /// When it was bad; found where left out.
    pub incident: Option<TimeRange>,
    /// When it was calm; found where left out.
    pub baseline: Option<TimeRange>,
    /// These traces are the calm ones and all others the bad ones, whenever they happened. In order.
    pub calm_traces: Option<Vec<TraceIndex>>,
}

impl Request {
    /// Whether nobody said when it was.
    fn is_open(&self) -> bool {
        self.incident.is_none() && self.calm_traces.is_none()
    }
}

/// What is missing for a better answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Missing {
    /// There is no trace with a root.
    Traces,
    /// No stretch of time stands out: how many requests there are, and how many of them failed or ran out of time.
    Incident {
        /// Requests.
        all: usize,
        /// Of them, those that failed or ran out of time.
        failed: usize,
    },
    /// Requests enough to tell stretches of time apart.
    Requests {
        /// How many there are.
        all: usize,
        /// How many are needed.
        needed: usize,
    },
    /// There is no calm time to hold it against.
    Baseline,
    /// Too few calm requests.
    CalmRequests(usize),
    /// Traces without a root, which were left out.
    Fragments(usize),
    /// Other bad stretches, which were left out.
    OtherStretches(usize),
    /// Nobody sends status or kinds, so errors can't be seen.
    Outcomes,
    /// Bad requests that somebody waits for: only messages were hit, and they are what is counted.
    BadRequests,
}

/// Requests of the incident and of calm times.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Totals {
    /// Requests in bad times.
    pub requests: f64,
    /// Of them, those that failed, ran out of time, or took longer than 99 % of their kind in calm times.
    pub bad: f64,
    /// Requests in calm times.
    pub calm_requests: f64,
    /// Of them, bad ones.
    pub calm_bad: f64,
}

impl Totals {
    /// Bad requests beyond what calm times have.
    fn extra(&self) -> f64 {
        let usual = if self.calm_requests > 0.0 { self.calm_bad / self.calm_requests } else { 0.0 };
        self.bad - usual * self.requests
    }
}

/// An entry operation whose requests were hit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EntryHit {
    /// The service that is entered.
    pub node: NodeId,
    /// Name of the root span.
    pub operation: Symbol,
    /// Requests in bad times.
    pub requests: f64,
    /// Of them, bad ones.
    pub bad: f64,
    /// Share of bad requests in calm times, 0 to 1; `None` without calm requests.
    pub calm_share: Option<f64>,
}

impl EntryHit {
    /// Share of bad requests, 0 to 1.
    pub fn share(&self) -> f64 {
        if self.requests > 0.0 { self.bad / self.requests } else { 0.0 }
    }
    /// Whether so many bad ones would not come by chance, where it is known what is usual.
    fn is_hit(&self) -> bool {
        let usual = self.calm_share.unwrap_or(0.0).max(LEAST_USUAL);
        binomial_at_least(self.bad.round() as u64, self.requests.round() as u64, usual) < CHANCE
    }
    fn extra(&self) -> f64 {
        (self.share() - self.calm_share.unwrap_or(0.0)).max(0.0)
    }
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Incident {
    /// When it was bad; `None` where nothing stands out.
    pub incident: Option<TimeRange>,
    /// When it was calm.
    pub baseline: Option<TimeRange>,
    /// Requests.
    pub totals: Totals,
    /// Entry operations that were hit: those with more bad requests than in calm times, most extra ones first.
    pub entries: Vec<EntryHit>,
    /// Causes, best first.
    pub causes: Vec<Cause>,
    /// Nodes and gaps by how far their own work deviates: the second opinion. The first five.
    pub deviating: Vec<(BlameKey, f64)>,
    /// What each node showed, by onset.
    pub timeline: Vec<(NodeId, Episode)>,
    /// How it spread from the first cause.
    pub waves: Vec<Wave>,
    /// From the first onset to when all that it reached was calm again; `None` while it goes on.
    pub recovery: Option<Nanos>,
    /// What is missing.
    pub missing: Vec<Missing>,
}

/// Finds the causes of an incident. Stops early, with an empty answer, when cancelled.
pub fn incident(study: &Study<'_>, traces: &[TraceIndex], request: &Request) -> Incident {
    let facts = study.map(traces, |reading| some(TraceFacts::of_any(reading)));
    let mut out = Incident::default();
    if facts.is_empty() || study.progress.is_cancelled() {
        out.missing.push(Missing::Traces);
        return out;
    }
    if facts.len() < traces.len() {
        out.missing.push(Missing::Fragments(traces.len() - facts.len()));
    }
    out = among(study, traces, facts.into_iter().flatten().collect(), request, out);
    if out.causes.is_empty() && !study.progress.is_cancelled() {
        let messages = study.map(traces, |reading| some(TraceFacts::of_messages(reading)));
        let messages = messages.into_iter().flatten().collect();
        let mut of_messages = among(study, traces, messages, request, Incident::default());
        if !of_messages.causes.is_empty() {
            of_messages.missing.push(Missing::BadRequests);
            return of_messages;
        }
    }
    out
}

/// What there is any of.
fn some(facts: Vec<TraceFacts>) -> Option<Vec<TraceFacts>> {
    (!facts.is_empty()).then_some(facts)
}

/// The incident among some requests.
fn among(
    study: &Study<'_>,
    traces: &[TraceIndex],
    facts: Vec<TraceFacts>,
    request: &Request,
    mut out: Incident,
) -> Incident {
    let Some(times) = times(&facts, request, &mut out.missing) else {
        out.missing.push(nothing(&facts));
        return out;
    };
    let (calm, bad) = times.split(&facts);
    if bad.is_empty() {
        out.missing.push(Missing::Traces);
        return out;
    }
    out.incident = Some(times.incident);
    out.baseline = times.baseline;
    if calm.len() < ENOUGH_CALM {
        out.missing.push(if calm.is_empty() { Missing::Baseline } else { Missing::CalmRequests(calm.len()) });
    }
    if bad.iter().all(|f| f.is_bare) {
        out.missing.push(Missing::Outcomes);
        let (calm, bad) = times.split_all(study, traces);
        out.causes = bare::causes(study, &calm, &bad);
        return out;
    }
    answer(study, &facts, &calm, &bad, &mut out);
    if request.is_open() && (out.totals.extra() < LEAST || out.causes.is_empty()) {
        // Held against a proper baseline, it is nothing.
        out = Incident { missing: vec![nothing(&facts)], ..Incident::default() };
    }
    out
}

/// Why no stretch of time stands out: they are alike, or nobody can tell.
fn nothing(facts: &[TraceFacts]) -> Missing {
    let all = facts.len();
    match all {
        0 => Missing::Traces,
        _ if all < window::NEEDED => Missing::Requests { all, needed: window::NEEDED },
        _ => {
            let failed = facts.iter().filter(|f| f.is_failed || f.has_timeout).count();
            Missing::Incident { all, failed }
        }
    }
}

struct Times<'r> {
    incident: TimeRange,
    baseline: Option<TimeRange>,
    calm_traces: Option<&'r [TraceIndex]>,
}

impl Times<'_> {
    /// All traces, also those without a root: calm ones and bad ones.
    fn split_all(&self, study: &Study<'_>, traces: &[TraceIndex]) -> (Vec<TraceIndex>, Vec<TraceIndex>) {
        if let Some(calm) = self.calm_traces {
            return traces.iter().partition(|t| calm.binary_search(t).is_ok());
        }
        let start = |t: &TraceIndex| study.snapshot.spans.trace(*t).map(|s| s.start);
        let inside = |range: Option<TimeRange>| {
            let is_inside = |t: &&TraceIndex| start(t).is_some_and(|s| range.is_some_and(|r| r.contains(s)));
            traces.iter().filter(is_inside).copied().collect()
        };
        (inside(self.baseline), inside(Some(self.incident)))
    }

    fn split<'f>(&self, facts: &'f [TraceFacts]) -> (Vec<&'f TraceFacts>, Vec<&'f TraceFacts>) {
        if let Some(calm) = self.calm_traces {
            return facts.iter().partition(|f| calm.binary_search(&f.trace).is_ok());
        }
        let calm = facts.iter().filter(|f| self.baseline.is_some_and(|b| b.contains(f.start)));
        (calm.collect(), facts.iter().filter(|f| self.incident.contains(f.start)).collect())
    }
}

fn times<'r>(facts: &[TraceFacts], request: &'r Request, missing: &mut Vec<Missing>) -> Option<Times<'r>> {
    if let Some(calm) = &request.calm_traces {
        let is_calm = |f: &TraceFacts| calm.binary_search(&f.trace).is_ok();
        let range = |of: &dyn Fn(&&TraceFacts) -> bool| {
            let starts = || facts.iter().filter(of).map(|f| f.start);
            Some(TimeRange::new(starts().min()?, starts().max()? + Nanos(1)))
        };
        let (incident, baseline) = (range(&|f| !is_calm(f))?, range(&|f| is_calm(f)));
        return Some(Times { incident, baseline, calm_traces: Some(calm) });
    }
    if let Some(incident) = request.incident {
        let baseline = request.baseline.or_else(|| window::baseline_of(facts, incident));
        return Some(Times { incident, baseline, calm_traces: None });
    }
    let found = window::find(facts)?;
    if found.others > 0 {
        missing.push(Missing::OtherStretches(found.others));
    }
    let baseline = request.baseline.or(found.baseline);
    Some(Times { incident: found.incident, baseline, calm_traces: None })
}

fn answer(
    study: &Study<'_>,
    facts: &[TraceFacts],
    calm: &[&TraceFacts],
    bad: &[&TraceFacts],
    out: &mut Incident,
) {
    let Some(range) = out.incident else { return };
    let paths = CalmPaths::new(calm).with_holders(study, calm, bad);
    let (before, now) = (Tally::new(calm, &paths), Tally::new(bad, &paths));
    let lead = lead(facts, calm, range);
    let ledger = Ledger::new(calm, &lead, bad, (out.baseline, range));
    let episodes = episodes(&ledger);
    let hurt = |e: &&Episode| e.symptom != Symptom::TrafficDrop;
    let onsets: BTreeMap<NodeId, Timestamp> =
        episodes.iter().filter_map(|(n, e)| Some((*n, e.iter().find(hurt)?.onset))).collect();
    let changes: Vec<_> = super::deploy::deployments(study, &crate::store::Lens::default())
        .into_iter()
        .filter_map(|d| Some((d.node?, d.version, d.start)))
        .collect();
    let strain = strain::Strain::new(study, (calm, bad), (out.baseline, range));
    let trial = Trial {
        study,
        incident: bad,
        paths: &paths,
        before: &before,
        now: &now,
        ledger: &ledger,
        onsets: &onsets,
        changes: &changes,
        strain: &strain,
    };
    out.totals = Totals { requests: now.all, bad: now.bad, calm_requests: before.all, calm_bad: before.bad };
    out.entries = entries(calm, bad, &paths);
    let worst = out.entries.iter().filter(|e| e.bad >= 3.0).map(EntryHit::extra).fold(0.0, f64::max);
    out.causes = trial.causes(worst);
    out.deviating = trial.by_deviation().into_iter().take(5).collect();
    if let Some(cause) = out.causes.first() {
        let key = BlameKey::from(cause.subject);
        let spread =
            waves::Spread { study, calm, bad, episodes: &episodes, ledger: &ledger, strain: &strain };
        let onset = cause.onset.or(onsets.values().min().copied()).unwrap_or(range.start);
        let (waves, onset) = spread.waves(key, onset);
        out.waves = waves;
        let reached: BTreeSet<NodeId> = out.waves.iter().flat_map(|w| &w.nodes).map(|n| n.node).collect();
        out.recovery = recovery(facts, &paths, &episodes, &reached, onset);
    }
    out.timeline = episodes.into_iter().flat_map(|(n, all)| all.into_iter().map(move |e| (n, e))).collect();
    out.timeline.sort_by_key(|(n, e)| (e.onset, *n, e.symptom));
}

/// Requests just before the bad ones and after the calm ones: nobody may have noticed yet what had begun.
fn lead<'f>(facts: &'f [TraceFacts], calm: &[&TraceFacts], incident: TimeRange) -> Vec<&'f TraceFacts> {
    let Some(end) = calm.iter().map(|f| f.start).max().filter(|end| *end < incident.start) else {
        return Vec::new();
    };
    let from = end.max(incident.start + Nanos(-window::GUARD.0));
    facts.iter().filter(|f| f.start > from && f.start < incident.start).collect()
}

fn entries(calm: &[&TraceFacts], bad: &[&TraceFacts], paths: &CalmPaths) -> Vec<EntryHit> {
    let count = |facts: &[&TraceFacts]| {
        let mut out: BTreeMap<(NodeId, Symbol), (f64, f64)> = BTreeMap::new();
        for f in facts {
            let e = out.entry(f.entry).or_default();
            *e = (e.0 + f.weight, e.1 + if paths.is_bad(f) { f.weight } else { 0.0 });
        }
        out
    };
    let before = count(calm);
    let mut out: Vec<EntryHit> = count(bad)
        .into_iter()
        .map(|((node, operation), (requests, bad))| {
            let calm_share = before.get(&(node, operation)).map(|(all, bad)| bad / all);
            EntryHit { node, operation, requests, bad, calm_share }
        })
        .filter(|e| e.extra() > 0.0 && e.is_hit())
        .collect();
    let weight = |e: &EntryHit| e.extra() * e.requests;
    out.sort_by(|a, b| {
        weight(b).total_cmp(&weight(a)).then((a.node, a.operation).cmp(&(b.node, b.operation)))
    });
    out
}

fn episodes(ledger: &Ledger) -> BTreeMap<NodeId, Vec<Episode>> {
    let keys: BTreeSet<BlameKey> = ledger.bad.keys().chain(ledger.calm.keys()).copied().collect();
    let nodes = keys.into_iter().filter_map(|k| if let BlameKey::Node(n) = k { Some((n, k)) } else { None });
    nodes.map(|(n, k)| (n, ledger.episodes(k))).filter(|(_, e)| !e.is_empty()).collect()
}

/// From the onset until nobody that it reached shows a symptom for three stretches in a row.
fn recovery(
    facts: &[TraceFacts],
    paths: &CalmPaths,
    episodes: &BTreeMap<NodeId, Vec<Episode>>,
    reached: &BTreeSet<NodeId>,
    onset: Timestamp,
) -> Option<Nanos> {
    let symptoms = reached.iter().filter_map(|n| episodes.get(n)).flatten();
    let last_symptom = symptoms.filter(|e| e.symptom != Symptom::TrafficDrop).map(|e| e.end).max()?;
    let last_bad =
        facts.iter().filter(|f| f.start <= last_symptom && paths.is_bad(f)).map(|f| f.start).max()?;
    let over = last_symptom.max(last_bad);
    let calm = Nanos(BUCKET.0 * CALM_AGAIN);
    // Requests that went well afterwards are the proof, if so many would not have by chance: of a trouble that
    // hits few requests, a short silence says nothing.
    let count = |from: Timestamp, to: Timestamp| {
        let inside = || facts.iter().filter(move |f| f.start >= from && f.start <= to);
        (inside().filter(|f| paths.is_bad(f)).count() as u64, inside().count() as u64)
    };
    let ((bad, all), (still_bad, after)) = (count(onset, over), count(over + Nanos(1), Timestamp::MAX));
    let share = (bad as f64 / all.max(1) as f64).min(0.999);
    let by_chance = 1.0 - binomial_at_least(still_bad + 1, after, share);
    let proof = by_chance < CHANCE && facts.iter().any(|f| f.start >= over + calm);
    proof.then(|| over - onset)
}

#[cfg(test)]
#[path = "incident_tests.rs"]
mod tests;
