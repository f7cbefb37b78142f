//! Deployments that an answer tells of: what was deployed when, and what is compared with what for it.
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::clock::Clock;
use super::command::Item;
use super::comparison::{Comparing, Known, Versions};
use super::picture::Picture;
use crate::analysis::difference::Verdict;
use crate::graph::ServiceGraph;
use crate::model::{TimeRange, Timestamp};
use crate::texts::{fill, texts};
use crate::view::map::{MapItem, Mark, Sign};
use crate::view::text;

/// A deployment, as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Deployed {
    /// The service; none where only a moment was given.
    pub item: Option<Item>,
    /// Its name.
    pub service: String,
    /// `1.9.4 → 2.0.0`; empty where no version is known.
    pub versions: String,
    /// The version that came; may be empty.
    pub version: String,
    /// The version that was there; may be empty.
    pub from: String,
    /// How it came: a release, canary, rollback, or given.
    pub kind: String,
    /// When.
    pub at: Timestamp,
}

impl Deployed {
    /// `recommendation-service, release 1.9.4 → 2.0.0, at 10:15:55`
    pub fn sentence(&self, clock: &Clock) -> String {
        let service = if self.service.is_empty() { texts().timeline.deployment } else { &self.service };
        let what = if self.versions.is_empty() { &self.kind } else { &self.versions };
        let kind = if self.kind == "given" || self.versions.is_empty() { "" } else { &self.kind };
        let space = if kind.is_empty() { "" } else { " " };
        text::name(
            &fill(
                texts().timeline.at,
                &[
                    ("service", &service),
                    ("kind", &kind),
                    ("space", &space),
                    ("what", &what),
                    ("time", &clock.seconds(self.at)),
                ],
            ),
            200,
        )
    }

    /// The old version and the new one, as sides of a comparison.
    fn versions_compared(&self) -> Option<Versions> {
        let Some(Item::Node(node)) = &self.item else { return None };
        Some(Versions {
            node: node.clone(),
            service: self.service.clone(),
            old: self.from.clone(),
            new: self.version.clone(),
        })
    }
}

/// The deployments of an answer to that question, by time.
pub fn deployments(graph: &ServiceGraph, answer: &Value) -> Vec<Deployed> {
    let names = names(graph);
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let deployed = |d: &Value| {
        let id = d["node"].as_str();
        let (from, version) = (text(&d["from_version"]), text(&d["version"]));
        let versions = match (from.is_empty(), version.is_empty()) {
            (false, false) => format!("{from} → {version}"),
            _ => version.clone(),
        };
        Some(Deployed {
            item: id.map(|id| Item::Node(id.to_owned())),
            service: id.map_or("", |id| names.get(id).copied().unwrap_or(id)).to_owned(),
            versions,
            version,
            from,
            kind: text(&d["kind"]),
            at: moment(&d["start_unix_nano"])?,
        })
    };
    answer["deployments"].as_array().into_iter().flatten().filter_map(deployed).collect()
}

/// Processes of a service that were replaced by others of the same version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restarted {
    /// The service.
    pub item: Item,
    /// Its name.
    pub service: String,
    /// Its version; may be empty.
    pub version: String,
    /// How many processes, and how long nobody answered.
    pub what: String,
    /// When.
    pub at: Timestamp,
}

impl Restarted {
    /// `cart 1.9.4, at 10:15:55: all 3 processes were replaced`
    pub fn sentence(&self, clock: &Clock) -> String {
        let space = if self.version.is_empty() { "" } else { " " };
        let at = clock.seconds(self.at);
        let service = format!("{}{space}{}", self.service, self.version);
        let values: [(&str, &dyn std::fmt::Display); 3] =
            [("service", &service), ("time", &at), ("what", &self.what)];
        text::name(&fill(texts().timeline.restarted, &values), 200)
    }
}

/// The restarts of an answer to that question, by time.
pub fn restarts(graph: &ServiceGraph, answer: &Value) -> Vec<Restarted> {
    let names = names(graph);
    let restarted = |r: &Value| {
        let id = r["node"].as_str()?;
        Some(Restarted {
            item: Item::Node(id.to_owned()),
            service: names.get(id).copied().unwrap_or(id).to_owned(),
            version: r["version"].as_str().unwrap_or_default().to_owned(),
            what: r["text"].as_str().unwrap_or_default().to_owned(),
            at: moment(&r["start_unix_nano"])?,
        })
    };
    answer["restarts"].as_array().into_iter().flatten().filter_map(restarted).collect()
}

/// Names of nodes by id.
fn names(graph: &ServiceGraph) -> BTreeMap<&str, &str> {
    graph.nodes().map(|(_, n)| (n.id.as_str(), n.name.as_str())).collect()
}

/// What a comparison was of.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// Places among the deployments.
    pub deployments: Vec<usize>,
    /// Of what with what; the same where versions were compared that ran at the same time.
    pub times: (TimeRange, TimeRange),
    /// Whether they were versions at the same time.
    pub is_by_version: bool,
}

/// The comparisons of an answer, by time.
pub fn comparisons(answer: &Value) -> Vec<Held> {
    let range =
        |v: &Value| Some(TimeRange::new(moment(&v["start_unix_nano"])?, moment(&v["end_unix_nano"])?));
    let held = |c: &Value| {
        Some(Held {
            deployments: places(&c["deployments"]),
            times: range(&c["before"]).zip(range(&c["after"]))?,
            is_by_version: c["basis"] == "version",
        })
    };
    answer["comparisons"].as_array().into_iter().flatten().filter_map(held).collect()
}

impl Held {
    /// What the map is asked for to show it: its times, and the verdicts that the analysis gave.
    pub fn comparing(&self, all: &[Deployed], answer: &Value) -> Option<Comparing> {
        let (before, after) = self.times;
        let versions = match self.is_by_version {
            true => Some(all.get(*self.deployments.first()?)?.versions_compared()?),
            false => None,
        };
        let mut known = Known::new();
        for row in answer["comparison"].as_array().into_iter().flatten() {
            let is_own = row["operation"].is_null() && places(&row["deployments"]) == self.deployments;
            let (Some(node), Some(verdict)) = (row["node"].as_str(), verdict(&row["verdict"])) else {
                continue;
            };
            let entry = match row["metric"].as_str() {
                Some("latency") if is_own => &mut known.entry(node.to_owned()).or_default().0,
                Some("errors") if is_own => &mut known.entry(node.to_owned()).or_default().1,
                _ => continue,
            };
            *entry = Some(verdict);
        }
        let deployed = self.deployments.iter().filter_map(|d| all.get(*d)).cloned().collect();
        Some(Comparing { before, after, versions, known: Arc::new(known), deployed })
    }
}

fn places(v: &Value) -> Vec<usize> {
    v.as_array().into_iter().flatten().filter_map(|d| usize::try_from(d.as_u64()?).ok()).collect()
}

fn moment(v: &Value) -> Option<Timestamp> {
    v.as_str().and_then(|t| t.parse().ok()).map(Timestamp)
}

fn verdict(v: &Value) -> Option<Verdict> {
    let all = [Verdict::Regression, Verdict::Improvement, Verdict::Unchanged, Verdict::Insufficient];
    all.into_iter().find(|o| v == o.name())
}

/// Marks for the nodes of a picture that were deployed under its lens.
pub fn marks(all: &[Deployed], picture: &Picture, clock: &Clock) -> Vec<(usize, Mark)> {
    let inside = |d: &&Deployed| picture.lens.window.is_none_or(|w| w.contains(d.at));
    let mut out: BTreeMap<usize, Mark> = BTreeMap::new();
    for deployed in all.iter().filter(inside) {
        let Some(MapItem::Node(i)) = deployed.item.as_ref().and_then(|i| picture.place_of(i)) else {
            continue;
        };
        let version = if deployed.version.is_empty() { "" } else { &deployed.version };
        let mark = out.entry(i).or_insert_with(|| Mark { sign: Sign::Deployed, spoken: String::new() });
        let space = if version.is_empty() { "" } else { " " };
        let spoken = fill(
            texts().timeline.deployed_at,
            &[("space", &space), ("version", &version), ("time", &clock.seconds(deployed.at))],
        );
        mark.spoken = if mark.spoken.is_empty() { spoken } else { format!("{}, {spoken}", mark.spoken) };
    }
    out.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answer() -> Value {
        let time = |a: i64, b: i64| json!({"start_unix_nano": a.to_string(), "end_unix_nano": b.to_string()});
        json!({
            "deployments": [
                {"node": "service:a", "version": "2", "from_version": "1", "kind": "release", "start_unix_nano": "50"},
                {"node": null, "version": null, "from_version": null, "kind": "given", "start_unix_nano": "70"},
                {"node": "service:b", "version": "4", "from_version": "3", "kind": "canary", "start_unix_nano": "80"},
            ],
            "restarts": [
                {"node": "service:b", "version": "3", "start_unix_nano": "60", "text": "all 3 processes were replaced"},
                {"node": "service:c", "version": null, "start_unix_nano": "65", "text": "its process was replaced"},
            ],
            "comparisons": [
                {"deployments": [0], "basis": "time", "before": time(0, 50), "after": time(60, 90)},
                {"deployments": [2], "basis": "version", "before": time(0, 90), "after": time(0, 90)},
            ],
            "comparison": [
                {"node": "service:a", "operation": null, "metric": "latency", "verdict": "regression", "deployments": [0]},
                {"node": "service:a", "operation": "GET /", "metric": "errors", "verdict": "regression", "deployments": [0]},
                {"node": "service:a", "operation": null, "metric": "errors", "verdict": "unchanged", "deployments": [1]},
            ],
        })
    }

    #[test]
    fn deployments_say_service_versions_and_time() {
        let found = deployments(&ServiceGraph::default(), &answer());
        let clock = Clock::new(true);
        let lines: Vec<String> = found.iter().map(|d| d.sentence(&clock)).collect();
        expect_test::expect![[r#"
            service:a, release 1 → 2, at 00:00:00
            Deployment, given, at 00:00:00
            service:b, canary 3 → 4, at 00:00:00"#]]
        .assert_eq(&lines.join("\n"));
    }

    #[test]
    fn restarts_say_service_version_and_how_many() {
        let found = restarts(&ServiceGraph::default(), &answer());
        let lines: Vec<String> = found.iter().map(|r| r.sentence(&Clock::new(true))).collect();
        expect_test::expect![[r#"
            service:b 3, at 00:00:00: all 3 processes were replaced
            service:c, at 00:00:00: its process was replaced"#]]
        .assert_eq(&lines.join("\n"));
    }

    #[test]
    fn a_comparison_by_time_takes_the_verdicts_on_whole_nodes_to_the_map() {
        let held = comparisons(&answer());
        let all = deployments(&ServiceGraph::default(), &answer());
        let comparing = held[0].comparing(&all, &answer()).unwrap();
        assert_eq!(comparing.after, TimeRange::new(Timestamp(60), Timestamp(90)));
        let known: Vec<_> = comparing.known.iter().collect();
        assert_eq!(known, [(&"service:a".to_owned(), &(Some(Verdict::Regression), None))]);
        let canary = held[1].comparing(&all, &answer()).unwrap();
        let versions = canary.versions.clone().unwrap();
        let sides = (&*versions.node, &*versions.old, &*versions.new, canary.before, canary.after);
        let window = TimeRange::new(Timestamp(0), Timestamp(90));
        assert_eq!(sides, ("service:b", "3", "4", window, window));
        assert_eq!(canary.sentence(&Clock::new(true)), "service:b 4 compared with 3, 00:00:00–00:00:00");
    }
}
