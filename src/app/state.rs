//! What the window shows and remembers: selection, lens, history, sheets.
use std::collections::BTreeMap;
use std::sync::Arc;

use super::arrangement::Arrangement;
use super::arranging::Arranging;
use super::comfort::Comfort;
use crate::analysis::incident::Request;
use crate::export::cards::Question;
use crate::graph::Focus;
use crate::model::{SpanId, TraceId};
use crate::store::{Filter, FilterError};
use crate::view::map::{Camera, MapState};
use crate::view::panels::comparison::Comparing;
use crate::view::panels::finder::Finder;
use crate::view::panels::findings::{Choice, GivenDeployment, Scenario};
use crate::view::panels::notes::Notes;
use crate::view::panels::outage::{CostKeys, Supposed};
use crate::view::panels::picture::Positions;
use crate::view::panels::save::SaveFields;
use crate::view::panels::search::Searching;
use crate::view::panels::services::ServicesState;
use crate::view::panels::timeline::{Player, TimelineState};
use crate::view::panels::{Item, RulesInUse, Sheet, Tab, ThemeChoice, TraceOrder, Window, WindowFields};

/// Places kept to go back to.
const HISTORY: usize = 100;

/// The trace in the waterfall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenTrace {
    /// Which.
    pub id: TraceId,
    /// A span to show first.
    pub span: Option<SpanId>,
}

/// Where a person is: what Back returns to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// The selected item.
    pub selection: Option<Item>,
    /// The open trace.
    pub trace: Option<OpenTrace>,
    /// The tab of the right panel.
    pub tab: Tab,
    /// The question whose answer fills the right panel.
    pub answer: Option<Question>,
    /// Two stretches of time that are compared on the map.
    pub comparing: Option<Comparing>,
}

/// Seconds for which it is told what was done.
const DONE: f64 = 5.0;
/// Seconds after which a filter that stands is meant.
const MEANT: f64 = 1.0;

/// What was done, and until when that is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// What.
    pub text: String,
    /// The time of the window at which it goes.
    pub until: f64,
}

/// Everything that is not data.
#[derive(Default)]
pub struct State {
    /// Where the person is.
    pub place: Place,
    /// When a span was selected last, in seconds of the window's clock.
    pub span_at: f64,
    /// Where they were.
    pub back: Vec<Place>,
    /// Where they went back from.
    pub forward: Vec<Place>,
    /// The stretch of time.
    pub window: Window,
    /// The typed window of time.
    pub fields: WindowFields,
    /// The text in the filter box.
    pub filter_text: String,
    /// The filter in force.
    pub filter: Option<Arc<Filter>>,
    /// Since when, in seconds of the window's clock.
    pub filter_since: f64,
    /// What is in force while the text is no filter: the last one that was not just passed while typing.
    pub filter_kept: Option<Arc<Filter>>,
    /// Why the text is not one.
    pub filter_error: Option<FilterError>,
    /// Whether the filter box wants the keyboard.
    pub focus_filter: bool,
    /// Which traces are listed.
    pub order: TraceOrder,
    /// Whether the waterfall has the whole height.
    pub is_waterfall_full: bool,
    /// A sheet over the window.
    pub sheet: Option<Sheet>,
    /// The path typed into the sheet.
    pub path: String,
    /// Theme.
    pub theme: ThemeChoice,
    /// Whether times are in UTC.
    pub utc: bool,
    /// The map's own state.
    pub map: MapState,
    /// What is pointed at in a list or on the map.
    pub hinted: Option<Item>,
    /// The list's own state.
    pub services: ServicesState,
    /// The timeline's own state.
    pub timeline: TimelineState,
    /// The replay.
    pub player: Player,
    /// Where nodes stood last, by key.
    pub positions: Positions,
    /// Where nodes stood last in a close-up.
    pub close_up: CloseUp,
    /// Sizes of text, motion, and what else suits a person.
    pub comfort: Comfort,
    /// What the command palette holds.
    pub finder: Finder,
    /// Whether the selection is to come into the middle of the map with the next frame.
    pub comes_near: bool,
    /// What was hidden and is to be flown to once the map shows it again.
    pub shows_up: Option<Item>,
    /// The group that was opened last, until the map has it, and whether its nodes have not stood there before.
    pub opened: Option<(String, bool)>,
    /// A zoom to look at the selection with, or at the middle, once the map is there.
    pub zoom_asked: Option<f32>,
    /// Something to be told over the map, until it is closed.
    pub notice: Option<String>,
    /// What was done, told over the map for a moment.
    pub done: Option<Done>,
    /// Files of which it is asked how they are opened.
    pub asked: Vec<std::path::PathBuf>,
    /// How the map is arranged.
    pub arrangement: Arrangement,
    /// Widths that people gave to panels, by name, in points.
    pub widths: BTreeMap<String, f32>,
    /// The trace whose path the map looks at, and where it looked before.
    pub looked_at: Option<(TraceId, Option<Camera>)>,
    /// When it was bad and when calm, where somebody said so.
    pub times: Request,
    /// Requests that are looked into.
    pub choice: Option<Choice>,
    /// The deployment that somebody named.
    pub given: Option<GivenDeployment>,
    /// The outage that is supposed.
    pub supposed: Supposed,
    /// Attributes that tell of users and money.
    pub cost: CostKeys,
    /// The rules by which alerts are raised.
    pub rules: RulesInUse,
    /// Traffic and speed that capacity supposes.
    pub scenario: Scenario,
    /// The box's own state.
    pub searching: Searching,
    /// Groups, and what is hidden.
    pub arranging: Arranging,
    /// What became of the last report.
    pub report_note: Option<String>,
    /// What was chosen in the sheet that saves.
    pub save: SaveFields,
    /// Notes on nodes and moments.
    pub notes: Notes,
    /// Keys and letters that came in the frame that opened a box, for the next one.
    pub held_back: Vec<egui::Event>,
    /// Whether a text had the keyboard in the last frame.
    pub was_typing: bool,
    /// The chosen language of the start page.
    pub language: usize,
}

/// Where nodes stand in the drawing of its own that a focus on a large map has.
#[derive(Debug, Default)]
pub struct CloseUp {
    focus: Option<Focus>,
    positions: Positions,
}

impl CloseUp {
    /// The places in the close-up of this focus, if it is the one that was shown last.
    pub fn of(&self, focus: Option<&Focus>) -> Positions {
        if self.focus.as_ref() == focus { self.positions.clone() } else { Positions::new() }
    }

    /// Whether it is shown with this focus.
    pub fn is_of(&self, focus: Option<&Focus>) -> bool {
        focus.is_some() && self.focus.as_ref() == focus && !self.positions.is_empty()
    }

    /// Notes where nodes stand.
    pub fn see(&mut self, focus: Option<&Focus>, positions: Positions) {
        if self.focus.as_ref() != focus {
            *self = Self { focus: focus.cloned(), positions: Positions::new() };
        }
        self.positions.extend(positions);
    }
}

impl State {
    /// Goes somewhere, and remembers where from.
    pub fn go(&mut self, place: Place) {
        if place == self.place {
            return;
        }
        self.back.push(std::mem::replace(&mut self.place, place));
        if self.back.len() > HISTORY {
            self.back.remove(0);
        }
        self.forward.clear();
    }
    /// Goes to a span of the open trace; one after the other in quick succession, as by arrow keys, are one step.
    pub fn go_to_span(&mut self, selection: Option<Item>, span: SpanId, now: f64) {
        let Some(open) = &self.place.trace else { return };
        let is_walk = open.span.is_some() && now - self.span_at < MEANT;
        let trace = Some(OpenTrace { id: open.id, span: Some(span) });
        let selection = selection.or(self.place.selection.clone());
        let place = Place { trace, selection, ..self.place.clone() };
        self.span_at = now;
        if is_walk { self.place = place } else { self.go(place) }
    }
    /// One place back.
    pub fn go_back(&mut self) {
        if let Some(place) = self.back.pop() {
            self.forward.push(std::mem::replace(&mut self.place, place));
        }
    }
    /// One place forward.
    pub fn go_forward(&mut self) {
        if let Some(place) = self.forward.pop() {
            self.back.push(std::mem::replace(&mut self.place, place));
        }
    }
    /// Tells for a moment what was done.
    pub fn tell_done(&mut self, ctx: &egui::Context, text: String) {
        self.done = Some(Done { text, until: ctx.input(|i| i.time) + DONE });
    }
    /// Takes a new text for the filter, at a moment of the window's clock.
    ///
    /// While it does not parse, that filter is in force which somebody meant: half a word that happened to be one
    /// on the way is none.
    pub fn set_filter(&mut self, text: String, now: f64) {
        if now - self.filter_since >= MEANT {
            self.filter_kept.clone_from(&self.filter);
        }
        let parsed = (!text.trim().is_empty()).then(|| Filter::parse(&text)).transpose();
        let filter = match parsed {
            Ok(filter) => {
                self.filter_error = None;
                filter.map(Arc::new)
            }
            Err(error) => {
                self.filter_error = Some(error);
                self.filter_kept.clone()
            }
        };
        if filter != self.filter {
            (self.filter, self.filter_since) = (filter, now);
        }
        self.filter_text = text;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn history_goes_back_and_forth_and_forgets_the_branch_left() {
        let at = |n: &str| Place { selection: Some(Item::Node(n.to_owned())), ..Place::default() };
        let mut s = State::default();
        s.go(at("a"));
        s.go(at("a"));
        s.go(at("b"));
        s.go_back();
        assert_eq!(s.place, at("a"));
        s.go_forward();
        assert_eq!(s.place, at("b"));
        s.go_back();
        s.go(at("c"));
        s.go_forward();
        assert_eq!(s.place, at("c"));
        s.go_back();
        s.go_back();
        s.go_back();
        assert_eq!(s.place, Place::default());
    }

    #[test]
    fn a_span_is_a_step_and_a_walk_over_spans_is_one() {
        let trace = |span| Some(OpenTrace { id: TraceId::default(), span });
        let mut s = State::default();
        s.go(Place { trace: trace(None), ..Place::default() });
        let spans = [1, 2, 3].map(|n: u64| SpanId(n.to_be_bytes()));
        for (span, at) in spans.into_iter().zip([10.0, 20.0, 20.5]) {
            s.go_to_span(None, span, at);
        }
        let mut seen = Vec::new();
        while s.place.trace.is_some() {
            seen.extend(s.place.trace.as_ref().map(|t| t.span));
            s.go_back();
        }
        assert_eq!(seen, [Some(spans[2]), Some(spans[0]), None]);
    }

    #[test]
    fn a_text_that_is_no_filter_keeps_the_old_one() {
        let mut s = State::default();
        s.set_filter("service:cart".to_owned(), 10.0);
        let old = s.filter.clone();
        s.set_filter("service:".to_owned(), 12.0);
        assert!(s.filter_error.is_some());
        assert_eq!(s.filter, old);
        for (at, passed) in [(12.1, "dur:2"), (12.2, "dur:2s"), (12.3, "dur:2s.")] {
            s.set_filter(passed.to_owned(), at);
        }
        assert_eq!((s.filter_error.is_some(), &s.filter), (true, &old), "2s was only on the way");
        s.set_filter(" ".to_owned(), 20.0);
        assert!(s.filter.is_none() && s.filter_error.is_none());
    }
}
