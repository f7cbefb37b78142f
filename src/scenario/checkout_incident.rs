//! Scenario `checkout-incident`: a shop's stock query slows from 90 ms to 2.5 s while all its spans stay OK.
//!
//! A checkout has 3.15 s.
//! Stock used to take a fraction of it; now it takes nearly all, payment gets what is left and runs out of
//! time, and the order is never written.
//! On the face of it payment and Stripe fail; the cause is the database of inventory.
use super::faults::{CARD_DECLINED, WRONG_PASSWORD, bad_gateway, payment_error, same};
use super::finds::Finds;
use super::parts::{HTTP_TIMEOUT, call, db, external, http, peer, service, text, truth};
use super::system::{
    Call, Exit, Fill, Language, Local, OnFailure, Operation, OperationId, PeerId, Protocol, Publish,
    ServiceId, SlowMarks, Step, System, Traffic, ms,
};
use super::truth::{NodeKind, Truth};
use super::{Plan, catalogue, outages};
use crate::model::{Nanos, TimeRange, Timestamp};

pub(super) const NAME: &str = "checkout-incident";

const DATABASE: &str = "database:orders@orders-postgresql";

/// 2026-03-10T02:50:00Z.
const BEGIN: Timestamp = Timestamp(1_773_111_000_000_000_000);
/// Ten calm minutes later.
const BREAK: Timestamp = Timestamp(BEGIN.0 + Nanos::from_secs(600).0);
const END: Timestamp = Timestamp(BEGIN.0 + Nanos::from_secs(900).0);

/// How long a checkout may take before the gateway gives up what is still running.
const CHECKOUT_BUDGET: Nanos = Nanos::from_millis(3_150);

/// The system and what is known about it.
pub(super) fn plan(is_null: bool) -> Plan {
    let mut system = System::new(TimeRange::new(BEGIN, END));
    let incident = TimeRange::new(BREAK, END + Nanos::from_secs(60));
    system.incident = (!is_null).then_some(incident);
    let shop = Shop::build(&mut system);
    system.traffic = [
        (checkout(&mut system, &shop), 600),
        (catalogue::page(&mut system, shop.gateway, shop.product, shop.recommend), 760),
        (home(&mut system, &shop), 460),
        (login(&mut system, &shop), 380),
    ]
    .map(|(operation, requests)| Traffic { operation, requests, within: system.window })
    .to_vec();
    let path = ["user:user", "service:api-gateway", "service:inventory-service", DATABASE];
    let truth = Truth {
        path: path.map(str::to_owned).to_vec(),
        noise: vec![catalogue::NOISE.to_owned()],
        root_cause: Some(DATABASE.to_owned()),
        ..Truth::default()
    };
    let finds = |system: &System, log: &[_]| Finds {
        impact: outages::impact(system, log, DATABASE, ("checkout.amount", "POST /checkout")),
        ..Finds::default()
    };
    Plan { finds: Box::new(finds), ..Plan::new(system, truth) }
}

/// Who is there, and what the gateway can ask of them.
struct Shop {
    gateway: ServiceId,
    verify: OperationId,
    authenticate: OperationId,
    reserve: OperationId,
    charge: OperationId,
    place_order: OperationId,
    product: OperationId,
    recommend: OperationId,
}

impl Shop {
    fn build(system: &mut System) -> Self {
        let gateway = service(system, "api-gateway", "edge", "4.12.0", Language::Node, &["1-11", "2-17"]);
        let (verify, authenticate) = user_service(system);
        let orders = peer(system, NodeKind::Database, "postgresql", "orders", "orders-postgresql", 5432);
        let product = catalogue::product_service(system);
        Self {
            gateway,
            verify,
            authenticate,
            reserve: inventory_service(system, orders),
            charge: payment_service(system),
            place_order: order_service(system, orders),
            recommend: catalogue::recommendation_service(system, product),
            product,
        }
    }
}

fn checkout(system: &mut System, shop: &Shop) -> OperationId {
    let steps = vec![
        Step::Work(ms(9.0, 0.3)),
        call(shop.verify, OnFailure::Fail(same)),
        Step::Work(ms(2.0, 0.3)),
        call(shop.reserve, OnFailure::Fail(bad_gateway)),
        Step::Work(ms(2.0, 0.3)),
        Step::Call(Call {
            operation: shop.charge,
            timeout: HTTP_TIMEOUT,
            within_budget: true,
            on_failure: OnFailure::Fail(payment_error),
        }),
        call(shop.place_order, OnFailure::Fail(bad_gateway)),
        Step::Work(ms(6.0, 0.3)),
    ];
    let operation = Operation {
        budget: Some(CHECKOUT_BUDGET),
        attributes: vec![
            ("user.id", Fill::User),
            ("checkout.user_id", Fill::User),
            ("checkout.amount", Fill::Amount),
            ("checkout.item_count", Fill::Items),
        ],
        ..http(shop.gateway, "POST", "/checkout", steps)
    };
    system.add_operation(operation)
}

fn home(system: &mut System, shop: &Shop) -> OperationId {
    let steps = vec![
        Step::Work(ms(3.0, 0.4)),
        Step::Sometimes(0.6, vec![call(shop.verify, OnFailure::Fail(same))]),
        call(shop.recommend, OnFailure::Fallback),
        Step::Work(ms(3.0, 0.4)),
    ];
    system.add_operation(page(shop, "GET", "/recommendations", steps))
}

fn login(system: &mut System, shop: &Shop) -> OperationId {
    let steps = vec![
        Step::Work(ms(3.0, 0.4)),
        call(shop.authenticate, OnFailure::Fail(same)),
        Step::Work(ms(2.0, 0.4)),
    ];
    system.add_operation(page(shop, "POST", "/login", steps))
}

/// An operation of the gateway that only says who asks.
fn page(shop: &Shop, method: &'static str, route: &str, steps: Vec<Step>) -> Operation {
    Operation { attributes: vec![("user.id", Fill::User)], ..http(shop.gateway, method, route, steps) }
}

/// Verifying a session, and logging in. An older service: it still sends the attribute names of its time.
fn user_service(system: &mut System) -> (OperationId, OperationId) {
    let id = service(system, "user-service", "shop", "2.8.3", Language::Python, &["2-17", "4-23"]);
    system.services[id.0].old_names = true;
    let sessions = peer(system, NodeKind::Cache, "redis", "", "session-cache", 6379);
    let users = peer(system, NodeKind::Database, "mongodb", "users", "users-mongodb", 27017);
    let find = db(users, "find", "users", "{\"_id\": \"?\"}", ms(14.0, 0.4));
    let authenticate = Step::Local(Local {
        name: "authenticate_user",
        attributes: vec![
            ("auth.method", text("JWT")),
            ("user.role", Fill::Role),
            ("checkout.user_id", Fill::User),
        ],
        steps: vec![
            Step::Work(ms(32.0, 0.2)),
            Step::Exit(db(sessions, "GET", "", "GET session:?", ms(1.2, 0.4))),
            Step::Sometimes(0.15, vec![Step::Exit(find.clone())]),
            Step::Work(ms(30.0, 0.2)),
        ],
        when_slow: None,
    });
    let steps = vec![Step::Work(ms(2.0, 0.4)), authenticate];
    let verify = system.add_operation(http(id, "POST", "/auth/verify", steps));
    let steps = vec![
        Step::Exit(find),
        Step::Work(ms(75.0, 0.15)),
        Step::Exit(db(sessions, "SET", "", "SET session:? ?", ms(1.4, 0.4))),
    ];
    let login = Operation { failure: Some((0.04, WRONG_PASSWORD)), ..http(id, "POST", "/auth/login", steps) };
    (verify, system.add_operation(login))
}

/// The culprit's victim: its query slows, and its spans say OK all the same.
fn inventory_service(system: &mut System, orders: PeerId) -> OperationId {
    let hosts = ["1-11", "3-42", "5-08"];
    let id = service(system, "inventory-service", "shop", "3.4.1", Language::Java, &hosts);
    system.services[id.0].says_ok = true;
    let warehouse = peer(system, NodeKind::External, "", "", "warehouse.example.com", 443);
    let select = Exit {
        attributes: vec![("db.response.returned_rows", Fill::Items)],
        in_incident: Some((ms(2_500.0, 0.03), vec![("db.query.slow", truth())])),
        ..db(
            orders,
            "SELECT",
            "inventory",
            "SELECT * FROM inventory WHERE product_id IN (?, ?, ?)",
            ms(90.0, 0.12),
        )
    };
    let update = Exit {
        // It competes with the slow reads for the disk.
        in_incident: Some((ms(475.0, 0.1), vec![])),
        ..db(
            orders,
            "UPDATE",
            "inventory",
            "UPDATE inventory SET reserved = reserved + ? WHERE product_id = ?",
            ms(9.0, 0.3),
        )
    };
    let check_stock = Step::Local(Local {
        name: "check_stock",
        attributes: vec![("inventory.items", Fill::ItemsText), ("checkout.user_id", Fill::User)],
        steps: vec![
            Step::Exit(select),
            Step::Exit(external(warehouse, "GET", "/v1/stock", ms(70.0, 0.2))),
            Step::Exit(update),
        ],
        // A false trail, as in real systems: the stopwatch behind this warning is started before the query.
        when_slow: Some(SlowMarks {
            over: Nanos::from_secs(2),
            attributes: vec![("db.query.slow", truth()), ("warehouse.api.timeout", truth())],
            warning: "Warehouse API response time > 2s",
        }),
    });
    let steps = vec![Step::Work(ms(4.0, 0.3)), check_stock, Step::Work(ms(3.0, 0.3))];
    system.add_operation(http(id, "POST", "/inventory/reservations", steps))
}

fn payment_service(system: &mut System) -> OperationId {
    let id = service(system, "payment-service", "shop", "1.19.0", Language::Go, &["2-17", "5-08"]);
    let stripe = peer(system, NodeKind::External, "", "", "api.stripe.com", 443);
    let charge = Exit {
        failure: Some((0.015, CARD_DECLINED)),
        attributes: vec![("payment.provider", text("stripe")), ("payment.amount", Fill::Amount)],
        ..external(stripe, "POST", "/v1/charges", ms(95.0, 0.2))
    };
    let fraud_check = Step::Local(Local {
        name: "fraud_check",
        attributes: vec![("user.role", Fill::Role)],
        steps: vec![Step::Work(ms(9.0, 0.3))],
        when_slow: None,
    });
    let steps = vec![Step::Work(ms(2.0, 0.3)), fraud_check, Step::Exit(charge), Step::Work(ms(2.0, 0.3))];
    let method = "payment.v1.PaymentService/Charge".to_owned();
    let operation =
        Operation { name: method.clone(), protocol: Protocol::Grpc { method }, ..http(id, "", "", steps) };
    system.add_operation(operation)
}

fn order_service(system: &mut System, orders: PeerId) -> OperationId {
    let id = service(system, "order-service", "shop", "2.2.0", Language::Java, &["1-11", "3-42"]);
    let sent_mail = notification_service(system);
    let events = peer(system, NodeKind::Queue, "kafka", "order-events", "kafka", 9092);
    let insert = Exit {
        in_incident: Some((ms(120.0, 0.3), vec![])),
        ..db(
            orders,
            "INSERT",
            "orders",
            "INSERT INTO orders (id, user_id, amount, status) VALUES (?, ?, ?, ?)",
            ms(18.0, 0.3),
        )
    };
    let publish = Publish { queue: events, consumers: vec![sent_mail], lag: ms(60.0, 0.6) };
    let steps =
        vec![Step::Work(ms(4.0, 0.3)), Step::Exit(insert), Step::Publish(publish), Step::Work(ms(2.0, 0.3))];
    let operation = Operation {
        protocol: Protocol::Http { method: "POST", route: "/orders".to_owned(), status: 201 },
        attributes: vec![("order.id", Fill::Order), ("checkout.user_id", Fill::User)],
        ..http(id, "POST", "/orders", steps)
    };
    system.add_operation(operation)
}

fn notification_service(system: &mut System) -> OperationId {
    let hosts = ["3-42", "4-23"];
    let id = service(system, "notification-service", "messaging", "1.3.7", Language::Python, &hosts);
    let mail = peer(system, NodeKind::External, "", "", "api.sendgrid.com", 443);
    let steps = vec![
        Step::Work(ms(6.0, 0.4)),
        Step::Exit(external(mail, "POST", "/v3/mail/send", ms(160.0, 0.3))),
        Step::Work(ms(2.0, 0.4)),
    ];
    let operation = Operation {
        name: "process order-events".to_owned(),
        protocol: Protocol::Message,
        attributes: vec![("order.id", Fill::Order)],
        ..http(id, "", "", steps)
    };
    system.add_operation(operation)
}
