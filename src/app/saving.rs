//! What is saved and copied: the work is done on a thread of its own, and the window tells what became of it.
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use egui::{ColorImage, Context};

use super::{App, Work, atomic, case, files};
use crate::export::case::{CaseNote, CaseSpans, CaseState};
use crate::export::map_forms::{self, MapForm, Seen};
use crate::export::redact::{Preview, Redaction, Redactor, preview};
use crate::export::{case as case_file, otlp, report};
use crate::graph::{Snapshot, matching_traces};
use crate::model::TraceIndex;
use crate::store::{Filter, Lens};
use crate::texts::{fill, texts};
use crate::view::map::picture::{MapPicture, PictureSize};
use crate::view::panels::picture::Picture;
use crate::view::panels::save::{Contents, Saving};
use crate::view::panels::{Clock, Item};
use crate::view::text;

/// Writes something to a path; the error is a sentence.
type Job = Box<dyn FnOnce(&Path) -> Result<(), String> + Send>;

/// What came of saving or copying.
pub(super) enum Outcome {
    /// It is written, or why not.
    Told(Result<String, String>),
    /// The file is there already.
    Exists(PathBuf),
    /// The person changed their mind.
    Nothing,
    /// A picture for the clipboard.
    Copied(ColorImage),
    /// A text for the clipboard.
    CopiedText(String, MapForm),
}

/// The question behind the preview of what is hidden: which data, which traces, what is hidden, in what.
pub(super) type PreviewKey = (u64, Lens, Redaction, Saving, Vec<CaseNote>);

/// Saves something to a path, or asks where; a file that is there is replaced only where that was said.
pub(super) fn save(app: &mut App, ctx: &Context, what: Saving, path: Option<PathBuf>, may_replace: bool) {
    let path = path.map(|p| home(&p));
    if let Some(path) = path.as_ref().filter(|p| !may_replace && p.is_file()) {
        (app.state.save.told, app.state.save.asks) = (None, Some(path.clone()));
        return;
    }
    app.state.save.asks = None;
    let job = match job(app, ctx, what) {
        Ok(job) => job,
        Err(why) => {
            app.state.save.told = Some(Err(why));
            return;
        }
    };
    let name = app.state.save.file_name(what);
    let extension = app.state.save.extension(what);
    let write =
        move |path: &Path| job(path).map(|()| fill(texts().save.saved_as, &[("path", &path.display())]));
    app.state.save.told = None;
    let (send, receive) = channel();
    match (&app.work, path) {
        (Work::Here, None) => {
            app.state.save.told = Some(Err(texts().save.there_is_no_file_dialog.to_owned()));
            return;
        }
        (Work::Here, Some(path)) => _ = send.send(Outcome::Told(write(&path))),
        (Work::Threads(waker), path) => {
            let waker = Arc::clone(waker);
            files::spawn(move || {
                let title = fill(texts().save.save_what, &[("what", &what.name())]);
                let chosen = path.map(|p| (p, false)).or_else(|| {
                    // The dialog has asked about the name that it was given.
                    files::ask_where(&title, &name).map(|p| with_extension(p, extension))
                });
                let outcome = match chosen {
                    None => Outcome::Nothing,
                    Some((path, true)) if path.is_file() => Outcome::Exists(path),
                    Some((path, _)) => Outcome::Told(write(&path)),
                };
                let _ = send.send(outcome);
                waker();
            });
        }
    }
    app.state.save.is_busy = true;
    app.keeping = Some(receive);
}

/// Takes what came of it, when it has.
pub(super) fn take(app: &mut App, ctx: &Context) {
    let Some(outcome) = app.keeping.as_ref().and_then(|s| s.try_recv().ok()) else { return };
    app.keeping = None;
    app.state.save.is_busy = false;
    match outcome {
        Outcome::Told(told) => {
            // Where it went wrong, the path can be typed anew at once.
            app.state.save.takes_keys |= told.is_err();
            app.state.save.told = Some(told);
        }
        Outcome::Exists(path) => app.state.save.asks = Some(path),
        Outcome::Nothing => {}
        Outcome::CopiedText(text, form) => {
            ctx.copy_text(text);
            let name = if form == MapForm::Table { texts().save.text_table } else { form.name() };
            app.state.tell_done(ctx, fill(texts().save.copied_as, &[("form", &name)]));
        }
        Outcome::Copied(image) => {
            ctx.copy_image(image);
            app.state.tell_done(ctx, fill(texts().save.copied_as, &[("form", &texts().save.picture)]));
        }
    }
}

/// A name without an extension gets that of its form; whether it did.
fn with_extension(path: PathBuf, extension: &str) -> (PathBuf, bool) {
    if path.extension().is_some() {
        return (path, false);
    }
    let mut name = path.into_os_string();
    name.push(format!(".{extension}"));
    (name.into(), true)
}

/// Puts the map on the clipboard.
pub(super) fn copy(app: &mut App, ctx: &Context, form: MapForm) {
    let Some(picture) = app.answers.picture.value().cloned() else { return };
    let (send, receive): (_, Receiver<Outcome>) = channel();
    let outcome: Box<dyn FnOnce() -> Outcome + Send> = if form == MapForm::Png {
        let drawing = drawing(app, ctx, &picture);
        let draw = move || {
            let image = drawing.draw(PictureSize::Times(2.0)).ok()?;
            let size = [image.width() as usize, image.height() as usize];
            Some(ColorImage::from_rgba_premultiplied(size, image.as_raw()))
        };
        Box::new(move || draw().map_or(Outcome::Nothing, Outcome::Copied))
    } else {
        let text = map_text(app, ctx, picture, form);
        Box::new(move || Outcome::CopiedText(text(), form))
    };
    match &app.work {
        Work::Here => _ = send.send(outcome()),
        Work::Threads(waker) => {
            let waker = Arc::clone(waker);
            files::spawn(move || {
                let _ = send.send(outcome());
                waker();
            });
        }
    }
    app.keeping = Some(receive);
}

fn job(app: &App, ctx: &Context, what: Saving) -> Result<Job, String> {
    let picture = app.answers.picture.value().cloned().ok_or(texts().save.there_is_nothing_to_save)?;
    let rules = app.state.save.hide.redaction(&app.salt());
    let lens = lens(app, &picture, what);
    let snapshot = Arc::clone(&picture.snapshot);
    Ok(match what {
        Saving::Map if app.state.save.form == MapForm::Png => {
            let (drawing, size) = (drawing(app, ctx, &picture), app.state.save.size()?);
            Box::new(move |path| atomic::write(path, &drawing.png(size)?))
        }
        Saving::Map => {
            let text = map_text(app, ctx, picture, app.state.save.form);
            Box::new(move |path| atomic::write(path, text().as_bytes()))
        }
        Saving::Case => {
            let state = case::of(app);
            Box::new(move |path| write_case(path, &snapshot, &lens, &state, &rules))
        }
        Saving::Traces => Box::new(move |path| write_traces(path, &snapshot, &lens, &rules)),
        Saving::Report => {
            let text = report::markdown(&app.answers.investigation.parts(), None);
            Box::new(move |path| {
                let all = Lens::default();
                let traces = matching_traces(&snapshot.spans, &all);
                let spans = CaseSpans { spans: &snapshot.spans, traces: &traces, rules: &rules };
                let text = if rules.names { Redactor::new(&rules, spans.all()).text(&text) } else { text };
                atomic::write(path, text.as_bytes())
            })
        }
    })
}

/// Which spans are saved.
fn lens(app: &App, picture: &Picture, what: Saving) -> Lens {
    if app.state.save.is_all(what) { Lens::default() } else { picture.lens.clone() }
}

/// Writes a case file of the traces under a lens.
pub fn write_case(
    path: &Path,
    snapshot: &Snapshot,
    lens: &Lens,
    state: &CaseState,
    rules: &Redaction,
) -> Result<(), String> {
    let traces = matching_traces(&snapshot.spans, lens);
    let spans = CaseSpans { spans: &snapshot.spans, traces: &traces, rules };
    let measured = spans.measurements(&snapshot.measurements, lens.window);
    // Who hides names hides those that the spans do not even tell of.
    let is_whole = rules.is_nothing() || rules.is_only_of_notes();
    let state = if is_whole { state.clone() } else { state.within(&told_by(snapshot, lens, &traces)) };
    let state = &state;
    atomic::write_with(path, |out| case_file::write(out, state, &spans, &measured))
}

/// The ids of all nodes of some traces that a lens chose.
fn told_by(snapshot: &Snapshot, lens: &Lens, traces: &[TraceIndex]) -> BTreeSet<String> {
    let ids = traces.iter().filter_map(|t| Some(snapshot.spans.trace(*t)?.id)).collect();
    let is_all = *lens == Lens::default();
    let filter = (!is_all).then(|| Arc::new(Filter::of_traces(None, ids)));
    let index = snapshot.graph(&Lens { window: None, filter });
    index.graph.nodes().map(|(_, n)| n.id.clone()).collect()
}

/// Writes traces as OTLP: protobuf where the name ends so, else JSON Lines; packed where it ends in `.zst`.
fn write_traces(path: &Path, snapshot: &Snapshot, lens: &Lens, rules: &Redaction) -> Result<(), String> {
    let traces = matching_traces(&snapshot.spans, lens);
    let spans = CaseSpans { spans: &snapshot.spans, traces: &traces, rules };
    let name = path.to_string_lossy().to_lowercase();
    let plain = name.trim_end_matches(".zst");
    let is_protobuf = [".pb", ".bin", ".otlp", ".binpb"].iter().any(|e| plain.ends_with(e));
    let mut redactor = Redactor::new(rules, spans.all());
    let mut put = |out: &mut dyn Write| {
        spans.batches(&mut redactor, &mut |batch| {
            if is_protobuf {
                // Messages one after the other are one message.
                out.write_all(&otlp::protobuf(batch))
            } else {
                out.write_all(otlp::json_line(batch).as_bytes())?;
                out.write_all(b"\n")
            }
        })
    };
    atomic::write_with(path, |out| {
        if plain.len() == name.len() {
            return put(out);
        }
        let mut packed = zstd::stream::write::Encoder::new(out, 3)?;
        put(&mut packed)?;
        packed.finish().map(drop)
    })
}

/// A salt that nobody can guess.
pub fn random_salt() -> String {
    use std::hash::{BuildHasher, RandomState};
    let part = || format!("{:016x}", RandomState::new().hash_one(std::process::id()));
    part() + &part()
}

/// The map in a form of text, as it is shown: groups that are one node, and nothing that is hidden. Of a large map it
/// takes seconds to write.
fn map_text(
    app: &App,
    ctx: &Context,
    picture: Arc<Picture>,
    form: MapForm,
) -> impl FnOnce() -> String + Send + 'static {
    let places = app.state.map.scene().positions();
    let selected = match &app.state.place.selection {
        Some(Item::Node(id)) => Some(id.clone()),
        _ => None,
    };
    let (signs, is_dark) = (app.state.map.signs, ctx.theme() == egui::Theme::Dark);
    move || {
        let seen = Seen {
            snapshot: &picture.snapshot,
            lens: &picture.lens,
            index: &picture.shown.index,
            members: &picture.shown.members(&picture.index.graph),
            boxes: &picture.shown.boxes(&picture.arrangement.group_by),
            places: &places.into_iter().map(|(id, p)| (id, (p.x, p.y))).collect(),
            selected: selected.as_deref(),
            signs,
            is_dark,
        };
        map_forms::text(form, &seen).unwrap_or_default()
    }
}

fn drawing(app: &App, ctx: &Context, picture: &Picture) -> MapPicture {
    MapPicture {
        scene: Arc::new(app.state.map.scene().clone()),
        state: app.state.map.clone(),
        room: if app.state.map.room.x > 0.0 { app.state.map.room } else { picture.scene.bounds.size() },
        theme: ctx.theme(),
        is_whole: app.state.save.is_whole,
    }
}

/// A path that begins in the home folder.
fn home(path: &Path) -> PathBuf {
    let rest = path.strip_prefix("~").ok();
    let base = directories::BaseDirs::new();
    match (rest, base) {
        (Some(rest), Some(base)) => base.home_dir().join(rest),
        _ => path.to_path_buf(),
    }
}

/// Shows the sheet, with what it has to tell.
pub(super) fn show(
    app: &mut App,
    ctx: &Context,
    what: Saving,
    p: &crate::view::theme::Palette,
    commands: &mut Vec<super::Command>,
) {
    let Some(picture) = app.answers.picture.value().cloned() else { return };
    let is_of_spans = matches!(what, Saving::Case | Saving::Traces);
    if is_of_spans {
        ask_preview(app, &picture, what);
    }
    let pixels = app.state.save.size();
    let pixels = pixels.and_then(|size| drawing(app, ctx, &picture).pixels(size)).map(|found| found.0);
    let preview = app.answers.preview.value().filter(|_| is_of_spans).cloned();
    let contents = Contents {
        seen: seen(app, &picture, what, preview.as_ref()),
        is_part: picture.lens != Lens::default(),
        pixels,
        preview: preview.as_ref(),
        is_preview_old: app.answers.preview.is_running(),
    };
    crate::view::panels::save::show(ctx, what, &mut app.state.save, &contents, p, commands);
}

fn ask_preview(app: &mut App, picture: &Arc<Picture>, what: Saving) {
    let rules = app.state.save.hide.redaction(&app.salt());
    let lens = lens(app, picture, what);
    let snapshot = Arc::clone(&picture.snapshot);
    let notes = if what == Saving::Case { app.state.notes.kept() } else { Vec::new() };
    let key: PreviewKey = (snapshot.revision, lens.clone(), rules.clone(), what, notes.clone());
    app.answers.preview.ask(&app.work, key, move || -> Preview {
        let traces = matching_traces(&snapshot.spans, &lens);
        let spans = CaseSpans { spans: &snapshot.spans, traces: &traces, rules: &rules };
        let measured =
            (what == Saving::Case).then(|| spans.measurements(&snapshot.measurements, lens.window));
        preview(&snapshot.spans, &traces, measured.as_ref(), &notes, &rules)
    });
}

/// What goes in, in a sentence.
fn seen(app: &App, picture: &Picture, what: Saving, preview: Option<&Preview>) -> String {
    let clock = Clock::new(app.state.utc);
    let mut parts = Vec::new();
    if what == Saving::Map {
        let graph = &picture.shown.index.graph;
        parts.push(fill(
            texts().save.nodes_and_edges,
            &[("nodes", &graph.nodes().len()), ("edges", &graph.edges().len())],
        ));
    } else if let Some(preview) = preview {
        let (spans, traces) = (text::count(preview.spans as f64), text::count(preview.traces as f64));
        parts.push(fill(texts().save.spans_of_traces, &[("spans", &spans), ("traces", &traces)]));
        if preview.points > 0 {
            parts.push(fill(texts().save.measurements, &[("count", &text::count(preview.points as f64))]));
        }
    }
    if what == Saving::Map || !app.state.save.is_all(what) {
        parts.extend(picture.lens.window.map(|w| fill(texts().save.window, &[("range", &clock.range(w))])));
        let filter = app.state.filter.is_some().then(|| text::name(&app.state.filter_text, 80));
        parts.extend(filter.map(|f| fill(texts().save.filter, &[("filter", &f)])));
    }
    parts.join(" · ")
}
