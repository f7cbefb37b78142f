//! Attempts that multiply: a call that is tried again inside a call that is tried again.
use std::collections::{BTreeMap, BTreeSet};

use super::ledger::Topic;
use super::view::{Sight, View};
use crate::analysis::Subject;

/// Notes the calls of the innermost layer; `flags` say which are repeated attempts, and `logical` to which first
/// attempt each belongs.
pub(super) fn see(view: &mut View<'_>, flags: &[u8], logical: &[usize]) {
    let mut tries: BTreeMap<usize, u32> = BTreeMap::new();
    for first in logical {
        *tries.entry(*first).or_default() += 1;
    }
    let is_repeated = |i: usize| logical.get(i).and_then(|f| tries.get(f)).is_some_and(|n| *n > 1);
    let repeated: Vec<usize> = (0..view.calls.len()).filter(|i| is_repeated(*i)).collect();
    if repeated.len() < 4 {
        return;
    }
    // The outermost repeated call around each, by the rows above.
    let by_row: BTreeMap<u32, usize> = repeated.iter().map(|&i| (view.calls[i].row, i)).collect();
    let mut around: BTreeMap<usize, usize> = BTreeMap::new();
    let mut has_inner: BTreeSet<usize> = BTreeSet::new();
    for &i in &repeated {
        let mut at = view.calls[i].parent;
        while let Some(row) = at {
            if let Some(&outer) = by_row.get(&row) {
                around.insert(i, outer);
                has_inner.insert(outer);
            }
            at = view.reading.row(row).and_then(|r| r.parent);
        }
    }
    let mut seen = BTreeSet::new();
    for (i, outer) in around.into_iter().filter(|(i, _)| !has_inner.contains(i)) {
        let call = view.calls[i];
        // All but one stand for one call that somebody wanted.
        let is_first = seen.insert((logical[outer], call.edge, call.asked.what));
        let retry = if is_first { 0 } else { Sight::RETRY };
        let kept = flags[i] & (Sight::FAILED | Sight::EXTRA);
        view.see(Topic::Layers, Subject::Edge(call.edge), 0, call.row, call.length(), kept | retry);
    }
}
