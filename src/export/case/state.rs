//! What a case file keeps beside spans, as JSON. Unknown fields are ignored and missing ones have defaults.
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::CaseMap;
use crate::export::edge_signs::EdgeSigns;
use crate::model::{TimeRange, Timestamp};
use crate::texts::{Sentence, say};

/// Everything beside the spans.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CaseState {
    /// What wrote it.
    pub made_by: String,
    /// Spans that follow.
    pub spans: u64,
    /// Traces that they belong to.
    pub traces: u64,
    /// What was hidden: `names`, `attributes`, `statements`, `notes`, or patterns of keys.
    pub redacted: Vec<String>,
    /// The stretch of time that is looked at; `None` for all.
    pub window: Option<CaseWindow>,
    /// The text of the filter.
    pub filter: String,
    /// What is selected.
    pub selection: Option<CaseItem>,
    /// The open trace.
    pub trace: Option<CaseTrace>,
    /// The tab of the right panel: `traces`, `calls`, `impact`.
    pub tab: String,
    /// Where nodes stand, by id: x and y in world points.
    pub positions: BTreeMap<String, (f32, f32)>,
    /// Where nodes were put by hand.
    pub pins: BTreeMap<String, (f32, f32)>,
    /// The middle of the view and its zoom; `None` where the whole map is shown.
    pub camera: Option<(f32, f32, f32)>,
    /// Notes on nodes and moments.
    pub notes: Vec<CaseNote>,
    /// What width, colour and label of edges mean; `None` where it does not say.
    pub edges: Option<CaseEdges>,
    /// The word of the layout, such as `layered`; empty for the usual one.
    pub layout: String,
    /// The id of the node in the middle of rings; empty where there is none.
    pub layout_focus: String,
    /// Where nodes were put by hand in the layouts that are not shown, by their words.
    pub other_pins: BTreeMap<String, BTreeMap<String, (f32, f32)>>,
    /// Groups, and what is hidden.
    pub map: CaseMap,
}

/// What edges mean, in the words of the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CaseEdges {
    /// Of the width.
    pub width: String,
    /// Of the colour.
    pub colour: String,
    /// Of the label.
    pub label: String,
}

impl CaseEdges {
    /// Of a choice.
    pub fn of(signs: EdgeSigns) -> Self {
        let [width, colour, label] = signs.words().map(str::to_owned);
        Self { width, colour, label }
    }
    /// As a choice; what is not known means what it usually does.
    pub fn signs(&self) -> EdgeSigns {
        EdgeSigns::from_words([&self.width, &self.colour, &self.label])
    }
}

/// A stretch of time, in nanoseconds since 1970 as decimal texts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CaseWindow {
    /// The first moment.
    pub start_unix_nano: String,
    /// The first moment after it.
    pub end_unix_nano: String,
}

impl CaseWindow {
    /// Of a range.
    pub fn of(range: TimeRange) -> Self {
        Self { start_unix_nano: range.start.0.to_string(), end_unix_nano: range.end.0.to_string() }
    }
    /// As a range; `None` where it is none.
    pub fn range(&self) -> Option<TimeRange> {
        let at = |text: &str| text.parse().ok().map(Timestamp);
        let (start, end) = (at(&self.start_unix_nano)?, at(&self.end_unix_nano)?);
        (start < end).then(|| TimeRange::new(start, end))
    }
}

/// A node or an edge, by ids.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseItem {
    /// A node.
    Node(String),
    /// An edge.
    Edge(CaseEdge),
}

/// Caller and callee.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseEdge {
    /// The id of the caller.
    pub from: String,
    /// The id of the callee.
    pub to: String,
}

/// The open trace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseTrace {
    /// 32 hexadecimal digits.
    pub id: String,
    /// The span in the light: 16 hexadecimal digits, or nothing.
    #[serde(default)]
    pub span: String,
}

/// A note.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseNote {
    /// On what.
    pub on: NotedOn,
    /// What it says.
    pub text: String,
}

/// What a note is on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotedOn {
    /// A node, by id.
    Node(String),
    /// A moment, in nanoseconds since 1970 as decimal text.
    MomentUnixNano(String),
}

impl CaseState {
    /// Without anything about nodes other than these; groups stay.
    pub fn within(&self, ids: &BTreeSet<String>) -> Self {
        let is_known = |id: &str| ids.contains(id) || id.starts_with(GROUP);
        let mut out = self.clone();
        out.positions.retain(|id, _| is_known(id));
        for pins in out.other_pins.values_mut().chain([&mut out.pins]) {
            pins.retain(|id, _| is_known(id));
        }
        out.notes.retain(|n| !matches!(&n.on, NotedOn::Node(id) if !is_known(id)));
        out.selection = out.selection.filter(|item| match item {
            CaseItem::Node(id) => is_known(id),
            CaseItem::Edge(e) => is_known(&e.from) && is_known(&e.to),
        });
        if !is_known(&out.layout_focus) {
            out.layout_focus.clear();
        }
        out.map.hidden_nodes.retain(|id| is_known(id));
        out.map.hidden_edges.retain(|(from, to)| is_known(from) && is_known(to));
        out.map.focus = out.map.focus.filter(|f| f.around.iter().all(|id| is_known(id)));
        out
    }

    /// From the JSON of a file; the error lacks the file's `name`.
    pub fn parse(bytes: &[u8]) -> Result<Self, Sentence> {
        let mut state: Self = serde_json::from_slice(bytes)
            .map_err(|e| say(|t| t.reading.case_state).with("why", e.to_string()))?;
        let is_sound = |p: &(f32, f32)| p.0.abs() < FARTHEST && p.1.abs() < FARTHEST;
        state.positions.retain(|_, p| is_sound(p));
        for pins in state.other_pins.values_mut().chain([&mut state.pins]) {
            pins.retain(|_, p| is_sound(p));
        }
        state.camera = state.camera.filter(|c| is_sound(&(c.0, c.1)) && (0.01..=16.0).contains(&c.2));
        state.notes.truncate(MOST_NOTES);
        for note in &mut state.notes {
            let end = note.text.floor_char_boundary(LONGEST_NOTE);
            note.text.truncate(end);
        }
        Ok(state)
    }
}

/// How the ids of groups begin.
pub(super) const GROUP: &str = "group:";
/// World points that a node may be away from the middle.
const FARTHEST: f32 = 1e7;
/// Notes that are read.
const MOST_NOTES: usize = 10_000;
/// Bytes of a note that are read.
const LONGEST_NOTE: usize = 64 * 1024;
