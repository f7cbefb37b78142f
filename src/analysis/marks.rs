//! What spans mean to each other: who waited for whom, where errors began and how far they went.
use super::{ErrorMark, Row};
use crate::model::{Nanos, SpanKind};

/// Tells which spans their parents did not wait for, and which outlived a caller that gave up.
pub(super) fn mark_waiting(rows: &mut [Row]) {
    for i in 0..rows.len() {
        let Some(p) = rows[i].parent.map(|p| p as usize) else { continue };
        let (parent, child) = (&rows[p], &rows[i]);
        if parent.span().is_none() || parent.is_undated || child.is_undated {
            continue;
        }
        let beyond = child.end - parent.end;
        let percent = Nanos(parent.duration().0 / 100);
        let is_late = child.start > parent.end || (child.start == parent.end && child.end > child.start);
        let is_async = is_message(parent, child) || is_late || (beyond > percent && !is_call(parent, child));
        let gave_up = is_call(parent, child) && !is_async && beyond > percent.max(Nanos::from_millis(5));
        rows[i].is_async = is_async;
        rows[i].overhang = gave_up.then_some(beyond);
    }
}

fn is_message(parent: &Row, child: &Row) -> bool {
    let elsewhere = parent.process != child.process && parent.kind != SpanKind::Consumer;
    child.kind == SpanKind::Consumer && (parent.kind == SpanKind::Producer || elsewhere)
}

/// A call across processes for which the caller waits. Where senders tell no kind, the services tell.
fn is_call(parent: &Row, child: &Row) -> bool {
    use SpanKind::{Client, Server, Unspecified};
    match (parent.kind, child.kind) {
        (Client, Server) => true,
        (Client | Unspecified, Unspecified) | (Unspecified, Server) => parent.service != child.service,
        _ => false,
    }
}

/// An error is seen through spans of the same process that merely pass it on without saying so.
pub(super) fn mark_errors(rows: &mut [Row]) {
    // What a row's callers see of it: itself failed, or a local step that hides a failure.
    let mut child_fails = vec![false; rows.len()];
    let mut own_child_fails = vec![false; rows.len()];
    for i in (0..rows.len()).rev() {
        let row = &rows[i];
        let (is_error, below, is_async) = (row.is_error, row.errors_below, row.is_async);
        let Some(p) = row.parent.map(|p| p as usize) else { continue };
        let is_step = is_local_step(&rows[p], row);
        rows[p].errors_below += below + u32::from(is_error);
        if !is_async {
            own_child_fails[p] |= is_error;
            child_fails[p] |= is_error || (is_step && child_fails[i]);
        }
    }
    // Whether the error went on to a caller that failed.
    let mut passes_on = vec![false; rows.len()];
    for i in 0..rows.len() {
        let row = &rows[i];
        if let Some(p) = row.parent.map(|p| p as usize) {
            passes_on[i] = is_local_step(&rows[p], row) && (rows[p].is_error || passes_on[p]);
        }
        let handles = own_child_fails[i] && !passes_on[i] && row.span().is_some();
        rows[i].error = match (row.is_error, child_fails[i]) {
            (true, false) => ErrorMark::Origin,
            (true, true) => ErrorMark::Propagated,
            (false, _) if handles => ErrorMark::Handled,
            _ => ErrorMark::None,
        };
    }
}

fn is_local_step(parent: &Row, row: &Row) -> bool {
    row.process == parent.process && matches!(row.kind, SpanKind::Internal | SpanKind::Unspecified)
}
