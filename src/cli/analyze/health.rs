//! `analyze health`: which nodes and edges are not well, and which rules they break.
use std::path::PathBuf;

use clap::Args;

use super::{Common, Failure, Form, load, watch};
use crate::analysis::alerts::Tracker;
use crate::analysis::health_report::health_report;
use crate::cli::record::Listen;
use crate::cli::{input, output};
use crate::export::answers;
use crate::export::rules::{DEFAULT_RULES, default_rules};

#[derive(Debug, Args)]
#[command(
    mut_arg("files", |a| a.required(false)),
    after_help = "Example:\n  spanscape analyze health traces.jsonl --from -15m\n  \
                  spanscape analyze health --print-rules > rules.toml\n  \
                  spanscape analyze health --watch --rules rules.toml --webhook http://localhost:9000/alerts"
)]
pub struct HealthArgs {
    #[command(flatten)]
    common: Common,
    /// Rules in a TOML file, instead of the usual ones
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// Print the usual rules, each word explained, and end
    #[arg(long)]
    print_rules: bool,
    /// Go on: follow the files as they grow, or receive OTLP where there are none, and print each new alert and
    /// its end as one line of JSON
    #[arg(long)]
    watch: bool,
    /// With --watch, also send each line to this http:// or https:// address with POST
    #[arg(long, value_name = "URL", requires = "watch")]
    webhook: Option<String>,
    #[command(flatten)]
    listen: Listen,
    #[command(flatten)]
    form: Form,
}

pub fn run(args: &HealthArgs) -> Result<(), Failure> {
    if args.print_rules {
        return output::write(&args.form.output, DEFAULT_RULES.as_bytes());
    }
    let rules = args.rules.as_deref().map_or_else(|| Ok(default_rules()), input::rules)?;
    if args.watch {
        let tracker = Tracker::new(rules).only(input::filter(&args.common)?);
        return watch::run(&args.common.files, &args.listen, tracker, args.webhook.as_deref());
    }
    if args.common.files.is_empty() {
        return Err(Failure::usage("name the files to judge, or use --watch to receive OTLP"));
    }
    let (loaded, index) = load(&args.common)?;
    let report = health_report(&loaded.snapshot, &loaded.lens, &index, &rules);
    args.form.write_answer((&loaded, &index), answers::health_report(&index, &report))?;
    loaded.finish()
}
