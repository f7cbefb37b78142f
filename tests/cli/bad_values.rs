//! Files of the right kind with values that nobody should send: counted, told, and the rest kept.
use serde_json::{Value, json};

use crate::fixtures::{START, field, good, line, nested, request, shop, span, span_bytes};
use crate::{Place, Run};

fn json_of(place: &Place, file: &str) -> (Run, Value) {
    let run = place.run(&format!("map --format json {file}"));
    assert_eq!(run.status, 0, "{}", run.err);
    let map = run.json();
    let totals = &map["totals"];
    let refused: u64 = totals["rejected"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
    let count = |key: &str| totals[key].as_u64().unwrap();
    assert_eq!(count("received"), count("stored") + count("duplicates") + refused, "{totals}");
    (run, map)
}

#[test]
fn text_that_is_not_utf8_is_shown_and_counted() {
    let text: Vec<u8> =
        good().replace("cart", "c@rt").bytes().map(|b| if b == b'@' { 0xff } else { b }).collect();
    let place = Place::with("x.jsonl", [text, shop(1).into_bytes()].concat());
    place.write("x.pb", request(b"c\xffrt", &[span_bytes(&[1; 16], &[1; 8], b"w\xfe")]));
    for (file, spans, texts) in [("x.jsonl", 5, 2), ("x.pb", 1, 2)] {
        let (run, map) = json_of(&place, file);
        assert_eq!((&map["totals"]["spans"], &map["totals"]["invalid_utf8"]), (&spans.into(), &texts.into()));
        assert_eq!(map["nodes"].as_array().unwrap().iter().filter(|n| n["name"] == "c\u{fffd}rt").count(), 1);
        assert!(run.notes().len() == 1 && run.notes()[0].contains("not UTF-8"), "{}", run.err);
    }
}

#[test]
fn ids_that_cannot_be_are_refused() {
    let mut text = good();
    for (trace, id) in
        [("0".repeat(32), "0000000000000001"), ("1".repeat(32), "0000000000000000"), (String::new(), "1")]
    {
        let mut bad = span(1, 1, 0, 2, "x", 0, 1);
        bad["traceId"] = trace.into();
        bad["spanId"] = id.into();
        text += &line("cart", &[bad]);
    }
    let place = Place::with("x.jsonl", text);
    let spans = [
        (&[1; 16][..], &[1; 8][..]),
        (&[0; 16], &[1; 8]),
        (&[1; 3], &[1; 8]),
        (&[1; 16], &[]),
        (&[1; 16], &[1; 9]),
    ];
    let spans: Vec<Vec<u8>> = spans.iter().map(|(t, s)| span_bytes(t, s, b"x")).collect();
    place.write("x.pb", request(b"cart", &spans));
    for (file, refused) in [("x.jsonl", 3), ("x.pb", 4)] {
        let (run, map) = json_of(&place, file);
        assert_eq!(map["totals"]["spans"], 1, "{file}");
        assert!(
            run.notes().len() == 1
                && run.notes()[0].starts_with(&format!("{file}: {refused} spans refused: ")),
            "{}",
            run.err
        );
    }
    place.write("all.jsonl", line("cart", &[span(0, 1, 0, 2, "x", 0, 1)]));
    assert_eq!(place.fails(3, "map all.jsonl"), "all.jsonl: all 1 spans were refused (1 invalid trace id)");
}

#[test]
fn impossible_times_do_not_stretch_the_picture() {
    let now = START.to_string();
    let mut text = shop(10);
    let beyond = (u64::MAX / 2 + 2).to_string();
    for (i, (start, end)) in [
        (now.as_str(), "1769999990000000000"),
        ("0", "0"),
        ("0", &now),
        (&now, "0"),
        (&now, "18446744073709551615"),
        ("18446744073709551615", "18446744073709551615"),
        (&beyond, &beyond),
        ("1", "2"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut odd = span(500 + i as u64, 1, 0, 2, "odd", 0, 0);
        odd["startTimeUnixNano"] = start.into();
        odd["endTimeUnixNano"] = end.into();
        text += &line("odd", &[odd]);
    }
    let place = Place::with("x.jsonl", text);
    let (run, map) = json_of(&place, "x.jsonl");
    assert_eq!(map["totals"]["spans"], 48);
    assert_eq!(map["window"]["start_unix_nano"], START.to_string());
    assert_eq!(map["window"]["end_unix_nano"], (START + 9_100_000_001).to_string());
    assert!(
        run.notes()
            .iter()
            .any(|n| n.ends_with("spans end before they start: they count, without a duration"))
    );
    assert!(run.notes().iter().any(|n| n.starts_with("2 spans have no start")), "{}", run.err);
    for command in
        ["traces x.jsonl --sort start", "analyze health x.jsonl", "map x.jsonl --from +1s --to -1s"]
    {
        assert_eq!(place.run(command).status, 0, "{command}");
    }
    for i in 0..8 {
        let trace = place.run(&format!("trace x.jsonl --id {:032x}", 500 + i));
        assert!(trace.status == 0 && trace.text().contains("odd odd"), "{}", trace.text());
    }
}

#[test]
fn deep_values_are_cut_and_their_spans_kept() {
    const LEVELS: usize = 100_000;
    let deep = r#"{"arrayValue":{"values":["#.repeat(LEVELS) + r#"{"intValue":1}"# + &"]}}".repeat(LEVELS);
    let mut with_deep = span(1, 1, 0, 2, "deep", 0, 5);
    with_deep["attributes"] = json!([{"key": "k", "value": "@"}]);
    let known = line("cart", &[with_deep.clone()]).replace("\"@\"", &deep);
    with_deep["spanId"] = "0000000000000002".into();
    with_deep["attributes"] = json!([]);
    with_deep["unknown"] = "@".into();
    let unknown = line("cart", &[with_deep]).replace("\"@\"", &("[".repeat(LEVELS) + &"]".repeat(LEVELS)));
    let place = Place::with("x.jsonl", known + &unknown + &good());
    let value = [field(0x0a, b"k"), field(0x12, &nested(LEVELS))].concat();
    let deep = [span_bytes(&[1; 16], &[1; 8], b"deep"), field(0x4a, &value)].concat();
    place.write("x.pb", request(b"cart", &[deep, span_bytes(&[1; 16], &[2; 8], b"flat")]));
    for (file, spans, id) in [("x.jsonl", 3, format!("{:032x}", 1)), ("x.pb", 2, "01".repeat(16))] {
        let (run, map) = json_of(&place, file);
        assert_eq!((&map["totals"]["spans"], &map["totals"]["values_truncated"]), (&spans.into(), &1.into()));
        assert_eq!(
            run.notes(),
            [format!("{file}: 1 values were too long, too deep or too many and were cut")]
        );
        for format in ["tree", "json", "otlp"] {
            let trace = place.run(&format!("trace {file} --id {id} --format {format} -o one.json"));
            assert_eq!(trace.status, 0, "{}", trace.err);
        }
        assert_eq!(place.map("one.json")["totals"]["spans"], 2, "what was written can be read");
    }
    place.write("open.json", "[".repeat(1_000_000));
    place.fails(3, "map open.json");
}

#[test]
fn a_name_of_a_megabyte_is_cut_and_widens_no_table() {
    let long = "s".repeat(1_000_000);
    let place = Place::with("x.jsonl", line(&long, &[span(1, 1, 0, 2, &long, 0, 5)]) + &shop(1));
    place.write("x.pb", request(long.as_bytes(), &[span_bytes(&[1; 16], &[1; 8], long.as_bytes())]));
    for file in ["x.jsonl", "x.pb"] {
        let (_, map) = json_of(&place, file);
        let names = map["nodes"].as_array().unwrap().iter().filter_map(|n| n["name"].as_str());
        let longest = names.max_by_key(|n| n.len()).unwrap();
        assert!(
            longest.len() < 70_000 && longest.ends_with("s … 1000000 bytes"),
            "{file}: {}",
            longest.len()
        );
        for command in ["map", "traces", "analyze health", "map --format svg"] {
            let run = place.run(&format!("{command} {file}"));
            let widest = run.text().lines().map(str::len).max().unwrap_or(0);
            assert!(run.status == 0 && (widest < 1_000 || command.ends_with("svg")), "{command}: {widest}");
        }
    }
}

#[test]
fn a_hundred_thousand_services_are_a_map_all_the_same() {
    let template = good();
    let text: String = (1..=100_000u64)
        .map(|i| {
            let id = format!("{i:032x}");
            template.replace(&format!("{:032x}", 900), &id).replace("\"cart\"", &format!("\"svc-{i}\""))
        })
        .collect();
    let place = Place::with("x.jsonl", text);
    let started = std::time::Instant::now();
    let run = place.run("map --format csv x.jsonl");
    assert_eq!(run.status, 0, "{}", run.err);
    let is_node = |l: &&str| l.starts_with("node,,,service,") && l.contains(",service:svc-");
    assert_eq!(run.text().lines().filter(is_node).count(), 100_000);
    assert!(started.elapsed().as_secs() < 60, "took {:?}", started.elapsed());
}
