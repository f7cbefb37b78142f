//! Two neighbouring segments into one, with one dictionary.
use std::hash::BuildHasher;

use foldhash::quality::RandomState;
use hashbrown::HashTable;

use super::segment::{Entry, Event, Link, NONE, Segment};
use crate::model::Slice;

/// The rows of `a` followed by those of `b`, which must start where `a` ends.
pub(super) fn merge(a: &Segment, b: &Segment, hasher: &RandomState) -> Segment {
    let mut out = a.clone();
    let map = merge_dictionary(&mut out, b, hasher);
    let to = |e: &u32| map.get(*e as usize).copied().unwrap_or(NONE);
    let rows = a.len() as u32;
    let side = a.side_attribute_ids.len() as u32;
    let shift = |s: Slice| Slice { start: s.start + side, len: s.len };
    out.trace.extend_from_slice(&b.trace);
    out.span_id.extend_from_slice(&b.span_id);
    out.parent_id.extend_from_slice(&b.parent_id);
    out.start.extend_from_slice(&b.start);
    out.length.extend_from_slice(&b.length);
    out.name.extend_from_slice(&b.name);
    out.resource.extend_from_slice(&b.resource);
    out.scope.extend_from_slice(&b.scope);
    out.bits.extend_from_slice(&b.bits);
    out.flags.extend_from_slice(&b.flags);
    out.back.extend_from_slice(&b.back);
    append_ends(&mut out.attribute_end, &b.attribute_end, a.attribute_ids.len());
    out.event_end.append(&b.event_end, a.len(), a.events.len());
    out.link_end.append(&b.link_end, a.len(), a.links.len());
    b.attribute_ids.run(0..b.attribute_ids.len()).for_each(|e| out.attribute_ids.push(to(&e)));
    out.side_attribute_ids.extend(b.side_attribute_ids.iter().map(to));
    out.events.extend(b.events.iter().map(|e| Event { attributes: shift(e.attributes), ..*e }));
    out.links.extend(b.links.iter().map(|l| Link {
        attributes: shift(l.attributes),
        trace_state: to(&l.trace_state),
        ..*l
    }));
    out.texts.extend(b.texts.iter().map(|(i, t)| (i + rows, [to(&t[0]), to(&t[1])])));
    out.dropped.extend(b.dropped.iter().map(|(i, d)| (i + rows, *d)));
    out.shrink();
    out
}

fn append_ends(ends: &mut Vec<u32>, more: &[u32], offset: usize) {
    ends.extend(more.iter().map(|e| e + offset as u32));
}

/// Adds `b`'s entries to `out`'s dictionary; returns where each of them is now.
fn merge_dictionary(out: &mut Segment, b: &Segment, hasher: &RandomState) -> Vec<u32> {
    let hash = |e: &Entry| hasher.hash_one((e.key, &e.value));
    let mut index: HashTable<u32> = HashTable::with_capacity(out.dictionary.len());
    for (i, e) in out.dictionary.iter().enumerate() {
        index.insert_unique(hash(e), i as u32, |&i| hash(&out.dictionary[i as usize]));
    }
    b.dictionary
        .iter()
        .map(|e| {
            let same = |&i: &u32| {
                let old = &out.dictionary[i as usize];
                old.key == e.key && old.value == e.value
            };
            if let Some(&i) = index.find(hash(e), same) {
                return i;
            }
            out.dictionary_heap += e.value.heap_bytes();
            out.dictionary.push(e.clone());
            out.dictionary.len() as u32 - 1
        })
        .collect()
}
