//! What a group is and does as a whole, open or closed: its members, and the calls that come in from outside.
use std::collections::BTreeMap;

use super::{Accumulator, GraphIndex, Groups, Red};

/// A group as a whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroupTotal {
    /// Nodes that belong to it: services, and the stores that they alone use.
    pub members: usize,
    /// Calls to its members from whoever is none, as the callers saw them.
    pub coming_in: Red,
}

/// All groups of a graph by name, those around others too. What the map hides or closes does not matter.
pub fn group_totals(index: &GraphIndex, groups: &Groups) -> BTreeMap<String, GroupTotal> {
    let of_nodes = groups.of_nodes(index);
    let mut members: BTreeMap<&str, usize> = BTreeMap::new();
    for group in of_nodes.iter().flatten().flat_map(|g| groups.chain(g)) {
        *members.entry(group).or_default() += 1;
    }
    let mut coming: BTreeMap<&str, Vec<&Red>> = BTreeMap::new();
    let of = |n: crate::model::NodeId| of_nodes.get(n.0 as usize).copied().flatten();
    for (_, from, to, edge) in index.graph.edges() {
        let Some(group) = of(to) else { continue };
        let outside = |g: &&str| of(from).is_none_or(|own| !groups.is_within(own, g));
        for group in groups.chain(group).filter(outside) {
            coming.entry(group).or_default().push(&edge.red);
        }
    }
    let mut histograms = Accumulator::default();
    let mut total = |(name, members): (&str, usize)| {
        let mut coming_in = Red::default();
        let parts = coming.get(name).into_iter().flatten();
        parts.for_each(|r| coming_in.merge_counts(r, &mut histograms));
        coming_in.set_histogram(&mut histograms);
        (name.to_owned(), GroupTotal { members, coming_in })
    };
    members.into_iter().map(&mut total).collect()
}
