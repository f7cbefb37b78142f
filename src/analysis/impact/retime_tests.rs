//! Slow and silent nodes told in sketches: who runs out of time, how long requests take then.
use expect_test::{Expect, expect};

use crate::analysis::Study;
use crate::analysis::impact::{Limits, Mode, outage};
use crate::analysis::sketch::{again, snapshot_of};
use crate::analysis::timeouts::inferred_timeouts;
use crate::model::{Nanos, Progress, SpanRecord};
use crate::store::Lens;

/// What happens when a node is slow or silent, by the patience that the traces show.
fn check(records: &[SpanRecord], node: &str, mode: Mode, expected: Expect) {
    let snapshot = snapshot_of(records);
    let index = snapshot.graph(&Lens::default());
    let progress = Progress::default();
    let study = Study { snapshot: &snapshot, index: &index, progress: &progress };
    let at = index.graph.find(node).unwrap();
    let limits: Limits = inferred_timeouts(&snapshot, &Lens::default(), &index);
    let out = outage(&study, &study.traces(&Lens::default()), at, mode, &limits);
    let name = |n| index.graph.node(n).map_or("?", |n| n.name.as_str());
    let ms = |n: Nanos| format!("{:.0} ms", n.as_millis_f64());
    let mut text = String::new();
    for p in &out.patience {
        let limit = p.limit.map_or("not known".to_owned(), ms);
        text += &format!("patience of {}: {limit} ({} calls)\n", name(p.caller), p.calls);
    }
    for h in &out.hits {
        text += &format!(
            "{}: {:.0} % fail ({:.0} % otherwise), {:.0} % not reached\n",
            name(h.node),
            h.error_ratio * 100.0,
            h.recorded_ratio * 100.0,
            h.lost_ratio * 100.0
        );
    }
    for s in &out.slower {
        let after = |n: Option<Nanos>| n.map_or("no end known".to_owned(), ms);
        text += &format!(
            "{} takes {} / {}, then {} / {}; {:.0} % without end\n",
            name(s.node),
            ms(s.before[0]),
            ms(s.before[1]),
            after(s.after[0]),
            after(s.after[1]),
            s.endless * 100.0
        );
    }
    expected.assert_eq(&text);
}

const GOOD: &str = "
shop SERVER 0..100 name=GET_/
  shop CLIENT 10..60
    payment SERVER 12..58
  shop CLIENT 70..90
    mail SERVER 72..88
";
/// Without an answer after two seconds the shop gives up.
const GIVEN_UP: &str = "
shop SERVER 0..2020 name=GET_/ error
  shop CLIENT 10..2010 error
    payment SERVER 12..2600
";

fn with_patience() -> Vec<SpanRecord> {
    let mut records = again(GOOD, 1, 194, 0.0, 1.0);
    records.extend(again(GIVEN_UP, 1000, 6, 200.0, 1.0));
    records
}

#[test]
fn slow_within_the_callers_patience_only_takes_longer() {
    check(
        &with_patience(),
        "payment",
        Mode::Slow(10.0),
        expect![[r#"
            patience of shop: 2000 ms (6 calls)
            shop takes 100 ms / 100 ms, then 550 ms / 550 ms; 0 % without end
        "#]],
    );
}

#[test]
fn slow_beyond_it_fails_and_what_follows_is_not_reached() {
    check(
        &with_patience(),
        "payment",
        Mode::Slow(100.0),
        expect![[r#"
            patience of shop: 2000 ms (6 calls)
            shop: 100 % fail (3 % otherwise), 0 % not reached
            mail: 0 % fail (0 % otherwise), 100 % not reached
            shop takes 100 ms / 100 ms, then 2030 ms / 2030 ms; 0 % without end
        "#]],
    );
}

#[test]
fn a_silent_callee_costs_each_caller_its_patience() {
    check(
        &with_patience(),
        "payment",
        Mode::Hang,
        expect![[r#"
            patience of shop: 2000 ms (6 calls)
            shop: 100 % fail (3 % otherwise), 0 % not reached
            mail: 0 % fail (0 % otherwise), 100 % not reached
            shop takes 100 ms / 100 ms, then 2030 ms / 2030 ms; 0 % without end
        "#]],
    );
}

#[test]
fn without_a_known_patience_a_slow_callee_fails_nobody_and_a_silent_one_has_no_end() {
    let records = again(GOOD, 1, 100, 0.0, 1.0);
    check(
        &records,
        "payment",
        Mode::Slow(100.0),
        expect![[r#"
            patience of shop: not known (0 calls)
            shop takes 100 ms / 100 ms, then 5050 ms / 5050 ms; 0 % without end
        "#]],
    );
    check(
        &records,
        "payment",
        Mode::Hang,
        expect![[r#"
            patience of shop: not known (0 calls)
            shop: 100 % fail (0 % otherwise), 0 % not reached
            mail: 0 % fail (0 % otherwise), 100 % not reached
            shop takes 100 ms / 100 ms, then no end known / no end known; 100 % without end
        "#]],
    );
}

#[test]
fn callers_further_away_run_out_of_time_too() {
    let deep = "
web SERVER 0..120 name=GET_/
  web CLIENT 5..115
    shop SERVER 10..110
      shop CLIENT 20..70
        payment SERVER 22..68
";
    let given_up = "
web SERVER 0..1010 name=GET_/ error
  web CLIENT 5..1005 error
    shop SERVER 10..1500
";
    let mut records = again(deep, 1, 194, 0.0, 1.0);
    records.extend(again(given_up, 1000, 6, 200.0, 1.0));
    check(
        &records,
        "payment",
        Mode::Hang,
        expect![[r#"
            patience of shop: not known (0 calls)
            web: 100 % fail (3 % otherwise), 0 % not reached
            shop: 97 % fail (0 % otherwise), 0 % not reached
            web takes 120 ms / 120 ms, then 1010 ms / 1010 ms; 0 % without end
        "#]],
    );
}
