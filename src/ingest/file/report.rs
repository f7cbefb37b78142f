//! What to say about a file: what was left out of it and where, in sentences.
use std::io::Read;

use super::super::DecodeError;
use super::super::detect::{Framing, looks_like};
use super::super::framing::{End, Flaw, FrameError, Place, Window};

/// Places named in a sentence; more are only counted.
const NAMED: usize = 5;

/// What has been seen of a file so far.
#[derive(Clone)]
pub(super) struct Report {
    name: String,
    pub framing: Framing,
    /// Records that decoded.
    pub good: u64,
    /// Spans, kept or refused.
    pub spans: u64,
    pub holds_other_signals: bool,
    bad: Places,
    too_long: Places,
    first_error: Option<String>,
    cut_off: Option<(u64, u64)>,
}

/// How many, and where the first few are.
#[derive(Clone, Default)]
struct Places {
    count: u64,
    first: Vec<u64>,
}

impl Places {
    fn add(&mut self, place: u64) {
        self.count += 1;
        if self.first.len() < NAMED {
            self.first.push(place);
        }
    }

    /// `3 bad lines: 4, 5, 9 and 2 more`.
    fn sentence(&self, one: &str, many: &str) -> Option<String> {
        let list = self.first.iter().map(|n| grouped(*n)).collect::<Vec<_>>().join(", ");
        let more = self.count - self.first.len() as u64;
        match self.count {
            0 => None,
            1 => Some(format!("1 {one}: {list}")),
            n if more == 0 => Some(format!("{} {many}: {list}", grouped(n))),
            n => Some(format!("{} {many}: {list} and {} more", grouped(n), grouped(more))),
        }
    }
}

/// Digits in groups of three: `1 204`.
pub(super) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

/// The sentence for content that no framing fits.
pub(super) fn not_a_trace_file<R: Read>(name: &str, window: &Window<R>) -> String {
    let start = window.available();
    match (window.end(), start.is_empty()) {
        (Some(End::Damaged(what)), true) => format!("{name} cannot be read: {what}"),
        (Some(End::CutOff), true) => format!("{name} is cut off before its first byte"),
        (_, true) => format!("{name} is empty"),
        _ if start.trim_ascii().is_empty() => format!("{name} is empty: it holds only spaces"),
        _ => format!("{name} is not a trace file: it looks like {}", looks_like(start)),
    }
}

impl Report {
    pub(super) fn new(name: String, framing: Framing) -> Self {
        Self {
            name,
            framing,
            good: 0,
            spans: 0,
            holds_other_signals: false,
            bad: Places::default(),
            too_long: Places::default(),
            first_error: None,
            cut_off: None,
        }
    }

    /// A record that does not decode.
    pub(super) fn bad_record(&mut self, place: Place, error: &DecodeError) {
        self.bad.add(self.place(place));
        let offset = place.offset + error.offset as u64;
        // What is wrong at the very start is wrong with the whole.
        let at = if offset > 0 { format!(" at byte {}", grouped(offset)) } else { String::new() };
        self.first_error.get_or_insert_with(|| format!("{}{at}", error.message));
    }

    /// Bytes in which no record was found, or a record that was too long.
    pub(super) fn passed_over(&mut self, place: Place, flaw: Flaw) {
        match flaw {
            Flaw::NoRecord => self.bad.add(self.place(place)),
            Flaw::TooLong => self.too_long.add(place.offset),
        }
    }

    pub(super) fn cut_off(&mut self, place: Place, records: u64) {
        self.cut_off = Some((place.offset, records));
    }

    /// Where the stream ends just where the cut is, nothing is left out that is known of.
    pub(super) fn stream_end(&mut self, offset: u64) {
        self.cut_off = self.cut_off.map(|(cut, records)| (cut, if cut < offset { records } else { 0 }));
    }

    /// The packing ends early; where that also cut a record, it has been told.
    pub(super) fn packing_cut_off(&mut self, offset: u64) {
        self.cut_off.get_or_insert((offset, 0));
    }

    /// Lines are what people look up in text, bytes in the rest.
    fn place(&self, place: Place) -> u64 {
        if self.framing == Framing::Json { place.line } else { place.offset }
    }

    pub(super) fn frame_error(&self, error: &FrameError) -> String {
        format!("{} cannot be read from byte {}: {error}", self.name, grouped(error.place.offset))
    }

    pub(super) fn damaged(&self, offset: u64, what: &str) -> String {
        format!("{} is damaged after byte {} of its unpacked content: {what}", self.name, grouped(offset))
    }

    /// What was lost, as one sentence.
    pub(super) fn loss(&self) -> Option<String> {
        let mut parts = Vec::new();
        if let Some((offset, records)) = self.cut_off {
            let left_out = if records > 0 { ": 1 incomplete record left out" } else { "" };
            parts.push(format!("is cut off after byte {}{left_out}", grouped(offset)));
        }
        let bad = match self.framing {
            Framing::Json => self.bad.sentence("bad line", "bad lines"),
            _ => self.bad.sentence("bad record, at byte", "bad records, at bytes"),
        };
        let too_long = "records larger than 64 MiB left out, at bytes";
        let too_long = self.too_long.sentence("record larger than 64 MiB left out, at byte", too_long);
        parts.extend(bad.into_iter().chain(too_long).map(|part| format!("has {part}")));
        let error = self.first_error.as_ref().map(|e| format!(" ({e})")).unwrap_or_default();
        let is_worth_telling = !parts.is_empty() && (self.good > 0 || self.cut_off.is_some());
        is_worth_telling.then(|| format!("{} {}{error}", self.name, parts.join(", and it ")))
    }

    /// The file's name for people.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// What was lost since it was last asked, of a file that is followed.
    pub(super) fn take_loss(&mut self) -> Option<String> {
        let loss = self.loss();
        (self.bad, self.too_long) = Default::default();
        (self.first_error, self.cut_off) = Default::default();
        loss
    }

    /// What to say of a file that could be read and holds no spans.
    pub(super) fn emptiness(&self) -> Option<String> {
        let what = if self.holds_other_signals { "metrics or logs and no spans" } else { "no spans" };
        (self.spans == 0 && self.good > 0).then(|| format!("{} holds {what}", self.name))
    }

    /// Whether the file as a whole was one that could be read.
    pub(super) fn result(&self) -> Result<(), String> {
        if self.good > 0 || self.bad.count == 0 {
            return Ok(());
        }
        let why = self.first_error.as_deref().unwrap_or("no line of it is a record");
        Err(format!("{} is not a trace file: {why}", self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        let numbers = [0, 12, 123, 1_204, 66_060_288];
        assert_eq!(numbers.map(grouped), ["0", "12", "123", "1 204", "66 060 288"]);
    }

    #[test]
    fn only_the_first_places_are_named() {
        let mut places = Places::default();
        assert_eq!(places.sentence("bad line", "bad lines"), None);
        places.add(1_204);
        assert_eq!(places.sentence("bad line", "bad lines").as_deref(), Some("1 bad line: 1 204"));
        (1..8).for_each(|n| places.add(n));
        let text = places.sentence("bad line", "bad lines");
        assert_eq!(text.as_deref(), Some("8 bad lines: 1 204, 1, 2, 3, 4 and 3 more"));
    }
}
