//! Alerts by the usual rules: who is on the way to the cause raises one soon after it broke, nobody before.
use spanscape::analysis::Severity;
use spanscape::analysis::alerts::{Alert, Name};
use spanscape::analysis::health_report::health_report;
use spanscape::export::rules::default_rules;
use spanscape::store::Lens;

use crate::{Told, Wrong};

/// What an outage may last before somebody is told; half a minute of it are the two evaluations.
const SOON: f64 = 2.0;
/// What hits one request in thirty, or only makes it slower, must last before it is more than chance.
const LATER: f64 = f64::INFINITY;
/// Stories in which most requests fail or hang.
const GRAVE: [&str; 3] = ["checkout-incident", "stripe-outage", "cascade"];

/// Held against the truth.
pub fn raised(told: &Told, wrong: &mut Wrong) {
    let report = health_report(&told.snapshot, &Lens::default(), &told.index, &default_rules());
    let start = told.truth.incident.unwrap().start;
    let minutes = |a: &Alert| (a.raised - start).as_secs_f64() / 60.0;
    let news = || report.alerts.iter().filter(|a| a.severity > Severity::Low);
    for alert in news().filter(|a| minutes(a) < 0.0) {
        wrong.0.push(format!("{} of {:?} {:.1} minutes early", alert.rule, alert.name, -minutes(alert)));
    }
    let is_on_path = |a: &&Alert| {
        let (Name::Node(about) | Name::Edge(_, about)) = &a.name;
        told.truth.path.contains(about) || told.truth.root_cause.as_ref() == Some(about)
    };
    let is_grave = GRAVE.contains(&told.truth.scenario.as_str());
    let (least, most) = if is_grave { (Severity::Critical, SOON) } else { (Severity::Medium, LATER) };
    let first = news().filter(|a| a.severity >= least).filter(is_on_path).map(minutes).min_by(f64::total_cmp);
    wrong.unless(first.is_some_and(|m| m <= most), || format!("first alert after {first:?} minutes"));
}
