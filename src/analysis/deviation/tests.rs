//! One small system, and one fault of each family in it. No span has a status, a kind or an attribute.
use std::sync::Arc;

use super::*;
use crate::graph::Snapshot;
use crate::model::{
    ResourceRecord, SpanId, SpanRecord, TimeRange, Timestamp, TraceIndex, Value, batch_from_records,
};
use crate::store::Store;

#[derive(Clone, Copy, PartialEq)]
enum Fault {
    None,
    /// Everything that the payment's process sends or receives comes 300 ms later.
    SlowNetworkOfPayment,
    /// The cart's own work takes 15 times as long.
    BusyCart,
    /// One of the cart's three instances is busy.
    OneBusyCart,
    /// One in eight requests waits 200 ms within the cart.
    SomeWaitInCart,
    /// The payment returns without having validated.
    PaymentReturnsEarly,
    /// The shop throws after it has the cart.
    ShopThrowsAfterCart,
}

/// Microseconds since the epoch, and what comes next by chance.
struct Story {
    records: Vec<SpanRecord>,
    chance: u64,
    trace: u64,
    now: i64,
    fault: Fault,
}

const SECOND: i64 = 1_000_000;
const BEGIN: i64 = 1_767_225_600 * SECOND;

impl Story {
    fn new(seed: u64) -> Self {
        Self { records: Vec::new(), chance: seed * 7919 + 1, trace: seed << 32, now: 0, fault: Fault::None }
    }
    /// From 0 to 1.
    fn chance(&mut self) -> f64 {
        self.chance =
            self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.chance >> 40) as f64 / (1u64 << 24) as f64
    }
    /// Around a typical length, with a tail.
    fn about(&mut self, typical: i64) -> i64 {
        let (a, b) = (self.chance(), self.chance());
        (typical as f64 * (0.7 + 0.6 * a + if b > 0.97 { 3.0 } else { 0.0 })) as i64
    }
    /// A span that starts now; its end is set when it is closed.
    fn open(&mut self, parent: Option<usize>, service: &str, name: &str) -> usize {
        // The cart's clock is two seconds behind.
        let behind = if service == "cart" { 2 * SECOND } else { 0 };
        let instance = format!("{service}-{}", if service == "cart" { self.trace % 3 } else { 0 });
        let resource = ResourceRecord {
            attributes: vec![
                ("service.name".to_owned(), Value::str(service)),
                ("k8s.pod.name".to_owned(), Value::str(instance)),
            ],
            ..ResourceRecord::default()
        };
        let mut trace_id = TraceId::default();
        trace_id.0[8..].copy_from_slice(&self.trace.to_be_bytes());
        let place = self.records.len();
        self.records.push(SpanRecord {
            trace_id,
            span_id: SpanId((place as u64 + 1).to_be_bytes()),
            parent_id: parent.map_or(SpanId::NONE, |p| SpanId((p as u64 + 1).to_be_bytes())),
            name: name.into(),
            start: Timestamp((BEGIN + self.now - behind) * 1000),
            end: Timestamp(behind),
            resource: Arc::new(resource),
            ..SpanRecord::default()
        });
        place
    }
    fn close(&mut self, span: usize) {
        let behind = self.records[span].end.0;
        self.records[span].end = Timestamp((BEGIN + self.now - behind) * 1000);
    }
    fn work(&mut self, typical: i64) {
        self.now += self.about(typical);
    }
    /// A call over the network.
    fn call(&mut self, parent: usize, from: &str, to: &str, name: &str, serve: fn(&mut Self, usize)) {
        let client = self.open(Some(parent), from, &format!("call {name}"));
        let slow = if self.fault == Fault::SlowNetworkOfPayment && to == "payment" { 300_000 } else { 0 };
        self.work(1_000 + slow);
        let server = self.open(Some(client), to, name);
        serve(self, server);
        self.close(server);
        self.work(1_000);
        self.close(client);
    }
    fn cart(&mut self, server: usize) {
        let is_busy = match self.fault {
            Fault::BusyCart => true,
            Fault::OneBusyCart => self.trace % 3 == 1,
            _ => false,
        };
        self.work(if is_busy { 60_000 } else { 4_000 });
        if self.fault == Fault::SomeWaitInCart && self.trace.is_multiple_of(8) {
            self.now += 200_000;
        }
        let query = self.open(Some(server), "cart", "SELECT");
        self.work(2_000);
        self.close(query);
    }
    fn payment(&mut self, server: usize) {
        self.work(2_000);
        if self.fault != Fault::PaymentReturnsEarly {
            let validate = self.open(Some(server), "payment", "validate");
            self.work(3_000);
            self.close(validate);
        }
        let book = self.open(Some(server), "payment", "book");
        self.work(3_000);
        self.close(book);
    }
    fn advice(&mut self, server: usize) {
        self.work(3_000);
        self.call(server, "advice", "cart", "cart", Self::cart);
    }
    fn mail(&mut self, _: usize) {
        self.work(3_000);
    }
    fn request(&mut self) {
        self.trace += 1;
        let root = self.open(None, "shop", "GET /");
        self.work(3_000);
        if self.chance() < 0.6 {
            self.call(root, "shop", "advice", "advice", Self::advice);
        }
        self.call(root, "shop", "cart", "cart", Self::cart);
        if self.fault != Fault::ShopThrowsAfterCart {
            if self.chance() < 0.5 {
                self.call(root, "shop", "payment", "payment", Self::payment);
                self.call(root, "shop", "mail", "mail", Self::mail);
            } else {
                self.call(root, "shop", "mail", "mail", Self::mail);
            }
        }
        self.close(root);
    }
    fn requests(&mut self, fault: Fault, count: usize) {
        self.fault = fault;
        for _ in 0..count {
            self.now = self.now.max(0) / SECOND * SECOND + SECOND;
            self.request();
        }
    }
    fn snapshot(self) -> Snapshot {
        let mut store = Store::new();
        store.append(batch_from_records(&self.records));
        Snapshot { spans: store.publish(), ..Snapshot::default() }
    }
}

fn answer(fault: Fault, seed: u64) -> Deviations {
    let mut before = Story::new(seed);
    before.requests(Fault::None, 240);
    let mut after = Story::new(seed + 100);
    after.requests(fault, 60);
    let (before, after) = (before.snapshot(), after.snapshot());
    deviations(&TraceSet::all(&after), &TraceSet::all(&before))
}

fn first(answer: &Deviations) -> (&Deviation, &Signal) {
    let first = answer.ranked.first().unwrap();
    (first, first.signals.first().unwrap())
}

fn first_time(answer: &Deviations) -> &TimeChange {
    match first(answer).1.changes.first().unwrap() {
        Change::Time(time) => time,
        other => panic!("{other:?}"),
    }
}

fn first_step(answer: &Deviations) -> &StepChange {
    match first(answer).1.changes.first().unwrap() {
        Change::Step(step) => step,
        other => panic!("{other:?}"),
    }
}

/// Over five seeds: the service, and the strongest of its signals.
fn expect_first(fault: Fault, service: &str, kind: SignalKind) {
    for seed in 1..=5 {
        let answer = answer(fault, seed);
        let (deviation, signal) = first(&answer);
        assert_eq!((&*deviation.service.name, signal.kind), (service, kind), "seed {seed}: {answer:#?}");
        assert!(deviation.is_unusual(), "seed {seed}: {answer:#?}");
        let all = signal.changes.iter();
        assert!(
            all.clone().all(|c| match c {
                Change::Time(t) => !t.evidence.is_empty(),
                Change::Step(s) => !s.evidence.is_empty(),
            }),
            "seed {seed}: a change without evidence"
        );
    }
}

#[test]
fn a_slow_network_is_the_gap_of_the_edges_that_meet_at_the_process() {
    expect_first(Fault::SlowNetworkOfPayment, "payment", SignalKind::Gap);
    let answer = answer(Fault::SlowNetworkOfPayment, 1);
    let time = first_time(&answer);
    assert_eq!(&*time.service.name, "shop");
    assert_eq!(time.callee.as_ref().map(|c| &*c.0.name), Some("payment"));
    assert!((1.5..3.0).contains(&time.before.as_millis_f64()), "{time:?}");
    assert!((200.0..500.0).contains(&time.after.as_millis_f64()), "{time:?}");
    assert!(time.at_least > 20.0, "{time:?}");
}

#[test]
fn a_busy_process_is_its_own_time_whatever_its_clock_says() {
    expect_first(Fault::BusyCart, "cart", SignalKind::OwnTime);
    let answer = answer(Fault::BusyCart, 1);
    let time = first_time(&answer);
    assert_eq!((&*time.operation, time.callee.clone(), time.instance.clone()), ("cart", None, None));
    assert!(time.traces_before == 240 && time.traces_after == 60, "{time:?}");
}

#[test]
fn one_busy_instance_is_named() {
    expect_first(Fault::OneBusyCart, "cart", SignalKind::OwnTime);
    let answer = answer(Fault::OneBusyCart, 1);
    assert_eq!(first_time(&answer).instance.as_deref(), Some("cart-1"));
}

#[test]
fn a_wait_in_one_request_of_eight_is_seen() {
    expect_first(Fault::SomeWaitInCart, "cart", SignalKind::OwnTime);
}

#[test]
fn an_early_return_is_a_step_that_is_not_taken_any_more() {
    expect_first(Fault::PaymentReturnsEarly, "payment", SignalKind::Steps);
    let answer = answer(Fault::PaymentReturnsEarly, 1);
    let step = first_step(&answer);
    assert_eq!((step.role, step.after.clone(), &*step.operation), (StepRole::Own, None, "payment"));
    assert_eq!(step.next.as_ref().map(|n| &*n.operation), Some("book"));
    assert_eq!((step.share_before, step.share_after), (0.0, 1.0));
}

#[test]
fn an_exception_is_an_end_after_a_call_that_was_not_the_last() {
    expect_first(Fault::ShopThrowsAfterCart, "shop", SignalKind::Steps);
    let answer = answer(Fault::ShopThrowsAfterCart, 1);
    let step = first_step(&answer);
    let after = step.after.as_ref().and_then(|a| a.callee.as_ref()).map(|c| &*c.0.name);
    assert_eq!((step.role, after, step.next.clone()), (StepRole::Own, Some("cart"), None));
    // Whoever answered last may have answered wrongly.
    let second = answer.ranked.get(1).unwrap();
    assert_eq!(&*second.service.name, "cart");
}

#[test]
fn nothing_wrong_is_nothing_unusual() {
    for seed in 1..=10 {
        let answer = answer(Fault::None, seed);
        assert!(answer.ranked.iter().all(|d| d.score < 1.0), "seed {seed}: {answer:#?}");
    }
}

#[test]
fn two_windows_of_one_store_do_as_well_as_two_stores() {
    let mut story = Story::new(1);
    story.requests(Fault::None, 240);
    let turn = Timestamp((BEGIN + story.now + SECOND / 2) * 1000);
    story.requests(Fault::BusyCart, 60);
    let snapshot = story.snapshot();
    let window = |from, to| TraceSet::starting_in(&snapshot, TimeRange::new(from, to));
    let (before, after) = (window(Timestamp(0), turn), window(turn, Timestamp::MAX));
    let answer = deviations(&after, &before);
    assert_eq!(&*first(&answer).0.service.name, "cart");
    assert_eq!(answer.incident_traces + answer.baseline_traces, 300);
}

#[test]
fn a_short_baseline_is_said_to_be_too_short() {
    let mut story = Story::new(1);
    story.requests(Fault::None, 20);
    let snapshot = story.snapshot();
    let set = |from: u32, to: u32| TraceSet::new(&snapshot, (from..to).map(TraceIndex));
    let answer = deviations(&set(10, 20), &set(0, 10));
    assert_eq!((answer.blocks, answer.ranked.len(), answer.baseline_traces), (0, 0, 10));
    assert_eq!(deviations(&set(0, 0), &set(0, 20)), Deviations { baseline_traces: 20, ..Default::default() });
}
