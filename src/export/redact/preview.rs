//! What hiding would do, on a few spans before anything is written.
use super::measured;
use super::names::service_of;
use super::{Counts, Redaction, Redactor};
use crate::export::measurements::Chosen;
use crate::export::records;
use crate::model::{MeasurementBatch, Point, SenderAttributes, SpanKind, SpanRecord, StatusCode, TraceIndex};
use crate::store::{SpanRef, Spans};
use crate::texts::texts;

/// Spans that a preview goes through at most.
pub const PREVIEWED: usize = 100_000;
/// Spans shown.
const EXAMPLES: usize = 3;

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

/// A span before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
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
    /// Some spans.
    pub examples: Vec<Example>,
}

/// Goes through these traces, the first [`PREVIEWED`] spans in full, and through the measurements that go with them.
pub fn preview(
    spans: &Spans,
    traces: &[TraceIndex],
    measurements: Option<&Chosen<'_>>,
    rules: &Redaction,
) -> Preview {
    let all = || traces.iter().flat_map(|t| spans.rows_of(*t));
    let mut out = Preview { traces: traces.len() as u64, spans: all().count() as u64, ..Preview::default() };
    let mut redactor = Redactor::new(rules, all().take(PREVIEWED));
    let chosen = examples(all().take(PREVIEWED));
    for span in all().take(PREVIEWED) {
        let before = records::record(span);
        let after = redactor.record(&before);
        if chosen.contains(&span.row()) {
            out.examples.push(Example { lines: lines(&before, &after) });
        }
    }
    if let Some(chosen) = measurements {
        out.points = chosen.count();
        out.examples.extend(measured_example(chosen, &mut redactor, rules));
    }
    out.counts = redactor.counts();
    out
}

/// Hides the first [`PREVIEWED`] measurements; gives the one that tells the most.
fn measured_example(chosen: &Chosen<'_>, redactor: &mut Redactor, rules: &Redaction) -> Option<Example> {
    if rules.is_nothing() {
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
    Some(Example { lines: before.into_iter().map(line).collect() })
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

fn lines(before: &SpanRecord, after: &SpanRecord) -> Vec<Line> {
    let line = |what: &str, before: &str, after: &str| Line {
        what: what.to_owned(),
        before: before.to_owned(),
        after: (!after.is_empty()).then(|| after.to_owned()),
    };
    let mut out = vec![
        line(texts().save.hidden_service, service_of(before), service_of(after)),
        line(texts().save.hidden_operation, &before.name, &after.name),
    ];
    if !before.status_message.is_empty() {
        out.push(line(texts().save.hidden_message, &before.status_message, &after.status_message));
    }
    for (key, value) in &before.attributes {
        let left = after.attributes.iter().find(|(k, _)| k == key).map(|(_, v)| v.to_string());
        out.push(Line { what: key.clone(), before: value.to_string(), after: left });
    }
    out
}
