//! The `spanscape` program: everything is in the library.
use std::process::ExitCode;

/// Traces are many small blocks that come and go: this is where the system's allocator spends a third.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    spanscape::cli::run()
}
