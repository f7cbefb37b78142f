//! Advice on failures, waiting and instances; and on generated stories.
use super::tests::{asked, found, service, traces};
use super::*;
use crate::graph::NodeKind;
use crate::scenario::{Options, generate};

const BANK: &str = "http.request.method=POST url.full=https://bank.example.com/pay";

fn kinds(count: u64, draw: impl Fn(u64) -> String) -> Vec<&'static str> {
    found(count, draw).into_iter().map(|f| f.0).collect()
}

/// A service that calls a bank; every tenth call ends with a status, and the request then fails or not.
fn pays(status: u32, root: &'static str) -> impl Fn(u64) -> String {
    move |n| {
        let fails = n.is_multiple_of(10);
        let words =
            if fails { format!("{BANK} http.response.status_code={status}") } else { BANK.to_owned() };
        let text = service(100, &[(10, 60, words)]);
        if fails { text.replacen("name=GET_/", &format!("name=GET_/ {root}"), 1) } else { text }
    }
}

#[test]
fn an_external_that_fails_wants_a_breaker_and_a_fallback() {
    let both = ["failing_external", "missing_fallback"];
    assert_eq!(kinds(200, pays(503, "error")), both);
    // With a fallback the requests live on; a refused card is an answer.
    assert_eq!(kinds(200, pays(503, "")), ["failing_external"]);
    assert_eq!(kinds(200, pays(402, "error")), Vec::<&str>::new());
}

#[test]
fn who_gives_up_before_an_answer_could_come_does_not_blame_the_callee() {
    let draw = |n: u64| {
        let (end, words) = if n.is_multiple_of(10) { (15, " error message=timeout") } else { (60, "") };
        let text = service(100, &[(10, end, format!("{BANK}{words}"))]);
        if n.is_multiple_of(10) { text.replacen("name=GET_/", "name=GET_/ error", 1) } else { text }
    };
    let kinds = kinds(200, draw);
    assert!(!kinds.contains(&"failing_external") && !kinds.contains(&"missing_fallback"), "{kinds:?}");
}

#[test]
fn an_external_that_is_slow() {
    let slow = |_| service(3000, &[(10, 2900, BANK.to_owned())]);
    assert_eq!(found(20, slow), [("slow_external", Some(1445))]);
}

#[test]
fn attempts_after_failures_are_a_storm_only_if_most_fail() {
    let draw = |fails: u64| {
        move |n: u64| {
            let words =
                |bad: bool| format!("{BANK}{}", if bad { " http.response.status_code=503" } else { "" });
            let bad = n % 10 < fails;
            let calls = if bad {
                vec![(10, 60, words(true)), (70, 120, words(true)), (130, 180, words(true))]
            } else {
                vec![(10, 60, words(false))]
            };
            service(200, &calls)
        }
    };
    assert!(found(100, draw(5)).contains(&("retry_storm", Some(50))), "{:?}", found(100, draw(5)));
    assert!(!kinds(100, draw(1)).contains(&"retry_storm"));
}

/// A caller that gives up after `limit` in every tenth request, while answers take 40 to 50 ms.
fn gives_up(limit: u32, answers: u32) -> impl Fn(u64) -> String {
    move |n| {
        let (wait, words) = if n.is_multiple_of(10) {
            (limit, " error message=timeout")
        } else {
            (answers + n as u32 % 10, "")
        };
        format!(
            "shop SERVER 0..{}\n  shop CLIENT 10..{}{words}\n    stock SERVER 12..{}\n",
            wait + 20,
            10 + wait,
            8 + wait
        )
    }
}

#[test]
fn timeouts_are_held_against_how_long_answers_take() {
    assert!(kinds(100, gives_up(5_000, 40)).contains(&"timeout_too_long"));
    assert!(kinds(100, gives_up(60, 40)).contains(&"timeout_too_short"));
    let fitting = kinds(100, gives_up(200, 40));
    assert!(!fitting.iter().any(|k| k.starts_with("timeout")), "{fitting:?}");
}

#[test]
fn who_works_on_after_the_timeout() {
    let draw = |n: u64| {
        let (wait, words) = if n.is_multiple_of(10) { (60, " error message=timeout") } else { (60, "") };
        let work = if n.is_multiple_of(10) { 400 } else { 50 };
        format!(
            "shop SERVER 0..100\n  shop CLIENT 10..{}{words}\n    stock SERVER 12..{}\n",
            10 + wait,
            12 + work
        )
    };
    assert!(kinds(100, draw).contains(&"work_after_timeout"));
}

#[test]
fn an_inner_call_that_waits_as_long_as_the_outer() {
    let draw = |outer: u32, inner: u32| {
        move |n: u64| {
            let (outer, inner, words) =
                if n.is_multiple_of(10) { (outer, inner, " error message=timeout") } else { (40, 20, "") };
            let (a, b) = (10 + outer, 14 + inner);
            format!(
                "shop SERVER 0..{}\n  shop CLIENT 10..{a}{words}\n    stock SERVER 12..{}\n      stock CLIENT 14..{b}{words} server.address=x.example.com http.request.method=GET\n",
                a + 5,
                b + 2
            )
        }
    };
    assert!(kinds(100, draw(200, 400)).contains(&"timeout_order"));
    assert!(!kinds(100, draw(200, 100)).contains(&"timeout_order"));
}

#[test]
fn mail_that_is_waited_for_could_be_sent_later() {
    let draw = |url: &'static str| {
        move |_: u64| {
            service(
                200,
                &[(10, 160, format!("http.request.method=POST url.full=https://api.example.com/{url}"))],
            )
        }
    };
    assert_eq!(found(40, draw("mail/send")), [("blocking_side_effect", Some(150))]);
    assert_eq!(kinds(40, draw("login")), Vec::<&str>::new());
    let queued = |_| {
        "shop SERVER 0..50\n  shop PRODUCER 10..12 messaging.system=kafka messaging.destination.name=mails\n    mailer CONSUMER 60..300\n      mailer CLIENT 70..290 http.request.method=POST url.full=https://api.example.com/mail/send\n".to_owned()
    };
    assert!(!kinds(40, queued).contains(&"blocking_side_effect"));
}

#[test]
fn messages_that_wait_ever_longer() {
    let draw = |growth: u64| {
        move |n: u64| {
            let at = 20 + n * growth;
            format!(
                "shop SERVER 0..50\n  shop PRODUCER 10..12 messaging.system=kafka messaging.destination.name=mails\n    mailer CONSUMER {at}..{}\n",
                at + 5
            )
        }
    };
    assert!(kinds(100, draw(20)).contains(&"queue_backlog"));
    assert!(!kinds(100, draw(0)).contains(&"queue_backlog"));
}

#[test]
fn one_instance_against_the_others() {
    let draw = |slow: u64| {
        move |n: u64| {
            let length = 20 + n % 7 + if n.is_multiple_of(3) { slow } else { 0 };
            format!("shop SERVER 0..{length} host=h{}", n % 3)
        }
    };
    let answer = asked(&traces(300, draw(100)));
    let hot: Vec<_> = answer.findings.iter().map(|a| a.kind).collect();
    assert_eq!(hot, [AdviceKind::HotInstance]);
    assert_eq!(kinds(300, draw(5)), Vec::<&str>::new());
}

#[test]
fn waiting_for_a_connection() {
    let draw = |length: u32| {
        move |_: u64| {
            format!(
                "shop SERVER 0..300\n  shop INTERNAL 10..{} name=HikariPool.getConnection\n  shop CLIENT 150..200 db.system=mysql server.address=db\n",
                10 + length
            )
        }
    };
    assert_eq!(found(40, draw(60)), [("pool_wait", Some(60))]);
    assert_eq!(kinds(40, draw(2)), Vec::<&str>::new());
}

#[test]
fn the_slow_stock_query_is_the_first_advice() {
    for seed in 1..=2 {
        let snapshot = crate::analysis::sketch::snapshot_of(
            &generate("checkout-incident", seed, Options::default()).unwrap().records,
        );
        let index = snapshot.graph(&Lens::default());
        let answer = asked(&snapshot);
        let first = &answer.findings[0];
        let Subject::Node(node) = first.subject else { panic!("not a node") };
        assert_eq!(index.graph.node(node).unwrap().id, "database:orders@orders-postgresql");
        assert_eq!(first.query.as_ref().unwrap().summary, "SELECT inventory");
        assert_eq!((first.kind, first.severity), (AdviceKind::SlowStatement, Severity::Critical));
        assert_eq!(first.phase, Phase::QuickWins);
        assert!(first.saving.unwrap() > Nanos::from_millis(500));
        assert!(answer.findings[1..].iter().all(|a| a.priority * 2.0 < first.priority));
        let outside = |a: &Advice| matches!(a.subject, Subject::Node(n) if index.graph.node(n).unwrap().kind == NodeKind::External);
        assert!(!answer.findings.iter().any(outside), "Stripe only had no time left");
    }
}

#[test]
fn calm_traffic_has_few_findings_and_none_above_low() {
    for seed in 1..=2 {
        let story = generate("checkout-incident", seed, Options::default()).unwrap();
        let incident = story.truth.incident.unwrap();
        let calm: Vec<_> = story.records.into_iter().filter(|r| r.end < incident.start).collect();
        let answer = asked(&crate::analysis::sketch::snapshot_of(&calm));
        let found: Vec<_> = answer.findings.iter().map(|a| (a.kind.name(), a.severity, a.saving)).collect();
        assert!(found.len() <= 3 && found.iter().all(|f| f.1 == Severity::Low), "{found:?}");
    }
}
