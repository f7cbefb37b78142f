//! Scenario `cascade`: inventory-service runs out of memory, and others follow in waves, tens of seconds apart.
//!
//! Wave 1 asks it: checkout-service fails when it cannot postpone more reservations, catalog-service runs into
//! timeouts when inventory-service no longer answers at all.
//! Wave 2 asks these: mobile-bff passes on errors when it cannot keep more orders, search-service becomes slow.
//! Wave 3 is api-gateway, whose workers all wait for search-service, so that nearly every page is slow.
//! Ten minutes later inventory-service is restarted, and soon all is well.
//! catalog-service and search-service are also called directly, by partners.
use super::faults::{INTERNAL, OUT_OF_MEMORY, bad_gateway, same};
use super::finds::{Finds, OnsetTruth, WaveTruth};
use super::log::Served;
use super::parts::{call, db, external, grpc, http, peer, service, text};
use super::random::Random;
use super::system::{
    Call, Customers, Fill, Language, Local, OnFailure, Operation, OperationId, ServiceId, Step, System,
    Traffic, When, ms,
};
use super::truth::{NodeKind, Truth};
use super::{Plan, catalogue, outages};
use crate::model::{Nanos, TimeRange, Timestamp, Value};

pub(super) const NAME: &str = "cascade";

/// 2026-03-17T16:00:00Z.
const BEGIN: Timestamp = Timestamp(1_773_763_200_000_000_000);
const CAUSE: &str = "service:inventory-service";
const AMOUNT: &str = "checkout.amount";
const CONVERSION: &str = "POST /checkout";
/// What takes longer is slow, in a service that fails nothing.
const SLOW: Nanos = Nanos::from_millis(600);

/// When who begins to suffer.
#[derive(Clone, Copy)]
struct Phases {
    inventory: Timestamp,
    checkout: Timestamp,
    catalog: Timestamp,
    search: Timestamp,
    mobile: Timestamp,
    gateway: Timestamp,
    /// inventory-service is back.
    restart: Timestamp,
    /// The gateway's workers are free again.
    recovered: Timestamp,
}

impl Phases {
    fn new(dice: &mut Random) -> Self {
        let mut after = |from: Timestamp, seconds: f64| from + Nanos((dice.about(seconds) * 1e9) as i64);
        let inventory = after(BEGIN, 1_200.0);
        let checkout = after(inventory, 32.0);
        let catalog = after(inventory, 45.0);
        let search = after(catalog, 28.0);
        let mobile = after(search, 18.0);
        let gateway = after(mobile, 30.0);
        let restart = after(gateway, 500.0);
        let recovered = after(restart, 40.0);
        Self { inventory, checkout, catalog, search, mobile, gateway, restart, recovered }
    }

    /// Nothing goes wrong.
    fn never() -> Self {
        let never = Timestamp::MAX;
        Self {
            inventory: never,
            checkout: never,
            catalog: never,
            search: never,
            mobile: never,
            gateway: never,
            restart: never,
            recovered: never,
        }
    }

    /// From then until inventory-service is back; never if nothing goes wrong.
    fn from(&self, start: Timestamp) -> When {
        When::During(TimeRange::new(start, self.restart))
    }
}

/// The system and what is known about it.
pub(super) fn plan(seed: u64, is_null: bool) -> Plan {
    let mut dice = Random::new(seed ^ 0xca5_cade);
    let mut phases = Phases::new(&mut dice);
    let end = phases.recovered + Nanos::from_secs(480);
    let mut system = System::new(TimeRange::new(BEGIN, end));
    system.incident = (!is_null).then_some(TimeRange::new(phases.inventory, phases.recovered));
    if is_null {
        phases = Phases::never();
    }
    system.customers = Customers { count: 600, ..system.customers };
    system.drift = 0.06;
    system.loss = 0.004;
    let minutes = system.window.length().as_secs_f64() / 60.0;
    let (rate, within) = (dice.about(1.0), system.window);
    let entries = entries(&mut system, phases);
    system.skew_a_host(&mut dice);
    let traffic = entries.into_iter().map(|(operation, rpm)| {
        let requests = (rpm * rate * minutes) as usize;
        Traffic { operation, requests, within }
    });
    system.traffic = traffic.collect();
    let path = ["user:user", "service:mobile-bff", "service:checkout-service", CAUSE];
    let truth = Truth {
        root_cause: Some(CAUSE.to_owned()),
        path: path.map(str::to_owned).to_vec(),
        noise: vec![catalogue::NOISE.to_owned()],
        ..Truth::default()
    };
    let finds = move |system: &System, log: &[Served]| finds(system, log, phases);
    Plan { finds: Box::new(finds), ..Plan::new(system, truth) }
}

/// Entry operations with their requests a minute.
fn entries(system: &mut System, phases: Phases) -> Vec<(OperationId, f64)> {
    let gateway = service(system, "api-gateway", "edge", "4.12.0", Language::Node, &["1-11", "2-17"]);
    let (stock, reserve) = inventory_service(system, phases);
    let checkout = checkout_service(system, reserve, phases);
    let catalog = catalog_service(system, stock, phases);
    let search = search_service(system, catalog, phases);
    let profile = user_service(system);
    let mobile = mobile_bff(system, checkout, phases);
    let memory = peer(system, NodeKind::Cache, "redis", "", "gateway-cache", 6379);
    let remembered = Step::Exit(db(memory, "GET", "", "GET search:?", ms(1.1, 0.4)));
    let remembering = When::During(TimeRange::new(phases.catalog, phases.gateway.min(phases.restart)));
    let pay = keeps_until(phases.from(phases.gateway), checkout);
    let find = Step::If(remembering, vec![remembered], vec![call(search, OnFailure::Fallback)]);
    let show = call(profile, OnFailure::Fail(same));
    let page = |method, route: &str, step| {
        let steps = vec![wait_for_worker(phases), Step::Work(ms(4.0, 0.4)), step, Step::Work(ms(2.0, 0.4))];
        Operation { attributes: vec![("user.id", Fill::User)], ..http(gateway, method, route, steps) }
    };
    let mut buy = page("POST", "/checkout", pay);
    buy.attributes.extend([(AMOUNT, Fill::Amount), ("checkout.item_count", Fill::Items)]);
    let pages = [(buy, 14.0), (page("GET", "/search", find), 20.0), (page("GET", "/users/{id}", show), 16.0)];
    let mut entries: Vec<(OperationId, f64)> =
        pages.into_iter().map(|(page, rpm)| (system.add_operation(page), rpm)).collect();
    entries.extend([
        (mobile, 12.0),
        (catalog, 14.0),
        (search, 12.0),
        (catalogue::browse(system, gateway), 12.0),
    ]);
    entries
}

/// A call whose failures do no harm except in the time given, when there is no room left to keep requests.
fn keeps_until(full: When, operation: OperationId) -> Step {
    Step::If(
        full,
        vec![call(operation, OnFailure::Fail(bad_gateway))],
        vec![call(operation, OnFailure::Fallback)],
    )
}

/// A moment, until the gateway's workers are all busy.
fn wait_for_worker(phases: Phases) -> Step {
    let busy = When::During(TimeRange::new(phases.gateway, phases.recovered));
    let queue = Local {
        name: "worker_pool.acquire",
        attributes: vec![("worker_pool.size", Fill::Fixed(Value::Int(64)))],
        steps: vec![Step::Work(ms(900.0, 0.2))],
        when_slow: None,
    };
    Step::If(busy, vec![Step::Local(queue)], vec![Step::Work(ms(0.3, 0.3))])
}

/// The origin: reading stock, and reserving it.
fn inventory_service(system: &mut System, phases: Phases) -> (OperationId, OperationId) {
    let hosts = ["1-11", "3-42", "5-08"];
    let id = service(system, "inventory-service", "shop", "3.4.1", Language::Java, &hosts);
    system.services[id.0].says_ok = true;
    let stock = peer(system, NodeKind::Database, "postgresql", "inventory", "inventory-postgresql", 5432);
    let select = "SELECT available FROM inventory WHERE product_id = ? LIMIT 1";
    let update = "UPDATE inventory SET reserved = reserved + ? WHERE product_id = ?";
    let fail = Step::If(phases.from(phases.inventory), vec![Step::Fail(0.8, OUT_OF_MEMORY)], vec![]);
    // Collecting garbage and nothing else: nobody waits that long.
    let hang = Step::If(phases.from(phases.catalog), vec![Step::Work(ms(8_000.0, 0.1))], vec![]);
    let read = vec![
        Step::Work(ms(4.0, 0.3)),
        hang,
        fail.clone(),
        Step::Exit(db(stock, "SELECT", "inventory", select, ms(9.0, 0.3))),
        Step::Work(ms(2.0, 0.3)),
    ];
    let reserve = vec![
        Step::Work(ms(5.0, 0.3)),
        fail,
        Step::Exit(db(stock, "UPDATE", "inventory", update, ms(14.0, 0.3))),
        Step::Fail(0.002, INTERNAL),
        Step::Work(ms(3.0, 0.3)),
    ];
    let read = system.add_operation(http(id, "GET", "/inventory/{id}", read));
    (read, system.add_operation(http(id, "POST", "/inventory/reservations", reserve)))
}

fn checkout_service(system: &mut System, reserve: OperationId, phases: Phases) -> OperationId {
    let id = service(system, "checkout-service", "shop", "3.8.1", Language::Node, &["1-11", "3-42"]);
    let charge = payment_service(system);
    let steps = vec![
        Step::Work(ms(7.0, 0.3)),
        keeps_until(phases.from(phases.checkout), reserve),
        call(charge, OnFailure::Fail(bad_gateway)),
        Step::Work(ms(4.0, 0.3)),
    ];
    let attributes = vec![("user.id", Fill::User), (AMOUNT, Fill::Amount)];
    system.add_operation(Operation { attributes, ..http(id, "POST", "/checkout/orders", steps) })
}

fn payment_service(system: &mut System) -> OperationId {
    let id = service(system, "payment-service", "shop", "1.19.0", Language::Go, &["2-17", "5-08"]);
    let stripe = peer(system, NodeKind::External, "", "", "api.stripe.com", 443);
    let charge = external(stripe, "POST", "/v1/charges", ms(140.0, 0.25));
    let steps = vec![Step::Work(ms(4.0, 0.3)), Step::Exit(charge), Step::Work(ms(2.0, 0.3))];
    let attributes = vec![("payment.provider", text("stripe")), ("payment.amount", Fill::Amount)];
    system.add_operation(Operation { attributes, ..grpc(id, "payment.v1.PaymentService/Charge", steps) })
}

/// Remembers stock for a while; then it waits two seconds for an answer, and fails without.
fn catalog_service(system: &mut System, stock: OperationId, phases: Phases) -> OperationId {
    let id = service(system, "catalog-service", "shop", "7.1.4", Language::Go, &["1-11", "4-23"]);
    let items = peer(system, NodeKind::Database, "mysql", "catalog", "catalog-mysql", 3306);
    let statement = "SELECT id, name, description FROM items WHERE id = ? LIMIT 1";
    let ask = |on_failure| {
        Step::Call(Call { operation: stock, timeout: Nanos::from_secs(2), within_budget: false, on_failure })
    };
    let steps = vec![
        Step::Exit(db(items, "SELECT", "items", statement, ms(12.0, 0.3))),
        Step::If(
            phases.from(phases.catalog),
            vec![ask(OnFailure::Fail(bad_gateway))],
            vec![ask(OnFailure::Fallback)],
        ),
        Step::Work(ms(4.0, 0.3)),
    ];
    system.add_operation(http(id, "GET", "/catalog/{id}", steps))
}

/// Shows what it finds without details if it must, but only after it has waited for them.
fn search_service(system: &mut System, catalog: OperationId, phases: Phases) -> OperationId {
    let id = service(system, "search-service", "shop", "1.22.0", Language::Python, &["4-23", "5-08"]);
    system.services[id.0].old_names = true;
    let index = peer(system, NodeKind::Database, "elasticsearch", "", "search-elasticsearch", 9200);
    let memory = peer(system, NodeKind::Cache, "redis", "", "search-cache", 6379);
    let remembered = Step::Exit(db(memory, "GET", "", "GET details:?", ms(1.0, 0.4)));
    let details = call(catalog, OnFailure::Fallback);
    let remembering = When::During(TimeRange::new(phases.inventory, phases.search.min(phases.restart)));
    let steps = vec![
        Step::Work(ms(5.0, 0.3)),
        Step::Exit(db(index, "search", "items", "{\"query\": \"?\"}", ms(40.0, 0.4))),
        Step::If(remembering, vec![remembered], vec![details]),
        Step::Work(ms(6.0, 0.3)),
    ];
    system.add_operation(http(id, "GET", "/search", steps))
}

fn user_service(system: &mut System) -> OperationId {
    let id = service(system, "user-service", "shop", "2.8.3", Language::Python, &["2-17", "4-23"]);
    system.services[id.0].old_names = true;
    let users = peer(system, NodeKind::Database, "mongodb", "users", "users-mongodb", 27017);
    let find = Step::Exit(db(users, "find", "users", "{\"_id\": \"?\"}", ms(14.0, 0.4)));
    system.add_operation(http(id, "GET", "/users/{id}", vec![Step::Work(ms(9.0, 0.3)), find]))
}

/// Keeps orders of phones for later while it can.
fn mobile_bff(system: &mut System, checkout: OperationId, phases: Phases) -> OperationId {
    let id: ServiceId = service(system, "mobile-bff", "edge", "2.5.0", Language::Node, &["2-17", "3-42"]);
    let steps = vec![
        Step::Work(ms(6.0, 0.3)),
        keeps_until(phases.from(phases.mobile), checkout),
        Step::Work(ms(3.0, 0.3)),
    ];
    let attributes = vec![("user.id", Fill::User), (AMOUNT, Fill::Amount)];
    system.add_operation(Operation { attributes, ..http(id, "POST", "/mobile/orders", steps) })
}

fn finds(system: &System, log: &[Served], phases: Phases) -> Finds {
    if system.incident.is_none() {
        return Finds::default();
    }
    let node = |service: &str, since: Timestamp, mechanism| OnsetTruth {
        node: format!("service:{service}"),
        onset: first_bad(system, log, service, since),
        mechanism,
    };
    let waves = [
        vec![node("inventory-service", phases.inventory, "origin")],
        vec![
            node("checkout-service", phases.checkout, "error_propagation"),
            node("catalog-service", phases.catalog, "timeout"),
        ],
        vec![
            node("search-service", phases.search, "latency_propagation"),
            node("mobile-bff", phases.mobile, "error_propagation"),
        ],
        vec![node("api-gateway", phases.gateway, "pool_exhaustion")],
    ];
    let wave = |(wave, mut nodes): (u32, Vec<OnsetTruth>)| {
        nodes.sort_by_key(|n| n.onset);
        WaveTruth { wave, nodes }
    };
    Finds {
        waves: (0..).zip(waves).map(wave).collect(),
        recovered: Some(phases.recovered),
        impact: outages::impact(system, log, CAUSE, (AMOUNT, CONVERSION)),
        ..Finds::default()
    }
}

/// When the first request ended that began since then and went wrong.
fn first_bad(system: &System, log: &[Served], service: &str, since: Timestamp) -> Timestamp {
    let of_service = log.iter().filter(|s| system.services[s.service.0].name == service);
    let bad = of_service.filter(|s| s.time.start >= since && (s.failed || s.time.length() > SLOW));
    bad.map(|s| s.time.end).min().unwrap_or(since)
}
