//! Traces that prove a finding: a click opens the trace at the span to look at.
use egui::{Align2, FontId, Ui, pos2};
use egui_phosphor::{fill, regular};

use crate::analysis::Evidence;
use crate::graph::Snapshot;
use crate::model::{Nanos, SpanId, StatusCode, Timestamp, TraceId};
use crate::texts::{fill, texts};
use crate::view::fonts::filled_icons;
use crate::view::panels::widgets;
use crate::view::panels::{Clock, Command};
use crate::view::text;
use crate::view::theme::{self, Palette};

/// A trace, with what to say of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Proof {
    /// Which.
    pub trace: TraceId,
    /// The span to look at.
    pub span: Option<SpanId>,
    /// Name of that span, or of the first one.
    pub title: String,
    /// Who sent it.
    pub service: String,
    /// First start.
    pub start: Timestamp,
    /// From the first start to the last end.
    pub took: Nanos,
    /// Whether a span of it failed.
    pub is_failed: bool,
}

/// What is to be shown of the evidence. Traces that were evicted meanwhile are left out.
pub fn proofs(snapshot: &Snapshot, evidence: &Evidence) -> Vec<Proof> {
    evidence.traces.iter().filter_map(|t| proof(snapshot, evidence, *t)).collect()
}

fn proof(snapshot: &Snapshot, evidence: &Evidence, id: TraceId) -> Option<Proof> {
    let spans = &snapshot.spans;
    let index = spans.find_trace(id)?;
    let slot = spans.trace(index)?;
    let span = evidence.spans.iter().find(|s| s.0 == id).map(|s| s.1);
    let key = |s: &crate::store::SpanRef<'_>| {
        (Some(s.span_id()) != span, !s.parent_id().is_zero(), s.start(), s.row())
    };
    let shown = spans.rows_of(index).min_by_key(key)?;
    Some(Proof {
        trace: id,
        span,
        title: shown.name_text().to_owned(),
        service: shown.service_text().to_owned(),
        start: slot.start,
        took: slot.end - slot.start,
        is_failed: spans.rows_of(index).any(|s| s.status() == StatusCode::Error),
    })
}

/// Shows them, one line each.
pub fn show(ui: &mut Ui, proofs: &[Proof], clock: &Clock, p: &Palette, commands: &mut Vec<Command>) {
    ui.spacing_mut().item_spacing.y = 1.0;
    if proofs.is_empty() {
        widgets::note(ui, texts().findings.no_trace_of_it_is, p);
    }
    for proof in proofs {
        row(ui, proof, clock, p, commands);
    }
}

fn row(ui: &mut Ui, proof: &Proof, clock: &Clock, p: &Palette, commands: &mut Vec<Command>) {
    let took = text::duration_ns(proof.took.0 as f64);
    let failed = if proof.is_failed { texts().findings.failed } else { texts().findings.no_failure };
    let at = clock.seconds(proof.start);
    let spoken = fill(
        texts().findings.evidence_trace_at,
        &[("time", &at), ("title", &text::name(&proof.title, 80)), ("took", &took), ("outcome", &failed)],
    );
    let (rect, response) = widgets::row(ui, 24.0, &spoken, false, p);
    let middle = rect.center().y;
    let (icon, font, colour) = if proof.is_failed {
        (fill::X_CIRCLE, FontId::new(13.0, filled_icons()), p.critical)
    } else {
        (regular::CLOCK, FontId::proportional(13.0), p.muted)
    };
    let painter = ui.painter();
    painter.text(pos2(rect.left() + 10.0, middle), Align2::CENTER_CENTER, icon, font, colour);
    let right = pos2(rect.right() - 6.0, middle);
    painter.text(right, Align2::RIGHT_CENTER, &took, theme::small(), p.text);
    let time = pos2(rect.left() + 22.0, middle);
    let time = painter.text(time, Align2::LEFT_CENTER, at, theme::small(), p.muted);
    let room = right.x - 64.0 - time.right() - 8.0;
    let title = widgets::fit(ui, &proof.title, &theme::small(), room);
    let at = pos2(time.right() + 8.0, middle);
    ui.painter().text(at, Align2::LEFT_CENTER, title, theme::small(), p.text);
    if response.clicked() {
        commands.push(Command::OpenTrace(proof.trace, proof.span));
    }
    response.on_hover_text(fill(
        texts().findings.of_started,
        &[
            ("title", &text::name(&proof.title, 200)),
            ("service", &text::name(&proof.service, 100)),
            ("trace", &proof.trace),
            ("time", &clock.exact(proof.start)),
        ],
    ));
}
