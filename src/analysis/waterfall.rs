//! One trace as rows, parent before child: when each span ran, what it did itself, what went wrong.
use std::collections::BTreeMap;

use super::critical_path::{Section, critical_path};
use super::marks::{mark_errors, mark_waiting};
use super::skew::Clock;
use crate::graph::{Marks, Outcome, TraceTree, outcome_of};
use crate::model::{Nanos, SpanId, SpanKind, SpanRow, Symbol, TimeRange, Timestamp, TraceId, TraceIndex};
use crate::store::{SpanRef, Spans};

/// How a waterfall is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WaterfallOptions {
    /// The largest clock difference between machines that is corrected; zero corrects none.
    pub max_skew: Nanos,
}

impl Default for WaterfallOptions {
    fn default() -> Self {
        Self { max_skew: Nanos::from_secs(5) }
    }
}

/// What a row stands for; it stays the same when the waterfall is computed again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowKey {
    /// A span that was received.
    Span(SpanRow),
    /// A span that others name as their parent and that was not received.
    Missing(SpanId),
}

/// What part a span plays in the errors of its trace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorMark {
    /// None.
    #[default]
    None,
    /// It failed, and nothing that it waited for did: here the error began.
    Origin,
    /// It failed because something that it waited for failed.
    Propagated,
    /// Something that it waited for failed, and it did not.
    Handled,
}

/// One row.
#[derive(Clone, Debug)]
pub struct Row {
    /// The span, or the one that is missing.
    pub key: RowKey,
    /// Steps from the top; 0 for a root.
    pub depth: u32,
    /// Place of its parent in [`Waterfall::rows`]; always smaller than its own.
    pub parent: Option<u32>,
    /// Rows of its subtree, itself included: hiding it hides as many less one.
    pub subtree: u32,
    /// Direct children.
    pub children: u32,
    /// Start, corrected for clock skew.
    pub start: Timestamp,
    /// End, corrected for clock skew; not before the start.
    pub end: Timestamp,
    /// How far the times as sent were shifted, where they were.
    pub skew: Option<Nanos>,
    /// A shift that the tree calls for and that is too large to be believed.
    pub refused_skew: Option<Nanos>,
    /// Time within it in which nothing that it waited for ran.
    pub self_time: Nanos,
    /// Its service; empty for a missing span.
    pub service: Symbol,
    /// Its operation; empty for a missing span.
    pub name: Symbol,
    /// Its kind.
    pub kind: SpanKind,
    /// How it ended.
    pub outcome: Outcome,
    /// Whether it failed.
    pub is_error: bool,
    /// Its part in the errors of the trace.
    pub error: ErrorMark,
    /// Failed spans below it.
    pub errors_below: u32,
    /// What is odd about its place in the tree.
    pub marks: Marks,
    /// Whether its parent did not wait for it.
    pub is_async: bool,
    /// How long it worked on after its caller gave up.
    pub overhang: Option<Nanos>,
    /// Whether it came without a start or an end; it is then shown where its parent starts.
    pub is_undated: bool,
    /// Into [`Waterfall::sections`].
    sections: (u32, u32),
    /// Into [`Waterfall::own`].
    own: (u32, u32),
    /// Into [`Waterfall::versions`].
    versions: (u32, u32),
    /// A number that spans of one process share.
    pub(super) process: u32,
}

impl Row {
    /// How long it took.
    pub fn duration(&self) -> Nanos {
        self.end - self.start
    }
    /// The span, if it was received.
    pub fn span(&self) -> Option<SpanRow> {
        match self.key {
            RowKey::Span(row) => Some(row),
            RowKey::Missing(_) => None,
        }
    }
}

/// One trace, ready to be drawn.
#[derive(Clone, Debug)]
pub struct Waterfall {
    /// The trace.
    pub trace_id: TraceId,
    /// Parent before child, children by start.
    /// Roots come first, then spans cut from cycles, then spans whose parent is missing.
    pub rows: Vec<Row>,
    /// From the first start to the last end, corrected; empty where no span has a time.
    pub range: TimeRange,
    /// The row whose critical path is marked: the longest root.
    pub root: Option<u32>,
    /// Spans: rows without the missing ones.
    pub spans: u32,
    /// Failed spans.
    pub errors: u32,
    /// Missing spans that others name as their parent.
    pub missing: u32,
    /// Services seen, by name.
    pub services: Vec<Symbol>,
    sections: Vec<Section>,
    own: Vec<TimeRange>,
    versions: Vec<SpanRow>,
    /// Every span, in each of its versions, with its row; sorted.
    places: Vec<(SpanRow, u32)>,
}

impl Waterfall {
    /// Places of a row's direct children, by start.
    pub fn children(&self, row: u32) -> impl Iterator<Item = u32> + '_ {
        let end = row + self.rows.get(row as usize).map_or(1, |r| r.subtree);
        let first = (row + 1 < end).then_some(row + 1);
        std::iter::successors(first, move |&c| {
            let next = c + self.rows.get(c as usize).map_or(1, |r| r.subtree);
            (next < end).then_some(next)
        })
    }
    /// The stretches of a row that are on the critical path, by time.
    pub fn sections(&self, row: &Row) -> &[Section] {
        self.sections.get(row.sections.0 as usize..row.sections.1 as usize).unwrap_or_default()
    }
    /// The stretches of a row in which nothing that it waited for ran, by time.
    pub fn own_work(&self, row: &Row) -> &[TimeRange] {
        self.own.get(row.own.0 as usize..row.own.1 as usize).unwrap_or_default()
    }
    /// Other versions of a row's span that were received.
    pub fn versions(&self, row: &Row) -> &[SpanRow] {
        self.versions.get(row.versions.0 as usize..row.versions.1 as usize).unwrap_or_default()
    }
    /// How far a row's times were shifted, where its parent's were not shifted as far: where a machine begins.
    pub fn new_skew(&self, row: &Row) -> Option<Nanos> {
        let parent = row.parent.and_then(|p| self.rows.get(p as usize));
        row.skew.filter(|_| parent.is_none_or(|p| p.skew != row.skew))
    }
    /// The place of a span, in any of its versions.
    pub fn place_of(&self, span: SpanRow) -> Option<u32> {
        let at = self.places.binary_search_by_key(&span, |p| p.0).ok()?;
        self.places.get(at).map(|p| p.1)
    }
}

/// Computes the waterfall of a trace; it has no rows if the trace cannot be read any more.
pub fn waterfall(spans: &Spans, trace: TraceIndex, options: &WaterfallOptions) -> Waterfall {
    let mut out = without_services(spans, trace, options);
    out.services = services(spans, &out.rows);
    out
}

/// The same without the list of services, which only a picture needs and which takes comparing their names.
pub(super) fn without_services(spans: &Spans, trace: TraceIndex, options: &WaterfallOptions) -> Waterfall {
    let tree = TraceTree::build(spans, trace);
    let mut out = Waterfall {
        trace_id: spans.trace(trace).map(|t| t.id).unwrap_or_default(),
        rows: Vec::with_capacity(tree.spans.len()),
        range: TimeRange::new(Timestamp(0), Timestamp(0)),
        root: None,
        spans: tree.spans.len() as u32,
        errors: 0,
        missing: 0,
        services: Vec::new(),
        sections: Vec::new(),
        own: Vec::new(),
        versions: Vec::new(),
        places: Vec::new(),
    };
    place_rows(&tree, options, &mut out);
    count_subtrees(&mut out.rows);
    stretch_missing(&mut out.rows);
    out.range = total_range(&out.rows);
    place_undated(&mut out);
    mark_waiting(&mut out.rows);
    measure_own_work(&mut out);
    mark_errors(&mut out.rows);
    out.errors = out.rows.iter().filter(|r| r.is_error).count() as u32;
    out.root = main_root(&out.rows);
    add_critical_path(&mut out);
    out.places = places(&out);
    out
}

fn places(out: &Waterfall) -> Vec<(SpanRow, u32)> {
    let mut places = Vec::with_capacity(out.rows.len());
    for (i, row) in out.rows.iter().enumerate() {
        let spans = row.span().into_iter().chain(out.versions(row).iter().copied());
        places.extend(spans.map(|span| (span, i as u32)));
    }
    places.sort_unstable();
    places
}

/// A span that is waiting for its row.
struct Waiting {
    place: u32,
    depth: u32,
    parent: Option<u32>,
    clock: Clock,
}

fn place_rows(tree: &TraceTree<'_>, options: &WaterfallOptions, out: &mut Waterfall) {
    let mut fragments: BTreeMap<SpanId, Vec<u32>> = BTreeMap::new();
    let (mut whole, mut cut) = (Vec::new(), Vec::new());
    for &place in tree.roots() {
        let Some(s) = tree.spans.get(place as usize) else { continue };
        if s.marks.is_orphan {
            fragments.entry(s.span.parent_id()).or_default().push(place);
        } else if s.marks.is_cycle || s.marks.is_self_parent {
            cut.push(place);
        } else {
            whole.push(place);
        }
    }
    for place in whole.into_iter().chain(cut) {
        place_subtree(tree, options, out, Waiting { place, depth: 0, parent: None, clock: Clock::default() });
    }
    // Roots are in order of start, so the smallest place of a fragment is its earliest.
    let mut fragments: Vec<(SpanId, Vec<u32>)> = fragments.into_iter().collect();
    fragments.sort_by_key(|(_, places)| places.first().copied());
    for (id, places) in fragments {
        let parent = out.rows.len() as u32;
        out.rows.push(missing_row(id, places.len() as u32));
        out.missing += 1;
        for place in places {
            let clock = Clock::default();
            place_subtree(tree, options, out, Waiting { place, depth: 1, parent: Some(parent), clock });
        }
    }
}

fn place_subtree(tree: &TraceTree<'_>, options: &WaterfallOptions, out: &mut Waterfall, top: Waiting) {
    let mut stack = vec![top];
    let mut next = Vec::new();
    while let Some(w) = stack.pop() {
        let Some(node) = tree.spans.get(w.place as usize) else { continue };
        let children = tree.children(w.place);
        let mut row = span_row(node.span, &w, children.len() as u32);
        row.marks = node.marks;
        row.outcome = outcome_of(node.span);
        row.is_error = row.outcome.is_failure();
        let first = out.versions.len() as u32;
        out.versions.extend(node.versions.iter().map(|v| v.row()));
        row.versions = (first, out.versions.len() as u32);
        let here = out.rows.len() as u32;
        out.rows.push(row);
        for &place in children {
            let Some(child) = tree.spans.get(place as usize) else { continue };
            let clock = w.clock.of_child(node.span, child.span, options.max_skew);
            next.push(Waiting { place, depth: w.depth + 1, parent: Some(here), clock });
        }
        let start = |w: &Waiting| tree.spans.get(w.place as usize).map(|s| s.span.start() + w.clock.shift);
        next.sort_by_key(|w| std::cmp::Reverse((start(w), w.place)));
        stack.append(&mut next);
    }
}

fn span_row(span: SpanRef<'_>, w: &Waiting, children: u32) -> Row {
    let is_undated = span.start().is_unset() || (span.start() + span.raw_length()).is_unset();
    Row {
        key: RowKey::Span(span.row()),
        depth: w.depth,
        parent: w.parent,
        children,
        start: span.start() + w.clock.shift,
        end: span.end() + w.clock.shift,
        skew: (w.clock.shift != Nanos::ZERO).then_some(w.clock.shift),
        refused_skew: w.clock.refused,
        service: span.resource().service,
        name: span.name(),
        kind: span.kind(),
        is_undated,
        process: span.resource_index(),
        ..missing_row(SpanId::NONE, 0)
    }
}

fn missing_row(id: SpanId, children: u32) -> Row {
    Row {
        key: RowKey::Missing(id),
        depth: 0,
        parent: None,
        subtree: 1,
        children,
        start: Timestamp(0),
        end: Timestamp(0),
        skew: None,
        refused_skew: None,
        self_time: Nanos::ZERO,
        service: Symbol::EMPTY,
        name: Symbol::EMPTY,
        kind: SpanKind::Unspecified,
        outcome: Outcome::Success,
        is_error: false,
        error: ErrorMark::None,
        errors_below: 0,
        marks: Marks::default(),
        is_async: false,
        overhang: None,
        is_undated: false,
        sections: (0, 0),
        own: (0, 0),
        versions: (0, 0),
        process: u32::MAX,
    }
}

/// Rows come after their parents, so a walk from the end meets every child before its parent.
fn count_subtrees(rows: &mut [Row]) {
    for i in (0..rows.len()).rev() {
        if let Some(p) = rows[i].parent {
            rows[p as usize].subtree += rows[i].subtree;
        }
    }
}

/// A missing span is shown as long as the spans that name it.
fn stretch_missing(rows: &mut [Row]) {
    for i in 0..rows.len() {
        let (parent, range) = (rows[i].parent, TimeRange::new(rows[i].start, rows[i].end));
        let Some(p) = parent.map(|p| p as usize).filter(|_| !rows[i].is_undated) else { continue };
        if !matches!(rows[p].key, RowKey::Missing(_)) {
            continue;
        }
        let row = &mut rows[p];
        let old = TimeRange::new(row.start, row.end);
        let all = if row.start.is_unset() { range } else { old.union(range) };
        (row.start, row.end) = (all.start, all.end);
    }
}

fn total_range(rows: &[Row]) -> TimeRange {
    let dated = rows.iter().filter(|r| !r.is_undated && !r.start.is_unset());
    let all = dated.map(|r| TimeRange::new(r.start, r.end)).reduce(|a, b| a.union(b));
    all.unwrap_or(TimeRange::new(Timestamp(0), Timestamp(0)))
}

fn place_undated(out: &mut Waterfall) {
    for i in 0..out.rows.len() {
        if out.rows[i].is_undated && out.rows[i].start.is_unset() {
            let parent = out.rows[i].parent.and_then(|p| out.rows.get(p as usize));
            let at = parent.map_or(out.range.start, |p| p.start);
            (out.rows[i].start, out.rows[i].end) = (at, at);
        }
    }
}

/// Self time: the span less the union of the children that it waited for.
fn measure_own_work(out: &mut Waterfall) {
    let mut own = Vec::with_capacity(out.rows.len());
    for i in 0..out.rows.len() {
        let row = &out.rows[i];
        let first = own.len();
        if row.span().is_some() {
            let mut now = row.start;
            for c in out.children(i as u32) {
                let Some(child) = out.rows.get(c as usize) else { continue };
                let end = child.end.min(row.end);
                if child.is_async || child.is_undated || end <= now || child.start == child.end {
                    continue;
                }
                if child.start > now {
                    own.push(TimeRange::new(now, child.start));
                }
                now = end;
            }
            if now < row.end {
                own.push(TimeRange::new(now, row.end));
            }
        }
        let total: i64 = own[first..].iter().map(|r| r.length().0).sum();
        out.rows[i].self_time = Nanos(total);
        out.rows[i].own = (first as u32, own.len() as u32);
    }
    out.own = own;
}

fn services(spans: &Spans, rows: &[Row]) -> Vec<Symbol> {
    let mut services: Vec<Symbol> = rows.iter().map(|r| r.service).filter(|s| !s.is_empty()).collect();
    services.sort_unstable();
    services.dedup();
    services.sort_by(|a, b| spans.text(*a).cmp(spans.text(*b)));
    services
}

/// The longest span without a parent; where there is none, the longest of those whose parent is missing.
fn main_root(rows: &[Row]) -> Option<u32> {
    let is_fragment = |r: &Row| r.parent.is_some_and(|p| rows[p as usize].span().is_none());
    let longest = |keep: &dyn Fn(&Row) -> bool| {
        let kept = rows.iter().enumerate().filter(|(_, r)| r.span().is_some() && keep(r));
        kept.max_by_key(|(i, r)| (r.duration(), std::cmp::Reverse(*i))).map(|(i, _)| i as u32)
    };
    longest(&|r| r.parent.is_none()).or_else(|| longest(&is_fragment))
}

fn add_critical_path(out: &mut Waterfall) {
    let Some(root) = out.root else { return };
    out.sections = critical_path(out, root);
    let mut at = 0;
    while let Some(section) = out.sections.get(at) {
        let row = section.row;
        let run = out.sections[at..].iter().take_while(|s| s.row == row).count();
        out.rows[row as usize].sections = (at as u32, (at + run) as u32);
        at += run;
    }
}

#[cfg(test)]
#[path = "waterfall_tests.rs"]
mod tests;
