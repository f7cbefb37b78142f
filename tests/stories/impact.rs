//! Impact: whom an outage hits and what it costs, measured and predicted.
use std::collections::BTreeSet;

use spanscape::analysis::Severity;
use spanscape::analysis::impact::{
    Business, BusinessKeys, Limits, Mode, Outage, business, measured as measure, outage,
};
use spanscape::analysis::timeouts::inferred_timeouts;
use spanscape::model::{Nanos, TimeRange};
use spanscape::scenario::ImpactTruth;
use spanscape::store::Lens;

use crate::{Told, Wrong};

fn truth(told: &Told) -> (&ImpactTruth, TimeRange) {
    (told.truth.finds.impact.as_ref().unwrap(), told.truth.incident.unwrap())
}

/// Share of each service's requests that fail; of those without a hit nothing beyond `by` may fail.
fn shares(told: &Told, found: &Outage, by: f64, wrong: &mut Wrong) {
    let (truth, _) = truth(told);
    let others = truth.services.iter().filter(|(n, _)| *n != truth.node && !told.truth.noise.contains(n));
    for (node, share) in others {
        let hit = found.hits.iter().find(|h| told.id(h.node) == node);
        let predicted = hit.map_or(0.0, |h| h.error_ratio);
        wrong.near(&format!("share of {node} that fails"), predicted, *share, by);
        // At the very limit either side is right.
        let is_clear = [0.1, 0.3, 0.5].iter().all(|limit| (share - limit).abs() > by);
        let severity = hit.map_or(Severity::Low, |h| h.severity).name();
        wrong.unless(!is_clear || severity == ImpactTruth::severity(*share), || {
            format!("{node} is {severity}")
        });
    }
}

fn degraded(told: &Told, found: &Outage, wrong: &mut Wrong) {
    let (truth, _) = truth(told);
    let is_known = |name: &&String| {
        let node = format!("service:{}", name.split(' ').next().unwrap());
        node != truth.node && !told.truth.noise.contains(&node)
    };
    let expected: BTreeSet<&str> = truth.degraded.iter().filter(is_known).map(|d| &**d).collect();
    let name = |node, operation| {
        format!("{} {}", told.id(node).trim_start_matches("service:"), told.text(operation))
    };
    let hits = found.hits.iter().filter(|h| !told.truth.noise.iter().any(|n| n == told.id(h.node)));
    let names: Vec<String> = hits.flat_map(|h| h.operations.iter().map(move |o| name(h.node, o.0))).collect();
    let names: BTreeSet<&str> = names.iter().map(|n| &**n).collect();
    wrong.unless(names == expected, || format!("degraded are {names:?}, in truth {expected:?}"));
}

fn cost(told: &Told, found: &Outage, length: Nanos) -> Business {
    let (truth, _) = truth(told);
    let amount = Some(truth.amount_attribute.clone());
    let keys = BusinessKeys { user: Some("user.id".to_owned()), amount };
    business(&told.study(), found, &keys, length)
}

/// Measured while it was out, against the time before.
pub fn measured(told: &Told, wrong: &mut Wrong) {
    let (truth, out) = truth(told);
    let study = told.study();
    let before = TimeRange::new(told.snapshot.extent.unwrap().start, out.start);
    let found = measure(&study, &study.traces(&Lens::default()), told.node(&truth.node), out, before);
    shares(told, &found, 0.03, wrong);
    degraded(told, &found, wrong);
    let cost = cost(told, &found, truth.length);
    let few = |of: u64| 1.0 + 0.03 * of as f64;
    wrong.near("failed requests", cost.requests, truth.failed_requests as f64, few(truth.failed_requests));
    let users = cost.users.unwrap_or(0) as f64;
    wrong.near("users hit", users, truth.affected_users as f64, few(truth.affected_users));
    let lost = truth.lost_cents as f64 / 100.0 / truth.hours();
    wrong.near("lost an hour", cost.amount_per_hour.unwrap_or(0.0), lost, 0.03 * lost);
    conversion(told, &found, &cost, wrong);
}

/// The drop at the entry that the story speaks of; the one that is told is it, or another that earns.
fn conversion(told: &Told, found: &Outage, cost: &Business, wrong: &mut Wrong) {
    let (truth, _) = truth(told);
    let name = |(node, operation)| {
        format!("{} {}", told.id(node).trim_start_matches("service:"), told.text(operation))
    };
    let entry = found.entries.iter().find(|e| name((e.node, e.operation)) == truth.conversion_operation);
    let drop = entry.map_or(0.0, |e| (e.error_ratio - e.recorded_ratio) / (1.0 - e.recorded_ratio));
    wrong.near("drop of conversion", drop, truth.conversion_drop, 0.03);
    let earner = cost.conversion_entry.map(name);
    // In the cascade as many orders come from phones, and say what they are worth as well.
    let is_right = earner.as_ref() == Some(&truth.conversion_operation)
        || earner.as_deref() == Some("mobile-bff POST /mobile/orders");
    wrong.unless(is_right, || format!("conversion of {earner:?}"));
}

/// How long a caller waits is learnt from its failed calls; a callee that is slow makes them fail then, and no
/// request without a call to it changes.
pub fn patience(told: &Told, wrong: &mut Wrong) {
    let (study, all) = (told.study(), Lens::default());
    let limits = inferred_timeouts(&told.snapshot, &all, &told.index);
    let node = told.node("service:inventory-service");
    let found = outage(&study, &study.traces(&all), node, Mode::Slow(1000.0), &limits);
    let of = |caller: &str| found.patience.iter().find(|p| told.id(p.caller) == caller)?.limit;
    wrong.near(
        "patience of catalog",
        of("service:catalog-service").map_or(0.0, |l| l.as_secs_f64()),
        2.0,
        0.05,
    );
    let catalog = found.hits.iter().find(|h| told.id(h.node) == "service:catalog-service");
    wrong.unless(catalog.is_some_and(|h| h.error_ratio > 0.9), || format!("catalog: {catalog:?}"));
    let slower = found.slower.first();
    wrong.unless(slower.is_some_and(|s| s.after[1] > Some(s.before[1])), || format!("slower: {slower:?}"));
    let changed =
        found.hits.iter().map(|h| told.id(h.node)).filter(|n| *n == "service:recommendation-service");
    changed.for_each(|n| wrong.0.push(format!("{n} has nothing to do with it")));
}

/// Predicted from calm times alone, when nobody knows yet how it ends.
pub fn predicted(told: &Told, wrong: &mut Wrong) {
    let (truth, out) = truth(told);
    let study = told.study();
    let all = study.traces(&Lens::default());
    let before = |t: &spanscape::analysis::Reading| t.start().filter(|s| *s < out.start).map(|_| t.trace);
    let calm = study.map(&all, before);
    let found = outage(&study, &calm, told.node(&truth.node), Mode::Down, &Limits::new());
    shares(told, &found, 0.06, wrong);
    degraded(told, &found, wrong);
}
