//! The impact tab: who is hit when the selected node fails, and what it needs itself.
use std::collections::BTreeMap;

use egui::{RichText, Ui};

use super::command::{Command, Item};
use super::outage;
use super::picture::Picture;
use super::side::{self, Side};
use super::widgets;
use crate::analysis::impact::{Affected, EntryPoint};
use crate::export::names::shown_name;
use crate::model::NodeId;
use crate::texts::{fill, texts};
use crate::view::text;
use crate::view::theme::{self, Palette};

/// Shows the reach of a node.
pub fn show(ui: &mut Ui, side: &Side<'_>, id: NodeId, commands: &mut Vec<Command>) {
    let p = &side.palette;
    outage::show(ui, side, id, commands);
    let wanted = side.picture.index.graph.node(id).map(|n| n.id.as_str());
    let found =
        side.impact.filter(|(picture, i)| picture.index.graph.node(i.node).map(|n| n.id.as_str()) == wanted);
    let Some((picture, impact)) = found else {
        widgets::note(ui, texts().outage.working_out_the_impact, p);
        return;
    };
    widgets::heading(
        ui,
        texts().outage.entry_points_that_pass_through,
        &impact.entry_points.len().to_string(),
        p,
    );
    if impact.entry_points.is_empty() {
        widgets::note(ui, texts().outage.no_request_that_starts_a, p);
    }
    for entry in impact.entry_points.iter().take(20) {
        entry_point(ui, picture, entry, p, commands);
    }
    let hops = texts().outage.hit_when_it_fails_by;
    group(ui, picture, texts().outage.dependents, hops, &impact.dependents, p, commands);
    group(
        ui,
        picture,
        texts().outage.dependencies,
        texts().outage.what_it_needs_by_distance,
        &impact.dependencies,
        p,
        commands,
    );
}

fn entry_point(ui: &mut Ui, picture: &Picture, entry: &EntryPoint, p: &Palette, commands: &mut Vec<Command>) {
    let operation = picture.snapshot.spans.text(entry.operation);
    let name = format!("{} · {operation}", picture.name(entry.node));
    let failed = if entry.through > 0.0 { entry.failed / entry.through } else { 0.0 };
    let colour = if failed >= 0.05 {
        p.critical
    } else if failed >= 0.01 {
        p.warning
    } else {
        p.muted
    };
    let figures = [
        (text::percent(entry.share()), p.text),
        (fill(texts().outage.failed, &[("share", &text::percent(failed))]), colour),
    ];
    let kind = picture.index.graph.node(entry.node).map(|n| n.kind);
    let response = side::link(ui, (None, kind), &name, &figures, p);
    if response.clicked() {
        select(picture, entry.node, commands);
    }
    let through = text::count(entry.through);
    response.on_hover_text(fill(
        texts().outage.of_requests_pass_through_it,
        &[("name", &name), ("through", &through), ("all", &text::count(entry.requests))],
    ));
}

fn group(
    ui: &mut Ui,
    picture: &Picture,
    title: &str,
    what: &str,
    all: &[Affected],
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    widgets::heading(ui, title, &all.len().to_string(), p);
    widgets::note(ui, if all.is_empty() { texts().outage.none_in_this_window } else { what }, p);
    let mut by_distance: BTreeMap<u32, Vec<&Affected>> = BTreeMap::new();
    all.iter().for_each(|a| by_distance.entry(a.distance).or_default().push(a));
    for (distance, nodes) in by_distance {
        let hops = if distance == 1 {
            texts().outage.direct.to_owned()
        } else {
            fill(texts().outage.hops_away, &[("distance", &distance)])
        };
        ui.label(RichText::new(hops).font(theme::caption()).color(p.muted));
        for affected in nodes {
            let Some(node) = picture.index.graph.node(affected.node) else { continue };
            let share = affected.share.map(|s| (text::percent(s), p.muted));
            let figures: Vec<_> = share.into_iter().collect();
            if side::link(ui, (Some(node.health), None), &shown_name(node), &figures, p).clicked() {
                select(picture, affected.node, commands);
            }
        }
    }
}

fn select(picture: &Picture, node: NodeId, commands: &mut Vec<Command>) {
    if let Some(node) = picture.index.graph.node(node) {
        commands.push(Command::Select(Some(Item::Node(node.id.clone()))));
    }
}
