//! The command line as people and scripts meet it: the built program, its results, its sentences, its statuses.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bad_files;
mod bad_values;
mod case;
mod differences;
mod fixtures;
mod live;
mod map_forms;
mod questions;
// Elsewhere the system keeps its own list of whom it trusts.
#[cfg(target_os = "linux")]
mod tls;
mod window;

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A folder of its own in which the program runs, so that files have short names.
pub(crate) struct Place {
    folder: TempDir,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) out: Vec<u8>,
    pub(crate) err: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// With one file.
    pub(crate) fn with(name: &str, content: impl AsRef<[u8]>) -> Self {
        let place = Self::new();
        place.write(name, content);
        place
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spanscape"));
        command.current_dir(self.folder.path()).args(words(line)).stdin(Stdio::null());
        command
    }

    /// Runs a command line; words with spaces in them stand in single quotes.
    pub(crate) fn run(&self, line: &str) -> Run {
        ended(&self.command(line).output().unwrap())
    }

    pub(crate) fn run_with_input(&self, line: &str, input: &[u8]) -> Run {
        let mut command = self.command(line);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A program that has seen enough may close its input.
        let _ = child.stdin.take().unwrap().write_all(input);
        ended(&child.wait_with_output().unwrap())
    }

    /// Runs `map --format json` on the files, which must succeed.
    pub(crate) fn map(&self, files: &str) -> Value {
        let run = self.run(&format!("map --format json {files}"));
        assert_eq!(run.status, 0, "{}", run.err);
        run.json()
    }

    /// Runs a command that must fail so, without results, and gives its sentence.
    pub(crate) fn fails(&self, status: i32, line: &str) -> String {
        let run = self.run(line);
        assert_eq!((run.status, run.text()), (status, ""), "{line}: {}", run.err);
        run.sentence()
    }
}

impl Run {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.out).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.out).unwrap_or_else(|e| panic!("{e}: {}", self.err))
    }

    /// The one line that says why the run failed, without the program's name.
    pub(crate) fn sentence(&self) -> String {
        let lines: Vec<&str> = self.err.lines().filter_map(|l| l.strip_prefix("spanscape: ")).collect();
        assert!(lines.len() == 1 && lines[0].len() > 10, "not one sentence: {}", self.err);
        lines[0].to_owned()
    }

    /// The lines that begin with `note: `, without that.
    pub(crate) fn notes(&self) -> Vec<&str> {
        self.err.lines().filter_map(|l| l.strip_prefix("note: ")).collect()
    }
}

/// No run may panic, whatever else is true of it.
pub(crate) fn ended(output: &Output) -> Run {
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!err.contains("panicked") && !err.contains("RUST_BACKTRACE"), "{err}");
    let status = output.status.code().unwrap_or_else(|| panic!("ended by a signal: {err}"));
    Run { status, out: output.stdout.clone(), err }
}

fn words(line: &str) -> Vec<String> {
    let parts = line.split('\'').enumerate();
    let words = parts.flat_map(|(i, part)| -> Vec<String> {
        if i % 2 == 1 { vec![part.to_owned()] } else { part.split_whitespace().map(str::to_owned).collect() }
    });
    words.collect()
}
