//! The same systems in which nothing goes wrong: no analysis claims anything above low.
use spanscape::analysis::advice::advice;
use spanscape::analysis::alerts::Name;
use spanscape::analysis::deploy::{DeployOptions, deploy};
use spanscape::analysis::health_report::health_report;
use spanscape::analysis::incident::{Request, incident};
use spanscape::analysis::patterns::{Bad, patterns};
use spanscape::analysis::{Severity, Subject};
use spanscape::export::answers::{association_severity, intermittent_text};
use spanscape::export::rules::default_rules;
use spanscape::graph::Health;
use spanscape::scenario::NULL;
use spanscape::store::Lens;

use crate::{Told, Wrong, judge};

fn incidents(told: &Told, wrong: &mut Wrong) {
    let study = told.study();
    let answer = incident(&study, &study.traces(&Lens::default()), &Request::default());
    wrong.unless(answer.incident.is_none() && answer.causes.is_empty(), || {
        format!("incident {:?} {:?}", answer.incident, answer.totals)
    });
}

fn deployments(told: &Told, wrong: &mut Wrong) {
    let answer = deploy(&told.study(), &Lens::default(), &DeployOptions::default());
    let rows = answer.comparisons.iter().flat_map(|c| &c.rows);
    for row in rows.filter(|r| r.severity > Some(Severity::Low)) {
        wrong.0.push(format!("{} {:?} is {:?}", told.id(row.node), row.metric, row.severity));
    }
}

fn associations(told: &Told, wrong: &mut Wrong) {
    let study = told.study();
    let answer = patterns(&study, &study.traces(&Lens::default()), &Bad::Usual);
    let said = intermittent_text(&told.snapshot, &told.index.graph, &answer);
    wrong.unless(said.is_none(), || format!("it is said to come and go: {said:?}"));
    for group in &answer.groups {
        let all = group.associations.iter();
        for a in all.filter(|a| association_severity(group, a) > Severity::Low) {
            wrong.0.push(format!("{:?} {:?} of {} bad ones", a.source, a.condition, group.bad));
        }
    }
}

fn advices(told: &Told, wrong: &mut Wrong) {
    let answer = advice(&told.study(), &Lens::default());
    for f in answer.findings.iter().filter(|f| f.severity > Severity::Low) {
        wrong.0.push(format!("{:?} for {} is {:?}", f.kind, told.subject(f.subject), f.severity));
    }
}

/// No alert by the usual rules but, at most, that what fails all the time does so; and only that is critical.
fn health(told: &Told, wrong: &mut Wrong) {
    let report = health_report(&told.snapshot, &Lens::default(), &told.index, &default_rules());
    for alert in &report.alerts {
        let (Name::Node(about) | Name::Edge(_, about)) = &alert.name;
        let is_noise = told.truth.noise.contains(about);
        wrong.unless(is_noise && alert.severity == Severity::Low && alert.usual.is_some(), || {
            format!("{:?} alert {} of {:?}: {:?}", alert.severity, alert.rule, alert.name, alert.counted)
        });
    }
    for finding in report.answer.findings.iter().filter(|f| f.health == Health::Critical) {
        let is_noise = |n| told.truth.noise.iter().any(|noise| noise == told.id(n));
        let is_known = match finding.subject {
            Subject::Node(n) => is_noise(n),
            Subject::Edge(e) => told.index.graph.ends(e).is_some_and(|(_, to)| is_noise(to)),
        };
        wrong.unless(is_known, || format!("{} {:?}", told.subject(finding.subject), finding.symptoms));
    }
}

fn nothing(story: &str) {
    judge(&format!("{story}{NULL}"), &[incidents, deployments, associations, advices, health]);
}

#[test]
fn nothing_in_a_busy_evening() {
    judge("busy-evening", &[incidents, deployments, associations, advices, health]);
}

#[test]
fn nothing_in_checkout() {
    nothing("checkout-incident");
}

#[test]
fn nothing_in_stripe() {
    nothing("stripe-outage");
}

#[test]
fn nothing_in_large_orders() {
    nothing("intermittent-large-orders");
}

#[test]
fn nothing_in_recommendation_deploy() {
    nothing("recommendation-deploy");
}

#[test]
fn nothing_in_cascade() {
    nothing("cascade");
}

#[test]
fn nothing_in_slow_release() {
    nothing("slow-release");
}

#[test]
fn nothing_in_slow_release_of_the_tail() {
    nothing("slow-release-tail");
}
