//! The replay in the window: the window of time that moves, what stays behind it, and calls as dots.
use std::sync::Arc;
use std::time::Duration;

use egui::Context;

use super::App;
use super::answers::{Answers, PictureKey, request};
use super::command::{Command, Window};
use super::deferred::{Deferred, Work};
use super::state::{Place, State};
use crate::graph::{CallPlace, CallsByTime, Snapshot};
use crate::model::{Nanos, SourceKind, TimeRange, Timestamp};
use crate::store::Lens;
use crate::texts::{fill, texts};
use crate::view::map::Dots;
use crate::view::panels::picture::Picture;
use crate::view::panels::timeline::{self, Replay, Sought, Way};

/// What a replay needs to know.
#[derive(Default)]
pub struct Replayed {
    /// The map of all time, whose nodes and edges stay while the window moves.
    whole: Deferred<PictureKey, Arc<Picture>>,
    /// All calls by time.
    calls: Deferred<(u64, Lens), Arc<CallsByTime>>,
    /// How long things move elsewhere in the window, where motion is reduced now; in seconds.
    usual_motion: Option<f32>,
}

impl Replayed {
    /// Gives everything back.
    pub fn end(&mut self) {
        self.whole.forget();
        self.calls.forget();
    }
}

impl Answers {
    /// Asks for the picture of the window at the playhead, over the map of all time.
    pub(super) fn ask_moment(&mut self, work: &Work, snapshot: &Arc<Snapshot>, lens: Lens, state: &State) {
        let whole = Lens { window: None, filter: lens.filter.clone() };
        let key = self.picture_key(snapshot, whole.clone(), state, false);
        if let Some(picture) = self.picture.exact(&key).cloned() {
            self.replay.whole.ask(&Work::Here, key.clone(), move || picture);
        } else {
            let request = request(snapshot, whole, state);
            self.replay.whole.ask(work, key.clone(), move || Arc::new(Picture::new(request)));
        }
        let Some((base, window)) = self.replay.whole.exact(&key).cloned().zip(lens.window) else { return };
        if state.player.is_on() {
            let (data, asked) = (Arc::clone(snapshot), base.lens.clone());
            self.replay.calls.ask(work, (snapshot.revision, asked.clone()), move || {
                Arc::new(CallsByTime::new(&data.calls, &data.spans, &asked))
            });
        }
        let key = self.picture_key(snapshot, lens, state, true);
        self.picture.ask(work, key, move || Arc::new(Picture::of_moment(&base, window)));
    }

    /// All calls by time, if they are sorted.
    fn calls_by_time(&self) -> Option<&Arc<CallsByTime>> {
        self.replay.calls.value()
    }
}

/// Moves the replay on, and the window with it; asks for the next frame while it plays.
pub fn advance(app: &mut App, ctx: &Context) {
    reduce_motion(app, ctx);
    give_way(&mut app.state);
    let Some(extent) = app.snapshot.extent else { return };
    seek(app, extent);
    let player = &mut app.state.player;
    match player.advance(ctx.input(|i| i.time), extent) {
        Some(wait) if wait > 0.0 => ctx.request_repaint_after(Duration::from_secs_f64(wait)),
        Some(_) => ctx.request_repaint(),
        None => {}
    }
    if let Some(window) = player.window(extent) {
        app.state.window = Window::Range(window);
    }
}

/// Where motion is reduced, nothing else in the window moves either.
fn reduce_motion(app: &mut App, ctx: &Context) {
    let usual = &mut app.answers.replay.usual_motion;
    let is_reduced = usual.is_some();
    if app.state.player.reduces_motion == is_reduced {
        return;
    }
    let now = ctx.global_style().animation_time;
    let wanted = usual.take().unwrap_or(0.0);
    if !is_reduced {
        *usual = Some(now);
    }
    ctx.all_styles_mut(|s| s.animation_time = wanted);
}

/// Whether data comes in from somewhere else than files.
pub fn is_receiving(app: &App) -> bool {
    let is_live = |s: &crate::store::SourceState| s.kind != SourceKind::File && s.closed.is_none();
    app.session.is_live() && app.snapshot.counters.sources.values().any(is_live)
}

/// Whether new data waits for the replay to end.
pub fn holds_back(app: &App) -> bool {
    app.state.player.is_on() && (is_receiving(app) || app.is_reading())
}

/// Does what a person asks of the replay.
pub fn apply(app: &mut App, replay: Replay) {
    let Some(extent) = app.snapshot.extent else { return };
    (app.state.player.note, app.state.player.sought) = (None, None);
    match replay {
        Replay::Space if !app.state.player.is_on() && is_receiving(app) => app.paused = !app.paused,
        Replay::Space | Replay::Toggle => {
            begin(app, extent, None);
            app.state.player.toggle(extent);
        }
        Replay::Reverse => {
            begin(app, extent, None);
            let player = &mut app.state.player;
            player.is_reversed = !player.is_reversed;
            if !player.is_playing {
                player.toggle(extent);
            }
        }
        Replay::Speed(place) => app.state.player.set_speed(place),
        Replay::Faster(way) => app.state.player.change_speed(way),
        Replay::Seek(to) => {
            begin(app, extent, Some(to));
            app.state.player.seek(to, extent);
        }
        Replay::Step(way) => step(app, extent, way),
        Replay::End(way) => stop_at(app, extent, if way == Way::Back { extent.start } else { extent.end }),
        Replay::Failure(way) => {
            look_for(app, extent, Sought::Failure(way));
        }
        Replay::Deployment(way) => {
            look_for(app, extent, Sought::Deployment(way));
        }
        Replay::Leave => leave(&mut app.state),
        Replay::ReduceMotion(reduces) => app.state.player.reduces_motion = reduces,
    }
}

fn begin(app: &mut App, extent: TimeRange, head: Option<Timestamp>) {
    let s = &mut app.state;
    if s.player.is_on() {
        return;
    }
    s.player.begin(s.window, extent, head);
    if s.place.comparing.is_some() {
        s.go(Place { comparing: None, ..s.place.clone() });
    }
}

fn stop_at(app: &mut App, extent: TimeRange, to: Timestamp) {
    begin(app, extent, Some(to));
    app.state.player.is_playing = false;
    app.state.player.seek(to, extent);
}

/// To the next bar of the timeline; nothing where there is neither a replay nor a window to be moved.
fn step(app: &mut App, extent: TimeRange, way: Way) {
    if !app.state.player.is_on() && app.state.window == Window::All {
        return;
    }
    begin(app, extent, None);
    let bars = app.answers.picture.value().and_then(|p| p.timeline.buckets.first());
    let bar = bars.map_or(crate::graph::BUCKET, |b| b.range.length()).max(Nanos(1)).0;
    let Some(head) = app.state.player.head else { return };
    let to = match way {
        Way::Forward => head.0.div_euclid(bar).saturating_add(1),
        Way::Back => (head.0 - 1).div_euclid(bar),
    };
    stop_at(app, extent, Timestamp(to.saturating_mul(bar)));
}

/// A comparison ends the replay: of the window at the playhead, that window stays; else it is as it was.
fn give_way(s: &mut State) {
    let Some(comparing) = s.place.comparing.as_ref().filter(|_| s.player.is_on()) else { return };
    let is_of = |stretch| s.window == Window::Range(stretch);
    if is_of(comparing.after) || is_of(comparing.before) {
        s.player.end();
    } else {
        leave(s);
    }
}

/// Looks for something, and goes there once it is found; the replay waits.
fn look_for(app: &mut App, extent: TimeRange, what: Sought) {
    begin(app, extent, None);
    app.state.player.is_playing = false;
    app.state.player.sought = Some(what);
    seek(app, extent);
}

fn none_there(way: Way, what: &str) -> String {
    fill(
        texts().timeline.no,
        &[
            ("which", &(if way == Way::Forward { texts().timeline.later } else { texts().timeline.earlier })),
            ("what", &what),
        ],
    )
}

/// Goes to what is looked for, once it is known where it is.
fn seek(app: &mut App, extent: TimeRange) {
    let player = &app.state.player;
    let (Some(sought), Some(head)) = (player.sought, player.head) else { return };
    let (way, found, what) = match sought {
        Sought::Failure(way) => {
            let Some(calls) = app.answers.calls_by_time() else { return };
            let found =
                if way == Way::Forward { calls.failure_after(head) } else { calls.failure_before(head) };
            (way, found, texts().timeline.failed_request)
        }
        Sought::Deployment(way) => {
            if !app.answers.investigation.knows_deployments() {
                app.state.player.note = Some(texts().timeline.looking_for_deployments.to_owned());
                return;
            }
            let all = app.answers.investigation.deployed().iter().map(|d| d.at);
            let all = all.filter(|at| extent.contains(*at));
            let found = match way {
                Way::Forward => all.filter(|at| *at > head).min(),
                Way::Back => all.filter(|at| *at < head).max(),
            };
            (way, found, texts().timeline.deployment_2)
        }
    };
    let player = &mut app.state.player;
    (player.sought, player.note) = (None, None);
    match found.filter(|at| extent.contains(*at)) {
        Some(to) => player.seek(to, extent),
        None => player.note = Some(none_there(way, what)),
    }
}

/// Ends the replay; the window is as it was.
pub fn leave(s: &mut State) {
    if s.player.is_on() {
        s.window = s.player.before;
        s.player.end();
    }
}

/// A window that somebody chose: the replay goes on where it ends, and shows as much of the past.
pub fn take_window(s: &mut State, window: Window, extent: Option<TimeRange>) {
    let Some(extent) = extent.filter(|_| s.player.is_on()) else { return };
    match window.range(Some(extent)) {
        None => s.player.end(),
        Some(range) => {
            s.player.length = range.length();
            s.player.seek(range.end, extent);
        }
    }
}

/// The calls that are under way at the playhead.
pub fn dots(app: &App) -> Arc<Dots> {
    if !app.state.player.is_on() {
        return Arc::default();
    }
    let found = app.answers.picture.value().zip(app.answers.calls_by_time());
    // The calls of other data are not those of this picture.
    let revision = app.answers.replay.calls.key().map(|k| k.0);
    let found = found.filter(|(picture, _)| Some(picture.snapshot.revision) == revision);
    let dots = found.map(|(picture, calls)| timeline::dots(picture, calls, &app.state.player));
    Arc::new(dots.unwrap_or_default())
}

/// Opens the trace of a call at its span; the replay waits.
pub fn open(app: &mut App, at: CallPlace) -> Option<Command> {
    let picture = app.answers.picture.value()?;
    let spans = &picture.snapshot.spans;
    let call = CallsByTime::call(&picture.snapshot.calls, at)?;
    let span = call.client.or(call.server).and_then(|row| spans.get(row)).map(|s| s.span_id());
    let trace = spans.trace(at.trace)?.id;
    app.state.player.is_playing = false;
    Some(Command::OpenTrace(trace, span))
}
