//! Columns that take few bytes: numbers as narrow as they are, and runs of which most rows have none.
use std::ops::Range;

/// Numbers in two bytes each, until the first one that needs four.
#[derive(Clone, Debug)]
pub(super) enum Numbers {
    /// All so far are below 65,536.
    Narrow(Vec<u16>),
    /// At least one is not.
    Wide(Vec<u32>),
}

impl Default for Numbers {
    fn default() -> Self {
        Self::Narrow(Vec::new())
    }
}

impl Numbers {
    /// Room for so many narrow numbers.
    pub fn with_capacity(count: usize) -> Self {
        Self::Narrow(Vec::with_capacity(count))
    }
    pub fn len(&self) -> usize {
        match self {
            Self::Narrow(v) => v.len(),
            Self::Wide(v) => v.len(),
        }
    }
    /// Bytes held.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Narrow(v) => v.len() * 2,
            Self::Wide(v) => v.len() * 4,
        }
    }
    #[inline]
    pub fn push(&mut self, number: u32) {
        match (&mut *self, u16::try_from(number)) {
            (Self::Narrow(v), Ok(narrow)) => v.push(narrow),
            (Self::Wide(v), _) => v.push(number),
            (Self::Narrow(v), Err(_)) => {
                let mut wide = Vec::with_capacity(v.capacity().max(v.len() + 1));
                wide.extend(v.iter().map(|&n| u32::from(n)));
                wide.push(number);
                *self = Self::Wide(wide);
            }
        }
    }
    /// The numbers at these places; none if the range is not within.
    #[inline]
    pub fn run(&self, range: Range<usize>) -> Run<'_> {
        match self {
            Self::Narrow(v) => Run::Narrow(v.get(range).unwrap_or_default().iter()),
            Self::Wide(v) => Run::Wide(v.get(range).unwrap_or_default().iter()),
        }
    }
    pub fn shrink_to_fit(&mut self) {
        match self {
            Self::Narrow(v) => v.shrink_to_fit(),
            Self::Wide(v) => v.shrink_to_fit(),
        }
    }
}

/// Some consecutive numbers.
#[derive(Clone, Debug)]
pub(super) enum Run<'a> {
    /// In two bytes each.
    Narrow(std::slice::Iter<'a, u16>),
    /// In four bytes each.
    Wide(std::slice::Iter<'a, u32>),
}

impl Iterator for Run<'_> {
    type Item = u32;
    #[inline]
    fn next(&mut self) -> Option<u32> {
        match self {
            Self::Narrow(v) => v.next().map(|&n| u32::from(n)),
            Self::Wide(v) => v.next().copied(),
        }
    }
    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Narrow(v) => v.size_hint(),
            Self::Wide(v) => v.size_hint(),
        }
    }
}
impl ExactSizeIterator for Run<'_> {}

/// Where the items of a row end in a list; only rows that have some take room.
#[derive(Clone, Debug, Default)]
pub(super) struct Ends(Vec<(u32, u32)>);

impl Ends {
    /// Notes that the items of `row`, the newest row, end at `end`.
    pub fn push(&mut self, row: usize, end: usize) {
        if self.0.last().map_or(0, |e| e.1) < end as u32 {
            self.0.push((row as u32, end as u32));
        }
    }
    /// The places of a row's items.
    pub fn range(&self, row: usize) -> Range<usize> {
        let Ok(at) = self.0.binary_search_by_key(&(row as u32), |e| e.0) else { return 0..0 };
        let start = at.checked_sub(1).and_then(|p| self.0.get(p)).map_or(0, |e| e.1);
        start as usize..self.0.get(at).map_or(start, |e| e.1) as usize
    }
    /// Adds those of another list, whose rows follow `rows` others and whose items follow `items` others.
    pub fn append(&mut self, more: &Self, rows: usize, items: usize) {
        self.0.extend(more.0.iter().map(|e| (e.0 + rows as u32, e.1 + items as u32)));
    }
    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.0.len() * 8
    }
    pub fn shrink_to_fit(&mut self) {
        self.0.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_widen_at_the_first_large_one() {
        let mut numbers = Numbers::default();
        [1, 65_535].into_iter().for_each(|n| numbers.push(n));
        assert_eq!((numbers.len(), numbers.bytes()), (2, 4));
        [65_536, 2].into_iter().for_each(|n| numbers.push(n));
        assert_eq!((numbers.len(), numbers.bytes()), (4, 16));
        assert_eq!(numbers.run(1..4).collect::<Vec<_>>(), [65_535, 65_536, 2]);
        assert_eq!(numbers.run(3..9).count(), 0);
    }

    #[test]
    fn rows_without_items_take_no_room() {
        let mut ends = Ends::default();
        [(0, 0), (1, 2), (2, 2), (3, 5)].into_iter().for_each(|(row, end)| ends.push(row, end));
        let ranges = |e: &Ends, rows: Range<usize>| rows.map(|r| e.range(r)).collect::<Vec<_>>();
        assert_eq!(ranges(&ends, 0..4), [0..0, 0..2, 0..0, 2..5]);
        assert_eq!(ends.bytes(), 16);
        let twice = ends.clone();
        ends.append(&twice, 4, 5);
        assert_eq!(ranges(&ends, 4..8), [0..0, 5..7, 0..0, 7..10]);
    }
}
