//! Takes back what a span has put into the batch when the span is refused.
use crate::ingest::Decoded;
use crate::model::RejectReason;

/// The lengths of the batch's lists before a span, to forget what a refused span has put there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marks {
    attribute_ids: usize,
    events: usize,
    links: usize,
}

impl Marks {
    /// The lengths now.
    pub fn of(out: &Decoded) -> Self {
        let batch = &out.builder.batch;
        let attribute_ids = batch.attribute_ids.len();
        Self { attribute_ids, events: batch.events.len(), links: batch.links.len() }
    }
    /// Counts the span as refused and forgets its parts.
    pub fn refuse(self, out: &mut Decoded, reason: RejectReason) {
        let batch = &mut out.builder.batch;
        batch.attribute_ids.truncate(self.attribute_ids);
        batch.events.truncate(self.events);
        batch.links.truncate(self.links);
        out.rejects.span(reason);
    }
}
