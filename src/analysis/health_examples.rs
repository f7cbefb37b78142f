//! Traces that show that nodes and edges are not well: for all of them in one pass over the calls.
use std::cmp::Reverse;

use rayon::prelude::*;

use super::Subject;
use crate::graph::{GraphIndex, Snapshot, matching_traces};
use crate::model::{Nanos, Timestamp, TraceId, TraceIndex};
use crate::store::Lens;

/// Examples of each.
const EXAMPLES: usize = 3;
/// Parts that traces are read in.
const PARTS: usize = 16;

/// The longest call of a trace, and of those that last alike the earliest.
type Example = (Reverse<Nanos>, Timestamp, TraceId);

/// The best traces seen so far, sorted.
#[derive(Clone, Debug, Default)]
struct Best {
    failed: Vec<Example>,
    any: Vec<Example>,
}

impl Best {
    fn add(&mut self, example: Example, is_failed: bool) {
        keep(&mut self.any, example);
        if is_failed {
            keep(&mut self.failed, example);
        }
    }
    fn merge(&mut self, other: &Self) {
        other.any.iter().for_each(|e| keep(&mut self.any, *e));
        other.failed.iter().for_each(|e| keep(&mut self.failed, *e));
    }
}

fn keep(list: &mut Vec<Example>, example: Example) {
    if list.len() < EXAMPLES || list.last().is_some_and(|last| example < *last) {
        let at = list.partition_point(|e| *e < example);
        list.insert(at, example);
        list.truncate(EXAMPLES);
    }
}

/// Of each subject the traces with its longest failed calls, or where none failed, with its longest.
pub(super) fn examples(
    snapshot: &Snapshot,
    lens: &Lens,
    index: &GraphIndex,
    subjects: &[Subject],
) -> Vec<Vec<TraceId>> {
    let reader = Reader::new(snapshot, lens, index, subjects);
    let traces = if subjects.is_empty() { Vec::new() } else { matching_traces(&snapshot.spans, lens) };
    let size = traces.len().div_ceil(PARTS).max(1);
    let parts: Vec<Vec<Best>> = traces
        .par_chunks(size)
        .map(|part| {
            let (mut best, mut hits) = (vec![Best::default(); subjects.len()], Vec::new());
            part.iter().for_each(|t| reader.read(*t, &mut hits, &mut best));
            best
        })
        .collect();
    let mut all = vec![Best::default(); subjects.len()];
    for part in &parts {
        all.iter_mut().zip(part).for_each(|(a, b)| a.merge(b));
    }
    let ids = |b: Best| {
        let list = if b.failed.is_empty() { b.any } else { b.failed };
        list.iter().map(|e| e.2).collect()
    };
    all.into_iter().map(ids).collect()
}

/// A subject that a trace has to do with: its place, its longest call, and whether one failed.
type Hit = (usize, Nanos, bool);

struct Reader<'a> {
    snapshot: &'a Snapshot,
    lens: &'a Lens,
    index: &'a GraphIndex,
    /// Places of the subjects, by node and by edge.
    nodes: Vec<Option<usize>>,
    edges: Vec<Option<usize>>,
}

impl<'a> Reader<'a> {
    fn new(snapshot: &'a Snapshot, lens: &'a Lens, index: &'a GraphIndex, subjects: &[Subject]) -> Self {
        let mut nodes = vec![None; index.graph.nodes().count()];
        let mut edges = vec![None; index.graph.edges().count()];
        for (place, subject) in subjects.iter().enumerate() {
            let slot = match subject {
                Subject::Node(n) => nodes.get_mut(n.0 as usize),
                Subject::Edge(e) => edges.get_mut(e.0 as usize),
            };
            if let Some(slot) = slot {
                *slot = Some(place);
            }
        }
        Self { snapshot, lens, index, nodes, edges }
    }

    fn read(&self, trace: TraceIndex, hits: &mut Vec<Hit>, best: &mut [Best]) {
        hits.clear();
        let calls = &self.snapshot.calls;
        let (Some(own), Some(slot)) = (calls.of_trace(trace), self.snapshot.spans.trace(trace)) else {
            return;
        };
        let inside = |t: Timestamp| self.lens.window.is_none_or(|w| w.contains(t));
        let of_node = |party| *self.nodes.get(self.index.node_of(party)?.0 as usize)?;
        for s in own.served.iter().filter(|s| inside(s.start)) {
            note(hits, of_node(s.service), s.duration, s.outcome.is_failure());
        }
        for c in own.calls.iter().filter(|c| inside(c.start)) {
            let is_failed = c.outcome.is_failure() || c.is_timeout;
            let callee = calls.edges().get(c.edge).and_then(|e| of_node(e.to));
            note(hits, callee, c.duration, is_failed);
            let edge = self.index.edge_of(c.edge).and_then(|e| *self.edges.get(e.0 as usize)?);
            note(hits, edge, c.duration, is_failed);
        }
        let start = if slot.start == Timestamp::MAX { Timestamp(0) } else { slot.start };
        for (place, length, is_failed) in hits.iter() {
            if let Some(best) = best.get_mut(*place) {
                best.add((Reverse(*length), start, slot.id), *is_failed);
            }
        }
    }
}

fn note(hits: &mut Vec<Hit>, place: Option<usize>, length: Nanos, is_failed: bool) {
    let Some(place) = place else { return };
    match hits.iter_mut().find(|h| h.0 == place) {
        Some(hit) => (hit.1, hit.2) = (hit.1.max(length), hit.2 || is_failed),
        None => hits.push((place, length, is_failed)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::sketch;
    use crate::analysis::traces::{Sort, Through, list};

    #[test]
    fn they_are_those_that_a_list_of_each_would_begin_with() {
        let sketches: Vec<String> = (0..9)
            .map(|n| {
                let (end, error) = (40 + n * 7 % 30, if n % 4 == 1 { " error" } else { "" });
                let other = if n % 2 == 0 { "stock" } else { "rates" };
                format!(
                    "shop SERVER 0..{}{error}\n  shop CLIENT 5..{end}\n    {other} SERVER 6..{}\n",
                    end + 5,
                    end - 1
                )
            })
            .collect();
        let texts: Vec<&str> = sketches.iter().map(String::as_str).collect();
        let snapshot = sketch::snapshot(&texts);
        let (lens, index) = (Lens::default(), snapshot.graph(&Lens::default()));
        let nodes = index.graph.nodes().map(|(id, _)| Subject::Node(id));
        let subjects: Vec<Subject> =
            nodes.chain(index.graph.edges().map(|(id, ..)| Subject::Edge(id))).collect();
        let found = examples(&snapshot, &lens, &index, &subjects);
        assert!(found.iter().any(|f| f.len() == EXAMPLES));
        for (subject, found) in subjects.iter().zip(&found) {
            let through = match subject {
                Subject::Node(n) => Through::Parties(index.parties_of(*n)),
                Subject::Edge(e) => Through::Edges(index.raw_edges_of(*e)),
            };
            let listed = |failed| list(&snapshot, &lens, &through, Sort::Duration, failed, EXAMPLES).traces;
            let failed = listed(true);
            let wanted = if failed.is_empty() { listed(false) } else { failed };
            assert_eq!(found, &wanted.iter().map(|t| t.id).collect::<Vec<_>>(), "{subject:?}");
        }
    }
}
