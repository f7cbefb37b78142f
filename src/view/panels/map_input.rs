//! A graph as the map takes it: nodes, edges and groups with their figures.
use std::collections::BTreeMap;

use crate::export::names::shown_name;
use crate::graph::{
    Arranged, Arrangement, EdgeKind, GroupBy, GroupTotal, Health, INSIDE, NodeKind, Red, ServiceGraph,
};
use crate::model::{Nanos, NodeId};
use crate::view::map::{self, MapEdge, MapInput, MapNode};

/// What the map is to show of `shown`, which was arranged from `whole`.
pub(super) fn map_input(shown: &Arranged, whole: &ServiceGraph, arrangement: &Arrangement) -> MapInput {
    let graph = &shown.index.graph;
    let over = graph.length();
    let mut input = MapInput::default();
    let ms = |red: &Red| red.quantile(0.95).map(|n| n.as_millis_f64());
    let members: BTreeMap<NodeId, &[NodeId]> =
        shown.collapsed.iter().map(|c| (c.0, c.2.as_slice())).collect();
    let ill = |members: &[NodeId]| {
        let all = members.iter().filter_map(|n| whole.node(*n)).map(|n| n.health);
        [Health::Critical, Health::Warning].map(|state| all.clone().filter(|h| *h == state).count())
    };
    let is_nested = matches!(&arrangement.group_by, GroupBy::Keys(keys) if keys.len() > 1);
    for ((id, node), group) in graph.nodes().zip(shown.boxes(&arrangement.group_by)) {
        let red = &node.red;
        // Groups in groups have the name of the one around them before theirs.
        let outer = || group.as_ref()?.split(INSIDE).next().map(str::to_owned);
        let outer = if is_nested { outer() } else { None };
        input.nodes.push(MapNode {
            key: node.id.clone(),
            name: shown_name(node).into_owned(),
            kind: kind(node.kind),
            outer,
            group,
            health: health(node.health),
            rate_per_min: red.rate_per_min(over),
            latency_ms: ms(red),
            error_ratio: red.error_ratio(),
            calls: red.calls() as u64,
            instrumented: node.is_instrumented,
            members: members.get(&id).map_or(1, |m| m.len()),
            ill: members.get(&id).map_or([0; 2], |m| ill(m)),
            change: None,
        });
    }
    let edge = |from: NodeId, to: NodeId, red: &Red, kind, health| MapEdge {
        from: from.0 as usize,
        to: to.0 as usize,
        rate_per_min: red.rate_per_min(over),
        error_ratio: red.error_ratio(),
        latency_ms: ms(red),
        more_latency_ms: [0.5, 0.99].map(|q| red.quantile(q).map(|n| n.as_millis_f64())),
        kind,
        timeouts: red.timeouts() as u64,
        calls: red.calls() as u64,
        health,
        change: None,
    };
    input.edges.extend(graph.edges().map(|(_, a, b, e)| edge(a, b, &e.red, e.kind, health(e.health))));
    let own = graph.nodes().filter(|(_, n)| !n.self_calls.is_empty());
    input.edges.extend(own.map(|(id, n)| edge(id, id, &n.self_calls, EdgeKind::Other, map::Health::Healthy)));
    input
}

/// What groups do as a whole, for the map.
pub(super) fn map_totals(
    totals: &BTreeMap<String, GroupTotal>,
    over: Nanos,
) -> BTreeMap<String, map::GroupFigures> {
    let of = |t: &GroupTotal| map::GroupFigures {
        members: t.members,
        rate_per_min: t.coming_in.rate_per_min(over).unwrap_or(0.0),
        calls: t.coming_in.calls(),
        failed: t.coming_in.errors(),
    };
    totals.iter().map(|(name, t)| (name.clone(), of(t))).collect()
}

/// The kind as the map knows it.
pub fn kind(kind: NodeKind) -> map::NodeKind {
    match kind {
        NodeKind::Service => map::NodeKind::Service,
        NodeKind::Database => map::NodeKind::Database,
        NodeKind::Cache => map::NodeKind::Cache,
        NodeKind::Queue => map::NodeKind::Queue,
        NodeKind::External => map::NodeKind::External,
        NodeKind::User => map::NodeKind::User,
        NodeKind::Unknown => map::NodeKind::Unknown,
        NodeKind::Group => map::NodeKind::Group,
    }
}

/// The health as the map knows it.
pub fn health(health: crate::graph::Health) -> map::Health {
    match health {
        crate::graph::Health::Unknown => map::Health::Unknown,
        crate::graph::Health::Healthy => map::Health::Healthy,
        crate::graph::Health::Warning => map::Health::Warning,
        crate::graph::Health::Critical => map::Health::Critical,
    }
}
