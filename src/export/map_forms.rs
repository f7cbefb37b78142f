//! The forms in which people take the service graph away: what `spanscape map` prints and the window saves.
use std::collections::BTreeMap;

use super::edge_signs::EdgeSigns;
use super::map::EdgeAnswers;
use super::{graphml, map, mermaid, svg};
use crate::analysis::edge_reading::times_in_queue;
use crate::analysis::timeouts::inferred_timeouts;
use crate::graph::{GraphIndex, Snapshot};
use crate::model::NodeId;
use crate::store::Lens;
use crate::texts::texts;

/// A form of the map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MapForm {
    /// A picture of pixels.
    #[default]
    Png,
    /// A picture of lines.
    Svg,
    /// For Graphviz.
    Dot,
    /// For Markdown.
    Mermaid,
    /// For Gephi, yEd and networkx.
    Graphml,
    /// A row for each edge and node.
    Csv,
    /// The contract of the command line.
    Json,
    /// Two tables, for people.
    Table,
}

impl MapForm {
    /// All that can be saved, in the order of a menu.
    pub const FILES: [Self; 7] =
        [Self::Png, Self::Svg, Self::Dot, Self::Mermaid, Self::Graphml, Self::Csv, Self::Json];

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Svg => "SVG",
            Self::Dot => "DOT",
            Self::Mermaid => "Mermaid",
            Self::Graphml => "GraphML",
            Self::Csv => "CSV",
            Self::Json => "JSON",
            Self::Table => "table",
        }
    }
    /// What it is good for, as a sentence.
    pub fn purpose(self) -> &'static str {
        match self {
            Self::Png => texts().save.form_png,
            Self::Svg => texts().save.form_svg,
            Self::Dot => texts().save.form_dot,
            Self::Mermaid => texts().save.form_mermaid,
            Self::Graphml => texts().save.form_graphml,
            Self::Csv => texts().save.form_csv,
            Self::Json => texts().save.form_json,
            Self::Table => texts().save.form_table,
        }
    }
    /// The end of a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Svg => "svg",
            Self::Dot => "dot",
            Self::Mermaid => "mmd",
            Self::Graphml => "graphml",
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Table => "txt",
        }
    }
    /// The form that the end of a file's name tells, where it tells one.
    pub fn of_path(path: &str) -> Option<Self> {
        let end = path.rsplit_once('.')?.1.trim_end().to_lowercase();
        Self::FILES.into_iter().find(|form| form.extension() == end)
    }
}

/// What of the data is seen, and where nodes stand; nodes without a place find one.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The data.
    pub snapshot: &'a Snapshot,
    /// The window and filter.
    pub lens: &'a Lens,
    /// The graph under them.
    pub index: &'a GraphIndex,
    /// Of nodes that stand for groups: the ids of their members.
    pub members: &'a BTreeMap<NodeId, Vec<String>>,
    /// By node, the name of the box that it stands in.
    pub boxes: &'a [Option<String>],
    /// Places by id of node, in world points.
    pub places: &'a BTreeMap<String, (f32, f32)>,
    /// The id of the selected node.
    pub selected: Option<&'a str>,
    /// What edges of a picture mean.
    pub signs: EdgeSigns,
    /// Whether a picture of lines is light on dark.
    pub is_dark: bool,
}

/// The map as text; `None` for a picture of pixels.
pub fn text(form: MapForm, seen: &Seen<'_>) -> Option<String> {
    let graph = &seen.index.graph;
    Some(match form {
        MapForm::Png => return None,
        MapForm::Svg => svg::svg(seen),
        MapForm::Dot => map::dot(graph, seen.boxes),
        MapForm::Mermaid => mermaid::mermaid(graph, seen.boxes),
        MapForm::Graphml => graphml::graphml(graph, seen.boxes),
        MapForm::Csv => map::csv(graph),
        MapForm::Json => {
            let answers = EdgeAnswers {
                timeouts: inferred_timeouts(seen.snapshot, seen.lens, seen.index),
                in_queue: times_in_queue(seen.snapshot, seen.lens, seen.index),
            };
            map::json(seen.snapshot, seen.index, seen.members, &answers)
        }
        MapForm::Table => map::table(graph),
    })
}
