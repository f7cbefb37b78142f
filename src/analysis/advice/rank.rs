//! What to do first: benefit, reach and certainty against work; see the reference, 12.4.
use super::candidates::{Candidate, node_of};
use super::kind::{AdviceKind as Kind, Benefit, Effort, Phase};
use super::ledger::{Ledger, Tally, Topic};
use super::saving::{Saving, per_request, share_of_time};
use super::view::said;
use super::{Advice, Query};
use crate::analysis::statement::{Digits, QueryHint, Statement, hints};
use crate::analysis::{Confidence, Evidence, Severity, Study};
use crate::model::{Nanos, Symbol};

/// A saving below this share of its requests' time and below this length is not worth saying.
const WORTH_SHARE: f64 = 0.05;
const WORTH: Nanos = Nanos::from_millis(100);
/// What only may be possible must save more than this to be said at all, and this to be more than low.
const POSSIBLE_SHARE: f64 = 0.10;
const POSSIBLE: Nanos = Nanos::from_millis(50);
const POSSIBLE_MEDIUM: Nanos = Nanos::from_millis(500);
/// Requests below which a pattern that only may matter is not said.
const POSSIBLE_SEEN: f64 = 20.0;

/// Advice by priority, the first first.
pub fn ranked(
    study: &Study<'_>,
    ledger: &Ledger,
    candidates: Vec<Candidate>,
    savings: &[Saving],
) -> Vec<Advice> {
    let hours = (study.index.graph.length().as_secs_f64() / 3600.0).max(1.0 / 3600.0);
    let mut out: Vec<Advice> = candidates
        .iter()
        .zip(savings)
        .filter_map(|(c, s)| advice_of(study, ledger, c, s, hours))
        .filter(is_worth_saying)
        .collect();
    let most = |f: fn(&Advice) -> f64| out.iter().map(f).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let (time, lost) = (most(|a| a.saved_per_hour.0 as f64), most(|a| a.lost));
    for a in &mut out {
        let benefit = 0.6 * a.saved_per_hour.0 as f64 / time + 0.4 * a.lost / lost;
        a.benefit = Benefit::of(benefit);
        a.phase = Phase::of(a.effort, a.benefit);
        a.priority = 100.0 * benefit * (0.5 + 0.5 * a.reach) * a.certainty / a.effort.cost().sqrt();
    }
    out.sort_by(|a, b| {
        let by_priority = b.priority.total_cmp(&a.priority);
        by_priority.then(b.severity.cmp(&a.severity)).then((a.kind, a.subject).cmp(&(b.kind, b.subject)))
    });
    out
}

fn is_worth_saying(a: &Advice) -> bool {
    let Some(saving) = a.saving else { return true };
    // What multiplies failing calls must be said even where they fail at once.
    if a.kind == Kind::RetryLayers || (a.kind == Kind::HotInstance && a.lost > 0.0) {
        return true;
    }
    if a.kind.is_possible_only() {
        return saving >= POSSIBLE && a.saving_share >= POSSIBLE_SHARE && a.requests >= POSSIBLE_SEEN;
    }
    saving >= WORTH || a.saving_share >= WORTH_SHARE
}

fn advice_of(study: &Study<'_>, ledger: &Ledger, c: &Candidate, s: &Saving, hours: f64) -> Option<Advice> {
    let tally = ledger.get(&c.key)?;
    let saving = c.kind.saves_time().then(|| per_request(s));
    let all = ledger.requests().max(1.0);
    let lost = if loses_requests(c.kind) { tally.lost * c.blamed } else { 0.0 };
    let share = if saving.is_some() { share_of_time(ledger, c, s) } else { 0.0 };
    let mut severity = Severity::of_share(share.max(share_lost(ledger, tally, lost)));
    if c.kind.is_possible_only() {
        let most = if saving >= Some(POSSIBLE_MEDIUM) { Severity::Medium } else { Severity::Low };
        severity = severity.min(most);
    }
    if let Some(pool) = &c.pool {
        let most = if pool.pending.is_some_and(|n| n > 0.0) { Severity::High } else { Severity::Medium };
        severity = Severity::of_share(pool.full).min(most);
    }
    let certainty = c.kind.certainty() * tally.traces as f64 / (tally.traces as f64 + 20.0);
    let mut evidence = Evidence::default();
    for e in &tally.examples {
        if let Some(span) = study.snapshot.spans.get(e.row) {
            evidence.add(e.trace, span.span_id());
        }
    }
    let query = query_of(study, c, tally);
    Some(Advice {
        kind: c.kind,
        subject: c.key.subject,
        severity,
        certainty,
        confidence: Confidence::of_score(certainty),
        saving,
        saving_share: if s.duration > 0.0 { s.mean / s.duration } else { 0.0 },
        basis: c.basis,
        replayed: s.replayed,
        lost,
        requests: tally.requests,
        reach: (tally.requests / all).min(1.0),
        effort: effort(c.kind, query.as_ref()),
        benefit: Benefit::Low,
        phase: Phase::Backlog,
        priority: 0.0,
        saved_per_hour: Nanos((s.mean.max(0.0) * tally.requests / hours) as i64),
        operation: operation(study, tally),
        instance: if c.key.topic == Topic::Instance { Symbol(c.key.what as u32) } else { Symbol::EMPTY },
        others: tally.callers.iter().copied().filter(|n| node_of(c.key.subject) != Some(*n)).collect(),
        query,
        pool: c.pool.clone(),
        figures: c.figures,
        evidence,
    })
}

/// Kinds whose cure lets requests succeed that failed.
fn loses_requests(kind: Kind) -> bool {
    matches!(kind, Kind::FailingService | Kind::FailingExternal | Kind::MissingFallback | Kind::HotInstance)
}

/// The largest share of an entry's requests that would not have failed.
fn share_lost(ledger: &Ledger, tally: &Tally, lost: f64) -> f64 {
    let touched: f64 =
        tally.entries().iter().filter_map(|e| ledger.traffic.get(&e.0)).map(|t| t.requests).sum();
    if touched > 0.0 { lost / touched } else { 0.0 }
}

/// A slow statement takes little work where an index or a limit may do, more where it must be written anew.
fn effort(kind: Kind, query: Option<&Query>) -> Effort {
    const REWRITES: fn(&QueryHint) -> bool =
        |h| matches!(h, QueryHint::ManyJoins(_) | QueryHint::LeadingWildcard | QueryHint::LargeOffset(_));
    match query {
        Some(q) if kind == Kind::SlowStatement && q.hints.iter().any(REWRITES) => Effort::Medium,
        _ => kind.effort(),
    }
}

fn operation(study: &Study<'_>, tally: &Tally) -> Symbol {
    let example = tally.examples.first().and_then(|e| study.snapshot.spans.get(e.row));
    example.map(|s| s.name()).unwrap_or_default()
}

fn query_of(study: &Study<'_>, c: &Candidate, tally: &Tally) -> Option<Query> {
    let topics = [Topic::Statement, Topic::Queries, Topic::Loop, Topic::Repeated, Topic::Cacheable];
    if !topics.contains(&c.key.topic) {
        return None;
    }
    let span = study.snapshot.spans.get(tally.examples.first()?.row)?;
    let fields = span.fields();
    fields.get(crate::model::semconv::Field::DbSystem)?;
    let said = said(&fields);
    let statement = Statement::of(&said, Digits::Keep);
    let is_sql = statement.is_sql && c.key.topic == Topic::Statement;
    let hints = if is_sql { hints(said.system, said.text, returned_rows(study, tally)) } else { Vec::new() };
    Some(Query { summary: statement.summary(), fingerprint: statement.fingerprint, hints })
}

/// The most rows that an example returned, where they say it.
fn returned_rows(study: &Study<'_>, tally: &Tally) -> Option<f64> {
    let spans = tally.examples.iter().filter_map(|e| study.snapshot.spans.get(e.row));
    let rows = spans.filter_map(|s| s.attribute("db.response.returned_rows")?.as_f64());
    rows.reduce(f64::max)
}
