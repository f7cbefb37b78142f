//! Remembers attributes by their raw bytes: most spans repeat them, so most need no parsing.
use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use memchr::memchr;

/// Longer attributes are not remembered: they seldom repeat.
const LONGEST: usize = 512;

/// A table from raw bytes of the input to an index in the batch's attributes.
///
/// Each place holds one entry and the newest wins, so its size is bounded whatever the input is.
/// Only bytes that were parsed as one whole attribute are put in: equal bytes are then that attribute too,
/// and where it ends needs no look at strings.
#[derive(Debug)]
pub(super) struct Memo {
    slots: Vec<Slot>,
    hasher: FixedState,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    start: usize,
    /// 0 if the slot is free.
    len: u32,
    attribute: u32,
}

/// Bytes of the input that may be one whole attribute, and their place in the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    start: usize,
    /// Offset after the last byte.
    pub end: usize,
    slot: usize,
}

impl Memo {
    /// A table that suits an input of so many bytes.
    pub fn for_input(bytes: usize) -> Self {
        let slots = (bytes / 64).next_power_of_two().clamp(16, 1 << 13);
        Self { slots: vec![Slot::default(); slots], hasher: FixedState::default() }
    }

    /// Guesses that the object at `start` ends at its first run of `closings` braces.
    #[inline]
    pub fn guess(&self, input: &[u8], start: usize, closings: usize) -> Option<Candidate> {
        let window = input.get(start..input.len().min(start + LONGEST))?;
        let mut end = memchr(b'}', window)? + 1;
        for _ in 1..closings {
            while window.get(end).is_some_and(|b| b.is_ascii_whitespace()) {
                end += 1;
            }
            if window.get(end) != Some(&b'}') {
                return None;
            }
            end += 1;
        }
        self.candidate(input, start, start + end)
    }

    /// These bytes, which are known to be one whole attribute.
    #[inline]
    pub fn candidate(&self, input: &[u8], start: usize, end: usize) -> Option<Candidate> {
        let raw = input.get(start..end)?;
        let slot = self.hasher.hash_one(raw) as usize & (self.slots.len() - 1);
        Some(Candidate { start, end, slot })
    }

    /// The attribute with these bytes, if it is remembered.
    #[inline]
    pub fn find(&self, input: &[u8], c: Candidate) -> Option<u32> {
        let slot = self.slots.get(c.slot)?;
        let same_length = slot.len as usize == c.end - c.start;
        let known = input.get(slot.start..slot.start + slot.len as usize);
        (same_length && known == input.get(c.start..c.end)).then_some(slot.attribute)
    }

    /// Remembers an attribute.
    #[inline]
    pub fn put(&mut self, c: Candidate, attribute: u32) {
        if let Some(slot) = self.slots.get_mut(c.slot) {
            *slot = Slot { start: c.start, len: (c.end - c.start) as u32, attribute };
        }
    }
}
