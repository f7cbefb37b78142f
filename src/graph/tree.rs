//! The tree of one trace: duplicates folded, shared ids split, orphans, self-parents and cycles marked.
//!
//! The result depends on the spans alone, not on the order in which they arrived.
use std::cmp::Reverse;

use crate::model::{SpanId, SpanKind, SpanRow, Timestamp, TraceIndex};
use crate::store::{Fields, SpanRef, Spans};

/// Why a span stands where it does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Its parent id is set, and no such span was received.
    pub is_orphan: bool,
    /// It names itself as its parent, and is shown as a root.
    pub is_self_parent: bool,
    /// It was cut loose from a cycle of parents.
    pub is_cycle: bool,
    /// Another service's span has the same id (Zipkin's shared spans).
    pub is_shared_id: bool,
}

/// One span of the tree.
#[derive(Clone, Debug)]
pub struct TreeSpan<'a> {
    /// The span; of several versions the one that ends last.
    pub span: SpanRef<'a>,
    /// Other versions of the same span, whose attributes are merged in.
    pub versions: Vec<SpanRef<'a>>,
    /// Place of its parent in [`TraceTree::spans`].
    pub parent: Option<u32>,
    /// What is odd about it.
    pub marks: Marks,
}

impl<'a> TreeSpan<'a> {
    /// What the attributes of all versions say; the newest wins.
    pub fn fields(&self) -> Fields<'a> {
        let mut fields = Fields::default();
        self.read_fields(&mut fields);
        fields
    }
    /// As [`Self::fields`], into empty ones.
    pub fn read_fields(&self, fields: &mut Fields<'a>) {
        self.span.add_fields(fields);
        for version in &self.versions {
            let mut older = version.fields();
            older.replace_with(fields);
            *fields = older;
        }
    }
}

/// All spans of a trace, by start time, with their children.
#[derive(Clone, Debug, Default)]
pub struct TraceTree<'a> {
    /// Spans by (start, longest first, id, kind, service).
    pub spans: Vec<TreeSpan<'a>>,
    child_start: Vec<u32>,
    children: Vec<u32>,
    roots: Vec<u32>,
    room: Room<'a>,
}

/// Room for what is needed while a tree is built, kept for the next one.
#[derive(Clone, Debug, Default)]
struct Room<'a> {
    rows: Vec<(Key, SpanRef<'a>)>,
    by_id: Vec<(u64, u32)>,
    next: Vec<u32>,
}

/// What nearly always decides the order of spans: start, longest first, id, kind.
type Key = (Timestamp, Reverse<Timestamp>, u64, SpanKind);

fn key(s: &SpanRef<'_>) -> Key {
    (s.start(), Reverse(s.end()), number(s.span_id()), s.kind())
}

impl<'a> TraceTree<'a> {
    /// Builds the tree of a trace; empty for a trace that was evicted.
    pub fn build(spans: &'a Spans, trace: TraceIndex) -> Self {
        let mut tree = Self::default();
        tree.rebuild(spans, trace);
        tree
    }

    /// Becomes the tree of another trace, in the memory that it has.
    pub fn rebuild(&mut self, spans: &'a Spans, trace: TraceIndex) {
        let slot = spans.trace(trace);
        // Repeats are marked by the store, but not over the two ids of a joined trace.
        let mut repeats = slot.is_some_and(|t| t.is_joined());
        let rows = &mut self.room.rows;
        rows.clear();
        rows.extend(spans.rows_of(trace).inspect(|r| repeats |= r.is_revision()).map(|r| (key(&r), r)));
        // Arrival is nearly the order that is wanted.
        rows.reverse();
        self.spans.clear();
        if repeats {
            self.spans.extend(fold_versions(rows.drain(..).map(|r| r.1).collect()));
            self.spans.sort_by(|a, b| by_content(&a.span, &b.span));
        } else {
            rows.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| by_text(&a.1, &b.1)));
            self.spans.extend(rows.drain(..).map(|r| single(r.1)));
        }
        self.link_parents();
        self.cut_cycles();
        self.index_children();
    }
    /// Places of a span's children, by start.
    pub fn children(&self, at: u32) -> &[u32] {
        let from = self.child_start.get(at as usize).copied().unwrap_or(0) as usize;
        let to = self.child_start.get(at as usize + 1).copied().unwrap_or(0) as usize;
        self.children.get(from..to).unwrap_or_default()
    }
    /// Places of the spans without a parent here, by start.
    pub fn roots(&self) -> &[u32] {
        &self.roots
    }
    /// The place of a row, in any of its versions.
    pub fn place_of(&self, row: SpanRow) -> Option<u32> {
        self.spans
            .iter()
            .position(|s| s.span.row() == row || s.versions.iter().any(|v| v.row() == row))
            .map(|i| i as u32)
    }

    fn link_parents(&mut self) {
        let mut by_id = std::mem::take(&mut self.room.by_id);
        by_id.clear();
        by_id.extend(self.spans.iter().zip(0..).map(|(s, i)| (number(s.span.span_id()), i)));
        by_id.sort_unstable();
        for i in 0..self.spans.len() {
            let span = self.spans[i].span;
            let twins = with_id(&by_id, span.span_id());
            let is_shared = twins.len() > 1;
            let client = if is_server_half(span.kind()) { self.client_half(twins, i) } else { None };
            let (parent, mut marks) = match client {
                Some(client) => (Some(client), Marks::default()),
                None => self.parent_by_id(&by_id, i),
            };
            marks.is_shared_id = is_shared;
            self.spans[i].parent = parent;
            self.spans[i].marks = marks;
        }
        self.room.by_id = by_id;
    }

    fn client_half(&self, twins: &[(u64, u32)], i: usize) -> Option<u32> {
        let mut halves = twins.iter().map(|t| t.1).filter(|&t| t as usize != i);
        halves.find(|&t| matches!(self.spans[t as usize].span.kind(), SpanKind::Client | SpanKind::Producer))
    }

    fn parent_by_id(&self, by_id: &[(u64, u32)], i: usize) -> (Option<u32>, Marks) {
        let span = self.spans[i].span;
        let parent_id = span.parent_id();
        if parent_id.is_zero() {
            return (None, Marks::default());
        }
        if parent_id == span.span_id() {
            return (None, Marks { is_self_parent: true, ..Marks::default() });
        }
        let candidates = with_id(by_id, parent_id);
        let service = span.resource().service;
        let of_same_service = candidates.iter().find(|c| {
            let s = self.spans[c.1 as usize].span;
            s.resource().service == service && is_server_half(s.kind())
        });
        // A caller from elsewhere hangs under the client half of a shared id.
        let client = candidates.iter().find(|c| !is_server_half(self.spans[c.1 as usize].span.kind()));
        match of_same_service.or(client).or(candidates.first()) {
            Some(c) => (Some(c.1), Marks::default()),
            None => (None, Marks { is_orphan: true, ..Marks::default() }),
        }
    }

    /// Every span is walked towards its root once; a walk that meets itself has found a cycle.
    fn cut_cycles(&mut self) {
        const NEW: u8 = 0;
        const DONE: u8 = 2;
        // Nearly always a parent starts before its children, and then there is no cycle.
        if self.spans.iter().zip(0..).all(|(s, i)| s.parent.is_none_or(|p| p < i)) {
            return;
        }
        let mut state = vec![NEW; self.spans.len()];
        let mut path = Vec::new();
        for start in 0..self.spans.len() {
            let mut at = start;
            path.clear();
            while state[at] == NEW {
                state[at] = 1;
                path.push(at);
                match self.spans[at].parent {
                    Some(p) => at = p as usize,
                    None => break,
                }
            }
            if state[at] == 1
                && let Some(from) = path.iter().position(|&p| p == at)
                && self.spans[at].parent.is_some()
                && path.last().is_some_and(|&l| self.spans[l].parent == Some(at as u32))
            {
                // Spans are in order of start: the smallest place is the earliest.
                let earliest = path[from..].iter().copied().min().unwrap_or(at);
                self.spans[earliest].parent = None;
                self.spans[earliest].marks.is_cycle = true;
            }
            path.iter().for_each(|&p| state[p] = DONE);
        }
    }

    fn index_children(&mut self) {
        let n = self.spans.len();
        let counts = &mut self.child_start;
        counts.clear();
        counts.resize(n + 1, 0);
        for s in &self.spans {
            if let Some(p) = s.parent {
                counts[p as usize + 1] += 1;
            }
        }
        for i in 0..n {
            counts[i + 1] += counts[i];
        }
        let next = &mut self.room.next;
        next.clone_from(counts);
        self.children.clear();
        self.children.resize(counts.last().copied().unwrap_or(0) as usize, 0);
        self.roots.clear();
        for (i, s) in self.spans.iter().enumerate() {
            match s.parent {
                Some(p) => {
                    self.children[next[p as usize] as usize] = i as u32;
                    next[p as usize] += 1;
                }
                None => self.roots.push(i as u32),
            }
        }
    }
}

fn is_server_half(kind: SpanKind) -> bool {
    matches!(kind, SpanKind::Server | SpanKind::Consumer)
}

/// An id as a number, which is compared faster than bytes.
fn number(id: SpanId) -> u64 {
    u64::from_be_bytes(id.0)
}

fn with_id(by_id: &[(u64, u32)], id: SpanId) -> &[(u64, u32)] {
    let id = number(id);
    let from = by_id.partition_point(|e| e.0 < id);
    let len = by_id[from..].iter().take_while(|e| e.0 == id).count();
    &by_id[from..from + len]
}

/// Order by what the sender said alone.
fn by_content(a: &SpanRef<'_>, b: &SpanRef<'_>) -> std::cmp::Ordering {
    key(a).cmp(&key(b)).then_with(|| by_text(a, b))
}

/// The order of spans whose keys are the same.
fn by_text(a: &SpanRef<'_>, b: &SpanRef<'_>) -> std::cmp::Ordering {
    a.service_text().cmp(b.service_text()).then_with(|| tie(a).cmp(&tie(b)))
}

fn tie(s: &SpanRef<'_>) -> (SpanId, u8, String, usize) {
    (s.parent_id(), s.status() as u8, s.name_text().to_owned(), s.attributes().count())
}

fn single(span: SpanRef<'_>) -> TreeSpan<'_> {
    TreeSpan { span, versions: Vec::new(), parent: None, marks: Marks::default() }
}

/// Groups the rows of one span (same id, kind, service); the version that ends last leads.
fn fold_versions<'a>(mut rows: Vec<SpanRef<'a>>) -> Vec<TreeSpan<'a>> {
    let group = |s: &SpanRef<'a>| (s.span_id(), s.kind(), s.resource().service);
    rows.sort_by(|a, b| {
        group(a)
            .cmp(&group(b))
            .then_with(|| b.end().cmp(&a.end()))
            .then_with(|| by_content(a, b))
            .then_with(|| full_text(a).cmp(&full_text(b)))
    });
    let mut out: Vec<TreeSpan<'a>> = Vec::with_capacity(rows.len());
    for row in rows {
        match out.last_mut() {
            Some(last) if group(&last.span) == group(&row) => last.versions.push(row),
            _ => out.push(single(row)),
        }
    }
    out
}

/// Everything else that a version says, for an order that does not depend on arrival.
fn full_text(s: &SpanRef<'_>) -> String {
    use std::fmt::Write;
    let mut text = format!("{}\u{1f}{}\u{1f}{}", s.status_message(), s.trace_state(), s.flags());
    for (key, value) in s.attributes() {
        let _ = write!(text, "\u{1f}{}={value}", s.text_of(key));
    }
    for event in s.events() {
        let _ = write!(text, "\u{1e}{} {}", event.time.0, s.text_of(event.name));
        for (key, value) in s.event_attributes(event) {
            let _ = write!(text, "\u{1f}{}={value}", s.text_of(key));
        }
    }
    for link in s.links() {
        let _ = write!(text, "\u{1d}{} {}", link.trace_id, link.span_id);
    }
    text
}
