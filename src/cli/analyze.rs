//! `spanscape analyze`: one question, answered as Markdown, text or JSON.
use clap::{Args, Subcommand, ValueEnum};

use super::{Common, Failure, Output, input, output};
use crate::analysis::health::health;
use crate::analysis::impact::impact;
use crate::export::answers;

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Markdown,
    Json,
    Text,
}

/// Flags of `analyze`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  spanscape analyze impact traces.jsonl --outage payment-service")]
pub struct AnalyzeArgs {
    #[command(subcommand)]
    question: Question,
}

#[derive(Debug, Subcommand)]
enum Question {
    /// Who is hit when a node fails: dependents by distance, dependencies, entry points
    #[command(after_help = "Example:\n  spanscape analyze impact traces.jsonl --outage inventory-service")]
    Impact {
        #[command(flatten)]
        common: Common,
        /// The node that fails: its id (database:orders@orders-postgresql) or its name
        #[arg(long, value_name = "NODE")]
        outage: String,
        /// The form
        #[arg(long, value_enum, default_value = "markdown")]
        format: Format,
        #[command(flatten)]
        output: Output,
    },
    /// Which nodes and edges are not well, and by what figures
    #[command(after_help = "Example:\n  spanscape analyze health traces.jsonl --from -15m")]
    Health {
        #[command(flatten)]
        common: Common,
        /// The form
        #[arg(long, value_enum, default_value = "markdown")]
        format: Format,
        #[command(flatten)]
        output: Output,
    },
}

/// Runs the command.
pub fn run(args: &AnalyzeArgs) -> Result<(), Failure> {
    match &args.question {
        Question::Impact { common, outage, format, output: out } => {
            let loaded = input::load(common)?;
            let index = loaded.snapshot.graph(&loaded.lens);
            let node = index.graph.find(outage).ok_or_else(|| unknown_node(&index.graph, outage))?;
            let answer = impact(&loaded.snapshot, &loaded.lens, &index, node);
            let text = match format {
                Format::Json => answers::impact_json(&loaded.snapshot, &index.graph, &answer),
                Format::Markdown => answers::impact_markdown(&loaded.snapshot, &index.graph, &answer),
                Format::Text => {
                    answers::plain(&answers::impact_markdown(&loaded.snapshot, &index.graph, &answer))
                }
            };
            output::write(out, text.as_bytes())?;
            loaded.finish()
        }
        Question::Health { common, format, output: out } => {
            let loaded = input::load(common)?;
            let index = loaded.snapshot.graph(&loaded.lens);
            let answer = health(&loaded.snapshot, &loaded.lens, &index);
            let text = match format {
                Format::Json => answers::health_json(&loaded.snapshot, &index.graph, &answer),
                Format::Markdown => answers::health_markdown(&loaded.snapshot, &index.graph, &answer),
                Format::Text => {
                    answers::plain(&answers::health_markdown(&loaded.snapshot, &index.graph, &answer))
                }
            };
            output::write(out, text.as_bytes())?;
            loaded.finish()
        }
    }
}

fn unknown_node(graph: &crate::graph::ServiceGraph, name: &str) -> Failure {
    let wanted = name.to_lowercase();
    let near: Vec<&str> = graph
        .nodes()
        .map(|(_, n)| n.id.as_str())
        .filter(|id| id.to_lowercase().contains(&wanted) || wanted.contains(&id.to_lowercase()))
        .take(5)
        .collect();
    let hint = if near.is_empty() {
        "see `spanscape map` for the nodes".to_owned()
    } else {
        format!("did you mean {}?", near.join(", "))
    };
    Failure::usage(format!("there is no node {name} in this picture; {hint}"))
}
