//! What a person can point at and ask for in the window: the vocabulary between panels and the application.
use std::path::PathBuf;

use super::arranging::Fold;
use super::comparison::Comparing;
use super::findings::{Choice, GivenDeployment, Scenario};
use super::notes::NoteOn;
use super::outage::{CostKeys, Supposed};
use super::save::Saving;
use super::timeline::Replay;
use crate::analysis::traces::Sort;
use crate::export::cards::Question;
use crate::export::edge_signs::EdgeSigns;
use crate::export::map_forms::MapForm;
use crate::layout::Mode;
use crate::model::{Nanos, SourceId, SpanId, SpanRow, TimeRange, TraceId};
use crate::texts::{self, texts};

/// Something that can be pointed at. Nodes are named by id, so that a selection outlives new data.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Item {
    /// A node by its id.
    Node(String),
    /// An edge by the ids of caller and callee.
    Edge(String, String),
}

/// The last stretches that are offered, in minutes.
const LATELY: [i64; 3] = [5, 15, 60];

/// The stretch of time that is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Window {
    /// All data.
    #[default]
    All,
    /// The last stretch before the newest data.
    Last(Nanos),
    /// From then to then.
    Range(TimeRange),
}

impl Window {
    /// The last stretch of those that are offered that holds so much; else the longest.
    pub fn lately(length: Nanos) -> Self {
        let minutes = LATELY.into_iter().find(|m| Nanos::from_secs(60 * m) >= length).unwrap_or(60);
        Self::Last(Nanos::from_secs(60 * minutes))
    }

    /// The range it stands for, given where the data lies; `None` for everything.
    pub fn range(self, extent: Option<TimeRange>) -> Option<TimeRange> {
        match (self, extent) {
            (Self::All, _) | (Self::Last(_), None) => None,
            (Self::Last(length), Some(e)) => Some(TimeRange::new((e.end - length).max(e.start), e.end)),
            (Self::Range(range), _) => Some(range),
        }
    }
}

/// What the right panel shows of a node or an edge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tab {
    /// Its traces.
    #[default]
    Traces,
    /// Who calls it and whom it calls.
    Calls,
    /// Who is hit when it fails.
    Impact,
}

impl Tab {
    /// All of them, in order.
    pub const ALL: [Self; 3] = [Self::Traces, Self::Calls, Self::Impact];
    /// Its name in arguments and files.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Traces => "traces",
            Self::Calls => "calls",
            Self::Impact => "impact",
        }
    }
    /// Its name on the screen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Traces => texts().side.traces,
            Self::Calls => texts().side.calls,
            Self::Impact => texts().side.impact,
        }
    }
    /// From its name in arguments, in any case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.id().eq_ignore_ascii_case(text))
    }
}

/// Which traces a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TraceOrder {
    /// Longest first.
    #[default]
    Slow,
    /// Only failed ones, longest first.
    Failed,
    /// Newest first.
    Recent,
}

impl TraceOrder {
    /// All of them, in order.
    pub const ALL: [Self; 3] = [Self::Slow, Self::Failed, Self::Recent];
    /// Its name on the screen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Slow => texts().side.slow,
            Self::Failed => texts().side.failed,
            Self::Recent => texts().side.recent,
        }
    }
    /// As the analysis knows it: order, and whether only failed ones count.
    pub fn question(self) -> (Sort, bool) {
        match self {
            Self::Slow => (Sort::Duration, false),
            Self::Failed => (Sort::Duration, true),
            Self::Recent => (Sort::Start, false),
        }
    }
}

/// Dark, light, or as the system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ThemeChoice {
    /// As the system says.
    #[default]
    System,
    /// Always dark.
    Dark,
    /// Always light.
    Light,
}

/// How much may move by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Motion {
    /// As the system says.
    #[default]
    System,
    /// Nothing that is not needed.
    Reduced,
    /// All of it.
    Full,
}

/// A sheet over the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sheet {
    /// The keys.
    Keys,
    /// The command palette.
    Commands,
    /// What arrived and what became of it.
    Losses,
    /// A path to type, where there is no file dialog.
    Path,
    /// What is saved, in which form and where.
    Save(Saving),
    /// A note.
    Note,
    /// How a case file is opened while other data is.
    OpenCase,
}

/// What a person asks for. Queued while a frame is drawn, applied before the next.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Reads files and folders.
    Open(Vec<PathBuf>),
    /// Reads files in place of all that is open.
    OpenInPlace(Vec<PathBuf>),
    /// Reads files beside what is open; of a case file spans, notes and pins are added.
    OpenBeside(Vec<PathBuf>),
    /// Asks for files.
    OpenDialog,
    /// Loads the sample.
    OpenSample,
    /// Stops reading files.
    StopReading,
    /// Stops reading one file, or following it.
    StopSource(SourceId),
    /// Forgets all spans.
    Clear,
    /// Selects something, or nothing.
    Select(Option<Item>),
    /// Points at something, or nothing.
    Hover(Option<Item>),
    /// One place back.
    Back,
    /// One place forward.
    Forward,
    /// Closes what is on top: a sheet, the waterfall, the chosen requests, the selection, the comparison, the window
    /// of time.
    Escape,
    /// Looks at a stretch of time.
    SetWindow(Window),
    /// Compares two stretches of time on the map.
    Compare(Comparing),
    /// Compares this stretch with the window, or with the rest of the time where there is none.
    CompareWith(TimeRange),
    /// Compares the window with as much time before it; or leaves the comparison.
    ToggleComparison,
    /// Shows one window again.
    LeaveComparison,
    /// Looks at what matches this text.
    SetFilter(String),
    /// Puts the keyboard into the filter box.
    FocusFilter,
    /// Shows a tab of the right panel.
    SetTab(Tab),
    /// Shows other traces in the list.
    SetOrder(TraceOrder),
    /// Opens a trace, maybe at a span.
    OpenTrace(TraceId, Option<SpanId>),
    /// A span of the open trace.
    SelectSpan(SpanRow),
    /// Closes the trace.
    CloseTrace,
    /// Gives the waterfall the whole height, or takes it back.
    ToggleWaterfallHeight,
    /// Stops showing new data, or goes on.
    TogglePause,
    /// Moves the replay.
    Replay(Replay),
    /// Sets the theme.
    SetTheme(ThemeChoice),
    /// Changes the language.
    SetLanguage(texts::Choice),
    /// Shows times in UTC, or in the local zone.
    SetUtc(bool),
    /// Shows the whole map.
    FitMap,
    /// Arranges the map in this way.
    Arrange(Mode),
    /// Says what width, colour and label of edges mean.
    SetEdgeSigns(EdgeSigns),
    /// Shows or hides the minimap.
    ToggleMinimap,
    /// Opens or closes the card that explains every sign of the map.
    ToggleLegend,
    /// Zooms the timeline to the window, or out again.
    ZoomTimeline,
    /// Looks at one part of the data alone, on one side of a gap.
    ShowPart(TimeRange),
    /// Gives the map the keyboard.
    FocusMap,
    /// Gives the keyboard to the list of traces of what is selected.
    FocusTraces,
    /// Selects something and brings it into the middle of the map.
    GoTo(Item),
    /// Makes text larger or smaller by so many steps; by none, as it came.
    ScaleText(i8),
    /// Sets how much may move.
    SetMotion(Motion),
    /// Gives panels their first sizes again.
    ResetLayout,
    /// Opens or closes a sheet.
    Toggle(Sheet),
    /// Takes a text as names to find: nothing is narrowed.
    Find(String),
    /// Selects something and brings it into view.
    LookAt(Item),
    /// Groups, hides, focuses, or takes that back.
    Fold(Fold),
    /// Takes away positions set by hand.
    ForgetPositions,
    /// Opens the answer to a question, and selects what a finding is about.
    OpenAnswer(Question, Option<Item>),
    /// From an answer back to the overview.
    CloseAnswer,
    /// Ends the work on an answer.
    StopQuestion(Question),
    /// Goes on with what was stopped.
    AskAgain(Question),
    /// Says when it was bad.
    SetIncident(Option<TimeRange>),
    /// Says when it was calm.
    SetCalm(Option<TimeRange>),
    /// Finds incident and calm time by itself again.
    FindTimes,
    /// Narrows the window to these requests, or to none.
    Choose(Option<Choice>),
    /// Names a deployment, or forgets the one that was named.
    GiveDeployment(Option<GivenDeployment>),
    /// Supposes an outage.
    Suppose(Supposed),
    /// Names attributes that tell of users and money.
    SetCostKeys(CostKeys),
    /// Puts the incident review on the clipboard.
    CopyReport,
    /// Saves something to a path, or asks where; before a file is replaced it asks.
    Save(Saving, Option<PathBuf>),
    /// Saves something in place of a file.
    Replace(Saving, PathBuf),
    /// Puts the map on the clipboard.
    CopyMap(MapForm),
    /// Opens the note on a node or a moment.
    EditNote(NoteOn),
    /// Keeps a note that was on the first, on the second; an empty one is deleted.
    KeepNote(NoteOn, NoteOn, String),
    /// Takes back the last change of a note.
    UndoNote,
    /// Asks for a file of rules.
    OpenRules,
    /// Raises alerts by the rules of this file, or by the usual ones.
    UseRules(Option<PathBuf>),
    /// Counts only calls of traces that pass this filter for the so-manieth rule.
    NarrowRule(usize, String),
    /// Supposes other traffic, or a faster service.
    SetScenario(Scenario),
}
