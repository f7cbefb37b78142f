//! Waterfalls of traces drawn as text.
use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::*;
use crate::analysis::sketch;
use crate::model::SpanRecord;

fn of(sketch: &str) -> (Spans, Waterfall) {
    let (spans, trace) = sketch::store(sketch);
    let waterfall = waterfall(&spans, trace, &WaterfallOptions::default());
    (spans, waterfall)
}

fn ms(t: Timestamp) -> f64 {
    (t - sketch::ORIGIN).as_millis_f64()
}

/// One line a row: where it is, when it ran, its self time, and everything odd.
fn draw(spans: &Spans, w: &Waterfall) -> String {
    let mut out = String::new();
    for r in &w.rows {
        let name = match r.key {
            RowKey::Span(_) => spans.text(r.service).to_owned(),
            RowKey::Missing(id) => format!("missing {id}"),
        };
        let indent = "  ".repeat(r.depth as usize);
        let _ = write!(out, "{indent}{name} {}..{}", ms(r.start), ms(r.end));
        let _ = write!(out, " self {}", r.self_time.as_millis_f64());
        for s in w.sections(r) {
            let _ = write!(out, " *{}..{}", ms(s.from), ms(s.to));
        }
        if r.error != ErrorMark::None {
            let _ = write!(out, " {:?}", r.error);
        }
        if let Some(s) = r.skew {
            let _ = write!(out, " skew {}", s.as_millis_f64());
        }
        if let Some(s) = r.refused_skew {
            let _ = write!(out, " refused {}", s.as_millis_f64());
        }
        if let Some(o) = r.overhang {
            let _ = write!(out, " overhang {}", o.as_millis_f64());
        }
        let flags = [
            (r.is_async, " async"),
            (r.is_undated, " undated"),
            (r.marks.is_orphan, " orphan"),
            (r.marks.is_cycle, " cycle"),
            (r.marks.is_self_parent, " self-parent"),
            (r.marks.is_shared_id, " shared"),
        ];
        flags.iter().filter(|f| f.0).for_each(|f| out.push_str(f.1));
        out.push('\n');
    }
    out
}

fn check(sketch: &str, expected: &Expect) {
    let (spans, w) = of(sketch);
    expected.assert_eq(&draw(&spans, &w));
}

#[test]
fn parallel_and_sequential_children() {
    check(
        "web SERVER 0..100
           cart INTERNAL 10..30
           price INTERNAL 40..90
           stock INTERNAL 50..80",
        &expect![[r#"
            web 0..100 self 30 *0..10 *30..40 *90..100
              cart 10..30 self 20 *10..30
              price 40..90 self 50 *40..90
              stock 50..80 self 30
        "#]],
    );
}

/// Golden case 19.
#[test]
fn a_clock_five_seconds_ahead_is_corrected_with_all_that_hangs_on_it() {
    check(
        "web SERVER 0..100 host=a
           web CLIENT 10..90 host=a
             stock SERVER 5020..5080 host=b
               stock INTERNAL 5030..5070 host=b",
        &expect![[r#"
            web 0..100 self 20 *0..10 *90..100
              web 10..90 self 20 *10..20 *80..90
                stock 20..80 self 20 *20..30 *70..80 skew -5000
                  stock 30..70 self 40 *30..70 skew -5000
        "#]],
    );
}

#[test]
fn a_clock_too_far_off_is_told_and_left_alone() {
    check(
        "web CLIENT 0..100 host=a
           stock SERVER 60020..60080 host=b",
        &expect![[r#"
            web 0..100 self 100 *0..100
              stock 60020..60080 self 60 refused -60000 async
        "#]],
    );
}

/// Golden case 20.
#[test]
fn a_server_that_works_on_after_its_caller_gave_up_overhangs() {
    check(
        "pay CLIENT 0..1000 error
           bank SERVER 20..9200
             db CLIENT 100..9000",
        &expect![[r#"
            pay 0..1000 self 20 *0..20 Origin
              bank 20..9200 self 280 *20..100 overhang 8200
                db 100..9000 self 8900 *100..1000
        "#]],
    );
}

#[test]
fn a_caller_that_failed_is_not_taken_for_clock_skew() {
    check(
        "pay CLIENT 0..1000 error
           bank SERVER 500..1400",
        &expect![[r#"
            pay 0..1000 self 500 *0..500 Origin
              bank 500..1400 self 900 *500..1000 overhang 400
        "#]],
    );
}

/// Golden case 33.
#[test]
fn a_cycle_is_cut_at_its_earliest_span() {
    check(
        "
         a SERVER 0..100 id=1 parent=3
         b SERVER 10..90 id=2 parent=1
         c SERVER 20..80 id=3 parent=2",
        &expect![[r#"
            a 0..100 self 20 *0..10 *90..100 cycle
              b 10..90 self 20 *10..20 *80..90
                c 20..80 self 60 *20..80
        "#]],
    );
}

#[test]
fn spans_of_one_missing_parent_share_a_row() {
    check(
        "
         b SERVER 50..90 parent=77
         c SERVER 20..40 parent=77
         d SERVER 5..6 id=9 parent=9
         a SERVER 0..10",
        &expect![[r#"
            a 0..10 self 10 *0..10
            d 5..6 self 1 self-parent
            missing 000000000000004d 20..90 self 0
              c 20..40 self 20 orphan
              b 50..90 self 40 orphan
        "#]],
    );
}

#[test]
fn without_a_root_the_longest_fragment_has_the_critical_path() {
    check(
        "
         b SERVER 50..90 parent=77
         c SERVER 20..40 parent=78",
        &expect![[r#"
            missing 000000000000004e 20..40 self 0
              c 20..40 self 20 orphan
            missing 000000000000004d 50..90 self 0
              b 50..90 self 40 *50..90 orphan
        "#]],
    );
}

#[test]
fn an_error_has_an_origin_a_way_up_and_someone_who_handled_it() {
    check(
        "web SERVER 0..100
           web INTERNAL 1..99
             cart CLIENT 10..90 error
               cart INTERNAL 20..80
                 db CLIENT 30..70 error
             ads CLIENT 91..95",
        &expect![[r#"
            web 0..100 self 2 *0..1 *99..100
              web 1..99 self 14 *1..10 *90..91 *95..99 Handled
                cart 10..90 self 20 *10..20 *80..90 Propagated
                  cart 20..80 self 20 *20..30 *70..80
                    db 30..70 self 40 *30..70 Origin
                ads 91..95 self 4 *91..95
        "#]],
    );
}

#[test]
fn a_status_code_of_five_hundred_is_an_error_without_a_status() {
    check(
        "web SERVER 0..100 http.response.status_code=503
           cart CLIENT 10..90 http.response.status_code=404
           ads CLIENT 10..90 ok http.response.status_code=500",
        &expect![[r#"
            web 0..100 self 20 *0..10 *90..100 Propagated
              cart 10..90 self 80 *10..90 Origin
              ads 10..90 self 80
        "#]],
    );
}

#[test]
fn what_nobody_waited_for_is_off_the_path() {
    check(
        "shop SERVER 0..100
           shop PRODUCER 10..20
             mail CONSUMER 15..18 error
           shop INTERNAL 90..300
           shop INTERNAL 120..130",
        &expect![[r#"
            shop 0..100 self 90 *0..10 *20..100
              shop 10..20 self 10 *10..20
                mail 15..18 self 3 Origin async
              shop 90..300 self 210 async
              shop 120..130 self 10 async
        "#]],
    );
}

#[test]
fn spans_without_times_stand_where_their_parent_starts() {
    check(
        "web SERVER 10..100
           cart INTERNAL -
             db CLIENT 20..30",
        &expect![[r#"
            web 10..100 self 90 *10..100
              cart 10..10 self 0 undated
                db 20..30 self 10
        "#]],
    );
}

#[test]
fn nothing_has_a_time() {
    let (_, w) = of("web SERVER -");
    assert!(w.range.is_empty());
    assert_eq!(w.rows.len(), 1);
}

#[test]
fn totals_count_spans_errors_and_services() {
    let (spans, w) = of("
                         web SERVER 0..100 error
                           cart CLIENT 10..90 error
                           ads CLIENT 10..20
                         cart SERVER 12..80 parent=99");
    let services: Vec<&str> = w.services.iter().map(|s| spans.text(*s)).collect();
    assert_eq!((w.spans, w.errors, w.missing, services), (4, 2, 1, vec!["ads", "cart", "web"]));
    assert_eq!(w.rows[0].errors_below, 1);
    assert_eq!(w.rows[0].subtree, 3);
    assert_eq!(w.children(0).collect::<Vec<_>>(), vec![1, 2]);
    assert_eq!(ms(w.range.end), 100.0);
}

#[test]
fn versions_of_a_span_share_its_row() {
    let mut records = sketch::records("web SERVER 0..50\nweb SERVER 0..80 id=1");
    records[1].name = "later".into();
    let (spans, trace) = sketch::store_records(&records);
    let w = waterfall(&spans, trace, &WaterfallOptions::default());
    assert_eq!(w.rows.len(), 1);
    assert_eq!(w.versions(&w.rows[0]), [SpanRow(0)]);
    assert_eq!(w.place_of(SpanRow(0)), Some(0));
}

#[test]
fn the_order_of_arrival_does_not_matter() {
    let sketch = "web SERVER 0..100 error
                    cart CLIENT 10..90 error
                      cart SERVER 4020..4080 host=c
                    ads CLIENT 10..20
                  lost SERVER 12..80 parent=99";
    let mut records = sketch::records(sketch);
    let (spans, w) = of(sketch);
    let expected = draw(&spans, &w);
    records.reverse();
    let (spans, trace) = sketch::store_records(&records);
    let reversed = waterfall(&spans, trace, &WaterfallOptions::default());
    assert_eq!(draw(&spans, &reversed), expected);
}

#[test]
fn a_chain_of_a_hundred_thousand_spans_is_no_deeper_than_the_stack() {
    let chain = chain(100_000);
    let (spans, trace) = sketch::store_records(&chain);
    let w = waterfall(&spans, trace, &WaterfallOptions::default());
    assert_eq!(w.rows.last().map(|r| r.depth), Some(99_999));
    assert_eq!(w.rows[0].subtree, 100_000);
    let path: i64 = w.rows.iter().flat_map(|r| w.sections(r)).map(|s| (s.to - s.from).0).sum();
    assert_eq!(path, w.rows[0].duration().0);
}

/// Each span inside the one before it, by a nanosecond on both sides.
fn chain(length: u64) -> Vec<SpanRecord> {
    let template = sketch::records("a INTERNAL 0..1000").remove(0);
    let link = |i: u64| SpanRecord {
        span_id: SpanId((i + 1).to_be_bytes()),
        parent_id: SpanId(i.to_be_bytes()),
        start: template.start + Nanos(i as i64),
        end: template.end - Nanos(i as i64),
        ..template.clone()
    };
    (0..length).map(link).collect()
}
