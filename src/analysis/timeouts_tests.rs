//! Limits are found where failed calls pile up, and nowhere else.
use super::*;
use crate::analysis::sketch;
use crate::graph::CallWriter;
use crate::model::{SpanRecord, batch_from_records};
use crate::store::Store;

/// One trace a call: its length in ms, and how it ended.
fn answer(calls: &[(f64, &str)]) -> String {
    let line = |(ms, words): &(f64, &str)| format!("web CLIENT 0..{ms} server.address=shop {words}");
    let mut records: Vec<SpanRecord> = Vec::new();
    for (number, call) in calls.iter().enumerate() {
        let mut span = sketch::records(&line(call)).remove(0);
        span.trace_id.0[..2].copy_from_slice(&(number as u16 + 1).to_be_bytes());
        records.push(span);
    }
    let forwards = answer_of(&records);
    records.reverse();
    assert_eq!(answer_of(&records), forwards, "the order of arrival does not matter");
    forwards
}

fn answer_of(records: &[SpanRecord]) -> String {
    let (mut store, mut calls) = (Store::new(), CallWriter::default());
    store.append(batch_from_records(records));
    let spans = store.publish();
    calls.update(&spans, &store.take_dirty(), store.interner());
    let snapshot = Snapshot { spans: store.publish(), calls: calls.publish(), ..Snapshot::default() };
    let lens = Lens::default();
    let index = snapshot.graph(&lens);
    let all = inferred_timeouts(&snapshot, &lens, &index);
    for (edge, _, _, _) in index.graph.edges() {
        assert_eq!(inferred_timeout(&snapshot, &lens, &index, edge).as_ref(), all.get(&edge));
    }
    let text = |t: &InferredTimeout| {
        let ms = t.limit.0 / 1_000_000;
        format!("{ms} ms: {} calls, {} untold, {} examples", t.calls, t.untold, t.examples.len())
    };
    all.values().map(text).collect::<Vec<_>>().join("; ")
}

fn spread(from: f64, step: f64, count: usize, words: &'static str) -> Vec<(f64, &'static str)> {
    (0..count).map(|i| (from + step * i as f64, words)).collect()
}

#[test]
fn calls_that_fail_at_a_round_length_ran_into_a_limit() {
    let mut calls = spread(2_100.0, 5.0, 30, "");
    calls.extend(spread(5_001.0, 1.5, 6, "error"));
    calls.push((5_003.0, "error message=timeout"));
    assert_eq!(answer(&calls), "5000 ms: 7 calls, 6 untold, 3 examples");
}

#[test]
fn calls_that_fail_far_above_the_usual_ran_into_a_limit_of_any_length() {
    let mut calls = spread(30.0, 1.0, 20, "");
    calls.extend(spread(700.0, 1.0, 5, "error"));
    assert_eq!(answer(&calls), "702 ms: 5 calls, 5 untold, 3 examples");
}

#[test]
fn calls_that_are_refused_at_once_do_not_hide_the_limit() {
    let mut calls = spread(40.0, 1.0, 20, "");
    calls.extend(spread(1.0, 0.1, 60, "error"));
    calls.extend(spread(2_990.0, 2.0, 9, "error"));
    assert_eq!(answer(&calls), "3000 ms: 9 calls, 9 untold, 3 examples");
}

#[test]
fn other_failures_show_no_limit() {
    let usual = spread(30.0, 1.0, 20, "");
    let with = |failed: Vec<(f64, &'static str)>| answer(&[usual.clone(), failed].concat());
    assert_eq!(with(spread(5_000.0, 1.0, 4, "error")), "", "too few");
    assert_eq!(with(spread(100.0, 97.0, 90, "error")), "", "anywhere up to 9 s");
    assert_eq!(with(spread(3.0, 0.5, 9, "error")), "", "as fast as the others");
    assert_eq!(with(spread(5_000.0, 1.0, 9, "")), "", "they succeeded");
    let slow = [spread(9_000.0, 1.0, 30, ""), spread(1_000.0, 1.0, 9, "error")].concat();
    assert_eq!(answer(&slow), "", "calls that succeed last longer");
    assert_eq!(answer(&spread(640.0, 0.1, 9, "error")), "", "nothing to compare it with");
}
