//! What the text of a statement gives reason to look at; told from tokens, so that names and literals can't deceive.
use super::fingerprint::{balanced_end, main_verb, operation, tables};
use super::{Token, tokens};

/// Joins above this are many.
const MANY_JOINS: usize = 3;
/// Elements of an IN list above this are many.
const LONG_LIST: usize = 100;
/// Rows skipped above this are many.
const LARGE_OFFSET: f64 = 1_000.0;
/// Returned rows above which a missing LIMIT is told, where the number is known.
const MANY_ROWS: f64 = 1_000.0;

/// One thing to look at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum QueryHint {
    /// `*` or `t.*` in a select list.
    SelectStar,
    /// Nothing bounds how many rows come back.
    MissingLimit,
    /// More than three joins: how many.
    ManyJoins(usize),
    /// `LIKE '%…'`: no index helps.
    LeadingWildcard,
    /// `OR` between different columns.
    OrAcrossColumns,
    /// A column inside of a function in WHERE: its name.
    FunctionOnColumn(String),
    /// `NOT IN (SELECT …)`.
    NotInSubquery,
    /// `ORDER BY RAND()`.
    OrderByRandom,
    /// `DISTINCT` over joins.
    DistinctWithJoin,
    /// An IN list of more than 100 elements: how many.
    LongInList(usize),
    /// `UPDATE` or `DELETE` of all rows.
    NoWhere,
    /// Skips many rows to come to its page: how many.
    LargeOffset(u64),
    /// Columns that an index would need, equality before range. To be verified with EXPLAIN.
    IndexCandidate {
        /// The table, the first one named.
        table: String,
        /// Its columns, in the order for an index.
        columns: Vec<String>,
    },
}

/// Hints on a SQL text. `returned_rows` is the 95th percentile of rows that came back, where that is known.
pub fn hints(system: &str, text: &str, returned_rows: Option<f64>) -> Vec<QueryHint> {
    let (tokens, is_truncated) = tokens(system, text);
    let operation = operation(&tokens);
    let verb = main_verb(&tokens, 0).unwrap_or(0);
    let body = tokens.get(verb..).unwrap_or_default();
    let main = top_level(body);
    let mut out = Vec::new();
    if operation == "SELECT" {
        select_hints(&tokens, &main, returned_rows, is_truncated, &mut out);
    }
    let changes = matches!(operation.as_str(), "UPDATE" | "DELETE");
    if changes && !is_truncated && !main.iter().any(|t| t.is("where")) {
        out.push(QueryHint::NoWhere);
    }
    where_hints(&tokens, &mut out);
    if changes || operation == "SELECT" {
        out.extend(index_candidate(&tokens, body));
    }
    out.sort();
    out.dedup();
    out
}

/// The tokens outside of brackets.
fn top_level<'a>(tokens: &[Token<'a>]) -> Vec<Token<'a>> {
    let mut depth = 0;
    let mut out = Vec::new();
    for token in tokens {
        depth -= i32::from(token.is_symbol(")"));
        if depth == 0 {
            out.push(*token);
        }
        depth += i32::from(token.is_symbol("("));
    }
    out
}

fn select_hints(
    all: &[Token<'_>],
    main: &[Token<'_>],
    returned_rows: Option<f64>,
    is_truncated: bool,
    out: &mut Vec<QueryHint>,
) {
    if has_star(all) {
        out.push(QueryHint::SelectStar);
    }
    let joins = all.iter().filter(|t| t.is("join")).count();
    if joins > MANY_JOINS {
        out.push(QueryHint::ManyJoins(joins));
    }
    let list_end = main.iter().position(|t| t.is("from"));
    let is_distinct = main.get(1).is_some_and(|t| t.is("distinct"));
    if is_distinct && joins > 0 {
        out.push(QueryHint::DistinctWithJoin);
    }
    if let Some(list_end) = list_end
        && !is_truncated
        && !is_bounded(all, main, list_end)
        && returned_rows.is_none_or(|rows| rows > MANY_ROWS)
    {
        out.push(QueryHint::MissingLimit);
    }
    let order_by = main.windows(3).find(|w| w[0].is("order") && w[1].is("by"));
    if order_by.is_some_and(|w| w[2].is_any(&["rand", "random", "newid", "dbms_random"])) {
        out.push(QueryHint::OrderByRandom);
    }
    let offset = main.windows(2).find(|w| w[0].is("offset")).map(|w| w[1]);
    if let Some(Token::Number(n)) = offset
        && let Ok(rows) = n.parse::<f64>()
        && rows > LARGE_OFFSET
    {
        out.push(QueryHint::LargeOffset(rows as u64));
    }
}

/// A star directly in a select list: after SELECT, a comma, DISTINCT or `t.`; not in `COUNT(*)` or `a * b`.
fn has_star(tokens: &[Token<'_>]) -> bool {
    // Per open bracket, whether a select list is being read, at each level.
    let mut lists = vec![false];
    for (i, token) in tokens.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|b| tokens.get(b));
        if token.is_symbol("(") {
            lists.push(false);
        } else if token.is_symbol(")") && lists.len() > 1 {
            lists.pop();
        } else if let Some(is_list) = lists.last_mut() {
            *is_list = (*is_list || token.is("select")) && !token.is("from");
            let starts = before.is_some_and(|b| {
                b.is_any(&["select", "distinct", "all"]) || b.is_symbol(",") || b.is_symbol(".")
            });
            if *is_list && token.is_symbol("*") && starts {
                return true;
            }
        }
    }
    false
}

/// Whether something keeps the number of rows small: a limit, a list of aggregates, equality with a key.
fn is_bounded(all: &[Token<'_>], main: &[Token<'_>], list_end: usize) -> bool {
    let has_limit = main.iter().any(|t| t.is_any(&["limit", "fetch", "top", "rownum"]));
    let groups = main.windows(2).any(|w| w[0].is("group") && w[1].is("by"));
    const AGGREGATES: [&str; 12] = [
        "count",
        "sum",
        "avg",
        "min",
        "max",
        "exists",
        "bool_or",
        "bool_and",
        "stddev",
        "variance",
        "string_agg",
        "group_concat",
    ];
    let list = main.get(1..list_end).unwrap_or_default();
    let is_aggregate = |item: &[Token<'_>]| item.first().is_some_and(|t| t.is_any(&AGGREGATES));
    let only_aggregates = !groups && !list.is_empty() && list.split(|t| t.is_symbol(",")).all(is_aggregate);
    has_limit || only_aggregates || has_key_equality(all)
}

/// `id = ?`, `user_id = ?`, or such a column in a list of values.
fn has_key_equality(tokens: &[Token<'_>]) -> bool {
    let from = tokens.iter().position(|t| t.is("where")).unwrap_or(tokens.len());
    tokens.get(from..).unwrap_or_default().windows(3).any(|w| {
        let is_equal = w[1].is_symbol("=") && w[2].is_value();
        let is_listed = w[1].is("in") && w[2].is_symbol("(");
        w[0].is_name() && is_key(w[0].name()) && (is_equal || is_listed)
    })
}

fn is_key(column: &str) -> bool {
    let column = column.to_lowercase();
    matches!(column.as_str(), "id" | "uuid" | "key" | "pk")
        || column.ends_with("_id")
        || column.ends_with("_key")
}

/// WHERE clauses of all levels: from the keyword to the end of its bracket or the next clause.
fn where_clauses<'t, 'a>(tokens: &'t [Token<'a>]) -> Vec<&'t [Token<'a>]> {
    const NEXT: [&str; 9] =
        ["group", "order", "limit", "having", "union", "returning", "fetch", "offset", "window"];
    let mut out = Vec::new();
    for (i, _) in tokens.iter().enumerate().filter(|(_, t)| t.is("where")) {
        let mut depth = 0;
        let rest = &tokens[i + 1..];
        let end = rest.iter().position(|t| {
            depth += i32::from(t.is_symbol("(")) - i32::from(t.is_symbol(")"));
            depth < 0 || (depth == 0 && t.is_any(&NEXT))
        });
        out.push(&rest[..end.unwrap_or(rest.len())]);
    }
    out
}

fn where_hints(tokens: &[Token<'_>], out: &mut Vec<QueryHint>) {
    for clause in where_clauses(tokens) {
        for (i, w) in clause.windows(2).enumerate() {
            let is_like = w[0].is_any(&["like", "ilike"]);
            if is_like && matches!(w[1], Token::Text(t) if t.starts_with('%')) {
                out.push(QueryHint::LeadingWildcard);
            }
            if w[0].is("in") && w[1].is_symbol("(") {
                let end = balanced_end(clause, i + 1);
                let inner = clause.get(i + 2..end.saturating_sub(1)).unwrap_or_default();
                let is_query = inner.first().is_some_and(|t| t.is("select"));
                let is_not = i.checked_sub(1).and_then(|b| clause.get(b)).is_some_and(|t| t.is("not"));
                let count = inner.iter().filter(|t| t.is_value()).count();
                if is_query && is_not {
                    out.push(QueryHint::NotInSubquery);
                } else if !is_query && count > LONG_LIST {
                    out.push(QueryHint::LongInList(count));
                }
            }
        }
        out.extend(function_on_column(clause));
        if is_or_across_columns(clause) {
            out.push(QueryHint::OrAcrossColumns);
        }
    }
}

const COMPARISONS: [&str; 7] = ["=", "<", ">", "<=", ">=", "<>", "!="];

fn is_comparison(token: &Token<'_>) -> bool {
    COMPARISONS.iter().any(|c| token.is_symbol(c)) || token.is_any(&["like", "ilike", "in", "between"])
}

/// `LOWER(email) = ?`: a function of a column on the left of a comparison.
fn function_on_column(clause: &[Token<'_>]) -> Option<QueryHint> {
    clause.windows(3).enumerate().find_map(|(i, w)| {
        let is_call = matches!(w[0], Token::Word(_))
            && !w[0].is_any(&["in", "and", "or", "not", "exists", "any", "all", "values", "between"])
            && w[1].is_symbol("(");
        let inner = clause.get(i + 2..balanced_end(clause, i + 1).saturating_sub(1))?;
        let column = inner.iter().find(|t| t.is_name() && !t.is_value())?;
        let after = clause.get(balanced_end(clause, i + 1))?;
        let has_query = inner.iter().any(|t| t.is("select"));
        (is_call && is_comparison(after) && !has_query)
            .then(|| QueryHint::FunctionOnColumn(column.name().to_lowercase()))
    })
}

/// Columns that are compared, with whether by equality.
fn compared(clause: &[Token<'_>]) -> Vec<(String, bool)> {
    let mut out = Vec::new();
    for (i, w) in clause.windows(2).enumerate() {
        let is_column = w[0].is_name() && !w[0].is_value() && !w[0].is_any(&["and", "or", "not", "where"]);
        // A comparison with another column is a join, which this index would not serve.
        let other = clause.get(i + 2);
        let is_join = other.is_some_and(|t| t.is_name() && !t.is_value())
            && clause.get(i + 3).is_some_and(|t| t.is_symbol("."));
        let is_not = w[1].is_any(&["not"]) || w[1].is_symbol("<>") || w[1].is_symbol("!=");
        if is_column && is_comparison(&w[1]) && !is_join && !is_not {
            let is_equal = w[1].is_symbol("=") || w[1].is("in");
            out.push((w[0].name().to_lowercase(), is_equal));
        }
    }
    out
}

fn is_or_across_columns(clause: &[Token<'_>]) -> bool {
    clause.iter().enumerate().filter(|(_, t)| t.is("or")).any(|(i, _)| {
        let left = compared(&clause[..i]).pop();
        let right = compared(&clause[i + 1..]).into_iter().next();
        matches!((left, right), (Some(l), Some(r)) if l.0 != r.0)
    })
}

/// Equality columns, then the first range column, of the first WHERE outside of brackets.
fn index_candidate(tokens: &[Token<'_>], body: &[Token<'_>]) -> Option<QueryHint> {
    let table = tables(tokens).into_iter().next()?;
    let mut depth = 0;
    let at = body.iter().position(|t| {
        depth += i32::from(t.is_symbol("(")) - i32::from(t.is_symbol(")"));
        depth == 0 && t.is("where")
    })?;
    let clause = where_clauses(&body[at..]).into_iter().next()?;
    let clause = top_level_of(clause);
    if clause.iter().any(|t| t.is("or")) {
        return None;
    }
    let found = compared(&clause);
    let mut columns: Vec<String> = Vec::new();
    let range = found.iter().find(|c| !c.1).map(|c| &c.0);
    for name in found.iter().filter(|c| c.1).map(|c| &c.0).chain(range) {
        if !columns.contains(name) {
            columns.push(name.clone());
        }
    }
    (!columns.is_empty()).then_some(QueryHint::IndexCandidate { table, columns })
}

/// Like [`top_level`], with the opening brackets kept, which `IN (` needs.
fn top_level_of<'a>(clause: &[Token<'a>]) -> Vec<Token<'a>> {
    let is_grouped = |t: &Token<'_>| t.is("select");
    if clause.iter().any(is_grouped) { top_level(clause) } else { clause.to_vec() }
}
