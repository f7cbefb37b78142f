//! `traces`, `trace`, `analyze` and `generate`.
use serde_json::Value;

use crate::Place;
use crate::fixtures::shop;

const FIRST: &str = "00000000000000000000000000000001";

fn shop_place() -> Place {
    Place::with("shop.jsonl", shop(60))
}

fn json(place: &Place, line: &str) -> Value {
    let run = place.run(line);
    assert_eq!((run.status, run.err.as_str()), (0, ""), "{line}");
    run.json()
}

fn has_keys(value: &Value, keys: &str) {
    for key in keys.split_whitespace() {
        assert!(value.get(key).is_some(), "no {key} in {value}");
    }
}

#[test]
fn traces_are_listed_sorted_and_limited() {
    let place = shop_place();
    let list = json(&place, "traces shop.jsonl --format json --sort errors --limit 3");
    assert_eq!((list["total"].as_u64(), list["traces"].as_array().map(Vec::len)), (Some(60), Some(3)));
    let keys =
        "trace_id root_service root_operation start_unix_nano duration_ms spans services errors failed";
    has_keys(&list["traces"][0], keys);
    assert_eq!(
        (&list["traces"][0]["trace_id"], &list["traces"][0]["errors"]),
        (&format!("{:032x}", 60).into(), &2.into())
    );
    for sort in ["duration", "start", "errors", "spans"] {
        let table = place.run(&format!("traces shop.jsonl --sort {sort} --limit 3"));
        assert_eq!((table.status, table.text().lines().count()), (0, 5));
    }
}

#[test]
fn a_trace_is_a_tree_or_json_or_the_otlp_it_came_from() {
    let place = shop_place();
    let tree = place.run(&format!("trace shop.jsonl --id {FIRST}"));
    assert_eq!((tree.status, tree.text().lines().count()), (0, 6), "{}", tree.text());
    assert!(tree.text().contains("  gateway GET /cart"));
    let trace = json(&place, &format!("trace shop.jsonl --format json --id {FIRST}"));
    assert_eq!((trace["trace_id"].as_str(), trace["spans"].as_array().map(Vec::len)), (Some(FIRST), Some(4)));
    has_keys(
        &trace["spans"][0],
        "span_id parent_id service operation kind status attributes depth duration_ms",
    );
    let otlp = place.run(&format!("trace shop.jsonl --format otlp --id {FIRST} -o one.jsonl"));
    assert_eq!(otlp.status, 0);
    place.write("first.jsonl", shop(60).lines().take(2).collect::<Vec<_>>().join("\n"));
    let (again, first) = (place.map("one.jsonl"), place.map("first.jsonl"));
    assert_eq!((&again["nodes"], &again["edges"]), (&first["nodes"], &first["edges"]));
    assert_eq!(again["totals"]["received"], 4);
    assert!(place.fails(2, "trace shop.jsonl --id 7777").contains("no such trace"));
    assert!(place.fails(2, "trace shop.jsonl --id 0000").contains("several traces"));
}

#[test]
fn impact_and_health_keep_their_contract() {
    let place = shop_place();
    let impact = json(&place, "analyze impact shop.jsonl --outage cart --format json");
    has_keys(&impact, "question window findings affected entry_points business mitigations notes");
    assert_eq!(impact["question"], "impact");
    let affected = &impact["affected"][0];
    has_keys(affected, "node distance direct predicted_error_ratio severity operations fallback");
    assert_eq!((&affected["node"], &affected["direct"]), (&"service:gateway".into(), &true.into()));
    let health = json(&place, "analyze health shop.jsonl --format json");
    has_keys(&health, "question window findings alerts notes");
    for finding in health["findings"].as_array().unwrap().iter().chain(impact["findings"].as_array().unwrap())
    {
        has_keys(finding, "kind severity score reasons evidence");
        has_keys(&finding["evidence"], "trace_ids span_ids");
        assert!(finding.get("node").is_some() || finding.get("edge").is_some());
    }
    for question in ["impact --outage service:cart", "health"] {
        let (name, flags) = question.split_once(' ').unwrap_or((question, ""));
        let markdown = place.run(&format!("analyze {name} shop.jsonl {flags}"));
        assert!(markdown.status == 0 && markdown.text().starts_with("# "));
        let text = place.run(&format!("analyze {name} shop.jsonl {flags} --format text"));
        assert!(text.status == 0 && !text.text().contains(['#', '|', '`', '*']));
    }
    let unknown = place.fails(2, "analyze impact shop.jsonl --outage car");
    assert!(unknown.contains("did you mean") && unknown.contains("service:cart"), "{unknown}");
}

#[test]
fn scenarios_are_the_same_for_the_same_seed_and_bring_their_truth() {
    let place = Place::new();
    let make = |file: &str, seed: u32| {
        let run = place.run(&format!("generate services --services 12 -o {file} --seed {seed}"));
        assert_eq!(run.status, 0, "{}", run.err);
        place.read(file)
    };
    assert_eq!(make("a.jsonl", 7), make("b.jsonl", 7));
    assert_ne!(make("a.jsonl", 7), make("b.jsonl", 8));
    let truth: Value = serde_json::from_slice(&place.read("a.jsonl.truth.json")).unwrap();
    has_keys(&truth, "scenario seed root_cause incident nodes edges");
    assert_eq!((&truth["scenario"], &truth["seed"]), (&"services".into(), &7.into()));
    let plain = place.map("a.jsonl");
    assert_eq!(plain["totals"]["spans"], truth["spans"]);
    for file in ["c.jsonl.zst", "c.json.gz", "c.pb", "c.pb.zst"] {
        make(file, 7);
        assert_eq!(place.map(file)["edges"], plain["edges"], "{file}");
    }
    assert!(place.fails(2, "generate nonsense -o x.jsonl").contains("nonsense"));
    assert_eq!(place.fails(2, "generate services"), "say where the traces go: -o FILE");
    for list in ["generate list", "generate --list"] {
        assert!(place.run(list).text().contains("checkout-incident"));
    }
}

/// A metric line of the Collector's file exporter: the cart's CPU and its pool, and one that nothing needs.
fn metrics(nanos: u64) -> String {
    let point = |value: f64| format!(r#"{{"timeUnixNano":"{nanos}","asDouble":{value}}}"#);
    let metric =
        |name: &str, value| format!(r#"{{"name":"{name}","gauge":{{"dataPoints":[{}]}}}}"#, point(value));
    let all = [
        metric("process.cpu.utilization", 0.35),
        metric("db.client.connections.usage", 3.0),
        metric("db.client.connections.max", 4.0),
        metric("orders_total", 1.0),
    ];
    format!(
        r#"{{"resourceMetrics":[{{"resource":{{"attributes":[{{"key":"service.name","value":{{"stringValue":"cart"}}}}]}},"scopeMetrics":[{{"metrics":[{}]}}]}}]}}"#,
        all.join(",")
    )
}

#[test]
fn metrics_between_spans_show_how_busy_a_node_is() {
    let spans = shop(60);
    let start = Place::with("shop.jsonl", &spans).map("shop.jsonl")["window"]["start_unix_nano"].clone();
    let start: u64 = start.as_str().unwrap().parse().unwrap();
    let mut lines: Vec<String> = spans.lines().map(str::to_owned).collect();
    lines.insert(1, metrics(start));
    let place = Place::with("mixed.jsonl", lines.join("\n"));
    let map = place.map("mixed.jsonl");
    let cart = map["nodes"].as_array().unwrap().iter().find(|n| n["id"] == "service:cart").unwrap();
    assert_eq!((&cart["cpu_ratio"], &cart["pool_ratio"]), (&0.35.into(), &0.75.into()));
    assert!(cart["memory_ratio"].is_null(), "what was not sent is not 0");
    let kept = &map["totals"]["metrics"];
    assert_eq!(
        (&kept["received"], &kept["kept"], &map["totals"]["metrics_ignored"]),
        (&3.into(), &3.into(), &1.into())
    );
    let line = "analyze capacity mixed.jsonl --scenario 'all x3' --format json";
    let answer = json(&place, line);
    has_keys(&answer, "question window findings services first_to_saturate entries what_if notes");
    assert_eq!(answer["first_to_saturate"], "service:cart");
    let cart = answer["services"].as_array().unwrap().iter().find(|n| n["node"] == "service:cart").unwrap();
    has_keys(cart, "utilisation headroom scenario_utilisation suggested_replicas uses load_fit in_flight");
    assert_eq!((&cart["utilisation"], &cart["scenario_utilisation"]), (&0.75.into(), &2.25.into()));
    assert_eq!(answer["findings"][0]["node"], "service:cart");
    let markdown = place.run("analyze capacity mixed.jsonl --faster cart=50%");
    assert!(markdown.status == 0 && markdown.text().starts_with("# Capacity: all x2"), "{}", markdown.err);
    for (flags, why) in [
        ("--scenario 'all 2'", "write 'all x2'"),
        ("--scenario 'nobody x2'", "requests enter at"),
        ("--faster cart", "write NODE=50%"),
        ("--faster cart=150%", "write NODE=50%"),
    ] {
        let said = place.fails(2, &format!("analyze capacity mixed.jsonl {flags}"));
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn rules_come_from_a_file_and_mistakes_name_their_line() {
    let place = shop_place();
    let usual = place.run("analyze health --print-rules -o rules.toml");
    assert_eq!((usual.status, usual.err.as_str()), (0, ""));
    let by_file = json(&place, "analyze health shop.jsonl --rules rules.toml --format json");
    assert_eq!(by_file, json(&place, "analyze health shop.jsonl --format json"));
    has_keys(&by_file, "alerts objectives trends externals databases saturation");
    let review =
        |flags: &str| json(&place, &format!("analyze all shop.jsonl --format json{flags}")).to_string();
    assert_eq!(review(" --rules rules.toml"), review(""));
    place.write("strict.toml", "[[rule]]\nname = \"any traffic at all\"\nsignal = \"rate_per_min\"\nwarning = 0.01\nwindow = \"1m\"\nfor = \"0s\"\nmin_calls = 1\n");
    assert!(review(" --rules strict.toml").contains("any traffic at all"));
    place.write("rules.toml", "[[rule]]\nname = \"x\"\nsignal = \"load\"\n");
    let said = place.fails(2, "analyze all shop.jsonl --rules rules.toml");
    assert!(said.contains("rules.toml: line 3: \"load\" is no signal"), "{said}");
    let said = place.fails(2, "analyze health shop.jsonl --rules rules.toml");
    assert!(said.contains("rules.toml: line 3: \"load\" is no signal"), "{said}");
    assert!(
        place.fails(3, "analyze health shop.jsonl --rules gone.toml").contains("gone.toml could not be read")
    );
    assert!(place.fails(2, "analyze health").contains("--watch"));
    assert!(
        place
            .fails(2, "analyze health --watch --webhook ftp://x.example")
            .contains("write http://… or https://…")
    );
}
