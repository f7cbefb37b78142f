//! Loops whose body asks several things, or a loop inside a loop: M·N+1 queries, told as one thing.
use super::ledger::Topic;
use super::repeats::{QUERIES, is_sequence, total};
use super::view::{Sight, View, hash_of};
use crate::analysis::Subject;
use crate::graph::NodeKind;
use crate::model::Nanos;

/// Runs of each step from which on a body repeats.
pub(super) const REPEATED: usize = 3;
/// Different things that a body asks at most.
const LONGEST: usize = 8;
/// Calls of a loop from which on it is a pattern.
const MANY: usize = 10;
/// Least share of the time that is a database's.
const DATABASE: f64 = 0.05;

/// Calls of one row that ask the same thing, by start.
pub(super) type Steps = (u32, Vec<usize>);

/// Notes loops, and says which calls they hold. `repeated` is sorted by row.
pub(super) fn see(view: &mut View<'_>, repeated: &[Steps]) -> Vec<usize> {
    let mut told = Vec::new();
    for family in repeated.chunk_by(|a, b| a.0 == b.0).filter(|f| f.len() >= 2) {
        let mut steps: Vec<&[usize]> = family.iter().map(|s| &*s.1).filter(|s| is_step(view, s)).collect();
        steps.sort_by_key(|s| (view.calls[s[0]].start, s[0]));
        for body in bodies(view, &steps) {
            if see_loop(view, &body) {
                body.iter().for_each(|s| told.extend_from_slice(s));
            }
        }
    }
    told
}

/// Reads that went well, of other things each time where that can be told: else they are repeated, not looped.
fn is_step(view: &View<'_>, step: &[usize]) -> bool {
    let first = &view.calls[step[0]];
    let is_same =
        first.asked.exact != 0 && step.iter().all(|&i| view.calls[i].asked.exact == first.asked.exact);
    let is_read = first.asked.is_read && !first.asked.is_truncated && first.kind != NodeKind::Cache;
    is_read && !is_same && step.iter().all(|&i| !view.calls[i].is_failed)
}

/// Steps that take turns belong to one body; they are sorted by their first start.
fn bodies<'s>(view: &View<'_>, steps: &[&'s [usize]]) -> Vec<Vec<&'s [usize]>> {
    let mut out: Vec<Vec<&[usize]>> = Vec::new();
    let mut until = None;
    for step in steps {
        let (first, last) = (&view.calls[step[0]], &view.calls[step[step.len() - 1]]);
        match out.last_mut() {
            Some(body) if until.is_some_and(|until| first.start < until) => body.push(step),
            _ => {
                out.push(vec![step]);
                until = None;
            }
        }
        until = until.max(Some(last.start));
    }
    out.retain(|body| (2..=LONGEST).contains(&body.len()));
    out
}

fn see_loop(view: &mut View<'_>, body: &[&[usize]]) -> bool {
    let mut all: Vec<usize> = body.iter().flat_map(|s| s.iter().copied()).collect();
    all.sort_by_key(|&i| (view.calls[i].start, i));
    let time = total(view, &all);
    let of_database = |i: &&usize| view.calls[**i].asked.is_database;
    let database: i64 = all.iter().filter(of_database).map(|&i| view.calls[i].length().0).sum();
    let is_slow = time >= QUERIES && database as f64 >= DATABASE * time.0 as f64;
    if all.len() < MANY || !is_slow || !is_sequence(view, &all) {
        return false;
    }
    // What takes most of the time gives the loop its name.
    let length = |s: &&&[usize]| (total(view, s), s.len());
    let Some(main) = body.iter().max_by_key(length).map(|s| view.calls[s[0]]) else { return false };
    let mut whats: Vec<u64> = body.iter().map(|s| view.calls[s[0]].asked.what).collect();
    whats.sort_unstable();
    let what = hash_of(whats);
    for step in body {
        for (n, &i) in step.iter().enumerate() {
            let call = view.calls[i];
            let flags = if n > 0 { Sight::EXTRA } else { 0 };
            // Those of the main step are the examples: the others count with their time only.
            view.see(Topic::Loop, Subject::Edge(main.edge), what, call.row, call.length(), flags);
            if let Some(sight) = view.last() {
                sight.exact = call.asked.what;
                sight.is_shown = call.asked.what == main.asked.what;
            }
        }
    }
    time > Nanos::ZERO
}
