//! The folder table of ARCHITECTURE.md, enforced: who may import whom, a charge in each file, file length.
#![allow(clippy::unwrap_used, clippy::panic)]
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Which folders each folder may import from.
fn table() -> BTreeMap<&'static str, Vec<&'static str>> {
    BTreeMap::from([
        ("model", vec![]),
        ("texts", vec![]),
        ("ingest", vec!["model"]),
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
