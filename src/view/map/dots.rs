//! Calls on their way: a dot each on the curve of its edge, to be pointed at and opened.
use egui::epaint::Mesh;
use egui::{Align2, Color32, CornerRadius, Id, Pos2, Rect, Sense, Shape, Stroke, StrokeKind, Ui, Vec2};
use egui::{WidgetInfo, WidgetType, pos2, vec2};

use super::canvas::MapEvent;
use super::draw::Paint;
use super::emphasis::Role;
use super::mesh;
use crate::graph::CallPlace;
use crate::texts::{fill, texts};
use crate::view::theme::{self, Palette, faded};

/// How near the pointer has to come, in points.
const REACH: f32 = 9.0;

/// How a call went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DotLook {
    /// As usual.
    Fine,
    /// It worked, and took much longer than usual.
    Slow,
    /// It failed.
    Failed,
}

impl DotLook {
    const fn colour(self, p: &Palette) -> Color32 {
        match self {
            Self::Fine => p.text,
            Self::Slow => p.warning_mark,
            Self::Failed => p.critical,
        }
    }
}

/// A call on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Dot {
    /// The index of its edge in the scene.
    pub edge: usize,
    /// How far it has come, 0 to 1.
    pub share: f32,
    /// How it went, or will go.
    pub look: DotLook,
    /// The call.
    pub call: CallPlace,
    /// Operation, ends, duration and outcome.
    pub spoken: String,
}

/// All dots of a moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dots {
    /// The dots, those that went wrong last.
    pub all: Vec<Dot>,
    /// Says what the dots are, and how many are left out.
    pub note: String,
    /// Whether they move: then only the one at the pointer can be pressed.
    pub is_moving: bool,
}

impl Dots {
    /// Whether calls are shown on their way, though none may be under way just now.
    pub(super) fn is_replay(&self) -> bool {
        !self.note.is_empty()
    }
}

/// The way from the start of a line to a share of its length.
fn travelled(points: &[Pos2], share: f32) -> Vec<Pos2> {
    let length: f32 = points.windows(2).map(|w| w[0].distance(w[1])).sum();
    let mut left = length * share.clamp(0.0, 1.0);
    let mut way: Vec<Pos2> = points.first().copied().into_iter().collect();
    for pair in points.windows(2) {
        let step = pair[0].distance(pair[1]);
        if left <= step {
            way.push(pair[0] + (pair[1] - pair[0]) * (left / step.max(1e-3)));
            break;
        }
        left -= step;
        way.push(pair[1]);
    }
    way
}

/// Where the calls are that the view shows: the place of each among the dots, and its way on the screen.
pub(super) fn ways(paint: &Paint<'_>) -> Vec<(usize, Vec<Pos2>)> {
    let mut is_visible = vec![false; paint.scene.edges.len()];
    paint.visible_edges.iter().for_each(|e| is_visible[*e] = true);
    let way = |(place, dot): (usize, &Dot)| {
        let edge = paint.scene.edges.get(dot.edge).filter(|e| is_visible[dot.edge] && !e.is_loop())?;
        let way = travelled(&edge.points, dot.share);
        let way: Vec<Pos2> = way.into_iter().map(|p| paint.to_screen(p)).collect();
        paint.view.contains(*way.last()?).then_some((place, way))
    };
    paint.dots.all.iter().enumerate().filter_map(way).collect()
}

fn strength(paint: &Paint<'_>, dot: &Dot) -> f32 {
    if paint.emphasis.edges.get(dot.edge) == Some(&Role::Faded) { 0.2 } else { 1.0 }
}

fn size(paint: &Paint<'_>) -> f32 {
    paint.camera.zoom.clamp(0.85, 1.15)
}

/// Paints a trail from the caller to each dot, which tells which edge it is on where the edges are faint.
pub(super) fn trails(paint: &Paint<'_>) {
    let mut shapes = Mesh::default();
    let soft = 1.0 / paint.painter.ctx().pixels_per_point();
    for (place, way) in &paint.ways {
        let dot = &paint.dots.all[*place];
        let colour = faded(dot.look.colour(paint.palette), 0.45 * strength(paint, dot));
        mesh::ribbon(&mut shapes, way, 1.6 * size(paint), soft, colour, false);
    }
    paint.painter.add(Shape::mesh(shapes));
}

fn placed<'a>(paint: &'a Paint<'_>) -> impl Iterator<Item = (&'a Dot, Pos2)> {
    paint.ways.iter().filter_map(|(place, way)| Some((&paint.dots.all[*place], *way.last()?)))
}

/// Paints the dots.
pub(super) fn paint(paint: &Paint<'_>) {
    let mut shapes = Mesh::default();
    for (dot, at) in placed(paint) {
        draw(&mut shapes, at, size(paint), dot.look, strength(paint, dot), paint.palette);
    }
    paint.painter.add(Shape::mesh(shapes));
}

/// Tells of the dot that is pressed, and what dots are; true where the pointer is at one.
pub(super) fn show(ui: &Ui, paint: &Paint<'_>, id: Id, events: &mut Vec<MapEvent>) -> bool {
    if paint.dots.note.is_empty() {
        return false;
    }
    let placed: Vec<(&Dot, Pos2)> = placed(paint).collect();
    let is_over = widgets(ui, paint, id, &placed, events);
    legend(ui, paint.view, paint.dots, paint.palette);
    is_over
}

fn draw(mesh: &mut Mesh, at: Pos2, size: f32, look: DotLook, share: f32, p: &Palette) {
    let (around, colour) = (faded(p.canvas, 0.9 * share), faded(look.colour(p), share));
    match look {
        DotLook::Fine => {
            disc(mesh, at, 5.2 * size, around);
            disc(mesh, at, 3.8 * size, colour);
        }
        DotLook::Slow => {
            disc(mesh, at, 6.2 * size, around);
            disc(mesh, at, 5.2 * size, colour);
            disc(mesh, at, 2.7 * size, faded(p.canvas, share));
        }
        DotLook::Failed => {
            diamond(mesh, at, 8.0 * size, around);
            diamond(mesh, at, 6.4 * size, colour);
        }
    }
}

fn disc(shape: &mut Mesh, at: Pos2, radius: f32, colour: Color32) {
    let mut outline = Vec::new();
    mesh::circle(&mut outline, at, radius);
    mesh::fill(shape, &outline, at, 1.0, colour, colour);
}

fn diamond(shape: &mut Mesh, at: Pos2, radius: f32, colour: Color32) {
    let corners = [vec2(radius, 0.0), vec2(0.0, radius), vec2(-radius, 0.0), vec2(0.0, -radius)];
    mesh::fill(shape, &corners.map(|c| at + c), at, 1.0, colour, colour);
}

/// Makes buttons of the dots: of all while they stand, else of the one at the pointer.
fn widgets(ui: &Ui, paint: &Paint<'_>, id: Id, placed: &[(&Dot, Pos2)], events: &mut Vec<MapEvent>) -> bool {
    let dots = paint.dots;
    let pointer = ui.input(|i| i.pointer.latest_pos());
    let distance = |at: &Pos2| pointer.map_or(f32::INFINITY, |p| p.distance(*at));
    let near = placed.iter().filter(|d| distance(&d.1) <= REACH);
    let nearest = near.min_by(|a, b| distance(&a.1).total_cmp(&distance(&b.1)));
    let mut is_over = false;
    // The last one lies on top of the others.
    let others = placed.iter().filter(|d| !dots.is_moving && !nearest.is_some_and(|n| std::ptr::eq(*d, n)));
    for (dot, at) in others.chain(nearest) {
        let area = Rect::from_center_size(*at, Vec2::splat(2.0 * REACH)).intersect(paint.view);
        let response = ui.interact(area, id.with(("dot", dot.call)), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &dot.spoken));
        if response.has_focus() || response.hovered() {
            let stroke = Stroke::new(1.5, paint.palette.accent);
            paint.painter.circle_stroke(*at, 9.0, stroke);
        }
        is_over |= response.hovered();
        // A press on a moving dot counts where it began: by the time of the release it is gone.
        let is_pressed = response.is_pointer_button_down_on() && ui.input(|i| i.pointer.primary_pressed());
        if response.clicked() && !dots.is_moving || is_pressed && dots.is_moving {
            events.push(MapEvent::CallOpened(dot.call));
        }
        response.on_hover_text(fill(texts().map.click_for_its_trace, &[("call", &dot.spoken)]));
    }
    is_over
}

/// What the dots are, at the upper left.
fn legend(ui: &Ui, view: Rect, dots: &Dots, p: &Palette) {
    let painter = ui.painter();
    let looks = [
        (DotLook::Fine, texts().map.call),
        (DotLook::Slow, texts().map.slow),
        (DotLook::Failed, texts().map.failed),
    ];
    let words: Vec<_> = looks
        .into_iter()
        .map(|(look, word)| (look, painter.layout_no_wrap(word.to_owned(), theme::caption(), p.text)))
        .collect();
    let note = painter.layout_no_wrap(dots.note.clone(), theme::caption(), p.muted);
    let width = words.iter().map(|w| w.1.size().x + 30.0).sum::<f32>() + note.size().x + 22.0;
    let area = Rect::from_min_size(view.min + vec2(16.0, 12.0), vec2(width, 26.0)).intersect(view);
    painter.rect(area, CornerRadius::same(8), p.panel, Stroke::new(1.0, p.border), StrokeKind::Inside);
    let mut at = area.left_center() + vec2(16.0, 0.0);
    let mut signs = Mesh::default();
    for (look, galley) in words {
        draw(&mut signs, at, 1.0, look, 1.0, p);
        let width = galley.size().x;
        let text = Align2::LEFT_CENTER.anchor_size(at + vec2(10.0, 0.0), galley.size());
        painter.galley(text.min, galley, p.text);
        at.x += width + 30.0;
    }
    painter.add(Shape::mesh(signs));
    let text = Align2::LEFT_CENTER.anchor_size(pos2(at.x - 6.0, at.y), note.size());
    painter.galley(text.min, note, p.muted);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_the_way_is_measured_along_the_line() {
        let bent = [pos2(0.0, 0.0), pos2(10.0, 0.0), pos2(10.0, 30.0)];
        let end = |points: &[Pos2], share| travelled(points, share).last().copied();
        assert_eq!(end(&bent, 0.0), Some(pos2(0.0, 0.0)));
        assert_eq!(travelled(&bent, 0.25), [pos2(0.0, 0.0), pos2(10.0, 0.0)]);
        assert_eq!(travelled(&bent, 0.5), [pos2(0.0, 0.0), pos2(10.0, 0.0), pos2(10.0, 10.0)]);
        assert_eq!(end(&bent, 7.0), Some(pos2(10.0, 30.0)));
        assert_eq!(end(&[], 0.5), None);
        assert_eq!(end(&[pos2(1.0, 1.0); 2], 0.5), Some(pos2(1.0, 1.0)));
    }
}
