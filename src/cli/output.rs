//! Results to standard output, or to a file that is there whole or not at all.
use std::io::{ErrorKind, Write};
use std::path::Path;

use super::{Failure, Output};
use crate::app::atomic;

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
