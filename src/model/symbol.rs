//! Interned strings: names repeat, so each is kept once and passed as a small handle.
use std::sync::Arc;

use foldhash::quality::RandomState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

use super::{CowVec, FreePlaces};

/// What a name costs beside its text: counts, handle and index.
const NAME_BYTES: usize = 48;

/// An interned string; [`Symbol::EMPTY`] is "".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(pub u32);

impl Symbol {
    /// The empty string, in every table.
    pub const EMPTY: Self = Self(0);
    /// Whether it is the empty string.
    pub fn is_empty(self) -> bool {
        self == Self::EMPTY
    }
}

/// The readable half of the table: symbol to string. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Symbols {
    texts: CowVec<Arc<str>>,
}

impl Symbols {
    /// The text of a symbol; "" for one that this table does not know.
    pub fn text(&self, symbol: Symbol) -> &str {
        self.texts.get(symbol.0 as usize).map_or("", |s| s)
    }
    /// How many places it has; strings that were given back leave theirs to new ones.
    pub fn len(&self) -> usize {
        self.texts.len()
    }
    /// Whether it holds no string.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}

/// The writing half: string to symbol.
#[derive(Debug)]
pub struct Interner {
    symbols: Symbols,
    free: FreePlaces,
    index: HashTable<u32>,
    hasher: RandomState,
    bytes: usize,
}

impl Default for Interner {
    fn default() -> Self {
        let mut this = Self {
            symbols: Symbols::default(),
            free: FreePlaces::default(),
            index: HashTable::new(),
            hasher: RandomState::default(),
            bytes: 0,
        };
        this.intern("");
        this
    }
}

impl Interner {
    /// The symbol of a text, new or known.
    pub fn intern(&mut self, text: &str) -> Symbol {
        let hash = self.hasher.hash_one(text);
        let symbols = &self.symbols;
        if let Some(&i) = self.index.find(hash, |&i| symbols.text(Symbol(i)) == text) {
            return Symbol(i);
        }
        let i = self.free.put(&mut self.symbols.texts, Arc::from(text));
        self.bytes += text.len() + NAME_BYTES;
        let (symbols, hasher) = (&self.symbols, &self.hasher);
        self.index.insert_unique(hash, i, |&i| hasher.hash_one(symbols.text(Symbol(i))));
        Symbol(i)
    }
    /// The symbol of a text that is already known.
    pub fn find(&self, text: &str) -> Option<Symbol> {
        let hash = self.hasher.hash_one(text);
        self.index.find(hash, |&i| self.symbols.text(Symbol(i)) == text).map(|&i| Symbol(i))
    }
    /// Gives back the strings that are not live. Live ones keep their symbols; the others' symbols will name
    /// other strings, here but not in tables that were published before.
    pub fn sweep(&mut self, is_live: &[bool]) {
        let is_live = |i: u32| i == 0 || is_live.get(i as usize).copied().unwrap_or(false);
        let nothing: Arc<str> = Arc::from("");
        self.index.retain(|&mut i| is_live(i));
        for i in (0..self.symbols.len() as u32).filter(|i| !is_live(*i)) {
            let freed = self.symbols.text(Symbol(i)).len();
            // What is free already is not written to: a published table may share its chunk.
            if freed > 0
                && let Some(text) = self.symbols.texts.get_mut(i as usize)
            {
                *text = nothing.clone();
                self.bytes -= freed + NAME_BYTES;
            }
        }
        let live: Vec<bool> = (0..self.symbols.len() as u32).map(is_live).collect();
        self.free.set(&live);
    }
    /// The readable half.
    pub fn symbols(&self) -> &Symbols {
        &self.symbols
    }
    /// Bytes held, estimated: text, handles and index.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_swept_leave_their_places_to_new_ones() {
        let mut names = Interner::default();
        let symbols: Vec<Symbol> = ["a", "b", "c"].iter().map(|t| names.intern(t)).collect();
        let (before, bytes) = (names.symbols().clone(), names.bytes());
        names.sweep(&[true, false, true, false]);
        assert_eq!((names.find("a"), names.find("b"), names.find("c")), (None, Some(symbols[1]), None));
        assert!(names.bytes() < bytes);
        let (d, b) = (names.intern("d"), names.intern("b"));
        assert_eq!((d, b, names.intern("")), (symbols[0], symbols[1], Symbol::EMPTY));
        names.intern("e");
        assert_eq!((names.symbols().len(), names.bytes()), (4, bytes));
        assert_eq!(before.text(symbols[0]), "a", "what was published stays");
        assert_eq!(names.symbols().text(d), "d");
    }
}
