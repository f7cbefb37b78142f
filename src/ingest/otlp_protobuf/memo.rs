//! Attributes seen before, by their raw bytes: a repeated one is found without being decoded.
use std::hash::{BuildHasher, Hasher};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

/// Longer attributes seldom repeat, so they are decoded each time.
const ENTRY_BYTES: usize = 512;
/// Bytes remembered before starting anew.
const MEMO_BYTES: usize = 32 * 1024 * 1024;

#[derive(Clone, Copy, Debug)]
struct Entry {
    start: u32,
    len: u32,
    id: u32,
}

/// Bytes for which room is kept when all is forgotten.
const KEPT_BYTES: usize = 4 * 1024 * 1024;

/// From the raw bytes of a `KeyValue` to its index in the batch's attributes.
#[derive(Debug, Default)]
pub(super) struct Memo {
    entries: HashTable<Entry>,
    raw: Vec<u8>,
    hasher: RandomState,
}

fn hash(hasher: &RandomState, raw: &[u8]) -> u64 {
    let mut state = hasher.build_hasher();
    state.write(raw);
    state.finish()
}

fn raw_of(raw: &[u8], entry: Entry) -> &[u8] {
    let start = entry.start as usize;
    raw.get(start..start + entry.len as usize).unwrap_or_default()
}

impl Memo {
    /// The hash to find and remember by.
    #[inline]
    pub(super) fn hash(&self, raw: &[u8]) -> u64 {
        hash(&self.hasher, raw)
    }

    #[inline]
    pub(super) fn find(&self, hash: u64, raw: &[u8]) -> Option<u32> {
        self.entries.find(hash, |&entry| raw_of(&self.raw, entry) == raw).map(|entry| entry.id)
    }

    pub(super) fn remember(&mut self, hash_of_raw: u64, raw: &[u8], id: u32) {
        if raw.len() > ENTRY_BYTES {
            return;
        }
        if self.raw.len() + raw.len() > MEMO_BYTES {
            self.clear();
        }
        let entry = Entry { start: self.raw.len() as u32, len: raw.len() as u32, id };
        self.raw.extend_from_slice(raw);
        let (bytes, hasher) = (&self.raw, &self.hasher);
        self.entries.insert_unique(hash_of_raw, entry, |&entry| hash(hasher, raw_of(bytes, entry)));
    }

    pub(super) fn clear(&mut self) {
        if self.raw.capacity() > KEPT_BYTES {
            *self = Self::default();
        }
        self.entries.clear();
        self.raw.clear();
    }
}
