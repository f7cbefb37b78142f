//! Marks on nodes: numbers, alerts, and what runs out first; each has a sign of its own, and what is critical a
//! full disc.
use egui::{FontId, Pos2, Rect, Shape, Stroke, Vec2, vec2};
use egui_phosphor::fill;

use super::draw::Paint;
use super::emphasis::Role;
use super::input::Health;
use super::node::health_colour;
use super::occupied::Occupied;
use crate::view::fonts;

/// What a mark on a node looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sign {
    /// A number in a disc that tells no health.
    Number(String),
    /// An alert: a bell, in a full disc where it is critical.
    Alert(Health),
    /// What runs out first: a gauge.
    Gauge,
    /// A deployment: a rocket.
    Deployed,
    /// A note: a sheet with a pencil.
    Noted,
    /// Where somebody put it: a pin.
    Pinned,
}

/// A mark on a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// What it looks like.
    pub sign: Sign,
    /// What a screen reader adds to the name, and the tooltip says.
    pub spoken: String,
}

/// Nodes of a smaller radius on the screen have no marks.
const SMALLEST: f32 = 9.0;

/// All marks of nodes that are seen: the first of a node at its upper left, the second at its lower left, the
/// third at its lower right.
pub(super) fn shapes(paint: &Paint<'_>, occupied: &mut Occupied) -> Vec<Shape> {
    let mut out = Vec::new();
    for (n, (i, mark)) in paint.marks.iter().enumerate() {
        let Some(node) = paint.scene.nodes.get(*i) else { continue };
        let radius = paint.camera.radius(node.radius);
        if radius < SMALLEST || paint.emphasis.nodes.get(*i) == Some(&Role::Faded) {
            continue;
        }
        let before = paint.marks.iter().take(n).filter(|m| m.0 == *i).count();
        let out_there = radius * 0.78;
        let (x, y) = match before {
            0 => (-out_there - 3.0, -out_there - 3.0),
            1 => (-out_there - 3.0, out_there),
            _ => (out_there + 3.0, out_there),
        };
        let at = paint.to_screen(node.centre) + vec2(x, y);
        // A mark is not as large as its node.
        let scale = (radius / 20.0).clamp(0.72, 1.0);
        out.extend(one(paint, at, &mark.sign, scale, occupied));
    }
    out
}

fn one(paint: &Paint<'_>, at: Pos2, sign: &Sign, scale: f32, occupied: &mut Occupied) -> Vec<Shape> {
    let p = paint.palette;
    let icons = |size: f32| FontId::new((size * scale).round(), fonts::filled_icons());
    let (text, font, ink, disc) = match sign {
        Sign::Number(text) => {
            (text.as_str(), FontId::new((11.0 * scale).round(), fonts::medium()), p.canvas, p.text)
        }
        Sign::Deployed => (fill::ROCKET_LAUNCH, icons(11.5), p.canvas, p.text),
        Sign::Noted => (fill::NOTE_PENCIL, icons(11.5), p.canvas, p.accent),
        Sign::Pinned => (fill::PUSH_PIN, icons(11.0), p.muted, p.pill),
        Sign::Gauge => (fill::GAUGE, icons(12.0), p.canvas, p.text),
        Sign::Alert(Health::Critical) => {
            (fill::BELL, icons(11.5), p.on_health, health_colour(Health::Critical, p))
        }
        Sign::Alert(health) => (fill::BELL, icons(11.0), health_colour(*health, p), p.pill),
    };
    let galley = paint.layout(text.to_owned(), font, ink);
    let radius = (galley.size().x / 2.0 + 3.5 * scale).max(8.5 * scale);
    occupied.take(Rect::from_center_size(at, Vec2::splat(2.0 * radius)));
    let place = at - galley.size() / 2.0;
    let mut out =
        vec![Shape::circle_filled(at, radius + 1.5, p.canvas), Shape::circle_filled(at, radius, disc)];
    if matches!(sign, Sign::Alert(h) if *h != Health::Critical) {
        out.push(Shape::circle_stroke(at, radius, Stroke::new(1.2, ink)));
    }
    out.push(Shape::galley(place, galley, ink));
    out
}
