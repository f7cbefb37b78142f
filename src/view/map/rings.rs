//! Rings around one node: a line between what is so many calls away and what is one more, and which node it is.
use std::f32::consts::TAU;

use egui::{FontId, Rect, Vec2, vec2};

use super::draw::{Layer, Paint};
use super::galleys::Slot;
use super::mesh;
use super::occupied::Occupied;
use crate::texts::{fill, texts};
use crate::view::fonts;
use crate::view::theme::{faded, mixed};

/// How many points a line has.
const POINTS: usize = 128;
/// From the upper left corner of the map to the words.
const CORNER: Vec2 = vec2(16.0, 14.0);
/// Below what is told over the map.
const GAP: f32 = 8.0;

/// The lines.
pub(super) fn lines(paint: &Paint<'_>) -> Layer {
    let mut layer = Layer::default();
    let p = paint.palette;
    let Some((rings, node)) = rings(paint) else { return layer };
    let middle = paint.to_screen(node.centre);
    let colour = mixed(p.canvas, p.muted, 0.4);
    let way = |k: usize| Vec2::angled(TAU * k as f32 / POINTS as f32);
    for line in &rings.lines {
        let points: Vec<_> = (0..POINTS).map(|k| middle + way(k) * *line * paint.camera.zoom).collect();
        mesh::ribbon(&mut layer.mesh, &points, 1.0, paint.soft(), colour, true);
    }
    layer
}

/// A light behind the node in the middle.
pub(super) fn middle(paint: &Paint<'_>) -> Layer {
    let mut layer = Layer::default();
    let p = paint.palette;
    let Some((_, node)) = rings(paint) else { return layer };
    let middle = paint.to_screen(node.centre);
    let mut round = Vec::new();
    mesh::circle(&mut round, middle, paint.camera.radius(node.radius) + 7.0);
    mesh::fill(&mut layer.mesh, &round, middle, paint.soft(), faded(p.muted, 0.5), faded(p.muted, 0.5));
    mesh::ribbon(&mut layer.mesh, &round, 1.5, paint.soft(), mixed(p.canvas, p.text, 0.7), true);
    layer
}

/// In the upper left corner, below what is told there: around which node, why that one, and what a ring means.
pub(super) fn words(paint: &Paint<'_>, occupied: &mut Occupied) -> Layer {
    let mut layer = Layer::default();
    let p = paint.palette;
    let Some((rings, node)) = rings(paint) else { return layer };
    let words = &texts().map;
    let template = if rings.is_chosen { words.rings_around } else { words.rings_around_the_busiest };
    let text = fill(template, &[("name", &node.name)]);
    let galley = paint.kept(Slot::Rings, 0, &text, FontId::new(12.0, fonts::medium()));
    let mut area = Rect::from_min_size(paint.view.min + CORNER, galley.size() + vec2(16.0, 8.0));
    // What is told over the map goes before.
    if let Some(told) = paint.covered.iter().find(|c| c.intersects(area)) {
        area = area.translate(vec2(0.0, told.bottom() + GAP - area.top()));
    }
    occupied.take(area);
    mesh::plate(&mut layer.mesh, area, 6.0, paint.soft(), [faded(p.panel, 0.9), p.border]);
    layer.text(area.min + vec2(8.0, 4.0), galley, p.text);
    layer
}

fn rings<'a>(paint: &Paint<'a>) -> Option<(&'a crate::layout::Rings, &'a super::NodeScene)> {
    let rings = paint.scene.rings.as_ref()?;
    Some((rings, paint.scene.nodes.get(rings.focus as usize)?))
}
