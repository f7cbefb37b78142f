//! Traces of known stories, the same for the same seed on every machine, with the truth about them.
mod attributes;
mod busy_evening;
mod cascade;
mod catalogue;
mod checkout_incident;
mod drift;
mod emit;
mod faults;
mod finds;
mod gauges;
mod large_orders;
mod log;
mod messaging;
mod outages;
mod parts;
mod random;
mod recommendation_deploy;
mod releases;
mod simulation;
mod slow_release;
mod stripe_outage;
mod system;
mod topology;
mod truth;

use crate::model::{MeasurementBatch, SpanRecord, TimeRange};

pub use finds::{
    CapacityTruth, ChangeTruth, DeployTruth, Example, Finds, ImpactTruth, OnsetTruth, PatternTruth, RedTruth,
    Share, UseTruth, Verdict, WaveTruth,
};
pub use truth::{Counts, EdgeKind, EdgeTruth, NodeKey, NodeKind, NodeTruth, Truth};

use log::Served;
use simulation::Simulation;
use system::System;

/// A story's spans and the truth about them.
#[derive(Debug)]
pub struct Story {
    /// In the order in which a Collector would receive them.
    pub records: Vec<SpanRecord>,
    /// How busy its services say that they are; most stories tell nothing of it.
    pub measurements: MeasurementBatch,
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
#[error("no scenario is called {0:?}; there are {known}", known = known())]
pub struct UnknownScenario(pub String);

fn known() -> String {
    names().iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

/// Added to a story's name for the same system in which nothing goes wrong.
pub const NULL: &str = "-null";

/// Each scenario's name and what it tells.
pub fn names() -> &'static [(&'static str, &'static str)] {
    &[
        (checkout_incident::NAME, "a shop whose stock query slows until payments run out of time"),
        (stripe_outage::NAME, "an external payment provider goes down, and nobody has another"),
        (large_orders::NAME, "one checkout in twenty fails: large orders at peak hours"),
        (recommendation_deploy::NAME, "a new version is nine times slower, and its callers suffer"),
        (cascade::NAME, "one service fails, its dependents follow in waves, and all recover"),
        (slow_release::NAME, "a release makes a service 60 % slower; two hours before, two after"),
        (slow_release::TAIL, "the same, but only the slowest requests become slower"),
        (busy_evening::NAME, "a shop before its sale, with CPU and pools: what saturates first?"),
        (topology::NAME, "a generated system of many services, a few of them always unhealthy"),
    ]
}

/// Whether the scenario also exists with [`NULL`] after its name.
pub fn has_null(name: &str) -> bool {
    ![topology::NAME, busy_evening::NAME].contains(&name)
}

/// Lets the scenario happen.
pub fn generate(name: &str, seed: u64, options: Options) -> Result<Story, UnknownScenario> {
    let (story, is_null) = name.strip_suffix(NULL).map_or((name, false), |story| (story, true));
    let plan = match story {
        checkout_incident::NAME => checkout_incident::plan(is_null),
        stripe_outage::NAME => stripe_outage::plan(seed, is_null),
        cascade::NAME => cascade::plan(seed, is_null),
        large_orders::NAME => large_orders::plan(seed, is_null),
        recommendation_deploy::NAME => recommendation_deploy::plan(seed, is_null),
        slow_release::NAME => slow_release::plan(seed, is_null, false),
        slow_release::TAIL => slow_release::plan(seed, is_null, true),
        busy_evening::NAME if !is_null => busy_evening::plan(seed),
        topology::NAME if !is_null => topology::plan(seed, options.services),
        _ => return Err(UnknownScenario(name.to_owned())),
    };
    Ok(tell(name, plan, seed))
}

/// What the analyses must find, from what happened.
type Answers = dyn FnOnce(&System, &[Served]) -> Finds;
/// What services measure of themselves, from what happened.
type Measures = dyn FnOnce(&System, &[Served]) -> MeasurementBatch;

/// A system, and what is known about it beforehand.
struct Plan {
    system: System,
    /// Holds the root cause, path and noise.
    truth: Truth,
    finds: Box<Answers>,
    measure: Box<Measures>,
}

impl Plan {
    fn new(system: System, truth: Truth) -> Self {
        let finds = Box::new(|_: &System, _: &[Served]| Finds::default());
        Self { system, truth, finds, measure: Box::new(|_, _| MeasurementBatch::default()) }
    }
}

fn tell(name: &str, plan: Plan, seed: u64) -> Story {
    let mut simulation = Simulation::new(&plan.system, seed);
    simulation.run();
    let traces = simulation.traces;
    let (nodes, edges) = simulation.ledger.close();
    let records = simulation.emitter.received();
    let finds = (plan.finds)(&plan.system, &simulation.log);
    let measurements = (plan.measure)(&plan.system, &simulation.log);
    // The system may stay broken beyond the last request; the story ends with it.
    let window = plan.system.window;
    let incident = plan.system.incident.map(|range| TimeRange::new(range.start, range.end.min(window.end)));
    let mut truth = Truth {
        scenario: name.to_owned(),
        seed,
        weight: u64::from(plan.system.kept_one_in),
        spans: records.len() as u64,
        traces,
        incident,
        finds,
        nodes,
        edges,
        ..plan.truth
    };
    if incident.is_none() {
        truth.root_cause = None;
        truth.path.clear();
    }
    Story { records, measurements, truth }
}

#[cfg(test)]
mod recount_tests;
#[cfg(test)]
mod stories_tests;
#[cfg(test)]
mod tests;
