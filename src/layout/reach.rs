//! Neighbours and hops, whatever way the links point.
/// The neighbours of every node in one block of memory.
pub(super) struct Reach {
    first: Vec<u32>,
    near: Vec<u32>,
}

impl Reach {
    /// Links from a node to itself are left out.
    pub(super) fn new(n: usize, links: impl Iterator<Item = (usize, usize)> + Clone) -> Self {
        let mut first = vec![0u32; n + 1];
        for (a, b) in links.clone().filter(|(a, b)| a != b) {
            first[a + 1] += 1;
            first[b + 1] += 1;
        }
        for i in 0..n {
            first[i + 1] += first[i];
        }
        let mut next = first.clone();
        let mut near = vec![0; first.last().map_or(0, |last| *last as usize)];
        for (a, b) in links.filter(|(a, b)| a != b) {
            for (from, to) in [(a, b), (b, a)] {
                near[next[from] as usize] = to as u32;
                next[from] += 1;
            }
        }
        Self { first, near }
    }

    /// How many nodes there are.
    pub(super) fn len(&self) -> usize {
        self.first.len() - 1
    }

    /// The neighbours of `i`; twice the same when two links tie them.
    pub(super) fn near(&self, i: usize) -> &[u32] {
        &self.near[self.first[i] as usize..self.first[i + 1] as usize]
    }

    /// The hops from `source` to every node, `u16::MAX` where none lead.
    pub(super) fn hops_from(&self, source: usize) -> Vec<u16> {
        let mut hops = vec![u16::MAX; self.len()];
        let mut queue = Vec::with_capacity(self.len());
        queue.push(source as u32);
        hops[source] = 0;
        let mut head = 0;
        while head < queue.len() {
            let at = queue[head] as usize;
            head += 1;
            let next = hops[at].saturating_add(1).min(u16::MAX - 1);
            for &to in self.near(at) {
                if hops[to as usize] == u16::MAX {
                    hops[to as usize] = next;
                    queue.push(to);
                }
            }
        }
        hops
    }
}
