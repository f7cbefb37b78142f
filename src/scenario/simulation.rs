//! Lets requests run through a system: emits the spans that its SDKs would send, and keeps the books.
use std::collections::BTreeMap;

use super::attributes;
use super::drift::Drift;
use super::emit::{Draft, Emitter};
use super::log::Served;
use super::random::Random;
use super::system::{
    Call, Exit, Facts, Fault, Latency, Local, OnFailure, OperationId, Protocol, ServiceId, Step, System,
    When, fill,
};
use super::truth::{EdgeKind, Ledger, Node, NodeKind};
use crate::model::{EventRecord, Nanos, SpanId, SpanKind, StatusCode, TimeRange, Timestamp, TraceId};

/// No deadline.
pub(super) const NEVER: Timestamp = Timestamp::MAX;

/// Every so many-th customer is an enterprise.
const ENTERPRISE_ONE_IN: u32 = 10;

/// What a caller sees whose callee did not answer in time.
const DEADLINE: Fault = Fault {
    http: 504,
    grpc: "DEADLINE_EXCEEDED",
    exception: "DeadlineExceeded",
    message: "context deadline exceeded",
    stacktrace: "",
    timed_out: true,
};

/// One system with its books and its dice.
pub(super) struct Simulation<'a> {
    pub system: &'a System,
    pub random: Random,
    pub emitter: Emitter<'a>,
    pub ledger: Ledger,
    /// Where each operation's `Turns` stands.
    turns: Vec<usize>,
    /// Next offset of each queue.
    pub offsets: BTreeMap<usize, i64>,
    /// Traces begun.
    pub traces: u64,
    /// Requests that services answered, in no order.
    pub log: Vec<Served>,
    drift: Drift,
}

/// Where in which request something happens.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    pub trace: TraceId,
    pub facts: Facts,
    pub service: ServiceId,
    pub instance: usize,
    operation: OperationId,
    pub parent: SpanId,
    /// Work stops here.
    deadline: Timestamp,
    /// Calls within the budget are given up here.
    budget: Timestamp,
}

/// The end of some steps.
pub(super) struct Progress {
    pub at: Timestamp,
    /// For the span around the steps.
    pub events: Vec<EventRecord>,
    pub fault: Option<Fault>,
}

/// Who asks for an operation.
pub(super) struct Request {
    pub trace: TraceId,
    pub facts: Facts,
    pub parent: SpanId,
    pub deadline: Timestamp,
}

impl<'a> Simulation<'a> {
    pub fn new(system: &'a System, seed: u64) -> Self {
        Self {
            system,
            random: Random::new(seed),
            emitter: Emitter::new(&system.services, system.kept_one_in),
            ledger: Ledger::new(u64::from(system.kept_one_in)),
            turns: vec![0; system.operations.len()],
            offsets: BTreeMap::new(),
            traces: 0,
            log: Vec::new(),
            drift: Drift::new(system, seed),
        }
    }

    /// All requests of the system's traffic.
    pub fn run(&mut self) {
        for traffic in &self.system.traffic {
            for _ in 0..traffic.requests {
                let offset = self.random.unit() * traffic.within.length().0 as f64;
                self.request(traffic.operation, traffic.within.start + whole_micros(offset));
            }
        }
    }

    /// One request of a user.
    fn request(&mut self, operation: OperationId, at: Timestamp) {
        self.traces += 1;
        let facts = self.facts();
        let trace = TraceId(self.random.id());
        let request = Request { trace, facts, parent: SpanId::NONE, deadline: NEVER };
        let (_, fault) = self.serve(operation, at, &request);
        let op = &self.system.operations[operation.0];
        let failed = fault.is_some_and(|f| f.fails_server(&op.protocol));
        let user = Node { kind: NodeKind::User, name: "user".to_owned(), namespace: String::new() };
        let service = self.system.services[op.service.0].node();
        self.ledger.call(&user, &service, EdgeKind::Entry, failed, false);
    }

    /// What a new request is about.
    fn facts(&mut self) -> Facts {
        let customers = self.system.customers;
        let mut items = 1 + self.random.below(5) as u32;
        let mut user = 10_000 + self.random.below(customers.count) as u32;
        if customers.wholesale > 0.0 && self.random.chance(customers.wholesale) {
            items = 20 + self.random.below(210) as u32;
            if self.random.chance(0.93) {
                user -= user % ENTERPRISE_ONE_IN;
            }
        }
        Facts {
            user,
            order: 500_000 + self.traces as u32,
            amount_cents: items * customers.item_cents + customers.step_cents * self.random.below(40) as u32,
            items,
            is_premium: self.random.chance(0.3),
            is_enterprise: user.is_multiple_of(ENTERPRISE_ONE_IN),
        }
    }

    /// A SERVER span and what happens under it.
    fn serve(&mut self, id: OperationId, at: Timestamp, request: &Request) -> (Timestamp, Option<Fault>) {
        let operation = &self.system.operations[id.0];
        let service = &self.system.services[operation.service.0];
        let span = SpanId(self.random.id());
        let frame = self.enter(id, at, request, span);
        let mut progress = self.steps(&operation.steps, &frame, at);
        self.maybe_fail(operation.failure, &mut progress);
        let fault = progress.fault.as_ref();
        let is_root = request.parent.is_zero();
        let failed = fault.filter(|f| f.fails_server(&operation.protocol));
        let mut attributes = attributes::server(operation, service, &request.facts, fault, is_root);
        attributes.extend(fill(&operation.attributes, &request.facts));
        progress.events.extend(failed.map(|f| attributes::exception(f, progress.at)));
        self.ledger.served(&service.node(), failed.is_some());
        self.log.push(Served {
            trace: request.trace,
            service: operation.service,
            operation: id,
            time: TimeRange::new(at, progress.at),
            failed: failed.is_some(),
            is_root,
            facts: request.facts,
        });
        let draft = Draft {
            id: span,
            parent: request.parent,
            is_parent_remote: !is_root,
            kind: SpanKind::Server,
            name: operation.name.clone(),
            start: at,
            end: progress.at,
            status: status(service.says_ok && fault.is_none(), failed.is_some()),
            status_message: failed.map_or("", |f| f.message),
            attributes,
            events: progress.events,
            links: Vec::new(),
        };
        self.emitter.emit(&frame, draft);
        (progress.at, progress.fault)
    }

    pub fn enter(&mut self, id: OperationId, at: Timestamp, request: &Request, span: SpanId) -> Frame {
        let operation = &self.system.operations[id.0];
        let instances = self.system.services[operation.service.0].instances.iter().enumerate();
        let alive: Vec<usize> = instances.filter(|(_, i)| i.alive.contains(at)).map(|(n, _)| n).collect();
        let choice = self.random.below(alive.len());
        Frame {
            trace: request.trace,
            facts: request.facts,
            service: operation.service,
            instance: alive.get(choice).copied().unwrap_or_default(),
            operation: id,
            parent: span,
            deadline: request.deadline,
            budget: operation.budget.map_or(NEVER, |budget| at + budget),
        }
    }

    pub fn maybe_fail(&mut self, failure: Option<(f64, Fault)>, progress: &mut Progress) {
        if let Some((share, fault)) = failure
            && progress.fault.is_none()
            && self.random.chance(share)
        {
            progress.fault = Some(fault);
        }
    }

    /// One step after another, until one fails.
    pub fn steps<'s>(
        &mut self,
        steps: impl IntoIterator<Item = &'s Step>,
        frame: &Frame,
        at: Timestamp,
    ) -> Progress {
        let mut progress = Progress { at, events: Vec::new(), fault: None };
        for step in steps {
            let next = self.step(step, frame, progress.at);
            progress.at = next.at;
            progress.events.extend(next.events);
            if next.fault.is_some() {
                progress.fault = next.fault;
                break;
            }
        }
        progress
    }

    fn step(&mut self, step: &Step, frame: &Frame, at: Timestamp) -> Progress {
        match step {
            Step::Work(latency) => self.work(*latency, frame, at),
            Step::Local(local) => self.local(local, frame, at),
            Step::Call(call) => self.call(call, frame, at),
            Step::Exit(exit) => self.exit(exit, frame, at),
            Step::Publish(publish) => self.publish(publish, frame, at),
            Step::Parallel(steps) => self.parallel(steps, frame, at),
            Step::Turns { most, steps } => self.turns(*most, steps, frame, at),
            Step::Sometimes(probability, steps) => {
                let steps = if self.random.chance(*probability) { steps.as_slice() } else { &[] };
                self.steps(steps, frame, at)
            }
            Step::If(when, then, otherwise) => {
                let steps = if self.holds(*when, frame, at) { then } else { otherwise };
                self.steps(steps, frame, at)
            }
            Step::Told(translate, steps) => {
                let inner = self.steps(steps, frame, at);
                Progress { fault: inner.fault.map(|f| translate(&f)), ..inner }
            }
            Step::Fail(share, fault) => {
                let fault = self.random.chance(*share).then_some(*fault);
                Progress { at, events: Vec::new(), fault }
            }
        }
    }

    fn holds(&self, when: When, frame: &Frame, at: Timestamp) -> bool {
        match when {
            When::During(range) => range.contains(at),
            When::MoreItemsThan(limit) => frame.facts.items > limit,
            When::Unlucky(share) => frame.facts.luck() < share,
            When::NewVersion => self.system.services[frame.service.0].instances[frame.instance].is_new,
        }
    }

    fn work(&mut self, latency: Latency, frame: &Frame, at: Timestamp) -> Progress {
        let Latency { median_ms, sigma } = latency;
        let median_ms = median_ms * self.drift.factor(frame.service, at);
        let end = at + self.sample(Latency { median_ms, sigma });
        let fault = (end > frame.deadline).then_some(DEADLINE);
        Progress { at: end.min(frame.deadline), events: Vec::new(), fault }
    }

    fn local(&mut self, local: &Local, frame: &Frame, at: Timestamp) -> Progress {
        let span = SpanId(self.random.id());
        let inner = self.steps(&local.steps, &Frame { parent: span, ..*frame }, at);
        let mut attributes = fill(&local.attributes, &frame.facts);
        let mut events = inner.events;
        if let Some(marks) = local.when_slow.as_ref().filter(|marks| inner.at - at > marks.over) {
            attributes.extend(fill(&marks.attributes, &frame.facts));
            let severity = vec![("log.severity".to_owned(), crate::model::Value::str("WARNING"))];
            let name = marks.warning.to_owned();
            events.push(EventRecord { time: inner.at, name, attributes: severity, dropped_attributes: 0 });
        }
        let draft = Draft {
            id: span,
            parent: frame.parent,
            is_parent_remote: false,
            kind: SpanKind::Internal,
            name: local.name.to_owned(),
            start: at,
            end: inner.at,
            status: status(self.says_ok(frame), inner.fault.is_some()),
            status_message: inner.fault.map_or("", |f| f.message),
            attributes,
            events,
            links: Vec::new(),
        };
        if !self.is_lost() {
            self.emitter.emit(frame, draft);
        }
        Progress { at: inner.at, events: Vec::new(), fault: inner.fault }
    }

    /// A CLIENT span, the callee, and what the caller makes of the answer.
    fn call(&mut self, call: &Call, frame: &Frame, at: Timestamp) -> Progress {
        let operation = &self.system.operations[call.operation.0];
        let callee = &self.system.services[operation.service.0];
        let span = SpanId(self.random.id());
        let (end, fault) = self.ask(call, frame, at, span);
        let timed_out = fault.is_some_and(|f| f.timed_out);
        let kind = match operation.protocol {
            Protocol::Grpc { .. } => EdgeKind::Rpc,
            _ => EdgeKind::Http,
        };
        let caller = self.system.services[frame.service.0].node();
        self.ledger.call(&caller, &callee.node(), kind, fault.is_some(), timed_out);
        let draft = Draft {
            id: span,
            parent: frame.parent,
            is_parent_remote: false,
            kind: SpanKind::Client,
            name: client_name(&operation.protocol, &operation.name),
            start: at,
            end,
            status: status(self.says_ok(frame), fault.is_some()),
            status_message: fault.map_or("", |f| if f.timed_out { f.message } else { "" }),
            attributes: attributes::client(operation, callee, &frame.facts, fault.as_ref()),
            events: Vec::new(),
            links: Vec::new(),
        };
        self.emitter.emit(frame, draft);
        match (fault, call.on_failure) {
            (Some(fault), OnFailure::Fail(translate)) => {
                Progress { at: end, events: Vec::new(), fault: Some(translate(&fault)) }
            }
            (Some(fault), OnFailure::Fallback) => {
                Progress { at: end, events: vec![attributes::exception(&fault, end)], fault: None }
            }
            (None, _) => Progress { at: end, events: Vec::new(), fault: None },
        }
    }

    /// Sends the request and waits for the answer, or until time is up.
    fn ask(&mut self, call: &Call, frame: &Frame, at: Timestamp, span: SpanId) -> (Timestamp, Option<Fault>) {
        let mut limit = (at + call.timeout).min(frame.deadline);
        if call.within_budget {
            limit = limit.min(frame.budget);
        }
        let notice = self.hop();
        let arrival = at + self.hop();
        if arrival >= limit {
            return (limit.max(at) + notice, Some(DEADLINE));
        }
        let is_grpc = matches!(self.system.operations[call.operation.0].protocol, Protocol::Grpc { .. });
        let deadline = if is_grpc { limit } else { NEVER };
        let request = Request { trace: frame.trace, facts: frame.facts, parent: span, deadline };
        let (served, fault) = self.serve(call.operation, arrival, &request);
        let answer = served + self.hop();
        if answer > limit { (limit + notice, Some(DEADLINE)) } else { (answer, fault) }
    }

    fn exit(&mut self, exit: &Exit, frame: &Frame, at: Timestamp) -> Progress {
        let peer = &self.system.peers[exit.peer.0];
        let is_incident = self.system.incident.is_some_and(|range| range.contains(at));
        let changed = exit.in_incident.as_ref().filter(|_| is_incident);
        let mut progress = self.work(changed.map_or(exit.latency, |(latency, _)| *latency), frame, at);
        self.maybe_fail(exit.failure, &mut progress);
        if self.is_lost() {
            return progress;
        }
        let fault = progress.fault.as_ref();
        let mut attributes = attributes::exit(exit, peer, &frame.facts, fault);
        attributes.extend(fill(&exit.attributes, &frame.facts));
        attributes.extend(changed.map_or(Vec::new(), |(_, more)| fill(more, &frame.facts)));
        let kind = if peer.kind == NodeKind::External { EdgeKind::Http } else { EdgeKind::Database };
        let caller = self.system.services[frame.service.0].node();
        let timed_out = fault.is_some_and(|f| f.timed_out);
        self.ledger.call(&caller, &peer.node(), kind, fault.is_some(), timed_out);
        let name = match peer.kind {
            NodeKind::Database => format!("{} {}", exit.verb, exit.target),
            _ => exit.verb.to_owned(),
        };
        let draft = Draft {
            id: SpanId(self.random.id()),
            parent: frame.parent,
            is_parent_remote: false,
            kind: SpanKind::Client,
            name,
            start: at,
            end: progress.at,
            status: status(self.says_ok(frame), fault.is_some()),
            status_message: fault.map_or("", |f| f.message),
            attributes,
            events: fault.map(|f| attributes::exception(f, progress.at)).into_iter().collect(),
            links: Vec::new(),
        };
        self.emitter.emit(frame, draft);
        progress
    }

    fn parallel(&mut self, steps: &[Step], frame: &Frame, at: Timestamp) -> Progress {
        let mut all = Progress { at, events: Vec::new(), fault: None };
        for step in steps {
            let one = self.step(step, frame, at);
            all.at = all.at.max(one.at);
            all.events.extend(one.events);
            all.fault = all.fault.or(one.fault);
        }
        all
    }

    fn turns(&mut self, most: usize, steps: &[Step], frame: &Frame, at: Timestamp) -> Progress {
        let count = (1 + self.random.below(most)).min(steps.len());
        let first = self.turns[frame.operation.0];
        self.turns[frame.operation.0] += count;
        let chosen = (first..first + count).map(|turn| &steps[turn % steps.len()]);
        self.steps(chosen, frame, at)
    }

    /// Whether a span that nothing depends on does not arrive.
    fn is_lost(&mut self) -> bool {
        self.system.loss > 0.0 && self.random.chance(self.system.loss)
    }

    pub fn says_ok(&self, frame: &Frame) -> bool {
        self.system.services[frame.service.0].says_ok
    }

    /// One way through the network.
    fn hop(&mut self) -> Nanos {
        self.sample(Latency { median_ms: 0.6, sigma: 0.5 })
    }

    pub fn sample(&mut self, latency: Latency) -> Nanos {
        whole_micros(self.random.lognormal(latency.median_ms, latency.sigma) * 1e6)
    }
}

/// Most SDKs have clocks of microseconds.
fn whole_micros(nanos: f64) -> Nanos {
    Nanos((nanos / 1000.0) as i64 * 1000)
}

pub(super) fn status(says_ok: bool, failed: bool) -> StatusCode {
    match (failed, says_ok) {
        (true, _) => StatusCode::Error,
        (false, true) => StatusCode::Ok,
        (false, false) => StatusCode::Unset,
    }
}

/// HTTP clients do not know the route; gRPC's know the method.
fn client_name(protocol: &Protocol, name: &str) -> String {
    match protocol {
        Protocol::Http { method, .. } => (*method).to_owned(),
        _ => name.to_owned(),
    }
}
