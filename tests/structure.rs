//! The folder table of ARCHITECTURE.md, enforced: who may import whom, a charge in each file, file length.
#![allow(clippy::unwrap_used, clippy::panic)]
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Which folders each folder may import from.
fn table() -> BTreeMap<&'static str, Vec<&'static str>> {
    BTreeMap::from([
        ("model", vec!["texts"]),
        ("texts", vec![]),
        ("ingest", vec!["model", "texts"]),
        ("store", vec!["model"]),
        ("graph", vec!["model", "store"]),
        ("analysis", vec!["model", "store", "graph"]),
        ("engine", vec!["model", "store", "graph"]),
        ("scenario", vec!["model"]),
        ("layout", vec!["model"]),
        ("export", vec!["model", "store", "graph", "analysis", "layout", "scenario", "texts"]),
        (
            "view",
            vec!["model", "store", "graph", "analysis", "engine", "export", "layout", "scenario", "texts"],
        ),
        (
            "app",
            vec![
                "model", "ingest", "store", "graph", "analysis", "engine", "export", "layout", "scenario",
                "texts", "view",
            ],
        ),
        (
            "cli",
            vec![
                "model", "ingest", "store", "graph", "analysis", "engine", "export", "layout", "scenario",
                "texts", "view", "app",
            ],
        ),
    ])
}

/// Crates that a folder must never know.
fn forbidden(folder: &str) -> Vec<&'static str> {
    let pure = vec!["egui", "eframe", "tokio", "tonic", "hyper", "prost", "opentelemetry_proto", "serde"];
    match folder {
        "model" | "texts" | "store" | "graph" | "analysis" | "layout" => pure,
        "ingest" => vec!["egui", "eframe"],
        "engine" => vec!["egui", "eframe", "tokio", "tonic", "hyper", "prost", "opentelemetry_proto"],
        "export" => vec!["egui", "eframe", "tokio", "tonic", "hyper"],
        "view" => vec!["eframe", "tokio", "tonic", "hyper", "std::fs", "std::net"],
        "app" => vec!["tonic", "prost", "opentelemetry_proto"],
        _ => vec![],
    }
}

/// Files longer than 500 lines, with the reason.
const LONG: &[(&str, &str)] = &[];

fn sources(dir: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

fn all() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    sources(&root, &mut paths);
    let name = |p: &Path| p.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
    paths.iter().map(|p| (name(p), fs::read_to_string(p).unwrap())).collect()
}

fn is_test(file: &str) -> bool {
    file.contains("tests") || file.ends_with("sketch.rs")
}

/// The code of a file without its comments and its test module.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text);
    text.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[test]
fn folders_import_only_what_the_table_allows() {
    let table = table();
    let mut wrong = Vec::new();
    for (file, text) in all().iter().filter(|(f, _)| !is_test(f)) {
        let Some((folder, _)) = file.split_once('/') else { continue };
        let allowed = table.get(folder).unwrap_or_else(|| panic!("{folder}/ is not in the table"));
        let text = code(text);
        for other in table.keys().filter(|o| **o != folder && !allowed.contains(o)) {
            if text.contains(&format!("crate::{other}::")) || text.contains(&format!("crate::{other};")) {
                wrong.push(format!("{file} imports {other}"));
            }
        }
        for name in forbidden(folder) {
            let is_used = text.contains(&format!("use {name}")) || text.contains(&format!(" {name}::"));
            // `egui` must not be found in `egui_graphs`, nor `serde` in `serde_json`.
            if is_used && text.lines().any(|l| uses(l, name)) {
                wrong.push(format!("{file} uses {name}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn uses(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + name.len()..].chars().next();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
            && matches!(after, Some(':' | ';'))
    })
}

#[test]
fn every_file_says_its_charge() {
    let silent: Vec<String> =
        all().into_iter().filter(|(_, t)| !t.starts_with("//! ")).map(|(f, _)| f).collect();
    assert!(silent.is_empty(), "no //! first line: {silent:?}");
}

#[test]
fn no_file_is_longer_than_500_lines() {
    let long: Vec<String> = all()
        .into_iter()
        .filter(|(f, t)| t.lines().count() > 500 && !LONG.iter().any(|(l, _)| l == f))
        .map(|(f, t)| format!("{f}: {}", t.lines().count()))
        .collect();
    assert!(long.is_empty(), "{long:?}");
}

#[test]
fn names_are_the_fields_own() {
    let vague = ["utils", "common", "helpers", "manager"];
    let wrong: Vec<String> = all()
        .into_iter()
        .filter(|(f, t)| {
            let text = code(t).to_lowercase();
            vague.iter().any(|v| f.contains(v)) || text.contains("upstream") || text.contains("downstream")
        })
        .map(|(f, _)| f)
        .collect();
    assert!(wrong.is_empty(), "vague names or up/downstream: {wrong:?}");
}

/// The string literals of a file's code with the line that each begins on, without comments.
fn literals(text: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for line in code(text).lines() {
        let mut rest = line;
        while let Some(start) = rest.find('"') {
            let body = &rest[start + 1..];
            let is_end = |i: usize| body[..i].chars().rev().take_while(|c| *c == '\\').count() % 2 == 0;
            let Some(end) = body.match_indices('"').map(|m| m.0).find(|i| is_end(*i)) else {
                // It goes on in the next line.
                out.push((body.to_owned(), line.trim().to_owned()));
                break;
            };
            out.push((body[..end].to_owned(), line.trim().to_owned()));
            rest = &body[end + 1..];
        }
    }
    out
}

/// Whether a literal reads like words for people: several of them, or one with a capital.
fn reads_like_words(literal: &str) -> bool {
    let mut words = String::new();
    let mut depth = 0usize;
    for c in literal.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ if depth == 0 => words.push(c),
            _ => {}
        }
    }
    const KNOWN: [&str; 10] =
        ["Spanscape", "Ctrl", "Alt", "Shift", "Enter", "Esc", "Tab", "Space", "Home", "End"];
    let split = |c: char| !c.is_alphanumeric();
    let words: Vec<&str> = words.split(split).filter(|w| w.len() > 1 && !KNOWN.contains(w)).collect();
    let is_word = |w: &&&str| w.chars().all(char::is_alphanumeric) && w.contains(char::is_alphabetic);
    let has_capital = |w: &&str| {
        let mut letters = w.chars();
        letters.next().is_some_and(char::is_uppercase) && letters.any(char::is_lowercase)
    };
    words.iter().filter(is_word).count() > 1 && literal.contains(' ') || words.iter().any(has_capital)
}

/// What people read in all languages, or what is for programs.
const UNTRANSLATED: &[&str] = &[
    "Apdex",
    "Mermaid",
    "Python",
    "Node",
    "Java",
    "Go",
    // The search language by example.
    "cart pay",
    "error   root",
    "a OR (b AND NOT c)",
    "service:cart  kind:server",
    "dur>200ms  dur:100ms..2s",
    "http.status_code:500..599",
    "resource.k8s.pod.name=a-1",
    "name~/GET .*items/",
    "user.* enduser.id",
    "{name}: p50 {p50}, p95 {p95}",
    // The name of a panel, and a line for the log.
    "trace full",
    "map stencils",
    "settings were not kept in {}: {error}",
];

/// Lines on which a literal is a name within the program.
fn is_internal(line: &str) -> bool {
    let signs =
        [".with(", "Id::new(", "id_salt(", "_persistent_id(", "reason = ", "write!(f,", "fold(ui, \""];
    signs.iter().any(|s| line.contains(s))
}

#[test]
fn texts_for_people_are_in_the_catalogue() {
    let mut wrong = Vec::new();
    let shown = |f: &str| (f.starts_with("view/") || f.starts_with("app/")) && !is_test(f);
    for (file, text) in all().iter().filter(|(f, _)| shown(f) && f != "view/fonts.rs") {
        // The lines to paste into a program are code.
        let text = match text.split_once("const LANGUAGES") {
            Some((before, after)) => format!("{before}{}", after.split_once("];").unwrap().1),
            None => text.clone(),
        };
        for (literal, line) in literals(&text) {
            if reads_like_words(&literal) && !UNTRANSLATED.contains(&literal.as_str()) && !is_internal(&line)
            {
                wrong.push(format!("{file}: {literal:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "put them into src/texts/:\n{}", wrong.join("\n"));
}

/// What receivers write into replies, which programs keep in their logs.
const REPLIES: [&str; 2] =
    ["{} cut: too long, nested too deep or too many", "{} not UTF-8: kept with replacement characters"];

#[test]
fn sentences_of_readers_and_receivers_are_in_the_catalogue() {
    // Sending is for the command line alone.
    let is_read = |f: &str| f.starts_with("ingest/") && f != "ingest/sender.rs" && f != "ingest/tls.rs";
    let is_word = |w: &&str| w.len() > 1 && w.chars().all(char::is_alphabetic);
    let mut wrong = Vec::new();
    for (file, text) in all().iter().filter(|(f, _)| is_read(f) && !is_test(f)) {
        for (literal, _) in literals(text) {
            // A quote as a character begins what is none.
            let is_sentence = literal.split(' ').filter(is_word).count() > 2 && !literal.starts_with('\'');
            if is_sentence && !REPLIES.contains(&literal.as_str()) {
                wrong.push(format!("{file}: {literal:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "put them into src/texts/:\n{}", wrong.join("\n"));
}

#[test]
fn the_rule_for_texts_finds_what_it_is_for() {
    for text in ["Show all", "{count} spans of {name}", "Close", "no traffic"] {
        assert!(reads_like_words(text), "{text}");
    }
    for name in
        ["Ctrl + K", "side", "deployment.environment.name", "{} · {}", "Shift + Enter", "{a_b} → {c d}"]
    {
        assert!(!reads_like_words(name), "{name}");
    }
    let found = literals("a(\"one\", \"t\\\"wo\"); // \"three\"");
    assert_eq!(found.iter().map(|l| l.0.as_str()).take(2).collect::<Vec<_>>(), ["one", "t\\\"wo"]);
}

#[test]
fn every_text_of_the_catalogue_is_used() {
    let all = all();
    let is_catalogue = |f: &str| f.starts_with("texts/");
    let code: String = all.iter().filter(|(f, _)| !is_catalogue(f)).map(|(_, t)| t.as_str()).collect();
    let mut unused = Vec::new();
    for (file, text) in all.iter().filter(|(f, _)| is_catalogue(f) && !f.contains("mod.rs")) {
        let fields = text.lines().filter_map(|l| l.strip_prefix("        ")?.split_once(": \""));
        let is_name = |f: &str| f.chars().all(|c| c.is_alphanumeric() || c == '_');
        for (field, _) in fields.filter(|(f, _)| is_name(f)) {
            if !code.contains(&format!(".{field}")) && !code.contains(&format!(" {field}")) {
                unused.push(format!("{file}: {field}"));
            }
        }
    }
    assert!(unused.is_empty(), "{}", unused.join("\n"));
}
