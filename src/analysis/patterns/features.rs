//! What one request looked like: attributes of its spans, calls that it made, when it came and beside how many.
use std::collections::BTreeMap;

use crate::analysis::{Reading, Study};
use crate::model::{Nanos, Symbol, Timestamp, Value};

/// Bytes of a text that are compared.
const LONG: usize = 200;

/// Where a property of a request is read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// An attribute of the entry span.
    Entry(Symbol),
    /// An attribute of spans of a service.
    Span(Symbol, Symbol),
    /// The version of a service.
    Version(Symbol),
    /// The instance of a service that answered.
    Instance(Symbol),
    /// How many spans of a service have this name.
    Count(Symbol, Symbol),
    /// Requests that were under way when it came.
    Concurrency,
    /// Hour of the day, UTC, 0 to 23.
    Hour,
}

/// What was read.
#[derive(Clone, Debug, PartialEq)]
pub enum Property {
    /// Text, or a number sent as text that others send as words.
    Text(Box<str>),
    /// A number, also one sent as text.
    Number(f64),
}

/// All properties of a request: of numbers the largest, of texts the first in order of start. Sorted.
pub(super) type Properties = Vec<(Source, Property)>;

/// Keys whose values are the outcome itself, or tell only when, which request or what step it was.
fn is_tautology(key: &str) -> bool {
    // A port is a name that looks like a number; who was called is told by the steps.
    const ENDS: [&str; 6] = ["status_code", ".status", "error", "error.type", "timeout", ".port"];
    const STARTS: [&str; 6] = ["exception.", "error.", "otel.", "thread.", "code.", "telemetry."];
    // Which statements were run is told step by step, whatever their values.
    const STATEMENTS: [&str; 2] = ["db.query.text", "db.statement"];
    STATEMENTS.contains(&key)
        || ENDS.iter().any(|e| key.ends_with(e))
        || STARTS.iter().any(|s| key.starts_with(s))
        || key.contains("duration")
}

/// The properties of a request.
pub(super) fn properties(study: &Study<'_>, reading: &Reading) -> Properties {
    let mut out: BTreeMap<Source, Property> = BTreeMap::new();
    let mut counts: BTreeMap<(Symbol, Symbol), f64> = BTreeMap::new();
    let mut rows: Vec<(Timestamp, u32)> = reading.rows().map(|(i, r, _)| (r.start, i)).collect();
    rows.sort_unstable();
    for (_, i) in rows {
        let Some(row) = reading.row(i) else { continue };
        let Some(span) = row.span().and_then(|s| study.snapshot.spans.get(s)) else { continue };
        let resource = span.resource();
        let is_entry = reading.root == Some(i);
        for (key, value) in span.attributes() {
            if is_tautology(span.text_of(key)) {
                continue;
            }
            let source = if is_entry { Source::Entry(key) } else { Source::Span(resource.service, key) };
            if let Some(found) = read(value) {
                offer(&mut out, source, found);
            }
        }
        if !resource.version.is_empty() {
            let text = span.text_of(resource.version).into();
            offer(&mut out, Source::Version(resource.service), Property::Text(text));
        }
        if !resource.instance.is_empty() && reading.part(i).is_served {
            let text = span.text_of(resource.instance).into();
            offer(&mut out, Source::Instance(resource.service), Property::Text(text));
        }
        if reading.part(i).edge.is_some() {
            *counts.entry((resource.service, row.name)).or_default() += 1.0;
        }
    }
    out.extend(counts.into_iter().map(|((s, n), count)| (Source::Count(s, n), Property::Number(count))));
    if let Some(start) = reading.start() {
        let hour = start.0.div_euclid(Nanos::from_secs(3600).0).rem_euclid(24);
        out.insert(Source::Hour, Property::Number(hour as f64));
    }
    out.into_iter().collect()
}

fn read(value: &Value) -> Option<Property> {
    match value {
        Value::Str(text) if text.is_empty() => None,
        // Its place is not for the next value, which would be another step's.
        Value::Str(text) if text.len() > LONG => {
            let end = (0..=LONG).rev().find(|e| text.is_char_boundary(*e)).unwrap_or(0);
            Some(Property::Text(text.get(..end).unwrap_or_default().into()))
        }
        Value::Str(text) => Some(match text.trim().parse::<f64>() {
            Ok(n) if n.is_finite() => Property::Number(n),
            _ => Property::Text(text.clone()),
        }),
        Value::Bool(b) => Some(Property::Text(b.to_string().into())),
        other => other.as_f64().filter(|n| n.is_finite()).map(Property::Number),
    }
}

fn offer(out: &mut BTreeMap<Source, Property>, source: Source, found: Property) {
    match (out.get_mut(&source), &found) {
        (None, _) => {
            out.insert(source, found);
        }
        (Some(Property::Number(old)), Property::Number(new)) => *old = old.max(*new),
        (Some(_), _) => {}
    }
}

/// For each request, how many others of the same system were under way when it came.
pub(super) fn concurrency(spans: &[(Timestamp, Timestamp)]) -> Vec<f64> {
    let mut starts: Vec<Timestamp> = spans.iter().map(|s| s.0).collect();
    let mut ends: Vec<Timestamp> = spans.iter().map(|s| s.1).collect();
    starts.sort_unstable();
    ends.sort_unstable();
    let before = |all: &[Timestamp], t: Timestamp| all.partition_point(|x| *x < t) as f64;
    spans.iter().map(|(start, _)| before(&starts, *start) - before(&ends, *start)).collect()
}
