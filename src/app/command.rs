//! Commands, and what each does to the window. Every click ends here.
use egui::Context;

pub use crate::view::panels::{Command, Item, Tab, ThemeChoice, Window};

use super::state::{OpenTrace, Place, State};
use super::{App, arranging, comfort, files, playback, saving};
use crate::analysis::incident::Request;
use crate::export::report::markdown;
use crate::graph::group_name;
use crate::model::{Arrival, TimeRange};
use crate::store::Filter;
use crate::texts::texts;
use crate::view::panels::arranging::Fold;
use crate::view::panels::comparison::Comparing;
use crate::view::panels::{Clock, RulesInUse, Sheet, TraceOrder, focus_traces};

/// Does a command.
pub fn apply(app: &mut App, ctx: &Context, command: Command) {
    let s = &mut app.state;
    match command {
        Command::Select(selection) => {
            let tab = s.place.tab;
            let trace = s.place.trace.clone();
            let comparing = s.place.comparing.clone();
            s.go(Place { selection, trace, tab, answer: None, comparing });
            arranging::selected(s);
        }
        Command::Hover(item) => s.hinted = item,
        Command::Back => s.go_back(),
        Command::Forward => s.go_forward(),
        Command::Escape => escape(app),
        Command::SetWindow(window) => {
            playback::take_window(s, window, app.snapshot.extent);
            set_window(s, window);
        }
        Command::Replay(replay) => playback::apply(app, replay),
        Command::SetFilter(_) | Command::Find(_) | Command::LookAt(_) => search(app, ctx, command),
        Command::Fold(what) => fold(app, what),
        Command::FocusFilter => s.focus_filter = true,
        Command::SetTab(tab) => s.place.tab = tab,
        Command::ZoomTimeline => zoom_timeline(app),
        Command::ShowPart(part) => show_part(app, part),
        Command::FocusTraces => walk_traces(s, ctx),
        Command::SetOrder(order) => s.order = order,
        Command::OpenTrace(id, span) => {
            let place = Place { trace: Some(OpenTrace { id, span }), ..s.place.clone() };
            s.go(place);
        }
        Command::SelectSpan(row) => {
            // The span's service is selected with it; a span that is not on the map changes nothing.
            let item = app.answers.picture.value().and_then(|p| p.item_of_span(row));
            let opened = app.answers.opened.value();
            if let Some(span) = opened.and_then(|o| o.snapshot.spans.get(row)).map(|s| s.span_id()) {
                app.state.go_to_span(item, span, ctx.input(|i| i.time));
            }
        }
        Command::CloseTrace => {
            let place = Place { trace: None, ..s.place.clone() };
            s.is_waterfall_full = false;
            s.go(place);
        }
        Command::ToggleWaterfallHeight => s.is_waterfall_full = !s.is_waterfall_full,
        Command::SetTheme(theme) => s.theme = theme,
        Command::SetLanguage(language) => s.comfort.language = language,
        Command::SetUtc(utc) => s.utc = utc,
        Command::FitMap => s.map.fit(),
        Command::ToggleMinimap => minimap(s, ctx),
        Command::Arrange(mode) => super::arrangement::arrange(app, mode),
        Command::Toggle(sheet) => toggle(s, sheet),
        Command::ForgetPositions => {
            s.positions.clear();
            s.map.positions.clear();
            s.arrangement.forget();
            s.map.fit();
            app.answers.generation += 1;
            app.answers.picture.forget();
        }
        // Who wants to see new data has seen enough of the old.
        Command::TogglePause if s.player.is_on() => playback::leave(s),
        Command::TogglePause => app.paused = !app.paused && app.session.is_live(),
        Command::Save(what, path) => saving::save(app, ctx, what, path, false),
        Command::Replace(what, path) => saving::save(app, ctx, what, Some(path), true),
        Command::CopyMap(form) => saving::copy(app, ctx, form),
        Command::CopyReport => {
            ctx.copy_text(markdown(&app.answers.investigation.parts(), None));
            app.state.report_note = Some(texts().save.the_report_is_on_the.to_owned());
        }
        Command::OpenRules => app.rules_dialog = Some(files::ask_rules(ctx)),
        Command::UseRules(None) => s.rules = RulesInUse::default(),
        Command::UseRules(Some(path)) => s.rules.take(&path, std::fs::read_to_string(&path)),
        Command::StopQuestion(question) => app.answers.investigation.stop(question, false),
        Command::AskAgain(question) => app.answers.investigation.stop(question, true),
        Command::CompareWith(_) | Command::ToggleComparison => compare(app, ctx, &command),
        other => {
            let other = investigate(s, other).and_then(|c| note(s, c));
            if let Some(other) = other.and_then(|c| comfort::apply(s, c)) {
                data(app, ctx, other);
            }
        }
    }
}

/// Shows the minimap or hides it; where there is nothing to see of that, it is told.
fn minimap(s: &mut State, ctx: &Context) {
    s.map.hides_minimap = !s.map.hides_minimap;
    if s.map.is_all_in_view {
        let t = &texts().map;
        let told = if s.map.hides_minimap { t.minimap_stays_away } else { t.minimap_comes_later };
        s.tell_done(ctx, told.to_owned());
    }
}

/// Opens a sheet, or closes it.
fn toggle(s: &mut State, sheet: Sheet) {
    (s.save.told, s.save.asks, s.save.takes_keys) = (None, None, true);
    if let Sheet::Save(what) = sheet {
        s.save.prefill(what);
    }
    s.sheet = if s.sheet == Some(sheet) { None } else { Some(sheet) };
}

/// Commands of the investigation; gives back what is none.
fn investigate(s: &mut State, command: Command) -> Option<Command> {
    match command {
        Command::OpenAnswer(question, item) => {
            let selection = item.or(s.place.selection.clone());
            s.report_note = None;
            s.go(Place { answer: Some(question), selection, ..s.place.clone() });
        }
        Command::Compare(comparing) => {
            s.go(Place { comparing: Some(comparing), answer: None, ..s.place.clone() });
        }
        Command::LeaveComparison => s.go(Place { comparing: None, ..s.place.clone() }),
        Command::CloseAnswer => s.go(Place { answer: None, selection: None, ..s.place.clone() }),
        Command::SetIncident(range) => s.times.incident = range,
        Command::SetCalm(range) => s.times.baseline = range,
        Command::FindTimes => s.times = Request::default(),
        Command::Choose(choice) => {
            if choice.is_some() {
                // Slowest first: that is what was looked for.
                s.order = TraceOrder::Slow;
            }
            s.choice = choice;
        }
        Command::SetScenario(scenario) => s.scenario = scenario,
        Command::GiveDeployment(given) => s.given = given,
        Command::Suppose(supposed) => s.supposed = supposed,
        Command::SetCostKeys(keys) => s.cost = keys,
        Command::NarrowRule(place, text) => s.rules.narrow(place, &text),
        other => return Some(other),
    }
    None
}

/// What the box at the top asks for: a filter, or names to find.
fn search(app: &mut App, ctx: &Context, command: Command) {
    let s = &mut app.state;
    let now = ctx.input(|i| i.time);
    match command {
        Command::SetFilter(text) => {
            if text.trim().is_empty() || Filter::parse(&text).is_ok() {
                arranging::before_filter(s, &text);
            }
            s.set_filter(text, now);
        }
        Command::Find(text) => {
            arranging::before_filter(s, "");
            s.set_filter(String::new(), now);
            s.filter_text = text;
        }
        Command::LookAt(item) => look_at(app, item),
        _ => {}
    }
}

/// Flies to something: to a node, to the box of an open group, and to what is hidden once it is shown again.
fn look_at(app: &mut App, item: Item) {
    let picture = app.answers.picture.value().cloned();
    let s = &mut app.state;
    let place = picture.as_ref().and_then(|p| p.place_of(&item));
    if let (Item::Node(id), None) = (&item, place)
        && let Some(name) = group_name(id).filter(|_| !s.arranging.now.hidden_nodes.contains(id))
    {
        s.map.look_at_box(name);
        return;
    }
    match (place, picture) {
        (Some(place), _) => {
            s.go(Place { selection: Some(item), answer: None, ..s.place.clone() });
            s.map.look_at(place);
        }
        (None, Some(_)) => fold(app, Fold::Show(item)),
        (None, None) => {}
    }
}

/// Groups, hides and focuses; the map is laid out anew where most of it is another.
fn fold(app: &mut App, what: Fold) {
    let picture = app.answers.picture.value().cloned();
    if arranging::apply(&mut app.state, picture.as_deref(), what) {
        app.answers.generation += 1;
    }
}

/// Another window; while two are compared, another later one of the two.
fn set_window(s: &mut State, window: Window) {
    let compared = s.place.comparing.clone();
    match (compared, window) {
        (Some(c), Window::Range(range)) => {
            s.go(Place { comparing: Some(c.with_after(range)), ..s.place.clone() });
        }
        (Some(_), _) => {
            s.go(Place { comparing: None, ..s.place.clone() });
            s.window = window;
        }
        (None, _) => s.window = window,
    }
}

/// Compares the window with a stretch of time, or leaves the comparison.
fn compare(app: &mut App, ctx: &Context, command: &Command) {
    let s = &mut app.state;
    let Some(extent) = app.snapshot.extent else { return };
    let window = s.window.range(Some(extent));
    let after = s.place.comparing.as_ref().map(|c| c.after);
    let comparing = match command {
        Command::CompareWith(marked) => Comparing::beside(*marked, after.or(window), extent),
        _ if after.is_some() => None,
        _ => window.and_then(|w| Comparing::with_before(w, extent)),
    };
    if comparing.is_none() && after.is_none() {
        let t = &texts().comparison;
        let why = if window.is_none() { t.choose_a_window_to_compare } else { t.nothing_to_compare_with };
        s.tell_done(ctx, why.to_owned());
    }
    s.go(Place { comparing, answer: None, ..s.place.clone() });
}

/// Commands about notes; gives back what is none.
fn note(s: &mut State, command: Command) -> Option<Command> {
    match command {
        Command::EditNote(on) => {
            s.notes.open(on, &Clock::new(s.utc));
            s.sheet = Some(Sheet::Note);
        }
        Command::KeepNote(old, on, text) => {
            s.notes.replace(&old, on, &text);
            s.notes.draft = None;
            s.sheet = None;
        }
        Command::UndoNote => s.notes.undo(),
        other => return Some(other),
    }
    None
}

/// Commands that open or forget data.
fn data(app: &mut App, ctx: &Context, command: Command) {
    let arrivals = app.session.arrivals();
    let Some(arrivals) = arrivals else { return };
    match command {
        Command::Open(paths) if app.is_empty() => app.session.readers.open(paths, arrivals),
        // Of a case file it is asked what becomes of the data that is there.
        Command::Open(paths) => app.session.readers.look(paths, ctx),
        Command::OpenBeside(paths) => {
            app.state.sheet = None;
            app.session.readers.open_beside(paths, arrivals);
        }
        Command::OpenInPlace(paths) => {
            forget(app);
            forget_work(app, ctx);
            app.session.readers.open_in_place(paths, arrivals);
        }
        Command::OpenSample => app.session.readers.open_sample(arrivals),
        Command::StopReading => app.session.readers.stop(),
        Command::StopSource(id) => app.session.readers.stop_one(id),
        Command::OpenDialog => app.dialog = Some(files::ask(ctx)),
        Command::Clear => {
            // The engine takes it after what is on its way; the window must not wait for a full queue.
            std::thread::spawn(move || drop(arrivals.send(Arrival::Clear)));
            forget(app);
        }
        _ => {}
    }
}

/// Forgets what was looked at: the data is gone.
fn forget(app: &mut App) {
    let s = &mut app.state;
    s.place = Place::default();
    s.back.clear();
    s.forward.clear();
    s.player.end();
    s.window = Window::All;
    s.positions.clear();
    s.arrangement.clear();
    (s.times, s.choice, s.given) = (Request::default(), None, None);
    app.paused = false;
    app.answers.investigation.forget();
}

/// Forgets what people did with the data too; what was arranged is kept for when the same system comes again.
fn forget_work(app: &mut App, ctx: &Context) {
    app.systems.begin(<_>::default(), &super::arrangement::kept(&app.state));
    let s = &mut app.state;
    s.sheet = None;
    s.notes = <_>::default();
    s.map.positions.clear();
    s.map.fit();
    s.arranging = <_>::default();
    app.answers.generation += 1;
    app.answers.picture.forget();
    apply(app, ctx, Command::SetFilter(String::new()));
}

/// To the window, or else to the incident; or out again.
fn zoom_timeline(app: &mut App) {
    let Some(all) = app.snapshot.extent else { return };
    let incident = app.answers.investigation.times().0;
    let s = &mut app.state;
    s.timeline.zoom_to(s.window.range(Some(all)).or(incident), all);
}

/// The window on a part of the data, with the timeline close to it; what comes in live stays in the window.
fn show_part(app: &mut App, part: TimeRange) {
    let Some(all) = app.snapshot.extent else { return };
    let grows = playback::is_receiving(app) && part.end >= all.end;
    let s = &mut app.state;
    set_window(s, if grows { Window::lately(part.length()) } else { Window::Range(part) });
    s.timeline.zoom_on(part, all);
}

/// Gives the keyboard to the traces of what is selected.
fn walk_traces(s: &mut State, ctx: &Context) {
    s.place.tab = Tab::Traces;
    focus_traces(ctx);
}

/// Closes what is on top.
fn escape(app: &mut App) {
    let s = &mut app.state;
    if s.sheet.is_some() {
        s.sheet = None;
    } else if s.place.trace.is_some() {
        s.is_waterfall_full = false;
        let place = Place { trace: None, ..s.place.clone() };
        s.go(place);
    } else if s.choice.is_some() {
        s.choice = None;
    } else if s.place.selection.is_some() || s.place.answer.is_some() {
        let place = Place { selection: None, answer: None, ..s.place.clone() };
        s.go(place);
    } else if let Some(Command::Fold(what)) = arranging::escape(s) {
        fold(app, what);
    } else if s.place.comparing.is_some() {
        s.go(Place { comparing: None, ..s.place.clone() });
    } else if s.player.is_on() {
        playback::leave(s);
    } else {
        s.window = Window::All;
    }
}

/// The sheet that the help key opens.
pub const HELP: Sheet = Sheet::Keys;
