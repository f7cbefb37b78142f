//! `map` in all its forms, and where results go.
use serde_json::Value;

use crate::fixtures::{line, shop, span};
use crate::{Place, Run};

fn shop_place() -> Place {
    Place::with("shop.jsonl", shop(60))
}

fn form(format: &str) -> Run {
    let run = shop_place().run(&format!("map --format {format} shop.jsonl"));
    assert_eq!((run.status, run.err.as_str()), (0, ""), "{format}");
    run
}

/// Every key of the contract, with the type of its value; `?` marks what may be null.
fn check(value: &Value, keys: &str) {
    for key in keys.split_whitespace() {
        let (key, kind) = key.split_once(':').unwrap();
        let found = &value[key];
        let is_right = match kind {
            "text" => found.is_string(),
            "number" => found.is_number(),
            "number?" => found.is_number() || found.is_null(),
            "nanos" => found.as_str().is_some_and(|s| s.parse::<i64>().is_ok()),
            "list" => found.is_array(),
            _ => found.is_object(),
        };
        assert!(is_right && value.get(key).is_some(), "{key} is {found}, not {kind}");
    }
}

#[test]
fn json_keeps_its_contract() {
    let map = form("json").json();
    check(&map, "window:object totals:object nodes:list edges:list");
    check(&map["window"], "start_unix_nano:nanos end_unix_nano:nanos");
    let counts = "spans:number traces:number received:number stored:number duplicates:number rejected:object";
    check(&map["totals"], counts);
    assert_eq!((&map["totals"]["spans"], &map["totals"]["traces"]), (&240.into(), &60.into()));
    let figures = "calls:number errors:number timeouts:number rate_per_min:number? error_ratio:number? \
                   latency_ms:object health:text";
    for item in map["nodes"].as_array().unwrap().iter().chain(map["edges"].as_array().unwrap()) {
        check(item, figures);
        check(&item["latency_ms"], "avg:number? p50:number? p95:number? p99:number? max:number?");
    }
    for node in map["nodes"].as_array().unwrap() {
        check(
            node,
            "id:text name:text kind:text namespace:text environment:text apdex:number? versions:list",
        );
    }
    let edges: Vec<String> = map["edges"].as_array().unwrap().iter().map(edge_line).collect();
    expect_test::expect![[r#"
        service:cart -> database:carts@carts-db database 60 0
        service:gateway -> service:cart http 60 1
        user:user -> service:gateway entry 60 0"#]]
    .assert_eq(&edges.join("\n"));
}

fn edge_line(e: &Value) -> String {
    check(e, "from:text to:text kind:text");
    let text = |key: &str| e[key].as_str().unwrap().to_owned();
    format!("{} -> {} {} {} {}", text("from"), text("to"), text("kind"), e["calls"], e["errors"])
}

#[test]
fn what_cannot_be_known_is_null() {
    let mut undated = span(1, 1, 0, 2, "GET /", 0, 0);
    undated["startTimeUnixNano"] = "0".into();
    undated["endTimeUnixNano"] = "0".into();
    let map = Place::with("x.json", line("cart", &[undated])).map("x.json");
    assert_eq!(map["window"], serde_json::json!({"start_unix_nano": null, "end_unix_nano": null}));
    for item in map["nodes"].as_array().unwrap().iter().chain(map["edges"].as_array().unwrap()) {
        assert!(item["rate_per_min"].is_null() && item["calls"] == 1, "{item}");
        assert!(item["latency_ms"]["p95"].is_null() && item["latency_ms"]["avg"].is_null(), "{item}");
        assert!(item["apdex"].is_null(), "{item}");
    }
}

#[test]
fn tables_show_nodes_and_edges() {
    let run = form("table");
    let first = |start: &str| run.text().lines().filter(|l| l.starts_with(start)).count();
    assert_eq!([first("node "), first("edge "), first("cart → carts"), first("gateway → cart")], [1; 4]);
}

#[test]
fn csv_has_as_many_cells_in_every_row() {
    let run = form("csv");
    let rows: Vec<Vec<&str>> = run.text().lines().map(|l| l.split(',').collect()).collect();
    assert!(rows.len() == 8 && rows.iter().all(|r| r.len() == rows[0].len()), "{}", run.text());
    let cells = |kind: &str| -> Vec<Vec<&str>> {
        let of = rows.iter().filter(|r| r[0] == kind);
        of.map(|r| [&r[1..3], &r[15..]].concat()).collect()
    };
    assert_eq!(rows[0][15..], ["id", "name", "namespace", "environment"]);
    assert!(cells("edge").contains(&vec!["service:gateway", "service:cart", "", "", "", ""]));
    assert!(cells("node").contains(&vec!["", "", "service:cart", "cart", "", ""]));
}

#[test]
fn graphml_has_the_figures_of_json() {
    let (map, graphml) = (form("json").json(), form("graphml"));
    let nodes = map["nodes"].as_array().unwrap();
    let cart = nodes.iter().find(|n| n["id"] == "service:cart").unwrap();
    let line = graphml.text().lines().find(|l| l.contains("<node id=\"service:cart\"")).unwrap();
    for (key, value) in [
        ("rate_per_min", &cart["rate_per_min"]),
        ("avg_ms", &cart["latency_ms"]["avg"]),
        ("p50_ms", &cart["latency_ms"]["p50"]),
        ("p95_ms", &cart["latency_ms"]["p95"]),
        ("p99_ms", &cart["latency_ms"]["p99"]),
    ] {
        let told = line.split(&format!("<data key=\"{key}\">")).nth(1).and_then(|r| r.split('<').next());
        let told: f64 = told.unwrap().parse().unwrap();
        assert!((told - value.as_f64().unwrap()).abs() < 0.01, "{key}: {told} {value}");
    }
}

#[test]
fn graphs_for_other_programs_name_all_ends() {
    let dot = form("dot");
    assert!(dot.text().starts_with("digraph") && dot.text().ends_with("}\n"));
    assert!(dot.text().contains("\"service:gateway\" -> \"service:cart\""));
    let mermaid = form("mermaid");
    assert!(mermaid.text().starts_with("flowchart LR\n"));
    assert_eq!(mermaid.text().matches(" -->|\"").count(), 3);
    for (format, end) in [("graphml", "</graphml>\n"), ("svg", "</svg>\n")] {
        let run = form(format);
        assert!(run.text().ends_with(end));
        assert_eq!(open_tags(run.text()), Vec::<String>::new(), "{format}");
    }
}

#[test]
fn boxes_and_what_comes_into_a_group_are_told_alike() {
    let place = Place::new();
    place.run("generate checkout-incident -o x.jsonl");
    let dot = place.run("map x.jsonl --format dot");
    assert!(dot.text().contains("subgraph \"cluster_shop\" {\n  label=\"shop\";"), "{}", dot.text());
    let mermaid = place.run("map x.jsonl --format mermaid");
    assert!(mermaid.text().contains("[\"shop\"]\n") && mermaid.text().contains("  end\n"));
    assert!(mermaid.text().contains("stroke-width:3px"), "what is ill is marked");
    assert!(place.run("map x.jsonl --format graphml").text().contains("<data key=\"group\">shop</data>"));
    let open = place.map("x.jsonl");
    let closed: serde_json::Value =
        serde_json::from_str(place.run("map x.jsonl --format json --collapse shop").text()).unwrap();
    let group = closed["nodes"].as_array().unwrap().iter().find(|n| n["id"] == "group:shop").unwrap();
    let members: Vec<&str> = group["members"].as_array().unwrap().iter().filter_map(|m| m.as_str()).collect();
    let is_inside = |id: &serde_json::Value| members.contains(&id.as_str().unwrap());
    let edges = open["edges"].as_array().unwrap().iter();
    let coming = edges.filter(|e| is_inside(&e["to"]) && !is_inside(&e["from"]));
    let calls: f64 = coming.map(|e| e["calls"].as_f64().unwrap()).sum();
    assert_eq!(group["calls"].as_f64().unwrap(), calls);
    assert!(calls > 0.0);
}

#[test]
fn a_picture_of_lines_is_dark_or_light_and_has_boxes_of_any_group() {
    let place = Place::new();
    place.run("generate checkout-incident -o x.jsonl");
    let light = place.run("map x.jsonl --format svg --theme light");
    let dark =
        place.run("map x.jsonl --format svg --theme dark --group-by telemetry.sdk.language --collapse none");
    assert!(light.text().contains("fill=\"#ffffff\"") && light.text().contains(">shop</text>"));
    assert!(!dark.text().contains("fill=\"#ffffff\"") && !dark.text().contains(">shop</text>"));
    for wrong in ["--scale 0", "--scale nan", "--least-share 500"] {
        assert_eq!(place.run(&format!("map x.jsonl --format png {wrong} -o x.png")).status, 2, "{wrong}");
    }
}

#[test]
fn every_line_of_a_picture_has_a_tip_that_any_program_draws() {
    let run = form("svg");
    let svg = run.text();
    assert!(!svg.contains("context-stroke") && !svg.contains("paint-order"), "few programs know them");
    let used = svg.split("marker-end=\"url(#").skip(1).map(|rest| rest.split(')').next().unwrap());
    let mut lines = 0;
    for tip in used {
        assert!(svg.contains(&format!("<marker id=\"{tip}\"")), "{tip}");
        lines += 1;
    }
    assert_eq!(lines, 3);
}

#[test]
fn a_large_mermaid_map_tells_what_it_needs() {
    let place = Place::new();
    place.run("generate services --services 300 -o x.jsonl");
    let run = place.run("map --format mermaid x.jsonl");
    let (first, second) = run.text().split_once('\n').unwrap();
    assert!(first.starts_with("%% ") && first.contains("maxEdges"), "{first}");
    assert!(second.starts_with("flowchart LR\n"));
}

/// Tags left open, after checking that each end tag closes the last open one.
fn open_tags(xml: &str) -> Vec<String> {
    let mut open = Vec::new();
    assert!(!xml.chars().any(|c| c.is_control() && c != '\n'), "XML forbids control characters");
    for part in xml.split('<').skip(1) {
        let (tag, text) = part.split_once('>').expect("every < has its >");
        assert!(!text.contains('&') || text.contains(';'), "{text}");
        let name = tag.split_whitespace().next().unwrap();
        if let Some(ends) = name.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(ends));
        } else if !tag.ends_with('/') && !tag.starts_with('?') {
            open.push(name.to_owned());
        }
    }
    open
}

#[test]
fn no_name_can_break_a_form() {
    let name = "a\u{1b}[2J\"<&>|,\n\\\u{202e}b\u{0}";
    let place = Place::with("x.json", line(name, &[span(1, 1, 0, 2, name, 0, 5)]));
    for format in ["table", "csv", "dot", "mermaid", "graphml", "svg", "json"] {
        let run = place.run(&format!("map --format {format} x.json"));
        assert_eq!(run.status, 0, "{}", run.err);
        if format == "dot" {
            assert!(
                run.text().contains("[label=\"a\u{FFFD}[2J\\\"<&amp;>|"),
                "Graphviz reads entities: {}",
                run.text()
            );
        }
        if format == "csv" {
            assert!(run.text().contains("a\u{FFFD}[2J\"\"<&>|,\u{FFFD}"), "{}", run.text());
        }
        match format {
            "graphml" | "svg" => assert_eq!(open_tags(run.text()), Vec::<String>::new()),
            "json" => assert!(run.text().is_ascii() || run.json()["nodes"][0]["name"] == name),
            _ => assert!(!run.text().contains(['\u{1b}', '\u{202e}', '\0']), "{format}: {}", run.text()),
        }
    }
    let markdown = place.run("analyze health x.json");
    assert!(!markdown.text().contains('\u{1b}'));
}

#[test]
fn a_result_never_replaces_what_is_read() {
    let place = shop_place();
    let before = place.read("shop.jsonl");
    std::fs::create_dir(place.path("folder")).unwrap();
    std::fs::copy(place.path("shop.jsonl"), place.path("folder/a.jsonl")).unwrap();
    for line in [
        "map shop.jsonl -o shop.jsonl",
        "map shop.jsonl -o ./folder/../shop.jsonl",
        "map folder -o folder/a.jsonl",
        "case shop.jsonl -o shop.jsonl",
        "snapshot shop.jsonl -o shop.jsonl",
        "traces shop.jsonl -o shop.jsonl",
        "diff shop.jsonl folder/a.jsonl -o shop.jsonl",
        "analyze health shop.jsonl -o shop.jsonl",
        "analyze incident folder --baseline-files shop.jsonl -o shop.jsonl",
    ] {
        let told = place.fails(2, line);
        assert!(
            told.ends_with("is one of the files that are read: name another file for the result"),
            "{told}"
        );
    }
    assert_eq!(place.read("shop.jsonl"), before);
    // What another command wrote may be replaced, as is usual.
    place.run("map shop.jsonl -o map.json --format json");
    assert_eq!(place.run("map shop.jsonl -o map.json --format csv").status, 0);
    assert!(place.read("map.json").starts_with(b"type,from,to"));
}

#[test]
fn results_go_to_a_file_whole_or_not_at_all() {
    let place = shop_place();
    let run = place.run("map --format json shop.jsonl -o map.json");
    assert_eq!((run.status, run.text(), run.err.as_str()), (0, "", ""));
    assert_eq!(place.read("map.json"), place.run("map --format json shop.jsonl").out);
    place.write("kept.json", "old");
    place.fails(3, "map gone.jsonl -o kept.json");
    assert_eq!(place.read("kept.json"), b"old");
    assert!(place.fails(3, "map shop.jsonl -o no/such/folder.txt").contains("no/such/folder.txt"));
    let names = std::fs::read_dir(place.path("")).unwrap().count();
    assert_eq!(names, 3, "nothing else is left behind");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_sentence() {
    let place = shop_place();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let run = crate::ended(&place.command("map shop.jsonl").stdout(full).output().unwrap());
    assert_eq!(run.status, 3);
    assert!(run.sentence().starts_with("standard output could not be written: No space left"));
    for command in
        ["map shop.jsonl", "trace shop.jsonl --id 1", "generate checkout-incident", "traces shop.jsonl"]
    {
        let command = command.replace("--id 1", "--id 00000000000000000000000000000001");
        let sentence = place.fails(3, &format!("{command} -o /dev/full"));
        assert!(sentence.starts_with("/dev/full could not be written: No space left"), "{sentence}");
    }
}

#[test]
fn a_picture_draws_what_edges_are_to_mean_and_says_so() {
    let place = shop_place();
    let svg = |flags: &str| {
        let run = place.run(&format!("map --format svg {flags} shop.jsonl"));
        assert_eq!((run.status, run.err.as_str()), (0, ""), "{flags}");
        run.text().to_owned()
    };
    let nodes = |svg: &str| -> Vec<String> {
        svg.lines().filter(|l| l.starts_with("<circle")).map(str::to_owned).collect()
    };
    let usual = svg("");
    assert!(usual.contains("width calls a minute; colour health; label rate, 95th percentile, errors"));
    let other = svg("--edge-width constant --edge-colour protocol --edge-label none");
    assert!(other.contains("width nothing: all alike; colour protocol; label nothing"));
    assert!(other.contains("#0e8376") && other.contains("#5457c8"), "database and HTTP");
    assert_eq!(other.matches("stroke-width=\"1.8\"").count(), 3, "all three lines alike");
    assert!(usual.contains("/min ·") && !other.contains("paint-order"), "no label on an edge");
    assert_eq!(nodes(&usual), nodes(&other), "nothing moved");
    let bad = place.run("map --format svg --edge-colour rainbow shop.jsonl");
    assert!(bad.status == 2 && bad.err.contains("health, errors, latency, protocol"), "{}", bad.err);
}

#[test]
fn groups_lie_in_groups_and_json_lists_their_members() {
    let lines: Vec<String> = [("web", "east", "shop"), ("cart", "east", "shop"), ("pay", "west", "money")]
        .iter()
        .enumerate()
        .map(|(i, (name, cluster, namespace))| {
            let parent = if i == 0 { String::new() } else { format!(r#""parentSpanId":"000000000000000{i}","#) };
            format!(
                r#"{{"resourceSpans":[{{"resource":{{"attributes":[{{"key":"service.name","value":{{"stringValue":"{name}"}}}},{{"key":"k8s.cluster.name","value":{{"stringValue":"{cluster}"}}}},{{"key":"service.namespace","value":{{"stringValue":"{namespace}"}}}}]}},"scopeSpans":[{{"spans":[{{"traceId":"0000000000000000000000000000000a","spanId":"000000000000000{}",{parent}"name":"x","kind":2,"startTimeUnixNano":"1000000000","endTimeUnixNano":"2000000000"}}]}}]}}]}}"#,
                i + 1
            )
        })
        .collect();
    let place = Place::with("nested.jsonl", lines.join("\n"));
    let map = |flags: &str| {
        let run = place.run(&format!("map --format json {flags} nested.jsonl"));
        assert_eq!((run.status, run.err.as_str()), (0, ""), "{flags}");
        run.json()
    };
    let nested = "--group-by k8s.cluster.name,service.namespace";
    let outer = map(nested);
    let east = outer["nodes"].as_array().unwrap().iter().find(|n| n["id"] == "group:east").unwrap();
    assert_eq!(east["members"], serde_json::json!(["service:cart", "service:web"]));
    let inner = map(&format!("{nested} --collapse 'east / shop'"));
    let ids: Vec<&str> = inner["nodes"].as_array().unwrap().iter().filter_map(|n| n["id"].as_str()).collect();
    assert_eq!(ids, ["group:east / shop", "service:pay", "user:user"]);
    assert!(inner["nodes"][1].get("members").is_none(), "only groups have members");
    let bad = place.run("map --group-by k8s.cluster.name,no.such nested.jsonl");
    assert!(bad.status == 2 && bad.err.contains("--group-by no.such"), "{}", bad.err);
    let told = |flags: &str, status: i32, part: &str| {
        let run = place.run(&format!("map {flags} nested.jsonl"));
        assert!(run.status == status && run.err.contains(part), "{flags}: {} {}", run.status, run.err);
    };
    told("--group-by none --collapse all", 2, "--group-by none makes no groups");
    told("--group-by k8s.cluster.name, --collapse all", 2, "'k8s.cluster.name,': a part is empty");
    told(
        "--group-by k8s.cluster.name --collapse west",
        0,
        "--collapse west: it has one node, which stands for",
    );
    told("--least-rate 100000", 0, "note: hidden: 3 edges below 100000 calls a minute");
    told(
        "--filter servce:cart",
        0,
        "no span has an attribute servce yet; did you mean service? (character 1)",
    );
    told("--filter dur:2s..1s", 2, "2s..1s is empty");
    let select = |flags: &str| place.run(&format!("snapshot --size 400x300 -o x.png {flags} nested.jsonl"));
    let closed = "--group-by k8s.cluster.name --collapse east --select";
    let run = select(&format!("{closed} east"));
    assert_eq!(run.status, 0, "{}", run.err);
    let run = select(&format!("{closed} nobody"));
    assert!(run.status == 2 && run.err.contains("there is no such node or group"), "{}", run.err);
    let run = select("--group-by k8s.cluster.name --select east");
    assert!(run.status == 2 && run.err.contains("--collapse 'east'"), "{}", run.err);
}

#[test]
fn a_png_is_the_map_alone_in_the_size_that_is_asked_for() {
    let place = shop_place();
    let draw = |flags: &str| {
        let run = place.run(&format!("map shop.jsonl --format png -o x.png {flags}"));
        assert_eq!((run.status, run.err.as_str()), (0, ""), "{flags}");
        image::load_from_memory(&place.read("x.png")).unwrap().to_rgba8()
    };
    let dark = draw("--size 640x480");
    assert_eq!(dark.dimensions(), (640, 480));
    // No bar, list or timeline: the corners are ground.
    let ground = |x, y| dark.get_pixel(x, y).0;
    assert_eq!(ground(2, 2), ground(637, 2));
    assert_ne!(draw("--size 640x480 --theme light").get_pixel(2, 2), dark.get_pixel(2, 2));
    assert_eq!(draw("--size 1280x300 --scale 2").dimensions(), (1280, 300));
    assert_eq!(place.run("map shop.jsonl --format png --size 10x10").status, 2);
}
