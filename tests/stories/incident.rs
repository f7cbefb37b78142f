//! Incidents: when, what broke first, how it spread, when it was over.
use spanscape::analysis::incident::{Incident, Mechanism, Request, incident};
use spanscape::analysis::{Confidence, Subject};
use spanscape::model::{TimeRange, Timestamp};
use spanscape::store::Lens;

use crate::{Told, Wrong};

fn answer(told: &Told) -> Incident {
    let study = told.study();
    incident(&study, &study.traces(&Lens::default()), &Request::default())
}

/// What both have of what any has, 0 to 1.
fn overlap(a: TimeRange, b: TimeRange) -> f64 {
    let both = (a.end.min(b.end).0 - a.start.max(b.start).0).max(0) as f64;
    both / a.union(b).length().0 as f64
}

fn cause(told: &Told, answer: &Incident, least: Confidence, wrong: &mut Wrong) {
    let first = answer.causes.first();
    let named = first.map(|c| told.subject(c.subject));
    wrong.unless(named == told.truth.root_cause, || format!("the cause is {named:?}"));
    wrong.unless(first.is_some_and(|c| c.confidence >= least), || {
        format!("confidence {:?}", first.map(|c| c.terms))
    });
    wrong.unless(first.is_some_and(|c| !c.evidence.traces.is_empty()), || "no evidence".to_owned());
}

/// The incident is found by itself, with its cause first, and its time.
pub fn found(told: &Told, wrong: &mut Wrong) {
    let answer = answer(told);
    cause(told, &answer, Confidence::Medium, wrong);
    let truth = told.truth.incident.unwrap();
    let shared = answer.incident.map_or(0.0, |range| overlap(range, truth));
    wrong.unless(shared >= 0.8, || format!("it shares {shared:.2} of the time of the incident"));
    let calm = answer.baseline.is_some_and(|b| (b.end - truth.start).0 * 10 <= b.length().0);
    wrong.unless(calm, || format!("the calm time {:?} is not calm", answer.baseline));
    let lasts = truth.end >= told.snapshot.extent.unwrap().end;
    wrong.unless(!lasts || answer.recovery.is_none(), || format!("over after {:?}", answer.recovery));
}

/// One checkout in twenty is little in few requests: where a stretch of time stands out, it is the right one.
pub fn right_if_found(told: &Told, wrong: &mut Wrong) {
    let answer = answer(told);
    let (Some(range), Some(truth)) = (answer.incident, told.truth.incident) else { return };
    cause(told, &answer, Confidence::Low, wrong);
    let outside = range.length().0 - (overlap(range, truth) * range.union(truth).length().0 as f64) as i64;
    wrong.unless(outside * 10 <= truth.length().0, || format!("{range:?} is not in {truth:?}"));
}

/// The change of version speaks for the cause.
pub fn new_version(told: &Told, wrong: &mut Wrong) {
    let answer = answer(told);
    let version = answer.causes.first().and_then(|c| c.new_version).map(|v| told.text(v.0));
    let truth = told.truth.finds.deploy.as_ref().unwrap();
    wrong.unless(version == Some(&truth.version), || format!("the new version is {version:?}"));
    wrong.unless(answer.causes.iter().take(1).all(|c| c.terms.change == 1.0), || "no change".to_owned());
}

/// Each node in its wave, by its mechanism, at its time; nobody else is hurt; and all are well in the end.
pub fn waves(told: &Told, wrong: &mut Wrong) {
    let answer = answer(told);
    let origin = told.truth.finds.waves.first().and_then(|w| w.nodes.first()).unwrap().onset;
    for truth in &told.truth.finds.waves {
        let found = answer.waves.iter().find(|w| w.wave == truth.wave);
        let mut expected: Vec<&str> = truth.nodes.iter().map(|n| &*n.node).collect();
        let mut nodes: Vec<&str> = found.iter().flat_map(|w| &w.nodes).map(|n| told.id(n.node)).collect();
        expected.sort_unstable();
        nodes.sort_unstable();
        wrong.unless(nodes == expected, || format!("wave {} is {nodes:?}", truth.wave));
        for node in &truth.nodes {
            let Some(n) = found.iter().flat_map(|w| &w.nodes).find(|n| told.id(n.node) == node.node) else {
                continue;
            };
            wrong
                .unless(n.mechanism.name() == node.mechanism, || format!("{}: {:?}", node.node, n.mechanism));
            let delay = (node.onset - origin).as_secs_f64();
            wrong.near(&format!("delay of {}", node.node), n.delay.as_secs_f64(), delay, 30.0);
        }
    }
    let deep = told.truth.finds.waves.len() as u32;
    let others = answer.waves.iter().filter(|w| w.wave >= deep).flat_map(|w| &w.nodes);
    for n in others.filter(|n| n.mechanism != Mechanism::TrafficLoss) {
        wrong.0.push(format!("{} is said to be hurt by {:?}", told.id(n.node), n.mechanism));
    }
    recovery(told, &answer, origin, wrong);
}

fn recovery(told: &Told, answer: &Incident, origin: Timestamp, wrong: &mut Wrong) {
    let truth = told.truth.finds.recovered.unwrap() - origin;
    let found = answer.recovery.map_or(f64::NAN, |r| r.as_secs_f64());
    wrong.unless((found - truth.as_secs_f64()).abs() <= 30.0, || {
        format!("well again after {found} s, in truth {} s", truth.as_secs_f64())
    });
    let at = answer.causes.first().filter(|c| matches!(c.subject, Subject::Node(_))).and_then(|c| c.onset);
    let off = at.map_or(f64::NAN, |at| (at - origin).as_secs_f64());
    wrong.unless(off.abs() <= 10.0, || format!("the cause began {off} s off"));
}
