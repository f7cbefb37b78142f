//! A chunked vector with cheap clones: writers copy only the chunks that a clone still shares.
use std::sync::Arc;

const CHUNK: usize = 1024;

/// An append-mostly vector in `Arc` chunks; a clone is a snapshot that later writes do not change.
#[derive(Debug)]
pub struct CowVec<T> {
    chunks: Vec<Arc<Vec<T>>>,
    len: usize,
}

impl<T> Default for CowVec<T> {
    fn default() -> Self {
        Self { chunks: Vec::new(), len: 0 }
    }
}
impl<T> Clone for CowVec<T> {
    fn clone(&self) -> Self {
        Self { chunks: self.chunks.clone(), len: self.len }
    }
}

impl<T: Clone> CowVec<T> {
    /// How many items it holds.
    pub fn len(&self) -> usize {
        self.len
    }
    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
    /// The item at `index`, if there is one.
    pub fn get(&self, index: usize) -> Option<&T> {
        self.chunks.get(index / CHUNK)?.get(index % CHUNK)
    }
    /// The item at `index` for writing; copies its chunk if a clone shares it.
    pub fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        Arc::make_mut(self.chunks.get_mut(index / CHUNK)?).get_mut(index % CHUNK)
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
    /// All items in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + '_ {
        self.chunks.iter().flat_map(|c| c.iter())
    }
    /// The chunks in order, for parallel scans.
    pub fn chunks(&self) -> &[Arc<Vec<T>>] {
        &self.chunks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
