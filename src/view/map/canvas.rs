//! The map as a widget: shows a scene, and says what people point at, select, open and move.
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use egui::{Pos2, Rect, Sense, Ui, Vec2};

use super::camera::Camera;
use super::controls::{self, Ask};
use super::dots::{self, Dots};
use super::draw::{self, MapGraph, Paint, Painted, Visible};
use super::galleys::Galleys;
use super::glide::Glide;
use super::input::{ItemSet, MapItem};
use super::legend::Legend;
use super::mark::{Mark, Sign};
use super::minimap::{self, Minimap};
use super::prepared::{Prepared, Style};
use super::reach;
use super::scene::MapScene;
use super::speaking::{self, OperationLines};
use super::stencils::Stencils;
use crate::export::edge_signs::EdgeSigns;
use crate::graph::CallPlace;
use crate::texts::texts;
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
    /// Double-clicked on the ground or the name of the box of a group, given by its whole name.
    BoxOpened(String),
    /// Asked for the menu of such a box, at this point of the screen.
    BoxMenu(String, Pos2),
    /// The pointer came over another item, or left all.
    Hovered(Option<MapItem>),
    /// Let go of a node that was moved, given by key; where it was put by hand before, if it was.
    Dragged(String, Option<Pos2>),
    /// Clicked on a call that is on its way.
    CallOpened(CallPlace),
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
    /// Whether it is drawn for a file: without buttons.
    pub is_still: bool,
    /// Where something is told over it; set from outside.
    pub told: Option<Rect>,
    /// The room that it had in the last frame, in points.
    pub room: Vec2,
    /// Calls on their way; set from outside.
    pub dots: Arc<Dots>,
    /// How many nodes and edges the last frame painted.
    pub painted: (usize, usize),
    /// How often the picture was painted anew; while nothing changes the last one is shown again.
    pub frames: u64,
    /// Whether the last frame had all of the map in view, where no minimap is needed.
    pub is_all_in_view: bool,
    /// Whether the card that explains every sign is open.
    pub is_legend_open: bool,
    /// Whether the minimap stays away even where not everything is in view.
    pub hides_minimap: bool,
    /// Nodes whose operations are to be known, by key: those in view, close by.
    pub close: Vec<String>,
    /// Their operations; set from outside.
    pub operations: Arc<OperationLines>,
    /// What width, colour and label of edges mean; set from outside.
    pub signs: EdgeSigns,
    /// The last scene that had other signs, and what was made of it.
    signed: Option<[Arc<MapScene>; 2]>,
    shown: Option<Arc<MapScene>>,
    pub(super) live: Arc<MapScene>,
    pub(super) graph: MapGraph,
    /// The node that is moved, and where on it the pointer took hold.
    pub(super) drag: Option<(usize, Vec2)>,
    /// What has the keyboard.
    pub(super) focused: Option<MapItem>,
    /// What is to have it next.
    pub(super) wanted: Option<MapItem>,
    /// Changes whenever `live` does.
    stamp: u64,
    /// The nodes that were put somewhere by hand, for the scene of this stamp and so many places.
    pinned: ((u64, usize), Vec<usize>),
    prepared: Prepared,
    galleys: Galleys,
    frame: Option<Arc<Frame>>,
    minimap: Minimap,
    /// The box whose name led closer with the last click, and when: a second click at once is meant for it.
    pub(super) came_closer: Option<(String, f64)>,
    /// Whether the next scene is another arrangement, which nodes glide to.
    is_rearranged: bool,
    glide: Option<Glide>,
}

/// What the last frame painted, to be painted again while nothing of this changes.
struct Frame {
    stamp: u64,
    camera: Camera,
    view: Rect,
    hovered: Option<MapItem>,
    marks: Vec<(usize, Mark)>,
    operations: Arc<OperationLines>,
    soft: f32,
    is_replayed: bool,
    covered: Vec<Rect>,
    painted: Painted,
}

impl Frame {
    fn shows(&self, paint: &Paint<'_>) -> bool {
        self.stamp == paint.prepared.stamp
            && self.camera == paint.camera
            && self.view == paint.view
            && self.hovered == paint.state_hovered
            && self.marks == paint.marks
            && std::ptr::eq(&*self.operations, paint.operations)
            && self.soft == paint.soft()
            && self.is_replayed == paint.dots.is_replay()
            && self.covered == paint.covered
    }
}

impl MapState {
    /// The scene with the nodes where they are now.
    pub fn scene(&self) -> &MapScene {
        &self.live
    }

    /// Lets nodes glide to their places in the next scene.
    pub fn glide(&mut self) {
        self.is_rearranged = true;
    }

    /// Gives the keyboard to what is selected, or else to the node that asks most for attention.
    pub fn take_keyboard(&mut self) {
        let nodes = || (0..self.live.nodes.len()).map(MapItem::Node);
        let weight = |item: &MapItem| match item {
            MapItem::Node(i) => self.live.nodes[*i].importance,
            MapItem::Edge(_) => 0.0,
        };
        let first = || nodes().max_by(|a, b| weight(a).total_cmp(&weight(b)).then(b.cmp(a)));
        self.wanted = self.focused.or(self.selected).or_else(first);
    }

    /// The scene with the signs that are asked for; nothing is laid out anew for them.
    fn in_signs(&mut self, scene: &Arc<MapScene>) -> Arc<MapScene> {
        if scene.signs == self.signs {
            self.signed = None;
            return Arc::clone(scene);
        }
        match &self.signed {
            Some([of, made]) if Arc::ptr_eq(of, scene) && made.signs == self.signs => Arc::clone(made),
            _ => {
                let made = Arc::new(scene.with_signs(self.signs));
                self.signed = Some([Arc::clone(scene), Arc::clone(&made)]);
                made
            }
        }
    }

    /// The same map to be drawn once, for a file: nothing is pointed at, and marks stay on their nodes.
    pub(super) fn for_file(&self) -> Self {
        Self {
            is_still: true,
            hovered: None,
            hinted: None,
            told: None,
            shown: None,
            is_legend_open: false,
            ..self.clone()
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
            self.focused = self.focused.and_then(same);
            self.wanted = self.wanted.and_then(same);
            self.lit = self.lit.take().map(|set| set.into_iter().filter_map(same).collect());
            // Those of the new scene come with the next frame; in a replay none goes out meanwhile.
            let marks = std::mem::take(&mut self.marks).into_iter();
            let place = |i| match same(MapItem::Node(i)) {
                Some(MapItem::Node(now)) => Some(now),
                _ => None,
            };
            self.marks = marks.filter_map(|(i, mark)| Some((place(i)?, mark))).collect();
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
        self.relay();
    }

    fn glide_on(&mut self, ctx: &egui::Context, scene: &Arc<MapScene>) {
        if let Some(mut glide) = self.glide.take() {
            let is_moving = glide.step(ctx, &mut self.live, scene);
            self.glide = is_moving.then_some(glide);
            self.relay();
        }
    }

    /// The marks that came from outside, and a pin on each node that was put somewhere by hand.
    fn all_marks(&mut self) -> Vec<(usize, Mark)> {
        let asked = (self.stamp, self.positions.len());
        if self.pinned.0 != asked {
            let nodes = self.live.nodes.iter().enumerate().filter(|_| asked.1 > 0);
            let pinned = nodes.filter(|n| self.positions.contains_key(&n.1.key)).map(|n| n.0);
            self.pinned = (asked, pinned.collect());
        }
        let spoken = texts().map.stays_where_you_put_it;
        let pin = |i: &usize| (*i, Mark { sign: Sign::Pinned, spoken: spoken.to_owned() });
        self.marks.iter().cloned().chain(self.pinned.1.iter().map(pin)).collect()
    }

    fn relay(&mut self) {
        self.stamp += 1;
        draw::lay(&mut self.graph, &self.live);
    }

    /// What to show while nobody has moved the camera: the nodes in the light, or everything.
    pub(super) fn extent(&self) -> Rect {
        let lit = self.lit.iter().flatten().filter_map(|item| match item {
            MapItem::Node(i) => Some(*i),
            MapItem::Edge(_) => None,
        });
        let area = self.live.extent_of(lit);
        if area.is_finite() && area.is_positive() { area } else { self.live.bounds }
    }

    pub(super) fn move_node(&mut self, node: usize, to: Pos2) {
        Arc::make_mut(&mut self.live).move_node(node, to);
        self.relay();
    }

    /// Paints the map and, on a large one, what is pointed at over it.
    fn paint_all(&mut self, paint: &Paint<'_>, is_new: bool) -> Arc<Frame> {
        let Some(item) = paint.state_hovered.filter(|_| paint.scene.is_large()) else {
            return self.paint(paint, is_new);
        };
        let rest = Paint {
            state_hovered: None,
            visible_nodes: paint.visible_nodes.clone(),
            visible_edges: paint.visible_edges.clone(),
            listed_nodes: paint.listed_nodes.clone(),
            listed_edges: paint.listed_edges.clone(),
            ways: paint.ways.clone(),
            ..*paint
        };
        let frame = self.paint(&rest, is_new);
        paint.painter.extend(draw::over(paint, item, &frame.painted));
        frame
    }

    /// Paints the map; what is still right from the last frame is painted again as it was.
    fn paint(&mut self, paint: &Paint<'_>, is_new: bool) -> Arc<Frame> {
        let known = self.frame.take().filter(|f| !is_new && f.shows(paint));
        let frame = known.unwrap_or_else(|| {
            self.frames += 1;
            Arc::new(Frame {
                stamp: paint.prepared.stamp,
                camera: paint.camera,
                view: paint.view,
                hovered: paint.state_hovered,
                marks: paint.marks.to_vec(),
                operations: Arc::clone(&self.operations),
                soft: paint.soft(),
                is_replayed: paint.dots.is_replay(),
                covered: paint.covered.to_vec(),
                painted: draw::paint(paint),
            })
        });
        let (lines, rest) = frame.painted.shapes.split_at(frame.painted.lines);
        let (nodes, words) = rest.split_at(frame.painted.nodes);
        paint.painter.extend(lines.iter().cloned());
        dots::trails(paint);
        paint.painter.extend(nodes.iter().cloned());
        dots::paint(paint);
        paint.painter.extend(words.iter().cloned());
        self.frame = Some(Arc::clone(&frame));
        frame
    }
}

/// Shows the map in all the room that is left in `ui`.
///
/// Nothing asks for another frame: an idle map costs nothing.
pub fn show(ui: &mut Ui, scene: &Arc<MapScene>, state: &mut MapState, palette: &Palette) -> Vec<MapEvent> {
    let scene = &state.in_signs(scene);
    state.adopt(scene);
    state.glide_on(ui.ctx(), scene);
    let view = ui.available_rect_before_wrap();
    state.take_room(view);
    // The borders of the panels around it can be taken hold of from both sides.
    let border = ui.style().interaction.resize_grab_radius_side;
    ui.advance_cursor_after_rect(view);
    let response = ui.interact(view.shrink(border), ui.id().with("map"), Sense::click_and_drag());
    let mut events = Vec::new();
    let mut camera = state.camera.unwrap_or_else(|| Camera::fit(state.extent(), view));
    reach::take_hold(ui, &response, state, camera, view);
    if controls::steer(ui, &response, state.drag.is_none(), &mut camera, (state.live.bounds, view)) {
        state.camera = Some(camera);
    }
    let live = Arc::clone(&state.live);
    let painter = ui.painter_at(view);
    let marks = state.all_marks();
    let calls = Arc::clone(&state.dots);
    let operations = Arc::clone(&state.operations);
    let mut prepared = std::mem::take(&mut state.prepared);
    let mut galleys = std::mem::take(&mut state.galleys);
    let is_new = galleys.begin(&painter);
    let lit = state.lit.as_ref().or(state.highlighted.as_ref());
    prepared.arrange((&live, state.stamp), state.selected, lit, &state.graph);
    let Visible { nodes, edges, is_far, is_lit, omitted } = draw::cull(&live, &prepared, camera, view);
    prepared.colour(&live, Style { palette: *palette, is_far, is_lit }, &mut state.graph);
    let galleys = RefCell::new(galleys);
    let stencils = Stencils::of(ui.ctx());
    let legend = Legend::new(&painter, view, (&live, omitted, is_far), state.is_still, palette);
    let zoom_buttons = (!state.is_still).then(|| controls::zoom_area(view));
    let covered: Vec<Rect> = legend.iter().map(|l| l.area).chain(zoom_buttons).chain(state.told).collect();
    let mut paint = Paint {
        scene: &live,
        palette,
        camera,
        view,
        prepared: &prepared,
        emphasis: &prepared.emphasis,
        galleys: &galleys,
        state_hovered: state.hovered.or(state.hinted),
        painter: &painter,
        stencils: &stencils,
        scale: camera.radius(1.0),
        visible_nodes: nodes.iter().map(|k| prepared.nodes[*k].index).collect(),
        visible_edges: edges.iter().map(|k| prepared.edges[*k].index).collect(),
        listed_nodes: nodes,
        listed_edges: edges,
        is_far,
        is_lit,
        covered: &covered,
        marks: &marks,
        operations: &operations,
        dots: &calls,
        ways: Vec::new(),
    };
    paint.ways = dots::ways(&paint);
    state.painted = (paint.visible_nodes.len(), paint.visible_edges.len());
    let frame = state.paint_all(&paint, is_new);
    let mut over = reach::react(ui, &paint, &frame.painted.pills, &response, state, &mut events);
    if dots::show(ui, &paint, response.id, &mut events) {
        over = None;
    }
    speak(ui, &paint, &frame, state, &mut events);
    state.is_all_in_view = minimap::is_whole(&live, camera, view);
    if let Some(area) = minimap::area(&live, camera, view).filter(|_| !state.hides_minimap) {
        let wanted = state.minimap.show(ui, (&live, state.stamp), area, (camera, view), palette);
        state.camera = wanted.map(|centre| Camera { centre, ..camera }).or(state.camera);
    }
    if let Some(legend) = legend {
        let is_open = (!state.is_still).then_some(&mut state.is_legend_open);
        legend.show(ui, view, &live, is_open);
    }
    if !state.is_still {
        buttons(ui, state, camera, view, palette);
    }
    hover(ui, over, state, &mut events);
    state.galleys = galleys.into_inner();
    state.prepared = prepared;
    events
}

/// Says what the pointer is over, where that has changed.
fn hover(ui: &Ui, over: Option<MapItem>, state: &mut MapState, events: &mut Vec<MapEvent>) {
    if over != state.hovered {
        state.hovered = over;
        events.push(MapEvent::Hovered(over));
        // The next frame shows it; after that all is still again.
        ui.ctx().request_repaint();
    }
}

/// What boxes say from far away leads closer; what services do close by is asked for with the next frame.
fn speak(ui: &Ui, paint: &Paint<'_>, frame: &Frame, state: &mut MapState, events: &mut Vec<MapEvent>) {
    speaking::name_operations(ui, &frame.painted.operations);
    let nearer = speaking::react(ui, &frame.painted.spoken, paint.scene, events);
    if let Some((h, hull)) = nearer.and_then(|h| Some((h, paint.scene.hulls.get(h)?))) {
        state.camera = Some(Camera::fit(hull.rect, paint.view));
        let name = paint.scene.group_of_hull(h).unwrap_or_default().to_owned();
        state.came_closer = Some((name, ui.input(|i| i.time)));
    }
    let close = speaking::close_nodes(paint);
    if close != state.close {
        state.close = close;
        ui.ctx().request_repaint();
    }
}

/// The buttons at the lower right.
fn buttons(ui: &mut Ui, state: &mut MapState, mut camera: Camera, view: Rect, palette: &Palette) {
    match controls::zoom_buttons(ui, view, palette) {
        Some(Ask::Fit) => state.camera = None,
        Some(ask) => {
            camera.zoom_at(
                if ask == Ask::In { 1.3 } else { 1.0 / 1.3 },
                view.center(),
                (state.live.bounds, view),
            );
            state.camera = Some(camera);
        }
        None => {}
    }
}
