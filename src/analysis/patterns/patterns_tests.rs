//! Patterns told in sketches: thresholds, values, pairs of requests.
use expect_test::{Expect, expect};

use super::*;
use crate::analysis::sketch::{again, snapshot_of};
use crate::model::{Progress, SpanRecord, Value};
use crate::store::Lens;

fn check(records: &[SpanRecord], expected: Expect) {
    let snapshot = snapshot_of(records);
    let index = snapshot.graph(&Lens::default());
    let progress = Progress::default();
    let study = Study { snapshot: &snapshot, index: &index, progress: &progress };
    let answer = patterns(&study, &study.traces(&Lens::default()), &Bad::Usual);
    let text = |s| snapshot.spans.text(s);
    let condition = |source: &Source, c: &Condition| {
        let source = match source {
            Source::Entry(key) => text(*key).to_owned(),
            Source::Span(service, key) => format!("{} {}", text(*service), text(*key)),
            other => format!("{other:?}"),
        };
        format!("{source} {c:?}")
    };
    let mut out = String::new();
    for g in &answer.groups {
        out += &format!("{} of {} bad\n", g.bad, g.all);
        for a in &g.associations {
            let with = format!("{:.2} against {:.2}", a.bad_ratio_with, a.bad_ratio_without);
            out += &format!("{}: {with}\n", condition(&a.source, &a.condition));
            a.also.iter().for_each(|(s, c)| out += &format!("  also {}\n", condition(s, c)));
            if let Some((s, c, share)) = &a.and {
                out += &format!("  and {}: {share:.2}\n", condition(s, c));
            }
        }
        for d in g.pair.iter().flat_map(|p| &p.differences) {
            let path: Vec<String> =
                d.path.iter().map(|(s, n)| format!("{} {}", text(*s), text(*n))).collect();
            out += &format!("{:?} {}\n", d.difference, path.last().unwrap());
        }
        g.errors.iter().for_each(|e| out += &format!("{} x {}\n", e.count, e.message));
    }
    out += &format!("{:?}\n", answer.missing);
    expected.assert_eq(&out);
}

/// 1000 orders; those with more than 100 items fail most of the time, and send their number as text.
fn orders() -> Vec<SpanRecord> {
    let good = "
gateway SERVER 0..450 name=POST_/orders
  stock SERVER 100..220 name=check
  orders SERVER 300..400 name=create
";
    let bad = "
gateway SERVER 0..15200 name=POST_/orders error message=payment_4711_failed
  stock SERVER 100..12900 name=check
";
    let mut out = Vec::new();
    for i in 0..1000u32 {
        // A number that looks random and is the same each time.
        let noise = (i.wrapping_mul(2_654_435_761) >> 16) % 1000;
        let items = if i % 20 == 0 { 101 + i / 20 } else { 1 + noise % 100 };
        let is_bad = items > 100 && i % 100 != 40;
        let mut trace = again(if is_bad { bad } else { good }, i + 1, 1, f64::from(i) * 3.0, 1.0);
        let tier = if items > 100 || noise % 10 == 0 { "enterprise" } else { "basic" };
        for span in &mut trace {
            match span.name.as_str() {
                "check" => span.attributes.push(("inventory.items".into(), Value::str(items.to_string()))),
                "POST /orders" => {
                    span.attributes.push(("user.tier".into(), Value::str(tier)));
                    span.attributes.push(("user.id".into(), Value::str(format!("u{i}"))));
                    span.attributes.push(("region".into(), Value::str(["eu", "us"][(noise % 2) as usize])));
                }
                _ => {}
            }
        }
        out.extend(trace);
    }
    out
}

#[test]
fn golden_39_a_threshold_of_a_number_that_is_sent_as_text() {
    check(
        &orders(),
        expect![[r#"
            40 of 1000 bad
            stock inventory.items Above(100.0): 0.80 against 0.00
            user.tier Is("enterprise"): 0.26 against 0.00
              and region Is("us"): 0.80
            Time stock check
            Status gateway POST /orders
            NotExecuted orders create
            40 x payment # failed
            []
        "#]],
    );
}

#[test]
fn what_arrived_first_makes_no_difference() {
    let told = |records: &[SpanRecord]| {
        let snapshot = snapshot_of(records);
        let index = snapshot.graph(&Lens::default());
        let progress = Progress::default();
        let study = Study { snapshot: &snapshot, index: &index, progress: &progress };
        let answer = patterns(&study, &study.traces(&Lens::default()), &Bad::Usual);
        let text = |s| snapshot.spans.text(s).to_owned();
        let name = |source: &Source| match source {
            Source::Entry(key) => text(*key),
            Source::Span(service, key) => text(*service) + &text(*key),
            other => format!("{:?}", std::mem::discriminant(other)),
        };
        let one = |a: &Association| {
            let also: Vec<_> = a.also.iter().map(|(s, c)| (name(s), c.clone())).collect();
            format!("{} {:?} {also:?} {:?}", name(&a.source), a.condition, a.and.as_ref().map(|a| name(&a.0)))
        };
        answer.groups.iter().flat_map(|g| g.associations.iter().map(one)).collect::<Vec<_>>()
    };
    // The same number twice more, and as an answer.
    let mut records = orders();
    for span in records.iter_mut().filter(|s| s.name == "check") {
        let Some((_, items)) = span.attributes.first().cloned() else { continue };
        for key in ["db.response.returned_rows", "zebra.items", "a.items"] {
            span.attributes.push((key.to_owned(), items.clone()));
        }
    }
    let forward = told(&records);
    records.reverse();
    records.iter_mut().for_each(|s| s.attributes.reverse());
    assert_eq!(forward, told(&records));
    let first = forward.first().unwrap();
    assert!(first.starts_with("stocka.items Above(100.0) [(\"stockdb.response.returned_rows\""), "{first}");
}

#[test]
fn nothing_is_said_of_too_few_bad_requests() {
    let good = "gateway SERVER 0..450 name=POST_/orders";
    check(
        &again(good, 1, 300, 0.0, 1.0),
        expect![[r#"
            [Bad(0)]
        "#]],
    );
}
