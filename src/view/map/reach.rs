//! What people reach on the map with the pointer, the keyboard and a screen reader.
use std::collections::HashMap;

use egui::{EventFilter, Id, Key, PointerButton, Pos2, Rect, Response, Sense, Ui, Vec2};
use petgraph::stable_graph::NodeIndex;

use super::camera::Camera;
use super::canvas::{MapEvent, MapState};
use super::draw::Paint;
use super::edge;
use super::input::MapItem;
use super::prepared::reading_order;
use super::scene::MapScene;

/// How many nodes, and how many edges, are widgets of their own: those that the Tab key passes through.
///
/// The most important in view come first; all others still answer to the pointer and to the arrow keys.
const MOST_TABBED: usize = 120;
/// The same while a screen reader listens, which reads all that is in view.
const MOST_SPOKEN: usize = 4_000;

/// Seconds within which a second click belongs to the first.
const SECOND_CLICK: f64 = 0.6;

/// Takes hold of the node at which a drag begins, so that the drag moves it and not the map.
///
/// A drag counts from where the button went down, not from where egui became sure that it is one.
pub(super) fn take_hold(ui: &Ui, response: &Response, state: &mut MapState, camera: Camera, view: Rect) {
    if !response.drag_started_by(PointerButton::Primary) {
        return;
    }
    let Some(origin) = ui.input(|i| i.pointer.press_origin()) else { return };
    let near = (0..state.live.nodes.len()).rev();
    if let Some(node) = node_at(near, state, camera, view, origin) {
        state.drag = Some((node, state.live.nodes[node].centre - camera.to_world(origin, view)));
    }
}

/// The first of `nodes` that covers the point `p` of the screen.
fn node_at(
    mut nodes: impl Iterator<Item = usize>,
    state: &MapState,
    camera: Camera,
    view: Rect,
    p: Pos2,
) -> Option<usize> {
    let frame = camera.frame(view);
    nodes.find(|i| state.graph.node(NodeIndex::new(*i)).is_some_and(|n| n.display().covers(&frame, p)))
}

/// Makes widgets of what is in view and does what people did to it; gives back what the pointer is over.
pub(super) fn react(
    ui: &Ui,
    paint: &Paint<'_>,
    pills: &[(usize, Rect)],
    response: &Response,
    state: &mut MapState,
    events: &mut Vec<MapEvent>,
) -> Option<MapItem> {
    let places = pills.iter().copied().collect();
    let mut hands = Hands { ui, paint, pills: places, map: response.id, touch: Touch::of(response) };
    hands.widgets(state, events);
    let touch = hands.touch;
    drag(paint, response, state, events);
    let at = ui.input(|i| i.pointer.interact_pos());
    let hit = at.filter(|p| paint.view.contains(*p)).and_then(|p| item_at(paint, state, pills, p));
    let ground = |at: Option<Pos2>| {
        let hull = paint.scene.hull_at(paint.camera.to_world(at?, paint.view))?;
        paint.scene.group_of_hull(hull).map(str::to_owned)
    };
    if let (true, Some(at)) = (touch.wants_menu, at) {
        match (hit, ground(Some(at))) {
            (Some(item), _) => events.push(MapEvent::Menu(item, at)),
            (None, Some(group)) => events.push(MapEvent::BoxMenu(group, at)),
            (None, None) => {}
        }
    }
    if touch.double_clicked {
        let now = ui.input(|i| i.time);
        // The first click on the name of a box has led closer: what lies under the pointer now was not meant.
        let named = state.came_closer.take().filter(|(_, then)| now - then < SECOND_CLICK).map(|c| c.0);
        match (named, hit, ground(at)) {
            (Some(group), ..) | (None, None, Some(group)) => events.push(MapEvent::BoxOpened(group)),
            (None, Some(item), _) => events.push(MapEvent::Opened(item)),
            (None, None, None) => state.camera = None,
        }
    } else if touch.clicked && state.selected != hit {
        state.selected = hit;
        events.push(MapEvent::Selected(hit));
    }
    let held = state.drag.map(|d| MapItem::Node(d.0));
    held.or(hit.filter(|_| touch.hovered))
}

/// What the pointer did, on the map itself or on a widget on it.
struct Touch {
    hovered: bool,
    clicked: bool,
    double_clicked: bool,
    wants_menu: bool,
}

impl Touch {
    fn of(response: &Response) -> Self {
        Self {
            hovered: response.hovered(),
            clicked: response.clicked_by(PointerButton::Primary),
            double_clicked: response.double_clicked_by(PointerButton::Primary),
            wants_menu: response.secondary_clicked(),
        }
    }

    fn add(&mut self, response: &Response) {
        let more = Self::of(response);
        self.hovered |= more.hovered;
        self.clicked |= more.clicked;
        self.double_clicked |= more.double_clicked;
        self.wants_menu |= more.wants_menu;
    }
}

/// The item at the point `p` of the screen: a node, else a pill, else an edge within six points.
fn item_at(paint: &Paint<'_>, state: &MapState, pills: &[(usize, Rect)], p: Pos2) -> Option<MapItem> {
    let front = paint.visible_nodes.iter().rev().copied();
    let node = node_at(front, state, paint.camera, paint.view, p).map(MapItem::Node);
    let pill = || pills.iter().find(|a| a.1.contains(p)).map(|a| MapItem::Edge(a.0));
    node.or_else(pill).or_else(|| edge_at(paint, p))
}

/// The edge nearest to the screen point `p`, if it is within six points.
fn edge_at(paint: &Paint<'_>, p: Pos2) -> Option<MapItem> {
    let reach = 6.0 / paint.camera.zoom;
    let at = paint.camera.to_world(p, paint.view);
    let near = |&&e: &&usize| paint.scene.edges[e].bounds.expand(reach).contains(at);
    let distances = paint.visible_edges.iter().filter(near);
    let nearest = distances
        .map(|&e| (edge::distance(&paint.scene.edges[e].points, at), e))
        .filter(|(d, _)| *d <= reach)
        .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    nearest.map(|(_, e)| MapItem::Edge(e))
}

struct Hands<'a> {
    ui: &'a Ui,
    paint: &'a Paint<'a>,
    /// Where pills lie, by edge.
    pills: HashMap<usize, Rect>,
    map: Id,
    touch: Touch,
}

impl Hands<'_> {
    /// Nodes from left to right, then edges: each with a name, a place in the order of the Tab key, and a click.
    fn widgets(&mut self, state: &mut MapState, events: &mut Vec<MapEvent>) {
        let paint = self.paint;
        let is_spoken = self.ui.ctx().accesskit_node_builder(self.map, |_| ()).is_some();
        let most = if is_spoken { MOST_SPOKEN } else { MOST_TABBED };
        let mut nodes: Vec<usize> = paint.nodes_by_importance().take(most).collect();
        let mut edges: Vec<usize> = paint.edges_by_importance().take(most).collect();
        // What has the keyboard keeps it, however little it matters and wherever it is.
        let (focused, wanted) = (state.focused.take(), state.wanted.take());
        for item in [focused, wanted].into_iter().flatten().filter(|f| exists(paint.scene, *f)) {
            match item {
                MapItem::Node(i) if !nodes.contains(&i) => nodes.push(i),
                MapItem::Edge(e) if !edges.contains(&e) => edges.push(e),
                _ => {}
            }
        }
        reading_order(paint.scene, &mut nodes);
        edges.sort_unstable();
        let all = nodes.into_iter().map(MapItem::Node).chain(edges.into_iter().map(MapItem::Edge));
        for item in all {
            let is_kept = focused == Some(item) || wanted == Some(item);
            let Some(area) = self.place(item, is_kept) else { continue };
            let response = self.ui.interact(area, id_of(self.map, paint.scene, item), Sense::click());
            if wanted == Some(item) {
                response.request_focus();
            }
            self.touch.add(&response);
            self.widget(response, item, area, state, events);
        }
    }

    /// Where an item can be touched; `None` where it cannot be seen.
    fn place(&self, item: MapItem, is_focused: bool) -> Option<Rect> {
        let paint = self.paint;
        let area = match item {
            MapItem::Node(i) => {
                let node = &paint.scene.nodes[i];
                let side = 2.0 * paint.camera.radius(node.radius).max(6.0);
                Rect::from_center_size(paint.to_screen(node.centre), Vec2::splat(side))
            }
            MapItem::Edge(e) => {
                let edge = &paint.scene.edges[e];
                let middle = paint.to_screen(*edge.points.get(edge.points.len() / 2)?);
                let small = || Rect::from_center_size(middle, Vec2::splat(12.0));
                self.pills.get(&e).copied().unwrap_or_else(small)
            }
        };
        let seen = area.intersect(paint.view);
        (seen.is_positive() || is_focused).then_some(if seen.is_positive() { seen } else { area })
    }

    fn widget(
        &self,
        response: Response,
        item: MapItem,
        area: Rect,
        state: &mut MapState,
        events: &mut Vec<MapEvent>,
    ) {
        let paint = self.paint;
        let is_selected = state.selected == Some(item);
        response.widget_info(|| {
            let spoken = spoken(paint, item);
            egui::WidgetInfo::selected(egui::WidgetType::Button, response.enabled(), is_selected, spoken)
        });
        // By the pointer, what is on top counts; here it is the keyboard or a screen reader.
        let is_chosen = response.clicked() && !response.clicked_by(PointerButton::Primary);
        if is_chosen && !is_selected {
            state.selected = Some(item);
            events.push(MapEvent::Selected(Some(item)));
        }
        if response.has_focus() {
            state.focused = Some(item);
            let stroke = egui::Stroke::new(1.5, paint.palette.accent);
            paint.painter.rect_stroke(area.expand(5.0), 8, stroke, egui::StrokeKind::Outside);
            walk(self.ui, paint, response.id, item, state);
        }
        if let MapItem::Node(i) = item {
            let tips: Vec<&str> = paint.marks_of(i).map(|m| m.spoken.as_str()).collect();
            let node = &paint.scene.nodes[i];
            if response.has_focus() && paint.is_far {
                // From so far away not every name is written.
                response.show_tooltip_text(&node.name);
            } else if !tips.is_empty() {
                response.on_hover_text(tips.join("\n"));
            }
        }
    }
}

/// What a screen reader says of an item.
fn spoken(paint: &Paint<'_>, item: MapItem) -> String {
    match item {
        MapItem::Node(i) => {
            let own = paint.scene.nodes[i].spoken.clone();
            paint.marks_of(i).fold(own, |all, m| format!("{all}, {}", m.spoken.replace('\n', "; ")))
        }
        MapItem::Edge(e) => paint.scene.spoken_edge(&paint.scene.edges[e]),
    }
}

fn exists(scene: &MapScene, item: MapItem) -> bool {
    match item {
        MapItem::Node(i) => i < scene.nodes.len(),
        MapItem::Edge(e) => e < scene.edges.len(),
    }
}

/// The widget of an item, the same as long as its nodes are.
fn id_of(map: Id, scene: &MapScene, item: MapItem) -> Id {
    match item {
        MapItem::Node(i) => map.with(("node", &scene.nodes[i].key)),
        MapItem::Edge(e) => {
            let edge = &scene.edges[e];
            map.with(("edge", &scene.nodes[edge.from].key, &scene.nodes[edge.to].key))
        }
    }
}

/// With an arrow key, the keyboard goes to the nearest node on that side; the view follows it.
fn walk(ui: &Ui, paint: &Paint<'_>, own: Id, item: MapItem, state: &mut MapState) {
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|m| m.set_focus_lock_filter(own, filter));
    let ways = [
        (Key::ArrowLeft, Vec2::new(-1.0, 0.0)),
        (Key::ArrowRight, Vec2::new(1.0, 0.0)),
        (Key::ArrowUp, Vec2::new(0.0, -1.0)),
        (Key::ArrowDown, Vec2::new(0.0, 1.0)),
    ];
    let Some((_, way)) = ways.into_iter().find(|w| ui.input(|i| i.key_pressed(w.0))) else { return };
    let Some(next) = neighbour(paint.scene, item, way) else { return };
    let to = MapItem::Node(next);
    // A widget that is not there yet cannot take it: the next frame makes it and hands it over.
    state.wanted = Some(to);
    ui.ctx().request_repaint();
    let at = paint.scene.nodes[next].centre;
    let room = paint.view.shrink2(Vec2::new(90.0, 70.0));
    let place = paint.to_screen(at);
    let inside = place.clamp(room.min, room.max);
    if inside != place {
        let mut camera = paint.camera;
        camera.pan(inside - place);
        state.camera = Some(camera);
    }
}

/// The nearest node on one side of an item: straight ahead before aside.
pub(super) fn neighbour(scene: &MapScene, item: MapItem, way: Vec2) -> Option<usize> {
    let (from, own) = match item {
        MapItem::Node(i) => (scene.nodes.get(i)?.centre, Some(i)),
        MapItem::Edge(e) => {
            let points = &scene.edges.get(e)?.points;
            (*points.get(points.len() / 2)?, None)
        }
    };
    let price = |i: usize| {
        let d = scene.nodes[i].centre - from;
        let (ahead, aside) = (d.dot(way), d.dot(way.rot90()).abs());
        // Far aside is somewhere else, unless nothing is ahead.
        let detour = if aside > 1.5 * ahead { 10.0 } else { 2.0 };
        (Some(i) != own && ahead > 1.0).then_some(ahead + detour * aside)
    };
    let priced = (0..scene.nodes.len()).filter_map(|i| Some((price(i)?, i)));
    priced.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))).map(|n| n.1)
}

/// Moves the node that is held with the pointer.
fn drag(paint: &Paint<'_>, response: &Response, state: &mut MapState, events: &mut Vec<MapEvent>) {
    let Some((held, grab)) = state.drag else { return };
    if let Some(at) = response.interact_pointer_pos() {
        // A picture that fits itself while a node is dragged would run away from the pointer.
        state.camera = Some(paint.camera);
        state.move_node(held, paint.camera.to_world(at, paint.view) + grab);
    }
    if !response.dragged() {
        state.drag = None;
        if let Some(node) = state.live.nodes.get(held) {
            let (key, at) = (node.key.clone(), node.centre);
            let before = state.positions.insert(key.clone(), at);
            events.push(MapEvent::Dragged(key, before));
        }
    }
}
