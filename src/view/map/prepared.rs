//! What painting needs that no camera changes, kept from frame to frame: roles, orders and colours.
use egui::{Color32, Pos2, Rect};
use petgraph::stable_graph::{EdgeIndex, NodeIndex};

use super::draw::MapGraph;
use super::edge::EdgeLook;
use super::edge_signs;
use super::emphasis::{Emphasis, Role, roles};
use super::input::{Health, ItemSet, MapItem};
use super::node::NodeLook;
use super::scene::MapScene;
use crate::export::edge_signs::Shade;
use crate::view::theme::{Palette, faded, mixed};

/// What roles and orders depend on. A stamp stands for the scene: a moved node gives another.
#[derive(Clone, Debug, Default, PartialEq)]
struct Asked {
    scene: u64,
    selected: Option<MapItem>,
    lit: Option<ItemSet>,
}

/// What colours depend on besides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Style {
    pub palette: Palette,
    pub is_far: bool,
    pub is_lit: bool,
}

/// A node as it is drawn; these lie in the order of drawing, so that a frame reads them in one pass.
#[derive(Clone)]
pub(super) struct NodeItem {
    /// Which node of the scene it is.
    pub index: usize,
    pub at: Pos2,
    /// In world points.
    pub radius: f32,
    pub look: NodeLook,
    /// Whether names of what is ill may cover it.
    pub is_light: bool,
    pub is_faded: bool,
}

/// An edge as it is drawn, with the place of its curve in [`Prepared::points`].
#[derive(Clone)]
pub(super) struct EdgeItem {
    /// Which edge of the scene it is.
    pub index: usize,
    pub bounds: Rect,
    pub look: EdgeLook,
    curve: std::ops::Range<usize>,
    turn: f32,
}

/// See the module.
#[derive(Clone, Default)]
pub(super) struct Prepared {
    asked: Option<Asked>,
    style: Option<Style>,
    /// Changes with everything here.
    pub stamp: u64,
    pub emphasis: Emphasis,
    /// The least important first; edges to where they come from are not among them.
    pub nodes: Vec<NodeItem>,
    pub edges: Vec<EdgeItem>,
    points: Vec<Pos2>,
}

impl Prepared {
    /// Works out roles and orders, where they are not those of the last frame.
    pub(super) fn arrange(
        &mut self,
        scene: (&MapScene, u64),
        selected: Option<MapItem>,
        lit: Option<&ItemSet>,
        graph: &MapGraph,
    ) {
        let (scene, stamp) = scene;
        let is_same = |a: &Asked| a.scene == stamp && a.selected == selected && a.lit.as_ref() == lit;
        if self.asked.as_ref().is_some_and(is_same) {
            return;
        }
        self.stamp += 1;
        self.style = None;
        self.emphasis = roles(scene, selected, lit);
        self.list(scene, graph);
        self.asked = Some(Asked { scene: stamp, selected, lit: lit.cloned() });
    }

    /// Lays what is drawn side by side: reading it from all over the scene would cost more than drawing it.
    fn list(&mut self, scene: &MapScene, graph: &MapGraph) {
        self.nodes.clear();
        self.edges.clear();
        self.points.clear();
        for index in ordered(&self.node_ranks(scene)) {
            let (of, role) = (&scene.nodes[index], self.emphasis.nodes[index]);
            let is_faded = role == Role::Faded;
            let is_light = !of.health.is_bad() || is_faded;
            let (at, radius, look) = (of.centre, of.radius, NodeLook::default());
            self.nodes.push(NodeItem { index, at, radius, look, is_light, is_faded });
        }
        for index in ordered(&self.edge_ranks(scene)) {
            let Some(edge) = graph.edge(EdgeIndex::new(index)) else { continue };
            let of = &scene.edges[index];
            if of.is_loop() {
                continue;
            }
            let ((points, turn), first) = (edge.display().curve(), self.points.len());
            self.points.extend_from_slice(points);
            let (curve, look) = (first..self.points.len(), EdgeLook::default());
            self.edges.push(EdgeItem { index, bounds: of.bounds, look, curve, turn });
        }
    }

    fn node_ranks(&self, scene: &MapScene) -> Vec<f32> {
        scene.nodes.iter().zip(&self.emphasis.nodes).map(|(n, role)| rank(n.importance, *role)).collect()
    }

    fn edge_ranks(&self, scene: &MapScene) -> Vec<f32> {
        scene.edges.iter().zip(&self.emphasis.edges).map(|(e, role)| rank(e.importance, *role)).collect()
    }

    /// Gives everything its colours, where those are not the ones of the last frame.
    pub(super) fn colour(&mut self, scene: &MapScene, style: Style, graph: &mut MapGraph) {
        if self.style == Some(style) {
            return;
        }
        self.stamp += 1;
        self.style = Some(style);
        let p = &style.palette;
        for item in &mut self.nodes {
            let node = &scene.nodes[item.index];
            item.look = NodeLook::new(node, self.emphasis.nodes[item.index], false, p);
            if let Some(shape) = graph.node_mut(NodeIndex::new(item.index)) {
                shape.display_mut().look = item.look;
            }
        }
        let led = led(scene, &self.edges);
        // The busiest come last, before those that are ill.
        let loud = led.iter().filter(|l| **l > 0.0).count();
        let count = self.edges.len().saturating_sub(loud);
        for (k, (item, loud)) in self.edges.iter_mut().zip(led).enumerate() {
            item.look = edge_look(scene, &self.emphasis, item.index, false, p);
            let role = self.emphasis.edges[item.index];
            let lead = 1.0 / (1.0 + count.saturating_sub(k + 1) as f32 / LEADING);
            calm((scene, item.index), (role, loud, lead), style, &mut item.look);
            if let Some(shape) = graph.edge_mut(EdgeIndex::new(item.index)) {
                shape.display_mut().look = item.look;
            }
        }
    }

    /// The curve of an edge, and how much it turns.
    pub(super) fn curve(&self, edge: &EdgeItem) -> (&[Pos2], f32) {
        (self.points.get(edge.curve.clone()).unwrap_or_default(), edge.turn)
    }
}

/// An edge as it looks near by.
pub(super) fn edge_look(
    scene: &MapScene,
    emphasis: &Emphasis,
    e: usize,
    hovered: bool,
    p: &Palette,
) -> EdgeLook {
    let edge = &scene.edges[e];
    let mut look = EdgeLook::new(edge, emphasis.edges[e], hovered, p);
    look.covered = scene.nodes[edge.to].radius;
    look
}

/// The same for an edge whose figures are written among many others: what they belong to is to be seen.
pub(super) fn clear_look(
    (scene, e): (&MapScene, usize),
    emphasis: &Emphasis,
    look: EdgeLook,
    p: &Palette,
) -> EdgeLook {
    let edge = &scene.edges[e];
    if emphasis.edges[e] != Role::Plain || edge.is_loud() {
        return look;
    }
    let own = edge_signs::colour(edge, p);
    let colour = if edge.shade == Shade::Health { mixed(own, p.muted, 0.5) } else { own };
    EdgeLook { width: look.width.max(edge.width).max(1.5), colour, ..look }
}

/// Who gets room first.
fn rank(importance: f32, role: Role) -> f32 {
    let role = match role {
        Role::Selected => 1_000.0,
        Role::Dependent(_) | Role::Dependency(_) => 300.0,
        Role::Plain => 0.0,
        Role::Faded => -500.0,
    };
    importance + role
}

fn ordered(ranks: &[f32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..ranks.len()).collect();
    order.sort_by(|&a, &b| ranks[a].total_cmp(&ranks[b]).then(a.cmp(&b)));
    order
}

/// How many bad edges are drawn loudly from far away, each less than the one before.
const MOST_LOUD: usize = 40;

/// How loud bad edges are among each other, 0 to 1: the loudest are those where most calls fail or are slow. Were all
/// of them as loud, none would be seen.
fn led(scene: &MapScene, edges: &[EdgeItem]) -> Vec<f32> {
    let loud = |k: &usize| scene.edges[edges[*k].index].is_loud();
    let mut loudest: Vec<usize> = (0..edges.len()).filter(loud).collect();
    let weight = |k: usize| {
        let edge = &scene.edges[edges[k].index];
        let failing = edge.figures.calls * edge.figures.error_ratio.unwrap_or(0.0);
        (edge.loudness() == Health::Critical, failing, edge.figures.calls)
    };
    loudest.sort_by(|&a, &b| {
        let (a, b) = (weight(a), weight(b));
        b.0.cmp(&a.0).then(b.1.total_cmp(&a.1)).then(b.2.total_cmp(&a.2))
    });
    let mut out = vec![0.0; edges.len()];
    for (rank, k) in loudest.into_iter().take(MOST_LOUD).enumerate() {
        out[k] = 1.0 - rank as f32 / MOST_LOUD as f32;
    }
    out
}

/// Among so many edges the busier ones are drawn clearer.
const MANY: usize = 100;
/// After so many of the busiest an edge is half as clear as the first.
const LEADING: f32 = 40.0;

/// On large maps, and from far away, edges step back so that boxes and nodes can be seen: the less the more they
/// lead, so that the main ways stay.
fn calm(
    (scene, e): (&MapScene, usize),
    (role, loud, lead): (Role, f32, f32),
    style: Style,
    look: &mut EdgeLook,
) {
    let edge = &scene.edges[e];
    let (far, large) = (style.is_far, scene.is_large());
    // Few lines make no mist.
    let few = (1.0 - (scene.edges.len() as f32 - 150.0) / 850.0).clamp(0.0, 1.0);
    let strength = match role {
        Role::Faded if large => 0.35,
        Role::Dependent(2..) | Role::Dependency(2..) if far => 0.4,
        Role::Plain if style.is_lit => return,
        Role::Plain if far && edge.loudness() == Health::Critical => 0.25 + 0.65 * loud,
        Role::Plain if far && edge.loudness() == Health::Warning => 0.25 + 0.4 * loud,
        Role::Plain if edge.loudness().is_bad() => return,
        Role::Plain if far && scene.is_inside_group(e) => (0.42 + 0.3 * few).max(0.7 * lead),
        Role::Plain if far => (0.07 + 0.45 * few).max(0.7 * lead),
        Role::Plain if large => 0.45 + 0.4 * lead,
        Role::Plain if scene.edges.len() > MANY => 0.55 + 0.45 * lead,
        _ => return,
    };
    look.colour = mixed(style.palette.canvas, look.colour, strength);
    look.glow = if far && loud < 0.5 { Color32::TRANSPARENT } else { faded(look.glow, 0.4) };
    if far {
        look.width = look.width.min(1.1 + 0.9 * loud);
    }
}

/// Nodes in the order in which people read: from callers to callees, that is from left to right.
pub(super) fn reading_order(scene: &MapScene, nodes: &mut [usize]) {
    /// Nodes whose middles stand less apart than this stand in one column, in world points.
    const COLUMN: f32 = 60.0;
    let place = |i: usize| {
        let Pos2 { x, y } = scene.nodes[i].centre;
        ((x / COLUMN).round() as i32, y)
    };
    nodes.sort_by(|&a, &b| {
        let (a_at, b_at) = (place(a), place(b));
        a_at.0.cmp(&b_at.0).then(a_at.1.total_cmp(&b_at.1)).then(a.cmp(&b))
    });
}
