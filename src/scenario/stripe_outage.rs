//! Scenario `stripe-outage`: the payment provider goes down after a calm hour, and nobody has another.
//!
//! Every charge fails.
//! How far that reaches depends on how many requests of a service need a charge: 85 % of checkout-service's,
//! 25 % of order-service's (refunds), 5 % of user-service's (cards are verified).
use super::faults::{CARD_DECLINED, STRIPE_DOWN, STRIPE_SILENT, WRONG_PASSWORD, provider_down, same};
use super::finds::Finds;
use super::parts::{call, db, external, forward, grpc, http, peer, service, text};
use super::random::Random;
use super::system::{
    Customers, Exit, Fill, Language, OnFailure, Operation, OperationId, PeerId, Protocol, ServiceId, Step,
    System, Traffic, When, ms,
};
use super::truth::{NodeKind, Truth};
use super::{Plan, catalogue, outages};
use crate::model::{Nanos, TimeRange, Timestamp};

pub(super) const NAME: &str = "stripe-outage";

/// 2026-03-12T13:00:00Z.
const BEGIN: Timestamp = Timestamp(1_773_320_400_000_000_000);
const STRIPE: &str = "external:api.stripe.com";
const AMOUNT: &str = "checkout.amount";
const CONVERSION: &str = "POST /checkout";

/// Requests in an hour; the shares of the story follow from them.
const PER_HOUR: [f64; 7] = [408.0, 192.0, 270.0, 120.0, 540.0, 60.0, 700.0];

/// The system and what is known about it.
pub(super) fn plan(seed: u64, is_null: bool) -> Plan {
    let mut dice = Random::new(seed ^ 0x57_21_9e);
    let fall = BEGIN + Nanos::from_secs(dice.about(3_600.0) as i64);
    let end = fall + Nanos::from_secs(3_600);
    let mut system = System::new(TimeRange::new(BEGIN, end));
    let outage = TimeRange::new(fall, end + Nanos::from_secs(60));
    system.incident = (!is_null).then_some(outage);
    system.customers = Customers { count: 740, item_cents: 495, step_cents: 45, wholesale: 0.0 };
    system.drift = 0.06;
    system.loss = 0.004;
    let entries = entries(&mut system, is_null.then_some(fall));
    system.skew_a_host(&mut dice);
    let hours = system.window.length().as_secs_f64() / 3_600.0;
    // A smaller spread than elsewhere, so that some 450 customers are hit with any seed.
    let rate = 0.5 + dice.about(0.5);
    let within = system.window;
    let traffic = entries.into_iter().zip(PER_HOUR).map(|(operation, per_hour)| Traffic {
        operation,
        requests: (per_hour * hours * rate) as usize,
        within,
    });
    system.traffic = traffic.collect();
    let path = ["user:user", "service:api-gateway", "service:checkout-service", "service:payment-service"];
    let truth = Truth {
        root_cause: Some(STRIPE.to_owned()),
        path: path.into_iter().chain([STRIPE]).map(str::to_owned).collect(),
        noise: vec![catalogue::NOISE.to_owned()],
        ..Truth::default()
    };
    let finds = |system: &System, log: &[_]| Finds {
        impact: outages::impact(system, log, STRIPE, (AMOUNT, CONVERSION)),
        ..Finds::default()
    };
    Plan { finds: Box::new(finds), ..Plan::new(system, truth) }
}

/// The gateway's operations, in the order of [`PER_HOUR`].
fn entries(system: &mut System, calm_release: Option<Timestamp>) -> Vec<OperationId> {
    let gateway = service(system, "api-gateway", "edge", "4.12.0", Language::Node, &["1-11", "2-17"]);
    let charge = payment_service(system);
    let users = users(system, charge);
    let orders = orders(system, charge);
    let checkout = service(system, "checkout-service", "shop", "3.8.1", Language::Node, &["1-11", "3-42"]);
    let carts = peer(system, NodeKind::Cache, "redis", "", "cart-cache", 6379);
    let pay =
        checkout_operation(system, checkout, "/checkout", carts, 0.78, (users.verify, charge, orders.create));
    let express = checkout_operation(
        system,
        checkout,
        "/checkout/express",
        carts,
        1.0,
        (users.verify, charge, orders.create),
    );
    // The null story has a harmless deployment where the other has its outage.
    if let Some(at) = calm_release {
        system.roll_out(checkout, "3.8.2", at, Nanos::from_secs(25));
    }
    let amount = || vec![(AMOUNT, Fill::Amount), ("checkout.item_count", Fill::Items)];
    vec![
        forward(system, gateway, ("POST", "/checkout"), pay, same, amount()),
        forward(system, gateway, ("POST", "/checkout/express"), express, same, amount()),
        forward(system, gateway, ("GET", "/orders/{id}"), orders.read, same, vec![]),
        forward(system, gateway, ("POST", "/orders/{id}/refund"), orders.refund, same, vec![]),
        forward(system, gateway, ("GET", "/users/{id}"), users.profile, same, vec![]),
        forward(system, gateway, ("POST", "/users/{id}/cards"), users.add_card, same, vec![]),
        catalogue::browse(system, gateway),
    ]
}

fn payment_service(system: &mut System) -> OperationId {
    let id = service(system, "payment-service", "shop", "1.19.0", Language::Go, &["2-17", "5-08"]);
    let stripe = peer(system, NodeKind::External, "", "", "api.stripe.com", 443);
    let attributes = vec![("payment.provider", text("stripe")), ("payment.amount", Fill::Amount)];
    let charge = Exit { attributes, ..external(stripe, "POST", "/v1/charges", ms(210.0, 0.25)) };
    let silent = Exit { failure: Some((1.0, STRIPE_SILENT)), latency: ms(3_000.0, 0.001), ..charge.clone() };
    let down = Exit { failure: Some((1.0, STRIPE_DOWN)), latency: ms(45.0, 0.3), ..charge.clone() };
    let good = Exit { failure: Some((0.015, CARD_DECLINED)), ..charge };
    let ask = match system.incident {
        Some(outage) => Step::If(
            When::During(outage),
            vec![Step::Sometimes(0.25, vec![Step::Exit(silent)]), Step::Exit(down)],
            vec![Step::Exit(good)],
        ),
        None => Step::Exit(good),
    };
    let steps =
        vec![Step::Work(ms(4.0, 0.3)), Step::Told(provider_down, vec![ask]), Step::Work(ms(2.0, 0.3))];
    let attributes = vec![("user.id", Fill::User), ("payment.amount", Fill::Amount)];
    let charge = grpc(id, "payment.v1.PaymentService/Charge", steps);
    system.add_operation(Operation { attributes, ..charge })
}

/// What user-service does.
struct Users {
    verify: OperationId,
    profile: OperationId,
    add_card: OperationId,
}

/// An older service: it still sends the attribute names of its time.
fn users(system: &mut System, charge: OperationId) -> Users {
    let id = service(system, "user-service", "shop", "2.8.3", Language::Python, &["2-17", "4-23"]);
    system.services[id.0].old_names = true;
    let sessions = peer(system, NodeKind::Cache, "redis", "", "session-cache", 6379);
    let users = peer(system, NodeKind::Database, "mongodb", "users", "users-mongodb", 27017);
    let find = || Step::Exit(db(users, "find", "users", "{\"_id\": \"?\"}", ms(14.0, 0.4)));
    let verify = vec![
        Step::Work(ms(20.0, 0.2)),
        Step::Exit(db(sessions, "GET", "", "GET session:?", ms(1.2, 0.4))),
        Step::Work(ms(25.0, 0.2)),
    ];
    let profile = Operation {
        failure: Some((0.004, WRONG_PASSWORD)),
        ..http(id, "GET", "/users/{id}", vec![Step::Work(ms(9.0, 0.3)), find(), Step::Work(ms(6.0, 0.3))])
    };
    let add_card = vec![find(), call(charge, OnFailure::Fail(same)), Step::Work(ms(8.0, 0.3))];
    Users {
        verify: system.add_operation(http(id, "POST", "/auth/verify", verify)),
        profile: system.add_operation(profile),
        add_card: system.add_operation(http(id, "POST", "/users/{id}/cards", add_card)),
    }
}

/// What order-service does.
struct Orders {
    create: OperationId,
    read: OperationId,
    refund: OperationId,
}

fn orders(system: &mut System, charge: OperationId) -> Orders {
    let id = service(system, "order-service", "shop", "2.2.0", Language::Java, &["1-11", "3-42"]);
    system.services[id.0].says_ok = true;
    let orders = peer(system, NodeKind::Database, "postgresql", "orders", "orders-postgresql", 5432);
    let statement = "INSERT INTO orders (id, user_id, amount, status) VALUES (?, ?, ?, ?)";
    let insert = Step::Exit(db(orders, "INSERT", "orders", statement, ms(18.0, 0.3)));
    let select =
        || Step::Exit(db(orders, "SELECT", "orders", "SELECT * FROM orders WHERE id = ?", ms(11.0, 0.3)));
    let update = "UPDATE orders SET status = ? WHERE id = ?";
    let update = Step::Exit(db(orders, "UPDATE", "orders", update, ms(14.0, 0.3)));
    let create = Operation {
        protocol: Protocol::Http { method: "POST", route: "/orders".to_owned(), status: 201 },
        attributes: vec![("order.id", Fill::Order)],
        ..http(id, "POST", "/orders", vec![Step::Work(ms(4.0, 0.3)), insert, Step::Work(ms(2.0, 0.3))])
    };
    let read = vec![Step::Work(ms(3.0, 0.3)), select(), Step::Work(ms(2.0, 0.3))];
    let refund = vec![select(), call(charge, OnFailure::Fail(same)), update];
    Orders {
        create: system.add_operation(create),
        read: system.add_operation(http(id, "GET", "/orders/{id}", read)),
        refund: system.add_operation(http(id, "POST", "/orders/{id}/refund", refund)),
    }
}

/// A checkout; the rest of the customers, who do not need a charge, get an invoice.
fn checkout_operation(
    system: &mut System,
    id: ServiceId,
    route: &str,
    carts: PeerId,
    by_card: f64,
    (verify, charge, create): (OperationId, OperationId, OperationId),
) -> OperationId {
    let steps = vec![
        Step::Work(ms(6.0, 0.3)),
        call(verify, OnFailure::Fail(same)),
        Step::Exit(db(carts, "GET", "", "GET cart:?", ms(1.1, 0.4))),
        Step::Sometimes(by_card, vec![call(charge, OnFailure::Fail(same))]),
        call(create, OnFailure::Fail(same)),
        Step::Work(ms(4.0, 0.3)),
    ];
    let attributes = vec![("user.id", Fill::User), (AMOUNT, Fill::Amount)];
    system.add_operation(Operation { attributes, ..http(id, "POST", route, steps) })
}
