//! The card of the legend: every sign of the map, drawn as it is drawn there, and what it means.
use std::borrow::Cow;

use egui::epaint::Mesh;
use egui::{Align2, Color32, FontId, Painter, Pos2, Rect, RichText, Sense, Shape, Ui, Vec2, vec2};
use egui_phosphor::{fill, regular};

use super::edge_signs;
use super::input::{Health, NodeKind};
use super::legend::KINDS;
use super::mesh;
use super::node::mark_colour;
use super::scene::MapScene;
use crate::export::edge_signs::Shade;
use crate::texts::texts;
use crate::view::fonts;
use crate::view::theme::{self, Palette, faded};

/// A sign of the map.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Sign {
    Kind(NodeKind),
    Ring(Health),
    Sizes,
    Share,
    Hollow,
    Badge,
    Turn,
    Box,
    Widths,
    Line(Health),
    Shade(Shade),
    Silent,
    Pill,
    Dependents,
    Dependencies,
    Selected,
    Alert(Health),
    Rocket,
    Gauge,
    Wave,
    Pin,
}

/// A sign and what it means.
type Meaning = (Sign, Cow<'static, str>);

/// The parts of the card: their headings, the signs, and what they mean.
fn parts(scene: &MapScene) -> Vec<(&'static str, Vec<Meaning>)> {
    let kinds = KINDS.into_iter().filter(|k| scene.nodes.iter().any(|n| n.kind == *k));
    let mut nodes: Vec<(Sign, &'static str)> = kinds.map(|k| (Sign::Kind(k), meaning(k))).collect();
    nodes.extend([
        (Sign::Sizes, texts().legend.larger_more_requests_per_minute),
        (Sign::Ring(Health::Healthy), texts().legend.ring_as_it_should_be),
        (Sign::Ring(Health::Warning), texts().legend.worth_a_look),
        (Sign::Ring(Health::Critical), texts().legend.failing),
        (Sign::Ring(Health::Unknown), texts().legend.too_few_calls_to_judge),
    ]);
    if scene.nodes.iter().any(|n| n.members > 0) {
        nodes.push((Sign::Share, texts().legend.ring_of_a_group));
    }
    nodes.extend([
        (Sign::Hollow, texts().legend.dashed_ring_sends_no_spans),
        (Sign::Badge, texts().legend.requests_that_fail_slow_where),
        (Sign::Turn, texts().legend.calls_itself),
        (Sign::Box, texts().legend.box_a_namespace),
    ]);
    let lines = lines(scene);
    let marks = vec![
        (Sign::Alert(Health::Critical), texts().legend.alert),
        (Sign::Alert(Health::Warning), texts().legend.alert_a_warning_only),
        (Sign::Rocket, texts().legend.deployed_in_this_window),
        (Sign::Gauge, texts().legend.runs_out_first_as_traffic),
        (Sign::Wave, texts().legend.order_in_which_an_incident),
        (Sign::Pin, texts().legend.stays_where_you_put_it),
    ];
    let fixed = |all: Vec<(Sign, &'static str)>| all.into_iter().map(|(s, t)| (s, Cow::from(t))).collect();
    vec![
        (texts().legend.nodes, fixed(nodes)),
        (texts().legend.lines, lines),
        (texts().legend.marks, fixed(marks)),
    ]
}

/// What lines mean now.
fn lines(scene: &MapScene) -> Vec<Meaning> {
    let signs = scene.signs;
    let mut out: Vec<Meaning> = vec![(Sign::Widths, edge_signs::width_sentence(signs.width).into())];
    let scale = edge_signs::scale(signs.colour, |kind| scene.edges.iter().any(|e| e.figures.kind == kind));
    if scale.is_empty() {
        out.push((Sign::Line(Health::Warning), texts().legend.more_calls_fail_than_usual.into()));
        out.push((Sign::Line(Health::Critical), texts().legend.calls_fail.into()));
    }
    let of = edge_signs::scale_words(signs.colour).map_or(String::new(), |words| format!("{words} "));
    out.extend(scale.into_iter().map(|(shade, words)| (Sign::Shade(shade), format!("{of}{words}").into())));
    out.push((Sign::Silent, texts().legend.dashed_no_calls_in_this.into()));
    out.extend(edge_signs::label_sentence(signs.label).map(|words| (Sign::Pill, words.into())));
    out.push((Sign::Selected, texts().legend.what_is_selected.into()));
    out.push((Sign::Dependents, texts().legend.calls_the_selected_node.into()));
    out.push((Sign::Dependencies, texts().legend.is_called_by_it_paler.into()));
    out
}

fn meaning(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Service => texts().legend.service,
        NodeKind::Database => texts().legend.database,
        NodeKind::Cache => texts().legend.cache,
        NodeKind::Queue => texts().legend.queue,
        NodeKind::External => texts().legend.external_belongs_to_somebody_else,
        NodeKind::User => texts().legend.user_or_whatever_calls_from,
        NodeKind::Unknown => texts().legend.nothing_tells_what_it_is,
        NodeKind::Group => texts().legend.group_several_nodes_as_one,
    }
}

/// Shows the card with its lower left corner at `corner`, in what room the view has.
pub(super) fn show(ui: &Ui, corner: Pos2, view: Rect, scene: &MapScene, p: &Palette) {
    let area = egui::Area::new(ui.id().with("legend card")).order(egui::Order::Middle);
    area.pivot(Align2::LEFT_BOTTOM).fixed_pos(corner).show(ui.ctx(), |ui| {
        egui::Frame::popup(ui.style()).show(ui, |ui| {
            let high = (corner.y - view.top() - 40.0).max(120.0);
            egui::ScrollArea::vertical().max_height(high).min_scrolled_height(high).show(ui, |ui| {
                ui.set_width(286.0);
                ui.spacing_mut().item_spacing.y = 3.0;
                for (heading, signs) in parts(scene) {
                    ui.label(RichText::new(heading).font(theme::caption()).color(p.muted));
                    for (sign, words) in signs {
                        ui.horizontal(|ui| {
                            let (place, _) = ui.allocate_exact_size(vec2(40.0, 18.0), Sense::hover());
                            draw(ui.painter(), place.center(), sign, p);
                            ui.label(RichText::new(&*words).font(theme::small()).color(p.text));
                        });
                    }
                    ui.add_space(5.0);
                }
            });
        });
    });
}

fn icon(painter: &Painter, at: Pos2, text: &str, font: FontId, colour: Color32) {
    let galley = painter.layout_no_wrap(text.to_owned(), font, colour);
    painter.galley(at - galley.mesh_bounds.center().to_vec2(), galley, colour);
}

fn draw(painter: &Painter, at: Pos2, sign: Sign, p: &Palette) {
    let soft = 1.0 / painter.ctx().pixels_per_point();
    let mut mesh = Mesh::default();
    match sign {
        Sign::Sizes => {
            ring(&mut mesh, at - vec2(9.0, 0.0), 4.5, soft, p.edge, p);
            ring(&mut mesh, at + vec2(6.0, 0.0), 8.0, soft, p.edge, p);
        }
        Sign::Ring(health) => ring(&mut mesh, at, 7.5, soft, mark_colour(health, p), p),
        Sign::Share => {
            ring(&mut mesh, at, 7.5, soft, p.healthy, p);
            for (begin, end, health) in [(0, 4, Health::Critical), (4, 6, Health::Warning)] {
                let point = |k| at + Vec2::angled((k as f32 / 16.0 - 0.25) * std::f32::consts::TAU) * 7.5;
                let arc: Vec<Pos2> = (begin..=end).map(point).collect();
                mesh::ribbon(&mut mesh, &arc, 3.0, soft, mark_colour(health, p), false);
            }
        }
        Sign::Hollow => {
            let mut outline = Vec::new();
            mesh::circle(&mut outline, at, 7.5);
            outline.extend(outline.first().copied());
            mesh::dashes(&mut mesh, &outline, (1.8, 3.2, 2.6), soft, p.unknown);
        }
        Sign::Box => {
            let area = Rect::from_center_size(at, vec2(26.0, 15.0));
            mesh::plate(&mut mesh, area, 4.0, soft, [p.hull, p.hull_border]);
        }
        Sign::Badge | Sign::Pill => {
            let area = Rect::from_center_size(at, vec2(34.0, 15.0));
            let fills = if sign == Sign::Pill { [p.pill, p.border] } else { [p.critical, p.critical] };
            mesh::plate(&mut mesh, area, 7.5, soft, fills);
        }
        Sign::Widths => {
            for (y, width) in [(-6.0, 1.0), (-0.5, 2.2), (6.0, 3.6)] {
                line(&mut mesh, at + vec2(0.0, y), width, soft, p.edge);
            }
        }
        Sign::Line(health) => {
            let colour = mark_colour(health, p);
            mesh::ribbon(&mut mesh, &ends(at), 2.0, 6.0, faded(colour, 0.3), false);
            line(&mut mesh, at, 2.2, soft, colour);
        }
        Sign::Shade(shade) => line(&mut mesh, at, 2.6, soft, edge_signs::shade_colour(shade, p)),
        Sign::Silent => mesh::dashes(&mut mesh, &ends(at), (1.4, 5.0, 4.0), soft, p.edge),
        Sign::Selected => line(&mut mesh, at, 2.4, soft, p.accent),
        Sign::Dependents => line(&mut mesh, at, 2.4, soft, p.dependents),
        Sign::Dependencies => line(&mut mesh, at, 2.4, soft, p.dependencies),
        Sign::Turn => {
            let area = Rect::from_center_size(at, Vec2::splat(15.0));
            mesh::plate(&mut mesh, area, 7.5, soft, [p.pill, p.border]);
        }
        Sign::Alert(health) => {
            let colour = mark_colour(health, p);
            let inside = if health == Health::Critical { colour } else { p.pill };
            mesh::plate(
                &mut mesh,
                Rect::from_center_size(at, Vec2::splat(17.0)),
                8.5,
                soft,
                [inside, colour],
            );
        }
        Sign::Pin => {
            let area = Rect::from_center_size(at, Vec2::splat(17.0));
            mesh::plate(&mut mesh, area, 8.5, soft, [p.pill, p.pill]);
        }
        Sign::Rocket | Sign::Gauge | Sign::Wave => {
            mesh::plate(
                &mut mesh,
                Rect::from_center_size(at, Vec2::splat(17.0)),
                8.5,
                soft,
                [p.text, p.text],
            );
        }
        Sign::Kind(_) => {}
    }
    painter.add(Shape::mesh(mesh));
    inscribe(painter, at, sign, p);
}

/// What is written in a sign.
fn inscribe(painter: &Painter, at: Pos2, sign: Sign, p: &Palette) {
    let filled = || FontId::new(11.0, fonts::filled_icons());
    let words = |size: f32| FontId::new(size, fonts::medium());
    let (text, font, ink) = match sign {
        Sign::Kind(kind) => (kind.icon(), FontId::proportional(16.0), p.muted),
        Sign::Badge => ("8%", words(10.5), p.on_health),
        Sign::Pill => ("120 8%", FontId::proportional(9.5), p.text),
        Sign::Turn => (regular::ARROW_CLOCKWISE, FontId::proportional(11.0), p.muted),
        Sign::Alert(Health::Critical) => (fill::BELL, filled(), p.on_health),
        Sign::Alert(health) => (fill::BELL, filled(), mark_colour(health, p)),
        Sign::Rocket => (fill::ROCKET_LAUNCH, filled(), p.canvas),
        Sign::Gauge => (fill::GAUGE, filled(), p.canvas),
        Sign::Pin => (fill::PUSH_PIN, filled(), p.muted),
        Sign::Wave => ("1", words(11.0), p.canvas),
        _ => return,
    };
    icon(painter, at, text, font, ink);
}

fn ring(mesh: &mut Mesh, at: Pos2, radius: f32, soft: f32, colour: Color32, p: &Palette) {
    let mut outline = Vec::new();
    mesh::circle(&mut outline, at, radius);
    mesh::fill(mesh, &outline, at, soft, p.node, p.node);
    mesh::ribbon(mesh, &outline, 2.0, soft, colour, true);
}

fn ends(at: Pos2) -> [Pos2; 2] {
    [at - vec2(16.0, 0.0), at + vec2(16.0, 0.0)]
}

fn line(mesh: &mut Mesh, at: Pos2, width: f32, soft: f32, colour: Color32) {
    mesh::ribbon(mesh, &ends(at), width, soft, colour, false);
}
