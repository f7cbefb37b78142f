//! Commands, and what each does to the window. Every click ends here.
use egui::Context;

pub use crate::view::panels::{Command, Item, Tab, ThemeChoice, Window};

use super::state::{OpenTrace, Place};
use super::{App, files};
use crate::model::Arrival;
use crate::view::panels::Sheet;

/// Does a command.
pub fn apply(app: &mut App, ctx: &Context, command: Command) {
    let s = &mut app.state;
    match command {
        Command::Select(selection) => {
            let tab = s.place.tab;
            let trace = s.place.trace.clone();
            s.go(Place { selection, trace, tab });
        }
        Command::Hover(item) => s.hinted = item,
        Command::Back => s.go_back(),
        Command::Forward => s.go_forward(),
        Command::Escape => escape(app),
        Command::SetWindow(window) => s.window = window,
        Command::SetFilter(text) => s.set_filter(text),
        Command::FocusFilter => s.focus_filter = true,
        Command::SetTab(tab) => s.place.tab = tab,
        Command::SetOrder(order) => s.order = order,
        Command::OpenTrace(id, span) => {
            let place = Place { trace: Some(OpenTrace { id, span }), ..s.place.clone() };
            s.go(place);
        }
        Command::SelectSpan(row) => {
            // The span's service is selected with it; a span that is not on the map changes nothing.
            let picture = app.answers.picture.value();
            if let Some(item) = picture.and_then(|p| p.item_of_span(row)) {
                app.state.place.selection = Some(item);
            }
        }
        Command::CloseTrace => {
            let place = Place { trace: None, ..s.place.clone() };
            s.is_waterfall_full = false;
            s.go(place);
        }
        Command::ToggleWaterfallHeight => s.is_waterfall_full = !s.is_waterfall_full,
        Command::SetTheme(theme) => s.theme = theme,
        Command::SetUtc(utc) => s.utc = utc,
        Command::FitMap => s.map.fit(),
        Command::Toggle(sheet) => s.sheet = if s.sheet == Some(sheet) { None } else { Some(sheet) },
        Command::ForgetPositions => {
            s.positions.clear();
            s.map.positions.clear();
            s.map.fit();
            app.answers.generation += 1;
            app.answers.picture.forget();
        }
        Command::TogglePause => app.paused = !app.paused && app.session.is_live(),
        other => data(app, ctx, other),
    }
}

/// Commands that open or forget data.
fn data(app: &mut App, ctx: &Context, command: Command) {
    let arrivals = app.session.arrivals();
    let Some(arrivals) = arrivals else { return };
    match command {
        Command::Open(paths) => app.session.readers.open(paths, arrivals),
        Command::OpenSample => app.session.readers.open_sample(arrivals),
        Command::StopReading => app.session.readers.stop(),
        Command::StopSource(id) => app.session.readers.stop_one(id),
        Command::OpenDialog => app.dialog = Some(files::ask(ctx)),
        Command::Clear => {
            // The engine takes it after what is on its way; the window must not wait for a full queue.
            std::thread::spawn(move || drop(arrivals.send(Arrival::Clear)));
            let s = &mut app.state;
            s.place = Place::default();
            s.back.clear();
            s.forward.clear();
            s.window = Window::All;
            s.positions.clear();
            app.paused = false;
        }
        _ => {}
    }
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
    } else if s.place.selection.is_some() {
        let place = Place { selection: None, ..s.place.clone() };
        s.go(place);
    } else {
        s.window = Window::All;
    }
}

/// The sheet that the help key opens.
pub const HELP: Sheet = Sheet::Keys;
