//! The vocabulary of a simulated system: who runs, what each operation does, what it calls, how it breaks.
use std::collections::BTreeSet;

use super::random::Random;
use super::truth::{Node, NodeKind};
use crate::model::{Nanos, TimeRange, Timestamp, Value};

/// Everything that a simulation needs to know.
#[derive(Debug)]
pub(super) struct System {
    pub services: Vec<Service>,
    pub operations: Vec<Operation>,
    pub peers: Vec<Peer>,
    pub traffic: Vec<Traffic>,
    pub window: TimeRange,
    /// While this lasts, steps show their `in_incident` side.
    pub incident: Option<TimeRange>,
    pub customers: Customers,
    /// How far the speed of each service wanders: the deviation of its logarithm; 0 for steady ones.
    pub drift: f64,
    /// Share of INTERNAL spans and of calls to what sends no spans that never arrive.
    pub loss: f64,
    /// One trace in this many is kept, a power of two; the figures are those of all.
    pub kept_one_in: u32,
}

/// Who asks, and for how much.
#[derive(Clone, Copy, Debug)]
pub(super) struct Customers {
    pub count: usize,
    pub item_cents: u32,
    /// The rest of an amount is up to 39 times this.
    pub step_cents: u32,
    /// Share of requests with 20 to 229 items, nearly all from enterprises.
    pub wholesale: f64,
}

impl System {
    /// A system that nothing runs in yet.
    pub fn new(window: TimeRange) -> Self {
        Self {
            services: Vec::new(),
            operations: Vec::new(),
            peers: Vec::new(),
            traffic: Vec::new(),
            window,
            incident: None,
            customers: Customers { count: 400, item_cents: 995, step_cents: 500, wholesale: 0.0 },
            drift: 0.0,
            loss: 0.0,
            kept_one_in: 1,
        }
    }

    /// One host's clock is ahead by some tens of milliseconds, another with each seed.
    pub fn skew_a_host(&mut self, dice: &mut Random) {
        let instances = self.services.iter().flat_map(|s| &s.instances);
        let hosts: BTreeSet<String> = instances.map(|i| i.host.clone()).collect();
        let chosen = dice.below(hosts.len());
        let chosen = hosts.into_iter().nth(chosen);
        let skew = Nanos::from_millis(dice.about(35.0) as i64);
        for instance in self.services.iter_mut().flat_map(|s| &mut s.instances) {
            instance.skew = if Some(&instance.host) == chosen.as_ref() { skew } else { Nanos::ZERO };
        }
    }

    /// Each instance is replaced by one of the version, one after another; the answer is when all are.
    pub fn roll_out(&mut self, id: ServiceId, version: &str, at: Timestamp, pause: Nanos) -> Timestamp {
        let instances = &mut self.services[id.0].instances;
        let mut done = at;
        for i in 0..instances.len() {
            let old = &mut instances[i];
            done = at + Nanos(pause.0 * i as i64);
            old.alive.end = done;
            let alive = TimeRange::new(done, Timestamp::MAX);
            let id = old.id.replacen("-6f9c4d7b5d-", "-58d6f7c9b4-", 1);
            let new = Instance { id, version: version.to_owned(), is_new: true, alive, ..old.clone() };
            instances.push(new);
        }
        done
    }

    /// `service operation`, as people say it.
    pub fn operation_name(&self, id: OperationId) -> String {
        let operation = &self.operations[id.0];
        format!("{} {}", self.services[operation.service.0].name, operation.name)
    }

    pub fn add_service(&mut self, service: Service) -> ServiceId {
        self.services.push(service);
        ServiceId(self.services.len() - 1)
    }

    pub fn add_peer(&mut self, peer: Peer) -> PeerId {
        self.peers.push(peer);
        PeerId(self.peers.len() - 1)
    }

    pub fn add_operation(&mut self, operation: Operation) -> OperationId {
        self.operations.push(operation);
        OperationId(self.operations.len() - 1)
    }
}

/// Requests from users, spread evenly over a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Traffic {
    pub operation: OperationId,
    pub requests: usize,
    pub within: TimeRange,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ServiceId(pub usize);
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OperationId(pub usize);
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PeerId(pub usize);

/// The language of a service's SDK; it decides library names and the look of stack traces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Language {
    Go,
    Java,
    Node,
    Python,
}

#[derive(Clone, Debug)]
pub(super) struct Service {
    pub name: String,
    pub namespace: String,
    pub language: Language,
    /// Sends the attribute names of before 2023.
    pub old_names: bool,
    /// Marks good spans as `OK` instead of leaving the status unset.
    pub says_ok: bool,
    pub instances: Vec<Instance>,
}

impl Service {
    pub fn node(&self) -> Node {
        Node { kind: NodeKind::Service, name: self.name.clone(), namespace: self.namespace.clone() }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Instance {
    pub id: String,
    pub host: String,
    /// How far its clock is ahead.
    pub skew: Nanos,
    pub version: String,
    /// It came with the deployment that the story tells of.
    pub is_new: bool,
    pub alive: TimeRange,
}

/// From before until after the story.
pub(super) const ALWAYS: TimeRange = TimeRange { start: Timestamp(i64::MIN), end: Timestamp::MAX };

/// Something that is called and sends no spans.
#[derive(Clone, Debug)]
pub(super) struct Peer {
    pub kind: NodeKind,
    /// `postgresql`, `redis`, `kafka`; "" for externals.
    pub system: String,
    /// Database or destination; "" where there is none.
    pub namespace: String,
    pub host: String,
    pub port: i64,
}

impl Peer {
    pub fn node(&self) -> Node {
        let name = match self.kind {
            NodeKind::Queue => self.namespace.clone(),
            NodeKind::External => self.host.clone(),
            NodeKind::Database if !self.namespace.is_empty() => format!("{}@{}", self.namespace, self.host),
            _ => format!("{}@{}", self.system, self.host),
        };
        Node { kind: self.kind, name, namespace: String::new() }
    }
}

/// How long something takes, log-normally.
#[derive(Clone, Copy, Debug)]
pub(super) struct Latency {
    pub median_ms: f64,
    pub sigma: f64,
}

/// A latency with its median in milliseconds.
pub(super) const fn ms(median_ms: f64, sigma: f64) -> Latency {
    Latency { median_ms, sigma }
}

/// What a service does when it is called.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub service: ServiceId,
    /// The name of its SERVER or CONSUMER span.
    pub name: String,
    pub protocol: Protocol,
    /// On its SERVER or CONSUMER span.
    pub attributes: Vec<Attribute>,
    pub steps: Vec<Step>,
    /// Fails by itself, after its steps, for this share of calls.
    pub failure: Option<(f64, Fault)>,
    /// How long a request may take in all; calls `within_budget` get what is left.
    pub budget: Option<Nanos>,
}

#[derive(Clone, Debug)]
pub(super) enum Protocol {
    /// Method, route, and the status of success.
    Http { method: &'static str, route: String, status: u16 },
    /// Fully-qualified method. A deadline travels with the call.
    Grpc { method: String },
    /// Handles messages.
    Message,
}

#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Own work, without a span.
    Work(Latency),
    /// An INTERNAL span around steps.
    Local(Local),
    Call(Call),
    Exit(Exit),
    Publish(Publish),
    /// All at once; goes on when the last is done.
    Parallel(Vec<Step>),
    /// A few of many, in turns, so that each is reached in the end.
    Turns {
        most: usize,
        steps: Vec<Step>,
    },
    /// With this probability.
    Sometimes(f64, Vec<Step>),
    /// The first steps if it is so, else the second.
    If(When, Vec<Step>, Vec<Step>),
    /// What fails in the steps is told outside in other words.
    Told(fn(&Fault) -> Fault, Vec<Step>),
    /// Fails by itself for this share of requests.
    Fail(f64, Fault),
}

/// What steps may depend on.
#[derive(Clone, Copy, Debug)]
pub(super) enum When {
    /// The step begins in this time.
    During(TimeRange),
    MoreItemsThan(u32),
    /// For this share of requests, and for all such steps of a request alike.
    Unlucky(f64),
    /// The instance came with the deployment.
    NewVersion,
}

#[derive(Clone, Debug)]
pub(super) struct Local {
    pub name: &'static str,
    pub attributes: Vec<Attribute>,
    pub steps: Vec<Step>,
    pub when_slow: Option<SlowMarks>,
}

/// What an INTERNAL span tells when it took too long.
#[derive(Clone, Debug)]
pub(super) struct SlowMarks {
    pub over: Nanos,
    pub attributes: Vec<Attribute>,
    /// Text of a WARNING log event.
    pub warning: &'static str,
}

/// A CLIENT span and the callee's SERVER span.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub operation: OperationId,
    /// The caller gives up after this.
    pub timeout: Nanos,
    /// The caller also gives up when the budget of the request is used up.
    pub within_budget: bool,
    pub on_failure: OnFailure,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum OnFailure {
    /// The caller fails as this says.
    Fail(fn(&Fault) -> Fault),
    /// The caller notes an exception and goes on.
    Fallback,
}

/// A CLIENT span without a remote child.
#[derive(Clone, Debug)]
pub(super) struct Exit {
    pub peer: PeerId,
    /// SQL verb, Redis command or HTTP method.
    pub verb: &'static str,
    /// Table, or path of the URL.
    pub target: String,
    /// Statement; "" for none.
    pub text: String,
    pub latency: Latency,
    pub failure: Option<(f64, Fault)>,
    pub attributes: Vec<Attribute>,
    /// Latency and further attributes during the incident.
    pub in_incident: Option<(Latency, Vec<Attribute>)>,
}

/// A PRODUCER span, and later the consumers' CONSUMER spans.
#[derive(Clone, Debug)]
pub(super) struct Publish {
    pub queue: PeerId,
    pub consumers: Vec<OperationId>,
    /// From the end of sending to the start of handling.
    pub lag: Latency,
}

/// Why something failed, in each protocol's words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fault {
    /// As an HTTP response; below 500 the server does not count it as its own error.
    pub http: u16,
    /// As a gRPC status.
    pub grpc: &'static str,
    pub exception: &'static str,
    pub message: &'static str,
    pub stacktrace: &'static str,
    /// No answer came in time.
    pub timed_out: bool,
}

impl Fault {
    /// Whether a SERVER span that answers so has failed: semconv leaves client errors to the client.
    pub fn fails_server(&self, protocol: &Protocol) -> bool {
        match protocol {
            Protocol::Http { .. } => self.http >= 500,
            Protocol::Grpc { .. } => {
                ["UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"]
                    .contains(&self.grpc)
            }
            Protocol::Message => true,
        }
    }
}

/// An attribute whose value may depend on the request.
pub(super) type Attribute = (&'static str, Fill);

#[derive(Clone, Debug)]
pub(super) enum Fill {
    Fixed(Value),
    Amount,
    Items,
    /// The number of items as text, as some senders have it.
    ItemsText,
    /// As text for two requests of three, as a number for the third.
    ItemsMixed,
    Order,
    Role,
    Segment,
    Tenant,
    User,
}

/// What a request is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts {
    pub user: u32,
    pub order: u32,
    pub amount_cents: u32,
    pub items: u32,
    pub is_premium: bool,
    pub is_enterprise: bool,
}

impl Facts {
    /// From 0 up to 1, as evenly as chance, and always the same for a request.
    pub fn luck(&self) -> f64 {
        f64::from(self.order.wrapping_mul(2_654_435_769) >> 8) / f64::from(1 << 24)
    }
}

impl Fill {
    pub fn value(&self, facts: &Facts) -> Value {
        match self {
            Self::Fixed(value) => value.clone(),
            Self::Amount => Value::Double(f64::from(facts.amount_cents) / 100.0),
            Self::Items => Value::Int(i64::from(facts.items)),
            Self::ItemsText => Value::str(facts.items.to_string()),
            Self::ItemsMixed if facts.order.is_multiple_of(3) => Self::Items.value(facts),
            Self::ItemsMixed => Self::ItemsText.value(facts),
            Self::Order => Value::str(format!("ord-{}", facts.order)),
            Self::Role => Value::str(if facts.is_premium { "premium" } else { "standard" }),
            Self::Segment => Value::str(if facts.is_enterprise { "enterprise" } else { "consumer" }),
            Self::Tenant => Value::str(format!("tenant-{}", facts.user % 40)),
            Self::User => Value::str(format!("user-{}", facts.user)),
        }
    }
}

/// Attributes of a request.
pub(super) fn fill(attributes: &[Attribute], facts: &Facts) -> Vec<(String, Value)> {
    attributes.iter().map(|(key, value)| ((*key).to_owned(), value.value(facts))).collect()
}
