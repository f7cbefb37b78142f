//! Results to standard output, or to a file that is there whole or not at all.
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::ArgMatches;

use super::{Failure, Output};
use crate::app::atomic;
use crate::ingest::file::{self, Input};

/// Refuses to write over what is to be read.
pub fn refuse_inputs(mut matches: &ArgMatches) -> Result<(), Failure> {
    while let Some((_, inner)) = matches.subcommand() {
        matches = inner;
    }
    let of = |ids: &[&str]| -> Vec<PathBuf> {
        let all = ids.iter().filter_map(|id| matches.try_get_many::<PathBuf>(id).ok().flatten());
        all.flatten().cloned().collect()
    };
    // What cannot be opened is told of by whoever reads it.
    let read = of(&["files", "baseline_files", "rules"]);
    let read = read.iter().flat_map(|path| file::expand(std::slice::from_ref(path)).unwrap_or_default());
    let inputs: Vec<PathBuf> = read
        .filter_map(|input| match input {
            Input::Path(path) => same(&path),
            Input::Stdin => None,
        })
        .collect();
    for output in of(&["output", "picture"]) {
        if same(&output).is_some_and(|o| inputs.contains(&o)) {
            return Err(Failure::usage(format!(
                "{} is one of the files that are read: name another file for the result",
                output.display()
            )));
        }
    }
    Ok(())
}

/// The one path of a file that is there, by whatever name.
fn same(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok()
}

/// Writes a result where it was asked for.
pub fn write(output: &Output, bytes: &[u8]) -> Result<(), Failure> {
    match &output.output {
        Some(path) => write_file(path, bytes),
        None => match to_standard_output(bytes) {
            // A reader that has seen enough (head) is no failure.
            Err(e) if e.kind() != ErrorKind::BrokenPipe => {
                Err(Failure::input(format!("standard output could not be written: {e}")))
            }
            _ => Ok(()),
        },
    }
}

fn to_standard_output(bytes: &[u8]) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(bytes)?;
    // Not left to the end of the program, where nobody is told that it failed.
    out.flush()
}

/// Writes a file beside its place and moves it there.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    atomic::write(path, bytes).map_err(Failure::input)
}
