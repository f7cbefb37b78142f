//! The `spanscape` program: everything is in the library.
use std::process::ExitCode;

fn main() -> ExitCode {
    spanscape::cli::run()
}
