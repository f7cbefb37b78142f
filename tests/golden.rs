//! The golden cases of span semantics: a few spans in, the service graph out, with current and former names.
#![allow(clippy::unwrap_used, clippy::panic)] // The automatic leave covers only functions marked as tests.
mod sketch;

use std::sync::Arc;

use expect_test::{Expect, expect};
use spanscape::engine::{Engine, EngineOptions};
use spanscape::graph::Snapshot;
use spanscape::model::{Arrival, Delivery, SourceId, SourceKind, SpanRecord, Value, batch_from_records};
use spanscape::store::{Filter, Lens};

/// Delivers each part, waiting for publication between them, and returns the last snapshot.
fn deliver(parts: &[&[SpanRecord]]) -> Arc<Snapshot> {
    let engine = Engine::start(EngineOptions::default()).unwrap();
    let (published, publications) = crossbeam_channel::unbounded();
    engine.set_waker(move || {
        let _ = published.send(());
    });
    let arrivals = engine.arrivals().unwrap();
    arrivals.send(Arrival::Opened(SourceId(0), SourceKind::File, "golden".to_owned())).unwrap();
    let mut sent = 0;
    for (i, part) in parts.iter().enumerate() {
        sent += part.len() as u64;
        let delivery = Delivery { batch: batch_from_records(part), ..Delivery::default() };
        arrivals.send(Arrival::Spans(SourceId(0), delivery)).unwrap();
        while i + 1 < parts.len() && engine.snapshot().counters.total().received < sent {
            publications.recv().unwrap();
        }
    }
    drop(arrivals);
    let snapshot = engine.finish();
    assert!(snapshot.counters.is_conserved());
    snapshot
}

fn graph_of(parts: &[&[SpanRecord]], lens: &Lens) -> String {
    sketch::print(&deliver(parts).graph(lens).graph)
}

/// The graph of a sketch; former attribute names must give the same.
fn check(text: &str, expected: Expect) {
    let records = sketch::records(text);
    let graph = graph_of(&[&records], &Lens::default());
    expected.assert_eq(&graph);
    let former: Vec<SpanRecord> = records.iter().map(with_former_names).collect();
    assert_eq!(graph_of(&[&former], &Lens::default()), graph, "with former names");
}

const FORMER: &[(&str, &str)] = &[
    ("service.peer.name", "peer.service"),
    ("server.address", "net.peer.name"),
    ("server.port", "net.peer.port"),
    ("url.full", "http.url"),
    ("http.request.method", "http.method"),
    ("http.response.status_code", "http.status_code"),
    ("http.request.resend_count", "http.resend_count"),
    ("db.system.name", "db.system"),
    ("db.namespace", "db.name"),
    ("db.response.status_code", "db.cosmosdb.status_code"),
    ("rpc.system.name", "rpc.system"),
    ("rpc.response.status_code", "rpc.grpc.status_code"),
    ("messaging.destination.name", "messaging.destination"),
    ("messaging.operation.type", "messaging.operation"),
    ("deployment.environment.name", "deployment.environment"),
];

fn with_former_names(span: &SpanRecord) -> SpanRecord {
    let former = |(key, value): &(String, Value)| {
        let key = FORMER.iter().find(|f| f.0 == key).map_or(key.as_str(), |f| f.1);
        let value = match value.as_str() {
            Some("microsoft.sql_server") => Value::str("mssql"),
            Some("send") => Value::str("publish"),
            Some("process") => Value::str("deliver"),
            Some("NOT_FOUND") => Value::Int(5),
            _ => value.clone(),
        };
        (key.to_owned(), value)
    };
    let mut span = span.clone();
    span.attributes = span.attributes.iter().map(former).collect();
    let resource = Arc::make_mut(&mut span.resource);
    resource.attributes = resource.attributes.iter().map(former).collect();
    span
}

#[test]
fn case_1_client_and_server_are_one_call() {
    check(
        "a server 0..100
           a client 10..90 http.request.method=GET url.full=http://b/x
             b server 20..80 http.request.method=GET http.route=/x",
        expect![[r#"
            service:a 1 call 0 errors 0 timeouts
            service:b 1 call 0 errors 0 timeouts
            user:user 1 call 0 errors 0 timeouts, sent no spans
            service:a -> service:b (http) 1 call 0 errors 0 timeouts
            user:user -> service:a (entry) 1 call 0 errors 0 timeouts
        "#]],
    );
}

#[test]
fn case_2_a_client_that_comes_after_its_server_corrects_the_edge() {
    let records = sketch::records(
        "a server 0..100 id=1
           a client 10..90 id=2
             b server 20..80 id=3",
    );
    let (first, rest) = (&records[2..], &records[..2]);
    expect![[r#"
        service:b 1 call 0 errors 0 timeouts
        unknown:caller 1 call 0 errors 0 timeouts, sent no spans
        unknown:caller -> service:b (entry) 1 call 0 errors 0 timeouts
    "#]]
    .assert_eq(&graph_of(&[first], &Lens::default()));
    let whole = graph_of(&[&records], &Lens::default());
    assert_eq!(graph_of(&[first, rest], &Lens::default()), whole);
    expect![[r#"
        service:a 1 call 0 errors 0 timeouts
        service:b 1 call 0 errors 0 timeouts
        user:user 1 call 0 errors 0 timeouts, sent no spans
        service:a -> service:b (other) 1 call 0 errors 0 timeouts
        user:user -> service:a (entry) 1 call 0 errors 0 timeouts
    "#]]
    .assert_eq(&whole);
}

#[test]
fn case_3_a_client_alone_calls_the_host_it_names() {
    check(
        "a client 0..50 server.address=API.Example.com server.port=8443",
        expect![[r#"
        external:api.example.com:8443 1 call 0 errors 0 timeouts, sent no spans
        service:a 0 calls 0 errors 0 timeouts
        service:a -> external:api.example.com:8443 (other) 1 call 0 errors 0 timeouts
    "#]],
    );
    check(
        "a client 0..50 url.full=https://user:pw@api.example.com/v1?q=1 http.request.method=GET",
        expect![[r#"
        external:api.example.com 1 call 0 errors 0 timeouts, sent no spans
        service:a 0 calls 0 errors 0 timeouts
        service:a -> external:api.example.com (http) 1 call 0 errors 0 timeouts
    "#]],
    );
}

#[test]
fn case_4_a_host_known_from_paired_calls_is_its_service() {
    let pair = "a client 0..50 server.address=10.0.0.7 server.port=8080
                  b server 10..40
                --
                ";
    let alone = "a client 0..50 server.address=10.0.0.7 server.port=8080 error";
    check(
        &format!("{}{alone}", pair.repeat(3)),
        expect![[r#"
        service:a 0 calls 0 errors 0 timeouts
        service:b 3 calls 0 errors 0 timeouts
        service:a -> service:b (other) 4 calls 1 error 0 timeouts
    "#]],
    );
    check(
        &format!("{}{alone}", pair.repeat(2)),
        expect![[r#"
        external:10.0.0.7:8080 1 call 1 error 0 timeouts, sent no spans
        service:a 0 calls 0 errors 0 timeouts
        service:b 2 calls 0 errors 0 timeouts
        service:a -> external:10.0.0.7:8080 (other) 1 call 1 error 0 timeouts
        service:a -> service:b (other) 2 calls 0 errors 0 timeouts
    "#]],
    );
}

#[test]
fn case_5_a_root_server_is_called_by_the_user() {
    check(
        "a server 0..50",
        expect![[r#"
        service:a 1 call 0 errors 0 timeouts
        user:user 1 call 0 errors 0 timeouts, sent no spans
        user:user -> service:a (entry) 1 call 0 errors 0 timeouts
    "#]],
    );
}

#[test]
fn case_6_a_missing_parent_is_an_unknown_caller_if_it_was_remote() {
    check(
        "a server 0..50 parent=99 flags=0x300",
        expect![[r#"
        service:a 1 call 0 errors 0 timeouts
        unknown:caller 1 call 0 errors 0 timeouts, sent no spans
        unknown:caller -> service:a (entry) 1 call 0 errors 0 timeouts
    "#]],
    );
    check("a server 0..50 parent=99 flags=0x100", expect![]);
    check(
        "a server 0..50 parent=99",
        expect![[r#"
        service:a 1 call 0 errors 0 timeouts
        unknown:caller 1 call 0 errors 0 timeouts, sent no spans
        unknown:caller -> service:a (entry) 1 call 0 errors 0 timeouts
    "#]],
    );
    check("a internal 0..50 parent=99", expect![]);
}

#[test]
fn case_7_server_below_server_is_an_inferred_call() {
    check(
        "a server 0..50
           b server 10..40 error",
        expect![[r#"
            service:a 1 call 0 errors 0 timeouts
            service:b 1 call 1 error 0 timeouts
            user:user 1 call 0 errors 0 timeouts, sent no spans
            service:a -> service:b (rpc) 1 call 1 error 0 timeouts
            user:user -> service:a (entry) 1 call 0 errors 0 timeouts
        "#]],
    );
    check(
        "a server 0..50
           a server 10..40",
        expect![[r#"
            service:a 1 call 0 errors 0 timeouts
            user:user 1 call 0 errors 0 timeouts, sent no spans
            user:user -> service:a (entry) 1 call 0 errors 0 timeouts
        "#]],
    );
}

#[test]
fn case_8_client_below_client_of_another_service_is_a_call() {
    check(
        "a client 0..50
           mesh client 10..40
             b server 20..30",
        expect![[r#"
            service:a 0 calls 0 errors 0 timeouts
            service:b 1 call 0 errors 0 timeouts
            service:mesh 1 call 0 errors 0 timeouts
            service:a -> service:mesh (other) 1 call 0 errors 0 timeouts
            service:mesh -> service:b (other) 1 call 0 errors 0 timeouts
        "#]],
    );
}

#[test]
fn case_9_an_internal_parent_of_another_service_calls_it() {
    check(
        "job internal 0..50
           b server 10..40",
        expect![[r#"
            service:b 1 call 0 errors 0 timeouts
            service:job 1 call 0 errors 0 timeouts
            service:job -> service:b (rpc) 1 call 0 errors 0 timeouts
        "#]],
    );
}

#[test]
fn case_10_a_database_client_over_an_http_client_is_one_call() {
    check(
        "a server 0..100
           a client 10..90 db.system.name=elasticsearch server.address=es db.namespace=logs
             a client 20..80 http.request.method=POST url.full=http://es:9200/_search",
        expect![[r#"
            database:logs@es 1 call 0 errors 0 timeouts, sent no spans
            service:a 1 call 0 errors 0 timeouts
            user:user 1 call 0 errors 0 timeouts, sent no spans
            service:a -> database:logs@es (database) 1 call 0 errors 0 timeouts
            user:user -> service:a (entry) 1 call 0 errors 0 timeouts
        "#]],
    );
}

#[test]
fn case_11_retries_are_calls_of_their_own() {
    check(
        "a client 0..100 http.request.method=GET url.full=http://b/x
           a client 10..40 http.request.method=GET url.full=http://b/x http.response.status_code=503
             b server 20..30 http.response.status_code=503
           a client 50..90 http.request.method=GET url.full=http://b/x http.request.resend_count=1
             b server 60..80",
        expect![[r#"
            service:a 0 calls 0 errors 0 timeouts
            service:b 2 calls 1 error 0 timeouts
            service:a -> service:b (http) 2 calls 1 error 0 timeouts
        "#]],
    );
}

#[test]
fn case_12_a_message_goes_through_its_queue() {
    check(
        "a producer 0..10 messaging.system=kafka messaging.destination.name=orders messaging.operation.type=send
           b consumer 500..600 messaging.system=kafka messaging.destination.name=orders messaging.operation.type=process",
        expect![[r#"
            queue:orders 1 call 0 errors 0 timeouts, sent no spans
            service:a 0 calls 0 errors 0 timeouts
            service:b 1 call 0 errors 0 timeouts
            queue:orders -> service:b (messaging) 1 call 0 errors 0 timeouts
            service:a -> queue:orders (messaging) 1 call 0 errors 0 timeouts
        "#]],
    );
}

#[test]
fn case_12_without_messaging_names_the_peer_is_the_broker() {
    check(
        "a producer 0..10 service.peer.name=kafka
           b consumer 500..600 service.peer.name=kafka",
        expect![[r#"
            queue:kafka 1 call 0 errors 0 timeouts, sent no spans
            service:a 0 calls 0 errors 0 timeouts
            service:b 1 call 0 errors 0 timeouts
            queue:kafka -> service:b (messaging) 1 call 0 errors 0 timeouts
            service:a -> queue:kafka (messaging) 1 call 0 errors 0 timeouts
        "#]],
    );
    check(
        "a producer 0..10
           b consumer 500..600 error",
        expect![[r#"
            service:a 0 calls 0 errors 0 timeouts
            service:b 1 call 1 error 0 timeouts
            service:a -> service:b (messaging) 1 call 0 errors 0 timeouts
        "#]],
    );
}

#[test]
fn case_13_a_batch_that_is_received_is_one_call() {
    let publish = "a producer 0..10 messaging.system=kafka messaging.destination.name=orders
                   --
                   ";
    let receive = "b client 50..60 messaging.system=kafka messaging.destination.name=orders \
                   messaging.operation.type=receive link=1 link=2 link=3";
    check(
        &format!("{}{receive}", publish.repeat(3)),
        expect![[r#"
        queue:orders 3 calls 0 errors 0 timeouts, sent no spans
        service:a 0 calls 0 errors 0 timeouts
        service:b 0 calls 0 errors 0 timeouts
        queue:orders -> service:b (messaging) 1 call 0 errors 0 timeouts
        service:a -> queue:orders (messaging) 3 calls 0 errors 0 timeouts
    "#]],
    );
    check(
        "b client 50..60 messaging.system=kafka messaging.destination.name=orders messaging.operation.type=receive",
        expect![],
    );
}

#[test]
fn case_14_messages_created_and_sent_are_counted_once() {
    check(
        "a server 0..100
           a producer 10..20 messaging.system=kafka messaging.destination.name=orders messaging.operation.type=create
           a producer 20..30 messaging.system=kafka messaging.destination.name=orders messaging.operation.type=create
           a client 40..60 messaging.system=kafka messaging.destination.name=orders messaging.operation.type=send link=2 link=3",
        expect![[r#"
            queue:orders 1 call 0 errors 0 timeouts, sent no spans
            service:a 1 call 0 errors 0 timeouts
            user:user 1 call 0 errors 0 timeouts, sent no spans
            service:a -> queue:orders (messaging) 1 call 0 errors 0 timeouts
            user:user -> service:a (entry) 1 call 0 errors 0 timeouts
        "#]],
    );
}

#[test]
fn case_15_settling_a_message_is_no_call() {
    check(
        "b consumer 0..100 messaging.system=servicebus messaging.destination.name=orders messaging.operation.type=process
           b client 50..60 messaging.system=servicebus messaging.destination.name=orders messaging.operation.type=settle",
        expect![[r#"
            queue:orders 1 call 0 errors 0 timeouts, sent no spans
            service:b 1 call 0 errors 0 timeouts
            queue:orders -> service:b (messaging) 1 call 0 errors 0 timeouts
        "#]],
    );
}

#[test]
fn case_16_halves_with_one_id_keep_their_own_children() {
    check(
        "a server 0..100 id=1
           a client 10..90 id=2
             a internal 12..14 id=3
           b server 20..80 id=2 parent=1
           b internal 30..70 id=4 parent=2
             b client 30..40 id=5 db.system.name=redis server.address=cache
           c server 50..60 id=6 parent=2",
        expect![[r#"
            cache:redis@cache 1 call 0 errors 0 timeouts, sent no spans
            service:a 1 call 0 errors 0 timeouts
            service:b 1 call 0 errors 0 timeouts
            service:c 1 call 0 errors 0 timeouts
            user:user 1 call 0 errors 0 timeouts, sent no spans
            service:a -> service:b (other) 1 call 0 errors 0 timeouts
            service:a -> service:c (other) 1 call 0 errors 0 timeouts
            service:b -> cache:redis@cache (database) 1 call 0 errors 0 timeouts
            user:user -> service:a (entry) 1 call 0 errors 0 timeouts
        "#]],
    );
}

#[test]
fn case_17_the_same_span_again_is_a_duplicate() {
    let records = sketch::records("a server 0..50 id=1\na server 0..50 id=1");
    let snapshot = deliver(&[&records]);
    let total = snapshot.counters.total();
    assert_eq!((total.received, total.stored, total.duplicates), (2, 1, 1));
    expect![[r#"
        service:a 1 call 0 errors 0 timeouts
        user:user 1 call 0 errors 0 timeouts, sent no spans
        user:user -> service:a (entry) 1 call 0 errors 0 timeouts
    "#]]
    .assert_eq(&sketch::print(&snapshot.graph(&Lens::default()).graph));
}

#[test]
fn case_18_of_two_versions_the_one_that_ends_later_counts() {
    let records = sketch::records(
        "a server 0..5 id=1 http.route=/x
a server 0..50 id=1 error",
    );
    for parts in [[&records[..1], &records[1..]], [&records[1..], &records[..1]]] {
        let graph = deliver(&parts).graph(&Lens::default()).graph;
        let node = graph.node(graph.find("a").unwrap()).unwrap();
        assert_eq!((node.red.calls(), node.red.errors()), (1.0, 1.0));
        let p50 = node.red.quantile(0.5).unwrap().as_millis_f64();
        assert!((49.0..51.0).contains(&p50), "{p50}");
    }
}

#[test]
fn case_19_a_skewed_clock_makes_no_timeout() {
    check(
        "a client 0..50
           b server 5010..5040",
        expect![[r#"
            service:a 0 calls 0 errors 0 timeouts
            service:b 1 call 0 errors 0 timeouts
            service:a -> service:b (other) 1 call 0 errors 0 timeouts
        "#]],
    );
}

#[test]
fn case_20_a_server_that_outlasts_its_client_is_a_timeout() {
    check(
        "a client 0..1000 error
           b server 10..3000",
        expect![[r#"
            service:a 0 calls 0 errors 0 timeouts
            service:b 1 call 0 errors 0 timeouts
            service:a -> service:b (other) 1 call 1 error 1 timeout
        "#]],
    );
    check(
        "a client 0..1000 ok
           b server 10..3000",
        expect![[r#"
            service:a 0 calls 0 errors 0 timeouts
            service:b 1 call 0 errors 0 timeouts
            service:a -> service:b (other) 1 call 0 errors 0 timeouts
        "#]],
    );
}

#[test]
fn case_21_what_the_sender_said_of_the_status_wins_over_codes() {
    check(
        "a server 0..50 ok http.response.status_code=500",
        expect![[r#"
        service:a 1 call 0 errors 0 timeouts
        user:user 1 call 0 errors 0 timeouts, sent no spans
        user:user -> service:a (entry) 1 call 0 errors 0 timeouts
    "#]],
    );
}

#[test]
fn case_22_a_404_is_no_error_of_a_server() {
    check(
        "a server 0..50 http.response.status_code=404",
        expect![[r#"
        service:a 1 call 0 errors 0 timeouts
        user:user 1 call 0 errors 0 timeouts, sent no spans
        user:user -> service:a (entry) 1 call 0 errors 0 timeouts
    "#]],
    );
    check(
        "a server 0..50 http.response.status_code='503'",
        expect![[r#"
        service:a 1 call 1 error 0 timeouts
        user:user 1 call 1 error 0 timeouts, sent no spans
        user:user -> service:a (entry) 1 call 1 error 0 timeouts
    "#]],
    );
}

#[test]
fn case_23_a_404_is_an_error_of_a_client() {
    check(
        "a client 0..50 http.response.status_code=404 server.address=b.example.com",
        expect![[r#"
        external:b.example.com 1 call 1 error 0 timeouts, sent no spans
        service:a 0 calls 0 errors 0 timeouts
        service:a -> external:b.example.com (http) 1 call 1 error 0 timeouts
    "#]],
    );
}

#[test]
fn case_24_not_found_is_an_error_of_an_rpc_client_alone() {
    check(
        "a client 0..50 rpc.system.name=grpc rpc.response.status_code=NOT_FOUND
           b server 10..40 rpc.system.name=grpc rpc.response.status_code=NOT_FOUND",
        expect![[r#"
            service:a 0 calls 0 errors 0 timeouts
            service:b 1 call 0 errors 0 timeouts
            service:a -> service:b (rpc) 1 call 1 error 0 timeouts
        "#]],
    );
}

#[test]
fn case_25_an_exception_that_was_handled_is_no_error() {
    check(
        "a server 0..50 exception",
        expect![[r#"
        service:a 1 call 0 errors 0 timeouts
        user:user 1 call 0 errors 0 timeouts, sent no spans
        user:user -> service:a (entry) 1 call 0 errors 0 timeouts
    "#]],
    );
    check(
        "a server 0..50 escaped",
        expect![[r#"
        service:a 1 call 1 error 0 timeouts
        user:user 1 call 1 error 0 timeouts, sent no spans
        user:user -> service:a (entry) 1 call 1 error 0 timeouts
    "#]],
    );
}

#[test]
fn case_26_an_error_type_alone_is_an_error() {
    check(
        "a server 0..50 error.type=java.io.IOException",
        expect![[r#"
        service:a 1 call 1 error 0 timeouts
        user:user 1 call 1 error 0 timeouts, sent no spans
        user:user -> service:a (entry) 1 call 1 error 0 timeouts
    "#]],
    );
}

#[test]
fn case_27_a_sampled_span_stands_for_many() {
    check(
        "a server 0..50 state=vendor=1,ot=rv:0;th:8",
        expect![[r#"
        service:a 2 calls 0 errors 0 timeouts
        user:user 2 calls 0 errors 0 timeouts, sent no spans
        user:user -> service:a (entry) 2 calls 0 errors 0 timeouts
    "#]],
    );
    check(
        "a server 0..50 state=ot=th:c",
        expect![[r#"
        service:a 4 calls 0 errors 0 timeouts
        user:user 4 calls 0 errors 0 timeouts, sent no spans
        user:user -> service:a (entry) 4 calls 0 errors 0 timeouts
    "#]],
    );
}

#[test]
fn case_28_the_former_sampling_state_counts_too() {
    check(
        "a server 0..50 state=ot=p:3;r:5",
        expect![[r#"
        service:a 8 calls 0 errors 0 timeouts
        user:user 8 calls 0 errors 0 timeouts, sent no spans
        user:user -> service:a (entry) 8 calls 0 errors 0 timeouts
    "#]],
    );
}

#[test]
fn case_29_a_sender_without_a_name_is_seen() {
    check(
        "? server 0..50
           b server 10..40
         --
         ? server 0..50 res.process.executable.name=java",
        expect![[r#"
            service:b 1 call 0 errors 0 timeouts
            service:unknown_service 1 call 0 errors 0 timeouts
            service:unknown_service:java 1 call 0 errors 0 timeouts
            user:user 2 calls 0 errors 0 timeouts, sent no spans
            service:unknown_service -> service:b (rpc) 1 call 0 errors 0 timeouts
            user:user -> service:unknown_service (entry) 1 call 0 errors 0 timeouts
            user:user -> service:unknown_service:java (entry) 1 call 0 errors 0 timeouts
        "#]],
    );
    let records = sketch::records(
        "? server 0..50
         unknown_service:node server 0..50
         unknown_services server 0..50",
    );
    assert_eq!(deliver(&[&records]).calls.quality().nameless, 2);
}

#[test]
fn case_30_environments_part_a_service() {
    check(
        "a server 0..50 res.deployment.environment.name=production
         --
         a server 0..50 res.deployment.environment.name=staging",
        expect![[r#"
            service:a@production 1 call 0 errors 0 timeouts
            service:a@staging 1 call 0 errors 0 timeouts
            user:user 2 calls 0 errors 0 timeouts, sent no spans
            user:user -> service:a@production (entry) 1 call 0 errors 0 timeouts
            user:user -> service:a@staging (entry) 1 call 0 errors 0 timeouts
        "#]],
    );
    check(
        "a server 0..50 res.deployment.environment.name=production",
        expect![[r#"
        service:a 1 call 0 errors 0 timeouts
        user:user 1 call 0 errors 0 timeouts, sent no spans
        user:user -> service:a (entry) 1 call 0 errors 0 timeouts
    "#]],
    );
}

#[test]
fn case_31_a_call_to_itself_is_no_edge() {
    check(
        "a server 0..50
           a client 10..40
             a server 20..30",
        expect![[r#"
            service:a 2 calls 0 errors 0 timeouts, to itself 1 call 0 errors 0 timeouts
            user:user 1 call 0 errors 0 timeouts, sent no spans
            user:user -> service:a (entry) 1 call 0 errors 0 timeouts
        "#]],
    );
}

#[test]
fn case_32_one_topic_on_two_brokers_is_two_queues() {
    check(
        "a producer 0..10 messaging.system=kafka messaging.destination.name=orders server.address=east
         --
         a producer 0..10 messaging.system=kafka messaging.destination.name=orders server.address=west",
        expect![[r#"
            queue:orders@east 1 call 0 errors 0 timeouts, sent no spans
            queue:orders@west 1 call 0 errors 0 timeouts, sent no spans
            service:a 0 calls 0 errors 0 timeouts
            service:a -> queue:orders@east (messaging) 1 call 0 errors 0 timeouts
            service:a -> queue:orders@west (messaging) 1 call 0 errors 0 timeouts
        "#]],
    );
}

#[test]
fn case_33_a_cycle_of_parents_is_cut_at_its_earliest_span() {
    check(
        "a server 0..50 id=1 parent=2
         b server 10..40 id=2 parent=1",
        expect![[r#"
            service:a 1 call 0 errors 0 timeouts
            service:b 1 call 0 errors 0 timeouts
            unknown:caller 1 call 0 errors 0 timeouts, sent no spans
            service:a -> service:b (rpc) 1 call 0 errors 0 timeouts
            unknown:caller -> service:a (entry) 1 call 0 errors 0 timeouts
        "#]],
    );
    let records = sketch::records("a server 0..50 id=1 parent=1");
    let snapshot = deliver(&[&records]);
    assert_eq!(snapshot.calls.quality().cycles, 1);
    expect![[r#"
        service:a 1 call 0 errors 0 timeouts
        user:user 1 call 0 errors 0 timeouts, sent no spans
        user:user -> service:a (entry) 1 call 0 errors 0 timeouts
    "#]]
    .assert_eq(&sketch::print(&snapshot.graph(&Lens::default()).graph));
}

#[test]
fn case_39_numbers_sent_as_text_compare_as_numbers() {
    let records = sketch::records(
        "a server 0..50 inventory.items='99'
         --
         a server 0..50 inventory.items='101' error
         --
         a server 0..50 inventory.items=1000
         --
         a server 0..50 inventory.items=many",
    );
    let snapshot = deliver(&[&records]);
    let calls = |filter: &str| {
        let filter = Some(Arc::new(Filter::parse(filter).unwrap()));
        let graph = snapshot.graph(&Lens { filter, window: None }).graph;
        graph.edges().map(|(_, _, _, e)| e.red.calls()).sum::<f64>()
    };
    assert_eq!(calls("inventory.items>100"), 2.0);
    assert_eq!(calls("inventory.items<=99"), 1.0);
    assert_eq!(calls("inventory.items=101"), 1.0);
    let value = snapshot.spans.iter().find_map(|s| s.attribute("inventory.items").cloned());
    assert_eq!(value, Some(Value::str("99")), "kept as it was sent");
}
