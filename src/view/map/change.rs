//! How an item of the map changed from one stretch of time to another: verdicts with their signs, words and colours.
use egui::Color32;
use egui_phosphor::regular;

use super::input::Health;
use crate::texts::texts;
use crate::view::theme::Palette;

/// What a comparison says of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Slower, or failing more.
    Worse,
    /// Only after.
    New,
    /// Only before.
    Gone,
    /// Faster, or failing less.
    Better,
    /// Neither, and there is enough data to say so.
    Unchanged,
    /// Too little data to say anything.
    Unsure,
}

impl Verdict {
    /// All of them, in the order in which they are read.
    pub const ALL: [Self; 6] =
        [Self::Worse, Self::New, Self::Gone, Self::Better, Self::Unchanged, Self::Unsure];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Worse => texts().map.worse,
            Self::New => texts().map.new,
            Self::Gone => texts().map.gone,
            Self::Better => texts().map.better,
            Self::Unchanged => texts().map.unchanged,
            Self::Unsure => texts().map.insufficient_data,
        }
    }

    /// Its sign: another shape for each, for those who do not see its colour.
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Worse => regular::TREND_UP,
            Self::New => regular::PLUS,
            Self::Gone => regular::MINUS,
            Self::Better => regular::CHECK,
            Self::Unchanged => regular::EQUALS,
            Self::Unsure => regular::QUESTION,
        }
    }

    /// Its colour, for text and lines.
    pub const fn colour(self, p: &Palette) -> Color32 {
        match self {
            Self::Worse => p.critical,
            Self::New => p.dependents,
            Self::Gone => p.warning,
            Self::Better => p.healthy,
            Self::Unchanged | Self::Unsure => p.unknown,
        }
    }

    /// Whether there is a change to look at.
    pub const fn is_change(self) -> bool {
        !matches!(self, Self::Unchanged | Self::Unsure)
    }

    /// The health that asks for as much attention.
    pub(super) const fn health(self) -> Health {
        match self {
            Self::Worse => Health::Critical,
            Self::New | Self::Gone | Self::Better => Health::Warning,
            Self::Unchanged => Health::Healthy,
            Self::Unsure => Health::Unknown,
        }
    }

    /// What stands at the corner of a node.
    pub(super) fn badge(self) -> Option<String> {
        match self {
            Self::Unchanged => None,
            Self::Unsure => Some("?".to_owned()),
            _ => Some(format!("{} {}", self.icon(), self.word())),
        }
    }
}

/// A verdict with the figures that it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The verdict.
    pub verdict: Verdict,
    /// The change in short, such as `+180 ms p95`; may be empty.
    pub label: String,
    /// A second one, such as `0.4 → 12%`.
    pub more: Option<String>,
    /// What a screen reader says of it after the verdict.
    pub spoken: String,
}

impl Change {
    /// The line below a node.
    pub(super) fn line(&self) -> String {
        match &self.more {
            Some(more) if self.label.is_empty() => more.clone(),
            Some(more) => format!("{} · {more}", self.label),
            None => self.label.clone(),
        }
    }

    /// What stands on an edge: sign and change, and the second change.
    pub(super) fn pill(&self) -> (String, Option<String>) {
        let sign = self.verdict.icon();
        match (self.verdict, self.label.as_str(), &self.more) {
            (Verdict::Unchanged, ..) => (String::new(), None),
            (Verdict::Unsure, ..) => ("?".to_owned(), None),
            (_, "", Some(more)) => (format!("{sign} {more}"), None),
            (_, label, more) => (format!("{sign} {label}"), more.clone()),
        }
    }

    /// The verdict and its figures as a screen reader says them.
    pub(super) fn sentence(&self) -> String {
        let word = self.verdict.word();
        if self.spoken.is_empty() { word.to_owned() } else { format!("{word}, {}", self.spoken) }
    }
}
