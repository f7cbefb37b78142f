//! The window: takes new snapshots, applies commands, asks for answers, draws.
mod answers;
mod arrangement;
mod arranging;
pub mod atomic;
pub mod case;
mod comfort;
mod command;
mod deferred;
mod files;
mod folding;
pub mod headless;
mod inquiry;
mod investigation;
mod keys;
mod marks;
mod offers;
mod pace;
mod playback;
pub mod questions;
mod run;
pub mod saving;
mod session;
mod settings;
mod state;
mod systems;
mod told;
mod window;

use std::sync::Arc;
use std::time::Instant;

pub use comfort::system_language;
pub use command::{Command, Item, Tab, ThemeChoice, Window};
pub use deferred::{Deferred, Waker, Work};
pub use files::SAMPLE;
pub use headless::{SnapshotOptions, draw, draw_map};
pub use run::{RunOptions, run};
pub use session::Session;
pub use settings::Settings;
pub use state::{OpenTrace, Place, State};

use crate::graph::Snapshot;
use crate::layout::Mode;
use crate::store::Lens;
use crate::texts::{Language, fill, texts};
use crate::view::map::MapScene;
use crate::view::panels::Reading;
use crate::view::panels::comparison::Comparing;
use crate::view::panels::deployments;
use crate::view::panels::notes;
use crate::view::panels::picture::Picture;
use crate::view::panels::status::PortLine;
use crate::view::theme;
use answers::Answers;

/// Moments between which the rate of arrival is measured.
const RATE_OVER: f64 = 5.0;

/// The whole window.
pub struct App {
    session: Session,
    /// What is shown and remembered.
    pub state: State,
    work: Work,
    answers: Answers,
    /// The language that answers were asked for in.
    spoken: Language,
    commands: Vec<Command>,
    /// The newest data, or what was the newest when the person paused.
    snapshot: Arc<Snapshot>,
    paused: bool,
    scene: Option<Arc<MapScene>>,
    arrived: Vec<(Instant, u64)>,
    began: Instant,
    paces: pace::Paces,
    reading: Reading,
    ports: Vec<PortLine>,
    dialog: Option<std::sync::mpsc::Receiver<Vec<std::path::PathBuf>>>,
    /// Tells what became of what is being saved or copied.
    keeping: Option<std::sync::mpsc::Receiver<saving::Outcome>>,
    /// Under which names become aliases.
    salt: std::cell::OnceCell<String>,
    /// Tells which file of rules was picked.
    rules_dialog: Option<std::sync::mpsc::Receiver<Option<std::path::PathBuf>>>,
    /// Tells whether the system wants less motion.
    motion: Option<std::sync::mpsc::Receiver<bool>>,
    waterfall: window::Waterfalls,
    settings: Option<(std::path::PathBuf, Settings)>,
    systems: systems::Systems,
    /// The picture of which it is remembered where nodes stand.
    kept: std::sync::Weak<Picture>,
}

impl App {
    /// A window over a session. Answers are worked out on the spot until [`App::attach`] is called.
    pub fn new(session: Session) -> Self {
        let snapshot = session.snapshot();
        Self {
            session,
            state: State::default(),
            work: Work::Here,
            answers: Answers::default(),
            spoken: Language::English,
            commands: Vec::new(),
            snapshot,
            paused: false,
            scene: None,
            arrived: Vec::new(),
            began: Instant::now(),
            paces: pace::Paces::default(),
            reading: Reading::default(),
            ports: Vec::new(),
            dialog: None,
            rules_dialog: None,
            motion: None,
            keeping: None,
            salt: std::cell::OnceCell::new(),
            waterfall: window::Waterfalls::default(),
            settings: None,
            systems: systems::Systems::default(),
            kept: std::sync::Weak::new(),
        }
    }

    /// Works answers out on threads from now on, and asks `ctx` for a frame when one is there.
    pub fn attach(&mut self, ctx: &egui::Context) {
        let repaint = ctx.clone();
        self.work = Work::Threads(Arc::new(move || repaint.request_repaint()));
        let repaint = ctx.clone();
        self.session.set_waker(move || repaint.request_repaint());
    }

    /// Asks the system, on a thread, whether it wants less motion, and does as it says.
    pub fn follow_system_motion(&mut self, ctx: &egui::Context) {
        let (tell, told) = std::sync::mpsc::channel();
        let ctx = ctx.clone();
        std::thread::spawn(move || {
            // A window that is gone does not care.
            if let Some(reduces) = comfort::system_reduces_motion()
                && tell.send(reduces).is_ok()
            {
                ctx.request_repaint();
            }
        });
        self.motion = Some(told);
    }

    /// Takes over what was kept in this file, and keeps it there from now on; `None` keeps nothing.
    pub fn keep_settings(&mut self, path: Option<std::path::PathBuf>) {
        let Some(path) = path else { return };
        let settings = Settings::load(&path);
        settings.apply(self);
        self.settings = Some((path, settings));
    }

    /// Writes the settings if they changed.
    fn save_settings(&mut self) {
        let now = Settings::of(self);
        if let Some((path, kept)) = &mut self.settings
            && *kept != now
        {
            // A window that cannot keep its theme still works.
            if let Err(error) = now.save(path) {
                tracing::warn!("settings were not kept in {}: {error}", path.display());
            }
            *kept = now;
        }
    }

    /// The secret under which names become aliases: the same on this machine for as long as settings are kept.
    pub(crate) fn salt(&self) -> String {
        self.salt.get_or_init(saving::random_salt).clone()
    }

    /// What arrived and what became of it.
    pub fn counters(&self) -> &crate::store::Counters {
        &self.snapshot.counters
    }

    /// Does a command with the next frame.
    pub fn command(&mut self, command: Command) {
        self.commands.push(command);
    }

    /// The lens that everything is seen through.
    pub fn lens(&self) -> Lens {
        let compared = self.state.place.comparing.as_ref().map(Comparing::hull);
        // The map follows the brush while it is drawn.
        let brushed = self.snapshot.extent.and_then(|e| self.state.timeline.brushed(e));
        let brushed = brushed.filter(|_| !self.state.player.is_on());
        let window = compared.or(brushed).or_else(|| self.state.window.range(self.snapshot.extent));
        Lens { window, filter: self.state.filter.clone() }
    }

    /// Before each frame: takes what is new, does what was asked for, asks what is to be known.
    pub fn step(&mut self, ctx: &egui::Context) {
        comfort::speak(self);
        self.take_news();
        saving::take(self, ctx);
        self.session.readers.take_news();
        for (case, is_beside) in std::mem::take(&mut self.session.readers.cases) {
            match is_beside {
                true => case::add(self, &case),
                false => case::apply(self, ctx, &case),
            }
        }
        for (paths, has_case) in std::mem::take(&mut self.session.readers.looked) {
            if has_case && !self.is_empty() {
                (self.state.asked, self.state.sheet) = (paths, Some(crate::view::panels::Sheet::OpenCase));
            } else if let Some(arrivals) = self.session.arrivals() {
                self.session.readers.open(paths, arrivals);
            }
        }
        // Where there is nothing else, the page itself says what went wrong.
        let unread = self.session.readers.unread.pop().filter(|_| self.snapshot.extent.is_some());
        if let Some(notice) = self.session.readers.notices.pop().or(unread) {
            self.state.notice = Some(notice.to_string());
        }
        let commands = std::mem::take(&mut self.commands);
        let any = !commands.is_empty();
        commands.into_iter().for_each(|c| command::apply(self, ctx, c));
        playback::advance(self, ctx);
        if any {
            self.save_settings();
        }
        ctx.set_theme(match self.state.theme {
            ThemeChoice::System => egui::ThemePreference::System,
            ThemeChoice::Dark => egui::ThemePreference::Dark,
            ThemeChoice::Light => egui::ThemePreference::Light,
        });
        comfort::prepare(self, ctx);
        let lens = self.lens();
        self.answers.ask_picture(&self.work, &self.snapshot, lens, &self.state);
        // The last picture may still be of a part, although all of it is read.
        let is_of_part = |p: &Arc<Picture>| self.is_loading(&p.snapshot);
        let waits = self.is_reading() || self.answers.picture.value().is_some_and(is_of_part);
        self.answers.ask_rest(&self.work, &self.state, waits);
        self.keep_positions();
        arrangement::tell_alike(self, ctx);
        self.light_map();
    }

    /// Whether files are being read, other than those that are followed as they grow.
    fn is_reading(&self) -> bool {
        self.is_loading(&self.snapshot)
    }

    /// Whether there is nothing that a file could be mixed with.
    fn is_empty(&self) -> bool {
        let counters = &self.session.snapshot().counters;
        counters.in_store == 0 && !counters.is_loading()
    }

    fn is_loading(&self, snapshot: &Snapshot) -> bool {
        let is_read = |s: &crate::store::SourceState| {
            s.kind == crate::model::SourceKind::File
                && s.closed.is_none()
                && !self.reading.followed.contains(&s.id)
        };
        snapshot.counters.sources.values().any(is_read)
    }

    fn take_news(&mut self) {
        if !self.paused && !self.state.player.is_on() {
            self.snapshot = self.session.snapshot();
        }
        self.ports = self.session.ports().into_iter().map(port_line).collect();
        if let Some(paths) = self.dialog.as_ref().and_then(|d| d.try_recv().ok()) {
            self.dialog = None;
            if !paths.is_empty() {
                self.commands.push(Command::Open(paths));
            }
        }
        if let Some(picked) = self.rules_dialog.as_ref().and_then(|d| d.try_recv().ok()) {
            self.rules_dialog = None;
            self.commands.extend(picked.map(|path| Command::UseRules(Some(path))));
        }
        if let Some(reduces) = self.motion.as_ref().and_then(|m| m.try_recv().ok()) {
            self.motion = None;
            self.state.comfort.system_reduces = reduces;
            self.state.player.reduces_motion |= self.state.comfort.is_still();
        }
        if self.session.is_live() {
            let received = self.session.snapshot().counters.total().received;
            let now = Instant::now();
            self.arrived.push((now, received));
            self.arrived.retain(|a| now.duration_since(a.0).as_secs_f64() <= RATE_OVER);
            self.take_progress(now);
        }
    }

    /// How far files are read, of the newest data even while the map is paused.
    fn take_progress(&mut self, now: Instant) {
        let counters = &self.session.snapshot().counters;
        self.paces.see(counters, now.duration_since(self.began).as_secs_f64());
        self.session.readers.take_news();
        let left = |s: &crate::store::SourceState| Some((s.id, self.paces.left(s.id, s.progress)?));
        let left = counters.sources.values().filter_map(left).collect();
        self.reading = Reading { followed: self.session.readers.followed().clone(), left };
    }

    /// Whether anything may come in that nobody knows of yet: through a port, or from files that are followed.
    fn can_arrive(&self) -> bool {
        let listens = self.session.is_live() && !self.ports.is_empty();
        listens || playback::is_receiving(self) || !self.reading.followed.is_empty()
    }

    /// How many spans wait until the person goes on, where they stopped; live or not.
    fn waiting(&self) -> Option<u64> {
        let stored = |s: &Snapshot| s.counters.total().stored;
        let waiting = stored(&self.session.snapshot()).saturating_sub(stored(&self.snapshot));
        (self.paused || playback::holds_back(self)).then_some(waiting)
    }

    /// Spans that arrive per second; `None` where nothing can arrive.
    fn per_second(&self) -> Option<f64> {
        if !self.session.is_live() {
            return None;
        }
        let (Some(first), Some(last)) = (self.arrived.first(), self.arrived.last()) else { return Some(0.0) };
        let over = last.0.duration_since(first.0).as_secs_f64();
        Some(if over > 0.2 { last.1.saturating_sub(first.1) as f64 / over } else { 0.0 })
    }

    /// Remembers where nodes stand, so that the next picture leaves them there.
    fn keep_positions(&mut self) {
        // While a file is read the map is still finding its shape; it settles with the last span.
        if self.snapshot.counters.is_loading() {
            return;
        }
        let Some((picture, key)) = self.answers.picture.value().zip(self.answers.picture.key()) else {
            return;
        };
        // A picture that is about to be laid out anew tells nothing of where nodes will stand.
        if key.2 != self.answers.generation {
            return;
        }
        // Once is enough; what is put elsewhere until the next picture comes stays there.
        if std::ptr::eq(self.kept.as_ptr(), Arc::as_ptr(picture)) {
            return;
        }
        let picture = Arc::clone(picture);
        self.kept = Arc::downgrade(&picture);
        if picture.is_close_up {
            let focus = picture.arrangement.focus.as_ref();
            self.state.close_up.see(focus, picture.scene.positions());
            return;
        }
        let is_fresh = self.state.positions.is_empty();
        self.state.positions.extend(picture.scene.positions());
        // Under a filter or a window there are fewer nodes, of the same system.
        if picture.lens == Lens::default() {
            self.recognise(&picture, is_fresh);
        }
    }

    /// Arranges the map as people did when they saw this system last, or anew when it has outgrown its layout.
    ///
    /// What is closed, hidden or out of focus is still of the system.
    fn recognise(&mut self, picture: &Picture, is_fresh: bool) {
        let (whole, shown) = (&picture.index.graph, &picture.scene.nodes);
        let nodes = whole.nodes().map(|(_, n)| n.id.clone()).chain(shown.iter().map(|n| n.key.clone()));
        let arranged = self.systems.see(nodes.collect(), &arrangement::kept(&self.state));
        let size = whole.nodes().len() + whole.edges().len();
        let is_pinned = !self.state.map.positions.is_empty();
        // The other arrangements follow rules, however much the map has grown.
        let is_outgrown =
            self.state.arrangement.mode == Mode::Flow && self.systems.has_outgrown(size, is_fresh, is_pinned);
        match arranged {
            Some(arranged) => arrangement::restore(&mut self.state, &arranged),
            None if is_outgrown => self.state.positions.clear(),
            None => return,
        }
        self.answers.generation += 1;
    }

    /// Tells the map what is selected and which path is in the light.
    fn light_map(&mut self) {
        let Some(picture) = self.answers.picture.value() else { return };
        // With a new scene the map itself carries its selection over; ours follows a frame later.
        let is_known = self.scene.as_ref().is_some_and(|s| Arc::ptr_eq(s, &picture.scene));
        if is_known {
            self.state.map.selected = self.state.place.selection.as_ref().and_then(|i| picture.place_of(i));
            self.state.map.hinted = self.state.hinted.as_ref().and_then(|i| picture.place_of(i));
            let (marks, highlighted) = self.answers.investigation.on_map(picture, &self.state);
            self.state.map.marks = marks;
            if self.state.place.answer != Some(crate::export::cards::Question::Incident) {
                let deployed = self.answers.investigation.deployed();
                let clock = crate::view::panels::Clock::new(self.state.utc);
                self.state.map.marks.extend(deployments::marks(deployed, picture, &clock));
                self.state.map.marks.extend(notes::marks(&self.state.notes, picture));
            }
            self.state.map.highlighted = highlighted;
            self.state.map.lit = self.state.place.trace.as_ref().and_then(|open| {
                let index = self.answers.opened.value()?.index?;
                let is_same = picture.snapshot.spans.trace(index).is_some_and(|t| t.id == open.id);
                is_same.then(|| picture.path_of(index))
            });
        }
        self.scene = Some(Arc::clone(&picture.scene));
    }

    /// Draws a frame.
    pub fn draw(&mut self, ui: &mut egui::Ui) {
        let before = self.scene.clone();
        if self.per_second().is_some_and(|r| r > 0.0) {
            // The rate falls to nothing by itself once no more arrives.
            ui.ctx().request_repaint_after(std::time::Duration::from_secs(1));
        }
        keys::listen(ui.ctx(), &mut self.state, &mut self.commands);
        self.state.map.dots = playback::dots(self);
        let known = self.answers.operations.value().filter(|_| !self.state.map.close.is_empty());
        match known {
            Some(known) => self.state.map.operations = std::sync::Arc::clone(known),
            // The same nothing, so that nothing is painted anew.
            None if !self.state.map.operations.is_empty() => self.state.map.operations = <_>::default(),
            None => {}
        }
        window::show(self, ui);
        let is_new = self.answers.picture.value().map(|p| &p.scene).zip(before.as_ref());
        let changed = is_new.is_some_and(|(a, b)| !Arc::ptr_eq(a, b));
        if !self.commands.is_empty() || changed {
            ui.ctx().request_repaint();
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, _: &mut eframe::Frame) {
        self.step(ctx);
    }
    fn ui(&mut self, ui: &mut egui::Ui, _: &mut eframe::Frame) {
        self.draw(ui);
    }
    fn on_exit(&mut self, _: Option<&eframe::glow::Context>) {
        self.save_settings();
    }
}

/// Prepares a context: fonts and styles of both themes. Once, before the first frame.
pub fn prepare(ctx: &egui::Context) {
    theme::install(ctx);
    // The window has sizes of text of its own, which it keeps.
    ctx.options_mut(|o| o.zoom_with_keyboard = false);
}

fn port_line(port: crate::ingest::receiver::PortStatus) -> PortLine {
    let (address, is_open, problem) = match port.listening {
        Ok(address) => (address.to_string(), true, None),
        Err(sentence) => (port.wanted.to_string(), false, Some(sentence.to_string())),
    };
    let story = match (is_open, port.requests, &port.client) {
        (false, ..) => texts().start.not_listening_2.to_owned(),
        (true, 0, _) => texts().start.listening_nothing_received_yet.to_owned(),
        (true, n, Some(client)) => {
            fill(texts().start.requests_last_from, &[("count", &n), ("client", &client)])
        }
        (true, n, None) => fill(texts().start.requests, &[("count", &n)]),
    };
    let refused = port
        .last_refusal
        .map(|why| fill(texts().start.refused_3, &[("count", &port.refused), ("why", &why)]));
    PortLine {
        protocol: port.role.name(),
        address,
        is_open,
        trouble: problem.or(port.hint.map(|h| h.to_string())).or(refused),
        story,
    }
}
