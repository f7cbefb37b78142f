//! `spanscape analyze`: one question, answered as Markdown, text or JSON; one file per question.
mod advice;
mod all;
mod capacity;
mod deploy;
mod health;
mod impact;
mod incident;
mod patterns;
mod watch;

use clap::{Args, Subcommand, ValueEnum};

use super::{Common, Failure, Loaded, Output, input, output};
use crate::export::answers;
use crate::graph::{GraphIndex, ServiceGraph};
use crate::model::NodeId;

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Markdown,
    Json,
    Text,
}

/// The form of an answer, and where it goes.
#[derive(Debug, Args)]
struct Form {
    /// The form
    #[arg(long, value_enum, default_value = "markdown")]
    format: Format,
    #[command(flatten)]
    output: Output,
}

impl Form {
    /// Writes the form asked for; only that one is made.
    fn write(&self, json: impl Fn() -> String, markdown: impl Fn() -> String) -> Result<(), Failure> {
        let text = match self.format {
            Format::Json => json(),
            Format::Markdown => markdown(),
            Format::Text => answers::plain(&markdown()),
        };
        output::write(&self.output, text.as_bytes())
    }

    /// Writes an answer that has both forms.
    fn write_answer(&self, answer: &answers::Answer) -> Result<(), Failure> {
        self.write(|| answer.json_text(), || answer.markdown.clone())
    }
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
    /// Every question, as one incident review that can be pasted
    All(all::AllArgs),
    /// Who is hit when a node fails: dependents by distance, dependencies, entry points
    Impact(impact::ImpactArgs),
    /// What broke first, why, and who was hit
    Incident(incident::IncidentArgs),
    /// What to improve, and what that would save
    Advice(advice::AdviceArgs),
    /// What bad requests have in common that good ones have not
    Patterns(patterns::PatternsArgs),
    /// What a deployment changed, and whose change it is
    Deploy(deploy::DeployArgs),
    /// Which nodes and edges are not well, by what figures, and which rules they break; with --watch as it happens
    Health(health::HealthArgs),
    /// What more traffic would do: utilisation, headroom, what saturates first; what a faster service would
    Capacity(capacity::CapacityArgs),
}

/// Runs the command.
pub fn run(args: &AnalyzeArgs) -> Result<(), Failure> {
    match &args.question {
        Question::All(args) => all::run(args),
        Question::Impact(args) => impact::run(args),
        Question::Incident(args) => incident::run(args),
        Question::Advice(args) => advice::run(args),
        Question::Patterns(args) => patterns::run(args),
        Question::Deploy(args) => deploy::run(args),
        Question::Health(args) => health::run(args),
        Question::Capacity(args) => capacity::run(args),
    }
}

/// Reads the input of a question, and the service graph under its lens.
fn load(common: &Common) -> Result<(Loaded, GraphIndex), Failure> {
    let loaded = input::load(common)?;
    let index = loaded.snapshot.graph(&loaded.lens);
    Ok((loaded, index))
}

/// The node that somebody named, or what it could have been.
pub(super) fn find_node(graph: &ServiceGraph, name: &str) -> Result<NodeId, Failure> {
    graph.find(name).ok_or_else(|| unknown_node(graph, name))
}

fn unknown_node(graph: &ServiceGraph, name: &str) -> Failure {
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
