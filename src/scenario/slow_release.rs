//! Scenarios `slow-release` and `slow-release-tail`: two hours before and two after a release of pricing-service.
//!
//! The one makes it 60 % slower, fails 3 % instead of 0.3 % of its requests, and costs a fifth of the visitors;
//! in the other one request in twelve waits for a third of a second more, and nothing else changes.
//! Its callers, catalog-service and cart-service, suffer; search-service does not ask it.
use super::faults::{INTERNAL, bad_gateway, same};
use super::finds::Verdict;
use super::parts::{call, db, forward, http, peer, service, text};
use super::random::Random;
use super::releases::Release;
use super::system::{
    Fill, Language, Local, OnFailure, Operation, OperationId, ServiceId, Step, System, Traffic, When, ms,
};
use super::truth::{NodeKind, Truth};
use super::{Plan, catalogue};
use crate::model::{Nanos, TimeRange, Timestamp};

pub(super) const NAME: &str = "slow-release";
pub(super) const TAIL: &str = "slow-release-tail";

/// 2026-03-13T12:00:00Z.
const BEGIN: Timestamp = Timestamp(1_773_403_200_000_000_000);
const HALF: Nanos = Nanos::from_secs(2 * 3_600);
const CAUSE: &str = "service:pricing-service";
/// Median of computing a price, in milliseconds.
const COMPUTE_MS: f64 = 70.0;

/// What the release does to pricing-service.
#[derive(Clone, Copy)]
struct Harm {
    factor: f64,
    failing: f64,
    /// Share of requests that wait longer.
    waiting: f64,
    /// Share of visitors who stay.
    left: f64,
}

const NONE: Harm = Harm { factor: 1.0, failing: 0.003, waiting: 0.0, left: 1.0 };

/// The system and what is known about it.
pub(super) fn plan(seed: u64, is_null: bool, is_tail: bool) -> Plan {
    let mut dice = Random::new(seed ^ 0x510_4e1e);
    let harm = match (is_null, is_tail) {
        (true, _) => NONE,
        (false, true) => Harm { waiting: 0.085, ..NONE },
        // The part that is not computing stays as it is.
        (false, false) => Harm { factor: 1.7, failing: dice.about(0.03), left: 0.8, ..NONE },
    };
    let pause = Nanos::from_secs(dice.about(45.0) as i64);
    let at = BEGIN + HALF;
    let end = at + pause + pause + HALF;
    let mut system = System::new(TimeRange::new(BEGIN, end));
    system.drift = 0.04;
    system.loss = 0.004;
    let gateway = service(&mut system, "api-gateway", "edge", "4.12.0", Language::Node, &["1-11", "2-17"]);
    let (price, id) = pricing_service(&mut system, harm);
    let release = Release::roll_out(&mut system, id, ("3.2.0", "3.3.0"), at, pause);
    let catalog = catalog_service(&mut system, price);
    let cart = cart_service(&mut system, price);
    let search = search_service(&mut system);
    let entry = |system: &mut System, method, route, operation| {
        forward(system, gateway, (method, route), operation, same, vec![])
    };
    let product = catalogue::product_service(&mut system);
    let review = catalogue::review_service(&mut system);
    let others = [
        (entry(&mut system, "GET", "/search", search), 6.0),
        (catalogue::page(&mut system, gateway, product, review), 3.0),
    ];
    let asking = [
        (entry(&mut system, "GET", "/catalog/{id}", catalog), 13.0),
        (entry(&mut system, "POST", "/cart/items", cart), 7.0),
    ];
    system.skew_a_host(&mut dice);
    let rate = dice.about(1.0);
    let sides =
        [(TimeRange::new(BEGIN, release.complete), 1.0), (TimeRange::new(release.complete, end), harm.left)];
    for (within, left) in sides {
        system.traffic.extend(traffic(&others, rate, within));
        system.traffic.extend(traffic(&asking, rate * left, within));
    }
    system.incident = (!is_null).then_some(TimeRange::new(at, end));
    let truth = Truth {
        root_cause: Some(CAUSE.to_owned()),
        path: ["user:user", "service:api-gateway", "service:catalog-service", CAUSE]
            .map(str::to_owned)
            .to_vec(),
        noise: vec![catalogue::STEADY_NOISE.to_owned()],
        ..Truth::default()
    };
    let verdict = move |service: &str| match service {
        _ if is_null => Verdict::Unchanged,
        "pricing-service" if is_tail => Verdict::TailRegression,
        "pricing-service" => Verdict::Regression,
        "api-gateway" | "catalog-service" | "cart-service" => Verdict::Cascading,
        _ => Verdict::Unchanged,
    };
    let finds = move |system: &System, log: &[_]| release.finds(system, log, verdict);
    Plan { finds: Box::new(finds), ..Plan::new(system, truth) }
}

/// Traffic of so many requests a minute.
fn traffic(entries: &[(OperationId, f64)], rate: f64, within: TimeRange) -> Vec<Traffic> {
    let minutes = within.length().as_secs_f64() / 60.0;
    let requests = |rpm: f64| (rpm * rate * minutes) as usize;
    entries.iter().map(|&(operation, rpm)| Traffic { operation, requests: requests(rpm), within }).collect()
}

fn pricing_service(system: &mut System, harm: Harm) -> (OperationId, ServiceId) {
    let id = service(system, "pricing-service", "shop", "3.2.0", Language::Java, &["1-11", "3-42", "5-08"]);
    let prices = peer(system, NodeKind::Database, "postgresql", "prices", "prices-postgresql", 5432);
    let statement = "SELECT amount, currency FROM prices WHERE product_id = ? AND valid_from < ? LIMIT 1";
    let compute = |median_ms: f64, waiting: f64, failing: f64| {
        let wait = Step::Sometimes(waiting, vec![Step::Work(ms(340.0, 0.15))]);
        let rules = Local {
            name: "apply_price_rules",
            attributes: vec![("pricing.currency", text("EUR")), ("customer.segment", Fill::Segment)],
            steps: vec![Step::Work(ms(median_ms, 0.35)), wait],
            when_slow: None,
        };
        vec![Step::Local(rules), Step::Fail(failing, INTERNAL)]
    };
    let steps = vec![
        Step::Exit(db(prices, "SELECT", "prices", statement, ms(9.0, 0.3))),
        Step::If(
            When::NewVersion,
            compute(COMPUTE_MS * harm.factor, harm.waiting, harm.failing),
            compute(COMPUTE_MS, 0.0, NONE.failing),
        ),
        Step::Work(ms(2.0, 0.3)),
    ];
    (system.add_operation(http(id, "GET", "/prices/{id}", steps)), id)
}

fn catalog_service(system: &mut System, price: OperationId) -> OperationId {
    let id = service(system, "catalog-service", "shop", "7.1.4", Language::Go, &["1-11", "4-23"]);
    let catalog = peer(system, NodeKind::Database, "mysql", "catalog", "catalog-mysql", 3306);
    let statement = "SELECT id, name, description FROM items WHERE id = ? LIMIT 1";
    let steps = vec![
        Step::Exit(db(catalog, "SELECT", "items", statement, ms(11.0, 0.3))),
        call(price, OnFailure::Fail(bad_gateway)),
        Step::Work(ms(5.0, 0.3)),
    ];
    system.add_operation(http(id, "GET", "/catalog/{id}", steps))
}

fn cart_service(system: &mut System, price: OperationId) -> OperationId {
    let id = service(system, "cart-service", "shop", "2.0.9", Language::Node, &["2-17", "3-42"]);
    system.services[id.0].says_ok = true;
    let carts = peer(system, NodeKind::Cache, "redis", "", "cart-cache", 6379);
    let steps = vec![
        Step::Work(ms(6.0, 0.3)),
        call(price, OnFailure::Fail(bad_gateway)),
        Step::Exit(db(carts, "SET", "", "SET cart:? ?", ms(1.3, 0.4))),
        Step::Work(ms(4.0, 0.3)),
    ];
    let attributes = vec![("user.id", Fill::User), ("cart.items", Fill::Items)];
    system.add_operation(Operation { attributes, ..http(id, "POST", "/cart/items", steps) })
}

fn search_service(system: &mut System) -> OperationId {
    let id = service(system, "search-service", "shop", "1.22.0", Language::Python, &["4-23", "5-08"]);
    system.services[id.0].old_names = true;
    let index = peer(system, NodeKind::Database, "elasticsearch", "", "search-elasticsearch", 9200);
    let steps = vec![
        Step::Work(ms(5.0, 0.3)),
        Step::Exit(db(index, "search", "items", "{\"query\": \"?\"}", ms(45.0, 0.4))),
        Step::Work(ms(6.0, 0.3)),
    ];
    system.add_operation(http(id, "GET", "/search", steps))
}
