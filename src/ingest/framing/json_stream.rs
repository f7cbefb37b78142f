//! JSON documents in a stream: one a line, one after the other, or a single one of any size.
//!
//! A document longer than the limit, or without its end, is taken element by element where it is a list or
//! opens one of the lists known to hold traces.
use std::io::Read;

use super::super::detect::bom_length;
use super::scan::{Scan, Scanned};
use super::{Flaw, FrameError, Place, Step, Window};
use crate::texts::say;

/// Elements of a long list are handed out together up to this many bytes.
const GROUP: usize = 1024 * 1024;
/// Bytes of one record that are passed over before the stream is given up, in units of the limit.
const PASSED_OVER: u64 = 64;
/// Keys of the lists that hold traces, and of the objects that hold such lists.
const LISTS: [&[u8]; 4] = [b"data", b"resourceSpans", b"resource_spans", b"batches"];
const WRAPPERS: [&[u8]; 2] = [b"trace", b"result"];

/// Where a document stands.
#[derive(Debug)]
pub(super) struct JsonStream {
    limit: usize,
    /// The list being taken element by element.
    list: Option<List>,
    gathered: Vec<u8>,
    /// A step that follows the one just made.
    queued: Option<Step>,
    /// Bytes that may still be looked at twice.
    rescans_left: usize,
}

/// What stands before the elements of a list and after them, so that some of them are a document.
#[derive(Clone, Debug, PartialEq, Eq)]
struct List {
    before: Vec<u8>,
    after: Vec<u8>,
}

/// What scanning for an end came to.
enum Found {
    End(usize),
    Broken(usize),
    TooLong,
    StreamEnd,
}

impl JsonStream {
    pub(super) fn new(limit: usize) -> Self {
        let rescans_left = limit.saturating_mul(8);
        Self { limit, list: None, gathered: Vec::new(), queued: None, rescans_left }
    }

    /// The record last put together from elements.
    pub(super) fn gathered(&self) -> &[u8] {
        &self.gathered
    }

    pub(super) fn step<R: Read>(&mut self, window: &mut Window<R>) -> Result<Step, FrameError> {
        if let Some(step) = self.queued.take() {
            return Ok(step);
        }
        if let Some(list) = self.list.take()
            && let Some(step) = self.group(list, window)?
        {
            return Ok(step);
        }
        self.document(window)
    }

    fn document<R: Read>(&mut self, window: &mut Window<R>) -> Result<Step, FrameError> {
        if window.place().offset == 0 {
            window.fill_to(3);
            window.consume(bom_length(window.available()));
        }
        // The record separator of RFC 7464 is a space to us.
        window.skip_while(|b| b.is_ascii_whitespace() || b == 0x1e);
        let place = window.place();
        match window.peek() {
            None => return Ok(Step::End),
            Some(b'{' | b'[') => {}
            Some(_) => {
                window.skip_line();
                return Ok(Step::Bad(place, Flaw::NoRecord));
            }
        }
        match find_end(window, self.limit) {
            Found::End(length) => Ok(Step::InWindow { place, skip: 0, length }),
            Found::Broken(length) => {
                let broken = window.available().get(..length).unwrap_or_default();
                let next = self.next_record_line(broken).unwrap_or(length);
                window.consume(next);
                Ok(Step::Bad(place, Flaw::NoRecord))
            }
            found => self.without_end(place, matches!(found, Found::TooLong), window),
        }
    }

    /// A document of which no end was found: was its first line cut, or is it a list to be taken in parts?
    fn without_end<R: Read>(
        &mut self,
        place: Place,
        is_too_long: bool,
        window: &mut Window<R>,
    ) -> Result<Step, FrameError> {
        if let Some(next_line) = self.next_record_line(window.available()) {
            window.consume(next_line);
            return Ok(Step::Bad(place, Flaw::NoRecord));
        }
        if let Some((opening, list)) = open_list(window.available()) {
            window.consume(opening);
            return match self.group(list, window)? {
                // Nothing of it is kept, so it is the document that is left out.
                Some(Step::CutOff(_)) => Ok(Step::CutOff(place)),
                Some(step) => Ok(step),
                None => self.document(window),
            };
        }
        if is_too_long {
            self.pass_over(place, 0, window)?;
            return Ok(Step::Bad(place, Flaw::TooLong));
        }
        window.consume_all();
        Ok(Step::CutOff(place))
    }

    /// Where the next line begins that opens with the same key, for an object that did not end: a line of
    /// JSON Lines that was cut just where an object may follow.
    fn next_record_line(&mut self, bytes: &[u8]) -> Option<usize> {
        let key_start = bytes.strip_prefix(b"{\"")?;
        let opening = bytes.get(..memchr::memchr(b'"', key_start)? + 3)?;
        self.rescans_left = self.rescans_left.checked_sub(bytes.len())?;
        let mut lines = memchr::memchr_iter(b'\n', bytes).map(|n| n + 1);
        lines.find(|&n| bytes.get(n..).is_some_and(|line| line.starts_with(opening)))
    }

    /// Gathers elements; `None` where the list ended without any.
    fn group<R: Read>(&mut self, list: List, window: &mut Window<R>) -> Result<Option<Step>, FrameError> {
        let place = window.place();
        self.gathered.clear();
        self.gathered.extend_from_slice(&list.before);
        let mut elements = 0;
        let mut list = Some(list);
        while let Some(open) = list.take() {
            if self.gathered.len() >= GROUP {
                self.gathered.extend_from_slice(&open.after);
                self.list = Some(open);
                return Ok(Some(Step::Gathered(place)));
            }
            match self.element(&open, elements > 0, window)? {
                Element::Added => {
                    elements += 1;
                    list = Some(open);
                }
                Element::Left(step) => {
                    self.queued = Some(step);
                    // After an element that was too long the list goes on with the next group.
                    self.list = matches!(step, Step::Bad(_, Flaw::TooLong)).then(|| open.clone());
                    self.gathered.extend_from_slice(&open.after);
                }
                Element::ListEnd => self.gathered.extend_from_slice(&open.after),
            }
        }
        Ok(if elements > 0 { Some(Step::Gathered(place)) } else { self.queued.take() })
    }

    fn element<R: Read>(
        &mut self,
        list: &List,
        is_after_other: bool,
        window: &mut Window<R>,
    ) -> Result<Element, FrameError> {
        window.skip_while(|b| b.is_ascii_whitespace() || b == b',');
        let place = window.place();
        match window.peek() {
            None => return Ok(Element::Left(Step::CutOff(place))),
            Some(b']') => {
                window.consume(1);
                // What follows the list in its objects tells nothing about spans.
                let depth = list.after.len().saturating_sub(1);
                if depth > 0 {
                    self.pass_over(window.place(), depth, window)?;
                }
                return Ok(Element::ListEnd);
            }
            Some(b'{' | b'[') => {}
            Some(_) => {
                window.skip_line();
                return Ok(Element::Left(Step::Bad(place, Flaw::NoRecord)));
            }
        }
        match find_end(window, self.limit) {
            Found::End(length) => {
                if is_after_other {
                    self.gathered.push(b',');
                }
                self.gathered.extend_from_slice(window.available().get(..length).unwrap_or_default());
                window.consume(length);
                Ok(Element::Added)
            }
            Found::Broken(length) => {
                window.consume(length);
                Ok(Element::Left(Step::Bad(place, Flaw::NoRecord)))
            }
            Found::TooLong => {
                self.pass_over(place, 0, window)?;
                Ok(Element::Left(Step::Bad(place, Flaw::TooLong)))
            }
            Found::StreamEnd => {
                window.consume_all();
                Ok(Element::Left(Step::CutOff(place)))
            }
        }
    }

    /// Consumes to the end of what is open without keeping it. Not without bound: a few packed bytes may
    /// stand for a record of many gigabytes.
    fn pass_over<R: Read>(
        &self,
        place: Place,
        depth: usize,
        window: &mut Window<R>,
    ) -> Result<(), FrameError> {
        let mut scan = Scan::inside(depth);
        loop {
            match scan.run(window.available()) {
                Scanned::More => window.consume_all(),
                Scanned::Ends(n) | Scanned::Broken(n) => {
                    window.consume(n);
                    return Ok(());
                }
            }
            if window.place().offset - place.offset > self.limit as u64 * PASSED_OVER {
                let message = say(|t| t.decoding.endless_record);
                return Err(FrameError { place, message });
            }
            if !window.fill() {
                return Ok(());
            }
        }
    }
}

/// What came of looking for the next element.
enum Element {
    Added,
    ListEnd,
    Left(Step),
}

fn find_end<R: Read>(window: &mut Window<R>, limit: usize) -> Found {
    let mut scan = Scan::inside(0);
    let mut scanned = 0;
    loop {
        let bytes = window.available();
        match scan.run(bytes.get(scanned..).unwrap_or_default()) {
            Scanned::Ends(n) if scanned + n > limit => return Found::TooLong,
            Scanned::Ends(n) => return Found::End(scanned + n),
            Scanned::Broken(n) => return Found::Broken(scanned + n),
            Scanned::More => scanned = bytes.len(),
        }
        if scanned > limit {
            return Found::TooLong;
        }
        if !window.fill() {
            return Found::StreamEnd;
        }
    }
}

/// The list that a document opens with, and how many bytes come before its first element.
fn open_list(bytes: &[u8]) -> Option<(usize, List)> {
    let mut at = 0;
    let mut after = vec![b']'];
    loop {
        at = skip_space(bytes, at);
        match bytes.get(at)? {
            b'[' => {
                let before = bytes.get(..=at)?.to_vec();
                return Some((at + 1, List { before, after }));
            }
            b'{' => after.push(b'}'),
            _ => return None,
        }
        at = skip_space(bytes, at + 1);
        let key = bytes.get(at..)?.strip_prefix(b"\"")?;
        let key = key.get(..memchr::memchr(b'"', key)?)?;
        at = skip_space(bytes, at + key.len() + 2);
        if bytes.get(at)? != &b':' {
            return None;
        }
        at = skip_space(bytes, at + 1);
        let is_known = match bytes.get(at)? {
            b'[' => LISTS.contains(&key),
            _ => WRAPPERS.contains(&key),
        };
        if !is_known {
            return None;
        }
    }
}

fn skip_space(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|b| b.is_ascii_whitespace()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_lists_are_opened() {
        let open = |text: &str| {
            open_list(text.as_bytes()).map(|(n, list)| (n, String::from_utf8(list.after).unwrap()))
        };
        assert_eq!(open("[{}"), Some((1, "]".to_owned())));
        assert_eq!(open(r#"{ "data" : [{"#), Some((12, "]}".to_owned())));
        assert_eq!(open(r#"{"trace":{"resourceSpans":["#), Some((27, "]}}".to_owned())));
        for other in ["", "{", r#"{"x":["#, r#"{"data":{"#, r#"{"data":{"x":["#, r#"{"data""#, "5"] {
            assert_eq!(open(other), None, "{other}");
        }
    }
}
