//! Results to standard output, or to a file that is there whole or not at all.
use std::io::{ErrorKind, Write};
use std::path::Path;

use super::{Failure, Output};

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
    let failed = |e: std::io::Error| Failure::input(format!("{} could not be written: {e}", path.display()));
    if path.exists() && !path.is_file() {
        // A device or pipe cannot be replaced, only written to.
        return std::fs::write(path, bytes).map_err(failed);
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let written = std::fs::File::create(&part)
        .and_then(|mut f| f.write_all(bytes).and_then(|()| f.sync_all()))
        .and_then(|()| std::fs::rename(&part, path));
    written.map_err(|e| {
        let _ = std::fs::remove_file(&part);
        failed(e)
    })
}
