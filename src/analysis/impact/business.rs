//! Whom an outage hits and what that costs: only from attributes that the user named.
use std::collections::BTreeSet;

use super::{EntryHit, Outage};
use crate::analysis::Study;
use crate::model::{Nanos, NodeId, Symbol, TraceIndex, Value};

/// Attributes that tell of users and money; whatever is not named is not told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct BusinessKeys {
    /// Whose request it is: `user.id`.
    pub user: Option<String>,
    /// What it is worth: `checkout.amount`.
    pub amount: Option<String>,
}

/// What is known of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Business {
    /// Requests that fail more than otherwise.
    pub requests: f64,
    /// Distinct users among them: at least so many, since traces may be sampled. `None` if nobody named the
    /// attribute, or no span has it.
    pub users: Option<usize>,
    /// Amount at risk per hour, in the unit of the attribute. `None` as above.
    pub amount_per_hour: Option<f64>,
    /// By how much fewer requests succeed, 0 to 1: at the entry that earns most, else at the one hit most.
    pub conversion_drop: Option<f64>,
    /// The entry that earns: most requests of those with an amount. `None` without amounts.
    pub conversion_entry: Option<(NodeId, Symbol)>,
}

/// What an outage costs over a stretch of time.
pub fn business(study: &Study<'_>, outage: &Outage, keys: &BusinessKeys, length: Nanos) -> Business {
    let mut users: BTreeSet<String> = BTreeSet::new();
    let (mut amount, mut has_amount) = (0.0, false);
    let mut worth: Vec<TraceIndex> = Vec::new();
    for (trace, extra) in &outage.by_trace {
        if let Some(user) = keys.user.as_deref().and_then(|k| find(study, *trace, k))
            && *extra >= 0.5
        {
            users.insert(user.to_string());
        }
        if let Some(value) = keys.amount.as_deref().and_then(|k| find(study, *trace, k)).and_then(number) {
            has_amount = true;
            worth.push(*trace);
            amount += value * extra;
        }
    }
    let hours = length.as_millis_f64() / 3_600_000.0;
    let earning = earning(study, outage, &worth);
    let drop = earning.or(outage.entries.first()).map(|e| {
        let before = 1.0 - e.recorded_ratio;
        if before > 0.0 { ((before - (1.0 - e.error_ratio)) / before).max(0.0) } else { 0.0 }
    });
    Business {
        requests: outage.affected,
        users: (keys.user.is_some() && !users.is_empty()).then_some(users.len()),
        amount_per_hour: (has_amount && hours > 0.0).then(|| amount / hours),
        conversion_drop: drop,
        conversion_entry: earning.map(|e| (e.node, e.operation)),
    }
}

/// Of the entries whose requests have a worth, the one with most requests.
fn earning<'o>(study: &Study<'_>, outage: &'o Outage, worth: &[TraceIndex]) -> Option<&'o EntryHit> {
    let entry_of = |trace: &TraceIndex| {
        let calls = study.snapshot.calls.of_trace(*trace)?;
        let root = calls.served.iter().find(|s| s.is_root)?;
        Some((study.index.node_of(root.service)?, root.operation))
    };
    let entries: BTreeSet<(NodeId, Symbol)> = worth.iter().filter_map(entry_of).collect();
    let of_worth = outage.entries.iter().filter(|e| entries.contains(&(e.node, e.operation)));
    of_worth.max_by(|a, b| {
        a.requests.total_cmp(&b.requests).then((b.node, b.operation).cmp(&(a.node, a.operation)))
    })
}

/// The value of an attribute in a trace: of the earliest span that has it.
fn find<'a>(study: &Study<'a>, trace: TraceIndex, key: &str) -> Option<&'a Value> {
    let rows = study.snapshot.spans.rows_of(trace);
    let found = rows.filter_map(|s| Some(((s.start(), s.span_id()), s.attribute(key)?)));
    found.min_by_key(|f| f.0).map(|f| f.1)
}

fn number(value: &Value) -> Option<f64> {
    let parsed = value.as_int().map(|i| i as f64).or_else(|| value.to_string().parse().ok());
    parsed.filter(|n: &f64| n.is_finite())
}
