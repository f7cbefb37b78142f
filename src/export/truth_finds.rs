//! The part of a truth file that says what the analyses of the story must find.
use serde_json::{Map, Value, json};

use crate::model::Timestamp;
use crate::scenario::{
    DeployTruth, Example, Finds, ImpactTruth, PatternTruth, RedTruth, Share, Verdict, WaveTruth,
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
