//! `spanscape traces`: the traces under the lens, as a table or JSON.
use clap::{Args, ValueEnum};

use super::{Common, Failure, Output, input, output};
use crate::analysis::traces::{Sort, Through, list};
use crate::export::traces as forms;

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SortBy {
    Duration,
    Start,
    Errors,
    Spans,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Table,
    Json,
}

/// Flags of `traces`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  spanscape traces --filter 'service:payment-service AND error' --limit 10 traces.jsonl"
)]
pub struct TracesArgs {
    #[command(flatten)]
    common: Common,
    /// What comes first: the longest, the newest, most errors or most spans
    #[arg(long, value_enum, default_value = "duration")]
    sort: SortBy,
    /// How many to list
    #[arg(long, default_value_t = 50)]
    limit: usize,
    /// The form
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    #[command(flatten)]
    output: Output,
}

/// Runs the command.
pub fn run(args: &TracesArgs) -> Result<(), Failure> {
    let loaded = input::load(&args.common)?;
    let sort = match args.sort {
        SortBy::Duration => Sort::Duration,
        SortBy::Start => Sort::Start,
        SortBy::Errors => Sort::Errors,
        SortBy::Spans => Sort::Spans,
    };
    let traces = list(&loaded.snapshot, &loaded.lens, &Through::Anything, sort, false, args.limit);
    loaded.say_if_empty(traces.total == 0);
    let text = match args.format {
        Format::Table => forms::table(&loaded.snapshot.spans, &traces),
        Format::Json => forms::json(&loaded.snapshot.spans, &traces),
    };
    output::write(&args.output, text.as_bytes())?;
    loaded.finish()
}
