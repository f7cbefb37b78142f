//! The stories of the source chapter hold its figures.
use super::*;

fn story(name: &str, seed: u64) -> Story {
    generate(name, seed, Options::default()).unwrap()
}

#[test]
fn a_stripe_outage_hits_services_as_they_need_charges() {
    for seed in 1..=3 {
        let story = story("stripe-outage", seed);
        let impact = story.truth.finds.impact.as_ref().unwrap();
        eprintln!("{seed} spans {} traces {} {impact:?}", story.truth.spans, story.truth.traces);
        let share = |name: &str| impact.services.iter().find(|(node, _)| node == name).unwrap().1;
        assert!(share("service:payment-service") == 1.0);
        assert!((share("service:checkout-service") - 0.85).abs() < 0.04);
        assert!((share("service:order-service") - 0.25).abs() < 0.05);
        assert!((share("service:user-service") - 0.05).abs() < 0.02);
        assert!((impact.conversion_drop - 0.78).abs() < 0.05);
        assert!((370..530).contains(&impact.affected_users), "{}", impact.affected_users);
        let per_hour = impact.lost_cents as f64 / 100.0 / impact.hours();
        assert!((10_000.0..14_000.0).contains(&per_hour), "{per_hour}");
    }
}
