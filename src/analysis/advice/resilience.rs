//! How calls fail and what callers make of it: externals, attempts, timeouts, fallbacks, messages that wait.
use std::collections::BTreeMap;

use super::layers;
use super::ledger::Topic;
use super::view::{Sight, View};
use crate::analysis::Subject;
use crate::graph::NodeKind;
use crate::model::{Nanos, SpanKind};

/// Notes failures and waiting in one trace.
pub fn see(view: &mut View<'_>) {
    let (flags, logical) = attempts(view);
    layers::see(view, &flags, &logical);
    for (i, flags) in flags.into_iter().enumerate() {
        let call = view.calls[i];
        if call.is_async {
            continue;
        }
        let timeout = if call.is_timeout { Sight::FLAGGED } else { 0 };
        view.see(Topic::Calls, Subject::Edge(call.edge), 0, call.row, call.length(), flags | timeout);
        if call.kind == NodeKind::External {
            see_external(view, i);
        }
        // Without a timeout, an overhang is a clock that is off.
        let overhang = call.server.and_then(|s| view.reading.row(s)).and_then(|r| r.overhang);
        if let Some(overhang) = overhang.filter(|_| call.is_timeout) {
            let row = call.server.unwrap_or(call.row);
            view.see(Topic::Overhang, Subject::Edge(call.edge), 0, row, overhang, 0);
        }
    }
    see_queues(view);
}

fn see_external(view: &mut View<'_>, i: usize) {
    let call = view.calls[i];
    let failed = if call.is_broken { Sight::FAILED } else { 0 };
    let failed = if call.is_timeout { failed | Sight::FLAGGED } else { failed };
    view.see(Topic::External, Subject::Node(call.callee), 0, call.row, call.length(), failed);
    if call.is_broken {
        let serving = view.serving.get(call.row as usize).and_then(|s| view.reading.row(*s));
        let flags = if serving.is_some_and(|r| r.is_error) { Sight::FLAGGED } else { 0 };
        let subject = Subject::Edge(call.edge);
        view.see(Topic::OutsideFailure, subject, 0, call.row, call.length(), flags | Sight::FAILED);
    }
}

/// Which calls failed, which repeat one that failed, and of those which were of no use: none of them worked.
/// And for each call the first attempt of it; empty where nothing was tried again.
fn attempts(view: &View<'_>) -> (Vec<u8>, Vec<usize>) {
    let calls = &view.calls;
    let mut flags: Vec<u8> = calls.iter().map(|c| if c.is_broken { Sight::FAILED } else { 0 }).collect();
    if !calls.iter().any(|c| c.is_broken || c.asked.is_resend) {
        return (flags, Vec::new());
    }
    let mut logical: Vec<usize> = (0..calls.len()).collect();
    let mut alike: BTreeMap<(Option<u32>, u32, u64), Vec<usize>> = BTreeMap::new();
    for (i, c) in calls.iter().enumerate().filter(|(_, c)| !c.is_async) {
        alike.entry((c.parent, c.edge.0, c.asked.what)).or_default().push(i);
    }
    for mut group in alike.into_values() {
        group.sort_by_key(|&i| (calls[i].start, i));
        let mut chain: Vec<usize> = Vec::new();
        let mut first = None;
        for i in group {
            let before = chain.last().map(|&b| &calls[b]);
            let follows = before.is_some_and(|b| b.is_broken && b.end <= calls[i].start);
            let is_same = before.is_some_and(|b| {
                b.asked.exact == 0 || calls[i].asked.exact == 0 || b.asked.exact == calls[i].asked.exact
            });
            if (follows && is_same) || calls[i].asked.is_resend {
                flags[i] |= Sight::RETRY;
                logical[i] = *first.get_or_insert(i);
            } else {
                first = Some(i);
                give_up(&mut chain, &mut flags);
            }
            if calls[i].is_broken {
                chain.push(i);
            } else {
                // It worked in the end: nothing of this was in vain.
                chain.clear();
            }
        }
        give_up(&mut chain, &mut flags);
    }
    (flags, logical)
}

/// A chain of attempts ended in failure: all but the first could have been spared.
fn give_up(chain: &mut Vec<usize>, flags: &mut [u8]) {
    chain.iter().skip(1).for_each(|&c| flags[c] |= Sight::EXTRA);
    chain.clear();
}

/// How long messages waited, where the trace has both sides.
fn see_queues(view: &mut View<'_>) {
    let reading = view.reading;
    for (at, row, part) in reading.rows() {
        if row.kind != SpanKind::Consumer || row.is_undated {
            continue;
        }
        let producer = row.parent.and_then(|p| reading.row(p)).filter(|p| p.kind == SpanKind::Producer);
        let (Some(producer), Some(node)) = (producer, part.node) else { continue };
        let flags = if row.start >= view.middle { Sight::FLAGGED } else { 0 };
        let waited = (row.start - producer.end).max(Nanos::ZERO);
        view.see(Topic::Backlog, Subject::Node(node), 0, at, waited, flags);
    }
}
