//! How much the share of a step that follows another differs from the baseline's, at least.
use std::cmp::Reverse;

use super::observe::{Observed, StepKey};
use super::series::StepSeries;
use super::times::Against;

/// Standard errors of the interval around each share: 95 of 100 lie within.
const DOUBT: f64 = 1.96;
/// Visits in the baseline from which it can be told what is usual.
const FEWEST_BEFORE: f64 = 5.0;

/// A point at which an operation goes on in another way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    pub key: StepKey,
    /// The step whose share differs most.
    pub next: u32,
    /// By how much its share differs at least; above zero.
    pub at_least: f64,
    pub share_before: f64,
    pub share_after: f64,
    pub times_before: f64,
    pub times_after: f64,
}

/// All points at which a share differs without doubt, by key.
pub(super) fn turns(usual: &Observed, against: Against<'_>) -> Vec<Turn> {
    let compare = |(key, before): &(StepKey, StepSeries)| {
        let (after, block) = match against {
            Against::Incident(unusual) => (unusual.step(key)?, 0),
            Against::Block(block) => (before, block),
        };
        turn(*key, before, against.left_out(), after, block)
    };
    usual.steps.iter().filter_map(compare).collect()
}

fn turn(
    key: StepKey,
    before: &StepSeries,
    left_out: Option<usize>,
    after: &StepSeries,
    block: usize,
) -> Option<Turn> {
    let (all, now) = (before.without(left_out), *after.visits.get(block)?);
    if all.times < FEWEST_BEFORE || now.times <= 0.0 {
        return None;
    }
    // Visits of one trace are not independent: each trace counts as one try.
    let trust = now.traces / now.times;
    let turns = ways(before, after).map(|next| {
        let was = before.way(next).map_or(0.0, |w| w.without(left_out));
        let is = after.way(next).and_then(|w| w.blocks.get(block)).copied().unwrap_or(0.0);
        let (low_before, high_before) = interval(was * trust, all.times * trust);
        let (low_after, high_after) = interval(is * trust, now.times * trust);
        Turn {
            key,
            next,
            at_least: (low_after - high_before).max(low_before - high_after),
            share_before: was / all.times,
            share_after: is / now.times,
            times_before: all.times,
            times_after: now.times,
        }
    });
    // Of two shares that changed alike, the one that grew has examples.
    let rank = |t: &Turn| ((t.at_least * 1e9) as i64, t.share_after > t.share_before, Reverse(t.next));
    turns.filter(|t| t.at_least > 0.0).max_by_key(rank)
}

fn ways<'a>(before: &'a StepSeries, after: &'a StepSeries) -> impl Iterator<Item = u32> + 'a {
    let new = after.ways.iter().map(|w| w.next).filter(|&n| before.way(n).is_none());
    before.ways.iter().map(|w| w.next).chain(new)
}

/// Wilson's interval of a share.
fn interval(hits: f64, tries: f64) -> (f64, f64) {
    if tries <= 0.0 {
        return (0.0, 1.0);
    }
    let (share, square) = ((hits / tries).min(1.0), DOUBT * DOUBT);
    let scale = 1.0 + square / tries;
    let middle = (share + square / (2.0 * tries)) / scale;
    let half = DOUBT / scale * (share * (1.0 - share) / tries + square / (4.0 * tries * tries)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}
