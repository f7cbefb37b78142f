//! `spanscape case`: the same map from the file, notes and places kept, nothing left of what was hidden, and no
//! panic on hostile files.
use serde_json::Value;

use crate::Place;
use crate::fixtures::{measured, shop};

fn place() -> Place {
    Place::with("shop.jsonl", shop(60))
}

fn unpacked(place: &Place, name: &str) -> Vec<u8> {
    zstd::decode_all(&place.read(name)[..]).unwrap()
}

/// What the file keeps beside its spans.
fn state(place: &Place, name: &str) -> Value {
    let bytes = unpacked(place, name);
    let at = bytes.iter().position(|b| *b == b'\n').unwrap() + 1;
    let length = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    serde_json::from_slice(&bytes[at + 4..at + 4 + length]).unwrap()
}

fn shape(mut map: Value) -> Value {
    let all = map.as_object_mut().unwrap();
    all.remove("totals");
    map
}

#[test]
fn a_case_file_gives_the_same_map_and_keeps_notes_and_places() {
    let place = place();
    let run = place
        .run("case shop.jsonl -o x.spanscape --note 'cart=look = here' --note '+2s=it begins' --select cart");
    assert_eq!((run.status, run.err.as_str()), (0, ""));
    assert_eq!(shape(place.map("x.spanscape")), shape(place.map("shop.jsonl")));
    let state = state(&place, "x.spanscape");
    assert_eq!((&state["spans"], &state["traces"]), (&240.into(), &60.into()));
    assert_eq!(state["notes"][0], serde_json::json!({"on": {"node": "service:cart"}, "text": "look = here"}));
    assert!(state["notes"][1]["on"]["moment_unix_nano"].is_string());
    assert_eq!(state["selection"]["node"], "service:cart");
    assert_eq!(state["positions"].as_object().unwrap().len(), 4, "every node has its place");
    let again = place.run("traces --limit 1 --format json x.spanscape");
    assert_eq!(again.status, 0, "every command reads it");
}

#[test]
fn a_window_and_a_filter_choose_the_spans_and_are_kept() {
    let place = place();
    place.run("case shop.jsonl -o x.spanscape --filter error --from +1s --only-matching");
    let state = state(&place, "x.spanscape");
    assert_eq!(state["filter"], "error");
    assert!(state["window"]["start_unix_nano"].is_string());
    let traces = state["traces"].as_u64().unwrap();
    assert!(traces > 0 && traces < 60);
    let run = place.run("case shop.jsonl -o all.spanscape --filter error");
    assert!(run.err.starts_with("note: the file holds all 60 traces and shows "), "{}", run.err);
    // What is normal is told by all of them.
    assert_eq!(place.map("all.spanscape")["totals"]["spans"], 240);
}

#[test]
fn what_is_hidden_is_not_in_the_file() {
    let place = place();
    let line = "case shop.jsonl -o x.spanscape --redact names,attributes,statements --salt s --note 'cart=cart is slow'";
    let run = place.run(line);
    let told = "note: texts of notes stay, but for names; --redact notes leaves them out\n";
    assert_eq!((run.status, run.err.as_str()), (0, told));
    let bytes = unpacked(&place, "x.spanscape");
    for name in ["cart", "gateway", "carts-db"] {
        let is_there = bytes.windows(name.len()).any(|w| w == name.as_bytes());
        assert!(!is_there, "{name} is gone");
    }
    let (before, after) = (place.map("shop.jsonl"), place.map("x.spanscape"));
    let figures = |map: &Value, part: &str| {
        let all = map[part].as_array().unwrap().iter();
        let mut all: Vec<String> = all
            .map(|n| format!("{} {} {} {}", n["kind"], n["calls"], n["errors"], n["latency_ms"]))
            .collect();
        all.sort();
        all
    };
    assert_eq!(figures(&after, "nodes"), figures(&before, "nodes"));
    assert_eq!(figures(&after, "edges"), figures(&before, "edges"));
    let state = state(&place, "x.spanscape");
    let id = state["notes"][0]["on"]["node"].as_str().unwrap().to_owned();
    assert!(after["nodes"].as_array().unwrap().iter().any(|n| n["id"] == id.as_str()), "{id} is a node");
    assert_eq!(state["positions"].as_object().unwrap().len(), 4);
    for node in after["nodes"].as_array().unwrap() {
        assert!(state["positions"][node["id"].as_str().unwrap()].is_array(), "{} has its place", node["id"]);
    }
}

#[test]
fn the_preview_tells_before_and_after_and_writes_nothing() {
    let place = place();
    let run = place.run("case shop.jsonl --redact names,statements --salt s --preview");
    assert_eq!(run.status, 0);
    let text = String::from_utf8(run.out).unwrap();
    assert!(text.starts_with("240 spans of 60 traces\n"), "{text}");
    assert!(text.contains("service") && text.contains("service-"), "{text}");
    let run = place.run("case shop.jsonl --redact names --salt s --preview --note 'cart=ask Ada about cart'");
    for (what, before) in
        [("resource service.version", "1.2.3"), ("db.rows", "0"), ("note", "ask Ada about cart")]
    {
        let line = run.text().lines().find(|l| l.starts_with(&format!("{what}  ")));
        assert!(line.is_some_and(|l| l.contains(before)), "{what} stays, and is told: {}", run.text());
    }
    assert!(run.text().contains("ask Ada about service-"), "{}", run.text());
    let run = place.run("case shop.jsonl --redact notes --preview --note 'cart=ask Ada'");
    assert!(run.text().lines().any(|l| l.starts_with("note") && l.ends_with("(dropped)")), "{}", run.text());
    place.run("case shop.jsonl -o x.spanscape --redact notes --note 'cart=ask Ada'");
    let state = state(&place, "x.spanscape");
    assert_eq!(
        (&state["notes"], &state["redacted"]),
        (&serde_json::json!([]), &serde_json::json!(["notes"]))
    );
}

#[test]
fn a_case_file_of_a_case_file_keeps_what_people_did_and_a_preview_leaves_it_alone() {
    let place = place();
    place.run("case shop.jsonl -o x.spanscape --note cart=look --note gateway=fine --select cart --from +1s");
    let run = place.run("case x.spanscape -o y.spanscape --note cart=no --salt s --redact statements");
    let (before, after) = (state(&place, "x.spanscape"), state(&place, "y.spanscape"));
    assert_eq!(run.err, "note: texts of notes stay, but for names; --redact notes leaves them out\n");
    for part in ["window", "selection", "positions", "traces", "map"] {
        assert_eq!(after[part], before[part], "{part}");
    }
    assert!(before["window"].is_object() && before["selection"].is_object());
    let texts: Vec<&Value> = after["notes"].as_array().unwrap().iter().map(|n| &n["text"]).collect();
    assert_eq!(texts, ["fine", "no"], "the new one takes the place of the old one");
    place.run("case y.spanscape -o z.spanscape --redact names --salt s --from +2s");
    let last = state(&place, "z.spanscape");
    assert_eq!(last["redacted"], serde_json::json!(["statements", "names"]));
    assert_ne!(last["window"], before["window"], "flags say otherwise");
    let file = place.read("y.spanscape");
    let preview = place.run("case x.spanscape -o y.spanscape --redact names --salt s --preview");
    assert!(preview.text().contains("look"), "notes of the file are previewed: {}", preview.text());
    assert_eq!(place.read("y.spanscape"), file, "a preview writes no file");
}

#[test]
fn bad_usage_is_told_in_a_sentence() {
    let place = place();
    for (line, told) in [
        ("case shop.jsonl -o x --note nothing", "--note nothing: write WHERE=TEXT"),
        ("case shop.jsonl -o x --note nobody=hello", "--note nobody: there is no such node"),
        ("case shop.jsonl -o x --note +99h=late", "there are no spans at that time"),
        ("case shop.jsonl -o x --note cart=", "there is no text after the ="),
        ("case shop.jsonl -o x --redact everything", "invalid value"),
        ("case shop.jsonl", "--output"),
    ] {
        let run = place.run(line);
        assert_eq!(run.status, 2, "{line}");
        assert!(run.err.contains(told), "{line}: {}", run.err);
    }
    let run = place.run("case shop.jsonl -o no/such/x.spanscape");
    assert_eq!(run.status, 3);
    assert!(run.err.contains("its folder does not exist"), "{}", run.err);
}

#[test]
fn hostile_case_files_are_told_of_and_never_panic() {
    let place = place();
    place.run("case shop.jsonl -o x.spanscape");
    let whole = unpacked(&place, "x.spanscape");
    let packed = place.read("x.spanscape");
    let sentence = |content: &[u8]| {
        place.write("bad", content);
        let run = place.run("map bad");
        assert!(run.status == 3 || run.status == 0, "{}", run.err);
        assert!(!run.err.contains("panicked"), "{}", run.err);
        run.err
    };
    for other in ["2", "99999999999999999999", "", "x"] {
        let told = sentence(format!("spanscape case {other}\n").as_bytes());
        assert!(told.contains("is a case file"), "{told}");
    }
    assert!(sentence(b"spanscape case 2\n").contains("of version 2; this program reads version 1"));
    assert!(sentence(b"spanscape case ").contains("cut off in its first line"));
    assert!(sentence(b"spanscape case 1\n\xff\xff\xff\xff{}").contains("claims to be 4294967295 bytes long"));
    // Cut anywhere: what came before is read, and the cut is told.
    for cut in [17, 20, 25, 600, whole.len() / 2, whole.len() - 1] {
        sentence(&whole[..cut]);
    }
    let told = sentence(&packed[..packed.len() / 2]);
    assert!(told.contains("is cut off"), "{told}");
    // A state that is none, and one that lies: the spans are read all the same.
    let mut lying = b"spanscape case 1\n\0\0\0\x09{\"spans\":".to_vec();
    lying.extend_from_slice(&[0, 0, 0, 3, 0x0a, 0x7f, 0x01]);
    sentence(&lying);
    // A bomb: small when packed, one record beyond what is read.
    let mut bomb = b"spanscape case 1\n\x7f\xff\xff\xff".to_vec();
    bomb.resize(80 << 20, b' ');
    let bomb = zstd::encode_all(&bomb[..], 3).unwrap();
    assert!(bomb.len() < 100_000);
    assert!(sentence(&bomb).contains("are allowed"));
}

/// Spans with measurements between them.
fn measured_place() -> Place {
    Place::with("mixed.jsonl", shop(60) + &measured(60).join("\n"))
}

fn answers(place: &Place, file: &str) -> [Value; 2] {
    let health = place.run(&format!("analyze health {file} --format json"));
    let capacity = place.run(&format!("analyze capacity {file} --format json"));
    [health, capacity].map(|run| serde_json::from_slice(&run.out).unwrap_or_else(|_| panic!("{}", run.err)))
}

#[test]
fn measurements_go_with_the_spans_and_give_the_same_answers() {
    let place = measured_place();
    let run = place.run("case mixed.jsonl -o x.spanscape");
    assert_eq!((run.status, run.err.as_str()), (0, ""));
    let before = answers(&place, "mixed.jsonl");
    assert!(before[1]["services"].to_string().contains("\"cpu\""), "{}", before[1]);
    assert_eq!(answers(&place, "x.spanscape"), before);
    let bytes = unpacked(&place, "x.spanscape");
    let holds = |text: &str| bytes.windows(text.len()).any(|w| w == text.as_bytes());
    assert!(holds("secret-carts-db"));
    assert!(!holds("somebody-else"), "who sent no span that is kept is nobody's business");
    place.run("case x.spanscape -o again.spanscape");
    assert_eq!(answers(&place, "again.spanscape"), before);
}

#[test]
fn what_is_hidden_of_measurements_is_not_in_the_file() {
    let place = measured_place();
    let told = |file: &str| {
        let all = place.map(file)["nodes"].as_array().unwrap().clone();
        let figures = |n: &Value| format!("{} {} {}", n["cpu_ratio"], n["memory_ratio"], n["pool_ratio"]);
        let mut figures: Vec<String> = all.iter().map(figures).collect();
        figures.sort();
        figures
    };
    place.run("case mixed.jsonl -o x.spanscape --redact names,attributes --salt s");
    let bytes = unpacked(&place, "x.spanscape");
    for name in ["secret", "carts-db", "box-7", "cart"] {
        assert!(!bytes.windows(name.len()).any(|w| w == name.as_bytes()), "{name} is gone");
    }
    assert_eq!(told("x.spanscape"), told("mixed.jsonl"), "the database still has its pool");
    place.run("case mixed.jsonl -o y.spanscape --drop-attribute 'db.client.*'");
    let left = told("y.spanscape");
    assert!(left.iter().all(|n| n.ends_with("null")), "no pool without its name: {left:?}");
    assert_ne!(left, told("mixed.jsonl"));
    let preview = place.run("case mixed.jsonl --redact names --salt s --preview");
    let text = preview.text();
    assert!(text.starts_with("240 spans of 60 traces, 36 measurements\n"), "{text}");
    let pool = text.lines().find(|l| l.starts_with("db.client.connection.pool.name")).unwrap();
    assert!(pool.contains("secret-carts-db") && pool.contains("pool-"), "{pool}");
}
