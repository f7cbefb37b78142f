//! The two sides of a comparison: their requests, and what they are called.
use std::collections::BTreeMap;

use super::Comparing;
use crate::analysis::Study;
use crate::analysis::deploy::passed;
use crate::analysis::difference::{Difference, difference};
use crate::graph::{Red, ServiceGraph, Snapshot};
use crate::model::{Nanos, Progress, TimeRange};
use crate::store::{Filter, Lens};
use crate::texts::{fill, texts};
use crate::view::panels::clock::Clock;
use crate::view::text;

/// Two versions of a service that were there at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versions {
    /// The service's id.
    pub node: String,
    /// Its name.
    pub service: String,
    /// The version that was there.
    pub old: String,
    /// The version that came.
    pub new: String,
}

impl Comparing {
    /// What is compared with what, in a line.
    pub fn sentence(&self, clock: &Clock) -> String {
        match &self.versions {
            Some(v) => {
                let [service, old, new] = [&v.service, &v.old, &v.new].map(|t| text::name(t, 40));
                let time = clock.range(self.after);
                fill(
                    texts().comparison.versions_compared,
                    &[("service", &service), ("after", &new), ("before", &old), ("time", &time)],
                )
            }
            None => fill(
                texts().comparison.compared_with,
                &[("after", &clock.range(self.after)), ("before", &clock.range(self.before))],
            ),
        }
    }

    /// Each side in a line.
    pub(super) fn lines(&self, clock: &Clock) -> Vec<String> {
        let t = &texts().comparison;
        let length = |range: TimeRange| text::duration_ns(range.length().0 as f64);
        let mut lines: Vec<String> = self.deployed.iter().map(|d| d.sentence(clock)).collect();
        lines.extend(match &self.versions {
            Some(v) => {
                let side =
                    |template, version| fill(template, &[("service", &v.service), ("version", version)]);
                let (time, length) = (clock.range(self.after), length(self.after));
                let both = fill(t.both_sides, &[("time", &time), ("length", &length)]);
                vec![side(t.old_side, &v.old), side(t.new_side, &v.new), both]
            }
            None => {
                let side = |name: &str, range| {
                    let (time, length) = (clock.range(range), length(range));
                    fill(t.side_time, &[("name", &name), ("time", &time), ("length", &length)])
                };
                vec![side(t.before, self.before), side(t.after, self.after)]
            }
        });
        lines
    }

    /// What is said of something that only the later side has, and of something that only the earlier one has.
    pub(super) fn is_new_or_gone(&self) -> [&'static str; 2] {
        let t = &texts().comparison;
        match self.versions {
            Some(_) => [t.only_with_the_new, t.only_with_the_old],
            None => [t.new_it_is_not_there, t.gone_it_is_not_there],
        }
    }

    /// Heads of the two columns.
    pub fn columns(&self) -> [String; 2] {
        match &self.versions {
            Some(v) => [&v.old, &v.new].map(|t| text::name(t, 12)),
            None => [texts().comparison.before_2, texts().comparison.after_2].map(str::to_owned),
        }
    }
}

/// What nodes of the later side served, by id, and in how much time.
#[derive(Clone, Debug, Default)]
pub struct After {
    served: BTreeMap<String, Red>,
    over: Nanos,
}

impl After {
    fn of(graph: &ServiceGraph) -> Self {
        let served = graph.nodes().map(|(_, n)| (n.id.clone(), n.red.clone())).collect();
        Self { served, over: graph.length() }
    }
    /// What a node served, and in how much time; nothing where it is not there.
    pub fn of_node(&self, id: &str) -> (Option<&Red>, Nanos) {
        (self.served.get(id), self.over)
    }
}

/// What differs between the two sides, and the later one.
pub(super) fn difference_of(snapshot: &Snapshot, lens: &Lens, comparing: &Comparing) -> (Difference, After) {
    let within = |window| Lens { window: Some(window), filter: lens.filter.clone() };
    let Some(versions) = &comparing.versions else {
        let graph = |window| snapshot.graph(&within(window)).graph;
        let after = graph(comparing.after);
        let found = difference(&graph(comparing.before), &after).without_rare();
        return (found, After::of(&after));
    };
    let lens = within(comparing.after);
    let index = snapshot.graph(&lens);
    let study = Study { snapshot, index: &index, progress: &Progress::default() };
    let Some(service) = index.graph.find(&versions.node) else { return Default::default() };
    let sides = passed(&study, &lens, service, |version| version == versions.new);
    let through = |is_new: bool| {
        let own = sides.iter().filter(|s| *s.1 == is_new);
        let ids: Vec<_> = own.filter_map(|s| snapshot.spans.trace(*s.0)).map(|t| t.id).collect();
        let size = ids.len() as f64;
        let filter = Filter::of_traces(lens.filter.as_deref(), ids);
        (snapshot.graph(&Lens { window: lens.window, filter: Some(filter.into()) }).graph, size)
    };
    let [(old, before), (new, after)] = [false, true].map(through);
    (difference(&old, &new).without_rare_by((before, after)), After::of(&new))
}
