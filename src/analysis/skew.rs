//! Clocks of different machines: how far a span must be shifted to lie where its parent says it ran.
//!
//! The rule is Jaeger's, with three exceptions: spans of one process share a clock, a message may be handled
//! long after it was sent, and a server may outlive a caller that gave up.
use crate::model::{Nanos, SpanKind, StatusCode, Timestamp};
use crate::store::SpanRef;

/// The clock of one machine, as seen from the root's.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Clock {
    /// What to add to its times.
    pub shift: Nanos,
    /// What should have been added and is too much to be believed.
    pub refused: Option<Nanos>,
}

impl Clock {
    /// The clock of a child, given its parent's.
    pub fn of_child(&self, parent: SpanRef<'_>, child: SpanRef<'_>, most: Nanos) -> Self {
        let host = child.resource().host;
        if most <= Nanos::ZERO || parent.resource_index() == child.resource_index() {
            return *self;
        }
        if !host.is_empty() && host == parent.resource().host {
            return *self;
        }
        let shift = needed_shift(self.shift, parent, child);
        let is_believable = shift.0.unsigned_abs() <= most.0.unsigned_abs();
        let (shift, refused) = if is_believable { (shift, None) } else { (Nanos::ZERO, Some(shift)) };
        Self { shift, refused }
    }
}

fn needed_shift(parent_shift: Nanos, parent: SpanRef<'_>, child: SpanRef<'_>) -> Nanos {
    if parent.start().is_unset() || child.start().is_unset() {
        return Nanos::ZERO;
    }
    let (from, to) = (parent.start() + parent_shift, parent.end() + parent_shift);
    let forward = |to: Timestamp| to - child.start();
    let starts_early = child.start() < from;
    let is_message = child.kind() == SpanKind::Consumer || parent.kind() == SpanKind::Producer;
    if is_message || child.duration() > parent.duration() {
        return if starts_early { forward(from) } else { Nanos::ZERO };
    }
    let is_inside = !starts_early && child.end() <= to;
    let gave_up = parent.kind() == SpanKind::Client
        && parent.status() == StatusCode::Error
        && !starts_early
        && child.start() < to;
    if is_inside || gave_up {
        return Nanos::ZERO;
    }
    let latency = (parent.duration().0 - child.duration().0) / 2;
    forward(from + Nanos(latency))
}
