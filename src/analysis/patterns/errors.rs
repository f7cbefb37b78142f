//! Which errors come again and again: where they begin, and their message without numbers and ids.
use std::collections::BTreeMap;

use crate::analysis::{Evidence, Reading, Study};
use crate::graph::Outcome;
use crate::model::semconv::Field;
use crate::model::{NodeId, SpanId, Symbol, TraceId};

/// An error that comes again.
#[derive(Clone, Debug, PartialEq)]
pub struct FrequentError {
    /// The node where it begins.
    pub node: Option<NodeId>,
    /// The span that fails first.
    pub operation: Symbol,
    /// How it ended.
    pub outcome: Outcome,
    /// Type of the exception, or what else names the error.
    pub kind: String,
    /// Message with numbers, ids and quoted words left out.
    pub message: String,
    /// Requests that it failed.
    pub count: usize,
    /// Some of them.
    pub evidence: Evidence,
}

type Key = (Option<NodeId>, Symbol, Outcome, String, String);

/// The error of one request: what it is, and where it can be seen.
pub(super) type ErrorOf = (Key, TraceId, SpanId);

/// Where the error of a request began; `None` if it did not fail.
pub(super) fn error_of(study: &Study<'_>, reading: &Reading) -> Option<ErrorOf> {
    let root = reading.root.filter(|_| reading.is_failed())?;
    let at = crate::analysis::incident::origin_row(reading, root);
    let span = study.snapshot.spans.get(reading.row(at)?.span()?)?;
    let fields = span.fields();
    let event = span
        .events()
        .iter()
        .map(|e| span.event_fields(e))
        .find(|f| f.get(Field::ExceptionType).is_some() || f.get(Field::ExceptionMessage).is_some());
    let text = |field| event.as_ref().and_then(|e| e.text(field));
    let kind = text(Field::ExceptionType).or(fields.text(Field::ErrorType)).unwrap_or("").to_owned();
    let message = text(Field::ExceptionMessage).unwrap_or(span.status_message());
    let key = (reading.part(at).node, span.name(), reading.part(at).outcome, kind, template(message));
    Some((key, reading.id, span.span_id()))
}

/// Errors by how many requests they failed.
pub(super) fn frequent(errors: Vec<ErrorOf>, limit: usize) -> Vec<FrequentError> {
    let mut by_key: BTreeMap<Key, (usize, Evidence)> = BTreeMap::new();
    for (key, trace, span) in errors {
        let entry = by_key.entry(key).or_default();
        entry.0 += 1;
        entry.1.add(trace, span);
    }
    let mut out: Vec<FrequentError> = by_key
        .into_iter()
        .map(|((node, operation, outcome, kind, message), (count, evidence))| FrequentError {
            node,
            operation,
            outcome,
            kind,
            message,
            count,
            evidence,
        })
        .collect();
    out.sort_by(|a, b| b.count.cmp(&a.count).then((a.node, a.operation).cmp(&(b.node, b.operation))));
    out.truncate(limit);
    out
}

/// A message without what differs each time: words with digits become `#`, quoted text becomes `'…'`.
fn template(message: &str) -> String {
    let mut out = String::new();
    let mut rest = message;
    while let Some(c) = rest.chars().next() {
        let is_quote = c == '"' || c == '\'' || c == '`';
        let end = if is_quote { rest.get(1..).and_then(|r| r.find(c)) } else { None };
        if let Some(end) = end {
            out += "'…'";
            rest = rest.get(end + 2..).unwrap_or("");
        } else if c.is_alphanumeric() {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '-' && c != '_').unwrap_or(rest.len());
            let (word, tail) = rest.split_at(end.max(c.len_utf8()));
            out += if word.chars().any(|c| c.is_ascii_digit()) { "#" } else { word };
            rest = tail;
        } else {
            out.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or("");
        }
    }
    out.chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::template;

    #[test]
    fn messages_lose_what_differs_each_time() {
        for (message, expected) in [
            ("order 4711 of user 'ann' not found", "order # of user '…' not found"),
            ("timeout after 5000ms: id=7f3a-11", "timeout after #: id=#"),
            ("it's over", "it's over"),
            ("naïve “x”", "naïve “x”"),
            ("", ""),
        ] {
            assert_eq!(template(message), expected);
        }
    }
}
