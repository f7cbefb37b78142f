//! What stands out in the spans that are to blame: operation, statement, exception, instance, version.
use std::collections::BTreeMap;

use super::facts::{Origin, TraceFacts};
use crate::analysis::statement::{Digits, Said, Statement};
use crate::analysis::statistics::binomial_at_least;
use crate::analysis::{BlameKey, ErrorMark, Evidence, Reading, Study};
use crate::model::semconv::{self, Field};

/// Traces that are looked at closely.
const LOOKED_AT: usize = 300;
/// One instance carries the blame if it has at least this share of it ...
const ONE_SIDED: f64 = 0.8;
/// ... at most this share of the traffic, so that of two that share it one can be told ...
const OF_TRAFFIC: f64 = 0.6;
/// ... and chance makes it so less often than this.
const CHANCE: f64 = 1e-3;

/// Something that most of the blamed spans have in common, and its share of them.
pub type Dominant = Option<(String, f64)>;

/// What most of the blamed spans have in common.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Detail {
    /// Name of the span.
    pub operation: Dominant,
    /// Statement of a database call: as sent, or without its values where those differ.
    pub statement: Dominant,
    /// Type and message of the exception, or the status message.
    pub error: Dominant,
    /// The one instance that carries the blame though others share the traffic.
    pub instance: Dominant,
    /// Whether the callee answered with spans; without, all that is known is what its callers saw.
    pub is_silent: bool,
}

#[derive(Default)]
struct Votes(BTreeMap<String, f64>);

impl Votes {
    fn add(&mut self, text: &str, weight: f64) {
        if !text.is_empty() {
            *self.0.entry(text.to_owned()).or_default() += weight;
        }
    }
    /// The one with most votes, if it has at least half of `all`.
    fn winner(&self, all: f64) -> Dominant {
        let best = self.0.iter().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(a.0)))?;
        (*best.1 >= 0.5 * all && all > 0.0).then(|| (best.0.clone(), best.1 / all))
    }
}

/// Looks closely at the traces for which a key is to blame; `around` are all traces of that time, which tell how
/// its instances share the traffic.
pub(in crate::analysis) fn detail(
    study: &Study<'_>,
    key: BlameKey,
    blamed: &[&TraceFacts],
    around: &[&TraceFacts],
) -> Detail {
    let (mut operations, mut statements, mut errors) = <(Votes, Votes, Votes)>::default();
    let mut shapes = Votes::default();
    let mut instances = Votes::default();
    let (mut all, mut errors_all, mut statements_all) = (0.0, 0.0, 0.0);
    let mut is_silent = true;
    // They are sorted: the first ones are not like the others.
    for f in blamed.iter().step_by(blamed.len().div_ceil(LOOKED_AT).max(1)) {
        let Some(reading) = study.read(f.trace) else { continue };
        for row in rows_of(&reading, key, f) {
            let Some(span) =
                reading.row(row).and_then(|r| r.span()).and_then(|s| study.snapshot.spans.get(s))
            else {
                continue;
            };
            let weight = weight(&reading, row);
            all += weight;
            operations.add(span.name_text(), weight);
            instances.add(span.text_of(span.resource().instance), weight);
            is_silent &= reading.part(row).edge.is_some();
            if let Some(text) = span.fields().text(Field::DbText).or(span.fields().text(Field::DbSummary)) {
                statements.add(text, weight);
                let system = semconv::db_system(span.fields().text(Field::DbSystem).unwrap_or(""));
                let said = Said { system, text, ..Said::default() };
                shapes.add(&Statement::of(&said, Digits::Keep).fingerprint, weight);
                statements_all += weight;
            }
            if reading.row(row).is_some_and(|r| r.is_error) {
                errors_all += 1.0;
                errors.add(&error_text(span), 1.0);
            }
        }
    }
    // Spans of callers tell their own instances, not those of whom they call.
    let one = instances.winner(all).filter(|(_, share)| *share >= ONE_SIDED && !is_silent);
    let instance = one.filter(|(name, share)| {
        let of_traffic = share_of_traffic(study, key, name, around);
        let count = blamed.len().min(LOOKED_AT) as u64;
        let of_it = (*share * count as f64).round() as u64;
        of_traffic <= OF_TRAFFIC && binomial_at_least(of_it, count, of_traffic) < CHANCE
    });
    Detail {
        operation: operations.winner(all),
        statement: statements.winner(statements_all).or_else(|| shapes.winner(statements_all)),
        error: errors.winner(errors_all),
        instance,
        is_silent,
    }
}

/// How much of a key's work an instance does, 0 to 1.
fn share_of_traffic(study: &Study<'_>, key: BlameKey, instance: &str, around: &[&TraceFacts]) -> f64 {
    let (mut own, mut all) = (0.0, 0.0);
    for f in around.iter().step_by(around.len().div_ceil(LOOKED_AT).max(1)) {
        let Some(reading) = study.read(f.trace) else { continue };
        let work = reading.rows().filter(|(i, _, _)| reading.key_of(*i) == Some(key));
        for span in work.filter_map(|(_, r, _)| study.snapshot.spans.get(r.span()?)) {
            all += 1.0;
            own += if span.text_of(span.resource().instance) == instance { 1.0 } else { 0.0 };
        }
    }
    own / f64::max(all, 1.0)
}

/// The rows of a key that carry its blame: where the error began for which it is blamed; all, each by its part of the
/// critical path, where it is blamed for the time it took.
fn rows_of(reading: &Reading, key: BlameKey, facts: &TraceFacts) -> Vec<u32> {
    let own = |i: &u32| reading.key_of(*i) == Some(key);
    let all: Vec<u32> = reading.rows().map(|r| r.0).filter(own).collect();
    if facts.origin != Some(Origin::Of(key)) {
        return all;
    }
    let is_origin = |i: &u32| reading.row(*i).is_some_and(|r| r.error == ErrorMark::Origin);
    let origins: Vec<u32> = all.iter().copied().filter(is_origin).collect();
    if origins.is_empty() { all } else { origins }
}

/// Milliseconds of the critical path, at least a little.
fn weight(reading: &Reading, row: u32) -> f64 {
    let sections = reading.row(row).map(|r| reading.waterfall.sections(r)).unwrap_or_default();
    sections.iter().map(|s| s.length().as_millis_f64()).sum::<f64>().max(0.001)
}

/// What a failed span says of its failure, in a few words.
fn error_text(span: crate::store::SpanRef<'_>) -> String {
    for event in span.events() {
        let fields = span.event_fields(event);
        let kind = fields.text(Field::ExceptionType).unwrap_or("");
        let message = fields.text(Field::ExceptionMessage).unwrap_or("");
        match (kind, message) {
            ("", "") => {}
            (kind, "") => return kind.to_owned(),
            ("", message) => return message.to_owned(),
            (kind, message) => return format!("{kind}: {message}"),
        }
    }
    if !span.status_message().is_empty() {
        return span.status_message().to_owned();
    }
    span.fields().text(Field::ErrorType).unwrap_or("").to_owned()
}

/// The clearest traces, with the longest blamed span of each.
pub(super) fn evidence(study: &Study<'_>, key: BlameKey, blamed: &[&TraceFacts]) -> Evidence {
    let mut out = Evidence::default();
    for f in blamed.iter().take(Evidence::KEPT) {
        let Some(reading) = study.read(f.trace) else { continue };
        let heaviest = rows_of(&reading, key, f)
            .into_iter()
            .max_by(|a, b| weight(&reading, *a).total_cmp(&weight(&reading, *b)));
        let span = heaviest.and_then(|r| reading.row(r)?.span()).and_then(|s| study.snapshot.spans.get(s));
        match span {
            Some(span) => out.add(f.id, span.span_id()),
            None if out.traces.len() < Evidence::KEPT => out.traces.push(f.id),
            None => {}
        }
    }
    out
}
