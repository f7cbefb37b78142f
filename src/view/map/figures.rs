//! The texts on the map and the sentences that a screen reader speaks.
use super::input::{Health, MapEdge, MapNode, NodeKind};
use super::scene::EdgeScene;
use crate::texts::{fill, texts};
use crate::view::text;

/// The longest name on the map, in characters.
const NAME: usize = 26;

impl NodeKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Service => texts().map.service,
            Self::Database => texts().map.database,
            Self::Cache => texts().map.cache,
            Self::Queue => texts().map.queue,
            Self::External => texts().map.external,
            Self::User => texts().map.user,
            Self::Unknown => texts().map.unknown_kind,
            Self::Group => texts().map.group,
        }
    }

    /// Its icon, in the Phosphor fonts.
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Service => egui_phosphor::regular::CUBE,
            Self::Database => egui_phosphor::regular::DATABASE,
            Self::Cache => egui_phosphor::regular::LIGHTNING,
            Self::Queue => egui_phosphor::regular::QUEUE,
            Self::External => egui_phosphor::regular::GLOBE_SIMPLE,
            Self::User => egui_phosphor::regular::USER,
            Self::Unknown => egui_phosphor::regular::QUESTION,
            Self::Group => egui_phosphor::regular::STACK,
        }
    }
}

impl Health {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => texts().map.few_calls,
            Self::Healthy => texts().map.healthy,
            Self::Warning => texts().map.warning,
            Self::Critical => texts().map.critical,
        }
    }

    /// Whether it calls for attention.
    pub const fn is_bad(self) -> bool {
        matches!(self, Self::Warning | Self::Critical)
    }
}

/// The name below a node.
pub(super) fn shown_name(name: &str) -> String {
    text::name(name, NAME)
}

/// The whole of it, as one safe line.
pub(super) fn whole_name(name: &str) -> String {
    text::name(name, text::LONGEST)
}

/// The muted line below the name: `640/min · 840 ms`.
pub(super) fn node_line(node: &MapNode) -> String {
    if let Some(change) = &node.change {
        return change.line();
    }
    if let Some(ill) = ill_members(node) {
        return ill;
    }
    let rate = node.rate_per_min.filter(|_| node.calls > 0).map(text::rate_per_min);
    let latency = node.latency_ms.filter(|_| node.calls > 0).map(text::duration_ms);
    match (rate, latency) {
        (Some(rate), Some(latency)) => format!("{rate} · {latency}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => texts().map.no_traffic.to_owned(),
    }
}

/// "2 of 40 critical": of a group with members that are not healthy.
fn ill_members(node: &MapNode) -> Option<String> {
    let health = if node.ill[0] > 0 { Health::Critical } else { Health::Warning };
    let count = if node.ill[0] > 0 { node.ill[0] } else { node.ill[1] };
    let words = || {
        let values: [(&str, &dyn std::fmt::Display); 3] =
            [("ill", &count), ("count", &node.members), ("health", &health.word())];
        fill(texts().map.ill_members, &values)
    };
    (count > 0).then(words)
}

/// The share of errors, or of ill members, at the corner of a node that is not healthy.
pub(super) fn badge(node: &MapNode) -> Option<String> {
    if let Some(change) = &node.change {
        return change.verdict.badge();
    }
    if let [critical, warning] = node.ill
        && critical + warning > 0
    {
        let most = if critical > 0 { critical } else { warning };
        return Some(format!("{most}/{}", node.members));
    }
    node.health.is_bad().then(|| match node.error_ratio {
        Some(ratio) if ratio > 0.0 => text::percent(ratio),
        _ => texts().map.slow.to_owned(),
    })
}

/// "checkout, service, critical, 245 requests per minute, 8 percent errors".
pub(super) fn spoken_node(node: &MapNode) -> String {
    let name = whole_name(&node.name);
    if let Some(change) = &node.change {
        return format!("{name}, {}, {}", node.kind.word(), change.sentence());
    }
    let kind = match node.kind {
        NodeKind::Group => fill(texts().map.group_of, &[("count", &node.members)]),
        kind => kind.word().to_owned(),
    };
    let health = ill_members(node).unwrap_or_else(|| node.health.word().to_owned());
    let mut parts = vec![name, kind, health];
    if let Some(rate) = node.rate_per_min.filter(|_| node.calls > 0) {
        parts.push(fill(texts().map.requests_per_minute, &[("count", &text::count(rate))]));
    }
    parts.extend(node.error_ratio.and_then(spoken_errors));
    if let Some(latency) = node.latency_ms.filter(|_| node.calls > 0) {
        parts.push(fill(texts().map.percentile_95, &[("length", &text::duration_ms(latency))]));
    }
    parts.join(", ")
}

/// "checkout to payments, critical, 310 calls per minute, 8 percent errors".
pub(super) fn spoken_edge(edge: &EdgeScene, from: &str, to: &str) -> String {
    if let Some(change) = &edge.told {
        return fill(texts().map.edge_changed, &[("from", &from), ("to", &to), ("change", change)]);
    }
    let mut parts =
        vec![fill(texts().map.edge, &[("from", &from), ("to", &to)]), edge.health.word().to_owned()];
    let edge = &edge.figures;
    match edge.rate_per_min.filter(|_| edge.calls > 0.0) {
        Some(rate) => parts.push(fill(texts().map.calls_per_minute, &[("count", &text::count(rate))])),
        None => parts.push(texts().map.no_calls.to_owned()),
    }
    parts.extend(edge.error_ratio.and_then(spoken_errors));
    if let Some(latency) = edge.latency_ms[1].filter(|_| edge.calls > 0.0) {
        parts.push(fill(texts().map.percentile_95, &[("length", &text::duration_ms(latency))]));
    }
    if edge.timeouts > 0.0 {
        parts.push(fill(texts().map.timeouts, &[("count", &text::count(edge.timeouts))]));
    }
    parts.join(", ")
}

/// ", calls itself 12 times per minute", to be added to the sentence of a node.
pub(super) fn spoken_loop(edge: &MapEdge) -> String {
    match edge.rate_per_min.filter(|_| edge.calls > 0) {
        Some(rate) => fill(texts().map.calls_itself_times_per_minute, &[("count", &text::count(rate))]),
        None => texts().map.calls_itself.to_owned(),
    }
}

fn spoken_errors(ratio: f64) -> Option<String> {
    let share = text::percent(ratio);
    (ratio > 0.0).then(|| fill(texts().map.percent_errors, &[("share", &share.trim_end_matches('%'))]))
}
