//! SQL text to tokens: comments dropped, literals told from names, in the quoting of each product.

/// One token; borrowed from the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// A keyword or a name without quotes.
    Word(&'a str),
    /// A name in quotes, without them.
    Quoted(&'a str),
    /// Text in quotes, without them.
    Text(&'a str),
    /// A number.
    Number(&'a str),
    /// `?`, `$1`, `:name`, `%s`, `@p1`.
    Parameter,
    /// An operator or a bracket.
    Symbol(&'a str),
}

impl<'a> Token<'a> {
    /// Whether it is this keyword, in any case.
    pub fn is(&self, keyword: &str) -> bool {
        matches!(self, Self::Word(w) if w.eq_ignore_ascii_case(keyword))
    }
    /// Whether it is one of these keywords.
    pub fn is_any(&self, keywords: &[&str]) -> bool {
        keywords.iter().any(|k| self.is(k))
    }
    /// Whether it is this operator.
    pub fn is_symbol(&self, symbol: &str) -> bool {
        matches!(self, Self::Symbol(s) if *s == symbol)
    }
    /// Whether it stands for a value: a literal, a parameter, a truth value or NULL.
    pub fn is_value(&self) -> bool {
        matches!(self, Self::Text(_) | Self::Number(_) | Self::Parameter)
            || self.is_any(&["null", "true", "false"])
    }
    /// Whether it is a name or a keyword.
    pub fn is_name(&self) -> bool {
        matches!(self, Self::Word(_) | Self::Quoted(_))
    }
    /// The text of a name.
    pub fn name(&self) -> &'a str {
        match self {
            Self::Word(s) | Self::Quoted(s) => s,
            _ => "",
        }
    }
}

/// What differs between products in how they quote and comment.
#[derive(Clone, Copy, Debug, Default)]
struct Dialect {
    /// `"…"` is text, `#` starts a comment, `\` escapes: MySQL.
    is_mysql: bool,
    /// `[…]` is a name: SQL Server, SQLite, Access.
    has_brackets: bool,
}

impl Dialect {
    fn of(system: &str) -> Self {
        Self {
            is_mysql: matches!(system, "mysql" | "mariadb" | "tidb"),
            has_brackets: matches!(system, "microsoft.sql_server" | "mssql" | "sqlite"),
        }
    }
}

/// The tokens of a statement, and whether its end was cut off.
pub fn tokens<'a>(system: &str, text: &'a str) -> (Vec<Token<'a>>, bool) {
    let trimmed = text.trim_end();
    let body = trimmed.strip_suffix('…').or_else(|| trimmed.strip_suffix("...")).unwrap_or(trimmed);
    let mut scan = Scan { text: body, at: 0, dialect: Dialect::of(system), is_open: false, out: Vec::new() };
    while scan.at < body.len() {
        scan.step();
    }
    (scan.out, scan.is_open || body.len() < trimmed.len())
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
    dialect: Dialect,
    /// A quote or a comment has no end.
    is_open: bool,
    out: Vec<Token<'a>>,
}

fn is_word_start(c: u8) -> bool {
    c.is_ascii_alphabetic() || c == b'_' || c >= 0x80
}

fn is_word(c: u8) -> bool {
    is_word_start(c) || c.is_ascii_digit() || c == b'$' || c == b'#'
}

impl<'a> Scan<'a> {
    fn byte(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }
    fn slice(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to.min(self.text.len())).unwrap_or("")
    }
    fn push(&mut self, token: Token<'a>, length: usize) {
        self.out.push(token);
        self.at += length;
    }

    fn step(&mut self) {
        let (c, next) = (self.byte(0), self.byte(1));
        match c {
            _ if c.is_ascii_whitespace() => self.at += 1,
            b'-' if next == b'-' => self.skip_line(),
            b'#' if self.dialect.is_mysql => self.skip_line(),
            b'/' if next == b'*' => self.skip_block(),
            b'\'' => self.text_in_quotes(0, self.dialect.is_mysql),
            b'"' if self.dialect.is_mysql => self.text_in_quotes(0, true),
            b'"' | b'`' => self.name_in_quotes(c),
            b'[' if self.dialect.has_brackets => self.name_in_quotes(b']'),
            b'$' => self.dollar(),
            b'0'..=b'9' => self.number(),
            b'.' if next.is_ascii_digit() && !self.follows_name() => self.number(),
            b'?' => self.push(Token::Parameter, 1),
            b':' if is_word(next) => self.parameter(1),
            b'@' if next == b'@' => self.word(2),
            b'@' if is_word(next) => self.parameter(1),
            b'%' if next == b's' && !is_word(self.byte(2)) => self.push(Token::Parameter, 2),
            b'%' if next == b'(' && self.is_named_format() => self.named_format(),
            _ if is_word_start(c) => self.word_or_prefixed(c, next),
            _ => self.symbol(),
        }
    }

    fn follows_name(&self) -> bool {
        self.out.last().is_some_and(Token::is_name)
    }

    fn skip_line(&mut self) {
        self.at += self.rest().find('\n').unwrap_or(self.rest().len());
    }

    /// A comment; they nest, as in PostgreSQL and SQL Server.
    fn skip_block(&mut self) {
        let mut depth = 0;
        while self.at < self.text.len() {
            match (self.byte(0), self.byte(1)) {
                (b'/', b'*') => (depth, self.at) = (depth + 1, self.at + 2),
                (b'*', b'/') => (depth, self.at) = (depth - 1, self.at + 2),
                _ => self.at += 1,
            }
            if depth == 0 {
                return;
            }
        }
        self.is_open = true;
    }

    /// Text in the quote at `ahead`; the quote doubled stands for itself.
    fn text_in_quotes(&mut self, ahead: usize, has_escapes: bool) {
        let (quote, from) = (self.byte(ahead), self.at + ahead + 1);
        self.at = from;
        loop {
            match self.byte(0) {
                _ if self.at >= self.text.len() => {
                    self.is_open = true;
                    break;
                }
                b'\\' if has_escapes => self.at += 2,
                c if c == quote && self.byte(1) == quote => self.at += 2,
                c if c == quote => break,
                _ => self.at += 1,
            }
        }
        let text = self.slice(from, self.at);
        self.push(Token::Text(text), 1);
        self.at = self.at.min(self.text.len());
    }

    fn name_in_quotes(&mut self, close: u8) {
        let from = self.at + 1;
        match self.text.as_bytes().get(from..).and_then(|b| b.iter().position(|c| *c == close)) {
            Some(length) => self.push(Token::Quoted(self.slice(from, from + length)), length + 2),
            None => {
                self.is_open = true;
                self.push(Token::Quoted(self.slice(from, self.text.len())), self.text.len() - self.at);
            }
        }
    }

    /// `$1`, or text between `$tag$` and `$tag$`.
    fn dollar(&mut self) {
        let digits = self.rest().bytes().skip(1).take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            return self.push(Token::Parameter, 1 + digits);
        }
        let tag = self.rest().bytes().skip(1).take_while(|c| is_word(*c) && *c != b'$').count();
        if self.byte(1 + tag) != b'$' {
            return self.push(Token::Symbol(self.slice(self.at, self.at + 1)), 1);
        }
        let quote = self.slice(self.at, self.at + tag + 2);
        let from = self.at + quote.len();
        let length = self.text.get(from..).and_then(|rest| rest.find(quote));
        self.is_open |= length.is_none();
        let to = length.map_or(self.text.len(), |l| from + l);
        self.out.push(Token::Text(self.slice(from, to)));
        self.at = (to + quote.len()).min(self.text.len());
    }

    fn number(&mut self) {
        let from = self.at;
        let is_hex = self.byte(0) == b'0' && matches!(self.byte(1), b'x' | b'X');
        while self.at < self.text.len() {
            let c = self.byte(0);
            let is_sign = matches!(c, b'+' | b'-')
                && !is_hex
                && matches!(self.text.as_bytes()[self.at - 1], b'e' | b'E')
                && self.at > from;
            if !(c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_') || is_sign) {
                break;
            }
            self.at += 1;
        }
        self.out.push(Token::Number(self.slice(from, self.at)));
    }

    /// A parameter by name; a cast (`::`) is none.
    fn parameter(&mut self, sign: usize) {
        if self.byte(0) == b':' && self.out.last().is_some_and(|t| t.is_symbol(":")) {
            return self.word(sign);
        }
        let length = self.rest().bytes().skip(sign).take_while(|c| is_word(*c)).count();
        self.push(Token::Parameter, sign + length);
    }

    fn is_named_format(&self) -> bool {
        self.rest().find(')').is_some_and(|at| self.rest().as_bytes().get(at + 1) == Some(&b's'))
    }
    fn named_format(&mut self) {
        let length = self.rest().find(')').map_or(1, |at| at + 2);
        self.push(Token::Parameter, length);
    }

    fn word(&mut self, sign: usize) {
        let length = sign + self.rest().bytes().skip(sign).take_while(|c| is_word(*c)).count();
        self.push(Token::Word(self.slice(self.at, self.at + length)), length);
    }

    /// A word, or text with a prefix: `E'…'`, `N'…'`, `X'…'`, `B'…'`.
    fn word_or_prefixed(&mut self, c: u8, next: u8) {
        if next == b'\'' && matches!(c.to_ascii_lowercase(), b'e' | b'n' | b'x' | b'b') {
            let has_escapes = c.eq_ignore_ascii_case(&b'e') || self.dialect.is_mysql;
            return self.text_in_quotes(1, has_escapes);
        }
        self.word(0);
    }

    fn symbol(&mut self) {
        const LONG: [&str; 13] =
            ["->>", "#>>", "<=>", "::", "<=", ">=", "<>", "!=", "||", "->", "#>", "&&", ":="];
        let rest = self.rest();
        let long = LONG.iter().find(|s| rest.starts_with(**s)).map(|s| s.len());
        let length = long.unwrap_or_else(|| rest.chars().next().map_or(1, char::len_utf8));
        self.push(Token::Symbol(self.slice(self.at, self.at + length)), length);
    }
}
