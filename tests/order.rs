//! Spans in any order and any batching, with publications between, give the same graph; windows add up.
#![allow(clippy::unwrap_used, clippy::panic)] // The automatic leave covers only functions marked as tests.
mod sketch;

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, RngSeed, TestRng};
use spanscape::graph::{CallWriter, Calls};
use spanscape::model::{
    EventRecord, LinkRecord, Nanos, ResourceRecord, SpanKind, SpanRecord, StatusCode, TimeRange, Timestamp,
    TraceId, Value, batch_from_records,
};
use spanscape::store::{Filter, Lens, Spans, Store};

/// Store and calls without the engine's thread: when things are published is the test's choice.
#[derive(Default)]
struct Writer {
    store: Store,
    calls: CallWriter,
    received: u64,
    stored: u64,
    duplicates: u64,
}

impl Writer {
    fn append(&mut self, records: &[SpanRecord]) {
        let appended = self.store.append(batch_from_records(records));
        self.received += records.len() as u64;
        self.stored += appended.stored;
        self.duplicates += appended.duplicates;
    }
    fn publish(&mut self) -> (Spans, Calls) {
        let spans = self.store.publish();
        let dirty = self.store.take_dirty();
        self.calls.update(&spans, &dirty, self.store.interner());
        assert_eq!(self.received, self.stored + self.duplicates);
        let in_traces: u64 = spans.traces().map(|(_, t)| u64::from(t.spans)).sum();
        assert_eq!(in_traces, self.stored);
        (self.store.publish(), self.calls.publish())
    }
}

/// Delivers in batches of these sizes, again and again, with a publication after every `every`th batch.
fn written(records: &[SpanRecord], sizes: &[usize], every: usize) -> Writer {
    let mut writer = Writer::default();
    let (mut rest, mut turn) = (records, 0);
    while !rest.is_empty() {
        let (batch, more) = rest.split_at(sizes[turn % sizes.len()].clamp(1, rest.len()));
        writer.append(batch);
        (rest, turn) = (more, turn + 1);
        if turn % every == 0 {
            writer.publish();
        }
    }
    writer
}

fn printed(writer: &mut Writer, lens: &Lens) -> String {
    let (spans, calls) = writer.publish();
    let quality = format!("{:?}\n", calls.quality());
    quality + &sketch::print_all(&calls.graph(&spans, lens).graph)
}

const SERVICES: [&str; 4] = ["web", "cart", "pay", "mail"];
const ATTRIBUTES: &[&[(&str, &str)]] = &[
    &[],
    &[],
    &[("http.request.method", "GET"), ("url.full", "http://cart/x")],
    &[("db.system.name", "postgresql"), ("server.address", "db")],
    &[("server.address", "10.0.0.1"), ("server.port", "8080")],
    &[("server.address", "10.0.0.2"), ("server.port", "8080")],
    &[("service.peer.name", "pay")],
    &[("messaging.system", "kafka"), ("messaging.destination.name", "orders")],
    &[("messaging.system", "kafka"), ("messaging.operation.type", "receive")],
    &[("messaging.system", "kafka"), ("messaging.operation.type", "create")],
    &[("http.response.status_code", "504"), ("http.request.resend_count", "1")],
    &[("error.type", "IOException"), ("db.system.name", "redis")],
];
const STATES: [&str; 6] = ["", "", "", "ot=th:8", "ot=p:2", "ot=th:fd70a4"];

fn span() -> impl Strategy<Value = SpanRecord> {
    let identity = (1..5u64, 1..12u64, 0..14u64, 0..SERVICES.len(), 0..6i64, 0..3usize);
    let time = (0..40_000i64, -50..2_000i64, 0..20u8);
    let content = (0..ATTRIBUTES.len(), 0..STATES.len(), 0..3i64, 0..4u32, 0..8u8);
    (identity, time, content).prop_map(|(identity, (start, length, odd), content)| {
        let (trace, id, parent, service, kind, instance) = identity;
        let (attributes, state, status, flags, extra) = content;
        let start = if odd == 0 { Timestamp(0) } else { sketch::ORIGIN + Nanos::from_millis(start) };
        let end = if odd == 1 { Timestamp(0) } else { start + Nanos::from_millis(length) };
        let instance = format!("i{instance}");
        let mut span = SpanRecord {
            resource: sketch::resource(&[
                ("service.name", SERVICES[service]),
                ("service.instance.id", &instance),
            ]),
            trace_id: sketch::trace_id(trace),
            span_id: sketch::span_id(id),
            parent_id: sketch::span_id(parent),
            start,
            end,
            name: format!("op {}", id % 3),
            kind: SpanKind::from_number(kind),
            status: StatusCode::from_number(status),
            trace_state: STATES[state].to_owned(),
            flags: flags << 8,
            ..SpanRecord::default()
        };
        let text = |(k, v): &(&str, &str)| ((*k).to_owned(), Value::str(*v));
        span.attributes = ATTRIBUTES[attributes].iter().map(text).collect();
        decorate(&mut span, extra, id);
        span
    })
}

fn decorate(span: &mut SpanRecord, extra: u8, id: u64) {
    if extra == 0 {
        let attributes = vec![("exception.escaped".to_owned(), Value::Bool(true))];
        let event = EventRecord { name: "exception".into(), attributes, ..EventRecord::default() };
        span.events.push(event);
    }
    if extra == 2 {
        // Enough bare addresses for them to be shown as one node.
        span.attributes = vec![("server.address".to_owned(), Value::str(format!("10.0.1.{id}")))];
    }
    if extra == 3 && id < 3 {
        let resource = Arc::make_mut(&mut span.resource);
        resource.attributes.push(("deployment.environment".to_owned(), Value::str(format!("e{id}"))));
    }
    if extra == 1 {
        let (trace_id, span_id) = (sketch::trace_id(1), sketch::span_id(1));
        span.links.push(LinkRecord { trace_id, span_id, ..LinkRecord::default() });
    }
}

/// What senders do to a span that they sent before.
#[derive(Clone, Debug)]
enum Again {
    Same,
    EndsLater(i64),
    OtherAttributes(usize),
    OtherState(usize),
    OtherHalf(usize),
    OtherInstance,
    Fails,
}

fn again() -> impl Strategy<Value = (prop::sample::Index, Again)> {
    let how = prop_oneof![
        Just(Again::Same),
        (1..5_000i64).prop_map(Again::EndsLater),
        (0..ATTRIBUTES.len()).prop_map(Again::OtherAttributes),
        (0..STATES.len()).prop_map(Again::OtherState),
        (0..SERVICES.len()).prop_map(Again::OtherHalf),
        Just(Again::OtherInstance),
        Just(Again::Fails),
    ];
    (any::<prop::sample::Index>(), how)
}

fn repeated(span: &SpanRecord, how: &Again) -> SpanRecord {
    let mut span = span.clone();
    match how {
        Again::Same => {}
        Again::EndsLater(ms) => span.end = span.end + Nanos::from_millis(*ms),
        Again::OtherAttributes(at) => {
            let text = |(k, v): &(&str, &str)| ((*k).to_owned(), Value::str(*v));
            span.attributes = ATTRIBUTES[*at].iter().map(text).collect();
        }
        Again::OtherState(at) => span.trace_state = STATES[*at].to_owned(),
        Again::OtherHalf(at) => {
            span.kind = SpanKind::Server;
            span.resource = sketch::resource(&[("service.name", SERVICES[*at])]);
        }
        Again::OtherInstance => {
            let attributes = span.resource.attributes.iter().take(1).cloned().collect();
            span.resource = Arc::new(ResourceRecord { attributes, ..ResourceRecord::default() });
        }
        Again::Fails => span.status = StatusCode::Error,
    }
    span
}

prop_compose! {
    fn traffic()(
        mut spans in prop::collection::vec(span(), 1..60),
        again in prop::collection::vec(again(), 0..20),
    ) -> Vec<SpanRecord> {
        for (which, how) in again {
            let more = repeated(which.get(&spans), &how);
            spans.push(more);
        }
        spans
    }
}

/// An id of 128 bits with the low half of this one.
fn long_id(mut id: TraceId, high: u8) -> TraceId {
    id.0[0] = high;
    id
}

prop_compose! {
    /// Some spans come under a long id, and in some runs there are two for the same low half.
    fn traffic_of_many_ids()(
        mut spans in traffic(),
        forms in prop::collection::vec(0..8u8, 80),
        ambiguous in any::<bool>(),
    ) -> Vec<SpanRecord> {
        for (span, form) in spans.iter_mut().zip(forms) {
            let high = match form {
                0..4 => 0,
                7 if ambiguous => 2,
                _ => 1,
            };
            span.trace_id = long_id(span.trace_id, high);
        }
        spans
    }
}

fn config(cases: u32) -> Config {
    Config {
        cases,
        failure_persistence: None,
        rng_algorithm: RngAlgorithm::ChaCha,
        rng_seed: RngSeed::Fixed(20_260_101),
        ..Config::default()
    }
}

proptest! {
    #![proptest_config(config(120))]

    #[test]
    fn any_order_and_batching_give_the_same_graph(
        (spans, shuffled) in traffic().prop_flat_map(|s| (Just(s.clone()), Just(s).prop_shuffle())),
        sizes in prop::collection::vec(1..30usize, 1..5),
        every in 1..5usize,
    ) {
        let all = Lens::default();
        let once = printed(&mut written(&spans, &[usize::MAX], 1), &all);
        let mut reversed = spans.clone();
        reversed.reverse();
        prop_assert_eq!(&printed(&mut written(&reversed, &[usize::MAX], 1), &all), &once, "reversed");
        prop_assert_eq!(&printed(&mut written(&shuffled, &sizes, every), &all), &once, "shuffled");
        prop_assert_eq!(&printed(&mut written(&shuffled, &[1], 1), &all), &once, "one by one");
    }

    #[test]
    fn ids_of_64_and_128_bits_give_the_same_graph_in_any_order(
        (spans, shuffled) in traffic_of_many_ids().prop_flat_map(|s| (Just(s.clone()), Just(s).prop_shuffle())),
        sizes in prop::collection::vec(1..30usize, 1..5),
        every in 1..5usize,
    ) {
        let all = Lens::default();
        let once = printed(&mut written(&spans, &[usize::MAX], 1), &all);
        prop_assert_eq!(&printed(&mut written(&shuffled, &sizes, every), &all), &once, "shuffled");
        prop_assert_eq!(&printed(&mut written(&shuffled, &[1], 1), &all), &once, "one by one");
        // Where no low half is met twice, all could have had the long id.
        if !spans.iter().any(|s| s.trace_id.0[0] == 2) {
            let mut long = spans.clone();
            for span in &mut long {
                let has_long = spans.iter().any(|s| s.trace_id == long_id(span.trace_id, 1));
                span.trace_id = if has_long { long_id(span.trace_id, 1) } else { span.trace_id };
            }
            prop_assert_eq!(&printed(&mut written(&long, &[usize::MAX], 1), &all), &once, "all long");
        }
    }

    #[test]
    fn windows_add_up_and_equal_a_scan(
        spans in traffic(),
        mut cuts in prop::array::uniform3(-5_000..50_000i64),
    ) {
        cuts.sort_unstable();
        let [a, b, c] = cuts.map(|ms| sketch::ORIGIN + Nanos::from_millis(ms));
        let mut writer = written(&spans, &[7], 2);
        let (spans, calls) = writer.publish();
        let everything = Some(Arc::new(Filter::parse("name:op").unwrap()));
        let of = |from, to, filter: &Option<Arc<Filter>>| {
            let lens = Lens { window: Some(TimeRange::new(from, to)), filter: filter.clone() };
            calls.graph(&spans, &lens).graph
        };
        for (from, to) in [(a, b), (b, c), (a, c), (Timestamp(0), c), (a, Timestamp::MAX)] {
            let scanned = sketch::print_all(&of(from, to, &everything));
            prop_assert_eq!(sketch::print_all(&of(from, to, &None)), scanned);
        }
        let mut sum = counts(&of(a, b, &None));
        for (edge, [calls, errors, timeouts]) in counts(&of(b, c, &None)) {
            let slot = sum.entry(edge).or_default();
            *slot = [slot[0] + calls, slot[1] + errors, slot[2] + timeouts];
        }
        prop_assert_eq!(sum, counts(&of(a, c, &None)));
    }

    #[test]
    fn what_was_published_never_changes(spans in traffic(), cut in any::<prop::sample::Index>()) {
        let (first, rest) = spans.split_at(cut.index(spans.len()));
        let mut writer = written(first, &[4], 2);
        let (rows, calls) = writer.publish();
        let print = || {
            let traces: Vec<usize> = rows.traces().map(|(i, _)| rows.rows_of(i).count()).collect();
            format!("{traces:?} {}", sketch::print_all(&calls.graph(&rows, &Lens::default()).graph))
        };
        let before = print();
        for batch in rest.chunks(3) {
            writer.append(batch);
            writer.publish();
        }
        prop_assert_eq!(print(), before);
    }

    #[test]
    fn removed_traces_leave_nothing_behind(spans in traffic(), gone in 1..5u64) {
        let mut writer = written(&spans, &[5], 2);
        let (stored, _) = writer.publish();
        let traces: Vec<_> =
            stored.traces().filter(|(_, t)| t.id == sketch::trace_id(gone)).map(|(i, _)| i).collect();
        traces.iter().for_each(|t| writer.calls.remove(*t));
        let calls = writer.calls.publish();
        let left = sketch::print_all(&calls.graph(&stored, &Lens::default()).graph);
        let others: Vec<_> = spans.iter().filter(|s| s.trace_id != sketch::trace_id(gone)).cloned().collect();
        let mut alone = written(&others, &[usize::MAX], 1);
        let (spans, calls) = alone.publish();
        prop_assert_eq!(left, sketch::print_all(&calls.graph(&spans, &Lens::default()).graph));
    }
}

type Counts = BTreeMap<String, [f64; 3]>;

/// Calls, errors and timeouts by caller and callee.
///
/// A queue's edges are left out: whether fetching counts depends on what else is in the window.
fn counts(graph: &spanscape::graph::ServiceGraph) -> Counts {
    let id = |n| graph.node(n).map_or("?", |n| n.id.as_str());
    let edges = graph.edges().filter(|(_, from, _, _)| !id(*from).starts_with("queue:"));
    edges
        .map(|(_, from, to, e)| {
            (format!("{} -> {}", id(from), id(to)), [e.red.calls(), e.red.errors(), e.red.timeouts()])
        })
        .collect()
}

#[test]
fn the_generator_is_deterministic() {
    use proptest::strategy::ValueTree;
    let sample = || {
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
        let mut runner = proptest::test_runner::TestRunner::new_with_rng(config(1), rng);
        format!("{:?}", traffic().new_tree(&mut runner).unwrap().current())
    };
    assert_eq!(sample(), sample());
}
