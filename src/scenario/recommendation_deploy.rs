//! Scenario `recommendation-deploy`: version 2.0 of recommendation-service thinks for 2.8 s instead of 0.3 s.
//!
//! Its throughput and errors stay as they are.
//! One request in 25 of user-service asks it and waits up to 3 s, so the mean of user-service more than doubles,
//! and some of these requests run out of time; and as the page is slow, fewer people come.
//! One trace in eight is kept and says so.
use super::faults::{INTERNAL, bad_gateway, same};
use super::finds::Verdict;
use super::parts::{db, forward, http, peer, service, text};
use super::random::Random;
use super::releases::Release;
use super::system::{
    Call, Fill, Language, Local, OnFailure, Operation, OperationId, ServiceId, Step, System, Traffic, When,
    ms,
};
use super::truth::{NodeKind, Truth};
use super::{Plan, catalogue};
use crate::model::{Nanos, TimeRange, Timestamp};

pub(super) const NAME: &str = "recommendation-deploy";

/// 2026-03-11T09:30:00Z.
const BEGIN: Timestamp = Timestamp(1_773_221_400_000_000_000);
const AFTER: Nanos = Nanos::from_secs(30 * 60);
const CAUSE: &str = "service:recommendation-service";
/// Median of thinking in both versions, in milliseconds.
const OLD_MS: f64 = 282.0;
const NEW_MS: f64 = 2_780.0;
const KEPT_ONE_IN: u32 = 8;

/// The system and what is known about it.
pub(super) fn plan(seed: u64, is_null: bool) -> Plan {
    let mut dice = Random::new(seed ^ 0x4ec_0de9);
    let at = BEGIN + Nanos::from_secs(2_400 + dice.below(400) as i64);
    let pause = Nanos::from_secs(dice.about(40.0) as i64);
    let end = at + pause + pause + pause + AFTER;
    let mut system = System::new(TimeRange::new(BEGIN, end));
    system.kept_one_in = KEPT_ONE_IN;
    system.drift = 0.03;
    system.loss = 0.004;
    let gateway = service(&mut system, "api-gateway", "edge", "4.12.0", Language::Node, &["1-11", "2-17"]);
    let hosts =
        if dice.chance(0.5) { &["2-17", "5-08", "6-31"][..] } else { &["2-17", "5-08", "6-31", "4-23"] };
    let (recommend, id) = recommendation_service(&mut system, hosts, if is_null { OLD_MS } else { NEW_MS });
    let release = Release::roll_out(&mut system, id, ("1.9.4", "2.0.0"), at, pause);
    let (profile, feed) = user_service(&mut system, recommend);
    let product = catalogue::product_service(&mut system);
    let review = catalogue::review_service(&mut system);
    let page = catalogue::page(&mut system, gateway, product, review);
    system.skew_a_host(&mut dice);
    let scale = dice.about(1.0);
    let mut entry = |route, operation| forward(&mut system, gateway, ("GET", route), operation, same, vec![]);
    let page = (page, 240.0);
    let ask = entry("/recommendations", recommend);
    let (profile, feed) = (entry("/users/{id}", profile), entry("/users/{id}/feed", feed));
    let before = [page, (ask, 220.0), (profile, 768.0), (feed, 32.0)];
    // Those who leave the feed ask again elsewhere: recommendation-service has as much to do as before.
    let after = [page, (ask, 228.0), (profile, 576.0), (feed, 24.0)];
    system.traffic = traffic(&before, scale, TimeRange::new(BEGIN, release.complete));
    let after = if is_null { before } else { after };
    system.traffic.extend(traffic(&after, scale, TimeRange::new(release.complete, end)));
    system.incident = (!is_null).then_some(TimeRange::new(at, end));
    let truth = Truth {
        root_cause: Some(CAUSE.to_owned()),
        path: ["user:user", "service:api-gateway", CAUSE].map(str::to_owned).to_vec(),
        noise: vec![catalogue::STEADY_NOISE.to_owned()],
        ..Truth::default()
    };
    let verdict = move |service: &str| match service {
        _ if is_null => Verdict::Unchanged,
        "recommendation-service" => Verdict::Regression,
        "api-gateway" | "user-service" => Verdict::Cascading,
        _ => Verdict::Unchanged,
    };
    let finds = move |system: &System, log: &[_]| release.finds(system, log, verdict);
    Plan { finds: Box::new(finds), ..Plan::new(system, truth) }
}

/// Traffic of so many requests a minute, of which some are kept.
fn traffic(entries: &[(OperationId, f64)], scale: f64, within: TimeRange) -> Vec<Traffic> {
    let minutes = within.length().as_secs_f64() / 60.0;
    let kept = |rpm: f64| (rpm * scale * minutes / f64::from(KEPT_ONE_IN)) as usize;
    entries.iter().map(|&(operation, rpm)| Traffic { operation, requests: kept(rpm), within }).collect()
}

fn recommendation_service(system: &mut System, hosts: &[&str], new_ms: f64) -> (OperationId, ServiceId) {
    let id = service(system, "recommendation-service", "shop", "1.9.4", Language::Python, hosts);
    let features = peer(system, NodeKind::Cache, "redis", "", "feature-cache", 6379);
    let rank = |algorithm: &str, median_ms: f64| {
        Step::Local(Local {
            name: "rank_candidates",
            attributes: vec![("recommendation.algorithm", text(algorithm)), ("user.id", Fill::User)],
            steps: vec![Step::Work(ms(median_ms, 0.12))],
            when_slow: None,
        })
    };
    let steps = vec![
        Step::Work(ms(3.0, 0.3)),
        Step::Exit(db(features, "MGET", "", "MGET features:? features:?", ms(4.0, 0.4))),
        Step::If(When::NewVersion, vec![rank("graph-walk", new_ms)], vec![rank("two-tower", OLD_MS)]),
        Step::Fail(0.004, INTERNAL),
        Step::Work(ms(3.0, 0.3)),
    ];
    (system.add_operation(http(id, "GET", "/recommend", steps)), id)
}

/// Profiles, and the feed that asks for recommendations.
fn user_service(system: &mut System, recommend: OperationId) -> (OperationId, OperationId) {
    let hosts = ["1-11", "4-23", "3-42"];
    let id = service(system, "user-service", "shop", "2.8.3", Language::Java, &hosts);
    let sessions = peer(system, NodeKind::Cache, "redis", "", "session-cache", 6379);
    let users = peer(system, NodeKind::Database, "mongodb", "users", "users-mongodb", 27017);
    let own = || {
        vec![
            Step::Work(ms(14.0, 0.3)),
            Step::Exit(db(sessions, "GET", "", "GET session:?", ms(1.2, 0.4))),
            Step::Exit(db(users, "find", "users", "{\"_id\": \"?\"}", ms(21.0, 0.3))),
            Step::Fail(0.001, INTERNAL),
            Step::Work(ms(26.0, 0.3)),
        ]
    };
    let profile = http(id, "GET", "/users/{id}", own());
    let ask = Step::Call(Call {
        operation: recommend,
        timeout: Nanos::from_secs(3),
        within_budget: false,
        on_failure: OnFailure::Fail(bad_gateway),
    });
    let feed = http(id, "GET", "/users/{id}/feed", own().into_iter().chain([ask]).collect());
    let with_user = |operation| Operation { attributes: vec![("user.id", Fill::User)], ..operation };
    (system.add_operation(with_user(profile)), system.add_operation(with_user(feed)))
}
