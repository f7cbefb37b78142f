//! Scenario `services`: a generated system of any size, with namespaces, hubs, data stores and a few sick services.
//!
//! Services form layers, so that requests come to an end.
//! Each service has one first caller in the layer above, which makes every service reachable; further
//! callers choose callees by how often they were chosen before, which makes hubs.
use super::Plan;
use super::faults::{INTERNAL, bad_gateway};
use super::random::Random;
use super::system::{
    ALWAYS, Call, Exit, Instance, Language, OnFailure, Operation, OperationId, Peer, PeerId, Protocol,
    Publish, Service, ServiceId, Step, System, Traffic, ms,
};
use super::truth::{NodeKind, Truth};
use crate::model::{Nanos, TimeRange, Timestamp};

pub(super) const NAME: &str = "services";

/// 2026-03-10T02:50:00Z.
const BEGIN: Timestamp = Timestamp(1_773_111_000_000_000_000);
const LENGTH: Nanos = Nanos::from_secs(900);

const NAMESPACES: [&str; 16] = [
    "shop",
    "billing",
    "search",
    "accounts",
    "catalog",
    "delivery",
    "media",
    "support",
    "fraud",
    "pricing",
    "reports",
    "messaging",
    "partners",
    "warehouse",
    "platform",
    "growth",
];
const NOUNS: [&str; 24] = [
    "order", "cart", "invoice", "ledger", "profile", "session", "item", "price", "stock", "route", "parcel",
    "image", "video", "ticket", "chat", "risk", "offer", "coupon", "report", "metric", "email", "partner",
    "tenant", "quota",
];
const ROLES: [&str; 8] = ["api", "service", "worker", "store", "indexer", "gateway", "planner", "sync"];
const EXTERNALS: [&str; 10] = [
    "api.stripe.com",
    "api.sendgrid.com",
    "maps.googleapis.com",
    "api.twilio.com",
    "login.okta.com",
    "api.shippo.com",
    "hooks.slack.com",
    "api.openai.com",
    "vies.europa.eu",
    "s3.eu-central-1.amazonaws.com",
];

/// Share of services, by layer from the users inward.
const LAYERS: [f64; 5] = [0.04, 0.16, 0.30, 0.30, 0.20];
/// Share of services that fail some of their calls all the time.
const SICK: f64 = 0.03;
/// Attempts, per service, to give some service one more caller; about 40 % succeed.
const FURTHER_CALLERS: usize = 4;
/// Average number of services to a namespace.
const NAMESPACE_SIZE: usize = 18;

/// A system of that many services, at least 2.
pub(super) fn plan(seed: u64, services: usize) -> Plan {
    let mut system = System::new(TimeRange::new(BEGIN, BEGIN + LENGTH));
    let mut builder =
        Builder { random: Random::new(seed ^ 0x5e21_71ce), system: &mut system, noise: Vec::new() };
    let layers = builder.layers(services.max(2));
    let callees = builder.choose_callees(&layers);
    let operations = builder.operations(&layers, &callees);
    let noise = std::mem::take(&mut builder.noise);
    // Deep services are reached in turns: eight requests a service let the rarest be called a few times.
    let entries = &operations[..layers[0].len()];
    let requests = (services.max(2) * 8).div_ceil(entries.len());
    let within = system.window;
    system.traffic = entries.iter().map(|&operation| Traffic { operation, requests, within }).collect();
    Plan::new(system, Truth { noise, ..Truth::default() })
}

struct Builder<'a> {
    random: Random,
    system: &'a mut System,
    noise: Vec<String>,
}

impl Builder<'_> {
    /// Creates the services; the answer lists their numbers by layer, counted from the users inward.
    fn layers(&mut self, count: usize) -> Vec<Vec<usize>> {
        let mut layers = Vec::new();
        let mut next = 0;
        for (i, share) in LAYERS.iter().enumerate() {
            let left = count - next;
            let wanted = ((count as f64 * share) as usize).max(1).min(left);
            let size = if i + 1 == LAYERS.len() { left } else { wanted };
            layers.push((next..next + size).collect());
            next += size;
        }
        for i in 0..count {
            self.service(i, count);
        }
        layers
    }

    fn service(&mut self, number: usize, count: usize) -> ServiceId {
        let namespaces = count.div_ceil(NAMESPACE_SIZE);
        let space = number % namespaces;
        // Beyond the first sixteen, namespaces and names get numbers, so that all names are distinct.
        let numbered = |text: &str, round: usize| {
            if round == 0 { text.to_owned() } else { format!("{text}-{}", round + 1) }
        };
        let namespace = numbered(NAMESPACES[space % NAMESPACES.len()], space / NAMESPACES.len());
        let (round, place) = (number / (NOUNS.len() * ROLES.len()), number % (NOUNS.len() * ROLES.len()));
        let stem =
            format!("{}-{}", NOUNS[place % NOUNS.len()], ROLES[(place / NOUNS.len() + place) % ROLES.len()]);
        let name = numbered(&stem, round);
        let languages = [Language::Go, Language::Java, Language::Node, Language::Python];
        let instances = (0..1 + self.random.below(3)).map(|i| Instance {
            id: format!("{name}-{:05x}", self.random.below(1 << 20)),
            host: format!("ip-10-{}-{}-{}", space, number % 250, i + 10),
            skew: Nanos::ZERO,
            version: format!("{}.{}.{}", 1 + number % 4, number % 13, number % 7),
            is_new: false,
            alive: ALWAYS,
        });
        let instances = instances.collect();
        self.system.add_service(Service {
            name,
            namespace,
            language: languages[self.random.below(languages.len())],
            old_names: self.random.chance(0.2),
            says_ok: self.random.chance(0.3),
            instances,
        })
    }

    /// For each service, the services that it calls.
    fn choose_callees(&mut self, layers: &[Vec<usize>]) -> Vec<Vec<usize>> {
        let count = layers.iter().map(Vec::len).sum();
        let mut callees = vec![Vec::new(); count];
        // A service stands in this list once, and twice more for each further caller: choosing from it makes hubs.
        let mut urn: Vec<usize> = (layers[0].len()..count).collect();
        let filled: Vec<&Vec<usize>> = layers.iter().filter(|layer| !layer.is_empty()).collect();
        for pair in filled.windows(2) {
            for &callee in pair[1] {
                let caller = pair[0][self.random.below(pair[0].len())];
                callees[caller].push(callee);
            }
        }
        let depth: Vec<usize> = (0..layers.len()).flat_map(|i| vec![i; layers[i].len()]).collect();
        for _ in 0..count * FURTHER_CALLERS {
            let caller = self.random.below(count);
            let Some(&callee) = urn.get(self.random.below(urn.len())) else { continue };
            if depth[caller] < depth[callee] && !callees[caller].contains(&callee) {
                callees[caller].push(callee);
                urn.extend([callee; 2]);
            }
        }
        callees
    }

    /// One operation a service, from the innermost outward, as callers need their callees' handles.
    ///
    /// The answer is in the order of the services.
    fn operations(&mut self, layers: &[Vec<usize>], callees: &[Vec<usize>]) -> Vec<OperationId> {
        let count = callees.len();
        let entries = layers[0].len();
        let mut ids: Vec<OperationId> = Vec::with_capacity(count);
        // Handles are given in the order of creation: the last service first.
        for service in (0..count).rev() {
            let calls = callees[service].iter().map(|&callee| ids[count - 1 - callee]).collect();
            let operation = self.operation(service, calls, service >= entries);
            ids.push(self.system.add_operation(operation));
        }
        ids.reverse();
        ids
    }

    fn operation(&mut self, service: usize, callees: Vec<OperationId>, may_be_sick: bool) -> Operation {
        let id = ServiceId(service);
        let name = self.system.services[service].name.clone();
        let noun = name.split('-').next().unwrap_or_default().to_owned();
        let mut steps = vec![Step::Work(ms(2.0 + self.random.unit() * 8.0, 0.4))];
        steps.extend(self.own_stores(&name, &noun));
        let calls: Vec<Step> = callees.into_iter().map(|callee| self.call(callee)).collect();
        if !calls.is_empty() {
            steps.push(Step::Turns { most: 2, steps: calls });
        }
        let mut failure = None;
        if may_be_sick && self.random.chance(SICK) {
            failure = Some((0.06 + self.random.unit() * 0.2, INTERNAL));
            self.noise.push(self.system.services[service].node().key());
        }
        let protocol = if service % 3 == 2 {
            Protocol::Grpc { method: format!("{noun}.v1.{noun}/Get") }
        } else {
            Protocol::Http { method: "GET", route: format!("/{noun}/{{id}}"), status: 200 }
        };
        let name = match &protocol {
            Protocol::Grpc { method } => method.clone(),
            _ => format!("GET /{noun}/{{id}}"),
        };
        Operation { service: id, name, protocol, attributes: Vec::new(), steps, failure, budget: None }
    }

    fn call(&mut self, operation: OperationId) -> Step {
        let on_failure =
            if self.random.chance(0.7) { OnFailure::Fallback } else { OnFailure::Fail(bad_gateway) };
        Step::Call(Call { operation, timeout: Nanos::from_secs(10), within_budget: false, on_failure })
    }

    /// Databases, caches, queues and externals of one service.
    fn own_stores(&mut self, name: &str, noun: &str) -> Vec<Step> {
        let mut steps = Vec::new();
        if self.random.chance(0.15) {
            let cache = self.peer(NodeKind::Cache, "redis", "", &format!("{name}-cache"), 6379);
            steps.push(exit(cache, "GET", "", "GET ?", 1.0));
        }
        if self.random.chance(0.25) {
            let (product, port) = [("postgresql", 5432), ("mysql", 3306)][self.random.below(2)];
            let database = self.peer(NodeKind::Database, product, noun, &format!("{name}-{product}"), port);
            let statement = format!("SELECT * FROM {noun} WHERE id = ?");
            steps.push(exit(database, "SELECT", noun, &statement, 6.0));
        }
        if self.random.chance(0.05) {
            let host = EXTERNALS[self.random.below(EXTERNALS.len())];
            let external = self.peer(NodeKind::External, "", "", host, 443);
            steps.push(exit(external, "POST", "/v1/call", "", 90.0));
        }
        if self.random.chance(0.05) {
            let queue = self.peer(NodeKind::Queue, "kafka", &format!("{name}-events"), "kafka", 9092);
            let consumer = self.consumer(noun);
            steps.push(Step::Publish(Publish { queue, consumers: vec![consumer], lag: ms(40.0, 0.6) }));
        }
        steps
    }

    /// Some service, handling messages.
    fn consumer(&mut self, noun: &str) -> OperationId {
        let service = ServiceId(self.random.below(self.system.services.len()));
        self.system.add_operation(Operation {
            service,
            name: format!("process {noun}"),
            protocol: Protocol::Message,
            attributes: Vec::new(),
            steps: vec![Step::Work(ms(12.0, 0.5))],
            failure: None,
            budget: None,
        })
    }

    fn peer(&mut self, kind: NodeKind, product: &str, namespace: &str, host: &str, port: i64) -> PeerId {
        self.system.add_peer(Peer {
            kind,
            system: product.to_owned(),
            namespace: namespace.to_owned(),
            host: host.to_owned(),
            port,
        })
    }
}

fn exit(peer: PeerId, verb: &'static str, target: &str, statement: &str, median_ms: f64) -> Step {
    Step::Exit(Exit {
        peer,
        verb,
        target: target.to_owned(),
        text: statement.to_owned(),
        latency: ms(median_ms, 0.4),
        failure: None,
        attributes: Vec::new(),
        in_incident: None,
    })
}
