//! The layout of the window: bars, panels, the map in the middle, the waterfall over its lower half.
use egui::{CentralPanel, Frame, Margin, Panel, Ui};

use super::command::Command;
use super::state::{OpenTrace, State};
use super::{App, offers, playback, saving, told};
use crate::analysis::Waterfall;
use crate::model::SpanRow;
use crate::texts::{fill, texts};
use crate::view::map::{self, Camera, MapEvent, MapItem};
use crate::view::panels::arranging::{self, Fold, ItemMenu};
use crate::view::panels::services::Pointed;
use crate::view::panels::side::{self, Side};
use crate::view::panels::start::{self, Start};
use crate::view::panels::status::{self, Status};
use crate::view::panels::top::{self, Top};
use crate::view::panels::{
    Clock, Item, Sheet, comparison, edge_menu, notes, picture::Picture, services, sheets, sources, timeline,
};
use crate::view::theme::Palette;
use crate::view::waterfall::{self, WaterfallEvent, WaterfallState};

/// How much of the width the panels beside the map have at most, where text is large.
const MOST_BESIDE: f32 = 0.55;

/// Which page fills the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Page {
    /// Nothing has arrived.
    Start,
    /// Files are being read and there is no map yet.
    Loading,
    /// The map.
    Map,
}

fn page(app: &App) -> Page {
    let counters = &app.snapshot.counters;
    let has_map = app.answers.picture.value().is_some_and(|p| p.scene.nodes.len() + p.traces > 0);
    let was_data = counters.in_store > 0;
    match (was_data, counters.is_loading()) {
        (false, true) => Page::Loading,
        (false, false) => Page::Start,
        (true, _) if !has_map && app.state.filter.is_none() && app.state.window == super::Window::All => {
            Page::Loading
        }
        (true, _) => Page::Map,
    }
}

/// Shows everything.
pub fn show(app: &mut App, ui: &mut Ui) {
    let palette = Palette::current(ui.ctx());
    let clock = Clock::new(app.state.utc);
    let page = page(app);
    let mut commands = std::mem::take(&mut app.commands);
    let bar = |margin: Margin| Frame::new().fill(palette.panel).inner_margin(margin);
    Panel::top("top").exact_size(48.0).frame(bar(Margin::symmetric(12, 0))).resizable(false).show(ui, |ui| {
        top_bar(app, ui, &clock, &palette, &mut commands);
    });
    Panel::bottom("status").exact_size(28.0).frame(bar(Margin::symmetric(12, 0))).resizable(false).show(
        ui,
        |ui| {
            let status = Status {
                counters: &app.snapshot.counters,
                reading: &app.reading,
                ports: &app.ports,
                problems: app.session.port_problems(),
                per_second: app.per_second(),
                waiting: app.waiting(),
            };
            status::show(ui, &status, &palette, &mut commands);
        },
    );
    match page {
        Page::Map => map_page(app, ui, &clock, &palette, &mut commands),
        Page::Start | Page::Loading => other_page(app, ui, page, &palette, &mut commands),
    }
    over(app, ui, &palette, &mut commands);
    app.commands = commands;
}

fn other_page(app: &mut App, ui: &mut Ui, page: Page, p: &Palette, commands: &mut Vec<Command>) {
    CentralPanel::default().frame(Frame::new().fill(p.canvas)).show(ui, |ui| {
        let counters = &app.snapshot.counters;
        if page == Page::Loading {
            start::loading(ui, counters, &app.reading, app.per_second(), p, commands);
            return;
        }
        let failed = counters.sources.values().filter_map(|s| match &s.closed {
            Some(Err(sentence)) => Some((sources::title(s), sentence)),
            _ => None,
        });
        let page = Start {
            ports: &app.ports,
            problems: app.session.port_problems(),
            failed: failed.collect(),
            language: app.state.language,
        };
        if let Some(language) = start::show(ui, &page, p, commands) {
            app.state.language = language;
        }
    });
}

/// What lies over all of it: sheets, and files held over the window.
fn over(app: &mut App, ui: &mut Ui, p: &Palette, commands: &mut Vec<Command>) {
    if let Some(sheet) = app.state.sheet {
        match sheet {
            Sheet::Commands => {
                let mut finder = std::mem::take(&mut app.state.finder);
                finder.show(ui.ctx(), |typed| offers::offers(app, typed), p, commands);
                app.state.finder = finder;
            }
            Sheet::Save(what) => saving::show(app, ui.ctx(), what, p, commands),
            Sheet::Note => note_sheet(app, ui.ctx(), p, commands),
            Sheet::OpenCase => sheets::open_case(ui.ctx(), &app.state.asked, p, commands),
            sheet => {
                let counters = &app.snapshot.counters;
                sheets::show(ui.ctx(), sheet, counters, &mut app.state.path, p, commands);
            }
        }
    }
    if !app.session.is_live() {
        return;
    }
    if ui.input(|i| !i.raw.hovered_files.is_empty()) {
        start::drop_here(ui, p);
    }
    let dropped: Vec<_> = ui.input(|i| i.raw.dropped_files.iter().map(|f| f.path().to_path_buf()).collect());
    if !dropped.is_empty() {
        commands.push(Command::Open(dropped));
    }
}

fn note_sheet(app: &mut App, ctx: &egui::Context, p: &Palette, commands: &mut Vec<Command>) {
    let clock = Clock::new(app.state.utc);
    let on = app.state.notes.draft.as_ref().map(|d| &d.on);
    let name = match (on, app.answers.picture.value()) {
        (Some(notes::NoteOn::Node(id)), Some(picture)) => {
            picture.node(id).map_or_else(|| id.clone(), |n| picture.name(n).into_owned())
        }
        _ => String::new(),
    };
    notes::sheet(ctx, &mut app.state.notes, &name, app.snapshot.extent, &clock, p, commands);
}

fn top_bar(app: &mut App, ui: &mut Ui, clock: &Clock, p: &Palette, commands: &mut Vec<Command>) {
    let matching = app.state.filter.as_ref().and_then(|_| app.answers.picture.value()).map(|p| p.traces);
    let mut text = std::mem::take(&mut app.state.filter_text);
    let compared = app.state.place.comparing.as_ref().map(|c| c.after);
    // A window that is being drawn is told as it will be.
    let brushed = app.snapshot.extent.and_then(|e| app.state.timeline.brushed(e));
    let told = compared.or(brushed.filter(|_| !app.state.player.is_on()));
    let bar = Top {
        counters: &app.snapshot.counters,
        reading: &app.reading,
        window: told.map_or(app.state.window, super::Window::Range),
        extent: app.snapshot.extent,
        range: told.or_else(|| app.state.window.range(app.snapshot.extent)),
        is_compared: compared.is_some(),
        clock,
        is_live: app.session.is_live(),
        can_arrive: app.can_arrive(),
        is_paused: app.paused || playback::holds_back(app),
        error: app.state.filter_error.as_ref(),
        in_force: app.state.filter.as_ref().map(|f| f.text()),
        matching,
        picture: app.answers.picture.value().map(|p| &**p),
        words: app.answers.words.value(),
        is_filter: app.state.filter.as_ref().is_some_and(|f| f.text() == text.trim()),
        focus: std::mem::take(&mut app.state.focus_filter),
        theme: app.state.theme,
        language: app.state.comfort.language,
        utc: app.state.utc,
        motion: app.state.comfort.motion,
        mode: app.state.arrangement.mode,
        is_filled: app.answers.picture.value().is_some_and(|p| !p.scene.nodes.is_empty()),
    };
    let mut fields = std::mem::take(&mut app.state.fields);
    let mut searching = std::mem::take(&mut app.state.searching);
    top::show(ui, &bar, &mut text, &mut searching, &mut fields, p, commands);
    app.state.searching = searching;
    app.state.fields = fields;
    app.state.filter_text = text;
}

fn map_page(app: &mut App, ui: &mut Ui, clock: &Clock, p: &Palette, commands: &mut Vec<Command>) {
    let Some(picture) = app.answers.picture.value().cloned() else { return };
    let frame = |m: Margin| Frame::new().fill(p.panel).inner_margin(m);
    Panel::bottom("timeline").exact_size(124.0).frame(frame(Margin::symmetric(8, 6))).resizable(false).show(
        ui,
        |ui| {
            let comparing = app.state.place.comparing.as_ref();
            let window = app.state.window.range(app.snapshot.extent);
            let window = comparing.map(|c| c.after).or(window);
            let before = comparing.and_then(comparison::Comparing::earlier);
            let deployed = app.answers.investigation.deployed();
            let (incident, calm) = app.answers.investigation.times();
            let notes = &app.state.notes;
            let judged = app.answers.investigation.on_timeline(&picture, &app.state);
            let player = &app.state.player;
            let filter = || picture.wide_lens.filter.clone();
            let zoomed = app.state.timeline.zoomed().map(|z| (picture.snapshot.revision, z, filter()));
            let fine = zoomed.and_then(|key| app.answers.timeline.exact(&key));
            let shown =
                timeline::Shown { judged, window, before, incident, calm, deployed, notes, player, fine };
            timeline::show(ui, &picture, shown, &mut app.state.timeline, clock, p, commands);
        },
    );
    let (share, [services, side]) = side_widths(app, ui.available_width());
    let list = Panel::left(named("services", app).with(share.to_bits())).default_size(services);
    let list = list.size_range(200.0 * share..=480.0);
    let shown = list.frame(frame(Margin { left: 10, right: 6, top: 10, bottom: 0 })).show(ui, |ui| {
        let State { place, hinted, services, .. } = &mut app.state;
        let pointed = Pointed { selected: place.selection.as_ref(), hinted: hinted.as_ref() };
        services::show(ui, &picture, services, pointed, p, commands);
    });
    keep_width(app, ui, "services", services, shown.response.rect.width());
    let right = Panel::right(named("side", app).with(share.to_bits())).default_size(side);
    let right = right.size_range(260.0 * share..=560.0);
    let shown = right.frame(frame(Margin { left: 14, right: 4, top: 10, bottom: 0 })).show(ui, |ui| {
        side_panel(app, ui, &picture, clock, p, commands);
    });
    keep_width(app, ui, "side", side, shown.response.rect.width());
    trace_panel(app, ui, clock, p, commands);
    CentralPanel::default().frame(Frame::new().fill(p.canvas)).show(ui, |ui| {
        centre(app, ui, &picture, p, commands);
    });
}

/// The widths of the list and of the right panel, and their share of what they would have: where text is larger
/// they give way, so that the map has room.
fn side_widths(app: &App, room: f32) -> (f32, [f32; 2]) {
    let usual = if room * app.state.comfort.scale >= 1400.0 { [318.0, 352.0] } else { [244.0, 300.0] };
    let chosen = |name: &str, usual: f32| app.state.widths.get(name).copied().unwrap_or(usual);
    let [list, side] = [chosen("services", usual[0]), chosen("side", usual[1])];
    let is_large = app.state.comfort.scale > 1.0;
    let share = if is_large { (MOST_BESIDE * room / (list + side)).clamp(0.6, 1.0) } else { 1.0 };
    (share, [list * share, side * share])
}

/// A panel by name; after a reset it is another one, with the size that it came with.
fn named(panel: &str, app: &App) -> egui::Id {
    egui::Id::new((panel, app.state.comfort.layout))
}

/// Remembers the size of a panel once the person let go of its border.
fn keep_width(app: &mut App, ui: &Ui, panel: &str, before: f32, now: f32) {
    if (now - before).abs() > 1.0 && ui.input(|i| i.pointer.any_released()) {
        app.state.widths.insert(panel.to_owned(), now);
    }
}

/// Looks at the path of the open trace while it is open, and back to where it was afterwards.
fn look_at_path(state: &mut State, view: egui::Rect) {
    let open = state.place.trace.as_ref().map(|t| t.id);
    match (open, state.looked_at.take()) {
        (None, Some((_, before))) => state.map.camera = before,
        (Some(id), Some(looked)) if looked.0 == id => state.looked_at = Some(looked),
        (Some(id), looked) => {
            let scene = state.map.scene();
            let lit = state.map.lit.iter().flatten();
            let path = lit.fold(egui::Rect::NOTHING, |all, item| match item {
                MapItem::Node(i) => scene
                    .nodes
                    .get(*i)
                    .map_or(all, |n| all | egui::Rect::from_center_size(n.centre, egui::vec2(110.0, 110.0))),
                MapItem::Edge(e) => scene.edges.get(*e).map_or(all, |e| all | e.bounds),
            });
            let before = looked.map_or(state.map.camera, |l| l.1);
            if path.is_positive() {
                state.map.camera = Some(Camera::fit(path, view));
                state.looked_at = Some((id, before));
            }
        }
        (None, None) => {}
    }
}

/// Looks at the selection, or at the middle, at the zoom that was asked for, once there is something to look at.
fn look_closer(state: &mut State, picture: &Picture) {
    let Some(zoom) = state.zoom_asked.filter(|_| !state.map.scene().nodes.is_empty()) else { return };
    state.zoom_asked = None;
    let scene = state.map.scene();
    let selected = state.place.selection.as_ref().and_then(|i| picture.place_of(i));
    let centre = match selected {
        Some(MapItem::Node(i)) => scene.nodes.get(i).map(|n| n.centre),
        Some(MapItem::Edge(e)) => scene.edges.get(e).map(|e| e.bounds.center()),
        None => None,
    };
    let centre = centre.unwrap_or(scene.bounds.center());
    state.map.camera = Some(Camera { centre, zoom });
}

fn side_panel(
    app: &App,
    ui: &mut Ui,
    picture: &Picture,
    clock: &Clock,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    let place = &app.state.place;
    let answers = &app.answers;
    let wanted = (picture.snapshot.revision, picture.lens.clone(), place.selection.clone(), app.state.order);
    let is_stale = answers.traces.exact(&wanted).is_none();
    let found = answers.investigation.findings(picture, &app.state);
    let side = Side {
        picture,
        selection: place.selection.as_ref(),
        tab: place.tab,
        answer: place.answer,
        findings: &found,
        outage: answers.investigation.outage_side(picture, &app.state),
        notes: &app.state.notes,
        order: app.state.order,
        traces: answers.traces.value().map(|(snapshot, list)| (&**snapshot, list, is_stale)),
        details: answers.details.value(),
        reading: answers.reading.value().and_then(Option::as_ref),
        impact: answers.impact.value().and_then(|(p, i)| i.as_ref().map(|i| (&**p, i))),
        open: place.trace.as_ref().map(|t| t.id),
        clock,
        palette: *p,
    };
    side::show(ui, &side, commands);
}

fn centre(app: &mut App, ui: &mut Ui, picture: &Picture, p: &Palette, commands: &mut Vec<Command>) {
    if picture.scene.nodes.is_empty() && picture.shown.hidden_nodes == 0 {
        let window = app.state.window.range(app.snapshot.extent).is_some();
        start::nothing_matches(ui, app.state.filter.is_some(), window, p, commands);
        return;
    }
    // The window of a replay moves on before its picture is there; that is no reason to dim the map.
    let is_stale = app.answers.picture.is_running()
        && !app.state.player.is_on()
        && !app.state.timeline.is_brushing()
        && app.answers.picture.key().is_some_and(|k| {
            k.1 != app.lens() || k.3 != app.state.place.comparing || k.4 != app.state.choice
        });
    if is_stale {
        ui.multiply_opacity(0.5);
    }
    look_at_path(&mut app.state, ui.available_rect_before_wrap());
    look_closer(&mut app.state, picture);
    let view = ui.available_rect_before_wrap();
    let events = map::show(ui, &picture.scene, &mut app.state.map, p);
    map::show_arranging(ui, view, app.answers.is_arranging(&app.state), p);
    arranging::button(ui, view, picture, p, commands);
    edge_menu::button(ui, view, app.state.map.signs, p, commands);
    arranging::open_menu(ui, &mut app.state.arranging.menu, picture, p, commands);
    told::show(app, ui, view, picture, p, commands);
    for event in events {
        match event {
            MapEvent::Selected(item) => {
                commands.push(Command::Select(item.and_then(|i| picture.item_at(i))));
            }
            MapEvent::CallOpened(at) => commands.extend(playback::open(app, at)),
            MapEvent::Opened(item) => match picture.item_at(item) {
                Some(group) if arranging::is_group(picture, item) => {
                    if let Some((name, _)) = arranging::group_of(picture, &group) {
                        commands.push(Command::Fold(Fold::Expand(name)));
                    }
                }
                _ => app.state.map.look_at(item),
            },
            MapEvent::Menu(item, at) => {
                let pins = &app.state.map.positions;
                let is_pinned = |item: &Item| matches!(item, Item::Node(id) if pins.contains_key(id));
                let open = |item| ItemMenu { is_pinned: is_pinned(&item), item, at, is_new: true };
                app.state.arranging.menu = picture.item_at(item).map(open);
            }
            MapEvent::BoxOpened(name) if picture.groups.is_group(&name) => {
                commands.push(Command::Fold(Fold::Collapse(name)));
            }
            MapEvent::BoxOpened(_) => commands.push(Command::FitMap),
            MapEvent::BoxMenu(name, at) if picture.groups.is_group(&name) => {
                let item = Item::Node(crate::graph::group_id(&name));
                app.state.arranging.menu = Some(ItemMenu { item, at, is_new: true, is_pinned: false });
            }
            MapEvent::BoxMenu(..) => {}
            // A pointer that flew from the map to the list is the list's to tell of.
            MapEvent::Hovered(None) if app.state.services.is_pointed_at() => {}
            MapEvent::Hovered(item) => commands.push(Command::Hover(item.and_then(|i| picture.item_at(i)))),
            // The map has kept the position; the next picture takes it from there.
            MapEvent::Dragged(node, before) => commands.push(Command::Fold(Fold::Move(node, before))),
        }
    }
}

/// The waterfall's own state, for the trace that was open last.
#[derive(Default)]
pub struct Waterfalls {
    trace: Option<OpenTrace>,
    state: WaterfallState,
    /// Whether the span that was asked for is still to be brought into view.
    wants_span: bool,
}

impl Waterfalls {
    /// The state for a trace; a new one when another is opened.
    fn of(&mut self, open: &OpenTrace, clock: &Clock, is_full: bool) -> &mut WaterfallState {
        let is_same = self.trace.as_ref().is_some_and(|t| t.id == open.id);
        if !is_same {
            self.state = WaterfallState::default();
            self.state.takes_keys = true;
        }
        if self.trace.as_ref() != Some(open) {
            self.wants_span = true;
            if open.span.is_none() {
                self.state.selected = None;
            }
            self.trace = Some(open.clone());
        }
        self.state.zone = clock.zone();
        self.state.full_height = is_full;
        &mut self.state
    }
}

fn trace_panel(app: &mut App, ui: &mut Ui, clock: &Clock, p: &Palette, commands: &mut Vec<Command>) {
    let Some(open) = app.state.place.trace.clone() else { return };
    let is_full = app.state.is_waterfall_full;
    let all = ui.available_height();
    let frame = Frame::new().fill(p.panel);
    let panel = if is_full {
        Panel::bottom("trace full").exact_size(all - 1.0).resizable(false)
    } else {
        let high = app.state.widths.get("trace").map_or(all * 0.55, |h| h.min(all - 120.0));
        Panel::bottom(named("trace", app)).default_size(high).size_range(160.0..=(all - 120.0).max(161.0))
    };
    let before = app.state.widths.get("trace").copied().unwrap_or(all * 0.55);
    let shown = panel.frame(frame).show(ui, |ui| {
        let shown = app.answers.opened.value();
        let found = shown.and_then(|o| Some((o, o.waterfall.as_ref()?))).filter(|f| f.1.trace_id == open.id);
        match (found, shown) {
            (Some((opened, trace)), _) => {
                app.waterfall.of(&open, clock, is_full);
                let wanted = wanted_span(&open, opened, trace).filter(|_| app.waterfall.wants_span);
                if let Some(row) = wanted {
                    app.waterfall.wants_span = false;
                    // What was selected in the waterfall itself is in view.
                    if app.waterfall.state.selected != Some(row) {
                        app.waterfall.state.reveal(trace, row);
                        app.waterfall.state.takes_keys = true;
                    }
                }
                let state = &mut app.waterfall.state;
                for event in waterfall::show(ui, &opened.snapshot.spans, trace, state, p) {
                    commands.extend(command_of(event));
                }
            }
            (None, Some(o)) if o.waterfall.is_none() && !app.answers.opened.is_running() => {
                missing(ui, &open, commands);
            }
            _ => {
                ui.centered_and_justified(|ui| ui.label(texts().start.opening_the_trace));
            }
        }
    });
    if !is_full {
        keep_width(app, ui, "trace", before, shown.response.rect.height());
    }
}

/// The row of the span that was asked for, or of the root.
fn wanted_span(open: &OpenTrace, opened: &super::answers::Opened, trace: &Waterfall) -> Option<SpanRow> {
    let wanted = open.span?;
    let mut rows = trace.rows.iter().filter_map(crate::analysis::Row::span);
    rows.find(|r| opened.snapshot.spans.get(*r).is_some_and(|s| s.span_id() == wanted))
}

fn command_of(event: WaterfallEvent) -> Option<Command> {
    match event {
        WaterfallEvent::SpanSelected(row) => Some(Command::SelectSpan(row)),
        WaterfallEvent::Closed => Some(Command::CloseTrace),
        WaterfallEvent::OpenLink(trace, span) => Some(Command::OpenTrace(trace, Some(span))),
        WaterfallEvent::ToggleFullHeight => Some(Command::ToggleWaterfallHeight),
    }
}

fn missing(ui: &mut Ui, open: &OpenTrace, commands: &mut Vec<Command>) {
    ui.vertical_centered(|ui| {
        ui.add_space(40.0);
        ui.label(fill(texts().start.trace_is_not_stored_it, &[("trace", &open.id)]));
        if ui.button(texts().start.close).clicked() {
            commands.push(Command::CloseTrace);
        }
    });
}
