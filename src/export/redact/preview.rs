//! What hiding would do, on a few spans before anything is written.
use std::collections::BTreeSet;

use super::measured;
use super::names::service_of;
use super::{Counts, Redaction, Redactor};
use crate::export::case::CaseNote;
use crate::export::measurements::Chosen;
use crate::export::records;
use crate::model::{
    MeasurementBatch, Point, SenderAttributes, SpanKind, SpanRecord, StatusCode, TraceIndex, Value,
};
use crate::store::{SpanRef, Spans};
use crate::texts::{fill, texts};

/// Spans that a preview goes through at most.
pub const PREVIEWED: usize = 100_000;
/// Spans shown.
const EXAMPLES: usize = 3;
/// Fields shown that no example has, and notes.
const OTHERS: usize = 300;

/// One thing that a span says, before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// `service`, `operation`, or the key of an attribute.
    pub what: String,
    /// As it was.
    pub before: String,
    /// As it will be; `None` where it goes.
    pub after: Option<String>,
}

/// A span before and after; or fields of others, a measurement, notes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Example {
    /// What it is.
    pub title: String,
    /// What it says.
    pub lines: Vec<Line>,
}

/// What hiding would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// Traces that are saved.
    pub traces: u64,
    /// Spans that are saved.
    pub spans: u64,
    /// Data points of measurements that are saved.
    pub points: u64,
    /// How much is hidden in those that were gone through.
    pub counts: Counts,
    /// Some spans; then one of each field that they do not have, a measurement, and the notes.
    pub examples: Vec<Example>,
}

/// Goes through these traces, the first [`PREVIEWED`] spans in full, and through the measurements and notes that go
/// with them.
pub fn preview(
    spans: &Spans,
    traces: &[TraceIndex],
    measurements: Option<&Chosen<'_>>,
    notes: &[CaseNote],
    rules: &Redaction,
) -> Preview {
    let all = || traces.iter().flat_map(|t| spans.rows_of(*t));
    let mut out = Preview { traces: traces.len() as u64, spans: all().count() as u64, ..Preview::default() };
    let mut redactor = Redactor::new(rules, all().take(PREVIEWED));
    let chosen = examples(all().take(PREVIEWED));
    let mut shown = BTreeSet::new();
    for span in all().take(PREVIEWED).filter(|s| chosen.contains(&s.row())) {
        let before = records::record(span);
        let counts = redactor.counts;
        let lines = lines(&before, &redactor.record(&before));
        redactor.counts = counts;
        shown.extend(lines.iter().map(|l| l.what.clone()));
        out.examples.push(Example { title: texts().save.hidden_span.to_owned(), lines });
    }
    let mut others = Vec::new();
    for span in all().take(PREVIEWED) {
        let before = records::record(span);
        let after = redactor.record(&before);
        for line in lines(&before, &after) {
            if others.len() < OTHERS && !shown.contains(&line.what) {
                shown.insert(line.what.clone());
                others.push(line);
            }
        }
    }
    if !others.is_empty() {
        out.examples.push(Example { title: texts().save.hidden_others.to_owned(), lines: others });
    }
    if let Some(chosen) = measurements {
        out.points = chosen.count();
        out.examples.extend(measured_example(chosen, &mut redactor, rules));
    }
    out.examples.extend(noted(notes, &mut redactor, rules));
    out.counts = redactor.counts();
    out
}

/// What becomes of notes.
fn noted(notes: &[CaseNote], redactor: &mut Redactor, rules: &Redaction) -> Option<Example> {
    let line = |note: &CaseNote| Line {
        what: texts().save.hidden_note.to_owned(),
        before: note.text.clone(),
        after: (!rules.notes).then(|| redactor.text(&note.text)),
    };
    let lines: Vec<Line> = notes.iter().take(OTHERS).map(line).collect();
    (!lines.is_empty()).then(|| Example { title: texts().save.hidden_notes.to_owned(), lines })
}

/// Hides the first [`PREVIEWED`] measurements; gives the one that tells the most.
fn measured_example(chosen: &Chosen<'_>, redactor: &mut Redactor, rules: &Redaction) -> Option<Example> {
    if !rules.is_of_spans() {
        return None;
    }
    let mut seen = 0;
    let mut best: Option<(usize, SenderAttributes, Point)> = None;
    // Ended early by an error that says nothing.
    let _ = chosen.batches(&mut |batch: MeasurementBatch| {
        redactor.measurements(&batch);
        for point in &batch.points {
            let size = point.told_by().len() + usize::from(point.metric.is_of_pool());
            if best.as_ref().is_none_or(|(most, ..)| size > *most) {
                let sender = batch.senders.get(point.sender as usize).cloned().unwrap_or_default();
                best = Some((size, sender, point.clone()));
            }
        }
        seen += batch.points.len();
        if seen < PREVIEWED { Ok(()) } else { Err(()) }
    });
    let (_, sender, point) = best?;
    let point = Point { sender: 0, ..point };
    let before = measured::told(&sender, &point);
    // Counted once, with the others.
    let counts = redactor.counts;
    let left = redactor.measurements(&MeasurementBatch { senders: vec![sender], points: vec![point] });
    redactor.counts = counts;
    let after = match (left.senders.first(), left.points.first()) {
        (Some(sender), Some(point)) => measured::told(sender, point),
        _ => Vec::new(),
    };
    let line = |(what, before): (String, String)| {
        let after = after.iter().find(|(key, _)| *key == what).map(|(_, text)| text.clone());
        Line { what, before, after }
    };
    let title = texts().save.hidden_measurement.to_owned();
    Some(Example { title, lines: before.into_iter().map(line).collect() })
}

/// A failed span, one that calls a database, one that serves: the most that there is to hide.
fn examples<'a>(spans: impl Iterator<Item = SpanRef<'a>>) -> Vec<crate::model::SpanRow> {
    let mut best: [Option<(usize, crate::model::SpanRow)>; EXAMPLES] = [None; EXAMPLES];
    for span in spans {
        let of = match (span.status(), span.kind()) {
            (StatusCode::Error, _) => 0,
            (_, SpanKind::Client | SpanKind::Producer) => 1,
            _ => 2,
        };
        let size = span.attributes().count() + usize::from(!span.status_message().is_empty());
        if best[of].is_none_or(|b| size > b.0) {
            best[of] = Some((size, span.row()));
        }
    }
    best.into_iter().flatten().map(|b| b.1).collect()
}

/// Everything that a span says beside ids and times; what it does not say is left out.
fn lines(before: &SpanRecord, after: &SpanRecord) -> Vec<Line> {
    let t = &texts().save;
    let mut out = Lines::default();
    out.add(t.hidden_service, service_of(before), service_of(after));
    out.add(t.hidden_operation, &before.name, &after.name);
    out.add(t.hidden_message, &before.status_message, &after.status_message);
    out.add(t.hidden_trace_state, &before.trace_state, &after.trace_state);
    out.attributes("", &before.attributes, &after.attributes);
    let of_resource = (&before.resource.attributes, &after.resource.attributes);
    out.attributes(t.hidden_of_resource, of_resource.0, of_resource.1);
    out.add(t.hidden_scope, &before.scope.name, &after.scope.name);
    out.add(t.hidden_scope_version, &before.scope.version, &after.scope.version);
    out.attributes(t.hidden_of_scope, &before.scope.attributes, &after.scope.attributes);
    for (before, after) in before.events.iter().zip(&after.events) {
        out.add(t.hidden_event, &before.name, &after.name);
        out.attributes(t.hidden_of_event, &before.attributes, &after.attributes);
    }
    for (before, after) in before.links.iter().zip(&after.links) {
        out.add(t.hidden_link_state, &before.trace_state, &after.trace_state);
        out.attributes(t.hidden_of_link, &before.attributes, &after.attributes);
    }
    out.0
}

/// Lines as they are gathered.
#[derive(Default)]
struct Lines(Vec<Line>);

impl Lines {
    fn add(&mut self, what: &str, before: &str, after: &str) {
        if !before.is_empty() {
            let after = (!after.is_empty()).then(|| after.to_owned());
            self.0.push(Line { what: what.to_owned(), before: before.to_owned(), after });
        }
    }

    /// Attributes in their order; what is left has lost some, and some have other keys.
    fn attributes(&mut self, of: &str, before: &[(String, Value)], after: &[(String, Value)]) {
        let mut left = after.iter().peekable();
        let is_whole = before.len() == after.len();
        for (key, value) in before {
            let is_next = |(k, _): &&(String, Value)| is_whole || k == key || !is_among(k, before);
            let after = left.next_if(is_next).map(|(k, v)| match k == key {
                true => v.to_string(),
                false => format!("{k} = {v}"),
            });
            let what = if of.is_empty() { key.clone() } else { fill(of, &[("key", key)]) };
            self.0.push(Line { what, before: value.to_string(), after });
        }
    }
}

fn is_among(key: &str, all: &[(String, Value)]) -> bool {
    all.iter().any(|(k, _)| k == key)
}
