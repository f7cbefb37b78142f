//! Who speaks at which zoom: from far away namespaces, with the figures of the whole; close by operations of services.
use std::collections::BTreeMap;
use std::sync::Arc;

use egui::{Color32, FontId, Galley, Rect, Sense, Ui, Vec2, WidgetInfo, WidgetType, pos2, vec2};

use super::boxes::HullScene;
use super::canvas::MapEvent;
use super::draw::{Layer, Paint};
use super::emphasis::Role;
use super::galleys::Slot;
use super::input::{GroupFigures, Health};
use super::labels::Sizes;
use super::mesh;
use super::node::health_colour;
use super::occupied::Occupied;
use super::scene::{EdgeScene, MapScene};
use crate::texts::{fill, texts};
use crate::view::fonts;
use crate::view::text;
use crate::view::theme::{faded, mixed};

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

/// What a group does as a whole, in few words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brief {
    /// Calls that come in.
    pub rate: String,
    /// The share of them that fails, and how bad that is.
    pub failing: Option<(String, Health)>,
}

/// From which share of failed calls on a group is critical or worth a look, as a service would be.
const FAILING: [(f64, Health); 3] =
    [(0.05, Health::Critical), (0.01, Health::Warning), (0.0, Health::Healthy)];

impl Brief {
    pub(super) fn of(of: &GroupFigures) -> Self {
        let share = if of.calls > 0.0 { of.failed / of.calls } else { 0.0 };
        let health = FAILING.iter().find(|f| share > f.0).map(|f| f.1);
        Self {
            rate: if of.calls > 0.0 { text::rate_per_min(of.rate_per_min) } else { String::new() },
            failing: health.map(|health| (text::percent(share), health)),
        }
    }
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

/// Writes what boxes say: near by their names, from far away with the figures of the whole, and where those who
/// live in them can hardly be seen, over them.
///
/// Says also where the boxes speak that lead closer. What fails most and does most gets room first.
pub(super) fn hulls(paint: &Paint<'_>, occupied: &mut Occupied) -> (Layer, Vec<(usize, Rect)>) {
    let (mut layer, mut spoken) = (Layer::default(), Vec::new());
    let seen = |h: &HullScene| paint.rect_to_screen(h.rect).intersects(paint.view);
    let mut order: Vec<usize> =
        (0..paint.scene.hulls.len()).filter(|h| seen(&paint.scene.hulls[*h])).collect();
    let health = |h: usize| paint.scene.hulls[h].brief.failing.as_ref().map_or(Health::Healthy, |f| f.1);
    order.sort_by_key(|h| {
        std::cmp::Reverse((health(*h).max(Health::Healthy), paint.scene.hulls[*h].is_outer))
    });
    let mut titles = Occupied::new(paint.view);
    for h in order {
        let area = paint.rect_to_screen(paint.scene.hulls[h].rect);
        let Some(title) = Title::new(paint, h, area, occupied, &titles) else { continue };
        occupied.take(title.area.expand(2.0));
        titles.take(title.area);
        if paint.is_far {
            spoken.push((h, title.area));
        }
        title.paint(paint, &mut layer);
    }
    (layer, spoken)
}

/// A text and its colour.
pub(super) type Word = (Arc<Galley>, Color32);

/// What a box says, on the tab at its upper edge or on a card in its middle.
struct Title {
    area: Rect,
    lines: Vec<Vec<Word>>,
    border: Color32,
}

/// A name that is cut to fewer letters says nothing.
const FEWEST_LETTERS: usize = 8;
/// Around the words.
const INSET: Vec2 = vec2(6.0, 1.0);
/// Between two of them.
const APART: f32 = 6.0;
/// Room between two boxes above each other, in world points: tabs reach no further out of theirs.
const BETWEEN_BOXES: f32 = 36.0;

impl Title {
    /// The form that says most of those for which there is room.
    fn new(paint: &Paint<'_>, h: usize, area: Rect, occupied: &Occupied, titles: &Occupied) -> Option<Self> {
        let (p, hull) = (paint.palette, &paint.scene.hulls[h]);
        let (size, ink) = match () {
            () if !paint.is_far => (11.5, p.muted),
            () if paint.is_remote() => (12.0, p.text),
            () => (13.0, p.text),
        };
        let small = |slot, text: &str| paint.kept(slot, h, text, FontId::proportional(size - 2.0));
        let name = (paint.kept(Slot::Hull, h, &hull.name, FontId::new(size, fonts::medium())), ink);
        let rate =
            || (!hull.brief.rate.is_empty()).then(|| (small(Slot::HullRate, &hull.brief.rate), p.muted));
        let failing = || {
            let (share, health) = hull.brief.failing.as_ref()?;
            let colour = if health.is_bad() { health_colour(*health, p) } else { p.muted };
            Some((small(Slot::HullFailing, share), colour))
        };
        let border = match &hull.brief.failing {
            Some((_, health)) if paint.is_remote() && health.is_bad() => {
                mixed(p.hull_border, health_colour(*health, p), 0.6)
            }
            _ => p.hull_border,
        };
        let title = |lines: Vec<Vec<Word>>, area| Some(Self { area, lines, border });
        if paint.is_remote() {
            let below: Vec<Word> = rate().into_iter().chain(failing()).collect();
            let beside = std::iter::once(name.clone()).chain(failing()).collect();
            for lines in [vec![vec![name.clone()], below], vec![beside], vec![vec![name]]] {
                let size = size_of(&lines);
                // At the upper edge, else wherever it hides nobody who is ill.
                let tops = [area.top() - 2.0, area.bottom() - size.y + 2.0];
                let places =
                    tops.map(|top| Rect::from_min_size(pos2(area.center().x - size.x / 2.0, top), size));
                let is_free = |place: &&Rect| titles.is_free(place.expand(1.0));
                let mut free = places.iter().filter(is_free);
                let honest = free.clone().find(|place| occupied.may_cover(**place));
                if let Some(place) = honest.or_else(|| free.next()) {
                    return title(lines, *place);
                }
            }
            return None;
        }
        let mut forms = Vec::new();
        if paint.is_far {
            let one =
                |more: Vec<Word>| vec![std::iter::once(name.clone()).chain(more).collect::<Vec<Word>>()];
            forms.push((one(vec![(small(Slot::HullFigures, &hull.figures), p.muted)]), 0.0));
            // In few words it may stick out where nothing is.
            forms.push((one(rate().into_iter().chain(failing()).collect()), STICKS_OUT));
            forms.push((one(failing().into_iter().collect()), STICKS_OUT));
        }
        // A name that is wider than its box is cut, and sticks out only where it says nothing else.
        let letter = name.0.size().x.max(1.0) / hull.name.chars().count().max(1) as f32;
        let letters = |out: f32| ((area.width() + out - 2.0 * INSET.x) / letter) as usize;
        let most = [0.0, STICKS_OUT].map(letters).into_iter().find(|n| *n > FEWEST_LETTERS);
        let most = most.filter(|n| *n < hull.name.chars().count());
        let cut = most.map(|n| text::name(&hull.name, n - 1));
        forms.push((vec![vec![name]], STICKS_OUT));
        if let Some(cut) = cut {
            let font = FontId::new(size, fonts::medium());
            forms.push((vec![vec![(paint.kept(Slot::HullCut, h, &cut, font), ink)]], STICKS_OUT));
        }
        // Near by its rim may touch what is there; better than no name.
        let rim = if paint.is_far { 0.0 } else { 3.0 };
        let lies_free = |place: &Rect| titles.is_free(*place) && occupied.may_cover(place.shrink(rim));
        let mut last = None;
        for (lines, out) in forms {
            let size = size_of(&lines);
            if size.x > area.width() + out {
                continue;
            }
            let fits = |place: &&Rect| {
                let beyond = Rect::from_min_max(pos2(area.right(), place.top()), place.max);
                lies_free(place) && (beyond.width() <= 0.0 || occupied.is_free(beyond))
            };
            let has_air = |place: &&Rect| paint.is_far || occupied.is_free(place.expand(2.0));
            let places = tab(paint, area, size);
            let mut fitting = places.iter().filter(fits);
            if let Some(&place) = fitting.clone().find(has_air).or_else(|| fitting.next()) {
                return title(lines, place);
            }
            last = Some((lines, size));
        }
        // From far away its name is there in any case, unless another box speaks there.
        let (lines, size) = last.filter(|_| paint.is_far)?;
        let place = tab(paint, area, size).into_iter().find(|place| titles.is_free(*place))?;
        title(lines, place)
    }

    fn paint(self, paint: &Paint<'_>, layer: &mut Layer) {
        let p = paint.palette;
        let fill = if paint.is_far { p.hull } else { faded(p.hull, 0.9) };
        mesh::plate(&mut layer.mesh, self.area, 5.0, paint.soft(), [fill, self.border]);
        let mut top = self.area.top() + INSET.y;
        for line in self.lines {
            let size = line_size(&line);
            let mut left = self.area.left() + INSET.x;
            if paint.is_remote() {
                left = self.area.center().x - size.x / 2.0;
            }
            for (galley, colour) in line {
                let step = galley.size().x + APART;
                layer.text(pos2(left, top + (size.y - galley.size().y) / 2.0), galley, colour);
                left += step;
            }
            top += size.y - LINES_CLOSER;
        }
    }
}

/// How much wider than its box a tab may be.
const STICKS_OUT: f32 = 48.0;
/// How much closer than usual the two lines of a card stand.
const LINES_CLOSER: f32 = 2.0;

fn line_size(line: &[Word]) -> Vec2 {
    let size = |all: Vec2, w: &Word| vec2(all.x + w.0.size().x, all.y.max(w.0.size().y));
    line.iter().fold(vec2(APART * line.len().saturating_sub(1) as f32, 0.0), size)
}

fn size_of(lines: &[Vec<Word>]) -> Vec2 {
    let sizes = || lines.iter().map(|l| line_size(l));
    let high: f32 = sizes().map(|s| s.y).sum::<f32>() - LINES_CLOSER * lines.len().saturating_sub(1) as f32;
    vec2(sizes().map(|s| s.x).fold(0.0, f32::max), high) + 2.0 * INSET
}

/// The places of a tab on a box, the best first: at its upper edge, on or below it, further right on it, and on
/// the lower edge; near by also just outside.
fn tab(paint: &Paint<'_>, area: Rect, size: Vec2) -> Vec<Rect> {
    let out = (0.5 * size.y).min(BETWEEN_BOXES * paint.camera.zoom);
    let left = area.left() + if size.x + 16.0 < area.width() { 8.0 } else { 0.0 };
    let right = (area.right() - size.x).max(left);
    let (on, inside) = (area.top() - out, area.top() + 1.0);
    // From far away boxes have room for their names, and stand close.
    let (first, second) = if paint.is_far { (inside, on) } else { (on, inside) };
    let mut places = vec![
        pos2(left, first),
        pos2(left, second),
        pos2(left.midpoint(right), on),
        pos2(right, on),
        pos2(left, area.bottom() - size.y + out),
    ];
    if !paint.is_far {
        let outside = [area.top() - size.y - 1.0, area.bottom() + 1.0];
        places.extend(outside.into_iter().flat_map(|top| [pos2(left, top), pos2(right, top)]));
    }
    places.into_iter().map(|at| Rect::from_min_size(at, size)).collect()
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
