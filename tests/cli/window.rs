//! What is read and what of it is shown: files, folders, standard input, `--from`, `--to`, `--filter`, `--strict`.
use crate::Place;
use crate::fixtures::{good, gzip, shop, zstd};

fn traces(place: &Place, flags: &str) -> u64 {
    let run = place.run(&format!("traces --format json shop.jsonl {flags}"));
    assert_eq!(run.status, 0, "{}", run.err);
    run.json()["total"].as_u64().unwrap()
}

#[test]
fn moments_are_absolute_or_from_either_end() {
    let place = Place::with("shop.jsonl", shop(60));
    // The shop opens at 2026-02-02T02:40:00Z; its last request ends 59.1 s later.
    for (flags, expected) in [
        ("", 60),
        ("--from 2026-02-02T02:40:30Z", 30),
        ("--from +30s", 30),
        ("--from=-9500ms", 10),
        ("--from -9500ms", 10),
        ("--to +10s", 10),
        ("--to 2026-02-02T03:40:10+01:00", 10),
        ("--from +10s --to +20s", 10),
        ("--from +0.5m --to -9500ms", 20),
    ] {
        assert_eq!(traces(&place, flags), expected, "{flags}");
    }
    for (flags, sentence) in [
        ("--from yesterday", "--from yesterday: write 2026-03-10T03:00:00Z, +90s or -15m"),
        ("--to +5x", "--to +5x: write a length as 90s, 15m or 2h"),
        ("--from +20s --to +10s", "the window is empty: --to must be after --from"),
        (
            "--from +2h",
            "--from +2h is after the last span; the data goes from 2026-02-02T02:40:00.000Z to 2026-02-02T02:40:59.100Z",
        ),
        (
            "--to 2020-01-01T00:00:00Z",
            "--to 2020-01-01T00:00:00Z is before the first span; the data goes from 2026-02-02T02:40:00.000Z to 2026-02-02T02:40:59.100Z",
        ),
    ] {
        assert_eq!(place.fails(2, &format!("map shop.jsonl {flags}")), sentence);
    }
}

#[test]
fn filters_choose_traces_and_say_where_they_are_wrong() {
    let place = Place::with("shop.jsonl", shop(60));
    assert_eq!(traces(&place, "--filter error"), 1);
    assert_eq!(traces(&place, "--filter 'service:cart AND db.rows<5'"), 5);
    assert_eq!(traces(&place, "--filter 'dur>200ms'"), 0);
    let empty = place.run("map shop.jsonl --filter serivce:cart");
    let notes = vec![
        "--filter: no span has an attribute serivce yet; did you mean service? (character 1)",
        "no trace is in the window and passes the filter",
    ];
    assert_eq!((empty.status, empty.notes()), (0, notes));
    for (filter, sentence) in [
        ("service:cart AND (error", "--filter: expected ) at the end (character 24)"),
        ("dur>>5", "--filter: expected a value after dur at `>5` (character 5)"),
        ("service:żółw ! error", "--filter: expected != or !~ at `! error` (character 14)"),
    ] {
        assert_eq!(place.fails(2, &format!("map shop.jsonl --filter '{filter}'")), sentence);
    }
    let deep = "(".repeat(100_000);
    assert!(place.fails(2, &format!("map shop.jsonl --filter '{deep}'")).starts_with("--filter: "));
}

#[test]
fn files_folders_and_standard_input_are_one_picture() {
    let place = Place::with("shop.jsonl", shop(10));
    let expected = place.map("shop.jsonl");
    let text = shop(10);
    let half = text.match_indices("{\"resourceSpans").nth(10).unwrap().0;
    place.write("parts/1.txt", gzip(&text.as_bytes()[..half]));
    place.write("parts/deeper/2", zstd(&text.as_bytes()[half..]));
    for files in ["parts", "parts/1.txt parts/deeper/2", "parts/deeper parts/1.txt", "parts shop.jsonl"] {
        let map = place.map(files);
        assert_eq!((&map["nodes"], &map["edges"]), (&expected["nodes"], &expected["edges"]), "{files}");
        assert_eq!(map["totals"]["spans"], expected["totals"]["spans"]);
    }
    assert_eq!(place.map("shop.jsonl parts")["totals"]["duplicates"], 40);
    for input in [text.clone().into_bytes(), gzip(text.as_bytes()), zstd(text.as_bytes())] {
        let run = place.run_with_input("map --format json -", &input);
        assert_eq!((run.status, &run.json()["edges"]), (0, &expected["edges"]), "{}", run.err);
    }
    let empty = place.run_with_input("map -", b"");
    assert_eq!((empty.status, empty.sentence().as_str()), (3, "standard input is empty"));
}

#[test]
fn what_lies_beside_traces_in_a_folder_is_passed_over() {
    let place = Place::with("data/shop.jsonl", shop(2));
    place.write("data/README.md", "# Traces");
    let run = place.run("map data");
    assert_eq!(run.status, 0);
    assert_eq!(run.notes(), ["passed over: data/README.md is not a trace file: it looks like plain text"]);
    assert_eq!(place.run("map data --strict").status, 1);
    // Asked for by name, it is an error, and the rest is shown all the same.
    let run = place.run("map --format json data data/README.md");
    assert_eq!((run.status, &run.json()["totals"]["spans"]), (3, &8.into()));
}

#[test]
fn one_lost_file_costs_only_itself() {
    let place = Place::with("good.jsonl", good());
    place.write("x.png", b"\x89PNG\r\n\x1a\n");
    for (files, sentence) in [
        ("gone.jsonl good.jsonl", "gone.jsonl does not exist"),
        ("good.jsonl x.png", "x.png is not a trace file: it looks like a PNG picture"),
    ] {
        let run = place.run(&format!("map --format json {files}"));
        assert_eq!((run.status, run.sentence().as_str()), (3, sentence));
        assert_eq!(run.json()["totals"]["spans"], 1);
    }
}

#[test]
fn strict_is_for_scripts() {
    let place = Place::with("good.jsonl", good());
    assert_eq!(place.run("map --strict good.jsonl").status, 0);
    place.write("bad.jsonl", good() + &good().replace(&format!("{:032x}", 900), &"0".repeat(32)));
    assert_eq!(place.run("map bad.jsonl").status, 0);
    let run = place.run("map --strict bad.jsonl");
    assert_eq!(run.status, 1);
    assert!(run.sentence().starts_with("--strict: 1 spans were refused"), "{}", run.err);
    assert!(run.text().contains("cart"), "the result is still there");
    place.write("cut.jsonl", good() + &good()[..50]);
    assert_eq!(place.run("map --strict cut.jsonl").status, 1);
}

#[test]
fn bad_usage_is_2() {
    let place = Place::with("good.jsonl", good());
    for line in
        ["map", "mapp good.jsonl", "map --format gif good.jsonl", "map --colour good.jsonl", "generate"]
    {
        let run = place.run(line);
        assert!(run.status == 2 && run.out.is_empty() && !run.err.is_empty(), "{line}: {run:?}");
    }
    for command in
        ["", "map", "traces", "trace", "analyze impact", "analyze health", "record", "replay", "generate"]
    {
        let run = place.run(&format!("{command} --help"));
        assert!(run.status == 0 && run.text().contains("Example:"), "{command}: {run:?}");
    }
}

/// The first command of the README, on a machine without a screen.
#[test]
#[cfg(target_os = "linux")]
fn without_a_display_the_map_the_cause_and_a_picture() {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/checkout-incident.jsonl.zst");
    let place = Place::with("incident.jsonl.zst", std::fs::read(sample).unwrap());
    let mut command = place.command("incident.jsonl.zst");
    let run = crate::ended(&command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").output().unwrap());
    assert_eq!(run.status, 0, "{}", run.err);
    assert!(run.err.contains("there is no display"), "{}", run.err);
    let out = run.text();
    for told in ["inventory-service", "The cause is most likely orders-postgresql", "✖ critical"] {
        assert!(out.contains(told), "no {told} in {out}");
    }
    assert!(place.read("spanscape.png").starts_with(b"\x89PNG"));
}

#[test]
fn a_picture_of_what_changed_needs_two_times() {
    let place = Place::with("shop.jsonl", shop(60));
    for (flags, sentence) in [
        ("--compare +10s", "--compare +10s: write from..to, such as +10m..+15m"),
        ("--compare +20s..+10s", "--compare +20s..+10s: it ends before it begins"),
        (
            "--from +0s --to +10s --compare +0s..+10s",
            "--compare: there is no other time to compare it with; say which with --from and --to",
        ),
        ("--deploy nobody", "there is no node nobody in this picture; see `spanscape map` for the nodes"),
        (
            "--deploy cart@2.0",
            "--deploy cart@2.0: there is no such deployment; no new version of it was seen; give a moment, as in \
             SERVICE@+30m",
        ),
    ] {
        let line = format!("snapshot shop.jsonl -o x.png --size 640x400 {flags}");
        assert_eq!(place.fails(2, &line), sentence);
    }
    let draw = |name: &str, flags: &str| {
        let run = place.run(&format!("snapshot shop.jsonl -o {name} --size 640x400 {flags}"));
        assert_eq!(run.status, 0, "{}", run.err);
        place.read(name)
    };
    let plain = draw("plain.png", "--from +30s");
    let compared = draw("compared.png", "--from +30s --compare +0s..+30s");
    assert!(compared.starts_with(b"\x89PNG") && plain != compared);
    let deployed = draw("deployed.png", "--deploy cart@+30s");
    assert!(deployed.starts_with(b"\x89PNG") && deployed != compared);
}
