//! Scenes printed as text.
use std::collections::HashSet;

use expect_test::{Expect, expect};

use super::*;
use crate::analysis::{WaterfallOptions, sketch, waterfall};
use crate::model::{SpanId, SpanRecord};

const CHECKOUT: &str = "
    checkout SERVER 0..3200 error name=POST_/checkout
      checkout CLIENT 10..2510 name=check_stock
        inventory SERVER 20..2500 name=check_stock
          inventory CLIENT 30..2490 name=SELECT_items
      checkout CLIENT 2600..3100 error name=charge
        payment SERVER 2620..4000 name=charge
    ghost SERVER 100..110 parent=99 name=refresh";

/// The scene with some rows collapsed, by number of span, and a part of the time.
fn check(sketch: &str, collapsed: &[u64], ms: Option<(i64, i64)>, expected: &Expect) {
    let (spans, trace) = sketch::store(sketch);
    let w = waterfall(&spans, trace, &WaterfallOptions::default());
    let mut folds = Folds::default();
    let keys: HashSet<RowKey> = collapsed.iter().map(|n| RowKey::Span(SpanRow(n - 1))).collect();
    folds.update(&w, &keys);
    let at = |ms: i64| sketch::ORIGIN + Nanos::from_millis(ms);
    let range = ms.map_or(w.range, |(from, to)| TimeRange::new(at(from), at(to)));
    let view = View { range, scroll: 0.0, height: 240.0, time_width: 600.0 };
    let scene =
        scene(&spans, &w, &folds, Some(SpanRow(1)), &view, &ServiceColours::new(&spans, &w.services, true));
    expected.assert_eq(&scene.to_string());
}

#[test]
fn a_checkout() {
    check(
        CHECKOUT,
        &[],
        None,
        &expect![[r#"
            0@0 1 s@25 2 s@50 3 s@75 4 s@100
            ▾ checkout POST /checkout [0-80] own 0-0,63-65,78-80 path 0-0,63-65,78-80 Propagated | 3.2 s
            >  ▾ checkout check stock [0-63] own 0-0,62-63 path 0-0,62-63 | 2.5 s
                ▾ inventory check stock [0-62] own 0-1,62-62 path 0-1,62-62 | 2.48 s
                  · inventory SELECT items [1-62] own 1-62 path 1-62 | 2.46 s
              ▾ checkout charge [65-78] own 65-66 path 65-66 Origin | 500 ms
                · payment charge [66-100] own 66-100 path 66-78 over 78-100 | 1.38 s
            ▾ missing span 0000000000000063 [2-3] | not received
              · ghost refresh [2-3] own 2-3 | 10 ms
        "#]],
    );
}

#[test]
fn a_collapsed_row_tells_of_errors_below() {
    check(
        CHECKOUT,
        &[2, 5],
        None,
        &expect![[r#"
            0@0 1 s@25 2 s@50 3 s@75 4 s@100
            ▾ checkout POST /checkout [0-80] own 0-0,63-65,78-80 path 0-0,63-65,78-80 Propagated | 3.2 s
            >  ▸2 checkout check stock [0-63] own 0-0,62-63 path 0-0,62-63 | 2.5 s
              ▸1 checkout charge [65-78] own 65-66 path 65-66 Origin | 500 ms
            ▾ missing span 0000000000000063 [2-3] | not received
              · ghost refresh [2-3] own 2-3 | 10 ms
        "#]],
    );
    let other = CHECKOUT.replacen(" error", "", 1);
    check(
        &other,
        &[1],
        None,
        &expect![[r#"
            0@0 1 s@25 2 s@50 3 s@75 4 s@100
            ▸5 checkout POST /checkout [0-80] own 0-0,63-65,78-80 path 0-0,63-65,78-80 1 errors below | 3.2 s
            ▾ missing span 0000000000000063 [2-3] | not received
              · ghost refresh [2-3] own 2-3 | 10 ms
        "#]],
    );
}

#[test]
fn a_part_of_the_time() {
    check(
        CHECKOUT,
        &[],
        Some((2000, 2700)),
        &expect![[r#"
            2 s@0 2.2 s@29 2.4 s@57 2.6 s@86
            ▾ checkout POST /checkout [0-100] own 73-86 path 73-86 Propagated | 3.2 s
            >  ▾ checkout check stock [0-73] own 71-73 path 71-73 | 2.5 s
                ▾ inventory check stock [0-71] own 70-71 path 70-71 | 2.48 s
                  · inventory SELECT items [0-70] own 0-70 path 0-70 | 2.46 s
              ▾ checkout charge [86-100] own 86-89 path 86-89 Origin | 500 ms
                · payment charge [89-100] own 89-100 path 89-100 | 1.38 s
            ▾ missing span 0000000000000063 | not received
              · ghost refresh | 10 ms
        "#]],
    );
}

#[test]
fn what_nobody_waited_for_and_corrected_clocks_are_told() {
    let sketch = "
        shop CLIENT 0..100 host=a
          stock SERVER 3010..3080 host=b
            stock INTERNAL 3020..3070 host=b
          mail CONSUMER 150..200 host=c";
    check(
        sketch,
        &[],
        None,
        &expect![[r#"
            0@0 50 ms@25 100 ms@50 150 ms@75 200 ms@100
            ▾ shop work [0-50] own 0-8,42-50 path 0-8,42-50 | 100 ms
            >  ▾ stock work [8-42] own 8-12,38-42 path 8-12,38-42 | 70 ms · clock -3 s
                · stock work [12-38] own 12-38 path 12-38 | 50 ms
              · mail work [75-100] own 75-100 | 50 ms · async
        "#]],
    );
}

#[test]
fn names_are_one_safe_line() {
    let long = "x".repeat(2000);
    let sketch = format!("a\u{202E}b INTERNAL 0..1 name={long}\u{7}");
    let (spans, trace) = sketch::store(&sketch);
    let w = waterfall(&spans, trace, &WaterfallOptions::default());
    let mut folds = Folds::default();
    folds.update(&w, &HashSet::new());
    let view = View { range: w.range, scroll: 0.0, height: 24.0, time_width: 600.0 };
    let scene = scene(&spans, &w, &folds, None, &view, &ServiceColours::new(&spans, &w.services, true));
    assert_eq!(scene.rows[0].service, "a⟨202E⟩b");
    assert_eq!(scene.rows[0].operation.chars().count(), text::LONGEST);
}

/// A root with very many children: what is computed is bounded by the pixels.
#[test]
fn a_hundred_thousand_children_are_thinned_to_pixels() {
    let template = sketch::records("a INTERNAL 0..1000").remove(0);
    let child = |i: u64| SpanRecord {
        span_id: SpanId((i + 1).to_be_bytes()),
        parent_id: SpanId(u64::from(i > 0).to_be_bytes()),
        start: template.start + Nanos(i as i64 * 9_000),
        end: if i == 0 { template.end } else { template.start + Nanos(i as i64 * 9_000 + 4_000) },
        ..template.clone()
    };
    let (spans, trace) = sketch::store_records(&(0..100_000).map(child).collect::<Vec<_>>());
    let w = waterfall(&spans, trace, &WaterfallOptions::default());
    let mut folds = Folds::default();
    folds.update(&w, &HashSet::new());
    let view = View { range: w.range, scroll: 50_000.5, height: 480.0, time_width: 800.0 };
    let top = scene(
        &spans,
        &w,
        &folds,
        None,
        &View { scroll: 0.0, ..view },
        &ServiceColours::new(&spans, &w.services, true),
    );
    let bar = top.rows[0].bar.as_ref().unwrap();
    assert!(bar.own.len() <= 1600 && bar.path.len() <= 1600, "{} {}", bar.own.len(), bar.path.len());
    let middle = scene(&spans, &w, &folds, None, &view, &ServiceColours::new(&spans, &w.services, true));
    assert_eq!(middle.rows.len(), 21);
    assert_eq!((middle.rows[0].row, middle.rows[0].y), (50_000, -12.0));
}

#[test]
fn ticks_are_round() {
    let labels = |ms: i64| {
        let range = TimeRange::new(sketch::ORIGIN, sketch::ORIGIN + Nanos::from_millis(ms));
        let labels: Vec<String> = ticks(sketch::ORIGIN, range, 440.0).into_iter().map(|t| t.label).collect();
        labels.join(" ")
    };
    let all = [7, 180, 3_200, 95_000, 7_200_000].map(labels);
    expect![[r#"
        0 2 ms 4 ms 6 ms
        0 50 ms 100 ms 150 ms
        0 1 s 2 s 3 s
        0 30 s 1 m 00 s 1 m 30 s
        0 30 m 00 s 1 h 00 m 1 h 30 m 2 h 00 m"#]]
    .assert_eq(&all.join("\n"));
}
