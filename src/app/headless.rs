//! The window as a picture, drawn without a display, and the same every time.
use std::path::PathBuf;
use std::sync::Arc;

use image::RgbaImage;

use super::command::{Command, Item, Tab, ThemeChoice, Window};
use super::questions::PLAIN;
use super::{App, Session, prepare};
use crate::export::cards::Question;
use crate::export::case::CaseState;
use crate::export::edge_signs::EdgeSigns;
use crate::graph::{Arrangement, Snapshot};
use crate::layout::Mode;
use crate::model::{TimeRange, Timestamp, TraceId};
use crate::texts::{Choice, Language};
use crate::view::map::picture::{MapPicture, PictureSize};
use crate::view::panels::Sheet;
use crate::view::panels::comparison::Comparing;
use crate::view::panels::save::Saving;
use crate::view::panels::timeline::Replay;
use crate::view::soft;

/// What the picture shows.
#[derive(Clone, Debug)]
pub struct SnapshotOptions {
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// Pixels per point.
    pub pixels_per_point: f32,
    /// Dark or light; the system's is dark.
    pub theme: ThemeChoice,
    /// In which language it speaks.
    pub language: Language,
    /// A node's id or unique name, or `from->to` for an edge.
    pub select: Option<String>,
    /// How the map is arranged.
    pub layout: Mode,
    /// A trace to open.
    pub trace: Option<TraceId>,
    /// `traces`, `calls` or `impact`; or an answer by its question, such as `incident`, `patterns`, `advice`.
    pub tab: Option<String>,
    /// The stretch of time to look at.
    pub window: Option<TimeRange>,
    /// A stretch of time to compare with the window, or with the rest where there is none.
    pub compare: Option<TimeRange>,
    /// What a deployment asks to be compared.
    pub deployed: Option<Comparing>,
    /// A moment of the replay.
    pub at: Option<Timestamp>,
    /// A filter.
    pub filter: Option<String>,
    /// A sheet to open: `keys`, `losses`, `save-map`, `save-case`, `save-traces` or `save-report`.
    pub sheet: Option<String>,
    /// What a case file keeps; what else is asked for comes on top of it.
    pub case: Option<CaseState>,
    /// A file of rules, instead of the usual ones.
    pub rules: Option<PathBuf>,
    /// Groups, and what is hidden.
    pub arrangement: Arrangement,
    /// What width, colour and label of edges mean; `None` leaves it to the case file.
    pub edges: Option<EdgeSigns>,
    /// Screen points per world point, around the selection or the middle; `None` shows everything.
    pub zoom: Option<f32>,
}

impl Default for SnapshotOptions {
    fn default() -> Self {
        Self {
            size: [1600, 1000],
            pixels_per_point: 1.0,
            theme: ThemeChoice::Dark,
            language: Language::English,
            select: None,
            layout: Mode::Flow,
            trace: None,
            tab: None,
            window: None,
            compare: None,
            deployed: None,
            at: None,
            filter: None,
            sheet: None,
            case: None,
            rules: None,
            arrangement: Arrangement::default(),
            edges: None,
            zoom: None,
        }
    }
}

/// Frames until everything stands: sizes are known after the second, the selection a frame after the map.
const FRAMES: usize = 6;

/// Draws the real window over a snapshot. Times are in UTC; nothing moves.
pub fn draw(snapshot: Arc<Snapshot>, options: SnapshotOptions) -> RgbaImage {
    picture(&mut prepared(snapshot, &options), options.size, options.pixels_per_point)
}

/// Draws the map alone, whole, in the size and scale that are asked for; the error says why that cannot be.
pub fn draw_map(snapshot: Arc<Snapshot>, options: SnapshotOptions) -> Result<RgbaImage, String> {
    let mut app = prepared(snapshot, &options);
    // Marks are put on a map that is shown.
    picture(&mut app, [800, 600], 1.0);
    let [width, height] = options.size;
    let theme = match options.theme {
        ThemeChoice::Light => egui::Theme::Light,
        ThemeChoice::Dark | ThemeChoice::System => egui::Theme::Dark,
    };
    let map = MapPicture {
        scene: Arc::new(app.state.map.scene().clone()),
        state: app.state.map.clone(),
        room: egui::vec2(width as f32, height as f32) / options.pixels_per_point,
        theme,
        is_whole: true,
    };
    map.draw(PictureSize::Pixels(width, height))
}

/// The window on a snapshot, as it is asked for.
fn prepared(snapshot: Arc<Snapshot>, options: &SnapshotOptions) -> App {
    let mut app = App::new(Session::still(Arc::clone(&snapshot)));
    app.state.utc = true;
    app.state.comfort.language = Choice::Always(options.language);
    app.state.theme = if options.theme == ThemeChoice::System { ThemeChoice::Dark } else { options.theme };
    if let Some(case) = &options.case {
        super::case::apply(&mut app, &egui::Context::default(), case);
    }
    app.state.map.signs = options.edges.unwrap_or(app.state.map.signs);
    app.state.arranging.now = options.arrangement.clone();
    for command in commands(&snapshot, options) {
        app.command(command);
    }
    app.state.zoom_asked = options.zoom;
    app
}

/// Draws a window that was prepared by hand.
pub fn picture(app: &mut App, size: [u32; 2], pixels_per_point: f32) -> RgbaImage {
    let mut is_prepared = false;
    soft::screenshot(size, pixels_per_point, FRAMES, |ui| {
        if !std::mem::replace(&mut is_prepared, true) {
            prepare(ui.ctx());
            ui.ctx().all_styles_mut(|s| s.animation_time = 0.0);
            // Fonts count from the next frame on.
            return;
        }
        app.step(ui.ctx());
        app.draw(ui);
    })
}

fn commands(snapshot: &Snapshot, options: &SnapshotOptions) -> Vec<Command> {
    let mut out = Vec::new();
    out.extend(options.window.map(|w| Command::SetWindow(Window::Range(w))));
    out.extend(options.compare.map(Command::CompareWith));
    out.extend(options.deployed.clone().map(Command::Compare));
    out.extend(options.at.map(|t| Command::Replay(Replay::Seek(t))));
    out.extend(options.filter.clone().map(Command::SetFilter));
    out.extend(options.rules.clone().map(|r| Command::UseRules(Some(r))));
    let tab = options.tab.as_deref();
    out.extend(tab.and_then(Tab::parse).map(Command::SetTab));
    if let Some(text) = &options.select {
        out.extend(find(snapshot, text).map(|i| Command::Select(Some(i))));
    }
    if options.layout != Mode::Flow {
        out.push(Command::Arrange(options.layout));
    }
    let asked =
        [Question::Incident, Question::Patterns].into_iter().chain(PLAIN).find(|q| Some(q.name()) == tab);
    out.extend(asked.map(|q| Command::OpenAnswer(q, None)));
    out.extend(options.trace.map(|id| Command::OpenTrace(id, None)));
    out.extend(options.sheet.as_deref().and_then(sheet).map(Command::Toggle));
    out
}

/// A sheet by its name.
pub fn sheet(name: &str) -> Option<Sheet> {
    Some(match name {
        "keys" => Sheet::Keys,
        "losses" => Sheet::Losses,
        "save-map" => Sheet::Save(Saving::Map),
        "save-case" => Sheet::Save(Saving::Case),
        "save-traces" => Sheet::Save(Saving::Traces),
        "save-report" => Sheet::Save(Saving::Report),
        _ => return None,
    })
}

/// The item that a text names: a node by id or unique name, an edge as `from->to`.
pub fn find(snapshot: &Snapshot, text: &str) -> Option<Item> {
    if text.starts_with("group:") && !text.contains("->") {
        return Some(Item::Node(text.to_owned()));
    }
    let index = snapshot.graph(&crate::store::Lens::default());
    let id = |text: &str| {
        let node = index.graph.find(text.trim())?;
        index.graph.node(node).map(|n| n.id.clone())
    };
    match text.split_once("->") {
        Some((from, to)) => Some(Item::Edge(id(from)?, id(to)?)),
        None => id(text).map(Item::Node),
    }
}
