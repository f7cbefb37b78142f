//! Who calls whom: pairs, peers, entries, nested clients.
use expect_test::expect;

use super::*;

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
    check(
        "a server 0..50 parent=99 flags=0x100",
        expect![[r#"
        service:a 0 calls 0 errors 0 timeouts
    "#]],
    );
    check(
        "a server 0..50 parent=99",
        expect![[r#"
        service:a 1 call 0 errors 0 timeouts
        unknown:caller 1 call 0 errors 0 timeouts, sent no spans
        unknown:caller -> service:a (entry) 1 call 0 errors 0 timeouts
    "#]],
    );
    check(
        "a internal 0..50 parent=99",
        expect![[r#"
        service:a 0 calls 0 errors 0 timeouts
    "#]],
    );
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
fn a_service_that_only_works_for_callers_whose_spans_are_missing_is_there() {
    check(
        "worker internal 0..100 parent=99 name=step
         --
         a server 0..50
           a client 10..40 server.address=h",
        expect![[r#"
            external:h 1 call 0 errors 0 timeouts, sent no spans
            service:a 1 call 0 errors 0 timeouts
            service:worker 0 calls 0 errors 0 timeouts
            user:user 1 call 0 errors 0 timeouts, sent no spans
            service:a -> external:h (other) 1 call 0 errors 0 timeouts
            user:user -> service:a (entry) 1 call 0 errors 0 timeouts
        "#]],
    );
}

#[test]
fn a_cache_that_is_asked_on_the_way_to_a_service_is_a_call_of_its_own() {
    check(
        "a client 0..100 http.request.method=GET url.full=http://b/x
           a client 5..10 db.system.name=redis server.address=cache
           b server 20..80",
        expect![[r#"
            cache:redis@cache 1 call 0 errors 0 timeouts, sent no spans
            service:a 0 calls 0 errors 0 timeouts
            service:b 1 call 0 errors 0 timeouts
            service:a -> cache:redis@cache (database) 1 call 0 errors 0 timeouts
            service:a -> service:b (http) 1 call 0 errors 0 timeouts
        "#]],
    );
    // Without a server span, by the host.
    check(
        "a client 0..100 http.request.method=GET url.full=http://api.example.com/x
           a internal 1..20
             a client 5..10 db.system.name=redis server.address=cache
               a client 6..9 db.system.name=redis server.address=cache",
        expect![[r#"
            cache:redis@cache 1 call 0 errors 0 timeouts, sent no spans
            external:api.example.com 1 call 0 errors 0 timeouts, sent no spans
            service:a 0 calls 0 errors 0 timeouts
            service:a -> cache:redis@cache (database) 1 call 0 errors 0 timeouts
            service:a -> external:api.example.com (http) 1 call 0 errors 0 timeouts
        "#]],
    );
    // A database reached through HTTP, told by the inner library: the same host, or no other evidence.
    check(
        "a client 0..100 http.request.method=POST url.full=http://search:9200/_search
           a client 5..95 db.system.name=elasticsearch server.address=search server.port=9200",
        expect![[r#"
            database:elasticsearch@search 1 call 0 errors 0 timeouts, sent no spans
            service:a 0 calls 0 errors 0 timeouts
            service:a -> database:elasticsearch@search (database) 1 call 0 errors 0 timeouts
        "#]],
    );
    check(
        "a client 0..100 http.request.method=POST
           a client 5..95 db.system.name=elasticsearch server.address=search server.port=9200",
        expect![[r#"
            database:elasticsearch@search 1 call 0 errors 0 timeouts, sent no spans
            service:a 0 calls 0 errors 0 timeouts
            service:a -> database:elasticsearch@search (database) 1 call 0 errors 0 timeouts
        "#]],
    );
}
