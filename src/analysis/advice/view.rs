//! One trace as the detectors see it: its calls with what they ask for, and whose time was on the critical path.
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::fast::FixedState;

use super::ledger::{Key, Topic};
use crate::analysis::statement::{Digits, Said, Statement};
use crate::analysis::{Part, Reading, Row, Subject};
use crate::graph::{GraphIndex, NodeKind, Outcome, Snapshot};
use crate::model::semconv::{self, Field};
use crate::model::{EdgeId, Nanos, NodeId, SpanRow, Timestamp, Value};
use crate::store::{Fields, SpanRef};

/// Something that a detector saw on one row.
#[derive(Clone, Copy, Debug)]
pub struct Sight {
    pub key: Key,
    pub row: u32,
    /// The sibling that it could start together with.
    pub first: u32,
    pub length: Nanos,
    pub on_path: Nanos,
    /// A number that equal requests share; 0 where that can't be told.
    pub exact: u64,
    pub flags: u8,
    pub caller: Option<NodeId>,
    pub span_row: SpanRow,
    /// Whether it may be shown as an example.
    pub is_shown: bool,
}

impl Sight {
    /// It failed.
    pub const FAILED: u8 = 1;
    /// By topic.
    pub const FLAGGED: u8 = 2;
    /// It repeats an attempt that failed.
    pub const RETRY: u8 = 4;
    /// The request could do without it.
    pub const EXTRA: u8 = 8;

    pub fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// What a call asks for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked {
    /// The statement or operation, without values.
    pub what: u64,
    /// A number that equal requests share; 0 where that can't be told.
    pub exact: u64,
    /// Whether it only reads.
    pub is_read: bool,
    pub is_database: bool,
    /// Whether the text was cut off.
    pub is_truncated: bool,
    /// Whether it opens or ends a transaction or tests a connection.
    pub is_control: bool,
    /// A query that no value narrows.
    pub is_unconditional: bool,
    pub is_resend: bool,
}

/// One call of the trace.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    pub row: u32,
    pub parent: Option<u32>,
    pub edge: EdgeId,
    pub callee: NodeId,
    pub kind: NodeKind,
    pub server: Option<u32>,
    pub start: Timestamp,
    pub end: Timestamp,
    pub asked: Asked,
    /// Whether it failed by the callee's or the network's fault: a refused card is an answer.
    pub is_broken: bool,
    pub is_failed: bool,
    pub is_timeout: bool,
    pub is_async: bool,
}

impl Call {
    pub fn length(&self) -> Nanos {
        self.end - self.start
    }
}

/// What the texts seen so far mean; one for each thread's part.
#[derive(Debug, Default)]
pub struct Memo {
    statements: HashMap<u64, Asked, FixedState>,
    /// Room of the trace before, for the next one.
    calls: Vec<Call>,
    sights: Vec<Sight>,
}

impl Memo {
    /// Takes back the room of a trace that is done.
    pub fn keep(&mut self, view: View<'_>) {
        (self.calls, self.sights) = (view.calls, view.sights);
        self.calls.clear();
        self.sights.clear();
    }
}

/// A trace, its calls, and what was seen so far.
pub struct View<'a> {
    pub snapshot: &'a Snapshot,
    pub index: &'a GraphIndex,
    pub reading: &'a Reading,
    /// By row.
    pub calls: Vec<Call>,
    /// Per row: its time on the critical path.
    pub on_path: Vec<Nanos>,
    /// Per row: the row that serves the request which it belongs to.
    pub serving: Vec<u32>,
    /// Moments from which on topics that compare halves count as the second half.
    pub middle: Timestamp,
    pub sights: Vec<Sight>,
}

pub fn hash_of(parts: impl Hash) -> u64 {
    FixedState::with_seed(3).hash_one(parts).max(1)
}

impl<'a> View<'a> {
    pub fn new(
        snapshot: &'a Snapshot,
        index: &'a GraphIndex,
        reading: &'a Reading,
        middle: Timestamp,
        memo: &mut Memo,
    ) -> Self {
        let count = reading.waterfall.rows.len();
        let mut on_path = vec![Nanos::ZERO; count];
        for section in reading.critical_path() {
            on_path[section.row as usize] = on_path[section.row as usize] + section.length();
        }
        let mut serving: Vec<u32> = (0..count as u32).collect();
        for (at, row, part) in reading.rows() {
            if let Some(parent) = row.parent.filter(|_| !part.is_served) {
                serving[at as usize] = serving[parent as usize];
            }
        }
        let mut this = Self {
            snapshot,
            index,
            reading,
            calls: Vec::new(),
            on_path,
            serving,
            middle,
            sights: std::mem::take(&mut memo.sights),
        };
        let mut calls = std::mem::take(&mut memo.calls);
        calls.extend(reading.rows().filter_map(|(at, row, part)| this.call(at, row, part, memo)));
        this.calls = calls;
        this
    }

    fn call(&self, at: u32, row: &Row, part: &Part, memo: &mut Memo) -> Option<Call> {
        let (edge, callee) = (part.edge?, part.callee?);
        let kind = self.kind_of(callee)?;
        let span = self.span(row)?;
        Some(Call {
            row: at,
            parent: row.parent,
            edge,
            callee,
            kind,
            server: part.server,
            start: row.start,
            end: row.end,
            asked: asked(span, kind, memo),
            is_broken: part.outcome.is_failure()
                && !matches!(part.outcome, Outcome::ClientError | Outcome::Cancelled),
            is_failed: part.outcome.is_failure(),
            is_timeout: part.is_timeout,
            is_async: row.is_async || row.is_undated,
        })
    }

    /// What a node is.
    pub fn kind_of(&self, node: NodeId) -> Option<NodeKind> {
        self.index.graph.node(node).map(|n| n.kind)
    }
    /// A row's span.
    pub fn span(&self, row: &Row) -> Option<SpanRef<'a>> {
        self.snapshot.spans.get(row.span()?)
    }

    /// Notes something on a row.
    pub fn see(&mut self, topic: Topic, subject: Subject, what: u64, row: u32, length: Nanos, flags: u8) {
        let Some(stored) = self.reading.row(row).and_then(Row::span) else { return };
        self.sights.push(Sight {
            key: Key { topic, subject, what },
            row,
            first: row,
            length,
            on_path: self.on_path.get(row as usize).copied().unwrap_or_default(),
            exact: 0,
            flags,
            caller: self.reading.part(row).node,
            span_row: stored,
            is_shown: true,
        });
    }
    /// Completes the last sight.
    pub fn last(&mut self) -> Option<&mut Sight> {
        self.sights.last_mut()
    }
}

fn asked(span: SpanRef<'_>, kind: NodeKind, memo: &mut Memo) -> Asked {
    let fields = span.fields();
    let is_database =
        matches!(kind, NodeKind::Database | NodeKind::Cache) || fields.get(Field::DbSystem).is_some();
    let mut out = if is_database { query(span, &fields, memo) } else { request(span, &fields) };
    out.is_resend = fields.get(Field::Resend).and_then(Value::as_int).is_some_and(|n| n > 0);
    out
}

/// What a database span says of its statement.
pub fn said<'a>(fields: &Fields<'a>) -> Said<'a> {
    Said {
        system: semconv::db_system(fields.text(Field::DbSystem).unwrap_or("")),
        text: fields.text(Field::DbText).unwrap_or(""),
        operation: fields.text(Field::DbOperation).unwrap_or(""),
        collection: fields.text(Field::DbCollection).unwrap_or(""),
    }
}

fn query(span: SpanRef<'_>, fields: &Fields<'_>, memo: &mut Memo) -> Asked {
    let said = said(fields);
    let hash = hash_of((said.system, said.text, said.operation, said.collection));
    let mut out = *memo.statements.entry(hash).or_insert_with(|| {
        let statement = Statement::of(&said, Digits::Keep);
        let has_text = !said.text.is_empty();
        Asked {
            what: statement.key,
            exact: if has_text && !statement.has_placeholders { hash } else { 0 },
            is_read: statement.is_read,
            is_database: true,
            is_truncated: statement.is_truncated || !has_text,
            is_control: statement.is_control,
            is_unconditional: statement.is_sql && statement.is_read && !statement.fingerprint.contains('?'),
            is_resend: false,
        }
    });
    if out.exact == 0 && !said.text.is_empty() {
        out.exact = parameters(span).map_or(0, |p| hash_of((hash, p)));
    }
    if out.is_truncated {
        out.exact = 0;
    }
    out
}

/// A number of the values that were sent apart from the text.
fn parameters(span: SpanRef<'_>) -> Option<u64> {
    let mut hasher = FixedState::with_seed(5).build_hasher();
    let mut any = false;
    for (key, value) in span.attributes() {
        let key = span.text_of(key);
        if key.starts_with("db.query.parameter.") {
            any = true;
            (key, value).hash(&mut hasher);
        }
    }
    any.then(|| hasher.finish())
}

fn request(span: SpanRef<'_>, fields: &Fields<'_>) -> Asked {
    let method = fields.text(Field::HttpMethod).unwrap_or("");
    let url = fields.text(Field::Url).unwrap_or("");
    let path = if url.is_empty() { fields.text(Field::UrlPath).unwrap_or("") } else { url };
    let what =
        if path.is_empty() { hash_of((span.name_text(), method)) } else { hash_of((method, template(path))) };
    let is_read = match method {
        "" => is_reading_name(fields.text(Field::RpcMethod).unwrap_or_else(|| span.name_text())),
        m => matches!(m, "GET" | "HEAD" | "OPTIONS"),
    };
    let is_complete = !url.is_empty() && !url.contains(['{', '*']) && !url.contains("REDACTED");
    Asked { what, exact: if is_complete { hash_of((method, url)) } else { 0 }, is_read, ..Asked::default() }
}

/// `GetProduct`, `shop.Catalog/ListItems`.
fn is_reading_name(name: &str) -> bool {
    let last = name.rsplit(['/', '.', ' ']).next().unwrap_or(name).to_ascii_lowercase();
    ["get", "list", "find", "read", "fetch", "query", "search", "lookup"].iter().any(|p| last.starts_with(p))
}

/// A number of a URL without its query and without its ids.
fn template(url: &str) -> u64 {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let (scheme, rest) = path.split_once("://").unwrap_or(("", path));
    let mut hasher = FixedState::with_seed(4).build_hasher();
    for (i, piece) in rest.split('/').enumerate() {
        let is_host = i == 0 && !scheme.is_empty();
        let is_id = !is_host && piece.bytes().any(|c| c.is_ascii_digit()) && !is_version(piece);
        (if is_id { "?" } else { piece }).hash(&mut hasher);
    }
    hasher.finish()
}

fn is_version(piece: &str) -> bool {
    piece.strip_prefix('v').is_some_and(|n| n.len() <= 2 && n.chars().all(|c| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_that_differ_in_ids_and_queries_are_one() {
        let same = |a: &str, b: &str| template(a) == template(b);
        assert!(same("http://h1/v1/items/17?x=1", "http://h1/v1/items/99#y"));
        assert!(!same("http://h1/v1/items/17", "http://h2/v1/items/17"));
        assert!(!same("http://h1/v1/items", "http://h1/v2/items"));
        assert!(is_reading_name("shop.Catalog/ListItems") && !is_reading_name("Charge"));
    }
}
