//! Outages told in sketches: who fails, who is not reached, what it costs.
use expect_test::{Expect, expect};

use super::*;
use crate::analysis::Study;
use crate::analysis::sketch::{again, snapshot_of};
use crate::model::{Progress, SpanRecord, TimeRange};

/// What an outage of a node does to each service, then what it costs.
fn check(records: &[SpanRecord], node: &str, mode: Mode, expected: Expect) {
    let snapshot = snapshot_of(records);
    let index = snapshot.graph(&Lens::default());
    let progress = Progress::default();
    let study = Study { snapshot: &snapshot, index: &index, progress: &progress };
    let at = index.graph.find(node).unwrap();
    let out = outage(&study, &study.traces(&Lens::default()), at, mode, &Limits::new());
    let name = |n| index.graph.node(n).map_or("?", |n| n.name.as_str());
    let mut text = String::new();
    for h in &out.hits {
        text += &format!("{}: {:.0} % fail", name(h.node), h.error_ratio * 100.0);
        if h.lost_ratio > 0.0 {
            text += &format!(", {:.0} % not reached", h.lost_ratio * 100.0);
        }
        if let Some(f) = h.fallback {
            text += &format!(", falls back to {}", name(f.node));
        }
        text += &format!(" ({}{})\n", h.severity.name(), if h.is_assumed { ", assumed" } else { "" });
    }
    let keys = BusinessKeys { user: Some("user.id".into()), amount: Some("amount".into()) };
    let cost = business(&study, &out, &keys, crate::model::Nanos::from_secs(3600));
    text += &format!(
        "{:.0} requests, users {:?}, amount {:?}\n",
        cost.requests, cost.users, cost.amount_per_hour
    );
    expected.assert_eq(&text);
}

const PAID: &str = "
user-service SERVER 0..100 name=GET_/
  user-service CLIENT 5..95
    checkout SERVER 10..90 user.id=ann amount=12.5
      checkout CLIENT 20..80
        payment SERVER 30..70
          payment CLIENT 40..60 server.address=api.stripe.com url.full=https://api.stripe.com/v1 http.request.method=POST
";
const UNPAID: &str = "
user-service SERVER 0..100 name=GET_/
  user-service CLIENT 5..95
    checkout SERVER 10..90
";
const ORDERED_AND_PAID: &str = "
order-service SERVER 0..100 name=POST_/orders
  order-service CLIENT 10..90
    payment SERVER 20..80
      payment CLIENT 30..70 server.address=api.stripe.com url.full=https://api.stripe.com/v1 http.request.method=POST
";
const ORDERED: &str = "
order-service SERVER 0..100 name=POST_/orders
";
const HOME: &str = "
user-service SERVER 0..10 name=GET_/
";

#[test]
fn golden_40_each_caller_fails_as_often_as_its_requests_need_the_failing_one() {
    let mut records = again(PAID, 1, 17, 0.0, 1.0);
    records.extend(again(UNPAID, 100, 3, 20.0, 1.0));
    records.extend(again(HOME, 200, 320, 30.0, 1.0));
    records.extend(again(ORDERED_AND_PAID, 600, 5, 400.0, 1.0));
    records.extend(again(ORDERED, 700, 15, 410.0, 1.0));
    check(
        &records,
        "api.stripe.com",
        Mode::Down,
        expect![[r#"
            payment: 100 % fail (critical, assumed)
            checkout: 85 % fail (critical)
            order-service: 25 % fail (medium)
            user-service: 5 % fail (low)
            22 requests, users Some(1), amount Some(212.5)
        "#]],
    );
    check(
        &records,
        "api.stripe.com",
        Mode::Partial(0.5),
        expect![[r#"
            payment: 50 % fail (critical, assumed)
            checkout: 42 % fail (high)
            order-service: 12 % fail (medium)
            user-service: 2 % fail (low)
            11 requests, users Some(1), amount Some(106.25)
        "#]],
    );
}

#[test]
fn a_caller_that_survived_failures_by_calling_another_will_do_so_again() {
    let ok = "
shop SERVER 0..100 name=GET_/
  shop CLIENT 10..20
    prices SERVER 12..18
";
    let fallen_back = "
shop SERVER 0..100 name=GET_/
  shop CLIENT 10..20 error
    prices SERVER 12..18 error
  shop CLIENT 30..40
    old-prices SERVER 32..38
";
    let mut records = again(ok, 1, 100, 0.0, 1.0);
    records.extend(again(fallen_back, 1000, 98, 100.0, 1.0));
    check(
        &records,
        "prices",
        Mode::Down,
        expect![[r#"
            shop: 1 % fail, falls back to old-prices (low)
            2 requests, users None, amount None
        "#]],
    );
}

#[test]
fn what_would_follow_a_failure_is_not_reached() {
    let order = "
checkout SERVER 0..100 name=POST_/checkout
  checkout CLIENT 10..40
    payment SERVER 12..38
  checkout CLIENT 50..90
    order SERVER 52..88
";
    check(
        &again(order, 1, 50, 0.0, 1.0),
        "payment",
        Mode::Down,
        expect![[r#"
            checkout: 100 % fail (critical, assumed)
            order: 0 % fail, 100 % not reached (low)
            50 requests, users None, amount None
        "#]],
    );
}

#[test]
fn requests_that_do_not_touch_the_node_end_as_they_did() {
    // Ads fail now and then and nobody minds; prices have nothing to do with them.
    let home = "
shop SERVER 0..100 name=GET_/
  shop CLIENT 10..20 error
    ads SERVER 12..18 error
";
    let cart = "
shop SERVER 0..100 name=GET_/cart
  shop CLIENT 10..20
    prices SERVER 12..18
";
    let mut records = again(home, 1, 10, 0.0, 1.0);
    records.extend(again(cart, 1000, 10, 100.0, 1.0));
    check(
        &records,
        "prices",
        Mode::Down,
        expect![[r#"
        shop: 50 % fail (critical, assumed)
        10 requests, users None, amount None
    "#]],
    );
}

/// What a measured outage says of the one instance that does the harm: requests go around among all.
fn sick_instance(instances: u32, fails: impl Fn(u32) -> bool) -> Option<(String, f64)> {
    let mut records = Vec::new();
    for n in 0..900u32 {
        let is_failing = n >= 600 && fails(n);
        let word = if is_failing { "error" } else { "" };
        let sketch = format!(
            "shop SERVER 0..100 name=GET_/ {word}\n  shop CLIENT 5..95 {word}\n    cart SERVER 10..90 host=cart-{} {word}",
            n % instances
        );
        records.extend(again(&sketch, n + 1, 1, f64::from(n), 1.0));
    }
    let snapshot = snapshot_of(&records);
    let index = snapshot.graph(&Lens::default());
    let progress = Progress::default();
    let study = Study { snapshot: &snapshot, index: &index, progress: &progress };
    let at = |s: i64| crate::analysis::sketch::ORIGIN + crate::model::Nanos::from_secs(s);
    let (calm, bad) = (TimeRange::new(at(0), at(500)), TimeRange::new(at(600), at(900)));
    let cart = index.graph.find("cart").unwrap();
    measured(&study, &study.traces(&Lens::default()), cart, bad, calm).instance
}

#[test]
fn one_sick_instance_is_named_and_a_sick_service_is_not_blamed_on_one() {
    let sick = Some(("cart-1".to_owned(), 1.0));
    assert_eq!(sick_instance(3, |n| n % 3 == 1), sick);
    assert_eq!(sick_instance(2, |n| n % 2 == 1), sick);
    assert_eq!(sick_instance(3, |n| n % 2 == 0), None);
    assert_eq!(sick_instance(1, |n| n % 2 == 0), None, "without others nobody goes on");
    assert_eq!(sick_instance(2, |n| n % 2 == 1 && n < 608), None, "four requests may be chance");
}
