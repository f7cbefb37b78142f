//! The search language: `service:cart AND (error OR dur>200ms) AND http.route="/pay"`.
//!
//! A filter is asked of each span; a trace passes if one of its spans matches all of it.
use std::fmt;
use std::sync::Arc;

use super::SpanRef;
use crate::model::{Nanos, StatusCode, TraceId, Value};

/// A parsed filter, maybe of chosen traces only. Equal and hashed by its text and these.
#[derive(Clone, Debug)]
pub struct Filter {
    text: String,
    root: Expr,
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
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} at character {offset}")]
pub struct FilterError {
    /// Byte of the text where the error was seen.
    pub offset: usize,
    /// What is wrong.
    pub message: String,
}

#[derive(Clone, Debug)]
enum Expr {
    Anything,
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    Error,
    Has(String),
    Compare(String, Op, String),
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
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Quoted(String),
    Op(Op),
    Open,
    Close,
}

impl Filter {
    /// Parses a filter.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let tokens = tokens(text)?;
        let mut parser = Parser { tokens: &tokens, at: 0, end: text.len(), depth: 0 };
        let root = parser.or()?;
        match parser.tokens.get(parser.at) {
            Some((offset, _)) => Err(error(*offset, "expected AND, OR or the end")),
            None => Ok(Self { text: text.trim().to_owned(), root, traces: None }),
        }
    }
    /// What passes a filter, if there is one, and belongs to one of these traces.
    pub fn of_traces(filter: Option<&Self>, mut traces: Vec<TraceId>) -> Self {
        traces.sort_unstable();
        traces.dedup();
        let (text, root) =
            filter.map_or((String::new(), Expr::Anything), |f| (f.text.clone(), f.root.clone()));
        Self { text, root, traces: Some(traces.into()) }
    }
    /// Whether spans of a trace are to be looked at.
    pub fn admits(&self, trace: TraceId) -> bool {
        self.traces.as_ref().is_none_or(|t| t.binary_search(&trace).is_ok())
    }
    /// The text that it was parsed from.
    pub fn text(&self) -> &str {
        &self.text
    }
    /// Whether a span of a trace that is admitted matches.
    pub fn matches(&self, span: SpanRef<'_>) -> bool {
        self.root.matches(span)
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Expr {
    fn matches(&self, span: SpanRef<'_>) -> bool {
        match self {
            Self::Anything => true,
            Self::And(a, b) => a.matches(span) && b.matches(span),
            Self::Or(a, b) => a.matches(span) || b.matches(span),
            Self::Not(a) => !a.matches(span),
            Self::Error => span.status() == StatusCode::Error,
            Self::Has(text) => contains(span.service_text(), text) || contains(span.name_text(), text),
            Self::Compare(key, op, value) => compare(span, key, *op, value),
        }
    }
}

fn compare(span: SpanRef<'_>, key: &str, op: Op, value: &str) -> bool {
    match key {
        "service" => compare_text(span.service_text(), op, value),
        "name" | "operation" | "op" => compare_text(span.name_text(), op, value),
        "kind" => compare_text(span.kind().name(), op, value),
        "status" => compare_text(span.status().name(), op, value),
        "namespace" => compare_text(span.text_of(span.resource().namespace), op, value),
        "version" => compare_text(span.text_of(span.resource().version), op, value),
        "trace" => compare_text(&span.trace_id().to_string(), op, value),
        "dur" | "duration" => match parse_duration(value) {
            Some(limit) => compare_order(span.duration().cmp(&limit), op),
            None => false,
        },
        _ => {
            let own = span.attribute(key);
            let of_resource = || {
                let found = span.resource().attributes.iter().rev().find(|(k, _)| span.text_of(*k) == key);
                found.map(|(_, v)| v)
            };
            match own.or_else(of_resource) {
                Some(found) => compare_value(found, op, value),
                None => op == Op::NotEqual,
            }
        }
    }
}

fn compare_value(found: &Value, op: Op, value: &str) -> bool {
    let is_order = matches!(op, Op::Less | Op::LessEqual | Op::Greater | Op::GreaterEqual);
    match (found.as_f64(), value.parse::<f64>()) {
        (Some(a), Ok(b)) if op != Op::Contains => a.partial_cmp(&b).is_some_and(|o| compare_order(o, op)),
        // A number is neither above nor below a text.
        (None, Ok(_)) if is_order => false,
        _ => compare_text(&found.to_string(), op, value),
    }
}

fn compare_order(order: std::cmp::Ordering, op: Op) -> bool {
    match op {
        Op::Contains | Op::Equal => order.is_eq(),
        Op::NotEqual => order.is_ne(),
        Op::Less => order.is_lt(),
        Op::LessEqual => order.is_le(),
        Op::Greater => order.is_gt(),
        Op::GreaterEqual => order.is_ge(),
    }
}

fn compare_text(found: &str, op: Op, value: &str) -> bool {
    match op {
        Op::Contains => contains(found, value),
        other => compare_order(found.cmp(value), other),
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

fn error(offset: usize, message: impl Into<String>) -> FilterError {
    FilterError { offset, message: message.into() }
}

fn tokens(text: &str) -> Result<Vec<(usize, Token)>, FilterError> {
    let mut out = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some(&(at, c)) = chars.peek() {
        let token = match c {
            c if c.is_whitespace() => {
                chars.next();
                continue;
            }
            '(' | ')' => {
                chars.next();
                if c == '(' { Token::Open } else { Token::Close }
            }
            ':' | '=' | '!' | '<' | '>' => {
                chars.next();
                let with_equal = c != ':' && chars.next_if(|n| n.1 == '=').is_some();
                match (c, with_equal) {
                    (':', _) => Token::Op(Op::Contains),
                    ('=', _) => Token::Op(Op::Equal),
                    ('!', true) => Token::Op(Op::NotEqual),
                    ('<', false) => Token::Op(Op::Less),
                    ('<', true) => Token::Op(Op::LessEqual),
                    ('>', false) => Token::Op(Op::Greater),
                    ('>', true) => Token::Op(Op::GreaterEqual),
                    _ => return Err(error(at, "expected != after !")),
                }
            }
            '"' => {
                chars.next();
                let mut word = String::new();
                loop {
                    match chars.next() {
                        Some((_, '"')) => break Token::Quoted(word),
                        Some((_, '\\')) => word.extend(chars.next().map(|n| n.1)),
                        Some((_, c)) => word.push(c),
                        None => return Err(error(at, "this quote is not closed")),
                    }
                }
            }
            _ => {
                let mut word = String::new();
                while let Some((_, c)) = chars.next_if(|n| !n.1.is_whitespace() && !"():=!<>\"".contains(n.1))
                {
                    word.push(c);
                }
                Token::Word(word)
            }
        };
        out.push((at, token));
    }
    Ok(out)
}

struct Parser<'a> {
    tokens: &'a [(usize, Token)],
    at: usize,
    end: usize,
    depth: usize,
}

impl Parser<'_> {
    fn offset(&self) -> usize {
        self.tokens.get(self.at).map_or(self.end, |t| t.0)
    }
    fn take_word(&mut self, word: &str) -> bool {
        let found =
            matches!(self.tokens.get(self.at), Some((_, Token::Word(w))) if w.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }
    fn or(&mut self) -> Result<Expr, FilterError> {
        let mut left = self.and()?;
        while self.take_word("or") {
            left = Expr::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }
    fn and(&mut self) -> Result<Expr, FilterError> {
        let mut left = self.not()?;
        loop {
            let is_explicit = self.take_word("and");
            let ends = match self.tokens.get(self.at) {
                None | Some((_, Token::Close)) => true,
                Some((_, Token::Word(w))) => w.eq_ignore_ascii_case("or"),
                _ => false,
            };
            if ends && !is_explicit {
                return Ok(left);
            }
            left = Expr::And(Box::new(left), Box::new(self.not()?));
        }
    }
    fn not(&mut self) -> Result<Expr, FilterError> {
        self.depth += 1;
        if self.depth > 200 {
            return Err(error(self.offset(), "this is nested too deeply"));
        }
        let result =
            if self.take_word("not") { self.not().map(|e| Expr::Not(Box::new(e))) } else { self.term() };
        self.depth -= 1;
        result
    }
    fn term(&mut self) -> Result<Expr, FilterError> {
        let offset = self.offset();
        let token = self.tokens.get(self.at).map(|t| t.1.clone());
        self.at += 1;
        match token {
            Some(Token::Open) => {
                let inner = self.or()?;
                match self.tokens.get(self.at) {
                    Some((_, Token::Close)) => self.at += 1,
                    _ => return Err(error(self.offset(), "expected )")),
                }
                Ok(inner)
            }
            Some(Token::Word(word)) => self.comparison(word),
            Some(Token::Quoted(word)) => Ok(Expr::Has(word)),
            _ => Err(error(offset, "expected a word such as service:cart, error or dur>200ms")),
        }
    }
    fn comparison(&mut self, word: String) -> Result<Expr, FilterError> {
        let Some((_, Token::Op(op))) = self.tokens.get(self.at) else {
            let is_error = ["error", "failed"].iter().any(|e| word.eq_ignore_ascii_case(e));
            return Ok(if is_error { Expr::Error } else { Expr::Has(word) });
        };
        let op = *op;
        self.at += 1;
        let offset = self.offset();
        let value = match self.tokens.get(self.at) {
            Some((_, Token::Word(v) | Token::Quoted(v))) => v.clone(),
            _ => return Err(error(offset, format!("expected a value after {word}"))),
        };
        self.at += 1;
        if matches!(word.as_str(), "dur" | "duration") && parse_duration(&value).is_none() {
            return Err(error(offset, format!("{value} is not a duration: write 200ms, 1.5s or 2m")));
        }
        Ok(Expr::Compare(word, op, value))
    }
}
