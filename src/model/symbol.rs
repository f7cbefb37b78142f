//! Interned strings: names repeat, so each is kept once and passed as a small handle.
use std::sync::Arc;

use foldhash::quality::RandomState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

use super::CowVec;

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
    /// How many distinct strings it holds.
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
    index: HashTable<u32>,
    hasher: RandomState,
    bytes: usize,
}

impl Default for Interner {
    fn default() -> Self {
        let mut this = Self {
            symbols: Symbols::default(),
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
        let i = self.symbols.texts.push(Arc::from(text)) as u32;
        self.bytes += text.len() + 48;
        let (symbols, hasher) = (&self.symbols, &self.hasher);
        self.index.insert_unique(hash, i, |&i| hasher.hash_one(symbols.text(Symbol(i))));
        Symbol(i)
    }
    /// The symbol of a text that is already known.
    pub fn find(&self, text: &str) -> Option<Symbol> {
        let hash = self.hasher.hash_one(text);
        self.index.find(hash, |&i| self.symbols.text(Symbol(i)) == text).map(|&i| Symbol(i))
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
