//! The answer as people and programs read it.
use expect_test::expect;

use crate::analysis::{Study, advice, sketch};
use crate::export::answers::{self, Answer};
use crate::graph::Snapshot;
use crate::model::{Nanos, Progress, SpanRecord};
use crate::store::Lens;

fn answer(records: &[SpanRecord]) -> Answer {
    let snapshot: Snapshot = sketch::snapshot_of(records);
    let lens = Lens::default();
    let index = snapshot.graph(&lens);
    let study = Study { snapshot: &snapshot, index: &index, progress: &Progress::default() };
    answers::advice(&snapshot, &index.graph, &advice::advice(&study, &lens))
}

/// Forty requests; the query of every second one is slow.
fn shop() -> Vec<SpanRecord> {
    let one = |n: i64| {
        let end = if n % 2 == 0 { 1_550 } else { 110 };
        let mut records = sketch::records(&format!(
            "shop SERVER 0..{}\n  shop CLIENT 10..{end} name=SELECT_stock db.system=mysql db.name=shop \
             server.address=db db.query.text=SELECT/**/*/**/FROM/**/stock/**/WHERE/**/item={n}\n",
            end + 10
        ));
        for r in &mut records {
            r.trace_id.0[0] = n as u8 + 1;
            (r.start, r.end) = (r.start + Nanos::from_secs(2 * n), r.end + Nanos::from_secs(2 * n));
        }
        records
    };
    (0..40).flat_map(one).collect()
}

#[test]
fn the_roadmap_in_markdown() {
    let markdown = answer(&shop()).markdown;
    let without_ids: String =
        markdown.lines().filter(|l| !l.contains("Traces:")).map(|l| format!("{l}\n")).collect();
    expect![[r#"
        # Advice

        1 finding in 40 traces (40 requests, 0 failed).

        ## Phase 1: quick wins

        | what | where | saves per request | requests | work | severity | priority |
        |---|---|---:|---:|---|---|---:|
        | slow statement | shop@db | 720 ms | 100.0 % | low | critical | 36.0 |

        ### shop@db: slow statement, SELECT stock

        - 40 runs took 820 ms on average, 95th percentile 1.54 s; 97.6 % of the time of their requests was waited for them.
        - The statement is `select * from stock where item = ?`.
        - Called by shop.
        - Replaying 40 requests with each taking at most 100 ms, its own 25th percentile saves 720 ms per request (85.7 % of their time); 100.0 % of all requests have it.
        - Look at its plan, its index and how much it reads.
        - It selects all columns: name those that are needed.
        - Nothing limits how many rows it returns.
        - An index on stock(item) would serve its conditions, if there is none: verify with EXPLAIN.

        Savings are computed one at a time, by replaying requests with that change alone: they do not add up.
    "#]].assert_eq(&without_ids);
}

#[test]
fn json_keeps_the_contract() {
    let json = answer(&shop()).json;
    for key in ["question", "window", "findings", "notes"] {
        assert!(json.get(key).is_some(), "{key}");
    }
    let finding = &json["findings"][0];
    for key in [
        "kind",
        "node",
        "severity",
        "score",
        "confidence",
        "reasons",
        "evidence",
        "saving_ms_per_request",
        "effort",
        "phase",
    ] {
        assert!(finding.get(key).is_some_and(|v| !v.is_null()), "{key} in {finding}");
    }
    assert_eq!((&finding["kind"], &finding["node"]), (&"slow_statement".into(), &"database:shop@db".into()));
    assert_eq!((&finding["effort"], &finding["phase"]), (&"low".into(), &1.into()));
    assert_eq!(
        finding["statement"]["hints"],
        serde_json::json!(["select_star", "missing_limit", "index_candidate"])
    );
    assert_eq!(finding["evidence"]["trace_ids"].as_array().map(Vec::len), Some(5));
}

#[test]
fn nothing_to_say_says_what_is_missing() {
    let empty = answer(&[]);
    assert_eq!(empty.json["findings"], serde_json::json!([]));
    assert_eq!(empty.json["notes"], serde_json::json!(["There are no traces under this lens"]));
    let fragments = answer(&sketch::records("shop SERVER 0..50 parent=99"));
    assert!(fragments.markdown.contains("No trace has a root span of a service"));
}
