//! Incidents told in sketches: causes, waves, what is missing.
use expect_test::{Expect, expect};

use super::*;
use crate::analysis::sketch::{ORIGIN, again, measured, snapshot_of};
use crate::model::{MeasurementBatch, Metric, Point, Progress, SpanRecord, Value};
use crate::store::Lens;

/// The causes with their shares, then the waves, then what is missing.
fn check(records: &[SpanRecord], request: &Request, expected: Expect) -> Incident {
    check_of(snapshot_of(records), request, expected)
}

fn check_of(snapshot: crate::graph::Snapshot, request: &Request, expected: Expect) -> Incident {
    let index = snapshot.graph(&Lens::default());
    let progress = Progress::default();
    let study = Study { snapshot: &snapshot, index: &index, progress: &progress };
    let answer = incident(&study, &study.traces(&Lens::default()), request);
    let name = |n| index.graph.node(n).map_or("?", |n| n.name.as_str());
    let mut out = String::new();
    for c in &answer.causes {
        let who = match c.subject {
            crate::analysis::Subject::Node(n) => name(n).to_owned(),
            crate::analysis::Subject::Edge(e) => {
                let (a, b) = index.graph.ends(e).unwrap();
                format!("{} ~ {}", name(a), name(b))
            }
        };
        out += &format!("{who}: {:.2} of it, {} confidence\n", c.terms.share, c.confidence.name());
    }
    for wave in &answer.waves {
        for n in &wave.nodes {
            let delay = n.delay.as_millis_f64() / 1000.0;
            out += &format!("wave {} {} {} +{delay:.0} s\n", wave.wave, name(n.node), n.mechanism.name());
        }
    }
    out += &format!("{:?}\n", answer.missing);
    expected.assert_eq(&out);
    answer
}

const CALM: &str = "
gateway SERVER 0..300 name=POST_/checkout
  gateway CLIENT 10..90
    recommendation SERVER 20..80 error
  gateway CLIENT 100..200
    inventory SERVER 105..195
      inventory CLIENT 110..190 db.system=mysql db.name=stock
  gateway CLIENT 210..290
    payment SERVER 220..280
";

/// The chapter's case 1: the database is slow and stays OK, payment runs out of time.
const SLOW_DATABASE: &str = "
gateway SERVER 0..3200 name=POST_/checkout error
  gateway CLIENT 10..90
    recommendation SERVER 20..80 error
  gateway CLIENT 100..2700
    inventory SERVER 105..2695
      inventory CLIENT 110..2690 db.system=mysql db.name=stock
  gateway CLIENT 2710..3190 error error.type=timeout
    payment SERVER 2720..3400
";

#[test]
fn golden_34_and_35_the_slow_database_not_the_payment_that_ran_out_of_time_nor_the_chronic_errors() {
    let mut records = again(CALM, 1, 300, 0.0, 2.0);
    records.extend(again(SLOW_DATABASE, 1000, 60, 600.0, 2.0));
    let answer = check(
        &records,
        &Request::default(),
        expect![[r#"
            stock: 0.86 of it, high confidence
            payment: 0.14 of it, low confidence
            wave 0 stock origin +0 s
            wave 1 inventory latency_propagation +0 s
            wave 2 gateway latency_propagation +1 s
            wave 3 payment deadline_exhausted +1 s
            []
        "#]],
    );
    assert_eq!(answer.entries.len(), 1);
    assert_eq!(answer.recovery, None, "it goes on to the end of the data");
}

#[test]
fn golden_36_a_callee_that_is_down_and_sends_nothing_is_found_through_its_callers() {
    let calm = "
gateway SERVER 0..100 name=GET_/cart
  gateway CLIENT 10..90 server.address=cart http.request.method=GET url.full=http://cart/items
    cart SERVER 20..80
";
    let down = "
gateway SERVER 0..20 name=GET_/cart error
  gateway CLIENT 10..15 error error.type=ECONNREFUSED server.address=cart http.request.method=GET url.full=http://cart/items
";
    let mut records = again(calm, 1, 200, 0.0, 2.0);
    records.extend(again(down, 1000, 40, 400.0, 2.0));
    records.extend(again(calm, 2000, 100, 480.0, 2.0));
    let answer = check(
        &records,
        &Request::default(),
        expect![[r#"
            cart: 1.00 of it, high confidence
            wave 0 cart origin +0 s
            wave 1 gateway error_propagation +0 s
            []
        "#]],
    );
    let recovery = answer.recovery.map(|r| r.as_millis_f64() / 1000.0);
    assert!(recovery.is_some_and(|r| (70.0..90.0).contains(&r)), "{recovery:?}");
}

#[test]
fn a_slow_network_is_the_gap_of_its_edge() {
    let calm = "
gateway SERVER 0..100 name=GET_/cart
  gateway CLIENT 10..90
    cart SERVER 12..88
";
    let slow = "
gateway SERVER 0..900 name=GET_/cart
  gateway CLIENT 10..890
    cart SERVER 412..488
";
    let mut records = again(calm, 1, 200, 0.0, 2.0);
    records.extend(again(slow, 1000, 40, 400.0, 2.0));
    check(
        &records,
        &Request::default(),
        expect![[r#"
            gateway ~ cart: 1.00 of it, high confidence
            wave 0 gateway origin +0 s
            []
        "#]],
    );
}

#[test]
fn nothing_is_found_where_nothing_stands_out() {
    check(
        &again(CALM, 1, 400, 0.0, 2.0),
        &Request::default(),
        expect![[r#"
            [Incident { all: 400, failed: 0 }]
        "#]],
    );
    check(
        &again(CALM, 1, 30, 0.0, 2.0),
        &Request::default(),
        expect![[r#"
        [Requests { all: 30, needed: 60 }]
    "#]],
    );
    let later = TimeRange::new(Timestamp(1 << 62), Timestamp((1 << 62) + 1));
    let request = Request { incident: Some(later), ..Request::default() };
    check(
        &again(CALM, 1, 400, 0.0, 2.0),
        &request,
        expect![[r#"
        [Traces]
    "#]],
    );
    check(
        &[],
        &Request::default(),
        expect![[r#"
            [Traces]
        "#]],
    );
}

#[test]
fn calm_traces_may_come_from_other_files_whenever_they_happened() {
    let mut records = again(CALM, 1, 100, 5000.0, 2.0);
    records.extend(again(SLOW_DATABASE, 1000, 30, 0.0, 2.0));
    let request = Request { calm_traces: Some((0..100).map(TraceIndex).collect()), ..Request::default() };
    check(
        &records,
        &request,
        expect![[r#"
            stock: 0.86 of it, medium confidence
            payment: 0.14 of it, low confidence
            wave 0 stock origin +0 s
            wave 1 inventory latency_propagation +0 s
            wave 2 gateway latency_propagation +1 s
            wave 3 payment deadline_exhausted +1 s
            []
        "#]],
    );
}

/// What the pool of a service says every ten seconds: connections in use, of ten.
fn pool(service: &str, used: impl Fn(i64) -> f64) -> MeasurementBatch {
    let mut batch = MeasurementBatch::default();
    batch.senders.push(vec![("service.name".into(), Value::str(service))]);
    for i in 0..72 {
        for (name, state, value) in
            [("db.client.connection.count", "used", used(i)), ("db.client.connection.max", "", 10.0)]
        {
            let (metric, scale) = Metric::of_name(name).unwrap();
            batch.points.push(Point {
                sender: 0,
                metric,
                state: state.into(),
                detail: "stock".into(),
                stream: 0,
                start: Timestamp(0),
                time: ORIGIN + Nanos::from_secs(10 * i),
                is_delta: false,
                value: value * scale,
                count: 0.0,
            });
        }
    }
    batch
}

#[test]
fn who_has_no_connections_left_is_told_by_its_metrics() {
    let mut records = again(CALM, 1, 300, 0.0, 2.0);
    records.extend(again(SLOW_DATABASE, 1000, 60, 600.0, 2.0));
    let batch = pool("inventory", |i| if i < 60 { 2.0 } else { 10.0 });
    check_of(
        measured(&records, &batch),
        &Request::default(),
        expect![[r#"
        stock: 0.86 of it, high confidence
        payment: 0.14 of it, low confidence
        wave 0 stock origin +0 s
        wave 1 inventory pool_exhaustion +0 s
        wave 2 gateway latency_propagation +1 s
        wave 3 payment deadline_exhausted +1 s
        []
    "#]],
    );
    // A pool that is always full says nothing of the incident.
    let batch = pool("inventory", |_| 10.0);
    check_of(
        measured(&records, &batch),
        &Request::default(),
        expect![[r#"
        stock: 0.86 of it, high confidence
        payment: 0.14 of it, low confidence
        wave 0 stock origin +0 s
        wave 1 inventory latency_propagation +0 s
        wave 2 gateway latency_propagation +1 s
        wave 3 payment deadline_exhausted +1 s
        []
    "#]],
    );
}

#[test]
fn messages_that_wait_for_a_slow_consumer_pile_up() {
    // Both use one database; what it costs the mailer is that its messages wait.
    let calm = "
shop SERVER 0..100 name=POST_/orders
  shop CLIENT 10..40 db.system=mysql db.name=mails
  shop PRODUCER 50..60 messaging.system=kafka messaging.destination.name=orders
    mailer CONSUMER 80..180 messaging.system=kafka messaging.destination.name=orders
      mailer CLIENT 90..170 db.system=mysql db.name=mails
";
    let slow = "
shop SERVER 0..3100 name=POST_/orders
  shop CLIENT 10..3040 db.system=mysql db.name=mails
  shop PRODUCER 3050..3060 messaging.system=kafka messaging.destination.name=orders
    mailer CONSUMER 9000..12000 messaging.system=kafka messaging.destination.name=orders
      mailer CLIENT 9010..11990 db.system=mysql db.name=mails
";
    let mut records = again(calm, 1, 300, 0.0, 2.0);
    records.extend(again(slow, 1000, 60, 600.0, 2.0));
    let at = |s| ORIGIN + Nanos::from_secs(s);
    let request = Request {
        incident: Some(TimeRange::new(at(600), at(720))),
        baseline: Some(TimeRange::new(at(0), at(600))),
        ..Request::default()
    };
    check(
        &records,
        &request,
        expect![[r#"
            mails: 1.00 of it, high confidence
            wave 0 mails origin +0 s
            wave 1 shop latency_propagation +0 s
            wave 1 mailer backlog +9 s
            []
        "#]],
    );
}

/// An order that is taken at once and mailed later; `how` is how the mailer's database answers.
fn mailed(how: &str) -> String {
    let failed = if how.is_empty() { "" } else { "error" };
    format!(
        "
shop SERVER 0..50 name=POST_/orders
  shop PRODUCER 10..12 messaging.system=kafka messaging.destination.name=mails
    mailer CONSUMER 60..140 name=handle_mail {failed}
      mailer CLIENT 70..130 db.system=mysql db.name=addresses {how}
"
    )
}

#[test]
fn failing_handlers_of_messages_are_an_incident_though_no_request_fails() {
    let (calm, failing) = (mailed(""), mailed("error error.type=ER_LOCK_DEADLOCK"));
    let mut records = again(&calm, 1, 300, 0.0, 2.0);
    records.extend(again(&failing, 1000, 40, 600.0, 2.0));
    records.extend(again(&calm, 2000, 100, 680.0, 2.0));
    let answer = check(
        &records,
        &Request::default(),
        expect![[r#"
            addresses: 1.00 of it, high confidence
            wave 0 addresses origin +0 s
            wave 1 mailer error_propagation +0 s
            [BadRequests]
        "#]],
    );
    let named = |e: &EntryHit| (e.requests, e.bad, e.calm_share);
    assert_eq!(answer.entries.iter().map(named).collect::<Vec<_>>(), [(40.0, 40.0, Some(0.0))]);
    // The same when somebody says when it was.
    let request = Request { incident: answer.incident, ..Request::default() };
    check(
        &records,
        &request,
        expect![[r#"
        addresses: 1.00 of it, high confidence
        wave 0 addresses origin +0 s
        wave 1 mailer error_propagation +0 s
        [BadRequests]
    "#]],
    );
    // Nothing is wrong while all of them go well.
    check(
        &again(&calm, 1, 400, 0.0, 2.0),
        &Request::default(),
        expect![[r#"
            [Incident { all: 400, failed: 0 }]
        "#]],
    );
}

#[test]
fn handlers_that_run_out_of_time_as_soon_as_they_are_usually_done_blame_whom_they_asked() {
    let mut records = again(&mailed(""), 1, 300, 0.0, 2.0);
    records.extend(again(&mailed("error error.type=timeout"), 1000, 40, 600.0, 2.0));
    check(
        &records,
        &Request::default(),
        expect![[r#"
        addresses: 1.00 of it, high confidence
        wave 0 addresses origin +0 s
        wave 1 mailer timeout +0 s
        [BadRequests]
    "#]],
    );
}

#[test]
fn handlers_whose_sender_sends_no_spans_are_requests_of_their_own() {
    let handler = |how: &str| {
        let failed = if how.is_empty() { "" } else { "error" };
        format!(
            "
mailer CONSUMER 60..140 name=handle_mail parent=77 {failed}
  mailer CLIENT 70..130 db.system=mysql db.name=addresses {how}
"
        )
    };
    let mut records = again(&handler(""), 1, 300, 0.0, 2.0);
    records.extend(again(&handler("error error.type=ER_LOCK_DEADLOCK"), 1000, 40, 600.0, 2.0));
    check(
        &records,
        &Request::default(),
        expect![[r#"
            addresses: 1.00 of it, high confidence
            wave 0 addresses origin +0 s
            wave 1 mailer error_propagation +0 s
            []
        "#]],
    );
}

/// Two pages of one service: one asks a database, the other nobody; both take a worker first.
fn pages(wait: i64, asks: i64) -> [String; 2] {
    let (get, end) = (wait + 10, wait + 10 + asks);
    [
        format!(
            "
shop SERVER 0..{0} name=GET_/orders
  shop INTERNAL 0..{wait} name=worker_pool.acquire
  shop CLIENT {get}..{end} db.system=mysql db.name=orders
",
            end + 10
        ),
        format!(
            "
shop SERVER 0..{} name=GET_/about
  shop INTERNAL 0..{wait} name=worker_pool.acquire
",
            wait + 20
        ),
    ]
}

fn told(calm: &[String; 2], bad: &[String; 2]) -> Vec<SpanRecord> {
    let mut records = Vec::new();
    for (i, (calm, bad)) in (0..).zip(calm.iter().zip(bad)) {
        records.extend(again(calm, 1 + 10_000 * i, 300, 0.0, 2.0));
        records.extend(again(bad, 5000 + 10_000 * i, 60, 600.0, 2.0));
    }
    records
}

#[test]
fn who_waits_for_a_worker_is_a_victim_of_what_keeps_the_workers() {
    let answer = check(
        &told(&pages(1, 80), &pages(900, 2500)),
        &Request::default(),
        expect![[r#"
            orders: 1.00 of it, high confidence
            wave 0 orders origin +0 s
            wave 1 shop latency_propagation +0 s
            []
        "#]],
    );
    let waited = answer.causes.first().map(|c| c.waited_at.iter().map(|w| w.1.round()).collect::<Vec<_>>());
    assert_eq!(waited, Some(vec![76.0]), "all of one page, and of the other what it waited");
    assert!(!answer.causes.iter().any(|c| c.is_short_of_places));
}

#[test]
fn workers_that_run_out_though_nobody_keeps_them_longer_are_the_cause() {
    let answer = check(
        &told(&pages(1, 80), &pages(900, 80)),
        &Request::default(),
        expect![[r#"
        shop: 1.00 of it, high confidence
        wave 0 shop origin +0 s
        []
    "#]],
    );
    assert!(answer.causes.iter().all(|c| c.waited_at.is_empty() && c.is_short_of_places));
}
