//! What painting needs that no camera changes, kept from frame to frame: roles, orders and colours.
use egui::Pos2;
use petgraph::stable_graph::{EdgeIndex, NodeIndex};

use super::draw::MapGraph;
use super::edge::EdgeLook;
use super::emphasis::{Emphasis, Role, roles};
use super::input::{Health, ItemSet, MapItem};
use super::node::NodeLook;
use super::scene::MapScene;
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

/// See the module.
#[derive(Clone, Default)]
pub(super) struct Prepared {
    asked: Option<Asked>,
    style: Option<Style>,
    /// Changes with everything here.
    pub stamp: u64,
    pub emphasis: Emphasis,
    /// The least important first.
    pub node_order: Vec<usize>,
    pub edge_order: Vec<usize>,
}

impl Prepared {
    /// Works out roles and orders, where they are not those of the last frame.
    pub(super) fn arrange(
        &mut self,
        scene: (&MapScene, u64),
        selected: Option<MapItem>,
        lit: Option<&ItemSet>,
    ) {
        let (scene, stamp) = scene;
        let is_same = |a: &Asked| a.scene == stamp && a.selected == selected && a.lit.as_ref() == lit;
        if self.asked.as_ref().is_some_and(is_same) {
            return;
        }
        self.stamp += 1;
        self.style = None;
        self.emphasis = roles(scene, selected, lit);
        let ranks: Vec<f32> =
            scene.nodes.iter().zip(&self.emphasis.nodes).map(|(n, role)| rank(n.importance, *role)).collect();
        self.node_order = ordered(&ranks);
        let ranks: Vec<f32> =
            scene.edges.iter().zip(&self.emphasis.edges).map(|(e, role)| rank(e.importance, *role)).collect();
        self.edge_order = ordered(&ranks);
        self.asked = Some(Asked { scene: stamp, selected, lit: lit.cloned() });
    }

    /// Gives the shapes their colours, where those are not the ones of the last frame.
    pub(super) fn colour(&mut self, scene: &MapScene, style: Style, graph: &mut MapGraph) {
        if self.style == Some(style) {
            return;
        }
        self.stamp += 1;
        self.style = Some(style);
        let p = &style.palette;
        for (i, (node, role)) in scene.nodes.iter().zip(&self.emphasis.nodes).enumerate() {
            if let Some(shape) = graph.node_mut(NodeIndex::new(i)) {
                shape.display_mut().look = NodeLook::new(node, *role, false, p);
            }
        }
        for e in 0..scene.edges.len() {
            let mut look = edge_look(scene, &self.emphasis, e, false, p);
            calm(scene, e, self.emphasis.edges[e], style, &mut look);
            if let Some(shape) = graph.edge_mut(EdgeIndex::new(e)) {
                shape.display_mut().look = look;
            }
        }
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

/// On large maps, and from far away, edges step back so that boxes and nodes can be seen.
fn calm(scene: &MapScene, e: usize, role: Role, style: Style, look: &mut EdgeLook) {
    let edge = &scene.edges[e];
    let (far, large) = (style.is_far, scene.is_large());
    let strength = match role {
        Role::Faded if large => 0.35,
        Role::Dependent(2..) | Role::Dependency(2..) if far => 0.4,
        Role::Plain if style.is_lit => return,
        Role::Plain if far && edge.loudness() == Health::Critical => 0.8,
        Role::Plain if far && edge.loudness() == Health::Warning => 0.6,
        Role::Plain if edge.loudness().is_bad() => return,
        Role::Plain if far && scene.is_inside_group(e) => 0.42,
        Role::Plain if far => 0.2,
        Role::Plain if large => 0.55,
        _ => return,
    };
    look.colour = mixed(style.palette.canvas, look.colour, strength);
    look.glow = faded(look.glow, 0.4);
    if far {
        look.width = look.width.min(1.8);
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
