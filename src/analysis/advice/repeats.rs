//! Calls that come again within one trace: N+1, equal requests, chatty pairs; and statements and payloads one by one.
use super::ledger::Topic;
use super::loops::{self, Steps};
use super::view::{Call, Sight, View};
use crate::analysis::{Row, Subject};
use crate::graph::NodeKind;
use crate::model::{Nanos, SpanKind};

/// Repetitions from which on it is a pattern.
const MANY: usize = 5;
/// Queries from which on it is a pattern even where no other query came before.
const VERY_MANY: usize = 10;
/// Least time of repeated queries together.
pub(super) const QUERIES: Nanos = Nanos::from_millis(50);
/// Least time of repeated calls to services together.
const FETCHES: Nanos = Nanos::from_millis(100);
/// Calls of one request along one edge from which on a pair is chatty.
const CHATTY: usize = 10;
/// Calls longer than this are not small.
const SMALL: Nanos = Nanos::from_millis(20);
/// Share of the calls' time that is spent on the way.
const ON_THE_WAY: f64 = 0.3;
/// How far up a loop's body is looked out of.
const BODY_DEPTH: usize = 3;
/// Body size above which a payload is large.
const LARGE: i64 = 1_000_000;
/// Least time of a call with a large payload.
const LARGE_TAKES: Nanos = Nanos::from_millis(100);

/// Notes what comes again in one trace.
pub fn see(view: &mut View<'_>) {
    see_one_by_one(view);
    if view.calls.len() < 2 {
        return;
    }
    if view.calls.len() >= MANY {
        see_loops(view);
    }
    see_equal(view);
    if view.calls.len() >= CHATTY {
        see_chatty(view);
    }
}

fn see_loops(view: &mut View<'_>) {
    let calls = view.calls.iter().enumerate().filter(|(_, c)| !c.is_async && !c.asked.is_control);
    let keyed = calls.map(|(i, c)| ((scope(view, c.row), c.edge.0, c.asked.what), i)).collect();
    let repeated: Vec<Steps> =
        groups(view, keyed, loops::REPEATED).into_iter().map(|(key, group)| (key.0, group)).collect();
    let told = loops::see(view, &repeated);
    for (scope, group) in repeated.iter().filter(|(_, g)| g.len() >= MANY) {
        if !group.iter().any(|i| told.contains(i)) {
            see_n_plus_one(view, *scope, group);
        }
    }
}

/// Calls with the same key, by start, where there are at least so many.
fn groups<K: Ord + Copy>(view: &View<'_>, mut keyed: Vec<(K, usize)>, least: usize) -> Vec<(K, Vec<usize>)> {
    keyed.sort_by_key(|(key, i)| (*key, view.calls[*i].start, *i));
    let alike = keyed.chunk_by(|a, b| a.0 == b.0).filter(|g| g.len() >= least);
    alike.map(|g| (g[0].0, g.iter().map(|m| m.1).collect())).collect()
}

fn see_one_by_one(view: &mut View<'_>) {
    for i in 0..view.calls.len() {
        let call = view.calls[i];
        if call.asked.is_database && !call.asked.is_control {
            let flags = if call.is_failed { Sight::FAILED } else { 0 };
            view.see(
                Topic::Statement,
                Subject::Node(call.callee),
                call.asked.what,
                call.row,
                call.length(),
                flags,
            );
        }
        let is_outside = call.asked.is_database || call.kind == NodeKind::External;
        if is_outside && call.asked.is_read && call.asked.exact != 0 && !call.is_failed {
            let subject = Subject::Edge(call.edge);
            view.see(Topic::Cacheable, subject, call.asked.what, call.row, call.length(), 0);
            if let Some(sight) = view.last() {
                sight.exact = call.asked.exact;
            }
        }
        if call.length() > LARGE_TAKES && has_large_body(view, &call) {
            view.see(Topic::Payload, Subject::Edge(call.edge), call.asked.what, call.row, call.length(), 0);
        }
    }
}

fn has_large_body(view: &View<'_>, call: &Call) -> bool {
    const SIZES: [&str; 6] = [
        "http.response.body.size",
        "http.request.body.size",
        "http.response_content_length",
        "http.request_content_length",
        "http.response.size",
        "http.request.size",
    ];
    let Some(span) = view.reading.row(call.row).and_then(|r| view.span(r)) else { return false };
    span.attributes().any(|(key, value)| {
        SIZES.contains(&span.text_of(key)) && value.as_int().is_some_and(|size| size > LARGE)
    })
}

/// The row whose repeated steps a call is part of: its parent, or, where the parent is one of several alike
/// local steps (the body of a loop), the row above.
fn scope(view: &View<'_>, row: u32) -> u32 {
    let parent_of = |r: u32| view.reading.row(r).and_then(|r| r.parent);
    let mut at = parent_of(row).unwrap_or(row);
    for _ in 0..BODY_DEPTH {
        let (Some(step), Some(above)) = (view.reading.row(at), parent_of(at)) else { break };
        let is_alike = |r: &Row| r.name == step.name && r.service == step.service && r.kind == step.kind;
        let alike = view.reading.awaited(above).filter_map(|c| view.reading.row(c)).filter(|r| is_alike(r));
        if step.kind != SpanKind::Internal || alike.take(2).count() < 2 {
            break;
        }
        at = above;
    }
    at
}

/// Whether calls, by start, ran one after the other.
pub(super) fn is_sequence(view: &View<'_>, group: &[usize]) -> bool {
    group.windows(2).all(|w| view.calls[w[1]].start >= view.calls[w[0]].end)
}

pub(super) fn total(view: &View<'_>, group: &[usize]) -> Nanos {
    group.iter().fold(Nanos::ZERO, |sum, &i| sum + view.calls[i].length())
}

fn see_n_plus_one(view: &mut View<'_>, scope: u32, group: &[usize]) {
    let first = view.calls[group[0]];
    let all_equal =
        first.asked.exact != 0 && group.iter().all(|&i| view.calls[i].asked.exact == first.asked.exact);
    if all_equal || first.asked.is_truncated || !is_sequence(view, group) || !first.asked.is_read {
        return;
    }
    if group.iter().any(|&i| view.calls[i].is_failed) {
        return;
    }
    let time = total(view, group);
    let topic = if first.asked.is_database {
        if first.kind == NodeKind::Cache || time < QUERIES {
            return;
        }
        if group.len() < VERY_MANY && !has_source(view, scope, &first) {
            return;
        }
        Topic::Queries
    } else {
        if time < FETCHES {
            return;
        }
        Topic::Fetches
    };
    for (n, &i) in group.iter().enumerate() {
        let call = view.calls[i];
        let flags = if n > 0 { Sight::EXTRA } else { 0 };
        view.see(topic, Subject::Edge(call.edge), call.asked.what, call.row, call.length(), flags);
    }
}

/// Whether another query came before, whose rows the repeated ones may be for.
fn has_source(view: &View<'_>, scope: u32, first: &Call) -> bool {
    let same_request = view.serving.get(scope as usize);
    view.calls.iter().any(|c| {
        c.asked.is_database
            && c.asked.what != first.asked.what
            && c.end <= first.start
            && c.asked.is_read
            && view.serving.get(c.row as usize) == same_request
    })
}

/// Equal requests in one trace, by one caller.
fn see_equal(view: &mut View<'_>) {
    let is_equal = |c: &Call| {
        let asked = &c.asked;
        asked.exact != 0 && asked.is_read && !c.is_failed && !asked.is_control && !asked.is_resend
    };
    let calls = view.calls.iter().enumerate().filter(|(_, c)| is_equal(c));
    let keyed = calls.map(|(i, c)| ((c.edge.0, c.asked.exact), i)).collect();
    for (_, group) in groups(view, keyed, 2) {
        for (n, &i) in group.iter().enumerate() {
            let call = view.calls[i];
            let flags = if n > 0 { Sight::EXTRA } else { 0 };
            view.see(
                Topic::Repeated,
                Subject::Edge(call.edge),
                call.asked.what,
                call.row,
                call.length(),
                flags,
            );
        }
    }
}

/// Many small calls of one request along one edge, that spend much of their time on the way.
fn see_chatty(view: &mut View<'_>) {
    let calls = view.calls.iter().enumerate().filter(|(_, c)| c.server.is_some() && !c.is_async);
    let keyed = calls.map(|(i, c)| ((view.serving[c.row as usize], c.edge.0), i)).collect();
    for (_, group) in groups(view, keyed, CHATTY) {
        let time = total(view, &group);
        let gaps = group.iter().filter_map(|&i| view.reading.row(view.calls[i].row)).map(|r| r.self_time.0);
        let gaps: i64 = gaps.sum();
        let is_small = time.0 < SMALL.0 * group.len() as i64;
        if !is_small || (gaps as f64) < time.0 as f64 * ON_THE_WAY {
            continue;
        }
        for (n, &i) in group.iter().enumerate() {
            let call = view.calls[i];
            let flags = if n > 0 { Sight::EXTRA } else { 0 };
            view.see(Topic::Chatty, Subject::Edge(call.edge), 0, call.row, call.length(), flags);
        }
    }
}
