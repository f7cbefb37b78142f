//! How calls ended, for how many requests they stand, and what a filter finds of them.
use expect_test::expect;

use spanscape::store::Filter;

use super::*;

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
