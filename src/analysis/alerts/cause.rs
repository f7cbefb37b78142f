//! Alerts that tell of one trouble: those of a node, and of the calls to it, for a like reason at the same time.
use super::{Alert, Name, Signal};
use crate::analysis::Severity;
use crate::model::Timestamp;

/// Alerts of one trouble.
#[derive(Clone, Debug, PartialEq)]
pub struct Trouble {
    /// The one that says most: that of the node where there is one, of those the gravest.
    pub alert: Alert,
    /// The others, the gravest first.
    pub others: Vec<Alert>,
    /// How bad it is: now, or at its worst where it is over.
    pub severity: Severity,
}

impl Trouble {
    /// From the first onset to the last end; `None` for an end while one is active.
    pub fn period(&self) -> (Timestamp, Option<Timestamp>) {
        let all = || std::iter::once(&self.alert).chain(&self.others);
        let onset = all().map(|a| a.onset).min().unwrap_or(self.alert.onset);
        let is_active = all().any(|a| a.resolved.is_none());
        (onset, if is_active { None } else { all().filter_map(|a| a.resolved).max() })
    }
    /// Whether it goes on.
    pub fn is_active(&self) -> bool {
        self.period().1.is_none()
    }
}

/// What a signal is a sign of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sign {
    Failing,
    Slow,
    Traffic,
    Busy,
}

fn sign(signal: Option<Signal>) -> Sign {
    match signal {
        Some(Signal::P95Ms | Signal::P95OfCalm | Signal::Apdex) => Sign::Slow,
        Some(Signal::RatePerMin) => Sign::Traffic,
        Some(s) if s.is_measured() => Sign::Busy,
        _ => Sign::Failing,
    }
}

/// Who is called: the node, or the callee of an edge.
fn callee(name: &Name) -> &str {
    match name {
        Name::Node(id) | Name::Edge(_, id) => id,
    }
}

/// Puts alerts of one trouble together; troubles that go on first, the gravest and longest first.
pub fn troubles(alerts: &[Alert]) -> Vec<Trouble> {
    let key = |a: &Alert| (callee(&a.name).to_owned(), sign(a.signal), a.is_standing(), a.onset);
    let mut sorted: Vec<&Alert> = alerts.iter().collect();
    sorted.sort_by_cached_key(|a| key(a));
    let mut groups: Vec<(Option<Timestamp>, Vec<&Alert>)> = Vec::new();
    for alert in sorted {
        let kind = |a: &Alert| (sign(a.signal), a.is_standing());
        let is_same = |b: &Alert| callee(&b.name) == callee(&alert.name) && kind(b) == kind(alert);
        match groups.last_mut() {
            Some((end, group))
                if group.first().is_some_and(|b| is_same(b)) && end.is_none_or(|e| alert.onset <= e) =>
            {
                *end = (*end).zip(alert.resolved).map(|(a, b)| a.max(b));
                group.push(alert);
            }
            _ => groups.push((alert.resolved, vec![alert])),
        }
    }
    let mut out: Vec<Trouble> = groups.into_iter().filter_map(|(_, group)| trouble(group)).collect();
    let order = |t: &Trouble| (t.is_active(), t.severity, t.alert.duration());
    out.sort_by(|a, b| order(b).cmp(&order(a)).then(a.alert.name.cmp(&b.alert.name)));
    out
}

fn trouble(mut group: Vec<&Alert>) -> Option<Trouble> {
    // Those that go on, then nodes, then the gravest.
    let rank = |a: &Alert| (a.resolved.is_none(), matches!(a.name, Name::Node(_)), a.severity, a.duration());
    group.sort_by(|a, b| rank(b).cmp(&rank(a)).then((&a.name, &a.rule).cmp(&(&b.name, &b.rule))));
    let (first, others) = group.split_first()?;
    let now = group.iter().filter_map(|a| a.now).map(|n| n.0).max();
    let severity = now.or_else(|| group.iter().map(|a| a.severity).max()).unwrap_or_default();
    let others = others.iter().map(|a| (*a).clone()).collect();
    Some(Trouble { alert: (*first).clone(), others, severity })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(name: &Name, signal: Signal, severity: Severity, onset: i64, end: Option<i64>) -> Alert {
        Alert {
            rule: signal.name().to_owned(),
            name: name.clone(),
            severity,
            signal: Some(signal),
            limit: 0.05,
            now: end.is_none().then_some((severity, 0.05)),
            onset: Timestamp(onset),
            raised: Timestamp(onset),
            resolved: end.map(Timestamp),
            peak: 0.3,
            counted: None,
            usual: None,
            last: 0.2,
            area: 1.0,
            seen: Timestamp(1000),
        }
    }

    fn told(alerts: &[Alert]) -> Vec<String> {
        let name = |n: &Name| match n {
            Name::Node(id) => id.clone(),
            Name::Edge(a, b) => format!("{a}>{b}"),
        };
        let one = |a: &Alert| format!("{} {}", name(&a.name), a.rule);
        let all = troubles(alerts);
        let line = |t: &Trouble| {
            let others: Vec<String> = t.others.iter().map(one).collect();
            format!("{} {} [{}]", t.severity.name(), one(&t.alert), others.join(", "))
        };
        all.iter().map(line).collect()
    }

    #[test]
    fn a_node_and_the_calls_to_it_are_one_trouble_while_they_overlap() {
        let pay = Name::Node("pay".to_owned());
        let to_pay = Name::Edge("shop".to_owned(), "pay".to_owned());
        let (high, medium) = (Severity::Critical, Severity::Medium);
        let all = [
            alert(&to_pay, Signal::TimeoutRatio, high, 100, None),
            alert(&pay, Signal::ErrorRatio, medium, 200, None),
            alert(&pay, Signal::P95OfCalm, medium, 200, None),
            alert(&to_pay, Signal::ErrorRatio, high, 10, Some(50)),
            alert(&Name::Node("shop".to_owned()), Signal::ErrorRatio, high, 200, None),
        ];
        assert_eq!(
            told(&all),
            [
                "critical pay error_ratio [shop>pay timeout_ratio]",
                "critical shop error_ratio []",
                "medium pay p95_of_calm []",
                "critical shop>pay error_ratio []",
            ]
        );
        assert_eq!(troubles(&all)[0].period(), (Timestamp(100), None));
    }
}
