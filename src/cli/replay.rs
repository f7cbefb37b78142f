//! `spanscape replay`: sends saved spans to an OTLP endpoint at their old pace, or faster.
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

use clap::Args;

use super::{Failure, input};
use crate::export::{otlp, records};
use crate::ingest::sender::Sender;
use crate::model::{Nanos, SpanRecord, Timestamp};

/// Spans in one request.
const BATCH: usize = 512;
/// Spans that end within this time of each other travel together.
const TOGETHER: Nanos = Nanos::from_millis(200);

/// Flags of `replay`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  spanscape replay incident.jsonl.zst --to http://127.0.0.1:4318 --speed 10"
)]
pub struct ReplayArgs {
    /// Files, folders, or - for standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// http://HOST:PORT or https://HOST for OTLP/HTTP, grpc://HOST:PORT for gRPC
    #[arg(long, value_name = "URL")]
    to: String,
    /// 1 is the original pace, N is N times as fast, max does not wait
    #[arg(long, default_value = "1", value_parser = speed)]
    speed: f64,
    /// Keep the times of the file instead of shifting them to now
    #[arg(long)]
    keep_times: bool,
}

fn speed(text: &str) -> Result<f64, String> {
    if text == "max" {
        return Ok(f64::INFINITY);
    }
    text.parse::<f64>()
        .ok()
        .filter(|s| *s > 0.0 && s.is_finite())
        .ok_or("write a number above 0, or max".to_owned())
}

/// Runs the command.
pub fn run(args: &ReplayArgs) -> Result<(), Failure> {
    let mut sender = Sender::new(&args.to).map_err(Failure::usage)?;
    let (snapshot, unreadable) = input::read_all(&args.files)?;
    let mut rows: Vec<(Timestamp, crate::model::SpanRow)> =
        snapshot.spans.iter().map(|s| (s.end(), s.row())).collect();
    rows.sort_unstable();
    let first = snapshot.extent.map_or(Timestamp(0), |e| e.start);
    let shift = if args.keep_times { Nanos::ZERO } else { now() - first };
    let started = Instant::now();
    let (mut sent, mut rejected) = (0usize, 0u64);
    let mut at = 0;
    while at < rows.len() {
        let head = rows[at].0;
        let len = rows[at..].iter().take(BATCH).take_while(|r| (r.0 - head) <= TOGETHER).count().max(1);
        let batch: Vec<SpanRecord> = rows[at..at + len]
            .iter()
            .filter_map(|r| snapshot.spans.get(r.1))
            .map(|s| shifted(records::record(s), shift))
            .collect();
        // An outlier's time is no time to wait for: it is sent with the last of the others.
        let due = snapshot.extent.map_or(head, |e| head.min(e.end));
        wait_until(started, (due - first).as_secs_f64() / args.speed);
        let outcome = sender
            .send(&otlp::protobuf(&batch))
            .map_err(|e| Failure::unavailable(format!("{}: {e} ({sent} spans were sent)", args.to)))?;
        rejected += outcome.rejected;
        sent += len;
        at += len;
    }
    eprintln!(
        "{}: {sent} spans sent, {rejected} rejected, in {:.1} s",
        args.to,
        started.elapsed().as_secs_f64()
    );
    unreadable.map_or(Ok(()), |message| Err(Failure::input(message)))
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_nanos(since.as_nanos() as u64)
}

fn wait_until(started: Instant, seconds: f64) {
    let due = Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or_default();
    std::thread::sleep(due.saturating_sub(started.elapsed()));
}

fn shifted(mut record: SpanRecord, by: Nanos) -> SpanRecord {
    let shift = |t: &mut Timestamp| {
        if !t.is_unset() {
            *t = *t + by;
        }
    };
    shift(&mut record.start);
    shift(&mut record.end);
    record.events.iter_mut().for_each(|e| shift(&mut e.time));
    record
}
