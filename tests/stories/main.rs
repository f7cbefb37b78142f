//! The stories with their truth: every analysis gives the right answer, with any of five seeds; and none finds
//! anything above low where nothing is wrong.
#![allow(clippy::unwrap_used)]
mod alarm;
mod capacity;
mod impact;
mod incident;
mod null;
mod others;

use std::sync::Arc;

use rayon::prelude::*;
use spanscape::analysis::{BlameKey, Study, Subject};
use spanscape::engine::{Engine, EngineOptions};
use spanscape::graph::{GraphIndex, Snapshot};
use spanscape::model::{
    Arrival, Delivery, NodeId, Progress, SourceId, SourceKind, Symbol, batch_from_records,
};
use spanscape::scenario::{Options, Story, Truth, generate};
use spanscape::store::Lens;

/// Seeds that each story is told with.
const SEEDS: u64 = 5;

fn load(story: &Story) -> Arc<Snapshot> {
    let engine = Engine::start(EngineOptions::default()).unwrap();
    let arrivals = engine.arrivals().unwrap();
    arrivals.send(Arrival::Opened(SourceId(0), SourceKind::File, "story".to_owned())).unwrap();
    let measured = Delivery { measurements: story.measurements.clone(), ..Delivery::default() };
    arrivals.send(Arrival::Spans(SourceId(0), measured)).unwrap();
    for part in story.records.chunks(5_000) {
        let delivery = Delivery { batch: batch_from_records(part), ..Delivery::default() };
        arrivals.send(Arrival::Spans(SourceId(0), delivery)).unwrap();
    }
    drop(arrivals);
    engine.finish()
}

/// A story that was told and loaded.
struct Told {
    truth: Truth,
    snapshot: Arc<Snapshot>,
    index: GraphIndex,
    progress: Progress,
}

impl Told {
    fn new(name: &str, seed: u64) -> Self {
        let story = generate(name, seed, Options::default()).unwrap();
        let snapshot = load(&story);
        let index = snapshot.graph(&Lens::default());
        Self { truth: story.truth, snapshot, index, progress: Progress::default() }
    }
    fn study(&self) -> Study<'_> {
        Study { snapshot: &self.snapshot, index: &self.index, progress: &self.progress }
    }
    fn id(&self, node: NodeId) -> &str {
        self.index.graph.node(node).map_or("", |n| &n.id)
    }
    fn node(&self, id: &str) -> NodeId {
        self.index.graph.nodes().find(|(_, n)| n.id == id).unwrap().0
    }
    fn text(&self, symbol: Symbol) -> &str {
        self.snapshot.spans.text(symbol)
    }
    /// A node's id, or those of an edge's ends.
    fn subject(&self, subject: Subject) -> String {
        match subject {
            Subject::Node(n) => self.id(n).to_owned(),
            Subject::Edge(e) => {
                let ends = self.index.graph.ends(e).unwrap();
                format!("{} -> {}", self.id(ends.0), self.id(ends.1))
            }
        }
    }
    fn key(&self, key: BlameKey) -> String {
        self.subject(match key {
            BlameKey::Node(n) => Subject::Node(n),
            BlameKey::Gap(e) => Subject::Edge(e),
        })
    }
}

/// What is wrong with answers, in words.
#[derive(Default)]
struct Wrong(Vec<String>);

impl Wrong {
    fn unless(&mut self, is_right: bool, what: impl FnOnce() -> String) {
        if !is_right {
            self.0.push(what());
        }
    }
    /// Whether two figures are as near as that.
    fn near(&mut self, what: &str, is: f64, truth: f64, by: f64) {
        self.unless((is - truth).abs() <= by, || format!("{what} is {is:.3}, in truth {truth:.3}"));
    }
}

/// Tells a story with each seed and collects what is wrong with the answers.
fn judge(name: &str, judges: &[fn(&Told, &mut Wrong)]) {
    let one = |seed: u64| {
        let told = Told::new(name, seed);
        let mut wrong = Wrong::default();
        judges.iter().for_each(|judge| judge(&told, &mut wrong));
        wrong.0.into_iter().map(move |w| format!("{name} {seed}: {w}"))
    };
    let wrong: Vec<String> = (1..=SEEDS).into_par_iter().flat_map_iter(one).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn checkout_incident_is_the_database_and_not_the_payment() {
    judge("checkout-incident", &[alarm::raised, incident::found, impact::measured, others::slow_statement]);
}

#[test]
fn stripe_outage_is_stripe_and_hits_each_caller_as_much_as_it_needs_it() {
    judge("stripe-outage", &[alarm::raised, incident::found, impact::measured, impact::predicted]);
}

#[test]
fn busy_evening_is_full_where_it_was_built_to_be() {
    judge("busy-evening", &[capacity::growth]);
}

#[test]
fn intermittent_large_orders_are_told_by_their_items() {
    judge(
        "intermittent-large-orders",
        &[
            alarm::raised,
            incident::right_if_found,
            others::top_finding,
            others::pattern,
            others::pair,
            others::slow_statement,
        ],
    );
}

#[test]
fn recommendation_deploy_is_the_new_version() {
    judge(
        "recommendation-deploy",
        &[alarm::raised, incident::found, incident::new_version, others::deployment],
    );
}

#[test]
fn cascade_spreads_in_waves_and_ends() {
    judge("cascade", &[alarm::raised, incident::found, incident::waves, impact::measured, impact::patience]);
}

#[test]
fn slow_release_is_told_from_its_callers() {
    judge("slow-release", &[alarm::raised, incident::found, others::deployment]);
}

#[test]
fn slow_release_of_the_tail_is_told_as_one() {
    judge("slow-release-tail", &[alarm::raised, incident::found, others::deployment]);
}
