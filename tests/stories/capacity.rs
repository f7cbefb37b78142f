//! Capacity: what saturates first when traffic grows, held against what the services were built for.
use spanscape::analysis::capacity::{Growth, Use, capacity};
use spanscape::scenario::CapacityTruth;
use spanscape::store::Lens;

use crate::{Told, Wrong};

/// Figures come from one request in sixteen, so that the share of checkouts in them is off by a little.
const NEAR: f64 = 0.05;

fn one(told: &Told, truth: &CapacityTruth, wrong: &mut Wrong) {
    let growth = Growth::parse(&truth.scenario).unwrap();
    let answer = capacity(&told.study(), &Lens::default(), &[growth], &[]);
    let what = &truth.scenario;
    let first = answer.services.first().map_or("", |s| told.id(s.node));
    wrong.unless(first == truth.uses[0].node, || {
        format!("{what}: {first} saturates first, in truth {}", truth.uses[0].node)
    });
    for meant in &truth.uses {
        let service = answer.services.iter().find(|s| told.id(s.node) == meant.node).unwrap();
        let found: Option<&Use> = service.uses.iter().find(|u| u.resource.name() == meant.resource);
        let (now, then) = found.map_or((0.0, 0.0), |u| (u.now, u.then));
        let name = |when: &str| format!("{what}: {} {} {when}", meant.node, meant.resource);
        wrong.near(&name("now"), now, meant.now, 0.01);
        wrong.near(&name("then"), then, meant.then, NEAR * meant.then);
    }
}

/// Each scenario of growth that the story speaks of.
pub fn growth(told: &Told, wrong: &mut Wrong) {
    wrong.unless(told.truth.finds.capacity.len() == 2, || "the story is not told".to_owned());
    told.truth.finds.capacity.iter().for_each(|truth| one(told, truth, wrong));
}
