//! The panel as people use it: pointer, keys and screen reader.
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use super::*;
use crate::analysis::{WaterfallOptions, sketch, waterfall};
use crate::model::{EventRecord, LinkRecord, SpanRecord, Value};

const CHECKOUT: &str = "
    checkout SERVER 0..3200 error name=POST_/checkout
      checkout CLIENT 10..2510 name=check_stock
        inventory SERVER 20..2500 name=check_stock message=pool_is_empty
      checkout CLIENT 2600..3100 error name=charge
        payment SERVER 2620..4000 name=charge";

struct Shown {
    spans: Spans,
    waterfall: Waterfall,
    state: WaterfallState,
    events: Vec<WaterfallEvent>,
    has_fonts: bool,
}

fn open(records: &[SpanRecord]) -> Harness<'static, Shown> {
    open_sized(records, [1100.0, 500.0])
}

fn open_sized(records: &[SpanRecord], size: [f32; 2]) -> Harness<'static, Shown> {
    let (spans, trace) = sketch::store_records(records);
    let waterfall = waterfall(&spans, trace, &WaterfallOptions::default());
    let state = WaterfallState { zone: jiff::tz::TimeZone::UTC, ..WaterfallState::default() };
    let shown = Shown { spans, waterfall, state, events: Vec::new(), has_fonts: false };
    let mut harness = Harness::builder().with_size(size).with_step_dt(0.02).build_ui_state(
        |ui, s: &mut Shown| {
            if !std::mem::replace(&mut s.has_fonts, true) {
                // Fonts are there from the next frame on.
                return crate::view::theme::install(ui.ctx());
            }
            let events = show(ui, &s.spans, &s.waterfall, &mut s.state, &Palette::DARK);
            s.events.extend(events);
        },
        shown,
    );
    harness.run_steps(3);
    harness
}

#[test]
fn rows_are_named_buttons() {
    let harness = open(&sketch::records(CHECKOUT));
    harness.get_by_role_and_label(Role::Button, "inventory check stock, 2.48 s");
    harness.get_by_label("checkout charge, 500 ms, error begins here");
    harness.get_by_label("checkout POST /checkout, 3.2 s, error");
}

#[test]
fn a_click_selects_and_shows_details() {
    let mut harness = open(&sketch::records(CHECKOUT));
    harness.get_by_label("inventory check stock, 2.48 s").click();
    harness.run_steps(3);
    assert_eq!(harness.state().state.selected, Some(SpanRow(2)));
    assert_eq!(harness.state().events, [WaterfallEvent::SpanSelected(SpanRow(2))]);
    harness.get_by_label("pool is empty");
    harness.get_by_label("Close details").click();
    harness.run_steps(2);
    assert_eq!(harness.state().state.selected, None);
}

#[test]
fn arrows_move_fold_and_unfold() {
    let mut harness = open(&sketch::records(CHECKOUT));
    harness.get_by_label("checkout POST /checkout, 3.2 s, error").click();
    harness.run_steps(2);
    let mut press = |key| {
        harness.key_press(key);
        harness.run_steps(2);
        let state = &harness.state().state;
        (state.selected.map(|s| s.0), state.collapsed.len())
    };
    assert_eq!(press(egui::Key::ArrowDown), (Some(1), 0));
    assert_eq!(press(egui::Key::ArrowLeft), (Some(1), 1));
    assert_eq!(press(egui::Key::ArrowDown), (Some(3), 1));
    assert_eq!(press(egui::Key::ArrowUp), (Some(1), 1));
    assert_eq!(press(egui::Key::ArrowRight), (Some(1), 0));
    assert_eq!(press(egui::Key::ArrowRight), (Some(2), 0));
    assert_eq!(press(egui::Key::ArrowLeft), (Some(1), 0));
    assert_eq!(press(egui::Key::End), (Some(4), 0));
    assert_eq!(press(egui::Key::Home), (Some(0), 0));
}

#[test]
fn the_buttons_tell_the_window() {
    let mut harness = open(&sketch::records(CHECKOUT));
    harness.get_by_label("Use the full height").click();
    harness.run_steps(2);
    harness.get_by_label("Close trace").click();
    harness.run_steps(2);
    let expected = [WaterfallEvent::ToggleFullHeight, WaterfallEvent::Closed];
    assert_eq!(harness.state().events, expected);
    assert!(harness.state().state.full_height);
}

#[test]
fn links_can_be_opened_and_events_are_listed() {
    let mut records = sketch::records(CHECKOUT);
    let trace_id = TraceId([7; 16]);
    records[0].links.push(LinkRecord { trace_id, span_id: SpanId([8; 8]), ..LinkRecord::default() });
    let time = records[0].start + crate::model::Nanos::from_millis(5);
    records[0].events.push(EventRecord {
        time,
        name: "cache miss".into(),
        attributes: vec![("cache.key".into(), Value::str("cart:17"))],
        ..EventRecord::default()
    });
    records[0].dropped_events = 3;
    let mut harness = open(&records);
    harness.get_by_label("checkout POST /checkout, 3.2 s, error").click();
    harness.run_steps(3);
    harness.get_by_label("cache miss");
    harness.get_by_label("cart:17");
    harness.get_by_label("The SDK dropped 3 events");
    harness.get_by_label_contains("trace 070707").click();
    harness.run_steps(2);
    let opened = WaterfallEvent::OpenLink(trace_id, SpanId([8; 8]));
    assert_eq!(harness.state().events.last(), Some(&opened));
}

#[test]
fn revealing_a_span_opens_what_hides_it_and_scrolls() {
    let chain: String = (0..200).map(|i| format!("{:i$}a INTERNAL 0..{}\n", "", 1000 - i)).collect();
    let mut harness = open(&sketch::records(&chain));
    let key = harness.state().waterfall.rows[3].key;
    harness.state_mut().state.collapsed.insert(key);
    let shown = harness.state_mut();
    shown.state.reveal(&shown.waterfall, SpanRow(150));
    harness.run_steps(3);
    let state = &harness.state().state;
    assert!(state.collapsed.is_empty());
    assert!((130.0..=150.0).contains(&state.scroll), "{}", state.scroll);
    harness.get_by_label("a [150] work, 850 ms");
}

#[test]
fn a_drag_over_the_ruler_zooms_and_the_button_goes_back() {
    let mut harness = open(&sketch::records(CHECKOUT));
    harness.drag_at(pos2(600.0, 56.0));
    harness.run_steps(2);
    harness.hover_at(pos2(800.0, 56.0));
    harness.run_steps(2);
    harness.drop_at(pos2(800.0, 56.0));
    harness.run_steps(2);
    let zoom = harness.state().state.zoom.unwrap();
    assert!(zoom.length().as_secs_f64() < 2.0, "{zoom:?}");
    harness.get_by_label("Show all of the time").click();
    harness.run_steps(2);
    assert_eq!(harness.state().state.zoom, None);
}

#[test]
fn a_panel_with_no_room_is_no_reason_to_panic() {
    for size in [[1100.0, 70.0], [1100.0, 20.0], [120.0, 300.0], [8.0, 8.0]] {
        let mut harness = open_sized(&sketch::records(CHECKOUT), size);
        let shown = harness.state_mut();
        shown.state.reveal(&shown.waterfall, SpanRow(4));
        shown.state.zoom = Some(TimeRange::new(sketch::ORIGIN, sketch::ORIGIN + crate::model::Nanos(1)));
        harness.run_steps(3);
    }
}

#[test]
fn broken_and_empty_traces_are_shown_without_a_panic() {
    for sketch in ["a SERVER -", "\na SERVER 5..1 id=1 parent=1\nb CLIENT 0..0 parent=9"] {
        open(&sketch::records(sketch));
    }
    let mut harness = open(&sketch::records(CHECKOUT));
    let shown = harness.state_mut();
    shown.waterfall = waterfall(&shown.spans, crate::model::TraceIndex(9), &WaterfallOptions::default());
    shown.state.selected = Some(SpanRow(77));
    harness.run_steps(2);
    harness.get_by_label("This trace is no longer stored");
}

#[test]
fn hovering_a_row_tells_more() {
    let mut harness = open(&sketch::records(CHECKOUT));
    harness.get_by_label("payment charge, 1.38 s").hover();
    harness.run_steps(60);
    harness.get_by_label_contains("of its own");
    harness.get_by_label("Worked on for 900 ms after its caller gave up");
}

#[test]
fn a_double_click_shows_the_time_of_a_row() {
    let mut harness = open(&sketch::records(CHECKOUT));
    for _ in 0..2 {
        harness.get_by_label("checkout charge, 500 ms, error begins here").click();
    }
    harness.run_steps(2);
    let zoom = harness.state().state.zoom.unwrap();
    assert_eq!(text_of(zoom), "2574..3125");
}

fn text_of(range: TimeRange) -> String {
    let ms = |t: crate::model::Timestamp| (t - sketch::ORIGIN).0 / 1_000_000;
    format!("{}..{}", ms(range.start), ms(range.end))
}
