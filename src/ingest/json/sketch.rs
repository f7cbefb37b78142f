//! A batch as indented text, for tests.
use std::fmt::Write;

use crate::ingest::Decoded;
use crate::model::{Slice, SpanBatch};

/// Everything that was decoded and refused, one span a line with its parts indented.
pub(super) fn sketch(out: &Decoded) -> String {
    let batch = &out.builder.batch;
    let mut text = String::new();
    for s in &batch.spans {
        let resource = batch.resources[s.resource as usize];
        let scope = batch.scopes[s.scope as usize];
        let _ = writeln!(text, "{} {}<-{} {:?}", s.trace_id, s.span_id, s.parent_id, batch.text(s.name));
        let _ = write!(text, "  {} {}", s.kind.name(), s.status.name());
        let _ = writeln!(text, " {:?} {}..{}", batch.text(s.status_message), s.start.0, s.end.0);
        let dropped = [s.dropped_attributes, s.dropped_events, s.dropped_links];
        if s.flags != 0 || s.trace_state.0 != 0 || dropped != [0; 3] {
            let state = batch.text(s.trace_state);
            let _ = writeln!(text, "  flags {} state {state:?} dropped {dropped:?}", s.flags);
        }
        attributes(&mut text, batch, "resource", resource.attributes);
        if resource.dropped_attributes != 0 || resource.schema_url.0 != 0 {
            let url = batch.text(resource.schema_url);
            let _ = writeln!(text, "  resource dropped {} schema {url:?}", resource.dropped_attributes);
        }
        if scope.name.0 != 0 || scope.version.0 != 0 {
            let _ = writeln!(text, "  scope {:?} {:?}", batch.text(scope.name), batch.text(scope.version));
        }
        attributes(&mut text, batch, "scope", scope.attributes);
        attributes(&mut text, batch, "span", s.attributes);
        for e in &batch.events[s.events.range()] {
            let _ = writeln!(text, "  event {} {:?}", e.time.0, batch.text(e.name));
            attributes(&mut text, batch, "event", e.attributes);
        }
        for l in &batch.links[s.links.range()] {
            let _ = writeln!(text, "  link {} {} {:?}", l.trace_id, l.span_id, batch.text(l.trace_state));
            attributes(&mut text, batch, "link", l.attributes);
        }
    }
    let r = &out.rejects;
    for (reason, n) in &r.spans {
        let _ = writeln!(text, "refused {n}: {reason}");
    }
    let counts = [r.values_truncated, r.invalid_utf8, r.metrics, r.logs];
    if counts != [0; 4] {
        let _ =
            writeln!(text, "cut {} mended {} metrics {} logs {}", counts[0], counts[1], counts[2], counts[3]);
    }
    text
}

fn attributes(text: &mut String, batch: &SpanBatch, of: &str, slice: Slice) {
    for (key, value) in batch.attributes_of(slice) {
        let shown: String = format!("{value}").chars().take(60).collect();
        let _ = writeln!(text, "  {of} {key}: {} {shown:?}", value.kind());
    }
}
