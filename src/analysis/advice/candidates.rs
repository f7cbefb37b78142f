//! From what was seen to what is worth a replay: the thresholds of each kind of advice.
use std::collections::BTreeMap;

use super::kind::AdviceKind as Kind;
use super::ledger::{Key, Ledger, Tally, Topic};
use super::{Basis, Figures, PoolUse, pools};
use crate::analysis::{Study, Subject};
use crate::graph::{Histogram, Red};
use crate::model::{Nanos, NodeId};

/// Most candidates that are replayed.
const MOST: usize = 120;
/// Sights below which a share says nothing.
const FEW: f64 = 20.0;
/// Failures below which a share of them says nothing.
const FEW_FAILURES: f64 = 5.0;

const SLOW_STATEMENT: Nanos = Nanos::from_millis(500);
const SLOW_STATEMENT_P95: Nanos = Nanos::from_secs(1);
/// Share of its database's time from which on a statement is heavy, if it also takes as long as this.
const HEAVY_SHARE: f64 = 0.1;
const HEAVY: Nanos = Nanos::from_millis(50);
const SLOW_SERVICE: Nanos = Nanos::from_secs(1);
const SLOW_SERVICE_P95: Nanos = Nanos::from_secs(3);
const FAILING: f64 = 0.05;
/// Share of the requests' time that must be a service's own for it to be slow by itself.
const OWN_SHARE: f64 = 0.1;
const SLOW_EXTERNAL: Nanos = Nanos::from_secs(2);
const AVAILABLE: f64 = 0.995;
const ATTEMPTS: f64 = 1.5;
/// Attempts of one call over several layers.
const MULTIPLIED: f64 = 3.0;
const STORM_FAILURES: f64 = 0.2;
const TIMEOUTS: f64 = 0.005;
const POOL_WAIT: Nanos = Nanos::from_millis(10);
const CACHE_RATE: f64 = 20.0;

/// One advice before its replay.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub kind: Kind,
    pub key: Key,
    pub basis: Basis,
    pub figures: Figures,
    /// An upper bound of what it saves, in ns over all requests; or where it saves no time, 0.
    pub bound: f64,
    /// Share of the failures that it explains.
    pub blamed: f64,
    /// A pool of connections, where it is about one.
    pub pool: Option<PoolUse>,
}

fn candidate(kind: Kind, key: Key, basis: Basis, tally: &Tally) -> Candidate {
    Candidate { kind, key, basis, figures: figures(tally), bound: tally.total, blamed: 1.0, pool: None }
}

fn figures(tally: &Tally) -> Figures {
    let all = all_lengths(tally);
    let per_call = |n: f64| if tally.calls > 0.0 { n / tally.calls } else { 0.0 };
    Figures {
        calls: tally.calls,
        per_request: tally.calls / (tally.traces.max(1) as f64).max(tally.requests),
        average: tally.average(),
        p95: all.quantile(0.95).unwrap_or_default(),
        path_share: 0.0,
        failed_share: per_call(tally.failed),
        flagged_share: per_call(tally.flagged),
        attempts: tally.calls / (tally.calls - tally.retries).max(1.0),
        distinct: tally.different.distinct(),
        compared: None,
        limit: None,
    }
}

fn all_lengths(tally: &Tally) -> Histogram {
    let mut all = tally.usual.clone();
    tally.unusual.steps().for_each(|(low, n)| all.add(low, n));
    all
}

/// Everything that passes its thresholds, the most promising first; and whether some were left out.
pub fn candidates(study: &Study<'_>, ledger: &Ledger) -> (Vec<Candidate>, bool) {
    let mut out = Vec::new();
    statements(ledger, &mut out);
    services(study, ledger, &mut out);
    instances(ledger, &mut out);
    repeats(study, ledger, &mut out);
    externals(ledger, &mut out);
    edges(ledger, &mut out);
    layers(ledger, &mut out);
    nested_timeouts(study, ledger, &mut out);
    waiting(study, ledger, &mut out);
    pools::see(study, ledger, &mut out);
    for c in &mut out {
        let tally = ledger.get(&c.key);
        c.figures.path_share = tally.map_or(0.0, |t| path_share(ledger, t));
    }
    out.sort_by(|a, b| b.bound.total_cmp(&a.bound).then(a.kind.cmp(&b.kind)).then(a.key.cmp(&b.key)));
    let is_cut = out.len() > MOST;
    out.truncate(MOST);
    (out, is_cut)
}

/// Which share of the time of the requests that it is part of it was waited for. Their time is reckoned by the mean of
/// their entry, so that of requests that are longer than most it may come out as more than all.
fn path_share(ledger: &Ledger, tally: &Tally) -> f64 {
    let time = tally.entries().into_iter().filter_map(|(entry, n)| {
        let traffic = ledger.traffic.get(&entry)?;
        Some(traffic.total * n / traffic.requests.max(1.0))
    });
    let time: f64 = time.sum();
    if time > 0.0 { (tally.on_path / time).min(1.0) } else { 0.0 }
}

fn statements(ledger: &Ledger, out: &mut Vec<Candidate>) {
    let all = ledger.of(Topic::Statement);
    let mut totals: BTreeMap<Subject, f64> = BTreeMap::new();
    all.iter().for_each(|(key, tally)| *totals.entry(key.subject).or_default() += tally.total);
    for (key, tally) in &all {
        let database = totals.get(&key.subject).copied().unwrap_or(0.0);
        let p95 = tally.usual.quantile(0.95).unwrap_or_default();
        let is_slow = tally.average() > SLOW_STATEMENT || p95 > SLOW_STATEMENT_P95;
        let is_heavy = tally.total >= database * HEAVY_SHARE && tally.average() >= HEAVY;
        if !is_slow && !is_heavy {
            continue;
        }
        // Where a quarter of them is slow too, no run of it shows how fast it could be.
        let quartile = all_lengths(tally).quantile(0.25).unwrap_or_default();
        let basis = if quartile > SLOW_STATEMENT { Basis::HalfTime } else { Basis::AsOftenSeen(quartile) };
        let mut c = candidate(Kind::SlowStatement, *key, basis, tally);
        c.figures.compared = Some(quartile);
        out.push(c);
    }
}

fn red_of<'a>(study: &Study<'a>, subject: Subject) -> Option<&'a Red> {
    match subject {
        Subject::Node(n) => study.index.graph.node(n).map(|n| &n.red),
        Subject::Edge(e) => study.index.graph.edge(e).map(|e| &e.red),
    }
}

fn services(study: &Study<'_>, ledger: &Ledger, out: &mut Vec<Candidate>) {
    for (key, tally) in ledger.of(Topic::OwnWork) {
        let Some(red) = red_of(study, key.subject) else { continue };
        let (average, p95) = (red.average().unwrap_or_default(), red.quantile(0.95).unwrap_or_default());
        let is_slow = average > SLOW_SERVICE || p95 > SLOW_SERVICE_P95;
        if is_slow && path_share(ledger, tally) >= OWN_SHARE {
            let mut c = candidate(Kind::SlowService, key, Basis::HalfTime, tally);
            (c.figures.average, c.figures.p95, c.figures.calls) = (average, p95, red.calls());
            out.push(c);
        }
    }
    for (key, tally) in ledger.of(Topic::Origin) {
        let Some(red) = red_of(study, key.subject) else { continue };
        let share = tally.calls / red.calls().max(1.0);
        if share > FAILING && tally.calls >= 2.0 * FEW_FAILURES {
            let mut c = candidate(Kind::FailingService, key, Basis::None, tally);
            (c.figures.failed_share, c.bound) = (share.min(1.0), 0.0);
            out.push(c);
        }
    }
    for (key, tally) in ledger.of(Topic::Blind) {
        if tally.calls >= FEW {
            out.push(Candidate { bound: 0.0, ..candidate(Kind::BlindSpot, key, Basis::None, tally) });
        }
    }
}

/// One instance against the others of its service.
fn instances(ledger: &Ledger, out: &mut Vec<Candidate>) {
    let all = ledger.of(Topic::Instance);
    for group in all.chunk_by(|a, b| a.0.subject == b.0.subject).filter(|g| g.len() >= 2) {
        for (key, tally) in group {
            let others: Vec<&Tally> = group.iter().filter(|(k, _)| k != key).map(|(_, t)| *t).collect();
            out.extend(instance(*key, tally, &others));
        }
    }
}

fn instance(key: Key, tally: &Tally, others: &[&Tally]) -> Option<Candidate> {
    let mut lengths = Histogram::default();
    others.iter().flat_map(|t| t.usual.steps()).for_each(|(low, n)| lengths.add(low, n));
    let sum = |f: fn(&Tally) -> f64| others.iter().map(|t| f(t)).sum::<f64>();
    let (calls, failed, total) = (sum(|t| t.calls), sum(|t| t.failed), sum(|t| t.total));
    if tally.calls < 2.0 * FEW || calls < 2.0 * FEW {
        return None;
    }
    let p95 = lengths.quantile(0.95)?;
    let own = tally.usual.quantile(0.95)?;
    // Twice the 95th percentile alone can be chance: one in five beyond the others' one in twenty is not.
    let beyond: f64 = tally.usual.steps().filter(|(low, _)| *low > p95).map(|(_, n)| f64::from(n)).sum();
    let is_slow = own.0 >= 2 * p95.0 && own > Nanos::from_millis(10) && beyond >= 0.2 * tally.calls;
    let pooled = (tally.failed + failed) / (tally.calls + calls);
    let error = (pooled * (1.0 - pooled) * (1.0 / tally.calls + 1.0 / calls)).sqrt();
    let (share, other) = (tally.failed / tally.calls, failed / calls);
    let fails = tally.failed >= FEW_FAILURES && share >= 3.0 * other && share - other > 4.0 * error;
    if !is_slow && !fails {
        return None;
    }
    let factor = (total / calls) / (tally.total / tally.calls).max(1.0);
    let basis = if is_slow { Basis::LikeOthers(factor.min(1.0)) } else { Basis::None };
    let mut c = candidate(Kind::HotInstance, key, basis, tally);
    c.figures.compared = Some(p95);
    c.figures.flagged_share = other;
    Some(c)
}

fn repeats(study: &Study<'_>, ledger: &Ledger, out: &mut Vec<Candidate>) {
    for (topic, kind) in [
        (Topic::Queries, Kind::NPlusOneQueries),
        (Topic::Loop, Kind::QueriesInLoop),
        (Topic::Fetches, Kind::NPlusOneCalls),
        (Topic::Repeated, Kind::RepeatedCalls),
    ] {
        let found = ledger.of(topic);
        out.extend(found.into_iter().map(|(key, t)| candidate(kind, key, Basis::WithoutRepeats, t)));
    }
    let has = |topic, subject| ledger.of(topic).iter().any(|(k, _)| k.subject == subject);
    for (key, tally) in ledger.of(Topic::Chatty) {
        let topics = [Topic::Fetches, Topic::Queries, Topic::Loop];
        if !topics.iter().any(|t| has(*t, key.subject)) {
            out.push(candidate(Kind::ChattyPair, key, Basis::OneWay, tally));
        }
    }
    let minutes = study.index.graph.length().as_secs_f64() / 60.0;
    for (key, tally) in ledger.of(Topic::Cacheable) {
        let each = tally.calls / tally.different.distinct().max(1.0);
        let hits = 1.0 - 1.0 / each.max(1.0);
        if minutes > 0.0 && each / minutes >= CACHE_RATE && tally.calls >= 2.0 * FEW && hits >= 0.5 {
            out.push(candidate(Kind::CacheableCalls, key, Basis::FromCache(hits), tally));
        }
    }
    for (key, tally) in ledger.of(Topic::Sequence) {
        if tally.flagged <= 0.1 * tally.calls {
            out.push(candidate(Kind::SequentialCalls, key, Basis::SideBySide, tally));
        }
    }
    for (key, tally) in ledger.of(Topic::SideEffect) {
        out.push(candidate(Kind::BlockingSideEffect, key, Basis::WithoutCalls, tally));
    }
    for (key, tally) in ledger.of(Topic::Payload) {
        out.push(Candidate { bound: 0.0, ..candidate(Kind::LargePayload, key, Basis::None, tally) });
    }
}

fn externals(ledger: &Ledger, out: &mut Vec<Candidate>) {
    for (key, tally) in ledger.of(Topic::External) {
        if tally.average() > SLOW_EXTERNAL {
            let quartile = tally.usual.quantile(0.25).unwrap_or_default();
            let basis = if quartile > SLOW_EXTERNAL { Basis::HalfTime } else { Basis::AsOftenSeen(quartile) };
            out.push(candidate(Kind::SlowExternal, key, basis, tally));
        }
        let blamed = blamed(tally);
        let failed = tally.failed * blamed;
        if failed > FAILING * tally.calls && failed >= FEW_FAILURES && tally.calls >= FEW {
            let mut c = candidate(Kind::FailingExternal, key, Basis::None, tally);
            (c.figures.failed_share, c.blamed, c.bound) = (failed / tally.calls, blamed, 0.0);
            out.push(c);
        }
    }
    for (key, tally) in ledger.of(Topic::OutsideFailure) {
        let Some(all) = ledger.get(&Key { topic: Topic::Calls, ..key }) else { continue };
        let blamed = blamed(all);
        let failed = tally.calls * blamed;
        let is_missing = tally.flagged >= 0.9 * tally.calls && failed >= 2.0 * FEW_FAILURES;
        if is_missing && 1.0 - failed / all.calls.max(1.0) < AVAILABLE {
            let mut c = candidate(Kind::MissingFallback, key, Basis::None, tally);
            (c.figures.failed_share, c.blamed, c.bound) = (failed / all.calls.max(1.0), blamed, 0.0);
            out.push(c);
        }
    }
}

fn edges(ledger: &Ledger, out: &mut Vec<Candidate>) {
    for (key, tally) in ledger.of(Topic::Calls) {
        let logical = (tally.calls - tally.retries).max(1.0);
        let is_storm = tally.calls / logical >= ATTEMPTS && tally.failed >= STORM_FAILURES * tally.calls;
        if is_storm && logical >= FEW_FAILURES {
            out.push(candidate(Kind::RetryStorm, key, Basis::WithoutRepeats, tally));
        }
        out.extend(timeout(key, tally));
        let overhang = Key { topic: Topic::Overhang, ..key };
        if let Some(after) = ledger.get(&overhang)
            && after.calls >= FEW_FAILURES
            && after.calls >= TIMEOUTS * tally.calls
        {
            let mut c = candidate(Kind::WorkAfterTimeout, overhang, Basis::None, after);
            (c.figures.flagged_share, c.bound) = (after.calls / tally.calls, 0.0);
            out.push(c);
        }
    }
}

/// Attempts of one call, over all layers that try again.
fn layers(ledger: &Ledger, out: &mut Vec<Candidate>) {
    for (key, tally) in ledger.of(Topic::Layers) {
        let c = candidate(Kind::RetryLayers, key, Basis::WithoutRepeats, tally);
        if c.figures.attempts >= MULTIPLIED && tally.calls - tally.retries >= FEW_FAILURES {
            out.push(c);
        }
    }
}

/// The time after which callers give up, where it is a setting: a deadline that the whole request shares differs
/// from call to call.
fn fixed_limit(tally: &Tally) -> Option<Nanos> {
    let (low, high) = (tally.unusual.quantile(0.1)?, tally.unusual.quantile(0.9)?);
    let is_fixed = tally.flagged >= FEW_FAILURES && high.0 as f64 <= 1.25 * low.0 as f64;
    tally.unusual.quantile(0.5).filter(|_| is_fixed)
}

/// Callees that wait for their own callees as long as they are waited for.
fn nested_timeouts(study: &Study<'_>, ledger: &Ledger, out: &mut Vec<Candidate>) {
    let ends = |subject| match subject {
        Subject::Edge(edge) => study.index.graph.ends(edge),
        Subject::Node(_) => None,
    };
    let limits: Vec<(Key, &Tally, Nanos)> =
        ledger.of(Topic::Calls).into_iter().filter_map(|(k, t)| Some((k, t, fixed_limit(t)?))).collect();
    for (key, tally, limit) in &limits {
        let around = limits.iter().filter(|(outer, _, _)| {
            let (outer, inner) = (ends(outer.subject), ends(key.subject));
            matches!((outer, inner), (Some(o), Some(i)) if o.1 == i.0 && o.0 != o.1)
        });
        let shortest =
            around.map(|(_, _, l)| *l).min().filter(|outer| limit.0 as f64 >= 0.99 * outer.0 as f64);
        if shortest.is_some() {
            let mut c = candidate(Kind::TimeoutOrder, *key, Basis::None, tally);
            (c.figures.limit, c.figures.compared, c.bound) = (Some(*limit), shortest, 0.0);
            out.push(c);
        }
    }
}

/// A fixed time after which callers give up, held against how long answers take.
fn timeout(key: Key, tally: &Tally) -> Option<Candidate> {
    let limit = fixed_limit(tally).filter(|_| tally.usual.weight() >= FEW)?;
    let p99 = tally.usual.quantile(0.99)?;
    let is_long = limit.0 > 10 * p99.0 && limit >= Nanos::from_secs(1);
    let is_short = tally.flagged > TIMEOUTS * tally.calls && (limit.0 as f64) < 1.5 * p99.0 as f64;
    let mut c = if is_long {
        candidate(Kind::TimeoutTooLong, key, Basis::Limit(Nanos(3 * p99.0)), tally)
    } else if is_short {
        Candidate { bound: 0.0, ..candidate(Kind::TimeoutTooShort, key, Basis::None, tally) }
    } else {
        return None;
    };
    (c.figures.limit, c.figures.compared) = (Some(limit), Some(p99));
    Some(c)
}

fn waiting(study: &Study<'_>, ledger: &Ledger, out: &mut Vec<Candidate>) {
    for (key, tally) in ledger.of(Topic::Pool) {
        if tally.usual.quantile(0.95).is_some_and(|p| p > POOL_WAIT) {
            out.push(candidate(Kind::PoolWait, key, Basis::WithoutCalls, tally));
        }
    }
    for (key, tally) in ledger.of(Topic::Backlog) {
        let work = red_of(study, key.subject).and_then(|r| r.quantile(0.95)).unwrap_or_default();
        let (Some(before), Some(after)) = (tally.usual.quantile(0.95), tally.unusual.quantile(0.95)) else {
            continue;
        };
        let is_known = tally.usual.weight() >= FEW && tally.unusual.weight() >= FEW;
        if is_known && after.0 as f64 > 1.5 * before.0 as f64 && after.0 > 10 * work.0 {
            let mut c = candidate(Kind::QueueBacklog, key, Basis::None, tally);
            (c.figures.p95, c.figures.compared, c.bound) = (after, Some(before), 0.0);
            out.push(c);
        }
    }
}

/// Which share of the failures is the callee's: not those where the caller gave up before half of the answers come,
/// since it had no time left.
fn blamed(tally: &Tally) -> f64 {
    let Some(median) = tally.usual.quantile(0.5).filter(|_| tally.failed > 0.0) else { return 1.0 };
    let early: f64 = tally.unusual.steps().filter(|(low, _)| *low < median).map(|(_, n)| f64::from(n)).sum();
    (1.0 - early / tally.failed).clamp(0.0, 1.0)
}

/// The node of a subject, where it is one.
pub fn node_of(subject: Subject) -> Option<NodeId> {
    match subject {
        Subject::Node(n) => Some(n),
        Subject::Edge(_) => None,
    }
}
