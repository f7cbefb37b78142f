//! `spanscape trace`: one trace as a tree, as JSON, or as the OTLP that it came from.
use clap::{Args, ValueEnum};

use super::{Common, Failure, Output, input, output};
use crate::analysis::{WaterfallOptions, waterfall};
use crate::export::{otlp, records, trace_tree, traces};
use crate::model::TraceId;

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Tree,
    Json,
    Otlp,
}

/// Flags of `trace`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  spanscape trace traces.jsonl --id 5b8efff798038103d269b633813fc60c")]
pub struct TraceArgs {
    #[command(flatten)]
    common: Common,
    /// The trace's id, in hex; its first characters suffice where they are unique
    #[arg(long, value_name = "TRACE_ID")]
    id: String,
    /// The form
    #[arg(long, value_enum, default_value = "tree")]
    format: Format,
    #[command(flatten)]
    output: Output,
}

/// Runs the command.
pub fn run(args: &TraceArgs) -> Result<(), Failure> {
    let loaded = input::load(&args.common)?;
    let spans = &loaded.snapshot.spans;
    let trace = find(spans, &args.id)?;
    let text = match args.format {
        Format::Tree => trace_tree::trace_tree(spans, &waterfall(spans, trace, &WaterfallOptions::default())),
        Format::Json => traces::trace_json(spans, &waterfall(spans, trace, &WaterfallOptions::default())),
        Format::Otlp => otlp::json_line(&records::of_trace(spans, trace)) + "\n",
    };
    output::write(&args.output, text.as_bytes())?;
    loaded.finish()
}

/// The one trace whose id starts with these characters.
pub fn find(spans: &crate::store::Spans, id: &str) -> Result<crate::model::TraceIndex, Failure> {
    let id = id.trim().to_ascii_lowercase();
    if let Some(exact) = TraceId::from_hex(&id).and_then(|id| spans.find_trace(id)) {
        return Ok(exact);
    }
    let mut found = spans.traces().filter(|(_, t)| !id.is_empty() && t.id.to_string().starts_with(&id));
    match (found.next(), found.next()) {
        (Some((trace, _)), None) => Ok(trace),
        (Some(_), Some(_)) => Err(Failure::usage(format!("--id {id}: several traces start with this"))),
        _ => Err(Failure::usage(format!("--id {id}: no such trace in the input"))),
    }
}
