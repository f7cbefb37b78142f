//! `spanscape generate`: traces of a known scenario, with the truth beside them.
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Failure, output};
use crate::export::{otlp, otlp_metrics, truth};
use crate::model::MeasurementBatch;
use crate::scenario::{NULL, Options, generate, names};

/// Spans in one line of the file, as a Collector batches them.
const SPANS_PER_LINE: usize = 500;

/// Flags of `generate`.
#[derive(Debug, Args)]
#[command(after_help = after_help())]
pub struct GenerateArgs {
    /// The scenario, from the list below
    #[arg(value_name = "SCENARIO", required_unless_present = "list")]
    scenario: Option<String>,
    /// The file to write: JSON Lines; compressed if it ends in .zst or .gz, protobuf if it ends in .pb
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The same seed gives the same bytes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many services the scenario `services` has
    #[arg(long, default_value_t = 300)]
    services: usize,
    /// Print what each scenario tells, and write nothing
    #[arg(long)]
    list: bool,
}

fn after_help() -> String {
    format!(
        "Scenarios:\n{}\nBeside FILE goes FILE.truth.json: exact counts, the cause, and what the analyses must find.\n\n\
         Example:\n  spanscape generate checkout-incident -o incident.jsonl.zst --seed 7\n  \
         spanscape generate cascade{NULL} -o calm.jsonl.zst",
        scenarios("  ")
    )
}

/// A line each, and how to get those in which nothing is wrong.
fn scenarios(indent: &str) -> String {
    let width = names().iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let mut out = String::new();
    for (name, what) in names() {
        out.push_str(&format!("{indent}{name:<width$}  {what}\n"));
    }
    let last = "any of these but `services`: the same system, and nothing goes wrong";
    out.push_str(&format!("{indent}{:<width$}  {last}\n", format!("…{NULL}")));
    out
}

/// Runs the command.
pub fn run(args: &GenerateArgs) -> Result<(), Failure> {
    let scenario = args.scenario.as_deref().unwrap_or("list");
    if args.list || scenario == "list" {
        print!("{}", scenarios(""));
        return Ok(());
    }
    let Some(path) = &args.output else { return Err(Failure::usage("say where the traces go: -o FILE")) };
    let story = generate(scenario, args.seed, Options { services: args.services })
        .map_err(|e| Failure::usage(e.to_string()))?;
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let plain = name.trim_end_matches(".zst").trim_end_matches(".gz");
    let bytes = if !plain.ends_with(".pb") {
        let spans = otlp::json_lines(&story.records, SPANS_PER_LINE);
        (spans + &measurement_lines(&story.measurements)).into_bytes()
    } else if story.measurements.points.is_empty() {
        otlp::protobuf(&story.records)
    } else {
        let why = "has measurements beside its spans, which one protobuf message cannot hold";
        return Err(Failure::usage(format!(
            "{scenario} {why}: write JSON Lines, such as {scenario}.jsonl.zst"
        )));
    };
    output::write_file(path, &compress(&name, bytes)?)?;
    output::write_file(&truth_path(path), truth::truth_json(&story.truth).as_bytes())?;
    let (spans, traces, points) = (story.truth.spans, story.truth.traces, story.measurements.points.len());
    let measured = if points > 0 { format!(", {points} measurements") } else { String::new() };
    eprintln!("{}: {spans} spans in {traces} traces{measured}", path.display());
    Ok(())
}

/// A line for each moment of measuring, as OTLP JSON.
fn measurement_lines(all: &MeasurementBatch) -> String {
    let mut out = String::new();
    for points in all.points.chunk_by(|a, b| a.time == b.time) {
        let senders = all.senders.clone();
        out += &otlp_metrics::json_line(&MeasurementBatch { senders, points: points.to_vec() });
        out.push('\n');
    }
    out
}

fn truth_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".truth.json");
    name.into()
}

/// Compresses as the file's name asks for.
pub fn compress(name: &str, bytes: Vec<u8>) -> Result<Vec<u8>, Failure> {
    let failed = |e: std::io::Error| Failure::input(format!("compression failed: {e}"));
    if name.ends_with(".zst") {
        // The best compression of much data takes minutes.
        let level = if bytes.len() < 64 << 20 { 19 } else { 9 };
        zstd::encode_all(&bytes[..], level).map_err(failed)
    } else if name.ends_with(".gz") {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut encoder, &bytes).map_err(failed)?;
        encoder.finish().map_err(failed)
    } else {
        Ok(bytes)
    }
}
