//! Rules held against made-up histories: what is raised, when, and what is not.
use super::*;
use crate::analysis::sketch::{ORIGIN, history, measured, snapshot_of};
use crate::graph::NodeKind;
use crate::model::{MeasurementBatch, Metric, Point, SpanRecord, Value};
use crate::store::Lens;

fn rule(name: &str, signal: Signal, warning: Option<f64>, critical: Option<f64>) -> Rule {
    Rule {
        name: name.to_owned(),
        signal,
        warning,
        critical,
        below: signal == Signal::Apdex,
        window: Nanos::from_secs(300),
        hold: Nanos::from_secs(30),
        resolve: Nanos::from_secs(60),
        clear: 0.8,
        who: Who::default(),
        filter: None,
        least_calls: 20.0,
        slower_than: Nanos::ZERO,
        plain: false,
    }
}

fn rules(rules: Vec<Rule>) -> Rules {
    Rules { every: Nanos::from_secs(30), rules, objectives: Vec::new() }
}

/// 60 minutes with 30 requests a minute; those of minutes 20 to 29 fare as told.
fn shop(bad: &'static str) -> Vec<SpanRecord> {
    history(60, 30, move |minute, number| {
        let is_bad = (20..30).contains(&minute) && number % 5 == 0;
        let words = if is_bad { bad } else { "0..100" };
        format!("cart SERVER {words} name=/pay")
    })
}

fn alerts(records: &[SpanRecord], rules: Rules) -> Vec<Alert> {
    let snapshot = snapshot_of(records);
    let index = snapshot.graph(&Lens::default());
    let mut tracker = Tracker::new(rules);
    tracker.advance(&snapshot, &index, snapshot.extent.unwrap().end);
    tracker.alerts()
}

/// Rule, severity, and the minutes of onset and end.
fn shown(alerts: &[Alert]) -> Vec<String> {
    let minute = |t: Timestamp| (t - ORIGIN).as_secs_f64() / 60.0;
    let line = |a: &Alert| {
        let end = a.resolved.map_or("open".to_owned(), |t| format!("{}", minute(t)));
        let who = match &a.name {
            Name::Node(id) => id.clone(),
            Name::Edge(a, b) => format!("{a}->{b}"),
        };
        format!("{} {who} {} {}..{end} peak {:.2}", a.rule, a.severity.name(), minute(a.onset), a.peak)
    };
    alerts.iter().map(line).collect()
}

fn of_service(mut r: Rule) -> Rule {
    r.who.kinds = vec![NodeKind::Service];
    r
}

#[test]
fn errors_raise_and_resolve_and_the_graver_limit_is_the_same_alert() {
    let errors = of_service(rule("errors", Signal::ErrorRatio, Some(0.01), Some(0.05)));
    let got = alerts(&shop("0..100 error"), rules(vec![errors]));
    assert_eq!(shown(&got), ["errors service:cart critical 21.5..36 peak 0.20"]);
    assert!(got[0].area > 0.0 && got[0].duration() > Nanos::from_secs(840));
}

#[test]
fn nothing_is_raised_where_nothing_is_wrong() {
    let all = Signal::ALL.map(|s| {
        let limit = if s == Signal::Apdex { 0.7 } else { 2.0 };
        let mut r = rule("any", s, Some(limit), None);
        r.below = s == Signal::Apdex;
        r
    });
    let all: Vec<Rule> =
        all.into_iter().filter(|r| !matches!(r.signal, Signal::P95Ms | Signal::RatePerMin)).collect();
    assert_eq!(shown(&alerts(&shop("0..110"), rules(all))), [""; 0]);
}

#[test]
fn too_few_calls_claim_nothing() {
    let few = history(30, 1, |_, _| "cart SERVER 0..100 error".to_owned());
    let errors = of_service(rule("errors", Signal::ErrorRatio, Some(0.01), None));
    assert_eq!(shown(&alerts(&few, rules(vec![errors]))), [""; 0]);
}

#[test]
fn slowness_is_held_against_calm_times_and_against_an_absolute_length() {
    let slow = of_service(rule("slow", Signal::P95OfCalm, Some(2.0), None));
    let mut only_long = slow.clone();
    only_long.name = "long".to_owned();
    only_long.slower_than = Nanos::from_millis(1_000);
    let got = alerts(&shop("0..400"), rules(vec![slow.clone(), only_long.clone()]));
    assert_eq!(got.len(), 1, "{:?}", shown(&got));
    assert!(got[0].rule == "slow" && got[0].peak > 3.9 && got[0].peak < 4.1, "{:?}", shown(&got));
    assert_eq!(alerts(&shop("0..4000"), rules(vec![slow, only_long])).len(), 2);
    // Twice nearly nothing is still nearly nothing.
    let fast = history(30, 30, |minute, _| format!("cart SERVER 0..{}", if minute > 20 { 40 } else { 10 }));
    let slow = of_service(rule("slow", Signal::P95OfCalm, Some(2.0), None));
    assert_eq!(shown(&alerts(&fast, rules(vec![slow]))), [""; 0]);
}

#[test]
fn rules_are_for_whom_they_say() {
    let mut errors = rule("errors", Signal::ErrorRatio, Some(0.01), None);
    errors.who.nodes = vec!["ca*".to_owned()];
    assert_eq!(alerts(&shop("0..100 error"), rules(vec![errors.clone()])).len(), 1);
    errors.who.nodes = vec!["pay*".to_owned()];
    assert_eq!(alerts(&shop("0..100 error"), rules(vec![errors.clone()])).len(), 0);
    errors.who = Who { edges: true, ..Who::default() };
    let got = alerts(&shop("0..100 error"), rules(vec![errors]));
    assert_eq!(
        got.iter().map(|a| &a.name).collect::<Vec<_>>(),
        [&Name::Edge("user:user".into(), "service:cart".into())]
    );
    for (pattern, text, fits) in [
        ("a*c", "abc", true),
        ("a*c", "ab", false),
        ("*", "", true),
        ("*b*d", "abcd", true),
        ("*b*d", "adcb", false),
        ("ab", "abc", false),
    ] {
        assert_eq!(rule::matches(pattern, text), fits, "{pattern} {text}");
    }
}

#[test]
fn going_on_later_tells_the_same_and_each_change_once() {
    let errors = of_service(rule("errors", Signal::ErrorRatio, None, Some(0.05)));
    let snapshot = snapshot_of(&shop("0..100 error"));
    let index = snapshot.graph(&Lens::default());
    let mut tracker = Tracker::new(rules(vec![errors]));
    let mut told = Vec::new();
    for minute in 0..61 {
        let until = ORIGIN + Nanos::from_secs(60 * minute);
        told.extend(tracker.advance(&snapshot, &index, until));
        told.extend(tracker.advance(&snapshot, &index, until));
    }
    let is_over: Vec<bool> = told.iter().map(|e| e.is_over).collect();
    assert_eq!(is_over, [false, true]);
    assert_eq!(tracker.alerts(), [told[1].alert.clone()]);
}

#[test]
fn a_filter_leaves_the_calls_of_its_traces() {
    let records = history(60, 60, |minute, number| match number % 2 {
        0 if (20..30).contains(&minute) => "cart SERVER 0..100 error name=/pay".to_owned(),
        0 => "cart SERVER 0..100 name=/pay".to_owned(),
        _ => "cart SERVER 0..100 name=/look".to_owned(),
    });
    let snapshot = snapshot_of(&records);
    let raised = |text: &str| {
        let filter = crate::store::Filter::parse(text).ok().map(Arc::new);
        let lens = Lens { window: None, filter: filter.clone() };
        let index = snapshot.graph(&lens);
        let errors = of_service(rule("errors", Signal::ErrorRatio, None, Some(0.05)));
        let mut tracker = Tracker::new(rules(vec![errors])).only(filter);
        tracker.advance(&snapshot, &index, snapshot.extent.unwrap().end);
        tracker.alerts().iter().map(|a| a.peak).collect::<Vec<f64>>()
    };
    assert_eq!(raised("name=/pay"), [1.0]);
    assert_eq!(raised("name=/look"), [0.0; 0]);
    assert_eq!(raised("service:cart"), [0.5]);
}

#[test]
fn a_rule_with_a_filter_counts_the_calls_of_its_traces_alone() {
    let records = history(60, 60, |minute, number| match number % 2 {
        0 if (20..30).contains(&minute) => "cart SERVER 0..100 error name=/pay".to_owned(),
        0 => "cart SERVER 0..100 name=/pay".to_owned(),
        _ => "cart SERVER 0..100 name=/look".to_owned(),
    });
    let snapshot = snapshot_of(&records);
    let filter = |text: &str| crate::store::Filter::parse(text).ok().map(Arc::new);
    let raised = |own: &str, window: &str| {
        let narrow = |name: &str, text: &str| {
            let errors = of_service(rule(name, Signal::ErrorRatio, None, Some(0.05)));
            Rule { filter: filter(text).filter(|_| !text.is_empty()), ..errors }
        };
        let window = filter(window).filter(|_| !window.is_empty());
        let index = snapshot.graph(&Lens { window: None, filter: window.clone() });
        let all = rules(vec![narrow("all", ""), narrow("own", own)]);
        let mut tracker = Tracker::new(all).only(window);
        tracker.advance(&snapshot, &index, snapshot.extent.unwrap().end);
        let mut told: Vec<_> = tracker.alerts().iter().map(|a| (a.rule.clone(), a.peak)).collect();
        told.sort_by(|a, b| a.0.cmp(&b.0));
        told
    };
    let told = |rule: &str, peak: f64| (rule.to_owned(), peak);
    assert_eq!(raised("name=/pay", ""), [told("all", 0.5), told("own", 1.0)]);
    assert_eq!(raised("name=/look", ""), [told("all", 0.5)]);
    assert_eq!(raised("name=/pay", "name=/look"), [], "both filters count");
    assert_eq!(raised("service:cart", "name=/pay"), [told("all", 1.0), told("own", 1.0)]);
}

#[test]
fn a_full_pool_and_a_busy_cpu_are_told() {
    let mut batch = MeasurementBatch {
        senders: vec![vec![("service.name".into(), Value::str("cart"))]],
        ..MeasurementBatch::default()
    };
    for step in 0..60 {
        let time = ORIGIN + Nanos::from_secs(60 * step);
        let point = |metric, value| Point {
            sender: 0,
            metric,
            state: "".into(),
            detail: "".into(),
            stream: 0,
            start: Timestamp(0),
            time,
            is_delta: false,
            value,
            count: 0.0,
        };
        let is_busy = (30..40).contains(&step);
        batch.points.push(point(Metric::ProcessCpuRatio, if is_busy { 0.97 } else { 0.3 }));
        batch.points.push(point(Metric::PoolCount, 7.0));
        batch.points.push(point(Metric::PoolMax, 10.0));
        batch.points.push(point(Metric::PoolPending, if is_busy { 3.0 } else { 0.0 }));
    }
    let snapshot = measured(&shop("0..100"), &batch);
    let index = snapshot.graph(&Lens::default());
    let cpu = rule("cpu", Signal::CpuRatio, Some(0.85), Some(0.95));
    let pool = rule("pool", Signal::PoolRatio, Some(0.8), None);
    let mut waiting = rule("waiting", Signal::PoolPending, Some(0.0), None);
    waiting.window = Nanos::from_secs(120);
    let mut tracker = Tracker::new(rules(vec![cpu, pool, waiting]));
    tracker.advance(&snapshot, &index, snapshot.extent.unwrap().end);
    let got = tracker.alerts();
    let names: Vec<&str> = got.iter().map(|a| a.rule.as_str()).collect();
    assert_eq!(names, ["cpu", "waiting"], "{:?}", shown(&got));
    assert_eq!(got[0].severity, Severity::Critical);
}

fn objective(target: f64, latency: Option<Nanos>) -> Rules {
    let objective = Objective { name: "good".into(), who: Who::default(), entry: true, target, latency };
    Rules { every: Nanos::from_secs(60), rules: Vec::new(), objectives: vec![objective] }
}

fn burns(records: &[SpanRecord], rules: &Rules) -> Vec<String> {
    let snapshot = snapshot_of(records);
    let index = snapshot.graph(&Lens::default());
    let states = objectives(&snapshot, &index, rules, None);
    let one = |(_, state): &(BurnWindow, BurnState)| match state {
        BurnState::Needs(n) => format!("needs {} h", n.0 / 3_600_000_000_000),
        // Roughly: windows are cut at buckets of 10 s.
        BurnState::Burns { long, short, is_firing } => {
            let rounded = |burn: &f64| (burn / 5.0).round() * 5.0;
            format!("{} {} {is_firing}", rounded(long), rounded(short))
        }
    };
    states.iter().flat_map(|s| s.burns.iter().map(one)).collect()
}

#[test]
fn burn_rates_need_their_windows_and_both_of_them() {
    let share = |of: u32, from: u32| {
        history(120, 20, move |minute, n| {
            let is_bad = minute >= from && n % of == 0;
            format!("cart SERVER 0..100{}", if is_bad { " error" } else { "" })
        })
    };
    // 5 % of the last hour against a budget of 0.1 %.
    assert_eq!(burns(&share(20, 60), &objective(0.999, None))[0], "50 50 true");
    assert_eq!(burns(&share(20, 60), &objective(0.999, None))[1..], ["needs 6 h", "needs 72 h"]);
    assert_eq!(burns(&share(20, 60), &objective(0.99, None))[0], "5 5 false");
    // Over for a while: the short window is calm.
    let over = history(120, 20, |minute, n| {
        let is_bad = (70..100).contains(&minute) && n % 2 == 0;
        format!("cart SERVER 0..100{}", if is_bad { " error" } else { "" })
    });
    assert_eq!(burns(&over, &objective(0.99, None))[0], "25 0 false");
    // Nine bad calls are too few to page anyone.
    let few =
        history(120, 20, |_, n| format!("cart SERVER 0..100{}", if n >= 2_391 { " error" } else { "" }));
    assert!(burns(&few, &objective(0.9999, None))[0].ends_with("false"));
}

#[test]
fn slow_calls_are_bad_where_the_objective_says_so() {
    let slow = history(120, 20, |_, n| format!("cart SERVER 0..{}", if n % 10 == 0 { 900 } else { 100 }));
    assert_eq!(burns(&slow, &objective(0.99, None))[0], "0 0 false");
    let promised = objective(0.99, Some(Nanos::from_millis(500)));
    assert!(burns(&slow, &promised)[0].starts_with("10 "), "{:?}", burns(&slow, &promised));
}

#[test]
fn an_objective_that_burns_is_an_alert() {
    let records = history(180, 20, |minute, n| {
        let is_bad = (100..130).contains(&minute) && n % 2 == 0;
        format!("cart SERVER 0..100{}", if is_bad { " error" } else { "" })
    });
    let got = alerts(&records, objective(0.999, None));
    assert_eq!(got.len(), 1, "{:?}", shown(&got));
    assert_eq!((got[0].severity, got[0].signal, got[0].resolved.is_some()), (Severity::Critical, None, true));
}
