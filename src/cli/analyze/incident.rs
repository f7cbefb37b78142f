//! `analyze incident`: what broke first, why, and who was hit.
use std::path::PathBuf;

use clap::Args;

use super::{Common, Failure, Form, input};
use crate::analysis::Study;
use crate::analysis::incident::{Request, incident};
use crate::export::answers;
use crate::model::{Progress, TimeRange};

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  spanscape analyze incident samples/checkout-incident.jsonl.zst\n  \
                        spanscape analyze incident traces.jsonl --incident +10m..+15m --baseline +0s..+9m\n  \
                        spanscape analyze incident tonight.jsonl --baseline-files yesterday.jsonl")]
pub struct IncidentArgs {
    #[command(flatten)]
    common: Common,
    /// When it was bad, as from..to; found by itself when left out
    #[arg(long, value_name = "T..T", allow_hyphen_values = true)]
    incident: Option<String>,
    /// When it was calm, as from..to; found by itself when left out
    #[arg(long, value_name = "T..T", allow_hyphen_values = true)]
    baseline: Option<String>,
    /// Files of a calm time; all other files are then the incident. May be repeated
    #[arg(long, value_name = "FILE", conflicts_with_all = ["incident", "baseline"])]
    baseline_files: Vec<PathBuf>,
    #[command(flatten)]
    form: Form,
}

pub fn run(args: &IncidentArgs) -> Result<(), Failure> {
    let (loaded, calm_traces) = input::load_with_calm(&args.baseline_files, &args.common)?;
    let range = |flag, text: &Option<String>| -> Result<Option<TimeRange>, Failure> {
        text.as_deref().map(|t| input::range(flag, t, loaded.snapshot.extent)).transpose()
    };
    let request = Request {
        incident: range("--incident", &args.incident)?,
        baseline: range("--baseline", &args.baseline)?,
        calm_traces: (!args.baseline_files.is_empty()).then_some(calm_traces),
    };
    let index = loaded.snapshot.graph(&loaded.lens);
    let progress = Progress::default();
    let study = Study { snapshot: &loaded.snapshot, index: &index, progress: &progress };
    let answer = incident(&study, &study.traces(&loaded.lens), &request);
    let answer = answers::incident(&loaded.snapshot, &index.graph, &answer);
    args.form.write(|| answer.json_text(), || answer.markdown.clone())?;
    loaded.finish()
}
