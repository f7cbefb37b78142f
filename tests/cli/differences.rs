//! `analyze deploy` and `diff`: what changed between before and after.
use serde_json::{Value, json};

use crate::Place;
use crate::fixtures::{line, shop, span};

/// A request every four seconds for 40 minutes: version 2 comes half way and takes 400 ms instead of 100.
fn release() -> String {
    let mut text = String::new();
    for i in 0..600_u64 {
        let (at, is_new) = (i * 4_000, i >= 300);
        // A little unevenness, so that no two blocks of time are the same.
        let end = at + if is_new { 400 } else { 100 } + i * 7 % 23;
        let mut serve = span(i + 1, i * 2 + 1, 0, 2, "GET /cart", at, end);
        if is_new && i % 10 == 0 {
            serve["status"] = json!({"code": 2});
        }
        let version = if is_new { "2.0.0" } else { "1.2.3" };
        text += &line("cart", &[serve]).replace("1.2.3", version);
    }
    text
}

fn row<'a>(answer: &'a Value, metric: &str) -> &'a Value {
    let rows = answer["comparison"].as_array().unwrap();
    rows.iter()
        .find(|r| r["node"] == "service:cart" && r["metric"] == metric && r["operation"].is_null())
        .unwrap()
}

#[test]
fn a_deployment_is_found_and_judged() {
    let place = Place::with("release.jsonl", release());
    let run = place.run("analyze deploy release.jsonl --format json");
    assert_eq!((run.status, run.err.as_str()), (0, ""));
    let answer = run.json();
    assert_eq!(answer["question"], "deploy");
    let deployment = &answer["deployments"][0];
    assert_eq!(
        (&deployment["node"], &deployment["from_version"], &deployment["version"], &deployment["kind"]),
        (&json!("service:cart"), &json!("1.2.3"), &json!("2.0.0"), &json!("release"))
    );
    let latency = row(&answer, "latency");
    assert_eq!((&latency["verdict"], &latency["cause"]), (&json!("regression"), &json!("own")));
    assert!((latency["change_ratio"].as_f64().unwrap() - 2.7).abs() < 0.2, "{latency}");
    let errors = row(&answer, "errors");
    assert_eq!((&errors["verdict"], &errors["shape"]), (&json!("regression"), &json!("new")));
    assert_eq!((&errors["before"], &errors["change_ratio"]), (&json!(0.0), &Value::Null));
    assert_eq!(row(&answer, "throughput")["verdict"], "unchanged");
    let finding = &answer["findings"][0];
    assert_eq!(finding["node"], "service:cart");
    assert!(!finding["evidence"]["trace_ids"].as_array().unwrap().is_empty());
    let text = String::from_utf8(run.out).unwrap();
    assert!(!text.contains("NaN") && !text.contains("inf"), "a number that is none");
    let page = place.run("analyze deploy release.jsonl").text().to_owned();
    assert!(page.contains("Failed requests 0 % → 9.8 % (new)"), "{page}");
    assert!(page.contains("Take cart back to 1.2.3"), "{page}");
}

#[test]
fn a_moment_can_be_given_and_must_be_in_the_data() {
    let place = Place::with("release.jsonl", release());
    let given = place.run("analyze deploy release.jsonl --service cart --at +20m --format json").json();
    assert_eq!(given["deployments"][0]["kind"], "given");
    assert_eq!(row(&given, "latency")["verdict"], "regression");
    let moment = place.run("analyze deploy release.jsonl --at +12m --format json").json();
    assert_eq!(
        (&moment["deployments"][0]["node"], &moment["deployments"][0]["version"]),
        (&Value::Null, &Value::Null)
    );
    let harmless = place.run("analyze deploy release.jsonl --at +10m --to +20m --format json").json();
    assert_eq!(harmless["findings"], json!([]));
    assert!(place.fails(2, "analyze deploy release.jsonl --at +3h").contains("--at is not between"));
    assert!(place.fails(2, "analyze deploy release.jsonl --service nobody").contains("no node nobody"));
    let none = Place::with("shop.jsonl", shop(60));
    assert!(none.run("analyze deploy shop.jsonl").text().contains("No service.version changed"));
}

#[test]
fn two_files_differ_and_a_rule_makes_it_fail() {
    let place = Place::with("before.jsonl", shop(100));
    place.write("same.jsonl", shop(100));
    let same = place.run("diff before.jsonl same.jsonl --fail-on new-edge,errors,latency");
    assert_eq!((same.status, same.err.as_str()), (0, ""));
    assert!(same.text().contains("Nothing differs by more than chance"));
    // The database answers 30 times slower, and cart asks a new service.
    let mut changed = String::new();
    for i in 0..100_u64 {
        let (trace, id, at) = (i + 1, (i + 1) * 10, i * 1_000);
        let root = span(trace, id, 0, 2, "GET /", at, at + 900);
        let call = span(trace, id + 1, id, 3, "GET /cart", at + 10, at + 890);
        let serve = span(trace, id + 2, id + 1, 2, "GET /cart", at + 20, at + 880);
        let ask = span(trace, id + 3, id + 2, 3, "GET /stock", at + 30, at + 870);
        changed += &line("gateway", &[root, call]);
        changed += &line("cart", &[serve, ask]);
        changed += &line("stock", &[span(trace, id + 4, id + 3, 2, "GET /stock", at + 40, at + 860)]);
    }
    place.write("after.jsonl", changed);
    let run = place.run("diff before.jsonl after.jsonl --format json --fail-on new-edge,latency");
    assert_eq!(run.status, 1);
    assert_eq!(run.err.trim().lines().count(), 1, "{}", run.err);
    assert!(run.err.contains("new edge cart → stock"), "{}", run.err);
    assert!(run.err.contains("cart median 60") && run.err.contains("860 ms"), "{}", run.err);
    let answer = run.json();
    let of = |id: &str| answer["nodes"].as_array().unwrap().iter().find(|n| n["node"] == id).unwrap().clone();
    assert_eq!(of("service:stock")["presence"], "new");
    assert_eq!(
        (&of("service:cart")["latency"], &of("service:cart")["errors"]),
        (&json!("regression"), &json!("unchanged"))
    );
    let page = place.run("diff before.jsonl after.jsonl");
    assert_eq!(page.status, 0, "without a rule a difference is no failure");
    assert!(page.text().contains("+ new edge: cart → stock"), "{}", page.text());
}

#[test]
fn two_windows_of_one_file_differ() {
    let place = Place::with("release.jsonl", release());
    let run = place.run("diff release.jsonl --before +0s..+19m --after +21m..-0s --fail-on latency,errors");
    assert_eq!(run.status, 1);
    assert!(run.err.contains("cart median 1") && run.err.contains("cart errors 0 %"), "{}", run.err);
    assert!(place.fails(2, "diff release.jsonl").contains("needs --before"));
    assert!(place.fails(2, "diff release.jsonl --before +5m..+1m --after +6m..+9m").contains("empty"));
    assert!(place.fails(2, "diff release.jsonl --before +5m --after +6m..+9m").contains("T..T"));
    assert!(place.fails(3, "diff release.jsonl --before +0s..+5m --after +3h..+4h").contains("no call"));
    assert_eq!(place.run("diff release.jsonl gone.jsonl").status, 3);
}
