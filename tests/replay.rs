//! The replay: the window moves with the playhead, every dot on the map is a recorded call, and steps land on
//! failures; and the index behind it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says why by failing")]
mod opened;

use std::sync::{Arc, OnceLock};

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use opened::{labels, snapshot};
use spanscape::app::{App, Command, Session, Window, prepare};
use spanscape::engine::{Engine, EngineOptions};
use spanscape::graph::{CallsByTime, Snapshot};
use spanscape::model::{
    Arrival, Delivery, Nanos, ResourceRecord, SourceId, SourceKind, SpanId, SpanKind, SpanRecord, StatusCode,
    TimeRange, Timestamp, TraceId, Value, batch_from_records,
};
use spanscape::scenario;
use spanscape::store::{Filter, Lens};
use spanscape::view::panels::timeline::Replay;

/// 2026-01-02 10:00:00 UTC.
const ORIGIN: Timestamp = Timestamp(1_767_348_000_000_000_000);
/// A request every two seconds.
const REQUESTS: u8 = 120;
const FAILED: [u8; 2] = [20, 50];
/// Takes eight seconds where the others take a tenth of one.
const SLOW: u8 = 90;

fn start(request: u8) -> Timestamp {
    ORIGIN + Nanos::from_secs(2 * i64::from(request))
}

/// `shop` asks `stock`, which asks `mail` too, but only for the first request.
fn made(request: u8) -> Vec<SpanRecord> {
    let count = if request == 0 { 5 } else { 3 };
    let length = if request == SLOW { 8_000 } else { 100 };
    let names = ["GET /cart", "GET /stock", "GET /stock", "POST /mail", "POST /mail"];
    let span = |place: usize| {
        let service = ["shop", "shop", "stock", "stock", "mail"][place];
        let attributes = vec![("service.name".to_owned(), Value::Str(service.into()))];
        SpanRecord {
            resource: Arc::new(ResourceRecord { attributes, ..ResourceRecord::default() }),
            trace_id: TraceId([request + 1; 16]),
            span_id: SpanId([10 * (place as u8 + 1); 8]),
            parent_id: if place == 0 { SpanId::default() } else { SpanId([10 * place as u8; 8]) },
            start: start(request) + Nanos::from_millis(place as i64),
            end: start(request) + Nanos::from_millis(length - place as i64),
            name: names[place].to_owned(),
            kind: if place.is_multiple_of(2) { SpanKind::Server } else { SpanKind::Client },
            status: if FAILED.contains(&request) { StatusCode::Error } else { StatusCode::Unset },
            ..SpanRecord::default()
        }
    };
    (0..count).map(span).collect()
}

fn requests() -> Arc<Snapshot> {
    static MADE: OnceLock<Arc<Snapshot>> = OnceLock::new();
    Arc::clone(MADE.get_or_init(|| snapshot(&(0..REQUESTS).flat_map(made).collect::<Vec<_>>())))
}

/// A window in which a frame takes a tenth of a second.
fn window() -> Harness<'static, App> {
    let builder = Harness::builder().with_size([1600.0, 1200.0]).with_step_dt(0.1);
    opened::window(builder, Session::still(requests()))
}

fn press(h: &mut Harness<'_, App>, label: &str) {
    h.get_by_label(label).click();
    h.run_steps(3);
}

fn key(h: &mut Harness<'_, App>, key: Key) {
    h.key_press(key);
    h.run_steps(3);
}

/// Where the playhead is, in seconds from the first request.
fn head(h: &Harness<'_, App>) -> Option<f64> {
    h.state().state.player.head.map(|t| (t - ORIGIN).as_secs_f64())
}

fn shown(h: &Harness<'_, App>) -> Option<TimeRange> {
    match h.state().state.window {
        Window::Range(range) => Some(range),
        _ => None,
    }
}

fn seek(h: &mut Harness<'_, App>, to: Timestamp) {
    h.state_mut().command(Command::Replay(Replay::Seek(to)));
    h.run_steps(3);
}

#[test]
fn play_moves_the_window_and_pause_stops_it() {
    let mut h = window();
    press(&mut h, "Replay the requests (Space)");
    let before = head(&h).unwrap();
    h.run_steps(10);
    let after = head(&h).unwrap();
    assert!((after - before - 1.0).abs() < 0.01, "a second of data in a second: {before} {after}");
    assert!(h.ctx.has_requested_repaint(), "a replay asks for frames");
    h.state_mut().command(Command::Replay(Replay::Speed(6)));
    h.run_steps(10);
    let (end, fast) = (shown(&h).unwrap().end, head(&h).unwrap());
    assert!(fast - after > 50.0, "sixty times as fast");
    let end = (end - ORIGIN).as_secs_f64();
    assert!(end <= fast && fast - end < 10.0, "the window follows the playhead: {end} {fast}");
    press(&mut h, "Stop the replay here (Space)");
    let at = head(&h).unwrap();
    h.run();
    assert_eq!(head(&h), Some(at), "it stands");
    assert!(!h.ctx.has_requested_repaint(), "and nothing is drawn any more");
    assert_eq!(labels(&h, "Timeline from").len(), 1);
    assert!(labels(&h, "Timeline from")[0].contains("replay at 2026-01-02 10:0"));
}

#[test]
fn a_comparison_ends_the_replay_and_is_of_the_window_at_the_playhead() {
    let mut h = window();
    seek(&mut h, start(60));
    let at_head = shown(&h).unwrap();
    key(&mut h, Key::C);
    let comparing = h.state().state.place.comparing.clone().unwrap();
    assert_eq!((comparing.after, head(&h)), (at_head, None));
    assert_eq!(comparing.before.end, at_head.start);
    assert_eq!(labels(&h, "Comparison").len(), 1, "the panel tells of it");
    key(&mut h, Key::C);
    assert_eq!((shown(&h), head(&h)), (Some(at_head), None), "the window stays");
    key(&mut h, Key::Space);
    assert!(head(&h).is_some());
    h.state_mut().command(Command::Back);
    h.run_steps(3);
    assert!(head(&h).is_none(), "going back to a comparison ends a replay too");
    assert_eq!(shown(&h), Some(at_head), "and the window is as it was before");
}

#[test]
fn it_plays_backwards_and_stops_at_the_start() {
    let mut h = window();
    seek(&mut h, start(30));
    assert_eq!(head(&h), Some(60.0));
    key(&mut h, Key::R);
    h.run_steps(10);
    let at = head(&h).unwrap();
    assert!((58.0..59.5).contains(&at), "{at}");
    h.state_mut().command(Command::Replay(Replay::Speed(8)));
    h.run_steps(10);
    assert_eq!((head(&h), h.state().state.player.is_playing), (Some(0.0), false));
    h.run();
}

#[test]
fn data_of_two_days_has_a_gap_and_each_part_can_be_looked_at_alone() {
    let day = Nanos::from_secs(86_400);
    let next_day = |mut s: SpanRecord| {
        s.trace_id.0[0] = 0;
        (s.start, s.end) = (s.start + day, s.end + day);
        s
    };
    let first = (0..REQUESTS).flat_map(made);
    let spans: Vec<SpanRecord> = first.chain((0..REQUESTS).flat_map(made).map(next_day)).collect();
    let builder = Harness::builder().with_size([1600.0, 1200.0]);
    let mut h = opened::window(builder, Session::still(snapshot(&spans)));
    assert_eq!(labels(&h, "No data for 23 h 5").len(), 1);
    press(&mut h, "Only after");
    let part = shown(&h).unwrap();
    assert!(part.contains(start(0) + day) && part.start > start(REQUESTS), "{part:?}");
    assert!((start(0) + day) - part.start < Nanos::from_secs(10), "it begins where the data does");
    assert!(labels(&h, "Timeline from 2026-01-03 ").len() == 1, "the timeline is close to it");
    press(&mut h, "Show all of the time");
    press(&mut h, "Only before");
    assert!(shown(&h).unwrap().end <= start(REQUESTS) + Nanos::from_secs(10));
}

#[test]
fn keys_play_step_and_leave() {
    let mut h = window();
    key(&mut h, Key::ArrowRight);
    assert_eq!(head(&h), None, "there is no window to be moved");
    key(&mut h, Key::Space);
    assert!(h.state().state.player.is_playing);
    key(&mut h, Key::CloseBracket);
    assert!(labels(&h, "Speed of the replay: 2×").len() == 1);
    key(&mut h, Key::OpenBracket);
    key(&mut h, Key::OpenBracket);
    assert!(labels(&h, "Speed of the replay: 0.5×").len() == 1);
    key(&mut h, Key::Space);
    key(&mut h, Key::End);
    let extent = requests().extent.unwrap();
    assert_eq!(h.state().state.player.head, Some(extent.end));
    key(&mut h, Key::Home);
    assert_eq!(head(&h), Some(0.0));
    key(&mut h, Key::ArrowRight);
    assert_eq!(head(&h), Some(10.0), "a bar of the timeline");
    key(&mut h, Key::ArrowRight);
    key(&mut h, Key::ArrowLeft);
    assert_eq!(head(&h), Some(10.0));
    key(&mut h, Key::Escape);
    assert_eq!((head(&h), shown(&h)), (None, None), "all data is shown again");
}

#[test]
fn steps_land_on_the_starts_of_failed_requests() {
    let mut h = window();
    key(&mut h, Key::E);
    assert_eq!(h.state().state.player.head, Some(start(FAILED[0])));
    assert!(shown(&h).unwrap().contains(start(FAILED[0])), "the window shows it");
    press(&mut h, "Go to a moment");
    h.get_by_label_contains("Next failed request").click();
    h.run_steps(3);
    assert_eq!(h.state().state.player.head, Some(start(FAILED[1])));
    key(&mut h, Key::E);
    assert_eq!(h.state().state.player.head, Some(start(FAILED[1])));
    assert!(h.query_by_label_contains("No later failed request").is_some());
    h.key_press_modifiers(Modifiers::SHIFT, Key::E);
    h.run_steps(3);
    assert_eq!(h.state().state.player.head, Some(start(FAILED[0])));
    key(&mut h, Key::D);
    assert!(h.query_by_label_contains("No later deployment").is_some());
}

#[test]
fn a_chosen_window_moves_and_comes_back() {
    let mut h = window();
    let chosen = TimeRange::new(start(10), start(20));
    h.state_mut().command(Command::SetWindow(Window::Range(chosen)));
    h.run_steps(3);
    key(&mut h, Key::Space);
    h.run_steps(20);
    let moved = shown(&h).unwrap();
    assert!(moved.length() == chosen.length() && moved.end > chosen.end, "{moved:?}");
    // Another window, and the replay goes on where it ends.
    let other = TimeRange::new(start(50), start(60));
    h.state_mut().command(Command::SetWindow(Window::Range(other)));
    h.run_steps(3);
    assert!(head(&h).is_some_and(|at| (120.0..121.0).contains(&at)));
    press(&mut h, "End the replay (Esc)");
    assert_eq!(shown(&h), Some(chosen));
}

#[test]
fn nodes_without_calls_in_the_window_stay_where_they_are() {
    let mut h = window();
    let places = |h: &Harness<'_, App>| h.state().state.map.scene().positions();
    let before = places(&h);
    assert!(before.contains_key("service:mail"));
    seek(&mut h, start(80));
    assert_eq!(places(&h), before, "nothing moves, and mail, long silent, is still there");
    assert!(!labels(&h, "mail, service").is_empty());
    press(&mut h, "End the replay (Esc)");
    assert_eq!(places(&h), before);
}

#[test]
fn dots_are_calls_and_a_click_opens_the_trace_at_the_span() {
    let mut h = window();
    seek(&mut h, start(FAILED[0]) + Nanos::from_millis(50));
    let dots = labels(&h, "Call ");
    let wanted =
        ["Call GET /cart, user to shop, 100 ms, failed: ", "Call GET /stock, shop to stock, 98 ms, failed: "];
    assert_eq!(dots.len(), 2, "{dots:?}");
    assert!(wanted.iter().all(|w| dots.iter().any(|d| d.starts_with(w))), "{dots:?}");
    h.query_all_by_label_contains("Call GET /stock").next().unwrap().click();
    h.run_steps(4);
    let open = h.state().state.place.trace.clone().unwrap();
    assert_eq!((open.id, open.span), (TraceId([FAILED[0] + 1; 16]), Some(SpanId([20; 8]))));
    assert!(h.query_all_by_label_contains("GET /stock").count() > 0, "the waterfall shows it");
}

#[test]
fn a_moving_dot_can_be_clicked_and_the_replay_waits() {
    let mut h = window();
    seek(&mut h, start(SLOW) + Nanos::from_secs(3));
    let slow = labels(&h, "Call GET /stock, shop to stock, 8 s");
    assert!(slow.len() == 1 && slow[0].ends_with("slow"), "{slow:?}");
    let at =
        h.query_all_by_label_contains("Call GET /stock, shop to stock, 8 s").next().unwrap().rect().center();
    key(&mut h, Key::Space);
    assert!(h.state().state.player.is_playing);
    h.hover_at(at);
    h.run_steps(2);
    assert_eq!(labels(&h, "Call GET /stock").len(), 1, "the one at the pointer can be pressed");
    h.drag_at(at);
    h.run_steps(2);
    h.drop_at(at);
    h.run_steps(4);
    assert_eq!(h.state().state.place.trace.as_ref().map(|t| t.id), Some(TraceId([SLOW + 1; 16])));
    assert!(!h.state().state.player.is_playing);
}

#[test]
fn where_motion_is_reduced_the_picture_moves_once_a_second() {
    let mut h = window();
    h.state_mut().command(Command::Replay(Replay::ReduceMotion(true)));
    key(&mut h, Key::Space);
    let mut places = Vec::new();
    for _ in 0..30 {
        h.step();
        places.push(head(&h).unwrap());
    }
    places.dedup();
    assert!((3..=4).contains(&places.len()), "{places:?}");
}

/// Calls under way by looking at each of them.
fn by_looking(s: &Snapshot, lens: &Lens, at: Timestamp, least: Nanos) -> Vec<(u32, u32)> {
    let traces = spanscape::graph::matching_traces(&s.spans, lens);
    let all = traces.iter().filter_map(|t| Some((t.0, s.calls.of_trace(*t)?)));
    let places =
        all.flat_map(|(trace, c)| c.calls.iter().enumerate().map(move |(i, c)| (trace, i as u32, c)));
    let under_way = places.filter(|(_, _, c)| c.start <= at && at < c.start + c.duration.max(least));
    let mut found: Vec<(u32, u32)> = under_way.map(|(trace, i, _)| (trace, i)).collect();
    found.sort_unstable();
    found
}

#[test]
fn the_index_finds_exactly_the_calls_that_are_under_way() {
    let story = scenario::generate("checkout-incident", 1, scenario::Options::default()).unwrap();
    let s = snapshot(&story.records);
    let extent = s.extent.unwrap();
    let filter = Arc::new(Filter::parse("service:payment-service").unwrap());
    for filter in [None, Some(filter)] {
        let lens = Lens { window: None, filter };
        let index = CallsByTime::new(&s.calls, &s.spans, &lens);
        let mut seen = 0;
        for (moment, least) in (0..60).zip([0, 30, 300, 3_000, 18_000].into_iter().cycle()) {
            let at = extent.start + Nanos(extent.length().0 / 60 * moment);
            let least = Nanos::from_millis(least);
            let found = index.at(&s.calls, at, least, 1_000_000);
            let mut places: Vec<(u32, u32)> = found.calls.iter().map(|c| (c.trace.0, c.place)).collect();
            places.sort_unstable();
            assert_eq!(places, by_looking(&s, &lens, at, least), "{at:?} {least:?}");
            assert_eq!((found.one_of, found.failed_one_of), (1, 1));
            seen += places.len();
        }
        assert!(seen > 100, "{seen}");
    }
}

#[test]
fn of_too_many_calls_the_same_ones_stay_and_failures_are_thinned_by_themselves() {
    let story = scenario::generate("checkout-incident", 1, scenario::Options::default()).unwrap();
    let s = snapshot(&story.records);
    let index = CallsByTime::new(&s.calls, &s.spans, &Lens::default());
    let least = Nanos::from_secs(30);
    let late = s.extent.unwrap().end - Nanos::from_secs(60);
    let all = index.at(&s.calls, late, least, usize::MAX / 4);
    let few = index.at(&s.calls, late, least, 50);
    let is_failed = |c: &&spanscape::graph::CallPlace| {
        CallsByTime::call(&s.calls, **c).is_some_and(|c| c.outcome.is_failure())
    };
    let (failed, fine) = (few.calls.iter().filter(is_failed).count(), few.calls.len());
    assert!(few.one_of > few.failed_one_of && failed > 5 && fine - failed <= 50, "{few:?}");
    assert!(few.calls.iter().all(|c| all.calls.contains(c)), "each is under way");
    let later = index.at(&s.calls, late + Nanos::from_millis(16), least, 50);
    let stayed = later.calls.iter().filter(|c| few.calls.contains(c)).count();
    assert!(stayed + 3 >= few.calls.len(), "{stayed} of {}", few.calls.len());
}

#[test]
fn space_pauses_live_data_and_a_replay_of_it_holds_it_back() {
    let engine = Engine::start(EngineOptions::default()).unwrap();
    let arrivals = engine.arrivals().unwrap();
    let spans: Vec<SpanRecord> = (0..3).flat_map(made).collect();
    let delivery = Delivery { batch: batch_from_records(&spans), ..Delivery::default() };
    arrivals.send(Arrival::Opened(SourceId(1), SourceKind::Grpc, "4317".to_owned())).unwrap();
    arrivals.send(Arrival::Spans(SourceId(1), delivery)).unwrap();
    while engine.snapshot().extent.is_none() {
        std::thread::yield_now();
    }
    let builder = Harness::builder().with_size([1600.0, 1200.0]).with_step_dt(0.1);
    let mut h = builder.build_eframe(|cc| {
        prepare(&cc.egui_ctx);
        App::new(Session::live(engine, None))
    });
    h.run_steps(4);
    key(&mut h, Key::Space);
    assert_eq!((head(&h), labels(&h, "Resume showing new data").len()), (None, 1));
    key(&mut h, Key::Space);
    assert_eq!(labels(&h, "Pause: stop showing new data").len(), 1);
    press(&mut h, "Replay the requests (Space)");
    assert!(head(&h).is_some());
    assert_eq!(labels(&h, "Paused: new data waits").len(), 1);
    let delivery = Delivery { batch: batch_from_records(&made(3)), ..Delivery::default() };
    arrivals.send(Arrival::Spans(SourceId(1), delivery)).unwrap();
    while labels(&h, "Paused: 3 new spans wait").is_empty() {
        h.step();
    }
    press(&mut h, "Resume showing new data");
    assert_eq!((head(&h), labels(&h, "Paused: ").len()), (None, 0));
}
