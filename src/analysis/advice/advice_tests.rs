//! Advice on what takes time, drawn as sketches: what must fire and what must not.
use std::fmt::Write;

use super::*;
use crate::analysis::sketch;
use crate::graph::Snapshot;
use crate::model::{Progress, SpanRecord};

/// As many traces as asked, one second apart, each drawn by its number.
pub(super) fn traces(count: u64, draw: impl Fn(u64) -> String) -> Snapshot {
    let mut all: Vec<SpanRecord> = Vec::new();
    for n in 0..count {
        for mut span in sketch::records(&draw(n)) {
            span.trace_id.0[..8].copy_from_slice(&(n + 1).to_be_bytes());
            (span.start, span.end) =
                (span.start + Nanos::from_secs(n as i64), span.end + Nanos::from_secs(n as i64));
            all.push(span);
        }
    }
    sketch::snapshot_of(&all)
}

pub(super) fn asked(snapshot: &Snapshot) -> AdviceAnswer {
    let index = snapshot.graph(&Lens::default());
    advice(&Study { snapshot, index: &index, progress: &Progress::default() }, &Lens::default())
}

/// Kinds with what they save in ms, sorted by priority.
pub(super) fn found(count: u64, draw: impl Fn(u64) -> String) -> Vec<(&'static str, Option<i64>)> {
    let answer = asked(&traces(count, draw));
    let saved = |a: &Advice| a.saving.map(|s| (s.as_millis_f64()).round() as i64);
    answer.findings.iter().map(|a| (a.kind.name(), saved(a))).collect()
}

fn kinds(count: u64, draw: impl Fn(u64) -> String) -> Vec<&'static str> {
    found(count, draw).into_iter().map(|f| f.0).collect()
}

const DB: &str = "db.system=postgresql db.name=shop server.address=db";

/// A service that makes calls: (start, end, attributes, error or "").
pub(super) fn service(end: u32, calls: &[(u32, u32, String)]) -> String {
    let mut out = format!("shop SERVER 0..{end} name=GET_/\n");
    for (from, to, words) in calls {
        let _ = writeln!(out, "  shop CLIENT {from}..{to} {words}");
    }
    out
}

fn query(text: &str) -> String {
    format!("{DB} db.query.text={text}")
}

/// So many equal steps one after the other, from 10 ms on.
fn row_of(count: u32, length: u32, words: impl Fn(u32) -> String) -> Vec<(u32, u32, String)> {
    (0..count).map(|i| (10 + i * (length + 1), 10 + i * (length + 1) + length, words(i))).collect()
}

#[test]
fn a_statement_that_is_sometimes_slow_saves_down_to_its_own_quartile() {
    let draw = |slow: u32| {
        move |n: u64| {
            let length = if n.is_multiple_of(2) { slow } else { 40 };
            service(
                length + 20,
                &[(10, 10 + length, query(&format!("select/**/a/**/from/**/t/**/where/**/b={n}")))],
            )
        }
    };
    assert_eq!(found(60, draw(1500)), [("slow_statement", Some(730))]);
    assert_eq!(found(60, draw(45)), []);
}

#[test]
fn a_statement_that_is_always_slow_saves_half_and_says_so() {
    let snapshot = traces(30, |_| service(2020, &[(10, 2010, query("select/**/count(*)/**/from/**/t"))]));
    let answer = asked(&snapshot);
    let a = &answer.findings[0];
    assert_eq!(
        (a.kind, a.basis, a.saving),
        (AdviceKind::SlowStatement, Basis::HalfTime, Some(Nanos::from_secs(1)))
    );
    assert_eq!((a.severity, a.effort, a.phase.number()), (Severity::High, Effort::Low, 1));
    let query = a.query.as_ref().unwrap();
    assert_eq!((query.summary.as_str(), query.hints.len()), ("SELECT t", 0));
    assert_eq!((a.evidence.traces.len(), a.evidence.spans.len(), answer.findings.len()), (5, 5, 1));
}

#[test]
fn many_queries_after_a_source_are_n_plus_one() {
    let item = |i: u32| query(&format!("select/**/a/**/from/**/item/**/where/**/id={i}"));
    let with_source = |count: u32| {
        let mut calls = row_of(count, 12, item);
        calls.insert(0, (1, 9, query("select/**/id/**/from/**/cart")));
        service(200, &calls)
    };
    assert_eq!(found(5, |_| with_source(8)), [("n_plus_one_queries", Some(84))]);
    assert_eq!(found(5, |_| with_source(4)), []);
    // Without a source only very many; never beside each other, never in a cache, never cut-off texts.
    assert_eq!(kinds(5, |_| service(200, &row_of(8, 12, item))), Vec::<&str>::new());
    assert_eq!(kinds(5, |_| service(200, &row_of(12, 12, item))), ["n_plus_one_queries"]);
    let beside = |_| service(200, &(0..12).map(|i| (10 + i, 100 + i, item(i))).collect::<Vec<_>>());
    assert_eq!(kinds(5, beside), Vec::<&str>::new());
    let cut = |i: u32| query(&format!("select/**/a/**/from/**/item/**/where/**/id={i}/**/and..."));
    assert_eq!(kinds(5, |_| service(200, &row_of(12, 12, cut))), Vec::<&str>::new());
    let cache = |i: u32| format!("db.system=redis server.address=cache db.query.text=GET:{i}");
    assert_eq!(kinds(5, |_| service(200, &row_of(12, 12, cache))), Vec::<&str>::new());
}

#[test]
fn a_loop_whose_body_is_a_span_is_seen_through() {
    let draw = |_| {
        let mut out = "shop SERVER 0..400\n".to_owned();
        for i in 0..12u32 {
            let at = 10 + i * 30;
            let _ = writeln!(out, "  shop INTERNAL {at}..{} name=load_item", at + 28);
            let _ = writeln!(
                out,
                "    shop CLIENT {}..{} {}",
                at + 2,
                at + 22,
                query(&format!("select/**/a/**/from/**/t/**/where/**/id={i}"))
            );
        }
        out
    };
    assert_eq!(found(5, draw), [("n_plus_one_queries", Some(220))]);
}

fn get(url: &str) -> String {
    format!("http.request.method=GET url.full=http://{url}")
}

#[test]
fn many_calls_of_one_kind_are_n_plus_one_and_equal_ones_are_repeated() {
    let item = |i: u32| get(&format!("stock/item/{i}"));
    assert_eq!(found(5, |_| service(300, &row_of(6, 25, item))), [("n_plus_one_calls", Some(125))]);
    assert_eq!(kinds(5, |_| service(300, &row_of(4, 25, item))), Vec::<&str>::new());
    assert_eq!(
        found(5, |_| service(300, &row_of(3, 25, |_| get("stock/all")))),
        [("repeated_calls", Some(50))]
    );
    // What changes something, and what failed, is not a repetition.
    let post = |_| "http.request.method=POST url.full=http://stock/all".to_owned();
    assert_eq!(kinds(5, |_| service(300, &row_of(3, 25, post))), Vec::<&str>::new());
    let failed = |i: u32| format!("{}{}", get("stock/all"), if i == 0 { " error" } else { "" });
    assert_eq!(kinds(3, |_| service(300, &row_of(2, 25, failed))), Vec::<&str>::new());
    // Values that were taken out do not make texts equal.
    let marked = |_| query("select/**/a/**/from/**/t/**/where/**/b=?");
    assert_eq!(kinds(5, |_| service(300, &row_of(3, 10, marked))), Vec::<&str>::new());
}

#[test]
fn the_same_answer_for_many_requests_could_be_kept() {
    let draw = |different: u64| {
        move |n: u64| {
            let url = get(&format!("rates.example.com/v1/rates/{}", n % different));
            service(200, &[(10, 110, url)])
        }
    };
    assert_eq!(found(120, draw(1)), [("cacheable_calls", Some(99))]);
    assert_eq!(kinds(120, draw(100)), Vec::<&str>::new());
}

#[test]
fn reads_in_a_row_of_different_callees_may_run_beside_each_other() {
    let draw = |second: (u32, u32), words: &'static str| {
        move |n: u64| {
            let a = (10, 110, get(&format!("a.example.com/item/{n}")));
            let b = (second.0, second.1, format!("{words}http://b.example.com/item/{n}"));
            service(250, &[a, b])
        }
    };
    const GET: &str = "http.request.method=GET url.full=";
    const POST: &str = "http.request.method=POST url.full=";
    assert_eq!(found(30, draw((115, 235), GET)), [("sequential_calls", Some(100))]);
    assert_eq!(
        kinds(30, draw((15, 235), GET)),
        Vec::<&str>::new(),
        "a fan-out runs beside each other already"
    );
    assert_eq!(kinds(30, draw((115, 235), POST)), Vec::<&str>::new(), "a write may need the read");
    assert_eq!(kinds(30, draw((115, 120), GET)), Vec::<&str>::new(), "nothing to gain");
    assert_eq!(kinds(10, draw((115, 235), GET)), Vec::<&str>::new(), "too few to tell");
}

#[test]
fn many_small_calls_that_spend_their_time_on_the_way_are_chatty() {
    let draw = |count: u32, work: u32| {
        move |_: u64| {
            let mut out = "shop SERVER 0..400\n".to_owned();
            for i in 0..count {
                let at = 10 + i * 20;
                let _ = writeln!(out, "  shop CLIENT {at}..{} name=Put{i}", at + 15);
                let _ = writeln!(out, "    stock SERVER {}..{} name=Put{i}", at + 5, at + 5 + work);
            }
            out
        }
    };
    assert_eq!(found(5, draw(12, 5)), [("chatty_pair", Some(110))]);
    assert_eq!(kinds(5, draw(12, 10)), ["chatty_pair"]);
    assert_eq!(kinds(5, draw(8, 5)), Vec::<&str>::new());
}

#[test]
fn a_service_is_slow_by_itself_or_because_of_another() {
    let own = |_| "shop SERVER 0..1500\n  shop INTERNAL 10..100\n".to_owned();
    assert_eq!(found(20, own)[0], ("slow_service", Some(750)));
    let other = |_| {
        "shop SERVER 0..1500\n  shop CLIENT 10..1490\n    stock SERVER 20..1480\n      stock INTERNAL 21..1000\n".to_owned()
    };
    let answer = asked(&traces(20, other));
    let slow: Vec<_> = answer.findings.iter().filter(|a| a.kind == AdviceKind::SlowService).collect();
    let snapshot = traces(1, other);
    let stock = snapshot.graph(&Lens::default()).graph.find("stock").unwrap();
    assert_eq!(slow.iter().map(|a| a.subject).collect::<Vec<_>>(), [Subject::Node(stock)]);
}

#[test]
fn a_span_that_tells_nothing_is_a_blind_spot() {
    assert_eq!(
        kinds(20, |_| "shop SERVER 0..500\n  shop INTERNAL 10..490 name=import\n".to_owned()),
        ["blind_spot"]
    );
    assert_eq!(
        kinds(20, |_| "shop SERVER 0..100\n  shop INTERNAL 10..90 name=import\n".to_owned()),
        Vec::<&str>::new()
    );
}

#[test]
fn nobody_and_nothing_and_fragments_have_no_advice() {
    assert_eq!(asked(&Snapshot::default()).findings.len(), 0);
    let answer = asked(&traces(5, |_| "shop SERVER 0..5000 parent=99".to_owned()));
    assert_eq!((answer.traces, answer.requests), (5, 0.0));
    assert!(answer.findings.iter().all(|a| a.saving.is_none_or(|s| s == Nanos::ZERO)));
}

#[test]
fn a_cancelled_study_says_so() {
    let snapshot = traces(5, |_| service(100, &[]));
    let index = snapshot.graph(&Lens::default());
    let progress = Progress::default();
    progress.cancel();
    let answer = advice(&Study { snapshot: &snapshot, index: &index, progress: &progress }, &Lens::default());
    assert!(answer.is_stopped && answer.traces == 0);
}
