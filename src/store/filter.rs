//! The search language: `service:cart AND (error OR dur>200ms) AND http.route="/pay"`.
//!
//! A filter is asked of each span; a trace passes if one of its spans matches all of it. The grammar:
//!
//! ```text
//! any      = all { OR all }
//! all      = one { [AND] one }
//! one      = NOT one | "(" any ")" | no"(" any ")" | test
//!                                  no(…): no span of the trace matches
//! test     = word                  in the name of the service or of the operation
//!          | error | root          a failed span; a span without a parent
//!          | key : value           holds it; a number or a length equals it
//!          | key = value, !=, <, <=, >, >=
//!          | key : from..to        numbers or lengths; either end may be left out
//!          | key ~ /pattern/       a regular expression, !~ for its opposite
//! key      = service | name | kind | status | namespace | version | trace | dur | event
//!          | attribute             of the span, else of its resource, else of its events
//!          | span.attribute | resource.attribute | event.attribute
//! ```
use std::fmt;
use std::sync::Arc;

use regex::Regex;

use super::{SpanRef, Spans};
use crate::model::{Nanos, SpanId, StatusCode, TraceId, TraceIndex, Value, semconv};

mod doubts;
mod parser;
mod tokens;

pub use doubts::{Doubt, FilterDoubt};

/// Attributes that every filter knows, for help and completion.
pub const KEYS: [&str; 9] =
    ["service", "name", "kind", "status", "dur", "namespace", "version", "event", "trace"];

/// Keys that are no attributes; in any case.
pub(super) const BUILT_IN: [&str; 13] = [
    "service",
    "name",
    "operation",
    "op",
    "kind",
    "status",
    "namespace",
    "version",
    "trace",
    "dur",
    "duration",
    "event",
    "event.name",
];

/// Tests that a filter may hold: more would be asked of each span, and nobody could read them.
pub const MOST_TESTS: usize = 500;

/// A parsed filter, maybe of chosen traces only. Equal and hashed by its text and these.
#[derive(Clone, Debug)]
pub struct Filter {
    text: String,
    root: Expr,
    /// What no span of a trace may match, the inner ones first: by the numbers of [`Expr::Without`].
    without: Vec<Expr>,
    /// Keys that are attributes, and where they stand.
    keys: Vec<(usize, String)>,
    /// Lengths of time without a unit, and where they stand.
    bare_lengths: Vec<(usize, String)>,
    /// In order; `None` for all.
    traces: Option<Arc<[TraceId]>>,
}

impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.traces == other.traces
    }
}
impl Eq for Filter {}
impl std::hash::Hash for Filter {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
        self.traces.hash(state);
    }
}

/// Text that is not a filter: what is wrong, and at which byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    /// Byte of the text where the error was seen.
    pub offset: usize,
    /// What is wrong.
    pub fault: FilterFault,
}

/// What can be wrong with a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilterFault {
    /// Something follows what was whole already.
    NoEnd,
    /// Parentheses or NOT within each other, too many.
    TooDeep,
    /// A parenthesis stays open.
    OpenParenthesis,
    /// Something stands where a word should.
    NoWord,
    /// Nothing to compare this key with.
    NoValue(String),
    /// A pattern for a duration, which is no text.
    PatternOfDuration,
    /// A regular expression that is none, and why.
    BadPattern(String),
    /// A pattern stays open.
    OpenPattern,
    /// This is no duration.
    NoDuration(String),
    /// A value that the key never has, the key, and what it has.
    NeverThere(String, String, &'static [&'static str]),
    /// `!` without `=` or `~`.
    LoneNot,
    /// A quote stays open.
    OpenQuote,
    /// A space between a number and its unit: how it is written together.
    SpaceBeforeUnit(String),
    /// A range that ends before it begins: from and to.
    EmptyRange(String, String),
    /// One end of a range that is no number.
    NoNumber(String),
    /// More than [`MOST_TESTS`] tests.
    TooLong,
}

#[derive(Clone, Debug)]
enum Expr {
    Anything,
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    /// No span of the trace matches the so-manieth of those that none may match.
    Without(usize),
    Error,
    Root,
    Has(String),
    Compare(String, Test),
}

/// What is asked of a value.
#[derive(Clone, Debug)]
enum Test {
    Is(Op, String),
    /// From and to, both included, as they were written: numbers or lengths of time.
    Range(Option<String>, Option<String>),
    Matches(Box<Regex>),
    MatchesNot(Box<Regex>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Contains,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Matches,
    MatchesNot,
}

impl Filter {
    /// Parses a filter.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let parser::Parsed { root, without, keys, bare_lengths } = parser::parse(text)?;
        Ok(Self { text: text.trim().to_owned(), root, without, keys, bare_lengths, traces: None })
    }
    /// Whether it is nothing but words: it may as well be names to find as data to filter.
    pub fn is_plain(&self) -> bool {
        self.root.is_plain()
    }
    /// What passes a filter, if there is one, and belongs to one of these traces.
    pub fn of_traces(filter: Option<&Self>, mut traces: Vec<TraceId>) -> Self {
        traces.sort_unstable();
        traces.dedup();
        let own = filter.cloned().unwrap_or_else(|| Self {
            text: String::new(),
            root: Expr::Anything,
            without: Vec::new(),
            keys: Vec::new(),
            bare_lengths: Vec::new(),
            traces: None,
        });
        Self { traces: Some(traces.into()), ..own }
    }
    /// Whether spans of a trace are to be looked at.
    pub fn admits(&self, trace: TraceId) -> bool {
        self.traces.as_ref().is_none_or(|t| t.binary_search(&trace).is_ok())
    }
    /// The text that it was parsed from.
    pub fn text(&self) -> &str {
        &self.text
    }
    /// Whether a trace that is admitted has a span that matches.
    pub fn passes(&self, spans: &Spans, trace: TraceIndex) -> bool {
        let absent = self.absent(spans, trace);
        spans.rows_of(trace).any(|span| self.root.matches(span, &absent))
    }
    /// Whether a span of a trace that is admitted matches.
    pub fn matches(&self, spans: &Spans, span: SpanRef<'_>) -> bool {
        self.root.matches(span, &self.absent(spans, span.trace()))
    }
    /// By what no span may match: whether none does.
    fn absent(&self, spans: &Spans, trace: TraceIndex) -> Vec<bool> {
        let mut absent = Vec::with_capacity(self.without.len());
        for without in &self.without {
            let any = spans.rows_of(trace).any(|span| without.matches(span, &absent));
            absent.push(!any);
        }
        absent
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Expr {
    fn matches(&self, span: SpanRef<'_>, absent: &[bool]) -> bool {
        match self {
            Self::Anything => true,
            Self::And(a, b) => a.matches(span, absent) && b.matches(span, absent),
            Self::Or(a, b) => a.matches(span, absent) || b.matches(span, absent),
            Self::Not(a) => !a.matches(span, absent),
            Self::Without(number) => absent.get(*number).copied().unwrap_or(true),
            Self::Error => span.status() == StatusCode::Error,
            Self::Root => span.parent_id() == SpanId::default(),
            Self::Has(text) => contains(span.service_text(), text) || contains(span.name_text(), text),
            Self::Compare(key, test) => compare(span, key, test),
        }
    }
    fn is_plain(&self) -> bool {
        match self {
            Self::Has(_) => true,
            Self::And(a, b) => a.is_plain() && b.is_plain(),
            _ => false,
        }
    }
}

fn compare(span: SpanRef<'_>, key: &str, test: &Test) -> bool {
    let text = |text: &str| compare_text(text, test);
    match key {
        "service" => text(span.service_text()),
        "name" | "operation" | "op" => text(span.name_text()),
        "kind" => text(span.kind().name()),
        "status" => text(span.status().name()),
        "namespace" => text(span.text_of(span.resource().namespace)),
        "version" => text(span.text_of(span.resource().version)),
        "trace" => text(&span.trace_id().to_string()),
        "dur" | "duration" => compare_length(span.duration(), test),
        "event" | "event.name" => of_all(span.events().iter().map(|e| text(span.text_of(e.name))), test),
        _ => compare_attribute(span, key, test),
    }
}

/// Of several values one must pass, or all where the test says what must not be.
fn of_all(mut found: impl Iterator<Item = bool>, test: &Test) -> bool {
    if test.is_negative() { found.all(|f| f) } else { found.any(|f| f) }
}

fn compare_attribute(span: SpanRef<'_>, key: &str, test: &Test) -> bool {
    if let Some(key) = key.strip_prefix("event.") {
        let events = span.events().iter().flat_map(|e| span.event_attributes(e));
        let found = events.filter(|(k, _)| span.text_of(*k) == key);
        return of_all(found.map(|(_, v)| compare_value(v, test)), test);
    }
    let of_resource = |key: &str| {
        let found = span.resource().attributes.iter().rev().find(|(k, _)| span.text_of(*k) == key);
        found.map(|(_, v)| v)
    };
    // Attributes have had other names: one asks for what they say.
    let renamed = |key: &str| semconv::role(key).and_then(|role| span.fields().get(role.field));
    let own = |key: &str| span.attribute(key);
    let found = if let Some(key) = key.strip_prefix("resource.") {
        of_resource(key)
    } else if let Some(key) = key.strip_prefix("span.") {
        own(key).or_else(|| renamed(key))
    } else {
        own(key).or_else(|| of_resource(key)).or_else(|| renamed(key))
    };
    if let Some(value) = found {
        return compare_value(value, test);
    }
    let mut events = span.events().iter().flat_map(|e| span.event_attributes(e));
    match events.find(|(k, _)| span.text_of(*k) == key) {
        Some((_, value)) => compare_value(value, test),
        None => test.is_negative(),
    }
}

impl Test {
    fn is_negative(&self) -> bool {
        matches!(self, Self::Is(Op::NotEqual, _) | Self::MatchesNot(_))
    }
}

fn compare_length(found: Nanos, test: &Test) -> bool {
    let limit = |text: &Option<String>| text.as_deref().and_then(parse_duration);
    match test {
        Test::Is(op, value) => parse_duration(value).is_some_and(|l| compare_order(found.cmp(&l), *op)),
        Test::Range(from, to) => {
            limit(from).is_none_or(|l| found >= l) && limit(to).is_none_or(|l| found <= l)
        }
        Test::Matches(_) | Test::MatchesNot(_) => false,
    }
}

fn compare_value(found: &Value, test: &Test) -> bool {
    let Test::Is(op, value) = test else {
        return match (test, found.as_f64()) {
            (Test::Range(from, to), Some(number)) => is_between(number, from.as_deref(), to.as_deref()),
            _ => compare_text(&found.to_string(), test),
        };
    };
    let is_order = matches!(op, Op::Less | Op::LessEqual | Op::Greater | Op::GreaterEqual);
    match (found.as_f64(), value.parse::<f64>()) {
        (Some(a), Ok(b)) if *op != Op::Contains => a.partial_cmp(&b).is_some_and(|o| compare_order(o, *op)),
        // A number is neither above nor below a text.
        (None, Ok(_)) if is_order => false,
        _ => compare_text(&found.to_string(), test),
    }
}

fn is_between(number: f64, from: Option<&str>, to: Option<&str>) -> bool {
    let limit = |text: Option<&str>| text.and_then(|t| t.parse::<f64>().ok());
    limit(from).is_none_or(|l| number >= l) && limit(to).is_none_or(|l| number <= l)
}

fn compare_order(order: std::cmp::Ordering, op: Op) -> bool {
    match op {
        Op::Contains | Op::Equal | Op::Matches => order.is_eq(),
        Op::NotEqual | Op::MatchesNot => order.is_ne(),
        Op::Less => order.is_lt(),
        Op::LessEqual => order.is_le(),
        Op::Greater => order.is_gt(),
        Op::GreaterEqual => order.is_ge(),
    }
}

fn compare_text(found: &str, test: &Test) -> bool {
    match test {
        Test::Is(Op::Contains, value) => contains(found, value),
        Test::Is(op, value) => compare_order(found.cmp(value.as_str()), *op),
        Test::Range(from, to) => {
            found.parse().is_ok_and(|number| is_between(number, from.as_deref(), to.as_deref()))
        }
        Test::Matches(pattern) => pattern.is_match(found),
        Test::MatchesNot(pattern) => !pattern.is_match(found),
    }
}

fn contains(text: &str, part: &str) -> bool {
    if part.is_empty() {
        return true;
    }
    if text.is_ascii() && part.is_ascii() {
        return text.len() >= part.len()
            && text.as_bytes().windows(part.len()).any(|w| w.eq_ignore_ascii_case(part.as_bytes()));
    }
    text.to_lowercase().contains(&part.to_lowercase())
}

/// A length like `200ms`, `1.5s`, `90us`, `2m`, `1h`; a bare number is milliseconds.
pub fn parse_duration(text: &str) -> Option<Nanos> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number: f64 = text.get(..digits)?.parse().ok()?;
    let unit = match text.get(digits..)?.trim() {
        "ns" => 1.0,
        "us" | "µs" | "μs" => 1e3,
        "" | "ms" => 1e6,
        "s" => 1e9,
        "m" | "min" => 60e9,
        "h" => 3600e9,
        _ => return None,
    };
    Some(Nanos((number * unit) as i64))
}

#[cfg(test)]
#[path = "filter/filter_tests.rs"]
mod tests;
