//! Files that are no trace files, are cut, damaged or far too large: a sentence each, and nothing else lost.
use std::path::Path;

use crate::Place;
use crate::fixtures::{field, good, gzip, request, shop, span_bytes, zstd};

#[test]
fn wrong_files_are_named() {
    let place = Place::with("x.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    place.write("elf", b"\x7fELF\x02\x01\x01\0\0\0\0\0");
    place.write("empty.json", "");
    place.write("notes/a.txt", "hello there");
    place.write("object.json", "{\"a\": 1}");
    std::fs::create_dir(place.path("hollow")).unwrap();
    for (file, sentence) in [
        ("x.png", "x.png is not a trace file: it looks like a PNG picture"),
        ("elf", "elf is not a trace file: it looks like a program (ELF)"),
        ("empty.json", "empty.json is empty"),
        ("notes", "notes/a.txt is not a trace file: it looks like plain text"),
        ("hollow", "the folder hollow holds no files"),
        ("gone.json", "gone.json does not exist"),
        ("object.json", "object.json is not a trace file: not a trace document: top-level keys are a"),
    ] {
        assert_eq!(place.fails(3, &format!("map {file}")), sentence);
    }
    place.write("none.json", "{\"resourceSpans\":[]}");
    assert!(place.fails(3, "map none.json").starts_with("none.json: there is no span"));
    // The sentence is one line whatever the file is called.
    #[cfg(unix)]
    {
        place.write("two\nlines", "x");
        let sentence = place.fails(3, "map 'two\nlines'");
        assert!(sentence.ends_with("lines is not a trace file: it looks like plain text"), "{sentence}");
    }
}

#[test]
fn cut_files_give_their_whole_records_and_a_note() {
    let text = shop(50);
    let big_endian: Vec<u8> = (1..=50u64)
        .flat_map(|i| {
            let id = [0, 0, 0, 0, 0, 0, 0, i as u8];
            let message = request(b"cart", &[span_bytes(&[&id[..], &id].concat(), &id, b"work")]);
            [(message.len() as u32).to_be_bytes().to_vec(), message].concat()
        })
        .collect();
    for (name, bytes, least) in [
        ("x.jsonl", text.clone().into_bytes(), 198),
        ("x.jsonl.gz", gzip(text.as_bytes()), 1),
        ("x.jsonl.zst", text.lines().flat_map(|l| zstd(format!("{l}\n").as_bytes())).collect(), 198),
        ("x.pb", big_endian.clone(), 49),
        ("x.pb.gz", gzip(&big_endian), 1),
    ] {
        let place = Place::with(name, &bytes[..bytes.len() - 10]);
        let run = place.run(&format!("map --format json {name}"));
        assert_eq!(run.status, 0, "{name}: {}", run.err);
        assert!(
            run.notes().len() == 1 && run.notes()[0].starts_with(&format!("{name} is cut off after byte "))
        );
        let spans = run.json()["totals"]["spans"].as_u64().unwrap();
        assert!((least..200).contains(&spans), "{name}: {spans}");
    }
}

#[test]
fn garbage_between_lines_costs_nothing_else() {
    let garbage: Vec<u8> = (128..=255).chain(0..10).collect();
    let lines = shop(2);
    let mut lines = lines.lines().map(str::as_bytes);
    let mut bytes = Vec::new();
    for _ in 0..4 {
        bytes.extend([lines.next().unwrap(), b"\n", &garbage, b"\n{\"resourceSpans\":[{\n"].concat());
    }
    bytes.extend(good().as_bytes());
    let place = Place::with("x.jsonl", bytes);
    let run = place.run("map --format json x.jsonl");
    assert_eq!((run.status, &run.json()["totals"]["spans"]), (0, &9.into()), "{}", run.err);
    assert!(
        run.notes().len() == 1
            && run.notes()[0].starts_with("x.jsonl has ")
            && run.notes()[0].contains("bad lines: 2, 3,")
    );
    assert_eq!(place.run("map --strict x.jsonl").status, 1);
}

#[test]
fn a_damaged_packing_keeps_what_came_before() {
    let place = Place::with("x.gz", [gzip(good().as_bytes()), b"this is no gzip member".to_vec()].concat());
    let run = place.run("map --format json x.gz");
    assert_eq!((run.status, &run.json()["totals"]["spans"]), (3, &1.into()));
    assert!(run.sentence().starts_with("x.gz is damaged after byte "), "{}", run.err);
}

/// Runs with at most 600 MB of address space, where the system can be asked for that.
fn in_little_memory(place: &Place, line: &str) -> crate::Run {
    if cfg!(not(target_os = "linux")) {
        return place.run(line);
    }
    let inner = place.command(line);
    let mut command = std::process::Command::new("sh");
    command
        .args(["-c", "ulimit -v 600000; exec \"$0\" \"$@\""])
        .arg(inner.get_program())
        .args(inner.get_args());
    crate::ended(&command.current_dir(place.path("")).output().unwrap())
}

/// A gzip file of many members, each of which stands for a megabyte.
fn bomb(head: &[u8], filler: u8, megabytes: usize) -> Vec<u8> {
    let member = gzip(&vec![filler; 1_000_000]);
    [gzip(head), member.repeat(megabytes)].concat()
}

#[test]
fn a_gzip_bomb_is_read_in_little_memory() {
    let place = Place::with("zeros.gz", bomb(good().as_bytes(), 0, 600));
    let run = in_little_memory(&place, "map --format json zeros.gz");
    assert_eq!((run.status, &run.json()["totals"]["spans"]), (0, &1.into()), "{}", run.err);
    assert_eq!(run.notes(), ["zeros.gz has 1 bad line: 2"]);
}

#[test]
fn a_record_that_never_ends_is_left_out() {
    let head = good() + r#"{"resourceSpans":[{"resource":{"attributes":[{"key":""#;
    let place = Place::with("text.gz", bomb(head.as_bytes(), b'a', 200));
    let run = in_little_memory(&place, "map --format json text.gz");
    assert_eq!((run.status, &run.json()["totals"]["spans"]), (0, &1.into()), "{}", run.err);
    assert!(run.notes().len() == 1 && run.notes()[0].contains("1 record larger than 64 MiB left out"));
    // A length of protobuf that promises more than there can be.
    let place =
        Place::with("x.pb", [field(0x0a, &[]), vec![0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x0a]].concat());
    let run = in_little_memory(&place, "map x.pb");
    assert_eq!(run.status, 3);
    run.sentence();
}

#[test]
fn real_files_of_other_projects_never_panic() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/conformance");
    let Ok(found) = spanscape::ingest::file::expand(&[folder]) else {
        eprintln!("skipped: ../shared/data/conformance is not here");
        return;
    };
    let place = Place::new();
    let mut read = 0;
    for input in &found {
        let run = place.run(&format!("map --format json '{}'", input.name()));
        match run.status {
            0 => {
                run.json();
                read += 1;
            }
            3 => assert!(run.sentence().contains(&input.name()), "{}", run.err),
            other => panic!("{}: status {other}: {}", input.name(), run.err),
        }
    }
    assert!(read > found.len() / 2, "{read} of {} could be read", found.len());
}
