//! The service graph for programs that draw and measure graphs.
use std::fmt::Write;

use super::line::xml;
use super::map::{cells, id_of};
use crate::graph::{Red, ServiceGraph};

/// For Gephi, yEd and networkx.
pub fn graphml(graph: &ServiceGraph, boxes: &[Option<String>]) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n",
    );
    const TEXTS: [&str; 6] = ["name", "namespace", "environment", "group", "kind", "health"];
    const NUMBERS: [&str; 10] = [
        "calls",
        "errors",
        "timeouts",
        "rate_per_min",
        "error_ratio",
        "avg_ms",
        "p50_ms",
        "p95_ms",
        "p99_ms",
        "max_ms",
    ];
    let keys = TEXTS.map(|k| (k, "string")).into_iter().chain(NUMBERS.map(|k| (k, "double")));
    for (key, kind) in keys {
        let _ = writeln!(out, "  <key id=\"{key}\" for=\"all\" attr.name=\"{key}\" attr.type=\"{kind}\"/>");
    }
    out.push_str("  <graph edgedefault=\"directed\">\n");
    let length = graph.length();
    let data = |texts: [&str; 6], red: &Red| {
        let numbers = NUMBERS.into_iter().zip(cells(red, length));
        let all = TEXTS.into_iter().zip(texts.map(xml)).chain(numbers);
        let told = all.filter(|(_, value)| !value.is_empty());
        told.map(|(key, value)| format!("<data key=\"{key}\">{value}</data>")).collect::<String>()
    };
    for (id, n) in graph.nodes() {
        let group = boxes.get(id.0 as usize).and_then(Option::as_deref).unwrap_or_default();
        let texts = [&*n.name, &n.namespace, &n.environment, group, n.kind.name(), n.health.name()];
        let _ = writeln!(out, "    <node id=\"{}\">{}</node>", xml(&n.id), data(texts, &n.red));
    }
    for (_, a, b, e) in graph.edges() {
        let (from, to) = (xml(id_of(graph, a)), xml(id_of(graph, b)));
        let _ = writeln!(
            out,
            "    <edge source=\"{from}\" target=\"{to}\">{}</edge>",
            data(["", "", "", "", e.kind.name(), e.health.name()], &e.red)
        );
    }
    out + "  </graph>\n</graphml>\n"
}
