#!/usr/bin/env bash
# The gate: what CI runs, and all that it runs. Needs cargo and a C compiler; no network, display or GPU.
set -euo pipefail
cd "$(dirname "$0")"
export CARGO_INCREMENTAL=0

step() { printf '\n== %s\n' "$*"; }

step format
cargo fmt --check
step clippy
cargo clippy --all-targets --locked -- -D warnings
step tests
cargo test --release --locked
step docs
RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --locked --quiet
