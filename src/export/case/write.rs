//! Writes a case file: a zstd frame over a line of magic, the state, and the spans as OTLP in batches.
use std::collections::BTreeMap;
use std::io::{self, Write};

use super::state::GROUP;
use super::{CaseItem, CaseState, NotedOn};
use crate::export::measurements::Chosen;
use crate::export::redact::{Redaction, Redactor};
use crate::export::{otlp, otlp_metrics, records};
use crate::model::case_file::{MAGIC, VERSION};
use crate::model::{SpanRecord, TimeRange, TraceIndex};
use crate::store::{Measurements, SpanRef, Spans};

/// Spans in a batch.
const BATCH: usize = 2_048;
/// Bytes of a record from which on it is split; 64 MiB are read.
const LARGE: usize = 32 << 20;
/// How hard is tried to make it small; 6 takes twice the time of 3, and saves a tenth.
const LEVEL: i32 = 3;

/// The spans that are given away.
#[derive(Clone, Copy, Debug)]
pub struct CaseSpans<'a> {
    /// The store.
    pub spans: &'a Spans,
    /// The traces.
    pub traces: &'a [TraceIndex],
    /// What is hidden of them.
    pub rules: &'a Redaction,
}

impl<'a> CaseSpans<'a> {
    /// All spans.
    pub fn all(&self) -> impl Iterator<Item = SpanRef<'a>> + 'a {
        let (spans, traces) = (self.spans, self.traces);
        traces.iter().flat_map(move |t| spans.rows_of(*t))
    }

    /// What their senders measured in a window.
    pub fn measurements(&self, all: &'a Measurements, window: Option<TimeRange>) -> Chosen<'a> {
        Chosen::new(self.spans, all, window, self.all().map(|s| s.resource()))
    }

    /// Hands out all spans in batches, after hiding what is to be hidden.
    pub fn batches(
        &self,
        redactor: &mut Redactor,
        take: &mut dyn FnMut(&[SpanRecord]) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut batch = Vec::with_capacity(BATCH);
        for span in self.all() {
            let whole = records::record(span);
            batch.push(if self.rules.is_nothing() { whole } else { redactor.record(&whole) });
            if batch.len() == BATCH {
                take(&batch)?;
                batch.clear();
            }
        }
        if batch.is_empty() { Ok(()) } else { take(&batch) }
    }
}

/// Writes it; what is hidden is hidden in the state and in measurements too.
pub fn write(
    out: &mut dyn Write,
    state: &CaseState,
    spans: &CaseSpans<'_>,
    measurements: &Chosen<'_>,
) -> io::Result<()> {
    let mut redactor = Redactor::new(spans.rules, spans.all());
    let mut state = redacted(state, spans.rules, &mut redactor);
    state.made_by = format!("spanscape {}", env!("CARGO_PKG_VERSION"));
    state.traces = spans.traces.len() as u64;
    state.spans = spans.all().count() as u64;
    let mut packed = zstd::stream::write::Encoder::new(out, LEVEL)?;
    packed.include_checksum(true)?;
    packed.write_all(MAGIC)?;
    writeln!(packed, "{VERSION}")?;
    record(&mut packed, &serde_json::to_vec(&state)?)?;
    spans.batches(&mut redactor, &mut |batch| spans_record(&mut packed, batch))?;
    measurements.batches(&mut |batch| {
        let left = redactor.measurements(&batch);
        if left.points.is_empty() { Ok(()) } else { record(&mut packed, &otlp_metrics::protobuf(&left)) }
    })?;
    packed.finish()?;
    Ok(())
}

/// Spans as one record, or as several where one would be too large to be read.
fn spans_record(out: &mut dyn Write, batch: &[SpanRecord]) -> io::Result<()> {
    let bytes = otlp::protobuf(batch);
    if bytes.len() <= LARGE || batch.len() < 2 {
        return record(out, &bytes);
    }
    let (a, b) = batch.split_at(batch.len() / 2);
    spans_record(out, a)?;
    spans_record(out, b)
}

fn record(out: &mut dyn Write, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    out.write_all(&length.to_be_bytes())?;
    out.write_all(bytes)
}

/// The state without what is hidden. A filter tells names and values: the spans are those that pass it.
fn redacted(state: &CaseState, rules: &Redaction, redactor: &mut Redactor) -> CaseState {
    let mut out = state.clone();
    // Also what was hidden from the file that this one is made of.
    out.redacted.extend(rules.words().into_iter().filter(|w| !state.redacted.contains(w)));
    if rules.notes {
        out.notes.clear();
    }
    if rules.is_nothing() || rules.is_only_of_notes() {
        return out;
    }
    out.filter.clear();
    let keys = state.map.group_by.clone().unwrap_or_default();
    let group_by = state.map.group_by.as_ref().and_then(|keys| redactor.group_keys(keys));
    let mut id = |id: &str| match id.strip_prefix(GROUP) {
        Some(group) => format!("{GROUP}{}", redactor.group(&keys, group)),
        None => redactor.node_id(id),
    };
    let places = |all: &BTreeMap<String, (f32, f32)>, id: &mut dyn FnMut(&str) -> String| {
        all.iter().map(|(node, at)| (id(node), *at)).collect()
    };
    out.positions = places(&state.positions, &mut id);
    out.pins = places(&state.pins, &mut id);
    for pins in out.other_pins.values_mut() {
        *pins = places(pins, &mut id);
    }
    out.layout_focus = id(&state.layout_focus);
    out.map = state.map.renamed(&mut id);
    out.map.group_by = group_by;
    out.selection = state.selection.as_ref().map(|item| match item {
        CaseItem::Node(node) => CaseItem::Node(id(node)),
        CaseItem::Edge(e) => CaseItem::Edge(super::CaseEdge { from: id(&e.from), to: id(&e.to) }),
    });
    for note in &mut out.notes {
        if let NotedOn::Node(node) = &mut note.on {
            *node = id(node);
        }
    }
    for note in &mut out.notes {
        note.text = redactor.text(&note.text);
    }
    out
}
