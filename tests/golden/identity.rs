//! What is one span and what is one node: shared ids, duplicates, names, environments, cycles.
use expect_test::expect;

use super::*;

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
