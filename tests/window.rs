//! The whole window, driven as a person would: through names, clicks, keys.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says why by failing")]
mod opened;

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers, Pos2, Rect, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use egui_kittest::{Harness, TestRenderer};
use spanscape::app::headless::{SnapshotOptions, draw};
use spanscape::app::{App, Command, Item, Session, Window};
use spanscape::engine::{Engine, EngineOptions};
use spanscape::graph::Snapshot;
use spanscape::ingest::receiver::{Config, Receiver};
use spanscape::layout::Mode;
use spanscape::model::{
    Arrival, Delivery, ResourceRecord, SourceId, SourceKind, SpanId, SpanKind, SpanRecord, StatusCode,
    Timestamp, TraceId, Value, batch_from_records,
};
use spanscape::view::soft::SoftPainter;

#[derive(Default)]
struct Soft(SoftPainter);

impl TestRenderer for Soft {
    fn handle_delta(&mut self, delta: &mut egui::TexturesDelta) {
        self.0.apply(delta);
    }
    fn render(&mut self, ctx: &egui::Context, out: &egui::FullOutput) -> Result<image::RgbaImage, String> {
        let ppp = ctx.pixels_per_point();
        let size = ctx.content_rect().size() * ppp;
        let (w, h) = (size.x.round() as usize, size.y.round() as usize);
        let prims = ctx.tessellate(out.shapes.clone(), ppp);
        let pixels = self.0.paint([w, h], ppp, &prims, egui::Color32::BLACK);
        let bytes = pixels.iter().flat_map(|c| c.to_array()).collect();
        image::RgbaImage::from_raw(w as u32, h as u32, bytes).ok_or_else(|| "no picture".to_owned())
    }
}

/// Two services: `shop` calls `stock`, which fails in every fifth trace and is slow late.
fn records() -> Vec<SpanRecord> {
    let sender = |name: &str| {
        let attributes = vec![("service.name".to_owned(), Value::Str(name.into()))];
        Arc::new(ResourceRecord { attributes, ..ResourceRecord::default() })
    };
    let (shop, stock) = (sender("shop"), sender("stock"));
    let mut out = Vec::new();
    for i in 0..100u8 {
        let start = 1_767_348_000_000_000_000 + i64::from(i) * 6_000_000_000;
        let at = |ms: i64| Timestamp(start + ms * 1_000_000);
        let mut id = [0; 16];
        id[15] = i + 1;
        let span = |n: u8, parent: u8, kind, from: i64, to: i64| SpanRecord {
            resource: if n == 3 { stock.clone() } else { shop.clone() },
            trace_id: TraceId(id),
            span_id: SpanId([i + 1, n, 0, 0, 0, 0, 0, 1]),
            parent_id: if parent == 0 { SpanId::NONE } else { SpanId([i + 1, parent, 0, 0, 0, 0, 0, 1]) },
            start: at(from),
            end: at(to),
            name: if n == 3 { "reserve".to_owned() } else { "POST /buy".to_owned() },
            kind,
            status: if i % 5 == 0 { StatusCode::Error } else { StatusCode::Ok },
            ..SpanRecord::default()
        };
        let long = if i > 70 { 900 } else { 90 };
        out.push(span(1, 0, SpanKind::Server, 0, long + 20));
        out.push(span(2, 1, SpanKind::Client, 5, long + 10));
        out.push(span(3, 2, SpanKind::Server, 8, long));
    }
    out
}

fn snapshot() -> Arc<Snapshot> {
    opened::snapshot(&records())
}

fn window(session: Session) -> Harness<'static, App> {
    opened::window(Harness::builder().with_size([1600.0, 1000.0]).renderer(Soft::default()), session)
}

fn loaded() -> Harness<'static, App> {
    window(Session::still(snapshot()))
}

/// The widget of this kind whose name begins so, left or right of the line between list and map.
fn place(h: &Harness<'_, App>, starts: &str, on_map: bool) -> Rect {
    let found: Vec<Rect> = h
        .get_all_by_label_contains(starts)
        .filter(|n| n.accesskit_node().label().is_some_and(|l| l.starts_with(starts)))
        .map(|n| n.rect())
        .filter(|r| (r.left() > 330.0) == on_map && r.right() < 1240.0)
        .collect();
    *found.first().unwrap_or_else(|| panic!("{starts} is not shown"))
}

fn click_at(h: &mut Harness<'_, App>, at: Pos2) {
    h.hover_at(at);
    h.step();
    h.drag_at(at);
    h.drop_at(at);
    h.run_steps(4);
}

fn selected(h: &Harness<'_, App>) -> Option<Item> {
    h.state().state.place.selection.clone()
}

fn node(id: &str) -> Option<Item> {
    Some(Item::Node(format!("service:{id}")))
}

#[test]
fn the_start_page_shows_the_ports_and_the_ways_in() {
    let engine = Engine::start(EngineOptions::default()).unwrap();
    let loopback = |port| vec![(std::net::Ipv4Addr::LOCALHOST, port).into()];
    let config = Config { grpc: loopback(0), http: loopback(0), ..Config::default() };
    let receiver = Receiver::start(config, engine.arrivals().unwrap()).unwrap();
    let addresses: Vec<String> = receiver.addresses().iter().map(|a| a.1.to_string()).collect();
    assert_eq!(addresses.len(), 2);
    let h = window(Session::live(engine, Some(Ok(receiver))));
    for address in addresses {
        assert!(h.query_all_by_label_contains(&address).count() > 0, "{address} is shown");
    }
    for way in ["Open files…", "Open sample", "Python", "Copy"] {
        assert!(h.query_all_by_label_contains(way).count() > 0, "{way} is offered");
    }
}

#[test]
fn a_snapshot_shows_its_services_in_the_list_and_on_the_map() {
    let h = loaded();
    for name in ["shop, service", "stock, service"] {
        place(&h, name, false);
        place(&h, name, true);
    }
    h.get_by_label("Overview");
    assert!(h.query_all_by_label_contains("of its calls fail").count() > 0, "the failures are told");
}

#[test]
fn clicking_a_service_selects_it_everywhere() {
    let mut h = loaded();
    let row = place(&h, "stock, service", false);
    click_at(&mut h, row.center());
    assert_eq!(selected(&h), node("stock"));
    h.get_by_label("Clear selection");
    let on_map = place(&h, "shop, service", true);
    click_at(&mut h, on_map.center());
    assert_eq!(selected(&h), node("shop"));
    h.key_press_modifiers(Modifiers::ALT, Key::ArrowLeft);
    h.run_steps(3);
    assert_eq!(selected(&h), node("stock"), "back in history");
    h.key_press_modifiers(Modifiers::ALT, Key::ArrowRight);
    h.run_steps(3);
    assert_eq!(selected(&h), node("shop"), "and forward");
}

#[test]
fn pointing_at_a_row_lights_the_node_and_at_the_node_the_row() {
    let mut h = loaded();
    let hinted = |h: &Harness<'_, App>| h.state().state.hinted.clone();
    let row = place(&h, "stock, service", false);
    let on_map = place(&h, "stock, service", true);
    for at in [row, on_map] {
        h.hover_at(at.center());
        h.run_steps(4);
        assert_eq!(hinted(&h), node("stock"));
        assert!(h.state().state.map.hinted.is_some());
        h.hover_at(h.get_by_label("Overview").rect().center());
        h.run_steps(4);
        assert_eq!((hinted(&h), h.state().state.map.hinted), (None, None), "and it goes out again");
    }
}

#[test]
fn the_impact_tab_names_the_entry_point() {
    let mut h = loaded();
    h.state_mut().command(Command::Select(node("stock")));
    h.run_steps(3);
    h.get_by_label("Impact").click();
    h.run_steps(3);
    assert!(h.query_all_by_label_contains("shop · POST /buy, 100%").count() > 0);
}

#[test]
fn a_trace_opens_its_waterfall_and_escape_goes_back_step_by_step() {
    let mut h = loaded();
    h.state_mut().command(Command::Select(node("stock")));
    h.run_steps(3);
    let trace = h.get_all_by_label_contains("Trace shop POST /buy").next().unwrap().rect();
    click_at(&mut h, trace.center());
    assert!(h.state().state.place.trace.is_some());
    assert!(h.query_all_by_label_contains("reserve").count() > 0, "its spans are shown");
    assert!(h.state().state.map.lit.as_ref().is_some_and(|l| !l.is_empty()), "its path is in the light");
    for left in [(true, false), (false, false)] {
        h.key_press(Key::Escape);
        h.run_steps(3);
        let place = &h.state().state.place;
        assert_eq!((place.selection.is_some(), place.trace.is_some()), left);
    }
}

#[test]
fn a_filter_with_a_mistake_says_where_and_a_good_one_narrows() {
    let mut h = loaded();
    h.key_press_modifiers(Modifiers::COMMAND, Key::F);
    h.run_steps(3);
    let field = h.get_by_role_and_label(Role::TextInput, "Filter");
    field.type_text("service:shop AND dur>fast");
    h.run_steps(3);
    assert!(h.query_all_by_label_contains("fast is not a duration").count() > 0);
    place(&h, "stock, service", false);
    h.state_mut().command(Command::SetFilter("service:nobody".to_owned()));
    h.run_steps(3);
    h.get_by_label("No trace matches this filter.");
    // Here and in the bar above.
    h.query_all_by_label("Clear the filter").last().unwrap().click();
    h.run_steps(4);
    place(&h, "stock, service", false);
}

#[test]
fn a_brush_over_the_timeline_narrows_and_escape_widens() {
    let mut h = loaded();
    let line = h.get_by_label_contains("Timeline from").rect();
    let at = |share: f32| line.left_center() + vec2(line.width() * share, 0.0);
    h.hover_at(at(0.2));
    h.step();
    h.drag_at(at(0.2));
    h.step();
    h.hover_at(at(0.4));
    h.step();
    h.drop_at(at(0.6));
    h.run_steps(3);
    let Window::Range(range) = h.state().state.window else { panic!("a window is chosen") };
    let all = h.state().lens().window.map(|w| w.length());
    assert_eq!(all, Some(range.length()));
    let seconds = range.length().as_secs_f64();
    assert!((220.0..260.0).contains(&seconds), "two fifths of ten minutes: {seconds}");
    assert!(
        h.query_all_by_label_contains("40 traces").count()
            + h.query_all_by_label_contains("41 traces").count()
            > 0
    );
    h.key_press(Key::Escape);
    h.run_steps(3);
    assert_eq!(h.state().state.window, Window::All);
}

#[test]
fn a_file_that_is_none_says_so_on_the_start_page() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("holiday.jpg");
    std::fs::write(&path, [0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 4]).unwrap();
    let engine = Engine::start(EngineOptions::default()).unwrap();
    let mut h = window(Session::live(engine, None));
    h.state_mut().command(Command::Open(vec![path]));
    wait_for(&mut h, "could not be read");
}

#[test]
fn a_window_can_be_typed_and_says_what_is_wrong_at_the_field() {
    let mut h = loaded();
    h.get_by_label("Window: All data").click();
    h.run_steps(3);
    let from = h.get_by_role_and_label(Role::TextInput, "From");
    from.focus();
    from.type_text("noon");
    h.run_steps(3);
    h.get_by_label("This cannot be read as a time");
    assert_eq!(h.state().state.window, Window::All);
    h.state_mut().state.fields.from = "-2m".to_owned();
    h.run_steps(2);
    h.get_by_label("Look at this window").click();
    h.run_steps(4);
    let Window::Range(range) = h.state().state.window else { panic!("a window is chosen") };
    assert_eq!(range.length().as_secs_f64(), 120.0);
    assert!(h.query_all_by_label_contains("20 traces").count() > 0);
}

/// One trace through this many services, each calling the next and the one after it.
fn chain(services: u8, trace: u8) -> Arrival {
    let mut records = Vec::new();
    let id = |n: u8, of: u8| SpanId([trace, n, of, 0, 0, 0, 0, 1]);
    for n in 0..services {
        let attributes = vec![("service.name".to_owned(), Value::Str(format!("s{n}").into()))];
        let at = |ms: i64| Timestamp(1_767_348_000_000_000_000 + ms * 1_000_000);
        let span = |span_id, parent_id, kind, name: &str| SpanRecord {
            resource: Arc::new(ResourceRecord {
                attributes: attributes.clone(),
                ..ResourceRecord::default()
            }),
            trace_id: TraceId([trace; 16]),
            span_id,
            parent_id,
            start: at(i64::from(n)),
            end: at(1000 - i64::from(n)),
            name: name.to_owned(),
            kind,
            ..SpanRecord::default()
        };
        let parent = if n == 0 { SpanId::NONE } else { id(n - 1, 1) };
        records.push(span(id(n, 0), parent, SpanKind::Server, "serve"));
        if n + 1 < services {
            records.push(span(id(n, 1), id(n, 0), SpanKind::Client, "call"));
        }
    }
    Arrival::Spans(SourceId(1), Delivery { batch: batch_from_records(&records), ..Delivery::default() })
}

/// Steps until the map shows this many nodes, and stands still; gives where they stand.
fn places_of(h: &mut Harness<'_, App>, nodes: usize) -> std::collections::BTreeMap<String, Pos2> {
    for _ in 0..5000 {
        h.step();
        if h.state().state.map.scene().nodes.len() == nodes {
            h.run_steps(4);
            return h.state().state.map.scene().positions();
        }
        std::thread::yield_now();
    }
    panic!("there are never {nodes} nodes, but {}", h.state().state.map.scene().nodes.len());
}

#[test]
fn a_live_map_settles_while_it_grows_and_keeps_still_once_arranged() {
    let engine = Engine::start(EngineOptions::default()).unwrap();
    let arrivals = engine.arrivals().unwrap();
    let mut h = window(Session::live(engine, None));
    arrivals.send(Arrival::Opened(SourceId(1), SourceKind::Grpc, "live".to_owned())).unwrap();
    // As many nodes as services, and the user.
    arrivals.send(chain(2, 1)).unwrap();
    let small = places_of(&mut h, 3);
    arrivals.send(chain(3, 2)).unwrap();
    let grown = places_of(&mut h, 4);
    assert_eq!(
        small,
        grown.clone().into_iter().filter(|g| small.contains_key(&g.0)).collect(),
        "a few more are put beside the others"
    );
    arrivals.send(chain(9, 3)).unwrap();
    let large = places_of(&mut h, 10);
    let engine = Engine::start(EngineOptions::default()).unwrap();
    let at_once = engine.arrivals().unwrap();
    at_once.send(Arrival::Opened(SourceId(1), SourceKind::Grpc, "live".to_owned())).unwrap();
    (1..=3).zip([2, 3, 9]).for_each(|(t, n)| at_once.send(chain(n, t)).unwrap());
    drop(at_once);
    let mut fresh = window(Session::still(engine.finish()));
    assert_eq!(large, places_of(&mut fresh, 10), "as if all had been there from the beginning");
    let s0 = "service:s0".to_owned();
    h.state_mut().state.map.positions.insert(s0.clone(), large[&s0] + vec2(0.0, 300.0));
    arrivals.send(chain(30, 4)).unwrap();
    let arranged = places_of(&mut h, 31);
    assert_eq!(arranged[&s0], large[&s0] + vec2(0.0, 300.0), "what was put somewhere stays there");
}

/// Steps until the window shows this text.
fn wait_for(h: &mut Harness<'_, App>, text: &str) {
    for _ in 0..5000 {
        h.step();
        if h.query_all_by_label_contains(text).count() > 0 {
            return;
        }
        std::thread::yield_now();
    }
    panic!("{text} is never shown");
}

#[test]
fn a_followed_file_is_named_until_it_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("live.jsonl");
    let span = r#"{"traceId":"11111111111111111111111111111111","spanId":"1111111111111111","name":"a"}"#;
    std::fs::write(&path, format!("{{\"resourceSpans\":[{{\"scopeSpans\":[{{\"spans\":[{span}]}}]}}]}}\n"))
        .unwrap();
    let engine = Engine::start(EngineOptions::default()).unwrap();
    let mut h = window(Session::live(engine, None).follow(true));
    h.state_mut().command(Command::Open(vec![path]));
    wait_for(&mut h, "Following live.jsonl");
    wait_for(&mut h, "Overview");
    h.get_by_label_contains("Sources").click();
    h.run_steps(3);
    h.get_by_label_contains("Followed as it grows");
    let mut crosses = h.get_all_by_label_contains("Stop following");
    let is_own = |l: &String| l.ends_with("live.jsonl");
    crosses.find(|n| n.accesskit_node().label().as_ref().is_some_and(is_own)).unwrap().click();
    drop(crosses);
    h.run_steps(3);
    assert_eq!(h.query_all_by_label_contains("Following").count(), 0);
}

#[test]
fn the_keys_are_listed_on_request() {
    let mut h = loaded();
    h.get_by_label("Keys and help").click();
    h.run_steps(4);
    h.get_by_label("Ctrl + O");
    h.key_press(Key::Escape);
    h.run_steps(4);
    assert!(h.query_by_label("Ctrl + O").is_none());
}

#[test]
fn a_picture_of_the_same_spans_has_the_same_bytes() {
    let options = || SnapshotOptions {
        size: [1100, 700],
        select: Some("stock".to_owned()),
        tab: Some("calls".to_owned()),
        ..SnapshotOptions::default()
    };
    let first = draw(snapshot(), options());
    assert_eq!(first.dimensions(), (1100, 700));
    assert!(first.as_raw() == draw(snapshot(), options()).as_raw(), "two runs, one picture");
    let other = SnapshotOptions { select: Some("shop->stock".to_owned()), ..options() };
    assert!(first.as_raw() != draw(snapshot(), other).as_raw(), "the selection is shown");
}

#[test]
fn a_key_arranges_the_map_in_another_way_and_back() {
    let mut h = loaded();
    let places = |h: &Harness<'_, App>| h.state().state.map.scene().positions();
    let flow = places(&h);
    let stock = place(&h, "stock, service", false);
    click_at(&mut h, stock.center());
    for (key, mode) in [(Key::Num4, Mode::Radial), (Key::Num5, Mode::Grid), (Key::Num2, Mode::Force)] {
        let before = places(&h);
        h.key_press(key);
        h.run_steps(12);
        assert_eq!(h.state().state.arrangement.mode, mode);
        assert_ne!(places(&h), before, "{mode:?}");
        if mode == Mode::Radial {
            assert_eq!(places(&h)["service:stock"], Pos2::ZERO, "what is selected is in the middle");
        }
    }
    h.key_press(Key::Num1);
    h.run_steps(12);
    assert_eq!(places(&h), flow, "every node is where it was");
}
