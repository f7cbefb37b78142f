//! A chunked vector with cheap clones: writers copy only the chunks that a clone still shares.
use std::sync::Arc;

const CHUNK: usize = 1024;

/// An append-mostly vector in `Arc` chunks; a clone is a snapshot that later writes do not change.
#[derive(Debug)]
pub struct CowVec<T> {
    chunks: Vec<Arc<Vec<T>>>,
    /// Chunks given back from the front; the others keep their indices.
    gone: usize,
    len: usize,
}

impl<T> Default for CowVec<T> {
    fn default() -> Self {
        Self { chunks: Vec::new(), gone: 0, len: 0 }
    }
}
impl<T> Clone for CowVec<T> {
    fn clone(&self) -> Self {
        Self { chunks: self.chunks.clone(), gone: self.gone, len: self.len }
    }
}

impl<T: Clone> CowVec<T> {
    /// How many items it ever held; indices are below this.
    pub fn len(&self) -> usize {
        self.len
    }
    /// Whether it never held one.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
    /// The item at `index`, if there is one.
    pub fn get(&self, index: usize) -> Option<&T> {
        self.chunks.get((index / CHUNK).checked_sub(self.gone)?)?.get(index % CHUNK)
    }
    /// The item at `index` for writing; copies its chunk if a clone shares it.
    pub fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        let chunk = (index / CHUNK).checked_sub(self.gone)?;
        Arc::make_mut(self.chunks.get_mut(chunk)?).get_mut(index % CHUNK)
    }
    /// Appends, and returns the new item's index.
    pub fn push(&mut self, item: T) -> usize {
        if self.len.is_multiple_of(CHUNK) {
            self.chunks.push(Arc::new(Vec::with_capacity(CHUNK)));
        }
        if let Some(last) = self.chunks.last_mut() {
            Arc::make_mut(last).push(item);
        }
        self.len += 1;
        self.len - 1
    }
    /// Gives back items before `index`, by whole chunks.
    pub fn drop_front(&mut self, index: usize) {
        let chunks = (index.min(self.len) / CHUNK).saturating_sub(self.gone);
        self.chunks.drain(..chunks.min(self.chunks.len()));
        self.gone += chunks;
    }
    /// How many items are held still.
    pub fn held(&self) -> usize {
        self.len - self.gone * CHUNK
    }
    /// All items held, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + '_ {
        self.chunks.iter().flat_map(|c| c.iter())
    }
    /// The chunks in order, for parallel scans.
    pub fn chunks(&self) -> &[Arc<Vec<T>>] {
        &self.chunks
    }
}

/// Places of a [`CowVec`] whose items nobody mentions any more; new items take the lowest ones first.
#[derive(Clone, Debug, Default)]
pub struct FreePlaces(Vec<u32>);

impl FreePlaces {
    /// The places that are not live are free from now on.
    pub fn set(&mut self, is_live: &[bool]) {
        let places = is_live.iter().enumerate().rev();
        self.0 = places.filter(|(_, is_live)| !**is_live).map(|(place, _)| place as u32).collect();
    }
    /// Puts an item into a free place, or at the end; returns where.
    pub fn put<T: Clone>(&mut self, items: &mut CowVec<T>, item: T) -> u32 {
        if let Some(place) = self.0.pop()
            && let Some(slot) = items.get_mut(place as usize)
        {
            *slot = item;
            return place;
        }
        items.push(item) as u32
    }
    /// The free places.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().copied()
    }
    /// How many places are free.
    pub fn len(&self) -> usize {
        self.0.len()
    }
    /// Whether no place is free.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_front_goes_by_whole_chunks_and_the_rest_keeps_its_indices() {
        let mut v = CowVec::default();
        (0..2_500).for_each(|i| _ = v.push(i));
        let old = v.clone();
        v.drop_front(2_100);
        v.drop_front(1_000);
        v.drop_front(9_000);
        assert_eq!((v.len(), v.held(), v.get(2_047), v.get(2_048)), (2_500, 452, None, Some(&2_048)));
        assert_eq!(v.push(7), 2_500);
        *v.get_mut(2_499).unwrap() = 8;
        assert_eq!((v.get(2_499), v.get(2_500)), (Some(&8), Some(&7)));
        assert_eq!(v.get_mut(3), None);
        assert_eq!((old.held(), old.get(3), old.get(2_499)), (2_500, Some(&3), Some(&2_499)));
    }

    #[test]
    fn free_places_are_taken_before_new_ones() {
        let (mut items, mut free) = (CowVec::default(), FreePlaces::default());
        (0..4).for_each(|i| _ = free.put(&mut items, i));
        free.set(&[true, false, true, false]);
        assert_eq!(free.iter().collect::<Vec<_>>(), [3, 1]);
        let places: Vec<u32> = (10..13).map(|i| free.put(&mut items, i)).collect();
        assert_eq!((places, free.is_empty()), (vec![1, 3, 4], true));
        assert_eq!(items.iter().copied().collect::<Vec<_>>(), [0, 10, 2, 11, 12]);
    }

    #[test]
    fn a_clone_does_not_see_later_writes() {
        let mut v = CowVec::default();
        for i in 0..3000 {
            v.push(i);
        }
        let old = v.clone();
        *v.get_mut(5).unwrap() = 99;
        v.push(3000);
        assert_eq!((old.len(), old.get(5), v.get(5), v.len()), (3000, Some(&5), Some(&99), 3001));
        assert_eq!(old.iter().copied().sum::<i32>(), (0..3000).sum::<i32>());
    }
}
