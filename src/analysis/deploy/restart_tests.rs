//! Processes that are replaced, that only come or go, and that change their version as well.
use super::*;
use crate::analysis::deploy::{DeployOptions, deploy};
use crate::analysis::sketch;
use crate::model::{Progress, SpanRecord, Value};
use crate::store::Lens;
use std::sync::Arc;

/// Thirty requests a minute for so many minutes; `host` is the process of each by minute and number, with when it
/// was started behind an `@`; `version` by its host.
fn asked(
    minutes: u32,
    host: impl Fn(u32, u32) -> Option<String>,
    version: impl Fn(&str) -> &'static str,
) -> (Vec<Restart>, usize) {
    let none = "gone".to_owned();
    let story =
        |minute, number| format!("shop SERVER 0..20 host={}", host(minute, number).unwrap_or(none.clone()));
    let records: Vec<SpanRecord> = sketch::history(minutes, 30, story)
        .into_iter()
        .filter_map(|mut r| {
            let host = r.resource.attributes.iter().find(|a| a.0 == "host.name")?.1.as_str()?.to_owned();
            let (name, started) = host.split_once('@').unwrap_or((&host, "09:00"));
            let mut resource = (*r.resource).clone();
            resource.attributes = vec![
                ("service.name".into(), Value::str("shop")),
                ("service.instance.id".into(), Value::str(name)),
                ("process.creation.time".into(), Value::str(started)),
            ];
            resource.attributes.push(("service.version".into(), Value::str(version(&host))));
            r.resource = Arc::new(resource);
            (host != "gone").then_some(r)
        })
        .collect();
    let snapshot = sketch::snapshot_of(&records);
    let index = snapshot.graph(&Lens::default());
    let study = Study { snapshot: &snapshot, index: &index, progress: &Progress::default() };
    let answer = deploy(&study, &Lens::default(), &DeployOptions::default());
    (answer.restarts, answer.deployments.len())
}

fn one(_: &str) -> &'static str {
    "1.0"
}

#[test]
fn a_process_that_another_one_follows_is_a_restart_not_a_deployment() {
    let host = |minute, _| match minute {
        0..=9 => Some("a".to_owned()),
        10 | 11 => None,
        _ => Some("b".to_owned()),
    };
    let (restarts, deployments) = asked(30, host, one);
    assert_eq!(deployments, 0);
    let [restart] = restarts[..] else { panic!("{restarts:?}") };
    assert_eq!((restart.replaced, restart.of), (1, 1));
    assert_eq!(restart.start, sketch::ORIGIN + Nanos::from_secs(720));
    assert_eq!(restart.pause, Some(Nanos::from_secs(122)));
}

#[test]
fn of_several_processes_some_or_all_are_replaced() {
    let host = |replaced: u32| {
        move |minute: u32, number: u32| {
            let generation = if minute >= 10 + number % 3 && number % 3 < replaced { "new" } else { "old" };
            Some(format!("{generation}{}", number % 3))
        }
    };
    let counts = |replaced| {
        let (restarts, deployments) = asked(30, host(replaced), one);
        assert_eq!(deployments, 0);
        restarts.iter().map(|r| (r.replaced, r.of, r.pause)).collect::<Vec<_>>()
    };
    assert_eq!(counts(1), [(1, 3, None)]);
    assert_eq!(counts(3), [(3, 3, None)]);
    assert_eq!(counts(0), []);
}

#[test]
fn more_or_fewer_processes_are_no_restart_and_a_new_version_is_a_deployment() {
    let more = |minute: u32, number: u32| Some(format!("h{}", number % if minute < 10 { 2 } else { 4 }));
    assert_eq!(asked(30, more, one), (Vec::new(), 0));
    let fewer = |minute: u32, number: u32| Some(format!("h{}", number % if minute < 10 { 4 } else { 2 }));
    assert_eq!(asked(30, fewer, one), (Vec::new(), 0));
    let replaced = |minute: u32, _| Some(if minute < 10 { "a" } else { "b" }.to_owned());
    assert_eq!(asked(30, replaced, |host| if host == "a" { "1.0" } else { "2.0" }), (Vec::new(), 1));
}

#[test]
fn an_instance_that_keeps_its_id_tells_by_its_start() {
    let host = |minute: u32, _| Some(if minute < 10 { "pod-0@09:00" } else { "pod-0@09:10" }.to_owned());
    let (restarts, _) = asked(30, host, one);
    assert_eq!(restarts.iter().map(|r| (r.replaced, r.of, r.pause)).collect::<Vec<_>>(), [(1, 1, None)]);
    let same = |_, _| Some("pod-0@09:00".to_owned());
    assert_eq!(asked(30, same, one).0, []);
}
