//! A story's truth to JSON, in the form that `generate` writes beside the spans.
use serde::Serialize;

use super::truth_finds::finds_json;
use crate::scenario::{EdgeTruth, NodeTruth, Truth};

/// The truth as indented JSON with a line break at the end.
pub fn truth_json(truth: &Truth) -> String {
    let file = File {
        scenario: &truth.scenario,
        seed: truth.seed,
        weight: truth.weight,
        spans: truth.spans,
        traces: truth.traces,
        root_cause: truth.root_cause.as_deref(),
        incident: truth.incident.map(|range| Incident {
            start_unix_nano: range.start.0.to_string(),
            end_unix_nano: range.end.0.to_string(),
        }),
        path: &truth.path,
        noise: &truth.noise,
        finds: finds_json(&truth.finds),
        nodes: truth.nodes.iter().map(Node::from).collect(),
        edges: truth.edges.iter().map(Edge::from).collect(),
    };
    // Serialisation of plain structs with text keys into memory cannot fail.
    let mut json = serde_json::to_string_pretty(&file).unwrap_or_default();
    json.push('\n');
    json
}

#[derive(Serialize)]
struct File<'a> {
    scenario: &'a str,
    seed: u64,
    weight: u64,
    spans: u64,
    traces: u64,
    root_cause: Option<&'a str>,
    incident: Option<Incident>,
    path: &'a [String],
    noise: &'a [String],
    finds: serde_json::Value,
    nodes: Vec<Node<'a>>,
    edges: Vec<Edge<'a>>,
}

#[derive(Serialize)]
struct Incident {
    start_unix_nano: String,
    end_unix_nano: String,
}

#[derive(Serialize)]
struct Node<'a> {
    id: &'a str,
    name: &'a str,
    kind: &'a str,
    namespace: &'a str,
    calls: u64,
    errors: u64,
    timeouts: u64,
}

impl<'a> From<&'a NodeTruth> for Node<'a> {
    fn from(node: &'a NodeTruth) -> Self {
        Self {
            id: &node.id,
            name: &node.name,
            kind: node.kind.name(),
            namespace: &node.namespace,
            calls: node.counts.calls,
            errors: node.counts.errors,
            timeouts: node.counts.timeouts,
        }
    }
}

#[derive(Serialize)]
struct Edge<'a> {
    from: &'a str,
    to: &'a str,
    kind: &'a str,
    calls: u64,
    errors: u64,
    timeouts: u64,
}

impl<'a> From<&'a EdgeTruth> for Edge<'a> {
    fn from(edge: &'a EdgeTruth) -> Self {
        Self {
            from: &edge.from,
            to: &edge.to,
            kind: edge.kind.name(),
            calls: edge.counts.calls,
            errors: edge.counts.errors,
            timeouts: edge.counts.timeouts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{TimeRange, Timestamp};
    use crate::scenario::{Counts, EdgeKind, Finds, NodeKind};
    use expect_test::expect;

    #[test]
    fn keys_are_those_of_the_contract() {
        let counts = Counts { calls: 3, errors: 2, timeouts: 1 };
        let truth = Truth {
            scenario: "s".to_owned(),
            seed: 7,
            weight: 1,
            spans: 4,
            traces: 3,
            root_cause: Some("cache:redis@c".to_owned()),
            incident: Some(TimeRange::new(Timestamp(1), Timestamp(2))),
            path: vec!["user:user".to_owned()],
            noise: Vec::new(),
            finds: Finds { recovered: Some(Timestamp(5)), ..Finds::default() },
            nodes: vec![NodeTruth {
                id: "cache:redis@c".to_owned(),
                name: "redis@c".to_owned(),
                kind: NodeKind::Cache,
                namespace: String::new(),
                counts,
            }],
            edges: vec![EdgeTruth {
                from: "service:a".to_owned(),
                to: "cache:redis@c".to_owned(),
                kind: EdgeKind::Database,
                counts,
            }],
        };
        expect![[r#"
            {
              "scenario": "s",
              "seed": 7,
              "weight": 1,
              "spans": 4,
              "traces": 3,
              "root_cause": "cache:redis@c",
              "incident": {
                "start_unix_nano": "1",
                "end_unix_nano": "2"
              },
              "path": [
                "user:user"
              ],
              "noise": [],
              "finds": {
                "recovered_unix_nano": "5"
              },
              "nodes": [
                {
                  "id": "cache:redis@c",
                  "name": "redis@c",
                  "kind": "cache",
                  "namespace": "",
                  "calls": 3,
                  "errors": 2,
                  "timeouts": 1
                }
              ],
              "edges": [
                {
                  "from": "service:a",
                  "to": "cache:redis@c",
                  "kind": "database",
                  "calls": 3,
                  "errors": 2,
                  "timeouts": 1
                }
              ]
            }
        "#]]
        .assert_eq(&truth_json(&truth));
    }
}
