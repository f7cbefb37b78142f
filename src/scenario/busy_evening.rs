//! Scenario `busy-evening`: a shop before its sale. Nothing goes wrong, and the question is what saturates first.
//!
//! Payments keep a connection of their database's pool while they ask Stripe, so that half of the pool is in use;
//! product-service is busier than that, by its CPU, but checkouts never ask it.
//! If all traffic doubles, product-service is first; if checkouts do, it is the pool of payments.
use super::faults::{CARD_DECLINED, bad_gateway, payment_error, same};
use super::finds::Finds;
use super::gauges::{Gauge, Load};
use super::parts::{call, db, external, forward, grpc, http, peer, service, text};
use super::random::Random;
use super::system::{
    Exit, Fill, Language, OnFailure, Operation, OperationId, ServiceId, Step, System, Traffic, ms,
};
use super::truth::{NodeKind, Truth};
use super::{Plan, catalogue};
use crate::model::{Nanos, TimeRange, Timestamp};

pub(super) const NAME: &str = "busy-evening";

/// 2026-03-20T17:00:00Z.
const BEGIN: Timestamp = Timestamp(1_774_026_000_000_000_000);
const LENGTH: Nanos = Nanos::from_secs(40 * 60);
/// Stretches of traffic, and how many times the mean each has.
const RISE: [f64; 8] = [0.76, 0.83, 0.9, 0.97, 1.03, 1.1, 1.17, 1.24];
/// Requests a minute of which traces are kept: checkouts, product pages, searches.
const RATES: [f64; 3] = [25.0, 25.0, 10.0];
const KEPT_ONE_IN: u32 = 16;
/// Connections that one instance of payment-service may have.
const CONNECTIONS: f64 = 3.0;

/// The system and what is known about it.
pub(super) fn plan(seed: u64) -> Plan {
    let mut dice = Random::new(seed ^ 0xb5_1e7e);
    let mut system = System::new(TimeRange::new(BEGIN, BEGIN + LENGTH));
    system.kept_one_in = KEPT_ONE_IN;
    system.drift = 0.02;
    let gateway = service(&mut system, "api-gateway", "edge", "4.12.0", Language::Node, &["1-11", "2-17"]);
    let inventory = inventory_service(&mut system);
    let charge = payment_service(&mut system);
    let entries = [
        checkout(&mut system, gateway, inventory, charge),
        catalogue::browse(&mut system, gateway),
        search(&mut system, gateway),
    ];
    let rate = dice.about(1.0);
    let part = Nanos(LENGTH.0 / RISE.len() as i64);
    for (i, times) in RISE.iter().enumerate() {
        let start = BEGIN + Nanos(part.0 * i as i64);
        let minutes = part.as_secs_f64() / 60.0;
        system.traffic.extend(entries.iter().zip(RATES).map(|(operation, rpm)| Traffic {
            operation: *operation,
            requests: (rpm * rate * times * minutes) as usize,
            within: TimeRange::new(start, start + part),
        }));
    }
    let truth = Truth { noise: vec![catalogue::NOISE.to_owned()], ..Truth::default() };
    // Share of its CPU that an instance uses at 100 requests a minute; of payments, also what the pool has.
    let gauges = [
        ("api-gateway", Gauge::cpu(0.066)),
        ("inventory-service", Gauge::cpu(0.20)),
        ("payment-service", Gauge { connections: Some(CONNECTIONS), ..Gauge::cpu(0.10) }),
        ("product-service", Gauge::cpu(0.144)),
        ("recommendation-service", Gauge::cpu(0.14)),
        ("search-service", Gauge::cpu(0.35)),
    ];
    let load = Load { gauges, seed };
    let (told, meant) = (load.clone(), load);
    Plan {
        finds: Box::new(move |system, log| Finds {
            capacity: meant.truth(system, log, &["all x2", "POST /checkout x2"]),
            ..Finds::default()
        }),
        measure: Box::new(move |system, log| told.measure(system, log)),
        ..Plan::new(system, truth)
    }
}

fn checkout(
    system: &mut System,
    gateway: ServiceId,
    inventory: OperationId,
    charge: OperationId,
) -> OperationId {
    let steps = vec![
        Step::Work(ms(8.0, 0.3)),
        call(inventory, OnFailure::Fail(bad_gateway)),
        call(charge, OnFailure::Fail(payment_error)),
        Step::Work(ms(5.0, 0.3)),
    ];
    let attributes = vec![("user.id", Fill::User), ("checkout.amount", Fill::Amount)];
    system.add_operation(Operation { attributes, ..http(gateway, "POST", "/checkout", steps) })
}

fn inventory_service(system: &mut System) -> OperationId {
    let hosts = ["1-11", "3-42", "5-08"];
    let id = service(system, "inventory-service", "shop", "3.4.1", Language::Java, &hosts);
    let stock = peer(system, NodeKind::Database, "postgresql", "inventory", "inventory-postgresql", 5432);
    let statement = "UPDATE inventory SET reserved = reserved + ? WHERE product_id = ?";
    let steps = vec![
        Step::Work(ms(11.0, 0.3)),
        Step::Exit(db(stock, "UPDATE", "inventory", statement, ms(14.0, 0.3))),
        Step::Work(ms(4.0, 0.3)),
    ];
    system.add_operation(http(id, "POST", "/inventory/reservations", steps))
}

/// One transaction around the call of Stripe: the connection is kept all the while.
fn payment_service(system: &mut System) -> OperationId {
    let id = service(system, "payment-service", "shop", "1.19.0", Language::Java, &["2-17", "5-08"]);
    let payments = peer(system, NodeKind::Database, "postgresql", "payments", "payments-postgresql", 5432);
    let stripe = peer(system, NodeKind::External, "", "", "api.stripe.com", 443);
    let charge = Exit {
        failure: Some((0.015, CARD_DECLINED)),
        attributes: vec![("payment.provider", text("stripe")), ("payment.amount", Fill::Amount)],
        ..external(stripe, "POST", "/v1/charges", ms(410.0, 0.2))
    };
    let begin = "INSERT INTO payments (order_id, amount, status) VALUES (?, ?, ?)";
    let end = "UPDATE payments SET status = ? WHERE order_id = ?";
    let steps = vec![
        Step::Exit(db(payments, "INSERT", "payments", begin, ms(9.0, 0.3))),
        Step::Exit(charge),
        Step::Exit(db(payments, "UPDATE", "payments", end, ms(8.0, 0.3))),
        Step::Work(ms(2.0, 0.3)),
    ];
    system.add_operation(grpc(id, "payment.v1.PaymentService/Charge", steps))
}

fn search(system: &mut System, gateway: ServiceId) -> OperationId {
    let id = service(system, "search-service", "shop", "1.22.0", Language::Python, &["4-23", "5-08"]);
    let index = peer(system, NodeKind::Database, "elasticsearch", "", "search-elasticsearch", 9200);
    let steps = vec![
        Step::Work(ms(5.0, 0.3)),
        Step::Exit(db(index, "search", "items", "{\"query\": \"?\"}", ms(45.0, 0.4))),
        Step::Work(ms(6.0, 0.3)),
    ];
    let operation = system.add_operation(http(id, "GET", "/search", steps));
    forward(system, gateway, ("GET", "/search"), operation, same, vec![])
}
