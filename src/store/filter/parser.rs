//! Words and signs to a filter.
use regex::Regex;

use super::tokens::{Token, error, tokens};
use super::{Expr, FilterError, FilterFault, Op, Test, parse_duration};

/// A whole text.
pub(super) fn parse(text: &str) -> Result<Expr, FilterError> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: &tokens, at: 0, end: text.len(), depth: 0 };
    let root = parser.or()?;
    match parser.tokens.get(parser.at) {
        Some((offset, _)) => Err(error(*offset, FilterFault::NoEnd)),
        None => Ok(root),
    }
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
            return Err(error(self.offset(), FilterFault::TooDeep));
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
                    _ => return Err(error(self.offset(), FilterFault::OpenParenthesis)),
                }
                Ok(inner)
            }
            Some(Token::Word(word)) => self.comparison(word),
            Some(Token::Quoted(word)) => Ok(Expr::Has(word)),
            _ => Err(error(offset, FilterFault::NoWord)),
        }
    }
    fn comparison(&mut self, word: String) -> Result<Expr, FilterError> {
        let Some((_, Token::Op(op))) = self.tokens.get(self.at) else {
            let is = |known: &[&str]| known.iter().any(|k| word.eq_ignore_ascii_case(k));
            return Ok(match () {
                () if is(&["error", "failed"]) => Expr::Error,
                () if is(&["root"]) => Expr::Root,
                () => Expr::Has(word),
            });
        };
        let op = *op;
        self.at += 1;
        let offset = self.offset();
        let value = match self.tokens.get(self.at) {
            Some((_, Token::Word(v) | Token::Quoted(v) | Token::Pattern(v))) => v.clone(),
            _ => return Err(error(offset, FilterFault::NoValue(word))),
        };
        let is_bare = matches!(self.tokens.get(self.at), Some((_, Token::Word(_))));
        self.at += 1;
        let test = test(&word, op, value, is_bare, offset)?;
        Ok(Expr::Compare(word, test))
    }
}

/// What is asked of a key; says what is wrong with a value that can never be.
fn test(key: &str, op: Op, value: String, is_bare: bool, offset: usize) -> Result<Test, FilterError> {
    let is_length = matches!(key, "dur" | "duration");
    if matches!(op, Op::Matches | Op::MatchesNot) {
        if is_length {
            return Err(error(offset, FilterFault::PatternOfDuration));
        }
        let pattern =
            Regex::new(&value).map_err(|e| error(offset, FilterFault::BadPattern(first_cause(&e))))?;
        let pattern = Box::new(pattern);
        return Ok(if op == Op::Matches { Test::Matches(pattern) } else { Test::MatchesNot(pattern) });
    }
    if is_bare
        && matches!(op, Op::Contains | Op::Equal)
        && let Some((from, to)) = value.split_once("..")
    {
        let is_limit = |t: &str| {
            t.is_empty() || if is_length { parse_duration(t).is_some() } else { t.parse::<f64>().is_ok() }
        };
        if is_limit(from) && is_limit(to) && !(from.is_empty() && to.is_empty()) {
            let own = |t: &str| (!t.is_empty()).then(|| t.to_owned());
            return Ok(Test::Range(own(from), own(to)));
        }
    }
    if is_length && parse_duration(&value).is_none() {
        return Err(error(offset, FilterFault::NoDuration(value)));
    }
    let known: &'static [&'static str] = match key {
        "kind" => &["unspecified", "internal", "server", "client", "producer", "consumer"],
        "status" => &["unset", "ok", "error"],
        _ => &[],
    };
    let lower = value.to_lowercase();
    if !known.is_empty() && op == Op::Contains && !known.iter().any(|k| k.contains(&lower)) {
        return Err(error(offset, FilterFault::NeverThere(value, key.to_owned(), known)));
    }
    Ok(Test::Is(op, value))
}

/// The last line of what the library says: it names the fault, the others draw it.
fn first_cause(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().next_back().unwrap_or_default().trim();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}
