//! Traces of known stories, the same for the same seed on every machine, with the truth about them.
mod attributes;
mod checkout_incident;
mod emit;
mod faults;
mod random;
mod simulation;
mod system;
mod topology;
mod truth;

use crate::model::{SpanRecord, TimeRange};

pub use truth::{Counts, EdgeKind, EdgeTruth, NodeKey, NodeKind, NodeTruth, Truth};

use simulation::Simulation;
use system::System;

/// A story's spans and the truth about them.
#[derive(Debug)]
pub struct Story {
    /// In the order in which a Collector would receive them.
    pub records: Vec<SpanRecord>,
    /// What a perfect map of all of them shows.
    pub truth: Truth,
}

/// What may be chosen about a story besides its seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Services of the scenario `services`; at least 2. Other scenarios have their own.
    pub services: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { services: 300 }
    }
}

/// There is no scenario of this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no scenario is called {0:?}; there are checkout-incident and services")]
pub struct UnknownScenario(pub String);

/// Each scenario's name and what it tells.
pub fn names() -> &'static [(&'static str, &'static str)] {
    &[
        (checkout_incident::NAME, "a shop whose stock query slows until payments run out of time"),
        (topology::NAME, "a generated system of many services, a few of them unhealthy all the time"),
    ]
}

/// Lets the scenario happen.
pub fn generate(name: &str, seed: u64, options: Options) -> Result<Story, UnknownScenario> {
    let plan = match name {
        checkout_incident::NAME => checkout_incident::plan(),
        topology::NAME => topology::plan(seed, options.services),
        _ => return Err(UnknownScenario(name.to_owned())),
    };
    Ok(tell(plan, seed))
}

/// A system, and what is known about it beforehand.
struct Plan {
    system: System,
    /// Holds the scenario's name, root cause, path and noise.
    truth: Truth,
}

fn tell(plan: Plan, seed: u64) -> Story {
    let mut simulation = Simulation::new(&plan.system, seed);
    simulation.run();
    let traces = simulation.traces;
    let (nodes, edges) = simulation.ledger.close();
    let records = simulation.emitter.received();
    // The system may stay broken beyond the last request; the story ends with it.
    let window = plan.system.window;
    let incident = plan.system.incident.map(|range| TimeRange::new(range.start, range.end.min(window.end)));
    let spans = records.len() as u64;
    let truth = Truth { seed, spans, traces, incident, nodes, edges, ..plan.truth };
    Story { records, truth }
}

#[cfg(test)]
mod recount_tests;
#[cfg(test)]
mod tests;
