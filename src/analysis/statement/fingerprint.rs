//! SQL without its values: lists collapsed, names in one spelling, tables and first keyword told.
use super::{Digits, Said, Statement, Token, by_operation, tokens};

/// The statement of a SQL text.
pub fn sql(said: &Said<'_>, digits: Digits) -> Statement {
    let (tokens, is_truncated) = tokens(said.system, said.text);
    let has_placeholders = tokens.contains(&Token::Parameter);
    let parts = drop_repeated_unions(collapse(&tokens));
    let mut statement = Statement {
        fingerprint: written(&parts, digits),
        operation: operation(&tokens),
        tables: tables(&tokens),
        is_truncated,
        is_sql: true,
        has_placeholders,
        ..Statement::default()
    };
    if statement.tables.is_empty() && !said.collection.is_empty() {
        statement.tables.push(said.collection.to_owned());
    }
    if digits == Digits::Strip {
        statement.tables.iter_mut().for_each(|t| *t = strip(t));
    }
    by_operation(&mut statement);
    statement
}

/// A piece of a fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Word(&'a str),
    Quoted(&'a str),
    Value,
    Symbol(&'a str),
}

impl Piece<'_> {
    fn is(&self, keyword: &str) -> bool {
        matches!(self, Self::Word(w) if w.eq_ignore_ascii_case(keyword))
    }
    fn is_symbol(&self, symbol: &str) -> bool {
        matches!(self, Self::Symbol(s) if *s == symbol)
    }
}

/// Values become one mark; lists after IN and VALUES become one value; the last `;` goes.
fn collapse<'a>(tokens: &[Token<'a>]) -> Vec<Piece<'a>> {
    let mut out: Vec<Piece<'a>> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let opens = tokens.get(at + 1).is_some_and(|t| t.is_symbol("("));
        if opens && token.is("in") && values_only(tokens, at + 1).is_some()
            || opens && token.is_any(&["values", "value"])
        {
            let end = lists_end(tokens, at + 1);
            out.extend([Piece::Word(token.name()), Piece::Symbol("("), Piece::Value, Piece::Symbol(")")]);
            at = end;
            continue;
        }
        match token {
            Token::Symbol(s) if matches!(*s, "-" | "+") && is_sign(tokens, at) => {}
            Token::Symbol(s) => out.push(Piece::Symbol(s)),
            Token::Word(w) if token.is("null") && out.last().is_some_and(is_null_test) => {
                out.push(Piece::Word(w));
            }
            _ if token.is_value() => out.push(Piece::Value),
            Token::Word(w) => out.push(Piece::Word(w)),
            Token::Quoted(q) => out.push(Piece::Quoted(q)),
            _ => {}
        }
        at += 1;
    }
    while out.last().is_some_and(|p| p.is_symbol(";")) {
        out.pop();
    }
    out
}

/// `IS NULL` and `NOT NULL` are tests, not values.
fn is_null_test(before: &Piece<'_>) -> bool {
    before.is("is") || before.is("not")
}

/// Whether a plus or minus is part of the number after it.
fn is_sign(tokens: &[Token<'_>], at: usize) -> bool {
    let is_number = matches!(tokens.get(at + 1), Some(Token::Number(_) | Token::Parameter));
    let starts = match at.checked_sub(1).and_then(|b| tokens.get(b)) {
        None => true,
        Some(Token::Symbol(s)) => *s != ")" && *s != "]",
        Some(t) => {
            t.is_any(&["select", "where", "and", "or", "then", "else", "in", "limit", "between", "by"])
        }
    };
    is_number && starts
}

/// The place after a bracketed list of nothing but values (or lists of values); `None` if it holds more.
fn values_only(tokens: &[Token<'_>], open: usize) -> Option<usize> {
    let end = balanced_end(tokens, open);
    let inner = tokens.get(open + 1..end.saturating_sub(1)).unwrap_or_default();
    let is_plain = |t: &Token<'_>| t.is_value() || [",", "(", ")", "-", "+"].iter().any(|s| t.is_symbol(s));
    (!inner.is_empty() && inner.iter().all(is_plain)).then_some(end)
}

/// The place after the bracket that closes the one at `open`; the end where none does.
pub(super) fn balanced_end(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0;
    for (i, token) in tokens.iter().enumerate().skip(open) {
        depth += i32::from(token.is_symbol("(")) - i32::from(token.is_symbol(")"));
        if depth <= 0 {
            return i + 1;
        }
    }
    tokens.len()
}

/// The place after `(…), (…), …`.
fn lists_end(tokens: &[Token<'_>], open: usize) -> usize {
    let mut end = balanced_end(tokens, open);
    while tokens.get(end).is_some_and(|t| t.is_symbol(","))
        && tokens.get(end + 1).is_some_and(|t| t.is_symbol("("))
    {
        end = balanced_end(tokens, end + 1);
    }
    end
}

/// Of parts of a UNION that are alike, one.
fn drop_repeated_unions(pieces: Vec<Piece<'_>>) -> Vec<Piece<'_>> {
    if !pieces.iter().any(|p| p.is("union")) {
        return pieces;
    }
    let mut out: Vec<Piece<'_>> = Vec::with_capacity(pieces.len());
    let mut last: &[Piece<'_>] = &[];
    let mut rest = pieces.as_slice();
    let mut joint: &[Piece<'_>] = &[];
    loop {
        let length = rest.iter().position(|p| p.is("union")).unwrap_or(rest.len());
        let part = &rest[..length];
        if part != last {
            out.extend(joint);
            out.extend(part);
        }
        last = part;
        let words =
            rest[length..].iter().take_while(|p| p.is("union") || p.is("all") || p.is("distinct")).count();
        if words == 0 {
            return out;
        }
        (joint, rest) = (&rest[length..length + words], &rest[length + words..]);
    }
}

fn strip(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_digit() { '?' } else { c }).collect()
}

fn written(pieces: &[Piece<'_>], digits: Digits) -> String {
    let mut out = String::new();
    let mut glued = true;
    for (i, piece) in pieces.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|b| pieces.get(b));
        let symbol = if let Piece::Symbol(s) = piece { *s } else { "" };
        let is_call = symbol == "("
            && before.is_some_and(|b| {
                matches!(b, Piece::Quoted(_)) || matches!(b, Piece::Word(w) if !is_keyword(w))
            });
        if !(glued || is_call || matches!(symbol, ")" | "," | "." | "::" | ";")) {
            out.push(' ');
        }
        match piece {
            Piece::Value => out.push('?'),
            Piece::Symbol(s) => out.push_str(s),
            Piece::Word(w) => out.push_str(&named(&w.to_lowercase(), digits)),
            Piece::Quoted(q) if is_plain(q) => out.push_str(&named(q, digits)),
            Piece::Quoted(q) => {
                out.push('"');
                out.push_str(&named(q, digits));
                out.push('"');
            }
        }
        glued = matches!(symbol, "(" | "." | "::");
    }
    out
}

fn named(name: &str, digits: Digits) -> String {
    if digits == Digits::Strip { strip(name) } else { name.to_owned() }
}

/// A quoted name that means the same without its quotes.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Keywords that a bracket may follow without being their argument.
fn is_keyword(word: &str) -> bool {
    const KEYWORDS: [&str; 22] = [
        "in", "values", "and", "or", "not", "where", "from", "join", "on", "select", "as", "exists", "any",
        "all", "union", "using", "by", "having", "when", "then", "over", "into",
    ];
    KEYWORDS.iter().any(|k| word.eq_ignore_ascii_case(k))
}

/// The first keyword in capitals; after WITH the one that does the work.
pub(super) fn operation(tokens: &[Token<'_>]) -> String {
    let first = tokens.iter().position(Token::is_name);
    let Some(first) = first else { return String::new() };
    let at = if tokens[first].is("with") { main_verb(tokens, first).unwrap_or(first) } else { first };
    tokens[at].name().to_uppercase()
}

/// After WITH: the first verb outside of brackets.
pub(super) fn main_verb(tokens: &[Token<'_>], from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(token) = tokens.get(at) {
        if token.is_symbol("(") {
            at = balanced_end(tokens, at);
            continue;
        }
        if token.is_any(&["select", "insert", "update", "delete", "merge"]) {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// Names after FROM, JOIN, INTO and UPDATE that are tables: no sub-queries, no names of WITH.
pub(super) fn tables(tokens: &[Token<'_>]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let own: Vec<String> = named_by_with(tokens);
    let mut functions: Vec<bool> = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|b| tokens.get(b));
        if token.is_symbol("(") {
            const TAKES_FROM: [&str; 5] = ["extract", "substring", "trim", "overlay", "position"];
            functions.push(before.is_some_and(|b| b.is_any(&TAKES_FROM)));
        } else if token.is_symbol(")") {
            functions.pop();
        }
        let is_argument = functions.last() == Some(&true);
        let introduces = match token {
            t if t.is("from") => {
                !is_argument && !before.is_some_and(|b| b.is("distinct") && is_test(tokens, i))
            }
            t if t.is_any(&["join", "into"]) => true,
            t if t.is("update") => !before.is_some_and(|b| b.is_any(&["for", "on", "do", "key", "no"])),
            _ => false,
        };
        if introduces {
            table_list(tokens, i + 1, token.is("from"), &mut out);
        }
    }
    let mut seen: Vec<String> = Vec::new();
    for table in out {
        if !seen.contains(&table) && !own.contains(&table) {
            seen.push(table);
        }
    }
    seen
}

/// `IS [NOT] DISTINCT FROM`.
fn is_test(tokens: &[Token<'_>], from: usize) -> bool {
    let word = |back: usize| from.checked_sub(back).and_then(|i| tokens.get(i));
    word(2).is_some_and(|t| t.is_any(&["is", "not"]))
}

fn named_by_with(tokens: &[Token<'_>]) -> Vec<String> {
    if !tokens.iter().find(|t| t.is_name()).is_some_and(|t| t.is("with")) {
        return Vec::new();
    }
    let opens = |i: usize| tokens.get(i + 1).is_some_and(|t| t.is("as"));
    let names = tokens.iter().enumerate().filter(|(i, t)| t.is_name() && opens(*i));
    names.map(|(_, t)| t.name().to_lowercase()).collect()
}

/// A table, or several with commas between them.
fn table_list(tokens: &[Token<'_>], mut at: usize, has_commas: bool, out: &mut Vec<String>) {
    loop {
        while tokens.get(at).is_some_and(|t| t.is_any(&["only", "lateral", "low_priority", "ignore"])) {
            at += 1;
        }
        let Some(first) = tokens.get(at).filter(|t| t.is_name()) else { return };
        let mut name = first.name().to_lowercase();
        at += 1;
        while tokens.get(at).is_some_and(|t| t.is_symbol("."))
            && let Some(next) = tokens.get(at + 1).filter(|t| t.is_name())
        {
            name = format!("{name}.{}", next.name().to_lowercase());
            at += 2;
        }
        // A function that returns rows is no table; columns after INTO's table are.
        if has_commas && tokens.get(at).is_some_and(|t| t.is_symbol("(")) {
            return;
        }
        if first.is_any(&["select", "dual", "values"]) {
            return;
        }
        out.push(name);
        at += usize::from(tokens.get(at).is_some_and(|t| t.is("as")));
        let is_end =
            |t: &Token<'_>| t.is_any(&["where", "join", "left", "inner", "order", "group", "limit", "on"]);
        at += usize::from(tokens.get(at).is_some_and(|t| t.is_name() && !is_end(t)));
        if !has_commas || !tokens.get(at).is_some_and(|t| t.is_symbol(",")) {
            return;
        }
        at += 1;
    }
}
