//! Commands of databases that do not speak SQL, without their values: Redis, MongoDB, search, key-value stores.
use super::{Said, Statement, by_operation};

/// A span that sends no text: its operation and its collection.
pub fn nameless(said: &Said<'_>) -> Statement {
    let mut statement = Statement {
        operation: said.operation.to_uppercase(),
        tables: Some(said.collection.to_owned()).filter(|c| !c.is_empty()).into_iter().collect(),
        has_placeholders: true,
        ..Statement::default()
    };
    statement.fingerprint = statement.summary();
    by_operation(&mut statement);
    statement
}

/// A command in the product's own language.
pub fn command(said: &Said<'_>) -> Statement {
    let text = said.text.trim();
    let mut statement =
        if text.starts_with('{') || text.starts_with('[') { document(said) } else { words(said) };
    if statement.tables.is_empty() && !said.collection.is_empty() {
        statement.tables.push(said.collection.to_owned());
    }
    let end = text.trim_end_matches(['"', '\'']);
    statement.is_truncated = end.ends_with('…') || end.ends_with("...");
    statement.has_placeholders = text.contains('?');
    by_operation(&mut statement);
    statement
}

/// Command and key, with what differs from key to key as `?`: `GET session:?`.
fn words(said: &Said<'_>) -> Statement {
    let mut words = said.text.split_whitespace();
    let operation = words.next().unwrap_or("").to_uppercase();
    let fingerprint = match words.next() {
        Some(key) => format!("{operation} {}", key_pattern(key)),
        None => operation.clone(),
    };
    Statement { fingerprint, operation, ..Statement::default() }
}

/// A key with its ids as `?`: pieces that hold a digit, or are long hexadecimal numbers.
fn key_pattern(key: &str) -> String {
    let mut out = String::with_capacity(key.len());
    let mut piece = String::new();
    for c in key.chars().chain(std::iter::once('\0')) {
        if c.is_alphanumeric() || c == '-' || c == '_' || c == '?' {
            piece.push(c);
            continue;
        }
        let is_hex = piece.len() >= 8 && piece.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
        let is_id = is_hex || piece.chars().any(|c| c.is_ascii_digit());
        out.push_str(if is_id { "?" } else { &piece });
        piece.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    out
}

/// A document with `?` for each value: the command, its collection, and which fields are asked for.
fn document(said: &Said<'_>) -> Statement {
    const COMMANDS: [&str; 9] =
        ["find", "aggregate", "insert", "update", "delete", "count", "distinct", "findAndModify", "getMore"];
    let keys = shape(said.text);
    let (mut operation, mut collection) = (said.operation.to_owned(), said.collection.to_owned());
    if let Some((key, value)) = &keys.first_pair
        && COMMANDS.contains(&key.as_str())
    {
        if operation.is_empty() {
            operation.clone_from(key);
        }
        if collection.is_empty() {
            collection.clone_from(value);
        }
    }
    let head: Vec<&str> =
        [operation.as_str(), collection.as_str()].into_iter().filter(|w| !w.is_empty()).collect();
    let fingerprint = [head.join(" "), keys.text].join(" ").trim().to_owned();
    let tables = Some(collection).filter(|c| !c.is_empty()).into_iter().collect();
    Statement { fingerprint, operation: operation.to_uppercase(), tables, ..Statement::default() }
}

#[derive(Default)]
struct Shape {
    text: String,
    first_pair: Option<(String, String)>,
}

/// Keys and brackets kept, values as `?`, lists of alike values as one.
fn shape(text: &str) -> Shape {
    let mut out = Shape::default();
    let mut first_key = None;
    let mut rest = text.trim_end_matches(['…', '.']);
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        if c == '"' || c == '\'' {
            let end = end_of_text(after, c);
            let inner = &after[..end];
            rest = after.get(end + 1..).unwrap_or("");
            if rest.trim_start().starts_with(':') {
                first_key.get_or_insert_with(|| inner.to_owned());
                out.text.push_str(inner);
            } else {
                let pair = first_key.as_ref().filter(|_| out.first_pair.is_none());
                out.first_pair = pair.map(|k| (k.clone(), inner.to_owned())).or(out.first_pair);
                push_value(&mut out.text);
            }
        } else if "{}[],:".contains(c) {
            out.text.push(c);
            rest = after;
        } else if c.is_whitespace() {
            rest = after;
        } else {
            let length =
                rest.find(|c: char| "{}[],:\"'".contains(c) || c.is_whitespace()).unwrap_or(rest.len());
            let (word, next) = rest.split_at(length.max(c.len_utf8()));
            rest = next;
            let is_key =
                rest.trim_start().starts_with(':') && !word.starts_with(|c: char| c.is_ascii_digit());
            if is_key { out.text.push_str(word) } else { push_value(&mut out.text) }
        }
    }
    while out.text.contains("?,?") {
        out.text = out.text.replace("?,?", "?");
    }
    out
}

fn push_value(text: &mut String) {
    if !text.ends_with('?') {
        text.push('?');
    }
}

fn end_of_text(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (i, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            c if c == quote => return i,
            _ => {}
        }
    }
    text.len()
}
