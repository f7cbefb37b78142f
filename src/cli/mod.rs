//! The command line: one file per subcommand, all with the same flags for input, window and output.
mod analyze;
mod case;
mod deployed;
mod diff;
mod edge_flags;
mod generate;
mod grouping;
mod input;
mod map;
mod output;
mod picture_flags;
mod record;
mod replay;
mod snapshot;
mod trace;
mod traces;
mod window;

use std::process::ExitCode;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

pub use input::{Common, Loaded};

/// Why a command ends other than well: its exit status and one readable line.
#[derive(Debug)]
pub struct Failure {
    /// 1 refused data or a rule that held, 2 bad usage, 3 unreadable input, 4 no port or display.
    pub status: u8,
    /// What went wrong, with file and offset where there is one.
    pub message: String,
}

impl Failure {
    /// Bad usage.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { status: 2, message: message.into() }
    }
    /// An input that could not be read, or held no span; or an output that could not be written.
    pub fn input(message: impl Into<String>) -> Self {
        Self { status: 3, message: message.into() }
    }
    /// A port or display that could not be had.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self { status: 4, message: message.into() }
    }
}

/// A native desktop service map for OpenTelemetry traces: no server, no account, no cloud.
///
/// Without a command it opens the window on the files given and receives OTLP on 127.0.0.1 and ::1,
/// ports 4317 (gRPC) and 4318 (HTTP).
#[derive(Debug, Parser)]
#[command(
    name = "spanscape",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "Example:\n  spanscape samples/checkout-incident.jsonl.zst"
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    window: window::WindowArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the service graph
    Map(map::MapArgs),
    /// List the traces
    Traces(traces::TracesArgs),
    /// Print one trace as a tree, its critical path marked
    Trace(trace::TraceArgs),
    /// Answer a question about the traces
    Analyze(analyze::AnalyzeArgs),
    /// Compare two files, or two windows of one: what is new, slower, failing
    Diff(diff::DiffArgs),
    /// Put spans, places and notes into one file that opens the same elsewhere
    Case(case::CaseArgs),
    /// Draw the window as it would look, without a display or a GPU
    Snapshot(snapshot::SnapshotArgs),
    /// Receive OTLP without a window and save it
    Record(record::RecordArgs),
    /// Send saved spans to an OTLP endpoint
    Replay(replay::ReplayArgs),
    /// Make traces of a known scenario, with the truth beside them
    Generate(generate::GenerateArgs),
}

/// Where results go.
#[derive(Debug, Args)]
pub struct Output {
    /// Write to this file, all or nothing; without it, to standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<std::path::PathBuf>,
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let parsed = Cli::command().try_get_matches();
    let parsed = parsed.and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, matches)));
    let (cli, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let run = || match cli.command {
        None => window::run(&cli.window),
        Some(Command::Map(args)) => map::run(&args),
        Some(Command::Traces(args)) => traces::run(&args),
        Some(Command::Trace(args)) => trace::run(&args),
        Some(Command::Analyze(args)) => analyze::run(&args),
        Some(Command::Diff(args)) => diff::run(&args),
        Some(Command::Case(args)) => case::run(&args),
        Some(Command::Snapshot(args)) => snapshot::run(&args),
        Some(Command::Record(args)) => record::run(&args),
        Some(Command::Replay(args)) => replay::run(&args),
        Some(Command::Generate(args)) => generate::run(&args),
    };
    match output::refuse_inputs(&matches).and_then(|()| run()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // One line, whatever a file or a service is called.
            let line = failure.message.replace(char::is_control, "\u{FFFD}");
            eprintln!("spanscape: {line}");
            ExitCode::from(failure.status)
        }
    }
}
