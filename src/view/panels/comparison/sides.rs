//! The two sides of a comparison: their requests, and what they are called.
use super::Comparing;
use crate::analysis::Study;
use crate::analysis::deploy::passed;
use crate::analysis::difference::{Difference, difference};
use crate::graph::Snapshot;
use crate::model::{Progress, TimeRange};
use crate::store::{Filter, Lens};
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
                format!("{service} {new} compared with {old}, {}", clock.range(self.after))
            }
            None => format!("{} compared with {}", clock.range(self.after), clock.range(self.before)),
        }
    }

    /// Each side in a line.
    pub(super) fn lines(&self, clock: &Clock) -> Vec<String> {
        let time = |range: TimeRange| {
            format!("{} · {}", clock.range(range), text::duration_ns(range.length().0 as f64))
        };
        match &self.versions {
            Some(v) => vec![
                format!("Old: requests that passed {} {} only", v.service, v.old),
                format!("New: requests that passed {} {}", v.service, v.new),
                format!("Both: {}", time(self.after)),
            ],
            None => {
                vec![format!("Before: {}", time(self.before)), format!("After: {}", time(self.after))]
            }
        }
    }

    /// Where something is that one side has, as the end of a sentence.
    pub(super) fn names(&self) -> [&'static str; 2] {
        if self.versions.is_some() {
            ["with the old version", "with the new version"]
        } else {
            ["before", "after"]
        }
    }

    /// Heads of the two columns.
    pub(super) fn columns(&self) -> [String; 2] {
        match &self.versions {
            Some(v) => [&v.old, &v.new].map(|t| text::name(t, 12)),
            None => ["before", "after"].map(str::to_owned),
        }
    }
}

/// What differs between the two sides.
pub(super) fn difference_of(snapshot: &Snapshot, lens: &Lens, comparing: &Comparing) -> Difference {
    let within = |window| Lens { window: Some(window), filter: lens.filter.clone() };
    let Some(versions) = &comparing.versions else {
        let graph = |window| snapshot.graph(&within(window)).graph;
        return difference(&graph(comparing.before), &graph(comparing.after)).without_rare();
    };
    let lens = within(comparing.after);
    let index = snapshot.graph(&lens);
    let study = Study { snapshot, index: &index, progress: &Progress::default() };
    let Some(service) = index.graph.find(&versions.node) else { return Difference::default() };
    let sides = passed(&study, &lens, service, |version| version == versions.new);
    let through = |is_new: bool| {
        let own = sides.iter().filter(|s| *s.1 == is_new);
        let ids: Vec<_> = own.filter_map(|s| snapshot.spans.trace(*s.0)).map(|t| t.id).collect();
        let size = ids.len() as f64;
        let filter = Filter::of_traces(lens.filter.as_deref(), ids);
        (snapshot.graph(&Lens { window: lens.window, filter: Some(filter.into()) }).graph, size)
    };
    let [(old, before), (new, after)] = [false, true].map(through);
    difference(&old, &new).without_rare_by((before, after))
}
