//! How a node is drawn: shape by kind, one ring in the colour of its health, an icon.
use egui::epaint::Mesh;
use egui::{Color32, FontId, Pos2, Shape, Vec2};
use egui_graphs::{DisplayNode, DrawContext, MetadataFrame, NodeProps};
use petgraph::{EdgeType, stable_graph::IndexType};

use super::camera;
use super::emphasis::Role;
use super::input::{Health, NodeKind};
use super::mesh;
use super::scene::NodeScene;
use super::stencils::Stencils;
use crate::view::theme::{Palette, faded, mixed};

/// Everything that the picture of a node depends on, with colours already chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct NodeLook {
    pub radius: f32,
    pub square: bool,
    pub dashed: bool,
    pub icon: &'static str,
    /// Written instead of the icon, where it stands for several nodes.
    pub members: usize,
    pub fill: Color32,
    pub ring: Color32,
    pub ring_width: f32,
    /// Parts of the ring in other colours, from the top on: what share of the turn, and in which.
    pub arcs: [(f32, Color32); 2],
    /// The filling where the node is too small for a ring.
    pub dot: Color32,
    pub glow: Color32,
    pub icon_colour: Color32,
    /// A second ring outside: selection, focus or the hue of a hop.
    pub halo: Color32,
    pub selected: bool,
}

/// The colour of a health state for text and what carries text.
pub(super) fn health_colour(health: Health, p: &Palette) -> Color32 {
    match health {
        Health::Healthy => p.healthy,
        Health::Warning => p.warning,
        Health::Critical => p.critical,
        Health::Unknown => p.unknown,
    }
}

/// The colour of a health state for rings and lines.
pub(super) fn mark_colour(health: Health, p: &Palette) -> Color32 {
    if health == Health::Warning { p.warning_mark } else { health_colour(health, p) }
}

/// How much a hop further away is dimmed.
pub(super) fn by_hop(hop: u8) -> f32 {
    (1.0 - 0.18 * f32::from(hop.saturating_sub(1))).max(0.4)
}

/// The least radius on the screen, in points.
const NEVER_SMALLER: f32 = 3.0;
/// The length of the smallest part of a ring that is coloured, in points.
const LEAST_ARC: f32 = 7.0;
/// Below this zoom nodes are dots in one colour; above, all have a ring and an icon of about eight points.
const DOTS_BELOW: f32 = 0.27;
/// From this radius on the screen a group tells how many nodes it stands for, however far away it is.
const COUNT_FROM: f32 = 6.5;
/// How opaque what stands back remains.
pub(super) const FADED: f32 = 0.25;

impl NodeLook {
    /// What is written in it: its icon, or how many nodes it stands for.
    pub(super) fn sign(&self) -> String {
        if self.members > 0 { self.members.to_string() } else { self.icon.to_owned() }
    }

    pub(super) fn new(node: &NodeScene, role: Role, hovered: bool, p: &Palette) -> Self {
        let health = node.change.map_or_else(|| mark_colour(node.health, p), |c| c.colour(p));
        let tint = if node.health == Health::Unknown { 0.04 } else { 0.13 };
        let strength = if node.health == Health::Critical { 0.4 } else { 0.26 };
        let halo = match role {
            Role::Selected => p.accent,
            Role::Dependent(hop) => faded(p.dependents, by_hop(hop)),
            Role::Dependency(hop) => faded(p.dependencies, by_hop(hop)),
            Role::Plain | Role::Faded => Color32::TRANSPARENT,
        };
        let arc = |share: f32, health| {
            if share > 0.0 { (share, mark_colour(health, p)) } else { <_>::default() }
        };
        let arcs = [arc(node.ill[0], Health::Critical), arc(node.ill[1], Health::Warning)];
        // A group with some ill members is as calm as most of it is; the arcs tell the rest.
        let has_arcs = arcs.iter().any(|a| a.0 > 0.0);
        let share = node.ill[0] + 0.5 * node.ill[1];
        let (ring, tint) = if has_arcs { (p.healthy, tint) } else { (health, tint) };
        let strength = if has_arcs { strength * share.sqrt() } else { strength };
        let mut look = Self {
            radius: node.radius,
            square: matches!(node.kind, NodeKind::Database | NodeKind::Cache | NodeKind::Queue),
            dashed: node.dashed,
            icon: node.kind.icon(),
            members: node.members,
            fill: mixed(p.node, ring, if hovered { tint + 0.12 } else { tint }),
            ring,
            arcs,
            ring_width: if hovered { 3.2 } else { 2.4 },
            dot: if node.health.is_bad() && !has_arcs { health } else { mixed(p.node, ring, 0.55) },
            glow: if node.health.is_bad() { faded(health, strength) } else { Color32::TRANSPARENT },
            icon_colour: mixed(p.text, ring, 0.12),
            halo,
            selected: role == Role::Selected,
        };
        if role == Role::Faded && !hovered {
            look.fill = mixed(p.canvas, look.fill, 0.5);
            look.ring = mixed(p.canvas, look.ring, FADED);
            look.arcs = look.arcs.map(|(share, c)| (share, mixed(p.canvas, c, FADED)));
            look.dot = mixed(p.canvas, look.dot, FADED);
            look.icon_colour = mixed(p.canvas, look.icon_colour, FADED);
            look.glow = Color32::TRANSPARENT;
        }
        look
    }
}

/// A node in the graph of `egui_graphs`; its payload is its index in the scene.
#[derive(Clone, Debug)]
pub(super) struct NodeShape {
    at: Pos2,
    pub look: NodeLook,
}

impl From<NodeProps<u32>> for NodeShape {
    fn from(props: NodeProps<u32>) -> Self {
        Self { at: props.location(), look: NodeLook::default() }
    }
}

impl NodeShape {
    pub(super) fn move_to(&mut self, at: Pos2) {
        self.at = at;
    }

    /// Whether the node covers `p`, both in points of the screen, with a little room for a shaky hand.
    pub(super) fn covers(&self, frame: &MetadataFrame, p: Pos2) -> bool {
        let radius = camera::radius(self.look.radius, frame.zoom).max(6.0);
        frame.canvas_to_screen_pos(self.at).distance_sq(p) <= radius * radius
    }
}

impl NodeLook {
    fn outline(&self, out: &mut Vec<Pos2>, middle: Pos2, radius: f32) {
        if self.square {
            // A square of the same area looks as large as the circle.
            mesh::rounded_square(out, middle, radius * 0.9, radius * 0.32);
        } else {
            mesh::circle(out, middle, radius);
        }
    }

    /// The filled shape, from the stencils where it is not too large.
    fn fill(&self, brush: &mut Brush<'_>, middle: Pos2, radius: f32, colour: Color32) {
        let is_stamped = match self.square {
            true => brush.stencils.square(brush.mesh, middle, radius * 0.9, colour),
            false => brush.stencils.disc(brush.mesh, middle, radius, colour),
        };
        if !is_stamped {
            self.outline(brush.outline, middle, radius);
            mesh::fill(brush.mesh, brush.outline, middle, brush.stencils.soft(), colour, colour);
        }
    }

    /// Adds the triangles of the node.
    ///
    /// Gives back where its icon goes and in which size, where it is large enough to have one.
    pub(super) fn draw(&self, at: Pos2, frame: &MetadataFrame, brush: &mut Brush<'_>) -> Option<(Pos2, f32)> {
        let middle = frame.canvas_to_screen_pos(at);
        // Far away nodes stay large enough to be seen and told apart by shape.
        let radius = (self.radius * brush.scale).max(NEVER_SMALLER);
        if self.glow != Color32::TRANSPARENT {
            brush.stencils.light(brush.mesh, middle, radius * 1.5 + 6.0, self.glow);
        }
        if frame.zoom < DOTS_BELOW && (self.members == 0 || radius < COUNT_FROM) {
            self.fill(brush, middle, radius, self.dot);
            self.arcs(brush, middle, radius - 1.0, 2.6);
            return None;
        }
        let thin = (radius / 14.0).clamp(0.5, 1.0);
        self.around(brush, middle, radius, thin);
        let width = self.ring_width * thin;
        if self.dashed {
            self.fill(brush, middle, radius, self.fill);
            self.outline(brush.outline, middle, radius);
            brush.outline.extend(brush.outline.first().copied());
            let dash = (radius * 0.26).max(3.0);
            let style = (width, dash, dash * 0.72);
            mesh::dashes(brush.mesh, brush.outline, style, brush.stencils.soft(), self.ring);
        } else {
            self.fill(brush, middle, radius + width / 2.0, self.ring);
            self.fill(brush, middle, radius - width / 2.0, self.fill);
        }
        self.arcs(brush, middle, radius, width + 0.8);
        let share = if self.members > 99 { 0.72 } else { 0.98 };
        (!self.icon.is_empty()).then_some((middle, (radius * share * 2.0).round() / 2.0))
    }

    /// The parts of the ring in other colours, one after the other, clockwise.
    fn arcs(&self, brush: &mut Brush<'_>, middle: Pos2, radius: f32, width: f32) {
        let mut begin = 0.0;
        for (share, colour) in self.arcs.iter().filter(|a| a.0 > 0.0) {
            // However small the share and the node, it is seen.
            let least = LEAST_ARC / (std::f32::consts::TAU * radius);
            let end = (begin + share.max(least)).min(1.0);
            let steps = (1.0 + (end - begin) * (8.0 + 2.2 * radius)) as usize;
            let at = |k: usize| {
                let turn = begin + (end - begin) * k as f32 / steps as f32 - 0.25;
                middle + Vec2::angled(turn * std::f32::consts::TAU) * radius
            };
            brush.outline.clear();
            brush.outline.extend((0..=steps).map(at));
            let soft = brush.stencils.soft();
            brush.stencils.line(brush.mesh, brush.outline, width, soft, *colour);
            begin = end;
        }
    }

    /// What lies around the ring: the halo of a selection, the pile that a group is.
    fn around(&self, brush: &mut Brush<'_>, middle: Pos2, radius: f32, thin: f32) {
        let soft = brush.stencils.soft();
        if self.halo != Color32::TRANSPARENT {
            self.outline(brush.outline, middle, radius + 4.0 * thin + 1.0);
            let (width, light) = if self.selected { (3.0, 11.0) } else { (1.6, 5.0) };
            mesh::ribbon(brush.mesh, brush.outline, 2.0, light, faded(self.halo, 0.5), true);
            mesh::ribbon(brush.mesh, brush.outline, width * thin, soft, self.halo, true);
        }
        if self.members > 0 {
            // The edge of what lies behind: this is a pile.
            for (further, faint) in [(7.0, 0.35), (3.5, 0.6)] {
                self.outline(brush.outline, middle, radius + further * thin);
                mesh::ribbon(brush.mesh, brush.outline, 1.3 * thin, soft, faded(self.ring, faint), true);
            }
        }
    }
}

/// What nodes are drawn with.
pub(super) struct Brush<'a> {
    pub stencils: &'a Stencils,
    pub mesh: &'a mut Mesh,
    /// Room to work in.
    pub outline: &'a mut Vec<Pos2>,
    /// Points on the screen for each of a radius in the world.
    pub scale: f32,
}

impl<E: Clone, Ty: EdgeType, Ix: IndexType> DisplayNode<u32, E, Ty, Ix> for NodeShape {
    fn closest_boundary_point(&self, direction: Vec2) -> Pos2 {
        self.at + direction.normalized() * self.look.radius
    }

    fn is_inside(&self, pos: Pos2) -> bool {
        self.at.distance(pos) <= self.look.radius
    }

    fn update(&mut self, props: &NodeProps<u32>) {
        self.at = props.location();
    }

    fn shapes(&mut self, ctx: &DrawContext<'_>) -> Vec<Shape> {
        let look = self.look;
        let mut mesh = Mesh::default();
        let stencils = Stencils::of(ctx.ctx);
        mesh.texture_id = stencils.texture();
        let scale = camera::radius(1.0, ctx.meta.zoom);
        let (mesh_of, outline) = (&mut mesh, &mut Vec::new());
        let mut brush = Brush { stencils: &stencils, mesh: mesh_of, outline, scale };
        let place = look.draw(self.at, ctx.meta, &mut brush);
        let mut shapes = vec![Shape::mesh(mesh)];
        if let Some((middle, size)) = place {
            let icon = look.sign();
            let galley =
                ctx.ctx.fonts_mut(|f| f.layout_no_wrap(icon, FontId::proportional(size), look.icon_colour));
            let place = middle - galley.mesh_bounds.center().to_vec2();
            shapes.push(Shape::galley(place, galley, look.icon_colour));
        }
        shapes
    }
}
