//! Who speaks at which zoom: from far away namespaces, with the figures of the whole; close by operations of services.
use std::collections::BTreeMap;

use egui::{Color32, FontId, Rect, Sense, Ui, Vec2, WidgetInfo, WidgetType, pos2, vec2};

use super::canvas::MapEvent;
use super::draw::{Layer, Paint};
use super::emphasis::Role;
use super::galleys::Slot;
use super::input::GroupFigures;
use super::labels::Sizes;
use super::mesh;
use super::occupied::Occupied;
use super::scene::{EdgeScene, HullScene, MapScene};
use crate::texts::{fill, texts};
use crate::view::fonts;
use crate::view::text;
use crate::view::theme::faded;

/// An operation of a service, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationLine {
    /// Its name, cleaned and cut.
    pub name: String,
    /// Rate and 95th percentile.
    pub figures: String,
    /// The share that fails, where any does.
    pub errors: Option<String>,
}

/// The most called operations of services, by key of node.
pub type OperationLines = BTreeMap<String, Vec<OperationLine>>;

/// From this zoom on operations speak; fully a little later.
const CLOSE: f32 = 1.4;
/// How many services have their operations at most: more do not fit a screen at that zoom.
const MOST_CLOSE: usize = 40;
/// Between two figures of a box.
const BETWEEN: &str = " · ";
/// Lines beside a service.
pub const MOST_LINES: usize = 4;

/// The nodes whose operations are to be known: those in view, close by.
pub(super) fn close_nodes(paint: &Paint<'_>) -> Vec<String> {
    if paint.camera.zoom < CLOSE {
        return Vec::new();
    }
    let served = paint.nodes_by_importance().map(|i| &paint.scene.nodes[i]).filter(|n| n.members == 0);
    let mut keys: Vec<String> = served.take(MOST_CLOSE).map(|n| n.key.clone()).collect();
    keys.sort_unstable();
    keys
}

/// What a group says of itself, in its box or as one node: nodes, calls that come in, and the share of them that
/// fails.
pub(super) fn group_figures(of: &GroupFigures) -> String {
    let words = &texts().map;
    let mut parts = vec![fill(words.nodes, &[("count", &text::count(of.members as f64))])];
    if of.calls > 0.0 {
        parts.push(fill(words.come_in, &[("rate", &text::rate_per_min(of.rate_per_min))]));
    }
    if of.failed > 0.0 {
        parts.push(fill(words.fail, &[("share", &text::percent(of.failed / of.calls))]));
    }
    parts.join(BETWEEN)
}

/// The figures of a box of which nothing is known but what is drawn.
pub(super) fn figures_of<'a>(members: usize, coming_in: impl Iterator<Item = &'a EdgeScene>) -> GroupFigures {
    let mut of = GroupFigures { members, ..GroupFigures::default() };
    for f in coming_in.map(|e| &e.figures) {
        of.rate_per_min += f.rate_per_min.unwrap_or(0.0);
        of.calls += f.calls;
        of.failed += f.calls * f.error_ratio.unwrap_or(0.0);
    }
    of
}

/// Writes name and figures on the upper edge of a box that is seen from far away, as on the tab of a folder; none
/// where there is no room for them.
pub(super) fn hull(
    paint: &Paint<'_>,
    (h, hull): (usize, &HullScene),
    area: Rect,
    occupied: &mut Occupied,
    layer: &mut Layer,
) -> Option<Rect> {
    /// Around the words.
    const INSET: Vec2 = vec2(6.0, 1.0);
    /// How much wider than its box a name may be.
    const OVER: f32 = 48.0;
    let p = paint.palette;
    // It comes softly as one moves away.
    let strength = ((0.42 - paint.camera.zoom) / 0.06).clamp(0.3, 1.0);
    let name = paint.kept(Slot::HullName, h, &hull.name, FontId::new(13.0, fonts::medium()));
    // Everything, else the traffic, else how many nodes, else the name alone.
    let (count, traffic) = hull.figures.split_once(BETWEEN).unwrap_or((&hull.figures, ""));
    let slots = [Slot::HullFigures, Slot::HullTraffic, Slot::HullNodes];
    let forms = slots.into_iter().zip([hull.figures.as_str(), traffic, count]).filter(|f| !f.1.is_empty());
    let forms = forms.map(|(slot, text)| Some(paint.kept(slot, h, text, FontId::proportional(11.0))));
    for figures in forms.chain([None]) {
        let beside = figures.as_ref().map_or(0.0, |f| f.size().x + INSET.x);
        let size = vec2(name.size().x + beside, name.size().y) + 2.0 * INSET;
        let most = area.width() + if figures.is_some() { 0.0 } else { OVER };
        if size.x > most {
            continue;
        }
        // Inside, at the top; where that would hide a node, on the edge, else above it, else on the lower edge.
        let left = area.left() + (area.width() - size.x).min(0.0) / 2.0;
        let tops = [
            area.top() + 1.0,
            area.top() - 0.6 * size.y,
            area.top() - size.y - 1.0,
            area.bottom() - 0.4 * size.y,
        ];
        let rooms = tops.map(|top| Rect::from_min_size(pos2(left, top), size));
        let free = rooms.into_iter().find(|room| occupied.is_free(*room));
        let Some(room) = free.or_else(|| rooms.into_iter().find(|room| occupied.may_cover(*room))) else {
            continue;
        };
        occupied.take(room);
        mesh::plate(&mut layer.mesh, room, 5.0, paint.soft(), [faded(p.hull, strength), p.hull_border]);
        let (left, middle) = (room.left() + INSET.x, room.center().y);
        let right = left + name.size().x + INSET.x;
        let mut word = |x: f32, galley: std::sync::Arc<egui::Galley>, colour: Color32| {
            layer.text(pos2(x, middle - galley.size().y / 2.0), galley, faded(colour, strength));
        };
        word(left, name, p.text);
        figures.into_iter().for_each(|figures| word(right, figures, p.muted));
        return Some(room);
    }
    None
}

/// The box that was clicked of those that speak; each is a button that leads closer to it.
pub(super) fn react(
    ui: &Ui,
    spoken: &[(usize, Rect)],
    scene: &MapScene,
    events: &mut Vec<MapEvent>,
) -> Option<usize> {
    let mut clicked = None;
    for (h, room) in spoken {
        let Some(hull) = scene.hulls.get(*h) else { continue };
        let response = ui.interact(*room, ui.id().with(("hull", h)), Sense::click());
        let name = format!("{}, {}", hull.name, hull.figures);
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &name));
        let group = || scene.group_of_hull(*h).unwrap_or_default().to_owned();
        if response.double_clicked() {
            events.push(MapEvent::BoxOpened(group()));
        } else if response.clicked() {
            clicked = Some(*h);
        } else if let Some(at) = response.interact_pointer_pos().filter(|_| response.secondary_clicked()) {
            events.push(MapEvent::BoxMenu(group(), at));
        }
        response.on_hover_text(texts().map.click_to_come_closer);
    }
    clicked
}

/// Names the operations that are written, for those who do not see them.
pub(super) fn name_operations(ui: &Ui, written: &[(Rect, String)]) {
    for (k, (area, words)) in written.iter().enumerate() {
        let response = ui.interact(*area, ui.id().with(("operations", k)), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, words));
    }
}

/// Paints the operations of the services in view, where there is room; returns where, and what they say.
pub(super) fn operations(paint: &Paint<'_>, occupied: &mut Occupied) -> (Layer, Vec<(Rect, String)>) {
    let (mut layer, mut written) = (Layer::default(), Vec::new());
    if paint.camera.zoom < CLOSE {
        return (layer, written);
    }
    for i in paint.nodes_by_importance().take(MOST_CLOSE) {
        let node = &paint.scene.nodes[i];
        if paint.emphasis.nodes[i] == Role::Faded {
            continue;
        }
        if let Some(lines) = paint.operations.get(&node.key).filter(|l| !l.is_empty())
            && let Some((area, words)) = card(paint, i, lines, occupied, &mut layer)
        {
            occupied.take(area.expand(2.0));
            written.push((area, words));
        }
    }
    (layer, written)
}

/// As many lines as there is room for: below the name, else beside the node.
fn card(
    paint: &Paint<'_>,
    i: usize,
    lines: &[OperationLine],
    occupied: &Occupied,
    layer: &mut Layer,
) -> Option<(Rect, String)> {
    /// Between a name and its figures.
    const GAP: f32 = 10.0;
    /// Around the lines.
    const INSET: Vec2 = vec2(8.0, 4.0);
    let (p, node) = (paint.palette, &paint.scene.nodes[i]);
    let strength = ((paint.camera.zoom - CLOSE) / 0.15).clamp(0.3, 1.0);
    let font = FontId::proportional(10.5);
    let laid = |text: &str, colour: Color32| paint.layout(text.to_owned(), font.clone(), colour);
    let rows: Vec<_> = lines
        .iter()
        .take(MOST_LINES)
        .map(|l| {
            let errors = l.errors.as_deref().unwrap_or_default();
            (
                laid(&l.name, faded(p.text, strength)),
                laid(&l.figures, faded(p.muted, strength)),
                laid(errors, faded(p.critical, strength)),
            )
        })
        .collect();
    let high = rows.first().map_or(0.0, |r| r.0.size().y) + 1.0;
    let middle = paint.to_screen(node.centre);
    let radius = paint.camera.radius(node.radius);
    let sizes = Sizes::at(paint.camera.zoom);
    let below = middle.y + radius + 8.0 + 1.25 * (sizes.name + sizes.figures);
    for count in (1..=rows.len()).rev() {
        let shown = &rows[..count];
        let wide = |f: fn(&(_, _, _)) -> f32| shown.iter().map(f).fold(0.0, f32::max);
        type Row = (std::sync::Arc<egui::Galley>, std::sync::Arc<egui::Galley>, std::sync::Arc<egui::Galley>);
        let names = wide(|r: &Row| r.0.size().x);
        let figures = wide(|r: &Row| r.1.size().x);
        let errors = wide(|r: &Row| r.2.size().x);
        let errors_gap = if errors > 0.0 { 6.0 } else { 0.0 };
        let size = vec2(names + GAP + figures + errors_gap + errors, high * count as f32) + 2.0 * INSET;
        // Rather a little to the side than over an arrow.
        let (least, most) = (paint.view.left() + 4.0, paint.view.right() - size.x - 4.0);
        let left = (middle.x - size.x / 2.0).min(most).max(least);
        let places = [
            pos2(left, below + 4.0),
            pos2(middle.x + radius + 12.0, middle.y - size.y / 2.0),
            pos2(middle.x - radius - 12.0 - size.x, middle.y - size.y / 2.0),
        ];
        let areas = places.map(|at| Rect::from_min_size(at, size));
        let is_free = |a: &&Rect| paint.view.contains_rect(**a) && occupied.is_free(**a);
        let Some(area) = areas.iter().find(is_free).copied() else { continue };
        let fills = [faded(p.pill, strength), faded(p.border, strength)];
        mesh::plate(&mut layer.mesh, area, 6.0, paint.soft(), fills);
        let left = area.left() + INSET.x;
        for (k, (name, figure, error)) in shown.iter().enumerate() {
            let top = area.top() + INSET.y + high * k as f32;
            let right = area.right() - INSET.x;
            let figures_end = right - errors - errors_gap;
            layer.text(pos2(left, top), name.clone(), p.text);
            layer.text(pos2(figures_end - figure.size().x, top), figure.clone(), p.muted);
            layer.text(pos2(right - error.size().x, top), error.clone(), p.critical);
        }
        let said = lines.iter().take(count).map(|l| {
            let errors = l.errors.as_ref().map_or(String::new(), |e| format!(", {e}"));
            format!("{} {}{errors}", l.name, l.figures)
        });
        let words = format!("{}: {}", node.name, said.collect::<Vec<_>>().join("; "));
        return Some((area, words));
    }
    None
}
