//! The part of a truth file that says what the analyses of the story must find.
use serde_json::{Map, Value, json};

use crate::model::Timestamp;
use crate::scenario::{
    CapacityTruth, DeployTruth, Example, Finds, ImpactTruth, PatternTruth, RedTruth, Share, Verdict,
    WaveTruth,
};

/// One key per analysis that has something to find, so `{}` where there is nothing.
pub(super) fn finds_json(finds: &Finds) -> Value {
    let mut out = Map::new();
    let parts = [
        ("deploy", finds.deploy.as_ref().map(deploy)),
        ("patterns", finds.patterns.as_ref().map(patterns)),
        ("impact", finds.impact.as_ref().map(impact)),
        ("waves", (!finds.waves.is_empty()).then(|| finds.waves.iter().map(wave).collect())),
        ("recovered_unix_nano", finds.recovered.map(nanos)),
        ("capacity", (!finds.capacity.is_empty()).then(|| finds.capacity.iter().map(capacity).collect())),
    ];
    for (key, part) in parts {
        out.extend(part.map(|part| (key.to_owned(), part)));
    }
    Value::Object(out)
}

fn deploy(truth: &DeployTruth) -> Value {
    let verdicts: Map<String, Value> =
        truth.services.iter().map(|s| (s.node.clone(), s.verdict.name().into())).collect();
    let services: Map<String, Value> = truth
        .services
        .iter()
        .map(|s| (s.node.clone(), json!({"before": red(&s.before), "after": red(&s.after)})))
        .collect();
    let is_harmless = truth.services.iter().all(|s| s.verdict == Verdict::Unchanged);
    json!({
        "service": truth.service,
        "from_version": truth.from_version,
        "version": truth.version,
        "at_unix_nano": nanos(truth.at),
        "complete_unix_nano": nanos(truth.complete),
        "harmless": is_harmless,
        "verdicts": verdicts,
        "services": services,
    })
}

fn capacity(truth: &CapacityTruth) -> Value {
    let uses: Vec<Value> = truth
        .uses
        .iter()
        .map(|u| {
            let (now, then) = (rounded(u.now), rounded(u.then));
            json!({"node": u.node, "resource": u.resource, "now": now, "then": then, "target": u.target})
        })
        .collect();
    json!({"scenario": truth.scenario, "first": truth.uses.first().map(|u| &u.node), "uses": uses})
}

fn red(red: &RedTruth) -> Value {
    json!({
        "rpm": rounded(red.rpm),
        "mean_ms": rounded(red.mean_ms),
        "median_ms": rounded(red.median_ms),
        "p95_ms": rounded(red.p95_ms),
        "error_share": rounded(red.error_share),
    })
}

fn patterns(truth: &PatternTruth) -> Value {
    let (segment, value) = &truth.segment;
    json!({
        "entry": truth.entry,
        "attribute": truth.attribute,
        "threshold": truth.threshold,
        "bad_above": share(truth.above),
        "bad_below": share(truth.below),
        "segment": {"attribute": segment, "value": value, "share_of_bad": share(truth.in_segment)},
        "peak": {
            "start_unix_nano": nanos(truth.peak.start),
            "end_unix_nano": nanos(truth.peak.end),
            "share_of_bad": share(truth.in_peak),
        },
        "node": truth.node,
        "statement": truth.statement,
        "pair": {
            "normal": example(&truth.normal),
            "problem": example(&truth.problem),
            "not_executed": truth.not_executed,
        },
    })
}

fn share(share: Share) -> Value {
    json!({"of": share.of, "part": share.part})
}

fn example(example: &Example) -> Value {
    json!({"trace_id": example.trace.to_string(), "ms": rounded(example.length.as_millis_f64())})
}

fn impact(truth: &ImpactTruth) -> Value {
    let service = |(node, share): &(String, f64)| json!({"node": node, "error_share": rounded(*share), "severity": ImpactTruth::severity(*share)});
    json!({
        "node": truth.node,
        "fallback": truth.fallback,
        "services": truth.services.iter().map(service).collect::<Vec<_>>(),
        "degraded_operations": truth.degraded,
        "failed_requests": truth.failed_requests,
        "affected_users": truth.affected_users,
        "amount_attribute": truth.amount_attribute,
        "lost_amount": truth.lost_cents as f64 / 100.0,
        "lost_amount_per_hour": rounded(truth.lost_cents as f64 / 100.0 / truth.hours()),
        "conversion_operation": truth.conversion_operation,
        "conversion_drop": rounded(truth.conversion_drop),
    })
}

fn wave(truth: &WaveTruth) -> Value {
    let node = |n: &crate::scenario::OnsetTruth| json!({"node": n.node, "onset_unix_nano": nanos(n.onset), "mechanism": n.mechanism});
    json!({"wave": truth.wave, "nodes": truth.nodes.iter().map(node).collect::<Vec<_>>()})
}

/// Text, as numbers in JSON lose nanoseconds.
fn nanos(time: Timestamp) -> Value {
    time.0.to_string().into()
}

/// To four digits after the point.
fn rounded(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Nanos, TimeRange, TraceId};
    use crate::scenario::{ChangeTruth, OnsetTruth};
    use expect_test::expect;

    fn shown(finds: &Finds) -> String {
        serde_json::to_string_pretty(&finds_json(finds)).unwrap()
    }

    #[test]
    fn nothing_to_find_is_an_empty_object() {
        assert_eq!(shown(&Finds::default()), "{}");
    }

    #[test]
    fn a_deployment_has_its_figures_and_verdicts() {
        let red = RedTruth { rpm: 30.0, mean_ms: 1.5, median_ms: 1.0, p95_ms: 2.0, error_share: 0.012_345 };
        let change = ChangeTruth {
            node: "service:a".to_owned(),
            verdict: Verdict::Regression,
            before: red,
            after: red,
        };
        let deploy = DeployTruth {
            service: "service:a".to_owned(),
            from_version: "1".to_owned(),
            version: "2".to_owned(),
            at: Timestamp(1),
            complete: Timestamp(2),
            services: vec![change],
        };
        expect![[r#"
            {
              "deploy": {
                "at_unix_nano": "1",
                "complete_unix_nano": "2",
                "from_version": "1",
                "harmless": false,
                "service": "service:a",
                "services": {
                  "service:a": {
                    "after": {
                      "error_share": 0.0123,
                      "mean_ms": 1.5,
                      "median_ms": 1.0,
                      "p95_ms": 2.0,
                      "rpm": 30.0
                    },
                    "before": {
                      "error_share": 0.0123,
                      "mean_ms": 1.5,
                      "median_ms": 1.0,
                      "p95_ms": 2.0,
                      "rpm": 30.0
                    }
                  }
                },
                "verdicts": {
                  "service:a": "regression"
                },
                "version": "2"
              }
            }"#]]
        .assert_eq(&shown(&Finds { deploy: Some(deploy), ..Finds::default() }));
    }

    #[test]
    fn waves_and_impact_have_their_keys() {
        let onset = OnsetTruth { node: "service:a".to_owned(), onset: Timestamp(3), mechanism: "origin" };
        let impact = ImpactTruth {
            node: "service:a".to_owned(),
            fallback: false,
            services: vec![("service:a".to_owned(), 0.25)],
            degraded: vec!["a GET /".to_owned()],
            length: Nanos::from_secs(1_800),
            failed_requests: 3,
            affected_users: 2,
            amount_attribute: "amount".to_owned(),
            lost_cents: 4_250,
            conversion_operation: "a GET /".to_owned(),
            conversion_drop: 0.5,
        };
        let finds = Finds {
            waves: vec![WaveTruth { wave: 0, nodes: vec![onset] }],
            recovered: Some(Timestamp(9)),
            impact: Some(impact),
            ..Finds::default()
        };
        expect![[r#"
            {
              "impact": {
                "affected_users": 2,
                "amount_attribute": "amount",
                "conversion_drop": 0.5,
                "conversion_operation": "a GET /",
                "degraded_operations": [
                  "a GET /"
                ],
                "failed_requests": 3,
                "fallback": false,
                "lost_amount": 42.5,
                "lost_amount_per_hour": 85.0,
                "node": "service:a",
                "services": [
                  {
                    "error_share": 0.25,
                    "node": "service:a",
                    "severity": "medium"
                  }
                ]
              },
              "recovered_unix_nano": "9",
              "waves": [
                {
                  "nodes": [
                    {
                      "mechanism": "origin",
                      "node": "service:a",
                      "onset_unix_nano": "3"
                    }
                  ],
                  "wave": 0
                }
              ]
            }"#]]
        .assert_eq(&shown(&finds));
    }

    #[test]
    fn patterns_have_their_keys() {
        let example = Example { trace: TraceId([1; 16]), length: Nanos::from_millis(450) };
        let part = Share { of: 4, part: 3 };
        let patterns = PatternTruth {
            entry: "gateway POST /".to_owned(),
            attribute: "items".to_owned(),
            threshold: 100.0,
            above: part,
            below: part,
            segment: ("tier".to_owned(), "gold".to_owned()),
            in_segment: part,
            peak: TimeRange::new(Timestamp(1), Timestamp(2)),
            in_peak: part,
            node: "database:d@h".to_owned(),
            statement: "SELECT ?".to_owned(),
            normal: example,
            problem: example,
            not_executed: vec!["order POST /".to_owned()],
        };
        expect![[r#"
            {
              "patterns": {
                "attribute": "items",
                "bad_above": {
                  "of": 4,
                  "part": 3
                },
                "bad_below": {
                  "of": 4,
                  "part": 3
                },
                "entry": "gateway POST /",
                "node": "database:d@h",
                "pair": {
                  "normal": {
                    "ms": 450.0,
                    "trace_id": "01010101010101010101010101010101"
                  },
                  "not_executed": [
                    "order POST /"
                  ],
                  "problem": {
                    "ms": 450.0,
                    "trace_id": "01010101010101010101010101010101"
                  }
                },
                "peak": {
                  "end_unix_nano": "2",
                  "share_of_bad": {
                    "of": 4,
                    "part": 3
                  },
                  "start_unix_nano": "1"
                },
                "segment": {
                  "attribute": "tier",
                  "share_of_bad": {
                    "of": 4,
                    "part": 3
                  },
                  "value": "gold"
                },
                "statement": "SELECT ?",
                "threshold": 100.0
              }
            }"#]]
        .assert_eq(&shown(&Finds { patterns: Some(patterns), ..Finds::default() }));
    }
}
