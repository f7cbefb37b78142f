//! Words and signs to a filter.
use regex::Regex;

use super::tokens::{Token, error, tokens};
use super::{BUILT_IN, Expr, FilterError, FilterFault, MOST_TESTS, Op, Test, parse_duration};

/// A text that was read.
pub(super) struct Parsed {
    pub root: Expr,
    pub without: Vec<Expr>,
    pub keys: Vec<(usize, String)>,
    pub bare_lengths: Vec<(usize, String)>,
}

/// A whole text.
pub(super) fn parse(text: &str) -> Result<Parsed, FilterError> {
    let tokens = tokens(text)?;
    // One word alone is a name, whatever it says elsewhere.
    if let [(_, Token::Word(word))] = tokens.as_slice()
        && is_any(word, &["and", "or", "no"])
    {
        let root = Expr::Has(word.clone());
        return Ok(Parsed { root, without: Vec::new(), keys: Vec::new(), bare_lengths: Vec::new() });
    }
    let mut parser = Parser {
        tokens: &tokens,
        at: 0,
        end: text.len(),
        depth: 0,
        tests: 0,
        without: Vec::new(),
        keys: Vec::new(),
        bare_lengths: Vec::new(),
    };
    let root = parser.or()?;
    match parser.tokens.get(parser.at) {
        Some((offset, _)) => Err(error(*offset, FilterFault::NoEnd)),
        None => {
            let Parser { without, keys, bare_lengths, .. } = parser;
            Ok(Parsed { root, without, keys, bare_lengths })
        }
    }
}

fn is_any(word: &str, known: &[&str]) -> bool {
    known.iter().any(|k| word.eq_ignore_ascii_case(k))
}

struct Parser<'a> {
    tokens: &'a [(usize, Token)],
    at: usize,
    end: usize,
    depth: usize,
    tests: usize,
    without: Vec<Expr>,
    keys: Vec<(usize, String)>,
    bare_lengths: Vec<(usize, String)>,
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
        self.tests += 1;
        if self.tests > MOST_TESTS {
            return Err(error(offset, FilterFault::TooLong));
        }
        match token {
            Some(Token::Open) => self.inside(),
            Some(Token::Word(word)) if is_any(&word, &["no"]) && self.opens_at(offset + word.len()) => {
                self.at += 1;
                let inner = self.inside()?;
                self.without.push(inner);
                Ok(Expr::Without(self.without.len() - 1))
            }
            // The words between tests are no tests; quoted they are names.
            Some(Token::Word(word)) if is_any(&word, &["and", "or"]) && !self.is_compared() => {
                Err(error(offset, FilterFault::NoWord))
            }
            Some(Token::Word(word)) => self.comparison(word, offset),
            Some(Token::Quoted(word)) => Ok(Expr::Has(word)),
            _ => Err(error(offset, FilterFault::NoWord)),
        }
    }
    /// What follows an open parenthesis, up to the one that closes it.
    fn inside(&mut self) -> Result<Expr, FilterError> {
        let inner = self.or()?;
        match self.tokens.get(self.at) {
            Some((_, Token::Close)) => self.at += 1,
            _ => return Err(error(self.offset(), FilterFault::OpenParenthesis)),
        }
        Ok(inner)
    }
    fn opens_at(&self, offset: usize) -> bool {
        self.tokens.get(self.at).is_some_and(|t| *t == (offset, Token::Open))
    }
    fn is_compared(&self) -> bool {
        matches!(self.tokens.get(self.at), Some((_, Token::Op(_))))
    }
    fn comparison(&mut self, word: String, start: usize) -> Result<Expr, FilterError> {
        let Some((_, Token::Op(op))) = self.tokens.get(self.at) else {
            return Ok(match () {
                () if is_any(&word, &["error", "failed"]) => Expr::Error,
                () if is_any(&word, &["root"]) => Expr::Root,
                () => Expr::Has(word),
            });
        };
        let op = *op;
        self.at += 1;
        let word = match BUILT_IN.into_iter().find(|k| word.eq_ignore_ascii_case(k)) {
            Some(known) => known.to_owned(),
            None => {
                self.keys.push((start, word.clone()));
                word
            }
        };
        let offset = self.offset();
        let value = match self.tokens.get(self.at) {
            Some((_, Token::Word(v) | Token::Quoted(v) | Token::Pattern(v))) => v.clone(),
            _ => return Err(error(offset, FilterFault::NoValue(word))),
        };
        let is_bare = matches!(self.tokens.get(self.at), Some((_, Token::Word(_))));
        self.at += 1;
        if is_length(&word) && is_bare {
            self.length(&value, offset)?;
        }
        let test = test(&word, op, value, is_bare, offset)?;
        Ok(Expr::Compare(word, test))
    }
    /// A number without a unit: refused where the unit stands apart, else remembered.
    fn length(&mut self, value: &str, offset: usize) -> Result<(), FilterError> {
        let is_number = |t: &str| t.parse::<f64>().is_ok();
        if let Some((at, Token::Word(unit))) = self.tokens.get(self.at)
            && is_number(value)
            && !matches!(self.tokens.get(self.at + 1), Some((_, Token::Op(_))))
            && UNITS.contains(&unit.as_str())
            && *at > offset
        {
            return Err(error(offset, FilterFault::SpaceBeforeUnit(format!("{value}{unit}"))));
        }
        let ends = value.split_once("..").map_or([value, ""], |(from, to)| [from, to]);
        let bare = ends.into_iter().filter(|t| is_number(t) && t.parse() != Ok(0.0));
        self.bare_lengths.extend(bare.map(|t| (offset, t.to_owned())).take(1));
        Ok(())
    }
}

/// Units of time.
const UNITS: [&str; 9] = ["ns", "us", "µs", "μs", "ms", "s", "m", "min", "h"];

fn is_length(key: &str) -> bool {
    matches!(key, "dur" | "duration")
}

/// From and to, where a value is a range; says what is wrong with one that can hold nothing.
fn range(key: &str, value: &str, offset: usize) -> Result<Option<Test>, FilterError> {
    let Some((from, to)) = value.split_once("..") else { return Ok(None) };
    let number = |t: &str| match is_length(key) {
        true => parse_duration(t).map(|n| n.0 as f64),
        false => t.parse::<f64>().ok(),
    };
    let is_limit = |t: &str| t.is_empty() || number(t).is_some();
    match (is_limit(from), is_limit(to)) {
        (true, true) if from.is_empty() && to.is_empty() => Ok(None),
        (true, true) => {
            if let Some((a, b)) = number(from).zip(number(to))
                && a > b
            {
                return Err(error(offset, FilterFault::EmptyRange(from.to_owned(), to.to_owned())));
            }
            let own = |t: &str| (!t.is_empty()).then(|| t.to_owned());
            Ok(Some(Test::Range(own(from), own(to))))
        }
        // A number on one side alone: half of a range.
        (true, false) if number(from).is_some() && !is_length(key) => {
            Err(error(offset + from.len() + 2, FilterFault::NoNumber(to.to_owned())))
        }
        (false, true) if number(to).is_some() && !is_length(key) => {
            Err(error(offset, FilterFault::NoNumber(from.to_owned())))
        }
        _ => Ok(None),
    }
}

/// What is asked of a key; says what is wrong with a value that can never be.
fn test(key: &str, op: Op, value: String, is_bare: bool, offset: usize) -> Result<Test, FilterError> {
    let is_length = is_length(key);
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
        && let Some(range) = range(key, &value, offset)?
    {
        return Ok(range);
    }
    if is_length && parse_duration(&value).is_none() {
        return Err(error(offset, FilterFault::NoDuration(value)));
    }
    let known: &'static [&'static str] = match key {
        "kind" => &["unspecified", "internal", "server", "client", "producer", "consumer"],
        "status" => &["unset", "ok", "error"],
        _ => &[],
    };
    if known.is_empty() {
        return Ok(Test::Is(op, value));
    }
    let lower = value.to_lowercase();
    let is_there = match op {
        Op::Contains => known.iter().any(|k| k.contains(&lower)),
        Op::Equal | Op::NotEqual => known.contains(&lower.as_str()),
        _ => true,
    };
    if !is_there {
        return Err(error(offset, FilterFault::NeverThere(value, key.to_owned(), known)));
    }
    Ok(Test::Is(op, lower))
}

/// The last line of what the library says: it names the fault, the others draw it.
fn first_cause(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().next_back().unwrap_or_default().trim();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}
