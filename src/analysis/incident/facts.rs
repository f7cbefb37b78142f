//! What one trace says of an incident: how it ended, where its error began, whose time its time was.
use std::collections::BTreeSet;

use crate::analysis::critical_path::critical_path;
use crate::analysis::{BlameKey, Reading, Section};
use crate::graph::Outcome;
use crate::model::{EdgeId, NodeId, SpanKind, Symbol, Timestamp, TraceId, TraceIndex};

/// Where the error of a trace began, and what that says of the cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::analysis) enum Origin {
    /// Somebody failed by itself, or between two nodes.
    Of(BlameKey),
    /// Somebody ran out of time: the time before tells who is to blame. Where it was no longer than usual, it is
    /// whoever was being asked.
    OutOfTime(Option<BlameKey>),
}

/// One piece of work: a request that a node served, a call that nobody answered with a span, or a gap.
#[derive(Clone, Copy, Debug)]
pub(in crate::analysis) struct Work {
    /// Whose.
    pub key: BlameKey,
    /// What: the name of the span.
    pub operation: Symbol,
    /// When it ended, which is when a failure is seen.
    pub end: Timestamp,
    /// Milliseconds that it spent itself: without what it waited for.
    pub own_ms: f32,
    /// Milliseconds from start to end.
    pub total_ms: f32,
    /// Of its own time, milliseconds that it waited for a free connection or worker.
    pub pool_ms: f32,
    /// Whether it failed.
    pub is_failed: bool,
    /// Whether the failure began here.
    pub is_origin: bool,
    /// Whether its caller ran out of time.
    pub is_timeout: bool,
}

/// One call from a node to another.
#[derive(Clone, Copy, Debug)]
pub(in crate::analysis) struct CallFact {
    /// Between whom.
    pub edge: EdgeId,
    /// Whether it failed.
    pub is_failed: bool,
    /// Whether the caller ran out of time.
    pub is_timeout: bool,
}

/// A message that waited before it was taken in.
#[derive(Clone, Copy, Debug)]
pub(in crate::analysis) struct Wait {
    /// Who took it in.
    pub node: NodeId,
    /// Who sent it.
    pub from: NodeId,
    /// When it was taken in.
    pub at: Timestamp,
    /// Milliseconds since it was sent; 0 where clocks say that it came before.
    pub ms: f32,
}

/// One trace.
#[derive(Clone, Debug)]
pub(in crate::analysis) struct TraceFacts {
    pub trace: TraceIndex,
    pub id: TraceId,
    /// Start of its root.
    pub start: Timestamp,
    /// Milliseconds from the start of its root to its end.
    pub ms: f32,
    /// Where it entered the system: node and operation.
    pub entry: (NodeId, Symbol),
    /// Requests that it stands for.
    pub weight: f64,
    /// Whether the root failed.
    pub is_failed: bool,
    /// Whether any caller ran out of time.
    pub has_timeout: bool,
    /// Where the error began, for a failed root.
    pub origin: Option<Origin>,
    /// Milliseconds of the critical path by whose they are, until the error began, else to the end. Sorted.
    pub path: Box<[(BlameKey, f32)]>,
    /// Of it, milliseconds that nodes waited for a free connection or worker of theirs. Sorted.
    pub pool_waits: Box<[(NodeId, f32)]>,
    /// Whether no span tells its kind or how it ended.
    pub is_bare: bool,
    /// Work done in it.
    pub work: Box<[Work]>,
    /// Calls made in it.
    pub calls: Box<[CallFact]>,
    /// Messages taken in whose sender is in the trace as well.
    pub waits: Box<[Wait]>,
}

impl TraceFacts {
    /// Takes what is needed of a reading; `None` for a trace without a root.
    pub fn of(reading: &Reading) -> Option<Self> {
        let root = reading.root?;
        let origin_row = reading.is_failed().then(|| origin_row(reading, root));
        let all = |_: u32| true;
        let origin = origin_row.map(|row| judge(reading, row));
        let until = origin_row.and_then(|r| reading.row(r)).map(|r| r.end);
        let is_sent = |r: &u32| reading.row(*r).is_some_and(|row| !row.is_undated);
        is_sent(&root).then_some(())?;
        Some(Self {
            trace: reading.trace,
            id: reading.id,
            start: reading.start()?,
            ms: reading.duration().as_millis_f64() as f32,
            entry: reading.entry()?,
            weight: reading.weight(),
            is_failed: reading.is_failed(),
            has_timeout: reading.has_timeout(),
            origin,
            path: path(reading, reading.critical_path(), until),
            pool_waits: pool_waits(reading, reading.critical_path(), until),
            is_bare: reading.rows().all(|(_, r, _)| r.kind == SpanKind::Unspecified && !r.is_error),
            work: work(reading, &all),
            calls: calls(reading, &all),
            waits: waits(reading, &all),
        })
    }

    /// The requests that a trace without a root tells of: messages whose sender is not there.
    pub fn of_any(reading: &Reading) -> Vec<Self> {
        Self::of(reading).map_or_else(|| Self::of_messages(reading), |own| vec![own])
    }

    /// Each message that was taken in, as a request of its own: nobody waits for it, so that the root says nothing
    /// of how it ended.
    pub fn of_messages(reading: &Reading) -> Vec<Self> {
        let tops: Vec<u32> = reading.rows().map(|r| r.0).filter(|row| is_message(reading, *row)).collect();
        tops.iter().filter_map(|top| Self::of_message(reading, *top, &tops)).collect()
    }

    fn of_message(reading: &Reading, top: u32, tops: &[u32]) -> Option<Self> {
        let (row, part) = (reading.row(top)?, reading.part(top));
        let is_failed = row.is_error;
        let origin_row = is_failed.then(|| origin_row(reading, top));
        let until = origin_row.and_then(|r| reading.row(r)).map(|r| r.end);
        let own = below(reading, top, tops);
        let sections = critical_path(&reading.waterfall, top);
        let inside = |row: u32| own.contains(&row);
        Some(Self {
            trace: reading.trace,
            id: reading.id,
            start: row.start,
            ms: row.duration().as_millis_f64() as f32,
            entry: (part.node?, row.name),
            weight: if part.weight > 0.0 { f64::from(part.weight) } else { 1.0 },
            is_failed,
            has_timeout: own.iter().any(|row| reading.part(*row).is_timeout),
            origin: origin_row.map(|row| judge(reading, row)),
            path: path(reading, sections.iter(), until),
            pool_waits: pool_waits(reading, sections.iter(), until),
            is_bare: false,
            work: work(reading, &inside),
            calls: calls(reading, &inside),
            waits: waits(reading, &inside),
        })
    }

    /// Milliseconds of the critical path that are a key's.
    pub fn path_ms(&self, key: BlameKey) -> f32 {
        let at = self.path.binary_search_by_key(&key, |p| p.0);
        at.ok().and_then(|i| self.path.get(i)).map_or(0.0, |p| p.1)
    }

    /// Of these, milliseconds that it waited for a free connection or worker.
    pub fn pool_wait(&self, key: BlameKey) -> f32 {
        let own = self.pool_waits.iter().find(|w| BlameKey::Node(w.0) == key);
        own.map_or(0.0, |w| w.1)
    }
}

fn pool_waits<'s>(
    reading: &Reading,
    sections: impl Iterator<Item = &'s Section>,
    until: Option<Timestamp>,
) -> Box<[(NodeId, f32)]> {
    let waits = sections.filter(|s| reading.part(s.row).is_pool_wait);
    let own = path(reading, waits, until);
    own.iter()
        .filter_map(|(key, ms)| if let BlameKey::Node(n) = key { Some((*n, *ms)) } else { None })
        .collect()
}

/// Whether a message is taken in there that nobody in the trace waits for.
fn is_message(reading: &Reading, row: u32) -> bool {
    let Some(own) = reading.row(row).filter(|r| r.kind == SpanKind::Consumer && !r.is_undated) else {
        return false;
    };
    let sender = own.parent.and_then(|p| reading.row(p)).and_then(|p| p.span());
    reading.part(row).is_served && (own.is_async || sender.is_none())
}

/// A row and all below it but what other messages set off.
fn below(reading: &Reading, top: u32, tops: &[u32]) -> BTreeSet<u32> {
    let (mut out, mut look) = (BTreeSet::new(), vec![top]);
    while let Some(row) = look.pop() {
        if out.insert(row) {
            look.extend(reading.waterfall.children(row).filter(|c| !tops.contains(c)));
        }
    }
    out
}

/// Whether a row failed, as its caller saw it or as it says itself.
fn has_failed(reading: &Reading, row: u32) -> bool {
    let part = reading.part(row);
    part.is_timeout || part.outcome.is_failure() || reading.row(row).is_some_and(|r| r.is_error)
}

/// The row where the error of the root began: the last failing call decides, also after retries.
///
/// Rows of the same service that did not fail themselves are looked through.
pub(in crate::analysis) fn origin_row(reading: &Reading, root: u32) -> u32 {
    let mut at = root;
    loop {
        let mut failed: Vec<u32> = Vec::new();
        let mut look = vec![at];
        while let Some(row) = look.pop() {
            for child in reading.awaited(row) {
                if has_failed(reading, child) {
                    failed.push(child);
                } else if reading.part(child).edge.is_none()
                    && reading.part(child).node == reading.part(row).node
                {
                    look.push(child);
                }
            }
        }
        // A caller that gave up has already decided when its callee fails later.
        let limit = reading.row(at).map(|r| r.end);
        let end = |row: &u32| reading.row(*row).map(|r| r.end).min(limit);
        match failed.into_iter().max_by_key(|row| (end(row), std::cmp::Reverse(*row))) {
            Some(next) => at = next,
            None => return at,
        }
    }
}

/// What the row at which an error began says of the cause.
fn judge(reading: &Reading, row: u32) -> Origin {
    let part = reading.part(row);
    let Some(own) = part.node.map(|n| Origin::Of(BlameKey::Node(n))) else { return Origin::OutOfTime(None) };
    if part.is_timeout || matches!(part.outcome, Outcome::Timeout | Outcome::Cancelled) {
        return Origin::OutOfTime(part.callee.or(part.node).map(BlameKey::Node));
    }
    match (part.edge, part.callee, part.server) {
        // The caller sent what the callee could not accept.
        (Some(_), _, _) if part.outcome == Outcome::ClientError => own,
        (Some(edge), _, Some(_)) => Origin::Of(BlameKey::Gap(edge)),
        (Some(_), Some(callee), None) => Origin::Of(BlameKey::Node(callee)),
        _ => own,
    }
}

fn path<'s>(
    reading: &Reading,
    sections: impl Iterator<Item = &'s Section>,
    until: Option<Timestamp>,
) -> Box<[(BlameKey, f32)]> {
    let mut out: Vec<(BlameKey, f32)> = Vec::new();
    for section in sections {
        let Some(key) = reading.key_of(section.row) else { continue };
        let to = until.map_or(section.to, |u| u.min(section.to));
        if to > section.from {
            out.push((key, (to - section.from).as_millis_f64() as f32));
        }
    }
    out.sort_by_key(|p| p.0);
    out.dedup_by(|more, kept| {
        let is_same = more.0 == kept.0;
        kept.1 += if is_same { more.1 } else { 0.0 };
        is_same
    });
    out.into()
}

fn work(reading: &Reading, inside: &dyn Fn(u32) -> bool) -> Box<[Work]> {
    let mut out: Vec<Work> = Vec::new();
    // For each row, the piece of work that its own time belongs to.
    let mut owner: Vec<Option<usize>> = vec![None; reading.parts.len()];
    for (i, row, part) in reading.rows() {
        if row.span().is_none() || row.is_undated || !inside(i) {
            continue;
        }
        let own_ms = row.self_time.as_millis_f64() as f32;
        let above = row.parent.filter(|p| reading.part(*p).node == part.node).map(|p| owner[p as usize]);
        let is_call = part.edge.is_some() && !part.is_pool_wait;
        let pool_ms = if part.is_pool_wait { own_ms } else { 0.0 };
        let Some(key) = reading.key_of(i).filter(|_| is_call || part.is_served || above.flatten().is_none())
        else {
            let at = above.flatten();
            if let Some(piece) = at.and_then(|o| out.get_mut(o)) {
                piece.own_ms += own_ms;
                piece.pool_ms += pool_ms;
                piece.is_origin |= row.error == crate::analysis::ErrorMark::Origin;
            }
            owner[i as usize] = at;
            continue;
        };
        // What hangs below a call and is not another node's is the caller's library at work.
        owner[i as usize] = Some(out.len());
        out.push(Work {
            key,
            operation: row.name,
            end: row.end,
            own_ms,
            total_ms: row.duration().as_millis_f64() as f32,
            pool_ms,
            is_failed: has_failed(reading, i),
            is_origin: row.error == crate::analysis::ErrorMark::Origin,
            is_timeout: part.is_timeout,
        });
    }
    out.into()
}

fn waits(reading: &Reading, inside: &dyn Fn(u32) -> bool) -> Box<[Wait]> {
    let wait = |(i, row, part): (u32, &crate::analysis::Row, &crate::analysis::Part)| {
        if row.kind != SpanKind::Consumer || row.is_undated || !inside(i) {
            return None;
        }
        let sender = reading.row(row.parent?).filter(|p| p.kind == SpanKind::Producer && !p.is_undated)?;
        let ms = (row.start - sender.end).as_millis_f64().max(0.0) as f32;
        Some(Wait { node: part.node?, from: reading.part(row.parent?).node?, at: row.start, ms })
    };
    reading.rows().filter_map(wait).collect()
}

fn calls(reading: &Reading, inside: &dyn Fn(u32) -> bool) -> Box<[CallFact]> {
    let of = |part: &crate::analysis::Part| {
        let edge = part.edge?;
        Some(CallFact { edge, is_failed: part.outcome.is_failure(), is_timeout: part.is_timeout })
    };
    // Of a caller without a client span, the callee tells.
    let inferred = |part: &crate::analysis::Part| {
        let edge = part.answers.filter(|_| part.client.is_none())?;
        Some(CallFact { edge, is_failed: part.outcome.is_failure(), is_timeout: false })
    };
    let own = reading.rows().filter(|(i, _, _)| inside(*i));
    own.flat_map(|(_, _, p)| of(p).into_iter().chain(inferred(p))).collect()
}
