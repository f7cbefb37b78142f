//! What to say about a file: what was left out of it and where, in sentences.
use std::io::Read;

use super::super::DecodeError;
use super::super::detect::{Framing, looks_like};
use super::super::framing::{End, Flaw, FrameError, Place, Window};
use crate::texts::{Pick, Sentence, say};

/// Places named in a sentence; more are only counted.
const NAMED: usize = 5;

/// What has been seen of a file so far.
#[derive(Clone)]
pub(super) struct Report {
    name: Sentence,
    pub framing: Framing,
    /// Records that decoded.
    pub good: u64,
    /// Spans, kept or refused.
    pub spans: u64,
    pub holds_other_signals: bool,
    bad: Places,
    too_long: Places,
    first_error: Option<Sentence>,
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
    fn sentence(&self, one: Pick, many: Pick) -> Option<Sentence> {
        let list = self.first.iter().map(|n| grouped(*n)).collect::<Vec<_>>().join(", ");
        let more = self.count - self.first.len() as u64;
        let list = match more {
            0 => list.into(),
            more => say(|t| t.reading.list_and_more).with("list", list).with("more", grouped(more)),
        };
        match self.count {
            0 => None,
            1 => Some(say(one).with("list", list)),
            n => Some(say(many).with("count", grouped(n)).with("list", list)),
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
pub(super) fn not_a_trace_file<R: Read>(name: &Sentence, window: &Window<R>) -> Sentence {
    let start = window.available();
    let sentence = match (window.end(), start.is_empty()) {
        (Some(End::Damaged(what)), true) => say(|t| t.reading.cannot_be_read).with("why", what),
        (Some(End::CutOff), true) => say(|t| t.reading.cut_off_before_first_byte),
        (_, true) => say(|t| t.reading.is_empty),
        _ if start.trim_ascii().is_empty() => say(|t| t.reading.only_spaces),
        _ => say(|t| t.reading.looks_like).with("what", looks_like(start)),
    };
    sentence.with("name", name)
}

impl Report {
    pub(super) fn new(name: Sentence, framing: Framing) -> Self {
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
        self.first_error.get_or_insert_with(|| match offset {
            0 => error.message.clone(),
            at => say(|t| t.reading.error_at_byte).with("error", &error.message).with("at", grouped(at)),
        });
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

    pub(super) fn frame_error(&self, error: &FrameError) -> Sentence {
        let from = say(|t| t.reading.cannot_be_read_from).with("at", grouped(error.place.offset));
        from.with("name", &self.name).with("why", &error.message)
    }

    pub(super) fn damaged(&self, offset: u64, what: &str) -> Sentence {
        let damaged = say(|t| t.reading.is_damaged).with("at", grouped(offset));
        damaged.with("name", &self.name).with("why", what)
    }

    /// What was lost, as one sentence.
    pub(super) fn loss(&self) -> Option<Sentence> {
        let mut parts = Vec::new();
        if let Some((offset, records)) = self.cut_off {
            let cut_off: Pick = match records {
                0 => |t| t.reading.is_cut_off,
                _ => |t| t.reading.is_cut_off_in_a_record,
            };
            parts.push(say(cut_off).with("at", grouped(offset)));
        }
        let bad = match self.framing {
            Framing::Json => self.bad.sentence(|t| t.reading.bad_line, |t| t.reading.bad_lines),
            _ => self.bad.sentence(|t| t.reading.bad_record, |t| t.reading.bad_records),
        };
        let too_long = self.too_long.sentence(|t| t.reading.too_long, |t| t.reading.too_long_ones);
        let has = |what: Sentence| say(|t| t.reading.has).with("what", what);
        parts.extend(bad.into_iter().chain(too_long).map(has));
        let and_it = |one: Sentence, other| say(|t| t.reading.and_it).with("one", one).with("other", other);
        let what = parts.into_iter().reduce(and_it)?;
        let lost = match &self.first_error {
            Some(error) => say(|t| t.reading.lost_by_error).with("error", error),
            None => say(|t| t.reading.lost),
        };
        let is_worth_telling = self.good > 0 || self.cut_off.is_some();
        is_worth_telling.then(|| lost.with("name", &self.name).with("what", what))
    }

    /// The file's name for people.
    pub(super) fn name(&self) -> &Sentence {
        &self.name
    }

    /// What was lost since it was last asked, of a file that is followed.
    pub(super) fn take_loss(&mut self) -> Option<Sentence> {
        let loss = self.loss();
        (self.bad, self.too_long) = Default::default();
        (self.first_error, self.cut_off) = Default::default();
        loss
    }

    /// What to say of a file that could be read and holds no spans.
    pub(super) fn emptiness(&self) -> Option<Sentence> {
        let holds: Pick = match self.holds_other_signals {
            true => |t| t.reading.holds_other_signals,
            false => |t| t.reading.holds_no_spans,
        };
        (self.spans == 0 && self.good > 0).then(|| say(holds).with("name", &self.name))
    }

    /// Whether the file as a whole was one that could be read.
    pub(super) fn result(&self) -> Result<(), Sentence> {
        if self.good > 0 || self.bad.count == 0 {
            return Ok(());
        }
        let why = self.first_error.clone().unwrap_or_else(|| say(|t| t.reading.no_line_is_a_record));
        Err(say(|t| t.reading.no_trace_file).with("name", &self.name).with("why", why))
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
        let told = |places: &Places| {
            let sentence = places.sentence(|t| t.reading.bad_line, |t| t.reading.bad_lines);
            sentence.map(|s| s.to_string())
        };
        assert_eq!(told(&places), None);
        places.add(1_204);
        assert_eq!(told(&places).as_deref(), Some("1 bad line: 1 204"));
        (1..8).for_each(|n| places.add(n));
        assert_eq!(told(&places).as_deref(), Some("8 bad lines: 1 204, 1, 2, 3, 4 and 3 more"));
    }
}
