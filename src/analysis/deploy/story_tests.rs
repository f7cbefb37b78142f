//! The stories that have a deployment, over several seeds, held against their truth.
use rayon::prelude::*;

use super::*;
use crate::analysis::sketch::snapshot_of;
use crate::model::Progress;
use crate::scenario::{self, DeployTruth, Options, Verdict as Truth};

const SEEDS: u64 = 5;

/// What is wrong with the answer to one story; nothing if it is right.
fn judge(name: &str, seed: u64) -> Vec<String> {
    let story = scenario::generate(name, seed, Options::default()).unwrap();
    let truth = story.truth.finds.deploy.clone().unwrap();
    let snapshot = snapshot_of(&story.records);
    let index = snapshot.graph(&Lens::default());
    let progress = Progress::default();
    let study = Study { snapshot: &snapshot, index: &index, progress: &progress };
    let answer = deploy(&study, &Lens::default(), &DeployOptions::default());
    let mut wrong = Vec::new();
    if answer.comparisons.len() != 1 {
        wrong.push(format!("{} comparisons", answer.comparisons.len()));
    } else {
        judge_deployment(&study, &answer, &truth, &mut wrong);
        let rows = &answer.comparisons[0].rows;
        truth.services.iter().for_each(|s| judge_service(&study, rows, s, &truth, &mut wrong));
        if name.ends_with(scenario::NULL) {
            let grave = rows.iter().filter(|r| r.severity > Some(Severity::Low));
            wrong.extend(grave.map(|r| format!("a grave finding where nothing is wrong: {r:?}")));
        }
    }
    wrong.into_iter().map(|w| format!("{name} {seed}: {w}")).collect()
}

fn judge_deployment(study: &Study<'_>, answer: &DeployAnswer, truth: &DeployTruth, wrong: &mut Vec<String>) {
    let deployment = &answer.deployments[0];
    let text = |s: Symbol| study.snapshot.spans.text(s);
    let found = (node_id(study, deployment.node.unwrap()), text(deployment.from), text(deployment.version));
    if found != (&*truth.service, &*truth.from_version, &*truth.version) {
        wrong.push(format!("deployment {found:?}"));
    }
    let slack = Nanos::from_secs(60);
    let near = |t: Timestamp, of: Timestamp| t + slack >= of && of + slack >= t;
    if !near(deployment.start, truth.at) || !deployment.rollout_end.is_some_and(|e| near(e, truth.complete)) {
        wrong.push(format!("from {:?} to {:?}", deployment.start, deployment.rollout_end));
    }
}

fn node_id<'a>(study: &Study<'a>, node: NodeId) -> &'a str {
    study.index.graph.node(node).map_or("", |n| &n.id)
}

fn judge_service(
    study: &Study<'_>,
    rows: &[Compared],
    service: &scenario::ChangeTruth,
    truth: &DeployTruth,
    wrong: &mut Vec<String>,
) {
    let own: Vec<&Compared> = rows.iter().filter(|r| node_id(study, r.node) == service.node).collect();
    let bad: Vec<&&Compared> = own.iter().filter(|r| r.verdict == Verdict::Regression).collect();
    let latency = own.iter().find(|r| r.operation.is_none() && r.metric == Metric::Latency).unwrap();
    let is_right = match service.verdict {
        Truth::Unchanged => bad.is_empty(),
        Truth::Regression => {
            (latency.verdict, latency.shape) == (Verdict::Regression, Some(Shape::Whole))
                && !latency.is_cascading()
                && latency.cause.is_some_and(|c| c.is_deployed && c.confidence == Confidence::High)
        }
        Truth::TailRegression => {
            (latency.verdict, latency.shape) == (Verdict::Regression, Some(Shape::Tail))
                && latency.cause.is_some_and(|c| c.from == latency.node)
        }
        Truth::Cascading => {
            let from = |r: &&Compared| r.cause.map(|c| node_id(study, c.from)) == Some(&truth.service);
            latency.verdict == Verdict::Regression
                && bad.iter().filter(|r| r.metric != Metric::Throughput).all(|r| from(r))
        }
    };
    if !is_right {
        wrong.push(format!("{} is {:?}, not {bad:#?}", service.node, service.verdict));
    }
    if let Effect::Latency(e) = &latency.effect {
        let near = |is: f64, was: f64| (is / was - 1.0).abs() < 0.06;
        if !near(e.median.0, service.before.median_ms) || !near(e.median.1, service.after.median_ms) {
            wrong.push(format!("{}: medians {:?}", service.node, e.median));
        }
    }
}

fn judge_all(name: &str) {
    let wrong: Vec<String> = (1..=SEEDS).into_par_iter().flat_map_iter(|seed| judge(name, seed)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn recommendation_deploy_blames_the_new_version() {
    judge_all("recommendation-deploy");
}

#[test]
fn slow_release_blames_pricing() {
    judge_all("slow-release");
}

#[test]
fn slow_release_of_the_tail_is_told_as_one() {
    judge_all("slow-release-tail");
}

#[test]
fn harmless_deployments_are_left_in_peace() {
    judge_all("recommendation-deploy-null");
    judge_all("slow-release-null");
}
