//! Conservation: every span that arrives is stored, a duplicate, or refused for a named reason.
use crate::model::{RejectReason, Rejects, Sentence, SourceId, SourceKind, SourceNote};
use std::collections::BTreeMap;

/// What one source sent and what became of it. Invariant: `received = stored + duplicates + rejected`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceCounters {
    /// Spans that arrived, good or bad.
    pub received: u64,
    /// Spans written.
    pub stored: u64,
    /// Spans that were there already (a retry, a second file).
    pub duplicates: u64,
    /// Spans refused, by reason; metrics, logs and cut values counted beside.
    pub rejects: Rejects,
    /// Bytes on the wire or in the file.
    pub bytes: u64,
}

impl SourceCounters {
    /// Whether the invariant holds.
    pub fn is_conserved(&self) -> bool {
        self.received == self.stored + self.duplicates + self.rejects.total_spans()
    }
    fn merge(&mut self, other: &Self) {
        self.received += other.received;
        self.stored += other.stored;
        self.duplicates += other.duplicates;
        self.rejects.merge(&other.rejects);
        self.bytes += other.bytes;
    }
}

/// One source: who it is, how far it is, what it sent, and what there is to tell of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceState {
    /// Its handle.
    pub id: SourceId,
    /// What sort.
    pub kind: SourceKind,
    /// Its name for people.
    pub name: String,
    /// Its counts.
    pub counters: SourceCounters,
    /// Sentences to show, the first hundred.
    pub notes: Vec<SourceNote>,
    /// Bytes read and, if known, bytes in all; for files.
    pub progress: (u64, Option<u64>),
    /// `None` while it may send more; then how it ended.
    pub closed: Option<Result<(), Sentence>>,
}

/// All sources and what became of what was stored. Invariant: `stored = in_store + evicted + cleared`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// By source, in order of opening.
    pub sources: BTreeMap<SourceId, SourceState>,
    /// Spans that are readable now.
    pub in_store: u64,
    /// Spans removed to keep the byte budget.
    pub evicted: u64,
    /// Spans removed because the user cleared them.
    pub cleared: u64,
    /// Bytes held.
    pub bytes: u64,
    /// Bytes allowed.
    pub budget: u64,
}

impl Counters {
    /// The sum over all sources.
    pub fn total(&self) -> SourceCounters {
        let mut total = SourceCounters::default();
        self.sources.values().for_each(|s| total.merge(&s.counters));
        total
    }
    /// Whether both conservation laws hold, per source and in all.
    pub fn is_conserved(&self) -> bool {
        let stored = self.total().stored;
        stored == self.in_store + self.evicted + self.cleared
            && self.sources.values().all(|s| s.counters.is_conserved())
    }
    /// Refused spans by reason, over all sources.
    pub fn rejected(&self) -> BTreeMap<RejectReason, u64> {
        self.total().rejects.spans
    }
    /// Whether a file is still being read.
    pub fn is_loading(&self) -> bool {
        self.sources.values().any(|s| s.kind == SourceKind::File && s.closed.is_none())
    }
}
