//! What is said of a text that is no filter, or may not be meant so, and which word of it is underlined.
use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, RichText, Stroke, Ui};

use super::{Offer, Searching, Top};
use crate::export::filter_fault::{doubt_text, fault_text};
use crate::store::{Doubt, Filter, FilterFault};
use crate::texts::{fill, texts};
use crate::view::text;
use crate::view::theme::{self, Palette};

/// What is wrong with the text, or may not be meant so.
#[derive(Default)]
pub(super) struct Told {
    pub(super) sentence: String,
    /// Byte of the word that it is about.
    offset: usize,
    is_error: bool,
    /// Whether the word is still being written: nothing is wrong with it yet.
    is_unfinished: bool,
    /// Which filter is in force instead, in a sentence.
    meanwhile: String,
}

impl Told {
    pub(super) fn of(top: &Top<'_>, text: &str, state: &Searching, offers: &[Offer]) -> Self {
        let rest =
            |offset: usize| text.get(text.floor_char_boundary(offset)..).unwrap_or_default().trim_end();
        // The last word, with the cursor behind it.
        let is_last = |offset: usize| {
            let is_one = !rest(offset).contains(char::is_whitespace);
            state.is_focused && state.cursor >= text.trim_end().len() && is_one
        };
        if let Some(error) = top.error {
            let has_more = offers.iter().any(|o| matches!(o, Offer::Write(_)));
            let is_open = matches!(
                error.fault,
                FilterFault::OpenQuote | FilterFault::OpenPattern | FilterFault::OpenParenthesis
            );
            let is_unfinished =
                is_last(error.offset) && (is_open || has_more || rest(error.offset).is_empty());
            let sentence = complaint(fault_text(&error.fault), error.offset, text);
            let words = &texts().arranging;
            let meanwhile = match top.in_force {
                Some(filter) => fill(words.still_filtered_by, &[("filter", &text::name(filter, 80))]),
                None => words.not_filtered_meanwhile.to_owned(),
            };
            return Self { sentence, offset: error.offset, is_error: true, is_unfinished, meanwhile };
        }
        let filter = Filter::parse(text).ok().filter(|f| !f.is_plain());
        let doubts = filter.zip(top.words).map(|(f, words)| f.doubts(words)).unwrap_or_default();
        let Some(first) = doubts.first() else { return Self::default() };
        let sentence = complaint(doubt_text(&first.doubt), first.offset, text);
        // A unit may still come.
        let is_unfinished = matches!(first.doubt, Doubt::Milliseconds(_)) && is_last(first.offset);
        Self { sentence, offset: first.offset, is_error: false, is_unfinished, meanwhile: String::new() }
    }

    pub(super) fn colour(&self, p: &Palette) -> Color32 {
        match (self.is_unfinished, self.is_error) {
            (true, _) => p.muted,
            (false, true) => p.critical,
            (false, false) => p.warning,
        }
    }

    /// Which word is underlined, and in which colour.
    pub(super) fn mark(&self, p: &Palette) -> Option<(usize, Color32)> {
        (!self.sentence.is_empty() && !self.is_unfinished).then(|| (self.offset, self.colour(p)))
    }

    /// All that it says, for a tooltip.
    pub(super) fn whole(&self) -> String {
        [self.sentence.as_str(), &self.meanwhile].join("\n").trim_end().to_owned()
    }

    pub(super) fn show(&self, ui: &mut Ui, p: &Palette) {
        let mut line = |text: &str, colour| {
            ui.add(egui::Label::new(RichText::new(text).font(theme::small()).color(colour)).wrap());
        };
        line(&self.sentence, self.colour(p));
        if !self.is_unfinished && !self.meanwhile.is_empty() {
            line(&self.meanwhile, p.text);
        }
    }
}

/// The text with the word at a byte underlined.
pub(super) fn marked(text: &str, mark: Option<(usize, Color32)>, p: &Palette) -> LayoutJob {
    let format = |color: Color32, underline: Stroke| TextFormat {
        font_id: theme::body(),
        color,
        underline,
        ..TextFormat::default()
    };
    let mut job = LayoutJob::default();
    let plain = format(p.text, Stroke::NONE);
    match mark {
        None => job.append(text, 0.0, plain),
        Some((offset, colour)) => {
            let start = text.floor_char_boundary(offset.min(text.len()));
            // At the end there is no word to mark: mark the last one.
            let start = if text.get(start..).is_none_or(|t| t.trim().is_empty()) {
                text.trim_end().rfind(' ').map_or(0, |i| i + 1)
            } else {
                start
            };
            let (before, rest) = text.split_at(start);
            let end = rest.find(' ').unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            job.append(before, 0.0, plain.clone());
            job.append(word, 0.0, format(colour, Stroke::new(1.5, colour)));
            job.append(after, 0.0, plain);
        }
    }
    job
}

/// What is said below the box, and of which character.
fn complaint(mut sentence: String, offset: usize, text: &str) -> String {
    // A sentence that begins with a word of the person's own keeps it as it is.
    let word = sentence.split(' ').next().unwrap_or_default();
    let is_quoted = text.contains(word);
    if let Some(first) = sentence.get(..1).map(str::to_uppercase).filter(|_| !is_quoted) {
        sentence.replace_range(..1, &first);
    }
    let character = text.get(..offset).map_or(offset, |t| t.chars().count()) + 1;
    fill(texts().arranging.character, &[("sentence", &sentence), ("character", &character)])
}
