//! How an edge is drawn: width by traffic, colour by health, an arrowhead at the border of the callee.
use std::sync::Arc;

use egui::epaint::Mesh;
use egui::{Color32, Pos2, Shape, Vec2};
use egui_graphs::{DisplayEdge, DrawContext, EdgeProps, MetadataFrame, Node};
use petgraph::{EdgeType, stable_graph::IndexType};

use super::camera;
use super::edge_signs;
use super::emphasis::Role;
use super::input::Health;
use super::mesh;
use super::node::{FADED, NodeShape, by_hop};
use super::scene::EdgeScene;
use super::stencils::Stencils;
use crate::view::theme::{Palette, faded, mixed};

/// Everything that the picture of an edge depends on, with colours already chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct EdgeLook {
    pub width: f32,
    pub dashed: bool,
    pub colour: Color32,
    pub glow: Color32,
    /// The radius of the callee, in world points.
    pub covered: f32,
}

impl EdgeLook {
    pub(super) fn new(edge: &EdgeScene, role: Role, hovered: bool, p: &Palette) -> Self {
        let bad = edge.is_loud();
        let own = edge_signs::colour(edge, p);
        let hue = |hue: Color32, hop: u8| if bad { own } else { mixed(own, hue, 0.75 * by_hop(hop)) };
        let colour = match role {
            Role::Faded => mixed(p.canvas, own, if bad { FADED + 0.08 } else { FADED }),
            Role::Selected => p.accent,
            Role::Dependent(hop) => hue(p.dependents, hop),
            Role::Dependency(hop) => hue(p.dependencies, hop),
            Role::Plain => own,
        };
        let glow = match role {
            Role::Faded => Color32::TRANSPARENT,
            Role::Selected => faded(p.accent, 0.35),
            _ if bad && edge.health == Health::Critical => faded(own, if p.dark { 0.34 } else { 0.26 }),
            _ if bad => faded(own, if p.dark { 0.26 } else { 0.2 }),
            _ => Color32::TRANSPARENT,
        };
        let colour = if hovered { mixed(colour, p.text, 0.45) } else { colour };
        Self {
            width: edge.width + if bad { 0.4 } else { 0.0 } + if hovered { 0.8 } else { 0.0 },
            dashed: edge.dashed,
            colour,
            glow,
            covered: 0.0,
        }
    }
}

/// An edge in the graph of `egui_graphs`; its payload is its index in the scene.
#[derive(Clone, Debug)]
pub(super) struct EdgeShape {
    pub look: EdgeLook,
    points: Arc<[Pos2]>,
    turn: f32,
}

impl From<EdgeProps<u32>> for EdgeShape {
    fn from(_: EdgeProps<u32>) -> Self {
        Self { look: EdgeLook::default(), points: Arc::from(Vec::new()), turn: 0.0 }
    }
}

impl EdgeShape {
    pub(super) fn lay(&mut self, points: &Arc<[Pos2]>) {
        if !Arc::ptr_eq(&self.points, points) {
            self.turn = turn(points);
            self.points = Arc::clone(points);
        }
    }

    /// The curve, in the world, and how much it turns.
    pub(super) fn curve(&self) -> (&[Pos2], f32) {
        (&self.points, self.turn)
    }
}

/// Adds the triangles of an edge along `curve` to `mesh`, where a world point of a radius is `scale` points and
/// lines may run `off` points beside their curves; `points` is room to work in.
pub(super) fn draw(
    look: &EdgeLook,
    (curve, turn): (&[Pos2], f32),
    (frame, scale, off): (&MetadataFrame, f32, f32),
    stencils: &Stencils,
    mesh: &mut Mesh,
    points: &mut Vec<Pos2>,
) {
    let (zoom, soft) = (frame.zoom, stencils.soft());
    on_screen(points, curve, turn, off, frame);
    let width = look.width * zoom.clamp(0.45, 1.25);
    // From far away nodes are drawn larger than the layout reckons with: the arrow ends at the border drawn.
    let cover = look.covered * (scale - zoom);
    if cover > 0.5 {
        shorten(points, cover);
    }
    let Some(&tip) = points.last() else { return };
    if look.glow != Color32::TRANSPARENT {
        let light = 7.5 * zoom.clamp(0.35, 1.2);
        stencils.line(mesh, points, 2.0, light, look.glow);
    }
    let head = (6.5 + 1.5 * width) * zoom.clamp(0.55, 1.2);
    let with_head = zoom > 0.25;
    let way = if with_head { shorten(points, head * 0.7) } else { Vec2::ZERO };
    if look.dashed {
        mesh::dashes(mesh, points, (width.max(1.2), 5.0, 4.5), soft, look.colour);
    } else {
        stencils.line(mesh, points, width, soft, look.colour);
    }
    if with_head && way != Vec2::ZERO {
        mesh::arrow(mesh, tip, way, head, soft, look.colour);
    }
}

/// How far a line on the screen may run beside its curve, in points, where it is looked at.
pub(super) const OFF: f32 = 0.35;

/// How much a curve turns at its points: what its line strays per point left out, squared.
fn turn(points: &[Pos2]) -> f32 {
    let bend = |t: &[Pos2]| (t[0] - t[1] + (t[2] - t[1])).length();
    points.windows(3).map(bend).fold(0.0, f32::max)
}

/// Writes the curve on the screen into `out`, with no more points than keep the line within `off` points of it.
fn on_screen(out: &mut Vec<Pos2>, points: &[Pos2], turn: f32, off: f32, frame: &MetadataFrame) {
    out.clear();
    let (Some(last), Some(end)) = (points.len().checked_sub(1), points.last()) else { return };
    let step = ((8.0 * off / (turn * frame.zoom).max(1e-6)).sqrt() as usize).clamp(1, last.max(1));
    out.extend(points.iter().take(last).step_by(step).map(|p| frame.canvas_to_screen_pos(*p)));
    out.push(frame.canvas_to_screen_pos(*end));
}

/// Shortens `points` at the end by `length`; returns the direction of arrival.
fn shorten(points: &mut Vec<Pos2>, length: f32) -> Vec2 {
    let Some(&tip) = points.last() else { return Vec2::ZERO };
    while points.len() > 2 && points[points.len() - 2].distance_sq(tip) < length * length {
        points.pop();
    }
    if let [.., before, last] = points.as_mut_slice() {
        let way = mesh::unit(tip - *before);
        *last = tip - way * length.min(tip.distance_sq(*before).sqrt());
        return way;
    }
    Vec2::ZERO
}

impl<E: Clone, Ty: EdgeType, Ix: IndexType> DisplayEdge<u32, E, Ty, Ix, NodeShape> for EdgeShape
where
    Self: From<EdgeProps<E>>,
{
    fn shapes(
        &mut self,
        _: &Node<u32, E, Ty, Ix, NodeShape>,
        _: &Node<u32, E, Ty, Ix, NodeShape>,
        ctx: &DrawContext<'_>,
    ) -> Vec<Shape> {
        let mut mesh = Mesh::default();
        let stencils = Stencils::of(ctx.ctx);
        mesh.texture_id = stencils.texture();
        let scale = camera::radius(1.0, ctx.meta.zoom);
        draw(&self.look, self.curve(), (ctx.meta, scale, OFF), &stencils, &mut mesh, &mut Vec::new());
        vec![Shape::mesh(mesh)]
    }

    fn update(&mut self, _: &EdgeProps<E>) {}

    fn is_inside(
        &self,
        _: &Node<u32, E, Ty, Ix, NodeShape>,
        _: &Node<u32, E, Ty, Ix, NodeShape>,
        pos: Pos2,
    ) -> bool {
        distance(&self.points, pos) <= 6.0
    }
}

/// How far `pos` is from the line through `points`.
pub(super) fn distance(points: &[Pos2], pos: Pos2) -> f32 {
    let to_segment = |pair: &[Pos2]| {
        let d = pair[1] - pair[0];
        let t = ((pos - pair[0]).dot(d) / d.length_sq().max(1e-6)).clamp(0.0, 1.0);
        (pair[0] + d * t).distance(pos)
    };
    points.windows(2).map(to_segment).fold(f32::INFINITY, f32::min)
}
