//! Scenario `intermittent-large-orders`: one checkout in twenty takes 15 s and fails; the others take 450 ms.
//!
//! An index is missing: the stock query of an order with more than 100 items scans the table, nearly always at
//! peak hours, when the table does not stay in memory, and now and then at others.
//! The payment then waits for a row lock of the same database until it runs out of time, and the order is
//! never executed.
//! Nearly all orders of that size are those of enterprises.
use std::collections::BTreeSet;

use super::faults::{CARD_DECLINED, INTERNAL, bad_gateway, payment_error, same};
use super::finds::{Example, Finds, PatternTruth, Share};
use super::log::Served;
use super::parts::{HTTP_TIMEOUT, call, db, external, grpc, http, peer, service, text};
use super::random::Random;
use super::system::{
    Call, Customers, Exit, Fill, Language, Local, OnFailure, Operation, OperationId, PeerId, Protocol,
    ServiceId, Step, System, Traffic, When, ms,
};
use super::truth::{NodeKind, Truth};
use super::{Plan, catalogue};
use crate::model::{Nanos, TimeRange, Timestamp, Value};

pub(super) const NAME: &str = "intermittent-large-orders";

/// 2026-03-16T08:00:00Z.
const BEGIN: Timestamp = Timestamp(1_773_648_000_000_000_000);
const DAY: Nanos = Nanos::from_secs(12 * 3_600);
const PEAK: Nanos = Nanos::from_secs(4 * 3_600);
const DATABASE: &str = "database:inventory@inventory-postgresql";
const ENTRY: &str = "POST /checkout";
const LIMIT: u32 = 100;
/// Requests that take longer are bad, as are those that fail.
const SLOW: Nanos = Nanos::from_secs(5);

/// The system and what is known about it.
pub(super) fn plan(seed: u64, is_null: bool) -> Plan {
    let mut dice = Random::new(seed ^ 0x1a46_e04d);
    let end = BEGIN + DAY;
    let start = BEGIN + Nanos::from_secs(2 * 3_600 + dice.below(4 * 3_600) as i64);
    let peak = TimeRange::new(start, start + PEAK);
    let mut system = System::new(TimeRange::new(BEGIN, end));
    system.customers = Customers { count: 900, item_cents: 120, step_cents: 900, wholesale: 0.115 };
    system.drift = 0.05;
    system.loss = 0.004;
    system.incident = (!is_null).then_some(peak);
    let gateway = service(&mut system, "api-gateway", "edge", "4.12.0", Language::Node, &["1-11", "2-17"]);
    let checkout = checkout(&mut system, gateway, (!is_null).then_some(peak));
    let browse = catalogue::browse(&mut system, gateway);
    system.skew_a_host(&mut dice);
    let rate = dice.about(1.0);
    let mut traffic = |operation, requests: f64, within| {
        system.traffic.push(Traffic { operation, requests: (requests * rate) as usize, within });
    };
    for (operation, in_peak, before_and_after) in [(checkout, 560.0, 450.0), (browse, 120.0, 130.0)] {
        traffic(operation, in_peak, peak);
        let share = (peak.start - BEGIN).0 as f64 / (DAY - PEAK).0 as f64;
        traffic(operation, before_and_after * share, TimeRange::new(BEGIN, peak.start));
        traffic(operation, before_and_after * (1.0 - share), TimeRange::new(peak.end, end));
    }
    let path = ["user:user", "service:api-gateway", "service:inventory-service", DATABASE];
    let truth = Truth {
        root_cause: Some(DATABASE.to_owned()),
        path: path.map(str::to_owned).to_vec(),
        noise: vec![catalogue::NOISE.to_owned()],
        ..Truth::default()
    };
    Plan { finds: Box::new(finds), ..Plan::new(system, truth) }
}

fn checkout(system: &mut System, gateway: ServiceId, peak: Option<TimeRange>) -> OperationId {
    let auth = auth_service(system);
    let inventory = peer(system, NodeKind::Database, "postgresql", "inventory", "inventory-postgresql", 5432);
    let reserve = inventory_service(system, inventory, peak);
    let charge = payment_service(system, inventory, peak);
    let create = order_service(system);
    let patient = |operation, timeout, on_failure| {
        Step::Call(Call { operation, timeout, within_budget: false, on_failure })
    };
    let steps = vec![
        Step::Work(ms(8.0, 0.3)),
        call(auth, OnFailure::Fail(same)),
        patient(reserve, Nanos::from_secs(30), OnFailure::Fail(bad_gateway)),
        patient(charge, Nanos::from_millis(2_200), OnFailure::Fail(payment_error)),
        patient(create, HTTP_TIMEOUT, OnFailure::Fail(bad_gateway)),
        Step::Work(ms(5.0, 0.3)),
    ];
    let attributes = vec![
        ("user.id", Fill::User),
        ("customer.segment", Fill::Segment),
        ("tenant.id", Fill::Tenant),
        ("checkout.amount", Fill::Amount),
    ];
    system.add_operation(Operation { attributes, ..http(gateway, "POST", "/checkout", steps) })
}

/// The first steps for requests that the missing index hits, else the second.
fn hit(peak: Option<TimeRange>, bad: Vec<Step>, good: Vec<Step>) -> Vec<Step> {
    let Some(peak) = peak else { return good };
    let at_peak = Step::If(When::Unlucky(0.97), bad.clone(), good.clone());
    let at_other_times = Step::If(When::Unlucky(0.3), bad, good.clone());
    let large = Step::If(When::During(peak), vec![at_peak], vec![at_other_times]);
    vec![Step::If(When::MoreItemsThan(LIMIT), vec![large], good)]
}

fn auth_service(system: &mut System) -> OperationId {
    let id = service(system, "auth-service", "shop", "2.8.3", Language::Python, &["2-17", "4-23"]);
    system.services[id.0].old_names = true;
    let sessions = peer(system, NodeKind::Cache, "redis", "", "session-cache", 6379);
    let steps = vec![
        Step::Work(ms(42.0, 0.15)),
        Step::Exit(db(sessions, "GET", "", "GET session:?", ms(1.2, 0.4))),
        Step::Work(ms(41.0, 0.15)),
    ];
    let attributes = vec![("auth.method", text("JWT")), ("user.role", Fill::Role)];
    system.add_operation(Operation { attributes, ..http(id, "POST", "/auth/verify", steps) })
}

fn inventory_service(system: &mut System, inventory: PeerId, peak: Option<TimeRange>) -> OperationId {
    let hosts = ["1-11", "3-42", "5-08"];
    let id = service(system, "inventory-service", "shop", "3.4.1", Language::Java, &hosts);
    system.services[id.0].says_ok = true;
    let statement = "SELECT * FROM inventory WHERE product_id IN ({items})";
    let select = Exit {
        attributes: vec![("db.response.returned_rows", Fill::Items)],
        ..db(inventory, "SELECT", "inventory", statement, ms(86.0, 0.15))
    };
    let mut scan = Exit { latency: ms(12_500.0, 0.04), ..select.clone() };
    scan.attributes.push(("db.query.slow", Fill::Fixed(Value::Bool(true))));
    let update = "UPDATE inventory SET reserved = reserved + ? WHERE product_id = ?";
    let reserve = db(inventory, "UPDATE", "inventory", update, ms(12.0, 0.3));
    let lock = Exit { latency: ms(280.0, 0.2), ..reserve.clone() };
    let check_stock = Step::Local(Local {
        name: "check_stock",
        attributes: vec![("inventory.items", Fill::ItemsMixed)],
        steps: hit(
            peak,
            vec![Step::Exit(scan), Step::Exit(lock)],
            vec![Step::Exit(select), Step::Exit(reserve)],
        ),
        when_slow: None,
    });
    let steps = vec![Step::Work(ms(11.0, 0.3)), check_stock, Step::Work(ms(8.0, 0.3))];
    system.add_operation(http(id, "POST", "/inventory/reservations", steps))
}

/// Looks after the reservation before it charges.
fn payment_service(system: &mut System, inventory: PeerId, peak: Option<TimeRange>) -> OperationId {
    let id = service(system, "payment-service", "shop", "1.19.0", Language::Go, &["2-17", "5-08"]);
    let stripe = peer(system, NodeKind::External, "", "", "api.stripe.com", 443);
    let statement = "SELECT status FROM reservations WHERE order_id = ? FOR UPDATE";
    let look = db(inventory, "SELECT", "reservations", statement, ms(7.0, 0.3));
    let wait = Exit { latency: ms(9_000.0, 0.1), ..look.clone() };
    let charge = Exit {
        failure: Some((0.01, CARD_DECLINED)),
        attributes: vec![("payment.provider", text("stripe")), ("payment.amount", Fill::Amount)],
        ..external(stripe, "POST", "/v1/charges", ms(158.0, 0.2))
    };
    let mut steps = vec![Step::Work(ms(6.0, 0.3)), Step::Fail(0.006, INTERNAL)];
    steps.extend(hit(peak, vec![Step::Exit(wait)], vec![Step::Exit(look)]));
    steps.extend([Step::Exit(charge), Step::Work(ms(4.0, 0.3))]);
    system.add_operation(grpc(id, "payment.v1.PaymentService/Charge", steps))
}

fn order_service(system: &mut System) -> OperationId {
    let id = service(system, "order-service", "shop", "2.2.0", Language::Java, &["1-11", "3-42"]);
    let orders = peer(system, NodeKind::Database, "postgresql", "orders", "orders-postgresql", 5432);
    let statement = "INSERT INTO orders (id, user_id, amount, status) VALUES (?, ?, ?, ?)";
    let insert = Step::Exit(db(orders, "INSERT", "orders", statement, ms(36.0, 0.2)));
    let operation = Operation {
        protocol: Protocol::Http { method: "POST", route: "/orders".to_owned(), status: 201 },
        attributes: vec![("order.id", Fill::Order)],
        ..http(id, "POST", "/orders", vec![Step::Work(ms(8.0, 0.3)), insert, Step::Work(ms(4.0, 0.3))])
    };
    system.add_operation(operation)
}

fn finds(system: &System, log: &[Served]) -> Finds {
    let Some(peak) = system.incident else { return Finds::default() };
    let all: Vec<&Served> =
        log.iter().filter(|s| s.is_root && system.operations[s.operation.0].name == ENTRY).collect();
    let is_bad = |s: &Served| s.failed || s.time.length() > SLOW;
    let (bad, good): (Vec<&Served>, Vec<&Served>) = all.iter().partition(|s| is_bad(s));
    let share = |of: &[&Served], is_part: &dyn Fn(&Served) -> bool| Share {
        of: of.len() as u64,
        part: of.iter().filter(|s| is_part(s)).count() as u64,
    };
    let (above, below): (Vec<&Served>, Vec<&Served>) = all.iter().partition(|s| s.facts.items > LIMIT);
    let large = bad.iter().copied().filter(|s| s.facts.items > LIMIT && s.failed).collect();
    let (Some(normal), Some(problem)) = (middle(good), middle(large)) else { return Finds::default() };
    let steps = |served: &Served| -> BTreeSet<String> {
        log.iter().filter(|s| s.trace == served.trace).map(|s| system.operation_name(s.operation)).collect()
    };
    let example = |s: &Served| Example { trace: s.trace, length: s.time.length() };
    let patterns = PatternTruth {
        entry: format!("api-gateway {ENTRY}"),
        attribute: "inventory.items".to_owned(),
        threshold: f64::from(LIMIT),
        above: share(&above, &is_bad),
        below: share(&below, &is_bad),
        segment: ("customer.segment".to_owned(), "enterprise".to_owned()),
        in_segment: share(&bad, &|s| s.facts.is_enterprise),
        peak,
        in_peak: share(&bad, &|s| peak.contains(s.time.start)),
        node: DATABASE.to_owned(),
        statement: "SELECT * FROM inventory WHERE product_id IN (?)".to_owned(),
        normal: example(normal),
        problem: example(problem),
        not_executed: steps(normal).difference(&steps(problem)).cloned().collect(),
    };
    Finds { patterns: Some(patterns), ..Finds::default() }
}

/// The one of median length.
fn middle(mut served: Vec<&Served>) -> Option<&Served> {
    served.sort_by_key(|s| s.time.length());
    served.get(served.len() / 2).copied()
}
