//! Queues: published, received, handled, created, settled.
use expect_test::expect;

use super::*;

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
        expect![[r#"
            service:b 0 calls 0 errors 0 timeouts
        "#]],
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
