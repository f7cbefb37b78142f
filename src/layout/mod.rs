//! Where things go: node centres, namespace boxes and edge curves, from sizes and links alone.
//!
//! Everything here is a pure function of its arguments and gives the same bits every time.
mod clusters;
mod force;
mod grid;
mod hull;
mod incremental;
mod lattice;
mod layered;
mod opening;
mod order;
mod pack;
mod pivots;
pub mod quality;
mod radial;
mod rank;
mod reach;
mod route;
mod separate;
mod spring;
mod stress;
mod tiers;
mod tree;

use emath::{Pos2, Rect, Vec2, pos2, vec2};

pub use hull::hulls;
pub use route::{Curve, RouteInput, curve, routes};

/// How high a name and its line of figures stand below a node, in world points.
pub const LABEL_HEIGHT: f32 = 36.0;
/// The least distance between the centres of two columns, in world points.
pub const COLUMN: f32 = 190.0;
/// The distance between the centres of two neighbours in a column, in world points.
pub const ROW: f32 = 110.0;
/// Up to this many nodes are put in columns; more are laid out by forces.
pub const MOST_IN_COLUMNS: usize = 60;
/// With more edges than this for each node, columns would be all lanes: slow to find and impossible to follow.
const MOST_TO_A_NODE: usize = 6;

/// From this many nodes on, boxes are compared with one drawing in columns.
const TRY_BOXES: usize = 24;
/// The width over height that fits most windows.
const ASPECT: f32 = 1.25;
/// How much wider a tall drawing in columns may become to fill a window.
const MOST_WIDENED: f32 = 1.5;
/// The width over height up to which it is widened: less than the window has, so that nothing shrinks for it.
const WIDENED: f32 = 1.2;

/// A node to place.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LayoutNode {
    /// Half the width of its shape, in world points.
    pub radius: f32,
    /// How wide the name below it stands, in world points.
    pub label_width: f32,
    /// Its namespace, if it has one.
    pub group: Option<u32>,
    /// Where namespaces lie in larger groups: the outermost that it belongs to, also by its namespace's stores.
    pub outer: Option<u32>,
    /// Whether it belongs to the left (negative, such as users) or to the right (positive).
    pub rank_hint: Option<i8>,
    /// Whether it stands for a whole namespace: then it is placed as a box would be.
    pub is_group: bool,
}

impl LayoutNode {
    /// What it is kept together with in columns.
    fn company(&self) -> Option<u32> {
        self.outer.or(self.group)
    }

    /// Whether it has a box inside that of a larger group.
    fn is_nested(&self) -> bool {
        self.outer.is_some() && self.group.is_some() && self.outer != self.group
    }

    /// The space that shape and label take around `centre`.
    pub fn footprint(&self, centre: Pos2) -> Rect {
        let half = self.radius.max(self.label_width / 2.0);
        Rect::from_min_max(centre - vec2(half, self.radius), centre + vec2(half, self.radius + LABEL_HEIGHT))
    }
}

/// How to lay out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mode {
    /// Namespaces in boxes, callers left of callees; small maps in columns.
    #[default]
    Flow,
    /// Distances like hops, whatever way calls go.
    Force,
    /// Columns from callers to callees, whatever the size.
    Layered,
    /// Rings around [`Request::focus`].
    Radial,
    /// Rows and columns, a block for each namespace.
    Grid,
}

impl Mode {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Flow, Self::Force, Self::Layered, Self::Radial, Self::Grid];

    /// The word for it on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Flow => "flow",
            Self::Force => "force",
            Self::Layered => "layered",
            Self::Radial => "rings",
            Self::Grid => "grid",
        }
    }

    /// By its word.
    pub fn parse(word: &str) -> Option<Self> {
        // Case files and settings of before say `radial`.
        let word = if word == "radial" { "rings" } else { word };
        Self::ALL.into_iter().find(|m| m.word() == word)
    }
}

/// What to lay out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// How nodes without a place are arranged when most of them have none.
    pub mode: Mode,
    /// The middle of [`Mode::Radial`]; without one, the node with the most links.
    pub focus: Option<u32>,
    /// The nodes; edges and results refer to them by index.
    pub nodes: Vec<LayoutNode>,
    /// Caller, callee and how much the edge pulls; edges to nodes that are not there are ignored.
    pub edges: Vec<(u32, u32, f32)>,
    /// Where nodes are by the will of a person; they never move.
    pub pinned: Vec<Option<Pos2>>,
    /// Where nodes were last time; they stay unless most nodes are new.
    pub previous: Vec<Option<Pos2>>,
    /// Of nodes without a place that were shown as one until now: where that one stood.
    pub homes: Vec<Option<Pos2>>,
}

/// The box around the nodes of a namespace, or of a group of namespaces.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupHull {
    /// The namespace, as in [`LayoutNode::group`], or the group of them, as in [`LayoutNode::outer`].
    pub group: u32,
    /// Whether it is a group of namespaces, around their boxes.
    pub is_outer: bool,
    /// The box, with room for the namespace's name at its top.
    pub rect: Rect,
}

/// Where everything is, in world points.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// One centre per node.
    pub centres: Vec<Pos2>,
    /// The boxes that contain no node of another namespace, the outer ones first, by group.
    pub groups: Vec<GroupHull>,
    /// Per edge, the points between its ends where room was kept for it; often none.
    pub lanes: Vec<Vec<Pos2>>,
    /// The rings of [`Mode::Radial`].
    pub rings: Option<Rings>,
}

/// Rings around one node.
#[derive(Clone, Debug, PartialEq)]
pub struct Rings {
    /// The node in their middle.
    pub focus: u32,
    /// Whether it was asked for; else it is the one with the most links.
    pub is_chosen: bool,
    /// Half of the width and height of each line between two rings, and of the one around all.
    pub lines: Vec<Vec2>,
}

impl Rings {
    fn new(request: &Request, links: &[Link], centres: &[Pos2]) -> Self {
        let focus = focus(request, links);
        let lines = radial::lines(&request.nodes, links, centres, focus);
        Self { focus: focus as u32, is_chosen: request.focus == Some(focus as u32), lines }
    }

    /// The box around them, with nodes at `centres`.
    pub fn around(&self, centres: &[Pos2]) -> Option<Rect> {
        Some(Rect::from_center_size(*centres.get(self.focus as usize)?, *self.lines.last()? * 2.0))
    }
}

impl Layout {
    /// The same drawing elsewhere.
    pub fn moved(mut self, by: Vec2) -> Self {
        let lanes = self.lanes.iter_mut().flatten();
        self.centres.iter_mut().chain(lanes).for_each(|p| *p += by);
        self.groups.iter_mut().for_each(|g| g.rect = g.rect.translate(by));
        self
    }
}

/// Lays out `request`.
///
/// Pinned nodes stay where they are.
/// Nodes with a previous place stay too when at least half of the nodes have one; then the others are put
/// beside their neighbours.
/// What was one node and is opened stands as a box where that was, and only what is in its way moves.
pub fn compute(request: &Request) -> Layout {
    let edges = usable_edges(request);
    let mut known = known_places(request);
    let placed = known.iter().flatten().count();
    let opens = |i: &usize| known[*i].is_none() && request.homes.get(*i).copied().flatten().is_some();
    let opened = (0..known.len()).filter(opens).count();
    // Columns and rings say how far away everything is, so they are drawn again.
    let has_order = matches!(request.mode, Mode::Layered | Mode::Radial);
    let fresh = (placed + opened) * 2 < request.nodes.len() || placed == 0 || opened > 0 && has_order;
    let (mut centres, mut lanes) = Default::default();
    // In columns lanes are found with the places of nodes; it is quick.
    if fresh || request.nodes.len() <= MOST_IN_COLUMNS {
        (centres, lanes) = afresh(request, &edges);
    }
    if !fresh {
        opening::open(request, &edges, &mut known);
        let places = incremental::add(&request.nodes, &edges, &known);
        let stays = |i: usize| places[i].distance(centres[i]) < 1.0;
        let ends =
            |e: usize| request.edges.get(e).is_some_and(|l| stays(l.0 as usize) && stays(l.1 as usize));
        lanes.retain(|l| ends(l.0));
        centres = places;
    } else if placed > 0 {
        centres = incremental::keep_pinned(&request.nodes, &centres, &request.pinned);
    }
    let has_rings = request.mode == Mode::Radial && !centres.is_empty();
    let rings = has_rings.then(|| Rings::new(request, &edges, &centres));
    let mut layout = Layout { groups: hulls(&request.nodes, &centres), centres, rings, lanes: Vec::new() };
    layout.lanes = vec![Vec::new(); request.edges.len()];
    for (index, lane) in lanes {
        if let Some(slot) = layout.lanes.get_mut(index) {
            *slot = lane;
        }
    }
    layout
}

/// An edge between two different nodes that are there, and its index in the request.
#[derive(Clone, Copy, Debug)]
struct Link {
    index: usize,
    from: usize,
    to: usize,
    weight: f32,
}

type Lanes = Vec<(usize, Vec<Pos2>)>;

fn usable_edges(request: &Request) -> Vec<Link> {
    let there = |i: u32| (i as usize) < request.nodes.len();
    let link = |(index, &(from, to, weight)): (usize, &(u32, u32, f32))| Link {
        index,
        from: from as usize,
        to: to as usize,
        weight: if weight.is_finite() { weight.max(0.01) } else { 1.0 },
    };
    let all = request.edges.iter().enumerate();
    all.filter(|(_, e)| e.0 != e.1 && there(e.0) && there(e.1)).map(link).collect()
}

fn known_places(request: &Request) -> Vec<Option<Pos2>> {
    let at = |places: &[Option<Pos2>], i: usize| places.get(i).copied().flatten().filter(|p| p.is_finite());
    (0..request.nodes.len()).map(|i| at(&request.pinned, i).or_else(|| at(&request.previous, i))).collect()
}

fn afresh(request: &Request, edges: &[Link]) -> (Vec<Pos2>, Lanes) {
    let nodes = &request.nodes;
    if nodes.is_empty() {
        return Default::default();
    }
    let is_small = nodes.len() <= MOST_IN_COLUMNS && edges.len() <= MOST_TO_A_NODE * nodes.len();
    let title = hull::title_height(nodes.len());
    let centres = match request.mode {
        Mode::Flow if is_small => return small(nodes, edges),
        Mode::Layered if is_small => return in_columns(nodes, edges),
        Mode::Flow => clusters::compute(nodes, edges, true, title),
        Mode::Force => clusters::compute(nodes, edges, false, title),
        Mode::Layered => tiers::place(nodes, edges),
        Mode::Radial => radial::place(nodes, edges, focus(request, edges)),
        Mode::Grid => grid::place(nodes, edges),
    };
    (centres, Vec::new())
}

/// The node that is asked for, or else the one with the most links.
fn focus(request: &Request, edges: &[Link]) -> usize {
    let mut links = vec![0u32; request.nodes.len()];
    edges.iter().flat_map(|l| [l.from, l.to]).for_each(|i| links[i] += 1);
    let most = (0..links.len()).max_by_key(|&i| (links[i], std::cmp::Reverse(i)));
    let asked = request.focus.map(|f| f as usize).filter(|f| *f < links.len());
    asked.or(most).unwrap_or(0)
}

fn small(nodes: &[LayoutNode], edges: &[Link]) -> (Vec<Pos2>, Lanes) {
    let (columns, lanes) = in_columns(nodes, edges);
    let loses_boxes = nodes.iter().any(LayoutNode::is_nested) && !hull::holds_all(nodes, &columns);
    if nodes.len() >= TRY_BOXES || loses_boxes {
        let boxes = clusters::compute(nodes, edges, true, hull::title_height(nodes.len()));
        let scale = |centres: &[Pos2]| {
            let size = bounds(nodes, centres).size();
            (ASPECT / size.x.max(1.0)).min(1.0 / size.y.max(1.0))
        };
        // One drawing in columns reads better, unless boxes can be shown much larger.
        if loses_boxes || scale(&boxes) > 1.4 * scale(&columns) {
            return (boxes, Vec::new());
        }
    }
    (columns, lanes)
}

fn in_columns(nodes: &[LayoutNode], edges: &[Link]) -> (Vec<Pos2>, Lanes) {
    let parts = pack::components(nodes, edges);
    let mut centres = vec![Pos2::ZERO; nodes.len()];
    let mut lanes: Lanes = Vec::new();
    let mut boxes = Vec::new();
    for part in &parts {
        let inside = part.links(edges);
        let (mut places, mut own_lanes) = layered::compute(&part.pick(nodes), &inside);
        if part.members.len() * 2 > nodes.len() {
            widen(&part.pick(nodes), &mut places, &mut own_lanes);
        }
        let area = bounds(&part.pick(nodes), &places);
        boxes.push(area.size() + vec2(70.0, 60.0));
        for (place, &node) in places.iter().zip(&part.members) {
            centres[node] = *place - area.min.to_vec2();
        }
        lanes.extend(
            own_lanes.into_iter().map(|(e, l)| (e, l.iter().map(|p| *p - area.min.to_vec2()).collect())),
        );
    }
    let offsets = pack::shelves(&boxes);
    let mut part_of = vec![0; nodes.len()];
    for (i, (part, offset)) in parts.iter().zip(&offsets).enumerate() {
        for &node in &part.members {
            centres[node] += *offset;
            part_of[node] = i;
        }
    }
    let from_of: std::collections::BTreeMap<usize, usize> = edges.iter().map(|e| (e.index, e.from)).collect();
    for (edge, lane) in &mut lanes {
        if let Some(&from) = from_of.get(edge) {
            lane.iter_mut().for_each(|p| *p += offsets[part_of[from]]);
        }
    }
    (centres, lanes)
}

/// Pulls a tall drawing wider, so that it fills a window better and edges have room for their figures.
fn widen(nodes: &[LayoutNode], places: &mut [Pos2], lanes: &mut Lanes) {
    let area = bounds(nodes, places);
    let factor = (area.height() * WIDENED / area.width().max(1.0)).clamp(1.0, MOST_WIDENED);
    let lanes = lanes.iter_mut().flat_map(|l| l.1.iter_mut());
    places.iter_mut().chain(lanes).for_each(|p| p.x *= factor);
}

/// The box around all shapes and labels; nothing for no nodes.
pub fn bounds(nodes: &[LayoutNode], centres: &[Pos2]) -> Rect {
    let all = nodes.iter().zip(centres).fold(Rect::NOTHING, |all, (n, c)| all | n.footprint(*c));
    if all.is_finite() { all } else { Rect::from_min_size(pos2(0.0, 0.0), Vec2::ZERO) }
}

#[cfg(test)]
#[path = "layout_tests.rs"]
mod tests;
