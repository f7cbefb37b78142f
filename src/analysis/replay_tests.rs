//! Replays of drawn traces, and laws that hold for random ones.
use proptest::prelude::*;

use super::*;
use crate::analysis::sketch;
use crate::graph::GraphIndex;
use crate::model::TraceIndex;
use crate::store::Lens;

fn read(text: &str) -> (Reading, GraphIndex) {
    let snapshot = sketch::snapshot(&[text]);
    let index = snapshot.graph(&Lens::default());
    (Reading::of(&snapshot, &index, TraceIndex(0)).unwrap(), index)
}

/// The new duration in ms after a change; rows are lines, from 0.
fn ms(text: &str, change: impl Fn(&mut Changes, &GraphIndex)) -> f64 {
    let (reading, index) = read(text);
    let mut changes = Changes::default();
    change(&mut changes, &index);
    Replay::of(&reading, &changes).unwrap().duration().as_millis_f64()
}

fn node(index: &GraphIndex, name: &str) -> BlameKey {
    BlameKey::Node(index.graph.find(name).unwrap())
}

const SEQUENCE: &str = "
shop SERVER 0..100
  shop CLIENT 10..40 db.system=postgresql db.name=a server.address=a
  shop CLIENT 50..90 db.system=postgresql db.name=b server.address=b
";
const FAN_OUT: &str = "
shop SERVER 0..100
  shop CLIENT 10..40 db.system=postgresql db.name=a server.address=a
  shop CLIENT 12..90 db.system=postgresql db.name=b server.address=b
";

#[test]
fn a_faster_callee_saves_what_its_caller_waited_for() {
    assert_eq!(ms(SEQUENCE, |c, i| _ = c.scale_key(node(i, "database:a@a"), 0.5)), 85.0);
    assert_eq!(ms(FAN_OUT, |c, i| _ = c.scale_key(node(i, "database:a@a"), 0.5)), 100.0);
    assert_eq!(ms(FAN_OUT, |c, i| _ = c.scale_key(node(i, "database:b@b"), 0.5)), 61.0);
    // At a tenth, the other one takes over.
    assert_eq!(ms(FAN_OUT, |c, i| _ = c.scale_key(node(i, "database:b@b"), 0.1)), 50.0);
    assert_eq!(ms(SEQUENCE, |c, i| _ = c.scale_key(node(i, "service:shop"), 0.5)), 85.0);
    assert_eq!(ms(SEQUENCE, |c, i| _ = c.scale_key(node(i, "database:b@b"), 2.0)), 140.0);
}

#[test]
fn removed_rows_take_no_time_and_the_gaps_stay() {
    assert_eq!(ms(SEQUENCE, |c, _| _ = c.remove_row(1)), 70.0);
    assert_eq!(ms(FAN_OUT, |c, _| _ = c.remove_row(2)), 50.0);
    assert_eq!(ms(SEQUENCE, |c, _| _ = c.set_row(2, Nanos::from_millis(1_000))), 1_060.0);
}

#[test]
fn siblings_beside_each_other_take_as_long_as_the_longest_and_the_work_between() {
    assert_eq!(ms(SEQUENCE, |c, _| _ = c.start_beside(2, 1)), 70.0);
    assert_eq!(ms(FAN_OUT, |c, _| _ = c.start_beside(2, 1)), 100.0);
}

#[test]
fn a_gap_is_its_edges_and_a_limit_cuts() {
    let text = "
shop SERVER 0..100
  shop CLIENT 10..90
    stock SERVER 30..80
";
    let edge = |i: &GraphIndex| {
        i.graph.edges().find(|e| i.graph.ends(e.0).unwrap().1 == i.graph.find("stock").unwrap()).unwrap().0
    };
    assert_eq!(ms(text, |c, i| _ = c.scale_key(BlameKey::Gap(edge(i)), 0.0)), 70.0);
    assert_eq!(ms(text, |c, i| _ = c.limit_edge(edge(i), Nanos::from_millis(25))), 45.0);
    let (reading, index) = read(text);
    let mut changes = Changes::default();
    changes.limit_edge(edge(&index), Nanos::from_millis(25));
    let replay = Replay::of(&reading, &changes).unwrap();
    assert_eq!((replay.cut(), replay.length_of(1)), (&[1][..], Nanos::from_millis(25)));
}

#[test]
fn a_caller_that_gave_up_gives_up_again_unless_answered_before() {
    let text = "
shop SERVER 0..100
  shop CLIENT 10..60 error message=timeout
    stock SERVER 20..500
";
    assert_eq!(ms(text, |c, i| _ = c.scale_key(node(i, "service:stock"), 2.0)), 100.0);
    assert_eq!(ms(text, |c, i| _ = c.scale_key(node(i, "service:stock"), 0.01)), 64.8);
}

#[test]
fn fragments_have_no_replay() {
    let (reading, _) = read("cart INTERNAL 0..10 parent=99");
    assert!(Replay::of(&reading, &Changes::default()).is_none());
}

/// A random program: spans at random times, some outside of their parents, as broken clocks make them.
fn program() -> impl Strategy<Value = String> {
    let span = (0usize..6, 0u32..1_000, 0u32..400, 0usize..4);
    prop::collection::vec(span, 1..40).prop_map(|spans| {
        let mut out = "s0 SERVER 0..1000\n".to_owned();
        let mut depth = 0usize;
        for (up, start, length, kind) in spans {
            depth = (depth + 1).saturating_sub(up).max(1);
            let kind = ["SERVER", "CLIENT", "INTERNAL", "PRODUCER"][kind];
            let end = start + length;
            out += &format!("{}s{} {kind} {start}..{end}\n", " ".repeat(depth), length % 3);
        }
        out
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn nothing_changed_is_nothing_changed(text in program()) {
        let (reading, _) = read(&text);
        let Some(replay) = Replay::of(&reading, &Changes::default()) else { return Ok(()) };
        for (at, row, _) in reading.rows() {
            prop_assert_eq!(replay.length_of(at), row.duration(), "row {} of\n{}", at, text);
        }
        // Factors of 1 take the other way through the arithmetic.
        let mut ones = Changes::default();
        for (at, _, _) in reading.rows() {
            ones.scale_row(at, 1.0 + 1e-15);
        }
        prop_assert_eq!(Replay::of(&reading, &ones).unwrap().duration(), reading.duration());
    }

    #[test]
    fn no_change_makes_a_length_negative(text in program(), seed in 0u32..1_000) {
        let (reading, _) = read(&text);
        let mut changes = Changes::default();
        for (at, row, _) in reading.rows() {
            match (at * 7 + seed) % 5 {
                0 => _ = changes.remove_row(at),
                1 => _ = changes.scale_row(at, f64::from(seed % 30) / 10.0),
                2 if row.parent.is_some() => _ = changes.start_beside(at, at.saturating_sub(1)),
                3 => _ = changes.set_row(at, Nanos::from_millis(i64::from(seed))),
                _ => {}
            }
        }
        let Some(replay) = Replay::of(&reading, &changes) else { return Ok(()) };
        for (at, _, _) in reading.rows() {
            prop_assert!(replay.length_of(at).0 >= 0);
        }
    }

    #[test]
    fn faster_rows_never_make_the_root_slower(text in program(), at in 0u32..40) {
        let (reading, _) = read(&text);
        let mut changes = Changes::default();
        changes.scale_row(at, 0.5);
        let Some(replay) = Replay::of(&reading, &changes) else { return Ok(()) };
        prop_assert!(replay.duration() <= reading.duration(), "row {} of\n{}", at, text);
    }
}
