//! The map as a widget: shows a scene, and says what people point at, select, open and move.
use std::collections::BTreeMap;
use std::sync::Arc;

use egui::{Id, Pos2, Rect, Response, Sense, Ui, Vec2};

use super::camera::{Camera, has_legend};
use super::controls::{self, Ask};
use super::dots::{self, Dots};
use super::draw::{self, MapGraph, Paint};
use super::edge;
use super::emphasis::roles;
use super::glide::Glide;
use super::input::{Health, ItemSet, MapItem};
use super::scene::MapScene;
use crate::graph::CallPlace;
use crate::view::theme::Palette;

/// What a person did with the map.
#[derive(Clone, Debug, PartialEq)]
pub enum MapEvent {
    /// Clicked on an item, or beside all of them.
    Selected(Option<MapItem>),
    /// Double-clicked on an item.
    Opened(MapItem),
    /// Asked for the menu of an item, at this point of the screen.
    Menu(MapItem, Pos2),
    /// The pointer came over another item, or left all.
    Hovered(Option<MapItem>),
    /// Let go of a node that was moved, given by key, at this world point.
    Dragged(String, Pos2),
    /// Clicked on a call that is on its way.
    CallOpened(CallPlace),
}

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
}

/// A mark on a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// What it looks like.
    pub sign: Sign,
    /// What a screen reader adds to the name, and the tooltip says.
    pub spoken: String,
}

/// What the map remembers from frame to frame.
#[derive(Clone, Default)]
pub struct MapState {
    /// Where people look; nothing follows the whole picture.
    pub camera: Option<Camera>,
    /// Where nodes were put by hand, by key; to be handed to the next layout as pinned.
    pub positions: BTreeMap<String, Pos2>,
    /// What is selected; may be set from outside.
    pub selected: Option<MapItem>,
    /// What the pointer is over.
    pub hovered: Option<MapItem>,
    /// What is pointed at elsewhere, such as in a list; set from outside, and shown as if the pointer were here.
    pub hinted: Option<MapItem>,
    /// Items in the light, such as the path of a trace; all others stand back.
    pub lit: Option<ItemSet>,
    /// Items in the light while the map stays where it is, such as those an answer is about.
    pub highlighted: Option<ItemSet>,
    /// Marks on nodes, such as alerts and the waves of an incident; set from outside.
    pub marks: Vec<(usize, Mark)>,
    /// Calls on their way; set from outside.
    pub dots: Arc<Dots>,
    /// How many nodes and edges the last frame painted.
    pub painted: (usize, usize),
    shown: Option<Arc<MapScene>>,
    live: Arc<MapScene>,
    graph: MapGraph,
    drag: Option<(usize, Vec2)>,
    /// Whether the next scene is another arrangement, which nodes glide to.
    is_rearranged: bool,
    glide: Option<Glide>,
}

impl MapState {
    /// The scene with the nodes where they are now.
    pub fn scene(&self) -> &MapScene {
        &self.live
    }

    /// Shows the whole picture, and follows it.
    pub fn fit(&mut self) {
        self.camera = None;
    }

    /// Lets nodes glide to their places in the next scene.
    pub fn glide(&mut self) {
        self.is_rearranged = true;
    }

    /// Brings an item into the middle, close enough to be read.
    pub fn look_at(&mut self, item: MapItem) {
        let at = match item {
            MapItem::Node(i) => self.live.nodes.get(i).map(|n| n.centre),
            MapItem::Edge(i) => self.live.edges.get(i).map(|e| e.bounds.center()),
        };
        if let Some(centre) = at {
            let zoom = self.camera.map_or(1.0, |c| c.zoom.max(0.8));
            self.camera = Some(Camera { centre, zoom });
        }
    }

    /// Takes over a new scene: what was selected stays selected if it is still there.
    fn adopt(&mut self, scene: &Arc<MapScene>) {
        if self.shown.as_ref().is_some_and(|s| Arc::ptr_eq(s, scene)) {
            return;
        }
        if self.shown.is_some() {
            let same = |item: MapItem| self.live.same_in(item, scene);
            self.selected = self.selected.and_then(same);
            self.hovered = self.hovered.and_then(same);
            self.hinted = self.hinted.and_then(same);
            self.lit = self.lit.take().map(|set| set.into_iter().filter_map(same).collect());
            // They come anew with the next frame.
            self.marks.clear();
            self.highlighted = None;
        }
        let held = self.drag.take().and_then(|(node, grab)| {
            let at = self.live.nodes.get(node)?.centre;
            let MapItem::Node(now) = self.live.same_in(MapItem::Node(node), scene)? else { return None };
            Some((now, grab, at))
        });
        let moves = std::mem::take(&mut self.is_rearranged) && self.shown.is_some();
        self.glide = if moves { Glide::new(&self.live, scene) } else { None };
        self.shown = Some(Arc::clone(scene));
        self.live = Arc::clone(scene);
        if let Some((node, grab, at)) = held {
            self.drag = Some((node, grab));
            Arc::make_mut(&mut self.live).move_node(node, at);
        }
        self.graph = draw::graph_of(&self.live);
    }

    /// What to show while nobody has moved the camera: the nodes in the light, or everything.
    fn extent(&self) -> Rect {
        let lit = self.lit.iter().flatten().filter_map(|item| match item {
            MapItem::Node(i) => Some(*i),
            MapItem::Edge(_) => None,
        });
        let area = self.live.extent_of(lit);
        if area.is_finite() && area.is_positive() { area } else { self.live.bounds }
    }

    fn move_node(&mut self, node: usize, to: Pos2) {
        Arc::make_mut(&mut self.live).move_node(node, to);
        self.graph = draw::graph_of(&self.live);
    }
}

/// Shows the map in all the room that is left in `ui`.
///
/// Nothing asks for another frame: an idle map costs nothing.
pub fn show(ui: &mut Ui, scene: &Arc<MapScene>, state: &mut MapState, palette: &Palette) -> Vec<MapEvent> {
    state.adopt(scene);
    if let Some(mut glide) = state.glide.take() {
        let is_moving = glide.step(ui.ctx(), &mut state.live, scene);
        state.glide = is_moving.then_some(glide);
        state.graph = draw::graph_of(&state.live);
    }
    let view = ui.available_rect_before_wrap();
    let response = ui.allocate_rect(view, Sense::click_and_drag());
    let mut events = Vec::new();
    let mut camera = state.camera.unwrap_or_else(|| Camera::fit(state.extent(), view));
    if steer(ui, &response, &mut camera, view) {
        state.camera = Some(camera);
    }
    let emphasis = roles(&state.live, state.selected, state.lit.as_ref().or(state.highlighted.as_ref()));
    let live = Arc::clone(&state.live);
    let painter = ui.painter_at(view);
    let marks = state.marks.clone();
    let calls = Arc::clone(&state.dots);
    let mut paint = Paint {
        scene: &live,
        palette,
        camera,
        view,
        emphasis: &emphasis,
        state_hovered: state.hovered.or(state.hinted),
        painter: &painter,
        visible_nodes: Vec::new(),
        visible_edges: Vec::new(),
        is_far: false,
        is_lit: false,
        marks: &marks,
        dots: &calls,
        ways: Vec::new(),
    };
    paint.cull();
    paint.ways = dots::ways(&paint);
    state.painted = (paint.visible_nodes.len(), paint.visible_edges.len());
    let pills = draw::paint(&paint, &mut state.graph);
    let mut over = None;
    edge_widgets(ui, &paint, &pills, response.id, state, &mut events, &mut over);
    node_widgets(ui, &paint, response.id, state, &mut events, &mut over);
    if dots::show(ui, &paint, response.id, &mut events) {
        over = None;
    }
    background_clicks(&response, &paint, state, &mut events, &mut over);
    if has_legend(view) {
        controls::legend(ui, view, &live, palette);
    }
    match controls::zoom_buttons(ui, view, palette) {
        Some(Ask::Fit) => state.camera = None,
        Some(ask) => {
            camera.zoom_at(if ask == Ask::In { 1.3 } else { 1.0 / 1.3 }, view.center(), view);
            state.camera = Some(camera);
        }
        None => {}
    }
    if over != state.hovered {
        state.hovered = over;
        events.push(MapEvent::Hovered(over));
        // The next frame shows it; after that all is still again.
        ui.ctx().request_repaint();
    }
    events
}

/// Pans and zooms; true when the camera moved.
fn steer(ui: &Ui, response: &Response, camera: &mut Camera, view: Rect) -> bool {
    let before = *camera;
    if response.dragged() {
        camera.pan(response.drag_delta());
    }
    if let Some(pointer) = ui.input(|i| i.pointer.hover_pos()).filter(|p| view.contains(*p))
        && response.contains_pointer()
    {
        let (scroll, pinch) = ui.input(|i| (i.smooth_scroll_delta().y, i.zoom_delta()));
        let factor = pinch * (scroll * 0.004).exp();
        if (factor - 1.0).abs() > 1e-4 {
            camera.zoom_at(factor, pointer, view);
        }
    }
    if response.has_focus() {
        let pressed = |key| ui.input(|i| i.key_pressed(key));
        let step = |less: egui::Key, more: egui::Key| f32::from(pressed(more)) - f32::from(pressed(less));
        let way = Vec2::new(
            step(egui::Key::ArrowLeft, egui::Key::ArrowRight),
            step(egui::Key::ArrowUp, egui::Key::ArrowDown),
        );
        camera.pan(way * -60.0);
    }
    *camera != before
}

/// At most this many edges are widgets of their own; a screen reader could not use more.
const MOST_EDGE_WIDGETS: usize = 600;
/// Nodes smaller than this on the screen are reached through the list instead.
const SMALLEST_WIDGET: f32 = 2.5;

fn node_widgets(
    ui: &Ui,
    paint: &Paint<'_>,
    id: Id,
    state: &mut MapState,
    events: &mut Vec<MapEvent>,
    over: &mut Option<MapItem>,
) {
    for &i in &paint.visible_nodes {
        let node = &paint.scene.nodes[i];
        let radius = paint.camera.radius(node.radius);
        let area = Rect::from_center_size(paint.to_screen(node.centre), Vec2::splat(2.0 * radius.max(6.0)));
        let area = area.intersect(paint.view);
        if radius < SMALLEST_WIDGET || !area.is_positive() {
            continue;
        }
        let item = MapItem::Node(i);
        let response = ui.interact(area, id.with(("node", &node.key)), Sense::click_and_drag());
        let marks: Vec<&str> = paint.marks.iter().filter(|m| m.0 == i).map(|m| m.1.spoken.as_str()).collect();
        let spoken =
            marks.iter().fold(node.spoken.clone(), |all, m| format!("{all}, {}", m.replace('\n', "; ")));
        name(&response, state.selected == Some(item), &spoken);
        drag(ui, &response, i, paint, state, events);
        react(&response, item, state, events, over);
        if response.has_focus() {
            focus_ring(paint, area);
        }
        if !marks.is_empty() {
            response.on_hover_text(marks.join("\n"));
        }
    }
}

fn edge_widgets(
    ui: &Ui,
    paint: &Paint<'_>,
    pills: &[(usize, Rect)],
    id: Id,
    state: &mut MapState,
    events: &mut Vec<MapEvent>,
    over: &mut Option<MapItem>,
) {
    let pill_of: BTreeMap<usize, Rect> = pills.iter().copied().collect();
    let mut order = paint.visible_edges.clone();
    if order.len() > MOST_EDGE_WIDGETS {
        order.sort_by(|&a, &b| {
            paint.rank(MapItem::Edge(b)).total_cmp(&paint.rank(MapItem::Edge(a))).then(a.cmp(&b))
        });
        order.truncate(MOST_EDGE_WIDGETS);
        order.sort_unstable();
    }
    for e in order {
        let edge = &paint.scene.edges[e];
        let Some(middle) = edge.points.get(edge.points.len() / 2) else { continue };
        let small = Rect::from_center_size(paint.to_screen(*middle), Vec2::splat(12.0));
        let area = pill_of.get(&e).copied().unwrap_or(small).intersect(paint.view);
        if !area.is_positive() {
            continue;
        }
        let item = MapItem::Edge(e);
        let keys = (&paint.scene.nodes[edge.from].key, &paint.scene.nodes[edge.to].key);
        let response = ui.interact(area, id.with(("edge", keys)), Sense::click());
        name(&response, state.selected == Some(item), &edge.spoken);
        react(&response, item, state, events, over);
        if response.has_focus() {
            focus_ring(paint, area);
        }
    }
}

fn name(response: &Response, selected: bool, spoken: &str) {
    response.widget_info(|| {
        egui::WidgetInfo::selected(egui::WidgetType::Button, response.enabled(), selected, spoken)
    });
}

fn focus_ring(paint: &Paint<'_>, area: Rect) {
    let stroke = egui::Stroke::new(1.5, paint.palette.accent);
    paint.painter.rect_stroke(area.expand(5.0), 8, stroke, egui::StrokeKind::Outside);
}

fn react(
    response: &Response,
    item: MapItem,
    state: &mut MapState,
    events: &mut Vec<MapEvent>,
    over: &mut Option<MapItem>,
) {
    if response.hovered() || response.dragged() {
        *over = Some(item);
    }
    if response.secondary_clicked() {
        let at = response.interact_pointer_pos().unwrap_or(response.rect.center());
        events.push(MapEvent::Menu(item, at));
    }
    if response.double_clicked() {
        events.push(MapEvent::Opened(item));
    } else if response.clicked() && state.selected != Some(item) {
        state.selected = Some(item);
        events.push(MapEvent::Selected(Some(item)));
    }
}

/// Moves a node with the pointer, which keeps the place on the node where it took hold.
///
/// A drag counts from where the button went down, not from where egui became sure that it is one.
fn drag(
    ui: &Ui,
    response: &Response,
    node: usize,
    paint: &Paint<'_>,
    state: &mut MapState,
    events: &mut Vec<MapEvent>,
) {
    let pointer = response.interact_pointer_pos().map(|p| paint.camera.to_world(p, paint.view));
    let origin = ui.input(|i| i.pointer.press_origin()).map(|p| paint.camera.to_world(p, paint.view));
    if response.drag_started()
        && let Some(at) = origin.or(pointer)
    {
        state.drag = Some((node, paint.scene.nodes[node].centre - at));
    }
    let Some((held, grab)) = state.drag.filter(|d| d.0 == node) else { return };
    if let Some(at) = pointer {
        // A picture that fits itself while a node is dragged would run away from the pointer.
        state.camera = Some(paint.camera);
        state.move_node(held, at + grab);
    }
    if response.drag_stopped() {
        state.drag = None;
        let node = &state.live.nodes[held];
        state.positions.insert(node.key.clone(), node.centre);
        events.push(MapEvent::Dragged(node.key.clone(), node.centre));
    }
}

/// What happens beside nodes and pills: edges are hit within six points, a double click shows everything.
fn background_clicks(
    response: &Response,
    paint: &Paint<'_>,
    state: &mut MapState,
    events: &mut Vec<MapEvent>,
    over: &mut Option<MapItem>,
) {
    let hit = response.hover_pos().filter(|_| response.hovered() && over.is_none());
    let edge = hit.and_then(|p| edge_at(paint, p));
    *over = over.or(edge);
    if let (true, Some(edge), Some(at)) =
        (response.secondary_clicked(), edge, response.interact_pointer_pos())
    {
        events.push(MapEvent::Menu(edge, at));
    }
    if response.double_clicked() {
        match edge {
            Some(edge) => events.push(MapEvent::Opened(edge)),
            None => state.camera = None,
        }
    } else if response.clicked() && state.selected != edge {
        state.selected = edge;
        events.push(MapEvent::Selected(edge));
    }
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
