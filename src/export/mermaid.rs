//! The service graph for Markdown pages.
use std::fmt::Write;

use super::line::plain;
use super::map::{CELL, by_box, colour, edge_label};
use crate::graph::{Health, ServiceGraph};

/// Edges that Mermaid draws unless it is told to draw more.
const MERMAID_EDGES: usize = 500;

/// Letters that Mermaid takes for marks, by their names.
fn mermaid_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("#quot;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '&' => out.push_str("#amp;"),
            '#' => out.push_str("#35;"),
            '`' => out.push_str("#96;"),
            c => out.push(c),
        }
    }
    out
}

/// For Markdown pages; a subgraph for each box.
pub fn mermaid(graph: &ServiceGraph, boxes: &[Option<String>]) -> String {
    let mut out = String::new();
    let edges = graph.edges().count();
    if edges > MERMAID_EDGES {
        let _ = writeln!(
            out,
            "%% {edges} edges: Mermaid draws {MERMAID_EDGES} and 50000 letters unless maxEdges and maxTextSize are raised"
        );
    }
    out.push_str("flowchart LR\n");
    for (number, (group, nodes)) in by_box(graph, boxes).into_iter().enumerate() {
        if let Some(name) = group {
            let _ = writeln!(out, "  subgraph g{number}[\"{}\"]", mermaid_text(&plain(name, CELL)));
        }
        for (id, n) in nodes {
            let name = mermaid_text(&plain(&n.name, CELL));
            let (open, close) = match n.kind.name() {
                "database" | "cache" => ("[(", ")]"),
                "queue" => ("[[", "]]"),
                "user" => ("((", "))"),
                _ => ("(", ")"),
            };
            let _ = writeln!(out, "  n{}{open}\"{name}\"{close}", id.0);
        }
        if group.is_some() {
            out.push_str("  end\n");
        }
    }
    for (_, a, b, e) in graph.edges() {
        let _ = writeln!(out, "  n{} -->|\"{}\"| n{}", a.0, edge_label(e, graph.length()), b.0);
    }
    for (i, (_, _, _, e)) in graph.edges().enumerate() {
        if e.health >= Health::Warning {
            let _ = writeln!(out, "  linkStyle {i} stroke:{}", colour(e.health));
        }
    }
    for (id, n) in graph.nodes().filter(|(_, n)| n.health >= Health::Warning) {
        let _ = writeln!(out, "  style n{} stroke:{},stroke-width:3px", id.0, colour(n.health));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_in_names_are_letters() {
        assert_eq!(mermaid_text("a\"b<c>&#`d\\受付"), "a#quot;b#lt;c#gt;#amp;#35;#96;d\\受付");
    }
}
