//! The investigator in the window: from the top finding to the cause and the spans that prove it, and what is
//! said where there is nothing to find.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says why by failing")]
mod opened;

use std::sync::{Arc, OnceLock};

use egui::Pos2;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use opened::{copied, labels, measured, press, shows, snapshot};
use spanscape::app::{App, Command, Item, Session, Tab};
use spanscape::graph::Snapshot;
use spanscape::model::{
    MeasurementBatch, Metric, Point, ResourceRecord, SpanId, SpanKind, SpanRecord, TimeRange, Timestamp,
    TraceId, Value,
};
use spanscape::scenario;
use spanscape::view::panels::findings::Scenario;
use spanscape::view::panels::timeline::Replay;

/// The sample: a missing index makes `orders-postgresql` slow from 03:00 on.
fn sample() -> Arc<Snapshot> {
    static SAMPLE: OnceLock<Arc<Snapshot>> = OnceLock::new();
    let make = || {
        let story = scenario::generate("checkout-incident", 1, scenario::Options::default()).unwrap();
        snapshot(&story.records)
    };
    Arc::clone(SAMPLE.get_or_init(make))
}

/// `count` requests of one service, each as long as the others, six seconds apart.
fn calm(count: u8) -> Arc<Snapshot> {
    snapshot(&calm_records(count))
}

fn calm_records(count: u8) -> Vec<SpanRecord> {
    let attributes = vec![("service.name".to_owned(), Value::Str("shop".into()))];
    let resource = Arc::new(ResourceRecord { attributes, ..ResourceRecord::default() });
    let span = |i: u8| {
        let start = 1_767_348_000_000_000_000 + i64::from(i) * 6_000_000_000;
        SpanRecord {
            resource: Arc::clone(&resource),
            trace_id: TraceId([i + 1; 16]),
            span_id: SpanId([i + 1; 8]),
            start: Timestamp(start),
            end: Timestamp(start + 90_000_000),
            name: "GET /".to_owned(),
            kind: SpanKind::Server,
            ..SpanRecord::default()
        }
    };
    (0..count).map(span).collect()
}

/// A window tall enough that nothing has to be scrolled to.
fn window(snapshot: Arc<Snapshot>) -> Harness<'static, App> {
    opened::window(Harness::builder().with_size([1600.0, 3000.0]), Session::still(snapshot))
}

#[test]
fn the_top_finding_leads_to_the_cause_and_to_the_span_that_proves_it() {
    let mut h = window(sample());
    press(&mut h, "Critical: orders-postgresql, root cause, high confidence");
    let place = h.state().state.place.clone();
    assert!(matches!(&place.selection, Some(Item::Node(id)) if id.ends_with("orders-postgresql")));
    for told in [
        "The cause is most likely orders-postgresql",
        "Its own time rose",
        "SELECT inventory",
        "How it spread",
        "Who was hit",
        "Timeline",
        "Confidence 0.",
    ] {
        assert!(shows(&h, told), "{told} is told");
    }
    assert!(labels(&h, "Wave 0: orders-postgresql, start, where it began").len() == 1);
    assert!(shows(&h, "wave 1 of the incident"), "waves are on the map");
    press(&mut h, "Confidence 0.");
    for term in
        ["Share explained", "Lead over the next", "First to show it", "Second opinion", "Amount of data"]
    {
        assert!(labels(&h, &format!("{term}: ")).iter().any(|l| l.contains("×")), "{term} can be read");
    }
    press(&mut h, "Evidence: trace at");
    let open = h.state().state.place.trace.clone().unwrap();
    assert!(open.span.is_some(), "the trace opens at the span to look at");
    h.state_mut().command(Command::CloseTrace);
    press(&mut h, "Back to the overview");
    assert!(shows(&h, "Overview"));
    assert_eq!(h.state().state.place.selection, None);
}

#[test]
fn the_report_is_copied_with_all_its_parts() {
    let mut h = window(sample());
    h.get_by_label("Copy report").click();
    let copied = copied(&mut h);
    for part in
        ["# Incident review", "orders-postgresql", "## Incident", "## Impact of an outage", "## Patterns"]
    {
        assert!(copied.contains(part), "{part} is in the report");
    }
    assert!(shows(&h, "The report is on the clipboard"));
}

#[test]
fn calm_data_says_that_nothing_stands_out_and_what_was_looked_at() {
    let h = window(calm(120));
    assert!(shows(&h, "Nothing stands out"));
    assert!(shows(&h, "Looked at 120 traces"));
    assert!(shows(&h, "No stretch of time stands out"), "and why");
    assert!(labels(&h, "Critical:").is_empty());
}

#[test]
fn too_little_data_says_what_is_missing() {
    let mut h = window(calm(3));
    assert!(shows(&h, "Nothing stands out"));
    assert!(shows(&h, "Too few requests to tell"), "a stretch of time needs more");
    assert!(shows(&h, "there are 3, 60 are needed"));
    press(&mut h, "Incident…");
    assert!(shows(&h, "No incident was found"));
    assert!(shows(&h, "Incident: not found"));
    assert!(shows(&h, "Drag over the timeline below to choose other times"));
}

#[test]
fn the_outage_of_a_node_is_measured_where_it_was_seen_and_predicted_on_demand() {
    let mut h = window(sample());
    h.state_mut().command(Command::SetTab(Tab::Impact));
    let node = spanscape::app::headless::find(&sample(), "orders-postgresql");
    h.state_mut().command(Command::Select(node));
    h.run_steps(5);
    assert!(shows(&h, "As measured during the incident"));
    press(&mut h, "Predicted");
    assert!(shows(&h, "If every call to it failed"));
    press(&mut h, "Hangs");
    assert!(shows(&h, "If it never answered"));
    assert!(shows(&h, "Money: not configured"));
    assert!(labels(&h, "inventory-service, ").iter().any(|l| l.contains("of its requests fail")));
}

#[test]
fn dragging_over_slow_requests_makes_them_the_bad_ones() {
    let mut h = window(sample());
    press(&mut h, "Patterns…");
    assert!(shows(&h, "What goes with them"));
    let heat = h.get_by_label_contains("Latency of").rect();
    let share = |x: f32, y: f32| Pos2::new(heat.left() + 44.0 + (heat.width() - 46.0) * x, heat.top() + y);
    let (from, to) = (share(0.70, 2.0), share(0.99, 30.0));
    h.hover_at(from);
    h.step();
    h.drag_at(from);
    h.step();
    h.hover_at(from.lerp(to, 0.5));
    h.step();
    h.hover_at(to);
    h.step();
    h.drop_at(to);
    h.run_steps(6);
    let choice = h.state().state.choice.clone().unwrap();
    assert!(shows(&h, "these count as bad"));
    assert!(h.state().state.map.highlighted.is_some(), "the map shows the way of these requests");
    let (least, most) = choice.latency;
    let all = sample();
    let wanted = all.spans.traces().filter(|(t, _)| {
        let calls = all.calls.of_trace(*t);
        calls.is_some_and(|c| {
            c.served.iter().any(|s| {
                s.is_root && choice.time.contains(s.start) && s.duration >= least && s.duration <= most
            })
        })
    });
    let wanted = wanted.count();
    assert!(wanted > 0 && wanted < all.trace_count() / 10);
    let chip = labels(&h, &format!("{wanted} requests"));
    assert!(chip.iter().any(|l| l.contains("POST /checkout slower than")), "{chip:?}");
    // The list on the page, and the one on the overview, are of these alone, the slowest first.
    assert!(shows(&h, &format!("The first 5 of {wanted}")));
    let lengths = listed_ms(&h);
    assert_eq!(lengths.len(), 5);
    assert!(lengths.is_sorted_by(|a, b| a >= b), "{lengths:?}");
    assert!(lengths.iter().all(|ms| *ms >= least.as_millis_f64() * 0.95), "{lengths:?}");
    press(&mut h, "Back to the overview");
    assert!(shows(&h, &format!("{wanted} chosen")));
    assert_eq!(listed_ms(&h).len(), wanted.min(60));
    h.key_press(egui::Key::Escape);
    h.run_steps(5);
    assert!(h.state().state.choice.is_none());
    assert!(shows(&h, &format!("{} in all", all.trace_count())) || shows(&h, "in all"));
}

/// Lengths of the listed traces, in milliseconds, in the order of the list.
fn listed_ms(h: &Harness<'_, App>) -> Vec<f64> {
    let mut rows: Vec<(f32, String)> = h
        .query_all_by_label_contains("Trace ")
        .filter_map(|n| Some((n.rect().top(), n.accesskit_node().label()?)))
        .filter(|(_, l)| l.starts_with("Trace ") && l.contains(" spans, "))
        .collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let length = |l: &String| {
        let took = l.split(", ").nth(1)?;
        let (number, unit) = took.split_once(' ')?;
        let number: f64 = number.parse().ok()?;
        Some(if unit.starts_with("ms") { number } else { number * 1000.0 })
    };
    rows.iter().filter_map(|(_, l)| length(l)).collect()
}

#[test]
fn the_chip_of_the_choice_takes_it_away() {
    let mut h = window(sample());
    press(&mut h, "Patterns…");
    press(&mut h, "Choose the slowest 5%");
    let chosen = h.state().state.choice.clone();
    assert!(chosen.is_some());
    assert!(shows(&h, "requests slower than") || shows(&h, "slower than"));
    press(&mut h, "Clear the choice");
    assert_eq!(h.state().state.choice, None);
}

#[test]
fn brushed_time_becomes_the_incident() {
    let mut h = window(sample());
    press(&mut h, "Incident…");
    let extent = sample().extent.unwrap();
    let late = spanscape::model::TimeRange::new(Timestamp(extent.end.0 - 120_000_000_000), extent.end);
    h.state_mut().command(Command::SetWindow(spanscape::app::Window::Range(late)));
    h.run_steps(4);
    press(&mut h, "Use the brushed time as incident");
    assert_eq!(h.state().state.times.incident, Some(late));
    assert!(shows(&h, "set by hand"));
    assert!(shows(&h, "The cause is most likely orders-postgresql"), "held against all time before");
    press(&mut h, "Find the times again");
    assert_eq!(h.state().state.times.incident, None);
}

#[test]
fn active_alerts_are_in_a_list_on_the_map_and_on_the_timeline() {
    let mut h = window(sample());
    let listed = labels(&h, "Alert: Critical: ");
    let gateway = listed.iter().find(|l| l.contains("Critical: api-gateway, errors, ")).unwrap();
    assert!(gateway.contains("%, limit 5.0%, since 03:00:30"), "{gateway}");
    // The calls to it fail for the same reason: that is a line of it, not an alert of its own.
    assert!(gateway.contains("; user → api-gateway: errors of calls"), "{gateway}");
    assert!(!listed.iter().any(|l| l.starts_with("Alert: Critical: user → ")), "{listed:?}");
    // What fails all the time raises nothing.
    assert!(!listed.iter().any(|l| l.contains("recommendation-service")), "{listed:?}");
    assert!(!shows(&h, "Needs attention"), "the findings of health tell of the same");
    let on_map: Vec<String> =
        labels(&h, "orders-postgresql").into_iter().filter(|l| l.contains("Alert, Critical")).collect();
    assert!(on_map.iter().any(|l| l.contains("very slow, 27.1 times")), "{on_map:?}");
    press(&mut h, "Active alert on the timeline: Critical: api-gateway, errors");
    let place = h.state().state.place.clone();
    assert_eq!(place.answer.map(|q| q.name()), Some("health"));
    assert!(matches!(&place.selection, Some(Item::Node(id)) if id.ends_with("api-gateway")));
    assert!(shows(&h, "user → api-gateway: errors of"));
    press(&mut h, "All the time, no news (2)");
    assert!(shows(&h, "recommendation-service: errors, 9.2% of 1220 calls, as much all the time"));
}

#[test]
fn while_a_replay_plays_alerts_are_those_of_its_moment_and_the_timeline_keeps_all() {
    let mut h = window(sample());
    let bands = |h: &Harness<'_, App>| labels(h, "Active alert on the timeline").len();
    let (extent, all) = (sample().extent.unwrap(), bands(&h));
    let minutes = |n: i64| Timestamp(extent.start.0 + n * 60_000_000_000);
    let play_at = |h: &mut Harness<'_, App>, at| {
        h.state_mut().command(Command::Replay(Replay::Seek(at)));
        h.run_steps(3);
        if !h.state().state.player.is_playing {
            h.state_mut().command(Command::Replay(Replay::Toggle));
        }
        h.run_steps(3);
    };
    play_at(&mut h, minutes(2));
    assert!(h.state().state.player.is_playing);
    assert!(labels(&h, "Alert: ").is_empty(), "the incident is still to come");
    assert!(!labels(&h, "orders-postgresql").iter().any(|l| l.contains("Alert, ")));
    assert_eq!(bands(&h), all, "the timeline tells of all time");
    play_at(&mut h, minutes(13));
    let gateway = labels(&h, "Alert: Critical: api-gateway, errors, judged over all of the time");
    assert_eq!(gateway.len(), 1, "{:?}", labels(&h, "Alert: "));
    let on_map = labels(&h, "orders-postgresql");
    assert!(on_map.iter().any(|l| l.contains("Alert, Critical")), "{on_map:?} {:?}", labels(&h, "Alert: "));
    let early = TimeRange::new(minutes(1), minutes(4));
    h.state_mut().command(Command::Replay(Replay::Leave));
    h.state_mut().command(Command::SetWindow(spanscape::app::Window::Range(early)));
    h.run_steps(5);
    assert!(
        !labels(&h, "Alert: Critical: ").iter().any(|l| l.contains("api-gateway")),
        "judged in the window"
    );
    assert_eq!(bands(&h), all, "and the timeline as before");
    h.state_mut().command(Command::SetWindow(spanscape::app::Window::All));
    h.run_steps(5);
    let is_alarmed =
        |h: &Harness<'_, App>| labels(h, "orders-postgresql").iter().any(|l| l.contains("Alert, "));
    assert!(is_alarmed(&h));
    let area = h.get_by_label_contains("Timeline from").rect();
    h.drag_at(area.min + egui::vec2(0.2 * area.width(), 20.0));
    h.step();
    h.hover_at(area.min + egui::vec2(0.4 * area.width(), 20.0));
    h.run_steps(3);
    assert!(!is_alarmed(&h), "while a window is drawn, those of its end");
}

#[test]
fn the_overview_lists_what_every_question_found() {
    let mut h = window(sample());
    press(&mut h, "Show ");
    let all = labels(&h, "Low: ");
    assert!(all.iter().any(|l| l.starts_with("Low: recommendation-service, health")), "{all:?}");
    assert!(!all.iter().any(|l| l.starts_with("Low: user,")), "{all:?}");
}

#[test]
fn rules_of_ones_own_raise_other_alerts_and_bad_ones_are_told() {
    let mut h = window(sample());
    press(&mut h, "Health…");
    assert!(shows(&h, "Rules: the usual ones"));
    let folder = std::env::temp_dir().join(format!("spanscape-rules-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (good, bad) = (folder.join("good.toml"), folder.join("bad.toml"));
    let rule = "[[rule]]\nname = \"any slow\"\nsignal = \"p95_ms\"\nwarning = 2000.0\nnodes = [\"inv*\"]\n";
    std::fs::write(&good, rule).unwrap();
    std::fs::write(&bad, "[[rule]]\nname = \"x\"\nsignal = \"p95_ms\"\n").unwrap();
    h.state_mut().command(Command::UseRules(Some(good)));
    h.run_steps(5);
    assert!(shows(&h, "good.toml (1)"));
    assert!(shows(&h, "Medium · any slow"));
    assert_eq!(h.state().state.rules.rules.rules.len(), 1);
    h.state_mut().command(Command::UseRules(Some(bad)));
    h.run_steps(5);
    assert!(shows(&h, "Not in use: ") && shows(&h, "neither `warning` nor `critical`"));
    assert!(shows(&h, "good.toml (1)"), "the old ones stay in use");
    press(&mut h, "Rules…");
    press(&mut h, "Use the usual rules");
    assert!(shows(&h, "Rules: the usual ones"));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn capacity_answers_another_scenario() {
    let mut h = window(sample());
    press(&mut h, "Capacity…");
    assert!(shows(&h, "Requests that grow: all requests"));
    press(&mut h, "×3");
    press(&mut h, "The whole answer");
    assert_eq!(h.state().state.scenario.argument(), "all x3");
    let node = spanscape::app::headless::find(&sample(), "orders-postgresql");
    let Some(Item::Node(id)) = node else { panic!("the database is on the map") };
    let scenario =
        Scenario { faster: Some((id, 50.0)), what: "api-gateway POST /checkout".into(), factor: 2.0 };
    h.state_mut().command(Command::SetScenario(scenario));
    h.run_steps(5);
    assert!(shows(&h, "Requests that grow: api-gateway POST /checkout"));
    assert!(shows(&h, "Faster service: orders-postgresql"));
    assert!(labels(&h, "POST /checkout, p95 ").iter().any(|l| l.contains("ms") || l.contains(" s")));
}

#[test]
fn what_saturates_first_is_marked_on_the_map() {
    let point = Point {
        sender: 0,
        metric: Metric::ProcessCpuRatio,
        state: "".into(),
        detail: "".into(),
        stream: 0,
        start: Timestamp(0),
        time: Timestamp(1_767_348_060_000_000_000),
        is_delta: false,
        value: 0.5,
        count: 0.0,
    };
    let senders = vec![vec![("service.name".into(), Value::str("shop"))]];
    let mut h = window(measured(&calm_records(120), MeasurementBatch { senders, points: vec![point] }));
    press(&mut h, "Capacity…");
    assert!(shows(&h, "shop, saturates first"));
    assert!(shows(&h, "CPU would go from 50.0% to 100.0%, target 70.0%"));
    let marked =
        |h: &Harness<'_, App>, text: &str| labels(h, "shop, service").iter().any(|l| l.contains(text));
    assert!(marked(&h, "saturates first: model: CPU"), "{:?}", labels(&h, "shop, service"));
    press(&mut h, "×1.5");
    assert!(shows(&h, "CPU would go from 50.0% to 75.0%"));
    h.state_mut().command(Command::SetScenario(Scenario { factor: 1.2, ..Scenario::default() }));
    h.run_steps(5);
    assert!(shows(&h, "shop, nearest to its limit") && marked(&h, "nearest to its limit: model: CPU"));
}

#[test]
fn a_report_is_saved_under_a_path_that_is_typed() {
    let mut h = window(sample());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("review.md");
    press(&mut h, "Save report…");
    assert!(shows(&h, "The incident review as Markdown."));
    h.get_by_label("Path of the file").focus();
    h.run_steps(2);
    h.get_by_label("Path of the file").type_text(&path.display().to_string());
    h.run_steps(2);
    press(&mut h, "Save there");
    assert!(shows(&h, "Saved as "));
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("# Incident review"));
}
