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

fn change<'a>(story: &'a Story, service: &str) -> &'a ChangeTruth {
    let deploy = story.truth.finds.deploy.as_ref().unwrap();
    deploy.services.iter().find(|s| s.node == format!("service:{service}")).unwrap()
}

/// Before and after.
fn both(change: &ChangeTruth, of: impl Fn(&RedTruth) -> f64) -> (f64, f64) {
    (of(&change.before), of(&change.after))
}

fn assert_near((before, after): (f64, f64), expected: (f64, f64), tolerance: f64, what: &str) {
    let near = |is: f64, wanted: f64| (is / wanted - 1.0).abs() <= tolerance;
    assert!(near(before, expected.0) && near(after, expected.1), "{what}: {before} {after}");
}

#[test]
fn the_new_recommendations_are_nine_times_slower() {
    for seed in 1..=2 {
        let story = story("recommendation-deploy", seed);
        let recommend = change(&story, "recommendation-service");
        assert_eq!(recommend.verdict, Verdict::Regression);
        assert_near(both(recommend, |r| r.median_ms), (300.0, 2_800.0), 0.06, "median");
        let (before, after) = both(recommend, |r| r.rpm);
        assert!((after / before - 1.0).abs() < 0.12, "{before} {after}");
        let user = change(&story, "user-service");
        assert_eq!(user.verdict, Verdict::Cascading);
        assert_near(both(user, |r| r.mean_ms), (80.0, 180.0), 0.12, "mean of user-service");
        assert_near(both(user, |r| r.rpm), (800.0, 600.0), 0.22, "rate of user-service");
        let (before, after) = both(user, |r| r.error_share);
        assert!(before < 0.003 && (0.006..0.02).contains(&after), "{before} {after}");
        let product = change(&story, "product-service");
        assert_eq!(product.verdict, Verdict::Unchanged);
        let (before, after) = both(product, |r| r.median_ms);
        assert!((after / before - 1.0).abs() < 0.1, "{before} {after}");
    }
}

#[test]
fn a_slow_release_is_slow_and_its_tail_variant_only_at_the_tail() {
    let slow = story("slow-release", 1);
    let pricing = change(&slow, "pricing-service");
    let (before, after) = both(pricing, |r| r.median_ms);
    assert!((1.5..1.7).contains(&(after / before)), "{before} {after}");
    let (before, after) = both(pricing, |r| r.rpm);
    assert!((0.76..0.84).contains(&(after / before)), "{before} {after}");
    let (before, after) = both(pricing, |r| r.error_share);
    assert!(before < 0.006 && after > 0.015, "{before} {after}");
    let tail = story("slow-release-tail", 1);
    let pricing = change(&tail, "pricing-service");
    let (before, after) = both(pricing, |r| r.median_ms);
    assert!((0.95..1.1).contains(&(after / before)), "{before} {after}");
    let (before, after) = both(pricing, |r| r.mean_ms);
    assert!((1.18..1.4).contains(&(after / before)), "{before} {after}");
    let (before, after) = both(pricing, |r| r.p95_ms);
    assert!(after / before > 1.6, "{before} {after}");
}

#[test]
fn large_orders_fail_at_peak_hours() {
    for seed in 1..=3 {
        let story = story("intermittent-large-orders", seed);
        let patterns = story.truth.finds.patterns.as_ref().unwrap();
        let ratio = |share: Share| share.part as f64 / share.of as f64;
        let bad = (patterns.above.part + patterns.below.part) as f64;
        let all = (patterns.above.of + patterns.below.of) as f64;
        // One in twenty, give or take three deviations of a thousand requests.
        assert!((0.03..0.075).contains(&(bad / all)), "{}", bad / all);
        assert!(
            ratio(patterns.above) > 0.5 && (0.001..0.012).contains(&ratio(patterns.below)),
            "{patterns:?}"
        );
        assert!(ratio(patterns.in_segment) > 0.75 && ratio(patterns.in_peak) > 0.7, "{patterns:?}");
        assert_eq!(patterns.not_executed, ["order-service POST /orders"]);
        let (normal, problem) =
            (patterns.normal.length.as_millis_f64(), patterns.problem.length.as_millis_f64());
        assert!((430.0..480.0).contains(&normal), "{normal}");
        assert!((14_800.0..15_600.0).contains(&problem), "{problem}");
    }
}

#[test]
fn a_cascade_comes_in_waves_and_goes() {
    for seed in 1..=3 {
        let story = story("cascade", seed);
        let finds = &story.truth.finds;
        let onsets: Vec<(u32, f64)> = finds
            .waves
            .iter()
            .flat_map(|w| {
                w.nodes.iter().map(|n| (w.wave, (n.onset.0 - finds.waves[0].nodes[0].onset.0) as f64 / 1e9))
            })
            .collect();
        let of_wave = |wave: u32| onsets.iter().filter(move |(w, _)| *w == wave).map(|(_, s)| *s);
        for wave in 1..=3 {
            let latest_before = of_wave(wave - 1).fold(0.0, f64::max);
            assert!(of_wave(wave).all(|s| s > latest_before + 5.0), "{onsets:?}");
        }
        let root = story.truth.incident.unwrap();
        assert!((finds.waves[0].nodes[0].onset - root.start).as_secs_f64() < 20.0);
        assert_eq!(finds.recovered, Some(root.end));
        let calm_after = story.records.iter().filter(|r| r.parent_id.is_zero() && r.start > root.end);
        assert_eq!(calm_after.filter(|r| r.status == crate::model::StatusCode::Error).count(), 0);
    }
}

#[test]
fn without_harm_there_is_no_cause_and_no_incident() {
    for (name, _) in names().iter().filter(|(name, _)| has_null(name)) {
        let truth = story(&format!("{name}{NULL}"), 1).truth;
        assert!(truth.root_cause.is_none() && truth.incident.is_none() && truth.path.is_empty());
        let Finds { deploy, patterns, impact, waves, recovered, capacity } = truth.finds;
        assert!(patterns.is_none() && impact.is_none() && waves.is_empty() && recovered.is_none());
        assert!(capacity.is_empty());
        let verdicts = deploy.into_iter().flat_map(|d| d.services).map(|s| s.verdict);
        assert!(verdicts.into_iter().all(|v| v == Verdict::Unchanged));
        let entry = truth.edges.iter().filter(|e| e.kind == EdgeKind::Entry);
        let (calls, errors) =
            entry.fold((0, 0), |(c, e), edge| (c + edge.counts.calls, e + edge.counts.errors));
        assert!(errors * 100 < calls, "{name}: {errors} of {calls}");
    }
}
