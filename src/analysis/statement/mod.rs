//! Statements that differ only in their values are one: fingerprint, summary, tables.
mod command;
mod fingerprint;
mod hints;
mod tokens;

use std::hash::{BuildHasher, Hash, Hasher};

pub use hints::{QueryHint, hints};
pub use tokens::{Token, tokens};

/// Whether digits in names make a difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Digits {
    /// `orders_7` and `orders_8` are two tables.
    #[default]
    Keep,
    /// Tables by number are one.
    Strip,
}

/// A statement without its values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// The text with `?` for each value: equal for statements that differ only in values.
    pub fingerprint: String,
    /// A number of fingerprint and product: the same on every machine.
    pub key: u64,
    /// First keyword or command, in capitals; empty where there is none.
    pub operation: String,
    /// Tables or collections, in the order named, each once.
    pub tables: Vec<String>,
    /// Whether its end was cut off, so that two of them need not be the same.
    pub is_truncated: bool,
    /// Whether it is SQL, so that there can be hints.
    pub is_sql: bool,
    /// Whether it only reads.
    pub is_read: bool,
    /// Whether values stand in it: then equal texts are equal requests.
    pub has_placeholders: bool,
    /// Whether it opens, ends or tests a session or transaction, and asks for nothing.
    pub is_control: bool,
}

/// What a span says of its statement.
#[derive(Clone, Copy, Debug, Default)]
pub struct Said<'a> {
    /// Product, by its current name.
    pub system: &'a str,
    /// Statement text.
    pub text: &'a str,
    /// Operation name.
    pub operation: &'a str,
    /// Table or collection.
    pub collection: &'a str,
}

impl Statement {
    /// The statement of a database span.
    pub fn of(said: &Said<'_>, digits: Digits) -> Self {
        let mut this = if said.text.trim().is_empty() {
            command::nameless(said)
        } else if is_sql(said.system, said.text) {
            fingerprint::sql(said, digits)
        } else {
            command::command(said)
        };
        this.key = key(said.system, &this.fingerprint);
        this
    }
    /// Operation and tables, as `db.query.summary` has them.
    pub fn summary(&self) -> String {
        let tables = self.tables.iter().map(String::as_str);
        let words: Vec<&str> =
            std::iter::once(self.operation.as_str()).chain(tables).filter(|w| !w.is_empty()).collect();
        if words.is_empty() { self.fingerprint.clone() } else { words.join(" ") }
    }
}

fn key(system: &str, fingerprint: &str) -> u64 {
    let mut hasher = foldhash::quality::FixedState::with_seed(0).build_hasher();
    system.hash(&mut hasher);
    fingerprint.hash(&mut hasher);
    hasher.finish()
}

const OTHER_LANGUAGES: [&str; 14] = [
    "redis",
    "valkey",
    "memcached",
    "mongodb",
    "elasticsearch",
    "opensearch",
    "aws.dynamodb",
    "azure.cosmosdb",
    "couchdb",
    "hbase",
    "neo4j",
    "aws.elasticache",
    "dragonfly",
    "keydb",
];

const FIRST_WORDS: [&str; 32] = [
    "select",
    "insert",
    "update",
    "delete",
    "with",
    "merge",
    "replace",
    "begin",
    "commit",
    "rollback",
    "start",
    "savepoint",
    "release",
    "set",
    "show",
    "explain",
    "create",
    "alter",
    "drop",
    "truncate",
    "call",
    "exec",
    "execute",
    "values",
    "copy",
    "lock",
    "analyze",
    "vacuum",
    "grant",
    "use",
    "declare",
    "upsert",
];

/// Whether a text is SQL, by product, and where that does not tell, by its first word.
fn is_sql(system: &str, text: &str) -> bool {
    if OTHER_LANGUAGES.contains(&system) {
        return false;
    }
    let (tokens, _) = tokens(system, text);
    let first = tokens.iter().find(|t| !t.is_symbol("("));
    first.is_some_and(|t| t.is_any(&FIRST_WORDS))
}

/// `is_read`, `is_control` by the first keyword.
fn by_operation(statement: &mut Statement) {
    let op = statement.operation.as_str();
    statement.is_read = matches!(
        op,
        "SELECT"
            | "GET"
            | "MGET"
            | "HGET"
            | "HGETALL"
            | "HMGET"
            | "EXISTS"
            | "LRANGE"
            | "SMEMBERS"
            | "ZRANGE"
            | "FIND"
            | "FINDONE"
            | "AGGREGATE"
            | "COUNT"
            | "DISTINCT"
            | "SEARCH"
            | "QUERY"
            | "SCAN"
            | "GETITEM"
            | "BATCHGETITEM"
            | "VALUES"
            | "SHOW"
            | "GETS"
    );
    statement.is_control = matches!(
        op,
        "BEGIN"
            | "COMMIT"
            | "ROLLBACK"
            | "START"
            | "SAVEPOINT"
            | "RELEASE"
            | "SET"
            | "USE"
            | "SHOW"
            | "PING"
            | "AUTH"
            | "HELLO"
            | "CONNECT"
            | "ISMASTER"
            | "END"
    ) && (statement.is_sql
        || matches!(op, "PING" | "AUTH" | "HELLO" | "CONNECT" | "ISMASTER"));
}

#[cfg(test)]
#[path = "statement_tests.rs"]
mod tests;
