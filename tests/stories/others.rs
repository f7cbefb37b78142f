//! Deployments, patterns and advice.
use spanscape::analysis::advice::{AdviceKind, advice};
use spanscape::analysis::deploy::{Compared, DeployOptions, Metric, Shape, Verdict, deploy};
use spanscape::analysis::incident::{Request, incident};
use spanscape::analysis::patterns::{Association, Bad, Condition, Difference, Group, Source, patterns};
use spanscape::analysis::{Confidence, Severity};
use spanscape::app::questions::{Asking, PLAIN, part};
use spanscape::export::answers::{association_severity, intermittent_text};
use spanscape::export::cards::{self, Question};
use spanscape::scenario::{ChangeTruth, PatternTruth, Verdict as Truth};
use spanscape::store::Lens;

use crate::{Told, Wrong};

/// The deployment is found; each service's verdict, shape and cause are as in the story.
pub fn deployment(told: &Told, wrong: &mut Wrong) {
    let truth = told.truth.finds.deploy.as_ref().unwrap();
    let answer = deploy(&told.study(), &Lens::default(), &DeployOptions::default());
    let found: Vec<_> =
        answer.deployments.iter().map(|d| (d.node.map(|n| told.id(n)), told.text(d.version))).collect();
    wrong.unless(found == [(Some(&*truth.service), &*truth.version)], || format!("deployments {found:?}"));
    for service in &truth.services {
        let rows: Vec<&Compared> = answer
            .comparisons
            .iter()
            .flat_map(|c| &c.rows)
            .filter(|r| r.operation.is_none() && told.id(r.node) == service.node)
            .collect();
        verdict(told, service, &rows, &truth.service, wrong);
    }
}

fn verdict(told: &Told, truth: &ChangeTruth, rows: &[&Compared], deployed: &str, wrong: &mut Wrong) {
    let bad: Vec<&&Compared> = rows.iter().filter(|r| r.verdict == Verdict::Regression).collect();
    let Some(latency) = rows.iter().find(|r| r.metric == Metric::Latency) else {
        return wrong.0.push(format!("nothing is said of {}", truth.node));
    };
    let cause = latency.cause.map(|c| (told.id(c.from), c.confidence));
    let from_it = cause.is_some_and(|(node, sure)| node == deployed && sure == Confidence::High);
    let is_right = match truth.verdict {
        Truth::Unchanged => bad.is_empty(),
        Truth::Regression => latency.shape == Some(Shape::Whole) && from_it && !latency.is_cascading(),
        Truth::TailRegression => latency.shape == Some(Shape::Tail) && from_it && !latency.is_cascading(),
        Truth::Cascading => from_it && latency.is_cascading(),
    };
    wrong.unless(is_right && (bad.is_empty() == (truth.verdict == Truth::Unchanged)), || {
        format!("{} is {:?} by {cause:?}, in truth {:?}", truth.node, latency.shape, truth.verdict)
    });
}

/// What bad requests of the entry have in common.
fn group(told: &Told, judge: impl FnOnce(Option<&Group>, &PatternTruth)) {
    let study = told.study();
    let answer = patterns(&study, &study.traces(&Lens::default()), &Bad::Usual);
    let truth = told.truth.finds.patterns.as_ref().unwrap();
    let entry =
        |g: &Group| format!("{} {}", told.id(g.entry.0).trim_start_matches("service:"), told.text(g.entry.1));
    judge(answer.groups.first().filter(|g| entry(g) == truth.entry), truth);
}

/// All that an association says of the same requests.
fn rules(a: &Association) -> impl Iterator<Item = (&Source, &Condition)> {
    std::iter::once((&a.source, &a.condition)).chain(a.also.iter().map(|(s, c)| (s, c)))
}

/// The attribute with its threshold is told first, above low; so is the segment.
pub fn pattern(told: &Told, wrong: &mut Wrong) {
    let name = |source: &Source| match source {
        Source::Entry(key) | Source::Span(_, key) => told.text(*key),
        _ => "",
    };
    group(told, |group, truth| {
        let Some(group) = group else { return wrong.0.push(format!("nothing is said of {}", truth.entry)) };
        let Some(first) = group.associations.first() else {
            return wrong.0.push("nothing is associated".to_owned());
        };
        let found = rules(first).find(|(s, _)| name(s) == truth.attribute).map(|r| r.1);
        wrong.unless(
            matches!(found, Some(Condition::Above(n)) if (n - truth.threshold).abs() <= 0.15 * truth.threshold),
            || format!("{} is told as {found:?}, first is {:?}", truth.attribute, name(&first.source)),
        );
        let share = |s: spanscape::scenario::Share| s.part as f64 / s.of as f64;
        wrong.near("share of bad ones above", first.bad_ratio_with, share(truth.above), 0.08);
        wrong.near("share of bad ones below", first.bad_ratio_without, share(truth.below), 0.02);
        let severity = association_severity(group, first);
        wrong.unless(severity > Severity::Low, || format!("the pattern is {severity:?}"));
        let segment = group.associations.iter().find(|a| {
            rules(a).any(|(s, c)| name(s) == truth.segment.0 && *c == Condition::Is(truth.segment.1.clone()))
        });
        wrong.near("share in the segment", segment.map_or(0.0, |a| a.recall), share(truth.in_segment), 0.05);
        let slow = group.bottlenecks.first().map(|b| told.key(b.0));
        wrong.unless(slow.as_ref() == Some(&truth.node), || format!("time is lost at {slow:?}"));
    });
}

/// What stands on top of the overview and of `analyze all` says which requests, whose they are, and where their time
/// goes; and where no stretch of time stands out, the incident says that it comes and goes.
pub fn top_finding(told: &Told, wrong: &mut Wrong) {
    let (study, all) = (told.study(), Lens::default());
    let (snapshot, graph) = (&*told.snapshot, &told.index.graph);
    let truth = told.truth.finds.patterns.as_ref().unwrap();
    let traces = study.traces(&all);
    let found = patterns(&study, &traces, &Bad::Usual);
    let incident = incident(&study, &traces, &Request::default());
    let mut cards = cards::incident(snapshot, graph, &incident);
    cards.extend(cards::patterns(snapshot, graph, &found));
    cards.extend(
        PLAIN.into_iter().filter_map(|q| part(q, &study, &all, &Asking::usual())).flat_map(|p| p.cards),
    );
    cards::sort(&mut cards);
    let Some(top) = cards.first() else { return wrong.0.push("no finding at all".to_owned()) };
    wrong.unless(top.question == Question::Patterns && top.severity > Severity::Low, || {
        format!("on top is {:?}", top.title)
    });
    let first = top.reasons.first().cloned().unwrap_or_default();
    let start = format!("{} > ", truth.attribute);
    let limit: Option<f64> = first.strip_prefix(&start).and_then(|rest| rest.split(':').next()?.parse().ok());
    let is_near = |n: f64| (n - truth.threshold).abs() <= 0.15 * truth.threshold;
    wrong.unless(limit.is_some_and(is_near), || format!("the top finding begins with {first:?}"));
    let segment = format!("{} = {}", truth.segment.0, truth.segment.1);
    for expected in
        [segment.as_str(), "inventory-postgresql, in “SELECT inventory”", "`select * from inventory where"]
    {
        wrong.unless(top.reasons.iter().any(|r| r.contains(expected)), || {
            format!("{expected} is not told: {:?}", top.reasons)
        });
    }
    let said = intermittent_text(snapshot, graph, &found);
    wrong.unless(said.is_some_and(|s| s.contains(&first)), || {
        "it is not told as one that comes and goes".to_owned()
    });
}

/// A good and a bad request side by side: which steps the bad one did not take.
pub fn pair(told: &Told, wrong: &mut Wrong) {
    group(told, |group, truth| {
        let Some(pair) = group.and_then(|g| g.pair.as_ref()) else {
            return wrong.0.push("no pair".to_owned());
        };
        let missing: Vec<String> = pair
            .differences
            .iter()
            .filter(|d| d.difference == Difference::NotExecuted)
            .filter_map(|d| d.path.last())
            .map(|(service, operation)| format!("{} {}", told.text(*service), told.text(*operation)))
            .collect();
        for step in &truth.not_executed {
            wrong.unless(missing.contains(step), || format!("{step} was not executed; told are {missing:?}"));
        }
        wrong.near("length of a good request, ms", pair.ms.0, truth.normal.length.as_millis_f64(), 60.0);
        wrong.near("length of a bad request, ms", pair.ms.1, truth.problem.length.as_millis_f64(), 1500.0);
    });
}

/// The slow statement comes first.
pub fn slow_statement(told: &Told, wrong: &mut Wrong) {
    let answer = advice(&told.study(), &Lens::default());
    let first = answer.findings.first();
    let said = first.map(|f| (f.kind, told.subject(f.subject)));
    let truth = told.truth.root_cause.clone().unwrap();
    wrong.unless(said == Some((AdviceKind::SlowStatement, truth)), || format!("first is {said:?}"));
    let statement = first.and_then(|f| f.query.as_ref()).map(|q| &*q.fingerprint);
    let expected = "select * from inventory where product_id in (?)";
    wrong.unless(statement == Some(expected), || format!("the statement is {statement:?}"));
    wrong.unless(first.is_some_and(|f| f.severity > Severity::Low), || "it is low".to_owned());
}
