//! Which traces are there under a lens, in some order, maybe only those through a node or an edge?
use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::graph::{PartyId, RawEdgeId, Snapshot};
use crate::model::{Nanos, SpanRow, StatusCode, Symbol, Timestamp, TraceId, TraceIndex};
use crate::store::Lens;

/// What comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// Longest first.
    #[default]
    Duration,
    /// Newest first.
    Start,
    /// Most failed spans first, then longest.
    Errors,
    /// Most spans first.
    Spans,
}

/// Which traces are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Through {
    /// All of them.
    #[default]
    Anything,
    /// Those with a call or request of one of these parties: a node.
    Parties(Vec<PartyId>),
    /// Those with a call along one of these raw edges: an edge.
    Edges(Vec<RawEdgeId>),
}

/// One trace in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceSummary {
    /// Its place.
    pub trace: TraceIndex,
    /// Its id.
    pub id: TraceId,
    /// First start.
    pub start: Timestamp,
    /// From the first start to the last end.
    pub duration: Nanos,
    /// Spans.
    pub spans: u32,
    /// Spans with status error.
    pub errors: u32,
    /// Distinct services.
    pub services: u32,
    /// The earliest span without a parent here, or the earliest of all.
    pub root: SpanRow,
    /// Service of that span.
    pub root_service: Symbol,
    /// Name of that span.
    pub root_name: Symbol,
    /// Whether that span failed.
    pub is_failed: bool,
    /// Of the calls asked for, the longest: the call's own duration, where calls were asked for.
    pub matched_duration: Option<Nanos>,
    /// Whether one of the calls asked for failed.
    pub is_matched_failed: bool,
}

/// The traces under a lens.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TraceList {
    /// The first `limit` of them in order.
    pub traces: Vec<TraceSummary>,
    /// How many there are.
    pub total: usize,
}

/// Lists traces. With `failed_only`, those in which the call asked for failed, or else the root.
pub fn list(
    snapshot: &Snapshot,
    lens: &Lens,
    through: &Through,
    sort: Sort,
    failed_only: bool,
    limit: usize,
) -> TraceList {
    let spans = &snapshot.spans;
    let mut found: Vec<(TraceIndex, Match)> = Vec::new();
    for (index, slot) in spans.traces() {
        let in_window = lens.window.is_none_or(|w| slot.start < w.end && slot.end >= w.start);
        let is_hit = |f: &crate::store::Filter| f.admits(slot.id) && f.passes(spans, index);
        let in_filter = || lens.filter.as_ref().is_none_or(|f| is_hit(f));
        if in_window
            && let Some(hit) = matches(snapshot, lens, through, index)
            && in_filter()
        {
            found.push((index, hit));
        }
    }
    let traces = found.iter().map(|(t, hit)| summarise(snapshot, *t, *hit)).collect();
    in_order(traces, sort, failed_only, limit)
}

/// A request that somebody chose: its trace, how long it took, and whether it failed.
pub type Chosen = (TraceIndex, Nanos, bool);

/// Lists the traces of chosen requests, each with the longest of its own; requests of one trace lie together.
pub fn list_of(
    snapshot: &Snapshot,
    chosen: &[Chosen],
    sort: Sort,
    failed_only: bool,
    limit: usize,
) -> TraceList {
    let traces = chosen.chunk_by(|a, b| a.0 == b.0).filter_map(|own| {
        let longest = own.iter().map(|c| c.1).max();
        let hit = Match { duration: longest, is_failed: own.iter().any(|c| c.2) };
        Some(summarise(snapshot, own.first()?.0, hit))
    });
    in_order(traces.collect(), sort, failed_only, limit)
}

fn in_order(mut traces: Vec<TraceSummary>, sort: Sort, failed_only: bool, limit: usize) -> TraceList {
    if failed_only {
        traces.retain(|t| t.is_matched_failed || (t.matched_duration.is_none() && t.errors > 0));
    }
    let total = traces.len();
    let length = |t: &TraceSummary| Reverse(t.matched_duration.unwrap_or(t.duration));
    match sort {
        Sort::Duration => traces.sort_by_key(|t| (length(t), t.start, t.id)),
        Sort::Start => traces.sort_by_key(|t| (Reverse(t.start), t.id)),
        Sort::Errors => traces.sort_by_key(|t| (Reverse(t.errors), length(t), t.id)),
        Sort::Spans => traces.sort_by_key(|t| (Reverse(t.spans), length(t), t.id)),
    }
    traces.truncate(limit);
    TraceList { traces, total }
}

#[derive(Clone, Copy, Debug, Default)]
struct Match {
    duration: Option<Nanos>,
    is_failed: bool,
}

fn matches(snapshot: &Snapshot, lens: &Lens, through: &Through, trace: TraceIndex) -> Option<Match> {
    if *through == Through::Anything {
        return Some(Match::default());
    }
    let inside = |t: Timestamp| lens.window.is_none_or(|w| w.contains(t));
    let own = snapshot.calls.of_trace(trace)?;
    let mut hit: Option<Match> = None;
    let mut add = |duration: Nanos, is_failed: bool| {
        let h = hit.get_or_insert_with(Match::default);
        h.duration = h.duration.max(Some(duration));
        h.is_failed |= is_failed;
    };
    match through {
        Through::Anything => {}
        Through::Edges(edges) => {
            let hits = own.calls.iter().filter(|c| edges.contains(&c.edge) && inside(c.start));
            hits.for_each(|c| add(c.duration, c.outcome.is_failure() || c.is_timeout));
        }
        Through::Parties(parties) => {
            let served = own.served.iter().filter(|s| parties.contains(&s.service) && inside(s.start));
            served.for_each(|s| add(s.duration, s.outcome.is_failure()));
            let is_callee = |e| snapshot.calls.edges().get(e).is_some_and(|e| parties.contains(&e.to));
            let called = own.calls.iter().filter(|c| inside(c.start) && is_callee(c.edge));
            called.for_each(|c| add(c.duration, c.outcome.is_failure() || c.is_timeout));
        }
    }
    hit
}

fn summarise(snapshot: &Snapshot, trace: TraceIndex, hit: Match) -> TraceSummary {
    let spans = &snapshot.spans;
    let (mut services, mut errors) = (BTreeSet::new(), 0);
    let mut root: Option<(bool, Timestamp, SpanRow)> = None;
    for span in spans.rows_of(trace) {
        services.insert(span.resource().service);
        errors += u32::from(span.status() == StatusCode::Error);
        let key = (!span.parent_id().is_zero(), span.start(), span.row());
        if root.is_none_or(|r| key < r) {
            root = Some(key);
        }
    }
    let root = root.map_or(SpanRow(0), |r| r.2);
    let root_span = spans.get(root);
    let slot = spans.trace(trace);
    let dated = slot.filter(|s| s.start != Timestamp::MAX);
    TraceSummary {
        trace,
        id: slot.map(|s| s.id).unwrap_or_default(),
        start: dated.map_or(Timestamp(0), |s| s.start),
        duration: dated.map_or(Nanos::ZERO, |s| s.end - s.start),
        spans: slot.map_or(0, |s| s.spans),
        errors,
        services: services.len() as u32,
        root,
        root_service: root_span.map_or(Symbol::EMPTY, |s| s.resource().service),
        root_name: root_span.map_or(Symbol::EMPTY, |s| s.name()),
        is_failed: root_span.is_some_and(|s| crate::graph::outcome_of(s).is_failure()),
        matched_duration: hit.duration,
        is_matched_failed: hit.is_failed,
    }
}
