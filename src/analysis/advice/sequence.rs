//! Reads that one row makes one after the other, of different callees: they may not need each other.
use super::ledger::Topic;
use super::view::{Call, Sight, View, hash_of};
use crate::analysis::Subject;
use crate::model::Nanos;

/// Share of the request's duration below which a call is not worth starting earlier.
const SHARE: i64 = 20;
/// Least length of queries to one database, of which nothing says what they depend on.
const QUERY: Nanos = Nanos::from_millis(30);

/// Notes reads in a row, and, flagged, such that run beside each other already.
pub fn see(view: &mut View<'_>) {
    let least = Nanos((view.reading.duration().0 / SHARE).max(1));
    let mut calls: Vec<Call> =
        view.calls.iter().filter(|c| !c.is_async && c.parent.is_some()).copied().collect();
    calls.sort_by_key(|c| (c.parent, c.start, c.row));
    for family in calls.chunk_by(|a, b| a.parent == b.parent).filter(|f| f.len() >= 2) {
        // What is written between two reads may matter to the second.
        for run in family.split(|c| !c.asked.is_read || c.is_failed) {
            let run: Vec<Call> = run.iter().filter(|c| c.length() >= least).copied().collect();
            see_run(view, &run);
        }
    }
}

fn see_run(view: &mut View<'_>, run: &[Call]) {
    let is_free = |c: &Call| c.asked.is_unconditional && c.length() > QUERY;
    let mut members: Vec<Call> = Vec::new();
    for call in run {
        let is_other = members.iter().all(|m| m.callee != call.callee || (is_free(m) && is_free(call)));
        let is_new = members.iter().all(|m| m.asked.what != call.asked.what);
        if is_other && is_new {
            members.push(*call);
        }
    }
    let (Some(first), true) = (members.first().copied(), members.len() >= 2) else { return };
    let Some(parent) = first.parent else { return };
    let Some((node, name)) =
        view.reading.row(parent).and_then(|r| Some((view.reading.part(parent).node?, r.name)))
    else {
        return;
    };
    let mut whats: Vec<u64> = members.iter().map(|c| c.asked.what).collect();
    whats.sort_unstable();
    let what = hash_of((name.0, whats));
    let overlaps = members.windows(2).any(|w| w[1].start < w[0].end);
    for call in &members {
        let flags = if overlaps { Sight::FLAGGED } else { 0 };
        view.see(Topic::Sequence, Subject::Node(node), what, call.row, call.length(), flags);
        if let Some(sight) = view.last() {
            sight.first = first.row;
            sight.caller = Some(call.callee);
        }
    }
}
