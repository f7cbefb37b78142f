//! `spanscape record`: receives OTLP without a window and saves it as it comes.
use std::fs::File;
use std::io::{BufWriter, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use crossbeam_channel::{RecvTimeoutError, Sender, bounded};

use super::Failure;
use crate::export::{otlp, otlp_metrics, records};
use crate::ingest::receiver::{Config, Receiver};
use crate::model::{Arrival, Rejects};
use crate::store::parse_duration;

/// Flags of `record`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  spanscape record -o tonight.jsonl.zst --for 10m")]
pub struct RecordArgs {
    /// The file to write: JSON Lines; compressed if it ends in .zst or .gz
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Stop after this time, such as 90s or 10m; without it, on Ctrl-C
    #[arg(long = "for", value_name = "TIME")]
    duration: Option<String>,
    /// Stop when the file has this many bytes
    #[arg(long, value_name = "N")]
    max_bytes: Option<u64>,
    #[command(flatten)]
    listen: Listen,
}

/// Where to listen.
#[derive(Clone, Debug, Default, Args)]
pub struct Listen {
    /// Listen here for OTLP over gRPC, instead of 127.0.0.1:4317 and [::1]:4317
    #[arg(long, value_name = "ADDR")]
    pub listen_grpc: Option<SocketAddr>,
    /// Listen here for OTLP over HTTP, instead of 127.0.0.1:4318 and [::1]:4318
    #[arg(long, value_name = "ADDR")]
    pub listen_http: Option<SocketAddr>,
}

impl Listen {
    /// The receiver's settings; `first_source` is the first free source id.
    pub fn config(&self, first_source: u32) -> Config {
        let mut config = Config { first_source, ..Config::default() };
        if let Some(addr) = self.listen_grpc {
            config.grpc = vec![addr];
        }
        if let Some(addr) = self.listen_http {
            config.http = vec![addr];
        }
        config
    }
}

enum Sink {
    Plain(BufWriter<File>),
    Zstd(zstd::stream::write::Encoder<'static, BufWriter<File>>),
    Gzip(flate2::write::GzEncoder<BufWriter<File>>),
}

impl Sink {
    fn create(path: &Path) -> std::io::Result<Self> {
        let file = BufWriter::new(File::create(path)?);
        let name = path.to_string_lossy();
        Ok(if name.ends_with(".zst") {
            Self::Zstd(zstd::stream::write::Encoder::new(file, 3)?)
        } else if name.ends_with(".gz") {
            Self::Gzip(flate2::write::GzEncoder::new(file, flate2::Compression::default()))
        } else {
            Self::Plain(file)
        })
    }
    fn line(&mut self, line: &str) -> std::io::Result<()> {
        let writer: &mut dyn Write = match self {
            Self::Plain(w) => w,
            Self::Zstd(w) => w,
            Self::Gzip(w) => w,
        };
        writer.write_all(line.as_bytes())?;
        writer.write_all(b"\n")?;
        // Whole lines on disk, so that a crash costs nothing that was received before.
        writer.flush()
    }
    fn finish(self) -> std::io::Result<()> {
        match self {
            Self::Plain(mut w) => w.flush(),
            Self::Zstd(w) => w.finish()?.flush(),
            Self::Gzip(w) => w.finish()?.flush(),
        }
    }
}

/// Runs the command.
pub fn run(args: &RecordArgs) -> Result<(), Failure> {
    let limit = match &args.duration {
        None => None,
        Some(text) => Some(
            parse_duration(text)
                // A bare number is milliseconds in a filter; here nobody means that.
                .filter(|_| !text.ends_with(|c: char| c.is_ascii_digit()))
                .map(|n| Duration::from_nanos(n.0.max(0) as u64))
                .ok_or_else(|| Failure::usage(format!("--for {text}: write 90s, 10m or 1h")))?,
        ),
    };
    let failed =
        |e: std::io::Error| Failure::input(format!("{} could not be written: {e}", args.output.display()));
    let (send, arrivals) = bounded(64);
    // The ports come first: where they cannot be had, a file that is there keeps what it holds.
    let receiver = start(&args.listen, send)?;
    let mut sink = Sink::create(&args.output).map_err(failed)?;
    for (role, address) in receiver.addresses() {
        eprintln!("receiving OTLP/{} on {address}", role.name());
    }
    receiver.status().into_iter().filter_map(|p| p.listening.err()).for_each(|why| eprintln!("note: {why}"));
    let stop = stop_signal().map_err(|e| Failure::unavailable(format!("Ctrl-C cannot be watched: {e}")))?;
    let started = Instant::now();
    let (mut spans, mut points, mut rejects) = (0u64, 0u64, Rejects::default());
    let mut receiver = Some(receiver);
    loop {
        let is_full =
            args.max_bytes.is_some_and(|most| std::fs::metadata(&args.output).is_ok_and(|m| m.len() >= most));
        if receiver.is_some()
            && (is_full || limit.is_some_and(|l| started.elapsed() >= l) || stop.try_recv().is_ok())
        {
            // The sender of arrivals goes with it; what is under way still comes.
            let ending = receiver.take();
            std::thread::spawn(move || drop(ending));
        }
        match arrivals.recv_timeout(Duration::from_millis(50)) {
            Ok(Arrival::Spans(_, delivery)) => {
                rejects.merge(&delivery.rejects);
                if !delivery.batch.spans.is_empty() {
                    let line = otlp::json_line(&records::of_batch(&delivery.batch));
                    sink.line(&line).map_err(|e| failed_after(&args.output, spans, &e))?;
                }
                spans += delivery.batch.spans.len() as u64;
                let measured = &delivery.measurements;
                if !measured.points.is_empty() {
                    let line = otlp_metrics::json_line(measured);
                    sink.line(&line).map_err(|e| failed_after(&args.output, spans, &e))?;
                }
                points += measured.points.len() as u64;
            }
            Ok(Arrival::Note(_, note)) => eprintln!("note: {}", note.text),
            Ok(_) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    sink.finish().map_err(|e| failed_after(&args.output, spans, &e))?;
    eprintln!("{}: {}", args.output.display(), summary(spans, points, &rejects));
    Ok(())
}

/// A receiver that has every port that was named, or some of the usual ones.
pub fn start(listen: &Listen, arrivals: Sender<Arrival>) -> Result<Receiver, Failure> {
    let receiver =
        Receiver::start(listen.config(0), arrivals).map_err(|e| Failure::unavailable(e.to_string()))?;
    let named = [listen.listen_grpc, listen.listen_http];
    let missing = receiver.status().into_iter().find_map(|port| {
        let is_named = named.contains(&Some(port.wanted));
        port.listening.err().filter(|_| is_named)
    });
    missing.map_or(Ok(receiver), |why| Err(Failure::unavailable(why.to_string())))
}

/// The disk is full, most likely: what was written before can be read.
fn failed_after(path: &Path, spans: u64, error: &std::io::Error) -> Failure {
    Failure::input(format!("{} could not be written after {spans} spans: {error}", path.display()))
}

/// What became of all that arrived, in one line.
fn summary(spans: u64, points: u64, rejects: &Rejects) -> String {
    let measured = if points == 0 { String::new() } else { format!(" and {points} measurements") };
    let mut text = format!("{spans} spans{measured}; refused {}", rejects.total_spans());
    if !rejects.spans.is_empty() {
        let reasons: Vec<String> = rejects.spans.iter().map(|(why, n)| format!("{n} {why}")).collect();
        text = format!("{text} ({})", reasons.join(", "));
    }
    let Rejects { metrics, unusable_points, logs, values_truncated, invalid_utf8, .. } = rejects;
    let metrics = metrics + unusable_points;
    text = format!("{text}; {metrics} metric points and {logs} log records not kept");
    if *values_truncated > 0 {
        text = format!("{text}; {values_truncated} values cut");
    }
    if *invalid_utf8 > 0 {
        text = format!("{text}; {invalid_utf8} texts were not UTF-8");
    }
    text
}

/// A channel that gets a message at Ctrl-C or a request to end.
pub fn stop_signal() -> std::io::Result<crossbeam_channel::Receiver<()>> {
    let (send, receive) = bounded(1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        runtime.block_on(async {
            #[cfg(unix)]
            {
                use tokio::signal::unix::{SignalKind, signal};
                if let Ok(mut end) = signal(SignalKind::terminate()) {
                    tokio::select! { _ = tokio::signal::ctrl_c() => {}, _ = end.recv() => {} }
                    return;
                }
            }
            let _ = tokio::signal::ctrl_c().await;
        });
        let _ = send.send(());
    })?;
    Ok(receive)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RejectReason;

    #[test]
    fn the_summary_names_every_loss() {
        assert_eq!(
            summary(180, 0, &Rejects::default()),
            "180 spans; refused 0; 0 metric points and 0 log records not kept"
        );
        let mut rejects = Rejects { metrics: 13, values_truncated: 2, invalid_utf8: 1, ..Rejects::default() };
        rejects.span(RejectReason::InvalidTraceId);
        rejects.span(RejectReason::InvalidTraceId);
        rejects.span(RejectReason::InvalidTime);
        assert_eq!(
            summary(5, 7, &rejects),
            "5 spans and 7 measurements; refused 3 (2 invalid trace id, 1 invalid time); \
             13 metric points and 0 log records not kept; 2 values cut; 1 texts were not UTF-8"
        );
    }
}
