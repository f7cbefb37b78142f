//! Whom an outage hit, for the stories that have one.
use std::collections::{BTreeMap, BTreeSet};

use super::finds::ImpactTruth;
use super::log::{Figures, Served};
use super::system::{ServiceId, System};
use super::truth::NodeKey;
use crate::model::TraceId;

/// From the share of an operation's requests at which people speak of it as degraded.
const DEGRADED: f64 = 0.1;
/// Attribute that tells who asks.
const USER: &str = "user.id";

/// What the incident did to requests, users and money; nothing for stories without one.
///
/// `amount` is the attribute of entry requests with the money, `conversion` the entry operation that earns it.
pub(super) fn impact(
    system: &System,
    log: &[Served],
    node: &str,
    (amount, conversion): (&str, &str),
) -> Option<ImpactTruth> {
    let outage = system.incident?;
    let operation = |s: &Served| &system.operations[s.operation.0];
    let during = || log.iter().filter(|s| outage.contains(s.time.start));
    let lost: Vec<&Served> = during().filter(|s| s.is_root && s.failed).collect();
    let paid = lost.iter().filter(|s| operation(s).attributes.iter().any(|(key, _)| *key == amount));
    // Of a request whose spans do not say who asks, nobody can tell.
    let named: BTreeSet<TraceId> = during()
        .filter(|s| operation(s).attributes.iter().any(|(key, _)| *key == USER))
        .map(|s| s.trace)
        .collect();
    let users: BTreeSet<u32> =
        lost.iter().filter(|s| named.contains(&s.trace)).map(|s| s.facts.user).collect();
    let success = |is_during: bool| {
        let some = log.iter().filter(|s| s.is_root && operation(s).name == conversion);
        let some = some.filter(|s| outage.contains(s.time.start) == is_during);
        1.0 - Figures::of(some).failed_share()
    };
    let entry = log.iter().find(|s| s.is_root && operation(s).name == conversion)?;
    Some(ImpactTruth {
        node: node.to_owned(),
        fallback: false,
        services: services(system, during()),
        degraded: degraded(system, during()),
        length: outage.end.min(system.window.end) - outage.start,
        failed_requests: lost.len() as u64,
        affected_users: users.len() as u64,
        amount_attribute: amount.to_owned(),
        lost_cents: paid.map(|s| u64::from(s.facts.amount_cents)).sum(),
        conversion_operation: system.operation_name(entry.operation),
        conversion_drop: 1.0 - success(true) / success(false),
    })
}

/// Services with the share of their requests that failed, worst first.
fn services<'a>(system: &System, served: impl Iterator<Item = &'a Served>) -> Vec<(NodeKey, f64)> {
    let mut by_service: BTreeMap<ServiceId, Vec<&Served>> = BTreeMap::new();
    served.for_each(|s| by_service.entry(s.service).or_default().push(s));
    let key = |id: ServiceId| system.services[id.0].node().key();
    let mut shares: Vec<(NodeKey, f64)> = by_service.iter().map(|(id, s)| (key(*id), share(s))).collect();
    shares.sort_by(|a, b| b.1.total_cmp(&a.1));
    shares
}

fn degraded<'a>(system: &System, served: impl Iterator<Item = &'a Served>) -> Vec<String> {
    let mut by_operation: BTreeMap<String, Vec<&Served>> = BTreeMap::new();
    served.for_each(|s| by_operation.entry(system.operation_name(s.operation)).or_default().push(s));
    by_operation.into_iter().filter(|(_, s)| share(s) >= DEGRADED).map(|(name, _)| name).collect()
}

fn share(served: &[&Served]) -> f64 {
    Figures::of(served.iter().copied()).failed_share()
}
