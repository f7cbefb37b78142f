//! Messages in a simulation: the PRODUCER span, and later the CONSUMER spans that nobody waits for.
use super::attributes;
use super::emit::Draft;
use super::simulation::{Frame, NEVER, Progress, Request, Simulation, status};
use super::system::{Latency, OperationId, Publish, fill};
use super::truth::EdgeKind;
use crate::model::{LinkRecord, SpanId, SpanKind, Timestamp};

impl Simulation<'_> {
    /// A PRODUCER span; its consumers run later and nobody waits for them.
    pub fn publish(&mut self, publish: &Publish, frame: &Frame, at: Timestamp) -> Progress {
        let queue = &self.system.peers[publish.queue.0];
        let end = at + self.sample(Latency { median_ms: 3.0, sigma: 0.4 });
        let offset = self.offsets.entry(publish.queue.0).or_insert(48_000);
        *offset += 1;
        let offset = *offset;
        let span = SpanId(self.random.id());
        let producer = self.system.services[frame.service.0].node();
        self.ledger.call(&producer, &queue.node(), EdgeKind::Messaging, false, false);
        let draft = Draft {
            id: span,
            parent: frame.parent,
            is_parent_remote: false,
            kind: SpanKind::Producer,
            name: format!("send {}", queue.namespace),
            start: at,
            end,
            status: status(self.says_ok(frame), false),
            status_message: "",
            attributes: attributes::messaging(queue, SpanKind::Producer, offset),
            events: Vec::new(),
            links: Vec::new(),
        };
        self.emitter.emit(frame, draft);
        for &consumer in &publish.consumers {
            let start = end + self.sample(publish.lag);
            let request = Request { trace: frame.trace, facts: frame.facts, parent: span, deadline: NEVER };
            self.consume(consumer, publish, start, &request, offset);
        }
        Progress { at: end, events: Vec::new(), fault: None }
    }

    /// A CONSUMER span: a child of the PRODUCER span that also links to it.
    fn consume(&mut self, id: OperationId, publish: &Publish, at: Timestamp, request: &Request, offset: i64) {
        let queue = &self.system.peers[publish.queue.0];
        let operation = &self.system.operations[id.0];
        let service = &self.system.services[operation.service.0];
        let span = SpanId(self.random.id());
        let frame = self.enter(id, at, request, span);
        let mut progress = self.steps(&operation.steps, &frame, at);
        self.maybe_fail(operation.failure, &mut progress);
        let failed = progress.fault;
        self.ledger.served(&service.node(), failed.is_some());
        self.ledger.call(&queue.node(), &service.node(), EdgeKind::Messaging, failed.is_some(), false);
        let mut attributes = attributes::messaging(queue, SpanKind::Consumer, offset);
        attributes::text(&mut attributes, "messaging.consumer.group.name", &service.name);
        attributes.extend(fill(&operation.attributes, &request.facts));
        progress.events.extend(failed.map(|f| attributes::exception(&f, progress.at)));
        let link = LinkRecord { trace_id: request.trace, span_id: request.parent, ..LinkRecord::default() };
        let draft = Draft {
            id: span,
            parent: request.parent,
            is_parent_remote: true,
            kind: SpanKind::Consumer,
            name: operation.name.clone(),
            start: at,
            end: progress.at,
            status: status(service.says_ok, failed.is_some()),
            status_message: failed.map_or("", |f| f.message),
            attributes,
            events: progress.events,
            links: vec![link],
        };
        self.emitter.emit(&frame, draft);
    }
}
