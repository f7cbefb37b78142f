//! Bytes a span takes in memory, by the operating system's and by our own account: `cargo bench --bench memory`.
//!
//! `SPANSCAPE_BENCH_SPANS` says how many spans are loaded; a million if it is not set.
mod workload;

use workload::Desk;

/// Resident bytes of this process. `None` where the system has no `/proc`.
fn resident() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/smaps_rollup").ok()?;
    let line = text.lines().find(|l| l.starts_with("Rss:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib * 1024)
}

fn main() {
    // Cargo asks every benchmark for its tests; this one has none.
    if std::env::args().any(|a| a == "--test" || a == "--list") {
        return;
    }
    let asked = std::env::var("SPANSCAPE_BENCH_SPANS").ok().and_then(|n| n.parse().ok());
    let spans: usize = asked.unwrap_or(1_000_000);
    // Once for the pages that any load leaves behind, so that they are not put down to the spans.
    drop(Desk::loaded(20_000, 40, 9_000_000));
    let before = resident();
    let mut desk = Desk::loaded(spans, 40, 9_000_000);
    let per_span = |bytes: u64| bytes as f64 / spans as f64;
    if let (Some(before), Some(after)) = (before, resident()) {
        println!("resident: {:.1} bytes a span", per_span(after.saturating_sub(before)));
    }
    println!("store's account: {:.1} bytes a span", per_span(desk.store.bytes() as u64));
    println!("calls' account: {:.1} bytes a span", per_span(desk.calls.bytes() as u64));
    println!("totals by time: {:.1} bytes a span", per_span(desk.calls.total_bytes() as u64));
    drop(desk.publish());
}
