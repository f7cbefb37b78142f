//! The right panel for a selected node.
use egui::Ui;

use super::command::{Command, Item, Tab};
use super::edge_reading;
use super::findings;
use super::notes;
use super::side::{self, Side};
use super::widgets;
use super::{reach, traces};
use crate::export::names::shown_name;
use crate::graph::Node;
use crate::model::{EdgeId, NodeId};
use crate::texts::{fill, texts};
use crate::view::text;
use crate::view::words;

/// Shows the node.
pub fn show(ui: &mut Ui, side: &Side<'_>, id: NodeId, commands: &mut Vec<Command>) {
    let (graph, p) = (&side.picture.index.graph, &side.palette);
    let Some(node) = graph.node(id) else { return };
    side::title(ui, node.health, (&shown_name(node), None), &line(node), p, commands);
    side::figures(ui, &node.red, graph.length(), node.kind.has_apdex(), p);
    let item = Item::Node(node.id.clone());
    // What nobody takes out of it waits for nobody that is known.
    if let Some((_, reading)) = side.reading.filter(|r| r.0 == item && r.1.is_from_queue) {
        edge_reading::queued(ui, reading, p);
    }
    notes::of_node(ui, side.notes, &node.id, p, commands);
    findings::deployments_of(ui, side, &node.id, commands);
    side::charts(ui, side, &item);
    match side::tabs(ui, side, &Tab::ALL, commands) {
        Tab::Traces => traces::show(ui, side, commands),
        Tab::Calls => calls(ui, side, id, commands),
        Tab::Impact => reach::show(ui, side, id, commands),
    }
}

/// `service · ordering · production · version 2.4.1 · 3 instances`
fn line(node: &Node) -> String {
    let mut parts = vec![words::node_kind(node.kind).to_owned()];
    parts.extend(
        [&node.system, &node.namespace, &node.environment].into_iter().filter(|s| !s.is_empty()).cloned(),
    );
    match node.versions.as_slice() {
        [] => {}
        [one] => parts.push(fill(texts().side.version, &[("version", &one)])),
        many => parts.push(fill(texts().side.versions, &[("versions", &many.join(", "))])),
    }
    match node.instances.len() {
        0 => {}
        1 => parts.push(texts().side.n_1_instance.to_owned()),
        n => parts.push(fill(texts().side.instances, &[("count", &n)])),
    }
    if !node.is_instrumented {
        parts.push(texts().side.seen_by_its_callers_only.to_owned());
    }
    text::name(&parts.join(" · "), 200)
}

fn calls(ui: &mut Ui, side: &Side<'_>, id: NodeId, commands: &mut Vec<Command>) {
    let (graph, p) = (&side.picture.index.graph, &side.palette);
    for (title, none, neighbours) in [
        (texts().side.called_by, texts().side.nobody_calls_it_in_this, graph.dependents(id)),
        (texts().side.callees, texts().side.it_calls_nobody_in_this, graph.dependencies(id)),
    ] {
        widgets::heading(ui, title, &neighbours.len().to_string(), p);
        if neighbours.is_empty() {
            widgets::note(ui, none, p);
        }
        for (edge, other) in neighbours {
            neighbour(ui, side, edge, other, commands);
        }
    }
}

fn neighbour(ui: &mut Ui, side: &Side<'_>, edge: EdgeId, other: NodeId, commands: &mut Vec<Command>) {
    let (graph, p) = (&side.picture.index.graph, &side.palette);
    let (Some(e), Some((from, to))) = (graph.edge(edge), graph.ends(edge)) else { return };
    let figures = [
        (widgets::rate(&e.red, graph.length()), p.muted),
        (widgets::duration(e.red.quantile(0.95)), p.muted),
        (widgets::errors(&e.red), widgets::error_colour(&e.red, p)),
    ];
    let response = side::link(ui, (Some(e.health), None), &side.picture.name(other), &figures, p);
    if response.clicked() {
        let id = |n| graph.node(n).map(|n| n.id.clone()).unwrap_or_default();
        commands.push(Command::Select(Some(Item::Edge(id(from), id(to)))));
    }
    response.on_hover_text(texts().side.calls_a_minute_p95_errors);
}
