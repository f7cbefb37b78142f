//! The right panel for a selected group, and for the calls between groups.
use egui::Ui;

use super::arranging::Fold;
use super::command::{Command, Item, Tab};
use super::side::{self, Side};
use super::{traces, widgets};
use crate::analysis::Subject;
use crate::export::names::shown_name;
use crate::graph::{Node, ServiceGraph};
use crate::model::{EdgeId, NodeId};
use crate::texts::{fill, texts};
use crate::view::text;

/// Rows of a list; what is more is counted.
const LISTED: usize = 40;

/// Shows a group, or an edge of one: a node or an edge of the map's own graph.
pub fn show(ui: &mut Ui, side: &Side<'_>, subject: Subject, commands: &mut Vec<Command>) {
    match subject {
        Subject::Node(n) => group(ui, side, n, commands),
        Subject::Edge(e) => between(ui, side, e, commands),
    }
}

fn group(ui: &mut Ui, side: &Side<'_>, id: NodeId, commands: &mut Vec<Command>) {
    let (shown, p) = (&side.picture.shown, &side.palette);
    let graph = &shown.index.graph;
    let Some(node) = graph.node(id) else { return };
    let found = shown.collapsed.iter().find(|c| c.0 == id);
    let (name, members) = found.map_or(("", &[][..]), |c| (c.1.as_str(), c.2.as_slice()));
    let whole = &side.picture.index.graph;
    let mut members: Vec<&Node> = members.iter().filter_map(|n| whole.node(*n)).collect();
    members.sort_by(|a, b| {
        b.health.cmp(&a.health).then(b.red.calls().total_cmp(&a.red.calls())).then(a.id.cmp(&b.id))
    });
    side::title(ui, node.health, (&shown_name(node), None), &line(side, &members), p, commands);
    // A group is what comes in from outside; all that its members serve is another figure.
    side::figures(ui, &node.red, graph.length(), false, p);
    let served: f64 = members.iter().map(|n| n.red.calls()).sum();
    let served = fill(texts().side.n_calls, &[("count", &unbroken(text::count(served)))]);
    let (outside, all) = (widgets::calls(&node.red), served);
    let told = fill(texts().arranging.from_outside_of_all, &[("outside", &outside), ("all", &all)]);
    widgets::note(ui, &told, p);
    if node.self_calls.calls() > 0.0 {
        let inside =
            fill(texts().arranging.between_its_members, &[("calls", &widgets::calls(&node.self_calls))]);
        widgets::note(ui, &inside, p);
    }
    ui.horizontal(|ui| {
        if ui
            .button(texts().arranging.expand)
            .on_hover_text(texts().arranging.show_its_members_on_the)
            .clicked()
        {
            commands.push(Command::Fold(Fold::Expand(name.to_owned())));
        }
        if ui.button(texts().arranging.expand_all_groups).clicked() {
            commands.push(Command::Fold(Fold::ExpandAll));
        }
    });
    side::charts(ui, side, &Item::Node(node.id.clone()));
    widgets::heading(ui, texts().arranging.members, &members.len().to_string(), p);
    for member in members.iter().take(LISTED) {
        let response =
            side::link(ui, (Some(member.health), None), &shown_name(member), &figures(side, member), p);
        if response.clicked() {
            commands.push(Command::Select(Some(Item::Node(member.id.clone()))));
        }
    }
    more(ui, side, members.len());
    for (title, edges) in [
        (texts().arranging.called_by, graph.dependents(id)),
        (texts().arranging.calls, graph.dependencies(id)),
    ] {
        neighbours(ui, side, title, &edges, commands);
    }
    side::tabs(ui, side, &[Tab::Traces], commands);
    traces::show(ui, side, commands);
}

/// A figure that stays with its unit at the end of a line.
fn unbroken(figure: String) -> String {
    figure.replace(' ', "\u{a0}")
}

/// `group of 26 by service.namespace · 2 critical, 1 warning`
fn line(side: &Side<'_>, members: &[&Node]) -> String {
    let key = side.picture.groups.key.as_deref().unwrap_or_default();
    let mut parts = vec![fill(texts().arranging.group_of_by, &[("count", &members.len()), ("key", &key)])];
    let ill = [crate::graph::Health::Critical, crate::graph::Health::Warning];
    let ill = ill.into_iter().filter_map(|h| {
        let count = members.iter().filter(|m| m.health == h).count();
        (count > 0).then(|| format!("{count} {}", h.name()))
    });
    let ill: Vec<String> = ill.collect();
    parts.extend((!ill.is_empty()).then(|| ill.join(", ")));
    text::name(&parts.join(" · "), 200)
}

fn figures(side: &Side<'_>, node: &Node) -> [(String, egui::Color32); 3] {
    let p = &side.palette;
    [
        (widgets::rate(&node.red, side.picture.index.graph.length()), p.muted),
        (widgets::duration(node.red.quantile(0.95)), p.muted),
        (widgets::errors(&node.red), widgets::error_colour(&node.red, p)),
    ]
}

fn more(ui: &mut Ui, side: &Side<'_>, all: usize) {
    if all > LISTED {
        widgets::note(ui, &fill(texts().arranging.and_more, &[("count", &(all - LISTED))]), &side.palette);
    }
}

fn neighbours(
    ui: &mut Ui,
    side: &Side<'_>,
    title: &str,
    edges: &[(EdgeId, NodeId)],
    commands: &mut Vec<Command>,
) {
    let (graph, p) = (&side.picture.shown.index.graph, &side.palette);
    widgets::heading(ui, title, &edges.len().to_string(), p);
    let mut edges = edges.to_vec();
    edges.sort_by(|a, b| {
        let calls = |e: EdgeId| graph.edge(e).map_or(0.0, |e| e.red.calls());
        calls(b.0).total_cmp(&calls(a.0)).then(a.0.cmp(&b.0))
    });
    for (edge, other) in edges.iter().take(LISTED) {
        let name = graph.node(*other).map(shown_name).unwrap_or_default();
        link(ui, side, graph, *edge, &name, commands);
    }
    more(ui, side, edges.len());
}

/// A row that leads to an edge.
fn link(
    ui: &mut Ui,
    side: &Side<'_>,
    graph: &ServiceGraph,
    edge: EdgeId,
    name: &str,
    commands: &mut Vec<Command>,
) {
    let p = &side.palette;
    let (Some(e), Some((from, to))) = (graph.edge(edge), graph.ends(edge)) else { return };
    let figures = [
        (widgets::rate(&e.red, graph.length()), p.muted),
        (widgets::duration(e.red.quantile(0.95)), p.muted),
        (widgets::errors(&e.red), widgets::error_colour(&e.red, p)),
    ];
    if side::link(ui, (Some(e.health), None), name, &figures, p).clicked() {
        let id = |n| graph.node(n).map(|n| n.id.clone()).unwrap_or_default();
        commands.push(Command::Select(Some(Item::Edge(id(from), id(to)))));
    }
}

/// The calls between two nodes of the map of which one is a group at least.
fn between(ui: &mut Ui, side: &Side<'_>, id: EdgeId, commands: &mut Vec<Command>) {
    let (shown, p) = (&side.picture.shown, &side.palette);
    let graph = &shown.index.graph;
    let (Some(edge), Some((from, to))) = (graph.edge(id), graph.ends(id)) else { return };
    let (Some(from), Some(to)) = (graph.node(from), graph.node(to)) else { return };
    let whole = &side.picture.index.graph;
    let mut parts: Vec<EdgeId> =
        whole.edges().map(|e| e.0).filter(|e| shown.edge_of.get(e.0 as usize) == Some(&Some(id))).collect();
    parts.sort_by(|a, b| {
        let of = |e: EdgeId| whole.edge(e).map(|e| (e.health, e.red.calls() as u64));
        of(*b).cmp(&of(*a)).then(a.cmp(b))
    });
    let words = &texts().arranging;
    let edges = match parts.len() {
        1 => words.one_edge.to_owned(),
        n => fill(words.edges_hidden, &[("count", &n)]),
    };
    let line = fill(words.sum_of_edges, &[("edges", &edges), ("calls", &widgets::calls(&edge.red))]);
    side::title(ui, edge.health, (&shown_name(from), Some(&shown_name(to))), &line, p, commands);
    side::figures(ui, &edge.red, graph.length(), false, p);
    side::charts(ui, side, &Item::Edge(from.id.clone(), to.id.clone()));
    widgets::heading(ui, texts().arranging.edges, &parts.len().to_string(), p);
    for part in parts.iter().take(LISTED) {
        let Some((a, b)) = whole.ends(*part) else { continue };
        let name = format!("{} → {}", side.picture.name(a), side.picture.name(b));
        link(ui, side, whole, *part, &name, commands);
    }
    more(ui, side, parts.len());
    side::tabs(ui, side, &[Tab::Traces], commands);
    traces::show(ui, side, commands);
}
